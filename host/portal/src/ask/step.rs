//! Steps that a provider takes with a case, each on a page of its own: what it means, what is asked, and one
//! button. What changed meanwhile is said before anything is done.

use std::borrow::Cow;

use domain::case::CaseKind;
use domain::dictionary::Dictionary;
use domain::plan::types::Ask;
use i18n_embed_fl::fl;
use workflow::shown::{Declared, Offer, ProviderStep, ShownCase, TimelineStep};

use super::draft::{Attached, Draft, FACT};
use super::view::{FormPage, file_questions, question_of};
use super::wanted::WantedFact;
use super::{Button, Slips};
use crate::case::{self, actor, asks_of, service_of, status_of};
use crate::clocks;
use crate::fields::VERSION;
use crate::names::{self, Names};
use crate::parts::{Action, Choice, Message, Question, Tone};
use crate::shell::{Frame, Shell};
use crate::words::Words;

/// Name of the field with what is not there to be sent.
pub const LACKS: &str = "lacks";

/// A step with a case, as its page shows it.
pub struct StepShown<'a> {
    /// Step that is taken.
    pub step: ProviderStep,
    /// The case, as its viewer may see it.
    pub case: &'a ShownCase,
    /// Entries of the form, and the key of the attempt.
    pub draft: &'a Draft,
    /// Mistakes of the fields.
    pub slips: &'a Slips,
    /// Steps that others took since the viewer read the case.
    pub since: Option<&'a [TimelineStep]>,
    /// Most bytes of one document.
    pub most_bytes: u64,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// Address of the page of a step.
#[must_use]
pub fn address(kind: CaseKind, id: &str, step: ProviderStep) -> String {
    format!("{}/{}", case::address(kind, id), step.name())
}

/// Links to the steps that a case allows.
pub(crate) fn links(words: Words, shown: &ShownCase) -> Vec<Action> {
    let (kind, id) = (shown.case.body.kind(), shown.case.id.to_string());
    let link = |step: &ProviderStep| Action {
        text: title(words, *step),
        address: address(kind, &id, *step),
        main: matches!(step, ProviderStep::Supply | ProviderStep::Accept),
    };
    shown.provider_steps.iter().map(link).collect()
}

fn title(words: Words, step: ProviderStep) -> String {
    let l = words.l;
    match step {
        ProviderStep::Supply => fl!(l, "ask-supply"),
        ProviderStep::Accept => fl!(l, "ask-accept"),
        ProviderStep::Decline => fl!(l, "ask-decline"),
        ProviderStep::StartOutreach => fl!(l, "ask-start"),
        ProviderStep::ChangeProvider => fl!(l, "ask-change-provider"),
        ProviderStep::Close => fl!(l, "ask-close"),
        ProviderStep::End => fl!(l, "ask-end"),
        ProviderStep::Withdraw => fl!(l, "ask-withdraw"),
    }
}

/// Consequence of a step, in a sentence.
fn says(words: Words, step: ProviderStep) -> String {
    let l = words.l;
    match step {
        ProviderStep::Supply => fl!(l, "ask-supply-says"),
        ProviderStep::Accept => fl!(l, "ask-accept-says"),
        ProviderStep::Decline => fl!(l, "ask-decline-says"),
        ProviderStep::StartOutreach => fl!(l, "ask-start-says"),
        ProviderStep::ChangeProvider => fl!(l, "ask-change-provider-says"),
        ProviderStep::Close => fl!(l, "ask-close-says"),
        ProviderStep::End => fl!(l, "ask-end-says"),
        ProviderStep::Withdraw => fl!(l, "ask-withdraw-says"),
    }
}

fn button(words: Words, step: ProviderStep) -> String {
    let l = words.l;
    match step {
        ProviderStep::Supply => fl!(l, "ask-supply-do"),
        ProviderStep::Accept => fl!(l, "ask-accept"),
        ProviderStep::Decline => fl!(l, "ask-decline"),
        ProviderStep::StartOutreach => fl!(l, "ask-start-do"),
        ProviderStep::ChangeProvider => fl!(l, "ask-change-provider-do"),
        ProviderStep::Close => fl!(l, "ask-close-do"),
        ProviderStep::End => fl!(l, "ask-end-do"),
        ProviderStep::Withdraw => fl!(l, "ask-withdraw-do"),
    }
}

