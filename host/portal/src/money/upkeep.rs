//! Forms of the credentialing file: a document with its days, the answer to one question, and sending the
//! file to plans.

use askama::Template;
use domain::counties::Counties;
use domain::plan::profile::{FactDefinition, FactKind};
use domain::plan::types::FactValue;
use domain::problem::Code;
use i18n_embed_fl::fl;
use workflow::shown::{Body, ShownCase, ShownPlan};

use super::file::kinds;
use super::{FILE, Notice, SEND_FILE, Wrong, contracts, errors};
use crate::case::document_name;
use crate::fields::{ONCE, VERSION};
use crate::names;
use crate::parts::{Action, Choose, Errors, Field, Message, Mistake, Pick, Ticks, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;
use domain::catalog::Catalog;
use domain::dictionary::Dictionary;

/// Name of the field of a document's kind.
pub const KIND: &str = "kind";
/// Name of the field of the day on which a document was issued.
pub const ISSUED: &str = "issued";
/// Name of the field of a document's last day.
pub const EXPIRES: &str = "expires";
/// Name of the field of the amount that a document states.
pub const AMOUNT: &str = "amount";
/// Name of the field of a document's bytes.
pub const BYTES: &str = "file";
/// Name of the hidden field with the id of bytes that are here already.
pub const HELD: &str = "held";
/// Name of the field of an answer.
pub const VALUE: &str = "value";
/// Name of the hidden field with the code of the question.
pub const FACT: &str = "fact";
/// Name of the field of the legal name.
pub const LEGAL_NAME: &str = "legal-name";
/// Name of the fields of the services.
pub const SERVICES: &str = "service";
/// Name of the fields of the counties.
pub const COUNTIES: &str = "county";
/// Name of the fields of the plans.
pub const PLANS: &str = "plan";
/// Name of the hidden field with the file whose documents and answers are taken along.
pub const OF: &str = "of";

/// State of a form: its mistakes, its key, and why it is shown again.
pub struct FormState<'a> {
    /// Values that were not accepted.
    pub wrong: &'a [Wrong],
    /// Why it is shown again.
    pub notice: Option<Notice>,
    /// Key that makes it count once.
    pub key: &'a str,
}

/// A document, as it is typed.
#[derive(Clone, Debug, Default)]
pub struct TypedDocument {
    /// Kind of the document, as the dictionary has it.
    pub kind: String,
    /// Day on which it was issued.
    pub issued: String,
    /// Last day on which it counts.
    pub expires: String,
    /// Amount that it states.
    pub amount: String,
    /// Id of its bytes, where they are here already.
    pub held: String,
    /// Most bytes that are taken, in whole megabytes.
    pub most_megabytes: u64,
}

/// A part of a form.
pub(crate) enum Part {
    Line(Field),
    One(Choose),
    Many(Ticks),
    /// A file from the reader's computer: label, hint, mistake, and what is taken.
    Bytes(Bytes),
}

/// The field of a file.
pub(crate) struct Bytes {
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) error: Option<String>,
}

#[derive(Template)]
#[template(path = "money/upkeep.html")]
pub(crate) struct UpkeepPage {
    shell: Shell,
    heading: String,
    says: Vec<String>,
    messages: Vec<Message>,
    errors: Errors,
    action: String,
    sends_bytes: bool,
    hidden: Vec<(&'static str, String)>,
    parts: Vec<Part>,
    button: String,
    back: Action,
}

/// Words and parts of a form, in the reader's language.
pub(crate) struct FormParts {
    pub(crate) heading: String,
    pub(crate) says: Vec<String>,
    pub(crate) messages: Vec<Message>,
    pub(crate) action: String,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) parts: Vec<Part>,
    pub(crate) button: String,
    pub(crate) back: Action,
}

