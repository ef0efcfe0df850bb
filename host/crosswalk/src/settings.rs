//! Checks of `serve`'s settings before anything is made: variables that nothing or another command reads,
//! settings without effect, and addresses, folders and files that cannot be used. Each mistake is a sentence
//! with the setting, the cause and the fix.

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use domain::near::near;
use tokio::net::TcpListener;
use tracing_subscriber::filter::EnvFilter;

use crate::host::ServeOptions;

/// Beginning of the name of every variable that the program reads.
const PREFIX: &str = "CROSSWALK_";
/// The command whose settings these are.
const SERVE: &str = "crosswalk serve";
/// Variables of this repository's own tools, which a developer's shell may hold. They mean nothing to a
/// service.
const OF_THE_TOOLS: [&str; 8] = [
    "CROSSWALK_BIN",
    "CROSSWALK_BROWSER_DIR",
    "CROSSWALK_CORPUS_DIR",
    "CROSSWALK_FIXTURES",
    "CROSSWALK_INTERPRETED_DIR",
    "CROSSWALK_PLUGINS_DIR",
    "CROSSWALK_SKIPS",
    "CROSSWALK_TEST_POSTGRES",
];

/// A setting that has no effect beside the others.
struct Unused {
    /// Its id in clap, such as `database_connections`.
    setting: &'static str,
    /// True where the other settings leave it without effect.
    unused: fn(&ServeOptions) -> bool,
    /// Cause and fix, for the message.
    why: &'static str,
}

/// Everything that one setting can take away from another.
static UNUSED: [Unused; 5] = [
    Unused {
        setting: "plugin_rest_seconds",
        unused: |options| options.plugin_faults > domain::breaker::Policy::USUAL.window,
        why: "a plugin never rests while --plugin-faults is more than 20: leave one of the two out",
    },
    Unused {
        setting: "provider_wait_ms",
        unused: |options| options.public_address.is_none(),
        why: "identity providers send people back to --public-address: leave it out, or set that too",
    },
    Unused {
        setting: "private_providers",
        unused: |options| options.public_address.is_none(),
        why: "identity providers send people back to --public-address: leave it out, or set that too",
    },
    Unused {
        setting: "database_connections",
        unused: |options| options.database_url.is_none(),
        why: "the embedded SQLite has its own; leave it out, or name a PostgreSQL with --database-url",
    },
    Unused {
        setting: "require_standby",
        unused: |options| options.database_url.is_none(),
        why: "the embedded SQLite has no standby; leave it out, or name a PostgreSQL with --database-url",
    },
];

/// Everything that is wrong with how the program was called for `serve`, a line each; `program` is its whole
/// command line.
pub(crate) fn slips(program: &Command, serve: &ArgMatches, options: &ServeOptions) -> Vec<String> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let readers = Readers::of(program);
    let mut slips: Vec<String> = names.filter_map(|name| readers.slip(&name)).collect();
    slips.sort();
    slips.extend(unused(serve, options));
    slips.extend(wrong_database(options.database_url.as_deref()));
    slips.extend(no_folder("--data", &options.data));
    slips.extend(options.documents.as_deref().and_then(|folder| no_folder("--documents", folder)));
    slips
}

/// Variables that the program reads, each with the commands that do, such as `crosswalk plugin push`.
struct Readers(BTreeMap<String, Vec<String>>);

impl Readers {
    /// Readers as the options of the commands say.
    fn of(program: &Command) -> Self {
        let mut readers = Self(BTreeMap::new());
        readers.add(program.get_name(), program);
        readers
    }

    fn add(&mut self, name: &str, command: &Command) {
        for variable in command.get_arguments().filter_map(|argument| argument.get_env()?.to_str()) {
            self.0.entry(variable.to_owned()).or_default().push(name.to_owned());
        }
        for below in command.get_subcommands() {
            self.add(&format!("{name} {}", below.get_name()), below);
        }
    }

