//! One person: the plan of today, what is open, how to reach the person, and what is left of limits.

use askama::Template;
use domain::limits::LimitUnit;
use domain::plan::types::Document;
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use workflow::shown::{
    Body, ContactPoint, Coverage, ShownContact, ShownLimit, ShownMember, ShownThread, ShownValue, Threads,
};

use crate::ask::wanted::Known;
use crate::case::{self, service_of, status_of, thread_of};
use crate::criteria::person::known as known_entry;
use crate::names::{self, Names};
use crate::parts::{
    Action, Documents, Empty, Entry, LimitRow, Limits, Message, Row, Stage, Summary, Thread, Title, Titled,
    Tone,
};
use crate::people::language;
use crate::shell::{Frame, Place, Shell, Who};
use crate::today::name;
use crate::words::Words;

/// Id of the heading above a person's plans.
pub(crate) const COVERAGE: &str = "coverage";

/// Address of a person.
#[must_use]
pub fn address(id: &str) -> String {
    format!("/portal/people/{id}")
}

/// Everything that the page is made of.
pub struct Person<'a> {
    /// The person, as the viewer may see it.
    pub member: &'a ShownMember,
    /// Cases of the person, as threads.
    pub threads: &'a Threads,
    /// Limits of the person's services, as they stand.
    pub limits: &'a [ShownLimit],
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// One thread of cases with its units.
pub(crate) struct OpenThread {
    pub(crate) heading: String,
    pub(crate) thread: Thread,
    pub(crate) units: Option<Limits>,
}

/// Parts of the page.
pub(crate) struct Parts {
    /// Name of the person.
    pub(crate) heading: String,
    pub(crate) message: Option<Message>,
    /// Link to asking for a service; none for who does not ask for any.
    pub(crate) ask: Option<Action>,
    pub(crate) facts: Summary,
    /// Link to where telephone and home are put right; none for who may not.
    pub(crate) correct: Option<Action>,
    pub(crate) threads: Vec<OpenThread>,
    /// True if these are all threads of the person.
    pub(crate) is_whole: bool,
    pub(crate) limits: Option<Limits>,
    pub(crate) coverage: Option<Titled>,
    /// Documents of the cases, those of the newest case first.
    pub(crate) documents: Option<Documents>,
    /// Permissions that the person gave or refused, as the newest case says.
    pub(crate) consents: Option<Summary>,
}

#[derive(Template)]
#[template(path = "people/person.html")]
pub(crate) struct PersonPage {
    shell: Shell,
    parts: Parts,
    no_threads: Option<Empty>,
    more_threads: Option<Message>,
}

/// Page of one person, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, person: &Person<'_>) -> String {
    view(frame, parts(frame, person)).to_string()
}

