//! The language's own look at a plugin's files, before anything that takes longer: a slip is named by file,
//! line and column.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::build::named;
use super::native::python;
use super::new::Language;

/// Folders of a plugin's that hold nobody's rules.
const OTHERS: [&str; 6] = ["crosswalk", "crosswalk_plan", "node_modules", "build", "wit", "__pycache__"];

/// Has the language's own program read each of a plugin's files.
pub(super) fn check(folder: &Path, language: Language) -> Result<(), Box<dyn Error>> {
    let (kinds, fix): (&[&str], &str) = match language {
        Language::Js => (&["js", "mjs"], "install Node.js 20 or later, such as with apt-get install nodejs"),
        Language::Python => (&["py"], "install Python 3.10 or later, such as with apt-get install python3"),
        Language::Rust | Language::Rules => return Ok(()),
    };
    let files = own_files(folder, kinds)?;
    // Node reads one file at a time, Python all of them.
    let at_once = if language == Language::Js { 1 } else { files.len().max(1) };
    for files in files.chunks(at_once) {
        let mut reader = reader(folder, language);
        let output = reader.args(files).current_dir(folder).stdin(Stdio::null()).output();
        let name = reader.get_program().to_string_lossy().into_owned();
        let output = output.map_err(|error| {
            let error = format!("{name} cannot be run: {error}");
            named(error.into(), &name, fix)
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(located(&said, folder).unwrap_or_else(|| said.trim().to_owned()).into());
        }
    }
    Ok(())
}

fn reader(folder: &Path, language: Language) -> Command {
    if language == Language::Js {
        let mut node = Command::new("node");
        node.arg("--check");
        return node;
    }
    let mut python = Command::new(python(folder));
    // What it compiles is thrown away with what was built.
    python.env("PYTHONPYCACHEPREFIX", folder.join("build/pycache")).args(["-m", "py_compile"]);
    python
}

/// The files of these kinds, from the plugin's folder on, in the order of their names.
fn own_files(folder: &Path, kinds: &[&str]) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(|error| format!("{}: {error}", next.display()))? {
            let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
            let name = name.to_string_lossy();
            let is_other = name.starts_with('.') || OTHERS.contains(&name.as_ref());
            if path.is_dir() && !is_other {
                folders.push(path);
            } else if path.extension().and_then(OsStr::to_str).is_some_and(|kind| kinds.contains(&kind)) {
                files.push(path.strip_prefix(folder).unwrap_or(&path).to_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// `plugin.js:48:17: SyntaxError: Unexpected token ':'`, out of what node or Python says of a file.
fn located(said: &str, folder: &Path) -> Option<String> {
    let mut lines = said.lines();
    let (file, line) = lines.find_map(place)?;
    let file = file.strip_prefix(folder).unwrap_or(&file).to_owned();
    let rest: Vec<&str> = lines.take_while(|line| place(line).is_none()).collect();
    let error = rest.iter().find(|line| line.contains("Error: "))?.trim();
    let is_mark = |line: &&&str| line.contains('^') && line.trim().chars().all(|mark| "^~".contains(mark));
    let column = rest.iter().find(is_mark).and_then(|marks| {
        let before = marks.chars().take_while(|letter| *letter != '^').count();
        if file.extension() != Some(OsStr::new("py")) {
            return Some(before + 1);
        }
        // Python shows the line four spaces in, and without its own.
        let text = fs::read_to_string(folder.join(&file)).ok()?;
        let own = text.lines().nth(line - 1)?.chars().take_while(|letter| letter.is_whitespace()).count();
        (before + own + 1).checked_sub(4)
    });
    let column = column.map(|column| format!(":{column}")).unwrap_or_default();
    Some(format!("{}:{line}{column}: {error}", file.display()))
}

/// File and line in `/folder/plugin.js:48` or in `File "plugin.py", line 48`.
fn place(line: &str) -> Option<(PathBuf, usize)> {
    let line = line.trim();
    let (file, number) = match line.strip_prefix("File \"") {
        Some(rest) => rest.split_once("\", line ")?,
        None => line.rsplit_once(':').filter(|(file, _)| file.ends_with("js") && !file.contains(' '))?,
    };
    let number = number.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()?;
    Some((PathBuf::from(file.trim_start_matches("file://")), number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_languages_say_is_found() {
        let node = "/tmp/x/plugin.js:3\n  triage: : 1,\n          ^\n\nSyntaxError: Unexpected token ':'\n    at wrapSafe (node:internal/modules/cjs/loader:1464:18)\n\nNode.js v20.20.2\n";
        let told = located(node, Path::new("/tmp/x"));
        assert_eq!(told.as_deref(), Some("plugin.js:3:11: SyntaxError: Unexpected token ':'"));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("plugin.py"), "def f():\n    return (\n        1 +)\n").unwrap();
        let python = "  File \"plugin.py\", line 3\n    1 +)\n       ^\nSyntaxError: invalid syntax\n\n  File \"rates.py\", line 9\n";
        let told = located(python, folder.path());
        assert_eq!(told.as_deref(), Some("plugin.py:3:12: SyntaxError: invalid syntax"));
        assert_eq!(located("something else", Path::new("/nowhere")), None);
    }
}
