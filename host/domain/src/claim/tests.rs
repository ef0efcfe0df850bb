use expect_test::expect;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Event as E, LastAction, Remittance, State as S};
use crate::Cents;
use crate::case::table::table;
use crate::case::{LicensedReviewer, Refusal, WhyPeople, WithPeople};
use crate::identifiers::CaseId;
use crate::plan::billing::{Adjudication, LineOutcome, LineResult, Payment, Rejection};
use crate::plan::types::{Ask, Bilingual, Denial, DenialKind};

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

fn denied(kind: DenialKind) -> LineOutcome {
    LineOutcome::Denied(Denial { kind, reason: words() })
}

#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let denial = Denial { kind: DenialKind::Administrative, reason: words() };
    let administrative = Refusal::administrative(&denial).unwrap();
    let reviewer = LicensedReviewer::on_record(Some("RN 555012")).unwrap();
    let clinical = Refusal::clinical(words(), reviewer);
    let asks = vec![Ask::Document("receipt".to_owned())];
    let remittance = Remittance { number: "EFT-1".to_owned(), lines: Vec::new() };
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
        S::Replaced { at, by: other },
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
    ];
    let event_name = |event: &E| match event {
        E::Refuse(refusal) if refusal.reviewer().is_some() => "refuse-clinical",
        event => event.name(),
    };
    expect![[r#"
                        reject          find-payable    ask             hand-over       advise          refuse          refuse-clinical supply          pay             dispute         uphold          replace
        received        rejected        payable         pended          with-people     advised         denied          -               -               -               -               -               -
        rejected        -               -               -               -               -               -               -               -               -               -               -               replaced
        pended          -               -               -               -               -               denied          denied          received        -               -               -               replaced
        with-people     -               payable         pended          -               -               denied          denied          -               paid            -               -               -
        advised         -               -               pended          -               -               denied          denied          -               paid            -               -               replaced
        payable         -               -               -               -               -               -               -               -               paid            -               -               replaced
        denied          -               -               -               -               -               -               -               -               -               disputed        -               -
        paid            -               -               -               -               -               -               -               -               -               disputed        -               -
        disputed        -               -               -               -               -               -               -               -               paid            -               denied          -
        disputed        -               -               -               -               -               -               -               -               paid            -               paid            -
        replaced        -               -               -               -               -               -               -               -               -               -               -               -"#]].assert_eq(&table(&states, &events, S::name, event_name, |state, event| state.apply(event, at)));
}

/// What an adjudication makes of a claim as a whole.
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
    let of = |outcomes: Vec<LineOutcome>| {
        let lines = outcomes.into_iter().zip(1..).map(|(outcome, number)| LineResult { number, outcome });
        E::of(&Adjudication { lines: lines.collect(), findings: Vec::new(), notes: Vec::new() }).name()
    };
    let table = [
        ("payable", of(vec![payable()])),
        ("payable, rejected", of(vec![payable(), rejected()])),
        ("rejected", of(vec![rejected()])),
        ("rejected, refused", of(vec![rejected(), denied(DenialKind::Administrative)])),
        ("refused", of(vec![denied(DenialKind::Administrative)])),
        ("payable, pended", of(vec![payable(), pended()])),
        ("payable, pended, clinical", of(vec![payable(), pended(), denied(DenialKind::Clinical)])),
    ];
    let lines: Vec<String> = table.iter().map(|(lines, event)| format!("{lines}: {event}")).collect();
    expect![[r#"
        payable: find-payable
        payable, rejected: find-payable
        rejected: reject
        rejected, refused: reject
        refused: refuse
        payable, pended: ask
        payable, pended, clinical: hand-over"#]]
    .assert_eq(&lines.join("\n"));
}
