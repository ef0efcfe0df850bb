//! Every component and every page in every state, with invented people: for those who design, and for tests.

use askama::Template;
use domain::case::Language;
use i18n_embed_fl::fl;
use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};

use crate::parts::{
    Action, Card, Clock, DocumentRow, Documents, Empty, Entry, Errors, Field, FindingRow, Findings, LimitRow,
    Limits, Message, Mistake, Row, Sheet, Stage, Status, Step as Happened, Summary, Task, Tasks, Thread,
    Timeline, Title, Tone, When,
};
use crate::shell::{Frame, Place, Places, ROOT, Role, SIGN_IN, Shell, Who};
use crate::sign_on::Providers;
use crate::trouble::Trouble;
use crate::words::Words;
use crate::{
    account, accounts, ask, case, county, criteria, desk, identity, invitation, money, passkeys, people,
    shadow, sign_in, sign_on, today, trouble, work,
};

/// Address below which the gallery lies.
pub const ADDRESS: &str = "/portal/parts";

/// A page in one state, with invented data.
pub struct Sample {
    /// Name of the page and its state, as it stands in the address.
    pub name: String,
    /// Text of the page.
    pub html: String,
}

/// Somebody of an invented provider, who looks at the samples.
#[must_use]
pub fn coordinator() -> Who {
    Who {
        name: "Ana Ruiz".to_owned(),
        organization: "Harbor House".to_owned(),
        roles: vec![Role::Coordinator, Role::Biller],
        administers: false,
        until: Some(now() + 15.minutes()),
    }
}

/// Instant at which the samples are looked at.
#[must_use]
pub fn now() -> Timestamp {
    date(2026, 11, 20)
        .at(10, 42, 0, 0)
        .in_tz("America/Los_Angeles")
        .map_or(Timestamp::UNIX_EPOCH, |at| at.timestamp())
}

/// A text of the samples, which is in no word file.
pub(crate) fn said(words: Words, en: &str, es: &str) -> String {
    match words.language {
        Language::En => en.to_owned(),
        Language::Es => es.to_owned(),
    }
}

/// All pages in all states, for a viewer in the frame's language.
#[must_use]
pub fn samples(words: Words) -> Vec<Sample> {
    let who = coordinator();
    // At this name a browser that shows the gallery shows what passkeys are used by, too.
    let (address, party, providers) = (ROOT, Some("localhost"), Providers::Offered);
    let signed_out = Frame { words, who: None, address, now: now(), party, providers };
    let frame = Frame { who: Some(&who), ..signed_out };
    let mut samples = vec![sample("parts", page(&frame, &[]))];
    for trouble in Trouble::ALL {
        let name = format!("trouble-{trouble:?}").to_lowercase();
        samples.push(sample(&name, trouble::page(&frame, trouble, "5d0c9a7be1f2")));
    }
    samples.extend(sign_in::samples::samples(&signed_out));
    samples.extend(sign_on::samples::samples(&signed_out));
    samples.extend(invitation::samples::samples(&signed_out));
    samples.extend(account::samples::samples(&frame));
    samples.extend(accounts::samples::samples(&frame));
    samples.extend(identity::samples::samples(&frame));
    samples.extend(passkeys::samples::samples(&frame));
    samples.extend(today::samples::samples(&frame));
    samples.extend(people::samples::samples(&frame));
    samples.extend(ask::samples::samples(&frame));
    samples.extend(case::samples::samples(&frame));
    samples.extend(criteria::samples::samples(&frame));
    samples.extend(money::samples::samples(&frame));
    samples.extend(desk::samples::samples(&frame));
    samples.extend(shadow::samples::samples(&frame));
    samples.extend(county::samples::samples(&frame));
    samples.extend(work::samples::samples(&frame));
    samples
}

