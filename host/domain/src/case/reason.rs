//! Reasons that people write in their own language, and the other language, which is then wanted.

use serde::{Deserialize, Serialize};

use super::{Language, WhyPeople};
use crate::plan::types::Bilingual;
use crate::words;

words! {
    /// Reason of a plan's people in a case, by what it is for.
    pub enum ReasonOf {
        /// A denial, or a cut.
        Refusal = "refusal",
        /// A referral that is sent elsewhere.
        Redirect = "redirect",
        /// More time to decide.
        Extension = "extension",
        /// A dispute in which the plan stands by what it did.
        Dispute = "dispute",
        /// More than a benefit limit gives.
        Exception = "exception",
        /// A payment that no authorization on file covers.
        WithoutAuthorization = "without-authorization",
        /// A credentialing file that is declined.
        Decline = "decline",
        /// A credentialing file that is read again.
        Reopen = "reopen",
        /// An approval of a credentialing file, or a contract, that ends.
        End = "end",
        /// A contract that does not hold for now.
        Suspend = "suspend",
    }
}

/// A reason in both languages, of which one may still be wanted. At least one is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Reason {
    text: Bilingual,
    wanted: Option<Language>,
}

/// A reason as the record has it: that of both languages has no further word.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    en: String,
    es: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wanted: Option<Language>,
}

impl From<Stored> for Reason {
    fn from(stored: Stored) -> Self {
        Self { text: Bilingual { en: stored.en, es: stored.es }, wanted: stored.wanted }
    }
}

impl From<Reason> for Stored {
    fn from(reason: Reason) -> Self {
        let Reason { text: Bilingual { en, es }, wanted } = reason;
        Self { en, es, wanted }
    }
}

impl From<Bilingual> for Reason {
    fn from(text: Bilingual) -> Self {
        Self { text, wanted: None }
    }
}

impl Reason {
    /// A reason in the languages in which it is written; `None` if it is in neither.
    #[must_use]
    pub fn written(en: Option<String>, es: Option<String>) -> Option<Self> {
        let wanted = missing(en.as_deref(), es.as_deref());
        let is_there = en.is_some() || es.is_some();
        let text = Bilingual { en: en.unwrap_or_default(), es: es.unwrap_or_default() };
        is_there.then_some(Self { text, wanted })
    }

    /// The language in which it is still to be written.
    #[must_use]
    pub fn wanted(&self) -> Option<Language> {
        self.wanted
    }

    /// As far as it is written.
    #[must_use]
    pub fn text(&self) -> &Bilingual {
        &self.text
    }

    /// As it is told: in the language in which it is wanted, that it is on its way.
    #[must_use]
    pub fn told(&self) -> Bilingual {
        told(&self.text, self.wanted)
    }

    /// Adds the words in the language that is wanted. Whether it was wanted.
    pub fn translate(&mut self, language: Language, words: &str) -> bool {
        fill(&mut self.text, &mut self.wanted, language, words)
    }
}

/// The language that is wanted of a reason that is written in one of the two.
#[must_use]
pub fn missing(en: Option<&str>, es: Option<&str>) -> Option<Language> {
    match (en, es) {
        (Some(_), None) => Some(Language::Es),
        (None, Some(_)) => Some(Language::En),
        _ => None,
    }
}

/// A reason with a word in the language in which it is still to be written.
#[must_use]
pub(crate) fn told(text: &Bilingual, wanted: Option<Language>) -> Bilingual {
    let mut text = text.clone();
    let coming = WhyPeople::TranslationWanted.text();
    match wanted {
        Some(Language::En) => add(&mut text.en, &coming.en),
        Some(Language::Es) => add(&mut text.es, &coming.es),
        None => {}
    }
    text
}

/// Adds the words in the language that is wanted, after what stands there. Whether it was wanted.
pub(crate) fn fill(
    text: &mut Bilingual,
    wanted: &mut Option<Language>,
    language: Language,
    words: &str,
) -> bool {
    if *wanted != Some(language) {
        return false;
    }
    match language {
        Language::En => add(&mut text.en, words),
        Language::Es => add(&mut text.es, words),
    }
    *wanted = None;
    true
}

fn add(text: &mut String, words: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(words);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_in_one_language_wants_the_other() {
        let mut reason = Reason::written(None, Some("Puede esperar.".to_owned())).unwrap();
        assert_eq!(reason.wanted(), Some(Language::En));
        assert_eq!(reason.told().en, WhyPeople::TranslationWanted.text().en, "nothing stands there yet");
        assert!(!reason.translate(Language::Es, "Otra cosa."), "it is written in this one");
        assert!(reason.translate(Language::En, "It can wait."));
        assert!(!reason.translate(Language::En, "Twice."));
        assert_eq!(reason.told(), *reason.text());
        assert_eq!(
            (reason.text().en.as_str(), reason.text().es.as_str()),
            ("It can wait.", "Puede esperar.")
        );
        assert_eq!(Reason::written(None, None), None);
    }

    /// The record from before reasons could wait for a language reads as it did.
    #[test]
    fn a_reason_in_both_languages_is_stored_as_its_words() {
        let words = json!({ "en": "It can wait.", "es": "Puede esperar." });
        let read: Reason = serde_json::from_value(words.clone()).unwrap();
        assert_eq!(read.wanted(), None);
        assert_eq!(serde_json::to_value(&read).unwrap(), words);
        let half = Reason::written(Some("It can wait.".to_owned()), None).unwrap();
        let stored = serde_json::to_value(&half).unwrap();
        assert_eq!(stored, json!({ "en": "It can wait.", "es": "", "wanted": "es" }));
        assert_eq!(serde_json::from_value::<Reason>(stored).unwrap(), half);
    }
}
