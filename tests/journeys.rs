//! The ways of cases through the plans, as the software of those who walk them sees them.

use serde_json::{Value, json};

use crate::harness::{
    COUNTY, County, Database, Person, Request, asked, billed, facts, on_both_databases, text, until,
};

on_both_databases! {
    service_starts_on_a_presumption_and_the_decision_follows
    what_is_missing_is_asked_for_and_supplied
    a_clinical_no_is_a_licensed_persons
    a_referral_to_the_wrong_service_is_redirected
    a_rejected_claim_is_mended_and_paid
    advice_does_not_bind_the_plan
    four_plans_read_one_credentialing_file
    the_loop_of_a_referral_is_closed
    what_was_sent_can_be_taken_back
    a_delegate_answers_for_its_members
    the_criteria_of_plans_stand_side_by_side
}

fn service_starts_on_a_presumption_and_the_decision_follows(database: Database) {
    let county = County::shared(database);
    let hospital = county.key_of("hospital");
    let mut request = nights(county, &county.person("valle-vista"), 14, "2026-03-15");
    take_fact(&mut request, "clinical.inpatient-level-needed");
    let case = county.submit(hospital, "authorizations", &request);
    assert_eq!(case["state"], "pended");
    assert_eq!(case["presumption"]["days"], 14);
    assert_eq!(case["presumption"]["first"], "2026-03-02");
    assert_eq!(case["presumption"]["last"], "2026-03-15");
    assert_eq!(case["presumption"]["active"], true);
    assert_eq!(asks(&case), ["clinical.inpatient-level-needed"]);
    assert!(case["decided_by"].is_null());
    assert!(!open_clocks(&case).is_empty());

    let more = json!({ "facts": facts(&[("clinical.inpatient-level-needed", json!(false))]) });
    let decided = county.change(hospital, &case, "information", &more).with(200);
    assert_eq!(decided["state"], "approved");
    assert_eq!(decided["decided_by"], "plugin");
    assert_eq!(decided["evaluation"]["digest"], county.plan("valle-vista").digest);
    assert!(!text(&decided, "/grant/number").is_empty());
    assert_eq!(decided["grant"]["lines"][0]["units"], 14);
    assert_eq!(decided["presumption"]["days"], 14);
    let open: Vec<&str> = open_clocks(&decided).iter().map(|clock| text(clock, "/rule")).collect();
    assert!(!open.iter().any(|rule| rule.contains("-decision-")), "{open:?}");
    assert_eq!(outcomes(&decided, "not-met") + outcomes(&decided, "unknown"), 0);
    assert_eq!(county.again(hospital, &case)["version"], decided["version"]);
}

fn what_is_missing_is_asked_for_and_supplied(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let mut request = ecm(&county.person("valle-vista"));
    take_fact(&mut request, "clinical.complex-need");
    let case = county.submit(key, "authorizations", &request);
    assert_eq!(case["state"], "pended");
    assert_eq!(asks(&case), ["clinical.complex-need"]);
    assert!(!text(&case, "/asks/0/question/en").is_empty());
    assert!(!text(&case, "/asks/0/question/es").is_empty());
    assert!(case["presumption"].is_null(), "nothing may start on an answer that was not given");

    let more = json!({ "facts": facts(&[("clinical.complex-need", json!(true))]) });
    let decided = county.change(key, &case, "information", &more).with(200);
    assert_eq!(decided["state"], "approved");
    assert!(asks(&decided).is_empty());
    let events: Vec<Value> = county.timeline(key, &case);
    assert_eq!(events[0]["event"], "received");
    assert_eq!(events.last().expect("it has events")["state"], "approved");
}

