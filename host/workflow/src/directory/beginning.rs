//! The beginning of a record, and its operator's way in whatever was lost: the county's own organization, its
//! keys, and the invitation of its first person.
//!
//! A secret is kept in a file before its hash commits, by whoever runs this host: a power cut between the two
//! leaves a key that opens nothing, and never a record that nobody can open.

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, KeyId, OrgId};
use domain::organization::State;
use store::auth::Key;
use store::organizations::{Organization, OrganizationKind as StoredKind};
use store::{StoreError, Unit};

use crate::Crosswalk;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

impl Crosswalk {
    /// True once the first start has begun this record.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn is_begun(&self) -> Result<bool, Failure> {
        Ok(store::installation::find(self.store()).await?.is_some())
    }

    /// A secret that opens nothing yet.
    #[must_use]
    pub fn new_secret(&self) -> String {
        self.secret()
    }

    /// Begins the record: the county's own organization, `secret` as its first key, and `link` as the secret
    /// of the link by which its first person takes up an account. Returns whether it was this call; of
    /// several at one moment, it is one.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn begin(&self, county: &str, secret: &str, link: &str) -> Result<bool, Failure> {
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
            state: State::Active,
            version: 1,
        };
        let key = self.operators_key(organization.id, "first operator");
        let mut unit = Unit::of([
            store::organizations::insert(&organization),
            store::installation::begin(organization.id, self.now()),
            store::auth::insert(&key, &Digest::of(secret.as_bytes())),
        ]);
        unit.extend(self.first_account(organization.id, link));
        match self.store().commit(unit).await {
            Ok(()) => Ok(true),
            Err(StoreError::Duplicate) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The county's own organization and first key, if there is none yet: a fresh instance needs one way in.
    /// Returns the secret.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub async fn first_operator(&self, county: &str) -> Result<Option<String>, Failure> {
        if self.is_begun().await? {
            return Ok(None);
        }
        let secret = self.new_secret();
        Ok(self.begin(county, &secret, &self.new_link_secret()).await?.then_some(secret))
    }

    /// True if a secret opens this record as its operator.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn opens_as_operator(&self, secret: &str) -> Result<bool, Failure> {
        let secret = Digest::of(secret.as_bytes());
        let found = store::auth::authenticate(self.store(), &secret, self.today()).await?;
        Ok(found
            .is_some_and(|caller| caller.key.role == Role::Operator && caller.organization.state.is_active()))
    }

    /// Makes `secret` a key of the county that holds this record, for an operator who has none. It is for
    /// whoever runs this host, not for a caller. The other keys stay.
    ///
    /// # Errors
    /// `NotFound` for a record that nobody has begun; `NotActive` where the county's own organization was
    /// paused or ended.
    pub async fn add_operators_key(&self, secret: &str) -> Result<(), Failure> {
        let found = store::installation::find(self.store()).await?.ok_or(Failure::NotFound)?;
        let host = Caller::host("operator-key");
        let county = store::organizations::find(self.store(), &host.scope, found.county).await?;
        let county = county.ok_or(Failure::NotFound)?;
        if !county.state.is_active() {
            return Err(Failure::NotActive(county.state));
        }
        let key = self.operators_key(county.id, "made beside the service");
        let unit = Unit::of([
            store::auth::insert(&key, &Digest::of(secret.as_bytes())),
            self.audit(&host, "make-operator-key", SubjectKind::Key, &key.id.to_string(), None),
        ]);
        Ok(self.store().commit(unit).await?)
    }

    fn operators_key(&self, county: OrgId, label: &str) -> Key {
        Key {
            id: self.id(KeyId::from_uuid),
            organization: county,
            role: Role::Operator,
            label: label.to_owned(),
            license: None,
            manages_keys: true,
            created_at: self.now(),
            revoked_at: None,
            expires_at: None,
            last_used_at: None,
            replaces: None,
        }
    }
}
