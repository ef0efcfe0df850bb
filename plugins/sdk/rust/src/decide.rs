//! From findings to answers: all met approves, an unknown asks, a not-met refuses.

use crate::authorization::{
    AuthorizationRequest, Decision, Determination, Grant, GrantedLine, Presumption, RequestKind,
    RequestedLine,
};
use crate::case::Case;
use crate::claims::same_procedure;
use crate::plan::{Plan, Presume, Price};
use crate::profile::CriterionKind;
use crate::referral::{Disposition, ReferralRequest, TriageResult};
use crate::rule::{Rule, Test, bi};
use crate::types::{Ask, Bilingual, Context, Denial, DenialKind, Finding, FindingOutcome, Period};

/// Every rule that speaks about a case, looked at.
pub struct Judgement {
    /// The findings, in the order of the rules.
    pub findings: Vec<Finding>,
    /// Facts and documents that the unknown findings need.
    pub asks: Vec<Ask>,
    /// Why the answer is no, if it is: the first administrative rule that does not hold, else the first
    /// clinical one.
    pub denial: Option<Denial>,
}

impl Judgement {
    /// Looks at each of the plan's rules that speaks about the case.
    ///
    /// Rules of a population of focus count as one: the case needs all of one marked population (of any
    /// population, if none was marked), and the findings of the first such population stand for the rest.
    pub fn of(plan: &Plan, case: &Case<'_>) -> Judgement {
        let mut judgement = Judgement { findings: Vec::new(), asks: Vec::new(), denial: None };
        let applying = || plan.rules().filter(|rule| rule.applies(case));
        for rule in applying().filter(|rule| rule.population.is_none()) {
            judgement.look(rule, case);
        }
        let mut populations: Vec<&str> = Vec::new();
        for population in applying().filter_map(|rule| rule.population) {
            let marked =
                case.populations.is_empty() || case.populations.iter().any(|marked| marked == population);
            if marked && !populations.contains(&population) {
                populations.push(population);
            }
        }
        let of_population = |population: &str| {
            let mut alone = Judgement { findings: Vec::new(), asks: Vec::new(), denial: None };
            applying()
                .filter(|rule| rule.population == Some(population))
                .for_each(|rule| alone.look(rule, case));
            alone
        };
        let judged: Vec<Judgement> = populations.into_iter().map(of_population).collect();
        judgement.add_populations(judged);
        judgement.keep_to_its_kind(plan);
        judgement
    }

    /// Leaves out findings of need where the denial is administrative: what is not this plan's to give is not
    /// judged for need, and an administrative no rests on administrative criteria alone.
    fn keep_to_its_kind(&mut self, plan: &Plan) {
        if self.denial.as_ref().is_none_or(|denial| denial.kind != DenialKind::Administrative) {
            return;
        }
        let administrative =
            |id: &str| plan.rule(id).is_some_and(|rule| matches!(rule.kind, CriterionKind::Administrative));
        self.findings.retain(|finding| {
            finding.outcome != FindingOutcome::NotMet || administrative(&finding.criterion)
        });
    }

    /// Takes over the first population that holds; else those that still might; else all, as a no.
    fn add_populations(&mut self, judged: Vec<Judgement>) {
        if let Some(held) = judged.iter().position(|alone| alone.denial.is_none() && alone.asks.is_empty()) {
            self.findings
                .extend(judged.into_iter().nth(held).map(|alone| alone.findings).unwrap_or_default());
            return;
        }
        let open = judged.iter().any(|alone| alone.denial.is_none());
        for alone in judged {
            if open && alone.denial.is_some() {
                continue;
            }
            self.findings.extend(alone.findings);
            if !open {
                self.refuse(alone.denial);
                continue;
            }
            for ask in alone.asks {
                if !self.asks.contains(&ask) {
                    self.asks.push(ask);
                }
            }
        }
    }

    fn look(&mut self, rule: &Rule, case: &Case<'_>) {
        let outcome = rule.test.outcome(case);
        let finding = rule.finding(outcome);
        match outcome {
            FindingOutcome::Met => {}
            FindingOutcome::Unknown => rule.test.asks(case, &mut self.asks),
            FindingOutcome::NotMet => {
                self.refuse(Some(Denial { kind: rule.refusal, reason: finding.reason.clone() }))
            }
        }
        self.findings.push(finding);
    }

    fn refuse(&mut self, denial: Option<Denial>) {
        let stronger = match (&self.denial, &denial) {
            (None, Some(_)) => true,
            (Some(old), Some(new)) => {
                old.kind == DenialKind::Clinical && new.kind == DenialKind::Administrative
            }
            (_, None) => false,
        };
        if stronger {
            self.denial = denial;
        }
    }
}

