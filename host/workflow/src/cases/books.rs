//! The books that the lines of a claim are entered into: the permissions on file, what was drawn from them,
//! and the days that are paid for already. They stand above rules and people alike.

use domain::authorization::{State, Window};
use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::ledger::{self, Books, Delivered, Needs, TakenDay};
use domain::plan::billing::{AuthorizedLine, ClaimLine, LineOutcome, LineResult};
use domain::plan::profile::PlanProfile;
use domain::plan::types::Period;
use domain::time::pacific_day;
use jiff::civil::Date;
use store::Scope;
use store::usage::Deliveries;

use crate::Crosswalk;
use crate::cases::case::{Authorization, Body, HostRule};
use crate::command::failure::Failure;

/// Whose books are opened, and for which lines.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) member: MemberId,
    pub(crate) plan: &'a PlanId,
    /// Provider that delivers.
    pub(crate) provider: OrgId,
    pub(crate) lines: &'a [ClaimLine],
    /// Profile of the plan's rules on the day; `None` while the plan has none.
    pub(crate) profile: Option<&'a PlanProfile>,
    /// Claims that do not count: the claim itself, and the one that it replaces.
    pub(crate) without: &'a [CaseId],
}

impl Crosswalk {
    /// The books as they stand before the lines are entered.
    pub(crate) async fn books(&self, account: Account<'_>) -> Result<Books, Failure> {
        let mut services: Vec<&str> = account.lines.iter().map(|line| line.service.as_str()).collect();
        services.sort_unstable();
        services.dedup();
        let mut permissions = Vec::new();
        let mut delivered = Vec::new();
        for service in services {
            let of_service = self.permissions(account, service).await?;
            if let Some(since) = of_service.iter().map(|permission| permission.days.first).min() {
                delivered.extend(self.delivered(account, service, since).await?);
            }
            permissions.extend(of_service);
        }
        Ok(Books::open(permissions, &delivered, self.taken_days(account).await?))
    }

    /// The permissions on file: what was approved, and presumptive windows, whoever decided later.
    async fn permissions(&self, account: Account<'_>, service: &str) -> Result<Vec<AuthorizedLine>, Failure> {
        let duty = Scope::duty("claims");
        let rows = store::cases::authorizations_for(
            self.store(),
            &duty,
            account.member,
            account.provider,
            account.plan,
            service,
        );
        let mut permissions = Vec::new();
        for row in rows.await? {
            let case = self.read(row)?;
            if let Body::Authorization(body) = &case.body {
                permissions.extend(permission_lines(body, service));
            }
        }
        Ok(permissions)
    }

    /// Units of a service that were delivered since a day and count against its permissions.
    async fn delivered(
        &self,
        account: Account<'_>,
        service: &str,
        since: Date,
    ) -> Result<Vec<Delivered>, Failure> {
        let Account { member, plan, provider, .. } = account;
        let deliveries = Deliveries { member, plan, provider, service, since };
        let used = store::usage::delivered(self.store(), &Scope::duty("claims"), deliveries).await?;
        let counts = |entry: &store::usage::Usage| {
            let needs = ledger::needs(account.profile, service, &entry.procedure, entry.first_day);
            needs != Needs::Nothing && !account.without.contains(&entry.case)
        };
        Ok(used
            .into_iter()
            .filter(counts)
            .map(|entry| Delivered {
                first: entry.first_day,
                last: entry.last_day,
                units: u32::try_from(entry.units).unwrap_or(u32::MAX),
                procedure: entry.procedure,
            })
            .collect())
    }

    /// The days around the lines that are payable or paid, under any plan.
    async fn taken_days(&self, account: Account<'_>) -> Result<Vec<TakenDay>, Failure> {
        let first = account.lines.iter().map(|line| line.days.first).min();
        let last = account.lines.iter().map(|line| line.days.last.unwrap_or(line.days.first)).max();
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        let duty = Scope::duty("claims");
        let taken =
            store::service_days::taken(self.store(), &duty, account.member, account.provider, first, last);
        Ok(taken
            .await?
            .into_iter()
            .filter(|taken| !account.without.contains(&taken.case))
            .map(|taken| TakenDay {
                procedure: taken.procedure,
                day: taken.day,
                claim: Some(taken.case.to_string()),
                line: taken.line,
            })
            .collect())
    }
}

