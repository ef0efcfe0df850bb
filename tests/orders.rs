//! Whatever the order: steps of providers, plans' rules, plans' people, member files and time in an order
//! that chance picks; then the record is added up from what everybody is shown, and not by anything that the
//! service computes.
//!
//! What must hold of every order: a night is granted at one house; no twelve months hold more nights than the
//! benefit limit (182, the reading of six months in `catalog.toml`); a member's day is paid once, and only
//! where somebody granted or presumed it; the ledger's entries come to what the claims say; and a clinical
//! no, whole or in part, is a licensed person's.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::harness::{Answer, County, Database, Person, Request, Server, asked, on_both_databases, text};
use crate::journeys::{nights, take_fact};
use crate::ledger::{cents, claim, corrects, ledger_sums, number, over};
use crate::limits::cover;

on_both_databases! {
    no_order_of_steps_breaks_the_record
}

/// Orders that are tried, and steps of each.
const ORDERS: u32 = 5;
const STEPS: usize = 36;
/// Six months of room and board in any twelve, as the catalog counts them.
const CAP: usize = 182;

const HOUSES: [&str; 2] = ["casa-puente", "open-door"];
/// The first two hand members to each other; the third judges long stays clinically.
const PLANS: [&str; 3] = ["valle-vista", "harbor-crest", "silver-oak"];

/// Who of a plan puts a hand to something.
#[derive(Clone, Copy, Debug)]
enum Hand {
    Licensed,
    Clerk,
}

/// What is called the reason of a no.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Clinical,
    Administrative,
}

/// One step. Days count from the day on which it is taken; an index picks one of what there is by then.
#[derive(Clone, Debug)]
enum Step {
    Ask { house: Index, from: i16, nights: u16, whole: bool },
    Supply { case: Index },
    Grant { case: Index, hand: Hand, kind: Kind, share: u16, grounds: Index },
    Refuse { case: Index, hand: Hand, kind: Kind, grounds: Index },
    Withdraw { case: Index },
    Bill { house: Index, ago: u16, nights: u16 },
    Pay { claim: Index, hand: Hand, less: bool },
    RefuseClaim { claim: Index, hand: Hand, kind: Kind },
    Correct { claim: Index, void: bool, nights: u16 },
    Dispute { claim: Index },
    Move,
    Wait { days: u16 },
}

fn step() -> impl Strategy<Value = Step> {
    let (index, hand, kind) = (any::<Index>, hand, kind);
    prop_oneof![
        5 => (index(), -3..60_i16, 1..75_u16, prop::bool::weighted(0.7))
            .prop_map(|(house, from, nights, whole)| Step::Ask { house, from, nights, whole }),
        2 => index().prop_map(|case| Step::Supply { case }),
        5 => (index(), hand(), kind(), 1..5_u16, index())
            .prop_map(|(case, hand, kind, share, grounds)| Step::Grant { case, hand, kind, share, grounds }),
        2 => (index(), hand(), kind(), index())
            .prop_map(|(case, hand, kind, grounds)| Step::Refuse { case, hand, kind, grounds }),
        1 => index().prop_map(|case| Step::Withdraw { case }),
        8 => (index(), 0..12_u16, 1..6_u16).prop_map(|(house, ago, nights)| Step::Bill { house, ago, nights }),
        6 => (index(), hand(), any::<bool>()).prop_map(|(claim, hand, less)| Step::Pay { claim, hand, less }),
        1 => (index(), hand(), kind()).prop_map(|(claim, hand, kind)| Step::RefuseClaim { claim, hand, kind }),
        3 => (index(), any::<bool>(), 1..6_u16)
            .prop_map(|(claim, void, nights)| Step::Correct { claim, void, nights }),
        2 => index().prop_map(|claim| Step::Dispute { claim }),
        1 => Just(Step::Move),
        2 => (3..20_u16).prop_map(|days| Step::Wait { days }),
    ]
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![Just(Hand::Licensed), Just(Hand::Clerk)]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Clinical), Just(Kind::Administrative)]
}