fn a_clinical_no_is_a_licensed_persons(database: Database) {
    let county = County::shared(database);
    let (hospital, plan) = (county.key_of("hospital"), county.plan("silver-oak"));
    let request = nights(county, &county.person("silver-oak"), 60, "2026-04-30");
    let case = county.submit(hospital, "authorizations", &request);
    assert_eq!(case["state"], "with-people");
    assert_eq!(case["why_people"]["code"], "clinical-review");
    assert_eq!(case["recommendation"], Value::Null, "the provider sees no recommendation");
    assert_eq!(case["findings"], json!([]), "nor what it rests on");
    assert!(!open_clocks(&case).is_empty());

    let seen = county.again(&plan.reviewer, &case);
    assert_eq!(seen["recommendation"]["kind"], "clinical");
    assert_ne!(seen["findings"], json!([]));
    let evaluation = text(&case, "/evaluation/id");
    let record = county.client().read(hospital, &format!("/v1/evaluations/{evaluation}"));
    assert!(record["input"].is_null() && record["output"].is_null(), "nor does the provider in the record");

    let denial = json!({ "decision": "deny", "kind": "clinical", "reason": { "en": "No need.", "es": "Sin necesidad." } });
    let refused = county.change(&plan.clerk, &seen, "decisions", &denial);
    assert_eq!((refused.status, refused.code()), (403, "not-licensed"));
    assert_eq!(county.again(hospital, &case)["state"], "with-people");

    let decided = county.change(&plan.reviewer, &seen, "decisions", &denial).with(200);
    assert_eq!(decided["state"], "denied");
    let heard = county.again(hospital, &case);
    assert_eq!(heard["decided_by"], "people");
    assert_eq!(heard["denial"]["kind"], "clinical");
    assert_eq!(heard["denial"]["reviewer"], plan.license);
    assert_eq!(heard["denial"]["reason"]["es"], "Sin necesidad.");
    assert!(county.work_item("silver-oak", &case).is_none());

    let later = county.change(&plan.reviewer, &heard, "decisions", &json!({ "decision": "approve" }));
    assert_eq!((later.status, later.code()), (409, "not-allowed-now"));
}

fn a_referral_to_the_wrong_service_is_redirected(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let mut referral = ecm_referral(&county.person("silver-oak"));
    let case = county.submit(key, "referrals", &referral);
    assert_eq!(case["state"], "redirected");
    assert_eq!(case["redirect"]["kind"], "service");
    assert_eq!(case["redirect"]["to"], "cicm");
    assert!(!text(&case, "/redirect/reason/en").is_empty() && !text(&case, "/redirect/reason/es").is_empty());
    referral["service"] = json!("cicm");
    let accepted = county.submit(key, "referrals", &referral);
    assert_eq!(accepted["state"], "accepted");
    assert_eq!(accepted["plan"]["id"], "silver-oak");
}

fn a_rejected_claim_is_mended_and_paid(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("mesa-verde"), county.person("valle-vista"));
    let request = json!({
        "member": person.named(), "service": "medically-tailored-meals",
        "lines": [asked("S9977 U7", 12, "2026-03-02", "2026-05-24")],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]),
    });
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");

    let rejected =
        county.submit(key, "claims", &claim(&person, billed("S9977 U6", 1, "2026-03-02", "60.00")));
    assert_eq!(rejected["state"], "rejected");
    assert_eq!(rejected["lines"][0]["outcome"], "rejected");
    assert_eq!(rejected["lines"][0]["field"], "/procedure/modifiers");
    assert!(text(&rejected, "/lines/0/fix/en").contains("S9977 U7"), "the plan names the right set");

    let mut mended = claim(&person, billed("S9977 U7", 1, "2026-03-02", "60.00"));
    mended["frequency"] = json!("replacement");
    mended["replaces"] = rejected["id"].clone();
    let payable = county.submit(key, "claims", &mended);
    assert_eq!(payable["state"], "payable");
    assert_eq!(payable["follows"], rejected["id"]);
    let old = county.again(key, &rejected);
    assert_eq!((&old["state"], &old["replaced_by"]), (&json!("replaced"), &payable["id"]));

    let total = payable["total_payable"].clone();
    let pay = |amount: &Value| json!({ "decision": "pay", "remittance": "EFT-1001", "lines": [{ "number": 1, "amount": amount }] });
    let reviewer = &county.plan("valle-vista").reviewer;
    county.change(reviewer, &payable, "decisions", &pay(&total)).with(200);
    let paid = county.again(key, &payable);
    assert_eq!(paid["state"], "paid");
    assert_eq!(paid["remittance"]["number"], "EFT-1001");
    assert_eq!(paid["remittance"]["total"], total);
    let twice = county.change(reviewer, &paid, "decisions", &pay(&total));
    assert_eq!((twice.status, twice.code()), (409, "not-allowed-now"), "nothing is paid twice");
}