impl Plan {
    /// Answers a referral from the plan's rules: refused, asked about, or accepted.
    pub fn triage(&self, request: &ReferralRequest, context: &Context) -> TriageResult {
        let judgement = Judgement::of(self, &Case::of_referral(request, context, self.elections));
        let disposition = match judgement.denial {
            Some(denial) => Disposition::NotEligible(denial),
            None if judgement.asks.is_empty() => Disposition::Accepted,
            None => Disposition::NeedsMore(judgement.asks),
        };
        TriageResult { disposition, findings: judgement.findings, notes: Vec::new() }
    }

    /// Decides a request from the plan's rules.
    pub fn determine(&self, request: &AuthorizationRequest, context: &Context) -> Determination {
        let case = Case::of_authorization(request, context, self.elections);
        let mut judgement = Judgement::of(self, &case);
        let decision = match judgement.denial {
            Some(denial) => Decision::Denied(denial),
            None if judgement.asks.is_empty() => self.grant(request, &case, &mut judgement.findings),
            None => Decision::Pended(judgement.asks),
        };
        Determination { decision, findings: judgement.findings, notes: Vec::new() }
    }

    /// Presumption under which one of the plan's rules lets service start on the case's day, if one does. The
    /// provider must be contracted and of a kind that the rule names, must have attested what the rule wants,
    /// and no criterion may be known to fail.
    pub fn presume(&self, request: &AuthorizationRequest, context: &Context) -> Option<Presumption> {
        if request.kind != RequestKind::Initial || !request.provider.contracted {
            return None;
        }
        let case = Case::of_authorization(request, context, self.elections);
        let rule = self.presumptive.iter().find(|rule| rule.grants(request, &case))?;
        let judgement = Judgement::of(self, &case);
        if judgement.denial.is_some() {
            return None;
        }
        let findings =
            judgement.findings.into_iter().filter(|finding| finding.outcome == FindingOutcome::Met).collect();
        Some(Presumption { rule: rule.id.to_owned(), starts: context.as_of, days: rule.days, findings })
    }

    /// Grants what was asked, cut to coverage, to the plan's usual length and units, and to the days that a
    /// shared cap has left. A procedure that the plan does not price for the service becomes one that it
    /// does. What is cut for a cap or for a price is found not met: less than was asked for is a no to the
    /// rest.
    fn grant(
        &self,
        request: &AuthorizationRequest,
        case: &Case<'_>,
        findings: &mut Vec<Finding>,
    ) -> Decision {
        let length = self.defaults.iter().find(|default| default.service == request.service);
        let most_days = length.map(|length| match request.kind {
            RequestKind::Renewal | RequestKind::Extension => i64::from(length.renewal_days),
            RequestKind::Initial | RequestKind::Retrospective => i64::from(length.days),
        });
        let cap = self.tightest_cap(case);
        let usual = self.usual_line(request, case);
        let asked = if request.lines.is_empty() { usual.as_slice() } else { request.lines.as_slice() };
        let (mut cut, mut changed, mut capped) = (false, false, false);
        let mut lines: Vec<GrantedLine> = Vec::new();
        for line in asked {
            let first = line.days.first.max(case.context.coverage.days.first);
            let end = |days: i64| first.plus_days(days.max(1) - 1);
            let ends = [line.days.last, most_days.map(end), case.context.coverage.days.last];
            // A grant has an end: half a year where nothing else says one.
            let last = ends.into_iter().flatten().min().unwrap_or(end(180));
            let cap_ends = cap.map(|(_, left)| end(left)).filter(|cap_ends| *cap_ends < last);
            capped |= cap_ends.is_some();
            let last = cap_ends.unwrap_or(last);
            let procedure = self.priced(request, line, first);
            let granted = |line: &&GrantedLine| same_procedure(&line.procedure, &procedure);
            let before = lines.iter().filter(granted).map(|line| line.units).fold(0, u32::saturating_add);
            let left = length.and_then(|length| length.units).map(|most| most.saturating_sub(before));
            if last < first || left == Some(0) {
                cut = true;
                continue;
            }
            let most_units = [left, self.days_as_units(request, line, first, Some(last))];
            let units = most_units.into_iter().flatten().fold(line.units, u32::min).max(1);
            changed |= !same_procedure(&procedure, &line.procedure);
            cut |= units < line.units
                || first != line.days.first
                || (line.days.last.is_some() && Some(last) != line.days.last);
            lines.push(GrantedLine { procedure, units, days: Period { first, last: Some(last) } });
        }
        if let Some((rule, left)) = cap.filter(|_| capped) {
            not_met(rule, findings, left_of(rule, left));
        }
        if let Some(rule) =
            self.claim_criteria.and_then(|criteria| self.rule(criteria.procedure)).filter(|_| changed)
        {
            not_met(rule, findings, rule.finding(FindingOutcome::NotMet).reason);
        }
        let mut conditions = vec![bi(
            "Keep the case notes and the documents that prove each criterion.",
            "Conserve las notas del caso y los documentos que prueban cada criterio.",
        )];
        if changed {
            conditions.push(bi(
                "Bill the procedure that is authorized here; it is the one this plan prices for the service.",
                "Facture el procedimiento autorizado aquí; es el que este plan paga por el servicio.",
            ));
        }
        let grant = Grant { lines, conditions };
        match (changed, cut) {
            (true, _) => Decision::Modified(grant),
            (false, true) => Decision::PartlyApproved(grant),
            (false, false) => Decision::Approved(grant),
        }
    }

