//! A day's work for each of six people: what is left open for them when the journeys are over, by ordinary
//! requests of the county's organizations.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::case::Case;
use super::client::{Answer, Key, Trouble, told, told_that};
use super::county::{self, AMOS, BEA, CARLA, COUNTY, ELENA, INES, JUNE, OTTO, PROVIDERS};
use super::credentialing;
use super::earlier::{Earlier, NIGHTS};
use super::ledger::dollars;
use super::permission::{discharge_facts, discharge_summary, recuperative_request, without};
use super::rules::{self, first_of_next_year};
use super::stage::{Stage, facts, member};
use super::story::word;

const PLAN: &str = "valle-vista";
/// Charge of the house for a night, and the plan's rate, in cents.
const CHARGE: i64 = 21_000;
const RATE: i64 = 20_400;
/// Nights that are billed at once, and those of them that are paid.
const BILLED: i64 = NIGHTS - 1;
const PAID: i64 = 10;
/// Days until the liability certificate ends.
const CERTIFIED_FOR: i64 = 12;
/// The document that is missing in the new credentialing file.
const MISSING: &str = "attestation";
/// Entries on a page of the portal's list of changed requests.
const CHANGES: usize = 25;

/// Something that waits for a person today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The thing and what is done with it, in plain words.
    pub(super) what: String,
    /// Address of the page that leads to it, below the service's own.
    pub(super) listed: String,
    /// Address of the page on which it is done.
    pub(super) opens: String,
    /// The same in the API.
    pub(super) record: Recorded,
}

/// Place in the API where the same person reads the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recorded {
    /// Address of the answer.
    pub(super) read: String,
    /// Name of a field in it.
    pub(super) field: &'static str,
    /// Value of that field.
    pub(super) is: String,
}

impl Recorded {
    fn new(read: impl Into<String>, field: &'static str, is: impl Into<String>) -> Self {
        Self { read: read.into(), field, is: is.into() }
    }

    /// The case, in the state in which it waits.
    fn case(case: &Case) -> Self {
        Self::new(case.path(), "state", case.state())
    }

    /// The case in the worklist of the reader's plan.
    fn work(case: &str) -> Self {
        Self::new("/v1/worklist?limit=200", "case", case)
    }
}

/// Address of the portal's page of a case.
fn page_of(case: &Case) -> String {
    case.path().replacen("/v1/", "/portal/", 1)
}

/// The coordinator of Casa Puente: a plan asks for more, a referral is offered, and somebody she knows needs
/// a bed.
pub(super) fn coordinator(stage: &mut Stage<'_>, earlier: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    let house = stage.key_of(county::CASA_PUENTE)?;
    let missing = "clinical.inpatient-level-needed";
    let known = without(&discharge_facts(stage, 14), missing);
    let request = recuperative_request(stage, &AMOS, 14, &known, discharge_summary(stage))?;
    let pended = stage.send(&house, "authorizations", &request)?;
    told("the request for Amos", pended.state(), "pended")?;
    told("what is asked for", &pended.asks().join(", "), missing)?;
    let offered = offered(stage, &house)?;
    let person = earlier.known.word("member_id");
    told_that(!person.is_empty(), "Casa Puente knows whom its request was about")?;
    Ok(vec![
        Waiting {
            what: format!(
                "{} {}: Valle Vista asks whether hospital care is still needed. Answer it; until {} they may start without waiting.",
                AMOS.given,
                AMOS.family,
                pended.at("/presumption/last"),
            ),
            listed: "/portal".to_owned(),
            opens: format!("{}/needed", page_of(&pended)),
            record: Recorded::case(&pended),
        },
        Waiting {
            what: "A referral to recuperative care is offered: take it, or decline.".to_owned(),
            listed: "/portal".to_owned(),
            opens: format!("/portal/offers/{}", offered.id()),
            record: Recorded::new("/v1/offers?limit=200", "referral", offered.id()),
        },
        Waiting {
            what: format!(
                "{} {} leaves the hospital today and has nowhere to heal: ask for recuperative care.",
                INES.given, INES.family
            ),
            listed: "/portal/people".to_owned(),
            opens: format!("/portal/people/{person}"),
            record: Recorded::new(format!("/v1/members/{person}?purpose=care-coordination"), "id", person),
        },
    ])
}

