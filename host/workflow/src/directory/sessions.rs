//! Signing in, and the sessions that come of it.
//!
//! A person signs in with a passkey (`passkeys`), at the organization's identity provider (`sign_on`), or
//! with an address and a code: of the authenticator, or one of the recovery codes. Tries of codes are counted
//! in the record for the address, whether it has an account or not, and the answer does not tell. A session's
//! secret is told once and kept as a hash; each proof gives the session another one.

use std::sync::Arc;

use domain::account::span::{Span, Spans};
use domain::account::{Email, Rights, Role as AccountRole, Side};
use domain::audit::SubjectKind;
use domain::credential::{RECOVERY_CODES, RecoveryCode, TotpSecret};
use domain::identifiers::{AccountId, CredentialId, Digest, PersonName, SessionId};
use domain::session::{Closed, Event, Session as Life, State as LifeState, Terms, Why};
use jiff::{SignedDuration, Timestamp};
use store::accounts::Account;
use store::audit::Entry;
use store::organizations::Organization;
use store::sessions::Session;
use store::tries::Limit;
use store::{Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::Credentials;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

/// Prefix of a session's secret, by which one in the wrong place is found.
const PREFIX: &str = "cws_";
/// Seconds between two notes that a session is used.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// A session, with its secret in the answer that tells it. Has no `Debug`: a secret is not printed.
#[derive(Clone)]
pub struct ShownSession {
    /// Row of the session.
    pub session: Session,
    /// First instant at which it has ended by itself, if it is not used before (UTC).
    pub ends_at: Timestamp,
    /// True if a proof is fresh enough for what cannot be undone.
    pub is_raised: bool,
    /// True for the session in which this is asked.
    pub is_current: bool,
    /// Its secret, when the person has just shown who it is.
    pub secret: Option<String>,
}

/// Somebody who shows the secret of a session, which may be locked. It may look at the session, lock it, and
/// prove who it is.
pub struct Visitor {
    pub(super) found: store::sessions::SignedIn,
    secret: Digest,
    pub(super) caller: Caller,
}

impl Visitor {
    /// Account of the person.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.found.account.id
    }

    /// True if the session waits for a proof.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self.found.session.life.state, LifeState::Locked { .. })
    }

    /// Name of the person; `None` of an account that nobody named.
    #[must_use]
    pub fn name(&self) -> Option<&PersonName> {
        self.found.account.name.as_ref()
    }

    /// Organization for which the person is signed in.
    #[must_use]
    pub fn organization(&self) -> &Organization {
        &self.found.organization
    }

    /// Roles of the person there, and whether the person looks after its accounts.
    #[must_use]
    pub fn rights(&self) -> &Rights {
        &self.found.account.rights
    }
}

/// A proof that was taken, and the statements by which it is used up.
pub(super) struct Taken {
    pub(super) uses: Vec<Statement>,
}

impl Crosswalk {
    /// Signs a person in: begins a session, whose secret is in this answer and kept as a hash.
    ///
    /// # Errors
    /// `SignInRefused` where address and code do not go together, whatever the reason; `TooManySignIns`,
    /// whether there is such an account or not; `NotActive` for people of an organization that is paused or
    /// has ended.
    pub async fn sign_in(&self, shown: Credentials, request: String) -> Result<ShownSession, Failure> {
        let limits = self.sign_in_limits(&shown.email);
        self.tries_are_left(&limits).await?;
        let accounts = store::accounts::active_with(self.store(), &shown.email).await?;
        for account in accounts {
            let Some(taken) = self.takes_code(account.id, &shown.code).await? else { continue };
            return self.begin_session(account, taken, &limits, request).await;
        }
        self.note_refused(&limits, request).await?;
        Err(Failure::SignInRefused)
    }

