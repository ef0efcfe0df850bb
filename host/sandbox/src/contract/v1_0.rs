//! Contract 1.0: its bindings, and the conversions between them and the host's types.

use std::collections::BTreeSet;

use domain::plan::authorization::{AuthorizationRequest, Determination, Presumption};
use domain::plan::billing::{Adjudication, Claim};
use domain::plan::credentialing::{Application, Review};
use domain::plan::exchange::{Outgoing, Parsed, Received, Rendered};
use domain::plan::profile::PlanProfile;
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{Context, PlanError};
use domain::plan::{authorization, billing, credentialing, exchange, profile, referral, types};
use domain::procedure::MOST_MODIFIERS;
use domain::{Cents, Procedure};
use jiff::Timestamp;
use jiff::civil::Date;
use wasmtime::Store;
use wasmtime::component::{Component, InstancePre, Linker};

use super::{Contract, Failure, Interface, Kept, Misfit, Pending, Reply};
use crate::inert;
use crate::meter::Meter;

mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "plan",
        exports: { default: async },
        include_component_type: true,
    });
}

/// The generated types, module for module as the host's are.
mod wit {
    pub(super) use super::bindings::crosswalk::plan::types;
    pub(super) use super::bindings::exports::crosswalk::plan::{authorization, billing, exchange, profile};

    // In WIT a record may not have a function's name, so two are called otherwise there.
    pub(super) mod referral {
        pub(in super::super) use super::super::bindings::exports::crosswalk::plan::referral::{
            TriageResult as Triage, *,
        };
    }
    pub(super) mod credentialing {
        pub(in super::super) use super::super::bindings::exports::crosswalk::plan::credentialing::{
            ReviewResult as Review, *,
        };
    }
}

/// The package whose interfaces a plugin exports, and the version at the end of their names.
pub(crate) const PACKAGE: &str = "crosswalk:plan/";
pub(crate) const VERSION: &str = "@1.0.0";

/// The world, encoded as a component's type: what the gate compares an upload with.
pub(crate) const WORLD: &[u8] = bindings::COMPONENT_TYPE;

/// A linked component, and where its exported interfaces are in it.
pub(crate) struct Linked {
    pre: InstancePre<Meter>,
    profile: wit::profile::GuestIndices,
    referral: Option<wit::referral::GuestIndices>,
    authorization: Option<wit::authorization::GuestIndices>,
    billing: Option<wit::billing::GuestIndices>,
    credentialing: Option<wit::credentialing::GuestIndices>,
    exchange: Option<wit::exchange::GuestIndices>,
}

impl Linked {
    /// Links a component with nothing but the inert interfaces that it was found to import, and looks up those of the
    /// contract that it was found to export.
    pub(crate) fn new(
        component: &Component,
        exports: &BTreeSet<Interface>,
        inert_wasi: &BTreeSet<String>,
    ) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(component.engine());
        if !inert_wasi.is_empty() {
            inert::add_to(&mut linker, component, inert_wasi)?;
        }
        let pre = linker.instantiate_pre(component)?;
        let exported = |interface| exports.contains(&interface).then_some(&pre);
        Ok(Self {
            profile: wit::profile::GuestIndices::new(&pre)?,
            referral: exported(Interface::Referral).map(wit::referral::GuestIndices::new).transpose()?,
            authorization: exported(Interface::Authorization)
                .map(wit::authorization::GuestIndices::new)
                .transpose()?,
            billing: exported(Interface::Billing).map(wit::billing::GuestIndices::new).transpose()?,
            credentialing: exported(Interface::Credentialing)
                .map(wit::credentialing::GuestIndices::new)
                .transpose()?,
            exchange: exported(Interface::Exchange).map(wit::exchange::GuestIndices::new).transpose()?,
            pre,
        })
    }
}

/// Calls one function of one interface in a fresh instance. A plugin that lacks the interface does not handle the
/// question, which is what `unsupported` says.
macro_rules! call {
    ($self:ident, $store:ident, $interface:ident.$function:ident($($argument:expr),*)) => {
        Box::pin(async move {
            let Some(indices) = &$self.$interface else {
                return Ok(Err(PlanError::Unsupported(concat!("it does not export ", stringify!($interface)).to_owned())));
            };
            let instance = $self.pre.instantiate_async(&mut *$store).await?;
            let guest = indices.load(&mut *$store, &instance)?;
            receive(guest.$function(&mut *$store, $($argument),*).await?)
        })
    };
}

