//! Criteria of one service, plan by plan, on a day: the state's own words, and what each plan adds. Beside it
//! one person, held against every plan's rules, and what plans changed between two days.

use askama::Template;
use domain::catalog::Catalog;
use domain::plan::profile::{Criterion, CriterionOrigin, Mode};
use i18n_embed_fl::fl;
use jiff::civil::Date;
use workflow::shown::{Grid, GridCell, GridRow};

use crate::names::Names;
use crate::parts::{Action, Empty, Errors, Field, Mistake, Row, Sheet, Titled};
use crate::people::NUMBER;
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

pub mod changes;
pub mod person;
pub(crate) mod samples;

/// Address of the grid.
pub const GRID: &str = "/portal/criteria";
/// Address to which the number of a person is posted who is held against the plans' rules.
pub const PERSON: &str = "/portal/criteria/person";
/// Address of what plans changed between two days.
pub const CHANGES: &str = "/portal/criteria/changes";
/// Name of the parameter that holds the service.
pub const SERVICE: &str = "service";
/// Name of the parameter that holds the county.
pub const COUNTY: &str = "county";
/// Name of the parameter that holds the day.
pub const ON: &str = "on";
/// Name of the parameter that leaves out what is the same at all plans.
pub const ONLY: &str = "only";

/// Outcome of looking for the person who is to be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nobody was looked for.
    No,
    /// The text is no number of a card.
    NoNumber,
    /// None of the viewer's people has this number.
    Nobody,
    /// The organization looked for people in vain too often.
    TooMany,
}

/// A grid of one service, and what was chosen for it.
pub struct Criteria<'a> {
    /// The grid of that service.
    pub grid: &'a Grid,
    /// Choices for the grid.
    pub chosen: Chosen<'a>,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

/// The service, the county and the day of a grid.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// Id of the service that is shown.
    pub service: &'a str,
    /// Code of the county; empty for every county.
    pub county: &'a str,
    /// Counties that can be chosen: code and name.
    pub counties: &'a [(String, String)],
    /// Day of the grid.
    pub on: Date,
    /// Day, as it was typed; empty for today.
    pub typed: &'a str,
    /// True if what was typed is no day.
    pub is_no_day: bool,
    /// True to leave out what is the same at all plans.
    pub only_different: bool,
    /// Number of the person, as it was typed.
    pub number: &'a str,
    /// Outcome of looking for the person; `None` for a viewer who helps nobody.
    pub looked: Option<Looked>,
}

/// Something that can be chosen.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

#[derive(Template)]
#[template(path = "criteria/criteria.html")]
pub(crate) struct CriteriaPage {
    shell: Shell,
    heading: String,
    says: String,
    errors: Errors,
    services: Vec<Choice>,
    counties: Vec<Choice>,
    on: Field,
    only_different: bool,
    compare: Action,
    /// Parts of the grid: the state's words, what plans add, and what else they declare.
    parts: Vec<Part>,
    same: Vec<Sheet>,
    same_heading: String,
    /// Number of lines that are left out.
    left_out: Option<String>,
    empty: Option<Empty>,
    /// Form by which a person is checked: the field, and what was chosen.
    person: Option<PersonForm>,
}

struct PersonForm {
    number: Field,
    hidden: Vec<(&'static str, String)>,
}

/// Lines of one kind that are not the same at all plans.
struct Part {
    heading: String,
    sheet: Titled,
}

/// Kind of a line of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In the state's own words.
    State,
    /// Added by a plan.
    Added,
    /// Something else that a plan declares.
    Declared,
}

impl Kind {
    const ALL: [Self; 3] = [Self::State, Self::Added, Self::Declared];

    /// Id of its heading.
    fn id(self) -> &'static str {
        match self {
            Self::State => "of-state",
            Self::Added => "added",
            Self::Declared => "declared",
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::State => fl!(l, "criteria-of-state"),
            Self::Added => fl!(l, "criteria-added"),
            Self::Declared => fl!(l, "criteria-declared"),
        }
    }
}

/// One line of the grid: what is asked, and each plan's cell.
pub(crate) struct Line {
    pub(crate) kind: Kind,
    pub(crate) text: String,
    pub(crate) cells: Vec<String>,
}

