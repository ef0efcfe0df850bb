//! Journeys about permission: who may start when, who decides, and what happens when rules fail.

use serde_json::{Value, json};

use super::billing::{claim, pay};
use super::case::Case;
use super::client::{Key, Trouble, told, told_that, unlike};
use super::county::{self, DANIEL, IRENE, LUCIA, PAUL, Person, ROSA};
use super::setup;
use super::stage::{Stage, asked, billed, facts, member};
use super::story::{due, short, word};

const RECUPERATIVE: &str = "recuperative-care";

/// Facts that a hospital states about somebody who may leave but has nowhere to heal.
pub(super) fn discharge_facts(stage: &Stage<'_>, nights: i64) -> Vec<(&'static str, Value)> {
    vec![
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.needs-recovery-care", json!(true)),
        ("clinical.inpatient-level-needed", json!(false)),
        ("clinical.serious-health-condition", json!(true)),
        ("discharge.facility-kind", json!("hospital")),
        ("discharge.date", json!(stage.day(0))),
        ("stay.expected-days", json!(nights)),
    ]
}

/// The paper that goes with them.
pub(super) fn discharge_summary(stage: &Stage<'_>) -> Value {
    json!([{ "kind": "discharge-summary", "issued": stage.day(0) }])
}

/// A request for nights of recuperative care at Casa Puente, from today.
pub(super) fn recuperative_request(
    stage: &Stage<'_>,
    person: &Person,
    nights: u32,
    known: &[(&str, Value)],
    documents: Value,
) -> Result<Value, Trouble> {
    let (house, _) = stage.provider(county::CASA_PUENTE)?;
    let line = asked("T2033", &["U6"], nights, &stage.day(0), &stage.day(i64::from(nights) - 1));
    Ok(json!({
        "member": member(person), "service": RECUPERATIVE, "provider": house, "lines": [line],
        "facts": facts(known), "documents": documents,
    }))
}

/// The facts but for one.
pub(super) fn without<'a>(known: &[(&'a str, Value)], missing: &str) -> Vec<(&'a str, Value)> {
    known.iter().filter(|(code, _)| *code != missing).cloned().collect()
}

pub(super) fn presumptive(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let hospital = stage.key_of(county::HOSPITAL)?;
    stage.story.say(format!(
        "San Ravel General Hospital asks for 14 nights at Casa Puente for {}, who may leave today. Whether a hospital bed is \
         still needed is for the attending physician to say, and she is in surgery.",
        ROSA.short(),
    ));
    let missing = "clinical.inpatient-level-needed";
    let known = without(&discharge_facts(stage, 14), missing);
    let request = recuperative_request(stage, &ROSA, 14, &known, discharge_summary(stage))?;
    let case = stage.send(&hospital, "authorizations", &request)?;
    stage.story.case(&case);
    told("plan", case.plan(), "valle-vista")?;
    told("state", case.state(), "pended")?;
    told_that(case.0["presumption"]["days"] == 14, "the presumptive window is 14 days")?;
    told_that(case.0["presumption"]["active"] == true, "the presumptive window is open today")?;
    told("what is asked for", &case.asks().join(", "), missing)?;
    let house = stage.key_of(county::CASA_PUENTE)?;
    let seen = stage.read(&house, &case)?;
    told("what Casa Puente reads of the hospital's request", seen.state(), "pended")?;
    told_that(
        seen.0["request"]["lines"][0]["units"] == 14,
        "Casa Puente reads what was asked for in its name",
    )?;
    stage.story.say(
        "Casa Puente, which is to deliver, was told at once and sees the request. It makes up the bed tonight. In the evening \
         the physician answers.",
    );
    let decided = stage.supply(&hospital, &case, facts(&[(missing, json!(false))]), json!([]))?;
    stage.story.case(&decided);
    told("state", decided.state(), "approved")?;
    told("decided by", decided.word("decided_by"), "plugin")?;
    stage.to_replay = Some(("valle-vista", decided.evaluation()?.to_owned()));
    told("what Casa Puente reads", stage.read(&house, &case)?.state(), "approved")?;

    stage
        .story
        .say("Casa Puente bills the first night, under the authorization that the hospital asked for.");
    let night = claim(&ROSA, billed("T2033", &["U6"], 1, &stage.day(0), "425.00"));
    let payable = stage.send(&house, "claims", &night)?;
    stage.story.case(&payable);
    told("plan", payable.plan(), "valle-vista")?;
    told("line", payable.at("/lines/0/outcome"), "payable")?;
    let amount = payable.word("total_payable").to_owned();
    let paid = pay(stage, "valle-vista", &payable, "VV-14-0001", &amount)?;
    stage.story.case(&paid);
    stage.story.say("Next for Casa Puente: the other nights, by the day. The hospital could not bill them: it gives none.");
    Ok(())
}

