//! `crosswalk plugin build`: from a plugin's source to its component, with the tools of its language.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use clap::Args;
use serde_json::Value;

use super::from_rules;
use super::native::Native;
use super::new::Language;
use super::warnings::{mode_warnings, tell};
use super::world::World;
use crate::out::say;

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin build                               the plugin of this folder
  crosswalk plugin build costa-alta --out costa-alta.wasm")]
pub(crate) struct BuildOptions {
    /// Folder of the plugin, as `crosswalk plugin new` made it.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// File to write the component to [default: build/NAME.wasm in the plugin's folder].
    #[arg(long)]
    out: Option<PathBuf>,
}

/// The rules file of a plan without a programmer.
const RULES: &str = "plan.toml";

const TARGET: &str = "wasm32-unknown-unknown";

/// By this cargo is told to build the standard library itself.
const BUILD_STD: &str = "CARGO_UNSTABLE_BUILD_STD";

/// Builds a plugin, and says where its component is.
pub(crate) fn build(options: &BuildOptions) -> Result<ExitCode, Box<dyn Error>> {
    let folder =
        fs::canonicalize(&options.dir).map_err(|error| format!("{}: {error}", options.dir.display()))?;
    let language = language_of(&folder)?;
    let (name, make): (String, Make) = match language {
        Language::Rust => {
            let package = rust_package(&folder)?;
            (package.name.clone(), Box::new(move |out| build_rust(&package, out)))
        }
        Language::Js => (js_name(&folder)?, Box::new(|out| build_js(&folder, out))),
        Language::Python => (folder_name(&folder), Box::new(|out| build_python(&folder, out))),
        Language::Rules => (folder_name(&folder), Box::new(|out| build_rules(&folder, out))),
    };
    let out = match &options.out {
        Some(out) => std::path::absolute(out)?,
        None => folder.join("build").join(name).with_extension("wasm"),
    };
    if let Some(parent) = out.parent() {
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    }
    make(&out)?;
    let size = fs::metadata(&out).map_err(|error| format!("{}: {error}", out.display()))?.len();
    say!("{} ({size} bytes)", out.display());
    Ok(ExitCode::SUCCESS)
}

type Make<'a> = Box<dyn FnOnce(&Path) -> Result<(), Box<dyn Error>> + 'a>;

/// Language of a plugin, by the files in its folder.
pub(super) fn language_of(folder: &Path) -> Result<Language, Box<dyn Error>> {
    let marks = [
        ("Cargo.toml", Language::Rust),
        ("plugin.js", Language::Js),
        ("plugin.py", Language::Python),
        (RULES, Language::Rules),
    ];
    let found = marks.into_iter().find(|(file, _)| folder.join(file).is_file());
    found.map(|(_, language)| language).ok_or_else(|| {
        format!(
            "{}: no plugin is here (no Cargo.toml, plugin.js, plugin.py or plan.toml); crosswalk plugin new makes one",
            folder.display()
        )
        .into()
    })
}

/// A package that becomes a plugin.
struct Package {
    folder: PathBuf,
    name: String,
    /// The core module that cargo makes of it.
    module: PathBuf,
}

fn rust_package(folder: &Path) -> Result<Package, Box<dyn Error>> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(folder).args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}\n  fix: install Rust, https://rustup.rs"))?;
    if !output.status.success() {
        return Err("cargo metadata failed; what it said is above".into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let manifest = folder.join("Cargo.toml");
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages
        .into_iter()
        .find(|package| package["manifest_path"].as_str().is_some_and(|path| Path::new(path) == manifest))
        .ok_or_else(|| format!("{}: no package", manifest.display()))?;
    let is_cdylib = |target: &&Value| {
        target["crate_types"].as_array().is_some_and(|types| types.iter().any(|kind| kind == "cdylib"))
    };
    let library = package["targets"]
        .as_array()
        .into_iter()
        .flatten()
        .find(is_cdylib)
        .ok_or_else(|| format!("{}: no plugin: its library is no cdylib", manifest.display()))?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("cargo metadata says too little");
    let library = text(&library["name"])?.replace('-', "_");
    let target = PathBuf::from(text(&metadata["target_directory"])?);
    let module = target.join(TARGET).join("release").join(library).with_extension("wasm");
    Ok(Package { folder: folder.to_owned(), name: text(&package["name"])?, module })
}

fn build_rust(package: &Package, out: &Path) -> Result<(), Box<dyn Error>> {
    // Without it compiling would fail after minutes. Whoever builds the standard library too needs none that
    // is installed.
    if !has_target() && env::var_os(BUILD_STD).is_none() {
        let fix = Language::Rust.preparation();
        return Err(format!("the compiler has no standard library for {TARGET}\n  fix: {fix}").into());
    }
    let cargo = || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(&package.folder);
        cargo
    };
    let mut compile = cargo();
    compile.args(["build", "--release", "--lib", "--target", TARGET, "--package", &package.name]);
    run(&mut compile)?;
    let mut encode = cargo();
    encode.args(["run", "--quiet", "--package", "crosswalk-component", "--"]).arg(&package.module).arg(out);
    run(&mut encode)
}

