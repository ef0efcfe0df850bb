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
use crate::output::words::word;
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
    /// What it holds.
    pub(crate) title: Text,
    /// How many entries it has on all days.
    pub(crate) entries: usize,
}

/// The entries of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ListView {
    /// The list's name.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) title: Text,
    /// The day that entries, and what is dated within them, must hold on; null for all days.
    #[schema(format = Date)]
    pub(crate) on: Option<String>,
    /// The entries.
    pub(crate) items: Vec<EntryView>,
}

/// An entry, in the shape of its list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum EntryView {
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
pub(crate) struct CodeEntryView {
    /// The code.
    pub(crate) code: String,
    /// What it is called.
    pub(crate) name: Text,
    /// The code that stands for it in what the state is told; of `closure-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) export: Option<String>,
    /// How much of Medi-Cal goes with Medicare; of `dual-statuses`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) benefit: Option<String>,
    /// The days on which it may be used; of `adjustment-reasons`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) effective: Option<EffectiveView>,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub(crate) tag: String,
}

/// A fact: a question that rules ask.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FactEntryView {
    /// Its code.
    #[schema(example = "housing.status")]
    pub(crate) code: String,
    /// `flag`, `count`, `measure`, `day`, `coded` or `text`.
    pub(crate) kind: String,
    /// What is asked, in words for a person.
    pub(crate) question: Text,
    /// What a count or a measure is of.
    pub(crate) unit: Option<String>,
    /// The values of a coded fact.
    pub(crate) values: Vec<ValueView>,
    /// The kind of document that proves it; of `documents`.
    pub(crate) proof: Option<String>,
    /// The document that the question comes from.
    pub(crate) source: String,
    /// How sure this host is of it: `found`, `known` or `unsure`.
    pub(crate) tag: String,
}

/// A value of a coded fact.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ValueView {
    /// The code.
    pub(crate) code: String,
    /// What it is called.
    pub(crate) name: Text,
}

/// A service that a plan may offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ServiceEntryView {
    /// Its id.
    #[schema(example = "recuperative-care")]
    pub(crate) code: String,
    /// `ecm`, `cicm`, `community-support` or `encounter-only`.
    pub(crate) kind: String,
    /// Its official name.
    pub(crate) name: Text,
    /// What it was called before.
    pub(crate) former_name: Option<String>,
    /// The lines of business that are asked for it, first one first.
    pub(crate) lines: Vec<String>,
    /// The shortest window that the state gives for service before the decision; null where it gives none.
    pub(crate) presumptive_floor_days: Option<u16>,
    /// The law or waiver that it rests on.
    pub(crate) authority: AuthorityView,
    /// How it is billed.
    pub(crate) procedures: Vec<ProcedureEntryView>,
    /// What limits it.
    pub(crate) limits: Vec<LimitEntryView>,
    /// Documents that it asks for.
    pub(crate) documents: Vec<DocumentRuleView>,
    /// What rules it out.
    pub(crate) exclusions: Vec<ExclusionView>,
}

/// The law or waiver that a service rests on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AuthorityView {
    /// Its name.
    pub(crate) source: String,
    /// The last day for which it is granted so far.
    #[schema(format = Date)]
    pub(crate) granted_until: Option<String>,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// The days on which something is in force; both ends belong to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EffectiveView {
    /// The first.
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
    /// What it says was done.
    pub(crate) name: Text,
    /// What one unit is.
    pub(crate) unit: String,
    /// The days of service for which it counts.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// A limit on how much of a service a member may have.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitEntryView {
    /// Its id.
    pub(crate) code: String,
    /// How much.
    pub(crate) amount: u32,
    /// Of what.
    pub(crate) measure: String,
    /// In which span of time.
    pub(crate) window: String,
    /// Services that name the same group share it.
    pub(crate) group: Option<String>,
    /// Whose services count.
    pub(crate) counts: String,
    /// Whether the plan may go beyond it.
    pub(crate) excess: String,
    /// In plain words.
    pub(crate) text: Text,
    /// When it is in force.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// A document that a service asks for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DocumentRuleView {
    /// Its kind; of `documents`.
    pub(crate) kind: String,
    /// When it is asked for.
    pub(crate) effective: EffectiveView,
    /// The document that the rule comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// Something that rules a service out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ExclusionView {
    /// Its id within the service.
    pub(crate) code: String,
    /// Codes of the facts that tell.
    pub(crate) facts: Vec<String>,
    /// In plain words.
    pub(crate) text: Text,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// A group of people whom care management is for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PopulationEntryView {
    /// Its id.
    pub(crate) code: String,
    /// Its number on plans' lists.
    pub(crate) number: Option<u8>,
    /// Its name.
    pub(crate) name: Text,
    /// The services that know it.
    pub(crate) services: Vec<String>,
    /// The test for people of 21 and older; null where it is for children only.
    pub(crate) adult: Option<Text>,
    /// The test for people under 21; null where it is for adults only.
    pub(crate) child: Option<Text>,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// A clock of the state.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClockEntryView {
    /// Its id, the same for each version.
    pub(crate) code: String,
    /// The workflow that it governs.
    pub(crate) workflow: String,
    /// What it counts from.
    pub(crate) starts: String,
    /// What it means that it runs out: `duty`, `right` or `warning`.
    pub(crate) nature: String,
    /// How many.
    pub(crate) amount: u16,
    /// Of what.
    pub(crate) unit: String,
    /// In plain words.
    pub(crate) text: Text,
    /// When this version is in force.
    pub(crate) effective: EffectiveView,
    /// The document that it comes from.
    pub(crate) source: String,
    /// How sure this host is of it.
    pub(crate) tag: String,
}

