//! A component's arrival: past the gate, compiled while its sender waits or behind the answer, and kept.
//!
//! A component that compiles at once is a plugin in the answer to its upload. One that takes longer is
//! acknowledged first and compiled behind the answer ([`crate::plugins::compile_queue`]).

use std::sync::Arc;

use domain::audit::SubjectKind;
use domain::floor::{self, Ground};
use domain::identifiers::{Digest, Hashed, PlanId};
use domain::plan::profile::PlanProfile;
use domain::problem::Code;
use domain::release::{Event, EventKind, State, Warning};
use domain::time::pacific_day;
use jiff::Timestamp;
use sandbox::{Inspected, Origin, Plugin, Sandbox};
use serde_json::json;
use store::releases::Release;
use store::{Unit, compile_leases};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{NewPlugin, Once, Outcome};
use crate::plugins::clearance::{revoked, withheld};
use crate::plugins::listing::ShownPlugin;
use crate::plugins::releases::Moved;

/// Components of one plan that may wait to be compiled.
const MOST_UNCOMPILED: i64 = 8;

impl Crosswalk {
    /// Passes a component through the gate and has it compiled. It decides nothing before it is activated.
    ///
    /// # Errors
    /// `NotAPlugin` with every reason at once; `Withheld` for one that was revoked, and for a plan that has
    /// too many here; `Forbidden` for another plan's.
    pub async fn upload_plugin(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewPlugin,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let new = Arc::new(new);
        let component = Hashed::of(Shared(Arc::clone(&new)));
        let digest = component.digest();
        let known = store::releases::find(self.store(), &caller.scope, &plan, &digest).await?;
        if known.is_some_and(|known| !matches!(known.state, State::Refused { .. })) {
            return self.sent_again(caller, &plan, digest, once).await;
        }
        // Before anything is compiled; counted again when it is kept.
        self.has_room_for(&plan, new.bytes.len()).await?;
        let arrived = self.now();
        let component = self.pass_gate(component).await?;
        let load = move |sandbox: &Sandbox| sandbox.load_inspected(component);
        let mut compiling = self.start_compiling(&plan, digest, load);
        match tokio::time::timeout(self.settings().compile_wait, &mut compiling).await {
            Ok(compiled) => {
                let plugin = compiled.map_err(Failure::internal)??;
                self.check_profile(&plan, &plugin)?;
                let outcome =
                    self.keep_new(caller, &plan, digest, (&new, arrived), Some(&plugin), once).await?;
                self.registry().keep(&plugin);
                Ok(outcome)
            }
            Err(_elapsed) => {
                let outcome = self.keep_new(caller, &plan, digest, (&new, arrived), None, once).await?;
                let held = compile_leases::held_by(self.store(), &plan, &digest, &self.0.node).await?;
                if let Some(lease) = held {
                    tokio::spawn(self.clone().finish_compiling(lease, compiling));
                }
                Ok(outcome)
            }
        }
    }

    async fn pass_gate(&self, component: Hashed<Shared>) -> Result<Inspected<Shared>, Failure> {
        let sandbox = self.sandbox().clone();
        let read = move || sandbox.inspect(component);
        Ok(tokio::task::spawn_blocking(read).await.map_err(Failure::internal)??)
    }

    /// Keeps a component that came for the first time, or again after it was refused: with its plugin if it
    /// is compiled already, else with its bytes alone. It came at `arrived`.
    async fn keep_new(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        (new, arrived): (&NewPlugin, Timestamp),
        plugin: Option<&Plugin>,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.once(caller, once, || {
            Box::pin(async move {
                let (now, store) = (self.now(), self.store());
                let known = store::releases::find(store, &caller.scope, plan, &digest).await?;
                let mut moved = match known {
                    Some(known) if !matches!(known.state, State::Refused { .. }) => {
                        let subject = digest.to_string();
                        let audit =
                            self.audit(caller, "upload-plugin", SubjectKind::Plugin, &subject, Some(plan));
                        return Ok((Unit::of([audit]), self.shown_plugin(known, true)));
                    }
                    Some(Release { state, version, .. }) => {
                        let again = self.uploaded(caller, plan, digest, new, arrived)?;
                        Moved::of(Release { state, version, ..again })
                    }
                    None => Moved::of(self.uploaded(caller, plan, digest, new, arrived)?),
                };
                let room = self.has_room_for(plan, new.bytes.len()).await?;
                if plugin.is_none() && store::releases::uncompiled_of(store, plan).await? >= MOST_UNCOMPILED {
                    return Err(Failure::Busy);
                }
                moved.step(EventKind::Upload, Some(arrived), json!({ "file": new.file, "note": new.note }));
                moved.apply(Event::Check, arrived, json!({}))?;
                moved.apply(Event::StartCompiling, arrived, json!({}))?;
                let bytes = match plugin {
                    Some(plugin) => {
                        let row = plugin_row(&mut moved.release, plugin)?;
                        moved.apply(finished(plugin), now, json!({}))?;
                        store::plugins::insert(&row, &new.bytes)
                    }
                    None => store::releases::keep_bytes(plan, &digest, &new.bytes),
                };
                let mut unit = self.kept_moves(caller, "upload-plugin", std::slice::from_ref(&moved), now)?;
                unit.add(room);
                unit.add(bytes);
                if plugin.is_none() {
                    unit.add(compile_leases::take(plan, &digest, &self.0.node));
                }
                Ok((unit, self.shown_plugin(moved.release, false)))
            })
        })
        .await
    }

