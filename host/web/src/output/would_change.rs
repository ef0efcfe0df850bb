//! Facts and documents that would change an answer.

use domain::case::WhyPeople;
use domain::dictionary::Dictionary;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{AskedFor, ChangingSet, ToSupply, WouldChange};

use crate::output::cases::{AskView, ask};
use crate::output::facts::written;
use crate::output::limits::LimitPassedView;
use crate::output::{CodedText, Output, Text, views};

/// Facts and documents that would change an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhatIfView {
    /// Explanation of this search, in words for people.
    pub(crate) text: Text,
    /// The answer that stands.
    #[schema(example = "pended")]
    pub(crate) answer: String,
    /// SHA-256 of the component that gave it, and was asked again.
    pub(crate) digest: String,
    /// Smallest sets first. Where nothing turns the answer, what would leave less to ask.
    pub(crate) sets: Vec<WhatIfSetView>,
    /// `exhausted` if everything was tried alone and in pairs, `cut-off` if it took too long.
    #[schema(example = "exhausted")]
    pub(crate) search: String,
    /// Times that the component was asked.
    pub(crate) calls: u32,
}

/// Facts and documents that together, and not without any one of them, would turn an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhatIfSetView {
    /// Facts and documents that would have to be so.
    pub(crate) supply: Vec<SupplyView>,
    /// Answer that would follow: a state of the case, or `partly-approved`, `modified`.
    #[schema(example = "approved")]
    pub(crate) becomes: String,
    /// Facts and documents that it would still ask for.
    pub(crate) asks: Vec<AskView>,
    /// Reason for which the plan's people would decide all the same, as of today: `benefit-limit` or
    /// `not-contracted`. Absent where nothing stands in the way, and of a case that was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) but: Option<CodedText>,
    /// The benefit limit that it would pass, with what is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<LimitPassedView>,
}

/// A fact or a document that, if it is so, has a part in turning an answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SupplyView {
    /// Code of the fact, a word of the dictionary or of the plan's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fact: Option<String>,
    /// Kind of the document, a word of the dictionary or of the plan's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) document: Option<String>,
    /// The question to ask a person.
    pub(crate) question: Text,
    /// Values that would do, as requests carry them; each was tried. None for a document.
    pub(crate) values: Vec<serde_json::Value>,
    /// The lowest number or earliest day that does; null where there is none lower that does not.
    pub(crate) at_least: Option<serde_json::Value>,
    /// The highest number or latest day that does; null where there is none higher that does not.
    pub(crate) at_most: Option<serde_json::Value>,
    /// The document that proves it.
    pub(crate) proof: Option<ProofView>,
}

/// A document that proves something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProofView {
    /// Kind of the document, a word of the dictionary or of the plan's profile.
    pub(crate) kind: String,
    /// Name of the kind, for people.
    pub(crate) name: Text,
}

impl Output for WouldChange {
    type View = WhatIfView;

    fn view(&self) -> WhatIfView {
        WhatIfView {
            text: self.text.view(),
            answer: self.answer.to_owned(),
            digest: self.digest.to_string(),
            sets: views(&self.sets),
            search: if self.exhausted { "exhausted" } else { "cut-off" }.to_owned(),
            calls: self.calls,
        }
    }
}

impl Output for ChangingSet {
    type View = WhatIfSetView;

    fn view(&self) -> WhatIfSetView {
        WhatIfSetView {
            supply: views(&self.supply),
            becomes: self.becomes.to_owned(),
            asks: views(&self.asks),
            but: self.but.as_ref().map(Output::view),
            limit: match &self.but {
                Some(WhyPeople::BenefitLimit(passed)) => Some(passed.view()),
                _ => None,
            },
        }
    }
}

impl Output for ToSupply {
    type View = SupplyView;

    fn view(&self) -> SupplyView {
        let AskView { fact, document, question } = self.asked.view();
        let proof = self.proof.as_ref().and_then(|kind| Dictionary::state().document(kind));
        SupplyView {
            fact,
            document,
            question,
            values: self.values.iter().map(written).collect(),
            at_least: self.at_least.as_ref().map(written),
            at_most: self.at_most.as_ref().map(written),
            proof: proof
                .map(|document| ProofView { kind: document.kind.clone(), name: document.name.view() }),
        }
    }
}

impl Output for AskedFor {
    type View = AskView;

    fn view(&self) -> AskView {
        ask(&self.ask, &self.question)
    }
}
