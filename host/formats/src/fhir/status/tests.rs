use domain::identifiers::OrgId;
use domain::referral::Event;
use domain::referral::assignment::follow;
use expect_test::expect;
use jiff::Timestamp;

use super::*;

#[test]
fn a_task_may_change_as_the_guide_draws_it() {
    let mut table = String::new();
    let starts = std::iter::once(Start::New).chain(TaskStatus::ALL.iter().copied().map(Start::At));
    for start in starts {
        let name = match start {
            Start::New => "(new)",
            Start::At(status) => status.name(),
        };
        let to: Vec<String> = TaskStatus::ALL
            .iter()
            .filter_map(|&to| {
                let who = match allowed(start, to)? {
                    Party::Requester => "requester",
                    Party::Target => "target",
                    Party::Either => "either",
                };
                Some(format!("{to} ({who})"))
            })
            .collect();
        table += &format!("{name}: {}\n", to.join(", "));
    }
    expect![[r#"
        (new): draft (requester), requested (requester)
        draft: requested (requester), cancelled (requester), entered-in-error (requester)
        requested: accepted (target), rejected (target), cancelled (either), entered-in-error (requester)
        accepted: cancelled (either), in-progress (target), on-hold (target), failed (target), completed (target), entered-in-error (requester)
        rejected: entered-in-error (requester)
        cancelled: entered-in-error (requester)
        in-progress: cancelled (either), on-hold (target), failed (target), completed (target), entered-in-error (requester)
        on-hold: cancelled (either), in-progress (target), failed (target), completed (target), entered-in-error (requester)
        failed: entered-in-error (requester)
        completed: entered-in-error (requester)
        entered-in-error: 
    "#]].assert_eq(&table);
    for (theirs, ours) in [
        ("received", Some("requested")),
        ("ready", Some("requested")),
        ("failed", Some("failed")),
        ("?", None),
    ] {
        assert_eq!(TaskStatus::from_partner(theirs).map(TaskStatus::name), ours, "{theirs}");
    }
}

fn told(told: &ReportedStatus) -> String {
    match &told.reason {
        None => told.status.to_string(),
        Some(reason) => {
            let list = reason.system.rsplit('/').next().unwrap_or_default();
            format!("{} ({list} {}: {})", told.status, reason.code, reason.sentence)
        }
    }
}

#[test]
fn every_state_of_a_referral_is_told_with_its_reason() {
    let mut table = String::new();
    for stage in Stage::ALL {
        let said = matches!(stage, Stage::Redirected | Stage::NotEligible).then_some("The plan's own words.");
        let line = told(&ReportedStatus::of_referral(*stage, None, said, &[]));
        table += &format!("{}: {line}\n", stage.name());
    }
    for reason in Dictionary::state().closure_reasons() {
        let line = told(&ReportedStatus::of_referral(Stage::Closed, Some(&reason.code), None, &[]));
        table += &format!("closed, {}: {line}\n", reason.code);
    }
    let line = told(&ReportedStatus::of_referral(Stage::NotEligible, None, Some(""), &[]));
    table += &format!("not-eligible, without words: {line}\n");
    expect![[r#"
        received: requested
        needs-information: requested
        with-people: requested
        accepted: requested
        provider-accepted: accepted
        in-service: in-progress
        changing-provider: requested
        redirected: rejected (referral-status-reason redirected: The plan's own words.)
        not-eligible: rejected (referral-status-reason not-eligible: The plan's own words.)
        closed: cancelled (referral-status-reason closed: No reason was given.)
        joined: requested
        moved: cancelled (referral-status-reason moved: The member is another plan's now, and the referral goes on there.)
        closed, services-received: completed
        closed, provider-declined: cancelled (closure-reasons provider-declined: Provider declined the member)
        closed, provider-no-capacity: cancelled (closure-reasons provider-no-capacity: Provider has no capacity)
        closed, unable-to-reach: cancelled (closure-reasons unable-to-reach: Member could not be reached)
        closed, member-declined: cancelled (closure-reasons member-declined: Member declined the service)
        closed, member-no-longer-needs: cancelled (closure-reasons member-no-longer-needs: Member no longer needs the service)
        closed, not-eligible: cancelled (closure-reasons not-eligible: Member is not eligible)
        closed, not-authorized: cancelled (closure-reasons not-authorized: Service was not authorized)
        closed, lost-coverage: cancelled (closure-reasons lost-coverage: Member lost coverage)
        closed, changed-plan: cancelled (closure-reasons changed-plan: Member changed plans)
        closed, moved: cancelled (closure-reasons moved: Member moved out of the county)
        closed, deceased: cancelled (closure-reasons deceased: Member died)
        closed, duplicate: cancelled (closure-reasons duplicate: Duplicate referral)
        closed, other: cancelled (closure-reasons other: Other)
        not-eligible, without words: rejected (referral-status-reason not-eligible: No reason was given.)
    "#]].assert_eq(&table);
}

fn provider(number: u128) -> OrgId {
    format!("org_{number:032x}").parse().expect("an organization's id")
}

/// Statuses of the platform's Task and of those of the turns, after each event.
fn lived(events: &[(Event, Stage)]) -> String {
    let mut assignments = Vec::new();
    let mut lines = Vec::new();
    for (event, stage) in events {
        follow(&mut assignments, event, Timestamp::UNIX_EPOCH);
        let closure = match event {
            Event::Close(reason) => Some(reason.as_str()),
            _ => None,
        };
        let platform = ReportedStatus::of_referral(*stage, closure, None, &assignments).status;
        let turns: Vec<String> =
            assignments.iter().map(|turn| told(&ReportedStatus::of_assignment(turn, true))).collect();
        lines.push(format!("{}: {platform} | {}", event.name(), turns.join(", ")));
    }
    lines.join("\n")
}

#[test]
fn a_referral_goes_from_one_provider_to_the_next_and_no_task_goes_back() {
    let full = || "no-capacity".to_owned();
    expect![[r#"
        offer: requested | requested
        offer-lapsed: requested | cancelled (referral-status-reason lapsed: The provider did not take the offer in time.)
        assign: requested | cancelled (referral-status-reason lapsed: The provider did not take the offer in time.), requested
        provider-accept: accepted | cancelled (referral-status-reason lapsed: The provider did not take the offer in time.), accepted
        provider-decline: accepted | cancelled (referral-status-reason lapsed: The provider did not take the offer in time.), cancelled (decline-reasons no-capacity: No capacity)"#]]
    .assert_eq(&lived(&[
        (Event::Offer(provider(1)), Stage::Accepted),
        (Event::Lapse, Stage::Accepted),
        (Event::Assign(provider(2)), Stage::Accepted),
        (Event::ProviderAccept(provider(2)), Stage::ProviderAccepted),
        (Event::ProviderDecline(full()), Stage::Accepted),
    ]));
    expect![[r#"
        keep: requested | requested
        provider-accept: accepted | accepted
        start-outreach: in-progress | in-progress
        change-provider: in-progress | cancelled (referral-status-reason provider-changed: The member asked for another provider.)
        offer: in-progress | cancelled (referral-status-reason provider-changed: The member asked for another provider.), requested
        provider-decline: in-progress | cancelled (referral-status-reason provider-changed: The member asked for another provider.), rejected (decline-reasons no-capacity: No capacity)
        offer: in-progress | cancelled (referral-status-reason provider-changed: The member asked for another provider.), rejected (decline-reasons no-capacity: No capacity), requested
        provider-accept: in-progress | cancelled (referral-status-reason provider-changed: The member asked for another provider.), rejected (decline-reasons no-capacity: No capacity), accepted
        close: completed | cancelled (referral-status-reason provider-changed: The member asked for another provider.), rejected (decline-reasons no-capacity: No capacity), completed"#]]
    .assert_eq(&lived(&[
        (Event::Keep(provider(1)), Stage::Accepted),
        (Event::ProviderAccept(provider(1)), Stage::ProviderAccepted),
        (Event::StartOutreach, Stage::InService),
        (Event::ChangeProvider, Stage::ChangingProvider),
        (Event::Offer(provider(2)), Stage::ChangingProvider),
        (Event::ProviderDecline(full()), Stage::ChangingProvider),
        (Event::Offer(provider(3)), Stage::ChangingProvider),
        (Event::ProviderAccept(provider(3)), Stage::ProviderAccepted),
        (Event::Close("services-received".to_owned()), Stage::Closed),
    ]));
    expect![[r#"
        offer: requested | requested
        close: completed | cancelled (closure-reasons services-received: Service has begun)"#]]
    .assert_eq(&lived(&[
        (Event::Offer(provider(1)), Stage::Accepted),
        (Event::Close("services-received".to_owned()), Stage::Closed),
    ]));
}

#[test]
fn what_ended_is_told_with_a_sentence() {
    for stage in assignment::Stage::ALL {
        let status = TASK_STATUSES.of_assignment(*stage);
        // The closure reasons have names of their own.
        let by_list = *stage == assignment::Stage::Closed;
        let said = TASK_STATUSES.reason.contains_key(stage.name());
        assert_eq!(status.wants_reason() && !by_list, said, "{}", stage.name());
    }
}

#[test]
fn why_a_provider_gave_it_back_is_for_the_plan_and_the_provider() {
    let mut assignments = Vec::new();
    let mut lines = Vec::new();
    let reason = || Event::ProviderDecline("known-conflict".to_owned());
    let events = [
        Event::Offer(provider(1)),
        reason(),
        Event::Offer(provider(2)),
        Event::ProviderAccept(provider(2)),
        reason(),
    ];
    for event in events {
        follow(&mut assignments, &event, Timestamp::UNIX_EPOCH);
    }
    for turn in &assignments {
        lines.extend([true, false].map(|all| told(&ReportedStatus::of_assignment(turn, all))));
    }
    expect![[r#"
        rejected (decline-reasons known-conflict: A conflict with the member or the household)
        rejected (referral-status-reason declined: The provider did not take the referral.)
        cancelled (decline-reasons known-conflict: A conflict with the member or the household)
        cancelled (referral-status-reason given-back: The provider gave the referral back.)"#]]
    .assert_eq(&lines.join("\n"));
}
