//! A running service: the real binary as a process of its own.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::client::Client;
use super::county::text;
use super::database::{Database, OwnDatabase};

/// Rules and member files are dated: the day of all tests is Monday, 2026-03-02, from ten in the morning
/// (Pacific).
const BEGINNING: &str = "2026-03-02T18:00:00Z";

/// Longest time that a condition may take to come true before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service in a folder of its own. It ends, and the folder goes, when this is dropped.
pub(crate) struct Server {
    /// Address of the service, such as `http://127.0.0.1:4711`.
    pub(crate) address: String,
    /// Access key of the operator.
    pub(crate) operator: String,
    process: Process,
    settings: Vec<(&'static str, String)>,
    starts: u32,
    database: Option<OwnDatabase>,
    folder: TempDir,
    /// Folder of the log: a first start takes no directory in which something lies.
    logs: TempDir,
}

/// The process, and a watcher that ends it if this program ends without dropping it, as statics do.
struct Process {
    child: Child,
    watcher: Child,
}

impl Server {
    /// A service on a new, empty record.
    pub(crate) fn start(database: Database) -> Self {
        Self::start_with(database, &[])
    }

    /// The same with further `CROSSWALK_*` settings.
    pub(crate) fn start_with(database: Database, settings: &[(&'static str, &str)]) -> Self {
        let database = (database == Database::Postgres).then(OwnDatabase::create);
        Self::open(new_folder(), database, settings)
    }

    /// A service on what lies in the folder, and in the database if it has one.
    pub(crate) fn open(
        folder: TempDir,
        database: Option<OwnDatabase>,
        settings: &[(&'static str, &str)],
    ) -> Self {
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let logs = new_folder();
        let (process, address) = run(folder.path(), logs.path(), database.as_ref(), &settings, BEGINNING);
        // A node that was not the first has none.
        let operator = fs::read_to_string(folder.path().join("operator.key")).unwrap_or_default();
        let operator = operator.trim().to_owned();
        Self { address, operator, process, settings, starts: 1, database, folder, logs }
    }

    /// One more node over the same PostgreSQL record, in a folder of its own.
    pub(crate) fn beside(&self) -> Self {
        let url = self.database.as_ref().expect("a record that several nodes share").url();
        let mut settings: Vec<_> = self.settings.iter().map(|(name, value)| (*name, &**value)).collect();
        settings.push(("CROSSWALK_DATABASE_URL", &url));
        Self { operator: self.operator.clone(), ..Self::open(new_folder(), None, &settings) }
    }

    /// Its database on the server, if its record is there.
    pub(crate) fn database(&self) -> Option<&OwnDatabase> {
        self.database.as_ref()
    }

    /// A command of the program about this installation, such as `doctor`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).arg("--data").arg(self.folder.path());
        if let Some(database) = &self.database {
            command.args(["--database-url", &database.url()]);
        }
        command
    }

    /// Starts it where it must not start, and gives what it says last.
    pub(crate) fn refused(&self) -> String {
        let mut command = serve(self.folder.path());
        command.args(["--clock", BEGINNING]);
        if let Some(database) = &self.database {
            command.args(["--database-url", &database.url()]);
        }
        let output = command.output().expect("the program can be run");
        assert_eq!(output.status.code(), Some(1), "it does not start");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        said.lines().last().unwrap_or_default().to_owned()
    }

    /// Starts it again on the same record, some minutes later by its clock.
    pub(crate) fn start_again(&mut self) {
        let minutes = 5 * self.starts;
        self.start_again_at(&format!("2026-03-02T18:{minutes:02}:00Z"));
    }

    /// Starts it again on the same record, at that instant by its clock.
    pub(crate) fn start_again_at(&mut self, instant: &str) {
        self.process.kill();
        let (folder, logs) = (self.folder.path(), self.logs.path());
        let (process, address) = run(folder, logs, self.database.as_ref(), &self.settings, instant);
        self.process = process;
        self.address = address;
        self.starts += 1;
    }

    /// Has a setting from the next start on.
    pub(crate) fn set(&mut self, setting: &'static str, value: &str) {
        self.settings.push((setting, value.to_owned()));
    }

    /// Leaves a setting out from the next start on.
    pub(crate) fn forget(&mut self, setting: &str) {
        self.settings.retain(|(name, _)| *name != setting);
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    pub(crate) fn terminate(&mut self) -> ExitStatus {
        let id = self.process.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        until("the service to end", || self.process.child.try_wait().expect("it is our child"))
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Id of the process, for signals.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.child.id()
    }

    /// Everything that it logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.logs.path().join("log")).expect("the log is UTF-8")
    }

    /// The data directory of the service.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client of it.
    pub(crate) fn client(&self) -> Client {
        Client::of(&self.address)
    }

    /// Id of the organization that runs the host.
    #[track_caller]
    pub(crate) fn office(&self) -> String {
        let list = self.client().read(&self.operator, "/v1/organizations?limit=200");
        let mut organizations = list["items"].as_array().expect("a list").iter();
        let own = organizations.find(|one| one["kind"] == "county").expect("the county holds the record");
        text(own, "/id").to_owned()
    }
}

/// An empty folder that goes with the test.
pub(crate) fn new_folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

impl Process {
    fn kill(&mut self) {
        // The watcher first: once the service is gone, its id may become somebody else's.
        for child in [&mut self.watcher, &mut self.child] {
            // One that has ended already cannot be ended again.
            let _ = child.kill();
            child.wait().expect("it is our child");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn run(
    folder: &Path,
    logs: &Path,
    database: Option<&OwnDatabase>,
    settings: &[(&str, String)],
    instant: &str,
) -> (Process, String) {
    let log =
        File::options().create(true).append(true).open(logs.join("log")).expect("the log can be opened");
    let mut command = serve(folder);
    command.args(["--clock", instant]);
    if let Some(database) = database {
        command.args(["--database-url", &database.url()]);
    }
    command.envs(settings.iter().map(|(name, value)| (*name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().expect("the service can be run");
    let stdout = child.stdout.take().expect("it is piped");
    let watcher = watch(child.id(), database);
    let process = Process { child, watcher };

    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("its output is text");
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
        let log = fs::read_to_string(logs.join("log")).unwrap_or_default();
        // What it said last is why.
        let last = log.lines().rev().take(5).collect::<Vec<_>>().join("\n");
        panic!("the service did not start; last first, it said: {last}")
    });
    assert_eq!(ready["ready"], true);
    (process, ready["address"].as_str().expect("an address").to_owned())
}

/// Complaint of a `serve` that does not start.
pub(crate) fn refusal(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let log = folder.path().join("log");
    let mut command = serve(&folder.path().join("data"));
    command.envs(settings.iter().copied()).stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(File::create(&log).expect("the log can be made"));
    let child = command.spawn().expect("the service can be run");
    let watcher = watch(child.id(), None);
    let mut process = Process { child, watcher };
    let status = until("the service to refuse", || process.child.try_wait().expect("it is our child"));
    assert!(!status.success(), "it was to refuse");
    fs::read_to_string(log).expect("the log is UTF-8")
}

/// A `serve` on a folder and a free port, with nothing of the environment's own settings.
pub(crate) fn serve(folder: &Path) -> Command {
    let mut command = program();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder);
    command
}

/// The program, with nothing of the environment's own settings.
pub(crate) fn program() -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CROSSWALK_")) {
        command.env_remove(name);
    }
    command
}

/// Waits until this program has ended, then ends the service and removes its database.
fn watch(id: u32, database: Option<&OwnDatabase>) -> Child {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("read -r _; kill -9 {id}; \"$@\""), "sh"]);
    match database.map(OwnDatabase::removal) {
        Some(removal) => command.arg(removal.get_program()).args(removal.get_args()),
        None => command.arg("true"),
    };
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().expect("a shell can be run")
}

/// The program under test.
pub(crate) fn binary() -> PathBuf {
    let named = env::var_os("CROSSWALK_BIN").map(PathBuf::from);
    named.unwrap_or_else(|| target().join("debug/crosswalk"))
}

/// The folder of built plugins.
pub(crate) fn folder_of_plugins() -> PathBuf {
    let named = env::var_os("CROSSWALK_PLUGINS_DIR").map(PathBuf::from);
    named.unwrap_or_else(|| target().join("plugins"))
}

/// The folder of plugins that an interpreter runs, and of the tools that build them.
pub(crate) fn folder_of_interpreted() -> PathBuf {
    let named = env::var_os("CROSSWALK_INTERPRETED_DIR").map(PathBuf::from);
    named.unwrap_or_else(|| target().join("interpreted"))
}

/// The bytes of a built plugin.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let file = folder_of_plugins().join(format!("{name}.wasm"));
    fs::read(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; build it with cargo xtask plugins", file.display()))
}

/// The hostile plugin with a behavior written into its bytes: it then misbehaves whatever it is asked.
pub(crate) fn hostile(mode: &str) -> Vec<u8> {
    const MARK: &[u8] = b"hostile-plan-mode:";
    let mut bytes = component("hostile");
    let mark = bytes.windows(MARK.len()).position(|window| window == MARK).expect("the mark is there");
    let place = mark + MARK.len();
    bytes[place..place + mode.len()].copy_from_slice(mode.as_bytes());
    bytes
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

/// Waits until `look` finds something.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::park_timeout(Duration::from_millis(10));
    }
}
