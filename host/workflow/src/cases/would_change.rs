//! Changes that would turn an answer, as they were found.

use domain::case::WhyPeople;
use domain::identifiers::Digest;
use domain::plan::types::{Ask, Bilingual, FactValue};

/// Changes that would turn an answer.
#[derive(Clone, Debug)]
pub struct WouldChange {
    /// Sentence on how to read it.
    pub text: Bilingual,
    /// Word of the answer that stands.
    pub answer: &'static str,
    /// SHA-256 of the component that gave it, and was asked again.
    pub digest: Digest,
    /// Smallest sets first. Where nothing turns the answer, what would leave less to ask.
    pub sets: Vec<ChangingSet>,
    /// True if everything was tried alone and in pairs; false if that took too long.
    pub exhausted: bool,
    /// Times that the component was asked.
    pub calls: u32,
}

/// Things that together, and not without any one of them, would turn an answer.
#[derive(Clone, Debug)]
pub struct ChangingSet {
    /// Facts and documents that would have to be so.
    pub supply: Vec<ToSupply>,
    /// Word of what the answer would become.
    pub becomes: &'static str,
    /// Facts and documents that it would still ask for.
    pub asks: Vec<AskedFor>,
    /// Reason for which people would decide on it all the same: what it grants passes a benefit limit, or
    /// rests on no contract. `None` where nothing stands in the way today, and of what nobody sent.
    pub but: Option<WhyPeople>,
}

/// A fact or a document that, if it is so, has a part in turning an answer.
#[derive(Clone, Debug)]
pub struct ToSupply {
    /// The fact or the document, with its question.
    pub asked: AskedFor,
    /// Values that would do; each was tried. None for a document.
    pub values: Vec<FactValue>,
    /// Lowest number or earliest day that does; `None` where there is none lower that does not.
    pub at_least: Option<FactValue>,
    /// Highest number or latest day that does; `None` where there is none higher that does not.
    pub at_most: Option<FactValue>,
    /// Kind of document that proves it.
    pub proof: Option<String>,
}

/// A fact or a document that a plan asks for, with the question to put to a person.
#[derive(Clone, Debug)]
pub struct AskedFor {
    /// The fact or the document.
    pub ask: Ask,
    /// Question to put to a person.
    pub question: Bilingual,
}
