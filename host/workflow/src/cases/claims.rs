//! A claim's way: read by the catalog, priced by the plan's rules, paid by the plan.

use domain::Cents;
use domain::case::WhyPeople;
use domain::claim::{Event, State};
use domain::floor::{self, Beside, Ground, PaidUse, Priced};
use domain::identifiers::CaseId;
use domain::ledger::Books;
use domain::plan::billing::{Adjudication, AuthorizedLine, Claim as PlanClaim, ClaimLine, LineOutcome};
use domain::plan::profile::Mode;
use domain::plan::question::Question;
use domain::plan::types::{Fact, Period, Workflow};
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::Timestamp;
use store::Unit;
use store::remittances::Cause;
use store::usage::UsageState;

use crate::Crosswalk;
use crate::cases::arriving::Arrival;
use crate::cases::books::{Account, hold};
use crate::cases::case::{Answered, Body, Claim, DecidedBy};
use crate::cases::clocks::notice_to;
use crate::cases::contracts::Contracted;
use crate::cases::facts;
use crate::cases::filing::{self, Late};
use crate::cases::intake::{Days, Placed};
use crate::cases::sent_back::Sent;
use crate::cases::show::ShownCase;
use crate::cases::step::{Actor, CaseNotice, Used, Work};
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::command::{Filing, NewClaim, NewClaimLine};
use crate::plugins::asking::{Ruled, Ruling};
use crate::plugins::registry::Live;
use crate::words;

impl Crosswalk {
    /// The unit of a new claim: the plan that covered the member on the day of service is asked what of it is
    /// payable. A replacement takes the earlier claim's place in the same unit of work, unless it is
    /// rejected; a void takes it back, and nobody is asked.
    pub(super) async fn submitted_claim(
        &self,
        caller: &Caller,
        new: &NewClaim,
    ) -> Result<(Unit, ShownCase), Failure> {
        if let Filing::Void(voided) = new.filing {
            return self.void(caller, new, voided).await;
        }
        let now = self.now();
        let lines = numbered(&new.lines);
        let Some(first) = lines.iter().min_by_key(|line| line.days.first) else {
            return Err(Failure::field("/lines", Code::MissingEntry, "no lines", "send at least one line"));
        };
        let (service, days) = (first.service.clone(), Days::on(first.days.first));
        let placed = self.place(caller, &new.member, &service, Workflow::Billing, days).await?;
        placed.must_be_one_plans(lines.iter().map(|line| (line.service.as_str(), &line.days)))?;
        let id = self.id(CaseId::from_uuid);
        let replaced = match new.filing.earlier() {
            Some(replaced) => Some(self.corrected(caller, replaced, Event::Replace(id), &placed).await?),
            None => None,
        };
        let body = Body::Claim(received(new, lines, placed.conform("/facts", &new.facts)?, now));
        let arrival = Arrival {
            placed: Some(&placed),
            service: Some(service),
            follows: new.filing.earlier(),
            ..Arrival::of(id, now, body, Sent::case(&new.facts, &new.documents))
        };
        let mut work = self.arrived(caller, arrival).await?;
        acknowledge(&mut work);
        self.adjudicate(&mut work, &placed).await?;
        // What is rejected was not taken as a claim, so it corrects nothing: the earlier one stands. It may
        // have been rejected for what another correction billed a moment ago: then it is late.
        let rejected = matches!(work.claim()?.state, State::Rejected { .. });
        if let (Some(replaced), true) = (&replaced, rejected) {
            let earlier = &replaced.case;
            work.fences.push(store::cases::unchanged(earlier.id, earlier.version));
        }
        let mut also = Unit::default();
        if let Some(replaced) = replaced.filter(|_| !rejected) {
            also.extend(self.give_back(caller, replaced, Cause::Replaced).await?.statements);
        }
        self.finish(caller, work, &also).await
    }