pub(crate) fn sample(name: &str, html: String) -> Sample {
    Sample { name: name.to_owned(), html }
}

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery<'a> {
    shell: Shell,
    heading: String,
    places: Vec<(String, Places)>,
    actions: [Action; 2],
    clocks: Vec<Clock>,
    statuses: Vec<Status>,
    messages: Vec<Message>,
    cards: Vec<Card>,
    tasks: Tasks,
    errors: Errors,
    fields: Vec<Field>,
    sheet: Sheet,
    empties: [Empty; 2],
    timeline: Timeline,
    findings: Findings,
    documents: Documents,
    limits: Limits,
    summary: Summary,
    thread: Thread,
    names: &'a [String],
}

/// The page of all components, and of links to the samples of these names.
#[must_use]
pub fn page(frame: &Frame<'_>, names: &[String]) -> String {
    let words = frame.words;
    let heading = said(words, "All parts in all states", "Todas las partes en todos sus estados");
    let gallery = Gallery {
        shell: Shell::of(frame, &heading, None),
        heading,
        places: places(words),
        actions: actions(words),
        clocks: clocks(words),
        statuses: statuses(words),
        messages: messages(words),
        cards: cards(words),
        tasks: tasks(words),
        errors: Errors {
            title: said(words, "There is a problem", "Hay un problema"),
            rows: vec![Mistake::at("wrong-field", name_missing(words))],
        },
        fields: fields(words),
        sheet: sheet(words),
        empties: empties(words),
        timeline: timeline(words),
        findings: findings(words),
        documents: documents(words, case::DOCUMENTS),
        limits: limits(words),
        summary: summary(words),
        thread: thread(words),
        names,
    };
    gallery.to_string()
}

fn name_missing(words: Words) -> String {
    said(words, "Enter the member’s last name", "Escriba el apellido del miembro")
}

fn when(words: Words, day: jiff::civil::Date) -> When {
    When { machine: day.to_string(), text: words.weekday(day) }
}

/// Places of each role, and of somebody with two, who looks at a page behind "More".
fn places(words: Words) -> Vec<(String, Places)> {
    let of = |roles: &[Role], here: Option<Place>| {
        let name = roles.iter().map(|role| role.text(words)).collect::<Vec<_>>().join(", ");
        let label = said(words, "Places: ", "Secciones: ") + &name;
        (name, Places::of(words, label, roles, here))
    };
    let mut places: Vec<_> = Role::ALL.into_iter().map(|role| of(&[role], None)).collect();
    places.push(of(&[Role::Coordinator, Role::Biller], Some(Place::Payments)));
    places
}

fn actions(words: Words) -> [Action; 2] {
    [
        Action::main(said(words, "Add the summary", "Agregar el resumen"), SIGN_IN),
        Action::other(said(words, "Ask the plan", "Preguntar al plan"), SIGN_IN),
    ]
}

fn clocks(words: Words) -> Vec<Clock> {
    let of = |tone, word: Option<(&str, &str)>, (en, es), day| Clock {
        tone,
        word: word.map(|(en, es)| said(words, en, es)),
        sentence: said(words, en, es),
        due: when(words, day),
    };
    let answer = ("The plan must answer by", "El plan debe responder a más tardar el");
    let late =
        ("The plan is late. It had to answer by", "El plan está retrasado. Debía responder a más tardar el");
    let stopped = ("The clock is stopped since", "El plazo está detenido desde el");
    let met = ("The plan answered on", "El plan respondió el");
    vec![
        of(Tone::Plain, None, answer, date(2026, 11, 30)),
        of(Tone::Soon, Some(("Soon.", "Pronto.")), answer, date(2026, 11, 21)),
        of(Tone::Late, Some(("Late.", "Con retraso.")), late, date(2026, 11, 18)),
        of(Tone::Plain, Some(("Stopped.", "Detenido.")), stopped, date(2026, 11, 18)),
        of(Tone::Good, Some(("Met.", "Cumplido.")), met, date(2026, 11, 19)),
    ]
}