    /// Begins a session of somebody whose proof was taken.
    pub(super) async fn begin_session(
        &self,
        account: Account,
        taken: Taken,
        limits: &[Limit],
        request: String,
    ) -> Result<ShownSession, Failure> {
        self.begin_session_after(self.now(), account, taken, limits, request).await
    }

    /// The same of somebody whose proof is as old as `proved_at`.
    pub(super) async fn begin_session_after(
        &self,
        proved_at: Timestamp,
        account: Account,
        taken: Taken,
        limits: &[Limit],
        request: String,
    ) -> Result<ShownSession, Failure> {
        let duty = store::Scope::duty("sign-in");
        let organization = store::organizations::find(self.store(), &duty, account.organization).await?;
        let organization = organization.ok_or(Failure::NotFound)?;
        if !organization.state.is_active() {
            return Err(Failure::NotActive(organization.state));
        }
        let (session, secret) = self.new_session(account.id);
        let session = Session { life: Life::begin_after(proved_at, self.now()), ..session };
        let entry = self.entry_of(&account, request, "sign-in");
        // Of many tries at once no more come through than one after the other.
        let mut unit = Unit::of(limits.iter().take(1).map(store::tries::alone));
        unit.extend(limits.iter().map(store::tries::left));
        unit.extend(taken.uses);
        unit.add(store::sessions::insert(&session, &Digest::of(secret.as_bytes())));
        unit.add(store::audit::insert(&Entry { plan: organization.plan, ..entry }));
        match self.store().commit(unit).await {
            Ok(()) => Ok(self.shown_session(session, Some(secret), true)),
            // The code or the challenge was used a moment ago, or the last try was.
            Err(StoreError::Conflict) => Err(Failure::SignInRefused),
            Err(error) => Err(error.into()),
        }
    }

    /// A session that begins now, and its secret.
    pub(crate) fn new_session(&self, account: AccountId) -> (Session, String) {
        let session = Session { id: self.id(SessionId::from_uuid), account, life: Life::begin(self.now()) };
        (session, self.session_secret())
    }

    /// 244 random bits, as text.
    fn session_secret(&self) -> String {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        format!("{PREFIX}{}{}", first.simple(), second.simple())
    }

    /// A session as its person is shown it.
    pub(crate) fn shown_session(
        &self,
        session: Session,
        secret: Option<String>,
        current: bool,
    ) -> ShownSession {
        let terms = self.terms();
        ShownSession {
            ends_at: session.life.ends_at(&terms),
            is_raised: session.life.is_raised(&terms, self.now()),
            is_current: current,
            session,
            secret,
        }
    }

    /// An entry of the trail about what somebody did with an account, who is not a caller yet.
    pub(super) fn entry_of(&self, account: &Account, request: String, action: &str) -> Entry {
        let nobody = Caller {
            account: Some(account.id),
            organization: Some(account.organization),
            request,
            role: role_of(account),
            ..Caller::host("sign-in")
        };
        self.audit_entry(&nobody, action, SubjectKind::Account, &account.id.to_string())
    }

    /// The code of an account, if it is good now.
    async fn takes_code(&self, account: AccountId, code: &str) -> Result<Option<Taken>, Failure> {
        if let Some(code) = RecoveryCode::read(code) {
            let found = store::credentials::recovery(self.store(), account, &code.hash()).await?;
            return Ok(found.map(|id| Taken { uses: vec![store::credentials::use_recovery(id, self.now())] }));
        }
        let Some(held) = store::credentials::authenticator(self.store(), account).await? else {
            return Ok(None);
        };
        let step = held.secret.accepts(code, held.used_step, self.now());
        Ok(step.map(|step| Taken { uses: vec![store::credentials::use_step(held.id, step)] }))
    }

    /// Counts of refused tries for an address, known or not. It does not lie in the record as it is.
    fn sign_in_limits(&self, email: &Email) -> Vec<Limit> {
        let address = Digest::of(email.expose().as_bytes());
        let rules = Spans::state().tries_on(self.today());
        rules
            .map(|rule| Limit {
                subject: format!("sign-in/{}/{address}", rule.minutes),
                misses: rule.misses,
                over: self.now() - SignedDuration::from_mins(i64::from(rule.minutes)),
            })
            .collect()
    }

