//! Requests of the host to identity providers: what they publish about themselves, and codes that are
//! exchanged for tokens.
//!
//! A provider is somebody else's machine. Each request is bounded in time and size by who sends it
//! ([`Outward`]), only so many go to one provider at once, and what a provider publishes is kept in memory
//! for an hour, each node for itself. Of what it answers nothing is logged but why it is of no use.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use domain::account::span::{Span, Spans};
use domain::escape::pairs;
use domain::identifiers::OrgId;
use domain::openid::{ClientAuthentication, Discovery, Issuer, Keys, Secret};
use jiff::Timestamp;
use serde::Deserialize;
use store::identity_providers::IdentityProvider;
use tokio::sync::Semaphore;

use crate::Crosswalk;
use crate::command::failure::Failure;
use crate::directory::sign_on::Turned;

/// Requests to one provider at once. More wait for nothing: whoever signs in is told to come back.
const AT_ONCE: usize = 8;
/// Most bytes of a provider's description of itself, of its keys, and of the answer with a token.
const DOCUMENT_BYTES: usize = 64 << 10;
const KEYS_BYTES: usize = 256 << 10;
const TOKEN_BYTES: usize = 64 << 10;
/// Most issuers whose documents are kept; with more, all are read anew.
const MOST: usize = 1_000;

/// Ways of the service to identity providers, as `serve` is given them.
#[derive(Clone, Debug)]
pub struct SignOn {
    /// Sender of requests.
    pub outward: Arc<dyn Outward>,
    /// Address below which each organization has its own, to which its provider sends people back.
    pub returned: String,
    /// True if providers may be on this machine or in a private network.
    pub may_ask_privately: bool,
}

impl SignOn {
    /// Address to which the provider of an organization sends people back. Each has another one: so an answer
    /// that one provider had sent to the address of another is found out (RFC 9700, 4.4.2.2).
    #[must_use]
    pub fn returns_to(&self, organization: OrgId) -> String {
        format!("{}/{organization}", self.returned)
    }
}

/// Sender of requests to identity providers. It follows no redirect.
pub trait Outward: Debug + Send + Sync {
    /// Sends one request and waits for its answer. It is called on a thread that may wait.
    ///
    /// # Errors
    /// When no answer came in time, or a longer one than was wanted, with the reason for the log.
    fn ask(&self, asking: &Asking) -> Result<Answered, NoAnswer>;
}

/// A request to an identity provider. Has no `Debug`: it may hold a client's secret.
pub struct Asking {
    /// Address that is asked.
    pub address: String,
    /// Fields that are posted, as a browser writes a form; `None` for a request that gets.
    pub form: Option<String>,
    /// Header `Authorization`.
    pub authorization: Option<String>,
    /// Most bytes of the answer's body.
    pub most_bytes: usize,
}

/// An answer of an identity provider, whatever its status.
pub struct Answered {
    /// Status code of HTTP, such as 200.
    pub status: u16,
    /// Body of the answer.
    pub content: Vec<u8>,
}

/// Error: a provider gave no answer that can be read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoAnswer(pub String);

/// Documents of providers that were read a while ago.
#[derive(Default)]
pub(crate) struct Documents(Mutex<HashMap<Issuer, Arc<Kept>>>);

/// Documents of one provider, and its places for requests.
struct Kept {
    places: Arc<Semaphore>,
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    discovery: Option<(Timestamp, Arc<Discovery>)>,
    keys: Option<(Timestamp, Arc<Keys>)>,
}

impl Documents {
    fn of(&self, issuer: &Issuer) -> Arc<Kept> {
        let mut documents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if documents.len() >= MOST && !documents.contains_key(issuer) {
            documents.clear();
        }
        let new = || Arc::new(Kept { places: Arc::new(Semaphore::new(AT_ONCE)), read: Mutex::default() });
        Arc::clone(documents.entry(issuer.clone()).or_insert_with(new))
    }
}