/// True if the compiler has the standard library for the target.
fn has_target() -> bool {
    let mut rustc = Command::new("rustc");
    let output = rustc.args(["--print", "target-libdir", "--target", TARGET]).stderr(Stdio::null()).output();
    output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

fn js_name(folder: &Path) -> Result<String, Box<dyn Error>> {
    let path = folder.join("package.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let package: Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(package["name"].as_str().map_or_else(|| folder_name(folder), str::to_owned))
}

fn build_js(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    const TOOL: &str = "node_modules/@bytecodealliance/componentize-js";
    if !folder.ancestors().any(|folder| folder.join(TOOL).is_dir()) {
        let fix = Language::Js.preparation();
        return Err(format!(
            "componentize-js is not installed here\n  fix: cd {} && {fix}",
            folder.display()
        )
        .into());
    }
    look_at(folder, Language::Js)?;
    let mut node = Command::new("node");
    node.current_dir(folder).arg("crosswalk/build.mjs").arg(out);
    run(&mut node).map_err(|error| {
        named(error, "node", "install Node.js 20 or later, such as with apt-get install nodejs")
    })
}

fn build_python(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    const TOOL: &str = "componentize-py";
    let own = folder.join(".venv/bin").join(TOOL);
    let on_path =
        || env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(|place| place.join(TOOL).is_file());
    if !own.is_file() && !on_path() {
        let fix = format!("cd {} && {}", folder.display(), Language::Python.preparation());
        return Err(format!("{TOOL} is not installed here\n  fix: {fix}").into());
    }
    look_at(folder, Language::Python)?;
    let mut tool = Command::new(if own.is_file() { own.as_os_str() } else { TOOL.as_ref() });
    tool.current_dir(folder).args(["--wit-path", "wit", "--world", "guest", "--quiet"]);
    tool.args(["componentize", "--python-path", ".", "crosswalk_guest", "--output"]).arg(out);
    run(&mut tool)
}

/// Everything that can be seen before a component is made, which takes minutes: the world, the syntax, who
/// the plugin says it is, and whether it exports what it declares.
fn look_at(folder: &Path, language: Language) -> Result<(), Box<dyn Error>> {
    let world = World::read(folder)?;
    let (_, described) = Native::start(folder, language)?;
    world.compare(&described.exports, language)?;
    described.warnings.iter().for_each(|warning| eprintln!("warning: {warning}"));
    tell(&mode_warnings(&described.profile, &described.exports));
    Ok(())
}

fn build_rules(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let file = folder.join(RULES);
    let plugin = match from_rules::read_rules(&file)? {
        Ok(rules) => {
            from_rules::doubts(&file, &rules).iter().for_each(|doubt| eprintln!("{doubt}"));
            from_rules::put_into_guest(&rules, None)?
        }
        Err(problems) => return Err(from_rules::wrong(&file, &problems).into()),
    };
    fs::write(out, plugin).map_err(|error| format!("{}: {error}", out.display()).into())
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().map_or_else(|| "plugin".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Runs a tool to its end. What it says goes to standard error, since standard output is for the result.
fn run(tool: &mut Command) -> Result<(), Box<dyn Error>> {
    let name = Path::new(tool.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    // To tools that cargo started us for, what it said about ourselves is noise.
    for (variable, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CARGO_PKG_")) {
        tool.env_remove(variable);
    }
    let status = tool
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| format!("{name} cannot be run: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} failed; what it said is above").into()) }
}

/// The error, with what installs the tool if that is what is missing.
pub(super) fn named(error: Box<dyn Error>, tool: &str, fix: &str) -> Box<dyn Error> {
    if error.to_string().starts_with(&format!("{tool} cannot be run")) {
        return format!("{error}\n  fix: {fix}").into();
    }
    error
}
