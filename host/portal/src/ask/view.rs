//! The pages of a request up to its check.

use askama::Template;
use domain::catalog::{BillingUnit, Catalog, Service, ServiceKind};
use domain::plan::profile::{FactKind, Mode};
use domain::plan::types::{Ask, Bilingual, Fact, FactSource, FactValue, Finding};
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use jiff::civil::Date;
use workflow::shown::{Grid, PlanAnswer, ShownMember};

use super::draft::{Attached, Draft, FACT, FILE, ISSUED, Page, UNKNOWN};
use super::wanted::{Known, Wanted, WantedFact, is_typed};
use super::{ADDRESS, Button, DOCUMENTS, Slips, marked};
use crate::case::{WaySet, coded, document_name, finding_row, value_text, ways};
use crate::names::Names;
use crate::parts::{Action, Choice, Empty, Errors, Findings, Message, Question, Row, Sheet, Tone};
use crate::people::{self, People, Search};
use crate::shell::{Frame, Place, Shell};
use crate::today::name;
use crate::words::Words;

/// Everything that the pages are made of.
pub struct Asking<'a> {
    /// The person whom it is for.
    pub member: &'a ShownMember,
    /// Entries so far.
    pub draft: &'a Draft,
    /// Everything that the service takes at the person's plan; `None` before a service is chosen.
    pub wanted: Option<&'a Wanted>,
    /// Facts that earlier cases tell.
    pub known: &'a Known,
    /// Offers of the plans of the person's county today.
    pub offered: &'a Grid,
    /// Names of plans, by their ids.
    pub names: &'a Names,
    /// Mistakes of the fields.
    pub slips: &'a Slips,
    /// Most bytes of one document.
    pub most_bytes: u64,
}

/// A page that is one form.
#[derive(Template)]
#[template(path = "ask/form.html")]
pub(crate) struct FormPage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) errors: Errors,
    pub(crate) messages: Vec<Message>,
    pub(crate) says: Vec<String>,
    pub(crate) links: Vec<Action>,
    pub(crate) action: String,
    /// True if it takes files.
    pub(crate) files: bool,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) questions: Vec<Question>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) more_heading: String,
    pub(crate) more: Vec<String>,
}

impl FormPage {
    /// A form with nothing in it yet.
    pub(crate) fn of(frame: &Frame<'_>, heading: String, action: impl Into<String>) -> Self {
        Self {
            shell: Shell::of(frame, &heading, Some(Place::Ask)),
            heading,
            errors: Errors::default(),
            messages: Vec::new(),
            says: Vec::new(),
            links: Vec::new(),
            action: action.into(),
            files: false,
            hidden: Vec::new(),
            questions: Vec::new(),
            buttons: Vec::new(),
            more_heading: String::new(),
            more: Vec::new(),
        }
    }

    /// The same with what is wrong marked, in the title too.
    pub(crate) fn marked(mut self, words: Words, slips: &Slips) -> Self {
        self.errors = marked(words, &mut self.questions, slips);
        self.shell = self.shell.around_form(&self.errors);
        self
    }
}

#[derive(Template)]
#[template(path = "ask/choose.html")]
pub(crate) struct ChoosePage {
    shell: Shell,
    heading: String,
    errors: Errors,
    number: crate::parts::Field,
    list: Option<Sheet>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page on which the person is chosen, as HTML.
#[must_use]
pub fn choose(frame: &Frame<'_>, choosing: &People<'_>) -> String {
    let rows = choosing.members.iter().map(|member| {
        let row = people::row(frame, member, choosing.names);
        Row { address: Some(format!("{ADDRESS}?member={}", member.id)), ..row }
    });
    choose_view(frame, rows.collect(), choosing.next, choosing.typed, choosing.search).to_string()
}

pub(crate) fn choose_view(
    frame: &Frame<'_>,
    rows: Vec<Row>,
    next: Option<&str>,
    typed: &str,
    search: Search,
) -> ChoosePage {
    let l = frame.words.l;
    let heading = fl!(l, "ask-who");
    let (errors, number) = people::number_field(frame.words, typed, search);
    let empty = rows.is_empty().then(|| Empty {
        title: fl!(l, "people-empty"),
        text: fl!(l, "people-empty-says"),
        action: None,
    });
    ChoosePage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)).around_form(&errors),
        heading,
        errors,
        number,
        list: (!rows.is_empty()).then(|| Sheet {
            caption: fl!(l, "people-list"),
            heads: people::heads(frame.words).to_vec(),
            rows,
        }),
        empty,
        next: next.map(|cursor| Action::other(fl!(l, "more"), format!("{ADDRESS}?after={cursor}"))),
    }
}