impl Contract for Linked {
    fn name(&self) -> String {
        format!("{}{VERSION}", PACKAGE.trim_end_matches('/'))
    }

    fn rehearse<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, ()> {
        Box::pin(async move {
            let instance = self.pre.instantiate_async(&mut *store).await?;
            self.profile.load(&mut *store, &instance)?;
            self.referral.as_ref().map(|indices| indices.load(&mut *store, &instance)).transpose()?;
            self.authorization.as_ref().map(|indices| indices.load(&mut *store, &instance)).transpose()?;
            self.billing.as_ref().map(|indices| indices.load(&mut *store, &instance)).transpose()?;
            self.credentialing.as_ref().map(|indices| indices.load(&mut *store, &instance)).transpose()?;
            self.exchange.as_ref().map(|indices| indices.load(&mut *store, &instance)).transpose()?;
            Ok(())
        })
    }

    fn describe<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, PlanProfile> {
        Box::pin(async move {
            let instance = self.pre.instantiate_async(&mut *store).await?;
            let guest = self.profile.load(&mut *store, &instance)?;
            Ok(guest.call_describe(&mut *store).await?.take()?)
        })
    }

    fn triage<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a ReferralRequest,
        context: &'a Context,
    ) -> Reply<'a, Triage> {
        call!(self, store, referral.call_triage(&request.give(), &context.give()))
    }

    fn presume<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Option<Presumption>> {
        call!(self, store, authorization.call_presume(&request.give(), &context.give()))
    }

    fn determine<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Determination> {
        call!(self, store, authorization.call_determine(&request.give(), &context.give()))
    }

    fn adjudicate<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        claim: &'a Claim,
        context: &'a Context,
    ) -> Reply<'a, Adjudication> {
        call!(self, store, billing.call_adjudicate(&claim.give(), &context.give()))
    }

    fn review<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        application: &'a Application,
        today: Date,
    ) -> Reply<'a, Review> {
        call!(self, store, credentialing.call_review(&application.give(), today.give()))
    }

    fn render<'a>(&'a self, store: &'a mut Store<Meter>, document: &'a Outgoing) -> Reply<'a, Rendered> {
        call!(self, store, exchange.call_render(&document.give()))
    }

    fn parse<'a>(&'a self, store: &'a mut Store<Meter>, file: &'a Received) -> Reply<'a, Parsed> {
        call!(self, store, exchange.call_parse(&file.give()))
    }

    fn keep<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, Option<Box<dyn Kept>>> {
        Box::pin(async move {
            let Some(indices) = &self.authorization else { return Ok(None) };
            let instance = self.pre.instantiate_async(&mut *store).await?;
            let guest = indices.load(&mut *store, &instance)?;
            Ok(Some(Box::new(guest) as Box<dyn Kept>))
        })
    }
}

impl Kept for wit::authorization::Guest {
    fn determine<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Determination> {
        Box::pin(async move { receive(self.call_determine(store, &request.give(), &context.give()).await?) })
    }
}

fn receive<Sent: Take<T>, T>(
    reply: Result<Sent, wit::types::PlanError>,
) -> Result<Result<T, PlanError>, Failure> {
    Ok(match reply {
        Ok(answer) => Ok(answer.take()?),
        Err(error) => Err(error.take()?),
    })
}

/// What the host hands over. Copies: the generated types own their strings.
trait Give {
    type Given;
    fn give(&self) -> Self::Given;
}

/// What a guest hands over becomes the host's only if it makes sense.
trait Take<T> {
    /// The most of these in one list.
    const MOST: usize = 10_000;
    fn take(self) -> Result<T, Misfit>;
}

macro_rules! same {
    ($($type:ty),*) => {$(
        impl Give for $type {
            type Given = Self;
            fn give(&self) -> Self {
                self.clone()
            }
        }
        impl Take<$type> for $type {
            fn take(self) -> Result<Self, Misfit> {
                Ok(self)
            }
        }
    )*};
}

