//! Organizations: who may come in, and where each stands. Their keys are in `keys`.

use std::sync::Arc;

use domain::audit::SubjectKind;
use domain::case::LicensedReviewer;
use domain::identifiers::{Digest, OrgId};
use domain::organization::{Event, State};
use domain::problem::Code;
use jiff::SignedDuration;
use store::Unit;
use store::auth::Key;
use store::organizations::{Open, Organization, OrganizationKind as StoredKind};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, page};
use crate::command::{Expected, NewOrganization, Once, OrganizationChange, OrganizationKind, Outcome};

/// Prefix of every secret, by which one in the wrong place is found.
const PREFIX: &str = "cw_";

/// An organization, with what is open at it where that is the caller's to know.
#[derive(Clone, Debug)]
pub struct ShownOrganization {
    /// Row of the organization.
    pub organization: Organization,
    /// Its open business; `None` where it is not shown.
    pub open: Option<Open>,
}

impl Crosswalk {
    /// Caller that shows this secret; `None` if no key has it.
    ///
    /// # Errors
    /// `KeyExpired`; `NotActive` for a key of an organization that is paused or has ended; else when the
    /// record cannot be read.
    pub async fn authenticate(&self, secret: &str, request: String) -> Result<Option<Caller>, Failure> {
        self.learn_counties().await?;
        let secret = Digest::of(secret.as_bytes());
        let found = match self.recent().get(&secret, self.now()) {
            Some(caller) => Some(caller),
            None => {
                let found = store::auth::authenticate(self.store(), &secret, self.today()).await?;
                if let Some(caller) = &found {
                    self.recent().keep(secret, caller, self.now());
                    self.note_use(&caller.key);
                }
                found
            }
        };
        let Some(caller) = found else { return Ok(None) };
        if caller.key.expires_at.is_some_and(|end| end <= self.now()) {
            return Err(Failure::KeyExpired);
        }
        if !caller.organization.state.is_active() {
            return Err(Failure::NotActive(caller.organization.state));
        }
        Ok(Some(Caller {
            key: Some(caller.key.id),
            account: None,
            session: None,
            is_raised: false,
            manages_keys: caller.key.manages_keys,
            organization: Some(caller.organization.id),
            enrolled: Some(Arc::new(caller.organization.clone())),
            role: caller.key.role,
            also: None,
            only_reads: false,
            plan: match caller.key.role {
                Role::PlanReviewer | Role::PlanAdmin => caller.organization.plan,
                Role::Provider | Role::Operator => None,
            },
            reviewer: LicensedReviewer::on_record(caller.key.license.as_deref()),
            scope: caller.scope,
            request,
        }))
    }

    /// Notes once an hour that a key is used, behind the request: a record that takes no writes lets nobody
    /// wait for it.
    fn note_use(&self, key: &Key) {
        let now = self.now();
        let noted = now - SignedDuration::from_hours(1);
        if key.last_used_at.is_some_and(|at| at > noted) {
            return;
        }
        let (store, unit) = (self.store().clone(), Unit::of([store::auth::used(key.id, now, noted)]));
        tokio::spawn(async move {
            if let Err(error) = store.commit(unit).await {
                tracing::debug!(%error, "the last use of a key was not noted");
            }
        });
    }

