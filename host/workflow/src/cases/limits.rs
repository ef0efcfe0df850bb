//! Benefit limits and places, held above every plugin and every person, and what is left of them.
//!
//! Whatever is about to be granted, presumed or paid is weighed here against what counts already: over every
//! plan and provider of the member. What was counted is fenced, so that it is still so when the decision is
//! kept; a command whose ground moved is worked out again.

use domain::Cents;
use domain::audit::SubjectKind;
use domain::authorization::{State, Window};
use domain::case::{EventKind, FullPlaces, Reason, WhyPeople};
use domain::catalog::{Catalog, Limit, LimitExcess, Service};
use domain::identifiers::{CaseId, County, MemberId, OrgId, PlanId};
use domain::limits::{
    self, Accumulator, How, LimitUnit, Needs, Passed, Proposal, Proposed, Span, Stage, Use,
};
use domain::plan::authorization::{GrantedLine, RequestKind};
use domain::plan::billing::{LineOutcome, LineResult};
use domain::plan::profile::Capacity;
use domain::plan::types::{Bilingual, Period};
use domain::problem::Code;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::limits::Places;
use store::members::Member;
use store::{Scope, Statement};

use crate::Crosswalk;
use crate::cases::case::{Body, Case, Exception, HostRule};
use crate::cases::step::Work;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::Page;
use crate::directory::routing;
use crate::directory::sieve::Sieve;
use crate::plugins::registry::Live;

/// A member's past uses that count against limits, read once for a command.
pub(crate) struct Past {
    needs: Needs,
    uses: Vec<Use>,
}

impl Past {
    fn holds(&self, needs: &Needs) -> bool {
        let far_enough = match (self.needs.since, needs.since) {
            (None, _) => true,
            (Some(read), Some(needed)) => read <= needed,
            (Some(_), None) => false,
        };
        far_enough && needs.services.iter().all(|service| self.needs.services.contains(service))
    }
}

/// State of a benefit limit for a member: sums over every plan and provider; none is named.
#[derive(Clone, Debug)]
pub struct ShownLimit {
    /// The limit of the catalog.
    pub limit: Limit,
    /// Unit of the numbers.
    pub unit: LimitUnit,
    /// The most that it allows.
    pub allowed: i64,
    /// Amount that is authorized and not yet delivered.
    pub authorized: i64,
    /// Amount that was delivered.
    pub delivered: i64,
    /// Amount that may still be had.
    pub left: i64,
    /// Days in which it is counted; `None` for a lifetime, and for a single authorization or stay.
    pub window: Option<Span>,
    /// The same in a sentence.
    pub sentence: Bilingual,
    /// Services that it was asked for; of a limit that several share, those that were asked about.
    pub services: Vec<String>,
}

impl ShownLimit {
    fn of(accumulator: &Accumulator<'_>, service: &Service) -> Self {
        Self {
            limit: accumulator.limit.clone(),
            unit: accumulator.unit,
            allowed: accumulator.allowed,
            authorized: accumulator.authorized,
            delivered: accumulator.delivered,
            left: accumulator.left(),
            window: accumulator.window,
            sentence: accumulator.say(),
            services: vec![service.id.clone()],
        }
    }
}

impl Crosswalk {
    /// The limits that these uses would pass. From then on the command holds only while the member's history
    /// stays.
    pub(crate) async fn weigh(
        &self,
        work: &mut Work,
        kind: Proposed,
        uses: &[Use],
    ) -> Result<Vec<Passed>, Failure> {
        self.recall(work, uses).await?;
        let past = work.past.as_ref().map_or(&[][..], |past| &past.uses);
        Ok(passed(&work.case, kind, uses, past))
    }