same!(bool, u16, u32, i64, String);

impl Give for u8 {
    type Given = Self;
    fn give(&self) -> Self {
        *self
    }
}

impl Take<u8> for u8 {
    // A file's bytes; their number is bounded with the whole answer's.
    const MOST: usize = usize::MAX;
    fn take(self) -> Result<Self, Misfit> {
        Ok(self)
    }
}

impl<T: Give> Give for Option<T> {
    type Given = Option<T::Given>;
    fn give(&self) -> Self::Given {
        self.as_ref().map(T::give)
    }
}

impl<Sent: Take<T>, T> Take<Option<T>> for Option<Sent> {
    fn take(self) -> Result<Option<T>, Misfit> {
        self.map(Sent::take).transpose()
    }
}

impl<T: Give> Give for Vec<T> {
    type Given = Vec<T::Given>;
    fn give(&self) -> Self::Given {
        self.iter().map(T::give).collect()
    }
}

impl<Sent: Take<T>, T> Take<Vec<T>> for Vec<Sent> {
    fn take(self) -> Result<Vec<T>, Misfit> {
        if self.len() > Sent::MOST {
            return Err(Misfit::new("the list is too long"));
        }
        self.into_iter()
            .enumerate()
            .map(|(place, sent)| sent.take().map_err(|misfit| misfit.within(place)))
            .collect()
    }
}

impl<A: Give, B: Give> Give for (A, B) {
    type Given = (A::Given, B::Given);
    fn give(&self) -> Self::Given {
        (self.0.give(), self.1.give())
    }
}

impl<SentA: Take<A>, SentB: Take<B>, A, B> Take<(A, B)> for (SentA, SentB) {
    fn take(self) -> Result<(A, B), Misfit> {
        Ok((
            self.0.take().map_err(|misfit| misfit.within(0))?,
            self.1.take().map_err(|misfit| misfit.within(1))?,
        ))
    }
}

impl Give for Cents {
    type Given = i64;
    fn give(&self) -> i64 {
        self.0
    }
}

impl Take<Cents> for i64 {
    fn take(self) -> Result<Cents, Misfit> {
        Ok(Cents(self))
    }
}

impl Give for Timestamp {
    type Given = i64;
    fn give(&self) -> i64 {
        self.as_millisecond()
    }
}

impl Take<Timestamp> for i64 {
    fn take(self) -> Result<Timestamp, Misfit> {
        Timestamp::from_millisecond(self).map_err(|_| Misfit::new("not an instant"))
    }
}

impl Give for Date {
    type Given = wit::types::Date;
    fn give(&self) -> wit::types::Date {
        // Months and days are positive; years before 0 do not occur in a case, and the contract has no word for them.
        wit::types::Date {
            year: self.year().unsigned_abs(),
            month: self.month().unsigned_abs(),
            day: self.day().unsigned_abs(),
        }
    }
}

impl Take<Date> for wit::types::Date {
    fn take(self) -> Result<Date, Misfit> {
        let narrow =
            || Some((self.year.try_into().ok()?, self.month.try_into().ok()?, self.day.try_into().ok()?));
        narrow()
            // Four digits, as the contract says and as JSON and the database write it.
            .filter(|(year, ..)| (1000..=9999).contains(year))
            .and_then(|(year, month, day)| Date::new(year, month, day).ok())
            .ok_or(Misfit::new("not a calendar day"))
    }
}

impl Give for Procedure {
    type Given = wit::types::Procedure;
    fn give(&self) -> wit::types::Procedure {
        wit::types::Procedure {
            code: self.code.as_str().to_owned(),
            modifiers: self.modifiers.iter().map(|modifier| modifier.as_str().to_owned()).collect(),
        }
    }
}

