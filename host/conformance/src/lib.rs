//! Conformance of a plan's plugin to the contract, found out by asking it.
//!
//! The kit is one for the upload gate, for an author's desk (`crosswalk plugin test`) and for continuous
//! integration. It makes valid requests out of the plugin's own profile (`generate`): everything known, each
//! fact missing, each value of each fact, the edges of days, units and money. It asks each twice, and holds
//! every answer against the same checks that the host applies when it decides (`judge`). What fails is made
//! as small as it can be while it still fails the same check (`shrink`), and stands in the [`Receipt`] in the
//! format of a plan's example cases ([`Examples`]), ready to be pasted into them.
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

use domain::plan::question::Operation;
use jiff::civil::Date;
use sandbox::Plugin;

pub use check::Check;
pub use examples::{BadFile, Examples, questions};
pub use judge::{cuts_for_a_person, why_refused};
pub use receipt::{Asked, BrokenExample, Checked, ExamplesHeld, Failing, Receipt};
pub use undecided::undecided;

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
/// `today` dates the requests, the catalog and the clocks. `progress` hears of every request. It takes
/// seconds, nearly all of them busy, and is over within two minutes whatever the plugin does: run it where
/// blocking is allowed, inside a Tokio runtime with time.
pub async fn check(
    plugin: &Plugin,
    examples: &Examples,
    today: Date,
    progress: &mut dyn FnMut(Progress),
) -> Receipt {
    let findings = run::run(plugin, examples, today, progress).await;
    Receipt::of(plugin, today, findings)
}

/// True if one operation of a plugin gives an answer, right or wrong, to a made-up request for each service
/// that its plan offers, at most `most`: for a host that wonders whether to ask it about members again. Where
/// nothing can be made up there is nothing against it.
pub async fn answers(plugin: &Plugin, operation: Operation, today: Date, most: usize) -> bool {
    for question in generate::plain(plugin.profile(), operation, today, most) {
        if plugin.ask(&question).await.ending.fault().is_some() {
            return false;
        }
    }
    true
}