fn statuses(words: Words) -> Vec<Status> {
    let of = |tone, (en, es): (&str, &str), (says_en, says_es): (&str, &str)| Status {
        tone,
        word: said(words, en, es),
        says: said(words, says_en, says_es),
    };
    vec![
        of(Tone::Plain, ("Draft", "Borrador"), ("It was not sent.", "No se ha enviado.")),
        of(Tone::Good, ("Approved", "Aprobado"), ("The plan pays for 30 days.", "El plan paga 30 días.")),
        of(
            Tone::Soon,
            ("More information needed", "Falta información"),
            ("The plan asked for one thing.", "El plan pidió una cosa."),
        ),
        of(Tone::Late, ("Denied", "Denegado"), ("The plan said why.", "El plan dijo por qué.")),
    ]
}

fn messages(words: Words) -> Vec<Message> {
    let of = |tone, en, es| Message { tone, text: said(words, en, es) };
    vec![
        of(
            Tone::Plain,
            "You can read this case. The plan has it, so you cannot change it now.",
            "Usted puede leer este caso. Lo tiene el plan, por eso ahora no puede cambiarlo.",
        ),
        of(
            Tone::Soon,
            "The plan’s automatic check is not answering. Its people have the request, and the clock is running.",
            "La revisión automática del plan no responde. Su personal tiene la solicitud y el plazo está corriendo.",
        ),
        of(Tone::Good, "Saved at 10:42.", "Guardado a las 10:42."),
        of(
            Tone::Late,
            "We could not save this. Your answers are still on this page. Try again.",
            "No pudimos guardar esto. Sus respuestas siguen en esta página. Intente otra vez.",
        ),
    ]
}

fn cards(words: Words) -> Vec<Card> {
    let tags = [("For later", "Para después"), ("New", "Nuevo"), ("Today", "Hoy"), ("Late", "Con retraso")];
    let of = |(tone, (en, es)): (Tone, (&str, &str))| Card {
        tag: Some(said(words, en, es)),
        tone,
        title: "M. Alvarez".to_owned(),
        address: Some(SIGN_IN.to_owned()),
        sentence: said(words, "Recuperative care.", "Atención de recuperación."),
        clock: None,
    };
    let mut cards: Vec<Card> = Tone::ALL.into_iter().zip(tags).map(of).collect();
    cards.push(Card {
        tag: None,
        tone: Tone::Plain,
        title: said(words, "A card without a page of its own", "Una tarjeta sin página propia"),
        address: None,
        sentence: String::new(),
        clock: clocks(words).into_iter().next(),
    });
    cards
}

fn tasks(words: Words) -> Tasks {
    let of = |(en, es): (&str, &str),
              address: bool,
              (state_en, state_es): (&str, &str),
              tone,
              why: Option<(&str, &str)>| {
        Task {
            text: said(words, en, es),
            address: address.then(|| SIGN_IN.to_owned()),
            state: said(words, state_en, state_es),
            tone,
            why: why.map(|(en, es)| said(words, en, es)),
        }
    };
    let rows = vec![
        of(("Person", "Persona"), true, ("Completed", "Completo"), Tone::Good, None),
        of(("Service", "Servicio"), true, ("In progress", "En curso"), Tone::Plain, None),
        of(("2 questions", "2 preguntas"), true, ("Not started", "Sin empezar"), Tone::Plain, None),
        of(
            ("Documents", "Documentos"),
            true,
            ("There is a problem", "Hay un problema"),
            Tone::Late,
            Some(("This photo cannot be read.", "Esta foto no se puede leer.")),
        ),
        of(
            ("Check and send", "Revisar y enviar"),
            false,
            ("Cannot start yet", "Todavía no se puede"),
            Tone::Plain,
            Some(("2 questions come first.", "Primero van 2 preguntas.")),
        ),
    ];
    Tasks { rows }
}

