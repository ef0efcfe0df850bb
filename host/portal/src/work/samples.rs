//! The worklist and the screen to decide in their states, with an invented person and plan.

use domain::case::CaseKind;
use domain::identifiers::{CaseId, OrgId};
use domain::plan::types::Urgency;
use domain::statute::ClockNature;
use i18n_embed_fl::fl;
use jiff::ToSpan as _;
use jiff::civil::date;
use workflow::command::{Holder, WorkFilter};
use workflow::shown::RelatedCase;

use super::decide::{self, Advised, Against, Parts};
use super::decisions::{Leaning, PlanDecision};
use super::fields::{Choice, Choices, Select, TextArea};
use super::form::{Cause, Form, Group, Piece, Refused, mistakes};
use super::holder::{self, Button, HandledShown, HolderForm, HolderParts};
use super::{address, line, urgency, view};
use crate::case::status_of;
use crate::clocks;
use crate::fields::Fields;
use crate::gallery::{self, Sample, said, sample};
use crate::parts::{
    Action, Entry, Errors, Field, Message, Mistake, Row, Sheet, Step, Summary, Timeline, Titled, Tone,
};
use crate::shell::{Frame, Role};
use crate::today::kind_name;
use crate::words::Words;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let mut who = gallery::coordinator();
    who.organization = "Costa Verde".to_owned();
    who.roles = vec![Role::PlanOperations, Role::PlanReviewer];
    let frame = Frame { who: Some(&who), ..*frame };
    let words = frame.words;
    let list = |name: &str, rows, filter, next| sample(name, view(&frame, rows, filter, next).to_string());
    let chosen = WorkFilter {
        kind: Some(CaseKind::Claim),
        urgency: Some(Urgency::Expedited),
        holder: Some(Holder::Nobody),
    };
    let screen = |name: &str, parts| sample(name, decide::view(&frame, parts).to_string());
    let holder = |name: &str, parts| sample(name, holder::view(&frame, parts).to_string());
    let late = Message { tone: Tone::Late, text: fl!(words.l, "work-changed-somehow") };
    vec![
        list("work", rows(&frame), WorkFilter::default(), Some("1~case_2")),
        list("work-empty", Vec::new(), WorkFilter::default(), None),
        list("work-no-match", Vec::new(), chosen, None),
        screen("work-decide", parts(&frame, Some(form(words, &[])))),
        screen("work-decide-wrong", wrong(&frame)),
        screen(
            "work-decide-changed",
            Parts { messages: vec![late], ..parts(&frame, Some(form(words, &[]))) },
        ),
        screen("work-decide-over", over(&frame)),
        screen("work-decide-told", told(&frame)),
        holder("work-holder", holder_parts(&frame, &[])),
        holder("work-holder-wrong", holder_wrong(&frame)),
        holder("work-holder-changed", holder_late(&frame)),
        sample("work-departs", departs(&frame, false)),
        sample("work-departs-wrong", departs(&frame, true)),
    ]
}

/// A case that waits: hours until its clock ends, kind and urgency, the service, why a person decides, the
/// colleague who has it, and hours since it came.
struct Waits {
    hours: i64,
    kind: CaseKind,
    how: Urgency,
    service: (&'static str, &'static str),
    why: (&'static str, &'static str),
    holder: Holding,
    since: i64,
}

/// Person who has a case of the list.
enum Holding {
    Nobody,
    You,
    Colleague,
}

fn waiting() -> [Waits; 4] {
    [
        Waits {
            hours: -30,
            kind: CaseKind::Authorization,
            how: Urgency::Expedited,
            service: ("Recuperative care", "Atención de recuperación"),
            why: ("A licensed person must decide.", "Debe decidir una persona con licencia."),
            holder: Holding::You,
            since: 102,
        },
        Waits {
            hours: 3,
            kind: CaseKind::Referral,
            how: Urgency::Standard,
            service: ("Housing deposits", "Depósitos para vivienda"),
            why: ("The rules advise a person.", "Las reglas aconsejan a una persona."),
            holder: Holding::Colleague,
            since: 69,
        },
        Waits {
            hours: 90,
            kind: CaseKind::Claim,
            how: Urgency::Standard,
            service: ("Day habilitation", "Habilitación diurna"),
            why: ("The provider disputes the payment.", "El proveedor disputa el pago."),
            holder: Holding::Nobody,
            since: 50,
        },
        Waits {
            hours: 200,
            kind: CaseKind::Application,
            how: Urgency::Standard,
            service: ("Credentialing file", "Expediente de acreditación"),
            why: ("The insurance is to be judged.", "Hay que revisar el seguro."),
            holder: Holding::Nobody,
            since: 7,
        },
    ]
}

