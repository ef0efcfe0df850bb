//! Rules that change under load.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bench::{Answer, Asked, Budget, Connection, County, FreshIds, Length, NOW, Outcome, Ratio};
use domain::identifiers::Digest;
use domain::time::ManualClock;
use sandbox::{Limits, Sandbox};
use serde_json::{Value, json};
use store::{Store, StoreConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use web::App;
use workflow::Crosswalk;

use super::{Finding, component, of, version};

/// Clients that refer one member after the other.
const CLIENTS: usize = 4;
/// Between an activation and its roll-back, and the other way round.
const PAUSE: Duration = Duration::from_secs(1);
/// Members a second that are enough for every client.
const MEMBERS: usize = 1_500;

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let (seconds, before) = (of(length, 60, 4), of(length, 10, 2));
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let clock = Arc::new(ManualClock::at(NOW));
    let stop = CancellationToken::new();
    let (address, operator, serving) = runtime.block_on(async {
        let config = StoreConfig::at(scratch.path());
        let sandbox = Sandbox::start(Limits::default(), Some(&scratch.path().join("compiled")))?;
        let clock: Arc<dyn domain::time::Clock> = Arc::clone(&clock) as _;
        let crosswalk = Crosswalk::new(Store::open(config).await?, sandbox, clock, Arc::new(FreshIds));
        let operator = crosswalk.first_operator("San Ravel").await?.ok_or("the record is not new")?;
        let app = App::with(crosswalk, web::install_metrics()?, web::Traffic::unlimited());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(web::serve(listener, app, stop.clone()));
        Outcome::Ok((address, operator, serving))
    })?;
    let wasm = component("valle-vista")?;
    let other = version(&wasm, 1);
    let county = County::set_up(address, &operator, &wasm, (seconds + before) * MEMBERS)?;
    upload(address, &county, &other)?;
    let [standing, swapped_in] = [&wasm, &other].map(|bytes| Digest::of(bytes).to_string());

    let members = AtomicUsize::new(1);
    let quiet = load(address, &county, &members, || {
        thread::sleep(PAUSE * u32::try_from(before)?);
        Ok(())
    })?;
    let swapped = load(address, &county, &members, || swap(address, &county, &swapped_in, seconds, &clock))?;
    stop.cancel();
    drop(runtime.block_on(serving));
    quiet.came.decided_by(&[&standing])?;
    if quiet.came.failed() > 0 {
        let failures = quiet.came.failures();
        return Err(format!("without swaps all referrals are to be accepted; {failures}").into());
    }
    swapped.came.decided_by(&[&standing, &swapped_in])?;
    Ok(vec![failed(&swapped, seconds, [&standing, &swapped_in]), slowed(&swapped, &quiet)])
}

fn failed(Load { came, seconds }: &Load, swaps: usize, versions: [&String; 2]) -> Finding {
    let [one, other] = versions.map(|digest| came.by_digest.get(digest).copied().unwrap_or_default());
    let (all, failures) = (came.all(), came.failures());
    Finding {
        bench: "swap",
        measured: format!(
            "{swaps} swaps in {seconds:.0} s under {all} referrals, accepted by one version {one}, \
             by the other {other}; {failures}"
        ),
        ratio: Ratio {
            name: "failed referrals / all".to_owned(),
            value: came.failed() as f64 / all as f64,
            budget: Budget::AtMost(0.0),
        },
    }
}

fn slowed(swapped: &Load, quiet: &Load) -> Finding {
    Finding {
        bench: "swap",
        measured: format!("{:.0} referrals a second, {:.0} without swaps", swapped.rate(), quiet.rate()),
        ratio: Ratio {
            name: "referrals a second with swaps / without".to_owned(),
            value: swapped.rate() / quiet.rate(),
            budget: Budget::None,
        },
    }
}

fn upload(address: SocketAddr, county: &County, wasm: &[u8]) -> Outcome<()> {
    let mut connection = Connection::open(address)?;
    let path = "/v1/plans/valle-vista/plugins";
    county.command(&mut connection, path, "swap-upload", "application/wasm", wasm).map(drop)
}