/// A referral of Open Door that the plan has accepted and the house may take.
fn offered(stage: &Stage<'_>, house: &Key) -> Result<Case, Trouble> {
    let (preferred, _) = stage.provider(county::CASA_PUENTE)?;
    let known = [
        ("consent.member-agrees", json!(true)),
        ("housing.status", json!("homeless-unsheltered")),
        ("clinical.needs-recovery-care", json!(true)),
        ("clinical.inpatient-level-needed", json!(false)),
    ];
    let referral = json!({
        "member": member(&JUNE), "service": "recuperative-care", "preferred_provider": preferred,
        "facts": facts(&known), "documents": [],
    });
    let case = stage.send(&stage.key_of(county::OPEN_DOOR)?, "referrals", &referral)?;
    told("the referral of June", case.state(), "accepted")?;
    let offers = stage.client.get(house, "/v1/offers?limit=200")?.with(200)?;
    let mut offers = offers["items"].as_array().into_iter().flatten();
    told_that(offers.any(|offer| offer["referral"] == case.id()), "it is offered to Casa Puente")?;
    Ok(case)
}

/// The biller of Casa Puente: one bill to correct, and one that was paid in part.
pub(super) fn biller(stage: &mut Stage<'_>, earlier: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    told("the stay", earlier.stay.state(), "approved")?;
    let house = stage.key_of(county::CASA_PUENTE)?;
    let night = |number: i64| earlier.first_night.saturating_add(number.days());
    let nights = stage.send(&house, "claims", &bill(night(0), night(BILLED - 1), BILLED))?;
    told("the bill of the nights", nights.state(), "payable")?;
    told("what is payable", nights.word("total_payable"), &dollars(BILLED * RATE))?;
    let paid = paid_in_part(stage, &nights)?;
    let last = night(BILLED);
    let twice = stage.send(&house, "claims", &bill(last, last, 2))?;
    told("the bill of the last night", twice.state(), "rejected")?;
    told("where it is wrong", twice.at("/lines/0/field"), "/units")?;
    Ok(vec![
        Waiting {
            what: format!(
                "{} {}, night of {last}: billed with two units, sent back. Correct it and send it again.",
                BEA.given, BEA.family
            ),
            listed: "/portal/claims".to_owned(),
            opens: format!("{}/correct", page_of(&twice)),
            record: Recorded::case(&twice),
        },
        Waiting {
            what: format!(
                "{} {}, {BILLED} nights: ${} paid of ${} payable. See why, and dispute it or send what is missing.",
                BEA.given,
                BEA.family,
                dollars(PAID * RATE),
                dollars(BILLED * RATE),
            ),
            listed: "/portal/claims".to_owned(),
            opens: page_of(&paid),
            record: Recorded::case(&paid),
        },
    ])
}

/// A bill for nights of Bea.
fn bill(first: Date, last: Date, units: i64) -> Value {
    json!({
        "member": member(&BEA), "diagnoses": ["Z59.02"],
        "lines": [{
            "procedure": { "code": "T2033", "modifiers": ["U6"] }, "place": "99", "first": first.to_string(),
            "last": last.to_string(), "units": units, "charge": dollars(units * CHARGE),
        }],
    })
}

/// The plan pays some of the nights, and says why not the others.
fn paid_in_part(stage: &Stage<'_>, claim: &Case) -> Result<Case, Trouble> {
    let reviewer = &stage.plan(PLAN)?.reviewer;
    let decision = json!({
        "decision": "pay", "remittance": "VV-21-0001",
        "lines": [{
            "number": 1, "amount": dollars(PAID * RATE),
            "adjustments": [
                { "group": "CO", "reason": "45", "amount": dollars(BILLED * (CHARGE - RATE)) },
                { "group": "CO", "reason": "252", "amount": dollars((BILLED - PAID) * RATE) },
            ],
        }],
    });
    let paid = stage.decide(reviewer, claim, &decision)?.case()?;
    told("the bill of the nights", paid.state(), "paid")?;
    told("what was paid", paid.at("/remittance/total"), &dollars(PAID * RATE))?;
    Ok(paid)
}

/// The clerk of Casa Puente: a file that lacks a document, and a certificate that ends soon.
pub(super) fn clerk(stage: &mut Stage<'_>, _: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    let ends = stage.day(CERTIFIED_FOR);
    let mut documents = credentialing::documents(stage);
    let kept = documents.as_array_mut().ok_or_else(|| Trouble("documents are no list".to_owned()))?;
    kept.retain(|document| document["kind"] != MISSING);
    kept.push(json!({
        "kind": "liability-certificate", "issued": stage.day(CERTIFIED_FOR - 365), "expires": ends,
        "amount": "1000000.00",
    }));
    let file = json!({
        "legal_name": PROVIDERS[county::CASA_PUENTE].name, "services": ["respite"], "counties": [COUNTY],
        "plans": [PLAN, "costa-alta"], "answers": credentialing::answers(), "documents": documents,
    });
    let file = stage.send(&stage.key_of(county::CASA_PUENTE)?, "applications", &file)?;
    told("Valle Vista's reading", word(file.review(PLAN)?, "/state"), "incomplete")?;
    Ok(vec![
        Waiting {
            what: "Valle Vista still needs a signed attestation for respite care: add it to the file."
                .to_owned(),
            listed: "/portal/file".to_owned(),
            opens: format!("/portal/file/{}/document?kind={MISSING}", file.id()),
            record: Recorded::case(&file),
        },
        Waiting {
            what: format!("The liability certificate ends on {ends}: add the new one."),
            listed: "/portal/file".to_owned(),
            opens: "/portal/file".to_owned(),
            record: Recorded::new(file.path(), "expires", ends),
        },
    ])
}

