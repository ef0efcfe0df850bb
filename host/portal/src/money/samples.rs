//! The pages of money and of the file in their states, with invented people and plans.

use domain::Cents;
use domain::identifiers::CaseId;
use domain::plan::profile::{FactDefinition, FactKind};
use domain::plan::types::{Bilingual, Document};
use domain::problem::Code;
use i18n_embed_fl::fl;
use jiff::civil::date;

use super::bill::{Bill, DisputeText, Line, Problem};
use super::entry::{self, Head, LineField, Typed, TypedLine};
use super::{Notice, Wrong, claims, contracts, file, payments, steps, upkeep};
use crate::case::{dollars, status_of};
use crate::gallery::{Sample, said, sample};
use crate::parts::{Action, Entry, Message, Passage, Row, Sheet, Status, Summary, Task, Tasks, Tone};
use crate::shell::{Frame, SIGN_IN};
use crate::words::Words;

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let mut samples = bills(frame);
    samples.extend(entries(frame));
    samples.extend(steps_with_one(frame));
    samples.extend(paid(frame));
    samples.extend(files(frame));
    samples.extend(agreed(frame));
    samples
}

const STATES: [&str; 3] = ["rejected", "payable", "paid"];

fn problem(words: Words) -> Problem {
    Problem {
        field: Some(LineField::Units.label(words)),
        reason: said(
            words,
            "The units are more than the authorization has left: 12.",
            "Las unidades superan las que quedan en la autorización: 12.",
        ),
        fix: Some(said(
            words,
            "Ask for an extension, or bill the units that are left.",
            "Pida una extensión o cobre las unidades que quedan.",
        )),
    }
}

fn charge(words: Words, cents: i64) -> Entry {
    Entry { name: fl!(words.l, "billed"), value: dollars(cents), note: None }
}

/// A bill with a line of each kind.
pub(crate) fn bill(words: Words) -> Bill {
    let l = words.l;
    let line = |number: u16, tone, outcome: String| Line {
        name: fl!(l, "money-line", number = number, procedure = "T2033 U6"),
        tone,
        outcome,
        billed: fl!(
            l,
            "money-line-billed",
            units = 14,
            days = words.day(date(2026, 11, 2)),
            charge = dollars(350_000)
        ),
        problem: None,
        amount: None,
        why_so_much: Vec::new(),
    };
    let less = said(
        words,
        "$101.75 less: the charge is above the agreed rate (code CO 45)",
        "$101.75 menos: el importe supera la tarifa acordada (código CO 45)",
    );
    Bill {
        messages: vec![Message { tone: Tone::Soon, text: fl!(l, "money-earlier-stands") }],
        sums: Summary { rows: vec![charge(words, 700_000)] },
        lines: vec![
            Line {
                amount: Some(fl!(l, "money-is-priced", amount = dollars(339_825))),
                why_so_much: vec![less],
                ..line(1, Tone::Good, fl!(l, "money-line-payable"))
            },
            Line { problem: Some(problem(words)), ..line(2, Tone::Soon, fl!(l, "money-line-rejected")) },
        ],
        disputes: vec![DisputeText {
            head: fl!(l, "money-disputed-on", day = words.instant(crate::gallery::now())),
            text: said(words, "The days are authorized.", "Los días están autorizados."),
        }],
        actions: vec![Action::main(fl!(l, "money-correct"), SIGN_IN)],
    }
}

fn bills(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let card = |state: &str| claims::Card {
        title: fl!(
            l,
            "money-of",
            person = "M. Alvarez",
            service = said(words, "Recuperative care", "Atención de recuperación")
        ),
        address: SIGN_IN.to_owned(),
        status: status_of(words, state),
        facts: fl!(
            l,
            "money-bill-facts",
            charge = dollars(120_450),
            plan = "Costa Verde",
            day = words.instant(frame.now)
        ),
        problems: if state == "rejected" {
            vec![(fl!(l, "money-line", number = 1, procedure = "T2033 U6"), problem(words))]
        } else {
            Vec::new()
        },
        action: (state == "rejected").then(|| Action::other(fl!(l, "money-correct"), SIGN_IN)),
    };
    let list = |name: &str, state, cards, next: Option<&str>, further| {
        let next = next.map(str::to_owned);
        sample(name, claims::view(frame, state, &STATES, cards, next, further).to_string())
    };
    let grant = claims::Grant {
        title: fl!(
            l,
            "money-of",
            person = "Maria Alvarez",
            service = said(words, "Recuperative care", "Atención de recuperación")
        ),
        facts: fl!(l, "money-grant-facts", plan = "Costa Verde", number = "1001"),
        lines: vec![fl!(
            l,
            "money-units-left",
            procedure = "T2033 U6",
            left = 12,
            units = 30,
            days = words.day(date(2026, 12, 19))
        )],
        action: Some(Action::main(fl!(l, "money-bill-this"), SIGN_IN)),
    };
    let next = "/portal/claims?after=1~2";
    vec![
        list("money-claims", None, STATES.map(card).into(), Some(next), false),
        list("money-claims-empty", None, Vec::new(), None, false),
        list("money-claims-no-match", Some("rejected"), Vec::new(), None, false),
        list("money-claims-no-more", None, Vec::new(), None, true),
        sample("money-to-bill", claims::to_bill_view(frame, vec![grant], None).to_string()),
        sample("money-to-bill-empty", claims::to_bill_view(frame, Vec::new(), None).to_string()),
    ]
}

