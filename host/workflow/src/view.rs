//! What callers are shown: the wire's own words, kept apart from the domain's so that a renamed field there
//! cannot change the API by accident.

pub mod dictionary;
pub mod threads;

use std::collections::BTreeMap;

use domain::release::Policy;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

mod limits;
mod words;

pub(crate) use words::{mode_name, procedure, text, urgency, written};

pub use limits::{EarlyEndView, ExceptionView, LimitPassedView, LimitView, ReadingView};

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
    /// `active`; `paused`: its keys do not work for a time; or `ended`.
    pub state: String,
    /// Since when it is paused, or has ended.
    #[schema(format = DateTime)]
    pub state_since: Option<String>,
    /// Why, in the operator's words.
    pub state_reason: Option<String>,
    /// What is open at it; for the operator and the organization itself, where one organization is read or
    /// changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenView>,
    /// Its version; an `If-Match` names it.
    pub version: i64,
}

/// What is open at an organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenView {
    /// Cases on which a clock runs. They stay with a plan that is paused, and stay on the record of one that
    /// has ended.
    pub cases: u64,
    /// Clocks that run.
    pub clocks: u64,
    /// Cases that wait for a plan's people.
    pub waiting: u64,
    /// Keys that were not revoked.
    pub keys: u64,
}

/// A county.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountyView {
    /// The code by which requests name it.
    #[schema(example = "SAC")]
    pub code: String,
    /// Its name, without the word for county.
    pub name: Text,
    /// The region that it lies in: a code of the list `county-regions`, or an operator's own words for an
    /// invented one.
    pub region: String,
    /// Whether it was made up, for a demonstration or a test: an operator added it.
    pub invented: bool,
    /// The county's part of its federal code; null for an invented one.
    pub fips: Option<String>,
    /// The state's own number; null for an invented one.
    pub number: Option<String>,
    /// How its Medi-Cal managed care is organized, by day.
    pub models: Vec<CareModelView>,
}

/// How a county's managed care is organized on some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CareModelView {
    /// A code of the list `care-models`.
    pub code: String,
    /// The first day.
    #[schema(format = Date)]
    pub from: String,
    /// The last day; null while it has no known end.
    #[schema(format = Date)]
    pub to: Option<String>,
    /// The document that says so.
    pub source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub tag: String,
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
    /// Whether it makes, names and ends keys of its organization.
    pub manages_keys: bool,
    /// Since when it is there.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Whether it was revoked.
    pub revoked: bool,
    /// When; null while it works.
    #[schema(format = DateTime)]
    pub revoked_at: Option<String>,
    /// From when on it no longer works; null: it has no end.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// When it was used last, to the hour; null: never.
    #[schema(format = DateTime)]
    pub last_used_at: Option<String>,
    /// The key whose place it takes.
    pub replaces: Option<String>,
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
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// The day of which it was said last.
    #[schema(format = Date)]
    pub as_of: String,
}

/// Something that is said of a member: by whom, and of which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidView {
    /// `address`, `county`, `homelessness`, `language`, `pcp-npi`, `phone`, `plan-member-id`,
    /// `renewal-month`, `risk-tier` or `sex`.
    pub name: String,
    /// The name as people read it.
    pub text: Text,
    /// The value. Of an address, `no-fixed-address` for nowhere.
    pub value: String,
    /// `plan-file`, or `provider` for what a provider verified.
    pub source: String,
    /// The plan's id, or the provider's.
    pub by: String,
    /// The day of which it was said last.
    #[schema(format = Date)]
    pub as_of: String,
    /// The first day of which this source said so.
    #[schema(format = Date)]
    pub since: String,
    /// When it was said last.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// The member file that said so last.
    pub roster: Option<String>,
    /// Whether it is the value that stands, of what the caller may see.
    pub stands: bool,
}

/// How to reach a member. The newer day stands; what a provider has verified stands until a newer verified
/// value.
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
    #[schema(format = Date)]
    pub first: String,
    /// Last covered day, if known.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// CMS dual status code.
    pub dual_status: Option<String>,
    /// The plan's group code.
    pub group: Option<String>,
    /// Whether another plan covers the member too on days on which a member has one plan. Until that is
    /// settled, the plan is asked nothing about those days.
    pub disputed: bool,
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
    #[schema(format = Date)]
    pub birth_date: String,
    /// County code.
    pub county: String,
    /// Preferred language.
    pub language: String,
    /// How to reach the member; empty where the purpose does not need it. A plan sees its own file, and while
    /// it answers for the member what providers verified.
    pub contact: ContactView,
    /// What stands of what plans' files and providers say, one entry for each name; none where the purpose
    /// does not need it. A plan sees its own file, and while it answers for the member what providers
    /// verified.
    pub values: Vec<SaidView>,
    /// Coverage, newest first. A plan sees its own, and that of a plan with which the law has it coordinate
    /// the member's care.
    pub coverage: Vec<CoverageView>,
    /// Why the caller sees the member, and until when; none for a plan, which sees the members that it
    /// covers.
    pub sight: Vec<SightView>,
    /// `confirmed`: a plan's file or the state says who the member is; `provisional`: the caller alone says
    /// so, and nobody else is shown the member until a file tells of one like this. Null for a plan, whose
    /// own file says so.
    pub standing: Option<String>,
    /// If the member that was asked for turned out to be another: the id of that one, which this is.
    pub merged_into: Option<String>,
    /// The version that an `If-Match` names.
    pub version: i64,
}

/// Who somebody is said to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SaidIdentityView {
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Birth date.
    #[schema(format = Date)]
    pub birth_date: String,
}

/// A conflict about who somebody is, or which plan covers somebody. A plan sees what its own file says and
/// nothing of another's; the operator sees both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityConflictView {
    /// Its id.
    pub id: String,
    /// `birth-date` or `name`: a plan's file has another for a number than the record; `two-plans`: two
    /// plans' files cover somebody on the same days.
    pub kind: String,
    /// `open` or `settled`.
    pub state: String,
    /// The member, under the id that the caller sees.
    pub member_id: String,
    /// The plan whose file says otherwise, or came later; for that plan and the operator.
    pub plan: Option<String>,
    /// The plan that covered the member first; for the operator.
    pub other_plan: Option<String>,
    /// The id of the person of whom that plan alone tells meanwhile; for the operator.
    pub provisional_id: Option<String>,
    /// That plan's file; for that plan and the operator.
    pub roster: Option<String>,
    /// The row of the file, the header being 1; 0 where it follows from a merger.
    pub row: Option<u64>,
    /// Who the row says that it is; for that plan and the operator.
    pub file_says: Option<SaidIdentityView>,
    /// Who the record says that it is; for the operator.
    pub record_says: Option<SaidIdentityView>,
    /// The member's version, which an `If-Match` names; for the operator.
    pub member_version: Option<i64>,
    /// Since when it is open.
    #[schema(format = DateTime)]
    pub opened_at: String,
    /// When it was settled.
    #[schema(format = DateTime)]
    pub settled_at: Option<String>,
    /// How: `record`, `file`, `first-plan` or `later-plan` by the operator; `state` by the state's file;
    /// `gone` by the plans' own later files.
    pub verdict: Option<String>,
    /// Why, in the operator's words; for the operator.
    pub reason: Option<String>,
    /// What it means, in words.
    pub text: Text,
    /// The version that an `If-Match` names.
    pub version: i64,
}