fn rows(frame: &Frame<'_>) -> Vec<Row> {
    let words = frame.words;
    let at = |hours: i64| frame.now.checked_add(hours.hours()).unwrap_or(frame.now);
    let row = |waits: Waits| {
        let clock = clocks::due(words, "", at(waits.hours), ClockNature::Duty, frame.now);
        let word = clock.word.unwrap_or_default();
        let holder = match waits.holder {
            Holding::Nobody => fl!(words.l, "work-nobody"),
            Holding::You => fl!(words.l, "work-you"),
            Holding::Colleague => "R. Okafor".to_owned(),
        };
        let cells = [
            format!("{word} {} {}", clock.sentence.trim(), clock.due.text).trim().to_owned(),
            kind_name(words, waits.kind),
            urgency(words, waits.how),
            said(words, waits.why.0, waits.why.1),
            holder,
            words.instant(at(-waits.since)),
        ];
        let service = said(words, waits.service.0, waits.service.1);
        line(words, service, address(waits.kind, "case_0001"), cells)
    };
    waiting().into_iter().map(row).collect()
}

/// An authorization that people decide, with every part.
fn parts(frame: &Frame<'_>, form: Option<Form>) -> Parts {
    let words = frame.words;
    let l = words.l;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let service = said(words, "recuperative care", "atención de recuperación");
    let due = frame.now.checked_add(20.hours()).unwrap_or(frame.now);
    let rule =
        said(words, "The plan decides within 5 business days.", "El plan decide dentro de 5 días hábiles.");
    Parts {
        heading: fl!(l, "work-decide", service = service),
        person: Some(fl!(l, "work-person", name = "Maria Alvarez", day = words.day(date(1971, 4, 9)))),
        number: "cas_0001".to_owned(),
        status: status_of(words, "with-people"),
        messages: vec![Message {
            tone: Tone::Plain,
            text: said(words, "A licensed person must decide.", "Debe decidir una persona con licencia."),
        }],
        clocks: vec![clocks::due(words, &rule, due, ClockNature::Duty, frame.now)],
        request: Summary {
            rows: vec![
                entry(fl!(l, "kind"), kind_name(words, CaseKind::Authorization)),
                entry(fl!(l, "work-urgency"), urgency(words, Urgency::Expedited)),
                entry(fl!(l, "sent-by"), "Harbor House".to_owned()),
            ],
        },
        lines: Some(sheet(words, fl!(l, "asked-for"), "90")),
        advised: Some(Advised {
            says: decide::leaning_text(words, Leaning::Part),
            reason: Some(said(words, "Thirty days are usual.", "Lo usual son treinta días.")),
            asks: vec![said(words, "Attach: discharge summary", "Adjunte: resumen de alta")],
            lines: Some(sheet(words, fl!(l, "work-advised-lines"), "30")),
        }),
        findings: Some(gallery::findings(words)),
        facts: Some(facts(words)),
        documents: Some(gallery::documents(words, super::DOCUMENTS)),
        limits: Some(gallery::limits(words)),
        history: Some(sheet(words, fl!(l, "work-history"), "26")),
        cases: decide::cases(words, &[related(frame)]),
        timeline: gallery::timeline(words),
        handled: Some(HandledShown {
            says: Some(fl!(
                l,
                "work-has",
                name = "R. Okafor",
                time = words.instant(frame.now.checked_sub(2.hours()).unwrap_or(frame.now))
            )),
            address: holder::holder_address(CaseKind::Authorization, "case_0001"),
            turn: 2,
            once: "0123456789abcdef".to_owned(),
            buttons: vec![put_back(words)],
            more: Some(Action::other(
                fl!(l, "work-hand-on"),
                holder::holder_address(CaseKind::Authorization, "case_0001"),
            )),
            history: Some(handled(frame)),
        }),
        form,
        no_form: None,
        kept: None,
        mistakes: Errors { title: fl!(l, "errors"), rows: Vec::new() },
    }
}

fn sheet(words: Words, caption: String, units: &str) -> Sheet {
    let heads = vec![fl!(words.l, "procedure"), fl!(words.l, "units")];
    let cells = vec![(heads[1].clone(), units.to_owned())];
    Sheet { caption, rows: vec![Row { name: "T2033 U6".to_owned(), address: None, cells }], heads }
}

