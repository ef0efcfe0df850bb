//! Contracts of providers with plans.

use domain::case::Reason;
use domain::contract::{State, Term};
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::ShownContract;

use crate::answer::Versioned;
use crate::output::cases::{TranslationView, translation};
use crate::output::{Output, Text};

/// A contract of a provider with a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContractView {
    /// Id of the contract.
    pub(crate) id: String,
    /// Id of the plan.
    pub(crate) plan: String,
    /// Id of the provider's organization.
    pub(crate) provider: String,
    /// The plan's delegate, where the contract is with it: it is for the members of its groups; null: for
    /// all.
    pub(crate) delegate: Option<String>,
    /// `active`, `suspended` or `ended`.
    pub(crate) state: String,
    /// True if it holds today, for any of its services.
    pub(crate) holds_today: bool,
    /// Days and reason of the state: suspended from when, ended when.
    pub(crate) standing: ContractStandingView,
    /// Services, counties and days that it covers.
    pub(crate) terms: Vec<ContractTermView>,
    /// Instant since which it is on record (UTC).
    #[schema(format = DateTime)]
    pub(crate) recorded_at: String,
    /// Version of the contract; an `If-Match` names it.
    pub(crate) version: i64,
}

/// Days and reason of a contract's state.
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
    /// The language in which the reason is still to be written, if one is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation: Option<TranslationView>,
    /// Instant until which it is to be written there (UTC).
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) translation_due_at: Option<String>,
}

/// Services in counties on days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContractTermView {
    /// Ids of the services, words of the dictionary.
    pub(crate) services: Vec<String>,
    /// Codes of the counties, three letters each.
    pub(crate) counties: Vec<String>,
    /// First day on which it covers them.
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
            standing: ContractStandingView {
                translation_due_at: contract.translation_due.map(|due| due.to_string()),
                ..standing(&contract.terms.state)
            },
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
    let (from, last) = match state {
        State::Active => (None, None),
        State::Suspended { from, .. } => (Some(from), None),
        State::Ended { last, .. } => (None, Some(last)),
    };
    let reason = state.reason().map(|(_, reason)| reason);
    ContractStandingView {
        suspended_from: from.map(ToString::to_string),
        last_day: last.map(ToString::to_string),
        reason: reason.map(|reason| reason.told().view()),
        translation: reason.and_then(Reason::wanted).map(translation),
        translation_due_at: None,
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