/// A span of coverage, as the operator sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityCoverageView {
    /// The plan's id.
    pub plan: String,
    /// `medi-cal` or `d-snp`.
    pub line: String,
    /// First covered day.
    #[schema(format = Date)]
    pub first: String,
    /// Last covered day, if known.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// Whether its days are disputed.
    pub disputed: bool,
}

/// A case, as the operator sees it: nothing of what it is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityCaseView {
    /// Its id.
    pub id: String,
    /// `referral`, `authorization` or `claim`.
    pub kind: String,
    /// The plan that decides it.
    pub plan: Option<String>,
    /// The organization that sent it.
    pub provider: String,
    /// When.
    #[schema(format = DateTime)]
    pub received_at: String,
}

/// Something that was done to who somebody is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityEventView {
    /// `corrected`, `merged` into another, `received` another, `split`, `split-off` another, or `confirmed`
    /// by a file.
    pub event: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The other person.
    pub other: Option<String>,
    /// The organization that did it; null for a file.
    pub by: Option<String>,
    /// The role in which it was done.
    pub role: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
}

/// Who somebody is, as far as the operator must see it to settle who that is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityView {
    /// The member's id.
    pub id: String,
    /// Client Index Number.
    pub cin: String,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Birth date.
    #[schema(format = Date)]
    pub birth_date: String,
    /// `confirmed`, `provisional` or `merged`.
    pub standing: String,
    /// The plan, or the provider's organization, that alone tells of somebody provisional.
    pub told_by: Option<String>,
    /// The person that somebody merged turned out to be.
    pub merged_into: Option<String>,
    /// Those who were merged into this one.
    pub merged_from: Vec<String>,
    /// Which plans cover the person, newest first.
    pub coverage: Vec<IdentityCoverageView>,
    /// The person's cases, newest first; at most 200.
    pub cases: Vec<IdentityCaseView>,
    /// What was done, oldest first.
    pub history: Vec<IdentityEventView>,
    /// The version that an `If-Match` names.
    pub version: i64,
}

/// A document that was sent with its bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    /// Its id, by which cases name it.
    pub id: String,
    /// Kind of document in the dictionary.
    pub kind: String,
    /// What its sender calls it.
    pub title: Option<String>,
    /// What its bytes are.
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// The member that it is about, where its sender said so.
    pub member_id: Option<String>,
    /// When it came.
    #[schema(format = DateTime)]
    pub uploaded_at: String,
    /// The organization that sent it.
    pub uploaded_by: String,
}

/// Why somebody sees a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SightView {
    /// `contact` with the member, or a `case`.
    pub reason: String,
    /// The case.
    pub case: Option<String>,
    /// The last day; null while the case is open.
    #[schema(format = Date)]
    pub until: Option<String>,
}

/// An entry of the audit trail. Ids and codes only.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditView {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The organization that acted; null for this host's own duties.
    pub actor: Option<String>,
    /// The role it acted in: `provider`, `plan-reviewer`, `plan-admin`, `operator` or `host`.
    pub role: String,
    /// The key it acted with; for the organization's own people and the operator.
    pub key: Option<String>,
    /// The id under which the request was logged; for the organization's own people and the operator.
    pub request: Option<String>,
    /// What was done, such as `look`, `change` or `add-member`.
    pub action: String,
    /// The kind of thing it was done to, such as `member`, `case` or `document`.
    pub subject_kind: String,
    /// Its id, or `list`.
    pub subject: String,
    /// The plan in whose name it was done, or whose case or member it was done to.
    pub plan: Option<String>,
    /// For which purpose, where one must be said.
    pub purpose: Option<String>,
    /// `done`, `denied`, `refused-input` or `failed`.
    pub outcome: String,
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
    /// `checking` while its rows are compared with the record, `loading` while they are loaded, `loaded` or
    /// `cancelled`.
    #[schema(example = "loaded")]
    pub state: String,
    /// Whether the state says so, by the operator: what it says stands.
    #[serde(default)]
    pub of_the_state: bool,
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows that can be loaded, and change something or say again what is known.
    pub accepted: u64,
    /// About how many accepted rows were compared with the record.
    pub rows_checked: u64,
    /// About how many accepted rows are in the record; all once the file is `loaded`.
    pub rows_loaded: u64,
    /// Rows refused; the rest stand. The first 1,000 problems.
    pub refused: Vec<RowIssueView>,
    /// Rows accepted with something to look at. The first 1,000.
    pub warnings: Vec<RowIssueView>,
    /// Members that are new to the plan.
    pub members_new: u64,
    /// Members that the plan's files have told of before.
    pub members_known: u64,
    /// Coverage spans added.
    pub coverages_new: u64,
    /// Coverage spans changed, those whose first day was corrected among them.
    pub coverages_changed: u64,
    /// How the file was read.
    pub read_as: FileFormView,
    /// Headers of columns that are none of the member file's. What stands in them is kept aside, and read
    /// with `GET /v1/members/{id}/columns`.
    pub columns_kept_aside: Vec<String>,
    /// Headers of columns that are not kept at all, such as those of Social Security numbers.
    pub columns_left_out: Vec<String>,
}

/// How a file was read.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileFormView {
    /// `text` or `workbook`.
    #[schema(example = "text")]
    pub kind: String,
    /// The encoding of a text, such as `UTF-8`, `UTF-16LE` or `windows-1252`.
    pub encoding: Option<String>,
    /// What separates the cells of a text: `comma`, `tab`, `pipe` or `semicolon`.
    pub separator: Option<String>,
    /// The sheet of a workbook that was read, the first being 1.
    pub sheet: Option<u32>,
    /// The row that holds the headers, the first being 1.
    pub header_row: u32,
}

/// A cell of a plan's member file in a column that is not the member file's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AsideView {
    /// The column's header, cut at 60 characters.
    #[schema(example = "Authorization Number")]
    pub column: String,
    /// The cell.
    pub value: String,
    /// The plan whose file it is.
    pub plan: String,
    /// The day of which the file tells.
    pub told_on: String,
    /// The file.
    pub roster: String,
}

/// The plugin a plan decides with now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActiveView {
    /// SHA-256 of the component.
    pub digest: String,
    /// The plugin's own version.
    pub version: String,
    /// Since when.
    #[schema(format = DateTime)]
    pub from: String,
}

