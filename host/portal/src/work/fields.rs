//! Fields of the screen to decide. Their names are known only when it is made: a request has as many lines as
//! it has.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::parts::described_by;

impl HtmlSafe for TextArea {}
impl HtmlSafe for Choices {}
impl HtmlSafe for Select {}

/// A text of some sentences.
#[derive(Clone, Template)]
#[template(path = "work/fields/area.html")]
pub(crate) struct TextArea {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) value: String,
    /// Language of what is written in it, for whoever reads it aloud and checks its spelling.
    pub(crate) lang: Option<&'static str>,
}

impl TextArea {
    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// Things of which one or several are chosen.
#[derive(Clone, Template)]
#[template(path = "work/fields/choices.html")]
pub(crate) struct Choices {
    pub(crate) name: String,
    pub(crate) legend: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    /// `type` of each input: `radio` for one, `checkbox` for several.
    pub(crate) kind: &'static str,
    pub(crate) rows: Vec<Choice>,
}

impl Choices {
    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }
}

/// One thing that can be chosen.
#[derive(Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    /// Word beside it, such as that a criterion is not met.
    pub(crate) note: Option<String>,
    pub(crate) is_chosen: bool,
}

/// A list of which one entry is chosen.
#[derive(Clone, Template)]
#[template(path = "work/fields/select.html")]
pub(crate) struct Select {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) rows: Vec<Choice>,
}

impl Select {
    fn described_by(&self) -> String {
        described_by(&self.name, self.hint.is_some(), self.error.is_some())
    }
}
