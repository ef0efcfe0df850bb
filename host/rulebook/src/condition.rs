//! What must hold, in words: `housing.status is at-risk, homeless-sheltered and clinical.complex-need is yes`.
//!
//! A test names a fact and what it must be; its value must be of the fact's kind. Tests are joined by `and` or by `or`,
//! and where both are meant, parentheses say which. What is not known makes a test unknown; a test that begins with
//! `unless` holds as long as nothing says otherwise.

use domain::dictionary::parse_fact_value;
use domain::plan::profile::{FactDefinition, FactKind};
use domain::plan::types::FactValue;
use serde::Deserialize;
use serde_json::Value;

use crate::problem::nearest;

/// A test on a case. The SDK's `Test`, with whose words the state's rules are written down.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Condition {
    Yes(String),
    No(String),
    NotSaid(String),
    OneOf(String, Vec<String>),
    NotSaidOf(String, Vec<String>),
    AtLeast(String, i64),
    AtMost(String, i64),
    NotSaidAbove(String, i64),
    /// At least so many thousandths.
    Measures(String, i64),
    WithinMonths(String, u32),
    Document(String),
    Aged(u16),
    Younger(u16),
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Covered,
    Elected,
    NotDuplicate,
    Room,
    DaysLeft {
        services: Vec<String>,
        months: u32,
        limit: i64,
    },
    NotInDsnp,
    InThisDsnp,
    ByPlan,
}

/// Tests that read no fact, in the words of a rules file.
const WORDS: &[(&str, Condition)] = &[
    ("covered", Condition::Covered),
    ("elected", Condition::Elected),
    ("no-other-case", Condition::NotDuplicate),
    ("capacity-has-room", Condition::Room),
    ("not-in-d-snp", Condition::NotInDsnp),
    ("in-this-d-snp", Condition::InThisDsnp),
    ("decided-apart", Condition::ByPlan),
];

impl Condition {
    /// Calls back with the code of every fact, and with the kind of every document, that is read.
    pub(crate) fn reads(&self, fact: &mut impl FnMut(&str), document: &mut impl FnMut(&str)) {
        match self {
            Self::Any(tests) | Self::All(tests) => tests.iter().for_each(|test| test.reads(fact, document)),
            Self::Document(kind) => document(kind),
            Self::Yes(code) | Self::No(code) | Self::NotSaid(code) => fact(code),
            Self::OneOf(code, _) | Self::NotSaidOf(code, _) => fact(code),
            Self::AtLeast(code, _) | Self::AtMost(code, _) | Self::NotSaidAbove(code, _) => fact(code),
            Self::Measures(code, _) => fact(code),
            Self::WithinMonths(code, _) => fact(code),
            _ => {}
        }
    }
}

/// What conditions may name.
pub(crate) trait Vocabulary {
    fn fact(&self, code: &str) -> Option<&FactDefinition>;
    fn facts(&self) -> Vec<&str>;
    fn documents(&self) -> Vec<&str>;
    fn services(&self) -> Vec<&str>;
}

/// Why words are no condition: the byte they stop making sense at, what is wrong there, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) problem: String,
    pub(crate) fix: String,
}

/// Most parentheses in one another: enough for every rule, and never too many for a stack.
const DEEPEST: usize = 16;

/// Reads a condition.
pub(crate) fn parse(text: &str, vocabulary: &dyn Vocabulary) -> Result<Condition, Wrong> {
    let mut parser = Parser { tokens: tokens(text), next: 0, end: text.len(), vocabulary };
    let condition = parser.joined(0)?;
    match parser.peek() {
        None => Ok(condition),
        Some(")") => Err(parser.wrong("no parenthesis is open here", "take it away")),
        Some(word) => {
            let problem = format!("{word} is one word too many");
            Err(parser.wrong(problem, "join tests with and or with or"))
        }
    }
}

/// Words, parentheses and commas, each with its place.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices() {
        let alone = matches!(letter, '(' | ')' | ',');
        if alone || letter.is_whitespace() {
            tokens.extend(start.take().map(|start| (start, &text[start..at])));
        } else {
            start = start.or(Some(at));
        }
        if alone {
            tokens.push((at, &text[at..=at]));
        }
    }
    tokens.extend(start.map(|start| (start, &text[start..])));
    tokens
}