impl Take<Procedure> for wit::types::Procedure {
    fn take(self) -> Result<Procedure, Misfit> {
        let code = self.code.parse().map_err(|_| Misfit::new("not a HCPCS code").within("code"))?;
        if self.modifiers.len() > MOST_MODIFIERS {
            return Err(Misfit::new("more than four modifiers").within("modifiers"));
        }
        let modifiers: Result<Vec<_>, _> = self
            .modifiers
            .iter()
            .enumerate()
            .map(|(place, modifier)| {
                modifier.parse().map_err(|_| Misfit::new("not a modifier").within(place).within("modifiers"))
            })
            .collect();
        Procedure::new(code, modifiers?)
            .map_err(|_| Misfit::new("a modifier stands there twice").within("modifiers"))
    }
}

macro_rules! record {
    ($module:ident::$name:ident { $($field:ident),* }) => {
        impl Give for $module::$name {
            type Given = wit::$module::$name;
            fn give(&self) -> Self::Given {
                wit::$module::$name { $($field: self.$field.give()),* }
            }
        }
        impl Take<$module::$name> for wit::$module::$name {
            fn take(self) -> Result<$module::$name, Misfit> {
                Ok($module::$name { $($field: self.$field.take().map_err(|misfit| misfit.within(stringify!($field)))?),* })
            }
        }
    };
}

macro_rules! variant {
    ($module:ident::$name:ident { $($case:ident $(($payload:ident))?),* }) => {
        impl Give for $module::$name {
            type Given = wit::$module::$name;
            fn give(&self) -> Self::Given {
                match self {
                    $(Self::$case $(($payload))? => wit::$module::$name::$case $(($payload.give()))?),*
                }
            }
        }
        impl Take<$module::$name> for wit::$module::$name {
            fn take(self) -> Result<$module::$name, Misfit> {
                Ok(match self {
                    $(Self::$case $(($payload))? => $module::$name::$case $(($payload.take().map_err(|misfit| misfit.within(kebab(stringify!($case))))?))?),*
                })
            }
        }
    };
}