    /// Asks the plan about a claim that is received, and applies its answer.
    pub(crate) async fn adjudicate(&self, work: &mut Work, placed: &Placed) -> Result<(), Failure> {
        work.plans = Some(placed.plans());
        work.acts(Actor::Host);
        let contracted = self.claim_contracts(work, placed).await?;
        let late = self.late(work, placed, &contracted).await?;
        filing::deny(work.claim()?, &late);
        if !late.is_empty() && late.len() == work.claim()?.lines.len() {
            return refuse_late(work, &late);
        }
        let Some(live) = placed.asked() else {
            work.claim()?.answered.mode = Some(Mode::People);
            return work.step_claim(hand_over(placed.why_people()));
        };
        let mode = live.mode(Workflow::Billing);
        if let Some(why) = self.tables_change(live, &work.claim()?.lines).await? {
            work.claim()?.answered.mode = Some(mode);
            return work.step_claim(hand_over(why));
        }
        let Some(is_contracted) = one_answer(&contracted, &work.claim()?.lines) else {
            work.claim()?.answered.mode = Some(mode);
            return work.step_claim(hand_over(WhyPeople::NotContracted));
        };
        self.foresee_adjudication(work, placed).await?;
        // Before anything of the history is read.
        work.history = Some(store::usage::stamp(self.store(), placed.member.id).await?);
        let books = self.books_of(work, placed, live).await?;
        let used = self.paid_uses_of(work, placed, live, &books).await?;
        let claim = self.plan_claim(work, placed, is_contracted, books.authorized().to_vec()).await?;
        let context = self.context(work, placed).await?;
        let on = context.as_of;
        let question = Question::Adjudicate { claim, context };
        let reply = self.ask(live, &question).await;
        let evaluation = Some(work.keep(reply.record));
        work.claim()?.answered =
            Answered { findings: Vec::new(), evaluation, mode: Some(mode), ..Answered::default() };
        match self.ruling(live, &question, reply.answer) {
            Ok(Ruling::Claim(mut ruled)) => {
                filing::over(&late, &mut ruled.answer.lines);
                let body = work.claim()?;
                let held = hold(books, Some(live.profile()), &body.lines, &mut ruled.answer.lines);
                body.host_rules.extend(held);
                let beyond = self.hold_to_limits(work, &mut ruled.answer.lines).await?;
                let beyond = beyond.or_else(|| paid_beyond(live, &question, &ruled.answer, &used));
                let body = work.claim()?;
                if !body.host_rules.is_empty() {
                    ruled.event = filing::event(&late, &ruled.answer, |others| {
                        Event::of(Ground::of(live.profile()), &body.lines, on, others)
                    });
                }
                let pays =
                    ruled.answer.lines.iter().any(|result| matches!(result.outcome, LineOutcome::Payable(_)));
                if mode == Mode::Decides && pays && !is_contracted {
                    work.claim()?.answered.findings = ruled.answer.findings;
                    return work.step_claim(hand_over(WhyPeople::NotContracted));
                }
                work.rests_on(&contracted);
                if let (Event::FindPayable, Some(why)) = (&ruled.event, beyond) {
                    ruled.event = hand_over(why);
                }
                apply_adjudication(work, ruled, mode)
            }
            none => {
                let why = work.why_people(none)?;
                work.step_claim(hand_over(why))
            }
        }
    }

    /// The lines that came too late by what the plan declares.
    async fn late(
        &self,
        work: &mut Work,
        placed: &Placed,
        contracted: &Contracted,
    ) -> Result<Vec<Late>, Failure> {
        let filed = self.filed_on(&work.case).await?;
        let plans = placed.plans();
        let Some(live) = plans.first() else { return Ok(Vec::new()) };
        Ok(filing::late_lines(live.profile(), &work.claim()?.lines, contracted, filed))
    }

    /// The contracts of who bills, on the days of the claim's lines.
    async fn claim_contracts(&self, work: &mut Work, placed: &Placed) -> Result<Contracted, Failure> {
        let lines = work.claim()?.lines.iter();
        let spans: Vec<(String, Period)> = lines.map(|line| (line.service.clone(), days_of(line))).collect();
        self.contracts_behind(&work.case, &placed.member.county, &spans).await
    }

