//! Conditions in words: `housing.status is at-risk, homeless-sheltered and clinical.complex-need is yes`.
//!
//! A test names a fact and what it must be; its value must be of the fact's kind. Tests are joined by `and`
//! or by `or`, and where both are meant, parentheses say which.
//!
//! Silence: a test waits as long as nothing is known, and a test that begins with `unless` holds as long as
//! nothing says otherwise. What cannot be asked is answered with what can, if there is something that comes
//! out alike for everything that is known; where it differs while nothing is said, the problem says so
//! (`negation`). No fix turns a rule round.

mod negation; // replacements of a test that cannot be asked
mod words; // the words of a condition, each with its place

use domain::near::question;
use domain::plan::profile::{FactDefinition, FactKind};
use serde::Deserialize;

use self::negation::{Negation, Number, Values};
use self::words::{Word, words};
use crate::problem::{Instead, Silence};

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

/// Words that conditions may name.
pub(crate) trait Vocabulary {
    fn fact(&self, code: &str) -> Option<&FactDefinition>;
    fn facts(&self) -> Vec<&str>;
    fn documents(&self) -> Vec<&str>;
    fn services(&self) -> Vec<&str>;
}

/// Why words are no condition: the bytes that make no sense, what is wrong with them, and what to write in
/// their place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) problem: String,
    pub(crate) fix: String,
    pub(crate) instead: Vec<Instead>,
}

/// Most parentheses in one another: enough for every rule, and never too many for a stack.
const DEEPEST: usize = 16;

/// Hint for a rule that lies beyond what a rules file can say.
const BEYOND: &str = "declare a fact that says it, and ask for that; see \"What no rules file can say\"";

/// Words that people write at the beginning of a test and no rules file can ask about.
const NOT_ASKED: &[&str] = &[
    "at",
    "diagnosis",
    "diagnoses",
    "icd",
    "request",
    "requested",
    "units",
    "hours",
    "dollars",
    "amount",
    "price",
    "rate",
    "provider",
    "referrer",
    "zip",
    "county",
    "language",
    "history",
];

/// Reads a condition.
///
/// # Errors
/// Everything that is wrong with it: what follows a mistake is read on from the next `and` or `or`.
pub(crate) fn parse(text: &str, vocabulary: &dyn Vocabulary) -> Result<Condition, Vec<Wrong>> {
    let (words, wrongs) = words(text);
    let mut parser = Parser { words, next: 0, end: text.len(), vocabulary, wrongs };
    let condition = parser.group(0, None);
    if parser.wrongs.is_empty() { Ok(condition) } else { Err(parser.wrongs) }
}

