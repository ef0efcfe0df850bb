//! Accounts of people: an organization's administrator invites, changes and ends them; the person who holds a
//! link takes its invitation up.
//!
//! The administrator is whoever manages the organization's keys; the operator may do the same for every
//! organization, and so lets the first person of each in. The secret of a link is told once, to whoever made
//! it, and kept as a hash. Nobody takes the last administrator of their own organization away.

use domain::account::span::{Span, Spans};
use domain::account::{Email, Event, Misfit, Rights, Role as AccountRole, Side, State};
use domain::audit::SubjectKind;
use domain::case::{Language, LicensedReviewer};
use domain::credential::RecoveryCode;
use domain::identifiers::{AccountId, CredentialId, Digest, InvitationId, OrgId};
use domain::invitation::{Closed, Event as InvitationEvent, Invitation as Life};
use domain::passkey::Purpose;
use domain::problem::Code;
use domain::session::Why;
use jiff::Timestamp;
use store::accounts::Account;
use store::audit::Entry;
use store::invitations::Invitation;
use store::organizations::{Organization, OrganizationKind};
use store::{Statement, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, page};
use crate::command::{Acceptance, AccountChange, Expected, NewAccount, Once, Outcome, WayIn};
use crate::directory::sessions::ShownSession;

/// Prefix of a link's secret, by which one in the wrong place is found.
const PREFIX: &str = "cwi_";
/// Role in which somebody acts who has not signed in yet, as the audit trail has it.
const INVITED: &str = "invited";

/// An account, with the link that opens it where there is one. Has no `Debug`: a secret is not printed.
#[derive(Clone)]
pub struct ShownAccount {
    /// Row of the account.
    pub account: Account,
    /// Link that opens it; `None` where nobody is to take it up, and in lists.
    pub link: Option<ShownLink>,
}

/// The open link of an account. Has no `Debug`: a secret is not printed.
#[derive(Clone)]
pub struct ShownLink {
    /// First instant at which it opens nothing any more (UTC).
    pub ends_at: Timestamp,
    /// Its secret, while it is being made.
    pub secret: Option<String>,
}

/// An invitation, as whoever holds its link sees it.
#[derive(Clone, Debug)]
pub struct ShownInvitation {
    /// Organization that invites.
    pub organization: Organization,
    /// Account that the link opens.
    pub account: Account,
    /// First instant at which the link opens nothing any more (UTC).
    pub ends_at: Timestamp,
}

/// An authenticator that is offered to a guest. Has no `Debug`: its secret is not printed.
#[derive(Clone)]
pub struct ShownAuthenticator {
    /// Secret to type into it, while it is being offered.
    pub secret: Option<String>,
    /// The same as the address that a picture holds.
    pub uri: Option<String>,
}

/// An account that was taken up, and the session in which its person goes on. Has no `Debug`: secrets are not
/// printed.
#[derive(Clone)]
pub struct ShownWelcome {
    /// Account that is active now.
    pub account: ShownAccount,
    /// Session that has begun.
    pub session: ShownSession,
    /// Codes for the day on which the authenticator is lost, in groups; empty in a replay.
    pub recovery_codes: Vec<String>,
}

/// Somebody who holds a link. Only [`Crosswalk::guest`] makes one; it may do nothing but take the invitation
/// up.
pub struct Guest {
    pub(super) found: store::invitations::Guest,
    /// The guest as the audit trail and the retries of the one command know it.
    caller: Caller,
}

