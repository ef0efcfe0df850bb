//! Organizations and their keys: who may come in, and as what.

use std::sync::Arc;

use domain::case::LicensedReviewer;
use domain::identifiers::{Digest, KeyId, OrgId};
use store::auth::{Key, Role as StoredRole};
use store::organizations::{Organization, OrganizationKind as StoredKind};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::command::{NewKey, NewOrganization, Once, OrganizationKind, Outcome};
use crate::failure::{Failure, FieldProblem};
use crate::paging::{Paging, page};
use crate::recording::Look;
use crate::view::{KeyView, OrganizationView, Page};

/// What every secret begins with, so that one in the wrong place is found.
const PREFIX: &str = "cw_";

impl Crosswalk {
    /// Who shows this secret; `None` for nobody.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn authenticate(&self, secret: &str, request: String) -> Result<Option<Caller>, Failure> {
        let secret = Digest::of(secret.as_bytes());
        let found = match self.recent().get(&secret, self.now()) {
            Some(caller) => Some(caller),
            None => {
                let found = store::auth::authenticate(self.store(), &secret, self.today()).await?;
                if let Some(caller) = &found {
                    self.recent().keep(secret, caller, self.now());
                }
                found
            }
        };
        Ok(found.map(|caller| Caller {
            key: Some(caller.key.id),
            organization: Some(caller.organization.id),
            enrolled: Some(Arc::new(caller.organization.clone())),
            role: match caller.key.role {
                StoredRole::Provider => Role::Provider,
                StoredRole::PlanReviewer => Role::PlanReviewer,
                StoredRole::PlanAdmin => Role::PlanAdmin,
                StoredRole::Operator => Role::Operator,
            },
            plan: match caller.key.role {
                StoredRole::PlanReviewer | StoredRole::PlanAdmin => caller.organization.plan,
                StoredRole::Provider | StoredRole::Operator => None,
            },
            reviewer: LicensedReviewer::on_record(caller.key.license.as_deref()),
            scope: caller.scope,
            request,
        }))
    }

    /// The county's own organization and first key, if there is none yet: a fresh instance needs one way in.
    /// Returns the secret.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn first_operator(&self, county: &str) -> Result<Option<String>, Failure> {
        let duty = Scope::duty("first-start");
        if !store::auth::list(self.store(), &duty, None, 1).await?.items.is_empty() {
            return Ok(None);
        }
        let organization = Organization {
            id: self.id(OrgId::from_uuid),
            kind: StoredKind::County,
            name: county.to_owned(),
            npi: None,
            plan: None,
            provider_kinds: Vec::new(),
            taxonomies: Vec::new(),
            counties: Vec::new(),
            created_at: self.now(),
        };
        let secret = self.secret();
        let key = Key {
            id: self.id(KeyId::from_uuid),
            organization: organization.id,
            role: StoredRole::Operator,
            label: "first operator".to_owned(),
            license: None,
            created_at: self.now(),
            revoked_at: None,
        };
        let unit = Unit::of([
            store::organizations::insert(&organization),
            store::auth::insert(&key, &Digest::of(secret.as_bytes())),
        ]);
        self.store().commit(unit).await?;
        Ok(Some(secret))
    }

    /// Adds an organization.
    ///
    /// # Errors
    /// `Invalid`, or `Exists` for a plan id that is taken.
    pub async fn create_organization(
        &self,
        caller: &Caller,
        new: NewOrganization,
        once: Once<OrganizationView>,
    ) -> Result<Outcome<OrganizationView>, Failure> {
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
                };
                let view = organization_view(&organization);
                let subject = organization.id.to_string();
                let unit = Unit::of([
                    store::organizations::insert(&organization),
                    crosswalk.audit(caller, "create-organization", "organization", &subject, None),
                ]);
                Ok((unit, view))
            })
        })
        .await
    }

    /// Makes a key for an organization. Its secret is shown in this answer and kept as a hash.
    ///
    /// # Errors
    /// `Invalid` for an unknown organization or a role that does not fit it.
    pub async fn create_key(
        &self,
        caller: &Caller,
        new: NewKey,
        once: Once<KeyView>,
    ) -> Result<Outcome<KeyView>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let organization =
                    store::organizations::find(crosswalk.store(), &caller.scope, new.organization).await?;
                let Some(organization) = organization else {
                    return Err(Failure::field(
                        "/organization",
                        "unknown-organization",
                        "no such organization",
                        "add it with POST /v1/organizations",
                    ));
                };
                if !role_fits(new.role, organization.kind) {
                    return Err(Failure::field(
                        "/role",
                        "wrong-role",
                        "this role does not fit this kind of organization",
                        "providers get provider, plans get plan-reviewer or plan-admin, the county gets operator",
                    ));
                }
                let secret = crosswalk.secret();
                let key = Key {
                    id: crosswalk.id(KeyId::from_uuid),
                    organization: new.organization,
                    role: match new.role {
                        Role::Provider => StoredRole::Provider,
                        Role::PlanReviewer => StoredRole::PlanReviewer,
                        Role::PlanAdmin => StoredRole::PlanAdmin,
                        Role::Operator => StoredRole::Operator,
                    },
                    label: new.label.clone(),
                    license: new.license.clone(),
                    created_at: crosswalk.now(),
                    revoked_at: None,
                };
                let unit = Unit::of([
                    store::auth::insert(&key, &Digest::of(secret.as_bytes())),
                    crosswalk.audit(caller, "create-key", "key", &key.id.to_string(), None),
                ]);
                Ok((unit, KeyView { key: Some(secret), ..key_view(&key) }))
            })
        })
        .await
    }

    /// Ends a key at once.
    ///
    /// # Errors
    /// `NotFound` for a key that is not there or ended already.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<(), Failure> {
        caller.must_be(&[Role::Operator])?;
        let unit = Unit::of([
            store::auth::revoke(id, self.now()),
            self.audit(caller, "revoke-key", "key", &id.to_string(), None),
        ]);
        self.store().commit(unit).await?;
        self.recent().forget();
        Ok(())
    }

    /// The organizations.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn organizations(
        &self,
        caller: &Caller,
        paging: Paging,
    ) -> Result<Page<OrganizationView>, Failure> {
        let after = paging.after()?;
        let rows = store::organizations::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List("organization")).await?;
        Ok(page(rows, organization_view))
    }

    /// The keys, without their secrets.
    ///
    /// # Errors
    /// `Forbidden` for everybody but the operator; `Invalid` for a bad cursor.
    pub async fn keys(&self, caller: &Caller, paging: Paging) -> Result<Page<KeyView>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let after = paging.after()?;
        let rows = store::auth::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List("key")).await?;
        Ok(page(rows, key_view))
    }

    /// 244 random bits, as text.
    fn secret(&self) -> String {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        format!("{PREFIX}{}{}", first.simple(), second.simple())
    }
}

