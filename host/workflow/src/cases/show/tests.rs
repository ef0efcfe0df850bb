use domain::application;
use domain::case::Recommendation;
use domain::plan::types::{Denial, FactSource, FactValue, Finding, FindingOutcome};
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::cases::case::Review;
use crate::fixtures::{MONDAY, application, at, case, claim, referral, sender, words as written_words};

fn provider() -> Caller {
    Caller { role: Role::Provider, organization: Some(sender()), ..Caller::host("test") }
}

fn reviewer() -> Caller {
    Caller { role: Role::PlanReviewer, plan: Some(plan("valle-vista")), ..Caller::host("test") }
}

fn plan(id: &str) -> PlanId {
    id.parse().unwrap()
}

fn shown(body: Body, caller: &Caller) -> ShownCase {
    let seen = Seen { caller, plans: Vec::new(), deadlines: Vec::new(), now: at(MONDAY) };
    ShownCase::of(case(body), seen)
}

fn denial(kind: DenialKind) -> Denial {
    Denial { kind, reason: written_words() }
}

fn finding() -> Finding {
    Finding {
        criterion: "needs-a-home".to_owned(),
        outcome: FindingOutcome::NotMet,
        evidence: Vec::new(),
        reason: written_words(),
    }
}

#[test]
fn what_rules_recommend_is_the_plans_to_weigh() {
    let body = || {
        let mut body = referral(referral::State::WithPeople(WithPeople {
            since: at(MONDAY),
            why: WhyPeople::NotAutomated,
            recommendation: Some(Recommendation::Denial(denial(DenialKind::Clinical))),
        }));
        body.answered.findings = vec![finding()];
        Body::Referral(body)
    };
    let all_of_it = |shown: &ShownCase| serde_json::to_string(&shown.case.body).unwrap();
    let reason = written_words().en;
    assert!(all_of_it(&shown(body(), &reviewer())).contains(&reason));
    assert!(!all_of_it(&shown(body(), &provider())).contains(&reason));
}

#[test]
fn who_was_offered_a_referral_is_the_plans_to_know() {
    let asked = OrgId::from_uuid(Uuid::from_u128(7));
    let body = || {
        let placing = Placing::Offered { to: asked, since: at(MONDAY) };
        let mut body = referral(referral::State::Accepted { at: at(MONDAY), placing });
        body.order = vec![asked];
        body.tried = vec![Tried { organization: asked, at: at(MONDAY), reason: None }];
        Body::Referral(body)
    };
    let (theirs, plans) = (shown(body(), &provider()), shown(body(), &reviewer()));
    assert_eq!(plans.placing.as_ref().and_then(|placing| placing.provider), Some(asked));
    assert_eq!(plans.placing.map(|placing| placing.tried.len()), Some(1));
    assert_eq!(theirs.placing.as_ref().map(|placing| placing.state), Some("offered"));
    assert!(theirs.placing.is_some_and(|placing| placing.provider.is_none() && placing.tried.is_empty()));
    let rest = serde_json::to_string(&theirs.case.body).unwrap();
    assert!(!rest.contains(&asked.to_string()), "{rest}");
}

#[test]
fn a_line_that_a_licensed_person_must_judge_is_with_people() {
    let body = || {
        let mut body = claim(claim::State::Received { at: at(MONDAY) });
        body.results = [(1, DenialKind::Clinical), (2, DenialKind::Administrative)]
            .map(|(number, kind)| LineResult { number, outcome: LineOutcome::Denied(denial(kind)) })
            .to_vec();
        Body::Claim(body)
    };
    let judged = |shown: ShownCase| match shown.case.body {
        Body::Claim(body) => body.results.iter().map(|result| result.number).collect(),
        _ => Vec::new(),
    };
    assert_eq!(judged(shown(body(), &reviewer())), [1, 2]);
    assert_eq!(judged(shown(body(), &provider())), [2]);
}

#[test]
fn a_plan_reads_its_own_part_of_a_file_that_several_read() {
    let answer = |code: &str| Fact {
        code: code.to_owned(),
        value: FactValue::Flag(true),
        source: FactSource::Provider,
        as_of: date(2026, 3, 2),
    };
    let body = || {
        let mut body = application();
        body.answers = vec![answer("plan.valle-vista.stairs"), answer("plan.harbor-crest.ramp")];
        for id in ["valle-vista", "harbor-crest"] {
            let state = application::State::Received { at: at(MONDAY) };
            let review = Review { state, results: Vec::new(), answered: Answered::default(), version: 1 };
            body.reviews.insert(plan(id), review);
        }
        Body::Application(body)
    };
    let read = |shown: ShownCase| match shown.case.body {
        Body::Application(body) => (body.answers.len(), body.reviews.into_keys().collect()),
        _ => (0, Vec::new()),
    };
    assert_eq!(read(shown(body(), &reviewer())), (1, vec![plan("valle-vista")]));
    assert_eq!(read(shown(body(), &provider())), (2, vec![plan("harbor-crest"), plan("valle-vista")]));
}
