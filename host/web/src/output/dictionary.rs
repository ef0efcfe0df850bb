//! The dictionary, the catalog, the clocks and the counties, as lists that anybody may read who is signed in:
//! nothing of them is about a member.

use domain::catalog::{BilledAs, Catalog, DocumentRule, Exclusion, Limit, Population, Service};
use domain::counties::{self, Counties, CountyWord};
use domain::dictionary::{Code, Dictionary, KnownFact};
use domain::plan::types::Bilingual;
use domain::provenance::{Confidence, Effective};
use domain::statute::{ClockRule, Clocks};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::output::counties::CountyView;
use crate::output::{Output, Text};

/// The lists of the dictionary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DictionaryView {
    /// The lists, by name.
    pub(crate) lists: Vec<ListBriefView>,
}

/// One list of the dictionary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListBriefView {
    /// Its name in the address: `/v1/dictionary/{name}`.
    #[schema(example = "services")]
    pub(crate) name: String,
    /// Title of the list, in words for people.
    pub(crate) title: Text,
    /// Number of its entries on all days.
    pub(crate) entries: usize,
}

/// The entries of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListView {
    /// Name of the list, as the address has it.
    pub(crate) name: String,
    /// Title of the list, in words for people.
    pub(crate) title: Text,
    /// The day that entries, and what is dated within them, must hold on; null for all days.
    #[schema(format = Date)]
    pub(crate) on: Option<String>,
    /// Entries of the list that hold on that day.
    pub(crate) items: Vec<EntryView>,
}

/// An entry, in the shape of its list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum EntryView {
    /// Entry of the list `facts`.
    Fact(FactEntryView),
    /// Entry of the list `services`.
    Service(Box<ServiceEntryView>),
    /// Entry of the list `procedures`.
    Procedure(ProcedureEntryView),
    /// Entry of the list `populations`.
    Population(PopulationEntryView),
    /// Entry of the list `counties`.
    County(CountyView),
    /// Entry of the list `clocks`.
    Clock(ClockEntryView),
    /// Of every other list.
    Code(CodeEntryView),
}

/// A code with its name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CodeEntryView {
    /// Code that requests carry.
    pub(crate) code: String,
    /// Name of the code, in words for people.
    pub(crate) name: Text,
    /// The code that stands for it in what the state is told; of `closure-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) export: Option<String>,
    /// Extent of the Medi-Cal that goes with Medicare; of `dual-statuses`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) benefit: Option<String>,
    /// The days on which it may be used; of `adjustment-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effective: Option<EffectiveView>,
    /// Judgement of the member's need that it stands for, which takes a clinical license; of
    /// `adjustment-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clinical: Option<Text>,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A fact: a question that rules ask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FactEntryView {
    /// Code of the fact, which requests carry.
    #[schema(example = "housing.status")]
    pub(crate) code: String,
    /// `flag`, `count`, `measure`, `day`, `coded` or `text`.
    pub(crate) kind: String,
    /// Question that a person is asked.
    pub(crate) question: Text,
    /// Unit of a count or a measure.
    pub(crate) unit: Option<String>,
    /// The values of a coded fact.
    pub(crate) values: Vec<ValueView>,
    /// The kind of document that proves it; of `documents`.
    pub(crate) proof: Option<String>,
    /// The document that the question comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A value of a coded fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ValueView {
    /// Code that requests carry.
    pub(crate) code: String,
    /// Name of the code, in words for people.
    pub(crate) name: Text,
}

/// A service that a plan may offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceEntryView {
    /// Id of the service, which requests carry.
    #[schema(example = "recuperative-care")]
    pub(crate) code: String,
    /// `ecm`, `cicm`, `community-support` or `encounter-only`.
    pub(crate) kind: String,
    /// Official name of the service.
    pub(crate) name: Text,
    /// Name that it had before.
    pub(crate) former_name: Option<String>,
    /// The lines of business that are asked for it, first one first.
    pub(crate) lines: Vec<String>,
    /// The shortest window that the state gives for service before the decision; null where it gives none.
    pub(crate) presumptive_floor_days: Option<u16>,
    /// The law or waiver that it rests on.
    pub(crate) authority: AuthorityView,
    /// Procedures by which it is billed.
    pub(crate) procedures: Vec<ProcedureEntryView>,
    /// Benefit limits of the service.
    pub(crate) limits: Vec<LimitEntryView>,
    /// Documents that it asks for.
    pub(crate) documents: Vec<DocumentRuleView>,
    /// Circumstances that rule it out.
    pub(crate) exclusions: Vec<ExclusionView>,
}

