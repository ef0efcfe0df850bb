//! An authorization's way: may service start now, and is it authorized?

use domain::Cents;
use domain::authorization::{Event, Extent, State, Window};
use domain::case::{EventKind, Recommendation, WhyPeople};
use domain::identifiers::{CaseId, PlanId};
use domain::plan::authorization::{
    AuthorizationRequest, Determination, Grant, Presumption, RequestKind, RequestedLine,
};
use domain::plan::profile::Mode;
use domain::plan::question::Question;
use domain::plan::types::{Denial, Period, Workflow};
use domain::problem::Code;
use domain::time::pacific_day;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;
use store::Unit;
use store::usage::UsageState;

use crate::Crosswalk;
use crate::cases::arriving::Arrival;
use crate::cases::case::{Advice, Answered, Authorization, Body, DecidedBy, first_day};
use crate::cases::clocks::notice_to;
use crate::cases::contracts::{Contracted, permits_without};
use crate::cases::facts;
use crate::cases::intake::{Days, Placed};
use crate::cases::presuming;
use crate::cases::sent_back::Sent;
use crate::cases::show::ShownCase;
use crate::cases::step::{Actor, CaseNotice, Used, Work};
use crate::command::NewAuthorization;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::Recipient;
use crate::plugins::asking::{Ruled, Ruling};
use crate::plugins::registry::Live;
use crate::words;

impl Crosswalk {
    /// The unit of a new request: the plan's rules are asked whether service may start and whether it is
    /// authorized.
    pub(super) async fn submitted_authorization(
        &self,
        caller: &Caller,
        new: &NewAuthorization,
    ) -> Result<(Unit, ShownCase), Failure> {
        let now = self.now();
        let today = pacific_day(now);
        let sender = *caller.organization()?;
        let deliverer = new.provider.filter(|provider| *provider != sender);
        let kind = kind_of(new.kind, &new.lines, today)?;
        let covered = first_day(new.lines.iter().map(|line| &line.days), today);
        let days = Days { covered, rules: today };
        let placed = self.place(caller, &new.member, &new.service, Workflow::Authorization, days).await?;
        placed.must_be_one_plans(new.lines.iter().map(|line| (new.service.as_str(), &line.days)))?;
        if let Some(deliverer) = deliverer {
            self.must_be_provider("/provider", deliverer).await?;
        }
        if let Some(referral) = new.referral {
            self.readable_case(caller, referral).await?;
        }
        let body = Body::Authorization(Authorization {
            populations: new.populations.clone(),
            kind,
            lines: new.lines.clone(),
            facts: placed.conform("/facts", &new.facts)?,
            documents: new.documents.clone(),
            supplied: Vec::new(),
            window: None,
            continues: None,
            state: State::Received { at: now },
            answered: Answered::default(),
            extension: None,
            member_notices: Vec::new(),
            ended: None,
            exceptions: Vec::new(),
        });
        let arrival = Arrival {
            placed: Some(&placed),
            service: Some(new.service.clone()),
            assigned: deliverer,
            urgency: new.urgency,
            follows: new.referral,
            detail: if kind == new.kind { json!({}) } else { json!({ "kind": "retrospective" }) },
            ..Arrival::of(self.id(CaseId::from_uuid), now, body, Sent::case(&new.facts, &new.documents))
        };
        let mut work = self.arrived(caller, arrival).await?;
        self.presume_and_determine(&mut work, &placed).await?;
        admit_deliverer(&mut work);
        self.finish(caller, work, &Unit::default()).await
    }

