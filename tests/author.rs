//! Messages to an author: fixes of rules files that turn nothing round, mistakes in JavaScript and Python by
//! file and line, the dictionary, and a version's way at its host.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use expect_test::expect;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::compile_bombs::long_to_compile;
use crate::harness::{
    County, Database, Request, Server, binary, folder_of_plugins, program, said, skip, succeeded, text, until,
};

/// An author's folder, in which commands are run.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder can be made") }
    }

    /// A desk with the rules file that the documentation shows, changed here and there.
    fn of_rules(changes: &[(&str, &str)]) -> Self {
        let desk = Self::new();
        let page = include_str!("../docs/rules-file.md");
        let (_, rest) = page.split_once("```toml\n").expect("the page has an example");
        let mut rules = rest.split_once("```").expect("the example ends").0.to_owned();
        for (from, to) in changes {
            assert!(rules.contains(from), "the rules have no {from}");
            rules = rules.replacen(from, to, 1);
        }
        desk.write("plan.toml", &rules);
        desk
    }

    /// A new plugin in a language whose program is on this machine; `None`, and the test put down as skipped,
    /// if it is not.
    fn of_language(language: &str, test: &str) -> Option<Self> {
        let tool = if language == "js" { "node" } else { "python3" };
        if Command::new(tool).arg("--version").output().is_err() {
            skip(test, &format!("there is no {tool}"));
            return None;
        }
        let desk = Self::new();
        desk.succeed(&["plugin", "new", "los-alisos", "--lang", language, "--dir", "."]);
        Some(desk)
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join(file);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("it can be written");
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.path().join(file)).expect("it is there")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command.args(arguments).current_dir(self.folder.path());
        command.env("CROSSWALK_COMPILED", self.folder.path().join("compiled"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program can be run")
    }

    #[track_caller]
    fn succeed(&self, arguments: &[&str]) -> String {
        succeeded(arguments, self.run(arguments))
    }

    /// JSON of a command that may fail.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {}", said(&output)))
    }

    /// Messages about the rules file.
    fn checked(&self) -> String {
        said(&self.run(&["plugin", "from-rules", "--check", "plan.toml"]))
    }
}

/// A fact of the plan's own for each kind, and the comparisons that people write of it.
const ASKED: [(&str, &[&str]); 6] = [
    ("plan.mesa-clara.flag", &["is yes", "is no", "is not yes", "is not no", "= yes", "!= yes"]),
    (
        "plan.mesa-clara.refrigerator",
        &[
            "is own",
            "is own, shared",
            "is own or shared",
            "is not own",
            "is not own or shared",
            "= own",
            "!= own, shared",
        ],
    ),
    ("plan.mesa-clara.count", &[">= 3", "> 3", "<= 3", "< 3", "is 3", "= 3", "is not 3", "!= 3"]),
    ("plan.mesa-clara.measure", &[">= 9.0", "> 9.0", "<= 9.0", "< 9.0", "is 9.0", "!= 9.0"]),
    ("plan.mesa-clara.day", &["within 12 months", "within 1 year"]),
    ("age", &[">= 21", "> 21", "<= 21", "< 21", "is 21", "is not 21", "= 21"]),
];

const TURNS: [&str; 3] = ["", "unless ", "not "];

/// Facts known of a member in one case: a number for each thing that is asked, in thousandths, or as place in
/// its list.
struct Known {
    flag: Option<bool>,
    code: Option<&'static str>,
    count: Option<i64>,
    measure: Option<i64>,
    day: Option<&'static str>,
    /// Age in years, in thousandths, which is always known.
    age: i64,
}

/// Every value that matters to one of the comparisons, and silence.
const KNOWN: [Known; 5] = [
    Known { flag: None, code: None, count: None, measure: None, day: None, age: 20 },
    Known {
        flag: Some(true),
        code: Some("own"),
        count: Some(2),
        measure: Some(8_999),
        day: Some("2025-03-02"),
        age: 21,
    },
    Known {
        flag: Some(false),
        code: Some("shared"),
        count: Some(3),
        measure: Some(9_000),
        day: Some("2025-03-01"),
        age: 22,
    },
    Known {
        flag: Some(true),
        code: Some("none"),
        count: Some(4),
        measure: Some(9_001),
        day: Some("2026-03-01"),
        age: 20,
    },
    Known {
        flag: Some(false),
        code: Some("own"),
        count: Some(0),
        measure: Some(0),
        day: Some("2020-01-01"),
        age: 60,
    },
];

/// True if a comparison holds, as its author means it; `None` if nothing is known.
fn holds(fact: &str, comparison: &str, known: &Known) -> Option<bool> {
    let (operator, value) = match comparison.strip_prefix("is not ") {
        Some(value) => ("!=", value),
        None => comparison.split_once(' ').expect("a comparison has a value"),
    };
    let numbers = |number: i64, value: &str, scale: i64| {
        let wanted: f64 = value.parse().expect("a number");
        #[expect(clippy::cast_possible_truncation, reason = "the numbers are small")]
        let wanted = (wanted * scale as f64).round() as i64;
        match operator {
            ">=" => number >= wanted,
            ">" => number > wanted,
            "<=" => number <= wanted,
            "<" => number < wanted,
            "is" | "=" => number == wanted,
            "!=" => number != wanted,
            other => panic!("{other}"),
        }
    };
    let among = |word: &str| value.replace(" or ", ", ").split(", ").any(|one| one == word);
    match fact.rsplit('.').next().expect("a name") {
        "flag" => known.flag.map(|flag| (if flag { "yes" } else { "no" } == value) == (operator != "!=")),
        "refrigerator" => known.code.map(|code| among(code) == (operator != "!=")),
        "count" => known.count.map(|count| numbers(count, value, 1)),
        "measure" => known.measure.map(|measure| numbers(measure, value, 1_000)),
        // A year before 2 March 2026.
        "day" => known.day.map(|day| day >= "2025-03-02"),
        "age" => Some(numbers(known.age, value, 1)),
        other => panic!("{other}"),
    }
}

/// Outcome that a condition must have: as it says for known facts, and by its first word for silence.
fn outcome(turn: &str, fact: &str, comparison: &str, known: &Known) -> &'static str {
    match (holds(fact, comparison, known), turn) {
        (None, "unless ") => "met",
        (None, _) => "unknown",
        (Some(holds), "") => {
            if holds {
                "met"
            } else {
                "not-met"
            }
        }
        (Some(holds), _) => {
            if holds {
                "not-met"
            } else {
                "met"
            }
        }
    }
}

