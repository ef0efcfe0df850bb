//! The floor under every decision, whoever makes it: what kind of no it is, that less than asked is a no to
//! the rest, and what may be granted and paid at all.

use std::fmt::Write;

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Person, Request, Server, asked, billed, facts, on_both_databases, text,
};
use crate::journeys::{ecm, nights};
use crate::ledger::{number, unauthorized};
use crate::limits::{cover, stay};

on_both_databases! {
    software_gives_the_no_that_its_criteria_bear
    a_line_of_a_claim_says_no_for_need_under_no_other_name
    people_pay_less_for_need_under_a_license
    a_referral_goes_elsewhere_on_administrative_criteria
    a_clerk_names_no_criterion_that_is_met
    what_software_cuts_is_explained_or_a_persons
    another_procedure_than_was_asked_for_is_a_no_to_it
    people_grant_inside_coverage
    a_person_grants_within_what_was_asked_and_says_why_it_is_less
    a_licensed_person_cuts_for_medical_reasons
    a_clerk_cuts_to_what_the_plan_declares
    a_clerk_refuses_on_administrative_criteria
    a_person_pays_what_charge_and_rate_allow
    a_person_pays_each_model_by_its_rate
    a_plugin_gives_nothing_that_its_plan_does_not_offer
    a_window_that_a_plugin_opens_is_of_the_declared_kind_and_population
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

/// Source of the rules: H&S 1367.01(e); X12 external code list 139, of which `adjustments.toml` marks the
/// reasons that judge the patient's need. The rate is $200.00 a night; one is billed at $250.00.
fn a_line_of_a_claim_says_no_for_need_under_no_other_name(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let mut table = String::new();
    for behavior in [
        "denies-for-coverage",
        "denies-for-need",
        "denies-for-both",
        "rejects-for-coverage",
        "rejects-for-need",
        "rejects-as-needless",
        "pays-half-by-contract",
        "pays-nothing-for-need",
        "pays-nothing-as-needless",
        "pays-a-cent-as-too-long",
    ] {
        let case = misjudged_night(&county, behavior);
        let seen = county.again(&county.plan("hostile-plan").reviewer, &case);
        assert!(case["notes"].is_null() && case["recommendation"].is_null(), "the provider sees neither");
        let _ = writeln!(
            table,
            "{behavior}: {} {} {}, line {}; the plan sees {} {}",
            text(&case, "/state"),
            or_nobody(&case, "/decided_by"),
            or_nobody(&case, "/denial/kind"),
            text(&case, "/lines/0/outcome"),
            or_nobody(&seen, "/recommendation/kind"),
            or_nobody(&seen, "/notes/0/code"),
        );
        if behavior == "pays-a-cent-as-too-long" {
            let reason = text(&seen, "/recommendation/reason/en");
            assert!(reason.contains("$0.01 of $250.00"), "what they would pay: {reason}");
        }
    }
    expect![[r#"
        denies-for-coverage: denied plugin administrative, line denied; the plan sees - -
        denies-for-need: with-people - -, line with-people; the plan sees clinical labelled-administrative
        denies-for-both: with-people - -, line with-people; the plan sees clinical labelled-administrative
        rejects-for-coverage: rejected plugin -, line rejected; the plan sees - -
        rejects-for-need: with-people - -, line with-people; the plan sees clinical labelled-administrative
        rejects-as-needless: with-people - -, line with-people; the plan sees clinical labelled-administrative
        pays-half-by-contract: payable plugin -, line payable; the plan sees - -
        pays-nothing-for-need: with-people - -, line with-people; the plan sees clinical labelled-administrative
        pays-nothing-as-needless: with-people - -, line with-people; the plan sees clinical labelled-administrative
        pays-a-cent-as-too-long: with-people - -, line with-people; the plan sees clinical labelled-administrative
    "#]]
    .assert_eq(&table);
}

/// A night that the hostile plan granted, billed by its house and judged in this way.
pub(crate) fn misjudged_night(county: &County, behavior: &str) -> Value {
    let (key, person) = (county.key_of("casa-puente"), county.person("hostile-plan"));
    let request = json!({
        "member": person.named(), "service": "recuperative-care",
        "lines": [asked("T2033 U6", 14, "2026-03-02", "2026-03-15")],
        "facts": facts(&[("clinical.needs-recovery-care", json!(true))]),
    });
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");
    let claim = json!({
        "member": person.named(), "diagnoses": ["Z59.02"],
        "lines": [billed("T2033 U6", 1, "2026-03-02", "250.00")],
        "facts": facts(&[("plan.hostile-plan.behavior", json!(behavior))]),
    });
    county.submit(key, "claims", &claim)
}

/// Source of the rules: H&S 1367.01(e); X12 external code list 139. What software may not pay short by its
/// own word, a person without a license may not either, in a decision or in a remittance of its own.
fn people_pay_less_for_need_under_a_license(database: Database) {
    let county = County::of(Server::start(database), &["harbor-crest", "hostile-plan"]);
    let plan = county.plan("harbor-crest");
    let line = |amount: &str, reason: &str, rest: &str| {
        json!({
            "number": 1, "amount": amount,
            "adjustments": [{ "group": "CO", "reason": reason, "amount": rest }],
        })
    };
    let pay = |line: &Value| json!({ "decision": "pay", "remittance": number(), "lines": [line] });
    let remit = |key: &str, case: &Value, line: &Value| {
        let total = text(line, "/amount");
        let body = json!({
            "number": number(), "total": total, "claims": [{ "claim": case["id"], "lines": [line] }],
        });
        county.client().send(&Request::post("/v1/remittances", &body).by(key))
    };
    // What X12's words leave open counts as a judgement of need.
    let reasons = [
        "39", "40", "50", "54", "55", "56", "58", "78", "117", "150", "151", "152", "153", "154", "169",
        "177", "186", "193", "202", "203", "216", "233", "249", "261", "272", "273", "A1", "A6", "B1", "B8",
        "B22",
    ];
    let listed = county.client().read(&plan.clerk, "/v1/dictionary/adjustment-reasons");
    let listed = listed["items"].as_array().expect("a list").iter();
    let marked = listed.filter(|one| one["clinical"].is_object()).map(|one| text(one, "/code"));
    assert_eq!(marked.collect::<Vec<_>>(), reasons, "everybody can read which");
    let case = advised_night(&county);
    for reason in reasons {
        let nothing = line("0.00", reason, "210.00");
        let answers = [
            county.change(&plan.clerk, &case, "decisions", &pay(&nothing)),
            remit(&plan.clerk, &case, &nothing),
        ];
        for answer in answers {
            assert_eq!((answer.status, answer.code()), (403, "not-licensed"), "{reason}: {}", answer.json);
        }
    }
    let a_cent = pay(&line("0.01", "151", "209.99"));
    assert_eq!(county.change(&plan.clerk, &case, "decisions", &a_cent).code(), "not-licensed");
    let nothing = pay(&line("0.00", "50", "210.00"));
    let paid = county.change(&plan.reviewer, &case, "decisions", &nothing).with(200);
    assert_eq!((&paid["state"], &paid["remittance"]["reviewer"]), (&json!("paid"), &json!(plan.license)));

    // By contract it takes no license, and nobody's is named.
    let less = pay(&line("100.00", "45", "110.00"));
    let paid = county.change(&plan.reviewer, &advised_night(&county), "decisions", &less).with(200);
    assert!(paid["remittance"].get("reviewer").is_none(), "{paid}");

    // Whatever the code: a criterion that is not administrative is found not met, and the line falls short.
    let plan = county.plan("hostile-plan");
    let open = misjudged_night(&county, "pays-nothing-for-need");
    for short in [line("0.00", "96", "250.00"), line("199.99", "45", "50.01")] {
        let refused = county.change(&plan.clerk, &open, "decisions", &pay(&short));
        assert_eq!((refused.status, refused.code()), (403, "not-licensed"), "{}", refused.json);
    }
    let whole = pay(&line("200.00", "45", "50.00"));
    assert_eq!(county.change(&plan.clerk, &open, "decisions", &whole).with(200)["state"], "paid");
    let open = misjudged_night(&county, "pays-nothing-for-need");
    let short = pay(&line("0.00", "96", "250.00"));
    let paid = county.change(&plan.reviewer, &open, "decisions", &short).with(200);
    assert_eq!(paid["remittance"]["reviewer"], json!(plan.license));

    // Nor where the rules gave no finding, and recommend to deny the line for need: by their own code (CARC
    // 50) if nothing is said, or by another.
    let open = misjudged_night(&county, "rejects-as-needless");
    let nothing = pay(&json!({ "number": 1, "amount": "0.00" }));
    for short in [pay(&line("0.00", "96", "250.00")), pay(&line("199.99", "45", "50.01")), nothing.clone()] {
        let refused = county.change(&plan.clerk, &open, "decisions", &short);
        assert_eq!((refused.status, refused.code()), (403, "not-licensed"), "{}", refused.json);
    }
    // An administrative criterion that nobody found not met is no cover for it either.
    let no = json!({
        "decision": "deny", "kind": "administrative", "reason": words(), "criteria": ["hostile.coverage"],
    });
    let refused = county.change(&plan.clerk, &open, "decisions", &no);
    assert_eq!(told(&refused), "422 /criteria not-administrative", "{}", refused.json);
    let paid = county.change(&plan.reviewer, &open, "decisions", &nothing).with(200);
    let cut = json!([{ "group": "CO", "reason": "50", "remark": null, "amount": "250.00" }]);
    assert_eq!(paid["remittance"]["lines"][0]["adjustments"], cut);
    assert_eq!(paid["remittance"]["reviewer"], json!(plan.license));
}

/// Source of the rules: H&S 1367.01(e); wit/referral.wit, disposition: to send a member elsewhere is a no to
/// what was asked for.
fn a_referral_goes_elsewhere_on_administrative_criteria(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let plan = county.plan("hostile-plan");
    let submit = |behavior: &str| {
        let request = misbehaving(&county, "referrals", behavior, 14);
        county.submit(county.key_of("hospital"), "referrals", &request)
    };
    let mut table = String::new();
    for behavior in ["redirects-for-coverage", "redirects-for-need", "redirects-for-nothing"] {
        let case = submit(behavior);
        let seen = county.again(&plan.reviewer, &case);
        assert!(case["recommendation"].is_null(), "the provider sees no recommendation");
        let _ = writeln!(
            table,
            "{behavior}: {} {} {}; the plan sees {} {}",
            text(&case, "/state"),
            or_nobody(&case, "/decided_by"),
            or_nobody(&case, "/redirect/to"),
            or_nobody(&seen, "/recommendation/kind"),
            or_nobody(&seen, "/recommendation/redirect/to"),
        );
    }
    let elsewhere =
        json!({ "decision": "redirect", "to": { "service": "housing-deposits" }, "reason": words() });
    for (behavior, who, key) in [
        ("redirects-for-need", "a clerk", &plan.clerk),
        ("redirects-for-need", "a licensed person", &plan.reviewer),
        ("redirects-for-nothing", "a clerk", &plan.clerk),
        ("redirects-for-nothing", "a licensed person", &plan.reviewer),
    ] {
        let answer = county.change(key, &submit(behavior), "decisions", &elsewhere);
        let _ = writeln!(table, "{behavior}, by {who}: {}", told(&answer));
    }
    expect![[r#"
        redirects-for-coverage: redirected plugin housing-deposits; the plan sees - -
        redirects-for-need: with-people - -; the plan sees clinical housing-deposits
        redirects-for-nothing: with-people - -; the plan sees clinical housing-deposits
        redirects-for-need, by a clerk: 403 not-licensed
        redirects-for-need, by a licensed person: redirected
        redirects-for-nothing, by a clerk: 403 not-licensed
        redirects-for-nothing, by a licensed person: redirected
    "#]]
    .assert_eq(&table);
}

/// Source of the rules: H&S 1367.01(e). The rules find the stay too long, which is for a clinician, and the
/// service offered: a clerk's no that names the offer, or what nobody looked at, is for the stay. Nor does a
/// clerk name the offer where the rules would have granted the stay, and a limit brought it to people.
fn a_clerk_names_no_criterion_that_is_met(database: Database) {
    let county = County::shared(database);
    let plan = county.plan("silver-oak");
    let case = sixty_nights(county);
    let seen = county.again(&plan.clerk, &case);
    let outcome = |id: &str| {
        let findings = seen["findings"].as_array().expect("a list").iter();
        findings.clone().find(|one| one["criterion"] == id).map(|one| text(one, "/outcome").to_owned())
    };
    assert_eq!(outcome("so.elected").as_deref(), Some("met"));
    assert_eq!(outcome("so.recuperative.long-stay").as_deref(), Some("not-met"));
    let no = |decision: &str, criteria: &[&str]| {
        let mut body = json!({ "decision": decision, "kind": "administrative", "reason": words(), "criteria": criteria });
        if decision == "approve" {
            body["lines"] = json!([asked("T2033 U6", 3, "2026-03-02", "2026-03-04")]);
        }
        body
    };
    let cases = [
        ("for the election, which is met", no("deny", &["so.elected"])),
        ("for two that are met", no("deny", &["so.elected", "so.coverage"])),
        ("less, for the election, which is met", no("approve", &["so.elected"])),
        ("for the consent, which is asked of referrals only", no("deny", &["so.consent"])),
    ];
    let refused =
        cases.map(|(what, decision)| (what, county.change(&plan.clerk, &case, "decisions", &decision)));
    check(
        &refused,
        &expect![[r#"
            for the election, which is met: 422 /criteria/0 criterion-found-met
            for two that are met: 422 /criteria/0 criterion-found-met, /criteria/1 criterion-found-met
            less, for the election, which is met: 422 /criteria/0 criterion-found-met
            for the consent, which is asked of referrals only: 422 /criteria not-administrative
        "#]],
    );
    let (person, clerk) = (county.person("valle-vista"), &county.plan("valle-vista").clerk);
    let [first, second] = ["casa-puente", "open-door"].map(|house| {
        let request = stay(county, &person, house, "initial", 90, "2026-03-02", "2026-05-30");
        county.submit(county.key_of("hospital"), "authorizations", &request)
    });
    assert_eq!((text(&first, "/state"), text(&second, "/why_people/code")), ("approved", "benefit-limit"));
    let refused = county.change(clerk, &second, "decisions", &no("deny", &["vv.elected"]));
    check(
        &[("all that the rules asked is met", refused)],
        &expect![[r#"
            all that the rules asked is met: 422 /criteria/0 criterion-found-met
        "#]],
    );
    // Who holds a license may find otherwise than the rules.
    let decided = county.change(&plan.reviewer, &case, "decisions", &no("deny", &["so.elected"])).with(200);
    assert_eq!((&decided["state"], &decided["denial"]["kind"]), (&json!("denied"), &json!("administrative")));
    assert!(decided["denial"].get("asserted").is_none(), "under a license: {decided}");
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

    // A cut that rests on nothing is for a licensed person. A clerk's word of another criterion covers
    // neither it nor a no to the whole.
    let plan = county.plan("hostile-plan");
    let lines = json!([asked("T2033 U6", 3, "2026-03-02", "2026-03-04")]);
    let decide = |decision: &str, kind: &str, key: &str| {
        let mut body = json!({
            "decision": decision, "kind": kind, "reason": words(), "criteria": ["hostile.coverage"],
        });
        if decision == "approve" {
            body["lines"] = lines.clone();
        }
        let request = misbehaving(&county, "authorizations", "cut-3", 14);
        let case = county.submit(county.key_of("hospital"), "authorizations", &request);
        county.change(key, &case, "decisions", &body)
    };
    check(
        &[
            ("a clerk cuts", decide("approve", "administrative", &plan.clerk)),
            ("a clerk denies", decide("deny", "administrative", &plan.clerk)),
            ("a licensed person cuts", decide("approve", "administrative", &plan.reviewer)),
        ],
        &expect![[r#"
            a clerk cuts: 422 /criteria not-administrative
            a clerk denies: 422 /criteria not-administrative
            a licensed person cuts: partly-approved
        "#]],
    );
}

/// Source of the rules: 42 CFR 438.400(b); H&S 1367.01(e). In-person care management by a clinician is asked
/// for, and the other kind is granted: a no to what was asked for, whoever gives it.
fn another_procedure_than_was_asked_for_is_a_no_to_it(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan", "costa-alta"]);
    let (key, hostile) = (county.key_of("open-door"), county.plan("hostile-plan"));
    let mut table = String::new();
    for behavior in ["swaps-without-a-word", "swaps-for-need", "swaps-for-coverage"] {
        let mut request = ecm(&county.person("hostile-plan"));
        let said = json!({ "code": "plan.hostile-plan.behavior", "value": behavior });
        request["facts"].as_array_mut().expect("a list").push(said);
        let case = county.submit(key, "authorizations", &request);
        let seen = county.again(&hostile.reviewer, &case);
        let _ = writeln!(
            table,
            "{behavior}: {} {} {}; the plan sees {}",
            text(&case, "/state"),
            or_nobody(&case, "/decided_by"),
            or_nobody(&case, "/cut/kind"),
            or_nobody(&seen, "/recommendation/grant/lines/0/procedure/code"),
        );
    }
    let plan = county.plan("costa-alta");
    let modify = |kind: Option<&str>, criteria: &[&str]| {
        let lines = [asked("G9008 U1", 12, "2026-03-02", "2027-02-28")];
        let mut decision = json!({ "decision": "modify", "lines": lines });
        if let Some(kind) = kind {
            decision["kind"] = json!(kind);
            decision["reason"] = words();
            decision["criteria"] = json!(criteria);
        }
        decision
    };
    let complex = "ca.ecm.homelessness.complex-need";
    for (what, by, decision) in [
        ("a clerk, without a word", &plan.clerk, modify(None, &[])),
        ("a clerk, for need, called administrative", &plan.clerk, modify(Some("administrative"), &[complex])),
        ("a clerk, clinical", &plan.clerk, modify(Some("clinical"), &[complex])),
        ("a clerk, for the election", &plan.clerk, modify(Some("administrative"), &["ca.elected"])),
        ("a licensed person, without a word", &plan.reviewer, modify(None, &[])),
        ("a licensed person, clinical", &plan.reviewer, modify(Some("clinical"), &[complex])),
    ] {
        let case = county.submit(key, "authorizations", &ecm(&county.person("costa-alta")));
        let answer = county.change(by, &case, "decisions", &decision);
        let _ = writeln!(table, "{what}: {}", told(&answer));
        if answer.status == 200 {
            let cut = &county.again(key, &case)["cut"];
            let reviewer = if what.contains("licensed") { json!(plan.license) } else { Value::Null };
            assert_eq!((&cut["kind"], &cut["reviewer"]), (&decision["kind"], &reviewer), "{what}");
            assert!(!text(cut, "/reason/es").is_empty(), "{what}: it says why");
            let asserted = if what.contains("licensed") { Value::Null } else { json!(["ca.elected"]) };
            assert_eq!(cut["asserted"], asserted, "{what}: no rules found that");
        }
    }
    expect![[r#"
        swaps-without-a-word: with-people - -; the plan sees G9008
        swaps-for-need: with-people - -; the plan sees G9008
        swaps-for-coverage: modified plugin administrative; the plan sees -
        a clerk, without a word: 422 /kind missing-field, /reason missing-field
        a clerk, for need, called administrative: 422 /criteria not-administrative
        a clerk, clinical: 403 not-licensed
        a clerk, for the election: modified
        a licensed person, without a word: 422 /kind missing-field, /reason missing-field
        a licensed person, clinical: modified
    "#]]
    .assert_eq(&table);
}

/// Source of the rule: wit/authorization.wit, grant; the member file, by which coverage ends on 31 March.
fn people_grant_inside_coverage(database: Database) {
    let county = County::shared(database);
    let (key, plan) = (county.key_of("mesa-verde"), county.plan("costa-alta"));
    let person = county.person("costa-alta");
    cover(county, "costa-alta", &person, "2024-01-01", "2026-03-31");
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals", "facts": [],
        "lines": [asked("S9977 U7", 12, "2026-03-02", "2026-05-24")],
    });
    let case = county.submit(key, "authorizations", &request);
    let approve = |units: u32, first: &str, last: &str| json!({ "decision": "approve", "lines": [asked("S9977 U7", units, first, last)] });
    let cases = [
        ("all of it", json!({ "decision": "approve" })),
        ("a day beyond", approve(5, "2026-03-02", "2026-04-01")),
        ("only days beyond", approve(5, "2026-04-01", "2026-05-24")),
    ];
    for by in [&plan.clerk, &plan.reviewer] {
        let refused =
            cases.clone().map(|(what, decision)| (what, county.change(by, &case, "decisions", &decision)));
        check(
            &refused,
            &expect![[r#"
                all of it: 422 /lines/0/last grant-inside-coverage
                a day beyond: 422 /lines/0/last grant-inside-coverage
                only days beyond: 422 /lines/0/last grant-inside-coverage
            "#]],
        );
    }
    let inside = approve(12, "2026-03-02", "2026-03-31");
    let decided = county.change(&plan.clerk, &case, "decisions", &inside).with(200);
    assert_eq!((&decided["state"], &decided["cut"]["kind"]), (&json!("partly-approved"), &json!("declared")));
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

/// Source of the rule: wit/types.wit, denial-kind; the criteria are those of the plan's profile. No rules
/// looked at any of them: the no is a clerk's word, and says so.
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
        let (denial, elected) = (&seen["denial"], json!(["ca.elected"]));
        assert_eq!(
            [&denial["kind"], &denial["criteria"], &denial["asserted"]],
            [&json!("administrative"), &elected, &elected]
        );
        let last = county.timeline(key, &case).pop().expect("it has events");
        let detail = json!({ "kind": "administrative", "criteria": elected, "asserted": elected });
        assert_eq!(last["detail"], detail);
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

/// Source of the rules: wit/profile.wit, payment-model; the plans' own rates: $425.00 a month, $31.00 an
/// attempt, a project up to $7,500.00.
fn a_person_pays_each_model_by_its_rate(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("open-door"), county.person("valle-vista"));
    assert_eq!(county.submit(key, "authorizations", &ecm(&person))["state"], "approved");
    let bill = |person: &Person, lines: Value| {
        let claim = json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": lines });
        county.submit(key, "claims", &claim)
    };
    let month = json!([billed("G9012 U2", 1, "2026-03-02", "500.00")]);
    let attempts = json!([billed("G9012 U8", 2, "2026-03-02", "100.00")]);
    let project = json!([billed("S5165 U6", 1, "2026-03-02", "9000.00")]);
    let month = bill(&person, month);
    let attempts = bill(&county.person("valle-vista"), attempts);
    let project = bill(&county.person("silver-oak"), project);
    let pay = |plan: &str, case: &Value, amount: &str, rest: &str| {
        let adjustments = json!([{ "group": "CO", "reason": "45", "amount": rest }]);
        let line = json!({ "number": 1, "amount": amount, "adjustments": adjustments });
        let decision = json!({ "decision": "pay", "remittance": number(), "lines": [line] });
        county.change(&county.plan(plan).clerk, case, "decisions", &unauthorized(decision))
    };
    let paid = [
        ("a cent more than a month", pay("valle-vista", &month, "425.01", "74.99")),
        ("a month", pay("valle-vista", &month, "425.00", "75.00")),
        ("a cent more than two attempts", pay("valle-vista", &attempts, "62.01", "37.99")),
        ("two attempts", pay("valle-vista", &attempts, "62.00", "38.00")),
        ("a cent more than a project's ceiling", pay("silver-oak", &project, "7500.01", "1499.99")),
        ("a project", pay("silver-oak", &project, "7500.00", "1500.00")),
    ];
    check(
        &paid,
        &expect![[r#"
            a cent more than a month: 422 /lines/0/amount payment-within-the-rate
            a month: paid
            a cent more than two attempts: 422 /lines/0/amount payment-within-the-rate
            two attempts: paid
            a cent more than a project's ceiling: 422 /lines/0/amount payment-within-the-rate
            a project: paid
        "#]],
    );
}

/// Source of the rule: wit/profile.wit, election. The hostile plan offers recuperative care and ECM from 2026
/// on; its rules take in whoever asks for anything.
fn a_plugin_gives_nothing_that_its_plan_does_not_offer(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let mut table = String::new();
    for (list, service, procedure, day, behavior) in [
        ("referrals", "recuperative-care", "", "", "none"),
        ("referrals", "medically-tailored-meals", "", "", "none"),
        ("authorizations", "recuperative-care", "T2033 U6", "2026-03-02", "cut-1"),
        ("authorizations", "medically-tailored-meals", "S9977 U7", "2026-03-02", "cut-1"),
        ("authorizations", "recuperative-care", "T2033 U6", "2025-12-30", "cut-1"),
        ("claims", "recuperative-care", "T2033 U6", "2025-12-30", "pays-half-by-contract"),
        ("claims", "medically-tailored-meals", "S9977 U7", "2026-03-02", "pays-half-by-contract"),
    ] {
        let said =
            [("clinical.needs-recovery-care", json!(true)), ("plan.hostile-plan.behavior", json!(behavior))];
        let mut request = json!({ "member": county.person("hostile-plan").named(), "facts": facts(&said) });
        match list {
            "claims" => {
                request["diagnoses"] = json!(["Z59.02"]);
                request["lines"] = json!([billed(procedure, 1, day, "250.00")]);
            }
            "authorizations" => request["lines"] = json!([asked(procedure, 1, day, day)]),
            _ => {}
        }
        if list != "claims" {
            request["service"] = json!(service);
        }
        let who = if list == "referrals" { "hospital" } else { "casa-puente" };
        let case = county.submit(county.key_of(who), list, &request);
        let why = or_nobody(&case, "/why_people/code");
        let _ = writeln!(table, "{list} {service} {day}: {} {why}", text(&case, "/state"));
    }
    expect![[r#"
        referrals recuperative-care : accepted -
        referrals medically-tailored-meals : with-people plugin-answer-refused
        authorizations recuperative-care 2026-03-02: approved -
        authorizations medically-tailored-meals 2026-03-02: with-people plugin-answer-refused
        authorizations recuperative-care 2025-12-30: with-people plugin-answer-refused
        claims recuperative-care 2025-12-30: with-people plugin-answer-refused
        claims medically-tailored-meals 2026-03-02: with-people plugin-answer-refused
    "#]]
    .assert_eq(&table);
}

/// Source of the rule: wit/profile.wit, presumptive-rule. The hostile plan declares its window for ECM for
/// street medicine and people without a home; its rules open it for whoever asks.
fn a_window_that_a_plugin_opens_is_of_the_declared_kind_and_population(database: Database) {
    let county = County::of(Server::start(database), &["hostile-plan"]);
    let table = [
        ("as it is declared", "open-door", json!(["homelessness"]), true),
        ("by another kind of provider", "casa-puente", json!(["homelessness"]), false),
        ("for another population", "open-door", json!(["incarceration-transition"]), false),
        ("for no population", "open-door", json!([]), false),
    ];
    for (what, who, populations, expected) in table {
        let mut request = ecm(&county.person("hostile-plan"));
        request["populations"] = populations;
        let said = json!({ "code": "plan.hostile-plan.behavior", "value": "presume-anyway" });
        request["facts"].as_array_mut().expect("a list").push(said);
        let case = county.submit(county.key_of(who), "authorizations", &request);
        assert_eq!(!case["presumption"].is_null(), expected, "{what}: {case}");
    }
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
