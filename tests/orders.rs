//! Whatever the order: steps of providers, plans' rules, plans' people, member files and time in an order
//! that chance picks; then the record is added up from what everybody is shown, and not by anything that the
//! service computes.
//!
//! What must hold of every order: a night is granted or presumed at one house; no twelve months hold more
//! nights, granted, presumed or paid, than the benefit limit (182, the reading of six months in
//! `catalog.toml`); a member's day is paid once, whichever house bills it, and by rules only where somebody
//! granted or presumed it; the ledger's entries come to what the claims say; and a clinical no, of a referral
//! as of a request, whole or in part and by whatever name, is a licensed person's. The rules of one of the
//! plans misbehave.

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
use crate::ledger::{cents, claim, corrects, ledger_sums, number, over, unauthorized};
use crate::limits::cover;

on_both_databases! {
    no_order_of_steps_breaks_the_record
}

/// Orders that are tried, and steps of each: the same in each run, and as many as a run of the tests bears.
const ORDERS: u32 = 6;
const STEPS: usize = 40;
/// Six months of room and board in any twelve, as the catalog counts them.
const CAP: usize = 182;

const HOUSES: [&str; 2] = ["casa-puente", "open-door"];
/// The first two hand members to each other; the third judges long stays clinically; the rules of the fourth
/// call a clinical no something else.
const PLANS: [&str; 4] = ["valle-vista", "harbor-crest", "silver-oak", HOSTILE];
const HOSTILE: &str = "hostile-plan";
/// Manners in which its rules answer a request for nights, a referral, and a claim.
const TO_NIGHTS: [&str; 9] = [
    "none",
    "none",
    "denies-for-coverage",
    "denies-for-need",
    "denies-for-both",
    "cut-3",
    "cut-for-need-3",
    "cut-for-coverage-3",
    "presume-anyway",
];
const TO_REFERRALS: [&str; 6] = [
    "none",
    "none",
    "denies-for-coverage",
    "denies-for-need",
    "redirects-for-coverage",
    "redirects-for-need",
];
const TO_CLAIMS: [&str; 9] = [
    "none",
    "denies-for-coverage",
    "denies-for-need",
    "rejects-for-need",
    "rejects-as-needless",
    "pays-nothing-for-need",
    "pays-nothing-as-needless",
    "pays-half-by-contract",
    "pays-a-cent-as-too-long",
];
/// Claim adjustment reasons by which a payer judges the patient's need (X12 external code list 139).
const JUDGES_NEED: [&str; 31] = [
    "39", "40", "50", "54", "55", "56", "58", "78", "117", "150", "151", "152", "153", "154", "169", "177",
    "186", "193", "202", "203", "216", "233", "249", "261", "272", "273", "A1", "A6", "B1", "B8", "B22",
];
/// Decisions of a person on a referral.
const OF_REFERRALS: [&str; 3] = ["accept", "not-eligible", "redirect"];
/// Reasons that a person gives for paying nothing.
const FOR_NOTHING: [&str; 4] = ["45", "96", "50", "152"];

/// Role of the plan's person who takes a step.
#[derive(Clone, Copy, Debug)]
enum Hand {
    Licensed,
    Clerk,
}

/// Kind of ground that a refusal is said to have.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Clinical,
    Administrative,
}

/// Amount that a person pays.
#[derive(Clone, Copy, Debug)]
enum Paying {
    Whole,
    ADollarLess,
    /// Nothing, for one of [`FOR_NOTHING`].
    Nothing(Index),
}

/// One step. Days count from the day on which it is taken; an index picks one of what there is by then.
#[derive(Clone, Debug)]
enum Step {
    Refer { needs_a_bed: bool, manner: Index },
    DecideReferral { case: Index, hand: Hand, kind: Kind, decision: Index, grounds: Index },
    Ask { house: Index, from: i16, nights: u16, whole: bool, manner: Index },
    Supply { case: Index },
    Grant { case: Index, hand: Hand, kind: Kind, share: u16, grounds: Index },
    Refuse { case: Index, hand: Hand, kind: Kind, grounds: Index },
    Withdraw { case: Index },
    Bill { house: Index, ago: u16, nights: u16, manner: Index },
    Pay { claim: Index, hand: Hand, paying: Paying },
    RefuseClaim { claim: Index, hand: Hand, kind: Kind },
    Correct { claim: Index, void: bool, nights: u16 },
    Dispute { claim: Index },
    Move,
    Wait { days: u16 },
}