/// Lines that a decided or presumptive authorization permits. Service under a window before a grant begins
/// stays permitted, and so does what follows the grant's days up to the decision.
fn permission_lines(body: &Authorization, service: &str) -> Vec<AuthorizedLine> {
    let window = body.window.as_ref();
    match &body.state {
        State::Withdrawn { .. } | State::Moved { .. } => Vec::new(),
        State::Approved { at, number, grant, .. } => {
            let granted = grant.lines.iter().map(|line| AuthorizedLine {
                number: number.clone(),
                presumptive: false,
                procedure: Some(line.procedure.clone()),
                days: line.days.clone(),
                units: Some(line.units),
                used: 0,
            });
            let days: Vec<&Period> = grant.lines.iter().map(|line| &line.days).collect();
            let kept = window.into_iter().flat_map(|window| beside_grant(window, &days, pacific_day(*at)));
            let kept: Vec<Window> = kept.collect();
            let kept = kept.iter().flat_map(|window| window_lines(window, service));
            granted.chain(kept).collect()
        }
        _ => window.into_iter().flat_map(|window| window_lines(window, service)).collect(),
    }
}

/// Days of a window that remain when a grant follows: those before it, and those after it until the grant was
/// made.
fn beside_grant(window: &Window, granted: &[&Period], decided: Date) -> Vec<Window> {
    let first = granted.iter().map(|days| days.first).min();
    let last = granted.iter().map(|days| days.last.unwrap_or(days.first)).max();
    let (Some(first), Some(last)) = (first, last) else { return vec![window.clone()] };
    let before = first.yesterday().ok().map(|day| Window { last: window.last.min(day), ..window.clone() });
    let after = last.tomorrow().ok().map(|day| Window {
        first: window.first.max(day),
        last: window.last.min(decided),
        ..window.clone()
    });
    before.into_iter().chain(after).filter(|left| left.first <= left.last).collect()
}

fn window_lines<'a>(window: &'a Window, service: &'a str) -> impl Iterator<Item = AuthorizedLine> + 'a {
    ledger::window_lines(&window.rule, service, window.first, window.last)
}

/// Holds what rules said of each line against the books, in the order of the claim's lines: a line that
/// repeats another, or goes beyond what is authorized, is rejected whatever they said.
pub(crate) fn hold(
    mut books: Books,
    profile: Option<&PlanProfile>,
    lines: &[ClaimLine],
    results: &mut [LineResult],
) -> Vec<HostRule> {
    let mut held = Vec::new();
    for line in lines {
        let Some(result) = results.iter_mut().find(|result| result.number == line.number) else { continue };
        let stop = match &result.outcome {
            LineOutcome::Payable(_) => {
                let needs = ledger::needs(profile, &line.service, &line.procedure, line.days.first);
                books.enter(line, needs, None).err()
            }
            LineOutcome::Pended(_) => books.repeats(line).cloned().map(ledger::Stop::Repeats),
            LineOutcome::Rejected(_) | LineOutcome::Denied(_) => None,
        };
        if let Some(stop) = stop {
            held.push(HostRule { line: line.number, rule: stop.code() });
            result.outcome = LineOutcome::Rejected(stop.rejection());
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::civil::date;

    use super::*;

    /// The window is 2026-03-02 to 2026-03-15; the decision was made on the day given.
    #[test]
    fn a_window_stays_beside_the_grant_that_follows() {
        let window =
            Window { rule: "presumption".to_owned(), first: date(2026, 3, 2), last: date(2026, 3, 15) };
        let left = |first: Date, last: Date, decided: Date| -> String {
            let granted = Period { first, last: Some(last) };
            let left = beside_grant(&window, &[&granted], decided);
            let left: Vec<String> =
                left.iter().map(|left| format!("{}..{}", left.first, left.last)).collect();
            left.join(", ")
        };
        let day = |day| date(2026, 3, day);
        let table = [
            ("the grant is the window", left(day(2), day(15), day(5))),
            ("the grant starts later", left(day(4), day(20), day(5))),
            ("the grant starts after the window", left(day(20), day(31), day(16))),
            ("the grant ends before the decision", left(day(2), day(4), day(6))),
            ("the grant ends after the decision", left(day(2), day(8), day(6))),
            ("the grant lies within", left(day(4), day(5), day(30))),
        ];
        let table: String = table.iter().map(|(case, left)| format!("{case}: {left}\n")).collect();
        expect![[r#"
            the grant is the window: 
            the grant starts later: 2026-03-02..2026-03-03
            the grant starts after the window: 2026-03-02..2026-03-15
            the grant ends before the decision: 2026-03-05..2026-03-06
            the grant ends after the decision: 
            the grant lies within: 2026-03-02..2026-03-03, 2026-03-06..2026-03-15
        "#]]
        .assert_eq(&table);
    }
}