/// Counties and the day by which a list is made.
struct Shelf<'a> {
    counties: &'a Counties,
    /// The day that what is dated must hold on; `None` for all days.
    on: Option<Date>,
}

/// One list: its name, its title in both languages, and its entries.
struct List {
    name: &'static str,
    en: &'static str,
    es: &'static str,
    entries: fn(&Shelf<'_>) -> Vec<EntryView>,
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
    list("counties", "Counties", "Condados", |shelf| {
        shelf.counties.iter().map(|county| EntryView::County(county.view())).collect()
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
    entries: fn(&Shelf<'_>) -> Vec<EntryView>,
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
    let shelf = Shelf { counties, on: None };
    let brief = |list: &List| ListBriefView {
        name: list.name.to_owned(),
        title: list.title(),
        entries: (list.entries)(&shelf).len(),
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
    let mut items = (list.entries)(&Shelf { counties, on });
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

impl Shelf<'_> {
    fn holds(&self, effective: &Effective) -> bool {
        self.on.is_none_or(|day| effective.covers(day))
    }
}

fn clocks(shelf: &Shelf<'_>) -> Vec<EntryView> {
    let rules = Clocks::state().rules().iter().filter(|rule| shelf.holds(&rule.effective));
    rules.map(clock_entry).collect()
}

fn adjustments(shelf: &Shelf<'_>) -> Vec<EntryView> {
    let reasons = Dictionary::state().adjustment_reasons().iter();
    let entry = |reason: &domain::dictionary::AdjustmentReason| {
        let plain = code_entry(&reason.code, &reason.name, &reason.source, reason.tag);
        EntryView::Code(CodeEntryView { effective: Some(effective(&reason.effective)), ..plain })
    };
    reasons.filter(|reason| shelf.holds(&reason.effective)).map(entry).collect()
}

fn services(shelf: &Shelf<'_>) -> Vec<EntryView> {
    let services = Catalog::state().services().iter();
    services.map(|service| EntryView::Service(Box::new(service_entry(service, shelf)))).collect()
}

fn procedures(shelf: &Shelf<'_>) -> Vec<EntryView> {
    let services = Catalog::state().services().iter();
    services.flat_map(|service| service_procedures(service, shelf)).map(EntryView::Procedure).collect()
}

fn service_procedures(service: &Service, shelf: &Shelf<'_>) -> Vec<ProcedureEntryView> {
    let billed = service.procedures.iter().filter(|billed| shelf.holds(&billed.effective));
    billed.map(|billed| procedure_entry(service, billed)).collect()
}

fn procedure_entry(service: &Service, billed: &BilledAs) -> ProcedureEntryView {
    ProcedureEntryView {
        code: billed.procedure.to_string(),
        service: service.id.clone(),
        name: billed.text.view(),
        unit: word(&billed.unit),
        effective: effective(&billed.effective),
        source: billed.source.clone(),
        tag: tag(billed.tag),
    }
}

fn service_entry(service: &Service, shelf: &Shelf<'_>) -> ServiceEntryView {
    let limits = service.limits.iter().filter(|limit| shelf.holds(&limit.effective));
    let documents = service.documents.iter().filter(|rule| shelf.holds(&rule.effective));
    ServiceEntryView {
        code: service.id.clone(),
        kind: word(&service.kind),
        name: service.name.view(),
        former_name: service.former_name.clone(),
        lines: service.lines.clone(),
        presumptive_floor_days: service.presumptive_floor_days,
        authority: AuthorityView {
            source: service.authority.source.clone(),
            granted_until: service.authority.granted_until.map(|day| day.to_string()),
            tag: tag(service.authority.tag),
        },
        procedures: service_procedures(service, shelf),
        limits: limits.map(limit_entry).collect(),
        documents: documents.map(document_rule).collect(),
        exclusions: service.exclusions.iter().map(exclusion).collect(),
    }
}

fn limit_entry(limit: &Limit) -> LimitEntryView {
    LimitEntryView {
        code: limit.id.clone(),
        amount: limit.amount,
        measure: word(&limit.measure),
        window: word(&limit.window),
        group: limit.group.clone(),
        counts: word(&limit.counts),
        excess: word(&limit.excess),
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
        kind: word(&definition.kind),
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
        workflow: word(&rule.workflow),
        starts: word(&rule.starts),
        nature: word(&rule.nature),
        amount: rule.amount,
        unit: word(&rule.unit),
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
        EntryView::Code(CodeEntryView { benefit: Some(word(&status.benefit)), ..plain })
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
        let shelf = Shelf { counties: Counties::state(), on: None };
        for list in &LISTS {
            let entries = (list.entries)(&shelf);
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
            let shelf = Shelf { counties: Counties::state(), on: day.map(|day| day.parse().unwrap()) };
            procedures(&shelf).len()
        };
        assert_eq!(on(Some("2021-12-31")), 0);
        assert!(on(Some("2026-03-02")) > 0);
        assert!(on(Some("2026-03-02")) <= on(None));
    }
}
