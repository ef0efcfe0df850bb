//! Profile of a plan: who it is and what it asks for, as data that the host renders: the criteria grid, the
//! forms, the checklists, the plan's spreadsheets, the routing and the calendar all come from here. Every
//! plugin exports this interface.
//!
//! The host's own copy of `wit/profile.wit`, the same for every contract version.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::types::{Bilingual, Period, Urgency, Workflow};
use crate::{Cents, Procedure, words};

#[cfg(test)]
mod tests;

words! {
    /// Party that has the last word in a workflow.
    pub enum Mode {
        /// The plugin's answer is the plan's, within the state's floor.
        Decides = "decides",
        /// The plugin pre-checks, explains and prices; the plan's people or system decide.
        Advises = "advises",
        /// No automation: the plan's people decide.
        People = "people",
    }
}

/// The mode of one workflow. A workflow that is not listed, or not exported, is in mode `people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkflowMode {
    /// Workflow that it belongs to.
    pub workflow: Workflow,
    /// Party that has the last word.
    pub mode: Mode,
}

/// A limit on how many members a plan takes into a service (needs the state's approval).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Members who may be admitted in the window.
    pub members: u32,
    /// Length of the rolling window, in months.
    pub window_months: u8,
    /// True if members past the cap are put on a wait list.
    pub wait_list: bool,
}

impl Capacity {
    /// First day of the window that ends with `on`: members who were admitted on it or later count.
    #[must_use]
    pub fn counts_from(&self, on: Date) -> Date {
        on.saturating_sub(i32::from(self.window_months).months())
    }
}

/// A service the plan offers in a county (elections change on 1 January and 1 July; DHCS Community Supports
/// Policy Guide).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Election {
    /// Service id in the host's catalog.
    pub service: String,
    /// Code of the county, as in the dictionary.
    pub county: String,
    /// Days on which it is offered.
    pub days: Period,
    /// Its cap, if any.
    pub capacity: Option<Capacity>,
}

words! {
    /// Purpose of a criterion.
    pub enum CriterionKind {
        /// It must hold.
        Inclusion = "inclusion",
        /// Must not hold; its finding is `met` when it does not.
        Exclusion = "exclusion",
        /// A document must be there.
        Documentation = "documentation",
        /// Coverage, election, capacity, duplicates, timely filing.
        Administrative = "administrative",
    }
}

/// Whose rule it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CriterionOrigin {
    /// The state's own definition.
    State,
    /// The plan's addition. A plan may not narrow the state's text; the host flags overlays so that people
    /// can see.
    Overlay,
}

/// One test that a decision rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Stable id, unique in the profile; findings name it.
    pub id: String,
    /// Service id, or `*` for every service.
    pub service: String,
    /// Purpose of the criterion.
    pub kind: CriterionKind,
    /// Whose rule it is.
    pub origin: CriterionOrigin,
    /// The test, in plain words.
    pub text: Bilingual,
    /// Codes of the facts it reads.
    pub facts: Vec<String>,
    /// Kinds of the documents it reads.
    pub documents: Vec<String>,
    /// The document that the rule comes from, with its date.
    pub source: String,
    /// Days on which it applies.
    pub days: Period,
}

words! {
    /// The kind of a fact's value.
    pub enum FactKind {
        /// A flag: true or false.
        Flag = "flag",
        /// A whole number, zero or more.
        Count = "count",
        /// Thousandths of a unit.
        Measure = "measure",
        /// A day of the calendar.
        Day = "day",
        /// One of a list of codes.
        Coded = "coded",
        /// A text in words.
        Text = "text",
    }
}

/// A fact that only this plan asks for. Its code begins with `plan.<plan-id>.`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactDefinition {
    /// Code, as it is written in requests.
    pub code: String,
    /// The kind of its value.
    pub kind: FactKind,
    /// The codes it may take, if it is `coded`.
    pub codes: Vec<String>,
    /// The question to ask a person.
    pub question: Bilingual,
    /// The kind of document that would prove it, if one would.
    pub proof: Option<String>,
    /// The rule that it serves.
    pub source: String,
}

/// Rule by which service may start before the decision (ECM: DHCS ECM Policy Guide, presumptive authorization
/// from 2025-01-01; Community Supports: only where the plan says so).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresumptiveRule {
    /// Stable id, unique in the profile.
    pub id: String,
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Population of focus it is for, or `none` for any.
    pub population: Option<String>,
    /// Calendar days it lasts, counting the first.
    pub days: u16,
    /// Provider kinds that may use it; empty for every contracted provider.
    pub provider_kinds: Vec<String>,
    /// Codes of the facts that the provider must attest.
    pub attest: Vec<String>,
    /// Days on which the rule applies.
    pub effective: Period,
}