/// The page's example with these conditions, each a criterion on a line of its own, in the place of the
/// plan's own.
fn rules_with(conditions: &[String]) -> (Desk, usize) {
    let desk = Desk::of_rules(&[]);
    let file = desk.read("plan.toml");
    let (before, rest) = file.split_once("[[criterion]]").expect("it has criteria");
    let (_, after) =
        rest.split_once("[[criterion]]\nid = \"mc.delegate\"").expect("the last one is decided apart");
    let mut rules = format!("{before}[[criterion]]\nid = \"mc.delegate\"{after}");
    for (name, kind) in [("flag", "flag"), ("count", "count"), ("measure", "measure"), ("day", "day")] {
        let _ = write!(
            rules,
            "[[fact]]\ncode = \"plan.mesa-clara.{name}\"\nkind = \"{kind}\"\nquestion = {{ en = \"How is it?\", es = \"¿Cómo es?\" }}\n\
             source = \"manual\"\n"
        );
    }
    let first = rules.lines().count() + 1;
    for (place, condition) in conditions.iter().enumerate() {
        let text = "text = { en = \"It holds.\", es = \"Se cumple.\" }";
        let _ = write!(
            rules,
            "[[criterion]]\nid = \"mc.t.{place}\"\nservice = \"medically-tailored-meals\"\nkind = \"inclusion\"\nwhen = \"{condition}\"\n\
             {text}\nsource = \"manual\"\nfrom = 2026-01-01\n"
        );
    }
    desk.write("plan.toml", &rules);
    (desk, first)
}

/// A condition as it was written, what may be written for it, and how that comes out while nothing is said.
struct Fix {
    turn: &'static str,
    fact: &'static str,
    comparison: &'static str,
    write: String,
    silence: String,
}

/// Asks a rules file about everything that people write, and gathers each fix that it offers. What it takes
/// as it stands is its own fix.
fn fixes() -> Vec<Fix> {
    let written = ASKED.iter().flat_map(|(fact, comparisons)| {
        let of_turn =
            move |turn: &'static str| comparisons.iter().map(move |comparison| (turn, *fact, *comparison));
        TURNS.into_iter().flat_map(of_turn)
    });
    let written: Vec<_> = written.collect();
    let conditions: Vec<String> =
        written.iter().map(|(turn, fact, comparison)| format!("{turn}{fact} {comparison}")).collect();
    let (desk, first) = rules_with(&conditions);
    let report = desk.json(&["plugin", "from-rules", "--check", "--json", "plan.toml"]);
    let problems = report["problems"].as_array().expect("a list");
    let mut fixes = Vec::new();
    for (place, (turn, fact, comparison)) in written.into_iter().enumerate() {
        let condition = &conditions[place];
        let line = first + 8 * place + 4;
        let told: Vec<&Value> = problems.iter().filter(|problem| problem["line"] == line).collect();
        let fix = |write: &str, silence: &str| Fix {
            turn,
            fact,
            comparison,
            write: write.to_owned(),
            silence: silence.to_owned(),
        };
        let [problem] = told[..] else {
            assert!(told.is_empty(), "one mistake, one problem: {told:#?}");
            fixes.push(fix(condition, "alike"));
            continue;
        };
        assert_eq!(problem["length"], condition.chars().count(), "{problem:#}");
        let words = text(problem, "/fix");
        let instead = problem["instead"].as_array().cloned().unwrap_or_default();
        for one in &instead {
            let (write, silence) = (text(one, "/write"), text(one, "/silence"));
            let said = match silence {
                "alike" => format!("`{write}`"),
                "waits" => format!("`{write}`, which waits for an answer"),
                "holds" => format!("`{write}`, which holds as long as nothing is said"),
                other => panic!("{other}"),
            };
            assert!(words.contains(&said), "what it offers is what it says: {words}");
            fixes.push(fix(write, silence));
        }
        // No other condition is offered than those that are tried below.
        assert_eq!(
            words.matches(fact).count(),
            instead.iter().map(|one| text(one, "/write").matches(fact).count()).sum::<usize>(),
            "{condition}: {words}"
        );
    }
    fixes
}

/// A referral to the plan of which so much is known.
fn referral(known: &Known) -> Value {
    let fact = |name: &str, value: Value| json!({ "code": format!("plan.mesa-clara.{name}"), "value": value, "source": "referrer", "as_of": "2026-03-01" });
    let facts = [
        known.flag.map(|flag| fact("flag", json!({ "flag": flag }))),
        known.code.map(|code| fact("refrigerator", json!({ "coded": code }))),
        known.count.map(|count| fact("count", json!({ "count": count }))),
        known.measure.map(|measure| fact("measure", json!({ "measure": measure }))),
        known.day.map(|day| fact("day", json!({ "day": day }))),
    ];
    let provider = json!({ "npi": "1234567893", "kinds": [], "taxonomies": [], "counties": ["SRV"], "contracted": true });
    json!({
        "name": "truth", "operation": "triage", "expect": {},
        "request": {
            "id": "example", "service": "medically-tailored-meals", "populations": [], "urgency": "standard",
            "member": { "birth_date": format!("{}-03-02", 2026 - known.age), "county": "SRV", "language": "es" },
            "referrer": provider, "facts": facts.into_iter().flatten().collect::<Vec<_>>(), "documents": [],
        },
        "context": {
            "as_of": "2026-03-02", "today": "2026-03-02", "received": "2026-03-02T17:00:00Z",
            "coverage": { "line": "medi-cal", "days": { "first": "2026-01-01" }, "dual_status": "00", "other_d_snp": false },
            "history": [], "capacity": [], "open_cases": [], "tables": [],
        },
    })
}

/// Whatever is known: what the checker offers comes out as what was written means, by the very guest that
/// decides; and where it differs while nothing is said, the message says how.
#[test]
fn no_fix_turns_a_rule_round() {
    let fixes = fixes();
    assert!(fixes.len() > 80, "{} fixes", fixes.len());
    let offered =
        fixes.iter().filter(|fix| fix.write != format!("{}{} {}", fix.turn, fix.fact, fix.comparison));
    assert!(offered.count() > 50, "most of it is no condition as it stands");
    let conditions: Vec<String> = fixes.iter().map(|fix| fix.write.clone()).collect();
    let (desk, _) = rules_with(&conditions);
    desk.succeed(&["plugin", "from-rules", "--out", "plan.wasm", "plan.toml"]);
    let mut wrong = String::new();
    for (number, known) in KNOWN.iter().enumerate() {
        let found = outcomes(&desk, known);
        for (place, fix) in fixes.iter().enumerate() {
            let meant = outcome(fix.turn, fix.fact, fix.comparison, known);
            let silent = holds(fix.fact, fix.comparison, known).is_none();
            let wanted = match fix.silence.as_str() {
                "waits" if silent => "unknown",
                "holds" if silent => "met",
                _ => meant,
            };
            let found = found.get(&format!("mc.t.{place}")).map_or("nothing", String::as_str);
            if found != wanted {
                let Fix { turn, fact, comparison, write, .. } = fix;
                let _ = writeln!(
                    wrong,
                    "case {number}: {turn}{fact} {comparison} -> {write}: {found}, not {wanted}"
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Advice in words: what was written, the words, what an author writes who follows them, and how that must
/// come out. `None` means that nothing is known of what was asked.
struct Advice {
    written: &'static str,
    told: &'static [&'static str],
    follows: &'static str,
    means: fn(&Known) -> Option<bool>,
}

/// `unless` of something about which nothing is known holds.
fn unless(holds: Option<bool>) -> Option<bool> {
    Some(!holds.unwrap_or(false))
}

fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (one, other) => one.and(other),
    }
}

fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (one, other) => one.and(other),
    }
}

