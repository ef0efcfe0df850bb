//! Parts of every task: the workspace, timed steps, child processes, failures with a remedy.

use std::{
    cell::Cell,
    env,
    ffi::{OsStr, OsString},
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{self, Command, ExitCode, ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

#[cfg(test)]
mod tests;

/// Why a task stopped, and what would make it go on.
#[derive(Debug)]
pub(crate) struct Failure {
    cause: String,
    remedy: Option<String>,
}

impl Failure {
    pub(crate) fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into(), remedy: None }
    }

    /// Adds what to do about it: a command where there is one.
    pub(crate) fn fix(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// For `map_err`: the cause is that `doing` this failed.
    pub(crate) fn when<E: fmt::Display>(doing: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{doing}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.cause)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  fix: {}", remedy.replace('\n', "\n       ")),
            None => Ok(()),
        }
    }
}

/// The repository's folder, and the folder of its build results.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    /// True where everything is built once, so that nothing is gained by remembering how.
    is_built_once: bool,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self, Failure> {
        // Cargo says where this package is now; the compiler knows where it was when built.
        let package = env::var_os("CARGO_MANIFEST_DIR");
        let package = package.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package).parent().expect("xtask/ is a folder of the repository").to_owned();
        // Cargo has put us into the folder of a profile, which is one of its folder for all results.
        let own = env::current_exe().map_err(Failure::when("where this program is"))?;
        let target = own.ancestors().nth(2).expect("cargo puts programs two folders deep").to_owned();
        Ok(Self { root, target, is_built_once: false })
    }

    /// The same, built once: its cargos remember nothing for the next time.
    pub(crate) fn built_once(self) -> Self {
        Self { is_built_once: true, ..self }
    }

    /// The cargo that runs us, about to work on the repository's own workspace.
    pub(crate) fn cargo(&self) -> Command {
        self.remembering(cargo(&self.root))
    }

    /// A program that builds, told whether it is to remember how.
    pub(crate) fn remembering(&self, mut builder: Command) -> Command {
        if self.is_built_once {
            builder.env("CARGO_INCREMENTAL", "0");
        }
        builder
    }

    /// The workspace of the plugins.
    pub(crate) fn guests(&self) -> PathBuf {
        self.root.join("plugins")
    }

    /// Folder in which that workspace's programs and tests for this machine are built.
    pub(crate) fn guest_tests(&self) -> PathBuf {
        self.target.join("plugin-tests")
    }

    /// The cargo that runs us, about to build or test the plugins natively.
    pub(crate) fn cargo_for_guests(&self) -> Command {
        let mut cargo = self.remembering(cargo(&self.guests()));
        cargo.env("CARGO_TARGET_DIR", self.guest_tests());
        cargo
    }

    /// Builds the program, with the features that its tests are built with.
    pub(crate) fn build_service(&self) -> Result<(), Failure> {
        step("build the service", || succeed(self.cargo().args(["build", "--bins"])))
    }

    /// Path of the built `crosswalk`.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target.join("debug/crosswalk")
    }

    /// The folder of built plugins.
    pub(crate) fn plugins(&self) -> PathBuf {
        self.target.join("plugins")
    }

    /// The folder of the guest for rules files, which the service takes in.
    pub(crate) fn guest(&self) -> PathBuf {
        self.target.join("guest")
    }

    /// The folder of random components.
    pub(crate) fn corpus(&self) -> PathBuf {
        self.target.join("corpus")
    }

    /// The folder of plugins that an interpreter runs, and of their tools.
    pub(crate) fn interpreted(&self) -> PathBuf {
        self.target.join("interpreted")
    }

    /// The folder of the packages that drive a browser.
    pub(crate) fn browser_tools(&self) -> PathBuf {
        self.target.join("browser-tools")
    }

    /// Tells tests and benches where the things are that they run and read.
    pub(crate) fn tell_tests(&self, command: &mut Command) {
        command
            .env("CROSSWALK_BIN", self.binary())
            .env("CROSSWALK_PLUGINS_DIR", self.plugins())
            .env("CROSSWALK_CORPUS_DIR", self.corpus())
            .env("CROSSWALK_INTERPRETED_DIR", self.interpreted())
            .env("CROSSWALK_BROWSER_DIR", self.browser_tools());
    }
}

