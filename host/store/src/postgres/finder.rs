//! Finder of the server that takes writes, and the connections to it.
//!
//! One server of several is the writer. After a failover another one is, so the writer is looked for again
//! whenever it is lost, and everything that was open to the old one is dropped: what it answers may be older
//! than the record.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, Row as _};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::address::Host;
use super::lender::{Lender, Lent};
use crate::{OpenError, StoreError};

/// Longest wait for one of a pool's connections.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest wait for one server while the writer is looked for.
const LOOK_TIMEOUT: Duration = Duration::from_secs(1);
/// Writers' connections that stay open, so that nobody else takes their places at the server.
const KEPT_OPEN: u32 = 2;
/// Time for which the writer counts as lost a moment ago.
const LATELY: Duration = Duration::from_secs(5);
/// Too many connections: this server is the one, and has no place left.
const TOO_MANY: &str = "53300";

/// Settings of the connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    /// Most connections to the server, for writing and reading together.
    pub(super) connections: u32,
    /// Only a server that waits for a synchronous standby will do.
    pub(super) standby: bool,
}

/// Connections to the writer.
pub(crate) struct Pools {
    /// For units. Whether a connection lives shows when the unit begins, before anything could be lost.
    pub(super) writers: Lender,
    /// For queries. A plain query leaves nothing behind that could hurt the next: it is one round trip.
    pub(super) readers: Lender,
    /// The place of the server in the address.
    place: usize,
}

impl Pools {
    /// Takes a reader's connection back whose last answer was read.
    pub(crate) fn give_back(&self, connection: Lent) {
        self.readers.give_back(connection);
    }
}

/// Finds the server that takes writes.
pub(super) struct Finder {
    hosts: Vec<Host>,
    wishes: Wishes,
    now: RwLock<Arc<Pools>>,
    looking: Mutex<()>,
    /// The cluster that the record is in. Its standbys have the same.
    cluster: Option<String>,
    /// Instant at which the writer was last found to be lost.
    away_at: std::sync::Mutex<Option<Instant>>,
}

/// Result of the first look at a server.
struct First {
    state: ServerState,
    cluster: Option<String>,
    /// Connections that the server allows.
    allowed: Option<u32>,
}

/// Result of the look for the writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WriterSearch {
    /// The server that is in use already.
    Same,
    /// Another one, which is in use from now on.
    Another,
    /// The server in use has no place for a further connection.
    NoPlace,
}