    async fn tries_are_left(&self, limits: &[Limit]) -> Result<(), Failure> {
        for limit in limits {
            if let Some(since) = store::tries::used_up_since(self.store(), limit).await? {
                // The count is over as long after its begin as `over` lies before now.
                let wait = since.duration_since(limit.over).max(SignedDuration::from_secs(1));
                return Err(Failure::TooManySignIns(wait));
            }
        }
        Ok(())
    }

    /// Counts a refused try and puts it on the record, without a word about whom it was for.
    async fn note_refused(&self, limits: &[Limit], request: String) -> Result<(), Failure> {
        let now = self.now();
        let nobody = Caller { request, ..Caller::host("sign-in") };
        let entry = self.audit_entry(&nobody, "sign-in", SubjectKind::Account, "unseen");
        let mut unit = Unit::of(limits.iter().take(1).map(store::tries::alone));
        unit.extend(limits.iter().map(|limit| store::tries::count(limit, now)));
        unit.add(store::audit::insert(&Entry { outcome: "denied".to_owned(), ..entry }));
        match self.store().commit(unit).await {
            // Others used up what was left a moment ago: refused it is all the same.
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever shows the secret of a session that has not ended, be it locked; `None` if no session has it.
    ///
    /// # Errors
    /// `Session` for one that has ended; `NotActive` for an organization that is paused or has ended; else
    /// when the record cannot be read.
    pub async fn visitor(&self, secret: &str, request: String) -> Result<Option<Visitor>, Failure> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        self.learn_counties().await?;
        let secret = Digest::of(secret.as_bytes());
        let found = store::sessions::authenticate(self.store(), &secret, self.today()).await?;
        let Some(found) = found else { return Ok(None) };
        if let Err(Closed::Over) = found.session.life.serves(&self.terms(), self.now()) {
            return Err(Closed::Over.into());
        }
        if !found.account.state.is_active() {
            return Err(Closed::Over.into());
        }
        if !found.organization.state.is_active() {
            return Err(Failure::NotActive(found.organization.state));
        }
        let is_raised = found.session.life.is_raised(&self.terms(), self.now());
        let caller = caller_of(&found, is_raised, request);
        Ok(Some(Visitor { found, secret, caller }))
    }

    /// The person of a session that serves; `None` if no session has this secret.
    ///
    /// # Errors
    /// As [`Self::visitor`], and `Session` for one that is locked.
    pub async fn signed_in(&self, secret: &str, request: String) -> Result<Option<Caller>, Failure> {
        let Some(mut visitor) = self.visitor(secret, request).await? else { return Ok(None) };
        self.let_in(&mut visitor)?;
        Ok(Some(visitor.caller))
    }

    /// Lets the person of a session that serves in, which is a use of it: it ends that much later.
    ///
    /// # Errors
    /// `Session` for one that is locked, or has ended.
    pub fn let_in(&self, visitor: &mut Visitor) -> Result<Caller, Failure> {
        let (id, life, now) = (visitor.found.session.id, &mut visitor.found.session.life, self.now());
        life.serves(&self.terms(), now)?;
        if now.duration_since(life.seen_at) >= NOTED_EVERY {
            life.seen_at = now;
            self.note_seen(id);
        }
        Ok(visitor.caller.clone())
    }

    /// Notes that a session is used, behind the request.
    fn note_seen(&self, id: SessionId) {
        let (store, unit) = (self.store().clone(), Unit::of([store::sessions::seen(id, self.now())]));
        tokio::spawn(async move {
            if let Err(error) = store.commit(unit).await {
                tracing::debug!(%error, "the last use of a session was not noted");
            }
        });
    }

    /// The session that is shown, locked or not.
    pub fn session(&self, visitor: &Visitor) -> ShownSession {
        self.shown_session(visitor.found.session.clone(), None, true)
    }

    /// Locks a session: it does nothing until its person proves who it is.
    ///
    /// # Errors
    /// `Session` for one that is locked, or has ended.
    pub async fn lock(&self, visitor: &Visitor) -> Result<ShownSession, Failure> {
        let unit = Unit::default();
        let session = self.moved_session(visitor, Event::Lock, unit, "lock-session").await?;
        Ok(self.shown_session(session, None, true))
    }

    /// Takes a proof of who the person of a session is: unlocks it, and raises it for what cannot be undone.
    /// The session has another secret from now on.
    ///
    /// # Errors
    /// As [`Self::sign_in`]; `Session` for a session that has ended.
    pub async fn prove(&self, visitor: &Visitor, code: &str) -> Result<ShownSession, Failure> {
        let account = &visitor.found.account;
        let limits = account.email.as_ref().map(|email| self.sign_in_limits(email)).unwrap_or_default();
        self.tries_are_left(&limits).await?;
        let Some(taken) = self.takes_code(account.id, code).await? else {
            self.note_refused(&limits, visitor.caller.request.clone()).await?;
            return Err(Failure::SignInRefused);
        };
        let mut unit = Unit::of(limits.iter().take(1).map(store::tries::alone));
        unit.extend(limits.iter().map(store::tries::left));
        self.proved(visitor, taken, unit).await
    }

    /// The session after a proof that was taken, in one unit with `unit`.
    pub(super) async fn proved(
        &self,
        visitor: &Visitor,
        taken: Taken,
        mut unit: Unit,
    ) -> Result<ShownSession, Failure> {
        let secret = self.session_secret();
        unit.extend(taken.uses);
        let id = visitor.found.session.id;
        unit.add(store::sessions::rotate(id, &Digest::of(secret.as_bytes()), &visitor.secret));
        let session = self.moved_session(visitor, Event::Prove, unit, "prove-session").await?;
        Ok(self.shown_session(session, Some(secret), true))
    }

    /// Applies an event to the session that is shown, in one unit with `unit` and an entry of the trail.
    async fn moved_session(
        &self,
        visitor: &Visitor,
        event: Event,
        mut unit: Unit,
        action: &str,
    ) -> Result<Session, Failure> {
        let session = &visitor.found.session;
        let life = session.life.apply(event, &self.terms(), self.now())?;
        let moved = Session { life, ..session.clone() };
        unit.add(store::sessions::keep(&moved, &session.life.state));
        unit.add(self.audit(&visitor.caller, action, SubjectKind::Session, &session.id.to_string(), None));
        match self.store().commit(unit).await {
            Ok(()) => Ok(moved),
            Err(StoreError::Conflict) => Err(Failure::SignInRefused),
            Err(error) => Err(error.into()),
        }
    }

    /// The person's own sessions that go on, newest first.
    ///
    /// # Errors
    /// `Forbidden` for a key, which has none.
    pub async fn sessions(&self, caller: &Caller) -> Result<Vec<ShownSession>, Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        let sessions = store::sessions::of_account(self.store(), account).await?;
        self.look(caller, Look::List(SubjectKind::Session)).await?;
        let (terms, now) = (self.terms(), self.now());
        let going_on = |session: &Session| session.life.serves(&terms, now) != Err(Closed::Over);
        let shown = sessions.into_iter().filter(going_on).map(|session| {
            let is_current = caller.session == Some(session.id);
            self.shown_session(session, None, is_current)
        });
        Ok(shown.collect())
    }