/// The cargo that runs us, without what it told us about ourselves.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    forget_own_package(&mut command);
    command
}

/// `cargo run` describes the package it runs in the environment; to a child that is noise.
pub(crate) fn forget_own_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(&name);
        }
    }
}

/// Runs one part of a task, and says on standard error what it is and how long it took.
pub(crate) fn step<T>(name: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    eprintln!("==> {name}");
    let start = Instant::now();
    let result = work();
    let end = if result.is_ok() { "done" } else { "failed" };
    eprintln!("==> {name}: {end} after {:.1} s", start.elapsed().as_secs_f64());
    result
}

/// Something worth knowing that is not a failure.
pub(crate) fn note(text: impl fmt::Display) {
    eprintln!("    {text}");
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does work that goes on beside other work: what its commands print is shown only where one fails, so that
/// it does not stand between the lines of the other.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    IS_QUIET.set(true);
    let done = work();
    IS_QUIET.set(false);
    done
}

/// Runs a command to its end, its output going where ours goes.
pub(crate) fn succeed(command: &mut Command) -> Result<(), Failure> {
    let name = name(command);
    command.stdin(Stdio::null());
    let status = match IS_QUIET.get() {
        true => status_in_quiet(command),
        // What it prints is progress; standard output is kept for results.
        false => command.stdout(io::stderr()).status(),
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{name} failed ({status}); its output is above"))),
        Err(error) => Err(Failure::new(format!("cannot run {name}: {error}"))),
    }
}

/// Into a file and not into a pipe goes whatever the command says: a server that it leaves behind would hold
/// the pipe, and we would wait for the server.
fn status_in_quiet(command: &mut Command) -> io::Result<ExitStatus> {
    static COMMANDS: AtomicU32 = AtomicU32::new(0);
    let number = COMMANDS.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("xtask-{}-{number}.log", process::id()));
    let said = File::create(&path)?;
    let status = command.stdout(said.try_clone()?).stderr(said).status();
    if !matches!(&status, Ok(status) if status.success()) {
        io::stderr().write_all(&fs::read(&path)?)?;
    }
    fs::remove_file(&path)?;
    status
}

/// The result of two that went on side by side; where both failed, both are said.
pub(crate) fn both(first: Result<(), Failure>, second: Result<(), Failure>) -> Result<(), Failure> {
    match (first, second) {
        (Err(first), Err(second)) => {
            note(second);
            Err(first)
        }
        (first, second) => first.and(second),
    }
}

/// Runs a command in our place: what it prints and how it ends is our result.
pub(crate) fn pass_through(command: &mut Command) -> Result<ExitCode, Failure> {
    let name = name(command);
    let status = command.status().map_err(Failure::when(format!("cannot run {name}")))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Runs a command and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let name = name(command);
    let output =
        command.stdin(Stdio::null()).output().map_err(Failure::when(format!("cannot run {name}")))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::new(format!("{name} failed: {}", message.trim())));
    }
    String::from_utf8(output.stdout).map_err(Failure::when(format!("the output of {name}")))
}

/// `PATH` with a folder before all others.
pub(crate) fn path_with(folder: &Path) -> OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(env::split_paths(&path));
    env::join_paths(folders).expect("it was a PATH before")
}

/// True for root, who may install packages.
pub(crate) fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The program and its first argument, as people would say it: "cargo build".
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let first = command.get_args().next().unwrap_or(OsStr::new(""));
    format!("{} {}", program.display(), first.display()).trim_end().to_owned()
}
