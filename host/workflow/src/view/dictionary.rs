//! The state's words and rules as callers are shown them: nothing of them is about a member.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CountyView, Text};

/// The lists of the dictionary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryView {
    /// The lists, by name.
    pub lists: Vec<ListBriefView>,
}

/// One list of the dictionary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListBriefView {
    /// Its name in the address: `/v1/dictionary/{name}`.
    #[schema(example = "services")]
    pub name: String,
    /// What it holds.
    pub title: Text,
    /// How many entries it has on all days.
    pub entries: usize,
}

/// The entries of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListView {
    /// The list's name.
    pub name: String,
    /// What it holds.
    pub title: Text,
    /// The day that entries, and what is dated within them, must hold on; null for all days.
    #[schema(format = Date)]
    pub on: Option<String>,
    /// The entries.
    pub items: Vec<EntryView>,
}

/// An entry, in the shape of its list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EntryView {
    /// Of `facts`.
    Fact(FactEntryView),
    /// Of `services`.
    Service(Box<ServiceEntryView>),
    /// Of `procedures`.
    Procedure(ProcedureEntryView),
    /// Of `populations`.
    Population(PopulationEntryView),
    /// Of `counties`.
    County(CountyView),
    /// Of `clocks`.
    Clock(ClockEntryView),
    /// Of every other list.
    Code(CodeEntryView),
}

/// A code with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeEntryView {
    /// The code.
    pub code: String,
    /// What it is called.
    pub name: Text,
    /// The code that stands for it in what the state is told; of `closure-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export: Option<String>,
    /// How much of Medi-Cal goes with Medicare; of `dual-statuses`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    /// The days on which it may be used; of `adjustment-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective: Option<EffectiveView>,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub tag: String,
}

/// A fact: a question that rules ask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FactEntryView {
    /// Its code.
    #[schema(example = "housing.status")]
    pub code: String,
    /// `flag`, `count`, `measure`, `day`, `coded` or `text`.
    pub kind: String,
    /// What is asked, in words for a person.
    pub question: Text,
    /// What a count or a measure is of.
    pub unit: Option<String>,
    /// The values of a coded fact.
    pub values: Vec<ValueView>,
    /// The kind of document that proves it; of `documents`.
    pub proof: Option<String>,
    /// The document that the question comes from.
    pub source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub tag: String,
}

/// A value of a coded fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValueView {
    /// The code.
    pub code: String,
    /// What it is called.
    pub name: Text,
}

/// A service that a plan may offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceEntryView {
    /// Its id.
    #[schema(example = "recuperative-care")]
    pub code: String,
    /// `ecm`, `cicm`, `community-support` or `encounter-only`.
    pub kind: String,
    /// Its official name.
    pub name: Text,
    /// What it was called before.
    pub former_name: Option<String>,
    /// The lines of business that are asked for it, first one first.
    pub lines: Vec<String>,
    /// The shortest window that the state gives for service before the decision; null where it gives none.
    pub presumptive_floor_days: Option<u16>,
    /// The law or waiver that it rests on.
    pub authority: AuthorityView,
    /// How it is billed.
    pub procedures: Vec<ProcedureEntryView>,
    /// What limits it.
    pub limits: Vec<LimitEntryView>,
    /// Documents that it asks for.
    pub documents: Vec<DocumentRuleView>,
    /// What rules it out.
    pub exclusions: Vec<ExclusionView>,
}

/// The law or waiver that a service rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuthorityView {
    /// Its name.
    pub source: String,
    /// The last day for which it is granted so far.
    #[schema(format = Date)]
    pub granted_until: Option<String>,
    /// How sure this host is of it.
    pub tag: String,
}

/// The days on which something is in force; both ends belong to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EffectiveView {
    /// The first.
    #[schema(format = Date)]
    pub from: String,
    /// The last; null while it has no known end.
    #[schema(format = Date)]
    pub to: Option<String>,
}

/// A procedure that means a service on some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProcedureEntryView {
    /// The code with its whole set of modifiers.
    #[schema(example = "T2033 U6")]
    pub code: String,
    /// The service that it bills.
    pub service: String,
    /// What it says was done.
    pub name: Text,
    /// What one unit is.
    pub unit: String,
    /// The days of service for which it counts.
    pub effective: EffectiveView,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}

/// A limit on how much of a service a member may have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitEntryView {
    /// Its id.
    pub code: String,
    /// How much.
    pub amount: u32,
    /// Of what.
    pub measure: String,
    /// In which span of time.
    pub window: String,
    /// Services that name the same group share it.
    pub group: Option<String>,
    /// Whose services count.
    pub counts: String,
    /// Whether the plan may go beyond it.
    pub excess: String,
    /// In plain words.
    pub text: Text,
    /// When it is in force.
    pub effective: EffectiveView,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}

/// A document that a service asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentRuleView {
    /// Its kind; of `documents`.
    pub kind: String,
    /// When it is asked for.
    pub effective: EffectiveView,
    /// The document that the rule comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}

/// Something that rules a service out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExclusionView {
    /// Its id within the service.
    pub code: String,
    /// Codes of the facts that tell.
    pub facts: Vec<String>,
    /// In plain words.
    pub text: Text,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}

/// A group of people whom care management is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PopulationEntryView {
    /// Its id.
    pub code: String,
    /// Its number on plans' lists.
    pub number: Option<u8>,
    /// Its name.
    pub name: Text,
    /// The services that know it.
    pub services: Vec<String>,
    /// The test for people of 21 and older; null where it is for children only.
    pub adult: Option<Text>,
    /// The test for people under 21; null where it is for adults only.
    pub child: Option<Text>,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}

/// A clock of the state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClockEntryView {
    /// Its id, the same for each version.
    pub code: String,
    /// The workflow that it governs.
    pub workflow: String,
    /// What it counts from.
    pub starts: String,
    /// What it means that it runs out: `duty`, `right` or `warning`.
    pub nature: String,
    /// How many.
    pub amount: u16,
    /// Of what.
    pub unit: String,
    /// In plain words.
    pub text: Text,
    /// When this version is in force.
    pub effective: EffectiveView,
    /// The document that it comes from.
    pub source: String,
    /// How sure this host is of it.
    pub tag: String,
}
