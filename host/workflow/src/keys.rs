//! Keys: the operator makes them for everybody, and an organization's own keys that manage keys make, name and end them for
//! their organization.
//!
//! A key never makes one that may do more than its organization's kind allows, and none for another organization. The last
//! key of an organization that manages keys is ended by the operator only, so that nobody locks themselves out.

use domain::identifiers::{Digest, KeyId, OrgId};
use store::auth::{Key, Role as StoredRole};
use store::organizations::{Organization, OrganizationKind};
use store::{StoreError, Unit};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::command::{NewKey, Once, Outcome};
use crate::failure::{Failure, FieldProblem};
use crate::paging::{Paging, page};
use crate::recording::Look;
use crate::view::{KeyView, Page};

impl Crosswalk {
    /// Makes a key. Its secret is shown in this answer and kept as a hash.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys, and for another organization's; `Invalid` for an unknown
    /// organization or a role that does not fit it.
    pub async fn create_key(
        &self,
        caller: &Caller,
        new: NewKey,
        once: Once<KeyView>,
    ) -> Result<Outcome<KeyView>, Failure> {
        manages(caller)?;
        let own = *caller.organization()?;
        let whose = new.organization.unwrap_or(own);
        if caller.role != Role::Operator && whose != own {
            return Err(Failure::Forbidden);
        }
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                crosswalk.takes_key(caller, whose, new.role).await?;
                let secret = crosswalk.secret();
                let key = crosswalk.new_key(whose, new);
                let unit = Unit::of([
                    store::auth::insert(&key, &Digest::of(secret.as_bytes())),
                    crosswalk.audit(caller, "create-key", "key", &key.id.to_string(), None),
                ]);
                Ok((unit, KeyView { key: Some(secret), ..key_view(&key) }))
            })
        })
        .await
    }

    /// The organization must be there, go on, and be of the kind that the role is for.
    async fn takes_key(&self, caller: &Caller, whose: OrgId, role: Role) -> Result<(), Failure> {
        let found = store::organizations::find(self.store(), &caller.scope, whose).await?;
        let Some(organization) = found else {
            return Err(Failure::field(
                "/organization",
                "unknown-organization",
                "no such organization",
                "add it with POST /v1/organizations",
            ));
        };
        if !organization.state.takes_cases() {
            return Err(Failure::field(
                "/organization",
                "organization-ended",
                "the organization has ended, and its keys do not work",
                "make keys for one that goes on",
            ));
        }
        if !role_fits(role, &organization) {
            return Err(Failure::field(
                "/role",
                "wrong-role",
                "this role does not fit this kind of organization",
                "providers get provider, plans get plan-reviewer or plan-admin, the county gets operator",
            ));
        }
        Ok(())
    }

    fn new_key(&self, whose: OrgId, new: &NewKey) -> Key {
        let role = match new.role {
            Role::Provider => StoredRole::Provider,
            Role::PlanReviewer => StoredRole::PlanReviewer,
            Role::PlanAdmin => StoredRole::PlanAdmin,
            Role::Operator => StoredRole::Operator,
        };
        Key {
            id: self.id(KeyId::from_uuid),
            organization: whose,
            role,
            label: new.label.clone(),
            license: new.license.clone(),
            manages_keys: new.manages_keys || matches!(new.role, Role::PlanAdmin | Role::Operator),
            created_at: self.now(),
            revoked_at: None,
        }
    }

    /// Gives a key another label.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `NotFound` for a key that is not there, not the organization's, or
    /// ended.
    pub async fn rename_key(
        &self,
        caller: &Caller,
        id: KeyId,
        label: String,
        once: Once<KeyView>,
    ) -> Result<Outcome<KeyView>, Failure> {
        manages(caller)?;
        let label = &label;
        self.once(caller, once, || {
            Box::pin(async move {
                let key = self.key_at_work(caller, id).await?;
                let unit = Unit::of([
                    store::auth::rename(id, label),
                    self.audit(caller, "rename-key", "key", &id.to_string(), None),
                ]);
                Ok((unit, key_view(&Key { label: label.clone(), ..key })))
            })
        })
        .await
    }

    /// Ends a key at once.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `NotFound` for a key that is not there, not the organization's, or
    /// ended already; `Withheld` for the last of the caller's organization that manages keys.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<(), Failure> {
        manages(caller)?;
        let key = self.key_at_work(caller, id).await?;
        let audit = self.audit(caller, "revoke-key", "key", &id.to_string(), None);
        let is_own = caller.organization == Some(key.organization);
        let mut unit = Unit::of([audit]);
        if is_own {
            unit.extend(store::auth::revoke_but_the_last(&key, self.now()));
        } else {
            unit.add(store::auth::revoke(id, self.now()));
        }
        let ended = self.store().commit(unit).await;
        self.recent().forget();
        match ended {
            // It is the last one, or somebody ended it a moment ago.
            Err(StoreError::Conflict) => {
                self.key_at_work(caller, id).await?;
                Err(Failure::Withheld(vec![FieldProblem::new(
                    "",
                    "last-key",
                    "it is the last key of the organization that manages keys",
                    "make another one first, or ask the operator",
                )]))
            }
            other => Ok(other?),
        }
    }

    /// The key, if the caller may see it and it was not revoked.
    async fn key_at_work(&self, caller: &Caller, id: KeyId) -> Result<Key, Failure> {
        let found = store::auth::find(self.store(), &caller.scope, id).await?;
        found.filter(|key| key.revoked_at.is_none()).ok_or(Failure::NotFound)
    }

    /// The keys, without their secrets: every one for the operator, else those of the caller's organization.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `Invalid` for a bad cursor.
    pub async fn keys(&self, caller: &Caller, paging: Paging) -> Result<Page<KeyView>, Failure> {
        manages(caller)?;
        let after = paging.after()?;
        let rows = store::auth::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List("key")).await?;
        Ok(page(rows, key_view))
    }
}

fn manages(caller: &Caller) -> Result<(), Failure> {
    if caller.manages_keys { Ok(()) } else { Err(Failure::Forbidden) }
}

fn role_fits(role: Role, organization: &Organization) -> bool {
    match role {
        Role::Provider => organization.kind == OrganizationKind::Provider,
        Role::PlanReviewer | Role::PlanAdmin => organization.kind == OrganizationKind::Plan,
        Role::Operator => organization.kind == OrganizationKind::County,
    }
}

fn key_view(row: &Key) -> KeyView {
    KeyView {
        id: row.id.to_string(),
        organization: row.organization.to_string(),
        role: row.role.name().to_owned(),
        label: row.label.clone(),
        license: row.license.clone(),
        manages_keys: row.manages_keys,
        created_at: row.created_at.to_string(),
        revoked: row.revoked_at.is_some(),
        revoked_at: row.revoked_at.map(|at| at.to_string()),
        key: None,
    }
}
