//! What of a claim is payable, line by line?
//!
//! The host's own copy of `wit/billing.wit`, the same for every contract version.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::types::{Ask, Bilingual, Denial, Document, Fact, Finding, Member, Period, Provider};
use crate::{Cents, Procedure};

/// Whether a claim is new (X12 CLM05-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frequency {
    /// 1: original.
    Original,
    /// 7: replaces an earlier claim.
    Replacement,
    /// 8: voids an earlier claim.
    Void,
}

/// An authorization that the claim rests on, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizedLine {
    /// The plan's authorization number.
    pub number: String,
    /// Whether it is a presumptive one.
    pub presumptive: bool,
    /// The procedure; `none` where a presumptive window covers every procedure of the service.
    pub procedure: Option<Procedure>,
    /// The days.
    pub days: Period,
    /// Units authorized; `none` where only the days count.
    pub units: Option<u32>,
    /// Units already paid or payable.
    pub used: u32,
}

/// A billed unit of delivered service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimLine {
    /// Line number, from 1.
    pub number: u16,
    /// Service id that the host read from the procedure on the service day.
    pub service: String,
    /// The procedure.
    pub procedure: Procedure,
    /// CMS place of service code.
    pub place: String,
    /// The days of service.
    pub days: Period,
    /// Units.
    pub units: u32,
    /// Charge in cents for the whole line.
    pub charge: Cents,
    /// Minutes, where the provider recorded them.
    pub minutes: Option<u32>,
}

/// A claim or invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The host's id of the case.
    pub id: String,
    /// Whether it is new.
    pub frequency: Frequency,
    /// The member.
    pub member: Member,
    /// The billing provider.
    pub provider: Provider,
    /// ICD-10-CM codes with their dot, principal first.
    pub diagnoses: Vec<String>,
    /// The day the plan received it.
    pub received: Date,
    /// The lines.
    pub lines: Vec<ClaimLine>,
    /// The authorizations on file for this member, provider and service.
    pub authorizations: Vec<AuthorizedLine>,
    /// What is known.
    pub facts: Vec<Fact>,
    /// What was attached.
    pub documents: Vec<Document>,
}

/// Why less is paid than was charged (X12 claim adjustment reason codes).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Group: CO contractual, PR patient, OA other, PI payer-initiated.
    pub group: String,
    /// Claim adjustment reason code (CARC), such as `45`.
    pub reason: String,
    /// Remittance advice remark code (RARC), if any.
    pub remark: Option<String>,
    /// The amount in cents that it takes from the charge.
    pub amount: Cents,
}

/// What will be paid for a line. Charge less adjustments is the amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The id of a rate in the profile.
    pub rate: String,
    /// Cents.
    pub amount: Cents,
    /// Why it is not the charge.
    pub adjustments: Vec<Adjustment>,
}

/// A line that cannot be paid as it stands. It can be corrected and sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejection {
    /// The field to mend: a JSON Pointer into the line, such as `/procedure/modifiers`.
    pub field: String,
    /// Claim adjustment reason code that the plan's remittance would carry.
    pub reason_code: String,
    /// Remark code, if any.
    pub remark: Option<String>,
    /// What is wrong.
    pub reason: Bilingual,
    /// What to do about it.
    pub fix: Bilingual,
}

/// What happens to a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineOutcome {
    /// It is paid so much.
    Payable(Payment),
    /// It must be corrected.
    Rejected(Rejection),
    /// It waits for these.
    Pended(Vec<Ask>),
    /// It is refused. `clinical` is a recommendation that a person must confirm.
    Denied(Denial),
}

/// One line's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineResult {
    /// The line's number.
    pub number: u16,
    /// What happens to it.
    pub outcome: LineOutcome,
}

/// The answer: one result for each line of the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjudication {
    /// Results, one for each line.
    pub lines: Vec<LineResult>,
    /// The criteria they rest on.
    pub findings: Vec<Finding>,
    /// Lines for the plan's own log. Others never see them.
    pub notes: Vec<String>,
}
