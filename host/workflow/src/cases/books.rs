//! The books that the lines of a claim are entered into: the permissions on file, what was drawn from them,
//! and the days that are paid for already. They stand above rules and people alike.

use domain::authorization::{State, Window};
use domain::floor::{Ground, PaidUse, is_summed};
use domain::identifiers::{CaseId, MemberId, OrgId, PlanId};
use domain::ledger::{self, Books, Delivered, Needs, TakenDay};
use domain::plan::billing::{AuthorizedLine, ClaimLine, LineOutcome, LineResult};
use domain::plan::profile::PlanProfile;
use domain::time::pacific_day;
use jiff::ToSpan;
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
            let (of_service, drawn) = self.entries(account, service).await?;
            permissions.extend(of_service);
            delivered.extend(drawn);
        }
        Ok(Books::open(permissions, &delivered, self.taken_days(account).await?))
    }

    /// The permissions of one service on file, each with what was drawn from it. The lines of the account are
    /// not asked for.
    pub(crate) async fn drawn(
        &self,
        account: Account<'_>,
        service: &str,
    ) -> Result<Vec<AuthorizedLine>, Failure> {
        let (permissions, delivered) = self.entries(account, service).await?;
        Ok(Books::open(permissions, &delivered, Vec::new()).authorized().to_vec())
    }

    /// Permissions for a service, and deliveries that count against them.
    async fn entries(
        &self,
        account: Account<'_>,
        service: &str,
    ) -> Result<(Vec<AuthorizedLine>, Vec<Delivered>), Failure> {
        let permissions = self.permissions(account, service).await?;
        let since = permissions.iter().map(|permission| permission.days.first).min();
        let delivered = match since {
            Some(since) => self.delivered(account, service, since).await?,
            None => Vec::new(),
        };
        Ok((permissions, delivered))
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

    /// Use that is payable or was paid to the member under the plan, as far as it bounds what is paid for the
    /// lines: since a year before them and since their permissions began. Nothing where each line is paid for
    /// itself.
    pub(crate) async fn paid_uses(
        &self,
        account: Account<'_>,
        permissions: &[AuthorizedLine],
    ) -> Result<Vec<PaidUse>, Failure> {
        let Account { member, plan, provider, lines, profile, without } = account;
        let is_bounded = |line: &&ClaimLine| profile.is_some_and(|one| is_summed(Ground::of(one), line));
        let Some(first) = lines.iter().filter(is_bounded).map(|line| line.days.first).min() else {
            return Ok(Vec::new());
        };
        let began = permissions.iter().map(|permission| permission.days.first);
        let since = began.chain([first.saturating_sub(1.year())]).min().unwrap_or(first);
        let duty = Scope::duty("claims");
        let used = store::usage::for_member(self.store(), &duty, member, Some(plan), since).await?;
        let counts =
            |entry: &store::usage::Usage| entry.state.is_delivered() && !without.contains(&entry.case);
        let uses = used.into_iter().filter(counts).map(|entry| PaidUse {
            own: entry.provider_org == provider,
            procedure: entry.procedure,
            first: entry.first_day,
            last: entry.last_day,
            amount: entry.amount,
        });
        Ok(uses.collect())
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

/// Lines that a decided or presumptive authorization permits. A grant that follows a window takes nothing
/// back that was begun under it.
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
            let begins = grant.lines.iter().map(|line| line.days.first).min();
            let kept = window.and_then(|window| beside_grant(window, begins, pacific_day(*at)));
            let kept = kept.iter().flat_map(|window| window_lines(window, service));
            granted.chain(kept).collect()
        }
        _ => window.into_iter().flat_map(|window| window_lines(window, service)).collect(),
    }
}