    /// The mistake, where a variable is the program's by its name and `serve` does not read it.
    fn slip(&self, name: &str) -> Option<String> {
        if !name.starts_with(PREFIX) || OF_THE_TOOLS.contains(&name) {
            return None;
        }
        match self.0.get(name) {
            Some(commands) if commands.iter().any(|command| command == SERVE) => None,
            Some(commands) => Some(anothers(name, commands)),
            None => Some(self.unknown(name)),
        }
    }

    /// A variable that nothing reads, with the one of `serve` that was meant if it is near.
    fn unknown(&self, name: &str) -> String {
        // What all names begin with would make every slip look small.
        let own = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let of_serve = self.0.iter().filter(|(_, commands)| commands.iter().any(|command| command == SERVE));
        let known: Vec<String> = of_serve.map(|(name, _)| own(name)).collect();
        let fix = match near(&own(name), known.iter().map(String::as_str)).first() {
            Some(one) => format!("did you mean `{PREFIX}{one}`? Else unset it"),
            None => format!("unset it; `{SERVE} --help` lists the names"),
        };
        format!("`{name}` is no setting: {fix}")
    }
}

/// A variable that only other commands read: set for `serve`, it would silently do nothing.
fn anothers(name: &str, commands: &[String]) -> String {
    let command = command_of(commands);
    format!("`{name}` is a setting of `{command}`, and `{SERVE}` does not read it: unset it before you serve")
}

/// The command, or the one that all of these are parts of: `crosswalk plugin` of its `push` and `sign`.
fn command_of(commands: &[String]) -> String {
    let mut commands = commands.iter().map(|command| command.split(' ').collect::<Vec<_>>());
    let first = commands.next().unwrap_or_default();
    let shared = commands.fold(first, |shared, next| {
        shared.into_iter().zip(next).take_while(|(one, other)| one == other).map(|(one, _)| one).collect()
    });
    shared.join(" ")
}

fn unused<'a>(serve: &'a ArgMatches, options: &'a ServeOptions) -> impl Iterator<Item = String> + 'a {
    let said = move |setting: &str| {
        matches!(serve.value_source(setting), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    };
    UNUSED.iter().filter(move |one| said(one.setting) && (one.unused)(options)).map(|one| {
        let name = one.setting.replace('_', "-");
        format!("--{name} has no effect: {}", one.why)
    })
}

/// The address is never repeated: it may hold a password.
fn wrong_database(url: Option<&str>) -> Option<String> {
    let url = url?;
    if ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return None;
    }
    let fix = "only postgres:// is known, such as postgres://user@host/crosswalk; without it the record is SQLite in --data";
    Some(format!("--database-url: {fix}"))
}

fn no_folder(flag: &str, folder: &Path) -> Option<String> {
    let about = fs::metadata(folder).ok()?;
    (!about.is_dir()).then(|| format!("{flag} {} is a file, not a folder", folder.display()))
}

/// An address to listen on, by number or name.
pub(crate) fn address(text: &str) -> Result<SocketAddr, String> {
    let fix = "write an address and a port, such as 127.0.0.1:8080 or localhost:8080";
    let mut found: Vec<SocketAddr> = text.to_socket_addrs().map_err(|_| fix.to_owned())?.collect();
    // A name may have several: the one that every client knows is first.
    found.sort_by_key(SocketAddr::is_ipv6);
    found.into_iter().next().ok_or_else(|| fix.to_owned())
}

/// Accepts what `tracing` reads as a filter of levels, and returns it as it was written.
pub(crate) fn log_filter(text: &str) -> Result<String, String> {
    let fix = "write error, warn, info, debug, or filters such as workflow=debug,info";
    EnvFilter::try_new(text).map_err(|_| fix.to_owned())?;
    Ok(text.to_owned())
}

/// Listens, or says what is in the way.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Box<dyn Error>> {
    let fix = "choose another --listen";
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            ErrorKind::AddrInUse => "is taken by another process".to_owned(),
            ErrorKind::AddrNotAvailable => "is no address of this machine".to_owned(),
            ErrorKind::PermissionDenied => "may not be listened on by this user".to_owned(),
            _ => format!("cannot be listened on ({error})"),
        };
        format!("{address} {why}; {fix}").into()
    })
}

#[cfg(test)]
mod tests;