/// A plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `active`; `paused`: its cases wait for its people; or `ended`: no new case comes to it.
    pub state: String,
    /// Lines of business.
    pub lines: Vec<String>,
    /// Counties.
    pub counties: Vec<String>,
    /// The plugin in force; null while the plan has none, and everything goes to its people.
    pub active: Option<ActiveView>,
    /// Who has the last word, workflow by workflow: `decides`, `advises` or `people`.
    pub modes: BTreeMap<String, String>,
}

/// A component that was uploaded for a plan, and where it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PluginView {
    /// SHA-256 of the component.
    pub digest: String,
    /// The plan.
    pub plan: String,
    /// `checked`, `compiling`, `refused`, `compiled`, `conformed`, `shadowed`, `approved`, `scheduled`,
    /// `active`, `superseded`, `rolled-back` or `revoked`.
    pub state: String,
    /// The plugin's own version; null until it is compiled.
    pub version: Option<String>,
    /// Bytes.
    pub size_bytes: u64,
    /// The interfaces it exports; empty until it is compiled.
    pub exports: Vec<String>,
    /// How it runs: `compiled`, `interpreted`, or with what it imports, such as `interpreted, inert WASI`;
    /// null until it is compiled.
    pub tier: Option<String>,
    /// When it was uploaded.
    #[schema(format = DateTime)]
    pub uploaded_at: String,
    /// By which organization.
    pub uploaded_by: String,
    /// With which key; null for one that came before this was kept.
    pub uploaded_with: Option<String>,
    /// The file that it was, as its sender named it.
    pub file: Option<String>,
    /// What its sender said of it, such as a commit.
    pub note: Option<String>,
    /// How far compiling is; null when it is done.
    pub compiling: Option<CompilingView>,
    /// How long compiling it took, in milliseconds; null if the compiled form was at hand.
    pub compile_ms: Option<u64>,
    /// Why it cannot be a plugin, if it cannot; or, of one that may decide, why it does not load on this
    /// host, so that the plan's people work what it would have answered.
    pub reasons: Vec<ReasonView>,
    /// What its profile declares and this host does not carry out: it has no effect, and nobody is told of
    /// it. Empty until it is compiled.
    pub warnings: Vec<WarningView>,
    /// The signature over its digest.
    pub signature: Option<SignatureView>,
    /// What the conformance kit said last.
    pub receipt: Option<VerdictView>,
    /// The last report of a shadow run.
    pub shadow_report: Option<String>,
    /// Who answers for it.
    pub approval: Option<ApprovalView>,
    /// Whether the very same bytes had been uploaded before.
    pub already_known: bool,
}

/// Something that a profile declares and that has no effect on this host.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WarningView {
    /// Stable code, such as `wait-list`.
    pub code: String,
    /// Where: a JSON Pointer into the profile.
    pub at: String,
    /// What it means.
    pub text: String,
}

/// What one conformance run of a plugin came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// SHA-256 of the component.
    pub digest: String,
    /// The version of the conformance kit that asked.
    pub kit: u32,
    /// The contract that the plugin was built against.
    pub contract: String,
    /// Whether every check holds.
    pub conforms: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    pub made_at: String,
    /// The whole receipt: what was asked, what each check came to, and the smallest case that fails each.
    #[schema(value_type = Object)]
    pub receipt: serde_json::Value,
}

/// A reference table that the plan's plugin in force declares.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableView {
    /// Its name.
    pub name: String,
    /// The columns that rows are looked up by.
    pub keys: Vec<String>,
    /// All columns in their order.
    pub columns: Vec<String>,
    /// What it holds.
    pub text: Text,
    /// The version in force today; null if none is, or none has these columns.
    pub in_force: Option<i64>,
    /// What was uploaded last; null if nothing was.
    pub newest: Option<TableVersionView>,
}

/// One upload of a reference table. It never changes, and later ones do not remove it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableVersionView {
    /// The plan.
    pub plan: String,
    /// The table's name.
    pub table: String,
    /// From 1, one more with each upload.
    pub version: i64,
    /// First day on which it is in force, unless a later version holds the day too.
    #[schema(format = Date)]
    pub effective_from: String,
    /// Last day; null while it has none.
    pub effective_to: Option<String>,
    /// How many rows it has.
    pub rows: i64,
    /// SHA-256 of the rows, whichever way they were sent.
    pub sha256: String,
    /// When it was uploaded.
    #[schema(format = DateTime)]
    pub uploaded_at: String,
    /// The organization that uploaded it.
    pub uploaded_by: String,
}

/// One version with a page of its rows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableRowsView {
    /// The version.
    pub version: TableVersionView,
    /// The columns, in the order of the cells.
    pub columns: Vec<String>,
    /// Rows, in the order of the upload.
    pub items: Vec<TableRowView>,
    /// Pass as `cursor` for the next page; null at the end.
    pub next_cursor: Option<String>,
}

/// One row of a reference table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TableRowView {
    /// Its number, from 1.
    pub row: i64,
    /// Its cells.
    pub cells: Vec<String>,
}

/// The rows of one version of a reference table that a decision saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableSeenView {
    /// The table's name.
    pub table: String,
    /// The version.
    pub version: String,
    /// How many of its rows.
    pub rows: u32,
}

/// A component that is being compiled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompilingView {
    /// Since when.
    #[schema(format = DateTime)]
    pub since: String,
    /// Milliseconds so far.
    pub elapsed_ms: u64,
    /// Milliseconds that it takes in all, judged by the last one of this process; null before the first.
    pub expected_ms: Option<u64>,
    /// Counts the tries.
    pub attempt: u32,
}

/// One reason why a component cannot be a plugin.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonView {
    /// Which part of it.
    pub at: String,
    /// Stable code.
    pub code: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

/// A verified signature over a component's digest.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignatureView {
    /// With which of the plan's keys.
    pub key: String,
    /// The 64 bytes, in hexadecimal.
    pub signature: String,
    /// When it was verified.
    #[schema(format = DateTime)]
    pub at: String,
}

/// What the conformance kit said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerdictView {
    /// Its id.
    pub id: String,
    /// `conforms` or `fails`.
    pub verdict: String,
    /// When it was given.
    #[schema(format = DateTime)]
    pub at: String,
}

/// Who answers for a release.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalView {
    /// With which key; null for what was active before this was kept.
    pub by: Option<String>,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// A component with everything that is known of where it comes from and what it may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PluginDetailView {
    /// Where it stands.
    #[serde(flatten)]
    pub plugin: PluginView,
    /// The version of the contract that it is built against; null until it is compiled.
    pub contract_version: Option<String>,
    /// What one call of it may use on this host.
    pub limits: LimitsView,
    /// What the plan's policy demands and it has not, as codes; whoever uploaded it may lack a second person
    /// besides.
    pub lacking: Vec<String>,
    /// Its last hundred activations, newest first.
    pub activations: Vec<ActivationView>,
}

