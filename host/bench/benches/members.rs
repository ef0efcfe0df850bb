//! Cost of a member file of many rows, and its effect on everybody else.
//!
//! - `import`: the whole way. The file is uploaded, read, kept in slices, checked and loaded by the duty that
//!   does so in the binary. Nobody else is served meanwhile. Where its time goes is told by the parts that
//!   the service counts for Prometheus: some of them go on at the same time, so that together they are more
//!   than the whole.
//! - `bulk`: the rows that came of it, copied by the database itself into empty tables with the same columns,
//!   indexes and constraints, foreign keys among them, in one transaction: `insert into ... select`, members
//!   first. Nobody else is served meanwhile either. A fair floor because nothing puts the same rows where
//!   they are found with less: no parsing, no comparison with what is known, no row that is kept until it is
//!   loaded.
//! - `beside`: another file of a quarter as many rows, while a few clients send referrals. Their times during
//!   it are held against the same clients' times before it.
//!
//! A million rows take minutes; `--quick` takes few enough to see that it runs.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bench::{
    Asked, Budget, Connection, County, FreshIds, Length, NOW, Options, Outcome, Output, Ratio, Times,
    valle_vista,
};
use domain::time::ManualClock;
use sandbox::{Limits, Sandbox};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use store::{Store, StoreConfig};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use web::App;
use workflow::{Crosswalk, Duties, NextSlice};

use super::referrals::database::{Database, Kind, Pool};

/// Clients that send referrals meanwhile.
const CLIENTS: usize = 4;
/// Referrals before the import beside which the others are sent.
const QUIET: usize = 500;
/// Time between two looks at whether a file is loaded. Loading waits for nobody who only looks.
const LOOK: Duration = Duration::from_millis(50);
/// Numbers of the first member of the files, and of the further file's. No filler, which is seven equal
/// digits, lies among them.
const FIRST: usize = 1_200_000;
const FURTHER: usize = 2_300_000;
/// Rows of one file, which stays below 64 MiB.
const ROWS_OF_A_FILE: usize = 250_000;
/// Tables that a member file fills.
const TABLES: [&str; 3] = ["members", "coverages", "member_values"];
const LEAST_OF_BULK: f64 = 0.5;
const MOST_OF_QUIET: f64 = 1.5;

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("members", words, &[], run)
}

/// Seconds by the parts that they were spent on.
type Parts = BTreeMap<String, f64>;

/// The service's own figures that tell of parts, with what is put before the names of theirs.
const PARTS: [(&str, &str); 2] =
    [("crosswalk_member_file_seconds_sum", ""), ("crosswalk_bulk_seconds_sum", "database: ")];

/// Figures of one kind of database.
struct Figures {
    database: &'static str,
    rows: usize,
    import: Duration,
    parts: Parts,
    bulk: Duration,
    /// Time of a quarter as many rows beside the clients.
    beside: Duration,
    quiet: Times,
    busy: Times,
}

fn run(options: &Options) -> Outcome<()> {
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sandbox = Sandbox::start(Limits::default(), Some(&scratch.path().join("compiled")))?;
    let metrics = web::install_metrics()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (rows, referrals) = match options.length {
        Length::Full => (1_000_000, 10_000),
        Length::Quick => (20_000, 1_000),
    };
    let mut kinds = vec![Kind::Sqlite { folder: scratch.path().join("sqlite") }];
    kinds.extend(std::env::var("CROSSWALK_TEST_POSTGRES").ok().map(|admin| Kind::Postgres { admin }));
    let mut found = Vec::new();
    for kind in kinds {
        let database = Database::named(kind.clone(), "members");
        let app = |store: Store| {
            let clock = Arc::new(ManualClock::at(NOW));
            let crosswalk = Crosswalk::new(store, sandbox.clone(), clock, Arc::new(FreshIds));
            (crosswalk.clone(), App::new(crosswalk, metrics.clone()))
        };
        let counted = || parts(&metrics.render());
        found.push(measure(&runtime, kind.name(), &database, app, counted, rows, referrals)?);
        runtime.block_on(database.remove())?;
    }
    print(options.output, &found);
    Ok(())
}

