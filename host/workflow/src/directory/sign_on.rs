//! Signing in by an organization's identity provider: out to the provider, and back with its word.
//!
//! Whoever leaves has a secret in the browser, of which the record keeps a hash, once and for some minutes
//! (`domain::openid`); so what comes back is worth something in that browser only, and once. A provider says
//! who somebody is and nothing more: an account is there before, and an invitation or a verified address
//! links it to the provider's name for its person. That name opens it from then on, whatever becomes of the
//! address. Where somebody is turned away the reason is told: it was made sure who that is, or nothing is
//! told that a provider does not say itself.

use std::sync::Arc;

use domain::account::span::{Span, Spans};
use domain::account::{Email, Event as AccountEvent, State as AccountState};
use domain::audit::SubjectKind;
use domain::identifiers::{AccountId, IdentityLinkId, OrgId};
use domain::invitation::Event as InvitationEvent;
use domain::openid::{Claims, Discovery, EmailDomain, Expected, IdToken, Leaving, Purpose, Refused, Secret};
use jiff::{SignedDuration, Timestamp};
use store::accounts::Account;
use store::audit::Entry;
use store::identity_links::{Attempt, Link};
use store::identity_providers::IdentityProvider;
use store::{Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::{CalledUp, SentBackBy};
use crate::directory::accounts::Guest;
use crate::directory::sessions::{ShownSession, Taken, Visitor};

/// Reason for which somebody is not let in by a provider, or not sent to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// No organization is called up so.
    Unknown,
    /// The account is not linked to a provider.
    NotLinked,
    /// Nothing was begun in this browser, or it is over, or it was answered before.
    NotBegun,
    /// The provider refused, or the person did.
    Denied,
    /// The provider does not answer now.
    Away,
    /// The provider's word, or how it was set up, is of no use.
    Unusable,
    /// The provider's clock and ours differ.
    Clock,
    /// The provider does not say that it made sure of the person's address.
    Unverified,
    /// The organization has no account for the person.
    NoAccount,
    /// The organization ended the person's account.
    EndedAccount,
    /// The account is another person's of the provider, or the person opens another one.
    OtherPerson,
    /// The person did not sign in anew.
    NotFresh,
}

/// Somebody who is about to be sent to a provider. Has no `Debug`: it holds a secret.
#[derive(Clone)]
pub struct Departure {
    /// Secret for the browser that goes.
    pub secret: String,
    /// Time for which an answer is taken.
    pub lasts: SignedDuration,
    /// Address at the provider.
    pub address: String,
    /// Organization for which the person signs in.
    pub organization: String,
    /// Host of that address.
    pub host: String,
}

/// Somebody who came back from a provider. Has no `Debug`: it holds a secret.
pub enum Arrival {
    /// The provider's word was taken: a session has begun, or goes on with another secret.
    In {
        /// The session, with its secret.
        session: Box<ShownSession>,
        /// Address of the page to go to.
        leads_to: String,
    },
    /// It was not.
    Turned(Turned),
    /// It answers nothing that this browser began. What it did begin goes on.
    Foreign,
}

impl Crosswalk {
    /// True where people can sign in by providers: the service knows to where they send people back.
    #[must_use]
    pub fn has_sign_on(&self) -> bool {
        self.settings().sign_on.is_some()
    }

    /// Address to which the provider of an organization sends people back, where the service knows its own.
    #[must_use]
    pub fn returns_to(&self, organization: OrgId) -> Option<String> {
        self.settings().sign_on.as_ref().map(|sign_on| sign_on.returns_to(organization))
    }

    /// Sends somebody to the provider that is called up so. That one is called up so is no secret; whether
    /// somebody has an account is not looked at. In a browser whose session `here` is locked, the person
    /// signs in there anew: else whoever finds the browser could let the provider open what its person
    /// locked.
    ///
    /// # Errors
    /// `NotFound` where nobody signs in by providers.
    pub async fn leave_to_sign_in(
        &self,
        called: &CalledUp,
        here: Option<&Visitor>,
        leads_to: String,
    ) -> Result<Result<Departure, Turned>, Failure> {
        self.sign_on()?;
        let found = match called {
            CalledUp::Name(name) => store::identity_providers::by_name(self.store(), name).await?,
            CalledUp::Address(email) => {
                store::identity_providers::by_domain(self.store(), &EmailDomain::of(email)).await?
            }
        };
        let is_locked = here.is_some_and(Visitor::is_locked);
        let purpose = if is_locked { Purpose::SignInAnew } else { Purpose::SignIn };
        match found {
            Some(provider) => self.leave(&provider, purpose, None, leads_to).await,
            None => Ok(Err(Turned::Unknown)),
        }
    }