struct Parser<'a> {
    words: Vec<Word<'a>>,
    next: usize,
    end: usize,
    vocabulary: &'a dyn Vocabulary,
    wrongs: Vec<Wrong>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Option<&'a str> {
        self.words.get(self.next + by).map(|word| word.text)
    }

    fn take(&mut self) -> Option<&'a str> {
        let word = self.peek();
        self.next += 1;
        word
    }

    /// The words from this one up to the next are wrong.
    fn wrong_from(&self, first: usize, problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        let at = self.words.get(first).map_or(self.end, |word| word.at);
        let last = self.words.get(self.next.saturating_sub(1).max(first));
        let end = last.map_or(self.end, |word| word.end).max(at);
        Wrong { at, end, problem: problem.into(), fix: fix.into(), instead: Vec::new() }
    }

    /// The next word is wrong.
    fn wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        self.wrong_from(self.next, problem, fix)
    }

    /// The word just taken is wrong.
    fn was_wrong(&self, problem: impl Into<String>, fix: impl Into<String>) -> Wrong {
        self.wrong_from(self.next.saturating_sub(1), problem, fix)
    }

    /// Steps over what belongs to a test that could not be read.
    fn go_on(&mut self) {
        let mut open = 0_usize;
        while let Some(word) = self.peek() {
            match word {
                "and" | "or" if open == 0 => return,
                ")" if open == 0 => return,
                ")" => open -= 1,
                "(" => open += 1,
                _ => {}
            }
            self.next += 1;
        }
    }

    fn must(&mut self, word: &str) -> Result<(), Wrong> {
        if self.peek() == Some(word) {
            self.next += 1;
            return Ok(());
        }
        Err(self.wrong(format!("`{word}` is missing here"), format!("write `{word}`")))
    }

    /// Tests up to the end, or up to the parenthesis that closes them.
    fn group(&mut self, depth: usize, until: Option<&str>) -> Condition {
        let condition = self.joined(depth);
        while let Some(word) = self.peek().filter(|word| Some(*word) != until) {
            let wrong = match word {
                ")" => self.wrong(
                    "`)` closes no parenthesis",
                    "take it away, or add `(` before the tests that belong together",
                ),
                _ => {
                    let problem = format!("`{word}` is not expected here: the test before it has ended");
                    self.wrong(problem, "join tests with `and` or with `or`")
                }
            };
            self.wrongs.push(wrong);
            self.next += 1;
            self.go_on();
            if matches!(self.peek(), Some("and" | "or")) {
                self.next += 1;
                self.joined(depth);
            }
        }
        condition
    }

    fn joined(&mut self, depth: usize) -> Condition {
        let first = self.test_or_wrong(depth);
        let Some(joint @ ("and" | "or")) = self.peek() else { return first };
        let mut tests = vec![first];
        let mut mixed = false;
        while let Some(word @ ("and" | "or")) = self.peek() {
            if word != joint && !mixed {
                mixed = true;
                let fix = "put parentheses around the tests that belong together";
                let wrong = self.wrong("`and` stands beside `or`: it could mean two things", fix);
                self.wrongs.push(wrong);
            }
            self.next += 1;
            tests.push(self.test_or_wrong(depth));
        }
        if joint == "and" { Condition::All(tests) } else { Condition::Any(tests) }
    }

    /// A test; where it cannot be read, what is wrong is noted, and something harmless stands for it.
    fn test_or_wrong(&mut self, depth: usize) -> Condition {
        self.test(depth).unwrap_or_else(|wrong| {
            self.wrongs.push(wrong);
            self.go_on();
            Condition::ByPlan
        })
    }

    fn test(&mut self, depth: usize) -> Result<Condition, Wrong> {
        let first = self.next;
        let Some(word) = self.peek() else {
            return Err(
                self.wrong("a test is missing here", "write one, such as `housing.status is at-risk`")
            );
        };
        self.next += 1;
        match word {
            "(" if depth == DEEPEST => {
                let wrong = self.was_wrong("too many parentheses in one another", "make two criteria of it");
                self.next = first;
                Err(wrong)
            }
            "(" => {
                let inner = self.group(depth + 1, Some(")"));
                if self.take() != Some(")") {
                    return Err(self.was_wrong("a parenthesis is still open here", "close it with `)`"));
                }
                Ok(inner)
            }
            "unless" => self.turned(Negation::Unless, first),
            "not" => self.turned(Negation::Not, first),
            "document" => self.document(first),
            "age" => self.age(Negation::Straight, first),
            "fewer" => self.fewer_days(),
            word => match WORDS.iter().find(|(known, _)| *known == word) {
                Some((_, condition)) => Ok(condition.clone()),
                None => {
                    self.next = first;
                    self.fact_test(Negation::Straight, first)
                }
            },
        }
    }

    /// Condition behind `unless` or `not`.
    fn turned(&mut self, negation: Negation, first: usize) -> Result<Condition, Wrong> {
        let turned = negation.word();
        let Some(word) = self.peek() else {
            return Err(self.wrong(
                "a test is missing here",
                "name a fact and its value, such as `housing.status is at-risk`",
            ));
        };
        let (problem, fix) = match word {
            "age" => {
                self.next += 1;
                return self.age(negation, first);
            }
            "(" => {
                let problem = format!("`{turned}` stands before one test, not before a parenthesis");
                let fix = "turn each test round, and write `or` for `and` and `and` for `or`";
                return Err(self.wrong_from(first, problem, fix));
            }
            "unless" | "not" => (format!("`{turned}` stands before `{word}`"), "say what must hold, once"),
            "document" => (
                "that a document is missing is no condition".to_owned(),
                "declare a fact of kind flag that says it, and ask for that",
            ),
            word if word == "fewer" || WORDS.iter().any(|(known, _)| *known == word) => (
                format!("`{word}` cannot be turned round"),
                "say what must hold; a rules file has no words for the opposite",
            ),
            _ => return self.fact_test(negation, first),
        };
        self.next += 1;
        Err(self.wrong_from(first, problem, fix))
    }

    /// Test of a document: `document discharge-summary`.
    fn document(&mut self, first: usize) -> Result<Condition, Wrong> {
        let known = self.vocabulary.documents();
        let kind = self.known(&known, "kind of document", "crosswalk plugin documents")?;
        if matches!(self.peek(), None | Some("and" | "or" | ")")) {
            return Ok(Condition::Document(kind));
        }
        self.next += 1;
        let fix = "declare a fact of kind day for its date, and write that fact with `within 12 months`";
        Err(self.wrong_from(first, "a document's age cannot be tested: it is there, or it is not", fix))
    }

    /// `age >= 21` or `age < 21`.
    fn age(&mut self, negation: Negation, first: usize) -> Result<Condition, Wrong> {
        let Some(compare) = self.compare() else {
            self.next += 1;
            return Err(self.was_wrong(
                "an age is compared by `>=`, `>`, `<` or `<=`",
                "write, for example, `age >= 21`",
            ));
        };
        let years: u16 = self.number("years")?;
        let years = compare.number(i64::from(years));
        let asked = negation == Negation::Straight && compare.is_ordered();
        match negation::age(negation, years) {
            Some((condition, _)) if asked => Ok(condition),
            Some((_, write)) => Err(self.instead(first, negation, "an age", vec![Instead::alike(write)])),
            None => Err(self.wrong_from(
                first,
                "this is no age in years",
                "write a whole number of years, such as `age >= 21`",
            )),
        }
    }

    /// `fewer than 182 days of recuperative-care, transitional-rent in 12 months`.
    fn fewer_days(&mut self) -> Result<Condition, Wrong> {
        self.must("than")?;
        let limit = self.number("days")?;
        if let Some(word) = self.peek().filter(|word| *word != "days") {
            self.next += 1;
            return Err(self.was_wrong(format!("only `days` can be counted, not `{word}`"), BEYOND));
        }
        self.must("days")?;
        self.must("of")?;
        let known = self.vocabulary.services();
        let services = self.list(|parser| parser.known(&known, "service", "crosswalk plugin services"))?;
        self.must("in")?;
        let months = self.number("months")?;
        self.must("months")?;
        Ok(Condition::DaysLeft { services, months, limit })
    }

    fn fact_test(&mut self, negation: Negation, first: usize) -> Result<Condition, Wrong> {
        let fact = self.fact()?;
        match fact.kind {
            FactKind::Flag => self.flag(negation, first, fact),
            FactKind::Coded => self.coded(negation, first, fact),
            FactKind::Count | FactKind::Measure => self.numeric(negation, first, fact),
            FactKind::Day => self.day(negation, first, fact),
            FactKind::Text => {
                let problem = format!("nothing can be concluded from `{}`, which is words", fact.code);
                Err(self.wrong_from(first, problem, "ask for another fact"))
            }
        }
    }

    /// Test of a flag: `program.hospice is yes`.
    fn flag(&mut self, negation: Negation, first: usize, fact: &FactDefinition) -> Result<Condition, Wrong> {
        let code = &fact.code;
        let compare = self.compare().filter(|compare| !compare.is_ordered());
        let Some(compare) = compare else { return Err(self.not_so(first, fact)) };
        let yes = match self.take() {
            Some("yes") => true,
            Some("no") => false,
            _ => {
                let fix = format!("it is asked as `{code} is yes` or as `{code} is no`");
                return Err(self.was_wrong(format!("`{code}` is yes or no"), fix));
            }
        };
        self.asked(negation, first, fact, compare.is_plain(), Values::Flag(yes == compare.is_straight()))
    }

    /// `housing.status is at-risk, homeless-sheltered`.
    fn coded(&mut self, negation: Negation, first: usize, fact: &FactDefinition) -> Result<Condition, Wrong> {
        let compare = self.compare().filter(|compare| !compare.is_ordered());
        let Some(compare) = compare else { return Err(self.not_so(first, fact)) };
        let mut codes = self.list(|parser| parser.code(fact))?;
        let mut joined = false;
        while let (Some("or"), Some(code)) = (self.peek(), self.ahead(1)) {
            if !fact.codes.iter().any(|known| known == code) {
                break;
            }
            joined = true;
            codes.push(code.to_owned());
            self.next += 2;
        }
        let values = Values::Codes(codes);
        let values = if compare.is_straight() { values } else { values.others(fact) };
        if joined && compare.is_plain() && negation != Negation::Not {
            let write = negation::written(negation, fact, &values);
            let mut wrong = self.wrong_from(first, "codes of one fact are joined by commas", String::new());
            wrong.instead.extend(write.map(Instead::alike));
            wrong.fix = Instead::fix(&wrong.instead);
            return Err(wrong);
        }
        self.asked(negation, first, fact, compare.is_plain(), values)
    }

    /// `utilization.ed-visits-6m >= 5` or `clinical.hba1c >= 9.0`.
    fn numeric(
        &mut self,
        negation: Negation,
        first: usize,
        fact: &FactDefinition,
    ) -> Result<Condition, Wrong> {
        let Some(compare) = self.compare() else { return Err(self.not_so(first, fact)) };
        let Some(number) = self.take().and_then(|word| Number::read(fact, word)) else {
            if !compare.is_ordered() {
                return Err(self.not_so(first, fact));
            }
            let (problem, fix) = match fact.kind {
                FactKind::Measure => ("a number of at most three decimals", "write one, such as `9.0`"),
                _ => ("a whole number", "write one, such as `5`"),
            };
            return Err(self.was_wrong(format!("`{}` is compared with {problem}", fact.code), fix));
        };
        let asked = match fact.kind {
            FactKind::Measure => compare.is_at_least(),
            _ => compare.is_ordered(),
        };
        self.asked(negation, first, fact, asked, compare.number(number.0))
    }

    /// `justice.release-date within 12 months`.
    fn day(&mut self, negation: Negation, first: usize, fact: &FactDefinition) -> Result<Condition, Wrong> {
        let code = &fact.code;
        if self.peek() != Some("within") {
            self.compare();
            return Err(self.not_so(first, fact));
        }
        self.next += 1;
        let amount: u32 = self.number("months")?;
        let unit = self.take();
        let wrong = match (negation, unit) {
            (Negation::Straight, Some("months")) => return Ok(Condition::WithinMonths(code.clone(), amount)),
            (Negation::Straight, Some("years" | "year")) => {
                let write = format!("{code} within {} months", amount.saturating_mul(12));
                self.instead(first, negation, "a day", vec![Instead::alike(write)])
            }
            (Negation::Straight, Some("month")) => {
                let write = format!("{code} within {amount} months");
                self.instead(first, negation, "a day", vec![Instead::alike(write)])
            }
            (Negation::Straight, None) => self.wrong("`months` is missing here", "write `months`"),
            (Negation::Straight, Some(unit)) => {
                self.was_wrong(format!("a day is counted back in `months`, not in `{unit}`"), BEYOND)
            }
            _ => self.instead(first, negation, "a day", Vec::new()),
        };
        Err(wrong)
    }

    /// A test of a fact; or what may be written in its place, if it is not asked in this way.
    fn asked(
        &self,
        negation: Negation,
        first: usize,
        fact: &FactDefinition,
        plainly: bool,
        values: Values,
    ) -> Result<Condition, Wrong> {
        match negation::condition(negation, fact, &values) {
            Some(condition) if plainly && negation != Negation::Not => Ok(condition),
            _ => {
                let instead = negation::instead(negation, fact, &values);
                Err(self.instead(first, negation, kind_of(fact.kind), instead))
            }
        }
    }

    /// A test that means something and is not asked so.
    fn instead(&self, first: usize, negation: Negation, what: &str, instead: Vec<Instead>) -> Wrong {
        let differs = instead.iter().all(|instead| instead.silence != Silence::Alike);
        let problem = match negation {
            Negation::Not => "there is no `not`".to_owned(),
            Negation::Unless if differs && !instead.is_empty() => {
                "silence cannot be told from no here: a test with `unless` holds as long as nothing is said"
                    .to_owned()
            }
            Negation::Unless if differs => format!("`unless` cannot ask this of {what}"),
            Negation::Straight if instead.is_empty() && what == kind_of(FactKind::Measure) => {
                "a measurement can be asked for at least so much: `<`, `<=` and `is` are not possible"
                    .to_owned()
            }
            _ => format!("{what} is not asked in this way"),
        };
        let fix = match (negation, instead.is_empty()) {
            (_, true) => "no condition says this; declare a fact of kind flag that says it, and ask for that"
                .to_owned(),
            (Negation::Unless, false) if differs => {
                format!(
                    "ask it the other way round, by a fact whose yes is the exception; or {}",
                    Instead::fix(&instead)
                )
            }
            _ => Instead::fix(&instead),
        };
        Wrong { instead, ..self.wrong_from(first, problem, fix) }
    }

    /// A comparison that the kind of fact does not know.
    fn not_so(&self, first: usize, fact: &FactDefinition) -> Wrong {
        let code = &fact.code;
        let fix = match fact.kind {
            FactKind::Flag => format!("it is asked as `{code} is yes` or as `{code} is no`"),
            FactKind::Count => format!("write `{code}` with `>=`, `>`, `<=` or `<`, and a whole number"),
            FactKind::Measure => format!("write `{code} >=`, and a number such as `9.0`"),
            FactKind::Day => format!("a day is asked as `{code} within 12 months`"),
            FactKind::Coded => format!("write `{code} is`, and codes: {}", fact.codes.join(", ")),
            FactKind::Text => "ask for another fact".to_owned(),
        };
        self.wrong_from(first, format!("this cannot be asked of `{code}`, {}", kind_of(fact.kind)), fix)
    }

    fn fact(&mut self) -> Result<&'a FactDefinition, Wrong> {
        let vocabulary = self.vocabulary;
        let Some(word) = self.take() else {
            return Err(self.wrong("a fact is missing here", "name one that `crosswalk plugin facts` lists"));
        };
        vocabulary.fact(word).ok_or_else(|| {
            if NOT_ASKED.contains(&word) {
                return self.was_wrong(format!("a rules file cannot ask about `{word}`"), BEYOND);
            }
            let known = vocabulary.facts();
            let words = WORDS.iter().map(|(word, _)| *word);
            let fix = question(word, known.into_iter().chain(words)).unwrap_or_else(|| {
                "use a code that `crosswalk plugin facts` lists, or declare it under [[fact]]".to_owned()
            });
            self.was_wrong(format!("there is no fact `{word}`"), fix)
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

    fn known(&mut self, known: &[&str], what: &str, listed: &str) -> Result<String, Wrong> {
        let word = self.take().unwrap_or_default();
        if known.contains(&word) {
            return Ok(word.to_owned());
        }
        let fix = question(word, known.iter().copied())
            .unwrap_or_else(|| format!("use one of those that `{listed}` lists"));
        Err(self.was_wrong(format!("there is no {what} `{word}`"), fix))
    }

    fn code(&mut self, fact: &FactDefinition) -> Result<String, Wrong> {
        let word = self.take().unwrap_or_default();
        if fact.codes.iter().any(|known| known == word) {
            return Ok(word.to_owned());
        }
        let codes = fact.codes.iter().map(String::as_str);
        let fix = question(word, codes).unwrap_or_else(|| format!("use one of: {}", fact.codes.join(", ")));
        Err(self.was_wrong(format!("`{}` has no code `{word}`", fact.code), fix))
    }

    /// Comparison of two things, if the next words say one.
    fn compare(&mut self) -> Option<Compare> {
        let compare = match (self.peek()?, self.ahead(1)) {
            ("is", Some("not")) => {
                self.next += 1;
                Compare::IsNot
            }
            ("is", _) => Compare::Is,
            ("=" | "==", _) => Compare::Equals,
            ("!=" | "<>", _) => Compare::Differs,
            (">=", _) => Compare::AtLeast,
            (">", _) => Compare::Above,
            ("<=", _) => Compare::AtMost,
            ("<", _) => Compare::Below,
            _ => return None,
        };
        self.next += 1;
        Some(compare)
    }

    fn number<T: std::str::FromStr>(&mut self, of: &str) -> Result<T, Wrong> {
        let number = self.take().and_then(|word| word.parse().ok());
        number.ok_or_else(|| self.was_wrong(format!("a number of {of} is missing here"), "write one"))
    }
}

/// Comparison of two things.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compare {
    Is,
    IsNot,
    /// `=`, which a rules file writes as `is`.
    Equals,
    /// Is not, written as `!=`.
    Differs,
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl Compare {
    fn is_ordered(self) -> bool {
        matches!(self, Self::AtLeast | Self::Above | Self::AtMost | Self::Below)
    }

    fn is_at_least(self) -> bool {
        self == Self::AtLeast
    }

    /// True if it is the word that a rules file has for it.
    fn is_plain(self) -> bool {
        self == Self::Is
    }

    /// True if it holds for what is named, and not for all else.
    fn is_straight(self) -> bool {
        matches!(self, Self::Is | Self::Equals)
    }

    /// The numbers for which it holds.
    fn number(self, number: i64) -> Values {
        match self {
            Self::Is | Self::Equals => Values::Only(number),
            Self::IsNot | Self::Differs => Values::AllBut(number),
            Self::AtLeast => Values::From(number),
            Self::Above => Values::From(number + 1),
            Self::AtMost => Values::UpTo(number),
            Self::Below => Values::UpTo(number - 1),
        }
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
