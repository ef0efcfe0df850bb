//! Three weeks before the journeys: what waits too long, and what was given since, is old by the service's
//! own clock.

use jiff::civil::Date;
use serde_json::json;

use super::case::Case;
use super::client::{Trouble, told};
use super::county::{self, BEA, CARLA, INES, PLANS};
use super::permission::{discharge_facts, discharge_summary, recuperative_request};
use super::stage::{Stage, asked, facts, member, neighbor};

/// Plan that has automated nothing.
const BY_PEOPLE: &str = "costa-alta";
/// Members whom a referral to it is about, and those of them who get an answer: more of either than the
/// number up to which figures are withheld.
const REFERRED: usize = 24;
const ANSWERED: usize = 12;
/// Nights of the stay.
pub(super) const NIGHTS: i64 = 14;

/// Cases of that day on which somebody works three weeks later.
pub(super) struct Earlier {
    /// Nights at Casa Puente that are authorized, and all given by then.
    pub(super) stay: Case,
    /// First of these nights.
    pub(super) first_night: Date,
    /// Request that the plan's people leave unanswered.
    pub(super) unanswered: Case,
    /// Request of Casa Puente for somebody whom it knows since.
    pub(super) known: Case,
}

/// Lives through the day on which the county begins.
pub(super) fn lived(stage: &mut Stage<'_>) -> Result<Earlier, Trouble> {
    let earlier = Earlier {
        stay: stay(stage)?,
        first_night: stage.today,
        unanswered: navigation(stage, county::LLAVE, &CARLA, false)?,
        known: navigation(stage, county::CASA_PUENTE, &INES, true)?,
    };
    told("the nights at Casa Puente", earlier.stay.state(), "approved")?;
    told("the request for navigation", earlier.unanswered.state(), "with-people")?;
    told("why people have it", earlier.unanswered.at("/why_people/code"), "clinical-review")?;
    told("the request of Casa Puente", earlier.known.state(), "approved")?;
    referred(stage)?;
    stage.story.say(format!(
        "The first day: {NIGHTS} nights at Casa Puente for {}; a request for {} that Valle Vista's people leave lying; and \
         {REFERRED} referrals to Costa Alta, whose people answer {ANSWERED}.",
        BEA.short(),
        CARLA.short(),
    ));
    Ok(earlier)
}

fn stay(stage: &Stage<'_>) -> Result<Case, Trouble> {
    let hospital = stage.key_of(county::HOSPITAL)?;
    let known = discharge_facts(stage, NIGHTS);
    let nights = u32::try_from(NIGHTS).unwrap_or_default();
    let request = recuperative_request(stage, &BEA, nights, &known, discharge_summary(stage))?;
    stage.send(&hospital, "authorizations", &request)
}

/// A request for 90 days of housing navigation. Whether the member has a serious condition decides it.
fn navigation(
    stage: &Stage<'_>,
    provider: usize,
    person: &county::Person,
    is_serious: bool,
) -> Result<Case, Trouble> {
    let known = [
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-sheltered")),
        ("housing.coordinated-entry-priority", json!(false)),
        ("clinical.serious-health-condition", json!(is_serious)),
    ];
    let request = json!({
        "member": member(person), "service": "housing-transition-navigation",
        "lines": [asked("H0043", &["U6"], 90, &stage.day(0), &stage.day(89))],
        "facts": facts(&known), "documents": [],
    });
    stage.send(&stage.key_of(provider)?, "authorizations", &request)
}

/// Many members are referred to the plan without automation; some of them are answered.
fn referred(stage: &Stage<'_>) -> Result<(), Trouble> {
    let plan = PLANS.iter().find(|plan| plan.id == BY_PEOPLE);
    let plan = plan.ok_or_else(|| Trouble(format!("{BY_PEOPLE} is no plan of the county")))?;
    let (kitchen, reviewer) = (stage.key_of(county::MESA_VERDE)?, stage.plan(BY_PEOPLE)?.reviewer.clone());
    let known =
        [("consent.member-agrees", json!(true)), ("clinical.nutrition-sensitive-condition", json!(true))];
    let members = county::neighbors(plan, stage.today, REFERRED);
    for (place, one) in members.iter().enumerate() {
        let referral = json!({
            "member": neighbor(one), "service": "medically-tailored-meals", "facts": facts(&known), "documents": [],
        });
        let case = stage.send(&kitchen, "referrals", &referral)?;
        told("a referral to people", case.state(), "with-people")?;
        if place < ANSWERED {
            let answered = stage.decide(&reviewer, &case, &json!({ "decision": "accept" }))?.case()?;
            told("an answered referral", answered.state(), "accepted")?;
        }
    }
    Ok(())
}
