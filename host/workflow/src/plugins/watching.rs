//! Watching a version at work: what it answers beside what the version before it answered and what its last
//! shadow run foretold, and the faults at which the host takes it back.

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId, ShadowRunId};
use domain::plan::profile::PlanProfile;
use domain::release::FaultLimit;
use domain::rollout::{About, StandingActivation, chosen};
use domain::time::pacific_day;
use jiff::Timestamp;
use sandbox::Recorded;
use store::activations::Activation;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::plugins::shadow::compare;
use crate::plugins::shadow::report::{self, Report};

/// Last answers of a version that are counted by their words.
const MOST_ANSWERS: u32 = 500;
/// Last calls among which faults are counted where the plan's policy sets no limit.
const USUAL_AMONG: u32 = 100;
/// Operations whose answers do not decide: they say whether service may begin before the decision.
const ASIDE: &str = "presume";

/// A version at work.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Instant from which it answers something (UTC); `None` while it answers nothing.
    pub since: Option<Timestamp>,
    /// Its last calls since then.
    pub calls: u32,
    /// Those of them that ended in a fault.
    pub faults: u32,
    /// Limit at which the host takes it back; `None`: the plan's policy sets none.
    pub limit: Option<FaultLimit>,
    /// Its last answers, by their words.
    pub answers: Answers,
    /// Last answers of the version that would answer in its place.
    pub before: Option<Answers>,
    /// Forecast of its last shadow run.
    pub forecast: Option<Forecast>,
}

/// Answers of a version, counted by their words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// SHA-256 of the component.
    pub digest: Digest,
    /// The plugin's own version.
    pub version: Option<String>,
    /// Number of answers, by what they come to, such as `approved`.
    pub words: BTreeMap<String, u64>,
}

/// Forecast of a shadow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Run that it comes from.
    pub run: ShadowRunId,
    /// Past evaluations that were compared.
    pub compared: u64,
    /// Approvals, acceptances and payable claims that the version adds among them.
    pub gained: u64,
    /// The same that it takes away.
    pub lost: u64,
    /// Faults of the version among them.
    pub faults: u64,
}

impl Answers {
    /// Number of all answers.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.words.values().sum()
    }

    /// Number of those that give something: approvals, acceptances and payable claims.
    #[must_use]
    pub fn giving(&self) -> u64 {
        self.words.iter().filter(|(word, _)| report::GIVES.contains(&word.as_str())).map(|(_, n)| n).sum()
    }
}

impl Crosswalk {
    /// A version at work, beside the version before it and its own forecast.
    ///
    /// # Errors
    /// `NotFound` for a plugin that was not uploaded for this plan, or another's plan.
    pub async fn watch_plugin(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: &Digest,
    ) -> Result<Watch, Failure> {
        self.may_run_plan(caller, plan).await?;
        let release = self.release(caller, plan, digest).await?;
        let now = self.now();
        let rows = store::activations::standing(self.store(), Some(plan)).await?;
        let (own, left): (Vec<Activation>, Vec<Activation>) =
            rows.into_iter().partition(|activation| activation.digest == *digest);
        let since = own.iter().map(|activation| activation.from).filter(|from| *from <= now).min();
        let limit = store::policies::find(self.store(), plan).await?.roll_back;
        let among = limit.as_ref().map_or(USUAL_AMONG, |limit| limit.among);
        let ends = match since {
            Some(since) => store::evaluations::faults(self.store(), plan, digest, since, among).await?,
            None => store::evaluations::Endings { calls: 0, faults: 0 },
        };
        let left: Vec<StandingActivation> = left.iter().map(Activation::standing).collect();
        let before = chosen(&left, &About::on(pacific_day(now)), now).map(|standing| standing.digest);
        let answers = self.answers(plan, digest, since).await?;
        let before = match before {
            Some(digest) => Some(self.answers(plan, &digest, Some(Timestamp::UNIX_EPOCH)).await?),
            None => None,
        };
        let shadow = release.state.evidence().and_then(|evidence| evidence.shadow.as_ref());
        let forecast = match shadow.and_then(|report| report.id.parse().ok()) {
            Some(run) => self.forecast(caller, run).await?,
            None => None,
        };
        self.look(caller, Look::List(SubjectKind::Plugin)).await?;
        Ok(Watch { since, calls: ends.calls, faults: ends.faults, limit, answers, before, forecast })
    }

    /// Last answers of a version since an instant; none if there is no instant.
    async fn answers(
        &self,
        plan: &PlanId,
        digest: &Digest,
        since: Option<Timestamp>,
    ) -> Result<Answers, Failure> {
        let outputs = match since {
            Some(since) => {
                store::evaluations::outputs(self.store(), plan, digest, since, ASIDE, MOST_ANSWERS).await?
            }
            None => Vec::new(),
        };
        let mut words = BTreeMap::new();
        for output in outputs {
            // What an earlier program wrote and this one does not read is not counted.
            let Ok(recorded) = serde_json::from_slice::<Recorded>(&output) else { continue };
            *words.entry(compare::outcome(&recorded, &[]).word).or_default() += 1;
        }
        let duty = store::Scope::duty("watch");
        let row = store::plugins::find(self.store(), &duty, plan, digest).await?;
        Ok(Answers { digest: *digest, version: row.map(|row| row.version), words })
    }

    async fn forecast(&self, caller: &Caller, id: ShadowRunId) -> Result<Option<Forecast>, Failure> {
        let Some(run) = store::shadow_runs::find(self.store(), &caller.scope, id).await? else {
            return Ok(None);
        };
        let report: Report = serde_json::from_str(&run.report).map_err(Failure::internal)?;
        Ok(Some(Forecast {
            run: run.id,
            compared: run.compared,
            gained: report.approvals_gained,
            lost: report.approvals_lost,
            faults: report.faults,
        }))
    }

    /// The profile that a version declares, whether it decides or not.
    ///
    /// # Errors
    /// `NotFound` for a plugin that was not uploaded for this plan or does not run, or another's plan.
    pub async fn plugin_profile(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: &Digest,
    ) -> Result<PlanProfile, Failure> {
        self.may_run_plan(caller, plan).await?;
        let row = store::plugins::find(self.store(), &caller.scope, plan, digest).await?;
        let row = row.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List(SubjectKind::Profile)).await?;
        serde_json::from_str(&row.profile).map_err(Failure::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_is_counted_apart_from_what_does_not() {
        let words = [("approved", 5), ("payable", 2), ("pended", 3), ("fault", 1)];
        let answers = Answers {
            digest: Digest::of(b"new"),
            version: None,
            words: words.map(|(word, count)| (word.to_owned(), count)).into(),
        };
        assert_eq!((answers.all(), answers.giving()), (11, 7));
    }
}
