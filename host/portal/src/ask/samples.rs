//! The pages of a request and of the steps with a case, in their states, with an invented person.

use domain::dictionary::Dictionary;
use i18n_embed_fl::fl;
use jiff::civil::date;
use workflow::shown::ProviderStep;

use super::draft::{Draft, FACT, FILE};
use super::sent::{self, SentCase};
use super::view::{
    CheckPage, CheckRow, FormPage, TaskStep, TasksPage, choose_view, file_questions, question_of,
};
use super::wanted::WantedFact;
use super::{ADDRESS, Button, DOCUMENTS, Slip, Slips, step};
use crate::case::{WaySet, status_of};
use crate::gallery::{self, Sample, said, sample};
use crate::parts::{Action, Choice, Entry, Errors, Message, Question, Row, Summary, Tone};
use crate::people::{Search, line};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let none = Slips::new();
    let wrong = |name: &str, slip: Slip| Slips::from([(name.to_owned(), slip)]);
    let day = format!("{FACT}discharge.date");
    let mut samples = vec![
        sample("ask-who", choose(frame, vec![person(words)], Search::None)),
        sample("ask-who-empty", choose(frame, Vec::new(), Search::None)),
        sample("ask-who-wrong", choose(frame, vec![person(words)], Search::Nobody)),
        sample("ask-service", service(frame, &none)),
        sample("ask-service-wrong", service(frame, &wrong("service", Slip::Service))),
        sample("ask-service-none", no_service(frame)),
        sample("ask-tasks", tasks(frame)),
        sample("ask-questions", questions(frame, &none)),
        sample("ask-questions-wrong", questions(frame, &wrong(&day, Slip::Day))),
        sample("ask-documents", documents(frame, &none)),
        sample(
            "ask-documents-wrong",
            documents(frame, &wrong(&format!("{FILE}discharge-summary"), Slip::Large(20))),
        ),
        sample(
            "ask-documents-again",
            documents(frame, &wrong(&format!("{FILE}discharge-summary"), Slip::ChooseAgain)),
        ),
        sample("ask-check", check(frame, false)),
        sample("ask-check-changed", check(frame, true)),
        sample("ask-sent", sent_page(frame)),
        sample("ask-offer", offer(frame, &none)),
        sample("ask-offer-wrong", offer(frame, &wrong("reason", Slip::Reason))),
        sample("ask-needed", needed(frame, &none)),
        sample("ask-needed-wrong", needed(frame, &wrong(&day, Slip::Nothing))),
    ];
    for &step in ProviderStep::ALL {
        let address = "/portal/referrals/cas_0001";
        let page = step::bare(frame, step, format!("{address}/{}", step.name()), address.to_owned());
        samples.push(sample(&format!("ask-step-{}", step.name()), page.marked(words, &none).to_string()));
    }
    samples
}

fn person(words: Words) -> Row {
    let cells = [words.day(date(1971, 4, 9)), "Costa Verde".to_owned(), fl!(words.l, "in-spanish")];
    line(words, "Maria Alvarez".to_owned(), format!("{ADDRESS}?member=mem_0001"), cells)
}

fn choose(frame: &Frame<'_>, rows: Vec<Row>, search: Search) -> String {
    choose_view(frame, rows, Some("m~1"), "91234567A", search).to_string()
}

fn radios(place: usize, name: &str, label: String, choices: Vec<String>) -> Question {
    let choice =
        |(place, text): (usize, String)| Choice { value: place.to_string(), text, chosen: place == 0 };
    Question {
        kind: "radio",
        choices: choices.into_iter().enumerate().map(choice).collect(),
        ..Question::line(place, name, label)
    }
}

fn service(frame: &Frame<'_>, slips: &Slips) -> String {
    let words = frame.words;
    let l = words.l;
    let care = said(words, "Recuperative care", "Atención de recuperación");
    let mut form = FormPage::of(frame, fl!(l, "ask"), ADDRESS);
    form.says = vec!["Maria Alvarez".to_owned(), fl!(l, "ask-says")];
    form.questions = vec![
        radios(0, "service", fl!(l, "ask-service"), vec![care]),
        radios(1, "giver", fl!(l, "ask-giver"), vec![fl!(l, "ask-giver-we"), fl!(l, "ask-giver-other")]),
        radios(2, "urgency", fl!(l, "ask-urgency"), vec![fl!(l, "ask-standard"), fl!(l, "ask-expedited")]),
    ];
    form.buttons = vec![Button::main("tasks", fl!(l, "continue"))];
    form.more_heading = fl!(l, "ask-elsewhere", count = 1);
    let respite = said(words, "Respite", "Relevo");
    form.more = vec![fl!(l, "ask-offered-by", service = respite, plans = "Sierra Azul")];
    form.marked(words, slips).to_string()
}

