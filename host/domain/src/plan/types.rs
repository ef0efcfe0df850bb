//! The words that every workflow shares.
//!
//! The host's own copy of `wit/types.wit`, the same for every contract version.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Cents;
use crate::identifiers::DocumentId;
use crate::words;

/// A span of days. Both ends belong to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First day, which is included.
    pub first: Date,
    /// Last day; `none` while it has no known end.
    pub last: Option<Date>,
}

/// A sentence a person will read, in the two languages that every sentence here exists in.
/// Plain text; no markup. Must not repeat a member's name or identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Text in English, as people read it.
    pub en: String,
    /// Text in Spanish, as people read it.
    pub es: String,
}

words! {
    /// The four workflows a plan may automate, and the files it may speak.
    pub enum Workflow {
        /// Referrals to a service: `referral.triage`.
        Referral = "referral",
        /// Requests for permission: `authorization.presume` and `authorization.determine`.
        Authorization = "authorization",
        /// Claims: `billing.adjudicate`.
        Billing = "billing",
        /// Credentialing files: `credentialing.review`.
        Credentialing = "credentialing",
        /// Files of the plan's own making: `exchange.render` and `exchange.parse`.
        Exchange = "exchange",
    }
}

impl Workflow {
    /// Those that have cases; `exchange` has files.
    pub const OF_CASES: [Self; 4] = [Self::Referral, Self::Authorization, Self::Billing, Self::Credentialing];
}

words! {
    /// Urgency of a decision.
    pub enum Urgency {
        /// The usual clock: 5 business days from complete information (H&S 1367.01) and 7 calendar days from
        /// receipt (42 CFR 438.210(d), rating periods from 2026-01-01), whichever ends first.
        Standard = "standard",
        /// Waiting could seriously harm the member: 72 hours by the wall clock (42 CFR 438.210(d)(2)).
        Expedited = "expedited",
    }
}

/// The value of a fact. Its kind must be the one the fact dictionary gives for the fact's code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactValue {
    /// A flag: true or false.
    Flag(bool),
    /// A whole number of things, such as visits.
    Count(i64),
    /// A measurement in thousandths of its unit: an HbA1c of 9.1 % is 9100.
    Measure(i64),
    /// A day of the calendar.
    Day(Date),
    /// A code from the list that the dictionary names for this fact.
    Coded(String),
    /// Words, when nothing better exists. Never used for identity.
    Text(String),
}

/// Prints the kind alone: a patient's facts stay out of logs.
impl fmt::Debug for FactValue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Flag(_) => "FactValue::Flag(..)",
            Self::Count(_) => "FactValue::Count(..)",
            Self::Measure(_) => "FactValue::Measure(..)",
            Self::Day(_) => "FactValue::Day(..)",
            Self::Coded(_) => "FactValue::Coded(..)",
            Self::Text(_) => "FactValue::Text(..)",
        })
    }
}

words! {
    /// Source of a fact. A plan may trust some sources more than others.
    pub enum FactSource {
        /// The member or the member's representative.
        Member = "member",
        /// Whoever made the referral.
        Referrer = "referrer",
        /// The organization that delivers the service.
        Provider = "provider",
        /// The plan's own member file.
        PlanFile = "plan-file",
        /// Claims or encounters already known.
        Claims = "claims",
        /// A document in the case proves it.
        Document = "document",
        /// The host computed it from its own record.
        Host = "host",
    }
}

/// One thing that is known about a case. What is not known is simply absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Code in the host's fact dictionary, such as `housing.status`, or `plan.<plan-id>.<name>` if the
    /// plan's profile declares it.
    pub code: String,
    /// The value, of the kind that the dictionary declares.
    pub value: FactValue,
    /// Source of the statement.
    pub source: FactSource,
    /// The day on which it was true.
    pub as_of: Date,
}

/// A document that travels with a case. The bytes stay with the host; the plugin sees what it needs to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Kind, from the host's list of document kinds, such as `housing-support-plan` or
    /// `liability-certificate`.
    pub kind: String,
    /// The day it was issued or signed.
    pub issued: Option<Date>,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// An amount the document states, in cents: an insurance limit, a receipt's total.
    pub amount: Option<Cents>,
    /// The document's bytes at the host, where they were sent. Not in the contract: no plugin is handed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<DocumentId>,
}

/// Something more that the plan needs before it can decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// The code of a fact in the dictionary or in the plan's profile.
    Fact(String),
    /// The kind of a document.
    Document(String),
}

words! {
    /// Outcome of one declared criterion.
    pub enum FindingOutcome {
        /// It holds: an inclusion is present, an exclusion is absent, a document is there.
        Met = "met",
        /// It does not hold.
        NotMet = "not-met",
        /// Nothing that was sent tells.
        Unknown = "unknown",
    }
}

/// One criterion's result. Every answer carries the findings it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The id of a criterion that the plan's profile declares.
    pub criterion: String,
    /// Outcome of the criterion.
    pub outcome: FindingOutcome,
    /// The codes of the facts and the kinds of the documents that were read.
    pub evidence: Vec<String>,
    /// Why, in a sentence.
    pub reason: Bilingual,
}

