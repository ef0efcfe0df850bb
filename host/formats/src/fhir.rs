//! Social-care referrals in FHIR R4: HL7 SDOH Clinical Care 3.0.0.
//!
//! A partner sends a `ServiceRequest` (what is asked) with a `Task` (its handling) and the member's
//! `Patient`; we answer with `Task`s of our own, or with an `OperationOutcome` that names the element and
//! what would make it acceptable.
//!
//! It works on `serde_json::Value` with a small reader, not on a FHIR model library. We read about fifty
//! elements of nine resources, senders put far more into a bundle than any model of one version accepts, and
//! a model that refuses a bundle for an element we never look at would turn members away. What we do read is
//! checked by `element`, one element at a time: a value of the wrong JSON type is refused where it stands and
//! never passed over.
//!
//! - `graph`: what was sent, as resources that can be looked up by reference.
//! - `chosen`: which Task and ServiceRequest are the referral, where an intermediary sends those above it,
//!   too.
//! - `referral`: the request, read whole; with `member`, `service`, `conditions` and `consent`.
//! - `task` and `status`: what we tell.
//! - `tables`: the code lists, from `data/`.
//!
//! No issue quotes what a sender wrote, other than codes that can hold nothing but a code.

mod chosen;
mod conditions;
mod consent;
mod element;
mod graph;
mod member;
mod referral;
mod service;
mod status;
mod tables;
mod task;

use std::fmt;

use jiff::civil::Date;
use serde_json::{Value, json};

pub use member::FhirMember;
pub use referral::{FhirReferral, FhirRules, Places, read_referral};
pub use status::{Party, ReportedStatus, Start, StatusReason, TaskStatus, allowed};
pub use task::{Owner, TaskId, TaskIdError, TaskSubject, TaskView, task_for};

use tables::{CATEGORIES, CONDITION_FACTS, CONSENT_RULES, TASK_STATUSES};

/// The identifier system of a Medi-Cal client index number in the FHIR that we write, and one that we read.
pub const CIN_SYSTEM: &str = "https://crosswalk.example/fhir/sid/medi-cal-cin";
/// The identifier system of our case ids.
pub const CASE_SYSTEM: &str = "https://crosswalk.example/fhir/sid/case";
/// The identifier system of the plans' ids.
pub const PLAN_SYSTEM: &str = "https://crosswalk.example/fhir/sid/plan";
/// The code system of our service ids. A `ServiceRequest.code` from it needs no mapping.
pub const SERVICE_SYSTEM: &str = "https://crosswalk.example/fhir/CodeSystem/service";
/// The code system of [`IssueKind`], for `details` in an `OperationOutcome`.
pub const ISSUE_SYSTEM: &str = "https://crosswalk.example/fhir/CodeSystem/issue";
/// The code system of the API's problems and of the problems of its fields, for the same element.
pub const PROBLEM_SYSTEM: &str = "https://crosswalk.example/fhir/CodeSystem/problem";

/// Most issues that are told of one referral; the last one says that there are more.
const MOST_ISSUES: usize = 100;

/// Severity of an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know, and no more.
    Information,
    /// Taken, with something left out.
    Warning,
    /// The plan refused it.
    Error,
}

impl Severity {
    /// The code of `http://hl7.org/fhir/issue-severity`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Declares the kinds of issues: name, code of [`ISSUE_SYSTEM`], code of `http://hl7.org/fhir/issue-type`.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $code:literal;)+) => {
        /// Kind of an issue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum IssueKind {
            $($(#[$doc])* $variant),+
        }

        impl IssueKind {
            /// Our code, which software can branch on.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// The code of `http://hl7.org/fhir/issue-type`.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),+
                }
            }
        }
    };
}

