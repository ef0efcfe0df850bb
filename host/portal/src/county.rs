//! Pages of the county: figures of its plans, health of this host, who has access, and the audit trail.
//! No member is named on any of them.

use askama::Template;
use askama::filters::HtmlSafe;
use i18n_embed_fl::fl;

use crate::shell::{Frame, PlaceLink, Who};
use crate::words::Words;

pub mod audit;
pub mod directory;
pub mod figures;
pub mod health;
pub(crate) mod samples;

/// Address of the figures, which are the county's first page.
pub const COUNTY: &str = "/portal/county";
/// Address of the figures as a spreadsheet.
pub const SHEET: &str = "/portal/county/figures.csv";
/// Address of the health of this host.
pub const HEALTH: &str = "/portal/county/health";
/// Address of the list of organizations.
pub const ORGANIZATIONS: &str = "/portal/county/organizations";
/// Address of the list of people's accounts.
pub const PEOPLE: &str = "/portal/county/people";
/// Address of the list of keys.
pub const KEYS: &str = "/portal/county/keys";
/// Address of the form that makes a key.
pub const NEW_KEY: &str = "/portal/county/keys/new";
/// Address of the audit trail.
pub const AUDIT: &str = "/portal/county/audit";

/// One of the county's pages, as the others lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Figures,
    Health,
    Organizations,
    People,
    Keys,
    Audit,
}

impl Section {
    /// The pages of somebody: people and keys are for whoever looks after them.
    fn all(who: Option<&Who>) -> &'static [Self] {
        if who.is_some_and(|who| who.administers) {
            &[Self::Figures, Self::Health, Self::Organizations, Self::People, Self::Keys, Self::Audit]
        } else {
            &[Self::Figures, Self::Health, Self::Organizations, Self::Audit]
        }
    }

    fn address(self) -> &'static str {
        match self {
            Self::Figures => COUNTY,
            Self::Health => HEALTH,
            Self::Organizations => ORGANIZATIONS,
            Self::People => PEOPLE,
            Self::Keys => KEYS,
            Self::Audit => AUDIT,
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Figures => fl!(l, "county-figures"),
            Self::Health => fl!(l, "county-health"),
            Self::Organizations => fl!(l, "county-organizations"),
            Self::People => fl!(l, "county-people"),
            Self::Keys => fl!(l, "county-keys"),
            Self::Audit => fl!(l, "county-audit"),
        }
    }
}

/// Links from one of the county's pages to the others.
#[derive(Template)]
#[template(path = "county/sections.html")]
pub(crate) struct Sections {
    label: String,
    links: Vec<PlaceLink>,
}

impl HtmlSafe for Sections {}

impl Sections {
    pub(crate) fn of(frame: &Frame<'_>, here: Section) -> Self {
        let words = frame.words;
        let link = |section: &Section| PlaceLink {
            text: section.text(words),
            address: section.address(),
            is_here: *section == here,
        };
        Self {
            label: fl!(words.l, "county-pages"),
            links: Section::all(frame.who).iter().map(link).collect(),
        }
    }
}