/// Page of one step with a case, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, shown: &StepShown<'_>) -> String {
    let words = frame.words;
    let (step, case) = (shown.step, &shown.case.case);
    let (kind, id) = (case.body.kind(), case.id.to_string());
    let mut form = bare(frame, step, address(kind, &id, step), case::address(kind, &id));
    form.says.insert(0, service_of(words, case));
    if let Some(since) = shown.since {
        form.messages = changed(frame, shown, since);
    }
    form.questions = questions(words, shown);
    form.files = step == ProviderStep::Supply;
    let names: Vec<String> = form.questions.iter().map(|question| question.name.clone()).collect();
    form.hidden = shown.draft.carried(|name| name == VERSION || names.iter().any(|shown| shown == name));
    // The version that the viewer read, also where the page is shown again: only who is told of a change has
    // seen the newer one.
    let seen = shown.draft.filled(VERSION).filter(|_| shown.since.is_none());
    let version = seen.map_or_else(|| case.version.to_string(), str::to_owned);
    form.hidden.push((VERSION.to_owned(), version));
    if step == ProviderStep::Supply {
        let megabytes: u64 = shown.most_bytes >> 20;
        form.says.push(fl!(words.l, "ask-documents-say", megabytes = megabytes));
    }
    form.marked(words, shown.slips).to_string()
}

/// The page of a step before anything is asked on it.
pub(crate) fn bare(frame: &Frame<'_>, step: ProviderStep, action: String, back: String) -> FormPage {
    let words = frame.words;
    let heading = title(words, step);
    let mut form = FormPage::of(frame, heading.clone(), action);
    form.shell = Shell::of(frame, &heading, None);
    form.says = vec![says(words, step)];
    form.buttons = vec![Button::main("do", button(words, step))];
    form.links = vec![Action::other(fl!(words.l, "ask-back-to-case"), back)];
    form
}

/// Steps that others took meanwhile, and how the case stands now.
fn changed(frame: &Frame<'_>, shown: &StepShown<'_>, since: &[TimelineStep]) -> Vec<Message> {
    let words = frame.words;
    let status = status_of(words, shown.case.state).word;
    let mut messages = vec![Message { tone: Tone::Soon, text: fl!(words.l, "ask-changed", status = status) }];
    messages.extend(since.iter().map(|step| {
        let at = clocks::instant(words, step.at).text;
        let what = words.of_family("event", step.name);
        Message { tone: Tone::Plain, text: format!("{at}: {what} ({})", actor(words, step, shown.names)) }
    }));
    messages
}

fn questions(words: Words, shown: &StepShown<'_>) -> Vec<Question> {
    let l = words.l;
    let reasons = |name: &'static str, label: String, codes: Vec<(String, String)>| {
        let chosen = shown.draft.get(name);
        let choice =
            |(value, text): (String, String)| Choice { chosen: chosen == Some(value.as_str()), value, text };
        let choices = codes.into_iter().map(choice).collect();
        vec![Question { kind: "radio", choices, ..Question::line(0, name, label) }]
    };
    match shown.step {
        ProviderStep::Supply => needed(words, shown),
        ProviderStep::Decline => reasons("reason", fl!(l, "ask-decline-why"), declines(words)),
        ProviderStep::Close => {
            let known = Dictionary::state().closure_reasons().iter();
            let codes = known.map(|one| (one.code.clone(), words.pick(&one.name))).collect();
            reasons("reason", fl!(l, "ask-close-why"), codes)
        }
        ProviderStep::End => {
            let typed = |name: &str| shown.draft.get(name).unwrap_or_default().to_owned();
            vec![
                Question {
                    kind: "date",
                    value: typed("last"),
                    ..Question::line(0, "last", fl!(l, "ask-end-last"))
                },
                Question {
                    hint: Some(fl!(l, "ask-end-hint")),
                    value: typed("reason"),
                    ..Question::line(1, "reason", fl!(l, "ask-end-why"))
                },
            ]
        }
        ProviderStep::Accept
        | ProviderStep::StartOutreach
        | ProviderStep::ChangeProvider
        | ProviderStep::Withdraw => Vec::new(),
    }
}

fn declines(words: Words) -> Vec<(String, String)> {
    let known = Dictionary::state().decline_reasons().iter();
    known.map(|one| (one.code.clone(), words.pick(&one.name))).collect()
}