/// The law or waiver that a service rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuthorityView {
    /// Name of the law or waiver.
    pub(crate) source: String,
    /// The last day for which it is granted so far.
    #[schema(format = Date)]
    pub(crate) granted_until: Option<String>,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// The days on which something is in force; both ends belong to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EffectiveView {
    /// First day in force.
    #[schema(format = Date)]
    pub(crate) from: String,
    /// The last; null while it has no known end.
    #[schema(format = Date)]
    pub(crate) to: Option<String>,
}

/// A procedure that means a service on some days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureEntryView {
    /// The code with its whole set of modifiers.
    #[schema(example = "T2033 U6")]
    pub(crate) code: String,
    /// The service that it bills.
    pub(crate) service: String,
    /// Description of the service that the code reports.
    pub(crate) name: Text,
    /// Unit of service, such as 15 minutes or a day.
    pub(crate) unit: String,
    /// The days of service for which it counts.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A limit on how much of a service a member may have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitEntryView {
    /// Id of the limit.
    pub(crate) code: String,
    /// Most that a member may have, in `measure`.
    pub(crate) amount: u32,
    /// Unit of the amount, such as `hours`, `days` or `cents`.
    pub(crate) measure: String,
    /// Span in which it is counted: `calendar-year`, `lifetime`, `rolling-twelve-months`, `authorization` or
    /// `stay`.
    pub(crate) window: String,
    /// Services that name the same group share it.
    pub(crate) group: Option<String>,
    /// Services that count: those under `any-plan`, or those under the `same-plan` only.
    pub(crate) counts: String,
    /// Power of the plan to go beyond it: `never`, or `with-reason`.
    pub(crate) excess: String,
    /// The limit in plain words.
    pub(crate) text: Text,
    /// Days on which it is in force.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A document that a service asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentRuleView {
    /// Its kind; of `documents`.
    pub(crate) kind: String,
    /// Days on which it is asked for.
    pub(crate) effective: EffectiveView,
    /// The document that the rule comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// Something that rules a service out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExclusionView {
    /// Its id within the service.
    pub(crate) code: String,
    /// Codes of the facts that tell.
    pub(crate) facts: Vec<String>,
    /// The exclusion in plain words.
    pub(crate) text: Text,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A group of people whom care management is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PopulationEntryView {
    /// Id of the population, which requests carry.
    pub(crate) code: String,
    /// Its number on plans' lists.
    pub(crate) number: Option<u8>,
    /// Name of the population of focus.
    pub(crate) name: Text,
    /// The services that know it.
    pub(crate) services: Vec<String>,
    /// The test for people of 21 and older; null where it is for children only.
    pub(crate) adult: Option<Text>,
    /// The test for people under 21; null where it is for adults only.
    pub(crate) child: Option<Text>,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// A clock of the state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClockEntryView {
    /// Its id, the same for each version.
    pub(crate) code: String,
    /// The workflow that it governs.
    pub(crate) workflow: String,
    /// Event that it counts from.
    pub(crate) starts: String,
    /// Consequence of its running out: a `duty` is late, a `right` has lapsed, a `warning` is given.
    pub(crate) nature: String,
    /// Length of the clock, in `unit`s.
    pub(crate) amount: u16,
    /// Unit of the length, such as `business-days` or `hours`.
    pub(crate) unit: String,
    /// The clock in plain words.
    pub(crate) text: Text,
    /// Days on which this version is in force.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// Confidence of this host in the entry: `found` in a source, `known`, or `unsure`.
    pub(crate) tag: String,
}

/// Selection of entries: the counties that are at hand, and the day on which dated ones must hold.
struct Selection<'a> {
    counties: &'a Counties,
    /// The day that what is dated must hold on; `None` for all days.
    on: Option<Date>,
}

