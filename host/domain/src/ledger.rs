//! Ledger of delivered units: each unit uses up one authorized line once, and each day of a procedure is paid
//! once.
//!
//! The books of one member, provider and plan are opened with what is on record, and the lines of a claim are
//! entered one after the other, so that lines of one claim count against each other. These rules stand above
//! every plugin's answer and above every person's payment.

use std::fmt;

use jiff::civil::Date;

use crate::catalog::{AuthorizedBy, BillingUnit, Catalog, Service, ServiceKind};
use crate::plan::billing::{AuthorizedLine, ClaimLine, Rejection};
use crate::plan::profile::{PaymentModel, PlanProfile};
use crate::plan::types::{Bilingual, Period};
use crate::problem::Code;
use crate::{Cents, Procedure};

#[cfg(test)]
mod tests;

/// Units that were delivered: payable, paid, or billed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Procedure that was delivered.
    pub procedure: Procedure,
    /// First day, which is included.
    pub first: Date,
    /// Last day, which is included.
    pub last: Date,
    /// Number of units delivered.
    pub units: u32,
}

/// A day of a procedure that is payable or paid already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenDay {
    /// Procedure that was delivered.
    pub procedure: Procedure,
    /// Day that is used up.
    pub day: Date,
    /// On which claim; none for an earlier line of the claim at hand.
    pub claim: Option<String>,
    /// On which line of it.
    pub line: u16,
}

/// Permission that a line's service needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// An authorized line or a presumptive window must cover it.
    Permission,
    /// Nothing: outreach and encounters without payment are not authorized.
    Nothing,
}

/// Permission that a line is entered under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// Authorizations on file cover it, or it needs none.
    WhatIsOnFile,
    /// None that covers all of its days is on file: the word of the people who pay it.
    TheirWord,
}

/// Why a line cannot be paid, whoever would pay it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The same procedure by the same provider for the same member on that day is payable or paid already.
    Repeats(TakenDay),
    /// No authorization covers the procedure on these days.
    NotAuthorized,
    /// The authorization has fewer units left.
    UsedUp {
        /// So many are left for these days.
        left: u32,
    },
}

/// The books of one member, provider and plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    authorized: Vec<AuthorizedLine>,
    taken: Vec<TakenDay>,
}

impl Books {
    /// Books with these permissions, after `delivered` was drawn from them, and these days taken.
    #[must_use]
    pub fn open(mut authorized: Vec<AuthorizedLine>, delivered: &[Delivered], taken: Vec<TakenDay>) -> Self {
        for line in &mut authorized {
            line.used = 0;
        }
        for one in delivered {
            draw(&mut authorized, one);
        }
        Self { authorized, taken }
    }

    /// The permissions, each with what was drawn from it.
    #[must_use]
    pub fn authorized(&self) -> &[AuthorizedLine] {
        &self.authorized
    }

    /// The first day of the line that is taken.
    #[must_use]
    pub fn repeats(&self, line: &ClaimLine) -> Option<&TakenDay> {
        let last = last_day(&line.days);
        self.taken
            .iter()
            .filter(|taken| {
                taken.procedure == line.procedure && line.days.first <= taken.day && taken.day <= last
            })
            .min_by_key(|taken| taken.day)
    }

    /// Enters a line that is to be paid: takes its days, and draws its units from what covers it.
    ///
    /// # Errors
    /// Why it cannot be paid. Nothing is entered then.
    pub fn enter(&mut self, line: &ClaimLine, needs: Needs) -> Result<(), Stop> {
        let drawn = self.once(line)?;
        let tried = match needs {
            Needs::Nothing => None,
            Needs::Permission if self.covers_all(&drawn) => Some(self.drawn(&drawn)?),
            Needs::Permission => return Err(Stop::NotAuthorized),
        };
        self.keep(line, tried, None);
        Ok(())
    }

    /// The same of a line that people pay. They may know of an authorization that this record does not have:
    /// on days that none covers they have the last word, and say so. `claim` is the claim that it is on,
    /// where that is another than the one at hand.
    ///
    /// # Errors
    /// Why nobody can pay it. Nothing is entered then.
    pub fn enter_by_people(
        &mut self,
        line: &ClaimLine,
        needs: Needs,
        claim: Option<&str>,
    ) -> Result<Under, Stop> {
        let drawn = self.once(line)?;
        let (tried, under) = match needs {
            Needs::Nothing => (None, Under::WhatIsOnFile),
            Needs::Permission if self.covers_all(&drawn) => (Some(self.drawn(&drawn)?), Under::WhatIsOnFile),
            Needs::Permission => {
                // What is beyond the file is not beyond what they know of.
                let mut tried = self.authorized.clone();
                draw(&mut tried, &drawn);
                (Some(tried), Under::TheirWord)
            }
        };
        self.keep(line, tried, claim);
        Ok(under)
    }

    /// Units that the line would draw, if none of its days is taken.
    fn once(&self, line: &ClaimLine) -> Result<Delivered, Stop> {
        if let Some(taken) = self.repeats(line) {
            return Err(Stop::Repeats(taken.clone()));
        }
        let procedure = line.procedure.clone();
        Ok(Delivered { procedure, first: line.days.first, last: last_day(&line.days), units: line.units })
    }

