//! The contract's versions. Each has its own bindings and its own conversions to the host's types; behaviour
//! is written once, over [`Contract`].

use std::future::Future;
use std::pin::Pin;

use domain::plan::authorization::{AuthorizationRequest, Determination, Presumption};
use domain::plan::billing::{Adjudication, Claim};
use domain::plan::credentialing::{Application, Review};
use domain::plan::exchange::{Outgoing, Parsed, Received, Rendered};
use domain::plan::profile::PlanProfile;
use domain::plan::referral::{ReferralRequest, Triage};
use domain::plan::types::{Context, PlanError, Workflow};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wasmtime::Store;

use crate::meter::Meter;

pub(crate) mod v1_0;

/// An interface of the contract that a plugin may export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interface {
    /// The plan's profile; every plugin exports it.
    Profile,
    /// Triage of a plan's referrals.
    Referral,
    /// Presumptive starts and determinations.
    Authorization,
    /// Adjudication of a plan's claims.
    Billing,
    /// Review of a provider's credentialing file.
    Credentialing,
    /// Files of the plan's own making.
    Exchange,
}

impl Interface {
    /// All of the values, in order.
    pub const ALL: [Self; 6] = [
        Self::Profile,
        Self::Referral,
        Self::Authorization,
        Self::Billing,
        Self::Credentialing,
        Self::Exchange,
    ];

    /// Its name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Referral => "referral",
            Self::Authorization => "authorization",
            Self::Billing => "billing",
            Self::Credentialing => "credentialing",
            Self::Exchange => "exchange",
        }
    }

    /// The interface that automates a workflow.
    #[must_use]
    pub fn of(workflow: Workflow) -> Self {
        match workflow {
            Workflow::Referral => Self::Referral,
            Workflow::Authorization => Self::Authorization,
            Workflow::Billing => Self::Billing,
            Workflow::Credentialing => Self::Credentialing,
            Workflow::Exchange => Self::Exchange,
        }
    }
}

/// A function of the contract that answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Operation `referral.triage` of the contract.
    Triage,
    /// Operation `authorization.presume` of the contract.
    Presume,
    /// Operation `authorization.determine` of the contract.
    Determine,
    /// Operation `billing.adjudicate` of the contract.
    Adjudicate,
    /// Operation `credentialing.review` of the contract.
    Review,
    /// Operation `exchange.render` of the contract.
    Render,
    /// Operation `exchange.parse` of the contract.
    Parse,
}

impl Operation {
    /// Its name in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Presume => "presume",
            Self::Determine => "determine",
            Self::Adjudicate => "adjudicate",
            Self::Review => "review",
            Self::Render => "render",
            Self::Parse => "parse",
        }
    }

    /// The interface it belongs to.
    #[must_use]
    pub fn interface(self) -> Interface {
        match self {
            Self::Triage => Interface::Referral,
            Self::Presume | Self::Determine => Interface::Authorization,
            Self::Adjudicate => Interface::Billing,
            Self::Review => Interface::Credentialing,
            Self::Render | Self::Parse => Interface::Exchange,
        }
    }
}

/// Something that will be known when a guest has run.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// The answer of a guest, or its own error.
pub(crate) type Reply<'a, T> = Pending<'a, Result<T, PlanError>>;

/// Why a guest gave neither.
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

/// A linked component of one contract version. Every function makes its own instance in the store it is
/// given.
pub(crate) trait Contract: Send + Sync {
    /// The package and its version, such as `crosswalk:plan@1.0.0`.
    fn name(&self) -> String;
    /// Instantiates, and checks the types of every exported function.
    fn rehearse<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, ()>;
    fn describe<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, PlanProfile>;
    fn triage<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a ReferralRequest,
        context: &'a Context,
    ) -> Reply<'a, Triage>;
    fn presume<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Option<Presumption>>;
    fn determine<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Determination>;
    fn adjudicate<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        claim: &'a Claim,
        context: &'a Context,
    ) -> Reply<'a, Adjudication>;
    fn review<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        application: &'a Application,
        today: Date,
    ) -> Reply<'a, Review>;
    fn render<'a>(&'a self, store: &'a mut Store<Meter>, document: &'a Outgoing) -> Reply<'a, Rendered>;
    fn parse<'a>(&'a self, store: &'a mut Store<Meter>, file: &'a Received) -> Reply<'a, Parsed>;
    /// An instance that stays in its store; `None` if authorization is not exported.
    fn keep<'a>(&'a self, store: &'a mut Store<Meter>) -> Pending<'a, Option<Box<dyn Kept>>>;
}

/// An instance that stays in its store.
pub(crate) trait Kept: Send + Sync {
    fn determine<'a>(
        &'a self,
        store: &'a mut Store<Meter>,
        request: &'a AuthorizationRequest,
        context: &'a Context,
    ) -> Reply<'a, Determination>;
}
