//! Consent of the member to the referral, by the resources that were sent.
//!
//! A consent is a yes, a no, or not understood. In FHIR R4 the root `Consent.provision` bears no `type`, so
//! the lack of a `deny` there says nothing: a refusal stands in a provision inside it, or in the rule that
//! the whole consent follows. A refusal counts wherever it stands. Only a consent of which every element is
//! one that is known here, and says so, is a yes. Whatever else there is tells no fact; the sender is told,
//! and asked.

use domain::plan::types::{Fact, FactSource, FactValue};
use jiff::civil::Date;

use super::element::{Coding, Element};
use super::graph::{Graph, Resource};
use super::referral::day;
use super::tables::{CONSENT_RULES, Elements, Says};
use super::{IssueKind, Issues, Severity};

/// The code of the fact.
const AGREES: &str = "consent.member-agrees";

/// Meaning of a consent, with the day that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// The member agrees since the day.
    Yes(Date),
    /// The member refuses since the day.
    No(Date),
    /// It cannot be told, so that it may as well be a refusal.
    NotUnderstood,
    /// Nothing about disclosure that is in force.
    Nothing,
}

/// The fact, with where it stands: the latest word of the member's. Of a yes and a no of one day, the no
/// counts, and a yes does not count beside a consent that is not understood, which may take it back.
pub(super) fn consent(
    graph: &Graph<'_>,
    patient: &Resource<'_>,
    today: Date,
    issues: &mut Issues,
) -> Option<(Fact, String)> {
    let mut latest: Option<(Date, bool, String)> = None;
    let mut doubtful: Option<String> = None;
    for consent in graph.of_kind("Consent") {
        // What is wrong with a consent speaks against the consent, not against the referral.
        let mut own = Issues::default();
        let reading = read(graph, consent, patient, today, &mut own);
        for issue in own.0 {
            let severity = issue.severity.min(Severity::Warning);
            issues.note(severity, issue.kind, issue.expression, issue.diagnostics);
        }
        let (day, agrees) = match reading {
            Reading::Yes(day) => (day, true),
            Reading::No(day) => (day, false),
            Reading::NotUnderstood => {
                doubtful.get_or_insert_with(|| consent.at.clone());
                continue;
            }
            Reading::Nothing => continue,
        };
        if latest.as_ref().is_none_or(|(known, ..)| day > *known || (day == *known && !agrees)) {
            latest = Some((day, agrees, consent.at.clone()));
        }
    }
    let (as_of, agrees, at) = latest?;
    if agrees && let Some(doubtful) = doubtful {
        return issues.warn(
            IssueKind::ConsentNotUnderstood,
            doubtful,
            "this may take back another consent in the bundle, so none was taken",
        );
    }
    let value = FactValue::Flag(agrees);
    Some((Fact { code: AGREES.to_owned(), value, source: FactSource::Referrer, as_of }, at))
}

/// Reads one consent. What is refused here makes it not understood.
fn read(
    graph: &Graph<'_>,
    consent: &Resource<'_>,
    patient: &Resource<'_>,
    today: Date,
    issues: &mut Issues,
) -> Reading {
    let (Ok(reading) | Err(reading)) = read_through(graph, consent, patient, today, issues);
    reading
}

/// The reading of a consent that was read to its end; as an error, one that ended earlier.
fn read_through(
    graph: &Graph<'_>,
    consent: &Resource<'_>,
    patient: &Resource<'_>,
    today: Date,
    issues: &mut Issues,
) -> Result<Reading, Reading> {
    check_patient(graph, consent, patient, issues)?;
    check_scope(consent, issues)?;
    let said = said_on(consent, today, issues);
    let provision = consent.object("provision", issues);
    let rule = policy(consent, issues);
    let no = Reading::No(said.unwrap_or(today));
    let denied = provision.as_ref().is_some_and(denies) || rule == Some(Says::No);
    match consent.text("status", issues) {
        Some("active") => {}
        Some("rejected") => return Err(no),
        Some("draft" | "proposed" | "inactive" | "entered-in-error") => {
            issues.warn::<()>(
                IssueKind::NotInForce,
                consent.path("status"),
                "the consent is not in force, so it was not read; send an active one",
            );
            return Err(Reading::Nothing);
        }
        _ => not_understood(consent.path("status"), "a consent that counts is `active`", issues),
    }
    if denied {
        return Err(no);
    }
    check_category(consent, issues)?;
    let in_force = provision.as_ref().is_none_or(|provision| permits_all(provision, today, issues));
    if !in_force && !issues.refused() {
        return Err(Reading::Nothing);
    }
    check_elements(consent, &CONSENT_RULES.consent, issues);
    consent.refuse_modifiers(issues);
    check_verifications(consent, issues);
    match said {
        Some(day) if !issues.refused() => Ok(Reading::Yes(day)),
        _ => Err(Reading::NotUnderstood),
    }
}

/// Only the consent of the ServiceRequest's own subject is read.
fn check_patient(
    graph: &Graph<'_>,
    consent: &Resource<'_>,
    patient: &Resource<'_>,
    issues: &mut Issues,
) -> Result<(), Reading> {
    match graph.follow(consent, "patient", issues) {
        Some(whose) if whose.at != patient.at => {
            issues.warn::<()>(
                IssueKind::OtherPerson,
                consent.path("patient"),
                "this consent is not of the ServiceRequest's subject, so it was not read",
            );
            Err(Reading::Nothing)
        }
        Some(_) => Ok(()),
        None => {
            not_understood(consent.path("patient"), "whose consent this is was not sent", issues);
            Err(Reading::NotUnderstood)
        }
    }
}

