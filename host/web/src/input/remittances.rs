//! Bodies of remittances, by which plans pay claims.

use domain::identifiers::CaseId;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{NewRemittance, PaidClaim};

use super::decisions::PaidLineBody;
use super::{Input, MOST_LINES, Reader, SentenceBody};

/// Claims in one remittance.
const MOST_CLAIMS: usize = 200;

/// One transfer or check to one provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRemittance)]
pub(crate) struct NewRemittanceBody {
    /// Check or transfer number, which the plan gives once.
    #[schema(max_length = 50, example = "EFT-1001")]
    number: String,
    /// Amount of the transfer in dollars: the sum of the lines less what is taken back. Amounts that are
    /// still to be taken back from the provider are carried by this remittance, oldest first, as far as its
    /// lines bear it.
    #[schema(example = "3500.00")]
    total: String,
    /// The claims that it pays, 1 to 200, all of one provider.
    claims: Vec<PaidClaimBody>,
}

/// A claim that the remittance pays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidClaim)]
pub(crate) struct PaidClaimBody {
    /// Id of the claim.
    claim: String,
    /// Amounts that are paid, for every line that is not rejected or denied.
    lines: Vec<PaidLineBody>,
    /// Reason for paying more than a benefit limit gives, where the limit allows that.
    exception: Option<SentenceBody>,
}

impl Input for NewRemittanceBody {
    type Command = NewRemittance;

    fn read(self, reader: &mut Reader) -> Option<NewRemittance> {
        let number = reader.line("/number", &self.number, 50);
        let total = reader.money("/total", &self.total);
        let claims = reader.each_of_some("/claims", self.claims, MOST_CLAIMS, |reader, at, paid| {
            let claim: Option<CaseId> =
                reader.parsed(&format!("{at}/claim"), &paid.claim, "send a claim's id");
            let lines =
                reader.each_of_some(&format!("{at}/lines"), paid.lines, MOST_LINES, |reader, at, line| {
                    line.read(reader, at)
                });
            let exception = reader.optional(paid.exception, |reader, words| {
                reader.sentence(&format!("{at}/exception"), &words)
            });
            Some(PaidClaim { claim: claim?, lines: lines?, exception: exception? })
        });
        Some(NewRemittance { number: number?, total: total?, claims: claims? })
    }
}
