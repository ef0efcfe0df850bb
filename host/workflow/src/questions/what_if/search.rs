//! The search itself: facts alone, then in pairs, then all that help at once, by asking the plugin again and
//! again.
//!
//! The same component, the same question and the same answer give the same search, unless time cuts it off,
//! which it says. What it finds was answered by the plugin and passed the floor, as a real answer must.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use domain::claim;
use domain::floor::{self, Ground};
use domain::plan::authorization::{Decision, GrantedLine};
use domain::plan::billing::LineOutcome;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{Ask, DenialKind, FactValue, Finding, FindingOutcome};
use jiff::civil::Date;
use sandbox::{Ending, Plugin};

use super::suppose::{self, Pick, Thing};

/// Most calls in which sets are looked for.
const MOST_SEARCH_CALLS: u32 = 300;
/// Most calls in all: the rest finds out which other values of a set would do.
const MOST_CALLS: u32 = 400;
/// Calls without an answer after which a plugin is left alone.
const MOST_FAULTS: u32 = 3;
/// Most sets that are shown.
const MOST_SETS: usize = 10;
/// Most codes of one fact that take part in pairs.
const MOST_IN_PAIRS: usize = 6;

/// Grade of an answer, worst for the member first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// Refused, by software or as a recommendation.
    Refused,
    /// Redirected to another plan, delegate or service.
    Elsewhere,
    /// It asks for facts or documents first.
    Waiting,
    /// Less than, or something else than, was asked for.
    Part,
    /// All that was asked for.
    Whole,
}

/// An answer, as far as one can be better than another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GradedAnswer {
    pub(crate) grade: Grade,
    /// Its word in the API.
    pub(crate) word: &'static str,
    /// True for a recommendation that only a licensed person can make a decision of.
    pub(crate) clinical: bool,
    /// Facts and documents that it asks for.
    pub(crate) asks: Vec<Ask>,
    /// Lines that it grants.
    pub(crate) grants: Vec<GrantedLine>,
    /// Criteria that are met.
    met: usize,
    /// Criteria that are not, or not known to be.
    unmet: usize,
}

impl GradedAnswer {
    /// GradedAnswer of an answer by its criteria, whatever it calls itself.
    pub(crate) fn by_criteria(ground: Ground<'_>, question: &Question, answer: &Answer) -> Option<Self> {
        let cuts = conformance::cuts_for_a_person(ground, question, answer);
        let mut labelled = answer.clone();
        floor::label(ground, question, &mut labelled);
        let standing = Self::of(&labelled)?;
        Some(Self { clinical: standing.clinical || cuts, ..standing })
    }

    /// GradedAnswer of an answer; `None` for one that judges no case.
    pub(crate) fn of(answer: &Answer) -> Option<Self> {
        use Grade::{Elsewhere, Part, Refused, Waiting, Whole};
        let is_clinical = |kind| kind == DenialKind::Clinical;
        let (grade, word, clinical, asks): (_, _, _, &[Ask]) = match answer {
            Answer::Triage(triage) => match &triage.disposition {
                Disposition::Accepted => (Whole, "accepted", false, &[]),
                Disposition::Redirected(_) => (Elsewhere, "redirected", false, &[]),
                Disposition::NeedsMore(asks) => (Waiting, "needs-information", false, asks),
                Disposition::NotEligible(denial) => (Refused, "not-eligible", is_clinical(denial.kind), &[]),
            },
            Answer::Determine(given) => match &given.decision {
                Decision::Approved(_) => (Whole, "approved", false, &[]),
                Decision::PartlyApproved(_) => (Part, "partly-approved", false, &[]),
                Decision::Modified(_) => (Part, "modified", false, &[]),
                Decision::Pended(asks) => (Waiting, "pended", false, asks),
                Decision::Denied(denial) => (Refused, "denied", is_clinical(denial.kind), &[]),
            },
            Answer::Adjudicate(given) => {
                let payable = |result: &domain::plan::billing::LineResult| {
                    matches!(result.outcome, LineOutcome::Payable(_))
                };
                let (grade, word, clinical, asks) = match claim::Leading::of(given) {
                    claim::Leading::Payable if given.lines.iter().all(payable) => {
                        (Whole, "payable", false, Vec::new())
                    }
                    claim::Leading::Payable => (Part, "payable", false, Vec::new()),
                    claim::Leading::Pended(asks) => (Waiting, "pended", false, asks),
                    claim::Leading::Rejected => (Refused, "rejected", false, Vec::new()),
                    claim::Leading::Clinical(_) => (Refused, "denied", true, Vec::new()),
                    claim::Leading::Denied => (Refused, "denied", false, Vec::new()),
                };
                let (met, unmet) = counted(&given.findings);
                return Some(Self { grade, word, clinical, asks, grants: Vec::new(), met, unmet });
            }
            Answer::Presume(_) | Answer::Review(_) | Answer::Render(_) | Answer::Parse(_) => return None,
        };
        let (met, unmet) = counted(findings(answer));
        let grants = granted(answer).to_vec();
        Some(Self { grade, word, clinical, asks: asks.to_vec(), grants, met, unmet })
    }