/// Page of the criteria, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, criteria: &Criteria<'_>) -> String {
    let words = frame.words;
    let row = criteria.grid.services.iter().find(|row| row.service.id == criteria.chosen.service);
    let plans: Vec<String> = criteria.grid.plans.iter().map(|plan| criteria.names.plan(plan)).collect();
    let lines = row.map(|row| lines(words, row)).unwrap_or_default();
    view(frame, &criteria.chosen, &plans, lines).to_string()
}

pub(crate) fn view(
    frame: &Frame<'_>,
    chosen: &Chosen<'_>,
    plans: &[String],
    lines: Vec<Line>,
) -> CriteriaPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "criteria");
    let on = on_field(words, chosen);
    let person = chosen.looked.map(|looked| person_form(words, chosen, looked));
    let fields = std::iter::once(&on).chain(person.as_ref().map(|form| &form.number));
    let errors = Errors { title: fl!(l, "errors"), rows: fields.filter_map(mistake).collect() };
    let empty = lines.is_empty().then(|| Empty {
        title: fl!(l, "criteria-empty"),
        text: fl!(l, "criteria-empty-says"),
        action: None,
    });
    let (same, different): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(is_same);
    let count = same.len();
    let left_out = (chosen.only_different && count > 0).then(|| fl!(l, "criteria-left-out", count = count));
    let mut shell = Shell::of(frame, &heading, Some(Place::Criteria));
    if !errors.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let parts = by_kind(different).into_iter().map(|(kind, lines)| Part {
        heading: kind.text(words),
        sheet: Titled::of(kind.id(), sheet(words, kind.text(words), plans, lines)),
    });
    let same = if chosen.only_different { Vec::new() } else { by_kind(same) };
    CriteriaPage {
        shell,
        heading,
        says: fl!(l, "criteria-says", day = words.weekday(chosen.on)),
        errors,
        services: services(words, chosen.service),
        counties: counties(words, chosen.county, chosen.counties),
        on,
        only_different: chosen.only_different,
        compare: Action::other(fl!(l, "criteria-compare"), format!("{CHANGES}?{SERVICE}={}", chosen.service)),
        parts: parts.collect(),
        same: same.into_iter().map(|(kind, lines)| sheet(words, kind.text(words), plans, lines)).collect(),
        same_heading: fl!(l, "criteria-same", count = count),
        left_out,
        empty,
        person,
    }
}

fn mistake(field: &Field) -> Option<Mistake> {
    Some(Mistake::at(field.name.clone(), field.error.clone()?))
}

fn on_field(words: Words, chosen: &Chosen<'_>) -> Field {
    let l = words.l;
    Field {
        hint: Some(fl!(l, "day-hint")),
        value: chosen.typed.to_owned(),
        kind: "date",
        width: "short",
        error: chosen.is_no_day.then(|| fl!(l, "day-wrong")),
        ..Field::text(ON, fl!(l, "day"))
    }
}

fn person_form(words: Words, chosen: &Chosen<'_>, looked: Looked) -> PersonForm {
    let l = words.l;
    let error = match looked {
        Looked::No => None,
        Looked::NoNumber => Some(fl!(l, "number-wrong")),
        Looked::Nobody => Some(fl!(l, "number-nobody")),
        Looked::TooMany => Some(fl!(l, "number-too-many")),
    };
    let hidden = [(SERVICE, chosen.service), (COUNTY, chosen.county), (ON, chosen.typed)];
    PersonForm {
        number: Field {
            hint: Some(fl!(l, "number-hint")),
            value: chosen.number.to_owned(),
            width: "short",
            error,
            ..Field::text(NUMBER, fl!(l, "number"))
        },
        hidden: hidden.into_iter().map(|(name, value)| (name, value.to_owned())).collect(),
    }
}

/// The services of the catalog, to choose one.
pub(crate) fn services(words: Words, chosen: &str) -> Vec<Choice> {
    let choice = |one: &domain::catalog::Service| Choice {
        id: one.id.clone(),
        text: words.pick(&one.name),
        is_chosen: one.id == chosen,
    };
    Catalog::state().services().iter().map(choice).collect()
}

/// Every county, and each by itself.
pub(crate) fn counties(words: Words, chosen: &str, known: &[(String, String)]) -> Vec<Choice> {
    let every = Choice {
        id: String::new(),
        text: fl!(words.l, "criteria-every-county"),
        is_chosen: chosen.is_empty(),
    };
    let choice = |(code, name): &(String, String)| Choice {
        id: code.clone(),
        text: name.clone(),
        is_chosen: code == chosen,
    };
    std::iter::once(every).chain(known.iter().map(choice)).collect()
}

