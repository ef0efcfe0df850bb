//! Facts, documents, and what a plan may ask for.

use std::collections::BTreeSet;

use domain::Cents;
use domain::dictionary::{Dictionary, parse_fact_value};
use domain::identifiers::DocumentId;
use domain::near::near;
use domain::plan::types::{Ask, Document, Fact, FactSource, FactValue};
use domain::problem::Code;
use domain::text::is_plain_line;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use workflow::command::Information;

use super::{Input, Reader};

/// Most facts of one body.
const MOST_FACTS: usize = 200;
/// Most documents of one body.
const MOST_DOCUMENTS: usize = 100;

/// One thing that is known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Fact)]
pub(crate) struct FactBody {
    /// Code in the fact dictionary, or `plan.<plan>.<name>` from a plan's profile.
    #[schema(example = "housing.status", max_length = 120)]
    pub(crate) code: String,
    /// Value by the fact's kind: `true`, `12`, `"9.1"` for a measure, `"2026-01-05"` for a day, or a code.
    #[schema(value_type = Value, example = "homeless-unsheltered")]
    pub(crate) value: Value,
    /// The day on which it was true; today if not said.
    #[schema(format = Date)]
    pub(crate) as_of: Option<String>,
    /// Source of the fact: `member`, `referrer`, `provider` (the default) or `document`.
    #[schema(example = "member")]
    pub(crate) source: Option<String>,
}

/// A document that is attached to a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Document)]
pub(crate) struct DocumentBody {
    /// Kind of document in the dictionary.
    #[schema(example = "housing-support-plan")]
    pub(crate) kind: String,
    /// The day on which it was issued or signed.
    #[schema(format = Date)]
    pub(crate) issued: Option<String>,
    /// The last day on which it counts.
    #[schema(format = Date)]
    pub(crate) expires: Option<String>,
    /// An amount that it states, in dollars.
    #[schema(example = "1000000.00")]
    pub(crate) amount: Option<String>,
    /// Id of the document, where its bytes were sent with `POST /v1/documents`. Without it the document is
    /// one that the sender says there is.
    #[schema(example = "doc_0198c0de0000700080000000000000d1")]
    pub(crate) document: Option<String>,
}

/// Facts and documents that became known after a case was sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Information)]
pub(crate) struct InformationBody {
    /// Facts; one replaces an earlier one of the same code.
    #[serde(default)]
    pub(crate) facts: Vec<FactBody>,
    /// Documents that are added to those of the case.
    #[serde(default)]
    pub(crate) documents: Vec<DocumentBody>,
}

/// Something that is still needed: a fact or a document.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AskedFor)]
pub(crate) struct AskBody {
    /// Code of the fact.
    pub(crate) fact: Option<String>,
    /// Kind of the document.
    pub(crate) document: Option<String>,
}

impl Input for InformationBody {
    type Command = Information;

    fn read(self, reader: &mut Reader) -> Option<Information> {
        if self.facts.is_empty() && self.documents.is_empty() {
            return reader.refuse(
                "",
                Code::MissingEntry,
                "there is neither a fact nor a document",
                "send at least one",
            );
        }
        let facts = facts(reader, "/facts", self.facts);
        let documents = documents(reader, "/documents", self.documents);
        Some(Information { facts: facts?, documents: documents? })
    }
}

/// Reads facts, each code once.
pub(crate) fn facts(reader: &mut Reader, at: &str, sent: Vec<FactBody>) -> Option<Vec<Fact>> {
    let mut seen = BTreeSet::new();
    reader.each(at, sent, MOST_FACTS, |reader, at, body| {
        let fact = fact(reader, at, &body);
        if !seen.insert(body.code) {
            let at_code = format!("{at}/code");
            return reader.refuse(&at_code, Code::Repeated, "the fact is there twice", "say it once");
        }
        fact
    })
}

fn fact(reader: &mut Reader, at: &str, body: &FactBody) -> Option<Fact> {
    let value = fact_value(reader, at, body);
    let as_of = match &body.as_of {
        Some(text) => reader.past_day(&format!("{at}/as_of"), text),
        None => Some(reader.today()),
    };
    // What a plan's file, its claims or the host say, only they can say.
    let sources = [FactSource::Member, FactSource::Referrer, FactSource::Provider, FactSource::Document];
    let source =
        reader.word_of(&format!("{at}/source"), body.source.as_deref().unwrap_or("provider"), &sources);
    Some(Fact { code: body.code.clone(), value: value?, source: source?, as_of: as_of? })
}

