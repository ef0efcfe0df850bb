use expect_test::expect;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Event as E, LastAction, PaidLine, Remittance, State as S};
use crate::Cents;
use crate::case::table::table;
use crate::case::{Language, LicensedReviewer, Moved, Reason, Refusal, WhyPeople, WithPeople};
use crate::floor::{Administrative, Ground, tests::profile};
use crate::identifiers::CaseId;
use crate::plan::billing::{Adjudication, ClaimLine, LineOutcome, LineResult, Payment, Rejection};
use crate::plan::profile::PlanProfile;
use crate::plan::types::{Ask, Bilingual, Denial, DenialKind, Finding, FindingOutcome};

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

fn denied(kind: DenialKind) -> LineOutcome {
    LineOutcome::Denied(Denial { kind, reason: words() })
}

fn line(number: u16) -> ClaimLine {
    serde_json::from_value(serde_json::json!({
        "number": number, "service": "recuperative-care", "procedure": { "code": "T2033", "modifiers": ["U6"] },
        "place": "99", "days": { "first": "2026-03-02", "last": null }, "units": 1, "charge": 100, "minutes": null,
    }))
    .unwrap()
}

/// Why a line is paid that no authorization covers is wanted in the other language until it is written, also
/// while the payment is disputed; of a claim that was corrected it is nobody's any more.
#[test]
fn a_payment_keeps_why_it_was_made_without_an_authorization() {
    let at = Timestamp::UNIX_EPOCH;
    let reason = Reason::written(None, Some("Autorizado por teléfono.".to_owned()));
    let line = |number: u16, without_authorization: Option<Reason>| PaidLine {
        number,
        amount: Cents(100),
        adjustments: Vec::new(),
        without_authorization,
    };
    let lines = vec![line(1, None), line(2, reason.clone()), line(3, reason)];
    let remittance = Remittance { number: "EFT-1".to_owned(), lines, reviewer: None };
    let disputed = LastAction::Paid { at, remittance: remittance.clone() };
    let by = CaseId::from_uuid(Uuid::from_u128(2));
    let table = [
        (S::Paid { at, remittance: remittance.clone() }, true),
        (S::Disputed { since: at, action: disputed }, true),
        (S::Replaced { at, by, paid: Some(remittance) }, false),
        (S::Payable { at }, false),
    ];
    for (mut state, stands) in table {
        assert_eq!(state.payment().is_some(), stands, "{}", state.name());
        assert_eq!(state.translate_payment(Language::En, "Authorized by telephone."), stands);
        assert!(!state.translate_payment(Language::En, "Twice."), "nothing is wanted any more");
        let whole = state.payment().into_iter().flat_map(|(_, paid)| &paid.lines);
        let reasons = whole.filter_map(|line| line.without_authorization.as_ref());
        let texts: Vec<&str> = reasons.map(|reason| reason.text().en.as_str()).collect();
        assert_eq!(texts, if stands { vec!["Authorized by telephone."; 2] } else { Vec::new() });
    }
}

