//! The service that a referral asks for.
//!
//! `ServiceRequest.code` decides. Its SDOH category decides only where `code` bears no coding at all: a code
//! that is not known asks for something, and what its category maps to may be something else. Such a referral
//! is refused with the code that was sent. It cannot wait for people instead: everything that a case is
//! starts with its service (the plan that answers, its rules, its clocks), so there would be nobody whose
//! people to ask.

use std::collections::BTreeSet;

use domain::Procedure;
use domain::catalog::{Service, ServiceKind};

use super::element::Coding;
use super::graph::Resource;
use super::referral::FhirRules;
use super::tables::{CATEGORIES, Category};
use super::{IssueKind, Issues, SERVICE_SYSTEM};

/// Meaning of a coding of `code`.
enum Meaning<'a> {
    /// One of these services.
    Services(BTreeSet<&'a str>),
    /// Something that is none of our services, and why.
    Nothing(&'a str),
    /// It is not known here.
    Unknown,
}

/// The id of the service that is asked for.
pub(super) fn service(request: &Resource<'_>, rules: &FhirRules<'_>, issues: &mut Issues) -> Option<String> {
    let codings = request.codings("code", issues);
    let categories = categories(request, issues);
    if codings.is_empty() {
        return by_category(request, &categories, issues);
    }
    let mut meant: Option<BTreeSet<&str>> = None;
    let mut unknown = Vec::new();
    for coding in &codings {
        match meaning(coding, rules, issues)? {
            Meaning::Services(services) => {
                // Codings of one concept say the same in different systems.
                meant = Some(match meant {
                    Some(known) => known.intersection(&services).copied().collect(),
                    None => services,
                });
            }
            Meaning::Nothing(why) => {
                return issues.refuse(
                    IssueKind::NoService,
                    coding.at.clone(),
                    format!("{} leads to no service: {why}; {SEND_OURS}", quoted(coding)),
                );
            }
            Meaning::Unknown => unknown.push(coding),
        }
    }
    let Some(meant) = meant else {
        let coding = unknown.first()?;
        return issues.refuse(
            IssueKind::UnknownCode,
            coding.at.clone(),
            format!(
                "{} is not known here, so nothing was opened: a category decides only where `code` bears no coding; {SEND_OURS}",
                quoted(coding)
            ),
        );
    };
    if meant.is_empty() {
        return issues.refuse(
            IssueKind::Contradiction,
            request.path("code"),
            format!("these codings ask for different services; {SEND_OURS}"),
        );
    }
    for coding in unknown {
        issues.warn::<()>(
            IssueKind::UnknownCode,
            coding.at.clone(),
            "this coding is not known here; the others of the same `code` decided",
        );
    }
    let narrowed: BTreeSet<&str> = meant.intersection(&services_of(&categories)).copied().collect();
    only(if narrowed.len() == 1 { narrowed } else { meant }, request.path("code"), issues)
}

const SEND_OURS: &str = "if one of our services is meant, send its HCPCS code and modifiers in `code`";

fn meaning<'a>(coding: &Coding<'_>, rules: &FhirRules<'a>, issues: &mut Issues) -> Option<Meaning<'a>> {
    let Some(code) = coding.code else { return Some(Meaning::Unknown) };
    if coding.system == SERVICE_SYSTEM {
        let service = rules.catalog.service(code).filter(|service| may_be_asked_for(service));
        return match service {
            Some(service) => Some(Meaning::Services(BTreeSet::from([service.id.as_str()]))),
            None => issues.refuse(
                IssueKind::UnknownCode,
                coding.at.clone(),
                "this is no service of the catalog; `⟦getCriteria⟧` lists them",
            ),
        };
    }
    if CATEGORIES.hcpcs_systems.iter().any(|known| known == coding.system) {
        return by_procedure(code, &coding.at, rules, issues).map(Meaning::Services);
    }
    let mut activities = CATEGORIES.activities.iter();
    Some(match activities.find(|activity| coding.is(&activity.system, &activity.code)) {
        None => Meaning::Unknown,
        Some(activity) if activity.services.is_empty() => Meaning::Nothing(why(activity.why.as_deref())),
        Some(activity) => Meaning::Services(activity.services.iter().map(String::as_str).collect()),
    })
}

fn may_be_asked_for(service: &Service) -> bool {
    service.kind != ServiceKind::EncounterOnly
}

fn why(why: Option<&'static str>) -> &'static str {
    why.unwrap_or("we have no service for it")
}

/// The services that have a procedure. A HCPCS code alone can mean several (H0043 means three): its modifiers
/// tell, or else the category.
fn by_procedure<'a>(
    code: &str,
    at: &str,
    rules: &FhirRules<'a>,
    issues: &mut Issues,
) -> Option<BTreeSet<&'a str>> {
    let Ok(asked) = code.replace(['-', ':'], " ").parse::<Procedure>() else {
        return issues.refuse(
            IssueKind::InvalidValue,
            at,
            "write a HCPCS code and its modifiers with spaces, such as `H0043 U6`",
        );
    };
    let means = |procedure: &Procedure| {
        procedure.code == asked.code && (asked.modifiers.is_empty() || procedure.modifiers == asked.modifiers)
    };
    let services: BTreeSet<&str> = rules
        .catalog
        .services()
        .iter()
        .filter(|service| may_be_asked_for(service))
        .filter(|service| service.procedures_on(rules.today).any(|billed| means(&billed.procedure)))
        .map(|service| service.id.as_str())
        .collect();
    if services.is_empty() {
        return issues.refuse(
            IssueKind::UnknownCode,
            at,
            "no service of the catalog has this procedure with these modifiers",
        );
    }
    Some(services)
}