struct Parser<'a> {
    tokens: Vec<(usize, &'a str)>,
    next: usize,
    end: usize,
    vocabulary: &'a dyn Vocabulary,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.tokens.get(self.next).map(|(_, word)| *word)
    }

    fn take(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.next += 1;
        word
    }

    /// The next word is wrong.
    fn wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        let at = self.tokens.get(self.next).map_or(self.end, |(at, _)| *at);
        Wrong { at, problem: problem.into(), fix: fix.into() }
    }

    /// The word just taken is wrong.
    fn was_wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        let at = self.tokens.get(self.next.saturating_sub(1)).map_or(self.end, |(at, _)| *at);
        Wrong { at, problem: problem.into(), fix: fix.into() }
    }

    fn must(&mut self, word: &str) -> Result<(), Wrong> {
        if self.peek() == Some(word) {
            self.next += 1;
            return Ok(());
        }
        Err(self.wrong(format!("{word} is missing here"), format!("write {word}")))
    }

    fn joined(&mut self, depth: usize) -> Result<Condition, Wrong> {
        let first = self.test(depth)?;
        let Some(joint @ ("and" | "or")) = self.peek() else { return Ok(first) };
        let mut tests = vec![first];
        while let Some(word @ ("and" | "or")) = self.peek() {
            if word != joint {
                let fix = "put parentheses around the tests that belong together";
                return Err(self.wrong("and stands beside or: it could mean two things", fix));
            }
            self.next += 1;
            tests.push(self.test(depth)?);
        }
        Ok(if joint == "and" { Condition::All(tests) } else { Condition::Any(tests) })
    }

    fn test(&mut self, depth: usize) -> Result<Condition, Wrong> {
        match self.peek() {
            None => Err(self.wrong("a test is missing here", "write one, such as housing.status is at-risk")),
            Some("(") if depth == DEEPEST => {
                Err(self.wrong("too many parentheses in one another", "make two criteria of it"))
            }
            Some("(") => {
                self.next += 1;
                let inner = self.joined(depth + 1)?;
                if self.take() != Some(")") {
                    return Err(self.was_wrong("a parenthesis is still open here", "close it"));
                }
                Ok(inner)
            }
            Some("unless") => {
                self.next += 1;
                self.unless()
            }
            Some("document") => {
                self.next += 1;
                let known = self.vocabulary.documents();
                self.known(&known, "kind of document").map(Condition::Document)
            }
            Some("age") => {
                self.next += 1;
                self.age()
            }
            Some("fewer") => {
                self.next += 1;
                self.fewer_days()
            }
            Some(word) => match WORDS.iter().find(|(known, _)| *known == word) {
                Some((_, condition)) => {
                    self.next += 1;
                    Ok(condition.clone())
                }
                None => self.fact_test(),
            },
        }
    }

    /// `age >= 21` or `age < 21`.
    fn age(&mut self) -> Result<Condition, Wrong> {
        let compare = self.take();
        if !matches!(compare, Some(">=" | "<")) {
            return Err(self.was_wrong("an age is compared by >= or by <", "write, say, age >= 21"));
        }
        let years = self.number("years")?;
        Ok(if compare == Some("<") { Condition::Younger(years) } else { Condition::Aged(years) })
    }

    /// `fewer than 182 days of recuperative-care, transitional-rent in 12 months`.
    fn fewer_days(&mut self) -> Result<Condition, Wrong> {
        self.must("than")?;
        let limit = self.number("days")?;
        self.must("days")?;
        self.must("of")?;
        let known = self.vocabulary.services();
        let services = self.list(|parser| parser.known(&known, "service"))?;
        self.must("in")?;
        let months = self.number("months")?;
        self.must("months")?;
        Ok(Condition::DaysLeft { services, months, limit })
    }

    fn unless(&mut self) -> Result<Condition, Wrong> {
        let fact = self.fact()?;
        let code = fact.code.clone();
        match (self.take(), fact.kind) {
            (Some("is"), FactKind::Flag) => {
                if self.take() != Some("yes") {
                    let fix = format!("write unless {code} is yes");
                    return Err(self.was_wrong("unless asks a yes or no for its yes alone", fix));
                }
                Ok(Condition::NotSaid(code))
            }
            (Some("is"), FactKind::Coded) => {
                Ok(Condition::NotSaidOf(code, self.list(|parser| parser.code(fact))?))
            }
            (Some(">"), FactKind::Count) => Ok(Condition::NotSaidAbove(code, self.count(fact)?)),
            (Some(">="), FactKind::Count) => Ok(Condition::NotSaidAbove(code, self.count(fact)? - 1)),
            (_, kind) => {
                let fix = match kind {
                    FactKind::Flag => format!("write unless {code} is yes"),
                    FactKind::Coded => format!("write unless {code} is, and codes"),
                    FactKind::Count => format!("write unless {code} >, and a number"),
                    _ => "leave unless away".to_owned(),
                };
                Err(self.was_wrong(format!("unless cannot ask this of {}", kind_of(kind)), fix))
            }
        }
    }

    fn fact_test(&mut self) -> Result<Condition, Wrong> {
        let fact = self.fact()?;
        let code = fact.code.clone();
        match (self.take(), fact.kind) {
            (Some("is"), FactKind::Flag) => match self.take() {
                Some("yes") => Ok(Condition::Yes(code)),
                Some("no") => Ok(Condition::No(code)),
                _ => Err(self.was_wrong(format!("{code} is yes or no"), "write yes or no")),
            },
            (Some("is"), FactKind::Coded) => {
                Ok(Condition::OneOf(code, self.list(|parser| parser.code(fact))?))
            }
            (Some(">="), FactKind::Count) => Ok(Condition::AtLeast(code, self.count(fact)?)),
            (Some(">"), FactKind::Count) => Ok(Condition::AtLeast(code, self.count(fact)? + 1)),
            (Some("<="), FactKind::Count) => Ok(Condition::AtMost(code, self.count(fact)?)),
            (Some("<"), FactKind::Count) => Ok(Condition::AtMost(code, self.count(fact)? - 1)),
            (Some(">="), FactKind::Measure) => Ok(Condition::Measures(code, self.measure(fact)?)),
            (Some("within"), FactKind::Day) => {
                let months = self.number("months")?;
                self.must("months")?;
                Ok(Condition::WithinMonths(code, months))
            }
            (_, kind) => {
                let fix = match kind {
                    FactKind::Flag => format!("write {code} is yes, or is no"),
                    FactKind::Count => format!("write {code} with >=, >, <= or <, and a whole number"),
                    FactKind::Measure => format!("write {code} >=, and a number"),
                    FactKind::Day => format!("write {code} within 12 months"),
                    FactKind::Coded => format!("write {code} is, and codes: {}", fact.codes.join(", ")),
                    FactKind::Text => "ask for another fact; nothing can be concluded from words".to_owned(),
                };
                Err(self.was_wrong(format!("this cannot be asked of {code}, {}", kind_of(kind)), fix))
            }
        }
    }

    fn fact(&mut self) -> Result<&'a FactDefinition, Wrong> {
        let vocabulary = self.vocabulary;
        let Some(word) = self.take() else { return Err(self.wrong("a fact is missing here", "name one")) };
        vocabulary.fact(word).ok_or_else(|| {
            let known = vocabulary.facts();
            let words = WORDS.iter().map(|(word, _)| *word);
            let fix = match nearest(word, known.into_iter().chain(words)) {
                Some(meant) => format!("did you mean {meant}?"),
                None => "use a code of the dictionary, or declare it under [[fact]]".to_owned(),
            };
            self.was_wrong(format!("there is no fact {word}"), fix)
        })
    }

    /// One word, and more after commas.
    fn list(&mut self, read: impl Fn(&mut Self) -> Result<String, Wrong>) -> Result<Vec<String>, Wrong> {
        let mut list = vec![read(self)?];
        while self.peek() == Some(",") {
            self.next += 1;
            list.push(read(self)?);
        }
        Ok(list)
    }

    fn known(&mut self, known: &[&str], what: &str) -> Result<String, Wrong> {
        let word = self.take().unwrap_or_default();
        if known.contains(&word) {
            return Ok(word.to_owned());
        }
        let fix = match nearest(word, known.iter().copied()) {
            Some(meant) => format!("did you mean {meant}?"),
            None => format!("use one of: {}", known.join(", ")),
        };
        Err(self.was_wrong(format!("there is no {what} {word}"), fix))
    }

    fn code(&mut self, fact: &FactDefinition) -> Result<String, Wrong> {
        let known: Vec<&str> = fact.codes.iter().map(String::as_str).collect();
        self.known(&known, &format!("code of {}", fact.code))
    }

    fn count(&mut self, fact: &FactDefinition) -> Result<i64, Wrong> {
        let number = self.take().and_then(|word| word.parse::<i64>().ok()).map(Value::from);
        match number.map(|number| parse_fact_value(fact, &number)) {
            Some(Ok(FactValue::Count(count))) => Ok(count),
            _ => Err(self
                .was_wrong(format!("{} is compared with a whole number", fact.code), "write one, such as 5")),
        }
    }

    fn measure(&mut self, fact: &FactDefinition) -> Result<i64, Wrong> {
        let number = self.take().map(Value::from);
        match number.map(|number| parse_fact_value(fact, &number)) {
            Some(Ok(FactValue::Measure(thousandths))) => Ok(thousandths),
            _ => {
                let problem = format!("{} is compared with a number of at most three decimals", fact.code);
                Err(self.was_wrong(problem, "write one, such as 9.0"))
            }
        }
    }

    fn number<T: std::str::FromStr>(&mut self, of: &str) -> Result<T, Wrong> {
        let number = self.take().and_then(|word| word.parse().ok());
        number.ok_or_else(|| self.was_wrong(format!("a number of {of} is missing here"), "write one"))
    }
}

fn kind_of(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Flag => "a yes or no",
        FactKind::Count => "a whole number",
        FactKind::Measure => "a measurement",
        FactKind::Day => "a day",
        FactKind::Coded => "one of a list of codes",
        FactKind::Text => "words",
    }
}