impl Step {
    fn name(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Supply { .. } => "supply",
            Self::Grant { .. } => "grant",
            Self::Refuse { .. } => "refuse",
            Self::Withdraw { .. } => "withdraw",
            Self::Bill { .. } => "bill",
            Self::Pay { .. } => "pay",
            Self::RefuseClaim { .. } => "refuse a claim",
            Self::Correct { .. } => "correct",
            Self::Dispute { .. } => "dispute",
            Self::Move => "move",
            Self::Wait { .. } => "wait",
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Clinical => "clinical",
            Self::Administrative => "administrative",
        }
    }
}

/// Tries so many orders, the same in each run. A smaller order costs as much as the one that failed, and so
/// few are tried.
pub(crate) fn runner(orders: u32, smaller: u32) -> TestRunner {
    let config =
        Config { cases: orders, max_shrink_iters: smaller, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn no_order_of_steps_breaks_the_record(database: Database) {
    let place = RefCell::new(Place {
        county: County::of(Server::start(database), &PLANS),
        today: "2026-03-02".parse().expect("a day"),
        taken: 0,
        done: BTreeMap::new(),
    });
    let mut runner = runner(ORDERS, 60);
    // Nobody can bill before a night was asked for and is over.
    let begin = (any::<Index>(), 10..60_u16).prop_map(|(house, nights)| {
        [Step::Ask { house, from: 0, nights, whole: true }, Step::Wait { days: 8 }]
    });
    let orders = (begin, prop::collection::vec(step(), STEPS));
    let outcome = runner.run(&orders, |(begin, steps)| {
        let mut life = Life::begin(&place);
        for step in begin.iter().chain(&steps) {
            life.take(step);
        }
        life.add_up();
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let done = &place.borrow().done;
    assert_eq!(done.len(), 12, "each kind of step was carried out: {done:?}");
}

/// The county in which every order is lived, each by a member of its own.
struct Place {
    county: County,
    today: Date,
    taken: usize,
    /// How often a step was carried out, by its name.
    done: BTreeMap<&'static str, u32>,
}

/// One order, lived by one member.
struct Life<'a> {
    place: &'a RefCell<Place>,
    person: Person,
    plan: &'static str,
    /// The member's id, known after the first request.
    member: Option<String>,
}

impl<'a> Life<'a> {
    fn begin(place: &'a RefCell<Place>) -> Self {
        let mut at = place.borrow_mut();
        let plan = PLANS[at.taken % PLANS.len()];
        at.taken += 1;
        let person = at.county.person(plan);
        drop(at);
        Self { place, person, plan, member: None }
    }

    fn take(&mut self, step: &Step) {
        let answer = match step {
            Step::Wait { days } => {
                self.wait(*days);
                None
            }
            Step::Move => {
                if !self.change_plans() {
                    return;
                }
                None
            }
            step => match self.send(step) {
                Some(answer) => Some(answer),
                None => return,
            },
        };
        if let Some(answer) = &answer {
            // What is carried out, or refused as somebody's mistake, or because a notice went out meanwhile:
            // never a fault of the service's.
            assert!(
                [200, 201, 403, 404, 409, 412, 422].contains(&answer.status),
                "{step:?}: {}",
                answer.json
            );
            if answer.status >= 300 {
                return;
            }
            if self.member.is_none() {
                self.member = Some(text(&answer.json, "/member_id").to_owned());
            }
        }
        *self.place.borrow_mut().done.entry(step.name()).or_default() += 1;
    }

    fn wait(&self, days: u16) {
        let mut at = self.place.borrow_mut();
        at.today = later(at.today, i64::from(days));
        let instant = format!("{}T18:00:00Z", at.today);
        at.county.server.start_again_at(&instant);
    }

    /// The other of the two plans that hand members to each other says in its file that the member is its
    /// from tomorrow on.
    fn change_plans(&mut self) -> bool {
        let next = match self.plan {
            "valle-vista" => "harbor-crest",
            "harbor-crest" => "valle-vista",
            _ => return false,
        };
        let at = self.place.borrow();
        let tomorrow = later(at.today, 1).to_string();
        cover(&at.county, self.plan, &self.person, "2024-01-01", &at.today.to_string());
        cover(&at.county, next, &self.person, &tomorrow, "");
        drop(at);
        self.plan = next;
        true
    }

    fn send(&self, step: &Step) -> Option<Answer> {
        let at = self.place.borrow();
        let (county, hospital) = (&at.county, at.county.key_of("hospital"));
        Some(match step {
            Step::Ask { house, from, nights, whole } => {
                let request = self.request(&at, *house, *from, *nights, *whole);
                county.client().send(&Request::post("/v1/authorizations", &request).by(hospital))
            }
            Step::Supply { case } => {
                let case = self.one_of("authorizations", &["pended"], *case)?;
                let asks = case["asks"].as_array().expect("a list").iter();
                let facts: Vec<Value> =
                    asks.map(|ask| json!({ "code": ask["fact"], "value": false })).collect();
                county.change(hospital, &case, "information", &json!({ "facts": facts }))
            }
            Step::Grant { case, hand, kind, share, grounds } => {
                let case = self.one_of("authorizations", &["with-people", "pended"], *case)?;
                let key = key_of_plan(county, &case, *hand);
                let decision = grant(&county.again(key, &case), *kind, *share, *grounds);
                county.change(key, &case, "decisions", &decision)
            }
            Step::Refuse { case, hand, kind, grounds } => {
                let case = self.one_of("authorizations", &["with-people", "pended"], *case)?;
                let key = key_of_plan(county, &case, *hand);
                let decision = refusal(&county.again(key, &case), *kind, *grounds);
                county.change(key, &case, "decisions", &decision)
            }
            Step::Withdraw { case } => {
                let case = self.one_of("authorizations", &["pended", "with-people"], *case)?;
                county.change(hospital, &case, "withdrawal", &json!({}))
            }
            Step::Bill { house, ago, nights } => {
                let first = later(at.today, -i64::from(*ago));
                let body = claim(&self.person, &[stay(first, *nights, at.today)]);
                county.client().send(&Request::post("/v1/claims", &body).by(house_key(county, *house)))
            }
            Step::Pay { claim, hand, less } => {
                let claim =
                    self.one_of("claims", &["payable", "with-people", "disputed", "advised"], *claim)?;
                let key = key_of_plan(county, &claim, *hand);
                county.change(key, &claim, "decisions", &payment(&claim, *less))
            }
            Step::RefuseClaim { claim, hand, kind } => {
                let claim = self.one_of("claims", &["with-people", "disputed", "advised"], *claim)?;
                let key = key_of_plan(county, &claim, *hand);
                let decision = json!({ "decision": "deny", "kind": kind.word(), "reason": words() });
                county.change(key, &claim, "decisions", &decision)
            }
            Step::Correct { claim: old, void, nights } => {
                let old = self.one_of("claims", &["paid", "payable", "denied"], *old)?;
                let first = text(&old, "/lines/0/first").parse().expect("a day");
                let frequency = if *void { "void" } else { "replacement" };
                let body = corrects(frequency, &old, claim(&self.person, &[stay(first, *nights, at.today)]));
                county.client().send(&Request::post("/v1/claims", &body).by(sender(county, &old)))
            }
            Step::Dispute { claim } => {
                let claim = self.one_of("claims", &["paid", "denied"], *claim)?;
                let reason = json!({ "reason": "It was delivered." });
                county.change(sender(county, &claim), &claim, "disputes", &reason)
            }
            Step::Move | Step::Wait { .. } => unreachable!("these are no request"),
        })
    }

    fn request(&self, at: &Place, house: Index, from: i16, count: u16, whole: bool) -> Value {
        let first = later(at.today, i64::from(from));
        let last = later(first, i64::from(count) - 1);
        let mut request = nights(&at.county, &self.person, count.into(), &last.to_string());
        request["provider"] = json!(at.county.provider(HOUSES[house.index(HOUSES.len())]).id);
        request["lines"] = json!([asked("T2033 U6", count.into(), &first.to_string(), &last.to_string())]);
        request["kind"] = json!(if self.member.is_none() { "initial" } else { "renewal" });
        if !whole {
            take_fact(&mut request, "clinical.inpatient-level-needed");
        }
        request
    }

    /// One of the member's cases in one of these states.
    fn one_of(&self, list: &str, states: &[&str], which: Index) -> Option<Value> {
        let mut fitting = self.listed(list);
        fitting.retain(|_, (_, state)| states.contains(&state.as_str()));
        let fitting: Vec<_> = fitting.into_iter().collect();
        (!fitting.is_empty()).then(|| {
            let (id, (who, _)) = which.get(&fitting);
            self.read(list, id, who)
        })
    }

    /// Every case of the member, whole.
    fn all(&self, list: &str) -> Vec<Value> {
        self.listed(list).iter().map(|(id, (who, _))| self.read(list, id, who)).collect()
    }

    fn read(&self, list: &str, id: &str, who: &str) -> Value {
        let at = self.place.borrow();
        at.county.client().read(at.county.key_of(who), &format!("/v1/{list}/{id}"))
    }

    /// By id, who of those that sent the member's cases or deliver sees one, and its state.
    fn listed(&self, list: &str) -> BTreeMap<String, (&'static str, String)> {
        let at = self.place.borrow();
        let mut cases = BTreeMap::new();
        let Some(member) = &self.member else { return cases };
        for who in ["hospital", HOUSES[0], HOUSES[1]] {
            let path = format!("/v1/{list}?member={member}&limit=200");
            let page = at.county.client().read(at.county.key_of(who), &path);
            assert!(page["next_cursor"].is_null(), "one page holds them");
            for case in page["items"].as_array().expect("a list") {
                cases.insert(text(case, "/id").to_owned(), (who, text(case, "/state").to_owned()));
            }
        }
        cases
    }

    fn add_up(&self) {
        let granted = self.nights_are_within_the_limit();
        self.a_day_is_paid_once(&granted);
        self.the_ledger_is_its_claims();
    }

    /// Each night granted at one house, within the limit, and no clinical no but a licensed person's; which
    /// days may be billed.
    fn nights_are_within_the_limit(&self) -> BTreeSet<Date> {
        let mut granted: BTreeMap<Date, String> = BTreeMap::new();
        let mut presumed = BTreeSet::new();
        for case in self.all("authorizations") {
            self.is_no_clinical_no_of_software(&case);
            let window = &case["presumption"];
            if window.is_object() {
                presumed.extend(days(text(window, "/first"), text(window, "/last")));
            }
            for line in case["grant"]["lines"].as_array().into_iter().flatten() {
                for day in days(text(line, "/first"), text(line, "/last")) {
                    let house = text(&case, "/assigned_provider").to_owned();
                    let other = granted.insert(day, house.clone());
                    assert!(
                        other.as_ref().is_none_or(|other| *other == house),
                        "{day} at {house} and {other:?}"
                    );
                }
            }
        }
        for end in granted.keys() {
            let first = later(*end, 1).saturating_sub(Span::new().months(12));
            let held = granted.range(first..=*end).count();
            assert!(held <= CAP, "{held} nights from {first} to {end}");
        }
        granted.into_keys().chain(presumed).collect()
    }

    fn is_no_clinical_no_of_software(&self, case: &Value) {
        let at = self.place.borrow();
        for no in [&case["denial"], &case["cut"]] {
            if no["kind"] == "clinical" {
                let plan = at.county.plan(text(case, "/plan/id"));
                assert_eq!(
                    (&case["decided_by"], &no["reviewer"]),
                    (&json!("people"), &json!(plan.license)),
                    "{case}"
                );
            }
        }
    }

    fn a_day_is_paid_once(&self, granted: &BTreeSet<Date>) {
        let mut paid: BTreeMap<Date, String> = BTreeMap::new();
        for claim in self.all("claims") {
            self.is_no_clinical_no_of_software(&claim);
            if !["payable", "paid"].contains(&text(&claim, "/state")) {
                continue;
            }
            for line in claim["lines"].as_array().expect("a list") {
                if ["denied", "rejected"].contains(&text(line, "/outcome")) {
                    continue;
                }
                for day in days(text(line, "/first"), text(line, "/last")) {
                    let other = paid.insert(day, text(&claim, "/id").to_owned());
                    assert!(other.is_none(), "{day} is paid in {} and {other:?}", claim["id"]);
                    assert!(granted.contains(&day), "{day} of {} was nobody's to give", claim["id"]);
                }
            }
        }
    }

    /// What was paid under each claim and not yet taken back is what the claim says was paid.
    fn the_ledger_is_its_claims(&self) {
        let at = self.place.borrow();
        // What one house is paid, the other is not shown.
        let sums: BTreeMap<String, i64> =
            HOUSES.iter().flat_map(|house| ledger_sums(&at.county, at.county.key_of(house))).collect();
        for claim in self.all("claims") {
            let total = &claim["remittance"]["total"];
            let paid = if total.is_string() { cents(total) } else { 0 };
            assert_eq!(sums.get(text(&claim, "/id")).copied().unwrap_or(0), paid, "{claim}");
        }
    }
}

fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days))
}