fn advice_does_not_bind_the_plan(database: Database) {
    let county = County::shared(database);
    let (key, person) = (county.key_of("casa-puente"), county.person("harbor-crest"));
    let mut request = nights(county, &person, 14, "2026-03-15");
    request["service"] = json!("short-term-post-hospitalization-housing");
    request["lines"] = json!([asked("H0043 U3", 14, "2026-03-02", "2026-03-15")]);
    give_facts(&mut request, &[("clinical.smi-or-sud", json!(true)), ("housing.support-plan", json!(true))]);
    request["documents"] = json!([
        { "kind": "discharge-summary", "issued": "2026-03-02" },
        { "kind": "housing-support-plan", "issued": "2026-03-02" },
    ]);
    assert_eq!(county.submit(key, "authorizations", &request)["state"], "approved");
    let advised =
        county.submit(key, "claims", &claim(&person, billed("H0043 U3", 1, "2026-03-02", "210.00")));
    assert_eq!(advised["state"], "advised");
    assert_eq!(advised["mode"], "advises");
    assert_eq!(advised["lines"][0]["outcome"], "payable");

    let rest = json!([{ "group": "CO", "reason": "45", "amount": "101.75" }]);
    let line = json!({ "number": 1, "amount": "108.25", "adjustments": rest });
    let pay = json!({ "decision": "pay", "remittance": "HC-1", "lines": [line] });
    county.change(&county.plan("harbor-crest").reviewer, &advised, "decisions", &pay).with(200);
    let paid = county.again(key, &advised);
    assert_eq!(paid["state"], "paid");
    assert_eq!(paid["decided_by"], "people");
    assert_eq!(paid["remittance"]["total"], "108.25");
    assert_eq!(paid["total_payable"], advised["total_payable"], "the advice stays on record");
    assert_ne!(paid["total_payable"], "108.25");
}

fn four_plans_read_one_credentialing_file(database: Database) {
    const PLANS: [&str; 4] = ["valle-vista", "harbor-crest", "silver-oak", "costa-alta"];
    let county = County::shared(database);
    let key = county.key_of("new-leaf");
    let file = json!({
        "legal_name": "New Leaf Neighbors", "services": ["medically-tailored-meals"], "counties": [COUNTY],
        "plans": PLANS, "answers": good_answers(), "documents": all_documents_but("liability-certificate"),
    });
    let case = county.submit(key, "applications", &file);
    assert_eq!(case["state"], "open");
    let expected = ["incomplete", "incomplete", "incomplete", "with-people"];
    assert_eq!(PLANS.map(|plan| text(review(&case, plan), "/state")), expected);
    for plan in &PLANS[..3] {
        let review = review(&case, plan);
        assert_eq!(review["evaluation"]["digest"], county.plan(plan).digest);
        let results = review["requirements"].as_array().expect("a list");
        let missing = results.iter().filter(|one| one["standing"] != "satisfied");
        assert!(missing.clone().count() > 0, "{plan} says what is missing");
        for one in missing {
            assert!(!text(one, "/reason/en").is_empty() && !text(one, "/reason/es").is_empty());
        }
    }

    let certificate = json!({ "documents": [{
        "kind": "liability-certificate", "issued": "2026-01-31", "expires": "2027-01-31", "amount": "3000000.00",
    }] });
    let supplied = county.change(key, &case, "information", &certificate).with(200);
    let approved = ["approved", "approved", "approved", "with-people"];
    assert_eq!(PLANS.map(|plan| text(review(&supplied, plan), "/state")), approved);

    let reviewer = &county.plan("costa-alta").reviewer;
    let own = county.again(reviewer, &case);
    let own: Vec<&str> =
        own["reviews"].as_array().expect("a list").iter().map(|one| text(one, "/plan")).collect();
    assert_eq!(own, ["costa-alta"], "a plan sees its own reading only");
    let decision = json!({ "decision": "approve", "effective": "2026-04-01" });
    county.change(reviewer, &supplied, "decisions", &decision).with(200);
    let settled = county.again(key, &case);
    assert_eq!(settled["state"], "settled");
    assert_eq!(PLANS.map(|plan| text(review(&settled, plan), "/state")), ["approved"; 4]);
    assert_eq!(review(&settled, "costa-alta")["effective"], "2026-04-01");
}

