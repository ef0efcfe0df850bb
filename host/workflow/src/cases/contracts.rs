//! Contracts: recorded by a plan's people, made by the approval of a credentialing file, and asked for
//! wherever a provider is to be let in, permitted or paid.

use std::collections::{BTreeMap, BTreeSet};

use domain::audit::SubjectKind;
use domain::case::{Language, Reason};
use domain::contract::{self, Event, EventKind, Refused, Term};
use domain::identifiers::{CaseId, ContractId, County, EventId, OrgId, PlanId};
use domain::plan::types::{Bilingual, Period};
use domain::problem::Code;
use domain::rollout::About;
use domain::time::pacific_day;
use domain::{Cents, authorization};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::contracts::{Contract, Filter, HeldDays, Wanted};
use store::organizations::OrganizationKind;
use store::{Scope, Statement, Unit};

use crate::Crosswalk;
use crate::cases::case::{Body, Case};
use crate::cases::clocks::{self, Paced};
use crate::cases::step::Work;
use crate::cases::translations::not_wanted;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::{Notice, Recipient};
use crate::command::paging::{Page, Paging, instant};
use crate::command::timeline::{TimelineStep, detail};
use crate::command::{
    ContractStep, Expected, NewContract, NewTerm, NewTranslation, Once, Outcome, PeopleDecision,
};
use crate::words;

/// Most steps of a timeline in one answer.
const MOST_STEPS: u32 = 1_000;

/// The days on which a provider may serve, by service, as far as a case asks for them.
#[derive(Default)]
pub(crate) struct Contracted(BTreeMap<String, Vec<HeldDays>>);

impl Contracted {
    /// True if a contract holds for the service on the day.
    pub(crate) fn on(&self, service: &str, day: Date) -> bool {
        self.over(service, &Period { first: day, last: Some(day) })
    }

    /// True if a contract holds for the service on every day of a span.
    pub(crate) fn over(&self, service: &str, span: &Period) -> bool {
        contract::covers(&self.days(service), span)
    }

    fn days(&self, service: &str) -> Vec<Period> {
        self.0.get(service).into_iter().flatten().map(|held| held.days.clone()).collect()
    }

    /// The contracts with the versions that were read: what rests on them holds only while they stand.
    fn read(&self) -> BTreeSet<(ContractId, i64)> {
        self.0.values().flatten().map(|held| (held.contract, held.version)).collect()
    }
}

impl Work {
    /// Lets this command count only while the contracts stand that it rests on.
    pub(crate) fn rests_on(&mut self, contracted: &Contracted) {
        self.fences.extend(
            contracted.read().into_iter().map(|(id, version)| store::contracts::unchanged(id, version)),
        );
    }
}

impl Crosswalk {
    /// The contracts that the case's provider has with its plan, for the services and days of its lines.
    pub(crate) async fn contracts_behind(
        &self,
        case: &Case,
        county: &County,
        spans: &[(String, Period)],
    ) -> Result<Contracted, Failure> {
        let (Some(plan), Some(provider)) = (&case.plan, case.delivers()) else {
            return Ok(Contracted::default());
        };
        self.contracts_of(provider, plan, case.delegate.as_deref(), county, spans).await
    }

    /// The contracts of a provider with a plan, or with the delegate that answers for the member.
    pub(crate) async fn contracts_of(
        &self,
        provider: OrgId,
        plan: &PlanId,
        delegate: Option<&str>,
        county: &County,
        spans: &[(String, Period)],
    ) -> Result<Contracted, Failure> {
        let mut wanted: BTreeMap<&str, Period> = BTreeMap::new();
        for (service, span) in spans {
            wanted
                .entry(service)
                .and_modify(|known| {
                    known.first = known.first.min(span.first);
                    known.last = known.last.zip(span.last).map(|(one, other)| one.max(other));
                })
                .or_insert_with(|| span.clone());
        }
        let mut found = BTreeMap::new();
        for (service, span) in wanted {
            let wanted = Wanted { provider, plan, delegate, service, county };
            found.insert(service.to_owned(), store::contracts::held(self.store(), wanted, &span).await?);
        }
        Ok(Contracted(found))
    }