fn days(first: &str, last: &str) -> impl Iterator<Item = Date> {
    let last: Date = last.parse().expect("a day");
    first.parse::<Date>().expect("a day").series(Span::new().days(1)).take_while(move |day| *day <= last)
}

/// A line of a claim for nights that are over.
fn stay(first: Date, count: u16, today: Date) -> Value {
    let last = later(first, i64::from(count) - 1).min(today);
    let units = u32::try_from(days(&first.to_string(), &last.to_string()).count()).expect("small");
    over("T2033 U6", units, &first.to_string(), &last.to_string(), &format!("{}.00", 110 * units))
}

fn house_key(county: &County, house: Index) -> &str {
    county.key_of(HOUSES[house.index(HOUSES.len())])
}

/// The key of the house that sent the claim.
fn sender<'a>(county: &'a County, claim: &Value) -> &'a str {
    let house = HOUSES.iter().find(|house| county.provider(house).id == text(claim, "/provider"));
    county.key_of(house.expect("one of the houses billed"))
}

fn key_of_plan<'a>(county: &'a County, case: &Value, hand: Hand) -> &'a str {
    let plan = county.plan(text(case, "/plan/id"));
    match hand {
        Hand::Licensed => &plan.reviewer,
        Hand::Clerk => &plan.clerk,
    }
}