fn fields(words: Words) -> Vec<Field> {
    let number = said(words, "Number of the Medi-Cal card", "Número de la tarjeta de Medi-Cal");
    vec![
        Field::text("plain-field", said(words, "Last name", "Apellido")),
        Field {
            hint: Some(said(words, "A 9, then 7 digits, then a letter", "Un 9, luego 7 números y una letra")),
            value: "91234567A".to_owned(),
            width: "short",
            ..Field::text("hint-field", number)
        },
        Field {
            error: Some(name_missing(words)),
            hint: Some(said(words, "As it is on the card", "Como está en la tarjeta")),
            ..Field::text("wrong-field", said(words, "Last name of the member", "Apellido del miembro"))
        },
    ]
}

pub(crate) fn sheet(words: Words) -> Sheet {
    let heads = [("Plan", "Plan de salud"), ("Since", "Desde"), ("Until", "Hasta")];
    let heads: Vec<String> = heads.iter().map(|(en, es)| said(words, en, es)).collect();
    let row = |name: &str, from: jiff::civil::Date, to: Option<jiff::civil::Date>| Row {
        name: name.to_owned(),
        address: None,
        cells: vec![
            (heads[1].clone(), words.day(from)),
            (heads[2].clone(), to.map_or_else(|| said(words, "today", "hoy"), |day| words.day(day))),
        ],
    };
    let rows = vec![
        row("Costa Verde", date(2026, 1, 1), None),
        row("Sierra Azul", date(2025, 3, 1), Some(date(2025, 12, 31))),
    ];
    Sheet { caption: said(words, "Plans of this person", "Planes de esta persona"), heads, rows }
}

fn empties(words: Words) -> [Empty; 2] {
    [
        Empty {
            title: said(words, "Nobody is here yet", "Todavía no hay nadie"),
            text: said(
                words,
                "The people whom you serve will be listed here.",
                "Aquí verá a las personas que usted atiende.",
            ),
            action: Some(Action::main(said(words, "Find a person", "Buscar a una persona"), SIGN_IN)),
        },
        Empty {
            title: said(words, "Nothing matches", "Nada coincide"),
            text: said(
                words,
                "You chose recuperative care in Costa County. Without these there are 12.",
                "Eligió atención de recuperación en el condado de Costa. Sin eso hay 12.",
            ),
            action: Some(Action::other(said(words, "Show all 12", "Ver los 12"), SIGN_IN)),
        },
    ]
}

pub(crate) fn timeline(words: Words) -> Timeline {
    let step = |hours: i64, (en, es): (&str, &str), (who_en, who_es): (&str, &str)| {
        let at = now().checked_sub(hours.hours()).unwrap_or_else(|_| now());
        Happened {
            at: When { machine: at.to_string(), text: words.instant(at) },
            text: said(words, en, es),
            who: said(words, who_en, who_es),
        }
    };
    let rules = ("the plan’s rules", "las reglas del plan");
    Timeline {
        steps: vec![
            step(1, ("The plan asked for more.", "El plan pidió más."), rules),
            step(49, ("It was sent.", "Se envió."), ("your organization", "su organización")),
        ],
    }
}

pub(crate) fn findings(words: Words) -> Findings {
    let of = |tone,
              (en, es): (&str, &str),
              (what_en, what_es): (&str, &str),
              (why_en, why_es): (&str, &str)| FindingRow {
        tone,
        outcome: said(words, en, es),
        criterion: said(words, what_en, what_es),
        reason: said(words, why_en, why_es),
        source: Some(said(words, "Clause 2.1", "Cláusula 2.1")),
    };
    Findings {
        caption: fl!(words.l, "criteria-of-plan"),
        rows: vec![
            of(
                Tone::Good,
                ("Met", "Cumplido"),
                ("No safe place to recover", "Sin un lugar seguro para recuperarse"),
                ("The person slept outside.", "La persona durmió al aire libre."),
            ),
            of(
                Tone::Late,
                ("Not met", "No cumplido"),
                ("Hospital in the last 30 days", "Hospital en los últimos 30 días"),
                ("The stay was 45 days ago.", "La estancia fue hace 45 días."),
            ),
            of(
                Tone::Plain,
                ("Not known", "No se sabe"),
                ("Discharge summary", "Resumen de alta"),
                ("Nobody has sent it.", "Nadie lo ha enviado."),
            ),
        ],
    }
}

