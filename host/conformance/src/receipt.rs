//! Receipt of a conformance run: a table that a plan's analyst reads, and JSON for machines.

use std::fmt;
use std::time::Duration;

use domain::identifiers::Digest;
use jiff::civil::Date;
use sandbox::Plugin;
use serde::Serialize;
use serde_json::Value;

use crate::check::Check;
use crate::run::{Entry, Findings};
use crate::{KIT, SEED};

/// Result of a conformance run: whether the component conforms, and why not. It holds for just this
/// component, contract, kit, seed and day.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The plan, as its profile says.
    pub plan: String,
    /// The plugin's own version.
    pub version: String,
    /// The contract that it was built against.
    pub contract: String,
    /// Version of the conformance kit that asked.
    pub kit: u32,
    /// Seed by which the kit chose among the possible requests.
    pub seed: u64,
    /// The day that the requests were made for.
    pub on: Date,
    /// True if every check holds.
    pub conforms: bool,
    /// Requests that were asked, by operation.
    pub asked: Vec<Asked>,
    /// Result of each check.
    pub checks: Vec<Checked>,
    /// Results of the plan's own examples.
    pub examples: ExamplesHeld,
}

/// Number of requests of one operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// The operation, by its name in the contract.
    pub operation: &'static str,
    /// Requests that the profile would allow the kit to make.
    pub possible: usize,
    /// Requests that were made of them.
    pub made: usize,
    /// Requests that were asked; fewer than were made only after many faults, or when time was up.
    pub run: usize,
}

/// Result of one check.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Check that was made.
    pub id: Check,
    /// Sentence that must hold, in plain words.
    pub sentence: &'static str,
    /// The document that it comes from.
    pub source: &'static str,
    /// Cases that the check was about.
    pub cases: usize,
    /// Cases in which it held.
    pub passed: usize,
    /// Cases in which it did not.
    pub failed: usize,
    /// The longest that one of the cases took, in microseconds.
    pub longest_us: u64,
    /// The smallest of the failing cases, if any failed.
    pub failing: Option<Failing>,
}

/// The smallest case that fails a check.
#[derive(Clone, Debug, Serialize)]
pub struct Failing {
    /// Problem, in a sentence.
    pub wrong: String,
    /// The case, in the format of example cases: it can stand in such a file once its `expect` says what the
    /// plan wants. `None` where no request is to blame.
    pub case: Option<Value>,
}

/// Results of the plan's own examples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExamplesHeld {
    /// Number of examples that hold.
    pub held: usize,
    /// Those that do not.
    pub broken: Vec<BrokenExample>,
}

/// An example case that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BrokenExample {
    /// Name, as people write it.
    pub case: String,
    /// Expectation and finding, in a sentence.
    pub problem: String,
}

impl Receipt {
    pub(crate) fn of(plugin: &Plugin, on: Date, mut findings: Findings) -> Self {
        let checks: Vec<Checked> = Check::ALL
            .into_iter()
            .map(|check| {
                let entry = findings.ledger.0.remove(&check).unwrap_or_default();
                Checked::of(check, entry, findings.cases.remove(&check))
            })
            .collect();
        let profile = plugin.profile();
        Self {
            digest: *plugin.digest(),
            plan: profile.plan_id.clone(),
            version: profile.version.clone(),
            contract: plugin.contract(),
            kit: KIT,
            seed: SEED,
            on,
            conforms: checks.iter().all(|checked| checked.failed == 0),
            asked: findings.asked,
            checks,
            examples: findings.examples,
        }
    }

    /// The checks that do not hold.
    pub fn failed(&self) -> impl Iterator<Item = &Checked> {
        self.checks.iter().filter(|checked| checked.failed > 0)
    }
}

impl Checked {
    fn of(check: Check, entry: Entry, case: Option<(String, Value)>) -> Self {
        let failing = match case {
            Some((wrong, case)) => Some(Failing { wrong, case: Some(case) }),
            None => entry.wrong.map(|wrong| Failing { wrong, case: None }),
        };
        Self {
            id: check,
            sentence: check.sentence(),
            source: check.source(),
            cases: entry.cases,
            passed: entry.cases - entry.failed,
            failed: entry.failed,
            longest_us: u64::try_from(entry.longest.as_micros()).unwrap_or(u64::MAX),
            failing,
        }
    }
}

/// The table, and under it every check that fails with its smallest case.
impl fmt::Display for Receipt {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, version, contract, kit, seed, on, .. } = self;
        writeln!(out, "{plan} {version} against {contract}, with kit {kit} (seed {seed}) on {on}")?;
        writeln!(out, "digest {}\n", self.digest)?;
        for Asked { operation, possible, made, run } in &self.asked {
            write!(out, "  {operation:<11} {run} requests asked")?;
            if run < made {
                write!(out, " of {made}, then stopped")?;
            }
            if made < possible {
                write!(out, "; {possible} would be possible")?;
            }
            writeln!(out)?;
        }
        writeln!(out, "\n  {:<21} {:>6} {:>7} {:>10}", "check", "cases", "failed", "longest")?;
        for checked in &self.checks {
            let Checked { id, cases, failed, longest_us, sentence, .. } = checked;
            let longest = format!("{:?}", Duration::from_micros(*longest_us));
            let mark = if *failed > 0 { '✗' } else { ' ' };
            writeln!(out, "{mark} {:<21} {cases:>6} {failed:>7} {longest:>10}  {sentence}", id.id())?;
        }
        writeln!(out)?;
        for Checked { id, sentence, source, failing, .. } in self.failed() {
            writeln!(out, "✗ {}: {sentence}\n  from {source}", id.id())?;
            let Some(Failing { wrong, case }) = failing else { continue };
            writeln!(out, "  {}", wrong.replace('\n', "\n  "))?;
            if let Some(case) = case {
                writeln!(out, "  The smallest case that fails, for a file of example cases:\n{case:#}")?;
            }
            writeln!(out)?;
        }
        for BrokenExample { case, problem } in &self.examples.broken {
            writeln!(out, "✗ example {case}: {problem}")?;
        }
        match self.failed().count() {
            0 => write!(out, "It conforms."),
            count => write!(out, "It does not conform: {count} of {} checks fail.", self.checks.len()),
        }
    }
}
