//! What was sent, as resources that can be looked up by reference.

use std::collections::HashSet;

use serde_json::Value;

use super::{IssueCode, Issues};

/// Most entries in a bundle.
const MOST_ENTRIES: usize = 200;

/// A resource and where it stands.
#[derive(Clone)]
pub(super) struct Resource<'a> {
    pub(super) value: &'a Value,
    /// FHIRPath to it, such as `Bundle.entry[2].resource`.
    pub(super) at: String,
    full_url: Option<&'a str>,
    /// FHIRPath to the resource that contains it.
    container: Option<String>,
}

impl<'a> Resource<'a> {
    pub(super) fn kind(&self) -> &'a str {
        text(self.value, "resourceType").unwrap_or_default()
    }

    /// FHIRPath to an element of it.
    pub(super) fn path(&self, element: &str) -> String {
        format!("{}.{element}", self.at)
    }

    /// A text element.
    pub(super) fn text(&self, element: &str) -> Option<&'a str> {
        text(self.value, element)
    }

    /// How its sender would refer to it from outside; nothing if it is contained or has no id.
    pub(super) fn literal_reference(&self) -> Option<String> {
        if self.container.is_some() {
            return None;
        }
        let absolute = self.full_url.filter(|url| url.starts_with("http"));
        absolute.map(str::to_owned).or_else(|| self.text("id").map(|id| format!("{}/{id}", self.kind())))
    }
}

/// Everything that was sent.
pub(super) struct Graph<'a> {
    pub(super) resources: Vec<Resource<'a>>,
    /// Whether a bundle was sent or a single resource.
    pub(super) root: &'a str,
}

impl<'a> Graph<'a> {
    /// Takes a bundle or a single resource apart.
    pub(super) fn read(root: &'a Value, issues: &mut Issues) -> Option<Self> {
        let mut resources = Vec::new();
        let kind = match text(root, "resourceType") {
            Some("Bundle") => {
                read_bundle(root, &mut resources, issues)?;
                "Bundle"
            }
            Some(kind @ ("ServiceRequest" | "Task")) => {
                push(&mut resources, root, kind.to_owned(), None);
                kind
            }
            Some(_) => {
                return issues.refuse(
                    IssueCode::NotSupported,
                    "resourceType",
                    "send a Bundle, or a ServiceRequest or Task with its Patient contained",
                );
            }
            None => {
                return issues.refuse(
                    IssueCode::Structure,
                    "resourceType",
                    "send a FHIR R4 resource in JSON",
                );
            }
        };
        let graph = Self { resources, root: kind };
        let mut seen = HashSet::new();
        for resource in &graph.resources {
            if resource.value.get("implicitRules").is_some() {
                issues.refuse::<()>(
                    IssueCode::NotSupported,
                    resource.path("implicitRules"),
                    "no implicit rules are known here; leave the element out",
                );
            }
            let key = (resource.kind(), resource.text("id"), &resource.container);
            if (resource.text("id").is_some() && !seen.insert(key))
                || repeated_url(&graph.resources, resource)
            {
                issues.refuse::<()>(
                    IssueCode::Duplicate,
                    resource.at.clone(),
                    "the same resource stands in the bundle twice; send each once",
                );
            }
        }
        Some(graph)
    }

    pub(super) fn of_kind(&self, kind: &str) -> Vec<&Resource<'a>> {
        self.resources.iter().filter(|resource| resource.kind() == kind).collect()
    }

    /// Follows a reference element such as `subject`.
    pub(super) fn follow(&self, from: &Resource<'a>, reference: Option<&'a Value>) -> Option<&Resource<'a>> {
        let reference = text(reference?, "reference")?;
        if let Some(id) = reference.strip_prefix('#') {
            let container = from.container.as_ref().unwrap_or(&from.at);
            return self.resources.iter().find(|resource| {
                resource.container.as_ref() == Some(container) && resource.text("id") == Some(id)
            });
        }
        let reference = reference.split("/_history/").next().unwrap_or_default();
        let outside = |resource: &&Resource<'a>| resource.container.is_none();
        let by_url =
            self.resources.iter().filter(outside).find(|resource| resource.full_url == Some(reference));
        by_url.or_else(|| {
            let (kind, id) = reference.split_once('/')?;
            self.resources
                .iter()
                .filter(outside)
                .find(|resource| resource.kind() == kind && resource.text("id") == Some(id))
        })
    }
}

fn read_bundle<'a>(bundle: &'a Value, resources: &mut Vec<Resource<'a>>, issues: &mut Issues) -> Option<()> {
    if !matches!(text(bundle, "type"), Some("collection" | "transaction" | "message" | "searchset")) {
        return issues.refuse(
            IssueCode::NotSupported,
            "Bundle.type",
            "send a bundle of type collection, transaction, message or searchset",
        );
    }
    let entries = list(bundle, "entry");
    if entries.len() > MOST_ENTRIES {
        return issues.refuse(
            IssueCode::TooCostly,
            "Bundle.entry",
            "send at most 200 entries: one referral and what it refers to",
        );
    }
    for (index, entry) in entries.iter().enumerate() {
        let at = format!("Bundle.entry[{index}]");
        let method = entry.get("request").and_then(|request| text(request, "method"));
        if !matches!(method, None | Some("POST" | "PUT")) {
            issues.refuse::<()>(
                IssueCode::NotSupported,
                format!("{at}.request.method"),
                "only POST and PUT are taken: a referral is made here, not read or deleted",
            );
        }
        if let Some(resource) = entry.get("resource") {
            push(resources, resource, format!("{at}.resource"), text(entry, "fullUrl"));
        }
    }
    Some(())
}

/// Adds a resource and those it contains; nothing is contained deeper than that.
fn push<'a>(resources: &mut Vec<Resource<'a>>, value: &'a Value, at: String, full_url: Option<&'a str>) {
    for (index, contained) in list(value, "contained").iter().enumerate() {
        resources.push(Resource {
            value: contained,
            at: format!("{at}.contained[{index}]"),
            full_url: None,
            container: Some(at.clone()),
        });
    }
    resources.push(Resource { value, at, full_url, container: None });
}

fn repeated_url(resources: &[Resource<'_>], resource: &Resource<'_>) -> bool {
    let first =
        resources.iter().find(|other| other.full_url.is_some() && other.full_url == resource.full_url);
    first.is_some_and(|first| first.at != resource.at)
}

/// A text element of any JSON object.
pub(super) fn text<'a>(value: &'a Value, element: &str) -> Option<&'a str> {
    value.get(element).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// A repeating element; empty if it is absent or no list.
pub(super) fn list<'a>(value: &'a Value, element: &str) -> &'a [Value] {
    value.get(element).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A coding's system and code.
pub(super) type Coding<'a> = (&'a str, &'a str);

/// All codings of a CodeableConcept.
pub(super) fn codings(concept: Option<&Value>) -> Vec<Coding<'_>> {
    let codings = concept.map_or(&[][..], |concept| list(concept, "coding"));
    codings
        .iter()
        .filter_map(|coding| Some((text(coding, "system").unwrap_or_default(), text(coding, "code")?)))
        .collect()
}

/// All codings of a list of CodeableConcepts.
pub(super) fn all_codings<'a>(value: &'a Value, element: &str) -> Vec<Coding<'a>> {
    list(value, element).iter().flat_map(|concept| codings(Some(concept))).collect()
}
