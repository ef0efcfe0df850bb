//! Rules that change under load.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bench::{Budget, Connection, County, FreshIds, Length, NOW, Outcome, Ratio};
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
        let config = StoreConfig { data_dir: scratch.path().to_owned(), database_url: None };
        let sandbox = Sandbox::start(Limits::default(), Some(&scratch.path().join("compiled")))?;
        let clock: Arc<dyn domain::time::Clock> = Arc::clone(&clock) as _;
        let crosswalk = Crosswalk::new(Store::open(config).await?, sandbox, clock, Arc::new(FreshIds));
        let operator = crosswalk.first_operator("San Ravel").await?.ok_or("the record is not new")?;
        let app = App::new(crosswalk, web::install_metrics()?);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(web::serve(listener, app, stop.clone()));
        Outcome::Ok((address, operator, serving))
    })?;
    let wasm = component("valle-vista")?;
    let county = County::set_up(address, &operator, &wasm, (seconds + before) * MEMBERS)?;
    let digest = upload(address, &county, &version(&wasm, 1))?;

    let members = AtomicUsize::new(1);
    let quiet = load(address, &county, &members, || {
        thread::sleep(PAUSE * u32::try_from(before)?);
        Ok(())
    })?;
    let swapped = load(address, &county, &members, || swap(address, &county, &digest, seconds, &clock))?;
    stop.cancel();
    drop(runtime.block_on(serving));
    let (whole, rate) =
        (swapped.answered + swapped.failed, |load: &Load| load.answered as f64 / load.seconds);
    Ok(vec![
        Finding {
            bench: "swap",
            measured: format!(
                "{seconds} swaps in {:.0} s under {whole} referrals: {} failed",
                swapped.seconds, swapped.failed
            ),
            ratio: Ratio {
                name: "failed referrals / all".to_owned(),
                value: swapped.failed as f64 / whole.max(1) as f64,
                budget: Budget::AtMost(0.0),
            },
        },
        Finding {
            bench: "swap",
            measured: format!("{:.0} referrals a second, {:.0} without swaps", rate(&swapped), rate(&quiet)),
            ratio: Ratio {
                name: "referrals a second with swaps / without".to_owned(),
                value: rate(&swapped) / rate(&quiet),
                budget: Budget::None,
            },
        },
    ])
}

fn upload(address: SocketAddr, county: &County, wasm: &[u8]) -> Outcome<Value> {
    let mut connection = Connection::open(address)?;
    let path = "/v1/plans/valle-vista/plugins";
    Ok(county.command(&mut connection, path, "swap-upload", "application/wasm", wasm)?["digest"].clone())
}

/// Activates and rolls back, one of them each second.
fn swap(
    address: SocketAddr,
    county: &County,
    digest: &Value,
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

/// What came of referrals that were sent while something else was done.
struct Load {
    answered: usize,
    failed: usize,
    seconds: f64,
}

fn load(
    address: SocketAddr,
    county: &County,
    members: &AtomicUsize,
    meanwhile: impl FnOnce() -> Outcome<()>,
) -> Outcome<Load> {
    let over = AtomicBool::new(false);
    let client = || -> Outcome<(usize, usize)> {
        let mut connection = Connection::open(address)?;
        let (mut answered, mut failed) = (0, 0);
        while !over.load(Ordering::Relaxed) {
            let Some(member) = county.members.get(members.fetch_add(1, Ordering::Relaxed)) else { break };
            match connection.exchange(&county.referral(member))?.status {
                201 => answered += 1,
                _ => failed += 1,
            }
        }
        Ok((answered, failed))
    };
    let begun = Instant::now();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let done = meanwhile();
        let seconds = begun.elapsed().as_secs_f64();
        over.store(true, Ordering::Relaxed);
        let mut load = Load { answered: 0, failed: 0, seconds };
        for client in clients {
            let (answered, failed) = client.join().map_err(|_| "a client panicked")??;
            load.answered += answered;
            load.failed += failed;
        }
        done.map(|()| load)
    })
}