fn check_organization(new: &NewOrganization) -> Result<(), Failure> {
    let mut problems = Vec::new();
    if new.kind == OrganizationKind::Plan && new.plan.is_none() {
        problems.push(FieldProblem::new(
            "/plan_id",
            "missing",
            "a plan needs a plan id",
            "give it the id that its plugin's profile carries",
        ));
    }
    if new.kind != OrganizationKind::Plan && new.plan.is_some() {
        problems.push(FieldProblem::new(
            "/plan_id",
            "unexpected",
            "only a plan has a plan id",
            "leave it out",
        ));
    }
    if new.kind == OrganizationKind::Provider && new.npi.is_none() {
        problems.push(FieldProblem::new(
            "/npi",
            "missing",
            "a provider needs an NPI",
            "give its National Provider Identifier",
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

fn role_fits(role: Role, kind: StoredKind) -> bool {
    match role {
        Role::Provider => kind == StoredKind::Provider,
        Role::PlanReviewer | Role::PlanAdmin => kind == StoredKind::Plan,
        Role::Operator => kind == StoredKind::County,
    }
}

fn organization_view(row: &Organization) -> OrganizationView {
    OrganizationView {
        id: row.id.to_string(),
        kind: row.kind.name().to_owned(),
        name: row.name.clone(),
        npi: row.npi.as_ref().map(ToString::to_string),
        plan_id: row.plan.as_ref().map(ToString::to_string),
        provider_kinds: row.provider_kinds.clone(),
        taxonomies: row.taxonomies.clone(),
        counties: row.counties.iter().map(ToString::to_string).collect(),
    }
}

fn key_view(row: &Key) -> KeyView {
    KeyView {
        id: row.id.to_string(),
        organization: row.organization.to_string(),
        role: row.role.name().to_owned(),
        label: row.label.clone(),
        license: row.license.clone(),
        revoked: row.revoked_at.is_some(),
        key: None,
    }
}