fn parts(frame: &Frame<'_>, person: &Person<'_>) -> Parts {
    let words = frame.words;
    let Person { member, threads, limits, names } = *person;
    let (id, is_served) = (member.id.to_string(), frame.who.is_some_and(Who::is_of_provider));
    Parts {
        heading: name(member),
        message: message(frame, member, names),
        ask: is_served.then(|| ask_for(words, &id)),
        facts: facts(frame, member, names),
        correct: is_served.then(|| correct(words, &id)),
        threads: threads.items.iter().map(|thread| open_thread(words, thread)).collect(),
        is_whole: threads.whole && threads.next_cursor.is_none(),
        limits: limit_table(words, limits),
        coverage: coverage_table(words, &member.coverage, names),
        documents: case::documents(words, documents(&threads.items), case::read_below(frame.who)),
        consents: consents(words, &threads.items),
    }
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> PersonPage {
    let l = frame.words.l;
    PersonPage {
        // The title stays in a browser's history: it names the page, and never the person.
        shell: Shell::of(frame, &fl!(l, "person"), Some(Place::People)),
        no_threads: parts.threads.is_empty().then(|| Empty {
            title: fl!(l, "no-cases"),
            text: fl!(l, "no-cases-says"),
            action: None,
        }),
        more_threads: (!parts.is_whole).then(|| Message { tone: Tone::Plain, text: fl!(l, "more-cases") }),
        parts,
    }
}

/// Documents on the page: the newest. Each case shows all of its own.
const MOST_DOCUMENTS: usize = 20;

/// Documents of a person's cases, each once, those of the newest case first.
fn documents(threads: &[ShownThread]) -> Vec<&Document> {
    let mut cases: Vec<_> = threads.iter().flat_map(|thread| &thread.cases).collect();
    cases.sort_by_key(|shown| std::cmp::Reverse(shown.case.received_at));
    let mut documents: Vec<&Document> = Vec::new();
    for document in cases.iter().flat_map(|shown| shown.case.body.documents()) {
        if !documents.contains(&document) {
            documents.push(document);
        }
    }
    documents.truncate(MOST_DOCUMENTS);
    documents
}

/// Beginning of the codes of facts that say what a person permits.
const CONSENT: &str = "consent.";

/// Permissions of a person, each as the newest case says it, with who said so and when.
fn consents(words: Words, threads: &[ShownThread]) -> Option<Summary> {
    let known = Known::of(threads, None, None).facts;
    let rows: Vec<Entry> = known
        .values()
        .filter(|fact| fact.code.starts_with(CONSENT))
        .map(|fact| known_entry(words, fact))
        .collect();
    (!rows.is_empty()).then_some(Summary { rows })
}

/// Link to asking for a service for this person.
pub(crate) fn ask_for(words: Words, id: &str) -> Action {
    Action::main(fl!(words.l, "ask"), format!("{}?member={id}", crate::ask::ADDRESS))
}

/// Link to putting right how to reach this person.
pub(crate) fn correct(words: Words, id: &str) -> Action {
    Action::other(fl!(words.l, "correct"), super::correct::address(id))
}

fn covers(coverage: &Coverage, day: jiff::civil::Date) -> bool {
    coverage.first_day <= day && coverage.last_day.is_none_or(|last| day <= last)
}

/// Message about the person's coverage, which comes before everything else.
fn message(frame: &Frame<'_>, member: &ShownMember, names: &Names) -> Option<Message> {
    let l = frame.words.l;
    let today = pacific_day(frame.now);
    let of_today: Vec<&Coverage> = member.coverage.iter().filter(|one| covers(one, today)).collect();
    if of_today.iter().any(|one| one.disputed_since.is_some()) {
        return Some(Message { tone: Tone::Soon, text: fl!(l, "coverage-disputed") });
    }
    if of_today.is_empty() {
        return Some(Message { tone: Tone::Soon, text: fl!(l, "coverage-none") });
    }
    let ending = of_today.into_iter().find(|one| one.last_day.is_some())?;
    let last = frame.words.weekday(ending.last_day?);
    let plan = names.plan(&ending.plan);
    Some(Message { tone: Tone::Plain, text: fl!(l, "coverage-ends", plan = plan, day = last) })
}

fn facts(frame: &Frame<'_>, member: &ShownMember, names: &Names) -> Summary {
    let words = frame.words;
    let l = words.l;
    let today = pacific_day(frame.now);
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let mut rows = Vec::new();
    for one in member.coverage.iter().filter(|one| covers(one, today)) {
        rows.push(Entry {
            name: fl!(l, "plan-today"),
            value: names.plan(&one.plan),
            note: Some(fl!(l, "since", day = words.day(one.first_day))),
        });
    }
    rows.push(entry(fl!(l, "born"), words.day(member.identity.birth_date)));
    rows.push(entry(fl!(l, "number"), member.cin.expose().to_owned()));
    rows.push(entry(fl!(l, "spoken-language"), language(words, &member.language)));
    rows.extend(contact_entries(words, &member.contact));
    rows.extend(member.values.iter().filter(|value| is_shown_apart(value)).map(|value| said(words, value)));
    Summary { rows }
}

/// Telephone and home, each with who said so and of which day.
pub(crate) fn contact_entries(words: Words, contact: &ShownContact) -> Vec<Entry> {
    let l = words.l;
    let telephone = contact.phone.as_ref().map(|phone| contact_entry(words, fl!(l, "telephone"), phone));
    let home = if contact.no_fixed_address {
        Some(Entry { name: fl!(l, "home"), value: fl!(l, "no-fixed-address"), note: None })
    } else {
        contact.address.as_ref().map(|home| contact_entry(words, fl!(l, "home"), home))
    };
    telephone.into_iter().chain(home).collect()
}

fn contact_entry(words: Words, name: String, point: &ContactPoint) -> Entry {
    let source = match point.source.name() {
        "provider" => fl!(words.l, "from-provider"),
        _ => fl!(words.l, "from-plan-file"),
    };
    Entry { name, value: point.value.clone(), note: Some(format!("{source}, {}", words.day(point.as_of))) }
}

/// Values beside those that stand above already.
fn is_shown_apart(value: &ShownValue) -> bool {
    value.stands && !matches!(value.said.name.name(), "address" | "phone" | "language")
}

fn said(words: Words, value: &ShownValue) -> Entry {
    let said = &value.said;
    let source = match said.source.kind() {
        "provider" => fl!(words.l, "from-provider"),
        _ => fl!(words.l, "from-plan-file"),
    };
    let text = match said.value.as_str() {
        "yes" => fl!(words.l, "yes"),
        "no" => fl!(words.l, "no"),
        other => other.to_owned(),
    };
    Entry {
        name: words.pick(&said.name.text()),
        value: text,
        note: Some(format!("{source}, {}", words.day(said.last))),
    }
}

fn open_thread(words: Words, shown: &ShownThread) -> OpenThread {
    let l = words.l;
    let heading =
        shown.cases.first().map_or_else(|| fl!(l, "a-case"), |first| service_of(words, &first.case));
    OpenThread { heading, thread: thread_of(words, shown, None), units: units(words, shown) }
}

/// Units that each granted line of a thread has left.
pub(crate) fn units(words: Words, shown: &ShownThread) -> Option<Limits> {
    let l = words.l;
    let row = |line: &workflow::shown::UnitsLeft| LimitRow {
        name: line.line.procedure.to_string(),
        used: fl!(l, "of", used = line.used, whole = line.line.units),
        left: line.left.to_string(),
        percent: percent(line.used.into(), line.line.units.into()),
    };
    let rows: Vec<LimitRow> = shown.units.iter().map(row).collect();
    (!rows.is_empty()).then(|| Limits {
        title: Title::Caption(fl!(l, "units")),
        heads: [fl!(l, "procedure"), fl!(l, "used"), fl!(l, "left")],
        rows,
    })
}

fn percent(used: i64, whole: i64) -> u8 {
    let part = used.saturating_mul(100).checked_div(whole).unwrap_or(100);
    u8::try_from(part.clamp(0, 100)).unwrap_or(100)
}

/// Limits of a person's services, as a table below the heading with the id `limits`.
pub(crate) fn limit_table(words: Words, limits: &[ShownLimit]) -> Option<Limits> {
    let l = words.l;
    let row = |shown: &ShownLimit| {
        let services: Vec<String> = shown.services.iter().map(|id| names::service(words, id)).collect();
        let had = shown.authorized.saturating_add(shown.delivered);
        LimitRow {
            name: services.join(", "),
            used: fl!(l, "of", used = amount(had, shown.unit), whole = amount(shown.allowed, shown.unit)),
            left: words.pick(&shown.sentence),
            percent: percent(had, shown.allowed),
        }
    };
    let rows: Vec<LimitRow> = limits.iter().map(row).collect();
    (!rows.is_empty()).then(|| Limits {
        title: Title::Heading("limits"),
        heads: [fl!(l, "service"), fl!(l, "used"), fl!(l, "left")],
        rows,
    })
}

/// A number of a limit: dollars for money, else as it is counted.
fn amount(number: i64, unit: LimitUnit) -> String {
    match unit {
        LimitUnit::Cents => case::dollars(number),
        _ => number.to_string(),
    }
}

/// Plans of a person, as a table below the heading with the id `coverage`.
fn coverage_table(words: Words, coverage: &[Coverage], names: &Names) -> Option<Titled> {
    let l = words.l;
    let (from, to) = (fl!(l, "from-day"), fl!(l, "to-day"));
    let row = |one: &Coverage| Row {
        name: names.plan(&one.plan),
        address: None,
        cells: vec![
            (from.clone(), words.day(one.first_day)),
            (to.clone(), one.last_day.map_or_else(|| fl!(l, "no-end"), |day| words.day(day))),
        ],
    };
    (!coverage.is_empty()).then(|| Titled {
        heading: COVERAGE.to_owned(),
        heads: vec![fl!(l, "plan"), from.clone(), to.clone()],
        rows: coverage.iter().map(row).collect(),
    })
}

/// The stage of a thread for a kind of case: its last case, and where that is.
pub(crate) fn stage(
    words: Words,
    name: String,
    shown: &ShownThread,
    here: Option<&str>,
    is_of: impl Fn(&Body) -> bool,
) -> Stage {
    let last = shown.cases.iter().rev().find(|case| is_of(&case.case.body));
    let Some(last) = last else { return Stage { name, state: None, address: None, is_here: false } };
    let id = last.case.id.to_string();
    let is_here = here == Some(id.as_str());
    Stage {
        name,
        state: Some(status_of(words, last.state).word),
        address: (!is_here).then(|| case::address(last.case.body.kind(), &id)),
        is_here,
    }
}
