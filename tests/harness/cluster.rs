//! PostgreSQL servers of a test's own: to be filled, stopped and promoted.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::server::until;

/// A server. It ends, and its files go, when this is dropped.
pub(crate) struct Cluster {
    /// Port on 127.0.0.1 that it listens on.
    pub(crate) port: u16,
    bin: PathBuf,
    folder: TempDir,
}

impl Cluster {
    /// A new server; none where PostgreSQL or a user to run it as is not there.
    pub(crate) fn start() -> Option<Self> {
        let cluster = Self::unstarted()?;
        let data = cluster.data();
        cluster.must(cluster.program("initdb").arg("--pgdata").arg(data).args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        cluster.set("cluster_name = 'a'\nmax_connections = 60\nwal_keep_size = '256MB'\n");
        cluster.run(&[]);
        cluster.sql("create database crosswalk");
        Some(cluster)
    }

    /// A standby of this one, under the name `name`.
    pub(crate) fn standby(&self, name: &str) -> Self {
        let standby = Self::unstarted().expect("there is one already");
        let port = self.port.to_string();
        standby.must(
            standby
                .program("pg_basebackup")
                .args(["-h", "127.0.0.1", "-U", "postgres", "-p", &port])
                .args(["-R", "-X", "stream", "-c", "fast", "--no-sync", "-D"])
                .arg(standby.data()),
        );
        standby.set(&format!("cluster_name = '{name}'\n"));
        standby.run(&[]);
        standby
    }

    fn unstarted() -> Option<Self> {
        let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let bin = packaged.map(|entry| entry.path().join("bin")).find(|bin| bin.join("initdb").is_file())?;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(folder.path()).status();
            owned.ok().filter(|status| status.success())?;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        Some(Self { port: port.expect("there is a free port").port(), bin, folder })
    }

    /// Starts it, with these names in its environment.
    pub(crate) fn run(&self, environment: &[(&str, String)]) {
        let socket = self.folder.path().display();
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='{socket}' \
             -c wal_retrieve_retry_interval=200ms -c wal_receiver_timeout=3s -c wal_sender_timeout=3s",
            self.port
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--timeout=60", "--pgdata"]).arg(self.data());
        start.arg("--log").arg(self.folder.path().join("log")).args(["--options", &options]);
        start.envs(environment.iter().map(|(name, value)| (*name, value)));
        self.must(start.stdout(Stdio::null()).stderr(Stdio::null()));
    }

    /// Speaks TLS from now on, with the certificate and the key in this folder.
    pub(crate) fn speak_tls(&self, folder: &Path) {
        for (file, name) in [("cert.pem", "server.crt"), ("key.pem", "server.key")] {
            let own = self.data().join(name);
            fs::copy(folder.join(file), &own).expect("it can be copied");
            fs::set_permissions(&own, Permissions::from_mode(0o600)).expect("it is ours");
            if is_root() {
                self.must(Command::new("chown").arg("postgres").arg(&own));
            }
        }
        self.sql("alter system set ssl = on");
        self.sql("select pg_reload_conf()");
        until("TLS to be spoken", || (self.sql("show ssl").trim() == "on").then_some(()));
    }

    /// Stops it as a power cut would stop the machine.
    pub(crate) fn stop(&self) {
        self.must(self.program("pg_ctl").args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data()));
    }

    /// Makes a standby the writer.
    pub(crate) fn promote(&self) {
        self.must(self.program("pg_ctl").args(["promote", "--wait", "--pgdata"]).arg(self.data()));
    }

    /// Waits for its standby before it answers a commit, or not.
    pub(crate) fn wait_for(&self, names: &str) {
        self.sql(&format!("alter system set synchronous_standby_names = '{names}'"));
        self.sql("select pg_reload_conf()");
        until("the setting to be in force", || {
            (self.sql("show synchronous_standby_names").trim() == names).then_some(())
        });
    }

    /// Output of `psql` for a statement that must succeed.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let output = self.try_sql(statement);
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn try_sql(&self, statement: &str) -> Output {
        let database = if statement.starts_with("create database") { "postgres" } else { "crosswalk" };
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--dbname", &url]);
        psql.args(["--set=ON_ERROR_STOP=1", "--command", statement]).output().expect("psql can be run")
    }

    /// The folder of its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn set(&self, settings: &str) {
        let file = self.data().join("postgresql.auto.conf");
        let held = fs::read_to_string(&file).unwrap_or_default();
        fs::write(&file, held + settings).expect("it can be written");
    }

    /// A program of PostgreSQL's, as a user that it accepts.
    fn program(&self, name: &str) -> Command {
        let program: &Path = &self.bin.join(name);
        if !is_root() {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(program);
        command.current_dir("/");
        command
    }

    fn must(&self, command: &mut Command) {
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let last: Vec<_> = log.lines().rev().take(5).collect();
        assert!(status.is_ok_and(|status| status.success()), "{command:?}: {last:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // One that was stopped cannot be stopped again.
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data());
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
