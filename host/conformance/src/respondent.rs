//! Respondents: a plugin, or in tests a stand-in that can misbehave in ways that a sandboxed component
//! cannot.

use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use sandbox::{Call, Ending, Plugin};

/// Whoever answers questions under a profile.
pub(crate) trait Respondent {
    /// Profile that it gives of itself.
    fn profile(&self) -> &PlanProfile;

    /// True if it gives the same profile when it is asked again.
    fn describes_alike(&self) -> bool;

    /// True if it answers this operation at all.
    fn answers(&self, operation: Operation) -> bool;

    /// Asks it a question.
    async fn ask(&self, question: &Question) -> Call<Answer>;
}

impl Respondent for Plugin {
    fn profile(&self) -> &PlanProfile {
        Plugin::profile(self)
    }

    fn describes_alike(&self) -> bool {
        matches!(self.describe_here(), Ending::Answer(again) if again == *Plugin::profile(self))
    }

    fn answers(&self, operation: Operation) -> bool {
        self.exports().contains(&operation.interface())
    }

    async fn ask(&self, question: &Question) -> Call<Answer> {
        /// A host that is busy with its plans' cases lets the kit wait; that is not the plugin's doing.
        const TRIES: usize = 8;
        for _ in 1..TRIES {
            let call = Plugin::ask(self, question).await;
            if call.ending != Ending::Saturated {
                return call;
            }
        }
        Plugin::ask(self, question).await
    }
}