    /// Asks the plan about a request that is received, and applies its answers. A window that was once given
    /// stays: the provider has acted on it.
    pub(crate) async fn presume_and_determine(
        &self,
        work: &mut Work,
        placed: &Placed,
    ) -> Result<(), Failure> {
        work.plans = Some(placed.plans());
        work.acts(Actor::Host);
        let Some(live) = placed.asked() else {
            self.presume_unasked(work, placed).await?;
            work.authorization()?.answered.mode = Some(Mode::People);
            return work.step_authorization(hand_over(placed.why_people()));
        };
        let mode = live.mode(Workflow::Authorization);
        let span = contracted_span(work)?;
        self.foresee_determination(work, placed, &span).await?;
        // Before anything of the history is read.
        work.history = Some(store::usage::stamp(self.store(), placed.member.id).await?);
        let contracted = self.authorization_contracts(work, placed).await?;
        let request = self.authorization_request(work, placed, &contracted).await?;
        let context = self.context(work, placed).await?;
        if work.authorization()?.may_begin() {
            let question = Question::Presume { request: request.clone(), context: context.clone() };
            self.presume_by_rules(work, placed, live, &question, &contracted).await?;
            work.acts(Actor::Host);
        }
        let question = Question::Determine { request, context };
        let reply = self.ask(live, &question).await;
        let evaluation = Some(work.keep(reply.record));
        work.authorization()?.answered =
            Answered { findings: Vec::new(), evaluation, mode: Some(mode), ..Answered::default() };
        match self.ruling(live, &question, reply.answer) {
            Ok(Ruling::Authorization(ruled)) => {
                let granted = match &ruled.event {
                    Event::Approve { grant, .. } if mode == Mode::Decides => Some(grant.lines.clone()),
                    _ => None,
                };
                let in_the_way = match granted {
                    Some(lines) => self.in_the_way(work, &lines, live).await?,
                    None => None,
                };
                apply_determination(work, ruled, (mode, in_the_way), placed, &contracted)
            }
            none => {
                let why = work.why_people(none)?;
                work.step_authorization(hand_over(why))
            }
        }
    }

    /// Opens the presumptive window that the plan's rules give, or its declared rule where they give no
    /// answer.
    async fn presume_by_rules(
        &self,
        work: &mut Work,
        placed: &Placed,
        live: &Live,
        question: &Question,
        contracted: &Contracted,
    ) -> Result<(), Failure> {
        let reply = self.ask(live, question).await;
        work.keep(reply.record);
        let presumption = match self.ruling(live, question, reply.answer) {
            Ok(Ruling::Presumption(presumption)) => {
                work.acts(Actor::Rules(placed.plan.clone()));
                presumption
            }
            // Whatever else went wrong, the determination is asked too.
            none => {
                drop(work.why_people(none)?);
                let Question::Presume { request, context } = question else { return Ok(()) };
                presuming::by_declared_rule(live.profile(), request, context)
            }
        };
        match presumption {
            Some(presumption) => self.presume(work, presumption, placed, contracted).await,
            None => Ok(()),
        }
    }

    /// The contracts of who is to deliver, from the first day that is asked for on.
    async fn authorization_contracts(&self, work: &mut Work, placed: &Placed) -> Result<Contracted, Failure> {
        let spans = [(work.case.service.clone().unwrap_or_default(), contracted_span(work)?)];
        self.contracts_behind(&work.case, &placed.member.county, &spans).await
    }

    /// Opens the window of a declared rule where nobody asks the plan's rules: the plan decides by its
    /// people, or a delegate does.
    async fn presume_unasked(&self, work: &mut Work, placed: &Placed) -> Result<(), Failure> {
        let service = work.case.service.as_deref().unwrap_or_default();
        let Some(profile) =
            placed.profile().filter(|profile| profile.presumptive.iter().any(|rule| rule.service == service))
        else {
            return Ok(());
        };
        if !work.authorization()?.may_begin() {
            return Ok(());
        }
        let contracted = self.authorization_contracts(work, placed).await?;
        let request = self.authorization_request(work, placed, &contracted).await?;
        let context = self.context(work, placed).await?;
        match presuming::by_declared_rule(profile, &request, &context) {
            Some(given) => self.presume(work, given, placed, &contracted).await,
            None => Ok(()),
        }
    }

    /// Opens the window of a presumption, unless one of the same episode was opened. It begins on the day the
    /// request came at the earliest: nobody presumed anything before.
    async fn presume(
        &self,
        work: &mut Work,
        mut given: Presumption,
        placed: &Placed,
        contracted: &Contracted,
    ) -> Result<(), Failure> {
        given.starts = given.starts.max(pacific_day(work.case.received_at));
        if self.may_open_window(work, placed, given.starts).await? {
            self.open_window(work, &given, placed, contracted).await?;
        }
        Ok(())
    }