/// Page of the form of a document, as HTML.
#[must_use]
pub fn document(frame: &Frame<'_>, file: &ShownCase, typed: &TypedDocument, form: &FormState<'_>) -> String {
    let id = file.case.id.to_string();
    let mut hidden = vec![(ONCE, form.key.to_owned()), (VERSION, file.case.version.to_string())];
    if !typed.held.is_empty() {
        hidden.push((HELD, typed.held.clone()));
    }
    let back = format!("{FILE}/{id}");
    document_view(frame, &kinds(file), typed, form, &back, hidden).to_string()
}

pub(crate) fn document_view(
    frame: &Frame<'_>,
    kinds: &[String],
    typed: &TypedDocument,
    form: &FormState<'_>,
    back: &str,
    hidden: Vec<(&'static str, String)>,
) -> UpkeepPage {
    let words = frame.words;
    let l = words.l;
    let known =
        ["/documents/0/kind", "/documents/0/issued", "/documents/0/expires", "/documents/0/amount", "/file"];
    let told = FormParts {
        heading: fl!(l, "money-document-ask"),
        says: vec![fl!(l, "money-document-says")],
        messages: messages(words, form, &known),
        action: format!("{back}/document"),
        hidden,
        parts: document_parts(words, kinds, typed, form),
        button: fl!(l, "money-add-document"),
        back: Action::other(fl!(l, "money-back-to-file"), back),
    };
    view(frame, told)
}

/// Fields of the form of a document.
fn document_parts(words: Words, kinds: &[String], typed: &TypedDocument, form: &FormState<'_>) -> Vec<Part> {
    let l = words.l;
    let at = |pointer: &str| form.wrong.iter().find(|wrong| wrong.pointer == pointer);
    let day = |name: &'static str, label: String, typed: &str, hint: Option<String>| {
        let wrong = at(&format!("/documents/0/{name}"));
        Part::Line(Field {
            hint,
            value: typed.to_owned(),
            kind: "date",
            width: "short",
            error: wrong.map(|wrong| day_mistake(words, wrong)),
            ..Field::text(name, label)
        })
    };
    let bytes_hint = if typed.held.is_empty() {
        fl!(l, "money-bytes-hint", mb = typed.most_megabytes)
    } else {
        fl!(l, "money-bytes-held")
    };
    vec![
        Part::One(Choose {
            name: KIND,
            label: fl!(l, "money-document"),
            hint: Some(fl!(l, "money-document-hint")),
            error: at("/documents/0/kind").map(|_| fl!(l, "money-kind-wrong")),
            picks: kind_picks(words, kinds, &typed.kind),
        }),
        day(ISSUED, fl!(l, "money-issued"), &typed.issued, None),
        day(EXPIRES, fl!(l, "money-expires"), &typed.expires, Some(fl!(l, "money-expires-hint"))),
        Part::Line(Field {
            hint: Some(fl!(l, "money-states-hint")),
            value: typed.amount.clone(),
            width: "short",
            error: at("/documents/0/amount").map(|_| fl!(l, "money-charge-wrong")),
            ..Field::text(AMOUNT, fl!(l, "money-states"))
        }),
        Part::Bytes(Bytes {
            label: fl!(l, "money-bytes"),
            hint: bytes_hint,
            error: at("/file").map(|wrong| bytes_mistake(words, wrong)),
        }),
    ]
}

/// Kinds of documents to choose from, none of them at first.
fn kind_picks(words: Words, kinds: &[String], chosen: &str) -> Vec<Pick> {
    let none =
        Pick { value: String::new(), text: fl!(words.l, "money-choose"), is_chosen: chosen.is_empty() };
    let pick = |kind: &String| Pick {
        value: kind.clone(),
        text: document_name(words, kind),
        is_chosen: kind == chosen,
    };
    [none].into_iter().chain(kinds.iter().map(pick)).collect()
}

fn day_mistake(words: Words, wrong: &Wrong) -> String {
    match wrong.code {
        Code::DaysOutOfOrder => fl!(words.l, "money-document-order"),
        Code::FutureDay => fl!(words.l, "money-issued-future"),
        _ => fl!(words.l, "day-wrong"),
    }
}

