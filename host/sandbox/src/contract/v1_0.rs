//! Contract 1.0: its bindings, and the conversions between them and the host's types.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use bumpalo::Bump;
use domain::plan::authorization::AuthorizationRequest;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Interface, Operation, Question};
use domain::plan::types::{Context, PlanError};
use domain::plan::{authorization, billing, credentialing, exchange, profile, referral, types};
use domain::procedure::MOST_MODIFIERS;
use domain::{Cents, Procedure};
use jiff::Timestamp;
use jiff::civil::Date;
use wasmtime::Store;
use wasmtime::component::{Component, ComponentExportIndex, Instance, InstancePre, Linker, TypedFunc};

use super::{Contract, Failure, Misfit, Pending};
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
    /// The function that answers each operation. A call looks up its own alone: to load an interface compares
    /// the types of all its functions, of which two are as long as the whole request.
    functions: BTreeMap<Operation, ComponentExportIndex>,
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
        let function = |operation: &Operation| {
            let interface = operation.interface();
            let name = format!("{PACKAGE}{}{VERSION}", interface.name());
            let index = exports
                .contains(&interface)
                .then(|| component.get_export_index(None, &*name))
                .flatten()
                .and_then(|interface| component.get_export_index(Some(&interface), operation.name()));
            index.map(|index| (*operation, index))
        };
        Ok(Self {
            functions: Operation::ALL.iter().filter_map(function).collect(),
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
            Ok(guest.call_describe(&mut *store).await?.lift()?)
        })
    }

    fn ask<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        kept: Option<Instance>,
        question: &'a Question,
    ) -> Pending<'a, Result<Answer, PlanError>> {
        Box::pin(async move {
            // A plugin that lacks the interface does not handle the question, which is what `unsupported`
            // says.
            let operation = question.operation();
            let Some(index) = self.functions.get(&operation) else {
                let lacks = format!("it does not export {}", operation.interface().name());
                return Ok(Err(PlanError::Unsupported(lacks)));
            };
            let instance = match kept {
                Some(instance) => instance,
                None => self.pre.instantiate_async(&mut *store).await?,
            };
            let arena = arena();
            // A macro, because each function has types of its own.
            macro_rules! call {
                ($sent:ty, ($($argument:ident),*) -> $answer:path) => {{
                    let function: Function<_, $sent> = instance.get_typed_func(&mut *store, index)?;
                    let (reply,) = function.call_async(&mut *store, ($($argument.lower(&arena),)*)).await?;
                    Ok(lifted(reply)?.map($answer))
                }};
            }
            match question {
                Question::Triage { request, context } => {
                    call!(wit::referral::Triage, (request, context) -> Answer::Triage)
                }
                Question::Presume { request, context } => {
                    call!(Option<wit::authorization::Presumption>, (request, context) -> Answer::Presume)
                }
                Question::Determine { request, context } => {
                    call!(wit::authorization::Determination, (request, context) -> Answer::Determine)
                }
                Question::Adjudicate { claim, context } => {
                    call!(wit::billing::Adjudication, (claim, context) -> Answer::Adjudicate)
                }
                Question::Review { application, today } => {
                    call!(wit::credentialing::Review, (application, today) -> Answer::Review)
                }
                Question::Render { document } => {
                    call!(wit::exchange::Rendered, (document) -> Answer::Render)
                }
                Question::Parse { file } => call!(wit::exchange::Parsed, (file) -> Answer::Parse),
            }
        })
    }

    fn instantiate<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, Instance> {
        Box::pin(async move { Ok(self.pre.instantiate_async(&mut *store).await?) })
    }

    fn lay_out(&self, question: &Question) {
        let arena = arena();
        macro_rules! lay_out {
            ($($argument:ident),*) => {{
                let laid_out = ($($argument.lower(&arena),)*);
                black_box(&laid_out);
            }};
        }
        match question {
            Question::Triage { request, context } => lay_out!(request, context),
            Question::Presume { request, context } | Question::Determine { request, context } => {
                lay_out!(request, context);
            }
            Question::Adjudicate { claim, context } => lay_out!(claim, context),
            Question::Review { application, today } => lay_out!(application, today),
            Question::Render { document } => lay_out!(document),
            Question::Parse { file } => lay_out!(file),
        }
    }

    fn find(
        &self,
        store: &mut Store<Meter>,
        instance: Instance,
        operation: Operation,
    ) -> Result<(), Failure> {
        let Some(index) = self.functions.get(&operation) else { return Ok(()) };
        macro_rules! find {
            ($sent:ty, $($parameter:ty),*) => {{
                let found: Function<($(<$parameter as Lower<'_>>::Lowered,)*), $sent> =
                    instance.get_typed_func(store, index)?;
                black_box(found);
            }};
        }
        match operation {
            Operation::Triage => find!(wit::referral::Triage, referral::ReferralRequest, Context),
            Operation::Presume => {
                find!(Option<wit::authorization::Presumption>, AuthorizationRequest, Context);
            }
            Operation::Determine => find!(wit::authorization::Determination, AuthorizationRequest, Context),
            Operation::Adjudicate => find!(wit::billing::Adjudication, billing::Claim, Context),
            Operation::Review => find!(wit::credentialing::Review, credentialing::Application, Date),
            Operation::Render => find!(wit::exchange::Rendered, exchange::Outgoing),
            Operation::Parse => find!(wit::exchange::Parsed, exchange::Received),
        }
        Ok(())
    }

    fn presume_here(
        &self,
        store: &mut Store<Meter>,
        instance: Instance,
        request: &AuthorizationRequest,
        context: &Context,
    ) -> Result<Result<Answer, PlanError>, Failure> {
        let Some(index) = self.functions.get(&Operation::Presume) else {
            return Ok(Err(PlanError::Unsupported("it does not export authorization".to_owned())));
        };
        let arena = arena();
        let function: Function<_, Option<wit::authorization::Presumption>> =
            instance.get_typed_func(&mut *store, index)?;
        let (reply,) = function.call(&mut *store, (request.lower(&arena), context.lower(&arena)))?;
        Ok(lifted(reply)?.map(Answer::Presume))
    }
}

/// A function of the contract: what it gives, or the plan's own error.
type Function<Parameters, Sent> = TypedFunc<Parameters, (Result<Sent, wit::types::PlanError>,)>;

fn lifted<Sent: Lift<T>, T>(
    reply: Result<Sent, wit::types::PlanError>,
) -> Result<Result<T, PlanError>, Failure> {
    Ok(match reply {
        Ok(answer) => Ok(answer.lift()?),
        Err(error) => Err(error.lift()?),
    })
}

/// Arena of one call: the lists that it hands over are allocated here while they are lowered.
fn arena() -> Bump {
    // A request of thirty facts with its context takes about as much.
    Bump::with_capacity(8 << 10)
}

/// A value of the host's as the component model lowers it into a guest: texts from where they are, lists from
/// an arena that lives as long as the call.
trait Lower<'a> {
    type Lowered: 'a;
    fn lower(&'a self, arena: &'a Bump) -> Self::Lowered;
}