fn is_own(known: &Known) -> Option<bool> {
    known.code.map(|code| code == "own")
}

fn is_many(known: &Known) -> Option<bool> {
    known.count.map(|count| count >= 3)
}

/// The conditions for which no other is offered but words are.
const ADVICE: [Advice; 10] = [
    Advice {
        written: "unless (plan.mesa-clara.flag is yes and plan.mesa-clara.refrigerator is own)",
        told: &[
            "stands before one test, not before a parenthesis",
            "write `or` for `and` and `and` for `or`",
        ],
        follows: "unless plan.mesa-clara.flag is yes or unless plan.mesa-clara.refrigerator is own",
        means: |known| unless(both(known.flag, is_own(known))),
    },
    Advice {
        written: "unless (plan.mesa-clara.flag is yes or plan.mesa-clara.refrigerator is own)",
        told: &["turn each test round"],
        follows: "unless plan.mesa-clara.flag is yes and unless plan.mesa-clara.refrigerator is own",
        means: |known| unless(either(known.flag, is_own(known))),
    },
    Advice {
        written: "plan.mesa-clara.flag is yes and plan.mesa-clara.refrigerator is own or plan.mesa-clara.count >= 3",
        told: &["`and` stands beside `or`", "put parentheses around the tests that belong together"],
        follows: "(plan.mesa-clara.flag is yes and plan.mesa-clara.refrigerator is own) or plan.mesa-clara.count >= 3",
        means: |known| either(both(known.flag, is_own(known)), is_many(known)),
    },
    Advice {
        written: "plan.mesa-clara.flag is yes or plan.mesa-clara.refrigerator is own and plan.mesa-clara.count >= 3",
        told: &["`and` stands beside `or`", "put parentheses around the tests that belong together"],
        follows: "(plan.mesa-clara.flag is yes or plan.mesa-clara.refrigerator is own) and plan.mesa-clara.count >= 3",
        means: |known| both(either(known.flag, is_own(known)), is_many(known)),
    },
    Advice {
        written: "unless document lease",
        told: &["that a document is missing is no condition", "declare a fact of kind flag that says it"],
        follows: "plan.mesa-clara.flag is yes",
        means: |known| known.flag,
    },
    Advice {
        // None of the cases has one: it is waited for.
        written: "document lease within 12 months",
        told: &["a document's age cannot be tested", "kind day"],
        follows: "document lease",
        means: |_| None,
    },
    Advice {
        written: "fewer than 1 visits of recuperative-care in 12 months",
        told: &["only `days` can be counted, not `visits`"],
        follows: "fewer than 1 days of recuperative-care in 12 months",
        means: |_| Some(true),
    },
    Advice {
        written: "unless fewer than 1 days of recuperative-care in 12 months",
        told: &["`fewer` cannot be turned round", "say what must hold"],
        follows: "fewer than 1 days of recuperative-care in 12 months",
        means: |_| Some(true),
    },
    Advice {
        written: "unless in-this-d-snp",
        told: &["`in-this-d-snp` cannot be turned round", "say what must hold"],
        follows: "not-in-d-snp",
        means: |_| Some(true),
    },
    Advice {
        written: "not not-in-d-snp",
        told: &["`not-in-d-snp` cannot be turned round", "say what must hold"],
        follows: "in-this-d-snp",
        means: |_| Some(false),
    },
];

/// Whoever follows advice in words writes what was meant, by the guest that decides, whatever is known.
#[test]
fn advice_in_words_turns_no_rule_round() {
    let conditions =
        |of: fn(&Advice) -> &'static str| ADVICE.iter().map(|one| of(one).to_owned()).collect::<Vec<_>>();
    let (desk, first) = rules_with(&conditions(|one| one.written));
    let report = desk.json(&["plugin", "from-rules", "--check", "--json", "plan.toml"]);
    for (place, Advice { written, told, .. }) in ADVICE.iter().enumerate() {
        let line = first + 8 * place + 4;
        let problems = report["problems"].as_array().expect("a list").iter();
        let said: Vec<String> = problems
            .filter(|problem| problem["line"] == line)
            .map(|problem| format!("{}; fix: {}", text(problem, "/problem"), text(problem, "/fix")))
            .collect();
        for words in *told {
            assert!(said.concat().contains(words), "{written}: nowhere stands {words}: {said:?}");
        }
    }
    let (desk, _) = rules_with(&conditions(|one| one.follows));
    desk.succeed(&["plugin", "from-rules", "--out", "plan.wasm", "plan.toml"]);
    for (number, known) in KNOWN.iter().enumerate() {
        let found = outcomes(&desk, known);
        for (place, one) in ADVICE.iter().enumerate() {
            let meant = match (one.means)(known) {
                None => "unknown",
                Some(true) => "met",
                Some(false) => "not-met",
            };
            let found = found.get(&format!("mc.t.{place}")).map(String::as_str);
            assert_eq!(found, Some(meant), "case {number}: {} -> {}", one.written, one.follows);
        }
    }
}

/// Outcomes of the criteria by their ids, as the guest finds them where so much is known.
fn outcomes(desk: &Desk, known: &Known) -> BTreeMap<String, String> {
    desk.write("case.json", &json!({ "cases": [referral(known)] }).to_string());
    let answer = desk.json(&["plugin", "try", "--json", "--plugin", "plan.wasm", "case.json"]);
    let findings = answer.pointer("/ending/answer/triage/findings").and_then(Value::as_array);
    let findings = findings.unwrap_or_else(|| panic!("it answered: {answer:#}")).iter();
    let pair =
        |finding: &Value| (text(finding, "/criterion").to_owned(), text(finding, "/outcome").to_owned());
    findings.map(pair).collect()
}

