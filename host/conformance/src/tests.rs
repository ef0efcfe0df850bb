//! Tests of conduct that a sandboxed component cannot show, and of the shrinker, with stand-ins that answer
//! natively.

use std::cell::Cell;
use std::time::Duration;

use domain::plan::authorization::{AuthorizationRequest, Decision, Determination, Grant, GrantedLine};
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use domain::plan::types::{Ask, Bilingual, FactValue, Finding, FindingOutcome};
use jiff::civil::{Date, date};
use sandbox::{Call, Ending};
use serde_json::json;

use crate::check::Check;
use crate::examples::Examples;
use crate::generate::requests;
use crate::judge::judge;
use crate::respondent::Respondent;
use crate::run::{Findings, Watch, run};
use crate::shrink::{size, smallest};
use crate::supply;
use crate::undecided::slips_of;

const TODAY: Date = date(2026, 3, 2);

fn profile() -> PlanProfile {
    let days = json!({ "first": "2026-01-01", "last": null });
    let words = json!({ "en": "Yes.", "es": "Sí." });
    let profile = json!({
        "plan_id": "test-plan", "name": "Test Plan", "version": "1.0.0", "lines": ["medi-cal"],
        "counties": ["SRV", "LDM"], "languages": ["en"], "modes": [],
        "elections": [
            { "service": "recuperative-care", "county": "SRV", "days": days, "capacity": null },
            { "service": "recuperative-care", "county": "LDM", "days": days, "capacity": null },
        ],
        "criteria": [{
            "id": "needs", "service": "recuperative-care", "kind": "inclusion", "origin": "state", "text": words,
            "facts": ["clinical.needs-recovery-care", "housing.status", "stay.expected-days"],
            "documents": ["discharge-summary"], "source": "a guide", "days": days,
        }],
        "facts": [], "presumptive": [], "defaults": [], "turn_arounds": [], "rates": [],
        "claims": { "form": "x12-837p", "payer_id": "TP1", "filing_days": 180 }, "requirements": [],
        "layouts": [], "delegates": [], "contacts": [], "calendar": [], "tables": [],
    });
    serde_json::from_value(profile).unwrap()
}

/// Answers determinations by a function of the request and of how often it was asked before.
struct StandIn<F> {
    profile: PlanProfile,
    answer: F,
    asked: Cell<usize>,
}

impl<F: Fn(&AuthorizationRequest, usize) -> Ending<Answer>> StandIn<F> {
    fn new(answer: F) -> Self {
        Self { profile: profile(), answer, asked: Cell::new(0) }
    }
}

impl<F: Fn(&AuthorizationRequest, usize) -> Ending<Answer>> Respondent for StandIn<F> {
    fn profile(&self) -> &PlanProfile {
        &self.profile
    }

    fn describes_alike(&self) -> bool {
        self.profile.name == "Test Plan"
    }

    fn answers(&self, operation: Operation) -> bool {
        operation == Operation::Determine
    }

    async fn ask(&self, question: &Question) -> Call<Answer> {
        let Question::Determine { request, .. } = question else { panic!("nothing else is exported") };
        let before = self.asked.replace(self.asked.get() + 1);
        let ending = (self.answer)(request, before);
        Call { ending, duration: Duration::ZERO, peak_memory_bytes: 0, cpu_ticks: 0 }
    }
}

fn decided(decision: Decision) -> Ending<Answer> {
    Ending::Answer(Answer::Determine(Determination { decision, findings: Vec::new(), notes: Vec::new() }))
}

/// Pends for the stay's length, whatever it is told: an answer that any request may get.
fn waits() -> Ending<Answer> {
    decided(Decision::Pended(vec![Ask::Fact("stay.expected-days".to_owned())]))
}

fn approves(request: &AuthorizationRequest) -> Ending<Answer> {
    let line = |line: &domain::plan::authorization::RequestedLine| GrantedLine {
        procedure: line.procedure.clone(),
        units: line.units,
        days: line.days.clone(),
    };
    decided(Decision::Approved(Grant {
        lines: request.lines.iter().map(line).collect(),
        conditions: Vec::new(),
    }))
}