    /// Reason for which people would decide on a grant of the case if the plan's rules gave it now: no
    /// contract holds for it, or it passes a limit. Nothing is kept of it.
    pub(crate) async fn would_be_in_the_way(
        &self,
        case: &Case,
        lines: &[GrantedLine],
    ) -> Result<Option<WhyPeople>, Failure> {
        let (Body::Authorization(body), Some(member), Some(plan)) = (&case.body, case.member, &case.plan)
        else {
            return Ok(None);
        };
        let Some(first) = first_day(lines) else { return Ok(None) };
        let duty = Scope::duty("limits");
        let found = store::members::find(self.store(), &duty, member).await?;
        let county = found.ok_or(Failure::NotFound)?.county;
        let service = case.service.clone().unwrap_or_default();
        let span = Period { first, last: None };
        let contracted = self.contracts_behind(case, &county, &[(service.clone(), span)]).await?;
        if !lines.iter().all(|line| contracted.on(&service, line.days.first)) {
            return Ok(Some(WhyPeople::NotContracted));
        }
        let uses = granted(case, plan, lines);
        let past = match limits::needs(Catalog::state(), &uses) {
            Some(needs) => store::limits::counted(self.store(), &duty, member, &needs).await?,
            None => Vec::new(),
        };
        let passed = passed(case, proposed(body.kind), &uses, &past);
        Ok(gravest(passed).map(|passed| WhyPeople::BenefitLimit(Box::new(passed))))
    }

    /// Reads what limits must know of the member's past, unless it was read already or none looks back.
    async fn recall(&self, work: &mut Work, uses: &[Use]) -> Result<(), Failure> {
        let Some(mut needs) = limits::needs(Catalog::state(), uses) else { return Ok(()) };
        let Some(member) = work.case.member else { return Ok(()) };
        work.weighed = true;
        if work.past.as_ref().is_some_and(|past| past.holds(&needs)) {
            return Ok(());
        }
        // At once what the command may need later too: it was read ahead.
        if let Some(foreseen) = work.foreseen.take() {
            needs = foreseen.and(needs);
        }
        // Before anything of the history is read.
        if work.history.is_none() && !work.guarded {
            work.history = Some(store::usage::stamp(self.store(), member).await?);
        }
        let uses = store::limits::counted(self.store(), &Scope::duty("limits"), member, &needs).await?;
        work.past = Some(Past { needs, uses });
        Ok(())
    }

    /// Reason for which people must decide on a grant: it passes a limit, or the plan's service has no place.
    /// `None` if software may keep it.
    pub(crate) async fn in_the_way(
        &self,
        work: &mut Work,
        lines: &[GrantedLine],
        live: &Live,
    ) -> Result<Option<WhyPeople>, Failure> {
        let passed = self.weigh_grant(work, lines, &live.plan).await?;
        if let Some(passed) = gravest(passed) {
            return Ok(Some(WhyPeople::BenefitLimit(Box::new(passed))));
        }
        let full = self.take_place(work, first_day(lines), live).await?;
        Ok(full.map(WhyPeople::CapacityFull))
    }

    /// Holds what a person grants against limits and places. What goes beyond a limit that allows it needs a
    /// reason in words, which is kept with the numbers.
    ///
    /// # Errors
    /// `Invalid`, naming each limit with what is left of it; `Full` where the plan's places are taken.
    pub(crate) async fn admit_by_people(
        &self,
        work: &mut Work,
        plan: &PlanId,
        reason: Option<&Reason>,
    ) -> Result<(), Failure> {
        let State::Approved { grant, .. } = &work.authorization()?.state else { return Ok(()) };
        let lines = grant.lines.clone();
        let passed = self.weigh_grant(work, &lines, plan).await?;
        let exceptions = excepted(passed, reason, "", false).map_err(Failure::Invalid)?;
        let now = work.now();
        let body = work.authorization()?;
        body.exceptions.extend(exceptions.into_iter().map(|(passed, reason)| Exception {
            at: now,
            passed,
            reason,
        }));
        let plans = match work.plans.take() {
            Some(plans) => plans,
            None => self.plans_of(&work.case, now).await?,
        };
        if let Some(live) = plans.first()
            && let Some(full) = self.take_place(work, first_day(&lines), live).await?
        {
            return Err(Failure::Full(full));
        }
        work.plans = Some(plans);
        Ok(())
    }

    async fn weigh_grant(
        &self,
        work: &mut Work,
        lines: &[GrantedLine],
        plan: &PlanId,
    ) -> Result<Vec<Passed>, Failure> {
        let uses = granted(&work.case, plan, lines);
        let kind = proposed(work.authorization()?.kind);
        self.weigh(work, kind, &uses).await
    }

