//! Facts about the member, read from the reasons for a referral.

use std::collections::BTreeMap;

use domain::plan::types::{Fact, FactSource, FactValue};
use jiff::civil::Date;

use super::element::Coding;
use super::graph::{Graph, Resource};
use super::tables::CONDITION_FACTS;
use super::{IssueKind, Issues, Severity};

/// A reason as it was sent.
struct Reason<'a> {
    /// FHIRPath of its code.
    at: String,
    /// ICD-10-CM codes of the reason.
    codes: Vec<&'a str>,
}

/// The facts that the reasons tell, each with where it stands. Reasons that contradict each other tell
/// nothing.
pub(super) fn condition_facts<'a>(
    graph: &Graph<'a>,
    request: &Resource<'a>,
    patient: Option<&Resource<'a>>,
    as_of: Date,
    issues: &mut Issues,
) -> Vec<(Fact, String)> {
    let coded = icd_codes(request.all_codings("reasonCode", issues));
    let mut reasons = vec![Reason { at: request.path("reasonCode"), codes: coded }];
    for (reference, found) in graph.follow_each(request, "reasonReference", issues) {
        match found {
            Some(condition) => reasons.extend(reason(graph, condition, patient, issues)),
            None => {
                issues.warn::<()>(
                    IssueKind::NotSent,
                    reference.at,
                    "what this refers to was not sent, so it was not read",
                );
            }
        }
    }
    let mut values: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for reason in &reasons {
        for known in CONDITION_FACTS.codes.iter().filter(|known| reason.codes.contains(&known.code.as_str()))
        {
            match (&known.fact, &known.value) {
                (Some(fact), Some(value)) => {
                    values.entry(fact).or_default().entry(value).or_insert(&reason.at);
                }
                _ => issues.note(
                    Severity::Information,
                    IssueKind::NotRead,
                    reason.at.clone(),
                    known.why.clone().unwrap_or_default(),
                ),
            }
        }
    }
    values.into_iter().filter_map(|(code, values)| fact(code, values, request, as_of, issues)).collect()
}

/// The one value that every reason tells.
fn fact(
    code: &str,
    values: BTreeMap<&str, &str>,
    request: &Resource<'_>,
    as_of: Date,
    issues: &mut Issues,
) -> Option<(Fact, String)> {
    let mut each = values.into_iter();
    match (each.next(), each.next()) {
        (Some((value, at)), None) => {
            let value = FactValue::Coded(value.to_owned());
            let fact = Fact { code: code.to_owned(), value, source: FactSource::Referrer, as_of };
            Some((fact, at.to_owned()))
        }
        _ => issues.warn(
            IssueKind::Contradiction,
            request.path("reasonReference"),
            format!("the reasons contradict each other about {code}, so none was taken"),
        ),
    }
}

/// A Condition that is in force and about the member.
fn reason<'a>(
    graph: &Graph<'a>,
    condition: &Resource<'a>,
    patient: Option<&Resource<'a>>,
    issues: &mut Issues,
) -> Option<Reason<'a>> {
    if condition.kind != "Condition" {
        let diagnostics = "only reasons that are Conditions are read";
        return issues.warn(IssueKind::NotRead, condition.at.clone(), diagnostics);
    }
    if !condition.list("modifierExtension", issues).is_empty() {
        return issues.warn(
            IssueKind::UnknownModifier,
            condition.path("modifierExtension"),
            "no modifier extension is known here, so the condition was not read",
        );
    }
    if !is_current(condition, issues) {
        return issues.warn(
            IssueKind::NotInForce,
            condition.at.clone(),
            "this condition is over or was refuted, so it was not read",
        );
    }
    let subject = graph.follow(condition, "subject", issues);
    if subject.map(|subject| &subject.at) != patient.map(|patient| &patient.at) {
        return issues.warn(
            IssueKind::OtherPerson,
            condition.path("subject"),
            "this condition is not of the ServiceRequest's subject, so it was not read",
        );
    }
    Some(Reason { at: condition.path("code"), codes: icd_codes(condition.codings("code", issues)) })
}

fn icd_codes(codings: Vec<Coding<'_>>) -> Vec<&str> {
    let icd = codings.into_iter().filter(|coding| coding.system == CONDITION_FACTS.system);
    icd.filter_map(|coding| coding.code).collect()
}

/// The codes are alike in every version of their systems, so the systems are not looked at.
fn is_current(condition: &Resource<'_>, issues: &mut Issues) -> bool {
    let mut says = |element: &str, words: &[&str]| {
        let codings = condition.codings(element, issues);
        codings.iter().filter_map(|coding| coding.code).any(|code| words.contains(&code))
    };
    let over = says("clinicalStatus", &["inactive", "remission", "resolved"]);
    let refuted = says("verificationStatus", &["refuted", "entered-in-error"]);
    !over && !refuted
}
