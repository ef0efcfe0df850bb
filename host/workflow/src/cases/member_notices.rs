//! A plan's word that it told the member in writing. The host never writes to members; it watches that plans
//! do.

use domain::case::{CaseKind, EventKind, MemberNotice, ReasonOf};
use domain::identifiers::CaseId;
use domain::problem::Code;
use domain::time::{pacific_day, pacific_end_of_day};
use serde_json::json;
use store::Unit;

use crate::Crosswalk;
use crate::cases::case::{Body, Case, WantedReason};
use crate::cases::clocks;
use crate::cases::show::ShownCase;
use crate::cases::step::{Work, mistaken_kind};
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Expected, NewMemberNotice, Once, Outcome};

/// Most notices that are kept of one case.
const MOST_NOTICES: usize = 50;

impl Crosswalk {
    /// Records that the plan told the member of its decision: the clock for it ends, and the member's right
    /// to appeal an adverse decision begins with the day of the notice.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` for a case that was not decided yet, or a day before its decision.
    pub async fn record_member_notice(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        notice: NewMemberNotice,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let notice = &notice;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, kind, id, expected).await?;
                check(&case, notice)?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let now = work.now();
                let sent = pacific_end_of_day(notice.sent_on).min(now);
                work.kept.extend(clocks::MEMBER_NOTICES.map(|rule| (rule, sent)));
                notices(&mut work.case).ok_or_else(mistaken_kind)?.push(MemberNotice {
                    sent_on: notice.sent_on,
                    route: notice.route,
                    language: notice.language.clone(),
                    recorded_at: now,
                });
                work.note(EventKind::MemberNotice, json!({ "sent_on": notice.sent_on.to_string() }));
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }
}

fn notices(case: &mut Case) -> Option<&mut Vec<MemberNotice>> {
    match &mut case.body {
        Body::Referral(body) => Some(&mut body.member_notices),
        Body::Authorization(body) => Some(&mut body.member_notices),
        Body::Claim(_) | Body::Application(_) => None,
    }
}

fn check(case: &Case, notice: &NewMemberNotice) -> Result<(), Failure> {
    let (answered, kept) = match &case.body {
        Body::Referral(body) => (&body.answered, &body.member_notices),
        Body::Authorization(body) => (&body.answered, &body.member_notices),
        Body::Claim(_) | Body::Application(_) => return Err(mistaken_kind()),
    };
    let Some(decided) = answered.decided_at else {
        return Err(Failure::field(
            "",
            Code::NotDecided,
            "there is no decision yet that the member could be told of",
            "decide first; then record the notice",
        ));
    };
    let of_decision = |wanted: &WantedReason| {
        matches!(wanted.of, ReasonOf::Refusal | ReasonOf::Redirect) && wanted.language.is_of(&notice.language)
    };
    if case.body.wanted_reasons().iter().any(of_decision) {
        return Err(Failure::field(
            "/language",
            Code::TranslationWanted,
            "the reason of the decision is not written in this language yet",
            "supply it with POST .../translations first; the member must read why",
        ));
    }
    if notice.sent_on < pacific_day(decided) {
        return Err(Failure::field(
            "/sent_on",
            Code::BeforeTheDecision,
            "the day is before the decision",
            "send the day on which the notice of this decision was sent",
        ));
    }
    if kept.len() >= MOST_NOTICES {
        return Err(Failure::field(
            "",
            Code::TooMany,
            "the case holds as many notices as are kept",
            "it needs no further one",
        ));
    }
    Ok(())
}