/// What one call of a plugin may use.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitsView {
    /// Milliseconds.
    pub deadline_ms: u64,
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Bytes of one answer.
    pub output_bytes: u64,
    /// Bytes of stack.
    pub stack_bytes: u64,
    /// Calls that it may have running at one moment.
    pub calls_at_once: u32,
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
    #[schema(format = DateTime)]
    pub from: String,
    /// For requests about this day and later ones, unless rules of a later day stand over it; null: about any
    /// day.
    #[schema(format = Date)]
    pub rules_from: Option<String>,
    /// Whose requests it is for, if not everybody's.
    pub canary: Option<CanaryView>,
    /// Counts the plan's activations.
    pub version: i64,
    /// When and why it ended, if it did.
    pub ended: Option<EndedView>,
}

/// Whose requests an activation is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CanaryView {
    /// So many of a hundred providers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_percent: Option<u8>,
    /// Those about members of these counties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counties: Option<Vec<String>>,
}

/// That an activation answers nothing more.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EndedView {
    /// Since when.
    #[schema(format = DateTime)]
    pub at: String,
    /// `rolled-back` or `revoked`.
    pub why: String,
}

/// A release that was taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RollbackView {
    /// The plan.
    pub plan: String,
    /// What was taken back.
    pub digest: String,
    /// What answers everybody's requests about today instead.
    pub to: Option<String>,
    /// The activations that ended.
    pub activations: Vec<String>,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// The public half of a key that a plan signs its plugins with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SigningKeyView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// The 32 bytes, in hexadecimal.
    pub public_key: String,
    /// What it is for.
    pub label: String,
    /// Since when it counts.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Since when it no longer counts.
    #[schema(format = DateTime)]
    pub retired_at: Option<String>,
}

/// What is demanded of a plan's releases.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PolicyView {
    /// What a release must have before it is approved or activated, besides that it compiled: `two-people`,
    /// `signature`, `receipt`, `shadow`.
    pub requires: Vec<String>,
    /// When the host takes a release back without being asked; null: never.
    pub roll_back: Option<FaultLimitView>,
    /// Changed approvals in its last shadow run above which somebody else than the uploader must approve and
    /// activate; null: however many.
    pub most_changed_approvals: Option<u64>,
}

/// How often a release may fail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaultLimitView {
    /// Faults among a hundred calls that are borne.
    pub most_faults_per_hundred: u8,
    /// Calls that must have been made before anything is said of it.
    pub at_least: u32,
    /// The last calls that are looked at.
    pub among: u32,
}

impl From<Policy> for PolicyView {
    fn from(policy: Policy) -> Self {
        Self {
            requires: policy.requires.iter().map(|requirement| requirement.name().to_owned()).collect(),
            roll_back: policy.roll_back.map(|limit| FaultLimitView {
                most_faults_per_hundred: limit.most_per_hundred,
                at_least: limit.at_least,
                among: limit.among,
            }),
            most_changed_approvals: policy.most_changed_approvals,
        }
    }
}

/// One criterion in the grid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
    #[schema(format = Date)]
    pub on: String,
    /// The plans, in the order of the cells.
    pub plans: Vec<String>,
    /// The rows.
    pub services: Vec<GridRowView>,
}

/// Something that was declared before, after, or both and otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeView<T> {
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// Service id, or `*`; null for what is for no service.
    pub service: Option<String>,
    /// As it was.
    pub before: Option<T>,
    /// As it is then.
    pub after: Option<T>,
}

/// A service that a plan offers in a county.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ElectionView {
    /// Service id.
    pub service: String,
    /// County code.
    pub county: String,
    /// First day.
    #[schema(format = Date)]
    pub first: String,
    /// Last day, if it has one.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// Members it may admit in its window, if capped.
    pub capacity: Option<u32>,
    /// Length of the rolling window, in months.
    pub window_months: Option<u8>,
}

/// What a plan pays for a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RateView {
    /// The rate's id.
    pub id: String,
    /// The procedure.
    pub procedure: ProcedureView,
    /// How it is paid.
    #[schema(example = "per-diem")]
    pub model: String,
    /// Dollars.
    pub amount: String,
    /// Tier, where the plan has tiers.
    pub tier: Option<String>,
}

/// A plan's promise of speed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TurnAroundView {
    /// Which workflow.
    pub workflow: String,
    /// `standard` or `expedited`.
    pub urgency: String,
    /// How many.
    pub amount: u16,
    /// `business-days`, `calendar-days` or `hours`.
    pub unit: String,
}

/// Who has the last word in a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ModeView {
    /// Which workflow.
    pub workflow: String,
    /// `decides`, `advises` or `people`.
    pub mode: String,
}

/// Which component a plan decided with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulesView {
    /// SHA-256 of the component.
    pub digest: String,
    /// Its own version.
    pub version: String,
}

/// What changed at one plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanChangesView {
    /// The plan.
    pub plan: String,
    /// `added` or `removed` for a plan that came or went, whose rules are then not listed; `changed`.
    pub change: String,
    /// What it decided with at the end of the first day.
    pub before: Option<RulesView>,
    /// What it decides with at the end of the last.
    pub after: Option<RulesView>,
    /// Who has the last word.
    pub modes: Vec<ChangeView<ModeView>>,
    /// What it offers.
    pub elections: Vec<ChangeView<ElectionView>>,
    /// What its decisions rest on.
    pub criteria: Vec<ChangeView<CriterionView>>,
    /// When service may start before the decision.
    pub presumptive: Vec<ChangeView<PresumptiveView>>,
    /// What it pays.
    pub rates: Vec<ChangeView<RateView>>,
    /// Its promises of speed.
    pub turn_arounds: Vec<ChangeView<TurnAroundView>>,
}

/// How the rules of a county's plans changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffView {
    /// The end of this day,
    #[schema(format = Date)]
    pub from: String,
    /// against the end of this one, both Pacific.
    #[schema(format = Date)]
    pub to: String,
    /// County code, or `*` for every county.
    pub county: String,
    /// Plans at which anything changed.
    pub plans: Vec<PlanChangesView>,
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

/// A document that proves something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProofView {
    /// Its kind.
    pub kind: String,
    /// What it is called.
    pub name: Text,
}

/// A fact or a document that, if it is so, has a part in turning an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupplyView {
    /// The fact's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The document's kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The question to ask a person.
    pub question: Text,
    /// Values that would do, as requests carry them; each was tried. None for a document.
    pub values: Vec<serde_json::Value>,
    /// The lowest number or earliest day that does; null where there is none lower that does not.
    pub at_least: Option<serde_json::Value>,
    /// The highest number or latest day that does; null where there is none higher that does not.
    pub at_most: Option<serde_json::Value>,
    /// The document that proves it.
    pub proof: Option<ProofView>,
}