/// A value that was lifted out of a guest becomes the host's only if it makes sense.
trait Lift<T> {
    /// The most of these in one list.
    const MOST: usize = 10_000;
    fn lift(self) -> Result<T, Misfit>;
}

macro_rules! same {
    ($($type:ty),*) => {$(
        impl Lower<'_> for $type {
            type Lowered = Self;
            fn lower(&self, _: &Bump) -> Self {
                *self
            }
        }
        impl Lift<$type> for $type {
            fn lift(self) -> Result<Self, Misfit> {
                Ok(self)
            }
        }
    )*};
}

same!(bool, u16, u32, i64);

impl<'a> Lower<'a> for String {
    type Lowered = &'a str;
    fn lower(&'a self, _: &'a Bump) -> &'a str {
        self
    }
}

impl Lift<String> for String {
    fn lift(self) -> Result<Self, Misfit> {
        Ok(self)
    }
}

impl Lift<u8> for u8 {
    // A file's bytes; their number is bounded with the whole answer's.
    const MOST: usize = usize::MAX;
    fn lift(self) -> Result<Self, Misfit> {
        Ok(self)
    }
}

impl<'a, T: Lower<'a>> Lower<'a> for Option<T> {
    type Lowered = Option<T::Lowered>;
    fn lower(&'a self, arena: &'a Bump) -> Self::Lowered {
        self.as_ref().map(|value| value.lower(arena))
    }
}

