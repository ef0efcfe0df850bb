//! Choice of the ServiceRequest and the Task that are the referral.
//!
//! An intermediary, such as a coordination platform, sends a request of its own that is `basedOn` the one
//! that it got, and a Task of its own that is `partOf` the Task that it got (SDOH Clinical Care 3.0.0,
//! indirect referral). The referral to us is the last of such a line: what nothing else in the bundle rests
//! on. Those above it are read for one thing, whether they still stand.

use std::collections::BTreeSet;

use super::graph::{Graph, Resource};
use super::{IssueKind, Issues};

/// The code system of what a Task asks for.
const TASK_CODES: &str = "http://hl7.org/fhir/CodeSystem/task-code";
/// The code of a Task that asks for its focus to be done.
const FULFILL: &str = "fulfill";

/// The referral, with the resources that belong to it.
pub(super) struct Chosen<'g, 'a> {
    pub(super) request: &'g Resource<'a>,
    /// The Task that handles it, if one was sent.
    pub(super) task: Option<&'g Resource<'a>>,
    /// The requests that it is based on, and the Tasks that its Task is part of.
    above: Vec<&'g Resource<'a>>,
}

impl<'g, 'a> Chosen<'g, 'a> {
    /// Finds the one referral of what was sent.
    pub(super) fn of(graph: &'g Graph<'a>, issues: &mut Issues) -> Option<Self> {
        let (handling, others): (Vec<_>, Vec<_>) =
            graph.of_kind("Task").into_iter().partition(|task| fulfills(task, issues));
        let requests = graph.of_kind("ServiceRequest");
        let task = last_of(graph, &handling, "partOf", SEVERAL_TASKS, issues)?;
        let request = match task {
            Some(task) => focus(graph, task, &requests, issues)?,
            None => match last_of(graph, &requests, "basedOn", SEVERAL_REQUESTS, issues)? {
                Some(request) => request,
                None => return nothing_asked(graph, &others, issues),
            },
        };
        let mut above = line(graph, request, "basedOn", "ServiceRequest", issues)?;
        if let Some(task) = task {
            above.extend(line(graph, task, "partOf", "Task", issues)?);
        }
        let chosen = Self { request, task, above };
        chosen.refuse_other_tasks(graph, &others, issues);
        chosen.warn_of_other_requests(&requests, issues);
        Some(chosen)
    }

    /// Refuses a referral that rests on one that no longer stands, or that is about somebody else.
    pub(super) fn check_above(&self, graph: &Graph<'a>, patient: Option<&Resource<'a>>, issues: &mut Issues) {
        for above in &self.above {
            above.refuse_modifiers(issues);
            if let Some("revoked" | "cancelled" | "rejected" | "failed" | "entered-in-error") =
                above.text("status", issues)
            {
                issues.refuse::<()>(
                    IssueKind::NoNewReferral,
                    above.path("status"),
                    "the referral rests on this, which no longer stands",
                );
            }
            if above.boolean("doNotPerform", issues) == Some(true) {
                issues.refuse::<()>(
                    IssueKind::NoNewReferral,
                    above.path("doNotPerform"),
                    "the referral rests on this, which asks for something not to be done",
                );
            }
            let element = if above.kind == "Task" { "for" } else { "subject" };
            let about = graph.follow(above, element, issues);
            if let (Some(about), Some(patient)) = (about, patient)
                && about.at != patient.at
            {
                issues.refuse::<()>(
                    IssueKind::OtherPerson,
                    above.path(element),
                    "the referral rests on this, which is about somebody else",
                );
            }
        }
    }

    /// True if a resource is one of the referral's own.
    fn holds(&self, resource: &Resource<'a>) -> bool {
        let asked = [Some(self.request), self.task].into_iter().flatten();
        asked.chain(self.above.iter().copied()).any(|own| own.at == resource.at)
    }

    /// A Task that asks for the referral to be aborted, approved or whatever else is more than this host
    /// does, and to open the referral all the same would be the opposite of what one of the two says. Other
    /// Tasks are passed over.
    fn refuse_other_tasks(&self, graph: &Graph<'a>, others: &[&Resource<'a>], issues: &mut Issues) {
        for task in others {
            let mut about: Vec<&Resource<'a>> = graph.follow(task, "focus", issues).into_iter().collect();
            for element in ["basedOn", "partOf"] {
                let led_to = graph.follow_each(task, element, issues);
                about.extend(led_to.into_iter().filter_map(|(_, resource)| resource));
            }
            if about.iter().any(|resource| self.holds(resource)) {
                issues.refuse::<()>(
                    IssueKind::NotFulfill,
                    task.path("code"),
                    format!(
                        "this Task is about the same referral and does not ask to fulfill it; a new referral has Tasks of code `{FULFILL}` ({TASK_CODES}) only"
                    ),
                );
            } else {
                issues.warn::<()>(
                    IssueKind::NotRead,
                    task.at.clone(),
                    "this Task is not the referral's and was not read",
                );
            }
        }
    }

    fn warn_of_other_requests(&self, requests: &[&Resource<'a>], issues: &mut Issues) {
        for request in requests.iter().filter(|request| !self.holds(request)) {
            issues.warn::<()>(
                IssueKind::NotRead,
                request.at.clone(),
                "the Task focuses on another ServiceRequest, so this one was not read; send each referral by itself",
            );
        }
    }
}

