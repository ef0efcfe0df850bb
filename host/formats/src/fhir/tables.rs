//! The crate's tables for FHIR, read once from `data/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::referral::{Stage, assignment};
use serde::Deserialize;

use super::status::{Party, TaskStatus};

/// The table `data/sdoh-categories.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Categories {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) category_system: String,
    pub(super) hcpcs_systems: Vec<String>,
    #[serde(rename = "code_system")]
    pub(super) code_systems: Vec<CodeSystem>,
    #[serde(rename = "category")]
    pub(super) categories: Vec<Category>,
    #[serde(rename = "activity")]
    pub(super) activities: Vec<Activity>,
}

/// A system whose codes can hold nothing but a code, so that a refusal may name the one that was sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeSystem {
    pub(super) system: String,
    pub(super) name: String,
    pub(super) shape: Shape,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look that each row names its source"))]
    pub(super) source: String,
}

/// Shape of a system's codes.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Shape {
    /// 6 to 18 digits.
    Digits,
    /// 1 to 7 digits, a hyphen and a check digit.
    DigitsAndCheck,
}

impl Shape {
    /// True if a code has the shape.
    pub(super) fn fits(self, code: &str) -> bool {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Digits => (6..=18).contains(&code.len()) && digits(code),
            Self::DigitsAndCheck => code.split_once('-').is_some_and(|(number, check)| {
                (1..=7).contains(&number.len()) && check.len() == 1 && digits(number) && digits(check)
            }),
        }
    }
}

/// Service that an SDOH category asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) code: String,
    /// Service ids; none where `why` says that we have no such service.
    pub(super) services: Vec<String>,
    pub(super) why: Option<String>,
}

/// Service that an activity of another code system asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activity {
    pub(super) system: String,
    pub(super) code: String,
    pub(super) services: Vec<String>,
    pub(super) why: Option<String>,
}

/// The table `data/condition-facts.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionFacts {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) system: String,
    #[serde(rename = "code")]
    pub(super) codes: Vec<ConditionCode>,
}

/// Facts that a reason for a referral tells of the member.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionCode {
    pub(super) code: String,
    /// The code of a fact and its value; both absent where the reason says too little.
    pub(super) fact: Option<String>,
    pub(super) value: Option<String>,
    pub(super) why: Option<String>,
}

/// The table `data/consent-rules.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsentRules {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) consent: Elements,
    pub(super) provision: Elements,
    pub(super) scope: Coded,
    pub(super) category: Coded,
    #[serde(rename = "policy")]
    pub(super) policies: Vec<Policy>,
}

/// The elements of a resource or of a part of one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Elements {
    /// Those that are read, or that change nothing.
    pub(super) read: Vec<String>,
    /// Those that FHIR knows besides.
    pub(super) others: Vec<String>,
}

/// A code of a system.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Coded {
    pub(super) system: String,
    pub(super) code: String,
}

/// A rule that a whole consent can follow.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) system: String,
    pub(super) code: String,
    pub(super) says: Says,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look that each row names its source"))]
    pub(super) source: String,
}

/// Meaning of a rule for the member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Says {
    /// The member agrees to it.
    Yes,
    /// The member refuses it.
    No,
}

/// The table `data/task-status.toml`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskStatuses {
    pub(super) source: String,
    pub(super) effective: String,
    pub(super) from_partner: BTreeMap<String, TaskStatus>,
    state: BTreeMap<Stage, TaskStatus>,
    assignment: BTreeMap<assignment::Stage, TaskStatus>,
    pub(super) closed: BTreeMap<String, TaskStatus>,
    pub(super) reason: BTreeMap<String, String>,
    pub(super) output: Output,
    #[serde(rename = "edge")]
    pub(super) edges: Vec<Edge>,
}

impl TaskStatuses {
    /// The row of a referral's state.
    pub(super) fn of_state(&self, stage: Stage) -> TaskStatus {
        *self.state.get(&stage).expect(NO_ROW)
    }

    /// The row of an assignment's stage.
    pub(super) fn of_assignment(&self, stage: assignment::Stage) -> TaskStatus {
        *self.assignment.get(&stage).expect(NO_ROW)
    }
}

