//! The dictionary, the catalog, the clocks and the counties, as lists that anybody may read who is signed in.

use domain::catalog::{BilledAs, Catalog, DocumentRule, Exclusion, Limit, Population, Service};
use domain::counties::{self, Counties, CountyWord};
use domain::dictionary::{Code, Dictionary, KnownFact};
use domain::plan::types::Bilingual;
use domain::provenance::{Confidence, Effective};
use domain::statute::{ClockRule, Clocks};
use jiff::civil::Date;
use serde::Serialize;

use crate::Crosswalk;
use crate::command::failure::Failure;
use crate::view::dictionary::{
    AuthorityView, ClockEntryView, CodeEntryView, DictionaryView, DocumentRuleView, EffectiveView, EntryView,
    ExclusionView, FactEntryView, LimitEntryView, ListBriefView, ListView, PopulationEntryView,
    ProcedureEntryView, ServiceEntryView, ValueView,
};
use crate::view::{CountyView, Text};

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
        shelf.counties.iter().map(|county| EntryView::County(CountyView::of(county))).collect()
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

impl Crosswalk {
    /// The lists that there are.
    #[must_use]
    pub fn dictionary(&self) -> DictionaryView {
        let counties = self.counties();
        let shelf = Shelf { counties: &counties, on: None };
        let brief = |list: &List| ListBriefView {
            name: list.name.to_owned(),
            title: list.title(),
            entries: (list.entries)(&shelf).len(),
        };
        DictionaryView { lists: LISTS.iter().map(brief).collect() }
    }

    /// The entries of one list: those in force on a day, or all; those whose code or name holds `words`, or
    /// all.
    ///
    /// # Errors
    /// `NotFound` for a list that does not exist.
    pub fn dictionary_list(
        &self,
        name: &str,
        on: Option<Date>,
        words: Option<&str>,
    ) -> Result<ListView, Failure> {
        let list = LISTS.iter().find(|list| list.name == name).ok_or(Failure::NotFound)?;
        let counties = self.counties();
        let mut items = (list.entries)(&Shelf { counties: &counties, on });
        if let Some(words) = words {
            let words = words.to_lowercase();
            items.retain(|entry| entry.holds(&words));
        }
        Ok(ListView {
            name: list.name.to_owned(),
            title: list.title(),
            on: on.map(|day| day.to_string()),
            items,
        })
    }
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
        name: text(&billed.text),
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
        name: text(&service.name),
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
        text: text(&limit.text),
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
        text: text(&rule.text),
        source: rule.source.clone(),
        tag: tag(rule.tag),
    }
}

fn population_entry(population: &Population) -> EntryView {
    EntryView::Population(PopulationEntryView {
        code: population.id.clone(),
        number: population.number,
        name: text(&population.name),
        services: population.services.clone(),
        adult: population.adult.as_ref().map(text),
        child: population.child.as_ref().map(text),
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
        question: text(&definition.question),
        unit: fact.unit.clone(),
        values: values.map(|(code, name)| ValueView { code: code.clone(), name: text(name) }).collect(),
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
        text: text(&rule.text),
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
        name: text(name),
        export: None,
        benefit: None,
        effective: None,
        source: source.to_owned(),
        tag: tag(confidence),
    }
}

fn text(bilingual: &Bilingual) -> Text {
    Text { en: bilingual.en.clone(), es: bilingual.es.clone() }
}

fn effective(days: &Effective) -> EffectiveView {
    EffectiveView { from: days.from.to_string(), to: days.to.map(|day| day.to_string()) }
}

fn tag(confidence: Confidence) -> String {
    confidence.name().to_owned()
}

/// The word that the data files have for a value of an enum.
fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
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