fn wrong(pointer: &str, code: Code) -> Wrong {
    Wrong { pointer: pointer.to_owned(), code, text: None, says: String::new() }
}

fn entries(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let service = said(words, "Recuperative care", "Atención de recuperación");
    let head = || Head {
        heading: fl!(l, "money-correct-ask", service = service.as_str()),
        says: fl!(l, "money-correct-says"),
        action: entry::correct_address(CaseId::from_uuid(Default::default())),
        button: fl!(l, "money-send-correction", plan = "Costa Verde"),
        back: Action::other(fl!(l, "money-back-to-bill"), SIGN_IN),
        notes: vec![said(words, "12 units are left.", "Quedan 12 unidades.")],
        hidden: vec![("once", "0".to_owned())],
    };
    let line = TypedLine::default()
        .with(LineField::Procedure, "T2033 U6")
        .with(LineField::Place, "99")
        .with(LineField::First, "2026-11-02")
        .with(LineField::Units, "14")
        .with(LineField::Charge, "3500.00");
    let typed = Typed { diagnoses: "Z59.02".to_owned(), lines: vec![line.clone(), line] };
    let problem = problem(words);
    let at_units = |place: usize| (place == 0).then(|| (Some(LineField::Units), problem.reason.clone()));
    let at_none = |place: usize| (place == 1).then(|| (None, problem.reason.clone()));
    let mistakes = [wrong("/lines/0/charge", Code::InvalidValue), wrong("/lines/1/first", Code::InvalidDay)];
    let last = [wrong("/lines/1/first", Code::InvalidDay)];
    let form = |name: &str, wrong: &[Wrong], notice, found: &dyn Fn(usize) -> Option<_>| {
        sample(name, entry::view(frame, head(), &typed, wrong, notice, found).to_string())
    };
    vec![
        form("money-entry", &[], None, &at_units),
        form("money-entry-line", &[], None, &at_none),
        form("money-entry-day-wrong", &last, None, &|_| None),
        form("money-entry-two-wrong", &mistakes, None, &|_| None),
        form("money-entry-changed", &[], Some(Notice::Changed), &at_units),
        form("money-entry-sent", &[], Some(Notice::SentBefore), &|_| None),
    ]
}

fn steps_with_one(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let told = |step: &'static str, heading: String, reason: Option<Passage>| steps::StepParts {
        heading,
        says: vec![fl!(l, "money-void-says")],
        messages: Vec::new(),
        clocks: Vec::new(),
        sums: Summary { rows: vec![charge(words, 120_450)] },
        lines: vec![fl!(l, "money-line", number = 1, procedure = "T2033 U6")],
        bill: SIGN_IN.to_owned(),
        step,
        hidden: vec![("once", "0".to_owned())],
        reason,
        button: fl!(l, "money-void-button"),
    };
    let reason = |error: Option<String>| Passage {
        name: steps::REASON,
        label: fl!(l, "money-dispute-reason"),
        hint: Some(fl!(l, "money-dispute-hint")),
        error,
        value: String::new(),
    };
    let void = fl!(l, "money-void-ask", service = said(words, "Meals", "Comidas"));
    let ask = || fl!(l, "money-dispute-ask");
    let wrong = reason(Some(fl!(l, "money-dispute-wrong")));
    vec![
        sample("money-void", steps::view(frame, told("void", void, None)).to_string()),
        sample("money-dispute", steps::view(frame, told("dispute", ask(), Some(reason(None)))).to_string()),
        sample("money-dispute-wrong", steps::view(frame, told("dispute", ask(), Some(wrong))).to_string()),
    ]
}