    fn covers_all(&self, drawn: &Delivered) -> bool {
        let covering: Vec<&AuthorizedLine> =
            self.authorized.iter().filter(|line| covers(line, &drawn.procedure)).collect();
        days_between(drawn.first, drawn.last).all(|day| covering.iter().any(|line| line.days.holds(day)))
    }

    /// The permissions after it was drawn from them.
    fn drawn(&self, drawn: &Delivered) -> Result<Vec<AuthorizedLine>, Stop> {
        let mut tried = self.authorized.clone();
        match draw(&mut tried, drawn) {
            0 => Ok(tried),
            beyond => Err(Stop::UsedUp { left: drawn.units - beyond }),
        }
    }

    fn keep(&mut self, line: &ClaimLine, drawn: Option<Vec<AuthorizedLine>>, claim: Option<&str>) {
        if let Some(drawn) = drawn {
            self.authorized = drawn;
        }
        let days = days_between(line.days.first, last_day(&line.days));
        self.taken.extend(days.map(|day| TakenDay {
            procedure: line.procedure.clone(),
            day,
            claim: claim.map(str::to_owned),
            line: line.number,
        }));
    }
}

/// Draws delivered units from the lines that cover them, each unit once, and returns how many found no room.
/// A grant comes before a presumptive window, the line of the very procedure before one that stands for the
/// whole service, and of several the one that ends first.
fn draw(authorized: &mut [AuthorizedLine], delivered: &Delivered) -> u32 {
    let mut order: Vec<usize> = (0..authorized.len()).collect();
    order.retain(|place| authorized.get(*place).is_some_and(|line| covers(line, &delivered.procedure)));
    order.sort_by_key(|place| {
        authorized.get(*place).map(|line| {
            let another = line.procedure.as_ref() != Some(&delivered.procedure);
            (line.presumptive, another, line.days.last.unwrap_or(Date::MAX), line.days.first, *place)
        })
    });
    let mut beyond = 0;
    for (first, last, units) in pieces(delivered) {
        let within_windows = days_between(first, last).all(|day| is_in_a_window(authorized, &order, day));
        let mut left = units;
        for place in &order {
            let Some(line) = authorized.get_mut(*place) else { continue };
            if left == 0 || line.days.first > last || line.days.last.is_some_and(|end| end < first) {
                continue;
            }
            let most = line.units.map(|units| units.saturating_sub(line.used));
            let room = most.unwrap_or(if within_windows { left } else { 0 }).min(left);
            line.used = line.used.saturating_add(room);
            left -= room;
        }
        beyond += left;
    }
    beyond
}

/// True if one of these lines holds the day and has no number of units. It bears what lies on such days
/// altogether: of units that reach beyond them, nobody can say how many were given within.
fn is_in_a_window(authorized: &[AuthorizedLine], places: &[usize], day: Date) -> bool {
    let mut lines = places.iter().filter_map(|place| authorized.get(*place));
    lines.any(|line| line.units.is_none() && line.days.holds(day))
}

/// Units of one a day are drawn day by day; others, such as quarter hours or a month, lie on all days of
/// their line.
fn pieces(delivered: &Delivered) -> Vec<(Date, Date, u32)> {
    let days = days_between(delivered.first, delivered.last);
    if days.clone().count() == delivered.units as usize {
        days.map(|day| (day, day, 1)).collect()
    } else {
        vec![(delivered.first, delivered.last, delivered.units)]
    }
}

/// True if a permission is one for `procedure`, on whatever days.
pub(crate) fn covers(line: &AuthorizedLine, procedure: &Procedure) -> bool {
    line.procedure.as_ref().is_some_and(|authorized| authorizes(authorized, line.days.first, procedure))
}

/// True if permission for `authorized` from `first` on is one for `procedure`: it is the same, or another of
/// a service that is authorized as one, such as care management.
#[must_use]
pub fn authorizes(authorized: &Procedure, first: Date, procedure: &Procedure) -> bool {
    if authorized == procedure {
        return true;
    }
    let service = |procedure| Catalog::state().classify(procedure, first).ok();
    match (service(authorized), service(procedure)) {
        (Some(one), Some(other)) => one.id == other.id && one.authorized_by == AuthorizedBy::Service,
        _ => false,
    }
}

/// Permission that a line needs before rules may pay it. A profile's rate tells; without one the state's
/// catalog does.
#[must_use]
pub fn needs(profile: Option<&PlanProfile>, service: &str, procedure: &Procedure, on: Date) -> Needs {
    let mut rates = profile
        .into_iter()
        .flat_map(|profile| &profile.rates)
        .filter(|rate| rate.procedure == *procedure && rate.effective.holds(on))
        .peekable();
    let free = if rates.peek().is_some() {
        rates.all(|rate| matches!(rate.model, PaymentModel::Outreach | PaymentModel::EncounterOnly))
    } else {
        Catalog::state().service(service).is_some_and(|service| is_free(service, procedure, on))
    };
    if free { Needs::Nothing } else { Needs::Permission }
}