/// Each mistake of an analyst is answered with words that help.
#[test]
fn what_an_analyst_writes_is_answered_with_what_helps() {
    let condition = "clinical.hba1c >= 9.0 or (clinical.malnutrition-score >= 3 and age >= 18)";
    let table: [(&str, &str, &[&str]); 24] = [
        (
            condition,
            "unless program.hospice is no",
            &[
                "silence cannot be told from no here",
                "the other way round",
                "`program.hospice is yes`, which waits for an answer",
            ],
        ),
        (
            "id = \"mc.meals.need\"",
            "id = \"mc.meals.condition\"",
            &["the state's own criterion, taken in by [state-rules] (prefix `mc`): \"", "another id"],
        ),
        (
            condition,
            "not program.hospice is yes",
            &[
                "there is no `not`",
                "`program.hospice is no`, or `unless program.hospice is yes`, which holds as long as nothing is said",
            ],
        ),
        (condition, "document lease within 12 months", &["a document's age cannot be tested", "kind day"]),
        (condition, "document lease issued 2026", &["a document's age cannot be tested"]),
        (condition, "(age <= 19 OR age >= 65)", &["`OR` is not in lower case; fix: write `or`"]),
        (
            condition,
            "housing.status is homeless-sheltered or homeless-unsheltered",
            &["joined by commas", "`housing.status is homeless-sheltered, homeless-unsheltered`"],
        ),
        (
            condition,
            "fewer than 336 hours of respite in 12 months",
            &["only `days` can be counted, not `hours`"],
        ),
        (
            condition,
            "at least 2 of (age >= 18, age < 65)",
            &["cannot ask about `at`", "What no rules file can say"],
        ),
        (condition, "diagnosis E11", &["cannot ask about `diagnosis`"]),
        (condition, "request is renewal", &["cannot ask about `request`"]),
        (condition, "units <= 30", &["cannot ask about `units`"]),
        (condition, "provider kind fqhc", &["cannot ask about `provider`"]),
        (
            condition,
            "clinical.hba1c < 8.0",
            &["`<`, `<=` and `is` are not possible", "no condition says this"],
        ),
        (
            condition,
            "unless clinical.hba1c >= 9.0",
            &["`unless` cannot ask this of a measurement", "no condition says this"],
        ),
        (
            condition,
            "clinical.hba1x >= 9.0",
            &["there is no fact `clinical.hba1x`; fix: did you mean `clinical.hba1c`?"],
        ),
        (condition, "age>=18", &["nothing is wrong"]),
        ("from = 2026-01-01", "from = 01/31/2026", &["`01/31/2026` is no day; fix: write 2026-01-31"]),
        ("name = \"Mesa Clara Health Plan\"", "name = “Mesa Clara”", &["curly quotes", "straight ones"]),
        (
            "procedure = \"S5170 U6\"",
            "procedure = \"S5170\"",
            &["the catalog has no `S5170`", "medically-tailored-meals has S5170 U6"],
        ),
        (
            "counties = [\"SRV\"] #",
            "counties = [\"San Ravel\"] #",
            &["`San Ravel` is not a county code", "crosswalk plugin counties"],
        ),
        ("counties = [\"SRV\"] #", "counties = [\"Alameda\"] #", &["fix: write `ALA`"]),
        (
            "provider-kinds = [\"street-medicine\"]",
            "provider-kinds = [\"street-medicin\"]",
            &["did you mean `street-medicine`?"],
        ),
        (
            "attest = [\"housing.status\"]",
            "attest = [\"housing.statsu\"]",
            &["(near: `housing.status`)", "crosswalk plugin facts"],
        ),
    ];
    for (from, to, wanted) in table {
        let told = Desk::of_rules(&[(from, to)]).checked();
        for words in wanted {
            assert!(told.contains(words), "{to}: nowhere stands {words}:\n{told}");
        }
    }
}

