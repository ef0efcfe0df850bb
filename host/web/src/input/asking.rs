//! Cases that nobody has sent: asked about, not kept.

use domain::dictionary::Dictionary;
use domain::plan::types::Workflow;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{UnsentCase, WhatIf};

use super::authorizations::{RequestedLineBody, request_kind, requested_lines};
use super::evidence::{self, DocumentBody, FactBody};
use super::referrals::urgency;
use super::{Input, Reader};

/// Most services that one body asks about.
const MOST_SERVICES: usize = 10;
/// The age of whoever's is not said: a grown-up.
const USUAL_AGE: u32 = 40;
/// The highest age that is taken for one.
const MOST_AGE: u32 = 120;

/// A case without a member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UnsentCase)]
pub(crate) struct UnsentCaseBody {
    /// Code of the county in which the member would live, such as `SRV`.
    #[schema(example = "SAC")]
    county: String,
    /// Service ids, 1 to 10.
    #[schema(example = json!(["recuperative-care"]))]
    services: Vec<String>,
    /// `authorization`, if not said, or `referral`.
    workflow: Option<String>,
    /// `initial`, if not said, `renewal`, `extension` or `retrospective`.
    kind: Option<String>,
    /// `standard`, if not said, or `expedited`.
    urgency: Option<String>,
    /// Ids of populations of focus, as `GET /v1/dictionary/populations` lists them.
    #[serde(default)]
    populations: Vec<String>,
    /// Kinds of the provider that would deliver; the caller's own kinds if absent.
    #[serde(default)]
    provider_kinds: Vec<String>,
    /// The member's age in whole years; 40 if not said. A birth date is not asked for.
    #[schema(maximum = 120)]
    age: Option<u32>,
    /// Lines that would be asked for, at most 50, all of one service. If absent: one unit of the procedure
    /// that the plan usually authorizes.
    #[serde(default)]
    lines: Vec<RequestedLineBody>,
    /// Facts that would be stated. A fact in free text is not accepted: it could name somebody.
    #[serde(default)]
    facts: Vec<FactBody>,
    /// Kinds of documents that would be attached.
    #[serde(default)]
    documents: Vec<DocumentBody>,
}

/// The answer whose possible changes are looked for: either a recorded evaluation's, or that to a case before
/// it is sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WhatIfQuestion)]
pub(crate) struct WhatIfBody {
    /// Id of the evaluation, as `evaluation.id` of a case shows it.
    evaluation: Option<String>,
    /// Id of the plan that would answer the case; every plan of the county if not said.
    #[schema(example = "valle-vista")]
    plan: Option<String>,
    /// The case. It names one service.
    case: Option<UnsentCaseBody>,
}

impl Input for UnsentCaseBody {
    type Command = UnsentCase;

    fn read(self, reader: &mut Reader) -> Option<UnsentCase> {
        self.read_at(reader, "", MOST_SERVICES)
    }
}

impl UnsentCaseBody {
    fn read_at(self, reader: &mut Reader, at: &'static str, most_services: usize) -> Option<UnsentCase> {
        let county = reader.county(&format!("{at}/county"), &self.county);
        let service = self.services.first().cloned().filter(|_| self.services.len() == 1);
        let services =
            reader.each_of_some(&format!("{at}/services"), self.services, most_services, |reader, at, id| {
                reader.referable_service(at, &id)
            });
        let workflows = [Workflow::Authorization, Workflow::Referral];
        let workflow = self.workflow.as_deref().unwrap_or("authorization");
        let workflow = reader.word_of(&format!("{at}/workflow"), workflow, &workflows);
        let kind = request_kind(reader, &format!("{at}/kind"), self.kind.as_deref());
        let urgency = urgency(reader, &format!("{at}/urgency"), self.urgency.as_deref());
        let populations = reader.populations(&format!("{at}/populations"), self.populations);
        let known = Dictionary::state().provider_kinds();
        let at_kinds = format!("{at}/provider_kinds");
        let provider_kinds = reader.each(&at_kinds, self.provider_kinds, known.len(), |reader, at, kind| {
            reader.code(at, &kind, "kind of provider", known)
        });
        let age = age(reader, &format!("{at}/age"), self.age.unwrap_or(USUAL_AGE));
        let at_lines = format!("{at}/lines");
        let lines = match service {
            _ if self.lines.is_empty() => Some(Vec::new()),
            Some(service) => requested_lines(reader, &at_lines, self.lines, Some(&service)),
            None => reader.refuse(
                &at_lines,
                Code::NotWithThis,
                "lines are of one service",
                "name one service, or leave the lines out",
            ),
        };
        let facts = evidence::facts(reader, &format!("{at}/facts"), self.facts);
        let named = self.documents.iter().position(|document| document.document.is_some());
        let documents = match named {
            // No plan may know whom the case is about, and the bytes would say.
            Some(place) => reader.refuse(
                &format!("{at}/documents/{place}/document"),
                Code::NamesSomebody,
                "the bytes of a document could name somebody, and no plan may know whom this is about",
                "leave it out here; send it with the case",
            ),
            None => evidence::documents(reader, &format!("{at}/documents"), self.documents),
        };
        Some(UnsentCase {
            at,
            county: county?,
            services: services?,
            workflow: workflow?,
            kind: kind?,
            urgency: urgency?,
            populations: populations?,
            provider_kinds: provider_kinds?,
            age: age?,
            lines: lines?,
            facts: facts?,
            documents: documents?,
        })
    }
}

fn age(reader: &mut Reader, at: &str, years: u32) -> Option<u8> {
    let age = u8::try_from(years).ok().filter(|_| years <= MOST_AGE);
    age.or_else(|| {
        let detail = format!("the age is not from 0 to {MOST_AGE}");
        reader.refuse(at, Code::OutOfRange, detail, "send whole years")
    })
}

impl Input for WhatIfBody {
    type Command = WhatIf;

    fn read(self, reader: &mut Reader) -> Option<WhatIf> {
        match (self.evaluation, self.case) {
            (Some(id), None) => {
                reader.absent("/plan", &self.plan, "an evaluation")?;
                let id = reader.parsed("/evaluation", &id, "send the evaluation's id, as a case shows it")?;
                Some(WhatIf::Evaluation(id))
            }
            (None, Some(case)) => {
                let plan = reader.optional(self.plan, |reader, text| {
                    reader.parsed("/plan", &text, "send the plan's id, or leave it out")
                });
                let case = case.read_at(reader, "/case", 1);
                Some(WhatIf::Unsent { case: case?, plan: plan? })
            }
            _ => reader.refuse(
                "",
                Code::OneOf,
                "it names not exactly one answer",
                "send one of: evaluation, case",
            ),
        }
    }
}
