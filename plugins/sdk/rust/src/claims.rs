//! Claims against a plan's prices and authorizations, line by line.

use crate::billing::{
    Adjudication, Adjustment, AuthorizedLine, Claim, ClaimLine, Frequency, LineOutcome, LineResult, Payment,
    Rejection,
};
use crate::plan::{ClaimCriteria, Elected, Plan, Price};
use crate::profile::PaymentModel;
use crate::rule::bi;
use crate::types::{Ask, Bilingual, Context, Denial, DenialKind, FindingOutcome, PlanError, Procedure};

/// True if two procedures are the same: one code, and modifiers as sets.
pub fn same_procedure(one: &Procedure, other: &Procedure) -> bool {
    one.code == other.code && same_modifiers(&one.modifiers, &other.modifiers)
}

/// True if two lists hold the same modifiers, in whatever order.
pub(crate) fn same_modifiers(one: &[impl AsRef<str>], other: &[impl AsRef<str>]) -> bool {
    one.len() == other.len()
        && one.iter().all(|modifier| other.iter().any(|known| known.as_ref() == modifier.as_ref()))
}

/// Reason that a line fails by, and so the criterion that is not met.
enum Failure {
    Coverage(Box<LineOutcome>),
    Timely(Box<LineOutcome>),
    Procedure(Box<LineOutcome>),
    Authorization(Box<LineOutcome>),
    Duplicate(Box<LineOutcome>),
}

impl Plan {
    /// Judges a claim line by line: coverage and election, timely filing, duplicates, price, authorization,
    /// amount.
    ///
    /// # Errors
    /// `unsupported` for voided claims, which people take back, and for a plan that declares no claim
    /// criteria.
    pub fn adjudicate(&self, claim: &Claim, context: &Context) -> Result<Adjudication, PlanError> {
        self.adjudicate_at(claim, context, |_, price| price.amount)
    }

    /// The same, at amounts of the plan's own choice, in cents, in place of the declared prices': from a
    /// reference table, for instance.
    ///
    /// # Errors
    /// As [`Plan::adjudicate`].
    pub fn adjudicate_at(
        &self,
        claim: &Claim,
        context: &Context,
        amount: impl Fn(&ClaimLine, &Price) -> i64,
    ) -> Result<Adjudication, PlanError> {
        let Some(criteria) = self.claim_criteria else {
            return Err(PlanError::Unsupported("this plan's people judge claims".to_owned()));
        };
        if claim.frequency == Frequency::Void {
            return Err(PlanError::Unsupported("voided claims are taken back by people".to_owned()));
        }
        let mut bench = Bench {
            plan: self,
            claim,
            context,
            amount: &amount,
            drawn: vec![0; claim.authorizations.len()],
            months: Vec::new(),
        };
        let mut failed = Vec::new();
        let mut lines = Vec::with_capacity(claim.lines.len());
        for (place, line) in claim.lines.iter().enumerate() {
            let outcome = match bench.judge(place, line) {
                Ok(outcome) => outcome,
                Err(failure) => {
                    let (criterion, outcome) = failure.parts(&criteria);
                    failed.push(criterion);
                    outcome
                }
            };
            lines.push(LineResult { number: line.number, outcome });
        }
        // In the order of testing: a line that fails by one is not tested by those after it.
        let ids = [
            criteria.coverage,
            criteria.timely,
            criteria.duplicate,
            criteria.procedure,
            criteria.authorization,
        ];
        let first_failure = ids.iter().position(|id| failed.contains(id)).unwrap_or(ids.len());
        let findings = ids.into_iter().enumerate().filter_map(|(place, id)| {
            let outcome = if failed.contains(&id) {
                FindingOutcome::NotMet
            } else if place > first_failure {
                FindingOutcome::Unknown
            } else {
                FindingOutcome::Met
            };
            Some(self.rule(id)?.finding(outcome))
        });
        Ok(Adjudication { lines, findings: findings.collect(), notes: Vec::new() })
    }
}