    /// True if a provider has a contract with a plan for a service in a county on a day.
    pub(crate) async fn is_contracted(&self, wanted: Wanted<'_>, day: Date) -> Result<bool, Failure> {
        let span = Period { first: day, last: Some(day) };
        Ok(!store::contracts::held(self.store(), wanted, &span).await?.is_empty())
    }

    /// People too may permit and pay only under a contract: what they are about to decide is held against it.
    ///
    /// # Errors
    /// `Withheld` with every line that no contract holds for.
    pub(crate) async fn must_be_contracted(
        &self,
        work: &mut Work,
        decision: &PeopleDecision,
    ) -> Result<(), Failure> {
        let spans = spans_decided(&work.case, decision);
        if spans.is_empty() {
            return Ok(());
        }
        let county = self.county_of(work).await?;
        // Later days too: whoever is refused is told which days a contract holds.
        let on = |span: &Period| Period { first: span.first, last: None };
        let wanted: Vec<(String, Period)> =
            spans.iter().map(|(_, service, span)| (service.clone(), on(span))).collect();
        let contracted = self.contracts_behind(&work.case, &county, &wanted).await?;
        let problems: Vec<FieldProblem> = spans
            .iter()
            .filter(|(_, service, span)| !contracted.over(service, span))
            .map(|(at, service, span)| not_contracted(at, service, span, &contracted.days(service)))
            .collect();
        if !problems.is_empty() {
            return Err(Failure::Withheld(problems));
        }
        work.rests_on(&contracted);
        Ok(())
    }

    /// The member's county, where contracts and elections are looked for.
    pub(crate) async fn county_of(&self, work: &mut Work) -> Result<County, Failure> {
        if let Some(county) = &work.county {
            return Ok(county.clone());
        }
        let member = work.member()?;
        let found = store::members::find(self.store(), &Scope::duty("contracts"), member).await?;
        let county = found.ok_or(Failure::NotFound)?.county;
        work.county = Some(county.clone());
        Ok(county)
    }

    /// True if a provider has a contract for the service of a referral today.
    pub(crate) async fn may_be_offered(&self, work: &mut Work, provider: OrgId) -> Result<bool, Failure> {
        let (plan, service) = (work.plan()?, work.service()?);
        let county = self.county_of(work).await?;
        let day = pacific_day(work.now());
        let spans = [(service.clone(), Period { first: day, last: Some(day) })];
        let delegate = work.case.delegate.clone();
        let contracted = self.contracts_of(provider, &plan, delegate.as_deref(), &county, &spans).await?;
        let holds = contracted.on(&service, day);
        if holds {
            work.rests_on(&contracted);
        }
        Ok(holds)
    }
}

