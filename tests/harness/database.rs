//! The two databases that the service can keep its record in.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU32, Ordering};

/// Database in which a service keeps its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Database {
    /// Embedded, in the service's own folder.
    Sqlite,
    /// A database of its own on the server that `CROSSWALK_TEST_POSTGRES` names.
    Postgres,
}

impl Database {
    /// True if it can be had. If not, the test is put down as skipped.
    pub(crate) fn is_there_for(self, test: &str) -> bool {
        if self == Self::Sqlite {
            return true;
        }
        let reason = match (server_url(), psql()) {
            (None, _) => "CROSSWALK_TEST_POSTGRES names no PostgreSQL server",
            (_, None) => "there is no psql to make a database with",
            _ => return true,
        };
        skip(test, reason);
        false
    }
}

/// Puts a test down as skipped. Where `CI` is set everything is there that tests ask for, and it fails
/// instead.
#[track_caller]
pub(crate) fn skip(test: &str, reason: &str) {
    assert!(env::var_os("CI").is_none(), "{test} must run where CI is set, and cannot: {reason}");
    skip_anywhere(test, reason);
}

/// The same for what depends on more than can be installed, or is not asked for even where `CI` is set.
pub(crate) fn skip_anywhere(test: &str, reason: &str) {
    let line = format!("{test}: {reason}\n");
    let Some(list) = env::var_os("CROSSWALK_SKIPS") else {
        eprint!("skipped {line}");
        return;
    };
    let file = OpenOptions::new().create(true).append(true).open(list);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of skipped tests is writable");
}

/// One of the server's own tools, called as `docs/backup.md` calls it, up to where its own words follow.
#[track_caller]
fn as_the_page_says(call: &str) -> Command {
    let page = include_str!("../../docs/backup.md");
    assert!(page.contains(&format!("\n{call} ")), "docs/backup.md does not say `{call}`");
    let mut words = call.split(' ');
    let name = words.next().unwrap_or_default();
    let mut command = Command::new(psql().expect("psql is there").with_file_name(name));
    command.args(words);
    command
}

/// A PostgreSQL database that goes away with its service.
pub(crate) struct OwnDatabase {
    name: String,
}

impl OwnDatabase {
    /// Makes an empty database on the server of the tests.
    pub(crate) fn create() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("crosswalk_it_{}_{count}", process::id());
        let answer = sql(&format!("create database {name}")).output().expect("psql can be run");
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        Self { name }
    }

    /// A database with what this one holds, by the server's own tools, as `docs/backup.md` says.
    pub(crate) fn copied(&self, file: &Path) -> Self {
        let copy = Self::create();
        let mut dump = as_the_page_says("pg_dump --format=custom --no-owner --file");
        dump.arg(file).arg(self.url());
        let mut restore =
            as_the_page_says("pg_restore --no-owner --exit-on-error --single-transaction --dbname");
        restore.arg(copy.url()).arg(file);
        for command in [&mut dump, &mut restore] {
            let output = command.output().expect("the server's tools can be run");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        copy
    }

    /// Runs a statement in it, behind the service's back.
    pub(crate) fn run(&self, statement: &str) {
        let output = sql_at(&self.url(), statement).output().expect("psql can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// URL of the database, for its owner.
    pub(crate) fn url(&self) -> String {
        let server = server_url().expect("it was there when the database was made");
        let (before, query) =
            server.split_once('?').map_or((&*server, ""), |(before, query)| (before, query));
        let at = before.find("://").map_or(0, |scheme| scheme + 3);
        let host = before[at..].split('/').next().unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{host}/{}{mark}{query}", &before[..at], self.name)
    }
}

impl OwnDatabase {
    /// Output of `psql` in it, as its owner, for a statement that must succeed.
    pub(crate) fn sql(&self, statement: &str) -> String {
        let output = sql_at(&self.url(), statement).output().expect("psql can be run");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Its address behind another door, and the door's server.
    pub(crate) fn url_by(&self, door: impl FnOnce(&str) -> u16) -> String {
        let url = self.url();
        let at = url.find("://").map_or(0, |scheme| scheme + 3);
        let end = url[at..].find('/').map_or(url.len(), |slash| at + slash);
        let (user, host) =
            url[at..end].rsplit_once('@').map_or(("", &url[at..end]), |(user, host)| (user, host));
        let host = if host.contains(':') { host.to_owned() } else { format!("{host}:5432") };
        let mark = if user.is_empty() { "" } else { "@" };
        format!("{}{user}{mark}127.0.0.1:{}{}", &url[..at], door(&host), &url[end..])
    }

    /// Name of the database on its server.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its address for somebody else.
    pub(crate) fn url_as(&self, role: &str, password: &str) -> String {
        let url = self.url();
        let at = url.find("://").map_or(0, |scheme| scheme + 3);
        let host = url[at..].split_once('@').map_or(&url[at..], |(_, host)| host);
        format!("{}{role}:{password}@{host}", &url[..at])
    }

    /// Command that removes the database.
    pub(super) fn removal(&self) -> Command {
        sql(&format!("drop database if exists {} with (force)", self.name))
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        // One that cannot be removed is left to whoever runs the server.
        let _ = self.removal().output();
    }
}

fn sql(statement: &str) -> Command {
    sql_at(&server_url().expect("a server is named"), statement)
}

fn sql_at(url: &str, statement: &str) -> Command {
    let mut command = Command::new(psql().expect("psql is there"));
    command.args([
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "--set=ON_ERROR_STOP=1",
        "--dbname",
        url,
        "--command",
        statement,
    ]);
    command
}

fn server_url() -> Option<String> {
    env::var("CROSSWALK_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// Beside the server's programs, or on the path.
fn psql() -> Option<PathBuf> {
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let packaged = packaged.map(|entry| entry.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    packaged.chain(env::split_paths(&path)).map(|folder| folder.join("psql")).find(|file| file.is_file())
}
