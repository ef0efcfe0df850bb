//! Life of one case: what it is, what became of it, and when.

use domain::case::{CaseKind, EventKind, LicensedReviewer, Refusal, WhyPeople, WithPeople};
use domain::identifiers::{CaseId, MemberId, OrgId};
use domain::plan::authorization::{Grant, GrantedLine, RequestKind, RequestedLine};
use domain::plan::billing::{ClaimLine, Frequency};
use domain::plan::types::{Ask, Bilingual, Period, Urgency};
use domain::statute::ClockId;
use domain::time::pacific_day;
use domain::{Cents, Procedure, authorization, claim, referral};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value as Json, json};

use crate::dice::Dice;

/// Service of every case. With one alone, lists by service are as long as they can be.
pub(crate) const SERVICE: &str = "ecm";
/// Procedures that are billed for it.
const PROCEDURES: [&str; 3] = ["G9012 U2", "G9012 GQ U2", "G9012 U8"];
/// Place of service: none that the codes name.
const PLACE: &str = "99";
/// Cents for a unit.
const UNIT_PRICE: i64 = 4_250;
/// Cases of a hundred, by kind: referrals, requests for authorization; the others are claims.
const REFERRALS: u64 = 30;
const AUTHORIZATIONS: u64 = 20;
const DAY_MS: i64 = 86_400_000;

/// Circumstances in which a case comes.
pub(crate) struct Given {
    pub(crate) member: MemberId,
    /// Place of the plan in the mix.
    pub(crate) plan: usize,
    pub(crate) provider: OrgId,
    pub(crate) received_at: Timestamp,
    /// End of the two years.
    pub(crate) now: Timestamp,
    /// True if the plan's rules fail and its people are late.
    pub(crate) defect: bool,
    /// Number under which the plan would authorize.
    pub(crate) authorization: String,
    /// Number of the transfer by which the plan would pay.
    pub(crate) remittance: String,
}

/// A case, its end, and what belongs to it.
pub(crate) struct Story {
    pub(crate) dice: Dice,
    pub(crate) given: Given,
    pub(crate) id: CaseId,
    pub(crate) kind: CaseKind,
    pub(crate) urgency: Urgency,
    pub(crate) state: &'static str,
    pub(crate) body: Json,
    /// Number of the plan, where it granted.
    pub(crate) number: Option<String>,
    /// Provider that delivers, where another than the sender does.
    pub(crate) assigned: Option<OrgId>,
    /// Clock of the plan's answer, and where it runs out.
    pub(crate) clock: ClockId,
    pub(crate) due_at: Timestamp,
    /// Reason for which people have the case now.
    pub(crate) waits: Option<WhyPeople>,
    /// Events after the arrival.
    pub(crate) events: Vec<(Timestamp, EventKind, &'static str)>,
    /// Lines that are authorized, payable or paid.
    pub(crate) lines: Vec<Line>,
    pub(crate) ends: Ending,
}

/// Units of a line.
pub(crate) struct Line {
    pub(crate) number: u16,
    pub(crate) procedure: Procedure,
    pub(crate) first: Date,
    pub(crate) last: Date,
    pub(crate) units: u32,
    pub(crate) amount: Cents,
}

/// Standing of a case at the end of the two years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Something is still to happen.
    Open,
    /// It has ended, and nobody owes anything.
    Ended,
    /// A claim that the plan owes.
    Payable,
    /// A claim that the plan has paid.
    Paid,
}

impl Ending {
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Payable)
    }
}

impl Story {
    pub(crate) fn of(dice: &mut Dice, given: Given) -> Self {
        let urgency = if dice.in_hundred(8) { Urgency::Expedited } else { Urgency::Standard };
        let id = CaseId::from_uuid(dice.id(given.received_at));
        let (kind, clock, days) = match dice.below(100) {
            ..REFERRALS => (CaseKind::Referral, ClockId::ReferralTriage, 7),
            thrown if thrown < REFERRALS + AUTHORIZATIONS => {
                (CaseKind::Authorization, ClockId::AuthorizationDecisionCalendarDays, 7)
            }
            _ => (CaseKind::Claim, ClockId::ClaimDecision, 30),
        };
        let mut story = Self {
            dice: dice.clone(),
            due_at: later(given.received_at, days * DAY_MS, Timestamp::MAX),
            given,
            id,
            kind,
            urgency,
            state: "",
            body: Json::Null,
            number: None,
            assigned: None,
            clock,
            waits: None,
            events: Vec::new(),
            lines: Vec::new(),
            ends: Ending::Ended,
        };
        match kind {
            CaseKind::Referral => story.referral(),
            CaseKind::Authorization => story.authorization(),
            CaseKind::Claim | CaseKind::Application => story.claim(),
        }
        story
    }

    /// Days since it came, at the end of the two years.
    fn age_days(&self) -> i64 {
        (self.given.now.as_millisecond() - self.given.received_at.as_millisecond()) / DAY_MS
    }

