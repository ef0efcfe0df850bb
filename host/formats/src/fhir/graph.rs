//! Resources that were sent, to be looked up by reference.

use std::collections::HashSet;
use std::ops::Deref;

use serde_json::Value;

use super::element::Element;
use super::{IssueKind, Issues};

/// Most entries in a bundle.
const MOST_ENTRIES: usize = 200;

/// FHIRPath to what was sent, where it is no resource of a known type.
const WHOLE: &str = "$this";

/// A resource and where it stands.
pub(super) struct Resource<'a> {
    it: Element<'a>,
    /// Its type; empty if it does not say.
    pub(super) kind: &'a str,
    id: Option<&'a str>,
    full_url: Option<&'a str>,
    /// FHIRPath to the resource that contains it.
    container: Option<String>,
}

impl<'a> Deref for Resource<'a> {
    type Target = Element<'a>;

    fn deref(&self) -> &Element<'a> {
        &self.it
    }
}

/// Everything that was sent.
pub(super) struct Graph<'a> {
    resources: Vec<Resource<'a>>,
    /// Root of the paths: a bundle, or the type of a single resource.
    pub(super) root: &'static str,
}

impl<'a> Graph<'a> {
    /// Takes a bundle or a single resource apart.
    pub(super) fn read(root: &'a Value, issues: &mut Issues) -> Option<Self> {
        let mut resources = Vec::new();
        let root = match root.get("resourceType").and_then(Value::as_str) {
            Some("Bundle") => {
                read_bundle(&Element { value: root, at: "Bundle".to_owned() }, &mut resources, issues)?;
                "Bundle"
            }
            Some("ServiceRequest") => single(root, "ServiceRequest", &mut resources, issues),
            Some("Task") => single(root, "Task", &mut resources, issues),
            Some(_) => {
                return issues.refuse(
                    IssueKind::NotSupported,
                    WHOLE,
                    "send a Bundle, or a ServiceRequest or Task with its Patient contained",
                );
            }
            None => {
                return issues.refuse(
                    IssueKind::NotFhir,
                    WHOLE,
                    "send a FHIR R4 resource in JSON, whose `resourceType` is a text",
                );
            }
        };
        let graph = Self { resources, root };
        graph.refuse_twins_and_rules(issues);
        Some(graph)
    }

    pub(super) fn of_kind(&self, kind: &str) -> Vec<&Resource<'a>> {
        self.resources.iter().filter(|resource| resource.kind == kind).collect()
    }

    /// Follows a reference element such as `subject`.
    pub(super) fn follow(
        &self,
        from: &Resource<'a>,
        element: &str,
        issues: &mut Issues,
    ) -> Option<&Resource<'a>> {
        let reference = from.object(element, issues)?;
        self.resolve(from, &reference, issues)
    }

    /// Follows a repeating reference element such as `basedOn`: each reference with what it leads to.
    pub(super) fn follow_each(
        &self,
        from: &Resource<'a>,
        element: &str,
        issues: &mut Issues,
    ) -> Vec<(Element<'a>, Option<&Resource<'a>>)> {
        let references = from.list(element, issues);
        let followed = references.into_iter().map(|reference| {
            let found = self.resolve(from, &reference, issues);
            (reference, found)
        });
        followed.collect()
    }

    fn resolve(
        &self,
        from: &Resource<'a>,
        reference: &Element<'a>,
        issues: &mut Issues,
    ) -> Option<&Resource<'a>> {
        let reference = reference.text("reference", issues)?;
        if let Some(id) = reference.strip_prefix('#') {
            let container = from.container.as_ref().unwrap_or(&from.at);
            return self
                .resources
                .iter()
                .find(|resource| resource.container.as_ref() == Some(container) && resource.id == Some(id));
        }
        let reference = reference.split("/_history/").next().unwrap_or_default();
        let mut outside = self.resources.iter().filter(|resource| resource.container.is_none());
        let by_url = outside.clone().find(|resource| resource.full_url == Some(reference));
        by_url.or_else(|| {
            let (kind, id) = reference.split_once('/')?;
            outside.find(|resource| resource.kind == kind && resource.id == Some(id))
        })
    }

    /// A resource that stands there twice may say two things, and rules that are not known may change what
    /// all of it means.
    fn refuse_twins_and_rules(&self, issues: &mut Issues) {
        let (mut ids, mut urls) = (HashSet::new(), HashSet::new());
        for resource in &self.resources {
            if resource.has("implicitRules") {
                issues.refuse::<()>(
                    IssueKind::UnknownModifier,
                    resource.path("implicitRules"),
                    "no implicit rules are known here; leave the element out",
                );
            }
            let by_id = resource.id.map(|id| (resource.kind, id, &resource.container));
            let twin_by_id = by_id.is_some_and(|key| !ids.insert(key));
            let twin_by_url = resource.full_url.is_some_and(|url| !urls.insert(url));
            if twin_by_id || twin_by_url {
                issues.refuse::<()>(
                    IssueKind::DuplicateResource,
                    resource.at.clone(),
                    "the same resource stands in the bundle twice; send each once",
                );
            }
        }
    }
}

fn single<'a>(
    root: &'a Value,
    kind: &'static str,
    resources: &mut Vec<Resource<'a>>,
    issues: &mut Issues,
) -> &'static str {
    push(resources, Element { value: root, at: kind.to_owned() }, None, issues);
    kind
}

fn read_bundle<'a>(
    bundle: &Element<'a>,
    resources: &mut Vec<Resource<'a>>,
    issues: &mut Issues,
) -> Option<()> {
    if !matches!(bundle.text("type", issues), Some("collection" | "transaction" | "message" | "searchset")) {
        return issues.refuse(
            IssueKind::NotSupported,
            "Bundle.type",
            "send a bundle of type collection, transaction, message or searchset",
        );
    }
    let entries = bundle.list("entry", issues);
    if entries.len() > MOST_ENTRIES {
        return issues.refuse(
            IssueKind::TooMuch,
            "Bundle.entry",
            "send at most 200 entries: one referral and what it refers to",
        );
    }
    for entry in entries {
        entry.refuse_modifiers(issues);
        let request = entry.object("request", issues);
        let method = request.as_ref().and_then(|request| request.text("method", issues));
        if !matches!(method, None | Some("POST" | "PUT")) {
            issues.refuse::<()>(
                IssueKind::NotSupported,
                entry.path("request.method"),
                "only POST and PUT are taken: a referral is made here, not read or deleted",
            );
        }
        let full_url = entry.text("fullUrl", issues);
        if let Some(resource) = entry.object("resource", issues) {
            push(resources, resource, full_url, issues);
        }
    }
    Some(())
}

/// Adds a resource and those it contains; nothing is contained deeper than that.
fn push<'a>(
    resources: &mut Vec<Resource<'a>>,
    resource: Element<'a>,
    full_url: Option<&'a str>,
    issues: &mut Issues,
) {
    for contained in resource.list("contained", issues) {
        let container = Some(resource.at.clone());
        resources.push(known(contained, None, container, issues));
    }
    resources.push(known(resource, full_url, None, issues));
}

fn known<'a>(
    it: Element<'a>,
    full_url: Option<&'a str>,
    container: Option<String>,
    issues: &mut Issues,
) -> Resource<'a> {
    let kind = it.value.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    if kind.is_empty() {
        issues.refuse::<()>(
            IssueKind::NotFhir,
            it.at.clone(),
            "a resource says what it is: its `resourceType`, as a text",
        );
    }
    let id = it.text("id", issues);
    Resource { it, kind, id, full_url, container }
}
