//! Components of pages. Each is a type with its own template, so that a page cannot forget one of its parts
//! nor hand a component the wrong thing; the compiler checks both. Texts are in the page's words already.
//!
//! A component writes its own HTML and escapes what it is given, and so stands in a page as `{{ clock }}`.

use std::borrow::Cow;
use std::sync::LazyLock;

use askama::Template;
use askama::filters::HtmlSafe;
use jiff::civil::Date;

/// Says of components that what they write is HTML.
macro_rules! components {
    ($($component:ident),* $(,)?) => { $(impl HtmlSafe for $component {})* };
}

components!(
    Action, Area, ByPasskey, Card, Choose, Clock, Documents, Empty, Errors, Field, Findings, Limits, Message,
    Passage, Question, Sheet, Status, Summary, Tasks, Thread, Ticks, Timeline, Titled, When,
);

/// A link that is a step to take. One on a page is the main one.
#[derive(Clone, Template)]
#[template(path = "parts/action.html")]
pub(crate) struct Action {
    pub(crate) text: String,
    pub(crate) address: String,
    pub(crate) main: bool,
}

impl Action {
    pub(crate) fn main(text: String, address: impl Into<String>) -> Self {
        Self { text, address: address.into(), main: true }
    }

    pub(crate) fn other(text: String, address: impl Into<String>) -> Self {
        Self { text, address: address.into(), main: false }
    }
}

/// An instant or a day: for people, and for software in its `datetime`.
#[derive(Clone, Template)]
#[template(path = "parts/when.html")]
pub(crate) struct When {
    pub(crate) machine: String,
    pub(crate) text: String,
}

/// Weight of something that is said. Words carry the meaning; colour and line only repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Nothing to do about it.
    Plain,
    /// Something good stands, such as an approval.
    Good,
    /// Look at it soon.
    Soon,
    /// It is late, or refused.
    Late,
}

impl Tone {
    pub(crate) const ALL: [Self; 4] = [Self::Plain, Self::Good, Self::Soon, Self::Late];

    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// A clock in a sentence: who owes what, by when, and how long that is.
#[derive(Clone, Template)]
#[template(path = "parts/clock.html")]
pub(crate) struct Clock {
    pub(crate) tone: Tone,
    /// Word in front, such as "Late"; none while there is plenty of time.
    pub(crate) word: Option<String>,
    pub(crate) sentence: String,
    pub(crate) due: When,
}

/// Status of a case: the word, and a sentence that follows it.
#[derive(Clone, Template)]
#[template(path = "parts/status.html")]
pub(crate) struct Status {
    pub(crate) tone: Tone,
    pub(crate) word: String,
    pub(crate) says: String,
}

/// A message about the whole page, such as that it cannot be changed.
#[derive(Clone, Template)]
#[template(path = "parts/message.html")]
pub(crate) struct Message {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// A button that uses a passkey, in the form `entry`. It is hidden until the script finds that the browser
/// can, and that the page stands where passkeys are kept for.
#[derive(Clone, Template)]
#[template(path = "parts/passkey.html")]
pub(crate) struct ByPasskey {
    pub(crate) text: String,
    /// Sentence for a passkey that was not made or used: the person did not want to, or it took too long.
    pub(crate) failed: String,
    /// Field of the form in which the device's answer goes along.
    pub(crate) field: &'static str,
    /// Reason for which the last answer was not taken.
    pub(crate) error: Option<String>,
    /// Id of the site.
    pub(crate) party: String,
    pub(crate) question: PasskeyQuestion,
}

/// Question that a device answers by a passkey.
#[derive(Clone)]
pub(crate) enum PasskeyQuestion {
    /// It signs what this address gives.
    Sign(&'static str),
    /// It makes a passkey by these options, which are JSON.
    Make(String),
}

/// Something to look at on a list of work.
#[derive(Clone, Template)]
#[template(path = "parts/card.html")]
pub(crate) struct Card {
    /// Word above it, such as "New".
    pub(crate) tag: Option<String>,
    pub(crate) tone: Tone,
    pub(crate) title: String,
    /// Address of its heading; none for what has no page.
    pub(crate) address: Option<String>,
    pub(crate) sentence: String,
    pub(crate) clock: Option<Clock>,
}

/// A list of steps, each done or still to do.
#[derive(Clone, Template)]
#[template(path = "parts/tasks.html")]
pub(crate) struct Tasks {
    pub(crate) rows: Vec<Task>,
}

/// One step of a list.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) text: String,
    /// Address at which it is done; none for what cannot be done yet.
    pub(crate) address: Option<String>,
    pub(crate) state: String,
    pub(crate) tone: Tone,
    /// Why it cannot be done yet, or what is wrong.
    pub(crate) why: Option<String>,
}

/// All mistakes of a form, above it. Empty, it is not shown.
#[derive(Clone, Default, Template)]
#[template(path = "parts/errors.html")]
pub(crate) struct Errors {
    pub(crate) title: String,
    pub(crate) rows: Vec<Mistake>,
}

/// A mistake, and the field that it is in.
#[derive(Clone)]
pub(crate) struct Mistake {
    pub(crate) field: Cow<'static, str>,
    pub(crate) text: String,
}

impl Mistake {
    pub(crate) fn at(field: impl Into<Cow<'static, str>>, text: String) -> Self {
        Self { field: field.into(), text }
    }
}

/// A field of a form, with its label, its hint and its mistake.
#[derive(Clone, Template)]
#[template(path = "parts/field.html")]
pub(crate) struct Field {
    /// A request has as many lines as it has: not each name is known beforehand.
    pub(crate) name: Cow<'static, str>,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) value: String,
    /// `type` of the input: `text`, `email`, `password` or `date`.
    pub(crate) kind: &'static str,
    pub(crate) autocomplete: &'static str,
    /// True for digits: telephones then show them.
    pub(crate) digits: bool,
    /// Width in characters: `short` or `long`.
    pub(crate) width: &'static str,
}

impl Field {
    /// A line of text about a member: nothing that a shared telephone keeps.
    pub(crate) fn text(name: impl Into<Cow<'static, str>>, label: String) -> Self {
        Self {
            name: name.into(),
            label,
            hint: None,
            error: None,
            value: String::new(),
            kind: "text",
            autocomplete: "off",
            digits: false,
            width: "long",
        }
    }

