//! Steps with a bill: to take it back, which is confirmed first, and to dispute what the plan did.

use askama::Template;
use i18n_embed_fl::fl;
use workflow::shown::{Body, ShownCase};

use super::{CLAIMS, Notice, Wrong, bill, errors};
use crate::case::{open_clocks, service_of};
use crate::fields::{ONCE, VERSION};
use crate::names::Names;
use crate::parts::{Action, Clock, Errors, Message, Mistake, Passage, Summary, Tone};
use crate::shell::{Frame, Place, Shell};

/// Name of the field of a dispute's reason.
pub const REASON: &str = "reason";

/// The bill that the step is taken with, and how the form stands.
pub struct BillStep<'a> {
    /// Bill that the step is taken with.
    pub claim: &'a ShownCase,
    /// Why the form is shown again.
    pub notice: Option<Notice>,
    /// Values that were not accepted.
    pub wrong: &'a [Wrong],
    /// Key that makes it count once.
    pub key: &'a str,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

#[derive(Template)]
#[template(path = "money/step.html")]
pub(crate) struct StepPage {
    shell: Shell,
    heading: String,
    says: Vec<String>,
    messages: Vec<Message>,
    clocks: Vec<Clock>,
    errors: Errors,
    sums: Summary,
    lines: Vec<String>,
    action: String,
    hidden: Vec<(&'static str, String)>,
    reason: Option<Passage>,
    button: String,
    back: Action,
}

/// Words and parts of a step's page, in the reader's language.
pub(crate) struct StepParts {
    pub(crate) heading: String,
    pub(crate) says: Vec<String>,
    pub(crate) messages: Vec<Message>,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) sums: Summary,
    pub(crate) lines: Vec<String>,
    /// Address of the bill.
    pub(crate) bill: String,
    /// Last part of the address that the form is posted to.
    pub(crate) step: &'static str,
    pub(crate) hidden: Vec<(&'static str, String)>,
    pub(crate) reason: Option<Passage>,
    pub(crate) button: String,
}

/// Page that asks whether a bill is to be taken back, as HTML.
#[must_use]
pub fn void(frame: &Frame<'_>, step: &BillStep<'_>) -> String {
    let l = frame.words.l;
    let service = service_of(frame.words, &step.claim.case);
    let told = StepParts {
        heading: fl!(l, "money-void-ask", service = service),
        says: vec![fl!(l, "money-void-says"), fl!(l, "money-void-then")],
        button: fl!(l, "money-void-button"),
        step: "void",
        reason: None,
        ..told(frame, step)
    };
    view(frame, told).to_string()
}

/// Page on which a denial or a payment is disputed, as HTML. `typed` is the reason.
#[must_use]
pub fn dispute(frame: &Frame<'_>, step: &BillStep<'_>, typed: &str) -> String {
    let l = frame.words.l;
    let plan = step.claim.case.plan.as_ref().map_or_else(String::new, |plan| step.names.plan(plan));
    let told = StepParts {
        heading: fl!(l, "money-dispute-ask"),
        says: vec![fl!(l, "money-dispute-says", plan = plan.as_str())],
        button: fl!(l, "money-dispute-button", plan = plan.as_str()),
        step: "dispute",
        reason: Some(Passage {
            name: REASON,
            label: fl!(l, "money-dispute-reason"),
            hint: Some(fl!(l, "money-dispute-hint")),
            error: step.wrong.iter().any(is_reason).then(|| fl!(l, "money-dispute-wrong")),
            value: typed.to_owned(),
        }),
        ..told(frame, step)
    };
    view(frame, told).to_string()
}

/// Beginning of a dispute about one line.
#[must_use]
pub fn about_line(frame: &Frame<'_>, claim: &ShownCase, number: u16) -> Option<String> {
    let Body::Claim(body) = &claim.case.body else { return None };
    let line = body.lines.iter().find(|line| line.number == number)?;
    Some(format!("{}: ", bill::name(frame.words, line)))
}

fn is_reason(wrong: &Wrong) -> bool {
    wrong.pointer == "/reason"
}

fn told(frame: &Frame<'_>, step: &BillStep<'_>) -> StepParts {
    let words = frame.words;
    let claim = step.claim;
    let (sums, lines) = match &claim.case.body {
        Body::Claim(body) => {
            let line = |line| format!("{}. {}", bill::name(words, line), bill::billed(words, line));
            (bill::sums(words, body), body.lines.iter().map(line).collect())
        }
        _ => (Summary { rows: Vec::new() }, Vec::new()),
    };
    let general = step.wrong.iter().filter(|wrong| !is_reason(wrong)).map(|wrong| wrong.says.clone());
    let texts = step.notice.map(|notice| notice.text(words)).into_iter().chain(general);
    StepParts {
        heading: String::new(),
        says: Vec::new(),
        messages: texts.map(|text| Message { tone: Tone::Late, text }).collect(),
        clocks: open_clocks(frame, &claim.deadlines),
        sums,
        lines,
        bill: format!("{CLAIMS}/{}", claim.case.id),
        step: "",
        hidden: vec![(ONCE, step.key.to_owned()), (VERSION, claim.case.version.to_string())],
        reason: None,
        button: String::new(),
    }
}

pub(crate) fn view(frame: &Frame<'_>, told: StepParts) -> StepPage {
    let words = frame.words;
    let mistakes =
        told.reason.iter().filter_map(|reason| Some(Mistake::at(reason.name, reason.error.clone()?)));
    let errors = errors(words, mistakes.collect());
    StepPage {
        shell: Shell::of(frame, &told.heading, Some(Place::Claims)).around_form(&errors),
        heading: told.heading,
        says: told.says,
        messages: told.messages,
        clocks: told.clocks,
        errors,
        sums: told.sums,
        lines: told.lines,
        action: format!("{}/{}", told.bill, told.step),
        hidden: told.hidden,
        reason: told.reason,
        button: told.button,
        back: Action::other(fl!(words.l, "money-back-to-bill"), told.bill),
    }
}