/// A consent of another scope is passed over; one without a scope is not understood.
fn check_scope(consent: &Resource<'_>, issues: &mut Issues) -> Result<(), Reading> {
    let scope = &CONSENT_RULES.scope;
    let scopes = consent.codings("scope", issues);
    if scopes.iter().any(|coding| coding.is(&scope.system, &scope.code)) {
        return Ok(());
    }
    if !scopes.is_empty() && !issues.refused() {
        issues.warn::<()>(
            IssueKind::ConsentToSomethingElse,
            consent.path("scope"),
            "this is no consent to disclosure, so it was not read; one has scope `patient-privacy`",
        );
        return Err(Reading::Nothing);
    }
    not_understood(consent.path("scope"), "a consent to disclosure has scope `patient-privacy`", issues);
    Ok(())
}

/// The same of its category.
fn check_category(consent: &Resource<'_>, issues: &mut Issues) -> Result<(), Reading> {
    let category = &CONSENT_RULES.category;
    let categories = consent.all_codings("category", issues);
    if categories.iter().any(|coding| coding.is(&category.system, &category.code)) {
        return Ok(());
    }
    if !categories.is_empty() && !issues.refused() {
        issues.warn::<()>(
            IssueKind::ConsentToSomethingElse,
            consent.path("category"),
            format!(
                "this is no consent to disclosure, which has category `{}`, so it was not read",
                category.code
            ),
        );
        return Err(Reading::Nothing);
    }
    not_understood(consent.path("category"), "a consent to disclosure has category `IDSCL`", issues);
    Ok(())
}

fn check_verifications(consent: &Resource<'_>, issues: &mut Issues) {
    for verification in consent.list("verification", issues) {
        if verification.boolean("verified", issues) != Some(true) {
            let words = "nobody has verified that the member agrees";
            not_understood(verification.path("verified"), words, issues);
        }
    }
}

fn not_understood(at: String, why: &str, issues: &mut Issues) {
    issues.refuse::<()>(
        IssueKind::ConsentNotUnderstood,
        at,
        format!("{why}; the consent was not taken for a yes, and the member's answer will be asked for"),
    );
}

/// The day on which the member said so.
fn said_on(consent: &Resource<'_>, today: Date, issues: &mut Issues) -> Option<Date> {
    let said = consent.text("dateTime", issues).and_then(day).filter(|day| *day <= today);
    if said.is_none() {
        not_understood(consent.path("dateTime"), "the consent needs a whole day up to today", issues);
    }
    said
}

/// Meaning of the policy that the whole consent follows, if it follows one.
fn policy(consent: &Resource<'_>, issues: &mut Issues) -> Option<Says> {
    if !consent.has("policyRule") {
        return None;
    }
    let codings = consent.codings("policyRule", issues);
    let rows = |says| CONSENT_RULES.policies.iter().filter(move |row| row.says == says);
    // A refusal counts in whatever system it is coded.
    let refuses = |coding: &Coding<'_>| rows(Says::No).any(|row| coding.code == Some(row.code.as_str()));
    let agrees = |coding: &Coding<'_>| rows(Says::Yes).any(|row| coding.is(&row.system, &row.code));
    if codings.iter().any(refuses) {
        return Some(Says::No);
    }
    if codings.is_empty() || !codings.iter().all(agrees) {
        not_understood(consent.path("policyRule"), "this rule is not known here", issues);
        return None;
    }
    Some(Says::Yes)
}

/// True if a provision, or one inside it, refuses, however deep it stands. What is of another type refuses
/// nothing here: it makes the consent not understood where it is read.
fn denies(provision: &Element<'_>) -> bool {
    let unheard = &mut Issues::default();
    provision.text("type", unheard) == Some("deny") || provision.list("provision", unheard).iter().any(denies)
}

/// True if a provision permits everything and is in force. One that narrows is not understood here.
fn permits_all(provision: &Element<'_>, today: Date, issues: &mut Issues) -> bool {
    check_elements(provision, &CONSENT_RULES.provision, issues);
    provision.refuse_modifiers(issues);
    if !matches!(provision.text("type", issues), None | Some("permit")) {
        not_understood(provision.path("type"), "a provision is `permit` or `deny`", issues);
    }
    let inside = provision.list("provision", issues);
    let all_inside = inside.iter().all(|inside| {
        if !inside.has("type") {
            not_understood(inside.path("type"), "a provision inside another says its type", issues);
        }
        permits_all(inside, today, issues)
    });
    in_force(provision, today, issues) && all_inside
}

fn in_force(provision: &Element<'_>, today: Date, issues: &mut Issues) -> bool {
    let Some(period) = provision.object("period", issues) else { return true };
    for (end, is_over) in [("start", false), ("end", true)] {
        let Some(text) = period.text(end, issues) else { continue };
        match day(text) {
            Some(day) if (is_over && day < today) || (!is_over && day > today) => {
                issues.warn::<()>(
                    IssueKind::NotInForce,
                    period.path(end),
                    "the consent is not in force today, so it was not read",
                );
                return false;
            }
            Some(_) => {}
            None => not_understood(period.path(end), "the period begins and ends with whole days", issues),
        }
    }
    true
}

/// Refuses elements that are not known: one of them may say that the member refuses. It is named where it is
/// one of FHIR's; a sender's own word is not repeated.
fn check_elements(element: &Element<'_>, known: &Elements, issues: &mut Issues) {
    let is = |list: &[String], name: &str| list.iter().any(|known| known == name);
    for name in element.names().filter(|name| !is(&known.read, name)) {
        let at = if is(&known.others, name) { element.path(name) } else { element.at.clone() };
        not_understood(at, "this is not understood here and may say that the member refuses", issues);
    }
}

#[cfg(test)]
mod tests;
