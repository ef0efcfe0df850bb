//! From a FHIR referral to a request for one of our services.

use std::fmt;

use domain::catalog::Catalog;
use domain::plan::types::{Fact, Urgency};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::chosen::Chosen;
use super::conditions::condition_facts;
use super::consent::consent;
use super::graph::{Graph, Resource};
use super::member::{FhirMember, member};
use super::service::service;
use super::status::TaskStatus;
use super::{FhirIssue, IssueKind, Issues, Severity};

/// Rules and day that a referral is read with.
#[derive(Clone, Copy, Debug)]
pub struct FhirRules<'a> {
    /// Today, in Pacific time.
    pub today: Date,
    /// The services, and the procedures that mean them.
    pub catalog: &'a Catalog,
}

/// A referral that can become a case. Its `Debug` shows the service only.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirReferral {
    /// Member that it is about.
    pub member: FhirMember,
    /// Service id in the catalog.
    pub service: String,
    /// Urgency of the decision.
    pub urgency: Urgency,
    /// Facts about the member, from its conditions and consent.
    pub facts: Vec<Fact>,
    /// Places of all of this in what was sent.
    pub places: Places,
    /// Notes on parts that were left out, and on what is good to know.
    pub notes: Vec<FhirIssue>,
}

impl fmt::Debug for FhirReferral {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FhirReferral({})", self.service)
    }
}

/// Places of the parts of a request for a service in what was sent, as FHIRPath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    request: String,
    patient: String,
    service: String,
    facts: Vec<String>,
}

impl Places {
    /// The place of a part that a JSON Pointer into our own form of the request names, such as
    /// `/facts/0/value`.
    pub fn of(&self, pointer: &str) -> &str {
        let mut parts = pointer.trim_start_matches('/').split('/');
        match (parts.next(), parts.next()) {
            (Some("member"), _) => &self.patient,
            (Some("service"), _) => &self.service,
            (Some("facts"), Some(place)) => {
                let fact = place.parse::<usize>().ok().and_then(|place| self.facts.get(place));
                fact.unwrap_or(&self.request)
            }
            _ => &self.request,
        }
    }
}

/// Reads one referral: a Bundle with a ServiceRequest, its Patient and what else belongs to it, or a
/// ServiceRequest or Task that contains them.
///
/// # Errors
/// Everything that stands against it, and what was noted besides.
pub fn read_referral(sent: &Value, rules: &FhirRules<'_>) -> Result<FhirReferral, Vec<FhirIssue>> {
    let mut issues = Issues::default();
    let referral = Graph::read(sent, &mut issues).and_then(|graph| read(&graph, rules, &mut issues));
    match referral {
        Some(mut referral) if !issues.refused() => {
            referral.notes = issues.0;
            Ok(referral)
        }
        _ => {
            // What stands against it comes first.
            issues.0.sort_by_key(|issue| std::cmp::Reverse(issue.severity));
            Err(issues.0)
        }
    }
}

/// Looks at every part before it gives up, so that one answer tells all that is wrong.
fn read(graph: &Graph<'_>, rules: &FhirRules<'_>, issues: &mut Issues) -> Option<FhirReferral> {
    let chosen = Chosen::of(graph, issues)?;
    let (request, task) = (chosen.request, chosen.task);
    check_request(request, issues);
    if let Some(task) = task {
        check_task(task, issues);
    }
    let patient = patient(graph, request, task, issues);
    chosen.check_above(graph, patient, issues);
    let member = patient.and_then(|patient| member(patient, rules.today, issues));
    let service = service(request, rules, issues);
    let urgency = urgency(request, task, issues);
    let as_of = authored_on(request, task, rules.today, issues).unwrap_or(rules.today);
    let mut facts = condition_facts(graph, request, patient, as_of, issues);
    facts.extend(patient.and_then(|patient| consent(graph, patient, rules.today, issues)));
    let (facts, places): (Vec<Fact>, Vec<String>) = facts.into_iter().unzip();
    Some(FhirReferral {
        places: Places {
            request: request.at.clone(),
            patient: patient?.at.clone(),
            service: request.path(if request.has("code") { "code" } else { "category" }),
            facts: places,
        },
        member: member?,
        service: service?,
        urgency: urgency?,
        facts,
        notes: Vec::new(),
    })
}

