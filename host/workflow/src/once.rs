//! Commands that happen once, however often they are sent.
//!
//! The answer is kept in the same unit of work as the effect, so there is no state "started": either both are there
//! or neither is. Two first tries may both ask a plugin; plugins are pure, and one commit wins.

use domain::identifiers::Digest;
use store::idempotency::Answer;
use store::{Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::caller::Caller;
use crate::command::{Once, Outcome, StoredAnswer};
use crate::failure::Failure;

/// Tries of a unit whose ground moved while it was being worked out.
const TRIES: u32 = 3;

impl Crosswalk {
    /// Runs `work` once for this key and keeps its answer. `work` changes nothing itself: it returns the unit that
    /// does, and what to show.
    pub(crate) async fn once<V>(
        &self,
        caller: &Caller,
        once: Once<V>,
        work: impl AsyncFn(&Crosswalk) -> Result<(Unit, V), Failure>,
    ) -> Result<Outcome<V>, Failure> {
        let mut tries = 0;
        loop {
            if let Some(stored) = self.answered_before(caller, &once).await? {
                return Ok(Outcome::Replayed(stored));
            }
            let (mut unit, view) = work(self).await?;
            let answer = (once.render)(&view);
            unit.add(self.kept(caller, &once, &answer)?);
            match self.store().commit(unit).await {
                Ok(()) => return Ok(Outcome::Fresh(view, answer)),
                Err(StoreError::AlreadyDone) => {}
                Err(StoreError::Conflict) if tries + 1 < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn answered_before<V>(
        &self,
        caller: &Caller,
        once: &Once<V>,
    ) -> Result<Option<StoredAnswer>, Failure> {
        let kept =
            store::idempotency::find(self.store(), &caller.scope, once.operation, &once.key).await?;
        let fingerprint: Digest = once.fingerprint.parse().map_err(Failure::internal)?;
        match kept {
            None => Ok(None),
            Some(kept) if kept.fingerprint != fingerprint => Err(Failure::KeyReused),
            Some(kept) => Ok(Some(StoredAnswer {
                status: kept.status,
                headers: serde_json::from_str(&kept.headers).map_err(Failure::internal)?,
                body: kept.body,
            })),
        }
    }

    fn kept<V>(
        &self,
        caller: &Caller,
        once: &Once<V>,
        answer: &StoredAnswer,
    ) -> Result<Statement, Failure> {
        let kept = Answer {
            fingerprint: once.fingerprint.parse().map_err(Failure::internal)?,
            status: answer.status,
            headers: serde_json::to_string(&answer.headers).map_err(Failure::internal)?,
            body: answer.body.clone(),
            at: self.now(),
        };
        Ok(store::idempotency::insert(*caller.organization()?, once.operation, &once.key, &kept))
    }
}
