//! Adjudication: what of a claim is payable, line by line?
//!
//! The host's own copy of `wit/billing.wit`, the same for every contract version.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::types::{Ask, Bilingual, Denial, Document, Fact, Finding, Member, Period, Provider};
use crate::{Cents, Procedure, words};

words! {
    /// Frequency of a claim: new, replacement or void (X12 CLM05-3).
    pub enum Frequency {
        /// 1: an original claim.
        Original = "original",
        /// 7: replaces an earlier claim.
        Replacement = "replacement",
        /// 8: voids an earlier claim.
        Void = "void",
    }
}

/// An authorization that the claim rests on, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthorizedLine {
    /// The plan's authorization number.
    pub number: String,
    /// True if it is a presumptive one.
    pub presumptive: bool,
    /// The procedure; `none` where a presumptive window covers every procedure of the service.
    pub procedure: Option<Procedure>,
    /// Days that it is about.
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
    /// Procedure code with its modifiers.
    pub procedure: Procedure,
    /// CMS place of service code.
    pub place: String,
    /// The days of service.
    pub days: Period,
    /// Number of units of the procedure.
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
    /// Frequency: new, replacement or void.
    pub frequency: Frequency,
    /// Member that it is about.
    pub member: Member,
    /// Provider that bills.
    pub provider: Provider,
    /// ICD-10-CM codes with their dot, principal first.
    pub diagnoses: Vec<String>,
    /// The day the plan received it.
    pub received: Date,
    /// Lines of the claim.
    pub lines: Vec<ClaimLine>,
    /// The authorizations on file for this member, provider and service.
    pub authorizations: Vec<AuthorizedLine>,
    /// Facts about the member, as they were stated or are known.
    pub facts: Vec<Fact>,
    /// Documents that were sent with it.
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

/// Payment for a line. Charge less adjustments is the amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// The id of a rate in the profile.
    pub rate: String,
    /// Amount of money, in cents.
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
    /// Problem, in English and Spanish.
    pub reason: Bilingual,
    /// Step that fixes it, in English and Spanish.
    pub fix: Bilingual,
}

/// Outcome of a line.
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

/// Result for one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineResult {
    /// Number of the line within the claim.
    pub number: u16,
    /// Outcome of the line.
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