impl Crosswalk {
    /// Invites a person: makes the account and its first link. The link's secret is in this answer and kept
    /// as a hash.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not administer, and for another organization's; `ProofNeeded`; `Invalid`
    /// for an unknown organization, rights that do not fit it, or an address that has an account there.
    pub async fn invite_account(
        &self,
        caller: &Caller,
        new: NewAccount,
        once: Once<ShownAccount>,
    ) -> Result<Outcome<ShownAccount>, Failure> {
        administers_surely(caller)?;
        let own = *caller.organization()?;
        let whose = new.organization.unwrap_or(own);
        if caller.role != Role::Operator && whose != own {
            return Err(Failure::Forbidden);
        }
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let organization = self.takes_people(caller, whose).await?;
                let rights = rights(
                    &organization,
                    new.roles.iter().copied(),
                    new.license.as_deref(),
                    new.administers,
                )?;
                let taken = store::accounts::live(self.store(), &caller.scope, whose, &new.email).await?;
                if taken.is_some() {
                    return Err(taken_address());
                }
                let account = Account {
                    id: self.id(AccountId::from_uuid),
                    organization: whose,
                    name: Some(new.name.clone()),
                    email: Some(new.email.clone()),
                    language: new.language,
                    rights,
                    state: State::Invited { at: self.now() },
                    created_at: self.now(),
                    version: 1,
                };
                let (invitation, secret) = self.new_link(account.id);
                let subject = account.id.to_string();
                let unit = Unit::of([
                    store::accounts::insert(&account),
                    store::invitations::insert(&invitation, &Digest::of(secret.as_bytes())),
                    self.audit(
                        caller,
                        "invite-account",
                        SubjectKind::Account,
                        &subject,
                        organization.plan.as_ref(),
                    ),
                ]);
                Ok((unit, told_once(account, &invitation, secret)))
            })
        })
        .await
    }

    /// Makes another link, in place of the one before. An account that is active waits for it to be taken up:
    /// this is for somebody who has lost every way in.
    ///
    /// # Errors
    /// `NotFound`, `Newer`; `Account` for one that has ended; `Withheld` for the last administrator of the
    /// caller's organization.
    pub async fn invite_again(
        &self,
        caller: &Caller,
        id: AccountId,
        expected: Expected,
        once: Once<ShownAccount>,
    ) -> Result<Outcome<ShownAccount>, Failure> {
        administers_surely(caller)?;
        self.once(caller, once, || {
            Box::pin(async move {
                let account = self.account_of_version(caller, id, expected).await?;
                self.takes_people(caller, account.organization).await?;
                let mut unit = self.another_administers(caller, &account).await?;
                let state = account.state.clone().apply(Event::Invite, self.now())?;
                unit.extend(self.close_ways_in(id));
                let account = Account { state, ..account };
                let (invitation, secret) = self.new_link(id);
                unit.add(store::accounts::update(&account));
                unit.extend(self.settle_link(id, InvitationEvent::Replace).await?);
                unit.add(store::invitations::insert(&invitation, &Digest::of(secret.as_bytes())));
                unit.add(self.audit(
                    caller,
                    "invite-account-again",
                    SubjectKind::Account,
                    &id.to_string(),
                    None,
                ));
                let saved = Account { version: account.version + 1, ..account };
                Ok((unit, told_once(saved, &invitation, secret)))
            })
        })
        .await
    }

    /// Changes a person's name, language or rights. With other rights the person signs in anew.
    ///
    /// # Errors
    /// `NotFound`, `Newer`; `Account` for one that has ended; `Invalid` for rights that do not fit;
    /// `Withheld` for the last administrator of the caller's organization.
    pub async fn change_account(
        &self,
        caller: &Caller,
        id: AccountId,
        change: AccountChange,
        expected: Expected,
        once: Once<ShownAccount>,
    ) -> Result<Outcome<ShownAccount>, Failure> {
        administers_surely(caller)?;
        let change = &change;
        self.once(caller, once, || {
            Box::pin(async move {
                let account = self.account_of_version(caller, id, expected).await?;
                if matches!(account.state, State::Ended { .. }) {
                    let refused = domain::account::NotAllowed { from: account.state.name(), event: "change" };
                    return Err(refused.into());
                }
                let organization = self.takes_people(caller, account.organization).await?;
                let rights = changed_rights(&organization, &account.rights, change)?;
                let rights_changed = rights != account.rights;
                let mut unit = match account.rights.administers() && !rights.administers() {
                    true => self.another_administers(caller, &account).await?,
                    false => Unit::default(),
                };
                let account = Account {
                    name: change.name.clone().or(account.name),
                    language: change.language.unwrap_or(account.language),
                    rights,
                    ..account
                };
                unit.add(store::accounts::update(&account));
                if rights_changed {
                    unit.add(store::sessions::end_all(id, self.now(), Why::Account));
                }
                unit.add(self.audit(caller, "change-account", SubjectKind::Account, &id.to_string(), None));
                self.saved_account(unit, account).await
            })
        })
        .await
    }

    /// Ends an account at once, with its sessions and the link that would open it.
    ///
    /// # Errors
    /// `NotFound`, `Newer`; `Account` for one that has ended; `Withheld` for the last administrator of the
    /// caller's organization.
    pub async fn end_account(
        &self,
        caller: &Caller,
        id: AccountId,
        reason: String,
        expected: Expected,
        once: Once<ShownAccount>,
    ) -> Result<Outcome<ShownAccount>, Failure> {
        administers_surely(caller)?;
        let reason = &reason;
        self.once(caller, once, || {
            Box::pin(async move {
                let account = self.account_of_version(caller, id, expected).await?;
                let mut unit = self.another_administers(caller, &account).await?;
                let event = Event::End { reason: reason.clone() };
                let state = account.state.clone().apply(event, self.now())?;
                let account = Account { state, ..account };
                unit.add(store::accounts::update(&account));
                unit.extend(self.settle_link(id, InvitationEvent::Withdraw).await?);
                unit.extend(self.close_ways_in(id));
                unit.add(self.audit(caller, "end-account", SubjectKind::Account, &id.to_string(), None));
                let saved = Account { version: account.version + 1, ..account };
                Ok((unit, ShownAccount { account: saved, link: None }))
            })
        })
        .await
    }

    /// Accounts: those of the caller's organization; for the operator those of every organization, or of one.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not administer; `Invalid` for a bad cursor.
    pub async fn accounts(
        &self,
        caller: &Caller,
        organization: Option<OrgId>,
        paging: Paging,
    ) -> Result<Page<ShownAccount>, Failure> {
        administers(caller)?;
        let after = paging.after()?;
        let rows =
            store::accounts::list(self.store(), &caller.scope, organization, after, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Account)).await?;
        Ok(page(rows, |account| ShownAccount { account, link: None }))
    }

    /// One account, with the end of the link that opens it.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not administer; `NotFound`.
    pub async fn account(&self, caller: &Caller, id: AccountId) -> Result<ShownAccount, Failure> {
        administers(caller)?;
        let found = store::accounts::find(self.store(), &caller.scope, id).await?;
        let account = found.ok_or(Failure::NotFound)?;
        let link = self.link_of(id).await?;
        self.look(caller, Look::List(SubjectKind::Account)).await?;
        Ok(ShownAccount { account, link })
    }

    /// Guest that shows this secret; `None` if no link has it. What became of the link, each use case asks.
    ///
    /// # Errors
    /// `NotActive` for a link of an organization that is paused or has ended; else when the record cannot be
    /// read.
    pub async fn guest(&self, secret: &str, request: String) -> Result<Option<Guest>, Failure> {
        if !secret.starts_with(PREFIX) {
            return Ok(None);
        }
        let secret = Digest::of(secret.as_bytes());
        let found = store::invitations::authenticate(self.store(), &secret, self.today()).await?;
        let Some(found) = found else { return Ok(None) };
        if !found.organization.state.is_active() {
            return Err(Failure::NotActive(found.organization.state));
        }
        let caller = Caller {
            account: Some(found.account.id),
            organization: Some(found.organization.id),
            scope: found.scope.clone(),
            request,
            // The least of all. No use case but this one's is handed a guest.
            role: Role::Provider,
            ..Caller::host("invitation")
        };
        Ok(Some(Guest { found, caller }))
    }

    /// The invitation that a link is of.
    ///
    /// # Errors
    /// `LinkClosed` for one that opens nothing any more.
    pub fn invitation(&self, guest: &Guest) -> Result<ShownInvitation, Failure> {
        let store::invitations::Guest { invitation, account, organization, .. } = &guest.found;
        invitation.life.opens(self.now())?;
        Ok(ShownInvitation {
            organization: organization.clone(),
            account: account.clone(),
            ends_at: invitation.life.ends_at,
        })
    }

    /// Offers an authenticator to a guest, in place of one that was offered before. It signs in once a code
    /// of it has been shown.
    ///
    /// # Errors
    /// `LinkClosed` for a link that opens nothing any more.
    pub async fn offer_authenticator(
        &self,
        guest: &Guest,
        once: Once<ShownAuthenticator>,
    ) -> Result<Outcome<ShownAuthenticator>, Failure> {
        let store::invitations::Guest { invitation, account, organization, .. } = &guest.found;
        let once = Once { key: format!("{}/{}", invitation.id, once.key), ..once };
        self.once(&guest.caller, once, || {
            Box::pin(async move {
                invitation.life.opens(self.now())?;
                let (id, secret) = self.new_totp();
                let named = account.email.as_ref().map_or("operator", Email::expose);
                let shown = ShownAuthenticator {
                    secret: Some(secret.in_letters()),
                    uri: Some(secret.uri(&organization.name, named)),
                };
                let unit = Unit::of(store::credentials::offer(id, account.id, &secret, self.now()));
                Ok((unit, shown))
            })
        })
        .await
    }

    /// Takes an invitation up with a code of the authenticator that was offered, or with a passkey: the
    /// account is active from now on, its person is signed in, and the link opens nothing any more.
    ///
    /// # Errors
    /// `LinkClosed` for a link that opens nothing any more; `Invalid` where a name or an address is missing,
    /// or the address has an account of the organization.
    pub async fn accept_invitation(
        &self,
        guest: &Guest,
        said: Acceptance,
        once: Once<ShownWelcome>,
    ) -> Result<Outcome<ShownWelcome>, Failure> {
        let (caller, said) = (&guest.caller, &said);
        // Guests of an organization do not meet: what one was answered is not another's.
        let once = Once { key: format!("{}/{}", guest.found.invitation.id, once.key), ..once };
        self.once(caller, once, || {
            Box::pin(async move {
                let duty = store::Scope::duty("accept-invitation");
                let id = guest.found.account.id;
                let account =
                    store::accounts::find(self.store(), &duty, id).await?.ok_or(Failure::NotFound)?;
                // As it is now: whoever came with the link a moment earlier has settled it.
                let open = store::invitations::open_of(self.store(), id).await?;
                let invitation = open.filter(|open| open.id == guest.found.invitation.id);
                let invitation = invitation.ok_or(Closed::Settled)?;
                let life = invitation.life.apply(InvitationEvent::Accept, self.now())?;
                let account = self.taken_up(account, said).await?;
                let way_in = self.way_in(id, &said.way).await?;
                let (codes, kept) = self.new_recovery_codes(id);
                let (session, secret) = self.new_session(id);
                let entry =
                    self.audit_entry(caller, "accept-invitation", SubjectKind::Account, &id.to_string());
                let entry =
                    Entry { role: INVITED.to_owned(), plan: guest.found.organization.plan.clone(), ..entry };
                let mut unit = Unit::of([
                    store::invitations::settle(&Invitation { life, ..invitation }),
                    store::accounts::update(&account),
                    store::sessions::insert(&session, &Digest::of(secret.as_bytes())),
                    store::audit::insert(&entry),
                ]);
                unit.extend(way_in);
                unit.extend(kept);
                let saved = Account { version: account.version + 1, ..account };
                let welcome = ShownWelcome {
                    account: ShownAccount { account: saved, link: None },
                    session: self.shown_session(session, Some(secret), true),
                    recovery_codes: codes.iter().map(RecoveryCode::in_groups).collect(),
                };
                Ok((unit, welcome))
            })
        })
        .await
    }

    /// The statements that keep a guest's way in.
    async fn way_in(&self, account: AccountId, way: &WayIn) -> Result<Vec<Statement>, Failure> {
        match way {
            WayIn::Code(code) => {
                let (authenticator, step) = self.shown_code(account, code).await?;
                Ok(vec![store::credentials::confirm(authenticator, step)])
            }
            WayIn::Passkey(new) => self.made_passkey(account, Purpose::TakeUp, new).await,
        }
    }

    /// The authenticator that was offered, and the step of a code that shows it is the guest's.
    async fn shown_code(&self, account: AccountId, code: &str) -> Result<(CredentialId, i64), Failure> {
        let Some(offered) = store::credentials::offered(self.store(), account).await? else {
            return Err(Failure::field(
                "/code",
                Code::NoAuthenticator,
                "no authenticator was offered with this link",
                "ask for one with ⟦offerAuthenticator⟧, and send a code of it",
            ));
        };
        let step = offered.secret.accepts(code, offered.used_step, self.now()).ok_or_else(|| {
            Failure::field(
                "/code",
                Code::WrongCode,
                "this is no code that the authenticator shows now",
                "send the six digits that it shows; if they are, set the clock of its device",
            )
        })?;
        Ok((offered.id, step))
    }

    /// The account as the person takes it up, with what the person says of name, address and language.
    async fn taken_up(&self, account: Account, said: &Acceptance) -> Result<Account, Failure> {
        let mut problems = Vec::new();
        let name = said.name.clone().or(account.name);
        if name.is_none() {
            problems.push(missing("/name", "the invitation names nobody", "send your name"));
        }
        let email = match (&account.email, &said.email) {
            (Some(_), Some(_)) => {
                problems.push(FieldProblem::new(
                    "/email",
                    Code::NotWithThis,
                    "the invitation names the address",
                    "leave it out; whoever invited you can invite another address",
                ));
                None
            }
            (invited, said) => invited.clone().or_else(|| said.clone()),
        };
        if email.is_none() && problems.iter().all(|problem| problem.pointer != "/email") {
            problems.push(missing("/email", "the invitation names no address", "send your e-mail address"));
        }
        if !problems.is_empty() {
            return Err(Failure::Invalid(problems));
        }
        if let (None, Some(email)) = (&account.email, &email) {
            let duty = store::Scope::duty("accept-invitation");
            if store::accounts::live(self.store(), &duty, account.organization, email).await?.is_some() {
                return Err(taken_address());
            }
        }
        let state = account.state.clone().apply(Event::Accept, self.now())?;
        let language = said.language.unwrap_or(account.language);
        Ok(Account { name, email, language, state, ..account })
    }

    /// The statements after which nobody is signed in to an account, and nothing signs in.
    fn close_ways_in(&self, account: AccountId) -> [Statement; 4] {
        let now = self.now();
        [
            store::sessions::end_all(account, now, Why::Account),
            store::credentials::end_all(account, now),
            store::passkeys::end_all(account, now),
            store::identity_links::end_of_account(account, now),
        ]
    }

    /// The first person of a record that is being begun, who says who it is when the link is taken up.
    pub(crate) fn first_account(&self, county: OrgId, secret: &str) -> [Statement; 2] {
        let rights = Rights::of(Side::County, [AccountRole::CountyOperator], None, true)
            .expect("a county has operators, who need no license");
        let account = Account {
            id: self.id(AccountId::from_uuid),
            organization: county,
            name: None,
            email: None,
            language: Language::En,
            rights,
            state: State::Invited { at: self.now() },
            created_at: self.now(),
            version: 1,
        };
        let invitation = self.link_for(account.id);
        [
            store::accounts::insert(&account),
            store::invitations::insert(&invitation, &Digest::of(secret.as_bytes())),
        ]
    }

    /// A link's secret that opens nothing yet: 244 random bits.
    #[must_use]
    pub fn new_link_secret(&self) -> String {
        let (first, second) = (self.secret_bits(), self.secret_bits());
        format!("{PREFIX}{}{}", first.simple(), second.simple())
    }

    /// True if a secret opens an account of this record now.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub async fn link_opens(&self, secret: &str) -> Result<bool, Failure> {
        let secret = Digest::of(secret.as_bytes());
        let found = store::invitations::authenticate(self.store(), &secret, self.today()).await?;
        Ok(found.is_some_and(|guest| guest.invitation.life.opens(self.now()).is_ok()))
    }

    fn new_link(&self, account: AccountId) -> (Invitation, String) {
        (self.link_for(account), self.new_link_secret())
    }

    fn link_for(&self, account: AccountId) -> Invitation {
        let span = Spans::state().on(Span::Invitation, self.today());
        let life = Life::open(self.now(), span);
        Invitation { id: self.id(InvitationId::from_uuid), account, life }
    }

    /// The statement that settles the open link of an account, if it has one.
    ///
    /// # Errors
    /// `LinkClosed` for one that is taken up after its end.
    pub(super) async fn settle_link(
        &self,
        account: AccountId,
        event: InvitationEvent,
    ) -> Result<Option<Statement>, Failure> {
        let Some(invitation) = store::invitations::open_of(self.store(), account).await? else {
            return Ok(None);
        };
        let life = invitation.life.apply(event, self.now())?;
        Ok(Some(store::invitations::settle(&Invitation { life, ..invitation })))
    }

    async fn link_of(&self, account: AccountId) -> Result<Option<ShownLink>, Failure> {
        let open = store::invitations::open_of(self.store(), account).await?;
        Ok(open.map(|invitation| ShownLink { ends_at: invitation.life.ends_at, secret: None }))
    }

    async fn saved_account(&self, unit: Unit, account: Account) -> Result<(Unit, ShownAccount), Failure> {
        let link = self.link_of(account.id).await?;
        let saved = Account { version: account.version + 1, ..account };
        Ok((unit, ShownAccount { account: saved, link }))
    }

    async fn account_of_version(
        &self,
        caller: &Caller,
        id: AccountId,
        expected: Expected,
    ) -> Result<Account, Failure> {
        let found = store::accounts::find(self.store(), &caller.scope, id).await?;
        let account = found.ok_or(Failure::NotFound)?;
        if expected.holds(account.version) { Ok(account) } else { Err(Failure::Newer(account.version)) }
    }

    /// The organization must be there and go on.
    async fn takes_people(&self, caller: &Caller, whose: OrgId) -> Result<Organization, Failure> {
        let ended =
            ("the organization has ended, and nobody signs in for it", "invite people of one that goes on");
        self.goes_on(caller, whose, ended).await
    }

    /// A unit that passes only while somebody else can invite people, if the account is an administrator's of
    /// the caller's own organization. Of another organization's, the operator is left to let people in.
    async fn another_administers(&self, caller: &Caller, account: &Account) -> Result<Unit, Failure> {
        let is_own = caller.organization == Some(account.organization);
        if !is_own || !account.rights.administers() || !account.state.is_active() {
            return Ok(Unit::default());
        }
        if !store::accounts::has_administrator_beside(self.store(), account).await? {
            return Err(Failure::Withheld(vec![FieldProblem::new(
                "",
                Code::LastAdministrator,
                "nobody would be left who can let people of the organization in",
                "make somebody else an administrator first, or ask the operator",
            )]));
        }
        Ok(Unit::of(store::accounts::administrator_beside(account)))
    }
}