/// A case's name as the contract and JSON write it.
fn kebab(case: &str) -> String {
    let mut name = String::new();
    for letter in case.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

record!(types::Period { first, last });
record!(types::Bilingual { en, es });
variant!(types::Workflow { Referral, Authorization, Billing, Credentialing, Exchange });
variant!(types::Urgency { Standard, Expedited });
variant!(types::FactValue { Flag(value), Count(value), Measure(value), Day(value), Coded(value), Text(value) });
variant!(types::FactSource { Member, Referrer, Provider, PlanFile, Claims, Document, Host });
record!(types::Fact { code, value, source, as_of });
record!(types::Document { kind, issued, expires, amount });
variant!(types::Ask { Fact(value), Document(value) });
variant!(types::FindingOutcome { Met, NotMet, Unknown });
record!(types::Finding { criterion, outcome, evidence, reason });
variant!(types::DenialKind { Administrative, Clinical });
record!(types::Denial { kind, reason });
record!(types::Identity { cin, plan_member_id, family_name, given_name });
record!(types::Member { identity, birth_date, county, language });
record!(types::Provider { npi, kinds, taxonomies, counties, contracted });
record!(types::Coverage { line, days, dual_status, other_d_snp, group, delegate });
record!(types::Usage { service, days, units, own });
record!(types::CapacityCount { service, county, admitted, cap });
record!(types::OpenCase { service, workflow, received, provider });
record!(types::TableRow { version, cells });
record!(types::TableSlice { name, rows });
record!(types::Context { as_of, today, received, coverage, history, capacity, open_cases, tables });
record!(types::Issue { at, problem });
variant!(types::PlanError { Invalid(value), Unsupported(value), Internal(value) });
variant!(profile::Mode { Decides, Advises, People });
record!(profile::WorkflowMode { workflow, mode });
record!(profile::Capacity { members, window_months, wait_list });
record!(profile::Election { service, county, days, capacity });
variant!(profile::CriterionKind { Inclusion, Exclusion, Documentation, Administrative });
variant!(profile::CriterionOrigin { State, Overlay });
record!(profile::Criterion { id, service, kind, origin, text, facts, documents, source, days });
variant!(profile::FactKind { Flag, Count, Measure, Day, Coded, Text });
record!(profile::FactDefinition { code, kind, codes, question, proof, source });
record!(profile::PresumptiveRule { id, service, population, days, provider_kinds, attest, effective });
record!(profile::AuthorizationDefault { service, days, renewal_days, units });
variant!(profile::ClockUnit { BusinessDays, CalendarDays, Hours });
record!(profile::TurnAround { workflow, urgency, amount, unit });
variant!(profile::PaymentModel {
    FeeForService,
    Monthly,
    CaseRate,
    Outreach,
    PerDiem,
    ProjectCost,
    EncounterOnly
});
record!(profile::Rate { id, service, procedure, model, amount, tier, effective });
variant!(profile::ClaimForm { X12837p, Invoice });
record!(profile::ClaimRoute { form, payer_id, filing_days });
record!(profile::Requirement { id, services, document, fact, minimum, valid_days, text, source });
variant!(profile::FileKind { ReturnFile, Outreach, Member, Authorization, Invoice });
record!(profile::Column { value, header, codes });
record!(profile::Layout { id, kind, name_pattern, delimiter, header_row, date_format, columns });
record!(profile::Responsibility { service, workflows, effective });
record!(profile::Delegate { id, name, groups, responsibilities });
record!(profile::Contact { purpose, name, phone, email });
record!(profile::CalendarDay { day, works, name });
record!(profile::Table { name, keys, columns, text });
record!(profile::PlanProfile {
    plan_id,
    name,
    version,
    lines,
    counties,
    languages,
    modes,
    elections,
    criteria,
    facts,
    presumptive,
    defaults,
    turn_arounds,
    rates,
    claims,
    requirements,
    layouts,
    delegates,
    contacts,
    calendar,
    tables
});
record!(referral::ReferralRequest {
    id,
    service,
    populations,
    urgency,
    member,
    referrer,
    preferred,
    facts,
    documents
});
variant!(referral::Destination { Plan(value), Delegate(value), Service(value) });
record!(referral::Redirection { to, reason });
variant!(referral::Disposition { Accepted, Redirected(value), NeedsMore(value), NotEligible(value) });
record!(referral::Triage { disposition, findings, notes });
variant!(authorization::RequestKind { Initial, Renewal, Extension, Retrospective });
record!(authorization::RequestedLine { procedure, units, days });
record!(authorization::AuthorizationRequest {
    id,
    service,
    populations,
    kind,
    urgency,
    member,
    provider,
    lines,
    facts,
    documents
});
record!(authorization::Presumption { rule, starts, days, findings });
record!(authorization::GrantedLine { procedure, units, days });
record!(authorization::Grant { lines, conditions });
variant!(authorization::Decision { Approved(value), PartlyApproved(value), Modified(value), Pended(value), Denied(value) });
record!(authorization::Determination { decision, findings, notes });
variant!(billing::Frequency { Original, Replacement, Void });
record!(billing::AuthorizedLine { number, presumptive, procedure, days, units, used });
record!(billing::ClaimLine { number, service, procedure, place, days, units, charge, minutes });
record!(billing::Claim {
    id,
    frequency,
    member,
    provider,
    diagnoses,
    received,
    lines,
    authorizations,
    facts,
    documents
});
record!(billing::Adjustment { group, reason, remark, amount });
record!(billing::Payment { rate, amount, adjustments });
record!(billing::Rejection { field, reason_code, remark, reason, fix });
variant!(billing::LineOutcome { Payable(value), Rejected(value), Pended(value), Denied(value) });
record!(billing::LineResult { number, outcome });
record!(billing::Adjudication { lines, findings, notes });
record!(credentialing::Application { id, legal_name, provider, services, counties, answers, documents });
variant!(credentialing::Standing { Satisfied(value), Missing, Expired(value), Insufficient, NeedsPerson });
record!(credentialing::RequirementResult { requirement, standing, reason });
record!(credentialing::Review { requirements, notes });
record!(exchange::Cell { name, value });
record!(exchange::Outgoing { layout, rows });
record!(exchange::Rendered { name, media_type, bytes });
record!(exchange::Received { layout, bytes });
record!(exchange::RowIssue { row, column, problem });
record!(exchange::Parsed { rows, refused });

#[cfg(test)]
mod tests;