fn no_service(frame: &Frame<'_>) -> String {
    let l = frame.words.l;
    let mut form = FormPage::of(frame, fl!(l, "ask"), ADDRESS);
    form.messages = vec![Message { tone: Tone::Soon, text: fl!(l, "ask-no-service") }];
    form.links = vec![Action::other(fl!(l, "ask-to-person"), "/portal/people/mem_0001")];
    form.marked(frame.words, &Slips::new()).to_string()
}

fn tasks(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let step = |text, to, state: String, tone, why| TaskStep { text, to, state, tone, why };
    let done = || fl!(l, "ask-done");
    let heading = fl!(l, "ask");
    let page = TasksPage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)).around_form(&Errors::default()),
        heading,
        messages: vec![Message { tone: Tone::Soon, text: fl!(l, "ask-goes-with") }],
        says: vec![fl!(l, "ask-minutes", minutes = 3), fl!(l, "ask-says")],
        links: vec![Action::other(fl!(l, "ask-read-open"), "/portal/referrals/cas_0001")],
        hidden: vec![("once".to_owned(), "sample".to_owned())],
        steps: vec![
            step(
                fl!(l, "ask-person-plan", person = "Maria Alvarez", plan = "Costa Verde"),
                "",
                done(),
                Tone::Good,
                None,
            ),
            step(
                said(words, "Recuperative care", "Atención de recuperación"),
                "service",
                done(),
                Tone::Good,
                None,
            ),
            step(
                fl!(l, "ask-open-questions", count = 2),
                "questions",
                fl!(l, "ask-not-started"),
                Tone::Plain,
                Some(fl!(l, "ask-known-count", count = 4)),
            ),
            step(
                fl!(l, "ask-document-count", have = 1, want = 2),
                "documents",
                fl!(l, "ask-not-started"),
                Tone::Plain,
                None,
            ),
            step(fl!(l, "ask-check"), "", fl!(l, "ask-cannot"), Tone::Plain, Some(fl!(l, "ask-line-first"))),
        ],
        next: "questions",
    };
    page.to_string()
}

/// A fact of the dictionary, as a plan's rules want it.
fn fact(code: &str) -> Option<WantedFact> {
    let known = Dictionary::state().known_fact(code)?;
    Some(WantedFact { definition: known.definition.clone(), code_names: known.code_names.clone() })
}

/// A question of each kind.
fn fact_questions(words: Words) -> Vec<Question> {
    let codes = ["housing.status", "clinical.needs-recovery-care", "discharge.date", "stay.expected-days"];
    let facts = codes.into_iter().filter_map(fact).enumerate();
    let mut questions: Vec<Question> =
        facts.map(|(place, fact)| question_of(words, place, &fact, None)).collect();
    if let Some(first) = questions.first_mut() {
        let source = fl!(words.l, "ask-source-member");
        let day = words.day(date(2026, 11, 12));
        first.hint = Some(fl!(words.l, "ask-known", source = source, day = day));
    }
    questions
}

fn questions(frame: &Frame<'_>, slips: &Slips) -> String {
    let words = frame.words;
    let l = words.l;
    let mut form = FormPage::of(frame, fl!(l, "ask-questions"), ADDRESS);
    form.says = vec![fl!(l, "ask-questions-say"), fl!(l, "ask-questions-why")];
    form.hidden = vec![("once".to_owned(), "sample".to_owned())];
    form.questions = fact_questions(words);
    form.buttons =
        vec![Button::main("documents", fl!(l, "continue")), Button::other("tasks", fl!(l, "ask-back"))];
    form.marked(words, slips).to_string()
}

fn documents(frame: &Frame<'_>, slips: &Slips) -> String {
    let words = frame.words;
    let l = words.l;
    let plan = said(words, "Housing support plan", "Plan de apoyo a la vivienda");
    let mut form = FormPage::of(frame, fl!(l, "documents"), DOCUMENTS);
    form.says = vec![fl!(l, "ask-documents-say", megabytes = 20)];
    form.files = true;
    form.questions = vec![Question {
        kind: "checkbox",
        choices: vec![Choice {
            value: "housing-support-plan doc_0001".to_owned(),
            text: fl!(l, "ask-from-before", document = plan),
            chosen: true,
        }],
        ..Question::line(0, "document", fl!(l, "ask-attached"))
    }];
    file_questions(words, "discharge-summary", &Draft::default(), &mut form.questions);
    form.buttons = vec![
        Button::main("check", fl!(l, "continue")),
        Button::other("documents", fl!(l, "ask-add-file")),
        Button::other("tasks", fl!(l, "ask-back")),
    ];
    form.marked(words, slips).to_string()
}

