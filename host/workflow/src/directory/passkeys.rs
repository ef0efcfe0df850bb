//! Passkeys of people: made when an invitation is taken up or on the account's page, used to sign in without
//! an address and to prove who one is, listed, and removed.
//!
//! Each begins with a challenge that lies in the record, so that any node can take the answer; it is good
//! once and for a few minutes, for one purpose and, but for signing in, for one account. Whoever signs in has
//! named nobody: the device says by which passkey, and the record whose it is. A passkey cannot be guessed,
//! so refused ones are put on the trail and not counted: a count would keep its person out.

use domain::account::Email;
use domain::account::span::{Span, Spans};
use domain::audit::SubjectKind;
use domain::identifiers::{AccountId, CredentialId, PersonName};
use domain::passkey::{Challenge, Known, MOST, Purpose, Refused, RelyingParty, base64url};
use domain::problem::Code;
use store::accounts::Account;
use store::audit::Entry;
use store::passkeys::{Asked, Passkey};
use store::{Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{Assertion, NewPasskey};
use crate::directory::accounts::Guest;
use crate::directory::sessions::{ShownSession, Taken, Visitor};

/// Question that a passkey is to answer.
#[derive(Clone, Debug)]
pub struct ShownChallenge {
    /// Bytes to sign, in base 64.
    pub challenge: String,
    /// Id of the site.
    pub party: String,
    /// Ids of the passkeys that may answer, in base 64; empty if any of the site's may.
    pub allowed: Vec<String>,
    /// Milliseconds within which an answer is taken.
    pub within_ms: i64,
}

/// Question that a device answers with a new passkey.
#[derive(Clone, Debug)]
pub struct ToMake {
    /// Bytes that the answer repeats, in base 64.
    pub challenge: String,
    /// Id of the site.
    pub party: String,
    /// Person for whom it is made, as bytes that say nothing, in base 64.
    pub person: String,
    /// Account, as the device lists it among others: address and organization.
    pub name: String,
    /// Name of the person, for the device alone.
    pub display_name: String,
    /// Ids of the passkeys that the person has, in base 64: their devices make no second one.
    pub known: Vec<String>,
    /// Milliseconds within which an answer is taken.
    pub within_ms: i64,
}

/// A passkey, as its person is shown it.
#[derive(Clone, Debug)]
pub struct ShownPasskey {
    /// Row of the passkey.
    pub passkey: Passkey,
}

impl Crosswalk {
    /// Site for which passkeys are made; `None` where the service is not told an address that will do.
    #[must_use]
    pub fn relying_party(&self) -> Option<&RelyingParty> {
        self.settings().relying_party.as_ref()
    }

    /// Asks whoever it is to sign in by a passkey.
    ///
    /// # Errors
    /// `NotFound` where passkeys are not offered.
    pub async fn ask_for_passkey(&self) -> Result<ShownChallenge, Failure> {
        self.ask_to_sign(Purpose::SignIn, None, Vec::new()).await
    }

    /// Signs a person in by a passkey: begins a session, whose secret is in this answer and kept as a hash.
    ///
    /// # Errors
    /// `SignInRefused` for an answer that is not taken, whatever the reason; `NotActive` for people of an
    /// organization that is paused or has ended.
    pub async fn sign_in_by_passkey(
        &self,
        shown: &Assertion,
        request: String,
    ) -> Result<ShownSession, Failure> {
        if let Some((passkey, taken)) = self.takes_passkey(shown, Purpose::SignIn, None).await? {
            let duty = store::Scope::duty("sign-in");
            let account = store::accounts::find(self.store(), &duty, passkey.account).await?;
            if let Some(account) = account.filter(|account| account.state.is_active()) {
                return self.begin_session(account, taken, &[], request).await;
            }
        }
        let nobody = Caller { request, ..Caller::host("sign-in") };
        self.note_refused_passkey(
            shown,
            self.audit_entry(&nobody, "sign-in", SubjectKind::Account, "unseen"),
        )
        .await?;
        Err(Failure::SignInRefused)
    }

    /// Asks the person of a session, which may be locked, to prove by a passkey who it is.
    ///
    /// # Errors
    /// `NotFound` where passkeys are not offered, or the person has none.
    pub async fn ask_for_proof(&self, visitor: &Visitor) -> Result<ShownChallenge, Failure> {
        let account = visitor.found.account.id;
        let passkeys = store::passkeys::of_account(self.store(), account).await?;
        if passkeys.is_empty() {
            return Err(Failure::NotFound);
        }
        self.ask_to_sign(Purpose::Prove, Some(account), handles(&passkeys)).await
    }

    /// Takes a passkey as the proof of who the person of a session is, as [`Self::prove`] takes a code.
    ///
    /// # Errors
    /// `SignInRefused` for an answer that is not taken; `Session` for a session that has ended.
    pub async fn prove_by_passkey(
        &self,
        visitor: &Visitor,
        shown: &Assertion,
    ) -> Result<ShownSession, Failure> {
        let account = &visitor.found.account;
        match self.takes_passkey(shown, Purpose::Prove, Some(account.id)).await? {
            Some((_, taken)) => self.proved(visitor, taken, Unit::default()).await,
            None => {
                let entry = self.entry_of(account, visitor.caller.request.clone(), "prove-session");
                self.note_refused_passkey(shown, entry).await?;
                Err(Failure::SignInRefused)
            }
        }
    }

    /// Asks the device of a signed-in person to make a passkey.
    ///
    /// # Errors
    /// `Forbidden` for a key; `ProofNeeded`; `NotFound` where passkeys are not offered; `Withheld` for
    /// somebody who has as many as anybody may.
    pub async fn ask_to_make_passkey(&self, caller: &Caller) -> Result<ToMake, Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        caller.must_be_sure()?;
        let duty = store::Scope::duty("add-passkey");
        let account = store::accounts::find(self.store(), &duty, account).await?.ok_or(Failure::NotFound)?;
        let organization = caller.enrolled.as_ref().map(|organization| organization.name.clone());
        self.ask_to_make(Purpose::Add, &account, &organization.unwrap_or_default()).await
    }

    /// Adds the passkey that a device made. Sent again, it is there already.
    ///
    /// # Errors
    /// `Forbidden` for a key; `Invalid` for a passkey that is not taken.
    pub async fn add_passkey(&self, caller: &Caller, new: &NewPasskey) -> Result<(), Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        if self.has_passkey(account, new).await? {
            return Ok(());
        }
        let mut unit = Unit::of(self.made_passkey(account, Purpose::Add, new).await?);
        unit.add(self.audit(caller, "add-passkey", SubjectKind::Account, &account.to_string(), None));
        match self.store().commit(unit).await {
            Ok(()) => Ok(()),
            // The challenge was answered a moment ago: by this very passkey, if it was sent twice.
            Err(StoreError::Conflict | StoreError::Duplicate) => {
                match self.has_passkey(account, new).await? {
                    true => Ok(()),
                    false => Err(wrong_passkey()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The person's own passkeys, oldest first.
    ///
    /// # Errors
    /// `Forbidden` for a key, which has none.
    pub async fn passkeys(&self, caller: &Caller) -> Result<Vec<ShownPasskey>, Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        let passkeys = store::passkeys::of_account(self.store(), account).await?;
        self.look(caller, Look::List(SubjectKind::Passkey)).await?;
        Ok(passkeys.into_iter().map(|passkey| ShownPasskey { passkey }).collect())
    }

    /// Removes one of the person's own passkeys: nobody signs in by it any more.
    ///
    /// # Errors
    /// `Forbidden` for a key; `ProofNeeded`; `NotFound` for a passkey that is not the person's; `Withheld`
    /// for the last way in.
    pub async fn remove_passkey(&self, caller: &Caller, id: CredentialId) -> Result<(), Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        caller.must_be_sure()?;
        let passkeys = store::passkeys::of_account(self.store(), account).await?;
        if !passkeys.iter().any(|passkey| passkey.id == id) {
            return Err(Failure::NotFound);
        }
        if !store::passkeys::has_another_way(self.store(), account, id).await? {
            return Err(Failure::Withheld(vec![FieldProblem::new(
                "",
                Code::LastWayIn,
                "without it there would be no way to sign in but the recovery codes",
                "add another passkey first",
            )]));
        }
        let mut unit = Unit::of(store::passkeys::end(id, account, self.now()));
        unit.add(self.audit(caller, "remove-passkey", SubjectKind::Passkey, &id.to_string(), None));
        Ok(self.store().commit(unit).await?)
    }

    /// Asks the device of a guest to make a passkey with which the invitation is taken up.
    ///
    /// # Errors
    /// `LinkClosed` for a link that opens nothing any more; `NotFound` where passkeys are not offered.
    pub async fn ask_guest_to_make_passkey(&self, guest: &Guest) -> Result<ToMake, Failure> {
        let store::invitations::Guest { invitation, account, organization, .. } = &guest.found;
        invitation.life.opens(self.now())?;
        self.ask_to_make(Purpose::TakeUp, account, &organization.name).await
    }

    /// The statements that add a passkey which a device made for a purpose.
    pub(super) async fn made_passkey(
        &self,
        account: AccountId,
        purpose: Purpose,
        new: &NewPasskey,
    ) -> Result<Vec<Statement>, Failure> {
        let party = self.relying_party().ok_or_else(wrong_passkey)?;
        let answered = new.registration.challenge();
        let challenge = self.open_challenge(answered, purpose, Some(account)).await?;
        let challenge = challenge.ok_or_else(wrong_passkey)?;
        let made = match new.registration.accept(party, &challenge) {
            Ok(made) => made,
            Err(why) => {
                tracing::info!(%why, "a new passkey was refused");
                self.spend(&challenge).await?;
                return Err(wrong_passkey());
            }
        };
        if store::passkeys::handle_is_taken(self.store(), &made.handle).await? {
            return Err(wrong_passkey());
        }
        let passkey = Passkey {
            id: self.id(CredentialId::from_uuid),
            account,
            name: new.name.clone(),
            handle: made.handle,
            key: made.key,
            counter: made.counter,
            made_at: self.now(),
            used_at: None,
        };
        Ok(vec![store::passkeys::take(&challenge.hash()), store::passkeys::insert(&passkey)])
    }

    async fn has_passkey(&self, account: AccountId, new: &NewPasskey) -> Result<bool, Failure> {
        let Some(handle) = new.registration.handle() else { return Ok(false) };
        let known = store::passkeys::by_handle(self.store(), handle).await?;
        Ok(known.is_some_and(|known| known.account == account))
    }

    /// The passkey by which a challenge was answered, if the answer is good now.
    async fn takes_passkey(
        &self,
        shown: &Assertion,
        purpose: Purpose,
        of: Option<AccountId>,
    ) -> Result<Option<(Passkey, Taken)>, Failure> {
        let Some(party) = self.relying_party() else { return Ok(None) };
        let Some(challenge) = self.open_challenge(shown.challenge(), purpose, of).await? else {
            return Ok(None);
        };
        let passkey = store::passkeys::by_handle(self.store(), shown.handle()).await?;
        let Some(passkey) = passkey.filter(|passkey| of.is_none_or(|of| of == passkey.account)) else {
            return Ok(None);
        };
        let person = person(passkey.account);
        let known = Known { person: &person, key: &passkey.key, counter: passkey.counter };
        let counter = match shown.accept(party, &challenge, purpose, &known) {
            Ok(counter) => counter,
            Err(Refused::CounterWentBack) => {
                tracing::warn!(passkey = %passkey.id, "a passkey's counter went back: somebody may have a copy");
                return Ok(None);
            }
            Err(why) => {
                tracing::info!(passkey = %passkey.id, %why, "a passkey was refused");
                return Ok(None);
            }
        };
        let uses = vec![
            store::passkeys::take(&challenge.hash()),
            store::passkeys::used(&passkey, counter, self.now()),
        ];
        Ok(Some((passkey, Taken { uses })))
    }

    /// Puts a refused passkey on the record; its challenge is good no more.
    async fn note_refused_passkey(&self, shown: &Assertion, entry: Entry) -> Result<(), Failure> {
        let denied = Entry { outcome: "denied".to_owned(), ..entry };
        self.store().commit(Unit::of([store::audit::insert(&denied)])).await?;
        match shown.challenge() {
            Some(challenge) => self.spend(&challenge).await,
            None => Ok(()),
        }
    }

    /// Takes a challenge away that was answered badly.
    async fn spend(&self, challenge: &Challenge) -> Result<(), Failure> {
        match self.store().commit(Unit::of([store::passkeys::take(&challenge.hash())])).await {
            // There was none, or somebody else's answer took it.
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The challenge that was answered, if it waits for just this.
    async fn open_challenge(
        &self,
        answered: Option<Challenge>,
        purpose: Purpose,
        account: Option<AccountId>,
    ) -> Result<Option<Challenge>, Failure> {
        let Some(challenge) = answered else { return Ok(None) };
        let asked = store::passkeys::asked(self.store(), &challenge.hash()).await?;
        let waits = asked.is_some_and(|asked| {
            asked.purpose == purpose && asked.account == account && self.now() < asked.ends_at
        });
        Ok(waits.then_some(challenge))
    }

    async fn ask_to_sign(
        &self,
        purpose: Purpose,
        account: Option<AccountId>,
        allowed: Vec<String>,
    ) -> Result<ShownChallenge, Failure> {
        let party = self.relying_party().ok_or(Failure::NotFound)?.id().to_owned();
        let (challenge, within_ms) = self.new_challenge(purpose, account).await?;
        Ok(ShownChallenge { challenge, party, allowed, within_ms })
    }

    async fn ask_to_make(
        &self,
        purpose: Purpose,
        account: &Account,
        organization: &str,
    ) -> Result<ToMake, Failure> {
        let party = self.relying_party().ok_or(Failure::NotFound)?.id().to_owned();
        let passkeys = store::passkeys::of_account(self.store(), account.id).await?;
        if passkeys.len() >= MOST {
            return Err(Failure::Withheld(vec![FieldProblem::new(
                "",
                Code::TooMany,
                format!("there are {MOST} passkeys, and no more are kept"),
                "remove one that is not used any more",
            )]));
        }
        let (challenge, within_ms) = self.new_challenge(purpose, Some(account.id)).await?;
        // Until somebody says who it is, an operator is just that.
        let email = account.email.as_ref().map_or("operator", Email::expose);
        Ok(ToMake {
            challenge,
            party,
            person: base64url::written(&person(account.id)),
            name: format!("{email} ({organization})"),
            display_name: account.name.as_ref().map_or(email, PersonName::expose).to_owned(),
            known: handles(&passkeys),
            within_ms,
        })
    }

    /// Keeps a new challenge; gives it in letters, and the milliseconds for which it waits.
    async fn new_challenge(
        &self,
        purpose: Purpose,
        account: Option<AccountId>,
    ) -> Result<(String, i64), Failure> {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        let challenge = Challenge::of(&[first.as_bytes(), second.as_bytes()]);
        let span = Spans::state().on(Span::Challenge, self.today());
        let now = self.now();
        let asked = Asked { purpose, account, ends_at: now + span };
        self.store().commit(Unit::of(store::passkeys::ask(&challenge.hash(), &asked, now))).await?;
        Ok((challenge.in_letters(), i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Person of an account, as its devices are told it: bytes that say nothing of who it is (WebAuthn, 14.6.1).
fn person(account: AccountId) -> [u8; 16] {
    account.uuid().into_bytes()
}

fn handles(passkeys: &[Passkey]) -> Vec<String> {
    passkeys.iter().map(|passkey| base64url::written(&passkey.handle)).collect()
}

fn wrong_passkey() -> Failure {
    Failure::field(
        "/passkey",
        Code::WrongPasskey,
        "the passkey does not answer the question that was asked, or not in time",
        "ask again, and make it within the minutes that the page says",
    )
}
