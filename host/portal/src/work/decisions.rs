//! Decisions that people can make, and what the plan's rules advise them to.

use domain::application::State as Reading;
use domain::authorization::State as Permission;
use domain::case::{Recommendation, WithPeople};
use domain::plan::authorization::{Decision, Grant, RequestKind, RequestedLine};
use domain::plan::billing::LineOutcome;
use domain::plan::referral::Disposition;
use domain::statute::ClockId;
use domain::{claim, referral};
use i18n_embed_fl::fl;
use workflow::shown::{Advice, Answered, Body, Claim, ShownCase};

use crate::words::Words;

/// A decision that one of a plan's people can make about a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanDecision {
    /// Takes a referral for the plan.
    Accept,
    /// Finds the member of a referral not eligible.
    NotEligible,
    /// Sends a referral elsewhere.
    Redirect,
    /// Has a referral offered to providers.
    Offer,
    /// Gives a referral to a provider.
    Assign,
    /// Grants all that was asked for.
    Approve,
    /// Grants less than was asked for.
    Part,
    /// Grants something else than was asked for.
    Modify,
    /// Asks for more before it is decided.
    Pend,
    /// Denies all of it.
    Deny,
    /// Pays a claim line by line.
    Pay,
    /// Stands by what the plan did with a claim.
    Uphold,
    /// Approves a credentialing file.
    Credential,
    /// Declines a credentialing file.
    Decline,
    /// Ends the approval of a credentialing file.
    End,
    /// Reads a credentialing file again.
    Reopen,
    /// Takes more time for the decision.
    Extend,
    /// Records that the plan told the person of its decision.
    Tell,
    /// Writes a reason in the language in which it is wanted.
    Translate,
}

impl PlanDecision {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 19] = [
        Self::Accept,
        Self::Approve,
        Self::Pay,
        Self::Credential,
        Self::Part,
        Self::Modify,
        Self::Pend,
        Self::Redirect,
        Self::Offer,
        Self::Assign,
        Self::Uphold,
        Self::NotEligible,
        Self::Deny,
        Self::Decline,
        Self::End,
        Self::Reopen,
        Self::Extend,
        Self::Tell,
        Self::Translate,
    ];

    /// The word by which the form names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::NotEligible => "not-eligible",
            Self::Redirect => "redirect",
            Self::Offer => "offer",
            Self::Assign => "assign",
            Self::Approve => "approve",
            Self::Part => "part",
            Self::Modify => "modify",
            Self::Pend => "pend",
            Self::Deny => "deny",
            Self::Pay => "pay",
            Self::Uphold => "uphold",
            Self::Credential => "credential",
            Self::Decline => "decline",
            Self::End => "end",
            Self::Reopen => "reopen",
            Self::Extend => "extend",
            Self::Tell => "tell",
            Self::Translate => "translate",
        }
    }

    /// The decision of this word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.name() == word)
    }

    pub(crate) fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Accept => fl!(l, "work-accept"),
            Self::NotEligible => fl!(l, "work-not-eligible"),
            Self::Redirect => fl!(l, "work-redirect"),
            Self::Offer => fl!(l, "work-offer"),
            Self::Assign => fl!(l, "work-assign"),
            Self::Approve => fl!(l, "work-approve"),
            Self::Part => fl!(l, "work-part"),
            Self::Modify => fl!(l, "work-modify"),
            Self::Pend => fl!(l, "work-pend"),
            Self::Deny => fl!(l, "work-deny"),
            Self::Pay => fl!(l, "work-pay"),
            Self::Uphold => fl!(l, "work-uphold"),
            Self::Credential => fl!(l, "work-credential"),
            Self::Decline => fl!(l, "work-decline"),
            Self::End => fl!(l, "work-end"),
            Self::Reopen => fl!(l, "work-reopen"),
            Self::Extend => fl!(l, "work-extend"),
            Self::Tell => fl!(l, "work-tell"),
            Self::Translate => fl!(l, "work-translate"),
        }
    }

    /// Decisions that the case takes as it stands.
    pub(crate) fn of(shown: &ShownCase) -> Vec<Self> {
        let of_state = match &shown.case.body {
            Body::Referral(body) => of_referral(&body.state),
            Body::Authorization(body) => of_authorization(&body.state),
            Body::Claim(body) => of_claim(&body.state),
            Body::Application(body) => {
                body.reviews.values().next().map_or(&[][..], |review| of_reading(&review.state))
            }
        };
        let translates = (!shown.case.body.wanted_reasons().is_empty()).then_some(Self::Translate);
        let extends = may_wait(&shown.case.body).then_some(Self::Extend);
        let tells = is_to_be_told(shown).then_some(Self::Tell);
        of_state.iter().copied().chain(extends).chain(tells).chain(translates).collect()
    }

    /// True for what settles the case itself; the others are done beside it, or after it.
    pub(crate) fn settles(self) -> bool {
        !matches!(self, Self::Extend | Self::Tell | Self::Translate)
    }

    /// True for what people of a plan do who decide nothing.
    pub(crate) fn is_for_all(self) -> bool {
        matches!(self, Self::Tell | Self::Translate)
    }
}

