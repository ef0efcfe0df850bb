//! Two shadow runs of one version, with few changed cases and with many.
//!
//! The rows are those that a run writes as it goes on. It keeps the first ten thousand changes side by side
//! and counts the others; here all of them are kept, so that a page which read more than it shows would be
//! found out. Both runs have the same forty causes: a page lists so many, however often each was met.

use bench::{FreshIds, NOW, Outcome};
use domain::identifiers::{CaseId, Digest, EvaluationId, ShadowRunId};
use domain::time::Ids;
use serde_json::{Value, json};
use store::shadow_runs::{RunState, ShadowChange, ShadowRun};
use store::{Store, Unit};
use workflow::shown::{CauseCount, CauseKind, Direction, ShadowCause, ShadowReport};

use super::people::{PLAN, Peopled};
use crate::growth::served::{Question, Setup, Side};

/// Changed cases of the two runs, and of the second one in a quick run.
pub(super) const FEW: u64 = 100;
pub(super) const MANY: [u64; 2] = [100_000, 2_000];
/// Pages of a run: its report, and the first page of its changed cases.
pub(super) const PAGES: [(&str, &str); 2] = [("report", ""), ("changed cases", "/cases")];

const CAUSES: usize = 40;
/// Changes of one unit.
const AT_ONCE: usize = 1_000;
const DIRECTIONS: [Direction; 3] = [Direction::Less, Direction::More, Direction::Reasons];
const SERVICES: [&str; 3] = ["recuperative-care", "ecm", "medically-tailored-meals"];

/// Writes a run with so many changed cases, and gives the address of its report.
pub(super) fn put(setup: &Setup, county: &Peopled, changed: u64) -> Outcome<String> {
    let causes = causes(county)?;
    let run = setup.runtime.block_on(write(&county.served.store, county, &causes, changed))?;
    Ok(format!("/portal/rules/{}/shadow/{run}", county.digest))
}

/// The pages of two runs, one on each side.
pub(super) fn sides(county: &Peopled, runs: [&String; 2], page: &str) -> [Side; 2] {
    runs.map(|run| Side {
        address: county.served.address,
        questions: vec![Question::of(&[county.analyst.page(&format!("{run}{page}"))])],
    })
}

/// Causes with their names: criteria of the plan's own rules, judged otherwise in one direction or another.
fn causes(county: &Peopled) -> Outcome<Vec<(String, ShadowCause)>> {
    let mut connection = county.connection()?;
    let path = format!("/v1/plans/{PLAN}/profile");
    let profile = county.analyst.read(&mut connection, &path)?.ok_or("the plan has rules")?;
    let criteria = profile["criteria"].as_array().ok_or("a profile has criteria")?;
    let ids = criteria.iter().filter_map(|criterion| criterion["id"].as_str());
    let cause = |(id, direction): (&str, Direction)| {
        let name = Digest::of(format!("{id} {}", direction.name()).as_bytes()).to_string();
        let name = name.chars().take(16).collect();
        (name, ShadowCause { direction, kind: CauseKind::Criteria, criteria: vec![id.to_owned()] })
    };
    let pairs = ids.flat_map(|id| DIRECTIONS.map(|direction| (id, direction)));
    let causes: Vec<(String, ShadowCause)> = pairs.take(CAUSES).map(cause).collect();
    if causes.len() < CAUSES { Err("the plan has too few criteria".into()) } else { Ok(causes) }
}

async fn write(
    store: &Store,
    county: &Peopled,
    causes: &[(String, ShadowCause)],
    changed: u64,
) -> Outcome<ShadowRunId> {
    let id = ShadowRunId::from_uuid(FreshIds.next());
    let (mut report, mut changes) =
        (ShadowReport { same: changed * 4, ..ShadowReport::default() }, Vec::new());
    for (number, (name, cause)) in (1..=changed).zip(causes.iter().cycle()) {
        let service = SERVICES[usize::try_from(number)? % SERVICES.len()];
        count(&mut report, name, cause, service);
        changes.push(ShadowChange {
            run: id,
            number,
            evaluation: EvaluationId::from_uuid(FreshIds.next()),
            case: CaseId::from_uuid(FreshIds.next()),
            cause: name.clone(),
            body: body(cause, service).to_string(),
        });
    }
    let run = run(county, id, &report)?;
    store.commit(Unit::of([store::shadow_runs::insert(&run)])).await?;
    for some in changes.chunks(AT_ONCE) {
        store.commit(Unit::of(some.iter().map(store::shadow_runs::insert_change))).await?;
    }
    Ok(id)
}

/// A run of the plan's rules with this report, which is done.
fn run(county: &Peopled, id: ShadowRunId, report: &ShadowReport) -> Outcome<ShadowRun> {
    let now = NOW.parse()?;
    let compared = report.same + report.changed;
    Ok(ShadowRun {
        id,
        plan: PLAN.parse()?,
        digest: county.digest.parse()?,
        state: RunState::Done,
        wanted: compared,
        next: (now, String::new()),
        until: now,
        share_percent: 100,
        compared,
        report: serde_json::to_string(report)?,
        asked_at: now,
        asked_by: county.organization,
        touched_at: now,
        version: 1,
    })
}

/// The words before and after a change in a direction.
fn outcomes(direction: Direction) -> [&'static str; 2] {
    match direction {
        Direction::Less => ["approved", "pended"],
        Direction::More => ["pended", "approved"],
        Direction::Reasons => ["approved", "approved"],
    }
}

/// Counts a change as a run does.
fn count(report: &mut ShadowReport, name: &str, cause: &ShadowCause, service: &str) {
    report.changed += 1;
    let [before, after] = outcomes(cause.direction);
    match cause.direction {
        Direction::Less => report.approvals_lost += 1,
        Direction::More => report.approvals_gained += 1,
        Direction::Reasons => *report.stays.entry(after.to_owned()).or_default() += 1,
    }
    if before != after {
        *report.moves.entry(format!("{before} > {after}")).or_default() += 1;
    }
    *report.services.entry(service.to_owned()).or_default().entry(cause.direction).or_default() += 1;
    for criterion in &cause.criteria {
        *report.criteria.entry(criterion.clone()).or_default() += 1;
    }
    let counted = || CauseCount { cause: cause.clone(), count: 0 };
    report.causes.entry(name.to_owned()).or_insert_with(counted).count += 1;
}

/// Both answers side by side, as the record keeps them.
fn body(cause: &ShadowCause, service: &str) -> Value {
    let [before, after] = outcomes(cause.direction);
    let outcome = |word: &str, held: &str| {
        let findings: serde_json::Map<String, Value> =
            cause.criteria.iter().map(|criterion| (criterion.clone(), held.into())).collect();
        json!({ "word": word, "rank": 0, "cents": 0, "findings": findings })
    };
    json!({
        "operation": "determine", "service": service, "direction": cause.direction.name(),
        "before": outcome(before, "met"), "after": outcome(after, "unknown"), "criteria": cause.criteria,
    })
}
