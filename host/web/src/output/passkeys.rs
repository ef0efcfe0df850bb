//! Passkeys of people, as they list them.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::ShownPasskey;

use crate::output::Output;

/// A passkey of a person.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    /// Id of the passkey.
    pub(crate) id: String,
    /// Name that the person gave it.
    pub(crate) name: String,
    /// Instant at which it was added.
    #[schema(format = DateTime)]
    pub(crate) made_at: String,
    /// Instant of the last use; `null` before the first.
    #[schema(format = DateTime)]
    pub(crate) used_at: Option<String>,
}

impl Output for ShownPasskey {
    type View = PasskeyView;

    fn view(&self) -> PasskeyView {
        let passkey = &self.passkey;
        PasskeyView {
            id: passkey.id.to_string(),
            name: passkey.name.clone(),
            made_at: passkey.made_at.to_string(),
            used_at: passkey.used_at.map(|at| at.to_string()),
        }
    }
}