    /// Sends the person of a session, which may be locked, to sign in anew at the provider.
    ///
    /// # Errors
    /// `NotFound` where nobody signs in by providers.
    pub async fn leave_to_prove(
        &self,
        visitor: &Visitor,
        leads_to: String,
    ) -> Result<Result<Departure, Turned>, Failure> {
        self.sign_on()?;
        let account = visitor.account();
        let Some(link) = store::identity_links::of_account(self.store(), account).await? else {
            return Ok(Err(Turned::NotLinked));
        };
        match store::identity_providers::live(self.store(), link.provider).await? {
            Some(provider) => self.leave(&provider, Purpose::Prove, Some(account), leads_to).await,
            None => Ok(Err(Turned::NotLinked)),
        }
    }

    /// Sends whoever holds a link to take the invitation up at the organization's provider.
    ///
    /// # Errors
    /// `LinkClosed` for a link that opens nothing any more; `NotFound` where nobody signs in by providers.
    pub async fn leave_to_take_up(
        &self,
        guest: &Guest,
        leads_to: String,
    ) -> Result<Result<Departure, Turned>, Failure> {
        let store::invitations::Guest { invitation, account, .. } = &guest.found;
        invitation.life.opens(self.now())?;
        match self.provider_for(guest).await? {
            Some(provider) => self.leave(&provider, Purpose::TakeUp, Some(account.id), leads_to).await,
            None => Ok(Err(Turned::Unknown)),
        }
    }