    /// Instant of the plan's answer: soon where its rules answered, after days where people did, and late
    /// where the case went wrong.
    fn answered_at(&mut self, by_people: bool) -> Timestamp {
        let after = match (self.given.defect, by_people) {
            (true, _) => self.due_at.as_millisecond() - self.given.received_at.as_millisecond() + DAY_MS,
            (false, true) => DAY_MS + self.below(3 * DAY_MS),
            (false, false) => 200 + self.below(2_000),
        };
        later(self.given.received_at, after, self.given.now)
    }

    fn below(&mut self, end: i64) -> i64 {
        i64::try_from(self.dice.below(end.unsigned_abs())).unwrap_or(0)
    }

    /// True if people still have it: what is young, and what went wrong a little longer.
    fn still_waits(&self, by_people: bool) -> bool {
        by_people && self.age_days() < if self.given.defect { 12 } else { 4 }
    }

    /// Hands it to the plan's people, as far as their state goes.
    fn hand_over(&mut self) -> WithPeople {
        let why = if self.given.defect {
            WhyPeople::PluginFault("trap".to_owned())
        } else {
            WhyPeople::NotAutomated
        };
        let since = later(self.given.received_at, 400, self.given.now);
        self.events.push((since, EventKind::HandOver, "with-people"));
        WithPeople { since, why, recommendation: None }
    }

    fn wait(&mut self, with: &WithPeople) {
        self.waits = Some(with.why.clone());
        self.ends = Ending::Open;
    }

    fn referral(&mut self) {
        let by_people = self.given.defect || self.dice.in_hundred(25);
        let with = by_people.then(|| self.hand_over());
        let at = self.answered_at(by_people);
        let refused = by_people && self.dice.in_hundred(15);
        let state = match with {
            Some(with) if self.still_waits(by_people) => {
                self.wait(&with);
                referral::State::WithPeople(with)
            }
            _ if refused => {
                self.events.push((at, EventKind::Refuse, "not-eligible"));
                referral::State::NotEligible { at, refusal: refusal() }
            }
            _ => self.followed(at),
        };
        self.state = state.name();
        self.body = json!({ "referral": {
            "populations": ["homelessness"], "preferred": null, "facts": [], "documents": [], "state": state,
            "answered": answered(if by_people { "people" } else { "plugin" }, at),
        } });
    }

    /// A referral that the plan took: a provider takes it, serves, and closes the loop.
    fn followed(&mut self, at: Timestamp) -> referral::State {
        let provider = self.given.provider;
        let taken = later(at, DAY_MS, self.given.now);
        let begun = later(at, 5 * DAY_MS, self.given.now);
        let closed = later(at, 25 * DAY_MS, self.given.now);
        self.events.push((at, EventKind::Accept, "accepted"));
        if self.age_days() < 2 {
            self.ends = Ending::Open;
            return referral::State::Accepted {
                at,
                placing: referral::Placing::Sender { organization: provider },
            };
        }
        self.assigned = Some(provider);
        self.events.push((taken, EventKind::ProviderAccept, "provider-accepted"));
        self.events.push((begun, EventKind::StartOutreach, "in-service"));
        if self.age_days() < 30 {
            self.ends = Ending::Open;
            return referral::State::InService { since: begun, provider };
        }
        self.events.push((closed, EventKind::Close, "closed"));
        referral::State::Closed { at: closed, reason: "services-received".to_owned() }
    }

    fn authorization(&mut self) {
        let by_people = self.given.defect || self.dice.in_hundred(35);
        let with = by_people.then(|| self.hand_over());
        let at = self.answered_at(by_people);
        let line = self.line(1, pacific_day(self.given.received_at), 90);
        let days = Period { first: line.first, last: Some(line.last) };
        let asked =
            RequestedLine { procedure: line.procedure.clone(), units: line.units, days: days.clone() };
        let granted = GrantedLine { procedure: line.procedure.clone(), units: line.units, days };
        let refused = by_people && self.dice.in_hundred(25);
        let state = match with {
            Some(with) if self.still_waits(by_people) => {
                self.wait(&with);
                authorization::State::WithPeople(with)
            }
            None if self.age_days() < 10 && self.dice.in_hundred(20) => {
                self.ends = Ending::Open;
                self.events.push((at, EventKind::Ask, "pended"));
                let asks = vec![Ask::Document("housing-support-plan".to_owned())];
                authorization::State::Pended { since: at, asks }
            }
            _ if refused => {
                self.events.push((at, EventKind::Refuse, "denied"));
                authorization::State::Denied { at, refusal: refusal() }
            }
            _ => {
                self.events.push((at, EventKind::Approve, "approved"));
                let number = self.given.authorization.clone();
                self.number = Some(number.clone());
                self.lines.push(Line { amount: Cents::ZERO, ..line });
                let grant = Grant { lines: vec![granted], conditions: Vec::new() };
                authorization::State::Approved { at, number, grant, extent: authorization::Extent::Whole }
            }
        };
        self.state = state.name();
        self.body = json!({ "authorization": {
            "populations": ["homelessness"], "kind": RequestKind::Initial, "lines": [asked], "facts": [],
            "documents": [], "window": null, "state": state,
            "answered": answered(if by_people { "people" } else { "plugin" }, at),
        } });
    }

