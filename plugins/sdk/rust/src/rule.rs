//! Rules as data: what must hold, in words a person reads and in a test a machine runs.

use crate::case::Case;
use crate::plan::Elected;
use crate::profile::{Criterion, CriterionKind, CriterionOrigin};
use crate::types::{Ask, Bilingual, DenialKind, Finding, FindingOutcome, Period};

/// A sentence in the two languages, as a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Text {
    /// The text in English.
    pub en: &'static str,
    /// The text in Spanish.
    pub es: &'static str,
}

/// A sentence in the two languages, as a constant.
pub const fn text(en: &'static str, es: &'static str) -> Text {
    Text { en, es }
}

/// A sentence in the two languages, as the contract carries it.
pub fn bi(en: impl Into<String>, es: impl Into<String>) -> Bilingual {
    Bilingual { en: en.into(), es: es.into() }
}

impl Text {
    /// The sentence as the contract carries it.
    pub fn say(self) -> Bilingual {
        bi(self.en, self.es)
    }
}

/// At which step a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Stage {
    /// Applies to referrals only.
    Referral,
    /// Applies to authorizations only.
    Authorization,
    /// Applies to referrals and authorizations.
    Both,
    /// Never by itself: the adjudicator, or the plan's own code, makes its finding.
    Apart,
}

/// One declared criterion and its test.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize))]
pub struct Rule {
    /// Stable id; findings name it.
    pub id: &'static str,
    /// Service id, or `*`.
    pub service: &'static str,
    /// The population of focus it belongs to. A member needs all rules of one marked population, and no more.
    pub population: Option<&'static str>,
    /// Kind of the criterion: inclusion, exclusion, documentation or administrative.
    pub kind: CriterionKind,
    /// Whose rule it is.
    pub origin: CriterionOrigin,
    /// Workflows in which it is looked at.
    pub stage: Stage,
    /// Kind of the denial when it does not hold.
    pub refusal: DenialKind,
    /// The test in plain words.
    pub text: Text,
    /// The document that the rule comes from.
    pub source: &'static str,
    /// Days on which it applies.
    pub days: Period,
    /// The test. It passes when the criterion is met: an exclusion's test passes when the member is not
    /// excluded.
    pub test: Test,
}

/// A measurement in the unit that the dictionary gives its fact. It is written as text, so that 9 percent
/// cannot be taken for 9 thousandths of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(transparent))]
pub struct Measure(i64);

impl Measure {
    /// A number with at most three decimals, such as `"9.0"`. In a constant, anything else does not compile.
    ///
    /// # Panics
    /// When the text is no such number.
    #[must_use]
    pub const fn of(text: &'static str) -> Self {
        let bytes = text.as_bytes();
        let negative = matches!(bytes, [b'-', ..]);
        let mut place = if negative { 1 } else { 0 };
        let (mut number, mut digits, mut decimals) = (0_i64, 0, None);
        while place < bytes.len() {
            match (bytes[place], decimals) {
                (digit @ b'0'..=b'9', _) if digits < 15 => {
                    number = number * 10 + (digit - b'0') as i64;
                    digits += 1;
                    decimals = match decimals {
                        Some(so_far) => Some(so_far + 1),
                        None => None,
                    };
                }
                (b'.', None) if digits > 0 => decimals = Some(0),
                _ => panic!("write a measure as text in the dictionary's unit, such as \"9.0\""),
            }
            place += 1;
        }
        let mut missing = match decimals {
            None => 3,
            Some(decimals @ 1..=3) => 3 - decimals,
            Some(_) => panic!("a measure has one to three decimals after its point"),
        };
        assert!(digits > 0, "a measure is a number");
        while missing > 0 {
            number *= 10;
            missing -= 1;
        }
        Self(if negative { -number } else { number })
    }

    /// As rules files carry it.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    const fn thousandths(self) -> i64 {
        self.0
    }
}