    /// A few words, a number or a day.
    pub(crate) fn short(name: impl Into<Cow<'static, str>>, label: String) -> Self {
        Self { width: "short", ..Self::text(name, label) }
    }

    /// Ids of the hint and of the mistake, for `aria-describedby`.
    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }

    fn shown_as(&self) -> &'static str {
        shown_as(self.kind, &self.value)
    }
}

/// `type` of an input with this value. One for days shows nothing of a text that is no day, so what was typed
/// is shown as text.
fn shown_as(kind: &'static str, value: &str) -> &'static str {
    let is_no_day = kind == "date" && !value.is_empty() && value.parse::<Date>().is_err();
    if is_no_day { "text" } else { kind }
}

/// Ids of what describes a field.
pub(crate) fn described_by(name: &str, has_hint: bool, is_wrong: bool) -> String {
    let hint = has_hint.then(|| format!("{name}-hint"));
    let error = is_wrong.then(|| format!("{name}-error"));
    hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
}

/// A value that a field offers.
#[derive(Clone)]
pub(crate) struct Pick {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

/// A field with one of several values.
#[derive(Clone, Template)]
#[template(path = "parts/choose.html")]
pub(crate) struct Choose {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) picks: Vec<Pick>,
}

impl Choose {
    fn described_by(&self) -> String {
        described_by(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// A field with any number of several values.
#[derive(Clone, Template)]
#[template(path = "parts/ticks.html")]
pub(crate) struct Ticks {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) picks: Vec<Pick>,
}

/// A field for several sentences.
#[derive(Clone, Template)]
#[template(path = "parts/passage.html")]
pub(crate) struct Passage {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) value: String,
}

impl Passage {
    fn described_by(&self) -> String {
        described_by(self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// A question of a form that is made of what a plan asks: its name is not known when this is compiled.
#[derive(Clone, Template)]
#[template(path = "parts/question.html")]
pub(crate) struct Question {
    /// Id of its first input, to which a mistake leads.
    pub(crate) id: &'static str,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    /// `type` of the input: `radio` or `checkbox` where there are choices; `text`, `date` or `file`.
    pub(crate) kind: &'static str,
    pub(crate) value: String,
    /// True for digits: telephones then show them.
    pub(crate) digits: bool,
    pub(crate) choices: Vec<Choice>,
}

/// One answer that a question offers.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) text: String,
    pub(crate) chosen: bool,
}

impl Question {
    fn shown_as(&self) -> &'static str {
        shown_as(self.kind, &self.value)
    }

    /// A question at this place of its page, answered in a line of text.
    pub(crate) fn line(place: usize, name: impl Into<String>, label: String) -> Self {
        Self {
            id: place_id(place),
            name: name.into(),
            label,
            hint: None,
            error: None,
            kind: "text",
            value: String::new(),
            digits: false,
            choices: Vec::new(),
        }
    }

    /// The choices, each with the id of its input.
    fn numbered(&self) -> Vec<(String, &Choice)> {
        let id = |place: usize| if place == 0 { self.id.to_owned() } else { format!("{}-{place}", self.id) };
        self.choices.iter().enumerate().map(|(place, choice)| (id(place), choice)).collect()
    }

    /// Id of the hint and of the mistake, for `aria-describedby`.
    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.id));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// Questions of one page that can be told apart: more than any plan asks.
const MOST_QUESTIONS: usize = 500;

/// Id of the question at a place of its page.
fn place_id(place: usize) -> &'static str {
    static IDS: LazyLock<Vec<String>> =
        LazyLock::new(|| (1..=MOST_QUESTIONS).map(|place| format!("question-{place}")).collect());
    IDS.get(place).map_or("question", String::as_str)
}

/// Lines of text that a program reads, with their label, hint and mistake.
#[derive(Clone, Template)]
#[template(path = "parts/area.html")]
pub(crate) struct Area {
    pub(crate) name: &'static str,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) value: String,
    /// Lines that are seen at once.
    pub(crate) rows: u8,
}

impl Area {
    /// An empty one.
    pub(crate) fn code(name: &'static str, label: String) -> Self {
        Self { name, label, hint: None, error: None, value: String::new(), rows: 12 }
    }

    /// Ids of the hint and of the mistake, for `aria-describedby`.
    fn described_by(&self) -> String {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        hint.into_iter().chain(error).collect::<Vec<_>>().join(" ")
    }
}

/// A table that folds to cards on a narrow screen: each cell then shows its column's name.
#[derive(Clone, Template)]
#[template(path = "parts/sheet.html")]
pub(crate) struct Sheet {
    pub(crate) caption: String,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// The same table below a heading that names it: a caption would say it once more.
#[derive(Clone, Template)]
#[template(path = "parts/titled.html")]
pub(crate) struct Titled {
    /// Id of the heading.
    pub(crate) heading: String,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

impl Titled {
    /// The table, without its caption, below the heading with this id.
    pub(crate) fn of(heading: &str, sheet: Sheet) -> Self {
        Self { heading: heading.to_owned(), heads: sheet.heads, rows: sheet.rows }
    }
}

/// A row of a table. Its first cell names it.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) address: Option<String>,
    /// Each cell with the head of its column.
    pub(crate) cells: Vec<(String, String)>,
}

/// A place where there is nothing: what would be here, and the one thing to do.
#[derive(Clone, Template)]
#[template(path = "parts/empty.html")]
pub(crate) struct Empty {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: Option<Action>,
}

/// Steps that happened, newest first.
#[derive(Clone, Template)]
#[template(path = "parts/timeline.html")]
pub(crate) struct Timeline {
    pub(crate) steps: Vec<Step>,
}

/// One thing that happened.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) at: When,
    pub(crate) text: String,
    pub(crate) who: String,
}

/// Criteria and how they were judged.
#[derive(Clone, Template)]
#[template(path = "parts/findings.html")]
pub(crate) struct Findings {
    pub(crate) caption: String,
    pub(crate) rows: Vec<FindingRow>,
}

/// One criterion, as it was judged.
#[derive(Clone)]
pub(crate) struct FindingRow {
    pub(crate) tone: Tone,
    /// Word of the outcome, such as "Met".
    pub(crate) outcome: String,
    pub(crate) criterion: String,
    pub(crate) reason: String,
    /// Document in which the criterion is written.
    pub(crate) source: Option<String>,
}

/// Remainders of limits: a table with a mark in each row.
#[derive(Clone, Template)]
#[template(path = "parts/limits.html")]
pub(crate) struct Limits {
    pub(crate) title: Title,
    pub(crate) heads: [String; 3],
    pub(crate) rows: Vec<LimitRow>,
}

/// Name of a table: a caption of its own, or the heading right above it, which a caption would say once more.
#[derive(Clone)]
pub(crate) enum Title {
    /// Text of the caption.
    Caption(String),
    /// Id of the heading.
    Heading(&'static str),
}

/// One limit, as it stands.
#[derive(Clone)]
pub(crate) struct LimitRow {
    pub(crate) name: String,
    pub(crate) used: String,
    pub(crate) left: String,
    /// Hundredths of the limit that are used, for the mark.
    pub(crate) percent: u8,
}

/// Documents, each with its days, and with a link to its bytes where they are here.
#[derive(Clone, Template)]
#[template(path = "parts/documents.html")]
pub(crate) struct Documents {
    pub(crate) rows: Vec<DocumentRow>,
}

/// One document.
#[derive(Clone)]
pub(crate) struct DocumentRow {
    pub(crate) name: String,
    /// Days of the document, or that it was not attached.
    pub(crate) note: Option<String>,
    /// Address of its bytes; none where the sender only says that there is one.
    pub(crate) address: Option<String>,
}

/// Names and values, such as a person's.
#[derive(Clone, Template)]
#[template(path = "parts/summary.html")]
pub(crate) struct Summary {
    pub(crate) rows: Vec<Entry>,
}

/// One name with its value.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Source and day of the value, in smaller print.
    pub(crate) note: Option<String>,
}

/// The way of a case from referral to payment, and where it is.
#[derive(Clone, Template)]
#[template(path = "parts/thread.html")]
pub(crate) struct Thread {
    pub(crate) label: String,
    pub(crate) stages: Vec<Stage>,
}

/// One stage of the way.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) name: String,
    /// Status there; none for a stage that is not reached.
    pub(crate) state: Option<String>,
    pub(crate) address: Option<String>,
    /// True for the stage that the page is about.
    pub(crate) is_here: bool,
}