    /// True if an invitation can be taken up at a provider: its organization has one, and somebody has said
    /// already who is invited.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn can_join_by_provider(&self, guest: &Guest) -> Result<bool, Failure> {
        Ok(self.has_sign_on() && self.provider_for(guest).await?.is_some())
    }

    async fn provider_for(&self, guest: &Guest) -> Result<Option<IdentityProvider>, Failure> {
        let account = &guest.found.account;
        if account.name.is_none() || account.email.is_none() {
            return Ok(None);
        }
        Ok(store::identity_providers::of_organization(self.store(), account.organization).await?)
    }

    async fn leave(
        &self,
        provider: &IdentityProvider,
        purpose: Purpose,
        account: Option<AccountId>,
        leads_to: String,
    ) -> Result<Result<Departure, Turned>, Failure> {
        let Some(organization) = self.name_of_active(provider.organization).await? else {
            return Ok(Err(Turned::Unknown));
        };
        let discovery = match self.description(provider).await {
            Ok(discovery) => discovery,
            Err(turned) => return Ok(Err(turned)),
        };
        let (first, second) = (self.secret_bits(), self.secret_bits());
        let secret = Secret::of(&[first.as_bytes(), second.as_bytes()]);
        let (now, lasts) = (self.now(), Spans::state().on(Span::Attempt, self.today()));
        let ends_at = now + lasts;
        let attempt = Attempt { provider: provider.id, purpose, account, leads_to, asked_at: now, ends_at };
        self.store().commit(Unit::of(store::identity_links::ask(&secret.hash(), &attempt))).await?;
        let redirect = self.sign_on()?.returns_to(provider.organization);
        let leaving = Leaving { secret: &secret, client: &provider.client_id, redirect: &redirect, purpose };
        Ok(Ok(Departure {
            address: leaving.address(&discovery),
            secret: secret.expose().to_owned(),
            lasts,
            organization,
            host: discovery.host(),
        }))
    }

    /// Name of an organization whose people may sign in now.
    async fn name_of_active(&self, id: OrgId) -> Result<Option<String>, Failure> {
        let duty = store::Scope::duty("sign-in");
        let found = store::organizations::find(self.store(), &duty, id).await?;
        Ok(found.filter(|found| found.state.is_active()).map(|found| found.name))
    }

    /// Takes the answer with which a provider sends a browser back that holds this secret. It is taken once,
    /// whatever comes of it.
    ///
    /// # Errors
    /// `NotActive` for people of an organization that is paused or has ended; `Session` for a proof without
    /// the session that it is for; `LinkClosed` for an invitation that is over.
    pub async fn come_back(
        &self,
        secret: &str,
        sent: &SentBackBy,
        visitor: Option<&Visitor>,
        request: String,
    ) -> Result<Arrival, Failure> {
        let Some(secret) = Secret::read(secret).filter(|secret| secret.state() == sent.state) else {
            return Ok(Arrival::Foreign);
        };
        let Some(attempt) = self.begun(&secret).await? else {
            return Ok(Arrival::Turned(Turned::NotBegun));
        };
        let refused = match self.word_taken(&attempt, &secret, sent, visitor, &request).await {
            Ok(Ok(session)) => {
                return Ok(Arrival::In { session: Box::new(session), leads_to: attempt.leads_to });
            }
            Ok(Err(turned)) => Ok(Arrival::Turned(turned)),
            Err(refused @ (Failure::NotActive(_) | Failure::Session(_) | Failure::LinkClosed(_))) => {
                Err(refused)
            }
            Err(failure) => return Err(failure),
        };
        let proving = visitor.filter(|_| attempt.purpose == Purpose::Prove);
        self.note_turned(proving, request).await?;
        refused
    }

    /// The attempt of this secret, which is answered from now on; `None` if it was before, or is over.
    async fn begun(&self, secret: &Secret) -> Result<Option<Attempt>, Failure> {
        let attempt = store::identity_links::asked(self.store(), &secret.hash()).await?;
        let Some(attempt) = attempt.filter(|attempt| self.now() < attempt.ends_at) else { return Ok(None) };
        match self.store().commit(Unit::of([store::identity_links::take(&secret.hash())])).await {
            Ok(()) => Ok(Some(attempt)),
            // It was answered a moment ago.
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn word_taken(
        &self,
        attempt: &Attempt,
        secret: &Secret,
        sent: &SentBackBy,
        visitor: Option<&Visitor>,
        request: &str,
    ) -> Result<Result<ShownSession, Turned>, Failure> {
        let found = store::identity_providers::live(self.store(), attempt.provider).await?;
        let Some(provider) = found else { return Ok(Err(Turned::NotBegun)) };
        let claims = match self.word_of(&provider, attempt, secret, sent).await {
            Ok(claims) => claims,
            Err(turned) => return Ok(Err(turned)),
        };
        // A provider's links end with it: everybody would be somebody else to one that ended meanwhile.
        if store::identity_providers::live(self.store(), provider.id).await?.is_none() {
            return Ok(Err(Turned::NotBegun));
        }
        let begun = match attempt.purpose {
            Purpose::SignIn | Purpose::SignInAnew => self.signs_in(&provider, &claims, request).await,
            Purpose::Prove => self.proves(&provider, &claims, attempt, visitor).await,
            Purpose::TakeUp => self.takes_up(&provider, &claims, attempt, request).await,
        };
        match begun {
            Ok(begun) => Ok(begun),
            // Somebody changed the account, or was first with the link, a moment ago.
            Err(Failure::SignInRefused | Failure::Stale | Failure::Exists) => Ok(Err(Turned::NotBegun)),
            Err(failure) => Err(failure),
        }
    }

    /// The provider's word about whoever came back, verified.
    async fn word_of(
        &self,
        provider: &IdentityProvider,
        attempt: &Attempt,
        secret: &Secret,
        sent: &SentBackBy,
    ) -> Result<Claims, Turned> {
        // A code at the address of another provider is not this one's to see: it could use it there.
        if sent.organization != provider.organization {
            tracing::warn!(issuer = %provider.issuer, "an answer came to another identity provider's address");
            return Err(Turned::Unusable);
        }
        let discovery = self.description(provider).await?;
        if !discovery.sent(&provider.issuer, sent.issuer.as_deref()) {
            return Err(Turned::Unusable);
        }
        if sent.error.is_some() {
            return Err(Turned::Denied);
        }
        let code = sent.code.as_deref().ok_or(Turned::Unusable)?;
        let token = self.exchanged(provider, &discovery, secret, code).await?;
        let nonce = secret.nonce();
        let expected = Expected {
            issuer: &provider.issuer,
            client: &provider.client_id,
            nonce: &nonce,
            now: self.now(),
            fresh_since: attempt.purpose.is_anew().then_some(attempt.asked_at),
        };
        self.verified(provider, &discovery, &token, &expected).await
    }

    /// The claims of a token. Where it names a key that is not known, the provider's keys are read again.
    async fn verified(
        &self,
        provider: &IdentityProvider,
        discovery: &Arc<Discovery>,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Claims, Turned> {
        let refused = |why: Refused| {
            tracing::warn!(issuer = %provider.issuer, %why, "a token of an identity provider was refused");
            turned(why)
        };
        let token = IdToken::read(token).map_err(refused)?;
        let keys = self.keys_of(provider, discovery, false).await?.unwrap_or_default();
        match token.verified(&keys, expected) {
            Err(Refused::UnknownKey) => {
                let newer = self.keys_of(provider, discovery, true).await?;
                let newer = newer.ok_or_else(|| refused(Refused::UnknownKey))?;
                token.verified(&newer, expected).map_err(refused)
            }
            verified => verified.map_err(refused),
        }
    }

    /// Begins a session of the person, who opens an account already or is linked to one now.
    async fn signs_in(
        &self,
        provider: &IdentityProvider,
        claims: &Claims,
        request: &str,
    ) -> Result<Result<ShownSession, Turned>, Failure> {
        let duty = store::Scope::duty("sign-in");
        let known = store::identity_links::of_person(self.store(), provider.id, &claims.subject).await?;
        if let Some(link) = known {
            let account = store::accounts::find(self.store(), &duty, link.account).await?;
            let Some(account) = account.filter(|account| account.state.is_active()) else {
                return Ok(Err(Turned::NoAccount));
            };
            let mut uses = still(provider, &account);
            uses.push(store::identity_links::used(link.id, self.now()));
            return Ok(Ok(self.enters(account, uses, claims, request).await?));
        }
        let account = match self.account_for(provider, claims).await? {
            Ok(account) => account,
            Err(turned) => return Ok(Err(turned)),
        };
        self.linked(provider, claims, account, request).await.map(Ok)
    }

    /// The account to which an unknown person of the provider is linked, by the verified address.
    async fn account_for(
        &self,
        provider: &IdentityProvider,
        claims: &Claims,
    ) -> Result<Result<Account, Turned>, Failure> {
        let Some(email) = &claims.verified_email else { return Ok(Err(Turned::Unverified)) };
        if !is_of(provider, email) {
            return Ok(Err(Turned::NoAccount));
        }
        let duty = store::Scope::duty("sign-in");
        let found = store::accounts::live(self.store(), &duty, provider.organization, email).await?;
        let Some(account) = found else {
            let organization = provider.organization;
            let has_ended = store::accounts::has_ended_with(self.store(), organization, email).await?;
            return Ok(Err(if has_ended { Turned::EndedAccount } else { Turned::NoAccount }));
        };
        // An address that the organization gave to somebody new opens nothing of whoever had it before.
        let is_anothers = store::identity_links::of_account(self.store(), account.id).await?.is_some();
        Ok(if is_anothers { Err(Turned::OtherPerson) } else { Ok(account) })
    }

    /// Links a person of the provider to an account, which is active from now on, and begins a session.
    async fn linked(
        &self,
        provider: &IdentityProvider,
        claims: &Claims,
        account: Account,
        request: &str,
    ) -> Result<ShownSession, Failure> {
        let now = self.now();
        let link = Link {
            id: self.id(IdentityLinkId::from_uuid),
            provider: provider.id,
            subject: claims.subject.clone(),
            account: account.id,
            made_at: now,
            used_at: Some(now),
        };
        let linked = store::audit::insert(&self.entry_of(&account, request.to_owned(), "link-identity"));
        let (account, mut uses) = self.activated(provider, account, request).await?;
        uses.extend([store::identity_links::insert(&link), linked]);
        self.enters(account, uses, claims, request).await
    }

    /// The account as its person opens it, and the statements after which it is so: one that was invited is
    /// taken up.
    async fn activated(
        &self,
        provider: &IdentityProvider,
        account: Account,
        request: &str,
    ) -> Result<(Account, Vec<Statement>), Failure> {
        if !matches!(account.state, AccountState::Invited { .. }) {
            let guards = still(provider, &account);
            return Ok((account, guards));
        }
        // A link that has expired opens nothing, by whichever way it is taken up.
        let settled = self.settle_link(account.id, InvitationEvent::Accept).await?;
        let taken_up =
            store::audit::insert(&self.entry_of(&account, request.to_owned(), "accept-invitation"));
        let state = account.state.clone().apply(AccountEvent::Accept, self.now())?;
        let active = Account { state, ..account };
        // The change is a guard too: after a shared lock, two who come at once would wait for each other.
        let guards = [store::identity_providers::goes_on(provider.id), store::accounts::update(&active)];
        let statements = guards.into_iter().chain(settled).chain([taken_up]).collect();
        Ok((Account { version: active.version + 1, ..active }, statements))
    }

    /// Begins a session, whose proof is as old as the person's sign-in at the provider.
    async fn enters(
        &self,
        account: Account,
        uses: Vec<Statement>,
        claims: &Claims,
        request: &str,
    ) -> Result<ShownSession, Failure> {
        let proved_at = claims.signed_in_at.unwrap_or_else(|| self.no_longer_fresh());
        self.begin_session_after(proved_at, account, Taken { uses }, &[], request.to_owned()).await
    }

    /// The latest instant at which a proof is too old for what cannot be undone.
    fn no_longer_fresh(&self) -> Timestamp {
        self.now() - Spans::state().on(Span::Proof, self.today())
    }

    /// Takes the provider's word as the proof of who the person of a session is.
    async fn proves(
        &self,
        provider: &IdentityProvider,
        claims: &Claims,
        attempt: &Attempt,
        visitor: Option<&Visitor>,
    ) -> Result<Result<ShownSession, Turned>, Failure> {
        let visitor = visitor.ok_or(Failure::Session(domain::session::Closed::Over))?;
        if attempt.account != Some(visitor.account()) {
            return Ok(Err(Turned::NotBegun));
        }
        let link = store::identity_links::of_person(self.store(), provider.id, &claims.subject).await?;
        let Some(link) = link.filter(|link| link.account == visitor.account()) else {
            return Ok(Err(Turned::OtherPerson));
        };
        // As fresh as every other proof, however long the way back took.
        if claims.signed_in_at.is_none_or(|at| at <= self.no_longer_fresh()) {
            return Ok(Err(Turned::NotFresh));
        }
        let mut uses = still(provider, &visitor.found.account);
        uses.push(store::identity_links::used(link.id, self.now()));
        self.proved(visitor, Taken { uses }, Unit::default()).await.map(Ok)
    }

    /// Takes an invitation up for whoever held its link and came back: that is who was invited, whatever
    /// address the provider knows.
    async fn takes_up(
        &self,
        provider: &IdentityProvider,
        claims: &Claims,
        attempt: &Attempt,
        request: &str,
    ) -> Result<Result<ShownSession, Turned>, Failure> {
        let Some(id) = attempt.account else { return Ok(Err(Turned::NotBegun)) };
        let duty = store::Scope::duty("accept-invitation");
        let account = store::accounts::find(self.store(), &duty, id).await?;
        let is_invited = |account: &Account| matches!(account.state, AccountState::Invited { .. });
        let Some(account) = account.filter(is_invited) else { return Ok(Err(Turned::NotBegun)) };
        let open = store::invitations::open_of(self.store(), id).await?;
        // A link that was made since is for whoever is given it, and not for who held the one before.
        let held = open.filter(|open| open.life.made_at <= attempt.asked_at);
        held.ok_or(domain::invitation::Closed::Settled)?.life.opens(self.now())?;
        let known = store::identity_links::of_person(self.store(), provider.id, &claims.subject).await?;
        if known.is_some() || account.organization != provider.organization {
            return Ok(Err(Turned::OtherPerson));
        }
        self.linked(provider, claims, account, request).await.map(Ok)
    }

    /// Puts on the record that somebody was turned away, without a word about whom it was for.
    async fn note_turned(&self, visitor: Option<&Visitor>, request: String) -> Result<(), Failure> {
        let entry = match visitor {
            Some(visitor) => self.entry_of(&visitor.found.account, request, "prove-session"),
            None => {
                let nobody = Caller { request, ..Caller::host("sign-in") };
                self.audit_entry(&nobody, "sign-in", SubjectKind::Account, "unseen")
            }
        };
        let denied = Entry { outcome: "denied".to_owned(), ..entry };
        Ok(self.store().commit(Unit::of([store::audit::insert(&denied)])).await?)
    }
}

/// Guards of a unit that lets somebody in: while the provider was asked, nobody ended it or changed the
/// account.
fn still(provider: &IdentityProvider, account: &Account) -> Vec<Statement> {
    vec![store::identity_providers::goes_on(provider.id), store::accounts::unchanged(account)]
}

/// True for an address of a domain of the provider's organization, or of any where it names none.
fn is_of(provider: &IdentityProvider, email: &Email) -> bool {
    provider.email_domains.is_empty() || provider.email_domains.contains(&EmailDomain::of(email))
}

/// Reason that a person is told for a token that was refused.
fn turned(why: Refused) -> Turned {
    match why {
        Refused::Expired | Refused::Future => Turned::Clock,
        Refused::NotFresh => Turned::NotFresh,
        Refused::Unreadable
        | Refused::Algorithm
        | Refused::UnknownKey
        | Refused::WrongSignature
        | Refused::OtherIssuer
        | Refused::OtherAudience
        | Refused::OtherNonce => Turned::Unusable,
    }
}
