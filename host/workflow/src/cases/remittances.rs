//! Remittances: what a plan paid a provider, line by line, and what it takes back with it.
//!
//! What is paid is held against the books as what rules find payable is. Every line balances: the charge less
//! its adjustments is the amount. The remittance balances too: its total is what its lines pay, less what it
//! takes back.

use std::collections::BTreeMap;

use domain::Cents;
use domain::case::{CaseKind, LicensedReviewer, Reason};
use domain::claim::{Event, LastAction, PaidLine, Remittance, State};
use domain::floor::{Beside, PaidUse};
use domain::identifiers::{CaseId, MemberId, OrgId, PaymentId, PlanId, RemittanceId};
use domain::ledger::{self, Carried, Stop, Under};
use domain::limits::Use;
use domain::plan::billing::{ClaimLine, LineOutcome};
use domain::plan::profile::Mode;
use domain::plan::types::DenialKind;
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::remittances::{Cause, Entry, Remittance as Row};
use store::{Scope, Statement, Unit};

use crate::Crosswalk;
use crate::cases::books::Account;
use crate::cases::case::{Case, Claim, DecidedBy};
use crate::cases::claims::{record_use, tell_biller};
use crate::cases::disputes;
use crate::cases::held::{Held, priced_alike};
use crate::cases::limits;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, instant};
use crate::command::{ClaimPayment, NewRemittance, Once, Outcome, PaidByHand, PaidClaim, PeopleDecision};
use crate::plugins::registry::Live;

/// The floor's rule that a line balances.
const UNBALANCED: Code = Code::ChargeLessAdjustmentsIsTheAmount;

/// A remittance that is being made up.
pub(crate) struct Making {
    id: RemittanceId,
    plan: PlanId,
    number: String,
    at: Timestamp,
    made_by: OrgId,
    entries: Vec<Entry>,
    /// The claims that it pays so far, all of one provider.
    paid: Vec<PaidSoFar>,
    /// The same as what counts towards limits.
    weighed: Vec<(MemberId, Use)>,
    /// Licensed person who makes it, if the one who does holds a license.
    reviewer: Option<LicensedReviewer>,
}

/// The lines of a claim that a remittance pays, each with its amount.
struct PaidSoFar {
    member: MemberId,
    claim: CaseId,
    lines: Vec<(ClaimLine, Cents)>,
}

/// One transfer or check of a plan to a provider, with what it pays and takes back.
#[derive(Clone, Debug)]
pub struct ShownRemittance {
    /// The transfer or check.
    pub remittance: Row,
    /// Its entries, by claim and line.
    pub entries: Vec<Entry>,
}

impl ShownRemittance {
    /// Sum of what its lines pay.
    #[must_use]
    pub fn paid(&self) -> Cents {
        self.sum(|cause| cause == Cause::Paid)
    }

    /// Sum of what it takes back, which is not positive.
    #[must_use]
    pub fn taken_back(&self) -> Cents {
        self.sum(|cause| cause != Cause::Paid)
    }

    fn sum(&self, counts: impl Fn(Cause) -> bool) -> Cents {
        let amounts = self.entries.iter().filter(|entry| counts(entry.cause)).map(|entry| entry.amount);
        Cents::sum(amounts).unwrap_or(Cents::ZERO)
    }
}

