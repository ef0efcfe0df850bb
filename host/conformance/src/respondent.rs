//! Who is asked: a plugin, or in tests a stand-in that can misbehave in ways that a sandboxed component cannot.

use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use sandbox::{Call, Ending, Plugin};

/// Whoever answers questions under a profile.
pub(crate) trait Respondent {
    /// Who it said it is.
    fn profile(&self) -> &PlanProfile;

    /// Whether it says the same when it is asked again.
    fn describes_alike(&self) -> bool;

    /// Whether it answers this operation at all.
    fn answers(&self, operation: Operation) -> bool;

    /// Asks it.
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