fn bytes_mistake(words: Words, wrong: &Wrong) -> String {
    match wrong.code {
        Code::BodyTooLarge => fl!(words.l, "money-bytes-many"),
        Code::Empty => fl!(words.l, "money-bytes-none"),
        Code::CannotBeCleaned => fl!(words.l, "file-photograph"),
        Code::DamagedPicture => fl!(words.l, "file-damaged"),
        Code::TooManyPixels => fl!(words.l, "file-pixels"),
        // Nothing was sent of it but its name.
        Code::MissingField => fl!(words.l, "file-again"),
        _ => fl!(words.l, "money-bytes-kind"),
    }
}

/// Messages above the form: why it is shown again, and mistakes that are in none of its fields.
fn messages(words: Words, form: &FormState<'_>, fields: &[&str]) -> Vec<Message> {
    let general = form.wrong.iter().filter(|wrong| !fields.contains(&wrong.pointer.as_str()));
    let general = general.map(|wrong| match &wrong.text {
        Some(text) => words.pick(text),
        None => wrong.says.clone(),
    });
    let texts = form.notice.map(|notice| notice.text(words)).into_iter().chain(general);
    texts.map(|text| Message { tone: Tone::Late, text }).collect()
}

/// Page of the form that answers one question, as HTML. `typed` is the answer.
#[must_use]
pub fn answer(
    frame: &Frame<'_>,
    file: &ShownCase,
    question: &FactDefinition,
    typed: &str,
    form: &FormState<'_>,
) -> String {
    let hidden = vec![
        (ONCE, form.key.to_owned()),
        (VERSION, file.case.version.to_string()),
        (FACT, question.code.clone()),
    ];
    answer_view(frame, question, typed, form, &format!("{FILE}/{}", file.case.id), hidden).to_string()
}

