//! The journey of thirty nights: asked for by a hospital, given by another house, billed, corrected, paid to
//! the cent, and counted against what a member may have in a year.

use serde_json::{Value, json};

use super::case::Case;
use super::client::{Trouble, told, told_that};
use super::county::{self, ELENA};
use super::permission::{discharge_facts, discharge_summary, granted};
use super::stage::{Stage, asked, facts, member};
use super::story::word;

const RECUPERATIVE: &str = "recuperative-care";
const PLAN: &str = "valle-vista";
/// Charge of the house for a night, and the plan's rate, in cents.
const CHARGE: i64 = 21_000;
const RATE: i64 = 20_400;

pub(super) fn thirty_nights(stage: &mut Stage<'_>) -> Result<(), Trouble> {
    let stay = asked_for(stage)?;
    let claim = billed_and_corrected(stage, &stay)?;
    paid(stage, &stay, &claim)?;
    nearly_reached(stage, &stay)
}

/// A request of the hospital for nights at Casa Puente, counted from today.
fn nights(stage: &Stage<'_>, kind: &str, first: i64, last: i64) -> Result<Value, Trouble> {
    let (house, _) = stage.provider(county::CASA_PUENTE)?;
    let units = u32::try_from(last - first + 1).unwrap_or_default();
    let mut known = discharge_facts(stage, last - first + 1);
    known.retain(|(code, _)| *code != "discharge.date");
    known.push(("discharge.date", json!(stage.day(-29))));
    Ok(json!({
        "member": member(&ELENA), "service": RECUPERATIVE, "provider": house, "kind": kind,
        "lines": [asked("T2033", &["U6"], units, &stage.day(first), &stage.day(last))],
        "facts": facts(&known), "documents": discharge_summary(stage),
    }))
}

fn asked_for(stage: &mut Stage<'_>) -> Result<Case, Trouble> {
    let (hospital, house) = (stage.key_of(county::HOSPITAL)?, stage.key_of(county::CASA_PUENTE)?);
    stage.story.say(format!(
        "{} left San Ravel General 29 days ago with a healing leg and no home. Casa Puente took her in that night; a storm had \
         cut the hospital's line, so its planner sends the request today: thirty nights at Casa Puente, tonight the last.",
        ELENA.short(),
    ));
    let request = nights(stage, "initial", -29, 0)?;
    let stay = granted(stage, &hospital, &request)?;
    told("plan", stay.plan(), PLAN)?;
    let seen = stage.read(&house, &stay)?;
    told("what Casa Puente reads", seen.state(), "approved")?;
    told("the authorization's number", seen.at("/grant/number"), stay.at("/grant/number"))?;
    stage.story.say(format!(
        "Casa Puente, which gives the nights, reads the same case: {} nights under {}.",
        seen.0["grant"]["lines"][0]["units"],
        seen.at("/grant/number"),
    ));
    Ok(stay)
}

/// A line of nights, counted from today, at the house's charge.
fn line(stage: &Stage<'_>, first: i64, last: i64) -> Value {
    let units = last - first + 1;
    json!({
        "procedure": { "code": "T2033", "modifiers": ["U6"] }, "place": "99",
        "first": stage.day(first), "last": stage.day(last), "units": units, "charge": dollars(units * CHARGE),
    })
}

/// Cents as an amount of dollars.
pub(super) fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn billed_and_corrected(stage: &mut Stage<'_>, stay: &Case) -> Result<Case, Trouble> {
    let (hospital, house) = (stage.key_of(county::HOSPITAL)?, stage.key_of(county::CASA_PUENTE)?);
    let bill =
        |lines: Vec<Value>| json!({ "member": member(&ELENA), "diagnoses": ["Z59.02"], "lines": lines });
    stage.story.say("Casa Puente bills all thirty nights in one line.");
    let first = stage.send(&house, "claims", &bill(vec![line(stage, -29, 0)]))?;
    stage.story.case(&first);
    told("line", first.at("/lines/0/outcome"), "payable")?;
    told("payable", first.word("total_payable"), &dollars(30 * RATE))?;

    stage.story.say(
        "The night book says otherwise: on the fifteenth she slept in the emergency department. Casa Puente sends the claim \
         again as a replacement, without that night.",
    );
    let mut corrected = bill(vec![line(stage, -29, -16), line(stage, -14, 0)]);
    corrected["frequency"] = json!("replacement");
    corrected["replaces"] = json!(first.id());
    let claim = stage.send(&house, "claims", &corrected)?;
    stage.story.case(&claim);
    told("payable", claim.word("total_payable"), &dollars(29 * RATE))?;
    told("the first claim", stage.read(&house, &first)?.state(), "replaced")?;

    stage.story.say("By mistake the night of yesterday goes out once more, alone.");
    let twice = stage.send(&house, "claims", &bill(vec![line(stage, -1, -1)]))?;
    stage.story.case(&twice);
    told("reason code of a repeated night", twice.at("/lines/0/reason_code"), "18")?;
    let unseen = stage.client.get(&hospital, &claim.path())?;
    told_that(
        unseen.status == 404,
        "the hospital, which asked for the nights, does not read the house's bill",
    )?;
    told("what the hospital reads of the stay", stage.read(&hospital, stay)?.state(), "approved")?;
    Ok(claim)
}

