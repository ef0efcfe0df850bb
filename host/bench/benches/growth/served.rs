//! Counties filled from one seed, each with a server in this process, and questions put to two sides in
//! turns.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bench::{Connection, FreshIds, NOW, Outcome, Times};
use domain::case::CaseKind;
use domain::identifiers::Digest;
use domain::time::{ManualClock, pacific_day};
use generate::{Made, MadeKey, PlanMix, Wanted};
use jiff::{Timestamp, ToSpan};
use sandbox::{Limits, Sandbox};
use store::Store;
use store::cases::CaseFilter;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::App;
use workflow::Crosswalk;

use crate::referrals::database::{Database, Kind, Pool};

/// Cases of the small county.
pub(crate) const FEW: u64 = 10_000;
/// Cases of the large one, and in a quick run.
pub(crate) const MANY: [u64; 2] = [1_000_000, 20_000];
const SEED: u64 = 12;
/// Instants, spread over two years, from whose lists cases are taken, and cases taken from each.
const INSTANTS: i32 = 40;
const CASES_OF_AN_INSTANT: u32 = 25;

/// Parts that all counties of a bench share.
pub(crate) struct Setup {
    pub(crate) runtime: Runtime,
    bench: &'static str,
    app: Box<dyn Fn(Store) -> (Crosswalk, App)>,
    scratch: TempDir,
}

