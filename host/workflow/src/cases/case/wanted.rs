//! Reasons of a plan's people that are written in one language, and the words that are still wanted.

use domain::case::{Language, Reason, ReasonOf};
use domain::identifiers::PlanId;
use domain::plan::types::Bilingual;
use domain::{authorization, claim, referral};
use jiff::Timestamp;

use super::{Authorization, Body, Claim, DisputeAnswer, Exception, Review};

/// A reason that is written in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedReason {
    /// Step that it is the reason of.
    pub of: ReasonOf,
    /// The language in which it is still to be written.
    pub language: Language,
    /// The words in the other language.
    pub written: String,
    /// Instant since which it is wanted (UTC).
    pub since: Timestamp,
}

impl WantedReason {
    fn of(
        of: ReasonOf,
        language: Option<Language>,
        text: &Bilingual,
        since: Option<Timestamp>,
    ) -> Option<Self> {
        let language = language?;
        let written = match language {
            Language::En => text.es.clone(),
            Language::Es => text.en.clone(),
        };
        Some(Self { of, language, written, since: since? })
    }

    fn of_reason(of: ReasonOf, reason: &Reason, since: Timestamp) -> Option<Self> {
        Self::of(of, reason.wanted(), reason.text(), Some(since))
    }
}

impl Exception {
    fn wanted(&self) -> Option<WantedReason> {
        WantedReason::of_reason(ReasonOf::Exception, &self.reason, self.at)
    }
}

impl DisputeAnswer {
    fn wanted(&self) -> Option<WantedReason> {
        WantedReason::of_reason(ReasonOf::Dispute, self.reason.as_ref()?, self.at)
    }
}

impl Review {
    /// The plan's reason, if it is written in one language.
    pub(crate) fn wanted(&self) -> Option<WantedReason> {
        let (of, reason, since) = self.state.reason()?;
        WantedReason::of_reason(of, reason, since)
    }
}

impl Authorization {
    /// Reasons beside the decision: of more time, and of what goes beyond a limit.
    fn wanted_beside(&self) -> Vec<WantedReason> {
        use authorization::State as S;
        if matches!(self.state, S::Withdrawn { .. } | S::Moved { .. }) {
            return Vec::new();
        }
        let of_extension = self
            .extension
            .as_ref()
            .and_then(|one| WantedReason::of_reason(ReasonOf::Extension, &one.reason, one.at));
        of_extension.into_iter().chain(self.exceptions.iter().filter_map(Exception::wanted)).collect()
    }
}

impl Claim {
    /// Reasons beside the decision: of answers to disputes, of what goes beyond a limit, and of a payment
    /// that no authorization covers.
    fn wanted_beside(&self) -> Vec<WantedReason> {
        use claim::State as S;
        if matches!(self.state, S::Replaced { .. } | S::Voided { .. } | S::Void { .. } | S::Moved { .. }) {
            return Vec::new();
        }
        let answers = self.disputes.iter().filter_map(|dispute| dispute.answer.as_ref());
        let of_answers = answers.filter_map(DisputeAnswer::wanted);
        let of_exceptions = self.exceptions.iter().filter_map(Exception::wanted);
        of_answers.chain(of_exceptions).chain(payment_wanted(&self.state)).collect()
    }
}

impl Body {
    /// Reasons that are written in one language, a decision's last. Of a case that was taken back, corrected
    /// or moved to another plan only the refusal's is still wanted.
    #[must_use]
    pub fn wanted_reasons(&self) -> Vec<WantedReason> {
        let decided = match self {
            Self::Authorization(Authorization {
                state: authorization::State::Approved { at, .. } | authorization::State::Denied { at, .. },
                ..
            }) => Some(*at),
            body => body.answered().and_then(|answered| answered.decided_at),
        };
        let mut found = match self {
            Self::Referral(body) => redirect_wanted(&body.state, decided).into_iter().collect(),
            Self::Authorization(body) => body.wanted_beside(),
            Self::Claim(body) => body.wanted_beside(),
            Self::Application(body) => body.reviews.values().filter_map(Review::wanted).collect(),
        };
        let refusal = self
            .refusal()
            .and_then(|one| WantedReason::of(ReasonOf::Refusal, one.wanted(), one.reason(), decided));
        found.extend(refusal);
        found
    }

    /// The same of what one plan wrote. Of a credentialing file each plan writes its own.
    pub(crate) fn wanted_of(&self, plan: &PlanId) -> Vec<WantedReason> {
        match self {
            Self::Application(body) => body.reviews.get(plan).and_then(Review::wanted).into_iter().collect(),
            _ => self.wanted_reasons(),
        }
    }

