//! Spans of time after which a way into an account ends, from `data/accounts.toml`.

use std::sync::LazyLock;

use jiff::SignedDuration;
use jiff::civil::Date;
use serde::Deserialize;

use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};
use crate::words;

words! {
    /// Thing that ends after a span of time.
    pub enum Span {
        /// Link of an invitation, from the instant at which it was made.
        Invitation = "invitation",
        /// Session that nobody uses, from its last use.
        SessionIdle = "session-idle",
        /// Session however much it is used, from its begin.
        Session = "session",
        /// Proof that the person of a session gave, for what cannot be undone.
        Proof = "proof",
        /// Challenge that a passkey answers, from the instant at which it was made.
        Challenge = "passkey-challenge",
        /// Way out to an identity provider and back, from the instant at which it began.
        Attempt = "provider-attempt",
        /// Copy of what a provider publishes about itself and of its keys, from the instant of the reading.
        Document = "provider-document",
        /// Copy of a provider's keys, where a token names a key that is not among them.
        Keys = "provider-keys",
    }
}

/// The spans of `data/accounts.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spans {
    #[serde(rename = "span")]
    rules: Vec<Rule>,
    tries: Vec<Tries>,
}

/// Number of refused tries to sign in with one address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tries {
    /// So many refused tries end it.
    pub misses: u32,
    /// For so many minutes from the first of them.
    pub minutes: u32,
    /// Days on which the rule is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

/// One span, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Thing that ends after these minutes.
    pub of: Span,
    /// Length of the span in minutes.
    pub minutes: u32,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

impl Spans {
    /// The spans of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every span, in every version.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Numbers of refused tries to sign in that are allowed on `day`.
    pub fn tries_on(&self, day: Date) -> impl Iterator<Item = &Tries> {
        self.tries.iter().filter(move |rule| rule.effective.covers(day))
    }

    /// Length of a span that begins on `day`. Where no rule is in force it is none: nothing opens by default.
    #[must_use]
    pub fn on(&self, span: Span, day: Date) -> SignedDuration {
        let rule = self.rules.iter().find(|rule| rule.of == span && rule.effective.covers(day));
        SignedDuration::from_mins(rule.map_or(0, |rule| i64::from(rule.minutes)))
    }
}

static STATE: LazyLock<Spans> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/accounts.toml")).expect("a test reads data/accounts.toml")
});

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn each_thing_has_one_span_at_a_time_in_both_languages() {
        let rules = Spans::state().rules();
        for span in Span::ALL {
            let of_span: Vec<_> = rules.iter().filter(|rule| rule.of == *span).collect();
            assert!(!of_span.is_empty(), "{span}");
            for (at, rule) in of_span.iter().enumerate() {
                assert!(rule.minutes > 0 && !rule.source.is_empty(), "{span}");
                assert!(!rule.text.en.is_empty() && rule.text.en != rule.text.es, "{span}");
                let mut later = of_span[at + 1..].iter();
                assert!(later.all(|other| !rule.effective.overlaps(&other.effective)), "{span}");
            }
        }
    }

    #[test]
    fn a_link_lasts_as_long_as_the_rule_of_its_day_says() {
        let span = |day| Spans::state().on(Span::Invitation, day);
        assert_eq!(span(date(2026, 3, 2)), SignedDuration::from_hours(72));
        assert_eq!(span(date(2021, 12, 31)), SignedDuration::ZERO, "no rule is in force");
    }

    #[test]
    fn guessing_six_digits_takes_years() {
        let day = date(2026, 3, 2);
        let tries: Vec<_> = Spans::state().tries_on(day).map(|rule| (rule.misses, rule.minutes)).collect();
        assert_eq!(tries, [(5, 15), (20, 1_440)]);
        assert!(
            Spans::state().tries_on(day).all(|rule| !rule.source.is_empty() && rule.text.en != rule.text.es)
        );
    }
}