fn paid(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let cells = ["Costa Verde".to_owned(), words.instant(frame.now)];
    let amounts = [350_000, -120_450, 229_550].map(dollars);
    let row = payments::row(
        &payments::heads(words),
        "1001".to_owned(),
        SIGN_IN.to_owned(),
        cells.into_iter().chain(amounts).collect(),
    );
    let open = payments::row(
        &payments::open_heads(words),
        fl!(l, "money-line-of-bill", number = 2),
        SIGN_IN.to_owned(),
        vec!["Costa Verde".to_owned(), fl!(l, "money-cause-voided"), dollars(-120_450)],
    );
    let list = |name: &str, rows, open, sum, further| {
        sample(name, payments::view(frame, rows, open, sum, None, further).to_string())
    };
    let line = |tone, says: String, less: Vec<String>| payments::Paid {
        tone,
        name: fl!(l, "money-line-of-bill", number = 1),
        bill: SIGN_IN.to_owned(),
        says,
        dispute: (!less.is_empty()).then(|| Action::other(fl!(l, "money-dispute-line", number = 1), SIGN_IN)),
        why_not_the_rest: less,
    };
    let full = fl!(l, "money-paid-of", amount = dollars(339_825), charge = dollars(350_000));
    let back =
        fl!(l, "money-back-because", amount = dollars(-120_450), cause = fl!(l, "money-cause-replaced"));
    let less = said(
        words,
        "$101.75 less: the charge is above the agreed rate (code CO 45)",
        "$101.75 menos: el importe supera la tarifa acordada (código CO 45)",
    );
    let lines =
        || vec![line(Tone::Good, full.clone(), vec![less.clone()]), line(Tone::Soon, back.clone(), vec![])];
    let sums = || Summary { rows: vec![charge(words, 229_550)] };
    let one = |name: &str, balances| {
        sample(name, payments::payment_view(frame, "1001", balances, sums(), lines(), None).to_string())
    };
    vec![
        list("money-payments", vec![row], vec![open], Some(Cents(-120_450)), false),
        list("money-payments-empty", Vec::new(), Vec::new(), None, false),
        list("money-payments-no-more", Vec::new(), Vec::new(), None, true),
        one("money-payment", true),
        one("money-payment-held", false),
    ]
}

fn files(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let certificate = said(words, "Liability certificate", "Certificado de responsabilidad");
    let task = |tone, state: String| Task {
        text: certificate.clone(),
        address: Some(SIGN_IN.to_owned()),
        state,
        tone,
        why: Some(fl!(l, "money-wanted-by", plans = "Costa Verde, Sierra Azul")),
    };
    let reading = |plan: &str, status: Status| file::Reading {
        plan: plan.to_owned(),
        status,
        counts: Some(fl!(
            l,
            "money-counts",
            satisfied = 6,
            missing = 1,
            expired = 1,
            insufficient = 0,
            theirs = 2
        )),
        reason: None,
        open: Tasks {
            rows: vec![
                task(Tone::Late, fl!(l, "money-missing")),
                task(Tone::Late, fl!(l, "money-expired", day = words.day(date(2026, 11, 1)))),
                Task { address: None, ..task(Tone::Plain, fl!(l, "money-theirs")) },
            ],
        },
        satisfied_heading: fl!(l, "money-satisfied-list", count = 6),
        satisfied: vec![certificate.clone()],
    };
    let heads = file::document_heads(words);
    let today = date(2026, 11, 20);
    let document = |expires| Document {
        kind: "liability-certificate".to_owned(),
        issued: Some(date(2026, 1, 5)),
        expires,
        amount: Some(Cents(100_000_000)),
        content: None,
    };
    let ends = [Some(date(2026, 11, 1)), Some(date(2026, 12, 1)), Some(date(2028, 1, 1)), None];
    let rows: Vec<Row> =
        ends.map(|end| file::document_row(words, &document(end), &heads, today)).into_iter().collect();
    let incomplete = Status {
        tone: Tone::Soon,
        word: fl!(l, "money-read-incomplete"),
        says: fl!(l, "money-read-incomplete-says"),
    };
    let approved = Status {
        tone: Tone::Good,
        word: fl!(l, "money-read-approved"),
        says: fl!(l, "money-read-approved-says", day = words.weekday(today)),
    };
    let has_ended =
        fl!(l, "money-has-ended", document = certificate.clone(), day = words.weekday(date(2026, 11, 1)));
    let parts = file::Parts {
        messages: vec![Message { tone: Tone::Late, text: has_ended }],
        facts: Summary {
            rows: vec![Entry {
                name: fl!(l, "money-legal-name"),
                value: "Harbor House".to_owned(),
                note: None,
            }],
        },
        needs: Tasks { rows: vec![task(Tone::Late, fl!(l, "money-missing"))] },
        readings: vec![reading("Costa Verde", incomplete), reading("Sierra Azul", approved)],
        documents: Some(Sheet { caption: fl!(l, "documents"), heads, rows }),
        answers: None,
        actions: vec![Action::main(fl!(l, "money-add-document"), SIGN_IN)],
        others: vec![Action::other(fl!(l, "money-file-of", day = words.instant(frame.now)), SIGN_IN)],
    };
    let mut samples = vec![
        sample("money-file", file::view(frame, Some(parts)).to_string()),
        sample("money-file-empty", file::view(frame, None).to_string()),
    ];
    samples.extend(forms(frame));
    samples
}