fn the_loop_of_a_referral_is_closed(database: Database) {
    let county = County::shared(database);
    let (referrer, kitchen) = (county.key_of("open-door"), county.provider("mesa-verde"));
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "preferred_provider": kitchen.id, "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let mut case = county.submit(referrer, "referrals", &referral);
    assert_eq!(case["state"], "with-people");
    assert_eq!(case["why_people"]["code"], "not-automated");
    assert!(case["evaluation"].is_null());
    let item = county.work_item("costa-alta", &case).expect("it waits for the plan's people");
    assert_eq!(item["why"]["code"], "not-automated");
    assert!(item["due_at"].is_string());
    case = county
        .change(&county.plan("costa-alta").reviewer, &case, "decisions", &json!({ "decision": "accept" }))
        .with(200);
    assert_eq!(case["state"], "accepted");
    assert!(county.work_item("costa-alta", &case).is_none());

    let steps = [
        (json!({ "status": "accepted" }), "provider-accepted"),
        (json!({ "status": "outreach-initiated" }), "in-service"),
        (json!({ "status": "closed", "closure_reason": "services-received" }), "closed"),
    ];
    for (step, state) in steps {
        case = county.change(&kitchen.key, &case, "status", &step).with(200);
        assert_eq!(case["state"], state);
    }
    let seen = county.again(referrer, &case);
    assert_eq!(seen["closure"]["reason"], "services-received");
    assert!(open_clocks(&seen).is_empty());

    let states: Vec<String> =
        county.timeline(referrer, &case).iter().map(|event| text(event, "/state").to_owned()).collect();
    for state in ["with-people", "accepted", "provider-accepted", "in-service", "closed"] {
        assert!(states.iter().any(|known| known == state), "{state} is in {states:?}");
    }
    // The plan's answer and the three steps; notices leave after the commit.
    let notices = until("the referrer to be told of each step", || {
        let inbox = county.client().read(referrer, "/v1/notices?limit=200");
        let inbox = inbox["items"].as_array().expect("a list");
        let own: Vec<Value> = inbox.iter().filter(|notice| notice["case"] == case["id"]).cloned().collect();
        (own.len() >= 4).then_some(own)
    });
    for notice in notices {
        assert!(!text(&notice, "/text/en").is_empty() && !text(&notice, "/text/es").is_empty());
    }
}

fn what_was_sent_can_be_taken_back(database: Database) {
    let county = County::shared(database);
    let key = county.key_of("open-door");
    let person = county.person("valle-vista");
    let mut request = ecm(&person);
    take_fact(&mut request, "clinical.complex-need");
    let pended = county.submit(key, "authorizations", &request);
    let withdrawn = county.change(key, &pended, "withdrawal", &json!({})).with(200);
    assert_eq!(withdrawn["state"], "withdrawn");
    assert!(open_clocks(&withdrawn).is_empty());
    let again = county.change(key, &withdrawn, "withdrawal", &json!({}));
    assert_eq!((again.status, again.code()), (409, "not-allowed-now"));

    let referral = county.submit(key, "referrals", &ecm_referral(&person));
    let closed = county.change(key, &referral, "withdrawal", &json!({})).with(200);
    assert_eq!(closed["state"], "closed");
    assert!(open_clocks(&closed).is_empty());
    let second = county.submit(key, "referrals", &ecm_referral(&person));
    assert_ne!(second["id"], referral["id"], "after that, the member may be referred again");
}

fn a_delegate_answers_for_its_members(database: Database) {
    let county = County::shared(database);
    let referral = ecm_referral(&county.delegated_person("harbor-crest"));
    let case = county.submit(county.key_of("open-door"), "referrals", &referral);
    assert_eq!(case["plan"], json!({ "id": "harbor-crest", "delegate": "sierra-ridge" }));
    assert_eq!(case["state"], "with-people");
    assert_eq!(case["why_people"]["code"], "delegated");
    assert!(case["evaluation"].is_null(), "the plan's rules are not asked");
    let item = county.work_item("harbor-crest", &case).expect("it waits");
    assert_eq!(item["delegate"], "sierra-ridge");
    let reviewer = &county.plan("harbor-crest").reviewer;
    let accepted = county.change(reviewer, &case, "decisions", &json!({ "decision": "accept" })).with(200);
    assert_eq!(accepted["state"], "accepted");
}

fn the_criteria_of_plans_stand_side_by_side(database: Database) {
    let county = County::shared(database);
    let path =
        format!("/v1/criteria?county={COUNTY}&service=short-term-post-hospitalization-housing&on=2026-03-02");
    let answer = county.client().send(&Request::get(path).by(county.key_of("open-door")));
    let grid = answer.with(200);
    assert_eq!(grid["plans"], json!(["costa-alta", "harbor-crest", "silver-oak", "valle-vista"]));
    let cells = grid["services"][0]["cells"].as_array().expect("a list");
    assert_eq!(cells.len(), 4);
    let strict = &cells[1];
    assert_eq!((&strict["plan"], &strict["offered"]), (&json!("harbor-crest"), &json!(true)));
    assert!(strict["capacity"].is_u64(), "its cap is shown");
    let criteria = strict["criteria"].as_array().expect("a list");
    assert!(criteria.iter().any(|criterion| criterion["origin"] == "overlay"), "its additions are marked");
    assert!(criteria.iter().any(|criterion| criterion["origin"] == "state"));
    for criterion in criteria {
        assert!(!text(criterion, "/text/es").is_empty() && !text(criterion, "/source").is_empty());
    }
}