/// Things that together, and not without any one of them, would turn an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIfSetView {
    /// What would have to be so.
    pub supply: Vec<SupplyView>,
    /// What the answer would become: a state of the case, or `partly-approved`, `modified`.
    #[schema(example = "approved")]
    pub becomes: String,
    /// What it would still ask for.
    pub asks: Vec<AskView>,
}

/// What would change an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIfView {
    /// How to read this.
    pub text: Text,
    /// The answer that stands.
    #[schema(example = "pended")]
    pub answer: String,
    /// SHA-256 of the component that gave it, and was asked again.
    pub digest: String,
    /// Smallest sets first. Where nothing turns the answer, what would leave less to ask.
    pub sets: Vec<WhatIfSetView>,
    /// `exhausted` if everything was tried alone and in pairs, `cut-off` if it took too long.
    #[schema(example = "exhausted")]
    pub search: String,
    /// Times that the component was asked.
    pub calls: u32,
}

/// A presumptive window that a plan would open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PresumedView {
    /// The plan's rule.
    pub rule: String,
    /// Calendar days.
    pub days: u16,
}

/// One plan's answer to a case that nobody has sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanAnswerView {
    /// The plan.
    pub plan: String,
    /// Service id.
    pub service: String,
    /// Who has the last word at this plan: `decides`, `advises` or `people`.
    pub mode: String,
    /// SHA-256 of the component that was asked; null where people answer.
    pub digest: Option<String>,
    /// `accepted`, `redirected`, `needs-information` or `not-eligible` for a referral; `approved`,
    /// `partly-approved`, `modified`, `pended` or `denied` for an authorization; `clinical-review` where a
    /// licensed person would have to look at the case; `with-people`; `could-not-answer`; `invalid-request`
    /// where the plan's rules say that the case contradicts itself.
    #[schema(example = "approved")]
    pub answer: String,
    /// The criteria that it rests on. A provider sees none of a recommended clinical denial.
    pub findings: Vec<FindingView>,
    /// What the plan would still need.
    pub asks: Vec<AskView>,
    /// Whether service might start before the decision.
    pub presumption: Option<PresumedView>,
    /// Where a referral would be sent instead.
    pub redirect: Option<RedirectView>,
    /// Why not.
    pub denial: Option<DenialView>,
    /// Why the plan's people would have it.
    pub why_people: Option<CodedText>,
    /// The fields that the plan's rules cannot accept, for `invalid-request`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<PlanProblemView>,
    /// What would change the answer, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_if: Option<WhatIfView>,
}

/// A field that a plan's rules cannot accept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanProblemView {
    /// JSON Pointer into the case.
    pub pointer: String,
    /// What is wrong, in the plan's words.
    pub text: Text,
}

/// One service, as each plan answers about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedServiceView {
    /// Service id.
    pub service: String,
    /// Its official name.
    pub name: String,
    /// One answer for each plan of the county, by plan.
    pub answers: Vec<PlanAnswerView>,
}

/// One case, asked of every plan of a county.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcrossView {
    /// County code.
    pub county: String,
    /// The day that the rules are about.
    #[schema(format = Date)]
    pub on: String,
    /// Service by service.
    pub services: Vec<AskedServiceView>,
}

/// What would change an answer, recorded or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhatIfAnswerView {
    /// The recorded decision that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// What would change it; null where nothing is to be changed, or the answer is for the plan's people to
    /// weigh.
    pub what_if: Option<WhatIfView>,
    /// For a case that nobody has sent: each plan's answer, with what would change it.
    pub answers: Vec<PlanAnswerView>,
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
    /// Whether the rules were handed all that was delivered to the member in two years. Limits are counted
    /// from all of it in any case.
    pub history_complete: bool,
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
    #[schema(format = DateTime)]
    pub started_at: String,
    /// When it ends.
    #[schema(format = DateTime)]
    pub due_at: String,
    /// `open`, `met`, `missed`, `cancelled`, or `lapsed` for a right that was not used.
    pub state: String,
    /// What it means that it runs out: a `duty` is late, a `right` has lapsed, a `warning` is given.
    pub nature: String,
    /// The rule in plain words.
    pub text: Option<Text>,
    /// The statute or guide behind it.
    pub source: Option<String>,
}

/// A plan's word that it told the member of its decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberNoticeView {
    /// The day on which it was sent.
    #[schema(format = Date)]
    pub sent_on: String,
    /// `mail`, `electronic` or `in-person`.
    pub route: String,
    /// BCP 47 tag of its language.
    pub language: String,
}

/// More time to decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExtensionView {
    /// `member` or `plan`.
    pub requested_by: String,
    /// Why.
    pub reason: Text,
    /// Since when.
    #[schema(format = DateTime)]
    pub at: String,
}

/// A provider's dispute of what the plan did with a claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DisputeView {
    /// When it was sent.
    #[schema(format = DateTime)]
    pub at: String,
    /// In the provider's own words.
    pub reason: String,
    /// What the plan's people said to it; null while they have not.
    pub answer: Option<DisputeAnswerView>,
}

/// What a plan's people said to a dispute.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DisputeAnswerView {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// `upheld`, when the plan stands by what it did, or `paid`.
    pub outcome: String,
    /// Why the plan stands by it.
    pub reason: Option<Text>,
}

/// What a candidate would have answered to what its plan was really asked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShadowRunView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// The candidate's digest.
    pub digest: String,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub asked_at: String,
    /// Decisions that it is to compare; null for a run that goes along with what is decided.
    pub wanted: Option<u64>,
    /// Decisions after this are not compared.
    #[schema(format = DateTime)]
    pub until: String,
    /// How many of a hundred decisions are compared.
    pub share_percent: u8,
    /// Decisions that it has compared.
    pub compared: u64,
    /// What it has found so far.
    pub report: ShadowReportView,
}

/// What a shadow run found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShadowReportView {
    /// Decisions that would have been the same.
    pub same: u64,
    /// Decisions that would have been others.
    pub changed: u64,
    /// Of these, how many are listed side by side.
    pub listed: u64,
    /// Faults and unbelievable answers of the candidate where the plan's plugin had none.
    pub faults: u64,
    /// Approvals, acceptances and payable claims that it adds.
    pub approvals_gained: u64,
    /// The same that it takes away.
    pub approvals_lost: u64,
    /// Cases for a licensed person that it adds, less those that it takes away.
    pub clinical_reviews: i64,
    /// Dollars that it adds, less those that it takes away: claims as they would be paid, approvals at the
    /// candidate's rates.
    pub dollars: String,
    /// By service, how many changed in which direction: `more`, `less`, or the same for other `reasons`.
    pub services: BTreeMap<String, BTreeMap<String, u64>>,
    /// How often what became what, such as `pended > approved`.
    pub moves: BTreeMap<String, u64>,
    /// How often each criterion was judged otherwise.
    pub criteria: BTreeMap<String, u64>,
}