fn measure(
    runtime: &Runtime,
    name: &'static str,
    database: &Database,
    app: impl Fn(Store) -> (Crosswalk, App),
    counted: impl Fn() -> Parts,
    rows: usize,
    referrals: usize,
) -> Outcome<Figures> {
    let config = database.config()?;
    let store = runtime.block_on(async {
        database.create().await?;
        Outcome::Ok(Store::open(config.clone()).await?)
    })?;
    let (crosswalk, app) = app(store.clone());
    let operator = runtime.block_on(crosswalk.first_operator("San Ravel"))?.ok_or("the record is not new")?;
    let stop = CancellationToken::new();
    let (address, serving) = runtime.block_on(serve(app, stop.clone()))?;
    let paused = Arc::new(AtomicU64::new(0));
    let loading = runtime.spawn(load(Duties::new(crosswalk), stop.clone(), Arc::clone(&paused)));

    let county = County::set_up(address, &operator, &valle_vista()?, referrals + QUIET + 1)?;
    let (before, paused_before) = (counted(), paused.load(Ordering::Relaxed));
    let import = import(address, &county, FIRST..FIRST + rows)?;
    let mut parts = counted();
    parts.iter_mut().for_each(|(part, seconds)| *seconds -= before.get(part).copied().unwrap_or_default());
    let paused = paused.load(Ordering::Relaxed) - paused_before;
    parts.insert("pause".to_owned(), Duration::from_micros(paused).as_secs_f64());
    let (quiet, busy) = county.members[1..].split_at(QUIET);
    let quiet = send(address, &county, quiet, &AtomicBool::new(false))?;
    let done = AtomicBool::new(false);
    let (beside, busy) = std::thread::scope(|scope| {
        let busy = scope.spawn(|| send(address, &county, busy, &done));
        let beside = self::import(address, &county, FURTHER..FURTHER + rows / 4);
        done.store(true, Ordering::Relaxed);
        Outcome::Ok((beside?, busy.join().map_err(|_| "a client panicked")??))
    })?;
    stop.cancel();
    runtime.block_on(async {
        drop(serving.await);
        drop(loading.await);
        store.close().await;
    });
    let bulk = runtime.block_on(bulk(database, &config))?;
    Ok(Figures { database: name, rows, import, parts, bulk, beside, quiet, busy })
}

async fn serve(app: App, stop: CancellationToken) -> Outcome<(SocketAddr, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    Ok((address, tokio::spawn(async move { drop(web::serve(listener, app, stop).await) })))
}

