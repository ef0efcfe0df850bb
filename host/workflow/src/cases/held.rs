//! A person's decision, held against the same floor as a plugin's answer. What breaks it is not taken: the
//! problem names the field, the cause and the fix.

use domain::authorization::{Cut, Extent};
use domain::case::{Language, LicensedReviewer, Refusal, missing};
use domain::claim::PaidLine;
use domain::floor::{
    self, Asked, Basis, Beside, Broken, FoundMet, Ground, Judged, Paid, Priced, Reach, Rule,
};
use domain::plan::authorization::{Grant, GrantedLine, RequestedLine};
use domain::plan::billing::{ClaimLine, LineOutcome};
use domain::plan::profile::Criterion;
use domain::plan::types::{Bilingual, DenialKind, Period, TableSlice};
use domain::problem::Code;
use domain::reference::CaseValues;
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::cases::case::{Body, Case, Claim};
use crate::cases::referrals::known_service;
use crate::cases::step::mistaken_kind;
use crate::command::caller::Caller;
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{Granting, No, PaidByHand};
use crate::directory::routing;
use crate::plugins::registry::Live;

/// Ground that a person's decision about one case is checked against.
pub(crate) struct Held {
    live: Option<Live>,
    services: Vec<String>,
    /// The day that the rules are about.
    on: Date,
    today: Date,
    coverage: Option<Period>,
    tables: Vec<TableSlice>,
}

impl Crosswalk {
    /// Profile of the plan for the case on its day, and the days on which the plan covers the member.
    pub(crate) async fn held(&self, case: &Case, now: Timestamp) -> Result<Held, Failure> {
        // A credentialing file is with several plans, and nothing of it is granted or paid.
        let is_file = matches!(case.body, Body::Application(_));
        let plans = if is_file { Vec::new() } else { self.plans_of(case, now).await? };
        let live = plans.into_iter().next();
        let on = case.days(now).covered;
        let mut held = Held {
            live,
            services: services_of(case),
            on,
            today: pacific_day(now),
            coverage: None,
            tables: Vec::new(),
        };
        if let (Some(member), Some(plan), Some(service)) = (case.member, &case.plan, &case.service) {
            let duty = store::Scope::duty("intake");
            let known = store::coverages::for_member(self.store(), &duty, member).await?;
            held.coverage = routing::answering(known_service(service)?, &known, on)
                .filter(|coverage| coverage.plan == *plan)
                // What was with the plan may be settled when it takes nothing new any more.
                .or_else(|| routing::on_day(&known, on).into_iter().find(|coverage| coverage.plan == *plan))
                .map(|coverage| Period { first: coverage.first_day, last: coverage.last_day });
        }
        if let (Body::Claim(_), Some(live)) = (&case.body, &held.live) {
            held.tables = self.tables_of(live, case, on).await?;
        }
        Ok(held)
    }

    /// The rows of the plan's tables by which a line may be priced. What hangs on the member or the provider
    /// is left out.
    async fn tables_of(&self, live: &Live, case: &Case, on: Date) -> Result<Vec<TableSlice>, Failure> {
        if live.profile().tables.is_empty() {
            return Ok(Vec::new());
        }
        let duty = store::Scope::duty("intake");
        let member = match case.member {
            Some(member) => store::members::find(self.store(), &duty, member).await?,
            None => None,
        };
        let npi = match case.delivers() {
            Some(id) => store::organizations::find(self.store(), &duty, id).await?,
            None => None,
        };
        let npi = npi.and_then(|organization| organization.npi).map(|npi| npi.to_string());
        let county = member.map(|member| member.county.to_string()).unwrap_or_default();
        let values = CaseValues {
            procedures: &case.body.procedures(),
            county: &county,
            provider_npi: npi.as_deref(),
            facts: case.body.facts(),
        };
        self.table_slices(live, on, values).await
    }
}

fn services_of(case: &Case) -> Vec<String> {
    let mut services: Vec<String> = match &case.body {
        Body::Claim(body) => body.lines.iter().map(|line| line.service.clone()).collect(),
        _ => case.service.iter().cloned().collect(),
    };
    services.sort_unstable();
    services.dedup();
    services
}