/// A server's account of itself.
struct ServerState {
    is_standby: bool,
    held: [(&'static str, String); 4],
}

impl Finder {
    /// Looks for the writer for the first time. It must be there, and be as `wishes` demand.
    pub(super) async fn open(hosts: Vec<Host>, mut wishes: Wishes) -> Result<Self, OpenError> {
        let mut refusal = OpenError::Address("it names no host".to_owned());
        for (place, host) in hosts.iter().enumerate() {
            match first_look(host, wishes).await {
                Ok(first) => {
                    if let Some(allowed) = first.allowed.filter(|allowed| *allowed < wishes.connections) {
                        let asked = wishes.connections;
                        tracing::warn!(
                            asked,
                            allowed,
                            "the server allows fewer connections than are asked for"
                        );
                        wishes.connections = allowed.max(2);
                    }
                    first.state.say_what_may_be_lost(hosts.len());
                    let now = RwLock::new(Arc::new(pools(host, place, wishes)));
                    let (looking, away_at) = (Mutex::default(), std::sync::Mutex::default());
                    return Ok(Self { hosts, wishes, now, looking, cluster: first.cluster, away_at });
                }
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    /// The connections that are in use.
    pub(super) fn pools(&self) -> Arc<Pools> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Options for a connection to the server that is in use.
    pub(super) fn writer(&self) -> &PgConnectOptions {
        &self.hosts[self.pools().place].options
    }

    /// Looks for the writer, unless somebody has found another than `seen` meanwhile.
    pub(super) async fn look(&self, seen: &Arc<Pools>) -> Result<WriterSearch, StoreError> {
        let _turn = self.looking.lock().await;
        if !Arc::ptr_eq(&self.pools(), seen) {
            return Ok(WriterSearch::Another);
        }
        let mut refusal = StoreError::Away("no server takes writes".to_owned());
        let order =
            std::iter::once(seen.place).chain((0..self.hosts.len()).filter(|place| *place != seen.place));
        for place in order {
            let host = &self.hosts[place];
            match timeout(LOOK_TIMEOUT, self.is_writer(host)).await {
                Ok(Ok(())) if place == seen.place => return Ok(WriterSearch::Same),
                Ok(Ok(())) => {
                    self.use_instead(host, place, seen).await;
                    return Ok(WriterSearch::Another);
                }
                Ok(Err(sqlx::Error::Database(error))) if error.code().as_deref() == Some(TOO_MANY) => {
                    if place == seen.place {
                        return Ok(WriterSearch::NoPlace);
                    }
                    refusal = StoreError::of_code(TOO_MANY);
                }
                Ok(Err(error)) => refusal = away(error),
                Err(_) => refusal = StoreError::Away("no answer in time".to_owned()),
            }
        }
        self.note_away();
        Err(refusal.noted("connect"))
    }

    async fn use_instead(&self, host: &Host, place: usize, seen: &Arc<Pools>) {
        tracing::warn!(host = host.name, "another server takes writes now");
        let found = Arc::new(pools(host, place, self.wishes));
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = found;
        let left = Arc::clone(seen);
        // What is under way there ends by its own limit.
        tokio::spawn(async move { tokio::join!(left.writers.close(), left.readers.close()) });
    }

    /// True if the server takes writes, and is one of ours.
    async fn is_writer(&self, host: &Host) -> Result<(), sqlx::Error> {
        let mut connection = host.options.connect().await?;
        let outcome = async {
            check(&mut connection, self.wishes.standby).await?;
            let cluster = cluster(&mut connection).await;
            match (&self.cluster, cluster) {
                (Some(known), Some(other)) if *known != other => {
                    tracing::error!(host = host.name, "this server belongs to another cluster");
                    Err(refused("it belongs to another cluster"))
                }
                _ => Ok(()),
            }
        }
        .await;
        // It is no pool's; nothing is on its way.
        let _ = connection.close_hard().await;
        outcome
    }

    /// A connection was lost, or the writer is not to be found.
    pub(super) fn note_away(&self) {
        *self.away_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The writer was lost a moment ago: who waited in vain for a connection did so because of that.
    pub(super) fn was_away(&self) -> bool {
        let at = *self.away_at.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < LATELY)
    }

    /// Gives up a reader's connection, so that the server has a place for a writer.
    pub(super) async fn make_place(&self, pools: &Pools) {
        if let Ok(connection) = pools.readers.lend().await {
            tracing::warn!("a reader's connection is given up for a writer");
            let _ = timeout(ACQUIRE_TIMEOUT, connection.detach().close_hard()).await;
        }
    }

    pub(super) async fn close(&self) {
        let pools = self.pools();
        tokio::join!(pools.writers.close(), pools.readers.close());
    }
}

/// The error for a failed connection: whoever is refused at the door may come back.
pub(super) fn away(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Configuration(cause) => StoreError::Away(cause.to_string()),
        error => error.into(),
    }
}

/// The same where the server has refused a connection more: the pool says only that it waited.
pub(super) fn crowded(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::PoolTimedOut => StoreError::of_code(TOO_MANY),
        error => away(error),
    }
}

fn refused(why: &str) -> sqlx::Error {
    sqlx::Error::Configuration(why.into())
}

/// Pools of connections that are opened when they are needed, and a few that stay open.
fn pools(host: &Host, place: usize, wishes: Wishes) -> Pools {
    let writers = (wishes.connections / 2).max(1);
    let readers = wishes.connections.saturating_sub(writers).max(1);
    let standby = wishes.standby;
    let limited = host.options.clone().options([("statement_timeout", "5s")]);
    let usual = || PgPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).test_before_acquire(false);
    let writers = usual()
        .max_connections(writers)
        .min_connections(KEPT_OPEN.min(writers))
        // Whoever gives a place up may not get it back.
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                check(connection, standby).await?;
                compress_quickly(connection).await
            })
        })
        .connect_lazy_with(limited.clone());
    let readers = usual()
        .max_connections(readers)
        .after_connect(|connection, _| {
            Box::pin(async move {
                let is_standby: bool =
                    sqlx::query_scalar("select pg_is_in_recovery()").fetch_one(connection).await?;
                if is_standby { Err(refused("it is a standby")) } else { Ok(()) }
            })
        })
        .connect_lazy_with(limited.options([("default_transaction_read_only", "on")]));
    Pools { writers: Lender::of(writers), readers: Lender::of(readers), place }
}

