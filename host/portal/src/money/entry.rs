//! The form of a bill, line by line: a correction, filled in from the bill that it corrects, or a new bill,
//! filled in from what an authorization has left. What the plan found wrong stands at its field.

use std::sync::LazyLock;

use askama::Template;
use domain::dictionary::Dictionary;
use domain::identifiers::CaseId;
use domain::plan::billing::LineOutcome;
use domain::problem::Code;
use i18n_embed_fl::fl;
use workflow::shown::{Body, Claim, ShownCase, UnitsLeft};

use super::claims::units_left;
use super::{CLAIMS, Notice, Wrong, bill, errors};
use crate::case::service_of;
use crate::fields::{ONCE, VERSION};
use crate::names::Names;
use crate::parts::{Action, Choose, Errors, Field, Message, Mistake, Pick, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Most lines of a bill (ASC X12 005010X222A1, loop 2400).
pub const MOST_LINES: usize = 50;
/// Name of the field of the diagnoses.
pub const DIAGNOSES: &str = "diagnoses";
/// Name of the button that adds an empty line and sends nothing.
pub const ANOTHER: &str = "another";

/// A field of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineField {
    /// HCPCS code and its modifiers.
    Procedure,
    /// CMS code of the place of service.
    Place,
    /// First day of service.
    First,
    /// Last day of service.
    Last,
    /// Units, as the code counts them.
    Units,
    /// Minutes, where they were recorded.
    Minutes,
    /// Charge for the whole line.
    Charge,
}

impl LineField {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 7] =
        [Self::Procedure, Self::Place, Self::First, Self::Last, Self::Units, Self::Minutes, Self::Charge];

    fn word(self) -> &'static str {
        match self {
            Self::Procedure => "code",
            Self::Place => "place",
            Self::First => "first",
            Self::Last => "last",
            Self::Units => "units",
            Self::Minutes => "minutes",
            Self::Charge => "charge",
        }
    }

    /// Field at a JSON Pointer into a line; the days begin with their first.
    pub(crate) fn of(pointer: &str) -> Option<Self> {
        match pointer.split('/').nth(1)? {
            "procedure" => Some(Self::Procedure),
            "place" => Some(Self::Place),
            "days" if pointer.ends_with("/last") => Some(Self::Last),
            "days" | "first" => Some(Self::First),
            "last" => Some(Self::Last),
            "units" => Some(Self::Units),
            "minutes" => Some(Self::Minutes),
            "charge" => Some(Self::Charge),
            _ => None,
        }
    }

    pub(crate) fn label(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Procedure => fl!(l, "money-code"),
            Self::Place => fl!(l, "money-place"),
            Self::First => fl!(l, "money-first-day"),
            Self::Last => fl!(l, "money-last-day"),
            Self::Units => fl!(l, "units"),
            Self::Minutes => fl!(l, "money-minutes"),
            Self::Charge => fl!(l, "money-charge"),
        }
    }
}

/// Names of the fields of each line, such as `line-1-code`. A field's name lives as long as the program.
static NAMES: LazyLock<Vec<[String; LineField::ALL.len()]>> = LazyLock::new(|| {
    (1..=MOST_LINES).map(|line| LineField::ALL.map(|field| format!("line-{line}-{}", field.word()))).collect()
});

/// Name of a field of the line at this place, counted from 0; `None` behind the last line that a bill may
/// have.
#[must_use]
pub fn field_name(line: usize, field: LineField) -> Option<&'static str> {
    let place = LineField::ALL.iter().position(|known| *known == field)?;
    NAMES.get(line)?.get(place).map(String::as_str)
}

/// A line, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedLine(pub [String; LineField::ALL.len()]);

impl TypedLine {
    /// Text that is typed in a field.
    #[must_use]
    pub fn get(&self, field: LineField) -> &str {
        let place = LineField::ALL.iter().position(|known| *known == field);
        place.and_then(|place| self.0.get(place)).map_or("", String::as_str)
    }

    /// The line with this in a field.
    #[must_use]
    pub fn with(mut self, field: LineField, text: impl Into<String>) -> Self {
        if let Some(place) = LineField::ALL.iter().position(|known| *known == field)
            && let Some(typed) = self.0.get_mut(place)
        {
            *typed = text.into();
        }
        self
    }

    /// True for a line without day, units and charge, of which nothing is to be billed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let own = [LineField::First, LineField::Units, LineField::Charge];
        own.into_iter().all(|field| self.get(field).trim().is_empty())
    }
}

/// A bill, as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// Diagnosis codes, principal first.
    pub diagnoses: String,
    /// Lines, at least one.
    pub lines: Vec<TypedLine>,
}

