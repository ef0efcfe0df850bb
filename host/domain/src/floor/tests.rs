//! One plan that is right, and then one thing wrong at a time.

use expect_test::{Expect, expect};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::{
    Asked, Basis, Ground, Judged, Paid, Priced, Reach, WarningCode, check_profile, is_elected, next_window,
    presumptive_rule_opens, profile_warnings, too_late, withhold_without_effect,
};
use crate::Cents;
use crate::floor;
use crate::plan::authorization::{RequestKind, RequestedLine};
use crate::plan::billing::{Adjustment, ClaimLine, LineOutcome};
use crate::plan::profile::PlanProfile;
use crate::plan::question::{Answer, Question};
use crate::plan::types::{Denial, DenialKind, Finding};

const TODAY: Date = date(2026, 3, 2);

fn words() -> Value {
    json!({ "en": "Yes.", "es": "Sí." })
}

pub(crate) fn profile() -> Value {
    let days = json!({ "first": "2026-01-01", "last": null });
    let meals = json!({ "code": "T2033", "modifiers": ["U6"] });
    json!({
        "plan_id": "test-plan", "name": "Test Plan", "version": "1.0.0", "lines": ["medi-cal"],
        "counties": ["SRV"], "languages": ["en"], "modes": [{ "workflow": "authorization", "mode": "decides" }],
        "elections": [{ "service": "recuperative-care", "county": "SRV", "days": days, "capacity": null }],
        "criteria": [{
            "id": "needs", "service": "recuperative-care", "kind": "inclusion", "origin": "state", "text": words(),
            "facts": ["clinical.needs-recovery-care"], "documents": [], "source": "a guide", "days": days,
        }, {
            "id": "elected", "service": "*", "kind": "administrative", "origin": "state", "text": words(),
            "facts": [], "documents": [], "source": "a guide", "days": days,
        }],
        "facts": [],
        "presumptive": [{
            "id": "p14", "service": "recuperative-care", "population": null, "days": 14,
            "provider_kinds": ["hospital"], "attest": ["housing.status"], "effective": days,
        }],
        "defaults": [],
        "turn_arounds": [
            { "workflow": "authorization", "urgency": "standard", "amount": 3, "unit": "business-days" },
        ],
        "rates": [{
            "id": "r1", "service": "recuperative-care", "procedure": meals, "model": "per-diem", "amount": 20000,
            "tier": null, "effective": days,
        }],
        "claims": { "form": "x12-837p", "payer_id": "TP1", "filing_days": 180 },
        "requirements": [{
            "id": "w9", "services": [], "document": "w9", "fact": null, "minimum": null, "valid_days": null,
            "text": words(), "source": "a guide",
        }],
        "layouts": [], "delegates": [], "contacts": [], "calendar": [], "tables": [],
    })
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn with(mut value: Value, pointer: &str, new: Value) -> Value {
    *value.pointer_mut(pointer).unwrap() = new;
    value
}

#[track_caller]
fn check(pointer: &str, new: Value, expected: Expect) {
    let profile: PlanProfile = parsed(with(profile(), pointer, new));
    let problems: Vec<String> = check_profile(Ground::of(&profile), TODAY)
        .into_iter()
        .map(|problem| format!("{}: {}; {}", problem.at, problem.problem, problem.fix))
        .collect();
    expected.assert_eq(&problems.join("\n"));
}

#[test]
fn a_profile_must_make_sense() {
    check("/name", json!("Another Name"), expect![""]);
    check(
        "/plan_id",
        json!("Not An Id"),
        expect!["/plan_id: it is not a plan id; use lower-case letters, digits and hyphens"],
    );
    check("/version", json!("one"), expect!["/version: it is not a semantic version; write it as 1.0.0"]);
    check(
        "/counties",
        json!(["Nowhere"]),
        expect![[r#"
            /counties/0: `Nowhere` is not a county code; write three capital letters; `crosswalk plugin counties` lists the state's, the dictionary of a host all of its own
            /elections/0/county: the plan does not serve this county; add it to counties or drop the election"#]],
    );
    check(
        "/elections/0/service",
        json!("teleportation"),
        expect![
            "/elections/0/service: the catalog has no service `teleportation`; use a service id that `crosswalk plugin services` lists"
        ],
    );
    check(
        "/criteria/0/facts",
        json!(["no.such-fact"]),
        expect![
            "/criteria/0/facts/0: criterion `needs` reads `no.such-fact`, which is no fact of the dictionary and not declared under facts; use a code that `crosswalk plugin facts` lists, or declare it"
        ],
    );
    check(
        "/criteria/0/text/es",
        json!(" "),
        expect!["/criteria/0/text: a language is missing; write it in English and in Spanish"],
    );
    check(
        "/criteria/0/days/last",
        json!("2025-01-01"),
        expect!["/criteria/0/days: it ends before it begins; put the first day first"],
    );
    check(
        "/presumptive/0/provider_kinds",
        json!(["wizard"]),
        expect![
            "/presumptive/0/provider_kinds/0: there is no kind of provider `wizard`; use one of: street-medicine, fqhc, primary-care, county-behavioral-health, behavioral-health, hospital, recuperative-care, housing-provider, justice-involved, ccs-paneled, cct-lead, child-welfare-wraparound, birth-equity-program, meals, community-based-organization, clinic, home-care"
        ],
    );
    check(
        "/turn_arounds/0/amount",
        json!(6),
        expect!["/turn_arounds/0: it is longer than the state's clock; promise 5 business days or less"],
    );
    check("/turn_arounds/0/unit", json!("calendar-days"), expect![""]);
    check(
        "/rates/0/procedure/modifiers",
        json!(["U9"]),
        expect![
            "/rates/0/procedure: the catalog has no `T2033 U9` on those days; recuperative-care has T2033 U6"
        ],
    );
    check(
        "/claims/filing_days",
        json!(60),
        expect![
            "/claims/filing_days: it is shorter than the state's filing window; make it at least 90 days"
        ],
    );
    check(
        "/requirements/0/document",
        json!(null),
        expect!["/requirements/0: nothing could satisfy it; name a kind of document or the code of a fact"],
    );
}

#[test]
fn what_a_profile_holds_can_be_read() {
    let odd = |at: &str| {
        format!(
            "{at}: it holds a line break, or another control or bidirectional character; write it on one line of plain text"
        )
    };
    let problems = |pointer: &str, new: Value| {
        let profile: PlanProfile = parsed(with(profile(), pointer, new));
        let problems = check_profile(Ground::of(&profile), TODAY).into_iter();
        problems
            .map(|problem| format!("{}: {}; {}", problem.at, problem.problem, problem.fix))
            .collect::<Vec<_>>()
    };
    for text in ["Valle\nVista", "Valle\u{202e}Vista", "Valle\0Vista", "Valle\u{2067}Vista"] {
        assert_eq!(problems("/name", json!(text)), [odd("/name")], "{text:?}");
        assert_eq!(problems("/criteria/0/text/es", json!(text)), [odd("/criteria/0/text/es")], "{text:?}");
    }
    let long = "x".repeat(2_001);
    assert_eq!(
        problems("/name", json!(long)),
        ["/name: it is too long to be read; keep it to 2000 characters"]
    );
    assert!(problems("/name", json!("x".repeat(2_000))).is_empty());
    let languages: Vec<String> = (0..1_500).map(|_| "x".repeat(1_500)).collect();
    let told = problems("/languages", json!(languages)).join("; ");
    assert!(told.ends_with("bytes as JSON; keep it to 2097152"), "{told}");
}

#[test]
fn a_table_can_be_looked_up_by_its_keys() {
    let rates = json!({ "name": "rates", "keys": ["procedure"], "columns": ["procedure", "amount"], "text": words() });
    check("/tables", json!([rates]), expect![""]);
    let one = |pointer, new| json!([with(rates.clone(), pointer, new)]);
    check(
        "/tables",
        one("/keys", json!([])),
        expect!["/tables/0/keys: no keys; name the columns that rows are looked up by"],
    );
    check(
        "/tables",
        one("/keys/0", json!("county")),
        expect!["/tables/0/keys/0: it is no column of the table; list it under columns too"],
    );
    check(
        "/tables",
        one("/keys/0", json!("amount")),
        expect![
            "/tables/0/keys/0: no case can be looked up by it; use procedure, county, provider.npi or the code of a fact"
        ],
    );
    check(
        "/tables",
        one("/keys", json!(["procedure", "procedure"])),
        expect!["/tables/0/keys/1: it is named twice; name each key once"],
    );
    check(
        "/tables",
        one("/columns/1", json!("procedure")),
        expect!["/tables/0/columns/1: its name is used twice; give each column a name of its own"],
    );
    check(
        "/tables",
        one("/columns/1", json!(" ")),
        expect!["/tables/0/columns/1: its name is empty or longer than 100; give it a short name"],
    );
    check(
        "/tables",
        one("/name", json!("Rates 2026")),
        expect!["/tables/0/name: it cannot stand in an address; use lower-case letters, digits and hyphens"],
    );
    check(
        "/tables",
        one("/text/es", json!("")),
        expect!["/tables/0/text: a language is missing; write it in English and in Spanish"],
    );
    let many: Value =
        (0..51).map(|number| with(rates.clone(), "/name", json!(format!("rates-{number}")))).collect();
    check("/tables", many, expect!["/tables: 51 tables would be searched for every case; keep it to 50"]);
}

#[test]
fn a_presumptive_window_is_never_shorter_than_the_states() {
    let mut shorter = profile();
    shorter["presumptive"][0]["service"] = json!("ecm");
    check(
        "/presumptive",
        shorter["presumptive"].clone(),
        expect!["/presumptive/0/days: 14 days is shorter than the state's window; make it at least 30 days"],
    );
}

#[test]
fn an_id_is_used_once() {
    let mut twice = profile()["criteria"].clone();
    let first = twice[0].clone();
    twice.as_array_mut().unwrap().push(first);
    check(
        "/criteria",
        twice,
        expect!["/criteria/2: the id `needs` is used twice; give each entry an id of its own"],
    );
}

fn context() -> Value {
    json!({
        "as_of": "2026-03-02", "today": "2026-03-02", "received": "2026-03-02T18:00:00Z",
        "coverage": {
            "line": "medi-cal", "days": { "first": "2026-01-01", "last": "2026-06-30" }, "dual_status": "00",
            "other_d_snp": false, "group": null, "delegate": null,
        },
        "history": [], "capacity": [], "open_cases": [], "tables": [],
    })
}

fn member() -> Value {
    json!({ "identity": null, "birth_date": "1980-01-01", "county": "SRV", "language": "en" })
}

fn provider() -> Value {
    json!({ "npi": "1234567893", "kinds": ["hospital"], "taxonomies": [], "counties": [], "contracted": true })
}

fn attested() -> Value {
    json!({
        "code": "housing.status", "value": { "coded": "homeless-unsheltered" }, "source": "provider",
        "as_of": "2026-03-02",
    })
}

fn stay(first: &str, last: &str) -> Value {
    json!({
        "procedure": { "code": "T2033", "modifiers": ["U6"] }, "units": 10,
        "days": { "first": first, "last": last },
    })
}

fn request() -> Value {
    json!({
        "id": "case_1", "service": "recuperative-care", "populations": [], "kind": "initial",
        "urgency": "standard", "member": member(), "provider": provider(),
        "lines": [stay("2026-03-02", "2026-03-11")], "facts": [attested()], "documents": [],
    })
}

fn finding(outcome: &str) -> Value {
    json!({ "criterion": "needs", "outcome": outcome, "evidence": ["clinical.needs-recovery-care"], "reason": words() })
}

#[track_caller]
fn check_determination(decision: Value, findings: Value, expected: Expect) {
    let profile: PlanProfile = parsed(profile());
    let answer = parsed(json!({ "decision": decision, "findings": findings, "notes": [] }));
    expected.assert_eq(&said(&profile, &determine(), &Answer::Determine(answer)));
}

fn determine() -> Question {
    Question::Determine { request: parsed(request()), context: parsed(context()) }
}

/// Verdict of the floor on an answer.
fn said(profile: &PlanProfile, question: &Question, answer: &Answer) -> String {
    let checked = floor::check(Ground::of(profile), question, answer);
    checked.map_or_else(|broken| broken.to_string(), |()| "believed".to_owned())
}

fn grant(line: Value) -> Value {
    json!({ "lines": [line], "conditions": [] })
}

#[test]
fn a_determination_must_make_sense() {
    let met = || json!([finding("met")]);
    let whole = || grant(stay("2026-03-02", "2026-03-11"));
    let short = || with(stay("2026-03-02", "2026-03-05"), "/units", json!(4));
    check_determination(json!({ "approved": whole() }), met(), expect!["believed"]);
    check_determination(
        json!({ "approved": grant(short()) }),
        met(),
        expect!["the answer breaks the rule approved-is-all-that-was-asked at /decision/approved/lines"],
    );
    check_determination(json!({ "partly-approved": grant(short()) }), met(), expect!["believed"]);
    check_determination(
        json!({ "approved": grant(stay("2026-03-02", "2026-07-01")) }),
        met(),
        expect!["the answer breaks the rule grant-inside-coverage at /decision/approved/lines/0/days"],
    );
    let other = with(stay("2026-03-02", "2026-03-11"), "/procedure/modifiers", json!(["U9"]));
    check_determination(
        json!({ "modified": grant(other) }),
        met(),
        expect![
            "the answer breaks the rule procedure-of-the-service-on-the-day at /decision/modified/lines/0/procedure"
        ],
    );
    let none = with(stay("2026-03-02", "2026-03-11"), "/units", json!(0));
    check_determination(
        json!({ "modified": grant(none) }),
        met(),
        expect!["the answer breaks the rule units-above-zero at /decision/modified/lines/0/units"],
    );
    check_determination(
        json!({ "approved": { "lines": [], "conditions": [] } }),
        met(),
        expect!["the answer breaks the rule grant-has-lines at /decision/approved/lines"],
    );
    check_determination(
        json!({ "pended": [] }),
        json!([finding("unknown")]),
        expect!["the answer breaks the rule says-what-it-needs at /decision/pended"],
    );
    check_determination(
        json!({ "pended": [{ "fact": "no.such" }] }),
        json!([finding("unknown")]),
        expect!["the answer breaks the rule asks-for-known-things at /decision/pended/0"],
    );
    check_determination(
        json!({ "pended": [{ "document": "w9" }] }),
        json!([finding("unknown")]),
        expect!["believed"],
    );
    let denied = |kind: &str| json!({ "denied": { "kind": kind, "reason": words() } });
    check_determination(
        denied("clinical"),
        json!([]),
        expect!["the answer breaks the rule denial-rests-on-a-finding at /decision/denied"],
    );
    check_determination(
        denied("clinical"),
        met(),
        expect!["the answer breaks the rule denial-rests-on-a-finding at /decision/denied"],
    );
    check_determination(denied("clinical"), json!([finding("not-met")]), expect!["believed"]);
    let undeclared = with(finding("met"), "/criterion", json!("invented"));
    check_determination(
        json!({ "approved": whole() }),
        json!([undeclared]),
        expect!["the answer breaks the rule declared-criterion at /findings/0/criterion"],
    );
    let silent = with(finding("met"), "/reason/es", json!(""));
    check_determination(
        json!({ "approved": whole() }),
        json!([silent]),
        expect!["the answer breaks the rule sentence-in-both-languages at /findings/0/reason/es"],
    );
    let unknown = with(finding("met"), "/evidence", json!(["no.such"]));
    check_determination(
        json!({ "approved": whole() }),
        json!([unknown]),
        expect!["the answer breaks the rule known-evidence at /findings/0/evidence"],
    );
}

#[track_caller]
fn check_presumption(rule: &str, starts: &str, days: u16, expected: Expect) {
    let profile: PlanProfile = parsed(profile());
    let answer = parsed(json!({ "rule": rule, "starts": starts, "days": days, "findings": [] }));
    let question = Question::Presume { request: parsed(request()), context: parsed(context()) };
    expected.assert_eq(&said(&profile, &question, &Answer::Presume(Some(answer))));
}

#[test]
fn a_presumption_gives_at_least_what_was_declared() {
    check_presumption("p14", "2026-03-02", 14, expect!["believed"]);
    check_presumption(
        "p14",
        "2026-03-02",
        13,
        expect!["the answer breaks the rule presumptive-days-as-declared at /days"],
    );
    check_presumption(
        "p15",
        "2026-03-02",
        14,
        expect!["the answer breaks the rule declared-presumptive-rule at /rule"],
    );
    check_presumption(
        "p14",
        "2025-12-31",
        14,
        expect!["the answer breaks the rule presumption-inside-coverage at /starts"],
    );
    check_presumption(
        "p14",
        "2026-07-01",
        14,
        expect!["the answer breaks the rule presumption-inside-coverage at /starts"],
    );
}

/// DHCS ECM Policy Guide, presumptive authorization: who may start, for whom, on what word. Each row changes
/// one thing of a request for which the declared rule opens.
#[test]
fn a_presumptive_rule_opens_for_whom_it_is_declared() {
    let flagged = json!({
        "code": "clinical.needs-recovery-care", "value": { "flag": false }, "source": "provider", "as_of": "2026-03-02",
    });
    let rule = |pointer: &str, new: Value| with(profile(), pointer, new);
    let asked = |pointer: &str, new: Value| with(request(), pointer, new);
    let declared = [
        ("as it is declared", profile(), request(), "it opens"),
        (
            "not contracted",
            profile(),
            asked("/provider/contracted", json!(false)),
            "presumption-under-a-contract",
        ),
        ("of no kind", profile(), asked("/provider/kinds", json!([])), "presumptive-provider-kind"),
        (
            "of another kind",
            profile(),
            asked("/provider/kinds", json!(["meals"])),
            "presumptive-provider-kind",
        ),
        (
            "of any kind, where none is declared",
            rule("/presumptive/0/provider_kinds", json!([])),
            asked("/provider/kinds", json!(["meals"])),
            "it opens",
        ),
        (
            "of another population",
            rule("/presumptive/0/population", json!("homelessness")),
            asked("/populations", json!(["ltc-risk"])),
            "presumptive-population",
        ),
        (
            "of the population",
            rule("/presumptive/0/population", json!("homelessness")),
            asked("/populations", json!(["ltc-risk", "homelessness"])),
            "it opens",
        ),
        ("nothing attested", profile(), asked("/facts", json!([])), "presumptive-attestation"),
        (
            "a flag that is denied",
            rule("/presumptive/0/attest", json!(["clinical.needs-recovery-care"])),
            asked("/facts", json!([flagged])),
            "presumptive-attestation",
        ),
        ("a renewal", profile(), asked("/kind", json!("renewal")), "presumption-for-a-first-request"),
        (
            "for what was given",
            profile(),
            asked("/kind", json!("retrospective")),
            "presumption-for-a-first-request",
        ),
        ("another service", profile(), asked("/service", json!("ecm")), "presumptive-rule-applies"),
        (
            "a rule that has ended",
            rule("/presumptive/0/effective", json!({ "first": "2026-01-01", "last": "2026-03-01" })),
            request(),
            "presumptive-rule-applies",
        ),
        ("another county", profile(), asked("/member/county", json!("LDM")), "service-offered-on-the-day"),
        (
            "no longer offered",
            rule("/elections/0/days", json!({ "first": "2026-01-01", "last": "2026-03-01" })),
            request(),
            "service-offered-on-the-day",
        ),
    ];
    for (what, profile, request, expected) in declared {
        let profile: PlanProfile = parsed(profile);
        let ground = Ground::of(&profile);
        let opens =
            presumptive_rule_opens(ground, &profile.presumptive[0], &parsed(request), &parsed(context()));
        let said = opens.map_or_else(|broken| broken.rule.name(), |()| "it opens");
        assert_eq!(said, expected, "{what}");
    }
}

/// A service that a plan does not offer in the county on the day is neither accepted nor paid by its
/// software; what was permitted while it was offered is paid after that.
#[test]
fn the_election_holds_on_the_day() {
    let offered = |first: &str, last: &str| {
        parsed::<PlanProfile>(with(profile(), "/elections/0/days", json!({ "first": first, "last": last })))
    };
    let table = [
        ("2026-01-01", "2026-06-30", true),
        ("2026-03-02", "2026-03-02", true),
        ("2026-03-03", "2026-06-30", false),
        ("2026-01-01", "2026-03-01", false),
    ];
    for (first, last, expected) in table {
        let profile = offered(first, last);
        let ground = Ground::of(&profile);
        let day = date(2026, 3, 2);
        assert_eq!(is_elected(ground, "recuperative-care", "SRV", day), expected, "{first} to {last}");
        assert!(!is_elected(ground, "recuperative-care", "LDM", day));
        assert!(!is_elected(ground, "ecm", "SRV", day));
        let triage = parsed(json!({ "disposition": "accepted", "findings": [], "notes": [] }));
        let request = parsed(json!({
            "id": "case_1", "service": "recuperative-care", "populations": [], "urgency": "standard",
            "member": member(), "referrer": provider(), "preferred": null, "facts": [], "documents": [],
        }));
        let question = Question::Triage { request, context: parsed(context()) };
        let checked = floor::check(ground, &question, &Answer::Triage(triage));
        let rule = checked.err().map(|broken| broken.rule.name());
        assert_eq!(rule, (!expected).then_some("service-offered-on-the-day"), "{first} to {last}");
    }
}

/// 28 CCR 1300.71(b): the plan's days from the last day of service, at least 90 under a contract and 180
/// without one.
#[test]
fn a_claim_is_filed_within_the_plans_days_and_the_states() {
    let table = [(365, true, 365), (365, false, 365), (90, true, 90), (90, false, 180), (180, false, 180)];
    for (declared, contracted, days) in table {
        let profile: PlanProfile = parsed(with(profile(), "/claims/filing_days", json!(declared)));
        let served = date(2026, 1, 1);
        let last = served + jiff::Span::new().days(days);
        let filed = |on: Date| too_late(&profile, served, contracted, on).map(|late| late.last());
        let after = last.tomorrow().unwrap();
        assert_eq!([filed(last), filed(after)], [None, Some(last)], "{declared}, {contracted}");
    }
}

#[test]
fn another_window_waits_for_the_gap() {
    assert_eq!(next_window(date(2026, 3, 15)), date(2026, 4, 15));
}

#[test]
fn what_has_no_effect_is_named() {
    let quiet = with(with(profile(), "/languages", json!([])), "/claims/payer_id", json!(""));
    let codes = |profile: Value| {
        let profile: PlanProfile = parsed(profile);
        let warnings = profile_warnings(Ground::of(&profile));
        warnings
            .iter()
            .map(|warning| format!("{} {}", warning.code, warning.at))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(codes(quiet.clone()), "");
    assert_eq!(codes(profile()), "claim-route /claims/payer_id, languages /languages/0");
    let capped = json!({ "members": 15, "window_months": 6, "wait_list": true });
    assert_eq!(
        codes(with(quiet.clone(), "/elections/0/capacity", capped)),
        "wait-list /elections/0/capacity/wait_list"
    );
    assert_eq!(codes(with(quiet.clone(), "/rates/0/tier", json!("high"))), "rate-tier /rates/0/tier");
    let exchange = json!([{ "workflow": "exchange", "mode": "decides" }]);
    assert_eq!(codes(with(quiet, "/modes", exchange)), "exchange /modes/0");
}

/// Whatever a warning points at is not there for providers.
#[test]
fn what_has_no_effect_is_withheld() {
    let capped = json!({ "members": 15, "window_months": 6, "wait_list": true });
    let exchange = json!([{ "workflow": "exchange", "mode": "decides" }]);
    let desk = json!([{ "purpose": "claims", "name": "Claims desk", "phone": "", "email": "" }]);
    let layout = json!([{
        "id": "monthly", "kind": "return-file", "name_pattern": "{plan}.csv", "delimiter": ",",
        "header_row": true, "date_format": "YYYYMMDD", "columns": [],
    }]);
    let proven = json!([{
        "code": "plan.test-plan.food-storage", "kind": "flag", "codes": [],
        "question": { "en": "Is there a refrigerator?", "es": "¿Hay refrigerador?" },
        "proof": "care-plan", "source": "invented",
    }]);
    let declared = [
        ("/elections/0/capacity", capped),
        ("/rates/0/tier", json!("high")),
        ("/modes", exchange),
        ("/contacts", desk),
        ("/layouts", layout),
        ("/facts", proven),
    ];
    let mut shown = declared.into_iter().fold(profile(), |profile, (at, value)| with(profile, at, value));
    let whole: PlanProfile = parsed(shown.clone());
    let warnings = profile_warnings(Ground::of(&whole));
    assert_eq!(warnings.len(), WarningCode::ALL.len(), "each has something to withhold");
    withhold_without_effect(&mut shown);
    for warning in warnings {
        assert!(shown.pointer(&warning.at).is_none(), "{}: {shown}", warning.at);
    }
    assert!(shown["claims"]["filing_days"].is_number() && shown["rates"][0]["amount"].is_number());
}

#[track_caller]
fn check_triage(disposition: Value, findings: Value, expected: Expect) {
    let profile: PlanProfile = parsed(profile());
    let request = parsed(json!({
        "id": "case_1", "service": "recuperative-care", "populations": [], "urgency": "standard",
        "member": member(), "referrer": provider(), "preferred": null, "facts": [], "documents": [],
    }));
    let answer = parsed(json!({ "disposition": disposition, "findings": findings, "notes": [] }));
    let question = Question::Triage { request, context: parsed(context()) };
    expected.assert_eq(&said(&profile, &question, &Answer::Triage(answer)));
}

/// An answer to another question is refused too, and that no window opens is an answer.
#[test]
fn an_answer_is_to_the_question() {
    let profile: PlanProfile = parsed(profile());
    let presume = Question::Presume { request: parsed(request()), context: parsed(context()) };
    expect!["believed"].assert_eq(&said(&profile, &presume, &Answer::Presume(None)));
    expect!["the answer breaks the rule answers-the-question at "].assert_eq(&said(
        &profile,
        &determine(),
        &Answer::Presume(None),
    ));
}

#[test]
fn notes_are_few_and_short() {
    let profile: PlanProfile = parsed(profile());
    let table: String = [(200, 2_000), (201, 1), (1, 2_001)]
        .into_iter()
        .map(|(count, length)| {
            let notes = vec!["n".repeat(length); count];
            let answer =
                parsed(json!({ "decision": { "pended": [{ "fact": "clinical.needs-recovery-care" }] },
                "findings": [finding("unknown")], "notes": notes }));
            let said = said(&profile, &determine(), &Answer::Determine(answer));
            format!("{count} of {length}: {said}\n")
        })
        .collect();
    expect![[r#"
        200 of 2000: believed
        201 of 1: the answer breaks the rule few-enough-notes at /notes
        1 of 2001: the answer breaks the rule short-enough-note at /notes/0
    "#]]
    .assert_eq(&table);
}

#[test]
fn a_triage_must_make_sense() {
    check_triage(json!("accepted"), json!([]), expect!["believed"]);
    let to = |to: Value| json!({ "redirected": { "to": to, "reason": words() } });
    check_triage(to(json!({ "service": "cicm" })), json!([]), expect!["believed"]);
    check_triage(
        to(json!({ "service": "recuperative-care" })),
        json!([]),
        expect!["the answer breaks the rule known-destination at /disposition/redirected/to"],
    );
    check_triage(
        to(json!({ "delegate": "nobody" })),
        json!([]),
        expect!["the answer breaks the rule known-destination at /disposition/redirected/to"],
    );
    check_triage(
        to(json!({ "plan": "test-plan" })),
        json!([]),
        expect!["the answer breaks the rule known-destination at /disposition/redirected/to"],
    );
    check_triage(
        json!({ "needs-more": [] }),
        json!([]),
        expect!["the answer breaks the rule says-what-it-needs at /disposition/needs-more"],
    );
}

#[track_caller]
fn check_adjudication(outcome: Value, expected: Expect) {
    let profile: PlanProfile = parsed(profile());
    let claim = parsed(json!({
        "id": "case_1", "frequency": "original", "member": member(), "provider": provider(),
        "diagnoses": ["Z59.02"], "received": "2026-03-02",
        "lines": [{
            "number": 1, "service": "recuperative-care",
            "procedure": { "code": "T2033", "modifiers": ["U6"] }, "place": "99",
            "days": { "first": "2026-03-02", "last": "2026-03-02" }, "units": 1, "charge": 25000, "minutes": null,
        }],
        "authorizations": [], "facts": [], "documents": [],
    }));
    let lines = if outcome.is_null() { json!([]) } else { json!([{ "number": 1, "outcome": outcome }]) };
    let answer = parsed(json!({ "lines": lines, "findings": [], "notes": [] }));
    let question = Question::Adjudicate { claim, context: parsed(context()) };
    expected.assert_eq(&said(&profile, &question, &Answer::Adjudicate(answer)));
}

#[test]
fn an_adjudication_balances() {
    let pay = |amount: i64, adjusted: i64, rate: &str| {
        let adjustment = json!({ "group": "CO", "reason": "45", "remark": null, "amount": adjusted });
        json!({ "payable": { "rate": rate, "amount": amount, "adjustments": [adjustment] } })
    };
    check_adjudication(pay(20000, 5000, "r1"), expect!["believed"]);
    check_adjudication(
        pay(20000, 4000, "r1"),
        expect![
            "the answer breaks the rule charge-less-adjustments-is-the-amount at /lines/0/outcome/payable/amount"
        ],
    );
    check_adjudication(
        pay(-100, 25100, "r1"),
        expect!["the answer breaks the rule payment-not-below-zero at /lines/0/outcome/payable/amount"],
    );
    check_adjudication(
        pay(20000, i64::MIN, "r1"),
        expect![
            "the answer breaks the rule charge-less-adjustments-is-the-amount at /lines/0/outcome/payable/amount"
        ],
    );
    check_adjudication(
        pay(20000, 5000, "r9"),
        expect!["the answer breaks the rule declared-rate at /lines/0/outcome/payable/rate"],
    );
    check_adjudication(Value::Null, expect!["the answer breaks the rule one-result-for-each-line at /lines"]);
    let rejected = |field: &str| {
        json!({ "rejected": {
            "field": field, "reason_code": "4", "remark": null, "reason": words(), "fix": words(),
        } })
    };
    check_adjudication(rejected("/procedure/modifiers"), expect!["believed"]);
    check_adjudication(
        rejected("somewhere"),
        expect!["the answer breaks the rule rejection-names-field-and-code at /lines/0/outcome/rejected"],
    );
}

#[test]
fn a_review_answers_each_requirement_once() {
    let profile: PlanProfile = parsed(profile());
    let application = parsed(json!({
        "id": "case_1", "legal_name": "Casa", "provider": provider(), "services": ["ecm"], "counties": ["SRV"],
        "answers": [], "documents": [],
    }));
    let question = Question::Review { application, today: TODAY };
    let result = |id: &str| json!({ "requirement": id, "standing": "missing", "reason": words() });
    let believed = |results: Value| {
        let answer = parsed(json!({ "requirements": results, "notes": [] }));
        said(&profile, &question, &Answer::Review(answer))
    };
    expect!["believed"].assert_eq(&believed(json!([result("w9")])));
    expect!["the answer breaks the rule one-result-for-each-requirement at /requirements"]
        .assert_eq(&believed(json!([])));
    expect!["the answer breaks the rule one-result-for-each-requirement at /requirements"]
        .assert_eq(&believed(json!([result("w9"), result("w9")])));
    expect!["the answer breaks the rule declared-requirement at /requirements/0/requirement"]
        .assert_eq(&believed(json!([result("w10")])));
}

/// A plan that declares 90 days for recuperative care, and 60 for renewals.
fn declared() -> PlanProfile {
    let mut profile = profile();
    profile["defaults"] =
        json!([{ "service": "recuperative-care", "days": 90, "renewal_days": 60, "units": null }]);
    parsed(profile)
}

fn line(procedure: &str, units: u32, first: &str, last: &str) -> Value {
    let (code, modifier) = procedure.split_once(' ').unwrap();
    json!({
        "procedure": { "code": code, "modifiers": [modifier] }, "units": units,
        "days": { "first": first, "last": if last.is_empty() { Value::Null } else { json!(last) } },
    })
}

fn nights(units: u32, first: &str, last: &str) -> Value {
    line("T2033 U6", units, first, last)
}

/// Reach of a grant beside the request, or the rule that it breaks.
fn reach(profile: &PlanProfile, kind: RequestKind, asked: &[Value], given: &[Value]) -> String {
    let asked: Vec<RequestedLine> = parsed(json!(asked));
    let coverage = parsed(json!({ "first": "2026-01-01", "last": "2026-08-31" }));
    let grant = parsed(json!({ "lines": given, "conditions": [] }));
    let asked = Asked { service: "recuperative-care", kind, coverage: &coverage, lines: &asked };
    match super::grant(Ground::of(profile), asked, &grant, "") {
        Ok(Reach::Declared(bounds)) => {
            bounds.into_iter().map(crate::authorization::Bound::code).collect::<Vec<_>>().join(", ")
        }
        Ok(reach) => format!("{reach:?}").to_lowercase(),
        Err(broken) => format!("{} at {}", broken.rule, broken.at),
    }
}

#[test]
fn a_grant_is_held_against_what_was_asked_for() {
    let (plan, initial, renewal) = (declared(), RequestKind::Initial, RequestKind::Renewal);
    let asked = [nights(14, "2026-03-02", "2026-03-15")];
    let long = [nights(120, "2026-03-02", "2026-06-29")];
    let apart = [nights(5, "2026-03-02", "2026-03-06"), nights(5, "2026-04-01", "2026-04-05")];
    let late = [nights(40, "2026-08-01", "2026-09-09")];
    let open = [nights(90, "2026-03-02", "")];
    let cases = [
        ("all of it", reach(&plan, initial, &asked, &asked)),
        (
            "split in time",
            reach(
                &plan,
                initial,
                &asked,
                &[nights(7, "2026-03-02", "2026-03-08"), nights(7, "2026-03-09", "2026-03-15")],
            ),
        ),
        (
            "split with a gap",
            reach(
                &plan,
                initial,
                &asked,
                &[nights(7, "2026-03-02", "2026-03-08"), nights(6, "2026-03-10", "2026-03-15")],
            ),
        ),
        ("3 of 14 nights", reach(&plan, initial, &asked, &[nights(3, "2026-03-02", "2026-03-04")])),
        ("fewer units in all days", reach(&plan, initial, &asked, &[nights(13, "2026-03-02", "2026-03-15")])),
        ("one line of two", reach(&plan, initial, &apart, &apart[..1])),
        ("units of one stretch in the other", {
            let given = [nights(1, "2026-03-02", "2026-03-06"), nights(5, "2026-04-01", "2026-04-05")];
            reach(&plan, initial, &apart, &given)
        }),
        (
            "days between two stretches",
            reach(&plan, initial, &apart, &[nights(5, "2026-03-05", "2026-03-09")]),
        ),
        ("to the declared length", reach(&plan, initial, &long, &[nights(90, "2026-03-02", "2026-05-30")])),
        ("a day less than declared", reach(&plan, initial, &long, &[nights(89, "2026-03-02", "2026-05-29")])),
        (
            "a unit less than declared",
            reach(&plan, initial, &long, &[nights(89, "2026-03-02", "2026-05-30")]),
        ),
        ("a renewal's length", reach(&plan, renewal, &long, &[nights(60, "2026-03-02", "2026-04-30")])),
        (
            "that of a first one, renewed",
            reach(&plan, renewal, &long, &[nights(90, "2026-03-02", "2026-05-30")]),
        ),
        ("to coverage", reach(&plan, initial, &late, &[nights(31, "2026-08-01", "2026-08-31")])),
        ("past coverage", reach(&plan, initial, &late, &[nights(32, "2026-08-01", "2026-09-01")])),
        (
            "no end asked for, the usual length",
            reach(&plan, initial, &open, &[nights(90, "2026-03-02", "2026-05-30")]),
        ),
        ("no end asked for, one day", reach(&plan, initial, &open, &[nights(1, "2026-03-02", "2026-03-02")])),
        ("more units than asked", reach(&plan, initial, &[nights(13, "2026-03-02", "2026-03-15")], &asked)),
        ("later than asked", reach(&plan, initial, &asked, &[nights(14, "2026-03-03", "2026-03-16")])),
        ("earlier than asked", reach(&plan, initial, &asked, &[nights(14, "2026-03-01", "2026-03-14")])),
        (
            "more units than days",
            reach(
                &plan,
                initial,
                &[nights(99, "2026-03-02", "2026-03-15")],
                &[nights(15, "2026-03-02", "2026-03-15")],
            ),
        ),
        (
            "another service's code",
            reach(&plan, initial, &asked, &[line("G9012 U2", 9_999, "2026-03-02", "2026-03-15")]),
        ),
        ("ten years", reach(&plan, initial, &asked, &[nights(3_650, "2030-01-01", "2039-12-29")])),
        ("no units", reach(&plan, initial, &asked, &[nights(0, "2026-03-02", "2026-03-15")])),
        ("no end", reach(&plan, initial, &asked, &[nights(14, "2026-03-02", "")])),
        ("no lines", reach(&plan, initial, &asked, &[])),
    ];
    let table: String = cases.iter().map(|(case, comes)| format!("{case}: {comes}\n")).collect();
    expect![[r#"
        all of it: whole
        split in time: whole
        split with a gap: less
        3 of 14 nights: less
        fewer units in all days: less
        one line of two: less
        units of one stretch in the other: less
        days between two stretches: days-within-what-was-asked at /lines/0/days
        to the declared length: declared-days
        a day less than declared: less
        a unit less than declared: less
        a renewal's length: declared-renewal-days
        that of a first one, renewed: declared-renewal-days
        to coverage: coverage
        past coverage: grant-inside-coverage at /lines/0/days
        no end asked for, the usual length: whole
        no end asked for, one day: less
        more units than asked: units-within-what-was-asked at /lines/0/units
        later than asked: days-within-what-was-asked at /lines/0/days
        earlier than asked: days-within-what-was-asked at /lines/0/days
        more units than days: no-more-units-than-days at /lines/0/units
        another service's code: procedure-of-the-service-on-the-day at /lines/0/procedure
        ten years: grant-inside-coverage at /lines/0/days
        no units: units-above-zero at /lines/0/units
        no end: grant-ends at /lines/0/days/last
        no lines: grant-has-lines at /lines
    "#]]
    .assert_eq(&table);
}

#[test]
fn the_kind_of_a_no_follows_from_its_criteria() {
    let profile: PlanProfile = parsed(profile());
    let kind = |services: &[&str], on: Date, not_met: &[&str]| {
        let found: Vec<Finding> =
            not_met.iter().map(|id| parsed(with(finding("not-met"), "/criterion", json!(id)))).collect();
        format!("{:?}", Basis::of_findings(Ground::of(&profile), services, on, &found).kind()).to_lowercase()
    };
    let here = &["recuperative-care"][..];
    let cases = [
        ("an administrative one", kind(here, TODAY, &["elected"])),
        ("an inclusion", kind(here, TODAY, &["needs"])),
        ("both", kind(here, TODAY, &["elected", "needs"])),
        ("none", kind(here, TODAY, &[])),
        ("an inclusion of another service", kind(&["ecm"], TODAY, &["needs"])),
        ("and an administrative one of every service", kind(&["ecm"], TODAY, &["elected", "needs"])),
        ("before it applies", kind(here, date(2025, 12, 31), &["elected"])),
        ("undeclared", kind(here, TODAY, &["invented"])),
    ];
    let table: String = cases.iter().map(|(case, kind)| format!("{case}: {kind}\n")).collect();
    expect![[r#"
        an administrative one: administrative
        an inclusion: clinical
        both: clinical
        none: clinical
        an inclusion of another service: clinical
        and an administrative one of every service: administrative
        before it applies: clinical
        undeclared: clinical
    "#]]
    .assert_eq(&table);
}

/// The word of somebody without a license beside what the rules found last of two administrative criteria.
/// Source of the rule: H&S 1367.01(e).
#[test]
fn a_no_without_a_license_stands_against_nothing_that_is_met() {
    let mut declared = profile();
    let mut second = declared["criteria"][1].clone();
    second["id"] = json!("covered");
    declared["criteria"].as_array_mut().unwrap().push(second);
    let profile: PlanProfile = parsed(declared);
    let said = |named: &[&str], found: &[(&str, &str)]| {
        let named: Vec<String> = named.iter().map(|id| (*id).to_owned()).collect();
        let found: Vec<Finding> = found
            .iter()
            .map(|(id, outcome)| parsed(with(finding(outcome), "/criterion", json!(id))))
            .collect();
        let basis = Basis::named(Ground::of(&profile), &["recuperative-care"], TODAY, &named);
        let Ok(Basis::Administrative(basis)) = basis else { return "not administrative".to_owned() };
        match basis.without_license(&found) {
            Err(met) => format!("met: {:?}", met.iter().map(|one| one.place).collect::<Vec<_>>()),
            Ok(basis) if basis.asserted().is_empty() => "as found".to_owned(),
            Ok(basis) => format!("asserted: {}", basis.asserted().join(" ")),
        }
    };
    let table = [
        ("found not met", said(&["elected"], &[("elected", "not-met")])),
        ("found met", said(&["elected"], &[("elected", "met")])),
        ("found nowhere", said(&["elected"], &[("covered", "met")])),
        ("not known", said(&["elected"], &[("elected", "unknown")])),
        (
            "met for one line, not for another",
            said(&["elected"], &[("elected", "met"), ("elected", "not-met")]),
        ),
        (
            "one not met, one met",
            said(&["elected", "covered"], &[("elected", "not-met"), ("covered", "met")]),
        ),
        ("one not met, one nowhere", said(&["elected", "covered"], &[("elected", "not-met")])),
        ("by nobody's rules", said(&["elected", "covered"], &[])),
    ];
    let table: String = table.iter().map(|(case, said)| format!("{case}: {said}\n")).collect();
    expect![[r#"
        found not met: as found
        found met: met: [0]
        found nowhere: asserted: elected
        not known: asserted: elected
        met for one line, not for another: as found
        one not met, one met: met: [1]
        one not met, one nowhere: asserted: covered
        by nobody's rules: asserted: elected covered
    "#]]
    .assert_eq(&table);
}

/// Outcome of a line of three days for $1,000.00, at $200.00 a day, after these criteria are found not met.
fn labelled(outcome: Value, not_met: &[&str]) -> String {
    let profile: PlanProfile = parsed(profile());
    let claim = parsed(json!({
        "id": "case_1", "frequency": "original", "member": member(), "provider": provider(),
        "diagnoses": ["Z59.02"], "received": "2026-03-05",
        "lines": [{
            "number": 1, "service": "recuperative-care",
            "procedure": { "code": "T2033", "modifiers": ["U6"] }, "place": "99",
            "days": { "first": "2026-03-02", "last": "2026-03-04" }, "units": 3, "charge": 100_000, "minutes": null,
        }],
        "authorizations": [], "facts": [], "documents": [],
    }));
    let findings: Vec<Value> = not_met
        .iter()
        .map(|id| json!({ "criterion": id, "outcome": "not-met", "evidence": [], "reason": words() }))
        .collect();
    let answer = parsed(json!({
        "lines": [{ "number": 1, "outcome": outcome }], "findings": findings, "notes": [],
    }));
    let question = Question::Adjudicate { claim, context: parsed(context()) };
    let mut answer = Answer::Adjudicate(answer);
    assert_eq!(said(&profile, &question, &answer), "believed");
    let renamed = floor::label(Ground::of(&profile), &question, &mut answer);
    let Answer::Adjudicate(answer) = answer else { unreachable!("it stays what it is") };
    match &answer.lines[0].outcome {
        LineOutcome::Denied(denial) => {
            assert!(renamed && denial.kind == DenialKind::Clinical);
            format!("for a licensed person: {}", denial.reason.en)
        }
        LineOutcome::Payable(_) => "payable".to_owned(),
        LineOutcome::Rejected(_) => "rejected".to_owned(),
        LineOutcome::Pended(_) => "pended".to_owned(),
    }
}

/// H&S 1367.01(e): a no for medical necessity is a licensed person's, whatever software calls it.
#[test]
fn a_line_that_judges_need_is_for_a_licensed_person() {
    let pay = |amount: i64, reason: &str| {
        let rest = json!({ "group": "CO", "reason": reason, "remark": null, "amount": 100_000 - amount });
        json!({ "payable": { "rate": "r1", "amount": amount, "adjustments": [rest] } })
    };
    let reject = |code: &str| {
        json!({ "rejected": {
            "field": "/units", "reason_code": code, "remark": null, "reason": words(), "fix": words(),
        } })
    };
    let table = [
        ("all that the rate gives", labelled(pay(60_000, "45"), &[])),
        ("all of it, whatever is found", labelled(pay(60_000, "45"), &["needs"])),
        ("less, by contract", labelled(pay(100, "45"), &[])),
        ("nothing, for the election", labelled(pay(0, "96"), &["elected"])),
        ("nothing, for need", labelled(pay(0, "96"), &["needs"])),
        ("a cent less, for need", labelled(pay(59_999, "45"), &["elected", "needs"])),
        ("nothing, as not necessary", labelled(pay(0, "50"), &[])),
        ("a cent, as too many", labelled(pay(1, "151"), &[])),
        ("to be corrected", labelled(reject("4"), &[])),
        ("to be corrected, for the election", labelled(reject("4"), &["elected"])),
        ("to be corrected, for need", labelled(reject("4"), &["needs"])),
        ("to be corrected, as not necessary", labelled(reject("50"), &[])),
        ("to be corrected, as too many", labelled(reject("151"), &[])),
    ];
    let table: String = table.iter().map(|(case, comes)| format!("{case}: {comes}\n")).collect();
    expect![[r#"
        all that the rate gives: payable
        all of it, whatever is found: payable
        less, by contract: payable
        nothing, for the election: payable
        nothing, for need: for a licensed person: The rules would pay $0.00 of $1000.00: Yes.
        a cent less, for need: for a licensed person: The rules would pay $599.99 of $1000.00: Yes.
        nothing, as not necessary: for a licensed person: The rules would pay $0.00 of $1000.00: Not medically necessary in the payer's view
        a cent, as too many: for a licensed person: The rules would pay $0.01 of $1000.00: What was sent does not support so many services
        to be corrected: rejected
        to be corrected, for the election: rejected
        to be corrected, for need: for a licensed person: Yes.
        to be corrected, as not necessary: for a licensed person: Yes.
        to be corrected, as too many: for a licensed person: Yes.
    "#]]
    .assert_eq(&table);
}

/// More units than days of a service that is paid by the day is arithmetic, by whatever code it is told.
#[test]
fn more_units_than_days_judges_nobody() {
    let profile: PlanProfile = parsed(profile());
    let line = |units: u32| -> ClaimLine {
        parsed(json!({
            "number": 1, "service": "recuperative-care", "procedure": { "code": "T2033", "modifiers": ["U6"] },
            "place": "99", "days": { "first": "2026-03-02", "last": "2026-03-04" }, "units": units,
            "charge": 100_000, "minutes": null,
        }))
    };
    let rejection = parsed(json!({
        "field": "/units", "reason_code": "151", "remark": null, "reason": words(), "fix": words(),
    }));
    let judges = |units: u32| {
        let judged = Judged { line: &line(units), on: TODAY, found: &[], recommended: None };
        super::need::need_in_rejection(Ground::of(&profile), TODAY, judged, &rejection)
    };
    assert_eq!([3, 4].map(judges), [true, false]);
    // The same of what is paid, by the same code: three days at $200.00. A day less is no arithmetic.
    let pays = |(units, amount): (u32, i64)| {
        let judged = Judged { line: &line(units), on: TODAY, found: &[], recommended: None };
        let rest = Adjustment {
            group: "CO".to_owned(),
            reason: "151".to_owned(),
            remark: None,
            amount: Cents(100_000 - amount),
        };
        let priced = Priced { today: TODAY, tables: &[] };
        super::need_in_payment(Ground::of(&profile), priced, judged, Cents(amount), &[rest]).is_some()
    };
    assert_eq!([(3, 60_000), (4, 60_000), (4, 40_000), (4, 0)].map(pays), [true, false, true, true]);
}

/// A line that rules recommend to deny for need is not paid short by another code. Three days at $200.00.
#[test]
fn a_line_that_is_to_be_denied_for_need_is_paid_whole_or_judged() {
    let profile: PlanProfile = parsed(profile());
    let line: ClaimLine = parsed(json!({
        "number": 1, "service": "recuperative-care", "procedure": { "code": "T2033", "modifiers": ["U6"] },
        "place": "99", "days": { "first": "2026-03-02", "last": "2026-03-04" }, "units": 3, "charge": 100_000,
        "minutes": null,
    }));
    let denied: Denial = parsed(json!({ "kind": "clinical", "reason": words() }));
    let judges = |recommended: Option<&Denial>, amount: i64| {
        let judged = Judged { line: &line, on: TODAY, found: &[], recommended };
        let rest = Adjustment {
            group: "CO".to_owned(),
            reason: "45".to_owned(),
            remark: None,
            amount: Cents(100_000 - amount),
        };
        let priced = Priced { today: TODAY, tables: &[] };
        super::need_in_payment(Ground::of(&profile), priced, judged, Cents(amount), &[rest]).is_some()
    };
    assert_eq!([60_000, 59_999, 0].map(|amount| judges(Some(&denied), amount)), [false, true, true]);
    assert_eq!([60_000, 59_999, 0].map(|amount| judges(None, amount)), [false, false, false]);
}

/// Payment for a line of 5 units over 3 days at $250.00 by each model, at a rate of $20.00.
fn paid(model: &str, amount: i64, adjustments: Value) -> String {
    let mut profile = profile();
    profile["rates"][0]["model"] = json!(model);
    profile["rates"][0]["amount"] = json!(2_000);
    let profile: PlanProfile = parsed(profile);
    let line: ClaimLine = parsed(json!({
        "number": 1, "service": "recuperative-care", "procedure": { "code": "T2033", "modifiers": ["U6"] },
        "place": "99", "days": { "first": "2026-03-02", "last": "2026-03-04" }, "units": 5, "charge": 25_000,
        "minutes": null,
    }));
    let adjustments: Vec<Adjustment> = parsed(adjustments);
    let given = Paid { rate: None, amount: Cents(amount), adjustments: &adjustments };
    let priced = Priced { today: TODAY, tables: &[] };
    super::payment(Ground::of(&profile), priced, &line, given, "")
        .map_or_else(|broken| format!("{} at {}", broken.rule, broken.at), |()| "paid".to_owned())
}

#[test]
fn a_payment_is_held_against_charge_and_rate() {
    let rest =
        |amount: i64| json!([{ "group": "CO", "reason": "45", "remark": null, "amount": 25_000 - amount }]);
    let of = |model: &str, amount: i64| paid(model, amount, rest(amount));
    let with = |key: &str, value: &str| {
        let mut adjustments = rest(1_000);
        adjustments[0][key] = json!(value);
        paid("per-diem", 1_000, adjustments)
    };
    let cases = [
        ("5 units", of("fee-for-service", 10_000)),
        ("a cent more", of("fee-for-service", 10_001)),
        ("5 attempts", of("outreach", 10_000)),
        ("3 days", of("per-diem", 6_000)),
        ("a fourth day", of("per-diem", 8_000)),
        ("one month", of("monthly", 2_000)),
        ("two months", of("monthly", 4_000)),
        ("a case", of("case-rate", 2_000)),
        ("two cases", of("case-rate", 4_000)),
        ("up to the ceiling", of("project-cost", 2_000)),
        ("past the ceiling", of("project-cost", 2_001)),
        ("an encounter", of("encounter-only", 0)),
        ("an encounter, paid", of("encounter-only", 1)),
        ("more than the charge", paid("fee-for-service", 99_999_999, json!([]))),
        ("below zero", of("per-diem", -1)),
        ("unexplained", paid("per-diem", 6_000, json!([]))),
        ("a cent unexplained", paid("per-diem", 6_000, rest(6_001))),
        ("of no group", with("group", "XX")),
        ("of no reason", with("reason", "999")),
        ("of a reason in the right shape", with("reason", "ZZ1")),
        ("with a remark", with("remark", "N822")),
        ("with no remark", with("remark", "HELLO")),
    ];
    let table: String = cases.iter().map(|(case, comes)| format!("{case}: {comes}\n")).collect();
    expect![[r#"
        5 units: paid
        a cent more: payment-within-the-rate at /amount
        5 attempts: paid
        3 days: paid
        a fourth day: payment-within-the-rate at /amount
        one month: paid
        two months: payment-within-the-rate at /amount
        a case: paid
        two cases: payment-within-the-rate at /amount
        up to the ceiling: paid
        past the ceiling: payment-within-the-rate at /amount
        an encounter: paid
        an encounter, paid: payment-within-the-rate at /amount
        more than the charge: payment-within-the-charge at /amount
        below zero: payment-not-below-zero at /amount
        unexplained: charge-less-adjustments-is-the-amount at /amount
        a cent unexplained: charge-less-adjustments-is-the-amount at /amount
        of no group: adjustment-group at /adjustments/0/group
        of no reason: adjustment-reason at /adjustments/0/reason
        of a reason in the right shape: adjustment-reason at /adjustments/0/reason
        with a remark: paid
        with no remark: adjustment-remark at /adjustments/0/remark
    "#]]
    .assert_eq(&table);
}