    /// Lines of a request that names none: the first procedure that the plan prices for the service, for the
    /// plan's usual length.
    fn usual_line(&self, request: &AuthorizationRequest, case: &Case<'_>) -> Vec<RequestedLine> {
        let first = case.context.as_of;
        let priced =
            self.rates.iter().find(|rate| rate.service == request.service && rate.effective.contains(first));
        let line = |rate: &Price| RequestedLine {
            procedure: rate.procedure(),
            units: u32::MAX,
            days: crate::since(first),
        };
        priced.filter(|_| request.lines.is_empty()).map(line).into_iter().collect()
    }

    /// The tightest shared cap on the service, with the days that it has left.
    fn tightest_cap(&self, case: &Case<'_>) -> Option<(&Rule, i64)> {
        let caps = self.rules().filter(|rule| rule.applies(case)).filter_map(|rule| match rule.test {
            Test::DaysLeft { services, months, limit } => {
                Some((rule, limit - case.days_used(services, months)))
            }
            _ => None,
        });
        caps.min_by_key(|(_, left)| *left)
    }

    /// For what is paid by the day: no more units than days.
    fn days_as_units(
        &self,
        request: &AuthorizationRequest,
        line: &RequestedLine,
        first: crate::types::Date,
        last: Option<crate::types::Date>,
    ) -> Option<u32> {
        let rate = self.rates.iter().find(|rate| rate.prices(&request.service, &line.procedure, first))?;
        if rate.model != crate::profile::PaymentModel::PerDiem {
            return None;
        }
        u32::try_from(last?.days_after(first) + 1).ok()
    }

    /// The procedure asked for, if the plan prices it for the service or prices nothing for it; else the
    /// first it prices.
    fn priced(
        &self,
        request: &AuthorizationRequest,
        line: &RequestedLine,
        day: crate::types::Date,
    ) -> crate::types::Procedure {
        let known = self.rates.iter().any(|rate| rate.prices(&request.service, &line.procedure, day));
        let first =
            self.rates.iter().find(|rate| rate.service == request.service && rate.effective.contains(day));
        match first {
            Some(rate) if !known => rate.procedure(),
            _ => line.procedure.clone(),
        }
    }
}

/// Makes a rule's finding one that is not met, for this reason.
fn not_met(rule: &Rule, findings: &mut Vec<Finding>, reason: Bilingual) {
    let found = Finding { reason, ..rule.finding(FindingOutcome::NotMet) };
    match findings.iter_mut().find(|finding| finding.criterion == rule.id) {
        Some(known) => *known = found,
        None => findings.push(found),
    }
}

fn left_of(rule: &Rule, left: i64) -> Bilingual {
    bi(
        format!("More days were asked for than the {left} that are left: {}", rule.text.en),
        format!("Se pidieron más días que los {left} que quedan: {}", rule.text.es),
    )
}

impl Presume {
    fn grants(&self, request: &AuthorizationRequest, case: &Case<'_>) -> bool {
        let kind = self.provider_kinds.is_empty()
            || request.provider.kinds.iter().any(|kind| self.provider_kinds.contains(&kind.as_str()));
        let population = self
            .population
            .is_none_or(|population| request.populations.iter().any(|marked| marked == population));
        let attested = self.attest.iter().all(|code| match case.facts.value(code) {
            Some(crate::types::FactValue::Flag(flag)) => *flag,
            Some(_) => true,
            None => false,
        });
        self.service == request.service
            && self.effective.contains(case.context.as_of)
            && kind
            && population
            && attested
    }
}
