//! Contracts of providers with plans.

use domain::plan::types::Period;
use domain::problem::Code;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{ContractStep, NewContract, NewTerm};

use super::decisions::ReasonBody;
use super::{Input, Reader};

/// A contract that the caller's plan has with a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewContract)]
pub(crate) struct NewContractBody {
    /// Id of the provider's organization.
    provider: String,
    /// Id of the plan's delegate that the contract is with: it is for the members of the delegate's groups.
    /// Left out, it is with the plan, for all of its members.
    #[schema(max_length = 60)]
    delegate: Option<String>,
    /// Ids of the services that it is for.
    services: Vec<String>,
    /// Codes of the counties whose members it is for.
    counties: Vec<String>,
    /// First day. It may have passed: a contract is often older than its record.
    #[schema(format = Date)]
    first_day: String,
    /// Last day; without it the contract has no known end.
    #[schema(format = Date)]
    last_day: Option<String>,
}

/// A step of a plan's people with a contract.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContractStep)]
pub(crate) struct ContractStepBody {
    /// `suspend`, `reinstate`, `extend` (more, besides what it has), `change` (from its first day on this and
    /// nothing else) or `end`.
    #[schema(example = "suspend")]
    step: String,
    /// First day of the suspension or reinstatement; today if absent. For `suspend` no day that has passed,
    /// for `reinstate` none before the suspension.
    #[schema(format = Date)]
    from: Option<String>,
    /// Reason, as the provider is told it; for `suspend` and `end`.
    reason: Option<ReasonBody>,
    /// Service ids; for `extend` and `change`.
    services: Option<Vec<String>>,
    /// County codes; for `extend` and `change`.
    counties: Option<Vec<String>>,
    /// First day; for `extend`, and for `change`, where it may not have passed.
    #[schema(format = Date)]
    first_day: Option<String>,
    /// Last day; for `extend` and `change`, where it may be left out, and for `end`, where it may not have
    /// passed and is today if not said.
    #[schema(format = Date)]
    last_day: Option<String>,
}

impl Input for NewContractBody {
    type Command = NewContract;

    fn read(self, reader: &mut Reader) -> Option<NewContract> {
        let provider = reader.parsed(
            "/provider",
            &self.provider,
            "send an organization's id from GET /v1/organizations",
        );
        let delegate = reader.optional(self.delegate, |reader, text| reader.line("/delegate", &text, 60));
        let term = term(reader, self.services, self.counties, &self.first_day, self.last_day);
        Some(NewContract { provider: provider?, delegate: delegate?, term: term? })
    }
}

impl Input for ContractStepBody {
    type Command = ContractStep;

    fn read(self, reader: &mut Reader) -> Option<ContractStep> {
        let words = ["suspend", "reinstate", "extend", "change", "end"].map(|word| (word, word));
        let word = reader.one_of("/step", &self.step, &words)?;
        let (is_term, has_reason) = (matches!(word, "extend" | "change"), matches!(word, "suspend" | "end"));
        if !matches!(word, "suspend" | "reinstate") {
            reader.absent("/from", &self.from, word);
        }
        if !has_reason {
            reader.absent("/reason", &self.reason, word);
        }
        if !is_term {
            reader.absent("/services", &self.services, word);
            reader.absent("/counties", &self.counties, word);
            reader.absent("/first_day", &self.first_day, word);
        }
        if !is_term && word != "end" {
            reader.absent("/last_day", &self.last_day, word);
        }
        if is_term {
            let services = reader.present("/services", self.services, word);
            let counties = reader.present("/counties", self.counties, word);
            let first = reader.present("/first_day", self.first_day, word);
            let term = term(reader, services?, counties?, &first?, self.last_day)?;
            return Some(if word == "extend" {
                ContractStep::Extend(term)
            } else {
                ContractStep::Change(term)
            });
        }
        let from = day(reader, "/from", self.from);
        let last = day(reader, "/last_day", self.last_day);
        if word == "reinstate" {
            return Some(ContractStep::Reinstate { from: from? });
        }
        let reason = reader.present("/reason", self.reason, word);
        let reason = reason.and_then(|reason| reason.read(reader, "/reason"));
        match word {
            "suspend" => Some(ContractStep::Suspend { from: from?, reason: reason? }),
            _ => Some(ContractStep::End { last: last?, reason: reason? }),
        }
    }
}

fn day(reader: &mut Reader, at: &str, sent: Option<String>) -> Option<Option<Date>> {
    reader.optional(sent, |reader, text| reader.day(at, &text))
}

fn term(
    reader: &mut Reader,
    services: Vec<String>,
    counties: Vec<String>,
    first: &str,
    last: Option<String>,
) -> Option<NewTerm> {
    let services = reader.each_of_some("/services", services, 30, |reader, at, id| reader.service(at, &id));
    let counties =
        reader.each_of_some("/counties", counties, 60, |reader, at, code| reader.county(at, &code));
    let first = reader.day("/first_day", first);
    let last = day(reader, "/last_day", last);
    let (first, last) = (first?, last?);
    if last.is_some_and(|last| last < first) {
        return reader.refuse(
            "/last_day",
            Code::DaysOutOfOrder,
            "the last day is before the first",
            "put the days in order",
        );
    }
    Some(NewTerm { services: services?, counties: counties?, days: Period { first, last } })
}