impl<Sent: Lift<T>, T> Lift<Option<T>> for Option<Sent> {
    fn lift(self) -> Result<Option<T>, Misfit> {
        self.map(Sent::lift).transpose()
    }
}

impl<'a, T: Lower<'a>> Lower<'a> for Vec<T> {
    type Lowered = &'a [T::Lowered];
    fn lower(&'a self, arena: &'a Bump) -> Self::Lowered {
        arena.alloc_slice_fill_iter(self.iter().map(|value| value.lower(arena)))
    }
}

impl<Sent: Lift<T>, T> Lift<Vec<T>> for Vec<Sent> {
    fn lift(self) -> Result<Vec<T>, Misfit> {
        if self.len() > Sent::MOST {
            return Err(Misfit::new("the list is too long"));
        }
        self.into_iter()
            .enumerate()
            .map(|(place, sent)| sent.lift().map_err(|misfit| misfit.within(place)))
            .collect()
    }
}

impl<SentA: Lift<A>, SentB: Lift<B>, A, B> Lift<(A, B)> for (SentA, SentB) {
    fn lift(self) -> Result<(A, B), Misfit> {
        Ok((
            self.0.lift().map_err(|misfit| misfit.within(0))?,
            self.1.lift().map_err(|misfit| misfit.within(1))?,
        ))
    }
}

impl Lower<'_> for Cents {
    type Lowered = i64;
    fn lower(&self, _: &Bump) -> i64 {
        self.0
    }
}

impl Lift<Cents> for i64 {
    fn lift(self) -> Result<Cents, Misfit> {
        Ok(Cents(self))
    }
}

impl Lower<'_> for Timestamp {
    type Lowered = i64;
    fn lower(&self, _: &Bump) -> i64 {
        self.as_millisecond()
    }
}

impl Lift<Timestamp> for i64 {
    fn lift(self) -> Result<Timestamp, Misfit> {
        Timestamp::from_millisecond(self).map_err(|_| Misfit::new("not an instant"))
    }
}

impl Lower<'_> for Date {
    type Lowered = wit::types::Date;
    fn lower(&self, _: &Bump) -> wit::types::Date {
        // Months and days are positive; years before 0 do not occur in a case, and the contract has no word
        // for them.
        wit::types::Date {
            year: self.year().unsigned_abs(),
            month: self.month().unsigned_abs(),
            day: self.day().unsigned_abs(),
        }
    }
}

impl Lift<Date> for wit::types::Date {
    fn lift(self) -> Result<Date, Misfit> {
        let narrow =
            || Some((self.year.try_into().ok()?, self.month.try_into().ok()?, self.day.try_into().ok()?));
        narrow()
            // Four digits, as the contract says and as JSON and the database write it.
            .filter(|(year, ..)| (1000..=9999).contains(year))
            .and_then(|(year, month, day)| Date::new(year, month, day).ok())
            .ok_or(Misfit::new("not a calendar day"))
    }
}

impl<'a> Lower<'a> for Procedure {
    type Lowered = wit::types::ProcedureParam<'a>;
    fn lower(&'a self, arena: &'a Bump) -> Self::Lowered {
        let modifiers = self.modifiers.iter().map(|modifier| modifier.as_str());
        wit::types::ProcedureParam {
            code: self.code.as_str(),
            modifiers: arena.alloc_slice_fill_iter(modifiers),
        }
    }
}