/// A test on a case. What is not known gives `unknown`, unless the test says otherwise.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "json", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
pub enum Test {
    /// The flag is yes.
    Yes(&'static str),
    /// The flag is no.
    No(&'static str),
    /// Nothing says that the flag is yes.
    NotSaid(&'static str),
    /// The code is one of these.
    OneOf(&'static str, &'static [&'static str]),
    /// Nothing says that the code is one of these.
    NotSaidOf(&'static str, &'static [&'static str]),
    /// The count is at least this.
    AtLeast(&'static str, i64),
    /// The count is at most this.
    AtMost(&'static str, i64),
    /// Nothing says that the count is more than this.
    NotSaidAbove(&'static str, i64),
    /// The measure is at least this: `Test::Measures("clinical.hba1c", Measure::of("9.0"))`.
    Measures(&'static str, Measure),
    /// The day is no more than so many months before the case's day.
    WithinMonths(&'static str, u32),
    /// A document of this kind is there and has not ended.
    Document(&'static str),
    /// The member has completed at least so many years.
    Aged(u16),
    /// The member has completed fewer years than this.
    Younger(u16),
    /// One of these passes.
    Any(&'static [Test]),
    /// All of these pass.
    All(&'static [Test]),
    /// The plan covers the member on the case's day, and on a day of a line asked for.
    Covered,
    /// The plan offers the service in the member's county on the case's day.
    Elected,
    /// The member has no other open case for the same service in the same workflow.
    NotDuplicate,
    /// The plan's cap on the service has room.
    Room,
    /// Fewer than `limit` days of these services lie in the rolling months before the case's day.
    DaysLeft {
        /// Services that count together.
        services: &'static [&'static str],
        /// Length of the rolling window.
        months: u32,
        /// Number of days that must not be reached.
        limit: i64,
    },
    /// The member is not in a D-SNP, this plan's or another's.
    NotInDsnp,
    /// The member is a full dual in this plan's D-SNP.
    InThisDsnp,
    /// The adjudicator, or the plan's own code, tests it.
    ByPlan,
}

impl Test {
    /// Outcome of the test: met, not met, or unknown while something has not been said.
    pub fn outcome(&self, case: &Case<'_>) -> FindingOutcome {
        let context = case.context;
        match *self {
            Test::Yes(code) => known(case.facts.flag(code)),
            Test::No(code) => known(case.facts.flag(code).map(|flag| !flag)),
            Test::NotSaid(code) => truth(case.facts.flag(code) != Some(true)),
            Test::OneOf(code, codes) => known(case.facts.coded(code).map(|value| codes.contains(&value))),
            Test::NotSaidOf(code, codes) => {
                truth(!case.facts.coded(code).is_some_and(|value| codes.contains(&value)))
            }
            Test::AtLeast(code, least) => known(case.facts.count(code).map(|count| count >= least)),
            Test::AtMost(code, most) => known(case.facts.count(code).map(|count| count <= most)),
            Test::NotSaidAbove(code, most) => truth(case.facts.count(code).is_none_or(|count| count <= most)),
            Test::Measures(code, least) => {
                known(case.facts.measure(code).map(|measure| measure >= least.thousandths()))
            }
            Test::WithinMonths(code, months) => {
                known(case.facts.day(code).map(|day| day >= context.as_of.minus_months(months)))
            }
            Test::Document(kind) if has_document(case, kind) => FindingOutcome::Met,
            Test::Document(_) => FindingOutcome::Unknown,
            Test::Aged(years) => truth(case.age() >= years),
            Test::Younger(years) => truth(case.age() < years),
            Test::Any(tests) => best(tests.iter().map(|test| test.outcome(case))),
            Test::All(tests) => worst(tests.iter().map(|test| test.outcome(case))),
            Test::Covered => truth(is_covered(case)),
            Test::Elected => {
                truth(Elected::offers(case.elections, case.service, &case.member.county, context.as_of))
            }
            Test::NotDuplicate => truth(
                !context
                    .open_cases
                    .iter()
                    .any(|open| open.service == case.service && open.workflow == case.workflow),
            ),
            Test::Room => truth(!context.capacity.iter().any(|count| {
                count.service == case.service
                    && count.county == case.member.county
                    && count.admitted >= count.cap
            })),
            Test::DaysLeft { services, months, limit } => truth(case.days_used(services, months) < limit),
            Test::NotInDsnp => truth(context.coverage.line != "d-snp" && !context.coverage.other_d_snp),
            Test::InThisDsnp => truth(
                context.coverage.line == "d-snp"
                    && ["02", "04", "08"].contains(&context.coverage.dual_status.as_str()),
            ),
            Test::ByPlan => FindingOutcome::Unknown,
        }
    }

    /// Adds the facts and documents by which an unknown test would be decided. Each is named once.
    pub fn asks(&self, case: &Case<'_>, asks: &mut Vec<Ask>) {
        if self.outcome(case) != FindingOutcome::Unknown {
            return;
        }
        let ask = match *self {
            Test::Any(tests) | Test::All(tests) => {
                tests.iter().for_each(|test| test.asks(case, asks));
                return;
            }
            Test::Document(kind) => Ask::Document(kind.to_owned()),
            _ => match self.fact() {
                Some(code) => Ask::Fact(code.to_owned()),
                None => return,
            },
        };
        if !asks.contains(&ask) {
            asks.push(ask);
        }
    }

    /// Calls back with every fact code and document kind that the test reads.
    fn reads(&self, fact: &mut impl FnMut(&'static str), document: &mut impl FnMut(&'static str)) {
        match *self {
            Test::Any(tests) | Test::All(tests) => tests.iter().for_each(|test| test.reads(fact, document)),
            Test::Document(kind) => document(kind),
            _ => {
                if let Some(code) = self.fact() {
                    fact(code);
                }
            }
        }
    }

    /// The one fact that a simple test reads.
    const fn fact(&self) -> Option<&'static str> {
        match self {
            Test::Yes(code) | Test::No(code) | Test::NotSaid(code) => Some(code),
            Test::OneOf(code, _) | Test::NotSaidOf(code, _) => Some(code),
            Test::AtLeast(code, _)
            | Test::AtMost(code, _)
            | Test::NotSaidAbove(code, _)
            | Test::Measures(code, _) => Some(code),
            Test::WithinMonths(code, _) => Some(code),
            _ => None,
        }
    }
}

impl Rule {
    /// A rule of the state's own text.
    pub const fn state(
        id: &'static str,
        service: &'static str,
        kind: CriterionKind,
        text: Text,
        source: &'static str,
        test: Test,
    ) -> Rule {
        Rule {
            id,
            service,
            population: None,
            kind,
            origin: CriterionOrigin::State,
            // No document may stand in the way of a referral (DHCS ECM Referral Standards, 2024-08).
            stage: if matches!(kind, CriterionKind::Documentation) {
                Stage::Authorization
            } else {
                Stage::Both
            },
            refusal: if matches!(kind, CriterionKind::Administrative) {
                DenialKind::Administrative
            } else {
                DenialKind::Clinical
            },
            text,
            source,
            days: crate::since(crate::day(2022, 1, 1)),
            test,
        }
    }

    /// A rule that the plan adds to the state's text.
    pub const fn overlay(
        id: &'static str,
        service: &'static str,
        kind: CriterionKind,
        text: Text,
        source: &'static str,
        test: Test,
    ) -> Rule {
        Rule { origin: CriterionOrigin::Overlay, ..Rule::state(id, service, kind, text, source, test) }
    }

    /// The same rule for one population of focus.
    pub const fn of_population(self, population: &'static str) -> Rule {
        Rule { population: Some(population), ..self }
    }

    /// The same rule at another stage.
    pub const fn at(self, stage: Stage) -> Rule {
        Rule { stage, ..self }
    }

    /// The same rule as an administrative one: an overlap with another program, or a benefit that is spent.
    /// Software may give a no that rests on such rules alone.
    pub const fn administrative(self) -> Rule {
        Rule { kind: CriterionKind::Administrative, refusal: DenialKind::Administrative, ..self }
    }

    /// The same rule in other days.
    pub const fn within(self, days: Period) -> Rule {
        Rule { days, ..self }
    }

    /// True if the rule applies to this case on its day.
    pub fn applies(&self, case: &Case<'_>) -> bool {
        use crate::types::Workflow;
        let stage = match self.stage {
            Stage::Referral => case.workflow == Workflow::Referral,
            Stage::Authorization => case.workflow == Workflow::Authorization,
            Stage::Both => true,
            Stage::Apart => false,
        };
        stage
            && (self.service == "*" || self.service == case.service)
            && self.days.contains(case.context.as_of)
    }

    /// The rule as the profile declares it.
    pub fn declare(&self) -> Criterion {
        let (facts, documents) = self.evidence();
        Criterion {
            id: self.id.to_owned(),
            service: self.service.to_owned(),
            kind: self.kind,
            origin: self.origin,
            text: self.text.say(),
            facts,
            documents,
            source: self.source.to_owned(),
            days: self.days,
        }
    }

    /// The rule's finding with its outcome in a sentence.
    pub fn finding(&self, outcome: FindingOutcome) -> Finding {
        let (en, es) = match outcome {
            FindingOutcome::Met => ("Holds", "Se cumple"),
            FindingOutcome::NotMet => ("Does not hold", "No se cumple"),
            FindingOutcome::Unknown => ("Not known yet", "Aún no se sabe"),
        };
        let (mut evidence, documents) = self.evidence();
        evidence.extend(documents);
        Finding {
            criterion: self.id.to_owned(),
            outcome,
            evidence,
            reason: bi(format!("{en}: {}", self.text.en), format!("{es}: {}", self.text.es)),
        }
    }

    /// Codes of the facts and kinds of the documents that the rule reads, each once.
    fn evidence(&self) -> (Vec<String>, Vec<String>) {
        fn once(list: &mut Vec<String>, word: &str) {
            if !list.iter().any(|known| known == word) {
                list.push(word.to_owned());
            }
        }
        let (mut facts, mut documents) = (Vec::new(), Vec::new());
        self.test.reads(&mut |code| once(&mut facts, code), &mut |kind| once(&mut documents, kind));
        (facts, documents)
    }
}

fn truth(holds: bool) -> FindingOutcome {
    if holds { FindingOutcome::Met } else { FindingOutcome::NotMet }
}

/// True if the case has a document of the kind that has not expired.
fn has_document(case: &Case<'_>, kind: &str) -> bool {
    let counts = |expires: Option<crate::types::Date>| expires.is_none_or(|last| case.context.as_of <= last);
    case.documents.iter().any(|document| document.kind == kind && counts(document.expires))
}

/// True if the member is covered on the day, and on some day of a line that is asked for.
fn is_covered(case: &Case<'_>) -> bool {
    let days = case.context.coverage.days;
    let shares = |line: &crate::authorization::RequestedLine| {
        line.days.last.is_none_or(|last| days.first <= last)
            && days.last.is_none_or(|last| line.days.first <= last)
    };
    let asked = case.lines.is_empty() || case.lines.iter().any(shares);
    asked && days.contains(case.context.as_of)
}

fn known(holds: Option<bool>) -> FindingOutcome {
    holds.map_or(FindingOutcome::Unknown, truth)
}

fn best(outcomes: impl Iterator<Item = FindingOutcome>) -> FindingOutcome {
    choose(outcomes, FindingOutcome::Met, FindingOutcome::NotMet)
}

fn worst(outcomes: impl Iterator<Item = FindingOutcome>) -> FindingOutcome {
    choose(outcomes, FindingOutcome::NotMet, FindingOutcome::Met)
}

/// `decisive` if any outcome is; else unknown if any is; else `otherwise`.
fn choose(
    outcomes: impl Iterator<Item = FindingOutcome>,
    decisive: FindingOutcome,
    otherwise: FindingOutcome,
) -> FindingOutcome {
    outcomes.fold(otherwise, |so_far, outcome| match (so_far, outcome) {
        (decided, _) if decided == decisive => decisive,
        (_, FindingOutcome::Unknown) => FindingOutcome::Unknown,
        (_, outcome) if outcome == decisive => decisive,
        (so_far, _) => so_far,
    })
}

#[cfg(test)]
mod tests {
    use super::Measure;

    #[test]
    fn a_measure_is_text_in_its_unit() {
        for (text, thousandths) in
            [("9.0", 9_000), ("9", 9_000), ("5.4", 5_400), ("0.125", 125), ("-1.5", -1_500), ("10", 10_000)]
        {
            assert_eq!(Measure::of(text).thousandths(), thousandths, "{text}");
        }
        for text in ["", "9.", ".5", "nine", "9,0", "9.0005", "1.0.0", "-", "1e3", "9999999999999999"] {
            assert!(std::panic::catch_unwind(|| Measure::of(text)).is_err(), "{text}");
        }
    }
}