    fn uploaded(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        new: &NewPlugin,
        now: Timestamp,
    ) -> Result<Release, Failure> {
        Ok(Release {
            plan: plan.clone(),
            digest,
            state: State::Uploaded { at: now },
            size_bytes: new.bytes.len() as u64,
            file: new.file.clone(),
            note: new.note.clone(),
            uploaded_at: now,
            uploaded_by: *caller.organization()?,
            uploader: caller.actor(),
            updated_at: now,
            version: 0,
            plugin_version: None,
            exports: Vec::new(),
        })
    }

    /// The very same bytes: nothing changes, and where they stand is the answer.
    async fn sent_again(
        &self,
        caller: &Caller,
        plan: &PlanId,
        digest: Digest,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.once(caller, once, || {
            Box::pin(async move {
                let release = self.release(caller, plan, &digest).await?;
                if let State::Revoked { .. } = release.state {
                    return Err(withheld([revoked("")]));
                }
                let subject = digest.to_string();
                let audit = self.audit(caller, "upload-plugin", SubjectKind::Plugin, &subject, Some(plan));
                Ok((Unit::of([audit]), self.shown_plugin(release, true)))
            })
        })
        .await
    }

    /// Checks that what the profile says makes sense to this host, and is this plan's.
    pub(super) fn check_profile(&self, plan: &PlanId, plugin: &Plugin) -> Result<(), Failure> {
        let mut reasons: Vec<FieldProblem> = Vec::new();
        if plugin.profile().plan_id != plan.as_str() {
            reasons.push(FieldProblem::new(
                "profile/plan_id",
                Code::ProfileInvalid,
                "the profile is another plan's",
                format!("upload it for its own plan, or let its profile say {plan}"),
            ));
        }
        let today = pacific_day(self.now());
        for problem in floor::check_profile(Ground::of(plugin.profile()), today) {
            let at = format!("profile{}", problem.at);
            reasons.push(FieldProblem::new(at, Code::ProfileInvalid, problem.problem, problem.fix));
        }
        for problem in floor::unknown_counties(plugin.profile(), &self.counties()) {
            let at = format!("profile{}", problem.at);
            reasons.push(FieldProblem::new(at, Code::UnknownCode, problem.problem, problem.fix));
        }
        if reasons.is_empty() { Ok(()) } else { Err(Failure::NotAPlugin(reasons)) }
    }
}

/// An upload's bytes, held by whoever still needs them.
struct Shared(Arc<NewPlugin>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// The row of a plugin that runs; the release learns what it says of itself.
pub(super) fn plugin_row(release: &mut Release, plugin: &Plugin) -> Result<store::plugins::Plugin, Failure> {
    release.plugin_version = Some(plugin.profile().version.clone());
    release.exports = plugin.exports().iter().map(|export| export.name().to_owned()).collect();
    Ok(store::plugins::Plugin {
        digest: release.digest,
        plan: release.plan.clone(),
        version: plugin.profile().version.clone(),
        size_bytes: release.size_bytes,
        profile: serde_json::to_string(plugin.profile()).map_err(Failure::internal)?,
        exports: release.exports.clone(),
        uploaded_at: release.uploaded_at,
        uploaded_by: release.uploaded_by,
    })
}

pub(super) fn finished(plugin: &Plugin) -> Event {
    let loading = plugin.loading();
    let took = u64::try_from(loading.duration.as_millis()).unwrap_or(u64::MAX);
    Event::FinishCompiling {
        compile_ms: (loading.origin == Origin::Compiled).then_some(took),
        contract: plugin.contract_version(),
        tier: plugin.inspection().tier_name(),
        warnings: warnings(plugin.profile()),
    }
}

/// Declarations of a profile that the host does not carry out.
fn warnings(profile: &PlanProfile) -> Vec<Warning> {
    let warnings = floor::profile_warnings(Ground::of(profile)).into_iter();
    warnings.map(|warning| Warning { code: warning.code, at: warning.at }).collect()
}