/// Spans that a decision would permit or pay: the field, the service and the days. A permission asks for a
/// contract on its first day, a payment on every day of service.
pub(crate) fn spans_decided(case: &Case, decision: &PeopleDecision) -> Vec<(String, String, Period)> {
    let first = |day: Date| Period { first: day, last: Some(day) };
    match (&case.body, decision) {
        (Body::Authorization(body), PeopleDecision::Approve(granting)) => {
            let lines = granting.lines.as_ref().unwrap_or(&body.lines);
            let service = case.service.clone().unwrap_or_default();
            lines
                .iter()
                .enumerate()
                .map(|(place, line)| (format!("/lines/{place}"), service.clone(), first(line.days.first)))
                .collect()
        }
        (Body::Claim(body), PeopleDecision::Pay { payment, .. }) => payment
            .lines
            .iter()
            .enumerate()
            .filter(|(_, paid)| paid.amount > Cents::ZERO)
            .filter_map(|(place, paid)| {
                let line = body.lines.iter().find(|line| line.number == paid.number)?;
                let last = line.days.last.unwrap_or(line.days.first);
                let span = Period { first: line.days.first, last: Some(last) };
                Some((format!("/lines/{place}"), line.service.clone(), span))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Days as words of an English sentence, such as "from 2026-03-02 to 2026-03-15".
fn days_in_words(days: &Period) -> String {
    match days.last {
        Some(last) if last == days.first => format!("on {last}"),
        Some(last) => format!("from {} to {last}", days.first),
        None => format!("from {} on", days.first),
    }
}

fn not_contracted(at: &str, service: &str, span: &Period, held: &[Period]) -> FieldProblem {
    let detail = format!(
        "the provider has no contract with the plan for {service} in the member's county {}",
        days_in_words(span)
    );
    let fix = if held.is_empty() {
        "record the contract first with ⟦recordContract⟧, then decide".to_owned()
    } else {
        let held: Vec<String> = held.iter().map(days_in_words).collect();
        format!(
            "record the contract first with ⟦recordContract⟧, or decide for days that it holds: {}",
            held.join(", ")
        )
    };
    FieldProblem::new(at, Code::NotContracted, detail, fix)
}

/// True if a plugin's decision permits a line for which no contract holds on its first day.
pub(crate) fn permits_without(event: &authorization::Event, service: &str, contracted: &Contracted) -> bool {
    match event {
        authorization::Event::Approve { grant, .. } => {
            !grant.lines.iter().all(|line| contracted.on(service, line.days.first))
        }
        _ => false,
    }
}

/// A contract, as it is shown on some day.
#[derive(Clone, Debug)]
pub struct ShownContract {
    /// The contract itself.
    pub contract: Contract,
    /// True if it holds on that day, for any of its services.
    pub holds_today: bool,
}

impl Crosswalk {
    /// Records a contract that the caller's plan has with a provider.
    ///
    /// # Errors
    /// `Invalid` for an organization that is no provider, and for a delegate that the plan does not have;
    /// `Exists` if there is a contract that has not ended.
    pub async fn record_contract(
        &self,
        caller: &Caller,
        new: NewContract,
        once: Once<ShownContract>,
    ) -> Result<Outcome<ShownContract>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let plan = caller.plan()?.clone();
                crosswalk.check_parties(new, &plan).await?;
                let live =
                    store::contracts::live(crosswalk.store(), new.provider, &plan, new.delegate.as_deref());
                if let Some(live) = live.await? {
                    return Err(has_one(&live));
                }
                let contract = crosswalk.new_contract(new.provider, plan, term(&new.term, None));
                let contract = Contract { delegate: new.delegate.clone(), ..contract };
                crosswalk.kept_contract(caller, contract, &Step::recorded(), false)
            })
        })
        .await
    }

    async fn check_parties(&self, new: &NewContract, plan: &PlanId) -> Result<(), Failure> {
        let duty = Scope::duty("contracts");
        let found = store::organizations::find(self.store(), &duty, new.provider).await?;
        if found.is_none_or(|found| found.kind != OrganizationKind::Provider) {
            return Err(Failure::field(
                "/provider",
                Code::UnknownProvider,
                "no provider on this host has this id",
                "send an id from ⟦listOrganizations⟧",
            ));
        }
        let Some(delegate) = &new.delegate else { return Ok(()) };
        let live = self.live(plan, self.now(), About::on(self.today())).await?;
        let known = live.is_some_and(|live| live.profile().delegates.iter().any(|one| &one.id == delegate));
        if known {
            return Ok(());
        }
        Err(Failure::field(
            "/delegate",
            Code::UnknownDelegate,
            "the plan's plugin in force declares no such delegate",
            "send the id of one of its delegates, or leave it out for a contract with the plan itself",
        ))
    }

    fn new_contract(&self, provider: OrgId, plan: PlanId, term: Term) -> Contract {
        Contract {
            id: self.id(ContractId::from_uuid),
            plan,
            provider,
            delegate: None,
            terms: contract::Contract::new(term),
            made_at: self.now(),
            updated_at: self.now(),
            translation_due: None,
            version: 0,
        }
    }

    /// The caller's contracts, newest first.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn contracts(
        &self,
        caller: &Caller,
        provider: Option<OrgId>,
        plan: Option<PlanId>,
        state: Option<String>,
        paging: Paging,
    ) -> Result<Page<ShownContract>, Failure> {
        let before = match paging.after_pair::<i64, ContractId>()? {
            Some((at, id)) => Some((instant(at)?, id)),
            None => None,
        };
        let filter = Filter { provider, plan, state };
        let rows = store::contracts::list(self.store(), &caller.scope, &filter, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::Contract)).await?;
        let today = self.today();
        Ok(Page {
            next_cursor: rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond())),
            items: rows.items.into_iter().map(|contract| shown(contract, today)).collect(),
        })
    }

    /// One contract.
    ///
    /// # Errors
    /// `NotFound` for one that is not there or not the caller's.
    pub async fn contract(&self, caller: &Caller, id: ContractId) -> Result<ShownContract, Failure> {
        let found = store::contracts::find(self.store(), &caller.scope, id).await?;
        let contract = found.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List(SubjectKind::Contract)).await?;
        Ok(shown(contract, self.today()))
    }

    /// Events of a contract, oldest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn contract_timeline(
        &self,
        caller: &Caller,
        id: ContractId,
    ) -> Result<Vec<TimelineStep>, Failure> {
        store::contracts::find(self.store(), &caller.scope, id).await?.ok_or(Failure::NotFound)?;
        let steps = store::contracts::timeline(self.store(), &caller.scope, id, None, MOST_STEPS).await?;
        self.look(caller, Look::List(SubjectKind::Contract)).await?;
        steps.items.into_iter().map(|(_, event)| step(event)).collect()
    }

    /// The contract as the caller last saw it.
    async fn contract_to_change(
        &self,
        caller: &Caller,
        id: ContractId,
        expected: Expected,
    ) -> Result<Contract, Failure> {
        let found = store::contracts::find(self.store(), &caller.scope, id).await?;
        let contract = found.ok_or(Failure::NotFound)?;
        if expected.holds(contract.version) { Ok(contract) } else { Err(Failure::Newer(contract.version)) }
    }

    /// Suspends a contract, reinstates, extends, changes or ends it.
    ///
    /// # Errors
    /// `NotFound`, `Stale`, `Contract` where its state does not allow it, `Invalid` for a day that has
    /// passed.
    pub async fn change_contract(
        &self,
        caller: &Caller,
        id: ContractId,
        step: ContractStep,
        expected: Expected,
        once: Once<ShownContract>,
    ) -> Result<Outcome<ShownContract>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let step = &step;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let contract = crosswalk.contract_to_change(caller, id, expected).await?;
                let (event, field) = event_of(step, crosswalk.today());
                let (contract, step) = crosswalk.stepped(contract, event, field).await?;
                crosswalk.kept_contract(caller, contract, &step, false)
            })
        })
        .await
    }

    async fn stepped(
        &self,
        contract: Contract,
        event: Event,
        field: &'static str,
    ) -> Result<(Contract, Step), Failure> {
        let step = Step::of(&event);
        let terms = contract.terms.clone().apply(event, self.today()).map_err(|refused| match refused {
            Refused::TooEarly { earliest } => Failure::field(
                field,
                Code::DayHasPassed,
                "the day is too early: no day on which the provider could rely on the contract is taken away",
                format!("send {earliest} or a later day"),
            ),
            refused => Failure::Contract(refused),
        })?;
        let now = self.now();
        // What is suspended or ends has a reason of its own; a term more changes nothing of it.
        let translation_due = match terms.state == contract.terms.state {
            true => contract.translation_due,
            false if wanted(&terms.state).is_some() => self.translation_due(&contract.plan, now).await?,
            false => None,
        };
        Ok((Contract { terms, updated_at: now, translation_due, ..contract }, step))
    }

    /// Instant until which the plan writes a reason that it gives now in the other language (UTC).
    async fn translation_due(&self, plan: &PlanId, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let live = self.live(plan, now, About::on(pacific_day(now))).await?;
        Ok(clocks::contract_translation(now, live.as_ref().map(Paced::of).as_ref()))
    }

    /// The unit that keeps a contract, with its event, its audit entry and the notice to the provider.
    fn kept_contract(
        &self,
        caller: &Caller,
        mut contract: Contract,
        step: &Step,
        by_host: bool,
    ) -> Result<(Unit, ShownContract), Failure> {
        let mut unit = Unit::of(store::contracts::keep(&contract)?);
        let id = contract.id.to_string();
        let entry = self.audit_entry(caller, "change", SubjectKind::Contract, &id);
        let entry = store::audit::Entry { plan: Some(contract.plan.clone()), ..entry };
        unit.add(store::audit::insert(&entry));
        unit.add(store::contracts::add_event(&store::contracts::Event {
            id: self.id(EventId::from_uuid),
            contract: contract.id,
            at: self.now(),
            name: step.kind,
            state: contract.terms.state.name().to_owned(),
            actor_org: caller.organization.filter(|_| !by_host),
            actor_role: if by_host { "host" } else { caller.role.name() }.to_owned(),
            detail: step.detail.to_string(),
            audit: entry.id,
        }));
        unit.add(self.contract_notice(&contract, step));
        contract.version += 1;
        Ok((unit, shown(contract, self.today())))
    }

    fn contract_notice(&self, contract: &Contract, step: &Step) -> Statement {
        let text = words::contract_is(contract.plan.as_str(), step.kind, step.day, step.reason.as_ref());
        let notice = Notice::new(Recipient::Organization(contract.provider), "contract-step", text);
        self.tell(&notice, &contract.id, self.now())
    }

    /// Makes the contract that the approval of a credentialing file stands for, or adds to the one that is
    /// there.
    pub(crate) async fn contract_of_approval(
        &self,
        caller: &Caller,
        work: &mut Work,
        plan: &PlanId,
        effective: Date,
        by_host: bool,
    ) -> Result<(), Failure> {
        let (provider, case) = (work.case.provider, work.case.id);
        let body = work.application()?;
        let counties = body.counties.iter().filter_map(|code| code.parse().ok()).collect();
        let new = Term {
            services: body.services.iter().cloned().collect(),
            counties,
            days: Period { first: effective, last: None },
            application: Some(case),
        };
        let (contract, step) = match store::contracts::live(self.store(), provider, plan, None).await? {
            Some(live) => self.stepped(live, Event::Extend(new), "").await?,
            None => (self.new_contract(provider, plan.clone(), new), Step::recorded()),
        };
        let (unit, _) = self.kept_contract(caller, contract, &step, by_host)?;
        work.also.extend(unit.statements);
        Ok(())
    }

    /// Ends what of a provider's contracts rests on a credentialing file that the plan no longer approves.
    pub(crate) async fn withdraw_contract(
        &self,
        caller: &Caller,
        work: &mut Work,
        plan: &PlanId,
        last: Date,
        reason: &Reason,
    ) -> Result<(), Failure> {
        let (provider, application) = (work.case.provider, work.case.id);
        for contract in store::contracts::all_live(self.store(), provider, plan).await? {
            if !rests_on(&contract, application) {
                continue;
            }
            let event = Event::Withdraw { application, last, reason: reason.clone() };
            let (contract, step) = self.stepped(contract, event, "/last_day").await?;
            let (unit, _) = self.kept_contract(caller, contract, &step, false)?;
            work.also.extend(unit.statements);
        }
        Ok(())
    }
}

