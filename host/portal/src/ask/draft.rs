//! The entries of a request that is being made. They travel in the form itself, from page to page, and
//! nowhere else: nothing is kept of what nobody sent, and a form that is parked while somebody signs in again
//! is parked whole.

use std::ops::{Deref, DerefMut};

use crate::fields::{Fields, ONCE};
use crate::shell::IN_LANGUAGE;

/// Names of the fields that say where the reader is and goes, and how often something is done. They are no
/// answers.
const GUIDES: [&str; 7] = ["at", "to", "again", ONCE, IN_LANGUAGE, "rules", "referral"];

/// Beginning of the names of answers to questions about facts; the fact's code follows.
pub const FACT: &str = "fact.";
/// Beginning of the names of files; the document's kind follows.
pub const FILE: &str = "file.";
/// Beginning of the names of the days on documents; the document's kind follows.
pub const ISSUED: &str = "issued.";
/// Answer of who does not know.
pub const UNKNOWN: &str = "unknown";

/// Pages of a request, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// Service, who gives it, and how soon.
    Service,
    /// Parts that are done, and those to do.
    Tasks,
    /// The questions that nobody answered yet, and the days and units.
    Questions,
    /// Documents that go along.
    Documents,
    /// Everything, and what the plan's rules say to it.
    Check,
    /// The last step: it is sent.
    Send,
}

impl Page {
    const ALL: [Self; 6] =
        [Self::Service, Self::Tasks, Self::Questions, Self::Documents, Self::Check, Self::Send];

    /// Word of the page in its form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Tasks => "tasks",
            Self::Questions => "questions",
            Self::Documents => "documents",
            Self::Check => "check",
            Self::Send => "send",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.name() == name)
    }
}

/// The fields of a form, and what they say of a request.
#[derive(Clone, Default)]
pub struct Draft(Fields);

impl Deref for Draft {
    type Target = Fields;

    fn deref(&self) -> &Fields {
        &self.0
    }
}

impl DerefMut for Draft {
    fn deref_mut(&mut self) -> &mut Fields {
        &mut self.0
    }
}

impl Draft {
    /// The request of a form.
    #[must_use]
    pub fn of(fields: Fields) -> Self {
        Self(fields)
    }

    /// Takes out what belongs to another service than the one that is chosen now.
    pub fn settle_service(&mut self) {
        const OF_SERVICE: [&str; 6] = ["answered", "chose", "procedure", "first", "last", "units"];
        if self.filled("was").is_some_and(|was| Some(was) != self.filled("service")) {
            self.retain(|name| !OF_SERVICE.contains(&name));
        }
        self.retain(|name| name != "was");
    }

    /// Page that was shown.
    #[must_use]
    pub fn at(&self) -> Page {
        self.get("at").and_then(Page::named).unwrap_or(Page::Service)
    }

    /// Page that is wanted, where a button says it.
    #[must_use]
    pub fn to(&self) -> Option<Page> {
        self.get("to").and_then(Page::named)
    }

    /// True if the question about a fact is to be asked again.
    #[must_use]
    pub fn reopens(&self, code: &str) -> bool {
        self.all("again").any(|open| open == code)
    }

    /// True if this organization gives the service itself, and asks for the authorization too.
    #[must_use]
    pub fn gives(&self) -> bool {
        self.get("giver") == Some("we")
    }

    /// Answer to the question about a fact; `None` where none was given.
    #[must_use]
    pub fn answer(&self, code: &str) -> Option<&str> {
        self.filled(&format!("{FACT}{code}"))
    }

    /// The answers, in a text that is the same for the same answers: by it a form that is sent twice is
    /// known.
    #[must_use]
    pub fn asked(&self) -> String {
        let mut fields: Vec<&(String, String)> =
            self.pairs().iter().filter(|(name, _)| !GUIDES.contains(&name.as_str())).collect();
        fields.sort();
        fields.iter().map(|(name, value)| format!("{name}\u{0}{value}\u{0}")).collect()
    }

    /// The fields that a page carries along, of which it shows others itself.
    pub(crate) fn carried(&self, shown: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        const SET_ANEW: [&str; 5] = ["at", "to", IN_LANGUAGE, "again", "was"];
        let keeps = |name: &str| !SET_ANEW.contains(&name) && !name.starts_with(FILE) && !shown(name);
        self.pairs().iter().filter(|(name, _)| keeps(name)).cloned().collect()
    }
}

/// A document that goes along: its kind, its id, and the day on it, as one value of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Kind of the document in the dictionary.
    pub kind: String,
    /// Id of its bytes here.
    pub id: String,
    /// The day on it.
    pub issued: Option<String>,
}

impl Attached {
    /// Reads a value of a form.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace().map(str::to_owned);
        Some(Self { kind: words.next()?, id: words.next()?, issued: words.next() })
    }

    /// The same as a value of a form.
    #[must_use]
    pub fn value(&self) -> String {
        let issued = self.issued.as_deref().unwrap_or_default();
        format!("{} {} {issued}", self.kind, self.id).trim_end().to_owned()
    }
}