/// One decision that a candidate would have made otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShadowChangeView {
    /// Its number in the run.
    pub number: u64,
    /// The decision that was made.
    pub decision: String,
    /// In which case.
    pub case: String,
    /// What was asked.
    pub operation: String,
    /// For which service.
    pub service: String,
    /// `more`, `less` or `reasons`.
    pub direction: String,
    /// What was answered.
    pub before: ShadowOutcomeView,
    /// What the candidate would have answered.
    pub after: ShadowOutcomeView,
    /// Criteria that were judged otherwise.
    pub criteria: Vec<String>,
}

/// What an answer comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShadowOutcomeView {
    /// In a word, such as `approved` or `clinical-review`.
    pub outcome: String,
    /// Dollars, as far as they can be told.
    pub dollars: String,
    /// Criteria and whether they hold: `met`, `not-met` or `unknown`.
    pub findings: BTreeMap<String, String>,
}

/// Whether one operation of one plugin is asked, on the node that answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BreakerView {
    /// The plugin's digest.
    pub digest: String,
    /// `triage`, `presume`, `determine`, `adjudicate` or `review`.
    pub operation: String,
    /// `closed`: it is asked. `open`: it rests after too many faults. `trial`: it is being tried with made-up
    /// cases.
    pub state: String,
    /// Since when it is not asked.
    #[schema(format = DateTime)]
    pub since: Option<String>,
    /// Until when it rests.
    #[schema(format = DateTime)]
    pub until: Option<String>,
    /// Requests that it sent back to their senders since this node started.
    pub refused_inputs: u64,
}

/// What a plan's plugins cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostsView {
    /// The plan.
    pub plan: String,
    /// The first day, Pacific time.
    #[schema(format = Date)]
    pub from: String,
    /// The last.
    #[schema(format = Date)]
    pub to: String,
    /// One line for each operation of each plugin, the costliest first.
    pub items: Vec<CostView>,
}

/// What one operation of one plugin cost.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CostView {
    /// The plugin's digest.
    pub digest: String,
    /// What it was asked.
    pub operation: String,
    /// How often.
    pub calls: u64,
    /// How often it gave no answer.
    pub faults: u64,
    /// How often it sent a request back to its sender. No case came of those; they are not among `calls`.
    pub refused_inputs: u64,
    /// Time of all calls, in milliseconds.
    pub total_ms: u64,
    /// Time of the longest, in microseconds.
    pub longest_us: u64,
    /// The most memory that a call took.
    pub most_memory_bytes: u64,
    /// Milliseconds that it ran, counted by ticks of 10 ms: exact over many calls, not for one.
    pub cpu_ms: u64,
}

/// Where a case went on, once the days that it is about were another plan's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MovedView {
    /// The plan of its days.
    pub plan: String,
    /// The case there. It has the same receipt, facts and documents.
    pub case: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
}

/// What a plan before had authorized, and this plan is asked to go on with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContinuesView {
    /// The plan before.
    pub plan: String,
    /// Its number for the authorization.
    pub number: String,
    /// The member's first day with this plan.
    #[schema(format = Date)]
    pub since: String,
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
    /// Ids of the criteria that it rests on.
    pub criteria: Vec<String>,
    /// The license of the person who made it, for clinical ones.
    pub reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationView>,
}

/// A language in which a reason is still to be written. Until then that language holds the words of the
/// criteria alone, and that the rest is on its way.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TranslationView {
    /// `en` or `es`.
    pub language: String,
    /// `wanted`.
    pub state: String,
}

/// What a plugin recommends, and only a licensed person may decide.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecommendationView {
    /// `clinical`: it is a licensed person's.
    pub kind: String,
    /// Why; null for a grant of less than was asked for, which the findings explain.
    pub reason: Option<Text>,
    /// What it would grant; null for a denial.
    pub grant: Option<ProposedGrantView>,
}

/// What a plugin would grant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProposedGrantView {
    /// What.
    pub lines: Vec<GrantedLineView>,
    /// What the provider would have to keep to.
    pub conditions: Vec<Text>,
}

/// Why less is granted than was asked for, or something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CutView {
    /// `declared`: cut to what the plan itself declares, or to coverage. `administrative` or `clinical`: a no
    /// to the rest.
    pub kind: String,
    /// Why; null where it is `declared`, which the bounds explain.
    pub reason: Option<Text>,
    /// Ids of the criteria that it rests on.
    pub criteria: Vec<String>,
    /// The license of the person who decided, for clinical ones.
    pub reviewer: Option<String>,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<TranslationView>,
    /// What it was cut to, where it is `declared`.
    pub bounds: Vec<BoundView>,
}

/// A bound that a grant was cut to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoundView {
    /// `declared-days`, `declared-renewal-days`, `declared-units` or `coverage`.
    pub rule: String,
    /// The declared number of days or units; null for coverage.
    pub limit: Option<u64>,
    /// How many were asked for; null for coverage.
    pub asked: Option<u64>,
    /// The same in a sentence.
    pub text: Text,
}

/// How a loop was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosureView {
    /// Code of the closure reason.
    pub reason: String,
    /// When.
    #[schema(format = DateTime)]
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
    #[schema(format = Date)]
    pub first: String,
    /// Last day.
    #[schema(format = Date)]
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
    #[schema(format = Date)]
    pub first: String,
    /// Last day.
    #[schema(format = Date)]
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
    #[schema(format = Date)]
    pub first: String,
    /// Last day.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// Units.
    pub units: u32,
    /// Dollars.
    pub charge: String,
    /// `payable`, `rejected`, `pended`, `denied` or `with-people`; `void` for a line of a void.
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
    /// Remittance advice remark code, where the plan or the host names one.
    pub remark: Option<String>,
    /// What is wrong.
    pub reason: Option<Text>,
    /// What to do about it.
    pub fix: Option<Text>,
    /// The host's own rule that decided the line, above the plan's rules: `paid-once`, `authorized-service`,
    /// `authorized-units` or `benefit-limit`. Absent where the plan decided.
    pub host_rule: Option<String>,
}

/// What the plan paid for a line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaidLineView {
    /// Its number.
    pub number: u16,
    /// Dollars.
    pub amount: String,
    /// Why it is not the charge: charge less adjustments is the amount.
    pub adjustments: Vec<AdjustmentView>,
}

