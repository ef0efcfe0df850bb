//! Asking for a service: for whom, what, the questions that are left, documents, check, and the confirmation;
//! and the steps that a provider takes with a case.
//!
//! - `draft`: what was entered, which travels in the form; `wanted`: what the plan's rules read, and what
//!   earlier cases tell.
//! - `view`: the pages up to the check; `sent`: the confirmation; `step`: one page for each step with a case.

use std::collections::BTreeMap;

use domain::plan::profile::FactKind;
use i18n_embed_fl::fl;

use crate::parts::{Errors, Mistake, Question};
use crate::words::Words;

pub mod draft;
pub(crate) mod samples;
pub mod sent;
pub mod step;
pub mod view;
pub mod wanted;

/// Address of the first page, and to which all but files are posted.
pub const ADDRESS: &str = "/portal/ask";
/// Address to which the page of documents is posted.
pub const DOCUMENTS: &str = "/portal/ask/documents";
/// Address of the confirmation.
pub const SENT: &str = "/portal/ask/sent";

/// Something that is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slip {
    /// No service was chosen.
    Service,
    /// Nobody said who gives the service.
    Giver,
    /// No reason was chosen.
    Reason,
    /// There is nothing in the form to send.
    Nothing,
    /// It is no day, or one that cannot be.
    Day,
    /// The last day is before the first.
    Order,
    /// It is no number of units.
    Units,
    /// It is no answer to a question of this kind.
    Answer(FactKind),
    /// The file is of a kind that is not taken, or not what it says.
    File,
    /// The file is too large; the most megabytes.
    Large(u64),
    /// It is a photograph out of which its place cannot be taken.
    Photograph,
    /// It is a picture that is cut short or broken.
    Damaged,
    /// It is a picture with more pixels than anybody can look at.
    Pixels,
    /// A file that was chosen before somebody had to sign in again.
    ChooseAgain,
    /// The words of the problem.
    Other(String),
}

impl Slip {
    fn text(&self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Service => fl!(l, "ask-service-wrong"),
            Self::Giver => fl!(l, "ask-giver-wrong"),
            Self::Reason => fl!(l, "ask-reason-wrong"),
            Self::Nothing => fl!(l, "ask-nothing-to-send"),
            Self::Day | Self::Answer(FactKind::Day) => fl!(l, "day-wrong"),
            Self::Order => fl!(l, "ask-days-wrong"),
            Self::Units => fl!(l, "ask-units-wrong"),
            Self::Answer(FactKind::Count) => fl!(l, "ask-count-wrong"),
            Self::Answer(FactKind::Measure) => fl!(l, "ask-measure-wrong"),
            Self::Answer(FactKind::Text) => fl!(l, "ask-text-wrong"),
            Self::Answer(FactKind::Flag | FactKind::Coded) => fl!(l, "ask-choice-wrong"),
            Self::File => fl!(l, "ask-file-wrong"),
            Self::Large(megabytes) => {
                let megabytes: u64 = *megabytes;
                fl!(l, "ask-file-large", megabytes = megabytes)
            }
            Self::Photograph => fl!(l, "file-photograph"),
            Self::Damaged => fl!(l, "file-damaged"),
            Self::Pixels => fl!(l, "file-pixels"),
            Self::ChooseAgain => fl!(l, "file-again"),
            Self::Other(text) => text.clone(),
        }
    }
}

/// Mistakes, by the name of its field.
pub type Slips = BTreeMap<String, Slip>;

/// Puts each mistake at its question and lists all of them, in the order of the page. What is at no question
/// of the page leads to its first one.
pub(crate) fn marked(words: Words, questions: &mut [Question], slips: &Slips) -> Errors {
    let mut rows = Vec::new();
    for question in questions.iter_mut() {
        if let Some(slip) = slips.get(&question.name) {
            let text = slip.text(words);
            rows.push(Mistake::at(question.id, text.clone()));
            question.error = Some(text);
        }
    }
    let elsewhere = slips.iter().filter(|(name, _)| questions.iter().all(|one| one.name != **name));
    let first = questions.first().map_or("main", |question| question.id);
    rows.extend(elsewhere.map(|(_, slip)| Mistake::at(first, slip.text(words))));
    Errors { title: fl!(words.l, "errors"), rows }
}

/// A button of a form that says where it leads.
pub(crate) struct Button {
    pub(crate) to: &'static str,
    pub(crate) text: String,
    pub(crate) main: bool,
}

impl Button {
    pub(crate) fn main(to: &'static str, text: String) -> Self {
        Self { to, text, main: true }
    }

    pub(crate) fn other(to: &'static str, text: String) -> Self {
        Self { to, text, main: false }
    }

    pub(crate) fn class(&self) -> &'static str {
        if self.main { "main" } else { "other" }
    }
}