impl Held {
    /// Ground of the plan's profile; an empty one where it has no rules.
    pub(crate) fn ground(&self) -> Ground<'_> {
        match &self.live {
            Some(live) => Ground::of(live.profile()),
            None => Ground::undeclared(),
        }
    }

    /// The refusal, if this caller may issue it. An administrative one rests on administrative criteria of
    /// the plan, which are named or are those found not met, and on nothing else; any other takes a license.
    /// Without one, nobody names a criterion that is found met, and one that nobody found is marked as the
    /// word of a person.
    pub(crate) fn refusal(&self, caller: &Caller, case: &Case, no: No) -> Result<Refusal, Failure> {
        let services: Vec<&str> = self.services.iter().map(String::as_str).collect();
        let basis = if no.criteria.is_empty() {
            Basis::of_findings(self.ground(), &services, self.on, findings_of(&case.body))
        } else {
            Basis::named(self.ground(), &services, self.on, &no.criteria)
                .map_err(|unknown| unknown_criterion(unknown.place))?
        };
        let (reason, wanted) = self.worded(&no);
        let refusal = match (no.kind, basis, &caller.reviewer) {
            (DenialKind::Administrative, Basis::Administrative(basis), None) => {
                let basis = basis.without_license(findings_of(&case.body)).map_err(found_met)?;
                let rests_on_nothing = basis.asserted().len() == basis.criteria().len();
                if rests_on_nothing && self.judges_need(case) {
                    return Err(hides_another());
                }
                Ok(Refusal::administrative(basis, reason))
            }
            (DenialKind::Administrative, Basis::Administrative(basis), Some(_)) => {
                Ok(Refusal::administrative(basis, reason))
            }
            (DenialKind::Administrative, Basis::Clinical(_), _) => Err(not_administrative(&no)),
            (DenialKind::Clinical, basis, Some(reviewer)) => {
                Ok(Refusal::clinical(basis.criteria().to_vec(), reason, reviewer.clone()))
            }
            (DenialKind::Clinical, _, None) => Err(Failure::NotLicensed),
        };
        refusal.map(|refusal| refusal.wanting(wanted))
    }

    /// The reason in both languages as far as it is written: the words of the criteria that are named, then
    /// the person's. With it the language in which the person's are wanted.
    fn worded(&self, no: &No) -> (Bilingual, Option<Language>) {
        let declared = self.live.iter().flat_map(|live| &live.profile().criteria);
        let declared: Vec<&Criterion> = declared.collect();
        let named = no.criteria.iter().filter_map(|id| declared.iter().find(|one| one.id == *id));
        let (mut en, mut es): (Vec<&str>, Vec<&str>) =
            named.map(|criterion| (criterion.text.en.as_str(), criterion.text.es.as_str())).unzip();
        en.extend(no.reason.en.as_deref());
        es.extend(no.reason.es.as_deref());
        let wanted = missing(no.reason.en.as_deref(), no.reason.es.as_deref());
        (Bilingual { en: en.join(" "), es: es.join(" ") }, wanted)
    }

    /// Grant of a person, and how much of what was asked for it is. Anything less needs a kind and a reason,
    /// but for a cut to what the plan itself declares.
    pub(crate) fn grant(
        &self,
        caller: &Caller,
        case: &Case,
        granting: Granting,
    ) -> Result<(Grant, Extent), Failure> {
        let Body::Authorization(body) = &case.body else { return Err(mistaken_kind()) };
        let Some(coverage) = &self.coverage else { return Err(no_coverage()) };
        let asked = Asked {
            service: case.service.as_deref().unwrap_or_default(),
            kind: body.kind,
            coverage,
            lines: &body.lines,
        };
        let grant = self.granted(asked, granting.lines.as_deref().unwrap_or(&body.lines))?;
        let reach = floor::grant(self.ground(), asked, &grant, "").map_err(|broken| problem(&broken))?;
        let elsewhere = reach == Reach::Other;
        let cut = match (reach, granting.no) {
            (Reach::Whole, None) if !granting.modifies => return Ok((grant, Extent::Whole)),
            (Reach::Whole, _) => return Err(nothing_is_cut(granting.modifies)),
            (Reach::Declared(bounds), None) => Cut::Declared(bounds),
            (_, None) => return Err(cut_needs_reason(elsewhere)),
            (_, Some(no)) => Cut::Refused(self.refusal(caller, case, no)?),
        };
        Ok((grant, if elsewhere { Extent::Modified(cut) } else { Extent::Part(cut) }))
    }

    fn granted(&self, asked: Asked<'_>, lines: &[RequestedLine]) -> Result<Grant, Failure> {
        if lines.is_empty() {
            return Err(Failure::field("/lines", Code::MissingEntry, "no lines", "grant at least one line"));
        }
        let end = |line: &RequestedLine| {
            line.days.last.or_else(|| floor::usual_end(self.ground(), asked, line.days.first))
        };
        let lines = lines.iter().map(|line| GrantedLine {
            days: Period { first: line.days.first, last: end(line) },
            procedure: line.procedure.clone(),
            units: line.units,
        });
        Ok(Grant { lines: lines.collect(), conditions: Vec::new() })
    }

    /// Lines that a person pays. Where no adjustments are given, the rules' own count if the amount is
    /// theirs. `at` is the JSON Pointer to the claim in the request.
    pub(crate) fn paid(
        &self,
        body: &Claim,
        lines: Vec<PaidByHand>,
        at: &str,
    ) -> Result<Vec<PaidLine>, Failure> {
        let priced = Priced { today: self.today, tables: &self.tables };
        let (mut paid, mut problems) = (Vec::with_capacity(lines.len()), Vec::new());
        for (place, line) in lines.into_iter().enumerate() {
            let at = format!("{at}/lines/{place}");
            let Some(billed) = body.lines.iter().find(|billed| billed.number == line.number) else {
                return Err(unknown_line(&at));
            };
            let adjustments =
                line.adjustments.or_else(|| priced_alike(body, billed, line.amount, self.today));
            let line = PaidLine {
                number: line.number,
                amount: line.amount,
                adjustments: adjustments.unwrap_or_default(),
                without_authorization: None,
            };
            let given = Paid { rate: None, amount: line.amount, adjustments: &line.adjustments };
            if let Err(broken) = floor::payment(self.ground(), priced, billed, given, &at) {
                problems.push(field(&broken));
            }
            paid.push(line);
        }
        if problems.is_empty() { Ok(paid) } else { Err(Failure::Invalid(problems)) }
    }

    /// The first of the payments with which a monthly amount, a case rate or the cost of a project is passed,
    /// with what stands beside them.
    pub(crate) fn paid_beyond(
        &self,
        lines: &[ClaimLine],
        paid: &[PaidLine],
        beside: Beside<'_>,
        at: &str,
    ) -> Option<FieldProblem> {
        let priced = Priced { today: self.today, tables: &self.tables };
        let together = paid.iter().enumerate().filter_map(|(place, line)| {
            let billed = lines.iter().find(|billed| billed.number == line.number)?;
            Some((billed, line.amount, format!("{at}/lines/{place}/amount")))
        });
        floor::payments(self.ground(), priced, beside, together).err().map(|broken| field(&broken))
    }

    /// Fails for an unlicensed person who would send a referral elsewhere while the plan's rules judge the
    /// member's need: that is a no for medical reasons.
    pub(crate) fn license_to_redirect(&self, caller: &Caller, case: &Case) -> Result<(), Failure> {
        if caller.reviewer.is_none() && self.judges_need(case) {
            return Err(Failure::NotLicensed);
        }
        Ok(())
    }

    /// True if the plan's rules judge the member's need: a criterion that is not administrative is found not
    /// met, or a no for need is recommended, which may rest on no finding.
    fn judges_need(&self, case: &Case) -> bool {
        let services: Vec<&str> = self.services.iter().map(String::as_str).collect();
        let (ground, findings) = (self.ground(), findings_of(&case.body));
        let found = floor::need_in_findings(ground, &services, self.on, findings);
        let kind = || Basis::of_findings(ground, &services, self.on, findings).kind();
        found.is_some()
            || case.body.recommends_no_for_need()
            || case.body.is_advised_elsewhere() && kind() == DenialKind::Clinical
    }

    /// License under which these lines are paid, where need is judged in one of them: by a reason code that
    /// stands for it, or by paying short while the rules recommend to deny it for need, or a criterion that
    /// is not administrative is found not met.
    pub(crate) fn license_to_pay(
        &self,
        reviewer: Option<&LicensedReviewer>,
        body: &Claim,
        paid: &[PaidLine],
    ) -> Result<Option<LicensedReviewer>, Failure> {
        let priced = Priced { today: self.today, tables: &self.tables };
        let judges = |paid: &PaidLine| {
            let line = body.lines.iter().find(|line| line.number == paid.number)?;
            let recommended = body.recommended_denial(paid.number);
            let judged = Judged { line, on: self.on, found: &body.answered.findings, recommended };
            floor::need_in_payment(self.ground(), priced, judged, paid.amount, &paid.adjustments)
        };
        if paid.iter().all(|line| judges(line).is_none()) {
            return Ok(None);
        }
        reviewer.map(|reviewer| Some(reviewer.clone())).ok_or(Failure::NotLicensed)
    }

    /// Fails unless the plan covers the member on the case's day: it takes nobody else on.
    pub(crate) fn must_cover(&self) -> Result<(), Failure> {
        self.coverage.as_ref().map(|_| ()).ok_or_else(no_coverage)
    }
}

