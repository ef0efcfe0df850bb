//! A whole run of the kit: the profile, made-up requests, the plan's examples, and the smallest case that
//! fails each check.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use domain::floor::{Ground, check_profile};
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::Progress;
use crate::check::Check;
use crate::examples::{Examples, whole};
use crate::generate::{Batch, OPERATIONS, requests};
use crate::judge::judge;
use crate::receipt::{Asked, BrokenExample, ExamplesHeld};
use crate::respondent::Respondent;
use crate::shrink::{size, smallest};
use crate::vary::Made;

/// Time after which nothing more is asked. The receipt says how many requests were left. It is
/// long, since it is counted by the clock: a busy host makes every plugin slow.
const MOST_TIME: Duration = Duration::from_secs(180);
/// Longest time for shrinking failing requests, of all checks together.
const MOST_SHRINKING: Duration = Duration::from_secs(20);
/// For the question that is under way when the time is over, and for writing the receipt.
const TO_END: Duration = Duration::from_secs(10);
/// Time after which a run is over, whatever the plugin does.
pub const LONGEST_RUN: Duration = MOST_TIME.saturating_add(MOST_SHRINKING).saturating_add(TO_END);
/// Requests of one operation that may end in a fault, or wait for ever, before the rest is left out: it would
/// cost much, and say the same again.
const MOST_FAULTS: usize = 10;

/// Watch over the time of a run.
#[derive(Clone, Copy)]
pub(crate) struct Watch(Instant);

impl Watch {
    /// Starts the watch now.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// True if nothing more should be asked.
    pub(crate) fn is_over(self) -> bool {
        self.0.elapsed() > MOST_TIME
    }
}

/// Everything that a run found out.
pub(crate) struct Findings {
    pub(crate) ledger: Ledger,
    pub(crate) asked: Vec<Asked>,
    pub(crate) examples: ExamplesHeld,
    /// The failing case of each check that has one, as small as it could be made.
    pub(crate) cases: BTreeMap<Check, (String, Value)>,
}

/// Results of the checks so far.
#[derive(Default)]
pub(crate) struct Ledger(pub(crate) BTreeMap<Check, Entry>);

/// Result of one check so far.
#[derive(Default)]
pub(crate) struct Entry {
    pub(crate) cases: usize,
    pub(crate) failed: usize,
    pub(crate) longest: Duration,
    /// The first thing that was wrong.
    pub(crate) wrong: Option<String>,
    /// The smallest request that failed so far.
    failing: Option<(Made, String)>,
}

impl Ledger {
    /// Enters the result of one case. Returns the entry if it failed.
    fn enter(&mut self, check: Check, wrong: Option<String>, took: Duration) -> Option<&mut Entry> {
        let entry = self.0.entry(check).or_default();
        entry.cases += 1;
        entry.longest = entry.longest.max(took);
        let wrong = wrong?;
        entry.failed += 1;
        entry.wrong.get_or_insert(wrong);
        Some(entry)
    }
}

/// Runs the whole kit.
pub(crate) async fn run(
    respondent: &impl Respondent,
    examples: &Examples,
    today: Date,
    progress: &mut dyn FnMut(Progress),
) -> Findings {
    let watch = Watch::start();
    let mut ledger = Ledger::default();
    judge_profile(respondent, today, &mut ledger);
    let mut asked = Vec::new();
    for operation in OPERATIONS.into_iter().filter(|operation| respondent.answers(*operation)) {
        let batch = requests(respondent, operation, today, watch).await;
        let run = judge_batch(respondent, &batch, watch, &mut ledger, progress).await;
        asked.push(Asked {
            operation: operation.name(),
            possible: batch.possible,
            made: batch.requests.len(),
            run,
        });
    }
    let mut cases = BTreeMap::new();
    let examples = judge_examples(respondent, examples, watch, &mut ledger, &mut cases).await;
    let wrong = watch.is_over().then(|| format!("it was not done after {} seconds", MOST_TIME.as_secs()));
    ledger.enter(Check::InTime, wrong, watch.0.elapsed());
    shrink(respondent, &mut ledger, &mut cases).await;
    Findings { ledger, asked, examples, cases }
}