words! {
    /// Kind of a denial.
    pub enum DenialKind {
        /// Not this plan's to give: no coverage, not elected in the county, a duplicate, a spent benefit
        /// limit. Software may issue it.
        Administrative = "administrative",
        /// Medical necessity. From a plugin this is a RECOMMENDATION only: the host files it for a licensed
        /// reviewer with the clock running (H&S 1367.01(e): only a licensed professional may deny).
        Clinical = "clinical",
    }
}

/// A refusal, or the recommendation of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denial {
    /// Kind: it says who may issue it.
    pub kind: DenialKind,
    /// Why, in a sentence. The answer's findings must hold at least one `not-met`.
    pub reason: Bilingual,
}

/// Identity of a member. Absent when the host asks several plans about one case before the plan is known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Medi-Cal Client Index Number: a 9, seven digits, a letter.
    pub cin: String,
    /// The plan's own number for the member, if its member file gave one.
    pub plan_member_id: Option<String>,
    /// Family name, as it was written.
    pub family_name: String,
    /// Given name, as it was written.
    pub given_name: String,
}

/// Prints nothing of it: a patient's identity stays out of logs.
impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity(..)")
    }
}

/// The person the case is about. The least that rules need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Identity, for this member's own plan only.
    pub identity: Option<Identity>,
    /// Day of birth of the person.
    pub birth_date: Date,
    /// County of residence, as the three-letter code of the host's county list.
    pub county: String,
    /// Preferred spoken language, as a BCP 47 tag.
    pub language: String,
}

/// An organization that refers, delivers or bills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// National Provider Identifier: ten digits, the last a check digit.
    pub npi: String,
    /// Kinds of the provider, from the host's list, such as `street-medicine` or `fqhc`. A provider can be
    /// several kinds; presumptive rights hang on them (DHCS ECM Policy Guide).
    pub kinds: Vec<String>,
    /// NUCC taxonomy codes of the provider.
    pub taxonomies: Vec<String>,
    /// Counties that it serves, by code.
    pub counties: Vec<String>,
    /// True if this plan's credentialing of it was approved on the context's `as-of` day.
    pub contracted: bool,
}

/// The days on which this plan answers for the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The plan's line of business for this member: `medi-cal` or `d-snp`.
    pub line: String,
    /// First and last covered day.
    pub days: Period,
    /// CMS monthly dual status code on `as-of`: `02`, `04` and `08` are full duals, `00` is not in Medicare,
    /// `NA` is not in Medicaid.
    pub dual_status: String,
    /// True if another of the county's plans covers the member as a D-SNP on `as-of`.
    pub other_d_snp: bool,
    /// The plan's group code for the member, which decides the delegate.
    pub group: Option<String>,
    /// The delegate that answers for the member, by the plan's own profile.
    pub delegate: Option<String>,
}

/// Service that the member has had, under any plan that the host knows of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Usage {
    /// Service id in the catalog.
    pub service: String,
    /// Days that it is about.
    pub days: Period,
    /// Units, in the unit of the service's procedure.
    pub units: u32,
    /// True if it was under this plan. History under others carries no plan's name.
    pub own: bool,
}

/// Places of a capped service that are taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CapacityCount {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Code of the county, as in the dictionary.
    pub county: String,
    /// Members admitted in the plan's window up to `as-of`.
    pub admitted: u32,
    /// The cap that the plan's election declares.
    pub cap: u32,
}

/// Another open case of the same member, for the plan to see duplicates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCase {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Workflow that it belongs to.
    pub workflow: Workflow,
    /// The day it was received.
    pub received: Date,
    /// The provider's NPI, if one is assigned.
    pub provider: Option<String>,
}

/// One row of a reference table that the plan uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRow {
    /// The version of the table that the row belongs to.
    pub version: String,
    /// Cells in the order of the declared columns.
    pub cells: Vec<String>,
}

/// The rows of one declared table whose keys match the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSlice {
    /// The table's name in the profile.
    pub name: String,
    /// Matching rows; none if nothing matches.
    pub rows: Vec<TableRow>,
}

/// Knowledge of the host around a case, handed over with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The day that the rule is about: the first day asked for or billed; for a referral, the day it is put
    /// to the plan.
    pub as_of: Date,
    /// Today, in Pacific time.
    pub today: Date,
    /// Instant at which the host received the case (UTC).
    pub received: Timestamp,
    /// Coverage on the `as-of` day.
    pub coverage: Coverage,
    /// Service in the last 24 months, newest first, at most 200 entries.
    pub history: Vec<Usage>,
    /// Places taken of the plan's capped services in the member's county.
    pub capacity: Vec<CapacityCount>,
    /// The member's other open cases with this plan, at most 50.
    pub open_cases: Vec<OpenCase>,
    /// Rows of the plan's reference tables that match the case.
    pub tables: Vec<TableSlice>,
}

/// Something wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issue {
    /// Place of the problem: a JSON Pointer into the request, such as `/lines/0/units`.
    pub at: String,
    /// Problem and the step that fixes it, in English and Spanish.
    pub problem: Bilingual,
}

/// The plugin will not answer. The case goes to the plan's people; this is never a denial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanError {
    /// The request contradicts itself.
    Invalid(Vec<Issue>),
    /// The plugin does not handle this; which part, for the plan's own log.
    Unsupported(String),
    /// The plugin found itself broken; why, for the plan's own log.
    Internal(String),
}

impl Period {
    /// True if `day` is inside.
    pub fn holds(&self, day: Date) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}