pub(super) fn clinical(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let hospital = stage.key_of(county::HOSPITAL)?;
    stage.story.say(format!("The hospital asks for 60 nights of recuperative care for {}.", IRENE.short()));
    let known = discharge_facts(stage, 60);
    let request = recuperative_request(stage, &IRENE, 60, &known, discharge_summary(stage))?;
    let case = stage.send(&hospital, "authorizations", &request)?;
    stage.story.case(&case);
    told("plan", case.plan(), "silver-oak")?;
    told("state", case.state(), "with-people")?;
    told("why", case.at("/why_people/code"), "clinical-review")?;
    told_that(case.0["recommendation"].is_null(), "the hospital sees no recommendation")?;
    told_that(case.list("findings").is_empty(), "the hospital sees no finding of the recommendation")?;
    told_that(!case.open_clocks().is_empty(), "the clock runs")?;

    let (clerk, reviewer) = reviewers(stage, "silver-oak")?;
    let seen = stage.read(&reviewer, &case)?;
    stage.story.say(format!(
        "The plan's people see what its rules recommend: {}",
        seen.at("/recommendation/reason/en")
    ));
    told("what the plan's people see", seen.at("/recommendation/kind"), "clinical")?;
    let denial = json!({
        "decision": "deny", "kind": "clinical",
        "reason": {
            "en": "Thirty nights were offered; the record shows no need for sixty.",
            "es": "Se ofrecieron treinta noches; el expediente no muestra necesidad de sesenta.",
        },
    });
    stage.story.say("A person of the plan without a clinical license tries to sign the denial:");
    let refused = stage.decide(&clerk, &case, &denial)?;
    stage.story.refusal(&refused);
    told_that(refused.status == 403, "a clinical denial without a license is refused")?;
    stage.story.say("The licensed reviewer decides:");
    let decided = stage.decide(&reviewer, &case, &denial)?.case()?;
    stage.story.case(&decided);
    told("state", decided.state(), "denied")?;
    told("decided by", decided.word("decided_by"), "people")?;
    told("signed by", decided.at("/denial/reviewer"), license_of("silver-oak"))?;
    let heard = stage.read(&hospital, &case)?;
    told("what the hospital reads", heard.at("/denial/kind"), "clinical")?;
    stage
        .story
        .say("Next for the hospital: the reason and the license are on the case; the member may appeal.");
    Ok(())
}

pub(super) fn one_missing(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    let missing = "clinical.complex-need";
    stage.story.say(format!(
        "Open Door asks for a year of ECM for {} and leaves one question of the form open.",
        DANIEL.short(),
    ));
    let request = ecm_request(stage, &DANIEL, &without(&street_facts(), missing));
    let case = stage.send(&key, "authorizations", &request)?;
    stage.story.case(&case);
    told("state", case.state(), "pended")?;
    told("what is asked for", &case.asks().join(", "), missing)?;
    told_that(case.0["presumption"].is_null(), "nothing may start on an answer that was not given")?;
    stage.story.say("Open Door answers exactly that question.");
    let decided = stage.supply(&key, &case, facts(&[(missing, json!(true))]), json!([]))?;
    stage.story.case(&decided);
    told("state", decided.state(), "approved")?;
    told_that(decided.criteria("met").len() == decided.list("findings").len(), "every criterion is met")
}

const MEALS: &str = "medically-tailored-meals";

pub(super) fn what_if(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let (_, key) = stage.provider(county::MESA_VERDE)?;
    let known = facts(&[("clinical.nutrition-sensitive-condition", json!(true))]);
    stage.story.say(
        "Mesa Verde asks every plan of the county about meals, before it knows whose member it will be:",
    );
    let question = json!({ "county": county::COUNTY, "services": [MEALS], "facts": known });
    let across = stage.client.post(&key, "/v1/criteria/ask", &question)?.done()?;
    let answers = across["services"][0]["answers"].as_array().cloned().unwrap_or_default();
    for answer in &answers {
        stage.story.detail("▸", format!("{}: {}", word(answer, "/plan"), word(answer, "/answer")));
    }
    let said = |plan: &str| {
        let answer = answers.iter().find(|answer| answer["plan"] == plan);
        answer.map(|answer| word(answer, "/answer").to_owned()).unwrap_or_default()
    };
    told("Valle Vista", &said("valle-vista"), "approved")?;
    told("Harbor Crest", &said("harbor-crest"), "pended")?;
    told("Costa Alta, without automation", &said("costa-alta"), "with-people")?;

    stage.story.say(format!("Then it asks Harbor Crest for {}.", PAUL.short()));
    let line = asked("S5170", &["U6"], 168, &stage.day(0), &stage.day(83));
    let request = json!({
        "member": member(&PAUL), "service": MEALS, "lines": [line], "facts": known, "documents": [],
    });
    let sent = stage.send(&key, "authorizations", &request)?;
    let case = stage.read(&key, &sent)?;
    stage.story.case(&case);
    told("state", case.state(), "pended")?;
    let sets = case.0["what_if"]["sets"].as_array().cloned().unwrap_or_default();
    stage.story.say(case.at("/what_if/text/en"));
    for set in &sets {
        let supplies = set["supply"].as_array().into_iter().flatten();
        let parts: Vec<String> = supplies.map(supply).collect();
        stage.story.detail("?", format!("{}: {}", parts.join(", and "), word(set, "/becomes")));
    }
    let first = sets.first().and_then(|set| set["supply"].get(0)).cloned().unwrap_or_default();
    told("what alone would turn it", word(&first, "/fact"), "clinical.hba1c")?;
    told("from where on", word(&first, "/at_least"), "9")?;
    stage.story.say("The clinic's record says 9.4. Mesa Verde supplies what is true.");
    let more = facts(&[("clinical.hba1c", json!("9.4"))]);
    let decided = stage.supply(&key, &case, more, json!([]))?;
    stage.story.case(&decided);
    told("state, as was promised", decided.state(), "approved")
}

