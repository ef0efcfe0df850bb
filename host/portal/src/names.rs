//! Names of plans, services and organizations, for those that a page has only the id of.

use std::collections::BTreeMap;

use domain::catalog::Catalog;
use domain::identifiers::{OrgId, PlanId};
use i18n_embed_fl::fl;

use crate::words::Words;

/// Names that a page needs.
#[derive(Clone, Debug, Default)]
pub struct Names {
    plans: BTreeMap<PlanId, String>,
    own: Option<OrgId>,
}

impl Names {
    /// Names of these plans, for somebody of the organization `own`.
    pub fn of(plans: impl IntoIterator<Item = (PlanId, String)>, own: Option<OrgId>) -> Self {
        Self { plans: plans.into_iter().collect(), own }
    }

    /// Name of a plan; its id where no name is known.
    pub(crate) fn plan(&self, id: &PlanId) -> String {
        self.plans.get(id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// True for the viewer's own organization.
    pub(crate) fn is_own(&self, id: OrgId) -> bool {
        self.own == Some(id)
    }

    /// An organization beside the viewer's: its name is not everybody's to read.
    pub(crate) fn organization(&self, words: Words, id: OrgId) -> String {
        if self.own == Some(id) {
            fl!(words.l, "your-organization")
        } else {
            fl!(words.l, "another-organization")
        }
    }
}

/// Name of a service of the catalog; its id if the catalog has it no more.
pub(crate) fn service(words: Words, id: &str) -> String {
    Catalog::state().service(id).map_or_else(|| id.to_owned(), |service| words.pick(&service.name))
}
