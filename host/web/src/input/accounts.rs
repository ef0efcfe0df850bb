//! Accounts of people, and a person's word when an invitation is taken up.

use domain::account::Role;
use domain::case::Language;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{Acceptance, AccountChange, NewAccount, WayIn};

use super::{Input, Reader};

/// Longest number of a clinical license.
const LICENSE: usize = 60;

/// A person to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAccount)]
pub(crate) struct NewAccountBody {
    /// Id of the organization for which the person will act; your own if absent. Only the operator invites
    /// people of others.
    organization: Option<String>,
    /// Name of the person, 1 to 80 characters.
    #[schema(max_length = 80, example = "Ana Reyes")]
    name: String,
    /// E-mail address of the person at work.
    #[schema(max_length = 254, example = "ana.reyes@opendoor.example")]
    email: String,
    /// Language in which the person reads the portal: `en` or `es`.
    language: String,
    /// Roles of the person: of a provider `coordinator`, `biller` and `clerk`; of a plan `plan-operations`,
    /// `analyst` and `reviewer`; of the county `county-operator` and `county-analyst`.
    roles: Vec<String>,
    /// The clinical license of a reviewer.
    #[schema(example = "RN 555012", max_length = 60)]
    license: Option<String>,
    /// True if the person looks after the accounts and keys of the organization; false if absent.
    administers: Option<bool>,
}

/// Changes to an account. A field that is absent or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountChange)]
pub(crate) struct AccountChangeBody {
    /// Name of the person, 1 to 80 characters.
    #[schema(max_length = 80, example = "Ana Reyes")]
    name: Option<String>,
    /// Language in which the person reads the portal: `en` or `es`.
    language: Option<String>,
    /// All roles of the person, in place of those on record.
    roles: Option<Vec<String>>,
    /// The clinical license of a reviewer. It goes with the role `reviewer`.
    #[schema(example = "RN 555012", max_length = 60)]
    license: Option<String>,
    /// True if the person looks after the accounts and keys of the organization.
    administers: Option<bool>,
}

/// Reason for ending an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountReason)]
pub(crate) struct AccountReasonBody {
    /// Reason for the record, in one line.
    #[schema(max_length = 500)]
    reason: String,
}

/// A person's word when an invitation is taken up. What the invitation says already may be left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Acceptance)]
pub(crate) struct AcceptanceBody {
    /// Your name, 1 to 80 characters, if the invitation has none or another spelling.
    #[schema(max_length = 80, example = "Ana Reyes")]
    name: Option<String>,
    /// Your e-mail address, if the invitation has none.
    #[schema(max_length = 254, example = "ana.reyes@opendoor.example")]
    email: Option<String>,
    /// Language in which you read the portal, `en` or `es`, if another than the invitation says.
    language: Option<String>,
    /// The six digits that the authenticator shows which POST /v1/invitations/current/authenticator offered.
    #[schema(max_length = 60, example = "492039")]
    code: String,
}

impl Input for NewAccountBody {
    type Command = NewAccount;

    fn read(self, reader: &mut Reader) -> Option<NewAccount> {
        let organization = reader.optional(self.organization, |reader, id| {
            reader.parsed("/organization", &id, "send the id of POST /v1/organizations")
        });
        let name = reader.parsed("/name", &self.name, NAME);
        let email = reader.parsed("/email", &self.email, EMAIL);
        let language = language(reader, &self.language);
        let roles = roles(reader, self.roles);
        let license = reader.optional(self.license, |reader, text| reader.line("/license", &text, LICENSE));
        Some(NewAccount {
            organization: organization?,
            name: name?,
            email: email?,
            language: language?,
            roles: roles?,
            license: license?,
            administers: self.administers.unwrap_or(false),
        })
    }
}

impl Input for AccountChangeBody {
    type Command = AccountChange;

    fn read(self, reader: &mut Reader) -> Option<AccountChange> {
        let name = reader.optional(self.name, |reader, text| reader.parsed("/name", &text, NAME));
        let language = reader.optional(self.language, |reader, tag| language(reader, &tag));
        let roles = reader.optional(self.roles, roles);
        let license = reader.optional(self.license, |reader, text| reader.line("/license", &text, LICENSE));
        Some(AccountChange {
            name: name?,
            language: language?,
            roles: roles?,
            license: license?,
            administers: self.administers,
        })
    }
}

impl Input for AccountReasonBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        reader.line("/reason", &self.reason, 500)
    }
}

impl Input for AcceptanceBody {
    type Command = Acceptance;

    fn read(self, reader: &mut Reader) -> Option<Acceptance> {
        let name = reader.optional(self.name, |reader, text| reader.parsed("/name", &text, NAME));
        let email = reader.optional(self.email, |reader, text| reader.parsed("/email", &text, EMAIL));
        let language = reader.optional(self.language, |reader, tag| language(reader, &tag));
        let code = super::sessions::code(reader, &self.code);
        let way = WayIn::Code(code?);
        Some(Acceptance { name: name?, email: email?, language: language?, way })
    }
}

const NAME: &str = "send the name on one line, of 1 to 80 characters";
pub(crate) const EMAIL: &str = "send an address such as ana.reyes@opendoor.example";

fn language(reader: &mut Reader, tag: &str) -> Option<Language> {
    reader.one_of("/language", tag, &Language::ALL.map(|language| (language.tag(), language)))
}

fn roles(reader: &mut Reader, words: Vec<String>) -> Option<Vec<Role>> {
    let known: Vec<(&str, Role)> = Role::ALL.iter().map(|role| (role.name(), *role)).collect();
    reader.each("/roles", words, Role::ALL.len(), |reader, at, word| reader.one_of(at, &word, &known))
}
