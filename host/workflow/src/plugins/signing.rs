//! Plans' signing keys, and signatures over components.
//!
//! A signature is Ed25519 (RFC 8032) over the 32 bytes of the component's SHA-256, made wherever the plan
//! keeps its private half. It proves that what runs is what the plan's own release process let out, whoever
//! uploaded it.

use domain::audit::SubjectKind;
use domain::identifiers::{Digest, PlanId, SigningKeyId};
use domain::problem::Code;
use domain::release::Signature;
use ed25519_compact::PublicKey;
use jiff::Timestamp;
use store::Unit;
use store::signing::SigningKey;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::paging::Page;
use crate::command::{NewSignature, NewSigningKey, Once, Outcome};

/// Keys that one plan may register.
const MOST_KEYS: usize = 100;

impl Crosswalk {
    /// Registers the public half of a key that the plan signs with.
    ///
    /// # Errors
    /// `Invalid` for bytes that are no key; `Exists` for one that the plan has already.
    pub async fn add_signing_key(
        &self,
        caller: &Caller,
        plan: PlanId,
        new: NewSigningKey,
        once: Once<SigningKey>,
    ) -> Result<Outcome<SigningKey>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        // A weak key would verify signatures that nobody made.
        if PublicKey::new(new.public_key).validate().is_err() {
            return Err(Failure::field(
                "/public_key",
                Code::InvalidKey,
                "these bytes are no public Ed25519 key",
                "send the 32 bytes of the public half, as 64 hexadecimal digits",
            ));
        }
        let (plan, new) = (&plan, &new);
        self.once(caller, once, || {
            Box::pin(async move {
                let known = store::signing::list(self.store(), &caller.scope, plan).await?;
                let public_key = hex(&new.public_key);
                if known.len() >= MOST_KEYS || known.iter().any(|key| key.public_key == public_key) {
                    return Err(Failure::Exists);
                }
                let key = SigningKey {
                    id: self.id(SigningKeyId::from_uuid),
                    plan: plan.clone(),
                    public_key,
                    label: new.label.clone(),
                    created_at: self.now(),
                    created_by: *caller.organization()?,
                    retired_at: None,
                };
                let subject = key.id.to_string();
                let unit = Unit::of([
                    store::signing::insert(&key),
                    self.audit(caller, "add-signing-key", SubjectKind::SigningKey, &subject, Some(plan)),
                ]);
                Ok((unit, key))
            })
        })
        .await
    }

    /// The plan's keys, oldest first.
    ///
    /// # Errors
    /// `NotFound` for another plan's.
    pub async fn signing_keys(&self, caller: &Caller, plan: &PlanId) -> Result<Page<SigningKey>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let keys = store::signing::list(self.store(), &caller.scope, plan).await?;
        self.look(caller, Look::List(SubjectKind::SigningKey)).await?;
        Ok(Page { items: keys, next_cursor: None })
    }

    /// Ends a key: signatures made with it count no longer, for what is approved or activated from now on.
    ///
    /// # Errors
    /// `ProofNeeded` for a person who has not just shown who it is, since no ended key counts again;
    /// `NotFound` for a key that is not there or ended already.
    pub async fn retire_signing_key(
        &self,
        caller: &Caller,
        plan: &PlanId,
        id: SigningKeyId,
    ) -> Result<(), Failure> {
        caller.must_change()?;
        self.may_run_plan(caller, plan).await?;
        caller.must_be_sure()?;
        let unit = Unit::of([
            store::signing::retire(plan, id, self.now()),
            self.audit(caller, "retire-signing-key", SubjectKind::SigningKey, &id.to_string(), Some(plan)),
        ]);
        Ok(self.store().commit(unit).await?)
    }
}

/// The signature, if one of the plan's keys that count made it over that digest.
pub(crate) fn verified(
    keys: &[SigningKey],
    digest: &Digest,
    sent: &NewSignature,
    now: Timestamp,
) -> Result<Signature, Failure> {
    let key = keys.iter().find(|key| key.id == sent.key && key.retired_at.is_none()).ok_or_else(|| {
        Failure::field(
            "/key",
            Code::UnknownKey,
            "the plan has no such key that counts",
            "register its public half with ⟦addSigningKey⟧",
        )
    })?;
    let bytes = bytes_of(&key.public_key);
    let signature = ed25519_compact::Signature::new(sent.signature);
    let holds = bytes.is_some_and(|bytes| PublicKey::new(bytes).verify(digest.bytes(), &signature).is_ok());
    if !holds {
        return Err(Failure::field(
            "/signature",
            Code::BadSignature,
            "it is no signature by this key over this component's digest",
            "sign the 32 bytes of the SHA-256, not its hexadecimal digits and not the component",
        ));
    }
    Ok(Signature { key: key.id, value: hex(&sent.signature), at: now })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    // A public key is as long as a digest, and is written alike.
    hex.parse::<Digest>().ok().map(|same_form| *same_form.bytes())
}
