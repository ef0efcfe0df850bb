//! Conformance of a plan's plugin to the contract, found out by asking it.
//!
//! The upload gate, the author's desk (`crosswalk plugin test`) and continuous integration run the same kit:
//!
//! 1. `generate` makes valid requests from the plugin's own profile (`scene`, `vary`, `values`): everything
//!    known, each fact missing, each value of each fact, the edges of days, units and money. `learn` finds
//!    out by asking which values meet the plan's criteria.
//! 2. `judge` asks each request twice, and puts the answer through the checks (`check`): those of the floor,
//!    which the host applies when a plugin decides, and those of the kit. `supply` gives an answer what it
//!    waits for.
//! 3. `shrink` makes a request that fails as small as it can be while it still fails the same check.
//! 4. `receipt` says all of it. A failing request stands there in the format of a plan's example cases
//!    ([`Examples`]), ready to be pasted into them.
//!
//! Nothing here is left to chance: the same component, kit, seed and day give the same requests.

mod check;
mod examples;
mod generate;
mod judge;
mod learn;
mod parts;
mod receipt;
mod respondent;
mod run;
mod scene;
mod seed;
mod shrink;
mod supply;
mod undecided;
mod values;
mod vary;
mod words;

#[cfg(test)]
mod tests;

use domain::plan::profile::PlanProfile;
use domain::plan::question::{Operation, Question};
use jiff::civil::Date;
use sandbox::Plugin;

pub use check::Check;
pub use examples::{BadFile, Examples, questions};
pub use judge::{cuts_for_a_person, why_refused};
pub use receipt::{Asked, BrokenExample, Checked, ExamplesHeld, Failing, Receipt};
pub use run::LONGEST_RUN;
pub use undecided::{Slips, slips};

/// The kit's version, which a receipt names.
///
/// Raise it whenever a plugin that conformed may no longer, or one that did not may: a new check, a stricter
/// one, other requests, another seed. Wording and speed do not count. Plugins with an older receipt are then
/// due for a new one.
pub const KIT: u32 = 2;

/// Seed that chooses among the requests that there would be too many of, and mixes the values of facts.
/// Fixed, so that two runs ask the same.
pub const SEED: u64 = 20_260_101;

/// Progress of a run, in requests of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Operation that is being asked.
    pub operation: Operation,
    /// Requests that were judged.
    pub done: usize,
    /// Requests that were made.
    pub of: usize,
}

/// Asks a plugin everything that its profile lets the kit think of, and its plan's own examples.
///
/// `today` dates the requests, the catalog and the clocks. `progress` is called after every request. A run
/// takes seconds, nearly all of them busy, and is over within [`LONGEST_RUN`] whatever the plugin does: run
/// it where blocking is allowed, inside a Tokio runtime with time.
pub async fn check(
    plugin: &Plugin,
    examples: &Examples,
    today: Date,
    progress: &mut dyn FnMut(Progress),
) -> Receipt {
    let findings = run::run(plugin, examples, today, progress).await;
    Receipt::of(plugin, today, findings)
}

/// Requests made up from a profile alone: of each operation one for each service that the plan offers, at
/// most `most`. For who wants to see rules answer before anybody has asked them.
#[must_use]
pub fn made_up(profile: &PlanProfile, today: Date, most: usize) -> Vec<Question> {
    let operations = [Operation::Triage, Operation::Determine, Operation::Adjudicate, Operation::Review];
    operations.iter().flat_map(|operation| generate::plain(profile, *operation, today, most)).collect()
}

/// True if one operation of a plugin gives an answer, right or wrong, to a made-up request for each service
/// that its plan offers, at most `most`. The host asks this before a plugin that rested after faults is asked
/// about members again. Where no request can be made up, nothing speaks against it.
pub async fn answers(plugin: &Plugin, operation: Operation, today: Date, most: usize) -> bool {
    for question in generate::plain(plugin.profile(), operation, today, most) {
        if plugin.ask(&question).await.ending.fault().is_some() {
            return false;
        }
    }
    true
}
