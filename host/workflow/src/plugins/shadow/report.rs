//! Report of a shadow run, added up as it goes on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::compare::{CLINICAL, Cause, CauseKind, Change, Direction};

/// Counts of changed evaluations, by what a plan analyst asks first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Evaluations that would have been the same.
    pub same: u64,
    /// Evaluations that would have been others.
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
    /// By what it was and what it would be, such as `pended > approved`, where the two words differ.
    pub moves: BTreeMap<String, u64>,
    /// Of the changed, those whose outcome is in the same word as before, by that word.
    #[serde(default)]
    pub stays: BTreeMap<String, u64>,
    /// By criterion, how often it was judged otherwise.
    pub criteria: BTreeMap<String, u64>,
    /// Causes of the changes, by name.
    #[serde(default)]
    pub causes: BTreeMap<String, CauseCount>,
    /// Evaluations whose question or answer this program cannot read again.
    #[serde(default)]
    pub unreadable: u64,
}

/// A cause, and the number of changes that it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCount {
    /// Cause of the changes.
    #[serde(flatten)]
    pub cause: Cause,
    /// Number of changes with this cause.
    pub count: u64,
}

/// Criteria and moves that are counted one by one; a lying candidate could name any number.
const MOST_NAMES: usize = 500;

/// Words for a "yes".
pub(crate) const GIVES: [&str; 5] = ["accepted", "approved", "partly-approved", "modified", "payable"];

impl Report {
    /// Counts one evaluation that would have been the same.
    pub(crate) fn add_same(&mut self) {
        self.same += 1;
    }

    /// Counts a changed evaluation, and gives the name of the cause under which it is counted.
    pub(crate) fn add(&mut self, change: &Change) -> String {
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
        if before.word == after.word {
            count(&mut self.stays, &after.word);
        } else {
            count(&mut self.moves, &format!("{} > {}", before.word, after.word));
        }
        for criterion in &change.criteria {
            count(&mut self.criteria, criterion);
        }
        self.count_cause(change.cause())
    }

    /// The causes with their names: what gives less first, then what gives more, then other reasons; of each
    /// the most frequent first.
    #[must_use]
    pub fn causes_in_order(&self) -> Vec<(&String, &CauseCount)> {
        let place = |direction| match direction {
            Direction::Less => 0,
            Direction::More => 1,
            Direction::Reasons => 2,
        };
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(id, counted)| {
            (place(counted.cause.direction), std::cmp::Reverse(counted.count), *id)
        });
        causes
    }

    /// Counts under the cause, or under that of its direction for all causes past [`MOST_NAMES`].
    fn count_cause(&mut self, cause: Cause) -> String {
        let mut named = (cause.id(), cause);
        if self.causes.len() >= MOST_NAMES && !self.causes.contains_key(&named.0) {
            let other = Cause { direction: named.1.direction, kind: CauseKind::Other, criteria: Vec::new() };
            named = (other.id(), other);
        }
        let (id, cause) = named;
        self.causes.entry(id.clone()).or_insert(CauseCount { cause, count: 0 }).count += 1;
        id
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(known) = counts.get_mut(name) {
        *known += 1;
    } else if counts.len() < MOST_NAMES {
        counts.insert(name.to_owned(), 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plugins::shadow::compare::Outcome;

    fn change(direction: Direction, words: (&str, &str), criteria: &[&str]) -> Change {
        let outcome = |word: &str| -> Outcome {
            serde_json::from_value(serde_json::json!({ "word": word, "rank": 0, "cents": 0, "findings": {} }))
                .unwrap()
        };
        Change {
            operation: "determine".to_owned(),
            service: "ecm".to_owned(),
            direction,
            before: outcome(words.0),
            after: outcome(words.1),
            criteria: criteria.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn changes_are_put_together_by_what_they_differ_by() {
        let mut report = Report::default();
        let tb = report.add(&change(Direction::Less, ("approved", "pended"), &["tb", "stay"]));
        assert_eq!(report.add(&change(Direction::Less, ("accepted", "needs-more"), &["stay", "tb"])), tb);
        let better = report.add(&change(Direction::More, ("pended", "approved"), &["tb", "stay"]));
        assert_ne!(better, tb, "another direction is another cause");
        report.add(&change(Direction::Less, ("approved", "fault"), &["tb"]));
        report.add(&change(Direction::More, ("fault", "approved"), &["tb"]));
        report.add(&change(Direction::Less, ("approved", "approved"), &[]));
        let kinds: Vec<(CauseKind, u64)> =
            report.causes.values().map(|counted| (counted.cause.kind, counted.count)).collect();
        for expected in [
            (CauseKind::Criteria, 2),
            (CauseKind::Criteria, 1),
            (CauseKind::NoAnswer, 1),
            (CauseKind::Answers, 1),
            (CauseKind::Extent, 1),
        ] {
            assert!(kinds.contains(&expected), "{expected:?} in {kinds:?}");
        }
        // Nothing is counted twice, and nothing is left out: both sums are the changed.
        let of_causes: u64 = report.causes.values().map(|counted| counted.count).sum();
        let of_words: u64 = report.moves.values().chain(report.stays.values()).sum();
        assert_eq!((of_causes, of_words), (report.changed, report.changed));
    }

    #[test]
    fn a_report_tells_so_many_causes_apart_and_counts_the_rest() {
        let mut report = Report::default();
        for number in 0..MOST_NAMES + 7 {
            report.add(&change(Direction::Less, ("approved", "pended"), &[&format!("rule-{number}")]));
        }
        let rest = report.causes.values().find(|counted| counted.cause.kind == CauseKind::Other).unwrap();
        assert_eq!((rest.count, report.changed), (7, MOST_NAMES as u64 + 7));
    }

    #[test]
    fn a_report_of_before_causes_is_read() {
        let kept = serde_json::to_value(Report::default()).unwrap();
        let mut old = kept.as_object().unwrap().clone();
        old.retain(|field, _| !["stays", "causes", "unreadable"].contains(&field.as_str()));
        assert_eq!(serde_json::from_value::<Report>(old.into()).unwrap(), Report::default());
    }
}