fn words() -> Value {
    json!({ "en": "So it stands.", "es": "Así queda." })
}

/// A share of what was asked: all of it, a half, a third, a quarter.
fn grant(case: &Value, kind: Kind, share: u16, grounds: Index) -> Value {
    if share == 1 {
        return json!({ "decision": "approve" });
    }
    let line = &case["request"]["lines"][0];
    let (first, last) = (text(line, "/first"), text(line, "/last"));
    let count = days(first, last).count().div_ceil(usize::from(share));
    let last = days(first, last).nth(count - 1).expect("a part is within the whole").to_string();
    let mut decision = refusal(case, kind, grounds);
    decision["decision"] = json!("approve");
    decision["lines"] = json!([asked("T2033 U6", u32::try_from(count).expect("small"), first, &last)]);
    decision
}

/// A no that rests on one of the findings, if there are any.
fn refusal(case: &Value, kind: Kind, grounds: Index) -> Value {
    let mut decision = json!({ "decision": "deny", "kind": kind.word(), "reason": words() });
    let findings = case["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !findings.is_empty() {
        decision["criteria"] = json!([grounds.get(findings)["criterion"]]);
    }
    decision
}

/// Payment that the rules priced, or a dollar less with its reason code.
fn payment(claim: &Value, less: bool) -> Value {
    let line = &claim["lines"][0];
    let [charge, priced] = ["charge", "amount"].map(|name| line[name].as_str().map(|_| cents(&line[name])));
    let charge = charge.expect("a line has a charge");
    let whole = priced.unwrap_or(charge);
    let amount = if less { (whole - 100).max(0) } else { whole };
    let mut paid = json!({ "number": 1, "amount": dollars(amount) });
    if amount < charge {
        paid["adjustments"] = json!([{ "group": "CO", "reason": "45", "amount": dollars(charge - amount) }]);
    }
    json!({ "decision": "pay", "remittance": number(), "lines": [paid] })
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
