//! The timeline holds codes, numbers and days of each event, and never a sentence that somebody wrote.

use domain::authorization::Bound;
use domain::case::WhyPeople;
use domain::claim::Remittance;
use domain::plan::authorization::Grant;
use domain::plan::referral::{Destination, Redirection};
use domain::plan::types::Ask;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::cases::case::{Answered, Review};
use crate::fixtures;
use crate::fixtures::{MONDAY, another_case, another_plan, assert_rows, at, refusal, sender, words};

/// The id of [`another_case`], as the timeline tells it.
const ANOTHER_CASE: &str = "case_00000000000000000000000000000003";

fn asks() -> Vec<Ask> {
    vec![Ask::Fact("housing.status".to_owned()), Ask::Document("w9".to_owned())]
}

fn asked() -> Value {
    json!({ "asks": [{ "fact": "housing.status" }, { "document": "w9" }] })
}

fn refused() -> Value {
    json!({ "kind": "clinical", "criteria": ["ecm-focus"] })
}

fn moved_on() -> Value {
    json!({ "to_plan": "harbor-crest", "to_case": ANOTHER_CASE })
}

#[test]
fn events_of_referrals() {
    use referral::Event as E;
    let redirect = |to| E::Redirect(Redirection { to, reason: words() });
    let rows = [
        (E::Accept, json!({})),
        (redirect(Destination::Plan("harbor-crest".to_owned())), json!({ "to_plan": "harbor-crest" })),
        (redirect(Destination::Delegate("north".to_owned())), json!({ "to_delegate": "north" })),
        (redirect(Destination::Service("cicm".to_owned())), json!({ "to_service": "cicm" })),
        (E::Ask(asks()), asked()),
        (
            E::HandOver { why: WhyPeople::PluginDeclined, recommendation: None },
            json!({ "why": "plugin-declined" }),
        ),
        (E::Refuse(refusal(&["ecm-focus"])), refused()),
        (E::Supply, json!({})),
        (E::ProviderAccept(sender()), json!({})),
        (E::Keep(sender()), json!({})),
        (E::Offer(sender()), json!({})),
        (E::Assign(sender()), json!({})),
        (E::LookFor(WhyPeople::NoProvider), json!({ "why": "no-provider" })),
        (E::Lapse, json!({})),
        (E::ProviderDecline("no-capacity".to_owned()), json!({ "reason": "no-capacity" })),
        (E::Join, json!({})),
        (E::StartOutreach, json!({})),
        (E::ChangeProvider, json!({})),
        (E::Close("deceased".to_owned()), json!({ "reason": "deceased" })),
        (E::Move(another_plan()), moved_on()),
    ];
    assert_rows(rows.map(|(event, detail)| (event.name().to_owned(), referral_detail(&event), detail)));
}

#[test]
fn events_of_authorizations() {
    use authorization::Event as E;
    let approve = |extent| {
        let grant = Grant { lines: Vec::new(), conditions: vec![words()] };
        E::Approve { number: "A-1".to_owned(), grant, extent }
    };
    let to_bounds = Cut::Declared(vec![
        Bound::Days { declared: 90, asked: 180 },
        Bound::Coverage { first: date(2026, 1, 1), last: None },
    ]);
    let bounds = json!({ "kind": "declared", "bounds": ["declared-days", "coverage"] });
    let rows = [
        (approve(Extent::Whole), json!({ "number": "A-1" })),
        (approve(Extent::Part(to_bounds)), json!({ "number": "A-1", "cut": bounds })),
        (
            approve(Extent::Modified(Cut::Refused(refusal(&["ecm-focus"])))),
            json!({ "number": "A-1", "cut": refused() }),
        ),
        (E::Ask(asks()), asked()),
        (
            E::HandOver { why: WhyPeople::ClinicalReview, recommendation: None },
            json!({ "why": "clinical-review" }),
        ),
        (E::Refuse(refusal(&["ecm-focus"])), refused()),
        (E::Supply, json!({})),
        (E::Withdraw, json!({})),
        (E::Extend, json!({})),
        (E::End { last: date(2026, 3, 31) }, json!({ "last": "2026-03-31" })),
        (E::Move(another_plan()), moved_on()),
    ];
    assert_rows(rows.map(|(event, detail)| (event.name().to_owned(), authorization_detail(&event), detail)));
}

#[test]
fn events_of_claims() {
    use claim::Event as E;
    let paid = Remittance { number: "R-7".to_owned(), lines: Vec::new(), reviewer: None };
    let rows = [
        (E::Reject, json!({})),
        (E::FindPayable, json!({})),
        (E::Ask(asks()), asked()),
        (E::HandOver { why: WhyPeople::Disputed, recommendation: None }, json!({ "why": "disputed" })),
        (E::Advise, json!({})),
        (E::Refuse(refusal(&["ecm-focus"])), refused()),
        (E::Supply, json!({})),
        (E::Pay(paid), json!({ "remittance": "R-7" })),
        (E::Dispute, json!({})),
        (E::Uphold, json!({})),
        (E::Replace(another_case()), json!({ "by": ANOTHER_CASE })),
        (E::Void(another_case()), json!({})),
        (E::CarryOut(another_case()), json!({})),
        (E::Move(another_plan()), moved_on()),
    ];
    assert_rows(rows.map(|(event, detail)| (event.name().to_owned(), claim_detail(&event), detail)));
}