/// Has long values compressed by LZ4, where the server was built with it. The other way takes a tenth of all
/// that the server does for a request for authorization.
async fn compress_quickly(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    const WISH: &str = "
        select set_config(name, 'lz4', false) from pg_settings
        where name = 'default_toast_compression' and 'lz4' = any (enumvals)";
    sqlx::query(WISH).execute(connection).await.map(|_| ())
}

/// Checks that the server takes writes and keeps them.
async fn check(connection: &mut PgConnection, standby: bool) -> Result<(), sqlx::Error> {
    let state = server_state(connection).await?;
    if state.is_standby {
        return Err(refused("it is a standby"));
    }
    match state.is_unsafe(standby) {
        Some(OpenError::Unsafe { setting, .. }) => {
            tracing::error!(setting, "the server may lose what it acknowledged");
            Err(refused("it may lose what it acknowledged"))
        }
        _ => Ok(()),
    }
}

async fn server_state(connection: &mut PgConnection) -> Result<ServerState, sqlx::Error> {
    const ASKED: &str = "
        select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on',
            current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
            current_setting('synchronous_standby_names')";
    let row = sqlx::query(ASKED).fetch_one(connection).await?;
    let names = ["synchronous_commit", "fsync", "full_page_writes", "synchronous_standby_names"];
    let mut held = names.map(|name| (name, String::new()));
    for (at, (_, value)) in held.iter_mut().enumerate() {
        *value = row.try_get(at + 1)?;
    }
    Ok(ServerState { is_standby: row.try_get(0)?, held })
}

impl ServerState {
    /// The setting that does not do: asynchronous commit never does, and the others where a standby is
    /// demanded.
    fn is_unsafe(&self, standby: bool) -> Option<OpenError> {
        self.wrong()
            .find(|(name, _)| standby || *name == "synchronous_commit")
            .map(|(setting, held)| OpenError::Unsafe { setting, held: held.to_owned(), fix: fix(setting) })
    }

    /// Says at start what the server's settings may cost, where that is not refused.
    fn say_what_may_be_lost(&self, hosts: usize) {
        for (setting, held) in self.wrong() {
            let cost = match setting {
                "synchronous_standby_names" if hosts > 1 => "a failover may lose what was acknowledged",
                // One server by itself: its disk is what keeps the record.
                "synchronous_standby_names" => continue,
                _ => "a power cut may lose what was acknowledged, or the database",
            };
            tracing::warn!(setting, held, fix = fix(setting), "{cost}");
        }
    }

    /// Every setting under which something that was acknowledged may be lost.
    fn wrong(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.held.iter().map(|(name, held)| (*name, &**held)).filter(|(name, held)| match *name {
            "synchronous_commit" => !["on", "remote_apply"].contains(held),
            "synchronous_standby_names" => held.is_empty(),
            _ => *held != "on",
        })
    }
}

fn fix(setting: &str) -> &'static str {
    match setting {
        "synchronous_commit" => {
            "let the service's sessions have synchronous_commit = on; a pooler between may not pass it on"
        }
        "synchronous_standby_names" => "name the standbys, such as ANY 1 (b, c), or do not demand a standby",
        _ => "set it to on",
    }
}