fn check(frame: &Frame<'_>, changed: bool) -> String {
    let words = frame.words;
    let l = words.l;
    let plan = "Costa Verde";
    let row = |name: String, value: String, note: Option<String>, to: &str| CheckRow {
        change_label: fl!(l, "ask-change-what", what = name.clone()),
        name,
        value,
        note,
        change: (!to.is_empty()).then(|| ("to", to.to_owned())),
    };
    let known =
        fl!(l, "ask-known", source = fl!(l, "ask-source-member"), day = words.day(date(2026, 11, 12)));
    let summary = said(words, "Discharge summary", "Resumen de alta");
    let status = fl!(l, "ask-would-ask");
    let heading = fl!(l, "ask-check");
    let text = fl!(l, "ask-rules-changed", plan = plan);
    let page = CheckPage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)).around_form(&Errors::default()),
        heading,
        errors: Errors::default(),
        messages: if changed { vec![Message { tone: Tone::Late, text }] } else { Vec::new() },
        links: Vec::new(),
        hidden: vec![("once".to_owned(), "sample".to_owned())],
        rows: vec![
            row(fl!(l, "person"), fl!(l, "ask-person-plan", person = "Maria Alvarez", plan = plan), None, ""),
            row(
                fl!(l, "service"),
                said(words, "Recuperative care", "Atención de recuperación"),
                None,
                "service",
            ),
            row(
                said(words, "Where does the member live now?", "¿Dónde vive ahora el miembro?"),
                said(words, "Homeless, in a shelter", "Sin hogar, en un albergue"),
                Some(known),
                "questions",
            ),
            row(fl!(l, "documents"), fl!(l, "ask-none"), None, "documents"),
        ],
        rules_heading: fl!(l, "ask-rules-say", plan = plan),
        rules_say: vec![
            format!("{}: {status}", fl!(l, "authorization")),
            fl!(l, "ask-rules-decide"),
            fl!(l, "ask-anyway"),
        ],
        findings: Some(gallery::findings(words)),
        asks: vec![summary.clone()],
        ways: vec![WaySet {
            supply: vec![summary],
            becomes: fl!(l, "becomes", answer = words.of_family("status", "approved")),
        }],
        may_start: Some(Message {
            tone: Tone::Good,
            text: fl!(l, "ask-may-start", day = words.weekday(date(2026, 11, 24)), days = 14),
        }),
        send: fl!(l, "ask-send", plan = plan),
    };
    page.to_string()
}

fn sent_page(frame: &Frame<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let row = |name: String, value: String| Entry { name, value, note: None };
    let sent_case = |heading: String, state: &str, delivered: String| SentCase {
        heading,
        status: status_of(words, state),
        rows: Summary {
            rows: vec![
                row(fl!(l, "ask-number"), "cas_0001".to_owned()),
                row(fl!(l, "ask-received"), words.instant(frame.now)),
                row(fl!(l, "ask-delivered"), delivered),
                row(fl!(l, "ask-decided"), fl!(l, "ask-not-yet")),
            ],
        },
        clocks: Vec::new(),
        open: Action::other(fl!(l, "ask-open-case"), "/portal/referrals/cas_0001"),
    };
    let day = words.weekday(date(2026, 12, 19));
    let may_start = Message { tone: Tone::Good, text: fl!(l, "may-start", day = day) };
    let person = ("Maria Alvarez".to_owned(), "/portal/people/mem_0001".to_owned());
    let service = said(words, "Recuperative care", "Atención de recuperación");
    let cases = vec![
        sent_case(fl!(l, "referral"), "accepted", fl!(l, "ask-with-rules")),
        sent_case(fl!(l, "authorization"), "with-people", fl!(l, "ask-with-people")),
    ];
    sent::view(frame, Some(person), service, Some(may_start), Vec::new(), cases).to_string()
}

fn offer(frame: &Frame<'_>, slips: &Slips) -> String {
    let words = frame.words;
    let l = words.l;
    let county = said(words, "Costa County", "el condado de Costa");
    let language = fl!(l, "in-spanish");
    let says = vec![
        fl!(l, "offer-says", plan = "Costa Verde", county = county, language = language),
        fl!(l, "ask-offer-until", day = words.instant(frame.now)),
    ];
    let heading = said(words, "Recuperative care", "Atención de recuperación");
    step::offer_view(frame, heading, says, "cas_0001", &Draft::default()).marked(words, slips).to_string()
}

fn needed(frame: &Frame<'_>, slips: &Slips) -> String {
    let words = frame.words;
    let l = words.l;
    let address = "/portal/authorizations/cas_0001";
    let mut form = step::bare(frame, ProviderStep::Supply, format!("{address}/needed"), address.to_owned());
    form.files = true;
    form.questions = fact_questions(words);
    file_questions(words, "discharge-summary", &Draft::default(), &mut form.questions);
    form.questions.push(Question {
        kind: "checkbox",
        hint: Some(fl!(l, "ask-lacks-says")),
        choices: vec![Choice {
            value: "discharge-summary".to_owned(),
            text: said(words, "Discharge summary", "Resumen de alta"),
            chosen: false,
        }],
        ..Question::line(form.questions.len(), step::LACKS, fl!(l, "ask-lacks"))
    });
    form.marked(words, slips).to_string()
}