fn knows(request: &AuthorizationRequest, code: &str) -> bool {
    request.facts.iter().any(|fact| fact.code == code)
}

async fn failed<F: Fn(&AuthorizationRequest, usize) -> Ending<Answer>>(stand_in: &StandIn<F>) -> Vec<Check> {
    let Findings { ledger, .. } = run(stand_in, &Examples::default(), TODAY, &mut |_| {}).await;
    ledger.0.into_iter().filter(|(_, entry)| entry.failed > 0).map(|(check, _)| check).collect()
}

/// Neither can be told apart from outside in a component that is given no clock, no chance and a fresh
/// memory.
#[tokio::test]
async fn who_changes_its_mind_is_found_out() {
    let forgetful = StandIn::new(|_, before| if before % 2 == 0 { waits() } else { Ending::Trap("other") });
    assert!(failed(&forgetful).await.contains(&Check::AnswersAlike));
    let mut other =
        StandIn::new(|_, _| Ending::GuestError(domain::plan::types::PlanError::Unsupported(String::new())));
    assert_eq!(failed(&other).await, []);
    other.profile.name = "Another Plan".to_owned();
    assert_eq!(failed(&other).await, [Check::DescribesAlike]);
}

/// A deadline that is met once and missed once is the machine's doing.
#[tokio::test]
async fn a_busy_machine_is_not_the_plugins_fault() {
    let slow = StandIn::new(|_, before| if before % 2 == 0 { Ending::Deadline } else { waits() });
    let failed = failed(&slow).await;
    assert!(!failed.contains(&Check::AnswersAlike) && !failed.contains(&Check::WithinBudgets), "{failed:?}");
}

#[tokio::test]
async fn what_an_answer_waits_for_must_let_it_decide() {
    type Answering = fn(&AuthorizationRequest) -> Ending<Answer>;
    let table: [(&str, Answering, bool); 4] = [
        ("for ever", |_| waits(), false),
        (
            "until it knows",
            |request| if knows(request, "stay.expected-days") { approves(request) } else { waits() },
            true,
        ),
        (
            "for one value only",
            |request| {
                let short = |fact: &domain::plan::types::Fact| {
                    fact.code == "stay.expected-days" && fact.value == FactValue::Count(5)
                };
                if request.facts.iter().any(short) { approves(request) } else { waits() }
            },
            true,
        ),
        (
            "for something else",
            |request| if knows(request, "housing.status") { approves(request) } else { waits() },
            false,
        ),
    ];
    for (name, answer, decides) in table {
        let stand_in = StandIn::new(move |request, _| answer(request));
        let failed = failed(&stand_in).await;
        assert_eq!(!failed.contains(&Check::SupplyingDecides), decides, "waits {name}: {failed:?}");
    }
}

/// Each row: the fact that is waited for for ever, and whether it is hinted that a count test reads a
/// measure.
#[tokio::test]
async fn who_counts_what_is_measured_is_told_so() {
    for (code, hinted) in [("clinical.hba1c", true), ("stay.expected-days", false), ("housing.status", false)]
    {
        let ask = Ask::Fact(code.to_owned());
        let stand_in = StandIn::new(|_, _| decided(Decision::Pended(vec![ask.clone()])));
        let batch = requests(&stand_in, Operation::Determine, TODAY, Watch::start()).await;
        let made = batch.requests.first().expect("some are made");
        let waits = supply::decides(&stand_in, &made.question, std::slice::from_ref(&ask)).await;
        let said = waits.expect_err("it waits for ever");
        assert!(said.contains(&format!("still waits for {code}")), "{said}");
        let hint = format!("; {code} is a measure, and a test that reads counts never hears of it");
        assert_eq!(said.contains(&hint), hinted, "{said}");
        assert_eq!(said.contains(&format!("Fix: measures(\"{code}\", \"9.0\")")), hinted, "{said}");
    }
}