    /// True if a better answer could come of the case.
    pub(crate) fn can_be_better(&self) -> bool {
        self.grade < Grade::Whole
    }

    /// Better answers rank higher; of two alike the one in which more is met. Only then the one that leaves
    /// less open: a way to yes that fails leaves nothing open either.
    fn rank(&self) -> (Grade, usize, Reverse<usize>) {
        (self.grade, self.met, Reverse(self.asks.len() + self.unmet))
    }

    /// True if this turns `base`: a better answer that waits for nothing more.
    fn turns(&self, base: &Self) -> bool {
        self.grade > base.grade && self.grade > Grade::Waiting
    }

    /// True if this brings `base` nearer: a better answer, or the same with fewer questions.
    fn helps(&self, base: &Self) -> bool {
        self.grade > base.grade || (self.grade == base.grade && self.asks.len() < base.asks.len())
    }
}

/// The criteria that an answer rests on.
pub(crate) fn findings(answer: &Answer) -> &[Finding] {
    match answer {
        Answer::Triage(triage) => &triage.findings,
        Answer::Determine(given) => &given.findings,
        Answer::Adjudicate(given) => &given.findings,
        Answer::Presume(_) | Answer::Review(_) | Answer::Render(_) | Answer::Parse(_) => &[],
    }
}

/// The lines that an answer grants.
fn granted(answer: &Answer) -> &[GrantedLine] {
    let Answer::Determine(given) = answer else { return &[] };
    match &given.decision {
        Decision::Approved(grant) | Decision::PartlyApproved(grant) | Decision::Modified(grant) => {
            &grant.lines
        }
        Decision::Pended(_) | Decision::Denied(_) => &[],
    }
}

/// Number of criteria that are met, and of those that are not.
fn counted(findings: &[Finding]) -> (usize, usize) {
    let met = findings.iter().filter(|finding| finding.outcome == FindingOutcome::Met).count();
    (met, findings.len() - met)
}

/// Outcome of a search.
pub(crate) struct SearchOutcome {
    /// Sets that turn the answer, smallest first.
    pub(crate) sets: Vec<FoundSet>,
    /// True if everything that could be tried was.
    pub(crate) exhausted: bool,
    /// Times that the plugin was asked.
    pub(crate) calls: u32,
}

/// Things that together would turn the answer; without any one of them it would not turn.
pub(crate) struct FoundSet {
    pub(crate) supplies: Vec<Supply>,
    pub(crate) becomes: GradedAnswer,
}

/// One of them, with the values that would do.
pub(crate) struct Supply {
    pub(crate) thing: Thing,
    /// Each was tried. None for a document.
    pub(crate) values: Vec<FactValue>,
    /// Lowest value that turns the answer; `None` if the scale's lowest does.
    pub(crate) at_least: Option<FactValue>,
    /// Highest value that turns it; `None` if the scale's highest does.
    pub(crate) at_most: Option<FactValue>,
}

/// Things by their place, each with a value. In the order of the places.
type Set = Vec<(usize, Pick)>;

/// Looks for what would turn `answer`. Takes no more than `patience` of the plugin's time, and one call more.
pub(crate) async fn search(
    plugin: &Plugin,
    question: &Question,
    answer: &Answer,
    patience: Duration,
) -> SearchOutcome {
    let nothing = SearchOutcome { sets: Vec::new(), exhausted: true, calls: 0 };
    let base = GradedAnswer::by_criteria(Ground::of(plugin.profile()), question, answer);
    let (Some(base), Some(today)) = (base, suppose::today(question)) else { return nothing };
    if !base.can_be_better() {
        return nothing;
    }
    let things = suppose::things(question, &base.asks, findings(answer), plugin.profile());
    let search = Search {
        plugin,
        question,
        today,
        alone: vec![Vec::new(); things.len()],
        things,
        base,
        patience,
        known: HashMap::new(),
        most_calls: MOST_SEARCH_CALLS,
        calls: 0,
        faults: 0,
        cut_off: false,
    };
    search.run().await
}

struct Search<'a> {
    plugin: &'a Plugin,
    question: &'a Question,
    today: Date,
    things: Vec<Thing>,
    base: GradedAnswer,
    /// Standings that each thing's values lead to alone.
    alone: Vec<Vec<(Pick, GradedAnswer)>>,
    /// Standings of sets that were asked already; `None` for an answer that cannot be used.
    known: HashMap<Set, Option<GradedAnswer>>,
    /// Of the plugin's time, by the sandbox's own measure, so that the search needs no clock.
    patience: Duration,
    most_calls: u32,
    calls: u32,
    faults: u32,
    cut_off: bool,
}