/// The adjustments of the rules' own pricing, if a person pays just what they found: nothing for a line that
/// they deny, with the reason code of `today`.
pub(crate) fn priced_alike(
    body: &Claim,
    billed: &ClaimLine,
    amount: domain::Cents,
    today: Date,
) -> Option<Vec<domain::plan::billing::Adjustment>> {
    let result = body.results.iter().find(|result| result.number == billed.number)?;
    match &result.outcome {
        LineOutcome::Payable(payment) if payment.amount == amount => Some(payment.adjustments.clone()),
        LineOutcome::Denied(_) if amount == domain::Cents::ZERO => {
            body.denial_reason(billed.number, today).map(|reason| vec![reason.of_charge(billed.charge)])
        }
        _ => None,
    }
}

fn findings_of(body: &Body) -> &[domain::plan::types::Finding] {
    match body {
        Body::Referral(body) => &body.answered.findings,
        Body::Authorization(body) => &body.answered.findings,
        Body::Claim(body) => &body.answered.findings,
        Body::Application(_) => &[],
    }
}

/// A broken rule of the floor in the words for a person's request.
pub(crate) fn problem(broken: &Broken) -> Failure {
    Failure::Invalid(vec![field(broken)])
}

fn field(broken: &Broken) -> FieldProblem {
    let (code, detail, fix) = words(broken.rule);
    // The API's lines hold their days side by side with the rest.
    let at = broken.at.replace("/days/last", "/last").replace("/days", "/last");
    FieldProblem::new(at, code, detail, fix)
}