/// The window as it remains beside a grant that begins on `begins`: up to the day of the decision, and up to
/// the grant where that begins later. The grant is drawn from first, so that the window bears the days that
/// it does not hold, and what was served beyond its units. What is decided on the day on which the window
/// opens was waited for on no day: what is granted from that day on is all there is.
fn beside_grant(window: &Window, begins: Option<Date>, decided: Date) -> Option<Window> {
    let before_grant = begins.and_then(|first| first.yesterday().ok()).unwrap_or(window.last);
    let waited = (window.first < decided).then_some(decided);
    let last = window.last.min(waited.map_or(before_grant, |decided| decided.max(before_grant)));
    (window.first <= last).then(|| Window { last, ..window.clone() })
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
                books.enter(line, needs).err()
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
    use domain::plan::types::Period;
    use expect_test::expect;
    use jiff::civil::date;

    use super::*;

    /// The window is 2026-03-02 to 2026-03-15; the decision was made on the day given. Source of the rule:
    /// DHCS ECM Policy Guide, presumptive authorization: service that is begun under it is payable until the
    /// decision.
    #[test]
    fn a_window_stays_beside_the_grant_that_follows() {
        let window =
            Window { rule: "presumption".to_owned(), first: date(2026, 3, 2), last: date(2026, 3, 15) };
        let left = |begins: Date, decided: Date| {
            let left = beside_grant(&window, Some(begins), decided);
            left.map_or_else(|| "nothing".to_owned(), |left| format!("{}..{}", left.first, left.last))
        };
        let day = |day| date(2026, 3, day);
        let table = [
            ("the grant begins with the window, decided on its fourth day", left(day(2), day(5))),
            ("decided on the day on which it opens", left(day(2), day(2))),
            ("decided before it begins", left(day(2), day(1))),
            ("decided after it ends", left(day(2), day(30))),
            ("the grant begins later, decided before that", left(day(8), day(5))),
            ("decided after that", left(day(4), day(9))),
            ("the grant begins after the window", left(day(20), day(5))),
        ];
        let table: String = table.iter().map(|(case, left)| format!("{case}: {left}\n")).collect();
        expect![[r#"
            the grant begins with the window, decided on its fourth day: 2026-03-02..2026-03-05
            decided on the day on which it opens: nothing
            decided before it begins: nothing
            decided after it ends: 2026-03-02..2026-03-15
            the grant begins later, decided before that: 2026-03-02..2026-03-07
            decided after that: 2026-03-02..2026-03-09
            the grant begins after the window: 2026-03-02..2026-03-15
        "#]]
        .assert_eq(&table);
    }

    fn granted(units: u32, first: i8, last: i8) -> AuthorizedLine {
        AuthorizedLine {
            number: "A-1".to_owned(),
            presumptive: false,
            procedure: "T2033 U6".parse().ok(),
            days: Period { first: date(2026, 3, first), last: Some(date(2026, 3, last)) },
            units: Some(units),
            used: 0,
        }
    }

    /// Nights that are payable one after the other: the window is 2026-03-02 to 2026-03-15, and the plan
    /// decided on the sixth.
    #[test]
    fn no_night_of_the_window_is_lost_inside_the_grants_span() {
        let window =
            Window { rule: "presumption".to_owned(), first: date(2026, 3, 2), last: date(2026, 3, 15) };
        let payable = |granted: &[AuthorizedLine]| {
            let begins = granted.iter().map(|line| line.days.first).min();
            let kept = beside_grant(&window, begins, date(2026, 3, 6));
            let kept = kept.iter().flat_map(|window| window_lines(window, "recuperative-care"));
            let mut books = Books::open(granted.iter().cloned().chain(kept).collect(), &[], Vec::new());
            let mut nights = Vec::new();
            for number in 1..=15_i8 {
                let first = date(2026, 3, number);
                let night = ClaimLine {
                    number: 1,
                    service: "recuperative-care".to_owned(),
                    procedure: "T2033 U6".parse().unwrap(),
                    place: "99".to_owned(),
                    days: Period { first, last: None },
                    units: 1,
                    charge: domain::Cents(20_400),
                    minutes: None,
                };
                if books.enter(&night, Needs::Permission).is_ok() {
                    nights.push(number.to_string());
                }
            }
            nights.join(" ")
        };
        let table = [
            ("a grant with a hole", payable(&[granted(2, 3, 4), granted(2, 10, 11)])),
            ("fewer units than days", payable(&[granted(3, 2, 15)])),
            ("as many units as days", payable(&[granted(14, 2, 15)])),
        ];
        let table: String = table.iter().map(|(case, nights)| format!("{case}: {nights}\n")).collect();
        expect![[r#"
            a grant with a hole: 2 3 4 5 6 10 11
            fewer units than days: 2 3 4 5 6
            as many units as days: 2 3 4 5 6 7 8 9 10 11 12 13 14 15
        "#]]
        .assert_eq(&table);
    }
}