impl Search<'_> {
    async fn run(mut self) -> SearchOutcome {
        let mut sets = self.singles().await;
        self.pairs(&mut sets).await;
        if sets.is_empty() {
            sets.extend(self.together().await);
        }
        if sets.is_empty() {
            sets = self.steps();
        }
        if sets.len() > MOST_SETS {
            sets.truncate(MOST_SETS);
            self.cut_off = true;
        }
        self.most_calls = MOST_CALLS;
        let mut found = Vec::with_capacity(sets.len());
        for (set, becomes) in sets {
            found.push(self.widened(&set, becomes).await);
        }
        SearchOutcome { sets: found, exhausted: !self.cut_off, calls: self.calls }
    }

    /// GradedAnswer of the answer with `set`; `None` if it breaks a rule of the floor, or may not be asked
    /// any more.
    async fn standing(&mut self, set: &Set) -> Option<GradedAnswer> {
        if let Some(known) = self.known.get(set) {
            return known.clone();
        }
        if self.calls >= self.most_calls || self.patience.is_zero() || self.faults >= MOST_FAULTS {
            self.cut_off = true;
            return None;
        }
        let supplied = set.iter().filter_map(|(place, pick)| self.things[*place].supplied(*pick, self.today));
        let question = suppose::with(self.question.clone(), supplied.collect());
        let call = self.plugin.ask(&question).await;
        self.calls += 1;
        self.patience = self.patience.saturating_sub(call.duration);
        let ground = Ground::of(self.plugin.profile());
        let standing = match &call.ending {
            // As a real answer must.
            Ending::Answer(answer) if floor::check(ground, &question, answer).is_ok() => {
                GradedAnswer::by_criteria(ground, &question, answer)
            }
            Ending::Answer(_) | Ending::GuestError(_) => None,
            _ => {
                self.faults += 1;
                None
            }
        };
        self.known.insert(set.clone(), standing.clone());
        // A call seldom lets go of its thread by itself.
        tokio::task::yield_now().await;
        standing
    }

    /// Things that turn the answer alone.
    async fn singles(&mut self) -> Vec<(Set, GradedAnswer)> {
        let mut sets = Vec::new();
        for place in 0..self.things.len() {
            for pick in self.things[place].picks() {
                let supplied = self.things[place].supplied(pick, self.today);
                if supplied.is_none_or(|supplied| suppose::says(self.question, &supplied)) {
                    continue;
                }
                if let Some(standing) = self.standing(&vec![(place, pick)]).await {
                    self.alone[place].push((pick, standing));
                }
            }
            if let Some((pick, standing)) = self.best(place).filter(|(_, best)| best.turns(&self.base)) {
                sets.push((vec![(place, pick)], standing));
            }
        }
        sets
    }

    /// Pairs of things that do nothing alone.
    async fn pairs(&mut self, sets: &mut Vec<(Set, GradedAnswer)>) {
        let turning: Vec<usize> = sets.iter().map(|(set, _)| set[0].0).collect();
        let others: Vec<usize> = (0..self.things.len()).filter(|place| !turning.contains(place)).collect();
        for (index, &one) in others.iter().enumerate() {
            for &other in &others[index + 1..] {
                if sets.len() > MOST_SETS {
                    return;
                }
                if let Some(found) = self.pair(one, other).await {
                    sets.push(found);
                }
            }
        }
    }

    async fn pair(&mut self, one: usize, other: usize) -> Option<(Set, GradedAnswer)> {
        for first in self.promising(one) {
            for second in self.promising(other) {
                let set = vec![(one, first), (other, second)];
                let turned = self.standing(&set).await.filter(|standing| standing.turns(&self.base));
                if let Some(standing) = turned {
                    return Some((set, standing));
                }
            }
        }
        None
    }

    /// All that help, at once; then without each that is not needed.
    async fn together(&mut self) -> Option<(Set, GradedAnswer)> {
        let helping = |place| self.best(place).filter(|(_, best)| best.rank() > self.base.rank());
        let mut set: Set = (0..self.things.len())
            .filter_map(|place| helping(place).map(|(pick, _)| (place, pick)))
            .collect();
        let mut becomes = self.standing(&set).await.filter(|standing| standing.turns(&self.base))?;
        let mut place = 0;
        while place < set.len() {
            let mut fewer = set.clone();
            fewer.remove(place);
            match self.standing(&fewer).await.filter(|standing| standing.grade >= becomes.grade) {
                Some(standing) => (set, becomes) = (fewer, standing),
                None => place += 1,
            }
        }
        Some((set, becomes))
    }

    /// Nothing turns it. Then what leaves less to ask.
    fn steps(&self) -> Vec<(Set, GradedAnswer)> {
        let step = |place| {
            let (pick, standing) = self.best(place)?;
            standing.helps(&self.base).then(|| (vec![(place, pick)], standing))
        };
        (0..self.things.len()).filter_map(step).collect()
    }

    /// The value that does most alone; the first of equals.
    fn best(&self, place: usize) -> Option<(Pick, GradedAnswer)> {
        let alone = self.alone[place].iter().rev();
        alone.max_by_key(|(_, standing)| standing.rank()).cloned()
    }

    /// The values worth trying with another's: the one that helps most, or those that do no harm.
    fn promising(&self, place: usize) -> Vec<Pick> {
        if let Some((pick, _)) = self.best(place).filter(|(_, best)| best.rank() > self.base.rank()) {
            return vec![pick];
        }
        let harmless = self.alone[place].iter().filter(|(_, standing)| standing.rank() >= self.base.rank());
        let picks: Vec<Pick> = harmless.map(|(pick, _)| *pick).collect();
        match (picks.first(), picks.last()) {
            // The two ends of a scale.
            (Some(low @ Pick::Number(_)), Some(high)) if low != high => vec![*low, *high],
            _ => picks.into_iter().take(MOST_IN_PAIRS).collect(),
        }
    }

    /// The set with every value of each thing that goes as far, the others being as they are.
    async fn widened(&mut self, set: &Set, becomes: GradedAnswer) -> FoundSet {
        let mut supplies = Vec::with_capacity(set.len());
        for (index, (place, pick)) in set.iter().enumerate() {
            let supply = match pick {
                Pick::Number(number) => self.on_scale(set, index, *number, becomes.grade).await,
                Pick::Code(_) => {
                    let mut values = Vec::new();
                    for other in self.things[*place].picks() {
                        if self.does(set, index, other, becomes.grade).await {
                            values.extend(self.things[*place].value(other, self.today));
                        }
                    }
                    self.supply(*place, values)
                }
                Pick::Flag(_) | Pick::Attached => {
                    self.supply(*place, self.things[*place].value(*pick, self.today).into_iter().collect())
                }
            };
            supplies.push(supply);
        }
        FoundSet { supplies, becomes }
    }

    /// Values between which a number on its scale turns the answer.
    async fn on_scale(&mut self, set: &Set, index: usize, number: i64, grade: Grade) -> Supply {
        let place = set[index].0;
        let scale: Vec<i64> = self.things[place]
            .picks()
            .into_iter()
            .filter_map(|pick| match pick {
                Pick::Number(number) => Some(number),
                _ => None,
            })
            .collect();
        let mut low = (number, None);
        for below in scale.iter().rev().filter(|other| **other < number) {
            if !self.does(set, index, Pick::Number(*below), grade).await {
                low.1 = Some(*below);
                break;
            }
            low.0 = *below;
        }
        let mut high = (number, None);
        for above in scale.iter().filter(|other| **other > number) {
            if !self.does(set, index, Pick::Number(*above), grade).await {
                high.1 = Some(*above);
                break;
            }
            high.0 = *above;
        }
        let mut ends = [None, None];
        for (end, (inside, outside)) in ends.iter_mut().zip([low, high]) {
            if let Some(outside) = outside {
                *end = Some(self.border(set, index, inside, outside, grade).await);
            }
        }
        let value = |number| self.things[place].value(Pick::Number(number), self.today);
        let [at_least, at_most] = ends.map(|end| end.and_then(value));
        let does = at_least.clone().or_else(|| at_most.clone()).or_else(|| value(number));
        Supply { at_least, at_most, ..self.supply(place, does.into_iter().collect()) }
    }

    /// The last number from `inside` towards `outside` that still does.
    async fn border(
        &mut self,
        set: &Set,
        index: usize,
        mut inside: i64,
        mut outside: i64,
        grade: Grade,
    ) -> i64 {
        while inside.abs_diff(outside) > 1 {
            let middle = inside.midpoint(outside);
            if self.does(set, index, Pick::Number(middle), grade).await {
                inside = middle;
            } else {
                outside = middle;
            }
        }
        inside
    }

    /// True if the set goes as far with another value at `index`.
    async fn does(&mut self, set: &Set, index: usize, pick: Pick, grade: Grade) -> bool {
        let mut other = set.clone();
        other[index].1 = pick;
        self.standing(&other).await.is_some_and(|standing| standing.grade >= grade)
    }

    fn supply(&self, place: usize, values: Vec<FactValue>) -> Supply {
        Supply { thing: self.things[place].clone(), values, at_least: None, at_most: None }
    }
}
