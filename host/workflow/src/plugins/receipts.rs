//! Conformance runs of plugins, and what they came to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use conformance::{BadFile, Examples, Receipt};
use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId, ReceiptId};
use domain::problem::Code;
use domain::release::{self, Verdict};
use sandbox::Plugin;
use serde_json::Value;
use store::Unit;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging, paired};
use crate::command::{Once, Outcome};

/// Whose turn it is to be asked everything: a run keeps one of the machine's processors busy, so there is one
/// at a time. Of each plan one runs or waits in line, so that nobody's turn comes twice before another's.
#[derive(Clone)]
pub(crate) struct RunQueue {
    running: Arc<Semaphore>,
    in_line: Arc<Mutex<BTreeSet<PlanId>>>,
}

impl Default for RunQueue {
    fn default() -> Self {
        Self { running: Arc::new(Semaphore::new(1)), in_line: Arc::default() }
    }
}

/// Time for which a run waits for its turn: as long as the one before it may take, so that who is next in
/// line is never sent away.
const TURN_WITHIN: Duration = conformance::LONGEST_RUN;

/// A plan's place in the line, and its turn once it is there. Both end when it is dropped.
pub(crate) struct InLine {
    plan: PlanId,
    line: RunQueue,
    turn: Option<OwnedSemaphorePermit>,
}

impl RunQueue {
    /// Waits for the plan's turn.
    ///
    /// # Errors
    /// `Busy` if the plan runs or waits already, or its turn does not come in time.
    pub(crate) async fn come(&self, plan: &PlanId) -> Result<InLine, Failure> {
        if !self.plans().insert(plan.clone()) {
            return Err(Failure::Busy);
        }
        let mut place = InLine { plan: plan.clone(), line: self.clone(), turn: None };
        let turn = timeout(TURN_WITHIN, Arc::clone(&self.running).acquire_owned()).await;
        place.turn = Some(turn.map_err(|_| Failure::Busy)?.map_err(Failure::internal)?);
        Ok(place)
    }

    fn plans(&self) -> MutexGuard<'_, BTreeSet<PlanId>> {
        self.in_line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InLine {
    fn drop(&mut self) {
        self.line.plans().remove(&self.plan);
    }
}

/// The receipt of one conformance run: what the record's columns say, and all of it.
#[derive(Clone, Debug)]
pub struct ShownReceipt {
    /// Row of the receipt.
    pub receipt: store::receipts::ReceiptRecord,
    /// The whole receipt: what was asked, what each check came to, and the smallest case that fails each.
    pub whole: Value,
}

/// One check of a receipt, for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptCheck {
    /// Id of the check, such as `answers-alike`.
    pub id: String,
    /// Sentence that must hold, in English.
    pub sentence: String,
    /// Cases that the check was about.
    pub cases: u64,
    /// Cases in which it did not hold.
    pub failed: u64,
    /// Problem of the smallest failing case, in English.
    pub wrong: Option<String>,
}

impl ShownReceipt {
    fn read(receipt: store::receipts::ReceiptRecord) -> Result<Self, Failure> {
        let whole = serde_json::from_str(&receipt.body).map_err(Failure::internal)?;
        Ok(Self { receipt, whole })
    }

    /// Checks of the receipt, those that do not hold first.
    #[must_use]
    pub fn checks(&self) -> Vec<ReceiptCheck> {
        let mut checks: Vec<ReceiptCheck> = entries(&self.whole, "/checks").map(check).collect();
        checks.sort_by_key(|check| check.failed == 0);
        checks
    }

    /// The plan's own examples that do not hold: name and problem of each.
    #[must_use]
    pub fn broken_examples(&self) -> Vec<(String, String)> {
        let broken = entries(&self.whole, "/examples/broken");
        broken.map(|example| (text(example, "/case"), text(example, "/problem"))).collect()
    }
}

fn entries<'a>(whole: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    whole.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn check(entry: &Value) -> ReceiptCheck {
    let count = |pointer| entry.pointer(pointer).and_then(Value::as_u64).unwrap_or_default();
    let wrong = text(entry, "/failing/wrong");
    ReceiptCheck {
        id: text(entry, "/id"),
        sentence: text(entry, "/sentence"),
        cases: count("/cases"),
        failed: count("/failed"),
        wrong: (!wrong.is_empty()).then_some(wrong),
    }
}

