//! A throw-away PostgreSQL server for the tests.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    apt,
    task::{Failure, is_root, output},
};

/// Makes a cluster, runs it until standard input closes, and leaves nothing behind. A shell does
/// this, so that the server ends with us however we end.
const KEEPER: &str = r#"
bin=$1 port=$2
folder=$(mktemp -d) || exit 1
finish() {
    "$bin/pg_ctl" stop --pgdata "$folder/data" --mode immediate >/dev/null 2>&1
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 143' HUP INT TERM
options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='$folder'"
options="$options -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
{
    "$bin/initdb" --pgdata "$folder/data" --auth trust --username postgres --encoding UTF8 --locale C --no-sync &&
    "$bin/pg_ctl" start --pgdata "$folder/data" --log "$folder/log" --wait --timeout 60 --options "$options"
} >"$folder/output" 2>&1 </dev/null || {
    cat "$folder/output" "$folder/log" >&2
    exit 1
}
echo ready
read -r _
"#;

/// A running server. It stops, and its files are removed, when this is dropped.
pub(crate) struct Postgres {
    keeper: Child,
    port: u16,
}

impl Postgres {
    /// Starts a server on an unused port of this machine; installs one first where we may.
    pub(crate) fn start() -> Result<Self, Failure> {
        let bin = install()?;
        let port = unused_port().map_err(Failure::when("no unused port"))?;
        let mut keeper = keeper()?
            .args(["sh", "-c", KEEPER, "postgres-keeper"])
            .arg(&bin)
            .arg(port.to_string())
            // Its own group: Ctrl-C is for us, and what ends us ends it.
            .process_group(0)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::when("cannot start PostgreSQL's keeper"))?;

        let mut answer = String::new();
        let stdout = keeper.stdout.take().expect("it is piped");
        let read = BufReader::new(stdout).read_line(&mut answer);
        let server = Self { keeper, port };
        match read {
            Ok(_) if answer.trim() == "ready" => Ok(server),
            _ => Err(Failure::new(format!("PostgreSQL of {} did not start", bin.display()))
                .fix("see its output above, or set CROSSWALK_TEST_POSTGRES to a running server")),
        }
    }

    /// URL for clients: a superuser of an empty database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // Nothing is left to do if even waiting fails.
        let _ = self.keeper.wait();
    }
}

/// The folder of a server's programs, which are installed if there are none and we may.
pub(crate) fn install() -> Result<PathBuf, Failure> {
    if let Some(bin) = find_server() {
        return Ok(bin);
    }
    apt::install(&["postgresql"])?;
    find_server()
        .ok_or_else(|| Failure::new("the package postgresql is installed, but has no server programs"))
}

/// The folder of the newest server's programs.
fn find_server() -> Option<PathBuf> {
    let version = |bin: &PathBuf| {
        let version = bin.parent()?.file_name()?.to_str()?;
        version.parse::<u32>().ok()
    };
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    packaged
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| has_server(bin))
        .max_by_key(version)
        .or_else(|| env::split_paths(&env::var_os("PATH")?).find(|bin| has_server(bin)))
}

fn has_server(bin: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| bin.join(program).exists())
}

/// Beginning of the keeper's command: PostgreSQL refuses to run as root, so root steps down.
fn keeper() -> Result<Command, Failure> {
    if !is_root() {
        return Ok(Command::new("env"));
    }
    output(Command::new("id").args(["-u", "postgres"])).map_err(|_| {
        Failure::new("PostgreSQL refuses to run as root, and there is no user postgres")
            .fix("useradd --system postgres")
    })?;
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", "env", "--unset=TMPDIR"]);
    Ok(command)
}

/// A port that nothing listens on. Another program could take it before PostgreSQL does; then
/// PostgreSQL says so and the task can be run again.
fn unused_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
