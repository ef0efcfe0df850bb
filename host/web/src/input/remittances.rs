//! Bodies of remittances, by which plans pay claims.

use domain::identifiers::CaseId;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{NewRemittance, PaidClaim};

use super::decisions::{PaidLineBody, ReasonBody, SentPayment};
use super::{Input, Reader};

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
    /// lines bear it: the last of them in part, where they bear no more.
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
    /// Amounts that are paid, for every line that is not rejected or denied; a denied one that is left out
    /// enters at 0.00 with its reason code. Where rules only advise, for every line.
    lines: Vec<PaidLineBody>,
    /// Reason for paying more than a benefit limit gives, where the limit allows that.
    exception: Option<ReasonBody>,
    /// Reason for paying lines that no authorization on file covers, as the provider is told it.
    without_authorization: Option<ReasonBody>,
}

impl Input for NewRemittanceBody {
    type Command = NewRemittance;

    fn read(self, reader: &mut Reader) -> Option<NewRemittance> {
        let number = reader.line("/number", &self.number, 50);
        let total = reader.money("/total", &self.total);
        let claims = reader.each_of_some("/claims", self.claims, MOST_CLAIMS, |reader, at, paid| {
            let claim: Option<CaseId> =
                reader.parsed(&format!("{at}/claim"), &paid.claim, "send a claim's id");
            let PaidClaimBody { lines, exception, without_authorization, .. } = paid;
            let payment =
                SentPayment { lines: Some(lines), exception, without_authorization }.read(reader, at);
            Some(PaidClaim { claim: claim?, payment: payment? })
        });
        Some(NewRemittance { number: number?, total: total?, claims: claims? })
    }
}