pub(crate) fn answer_view(
    frame: &Frame<'_>,
    question: &FactDefinition,
    typed: &str,
    form: &FormState<'_>,
    back: &str,
    hidden: Vec<(&'static str, String)>,
) -> UpkeepPage {
    let words = frame.words;
    let l = words.l;
    let wrong = form.wrong.iter().find(|wrong| wrong.pointer == "/facts/0/value");
    let error = wrong.map(|_| answer_mistake(words, question.kind));
    let label = fl!(l, "money-answer");
    let picks = picks(words, question, typed);
    let part = match picks {
        Some(picks) => Part::One(Choose { name: VALUE, label, hint: None, error, picks }),
        None => Part::Line(Field {
            value: typed.to_owned(),
            kind: if question.kind == FactKind::Day { "date" } else { "text" },
            digits: question.kind == FactKind::Count,
            width: if question.kind == FactKind::Text { "long" } else { "short" },
            error,
            ..Field::text(VALUE, label)
        }),
    };
    let told = FormParts {
        heading: words.pick(&question.question),
        says: vec![fl!(l, "money-answer-says")],
        messages: messages(words, form, &["/facts/0/value"]),
        action: format!("{back}/answer"),
        hidden,
        parts: vec![part],
        button: fl!(l, "money-save-answer"),
        back: Action::other(fl!(l, "money-back-to-file"), back),
    };
    view(frame, told)
}

fn answer_mistake(words: Words, kind: FactKind) -> String {
    let l = words.l;
    match kind {
        FactKind::Flag | FactKind::Coded => fl!(l, "ask-choice-wrong"),
        FactKind::Count => fl!(l, "money-count-wrong"),
        FactKind::Measure => fl!(l, "ask-measure-wrong"),
        FactKind::Day => fl!(l, "day-wrong"),
        FactKind::Text => fl!(l, "money-text-wrong"),
    }
}

/// Answers that can be chosen; `None` where one is typed.
fn picks(words: Words, question: &FactDefinition, typed: &str) -> Option<Vec<Pick>> {
    let l = words.l;
    let pick = |value: &str, text: String| Pick { value: value.to_owned(), text, is_chosen: value == typed };
    let mut picks = vec![pick("", fl!(l, "money-choose"))];
    match question.kind {
        FactKind::Flag => picks.extend([pick("yes", fl!(l, "yes")), pick("no", fl!(l, "no"))]),
        FactKind::Coded => {
            let known = Dictionary::state().known_fact(&question.code);
            picks.extend(question.codes.iter().enumerate().map(|(place, code)| {
                let name = known.and_then(|known| known.code_names.get(place));
                pick(code, name.map_or_else(|| code.clone(), |name| words.pick(name)))
            }));
        }
        _ => return None,
    }
    Some(picks)
}

/// An answer as the form has it.
#[must_use]
pub fn typed_answer(value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => "yes".to_owned(),
        FactValue::Flag(false) => "no".to_owned(),
        FactValue::Count(count) => count.to_string(),
        FactValue::Measure(thousandths) => {
            let text = format!("{}.{:03}", thousandths / 1_000, (thousandths % 1_000).abs());
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        FactValue::Day(day) => day.to_string(),
        FactValue::Coded(text) | FactValue::Text(text) => text.clone(),
    }
}

/// The file that is sent, as it is typed.
#[derive(Clone, Debug, Default)]
pub struct TypedFile {
    /// Legal name of the organization.
    pub legal_name: String,
    /// Ids of the services.
    pub services: Vec<String>,
    /// Codes of the counties.
    pub counties: Vec<String>,
    /// Ids of the plans.
    pub plans: Vec<String>,
}

impl TypedFile {
    /// The entries of a file that is there, to be sent again.
    #[must_use]
    pub fn of(file: &ShownCase) -> Self {
        let Body::Application(body) = &file.case.body else { return Self::default() };
        Self {
            legal_name: body.legal_name.clone(),
            services: body.services.clone(),
            counties: body.counties.clone(),
            plans: Vec::new(),
        }
    }
}

/// Choices for a file that is sent.
pub struct Offered<'a> {
    /// File whose documents and answers are taken along.
    pub of: Option<&'a ShownCase>,
    /// Plans of this host.
    pub plans: &'a [ShownPlan],
    /// Codes of the organization's counties.
    pub own_counties: &'a [String],
    /// Counties that there are.
    pub counties: &'a Counties,
}

/// Page of the form that sends a file to plans, as HTML.
#[must_use]
pub fn send(frame: &Frame<'_>, typed: &TypedFile, offered: &Offered<'_>, form: &FormState<'_>) -> String {
    let words = frame.words;
    let mut codes: Vec<String> = offered.own_counties.to_vec();
    codes.extend(typed.counties.iter().filter(|code| !offered.own_counties.contains(code)).cloned());
    let counties = codes.into_iter().map(|code| (contracts::county(words, &code, offered.counties), code));
    let plans = offered.plans.iter().filter(|plan| plan.state.takes_cases());
    let plans = plans.map(|plan| (plan.name.clone(), plan.id.to_string())).collect();
    let (count, hidden) = match offered.of {
        Some(file) => (
            file.case.body.documents().len() + file.case.body.facts().len(),
            vec![(ONCE, form.key.to_owned()), (OF, file.case.id.to_string())],
        ),
        None => (0, vec![(ONCE, form.key.to_owned())]),
    };
    send_view(frame, typed, counties.collect(), plans, count, form, hidden).to_string()
}