/// Cause and fix for each rule of the floor that a person's decision can break.
const WORDS: [(Code, &str, &str); 22] = [
    (Code::GrantHasLines, "there are no lines, or more than 50", "grant 1 to 50 lines"),
    (
        Code::ProcedureOfTheServiceOnTheDay,
        "the procedure bills another service, or none on that day",
        "grant a procedure of the service that was asked for",
    ),
    (Code::UnitsAboveZero, "there are no units", "grant at least one unit, or deny"),
    (Code::GrantEnds, "the line has no last day, and the plan declares no usual length", "name the last day"),
    (
        Code::GrantInsideCoverage,
        "the days do not lie inside the plan's coverage of the member",
        "grant days on which the plan covers the member",
    ),
    (
        Code::NoMoreUnitsThanDays,
        "there are more units than the days can hold",
        "lower the units or name more days",
    ),
    (
        Code::UnitsWithinWhatIsDeclared,
        "there are more units than the plan declares for one authorization",
        "grant no more than its profile's default for the service",
    ),
    (
        Code::DaysWithinWhatWasAsked,
        "these days were not asked for",
        "grant days that were asked for; more take a request of their own",
    ),
    (
        Code::UnitsWithinWhatWasAsked,
        "there are more units than were asked for",
        "grant no more units than were asked for; more take a request of their own",
    ),
    (Code::PaymentNotBelowZero, "the amount is below zero", "send zero or more"),
    (Code::PaymentWithinTheCharge, "the amount is more than the charge", "pay the charge or less"),
    (
        Code::PaymentWithinTheRate,
        "the amount is more than the plan's rate gives for the line",
        "pay what the rate gives by its model, or less",
    ),
    (
        Code::MonthlyAmountOnceAMonth,
        "with this line more is paid for the member's month than its monthly rate, counted over every claim",
        "pay the monthly amount on one line of the month, and the others at zero",
    ),
    (
        Code::AmountOnceAnAuthorization,
        "with this line more is paid under the authorization than its case rate, or the most for the project",
        "pay what earlier claims under the authorization left of it",
    ),
    (
        Code::ChargeLessAdjustmentsIsTheAmount,
        "the charge less the adjustments is not the amount",
        "send adjustments that add up to the charge less the amount, to the cent",
    ),
    (Code::FewEnoughAdjustments, "there are more than 200 adjustments", "send fewer"),
    (Code::AdjustmentGroup, "there is no such adjustment group", "use CO, PR, OA or PI"),
    (
        Code::AdjustmentReason,
        "no such claim adjustment reason code counts on this day",
        "use a code of the reason codes (X12 list 139), such as 45",
    ),
    (
        Code::AdjustmentRemark,
        "that is no remittance advice remark code",
        "use a code such as N822, or leave it out",
    ),
    (
        Code::KnownDestination,
        "there is no such place to send it to",
        "name another service of the catalog, a delegate that the plan declares, or another plan",
    ),
    (Code::SaysWhatItNeeds, "nothing is asked for", "ask for at least one fact or document"),
    (
        Code::AsksForKnownThings,
        "neither the dictionary nor the plan knows it",
        "ask for a fact or a document of the dictionary, or a fact that the plan declares",
    ),
];

