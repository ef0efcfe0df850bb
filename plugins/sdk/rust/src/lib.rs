//! SDK for plugins in Rust: a plan's rules as constants, and the functions that answer from them.
//!
//! A plugin is a [`Plan`] (its rules, rates and requirements as constants) and a type that answers with it,
//! in the workflows that the plan automates:
//!
//! ```ignore
//! crosswalk_plan::plugin!(CostaAlta answers with PLAN: profile, referral);
//! ```
//!
//! [`Plan::triage`], [`Plan::presume`], [`Plan::determine`], [`Plan::adjudicate`] and [`Plan::review`] answer
//! from the constants alone. Where a plan's rule is more than data can say, the plan implements the
//! contract's traits itself, its own function runs before or after these, and [`export!`] exports them:
//!
//! ```ignore
//! pub struct ValleVista;
//!
//! impl crosswalk_plan::profile::Guest for ValleVista {
//!     fn describe() -> PlanProfile { PLAN.describe() }
//! }
//! // ... one impl for each workflow, and then exactly those:
//! crosswalk_plan::export!(ValleVista: profile, authorization);
//! ```

#[doc(hidden)]
pub mod contract;

mod case;
mod claims;
mod credential;
mod days;
mod decide;
#[cfg(target_arch = "wasm32")]
mod heap;
mod plan;
mod rule;
mod state;
mod tables;

#[cfg(feature = "json")]
pub mod cases;
#[cfg(feature = "json")]
#[doc(hidden)]
pub mod json;

pub use case::{Case, Facts};
pub use claims::same_procedure;
pub use days::{between, day, since};
pub use decide::Judgement;
pub use plan::{
    Answer, Asked, Cap, Capped, ClaimCriteria, Columns, Delegation, Desk, Elected, File, Length, Needed,
    Plan, Presume, Price, Promise, Reference, YearDay,
};
pub use rule::{Measure, Rule, Stage, Test, Text, bi, text};
pub use tables::{Row, Slice, key_of};

/// The words that every workflow shares.
pub mod types {
    pub use crate::contract::exports::crosswalk::plan::types::*;
}

/// The plan's profile: its name, places and rules, as data.
pub mod profile {
    pub use crate::contract::exports::crosswalk::plan::profile::*;
}

/// Is this member's referral for this plan to take?
pub mod referral {
    pub use crate::contract::exports::crosswalk::plan::referral::*;
}

/// May service start now, and is it authorized?
pub mod authorization {
    pub use crate::contract::exports::crosswalk::plan::authorization::*;
}

/// Adjudication of claims, line by line.
pub mod billing {
    pub use crate::contract::exports::crosswalk::plan::billing::*;
}

/// Does a provider's one credentialing file satisfy this plan?
pub mod credentialing {
    pub use crate::contract::exports::crosswalk::plan::credentialing::*;
}

/// Files and messages that a profile's layouts cannot describe.
pub mod exchange {
    pub use crate::contract::exports::crosswalk::plan::exchange::*;
}

/// A type that answers with a plan's constants in the named interfaces, and exports exactly these.
#[macro_export]
macro_rules! plugin {
    ($plugin:ident answers with $plan:path: $($interface:ident),+ $(,)?) => {
        /// The plan's plugin, which answers from its constants.
        pub struct $plugin;
        $($crate::answer_with!($plugin, $plan, $interface);)+
        $crate::export!($plugin: $($interface),+);
    };
}

/// Implements one interface with a plan's constants.
#[doc(hidden)]
#[macro_export]
macro_rules! answer_with {
    ($plugin:ident, $plan:path, profile) => {
        impl $crate::profile::Guest for $plugin {
            fn describe() -> $crate::profile::PlanProfile {
                $plan.describe()
            }
        }
    };
    ($plugin:ident, $plan:path, referral) => {
        impl $crate::referral::Guest for $plugin {
            fn triage(
                request: $crate::referral::ReferralRequest,
                context: $crate::types::Context,
            ) -> Result<$crate::referral::TriageResult, $crate::types::PlanError> {
                Ok($plan.triage(&request, &context))
            }
        }
    };
    ($plugin:ident, $plan:path, authorization) => {
        impl $crate::authorization::Guest for $plugin {
            fn presume(
                request: $crate::authorization::AuthorizationRequest,
                context: $crate::types::Context,
            ) -> Result<Option<$crate::authorization::Presumption>, $crate::types::PlanError> {
                Ok($plan.presume(&request, &context))
            }

            fn determine(
                request: $crate::authorization::AuthorizationRequest,
                context: $crate::types::Context,
            ) -> Result<$crate::authorization::Determination, $crate::types::PlanError> {
                Ok($plan.determine(&request, &context))
            }
        }
    };
    ($plugin:ident, $plan:path, billing) => {
        impl $crate::billing::Guest for $plugin {
            fn adjudicate(
                claim: $crate::billing::Claim,
                context: $crate::types::Context,
            ) -> Result<$crate::billing::Adjudication, $crate::types::PlanError> {
                $plan.adjudicate(&claim, &context)
            }
        }
    };
    ($plugin:ident, $plan:path, credentialing) => {
        impl $crate::credentialing::Guest for $plugin {
            fn review(
                application: $crate::credentialing::Application,
                today: $crate::types::Date,
            ) -> Result<$crate::credentialing::ReviewResult, $crate::types::PlanError> {
                Ok($plan.review(&application, today))
            }
        }
    };
}

/// Exports the named interfaces of the contract, implemented by the named type; the component has exactly
/// these.
///
/// Does nothing on other targets than WebAssembly, so that plugins can be linked together in native tests.
#[macro_export]
macro_rules! export {
    ($plan:ident: $($interface:ident),+ $(,)?) => {
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            $($crate::export_interface!($plan, $interface);)+
        };
    };
}

/// Exports one interface: its functions, and the section from which `wit-component` learns its type.
#[doc(hidden)]
#[macro_export]
macro_rules! export_interface {
    ($plan:ident, profile) => {
        $crate::export_interface!($plan, profile, PROFILE, __export_crosswalk_plan_profile_1_0_0_cabi, "component-type:crosswalk:profile");
    };
    ($plan:ident, referral) => {
        $crate::export_interface!($plan, referral, REFERRAL, __export_crosswalk_plan_referral_1_0_0_cabi, "component-type:crosswalk:referral");
    };
    ($plan:ident, authorization) => {
        $crate::export_interface!($plan, authorization, AUTHORIZATION, __export_crosswalk_plan_authorization_1_0_0_cabi, "component-type:crosswalk:authorization");
    };
    ($plan:ident, billing) => {
        $crate::export_interface!($plan, billing, BILLING, __export_crosswalk_plan_billing_1_0_0_cabi, "component-type:crosswalk:billing");
    };
    ($plan:ident, credentialing) => {
        $crate::export_interface!($plan, credentialing, CREDENTIALING, __export_crosswalk_plan_credentialing_1_0_0_cabi, "component-type:crosswalk:credentialing");
    };
    ($plan:ident, exchange) => {
        $crate::export_interface!($plan, exchange, EXCHANGE, __export_crosswalk_plan_exchange_1_0_0_cabi, "component-type:crosswalk:exchange");
    };
    ($plan:ident, $interface:ident, $description:ident, $exports:ident, $section:literal) => {
        $crate::contract::exports::crosswalk::plan::$interface::$exports!(
            $plan with_types_in $crate::contract::exports::crosswalk::plan::$interface
        );
        const _: () = {
            #[used]
            #[unsafe(link_section = $section)]
            static DESCRIPTION: [u8; $crate::contract::$description.len()] = $crate::contract::$description;
        };
    };
}
