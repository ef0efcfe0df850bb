//! Rules files: the documented example is good, and each way of breaking it is shown at its line and column.

use std::fmt::Write;

use domain::plan::types::Workflow;
use expect_test::expect;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rulebook::Rules;

const TODAY: Date = date(2026, 3, 2);

/// The example of the documentation.
fn example() -> &'static str {
    let page = include_str!("../../../docs/rules-file.md");
    let (_, rest) = page.split_once("```toml\n").expect("the page has an example");
    rest.split_once("```").expect("the example ends").0
}

fn told(text: &str) -> String {
    match Rules::read(text, TODAY) {
        Ok(_) => "nothing is wrong\n".to_owned(),
        Err(problems) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
    }
}

#[test]
fn the_documented_example_is_good() {
    let rules = Rules::read(example(), TODAY).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(rules.profile().plan_id, "mesa-clara");
    let automated: Vec<Workflow> = rules.automated().collect();
    use Workflow::*;
    assert_eq!(automated, [Referral, Authorization, Billing, Credentialing]);
    let own = rules.profile().criteria.iter().find(|criterion| criterion.id == "mc.meals.need");
    let own = own.expect("the plan's own criterion is declared");
    assert_eq!(own.facts, ["clinical.hba1c", "clinical.malnutrition-score"]);
}

#[test]
fn the_sample_plan_is_good() {
    assert_eq!(told(include_str!("../../../plugins/plans/harbor-crest/plan.toml")), "nothing is wrong\n");
}