fn work(case: Case) -> Work {
    Work::new(&Caller::host("tests"), case, at(MONDAY))
}

fn received() -> Case {
    fixtures::case(Body::Referral(fixtures::referral(referral::State::Received { at: at(MONDAY) })))
}

/// Steps of the timeline: actor, name, and the state after it.
fn timeline(work: &Work) -> Vec<(Actor, &'static str, &'static str)> {
    work.steps.iter().map(|step| (step.by.clone(), step.name.name(), step.state)).collect()
}

#[test]
fn what_rules_answer_is_done_in_their_name_and_the_rest_in_whose_it_was() {
    let rules = || Actor::Rules("valle-vista".parse().unwrap());
    let mut work = work(received());
    work.note(EventKind::Received, json!({}));
    work.by_rules(|work| work.step_referral(referral::Event::Accept)).unwrap();
    assert_eq!(work.acts(Actor::Host), Actor::Caller);
    work.step_referral(referral::Event::Offer(sender())).unwrap();
    assert_eq!(work.acts(Actor::Caller), Actor::Host);
    work.step_referral(referral::Event::ProviderAccept(sender())).unwrap();
    let expected = [
        (Actor::Caller, "received", "received"),
        (rules(), "accept", "accepted"),
        (Actor::Host, "offer", "accepted"),
        (Actor::Caller, "provider-accept", "provider-accepted"),
    ];
    assert_eq!(timeline(&work), expected);
}

#[test]
fn a_case_of_no_plan_is_answered_by_the_host() {
    let mut work = work(Case { plan: None, ..received() });
    work.by_rules(|work| work.note(EventKind::Received, json!({})));
    assert_eq!(timeline(&work), [(Actor::Host, "received", "received")]);
}

#[test]
fn what_is_not_allowed_leaves_no_step() {
    let mut work = work(received());
    assert!(work.step_referral(referral::Event::StartOutreach).is_err(), "nobody has taken it");
    assert!(matches!(work.step_claim(claim::Event::Advise), Err(Failure::Internal(_))), "it is no claim");
    assert!(matches!(work.step_authorization(authorization::Event::Extend), Err(Failure::Internal(_))));
    assert!(timeline(&work).is_empty());
    assert_eq!(work.case.body.state(), "received");
}

#[test]
fn a_step_of_one_plans_reading_is_its_part_alone() {
    let (vista, crest): (PlanId, PlanId) = ("valle-vista".parse().unwrap(), "harbor-crest".parse().unwrap());
    let state = application::State::Received { at: at(MONDAY) };
    let review = Review { state, results: Vec::new(), answered: Answered::default(), version: 1 };
    let file = Application { reviews: [(vista.clone(), review)].into(), ..fixtures::application() };
    let mut work = work(fixtures::case(Body::Application(file)));
    let other = work.step_review(&crest, application::Event::FindIncomplete);
    assert!(matches!(other, Err(Failure::NotFound)), "the other plan was not sent it");
    work.step_review(&vista, application::Event::FindIncomplete).unwrap();
    let [step] = &work.steps[..] else { panic!("one step") };
    assert_eq!((step.name, step.state), (EventKind::FindIncomplete, "incomplete"));
    assert_eq!((step.plan.as_ref(), &step.detail), (Some(&vista), &json!({ "plan": "valle-vista" })));
}

/// The provider that delivers and the sender are both told, the sender in its words and with the clocks that
/// its delivery ends.
#[test]
fn both_parties_are_told_and_the_senders_delivery_ends_the_clocks() {
    const CLOCKS: &[ClockId] = &[ClockId::ReferralReferrerNotice];
    let provider = OrgId::from_uuid(Uuid::from_u128(7));
    let to_sender = (Recipient::Organization(sender()), "to the sender", CLOCKS);
    let rows = [
        ("nobody delivers yet", None, vec![to_sender.clone()]),
        ("the sender delivers", Some(sender()), vec![to_sender.clone()]),
        (
            "another delivers",
            Some(provider),
            vec![to_sender, (Recipient::Organization(provider), "to the provider", &[][..])],
        ),
    ];
    let text = |en: &str| Bilingual { en: en.to_owned(), es: String::new() };
    assert_rows(rows.into_iter().map(|(name, assigned, expected)| {
        let mut work = work(Case { assigned, ..received() });
        work.tell_parties("accepted", text("to the sender"), text("to the provider"), CLOCKS);
        let found = work.notices.iter().map(|told| (told.to.clone(), told.text.en.clone(), told.ends_clocks));
        let expected = expected.into_iter().map(|(to, text, ends)| (to, text.to_owned(), ends));
        (name.to_owned(), found.collect::<Vec<_>>(), expected.collect())
    }));
}