    fn claim(&mut self) {
        let by_people = self.given.defect || self.dice.in_hundred(12);
        let with = by_people.then(|| self.hand_over());
        let at = self.answered_at(by_people);
        let lines = self.billed();
        let refused = by_people && self.dice.in_hundred(20);
        let rejected = self.dice.in_hundred(3);
        let paid_at = later(at, 14 * DAY_MS, self.given.now);
        let state = match with {
            Some(with) if self.still_waits(by_people) => {
                self.wait(&with);
                claim::State::WithPeople(with)
            }
            _ if refused => {
                self.events.push((at, EventKind::Refuse, "denied"));
                claim::State::Denied { at, refusal: refusal() }
            }
            None if rejected => {
                self.events.push((at, EventKind::Reject, "rejected"));
                claim::State::Rejected { at }
            }
            _ => {
                self.events.push((at, EventKind::FindPayable, "payable"));
                self.lines = lines.iter().map(Line::again).collect();
                if self.age_days() < 15 {
                    self.ends = Ending::Payable;
                    claim::State::Payable { at }
                } else {
                    self.ends = Ending::Paid;
                    self.events.push((paid_at, EventKind::Pay, "paid"));
                    claim::State::Paid { at: paid_at, remittance: self.remittance() }
                }
            }
        };
        self.state = state.name();
        let lines: Vec<ClaimLine> = lines.iter().map(Line::billed).collect();
        self.body = json!({ "claim": {
            "frequency": Frequency::Original, "diagnoses": ["Z59.02"], "lines": lines, "facts": [],
            "documents": [], "results": [], "state": state,
            "answered": answered(if by_people { "people" } else { "plugin" }, at),
        } });
    }

    /// One to four lines of a claim, each of days of its own.
    fn billed(&mut self) -> Vec<Line> {
        let count = 1 + self.below(4);
        let day = pacific_day(self.given.received_at);
        let lines = (1..=count).map(|number| {
            let first = day.saturating_sub((3 * (count - number + 1)).days());
            self.line(u16::try_from(number).unwrap_or(1), first, 2)
        });
        lines.collect()
    }

    fn line(&mut self, number: u16, first: Date, days: i64) -> Line {
        let units = 1 + u32::try_from(self.below(4)).unwrap_or(0);
        let procedure: Procedure =
            self.dice.pick(&PROCEDURES).parse().expect("the procedures are the catalog's");
        Line {
            number,
            procedure,
            first,
            last: first.saturating_add((days - 1).days()),
            units,
            amount: Cents(UNIT_PRICE * i64::from(units)),
        }
    }

    fn remittance(&self) -> claim::Remittance {
        let paid = |line: &Line| claim::PaidLine {
            number: line.number,
            amount: line.amount,
            adjustments: Vec::new(),
            without_authorization: None,
        };
        claim::Remittance {
            number: self.given.remittance.clone(),
            lines: self.lines.iter().map(paid).collect(),
            reviewer: None,
        }
    }
}

impl Line {
    fn again(&self) -> Self {
        Self { procedure: self.procedure.clone(), ..*self }
    }

    fn billed(&self) -> ClaimLine {
        ClaimLine {
            number: self.number,
            service: SERVICE.to_owned(),
            procedure: self.procedure.clone(),
            place: PLACE.to_owned(),
            days: Period { first: self.first, last: Some(self.last) },
            units: self.units,
            charge: self.amount,
            minutes: None,
        }
    }
}

/// Grounds of an answer, with nothing but who decided and when.
pub(crate) fn answered(by: &str, at: Timestamp) -> Json {
    json!({ "findings": [], "evaluation": null, "mode": null, "decided_by": by, "decided_at": at })
}

/// A refusal by a licensed person.
fn refusal() -> Refusal {
    let reviewer = LicensedReviewer::on_record(Some("A 00000")).expect("a license is there");
    let reason = Bilingual {
        en: "What was sent does not show the need for the service.".to_owned(),
        es: "Lo que se envió no muestra la necesidad del servicio.".to_owned(),
    };
    Refusal::clinical(Vec::new(), reason, reviewer)
}

/// The instant so many milliseconds later, at most `end`.
fn later(at: Timestamp, milliseconds: i64, end: Timestamp) -> Timestamp {
    at.saturating_add(SignedDuration::from_millis(milliseconds)).unwrap_or(Timestamp::MAX).min(end)
}
