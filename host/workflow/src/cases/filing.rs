//! By when a claim must have come: what the plan declares and the state allows, held by the host above every
//! plugin.
//!
//! A line that came too late is denied for an administrative reason (CARC 29) in every mode. A provider with
//! good cause disputes it, and the plan's people pay or stand by it (28 CCR 1300.71(b)(4)).

use domain::case::Refusal;
use domain::claim::{Event, Leading};
use domain::floor::{TooLate, too_late};
use domain::identifiers::CaseId;
use domain::plan::billing::{Adjudication, ClaimLine, LineOutcome, LineResult};
use domain::plan::profile::PlanProfile;
use domain::plan::types::{Denial, DenialKind};
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Scope;

use crate::Crosswalk;
use crate::cases::case::Case;
use crate::cases::contracts::Contracted;
use crate::command::failure::Failure;
use crate::plugins::asking::Ruled;
use crate::words;

/// Most corrections that are followed back to the claim that came first.
const MOST_CORRECTIONS: u8 = 50;

/// A line that came too late.
pub(crate) struct Late {
    number: u16,
    late: TooLate,
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

/// Results of lines that came too late: the host denies them, whatever the plugin says.
pub(crate) fn denied(late: &[Late]) -> Vec<LineResult> {
    let result = |late: &Late| LineResult {
        number: late.number,
        outcome: LineOutcome::Denied(Denial {
            kind: DenialKind::Administrative,
            reason: words::filed_too_late(late.late.last()),
        }),
    };
    late.iter().map(result).collect()
}

/// Refusal of a claim whose lines all came too late; `None` if there is no late line.
pub(crate) fn refusal(late: &[Late]) -> Option<Refusal> {
    let first = late.first()?;
    Some(Refusal::administrative(first.late.basis(), words::filed_too_late(first.late.last())))
}

/// Puts the host's word in the place of the plugin's for lines that came too late, and what follows for the
/// claim.
pub(crate) fn over(late: &[Late], ruled: &mut Ruled<Adjudication, Event>) {
    for denied in denied(late) {
        if let Some(line) = ruled.answer.lines.iter_mut().find(|line| line.number == denied.number) {
            line.outcome = denied.outcome;
        }
    }
    let Some(refusal) = refusal(late).filter(|_| matches!(ruled.event, Event::FindPayable | Event::Reject))
    else {
        return;
    };
    match Leading::of(&ruled.answer) {
        Leading::Rejected => ruled.event = Event::Reject,
        Leading::Denied => ruled.event = Event::Refuse(refusal),
        Leading::Payable | Leading::Pended(_) | Leading::Clinical(_) => {}
    }
}