impl Crosswalk {
    /// Records what the plan paid for claims of one provider.
    ///
    /// # Errors
    /// `NotFound`-like problems for claims that are not the plan's; `Invalid` for lines that do not balance,
    /// break the floor or repeat what was paid, for a total that is not the sum, and for a number that the
    /// plan used before.
    pub async fn remit(
        &self,
        caller: &Caller,
        new: NewRemittance,
        once: Once<ShownRemittance>,
    ) -> Result<Outcome<ShownRemittance>, Failure> {
        caller.must_be(&[Role::PlanReviewer])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let mut making = crosswalk.begin_remittance(caller, &new.number).await?;
                let (works, guards) = crosswalk.claims_of(caller, &new.claims).await?;
                let mut units = Vec::new();
                let mut problems = Vec::new();
                for (place, (mut work, claim)) in works.into_iter().zip(&new.claims).enumerate() {
                    let at = format!("/claims/{place}");
                    work.guarded = true;
                    let decision = PeopleDecision::Pay {
                        remittance: new.number.clone(),
                        payment: claim.payment.clone(),
                    };
                    let paid = match crosswalk.may_be_paid(&mut work, &decision).await {
                        Ok(()) => crosswalk.pay_claim(&mut making, &mut work, &claim.payment, &at).await,
                        Err(failure) => Err(failure),
                    };
                    match paid {
                        Ok(also) => units.push(crosswalk.finish(caller, work, &also).await?.0),
                        Err(Failure::Invalid(more)) => problems.extend(more),
                        Err(Failure::Withheld(more)) => problems.extend(more.into_iter().map(|problem| {
                            FieldProblem { pointer: format!("{at}{}", problem.pointer), ..problem }
                        })),
                        Err(Failure::NotAllowed(refused)) => problems.push(FieldProblem::new(
                            format!("{at}/claim"),
                            Code::NotAllowedNow,
                            refused.to_string(),
                            "pay claims that are payable or wait for the plan's people",
                        )),
                        Err(failure) => return Err(failure),
                    }
                }
                if !problems.is_empty() {
                    return Err(Failure::Invalid(problems));
                }
                let (mut unit, view) = crosswalk.close_remittance(making, Some(new.total)).await?;
                // First of all, before the unit itself changes anything: nothing that the payment was held
                // against has moved.
                let guards = guards
                    .iter()
                    .flat_map(|(member, stamp)| store::usage::unchanged(*member, stamp))
                    .collect::<Vec<_>>();
                unit.statements.splice(0..0, guards);
                unit.extend(units.into_iter().flat_map(|unit| unit.statements));
                Ok((unit, view))
            })
        })
        .await
    }

    /// Fails unless the plan offered the service, and had a contract for it with the provider that bills.
    async fn may_be_paid(&self, work: &mut Work, decision: &PeopleDecision) -> Result<(), Failure> {
        self.must_be_offered(work, decision).await?;
        self.must_be_contracted(work, decision).await
    }

    /// The claims that are paid, which must be the plan's and of one provider, and their members' histories
    /// as they stand.
    async fn claims_of(
        &self,
        caller: &Caller,
        claims: &[PaidClaim],
    ) -> Result<(Vec<Work>, BTreeMap<MemberId, String>), Failure> {
        let mut works: Vec<Work> = Vec::new();
        let mut guards = BTreeMap::new();
        let mut problems = Vec::new();
        for (place, paid) in claims.iter().enumerate() {
            let case = match self.claim_beside(caller, paid.claim, &works).await? {
                Ok(case) => case,
                Err((code, detail, fix)) => {
                    problems.push(FieldProblem::new(format!("/claims/{place}/claim"), code, detail, fix));
                    continue;
                }
            };
            if let Some(member) = case.member
                && !guards.contains_key(&member)
            {
                guards.insert(member, store::usage::stamp(self.store(), member).await?);
            }
            works.push(Work::new(caller, case, self.now()));
        }
        if problems.is_empty() { Ok((works, guards)) } else { Err(Failure::Invalid(problems)) }
    }

    /// A claim that can be paid beside others, or code, cause and fix of why it cannot.
    async fn claim_beside(
        &self,
        caller: &Caller,
        id: CaseId,
        others: &[Work],
    ) -> Result<Result<Case, (Code, &'static str, &'static str)>, Failure> {
        let found = match self.readable_case(caller, id).await {
            Err(Failure::NotFound) => None,
            read => Some(read?),
        };
        let is_own = |case: &Case| case.body.kind() == CaseKind::Claim && case.plan == caller.plan;
        let Some(case) = found.filter(is_own) else {
            return Ok(Err((Code::UnknownClaim, "no such claim of this plan", "send a claim's id")));
        };
        if others.iter().any(|other| other.case.id == id) {
            return Ok(Err((Code::Repeated, "the claim is there twice", "put its lines into one entry")));
        }
        if others.first().is_some_and(|other| other.case.provider != case.provider) {
            return Ok(Err((
                Code::AnotherProvider,
                "the claim is another provider's than the first one",
                "send a remittance for each provider",
            )));
        }
        if self.elsewhere(&case).await?.is_some() {
            return Ok(Err((
                Code::NoCoverage,
                "the days of the claim are another plan's by now, and it goes there",
                "leave it out: the plan of its days pays it",
            )));
        }
        Ok(Ok(case))
    }

    /// A remittance with nothing in it yet.
    async fn begin_remittance(&self, caller: &Caller, number: &str) -> Result<Making, Failure> {
        let plan = caller.plan()?.clone();
        if store::remittances::is_taken(self.store(), &plan, number).await? {
            return Err(Failure::field(
                "/number",
                Code::Taken,
                "the plan gave this number to a remittance before",
                "read it with ⟦listRemittances⟧, or send the number of this one",
            ));
        }
        Ok(Making {
            id: self.id(RemittanceId::from_uuid),
            plan,
            number: number.to_owned(),
            at: self.now(),
            made_by: *caller.organization()?,
            entries: Vec::new(),
            paid: Vec::new(),
            weighed: Vec::new(),
            reviewer: caller.reviewer.clone(),
        })
    }

    /// Pays one claim by a remittance of its own.
    pub(crate) async fn pay_one(
        &self,
        caller: &Caller,
        work: &mut Work,
        number: &str,
        payment: &ClaimPayment,
    ) -> Result<Unit, Failure> {
        let named = |failure| match failure {
            Failure::Invalid(problems) => Failure::Invalid(
                problems
                    .into_iter()
                    .map(|problem| match problem.pointer.as_str() {
                        "/number" => FieldProblem { pointer: "/remittance".to_owned(), ..problem },
                        _ => problem,
                    })
                    .collect(),
            ),
            failure => failure,
        };
        if let Some(member) = work.case.member {
            work.history = Some(store::usage::stamp(self.store(), member).await?);
        }
        // A claim that cannot be paid now says so first, whatever else is wrong.
        let now = work.now();
        let nothing = Remittance { number: number.to_owned(), lines: Vec::new(), reviewer: None };
        work.claim()?.state.clone().apply(Event::Pay(nothing), now)?;
        let mut making = self.begin_remittance(caller, number).await.map_err(named)?;
        let also = self.pay_claim(&mut making, work, payment, "").await?;
        let (mut unit, _) = self.close_remittance(making, None).await?;
        unit.extend(also.statements);
        Ok(unit)
    }

    /// Pays a claim within a remittance: its transition, its units and days, its entries.
    async fn pay_claim(
        &self,
        making: &mut Making,
        work: &mut Work,
        payment: &ClaimPayment,
        at: &str,
    ) -> Result<Unit, Failure> {
        let plans = self.plans_of(&work.case, work.now()).await?;
        let held = self.held(&work.case, work.now()).await?;
        let before = work.claim()?.clone();
        named_once(&before, &payment.lines, at)?;
        let lines = &with_denied(&before, &payment.lines);
        let paid = held
            .paid(&before, lines.to_vec(), at)
            .map_err(|failure| with_differences(failure, (&before, lines), pacific_day(work.now()), at))?;
        in_time(&before, &paid, at)?;
        all_named(&before, lines, at)?;
        let reviewer = held.license_to_pay(making.reviewer.as_ref(), &before, &paid)?;
        let mut remittance = Remittance { number: making.number.clone(), lines: paid, reviewer };
        // What cannot be paid now says so before it is held against anything.
        before.state.clone().apply(Event::Pay(remittance.clone()), work.now())?;
        self.hold_payment(making, work, (plans.first(), &held), (&mut remittance, payment), at).await?;
        work.step_claim(Event::Pay(remittance.clone()))?;
        let mut unit = Unit::default();
        if let State::Disputed { action, .. } = &before.state {
            disputes::answer(work, false, None)?;
            if let LastAction::Paid { remittance: earlier, .. } = action {
                let back = self.reversal(work, earlier, Cause::PaidAnew)?;
                making
                    .entries
                    .extend(back.into_iter().map(|one| Entry { remittance: Some(making.id), ..one }));
            }
        }
        count(&mut unit, work, &before, &remittance)?;
        self.enter_paid(making, work, &remittance)?;
        let now = work.now();
        work.claim()?.answered.decide(DecidedBy::People, now);
        work.plans = Some(plans);
        tell_biller(work);
        Ok(unit)
    }

    /// Holds what is paid against the books: nothing is paid twice, nothing beyond what an authorization on
    /// file leaves. A line that rules found payable holds its days and units already. Where no authorization
    /// is on file, the plan's people may know of one that this host was never told of: they say so in words,
    /// which stay with the line.
    async fn hold_payment(
        &self,
        making: &mut Making,
        work: &mut Work,
        (live, held): (Option<&Live>, &Held),
        (remittance, payment): (&mut Remittance, &ClaimPayment),
        at: &str,
    ) -> Result<(), Failure> {
        let member = work.member()?;
        let (id, provider) = (work.case.id, work.case.provider);
        let body = work.claim()?.clone();
        let (lines, profile, without) = (&body.lines[..], live.map(Live::profile), [id]);
        let account = Account { member, plan: &making.plan, provider, lines, profile, without: &without };
        let mut books = self.books(account).await?;
        let needs =
            |line: &ClaimLine| ledger::needs(profile, &line.service, &line.procedure, line.days.first);
        let earlier: Vec<&PaidSoFar> = making.paid.iter().filter(|paid| paid.member == member).collect();
        for paid in &earlier {
            for (line, _) in &paid.lines {
                // It was held when it was paid; here it only counts.
                let _ = books.enter_by_people(line, needs(line), Some(&paid.claim.to_string()));
            }
        }
        let mut used = self.paid_uses(account, books.authorized()).await?;
        let earlier = earlier.iter().flat_map(|paid| &paid.lines);
        used.extend(earlier.map(|(line, amount)| PaidUse::of(line, *amount)));
        let beside = Beside { used: &used, permissions: books.authorized() };
        let beyond = held.paid_beyond(lines, &remittance.lines, beside, at);
        let mut problems: Vec<FieldProblem> = beyond.into_iter().collect();
        let mut entered = Vec::new();
        for (place, paid) in remittance.lines.iter_mut().enumerate() {
            let line = lines.iter().find(|line| line.number == paid.number);
            let Some(line) = line.filter(|_| is_given(&body, paid)) else { continue };
            let under = books.enter_by_people(line, needs(line), None);
            if priced(&body, line.number).is_none() {
                problems.extend(permitted(under, paid, payment, (at, place)));
            }
            entered.push((line.clone(), paid.amount));
        }
        making.paid.push(PaidSoFar { member, claim: id, lines: entered });
        let exception = payment.exception.as_ref();
        problems.extend(self.hold_payment_to_limits(making, work, (remittance, exception), at).await?);
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    /// Holds what is paid against the member's limits, with what the same remittance pays for the member
    /// already.
    async fn hold_payment_to_limits(
        &self,
        making: &mut Making,
        work: &mut Work,
        (remittance, exception): (&Remittance, Option<&Reason>),
        at: &str,
    ) -> Result<Vec<FieldProblem>, Failure> {
        let (member, body) = (work.member()?, work.claim()?);
        let paid = remittance.lines.iter().filter(|paid| is_given(body, paid));
        let amounts: Vec<(u16, Cents)> = paid.map(|paid| (paid.number, paid.amount)).collect();
        let uses = limits::delivered(work, &amounts)?;
        let beside =
            making.weighed.iter().filter(|(whose, _)| *whose == member).map(|(_, one)| one.clone()).collect();
        let problems = self.pay_by_people(work, &uses, beside, exception, at).await?;
        making.weighed.extend(uses.into_iter().map(|one| (member, one)));
        Ok(problems)
    }

    fn enter_paid(&self, making: &mut Making, work: &Work, remittance: &Remittance) -> Result<(), Failure> {
        let entries = remittance.lines.iter().map(|paid| Entry {
            id: self.id(PaymentId::from_uuid),
            plan: making.plan.clone(),
            provider_org: work.case.provider,
            case: work.case.id,
            line: paid.number,
            cause: Cause::Paid,
            amount: paid.amount,
            adjustments: paid.adjustments.clone(),
            at: work.now(),
            remittance: Some(making.id),
        });
        let entries: Vec<Entry> = entries.collect();
        making.entries.extend(entries);
        Ok(())
    }

    /// The remittance with everything that it carries: its own lines, and of what is still to be taken back
    /// from the provider as much as it can bear.
    async fn close_remittance(
        &self,
        making: Making,
        stated: Option<Cents>,
    ) -> Result<(Unit, ShownRemittance), Failure> {
        let Making { id, plan, number, at, made_by, mut entries, .. } = making;
        let provider = entries.first().map(|entry| entry.provider_org).ok_or(Failure::NotFound)?;
        let own = Cents::sum(entries.iter().map(|entry| entry.amount)).ok_or_else(too_much)?;
        if own < Cents::ZERO {
            return Err(Failure::field(
                "/lines",
                Code::LessThanBefore,
                format!(
                    "after the dispute less would be paid than before, by {}",
                    Cents(own.0.saturating_neg())
                ),
                "answer the dispute with uphold, or pay what was paid and what is owed besides",
            ));
        }
        let open =
            store::remittances::open(self.store(), &Scope::duty("remittances"), &plan, provider).await?;
        let amounts: Vec<Cents> = open.iter().map(|entry| entry.amount).collect();
        let carried = ledger::carried(own, &amounts);
        let total = Cents::sum(carried.iter().map(|one| one.amount).chain([own])).ok_or_else(too_much)?;
        if let Some(stated) = stated.filter(|stated| *stated != total) {
            return Err(unbalanced(stated, own, total));
        }
        let row = Row { id, plan, number, provider_org: provider, total, at, made_by };
        let mut unit = Unit::of([store::remittances::insert(&row)]);
        unit.extend(entries.iter().map(store::remittances::enter));
        for (owed, one) in carried.iter().filter_map(|one| Some((open.get(one.place)?, one))) {
            let (statements, entry) = self.carry(id, owed, one);
            unit.extend(statements);
            entries.push(entry);
        }
        Ok((unit, ShownRemittance { remittance: row, entries }))
    }

    /// Part of an amount to be taken back that a remittance carries. In part it is an entry of its own, and
    /// the rest stays where it was, with the adjustments.
    fn carry(&self, id: RemittanceId, owed: &Entry, carried: &Carried) -> (Vec<Statement>, Entry) {
        if carried.rest == Cents::ZERO {
            let entry = Entry { remittance: Some(id), ..owed.clone() };
            return (vec![store::remittances::carry(owed, id)], entry);
        }
        let entry = Entry {
            id: self.id(PaymentId::from_uuid),
            amount: carried.amount,
            adjustments: Vec::new(),
            remittance: Some(id),
            ..owed.clone()
        };
        let statements =
            vec![store::remittances::leave(owed, carried.rest), store::remittances::enter(&entry)];
        (statements, entry)
    }

    /// One remittance with its entries.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn remittance(&self, caller: &Caller, id: RemittanceId) -> Result<ShownRemittance, Failure> {
        let row =
            store::remittances::find(self.store(), &caller.scope, id).await?.ok_or(Failure::NotFound)?;
        let entries = store::remittances::carried(self.store(), &caller.scope, id).await?;
        self.look_at_entries(caller, &entries).await?;
        Ok(ShownRemittance { remittance: row, entries })
    }

    /// The caller's remittances, newest first.
    ///
    /// # Errors
    /// `Forbidden` for who neither pays nor is paid; `Invalid` for a bad cursor.
    pub async fn remittances(
        &self,
        caller: &Caller,
        paging: Paging,
    ) -> Result<Page<ShownRemittance>, Failure> {
        caller.must_be(&[Role::Provider, Role::PlanReviewer, Role::PlanAdmin])?;
        let before = match paging.after_pair::<i64, RemittanceId>()? {
            Some((at, id)) => Some((instant(at)?, id)),
            None => None,
        };
        let rows = store::remittances::list(self.store(), &caller.scope, before, paging.limit).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        let mut items = Vec::with_capacity(rows.items.len());
        for remittance in rows.items {
            let entries = store::remittances::carried(self.store(), &caller.scope, remittance.id).await?;
            self.look_at_entries(caller, &entries).await?;
            items.push(ShownRemittance { remittance, entries });
        }
        Ok(Page { items, next_cursor })
    }

    /// Payments that are still to be taken back, oldest first.
    ///
    /// # Errors
    /// `Forbidden` for who neither pays nor is paid; `Invalid` for a bad cursor.
    pub async fn take_backs(&self, caller: &Caller, paging: Paging) -> Result<Page<Entry>, Failure> {
        caller.must_be(&[Role::Provider, Role::PlanReviewer, Role::PlanAdmin])?;
        let after = match paging.after_pair::<i64, PaymentId>()? {
            Some((at, id)) => Some((instant(at)?, id)),
            None => None,
        };
        let rows = store::remittances::open_list(self.store(), &caller.scope, after, paging.limit).await?;
        self.look_at_entries(caller, &rows.items).await?;
        Ok(Page {
            next_cursor: rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond())),
            items: rows.items,
        })
    }

    async fn look_at_entries(&self, caller: &Caller, entries: &[Entry]) -> Result<(), Failure> {
        let mut cases: Vec<CaseId> = entries.iter().map(|entry| entry.case).collect();
        cases.sort_unstable();
        cases.dedup();
        self.look(caller, crate::command::audit::Look::Cases(&cases)).await
    }
}

