//! Building the plugins: from the guest workspace to WebAssembly components, and from rules files by the guest for them.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use rulebook::Rules;
use wit_component::ComponentEncoder;

use crate::{
    task::{Failure, Workspace, metadata, note, step, succeed},
    toolchain::Toolchain,
};

/// The package that carries rules. Without any it is no plugin, so it goes into a folder of its own.
const GUEST: &str = "rules";

/// A package of the guest workspace that becomes a plugin.
struct Plugin {
    package: String,
    /// The core module's file name, without extension.
    library: String,
}

/// Builds every plugin of `plugins/` and returns the folder of components, `target/plugins/<package>.wasm`, or
/// `<folder>.wasm` for a folder with a rules file, `plan.toml`. The folder then holds these and no others. The bare guest
/// for rules files becomes `target/guest/rules.wasm`.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let source = workspace.root.join("plugins");
    let components = workspace.target.join("plugins");
    fs::create_dir_all(&components).map_err(Failure::when(components.display()))?;

    step("build the plugins", || {
        let plugins = plugins_of(&source)?;
        let (mut cargo, modules) = Toolchain::find()?.build(&source, &workspace.target);
        cargo.arg("--lib");
        cargo.args(plugins.iter().flat_map(|plugin| ["--package", &plugin.package]));
        succeed(&mut cargo)?;

        let (mut changed, mut built) = (0, BTreeMap::new());
        let mut guest = None;
        for plugin in plugins {
            let module = modules.join(&plugin.library).with_extension("wasm");
            let module = fs::read(&module).map_err(Failure::when(module.display()))?;
            let component = componentize(&module)
                .map_err(|error| Failure::new(format!("plugin {}: {error}", plugin.package)))?;
            if plugin.package == GUEST {
                guest = Some(component);
            } else {
                built.insert(plugin.package, component);
            }
        }
        let guest = guest.ok_or_else(|| Failure::new(format!("no package is called {GUEST}")))?;
        built.extend(from_rules(&source.join("plans"), &guest)?);
        for (name, component) in &built {
            changed += usize::from(write_if_changed(&named(&components, name), component)?);
        }
        remove_others(&components, &built)?;
        let folder = workspace.target.join("guest");
        fs::create_dir_all(&folder).map_err(Failure::when(folder.display()))?;
        write_if_changed(&named(&folder, GUEST), &guest)?;
        note(format!("{} plugins, {changed} of them changed", built.len()));
        Ok(())
    })?;
    Ok(components)
}

/// The packages of the guest workspace with a `cdylib`; the others are libraries for these.
fn plugins_of(folder: &Path) -> Result<Vec<Plugin>, Failure> {
    let metadata = metadata(folder)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let plugins: Vec<Plugin> = packages
        .filter_map(|package| {
            let is_cdylib = |target: &&serde_json::Value| {
                target["crate_types"].as_array().is_some_and(|types| types.iter().any(|t| t == "cdylib"))
            };
            let library = package["targets"].as_array()?.iter().find(is_cdylib)?;
            Some(Plugin {
                package: package["name"].as_str()?.to_owned(),
                library: library["name"].as_str()?.replace('-', "_"),
            })
        })
        .collect();
    if plugins.is_empty() {
        return Err(Failure::new(format!("no package in {} is a cdylib", folder.display())));
    }
    Ok(plugins)
}

/// The plugins of the folders with a rules file, by the folder's name.
fn from_rules(source: &Path, guest: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut plugins = BTreeMap::new();
    for entry in fs::read_dir(source).map_err(Failure::when(source.display()))? {
        let folder = entry.map_err(Failure::when(source.display()))?.path();
        let file = folder.join("plan.toml");
        if !file.is_file() {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(Failure::when(file.display()))?;
        let rules = Rules::read(&text, today()?).map_err(|problems| {
            let lines: Vec<String> =
                problems.iter().map(|problem| format!("{}:{problem}", file.display())).collect();
            Failure::new(lines.join("\n"))
        })?;
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        plugins.insert(name, rules.plugin(guest).map_err(Failure::when(file.display()))?);
    }
    Ok(plugins)
}

/// Today where the plans are.
#[expect(clippy::disallowed_methods, reason = "a task of the desk, where no test needs another day")]
fn today() -> Result<jiff::civil::Date, Failure> {
    let now = jiff::Timestamp::now();
    let pacific = now.in_tz("America/Los_Angeles").map_err(Failure::when("the time zone"))?;
    Ok(pacific.date())
}

fn named(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.wasm"))
}

fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    ComponentEncoder::default()
        .module(module)
        .and_then(|encoder| encoder.validate(true).encode())
        .map_err(|error| format!("not a component: {error:#}"))
}

/// A file that keeps its time when its content stays: whoever caches by time need not start over.
fn write_if_changed(path: &Path, content: &[u8]) -> Result<bool, Failure> {
    match fs::read(path) {
        Ok(present) if present == content => return Ok(false),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Failure::new(format!("{}: {error}", path.display())));
        }
        _ => {}
    }
    // Renamed into place: a demonstration that is starting never reads half a plugin.
    let draft = path.with_extension("draft");
    fs::write(&draft, content)
        .and_then(|()| fs::rename(&draft, path))
        .map_err(Failure::when(path.display()))?;
    Ok(true)
}

/// Removes the components of packages that are gone; the demonstration would still load them.
fn remove_others(folder: &Path, plugins: &BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(Failure::when(folder.display()))? {
        let path = entry.map_err(Failure::when(folder.display()))?.path();
        let is_current =
            path.file_stem().is_some_and(|stem| plugins.keys().any(|name| stem == name.as_str()));
        if path.extension().is_some_and(|extension| extension == "wasm") && !is_current {
            fs::remove_file(&path).map_err(Failure::when(path.display()))?;
        }
    }
    Ok(())
}