/// Another case of the person with the plan.
fn related(frame: &Frame<'_>) -> RelatedCase {
    RelatedCase {
        id: CaseId::from_uuid(Default::default()),
        kind: CaseKind::Authorization,
        service: Some("housing-transition-navigation".to_owned()),
        state: "approved".to_owned(),
        provider: OrgId::from_uuid(Default::default()),
        received_at: frame.now.checked_sub(480.hours()).unwrap_or(frame.now),
    }
}

fn facts(words: Words) -> Titled {
    let l = words.l;
    let heads =
        vec![fl!(l, "money-question"), fl!(l, "money-answer"), fl!(l, "work-source"), fl!(l, "work-as-of")];
    let cells = [fl!(l, "yes"), fl!(l, "work-by-member"), words.day(date(2026, 11, 12))];
    let name = said(words, "Is there a safe place to recover?", "¿Hay un lugar seguro para recuperarse?");
    let cells = heads.iter().skip(1).cloned().zip(cells).collect();
    Titled { heading: decide::KNOWN.to_owned(), rows: vec![Row { name, address: None, cells }], heads }
}

/// A form with each kind of field, and these mistakes.
fn form(words: Words, refused: &[Mistake]) -> Form {
    let l = words.l;
    let error = |name: &str| refused.iter().find(|one| one.field == name).map(|mistake| mistake.text.clone());
    let choice = |value: &str, label: String, is_chosen: bool| Choice {
        value: value.to_owned(),
        label,
        note: is_chosen.then(|| fl!(l, "not-met")),
        is_chosen,
    };
    let choices = |name: &str, legend: String, kind, rows| {
        Piece::Choices(Choices {
            name: name.to_owned(),
            legend,
            hint: Some(fl!(l, "work-unlicensed")),
            error: error(name),
            kind,
            rows,
        })
    };
    let units = Field {
        error: error("line-1-units"),
        value: "120".to_owned(),
        digits: true,
        ..Field::short("line-1-units", fl!(l, "units"))
    };
    let reason = TextArea {
        name: "reason-en".to_owned(),
        label: fl!(l, "work-reason-en"),
        hint: None,
        error: error("reason-en"),
        value: String::new(),
        lang: Some("en"),
    };
    let to = Select {
        name: "to".to_owned(),
        label: fl!(l, "work-to"),
        hint: Some(fl!(l, "work-to-hint")),
        error: None,
        rows: vec![choice("", fl!(l, "work-choose"), false)],
    };
    let decisions = [PlanDecision::Approve, PlanDecision::Part, PlanDecision::Pend, PlanDecision::Deny];
    let criterion = said(words, "Hospital in the last 30 days", "Hospital en los últimos 30 días");
    let group = |classes: &str, heading, fields| Group {
        classes: classes.to_owned(),
        heading: Some(heading),
        says: None,
        fields,
    };
    Form {
        action: address(CaseKind::Authorization, "case_0001"),
        version: 3,
        once: "0123456789abcdef".to_owned(),
        against: Some(said(words, "The summary says so.", "Lo dice el resumen.")),
        wanted: Some(("refusal", "es")),
        decisions: Choices {
            name: "decision".to_owned(),
            legend: fl!(l, "work-decision"),
            hint: None,
            error: error("decision"),
            kind: "radio",
            rows: decisions
                .iter()
                .map(|decision| {
                    choice(decision.name(), decision.text(words), *decision == PlanDecision::Part)
                })
                .collect(),
        },
        groups: vec![
            group(
                "for-part",
                fl!(l, "work-lines"),
                vec![
                    Piece::Heading(fl!(l, "work-line", number = 1_u16, asked = "T2033 U6")),
                    Piece::Line(units),
                ],
            ),
            group(
                "for-part for-deny",
                fl!(l, "work-no"),
                vec![
                    choices(
                        "kind",
                        fl!(l, "work-kind"),
                        "radio",
                        vec![choice("administrative", fl!(l, "work-administrative"), false)],
                    ),
                    choices(
                        "criteria",
                        fl!(l, "work-criteria"),
                        "checkbox",
                        vec![choice("hospital-30", criterion, true)],
                    ),
                ],
            ),
            group("for-part for-deny", fl!(l, "money-dispute-reason"), vec![Piece::Area(reason)]),
            group("for-pend", fl!(l, "work-pend-heading"), vec![Piece::Select(to)]),
        ],
    }
}