impl Failure {
    fn parts(self, criteria: &ClaimCriteria) -> (&'static str, LineOutcome) {
        let (criterion, outcome) = match self {
            Failure::Coverage(outcome) => (criteria.coverage, outcome),
            Failure::Timely(outcome) => (criteria.timely, outcome),
            Failure::Procedure(outcome) => (criteria.procedure, outcome),
            Failure::Authorization(outcome) => (criteria.authorization, outcome),
            Failure::Duplicate(outcome) => (criteria.duplicate, outcome),
        };
        (criterion, *outcome)
    }
}

/// One claim being judged.
struct Bench<'a> {
    plan: &'a Plan,
    claim: &'a Claim,
    context: &'a Context,
    /// The amount that a price stands for.
    amount: &'a dyn Fn(&ClaimLine, &Price) -> i64,
    /// Units that earlier lines drew from each authorization.
    drawn: Vec<u32>,
    /// Services and months whose monthly amount an earlier line carries.
    months: Vec<(&'static str, u16, u8)>,
}

impl<'a> Bench<'a> {
    fn judge(&mut self, place: usize, line: &ClaimLine) -> Result<LineOutcome, Failure> {
        self.coverage(line)?;
        self.timely(line)?;
        if self
            .claim
            .lines
            .iter()
            .take(place)
            .any(|earlier| same_procedure(&earlier.procedure, &line.procedure) && earlier.days == line.days)
        {
            return Err(Failure::Duplicate(rejected(
                "/procedure",
                "18",
                None,
                bi(
                    "The same procedure on the same days is on an earlier line.",
                    "El mismo procedimiento en los mismos días está en una línea anterior.",
                ),
                bi(
                    "Remove this line, or add its units to the earlier one.",
                    "Quite esta línea o sume sus unidades a la anterior.",
                ),
            )));
        }
        let price = self.price(line)?;
        if line.units == 0 {
            return Err(Failure::Procedure(rejected(
                "/units",
                "16",
                Some("M53"),
                bi("The line has no units.", "La línea no tiene unidades."),
                bi("Enter the units delivered.", "Anote las unidades prestadas."),
            )));
        }
        if !matches!(price.model, PaymentModel::Outreach | PaymentModel::EncounterOnly) {
            self.authorized(line)?;
        }
        self.pay(line, price)
    }

    fn coverage(&self, line: &ClaimLine) -> Result<(), Failure> {
        let covered = self.context.coverage.days;
        let fix = || {
            bi(
                "Bill the plan that covers the member on that day.",
                "Facture al plan que cubre al miembro ese día.",
            )
        };
        if line.days.first < covered.first {
            return Err(Failure::Coverage(rejected(
                "/days/first",
                "26",
                None,
                bi(
                    "The service is before the member's coverage.",
                    "El servicio es anterior a la cobertura del miembro.",
                ),
                fix(),
            )));
        }
        if covered.last.is_some_and(|last| line.days.last_or_first() > last) {
            return Err(Failure::Coverage(rejected(
                "/days/last",
                "27",
                None,
                bi(
                    "The service is after the member's coverage.",
                    "El servicio es posterior a la cobertura del miembro.",
                ),
                fix(),
            )));
        }
        let offered =
            Elected::offers(self.plan.elections, &line.service, &self.claim.member.county, line.days.first);
        // Outreach for a service has an id of its own that no plan elects.
        if offered || line.service == "housing-outreach" {
            return Ok(());
        }
        Err(Failure::Coverage(Box::new(LineOutcome::Denied(Denial {
            kind: DenialKind::Administrative,
            reason: bi(
                "The plan does not offer this service in the member's county on that day (CARC 96).",
                "El plan no ofrece este servicio en el condado del miembro ese día (CARC 96).",
            ),
        }))))
    }

    fn timely(&self, line: &ClaimLine) -> Result<(), Failure> {
        let (_, _, filing_days) = self.plan.claims;
        let late = self.claim.frequency == Frequency::Original
            && self.claim.received.days_after(line.days.last_or_first()) > i64::from(filing_days);
        if !late {
            return Ok(());
        }
        Err(Failure::Timely(rejected(
            "/days",
            "29",
            None,
            bi(
                format!("The claim came more than {filing_days} days after the service."),
                format!("La factura llegó más de {filing_days} días después del servicio."),
            ),
            bi(
                "If there was good cause for the delay, file a provider dispute with its proof (28 CCR 1300.71(b)(4)).",
                "Si hubo causa justificada, presente una disputa de proveedor con su prueba (28 CCR 1300.71(b)(4)).",
            ),
        )))
    }