    /// The window, cut to what is left of the member's limits; none if nothing is, or if the plan's places
    /// are taken, which the timeline then says.
    pub(crate) async fn fit_window(
        &self,
        work: &mut Work,
        live: &Live,
        window: Window,
    ) -> Result<Option<Window>, Failure> {
        let Some(window) = self.cut_window(work, &live.plan, window).await? else { return Ok(None) };
        let Some(full) = self.take_place(work, Some(window.first), live).await? else {
            return Ok(Some(window));
        };
        work.note(
            EventKind::PresumptionFull,
            json!({ "members": full.members, "window_months": full.window_months }),
        );
        Ok(None)
    }

    async fn cut_window(
        &self,
        work: &mut Work,
        plan: &PlanId,
        window: Window,
    ) -> Result<Option<Window>, Failure> {
        let Some(asked) = presumed(&work.case, plan, &window) else { return Ok(Some(window)) };
        let passed = self.weigh(work, Proposed::Window, std::slice::from_ref(&asked)).await?;
        let Some(passed) = gravest(passed) else { return Ok(Some(window)) };
        let case = work.case.id;
        let past = work.past.as_ref().map_or(&[][..], |past| &past.uses);
        let past: Vec<Use> = past.iter().filter(|one| one.case != case).cloned().collect();
        let fitting = limits::fitting_window(Catalog::state(), &asked, &past);
        let detail = json!({
            "limit": passed.limit,
            "used": passed.used,
            "left": passed.left,
            "asked_last": window.last.to_string(),
            "last": fitting.map(|days| days.last.to_string()),
        });
        work.note(EventKind::PresumptionCut, detail);
        Ok(fitting.map(|days| Window { first: days.first, last: days.last, ..window }))
    }

    /// Holds the lines that rules would pay against the member's limits, one after the other. A line that
    /// nobody may pay is rejected, whatever they said, with the numbers; for what a person may pay, why
    /// people decide.
    pub(crate) async fn hold_to_limits(
        &self,
        work: &mut Work,
        results: &mut [LineResult],
    ) -> Result<Option<WhyPeople>, Failure> {
        let payable = |result: &LineResult| match &result.outcome {
            LineOutcome::Payable(payment) => Some((result.number, payment.amount)),
            LineOutcome::Rejected(_) | LineOutcome::Pended(_) | LineOutcome::Denied(_) => None,
        };
        let amounts: Vec<(u16, Cents)> = results.iter().filter_map(payable).collect();
        let all = delivered(work, &amounts)?;
        if self.weigh(work, Proposed::Payment, &all).await?.is_empty() {
            return Ok(None);
        }
        let (mut entered, mut beyond) = (Vec::new(), None);
        for (one, (number, _)) in all.into_iter().zip(amounts) {
            entered.push(one);
            let Some(passed) = gravest(self.weigh(work, Proposed::Payment, &entered).await?) else {
                continue;
            };
            if passed.excess == LimitExcess::WithReason && passed.how == How::Amount {
                beyond = Some(passed);
                continue;
            }
            entered.pop();
            work.claim()?.host_rules.push(HostRule { line: number, rule: Code::BenefitLimit });
            if let Some(result) = results.iter_mut().find(|result| result.number == number) {
                result.outcome = LineOutcome::Rejected(passed.rejection());
            }
        }
        Ok(beyond.map(|passed| WhyPeople::BenefitLimit(Box::new(passed))))
    }

    /// Holds what people pay against the member's limits, with what they pay beside it in the same command.
    /// Returns what cannot be paid.
    pub(crate) async fn pay_by_people(
        &self,
        work: &mut Work,
        uses: &[Use],
        mut beside: Vec<Use>,
        exception: Option<&Reason>,
        at: &str,
    ) -> Result<Vec<FieldProblem>, Failure> {
        beside.extend_from_slice(uses);
        let passed = self.weigh(work, Proposed::Payment, &beside).await?;
        let now = work.now();
        match excepted(passed, exception, at, true) {
            Ok(exceptions) => {
                let kept =
                    exceptions.into_iter().map(|(passed, reason)| Exception { at: now, passed, reason });
                work.claim()?.exceptions.extend(kept);
                Ok(Vec::new())
            }
            Err(problems) => Ok(problems),
        }
    }

