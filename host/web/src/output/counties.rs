//! Counties, the state's own and invented ones.

use domain::counties::{CareModel, KnownCounty};
use serde::Serialize;
use utoipa::ToSchema;

use crate::output::{Output, Text};

/// A county of California, or one that an operator invented.
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
    /// True if it was invented for a demonstration or a test: an operator added it.
    pub(crate) invented: bool,
    /// The county's part of its federal code; null for an invented one.
    pub(crate) fips: Option<String>,
    /// The state's own number; null for an invented one.
    pub(crate) number: Option<String>,
    /// Models of its Medi-Cal managed care, by day.
    pub(crate) models: Vec<CareModelView>,
}

/// A model of managed care that a county has on some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CareModelView {
    /// A code of the list `care-models`.
    pub(crate) code: String,
    /// First day of the model.
    #[schema(format = Date)]
    pub(crate) from: String,
    /// The last day; null while it has no known end.
    #[schema(format = Date)]
    pub(crate) to: Option<String>,
    /// The document that says so.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
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
