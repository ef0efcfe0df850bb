//! A reason in the language that its writer did not write.

use domain::application::State;
use domain::case::{CaseKind, EventKind, Reason, ReasonOf};
use domain::identifiers::{CaseId, PlanId};
use domain::problem::Code;
use serde_json::json;
use store::Unit;

use crate::Crosswalk;
use crate::cases::applications::tell_of_approval;
use crate::cases::case::{Body, WantedReason};
use crate::cases::clocks;
use crate::cases::extensions::tell_of_extension;
use crate::cases::show::ShownCase;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Expected, NewTranslation, Once, Outcome};

impl Crosswalk {
    /// Writes a reason in the language in which it is wanted. The decision stays as it is, whoever writes;
    /// the clock for it ends when nothing else is wanted. Who was told the reason in a notice is told it
    /// again.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` where no reason is wanted in that language, or several are and none is
    /// named.
    pub async fn translate_reason(
        &self,
        caller: &Caller,
        kind: CaseKind,
        id: CaseId,
        new: NewTranslation,
        expected: Expected,
        once: Once<ShownCase>,
    ) -> Result<Outcome<ShownCase>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let case = crosswalk.case_to_change(caller, kind, id, expected).await?;
                let mut work = Work::new(caller, case, crosswalk.now());
                let plan = caller.plan()?;
                let of = wanted(work.case.body.wanted_of(plan), new)?;
                let half = own_reason(&work.case.body, plan);
                if !work.case.body.translate(plan, of, new.language, &new.text) {
                    return Err(not_wanted());
                }
                work.kept.push((clocks::translation(kind), work.now()));
                let detail = json!({ "language": new.language.tag(), "of": of.name() });
                match half {
                    None => work.note(EventKind::Translate, detail),
                    Some(half) => {
                        work.note_review(plan, EventKind::Translate, detail)?;
                        crosswalk.translate_withdrawn(caller, &mut work, plan, &half, new).await?;
                    }
                }
                tell_again(&mut work, plan, of)?;
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }
}

/// Repeats the notice that held a reason, now that the reason is there in both languages.
fn tell_again(work: &mut Work, plan: &PlanId, of: ReasonOf) -> Result<(), Failure> {
    match of {
        ReasonOf::Extension => {
            if let Some(extension) = work.authorization()?.extension.clone() {
                tell_of_extension(work, &extension);
            }
        }
        ReasonOf::Reopen | ReasonOf::End => {
            let last = match &work.application()?.reviews.get(plan).ok_or(Failure::NotFound)?.state {
                State::Ended { last, .. } => Some(*last),
                _ => None,
            };
            if let Some(reason) = own_reason(&work.case.body, plan) {
                tell_of_approval(work, plan, last, &reason);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The reason that a plan's people gave about a credentialing file.
fn own_reason(body: &Body, plan: &PlanId) -> Option<Reason> {
    match body {
        Body::Application(body) => {
            body.reviews.get(plan)?.state.reason().map(|(_, reason, _)| reason.clone())
        }
        _ => None,
    }
}

/// The reason that is written: the one that is named, or the only one that is wanted in the language.
fn wanted(wanted: Vec<WantedReason>, new: &NewTranslation) -> Result<ReasonOf, Failure> {
    let wanted =
        wanted.into_iter().filter(|one| one.language == new.language && new.of.is_none_or(|of| of == one.of));
    let mut of: Vec<ReasonOf> = wanted.map(|one| one.of).collect();
    of.sort_unstable();
    of.dedup();
    match of[..] {
        [] => Err(not_wanted()),
        [of] => Ok(of),
        _ => {
            let names: Vec<&str> = of.iter().map(|of| of.name()).collect();
            Err(Failure::field(
                "/of",
                Code::MissingField,
                "several reasons are wanted in this language",
                format!("say which of them it is: {}", names.join(", ")),
            ))
        }
    }
}

pub(crate) fn not_wanted() -> Failure {
    Failure::field(
        "/language",
        Code::NotWanted,
        "no reason is wanted here in this language",
        "see translation beside each reason",
    )
}