#[test]
fn everything_wrong_in_one_condition_is_told() {
    let condition = "clinical.hba1c >= 9.0 or (clinical.malnutrition-score >= 3 and age >= 18)";
    let mistaken =
        "clinical.hba1x >= 9.0 or (clinical.malnutrition-score is yes and not age > 18) OR document passport";
    let told = Desk::of_rules(&[(condition, mistaken)]).checked();
    expect![[r#"
        plan.toml:39:9: there is no fact `clinical.hba1x`; fix: did you mean `clinical.hba1c`?
        plan.toml:39:35: this cannot be asked of `clinical.malnutrition-score`, a whole number; fix: write `clinical.malnutrition-score` with `>=`, `>`, `<=` or `<`, and a whole number
        plan.toml:39:74: there is no `not`; fix: write `age < 19`
        plan.toml:39:88: `OR` is not in lower case; fix: write `or`
        plan.toml:39:100: there is no kind of document `passport`; fix: use one of those that `crosswalk plugin documents` lists
    "#]]
    .assert_eq(&told);
}

#[test]
fn what_was_perhaps_not_meant_is_told_beside_what_is_right() {
    let fridge = "[[fact]] # a question that only this plan asks";
    let second = "[[criterion]]\nid = \"Heart Failure\"\nservice = \"medically-tailored-meals\"\nkind = \"inclusion\"\n\
                  when = \"clinical.nutrition-sensitive-condition is yes\"\ntext = { en = \"Has heart failure.\", es = \"Has heart failure.\" }\n\
                  source = \"policy\"\nfrom = 2026-01-01\n\n";
    let desk = Desk::of_rules(&[
        (fridge, &format!("{second}{fridge}")),
        ("units = 168", "units = 0"),
        ("phone = \"+15550100600\"", "phone = \"call us\""),
        ("email = \"care@mesa-clara.example\"", "email = \"care desk\""),
        ("[[delegate]]\nid = \"north-fork\"", "[[delegate]]\nid = \"north-fork\""),
    ]);
    let told = desk.checked();
    assert!(told.starts_with("plan.toml: nothing is wrong\n"), "{told}");
    for warning in [
        "`text.es` is the English",
        "[sources] has no `policy`",
        "the id `Heart Failure` holds more than a name needs",
        "a member must meet both `mc.meals.need` and `Heart Failure`: all criteria of a service must hold; fix: if either is enough",
        "`units` of medically-tailored-meals is 0",
        "`call us` is no telephone number",
        "`care desk` is no mail address",
    ] {
        let line = told.lines().find(|line| line.contains(warning));
        let line = line.unwrap_or_else(|| panic!("nowhere stands {warning}:\n{told}"));
        assert!(line.starts_with("plan.toml:") && line.contains(": warning: "), "{line}");
    }
    let report = desk.json(&["plugin", "from-rules", "--check", "--json", "plan.toml"]);
    let doubts =
        report["warnings"].as_array().expect("a list").iter().filter(|warning| warning["code"] == "doubt");
    assert_eq!(doubts.count(), 7, "{report:#}");

    // A criterion that is decided apart, where nothing is turned elsewhere.
    let page = Desk::of_rules(&[]).read("plan.toml");
    let (before, rest) = page.split_once("[[delegate]]").expect("it has a delegate");
    let (_, after) = rest.split_once("[[contact]]").expect("contacts follow");
    let desk = Desk::new();
    desk.write("plan.toml", &format!("{before}[[contact]]{after}"));
    assert!(desk.checked().contains("warning: nothing decides `mc.delegate`"), "{}", desk.checked());
}

/// The example that the documentation shows is without doubts.
#[test]
fn a_good_rules_file_is_told_nothing_of_the_kind() {
    let told = Desk::of_rules(&[]).checked();
    assert!(!told.contains(": warning: "), "{told}");
}

#[test]
fn one_case_is_answered_in_words() {
    let desk = Desk::new();
    desk.succeed(&["plugin", "new", "los-alisos", "--lang", "rules", "--dir", "."]);
    let accepted = desk.succeed(&["plugin", "try", "cases/referral.json", "1"]);
    for words in [
        "food can be kept cold: accepted (triage)",
        "Accepted.",
        "met      los-alisos.keeps-food-cold  Holds: ",
    ] {
        assert!(accepted.contains(words), "{accepted}");
    }
    let waits = desk.succeed(&["plugin", "try", "cases/referral.json", "--plugin", "plan.toml", "2"]);
    assert!(
        waits.contains(
            "It waits for:\n  fact plan.los-alisos.can-keep-food-cold: Can the member keep food cold at home?"
        ),
        "{waits}"
    );
    let which = desk.run(&["plugin", "try", "cases/referral.json"]);
    assert!(!which.status.success() && said(&which).contains("\n  2 not known whether"), "{}", said(&which));

    // What does not come out as its author expects is said, and is a failure.
    let cases = desk.read("cases/referral.json").replace("\"accepted\"", "\"not-eligible\"");
    desk.write("cases/referral.json", &cases);
    let other = desk.run(&["plugin", "try", "cases/referral.json", "1"]);
    assert_eq!(other.status.code(), Some(1));
    assert!(said(&other).contains("kind: expected \"not-eligible\", found \"accepted\""), "{}", said(&other));
    // And what never could is no case.
    desk.write("cases/referral.json", &cases.replace("not-eligible", "denied"));
    let never = said(&desk.run(&["plugin", "try", "cases/referral.json", "1"]));
    assert!(
        never.contains("`triage` is never answered with kind \"denied\"; it is one of: accepted, redirected"),
        "{never}"
    );
}

/// A mistake in a language: where the source is changed, into what, and the words that name it.
type Mistake<'a> = (&'a str, &'a str, &'a [&'a str]);

/// Makes each mistake in a new plugin of the language, and has its cases run natively.
#[track_caller]
fn mistakes_are_named(language: &str, source: &str, mistakes: &[Mistake<'_>]) {
    let test = format!("author::mistakes_in_{language}");
    let Some(desk) = Desk::of_language(language, &test) else { return };
    let good = desk.read(source);
    for (from, to, wanted) in mistakes {
        assert!(good.contains(from), "{source} has no {from}");
        desk.write(source, &good.replacen(from, to, 1));
        let output = desk.run(&["plugin", "test", "--native", ".", "cases/referral.json"]);
        let told = said(&output);
        for words in *wanted {
            assert!(told.contains(words), "{to}: nowhere stands {words}:\n{told}");
        }
        assert!(!told.contains("unreachable") && !told.contains("node:internal"), "{told}");
        let is_warning = wanted.iter().any(|words| words.starts_with("warning: "));
        assert_eq!(output.status.success(), is_warning, "{to}: {told}");
    }
}

const JS_TRIAGE: &str = "triage: (request, context) => PLAN.triage(request, context)";

#[test]
fn mistakes_in_javascript_are_named_by_file_and_line() {
    let mistakes: &[Mistake<'_>] = &[
        (
            "yes(CAN_KEEP_FOOD_COLD)",
            "yes(\"clinical.keeps-food-cold\")",
            &[
                "criterion `los-alisos.keeps-food-cold` reads `clinical.keeps-food-cold`, which is no fact of the dictionary",
                "crosswalk plugin facts",
            ],
        ),
        (
            "      \"El miembro puede mantener fríos los alimentos que recibe.\",\n",
            "",
            &[
                "plugin.js:15:5: TypeError: text(en, es): the Spanish is missing beside \"The member can keep delivered food cold.\"",
            ],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => request.nothing.more",
            &["plugin.js:64:", "TypeError: Cannot read properties of undefined (reading 'more')"],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => { for (;;); }",
            &["found \"fault\" (triage did not answer before its deadline; fix: look there for a loop"],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => ({ ...PLAN.triage(request, context), notes: Array(200_000).fill(\"x\") })",
            &["triage().notes: the answer has 200000 notes; 200 are allowed"],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => ({ disposition: { tag: \"accepted\" }, findings: [{ criterion: \"los-alisos.pantry\", outcome: \"met\", evidence: [], reason: text(\"Yes.\", \"Sí.\") }], notes: [] })",
            &[
                "the answer names criterion `los-alisos.pantry`, which the profile does not declare. Fix: add it",
            ],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => ({ ...PLAN.triage(request, context), disposition: { tag: \"approved\" } })",
            &[
                "triage().disposition.tag must be one of accepted, redirected, needs-more, not-eligible, got \"approved\"",
            ],
        ),
        ("claims: { form", "claims: : { form", &["plugin.js:49:11: SyntaxError: Unexpected token ':'"]),
        (
            "stateRules(\"los-alisos\"",
            "stateRule5(\"los-alisos\"",
            &["plugin.js:34:10: ReferenceError: stateRule5 is not defined"],
        ),
        (
            "turnArounds:",
            "turnarounds:",
            &["new Plan: there is no field turnarounds; did you mean turnArounds?"],
        ),
        (
            "yes(CAN_KEEP_FOOD_COLD)",
            "atLeast(CAN_KEEP_FOOD_COLD, \"3\")",
            &["ReferenceError: atLeast is not defined"],
        ),
        (
            "{ workflow: \"referral\", mode: \"decides\" }",
            "{ workflow: \"referral\", mode: \"decides\" }, { workflow: \"authorization\", mode: \"decides\" }",
            &[
                "warning: profile/modes/1: `authorization` is declared as decided by rules but not exported: people will decide it",
            ],
        ),
        (
            "modes: [{ workflow: \"referral\", mode: \"decides\" }]",
            "modes: []",
            &["warning: referral: `referral` is exported, and no mode lets it decide or advise"],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => { if (request.id === \"never\") console.log(new Date()); return PLAN.triage(request, context); }",
            &[
                "warning: plugin.js:64:",
                "a plugin has no clock: use context.today or context.asOf",
                "nobody reads a plugin's console",
            ],
        ),
        (
            JS_TRIAGE,
            "triage: (request, context) => { new Date(); return PLAN.triage(request, context); }",
            &["found \"internal\" (plugin.js:64:", "a plugin has no clock"],
        ),
        (
            "const COUNTIES = [\"SRV\"]",
            "const COUNTIES = [\"San Ravel\"]",
            &["`San Ravel` is not a county code", "crosswalk plugin counties"],
        ),
        ("referral = {", "referal = {", &["it does not export referral"]),
    ];
    mistakes_are_named("js", "plugin.js", mistakes);
}

const PY_TRIAGE: &str = "return PLAN.triage(request, context)";

#[test]
fn mistakes_in_python_are_named_by_file_and_line() {
    let mistakes: &[Mistake<'_>] = &[
        (
            "            \"El miembro puede mantener fríos los alimentos que recibe.\",\n",
            "",
            &["plugin.py:31: TypeError: text() missing 1 required positional argument: 'es'"],
        ),
        (
            PY_TRIAGE,
            "return request.nothing.more",
            &["(plugin.py:82: AttributeError: 'ReferralRequest' object has no attribute 'nothing'"],
        ),
        (PY_TRIAGE, "raise SystemExit(3)", &["(plugin.py:82: SystemExit: 3"]),
        (
            PY_TRIAGE,
            "return TriageResult(\"accepted\", [], [])",
            &["triage().disposition must be one of Disposition_Accepted, "],
        ),
        (
            PY_TRIAGE,
            "return TriageResult(PLAN.triage(request, context).disposition, [], [\"x\"] * 200_000)",
            &["triage().notes: the answer has 200000 notes; 200 are allowed"],
        ),
        ("    turn_arounds=[", "    turn_arounds=: [", &["plugin.py:65:18: SyntaxError: "]),
        (
            "turn_arounds=[",
            "turnarounds=[",
            &["plugin.py:40: TypeError: ", "unexpected keyword argument 'turnarounds'"],
        ),
        (
            PY_TRIAGE,
            "import time; print(time.time()) if request.id == \"never\" else None; return PLAN.triage(request, context)",
            &[
                "warning: plugin.py:82:",
                "a plugin has no clock: use context.today or context.as_of",
                "nobody reads a plugin's output",
            ],
        ),
        (
            "ClaimRoute(ClaimForm.INVOICE, \"LOSALISOS\", 180)",
            "ClaimRoute(ClaimForm.INVOICE, \"LOSALISOS\", 18.5)",
            &["describe().claims.filing_days must be a whole number from 0 to 65535, got 18.5"],
        ),
        ("    def triage(", "    def triag(", &["the class Referral has no function triage"]),
    ];
    mistakes_are_named("python", "plugin.py", mistakes);
}

/// Each row: a language, its plugin, the import and the test that are changed, and the names of two tests. A
/// measure is text in the dictionary's unit; a number, and a test that counts, are refused where they are
/// written.
#[test]
fn a_measure_is_text_in_its_unit_in_each_language() {
    let rows = [
        (
            "js",
            "plugin.js",
            "import { Plan, elected,",
            "import { Plan, atLeast, measures, elected,",
            "atLeast",
        ),
        (
            "python",
            "plugin.py",
            "from crosswalk_plan import Elected, Plan,",
            "from crosswalk_plan import Elected, Plan, at_least, measures,",
            "at_least",
        ),
    ];
    for (language, source, import, with_tests, counts) in rows {
        let test = "author::a_measure_is_text_in_its_unit_in_each_language";
        let Some(desk) = Desk::of_language(language, test) else { continue };
        let good = desk.read(source);
        assert!(good.contains(import) && good.contains("yes(CAN_KEEP_FOOD_COLD)"), "{language}");
        let write = |test: &str| {
            let changed = good.replacen(import, with_tests, 1).replacen("yes(CAN_KEEP_FOOD_COLD)", test, 1);
            desk.write(source, &changed);
        };
        let not_text = "write the measure as text in the dictionary's unit, with at most three decimals";
        for (test, words) in [
            ("measures(\"clinical.hba1c\", 9.0)", not_text),
            ("measures(\"clinical.hba1c\", 9)", not_text),
            ("measures(\"clinical.hba1c\", \"9.0005\")", not_text),
            (&*format!("{counts}(\"clinical.hba1c\", 9)"), "clinical.hba1c is a measure, and"),
            ("measures(CAN_KEEP_FOOD_COLD, \"9.0\")", "measures tests a measure"),
        ] {
            write(test);
            let told = said(&desk.run(&["plugin", "test", "--native", ".", "cases/referral.json"]));
            assert!(told.contains(words) && told.contains(source), "{test}: nowhere stands {words}:\n{told}");
        }
        write("measures(\"clinical.hba1c\", \"9.0\")");
        for (thousandths, outcome) in [(8_999, "not-met"), (9_000, "met"), (9_001, "met")] {
            let mut case = referral(&KNOWN[0]);
            case["request"]["facts"] = json!([{
                "code": "clinical.hba1c", "value": { "measure": thousandths }, "source": "referrer", "as_of": "2026-03-01",
            }]);
            desk.write("case.json", &json!({ "cases": [case] }).to_string());
            let answer = desk.json(&["plugin", "try", "--json", "case.json"]);
            let findings = answer.pointer("/ending/answer/triage/findings").and_then(Value::as_array);
            let findings = findings.unwrap_or_else(|| panic!("it answered: {answer:#}"));
            let found = findings.iter().find(|one| text(one, "/criterion") == "los-alisos.keeps-food-cold");
            assert_eq!(found.map(|one| text(one, "/outcome")), Some(outcome), "{language}: {thousandths}");
        }
    }
}

/// The fast loop: the same cases without building anything.
#[test]
fn cases_run_natively_within_two_seconds() {
    for language in ["js", "python"] {
        let Some(desk) = Desk::of_language(language, "author::cases_run_natively_within_two_seconds") else {
            continue;
        };
        // Once in a few tries, since the machine has other things to do.
        let in_time = (0..10).any(|_| {
            let started = Instant::now();
            let told = desk.succeed(&["plugin", "test", "--native", ".", "cases/referral.json"]);
            assert!(told.contains("los-alisos 1.0.0: 2 of 2 example cases hold"), "{told}");
            started.elapsed() < Duration::from_secs(2)
        });
        assert!(in_time, "{language}");
        let words = desk.succeed(&["plugin", "try", "cases/referral.json", "1"]);
        assert!(words.contains("Accepted."), "{words}");

        // The sample plan's twin holds the cases that the plan holds in Rust.
        let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/plans");
        let own = plans.join(format!("silver-oak-{language}"));
        let copied = Command::new("cp").arg("-r").arg(own.join(".")).arg(desk.folder.path()).status();
        assert!(copied.is_ok_and(|status| status.success()));
        let cases = plans.join("silver-oak/cases");
        let mut test = desk.command(&["plugin", "test", "--native", "--json", "."]);
        for name in ["referral", "authorization", "credentialing"] {
            test.arg(cases.join(name).with_extension("json"));
        }
        let output = test.output().expect("the program can be run");
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!((&report["examples"]["broken"], &report["ok"]), (&json!([]), &json!(true)), "{report:#}");
        assert_eq!((&report["uses"], &report["warnings"]), (&json!([]), &json!([])), "{report:#}");
    }
}

/// Mistakes that a build would find after minutes are said before it.
#[test]
fn what_is_wrong_is_said_before_anything_is_built() {
    let Some(desk) = Desk::of_language("js", "author::what_is_wrong_is_said_before_anything_is_built") else {
        return;
    };
    // As if the tool that makes components were installed; it is never reached.
    desk.write("node_modules/@bytecodealliance/componentize-js/package.json", "{}");
    let (world, plugin) = (desk.read("wit/world.wit"), desk.read("plugin.js"));
    let table: [(&str, String, &str); 5] = [
        (
            "wit/world.wit",
            world.replace("referral@1.0.0", "referral@1.1.0"),
            "wit/world.wit:7: there is no contract crosswalk:plan@1.1.0 here\n  fix: write crosswalk:plan/referral@1.0.0",
        ),
        (
            "wit/world.wit",
            world.replace("plan/referral", "plan/referal"),
            "wit/world.wit:7: the contract has no interface `referal`\n  fix: did you mean `referral`?",
        ),
        (
            "plugin.js",
            plugin.replace("export const referral", "const referral"),
            "plugin.js exports no `referral`, which wit/world.wit:7 names",
        ),
        (
            "wit/world.wit",
            world.replace("    export crosswalk:plan/referral@1.0.0;\n", ""),
            "plugin.js exports `referral`, which wit/world.wit does not name: people would decide it",
        ),
        (
            "plugin.js",
            plugin.replace("import { Plan,", "import { : Plan,"),
            "plugin.js:3:10: SyntaxError: Unexpected token ':'",
        ),
    ];
    for (file, changed, words) in table {
        let before = desk.read(file);
        assert_ne!(before, changed, "{words}");
        desk.write(file, &changed);
        let built = desk.run(&["plugin", "build", "."]);
        assert!(
            !built.status.success() && said(&built).contains(words),
            "nowhere stands {words}:\n{}",
            said(&built)
        );
        assert!(!desk.folder.path().join("build/guest.js").exists(), "nothing was begun");
        desk.write(file, &before);
    }
}

#[test]
fn the_target_is_looked_for_before_anything_is_compiled() {
    let desk = Desk::new();
    desk.succeed(&["plugin", "new", "los-alisos", "--dir", "plan"]);
    // A compiler without the target, and a cargo that would tell if it were asked to compile.
    let folder = desk.folder.path().canonicalize().expect("it is there");
    let metadata = json!({
        "target_directory": folder.join("target"),
        "packages": [{
            "name": "los-alisos", "manifest_path": folder.join("plan/Cargo.toml"),
            "targets": [{ "name": "los_alisos", "crate_types": ["cdylib"] }],
        }],
    });
    desk.write("bin/rustc", "#!/bin/sh\necho /nowhere/at/all\n");
    desk.write(
        "bin/cargo",
        &format!(
            "#!/bin/sh\n[ \"$1\" = metadata ] && echo '{metadata}' && exit\ntouch '{}'\nexit 1\n",
            folder.join("compiled-it").display()
        ),
    );
    for tool in ["bin/rustc", "bin/cargo"] {
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.join(tool), executable).expect("it can be made a program");
    }
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    let built = desk
        .command(&["plugin", "build", "plan"])
        .env("PATH", path)
        .env_remove("CARGO_UNSTABLE_BUILD_STD")
        .output();
    let built = built.expect("the program can be run");
    assert!(said(&built).contains("fix: rustup target add wasm32-unknown-unknown"), "{}", said(&built));
    assert!(!folder.join("compiled-it").exists(), "it was compiled all the same");
}

#[test]
fn the_dictionary_is_listed() {
    let desk = Desk::new();
    for (list, code) in [
        ("facts", "housing.status"),
        ("documents", "provider-order"),
        ("services", "medically-tailored-meals"),
        ("procedures", "S5170 U6"),
        ("criteria", "PREFIX.coverage"),
        ("counties", "ALA"),
    ] {
        let shown = desk.succeed(&["plugin", list]);
        assert!(shown.lines().any(|line| line.starts_with(code)), "{list}: {shown}");
        let data = desk.json(&["plugin", list, "--json"]);
        let data = data.as_array().expect("a list");
        assert_eq!(data.len(), shown.lines().count(), "{list}: a line for each");
        assert!(data.iter().all(|one| one.is_object()), "{list}");
        // A word narrows it, whatever its case.
        let narrowed = desk.succeed(&["plugin", list, &code.to_uppercase()]);
        assert!(
            narrowed.lines().count() <= shown.lines().count() && narrowed.contains(code),
            "{list}: {narrowed}"
        );
        let none = desk.run(&["plugin", list, "quixotic-windmill"]);
        assert!(
            !none.status.success() && said(&none).contains("without a word lists all"),
            "{list}: {}",
            said(&none)
        );
    }
    let near = desk.run(&["plugin", "facts", "housing.statsu"]);
    assert!(said(&near).contains("did you mean `housing.status`?"), "{}", said(&near));
    let facts = desk.json(&["plugin", "facts", "hba1c", "--json"]);
    assert_eq!((text(&facts[0], "/kind"), facts[0]["unit"].is_string()), ("measure", true), "{facts:#}");
}

/// Whoever has seen enough closes the pipe, as `head` does.
#[test]
fn a_closed_pipe_ends_quietly() {
    let desk = Desk::new();
    let silver_oak = folder_of_plugins().join("silver-oak.wasm");
    let silver_oak = silver_oak.to_str().expect("UTF-8");
    for arguments in [&["openapi"][..], &["plugin", "facts", "--json"], &["plugin", "describe", silver_oak]] {
        let mut child =
            desk.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut first = String::new();
        let mut out = BufReader::with_capacity(1, child.stdout.take().expect("it is piped"));
        out.read_line(&mut first).expect("it says something");
        drop(out);
        let ended = child.wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success() && !told.contains("panicked"), "{arguments:?}: {told}");
    }
}

#[test]
fn a_version_is_pushed_signed_and_looked_at() {
    let county = County::shared(Database::Sqlite);
    let desk = Desk::of_rules(&[("id = \"mesa-clara\"", "id = \"costa-alta\"")]);
    let own = desk.read("plan.toml").replace("plan.mesa-clara.", "plan.costa-alta.");
    desk.write("plan.toml", &own);
    desk.succeed(&["plugin", "from-rules", "--out", "plan.wasm", "plan.toml"]);
    desk.write("plan.key", &county.plan("costa-alta").admin);
    let to_host = |arguments: &[&str]| {
        let mut command = desk.command(&[&["plugin"], arguments].concat());
        command.args(["--plan", "costa-alta", "--server", &county.server.address, "--key-file", "plan.key"]);
        command
    };
    let at_host = |arguments: &[&str]| to_host(arguments).output().expect("the program can be run");
    let pushed = at_host(&["push", "plan.wasm"]);
    let told = String::from_utf8_lossy(&pushed.stdout).into_owned();
    assert!(pushed.status.success(), "{}", said(&pushed));
    assert!(told.starts_with("costa-alta 1.0.0 is at the host"), "{told}");
    assert!(
        told.contains("decides nothing until it is activated") && told.contains("  tier      compiled"),
        "{told}"
    );
    let record: Value =
        serde_json::from_slice(&at_host(&["push", "--json", "plan.wasm"]).stdout).expect("it is JSON");
    assert_eq!((text(&record, "/plan"), text(&record, "/state")), ("costa-alta", "compiled"), "{record:#}");

    // Whoever reads none of it is told nothing of a pipe.
    for arguments in [&["push", "plan.wasm"][..], &["push", "--json", "plan.wasm"]] {
        let mut command = to_host(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().expect("it ends");
        assert!(ended.status.success() && ended.stderr.is_empty(), "{arguments:?}: {}", said(&ended));
    }

    // What decides is told first, and the plugin after it.
    let status = at_host(&["status", "plan.wasm"]);
    let told = String::from_utf8_lossy(&status.stdout).into_owned();
    let first = told.lines().next().unwrap_or_default();
    assert!(first.starts_with("today costa-alta decides with 1.0.0, in force since 20"), "{told}");
    assert!(told.contains("\n1.0.0 is compiled\n"), "{told}");
    let alone = at_host(&["status"]);
    assert_eq!(String::from_utf8_lossy(&alone.stdout).lines().count(), 1, "{}", said(&alone));

    let sign =
        |more: &[&str]| at_host(&[&["sign", "plan.wasm", "--signing-key", "release.key"], more].concat());
    let unknown = sign(&["--new-key"]);
    assert!(said(&unknown).contains("--register"), "{}", said(&unknown));
    let mode =
        fs::metadata(desk.folder.path().join("release.key")).expect("it was made").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "a signing key is its owner's");
    assert!(!sign(&["--new-key"]).status.success(), "no key is overwritten");
    let signed = sign(&["--register", "release process"]);
    assert!(said(&signed).contains("costa-alta 1.0.0 is signed with sgn_"), "{}", said(&signed));
    let path = format!("/v1/plugins/{}", text(&record, "/digest"));
    let kept = county.client().read(&county.plan("costa-alta").admin, &path);
    assert!(text(&kept, "/signature/key").starts_with("sgn_"), "{kept:#}");
    assert!(sign(&[]).status.success(), "the key is known now");
}

/// On a terminal, a push says how far the host is; what it says goes over itself, and is not in a file.
#[test]
fn a_push_shows_how_far_it_is() {
    const TEST: &str = "author::a_push_shows_how_far_it_is";
    if Command::new("script").arg("--version").output().is_err() {
        return skip(TEST, "there is no `script` to make a terminal with");
    }
    let settings = [("CROSSWALK_COMPILE_WAIT_MS", "1"), ("CROSSWALK_COMPILE_SECONDS", "600")];
    let county = County::of(Server::start_with(Database::Sqlite, &settings), &["costa-alta"]);
    let desk = Desk::new();
    desk.write("plan.key", &county.plan("costa-alta").admin);
    fs::write(desk.folder.path().join("plan.wasm"), long_to_compile()).expect("it can be written");
    let push = format!(
        "'{}' plugin push plan.wasm --plan costa-alta --server {} --key-file plan.key",
        binary().display(),
        county.server.address
    );
    let shown = desk.folder.path().join("shown");
    let mut command = Command::new("script");
    command.args(["-q", "-f", "-e", "-c", &push]).arg(&shown).current_dir(desk.folder.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut terminal = command.spawn().expect("it was there a moment ago");
    until("the push to say how far it is", || {
        let shown = fs::read(&shown).unwrap_or_default();
        let shown = String::from_utf8_lossy(&shown).into_owned();
        (shown.contains("\r\u{1b}[K") && shown.contains("compil")).then_some(())
    });
    // The terminal goes, and the push with it.
    terminal.kill().expect("it runs");
    terminal.wait().expect("it is our child");
}

#[test]
fn slips_at_the_host_are_named() {
    let county = County::shared(Database::Sqlite);
    let desk = Desk::new();
    desk.write("plan.key", &county.plan("costa-alta").admin);
    let at = |server: &str, plan: &str, plugin: &str| {
        let arguments =
            ["plugin", "status", plugin, "--server", server, "--plan", plan, "--key-file", "plan.key"];
        said(&desk.run(&arguments))
    };
    let own = &county.server.address;
    let none = "0".repeat(64);
    let table = [
        (at("127.0.0.1:8080", "costa-alta", &none), "http:// is missing: write http://127.0.0.1:8080"),
        (
            at("crosswalk.example", "costa-alta", &none),
            "https:// is missing: write https://crosswalk.example",
        ),
        (
            at(own, "costa-alta", "deadbeef"),
            "`deadbeef` is neither a file nor a digest: a digest has 64 hexadecimal digits, this 8",
        ),
        (
            at(own, "costa-alta", &none),
            "has no such thing for this key\n  fix: look at --plan (costa-alta) and at --key-file",
        ),
        (at(own, "nowhere", &none), "this key sees no plan `nowhere`"),
    ];
    for (told, words) in table {
        assert!(told.contains(words), "nowhere stands {words}:\n{told}");
        assert!(!told.contains(&county.plan("costa-alta").admin), "the key is nobody's to read");
    }
}

/// The API's refusals name the nearest codes, and never what was sent.
#[test]
fn an_unknown_fact_is_answered_with_the_nearest_codes() {
    let county = County::shared(Database::Sqlite);
    let sent = |code: &str| {
        let body = json!({
            "member": county.person("valle-vista").named(), "service": "ecm",
            "facts": [{ "code": code, "value": true }],
        });
        let request = Request::post("/v1/referrals", &body).by(county.key_of("open-door"));
        let answer = county.client().send(&request);
        assert_eq!(
            (answer.status, text(&answer.json, "/errors/0/code")),
            (422, "unknown-fact"),
            "{}",
            answer.json
        );
        text(&answer.json, "/errors/0/fix").to_owned()
    };
    assert!(sent("housing.statsu").ends_with("; near: housing.status"), "{}", sent("housing.statsu"));
    assert!(sent("hba1c").ends_with("; near: clinical.hba1c"), "{}", sent("hba1c"));
    assert!(!sent("quixotic.windmill").contains("near"), "{}", sent("quixotic.windmill"));
}
