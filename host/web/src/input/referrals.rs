//! Bodies of referrals and of steps with them.

use domain::dictionary::Dictionary;
use domain::identifiers::OrgId;
use domain::plan::types::Urgency;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{NewReferral, ReferralStep};

use super::evidence::{self, DocumentBody, FactBody};
use super::members::MemberRefBody;
use super::{Input, Reader};

/// A referral of a member to a service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReferral)]
pub(crate) struct NewReferralBody {
    /// Member that it is for.
    member: MemberRefBody,
    /// Id of the service, as `GET /v1/dictionary/services` lists it.
    #[schema(example = "recuperative-care")]
    service: String,
    /// Ids of populations of focus that the member belongs to.
    #[serde(default)]
    populations: Vec<String>,
    /// `standard`, if not said, or `expedited`.
    urgency: Option<String>,
    /// Id of the provider that the member or the referrer would like.
    preferred_provider: Option<String>,
    /// Facts that the referrer states.
    #[serde(default)]
    facts: Vec<FactBody>,
    /// Documents that are attached, or of which the sender says that there are.
    #[serde(default)]
    documents: Vec<DocumentBody>,
}

/// A step of a provider with a referral.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralStep)]
pub(crate) struct StepBody {
    /// `accepted`, `declined`, `outreach-initiated`, `provider-change-requested` or `closed`.
    #[schema(example = "accepted")]
    status: String,
    /// Code of the reason, for `closed`.
    closure_reason: Option<String>,
    /// Code of the reason, for `declined`.
    decline_reason: Option<String>,
    /// Id of the provider that the member asks for, for `provider-change-requested`, if that is known.
    preferred_provider: Option<String>,
}

impl Input for NewReferralBody {
    type Command = NewReferral;

    fn read(self, reader: &mut Reader) -> Option<NewReferral> {
        let member = self.member.read(reader, "/member");
        let service = reader.referable_service("/service", &self.service);
        let populations = reader.populations("/populations", self.populations);
        let urgency = urgency(reader, "/urgency", self.urgency.as_deref());
        let preferred = reader.optional(self.preferred_provider, preferred_provider);
        let facts = evidence::facts(reader, "/facts", self.facts);
        let documents = evidence::documents(reader, "/documents", self.documents);
        Some(NewReferral {
            member: member?,
            service: service?,
            populations: populations?,
            urgency: urgency?,
            preferred: preferred?,
            facts: facts?,
            documents: documents?,
        })
    }
}

impl Input for StepBody {
    type Command = ReferralStep;

    fn read(self, reader: &mut Reader) -> Option<ReferralStep> {
        let statuses = ["accepted", "declined", "outreach-initiated", "provider-change-requested", "closed"]
            .map(|status| (status, status));
        let status = reader.one_of("/status", &self.status, &statuses)?;
        if status != "closed" {
            reader.absent("/closure_reason", &self.closure_reason, status)?;
        }
        if status != "declined" {
            reader.absent("/decline_reason", &self.decline_reason, status)?;
        }
        if status != "provider-change-requested" {
            reader.absent("/preferred_provider", &self.preferred_provider, status)?;
        }
        match status {
            "accepted" => Some(ReferralStep::Accept),
            "declined" => {
                let reason = reader.present("/decline_reason", self.decline_reason, "declined")?;
                let codes = Dictionary::state().decline_reasons().iter().map(|reason| reason.code.as_str());
                reader
                    .known("/decline_reason", &reason, "reason to decline", codes)
                    .map(ReferralStep::Decline)
            }
            "outreach-initiated" => Some(ReferralStep::StartOutreach),
            "closed" => {
                let reason = reader.present("/closure_reason", self.closure_reason, "closed")?;
                let known = Dictionary::state().closure_reasons();
                let codes = known.iter().map(|reason| reason.code.as_str());
                reader.known("/closure_reason", &reason, "closure reason", codes).map(ReferralStep::Close)
            }
            _ => {
                let preferred = reader.optional(self.preferred_provider, preferred_provider);
                preferred.map(ReferralStep::ChangeProvider)
            }
        }
    }
}

fn preferred_provider(reader: &mut Reader, id: String) -> Option<OrgId> {
    reader.parsed("/preferred_provider", &id, "send the organization's id, or leave it out")
}

/// Reads how soon a decision is needed.
pub(crate) fn urgency(reader: &mut Reader, at: &str, sent: Option<&str>) -> Option<Urgency> {
    reader.word_of(at, sent.unwrap_or("standard"), Urgency::ALL)
}