    fn price(&self, line: &ClaimLine) -> Result<&'static Price, Failure> {
        let plan = self.plan;
        if let Some(price) =
            plan.rates.iter().find(|price| price.prices(&line.service, &line.procedure, line.days.first))
        {
            return Ok(price);
        }
        let of_service = || {
            plan.rates
                .iter()
                .filter(|price| price.service == line.service && price.effective.contains(line.days.first))
        };
        let right = list(
            of_service()
                .filter(|price| price.code == line.procedure.code)
                .map(|price| name(&price.procedure())),
        );
        Err(Failure::Procedure(if right.is_empty() {
            let others = list(of_service().map(|price| name(&price.procedure())));
            rejected(
                "/procedure/code",
                "181",
                Some("M51"),
                bi(
                    "The plan does not price this procedure on that day.",
                    "El plan no tiene tarifa para este procedimiento ese día.",
                ),
                bi(format!("Use one of: {others}."), format!("Use uno de: {others}.")),
            )
        } else {
            wrong_modifiers("182", &right)
        }))
    }

    /// Draws the line's units from an authorization that covers it.
    fn authorized(&mut self, line: &ClaimLine) -> Result<(), Failure> {
        let covers = |authorized: &AuthorizedLine| {
            let procedure = authorized.procedure.as_ref();
            authorized.days.covers(&closed(line))
                && procedure.is_none_or(|procedure| self.interchangeable(line, procedure))
        };
        let mut exceeded = false;
        for (index, authorized) in
            self.claim.authorizations.iter().enumerate().filter(|(_, authorized)| covers(authorized))
        {
            let drawn = self.drawn.get(index).copied().unwrap_or(0);
            let room = authorized.units.is_none_or(|units| {
                authorized.used.saturating_add(drawn).saturating_add(line.units) <= units
            });
            if room {
                if let Some(drawn) = self.drawn.get_mut(index) {
                    *drawn = drawn.saturating_add(line.units);
                }
                return Ok(());
            }
            exceeded = true;
        }
        if exceeded {
            return Err(Failure::Authorization(rejected(
                "/units",
                "198",
                None,
                bi(
                    "The units are more than the authorization has left.",
                    "Las unidades superan las que quedan en la autorización.",
                ),
                bi(
                    "Ask for an extension, or bill the units that are left.",
                    "Pida una extensión o facture las unidades restantes.",
                ),
            )));
        }
        Err(self.unauthorized(line))
    }

    /// Why no authorization covers a line: one is for other modifiers of its code, or none is for its days.
    fn unauthorized(&self, line: &ClaimLine) -> Failure {
        let other_modifiers = |authorized: &&AuthorizedLine| authorized.days.covers(&closed(line));
        let meant = self
            .claim
            .authorizations
            .iter()
            .filter(other_modifiers)
            .filter_map(|authorized| authorized.procedure.as_ref());
        let right = list(meant.filter(|procedure| procedure.code == line.procedure.code).map(name));
        Failure::Authorization(if right.is_empty() {
            rejected(
                "/days",
                "197",
                Some("M62"),
                bi("No authorization covers these days.", "Ninguna autorización cubre estos días."),
                bi(
                    "Ask for a retrospective authorization, or correct the days.",
                    "Pida una autorización retroactiva o corrija los días.",
                ),
            )
        } else {
            wrong_modifiers("4", &right)
        })
    }

    /// True if an authorization of one procedure is good for a line: the same procedure, or another way of
    /// delivering care management (in person or remote, clinical or not), which is authorized as one service.
    fn interchangeable(&self, line: &ClaimLine, authorized: &Procedure) -> bool {
        let managed = ["ecm", "cicm"].contains(&line.service.as_str());
        let in_service = |price: &Price| {
            price.service == line.service
                && price.code == authorized.code
                && same_modifiers(price.modifiers, &authorized.modifiers)
        };
        same_procedure(&line.procedure, authorized) || (managed && self.plan.rates.iter().any(in_service))
    }

    fn pay(&mut self, line: &ClaimLine, price: &'static Price) -> Result<LineOutcome, Failure> {
        let units = i64::from(line.units);
        let amount = (self.amount)(line, price);
        let (allowed, reason) = match price.model {
            PaymentModel::FeeForService | PaymentModel::Outreach => (amount.saturating_mul(units), "45"),
            PaymentModel::CaseRate => (amount, "45"),
            PaymentModel::PerDiem => {
                let days = line.days.last_or_first().days_after(line.days.first) + 1;
                if units > days {
                    return Err(Failure::Procedure(rejected(
                        "/units",
                        "151",
                        None,
                        bi("There are more units than days.", "Hay más unidades que días."),
                        bi(
                            format!("Bill one unit a day: {days}."),
                            format!("Facture una unidad por día: {days}."),
                        ),
                    )));
                }
                (amount.saturating_mul(units), "45")
            }
            PaymentModel::Monthly => {
                let month = (price.service, line.days.first.year, line.days.first.month);
                if self.months.contains(&month) || self.paid_before(line) {
                    (0, "24")
                } else {
                    self.months.push(month);
                    (amount, "45")
                }
            }
            PaymentModel::ProjectCost => {
                let Some(receipt) = self.claim.documents.iter().find(|document| document.kind == "receipt")
                else {
                    return Ok(LineOutcome::Pended(vec![Ask::Document("receipt".to_owned())]));
                };
                (receipt.amount.map_or(amount, |cost| cost.min(amount)), "45")
            }
            PaymentModel::EncounterOnly => (0, "246"),
        };
        let paid = allowed.min(line.charge).max(0);
        let rest = line.charge - paid;
        let adjustment =
            Adjustment { group: "CO".to_owned(), reason: reason.to_owned(), remark: None, amount: rest };
        let adjustments = if rest == 0 { Vec::new() } else { vec![adjustment] };
        Ok(LineOutcome::Payable(Payment { rate: price.id.to_owned(), amount: paid, adjustments }))
    }

    /// True if history shows the service in the line's month under this plan, so that its monthly amount is
    /// paid already.
    fn paid_before(&self, line: &ClaimLine) -> bool {
        let month = line.days.first;
        self.context.history.iter().any(|usage| {
            usage.own
                && usage.service == line.service
                && usage.units > 0
                && usage.days.first.same_month(month)
                && usage.days.last_or_first().same_month(month)
        })
    }
}

