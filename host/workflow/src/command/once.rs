//! Commands that happen once, however often they are sent.
//!
//! The answer is kept in the same unit of work as the effect, so there is no state "started": either both are
//! there or neither is. Two first tries may both ask a plugin; plugins are pure, and one commit wins.

use std::pin::Pin;

use domain::identifiers::Digest;
use store::idempotency::Answer;
use store::{Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::{Once, Outcome, StoredAnswer};

/// Tries of a unit whose ground moved while it was being worked out. Each costs milliseconds, and a plan that
/// swaps its rules again and again must not turn anybody away.
const TRIES: u32 = 32;

/// The unit that a command wants done, and what to show for it, being worked out. Boxed, because a command
/// runs in a task of its own, and only a boxed future can promise that for every caller.
pub(crate) type Doing<'w, V> = Pin<Box<dyn Future<Output = Result<(Unit, V), Failure>> + Send + 'w>>;

impl Crosswalk {
    /// Runs `work` once for this key and keeps its answer. `work` changes nothing itself: it returns the unit
    /// that does, and what to show.
    pub(crate) async fn once<'w, V: Send>(
        &self,
        caller: &Caller,
        once: Once<V>,
        work: impl Fn() -> Doing<'w, V> + Send + Sync,
    ) -> Result<Outcome<V>, Failure> {
        caller.must_change()?;
        let mut tries = 0;
        loop {
            let (mut unit, view) = match self.store().on_one_connection(work()).await {
                Ok(done) => done,
                // It may look impossible now because this very request did it before.
                Err(failure) => match self.answered_before(caller, &once).await? {
                    Some(stored) => return Ok(Outcome::Replayed(stored)),
                    None => {
                        self.record_sent_back(caller, &failure).await?;
                        return Err(failure);
                    }
                },
            };
            let answer = (once.render)(&view);
            // First, so that a twin waits here and writes nothing. Nobody looks for an earlier answer before:
            // a retry is rare, asking a plugin again is harmless, and this statement is what decides anyway.
            unit.statements.insert(0, self.kept(caller, &once, &answer)?);
            match self.store().commit(unit).await {
                Ok(()) => return Ok(Outcome::Fresh(view, answer)),
                Err(StoreError::AlreadyDone) => {
                    if let Some(stored) = self.answered_before(caller, &once).await? {
                        return Ok(Outcome::Replayed(stored));
                    }
                }
                // The record itself may say what the connection did not.
                Err(StoreError::Unknown) => {
                    let kept = self.answered_before(caller, &once).await.ok().flatten();
                    let kept = kept.ok_or(Failure::Unknown)?;
                    // Its ids are this very try's, unless a twin was first.
                    let is_ours = kept.body == answer.body;
                    return Ok(if is_ours { Outcome::Fresh(view, answer) } else { Outcome::Replayed(kept) });
                }
                // The ground moved, or somebody put the same thing there a moment ago: look again.
                Err(StoreError::Conflict | StoreError::Duplicate) if tries + 1 < TRIES => {}
                // Who named a version was told that it is stale when the work looked. This is a storm, not a
                // mistake.
                Err(StoreError::Conflict) => return Err(Failure::Busy),
                Err(error) => return Err(error.into()),
            }
            tries += 1;
        }
    }

    /// True if a command of this operation was carried out with this key.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn was_done(&self, caller: &Caller, operation: &str, key: &str) -> Result<bool, Failure> {
        Ok(store::idempotency::find(self.store(), &caller.scope, operation, key).await?.is_some())
    }

    /// The answer that a command was given before, for who must know it before the command is put together.
    ///
    /// # Errors
    /// `KeyReused` for a key that came with another request; else when the record cannot be read.
    pub async fn done_before<V>(
        &self,
        caller: &Caller,
        once: &Once<V>,
    ) -> Result<Option<StoredAnswer>, Failure> {
        self.answered_before(caller, once).await
    }

    async fn answered_before<V>(
        &self,
        caller: &Caller,
        once: &Once<V>,
    ) -> Result<Option<StoredAnswer>, Failure> {
        let kept = store::idempotency::find(self.store(), &caller.scope, once.operation, &once.key).await?;
        let fingerprint: Digest = once.fingerprint.parse().map_err(Failure::internal)?;
        match kept {
            None => Ok(None),
            Some(kept) if kept.fingerprint != fingerprint => Err(Failure::KeyReused),
            Some(kept) => {
                // It can be read before the standby has it. Who is told that it was done must be able to rely
                // on it.
                self.store().stand_behind().await.map_err(|_| Failure::Unknown)?;
                Ok(Some(StoredAnswer {
                    status: kept.status,
                    headers: serde_json::from_str(&kept.headers).map_err(Failure::internal)?,
                    body: kept.body,
                }))
            }
        }
    }

    fn kept<V>(&self, caller: &Caller, once: &Once<V>, answer: &StoredAnswer) -> Result<Statement, Failure> {
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
