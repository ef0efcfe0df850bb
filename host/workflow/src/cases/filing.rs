//! By when a claim must have come: what the plan declares and the state allows, held by the host above every
//! plugin.
//!
//! A line that came too late is denied for an administrative reason (CARC 29) in every mode, whoever decides
//! the others, and nobody pays it. A provider with good cause disputes it, and the plan's people pay or stand
//! by it (28 CCR 1300.71(b)(4)).

use domain::case::Refusal;
use domain::claim::Event;
use domain::floor::{TooLate, too_late};
use domain::identifiers::CaseId;
use domain::plan::billing::{Adjudication, ClaimLine, LineOutcome, LineResult};
use domain::plan::profile::PlanProfile;
use domain::plan::types::{Denial, DenialKind};
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Scope;

use crate::Crosswalk;
use crate::cases::case::{Case, Claim, HostRule};
use crate::cases::contracts::Contracted;
use crate::command::failure::Failure;
use crate::words;

/// Most corrections that are followed back to the claim that came first.
const MOST_CORRECTIONS: u8 = 50;

/// A line that came too late.
pub(crate) struct Late {
    number: u16,
    late: TooLate,
}

impl Late {
    fn denied(&self) -> LineOutcome {
        LineOutcome::Denied(Denial {
            kind: DenialKind::Administrative,
            reason: words::filed_too_late(self.late.last()),
        })
    }
}

impl Crosswalk {
    /// The day on which the claim first came: a correction counts from the claim that it corrects.
    pub(crate) async fn filed_on(&self, case: &Case) -> Result<Date, Failure> {
        let mut filed = case.received_at;
        let mut earlier: Option<CaseId> = case.follows;
        for _ in 0..MOST_CORRECTIONS {
            let Some(id) = earlier else { break };
            let row = store::cases::find(self.store(), &Scope::duty("claims"), id).await?;
            let row = row.ok_or(Failure::NotFound)?;
            filed = filed.min(row.received_at);
            earlier = row.parent;
        }
        Ok(pacific_day(filed))
    }
}

/// The lines that came too late.
pub(crate) fn late_lines(
    profile: &PlanProfile,
    lines: &[ClaimLine],
    contracted: &Contracted,
    filed: Date,
) -> Vec<Late> {
    let late = |line: &ClaimLine| {
        let served = line.days.last.unwrap_or(line.days.first);
        let late = too_late(profile, served, contracted.on(&line.service, served), filed)?;
        Some(Late { number: line.number, late })
    };
    lines.iter().filter_map(late).collect()
}

/// Denies the lines that came too late in the claim itself, before anybody has answered: so it stays for
/// whoever has the claim then, rules or people.
pub(crate) fn deny(body: &mut Claim, late: &[Late]) {
    body.results =
        late.iter().map(|late| LineResult { number: late.number, outcome: late.denied() }).collect();
    body.host_rules =
        late.iter().map(|late| HostRule { line: late.number, rule: Code::TimelyFiling }).collect();
}

/// Refusal of a claim whose lines all came too late; `None` if there is no late line.
pub(crate) fn refusal(late: &[Late]) -> Option<Refusal> {
    let first = late.first()?;
    Some(Refusal::administrative(first.late.basis(), words::filed_too_late(first.late.last())))
}

/// Puts the host's word in the place of the plugin's for lines that came too late.
pub(crate) fn over(late: &[Late], results: &mut [LineResult]) {
    for result in results {
        if let Some(late) = late.iter().find(|late| late.number == result.number) {
            result.outcome = late.denied();
        }
    }
}

/// Event of a claim of which some lines came too late: what `of` makes of the others. Where none of them is
/// better than rejected, the claim is refused, so that it can be disputed.
pub(crate) fn event(late: &[Late], answer: &Adjudication, of: impl FnOnce(&Adjudication) -> Event) -> Event {
    let is_late = |result: &&LineResult| late.iter().any(|late| late.number == result.number);
    let others = answer.lines.iter().filter(|result| !is_late(result)).cloned().collect();
    match (of(&Adjudication { lines: others, ..answer.clone() }), refusal(late)) {
        (Event::Reject, Some(refusal)) => Event::Refuse(refusal),
        (event, _) => event,
    }
}
