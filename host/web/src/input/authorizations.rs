//! Bodies of requests for authorization.

use domain::plan::authorization::{RequestKind, RequestedLine};
use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::NewAuthorization;

use super::evidence::{self, DocumentBody, FactBody};
use super::members::MemberRefBody;
use super::referrals::urgency;
use super::{Input, MOST_LINES, ProcedureBody, Reader};

/// Most units of one line.
pub(crate) const MOST_UNITS: u32 = 10_000;

/// A new request for authorization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAuthorization)]
pub(crate) struct NewAuthorizationBody {
    /// Member that it is for.
    member: MemberRefBody,
    /// Id of the service, as `GET /v1/dictionary/services` lists it.
    #[schema(example = "recuperative-care")]
    service: String,
    /// `initial`, if not said, `renewal`, `extension` or `retrospective`. A request whose days are all past
    /// is retrospective, whatever is said here; one with days to come may not be.
    kind: Option<String>,
    /// `standard`, if not said, or `expedited`.
    urgency: Option<String>,
    /// Ids of populations of focus that the member belongs to.
    #[serde(default)]
    populations: Vec<String>,
    /// Id of the organization that will deliver; the caller's own if not said.
    provider: Option<String>,
    /// Id of the referral that it follows.
    referral: Option<String>,
    /// Procedures, units and days that are asked for, 1 to 50 lines.
    lines: Vec<RequestedLineBody>,
    /// Facts that the provider states.
    #[serde(default)]
    facts: Vec<FactBody>,
    /// Documents that are attached, or of which the sender says that there are.
    #[serde(default)]
    documents: Vec<DocumentBody>,
}

/// Units of one procedure.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RequestedLine)]
pub(crate) struct RequestedLineBody {
    /// HCPCS code and modifiers.
    pub(crate) procedure: ProcedureBody,
    /// Units, in the unit of the procedure.
    #[schema(minimum = 1, maximum = 10_000)]
    pub(crate) units: u32,
    /// First day of service, YYYY-MM-DD.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service, YYYY-MM-DD.
    #[schema(format = Date)]
    pub(crate) last: String,
}

impl Input for NewAuthorizationBody {
    type Command = NewAuthorization;

    fn read(self, reader: &mut Reader) -> Option<NewAuthorization> {
        let member = self.member.read(reader, "/member");
        let service = reader.referable_service("/service", &self.service);
        let kind = request_kind(reader, "/kind", self.kind.as_deref());
        let urgency = urgency(reader, "/urgency", self.urgency.as_deref());
        let populations = reader.populations("/populations", self.populations);
        let provider = reader.optional(self.provider, |reader, text| {
            reader.parsed("/provider", &text, "send the organization's id, or leave it out")
        });
        let referral = reader.optional(self.referral, |reader, text| {
            reader.parsed("/referral", &text, "send the referral's id, or leave it out")
        });
        let lines = requested_lines(reader, "/lines", self.lines, Some(&self.service));
        let facts = evidence::facts(reader, "/facts", self.facts);
        let documents = evidence::documents(reader, "/documents", self.documents);
        Some(NewAuthorization {
            member: member?,
            service: service?,
            populations: populations?,
            kind: kind?,
            urgency: urgency?,
            provider: provider?,
            referral: referral?,
            lines: lines?,
            facts: facts?,
            documents: documents?,
        })
    }
}

/// Reads why permission is asked for.
pub(crate) fn request_kind(reader: &mut Reader, at: &str, sent: Option<&str>) -> Option<RequestKind> {
    reader.word_of(at, sent.unwrap_or("initial"), RequestKind::ALL)
}

/// Reads lines of a request for `service`, or of any where that is not said.
pub(crate) fn requested_lines(
    reader: &mut Reader,
    at: &str,
    lines: Vec<RequestedLineBody>,
    service: Option<&str>,
) -> Option<Vec<RequestedLine>> {
    reader.each_of_some(at, lines, MOST_LINES, |reader, at, line| {
        let days = reader.days(at, &line.first, &line.last);
        let units = reader.count(&format!("{at}/units"), line.units, MOST_UNITS);
        let at_procedure = format!("{at}/procedure");
        let first = days.as_ref().map(|days| days.first);
        let (procedure, bills) = reader.procedure(&at_procedure, line.procedure, first)?;
        if service.is_some_and(|service| service != bills) {
            let fix = format!("send a procedure of the service asked for; this one bills {bills}");
            return reader.refuse(
                &at_procedure,
                Code::OtherService,
                "the procedure bills another service",
                fix,
            );
        }
        Some(RequestedLine { procedure, units: units?, days: days? })
    })
}
