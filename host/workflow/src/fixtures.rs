//! Cases, organizations and instants with which the tests of several files begin.

use std::collections::BTreeMap;
use std::fmt::Debug;

use domain::case::{LicensedReviewer, Moved, Refusal};
use domain::identifiers::{CaseId, CoverageId, MemberId, OrgId, RosterId};
use domain::plan::authorization::RequestKind;
use domain::plan::billing::Frequency;
use domain::plan::types::{Bilingual, Urgency};
use domain::{authorization, claim, referral};
use jiff::Timestamp;
use store::coverages::Coverage;
use uuid::Uuid;

use crate::cases::case::{Answered, Application, Authorization, Body, Case, Claim, Referral};

/// Compares what each row found with what it expects, and tells of all rows that differ together.
#[track_caller]
pub(crate) fn assert_rows<T: Debug + PartialEq>(rows: impl IntoIterator<Item = (String, T, T)>) {
    let (mut count, mut differing) = (0, String::new());
    for (name, found, expected) in rows {
        count += 1;
        if found != expected {
            differing += &format!("{name}\n   found    {found:?}\n   expected {expected:?}\n");
        }
    }
    assert!(count > 0, "a table without rows tests nothing");
    assert!(differing.is_empty(), "of {count} rows these differ:\n{differing}");
}

/// A plan's coverage of the one member, whose county its file calls Loma del Mar.
pub(crate) fn covered(plan: &str, line: &str, first: &str, last: Option<&str>) -> Coverage {
    let id = Uuid::from_u128(1);
    Coverage {
        id: CoverageId::from_uuid(id),
        member: MemberId::from_uuid(id),
        plan: plan.parse().unwrap(),
        plan_member_id: String::new(),
        line: line.to_owned(),
        group_code: None,
        dual_status: None,
        county: "LDM".parse().unwrap(),
        first_day: first.parse().unwrap(),
        last_day: last.map(|last| last.parse().unwrap()),
        roster: RosterId::from_uuid(id),
        plan_takes_cases: true,
        disputed_since: None,
    }
}

/// The coverage, whose days another plan's file has claimed too; of two, the lower number is the older
/// dispute.
pub(crate) fn disputed(coverage: Coverage, since: i64) -> Coverage {
    Coverage { disputed_since: Some(Timestamp::from_second(since).unwrap()), ..coverage }
}

/// Instant at which the case of the tests comes: a Monday, ten in the morning in California.
pub(crate) const MONDAY: &str = "2026-03-02T18:00:00Z";

pub(crate) fn at(instant: &str) -> Timestamp {
    instant.parse().unwrap()
}

/// Organization that sends the case.
pub(crate) fn sender() -> OrgId {
    OrgId::from_uuid(Uuid::from_u128(2))
}

pub(crate) fn another_case() -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(3))
}

/// Plan and case in which a case goes on whose days have become another plan's.
pub(crate) fn another_plan() -> Moved {
    Moved { plan: "harbor-crest".parse().unwrap(), case: another_case() }
}

/// A case of Valle Vista that came on Monday.
pub(crate) fn case(body: Body) -> Case {
    Case {
        id: CaseId::from_uuid(Uuid::from_u128(1)),
        plan: Some("valle-vista".parse().unwrap()),
        delegate: None,
        member: None,
        service: Some("ecm".to_owned()),
        provider: sender(),
        assigned: None,
        urgency: Urgency::Standard,
        received_at: at(MONDAY),
        version: 1,
        follows: None,
        body,
    }
}

pub(crate) fn referral(state: referral::State) -> Referral {
    Referral {
        populations: Vec::new(),
        preferred: None,
        order: Vec::new(),
        tried: Vec::new(),
        assignments: Vec::new(),
        facts: Vec::new(),
        documents: Vec::new(),
        supplied: Vec::new(),
        state,
        answered: Answered::default(),
        member_notices: Vec::new(),
    }
}

pub(crate) fn authorization(state: authorization::State) -> Authorization {
    Authorization {
        populations: Vec::new(),
        kind: RequestKind::Initial,
        lines: Vec::new(),
        facts: Vec::new(),
        documents: Vec::new(),
        supplied: Vec::new(),
        window: None,
        continues: None,
        state,
        answered: Answered::default(),
        extension: None,
        member_notices: Vec::new(),
        ended: None,
        exceptions: Vec::new(),
    }
}

pub(crate) fn claim(state: claim::State) -> Claim {
    Claim {
        frequency: Frequency::Original,
        diagnoses: Vec::new(),
        lines: Vec::new(),
        facts: Vec::new(),
        documents: Vec::new(),
        supplied: Vec::new(),
        results: Vec::new(),
        host_rules: Vec::new(),
        state,
        answered: Answered::default(),
        completed_at: None,
        disputes: Vec::new(),
        exceptions: Vec::new(),
    }
}

/// A credentialing file that no plan reads yet.
pub(crate) fn application() -> Application {
    Application {
        legal_name: String::new(),
        services: Vec::new(),
        counties: Vec::new(),
        answers: Vec::new(),
        documents: Vec::new(),
        supplied: Vec::new(),
        reviews: BTreeMap::new(),
    }
}

/// A no by a licensed person, resting on these criteria.
pub(crate) fn refusal(criteria: &[&str]) -> Refusal {
    let by = LicensedReviewer::on_record(Some("RN 555012")).unwrap();
    let criteria = criteria.iter().map(|id| (*id).to_owned()).collect();
    Refusal::clinical(criteria, words(), by)
}

/// A sentence that somebody wrote, perhaps about a member.
pub(crate) fn words() -> Bilingual {
    Bilingual { en: "Luz has a home.".to_owned(), es: "Luz tiene casa.".to_owned() }
}
