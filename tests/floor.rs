//! The floor under every decision, whoever makes it: what kind of no it is, that less than asked is a no to
//! the rest, and what may be granted and paid at all.

use std::fmt::Write;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Server, asked, billed, facts, on_both_databases, text};
use crate::journeys::nights;

on_both_databases! {
    software_gives_the_no_that_its_criteria_bear
    what_software_cuts_is_explained_or_a_persons
    a_person_grants_within_what_was_asked_and_says_why_it_is_less
    a_licensed_person_cuts_for_medical_reasons
    a_clerk_cuts_to_what_the_plan_declares
    a_clerk_refuses_on_administrative_criteria
    a_person_pays_what_charge_and_rate_allow
    a_referral_goes_where_there_is_something
}

/// Source of the rules: H&S 1367.01(e), only a licensed person denies for medical necessity; wit/types.wit,
/// denial-kind.
fn software_gives_the_no_that_its_criteria_bear(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let mut table = String::new();
    for list in ["referrals", "authorizations"] {
        for behavior in ["denies-for-coverage", "denies-for-need", "denies-for-both"] {
            let case =
                county.submit(county.key_of("hospital"), list, &misbehaving(&county, list, behavior, 14));
            let seen = county.again(&county.plan("hostile-plan").reviewer, &case);
            assert!(case["notes"].is_null() && case["recommendation"].is_null(), "the provider sees neither");
            let _ = writeln!(
                table,
                "{list} {behavior}: {} {} {} {}; the plan sees {} {}",
                text(&case, "/state"),
                or_nobody(&case, "/decided_by"),
                or_nobody(&case, "/denial/kind"),
                case.pointer("/denial/criteria").unwrap_or(&Value::Null),
                or_nobody(&seen, "/recommendation/kind"),
                or_nobody(&seen, "/notes/0/code"),
            );
        }
    }
    expect![[r#"
        referrals denies-for-coverage: not-eligible plugin administrative ["hostile.coverage"]; the plan sees - -
        referrals denies-for-need: with-people - - null; the plan sees clinical labelled-administrative
        referrals denies-for-both: with-people - - null; the plan sees clinical labelled-administrative
        authorizations denies-for-coverage: denied plugin administrative ["hostile.coverage"]; the plan sees - -
        authorizations denies-for-need: with-people - - null; the plan sees clinical labelled-administrative
        authorizations denies-for-both: with-people - - null; the plan sees clinical labelled-administrative
    "#]]
    .assert_eq(&table);
}

/// Source of the rules: 42 CFR 438.400(b), less than asked is an adverse decision; the plan's own profile,
/// `defaults`.
fn what_software_cuts_is_explained_or_a_persons(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let mut table = String::new();
    for (behavior, asked) in [
        ("cut-90", 120),
        ("cut-89", 120),
        ("cut-3", 14),
        ("cut-14", 14),
        ("cut-for-need-3", 14),
        ("cut-for-coverage-3", 14),
    ] {
        let request = misbehaving(&county, "authorizations", behavior, asked);
        let case = county.submit(county.key_of("hospital"), "authorizations", &request);
        let seen = county.again(&county.plan("hostile-plan").reviewer, &case);
        let why = case.pointer("/why_people/code").and_then(Value::as_str).unwrap_or("-");
        let _ = writeln!(
            table,
            "{behavior} of {asked}: {} {why} {} {}; the plan sees {}",
            text(&case, "/state"),
            or_nobody(&case, "/cut/kind"),
            or_nobody(&case, "/cut/bounds/0/rule"),
            seen.pointer("/recommendation/grant/lines/0/units").unwrap_or(&Value::Null),
        );
        if behavior == "cut-90" {
            let bound = &case["cut"]["bounds"][0];
            assert_eq!((&bound["limit"], &bound["asked"]), (&json!(90), &json!(120)));
            assert!(!text(bound, "/text/en").is_empty() && !text(bound, "/text/es").is_empty());
            let last = county.timeline(county.key_of("hospital"), &case).pop().expect("it has events");
            assert_eq!(last["detail"]["cut"], json!({ "kind": "declared", "bounds": ["declared-days"] }));
        }
        if behavior == "cut-for-coverage-3" {
            assert_eq!(case["cut"]["criteria"], json!(["hostile.coverage"]));
            assert!(!text(&case, "/cut/reason/es").is_empty(), "it says why");
        }
    }
    expect![[r#"
        cut-90 of 120: partly-approved - declared declared-days; the plan sees null
        cut-89 of 120: with-people clinical-review - -; the plan sees 89
        cut-3 of 14: with-people clinical-review - -; the plan sees 3
        cut-14 of 14: approved - - -; the plan sees null
        cut-for-need-3 of 14: with-people clinical-review - -; the plan sees 3
        cut-for-coverage-3 of 14: partly-approved - administrative -; the plan sees null
    "#]]
    .assert_eq(&table);
}

/// Sixty nights of a plan that declares thirty; its rules recommend a clinical denial.
fn sixty_nights(county: &County) -> Value {
    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let case = county.submit(county.key_of("hospital"), "authorizations", &request);
    assert_eq!(case["why_people"]["code"], "clinical-review");
    case
}

/// Source of the rules: wit/authorization.wit, grant; H&S 1367.01(e); 42 CFR 438.404(a), reasons.
fn a_person_grants_within_what_was_asked_and_says_why_it_is_less(database: Database) {
    let county = County::shared(database);
    let clerk = &county.plan("silver-oak").clerk;
    let case = sixty_nights(county);
    let three = json!([asked("T2033 U6", 3, "2026-03-02", "2026-03-04")]);
    let approve = |lines: Value| json!({ "decision": "approve", "lines": lines });
    let no = |kind: &str, criteria: Option<&[&str]>| {
        let mut decision = json!({ "decision": "approve", "lines": three, "kind": kind, "reason": words() });
        if let Some(criteria) = criteria {
            decision["criteria"] = json!(criteria);
        }
        decision
    };
    let cases = [
        ("3 of 60 nights, without a word", approve(three.clone())),
        ("3 of 60, clinical, by a clerk", no("clinical", None)),
        ("3 of 60, administrative, for what was found", no("administrative", None)),
        (
            "3 of 60, administrative, for the stay's length",
            no("administrative", Some(&["so.recuperative.long-stay"])),
        ),
        ("3 of 60, for a criterion of nobody's", no("administrative", Some(&["so.invented"]))),
        (
            "9,999 units of an ECM code",
            approve(json!([asked("G9012 U2", 9_999, "2026-03-02", "2026-04-30")])),
        ),
        ("from 2030 to 2039", approve(json!([asked("T2033 U6", 3_000, "2030-01-01", "2039-12-31")]))),
        ("a day more", approve(json!([asked("T2033 U6", 61, "2026-03-02", "2026-05-01")]))),
        ("a unit more", approve(json!([asked("T2033 U6", 61, "2026-03-02", "2026-04-30")]))),
        ("a day earlier", approve(json!([asked("T2033 U6", 60, "2026-03-01", "2026-04-29")]))),
        ("more units than days", approve(json!([asked("T2033 U6", 9, "2026-03-02", "2026-03-04")]))),
        (
            "all of it, with a reason",
            json!({ "decision": "approve", "kind": "administrative", "reason": words() }),
        ),
        (
            "all of it, as a modification",
            json!({ "decision": "modify", "lines": [asked("T2033 U6", 60, "2026-03-02", "2026-04-30")] }),
        ),
    ];
    let refused = cases.map(|(what, decision)| (what, county.change(clerk, &case, "decisions", &decision)));
    check(
        &refused,
        &expect![[r#"
            3 of 60 nights, without a word: 422 /kind missing-field, /reason missing-field
            3 of 60, clinical, by a clerk: 403 not-licensed
            3 of 60, administrative, for what was found: 422 /criteria not-administrative
            3 of 60, administrative, for the stay's length: 422 /criteria not-administrative
            3 of 60, for a criterion of nobody's: 422 /criteria/0 unknown-criterion
            9,999 units of an ECM code: 422 /lines/0/procedure procedure-of-the-service-on-the-day
            from 2030 to 2039: 422 /lines/0/last days-within-what-was-asked
            a day more: 422 /lines/0/last days-within-what-was-asked
            a unit more: 422 /lines/0/units no-more-units-than-days
            a day earlier: 422 /lines/0/last days-within-what-was-asked
            more units than days: 422 /lines/0/units no-more-units-than-days
            all of it, with a reason: 422 /kind nothing-is-cut
            all of it, as a modification: 422 /decision nothing-is-cut
        "#]],
    );
    let whole = county.change(clerk, &case, "decisions", &json!({ "decision": "approve" })).with(200);
    assert_eq!(
        (&whole["state"], &whole["cut"]),
        (&json!("approved"), &Value::Null),
        "all of it takes no license"
    );
}

fn a_licensed_person_cuts_for_medical_reasons(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("silver-oak");
    let case = sixty_nights(county);
    let decision = json!({
        "decision": "approve", "lines": [asked("T2033 U6", 3, "2026-03-02", "2026-03-04")], "kind": "clinical",
        "reason": words(), "criteria": ["so.recuperative.long-stay"],
    });
    county.change(&plan.reviewer, &case, "decisions", &decision).with(200);
    let seen = county.again(county.key_of("hospital"), &case);
    assert_eq!((&seen["state"], &seen["decided_by"]), (&json!("partly-approved"), &json!("people")));
    let cut = &seen["cut"];
    assert_eq!([&cut["kind"], &cut["reviewer"]], ["clinical", plan.license]);
    assert_eq!((&cut["criteria"], &cut["bounds"]), (&json!(["so.recuperative.long-stay"]), &json!([])));
    for language in ["en", "es"] {
        let (given, own) = (text(cut, &format!("/reason/{language}")), words());
        let own = text(&own, &format!("/{language}"));
        assert!(
            given.ends_with(own) && given.len() > own.len(),
            "the criterion's words, then the reviewer's: {given}"
        );
    }
    let last = county.timeline(county.key_of("hospital"), &case).pop().expect("it has events");
    let cut = json!({ "kind": "clinical", "criteria": ["so.recuperative.long-stay"] });
    assert_eq!((&last["event"], &last["detail"]["cut"]), (&json!("approve"), &cut));
    let adverse = seen["deadlines"].as_array().expect("a list").iter();
    assert!(
        adverse.clone().any(|clock| clock["rule"] == "authorization-appeal-window"
            || clock["rule"] == "authorization-member-notice"),
        "{seen:#}"
    );
}

/// Thirty of sixty nights are what the plan's own profile declares for a first authorization: nobody judges
/// anything.
fn a_clerk_cuts_to_what_the_plan_declares(database: Database) {
    let county = County::shared(database);
    let case = sixty_nights(county);
    let approve =
        json!({ "decision": "approve", "lines": [asked("T2033 U6", 30, "2026-03-02", "2026-03-31")] });
    let decided = county.change(&county.plan("silver-oak").clerk, &case, "decisions", &approve).with(200);
    assert_eq!(decided["state"], "partly-approved");
    assert_eq!(text(&decided, "/cut/kind"), "declared");
    let bound = &decided["cut"]["bounds"][0];
    assert_eq!(
        (&bound["rule"], &bound["limit"], &bound["asked"]),
        (&json!("declared-days"), &json!(30), &json!(60))
    );
}

/// Source of the rule: wit/types.wit, denial-kind; the criteria are those of the plan's profile.
fn a_clerk_refuses_on_administrative_criteria(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("mesa-verde"), county.plan("costa-alta"));
    let person = county.person("costa-alta");
    let meals = |units: u32| {
        json!({
            "member": person.named(), "service": "medically-tailored-meals",
            "lines": [asked("S9977 U7", units, "2026-03-02", "2026-05-24")], "facts": [],
        })
    };
    let referral = json!({ "member": person.named(), "service": "medically-tailored-meals", "facts": [] });
    let claim = json!({
        "member": person.named(), "diagnoses": ["Z59.02"],
        "lines": [billed("S9977 U7", 1, "2026-03-02", "60.00")],
    });
    let mut table = String::new();
    for (list, word, request) in [
        ("referrals", "not-eligible", referral),
        ("authorizations", "deny", meals(12)),
        ("claims", "deny", claim),
    ] {
        let case = county.submit(key, list, &request);
        let no = |kind: &str, criteria: &[&str]| {
            let mut decision = json!({ "decision": word, "kind": kind, "reason": words() });
            if !criteria.is_empty() {
                decision["criteria"] = json!(criteria);
            }
            county.change(&plan.clerk, &case, "decisions", &decision)
        };
        for (what, answer) in [
            ("administrative, for nothing", no("administrative", &[])),
            ("administrative, for the condition", no("administrative", &["ca.meals.condition"])),
            ("for both", no("administrative", &["ca.elected", "ca.meals.condition"])),
            ("for another service's", no("administrative", &["ca.respite.hours"])),
            ("clinical", no("clinical", &["ca.meals.condition"])),
            ("administrative, for the election", no("administrative", &["ca.elected"])),
        ] {
            let _ = writeln!(table, "{list} {what}: {}", told(&answer));
        }
        let seen = county.again(key, &case);
        assert_eq!(
            (&seen["denial"]["kind"], &seen["denial"]["criteria"]),
            (&json!("administrative"), &json!(["ca.elected"]))
        );
        let last = county.timeline(key, &case).pop().expect("it has events");
        assert_eq!(last["detail"], json!({ "kind": "administrative", "criteria": ["ca.elected"] }));
    }
    expect![[r#"
        referrals administrative, for nothing: 422 /criteria not-administrative
        referrals administrative, for the condition: 422 /criteria not-administrative
        referrals for both: 422 /criteria not-administrative
        referrals for another service's: 422 /criteria/0 unknown-criterion
        referrals clinical: 403 not-licensed
        referrals administrative, for the election: not-eligible
        authorizations administrative, for nothing: 422 /criteria not-administrative
        authorizations administrative, for the condition: 422 /criteria not-administrative
        authorizations for both: 422 /criteria not-administrative
        authorizations for another service's: 422 /criteria/0 unknown-criterion
        authorizations clinical: 403 not-licensed
        authorizations administrative, for the election: denied
        claims administrative, for nothing: 422 /criteria not-administrative
        claims administrative, for the condition: 422 /criteria not-administrative
        claims for both: 422 /criteria not-administrative
        claims for another service's: 422 /criteria/0 unknown-criterion
        claims clinical: 403 not-licensed
        claims administrative, for the election: denied
    "#]]
    .assert_eq(&table);
}

/// Source of the rules: wit/billing.wit, payment; wit/profile.wit, payment-model; X12 external code list 139.
/// The plan pays $115.50 a day for the house; one night is billed at $210.00.
fn a_person_pays_what_charge_and_rate_allow(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("casa-puente"), county.plan("harbor-crest"));
    let case = advised_night(county);
    let pay = |amount: &str, adjustments: Value| {
        let mut line = json!({ "number": 1, "amount": amount });
        if !adjustments.is_null() {
            line["adjustments"] = adjustments;
        }
        json!({ "decision": "pay", "remittance": format!("HC-F-{amount}"), "lines": [line] })
    };
    let rest = |amount: &str| json!([{ "group": "CO", "reason": "45", "amount": amount }]);
    let odd = |key: &str, value: &str| {
        let mut adjustments = rest("110.00");
        adjustments[0][key] = json!(value);
        pay("100.00", adjustments)
    };
    let cases = [
        ("$999,999.99", pay("999999.99", Value::Null)),
        ("a cent more than the charge", pay("210.01", Value::Null)),
        ("the charge, which is more than the rate", pay("210.00", Value::Null)),
        ("a cent more than the rate", pay("115.51", rest("94.49"))),
        ("less, without a word", pay("100.00", Value::Null)),
        ("less, a cent unexplained", pay("100.00", rest("109.99"))),
        ("a group of nobody's", odd("group", "XX")),
        ("a reason of nobody's", odd("reason", "999")),
        ("a reason in the right shape", odd("reason", "ZZ1")),
        ("a remark of nobody's", odd("remark", "HELLO")),
        ("a line that was not billed", {
            let mut decision = pay("100.00", rest("110.00"));
            decision["lines"][0]["number"] = json!(2);
            decision
        }),
    ];
    let refused =
        cases.map(|(what, decision)| (what, county.change(&plan.clerk, &case, "decisions", &decision)));
    check(
        &refused,
        &expect![[r#"
            $999,999.99: 422 /lines/0/amount payment-within-the-charge
            a cent more than the charge: 422 /lines/0/amount payment-within-the-charge
            the charge, which is more than the rate: 422 /lines/0/amount payment-within-the-rate
            a cent more than the rate: 422 /lines/0/amount payment-within-the-rate
            less, without a word: 422 /lines/0/amount charge-less-adjustments-is-the-amount
            less, a cent unexplained: 422 /lines/0/amount charge-less-adjustments-is-the-amount
            a group of nobody's: 422 /lines/0/adjustments/0/group adjustment-group
            a reason of nobody's: 422 /lines/0/adjustments/0/reason adjustment-reason
            a reason in the right shape: 422 /lines/0/adjustments/0/reason adjustment-reason
            a remark of nobody's: 422 /lines/0/adjustments/0/remark adjustment-remark
            a line that was not billed: 422 /lines/0 unknown-line
        "#]],
    );
    let mut adjustments = rest("109.50");
    adjustments
        .as_array_mut()
        .expect("a list")
        .push(json!({ "group": "OA", "reason": "23", "remark": "N822", "amount": "0.50" }));
    county.change(&plan.clerk, &case, "decisions", &pay("100.00", adjustments)).with(200);
    let paid = county.again(key, &case);
    assert_eq!((&paid["state"], &paid["remittance"]["total"]), (&json!("paid"), &json!("100.00")));
    assert_eq!(
        paid["remittance"]["lines"][0]["adjustments"],
        json!([
            { "group": "CO", "reason": "45", "remark": null, "amount": "109.50" },
            { "group": "OA", "reason": "23", "remark": "N822", "amount": "0.50" },
        ])
    );

    let priced = advised_night(county);
    let amount = text(&priced, "/lines/0/amount").to_owned();
    let paid = county.change(&plan.clerk, &priced, "decisions", &pay(&amount, Value::Null)).with(200);
    assert_eq!(
        paid["remittance"]["lines"][0]["adjustments"], priced["lines"][0]["adjustments"],
        "what the rules priced, they also explained"
    );
}

/// One night in a house, billed and priced by rules that only advise.
fn advised_night(county: &County) -> Value {
    let person = county.person("harbor-crest");
    let mut request = nights(county, &person, 14, "2026-03-15");
    request["service"] = json!("short-term-post-hospitalization-housing");
    request["lines"] = json!([asked("H0043 U3", 14, "2026-03-02", "2026-03-15")]);
    let known = facts(&[("clinical.smi-or-sud", json!(true)), ("housing.support-plan", json!(true))]);
    let all = request["facts"].as_array_mut().expect("a list");
    all.extend(known.as_array().expect("a list").clone());
    request["documents"] = json!([
        { "kind": "discharge-summary", "issued": "2026-03-02" },
        { "kind": "housing-support-plan", "issued": "2026-03-02" },
    ]);
    let key = county.key_of("casa-puente");
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");
    let line = billed("H0043 U3", 1, "2026-03-02", "210.00");
    let claim = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] });
    let claim = county.submit(key, "claims", &claim);
    assert_eq!(claim["state"], "advised");
    claim
}

/// Source of the rule: wit/referral.wit, destination.
fn a_referral_goes_where_there_is_something(database: Database) {
    let county = County::shared(database);
    let clerk = &county.plan("costa-alta").clerk;
    let request = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals", "facts": [],
    });
    let case = county.submit(county.key_of("mesa-verde"), "referrals", &request);
    let to = |to: Value| json!({ "decision": "redirect", "to": to, "reason": words() });
    let cases = [
        ("where it is", to(json!({ "service": "medically-tailored-meals" }))),
        ("to this very plan", to(json!({ "plan": "costa-alta" }))),
        ("to a delegate of nobody's", to(json!({ "delegate": "sierra-ridge" }))),
        ("to another service", to(json!({ "service": "housing-deposits" }))),
    ];
    let answers = cases.map(|(what, decision)| (what, county.change(clerk, &case, "decisions", &decision)));
    check(
        &answers,
        &expect![[r#"
            where it is: 422 /to known-destination
            to this very plan: 422 /to known-destination
            to a delegate of nobody's: 422 /to known-destination
            to another service: redirected
        "#]],
    );
}

fn words() -> Value {
    json!({ "en": "Because.", "es": "Porque." })
}

/// A request of the hospital for so many nights, answered by the hostile plan in this way.
fn misbehaving(county: &County, list: &str, behavior: &str, nights: u32) -> Value {
    let person = county.person("hostile-plan");
    let known = facts(&[
        ("clinical.needs-recovery-care", json!(true)),
        ("plan.hostile-plan.behavior", json!(behavior)),
    ]);
    let mut request = json!({ "member": person.named(), "service": "recuperative-care", "facts": known });
    if list == "authorizations" {
        let last = if nights == 120 { "2026-06-29" } else { "2026-03-15" };
        request["lines"] = json!([asked("T2033 U6", nights, "2026-03-02", last)]);
    }
    request
}

fn or_nobody<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
}

/// Outcome of a decision: the state it led to, or the fields and codes of the problem.
fn told(answer: &Answer) -> String {
    if answer.status == 200 {
        return text(&answer.json, "/state").to_owned();
    }
    let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
    let fields: Vec<String> =
        errors.iter().map(|error| format!("{} {}", text(error, "/pointer"), text(error, "/code"))).collect();
    let said = if fields.is_empty() { answer.code().to_owned() } else { fields.join(", ") };
    format!("{} {said}", answer.status)
}

fn check(answers: &[(&str, Answer)], expected: &Expect) {
    let table: String = answers.iter().map(|(what, answer)| format!("{what}: {}\n", told(answer))).collect();
    expected.assert_eq(&table);
}
