//! Scopes: the rows that a caller may see.

use domain::identifiers::{OrgId, PlanId};
use jiff::civil::Date;

use crate::Value;
use crate::unit::{int, maybe_text, text};

/// Whose eyes a query is made with. Comes from [`crate::auth::authenticate`], or is a duty of ours: nobody
/// can make one for an organization by naming it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    seat: Seat,
    /// The day on which it is asked: sight of a member ends. `None` for duties, which see everybody.
    day: Option<Date>,
}

/// Side of the table at which the caller sits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seat {
    /// A provider or a county: its own cases, and members granted to it.
    Provider(OrgId),
    /// A plan: cases that it takes part in, and members it covers or covered.
    Plan {
        /// Organization of the plan.
        org: OrgId,
        /// Plan of that organization.
        plan: PlanId,
    },
    /// Whoever runs this host: organizations, keys, plans and plugins; no member and no case.
    Operator(OrgId),
    /// The host itself, for the named duty: everything.
    Duty(&'static str),
}

impl Scope {
    pub(crate) fn of(seat: Seat, day: Date) -> Self {
        Self { seat, day: Some(day) }
    }

    /// The host itself, doing what nobody in particular asked for, such as watching clocks. `duty` is for the
    /// audit.
    pub fn duty(duty: &'static str) -> Self {
        Self { seat: Seat::Duty(duty), day: None }
    }

    /// Seat of the caller.
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    /// The organization, unless it is the host itself.
    pub fn organization(&self) -> Option<OrgId> {
        match &self.seat {
            Seat::Provider(org) | Seat::Plan { org, .. } | Seat::Operator(org) => Some(*org),
            Seat::Duty(_) => None,
        }
    }

    /// `$1` to `$3` of every query of members and cases: the provider, the plan, and 1 for who sees
    /// everything.
    pub(crate) fn people(&self) -> [Value; 3] {
        let (provider, plan, all) = match &self.seat {
            Seat::Provider(org) => (Some(org), None, 0),
            Seat::Plan { plan, .. } => (None, Some(plan), 0),
            Seat::Operator(_) => (None, None, 0),
            Seat::Duty(_) => (None, None, 1),
        };
        [maybe_text(provider), maybe_text(plan), int(all)]
    }

    /// The day on which a grant of sight must still stand, for `sees_member`.
    pub(crate) fn day(&self) -> Value {
        text(self.day.map(|day| day.to_string()).unwrap_or_default())
    }

    /// `$1` to `$3` of every query of organizations, keys and plugins: the organization, the plan, and 1 for
    /// who sees everything. They are no patients' data, and the operator looks after them.
    pub(crate) fn institutions(&self) -> [Value; 3] {
        let plan = match &self.seat {
            Seat::Plan { plan, .. } => Some(plan),
            _ => None,
        };
        let all = i64::from(matches!(self.seat, Seat::Operator(_) | Seat::Duty(_)));
        [maybe_text(self.organization()), maybe_text(plan), int(all)]
    }
}

/// A query's values: the scope's three, then its own from `$4` on.
pub(crate) fn values<const N: usize>(scope: [Value; 3], own: [Value; N]) -> Vec<Value> {
    scope.into_iter().chain(own).collect()
}