/// True for a request whose decision may still wait, as far as its state says: nobody gets the time twice,
/// and what was given already is decided in its own time.
fn may_wait(body: &Body) -> bool {
    let Body::Authorization(body) = body else { return false };
    matches!(body.state, Permission::WithPeople(_) | Permission::Pended { .. })
        && body.extension.is_none()
        && body.kind != RequestKind::Retrospective
}

/// True while the clock runs for the notice of a decision to the person; and once it is missed, until the
/// plan says that it sent one.
fn is_to_be_told(shown: &ShownCase) -> bool {
    let is_first = match &shown.case.body {
        Body::Referral(body) => body.member_notices.is_empty(),
        Body::Authorization(body) => body.member_notices.is_empty(),
        Body::Claim(_) | Body::Application(_) => return false,
    };
    shown.deadlines.iter().map(|shown| &shown.clock).any(|clock| {
        let is_notice =
            matches!(clock.rule, ClockId::ReferralMemberNotice | ClockId::AuthorizationMemberNotice);
        is_notice && (clock.state.name() == "open" || (is_first && clock.state.name() == "missed"))
    })
}

fn of_referral(state: &referral::State) -> &'static [PlanDecision] {
    match state {
        referral::State::WithPeople(_) => {
            &[PlanDecision::Accept, PlanDecision::Redirect, PlanDecision::NotEligible]
        }
        referral::State::Accepted { .. } | referral::State::ChangingProvider { .. } => {
            &[PlanDecision::Offer, PlanDecision::Assign]
        }
        _ => &[],
    }
}

fn of_authorization(state: &Permission) -> &'static [PlanDecision] {
    match state {
        Permission::WithPeople(_) => &[
            PlanDecision::Approve,
            PlanDecision::Part,
            PlanDecision::Modify,
            PlanDecision::Pend,
            PlanDecision::Deny,
        ],
        Permission::Pended { .. } => {
            &[PlanDecision::Approve, PlanDecision::Part, PlanDecision::Modify, PlanDecision::Deny]
        }
        _ => &[],
    }
}

fn of_claim(state: &claim::State) -> &'static [PlanDecision] {
    match state {
        claim::State::WithPeople(_) | claim::State::Advised { .. } => {
            &[PlanDecision::Pay, PlanDecision::Pend, PlanDecision::Deny]
        }
        claim::State::Payable { .. } => &[PlanDecision::Pay],
        claim::State::Pended { .. } => &[PlanDecision::Deny],
        claim::State::Disputed { .. } => &[PlanDecision::Pay, PlanDecision::Uphold],
        _ => &[],
    }
}

fn of_reading(state: &Reading) -> &'static [PlanDecision] {
    match state {
        Reading::WithPeople { .. } | Reading::Incomplete { .. } => {
            &[PlanDecision::Credential, PlanDecision::Decline]
        }
        Reading::Approved { .. } => &[PlanDecision::End, PlanDecision::Reopen],
        Reading::Declined { .. } | Reading::Ended { .. } => &[PlanDecision::Reopen],
        Reading::Received { .. } => &[],
    }
}

/// Direction of what rules advise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaning {
    /// All that was asked for.
    Yes,
    /// Less, or something else.
    Part,
    /// Nothing before more is known.
    More,
    /// It belongs to another plan, delegate or service.
    Elsewhere,
    /// Nothing of what was asked for.
    No,
}

