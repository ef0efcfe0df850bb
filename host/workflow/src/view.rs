//! What callers are shown: the wire's own words, kept apart from the domain's so that a renamed field there cannot
//! change the API by accident.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Text {
    /// English.
    pub en: String,
    /// Spanish.
    pub es: String,
}

/// A page of a list, keyed by its last entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// A procedure: a code and its modifiers, an unordered set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcedureView {
    /// HCPCS Level II code.
    #[schema(example = "T2033")]
    pub code: String,
    /// Modifiers.
    pub modifiers: Vec<String>,
}

/// An organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganizationView {
    /// Its id.
    pub id: String,
    /// `provider`, `plan` or `county`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// National Provider Identifier, for providers.
    pub npi: Option<String>,
    /// The plan's id, for plans.
    pub plan_id: Option<String>,
    /// What kind of provider it is.
    pub provider_kinds: Vec<String>,
    /// NUCC taxonomy codes.
    pub taxonomies: Vec<String>,
    /// Counties it serves.
    pub counties: Vec<String>,
}

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeyView {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub organization: String,
    /// What it may do.
    pub role: String,
    /// What it is for.
    pub label: String,
    /// The clinical license of its holder.
    pub license: Option<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// The secret, shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// One contact value, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactValue {
    /// The value.
    pub value: String,
    /// `roster` or `provider`.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: String,
}

/// How to reach a member. A plan's file never overwrites what a provider has verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactView {
    /// Telephone.
    pub phone: Option<ContactValue>,
    /// Where the member lives, on one line.
    pub address: Option<ContactValue>,
    /// Whether the member has no fixed address.
    pub no_fixed_address: bool,
}

/// A span of coverage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoverageView {
    /// The plan's id.
    pub plan: String,
    /// `medi-cal` or `d-snp`.
    pub line: String,
    /// First covered day.
    pub first: String,
    /// Last covered day, if known.
    pub last: Option<String>,
    /// CMS dual status code.
    pub dual_status: Option<String>,
    /// The plan's group code.
    pub group: Option<String>,
}

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// Its id here.
    pub id: String,
    /// Client Index Number.
    pub cin: String,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Birth date.
    pub birth_date: String,
    /// County code.
    pub county: String,
    /// Preferred language.
    pub language: String,
    /// How to reach the member.
    pub contact: ContactView,
    /// Coverage, newest first.
    pub coverage: Vec<CoverageView>,
    /// The version that an `If-Match` names.
    pub version: i64,
}

/// One row that was refused, or loaded with a warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowIssueView {
    /// Row number, the header being 1.
    pub row: u64,
    /// Column header.
    pub column: String,
    /// The rule's id.
    pub rule: String,
    /// What is wrong. Never quotes the row.
    pub problem: String,
    /// What to do.
    pub fix: String,
}

/// What became of a member file.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RosterView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows loaded.
    pub accepted: u64,
    /// Rows refused; the rest stand.
    pub refused: Vec<RowIssueView>,
    /// Rows loaded with something to look at.
    pub warnings: Vec<RowIssueView>,
    /// Members seen for the first time.
    pub members_new: u64,
    /// Members known already.
    pub members_known: u64,
    /// Coverage spans added.
    pub coverages_new: u64,
    /// Coverage spans changed.
    pub coverages_changed: u64,
}

/// The plugin a plan decides with now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActiveView {
    /// SHA-256 of the component.
    pub digest: String,
    /// The plugin's own version.
    pub version: String,
    /// Since when.
    pub from: String,
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Lines of business.
    pub lines: Vec<String>,
    /// Counties.
    pub counties: Vec<String>,
    /// The plugin in force; null while the plan has none, and everything goes to its people.
    pub active: Option<ActiveView>,
    /// Who has the last word, workflow by workflow: `decides`, `advises` or `people`.
    pub modes: BTreeMap<String, String>,
}

