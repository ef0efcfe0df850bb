//! Remittances: what a plan paid a provider, line by line, and what it takes back with it.
//!
//! What is paid is held against the books as what rules find payable is. Every line balances: the charge less
//! its adjustments is the amount. The remittance balances too: its total is what its lines pay, less what it
//! takes back.

use std::collections::BTreeMap;

use domain::Cents;
use domain::case::CaseKind;
use domain::claim::{Event, LastAction, Remittance, State};
use domain::identifiers::{CaseId, MemberId, OrgId, PaymentId, PlanId, RemittanceId};
use domain::ledger::{self, Needs};
use domain::limits::Use;
use domain::plan::billing::{ClaimLine, LineOutcome};
use domain::plan::types::Bilingual;
use domain::problem::Code;
use jiff::Timestamp;
use store::remittances::{Cause, Entry, Remittance as Row};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::cases::books::Account;
use crate::cases::case::{Claim, DecidedBy};
use crate::cases::claims::{record_use, tell_biller};
use crate::cases::disputes;
use crate::cases::held::priced_alike;
use crate::cases::limits;
use crate::cases::step::Work;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::paging::{Page, Paging, instant};
use crate::command::{NewRemittance, Once, Outcome, PaidByHand, PaidClaim, PeopleDecision};
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
    /// The lines that it pays so far, with whose they are.
    paid: Vec<(MemberId, OrgId, CaseId, Vec<ClaimLine>)>,
    /// The same as what counts towards limits.
    weighed: Vec<(MemberId, Use)>,
    /// Why the claim at hand is paid beyond a limit that allows it, in words.
    exception: Option<Bilingual>,
}