fn is_free(service: &Service, procedure: &Procedure, on: Date) -> bool {
    let is_attempt = || {
        service
            .procedures_on(on)
            .any(|billed| billed.procedure == *procedure && billed.unit == BillingUnit::Attempt)
    };
    service.kind == ServiceKind::EncounterOnly || is_attempt()
}

/// The permissions of a presumptive window on `first` to `last`: one for each procedure that bills the
/// service on those days.
pub fn window_lines<'a>(
    rule: &'a str,
    service: &'a str,
    first: Date,
    last: Date,
) -> impl Iterator<Item = AuthorizedLine> + 'a {
    let service = Catalog::state().service(service);
    service.into_iter().flat_map(|service| &service.procedures).filter_map(move |billed| {
        let first = first.max(billed.effective.from);
        let last = billed.effective.to.map_or(last, |end| end.min(last));
        (first <= last).then(|| AuthorizedLine {
            number: rule.to_owned(),
            presumptive: true,
            procedure: Some(billed.procedure.clone()),
            days: Period { first, last: Some(last) },
            units: None,
            used: 0,
        })
    })
}

/// Part of an amount to be taken back that a payment carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Place of the amount among those that are open.
    pub place: usize,
    /// Amount that is carried now, which is negative.
    pub amount: Cents,
    /// Amount that is still to be taken back after that; zero where it is carried whole.
    pub rest: Cents,
}

/// Amounts, of those still to be taken back, that a payment of `paid` carries: the oldest first, each as far
/// as something is left to pay. `open` is negative amounts.
#[must_use]
pub fn carried(paid: Cents, open: &[Cents]) -> Vec<Carried> {
    let mut left = paid;
    let mut carried = Vec::new();
    for (place, owed) in open.iter().enumerate() {
        // Bounded by what is owed and by what is left to pay, so that neither sum leaves what cents hold.
        let amount = Cents(owed.0.max(left.0.saturating_neg()));
        if amount >= Cents::ZERO {
            break;
        }
        left = Cents(left.0.saturating_add(amount.0));
        carried.push(Carried { place, amount, rest: Cents(owed.0.saturating_sub(amount.0)) });
    }
    carried
}

/// Every day from `first` to `last`.
pub fn days_between(first: Date, last: Date) -> impl Iterator<Item = Date> + Clone {
    first.series(jiff::Span::new().days(1)).take_while(move |day| *day <= last)
}

fn last_day(days: &Period) -> Date {
    days.last.unwrap_or(days.first)
}

impl Stop {
    /// The rule's code: stable, for machines.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Repeats(_) => Code::PaidOnce,
            Self::NotAuthorized => Code::AuthorizedService,
            Self::UsedUp { .. } => Code::AuthorizedUnits,
        }
    }

    /// Sentence for the biller, in the words of a remittance (X12 external code list 139).
    #[must_use]
    pub fn rejection(&self) -> Rejection {
        let (field, code, remark, reason, fix) = match self {
            Self::Repeats(taken) => (
                "/days",
                "18",
                None,
                repeated(taken),
                bi(
                    "Report encounters of one kind on one day as one line with their units and minutes added up: send a replacement of that claim. Another procedure or set of modifiers is another service.",
                    "Informe los encuentros del mismo tipo en un día como una sola línea, con sus unidades y minutos sumados: envíe un reemplazo de ese cobro. Otro procedimiento u otro conjunto de modificadores es otro servicio.",
                ),
            ),
            Self::NotAuthorized => (
                "/days",
                "197",
                Some("M62"),
                bi(
                    "No authorization covers this procedure on these days.",
                    "Ninguna autorización cubre este procedimiento en estos días.",
                ),
                bi(
                    "Ask for a retrospective authorization of this service, or correct the days.",
                    "Pida una autorización retroactiva de este servicio o corrija los días.",
                ),
            ),
            Self::UsedUp { left } => (
                "/units",
                "198",
                None,
                bi(
                    format!("The units are more than the authorization has left: {left}."),
                    format!("Las unidades superan las que quedan en la autorización: {left}."),
                ),
                bi(
                    "Ask for an extension, or bill the units that are left.",
                    "Pida una extensión o facture las unidades restantes.",
                ),
            ),
        };
        let remark = remark.map(str::to_owned);
        Rejection { field: field.to_owned(), reason_code: code.to_owned(), remark, reason, fix }
    }
}

fn repeated(taken: &TakenDay) -> Bilingual {
    let TakenDay { procedure, day, line, .. } = taken;
    match &taken.claim {
        Some(claim) => bi(
            format!("{procedure} on {day} is payable or paid already: line {line} of claim {claim}."),
            format!("{procedure} del {day} ya es pagadero o está pagado: línea {line} del cobro {claim}."),
        ),
        None => bi(
            format!("{procedure} on {day} is on line {line} of this claim already."),
            format!("{procedure} del {day} ya está en la línea {line} de este cobro."),
        ),
    }
}

fn bi(en: impl Into<String>, es: impl Into<String>) -> Bilingual {
    Bilingual { en: en.into(), es: es.into() }
}

/// The code, and which claim it repeats.
impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.rejection().reason.en)
    }
}