/// A component that passed the gate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PluginView {
    /// SHA-256 of the component.
    pub digest: String,
    /// The plan.
    pub plan: String,
    /// The plugin's own version.
    pub version: String,
    /// Bytes.
    pub size_bytes: u64,
    /// The interfaces it exports.
    pub exports: Vec<String>,
    /// How it runs: `compiled`, `interpreted`, or with what it imports, such as `interpreted, inert WASI`; null in lists.
    pub tier: Option<String>,
    /// When it was uploaded.
    pub uploaded_at: String,
    /// How long compiling it took, in milliseconds; null if the compiled form was at hand.
    pub compile_ms: Option<u64>,
    /// Whether the very same bytes had been uploaded before.
    pub already_known: bool,
}

/// A version going live.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActivationView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// SHA-256 of the component.
    pub digest: String,
    /// From when.
    pub from: String,
    /// Counts the plan's activations.
    pub version: i64,
}

/// One criterion in the grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CriterionView {
    /// Stable id.
    pub id: String,
    /// `inclusion`, `exclusion`, `documentation` or `administrative`.
    pub kind: String,
    /// `state` or `overlay`.
    pub origin: String,
    /// The test, in plain words.
    pub text: Text,
    /// Codes of the facts it reads.
    pub facts: Vec<String>,
    /// Kinds of the documents it reads.
    pub documents: Vec<String>,
    /// The document that the rule comes from.
    pub source: String,
}

/// A presumptive right in the grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresumptiveView {
    /// The rule's id.
    pub id: String,
    /// Population of focus it is for; null for any.
    pub population: Option<String>,
    /// Calendar days.
    pub days: u16,
    /// Provider kinds that may use it; empty for every contracted provider.
    pub provider_kinds: Vec<String>,
    /// Facts to attest.
    pub attest: Vec<String>,
}

/// One plan's column for one service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CellView {
    /// The plan.
    pub plan: String,
    /// Whether the plan offers it in this county on this day.
    pub offered: bool,
    /// Members it may admit in its window, if capped.
    pub capacity: Option<u32>,
    /// Who decides: `decides`, `advises` or `people`.
    pub mode: String,
    /// Presumptive rights.
    pub presumptive: Vec<PresumptiveView>,
    /// Criteria.
    pub criteria: Vec<CriterionView>,
}

/// One service's row of the grid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GridRowView {
    /// Service id.
    pub service: String,
    /// Its official name.
    pub name: String,
    /// One cell for each plan of the county.
    pub cells: Vec<CellView>,
}

/// What each plan of a county asks for, service by service, side by side.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GridView {
    /// County code.
    pub county: String,
    /// The day.
    pub on: String,
    /// The plans, in the order of the cells.
    pub plans: Vec<String>,
    /// The rows.
    pub services: Vec<GridRowView>,
}

/// One criterion's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingView {
    /// The criterion's id.
    pub criterion: String,
    /// What the criterion asks, if the profile that declared it is at hand.
    pub text: Option<Text>,
    /// `met`, `not-met` or `unknown`.
    pub outcome: String,
    /// Why.
    pub reason: Text,
    /// The facts and documents that were read.
    pub evidence: Vec<String>,
}

/// Something the plan still needs: a fact or a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskView {
    /// The fact's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The document's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The question to ask a person.
    pub question: Text,
}

/// A code with its sentence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodedText {
    /// Stable code.
    pub code: String,
    /// The sentence.
    pub text: Text,
}

/// The plugin call behind a case's state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionBrief {
    /// The decision record's id.
    pub id: String,
    /// SHA-256 of the component that answered.
    pub digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub operation: String,
    /// How the call ended: `answer`, `guest-error`, `trap`, `deadline`, `memory`, and so on.
    pub ending: String,
    /// Microseconds.
    pub duration_us: i64,
}

/// A running clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeadlineView {
    /// Its id.
    pub id: String,
    /// The case.
    pub case: String,
    /// The rule's id.
    pub rule: String,
    /// When it started.
    pub started_at: String,
    /// When it ends.
    pub due_at: String,
    /// `open`, `met`, `missed` or `cancelled`.
    pub state: String,
    /// The statute or guide behind it.
    pub source: Option<String>,
}

