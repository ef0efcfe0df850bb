//! Counties: California's 58, from `data/counties.toml`, and those that an operator added to the record.
//!
//! Nothing else of the host knows a county by name. [`Counties::state`] is the state's own list; a host works
//! with [`Counties::with`], which holds what was added too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::identifiers::County;
use crate::near::slips;
use crate::plan::types::Bilingual;
use crate::provenance::{Confidence, Effective};

/// The most near misses that a problem names.
const MOST_NEAR: usize = 4;

/// Every county that a host knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counties {
    by_code: BTreeMap<String, KnownCounty>,
}

/// County that the host knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownCounty {
    /// The code by which this host and its plans write it.
    pub code: County,
    /// Its name, without the word for county.
    pub name: Bilingual,
    /// The region that it lies in: a code of [`regions`], or the words of the operator that added it.
    pub region: String,
    /// `Some` for one of the state's counties, `None` for an invented one.
    pub state: Option<StateCounty>,
}

/// The state's data on one of its own counties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateCounty {
    /// The county's part of its federal code.
    pub fips: String,
    /// The state's own number, `01` to `58`.
    pub number: String,
    /// Models of managed care in the county, in the order of time.
    pub models: Vec<CareModel>,
}

/// Model of a county's Medi-Cal managed care on some days.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CareModel {
    /// A code of [`models`].
    pub code: String,
    /// Days on which the model is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// A region, or a model of managed care: a code with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountyWord {
    /// Code, as it is written in requests.
    pub code: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Source of a list of codes, with our confidence in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListOrigin {
    /// Document that has the list.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

impl Counties {
    /// California's 58 counties, and no other.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE.counties
    }

    /// These counties and `added`. One that is there already stays as it is.
    #[must_use]
    pub fn with(&self, added: impl IntoIterator<Item = KnownCounty>) -> Self {
        let mut by_code = self.by_code.clone();
        for county in added {
            by_code.entry(county.code.to_string()).or_insert(county);
        }
        Self { by_code }
    }

    /// The county with this code.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&KnownCounty> {
        self.by_code.get(code)
    }

    /// Every county, by code.
    pub fn iter(&self) -> impl Iterator<Item = &KnownCounty> {
        self.by_code.values()
    }

    /// The county that a text means: its code, its name with or without the word for county, or one of the
    /// state's numbers for it, in any case.
    #[must_use]
    pub fn meant(&self, text: &str) -> Option<&KnownCounty> {
        let text = spelled(text);
        self.iter().find(|county| county.written().any(|written| written == text))
    }

    /// The counties that may have been meant by a text that means none: one letter of the code is wrong, the
    /// name begins alike or has up to two wrong letters. The nearest first.
    #[must_use]
    pub fn near(&self, text: &str) -> Vec<&KnownCounty> {
        let text: String = spelled(text).chars().take(40).collect();
        let mut near: Vec<(usize, &KnownCounty)> = self
            .iter()
            .filter_map(|county| {
                let from_code = slips(&text, county.code.as_str());
                let name = county.name.en.to_lowercase();
                let begins = text.len() >= 3 && name.starts_with(&text);
                let from_name = if begins { 1 } else { slips(&text, &name) };
                let nearest = from_code.min(from_name);
                (from_code <= 1 || from_name <= 2).then_some((nearest, county))
            })
            .collect();
        near.sort_by_key(|(slips, county)| (*slips, county.code.clone()));
        near.into_iter().take(MOST_NEAR).map(|(_, county)| county).collect()
    }

    /// Hint for a text that means no county: the near misses, or where the counties are listed.
    #[must_use]
    pub fn instead_of(&self, text: &str) -> String {
        let near = self.near(text);
        let named: Vec<String> =
            near.iter().map(|county| format!("{} ({})", county.code, county.name.en)).collect();
        if named.is_empty() {
            return "send a code of ⟦getDictionaryList counties⟧; the operator adds invented ones".to_owned();
        }
        format!("send a code of ⟦getDictionaryList counties⟧, perhaps {}", named.join(" or "))
    }
}

impl KnownCounty {
    /// Ways to write it, in lower case.
    pub fn written(&self) -> impl Iterator<Item = String> {
        let numbers = self.state.iter().flat_map(|state| [state.fips.clone(), state.number.clone()]);
        [self.code.as_str(), &self.name.en, &self.name.es].map(spelled).into_iter().chain(numbers)
    }

    /// True if it was made up, for a demonstration or a test.
    #[must_use]
    pub fn is_invented(&self) -> bool {
        self.state.is_none()
    }

    /// Model of its managed care on `day`, where that is known.
    #[must_use]
    pub fn model_on(&self, day: Date) -> Option<&CareModel> {
        self.state.as_ref()?.models.iter().find(|model| model.effective.covers(day))
    }
}

/// Regions of the state.
#[must_use]
pub fn regions() -> &'static [CountyWord] {
    &STATE.regions
}

/// The models of Medi-Cal managed care.
#[must_use]
pub fn models() -> &'static [CountyWord] {
    &STATE.models
}

/// Sources of the codes, the federal codes and the numbers of the 58, by what they are.
#[must_use]
pub fn origins() -> [(&'static str, &'static ListOrigin); 3] {
    [("code", &STATE.code_list), ("fips", &STATE.fips), ("number", &STATE.number)]
}

/// A text as spellings of counties are compared: lower case, one space between words, no word for county.
#[must_use]
pub fn spelled(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix(" county").or_else(|| text.strip_prefix("condado de ")).unwrap_or(&text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct State {
    counties: Counties,
    regions: Vec<CountyWord>,
    models: Vec<CountyWord>,
    code_list: ListOrigin,
    fips: ListOrigin,
    number: ListOrigin,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountyFile {
    code_list: ListOrigin,
    fips: ListOrigin,
    number: ListOrigin,
    region: Vec<CountyWord>,
    model: Vec<CountyWord>,
    county: Vec<CountyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountyEntry {
    code: County,
    fips: String,
    number: String,
    name: Bilingual,
    region: String,
    models: Vec<CareModel>,
}

impl From<CountyEntry> for KnownCounty {
    fn from(entry: CountyEntry) -> Self {
        let CountyEntry { code, fips, number, name, region, models } = entry;
        Self { code, name, region, state: Some(StateCounty { fips, number, models }) }
    }
}

static STATE: LazyLock<State> = LazyLock::new(|| {
    let file: CountyFile =
        toml::from_str(include_str!("../data/counties.toml")).expect("the tests read the embedded counties");
    let none = Counties { by_code: BTreeMap::new() };
    State {
        counties: none.with(file.county.into_iter().map(KnownCounty::from)),
        regions: file.region,
        models: file.model,
        code_list: file.code_list,
        fips: file.fips,
        number: file.number,
    }
});

#[cfg(test)]
mod tests;
