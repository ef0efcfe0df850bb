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
    /// It must not go beyond what covers it; where nothing on record does, whoever decides answers for it.
    RoomIfPermitted,
    /// Nothing: outreach and encounters without payment are not authorized.
    Nothing,
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

    /// Enters a line that is to be paid: takes its days, and draws its units from what covers it. `claim` is
    /// the claim that it is on, where that is another than the one at hand.
    ///
    /// # Errors
    /// Why it cannot be paid. Nothing is entered then.
    pub fn enter(&mut self, line: &ClaimLine, needs: Needs, claim: Option<&str>) -> Result<(), Stop> {
        if let Some(taken) = self.repeats(line) {
            return Err(Stop::Repeats(taken.clone()));
        }
        let drawn = Delivered {
            procedure: line.procedure.clone(),
            first: line.days.first,
            last: last_day(&line.days),
            units: line.units,
        };
        if needs != Needs::Nothing {
            self.permitted(&drawn, needs)?;
        }
        let days = days_between(drawn.first, drawn.last);
        self.taken.extend(days.map(|day| TakenDay {
            procedure: line.procedure.clone(),
            day,
            claim: claim.map(str::to_owned),
            line: line.number,
        }));
        Ok(())
    }

    fn permitted(&mut self, drawn: &Delivered, needs: Needs) -> Result<(), Stop> {
        let covering: Vec<&AuthorizedLine> =
            self.authorized.iter().filter(|line| covers(line, &drawn.procedure)).collect();
        let is_covered = |day: Date| covering.iter().any(|line| line.days.holds(day));
        let covered = days_between(drawn.first, drawn.last).filter(|day| is_covered(*day)).count();
        let whole = days_between(drawn.first, drawn.last).all(is_covered);
        if !whole && needs == Needs::Permission {
            return Err(Stop::NotAuthorized);
        }
        if covered == 0 {
            return Ok(());
        }
        let mut tried = self.authorized.clone();
        let beyond = draw(&mut tried, drawn);
        if beyond > 0 && (whole || needs == Needs::Permission) {
            return Err(Stop::UsedUp { left: drawn.units - beyond });
        }
        self.authorized = tried;
        Ok(())
    }
}

/// Draws delivered units from the lines that cover them, each unit once, and returns how many found no room.
/// The line of the very procedure comes before one that stands for the whole service, a grant before a
/// presumptive window, and of several the one that ends first.
fn draw(authorized: &mut [AuthorizedLine], delivered: &Delivered) -> u32 {
    let mut order: Vec<usize> = (0..authorized.len()).collect();
    order.retain(|place| authorized.get(*place).is_some_and(|line| covers(line, &delivered.procedure)));
    order.sort_by_key(|place| {
        authorized.get(*place).map(|line| {
            let another = line.procedure.as_ref() != Some(&delivered.procedure);
            (another, line.presumptive, line.days.last.unwrap_or(Date::MAX), line.days.first, *place)
        })
    });
    let mut beyond = 0;
    for (first, last, units) in pieces(delivered) {
        let mut left = units;
        for place in &order {
            let Some(line) = authorized.get_mut(*place) else { continue };
            if left == 0 || line.days.first > last || line.days.last.is_some_and(|end| end < first) {
                continue;
            }
            let room = line.units.map_or(left, |units| units.saturating_sub(line.used)).min(left);
            line.used = line.used.saturating_add(room);
            left -= room;
        }
        beyond += left;
    }
    beyond
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
fn covers(line: &AuthorizedLine, procedure: &Procedure) -> bool {
    let Some(authorized) = &line.procedure else { return false };
    if authorized == procedure {
        return true;
    }
    let service = |procedure| Catalog::state().classify(procedure, line.days.first).ok();
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

/// Places of the amounts, of those still to be taken back, that a payment can carry: the oldest first, each
/// whole, as long as something is left to pay or nothing at all. `open` is negative amounts.
#[must_use]
pub fn carried(paid: Cents, open: &[Cents]) -> Vec<usize> {
    let mut left = paid;
    let mut places = Vec::new();
    for (place, amount) in open.iter().enumerate() {
        match left.checked_add(*amount) {
            Some(rest) if rest >= Cents::ZERO => {
                left = rest;
                places.push(place);
            }
            _ => {}
        }
    }
    places
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
                    "Informe los encuentros del mismo tipo en un día como una sola línea, con sus unidades y minutos sumados: envíe un reemplazo de esa factura. Otro procedimiento u otro conjunto de modificadores es otro servicio.",
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
            format!(
                "{procedure} del {day} ya es pagadero o está pagado: línea {line} de la factura {claim}."
            ),
        ),
        None => bi(
            format!("{procedure} on {day} is on line {line} of this claim already."),
            format!("{procedure} del {day} ya está en la línea {line} de esta factura."),
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