/// The same after the floor refused it.
fn wrong(frame: &Frame<'_>) -> Parts {
    let words = frame.words;
    let of = |field: &str, text: Option<String>| Refused { field: field.to_owned(), text };
    let more = said(
        words,
        "There are more units than were asked for. Grant no more units than were asked for.",
        "Hay más unidades de las que se pidieron. No conceda más unidades de las que se pidieron.",
    );
    let refused = [
        of("kind", Some(Cause::NoLicense.text(words))),
        of("reason-en", None),
        of("line-1-units", Some(more)),
    ];
    let rows = mistakes(words, &refused);
    let form = form(words, &rows);
    Parts { mistakes: Errors { title: fl!(words.l, "errors"), rows }, ..parts(frame, Some(form)) }
}

/// A case that is decided, with what somebody had written who came late.
fn over(frame: &Frame<'_>) -> Parts {
    let words = frame.words;
    let l = words.l;
    let written = said(words, "The stay was too long ago.", "La estancia fue hace demasiado tiempo.");
    let kept = Entry { name: fl!(l, "work-reason-en"), value: written, note: None };
    Parts {
        status: status_of(words, "approved"),
        no_form: Some(fl!(l, "work-nothing-to-decide")),
        kept: Some(Summary { rows: vec![kept] }),
        documents: None,
        advised: None,
        ..parts(frame, None)
    }
}

/// A case that is decided, of which the person is to be told.
fn told(frame: &Frame<'_>) -> Parts {
    let words = frame.words;
    let l = words.l;
    let choice =
        |value: &str, label: String| Choice { value: value.to_owned(), label, note: None, is_chosen: false };
    let radios = |name: &str, legend: String, rows| {
        Piece::Choices(Choices {
            name: name.to_owned(),
            legend,
            hint: None,
            error: None,
            kind: "radio",
            rows,
        })
    };
    let routes = vec![
        choice("mail", fl!(l, "work-by-mail")),
        choice("electronic", fl!(l, "work-electronically")),
        choice("in-person", fl!(l, "work-in-person")),
    ];
    let languages = vec![choice("en", fl!(l, "in-english")), choice("es", fl!(l, "in-spanish"))];
    let day = Field {
        kind: "date",
        hint: Some(fl!(l, "day-hint")),
        ..Field::short("sent-on", fl!(l, "work-sent-on"))
    };
    let fields = vec![
        Piece::Line(day),
        radios("route", fl!(l, "work-route"), routes),
        radios("notice-language", fl!(l, "work-notice-language"), languages),
    ];
    let mut form = Form { against: None, wanted: None, ..form(words, &[]) };
    form.decisions.rows =
        vec![Choice { is_chosen: true, ..choice(PlanDecision::Tell.name(), PlanDecision::Tell.text(words)) }];
    let says = Some(fl!(l, "work-tell-says"));
    form.groups = vec![Group { classes: "for-tell".to_owned(), heading: None, says, fields }];
    Parts {
        heading: said(words, "recuperative care", "atención de recuperación"),
        status: status_of(words, "approved"),
        messages: Vec::new(),
        no_form: Some(fl!(l, "work-nothing-to-decide")),
        advised: None,
        handled: None,
        ..parts(frame, Some(form))
    }
}

fn put_back(words: Words) -> Button {
    Button { step: "put-back", text: fl!(words.l, "work-put-back") }
}

/// Steps of the plan's people, one of them a note.
fn handled(frame: &Frame<'_>) -> Timeline {
    let words = frame.words;
    let l = words.l;
    let called = said(words, "The hospital calls back on Friday.", "El hospital llama el viernes.");
    let step = |hours: i64, text: String, who: String| {
        let at = frame.now.checked_sub(hours.hours()).unwrap_or(frame.now);
        Step { at: clocks::instant(words, at), text, who }
    };
    Timeline {
        steps: vec![
            step(1, fl!(l, "work-noted", text = called), "R. Okafor".to_owned()),
            step(2, fl!(l, "work-passed", name = "R. Okafor"), fl!(l, "work-you")),
            step(20, fl!(l, "work-was-put-back"), "L. Park".to_owned()),
            step(22, fl!(l, "work-took"), "L. Park".to_owned()),
        ],
    }
}