/// Checks of the profile, without asking about any case.
fn judge_profile(respondent: &impl Respondent, today: Date, ledger: &mut Ledger) {
    let started = Instant::now();
    let differs = (!respondent.describes_alike()).then(|| "asked again, it gave another profile".to_owned());
    ledger.enter(Check::DescribesAlike, differs, started.elapsed());
    let started = Instant::now();
    let (windows, others): (Vec<_>, Vec<_>) = check_profile(Ground::of(respondent.profile()), today)
        .into_iter()
        .partition(|problem| problem.at.starts_with("/presumptive/") && problem.at.ends_with("/days"));
    for (check, problems) in [(Check::ProfileValid, others), (Check::PresumptiveWindows, windows)] {
        let words =
            problems.iter().map(|problem| format!("{}: {}; {}", problem.at, problem.problem, problem.fix));
        let words = words.collect::<Vec<_>>().join("\n");
        ledger.enter(check, (!words.is_empty()).then_some(words), started.elapsed());
    }
}

/// Judges the requests of one operation. Returns how many came to be asked.
async fn judge_batch(
    respondent: &impl Respondent,
    batch: &Batch,
    watch: Watch,
    ledger: &mut Ledger,
    progress: &mut dyn FnMut(Progress),
) -> usize {
    let mut faults = 0;
    for (done, made) in batch.requests.iter().enumerate() {
        if faults == MOST_FAULTS || watch.is_over() {
            return done;
        }
        let verdict = judge(respondent, &made.question).await;
        let costly = [Check::NeverBreaksOff, Check::WithinBudgets, Check::SupplyingDecides];
        faults += usize::from(costly.into_iter().any(|check| verdict.failed(check)));
        for (check, wrong) in verdict.checks {
            if let Some(entry) = ledger.enter(check, wrong.clone(), verdict.longest) {
                entry.remember(made, wrong.unwrap_or_default());
            }
        }
        progress(Progress { operation: batch.operation, done: done + 1, of: batch.requests.len() });
    }
    batch.requests.len()
}

impl Entry {
    /// Keeps a failing request if none that is smaller is kept.
    fn remember(&mut self, made: &Made, wrong: String) {
        let is_smaller =
            self.failing.as_ref().is_none_or(|(known, _)| size(&made.question) < size(&known.question));
        if is_smaller {
            self.failing = Some((made.clone(), wrong));
        }
    }
}

/// Judges the plan's own examples. They are what they are: the smallest broken one is shown, and none is
/// shrunk.
async fn judge_examples(
    respondent: &impl Respondent,
    examples: &Examples,
    watch: Watch,
    ledger: &mut Ledger,
    cases: &mut BTreeMap<Check, (String, Value)>,
) -> ExamplesHeld {
    let mut held = ExamplesHeld { held: 0, broken: Vec::new() };
    let mut least = usize::MAX;
    for example in examples.cases.iter().take_while(|_| !watch.is_over()) {
        let started = Instant::now();
        let problem = example.problem(respondent).await;
        ledger.enter(Check::ExamplesHold, problem.clone(), started.elapsed());
        let Some(problem) = problem else {
            held.held += 1;
            continue;
        };
        if size(&example.question) < least {
            least = size(&example.question);
            cases.insert(Check::ExamplesHold, (format!("{}: {problem}", example.name), example.whole()));
        }
        held.broken.push(BrokenExample { case: example.name.clone(), problem });
    }
    held
}

/// Makes the failing request of each check as small as it can be, in the format of an example case.
async fn shrink(
    respondent: &impl Respondent,
    ledger: &mut Ledger,
    cases: &mut BTreeMap<Check, (String, Value)>,
) {
    let started = Instant::now();
    for (check, entry) in &mut ledger.0 {
        let Some((made, wrong)) = entry.failing.take() else { continue };
        let (question, wrong) = if started.elapsed() > MOST_SHRINKING {
            (made.question, wrong)
        } else {
            smallest(respondent, *check, made.question, wrong).await
        };
        let name = format!("{}, found with {}", check.id(), made.what);
        cases.insert(*check, (wrong, whole(&name, &question, &Map::new())));
    }
}
