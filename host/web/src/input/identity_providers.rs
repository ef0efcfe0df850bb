//! Identity providers of organizations.

use domain::openid::{EmailDomain, MOST_DOMAINS};
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::NewIdentityProvider;

use super::{Input, Reader};

/// The identity provider of an organization, and this host as a client of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewIdentityProvider)]
pub(crate) struct IdentityProviderBody {
    /// Id of the organization whose people sign in by it; your own if absent. Only the operator sets those of
    /// others.
    organization: Option<String>,
    /// Name by which people call it up when they sign in: 2 to 40 lower-case letters, digits and hyphens.
    #[schema(max_length = 40, example = "valle-vista")]
    short_name: String,
    /// Issuer of the provider, exactly as its own documents write it.
    #[schema(max_length = 500, example = "https://login.vallevista.example")]
    issuer: String,
    /// Id of this host as a client of the provider.
    #[schema(max_length = 255, example = "crosswalk")]
    client_id: String,
    /// Secret of that client. It is never shown again; if absent, the one on record stays.
    #[schema(max_length = 512)]
    client_secret: Option<String>,
    /// Domains of its people's e-mail addresses, at most ten: by them it is called up too, and nobody with
    /// another address is linked to an account. Any address will do if there are none.
    #[serde(default)]
    email_domains: Vec<String>,
}

impl Input for IdentityProviderBody {
    type Command = NewIdentityProvider;

    fn read(self, reader: &mut Reader) -> Option<NewIdentityProvider> {
        let organization = reader.optional(self.organization, |reader, id| {
            reader.parsed("/organization", &id, "send the id of POST /v1/organizations")
        });
        let short_name = reader.parsed("/short_name", &self.short_name, "send a name such as valle-vista");
        let issuer =
            reader.parsed("/issuer", &self.issuer, "copy `issuer` from the provider's discovery document");
        let copied = "copy it from the provider's page about this client";
        let client_id = reader.parsed("/client_id", &self.client_id, copied);
        let client_secret = reader
            .optional(self.client_secret, |reader, text| reader.parsed("/client_secret", &text, copied));
        let email_domains = reader.each("/email_domains", self.email_domains, MOST_DOMAINS, domain);
        Some(NewIdentityProvider {
            organization: organization?,
            short_name: short_name?,
            issuer: issuer?,
            client_id: client_id?,
            client_secret: client_secret?,
            email_domains: EmailDomain::each_once(email_domains?),
        })
    }
}

fn domain(reader: &mut Reader, at: &str, text: String) -> Option<EmailDomain> {
    reader.parsed(at, &text, "send what stands behind the @, such as vallevista.example")
}