pub(crate) fn limits(words: Words) -> Limits {
    let row = |(en, es): (&str, &str), used: &str, (left_en, left_es): (&str, &str), percent| LimitRow {
        name: said(words, en, es),
        used: used.to_owned(),
        left: said(words, left_en, left_es),
        percent,
    };
    Limits {
        title: Title::Heading("limits"),
        heads: [
            said(words, "Service", "Servicio"),
            said(words, "Used", "Usado"),
            said(words, "Left", "Queda"),
        ],
        rows: vec![
            row(("Recuperative care", "Atención de recuperación"), "0 / 90", ("90 days", "90 días"), 0),
            row(("Day care", "Centro de día"), "26 / 90", ("64 days", "64 días"), 29),
            row(("Deposits", "Depósitos"), "1 / 1", ("0 left", "No queda nada"), 100),
        ],
    }
}

/// Documents with their bytes below an address, and without.
pub(crate) fn documents(words: Words, below: &str) -> Documents {
    let l = words.l;
    let row = |(en, es): (&str, &str), note: String, is_here: bool| DocumentRow {
        name: said(words, en, es),
        note: Some(note),
        address: is_here.then(|| format!("{below}/doc_0001")),
    };
    let issued = fl!(l, "work-issued", day = words.day(date(2026, 11, 12)));
    let rows = vec![
        row(("Discharge summary", "Resumen de alta"), issued, true),
        row(("Housing plan", "Plan de vivienda"), fl!(l, "work-not-attached"), false),
    ];
    Documents { rows }
}

/// Units of what was approved, by the code that is billed.
pub(crate) fn units(words: Words) -> Limits {
    let l = words.l;
    let row = |name: &str, used: u8, left: u8, percent| {
        let whole: u8 = used + left;
        LimitRow {
            name: name.to_owned(),
            used: fl!(l, "of", used = used, whole = whole),
            left: left.to_string(),
            percent,
        }
    };
    Limits {
        title: Title::Caption(fl!(l, "units")),
        heads: [fl!(l, "procedure"), fl!(l, "used"), fl!(l, "left")],
        rows: vec![row("T2033 U6", 12, 18, 40)],
    }
}

pub(crate) fn summary(words: Words) -> Summary {
    let entry = |(en, es): (&str, &str), value: String, note: Option<(&str, &str)>| Entry {
        name: said(words, en, es),
        value,
        note: note.map(|(en, es)| said(words, en, es)),
    };
    Summary {
        rows: vec![
            entry(("Born", "Nacimiento"), words.day(date(1971, 4, 9)), None),
            entry(
                ("Telephone", "Teléfono"),
                "+1 530 555 0142".to_owned(),
                Some(("from Harbor House, November 12", "de Harbor House, 12 de noviembre")),
            ),
        ],
    }
}

pub(crate) fn thread(words: Words) -> Thread {
    let stage = |(en, es): (&str, &str), state: Option<(&str, &str)>, is_here: bool| Stage {
        name: said(words, en, es),
        state: state.map(|(en, es)| said(words, en, es)),
        address: (state.is_some() && !is_here).then(|| SIGN_IN.to_owned()),
        is_here,
    };
    Thread {
        label: said(words, "From referral to payment", "De la remisión al pago"),
        stages: vec![
            stage(("Referral", "Remisión"), Some(("Accepted", "Aceptada")), false),
            stage(("Authorization", "Autorización"), Some(("Approved", "Aprobado")), true),
            stage(("Service", "Servicio"), None, false),
            stage(("Bill", "Cobro"), None, false),
            stage(("Payment", "Pago"), None, false),
        ],
    }
}
