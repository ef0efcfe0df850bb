//! A member's cases as threads.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{Body, ShownThread, Threads, UnitsLeft};

use crate::output::cases::{CaseView, paid};
use crate::output::remittances::RemittanceView;
use crate::output::{Output, ProcedureView, views};

/// A page of threads, the last begun first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ThreadsView {
    /// Threads of this page.
    pub(crate) items: Vec<ThreadView>,
    /// Pass as `cursor` for the next page; null at the end.
    pub(crate) next_cursor: Option<String>,
    /// True if these are made of all of the member's cases; false where there are more than 1,000.
    pub(crate) whole: bool,
}

/// One thread: what was referred, what was authorized, what was billed and what was paid. Only what you may
/// see is in it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct ThreadView {
    /// The service of its first case.
    pub(crate) service: Option<String>,
    /// The plan of its first case.
    pub(crate) plan: Option<String>,
    /// Referrals, the first one first.
    pub(crate) referrals: Vec<CaseView>,
    /// Authorizations, the first one first.
    pub(crate) authorizations: Vec<CaseView>,
    /// Claims, the first one first.
    pub(crate) claims: Vec<CaseView>,
    /// Payments for its claims.
    pub(crate) payments: Vec<RemittanceView>,
    /// Units of each granted line. What others billed under it counts, though you do not see their claims.
    pub(crate) units: Vec<UnitsView>,
}

/// Units of one granted line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct UnitsView {
    /// Id of the authorization.
    pub(crate) authorization: String,
    /// Number of the authorization, as claims carry it.
    pub(crate) number: String,
    /// Code and modifiers of the service.
    pub(crate) procedure: ProcedureView,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service; null where none is set.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Units that were granted.
    pub(crate) authorized: u32,
    /// Units that are payable or paid.
    pub(crate) used: u32,
    /// Units that are left.
    pub(crate) left: u32,
}

impl Output for Threads {
    type View = ThreadsView;

    fn view(&self) -> ThreadsView {
        ThreadsView { items: views(&self.items), next_cursor: self.next_cursor.clone(), whole: self.whole }
    }
}

impl Output for ShownThread {
    type View = ThreadView;

    fn view(&self) -> ThreadView {
        let mut view = ThreadView { units: views(&self.units), ..ThreadView::default() };
        for shown in &self.cases {
            let case = &shown.case;
            view.service = view.service.or_else(|| case.service.clone());
            view.plan = view.plan.or_else(|| case.plan.as_ref().map(ToString::to_string));
            match &case.body {
                Body::Referral(_) => view.referrals.push(shown.view()),
                Body::Authorization(_) => view.authorizations.push(shown.view()),
                Body::Claim(body) => {
                    view.payments.extend(paid(body));
                    view.claims.push(shown.view());
                }
                Body::Application(_) => {}
            }
        }
        view
    }
}

impl Output for UnitsLeft {
    type View = UnitsView;

    fn view(&self) -> UnitsView {
        UnitsView {
            authorization: self.authorization.to_string(),
            number: self.number.clone(),
            procedure: self.line.procedure.view(),
            first: self.line.days.first.to_string(),
            last: self.line.days.last.map(|day| day.to_string()),
            authorized: self.line.units,
            used: self.used,
            left: self.left,
        }
    }
}