/// A licensed reviewer of Valle Vista: three cases, of which one is late, and one may be decided otherwise
/// than the rules advise.
pub(super) fn reviewer(stage: &mut Stage<'_>, earlier: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    let key = stage.plan(PLAN)?.reviewer.clone();
    let advised = advised(stage, &key)?;
    let list = stage.client.get(&key, "/v1/worklist?limit=200")?.with(200)?;
    let items = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    told_that(items.iter().any(|item| item["case"] == earlier.unanswered.id()), "the late case waits still")?;
    let full = items.iter().find(|item| word(item, "/why/code") == "benefit-limit");
    let full = full.ok_or_else(|| Trouble("expected a case at the benefit limit, got none".to_owned()))?;
    let item = |what: String, case: &str| Waiting {
        what,
        listed: "/portal/work".to_owned(),
        opens: format!("/portal/work/authorization/{case}"),
        record: Recorded::work(case),
    };
    let late =
        format!("{} {}, housing navigation: its clocks have run out. Decide it.", CARLA.given, CARLA.family);
    let urgent = format!(
        "{} {}, urgent: the rules advise a denial, since he has a home, four flights up. Decide with them or against.",
        OTTO.given, OTTO.family
    );
    let beyond = format!(
        "{} {}, a further stay: more days are asked for than the year has left. Say how many.",
        ELENA.given, ELENA.family
    );
    Ok(vec![
        item(late, earlier.unanswered.id()),
        Waiting { record: Recorded::new(advised.path(), "kind", "clinical"), ..item(urgent, advised.id()) },
        item(beyond, word(full, "/case")),
    ])
}

/// An urgent request for Otto, of which the rules advise a denial to whoever holds `key`.
fn advised(stage: &Stage<'_>, key: &Key) -> Result<Case, Trouble> {
    let mut known = without(&discharge_facts(stage, 14), "housing.status");
    known.push(("housing.status", json!("housed")));
    let mut request = recuperative_request(stage, &OTTO, 14, &known, discharge_summary(stage))?;
    request["urgency"] = json!("expedited");
    let advised = stage.send(&stage.key_of(county::HOSPITAL)?, "authorizations", &request)?;
    told("the request for Otto", advised.state(), "with-people")?;
    told("why people have it", advised.at("/why_people/code"), "clinical-review")?;
    let seen = stage.read(key, &advised)?;
    told("what the rules advise", seen.at("/recommendation/kind"), "clinical")?;
    Ok(advised)
}

/// The analyst of Valle Vista: a draft that would turn a case that was decided, and next year's rules.
pub(super) fn analyst(stage: &mut Stage<'_>, _: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    let admin = stage.plan(PLAN)?.admin.clone();
    let draft = version(stage, &admin, "2.0.0-draft")?;
    let next = version(stage, &admin, "2.0.0")?;
    let run = rules::compared(stage, &admin, &draft)?;
    let report = &run["report"];
    told_that(report["approvals_lost"].as_u64() > Some(0), "the draft would take approvals away")?;
    let id = word(&run, "/id").to_owned();
    let change = turned(stage, &admin, &id)?;
    let runs = format!("/portal/rules/{draft}/shadow");
    let first = first_of_next_year(stage);
    let activations = format!("/v1/plans/{PLAN}/activations");
    are_dated(stage, &admin, &activations, [&next, &first])?;
    Ok(vec![
        Waiting {
            what: format!(
                "Version 2.0.0-draft, compared with what was decided: {} of {} answers would be others. Read why.",
                report["changed"], run["compared"],
            ),
            listed: runs.clone(),
            opens: format!("{runs}/{id}"),
            record: Recorded::new(format!("/v1/shadow-runs/{id}"), "state", "done"),
        },
        Waiting {
            what: "One of them side by side: nights that were approved, and would wait for a care plan."
                .to_owned(),
            listed: format!("{runs}/{id}/cases"),
            opens: format!("{runs}/{id}/cases/{}", change["number"]),
            record: Recorded::new(
                format!("/v1/shadow-runs/{id}/changes?limit={CHANGES}"),
                "evaluation",
                word(&change, "/evaluation"),
            ),
        },
        Waiting {
            what: format!("Version 2.0.0 decides from {first} on: keep it, or roll it back."),
            listed: "/portal/rules".to_owned(),
            opens: format!("/portal/rules/{next}"),
            record: Recorded::new(activations, "rules_from", first),
        },
    ])
}

