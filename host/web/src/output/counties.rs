//! Counties, the state's own and invented ones.

use domain::counties::{CareModel, KnownCounty};
use serde::Serialize;
use utoipa::ToSchema;

use crate::output::{Output, Text};

/// A county.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CountyView {
    /// The code by which requests name it.
    #[schema(example = "SAC")]
    pub(crate) code: String,
    /// Its name, without the word for county.
    pub(crate) name: Text,
    /// The region that it lies in: a code of the list `county-regions`, or an operator's own words for an
    /// invented one.
    pub(crate) region: String,
    /// Whether it was made up, for a demonstration or a test: an operator added it.
    pub(crate) invented: bool,
    /// The county's part of its federal code; null for an invented one.
    pub(crate) fips: Option<String>,
    /// The state's own number; null for an invented one.
    pub(crate) number: Option<String>,
    /// How its Medi-Cal managed care is organized, by day.
    pub(crate) models: Vec<CareModelView>,
}

/// How a county's managed care is organized on some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CareModelView {
    /// A code of the list `care-models`.
    pub(crate) code: String,
    /// The first day.
    #[schema(format = Date)]
    pub(crate) from: String,
    /// The last day; null while it has no known end.
    #[schema(format = Date)]
    pub(crate) to: Option<String>,
    /// The document that says so.
    pub(crate) source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub(crate) tag: String,
}

impl Output for KnownCounty {
    type View = CountyView;

    fn view(&self) -> CountyView {
        let state = self.state.as_ref();
        CountyView {
            code: self.code.to_string(),
            name: self.name.view(),
            region: self.region.clone(),
            invented: self.is_invented(),
            fips: state.map(|state| state.fips.clone()),
            number: state.map(|state| state.number.clone()),
            models: state.map(|state| state.models.iter().map(model).collect()).unwrap_or_default(),
        }
    }
}

fn model(model: &CareModel) -> CareModelView {
    CareModelView {
        code: model.code.clone(),
        from: model.effective.from.to_string(),
        to: model.effective.to.map(|day| day.to_string()),
        source: model.source.clone(),
        tag: model.tag.name().to_owned(),
    }
}
