//! Identity providers of organizations, without their secrets.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::ShownIdentityProvider;

use crate::output::Output;

/// An identity provider by which the people of an organization sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct IdentityProviderView {
    /// Id of the provider.
    pub(crate) id: String,
    /// Id of the organization whose people sign in by it.
    pub(crate) organization: String,
    /// Name by which people call it up.
    pub(crate) short_name: String,
    /// Issuer of the provider.
    pub(crate) issuer: String,
    /// Id of this host as a client of the provider.
    pub(crate) client_id: String,
    /// Domains of its people's addresses; where there are none, any will do.
    pub(crate) email_domains: Vec<String>,
    /// Address to which the provider must be allowed to send people back; null where the service is not told
    /// its own address.
    pub(crate) redirect_uri: Option<String>,
    /// Accounts that somebody signed in to by it, and still can.
    pub(crate) people: u64,
    /// Instant from which people sign in by it (UTC).
    #[schema(format = DateTime)]
    pub(crate) begun_at: String,
    /// Instant from which nobody does any more (UTC); null while it goes on.
    #[schema(format = DateTime)]
    pub(crate) ended_at: Option<String>,
}

impl Output for ShownIdentityProvider {
    type View = IdentityProviderView;

    fn view(&self) -> IdentityProviderView {
        let provider = &self.standing.provider;
        IdentityProviderView {
            id: provider.id.to_string(),
            organization: provider.organization.to_string(),
            short_name: provider.short_name.to_string(),
            issuer: provider.issuer.to_string(),
            client_id: provider.client_id.to_string(),
            email_domains: provider.email_domains.iter().map(ToString::to_string).collect(),
            redirect_uri: self.redirect.clone(),
            people: u64::try_from(self.standing.people).unwrap_or_default(),
            begun_at: provider.begun_at.to_string(),
            ended_at: provider.ended_at.map(|at| at.to_string()),
        }
    }
}
