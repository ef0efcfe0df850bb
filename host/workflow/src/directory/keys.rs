//! Keys: the operator makes them for everybody, and an organization's own keys that manage keys make, name
//! and end them for their organization.
//!
//! A key never makes one that may do more than its organization's kind allows, and none for another
//! organization. The last key of an organization that manages keys is ended by the operator only, so that
//! nobody locks themselves out; and the last operator's key that works is ended by nobody. A key may have an
//! end, and is replaced by a new one while it still works.

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, KeyId, OrgId};
use domain::problem::Code;
use jiff::{SignedDuration, Timestamp};
use store::auth::Key;
use store::organizations::{Organization, OrganizationKind};
use store::{StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, page};
use crate::command::{NewKey, Once, Outcome, Rotation};

/// A key, with its secret in the one answer that tells it. Has no `Debug`: a secret is not printed.
#[derive(Clone)]
pub struct ShownKey {
    /// Row of the key.
    pub key: Key,
    /// Its secret, while it is being made.
    pub secret: Option<String>,
}

impl Crosswalk {
    /// Makes a key. Its secret is shown in this answer and kept as a hash.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys, and for another organization's; `Invalid` for an
    /// unknown organization or a role that does not fit it.
    pub async fn create_key(
        &self,
        caller: &Caller,
        new: NewKey,
        once: Once<ShownKey>,
    ) -> Result<Outcome<ShownKey>, Failure> {
        manages_surely(caller)?;
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
                must_be_ahead(new.expires_at, crosswalk.now())?;
                let secret = crosswalk.secret();
                let key = crosswalk.new_key(whose, new);
                let unit = Unit::of([
                    store::auth::insert(&key, &Digest::of(secret.as_bytes())),
                    crosswalk.audit(caller, "create-key", SubjectKind::Key, &key.id.to_string(), None),
                ]);
                Ok((unit, ShownKey { key, secret: Some(secret) }))
            })
        })
        .await
    }

    /// The organization that a request names, which must be there and go on. Problem and fix are those of one
    /// that has ended.
    pub(crate) async fn goes_on(
        &self,
        caller: &Caller,
        whose: OrgId,
        (problem, fix): (&'static str, &'static str),
    ) -> Result<Organization, Failure> {
        let found = store::organizations::find(self.store(), &caller.scope, whose).await?;
        let Some(organization) = found else {
            return Err(Failure::field(
                "/organization",
                Code::UnknownOrganization,
                "no such organization",
                "add it with ⟦createOrganization⟧",
            ));
        };
        if !organization.state.takes_cases() {
            return Err(Failure::field("/organization", Code::OrganizationEnded, problem, fix));
        }
        Ok(organization)
    }

    /// The organization must be there, go on, and be of the kind that the role is for.
    async fn takes_key(&self, caller: &Caller, whose: OrgId, role: Role) -> Result<(), Failure> {
        let ended =
            ("the organization has ended, and its keys do not work", "make keys for one that goes on");
        let organization = self.goes_on(caller, whose, ended).await?;
        if !role_fits(role, &organization) {
            return Err(Failure::field(
                "/role",
                Code::WrongRole,
                "this role does not fit this kind of organization",
                "providers get provider, plans get plan-reviewer or plan-admin, the county gets operator",
            ));
        }
        Ok(())
    }

    fn new_key(&self, whose: OrgId, new: &NewKey) -> Key {
        Key {
            id: self.id(KeyId::from_uuid),
            organization: whose,
            role: new.role,
            label: new.label.clone(),
            license: new.license.clone(),
            manages_keys: new.manages_keys || matches!(new.role, Role::PlanAdmin | Role::Operator),
            created_at: self.now(),
            revoked_at: None,
            expires_at: new.expires_at,
            last_used_at: None,
            replaces: None,
        }
    }

    /// Gives a key another label.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `NotFound` for a key that is not there, not the
    /// organization's, or ended.
    pub async fn rename_key(
        &self,
        caller: &Caller,
        id: KeyId,
        label: String,
        once: Once<ShownKey>,
    ) -> Result<Outcome<ShownKey>, Failure> {
        manages(caller)?;
        let label = &label;
        self.once(caller, once, || {
            Box::pin(async move {
                let key = self.key_at_work(caller, id).await?;
                let unit = Unit::of([
                    store::auth::rename(id, label),
                    self.audit(caller, "rename-key", SubjectKind::Key, &id.to_string(), None),
                ]);
                Ok((unit, ShownKey { key: Key { label: label.clone(), ..key }, secret: None }))
            })
        })
        .await
    }

    /// Makes a key that takes another's place: of the same organization, role, license and rights. The other
    /// goes on for some hours, so that whoever uses it can change over. A key may do this for itself.
    ///
    /// # Errors
    /// `Forbidden` for another's key by one that does not manage keys; `NotFound` for a key that is not
    /// there, not the organization's, or ended; `Invalid` for an end in the past, or an end where the key
    /// that manages keys had none.
    pub async fn rotate_key(
        &self,
        caller: &Caller,
        id: KeyId,
        rotation: Rotation,
        once: Once<ShownKey>,
    ) -> Result<Outcome<ShownKey>, Failure> {
        if caller.key != Some(id) {
            manages_surely(caller)?;
        }
        let made = self
            .once(caller, once, || {
                Box::pin(async move {
                    let old = self.key_at_work(caller, id).await?;
                    let secret = self.secret();
                    let (new, until) = self.in_place_of(old, rotation)?;
                    let unit = Unit::of([
                        store::auth::expire(id, until),
                        store::auth::insert(&new, &Digest::of(secret.as_bytes())),
                        self.audit(caller, "rotate-key", SubjectKind::Key, &id.to_string(), None),
                    ]);
                    Ok((unit, ShownKey { key: new, secret: Some(secret) }))
                })
            })
            .await;
        self.recent().forget();
        made
    }

    /// The key that takes a key's place, and until when that one goes on.
    fn in_place_of(&self, old: Key, rotation: Rotation) -> Result<(Key, Timestamp), Failure> {
        let now = self.now();
        must_be_ahead(rotation.expires_at, now)?;
        let expires_at = rotation.expires_at.or_else(|| lifetime(&old, now));
        if old.manages_keys && old.expires_at.is_none() && expires_at.is_some() {
            return Err(ends_with_nobody());
        }
        let until = now + SignedDuration::from_hours(i64::from(rotation.overlap_hours));
        let until = old.expires_at.map_or(until, |end| end.min(until));
        let replaces = Some(old.id);
        let id = self.id(KeyId::from_uuid);
        Ok((Key { id, created_at: now, expires_at, last_used_at: None, replaces, ..old }, until))
    }

    /// Ends a key at once.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `NotFound` for a key that is not there, not the
    /// organization's, or ended already; `Withheld` for the last of the caller's organization that manages
    /// keys, and for the host's last operator's key that works.
    pub async fn revoke_key(&self, caller: &Caller, id: KeyId) -> Result<(), Failure> {
        manages_surely(caller)?;
        let key = self.key_at_work(caller, id).await?;
        let audit = self.audit(caller, "revoke-key", SubjectKind::Key, &id.to_string(), None);
        let is_own = caller.organization == Some(key.organization);
        let is_operators = key.role == Role::Operator;
        let mut unit = Unit::of([audit]);
        if is_operators {
            unit.extend(store::auth::operator_beside_key(id));
        }
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
                Err(last_key(is_operators))
            }
            other => Ok(other?),
        }
    }

    /// The key, if the caller may see it and it was not revoked.
    async fn key_at_work(&self, caller: &Caller, id: KeyId) -> Result<Key, Failure> {
        let found = store::auth::find(self.store(), &caller.scope, id).await?;
        found.filter(|key| key.revoked_at.is_none()).ok_or(Failure::NotFound)
    }

    /// One key, without its secret, whether it has ended or not.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `NotFound` for one that is not there, or not the
    /// organization's.
    pub async fn key(&self, caller: &Caller, id: KeyId) -> Result<ShownKey, Failure> {
        manages(caller)?;
        let found = store::auth::find(self.store(), &caller.scope, id).await?;
        self.look(caller, Look::List(SubjectKind::Key)).await?;
        found.map(|key| ShownKey { key, secret: None }).ok_or(Failure::NotFound)
    }

    /// The keys, without their secrets: every one for the operator, else those of the caller's organization.
    ///
    /// # Errors
    /// `Forbidden` for a key that does not manage keys; `Invalid` for a bad cursor.
    pub async fn keys(&self, caller: &Caller, paging: Paging) -> Result<Page<ShownKey>, Failure> {
        manages(caller)?;
        let after = paging.after()?;
        let rows = store::auth::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Key)).await?;
        Ok(page(rows, |key| ShownKey { key, secret: None }))
    }
}