/// Shape of an approval unless something else is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizationDefault {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Length of a first authorization, in days.
    pub days: u16,
    /// Length of a renewal, in days.
    pub renewal_days: u16,
    /// Most units in one authorization, for the service's procedures; `none` where only the days count.
    pub units: Option<u32>,
}

words! {
    /// The unit that a clock counts in.
    pub enum ClockUnit {
        /// Days on which the plan works, by the state's calendar and the plan's closures.
        BusinessDays = "business-days",
        /// Days of the calendar.
        CalendarDays = "calendar-days",
        /// Hours by the wall clock, through weekends.
        Hours = "hours",
    }
}

/// The plan's own promise, never longer than the state's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnAround {
    /// Workflow that it belongs to.
    pub workflow: Workflow,
    /// Urgency that it is for.
    pub urgency: Urgency,
    /// Number of the units.
    pub amount: u16,
    /// Unit that the number counts.
    pub unit: ClockUnit,
}

words! {
    /// Model by which a procedure is paid.
    pub enum PaymentModel {
        /// So much a unit.
        FeeForService = "fee-for-service",
        /// So much a month for each enrolled member; other lines are reported at zero.
        Monthly = "monthly",
        /// So much a case.
        CaseRate = "case-rate",
        /// So much an outreach attempt.
        Outreach = "outreach",
        /// So much a day.
        PerDiem = "per-diem",
        /// Cost of the project, up to the amount.
        ProjectCost = "project-cost",
        /// Reported as an encounter and paid nothing.
        EncounterOnly = "encounter-only",
    }
}

/// Rate that the plan pays for a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Stable id, unique in the profile; adjudications name it.
    pub id: String,
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Procedure code with its modifiers.
    pub procedure: Procedure,
    /// Model by which it is paid.
    pub model: PaymentModel,
    /// The amount in cents for one unit, month, case, attempt or day, or the ceiling of a project.
    pub amount: Cents,
    /// Tier of acuity, area or unit size, where the plan has tiers.
    pub tier: Option<String>,
    /// Days on which it applies, by service date.
    pub effective: Period,
}

words! {
    /// Form in which a claim reaches the plan.
    pub enum ClaimForm {
        /// ASC X12 837P (005010X222A1).
        X12837p = "x12-837p",
        /// The plan's own invoice (DHCS Billing and Invoicing Guidance).
        Invoice = "invoice",
    }
}

/// Address for claims, and the time within which they must come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRoute {
    /// Form of the claims.
    pub form: ClaimForm,
    /// The plan's payer id at its clearinghouse.
    pub payer_id: String,
    /// Days from the last day of service within which a claim must arrive; at least 90 for contracted
    /// providers (28 CCR 1300.71(b)).
    pub filing_days: u16,
}

/// One thing that a provider must show to be credentialed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Stable id, unique in the profile; reviews name it.
    pub id: String,
    /// Service ids it is for; empty for all.
    pub services: Vec<String>,
    /// The kind of document that satisfies it, or `none` where an answer does.
    pub document: Option<String>,
    /// The code of the fact that answers it, or `none` where a document does.
    pub fact: Option<String>,
    /// Least amount that the document must state, in cents.
    pub minimum: Option<Cents>,
    /// Days for which the document counts from the day it was issued, where it bears no expiry of its own.
    pub valid_days: Option<u16>,
    /// Requirement in plain words, in English and Spanish.
    pub text: Bilingual,
    /// The document that the requirement comes from.
    pub source: String,
}

words! {
    /// File that a layout is for (DHCS member-level information sharing guidance).
    pub enum FileKind {
        /// Provider's return transmission file, monthly.
        ReturnFile = "return-file",
        /// Outreach tracker, sent monthly.
        Outreach = "outreach",
        /// File of member information.
        Member = "member",
        /// Community Supports authorization status file.
        Authorization = "authorization",
        /// Invoice for providers that do not send 837P.
        Invoice = "invoice",
    }
}

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The host's name for the value, such as `member.cin`.
    pub value: String,
    /// Header text as the plan wants it.
    pub header: String,
    /// Pairs of our code and the plan's; a code that is not listed is written as it is.
    pub codes: Vec<(String, String)>,
}

/// A file as data. What cannot be said here goes through the `exchange` interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Stable id, unique in the profile.
    pub id: String,
    /// File that the layout is for.
    pub kind: FileKind,
    /// File name, with `{npi}`, `{plan}`, `{yyyymm}` and `{yyyymmdd}`.
    pub name_pattern: String,
    /// One character between fields.
    pub delimiter: String,
    /// True if the first row holds the headers.
    pub header_row: bool,
    /// Date format, made of `YYYY`, `MM` and `DD`.
    pub date_format: String,
    /// Columns in their order.
    pub columns: Vec<Column>,
}

/// Services that a delegate answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsibility {
    /// Service id, or `*`.
    pub service: String,
    /// The workflows that are the delegate's.
    pub workflows: Vec<Workflow>,
    /// Days on which it answers.
    pub effective: Period,
}