/// Page of a request that says `page`, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, page: Page, asking: &Asking<'_>) -> String {
    match (page, asking.wanted) {
        (Page::Service, _) | (_, None) => service_page(frame, asking).to_string(),
        (Page::Questions, Some(wanted)) => questions_page(frame, asking, wanted).to_string(),
        (Page::Documents, Some(wanted)) => documents_page(frame, asking, wanted).to_string(),
        (Page::Tasks | Page::Check | Page::Send, Some(wanted)) => {
            tasks_page(frame, asking, wanted).to_string()
        }
    }
}

fn hidden(asking: &Asking<'_>, at: Page, shown: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut hidden = asking.draft.carried(shown);
    hidden.push(("at".to_owned(), at.name().to_owned()));
    hidden
}

/// The person and the plan, which stand above each page.
fn who(words: Words, asking: &Asking<'_>) -> String {
    let person = name(asking.member);
    match asking.wanted.and_then(|wanted| wanted.plan.as_ref()) {
        Some(plan) => fl!(words.l, "ask-person-plan", person = person, plan = asking.names.plan(plan)),
        None => person,
    }
}

fn service_page(frame: &Frame<'_>, asking: &Asking<'_>) -> FormPage {
    let words = frame.words;
    let l = words.l;
    let draft = asking.draft;
    let chosen = draft.get("service");
    let (here, elsewhere) = services(frame, asking);
    let picked = |name: &str, value: &str, usual: bool| draft.get(name).map_or(usual, |one| one == value);
    let choice = |name: &str, value: &str, text: String, usual: bool| Choice {
        value: value.to_owned(),
        text,
        chosen: picked(name, value, usual),
    };
    let giver = vec![
        choice("giver", "we", fl!(l, "ask-giver-we"), false),
        choice("giver", "other", fl!(l, "ask-giver-other"), false),
    ];
    let urgency = vec![
        choice("urgency", "standard", fl!(l, "ask-standard"), true),
        choice("urgency", "expedited", fl!(l, "ask-expedited"), false),
    ];
    let radios = |place, name: &str, label, choices| Question {
        kind: "radio",
        choices,
        ..Question::line(place, name, label)
    };
    let mut form = FormPage::of(frame, fl!(l, "ask"), ADDRESS);
    form.says = vec![name(asking.member), fl!(l, "ask-says")];
    form.hidden = hidden(asking, Page::Service, |name| matches!(name, "service" | "giver" | "urgency"));
    form.hidden.extend(chosen.map(|chosen| ("was".to_owned(), chosen.to_owned())));
    if here.is_empty() {
        form.messages = vec![Message { tone: Tone::Soon, text: fl!(l, "ask-no-service") }];
        form.links = vec![Action::other(
            fl!(l, "ask-to-person"),
            crate::people::person::address(&asking.member.id.to_string()),
        )];
    } else {
        form.questions = vec![
            radios(0, "service", fl!(l, "ask-service"), here),
            radios(1, "giver", fl!(l, "ask-giver"), giver),
            radios(2, "urgency", fl!(l, "ask-urgency"), urgency),
        ];
        form.buttons = vec![Button::main(Page::Tasks.name(), fl!(l, "continue"))];
    }
    form.more_heading = fl!(l, "ask-elsewhere", count = elsewhere.len());
    form.more = elsewhere;
    form.marked(words, asking.slips)
}

/// Services that the person's plan offers, to be chosen, and a sentence about each other one.
fn services(frame: &Frame<'_>, asking: &Asking<'_>) -> (Vec<Choice>, Vec<String>) {
    let words = frame.words;
    let today = pacific_day(frame.now);
    let chosen = asking.draft.get("service");
    let (mut here, mut elsewhere) = (Vec::new(), Vec::new());
    for service in Catalog::state().services().iter().filter(|one| one.kind != ServiceKind::EncounterOnly) {
        let plan = asking.member.answering(service, today).map(|coverage| coverage.plan);
        let offers = offering(asking.offered, service);
        if plan.as_ref().is_some_and(|plan| offers.contains(&plan)) {
            here.push(Choice {
                value: service.id.clone(),
                text: words.pick(&service.name),
                chosen: chosen == Some(service.id.as_str()),
            });
        } else {
            elsewhere.push(not_here(words, service, &offers, asking.names));
        }
    }
    (here, elsewhere)
}

/// Plans that offer a service, by the grid.
fn offering<'a>(grid: &'a Grid, service: &Service) -> Vec<&'a domain::identifiers::PlanId> {
    let row = grid.services.iter().find(|row| row.service.id == service.id);
    let cells = row.into_iter().flat_map(|row| &row.cells);
    cells.filter(|cell| cell.offered).map(|cell| &cell.plan).collect()
}

