//! Cost of a request: `POST /v1/referrals` and `POST /v1/authorizations` against a handler that only
//! writes.
//!
//! Three servers in this process, each with a database of its own that begins as a copy of the same one, get
//! the same requests, byte by byte, from the same clients, in turns:
//!
//! - `crosswalk`: the whole way. The key is checked, the body read, the member and the plan found, Valle
//!   Vista's plugin asked in a fresh instance, its answer held against the floor, and one unit of work
//!   committed.
//! - `bare`: an axum handler that reads the body as JSON, writes the rows that one real request wrote (read
//!   back from the database; the same tables, indexes and bytes, with fresh ids) in one transaction with
//!   sqlx, and answers with the same bytes. A fair floor because nobody can acknowledge a request that is on
//!   the record with less: no key, no rules, no query. It is as good as it gets: prepared statements; on
//!   SQLite one connection, since more would only wait for one another; on PostgreSQL as many as the host
//!   has; the settings that keep acknowledged writes.
//! - `grouped`: the same handler over the host's own store. What separates it from `crosswalk` is the host's
//!   way to the record; what separates it from `bare`, the record's.
//!
//! A referral is to enhanced care management; an authorization is of fourteen nights of recuperative care,
//! for which the rules are asked twice (may service start at once?) and which is counted against the benefit
//! limits and the contract. Every request is for another member, gets a yes, and therefore writes the same
//! rows. At the end the databases are counted: they must hold equally many. What the host does later (notices
//! leaving the outbox, clocks running out) belongs to no request and does not run here.
//!
//! The clients share the processors with the servers, which brings the ratios nearer to 1 than clients
//! elsewhere would. The PostgreSQL of `cargo xtask postgres` does not wait for its disk, for nobody: give a
//! durable one's address in `CROSSWALK_TEST_POSTGRES` to see what that costs both.

pub(super) mod database;
mod floor;
mod load;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use bench::{
    Asked, Budget, County, FreshIds, Length, NOW, Options, Outcome, Output, Ratio, Times, median, valle_vista,
};
use domain::time::ManualClock;
use sandbox::{Limits, Sandbox};
use serde_json::{Value, json};
use store::Store;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::App;
use workflow::Crosswalk;

use database::{Database, Kind};
use floor::Floor;
use load::Round;

/// Clients that ask at once.
const CLIENTS: [usize; 2] = [16, 64];
const SERVERS: [&str; 3] = ["crosswalk", "bare", "grouped"];
const LEAST_OF_BARE: f64 = 0.70;

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("referrals", words, &Asked::ALL.map(Asked::name), run)
}

fn run(options: &Options) -> Outcome<()> {
    // As the binary logs by default; where the lines go is somebody else's cost.
    tracing_subscriber::fmt().json().with_env_filter("info").with_writer(std::io::sink).try_init()?;
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sandbox = Sandbox::start(Limits::default(), Some(&scratch.path().join("compiled")))?;
    let metrics = web::install_metrics()?;
    let bench = Bench {
        runtime: tokio::runtime::Builder::new_multi_thread().enable_all().build()?,
        wasm: valle_vista()?,
        app: Box::new(move |store| {
            let clock = Arc::new(ManualClock::at(NOW));
            let crosswalk = Crosswalk::new(store, sandbox.clone(), clock, Arc::new(FreshIds));
            (crosswalk.clone(), App::with(crosswalk, metrics.clone(), web::Traffic::unlimited()))
        }),
        plan: Plan::of(options.length),
    };
    let asked: Vec<Asked> = Asked::ALL.into_iter().filter(|asked| options.runs(asked.name())).collect();
    let mut found = Vec::new();
    for asked in &asked {
        let folder = scratch.path().join(asked.name());
        found.extend(bench.on(Kind::Sqlite { folder }, *asked)?);
    }
    match std::env::var("CROSSWALK_TEST_POSTGRES") {
        Ok(admin) => {
            for asked in &asked {
                found.extend(bench.on(Kind::Postgres { admin: admin.clone() }, *asked)?);
            }
        }
        Err(_) => eprintln!(
            "PostgreSQL is skipped: CROSSWALK_TEST_POSTGRES is not set; run `cargo xtask postgres cargo xtask bench referrals`"
        ),
    }
    print(options.output, &found);
    Ok(())
}

/// Number of rounds, and of requests in each.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    requests: usize,
}

