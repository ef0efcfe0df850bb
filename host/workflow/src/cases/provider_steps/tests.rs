use domain::case::WhyPeople;
use domain::case::WithPeople;
use domain::referral::Placing;
use uuid::Uuid;

use super::*;
use crate::fixtures::{MONDAY, at, authorization, case, claim, referral, sender};

fn other() -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(7))
}

fn provider(organization: OrgId) -> Caller {
    Caller { role: Role::Provider, organization: Some(organization), ..Caller::host("test") }
}

fn with_people() -> WithPeople {
    WithPeople { since: at(MONDAY), why: WhyPeople::NotAutomated, recommendation: None }
}

fn accepted(placing: Placing) -> Case {
    case(Body::Referral(referral(referral::State::Accepted { at: at(MONDAY), placing })))
}

#[test]
fn each_party_is_offered_what_its_command_would_take() {
    use ProviderStep as D;
    let (us, them) = (sender(), other());
    let offered = || accepted(Placing::Offered { to: them, since: at(MONDAY) });
    let taken = |assigned| {
        let state = referral::State::ProviderAccepted { at: at(MONDAY), provider: them };
        Case { assigned, ..case(Body::Referral(referral(state))) }
    };
    let asked = referral::State::NeedsInformation { since: at(MONDAY), asks: Vec::new() };
    let pended = authorization::State::Pended { since: at(MONDAY), asks: Vec::new() };
    let rows = [
        (
            "asked, its sender",
            case(Body::Referral(referral(asked))),
            us,
            vec![D::Supply, D::Close, D::Withdraw],
        ),
        ("offered to another, its sender", offered(), us, vec![D::Close, D::Withdraw]),
        ("offered, who may take it", offered(), them, vec![D::Accept, D::Decline]),
        (
            "kept, its sender",
            accepted(Placing::Sender { organization: us }),
            us,
            vec![D::Accept, D::Decline, D::Close, D::Withdraw],
        ),
        ("taken, its sender", taken(Some(them)), us, vec![D::ChangeProvider, D::Withdraw]),
        (
            "taken, who took it",
            taken(Some(them)),
            them,
            vec![D::Decline, D::StartOutreach, D::ChangeProvider, D::Close],
        ),
        (
            "pended, its sender",
            case(Body::Authorization(authorization(pended.clone()))),
            us,
            vec![D::Supply, D::Withdraw],
        ),
        ("pended, who delivers", case(Body::Authorization(authorization(pended))), them, vec![D::Supply]),
        (
            "with people",
            case(Body::Authorization(authorization(authorization::State::WithPeople(with_people())))),
            us,
            vec![D::Withdraw],
        ),
        (
            "a claim with people",
            case(Body::Claim(claim(claim::State::WithPeople(with_people())))),
            us,
            vec![],
        ),
    ];
    for (name, case, organization, expected) in rows {
        assert_eq!(provider_steps(&case, &provider(organization), at(MONDAY)), expected, "{name}");
    }
}

#[test]
fn who_changes_nothing_is_offered_nothing() {
    let asked = || {
        let state = referral::State::NeedsInformation { since: at(MONDAY), asks: Vec::new() };
        case(Body::Referral(referral(state)))
    };
    let reader = Caller { only_reads: true, ..provider(sender()) };
    let reviewer = Caller { role: Role::PlanReviewer, ..provider(sender()) };
    for caller in [reader, reviewer, Caller::host("test")] {
        assert_eq!(provider_steps(&asked(), &caller, at(MONDAY)), []);
    }
}
