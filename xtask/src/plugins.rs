//! Building the plugins: from the guest workspace to WebAssembly components, and from rules files by the
//! guest for them.
//!
//! The work is done by programs that are built anyway: components are made by the SDK's own
//! `crosswalk-component`, plugins of rules files by `crosswalk`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    task::{self, Failure, Workspace, note, step, succeed},
    toolchain::Toolchain,
};

/// The package that carries rules. Without any it is no plugin, so it goes into a folder of its own.
const GUEST: &str = "rules";

/// The rules file of a plan without a programmer.
const RULES: &str = "plan.toml";

/// Sources of the guest workspace: the packages of its own members, and of one folder more.
struct Sources {
    /// Packages with a core module, by name.
    packages: BTreeSet<String>,
    /// Rules files, by the name of their folder.
    rules: BTreeMap<String, PathBuf>,
}

/// Builds every plugin of `plugins/` and the service, and returns the folder of components,
/// `target/plugins/<folder>.wasm`. The folder then holds these and no others.
///
/// The service is built between the two kinds: it takes in the guest for rules files, and makes plugins of
/// them.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = from_code(workspace)?;
    workspace.build_service()?;
    step("build the plugins of rules files", || from_rules(workspace, &folder))?;
    Ok(folder)
}

/// Builds the plugins that are written in Rust, for those who need no others, and returns the folder of
/// components. The bare guest for rules files becomes `target/guest/rules.wasm`.
pub(crate) fn from_code(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let source = workspace.guests();
    let (folder, guest) = (workspace.plugins(), workspace.guest());
    for folder in [&folder, &guest] {
        fs::create_dir_all(folder).map_err(Failure::when(folder.display()))?;
    }
    step("build the plugins", || {
        let sources = Sources::of(&source)?;
        let (mut cargo, modules) = Toolchain::find()?.build(&source, &workspace.target);
        cargo.arg("--lib");
        cargo.args(sources.packages.iter().flat_map(|package| ["--package", package]));
        succeed(&mut cargo)?;

        let encoder = encoder(workspace)?;
        let mut changed = 0;
        for package in &sources.packages {
            let module = modules.join(package.replace('-', "_")).with_extension("wasm");
            let component = named(if package == GUEST { &guest } else { &folder }, package);
            changed += usize::from(make(workspace, &component, Command::new(&encoder).arg(&module))?);
        }
        remove_others(&folder, &sources)?;
        note(format!("{} plugins and the guest for rules, {changed} changed", sources.packages.len() - 1));
        Ok(())
    })?;
    Ok(folder)
}

/// Builds the SDK's program that makes a component of a core module. The guest workspace's own tests build it
/// too.
fn encoder(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let mut cargo = workspace.cargo_for_guests();
    succeed(cargo.args(["build", "--package", "crosswalk-component"]))?;
    Ok(workspace.guest_tests().join("debug/crosswalk-component"))
}

/// Makes the plugins of the folders with a rules file.
fn from_rules(workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let source = workspace.guests();
    for (name, rules) in Sources::of(&source)?.rules {
        let mut crosswalk = Command::new(workspace.binary());
        crosswalk.args(["plugin", "from-rules"]).arg(&rules);
        crosswalk.arg("--guest").arg(named(&workspace.guest(), GUEST)).arg("--out");
        task::forget_own_package(&mut crosswalk);
        make(workspace, &named(folder, &name), &mut crosswalk)?;
    }
    Ok(())
}

impl Sources {
    fn of(source: &Path) -> Result<Self, Failure> {
        let mut sources = Self { packages: BTreeSet::new(), rules: BTreeMap::new() };
        for folder in folders(source)? {
            sources.take(&folder);
            folders(&folder)?.iter().for_each(|inner| sources.take(inner));
        }
        if !sources.packages.contains(GUEST) {
            return Err(Failure::new(format!("no package in {} is called {GUEST}", source.display())));
        }
        Ok(sources)
    }

    /// Takes a folder that holds a package with a core module, or a rules file.
    fn take(&mut self, folder: &Path) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
        let value = |key: &str| manifest.lines().find_map(|line| line.strip_prefix(key));
        let name = value("name = ").map(|name| name.trim_matches('"').to_owned());
        // Packages without a `cdylib` are libraries for the others.
        match name.filter(|_| value("crate-type").is_some_and(|types| types.contains("\"cdylib\""))) {
            Some(package) => drop(self.packages.insert(package)),
            None if folder.join(RULES).is_file() => {
                let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
                self.rules.insert(name, folder.join(RULES));
            }
            None => {}
        }
    }

    fn has(&self, name: &str) -> bool {
        name != GUEST && (self.packages.contains(name) || self.rules.contains_key(name))
    }
}

/// The folders in a folder, but for the SDKs, what is written from templates, and what has shipped.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    const OTHERS: [&str; 3] = ["sdk", "shipped", "templates"];
    let entries = fs::read_dir(folder).map_err(Failure::when(folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut paths = paths.map_err(Failure::when(folder.display()))?;
    paths.retain(|path| path.is_dir() && !OTHERS.iter().any(|other| path.ends_with(other)));
    Ok(paths)
}

fn named(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.wasm"))
}

/// Lets `maker` write a file, whose place is its last argument, and says whether the content is new. A file
/// keeps its time when its content stays: whoever caches by time need not start over.
fn make(workspace: &Workspace, file: &Path, maker: &mut Command) -> Result<bool, Failure> {
    // Renamed into place: a demonstration that is starting never reads half a plugin. Not drafted beside it:
    // the folder of the guest is watched, and would seem to have changed.
    let draft = workspace.target.join("plugin.draft");
    succeed(maker.arg(&draft))?;
    let content = fs::read(&draft).map_err(Failure::when(draft.display()))?;
    let done = match fs::read(file) {
        Ok(present) if present == content => fs::remove_file(&draft).map(|()| false),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::rename(&draft, file).map(|()| true),
    };
    done.map_err(Failure::when(file.display()))
}

/// Removes the components of folders that are gone; the demonstration would still load them.
fn remove_others(folder: &Path, sources: &Sources) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::when(folder.display()))? {
        let path = entry.map_err(Failure::when(folder.display()))?.path();
        let is_current =
            path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| sources.has(stem));
        if path.extension().is_some_and(|extension| extension == "wasm") && !is_current {
            fs::remove_file(&path).map_err(Failure::when(path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{GUEST, Sources};

    #[test]
    fn folders_become_plugins_by_what_lies_in_them() {
        let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
        let sources = Sources::of(&plugins).expect("the guest workspace can be read");
        for plugin in ["costa-alta", "silver-oak", "valle-vista", "harbor-crest"] {
            assert!(sources.has(plugin), "{plugin}");
        }
        assert!(sources.rules.contains_key("harbor-crest"));
        for other in [GUEST, "rust", "js", "python", "shipped", "templates", "misdeeds"] {
            assert!(!sources.has(other), "{other}");
        }
    }
}