fn moved() -> Moved {
    Moved { plan: "harbor-crest".parse().unwrap(), case: CaseId::from_uuid(Uuid::from_u128(9)) }
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let administrative = Refusal::administrative(Administrative::for_tests("elected"), words());
    let reviewer = LicensedReviewer::on_record(Some("RN 555012")).unwrap();
    let clinical = Refusal::clinical(Vec::new(), words(), reviewer);
    let asks = vec![Ask::Document("receipt".to_owned())];
    let remittance = Remittance { number: "EFT-1".to_owned(), lines: Vec::new(), reviewer: None };
    let other = CaseId::from_uuid(Uuid::from_u128(2));
    let states = [
        S::Received { at },
        S::Rejected { at },
        S::Pended { since: at, asks: asks.clone() },
        S::WithPeople(WithPeople { since: at, why: WhyPeople::NotAutomated, recommendation: None }),
        S::Advised { since: at },
        S::Payable { at },
        S::Denied { at, refusal: administrative.clone() },
        S::Paid { at, remittance: remittance.clone() },
        S::Disputed { since: at, action: LastAction::Denied { at, refusal: administrative.clone() } },
        S::Disputed { since: at, action: LastAction::Paid { at, remittance: remittance.clone() } },
        S::Replaced { at, by: other, paid: None },
        S::Voided { at, by: other, paid: None },
        S::Void { at, of: other },
        S::Moved { at, to: moved() },
    ];
    let events = [
        E::Reject,
        E::FindPayable,
        E::Ask(asks),
        E::HandOver { why: WhyPeople::NotAutomated, recommendation: None },
        E::Advise,
        E::Refuse(administrative),
        E::Refuse(clinical),
        E::Supply,
        E::Pay(remittance),
        E::Dispute,
        E::Uphold,
        E::Replace(other),
        E::Void(other),
        E::CarryOut(other),
        E::Move(moved()),
    ];
    let event_name = |event: &E| match event {
        E::Refuse(refusal) if refusal.reviewer().is_some() => "refuse-clinical",
        event => event.name(),
    };
    expect![[r#"
                        reject          find-payable    ask             hand-over       advise          refuse          refuse-clinical supply          pay             dispute         uphold          replace         void            carry-out       move
        received        rejected        payable         pended          with-people     advised         denied          -               -               -               -               -               -               -               void            moved
        rejected        -               -               -               -               -               -               -               -               -               -               -               replaced        voided          -               -
        pended          -               -               -               -               -               denied          denied          received        -               -               -               replaced        voided          -               moved
        with-people     -               payable         pended          -               -               denied          denied          -               paid            -               -               replaced        voided          -               moved
        advised         -               -               pended          -               -               denied          denied          -               paid            -               -               replaced        voided          -               moved
        payable         -               -               -               -               -               -               -               -               paid            -               -               replaced        voided          -               -
        denied          -               -               -               -               -               -               -               -               -               disputed        -               replaced        voided          -               -
        paid            -               -               -               -               -               -               -               -               -               disputed        -               replaced        voided          -               -
        disputed        -               -               -               -               -               -               -               -               paid            -               denied          -               -               -               -
        disputed        -               -               -               -               -               -               -               -               paid            -               paid            -               -               -               -
        replaced        -               -               -               -               -               -               -               -               -               -               -               -               -               -               -
        voided          -               -               -               -               -               -               -               -               -               -               -               -               -               -               -
        void            -               -               -               -               -               -               -               -               -               -               -               -               -               -               -
        moved           -               -               -               -               -               -               -               -               -               -               -               -               -               -               -"#]].assert_eq(&table(&states, &events, S::name, event_name, |state, event| state.apply(event, at)));
}

/// Table of adjudications and the findings on the claim as a whole.
#[test]
fn the_gravest_line_leads() {
    let payable =
        || LineOutcome::Payable(Payment { rate: "r".to_owned(), amount: Cents(1), adjustments: Vec::new() });
    let rejected = || {
        LineOutcome::Rejected(Rejection {
            field: "/procedure/modifiers".to_owned(),
            reason_code: "4".to_owned(),
            remark: None,
            reason: words(),
            fix: words(),
        })
    };
    let pended = || LineOutcome::Pended(vec![Ask::Document("receipt".to_owned())]);
    let profile: PlanProfile = serde_json::from_value(profile()).unwrap();
    let resting_on = |outcomes: Vec<LineOutcome>, criteria: &[&str]| {
        let results = outcomes.into_iter().zip(1..).map(|(outcome, number)| LineResult { number, outcome });
        let findings = criteria.iter().map(|criterion| Finding {
            criterion: (*criterion).to_owned(),
            outcome: FindingOutcome::NotMet,
            evidence: Vec::new(),
            reason: words(),
        });
        let adjudication =
            Adjudication { lines: results.collect(), findings: findings.collect(), notes: Vec::new() };
        let lines: Vec<ClaimLine> = (1..=3).map(line).collect();
        E::of(Ground::of(&profile), &lines, date(2026, 3, 2), &adjudication).name()
    };
    let of = |outcomes| resting_on(outcomes, &["elected"]);
    let table = [
        ("payable", of(vec![payable()])),
        ("payable, rejected", of(vec![payable(), rejected()])),
        ("rejected", of(vec![rejected()])),
        ("rejected, refused", of(vec![rejected(), denied(DenialKind::Administrative)])),
        ("refused", of(vec![denied(DenialKind::Administrative)])),
        (
            "refused for what is not administrative",
            resting_on(vec![denied(DenialKind::Administrative)], &["needs"]),
        ),
        ("refused for both", resting_on(vec![denied(DenialKind::Administrative)], &["elected", "needs"])),
        ("refused for nothing", resting_on(vec![denied(DenialKind::Administrative)], &[])),
        ("payable, pended", of(vec![payable(), pended()])),
        ("payable, pended, clinical", of(vec![payable(), pended(), denied(DenialKind::Clinical)])),
    ];
    let lines: Vec<String> = table.iter().map(|(lines, event)| format!("{lines}: {event}")).collect();
    expect![[r#"
        payable: find-payable
        payable, rejected: find-payable
        rejected: reject
        rejected, refused: refuse
        refused: refuse
        refused for what is not administrative: hand-over
        refused for both: hand-over
        refused for nothing: hand-over
        payable, pended: ask
        payable, pended, clinical: hand-over"#]]
    .assert_eq(&lines.join("\n"));
}
