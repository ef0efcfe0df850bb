//! A reason in the language that its writer did not write.

use domain::case::{CaseKind, EventKind};
use domain::identifiers::CaseId;
use domain::problem::Code;
use serde_json::json;
use store::Unit;

use crate::Crosswalk;
use crate::cases::show::ShownCase;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::{Expected, NewTranslation, Once, Outcome};

impl Crosswalk {
    /// Writes the reason of a refusal in the language in which it is wanted. The decision stays as it is,
    /// whoever writes; the clock for it ends.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` where no reason is wanted in that language.
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
                let refusal = work.case.body.refusal_mut();
                if !refusal.is_some_and(|refusal| refusal.translate(new.language, &new.text)) {
                    return Err(Failure::field(
                        "/language",
                        Code::NotWanted,
                        "no reason of this case is wanted in this language",
                        "see translation in the case's denial or cut",
                    ));
                }
                work.note(EventKind::Translate, json!({ "language": new.language.tag() }));
                crosswalk.finish(caller, work, &Unit::default()).await
            })
        })
        .await
    }
}
