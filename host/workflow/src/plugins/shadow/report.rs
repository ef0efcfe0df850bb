//! Report of a shadow run, added up as it goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::compare::{CLINICAL, Change, Direction};

/// Counts of changed decisions, by what a plan analyst asks first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Decisions that would have been the same.
    pub same: u64,
    /// Decisions that would have been others.
    pub changed: u64,
    /// Faults of the candidate.
    pub faults: u64,
    /// Approvals, acceptances and payable claims that it adds.
    pub approvals_gained: u64,
    /// The same that it takes away.
    pub approvals_lost: u64,
    /// Cases for a licensed person that it adds, less those that it takes away.
    pub clinical_reviews: i64,
    /// Cents that it adds, less those that it takes away.
    pub cents: i64,
    /// By service, then by direction.
    pub services: BTreeMap<String, BTreeMap<Direction, u64>>,
    /// By what it was and what it would be, such as `pended > approved`.
    pub moves: BTreeMap<String, u64>,
    /// By criterion, how often it was judged otherwise.
    pub criteria: BTreeMap<String, u64>,
}

/// Criteria and moves that are counted one by one; a lying candidate could name any number.
const MOST_NAMES: usize = 500;

/// Words for a "yes".
const GIVES: [&str; 5] = ["accepted", "approved", "partly-approved", "modified", "payable"];

impl Report {
    /// Counts one decision, changed or the same.
    pub(crate) fn add(&mut self, change: Option<&Change>) {
        let Some(change) = change else {
            self.same += 1;
            return;
        };
        self.changed += 1;
        let (before, after) = (&change.before, &change.after);
        let gives = |word: &str| GIVES.contains(&word);
        self.faults += u64::from(after.word == "fault");
        self.approvals_gained += u64::from(gives(&after.word) && !gives(&before.word));
        self.approvals_lost += u64::from(gives(&before.word) && !gives(&after.word));
        let clinical = |word: &str| i64::from(word == CLINICAL);
        self.clinical_reviews += clinical(&after.word) - clinical(&before.word);
        self.cents = self.cents.saturating_add(after.cents.saturating_sub(before.cents));
        *self.services.entry(change.service.clone()).or_default().entry(change.direction).or_default() += 1;
        if before.word != after.word {
            count(&mut self.moves, &format!("{} > {}", before.word, after.word));
        }
        for criterion in &change.criteria {
            count(&mut self.criteria, criterion);
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(known) = counts.get_mut(name) {
        *known += 1;
    } else if counts.len() < MOST_NAMES {
        counts.insert(name.to_owned(), 1);
    }
}
