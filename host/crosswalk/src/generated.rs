//! `crosswalk generate`: an invented county's cases at scale, for tests and rehearsals.

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use domain::time::pacific_day;
use generate::{MOST_CASES, Made, Part, PlanMix, Progress, Wanted};
use jiff::civil::Date;
use sandbox::{Limits, Sandbox};
use store::premises::Premises;
use store::{Store, StoreConfig};
use workflow::Crosswalk;

use crate::care::Place;
use crate::host;
use crate::out::say;
use crate::parts::{SystemClock, SystemIds, now, runtime};

/// Time between two lines of progress.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// Name of the operator's organization in a record that is begun here.
const COUNTY: &str = "San Ravel County Collaborative";

/// Options of `crosswalk generate`.
#[derive(Args)]
#[command(after_help = "\
  crosswalk generate --cases 20000 --data /tmp/county
  crosswalk generate --cases 1000000 --seed 7 --plan-mix valle-vista=70,harbor-crest=30 --churn 15 --defects 3 \\
      --database-url postgres://user@host/empty

Never fill a record that is to serve people: every name and number is invented, but looks real. The operator's key is
in operator.key of the data directory, as after a first start; plans and providers get keys by it.")]
pub(crate) struct GenerateOptions {
    #[command(flatten)]
    place: Place,
    /// Number of referrals, requests for authorization and claims together; half as many members.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_CASES))]
    cases: u64,
    /// Seed: the same seed, day and options make the same county.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Day before which two years of cases end, such as 2026-03-02 [default: today].
    #[arg(long, value_name = "DAY")]
    today: Option<Date>,
    /// Plans, each with its share of the members, relative to the others'.
    #[arg(long, value_name = "PLAN=SHARE,...", default_value_t = PlanMix::default())]
    plan_mix: PlanMix,
    /// Members of a hundred who changed plans within the two years.
    #[arg(long, value_name = "PERCENT", default_value_t = 12, value_parser = clap::value_parser!(u8).range(0..=100))]
    churn: u8,
    /// Cases of a hundred on which a plan's rules failed and whose clock ran out.
    #[arg(long, value_name = "PERCENT", default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=100))]
    defects: u8,
}