fn paid(stage: &mut Stage<'_>, stay: &Case, claim: &Case) -> Result<(), Trouble> {
    let (house, reviewer) = (stage.key_of(county::CASA_PUENTE)?, stage.plan(PLAN)?.reviewer.clone());
    let remitted = |number: i64, nights: i64, short: i64| {
        let cut = json!([{ "group": "CO", "reason": "45", "amount": dollars(nights * (CHARGE - RATE)) }]);
        json!({ "number": number, "amount": dollars(nights * RATE - short), "adjustments": cut })
    };
    let remittance = |short: i64| {
        json!({
            "number": "VV-30-0001", "total": dollars(29 * RATE - short),
            "claims": [{ "claim": claim.id(), "lines": [remitted(1, 14, short), remitted(2, 15, 0)] }],
        })
    };
    stage.story.say("Valle Vista remits, and one line is a cent short of its charge less its adjustments:");
    let refused = stage.client.post(&reviewer, "/v1/remittances", &remittance(1))?;
    stage.story.refusal(&refused);
    told("why", refused.first_error().code, "charge-less-adjustments-is-the-amount")?;
    let made = stage.client.post(&reviewer, "/v1/remittances", &remittance(0))?.with(201)?;
    let paid = stage.read(&house, claim)?;
    stage.story.case(&paid);
    told("state", paid.state(), "paid")?;
    told("paid", word(&made, "/paid"), &dollars(29 * RATE))?;
    stage.story.say(format!(
        "Mended, {} pays ${} for 29 nights; ${} is written off by contract (CO 45). Charge, adjustments and payment balance \
         to the cent for the authorization {}.",
        word(&made, "/number"),
        word(&made, "/paid"),
        dollars(29 * (CHARGE - RATE)),
        stay.at("/grant/number"),
    ));
    Ok(())
}

/// The limit of room and board as one of those concerned reads it: authorized, delivered and left, in days.
fn room_and_board(stage: &Stage<'_>, key: &super::client::Key, stay: &Case) -> Result<Value, Trouble> {
    let path = format!(
        "/v1/members/{}/limits?service={RECUPERATIVE}&on={}&purpose=care-coordination",
        stay.word("member_id"),
        stage.day(0),
    );
    let page = stage.client.get(key, &path)?.with(200)?;
    let limits = page["items"].as_array().into_iter().flatten();
    let found = limits.into_iter().find(|limit| limit["id"] == "housing-global-cap").cloned();
    found.ok_or_else(|| Trouble("expected the limit of room and board, got a list without it".to_owned()))
}

fn nearly_reached(stage: &mut Stage<'_>, stay: &Case) -> Result<(), Trouble> {
    let (hospital, house) = (stage.key_of(county::HOSPITAL)?, stage.key_of(county::CASA_PUENTE)?);
    let reviewer = stage.plan(PLAN)?.reviewer.clone();
    stage.story.say("The leg heals slowly. The hospital asks twice for sixty nights more, and gets them.");
    for (first, last) in [(1, 60), (61, 120)] {
        let request = nights(stage, "renewal", first, last)?;
        granted(stage, &hospital, &request)?;
    }
    let readers = [("the hospital", &hospital), ("Casa Puente", &house), ("Valle Vista", &reviewer)];
    let mut left = Vec::new();
    for (who, key) in readers {
        let limit = room_and_board(stage, key, stay)?;
        stage.story.detail(
            "▸",
            format!(
                "{who} reads: {} of {} days of room and board authorized, {} delivered, {} left in twelve months",
                limit["authorized"], limit["allowed"], limit["delivered"], limit["left"],
            ),
        );
        left.push(limit["left"].as_i64());
    }
    told_that(left.windows(2).all(|pair| pair[0] == pair[1]), "everybody concerned reads the same number")?;
    told_that(left[0].is_some_and(|left| left > 0 && left < 60), "the limit is nearly reached")?;
    let stranger = stage.key_of(county::MESA_VERDE)?;
    let path = format!("/v1/members/{}/limits?purpose=care-coordination", stay.word("member_id"));
    told_that(stage.client.get(&stranger, &path)?.status == 404, "a stranger reads nothing")?;

    stage.story.say("A third time sixty is more than the state allows. No rules of a plan can grant it:");
    let request = nights(stage, "renewal", 121, 180)?;
    let case = stage.send(&hospital, "authorizations", &request)?;
    stage.story.case(&case);
    told("state", case.state(), "with-people")?;
    told("why", case.at("/why_people/code"), "benefit-limit")?;
    let refused = stage.decide(&reviewer, &case, &json!({ "decision": "approve" }))?;
    stage.story.say("Nor can the plan's people:");
    stage.story.refusal(&refused);
    told("why", refused.first_error().code, "benefit-limit")?;
    stage.story.say(
        "Next for everybody: a home before the days run out. What is left was known before anybody asked.",
    );
    Ok(())
}