/// Fails unless each line that is paid is a line of the claim, named once.
fn named_once(body: &Claim, lines: &[PaidByHand], at: &str) -> Result<(), Failure> {
    let is_wrong = |(place, wanted): &(usize, &PaidByHand)| {
        let is_known = body.lines.iter().any(|line| line.number == wanted.number);
        !is_known || lines.iter().take(*place).any(|earlier| earlier.number == wanted.number)
    };
    let wrong = lines.iter().enumerate().filter(is_wrong).map(|(place, _)| {
        FieldProblem::new(
            format!("{at}/lines/{place}"),
            Code::UnknownLine,
            "each paid line must be a line of the claim, named once, with an amount of zero or more",
            "use the line numbers of the claim",
        )
    });
    let problems: Vec<FieldProblem> = wrong.collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

/// Fails if a line is paid that the host denied because it came too late. What its provider disputes with
/// good cause is the plan's people's to pay (28 CCR 1300.71(b)(4)).
fn in_time(before: &Claim, paid: &[PaidLine], at: &str) -> Result<(), Failure> {
    if matches!(before.state, State::Disputed { .. }) {
        return Ok(());
    }
    let late = |paid: &PaidLine| paid.amount > Cents::ZERO && before.is_late(paid.number);
    let late = paid.iter().enumerate().filter(|(_, paid)| late(paid));
    let problems: Vec<FieldProblem> = late
        .map(|(place, paid)| {
            FieldProblem::new(
                format!("{at}/lines/{place}"),
                Code::TimelyFiling,
                format!("line {} came after the last day to file for its days (CARC 29)", paid.number),
                "leave the line out, or pay it once its provider has disputed the denial",
            )
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

/// Keeps with a line why it is paid, where no authorization on file covers it; or what is wrong with paying
/// it.
fn permitted(
    under: Result<Under, Stop>,
    paid: &mut PaidLine,
    payment: &ClaimPayment,
    (at, place): (&str, usize),
) -> Option<FieldProblem> {
    match (under, &payment.without_authorization) {
        (Ok(Under::WhatIsOnFile), _) => None,
        (Ok(Under::TheirWord), Some(reason)) => {
            paid.without_authorization = Some(reason.clone());
            None
        }
        (Ok(Under::TheirWord), None) => {
            let stop = Stop::NotAuthorized;
            Some(FieldProblem::new(
                format!("{at}/without_authorization"),
                stop.code(),
                format!("line {} (CARC 197): {}", paid.number, stop.rejection().reason.en),
                "authorize it first, or say in words why it is paid without an authorization",
            ))
        }
        (Err(stop), _) => {
            let said = stop.rejection();
            Some(FieldProblem::new(format!("{at}/lines/{place}"), stop.code(), said.reason.en, said.fix.en))
        }
    }
}

/// The lines with those that are denied already and not named, at nothing: a remittance says of them what
/// became of them. A denial that is only recommended or advised is for a person to say.
fn with_denied(body: &Claim, lines: &[PaidByHand]) -> Vec<PaidByHand> {
    let is_left_out = |line: &&ClaimLine| {
        let is_denied = match settled(body, line.number) {
            Some(LineOutcome::Denied(denied)) => denied.kind == DenialKind::Administrative,
            _ => false,
        };
        is_denied && !lines.iter().any(|wanted| wanted.number == line.number)
    };
    let denied = body.lines.iter().filter(is_left_out);
    let denied =
        denied.map(|line| PaidByHand { number: line.number, amount: Cents::ZERO, adjustments: None });
    lines.iter().cloned().chain(denied).collect()
}

/// Fails unless every line is named that is not rejected: what is rejected was not taken as billed, and is
/// corrected. What rules only advise to reject is for a person to say.
fn all_named(body: &Claim, lines: &[PaidByHand], at: &str) -> Result<(), Failure> {
    let is_rejected = |number: u16| matches!(settled(body, number), Some(LineOutcome::Rejected(_)));
    let is_named = |number: u16| lines.iter().any(|wanted| wanted.number == number);
    let absent = body.lines.iter().filter(|line| !is_rejected(line.number) && !is_named(line.number));
    let problems: Vec<FieldProblem> = absent
        .map(|line| {
            FieldProblem::new(
                format!("{at}/lines"),
                Code::MissingLine,
                format!("line {} of the claim is not there", line.number),
                "name every line that is not rejected or denied; what rules only advise to reject or to deny is named too. One that is not paid has the amount 0.00 and its adjustments",
            )
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

/// The floor's problems, where a line does not balance with the difference.
fn with_differences(
    failure: Failure,
    (body, lines): (&Claim, &[PaidByHand]),
    today: Date,
    at: &str,
) -> Failure {
    let Failure::Invalid(problems) = failure else { return failure };
    let told = |problem: FieldProblem| {
        if problem.code != UNBALANCED {
            return problem;
        }
        let mut places = lines.iter().enumerate();
        let place = places.find(|(place, _)| problem.pointer == format!("{at}/lines/{place}/amount"));
        match place.and_then(|(_, wanted)| difference(body, wanted, today)) {
            Some(detail) => FieldProblem { detail, ..problem },
            None => problem,
        }
    };
    Failure::Invalid(problems.into_iter().map(told).collect())
}

/// By how much a line does not balance, in words.
fn difference(body: &Claim, wanted: &PaidByHand, today: Date) -> Option<String> {
    let line = body.lines.iter().find(|line| line.number == wanted.number)?;
    let given = wanted.adjustments.clone().or_else(|| priced_alike(body, line, wanted.amount, today));
    let adjusted = given.unwrap_or_default().into_iter().map(|one| one.amount);
    let rest = line.charge.checked_sub(Cents::sum(adjusted.chain([wanted.amount]))?)?;
    Some(format!(
        "line {}: the charge of {} less the adjustments and the {} paid leaves a difference of {rest}",
        line.number, line.charge, wanted.amount
    ))
}

fn outcome(body: &Claim, number: u16) -> Option<&LineOutcome> {
    body.results.iter().find(|result| result.number == number).map(|result| &result.outcome)
}

/// Outcome of a line that stands without a person's word: that of rules which decide, and the denial of a
/// line that came too late, whoever has the claim.
fn settled(body: &Claim, number: u16) -> Option<&LineOutcome> {
    let stands = body.answered.mode == Some(Mode::Decides) || body.is_late(number);
    outcome(body, number).filter(|_| stands)
}

/// Amount that rules found payable for a line, where they had the last word or are held to it since.
fn priced(body: &Claim, number: u16) -> Option<Cents> {
    match outcome(body, number) {
        Some(LineOutcome::Payable(payment)) if body.answered.decided_by == Some(DecidedBy::Plugin) => {
            Some(payment.amount)
        }
        _ => None,
    }
}

/// True if the service of a line counts as given: it is paid, or rules find it payable at nothing, as they do
/// of an encounter that is only reported.
fn is_given(body: &Claim, paid: &PaidLine) -> bool {
    let is_reported = || {
        let outcome = outcome(body, paid.number);
        matches!(outcome, Some(LineOutcome::Payable(payment)) if payment.amount == Cents::ZERO)
    };
    paid.amount > Cents::ZERO || is_reported()
}

/// Counts what is paid: what was payable is paid now, with what was really paid; what nobody had priced
/// enters the history; what gets nothing, though rules had priced it, gives its units and days back.
fn count(unit: &mut Unit, work: &mut Work, before: &Claim, remittance: &Remittance) -> Result<(), Failure> {
    let id = work.case.id;
    let was_payable = matches!(before.state, State::Payable { .. });
    if matches!(before.state, State::Disputed { .. }) {
        // What is paid after a dispute is the whole of what is paid, in place of what was.
        unit.extend([store::usage::remove_for_case(id), store::service_days::free(id)]);
    }
    let mut anew = Vec::new();
    for paid in &remittance.lines {
        let is_held = was_payable && priced(before, paid.number).is_some();
        match (is_held, is_given(before, paid)) {
            (true, true) => unit.add(store::usage::pay(id, paid.number, paid.amount)),
            (true, false) => unit.extend([
                store::usage::remove(id, paid.number),
                store::service_days::free_line(id, paid.number),
            ]),
            (false, true) => anew.push((paid.number, paid.amount)),
            (false, false) => {}
        }
    }
    record_use(work, &anew, store::usage::UsageState::Paid)
}

fn too_much() -> Failure {
    Failure::field("/total", Code::OutOfRange, "the sum is out of range", "send smaller remittances")
}

fn unbalanced(stated: Cents, own: Cents, total: Cents) -> Failure {
    let back = Cents(own.0.saturating_sub(total.0));
    let difference = Cents(stated.0.saturating_sub(total.0));
    Failure::field(
        "/total",
        Code::DoesNotBalance,
        format!(
            "the lines pay {own}, {back} is taken back, which makes {total}: a difference of {difference} to the total that was sent"
        ),
        "send the sum of the lines less all that ⟦listTakeBacks⟧ shows for the provider, or zero if that is more",
    )
}