/// A hospital's request for nights of recuperative care at Casa Puente, from today.
pub(crate) fn nights(county: &County, person: &Person, nights: u32, last: &str) -> Value {
    json!({
        "member": person.named(), "service": "recuperative-care", "provider": county.provider("casa-puente").id,
        "lines": [asked("T2033 U6", nights, "2026-03-02", last)],
        "facts": facts(&[
            ("consent.member-agrees", json!(true)),
            ("housing.status", json!("homeless-unsheltered")),
            ("clinical.needs-recovery-care", json!(true)),
            ("clinical.inpatient-level-needed", json!(false)),
            ("clinical.serious-health-condition", json!(true)),
            ("discharge.facility-kind", json!("hospital")),
            ("discharge.date", json!("2026-03-02")),
            ("stay.expected-days", json!(nights)),
        ]),
        "documents": [{ "kind": "discharge-summary", "issued": "2026-03-02" }],
    })
}

/// A request for a year of ECM by the caller.
pub(crate) fn ecm(person: &Person) -> Value {
    json!({
        "member": person.named(), "service": "ecm", "populations": ["homelessness"],
        "lines": [asked("G9012 U2", 12, "2026-03-02", "2027-02-28")], "facts": street_facts(),
    })
}

/// A referral to ECM.
pub(crate) fn ecm_referral(person: &Person) -> Value {
    json!({
        "member": person.named(), "service": "ecm", "populations": ["homelessness"], "facts": street_facts(),
    })
}

fn street_facts() -> Value {
    facts(&[
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.complex-need", json!(true)),
        ("program.hospice", json!(false)),
        ("program.waiver-1915c", json!("none")),
        ("program.current-ecm-provider", json!(false)),
    ])
}

fn claim(person: &Person, line: Value) -> Value {
    json!({ "member": person.named(), "diagnoses": ["Z59.02"], "lines": [line] })
}

/// Takes a fact out of a request.
pub(crate) fn take_fact(request: &mut Value, code: &str) {
    let facts = request["facts"].as_array_mut().expect("a list");
    facts.retain(|fact| fact["code"] != code);
}

fn give_facts(request: &mut Value, known: &[(&str, Value)]) {
    let more = facts(known);
    let more = more.as_array().expect("a list").clone();
    request["facts"].as_array_mut().expect("a list").extend(more);
}

/// The facts and documents that the plan asks for.
fn asks(case: &Value) -> Vec<&str> {
    let asks = case["asks"].as_array().expect("a list").iter();
    asks.filter_map(|ask| ask["fact"].as_str().or(ask["document"].as_str())).collect()
}

pub(crate) fn open_clocks(case: &Value) -> Vec<&Value> {
    let clocks = case["deadlines"].as_array().expect("a list").iter();
    clocks.filter(|clock| clock["state"] == "open").collect()
}

fn outcomes(case: &Value, outcome: &str) -> usize {
    let findings = case["findings"].as_array().expect("a list").iter();
    findings.filter(|finding| finding["outcome"] == outcome).count()
}

fn review<'a>(case: &'a Value, plan: &str) -> &'a Value {
    let reviews = case["reviews"].as_array().expect("a list");
    reviews.iter().find(|review| review["plan"] == plan).expect("each plan has a reading")
}

fn good_answers() -> Value {
    facts(&[
        ("org.years-in-operation", json!(6)),
        ("org.legal-structure", json!("nonprofit")),
        ("org.hipaa-policies", json!(true)),
        ("org.incident-plan", json!(true)),
        ("org.mfa", json!(true)),
        ("org.background-checks", json!(true)),
        ("org.fraud-history", json!(false)),
        ("org.criminal-history", json!(false)),
        ("org.liability-claims", json!(false)),
        ("org.can-bill", json!(true)),
        ("org.can-receive-referrals", json!(true)),
        ("org.similar-experience", json!(true)),
        ("org.reporting-capability", json!(true)),
    ])
}

fn all_documents_but(missing: &str) -> Value {
    let kinds = [
        "liability-certificate",
        "professional-liability-certificate",
        "workers-compensation-certificate",
        "auto-certificate",
        "w9",
        "business-license",
        "irs-determination-letter",
        "privacy-policy",
        "fwa-training",
        "site-visit",
        "fire-clearance",
        "food-permit",
        "disclosure-of-ownership",
        "attestation",
        "bank-form",
        "org-chart",
    ];
    let document = |kind: &str| {
        let mut document = json!({ "kind": kind, "issued": "2026-01-31", "expires": "2027-01-31" });
        if kind.ends_with("certificate") {
            document["amount"] = json!("3000000.00");
        }
        document
    };
    kinds.into_iter().filter(|kind| *kind != missing).map(document).collect()
}
