//! Contracts of providers with plans.

use domain::contract::{State, Term};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::ShownContract;

use crate::answer::Versioned;
use crate::output::{Output, Text};

/// A contract of a provider with a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContractView {
    /// Its id.
    pub(crate) id: String,
    /// The plan.
    pub(crate) plan: String,
    /// The provider's organization.
    pub(crate) provider: String,
    /// The plan's delegate, where the contract is with it: it is for the members of its groups; null: for
    /// all.
    pub(crate) delegate: Option<String>,
    /// `active`, `suspended` or `ended`.
    pub(crate) state: String,
    /// Whether it holds today, for any of its services.
    pub(crate) holds_today: bool,
    /// What the state means, with its days.
    pub(crate) standing: ContractStandingView,
    /// What it is for.
    pub(crate) terms: Vec<ContractTermView>,
    /// Since when it is on record.
    #[schema(format = DateTime)]
    pub(crate) recorded_at: String,
    /// Its version.
    pub(crate) version: i64,
}

/// How a contract stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContractStandingView {
    /// The first day on which it does not hold, while it is suspended.
    #[schema(format = Date)]
    pub(crate) suspended_from: Option<String>,
    /// The last day on which it held, once it has ended.
    #[schema(format = Date)]
    pub(crate) last_day: Option<String>,
    /// Why it is suspended or has ended.
    pub(crate) reason: Option<Text>,
}

/// Services in counties on days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContractTermView {
    /// Service ids.
    pub(crate) services: Vec<String>,
    /// County codes.
    pub(crate) counties: Vec<String>,
    /// First day.
    #[schema(format = Date)]
    pub(crate) first_day: String,
    /// Last day; null while it has no known end.
    #[schema(format = Date)]
    pub(crate) last_day: Option<String>,
    /// The credentialing file whose approval it rests on; null where people recorded it.
    pub(crate) application: Option<String>,
}

impl Output for ShownContract {
    type View = ContractView;

    fn view(&self) -> ContractView {
        let contract = &self.contract;
        ContractView {
            id: contract.id.to_string(),
            plan: contract.plan.to_string(),
            provider: contract.provider.to_string(),
            delegate: contract.delegate.clone(),
            state: contract.terms.state.name().to_owned(),
            holds_today: self.holds_today,
            standing: standing(&contract.terms.state),
            terms: contract.terms.terms.iter().map(term).collect(),
            recorded_at: contract.made_at.to_string(),
            version: contract.version,
        }
    }
}

impl Versioned for ShownContract {
    fn version(&self) -> i64 {
        self.contract.version
    }
}

fn standing(state: &State) -> ContractStandingView {
    let (from, last, reason) = match state {
        State::Active => (None, None, None),
        State::Suspended { from, reason } => (Some(from), None, Some(reason)),
        State::Ended { last, reason } => (None, Some(last), Some(reason)),
    };
    ContractStandingView {
        suspended_from: from.map(ToString::to_string),
        last_day: last.map(ToString::to_string),
        reason: reason.map(Output::view),
    }
}

fn term(term: &Term) -> ContractTermView {
    ContractTermView {
        services: term.services.iter().cloned().collect(),
        counties: term.counties.iter().map(ToString::to_string).collect(),
        first_day: term.days.first.to_string(),
        last_day: term.days.last.map(|day| day.to_string()),
        application: term.application.map(|id| id.to_string()),
    }
}
