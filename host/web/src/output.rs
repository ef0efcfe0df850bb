//! Values of use cases as JSON: the wire's own words, kept apart from the domain's, so that a renamed field
//! there cannot change the API by accident.
//!
//! One file for each noun: its shapes, and what makes them of the values of `workflow::shown`. What a caller
//! may see was decided there; here it is only written.

use axum::Json;
use domain::Procedure;
use domain::actor::Actor;
use domain::plan::types::Bilingual;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::TimelineStep;

pub(crate) mod accounts;
pub(crate) mod asking;
pub(crate) mod audit;
pub(crate) mod cases;
pub(crate) mod contracts;
pub(crate) mod counties;
pub(crate) mod criteria;
pub(crate) mod dictionary;
pub(crate) mod documents;
pub(crate) mod evaluations;
pub(crate) mod facts;
pub(crate) mod fhir;
pub(crate) mod figures;
pub(crate) mod identity;
pub(crate) mod identity_providers;
pub(crate) mod limits;
pub(crate) mod members;
pub(crate) mod organizations;
pub(crate) mod passkeys;
pub(crate) mod plans;
pub(crate) mod plugins;
pub(crate) mod receipts;
pub(crate) mod remittances;
pub(crate) mod rosters;
pub(crate) mod rules_files;
pub(crate) mod sessions;
pub(crate) mod shadow_runs;
pub(crate) mod tables;
pub(crate) mod threads;
pub(crate) mod work;
pub(crate) mod would_change;

/// A value that has a form in JSON.
pub(crate) trait Output {
    /// Its form in JSON.
    type View: Serialize;

    /// The value in that form.
    fn view(&self) -> Self::View;
}

/// An answer of 200 with the value.
pub(crate) fn json<V: Output>(value: V) -> Json<V::View> {
    Json(value.view())
}

/// A page of a list, keyed by its last entry.
#[derive(Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// Entries of this page, in the order of the list.
    pub(crate) items: Vec<T>,
    /// Pass as `cursor` for the next page; null at the end.
    pub(crate) next_cursor: Option<String>,
}

impl<T: Output> Output for workflow::Page<T> {
    type View = Page<T::View>;

    fn view(&self) -> Self::View {
        Page { items: views(&self.items), next_cursor: self.next_cursor.clone() }
    }
}

/// A list that is never longer than one page.
impl<T: Output> Output for Vec<T> {
    type View = Page<T::View>;

    fn view(&self) -> Self::View {
        Page { items: views(self), next_cursor: None }
    }
}

/// Each of them in its form.
pub(crate) fn views<T: Output>(values: &[T]) -> Vec<T::View> {
    values.iter().map(Output::view).collect()
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Text {
    /// The sentence in English.
    pub(crate) en: String,
    /// The sentence in Spanish.
    pub(crate) es: String,
}

/// A code with its sentence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CodedText {
    /// Stable code, for software to branch on.
    pub(crate) code: String,
    /// Sentence that the code stands for.
    pub(crate) text: Text,
}

impl Output for Bilingual {
    type View = Text;

    fn view(&self) -> Text {
        Text { en: self.en.clone(), es: self.es.clone() }
    }
}

/// A procedure: a code and its modifiers, an unordered set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ProcedureView {
    /// HCPCS Level II code.
    #[schema(example = "T2033")]
    pub(crate) code: String,
    /// Modifiers of the code, such as `U6`, in no order.
    pub(crate) modifiers: Vec<String>,
}

impl Output for Procedure {
    type View = ProcedureView;

    fn view(&self) -> ProcedureView {
        ProcedureView {
            code: self.code.to_string(),
            modifiers: self.modifiers.iter().map(ToString::to_string).collect(),
        }
    }
}

/// One step in a case's life.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EventView {
    /// Instant of the step (UTC).
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Event of the case, a word of `docs/timeline.md`.
    pub(crate) event: String,
    /// The state it led to.
    pub(crate) state: String,
    /// Person, rules or host that took the step.
    pub(crate) actor: ActorView,
    /// Codes that belong to it; never words about a member.
    #[schema(value_type = Object)]
    pub(crate) detail: serde_json::Value,
}

/// Person, rules or host that acted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ActorView {
    /// The organization that did it; of `plan-rules` the plan's own, null for the host.
    pub(crate) organization: Option<String>,
    /// The role of the key that did it; `plan-rules` where the plan's rules answered, `host` where the host
    /// acted by itself.
    #[schema(example = "plan-rules")]
    pub(crate) role: String,
    /// Id of the account of the person who did it, where a person of the reader's organization moved a
    /// plugin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) person: Option<String>,
}

impl Output for TimelineStep {
    type View = EventView;

    fn view(&self) -> EventView {
        EventView {
            at: self.at.to_string(),
            event: self.name.to_owned(),
            state: self.state.clone(),
            actor: ActorView {
                organization: self.organization.map(|id| id.to_string()),
                role: self.role.clone(),
                person: self.actor.and_then(Actor::account).map(|id| id.to_string()),
            },
            detail: self.detail.clone(),
        }
    }
}