/// One fact or document of a set, in a line.
fn supply(one: &Value) -> String {
    let what = one["fact"].as_str().or(one["document"].as_str()).unwrap_or_default();
    let values: Vec<String> = one["values"].as_array().into_iter().flatten().map(Value::to_string).collect();
    let values = match (one["at_least"].as_str(), &*values.join(" or ")) {
        (Some(least), _) => format!(" at least {least}"),
        (None, "") => String::new(),
        (None, values) => format!(" {values}"),
    };
    format!("{what}{values} ({})", word(one, "/question/en"))
}

/// Facts that Open Door states about somebody it cares for on the street.
pub(super) fn street_facts() -> Vec<(&'static str, Value)> {
    vec![
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.complex-need", json!(true)),
        ("program.hospice", json!(false)),
        ("program.waiver-1915c", json!("none")),
        ("program.current-ecm-provider", json!(false)),
    ]
}

/// A request for a year of ECM by the caller.
fn ecm_request(stage: &Stage<'_>, person: &Person, known: &[(&str, Value)]) -> Value {
    let line = asked("G9012", &["U2"], 12, &stage.day(0), &stage.day(363));
    json!({
        "member": member(person), "service": "ecm", "populations": ["homelessness"], "lines": [line],
        "facts": facts(known), "documents": [],
    })
}

pub(super) fn broken_plugin(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let good = stage.plan("valle-vista")?.digest.clone();
    stage.story.say("Valle Vista publishes a new version of its rules. It has a defect.");
    let broken = setup::upload(stage, "valle-vista", "valle-vista-broken")?;
    setup::activate(stage, "valle-vista", word(&broken, "/digest"))?;
    // Whatever comes of it, the journeys after this one need the good version.
    let stuck = under_the_broken_version(stage);
    setup::activate(stage, "valle-vista", &good)?;
    stage
        .story
        .say(format!("Valle Vista goes back to {}: one activation, nothing is deployed.", short(&good)));
    let case = stuck?;
    let (_, reviewer) = reviewers(stage, "valle-vista")?;
    let decided = stage.decide(&reviewer, &case, &json!({ "decision": "approve" }))?.case()?;
    stage.story.case(&decided);
    told("state", decided.state(), "approved")?;
    told("decided by", decided.word("decided_by"), "people")?;
    stage.story.say("Next for Llave: nothing to send again. Its request was never lost and never denied.");
    Ok(())
}

fn under_the_broken_version(stage: &mut Stage<'_>) -> Result<Case, Trouble> {
    let key = stage.key_of(county::LLAVE)?;
    stage.story.say(format!("Llave Housing Navigators ask for 90 days of navigation for {}.", LUCIA.short()));
    let known = [
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-sheltered")),
        ("clinical.serious-health-condition", json!(true)),
    ];
    let request = json!({
        "member": member(&LUCIA), "service": "housing-transition-navigation",
        "lines": [asked("H0043", &["U6"], 90, &stage.day(0), &stage.day(89))],
        "facts": facts(&known), "documents": [],
    });
    let case = stage.send(&key, "authorizations", &request)?;
    stage.story.case(&case);
    told("state", case.state(), "with-people")?;
    told("why", case.at("/why_people/code"), "plugin-fault")?;
    told_that(!case.open_clocks().is_empty(), "the clock runs")?;
    let (_, reviewer) = reviewers(stage, "valle-vista")?;
    let item = stage.work_item(&reviewer, &case)?;
    stage.story.say(format!(
        "The call ended in {}. The case is in the plan's worklist since the same second, due {}.",
        case.at("/evaluation/ending"),
        due(&item),
    ));
    Ok(case)
}

fn reviewers(stage: &Stage<'_>, plan: &str) -> Result<(Key, Key), Trouble> {
    let side = stage.plan(plan)?;
    Ok((side.clerk.clone(), side.reviewer.clone()))
}

fn license_of(plan: &str) -> &'static str {
    county::PLANS.iter().find(|known| known.id == plan).map_or("", |known| known.license)
}

/// Asks a plan for permission and holds the answer against what is told.
pub(super) fn granted(stage: &mut Stage<'_>, key: &Key, request: &Value) -> Result<Case, Trouble> {
    let case = stage.send(key, "authorizations", request)?;
    stage.story.case(&case);
    if case.state() == "approved" { Ok(case) } else { Err(unlike("state", "approved", describe(&case))) }
}

fn describe(case: &Case) -> String {
    let failed = case.criteria("not-met").join(", ");
    format!(
        "{} (asks: {}; not met: {failed}; why: {})",
        case.state(),
        case.asks().join(", "),
        case.at("/why_people/code")
    )
}