fn forms(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let hidden = || vec![("once", "0".to_owned())];
    let typed = upkeep::TypedDocument {
        kind: "w9".to_owned(),
        expires: "2026-01-01".to_owned(),
        most_megabytes: 20,
        ..upkeep::TypedDocument::default()
    };
    let kinds = ["liability-certificate".to_owned(), "w9".to_owned()];
    let document = |name: &str, wrong: &[Wrong]| {
        let form = upkeep::FormState { wrong, notice: None, key: "0" };
        let page = upkeep::document_view(frame, &kinds, &typed, &form, SIGN_IN, hidden());
        sample(name, page.to_string())
    };
    let question = FactDefinition {
        code: "org.years-in-operation".to_owned(),
        kind: FactKind::Count,
        codes: Vec::new(),
        question: Bilingual {
            en: "How many years has the organization worked?".to_owned(),
            es: "¿Cuántos años ha trabajado la organización?".to_owned(),
        },
        proof: None,
        source: String::new(),
    };
    let answer = |name: &str, wrong: &[Wrong]| {
        let form = upkeep::FormState { wrong, notice: None, key: "0" };
        let page = upkeep::answer_view(frame, &question, "six", &form, SIGN_IN, hidden());
        sample(name, page.to_string())
    };
    let counties = vec![(said(words, "Costa County", "Condado de Costa"), "COS".to_owned())];
    let plans = vec![("Costa Verde".to_owned(), "costa-verde".to_owned())];
    let file = upkeep::TypedFile { legal_name: "Harbor House".to_owned(), ..upkeep::TypedFile::default() };
    let send = |name: &str, wrong: &[Wrong], notice| {
        let form = upkeep::FormState { wrong, notice, key: "0" };
        let (counties, plans) = (counties.clone(), plans.clone());
        let page = upkeep::send_view(frame, &file, counties, plans, 7, &form, hidden());
        sample(name, page.to_string())
    };
    vec![
        document("money-document", &[]),
        document("money-document-wrong", &[wrong("/documents/0/expires", Code::DaysOutOfOrder)]),
        document("money-document-bytes-wrong", &[wrong("/file", Code::RefusedType)]),
        answer("money-answer", &[]),
        answer("money-answer-wrong", &[wrong("/facts/0/value", Code::InvalidValue)]),
        send("money-send", &[], None),
        send("money-send-wrong", &[wrong("/plans", Code::MissingEntry)], None),
        send("money-send-before", &[], Some(Notice::SentBefore)),
    ]
}

fn agreed(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let services = said(words, "Recuperative care", "Atención de recuperación");
    let heads = vec![fl!(l, "money-services"), fl!(l, "money-counties"), fl!(l, "money-days")];
    let one = |tone, word: String, says: String| contracts::One {
        plan: "Costa Verde".to_owned(),
        status: Status { tone, word, says },
        reason: (tone == Tone::Late).then(|| said(words, "The insurance has lapsed.", "El seguro venció.")),
        terms: Sheet {
            caption: fl!(l, "money-terms"),
            rows: vec![Row {
                name: services.clone(),
                address: None,
                cells: vec![
                    (heads[1].clone(), said(words, "Costa County", "Condado de Costa")),
                    (heads[2].clone(), words.day(date(2026, 1, 1))),
                ],
            }],
            heads: heads.clone(),
        },
    };
    let day = words.weekday(date(2026, 11, 1));
    let all = vec![
        one(Tone::Good, fl!(l, "money-holds"), String::new()),
        one(Tone::Late, fl!(l, "money-suspended"), fl!(l, "money-suspended-from", day = day.as_str())),
        one(Tone::Plain, fl!(l, "money-ended"), fl!(l, "money-held-until", day = day.as_str())),
    ];
    vec![
        sample("money-contracts", contracts::view(frame, all, None).to_string()),
        sample("money-contracts-empty", contracts::view(frame, Vec::new(), None).to_string()),
    ]
}
