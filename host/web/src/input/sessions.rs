//! A person's word when signing in.

use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::Credentials;

use super::accounts::EMAIL;
use super::{Input, Reader};

/// Longest code, with whatever spaces and hyphens people type.
const CODE: usize = 60;

/// Address and code of a person who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(crate) struct CredentialsBody {
    /// E-mail address of the account.
    #[schema(max_length = 254, example = "ana.reyes@opendoor.example")]
    email: String,
    /// The six digits that the authenticator shows, or a recovery code.
    #[schema(max_length = 60, example = "492039")]
    code: String,
}

/// Code of a person who proves again who it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Proof)]
pub(crate) struct ProofBody {
    /// The six digits that the authenticator shows, or a recovery code.
    #[schema(max_length = 60, example = "492039")]
    code: String,
}

impl Input for CredentialsBody {
    type Command = Credentials;

    fn read(self, reader: &mut Reader) -> Option<Credentials> {
        let email = reader.parsed("/email", &self.email, EMAIL);
        let code = code(reader, &self.code);
        Some(Credentials { email: email?, code: code? })
    }
}

impl Input for ProofBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        code(reader, &self.code)
    }
}

/// Reads a code, whatever it is: whether it is good is for the use case to say.
pub(crate) fn code(reader: &mut Reader, text: &str) -> Option<String> {
    reader.line("/code", text, CODE)
}