impl Lift<Procedure> for wit::types::ProcedureResult {
    fn lift(self) -> Result<Procedure, Misfit> {
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

macro_rules! lower_record {
    ($module:ident::$name:ident $(<$life:lifetime>)? as $lowered:ident { $($field:ident),* }) => {
        impl<'a> Lower<'a> for $module::$name {
            type Lowered = wit::$module::$lowered $(<$life>)?;
            fn lower(&'a self, arena: &'a Bump) -> Self::Lowered {
                wit::$module::$lowered { $($field: self.$field.lower(arena)),* }
            }
        }
    };
    ($module:ident::$name:ident $(<$life:lifetime>)? { $($field:ident),* }) => {
        lower_record!($module::$name $(<$life>)? as $name { $($field),* });
    };
}

macro_rules! lower_variant {
    ($module:ident::$name:ident $(<$life:lifetime>)? { $($case:ident $(($payload:ident))?),* }) => {
        impl<'a> Lower<'a> for $module::$name {
            type Lowered = wit::$module::$name $(<$life>)?;
            // A case without a payload needs no arena.
            fn lower(&'a self, _arena: &'a Bump) -> Self::Lowered {
                match self {
                    $(Self::$case $(($payload))? => wit::$module::$name::$case $(($payload.lower(_arena)))?),*
                }
            }
        }
    };
}

macro_rules! lift_record {
    ($module:ident::$name:ident as $lifted:ident { $($field:ident),* }) => {
        impl Lift<$module::$name> for wit::$module::$lifted {
            fn lift(self) -> Result<$module::$name, Misfit> {
                Ok($module::$name { $($field: self.$field.lift().map_err(|misfit| misfit.within(stringify!($field)))?),* })
            }
        }
    };
    ($module:ident::$name:ident { $($field:ident),* }) => {
        lift_record!($module::$name as $name { $($field),* });
    };
}

macro_rules! lift_variant {
    ($module:ident::$name:ident { $($case:ident $(($payload:ident))?),* }) => {
        impl Lift<$module::$name> for wit::$module::$name {
            fn lift(self) -> Result<$module::$name, Misfit> {
                Ok(match self {
                    $(Self::$case $(($payload))? => $module::$name::$case $(($payload.lift().map_err(|misfit| misfit.within(kebab(stringify!($case))))?))?),*
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

// Lowered into a guest.

lower_record!(types::Period { first, last });
lower_variant!(types::Workflow { Referral, Authorization, Billing, Credentialing, Exchange });
lower_variant!(types::Urgency { Standard, Expedited });
lower_variant!(types::FactValue<'a> { Flag(value), Count(value), Measure(value), Day(value), Coded(value), Text(value) });
lower_variant!(types::FactSource { Member, Referrer, Provider, PlanFile, Claims, Document, Host });
lower_record!(types::Fact<'a> { code, value, source, as_of });
lower_record!(types::Document<'a> { kind, issued, expires, amount });
lower_record!(types::Identity<'a> { cin, plan_member_id, family_name, given_name });
lower_record!(types::Member<'a> { identity, birth_date, county, language });
lower_record!(types::Provider<'a> { npi, kinds, taxonomies, counties, contracted });
lower_record!(types::Coverage<'a> { line, days, dual_status, other_d_snp, group, delegate });
lower_record!(types::Usage<'a> { service, days, units, own });
lower_record!(types::CapacityCount<'a> { service, county, admitted, cap });
lower_record!(types::OpenCase<'a> { service, workflow, received, provider });
lower_record!(types::TableRow<'a> { version, cells });
lower_record!(types::TableSlice<'a> { name, rows });
lower_record!(types::Context<'a> { as_of, today, received, coverage, history, capacity, open_cases, tables });
lower_record!(referral::ReferralRequest<'a> {
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
lower_variant!(authorization::RequestKind { Initial, Renewal, Extension, Retrospective });
lower_record!(authorization::RequestedLine<'a> { procedure, units, days });
lower_record!(authorization::AuthorizationRequest<'a> {
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
lower_variant!(billing::Frequency { Original, Replacement, Void });
lower_record!(billing::AuthorizedLine<'a> { number, presumptive, procedure, days, units, used });
lower_record!(billing::ClaimLine<'a> { number, service, procedure, place, days, units, charge, minutes });
lower_record!(billing::Claim<'a> {
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
lower_record!(credentialing::Application<'a> { id, legal_name, provider, services, counties, answers, documents });
lower_record!(exchange::Cell<'a> as CellParam { name, value });
lower_record!(exchange::Outgoing<'a> { layout, rows });

impl<'a> Lower<'a> for exchange::Received {
    type Lowered = wit::exchange::Received<'a>;
    fn lower(&'a self, _: &'a Bump) -> Self::Lowered {
        // A file's bytes are many.
        wit::exchange::Received { layout: &self.layout, bytes: &self.bytes }
    }
}

// Lifted out of a guest.

lift_record!(types::Period { first, last });
lift_record!(types::Bilingual { en, es });
lift_variant!(types::Workflow { Referral, Authorization, Billing, Credentialing, Exchange });
lift_variant!(types::Urgency { Standard, Expedited });
lift_variant!(types::Ask { Fact(value), Document(value) });
lift_variant!(types::FindingOutcome { Met, NotMet, Unknown });
lift_record!(types::Finding { criterion, outcome, evidence, reason });
lift_variant!(types::DenialKind { Administrative, Clinical });
lift_record!(types::Denial { kind, reason });
lift_record!(types::Issue { at, problem });
lift_variant!(types::PlanError { Invalid(value), Unsupported(value), Internal(value) });
lift_variant!(profile::Mode { Decides, Advises, People });
lift_record!(profile::WorkflowMode { workflow, mode });
lift_record!(profile::Capacity { members, window_months, wait_list });
lift_record!(profile::Election { service, county, days, capacity });
lift_variant!(profile::CriterionKind { Inclusion, Exclusion, Documentation, Administrative });
lift_variant!(profile::CriterionOrigin { State, Overlay });
lift_record!(profile::Criterion { id, service, kind, origin, text, facts, documents, source, days });
lift_variant!(profile::FactKind { Flag, Count, Measure, Day, Coded, Text });
lift_record!(profile::FactDefinition { code, kind, codes, question, proof, source });
lift_record!(profile::PresumptiveRule { id, service, population, days, provider_kinds, attest, effective });
lift_record!(profile::AuthorizationDefault { service, days, renewal_days, units });
lift_variant!(profile::ClockUnit { BusinessDays, CalendarDays, Hours });
lift_record!(profile::TurnAround { workflow, urgency, amount, unit });
lift_variant!(profile::PaymentModel {
    FeeForService,
    Monthly,
    CaseRate,
    Outreach,
    PerDiem,
    ProjectCost,
    EncounterOnly
});
lift_record!(profile::Rate { id, service, procedure, model, amount, tier, effective });
lift_variant!(profile::ClaimForm { X12837p, Invoice });
lift_record!(profile::ClaimRoute { form, payer_id, filing_days });
lift_record!(profile::Requirement { id, services, document, fact, minimum, valid_days, text, source });
lift_variant!(profile::FileKind { ReturnFile, Outreach, Member, Authorization, Invoice });
lift_record!(profile::Column { value, header, codes });
lift_record!(profile::Layout { id, kind, name_pattern, delimiter, header_row, date_format, columns });
lift_record!(profile::Responsibility { service, workflows, effective });
lift_record!(profile::Delegate { id, name, groups, responsibilities });
lift_record!(profile::Contact { purpose, name, phone, email });
lift_record!(profile::CalendarDay { day, works, name });
lift_record!(profile::Table { name, keys, columns, text });
lift_record!(profile::PlanProfile {
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
lift_variant!(referral::Destination { Plan(value), Delegate(value), Service(value) });
lift_record!(referral::Redirection { to, reason });
lift_variant!(referral::Disposition { Accepted, Redirected(value), NeedsMore(value), NotEligible(value) });
lift_record!(referral::Triage { disposition, findings, notes });
lift_record!(authorization::Presumption { rule, starts, days, findings });
lift_record!(authorization::GrantedLine { procedure, units, days });
lift_record!(authorization::Grant { lines, conditions });
lift_variant!(authorization::Decision { Approved(value), PartlyApproved(value), Modified(value), Pended(value), Denied(value) });
lift_record!(authorization::Determination { decision, findings, notes });
lift_record!(billing::Adjustment { group, reason, remark, amount });
lift_record!(billing::Payment { rate, amount, adjustments });
lift_record!(billing::Rejection { field, reason_code, remark, reason, fix });
lift_variant!(billing::LineOutcome { Payable(value), Rejected(value), Pended(value), Denied(value) });
lift_record!(billing::LineResult { number, outcome });
lift_record!(billing::Adjudication { lines, findings, notes });
lift_variant!(credentialing::Standing { Satisfied(value), Missing, Expired(value), Insufficient, NeedsPerson });
lift_record!(credentialing::RequirementResult { requirement, standing, reason });
lift_record!(credentialing::Review { requirements, notes });
lift_record!(exchange::Cell as CellResult { name, value });
lift_record!(exchange::Rendered { name, media_type, bytes });
lift_record!(exchange::RowIssue { row, column, problem });
lift_record!(exchange::Parsed { rows, refused });

#[cfg(test)]
mod tests;