/// Kind of an organization in the words of accounts.
fn side(kind: OrganizationKind) -> Side {
    match kind {
        OrganizationKind::Provider => Side::Provider,
        OrganizationKind::Plan => Side::Plan,
        OrganizationKind::County => Side::County,
    }
}

fn rights(
    organization: &Organization,
    roles: impl IntoIterator<Item = AccountRole>,
    license: Option<&str>,
    administers: bool,
) -> Result<Rights, Failure> {
    let side = side(organization.kind);
    Rights::of(side, roles, license, administers)
        .map_err(|misfits| Failure::Invalid(misfits.into_iter().map(|one| misfit(side, one)).collect()))
}

/// Rights after a change. A license that was not sent goes with the reviewer's role.
fn changed_rights(
    organization: &Organization,
    rights: &Rights,
    change: &AccountChange,
) -> Result<Rights, Failure> {
    let roles: Vec<AccountRole> = change.roles.clone().unwrap_or_else(|| rights.roles().collect());
    let kept = rights.license().filter(|_| roles.contains(&AccountRole::Reviewer));
    let license = change.license.as_deref().or(kept.map(LicensedReviewer::license));
    self::rights(
        organization,
        roles.iter().copied(),
        license,
        change.administers.unwrap_or(rights.administers()),
    )
}