impl Crosswalk {
    /// Writes the reason of a contract's standing in the language in which it is wanted. The contract stands
    /// as it did; the provider, who was told the reason, is told it again.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` where no reason is wanted in that language.
    pub async fn translate_contract(
        &self,
        caller: &Caller,
        id: ContractId,
        new: NewTranslation,
        expected: Expected,
        once: Once<ShownContract>,
    ) -> Result<Outcome<ShownContract>, Failure> {
        caller.must_be(&[Role::PlanReviewer, Role::PlanAdmin])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let contract = crosswalk.contract_to_change(caller, id, expected).await?;
                let (contract, step) = crosswalk.translated(contract, new).ok_or_else(not_wanted)?;
                crosswalk.kept_contract(caller, contract, &step, false)
            })
        })
        .await
    }

    /// The contract with the reason in both languages; `None` where no such reason is wanted.
    fn translated(&self, mut contract: Contract, new: &NewTranslation) -> Option<(Contract, Step)> {
        let (of, _) = contract.terms.state.reason()?;
        let is_meant = new.of.is_none_or(|named| named == of);
        if !is_meant || !contract.terms.state.translate(new.language, &new.text) {
            return None;
        }
        contract.updated_at = self.now();
        if wanted(&contract.terms.state).is_none() {
            contract.translation_due = None;
        }
        let (_, reason) = contract.terms.state.reason()?;
        let step = Step {
            kind: EventKind::Translate,
            day: None,
            reason: Some(reason.told()),
            detail: json!({ "language": new.language.tag(), "of": of.name() }),
        };
        Some((contract, step))
    }

    /// Writes a plan's reason about a credentialing file in the contracts too that ended for it.
    pub(crate) async fn translate_withdrawn(
        &self,
        caller: &Caller,
        work: &mut Work,
        plan: &PlanId,
        half: &Reason,
        new: &NewTranslation,
    ) -> Result<(), Failure> {
        let (provider, application) = (work.case.provider, work.case.id);
        let ended = store::contracts::ended(self.store(), provider, plan).await?;
        let of_file = ended.into_iter().filter(|contract| {
            // Of an approval that had not begun, no term is left.
            (rests_on(contract, application) || contract.terms.terms.is_empty())
                && contract.terms.state.reason().is_some_and(|(_, reason)| reason == half)
        });
        let new = NewTranslation { of: None, ..new.clone() };
        for contract in of_file {
            if let Some((contract, step)) = self.translated(contract, &new) {
                let (unit, _) = self.kept_contract(caller, contract, &step, false)?;
                work.also.extend(unit.statements);
            }
        }
        Ok(())
    }
}