/// Beside an approval nothing that is declared may stand open; beside anything else it may.
#[tokio::test]
async fn a_criterion_that_no_code_decides_is_found() {
    let finding = |outcome| Finding {
        criterion: "needs".to_owned(),
        outcome,
        evidence: Vec::new(),
        reason: Bilingual { en: "Yes.".to_owned(), es: "Sí.".to_owned() },
    };
    let with = |ending, outcome| match ending {
        Ending::Answer(Answer::Determine(given)) => {
            Ending::Answer(Answer::Determine(Determination { findings: vec![finding(outcome)], ..given }))
        }
        other => other,
    };
    let open = StandIn::new(|request, _| with(approves(request), FindingOutcome::Unknown));
    assert_eq!(slips_of(&open, TODAY).await.undecided, ["needs"]);
    let met = StandIn::new(|request, _| with(approves(request), FindingOutcome::Met));
    assert_eq!(slips_of(&met, TODAY).await.undecided, [""; 0]);
    let waiting = StandIn::new(|_, _| with(waits(), FindingOutcome::Unknown));
    assert_eq!(slips_of(&waiting, TODAY).await.undecided, [""; 0]);
    let asked = StandIn::new(|request, _| {
        if knows(request, "housing.status") {
            approves(request)
        } else {
            with(waits(), FindingOutcome::Unknown)
        }
    });
    assert_eq!(slips_of(&asked, TODAY).await.undecided, [""; 0]);
}

/// Requests that fail for a reason of one or two parts: the smallest still fails, is no larger, and has the
/// reason.
#[tokio::test]
async fn the_smallest_case_still_fails_and_is_no_larger() {
    type Reason = fn(&AuthorizationRequest) -> bool;
    let reasons: [(&str, Reason, Reason); 6] = [
        ("always", |_| true, |small| small.facts.is_empty() && small.documents.is_empty()),
        ("a fact", |request| knows(request, "housing.status"), |small| small.facts.len() == 1),
        (
            "a fact and a document",
            |request| knows(request, "stay.expected-days") && !request.documents.is_empty(),
            |small| small.facts.len() == 1 && small.documents.len() == 1,
        ),
        (
            "a large number",
            |request| request.facts.iter().any(|fact| fact.value == FactValue::Count(1_000_000_000)),
            |small| small.facts.len() == 1,
        ),
        ("many lines", |request| request.lines.len() > 1, |small| small.lines.len() == 2),
        (
            "many units",
            |request| request.lines.iter().any(|line| line.units > 9_000),
            |small| small.lines.len() == 1,
        ),
    ];
    for (name, reason, is_small) in reasons {
        let answer = move |request: &AuthorizationRequest, _| {
            if reason(request) { Ending::Trap("other") } else { waits() }
        };
        let stand_in = StandIn::new(answer);
        let batch = requests(&stand_in, Operation::Determine, TODAY, Watch::start()).await;
        let mut tried = 0;
        for made in batch.requests {
            if !judge(&stand_in, &made.question).await.failed(Check::NeverBreaksOff) {
                continue;
            }
            tried += 1;
            let before = size(&made.question);
            let (small, wrong) =
                smallest(&stand_in, Check::NeverBreaksOff, made.question, "it fails".to_owned()).await;
            assert!(size(&small) <= before, "{name}: {}", made.what);
            assert!(judge(&stand_in, &small).await.failed(Check::NeverBreaksOff), "{name}: {}", made.what);
            let Question::Determine { request, .. } = &small else { panic!("it stays what it is") };
            assert!(is_small(request), "{name}: {} became {}", made.what, json!(request));
            assert!(!request.lines.is_empty() && !wrong.is_empty(), "{name}: it stays valid");
        }
        assert!(tried > 0, "{name}: no request was made that fails so");
    }
}

#[tokio::test]
async fn the_same_requests_are_made_every_time() {
    let made = || async {
        let stand_in = StandIn::new(|_, _| waits());
        let batch = requests(&stand_in, Operation::Determine, TODAY, Watch::start()).await;
        batch.requests.iter().map(|made| made.question.canonical_bytes()).collect::<Vec<_>>()
    };
    let first = made().await;
    assert!(first.len() > 50);
    assert!(first == made().await);
}