impl Kept {
    fn read(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crosswalk {
    /// A provider's description of itself, as it was read within the hour.
    pub(super) async fn description(&self, provider: &IdentityProvider) -> Result<Arc<Discovery>, Turned> {
        let kept = self.of_providers().of(&provider.issuer);
        if let Some((at, discovery)) = &kept.read().discovery
            && self.is_within(Span::Document, *at)
        {
            return Ok(Arc::clone(discovery));
        }
        let content = self.published(provider, provider.issuer.document(), DOCUMENT_BYTES).await?;
        let discovery =
            Discovery::read(&content, &provider.issuer).map_err(|why| unusable(provider, &why))?;
        let discovery = Arc::new(discovery);
        kept.read().discovery = Some((self.now(), Arc::clone(&discovery)));
        Ok(discovery)
    }

    /// A provider's keys, as they were read within the hour. `anew` has them read again, for a token that
    /// names another one, but not twice within a minute: then there are none.
    pub(super) async fn keys_of(
        &self,
        provider: &IdentityProvider,
        discovery: &Discovery,
        anew: bool,
    ) -> Result<Option<Arc<Keys>>, Turned> {
        let kept = self.of_providers().of(&provider.issuer);
        if let Some((at, keys)) = &kept.read().keys {
            if anew && self.is_within(Span::Keys, *at) {
                return Ok(None);
            }
            if !anew && self.is_within(Span::Document, *at) {
                return Ok(Some(Arc::clone(keys)));
            }
        }
        let content = self.published(provider, discovery.keys().to_owned(), KEYS_BYTES).await?;
        let keys = Arc::new(Keys::read(&content).map_err(|why| unusable(provider, &why))?);
        kept.read().keys = Some((self.now(), Arc::clone(&keys)));
        Ok(Some(keys))
    }

    /// Exchanges a code for the token that a provider signed (OpenID Connect Core, 3.1.3).
    pub(super) async fn exchanged(
        &self,
        provider: &IdentityProvider,
        discovery: &Discovery,
        secret: &Secret,
        code: &str,
    ) -> Result<String, Turned> {
        let redirect = self.sign_on().map_err(|_| Turned::NotBegun)?.returns_to(provider.organization);
        let Some(client_secret) = &provider.client_secret else { return Err(Turned::NotBegun) };
        let verifier = secret.verifier();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let authorization = match discovery.authentication() {
            ClientAuthentication::Basic => Some(client_secret.basic(&provider.client_id)),
            ClientAuthentication::Post => {
                form.push(("client_id", provider.client_id.as_str()));
                form.push(("client_secret", client_secret.expose()));
                None
            }
        };
        let (address, form) = (discovery.token().to_owned(), Some(pairs(&form)));
        let asking = Asking { address, form, authorization, most_bytes: TOKEN_BYTES };
        let answered = self.asked(provider, asking).await?;
        token_of(&answered).inspect_err(|_| {
            tracing::warn!(issuer = %provider.issuer, status = answered.status, "a code was not exchanged");
        })
    }

    /// A document that a provider publishes.
    async fn published(
        &self,
        provider: &IdentityProvider,
        address: String,
        most_bytes: usize,
    ) -> Result<Vec<u8>, Turned> {
        let asking = Asking { address, form: None, authorization: None, most_bytes };
        let answered = self.asked(provider, asking).await?;
        match answered.status {
            200 => Ok(answered.content),
            status => {
                tracing::warn!(issuer = %provider.issuer, status, "an identity provider published nothing");
                Err(of_status(status))
            }
        }
    }

    /// Sends a request to a provider, if one of its places is free.
    async fn asked(&self, provider: &IdentityProvider, asking: Asking) -> Result<Answered, Turned> {
        let sign_on = self.sign_on().map_err(|_| Turned::NotBegun)?;
        let (outward, places) =
            (Arc::clone(&sign_on.outward), Arc::clone(&self.of_providers().of(&provider.issuer).places));
        let Ok(place) = places.try_acquire_owned() else { return Err(Turned::Away) };
        let answer = tokio::task::spawn_blocking(move || {
            let answer = outward.ask(&asking);
            drop(place);
            answer
        });
        match answer.await {
            Ok(Ok(answered)) => Ok(answered),
            Ok(Err(why)) => {
                tracing::warn!(issuer = %provider.issuer, %why, "an identity provider gave no answer");
                Err(Turned::Away)
            }
            Err(_) => Err(Turned::Away),
        }
    }

    fn is_within(&self, span: Span, since: Timestamp) -> bool {
        self.now().duration_since(since) < Spans::state().on(span, self.today())
    }

    /// Ways to identity providers.
    ///
    /// # Errors
    /// `NotFound` where the service is not told its own address, and so offers none.
    pub(super) fn sign_on(&self) -> Result<&SignOn, Failure> {
        self.settings().sign_on.as_ref().ok_or(Failure::NotFound)
    }
}

/// The token in an answer; else what its refusal comes to (RFC 6749, 5.2).
fn token_of(answered: &Answered) -> Result<String, Turned> {
    #[derive(Deserialize)]
    struct Token {
        id_token: Option<String>,
    }
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match answered.status {
        200 => {
            let token: Option<Token> = serde_json::from_slice(&answered.content).ok();
            token.and_then(|token| token.id_token).ok_or(Turned::Unusable)
        }
        400 | 401 => {
            let refusal: Option<Refusal> = serde_json::from_slice(&answered.content).ok();
            let is_grant = refusal.is_some_and(|refusal| refusal.error == "invalid_grant");
            // A code that is over, or was exchanged before; all else is how the client was set up.
            Err(if is_grant { Turned::NotBegun } else { Turned::Unusable })
        }
        status => Err(of_status(status)),
    }
}

/// A provider that fails is away for a while; one that has nothing there was set up wrongly.
fn of_status(status: u16) -> Turned {
    if status == 429 || status >= 500 { Turned::Away } else { Turned::Unusable }
}

fn unusable(provider: &IdentityProvider, why: &dyn std::error::Error) -> Turned {
    tracing::warn!(issuer = %provider.issuer, %why, "what an identity provider publishes is of no use");
    Turned::Unusable
}