    async fn authorization_request(
        &self,
        work: &mut Work,
        placed: &Placed,
        contracted: &Contracted,
    ) -> Result<AuthorizationRequest, Failure> {
        let (id, urgency) = (work.case.id, work.case.urgency);
        let delivers = work.case.assigned.unwrap_or(work.case.provider);
        let service = work.case.service.clone().unwrap_or_default();
        let body = work.authorization()?.clone();
        let first = body.lines.iter().map(|line| line.days.first).min();
        let contracted = first.is_some_and(|day| contracted.on(&service, day));
        Ok(AuthorizationRequest {
            id: id.to_string(),
            service,
            populations: body.populations,
            kind: body.kind,
            urgency,
            member: placed.asked_member(),
            provider: self.provider(work.enrolled.as_deref(), "/provider", &delivers, contracted).await?,
            lines: body.lines,
            facts: self.facts_for_rules(placed, &work.case).await?,
            documents: facts::without_content(body.documents),
        })
    }

    /// Opens the window that the plan's rules give, cut to the days of coverage and to what is left of the
    /// member's limits.
    async fn open_window(
        &self,
        work: &mut Work,
        presumption: &Presumption,
        placed: &Placed,
        contracted: &Contracted,
    ) -> Result<(), Failure> {
        if !contracted.on(work.case.service.as_deref().unwrap_or_default(), presumption.starts) {
            return Ok(());
        }
        let last = presumption.starts.saturating_add((i64::from(presumption.days) - 1).days());
        let last = placed.coverage.last_day.map_or(last, |covered| covered.min(last));
        if last < presumption.starts {
            return Ok(());
        }
        let window = Window { rule: presumption.rule.clone(), first: presumption.starts, last };
        let Some(live) = placed.rules() else { return Ok(()) };
        let Some(window) = self.fit_window(work, live, window).await? else { return Ok(()) };
        let detail = json!({
            "rule": window.rule,
            "first": window.first.to_string(),
            "last": window.last.to_string(),
        });
        work.authorization()?.window = Some(window);
        work.rests_on(contracted);
        work.note(EventKind::Presume, detail);
        Ok(())
    }

    /// A number for claims to carry: the plan's initials and twelve random digits of base 32, unique for the
    /// plan.
    pub(crate) fn authorization_number(&self, plan: &PlanId) -> String {
        const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let initials: String = plan
            .as_str()
            .split('-')
            .filter_map(|part| part.chars().next())
            .map(|letter| letter.to_ascii_uppercase())
            .collect();
        // The low bits of a time-ordered id are the random ones.
        let mut bits = self.id(|uuid| uuid).as_u128();
        let mut number = format!("{initials}-");
        for _ in 0..12 {
            number.push(char::from(DIGITS[(bits & 31) as usize]));
            bits >>= 5;
        }
        number
    }
}

/// From the first day that is asked for on, or from today: then a window may open.
fn contracted_span(work: &mut Work) -> Result<Period, Failure> {
    let today = pacific_day(work.now());
    let first = work.authorization()?.lines.iter().map(|line| line.days.first).min();
    Ok(Period { first: first.unwrap_or(today).min(today), last: None })
}

fn apply_determination(
    work: &mut Work,
    ruled: Ruled<Determination, Event>,
    (mode, in_the_way): (Mode, Option<WhyPeople>),
    placed: &Placed,
    contracted: &Contracted,
) -> Result<(), Failure> {
    let Ruled { answer: determination, event, mislabelled } = ruled;
    let answered = &mut work.authorization()?.answered;
    answered.findings = determination.findings;
    answered.mislabelled = mislabelled;
    if mode != Mode::Decides {
        work.authorization()?.answered.advice = Some(Advice::Authorization(determination.decision));
        return work.step_authorization(hand_over(WhyPeople::AdviceGiven));
    }
    if work.authorization()?.continues.is_some() && !gives_all(&event) {
        return work.step_authorization(continuity(event));
    }
    let service = work.case.service.clone().unwrap_or_default();
    if permits_without(&event, &service, contracted) {
        return work.step_authorization(hand_over(WhyPeople::NotContracted));
    }
    work.rests_on(contracted);
    // What cannot be kept is kept as a recommendation: people grant what is left of it.
    match (event, in_the_way) {
        (Event::Approve { grant, .. }, Some(why)) => {
            let kept = Event::HandOver { why, recommendation: Some(Recommendation::Grant(grant)) };
            settle(work, kept, DecidedBy::Plugin, &placed.plan)
        }
        (event, _) => work.by_rules(|work| settle(work, event, DecidedBy::Plugin, &placed.plan)),
    }
}