fn last_key(is_operators: bool) -> Failure {
    let (detail, fix) = if is_operators {
        ("without this operator's key nobody could run the host", "make another operator's key first")
    } else {
        (
            "it is the last key of the organization that manages keys",
            "make another one first, or ask the operator",
        )
    };
    Failure::Withheld(vec![FieldProblem::new("", Code::LastKey, detail, fix)])
}

fn manages(caller: &Caller) -> Result<(), Failure> {
    if caller.manages_keys { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Whoever makes or ends a key shows who it is.
fn manages_surely(caller: &Caller) -> Result<(), Failure> {
    manages(caller)?;
    caller.must_be_sure()
}

/// A key that ended before it began would be of no use.
fn must_be_ahead(end: Option<Timestamp>, now: Timestamp) -> Result<(), Failure> {
    match end {
        Some(end) if end <= now => Err(Failure::field(
            "/expires_at",
            Code::InThePast,
            "the key would have ended already",
            "send an instant that is still to come, or leave it out for a key without an end",
        )),
        _ => Ok(()),
    }
}

/// As long as the old key was made for; `None` where it has no end.
fn lifetime(old: &Key, now: Timestamp) -> Option<Timestamp> {
    old.expires_at.map(|end| now + end.duration_since(old.created_at))
}

fn ends_with_nobody() -> Failure {
    Failure::field(
        "/expires_at",
        Code::LastKey,
        "a key that manages keys and has no end is replaced by one without an end, so that nobody is locked out",
        "leave it out; make a key with an end beside it with ⟦createKey⟧",
    )
}

fn role_fits(role: Role, organization: &Organization) -> bool {
    match role {
        Role::Provider => organization.kind == OrganizationKind::Provider,
        Role::PlanReviewer | Role::PlanAdmin => organization.kind == OrganizationKind::Plan,
        Role::Operator => organization.kind == OrganizationKind::County,
    }
}
