//! Benefit limits as callers see them.

use domain::Cents;
use domain::catalog::{Catalog, LimitExcess, Reading, Service};
use domain::limits::{How, LimitUnit, Passed, Span, Standing};
use domain::provenance::Confidence;
use serde::Serialize;

use super::text;
use crate::cases::case::{Ended, Exception};
use crate::view::{EarlyEndView, ExceptionView, LimitPassedView, LimitView, ReadingView};

/// How a limit of a service stands.
pub(crate) fn limit(standing: &Standing<'_>, service: &Service) -> LimitView {
    let limit = standing.limit;
    let sharing = limit.group.iter().flat_map(|group| Catalog::state().in_limit_group(group));
    let dollars = (standing.unit == LimitUnit::Cents).then(|| Cents(standing.left()).to_string());
    LimitView {
        id: limit.id.clone(),
        services: vec![service.id.clone()],
        shared_by: sharing.map(|service| service.id.clone()).collect(),
        text: text(&limit.text),
        amount: limit.amount,
        measure: word(&limit.measure),
        window: word(&limit.window),
        counts: word(&limit.counts),
        excess: excess(limit.excess).to_owned(),
        unit: standing.unit.name().to_owned(),
        allowed: standing.allowed,
        authorized: standing.authorized,
        delivered: standing.delivered,
        left: standing.left(),
        left_dollars: dollars,
        first: first(standing.window),
        last: last(standing.window),
        standing: text(&standing.say()),
        source: limit.source.clone(),
        tag: tag(limit.tag).to_owned(),
        readings: [("in-days", &limit.in_days), ("hours-a-day", &limit.hours_a_day)]
            .into_iter()
            .filter_map(|(of, reading)| reading.as_ref().map(|reading| reading_view(of, reading)))
            .collect(),
    }
}

/// A limit that would be passed.
pub(crate) fn passed(one: &Passed) -> LimitPassedView {
    LimitPassedView {
        limit: one.limit.clone(),
        how: match one.how {
            How::Amount => "amount".to_owned(),
            How::Overlap => "overlap".to_owned(),
        },
        unit: one.unit.name().to_owned(),
        allowed: one.allowed,
        used: one.used,
        asked: one.asked,
        left: one.left,
        first: first(one.window),
        last: last(one.window),
        excess: excess(one.excess).to_owned(),
        text: text(&one.text()),
    }
}

/// A limit that a person went beyond.
pub(crate) fn exception(one: &Exception) -> ExceptionView {
    ExceptionView { at: one.at.to_string(), passed: passed(&one.passed), reason: text(&one.reason) }
}

/// An authorization that ended early.
pub(crate) fn ended(ended: &Ended) -> EarlyEndView {
    EarlyEndView { at: ended.at.to_string(), last: ended.last.to_string(), reason: ended.reason.clone() }
}

fn reading_view(of: &str, reading: &Reading) -> ReadingView {
    ReadingView {
        of: of.to_owned(),
        amount: reading.amount,
        source: reading.source.clone(),
        tag: tag(reading.tag).to_owned(),
    }
}

fn first(window: Option<Span>) -> Option<String> {
    window.map(|span| span.first.to_string())
}

fn last(window: Option<Span>) -> Option<String> {
    window.map(|span| span.last.to_string())
}

fn excess(excess: LimitExcess) -> &'static str {
    match excess {
        LimitExcess::Never => "never",
        LimitExcess::WithReason => "with-reason",
    }
}

fn tag(tag: Confidence) -> &'static str {
    match tag {
        Confidence::Found => "found",
        Confidence::Known => "known",
        Confidence::Unsure => "unsure",
    }
}

/// The catalog's own word.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