fn step() -> impl Strategy<Value = Step> {
    let (index, hand, kind) = (any::<Index>, hand, kind);
    prop_oneof![
        5 => (index(), -3..60_i16, 1..75_u16, prop::bool::weighted(0.5), index())
            .prop_map(|(house, from, nights, whole, manner)| Step::Ask { house, from, nights, whole, manner }),
        5 => index().prop_map(|case| Step::Supply { case }),
        5 => (index(), hand(), kind(), 1..5_u16, index())
            .prop_map(|(case, hand, kind, share, grounds)| Step::Grant { case, hand, kind, share, grounds }),
        4 => (index(), hand(), kind(), index())
            .prop_map(|(case, hand, kind, grounds)| Step::Refuse { case, hand, kind, grounds }),
        2 => index().prop_map(|case| Step::Withdraw { case }),
        8 => (index(), 0..12_u16, 1..6_u16, index())
            .prop_map(|(house, ago, nights, manner)| Step::Bill { house, ago, nights, manner }),
        6 => (index(), hand(), paying()).prop_map(|(claim, hand, paying)| Step::Pay { claim, hand, paying }),
        3 => (index(), hand(), kind()).prop_map(|(claim, hand, kind)| Step::RefuseClaim { claim, hand, kind }),
        3 => (index(), any::<bool>(), 1..6_u16)
            .prop_map(|(claim, void, nights)| Step::Correct { claim, void, nights }),
        2 => index().prop_map(|claim| Step::Dispute { claim }),
        2 => (any::<bool>(), index()).prop_map(|(needs_a_bed, manner)| Step::Refer { needs_a_bed, manner }),
        3 => (index(), hand(), kind(), index(), index()).prop_map(|(case, hand, kind, decision, grounds)| {
            Step::DecideReferral { case, hand, kind, decision, grounds }
        }),
        1 => Just(Step::Move),
        2 => (3..20_u16).prop_map(|days| Step::Wait { days }),
    ]
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![Just(Hand::Licensed), Just(Hand::Clerk)]
}

fn paying() -> impl Strategy<Value = Paying> {
    prop_oneof![
        3 => Just(Paying::Whole),
        2 => Just(Paying::ADollarLess),
        1 => any::<Index>().prop_map(Paying::Nothing),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Clinical), Just(Kind::Administrative)]
}