/// Connects for the first time: the cluster's identity, and how many connections the server allows.
async fn first_look(host: &Host, wishes: Wishes) -> Result<First, OpenError> {
    let connecting = timeout(super::UNIT_LIMIT, host.options.connect()).await;
    let mut connection =
        connecting.map_err(|_| StoreError::Away("no answer in time".to_owned()))?.map_err(away)?;
    let state = server_state(&mut connection).await.map_err(StoreError::from)?;
    if state.is_standby {
        return Err(StoreError::Away("no server takes writes".to_owned()).into());
    }
    if let Some(refusal) = state.is_unsafe(wishes.standby) {
        return Err(refusal);
    }
    let (cluster, allowed) = (cluster(&mut connection).await, allowed(&mut connection).await);
    connection.close().await.map_err(StoreError::from)?;
    Ok(First { state, cluster, allowed })
}

/// The cluster's own number. A role that may not ask does without.
async fn cluster(connection: &mut PgConnection) -> Option<String> {
    const ASKED: &str = "select system_identifier::text from pg_control_system()";
    sqlx::query_scalar(ASKED).fetch_one(connection).await.ok()
}

/// Connections that the server, the database and the role allow, whichever is the fewest.
async fn allowed(connection: &mut PgConnection) -> Option<u32> {
    const ASKED: &str = "
        select least(
            current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
            case when r.rolconnlimit >= 0 and not r.rolsuper then r.rolconnlimit end,
            case when d.datconnlimit >= 0 and not r.rolsuper then d.datconnlimit end)
        from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()";
    let allowed: i32 = sqlx::query_scalar(ASKED).fetch_one(connection).await.ok()?;
    u32::try_from(allowed).ok()
}

/// Behavior that every connection has.
pub(super) fn usual(options: PgConnectOptions) -> PgConnectOptions {
    options
        .application_name("crosswalk")
        .options([
            ("synchronous_commit", "on"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("client_connection_check_interval", "1s"),
            // Every statement goes by the keys that it is given, and none is written for one value
            // among others. Left to itself the server finds the plan that it keeps of such a statement
            // dear once the tables have grown, and plans it anew at each execution: a third of what it
            // did for a request for authorization.
            ("plan_cache_mode", "force_generic_plan"),
        ])
        // Units become few texts, but each shape of a unit its own.
        .statement_cache_capacity(400)
        .disable_statement_logging()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_state(held: [&str; 4]) -> ServerState {
        let names = ["synchronous_commit", "fsync", "full_page_writes", "synchronous_standby_names"];
        let mut held = held.into_iter();
        ServerState {
            is_standby: false,
            held: names.map(|name| (name, held.next().expect("as many as names").to_owned())),
        }
    }

    #[test]
    fn what_may_lose_something_is_refused_or_said() {
        // Settings; refused without a standby demanded, and with one; said.
        for (held, alone, demanded, said) in [
            (["on", "on", "on", "b"], None, None, &[][..]),
            (["remote_apply", "on", "on", "b"], None, None, &[]),
            (["on", "on", "on", ""], None, Some("synchronous_standby_names"), &["synchronous_standby_names"]),
            (["on", "off", "on", "b"], None, Some("fsync"), &["fsync"]),
            (["on", "on", "off", "b"], None, Some("full_page_writes"), &["full_page_writes"]),
            (
                ["local", "on", "on", "b"],
                Some("synchronous_commit"),
                Some("synchronous_commit"),
                &["synchronous_commit"],
            ),
            (
                ["off", "on", "on", "b"],
                Some("synchronous_commit"),
                Some("synchronous_commit"),
                &["synchronous_commit"],
            ),
        ] {
            let state = server_state(held);
            let refused = |standby| match state.is_unsafe(standby) {
                Some(OpenError::Unsafe { setting, .. }) => Some(setting),
                _ => None,
            };
            assert_eq!((refused(false), refused(true)), (alone, demanded), "{held:?}");
            assert_eq!(state.wrong().map(|(name, _)| name).collect::<Vec<_>>(), said, "{held:?}");
        }
    }
}