    /// Takes a place for the member from `first` on, if the plan's service is capped in the member's county
    /// and the member has none yet. Full places are returned; a place that is taken is fenced against
    /// everybody who would take it too.
    async fn take_place(
        &self,
        work: &mut Work,
        first: Option<Date>,
        live: &Live,
    ) -> Result<Option<FullPlaces>, Failure> {
        let (Some(member), Some(service)) = (work.case.member, work.case.service.clone()) else {
            return Ok(None);
        };
        let Some(first) = first else { return Ok(None) };
        if !live.profile().elections.iter().any(|one| one.service == service && one.capacity.is_some()) {
            return Ok(None);
        }
        let county = self.county_of(work).await?;
        let mut fence = None;
        for (cap, places) in places(live, (member, work.case.id), &service, &county, first) {
            let taken = store::limits::taken(self.store(), places).await?;
            if taken.own {
                continue;
            }
            if taken.others >= u64::from(cap.members) {
                return Ok(Some(FullPlaces {
                    service: service.clone(),
                    county: county.to_string(),
                    members: cap.members,
                    window_months: cap.window_months,
                    since: places.since,
                }));
            }
            // One is enough: every cap of the service in the county has the same, and the first read is the
            // oldest.
            fence.get_or_insert_with(|| store::limits::admit(places, taken));
        }
        work.fences.extend(fence);
        Ok(None)
    }

    /// Remainder of the limits of a member's services on a day: sums over every plan and provider, which are
    /// not named.
    ///
    /// # Errors
    /// `NotFound` for a member who is not the caller's; `Invalid` for an unknown service.
    pub async fn member_limits(
        &self,
        caller: &Caller,
        id: MemberId,
        service: Option<&str>,
        on: Option<Date>,
        purpose: &str,
    ) -> Result<Page<ShownLimit>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else {
            self.look(caller, Look::Denied(SubjectKind::Member)).await?;
            return Err(Failure::NotFound);
        };
        let on = on.unwrap_or_else(|| self.today());
        let items = self.limits_of(caller, &member, service, on, purpose).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(Page { items, next_cursor: None })
    }

    /// The same of a member who was read, without a look.
    pub(crate) async fn limits_of(
        &self,
        caller: &Caller,
        member: &Member,
        service: Option<&str>,
        on: Date,
        purpose: &str,
    ) -> Result<Vec<ShownLimit>, Failure> {
        let services = limited(service, on)?;
        let all = store::coverages::for_member(self.store(), &Scope::duty("limits"), member.id).await?;
        if !Sieve::of(caller, purpose, self.today(), &all).sees_sums_on(on) {
            return Err(Failure::field(
                "?on",
                Code::NoCoverage,
                "your plan does not answer for the member on this day, and the sums are over every plan",
                "name a day on which it does",
            ));
        }
        let coverages = routing::on_day(&all, on);
        let past = self.past_of(member.id, &services, on).await?;
        let mut items: Vec<ShownLimit> = Vec::new();
        for service in services {
            let plan = match caller.role {
                Role::PlanReviewer | Role::PlanAdmin => caller.plan.as_ref(),
                Role::Provider | Role::Operator => {
                    routing::responsible(service, &coverages).map(|coverage| &coverage.plan)
                }
            };
            for accumulator in limits::accumulators(Catalog::state(), service, plan, &past, on) {
                match items.iter_mut().find(|item| item.limit.id == accumulator.limit.id) {
                    Some(item) => item.services.push(service.id.clone()),
                    None => items.push(ShownLimit::of(&accumulator, service)),
                }
            }
        }
        Ok(items)
    }

    /// Uses of a member's past that count for these services: once for limits that count for life, once for
    /// the rest.
    async fn past_of(&self, member: MemberId, services: &[&Service], on: Date) -> Result<Vec<Use>, Failure> {
        let needs = services.iter().filter_map(|service| limits::needs_of(Catalog::state(), service, on));
        let (for_life, lately): (Vec<Needs>, Vec<Needs>) = needs.partition(|needs| needs.since.is_none());
        let mut uses = Vec::new();
        for needs in [for_life, lately] {
            let Some(all) = needs.into_iter().reduce(Needs::and) else { continue };
            uses.extend(store::limits::counted(self.store(), &Scope::duty("limits"), member, &all).await?);
        }
        Ok(uses)
    }
}