const SEVERAL_TASKS: &str = "there are several Tasks with code `fulfill` that are not part of one another; send one referral at a time";
const SEVERAL_REQUESTS: &str = "there are several ServiceRequests that are not based on one another; send one referral at a time, or a Task that focuses on the one meant";

/// True if a Task asks for its focus to be done, and for nothing else.
fn fulfills(task: &Resource<'_>, issues: &mut Issues) -> bool {
    let codes = task.codings("code", issues);
    let mut asked = codes.iter().filter(|coding| coding.system == TASK_CODES).peekable();
    asked.peek().is_some() && asked.all(|coding| coding.code == Some(FULFILL))
}

/// The one that no other of them rests on by `element`; the outer `None` is a refusal.
fn last_of<'g, 'a>(
    graph: &'g Graph<'a>,
    all: &[&'g Resource<'a>],
    element: &str,
    several: &str,
    issues: &mut Issues,
) -> Option<Option<&'g Resource<'a>>> {
    let Some(first) = all.first() else { return Some(None) };
    let mut rested_on = BTreeSet::new();
    for resource in all {
        let led_to = graph.follow_each(resource, element, issues);
        rested_on.extend(led_to.into_iter().filter_map(|(_, found)| found.map(|found| found.at.as_str())));
    }
    let mut last = all.iter().copied().filter(|resource| !rested_on.contains(resource.at.as_str()));
    match (last.next(), last.next()) {
        (Some(one), None) => Some(Some(one)),
        (Some(_), Some(second)) => issues.refuse(IssueKind::SeveralMeanings, second.at.clone(), several),
        (None, _) => issues.refuse(IssueKind::Contradiction, first.path(element), IN_A_CIRCLE),
    }
}

const IN_A_CIRCLE: &str =
    "these references lead round in a circle; what a referral rests on was there before it";

/// Resources that a resource rests on by `element`, directly or not, as far as they were sent.
fn line<'g, 'a>(
    graph: &'g Graph<'a>,
    start: &'g Resource<'a>,
    element: &str,
    kind: &str,
    issues: &mut Issues,
) -> Option<Vec<&'g Resource<'a>>> {
    let mut found: Vec<&'g Resource<'a>> = Vec::new();
    let mut open = vec![start];
    while let Some(next) = open.pop() {
        let led_to = graph.follow_each(next, element, issues).into_iter().filter_map(|(_, found)| found);
        for above in led_to.filter(|above| above.kind == kind).collect::<Vec<_>>() {
            if above.at == start.at {
                return issues.refuse(IssueKind::Contradiction, start.path(element), IN_A_CIRCLE);
            }
            if !found.iter().any(|known| known.at == above.at) {
                found.push(above);
                open.push(above);
            }
        }
    }
    Some(found)
}

/// The ServiceRequest that a Task focuses on.
fn focus<'g, 'a>(
    graph: &'g Graph<'a>,
    task: &'g Resource<'a>,
    requests: &[&'g Resource<'a>],
    issues: &mut Issues,
) -> Option<&'g Resource<'a>> {
    let focus = graph.follow(task, "focus", issues).filter(|focus| focus.kind == "ServiceRequest");
    focus.or_else(|| {
        let diagnostics = if requests.is_empty() {
            "send the ServiceRequest that this Task focuses on in the same bundle, or contained in the Task"
        } else {
            "the Task must focus on a ServiceRequest that is in the same bundle, or contained in the Task"
        };
        issues.refuse(IssueKind::NotSent, task.path("focus"), diagnostics)
    })
}

fn nothing_asked<T>(graph: &Graph<'_>, others: &[&Resource<'_>], issues: &mut Issues) -> Option<T> {
    match others.first() {
        Some(task) => issues.refuse(
            IssueKind::NotFulfill,
            task.path("code"),
            format!(
                "this Task asks nobody to fulfill a referral; a referral's Task has code `{FULFILL}` ({TASK_CODES}) and focuses on a ServiceRequest"
            ),
        ),
        None => issues.refuse(
            IssueKind::Missing,
            graph.root,
            "send the ServiceRequest that says what is asked for",
        ),
    }
}

#[cfg(test)]
mod tests;
