//! Elements of what was sent: each value with the FHIRPath to it.
//!
//! Every reader here refuses a value of another JSON type than the element has (FHIR R4, 2.6.2), `null` and
//! an empty text included. Absent and refused are both `None`: a refusal is in the issues, and ends the
//! reading of the whole.

use serde_json::Value;

use super::{IssueKind, Issues};

/// A JSON object that was sent, and where.
#[derive(Clone)]
pub(super) struct Element<'a> {
    pub(super) value: &'a Value,
    /// FHIRPath to it, such as `Bundle.entry[2].resource`.
    pub(super) at: String,
}

/// One coding of a concept.
pub(super) struct Coding<'a> {
    /// The code system; empty if none was said.
    pub(super) system: &'a str,
    /// The code; `None` for a coding that says none.
    pub(super) code: Option<&'a str>,
    /// FHIRPath of the coding.
    pub(super) at: String,
}

impl Coding<'_> {
    /// True if it is this code of this system.
    pub(super) fn is(&self, system: &str, code: &str) -> bool {
        self.system == system && self.code == Some(code)
    }
}

impl<'a> Element<'a> {
    /// FHIRPath to an element of it.
    pub(super) fn path(&self, element: &str) -> String {
        format!("{}.{element}", self.at)
    }

    /// True if the element is there, whatever it holds.
    pub(super) fn has(&self, element: &str) -> bool {
        self.value.get(element).is_some()
    }

    /// The names of its elements.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.value.as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// A text, without the spaces around it.
    pub(super) fn text(&self, element: &str, issues: &mut Issues) -> Option<&'a str> {
        text(self.value.get(element)?, self.path(element), issues)
    }

    /// The element as a boolean.
    pub(super) fn boolean(&self, element: &str, issues: &mut Issues) -> Option<bool> {
        boolean(self.value.get(element)?, self.path(element), issues)
    }

    /// A text in an element of several types, such as `deceased[x]` with the type `DateTime`. FHIRPath names
    /// no type.
    pub(super) fn text_of_choice(&self, element: &str, of: &str, issues: &mut Issues) -> Option<&'a str> {
        text(self.value.get(format!("{element}{of}"))?, self.path(element), issues)
    }

    /// A boolean in an element of several types.
    pub(super) fn boolean_of_choice(&self, element: &str, issues: &mut Issues) -> Option<bool> {
        boolean(self.value.get(format!("{element}Boolean"))?, self.path(element), issues)
    }

    /// The element as an object.
    pub(super) fn object(&self, element: &str, issues: &mut Issues) -> Option<Self> {
        object(self.value.get(element)?, self.path(element), issues)
    }

    /// A repeating element of objects; empty if it is absent.
    pub(super) fn list(&self, element: &str, issues: &mut Issues) -> Vec<Self> {
        let items = self.items(element, issues);
        items.into_iter().filter_map(|(item, at)| object(item, at, issues)).collect()
    }

    /// A repeating element of texts. In a list of primitives, `null` stands for a value that is only
    /// extended.
    pub(super) fn texts(&self, element: &str, issues: &mut Issues) -> Vec<&'a str> {
        let items = self.items(element, issues).into_iter().filter(|(item, _)| !item.is_null());
        items.filter_map(|(item, at)| text(item, at, issues)).collect()
    }

    /// The codings of a CodeableConcept.
    pub(super) fn codings(&self, element: &str, issues: &mut Issues) -> Vec<Coding<'a>> {
        self.object(element, issues).map(|concept| codings(&concept, issues)).unwrap_or_default()
    }

    /// The codings of a list of CodeableConcepts.
    pub(super) fn all_codings(&self, element: &str, issues: &mut Issues) -> Vec<Coding<'a>> {
        let concepts = self.list(element, issues);
        concepts.iter().flat_map(|concept| codings(concept, issues)).collect()
    }

    /// Refuses modifier extensions: one that is not known may turn the meaning round and must not be passed
    /// over (FHIR R4, 2.4.0.1).
    pub(super) fn refuse_modifiers(&self, issues: &mut Issues) {
        if !self.list("modifierExtension", issues).is_empty() {
            issues.refuse::<()>(
                IssueKind::UnknownModifier,
                self.path("modifierExtension"),
                "no modifier extension is known here; leave it out if the same is meant without it",
            );
        }
    }

    fn items(&self, element: &str, issues: &mut Issues) -> Vec<(&'a Value, String)> {
        let Some(value) = self.value.get(element) else { return Vec::new() };
        match value.as_array() {
            Some(items) => items
                .iter()
                .enumerate()
                .map(|(place, item)| (item, self.path(&format!("{element}[{place}]"))))
                .collect(),
            None => wrong(value, self.path(element), "a list", issues).unwrap_or_default(),
        }
    }
}

fn text<'a>(value: &'a Value, at: String, issues: &mut Issues) -> Option<&'a str> {
    match value.as_str().map(str::trim) {
        Some("") => issues.refuse(IssueKind::InvalidValue, at, "this is empty; leave the element out"),
        Some(text) => Some(text),
        None => wrong(value, at, "a text", issues),
    }
}

fn boolean(value: &Value, at: String, issues: &mut Issues) -> Option<bool> {
    value.as_bool().or_else(|| wrong(value, at, "true or false, without quotes,", issues))
}

fn object<'a>(value: &'a Value, at: String, issues: &mut Issues) -> Option<Element<'a>> {
    if value.is_object() {
        return Some(Element { value, at });
    }
    wrong(value, at, "an object", issues)
}

fn codings<'a>(concept: &Element<'a>, issues: &mut Issues) -> Vec<Coding<'a>> {
    let read = |coding: Element<'a>, issues: &mut Issues| Coding {
        system: coding.text("system", issues).unwrap_or_default(),
        code: coding.text("code", issues),
        at: coding.at,
    };
    let items = concept.list("coding", issues);
    items.into_iter().map(|coding| read(coding, issues)).collect()
}

/// Refuses a value of the wrong type.
fn wrong<T>(value: &Value, at: String, wanted: &str, issues: &mut Issues) -> Option<T> {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let diagnostics = format!("this element is {wanted} in JSON, and {found} was sent");
    issues.refuse(IssueKind::WrongType, at, diagnostics)
}

#[cfg(test)]
mod tests;
