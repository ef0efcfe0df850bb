//! Journeys about money: what is billed wrongly, to whom, and who has the last word.

use serde_json::{Value, json};

use super::case::Case;
use super::client::{Key, Trouble, told, told_that};
use super::county::{self, COUNTY, NADIA, OMAR, PAUL, Person};
use super::permission::{discharge_facts, granted, street_facts};
use super::setup;
use super::stage::{Stage, asked, billed, facts, member};
use super::story::word;

const CAPPED: &str = "short-term-post-hospitalization-housing";

/// A claim for one line.
pub(super) fn claim(person: &Person, line: Value) -> Value {
    json!({ "member": member(person), "diagnoses": ["Z59.02"], "lines": [line], "facts": [], "documents": [] })
}

pub(super) fn wrong_modifiers(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::MESA_VERDE)?;
    stage.story.say(format!(
        "Mesa Verde Meals has 12 boxes of groceries (S9977 U7) authorized for {}.",
        OMAR.short()
    ));
    let request = json!({
        "member": member(&OMAR), "service": "medically-tailored-meals",
        "lines": [asked("S9977", &["U7"], 12, &stage.day(0), &stage.day(83))],
        "facts": facts(&[("clinical.nutrition-sensitive-condition", json!(true))]), "documents": [],
    });
    granted(stage, &key, &request)?;
    let today = stage.day(0);
    stage.story.say("It bills the first box with modifier U2, a set that exists nowhere:");
    let unknown = claim(&OMAR, billed("S9977", &["U2"], 1, &today, "60.00"));
    let refused = stage.client.post(&key, "/v1/claims", &unknown)?;
    stage.story.refusal(&refused);
    told_that(refused.status == 422, &format!("it is refused at the door with 422, not {}", refused.status))?;
    told("where", refused.first_error().pointer, "/lines/0/procedure/modifiers")?;
    told_that(!refused.first_error().fix.is_empty(), "the refusal says what to do")?;

    stage.story.say("Then with U6, which exists, but is another kind of food than was authorized:");
    let wrong = claim(&OMAR, billed("S9977", &["U6"], 1, &today, "60.00"));
    let rejected = stage.send(&key, "claims", &wrong)?;
    stage.story.case(&rejected);
    told("state", rejected.state(), "rejected")?;
    told("field", rejected.at("/lines/0/field"), "/procedure/modifiers")?;
    told_that(rejected.at("/lines/0/fix/en").contains("S9977 U7"), "the plan names the right set")?;

    stage.story.say("The mended claim replaces it.");
    let mut mended = claim(&OMAR, billed("S9977", &["U7"], 1, &today, "60.00"));
    mended["frequency"] = json!("replacement");
    mended["replaces"] = json!(rejected.id());
    let payable = stage.send(&key, "claims", &mended)?;
    stage.story.case(&payable);
    told("state", payable.state(), "payable")?;
    told("the first claim", stage.read(&key, &rejected)?.state(), "replaced")?;
    let paid = pay(stage, "valle-vista", &payable, "EFT-1001", payable.word("total_payable"))?;
    stage.story.say("Valle Vista pays; Mesa Verde reads:");
    let seen = stage.read(&key, &paid)?;
    stage.story.case(&seen);
    told("what Mesa Verde reads", seen.state(), "paid")
}

/// The plan's remittance for the first line.
pub(super) fn pay(
    stage: &Stage<'_>,
    plan: &str,
    claim: &Case,
    number: &str,
    amount: &str,
) -> Result<Case, Trouble> {
    pay_with(stage, plan, claim, (number, amount), None)
}

/// The same, with what the plan adjusts by contract where it pays otherwise than its rules priced.
fn pay_with(
    stage: &Stage<'_>,
    plan: &str,
    claim: &Case,
    (number, amount): (&str, &str),
    adjusted: Option<&str>,
) -> Result<Case, Trouble> {
    let reviewer = &stage.plan(plan)?.reviewer;
    let mut line = json!({ "number": 1, "amount": amount });
    if let Some(adjusted) = adjusted {
        line["adjustments"] = json!([{ "group": "CO", "reason": "45", "amount": adjusted }]);
    }
    let decision = json!({ "decision": "pay", "remittance": number, "lines": [line] });
    let paid = stage.decide(reviewer, claim, &decision)?.case()?;
    told("state", paid.state(), "paid")?;
    told("remittance", paid.at("/remittance/total"), amount)?;
    Ok(paid)
}