impl Setup {
    /// Prepares what counties are served by; `bench` names their databases.
    pub(crate) fn of(bench: &'static str) -> Outcome<Self> {
        let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let sandbox = Sandbox::start(Limits::default(), Some(&scratch.path().join("compiled")))?;
        let metrics = web::install_metrics()?;
        let app = move |store: Store| {
            let clock = Arc::new(ManualClock::at(NOW));
            let crosswalk = Crosswalk::new(store, sandbox.clone(), clock, Arc::new(FreshIds));
            (crosswalk.clone(), App::with(crosswalk, metrics.clone(), web::Traffic::unlimited()))
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        Ok(Self { runtime, bench, app: Box::new(app), scratch })
    }

    /// Kinds of databases that are here; says so where PostgreSQL is not.
    pub(crate) fn kinds(&self) -> Vec<Kind> {
        let mut kinds = vec![Kind::Sqlite { folder: self.scratch.path().join("sqlite") }];
        match std::env::var("CROSSWALK_TEST_POSTGRES") {
            Ok(admin) => kinds.push(Kind::Postgres { admin }),
            Err(_) => eprintln!(
                "PostgreSQL is skipped: CROSSWALK_TEST_POSTGRES is not set; run `cargo xtask postgres cargo xtask bench {}`",
                self.bench
            ),
        }
        kinds
    }

    /// Fills a record and serves it.
    pub(crate) fn serve(&self, kind: &Kind, cases: u64) -> Outcome<Served> {
        let bench = self.bench;
        let database = Database::named(kind.clone(), &format!("{bench}_{cases}"));
        self.runtime.block_on(async {
            database.create().await?;
            let store = Store::open(database.config()?).await?;
            let (crosswalk, app) = (self.app)(store.clone());
            let operator = crosswalk.first_operator("San Ravel").await?.ok_or("the record is not new")?;
            let wanted = Wanted {
                cases,
                seed: SEED,
                today: pacific_day(NOW.parse()?),
                plans: PlanMix::default(),
                churn_percent: 12,
                defect_percent: 2,
            };
            let begun = Instant::now();
            let secret = || crosswalk.new_secret();
            let made = generate::fill(&store, &wanted, &secret, &mut |progress| {
                if progress.done.is_multiple_of(100_000) {
                    eprintln!("{bench}: {:?} {} of {}", progress.part, progress.done, progress.all);
                }
            })
            .await?;
            let took = begun.elapsed();
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let (address, stop) = (listener.local_addr()?, CancellationToken::new());
            let serving = tokio::spawn({
                let stop = stop.clone();
                async move { drop(web::serve(listener, app, stop).await) }
            });
            let served = Served { cases, took, address, store, made, operator, database, stop, serving };
            served.settle().await?;
            Ok(served)
        })
    }

    /// Stops the server of a county, and removes its record.
    pub(crate) fn remove(&self, served: Served) -> Outcome<()> {
        let Served { database, stop, serving, store, .. } = served;
        stop.cancel();
        self.runtime.block_on(async {
            drop(serving.await);
            store.close().await;
            database.remove().await
        })
    }
}

/// A county with its server.
pub(crate) struct Served {
    /// Number of its cases, and the time in which it was filled.
    pub(crate) cases: u64,
    pub(crate) took: Duration,
    pub(crate) address: SocketAddr,
    pub(crate) store: Store,
    pub(crate) made: Made,
    /// Key of whoever runs the host.
    pub(crate) operator: String,
    database: Database,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl Served {
    /// Gives PostgreSQL the statistics that it would have gathered by itself a minute later.
    pub(crate) async fn settle(&self) -> Outcome<()> {
        match self.database.pool().await? {
            Pool::Postgres(pool) => {
                sqlx::raw_sql("vacuum analyze").execute(&pool).await?;
                pool.close().await;
            }
            Pool::Sqlite(pool) => pool.close().await,
        }
        Ok(())
    }

    /// Cases from all of the two years that the holder of a key sees, each with the list that it is in, such
    /// as `claims/case_…`.
    pub(crate) async fn cases_seen(&self, key: &MadeKey) -> Outcome<Vec<String>> {
        let now: Timestamp = NOW.parse()?;
        let secret = Digest::of(key.secret.as_bytes());
        let caller = store::auth::authenticate(&self.store, &secret, pacific_day(now)).await?;
        let scope = caller.ok_or("the key works")?.scope;
        let kinds = [
            (CaseKind::Referral, "referrals"),
            (CaseKind::Authorization, "authorizations"),
            (CaseKind::Claim, "claims"),
        ];
        let mut seen = Vec::new();
        for instant in 0..INSTANTS {
            let until = now.checked_sub((i64::from(instant) * 24 * 18).hours())?;
            for (kind, list) in kinds {
                let filter = CaseFilter { until: Some(until), ..CaseFilter::default() };
                let page =
                    store::cases::list(&self.store, &scope, kind, &filter, None, CASES_OF_AN_INSTANT).await?;
                seen.extend(page.items.iter().map(|case| format!("{list}/{}", case.id)));
            }
        }
        Ok(seen)
    }
}

/// Requests that are sent together and answered one after the other, as one question.
pub(crate) struct Question {
    requests: Vec<u8>,
    count: usize,
}

impl Question {
    pub(crate) fn of(requests: &[Vec<u8>]) -> Self {
        Self { requests: requests.concat(), count: requests.len() }
    }
}

/// One of two sides that are compared: a server, and the questions that it is asked over and over.
pub(crate) struct Side {
    pub(crate) address: SocketAddr,
    pub(crate) questions: Vec<Question>,
}

/// Asks both sides in turns, so many questions each; which is asked first changes. A tenth more warms up and
/// is forgotten.
pub(crate) fn in_turns(part: &str, sides: &[Side; 2], count: usize) -> Outcome<[Times; 2]> {
    let mut connections = [Connection::open(sides[0].address)?, Connection::open(sides[1].address)?];
    let mut times = [Times::default(), Times::default()];
    let warm_up = count / 10;
    for number in 0..count + warm_up {
        for turn in 0..sides.len() {
            let side = (number + turn) % sides.len();
            let questions = &sides[side].questions;
            let question = questions.get(number % questions.len().max(1));
            let question = question.ok_or_else(|| format!("{part} has no questions"))?;
            let begun = Instant::now();
            let answers = connections[side].exchange_all(&question.requests, question.count)?;
            let took = begun.elapsed();
            if let Some(refused) = answers.iter().find(|answer| answer.status != 200) {
                let body = String::from_utf8_lossy(&refused.body);
                return Err(format!("{part} was answered {}: {body}", refused.status).into());
            }
            if number >= warm_up {
                times[side].add(took);
            }
        }
    }
    Ok(times)
}
