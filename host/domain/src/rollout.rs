//! Rollout of a plan's rules: several are live at once, each for requests about days from a day on, and some
//! for a cohort only.
//!
//! A request is about a day: the first day of service for a claim, the day it was made for a referral or an
//! authorization, the day it was sent for a credentialing file. Of the activations that began and were not
//! ended, whose days hold that day and whose cohort holds the request, the one answers whose days begin last;
//! of two that begin on one day, the one that is in force since later; of two in force since one instant, the
//! one made later. So rules published in December for 1 January stay in their place when December's own rules
//! are mended.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::identifiers::{County, Digest, OrgId, PlanId};

#[cfg(test)]
mod tests;

/// Whose requests an activation is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cohort {
    /// Everybody's requests, whoever sends them.
    Everyone,
    /// Those of so many of a hundred providers: 1 to 99.
    Share(u8),
    /// Those about members of these counties.
    Counties(BTreeSet<County>),
}

/// Subject of a request, as far as choosing its rules goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The day that the rules must hold on.
    pub day: Date,
    /// Place of the provider among a hundred; `None`: no provider asks.
    pub bucket: Option<u8>,
    /// The member's county; `None`: about no member.
    pub county: Option<County>,
}

impl About {
    /// Subject of what everybody is told of a plan's rules on a day: no cohort's.
    #[must_use]
    pub fn on(day: Date) -> Self {
        Self { day, bucket: None, county: None }
    }
}

/// Place of a provider among a hundred, for one plan: always the same, so that a provider whose requests a
/// new version answers is not answered by the old one the next time, and stays in when the share grows.
#[must_use]
pub fn bucket(plan: &PlanId, provider: OrgId) -> u8 {
    let hash = Sha256::digest(format!("{plan}\n{provider}"));
    let start = u64::from_be_bytes(hash[..8].try_into().expect("a sha-256 has more than eight bytes"));
    u8::try_from(start % 100).expect("a remainder of a hundred fits")
}

/// One activation that was not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingActivation {
    /// SHA-256 of the plugin's component.
    pub digest: Digest,
    /// In force from this instant on.
    pub from: Timestamp,
    /// For requests about this day and later ones; `None`: about any day.
    pub rules_from: Option<Date>,
    /// Requests that it answers, by cohort.
    pub cohort: Cohort,
    /// Counts the plan's activations.
    pub version: i64,
}

impl StandingActivation {
    /// True if it answers requests about `about` at `now`, if nothing stands over it.
    fn holds(&self, about: &About, now: Timestamp) -> bool {
        self.from <= now
            && self.rules_from.is_none_or(|first| first <= about.day)
            && match &self.cohort {
                Cohort::Everyone => true,
                Cohort::Share(share) => about.bucket.is_some_and(|bucket| bucket < *share),
                Cohort::Counties(counties) => {
                    about.county.as_ref().is_some_and(|county| counties.contains(county))
                }
            }
    }

    /// Of two that hold a request, the greater answers.
    fn rank(&self) -> (Option<Date>, Timestamp, i64) {
        (self.rules_from, self.from, self.version)
    }

    /// True if this one answers everything that `other` could.
    fn covers(&self, other: &Self) -> bool {
        self.rules_from == other.rules_from
            && self.rank() > other.rank()
            && (self.cohort == Cohort::Everyone || self.cohort == other.cohort)
    }
}

/// Activation of a plan, of those not ended, that answers a request at `now`. The store asks the same of its
/// rows.
#[must_use]
pub fn chosen<'a>(
    standing: &'a [StandingActivation],
    about: &About,
    now: Timestamp,
) -> Option<&'a StandingActivation> {
    standing.iter().filter(|one| one.holds(about, now)).max_by_key(|one| one.rank())
}

/// The plugins that answer anything at `now`, out of a plan's activations that were not ended.
///
/// A few activations for cohorts that only together leave nothing to an earlier one are not seen as covering
/// it: it is then called active though nobody meets it.
#[must_use]
pub fn answering(standing: &[StandingActivation], now: Timestamp) -> BTreeSet<Digest> {
    let begun: Vec<&StandingActivation> = standing.iter().filter(|one| one.from <= now).collect();
    begun.iter().filter(|one| !begun.iter().any(|other| other.covers(one))).map(|one| one.digest).collect()
}