pub(super) fn changed_plan(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::OPEN_DOOR)?;
    stage.story.say(format!("Open Door refers {} to ECM; the plan is Valle Vista.", NADIA.short()));
    let referral = json!({
        "member": member(&NADIA), "service": "ecm", "populations": ["homelessness"], "facts": facts(&street_facts()),
        "documents": [],
    });
    let case = stage.send(&key, "referrals", &referral)?;
    stage.story.case(&case);
    told("plan", case.plan(), "valle-vista")?;

    let (last, first) = (stage.today.yesterday(), stage.today);
    let last = last.map_err(|_| Trouble("there is no day before today".to_owned()))?;
    stage
        .story
        .say(format!("Then new member files come: Valle Vista until {last}, Harbor Crest from {first}."));
    let left = setup::load(stage, "valle-vista", &county::leaving_file(&NADIA, last))?;
    told_that(left["coverages_changed"] == 1, "Valle Vista's file ends one coverage")?;
    let arrived = setup::load(stage, "harbor-crest", &county::arriving_file(&NADIA, first))?;
    told_that(arrived["members_new"] == 1, "Harbor Crest's file brings a member who is new to the plan")?;

    stage.story.say("Open Door bills a visit of today.");
    let visit = claim(&NADIA, billed("G9012", &["U2"], 1, &stage.day(0), "75.00"));
    let new = stage.send(&key, "claims", &visit)?;
    stage.story.case(&new);
    told("the plan of the day of service", new.plan(), "harbor-crest")?;
    told("reason code", new.at("/lines/0/reason_code"), "197")?;

    stage.story.say("And one line that begins under the old plan and ends under the new one.");
    let mut line = billed("G9012", &["U2"], 2, &stage.day(0), "150.00");
    line["first"] = json!(stage.day(-1));
    let both = stage.client.post(&key, "/v1/claims", &claim(&NADIA, line))?;
    stage.story.refusal(&both);
    told("why", both.first_error().code, "two-plans")?;
    told("where", both.first_error().pointer, "/lines/0")?;
    stage.story.say("Next for Open Door: split the line by plan, and ask Harbor Crest to continue the care.");
    Ok(())
}

pub(super) fn advised(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let key = stage.key_of(county::CASA_PUENTE)?;
    grid(stage, &key)?;
    stage.story.say(format!(
        "Casa Puente has nights for {} authorized by Harbor Crest and bills the first.",
        PAUL.short()
    ));
    let line = asked("H0043", &["U3"], 14, &stage.day(0), &stage.day(13));
    let mut known = discharge_facts(stage, 14);
    known.extend([("clinical.smi-or-sud", json!(true)), ("housing.support-plan", json!(true))]);
    let request = json!({
        "member": member(&PAUL), "service": CAPPED, "lines": [line], "facts": facts(&known),
        "documents": [
            { "kind": "discharge-summary", "issued": stage.day(0) },
            { "kind": "housing-support-plan", "issued": stage.day(0) },
        ],
    });
    granted(stage, &key, &request)?;
    let night = claim(&PAUL, billed("H0043", &["U3"], 1, &stage.day(0), "210.00"));
    let advised = stage.send(&key, "claims", &night)?;
    stage.story.case(&advised);
    told("plan", advised.plan(), "harbor-crest")?;
    told("state", advised.state(), "advised")?;
    told("mode", advised.word("mode"), "advises")?;
    told("line", advised.at("/lines/0/outcome"), "payable")?;
    let advice = advised.word("total_payable").to_owned();
    stage
        .story
        .say(format!("Advice: ${advice}. Harbor Crest's claims system has the last word, and pays $108.25."));
    let paid = pay_with(stage, "harbor-crest", &advised, ("HC-77-0001", "108.25"), Some("101.75"))?;
    stage.story.case(&paid);
    told_that(advice != "108.25", "the plan's system and its published rules disagree")?;
    told("the advice on record", paid.word("total_payable"), &advice)?;
    stage
        .story
        .say("Both numbers stay on the claim: the plan can see where its rules and its system disagree.");
    Ok(())
}