impl Typed {
    /// The entries of a bill that is there, for its correction.
    #[must_use]
    pub fn of_claim(claim: &Claim) -> Self {
        let line = |line: &domain::plan::billing::ClaimLine| {
            let last = line.days.last.filter(|last| *last != line.days.first);
            TypedLine::default()
                .with(LineField::Procedure, line.procedure.to_string())
                .with(LineField::Place, line.place.clone())
                .with(LineField::First, line.days.first.to_string())
                .with(LineField::Last, last.map_or_else(String::new, |day| day.to_string()))
                .with(LineField::Units, line.units.to_string())
                .with(LineField::Minutes, line.minutes.map_or_else(String::new, |count| count.to_string()))
                .with(LineField::Charge, line.charge.to_string())
        };
        Self { diagnoses: spaced(claim), lines: claim.lines.iter().map(line).collect() }
    }

    /// A new bill for what is left of an authorization, with diagnoses and place of an earlier bill under it.
    #[must_use]
    pub fn of_units(units: &[UnitsLeft], earlier: Option<&Claim>) -> Self {
        let place = earlier.and_then(|claim| claim.lines.first()).map_or("", |line| line.place.as_str());
        let line = |units: &UnitsLeft| {
            TypedLine::default()
                .with(LineField::Procedure, units.line.procedure.to_string())
                .with(LineField::Place, place)
        };
        let mut lines: Vec<TypedLine> = units.iter().filter(|units| units.left > 0).map(line).collect();
        lines.truncate(MOST_LINES);
        Self { diagnoses: earlier.map(spaced).unwrap_or_default(), lines }
    }

    /// The same without the lines of which nothing is to be billed.
    #[must_use]
    pub fn filled(&self) -> Self {
        let lines = self.lines.iter().filter(|line| !line.is_blank()).cloned().collect();
        Self { diagnoses: self.diagnoses.clone(), lines }
    }

    /// One more line, which begins as the last one did.
    pub fn add_line(&mut self) {
        if self.lines.len() < MOST_LINES {
            let last = self.lines.last().cloned().unwrap_or_default();
            let new = TypedLine::default()
                .with(LineField::Procedure, last.get(LineField::Procedure))
                .with(LineField::Place, last.get(LineField::Place));
            self.lines.push(new);
        }
    }
}

fn spaced(claim: &Claim) -> String {
    let codes: Vec<String> = claim.diagnoses.iter().map(ToString::to_string).collect();
    codes.join(" ")
}

/// The case that a bill is made of.
#[derive(Clone, Copy)]
pub enum About<'a> {
    /// A bill that is corrected.
    Correction(&'a ShownCase),
    /// An authorization, and what each of its lines has left.
    Units(&'a ShownCase, &'a [UnitsLeft]),
}

/// Everything that the form is made of.
pub struct Form<'a> {
    /// The case that it is made of.
    pub about: About<'a>,
    /// Entries of its fields.
    pub typed: &'a Typed,
    /// Values that were not accepted.
    pub wrong: &'a [Wrong],
    /// Why it is shown again although nothing in it is wrong.
    pub notice: Option<Notice>,
    /// Key that makes it count once.
    pub key: &'a str,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// A line of the form.
pub(crate) struct Line {
    pub(crate) legend: String,
    pub(crate) note: Option<String>,
    pub(crate) fields: Vec<Field>,
    pub(crate) place: Choose,
}