/// Takes a decision, from whomever it comes, with all that follows from it: a denial ends the presumptive
/// window on its day, an approval enters the member's history, the provider is told.
pub(crate) fn settle(work: &mut Work, event: Event, by: DecidedBy, plan: &PlanId) -> Result<(), Failure> {
    let granted = match &event {
        Event::Approve { grant, .. } => Some(grant.clone()),
        _ => None,
    };
    let denied = matches!(event, Event::Refuse(_));
    let decided = denied || granted.is_some();
    work.step_authorization(event)?;
    if decided {
        let now = work.now();
        work.authorization()?.answered.decide(by, now);
    }
    if denied {
        let today = pacific_day(work.now());
        let body = work.authorization()?;
        body.window = body.window.take().map(|window| window.ended_on(today));
    }
    if let Some(grant) = granted {
        record_use(work, &grant, plan);
    }
    let state = work.case.body.state();
    let text = words::case_is(work.case.body.kind(), state);
    let keeps = if decided { notice_to::PROVIDER } else { &[] };
    work.tell_parties("authorization-decision", text, words::request_for_you(state), keeps);
    Ok(())
}

/// Makes the provider that is to deliver a party from the first moment on, since service may start before the
/// decision: it is told, and may see the member. A request that is denied at once gives no reason to.
pub(crate) fn admit_deliverer(work: &mut Work) {
    let Some(deliverer) = work.case.assigned else { return };
    let state = work.case.body.state();
    if state == "denied" {
        return;
    }
    work.note_sight(deliverer, "delivers");
    // Whoever has decided already has told both.
    let told = work.notices.iter().any(|notice| notice.to == Recipient::Organization(deliverer));
    if !told {
        work.notices.push(CaseNotice {
            to: Recipient::Organization(deliverer),
            kind: "authorization-for-you",
            text: words::request_for_you(state),
            ends_clocks: &[],
        });
    }
}

/// Enters the granted lines into the member's history.
pub(crate) fn record_use(work: &mut Work, grant: &Grant, plan: &PlanId) {
    let provider = work.case.assigned.unwrap_or(work.case.provider);
    let service = work.case.service.clone().unwrap_or_default();
    for (line, number) in grant.lines.iter().zip(1..) {
        work.usage.push(Used {
            plan: plan.clone(),
            service: service.clone(),
            procedure: line.procedure.clone(),
            provider,
            line: number,
            first: line.days.first,
            last: line.days.last.unwrap_or(line.days.first),
            units: line.units,
            minutes: None,
            amount: Cents::ZERO,
            state: UsageState::Authorized,
        });
    }
}

/// Honors an authorization of the plan before until people of this plan have answered: rules may approve all
/// of it, and do nothing less.
fn continuity(event: Event) -> Event {
    let recommendation = match event {
        Event::HandOver { recommendation, .. } => recommendation,
        Event::Approve { grant, .. } => Some(Recommendation::Grant(grant)),
        Event::Refuse(refusal) => {
            Some(Recommendation::Denial(Denial { kind: refusal.kind(), reason: refusal.reason().clone() }))
        }
        _ => None,
    };
    Event::HandOver { why: WhyPeople::Continuity, recommendation }
}

/// True if the event grants all that was asked for.
fn gives_all(event: &Event) -> bool {
    matches!(event, Event::Approve { extent: Extent::Whole, .. })
}

/// Why permission is asked for. A request about days that are all past is retrospective, whatever its sender
/// calls it: it has its own clock, and nothing begins on it.
pub(crate) fn kind_of(
    asked: RequestKind,
    lines: &[RequestedLine],
    today: Date,
) -> Result<RequestKind, Failure> {
    let is_past = |line: &RequestedLine| line.days.last.is_some_and(|last| last < today);
    if lines.iter().all(is_past) {
        return Ok(RequestKind::Retrospective);
    }
    if asked != RequestKind::Retrospective {
        return Ok(asked);
    }
    let problems = lines.iter().enumerate().filter(|(_, line)| !is_past(line)).map(|(place, _)| {
        FieldProblem::new(
            format!("/lines/{place}/last"),
            Code::NotPast,
            format!("a retrospective request is about days before today, {today}"),
            "send the days from today on as a request of their own, as initial, renewal or extension",
        )
    });
    Err(Failure::Invalid(problems.collect()))
}

fn hand_over(why: WhyPeople) -> Event {
    Event::HandOver { why, recommendation: None }
}
