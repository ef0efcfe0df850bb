//! Judgements of medical necessity on claim lines that are called something else: a line that is to be
//! corrected, or that is paid in part or not at all.
//!
//! A no for medical necessity is a licensed person's by whatever name it goes (H&S 1367.01(e)). A line says
//! it by a reason code that stands for such a judgement (`data/adjustments.toml`), or by falling short of
//! what charge and rate give while rules recommend to deny it for need, or a criterion of its service that is
//! not administrative is not met. More units than days, where each unit is a day, is arithmetic by whatever
//! code it is told.

use jiff::civil::Date;

use super::Ground;
use super::payment::{Priced, has_more_units_than_days, is_short};
use crate::Cents;
use crate::plan::billing::{Adjustment, ClaimLine, Rejection};
use crate::plan::profile::CriterionKind;
use crate::plan::types::{Bilingual, Denial, Finding, FindingOutcome};

/// Line of a claim, with what is found about the member.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The line, as it was billed.
    pub line: &'a ClaimLine,
    /// The day that the plan's criteria are about.
    pub on: Date,
    /// Findings of the plan's rules about the claim.
    pub found: &'a [Finding],
    /// Denial for need that the rules recommend of the line, if they do.
    pub recommended: Option<&'a Denial>,
}

impl<'a> Judged<'a> {
    fn need(&self, ground: Ground<'_>) -> Option<&'a Finding> {
        need_in_findings(ground, &[&self.line.service], self.on, self.found)
    }
}

/// The judgement of need by which a line is paid less than it might be, in a sentence; `None` if there is
/// none.
#[must_use]
pub fn need_in_payment(
    ground: Ground<'_>,
    priced: Priced<'_>,
    judged: Judged<'_>,
    amount: Cents,
    adjustments: &[Adjustment],
) -> Option<Bilingual> {
    let is_short = is_short(ground, priced, judged.line, amount);
    // Where all that the days hold is paid, what is cut are the units beyond them.
    let is_arithmetic = !is_short && has_more_units_than_days(ground, judged.line);
    let by_code = || adjustments.iter().find_map(|one| of_code(ground, &one.reason, priced.today));
    let of_rules = || judged.recommended.map(|denied| denied.reason.clone());
    let of_findings = || judged.need(ground).map(|finding| finding.reason.clone());
    let said = if is_arithmetic { None } else { by_code() };
    said.or_else(|| is_short.then(|| of_rules().or_else(of_findings)).flatten())
}

/// True if a line is rejected by a judgement of need: it is sent back whole, to be billed again.
pub(super) fn need_in_rejection(
    ground: Ground<'_>,
    today: Date,
    judged: Judged<'_>,
    rejection: &Rejection,
) -> bool {
    let by_code = of_code(ground, &rejection.reason_code, today).is_some()
        && !has_more_units_than_days(ground, judged.line);
    by_code || judged.need(ground).is_some()
}

/// Name of a reason code that judges need on the day.
fn of_code(ground: Ground<'_>, code: &str, today: Date) -> Option<Bilingual> {
    let reason = ground.dictionary.adjustment_reason(code, today)?;
    ground.dictionary.judges_need(code, today).then(|| reason.name.clone())
}

/// The first finding that judges the member's need: it is about one of `services` on the day, not met, and of
/// a criterion that is not administrative.
#[must_use]
pub fn need_in_findings<'f>(
    ground: Ground<'_>,
    services: &[&str],
    on: Date,
    found: &'f [Finding],
) -> Option<&'f Finding> {
    let judges = |finding: &&Finding| {
        let criterion = || ground.criterion(&finding.criterion, services, on);
        finding.outcome == FindingOutcome::NotMet
            && criterion().is_some_and(|criterion| criterion.kind != CriterionKind::Administrative)
    };
    found.iter().find(judges)
}
