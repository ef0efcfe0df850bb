//! Identity providers of organizations: which there are, setting one, and its end.
//!
//! Whoever looks after an organization's keys sets its provider, and the operator every organization's. An
//! organization has one at a time. Setting it again changes everything but the issuer and the client's id:
//! whoever a provider calls by a name may be somebody else for another one. A provider lets nobody in who has
//! no account, and gives no rights; those stay the organization's to give.

use domain::audit::SubjectKind;
use domain::identifiers::{IdentityProviderId, OrgId};
use domain::problem::Code;
use domain::session::Why;
use store::identity_providers::{IdentityProvider, InUse};
use store::{StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, page};
use crate::command::{NewIdentityProvider, Once, Outcome};

/// A provider, as whoever looks after it is shown it: without the client's secret.
#[derive(Clone, Debug)]
pub struct ShownIdentityProvider {
    /// Row of the provider, and for how many people it is a way in.
    pub standing: InUse,
    /// Address to which it must be allowed to send people back; `None` where the service is not told its
    /// own.
    pub redirect: Option<String>,
}

impl Crosswalk {
    /// Sets the provider of an organization: begins with one, or changes the one that there is.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not look after keys, and for another organization's; `ProofNeeded`;
    /// `Withheld` where the organization signs in by another issuer or client, which ends first; `Invalid`
    /// for an unknown organization, a name or a domain that leads elsewhere, or a first setting without a
    /// secret.
    pub async fn set_identity_provider(
        &self,
        caller: &Caller,
        new: NewIdentityProvider,
        once: Once<ShownIdentityProvider>,
    ) -> Result<Outcome<ShownIdentityProvider>, Failure> {
        looks_after_surely(caller)?;
        let own = *caller.organization()?;
        let whose = new.organization.unwrap_or(own);
        if caller.role != Role::Operator && whose != own {
            return Err(Failure::Forbidden);
        }
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let ended =
                    ("the organization has ended, and nobody signs in for it", "choose one that goes on");
                self.goes_on(caller, whose, ended).await?;
                self.may_be_asked(new)?;
                let before = store::identity_providers::of_organization(self.store(), whose).await?;
                self.leads_to_nobody_else(caller, whose, new).await?;
                let provider = self.as_set(whose, new, before.as_ref())?;
                let statements = match before {
                    Some(_) => store::identity_providers::update(&provider),
                    None => store::identity_providers::insert(&provider),
                };
                let (kind, id) = (SubjectKind::IdentityProvider, provider.id.to_string());
                let mut unit = Unit::of(statements);
                unit.add(self.audit(caller, "set-identity-provider", kind, &id, None));
                let people = self.people_of(before.as_ref()).await?;
                Ok((unit, self.shown_provider(InUse { provider, people })))
            })
        })
        .await
    }

    /// The provider as it will be on record.
    fn as_set(
        &self,
        organization: OrgId,
        new: &NewIdentityProvider,
        before: Option<&IdentityProvider>,
    ) -> Result<IdentityProvider, Failure> {
        if let Some(before) = before {
            is_the_same(before, new)?;
        }
        let kept = before.and_then(|before| before.client_secret.clone());
        let client_secret = new.client_secret.clone().or(kept).ok_or_else(|| {
            let fix = "send the secret that the provider shows for this client";
            Failure::field(
                "/client_secret",
                Code::MissingField,
                "a new provider needs the client's secret",
                fix,
            )
        })?;
        Ok(IdentityProvider {
            id: before.map_or_else(|| self.id(IdentityProviderId::from_uuid), |before| before.id),
            organization,
            short_name: new.short_name.clone(),
            issuer: new.issuer.clone(),
            client_id: new.client_id.clone(),
            client_secret: Some(client_secret),
            email_domains: new.email_domains.clone(),
            begun_at: before.map_or_else(|| self.now(), |before| before.begun_at),
            ended_at: None,
            version: before.map_or(1, |before| before.version),
        })
    }

    /// An issuer on this machine is for tests and rehearsals, where that is allowed.
    fn may_be_asked(&self, new: &NewIdentityProvider) -> Result<(), Failure> {
        let is_allowed = self.settings().sign_on.as_ref().is_some_and(|sign_on| sign_on.may_ask_privately);
        if new.issuer.is_on_this_machine() && !is_allowed {
            return Err(Failure::field(
                "/issuer",
                Code::InvalidValue,
                "this address is this machine's own",
                "send the issuer exactly as the provider's own documents write it, such as https://login.example.org",
            ));
        }
        Ok(())
    }

    /// A name and a domain lead to one provider. Whoever is not the operator takes no domain at which others
    /// work here: their people would be sent to the wrong place to type a password.
    async fn leads_to_nobody_else(
        &self,
        caller: &Caller,
        whose: OrgId,
        new: &NewIdentityProvider,
    ) -> Result<(), Failure> {
        let mut problems = Vec::new();
        let is_others =
            |found: Option<IdentityProvider>| found.is_some_and(|found| found.organization != whose);
        if is_others(store::identity_providers::by_name(self.store(), &new.short_name).await?) {
            problems.push(taken_name());
        }
        for (place, domain) in new.email_domains.iter().enumerate() {
            let leads_elsewhere =
                is_others(store::identity_providers::by_domain(self.store(), domain).await?);
            let is_operators = caller.role == Role::Operator;
            let is_taken = leads_elsewhere
                || (!is_operators && store::accounts::others_have(self.store(), whose, domain).await?);
            if is_taken {
                problems.push(taken_domain(place));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    async fn people_of(&self, provider: Option<&IdentityProvider>) -> Result<i64, Failure> {
        let Some(provider) = provider else { return Ok(0) };
        let duty = store::Scope::duty("set-identity-provider");
        let found = store::identity_providers::find(self.store(), &duty, provider.id).await?;
        Ok(found.map_or(0, |standing| standing.people))
    }

    fn shown_provider(&self, standing: InUse) -> ShownIdentityProvider {
        let redirect = self.returns_to(standing.provider.organization);
        ShownIdentityProvider { standing, redirect }
    }

    /// Ends a provider: nobody is sent to it any more, its people are signed out, and whoever has no other
    /// way in is invited again.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not look after keys; `ProofNeeded`; `NotFound` for one that is not there,
    /// not the organization's, or ended; `Withheld` for the only way in of the person who asks.
    pub async fn end_identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
    ) -> Result<(), Failure> {
        looks_after_surely(caller)?;
        caller.must_change()?;
        let found = store::identity_providers::find(self.store(), &caller.scope, id).await?;
        let found = found.filter(|found| found.provider.ended_at.is_none()).ok_or(Failure::NotFound)?;
        self.leaves_a_way_in(caller, found.provider.id).await?;
        let now = self.now();
        let mut unit = Unit::of(store::identity_providers::end(id, now));
        // Before the links, which say whose sessions they are.
        unit.add(store::sessions::end_of_provider(id, now, Why::Account));
        unit.add(store::identity_links::end_of_provider(id, now));
        unit.add(self.audit(
            caller,
            "end-identity-provider",
            SubjectKind::IdentityProvider,
            &id.to_string(),
            None,
        ));
        match self.store().commit(unit).await {
            // Somebody ended it a moment ago.
            Err(StoreError::NotThere) => Err(Failure::NotFound),
            other => Ok(other?),
        }
    }

    /// Nobody locks the own door from within.
    async fn leaves_a_way_in(&self, caller: &Caller, id: IdentityProviderId) -> Result<(), Failure> {
        let Some(account) = caller.account else { return Ok(()) };
        let link = store::identity_links::of_account(self.store(), account).await?;
        let comes_by_it = link.is_some_and(|link| link.provider == id);
        if comes_by_it && !store::identity_links::has_another_way(self.store(), account).await? {
            return Err(Failure::Withheld(vec![FieldProblem::new(
                "",
                Code::LastWayIn,
                "without it you could not sign in any more",
                "add a passkey to your own account first",
            )]));
        }
        Ok(())
    }

    /// Providers, without their secrets: every one for the operator, else that of the caller's organization
    /// and those before it.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not look after keys; `Invalid` for a bad cursor.
    pub async fn identity_providers(
        &self,
        caller: &Caller,
        paging: Paging,
    ) -> Result<Page<ShownIdentityProvider>, Failure> {
        looks_after(caller)?;
        let after = paging.after()?;
        let rows = store::identity_providers::list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::IdentityProvider)).await?;
        Ok(page(rows, |standing| self.shown_provider(standing)))
    }

    /// One provider of that list.
    ///
    /// # Errors
    /// `Forbidden` for whoever does not look after keys; `NotFound`.
    pub async fn identity_provider(
        &self,
        caller: &Caller,
        id: IdentityProviderId,
    ) -> Result<ShownIdentityProvider, Failure> {
        looks_after(caller)?;
        let found = store::identity_providers::find(self.store(), &caller.scope, id).await?;
        let standing = found.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List(SubjectKind::IdentityProvider)).await?;
        Ok(self.shown_provider(standing))
    }
}