fn misfit(side: Side, misfit: Misfit) -> FieldProblem {
    let roles: Vec<&str> = AccountRole::of_side(side).map(AccountRole::name).collect();
    let send_one = format!("send one of: {}", roles.join(", "));
    let (at, code, fix) = match misfit {
        Misfit::Nothing => ("/roles", Code::MissingEntry, send_one),
        Misfit::OperatorMissing => {
            ("/administers", Code::NotWithThis, "leave it out, or add the role `county-operator`".to_owned())
        }
        Misfit::OtherSide(_) => ("/roles", Code::WrongRole, send_one),
        Misfit::LicenseMissing => {
            ("/license", Code::MissingField, "send the number of the license".to_owned())
        }
        Misfit::LicenseWithoutReviewer => {
            ("/license", Code::NotWithThis, "leave it out, or add the role `reviewer`".to_owned())
        }
    };
    let detail = match misfit {
        Misfit::OtherSide(role) => format!("`{role}` is a role of another kind of organization"),
        other => other.to_string(),
    };
    FieldProblem::new(at, code, detail, fix)
}

fn missing(at: &str, detail: &str, fix: &str) -> FieldProblem {
    FieldProblem::new(at, Code::MissingField, detail, fix)
}

fn taken_address() -> Failure {
    Failure::field(
        "/email",
        Code::Taken,
        "an account of the organization has this address",
        "change that account, or end it first; ⟦listAccounts⟧ shows it",
    )
}

/// The answer to whoever made a link, the only one that holds its secret.
fn told_once(account: Account, invitation: &Invitation, secret: String) -> ShownAccount {
    let link = ShownLink { ends_at: invitation.life.ends_at, secret: Some(secret) };
    ShownAccount { account, link: Some(link) }
}

fn administers(caller: &Caller) -> Result<(), Failure> {
    if caller.manages_keys { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Whoever changes who may come in shows who it is.
fn administers_surely(caller: &Caller) -> Result<(), Failure> {
    administers(caller)?;
    caller.must_be_sure()
}