/// True if every plan has the same in its cell.
fn is_same(line: &Line) -> bool {
    line.cells.windows(2).all(|pair| pair[0] == pair[1])
}

/// The lines of each kind that has any.
fn by_kind(lines: Vec<Line>) -> Vec<(Kind, Vec<Line>)> {
    let mut kinds: Vec<(Kind, Vec<Line>)> = Kind::ALL.into_iter().map(|kind| (kind, Vec::new())).collect();
    for line in lines {
        if let Some((_, own)) = kinds.iter_mut().find(|(kind, _)| *kind == line.kind) {
            own.push(line);
        }
    }
    kinds.retain(|(_, lines)| !lines.is_empty());
    kinds
}

fn sheet(words: Words, caption: String, plans: &[String], lines: Vec<Line>) -> Sheet {
    let heads = std::iter::once(fl!(words.l, "asked")).chain(plans.iter().cloned()).collect();
    let row = |line: Line| Row {
        name: line.text,
        address: None,
        cells: plans.iter().cloned().zip(line.cells).collect(),
    };
    Sheet { caption, heads, rows: lines.into_iter().map(row).collect() }
}

/// Lines of a service's row: each criterion once by its words, and what else a plan declares.
fn lines(words: Words, row: &GridRow) -> Vec<Line> {
    let mut criteria: Vec<&Criterion> = Vec::new();
    for criterion in row.cells.iter().flat_map(|cell| &cell.criteria) {
        if !criteria.iter().any(|known| known.text == criterion.text) {
            criteria.push(criterion);
        }
    }
    let of_criterion = |criterion: &Criterion| {
        let same_words =
            row.cells.iter().flat_map(|cell| &cell.criteria).filter(|one| one.text == criterion.text);
        let is_states = same_words.clone().any(|one| one.origin == CriterionOrigin::State);
        Line {
            kind: if is_states { Kind::State } else { Kind::Added },
            text: words.pick(&criterion.text),
            cells: row.cells.iter().map(|cell| asked(words, cell, criterion)).collect(),
        }
    };
    let mut lines: Vec<Line> = criteria.into_iter().map(of_criterion).collect();
    if row.cells.iter().any(|cell| cell.offered) {
        lines.extend(declared(words, row));
    }
    lines
}

/// A plan's cell for a criterion: the state's words, an addition, or nothing of the kind.
fn asked(words: Words, cell: &GridCell, criterion: &Criterion) -> String {
    let l = words.l;
    if !cell.offered {
        return fl!(l, "not-offered");
    }
    let own = cell.criteria.iter().find(|own| own.text == criterion.text);
    match own.map(|own| own.origin) {
        Some(CriterionOrigin::State) => fl!(l, "asked-by-state"),
        Some(CriterionOrigin::Overlay) => fl!(l, "asked-in-addition"),
        None => fl!(l, "not-asked"),
    }
}

/// Party that has the last word, in words.
pub(crate) fn last_word(words: Words, mode: Mode) -> String {
    let l = words.l;
    match mode {
        Mode::Decides => fl!(l, "actor-plan-rules"),
        Mode::Advises => fl!(l, "word-after-advice"),
        Mode::People => fl!(l, "actor-plan-people"),
    }
}

/// Lines beside the criteria.
fn declared(words: Words, row: &GridRow) -> [Line; 3] {
    let l = words.l;
    let of = |text: String, cell: &dyn Fn(&GridCell) -> String| Line {
        kind: Kind::Declared,
        text,
        cells: row
            .cells
            .iter()
            .map(|one| if one.offered { cell(one) } else { fl!(l, "not-offered") })
            .collect(),
    };
    [
        of(fl!(l, "start-early"), &|cell| {
            let longest = cell.presumptive.iter().map(|rule| rule.days).max();
            longest.map_or_else(|| fl!(l, "no"), |days| fl!(l, "days", count = days))
        }),
        of(fl!(l, "last-word"), &|cell| last_word(words, cell.mode)),
        of(fl!(l, "places-in-plan"), &|cell| {
            cell.capacity.map_or_else(|| fl!(l, "no-cap"), |members| members.to_string())
        }),
    ]
}