/// An organization that decides in the plan's place for some members (division of financial responsibility).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegate {
    /// Stable id, unique in the profile.
    pub id: String,
    /// Name, as people write it.
    pub name: String,
    /// Group codes in the plan's member file that belong to it.
    pub groups: Vec<String>,
    /// Services that are its to decide.
    pub responsibilities: Vec<Responsibility>,
}

/// Whom to call about what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// `authorizations`, `claims`, `credentialing`, `care-coordination`, `privacy` or `files`.
    pub purpose: String,
    /// Name of the desk; never of a member.
    pub name: String,
    /// Telephone number, as E.164.
    pub phone: String,
    /// E-mail address of the contact.
    pub email: String,
}

/// A day on which the plan does not work although the state does, or works although the state does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDay {
    /// Day that it is about.
    pub day: Date,
    /// True if the plan works on the day.
    pub works: bool,
    /// Reason for the day, such as a holiday's name.
    pub name: String,
}

/// A reference table: data that changes oftener than code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its name, unique in the profile.
    pub name: String,
    /// Names of the columns that rows are looked up by: codes of facts, or `procedure`, `county`,
    /// `provider.npi`.
    pub keys: Vec<String>,
    /// All columns in their order, keys included.
    pub columns: Vec<String>,
    /// Content of the table, in English and Spanish.
    pub text: Bilingual,
}

/// Everything a plan declares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanProfile {
    /// The plan's id at this host: lower-case letters, digits and hyphens.
    pub plan_id: String,
    /// Name, as people write it.
    pub name: String,
    /// The plugin's semantic version.
    pub version: String,
    /// Lines of business: `medi-cal`, `d-snp`.
    pub lines: Vec<String>,
    /// Counties that the plan serves, by code.
    pub counties: Vec<String>,
    /// Languages its people speak, as BCP 47 tags.
    pub languages: Vec<String>,
    /// Party that has the last word, workflow by workflow.
    pub modes: Vec<WorkflowMode>,
    /// Services that it offers, with counties and days.
    pub elections: Vec<Election>,
    /// Criteria that its decisions rest on.
    pub criteria: Vec<Criterion>,
    /// Facts that only it asks for.
    pub facts: Vec<FactDefinition>,
    /// Rules by which service may start before the decision.
    pub presumptive: Vec<PresumptiveRule>,
    /// Shape of an approval, service by service.
    pub defaults: Vec<AuthorizationDefault>,
    /// Turn-around times that it promises.
    pub turn_arounds: Vec<TurnAround>,
    /// Rates that it pays.
    pub rates: Vec<Rate>,
    /// Address for claims.
    pub claims: ClaimRoute,
    /// Requirements that a provider must meet.
    pub requirements: Vec<Requirement>,
    /// Layouts of its files.
    pub layouts: Vec<Layout>,
    /// Delegates that decide in its place.
    pub delegates: Vec<Delegate>,
    /// Contacts of the plan.
    pub contacts: Vec<Contact>,
    /// Days on which its calendar differs from the state's.
    pub calendar: Vec<CalendarDay>,
    /// Reference tables of the plan.
    pub tables: Vec<Table>,
}

impl PlanProfile {
    /// Elections by which the plan offers a service in a county on a day.
    pub fn elected<'a>(
        &'a self,
        service: &'a str,
        county: &'a str,
        on: Date,
    ) -> impl Iterator<Item = &'a Election> {
        let offers =
            move |one: &&Election| one.service == service && one.county == county && one.days.holds(on);
        self.elections.iter().filter(offers)
    }

    /// Caps on a service in a county on a day. Where a profile elects it twice, each cap binds the plan, also
    /// beside an election without one: the state approved the cap, and nobody approved of going round it.
    pub fn caps<'a>(
        &'a self,
        service: &'a str,
        county: &'a str,
        on: Date,
    ) -> impl Iterator<Item = &'a Capacity> {
        self.elected(service, county, on).filter_map(|election| election.capacity.as_ref())
    }

    /// Profile of a plan that has no rules here: it declares nothing.
    #[must_use]
    pub fn undeclared() -> Self {
        Self {
            plan_id: String::new(),
            name: String::new(),
            version: String::new(),
            lines: Vec::new(),
            counties: Vec::new(),
            languages: Vec::new(),
            modes: Vec::new(),
            elections: Vec::new(),
            criteria: Vec::new(),
            facts: Vec::new(),
            presumptive: Vec::new(),
            defaults: Vec::new(),
            turn_arounds: Vec::new(),
            rates: Vec::new(),
            claims: ClaimRoute { form: ClaimForm::X12837p, payer_id: String::new(), filing_days: u16::MAX },
            requirements: Vec::new(),
            layouts: Vec::new(),
            delegates: Vec::new(),
            contacts: Vec::new(),
            calendar: Vec::new(),
            tables: Vec::new(),
        }
    }
}