    async fn books_of(&self, work: &mut Work, placed: &Placed, live: &Live) -> Result<Books, Failure> {
        let (without, lines) = (uncounted(work), work.claim()?.lines.clone());
        self.books(account(work, placed, live, (&lines, &without))).await
    }

    async fn paid_uses_of(
        &self,
        work: &mut Work,
        placed: &Placed,
        live: &Live,
        books: &Books,
    ) -> Result<Vec<PaidUse>, Failure> {
        let (without, lines) = (uncounted(work), work.claim()?.lines.clone());
        self.paid_uses(account(work, placed, live, (&lines, &without)), books.authorized()).await
    }

    async fn plan_claim(
        &self,
        work: &mut Work,
        placed: &Placed,
        contracted: bool,
        authorizations: Vec<AuthorizedLine>,
    ) -> Result<PlanClaim, Failure> {
        let (id, sender) = (work.case.id, work.case.provider);
        let received = pacific_day(work.case.received_at);
        let body = work.claim()?.clone();
        Ok(PlanClaim {
            id: id.to_string(),
            frequency: body.frequency,
            member: placed.asked_member(),
            provider: self.provider(work.enrolled.as_deref(), "/provider", &sender, contracted).await?,
            diagnoses: body.diagnoses.iter().map(ToString::to_string).collect(),
            received,
            authorizations,
            lines: body.lines,
            facts: self.facts_for_rules(placed, &work.case).await?,
            documents: facts::without_content(body.documents),
        })
    }
}

/// The claim itself does not count, nor does the one that it replaces.
fn uncounted(work: &Work) -> Vec<CaseId> {
    work.case.follows.into_iter().chain([work.case.id]).collect()
}

fn account<'a>(
    work: &Work,
    placed: &'a Placed,
    live: &'a Live,
    (lines, without): (&'a [ClaimLine], &'a [CaseId]),
) -> Account<'a> {
    Account {
        member: placed.member.id,
        plan: &placed.plan,
        provider: work.case.provider,
        lines,
        profile: Some(live.profile()),
        without,
    }
}

/// Why people have a claim for which rules would pay a month, a case or a project again, which they were not
/// told of: rules are handed units, not amounts.
fn paid_beyond(
    live: &Live,
    question: &Question,
    adjudication: &Adjudication,
    used: &[PaidUse],
) -> Option<WhyPeople> {
    let Question::Adjudicate { claim, context } = question else { return None };
    let paid = adjudication.lines.iter().filter_map(|result| match &result.outcome {
        LineOutcome::Payable(payment) => {
            let line = claim.lines.iter().find(|line| line.number == result.number)?;
            Some((line, payment.amount, String::new()))
        }
        LineOutcome::Rejected(_) | LineOutcome::Pended(_) | LineOutcome::Denied(_) => None,
    });
    let beside = Beside { used, permissions: &claim.authorizations };
    let broken = floor::payments(Ground::of(live.profile()), Priced::of(context), beside, paid).err()?;
    Some(WhyPeople::AnswerRefused(broken.rule))
}

/// Every line came too late: the host says so, and nobody's rules are asked.
fn refuse_late(work: &mut Work, late: &[Late]) -> Result<(), Failure> {
    let refusal = filing::refusal(late).ok_or_else(|| Failure::defect("no line came too late"))?;
    work.step_claim(Event::Refuse(refusal))?;
    let now = work.now();
    work.claim()?.answered.decide(DecidedBy::Host, now);
    tell_biller(work);
    Ok(())
}

fn days_of(line: &ClaimLine) -> Period {
    Period { first: line.days.first, last: Some(line.days.last.unwrap_or(line.days.first)) }
}