fn check_request(request: &Resource<'_>, issues: &mut Issues) {
    request.refuse_modifiers(issues);
    if request.text("status", issues) != Some("active") {
        issues.refuse::<()>(
            IssueKind::NoNewReferral,
            request.path("status"),
            "a referral is made by a ServiceRequest whose status is `active`",
        );
    }
    if !matches!(request.text("intent", issues), Some("order" | "original-order" | "filler-order")) {
        issues.refuse::<()>(
            IssueKind::NoNewReferral,
            request.path("intent"),
            "a referral has intent `order`, `original-order` or `filler-order`; a proposal or plan is none yet",
        );
    }
    if request.boolean("doNotPerform", issues) == Some(true) {
        issues.refuse::<()>(
            IssueKind::NoNewReferral,
            request.path("doNotPerform"),
            "this asks for something not to be done",
        );
    }
}

fn check_task(task: &Resource<'_>, issues: &mut Issues) {
    task.refuse_modifiers(issues);
    if task.text("intent", issues) != Some("order") {
        issues.refuse::<()>(
            IssueKind::NoNewReferral,
            task.path("intent"),
            "a referral's Task has intent `order`",
        );
    }
    let status = task.text("status", issues);
    match status.map(|code| (code, TaskStatus::from_partner(code))) {
        Some(("requested", _)) => {}
        Some((_, Some(TaskStatus::Requested))) => issues.note(
            Severity::Information,
            IssueKind::UnderstoodAs,
            task.path("status"),
            "this status is not in the value set of SDOH Clinical Care 3.0.0; it was understood as `requested`",
        ),
        Some((_, Some(status))) => {
            issues.refuse::<()>(
                IssueKind::NoNewReferral,
                task.path("status"),
                format!("a new referral's Task has status `requested`, not `{status}`"),
            );
        }
        Some((_, None)) | None => {
            issues.refuse::<()>(
                IssueKind::UnknownCode,
                task.path("status"),
                "a new referral's Task has status `requested`",
            );
        }
    }
}

fn patient<'g, 'a>(
    graph: &'g Graph<'a>,
    request: &Resource<'a>,
    task: Option<&Resource<'a>>,
    issues: &mut Issues,
) -> Option<&'g Resource<'a>> {
    let subject = graph.follow(request, "subject", issues);
    let Some(patient) = subject.filter(|subject| subject.kind == "Patient") else {
        return issues.refuse(
            IssueKind::NotSent,
            request.path("subject"),
            "refer to a Patient and send it in the same bundle, or contained in the ServiceRequest",
        );
    };
    if let Some(task) = task
        && graph.follow(task, "for", issues).is_none_or(|other| other.at != patient.at)
    {
        issues.refuse::<()>(
            IssueKind::OtherPerson,
            task.path("for"),
            "the Task must be for the Patient who is the ServiceRequest's subject",
        );
    }
    Some(patient)
}

/// The more urgent of the two priorities. FHIR's `urgent`, `asap` and `stat` all ask for more than the usual
/// clock, and we have one faster clock.
fn urgency(request: &Resource<'_>, task: Option<&Resource<'_>>, issues: &mut Issues) -> Option<Urgency> {
    let mut urgency = Urgency::Standard;
    for resource in [Some(request), task].into_iter().flatten() {
        match resource.text("priority", issues) {
            None | Some("routine") => {}
            Some("urgent" | "asap" | "stat") => urgency = Urgency::Expedited,
            Some(_) => {
                return issues.refuse(
                    IssueKind::UnknownCode,
                    resource.path("priority"),
                    "the priority is one of routine, urgent, asap and stat",
                );
            }
        }
    }
    Some(urgency)
}

/// The day on which the referral was made, if it says.
fn authored_on(
    request: &Resource<'_>,
    task: Option<&Resource<'_>>,
    today: Date,
    issues: &mut Issues,
) -> Option<Date> {
    let mut resources = [Some(request), task].into_iter().flatten();
    let (from, text) =
        resources.find_map(|resource| Some((resource, resource.text("authoredOn", issues)?)))?;
    day(text).filter(|authored| *authored <= today).or_else(|| {
        issues.warn(
            IssueKind::InvalidValue,
            from.path("authoredOn"),
            "this is no whole day up to today; the day of receipt was taken",
        )
    })
}

/// A day as FHIR writes it, whole.
pub(super) fn whole_day(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// The day of a FHIR dateTime: a day, or an instant as it falls in Pacific time.
pub(super) fn day(date_time: &str) -> Option<Date> {
    whole_day(date_time).or_else(|| date_time.parse::<Timestamp>().ok().map(pacific_day))
}