impl Plan {
    fn of(length: Length) -> Self {
        match length {
            Length::Full => Self { rounds: 5, requests: 1_000 },
            Length::Quick => Self { rounds: 2, requests: 200 },
        }
    }

    /// The warm-up is one more round.
    fn members(self) -> usize {
        (self.rounds + 1) * self.requests * CLIENTS.len()
    }
}

/// Parts that the benches of all databases share.
struct Bench {
    runtime: Runtime,
    wasm: Vec<u8>,
    app: Box<dyn Fn(Store) -> (Crosswalk, App)>,
    plan: Plan,
}

/// Figures of so many clients on one kind of database.
struct Figures {
    asked: Asked,
    database: &'static str,
    clients: usize,
    /// Rows and bytes that a request writes.
    written: (usize, usize),
    /// Rounds of each of [`SERVERS`].
    rounds: [Vec<Round>; SERVERS.len()],
}

impl Bench {
    fn on(&self, kind: Kind, asked: Asked) -> Outcome<Vec<Figures>> {
        let [service, bare, grouped] = SERVERS.map(|name| Database::named(kind.clone(), name));
        let (county, floor) = self.set_up(&service, asked)?;
        self.runtime.block_on(async {
            service.copy_to(&bare).await?;
            service.copy_to(&grouped).await
        })?;
        let servers = [
            self.serve(&service)?,
            self.runtime.block_on(async { floor.serve_bare(bare.pool().await?).await })?,
            self.runtime
                .block_on(async { floor.serve_grouped(Store::open(grouped.config()?).await?).await })?,
        ];
        let found = self.measure(
            (kind.name(), asked),
            &county,
            &floor,
            [0, 1, 2].map(|server| servers[server].address),
        );
        for server in servers {
            self.runtime.block_on(server.stop());
        }
        let counted = self.count(&[&service, &bare, &grouped]);
        self.runtime.block_on(async {
            for database in [service, bare, grouped] {
                database.remove().await?;
            }
            Outcome::Ok(())
        })?;
        counted?;
        found
    }

    /// Sets the county up by the API, and learns from one request what a request writes.
    fn set_up(&self, database: &Database, asked: Asked) -> Outcome<(County, Floor)> {
        let store = self.runtime.block_on(async {
            database.create().await?;
            Outcome::Ok(Store::open(database.config()?).await?)
        })?;
        let (crosswalk, app) = (self.app)(store.clone());
        let operator =
            self.runtime.block_on(crosswalk.first_operator("San Ravel"))?.ok_or("the record is not new")?;
        let server = self.runtime.block_on(Server::of_crosswalk(app, store))?;
        let county = County::set_up(server.address, &operator, &self.wasm, self.plan.members() + 1);
        self.runtime.block_on(server.stop());
        let county = county?;
        let floor = self.runtime.block_on(Floor::learn(database, &county, asked))?;
        Ok((county, floor))
    }

    fn serve(&self, database: &Database) -> Outcome<Server> {
        self.runtime.block_on(async {
            let store = Store::open(database.config()?).await?;
            let (crosswalk, app) = (self.app)(store.clone());
            if crosswalk.warm_up().await? != 1 {
                return Err("the plan's plugin is not in force".into());
            }
            Server::of_crosswalk(app, store).await
        })
    }

    /// In each round every server is asked as often; which is asked first moves on.
    fn measure(
        &self,
        (database, asked): (&'static str, Asked),
        county: &County,
        floor: &Floor,
        servers: [SocketAddr; SERVERS.len()],
    ) -> Outcome<Vec<Figures>> {
        // The first one's is on the record already.
        let mut members = county.members[1..].chunks(self.plan.requests);
        let mut found = Vec::new();
        for clients in CLIENTS {
            let mut rounds: [Vec<Round>; SERVERS.len()] = Default::default();
            for round in 0..=self.plan.rounds {
                let members = members.next().ok_or("there are too few members")?;
                let requests: Vec<Vec<u8>> =
                    members.iter().map(|member| county.request(asked, member)).collect();
                for turn in 0..servers.len() {
                    let server = (round + turn) % servers.len();
                    let measured = load::round(servers[server], asked, &requests, clients)?;
                    // The first one warms up.
                    if round > 0 {
                        rounds[server].push(measured);
                    }
                }
            }
            found.push(Figures { asked, database, clients, written: floor.written(), rounds });
        }
        Ok(found)
    }

    /// Whoever wrote fewer rows was not measured doing the same.
    fn count(&self, databases: &[&Database]) -> Outcome<()> {
        let mut counts = Vec::new();
        for database in databases {
            counts.push(self.runtime.block_on(floor::count(database))?);
        }
        if counts.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(format!("the servers wrote different numbers of rows: {counts:?}").into());
        }
        Ok(())
    }
}