pub(super) fn new_rate(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    const SCHEDULE: &str = "/v1/plans/harbor-crest/tables/fee-schedule";
    let (key, admin) = (stage.key_of(county::OPEN_DOOR)?, stage.plan("harbor-crest")?.admin.clone());
    let attempt = claim(&PAUL, billed("G9008", &["U8"], 1, &stage.day(0), "60.00"));
    stage.story.say(format!("Open Door tried to reach {} and bills Harbor Crest for it.", PAUL.short()));
    let before = stage.send(&key, "claims", &attempt)?;
    stage.story.case(&before);
    told("the published rate", before.word("total_payable"), "41.30")?;

    stage.story.say("Harbor Crest's rates change today. Its first file has a slip in it:");
    let today = stage.day(0);
    let upload = |stage: &Stage<'_>, rows: &str| {
        let path = format!("{SCHEDULE}?effective_from={today}");
        stage.client.post_file(&admin, &path, "text/csv", format!("procedure,amount\n{rows}").as_bytes())
    };
    let refused = upload(stage, "G9008 U8,45.00\nG9008 U88,23.10\n")?;
    stage.story.say(format!("HTTP {}: {}.", refused.status, refused.first_error().detail));
    told_that(refused.status == 422, &format!("it is refused whole with 422, not {}", refused.status))?;
    let slip = &refused.body["errors"][1];
    stage.story.detail("✗", format!("{} [{}]", word(slip, "/detail"), word(slip, "/code")));
    told("where the slip is", word(slip, "/pointer"), "#cell=3,1")?;
    let loaded = upload(stage, "G9008 U8,45.00\nG9008 U8 GQ,23.10\n")?.with(201)?;
    stage.story.say(format!(
        "Mended, it is version {} of the table {}: {} rows in force from {}.",
        loaded["version"],
        word(&loaded, "/table"),
        loaded["rows"],
        word(&loaded, "/effective_from"),
    ));

    stage.story.say("The same claim again, to the same plugin:");
    let after = stage.send(&key, "claims", &attempt)?;
    stage.story.case(&after);
    told("the new rate", after.word("total_payable"), "45.00")?;
    told("the plugin", after.at("/evaluation/digest"), before.at("/evaluation/digest"))?;
    let saw = |stage: &Stage<'_>, case: &Case| {
        let path = format!("/v1/evaluations/{}", case.at("/evaluation/id"));
        Ok::<_, Trouble>(stage.client.get(&admin, &path)?.with(200)?["tables"].clone())
    };
    told_that(saw(stage, &before)?.is_null(), "the first decision saw no row")?;
    let seen = saw(stage, &after)?;
    told("the table that the second saw", word(&seen, "/0/table"), "fee-schedule")?;
    told("the version that it saw", word(&seen, "/0/version"), &loaded["version"].to_string())?;

    let path = format!("/v1/evaluations/{}/replay", before.at("/evaluation/id"));
    let replay = stage.client.post(&admin, &path, &json!({}))?.done()?;
    told_that(replay["same"] == true, "the first decision, asked again, gives the same bytes")?;
    told("the first claim", stage.read(&key, &before)?.word("total_payable"), "41.30")?;
    stage
        .story
        .say("The first decision stays: asked again, it gives the same bytes, at the rate of its day.");
    Ok(())
}

/// The criteria of two plans for one service, side by side.
fn grid(stage: &mut Stage<'_>, key: &Key) -> Result<(), Trouble> {
    let grid = stage.client.get(key, &format!("/v1/criteria?county={COUNTY}&service={CAPPED}"))?.with(200)?;
    let cell = |plan: &str| {
        let cells = grid["services"][0]["cells"].as_array().into_iter().flatten();
        cells.into_iter().find(|cell| cell["plan"] == plan).cloned().unwrap_or_default()
    };
    stage.story.say(format!("The criteria grid for {} in {COUNTY}:", word(&grid, "/services/0/name")));
    for plan in ["valle-vista", "harbor-crest"] {
        let cell = cell(plan);
        let capped =
            cell["capacity"].as_u64().map_or("no cap".to_owned(), |cap| format!("at most {cap} members"));
        let offered = if cell["offered"] == true { "offered" } else { "not offered" };
        let (own, state): (Vec<&Value>, Vec<&Value>) = criteria(&cell).partition(|one| is_overlay(one));
        let (own_count, state_count) = (own.len(), state.len());
        stage.story.detail(
            "▸",
            format!(
                "{plan}: {offered}, {capped}, {state_count} criteria of the state, {own_count} of its own"
            ),
        );
        for criterion in own {
            stage.story.detail("  +", format!("{}: {}", word(criterion, "/id"), word(criterion, "/text/en")));
        }
    }
    let overlays = |plan: &str| criteria(&cell(plan)).filter(|one| is_overlay(one)).count();
    told_that(cell("harbor-crest")["capacity"].is_u64(), "Harbor Crest's cap is shown")?;
    told_that(
        overlays("harbor-crest") > overlays("valle-vista"),
        "Harbor Crest's additions are marked as its own",
    )
}

fn criteria(cell: &Value) -> impl Iterator<Item = &Value> {
    cell["criteria"].as_array().into_iter().flatten()
}

/// True if a criterion is the plan's addition to the state's text.
fn is_overlay(criterion: &Value) -> bool {
    criterion["origin"] == "overlay"
}