const NO_ROW: &str = "a state without a row does not compile";

/// Coding of an output.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Output {
    pub(super) system: String,
    pub(super) code: String,
    pub(super) display: String,
    /// The system of HCPCS codes.
    pub(super) hcpcs: String,
}

/// Changes of a Task's status that one party may make.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edge {
    /// Absent for a new Task.
    pub(super) from: Option<Vec<TaskStatus>>,
    pub(super) to: Vec<TaskStatus>,
    pub(super) who: Party,
}

const TASK_STATUS_TABLE: &str = include_str!("../../data/task-status.toml");

pub(super) static CATEGORIES: LazyLock<Categories> =
    LazyLock::new(|| read(include_str!("../../data/sdoh-categories.toml")));
pub(super) static CONDITION_FACTS: LazyLock<ConditionFacts> =
    LazyLock::new(|| read(include_str!("../../data/condition-facts.toml")));
pub(super) static CONSENT_RULES: LazyLock<ConsentRules> =
    LazyLock::new(|| read(include_str!("../../data/consent-rules.toml")));
pub(super) static TASK_STATUSES: LazyLock<TaskStatuses> = LazyLock::new(|| read(TASK_STATUS_TABLE));

fn read<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    toml::from_str(text).expect("the tables are compiled in and a test reads them")
}

// A state or a stage without a row does not compile: nobody may be told a guess.
const _: () = {
    let mut place = 0;
    while place < Stage::ALL.len() {
        let word = Stage::ALL[place].name();
        assert!(has_row(TASK_STATUS_TABLE, "state", word), "task-status.toml lacks a state of a referral");
        place += 1;
    }
    place = 0;
    while place < assignment::Stage::ALL.len() {
        let word = assignment::Stage::ALL[place].name();
        assert!(
            has_row(TASK_STATUS_TABLE, "assignment", word),
            "task-status.toml lacks a stage of an assignment"
        );
        place += 1;
    }
};

/// True if a section of a TOML text has the line `word = …`.
const fn has_row(table: &str, section: &str, word: &str) -> bool {
    let (bytes, section, word) = (table.as_bytes(), section.as_bytes(), word.as_bytes());
    let (mut at, mut inside) = (0, false);
    while at < bytes.len() {
        if bytes[at] == b'[' {
            inside = holds(bytes, at + 1, section) && holds(bytes, at + 1 + section.len(), b"]");
        } else if inside && holds(bytes, at, word) && holds(bytes, at + word.len(), b" =") {
            return true;
        }
        while at < bytes.len() && bytes[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    false
}

const fn holds(bytes: &[u8], at: usize, part: &[u8]) -> bool {
    let mut place = 0;
    while place < part.len() {
        if at + place >= bytes.len() || bytes[at + place] != part[place] {
            return false;
        }
        place += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_one_of_its_section() {
        let table = "a = 1\n[one]\nfirst = 2\n[two]\nsecond = 3 # first = 4\n[[one]]\nthird = 5";
        for (section, word, there) in [
            ("one", "first", true),
            ("one", "a", false),
            ("one", "second", false),
            ("one", "third", false),
            ("two", "second", true),
            ("two", "first", false),
            ("two", "sec", false),
            ("on", "first", false),
        ] {
            assert_eq!(has_row(table, section, word), there, "{section}.{word}");
        }
    }

    #[test]
    fn a_code_is_named_only_if_it_can_be_nothing_else() {
        for (shape, code, fits) in [
            (Shape::Digits, "467751000124104", true),
            (Shape::Digits, "12345", false),
            (Shape::Digits, "1234567890123456789", false),
            (Shape::Digits, "94710382A", false),
            (Shape::Digits, "Rivas", false),
            (Shape::DigitsAndCheck, "71802-3", true),
            (Shape::DigitsAndCheck, "123-45-6789", false),
            (Shape::DigitsAndCheck, "71802", false),
            (Shape::DigitsAndCheck, "-3", false),
        ] {
            assert_eq!(shape.fits(code), fits, "{code}");
        }
        assert!(CATEGORIES.code_systems.iter().all(|known| !known.source.is_empty()));
        assert!(CONSENT_RULES.policies.iter().all(|row| !row.source.is_empty()));
    }
}