/// A provider may call a person otherwise for each client (OpenID Connect Core, 8.1, pairwise subjects), and
/// does for each issuer: with another of the two nobody would come in any more who is linked.
fn is_the_same(before: &IdentityProvider, new: &NewIdentityProvider) -> Result<(), Failure> {
    let is_other = [
        (before.issuer != new.issuer, "/issuer", "or send its issuer"),
        (before.client_id != new.client_id, "/client_id", "or send its client's id"),
    ];
    let problem = |at, fix| {
        FieldProblem::new(
            at,
            Code::HasProvider,
            "the organization signs in by another provider, to which its people are linked",
            format!("end that one first with ⟦endIdentityProvider⟧, {fix}"),
        )
    };
    let others = is_other.into_iter().filter(|(is_other, ..)| *is_other);
    let problems: Vec<FieldProblem> = others.map(|(_, at, fix)| problem(at, fix)).collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Withheld(problems)) }
}

fn taken_name() -> FieldProblem {
    FieldProblem::new(
        "/short_name",
        Code::Taken,
        "another organization is called up by this name",
        "choose another one",
    )
}

fn taken_domain(place: usize) -> FieldProblem {
    FieldProblem::new(
        format!("/email_domains/{place}"),
        Code::Taken,
        "people of another organization have addresses of this domain, or its provider is called up by it",
        "leave it out, and have people use the short name; or ask the operator",
    )
}

fn looks_after(caller: &Caller) -> Result<(), Failure> {
    if caller.manages_keys { Ok(()) } else { Err(Failure::Forbidden) }
}

/// Whoever changes how people come in shows who it is.
fn looks_after_surely(caller: &Caller) -> Result<(), Failure> {
    looks_after(caller)?;
    caller.must_be_sure()
}
