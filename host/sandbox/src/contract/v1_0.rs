//! Contract 1.0: its bindings, and the conversions between them and the host's types.

use std::collections::BTreeSet;

use bumpalo::Bump;
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
        // What the host hands over is lowered from where it is.
        ownership: Borrowing { duplicate_if_necessary: true },
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
    /// Links a component with nothing but the inert interfaces that it was found to import, and looks up
    /// those of the contract that it was found to export.
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

/// Calls one function of one interface in a fresh instance. A plugin that lacks the interface does not handle
/// the question, which is what `unsupported` says.
macro_rules! call {
    ($self:ident, $store:ident, $interface:ident.$function:ident($($argument:ident),*)) => {
        Box::pin(async move {
            let Some(indices) = &$self.$interface else {
                return Ok(Err(PlanError::Unsupported(concat!("it does not export ", stringify!($interface)).to_owned())));
            };
            let instance = $self.pre.instantiate_async(&mut *$store).await?;
            let guest = indices.load(&mut *$store, &instance)?;
            let shelf = shelf();
            receive(guest.$function(&mut *$store, $($argument.give(&shelf)),*).await?)
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
        call!(self, store, referral.call_triage(request, context))
    }

    fn presume<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Option<Presumption>> {
        call!(self, store, authorization.call_presume(request, context))
    }

    fn determine<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Determination> {
        call!(self, store, authorization.call_determine(request, context))
    }

    fn adjudicate<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        claim: &'a Claim,
        context: &'a Context,
    ) -> Reply<'a, Adjudication> {
        call!(self, store, billing.call_adjudicate(claim, context))
    }

    fn review<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        application: &'a Application,
        today: Date,
    ) -> Reply<'a, Review> {
        call!(self, store, credentialing.call_review(application, today))
    }

    fn render<'a>(&'a self, store: &'a mut Store<Meter>, document: &'a Outgoing) -> Reply<'a, Rendered> {
        call!(self, store, exchange.call_render(document))
    }

    fn parse<'a>(&'a self, store: &'a mut Store<Meter>, file: &'a Received) -> Reply<'a, Parsed> {
        call!(self, store, exchange.call_parse(file))
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
        Box::pin(async move {
            let shelf = shelf();
            receive(self.call_determine(store, request.give(&shelf), context.give(&shelf)).await?)
        })
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

/// Arena for the lists of one call while they are handed over.
fn shelf() -> Bump {
    // A request of thirty facts with its context takes about as much.
    Bump::with_capacity(8 << 10)
}

/// Values that the host hands over: texts from where they are, lists from a shelf that stands as long as the
/// call.
trait Give<'a> {
    type Given: 'a;
    fn give(&'a self, shelf: &'a Bump) -> Self::Given;
}

/// Values that a guest hands over: they become the host's only if they make sense.
trait Take<T> {
    /// The most of these in one list.
    const MOST: usize = 10_000;
    fn take(self) -> Result<T, Misfit>;
}

macro_rules! same {
    ($($type:ty),*) => {$(
        impl Give<'_> for $type {
            type Given = Self;
            fn give(&self, _: &Bump) -> Self {
                *self
            }
        }
        impl Take<$type> for $type {
            fn take(self) -> Result<Self, Misfit> {
                Ok(self)
            }
        }
    )*};
}

same!(bool, u16, u32, i64);

impl<'a> Give<'a> for String {
    type Given = &'a str;
    fn give(&'a self, _: &'a Bump) -> &'a str {
        self
    }
}

impl Take<String> for String {
    fn take(self) -> Result<Self, Misfit> {
        Ok(self)
    }
}

impl Take<u8> for u8 {
    // A file's bytes; their number is bounded with the whole answer's.
    const MOST: usize = usize::MAX;
    fn take(self) -> Result<Self, Misfit> {
        Ok(self)
    }
}

impl<'a, T: Give<'a>> Give<'a> for Option<T> {
    type Given = Option<T::Given>;
    fn give(&'a self, shelf: &'a Bump) -> Self::Given {
        self.as_ref().map(|value| value.give(shelf))
    }
}

impl<Sent: Take<T>, T> Take<Option<T>> for Option<Sent> {
    fn take(self) -> Result<Option<T>, Misfit> {
        self.map(Sent::take).transpose()
    }
}

impl<'a, T: Give<'a>> Give<'a> for Vec<T> {
    type Given = &'a [T::Given];
    fn give(&'a self, shelf: &'a Bump) -> Self::Given {
        shelf.alloc_slice_fill_iter(self.iter().map(|value| value.give(shelf)))
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

impl<SentA: Take<A>, SentB: Take<B>, A, B> Take<(A, B)> for (SentA, SentB) {
    fn take(self) -> Result<(A, B), Misfit> {
        Ok((
            self.0.take().map_err(|misfit| misfit.within(0))?,
            self.1.take().map_err(|misfit| misfit.within(1))?,
        ))
    }
}

impl Give<'_> for Cents {
    type Given = i64;
    fn give(&self, _: &Bump) -> i64 {
        self.0
    }
}