/// One transfer or check of a plan to a provider, with what it pays and takes back.
#[derive(Clone, Debug)]
pub struct ShownRemittance {
    /// The transfer or check.
    pub remittance: Row,
    /// Its entries, by claim and line.
    pub entries: Vec<Entry>,
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
                    making.exception.clone_from(&claim.exception);
                    let decision = PeopleDecision::Pay {
                        remittance: new.number.clone(),
                        lines: claim.lines.clone(),
                        exception: None,
                    };
                    let paid = match crosswalk.may_be_paid(&mut work, &decision).await {
                        Ok(()) => crosswalk.pay_claim(&mut making, &mut work, &claim.lines, &at).await,
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
            let case = match self.readable_case(caller, paid.claim).await {
                Ok(case)
                    if case.body.kind() == CaseKind::Claim && case.plan.as_ref() == caller.plan.as_ref() =>
                {
                    case
                }
                Ok(_) | Err(Failure::NotFound) => {
                    problems.push(bad_claim(
                        place,
                        Code::UnknownClaim,
                        "no such claim of this plan",
                        "send a claim's id",
                    ));
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if works.iter().any(|work| work.case.id == case.id) {
                problems.push(bad_claim(
                    place,
                    Code::Repeated,
                    "the claim is there twice",
                    "put its lines into one entry",
                ));
                continue;
            }
            if works.first().is_some_and(|work| work.case.provider != case.provider) {
                problems.push(bad_claim(
                    place,
                    Code::AnotherProvider,
                    "the claim is another provider's than the first one",
                    "send a remittance for each provider",
                ));
                continue;
            }
            if let Some(member) = case.member
                && !guards.contains_key(&member)
            {
                guards.insert(member, store::usage::stamp(self.store(), member).await?);
            }
            works.push(Work::new(caller, case, self.now()));
        }
        if problems.is_empty() { Ok((works, guards)) } else { Err(Failure::Invalid(problems)) }
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
            exception: None,
        })
    }

    /// Pays one claim by a remittance of its own.
    pub(crate) async fn pay_one(
        &self,
        caller: &Caller,
        work: &mut Work,
        number: &str,
        (lines, exception): (&[PaidByHand], Option<&Bilingual>),
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
        let (now, nothing) = (work.now(), Remittance { number: number.to_owned(), lines: Vec::new() });
        work.claim()?.state.clone().apply(Event::Pay(nothing), now)?;
        let mut making = self.begin_remittance(caller, number).await.map_err(named)?;
        making.exception = exception.cloned();
        let also = self.pay_claim(&mut making, work, lines, "").await?;
        let (mut unit, _) = self.close_remittance(making, None).await?;
        unit.extend(also.statements);
        Ok(unit)
    }

    /// Pays a claim within a remittance: its transition, its units and days, its entries.
    async fn pay_claim(
        &self,
        making: &mut Making,
        work: &mut Work,
        lines: &[PaidByHand],
        at: &str,
    ) -> Result<Unit, Failure> {
        let plans = self.plans_of(&work.case, work.now()).await?;
        let held = self.held(&work.case, work.now()).await?;
        let before = work.claim()?.clone();
        named_once(&before, lines, at)?;
        let paid = held
            .paid(&before, lines.to_vec(), at)
            .map_err(|failure| with_differences(failure, &before, lines, at))?;
        all_named(&before, lines, at)?;
        let remittance = Remittance { number: making.number.clone(), lines: paid };
        work.step_claim(Event::Pay(remittance.clone()))?;
        self.hold_payment(making, work, plans.first(), &remittance, at).await?;
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
    /// is on file, the plan's people answer for what they pay: they may know of one that this host was never
    /// told of.
    async fn hold_payment(
        &self,
        making: &mut Making,
        work: &mut Work,
        live: Option<&Live>,
        remittance: &Remittance,
        at: &str,
    ) -> Result<(), Failure> {
        let member = work.case.member.ok_or(Failure::NotFound)?;
        let (id, provider) = (work.case.id, work.case.provider);
        let body = work.claim()?;
        let lines = body.lines.clone();
        let profile = live.map(Live::profile);
        let without = [id];
        let account =
            Account { member, plan: &making.plan, provider, lines: &lines, profile, without: &without };
        let mut books = self.books(account).await?;
        let needs = |line: &ClaimLine| match ledger::needs(
            profile,
            &line.service,
            &line.procedure,
            line.days.first,
        ) {
            Needs::Nothing => Needs::Nothing,
            Needs::Permission | Needs::RoomIfPermitted => Needs::RoomIfPermitted,
        };
        for (_, _, claim, earlier) in
            making.paid.iter().filter(|(whose, by, ..)| (*whose, *by) == (member, provider))
        {
            for line in earlier {
                // It was held when it was paid; here it only counts.
                let _ = books.enter(line, needs(line), Some(&claim.to_string()));
            }
        }
        let mut problems = Vec::new();
        let mut entered = Vec::new();
        for (place, paid) in remittance.lines.iter().enumerate().filter(|(_, paid)| paid.amount > Cents::ZERO)
        {
            let Some(line) = lines.iter().find(|line| line.number == paid.number) else { continue };
            let stop = books.enter(line, needs(line), None).err();
            if let Some(stop) = stop.filter(|_| priced(body, line.number).is_none()) {
                let said = stop.rejection();
                let pointer = format!("{at}/lines/{place}");
                problems.push(FieldProblem::new(pointer, stop.code(), said.reason.en, said.fix.en));
            }
            entered.push(line.clone());
        }
        making.paid.push((member, provider, id, entered));
        problems.extend(self.hold_payment_to_limits(making, work, remittance, at).await?);
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    /// Holds what is paid against the member's limits, with what the same remittance pays for the member
    /// already.
    async fn hold_payment_to_limits(
        &self,
        making: &mut Making,
        work: &mut Work,
        remittance: &Remittance,
        at: &str,
    ) -> Result<Vec<FieldProblem>, Failure> {
        let member = work.case.member.ok_or(Failure::NotFound)?;
        let paid = remittance.lines.iter().filter(|paid| paid.amount > Cents::ZERO);
        let amounts: Vec<(u16, Cents)> = paid.map(|paid| (paid.number, paid.amount)).collect();
        let uses = limits::delivered(work, &amounts)?;
        let beside =
            making.weighed.iter().filter(|(whose, _)| *whose == member).map(|(_, one)| one.clone()).collect();
        let problems = self.pay_by_people(work, &uses, beside, making.exception.as_ref(), at).await?;
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
        let places = ledger::carried(own, &amounts);
        let carried: Vec<&Entry> = places.iter().filter_map(|place| open.get(*place)).collect();
        let total = Cents::sum(carried.iter().map(|entry| entry.amount).chain([own])).ok_or_else(too_much)?;
        if let Some(stated) = stated.filter(|stated| *stated != total) {
            return Err(unbalanced(stated, own, total));
        }
        let row = Row { id, plan, number, provider_org: provider, total, at, made_by };
        let mut unit = Unit::of([store::remittances::insert(&row)]);
        unit.extend(entries.iter().map(store::remittances::enter));
        unit.extend(carried.iter().map(|entry| store::remittances::carry(entry.id, id)));
        let carried: Vec<Entry> =
            carried.into_iter().map(|entry| Entry { remittance: Some(id), ..entry.clone() }).collect();
        entries.extend(carried);
        Ok((unit, ShownRemittance { remittance: row, entries }))
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

/// Fails unless every line is named that is not rejected or denied: a remittance says of each what became of
/// it.
fn all_named(body: &Claim, lines: &[PaidByHand], at: &str) -> Result<(), Failure> {
    let is_settled = |number: u16| {
        matches!(outcome(body, number), Some(LineOutcome::Rejected(_) | LineOutcome::Denied(_)))
    };
    let is_named = |number: u16| lines.iter().any(|wanted| wanted.number == number);
    let absent = body.lines.iter().filter(|line| !is_settled(line.number) && !is_named(line.number));
    let problems: Vec<FieldProblem> = absent
        .map(|line| {
            FieldProblem::new(
                format!("{at}/lines"),
                Code::MissingLine,
                format!("line {} of the claim is not there", line.number),
                "name every line that is not rejected or denied; one that is not paid has the amount 0.00 and its adjustments",
            )
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
}

/// The floor's problems, where a line does not balance with the difference.
fn with_differences(failure: Failure, body: &Claim, lines: &[PaidByHand], at: &str) -> Failure {
    let Failure::Invalid(problems) = failure else { return failure };
    let told = |problem: FieldProblem| {
        if problem.code != UNBALANCED {
            return problem;
        }
        let mut places = lines.iter().enumerate();
        let place = places.find(|(place, _)| problem.pointer == format!("{at}/lines/{place}/amount"));
        match place.and_then(|(_, wanted)| difference(body, wanted)) {
            Some(detail) => FieldProblem { detail, ..problem },
            None => problem,
        }
    };
    Failure::Invalid(problems.into_iter().map(told).collect())
}

/// By how much a line does not balance, in words.
fn difference(body: &Claim, wanted: &PaidByHand) -> Option<String> {
    let line = body.lines.iter().find(|line| line.number == wanted.number)?;
    let given = wanted.adjustments.clone().or_else(|| priced_alike(body, line, wanted.amount));
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

/// Amount that rules found payable for a line, where they had the last word or are held to it since.
fn priced(body: &Claim, number: u16) -> Option<Cents> {
    match outcome(body, number) {
        Some(LineOutcome::Payable(payment)) if body.answered.decided_by == Some(DecidedBy::Plugin) => {
            Some(payment.amount)
        }
        _ => None,
    }
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
        // An encounter that rules report at nothing was given all the same.
        let at_nothing = matches!(
            outcome(before, paid.number),
            Some(LineOutcome::Payable(payment)) if payment.amount == Cents::ZERO
        );
        match (is_held, paid.amount > Cents::ZERO || at_nothing) {
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

fn bad_claim(place: usize, code: Code, detail: &str, fix: &str) -> FieldProblem {
    FieldProblem::new(format!("/claims/{place}/claim"), code, detail, fix)
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
        "send the sum of the lines less what ⟦listTakeBacks⟧ shows, oldest first, as far as the lines bear it",
    )
}
