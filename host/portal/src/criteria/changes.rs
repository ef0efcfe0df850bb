//! Changes of plans' rules between two days: added, removed and changed, plan by plan.

use askama::Template;
use domain::plan::profile::{
    ClockUnit, Criterion, Election, PresumptiveRule, Rate, TurnAround, WorkflowMode,
};
use domain::plan::types::{Urgency, Workflow};
use i18n_embed_fl::fl;
use workflow::shown::{Change, ChangeKind, PlanChanges, RuleChanges};

use super::{CHANGES, Choice, last_word};
use crate::case::dollars;
use crate::names::{self, Names};
use crate::parts::{Empty, Errors, Field, Mistake, Row, Titled};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Name of the parameter that holds the first day.
pub const FROM: &str = "from";
/// Name of the parameter that holds the last day.
pub const TO: &str = "to";

/// Field of the form in which something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayMistake {
    /// The first day is none.
    From,
    /// The last day is none.
    To,
    /// The last day is before the first.
    Order,
}

/// Two days, and what was chosen beside them.
#[derive(Clone, Copy)]
pub struct Typed<'a> {
    /// First day, as it was typed.
    pub from: &'a str,
    /// Last day, as it was typed.
    pub to: &'a str,
    /// Id of the service; empty for every service.
    pub service: &'a str,
    /// Code of the county; empty for every county.
    pub county: &'a str,
    /// Counties that can be chosen: code and name.
    pub counties: &'a [(String, String)],
    /// Mistakes of the days.
    pub mistakes: &'a [DayMistake],
}

#[derive(Template)]
#[template(path = "criteria/changes.html")]
struct ChangesPage {
    shell: Shell,
    heading: String,
    errors: Errors,
    action: &'static str,
    fields: Vec<Field>,
    services: Vec<Choice>,
    counties: Vec<Choice>,
    says: Option<String>,
    plans: Vec<Plan>,
    empty: Option<Empty>,
}

/// Changes at one plan.
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) says: String,
    pub(crate) changes: Option<Titled>,
}

/// Page of the changes; `None` where the days are still to be chosen.
#[must_use]
pub fn page(frame: &Frame<'_>, typed: &Typed<'_>, changes: Option<&RuleChanges>, names: &Names) -> String {
    let words = frame.words;
    let plans = changes.map(|changes| changes.plans.iter().map(|one| plan(words, one, names)).collect());
    let says = changes.map(|changes| {
        fl!(words.l, "criteria-changes-days", from = words.day(changes.from), to = words.day(changes.to))
    });
    view(frame, typed, says, plans)
}

pub(crate) fn view(
    frame: &Frame<'_>,
    typed: &Typed<'_>,
    says: Option<String>,
    plans: Option<Vec<Plan>>,
) -> String {
    let words = frame.words;
    let l = words.l;
    let fields = fields(words, typed);
    let mistakes =
        fields.iter().filter_map(|field| Some(Mistake::at(field.name.clone(), field.error.clone()?)));
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes.collect() };
    let heading = fl!(l, "criteria-changes");
    let mut shell = Shell::of(frame, &heading, Some(Place::Criteria));
    if !errors.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let every = Choice {
        id: String::new(),
        text: fl!(l, "criteria-every-service"),
        is_chosen: typed.service.is_empty(),
    };
    let empty = plans.as_ref().is_some_and(Vec::is_empty).then(|| Empty {
        title: fl!(l, "criteria-changes-none"),
        text: fl!(l, "criteria-changes-none-says"),
        action: None,
    });
    let page = ChangesPage {
        shell,
        heading,
        errors,
        action: CHANGES,
        fields,
        services: std::iter::once(every).chain(super::services(words, typed.service)).collect(),
        counties: super::counties(words, typed.county, typed.counties),
        says,
        plans: plans.unwrap_or_default(),
        empty,
    };
    page.to_string()
}

fn fields(words: Words, typed: &Typed<'_>) -> Vec<Field> {
    let l = words.l;
    let has = |mistake| typed.mistakes.contains(&mistake);
    let to_error = if has(DayMistake::To) {
        Some(fl!(l, "day-wrong"))
    } else {
        has(DayMistake::Order).then(|| fl!(l, "criteria-order"))
    };
    let day = |name, label, value: &str, error| Field {
        value: value.to_owned(),
        kind: "date",
        width: "short",
        error,
        ..Field::text(name, label)
    };
    let from_error = has(DayMistake::From).then(|| fl!(l, "day-wrong"));
    vec![
        day(FROM, fl!(l, "ask-first"), typed.from, from_error),
        day(TO, fl!(l, "ask-last"), typed.to, to_error),
    ]
}

fn plan(words: Words, changes: &PlanChanges, names: &Names) -> Plan {
    let l = words.l;
    let version = |rules: &workflow::shown::RulesInForce| rules.version.clone();
    let (before, after) = (changes.before.as_ref().map(version), changes.after.as_ref().map(version));
    let says = match (before, after) {
        (Some(before), Some(after)) if before == after => {
            fl!(l, "criteria-same-version", version = after)
        }
        (Some(before), Some(after)) => fl!(l, "criteria-versions", before = before, after = after),
        (None, Some(after)) => fl!(l, "criteria-plan-came", version = after),
        (_, None) => fl!(l, "criteria-plan-went"),
    };
    let rows = rows(words, changes);
    Plan {
        name: names.plan(&changes.plan),
        says,
        changes: (!rows.is_empty()).then(|| table(words, format!("plan-{}", changes.plan), rows)),
    }
}