fn not_here(
    words: Words,
    service: &Service,
    offers: &[&domain::identifiers::PlanId],
    names: &Names,
) -> String {
    let l = words.l;
    let service = words.pick(&service.name);
    if offers.is_empty() {
        return fl!(l, "ask-offered-by-none", service = service);
    }
    let plans: Vec<String> = offers.iter().map(|plan| names.plan(plan)).collect();
    fl!(l, "ask-offered-by", service = service, plans = plans.join(", "))
}

/// One step of the list, done or to do.
pub(crate) struct TaskStep {
    pub(crate) text: String,
    /// Page of the step; empty for what cannot be done now.
    pub(crate) to: &'static str,
    pub(crate) state: String,
    pub(crate) tone: Tone,
    pub(crate) why: Option<String>,
}

#[derive(Template)]
#[template(path = "ask/tasks.html")]
pub(crate) struct TasksPage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) says: Vec<String>,
    pub(crate) links: Vec<Action>,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) steps: Vec<TaskStep>,
    /// Page that the main button leads to.
    pub(crate) next: &'static str,
}

/// Seconds that a question and a document take, and all the rest.
const SECONDS: [usize; 3] = [10, 40, 45];

/// Progress of a request, by which the list of steps is written.
struct Progress {
    /// Questions without an answer.
    open: usize,
    /// Documents that are attached, and those that are wanted.
    have: usize,
    want: usize,
    /// True if the page of the questions was sent.
    was_answered: bool,
    /// True if the page of the documents was sent.
    has_chosen: bool,
    lacks_line: bool,
}

impl Progress {
    fn of(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> Self {
        let draft = asking.draft;
        Self {
            open: wanted.unanswered(draft, asking.known).count(),
            have: wanted.attached(draft, asking.known).len(),
            want: wanted.documents.len(),
            was_answered: draft.get("answered").is_some(),
            has_chosen: draft.get("chose").is_some(),
            lacks_line: lacks_line(frame, asking, wanted),
        }
    }

    /// Page that the main button leads to.
    fn next(&self) -> Page {
        if (self.open > 0 || self.lacks_line) && !self.was_answered {
            Page::Questions
        } else if self.have < self.want && !self.has_chosen {
            Page::Documents
        } else {
            Page::Check
        }
    }

    /// Minutes that the rest takes.
    fn minutes(&self) -> usize {
        let [question, document, rest] = SECONDS;
        let missing = self.want.saturating_sub(self.have);
        (self.open * question + missing * document + rest).div_ceil(60)
    }
}

fn tasks_page(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> TasksPage {
    let words = frame.words;
    let l = words.l;
    let progress = Progress::of(frame, asking, wanted);
    let (messages, links) = open_referral(words, asking);
    let heading = fl!(l, "ask");
    TasksPage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)).around_form(&Errors::default()),
        heading,
        messages,
        says: vec![fl!(l, "ask-minutes", minutes = progress.minutes()), fl!(l, "ask-says")],
        links,
        hidden: hidden(asking, Page::Tasks, |_| false),
        steps: task_steps(words, asking, wanted, &progress),
        next: progress.next().name(),
    }
}

fn task_steps(words: Words, asking: &Asking<'_>, wanted: &Wanted, progress: &Progress) -> Vec<TaskStep> {
    let l = words.l;
    let &Progress { open, have, want, was_answered, has_chosen, lacks_line } = progress;
    let from_before = wanted.facts.iter().filter(|fact| is_known(asking, fact)).count();
    let done = |text, to| TaskStep { text, to, state: fl!(l, "ask-done"), tone: Tone::Good, why: None };
    let state = |is_done: bool| {
        if is_done { (fl!(l, "ask-done"), Tone::Good) } else { (fl!(l, "ask-not-started"), Tone::Plain) }
    };
    let (questions, tone) = state(!lacks_line && (was_answered || open == 0));
    let (documents, documents_tone) = state(has_chosen || have >= want);
    let (check, why) = if lacks_line {
        (fl!(l, "ask-cannot"), Some(fl!(l, "ask-line-first")))
    } else {
        (fl!(l, "ask-not-started"), None)
    };
    vec![
        TaskStep { to: "", ..done(who(words, asking), "") },
        done(words.pick(&wanted.service.name), Page::Service.name()),
        TaskStep {
            text: fl!(l, "ask-open-questions", count = open),
            to: Page::Questions.name(),
            state: questions,
            tone,
            why: (from_before > 0).then(|| fl!(l, "ask-known-count", count = from_before)),
        },
        TaskStep {
            text: fl!(l, "ask-document-count", have = have, want = want),
            to: Page::Documents.name(),
            state: documents,
            tone: documents_tone,
            why: None,
        },
        TaskStep {
            text: fl!(l, "ask-check"),
            to: if lacks_line { "" } else { Page::Check.name() },
            state: check,
            tone: Tone::Plain,
            why,
        },
    ]
}