/// The language in which the reason of a contract's standing is still to be written.
fn wanted(state: &contract::State) -> Option<Language> {
    state.reason().and_then(|(_, reason)| reason.wanted())
}

fn rests_on(contract: &Contract, application: CaseId) -> bool {
    contract.terms.terms.iter().any(|term| term.application == Some(application))
}

/// One step of a contract, for the timeline and the notice.
struct Step {
    kind: EventKind,
    /// The day from which, or up to which, it matters.
    day: Option<Date>,
    reason: Option<Bilingual>,
    detail: Value,
}

impl Step {
    fn recorded() -> Self {
        Self { kind: EventKind::Record, day: None, reason: None, detail: json!({}) }
    }

    fn of(event: &Event) -> Self {
        let (day, reason, detail) = match event {
            Event::Suspend { from, reason } => {
                (*from, Some(reason.told()), json!({ "from": from.to_string() }))
            }
            Event::Reinstate { from } => (*from, None, json!({ "from": from.to_string() })),
            Event::End { last, reason } => (*last, Some(reason.told()), json!({ "last": last.to_string() })),
            Event::Withdraw { application, last, reason } => (
                *last,
                Some(reason.told()),
                json!({ "application": application.to_string(), "last": last.to_string() }),
            ),
            Event::Extend(term) | Event::Change(term) => (
                term.days.first,
                None,
                json!({
                    "services": term.services,
                    "counties": term.counties.iter().map(County::as_str).collect::<Vec<_>>(),
                    "first": term.days.first.to_string(),
                    "last": term.days.last.map(|day| day.to_string()),
                }),
            ),
        };
        Self { kind: event.kind(), day: Some(day), reason, detail }
    }
}