/// Fills the record, and says on standard error how far it is.
pub(crate) fn fill(options: &GenerateOptions) -> Result<ExitCode, Box<dyn Error>> {
    let wanted = Wanted {
        cases: options.cases,
        seed: options.seed,
        today: options.today.unwrap_or_else(|| pacific_day(now())),
        plans: options.plan_mix.clone(),
        churn_percent: options.churn,
        defect_percent: options.defects,
    };
    let made = runtime()?.block_on(fill_record(&options.place, &wanted))?;
    say!(
        "{} cases of {} members with {} plans and providers; the operator's key is in {}",
        wanted.cases,
        made.members,
        made.keys.len(),
        Premises::at(&options.place.data).operator_key_file().display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn fill_record(place: &Place, wanted: &Wanted) -> Result<Made, Box<dyn Error>> {
    let config = StoreConfig { database_url: place.database_url.clone(), ..StoreConfig::at(&place.data) };
    let premises = Premises::at(&place.data);
    premises.take()?;
    let store = Store::open(config).await?;
    let made = begin_and_fill(&store, &premises, wanted).await;
    store.close().await;
    made
}

async fn begin_and_fill(store: &Store, premises: &Premises, wanted: &Wanted) -> Result<Made, Box<dyn Error>> {
    let sandbox = Sandbox::start(Limits::default(), None)?;
    let crosswalk = Crosswalk::new(store.clone(), sandbox, Arc::new(SystemClock), Arc::new(SystemIds));
    host::operator_key(&crosswalk, premises, COUNTY).await?;
    let mut pace = Pace::new();
    let secret = || crosswalk.new_secret();
    let made = generate::fill(store, wanted, &secret, &mut |progress| pace.tell(progress)).await?;
    Ok(made)
}

/// Progress, told every few seconds with the rate and the time that is left.
struct Pace {
    part: Option<Part>,
    begun: Instant,
    told: Instant,
}

impl Pace {
    fn new() -> Self {
        let now = Instant::now();
        Self { part: None, begun: now, told: now }
    }

    fn tell(&mut self, progress: Progress) {
        let now = Instant::now();
        if self.part != Some(progress.part) {
            // What came before the first unit is counted too: it is little.
            (self.begun, self.part) = (self.told.max(self.begun), Some(progress.part));
        }
        if now.duration_since(self.told) >= TELL_EVERY || progress.done == progress.all {
            eprintln!("{}", line(progress, now.duration_since(self.begun)));
            self.told = now;
        }
    }
}

/// Such as `cases: 250000 of 1000000, 5210 a second, 2 min 24 s left`.
fn line(progress: Progress, elapsed: Duration) -> String {
    let Progress { part, done, all } = progress;
    let what = match part {
        Part::Members => "members",
        Part::Cases => "cases",
    };
    let seconds = elapsed.as_secs_f64().max(0.001);
    let rate = done as f64 / seconds;
    if done >= all {
        return format!("{what}: {all}, {rate:.0} a second");
    }
    let left = ((all - done) as f64 / rate.max(0.001)).ceil() as u64;
    let left = if left < 60 { format!("{left} s") } else { format!("{} min {} s", left / 60, left % 60) };
    format!("{what}: {done} of {all}, {rate:.0} a second, {left} left")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use domain::case::CaseKind;
    use domain::time::{CountedIds, ManualClock};
    use generate::{Part, PlanMix, Progress, Wanted};
    use sandbox::{Limits, Sandbox};
    use store::{Store, StoreConfig};
    use workflow::command::{CaseFilter, WorkFilter};
    use workflow::shown::Waiting;
    use workflow::{Crosswalk, Paging};

    use super::line;

    #[test]
    fn progress_says_rate_and_time_left() {
        let told = |done, seconds| {
            line(Progress { part: Part::Cases, done, all: 1_000_000 }, Duration::from_secs(seconds))
        };
        assert_eq!(told(250_000, 50), "cases: 250000 of 1000000, 5000 a second, 2 min 30 s left");
        assert_eq!(told(950_000, 190), "cases: 950000 of 1000000, 5000 a second, 10 s left");
        assert_eq!(told(1_000_000, 200), "cases: 1000000, 5000 a second");
    }

    /// Cases are written by another crate than the one that reads them: every case, page after page, and
    /// every worklist.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_service_reads_every_generated_case() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(StoreConfig::at(directory.path().join("data"))).await.unwrap();
        let wanted = Wanted {
            cases: 2_000,
            seed: 7,
            today: "2026-03-02".parse().unwrap(),
            plans: PlanMix::default(),
            churn_percent: 20,
            defect_percent: 5,
        };
        let count = AtomicU64::new(0);
        let secret = || format!("cw_{}", count.fetch_add(1, Ordering::Relaxed));
        let made = generate::fill(&store, &wanted, &secret, &mut |_| ()).await.unwrap();
        let sandbox = Sandbox::start(Limits::default(), None).unwrap();
        let clock = Arc::new(ManualClock::at("2026-03-02T17:00:00Z"));
        let crosswalk = Crosswalk::new(store.clone(), sandbox, clock, Arc::new(CountedIds::default()));
        let (mut cases, mut waiting) = (0, 0);
        for key in made.keys.iter().filter(|key| key.plan.is_some()) {
            let caller = crosswalk.authenticate(&key.secret, "r-1".to_owned()).await.unwrap().unwrap();
            for &kind in CaseKind::ALL {
                let mut cursor = None;
                loop {
                    let paging = Paging { limit: 200, cursor };
                    let filter = CaseFilter::default();
                    let page = crosswalk.cases(&caller, kind, filter, paging).await.unwrap();
                    cases += page.items.len();
                    cursor = page.next_cursor;
                    if cursor.is_none() {
                        break;
                    }
                }
            }
            let paging = Paging { limit: 200, cursor: None };
            let page = crosswalk.worklist(&caller, WorkFilter::default(), paging).await.unwrap();
            let reads = |waiting: &Waiting| match waiting {
                Waiting::Case(item) => item.why.is_some(),
                Waiting::Contract(_) => true,
            };
            assert!(page.items.iter().all(reads), "a reason does not read");
            waiting += page.items.len();
        }
        // Each plan reads the credentialing file of each of the eight providers.
        assert_eq!(cases, 2_000 + 4 * 8);
        assert!(waiting > 0, "nothing waits for people");
        store.close().await;
    }
}
