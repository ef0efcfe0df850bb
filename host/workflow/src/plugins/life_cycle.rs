//! The steps of a release after it is compiled: signed, conformed, shadowed, approved, revoked. Its
//! activation is in [`crate::plugins::rollout`].

use domain::identifiers::{Digest, PlanId};
use domain::release::{Approval, Event, ReceiptRef, ShadowReport};
use domain::rollout::StandingActivation;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::activations::{Activation, EndedFor};
use store::{StoreError, compile_leases};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::{NewSignature, Once, Outcome};
use crate::plugins::listing::ShownPlugin;
use crate::plugins::releases::{Moved, TRIES};
use crate::plugins::signing::verified;

impl Crosswalk {
    /// Takes a detached signature over the component's digest, by one of the plan's keys.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` for a key that is not the plan's or a signature that is not that key's;
    /// `Release` while it does not run.
    pub async fn sign_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        sent: NewSignature,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest, sent) = (&plan, &digest, &sent);
        self.move_one(caller, plan, digest, "sign-plugin", once, |mut moved, now| {
            Box::pin(async move {
                let keys = store::signing::list(self.store(), &caller.scope, plan).await?;
                let signature = verified(&keys, digest, sent, now)?;
                let detail = json!({ "key": signature.key });
                moved.apply(Event::Sign(signature), now, detail)?;
                Ok(moved)
            })
        })
        .await
    }

    /// Puts what the conformance kit said on the record. Comes from the kit, not from a caller.
    ///
    /// # Errors
    /// `NotFound`; `Release` while it does not run.
    pub async fn conformed(
        &self,
        plan: &PlanId,
        digest: &Digest,
        receipt: ReceiptRef,
    ) -> Result<(), Failure> {
        let detail = json!({ "receipt": receipt.id, "verdict": receipt.verdict });
        self.move_by_host(plan, digest, "conform-plugin", Event::Conform(receipt), detail).await
    }

    /// Puts the report of a shadow run on the record. Comes from the run, not from a caller.
    ///
    /// # Errors
    /// `NotFound`; `Release` while it does not run.
    pub async fn shadowed(
        &self,
        plan: &PlanId,
        digest: &Digest,
        report: ShadowReport,
    ) -> Result<(), Failure> {
        let detail = json!({ "report": report.id });
        self.move_by_host(plan, digest, "shadow-plugin", Event::Shadow(report), detail).await
    }

    async fn move_by_host(
        &self,
        plan: &PlanId,
        digest: &Digest,
        action: &str,
        event: Event,
        detail: Value,
    ) -> Result<(), Failure> {
        let host = Caller::host("release");
        for _ in 0..TRIES {
            let now = self.now();
            let mut moved = Moved::of(self.release(&host, plan, digest).await?);
            moved.apply(event.clone(), now, detail.clone())?;
            match self.store().commit(self.kept_moves(&host, action, &[moved], now)?).await {
                Ok(()) => return Ok(()),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Failure::Busy)
    }

    /// Somebody answers for a release. By the plan's policy it may have to be another than who uploaded it.
    ///
    /// # Errors
    /// `NotFound`; `Withheld` with everything that the policy demands and it has not; `Release` while it does
    /// not run.
    pub async fn approve_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let (plan, digest) = (&plan, &digest);
        self.move_one(caller, plan, digest, "approve-plugin", once, |mut moved, now| {
            Box::pin(async move {
                let by = Some(caller.actor().ok_or(Failure::Forbidden)?);
                self.is_cleared(caller, &moved.release, by).await?;
                moved.apply(Event::Approve(Approval { by, at: now }), now, json!({}))?;
                Ok(moved)
            })
        })
        .await
    }

    /// Ends a component for good: it never decides again, and what stood before it answers.
    ///
    /// # Errors `ProofNeeded` for a person who has not just shown who it is; `NotFound`; `Release` for one
    /// that was refused or revoked already.
    pub async fn revoke_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        reason: String,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        caller.must_be_sure()?;
        let (plan, digest, reason) = (&plan, &digest, &reason);
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let mut moved = Moved::of(self.release(caller, plan, digest).await?);
                let standing = store::activations::standing(self.store(), Some(plan)).await?;
                let (ended, left): (Vec<Activation>, Vec<Activation>) =
                    standing.into_iter().partition(|one| one.digest == *digest);
                let ids: Vec<_> = ended.iter().map(|one| one.id).collect();
                moved.apply(Event::Revoke(reason.clone()), now, json!({ "activations": ids }))?;
                let shown = self.shown_plugin(moved.release.clone(), true);
                let left: Vec<StandingActivation> = left.iter().map(Activation::standing).collect();
                let mut all = vec![moved];
                all.extend(self.settled(plan, &left, &all, now).await?);
                let mut unit = self.kept_moves(caller, "revoke-plugin", &all, now)?;
                unit.add(store::releases::drop_bytes(plan, digest));
                unit.add(compile_leases::remove(plan, digest));
                unit.add(store::plugins::remove_unused(plan, digest));
                unit.extend(ids.iter().map(|id| store::activations::end(*id, now, EndedFor::Revoked)));
                Ok((unit, shown))
            })
        })
        .await
    }

    /// One command that moves one release.
    async fn move_one<'w>(
        &'w self,
        caller: &'w Caller,
        plan: &'w PlanId,
        digest: &'w Digest,
        action: &'static str,
        once: Once<ShownPlugin>,
        step: impl Fn(Moved, Timestamp) -> Moving<'w> + Send + Sync + 'w,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        let step = &step;
        self.once(caller, once, || {
            Box::pin(async move {
                let now = self.now();
                let moved = step(Moved::of(self.release(caller, plan, digest).await?), now).await?;
                let shown = self.shown_plugin(moved.release.clone(), true);
                Ok((self.kept_moves(caller, action, &[moved], now)?, shown))
            })
        })
        .await
    }
}

/// A release being moved, with what is looked up for it.
type Moving<'w> = std::pin::Pin<Box<dyn Future<Output = Result<Moved, Failure>> + Send + 'w>>;
