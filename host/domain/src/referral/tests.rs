use expect_test::expect;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Event as E, Placing as P, State as S};
use crate::case::table::table;
use crate::case::{LicensedReviewer, Moved, Refusal, WhyPeople, WithPeople};
use crate::floor::Administrative;
use crate::identifiers::{CaseId, OrgId};
use crate::plan::referral::{Destination, Redirection};
use crate::plan::types::{Ask, Bilingual};

fn words() -> Bilingual {
    Bilingual { en: "Because.".to_owned(), es: "Porque.".to_owned() }
}

fn administrative() -> Refusal {
    Refusal::administrative(Administrative::for_tests("elected"), words())
}

fn clinical() -> Refusal {
    Refusal::clinical(Vec::new(), words(), LicensedReviewer::on_record(Some("RN 555012")).unwrap())
}

fn moved() -> Moved {
    Moved { plan: "harbor-crest".parse().unwrap(), case: CaseId::from_uuid(Uuid::from_u128(9)) }
}

/// There is no arrow from `received` to `not-eligible` for a clinical refusal: only people lead there.
#[test]
fn every_state_meets_every_event() {
    let at = Timestamp::UNIX_EPOCH;
    let provider = OrgId::from_uuid(Uuid::from_u128(1));
    let another = OrgId::from_uuid(Uuid::from_u128(2));
    let since = at;
    let people = P::People { since, why: WhyPeople::NobodyTook };
    let redirection = Redirection { to: Destination::Service("cicm".to_owned()), reason: words() };
    let asks = vec![Ask::Fact("housing.status".to_owned())];
    let states = [
        S::Received { at },
        S::NeedsInformation { since: at, asks: asks.clone() },
        S::WithPeople(WithPeople { since: at, why: WhyPeople::NotAutomated, recommendation: None }),
        S::Accepted { at, placing: P::Open },
        S::Accepted { at, placing: P::Sender { organization: provider } },
        S::Accepted { at, placing: P::Offered { to: provider, since } },
        S::Accepted { at, placing: P::Offered { to: another, since } },
        S::Accepted { at, placing: P::Assigned { to: provider, since } },
        S::Accepted { at, placing: people.clone() },
        S::ProviderAccepted { at, provider },
        S::InService { since: at, provider },
        S::ChangingProvider { since: at, from: another, placing: P::Offered { to: provider, since } },
        S::ChangingProvider { since: at, from: another, placing: people },
        S::Redirected { at, redirection: redirection.clone(), wanted: None },
        S::NotEligible { at, refusal: administrative() },
        S::Closed { at, reason: "services-received".to_owned() },
        S::Joined { at },
        S::Moved { at, to: moved() },
    ];
    let events = [
        E::Accept,
        E::Redirect(redirection),
        E::Ask(asks),
        E::HandOver { why: WhyPeople::NotAutomated, recommendation: None },
        E::Refuse(administrative()),
        E::Refuse(clinical()),
        E::Supply,
        E::ProviderAccept(provider),
        E::Keep(provider),
        E::Offer(provider),
        E::Assign(provider),
        E::LookFor(WhyPeople::NobodyTook),
        E::Lapse,
        E::ProviderDecline("no-capacity".to_owned()),
        E::Join,
        E::StartOutreach,
        E::ChangeProvider,
        E::Close("services-received".to_owned()),
        E::Move(moved()),
    ];
    let state_name = |state: &S| match (state, state.placing()) {
        (S::Accepted { .. }, Some(P::Open)) => "accepted-open",
        (S::Accepted { .. }, Some(P::Sender { .. })) => "accepted-sender",
        (S::Accepted { .. }, Some(P::Offered { .. })) => "accepted-offered",
        (S::Accepted { .. }, Some(P::Assigned { .. })) => "accepted-assigned",
        (S::Accepted { .. }, Some(P::People { .. })) => "accepted-people",
        (_, Some(P::Open)) => "changing-open",
        (_, Some(P::Sender { .. })) => "changing-sender",
        (_, Some(P::Offered { .. })) => "changing-offered",
        (_, Some(P::Assigned { .. })) => "changing-assigned",
        (_, Some(P::People { .. })) => "changing-people",
        (state, None) => state.name(),
    };
    let event_name = |event: &E| match event {
        E::Refuse(refusal) if refusal.reviewer().is_some() => "refuse-clinical",
        event => event.name(),
    };
    expect![[r#"
                          accept            redirect          ask               hand-over         refuse            refuse-clinical   supply            provider-accept   keep              offer             assign            look-for-provider offer-lapsed      provider-decline  join              start-outreach    change-provider   close             move
        received          accepted-open     redirected        needs-information with-people       not-eligible      -                 -                 -                 -                 -                 -                 -                 -                 -                 joined            -                 -                 -                 moved
        needs-information -                 -                 -                 -                 -                 -                 received          -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 closed            moved
        with-people       accepted-open     redirected        needs-information -                 not-eligible      not-eligible      -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 closed            moved
        accepted-open     -                 -                 -                 -                 -                 -                 -                 -                 accepted-sender   accepted-offered  accepted-assigned accepted-people   -                 -                 -                 -                 -                 closed            moved
        accepted-sender   -                 -                 -                 -                 -                 -                 -                 provider-accepted accepted-sender   accepted-offered  accepted-assigned accepted-people   -                 accepted-open     -                 -                 -                 closed            moved
        accepted-offered  -                 -                 -                 -                 -                 -                 -                 provider-accepted accepted-sender   accepted-offered  accepted-assigned accepted-people   accepted-open     accepted-open     -                 -                 -                 closed            moved
        accepted-offered  -                 -                 -                 -                 -                 -                 -                 -                 accepted-sender   accepted-offered  accepted-assigned accepted-people   accepted-open     accepted-open     -                 -                 -                 closed            moved
        accepted-assigned -                 -                 -                 -                 -                 -                 -                 provider-accepted accepted-sender   accepted-offered  accepted-assigned accepted-people   -                 accepted-open     -                 -                 -                 closed            moved
        accepted-people   -                 -                 -                 -                 -                 -                 -                 -                 accepted-sender   accepted-offered  accepted-assigned accepted-people   -                 -                 -                 -                 -                 closed            moved
        provider-accepted -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 accepted-open     -                 in-service        changing-open     closed            moved
        in-service        -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 changing-open     closed            moved
        changing-offered  -                 -                 -                 -                 -                 -                 -                 provider-accepted changing-sender   changing-offered  changing-assigned changing-people   changing-open     changing-open     -                 -                 -                 closed            moved
        changing-people   -                 -                 -                 -                 -                 -                 -                 -                 changing-sender   changing-offered  changing-assigned changing-people   -                 -                 -                 -                 -                 closed            moved
        redirected        -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -
        not-eligible      -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -
        closed            -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -
        joined            -                 -                 -                 with-people       -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 closed            moved
        moved             -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -                 -"#]].assert_eq(&table(&states, &events, state_name, event_name, |state, event| state.apply(event, at)));
}
