//! Ways to the identity providers of organizations: where people come back to, and who asks the providers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::public_address::PublicAddress;
use program::outward;
use ureq::Agent;
use workflow::{Answered, Asking, NoAnswer, Outward, SignOn};

use crate::host::ServeOptions;

/// Ways to identity providers. Where there are none the log says why: pages just do not speak of them.
pub(crate) fn sign_on(options: &ServeOptions) -> Option<SignOn> {
    let Some(address) = &options.public_address else {
        tracing::info!("nobody signs in by an identity provider: --public-address is not set");
        return None;
    };
    if !is_safe(address) {
        tracing::warn!(%address, "nobody signs in by an identity provider: people would come back without TLS");
        return None;
    }
    let (patience, privately) = (Duration::from_millis(options.provider_wait_ms), options.private_providers);
    Some(SignOn {
        outward: Arc::new(Directly(outward::guarded_agent(patience, privately))),
        returned: format!("{address}{}", web::PROVIDERS_RETURN_BELOW),
        may_ask_privately: privately,
    })
}

/// A code that comes back without TLS is anybody's, but on this machine.
fn is_safe(address: &PublicAddress) -> bool {
    address.is_secure() || address.is_localhost()
}

/// Asks providers with the HTTP client that the program has anyway.
struct Directly(Agent);

impl Outward for Directly {
    fn ask(&self, asking: &Asking) -> Result<Answered, NoAnswer> {
        let sent = match &asking.form {
            None => {
                let request = self.0.get(&asking.address).header("Accept", "application/json");
                authorized(request, asking).call()
            }
            Some(form) => {
                let request = self.0.post(&asking.address).header("Accept", "application/json");
                let request = request.header("Content-Type", "application/x-www-form-urlencoded");
                authorized(request, asking).send(form.as_str())
            }
        };
        let mut answer = sent.map_err(|error| no_answer(&error))?;
        let most = u64::try_from(asking.most_bytes).unwrap_or(u64::MAX);
        let content = answer.body_mut().with_config().limit(most).read_to_vec();
        let content = content.map_err(|error| no_answer(&error))?;
        Ok(Answered { status: answer.status().as_u16(), content })
    }
}

fn authorized<B>(request: ureq::RequestBuilder<B>, asking: &Asking) -> ureq::RequestBuilder<B> {
    match &asking.authorization {
        Some(authorization) => request.header("Authorization", authorization),
        None => request,
    }
}

fn no_answer(error: &ureq::Error) -> NoAnswer {
    NoAnswer(error.to_string())
}

impl fmt::Debug for Directly {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Directly(..)")
    }
}