    /// Adds the words of a plan's reason in the language in which it is wanted; the earliest first, if
    /// several of the kind wait. Whether any was wanted.
    pub(crate) fn translate(&mut self, plan: &PlanId, of: ReasonOf, language: Language, words: &str) -> bool {
        match (of, self) {
            (ReasonOf::Refusal, body) => {
                body.refusal_mut().is_some_and(|refusal| refusal.translate(language, words))
            }
            (ReasonOf::Redirect, Self::Referral(body)) => body.state.translate_redirect(language, words),
            (ReasonOf::Extension, Self::Authorization(body)) => {
                body.extension.as_mut().is_some_and(|one| one.reason.translate(language, words))
            }
            (ReasonOf::Dispute, Self::Claim(body)) => {
                let answers = body.disputes.iter_mut().filter_map(|dispute| dispute.answer.as_mut());
                let mut reasons = answers.filter_map(|answer| answer.reason.as_mut());
                reasons.any(|reason| reason.translate(language, words))
            }
            (ReasonOf::WithoutAuthorization, Self::Claim(body)) => {
                body.state.translate_payment(language, words)
            }
            (ReasonOf::Exception, Self::Authorization(body)) => {
                translate_exceptions(&mut body.exceptions, language, words)
            }
            (ReasonOf::Exception, Self::Claim(body)) => {
                translate_exceptions(&mut body.exceptions, language, words)
            }
            (_, Self::Application(body)) => {
                let state = body.reviews.get_mut(plan).map(|review| &mut review.state);
                state.is_some_and(|state| {
                    state.reason().is_some_and(|(known, ..)| known == of) && state.translate(language, words)
                })
            }
            _ => false,
        }
    }
}

fn redirect_wanted(state: &referral::State, decided: Option<Timestamp>) -> Option<WantedReason> {
    match state {
        referral::State::Redirected { redirection, wanted, .. } => {
            WantedReason::of(ReasonOf::Redirect, *wanted, &redirection.reason, decided)
        }
        _ => None,
    }
}

/// Why lines are paid without an authorization, if that is written in one language: one reason for all of
/// them.
fn payment_wanted(state: &claim::State) -> Option<WantedReason> {
    let (at, remittance) = state.payment()?;
    let mut reasons = remittance.lines.iter().filter_map(|line| line.without_authorization.as_ref());
    reasons.find_map(|reason| WantedReason::of_reason(ReasonOf::WithoutAuthorization, reason, at))
}

/// Adds the words to the first exception that wants them, and to all that were made for the same reason: one
/// decision may pass several limits.
fn translate_exceptions(exceptions: &mut [Exception], language: Language, words: &str) -> bool {
    let first = exceptions.iter().find(|one| one.reason.wanted() == Some(language));
    let Some(half) = first.map(|one| one.reason.clone()) else { return false };
    for one in exceptions.iter_mut().filter(|one| one.reason == half) {
        one.reason.translate(language, words);
    }
    true
}

#[cfg(test)]
mod tests {
    use domain::catalog::LimitExcess;
    use domain::limits::{How, LimitUnit, Passed};

    use super::*;
    use crate::fixtures::{self, MONDAY, at, words};

    fn exception(reason: Reason) -> Exception {
        let passed = Passed {
            limit: "meals-weeks".to_owned(),
            how: How::Amount,
            unit: LimitUnit::Days,
            allowed: 12,
            used: 12,
            asked: 1,
            left: 0,
            window: None,
            excess: LimitExcess::WithReason,
            text: words(),
        };
        Exception { at: at(MONDAY), passed, reason }
    }

    /// Each decision keeps its own reason, however many limits it passes.
    #[test]
    fn words_go_to_the_exceptions_of_one_reason() {
        let mut body = fixtures::claim(claim::State::Payable { at: at(MONDAY) });
        let half = |es: &str| Reason::written(None, Some(es.to_owned())).unwrap();
        body.exceptions = ["Frío.", "Frío.", "Sin vivienda."].map(|es| exception(half(es))).to_vec();
        let (mut body, plan) = (Body::Claim(body), "valle-vista".parse().unwrap());
        let mut written = |words: &str| {
            let is_wanted = body.translate(&plan, ReasonOf::Exception, Language::En, words);
            let Body::Claim(claim) = &body else { unreachable!("it stays what it is") };
            let told = claim.exceptions.iter().map(|one| one.reason.text().en.clone()).collect::<Vec<_>>();
            (is_wanted, told.join("|"))
        };
        assert_eq!(written("It is cold."), (true, "It is cold.|It is cold.|".to_owned()));
        assert_eq!(written("No home."), (true, "It is cold.|It is cold.|No home.".to_owned()));
        assert!(!written("Once more.").0);
    }
}