/// A table of changes, below the heading with this id.
pub(crate) fn table(words: Words, heading: String, rows: Vec<Row>) -> Titled {
    Titled { heading, heads: heads(words).to_vec(), rows }
}

fn heads(words: Words) -> [String; 4] {
    let l = words.l;
    [fl!(l, "criteria-what"), fl!(l, "criteria-change"), fl!(l, "shadow-was"), fl!(l, "criteria-is")]
}

fn rows(words: Words, changes: &PlanChanges) -> Vec<Row> {
    let l = words.l;
    let mut rows = Vec::new();
    rows.extend(changes.modes.iter().map(|one| {
        row(words, one, &|mode| workflow(words, mode.workflow), &|mode: &WorkflowMode| {
            last_word(words, mode.mode)
        })
    }));
    rows.extend(changes.elections.iter().map(|one| {
        let name = |election: &Election| {
            fl!(
                l,
                "criteria-offer",
                service = names::service(words, &election.service),
                county = election.county.as_str()
            )
        };
        row(words, one, &name, &|election: &Election| offer(words, election))
    }));
    rows.extend(changes.criteria.iter().map(|one| {
        let name = |criterion: &Criterion| of_service(words, &criterion.service);
        row(words, one, &name, &|criterion: &Criterion| words.pick(&criterion.text))
    }));
    rows.extend(changes.presumptive.iter().map(|one| {
        let name =
            |rule: &PresumptiveRule| fl!(l, "criteria-early", service = names::service(words, &rule.service));
        row(words, one, &name, &|rule: &PresumptiveRule| fl!(l, "days", count = rule.days))
    }));
    rows.extend(changes.rates.iter().map(|one| {
        let name = |rate: &Rate| fl!(l, "criteria-rate", procedure = rate.procedure.to_string());
        row(words, one, &name, &|rate: &Rate| dollars(rate.amount.0))
    }));
    rows.extend(changes.turn_arounds.iter().map(|one| {
        let name = |promise: &TurnAround| match promise.urgency {
            Urgency::Standard => fl!(l, "criteria-promise", workflow = workflow(words, promise.workflow)),
            Urgency::Expedited => {
                fl!(l, "criteria-promise-urgent", workflow = workflow(words, promise.workflow))
            }
        };
        row(words, one, &name, &|promise: &TurnAround| time(words, promise))
    }));
    rows
}

/// One change: what it is of, its kind, and both sides. Sides that read the same differ in what is beside the
/// words, such as the document that proves them.
fn row<T>(words: Words, change: &Change<T>, name: &dyn Fn(&T) -> String, side: &dyn Fn(&T) -> String) -> Row {
    let l = words.l;
    let of = change.after.as_ref().or(change.before.as_ref());
    let kind = match change.change {
        ChangeKind::Added => fl!(l, "criteria-change-added"),
        ChangeKind::Removed => fl!(l, "criteria-change-removed"),
        ChangeKind::Changed => fl!(l, "criteria-change-changed"),
    };
    let text = |value: &Option<T>| value.as_ref().map_or_else(|| "–".to_owned(), side);
    let (was, mut is) = (text(&change.before), text(&change.after));
    if was == is {
        is = fl!(l, "criteria-same-words", words = is);
    }
    line(words, of.map(name).unwrap_or_default(), [kind, was, is])
}

/// A row of a table of changes.
pub(crate) fn line(words: Words, name: String, cells: [String; 3]) -> Row {
    let [_, change, was, is] = heads(words);
    Row { name, address: None, cells: [change, was, is].into_iter().zip(cells).collect() }
}

fn of_service(words: Words, service: &str) -> String {
    if service == "*" { fl!(words.l, "criteria-every-service") } else { names::service(words, service) }
}

fn workflow(words: Words, workflow: Workflow) -> String {
    let l = words.l;
    match workflow {
        Workflow::Referral => fl!(l, "referral"),
        Workflow::Authorization => fl!(l, "authorization"),
        Workflow::Billing => fl!(l, "claim"),
        Workflow::Credentialing => fl!(l, "application"),
        Workflow::Exchange => fl!(l, "criteria-exchange"),
    }
}

fn offer(words: Words, election: &Election) -> String {
    let l = words.l;
    let cap = election.capacity.as_ref().map_or_else(
        || fl!(l, "no-cap"),
        |cap| {
            fl!(
                l,
                "criteria-places",
                members = cap.members.to_string(),
                months = cap.window_months.to_string()
            )
        },
    );
    let days = match election.days.last {
        Some(last) => {
            fl!(l, "criteria-span", first = words.day(election.days.first), last = words.day(last))
        }
        None => fl!(l, "since", day = words.day(election.days.first)),
    };
    format!("{days}, {cap}")
}

fn time(words: Words, promise: &TurnAround) -> String {
    let l = words.l;
    match promise.unit {
        ClockUnit::BusinessDays => fl!(l, "criteria-business-days", count = promise.amount),
        ClockUnit::CalendarDays => fl!(l, "days", count = promise.amount),
        ClockUnit::Hours => fl!(l, "criteria-hours", count = promise.amount),
    }
}