/// Where a referral was sent instead.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RedirectView {
    /// `plan`, `delegate` or `service`.
    pub kind: String,
    /// Its id.
    pub to: String,
    /// Why.
    pub reason: Text,
}

/// A refusal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DenialView {
    /// `administrative` or `clinical`.
    pub kind: String,
    /// Why.
    pub reason: Text,
    /// The license of the person who made it, for clinical ones.
    pub reviewer: Option<String>,
}

/// How a loop was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosureView {
    /// Code of the closure reason.
    pub reason: String,
    /// When.
    pub at: String,
}

/// The plan a case is with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CasePlanView {
    /// The plan's id.
    pub id: String,
    /// The delegate that answers, if one does.
    pub delegate: Option<String>,
}

/// A presumptive window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresumptionView {
    /// The plan's rule.
    pub rule: String,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// Calendar days, both counted.
    pub days: i64,
    /// Whether service may be given under it today.
    pub active: bool,
}

/// Units of one procedure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrantedLineView {
    /// The procedure.
    pub procedure: ProcedureView,
    /// Units.
    pub units: u32,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: Option<String>,
}

/// What was granted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GrantView {
    /// The authorization number, to be put on claims.
    pub number: String,
    /// What.
    pub lines: Vec<GrantedLineView>,
    /// What the provider must keep to.
    pub conditions: Vec<Text>,
}

/// Why less is paid than was charged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdjustmentView {
    /// `CO`, `PR`, `OA` or `PI`.
    pub group: String,
    /// Claim adjustment reason code.
    pub reason: String,
    /// Remark code.
    pub remark: Option<String>,
    /// Dollars.
    pub amount: String,
}

/// One line of a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClaimLineView {
    /// Its number.
    pub number: u16,
    /// The service that the catalog gives for the procedure on the day.
    pub service: String,
    /// The procedure.
    pub procedure: ProcedureView,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: Option<String>,
    /// Units.
    pub units: u32,
    /// Dollars.
    pub charge: String,
    /// `payable`, `rejected`, `pended`, `denied` or `with-people`.
    pub outcome: String,
    /// Dollars that will be paid.
    pub amount: Option<String>,
    /// The plan's rate.
    pub rate: Option<String>,
    /// Why less is paid than was charged.
    pub adjustments: Vec<AdjustmentView>,
    /// The field to mend, as a JSON Pointer into the line.
    pub field: Option<String>,
    /// Claim adjustment reason code.
    pub reason_code: Option<String>,
    /// What is wrong.
    pub reason: Option<Text>,
    /// What to do about it.
    pub fix: Option<Text>,
}

/// What the plan paid for a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaidLineView {
    /// Its number.
    pub number: u16,
    /// Dollars.
    pub amount: String,
}

/// What the plan paid.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RemittanceView {
    /// Check or transfer number.
    pub number: String,
    /// Line by line.
    pub lines: Vec<PaidLineView>,
    /// Dollars in all.
    pub total: String,
    /// When.
    pub at: String,
}

/// One credentialing requirement's result.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequirementView {
    /// Its id.
    pub id: String,
    /// What is required.
    pub text: Option<Text>,
    /// `satisfied`, `missing`, `expired`, `insufficient` or `needs-person`.
    pub standing: String,
    /// Until when it is satisfied, or when it expired.
    pub until: Option<String>,
    /// Why.
    pub reason: Text,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// The plan.
    pub plan: String,
    /// `incomplete`, `with-people`, `approved` or `declined`.
    pub state: String,
    /// Requirement by requirement.
    pub requirements: Vec<RequirementView>,
    /// Why it is with the plan's people.
    pub why_people: Option<CodedText>,
    /// From which day the provider may bill.
    pub effective: Option<String>,
    /// Why the plan said no.
    pub reason: Option<Text>,
    /// The plugin call behind it.
    pub decision: Option<DecisionBrief>,
}