/// One transfer or check of a plan to a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RemittanceAdviceView {
    /// Its id.
    pub id: String,
    /// Who paid.
    pub plan: String,
    /// The plan's number for it.
    pub number: String,
    /// Who was paid.
    pub provider: String,
    /// When it was recorded.
    #[schema(format = DateTime)]
    pub at: String,
    /// Dollars that its lines pay.
    pub paid: String,
    /// Dollars that it takes back, as a negative amount.
    pub taken_back: String,
    /// Dollars in all: `paid` and `taken_back` added up.
    pub total: String,
    /// What it pays and takes back, by claim and line.
    pub entries: Vec<PaymentView>,
}

/// What was paid for a line of a claim, or is taken back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PaymentView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// The provider.
    pub provider: String,
    /// The claim.
    pub claim: String,
    /// The line's number.
    pub line: u16,
    /// `paid`; or why it is taken back: `replaced`, `voided`, or `paid-anew` after a dispute.
    pub cause: String,
    /// Dollars; negative where it is taken back.
    pub amount: String,
    /// Why it is not the charge; with the other sign where it is taken back.
    pub adjustments: Vec<AdjustmentView>,
    /// When it was entered.
    #[schema(format = DateTime)]
    pub at: String,
    /// Id of the remittance that carries it; absent while it is still to be taken back.
    pub remittance: Option<String>,
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
    #[schema(format = DateTime)]
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
    #[schema(format = Date)]
    pub until: Option<String>,
    /// Why.
    pub reason: Text,
}

/// One plan's reading of a credentialing file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// The plan.
    pub plan: String,
    /// `incomplete`, `with-people`, `approved`, `declined` or `ended`.
    pub state: String,
    /// Requirement by requirement.
    pub requirements: Vec<RequirementView>,
    /// Why it is with the plan's people.
    pub why_people: Option<CodedText>,
    /// From which day the contract holds that the approval made.
    pub effective: Option<String>,
    /// The last day on which an approval counted that has ended.
    #[schema(format = Date)]
    pub last_day: Option<String>,
    /// Why the plan said no, or ended its approval.
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
    /// The organization that sent it; left out for a provider that has just declined an offer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub provider: String,
    /// `standard` or `expedited`.
    pub urgency: String,
    /// When the host received it.
    #[schema(format = DateTime)]
    pub received_at: String,
    /// Who has the last word at this plan: `decides`, `advises` or `people`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Who decided: `plugin`, `people`, or `host` by a rule that stands above both; null while nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// The criteria that the last answer rests on.
    pub findings: Vec<FindingView>,
    /// What the plan still needs.
    pub asks: Vec<AskView>,
    /// Why it is with the plan's people.
    pub why_people: Option<CodedText>,
    /// The benefit limit that a grant or a payment would pass, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<LimitPassedView>,
    /// That the authorization ended before its last day, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EarlyEndView>,
    /// Benefit limits that the plan's people went beyond, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<Vec<ExceptionView>>,
    /// The denial, or the grant of less than was asked for, that the plugin recommends; shown to the plan
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recommendation: Option<RecommendationView>,
    /// What the host noticed of the plugin's answer; shown to the plan only. `labelled-administrative`: a no
    /// was called administrative that rests on something else, so that a licensed person decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Vec<CodedText>>,
    /// What the plan's rules answered where they only advise, whole; shown to the plan only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<AdviceView>,
    /// What was asked for: lines, facts, documents, and what was supplied later. For who sent it, who
    /// delivers and who decides; there when one case is read, and not in lists and answers to commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestView>,
    /// What is around the case, for the plan's people; there when one case is read, and no part of what the
    /// ETag stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub around: Option<AroundView>,
    /// The plugin call behind the last answer.
    pub decision: Option<DecisionBrief>,
    /// What would change the answer, for one that pends, denies or grants in part; null for every other.
    /// Worked out when one case is read: null in lists and in answers to commands, and no part of what the
    /// ETag stands for. While the plan's people have the case, theirs only.
    pub what_if: Option<WhatIfView>,
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
    /// The provider that took a referral; for a request for authorization, the one that delivers, where that
    /// is not its sender. It sees the case as its sender does, is told of each step, may supply what is asked
    /// for, and bills; taking the case back is its sender's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_provider: Option<String>,
    /// Who may take a referral that waits for a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placing: Option<PlacingView>,
    /// How the referral stands that this one joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<JoinedView>,
    /// How a referral's loop was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closure: Option<ClosureView>,
    /// The presumptive window of an authorization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presumption: Option<PresumptionView>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<GrantView>,
    /// Why less was granted than was asked for, or something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutView>,
    /// Where it went on, once the days that it is about were another plan's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<MovedView>,
    /// What it continues of a plan before, where the host opened it because the member changed plans. Its
    /// days may be served and billed while it waits for the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<ContinuesView>,
    /// More time to decide about an authorization, if it was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<ExtensionView>,
    /// What the plan says it wrote to the member, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_notices: Option<Vec<MemberNoticeView>>,
    /// What the provider disputed of a claim, oldest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disputes: Option<Vec<DisputeView>>,
    /// The referral or the replaced claim that this one follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The claim that stands in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The void that took this claim back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_by: Option<String>,
    /// What had been paid for a claim that was replaced or voided, and is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<RemittanceView>,
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

/// Who may take a referral that waits for a provider.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlacingView {
    /// `sender`: whoever made it; `offered`: a provider that sees the least that it must; `assigned`: a
    /// provider that the plan's people gave it to; `with-people`: the plan's people look for one.
    pub state: String,
    /// The provider; of an offer shown to the plan only.
    pub provider: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    pub since: Option<String>,
    /// Why the plan's people look for one.
    pub why: Option<CodedText>,
    /// The providers that did not take it, oldest first; shown to the plan only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<TriedView>,
}

/// A provider that did not take a referral.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TriedView {
    /// Which.
    pub provider: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// Code of the reason for which it declined; null where it let the offer lapse.
    pub reason: Option<String>,
}

/// How the first referral for the same member, service and plan stands, for whoever made another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JoinedView {
    /// Its state.
    pub state: String,
    /// The provider that took it.
    pub assigned_provider: Option<String>,
    /// How its loop was closed.
    pub closure: Option<ClosureView>,
}

/// A referral that is offered to a provider: the least that it must know to take it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferView {
    /// The referral, for `POST /v1/referrals/{id}/status` with `accepted` or `declined`.
    pub referral: String,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// The plan that has accepted it.
    pub plan: String,
    /// The service.
    pub service: String,
    /// Where the member lives.
    pub county: String,
    /// The member's language.
    pub language: String,
    /// `standard` or `expedited`.
    pub urgency: String,
    /// Since when it is offered.
    #[schema(format = DateTime)]
    pub offered_at: String,
    /// Until when it may be taken.
    #[schema(format = DateTime)]
    pub due_at: String,
}