/// As the binary loads, but for the look at whether there is a file. It counts the microseconds of pauses.
async fn load(duties: Duties, stop: CancellationToken, paused: Arc<AtomicU64>) {
    while !stop.is_cancelled() {
        let begun = Instant::now();
        let pause = match duties.load().await {
            Ok(NextSlice::Alone) => continue,
            Ok(NextSlice::BesideOthers) => begun.elapsed(),
            Ok(NextSlice::Nothing) | Err(_) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        tokio::time::sleep(pause).await;
        paused.fetch_add(u64::try_from(pause.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

/// The parts in the text for Prometheus.
fn parts(text: &str) -> Parts {
    let part = |line: &str| {
        let (figure, rest) = line.split_once("{part=\"")?;
        let (_, before) = PARTS.iter().find(|(known, _)| *known == figure)?;
        let (part, seconds) = rest.split_once("\"} ")?;
        Some((format!("{before}{part}"), seconds.parse().ok()?))
    };
    text.lines().filter_map(part).collect()
}

/// Sends a referral for each member, or until `done`.
fn send(server: SocketAddr, county: &County, members: &[String], done: &AtomicBool) -> Outcome<Times> {
    let mut times = Times::default();
    let share = members.len().div_ceil(CLIENTS);
    std::thread::scope(|scope| {
        let client = |members: &[String]| -> Outcome<Vec<Duration>> {
            let (mut connection, mut times) = (Connection::open(server)?, Vec::new());
            for member in members {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let begun = Instant::now();
                let answer = connection.exchange(&county.request(Asked::Referral, member))?;
                times.push(begun.elapsed());
                if answer.status != 201 {
                    return Err(format!("a referral was answered {}", answer.status).into());
                }
            }
            Ok(times)
        };
        let clients: Vec<_> = members.chunks(share).map(|some| scope.spawn(move || client(some))).collect();
        for client in clients {
            times.extend(client.join().map_err(|_| "a client panicked")??);
        }
        Ok(times)
    })
}

/// Uploads rows of the members with these numbers in as few files as may be, and waits until all are loaded.
fn import(server: SocketAddr, county: &County, numbers: Range<usize>) -> Outcome<Duration> {
    let begun = Instant::now();
    let mut connection = Connection::open(server)?;
    for from in numbers.clone().step_by(ROWS_OF_A_FILE) {
        let file = from..numbers.end.min(from + ROWS_OF_A_FILE);
        let members: Vec<String> = file.map(|number| format!("9{number:07}C")).collect();
        let roster = county.load_members(&mut connection, &members)?;
        let loaded = loop {
            match county.rows_loaded(&mut connection, &roster)? {
                Some(loaded) => break loaded,
                None => std::thread::sleep(LOOK),
            }
        };
        if loaded != members.len() as u64 {
            return Err(format!("of {} rows {loaded} were accepted", members.len()).into());
        }
    }
    Ok(begun.elapsed())
}

/// Copies what is there into empty tables, as fast as the database can.
async fn bulk(database: &Database, config: &StoreConfig) -> Outcome<Duration> {
    match database.pool().await? {
        Pool::Postgres(pool) => {
            let copy =
                TABLES.map(|table| format!("insert into bulk_{table} select * from {table};")).concat();
            let make = TABLES
                .map(|table| format!("create table bulk_{table} (like {table} including all);"))
                .concat();
            let make = make
                + "alter table bulk_coverages add foreign key (member) references bulk_members (id);
                   alter table bulk_coverages add foreign key (roster) references rosters (id);
                   alter table bulk_member_values add foreign key (member) references bulk_members (id);
                   alter table bulk_member_values add foreign key (roster) references rosters (id);";
            sqlx::raw_sql(AssertSqlSafe(make)).execute(&pool).await?;
            let begun = Instant::now();
            sqlx::raw_sql(AssertSqlSafe(format!("begin; {copy} commit"))).execute(&pool).await?;
            let took = begun.elapsed();
            pool.close().await;
            Ok(took)
        }
        Pool::Sqlite(pool) => {
            pool.close().await;
            let empty = StoreConfig::at(config.data_dir.join("bulk"));
            Store::open(empty.clone()).await?.close().await;
            let full = config.data_dir.join("crosswalk.sqlite");
            let options = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(empty.data_dir.join("crosswalk.sqlite"))
                .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                .foreign_keys(true);
            let pool =
                sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
            let attach = format!("attach '{}' as full", full.display());
            sqlx::raw_sql(AssertSqlSafe(attach)).execute(&pool).await?;
            // What they refer to.
            sqlx::raw_sql("insert into main.rosters select * from full.rosters").execute(&pool).await?;
            let copy =
                TABLES.map(|table| format!("insert into main.{table} select * from full.{table};")).concat();
            let begun = Instant::now();
            sqlx::raw_sql(AssertSqlSafe(format!("begin; {copy} commit"))).execute(&pool).await?;
            let took = begun.elapsed();
            pool.close().await;
            Ok(took)
        }
    }
}

impl Figures {
    fn ratios(&self) -> [Ratio; 2] {
        let ratio = |name: &str, value: f64, budget| Ratio {
            name: format!("{}: {name}", self.database),
            value,
            budget,
        };
        let [quiet, busy] = [&self.quiet, &self.busy].map(|times| times.quantile_us(0.99));
        [
            ratio(
                "bulk loader / import",
                self.bulk.as_secs_f64() / self.import.as_secs_f64(),
                Budget::AtLeast(LEAST_OF_BULK),
            ),
            ratio("others' p99 during it / quiet", busy / quiet, Budget::AtMost(MOST_OF_QUIET)),
        ]
    }

    fn json(&self) -> Value {
        json!({
            "database": self.database, "rows": self.rows, "import_s": self.import.as_secs_f64(),
            "parts_s": self.parts, "bulk_s": self.bulk.as_secs_f64(), "beside_s": self.beside.as_secs_f64(), "quiet_p99_us": self.quiet.quantile_us(0.99),
            "busy_p99_us": self.busy.quantile_us(0.99),
            "ratios": self.ratios().iter().map(Ratio::json).collect::<Vec<_>>(),
        })
    }
}

fn print(output: Output, found: &[Figures]) {
    if output == Output::Json {
        let runs: Vec<Value> = found.iter().map(Figures::json).collect();
        println!("{}", json!({ "bench": "members", "runs": runs }));
        return;
    }
    for found in found {
        println!(
            "{}, {} rows: imported in {:.1} s, bulk loader {:.1} s; a quarter of them beside referrals {:.1} s",
            found.database,
            found.rows,
            found.import.as_secs_f64(),
            found.bulk.as_secs_f64(),
            found.beside.as_secs_f64()
        );
        for ratio in found.ratios() {
            println!("  {ratio}");
        }
        println!("  of the import, in seconds (some at the same time):");
        for (part, seconds) in &found.parts {
            println!("    {part:<32} {seconds:>8.2}");
        }
    }
}