impl Step {
    fn name(&self) -> &'static str {
        match self {
            Self::Refer { .. } => "refer",
            Self::DecideReferral { .. } => "decide a referral",
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
    let county = County::of(Server::start(database), &PLANS);
    let place = RefCell::new(Place {
        kinds: kinds(&county),
        county,
        today: "2026-03-02".parse().expect("a day"),
        taken: 0,
        done: BTreeMap::new(),
    });
    let mut runner = runner(ORDERS, 60);
    // Nobody can bill before a night was asked for and is over, and nobody decides on a referral that waits
    // for nobody.
    let begin =
        (any::<Index>(), 10..60_u16, any::<Index>(), kind()).prop_map(|(house, nights, one, kind)| {
            let (hand, manner) = (Hand::Licensed, one);
            [
                Step::Ask { house, from: 0, nights, whole: true, manner },
                Step::Wait { days: 8 },
                Step::Refer { needs_a_bed: true, manner },
                Step::DecideReferral { case: one, hand, kind, decision: one, grounds: one },
            ]
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
    assert_eq!(done.len(), 14, "each kind of step was carried out: {done:?}");
}

/// The county in which every order is lived, each by a member of its own.
struct Place {
    county: County,
    /// The kind of each criterion, by plan and id.
    kinds: BTreeMap<(String, String), String>,
    today: Date,
    taken: usize,
    /// Number of times that a step was carried out, by its name.
    done: BTreeMap<&'static str, u32>,
}

impl Place {
    fn is_administrative(&self, plan: &str, criterion: &str) -> bool {
        // The host's own rules are administrative by what they are: a plan declares none of them.
        criterion.starts_with("host.")
            || self
                .kinds
                .get(&(plan.to_owned(), criterion.to_owned()))
                .is_some_and(|kind| kind == "administrative")
    }

    /// True if a criterion of the plan that is not administrative is found not met.
    fn judges_need(&self, plan: &str, case: &Value) -> bool {
        let findings = case["findings"].as_array().into_iter().flatten();
        let mut not_met = findings.filter(|one| one["outcome"] == "not-met");
        not_met.any(|one| !self.is_administrative(plan, text(one, "/criterion")))
    }
}

/// The kind of each criterion that a plan declares, by plan and id.
fn kinds(county: &County) -> BTreeMap<(String, String), String> {
    let mut kinds = BTreeMap::new();
    for plan in PLANS {
        let path = format!("/v1/plans/{plan}/profile");
        let profile = county.client().read(county.key_of("hospital"), &path);
        for criterion in profile["criteria"].as_array().expect("a list") {
            let id = text(criterion, "/id").to_owned();
            kinds.insert((plan.to_owned(), id), text(criterion, "/kind").to_owned());
        }
    }
    kinds
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
            Step::Refer { needs_a_bed, manner } => {
                let mut referral = self.referral(&at, *needs_a_bed);
                self.behave(&mut referral, manner.get::<&str>(&TO_REFERRALS));
                county.client().send(&Request::post("/v1/referrals", &referral).by(hospital))
            }
            Step::DecideReferral { case, hand, kind, decision, grounds } => {
                let case = self.one_of("referrals", &["with-people"], *case)?;
                let key = key_of_plan(county, &case, *hand);
                let decision = decision.get::<&str>(&OF_REFERRALS);
                let decision = of_referral(&county.again(key, &case), decision, *kind, *grounds);
                county.change(key, &case, "decisions", &decision)
            }
            Step::Ask { house, from, nights, whole, manner } => {
                let mut request = self.request(&at, *house, *from, *nights, *whole);
                self.behave(&mut request, manner.get::<&str>(&TO_NIGHTS));
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
            Step::Bill { house, ago, nights, manner } => {
                let first = later(at.today, -i64::from(*ago));
                let mut body = claim(&self.person, &[stay(first, *nights, at.today)]);
                self.behave(&mut body, manner.get::<&str>(&TO_CLAIMS));
                county.client().send(&Request::post("/v1/claims", &body).by(house_key(county, *house)))
            }
            Step::Pay { claim, hand, paying } => {
                let claim =
                    self.one_of("claims", &["payable", "with-people", "disputed", "advised"], *claim)?;
                let key = key_of_plan(county, &claim, *hand);
                county.change(key, &claim, "decisions", &payment(&claim, *paying))
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

    /// Whoever needs a hospital bed is refused by every honest plan's rules, for a person to confirm.
    fn referral(&self, at: &Place, needs_a_bed: bool) -> Value {
        let mut request = nights(&at.county, &self.person, 14, "2026-03-15");
        let code = "clinical.inpatient-level-needed";
        if needs_a_bed {
            take_fact(&mut request, code);
            let facts = request["facts"].as_array_mut().expect("a list");
            facts.push(json!({ "code": code, "value": true }));
        }
        json!({
            "member": request["member"], "service": request["service"], "facts": request["facts"],
            "documents": request["documents"],
        })
    }

    /// Says to the hostile plan's rules how they are to answer.
    fn behave(&self, request: &mut Value, manner: &str) {
        if self.plan != HOSTILE {
            return;
        }
        let mut facts = request["facts"].as_array().cloned().unwrap_or_default();
        facts.push(json!({ "code": "plan.hostile-plan.behavior", "value": manner }));
        request["facts"] = json!(facts);
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
        for referral in self.all("referrals") {
            self.each_no_is_whose_it_is(&referral);
        }
        let (held, granted) = self.a_night_is_at_one_house();
        let paid = self.a_day_is_paid_once(&granted);
        nights_are_within_the_limit(&(&held | &paid));
        self.the_ledger_is_its_claims();
    }

    /// Each night granted or presumed at one house, and no clinical no but a licensed person's. The nights
    /// that are spoken for, and those that may be billed: with those of a request that was taken back since.
    fn a_night_is_at_one_house(&self) -> (BTreeSet<Date>, BTreeSet<Date>) {
        let mut held: BTreeMap<Date, String> = BTreeMap::new();
        let mut over = BTreeSet::new();
        for case in self.all("authorizations") {
            self.each_no_is_whose_it_is(&case);
            let house = text(&case, "/assigned_provider");
            let of_window = case["presumption"].is_object().then_some(&case["presumption"]);
            let of_grant = case["grant"]["lines"].as_array().into_iter().flatten();
            for span in of_grant.chain(of_window) {
                for day in days(text(span, "/first"), text(span, "/last")) {
                    if ["withdrawn", "moved"].contains(&text(&case, "/state")) {
                        over.insert(day);
                        continue;
                    }
                    let other = held.insert(day, house.to_owned());
                    assert!(
                        other.as_ref().is_none_or(|other| other == house),
                        "{day} at {house} and {other:?}"
                    );
                }
            }
        }
        let held: BTreeSet<Date> = held.into_keys().collect();
        let granted = &held | &over;
        (held, granted)
    }

    /// A clinical no is a licensed person's, an administrative one rests on administrative criteria, and what
    /// rules decided rests on nothing else.
    fn each_no_is_whose_it_is(&self, case: &Value) {
        let at = self.place.borrow();
        let plan = text(case, "/plan/id");
        for no in [&case["denial"], &case["cut"]] {
            if no["kind"] == "clinical" {
                assert_eq!(
                    (&case["decided_by"], &no["reviewer"]),
                    (&json!("people"), &json!(at.county.plan(plan).license)),
                    "{case}"
                );
            }
            if no["kind"] == "administrative" {
                let criteria = no["criteria"].as_array().expect("a list");
                assert!(!criteria.is_empty(), "it rests on something: {case}");
                let mut named = criteria.iter().map(|id| id.as_str().expect("an id"));
                assert!(named.all(|id| at.is_administrative(plan, id)), "{case}");
            }
        }
        // What is cut to the plan's own declared days judges nobody.
        let adverse = case["denial"].is_object()
            || case["redirect"].is_object()
            || case["state"] == "rejected"
            || (case["cut"].is_object() && case["cut"]["kind"] != "declared");
        if adverse && case["decided_by"] == "plugin" {
            assert!(!at.judges_need(plan, case), "rules decided for need: {case}");
        }
    }

    /// No line is rejected or paid short by a judgement of need, but under a license.
    fn no_line_hides_a_clinical_no(&self, claim: &Value) {
        let judges = |code: &Value| code.as_str().is_some_and(|code| JUDGES_NEED.contains(&code));
        let by_code = |line: &Value| {
            let mut adjustments = line["adjustments"].as_array().into_iter().flatten();
            judges(&line["reason_code"]) || adjustments.any(|one| judges(&one["reason"]))
        };
        let lines = claim["lines"].as_array().expect("a list");
        assert!(!lines.iter().any(by_code), "rules judge need: {claim}");
        let paid = &claim["remittance"];
        let Some(paid_lines) = paid["lines"].as_array() else { return };
        let at = self.place.borrow();
        let plan = text(claim, "/plan/id");
        // Each house charges less than any rate gives.
        let is_short = |paid: &Value| {
            let line =
                lines.iter().find(|line| line["number"] == paid["number"]).expect("a line of the claim");
            cents(&paid["amount"]) < cents(&line["charge"])
        };
        // What rules recommend of a line is the plan's to see: with the code of a denial for need.
        let seen = at.county.again(&at.county.plan(plan).reviewer, claim);
        let mut seen = seen["lines"].as_array().into_iter().flatten();
        let for_need = at.judges_need(plan, claim) || seen.any(|line| line["reason_code"] == "50");
        let for_need = for_need && paid_lines.iter().any(is_short);
        let license = if for_need || paid_lines.iter().any(by_code) {
            json!(at.county.plan(plan).license)
        } else {
            Value::Null
        };
        assert_eq!(paid["reviewer"], license, "{claim}");
    }

    /// A night that rules find payable is one house's night, that somebody granted or presumed. What people
    /// pay without an authorization on file says why, and still no night is paid twice, to one house or to
    /// two. The nights that are payable or paid.
    fn a_day_is_paid_once(&self, granted: &BTreeSet<Date>) -> BTreeSet<Date> {
        let (mut paid, mut found) = (BTreeSet::new(), BTreeSet::new());
        for claim in self.all("claims") {
            self.each_no_is_whose_it_is(&claim);
            self.no_line_hides_a_clinical_no(&claim);
            let is_paid = claim["remittance"].is_object();
            if !is_paid && claim["state"] != "payable" {
                continue;
            }
            for line in claim["lines"].as_array().expect("a list") {
                let mut by_hand = claim["remittance"]["lines"].as_array().into_iter().flatten();
                let by_hand = by_hand.find(|paid| paid["number"] == line["number"]);
                let says_why = by_hand.is_some_and(|paid| paid["without_authorization"].is_object());
                let amount =
                    if is_paid { by_hand.map(|paid| &paid["amount"]) } else { Some(&line["amount"]) };
                if amount.is_none_or(|amount| amount.is_null() || cents(amount) == 0) {
                    continue;
                }
                for day in days(text(line, "/first"), text(line, "/last")) {
                    assert!(paid.insert(day), "{day} is paid twice: {claim}");
                    assert!(says_why || granted.contains(&day), "{day} is paid without a word: {claim}");
                    if line["outcome"] == "payable" {
                        assert!(found.insert(day), "{day} is payable twice: {claim}");
                        assert!(granted.contains(&day), "{day} of {} was nobody's to give", claim["id"]);
                    }
                }
            }
        }
        paid
    }

    /// Money that was paid under a claim and not yet taken back is what the claim says was paid.
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

/// No twelve months hold more nights than the limit gives, whether they were granted, presumed or paid. A
/// night counts once.
fn nights_are_within_the_limit(nights: &BTreeSet<Date>) {
    for end in nights {
        let first = later(*end, 1).saturating_sub(Span::new().months(12));
        let held = nights.range(first..=*end).count();
        assert!(held <= CAP, "{held} nights from {first} to {end}");
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

/// A decision on a referral; a no as one of a request.
fn of_referral(case: &Value, decision: &str, kind: Kind, grounds: Index) -> Value {
    match decision {
        "not-eligible" => {
            let mut decision = refusal(case, kind, grounds);
            decision["decision"] = json!(decision);
            decision
        }
        "redirect" => {
            json!({ "decision": decision, "to": { "service": "housing-deposits" }, "reason": words() })
        }
        decision => json!({ "decision": decision }),
    }
}

/// Payment that the rules priced, a dollar less, or nothing, with its reason code.
fn payment(claim: &Value, paying: Paying) -> Value {
    let line = &claim["lines"][0];
    let [charge, priced] = ["charge", "amount"].map(|name| line[name].as_str().map(|_| cents(&line[name])));
    let charge = charge.expect("a line has a charge");
    let whole = priced.unwrap_or(charge);
    let (amount, reason) = match paying {
        Paying::Whole => (whole, "45"),
        Paying::ADollarLess => ((whole - 100).max(0), "45"),
        Paying::Nothing(reason) => (0, *reason.get(&FOR_NOTHING)),
    };
    let mut paid = json!({ "number": 1, "amount": dollars(amount) });
    if amount < charge {
        paid["adjustments"] =
            json!([{ "group": "CO", "reason": reason, "amount": dollars(charge - amount) }]);
    }
    unauthorized(json!({ "decision": "pay", "remittance": number(), "lines": [paid] }))
}

fn dollars(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
