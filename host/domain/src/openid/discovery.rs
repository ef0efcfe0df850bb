//! A provider's description of itself (OpenID Connect Discovery 1.0, 3), as far as it is used here.

use serde::Deserialize;

use super::keys::ALGORITHMS;
use super::provider::{Issuer, host, is_address};

/// Way in which this host shows the provider that it is the client (OpenID Connect Core, 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// Id and secret in a header (`client_secret_basic`).
    Basic,
    /// Id and secret in the form (`client_secret_post`).
    Post,
}

/// A provider's description of itself. Holding one is proof that it is the issuer's own and that this host
/// can speak with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    authorization: String,
    token: String,
    keys: String,
    authentication: ClientAuthentication,
    names_itself: bool,
}

/// Reason for which a description is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is no such description.
    #[error("it does not read as OpenID Connect Discovery describes it")]
    Unreadable,
    /// It describes another issuer.
    #[error("it names another issuer; the two must be the same letter by letter")]
    OtherIssuer,
    /// An address in it is none that may be asked.
    #[error("an address in it is not https")]
    Insecure,
    /// The provider does not work with codes that are exchanged by PKCE.
    #[error("it offers no authorization code with PKCE (`code`, `S256`)")]
    NoCode,
    /// The provider signs by no algorithm that is taken here.
    #[error("it signs by neither RS256 nor ES256")]
    NoAlgorithm,
    /// The provider takes a client's secret in no way that is known here.
    #[error("it takes a client's secret neither in a header nor in the form")]
    NoAuthentication,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    response_types_supported: Vec<String>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Discovery {
    /// Reads the description that an issuer publishes. What it does not say is taken as the standard says.
    ///
    /// # Errors
    /// For a description of another issuer, or of a provider with which this host cannot speak.
    pub fn read(bytes: &[u8], issuer: &Issuer) -> Result<Self, Unusable> {
        let document: Document = serde_json::from_slice(bytes).map_err(|_| Unusable::Unreadable)?;
        if document.issuer != issuer.as_str() {
            return Err(Unusable::OtherIssuer);
        }
        let addresses = [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
        if !addresses.into_iter().all(|address| is_address(address, issuer.is_on_this_machine())) {
            return Err(Unusable::Insecure);
        }
        let lacks = |list: &Option<Vec<String>>, word: &str| {
            list.as_ref().is_some_and(|list| !list.iter().any(|known| known == word))
        };
        let has_code = document.response_types_supported.iter().any(|known| known == "code");
        // Many that take challenges do not say so.
        if !has_code || lacks(&document.code_challenge_methods_supported, "S256") {
            return Err(Unusable::NoCode);
        }
        let algorithms = &document.id_token_signing_alg_values_supported;
        if ALGORITHMS.iter().all(|algorithm| lacks(algorithms, algorithm)) {
            return Err(Unusable::NoAlgorithm);
        }
        let methods = &document.token_endpoint_auth_methods_supported;
        let authentication =
            match (lacks(methods, "client_secret_basic"), lacks(methods, "client_secret_post")) {
                (false, _) => ClientAuthentication::Basic,
                (true, false) => ClientAuthentication::Post,
                (true, true) => return Err(Unusable::NoAuthentication),
            };
        Ok(Self {
            authorization: document.authorization_endpoint,
            token: document.token_endpoint,
            keys: document.jwks_uri,
            authentication,
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }

    /// Address to which browsers go.
    #[must_use]
    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// Host to which browsers go, as a person reads it before. It may be another one than the issuer's.
    #[must_use]
    pub fn host(&self) -> String {
        host(&self.authorization)
    }

    /// Address at which codes are exchanged.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Address of the provider's keys.
    #[must_use]
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// Way in which this host shows that it is the client.
    #[must_use]
    pub fn authentication(&self) -> ClientAuthentication {
        self.authentication
    }

    /// True if an answer that says to come from `named` is this provider's (RFC 9207, 2.4). One that names
    /// nobody is, unless the provider promised to name itself.
    #[must_use]
    pub fn sent(&self, issuer: &Issuer, named: Option<&str>) -> bool {
        match named {
            Some(named) => named == issuer.as_str(),
            None => !self.names_itself,
        }
    }
}