/// The page on which a case is passed on, with these mistakes.
fn holder_parts(frame: &Frame<'_>, refused: &[Mistake]) -> HolderParts {
    let words = frame.words;
    let l = words.l;
    let colleague = ("acc_0001".to_owned(), "R. Okafor".to_owned());
    HolderParts {
        heading: holder::heading(words, &said(words, "recuperative care", "atención de recuperación")),
        number: "cas_0001".to_owned(),
        message: None,
        says: fl!(l, "work-you-have", time = words.instant(frame.now)),
        kept: None,
        form: Some(HolderForm {
            action: holder::holder_address(CaseKind::Authorization, "case_0001"),
            turn: 2,
            once: "0123456789abcdef".to_owned(),
            note: holder::note(words, "", refused),
            to: Some(holder::colleagues(words, vec![colleague], "", refused)),
            buttons: vec![put_back(words)],
        }),
        history: Some(handled(frame)),
        mistakes: Errors { title: fl!(l, "errors"), rows: refused.to_vec() },
        back: holder::back(words, address(CaseKind::Authorization, "case_0001")),
    }
}

fn holder_wrong(frame: &Frame<'_>) -> HolderParts {
    let l = frame.words.l;
    let mistake = |field: &'static str, text: String| Mistake::at(field, text);
    let refused = [
        mistake(holder::NOTE, fl!(l, "work-write-note", most = "500")),
        mistake(holder::TO, fl!(l, "work-choose-colleague")),
    ];
    holder_parts(frame, &refused)
}

/// The case was decided while somebody wrote a note.
fn holder_late(frame: &Frame<'_>) -> HolderParts {
    let words = frame.words;
    let l = words.l;
    let written = said(words, "Ask about the discharge.", "Pregunte por el alta.");
    let kept = Entry { name: fl!(l, "work-note"), value: written, note: None };
    HolderParts {
        message: Some(Message { tone: Tone::Late, text: fl!(l, "work-hands-changed") }),
        says: fl!(l, "work-waits-no-more"),
        kept: Some(Summary { rows: vec![kept] }),
        form: None,
        ..holder_parts(frame, &[])
    }
}

fn departs(frame: &Frame<'_>, is_missing: bool) -> String {
    let words = frame.words;
    let typed = Fields::of(vec![
        ("decision".to_owned(), PlanDecision::Approve.name().to_owned()),
        ("once".to_owned(), "0123456789abcdef".to_owned()),
    ]);
    let ground = Against {
        says: Some(decide::leaning_text(words, Leaning::No)),
        findings: Some(gallery::findings(words)),
        action: address(CaseKind::Authorization, "case_0001"),
        decision: PlanDecision::Approve,
        typed: &typed,
        is_missing,
    };
    decide::against(frame, ground).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::decisions::departs;

    #[test]
    fn a_decision_departs_from_other_advice_and_from_none_that_is_its_own() {
        let own = [
            (Leaning::Yes, PlanDecision::Approve),
            (Leaning::Yes, PlanDecision::Accept),
            (Leaning::Yes, PlanDecision::Pay),
            (Leaning::Part, PlanDecision::Part),
            (Leaning::Part, PlanDecision::Modify),
            (Leaning::Part, PlanDecision::Pay),
            (Leaning::Elsewhere, PlanDecision::Redirect),
            (Leaning::No, PlanDecision::Deny),
            (Leaning::No, PlanDecision::NotEligible),
        ];
        let leanings = [Leaning::Yes, Leaning::Part, Leaning::More, Leaning::Elsewhere, Leaning::No];
        let weighed = [
            PlanDecision::Accept,
            PlanDecision::Approve,
            PlanDecision::Pay,
            PlanDecision::Part,
            PlanDecision::Modify,
            PlanDecision::Redirect,
            PlanDecision::Deny,
            PlanDecision::NotEligible,
        ];
        for decision in PlanDecision::ALL {
            for leaning in leanings {
                let expected = weighed.contains(&decision) && !own.contains(&(leaning, decision));
                assert_eq!(departs(leaning, decision), expected, "{leaning:?} {decision:?}");
            }
        }
    }

    #[test]
    fn a_decision_is_read_by_the_word_that_the_form_has() {
        for decision in PlanDecision::ALL {
            assert_eq!(PlanDecision::named(decision.name()), Some(decision));
        }
        assert_eq!(PlanDecision::named("forget"), None);
    }

    /// Each decision that has fields of its own shows them when it is chosen.
    #[test]
    fn the_style_knows_every_decision_with_fields() {
        let style = std::str::from_utf8(crate::assets::css().plain).unwrap();
        let bare = [PlanDecision::Accept, PlanDecision::Offer];
        for decision in PlanDecision::ALL.into_iter().filter(|decision| !bare.contains(decision)) {
            let name = decision.name();
            let rule = format!(".decide:has(#decision-{name}:checked) .for-{name}");
            assert!(style.contains(&rule), "{rule}");
        }
    }
}