/// The event that a step stands for, and the field that says its day.
fn event_of(step: &ContractStep, today: Date) -> (Event, &'static str) {
    match step.clone() {
        ContractStep::Suspend { from, reason } => {
            (Event::Suspend { from: from.unwrap_or(today), reason }, "/from")
        }
        ContractStep::Reinstate { from } => (Event::Reinstate { from: from.unwrap_or(today) }, "/from"),
        ContractStep::End { last, reason } => {
            (Event::End { last: last.unwrap_or(today), reason }, "/last_day")
        }
        ContractStep::Extend(new) => (Event::Extend(term(&new, None)), "/first_day"),
        ContractStep::Change(new) => (Event::Change(term(&new, None)), "/first_day"),
    }
}

fn term(new: &NewTerm, application: Option<CaseId>) -> Term {
    Term {
        services: new.services.iter().cloned().collect(),
        counties: new.counties.iter().cloned().collect(),
        days: new.days.clone(),
        application,
    }
}

fn has_one(live: &Contract) -> Failure {
    Failure::Withheld(vec![FieldProblem::new(
        "/provider",
        Code::HasContract,
        "the provider has a contract with the plan that has not ended",
        format!("extend or change it with ⟦stepContract {}⟧", live.id),
    )])
}

pub(crate) fn shown(contract: Contract, today: Date) -> ShownContract {
    ShownContract { holds_today: contract.terms.is_in_force(today), contract }
}

fn step(event: store::contracts::Event) -> Result<TimelineStep, Failure> {
    Ok(TimelineStep {
        at: event.at,
        detail: detail(&event.detail)?,
        name: event.name.name(),
        state: event.state,
        organization: event.actor_org,
        actor: None,
        role: event.actor_role,
    })
}