/// True if the decision is another than the plan's rules advise. To ask for more is never against them.
#[must_use]
pub fn departs_from_advice(shown: &ShownCase, decision: PlanDecision) -> bool {
    advised(shown).is_some_and(|advised| departs(advised, decision))
}

pub(crate) fn departs(advised: Leaning, decision: PlanDecision) -> bool {
    match decision {
        PlanDecision::Accept | PlanDecision::Approve => advised != Leaning::Yes,
        PlanDecision::Part | PlanDecision::Modify => advised != Leaning::Part,
        PlanDecision::Pay => !matches!(advised, Leaning::Yes | Leaning::Part),
        PlanDecision::Deny | PlanDecision::NotEligible => advised != Leaning::No,
        PlanDecision::Redirect => advised != Leaning::Elsewhere,
        _ => false,
    }
}

/// Advice of the rules while people decide; `None` where they gave none, or it is decided.
pub(crate) fn advised(shown: &ShownCase) -> Option<Leaning> {
    match &shown.case.body {
        Body::Referral(body) => match &body.state {
            referral::State::WithPeople(with) => {
                recommended(with, &[]).or_else(|| adviced(&body.answered, &[]))
            }
            _ => None,
        },
        Body::Authorization(body) => match &body.state {
            Permission::WithPeople(with) => {
                recommended(with, &body.lines).or_else(|| adviced(&body.answered, &body.lines))
            }
            // Where people asked, no rules did.
            Permission::Pended { .. } => body.answered.evaluation.as_ref().map(|_| Leaning::More),
            _ => None,
        },
        Body::Claim(body) => match &body.state {
            claim::State::WithPeople(with) => recommended(with, &[]).or_else(|| priced(body)),
            claim::State::Advised { .. } => priced(body),
            _ => None,
        },
        Body::Application(_) => None,
    }
}

/// The recommendation with which a case came to people.
fn recommended(with: &WithPeople, asked: &[RequestedLine]) -> Option<Leaning> {
    Some(match with.recommendation.as_ref()? {
        Recommendation::Denial(_) => Leaning::No,
        Recommendation::Grant(grant) => extent(grant, asked),
        Recommendation::Redirect(_) => Leaning::Elsewhere,
    })
}

/// Answer of rules that only advise.
fn adviced(answered: &Answered, asked: &[RequestedLine]) -> Option<Leaning> {
    Some(match answered.advice.as_ref()? {
        Advice::Referral(Disposition::Accepted) => Leaning::Yes,
        Advice::Referral(Disposition::Redirected(_)) => Leaning::Elsewhere,
        Advice::Referral(Disposition::NeedsMore(_)) => Leaning::More,
        Advice::Referral(Disposition::NotEligible(_)) => Leaning::No,
        Advice::Authorization(Decision::Approved(grant)) => extent(grant, asked),
        Advice::Authorization(Decision::PartlyApproved(_) | Decision::Modified(_)) => Leaning::Part,
        Advice::Authorization(Decision::Pended(_)) => Leaning::More,
        Advice::Authorization(Decision::Denied(_)) => Leaning::No,
    })
}

/// True to the request or less: a grant that is kept back for another reason may be the whole of it.
fn extent(grant: &Grant, asked: &[RequestedLine]) -> Leaning {
    let is_whole = grant.lines.len() == asked.len()
        && grant.lines.iter().zip(asked).all(|(granted, asked)| {
            granted.procedure == asked.procedure && granted.units == asked.units && granted.days == asked.days
        });
    if is_whole { Leaning::Yes } else { Leaning::Part }
}

/// Results of a claim's lines, taken together.
fn priced(body: &Claim) -> Option<Leaning> {
    let count = |is: fn(&LineOutcome) -> bool| body.answered_lines().filter(|one| is(&one.outcome)).count();
    let paid = count(|outcome| matches!(outcome, LineOutcome::Payable(_)));
    let waits = count(|outcome| matches!(outcome, LineOutcome::Pended(_)));
    match (body.answered_lines().count(), paid, waits) {
        (0, ..) => None,
        (all, paid, _) if paid == all => Some(Leaning::Yes),
        (_, 1.., _) => Some(Leaning::Part),
        (_, 0, 1..) => Some(Leaning::More),
        (_, 0, 0) => Some(Leaning::No),
    }
}