/// Activates and rolls back, one of them each second.
fn swap(
    address: SocketAddr,
    county: &County,
    digest: &str,
    times: usize,
    clock: &ManualClock,
) -> Outcome<()> {
    let mut connection = Connection::open(address)?;
    let activation = json!({ "digest": digest }).to_string();
    for time in 0..times {
        let (path, body) = match time % 2 {
            0 => ("/v1/plans/valle-vista/activations", activation.as_str()),
            _ => ("/v1/plans/valle-vista/rollbacks", "{}"),
        };
        // The service's clock stands still but for this: no two activations begin at one instant.
        clock.advance(jiff::SignedDuration::from_secs(1));
        county.command(
            &mut connection,
            path,
            &format!("swap-{time}"),
            "application/json",
            body.as_bytes(),
        )?;
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Counts of what became of the referrals.
#[derive(Default)]
struct Counts {
    /// Accepted, by the digest of the rules that did so. All that are sent are to be, by either version.
    by_digest: BTreeMap<String, usize>,
    /// Taken, and not accepted by rules.
    otherwise: usize,
    /// Answered with another status than 201.
    turned_away: usize,
    /// Not answered: the connection broke.
    broken: usize,
}

impl Counts {
    fn add(&mut self, answer: io::Result<Answer>) {
        match answer {
            Ok(Answer { status: 201, body, .. }) => match accepted_by(&body) {
                Some(digest) => *self.by_digest.entry(digest).or_default() += 1,
                None => self.otherwise += 1,
            },
            Ok(_) => self.turned_away += 1,
            Err(_) => self.broken += 1,
        }
    }

    fn take(&mut self, other: Self) {
        for (digest, count) in other.by_digest {
            *self.by_digest.entry(digest).or_default() += count;
        }
        self.otherwise += other.otherwise;
        self.turned_away += other.turned_away;
        self.broken += other.broken;
    }

    fn accepted(&self) -> usize {
        self.by_digest.values().sum()
    }

    fn failed(&self) -> usize {
        self.otherwise + self.turned_away + self.broken
    }

    fn all(&self) -> usize {
        self.accepted() + self.failed()
    }

    fn failures(&self) -> String {
        format!(
            "{} not accepted, {} not answered 201, {} connections broke",
            self.otherwise, self.turned_away, self.broken
        )
    }

    /// Rules that never decided were not swapped in.
    fn decided_by(&self, digests: &[&String]) -> Outcome<()> {
        if self.by_digest.keys().eq(digests.iter().copied().collect::<BTreeSet<_>>()) {
            return Ok(());
        }
        let (accepted, failures) = (&self.by_digest, self.failures());
        Err(format!("{digests:?} are to decide, each; accepted was by {accepted:?}; {failures}").into())
    }
}

/// The digest of the rules that accepted a referral, if they did.
fn accepted_by(body: &[u8]) -> Option<String> {
    let referral: Value = serde_json::from_slice(body).ok()?;
    let accepted = referral["state"] == "accepted" && referral["evaluation"]["ending"] == "answer";
    accepted.then(|| referral["evaluation"]["digest"].as_str().map(str::to_owned))?
}

/// Outcomes of referrals that were sent while something else was done.
struct Load {
    came: Counts,
    seconds: f64,
}

impl Load {
    fn rate(&self) -> f64 {
        self.came.accepted() as f64 / self.seconds
    }
}

fn load(
    address: SocketAddr,
    county: &County,
    members: &AtomicUsize,
    meanwhile: impl FnOnce() -> Outcome<()>,
) -> Outcome<Load> {
    let over = AtomicBool::new(false);
    let client = || -> Outcome<Counts> {
        let (mut connection, mut came) = (Connection::open(address)?, Counts::default());
        while !over.load(Ordering::Relaxed) {
            let Some(member) = county.members.get(members.fetch_add(1, Ordering::Relaxed)) else { break };
            let answer = connection.exchange(&county.request(Asked::Referral, member));
            if answer.is_err() {
                connection = Connection::open(address)?;
            }
            came.add(answer);
        }
        Ok(came)
    };
    let begun = Instant::now();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let done = meanwhile();
        let seconds = begun.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        let mut came = Counts::default();
        for client in clients {
            came.take(client.join().map_err(|_| "a client panicked")??);
        }
        done.map(|()| Load { came, seconds })
    })
}