fn words(rule: Rule) -> (Code, &'static str, &'static str) {
    let known = WORDS.iter().find(|(code, ..)| code.name() == rule.name());
    *known.unwrap_or(&(
        Code::BreaksARule,
        "it breaks a rule that every decision is held against",
        "correct the decision",
    ))
}

fn no_coverage() -> Failure {
    Failure::field(
        "/decision",
        Code::NoCoverage,
        "the plan does not cover the member on the day that the case is about",
        "deny for coverage, or redirect to the plan that covers the member",
    )
}

fn unknown_line(at: &str) -> Failure {
    Failure::field(
        at,
        Code::UnknownLine,
        "each paid line must be a line of the claim, named once, with an amount of zero or more",
        "use the line numbers of the claim",
    )
}

fn unknown_criterion(place: usize) -> Failure {
    Failure::field(
        format!("/criteria/{place}"),
        Code::UnknownCriterion,
        "the plan declares no such criterion for the service on the case's day",
        "use the id of a criterion from ⟦getCriteria⟧",
    )
}

fn not_administrative(no: &No) -> Failure {
    let (at, cause) = if no.criteria.is_empty() {
        (
            "/criteria",
            "no administrative criterion is named, and those found not met are not all administrative",
        )
    } else {
        ("/criteria", "a criterion that is named is not an administrative one")
    };
    Failure::field(
        at,
        Code::NotAdministrative,
        cause,
        "name administrative criteria only; a no for anything else is clinical and takes a license",
    )
}

fn found_met(found: Vec<FoundMet>) -> Failure {
    let problem = |found: FoundMet| {
        FieldProblem::new(
            format!("/criteria/{}", found.place),
            Code::CriterionFoundMet,
            "the plan's rules find this criterion met",
            "name an administrative criterion that is not met, or let a licensed reviewer decide",
        )
    };
    Failure::Invalid(found.into_iter().map(problem).collect())
}

fn hides_another() -> Failure {
    Failure::field(
        "/criteria",
        Code::NotAdministrative,
        "no criterion that is named is found not met, and the plan's rules say no for medical need",
        "name an administrative criterion that is found not met; a no for need is clinical and takes a license",
    )
}

fn nothing_is_cut(modifies: bool) -> Failure {
    if modifies {
        return Failure::field(
            "/decision",
            Code::NothingIsCut,
            "these lines are all that was asked for",
            "approve it",
        );
    }
    Failure::field(
        "/kind",
        Code::NothingIsCut,
        "all that was asked for is granted, so that there is nothing to give a reason for",
        "leave out kind, reason and criteria",
    )
}

fn cut_needs_reason(elsewhere: bool) -> Failure {
    let what = if elsewhere {
        "something else is granted than was asked for"
    } else {
        "less is granted than was asked for, and it is not what the plan declares as its default"
    };
    Failure::Invalid(vec![
        FieldProblem::new(
            "/kind",
            Code::MissingField,
            format!("{what}, which is a no to the rest"),
            "send clinical, which takes a license, or administrative with the criteria that it rests on",
        ),
        FieldProblem::new("/reason", Code::MissingField, what, "say why"),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The rules that a person can break are codes; every other code of the table would be told to nobody.
    #[test]
    fn each_rule_that_is_a_code_has_cause_and_fix_and_nothing_else_has() {
        let codes: BTreeSet<Code> = Rule::ALL.iter().filter_map(|rule| rule.name().parse().ok()).collect();
        let told: BTreeSet<Code> = WORDS.iter().map(|(code, ..)| *code).collect();
        assert_eq!(told, codes);
    }
}