/// Checks that the version with this digest decides from a day on.
fn are_dated(
    stage: &Stage<'_>,
    admin: &Key,
    activations: &str,
    [digest, first]: [&str; 2],
) -> Result<(), Trouble> {
    let standing = stage.client.get(admin, activations)?.with(200)?;
    let mut standing = standing["items"].as_array().into_iter().flatten();
    let is_dated = |one: &Value| one["digest"] == digest && one["rules_from"] == first;
    told_that(standing.any(is_dated), &format!("the rules of {first} are dated"))
}

/// SHA-256 of an uploaded version of the plan.
fn version(stage: &Stage<'_>, admin: &Key, version: &str) -> Result<String, Trouble> {
    let plugins = stage.client.get(admin, &format!("/v1/plans/{PLAN}/plugins?limit=200"))?.with(200)?;
    let mut plugins = plugins["items"].as_array().into_iter().flatten();
    let found = plugins.find(|plugin| plugin["version"] == version);
    found
        .map(|plugin| word(plugin, "/digest").to_owned())
        .ok_or_else(|| Trouble(format!("expected version {version} of {PLAN}, got none")))
}

/// An approval of nights that the candidate would not give: that of the first journey, if it is on the first
/// page.
fn turned(stage: &Stage<'_>, admin: &Key, run: &str) -> Result<Value, Trouble> {
    let path = format!("/v1/shadow-runs/{run}/changes?limit={CHANGES}");
    let changes = stage.client.get(admin, &path)?.with(200)?;
    let changes = changes["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_lost = |change: &&Value| {
        word(change, "/service") == "recuperative-care"
            && word(change, "/before/outcome") == "approved"
            && word(change, "/after/outcome") == "pended"
    };
    let journeys = stage.to_replay.as_ref().map(|(_, evaluation)| evaluation.as_str());
    let of_the_journey = |change: &&Value| Some(word(change, "/evaluation")) == journeys;
    let found = changes.iter().filter(is_lost).find(of_the_journey);
    let found = found.or_else(|| changes.iter().find(is_lost));
    found
        .cloned()
        .ok_or_else(|| Trouble("expected an approval of nights among the changes, got none".to_owned()))
}

/// The county's operator: clocks that a plan missed, and whether this host is well.
pub(super) fn operator(stage: &mut Stage<'_>, _: &Earlier) -> Result<Vec<Waiting>, Trouble> {
    // The clocks of three weeks ago may have ended in the quarter before.
    let today = figures(stage, "/v1/figures")?;
    let (figures, address) = match missed(&today) {
        Some(_) => (today, "/portal/county".to_owned()),
        None => {
            let quarter = quarter_of(stage.today.saturating_sub(14.days()));
            (
                figures(stage, &format!("/v1/figures?quarter={quarter}"))?,
                format!("/portal/county?quarter={quarter}"),
            )
        }
    };
    let late = missed(&figures)
        .ok_or_else(|| Trouble("expected missed clocks of Costa Alta, got none".to_owned()))?;
    let quarter = word(&figures, "/quarter").to_owned();
    Ok(vec![
        Waiting {
            what: format!(
                "Costa Alta missed {late} or more of the state's clocks in {quarter}: see which, and ask why."
            ),
            listed: address.clone(),
            opens: address,
            record: Recorded::new(format!("/v1/figures?quarter={quarter}"), "plan", "costa-alta"),
        },
        Waiting {
            what: "Health of this host: its queues, and whose rules answer.".to_owned(),
            listed: "/portal/county".to_owned(),
            opens: "/portal/county/health".to_owned(),
            record: Recorded::new("/v1/plans?limit=200", "id", "costa-alta"),
        },
    ])
}

fn figures(stage: &Stage<'_>, path: &str) -> Result<Value, Trouble> {
    stage.client.get(&stage.operator, path).and_then(|answer: Answer| answer.with(200))
}

/// Clocks that the plan without automation missed, where the figures tell their number.
fn missed(figures: &Value) -> Option<u64> {
    let mut measures = figures["measures"].as_array()?.iter();
    let measure = measures.find(|measure| measure["measure"] == "clocks-missed")?;
    let mut rows = measure["rows"].as_array()?.iter().filter(|row| row["plan"] == "costa-alta");
    rows.find_map(|row| row.pointer("/numerator/number")?.as_u64()).filter(|missed| *missed > 0)
}

/// Quarter of a day, as the API names it.
fn quarter_of(day: Date) -> String {
    format!("{}-Q{}", day.year(), (day.month() - 1) / 3 + 1)
}