/// A case. What does not belong to its kind is absent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseView {
    /// Its id.
    pub id: String,
    /// `referral`, `authorization`, `claim` or `application`.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// The plan it is with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<CasePlanView>,
    /// Service id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The member's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    /// The organization that sent it.
    pub provider: String,
    /// `standard` or `expedited`.
    pub urgency: String,
    /// When the host received it.
    pub received_at: String,
    /// Who has the last word at this plan: `decides`, `advises` or `people`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Who decided: `plugin` or `people`; null while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The criteria that the last answer rests on.
    pub findings: Vec<FindingView>,
    /// What the plan still needs.
    pub asks: Vec<AskView>,
    /// Why it is with the plan's people.
    pub why_people: Option<CodedText>,
    /// The denial that the plugin recommends; shown to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<DenialView>,
    /// The plugin call behind the last answer.
    pub decision: Option<DecisionBrief>,
    /// Its clocks.
    pub deadlines: Vec<DeadlineView>,
    /// The version that an `If-Match` names.
    pub version: i64,
    /// Populations of focus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populations: Option<Vec<String>>,
    /// Where a referral was sent instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<RedirectView>,
    /// The refusal that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<DenialView>,
    /// The provider that took a referral.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_provider: Option<String>,
    /// How a referral's loop was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure: Option<ClosureView>,
    /// The presumptive window of an authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presumption: Option<PresumptionView>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantView>,
    /// The referral or the replaced claim that this one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The claim that stands in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Lines of a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ClaimLineView>>,
    /// Dollars that will be paid for a claim, as its rules price it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_payable: Option<String>,
    /// What the plan paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remittance: Option<RemittanceView>,
    /// Legal name in a credentialing file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<String>,
    /// Each plan's reading of a credentialing file; a plan sees its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<Vec<ReviewView>>,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActorView {
    /// The organization; null for the host's own duties.
    pub organization: Option<String>,
    /// The role, or `host`.
    pub role: String,
}

/// One step in a case's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// When.
    pub at: String,
    /// What happened.
    pub event: String,
    /// The state it led to.
    pub state: String,
    /// Who.
    pub actor: ActorView,
    /// Codes that belong to it; never words about a member.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// One case that waits for a plan's people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkItemView {
    /// The case.
    pub case: String,
    /// Its kind.
    pub kind: String,
    /// The service.
    pub service: Option<String>,
    /// Why it waits.
    pub why: CodedText,
    /// `standard` or `expedited`.
    pub urgency: String,
    /// The delegate that answers, if one does.
    pub delegate: Option<String>,
    /// When the host received it.
    pub received_at: String,
    /// When its nearest clock ends.
    pub due_at: Option<String>,
}

/// Something an organization is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: String,
    /// When.
    pub at: String,
    /// The case.
    pub case: Option<String>,
    /// What it is about.
    pub kind: String,
    /// The sentence.
    pub text: Text,
}

/// A plugin call, as it was recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionView {
    /// Its id.
    pub id: String,
    /// The case.
    pub case: String,
    /// The plan.
    pub plan: String,
    /// SHA-256 of the component that answered.
    pub digest: String,
    /// The operation.
    pub operation: String,
    /// How the call ended.
    pub ending: String,
    /// Microseconds.
    pub duration_us: i64,
    /// Most bytes of memory that the call held.
    pub memory_bytes: i64,
    /// When.
    pub at: String,
    /// What the plugin was handed; the plan's own people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub input: Option<serde_json::Value>,
    /// What it answered; the plan's own people see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub output: Option<serde_json::Value>,
}

/// A decision, asked again of the same component.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReplayView {
    /// Whether the bytes are the same.
    pub same: bool,
    /// SHA-256 of the component.
    pub digest: String,
    /// SHA-256 of the input.
    pub input_sha256: String,
    /// SHA-256 of the recorded output.
    pub output_sha256: String,
    /// SHA-256 of the output now.
    pub replayed_sha256: String,
}