fn fact_value(reader: &mut Reader, at: &str, body: &FactBody) -> Option<FactValue> {
    let at_value = format!("{at}/value");
    if is_plans_own(&body.code) {
        return undeclared(&body.value).or_else(|| {
            reader.refuse(
                &at_value,
                Code::InvalidValue,
                "the value is of no kind of fact",
                "send what the plan's profile declares",
            )
        });
    }
    let Some(definition) = Dictionary::state().fact(&body.code) else {
        return unknown_fact(reader, &format!("{at}/code"), &body.code);
    };
    match parse_fact_value(definition, &body.value) {
        Ok(value) => Some(value),
        Err(error) => {
            reader.refuse(&at_value, Code::InvalidValue, error.to_string(), definition.question.en.clone())
        }
    }
}

/// Refuses a fact that nobody knows, with those that may have been meant. What was sent is not said again.
fn unknown_fact<T>(reader: &mut Reader, at: &str, code: &str) -> Option<T> {
    let mut fix =
        String::from("GET /v1/dictionary/facts lists them, a plan's own stand in GET /v1/plans/{id}/profile");
    let known = Dictionary::state().facts().map(|fact| fact.definition.code.as_str());
    let near = near(code, known);
    if !near.is_empty() {
        fix += "; near: ";
        fix += &near.join(", ");
    }
    reader.refuse(at, Code::UnknownFact, "there is no such fact", fix)
}

/// True for a fact that only a plan asks for: `plan.<plan>.<name>`.
fn is_plans_own(code: &str) -> bool {
    let mut parts = code.splitn(3, '.');
    let is_word = |part: &str| {
        (1..=60).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
    };
    parts.next() == Some("plan") && parts.next().is_some_and(is_word) && parts.next().is_some_and(is_word)
}

/// The value of a fact whose definition is in a plan's profile, as it was sent: what kind it is, the plan's
/// profile says, which is at hand once the plan is known.
fn undeclared(value: &Value) -> Option<FactValue> {
    match value {
        Value::Bool(flag) => Some(FactValue::Flag(*flag)),
        Value::Number(number) => {
            number.as_i64().filter(|count| (0..=1_000_000_000).contains(count)).map(FactValue::Count)
        }
        Value::String(text) => {
            let text = text.trim();
            let bounded = (1..=500).contains(&text.chars().count()) && is_plain_line(text);
            bounded.then(|| FactValue::Text(text.to_owned()))
        }
        _ => None,
    }
}

/// Reads a list of attached documents, at most `MOST_DOCUMENTS`.
pub(crate) fn documents(reader: &mut Reader, at: &str, sent: Vec<DocumentBody>) -> Option<Vec<Document>> {
    reader.each(at, sent, MOST_DOCUMENTS, document)
}

fn document(reader: &mut Reader, at: &str, body: DocumentBody) -> Option<Document> {
    let kind = document_kind(reader, &format!("{at}/kind"), &body.kind);
    let issued = reader.optional(body.issued, |reader, text| reader.past_day(&format!("{at}/issued"), &text));
    let at_expires = format!("{at}/expires");
    let expires = reader.optional(body.expires, |reader, text| reader.day(&at_expires, &text));
    let amount: Option<Option<Cents>> =
        reader.optional(body.amount, |reader, text| reader.money(&format!("{at}/amount"), &text));
    let content: Option<Option<DocumentId>> = reader.optional(body.document, |reader, id| {
        reader.parsed(&format!("{at}/document"), &id, "use the id that POST /v1/documents answered with")
    });
    let (kind, issued, expires, content) = (kind?, issued?, expires?, content?);
    if let (Some(issued), Some(expires)) = (issued, expires)
        && expires < issued
    {
        let detail = "it expires before it was issued";
        return reader.refuse(&at_expires, Code::DaysOutOfOrder, detail, "put the days in order");
    }
    Some(Document { kind, issued, expires, amount: amount?, content })
}

fn document_kind(reader: &mut Reader, at: &str, kind: &str) -> Option<String> {
    let known = Dictionary::state().documents();
    reader.known(at, kind, "kind of document", known.iter().map(|document| document.kind.as_str()))
}

/// Reads what a plan's person asks for: at least one thing.
pub(crate) fn asks(reader: &mut Reader, at: &str, sent: Vec<AskBody>) -> Option<Vec<Ask>> {
    reader.each_of_some(at, sent, 50, |reader, at, body| match (body.fact, body.document) {
        (Some(code), None) => {
            if !is_plans_own(&code) && Dictionary::state().fact(&code).is_none() {
                return unknown_fact(reader, &format!("{at}/fact"), &code);
            }
            Some(Ask::Fact(code))
        }
        (None, Some(kind)) => document_kind(reader, &format!("{at}/document"), &kind).map(Ask::Document),
        _ => reader.refuse(at, Code::OneOf, "it names not exactly one thing", "send one of: fact, document"),
    })
}