/// One thing that is known about a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactView {
    /// Its code.
    pub code: String,
    /// The question that it answers, where the dictionary or the plan's profile has one.
    pub question: Option<Text>,
    /// Its value, as requests carry it.
    pub value: serde_json::Value,
    /// Who says so: `member`, `referrer`, `provider` or `document`; for what the host adds, `plan-file`,
    /// `claims` or `host`.
    pub source: String,
    /// The day on which it was true.
    #[schema(format = Date)]
    pub as_of: String,
}

/// One document that was attached to a case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseDocumentView {
    /// Its kind.
    pub kind: String,
    /// What the kind is called.
    pub name: Option<Text>,
    /// The day on which it was issued or signed.
    pub issued: Option<String>,
    /// The last day on which it counts.
    pub expires: Option<String>,
    /// An amount that it states, in dollars.
    pub amount: Option<String>,
    /// Id of its bytes, where they were sent; null: its sender says that it exists.
    pub content: Option<String>,
}

/// One line that was asked for, or billed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AskedLineView {
    /// Its number in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// The procedure.
    pub procedure: ProcedureView,
    /// Units.
    pub units: u32,
    /// First day.
    #[schema(format = Date)]
    pub first: String,
    /// Last day; null while it has none.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// CMS place of service code, in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Charge in dollars, in a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charge: Option<String>,
    /// Minutes, where a claim gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// What was supplied after a case was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuppliedView {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// By which organization.
    pub by: Option<String>,
    /// The facts.
    pub facts: Vec<FactView>,
    /// The documents.
    pub documents: Vec<CaseDocumentView>,
}

/// What was asked for, as it stands now: a later answer is in the place of an earlier one.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct RequestView {
    /// Why permission is asked for: `initial`, `renewal`, `extension` or `retrospective`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// What a claim is: `original`, `replacement` or `void`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// The provider that the member or the referrer would like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_provider: Option<String>,
    /// The lines that were asked for, or billed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<AskedLineView>,
    /// ICD-10-CM codes of a claim, principal first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<String>,
    /// Service ids that a credentialing file applies for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Counties that a credentialing file applies for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counties: Vec<String>,
    /// What is known. A plan sees what all plans share and its own questions.
    pub facts: Vec<FactView>,
    /// What is attached.
    pub documents: Vec<CaseDocumentView>,
    /// What was supplied later, oldest first.
    pub supplied: Vec<SuppliedView>,
}

/// What a plan's rules answered where they only advise. It binds nobody, and nobody but the plan sees it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct AdviceView {
    /// A referral's disposition, an authorization's decision, or `adjudicated` for a claim.
    pub answer: String,
    /// What would be granted, with its conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant: Option<ProposedGrantView>,
    /// What would be asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<AskView>,
    /// Where a referral would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect: Option<RedirectView>,
    /// The denial that would be recommended; of a claim that of its first line with one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denial: Option<DenialView>,
    /// The fields of this case that the provider sees of the advice: `findings`, unless it gives less than
    /// was asked for; of a claim `lines` and `total_payable`. Everything else of it is the plan's alone.
    pub provider_sees: Vec<String>,
}

/// Service that a member had, or may have, under a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceHadView {
    /// The authorization or the claim.
    pub case: String,
    /// The service.
    pub service: String,
    /// Who gives it.
    pub provider: String,
    /// `authorized`, `payable` or `paid`.
    pub kind: String,
    /// First day.
    #[schema(format = Date)]
    pub first: String,
    /// Last day.
    #[schema(format = Date)]
    pub last: String,
    /// Units.
    pub units: i64,
}

/// Another case of the same member with the same plan, in brief.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RelatedCaseView {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The service.
    pub service: Option<String>,
    /// Where it stands.
    pub state: String,
    /// Who delivers, or sent it.
    pub provider: String,
    /// When it was received.
    #[schema(format = DateTime)]
    pub received_at: String,
}

/// What is around a case, for the people of the plan that it is with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AroundView {
    /// What the plan authorized and paid for the member in the last 24 months, newest first.
    pub history: Vec<ServiceHadView>,
    /// Whether that is all of it.
    pub history_whole: bool,
    /// The member's other cases with the plan, newest first.
    pub cases: Vec<RelatedCaseView>,
    /// Whether those are all of them.
    pub cases_whole: bool,
    /// What the host knows by itself, from the plan's member file, from claims and from its own record.
    pub host_facts: Vec<FactView>,
    /// The address of what is left to the member of each limited service.
    pub limits: String,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ActorView {
    /// The organization that did it; of `plan-rules` the plan's own, null for the host.
    pub organization: Option<String>,
    /// The role of the key that did it; `plan-rules` where the plan's rules answered, `host` where the host
    /// acted by itself.
    #[schema(example = "plan-rules")]
    pub role: String,
}

/// A contract of a provider with a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractView {
    /// Its id.
    pub id: String,
    /// The plan.
    pub plan: String,
    /// The provider's organization.
    pub provider: String,
    /// The plan's delegate, where the contract is with it: it is for the members of its groups; null: for
    /// all.
    pub delegate: Option<String>,
    /// `active`, `suspended` or `ended`.
    pub state: String,
    /// Whether it holds today, for any of its services.
    pub holds_today: bool,
    /// What the state means, with its days.
    pub standing: ContractStandingView,
    /// What it is for.
    pub terms: Vec<ContractTermView>,
    /// Since when it is on record.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// Its version.
    pub version: i64,
}

/// How a contract stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractStandingView {
    /// The first day on which it does not hold, while it is suspended.
    #[schema(format = Date)]
    pub suspended_from: Option<String>,
    /// The last day on which it held, once it has ended.
    #[schema(format = Date)]
    pub last_day: Option<String>,
    /// Why it is suspended or has ended.
    pub reason: Option<Text>,
}

/// Services in counties on days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContractTermView {
    /// Service ids.
    pub services: Vec<String>,
    /// County codes.
    pub counties: Vec<String>,
    /// First day.
    #[schema(format = Date)]
    pub first_day: String,
    /// Last day; null while it has no known end.
    #[schema(format = Date)]
    pub last_day: Option<String>,
    /// The credentialing file whose approval it rests on; null where people recorded it.
    pub application: Option<String>,
}

/// One step in a case's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventView {
    /// When.
    #[schema(format = DateTime)]
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
    #[schema(format = DateTime)]
    pub received_at: String,
    /// When its nearest clock ends.
    #[schema(format = DateTime)]
    pub due_at: Option<String>,
}

/// Something an organization is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// The case.
    pub case: Option<String>,
    /// The member, where it is about a member and no case.
    pub member: Option<String>,
    /// The plan of the case; null where it is no one plan's, as an application.
    pub plan: Option<String>,
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
    #[schema(format = DateTime)]
    pub at: String,
    /// Whether the rules were handed all that was delivered to the member in two years, or the newest of it.
    pub history_complete: bool,
    /// Which versions of the plan's reference tables it saw rows of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableSeenView>,
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
