//! Figures of a county's plans.

use domain::figures::SmallNumbers;
use domain::plan::types::Bilingual;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{CountyFigures, Figure, FigureRow, Subject};

use crate::output::{Output, Text, views};

/// Figures of one quarter. Nobody is named in them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FiguresView {
    /// The quarter, such as `2026-Q1`.
    pub(crate) quarter: String,
    /// First day of it, Pacific time.
    #[schema(format = Date)]
    pub(crate) first_day: String,
    /// Last day of it.
    #[schema(format = Date)]
    pub(crate) last_day: String,
    /// True while the quarter has not ended. A number is then `at-least`: it grows by whole steps, so that
    /// two looks on different days tell of no small number in between.
    pub(crate) runs: bool,
    /// Rule by which small numbers are withheld; null where none is in force, and every number is withheld.
    pub(crate) small_numbers: Option<SmallNumbersView>,
    /// Measures, each with its rows.
    pub(crate) measures: Vec<FigureView>,
}

/// Rule on numbers that are too small to be shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SmallNumbersView {
    /// Smallest number of people that is shown, apart from none.
    pub(crate) least: u64,
    /// The rule in words.
    pub(crate) text: Text,
    /// Source: the document, and the place in it.
    pub(crate) source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub(crate) tag: String,
}

/// One measure, plan by plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureView {
    /// Id of the measure.
    pub(crate) measure: String,
    /// Name of the measure.
    pub(crate) name: Text,
    /// Cases that it is about, and those that it leaves out.
    pub(crate) definition: Text,
    /// The part that is counted.
    pub(crate) numerator: Text,
    /// The whole that it is of.
    pub(crate) denominator: Text,
    /// Source: the document, and the place in it.
    pub(crate) source: String,
    /// Confidence in the measure: `found`, `known` or `unsure`.
    pub(crate) tag: String,
    /// Rows by plan; none for a plan of which nothing was counted. No totals are given, since what is
    /// withheld could be worked out of them.
    pub(crate) rows: Vec<FigureRowView>,
}

/// A part of a whole at one plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureRowView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Kind of the cases that are counted, or the cause of a denial with its criteria (`administrative,
    /// asserted` where a person without a license alone says so); `other` for causes that are counted
    /// together; null for all of the plan's.
    pub(crate) of: Option<String>,
    /// Words of the criteria, one after the other, where the plan's rules in force declare them.
    pub(crate) texts: Vec<Text>,
    /// Cases that are counted.
    pub(crate) numerator: DisclosedView,
    /// Cases of which they are a part.
    pub(crate) denominator: DisclosedView,
    /// Days within which half were decided; for `turn-around`.
    pub(crate) median_days: Option<u64>,
}

/// A number as far as it is disclosed: small ones are withheld.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DisclosedView {
    /// The number; null where it is withheld.
    pub(crate) number: Option<u64>,
    /// `exact`, `at-least` in a quarter that runs, or `withheld`.
    pub(crate) is: String,
}

impl Output for CountyFigures {
    type View = FiguresView;

    fn view(&self) -> FiguresView {
        FiguresView {
            quarter: self.quarter.to_string(),
            first_day: self.quarter.first_day().to_string(),
            last_day: self.quarter.last_day().to_string(),
            runs: self.runs,
            small_numbers: self.rule.map(small_numbers),
            measures: views(&self.measures),
        }
    }
}

fn small_numbers(rule: &SmallNumbers) -> SmallNumbersView {
    SmallNumbersView {
        least: rule.least,
        text: rule.text.view(),
        source: rule.source.clone(),
        tag: rule.tag.name().to_owned(),
    }
}

impl Output for Figure {
    type View = FigureView;

    fn view(&self) -> FigureView {
        FigureView {
            measure: self.measure.id.to_string(),
            name: self.measure.name.view(),
            definition: self.measure.definition.view(),
            numerator: self.measure.numerator.view(),
            denominator: self.measure.denominator.view(),
            source: self.measure.source.clone(),
            tag: self.measure.tag.name().to_owned(),
            rows: views(&self.rows),
        }
    }
}

impl Output for FigureRow {
    type View = FigureRowView;

    fn view(&self) -> FigureRowView {
        let texts: &[Bilingual] = match &self.of {
            Some(Subject::Cause { texts, .. }) => texts,
            _ => &[],
        };
        FigureRowView {
            plan: self.plan.to_string(),
            of: self.of.as_ref().map(Subject::word),
            texts: views(texts),
            numerator: self.numerator.view(),
            denominator: self.denominator.view(),
            median_days: self.median_days,
        }
    }
}

impl Output for domain::figures::Disclosed {
    type View = DisclosedView;

    fn view(&self) -> DisclosedView {
        DisclosedView { number: self.number(), is: self.name().to_owned() }
    }
}
