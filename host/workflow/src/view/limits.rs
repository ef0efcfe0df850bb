//! Benefit limits as callers see them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Text;

/// How a benefit limit stands for a member. The numbers are sums over every plan and provider; none is named.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitView {
    /// The limit's id in the catalog.
    pub id: String,
    /// The services that it was asked for; of a limit that several services share, those that were asked
    /// about.
    pub services: Vec<String>,
    /// The services that share it, where several do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared_by: Vec<String>,
    /// The limit in plain words.
    pub text: Text,
    /// How much, in `measure`.
    #[schema(example = 6)]
    pub amount: u32,
    /// `hours`, `days`, `weeks`, `months`, `cents`, `meals-a-day` or `approvals`.
    #[schema(example = "months")]
    pub measure: String,
    /// `calendar-year`, `lifetime`, `rolling-twelve-months`, `authorization` or `stay`.
    #[schema(example = "rolling-twelve-months")]
    pub window: String,
    /// `any-plan` or `same-plan`.
    pub counts: String,
    /// `never`, or `with-reason`: a person may go beyond it and says why.
    pub excess: String,
    /// What the numbers count: `days`, `minutes`, `cents`, `approvals` or `meals-a-day`.
    #[schema(example = "days")]
    pub unit: String,
    /// The most that it allows.
    #[schema(example = 182)]
    pub allowed: i64,
    /// What is authorized, or may begin on a presumption, and was not delivered yet.
    #[schema(example = 60)]
    pub authorized: i64,
    /// What was delivered: payable or paid.
    #[schema(example = 30)]
    pub delivered: i64,
    /// What may still be had.
    #[schema(example = 92)]
    pub left: i64,
    /// The same in dollars, where money is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1800.00")]
    pub left_dollars: Option<String>,
    /// The first day of the window that the numbers are of: of several, the fullest. None for a lifetime, and
    /// for a limit of a single authorization or stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub first: Option<String>,
    /// Its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    pub last: Option<String>,
    /// How it stands, in a sentence.
    pub standing: Text,
    /// The document that the limit comes from.
    pub source: String,
    /// How sure we are of it: `found`, `known` or `unsure`.
    pub tag: String,
    /// What its own text leaves open and how that is read here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<ReadingView>,
}

/// A number that a limit's text leaves open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadingView {
    /// `in-days`: the days that its months are. `hours-a-day`: the hours that a unit of one day is.
    pub of: String,
    /// How many.
    pub amount: u32,
    /// The document that it comes from, or what it is derived from.
    pub source: String,
    /// How sure we are of it.
    pub tag: String,
}

/// A limit that a grant or a payment would pass, or passes for a reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitPassedView {
    /// The limit's id in the catalog.
    pub limit: String,
    /// `amount`: it would be too much. `overlap`: the same nights are authorized or delivered elsewhere.
    pub how: String,
    /// What the numbers count.
    pub unit: String,
    /// The most that it allows.
    pub allowed: i64,
    /// What was authorized or delivered already.
    pub used: i64,
    /// What would be added.
    pub asked: i64,
    /// What is left.
    pub left: i64,
    /// The first day of the window, or of the nights that overlap.
    #[schema(format = Date)]
    pub first: Option<String>,
    /// The last day.
    #[schema(format = Date)]
    pub last: Option<String>,
    /// `never`, or `with-reason`.
    pub excess: String,
    /// The same in a sentence.
    pub text: Text,
}

/// A limit that a person went beyond.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExceptionView {
    /// When.
    #[schema(format = DateTime)]
    pub at: String,
    /// Which, with the numbers of then.
    pub passed: LimitPassedView,
    /// Why, in that person's words.
    pub reason: Text,
}

/// An authorization that ended before its last day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EarlyEndView {
    /// When that was said.
    #[schema(format = DateTime)]
    pub at: String,
    /// The last day of service.
    #[schema(format = Date)]
    pub last: String,
    /// Why, in the provider's own words.
    pub reason: String,
}