    /// Ends one of the person's own sessions. One that has ended already stays as it is.
    ///
    /// # Errors
    /// `Forbidden` for a key; `NotFound` for a session that is not the person's.
    pub async fn end_session(&self, caller: &Caller, id: SessionId) -> Result<(), Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        let session = store::sessions::find(self.store(), account, id).await?.ok_or(Failure::NotFound)?;
        let now = self.now();
        if session.life.serves(&self.terms(), now) == Err(Closed::Over) {
            return Ok(());
        }
        let unit = Unit::of([
            store::sessions::end(id, now, Why::SignedOut),
            self.audit(caller, "end-session", SubjectKind::Session, &id.to_string(), None),
        ]);
        Ok(self.store().commit(unit).await?)
    }

    /// Ends every session of the person, this one too.
    ///
    /// # Errors
    /// `Forbidden` for a key.
    pub async fn end_sessions(&self, caller: &Caller) -> Result<(), Failure> {
        let account = caller.account.ok_or(Failure::Forbidden)?;
        let unit = Unit::of([
            store::sessions::end_all(account, self.now(), Why::SignedOut),
            self.audit(caller, "end-sessions", SubjectKind::Account, &account.to_string(), None),
        ]);
        Ok(self.store().commit(unit).await?)
    }

    /// A new secret for an authenticator.
    pub(crate) fn new_totp(&self) -> (CredentialId, TotpSecret) {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        let secret = TotpSecret::of(&[first.as_bytes(), second.as_bytes()]);
        (self.id(CredentialId::from_uuid), secret)
    }

    /// Fresh recovery codes of an account, and the statements that keep them.
    pub(crate) fn new_recovery_codes(&self, account: AccountId) -> (Vec<RecoveryCode>, Vec<Statement>) {
        let code = |_| RecoveryCode::of(&[self.secret_bits().as_bytes()]);
        let codes: Vec<RecoveryCode> = (0..RECOVERY_CODES).map(code).collect();
        let kept = codes.iter().map(|code| {
            let id = self.id(CredentialId::from_uuid);
            store::credentials::add_recovery(id, account, &code.hash(), self.now())
        });
        let kept = kept.collect();
        (codes, kept)
    }

    fn terms(&self) -> Terms {
        let span = |of| Spans::state().on(of, self.today());
        Terms { idle: span(Span::SessionIdle), whole: span(Span::Session), raised: span(Span::Proof) }
    }
}