/// True if an authorization is asked for and its days or units are not known.
fn lacks_line(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> bool {
    let line = wanted.line(asking.draft, pacific_day(frame.now));
    asking.draft.gives() && (line.first.is_empty() || line.last.is_empty() || line.units.is_empty())
}

/// True for a fact of which an earlier case tells and the draft does not.
fn is_known(asking: &Asking<'_>, fact: &WantedFact) -> bool {
    let code = &fact.definition.code;
    asking.draft.answer(code).is_none() && asking.known.facts.contains_key(code)
}

/// That an open referral of the viewer's own is there, shown before anything is sent.
fn open_referral(words: Words, asking: &Asking<'_>) -> (Vec<Message>, Vec<Action>) {
    let l = words.l;
    let Some(open) = asking.known.open else { return (Vec::new(), Vec::new()) };
    let text = if asking.draft.gives() { fl!(l, "ask-goes-with") } else { fl!(l, "ask-open-already") };
    let address = crate::case::address(domain::case::CaseKind::Referral, &open.to_string());
    (vec![Message { tone: Tone::Soon, text }], vec![Action::other(fl!(l, "ask-read-open"), address)])
}

fn questions_page(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> FormPage {
    let words = frame.words;
    let l = words.l;
    let draft = asking.draft;
    let mut questions: Vec<Question> = Vec::new();
    if draft.gives() {
        line_questions(frame, asking, wanted, &mut questions);
    }
    if wanted.by_population {
        let place = questions.len();
        questions.push(population_question(words, asking, wanted, place));
    }
    // What earlier cases tell is not asked again, unless the reader wants to change it.
    let asked = |fact: &&WantedFact| {
        let code = &fact.definition.code;
        let has_slip = asking.slips.contains_key(&format!("{FACT}{code}"));
        !is_known(asking, fact) || draft.reopens(code) || has_slip
    };
    for fact in wanted.facts.iter().filter(asked) {
        questions.push(fact_question(words, questions.len(), asking, fact));
    }
    let shown: Vec<String> = questions.iter().map(|question| question.name.clone()).collect();
    let mut form = FormPage::of(frame, fl!(l, "ask-questions"), ADDRESS);
    form.says = if questions.is_empty() {
        vec![fl!(l, "ask-no-questions")]
    } else {
        vec![fl!(l, "ask-questions-say"), fl!(l, "ask-questions-why")]
    };
    form.hidden =
        hidden(asking, Page::Questions, |name| name == "answered" || shown.iter().any(|shown| shown == name));
    form.hidden.push(("answered".to_owned(), "yes".to_owned()));
    form.questions = questions;
    let next = if draft.get("answered").is_some() || wanted.documents.is_empty() {
        Page::Check
    } else {
        Page::Documents
    };
    form.buttons = vec![
        Button::main(next.name(), fl!(l, "continue")),
        Button::other(Page::Tasks.name(), fl!(l, "ask-back")),
    ];
    form.marked(words, asking.slips)
}

fn line_questions(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted, questions: &mut Vec<Question>) {
    let words = frame.words;
    let l = words.l;
    let chosen = wanted.procedure(asking.draft);
    if wanted.procedures.len() > 1 {
        let choices = wanted.procedures.iter().map(|billed| Choice {
            value: billed.procedure.to_string(),
            text: format!("{} ({})", words.pick(&billed.text), billed.procedure),
            chosen: chosen.is_some_and(|one| one.procedure == billed.procedure),
        });
        questions.push(Question {
            kind: "radio",
            choices: choices.collect(),
            ..Question::line(questions.len(), "procedure", fl!(l, "ask-procedure"))
        });
    }
    let line = wanted.line(asking.draft, pacific_day(frame.now));
    let day =
        |place, name, label, value| Question { kind: "date", value, ..Question::line(place, name, label) };
    questions.push(day(questions.len(), "first", fl!(l, "ask-first"), line.first));
    questions.push(day(questions.len(), "last", fl!(l, "ask-last"), line.last));
    let by_day = chosen.is_some_and(|billed| billed.unit == BillingUnit::Day);
    questions.push(Question {
        hint: Some(if by_day { fl!(l, "ask-one-a-day") } else { fl!(l, "ask-units-hint") }),
        digits: true,
        value: asking.draft.filled("units").unwrap_or_default().to_owned(),
        ..Question::line(questions.len(), "units", fl!(l, "units"))
    });
}

fn population_question(words: Words, asking: &Asking<'_>, wanted: &Wanted, place: usize) -> Question {
    let chosen = populations(asking);
    let of_service =
        Catalog::state().populations().iter().filter(|one| one.services.contains(&wanted.service.id));
    let choice = |one: &domain::catalog::Population| Choice {
        value: one.id.clone(),
        text: words.pick(&one.name),
        chosen: chosen.contains(&one.id),
    };
    Question {
        kind: "checkbox",
        choices: of_service.map(choice).collect(),
        ..Question::line(place, "population", fl!(words.l, "ask-populations"))
    }
}

/// Populations that were chosen, or before anybody chose those of earlier cases.
fn populations(asking: &Asking<'_>) -> Vec<String> {
    if asking.draft.get("answered").is_some() {
        return asking.draft.all("population").map(str::to_owned).collect();
    }
    asking.known.populations.clone()
}

fn fact_question(words: Words, place: usize, asking: &Asking<'_>, fact: &WantedFact) -> Question {
    let definition = &fact.definition;
    let known = asking.known.facts.get(&definition.code);
    let value = asking.draft.answer(&definition.code).map(str::to_owned);
    let value = value.or_else(|| known.map(|fact| raw(&fact.value)));
    let note = known.filter(|_| asking.draft.answer(&definition.code).is_none());
    let mut question = question_of(words, place, fact, value.as_deref());
    if let Some(known) = note {
        question.hint = Some(still_true(words, known));
    }
    question
}

/// The question about a fact, with an answer in it.
pub(crate) fn question_of(words: Words, place: usize, fact: &WantedFact, value: Option<&str>) -> Question {
    let l = words.l;
    let definition = &fact.definition;
    let base = Question::line(place, format!("{FACT}{}", definition.code), words.pick(&definition.question));
    if is_typed(definition.kind) {
        return Question {
            kind: if definition.kind == FactKind::Day { "date" } else { "text" },
            digits: matches!(definition.kind, FactKind::Count | FactKind::Measure),
            value: value.filter(|value| *value != UNKNOWN).unwrap_or_default().to_owned(),
            ..base
        };
    }
    let choice =
        |code: &str, text: String| Choice { value: code.to_owned(), text, chosen: value == Some(code) };
    let mut choices = match definition.kind {
        FactKind::Flag => vec![choice("yes", fl!(l, "yes")), choice("no", fl!(l, "no"))],
        _ => {
            let named = |(place, code): (usize, &String)| {
                let name = fact.code_names.get(place).map(|name| words.pick(name));
                choice(code, name.unwrap_or_else(|| code.clone()))
            };
            definition.codes.iter().enumerate().map(named).collect()
        }
    };
    choices.push(choice(UNKNOWN, fl!(l, "ask-unknown")));
    Question { kind: "radio", choices, ..base }
}

/// A value as a form holds it.
#[must_use]
pub fn raw(value: &FactValue) -> String {
    match value {
        FactValue::Flag(true) => "yes".to_owned(),
        FactValue::Flag(false) => "no".to_owned(),
        FactValue::Count(count) => count.to_string(),
        FactValue::Measure(_) => {
            value_text(Words::of(domain::case::Language::En), value, &Ask::Fact(String::new()))
        }
        FactValue::Day(day) => day.to_string(),
        FactValue::Coded(text) | FactValue::Text(text) => text.clone(),
    }
}

/// Source and day of a fact that is known, with the question if it still holds.
fn still_true(words: Words, fact: &Fact) -> String {
    let l = words.l;
    let source = match fact.source {
        FactSource::Member => fl!(l, "ask-source-member"),
        FactSource::Referrer => fl!(l, "ask-source-referrer"),
        FactSource::Document => fl!(l, "ask-source-document"),
        _ => fl!(l, "from-provider"),
    };
    fl!(l, "ask-known", source = source, day = words.day(fact.as_of))
}

fn documents_page(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> FormPage {
    let words = frame.words;
    let l = words.l;
    let attached = wanted.attached(asking.draft, asking.known);
    let mut questions = Vec::new();
    let mut all = attached.clone();
    for before in wanted.from_before(asking.known) {
        if !all.iter().any(|one| one.id == before.id) {
            all.push(before);
        }
    }
    if !all.is_empty() {
        questions.push(attached_question(words, 0, &all, &attached, asking.known));
    }
    for kind in wanted.documents.iter().filter(|kind| !attached.iter().any(|one| one.kind == **kind)) {
        file_questions(words, kind, asking.draft, &mut questions);
    }
    let mut form = FormPage::of(frame, fl!(l, "documents"), DOCUMENTS);
    form.says = if wanted.documents.is_empty() {
        vec![fl!(l, "ask-no-documents")]
    } else {
        let megabytes: u64 = asking.most_bytes >> 20;
        vec![fl!(l, "ask-documents-say", megabytes = megabytes)]
    };
    form.files = true;
    form.hidden = hidden(asking, Page::Documents, |name| {
        matches!(name, "document" | "chose") || name.starts_with(ISSUED)
    });
    form.hidden.push(("chose".to_owned(), "yes".to_owned()));
    form.questions = questions;
    form.buttons = vec![
        Button::main(Page::Check.name(), fl!(l, "continue")),
        Button::other(Page::Documents.name(), fl!(l, "ask-add-file")),
        Button::other(Page::Tasks.name(), fl!(l, "ask-back")),
    ];
    form.marked(words, asking.slips)
}

/// The documents that are here, each to be left out by taking its mark away.
fn attached_question(
    words: Words,
    place: usize,
    all: &[Attached],
    attached: &[Attached],
    known: &Known,
) -> Question {
    let choice = |one: &Attached| {
        let name = document_name(words, &one.kind);
        let is_from_before = known.documents.iter().any(|before| before.id == one.id);
        let text = if is_from_before { fl!(words.l, "ask-from-before", document = name) } else { name };
        Choice { value: one.value(), text, chosen: attached.iter().any(|other| other.id == one.id) }
    };
    Question {
        kind: "checkbox",
        choices: all.iter().map(choice).collect(),
        ..Question::line(place, "document", fl!(words.l, "ask-attached"))
    }
}

/// The file of a document, and the day on it.
pub(crate) fn file_questions(words: Words, kind: &str, draft: &Draft, questions: &mut Vec<Question>) {
    let name = document_name(words, kind);
    let issued = format!("{ISSUED}{kind}");
    questions.push(Question {
        kind: "file",
        ..Question::line(questions.len(), format!("{FILE}{kind}"), name.clone())
    });
    questions.push(Question {
        kind: "date",
        value: draft.filled(&issued).unwrap_or_default().to_owned(),
        ..Question::line(questions.len(), issued, fl!(words.l, "ask-issued", document = name))
    });
}

/// The word of a plan's rules to the request before it was sent.
pub struct Checked<'a> {
    /// Answer about the referral, if one would be sent.
    pub referral: Option<&'a PlanAnswer>,
    /// Answer about the authorization, if one would be asked for.
    pub authorization: Option<&'a PlanAnswer>,
    /// Obstacle in the way of sending it as it is, if anything does.
    pub notice: Option<Notice>,
}

/// Why a request was not sent.
pub enum Notice {
    /// The plan's rules changed after they were asked.
    RulesChanged,
    /// The form was sent before with other answers.
    SentBefore,
    /// An open case for the same is there: its address, where it is the viewer's to see.
    Duplicate(Option<String>),
    /// It could not be sent, or nobody knows whether it was.
    Unsent,
    /// The plan's rules could not be asked.
    NotChecked,
    /// The referral went, and the request for authorization did not.
    ReferralOnly,
}

/// An answer, as the check shows it.
pub(crate) struct CheckRow {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) note: Option<String>,
    /// Name and value of the button that changes it.
    pub(crate) change: Option<(&'static str, String)>,
    pub(crate) change_label: String,
}

#[derive(Template)]
#[template(path = "ask/check.html")]
pub(crate) struct CheckPage {
    pub(crate) shell: Shell,
    pub(crate) heading: String,
    pub(crate) errors: Errors,
    pub(crate) messages: Vec<Message>,
    pub(crate) links: Vec<Action>,
    pub(crate) hidden: Vec<(String, String)>,
    pub(crate) rows: Vec<CheckRow>,
    pub(crate) rules_heading: String,
    pub(crate) rules_say: Vec<String>,
    pub(crate) findings: Option<Findings>,
    pub(crate) asks: Vec<String>,
    pub(crate) ways: Vec<WaySet>,
    pub(crate) may_start: Option<Message>,
    pub(crate) send: String,
}

/// Page on which the request is checked, as HTML.
#[must_use]
pub fn check(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted, checked: &Checked<'_>) -> String {
    check_page(frame, asking, wanted, checked).to_string()
}

fn check_page(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted, checked: &Checked<'_>) -> CheckPage {
    let words = frame.words;
    let l = words.l;
    let plan = wanted.plan.as_ref().map_or_else(|| fl!(l, "ask-the-plan"), |plan| asking.names.plan(plan));
    let answers: Vec<&PlanAnswer> = [checked.referral, checked.authorization].into_iter().flatten().collect();
    let (mut messages, mut links) = open_referral(words, asking);
    if let Some(notice) = &checked.notice {
        let (text, link) = noticed(words, notice, &plan);
        messages.insert(0, Message { tone: Tone::Late, text });
        links.extend(link);
    }
    let no_questions: &mut [Question] = &mut [];
    let errors = marked(words, no_questions, asking.slips);
    let heading = fl!(l, "ask-check");
    CheckPage {
        shell: Shell::of(frame, &heading, Some(Place::Ask)).around_form(&errors),
        heading,
        errors,
        messages,
        links,
        hidden: hidden(asking, Page::Check, |_| false),
        rows: check_rows(frame, asking, wanted),
        rules_heading: fl!(l, "ask-rules-say", plan = plan.clone()),
        rules_say: if answers.is_empty() && asking.known.open.is_some() {
            Vec::new()
        } else {
            rules_say(words, checked, &answers, &plan)
        },
        findings: findings(words, &answers),
        asks: asks(words, &answers),
        ways: answers
            .iter()
            .filter_map(|one| one.what_if.as_ref())
            .flat_map(|one| ways(words, one))
            .collect(),
        may_start: may_start(words, checked),
        send: fl!(l, "ask-send", plan = plan),
    }
}

fn noticed(words: Words, notice: &Notice, plan: &str) -> (String, Option<Action>) {
    let l = words.l;
    match notice {
        Notice::RulesChanged => (fl!(l, "ask-rules-changed", plan = plan), None),
        Notice::SentBefore => (fl!(l, "ask-sent-before"), None),
        Notice::Unsent => (fl!(l, "ask-unsent"), None),
        Notice::NotChecked => (fl!(l, "ask-not-checked"), None),
        Notice::ReferralOnly => (fl!(l, "ask-referral-only"), None),
        Notice::Duplicate(address) => {
            let link =
                address.as_ref().map(|address| Action::other(fl!(l, "ask-read-open"), address.clone()));
            (fl!(l, "ask-duplicate"), link)
        }
    }
}

fn check_rows(frame: &Frame<'_>, asking: &Asking<'_>, wanted: &Wanted) -> Vec<CheckRow> {
    let words = frame.words;
    let l = words.l;
    let draft = asking.draft;
    let to = |page: Page| Some(("to", page.name().to_owned()));
    let row = |name: String, value: String, page: Page| CheckRow::of(words, name, value, None, to(page));
    let giver = if draft.gives() { fl!(l, "ask-giver-we") } else { fl!(l, "ask-giver-other") };
    let urgency = if draft.get("urgency") == Some("expedited") {
        fl!(l, "ask-expedited")
    } else {
        fl!(l, "ask-standard")
    };
    let mut rows = vec![
        CheckRow::of(words, fl!(l, "person"), who(words, asking), None, None),
        row(fl!(l, "service"), words.pick(&wanted.service.name), Page::Service),
        row(fl!(l, "ask-giver"), giver, Page::Service),
        row(fl!(l, "ask-urgency"), urgency, Page::Service),
    ];
    if draft.gives() {
        let line = wanted.line(draft, pacific_day(frame.now));
        let day = |text: &str| text.parse::<Date>().map_or_else(|_| text.to_owned(), |day| words.day(day));
        let procedure =
            wanted.procedure(draft).map(|billed| billed.procedure.to_string()).unwrap_or_default();
        rows.push(row(fl!(l, "procedure"), procedure, Page::Questions));
        rows.push(row(fl!(l, "ask-first"), day(&line.first), Page::Questions));
        rows.push(row(fl!(l, "ask-last"), day(&line.last), Page::Questions));
        rows.push(row(fl!(l, "units"), line.units, Page::Questions));
    }
    if wanted.by_population {
        let named = |id: &String| Catalog::state().population(id).map(|one| words.pick(&one.name));
        let chosen: Vec<String> = populations(asking).iter().filter_map(named).collect();
        let value = if chosen.is_empty() { fl!(l, "ask-not-answered") } else { chosen.join("; ") };
        rows.push(row(fl!(l, "ask-populations"), value, Page::Questions));
    }
    rows.extend(wanted.facts.iter().map(|fact| fact_row(words, asking, fact)));
    let names: Vec<String> =
        wanted.attached(draft, asking.known).iter().map(|one| document_name(words, &one.kind)).collect();
    let value = if names.is_empty() { fl!(l, "ask-none") } else { names.join(", ") };
    rows.push(row(fl!(l, "documents"), value, Page::Documents));
    rows
}

impl CheckRow {
    /// A row; `change` is the button that leads back to where it is entered.
    fn of(
        words: Words,
        name: String,
        value: String,
        note: Option<String>,
        change: Option<(&'static str, String)>,
    ) -> Self {
        let change_label = fl!(words.l, "ask-change-what", what = name.clone());
        Self { name, value, note, change, change_label }
    }
}

/// The answer to one question: as it was given now, else as it is known from before.
fn fact_row(words: Words, asking: &Asking<'_>, fact: &WantedFact) -> CheckRow {
    let l = words.l;
    let definition = &fact.definition;
    let known = asking.known.facts.get(&definition.code);
    let (value, note) = match (asking.draft.answer(&definition.code), known) {
        (Some(UNKNOWN), _) => (fl!(l, "ask-unknown"), None),
        (Some(answer), _) => (answer_text(words, fact, answer), None),
        (None, Some(known)) => {
            let value = value_text(words, &known.value, &Ask::Fact(definition.code.clone()));
            (value, Some(still_true(words, known)))
        }
        (None, None) => (fl!(l, "ask-not-answered"), None),
    };
    let change = Some(("again", definition.code.clone()));
    CheckRow::of(words, words.pick(&definition.question), value, note, change)
}

/// An answer of a form as people read it.
fn answer_text(words: Words, fact: &WantedFact, answer: &str) -> String {
    let l = words.l;
    match fact.definition.kind {
        FactKind::Flag if answer == "yes" => fl!(l, "yes"),
        FactKind::Flag if answer == "no" => fl!(l, "no"),
        FactKind::Coded => {
            let place = fact.definition.codes.iter().position(|code| code == answer);
            let name = place.and_then(|place| fact.code_names.get(place));
            name.map_or_else(
                || coded(words, answer, &Ask::Fact(fact.definition.code.clone())),
                |name| words.pick(name),
            )
        }
        FactKind::Day => answer.parse::<Date>().map_or_else(|_| answer.to_owned(), |day| words.day(day)),
        _ => answer.to_owned(),
    }
}

fn rules_say(words: Words, checked: &Checked<'_>, answers: &[&PlanAnswer], plan: &str) -> Vec<String> {
    let l = words.l;
    if answers.is_empty() {
        let was_asked = !matches!(checked.notice, Some(Notice::NotChecked));
        return if was_asked { vec![fl!(l, "ask-rules-none", plan = plan)] } else { Vec::new() };
    }
    let mut lines = Vec::new();
    for (kind, answer) in
        [(fl!(l, "referral"), checked.referral), (fl!(l, "authorization"), checked.authorization)]
    {
        let Some(answer) = answer else { continue };
        lines.push(format!("{kind}: {}", answer_word(words, answer.answer, plan)));
        let reasons = answer.denial.iter().map(|denial| &denial.reason);
        let elsewhere = answer.redirect.iter().map(|redirect| &redirect.reason);
        let problems = answer.problems.iter().map(|problem| &problem.text);
        lines.extend(reasons.chain(elsewhere).chain(problems).map(|text| either(words, text)));
    }
    if let Some(last) = answers.last() {
        lines.push(match last.mode {
            Mode::Decides => fl!(l, "ask-rules-decide"),
            Mode::Advises => fl!(l, "ask-rules-advise"),
            Mode::People => fl!(l, "ask-people-decide"),
        });
    }
    lines.push(fl!(l, "ask-anyway"));
    lines
}

/// Text in the reader's language, or in the one in which it was written.
fn either(words: Words, text: &Bilingual) -> String {
    let picked = words.pick(text);
    if picked.is_empty() { text.en.clone() } else { picked }
}

/// The answer of a plan's rules, as it would be.
fn answer_word(words: Words, answer: &str, plan: &str) -> String {
    let l = words.l;
    match answer {
        "accepted" => fl!(l, "ask-would-accept"),
        "redirected" => fl!(l, "ask-would-redirect"),
        "needs-information" | "pended" => fl!(l, "ask-would-ask"),
        "not-eligible" | "denied" => fl!(l, "ask-would-refuse"),
        "approved" => fl!(l, "ask-would-approve"),
        "partly-approved" => fl!(l, "ask-would-approve-part"),
        "modified" => fl!(l, "ask-would-modify"),
        "clinical-review" => fl!(l, "ask-would-review"),
        "could-not-answer" => fl!(l, "ask-rules-down", plan = plan),
        "invalid-request" => fl!(l, "ask-would-send-back"),
        _ => fl!(l, "ask-would-hand-over"),
    }
}

fn findings(words: Words, answers: &[&PlanAnswer]) -> Option<Findings> {
    let mut rows = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for told in answers.iter().flat_map(|answer| &answer.findings) {
        let finding: &Finding = &told.finding;
        if !seen.contains(&finding.criterion.as_str()) {
            seen.push(&finding.criterion);
            let text = told.text.as_ref().map(|text| words.pick(text));
            rows.push(finding_row(words, finding, text, None));
        }
    }
    (!rows.is_empty()).then(|| Findings { caption: fl!(words.l, "criteria-of-plan"), rows })
}

fn asks(words: Words, answers: &[&PlanAnswer]) -> Vec<String> {
    let mut asks: Vec<String> = Vec::new();
    for asked in answers.iter().flat_map(|answer| &answer.asks) {
        let text = words.pick(&asked.question);
        if !asks.contains(&text) {
            asks.push(text);
        }
    }
    asks
}

fn may_start(words: Words, checked: &Checked<'_>) -> Option<Message> {
    let window = checked.authorization?.presumption.as_ref()?;
    let (day, days) = (words.weekday(window.starts), window.days);
    Some(Message { tone: Tone::Good, text: fl!(words.l, "ask-may-start", day = day, days = days) })
}
