//! Accounts of people, and the links that open them.

use domain::account::{Email, Role, State};
use domain::case::LicensedReviewer;
use domain::identifiers::PersonName;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{ShownAccount, ShownInvitation, ShownLink};

use crate::answer::Versioned;
use crate::output::Output;

/// A person's account of an organization.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// Id of the account.
    pub(crate) id: String,
    /// Id of the organization for which the person acts.
    pub(crate) organization: String,
    /// Name of the person; null of the first operator until the invitation is taken up.
    pub(crate) name: Option<String>,
    /// E-mail address of the person at work; null as for the name.
    pub(crate) email: Option<String>,
    /// Language in which the person reads the portal.
    pub(crate) language: String,
    /// Roles of the person.
    pub(crate) roles: Vec<String>,
    /// The clinical license of a reviewer.
    pub(crate) license: Option<String>,
    /// True if the person looks after the accounts and keys of the organization.
    pub(crate) administers: bool,
    /// `invited`: the link was not taken up yet; `active`; or `ended`.
    pub(crate) state: String,
    /// Instant from which it is so.
    #[schema(format = DateTime)]
    pub(crate) state_since: String,
    /// Reason for which it ended, in the administrator's words.
    pub(crate) state_reason: Option<String>,
    /// Instant of the first invitation.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Link that opens the account, where one account is read or invited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) link: Option<LinkView>,
    /// Version of the account; an `If-Match` names it.
    pub(crate) version: i64,
}

/// Link by which an account is taken up.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// First instant at which it opens nothing any more.
    #[schema(format = DateTime)]
    pub(crate) ends_at: String,
    /// Its secret, shown once, when the link is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<String>,
}

/// An invitation, as whoever holds its link sees it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// Id of the organization that invites.
    pub(crate) organization: String,
    /// Name of that organization.
    pub(crate) organization_name: String,
    /// Name of the person who is invited; null: to be said when it is taken up.
    pub(crate) name: Option<String>,
    /// E-mail address of the person; null: to be said when it is taken up.
    pub(crate) email: Option<String>,
    /// Language in which the person reads the portal.
    pub(crate) language: String,
    /// Roles that the person will have.
    pub(crate) roles: Vec<String>,
    /// True if the person will look after the accounts and keys of the organization.
    pub(crate) administers: bool,
    /// First instant at which the link opens nothing any more.
    #[schema(format = DateTime)]
    pub(crate) ends_at: String,
}

impl Output for ShownAccount {
    type View = AccountView;

    fn view(&self) -> AccountView {
        let account = &self.account;
        let reason = match &account.state {
            State::Ended { reason, .. } => Some(reason.clone()),
            State::Invited { .. } | State::Active { .. } => None,
        };
        AccountView {
            id: account.id.to_string(),
            organization: account.organization.to_string(),
            name: account.name.as_ref().map(written_name),
            email: account.email.as_ref().map(written_address),
            language: account.language.tag().to_owned(),
            roles: words(account.rights.roles()),
            license: account.rights.license().map(LicensedReviewer::license).map(str::to_owned),
            administers: account.rights.administers(),
            state: account.state.name().to_owned(),
            state_since: account.state.since().to_string(),
            state_reason: reason,
            created_at: account.created_at.to_string(),
            link: self.link.as_ref().map(Output::view),
            version: account.version,
        }
    }
}

impl Versioned for ShownAccount {
    fn version(&self) -> i64 {
        self.account.version
    }
}

impl Output for ShownLink {
    type View = LinkView;

    fn view(&self) -> LinkView {
        LinkView { ends_at: self.ends_at.to_string(), secret: self.secret.clone() }
    }
}

impl Output for ShownInvitation {
    type View = InvitationView;

    fn view(&self) -> InvitationView {
        let account = &self.account;
        InvitationView {
            organization: self.organization.id.to_string(),
            organization_name: self.organization.name.clone(),
            name: account.name.as_ref().map(written_name),
            email: account.email.as_ref().map(written_address),
            language: account.language.tag().to_owned(),
            roles: words(account.rights.roles()),
            administers: account.rights.administers(),
            ends_at: self.ends_at.to_string(),
        }
    }
}

fn written_name(name: &PersonName) -> String {
    name.expose().to_owned()
}

fn written_address(email: &Email) -> String {
    email.expose().to_owned()
}

fn words(roles: impl Iterator<Item = Role>) -> Vec<String> {
    roles.map(|role| role.name().to_owned()).collect()
}
