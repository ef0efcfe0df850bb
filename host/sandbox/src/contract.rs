//! The contract's versions. Each has its own bindings and its own conversions to the host's types; behaviour
//! is written once, over [`Contract`].

use std::future::Future;
use std::pin::Pin;

use domain::plan::authorization::AuthorizationRequest;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use domain::plan::types::{Context, PlanError};
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::meter::Meter;

pub(crate) mod v1_0;

/// Something that will be known when a guest has run.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Why a guest gave neither an answer nor an error of its own.
pub(crate) enum Failure {
    /// It did not come to an end.
    Call(wasmtime::Error),
    /// Its answer has a value that the contract forbids.
    Answer(Misfit),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Call(error)
    }
}

impl From<Misfit> for Failure {
    fn from(misfit: Misfit) -> Self {
        Self::Answer(misfit)
    }
}

/// A value that the contract forbids, named by its place: a guest's own words may quote a member.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// A JSON Pointer into the answer.
    pub(crate) at: String,
    pub(crate) problem: &'static str,
}

impl Misfit {
    pub(crate) fn new(problem: &'static str) -> Self {
        Self { at: String::new(), problem }
    }

    /// The same, seen from the value that holds this one.
    pub(crate) fn within(mut self, place: impl std::fmt::Display) -> Self {
        self.at = format!("/{place}{}", self.at);
        self
    }
}

/// A linked component of one contract version.
pub(crate) trait Contract: Send + Sync {
    /// The package and its version, such as `crosswalk:plan@1.0.0`.
    fn name(&self) -> String;
    /// Instantiates, and checks the types of every exported function.
    fn rehearse<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, ()>;
    fn describe<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, PlanProfile>;
    /// Asks in a fresh instance, or in one that was made before.
    fn ask<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        kept: Option<Instance>,
        question: &'a Question,
    ) -> Pending<'a, Result<Answer, PlanError>>;
    /// An instance that stays in its store.
    fn instantiate<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, Instance>;
    /// Lays a question out as a call lowers it, and forgets it.
    fn lay_out(&self, question: &Question);
    /// Looks up the function that answers an operation, if there is one, and compares its types.
    fn find(&self, store: &mut Store<Meter>, instance: Instance, operation: Operation)
    -> Result<(), Failure>;
    /// Asks about a presumption on the stack of whoever asks.
    fn presume_here(
        &self,
        store: &mut Store<Meter>,
        instance: Instance,
        request: &AuthorizationRequest,
        context: &Context,
    ) -> Result<Result<Answer, PlanError>, Failure>;
}