/// One question for each thing that the plan asks for, and which of them are not there.
fn needed(words: Words, shown: &StepShown<'_>) -> Vec<Question> {
    let mut questions = Vec::new();
    let mut things = Vec::new();
    let lacking: Vec<&str> = shown.draft.all(LACKS).collect();
    let attached: Vec<Attached> = shown.draft.all("document").filter_map(Attached::read).collect();
    if !attached.is_empty() {
        let choice = |one: &Attached| Choice {
            value: one.value(),
            text: case::document_name(words, &one.kind),
            chosen: true,
        };
        questions.push(Question {
            kind: "checkbox",
            choices: attached.iter().map(choice).collect(),
            ..Question::line(0, "document", fl!(words.l, "ask-attached"))
        });
    }
    for ask in asks_of(&shown.case.case.body) {
        let (thing, text): (&str, Cow<'_, str>) = match ask {
            Ask::Fact(code) => {
                let Some(fact) = asked_fact(&shown.case.declared, code) else { continue };
                let value = shown.draft.get(&format!("{FACT}{code}"));
                questions.push(question_of(words, questions.len(), &fact, value));
                (code, words.pick(&fact.definition.question).into())
            }
            Ask::Document(kind) => {
                if !attached.iter().any(|one| one.kind == *kind) {
                    file_questions(words, kind, shown.draft, &mut questions);
                }
                (kind, case::document_name(words, kind).into())
            }
        };
        things.push(Choice {
            value: thing.to_owned(),
            text: text.into_owned(),
            chosen: lacking.contains(&thing),
        });
    }
    if !things.is_empty() {
        questions.push(Question {
            kind: "checkbox",
            hint: Some(fl!(words.l, "ask-lacks-says")),
            choices: things,
            ..Question::line(questions.len(), LACKS, fl!(words.l, "ask-lacks"))
        });
    }
    questions
}

/// Definition of a fact that a plan asks for.
#[must_use]
pub fn asked_fact(declared: &Declared, code: &str) -> Option<WantedFact> {
    let names = Dictionary::state().known_fact(code).map(|known| known.code_names.clone());
    let definition = declared.fact(code)?.clone();
    Some(WantedFact { definition, code_names: names.unwrap_or_default() })
}

/// An offered referral, as the provider sees it that may take it.
pub struct OfferShown<'a> {
    /// The least that a provider must know to take it.
    pub offer: &'a Offer,
    /// Entries of the form, and the key of the attempt.
    pub draft: &'a Draft,
    /// Mistakes of the fields.
    pub slips: &'a Slips,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// Address of an offer.
#[must_use]
pub fn offer_address(id: &str) -> String {
    format!("/portal/offers/{id}")
}

/// Page of an offered referral, as HTML.
#[must_use]
pub fn offer(frame: &Frame<'_>, shown: &OfferShown<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let offer = shown.offer;
    let language = crate::people::language(words, &offer.language);
    let says = fl!(
        l,
        "offer-says",
        plan = shown.names.plan(&offer.plan),
        county = offer.county.as_str(),
        language = language
    );
    let until = fl!(l, "ask-offer-until", day = words.instant(offer.due_at));
    let id = offer.case.to_string();
    let mut form =
        offer_view(frame, names::service(words, &offer.service), vec![says, until], &id, shown.draft);
    form.hidden.push((VERSION.to_owned(), offer.version.to_string()));
    form.marked(words, shown.slips).to_string()
}

pub(crate) fn offer_view(
    frame: &Frame<'_>,
    heading: String,
    says: Vec<String>,
    id: &str,
    draft: &Draft,
) -> FormPage {
    let words = frame.words;
    let l = words.l;
    let mut form = FormPage::of(frame, heading.clone(), offer_address(id));
    form.shell = Shell::of(frame, &heading, None);
    form.says = says;
    form.says.push(fl!(l, "ask-offer-says"));
    let chosen = draft.get("reason");
    let choice =
        |(value, text): (String, String)| Choice { chosen: chosen == Some(value.as_str()), value, text };
    form.questions = vec![Question {
        kind: "radio",
        choices: declines(words).into_iter().map(choice).collect(),
        ..Question::line(0, "reason", fl!(l, "ask-decline-why"))
    }];
    form.hidden = draft.carried(|name| matches!(name, VERSION | "reason"));
    form.buttons =
        vec![Button::main("accept", fl!(l, "ask-accept")), Button::other("decline", fl!(l, "ask-decline"))];
    form
}
