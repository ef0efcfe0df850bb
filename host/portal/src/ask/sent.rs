//! The confirmation of what was sent: received here, with the plan, and decided are three things and stay
//! apart.

use askama::Template;
use domain::case::CaseKind;
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use workflow::shown::{Body, ShownCase, ShownMember};

use super::ADDRESS;
use crate::case::{address, answered, open_clocks, service_of, status_of};
use crate::parts::{Action, Clock, Entry, Message, Status, Summary, Tone};
use crate::people::person;
use crate::shell::{Frame, Place, Shell};
use crate::today::{kind_name, name};
use crate::words::Words;

/// The request that was sent, as it stands.
pub struct Sent<'a> {
    /// The person whom it is about, where the viewer may see the person.
    pub member: Option<&'a ShownMember>,
    /// The referral, if there is one.
    pub referral: Option<&'a ShownCase>,
    /// The request for authorization, if one was sent.
    pub authorization: Option<&'a ShownCase>,
}

/// One case that was sent, as the confirmation shows it.
pub(crate) struct SentCase {
    pub(crate) heading: String,
    pub(crate) status: Status,
    pub(crate) rows: Summary,
    pub(crate) clocks: Vec<Clock>,
    pub(crate) open: Action,
}

#[derive(Template)]
#[template(path = "ask/sent.html")]
pub(crate) struct SentPage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) person: Option<(String, String)>,
    pub(crate) service: String,
    pub(crate) may_start: Option<Message>,
    pub(crate) messages: Vec<Message>,
    pub(crate) cases: Vec<SentCase>,
    pub(crate) next: Action,
}

/// Page of the confirmation, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, sent: &Sent<'_>) -> String {
    let words = frame.words;
    let shown: Vec<&ShownCase> = [sent.referral, sent.authorization].into_iter().flatten().collect();
    let person = sent.member.map(|member| (name(member), person::address(&member.id.to_string())));
    let service = shown.first().map_or_else(String::new, |shown| service_of(words, &shown.case));
    let cases = shown.iter().map(|shown| sent_case(frame, shown)).collect();
    let may_start = sent.authorization.and_then(|shown| may_start(frame, shown));
    let mut messages = Vec::new();
    let is_refused = sent.referral.is_some_and(|shown| matches!(shown.state, "not-eligible" | "redirected"));
    if is_refused && sent.authorization.is_none() {
        messages.push(Message { tone: Tone::Plain, text: fl!(words.l, "ask-not-asked") });
    }
    view(frame, person, service, may_start, messages, cases).to_string()
}

pub(crate) fn view(
    frame: &Frame<'_>,
    person: Option<(String, String)>,
    service: String,
    may_start: Option<Message>,
    messages: Vec<Message>,
    cases: Vec<SentCase>,
) -> SentPage {
    let l = frame.words.l;
    let heading = fl!(l, "ask-sent");
    SentPage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)),
        heading,
        person,
        service,
        may_start,
        messages,
        cases,
        next: Action::other(fl!(l, "ask-next-person"), ADDRESS),
    }
}

fn sent_case(frame: &Frame<'_>, shown: &ShownCase) -> SentCase {
    let words = frame.words;
    let l = words.l;
    let case = &shown.case;
    let kind: CaseKind = case.body.kind();
    let status = status_of(words, shown.state);
    let row = |name: String, value: String| Entry { name, value, note: None };
    let decided = match answered(&case.body).and_then(|answered| answered.decided_at) {
        Some(at) => format!("{}, {}", status.word, words.instant(at)),
        None => fl!(l, "ask-not-yet"),
    };
    let rows = vec![
        row(fl!(l, "ask-number"), case.id.to_string()),
        row(fl!(l, "ask-received"), words.instant(case.received_at)),
        row(fl!(l, "ask-delivered"), delivered(words, shown)),
        row(fl!(l, "ask-decided"), decided),
    ];
    SentCase {
        heading: kind_name(words, kind),
        status,
        rows: Summary { rows },
        clocks: open_clocks(frame, &shown.deadlines),
        open: Action::other(fl!(l, "ask-open-case"), address(kind, &case.id.to_string())),
    }
}

/// The one at the plan who has it: its rules, its people, or nobody yet.
pub(crate) fn delivered(words: Words, shown: &ShownCase) -> String {
    let l = words.l;
    match shown.state {
        "joined" => fl!(l, "ask-with-earlier"),
        "with-people" => fl!(l, "ask-with-people"),
        _ if answered(&shown.case.body).is_some_and(|answered| answered.evaluation.is_some()) => {
            fl!(l, "ask-with-rules")
        }
        _ => fl!(l, "ask-not-yet"),
    }
}

/// That service may start, and until when.
fn may_start(frame: &Frame<'_>, shown: &ShownCase) -> Option<Message> {
    let words = frame.words;
    let Body::Authorization(body) = &shown.case.body else { return None };
    if body.state.is_final() {
        return None;
    }
    let text = match &body.window {
        Some(window) if pacific_day(frame.now) <= window.last => {
            fl!(words.l, "may-start", day = words.weekday(window.last))
        }
        _ => fl!(words.l, "ask-wait"),
    };
    Some(Message { tone: if body.window.is_some() { Tone::Good } else { Tone::Plain }, text })
}