impl Crosswalk {
    /// Runs the conformance kit on an uploaded plugin, with the plan's example cases if any came along, and
    /// keeps the receipt, whether the plugin conforms or not.
    ///
    /// # Errors
    /// `NotFound` for a plugin that was not uploaded for this plan, or another's plan; `Invalid` for example
    /// cases that cannot be read; `Busy` while another plugin of the plan is being asked or waits for it.
    pub async fn make_receipt(
        &self,
        caller: &Caller,
        plan: PlanId,
        digest: Digest,
        examples: Vec<Value>,
        once: Once<ShownReceipt>,
    ) -> Result<Outcome<ShownReceipt>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let examples = read_examples(&examples)?;
        let known = store::plugins::find(self.store(), &caller.scope, &plan, &digest).await?;
        known.ok_or(Failure::NotFound)?;
        let plugin = self.loaded(&plan, &digest).await?;
        let receipt = self.conform(&plan, plugin, examples).await?;
        let (plan, receipt) = (&plan, &receipt);
        let outcome = self.once(caller, once, || {
            Box::pin(async move {
                let row = store::receipts::ReceiptRecord {
                    id: self.id(ReceiptId::from_uuid),
                    plan: plan.clone(),
                    digest: receipt.digest,
                    kit: receipt.kit,
                    contract: receipt.contract.clone(),
                    conforms: receipt.conforms,
                    made_at: self.now(),
                    made_by: *caller.organization()?,
                    body: serde_json::to_string(receipt).map_err(Failure::internal)?,
                };
                let subject = row.id.to_string();
                let whole = serde_json::to_value(receipt).map_err(Failure::internal)?;
                let unit = Unit::of([
                    store::receipts::insert(&row),
                    self.audit(caller, "make-receipt", SubjectKind::Receipt, &subject, Some(plan)),
                ]);
                Ok((unit, ShownReceipt { receipt: row, whole }))
            })
        });
        let outcome = outcome.await?;
        if let Outcome::Fresh(ShownReceipt { receipt, .. }, _) = &outcome {
            let verdict = if receipt.conforms { Verdict::Conforms } else { Verdict::Fails };
            let speaks = release::ReceiptRef { id: receipt.id.to_string(), verdict, at: self.now() };
            reached(self.conformed(plan, &digest, speaks).await)?;
        }
        Ok(outcome)
    }

    /// Asks a plugin everything that the conformance kit thinks of, on a thread where blocking is allowed. Is
    /// over within [`conformance::LONGEST_RUN`], whatever the plugin does.
    ///
    /// # Errors
    /// `Busy` while another plugin of the plan is being asked, and if its turn does not come in time.
    pub(crate) async fn conform(
        &self,
        plan: &PlanId,
        plugin: Plugin,
        examples: Examples,
    ) -> Result<Receipt, Failure> {
        let turn = self.conforming().come(plan).await?;
        let (today, runtime) = (self.today(), Handle::current());
        let asking = tokio::task::spawn_blocking(move || {
            // Held until the plugin is done with, even if nobody waits for the receipt any more.
            let _turn = turn;
            runtime.block_on(conformance::check(&plugin, &examples, today, &mut |_| {}))
        });
        asking.await.map_err(Failure::internal)
    }

    /// The receipts of a plugin, newest first.
    ///
    /// # Errors
    /// `NotFound` as for [`Self::make_receipt`]; `Invalid` for a bad cursor.
    pub async fn receipts(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: &Digest,
        paging: Paging,
    ) -> Result<Page<ShownReceipt>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let before = paging.after_pair()?;
        let (store, scope) = (self.store(), &caller.scope);
        store::plugins::find(store, scope, plan, digest).await?.ok_or(Failure::NotFound)?;
        let rows = store::receipts::list(store, scope, plan, digest, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Receipt)).await?;
        let page = paired(rows, ShownReceipt::read);
        Ok(Page { items: page.items.into_iter().collect::<Result<_, _>>()?, next_cursor: page.next_cursor })
    }
}

/// A receipt or a report speaks for a release that is on its way; one that has ended has no more use for it.
pub(crate) fn reached(moved: Result<(), Failure>) -> Result<(), Failure> {
    match moved {
        Err(Failure::Release(_)) => Ok(()),
        moved => moved,
    }
}

/// Example cases of a request. What cannot be read is named by its place: a case may hold anything, and no
/// problem quotes what was sent.
pub(crate) fn read_examples(files: &[Value]) -> Result<Examples, Failure> {
    let mut examples = Examples::default();
    for (place, file) in files.iter().enumerate() {
        examples.add(file).map_err(|bad| {
            let pointer = match bad {
                BadFile::Case { place: case, .. } => format!("/examples/{place}/cases/{case}"),
                BadFile::Json(_) | BadFile::NoCases => format!("/examples/{place}"),
            };
            Failure::field(
                pointer,
                Code::InvalidValue,
                "this is no example case",
                "run `crosswalk plugin test` on the file; it says what is wrong with the case",
            )
        })?;
    }
    Ok(examples)
}
