//! Benefit limits: how they stand, and where they were passed.

use domain::Cents;
use domain::catalog::{Catalog, Reading};
use domain::limits::{How, LimitUnit, Passed, Span};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Ended, Exception, ShownLimit};

use crate::output::cases::{TranslationView, translation};
use crate::output::{Output, Text};

/// A benefit limit and its accumulator: what a member has used of it. The numbers are sums over every plan
/// and provider; none is named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitView {
    /// The limit's id in the catalog.
    pub(crate) id: String,
    /// The services that it was asked for; of a limit that several services share, those that were asked
    /// about.
    pub(crate) services: Vec<String>,
    /// The services that share it, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) shared_by: Vec<String>,
    /// The limit in plain words.
    pub(crate) text: Text,
    /// Most that a member may have, in `measure`.
    #[schema(example = 6)]
    pub(crate) amount: u32,
    /// `hours`, `days`, `weeks`, `months`, `cents`, `meals-a-day` or `approvals`.
    #[schema(example = "months")]
    pub(crate) measure: String,
    /// `calendar-year`, `lifetime`, `rolling-twelve-months`, `authorization` or `stay`.
    #[schema(example = "rolling-twelve-months")]
    pub(crate) window: String,
    /// Services that count: those under `any-plan`, or those under the `same-plan` only.
    pub(crate) counts: String,
    /// `never`, or `with-reason`: a person may go beyond it and says why.
    pub(crate) excess: String,
    /// Unit of the numbers: `days`, `minutes`, `cents`, `approvals` or `meals-a-day`.
    #[schema(example = "days")]
    pub(crate) unit: String,
    /// The most that it allows.
    #[schema(example = 182)]
    pub(crate) allowed: i64,
    /// Amount that is authorized, or may begin on a presumption, and was not delivered yet.
    #[schema(example = 60)]
    pub(crate) authorized: i64,
    /// Amount that was delivered: payable or paid.
    #[schema(example = 30)]
    pub(crate) delivered: i64,
    /// Amount that may still be had.
    #[schema(example = 92)]
    pub(crate) left: i64,
    /// The same in dollars, where money is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1800.00")]
    pub(crate) left_dollars: Option<String>,
    /// The first day of the window that the numbers are of: of several, the fullest. None for a lifetime, and
    /// for a limit of a single authorization or stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) first: Option<String>,
    /// Last day of that window.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// State of the limit, in a sentence.
    pub(crate) standing: Text,
    /// The document that the limit comes from.
    pub(crate) source: String,
    /// Confidence of this host in the limit: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
    /// Numbers that its own text leaves open, as they are read here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) readings: Vec<ReadingView>,
}

/// A number that a limit's text leaves open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReadingView {
    /// `in-days`: the days that its months are. `hours-a-day`: the hours that a unit of one day is.
    pub(crate) of: String,
    /// Number as it is read here.
    pub(crate) amount: u32,
    /// The document that it comes from, or what it is derived from.
    pub(crate) source: String,
    /// Confidence of this host in the reading: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A limit that a grant or a payment would pass, or passes for a reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitPassedView {
    /// The limit's id in the catalog.
    pub(crate) limit: String,
    /// `amount`: it would be too much. `overlap`: the same nights are authorized or delivered elsewhere.
    pub(crate) how: String,
    /// Unit of the numbers: `days`, `minutes`, `cents`, `approvals` or `meals-a-day`.
    pub(crate) unit: String,
    /// The most that it allows.
    pub(crate) allowed: i64,
    /// Amount that was authorized or delivered already.
    pub(crate) used: i64,
    /// Amount that would be added.
    pub(crate) asked: i64,
    /// Amount that is left.
    pub(crate) left: i64,
    /// The first day of the window, or of the nights that overlap.
    #[schema(format = Date)]
    pub(crate) first: Option<String>,
    /// Last day of the window, or of the nights that overlap.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Power of the plan to go beyond it: `never`, or `with-reason`.
    pub(crate) excess: String,
    /// The same in a sentence.
    pub(crate) text: Text,
}

/// A limit that a person went beyond.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExceptionView {
    /// Instant of the exception (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Limit that was passed, with the numbers of then.
    pub(crate) passed: LimitPassedView,
    /// Reason, in that person's words.
    pub(crate) reason: Text,
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
}

/// An authorization that ended before its last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EarlyEndView {
    /// Instant at which the end was recorded (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// The last day of service.
    #[schema(format = Date)]
    pub(crate) last: String,
    /// Reason, in the provider's own words; absent where another plan has answered for the later days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

impl Output for ShownLimit {
    type View = LimitView;

    fn view(&self) -> LimitView {
        let limit = &self.limit;
        let sharing = limit.group.iter().flat_map(|group| Catalog::state().in_limit_group(group));
        let dollars = (self.unit == LimitUnit::Cents).then(|| Cents(self.left).to_string());
        LimitView {
            id: limit.id.clone(),
            services: self.services.clone(),
            shared_by: sharing.map(|service| service.id.clone()).collect(),
            text: limit.text.view(),
            amount: limit.amount,
            measure: limit.measure.name().to_owned(),
            window: limit.window.name().to_owned(),
            counts: limit.counts.name().to_owned(),
            excess: limit.excess.name().to_owned(),
            unit: self.unit.name().to_owned(),
            allowed: self.allowed,
            authorized: self.authorized,
            delivered: self.delivered,
            left: self.left,
            left_dollars: dollars,
            first: first(self.window),
            last: last(self.window),
            standing: self.sentence.view(),
            source: limit.source.clone(),
            tag: limit.tag.name().to_owned(),
            readings: [("in-days", &limit.in_days), ("hours-a-day", &limit.hours_a_day)]
                .into_iter()
                .filter_map(|(of, read)| read.as_ref().map(|read| reading(of, read)))
                .collect(),
        }
    }
}

impl Output for Passed {
    type View = LimitPassedView;

    fn view(&self) -> LimitPassedView {
        LimitPassedView {
            limit: self.limit.clone(),
            how: match self.how {
                How::Amount => "amount".to_owned(),
                How::Overlap => "overlap".to_owned(),
            },
            unit: self.unit.name().to_owned(),
            allowed: self.allowed,
            used: self.used,
            asked: self.asked,
            left: self.left,
            first: first(self.window),
            last: last(self.window),
            excess: self.excess.name().to_owned(),
            text: self.text().view(),
        }
    }
}

impl Output for Exception {
    type View = ExceptionView;

    fn view(&self) -> ExceptionView {
        ExceptionView {
            at: self.at.to_string(),
            passed: self.passed.view(),
            reason: self.reason.told().view(),
            translation: self.reason.wanted().map(translation),
        }
    }
}

impl Output for Ended {
    type View = EarlyEndView;

    fn view(&self) -> EarlyEndView {
        EarlyEndView { at: self.at.to_string(), last: self.last.to_string(), reason: self.reason.clone() }
    }
}

fn reading(of: &str, reading: &Reading) -> ReadingView {
    ReadingView {
        of: of.to_owned(),
        amount: reading.amount,
        source: reading.source.clone(),
        tag: reading.tag.name().to_owned(),
    }
}

fn first(window: Option<Span>) -> Option<String> {
    window.map(|span| span.first.to_string())
}

fn last(window: Option<Span>) -> Option<String> {
    window.map(|span| span.last.to_string())
}