/// Limits that the uses of a case would pass beside what counts already.
fn passed(case: &Case, kind: Proposed, uses: &[Use], past: &[Use]) -> Vec<Passed> {
    // What it takes the place of does not stand in its way: an earlier grant of the case, a claim that is
    // replaced.
    let replaced = |one: &Use| match one.stage {
        Stage::Authorized => one.case == case.id,
        Stage::Delivered => Some(one.case) == case.follows || uses.iter().any(|own| own.case == one.case),
        Stage::Presumed => one.case == case.id && kind == Proposed::Window,
    };
    // Nor does what it continues at another plan, from there on.
    let beside = |one: &Use| match &case.body {
        Body::Authorization(body) => body.beside(case.id, one),
        _ => Some(one.clone()),
    };
    let past: Vec<Use> = past.iter().filter(|one| !replaced(one)).filter_map(beside).collect();
    limits::check(Catalog::state(), &Proposal { kind, uses }, &past)
}

fn proposed(kind: RequestKind) -> Proposed {
    match kind {
        RequestKind::Initial => Proposed::FirstGrant,
        RequestKind::Renewal | RequestKind::Extension | RequestKind::Retrospective => Proposed::Grant,
    }
}

/// The plan's places for the service in the county on a day, for each cap on them.
pub(super) fn places<'a>(
    live: &'a Live,
    (member, case): (MemberId, CaseId),
    service: &'a str,
    county: &'a County,
    first: Date,
) -> impl Iterator<Item = (&'a Capacity, Places<'a>)> {
    let until = first.saturating_sub(1.day());
    live.profile().caps(service, county.as_str(), first).map(move |cap| {
        let since = cap.counts_from(first);
        (cap, Places { plan: &live.plan, service, county, since, member, case, until })
    })
}

/// The services with limits on the day, or the one that is named.
fn limited(service: Option<&str>, on: Date) -> Result<Vec<&'static Service>, Failure> {
    let catalog = Catalog::state();
    let named = match service {
        None => catalog.services().iter().collect(),
        Some(id) => vec![catalog.service(id).ok_or_else(|| {
            Failure::field(
                "?service",
                Code::UnknownCode,
                "no such service",
                "use a service id of the catalog",
            )
        })?],
    };
    Ok(named.into_iter().filter(|service| service.limits_on(on).next().is_some()).collect())
}

/// The one to name, if several would be passed: one that nobody may pass, else that which is passed by most.
fn gravest(passed: Vec<Passed>) -> Option<Passed> {
    passed.into_iter().max_by_key(|one| (one.excess == LimitExcess::Never, one.asked - one.left))
}

/// Exceptions from limits that a person may pass, each with the reason; problems for limits that nobody may
/// pass, or without a reason.
fn excepted(
    passed: Vec<Passed>,
    reason: Option<&Reason>,
    at: &str,
    pays: bool,
) -> Result<Vec<(Passed, Reason)>, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut exceptions = Vec::new();
    for one in passed {
        let may = one.excess == LimitExcess::WithReason && one.how == How::Amount;
        let carc = if pays { format!(" (CARC {})", one.adjustment_reason()) } else { String::new() };
        let detail = format!("{}{carc}: {}", one.limit, one.text().en);
        match reason.filter(|_| may) {
            Some(reason) => exceptions.push((one, reason.clone())),
            None if may => problems.push(FieldProblem::new(
                format!("{at}/exception"),
                Code::BenefitLimit,
                detail,
                "say in words why the member may have more, or stay within what is left",
            )),
            None => problems.push(FieldProblem::new(
                format!("{at}/lines"),
                Code::BenefitLimit,
                detail,
                "nobody may go beyond this limit: stay within what is left",
            )),
        }
    }
    if problems.is_empty() { Ok(exceptions) } else { Err(problems) }
}

fn first_day(lines: &[GrantedLine]) -> Option<Date> {
    lines.iter().map(|line| line.days.first).min()
}