/// The person of a session, with the rights of the keys that do the same work.
fn caller_of(found: &store::sessions::SignedIn, is_raised: bool, request: String) -> Caller {
    let account = &found.account;
    let is_analyst = account.rights.roles().any(|role| role == AccountRole::Analyst);
    let works_cases = account
        .rights
        .roles()
        .any(|role| matches!(role, AccountRole::PlanOperations | AccountRole::Reviewer));
    let runs_host = account.rights.roles().any(|role| role == AccountRole::CountyOperator);
    let role = role_of(account);
    Caller {
        key: None,
        account: Some(account.id),
        session: Some(found.session.id),
        is_raised,
        organization: Some(account.organization),
        enrolled: Some(Arc::new(found.organization.clone())),
        role,
        also: (is_analyst && works_cases).then_some(Role::PlanReviewer),
        only_reads: role == Role::Operator && !runs_host,
        manages_keys: account.rights.administers(),
        plan: found.organization.plan.clone(),
        reviewer: account.rights.license().cloned(),
        scope: found.scope.clone(),
        request,
    }
}

/// Role of the keys that do the work of an account. Of a plan's person who publishes rules and works cases it
/// is the administrator's; the reviewer's is had beside it.
fn role_of(account: &Account) -> Role {
    let mut roles = account.rights.roles();
    match roles.next().map(AccountRole::side) {
        Some(Side::Plan) => {
            let is_analyst = account.rights.roles().any(|role| role == AccountRole::Analyst);
            if is_analyst { Role::PlanAdmin } else { Role::PlanReviewer }
        }
        Some(Side::County) => Role::Operator,
        Some(Side::Provider) | None => Role::Provider,
    }
}