#[derive(Template)]
#[template(path = "money/entry.html")]
pub(crate) struct EntryPage {
    shell: Shell,
    heading: String,
    says: String,
    messages: Vec<Message>,
    notes: Vec<String>,
    errors: Errors,
    action: String,
    hidden: Vec<(&'static str, String)>,
    diagnoses: Field,
    lines: Vec<Line>,
    button: String,
    back: Action,
}

/// Words of the form as a whole.
pub(crate) struct Head {
    pub(crate) heading: String,
    pub(crate) says: String,
    /// Address that it is posted to.
    pub(crate) action: String,
    pub(crate) button: String,
    pub(crate) back: Action,
    /// Sentences before the lines, such as what is left.
    pub(crate) notes: Vec<String>,
    pub(crate) hidden: Vec<(&'static str, String)>,
}

/// Page of the form, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, form: &Form<'_>) -> String {
    let words = frame.words;
    let found = |line: usize| match form.about {
        About::Correction(claim) => found(words, claim, line),
        About::Units(..) => None,
    };
    let mut head = head(words, form);
    head.hidden.push((ONCE, form.key.to_owned()));
    view(frame, head, form.typed, form.wrong, form.notice, &found).to_string()
}

fn head(words: Words, form: &Form<'_>) -> Head {
    let l = words.l;
    match form.about {
        About::Correction(claim) => {
            let id = claim.case.id;
            let plan = claim.case.plan.as_ref().map_or_else(String::new, |plan| form.names.plan(plan));
            Head {
                heading: fl!(l, "money-correct-ask", service = service_of(words, &claim.case)),
                says: fl!(l, "money-correct-says"),
                action: correct_address(id),
                button: fl!(l, "money-send-correction", plan = plan),
                back: Action::other(fl!(l, "money-back-to-bill"), format!("{CLAIMS}/{id}")),
                notes: Vec::new(),
                hidden: vec![(VERSION, claim.case.version.to_string())],
            }
        }
        About::Units(authorization, units) => {
            let id = authorization.case.id;
            let case = &authorization.case;
            let plan = case.plan.as_ref().map_or_else(String::new, |plan| form.names.plan(plan));
            Head {
                heading: fl!(l, "money-bill-ask", service = service_of(words, case)),
                says: fl!(l, "money-bill-says"),
                action: bill_address(id),
                button: fl!(l, "money-send-bill", plan = plan),
                back: Action::other(fl!(l, "money-to-bill"), super::TO_BILL),
                notes: units.iter().map(|one| units_left(words, one)).collect(),
                hidden: Vec::new(),
            }
        }
    }
}

/// Address of the form that corrects a bill.
#[must_use]
pub(crate) fn correct_address(id: CaseId) -> String {
    format!("{CLAIMS}/{id}/correct")
}

/// Address of the form that bills what an authorization has left.
#[must_use]
pub(crate) fn bill_address(id: CaseId) -> String {
    format!("/portal/authorizations/{id}/bill")
}

/// Finding of the plan about a line of the bill that is corrected, and the field that it names.
fn found(words: Words, claim: &ShownCase, line: usize) -> Option<(Option<LineField>, String)> {
    let Body::Claim(body) = &claim.case.body else { return None };
    let number = body.lines.get(line)?.number;
    let problem = bill::problem(words, body, number, claim)?;
    let result = body.results.iter().find(|result| result.number == number)?;
    let field = match &result.outcome {
        LineOutcome::Rejected(rejection) => LineField::of(&rejection.field),
        _ => None,
    };
    let text = match problem.fix {
        Some(fix) => format!("{} {fix}", problem.reason),
        None => problem.reason,
    };
    Some((field, text))
}

pub(crate) fn view(
    frame: &Frame<'_>,
    head: Head,
    typed: &Typed,
    wrong: &[Wrong],
    notice: Option<Notice>,
    found: &dyn Fn(usize) -> Option<(Option<LineField>, String)>,
) -> EntryPage {
    let words = frame.words;
    let l = words.l;
    let told: Vec<MistakeText> = wrong.iter().map(|one| told(words, one, typed.lines.len())).collect();
    let mistakes = told.iter().filter_map(|one| Some(Mistake::at(one.field?, one.text.clone())));
    let errors = errors(words, mistakes.collect());
    let general = told.iter().filter(|one| one.field.is_none()).map(|one| one.text.clone());
    let messages = notice.map(|notice| notice.text(words)).into_iter().chain(general);
    let Head { heading, says, action, button, back, notes, hidden } = head;
    EntryPage {
        shell: Shell::of(frame, &heading, Some(Place::Claims)).around_form(&errors),
        heading,
        says,
        messages: messages.map(|text| Message { tone: Tone::Late, text }).collect(),
        notes,
        errors,
        action,
        hidden,
        diagnoses: Field {
            hint: Some(fl!(l, "money-diagnoses-hint")),
            value: typed.diagnoses.clone(),
            error: error_at(&told, DIAGNOSES),
            ..Field::text(DIAGNOSES, fl!(l, "money-diagnoses"))
        },
        lines: typed
            .lines
            .iter()
            .enumerate()
            .map(|(place, line)| form_line(words, place, line, &told, found(place)))
            .collect(),
        button,
        back,
    }
}

fn error_at(told: &[MistakeText], field: &str) -> Option<String> {
    told.iter().find(|one| one.field == Some(field)).map(|one| one.text.clone())
}

fn form_line(
    words: Words,
    place: usize,
    line: &TypedLine,
    told: &[MistakeText],
    found: Option<(Option<LineField>, String)>,
) -> Line {
    let l = words.l;
    let (at, note) = match found {
        Some((at, text)) => (at, Some(text)),
        None => (None, None),
    };
    let own_hint = |field: LineField| match field {
        LineField::Procedure => Some(fl!(l, "money-code-hint")),
        LineField::Last => Some(fl!(l, "money-last-hint")),
        LineField::Charge => Some(fl!(l, "money-charge-hint")),
        LineField::Minutes => Some(fl!(l, "money-minutes-hint")),
        LineField::Place | LineField::First | LineField::Units => None,
    };
    // Where the plan names the field, its words stand there, and in place of ours.
    let hint = |field: LineField| note.clone().filter(|_| at == Some(field)).or_else(|| own_hint(field));
    let name = |field| field_name(place, field).unwrap_or(DIAGNOSES);
    let field = |field: LineField| Field {
        hint: hint(field),
        error: error_at(told, name(field)),
        value: line.get(field).to_owned(),
        kind: if matches!(field, LineField::First | LineField::Last) { "date" } else { "text" },
        digits: matches!(field, LineField::Units | LineField::Minutes),
        width: "short",
        ..Field::text(name(field), field.label(words))
    };
    let place_field = Choose {
        name: name(LineField::Place),
        label: LineField::Place.label(words),
        hint: hint(LineField::Place),
        error: error_at(told, name(LineField::Place)),
        picks: places(words, line.get(LineField::Place)),
    };
    let others = LineField::ALL.into_iter().filter(|field| *field != LineField::Place);
    let number = place + 1;
    Line {
        legend: fl!(l, "money-line-number", number = number),
        fields: others.map(field).collect(),
        place: place_field,
        note: note.filter(|_| at.is_none()),
    }
}

/// Places of service, by their names, with none chosen before.
fn places(words: Words, chosen: &str) -> Vec<Pick> {
    let none =
        Pick { value: String::new(), text: fl!(words.l, "money-choose"), is_chosen: chosen.is_empty() };
    let place = |place: &domain::dictionary::Code| Pick {
        value: place.code.clone(),
        text: format!("{} ({})", words.pick(&place.name), place.code),
        is_chosen: place.code == chosen,
    };
    std::iter::once(none).chain(Dictionary::state().places_of_service().iter().map(place)).collect()
}

/// A mistake in the words of the page, and the field that it is in; `None` for the form as a whole.
struct MistakeText {
    field: Option<&'static str>,
    text: String,
}

fn told(words: Words, wrong: &Wrong, lines: usize) -> MistakeText {
    let mut parts = wrong.pointer.split('/').skip(1);
    let (root, index) = (parts.next().unwrap_or_default(), parts.next());
    if root == "diagnoses" {
        return MistakeText {
            field: Some(DIAGNOSES),
            text: said(words, wrong, fl!(words.l, "money-diagnoses-wrong")),
        };
    }
    let line = index.and_then(|index| index.parse::<usize>().ok()).filter(|line| *line < lines);
    let (Some(line), "lines") = (line, root) else {
        let text = match wrong.code {
            Code::MissingEntry if root == "lines" => fl!(words.l, "money-no-lines"),
            _ => said(words, wrong, wrong.says.clone()),
        };
        return MistakeText { field: None, text };
    };
    let rest = wrong.pointer.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap_or_default();
    let field = LineField::of(&rest).unwrap_or(LineField::Procedure);
    let text = line_mistake(words, field, wrong);
    let number = line + 1;
    MistakeText {
        field: field_name(line, field),
        text: fl!(words.l, "money-in-line", number = number, text = text),
    }
}

/// The plan's own words where it has some, or these.
fn said(words: Words, wrong: &Wrong, otherwise: String) -> String {
    wrong.text.as_ref().map_or(otherwise, |text| words.pick(text))
}

fn line_mistake(words: Words, field: LineField, wrong: &Wrong) -> String {
    let l = words.l;
    let own = match (field, wrong.code) {
        (LineField::Procedure, Code::InvalidValue) => fl!(l, "money-code-wrong"),
        (LineField::Procedure, Code::UnknownProcedure) => fl!(l, "money-code-unknown"),
        (LineField::Place, Code::UnknownCode) => fl!(l, "money-place-wrong"),
        (LineField::First | LineField::Last, Code::InvalidDay) => fl!(l, "day-wrong"),
        (LineField::First | LineField::Last, Code::FutureDay) => fl!(l, "money-future-day"),
        (LineField::First | LineField::Last, Code::DaysOutOfOrder) => fl!(l, "money-days-order"),
        (LineField::Units, Code::OutOfRange) => fl!(l, "money-units-wrong"),
        (LineField::Minutes, Code::OutOfRange) => fl!(l, "money-minutes-wrong"),
        (LineField::Charge, Code::InvalidValue | Code::OutOfRange) => fl!(l, "money-charge-wrong"),
        (_, Code::TwoPlans) => fl!(l, "money-two-plans"),
        _ => wrong.says.clone(),
    };
    said(words, wrong, own)
}
