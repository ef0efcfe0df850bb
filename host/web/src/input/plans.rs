//! Which plugin a plan decides with.

use domain::identifiers::Digest;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Input, Reader};

/// A plugin going live.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewActivation)]
pub(crate) struct ActivationBody {
    /// SHA-256 of an uploaded component.
    digest: String,
    /// From when; now if not said.
    #[schema(format = DateTime)]
    from: Option<String>,
}

/// Which component, and from when.
pub(crate) struct NewActivation {
    /// SHA-256 of the component.
    pub(crate) digest: Digest,
    /// From when; now if not said.
    pub(crate) from: Option<Timestamp>,
}

impl Input for ActivationBody {
    type Command = NewActivation;

    fn read(self, reader: &mut Reader) -> Option<NewActivation> {
        let digest = reader.parsed("/digest", &self.digest, "send the digest of POST /v1/plans/{id}/plugins");
        let from = reader.optional(self.from, |reader, text| {
            text.parse().ok().or_else(|| {
                let fix = "send RFC 3339, such as 2026-03-01T08:00:00Z";
                reader.refuse("/from", "invalid-value", "this is no instant", fix)
            })
        });
        Some(NewActivation { digest: digest?, from: from? })
    }
}