impl Take<Cents> for i64 {
    fn take(self) -> Result<Cents, Misfit> {
        Ok(Cents(self))
    }
}

impl Give<'_> for Timestamp {
    type Given = i64;
    fn give(&self, _: &Bump) -> i64 {
        self.as_millisecond()
    }
}

impl Take<Timestamp> for i64 {
    fn take(self) -> Result<Timestamp, Misfit> {
        Timestamp::from_millisecond(self).map_err(|_| Misfit::new("not an instant"))
    }
}

impl Give<'_> for Date {
    type Given = wit::types::Date;
    fn give(&self, _: &Bump) -> wit::types::Date {
        // Months and days are positive; years before 0 do not occur in a case, and the contract has no word
        // for them.
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

impl<'a> Give<'a> for Procedure {
    type Given = wit::types::ProcedureParam<'a>;
    fn give(&'a self, shelf: &'a Bump) -> Self::Given {
        let modifiers = self.modifiers.iter().map(|modifier| modifier.as_str());
        wit::types::ProcedureParam {
            code: self.code.as_str(),
            modifiers: shelf.alloc_slice_fill_iter(modifiers),
        }
    }
}

impl Take<Procedure> for wit::types::ProcedureResult {
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

macro_rules! give_record {
    ($module:ident::$name:ident $(<$life:lifetime>)? as $given:ident { $($field:ident),* }) => {
        impl<'a> Give<'a> for $module::$name {
            type Given = wit::$module::$given $(<$life>)?;
            fn give(&'a self, shelf: &'a Bump) -> Self::Given {
                wit::$module::$given { $($field: self.$field.give(shelf)),* }
            }
        }
    };
    ($module:ident::$name:ident $(<$life:lifetime>)? { $($field:ident),* }) => {
        give_record!($module::$name $(<$life>)? as $name { $($field),* });
    };
}

macro_rules! give_variant {
    ($module:ident::$name:ident $(<$life:lifetime>)? { $($case:ident $(($payload:ident))?),* }) => {
        impl<'a> Give<'a> for $module::$name {
            type Given = wit::$module::$name $(<$life>)?;
            // A case without a payload needs no shelf.
            fn give(&'a self, _shelf: &'a Bump) -> Self::Given {
                match self {
                    $(Self::$case $(($payload))? => wit::$module::$name::$case $(($payload.give(_shelf)))?),*
                }
            }
        }
    };
}

macro_rules! take_record {
    ($module:ident::$name:ident as $taken:ident { $($field:ident),* }) => {
        impl Take<$module::$name> for wit::$module::$taken {
            fn take(self) -> Result<$module::$name, Misfit> {
                Ok($module::$name { $($field: self.$field.take().map_err(|misfit| misfit.within(stringify!($field)))?),* })
            }
        }
    };
    ($module:ident::$name:ident { $($field:ident),* }) => {
        take_record!($module::$name as $name { $($field),* });
    };
}

macro_rules! take_variant {
    ($module:ident::$name:ident { $($case:ident $(($payload:ident))?),* }) => {
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

// What the host hands over.

give_record!(types::Period { first, last });
give_variant!(types::Workflow { Referral, Authorization, Billing, Credentialing, Exchange });
give_variant!(types::Urgency { Standard, Expedited });
give_variant!(types::FactValue<'a> { Flag(value), Count(value), Measure(value), Day(value), Coded(value), Text(value) });
give_variant!(types::FactSource { Member, Referrer, Provider, PlanFile, Claims, Document, Host });
give_record!(types::Fact<'a> { code, value, source, as_of });
give_record!(types::Document<'a> { kind, issued, expires, amount });
give_record!(types::Identity<'a> { cin, plan_member_id, family_name, given_name });
give_record!(types::Member<'a> { identity, birth_date, county, language });
give_record!(types::Provider<'a> { npi, kinds, taxonomies, counties, contracted });
give_record!(types::Coverage<'a> { line, days, dual_status, other_d_snp, group, delegate });
give_record!(types::Usage<'a> { service, days, units, own });
give_record!(types::CapacityCount<'a> { service, county, admitted, cap });
give_record!(types::OpenCase<'a> { service, workflow, received, provider });
give_record!(types::TableRow<'a> { version, cells });
give_record!(types::TableSlice<'a> { name, rows });
give_record!(types::Context<'a> { as_of, today, received, coverage, history, capacity, open_cases, tables });
give_record!(referral::ReferralRequest<'a> {
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
give_variant!(authorization::RequestKind { Initial, Renewal, Extension, Retrospective });
give_record!(authorization::RequestedLine<'a> { procedure, units, days });
give_record!(authorization::AuthorizationRequest<'a> {
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
give_variant!(billing::Frequency { Original, Replacement, Void });
give_record!(billing::AuthorizedLine<'a> { number, presumptive, procedure, days, units, used });
give_record!(billing::ClaimLine<'a> { number, service, procedure, place, days, units, charge, minutes });
give_record!(billing::Claim<'a> {
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
give_record!(credentialing::Application<'a> { id, legal_name, provider, services, counties, answers, documents });
give_record!(exchange::Cell<'a> as CellParam { name, value });
give_record!(exchange::Outgoing<'a> { layout, rows });

impl<'a> Give<'a> for exchange::Received {
    type Given = wit::exchange::Received<'a>;
    fn give(&'a self, _: &'a Bump) -> Self::Given {
        // A file's bytes are many.
        wit::exchange::Received { layout: &self.layout, bytes: &self.bytes }
    }
}

// What a guest hands over.

take_record!(types::Period { first, last });
take_record!(types::Bilingual { en, es });
take_variant!(types::Workflow { Referral, Authorization, Billing, Credentialing, Exchange });
take_variant!(types::Urgency { Standard, Expedited });
take_variant!(types::Ask { Fact(value), Document(value) });
take_variant!(types::FindingOutcome { Met, NotMet, Unknown });
take_record!(types::Finding { criterion, outcome, evidence, reason });
take_variant!(types::DenialKind { Administrative, Clinical });
take_record!(types::Denial { kind, reason });
take_record!(types::Issue { at, problem });
take_variant!(types::PlanError { Invalid(value), Unsupported(value), Internal(value) });
take_variant!(profile::Mode { Decides, Advises, People });
take_record!(profile::WorkflowMode { workflow, mode });
take_record!(profile::Capacity { members, window_months, wait_list });
take_record!(profile::Election { service, county, days, capacity });
take_variant!(profile::CriterionKind { Inclusion, Exclusion, Documentation, Administrative });
take_variant!(profile::CriterionOrigin { State, Overlay });
take_record!(profile::Criterion { id, service, kind, origin, text, facts, documents, source, days });
take_variant!(profile::FactKind { Flag, Count, Measure, Day, Coded, Text });
take_record!(profile::FactDefinition { code, kind, codes, question, proof, source });
take_record!(profile::PresumptiveRule { id, service, population, days, provider_kinds, attest, effective });
take_record!(profile::AuthorizationDefault { service, days, renewal_days, units });
take_variant!(profile::ClockUnit { BusinessDays, CalendarDays, Hours });
take_record!(profile::TurnAround { workflow, urgency, amount, unit });
take_variant!(profile::PaymentModel {
    FeeForService,
    Monthly,
    CaseRate,
    Outreach,
    PerDiem,
    ProjectCost,
    EncounterOnly
});
take_record!(profile::Rate { id, service, procedure, model, amount, tier, effective });
take_variant!(profile::ClaimForm { X12837p, Invoice });
take_record!(profile::ClaimRoute { form, payer_id, filing_days });
take_record!(profile::Requirement { id, services, document, fact, minimum, valid_days, text, source });
take_variant!(profile::FileKind { ReturnFile, Outreach, Member, Authorization, Invoice });
take_record!(profile::Column { value, header, codes });
take_record!(profile::Layout { id, kind, name_pattern, delimiter, header_row, date_format, columns });
take_record!(profile::Responsibility { service, workflows, effective });
take_record!(profile::Delegate { id, name, groups, responsibilities });
take_record!(profile::Contact { purpose, name, phone, email });
take_record!(profile::CalendarDay { day, works, name });
take_record!(profile::Table { name, keys, columns, text });
take_record!(profile::PlanProfile {
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
take_variant!(referral::Destination { Plan(value), Delegate(value), Service(value) });
take_record!(referral::Redirection { to, reason });
take_variant!(referral::Disposition { Accepted, Redirected(value), NeedsMore(value), NotEligible(value) });
take_record!(referral::Triage { disposition, findings, notes });
take_record!(authorization::Presumption { rule, starts, days, findings });
take_record!(authorization::GrantedLine { procedure, units, days });
take_record!(authorization::Grant { lines, conditions });
take_variant!(authorization::Decision { Approved(value), PartlyApproved(value), Modified(value), Pended(value), Denied(value) });
take_record!(authorization::Determination { decision, findings, notes });
take_record!(billing::Adjustment { group, reason, remark, amount });
take_record!(billing::Payment { rate, amount, adjustments });
take_record!(billing::Rejection { field, reason_code, remark, reason, fix });
take_variant!(billing::LineOutcome { Payable(value), Rejected(value), Pended(value), Denied(value) });
take_record!(billing::LineResult { number, outcome });
take_record!(billing::Adjudication { lines, findings, notes });
take_variant!(credentialing::Standing { Satisfied(value), Missing, Expired(value), Insufficient, NeedsPerson });
take_record!(credentialing::RequirementResult { requirement, standing, reason });
take_record!(credentialing::Review { requirements, notes });
take_record!(exchange::Cell as CellResult { name, value });
take_record!(exchange::Rendered { name, media_type, bytes });
take_record!(exchange::RowIssue { row, column, problem });
take_record!(exchange::Parsed { rows, refused });

#[cfg(test)]
mod tests;