kinds! {
    /// Not a FHIR resource in JSON.
    NotFhir = "not-fhir", "structure";
    /// A value of another JSON type than the element has.
    WrongType = "wrong-type", "structure";
    /// An element that must be there and is not.
    Missing = "missing", "required";
    /// A value that is of the right type and not acceptable.
    InvalidValue = "invalid-value", "value";
    /// Something that is not done here.
    NotSupported = "not-supported", "not-supported";
    /// A modifier that is not known, which may turn the meaning round.
    UnknownModifier = "unknown-modifier", "not-supported";
    /// Too much of it.
    TooMuch = "too-much", "too-costly";
    /// The same resource twice.
    DuplicateResource = "duplicate-resource", "duplicate";
    /// A reference to something that was not sent.
    NotSent = "not-sent", "not-found";
    /// It could mean several things.
    SeveralMeanings = "several-meanings", "multiple-matches";
    /// The parts that were sent contradict each other.
    Contradiction = "contradiction", "business-rule";
    /// A code that is not known here.
    UnknownCode = "unknown-code", "code-invalid";
    /// A code that leads to no service.
    NoService = "no-service", "not-supported";
    /// A status or intent that no new referral has.
    NoNewReferral = "no-new-referral", "business-rule";
    /// A Task about the referral that asks for something else than to fulfill it.
    NotFulfill = "not-fulfill", "not-supported";
    /// It is about somebody else.
    OtherPerson = "other-person", "business-rule";
    /// The member is recorded as deceased.
    Deceased = "deceased", "business-rule";
    /// A consent that is not wholly understood.
    ConsentNotUnderstood = "consent-not-understood", "not-supported";
    /// A consent to something else than disclosure.
    ConsentToSomethingElse = "consent-to-something-else", "not-supported";
    /// A consent, or a condition, that is not in force.
    NotInForce = "not-in-force", "business-rule";
    /// Something that was passed over.
    NotRead = "not-read", "informational";
    /// Something that was understood as something near it.
    UnderstoodAs = "understood-as", "informational";
    /// There are more issues than are told.
    MoreIssues = "more-issues", "informational";
}

/// One thing to say about what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FhirIssue {
    /// Severity of the issue.
    pub severity: Severity,
    /// Kind of the issue.
    pub kind: IssueKind,
    /// FHIRPath into what was sent, such as `Bundle.entry[2].resource.identifier`.
    pub expression: String,
    /// Problem, and a value that would be acceptable.
    pub diagnostics: String,
}

impl fmt::Display for FhirIssue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}: {}", self.kind.name(), self.expression, self.diagnostics)
    }
}

impl FhirIssue {
    /// The issue as one of an `OperationOutcome`.
    pub fn in_fhir(&self) -> Value {
        json!({
            "severity": self.severity.code(),
            "code": self.kind.code(),
            "details": { "coding": [{ "system": ISSUE_SYSTEM, "code": self.kind.name() }] },
            "diagnostics": self.diagnostics,
            "expression": [self.expression],
        })
    }
}

/// The issues as an `OperationOutcome`.
pub fn operation_outcome(issues: &[FhirIssue]) -> Value {
    let issues: Vec<Value> = issues.iter().map(FhirIssue::in_fhir).collect();
    json!({ "resourceType": "OperationOutcome", "issue": issues })
}

/// Source of a table, and the day from which it holds.
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
pub fn sources() -> [TableSource; 4] {
    let (categories, conditions, statuses) = (&*CATEGORIES, &*CONDITION_FACTS, &*TASK_STATUSES);
    let consents = &*CONSENT_RULES;
    let table = |file, source, effective: &str| TableSource {
        file,
        source,
        effective: effective.parse().expect("a test reads every table's date"),
    };
    [
        table("data/sdoh-categories.toml", &categories.source, &categories.effective),
        table("data/condition-facts.toml", &conditions.source, &conditions.effective),
        table("data/consent-rules.toml", &consents.source, &consents.effective),
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
        kind: IssueKind,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) -> Option<T> {
        self.note(Severity::Error, kind, expression, diagnostics);
        None
    }

    /// Warns. Gives nothing, as something was left out.
    fn warn<T>(
        &mut self,
        kind: IssueKind,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) -> Option<T> {
        self.note(Severity::Warning, kind, expression, diagnostics);
        None
    }

    /// Notes an issue once. Where a value is of the wrong type, nothing else is said of it.
    fn note(
        &mut self,
        severity: Severity,
        kind: IssueKind,
        expression: impl Into<String>,
        diagnostics: impl Into<String>,
    ) {
        let (expression, diagnostics) = (expression.into(), diagnostics.into());
        let issue = FhirIssue { severity, kind, expression, diagnostics };
        for known in self.0.iter_mut().filter(|known| known.expression == issue.expression) {
            if known.kind == kind {
                known.severity = known.severity.max(severity);
                return;
            }
            if known.kind == IssueKind::WrongType && known.severity >= severity {
                return;
            }
        }
        if self.0.len() < MOST_ISSUES {
            self.0.push(issue);
        } else if let Some(last) = self.0.last_mut() {
            // What is left unsaid must not turn a refusal into a yes.
            last.severity = last.severity.max(severity);
            last.kind = IssueKind::MoreIssues;
            last.diagnostics = format!("there are more than {MOST_ISSUES} issues; the others are not listed");
        }
    }

    fn refused(&self) -> bool {
        self.0.iter().any(|issue| issue.severity == Severity::Error)
    }
}

#[cfg(test)]
mod tests;