/// A server in this process.
struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    /// Record that is closed at the end.
    record: Record,
}

/// Record that a server writes to.
enum Record {
    Store(Store),
    Pool(database::Pool),
}

impl Server {
    async fn of_crosswalk(app: App, store: Store) -> Outcome<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let (address, stop) = (listener.local_addr()?, CancellationToken::new());
        let serving = tokio::spawn({
            let stop = stop.clone();
            async move { drop(web::serve(listener, app, stop).await) }
        });
        Ok(Self { address, stop, serving, record: Record::Store(store) })
    }

    async fn stop(self) {
        self.stop.cancel();
        drop(self.serving.await);
        match self.record {
            Record::Store(store) => store.close().await,
            Record::Pool(pool) => pool.close().await,
        }
    }
}

impl Figures {
    /// Requests in a second, round by round.
    fn rates(&self, server: usize) -> Vec<f64> {
        self.rounds[server].iter().map(Round::rate).collect()
    }

    /// The median of the rounds' own ratios: what troubled one server of a round likely troubled the others.
    fn ratio(&self, below: usize, budget: Budget) -> Ratio {
        let pairs = self.rates(0).into_iter().zip(self.rates(below));
        let ratios: Vec<f64> = pairs.map(|(rate, floor)| rate / floor).collect();
        let (asked, below) = (self.asked.name(), SERVERS[below]);
        let name = format!("{asked}, {}, {} clients: crosswalk / {below}", self.database, self.clients);
        Ratio { name, value: median(&ratios), budget }
    }

    fn ratios(&self) -> [Ratio; 2] {
        [self.ratio(1, Budget::AtLeast(LEAST_OF_BARE)), self.ratio(2, Budget::None)]
    }

    fn times(&self, server: usize) -> Times {
        let mut times = Times::default();
        times.extend(self.rounds[server].iter().flat_map(|round| round.times.iter().copied()));
        times
    }

    fn json(&self) -> Value {
        let servers: Vec<Value> = (0..SERVERS.len())
            .map(|server| {
                let (rates, times) = (self.rates(server), self.times(server));
                json!({
                    "name": SERVERS[server], "per_second": median(&rates), "rounds_per_second": rates,
                    "p50_us": times.quantile_us(0.5), "p99_us": times.quantile_us(0.99),
                })
            })
            .collect();
        let ratios: Vec<Value> = self.ratios().iter().map(Ratio::json).collect();
        json!({
            "asked": self.asked.name(), "database": self.database, "clients": self.clients, "servers": servers, "ratios": ratios,
            "rows_per_request": self.written.0, "bytes_per_request": self.written.1,
        })
    }
}

fn print(output: Output, found: &[Figures]) {
    if output == Output::Json {
        let runs: Vec<Value> = found.iter().map(Figures::json).collect();
        println!("{}", json!({ "bench": "referrals", "runs": runs }));
        return;
    }
    for found in found {
        let (rows, bytes) = found.written;
        println!(
            "{}, {} clients; a request for {} writes {rows} rows, {bytes} bytes",
            found.database,
            found.clients,
            found.asked.name()
        );
        println!(
            "  {:<12} {:>11} {:>23} {:>10} {:>10}",
            "", "requests/s", "worst and best round", "p50 ms", "p99 ms"
        );
        for (server, name) in SERVERS.into_iter().enumerate() {
            let (mut rates, times) = (found.rates(server), found.times(server));
            rates.sort_by(f64::total_cmp);
            let ends = format!("{:.0} to {:.0}", rates[0], rates[rates.len() - 1]);
            let [p50, p99] = [0.5, 0.99].map(|part| Duration::from_secs_f64(times.quantile_us(part) / 1e6));
            let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
            println!(
                "  {name:<12} {:>11.0} {ends:>23} {:>10.2} {:>10.2}",
                median(&rates),
                milliseconds(p50),
                milliseconds(p99)
            );
        }
    }
    println!("\nratios of requests/s, medians of the rounds");
    for ratio in found.iter().flat_map(Figures::ratios) {
        println!("  {ratio}");
    }
}
