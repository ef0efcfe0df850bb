//! Social-care referrals in FHIR R4: HL7 SDOH Clinical Care 3.0.0.
//!
//! A partner sends a `ServiceRequest` (what is asked) with a `Task` (its handling) and the member's `Patient`; we answer
//! with a `Task` of our own, or with an `OperationOutcome` that names the element and what would make it acceptable.
//!
//! It works on `serde_json::Value` with small views, not on a FHIR model library. We read about forty elements of eight
//! resources, senders put far more into a bundle than any model of one version accepts, and a model that refuses a
//! bundle for an element we never look at would turn members away. What we do read is checked here, element by element.
//!
//! No issue quotes what a sender wrote, other than codes of our own tables.

mod graph;
mod referral;
mod tables;
mod task;

use std::fmt;

use jiff::civil::Date;
use serde_json::{Value, json};

pub use referral::{FhirMember, FhirReferral, FhirRules, Receipt, References, Requester, read_referral};
pub use task::{Party, Start, TaskStatus, TaskView, allowed, task_for};

use tables::{CATEGORIES, CONDITION_FACTS, TASK_STATUSES};

/// The identifier system of a Medi-Cal client index number in the FHIR that we write, and one that we read.
pub const CIN_SYSTEM: &str = "https://crosswalk.example/fhir/sid/medi-cal-cin";
/// The identifier system of our case ids.
pub const CASE_SYSTEM: &str = "https://crosswalk.example/fhir/sid/case";
/// The code system of our service ids. A `ServiceRequest.code` from it needs no mapping.
pub const SERVICE_SYSTEM: &str = "https://crosswalk.example/fhir/CodeSystem/service";

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Information,
    /// Taken, with something left out.
    Warning,
    /// Refused.
    Error,
}

/// What kind of issue it is: those codes of `http://hl7.org/fhir/issue-type` that we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IssueCode {
    /// Not the JSON or the resource that it should be.
    Structure,
    /// Something must be there and is not.
    Required,
    /// A value is not acceptable.
    Value,
    /// A code is not one of ours.
    CodeInvalid,
    /// Something that we do not do.
    NotSupported,
    /// It could mean several things.
    MultipleMatches,
    /// The same thing stands there twice.
    Duplicate,
    /// A reference leads nowhere.
    NotFound,
    /// It is well formed and may not be.
    BusinessRule,
    /// Too much of it.
    TooCostly,
    /// Nothing is wrong.
    Informational,
}

impl IssueCode {
    /// The code in an `OperationOutcome`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::CodeInvalid => "code-invalid",
            Self::NotSupported => "not-supported",
            Self::MultipleMatches => "multiple-matches",
            Self::Duplicate => "duplicate",
            Self::NotFound => "not-found",
            Self::BusinessRule => "business-rule",
            Self::TooCostly => "too-costly",
            Self::Informational => "informational",
        }
    }
}

/// One thing to say about what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirIssue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub code: IssueCode,
    /// Where: a FHIRPath into what was sent, such as `Bundle.entry[2].resource.identifier`.
    pub expression: String,
    /// What is wrong and what would make it acceptable.
    pub diagnostics: String,
}

impl fmt::Display for FhirIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}: {}", self.code.code(), self.expression, self.diagnostics)
    }
}

/// The issues as an `OperationOutcome`.
pub fn operation_outcome(issues: &[FhirIssue]) -> Value {
    let issue = |issue: &FhirIssue| {
        json!({
            "severity": match issue.severity {
                Severity::Information => "information",
                Severity::Warning => "warning",
                Severity::Error => "error",
            },
            "code": issue.code.code(),
            "diagnostics": issue.diagnostics,
            "expression": [issue.expression],
        })
    };
    json!({ "resourceType": "OperationOutcome", "issue": issues.iter().map(issue).collect::<Vec<_>>() })
}

/// Where a table comes from and since when it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSource {
    /// The table's file in the source tree.
    pub file: &'static str,
    /// The documents that it follows.
    pub source: &'static str,
    /// The first day on which it holds.
    pub effective: Date,
}

/// The tables that referrals are read and told by.
pub fn sources() -> [TableSource; 3] {
    let (categories, conditions, statuses) = (&*CATEGORIES, &*CONDITION_FACTS, &*TASK_STATUSES);
    let table = |file, source, effective: &str| TableSource {
        file,
        source,
        effective: effective.parse().expect("a test reads every table's date"),
    };
    [
        table("data/sdoh-categories.toml", &categories.source, &categories.effective),
        table("data/condition-facts.toml", &conditions.source, &conditions.effective),
        table("data/task-status.toml", &statuses.source, &statuses.effective),
    ]
}

/// Issues as they are found, in reading order.
#[derive(Default)]
struct Issues(Vec<FhirIssue>);

impl Issues {
    /// Refuses. Gives nothing, so that a reading can end in it.
    fn refuse<T>(
        &mut self,
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) -> Option<T> {
        self.note(Severity::Error, code, expression, diagnostics);
        None
    }

    /// Warns. Gives nothing, as something was left out.
    fn warn<T>(
        &mut self,
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) -> Option<T> {
        self.note(Severity::Warning, code, expression, diagnostics);
        None
    }

    fn note(
        &mut self,
        severity: Severity,
        code: IssueCode,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) {
        self.0.push(FhirIssue {
            severity,
            code,
            expression: expression.into(),
            diagnostics: diagnostics.into(),
        });
    }

    fn refused(&self) -> bool {
        self.0.iter().any(|issue| issue.severity == Severity::Error)
    }
}

#[cfg(test)]
mod tests;