/// The statements that keep the case's window among what counts towards limits and places.
pub(crate) fn keep_window(case: &Case, new: bool) -> Option<Statement> {
    let Body::Authorization(body) = &case.body else { return None };
    let (member, plan, service) = (case.member?, case.plan.as_ref()?, case.service.as_deref()?);
    let ended = matches!(body.state, State::Withdrawn { .. } | State::Moved { .. });
    let window = body.window.as_ref().filter(|_| !ended);
    match window {
        Some(window) => {
            let asked = presumed(case, plan, window)?;
            Some(store::limits::open(store::limits::Window {
                case: case.id,
                member,
                plan,
                service,
                provider: asked.provider,
                days: asked.days,
            }))
        }
        None => (!new && body.window.is_some()).then(|| store::limits::close(case.id)),
    }
}

fn delivers(case: &Case) -> OrgId {
    case.assigned.unwrap_or(case.provider)
}

fn presumed(case: &Case, plan: &PlanId, window: &Window) -> Option<Use> {
    Some(Use {
        case: case.id,
        plan: plan.clone(),
        provider: delivers(case),
        service: case.service.clone()?,
        procedure: None,
        days: Span { first: window.first, last: window.last },
        units: 0,
        minutes: None,
        amount: None,
        stage: Stage::Presumed,
    })
}

fn granted(case: &Case, plan: &PlanId, lines: &[GrantedLine]) -> Vec<Use> {
    let one = |line: &GrantedLine| Use {
        case: case.id,
        plan: plan.clone(),
        provider: delivers(case),
        service: case.service.clone().unwrap_or_default(),
        procedure: Some(line.procedure.clone()),
        days: Span {
            first: line.days.first,
            last: line.days.last.unwrap_or(line.days.first).max(line.days.first),
        },
        units: line.units.into(),
        minutes: None,
        amount: None,
        stage: Stage::Authorized,
    };
    lines.iter().map(one).collect()
}

/// Uses that the lines of a claim are, paid with these amounts.
pub(crate) fn delivered(work: &mut Work, amounts: &[(u16, Cents)]) -> Result<Vec<Use>, Failure> {
    let (case, provider) = (work.case.id, work.case.provider);
    let plan = work.plan()?;
    let lines = &work.claim()?.lines;
    let paid = amounts.iter().filter_map(|(number, amount)| {
        let line = lines.iter().find(|line| line.number == *number)?;
        Some(Use {
            case,
            plan: plan.clone(),
            provider,
            service: line.service.clone(),
            procedure: Some(line.procedure.clone()),
            days: Span {
                first: line.days.first,
                last: line.days.last.unwrap_or(line.days.first).max(line.days.first),
            },
            units: line.units.into(),
            minutes: line.minutes.map(i64::from),
            amount: Some(*amount),
            stage: Stage::Delivered,
        })
    });
    Ok(paid.collect())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::cases::case::{Authorization, Continues};
    use crate::fixtures::{self, MONDAY, another_case, another_plan, at};

    /// Ten days of respite are granted by one plan, and eight of them go on at another: with 24 hours a day
    /// both would be more than the 336 of a year. (Kaiser Permanente, referral packet)
    #[test]
    fn a_request_that_continues_is_not_weighed_on_top_of_what_it_continues() {
        let use_of = |case: CaseId, first: i8, units: i64| Use {
            case,
            plan: another_plan().plan,
            provider: fixtures::sender(),
            service: "respite".to_owned(),
            procedure: "S5151 U6".parse().ok(),
            days: Span { first: date(2026, 3, first), last: date(2026, 3, 10) },
            units,
            minutes: None,
            amount: None,
            stage: Stage::Authorized,
        };
        let before = use_of(another_case(), 1, 10);
        let continues = Continues {
            case: before.case,
            plan: before.plan.clone(),
            number: "A-1".to_owned(),
            since: date(2026, 3, 3),
        };
        let limits_passed = |continues: Option<Continues>| {
            let body = fixtures::authorization(State::Received { at: at(MONDAY) });
            let case = fixtures::case(Body::Authorization(Authorization { continues, ..body }));
            let uses = [use_of(case.id, 3, 8)];
            passed(&case, Proposed::Grant, &uses, std::slice::from_ref(&before)).len()
        };
        assert_eq!((limits_passed(None), limits_passed(Some(continues))), (1, 0));
    }
}