/// The SDOH categories of a request: each that is of the guide's system, and what it is known as.
fn categories<'a>(
    request: &Resource<'a>,
    issues: &mut Issues,
) -> Vec<(Coding<'a>, Option<&'static Category>)> {
    let codings = request.all_codings("category", issues);
    let of_the_guide = codings.into_iter().filter(|coding| coding.system == CATEGORIES.category_system);
    let known = |coding: &Coding<'_>| {
        CATEGORIES.categories.iter().find(|category| coding.code == Some(category.code.as_str()))
    };
    of_the_guide
        .map(|coding| {
            let category = known(&coding);
            (coding, category)
        })
        .collect()
}

fn services_of(categories: &[(Coding<'_>, Option<&'static Category>)]) -> BTreeSet<&'static str> {
    let known = categories.iter().filter_map(|(_, category)| *category);
    known.flat_map(|category| &category.services).map(String::as_str).collect()
}

/// The service of the categories, where `code` bears no coding. Every category must lead to it.
fn by_category(
    request: &Resource<'_>,
    categories: &[(Coding<'_>, Option<&'static Category>)],
    issues: &mut Issues,
) -> Option<String> {
    let at = request.path("category");
    if categories.is_empty() {
        return issues.refuse(
            IssueKind::Missing,
            at,
            format!(
                "name what is needed by a HCPCS code in `code`, or by a category of {}",
                CATEGORIES.category_system
            ),
        );
    }
    for (coding, category) in categories {
        match category {
            None => {
                return issues.refuse(
                    IssueKind::UnknownCode,
                    coding.at.clone(),
                    "this is no SDOH category of SDOH Clinical Care 3.0.0",
                );
            }
            Some(category) if category.services.is_empty() => {
                return issues.refuse(
                    IssueKind::NoService,
                    coding.at.clone(),
                    format!(
                        "this category leads to no service: {}; {SEND_OURS}",
                        why(category.why.as_deref())
                    ),
                );
            }
            Some(_) => {}
        }
    }
    let service = only(services_of(categories), at, issues)?;
    let code = request.object("code", issues);
    if code.is_some_and(|code| code.text("text", issues).is_some()) {
        issues.warn::<()>(
            IssueKind::NotRead,
            request.path("code.text"),
            format!("the words were not read; the category decided for {service}"),
        );
    }
    Some(service)
}

fn only(services: BTreeSet<&str>, at: String, issues: &mut Issues) -> Option<String> {
    if services.len() > 1 {
        let services: Vec<&str> = services.into_iter().collect();
        return issues.refuse(
            IssueKind::SeveralMeanings,
            at,
            format!(
                "this could mean {}; send the HCPCS code and modifiers of the one meant in `code`",
                services.join(", ")
            ),
        );
    }
    services.first().map(|service| (*service).to_owned())
}

/// The code that was sent, where its system's codes can hold nothing but a code.
fn quoted(coding: &Coding<'_>) -> String {
    let shaped = CATEGORIES.code_systems.iter().find(|known| known.system == coding.system);
    match (shaped, coding.code) {
        (Some(known), Some(code)) if known.shape.fits(code) => format!("{} {code}", known.name),
        _ => "this code".to_owned(),
    }
}

#[cfg(test)]
mod tests;