/// True or false if a contract holds on every day of all lines, or of none. `None` where it holds for some
/// lines only: rules are told one word about the provider, and it would be wrong for some.
fn one_answer(contracted: &Contracted, lines: &[ClaimLine]) -> Option<bool> {
    let mut answers = lines.iter().map(|line| contracted.over(&line.service, &days_of(line)));
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

/// A claim as it is received, before anybody has answered it.
fn received(new: &NewClaim, lines: Vec<ClaimLine>, facts: Vec<Fact>, now: Timestamp) -> Claim {
    Claim {
        frequency: new.filing.frequency(),
        diagnoses: new.diagnoses.clone(),
        lines,
        facts,
        documents: new.documents.clone(),
        supplied: Vec::new(),
        results: Vec::new(),
        host_rules: Vec::new(),
        state: State::Received { at: now },
        answered: Answered::default(),
        completed_at: None,
        disputes: Vec::new(),
        exceptions: Vec::new(),
    }
}

/// The lines as the record has them, counted from 1.
fn numbered(lines: &[NewClaimLine]) -> Vec<ClaimLine> {
    let numbered = (1..=u16::MAX).zip(lines).map(|(number, line)| ClaimLine {
        number,
        service: line.service.clone(),
        procedure: line.procedure.clone(),
        place: line.place.clone(),
        days: line.days.clone(),
        units: line.units,
        charge: line.charge,
        minutes: line.minutes,
    });
    numbered.collect()
}

fn apply_adjudication(work: &mut Work, ruled: Ruled<Adjudication, Event>, mode: Mode) -> Result<(), Failure> {
    let Ruled { answer: adjudication, event, mislabelled } = ruled;
    let body = work.claim()?;
    body.answered.findings = adjudication.findings;
    body.answered.mislabelled = mislabelled;
    body.results = adjudication.lines;
    if mode != Mode::Decides {
        return work.step_claim(Event::Advise);
    }
    let decided = !matches!(event, Event::HandOver { .. } | Event::Ask(_));
    let payable = event == Event::FindPayable;
    work.by_rules(|work| work.step_claim(event))?;
    if decided {
        let now = work.now();
        work.claim()?.answered.decide(DecidedBy::Plugin, now);
    }
    if payable {
        record_payable(work)?;
    }
    tell_biller(work);
    Ok(())
}

/// Payable units enter the member's history: the next claim is counted against them.
fn record_payable(work: &mut Work) -> Result<(), Failure> {
    let priced: Vec<(u16, Cents)> = work
        .claim()?
        .results
        .iter()
        .filter_map(|result| match &result.outcome {
            LineOutcome::Payable(payment) => Some((result.number, payment.amount)),
            _ => None,
        })
        .collect();
    record_use(work, &priced, UsageState::Payable)
}

/// Delivered units with what is payable or was paid for them enter the history.
pub(crate) fn record_use(
    work: &mut Work,
    amounts: &[(u16, Cents)],
    state: UsageState,
) -> Result<(), Failure> {
    let (provider, plan) = (work.case.provider, work.plan()?);
    let lines = work.claim()?.lines.clone();
    let used = lines.into_iter().filter_map(|line| {
        let (_, amount) = amounts.iter().find(|(number, _)| *number == line.number)?;
        Some(Used {
            plan: plan.clone(),
            provider,
            line: line.number,
            first: line.days.first,
            last: line.days.last.unwrap_or(line.days.first),
            units: line.units,
            minutes: line.minutes,
            amount: *amount,
            service: line.service,
            procedure: line.procedure,
            state,
        })
    });
    work.usage.extend(used);
    Ok(())
}

/// Whoever billed learns of each step.
pub(crate) fn tell_biller(work: &mut Work) {
    let text = words::case_is(work.case.body.kind(), work.case.body.state());
    let to = Recipient::Organization(work.case.provider);
    work.notices.push(CaseNotice { to, kind: "claim-step", text, ends_clocks: &[] });
}

/// The plan confirms through this host that it has the claim (28 CCR 1300.71(c)).
fn acknowledge(work: &mut Work) {
    let text = words::case_received(work.case.body.kind());
    let to = Recipient::Organization(work.case.provider);
    work.notices.push(CaseNotice { to, kind: "claim-received", text, ends_clocks: notice_to::BILLER });
}

fn hand_over(why: WhyPeople) -> Event {
    Event::HandOver { why, recommendation: None }
}
