//! A case as rules see it, whichever workflow it is in.

use crate::authorization::{AuthorizationRequest, RequestedLine};
use crate::plan::Elected;
use crate::referral::ReferralRequest;
use crate::types::{Context, Date, Document, Fact, FactValue, Member, Provider, Workflow};

/// Facts of a case, found by code. Of two facts with one code the newer counts, and of two as new the later.
#[derive(Clone, Copy)]
pub struct Facts<'a>(pub &'a [Fact]);

impl<'a> Facts<'a> {
    /// The value of a fact, if it is known.
    pub fn value(self, code: &str) -> Option<&'a FactValue> {
        self.0.iter().filter(|fact| fact.code == code).max_by_key(|fact| fact.as_of).map(|fact| &fact.value)
    }

    /// A yes or no.
    pub fn flag(self, code: &str) -> Option<bool> {
        match self.value(code)? {
            FactValue::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Value of a fact that is a whole number; `None` if it is not known or of another kind.
    pub fn count(self, code: &str) -> Option<i64> {
        match self.value(code)? {
            FactValue::Count(count) => Some(*count),
            _ => None,
        }
    }

    /// Thousandths of a unit.
    pub fn measure(self, code: &str) -> Option<i64> {
        match self.value(code)? {
            FactValue::Measure(measure) => Some(*measure),
            _ => None,
        }
    }

    /// Value of a fact that is a calendar day; `None` if it is not known or of another kind.
    pub fn day(self, code: &str) -> Option<Date> {
        match self.value(code)? {
            FactValue::Day(day) => Some(*day),
            _ => None,
        }
    }

    /// One of a list of codes.
    pub fn coded(self, code: &str) -> Option<&'a str> {
        match self.value(code)? {
            FactValue::Coded(code) => Some(code),
            _ => None,
        }
    }

    /// Value of a fact in free text; `None` if it is not known or of another kind.
    pub fn text(self, code: &str) -> Option<&'a str> {
        match self.value(code)? {
            FactValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A referral or a request for authorization.
pub struct Case<'a> {
    /// Workflow that asks: referral or authorization.
    pub workflow: Workflow,
    /// Service id in the catalog.
    pub service: &'a str,
    /// Populations of focus that were marked.
    pub populations: &'a [String],
    /// The member, as the contract hands one to a plugin.
    pub member: &'a Member,
    /// The organization that will deliver, if it is known.
    pub provider: Option<&'a Provider>,
    /// Procedures, units and days that are asked for; empty for a referral.
    pub lines: &'a [RequestedLine],
    /// Facts that were stated, and those that the host knows by itself.
    pub facts: Facts<'a>,
    /// Documents that were attached, without their bytes.
    pub documents: &'a [Document],
    /// The host's knowledge around the case: coverage, history, places, table rows.
    pub context: &'a Context,
    /// Services that the plan offers, by county and days.
    pub elections: &'a [Elected],
}

impl<'a> Case<'a> {
    /// A referral as a case.
    pub fn of_referral(
        request: &'a ReferralRequest,
        context: &'a Context,
        elections: &'a [Elected],
    ) -> Case<'a> {
        Case {
            workflow: Workflow::Referral,
            service: &request.service,
            populations: &request.populations,
            member: &request.member,
            provider: request.preferred.as_ref(),
            lines: &[],
            facts: Facts(&request.facts),
            documents: &request.documents,
            context,
            elections,
        }
    }

    /// A request for authorization as a case.
    pub fn of_authorization(
        request: &'a AuthorizationRequest,
        context: &'a Context,
        elections: &'a [Elected],
    ) -> Case<'a> {
        Case {
            workflow: Workflow::Authorization,
            service: &request.service,
            populations: &request.populations,
            member: &request.member,
            provider: Some(&request.provider),
            lines: &request.lines,
            facts: Facts(&request.facts),
            documents: &request.documents,
            context,
            elections,
        }
    }

    /// Completed years of the member's age on the day that the case is about.
    pub fn age(&self) -> u16 {
        self.context.as_of.age_since(self.member.birth_date)
    }

    /// Days of the named services, under any plan, in the rolling months that end on the case's day.
    pub fn days_used(&self, services: &[&str], months: u32) -> i64 {
        let window = crate::between(self.context.as_of.minus_months(months).plus_days(1), self.context.as_of);
        let counted = |usage: &&crate::types::Usage| services.contains(&usage.service.as_str());
        self.context.history.iter().filter(counted).map(|usage| usage.days.shared_days(&window)).sum()
    }
}