/// One list: its name, its title in both languages, and its entries.
struct List {
    name: &'static str,
    en: &'static str,
    es: &'static str,
    entries: fn(&Selection<'_>) -> Vec<EntryView>,
}

const LISTS: [List; 19] = [
    list(
        "adjustment-groups",
        "Whose an amount is that is not paid",
        "De quién es lo que no se paga",
        |_| codes(Dictionary::state().adjustment_groups()),
    ),
    list("adjustment-reasons", "Why less is paid than was charged", "Por qué se paga menos", adjustments),
    list("care-models", "Models of Medi-Cal managed care", "Modelos de atención administrada", |_| {
        counties::models().iter().map(word_entry).collect()
    }),
    list("clocks", "The state's clocks", "Plazos del estado", clocks),
    list("closure-reasons", "Why a referral's loop is closed", "Motivos de cierre de una remisión", |_| {
        Dictionary::state().closure_reasons().iter().map(closure_entry).collect()
    }),
    list("counties", "Counties", "Condados", |selection| {
        selection.counties.iter().map(|county| EntryView::County(county.view())).collect()
    }),
    list("county-codes", "Ways to write a county's code", "Formas de escribir un condado", |_| {
        county_codes()
    }),
    list("county-regions", "Regions of counties", "Regiones de condados", |_| {
        counties::regions().iter().map(word_entry).collect()
    }),
    list("criteria-kinds", "Kinds of criteria", "Tipos de criterios", |_| {
        codes(Dictionary::state().criterion_kinds())
    }),
    list(
        "decline-reasons",
        "Why a provider does not take a referral",
        "Motivos para no aceptar una remisión",
        |_| codes(Dictionary::state().decline_reasons()),
    ),
    list("documents", "Kinds of documents", "Tipos de documentos", |_| documents()),
    list("dual-statuses", "Standing in Medicare and Medi-Cal", "Situación en Medicare y Medi-Cal", |_| {
        duals()
    }),
    list(
        "exported-closure-reasons",
        "What the state is told of a closed loop",
        "Lo que se informa al estado",
        |_| codes(Dictionary::state().exported_closure_reasons()),
    ),
    list("facts", "Facts, as questions", "Datos, como preguntas", |_| {
        Dictionary::state().facts().map(fact_entry).collect()
    }),
    list("places-of-service", "Places of service", "Lugares de servicio", |_| {
        codes(Dictionary::state().places_of_service())
    }),
    list("populations", "Populations of focus", "Poblaciones de enfoque", |_| {
        Catalog::state().populations().iter().map(population_entry).collect()
    }),
    list("procedures", "How services are billed", "Cómo se facturan los servicios", procedures),
    list("provider-kinds", "Kinds of providers", "Tipos de proveedores", |_| {
        codes(Dictionary::state().provider_kinds())
    }),
    list("services", "Services", "Servicios", services),
];

const fn list(
    name: &'static str,
    en: &'static str,
    es: &'static str,
    entries: fn(&Selection<'_>) -> Vec<EntryView>,
) -> List {
    List { name, en, es, entries }
}

impl List {
    fn title(&self) -> Text {
        Text { en: self.en.to_owned(), es: self.es.to_owned() }
    }
}

/// The lists that there are.
pub(crate) fn index(counties: &Counties) -> DictionaryView {
    let selection = Selection { counties, on: None };
    let brief = |list: &List| ListBriefView {
        name: list.name.to_owned(),
        title: list.title(),
        entries: (list.entries)(&selection).len(),
    };
    DictionaryView { lists: LISTS.iter().map(brief).collect() }
}

/// The entries of one list: those in force on a day, or all; those whose code or name holds `words`, or all.
/// `None` for a list that does not exist.
pub(crate) fn list_of(
    counties: &Counties,
    name: &str,
    on: Option<Date>,
    words: Option<&str>,
) -> Option<ListView> {
    let list = LISTS.iter().find(|list| list.name == name)?;
    let mut items = (list.entries)(&Selection { counties, on });
    if let Some(words) = words {
        let words = words.to_lowercase();
        items.retain(|entry| entry.holds(&words));
    }
    Some(ListView {
        name: list.name.to_owned(),
        title: list.title(),
        on: on.map(|day| day.to_string()),
        items,
    })
}

impl EntryView {
    /// True if its code or its name, in either language, contains these lower-case words.
    fn holds(&self, words: &str) -> bool {
        let (code, name) = match self {
            Self::Fact(fact) => (&fact.code, &fact.question),
            Self::Service(service) => (&service.code, &service.name),
            Self::Procedure(procedure) => (&procedure.code, &procedure.name),
            Self::Population(population) => (&population.code, &population.name),
            Self::County(county) => (&county.code, &county.name),
            Self::Clock(clock) => (&clock.code, &clock.text),
            Self::Code(code) => (&code.code, &code.name),
        };
        [code, &name.en, &name.es].iter().any(|text| text.to_lowercase().contains(words))
    }
}

impl Selection<'_> {
    fn holds(&self, effective: &Effective) -> bool {
        self.on.is_none_or(|day| effective.covers(day))
    }
}

fn clocks(selection: &Selection<'_>) -> Vec<EntryView> {
    let rules = Clocks::state().rules().iter().filter(|rule| selection.holds(&rule.effective));
    rules.map(clock_entry).collect()
}

fn adjustments(selection: &Selection<'_>) -> Vec<EntryView> {
    let reasons = Dictionary::state().adjustment_reasons().iter();
    let entry = |reason: &domain::dictionary::AdjustmentReason| {
        let plain = code_entry(&reason.code, &reason.name, &reason.source, reason.tag);
        let on = selection.on.unwrap_or(reason.effective.from);
        let clinical = Dictionary::state().clinical_reason(&reason.code, on);
        EntryView::Code(CodeEntryView {
            effective: Some(effective(&reason.effective)),
            clinical: clinical.map(|clinical| clinical.why.view()),
            ..plain
        })
    };
    reasons.filter(|reason| selection.holds(&reason.effective)).map(entry).collect()
}

fn services(selection: &Selection<'_>) -> Vec<EntryView> {
    let services = Catalog::state().services().iter();
    services.map(|service| EntryView::Service(Box::new(service_entry(service, selection)))).collect()
}

fn procedures(selection: &Selection<'_>) -> Vec<EntryView> {
    let services = Catalog::state().services().iter();
    services.flat_map(|service| service_procedures(service, selection)).map(EntryView::Procedure).collect()
}

fn service_procedures(service: &Service, selection: &Selection<'_>) -> Vec<ProcedureEntryView> {
    let billed = service.procedures.iter().filter(|billed| selection.holds(&billed.effective));
    billed.map(|billed| procedure_entry(service, billed)).collect()
}

fn procedure_entry(service: &Service, billed: &BilledAs) -> ProcedureEntryView {
    ProcedureEntryView {
        code: billed.procedure.to_string(),
        service: service.id.clone(),
        name: billed.text.view(),
        unit: billed.unit.name().to_owned(),
        effective: effective(&billed.effective),
        source: billed.source.clone(),
        tag: tag(billed.tag),
    }
}

fn service_entry(service: &Service, selection: &Selection<'_>) -> ServiceEntryView {
    let limits = service.limits.iter().filter(|limit| selection.holds(&limit.effective));
    let documents = service.documents.iter().filter(|rule| selection.holds(&rule.effective));
    ServiceEntryView {
        code: service.id.clone(),
        kind: service.kind.name().to_owned(),
        name: service.name.view(),
        former_name: service.former_name.clone(),
        lines: service.lines.clone(),
        presumptive_floor_days: service.presumptive_floor_days,
        authority: AuthorityView {
            source: service.authority.source.clone(),
            granted_until: service.authority.granted_until.map(|day| day.to_string()),
            tag: tag(service.authority.tag),
        },
        procedures: service_procedures(service, selection),
        limits: limits.map(limit_entry).collect(),
        documents: documents.map(document_rule).collect(),
        exclusions: service.exclusions.iter().map(exclusion).collect(),
    }
}

fn limit_entry(limit: &Limit) -> LimitEntryView {
    LimitEntryView {
        code: limit.id.clone(),
        amount: limit.amount,
        measure: limit.measure.name().to_owned(),
        window: limit.window.name().to_owned(),
        group: limit.group.clone(),
        counts: limit.counts.name().to_owned(),
        excess: limit.excess.name().to_owned(),
        text: limit.text.view(),
        effective: effective(&limit.effective),
        source: limit.source.clone(),
        tag: tag(limit.tag),
    }
}

fn document_rule(rule: &DocumentRule) -> DocumentRuleView {
    DocumentRuleView {
        kind: rule.kind.clone(),
        effective: effective(&rule.effective),
        source: rule.source.clone(),
        tag: tag(rule.tag),
    }
}

fn exclusion(rule: &Exclusion) -> ExclusionView {
    ExclusionView {
        code: rule.id.clone(),
        facts: rule.facts.clone(),
        text: rule.text.view(),
        source: rule.source.clone(),
        tag: tag(rule.tag),
    }
}

fn population_entry(population: &Population) -> EntryView {
    EntryView::Population(PopulationEntryView {
        code: population.id.clone(),
        number: population.number,
        name: population.name.view(),
        services: population.services.clone(),
        adult: population.adult.as_ref().map(Output::view),
        child: population.child.as_ref().map(Output::view),
        source: population.source.clone(),
        tag: tag(population.tag),
    })
}

fn fact_entry(fact: &KnownFact) -> EntryView {
    let definition = &fact.definition;
    let values = definition.codes.iter().zip(&fact.code_names);
    EntryView::Fact(FactEntryView {
        code: definition.code.clone(),
        kind: definition.kind.name().to_owned(),
        question: definition.question.view(),
        unit: fact.unit.clone(),
        values: values.map(|(code, name)| ValueView { code: code.clone(), name: name.view() }).collect(),
        proof: definition.proof.clone(),
        source: definition.source.clone(),
        tag: tag(fact.tag),
    })
}

fn clock_entry(rule: &ClockRule) -> EntryView {
    EntryView::Clock(ClockEntryView {
        code: rule.id.to_string(),
        workflow: rule.workflow.name().to_owned(),
        starts: rule.starts.name().to_owned(),
        nature: rule.nature.name().to_owned(),
        amount: rule.amount,
        unit: rule.unit.name().to_owned(),
        text: rule.text.view(),
        effective: effective(&rule.effective),
        source: rule.source.clone(),
        tag: tag(rule.tag),
    })
}

fn documents() -> Vec<EntryView> {
    let kinds = Dictionary::state().documents().iter();
    kinds.map(|kind| plain(&kind.kind, &kind.name, &kind.source, kind.tag)).collect()
}

fn duals() -> Vec<EntryView> {
    let statuses = Dictionary::state().dual_statuses().iter();
    let entry = |status: &domain::dictionary::DualStatus| {
        let plain = code_entry(&status.code, &status.name, &status.source, status.tag);
        EntryView::Code(CodeEntryView { benefit: Some(status.benefit.name().to_owned()), ..plain })
    };
    statuses.map(entry).collect()
}

fn county_codes() -> Vec<EntryView> {
    let names = [
        ("code", "Code of this host", "Código de este sistema"),
        ("fips", "Federal code", "Código federal"),
        ("number", "Number of the state", "Número del estado"),
    ];
    let origins = counties::origins();
    let entry = |(code, en, es): (&str, &str, &str)| {
        let (_, origin) = origins.iter().find(|(known, _)| *known == code)?;
        let name = Bilingual { en: en.to_owned(), es: es.to_owned() };
        Some(plain(code, &name, &origin.source, origin.tag))
    };
    names.into_iter().filter_map(entry).collect()
}

fn closure_entry(reason: &domain::dictionary::ClosureReason) -> EntryView {
    let plain = code_entry(&reason.code, &reason.name, &reason.source, reason.tag);
    EntryView::Code(CodeEntryView { export: Some(reason.export.clone()), ..plain })
}

fn word_entry(entry: &CountyWord) -> EntryView {
    plain(&entry.code, &entry.name, &entry.source, entry.tag)
}

fn codes(list: &[Code]) -> Vec<EntryView> {
    list.iter().map(|code| plain(&code.code, &code.name, &code.source, code.tag)).collect()
}

fn plain(code: &str, name: &Bilingual, source: &str, confidence: Confidence) -> EntryView {
    EntryView::Code(code_entry(code, name, source, confidence))
}

fn code_entry(code: &str, name: &Bilingual, source: &str, confidence: Confidence) -> CodeEntryView {
    CodeEntryView {
        code: code.to_owned(),
        name: name.view(),
        export: None,
        benefit: None,
        effective: None,
        clinical: None,
        source: source.to_owned(),
        tag: tag(confidence),
    }
}

fn effective(days: &Effective) -> EffectiveView {
    EffectiveView { from: days.from.to_string(), to: days.to.map(|day| day.to_string()) }
}

fn tag(confidence: Confidence) -> String {
    confidence.name().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_entries_and_every_word_of_them_is_said() {
        let selection = Selection { counties: Counties::state(), on: None };
        for list in &LISTS {
            let entries = (list.entries)(&selection);
            assert!(!entries.is_empty(), "{}", list.name);
            for entry in entries {
                let entry = serde_json::to_value(&entry).unwrap();
                for (field, value) in entry.as_object().unwrap() {
                    assert_ne!(value, "", "{}: {field} of {entry}", list.name);
                }
            }
        }
        assert!(LISTS.iter().map(|list| list.name).is_sorted());
    }

    #[test]
    fn a_day_leaves_what_is_in_force_on_it() {
        let on = |day: Option<&str>| {
            let selection =
                Selection { counties: Counties::state(), on: day.map(|day| day.parse().unwrap()) };
            procedures(&selection).len()
        };
        assert_eq!(on(Some("2021-12-31")), 0);
        assert!(on(Some("2026-03-02")) > 0);
        assert!(on(Some("2026-03-02")) <= on(None));
    }
}