pub(crate) fn send_view(
    frame: &Frame<'_>,
    typed: &TypedFile,
    counties: Vec<(String, String)>,
    plans: Vec<(String, String)>,
    taken_along: usize,
    form: &FormState<'_>,
    hidden: Vec<(&'static str, String)>,
) -> UpkeepPage {
    let words = frame.words;
    let l = words.l;
    let fields = ["legal_name", "services", "counties", "plans"];
    let general = FormState { wrong: &[], notice: form.notice, key: form.key };
    let mut above = messages(words, &general, &[]);
    let others = form.wrong.iter().filter(|wrong| !fields.contains(&root_of(&wrong.pointer)));
    above.extend(others.map(|wrong| Message { tone: Tone::Late, text: wrong.says.clone() }));
    let mut says = vec![fl!(l, "money-send-says")];
    if taken_along > 0 {
        says.push(fl!(l, "money-send-along", count = taken_along));
    }
    let told = FormParts {
        heading: fl!(l, "money-send-ask"),
        says,
        messages: above,
        action: SEND_FILE.to_owned(),
        hidden,
        parts: file_parts(words, typed, counties, plans, form),
        button: fl!(l, "money-send-file"),
        back: Action::other(fl!(l, "money-back-to-file"), FILE),
    };
    view(frame, told)
}

/// Fields of the form of a credentialing file.
fn file_parts(
    words: Words,
    typed: &TypedFile,
    counties: Vec<(String, String)>,
    plans: Vec<(String, String)>,
    form: &FormState<'_>,
) -> Vec<Part> {
    let l = words.l;
    let is_wrong = |root: &str| form.wrong.iter().any(|wrong| root_of(&wrong.pointer) == root);
    let ticks = |name: &'static str, label: String, error: Option<String>, picks: Vec<Pick>| {
        Part::Many(Ticks { name, label, hint: None, error, picks })
    };
    let of = |all: Vec<(String, String)>, chosen: &[String]| -> Vec<Pick> {
        all.into_iter()
            .map(|(text, value)| Pick { is_chosen: chosen.contains(&value), value, text })
            .collect()
    };
    let services = Catalog::state().services().iter();
    let services = services.map(|one| (names::service(words, &one.id), one.id.clone())).collect();
    vec![
        Part::Line(Field {
            value: typed.legal_name.clone(),
            autocomplete: "organization",
            error: is_wrong("legal_name").then(|| fl!(l, "money-legal-name-wrong")),
            ..Field::text(LEGAL_NAME, fl!(l, "money-legal-name"))
        }),
        ticks(
            SERVICES,
            fl!(l, "money-services"),
            is_wrong("services").then(|| fl!(l, "money-services-wrong")),
            of(services, &typed.services),
        ),
        ticks(
            COUNTIES,
            fl!(l, "money-counties"),
            is_wrong("counties").then(|| fl!(l, "money-counties-wrong")),
            of(counties, &typed.counties),
        ),
        ticks(
            PLANS,
            fl!(l, "money-plans"),
            is_wrong("plans").then(|| fl!(l, "money-plans-wrong")),
            of(plans, &typed.plans),
        ),
    ]
}

fn root_of(pointer: &str) -> &str {
    pointer.split('/').nth(1).unwrap_or_default()
}

fn view(frame: &Frame<'_>, told: FormParts) -> UpkeepPage {
    let words = frame.words;
    let mistake = |part: &Part| {
        let (field, error) = match part {
            Part::Line(field) => (field.name.as_ref(), &field.error),
            Part::One(choose) => (choose.name, &choose.error),
            Part::Many(ticks) => (ticks.name, &ticks.error),
            Part::Bytes(bytes) => (BYTES, &bytes.error),
        };
        Some(Mistake::at(field.to_owned(), error.clone()?))
    };
    let errors = errors(words, told.parts.iter().filter_map(mistake).collect());
    let sends_bytes = told.parts.iter().any(|part| matches!(part, Part::Bytes(_)));
    UpkeepPage {
        shell: Shell::of(frame, &told.heading, Some(Place::File)).around_form(&errors),
        heading: told.heading,
        says: told.says,
        messages: told.messages,
        errors,
        action: told.action,
        sends_bytes,
        hidden: told.hidden,
        parts: told.parts,
        button: told.button,
        back: told.back,
    }
}
