//! The sample plan's twins in JavaScript and Python, and the tools that build such plugins.
//!
//! Everything is kept in `target/interpreted`: each language's tools, the plugins' sources as an author has
//! them, and the components. A component is built again only when something that it is made of has changed.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    apt,
    task::{Failure, Workspace, note, output, path_with, step, succeed},
};

/// The plan that has twins.
const PLAN: &str = "silver-oak";

/// A language whose plugins an interpreter runs.
struct Language {
    /// As `crosswalk plugin new --lang` names it, and as the folders are called.
    name: &'static str,
    /// A program that comes with the language's own tools, to see whether they are there.
    program: &'static str,
    packages: &'static [&'static str],
    install: fn(&Workspace, &Path) -> Result<(), Failure>,
    /// File of the tool that makes components, in the folder of tools.
    tool: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language {
        name: "js",
        program: "npm",
        packages: &["nodejs", "npm"],
        install: install_js,
        tool: "node_modules/@bytecodealliance/componentize-js/package.json",
    },
    Language {
        name: "python",
        program: "python3",
        packages: &["python3", "python3-venv"],
        install: install_python,
        tool: "venv/bin/componentize-py",
    },
];

/// Builds what can be built. Where a language's tools are not to be had, its twin is left out and
/// the reason said; in CI that is a failure.
pub(crate) fn build(workspace: &Workspace) -> Result<(), Failure> {
    for language in LANGUAGES {
        let name = format!("build the twin in {}", language.name);
        match step(&name, || language.build(workspace)) {
            Ok(()) => {}
            Err(failure) if env::var_os("CI").is_some() => return Err(failure),
            Err(failure) => {
                note(failure);
                note(format!("plugins in {} are not built, and their tests are skipped", language.name));
            }
        }
    }
    Ok(())
}

/// Installs the tools of every language.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    for language in LANGUAGES {
        let name = format!("install the tools for plugins in {}", language.name);
        step(&name, || language.tools(workspace).map(drop))?;
    }
    Ok(())
}

impl Language {
    /// Folder of the language's tools, which are installed if they are not there.
    fn tools(&self, workspace: &Workspace) -> Result<PathBuf, Failure> {
        let tools = workspace.interpreted().join(self.name);
        fs::create_dir_all(&tools).map_err(Failure::when(tools.display()))?;
        if !tools.join(self.tool).is_file() {
            if output(Command::new(self.program).arg("--version")).is_err() {
                apt::install(self.packages)?;
            }
            (self.install)(workspace, &tools)?;
        }
        Ok(tools)
    }

    fn build(&self, workspace: &Workspace) -> Result<(), Failure> {
        let (folder, tools) = (workspace.interpreted(), self.tools(workspace)?);
        let source = tools.join(PLAN);
        let inputs = self.lay_out(workspace, &source)?;
        let component = folder.join(format!("{PLAN}-{}.wasm", self.name));
        let known = component.with_extension("inputs");
        if component.is_file() && fs::read(&known).is_ok_and(|known| known == inputs) {
            note("nothing that it is made of has changed");
            return Ok(());
        }
        let mut build = Command::new(workspace.binary());
        build.args(["plugin", "build"]).arg(&source).arg("--out").arg(&component);
        build.env("PATH", path_with(&tools.join("venv/bin")));
        succeed(&mut build)?;
        fs::write(&known, inputs).map_err(Failure::when(known.display()))
    }

    /// Lays the twin out as its author would have it, with the SDK of this checkout; gives all that it is
    /// made of.
    fn lay_out(&self, workspace: &Workspace, to: &Path) -> Result<Vec<u8>, Failure> {
        if to.is_dir() {
            fs::remove_dir_all(to).map_err(Failure::when(to.display()))?;
        }
        let mut new = Command::new(workspace.binary());
        succeed(new.args(["plugin", "new", PLAN, "--lang", self.name, "--dir"]).arg(to))?;
        let own = workspace.root.join("plugins/plans").join(format!("{PLAN}-{}", self.name));
        let mut inputs = Vec::new();
        for file in files_in(&own)? {
            let place = to.join(file.strip_prefix(&own).expect("it is in that folder"));
            fs::copy(&file, &place).map_err(Failure::when(place.display()))?;
        }
        for file in files_in(to)? {
            inputs.extend(file.as_os_str().as_encoded_bytes());
            inputs.extend(fs::read(&file).map_err(Failure::when(file.display()))?);
        }
        Ok(inputs)
    }
}

/// The version of the tool that a new plugin names.
fn install_js(workspace: &Workspace, tools: &Path) -> Result<(), Failure> {
    const PACKAGE: &str = "@bytecodealliance/componentize-js";
    let template = workspace.root.join("plugins/templates/js/package.json");
    let text = fs::read_to_string(&template).map_err(Failure::when(template.display()))?;
    let version = version_of(PACKAGE, &text)
        .ok_or_else(|| Failure::new(format!("{} names no version of {PACKAGE}", template.display())))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--prefix"]).arg(tools);
    succeed(npm.arg(format!("{PACKAGE}@{version}")))
}

/// The version of a dependency in the text of a `package.json`.
fn version_of<'a>(package: &str, manifest: &'a str) -> Option<&'a str> {
    let (_, after) = manifest.split_once(&format!("\"{package}\":"))?;
    after.trim_start().strip_prefix('"')?.split_once('"').map(|(version, _)| version)
}

fn install_python(workspace: &Workspace, tools: &Path) -> Result<(), Failure> {
    let venv = tools.join("venv");
    succeed(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    let requirements = workspace.root.join("plugins/templates/python/requirements.txt");
    let mut pip = Command::new(venv.join("bin/pip"));
    succeed(
        pip.args(["install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements),
    )
}

/// All files below a folder, in the order of their names.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(Failure::when(folder.display()))?;
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(files_in(&entry)?);
        } else {
            files.push(entry);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn a_version_is_read_as_npm_reads_it() {
        let manifest = r#"{ "name": "a", "dependencies": { "@b/c-d": "0.23.0", "e": "1" } }"#;
        assert_eq!(version_of("@b/c-d", manifest), Some("0.23.0"));
        assert_eq!(version_of("e", manifest), Some("1"));
        assert_eq!(version_of("d", manifest), None);
        let template = include_str!("../../plugins/templates/js/package.json");
        assert!(version_of("@bytecodealliance/componentize-js", template).is_some());
    }
}
