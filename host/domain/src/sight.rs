//! Sight of members, from `data/sight.toml`: the purposes for which one may be looked up and what each gives,
//! how long an organization sees one, and which plans see that another covers one.

use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};

#[cfg(test)]
mod tests;

/// Purposes of looks, and spans of sight.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sight {
    #[serde(rename = "purpose")]
    purposes: Vec<Purpose>,
    #[serde(rename = "span")]
    spans: Vec<Span>,
    #[serde(rename = "coordination")]
    coordinations: Vec<Coordination>,
}

/// Part of a member that is shown, besides the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// Coverage of the member.
    Coverage,
    /// Address and telephone of the member.
    Contact,
    /// Values that plans' files and providers gave.
    Values,
}

/// A purpose for which a member may be looked up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Id that never changes.
    pub id: String,
    /// Parts that the purpose needs.
    pub gives: Vec<Shown>,
    /// The rule that allows it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The purpose in plain words.
    pub text: Bilingual,
}

/// Why an organization sees a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// It met the member.
    Contact,
    /// It sent a case about the member, or delivers one.
    Case,
}

/// Span of sight for one reason, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Reason for the sight.
    pub reason: Reason,
    /// Days after the contact, or after the end of the case.
    pub days: u16,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

/// Lines of business whose plans coordinate a member's care.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coordination {
    /// Lines of business, two.
    pub lines: [String; 2],
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

impl Sight {
    /// The rules of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every purpose, in the order in which people choose.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// The purpose with this id.
    #[must_use]
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == id)
    }

    /// True if a look for this purpose is shown `part`.
    #[must_use]
    pub fn gives(&self, purpose: &str, part: Shown) -> bool {
        self.purpose(purpose).is_some_and(|purpose| purpose.gives.contains(&part))
    }

    /// True if a plan that covers a member in the line `own` sees on `day` that another covers the member in
    /// the line `other`.
    #[must_use]
    pub fn coordinates(&self, own: &str, other: &str, day: Date) -> bool {
        let is_pair = |[one, two]: &[String; 2]| (one == own && two == other) || (one == other && two == own);
        self.coordinations.iter().any(|rule| rule.effective.covers(day) && is_pair(&rule.lines))
    }

    /// The last day of sight for `reason` that is counted from `day`. Where no rule is in force it is `day`
    /// itself.
    #[must_use]
    pub fn last_day(&self, reason: Reason, day: Date) -> Date {
        let span = self.spans.iter().find(|span| span.reason == reason && span.effective.covers(day));
        day.saturating_add(i64::from(span.map_or(0, |span| span.days)).days())
    }
}

static STATE: LazyLock<Sight> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/sight.toml")).expect("a test reads data/sight.toml")
});