/// Each line of the table changes one thing of the example.
#[test]
fn each_mistake_is_shown_where_it_is() {
    let meals = "clinical.hba1c >= 9.0 or (clinical.malnutrition-score >= 3 and age >= 18)";
    let mistakes = [
        ("a fact that nobody knows", meals, "clinical.hba1x >= 9.0"),
        ("a code that the fact lacks", meals, "housing.status is homeles-sheltered"),
        ("a number for a yes or no", meals, "consent.member-agrees >= 1"),
        ("a yes for a number", meals, "clinical.malnutrition-score is yes"),
        ("a fraction for a whole number", meals, "clinical.malnutrition-score >= 3.5"),
        ("too many decimals", meals, "clinical.hba1c >= 9.0001"),
        ("a kind of document that nobody knows", meals, "document passport-photo"),
        ("and beside or", meals, "clinical.hba1c >= 9.0 or age >= 18 and age < 65"),
        ("a parenthesis left open", meals, "(clinical.hba1c >= 9.0"),
        ("a condition cut off", meals, "clinical.hba1c >="),
        ("two conditions not joined", meals, "age >= 18 age < 65"),
        ("a condition left empty", meals, ""),
        ("no Spanish", "text.es = \"El plan mismo decide por el miembro.\"\n", ""),
        ("no Spanish words", "El plan mismo decide por el miembro.", " "),
        ("days upside down", "to = 2026-12-31", "to = 2025-12-31"),
        ("a day that there is not", "to = 2026-12-31", "to = 2026-13-31"),
        ("a day in quotes", "to = 2026-12-31", "to = \"2026-12-31\""),
        (
            "a service that nobody knows",
            "services = [\"ecm\", \"medically-tailored-meals\"]",
            "services = [\"ecm\", \"medically-tailored-meal\"]",
        ),
        (
            "a criterion for what is not offered",
            "id = \"mc.meals.need\"\nservice = \"medically-tailored-meals\"",
            "id = \"mc.meals.need\"\nservice = \"respite\"",
        ),
        ("a county that is not served", "counties = [\"SRV\"]\nfrom", "counties = [\"LDM\"]\nfrom"),
        ("an id twice", "id = \"mc.meals.cold\"", "id = \"mc.meals.need\""),
        ("a rate without an amount", "amount = \"98.50\", ", ""),
        ("an amount as a fraction", "amount = \"98.50\"", "amount = 98.50"),
        ("a procedure of another service", "procedure = \"G9008 U1\"", "procedure = \"S5170 U6\""),
        ("a procedure that the catalog lacks", "procedure = \"G9008 U1\"", "procedure = \"G9008 U7\""),
        ("no procedure at all", "procedure = \"G9008 U1\"", "procedure = \"visit\""),
        ("a payment model that there is not", "model = \"per-diem\"", "model = \"per-day\""),
        ("a window shorter than the state's", "days = 30", "days = 14"),
        ("a population that nobody knows", "population = \"homelessness\"", "population = \"homeless\""),
        ("a kind of provider that nobody knows", "[\"street-medicine\"]", "[\"street\"]"),
        ("a promise longer than the state's clock", "5 business days", "9 business days"),
        ("a promise of no length", "5 business days", "soon"),
        ("too short a time to file", "filing-days = 180", "filing-days = 30"),
        ("no six months", "room-and-board-days = 182", "room-and-board-days = 120"),
        ("an answer that does not fit", "answer = \">= 2\"", "answer = \"yes\""),
        (
            "an answer without a fact",
            "document = \"liability-certificate\"",
            "document = \"liability-certificate\"\nanswer = \"yes\"",
        ),
        ("a criterion that is not declared", "criterion = \"mc.delegate\"", "criterion = \"mc.delegates\""),
        ("a criterion that nobody decides", "stage = \"apart\"\n", ""),
        (
            "a redirection for need",
            "kind = \"administrative\"\nstage = \"apart\"",
            "kind = \"exclusion\"\nstage = \"apart\"",
        ),
        ("a workflow that there is not", "[\"referral\", \"authorization\"]", "[\"referrals\"]"),
        ("a table that is not declared", "{ table = \"fee-schedule\"", "{ table = \"fees\""),
        ("a column that the table lacks", "column = \"amount\"\n", "column = \"tier\"\n"),
        ("a mode that there is not", "billing = \"advises\"", "billing = \"maybe\""),
        ("a field misspelt", "renewal-days = 84", "renewal_days = 84"),
        ("a table misspelt", "[[contact]]", "[[contacts]]"),
        ("a table missing", "[modes]", "[mode]"),
        ("another form", "format = 1", "format = 2"),
        ("codes for no coded fact", "kind = \"coded\"", "kind = \"flag\""),
        (
            "another plan's prefix",
            "code = \"plan.mesa-clara.refrigerator\"",
            "code = \"plan.other.refrigerator\"",
        ),
        ("a number too large", "window-months = 6", "window-months = 600"),
        ("no TOML", "languages = [\"en\", \"es\"]", "languages = [\"en\", \"es\""),
    ];
    let mut table = String::new();
    for (mistake, from, to) in mistakes {
        assert!(example().contains(from), "{mistake}: the example has no {from}");
        let told = told(&example().replacen(from, to, 1));
        write!(table, "{mistake}\n{told}").expect("a string takes text");
    }
    expect![[r#"
        a fact that nobody knows
        39:9: there is no fact `clinical.hba1x`; fix: did you mean `clinical.hba1c`?
        a code that the fact lacks
        39:27: `housing.status` has no code `homeles-sheltered`; fix: did you mean `homeless-sheltered`?
        a number for a yes or no
        39:9: this cannot be asked of `consent.member-agrees`, a yes or no; fix: it is asked as `consent.member-agrees is yes` or as `consent.member-agrees is no`
        a yes for a number
        39:9: this cannot be asked of `clinical.malnutrition-score`, a whole number; fix: write `clinical.malnutrition-score` with `>=`, `>`, `<=` or `<`, and a whole number
        a fraction for a whole number
        39:40: `clinical.malnutrition-score` is compared with a whole number; fix: write one, such as `5`
        too many decimals
        39:27: `clinical.hba1c` is compared with a number of at most three decimals; fix: write one, such as `9.0`
        a kind of document that nobody knows
        39:18: there is no kind of document `passport-photo`; fix: use one of those that `crosswalk plugin documents` lists
        and beside or
        39:44: `and` stands beside `or`: it could mean two things; fix: put parentheses around the tests that belong together
        a parenthesis left open
        39:31: a parenthesis is still open here; fix: close it with `)`
        a condition cut off
        39:26: `clinical.hba1c` is compared with a number of at most three decimals; fix: write one, such as `9.0`
        two conditions not joined
        39:19: `age` is not expected here: the test before it has ended; fix: join tests with `and` or with `or`
        a condition left empty
        39:8: `when` is empty; fix: write something into it
        no Spanish
        61:1: `text.es` is missing; fix: add `text.es`, in quotes
        no Spanish words
        62:11: `text.es` is empty; fix: write something into it
        days upside down
        32:6: it ends before it begins; fix: put the first day first
        a day that there is not
        32:6: this is no TOML: invalid date, expected month between 01 and 12; fix: correct this first; toml.io shows how
        a day in quotes
        32:6: `to` is a string; fix: write a day without quotes, such as 2026-01-31
        a service that nobody knows
        25:20: the catalog has no service `medically-tailored-meal`; fix: did you mean `medically-tailored-meals`?
        a criterion for what is not offered
        37:11: the plan does not offer `respite`; fix: offer it under [[election]], or take this away
        a county that is not served
        30:13: the plan does not serve this county; fix: add it to counties or drop the election
        an id twice
        46:6: the id `mc.meals.need` is used twice; fix: give each entry an id of its own
        a rate without an amount
        100:5: `amount` is missing; fix: add `amount`, dollars and cents in quotes, such as "103.90"
        an amount as a fraction
        100:99: `amount` is a float; fix: write dollars and cents in quotes, such as "103.90"
        a procedure of another service
        100:51: `S5170 U6` is a procedure of medically-tailored-meals, not of `ecm`; fix: ecm has G9008 U1, G9008 GQ U1, G9012 U2, G9012 GQ U2, G9008 U8, G9008 GQ U8, G9012 U8, G9012 GQ U8
        a procedure that the catalog lacks
        100:51: the catalog has no `G9008 U7` on those days; fix: ecm has G9008 U1, G9008 GQ U1, G9012 U2, G9012 GQ U2, G9008 U8, G9008 GQ U8, G9012 U8, G9012 GQ U8
        no procedure at all
        100:51: procedure code must be a letter and four digits; fix: write the code and its modifiers, such as G9008 U1 GQ
        a payment model that there is not
        103:86: `model` cannot be `per-day`; fix: use one of fee-for-service, monthly, case-rate, outreach, per-diem, project-cost, encounter-only
        a window shorter than the state's
        78:8: 14 days is shorter than the state's window; fix: make it at least 30 days
        a population that nobody knows
        77:14: there is no population `homeless`; fix: use one of: homelessness, avoidable-utilization, serious-mental-health-sud, incarceration-transition, ltc-risk, nursing-facility-transition, ccs, child-welfare, birth-equity, dementia
        a kind of provider that nobody knows
        79:19: there is no kind of provider `street`; fix: use one of: street-medicine, fqhc, primary-care, county-behavioral-health, behavioral-health, hospital, recuperative-care, housing-provider, justice-involved, ccs-paneled, cct-lead, child-welfare-wraparound, birth-equity-program, meals, community-based-organization, clinic, home-care
        a promise longer than the state's clock
        92:10: it is longer than the state's clock; fix: promise 5 business days or less
        a promise of no length
        92:10: `within` is not a length of time; fix: write, for example, 5 business days, 7 calendar days or 72 hours
        too short a time to file
        97:15: it is shorter than the state's filing window; fix: make it at least 90 days
        no six months
        22:23: the state's limit is six months; fix: count them as 181 to 184 days
        an answer that does not fit
        119:10: `answer` does not say which answer to `org.years-in-operation` satisfies it; fix: write, for example, answer = ">= 2", or "given"
        an answer without a fact
        109:10: there is no fact that it could answer; fix: name the fact
        a criterion that is not declared
        140:13: no criterion `mc.delegates` is decided apart for this; fix: did you mean `mc.delegate`?
        a criterion that nobody decides
        59:8: `decided-apart` is the condition of criteria of the stage `apart`, and of no others; fix: write stage = "apart" and when = "decided-apart", or neither
        139:13: no criterion `mc.delegate` is decided apart for this; fix: declare it under [[criterion]], with stage = "apart"
        a redirection for need
        140:13: `mc.delegate` is not administrative, and software may redirect for nothing else; fix: declare it as kind = "administrative", if it is that
        a workflow that there is not
        139:51: there is no workflow `referrals`; fix: use one of referral, authorization, billing, credentialing, exchange
        a table that is not declared
        98:26: there is no table `fees`; fix: declare it under [[table]]
        a column that the table lacks
        164:10: the table has no column `tier`; fix: use one of: procedure, amount
        a mode that there is not
        14:11: `billing` cannot be `maybe`; fix: use one of decides, advises, people
        a field misspelt
        83:1: `renewal-days` is missing; fix: add `renewal-days`, a whole number
        86:1: there is no field `renewal_days` here; fix: did you mean `renewal-days`?
        a table misspelt
        144:3: there is no field `contacts` here; fix: did you mean `contact`?
        a table missing
        1:1: the table [modes] is missing; fix: add [modes]
        11:2: there is no field `mode` here; fix: did you mean `modes`?
        another form
        1:10: this program reads format 1; fix: write format = 1
        codes for no coded fact
        49:48: `plan.mesa-clara.refrigerator` is yes or no; fix: it is asked as `plan.mesa-clara.refrigerator is yes` or as `plan.mesa-clara.refrigerator is no`
        69:9: `codes` belongs to a fact of kind `coded`, and to no other; fix: list the codes of a `coded` fact; take `codes` away from any other
        another plan's prefix
        49:16: there is no fact `plan.mesa-clara.refrigerator`; fix: did you mean `plan.other.refrigerator`?
        67:8: a plan's own fact must carry its prefix; fix: begin the code with plan.mesa-clara.
        a number too large
        33:44: `window-months` is not a number that is allowed; fix: write a whole number that is not too large, without quotes
        no TOML
        11:1: this is no TOML: missing comma between array elements, expected `,`; fix: correct this first; toml.io shows how
    "#]].assert_eq(&table);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = example()
        .replace("clinical.hba1c", "clinical.hba1x")
        .replace("amount = \"98.50\", ", "")
        .replace("days = 30", "days = 14")
        .replace("text.es = \"Al menos dos años de operación.\"\n", "");
    expect![[r#"
        39:9: there is no fact `clinical.hba1x`; fix: did you mean `clinical.hba1c`?
        78:8: 14 days is shorter than the state's window; fix: make it at least 30 days
        100:5: `amount` is missing; fix: add `amount`, dollars and cents in quotes, such as "103.90"
        120:1: `text.es` is missing; fix: add `text.es`, in quotes
    "#]]
    .assert_eq(&told(&text));
}

#[test]
fn columns_are_counted_in_letters() {
    let text = example().replacen("capacity = { members", "capacity = { \"ñandú\" = \"ñ\", membrs", 1);
    expect![[r#"
        33:12: `members` is missing; fix: add `members`, a whole number
        33:14: there is no field `ñandú` here; fix: take it away; known here: members, wait-list, window-months
        33:29: there is no field `membrs` here; fix: did you mean `members`?
    "#]]
    .assert_eq(&told(&text));
}

#[test]
fn an_empty_file_lacks_everything() {
    expect![[r#"
        1:1: `format` is missing; fix: add `format`, a whole number
        1:1: it is not a plan id; fix: use lower-case letters, digits and hyphens
        1:1: it is not a semantic version; fix: write it as 1.0.0
        1:1: no county; fix: name at least one
        1:1: no line of business; fix: name at least one, such as medi-cal
        1:1: the table [claims] is missing; fix: add [claims]
        1:1: the table [modes] is missing; fix: add [modes]
        1:1: the table [plan] is missing; fix: add [plan]
        1:1: the table [state-rules] is missing; fix: add [state-rules]
    "#]]
    .assert_eq(&told(""));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// A few bytes of the example are taken out, doubled or changed: it is read or refused, and always with a
    /// place that is in the file.
    #[test]
    fn nothing_that_is_written_breaks_the_reader(edits in prop::collection::vec((0usize..9_000, 0usize..40, "\\PC{0,6}"), 1..6)) {
        let mut letters: Vec<char> = example().chars().collect();
        for (at, length, new) in edits {
            let start = at.min(letters.len());
            let end = (start + length).min(letters.len());
            letters.splice(start..end, new.chars());
        }
        let text: String = letters.into_iter().collect();
        within(&text);
    }

    /// Conditions of every shape.
    #[test]
    fn no_condition_breaks_the_reader(words in prop::collection::vec(prop::sample::select(vec![
        "and", "or", "(", ")", ",", "unless", "is", "yes", "no", ">=", "<", ">", "within", "12", "months", "age", "fewer",
        "than", "days", "of", "in", "document", "w9", "housing.status", "at-risk", "consent.member-agrees",
        "clinical.hba1c", "9.0", "justice.release-date", "covered", "decided-apart", "-1", "99999999999999999999", "ñ",
    ]), 0..14)) {
        let condition = words.join(" ");
        within(&example().replace("clinical.hba1c >= 9.0 or (clinical.malnutrition-score >= 3 and age >= 18)", &condition));
    }

    #[test]
    fn no_words_break_the_reader(text in "\\PC*") {
        within(&text);
    }
}

/// Reads a file; each problem is at a place that is there.
fn within(text: &str) {
    for problem in Rules::read(text, TODAY).err().unwrap_or_default() {
        let lines = text.split('\n').count();
        assert!((1..=lines).contains(&problem.line), "{problem}");
        let line = text.split('\n').nth(problem.line - 1).unwrap_or_default();
        assert!((1..=line.chars().count() + 1).contains(&problem.column), "{problem}");
    }
}

/// Bytes that are no guest are refused, with the reason.
#[test]
fn only_a_guest_is_given_rules() {
    let rules = Rules::read(example(), TODAY).expect("the example is good");
    let module = [0, b'a', b's', b'm', 1, 0, 0, 0];
    let component = [0, b'a', b's', b'm', 13, 0, 1, 0];
    let cut = [&component[..], &[1, 200]].concat();
    let told: Vec<String> = [&b""[..], b"nothing", &module, &component, &cut]
        .into_iter()
        .map(|bytes| rules.plugin(bytes).expect_err("it is no guest").to_string())
        .collect();
    expect![[r#"
        this is no guest that rules can be put into: it is no WebAssembly component
        this is no guest that rules can be put into: it is no WebAssembly component
        this is no guest that rules can be put into: it is no WebAssembly component
        this is no guest that rules can be put into: it has no slot for rules of this program's form
        this is no guest that rules can be put into: unexpected end-of-file (at offset 0xa)"#]]
    .assert_eq(&told.join("\n"));
}