fn rejected(
    field: &str,
    code: &str,
    remark: Option<&str>,
    reason: Bilingual,
    fix: Bilingual,
) -> Box<LineOutcome> {
    Box::new(LineOutcome::Rejected(Rejection {
        field: field.to_owned(),
        reason_code: code.to_owned(),
        remark: remark.map(str::to_owned),
        reason,
        fix,
    }))
}

fn wrong_modifiers(code: &str, right: &str) -> Box<LineOutcome> {
    rejected(
        "/procedure/modifiers",
        code,
        Some("N822"),
        bi("These modifiers do not fit the service.", "Estos modificadores no corresponden al servicio."),
        bi(format!("Send the line again as {right}."), format!("Envíe la línea otra vez como {right}.")),
    )
}

/// The line's days with an end, which is the first day where none is given.
fn closed(line: &ClaimLine) -> crate::types::Period {
    crate::between(line.days.first, line.days.last_or_first())
}

fn name(procedure: &Procedure) -> String {
    let mut words = vec![procedure.code.as_str()];
    words.extend(procedure.modifiers.iter().map(String::as_str));
    words.join(" ")
}

/// The words, each once, with commas between.
fn list(words: impl Iterator<Item = String>) -> String {
    let mut once: Vec<String> = Vec::new();
    words.for_each(|word| {
        if !once.contains(&word) {
            once.push(word)
        }
    });
    once.join(", ")
}