    /// Adds an organization.
    ///
    /// # Errors
    /// `Invalid`, or `Exists` for a plan id that is taken.
    pub async fn create_organization(
        &self,
        caller: &Caller,
        new: NewOrganization,
        once: Once<ShownOrganization>,
    ) -> Result<Outcome<ShownOrganization>, Failure> {
        caller.must_be(&[Role::Operator])?;
        check_organization(&new)?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let organization = Organization {
                    id: crosswalk.id(OrgId::from_uuid),
                    kind: match new.kind {
                        OrganizationKind::Provider => StoredKind::Provider,
                        OrganizationKind::Plan => StoredKind::Plan,
                        OrganizationKind::County => StoredKind::County,
                    },
                    name: new.name.clone(),
                    npi: new.npi.clone(),
                    plan: new.plan.clone(),
                    provider_kinds: new.provider_kinds.clone(),
                    taxonomies: new.taxonomies.clone(),
                    counties: new.counties.clone(),
                    created_at: crosswalk.now(),
                    state: State::Active,
                    version: 1,
                };
                let subject = organization.id.to_string();
                let unit = Unit::of([
                    store::organizations::insert(&organization),
                    crosswalk.audit(caller, "create-organization", SubjectKind::Organization, &subject, None),
                ]);
                Ok((unit, ShownOrganization { organization, open: None }))
            })
        })
        .await
    }

    /// Changes what an organization is.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` for a number that is not for its kind.
    pub async fn change_organization(
        &self,
        caller: &Caller,
        id: OrgId,
        change: OrganizationChange,
        expected: Expected,
        once: Once<ShownOrganization>,
    ) -> Result<Outcome<ShownOrganization>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let change = &change;
        let outcome = self
            .once(caller, once, || {
                Box::pin(async move {
                    let mut organization = self.organization_of_version(caller, id, expected).await?;
                    if change.npi.is_some() && organization.kind != StoredKind::Provider {
                        return Err(Failure::Invalid(vec![FieldProblem::new(
                            "/npi",
                            Code::NotWithThis,
                            "only a provider has an NPI here",
                            "leave it out",
                        )]));
                    }
                    change.apply(&mut organization);
                    self.changed_organization(caller, organization, "change-organization").await
                })
            })
            .await?;
        self.recent().forget();
        Ok(outcome)
    }

    /// Pauses an organization, lets it go on, or ends it.
    ///
    /// # Errors `NotFound`, `Stale`; `Organization` where its state does not allow it; `Withheld` for the
    /// caller's own and for the county's that holds this record.
    pub async fn move_organization(
        &self,
        caller: &Caller,
        id: OrgId,
        event: Event,
        expected: Expected,
        once: Once<ShownOrganization>,
    ) -> Result<Outcome<ShownOrganization>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let event = &event;
        let outcome = self
            .once(caller, once, || {
                Box::pin(async move {
                    let mut organization = self.organization_of_version(caller, id, expected).await?;
                    if caller.organization == Some(id) {
                        return Err(Failure::Withheld(vec![FieldProblem::new(
                            "",
                            Code::OwnOrganization,
                            "nobody would be left to let it go on",
                            "leave this to another operator's organization",
                        )]));
                    }
                    let holder = store::installation::find(self.store()).await?;
                    if holder.is_some_and(|holder| holder.county == id) {
                        return Err(Failure::Withheld(vec![FieldProblem::new(
                            "",
                            Code::HoldsTheRecord,
                            "it is the county's own organization, by whose keys this record is opened when all others are lost",
                            "end its keys in place of it",
                        )]));
                    }
                    let step = event.name();
                    organization.state = organization.state.apply(event.clone(), self.now())?;
                    let has_operators = organization.kind == StoredKind::County;
                    let guarded = has_operators && !organization.state.is_active();
                    let (mut unit, view) = self
                        .changed_organization(caller, organization, &format!("{step}-organization"))
                        .await?;
                    if guarded {
                        unit.extend(store::auth::operator_beside_organization(id));
                    }
                    Ok((unit, view))
                })
            })
            .await?;
        self.recent().forget();
        Ok(outcome)
    }

    async fn organization_of_version(
        &self,
        caller: &Caller,
        id: OrgId,
        expected: Expected,
    ) -> Result<Organization, Failure> {
        let found = store::organizations::find(self.store(), &caller.scope, id).await?;
        let organization = found.ok_or(Failure::NotFound)?;
        if expected.holds(organization.version) {
            Ok(organization)
        } else {
            Err(Failure::Newer(organization.version))
        }
    }

    /// The unit that saves it, and what is shown of it: for the operator with what is open at it.
    async fn changed_organization(
        &self,
        caller: &Caller,
        organization: Organization,
        action: &str,
    ) -> Result<(Unit, ShownOrganization), Failure> {
        let subject = organization.id.to_string();
        let unit = Unit::of([
            store::organizations::update(&organization),
            self.audit(caller, action, SubjectKind::Organization, &subject, organization.plan.as_ref()),
        ]);
        let saved = Organization { version: organization.version + 1, ..organization };
        let open = store::organizations::open(self.store(), &saved).await?;
        Ok((unit, ShownOrganization { organization: saved, open: Some(open) }))
    }

    /// One organization. The operator, and whoever belongs to it, also sees what is open at it; not so
    /// whoever reads figures only, since few cases may be.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn organization(&self, caller: &Caller, id: OrgId) -> Result<ShownOrganization, Failure> {
        let found = store::organizations::find(self.store(), &caller.scope, id).await?;
        let organization = found.ok_or(Failure::NotFound)?;
        let sees_open = (caller.role == Role::Operator || caller.organization == Some(id))
            && caller.must_see_names().is_ok();
        let open = match sees_open {
            true => Some(store::organizations::open(self.store(), &organization).await?),
            false => None,
        };
        self.look(caller, Look::List(SubjectKind::Organization)).await?;
        Ok(ShownOrganization { organization, open })
    }

    /// The organizations.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn organizations(
        &self,
        caller: &Caller,
        paging: Paging,
    ) -> Result<Page<ShownOrganization>, Failure> {
        let after = paging.after()?;
        let rows = store::organizations::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Organization)).await?;
        Ok(page(rows, |organization| ShownOrganization { organization, open: None }))
    }

    /// 244 random bits, as text.
    pub(crate) fn secret(&self) -> String {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        format!("{PREFIX}{}{}", first.simple(), second.simple())
    }
}

fn check_organization(new: &NewOrganization) -> Result<(), Failure> {
    let mut problems = Vec::new();
    if new.kind == OrganizationKind::Plan && new.plan.is_none() {
        problems.push(FieldProblem::new(
            "/plan_id",
            Code::MissingField,
            "a plan needs a plan id",
            "give it the id that its plugin's profile carries",
        ));
    }
    if new.kind != OrganizationKind::Plan && new.plan.is_some() {
        problems.push(FieldProblem::new(
            "/plan_id",
            Code::NotWithThis,
            "only a plan has a plan id",
            "leave it out",
        ));
    }
    if new.kind == OrganizationKind::Provider && new.npi.is_none() {
        problems.push(FieldProblem::new(
            "/npi",
            Code::MissingField,
            "a provider needs an NPI",
            "give its National Provider Identifier",
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

impl OrganizationChange {
    fn apply(&self, organization: &mut Organization) {
        let Self { name, npi, provider_kinds, taxonomies, counties } = self.clone();
        organization.name = name.unwrap_or_else(|| organization.name.clone());
        organization.npi = npi.or_else(|| organization.npi.clone());
        organization.provider_kinds = provider_kinds.unwrap_or_else(|| organization.provider_kinds.clone());
        organization.taxonomies = taxonomies.unwrap_or_else(|| organization.taxonomies.clone());
        organization.counties = counties.unwrap_or_else(|| organization.counties.clone());
    }
}
