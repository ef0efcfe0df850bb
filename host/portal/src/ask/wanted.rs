//! Facts and documents that a plan's live rules read about a service, and those known already from the
//! person's earlier cases.

use std::collections::BTreeMap;

use domain::catalog::{BilledAs, BillingUnit, Catalog, Service, ServiceKind};
use domain::dictionary::Dictionary;
use domain::identifiers::{CaseId, DocumentId, OrgId, PlanId};
use domain::known::Known as HostKnows;
use domain::plan::profile::{FactDefinition, FactKind, PlanProfile};
use domain::plan::types::{Bilingual, Document, Fact, FactSource};
use jiff::ToSpan as _;
use jiff::civil::Date;
use workflow::shown::{Body, GridCell, ShownThread};

use super::draft::{Attached, Draft};

/// A fact that the plan's rules read.
#[derive(Clone)]
pub struct WantedFact {
    /// Its code, kind, codes and question.
    pub definition: FactDefinition,
    /// Names of its codes, in their order; empty where a plan's own fact has none.
    pub code_names: Vec<Bilingual>,
}

/// Everything that a request for a service takes at a plan.
pub struct Wanted {
    /// Service that is asked for.
    pub service: &'static Service,
    /// Plan that answers for the person; `None` where none does.
    pub plan: Option<PlanId>,
    /// Facts that its live criteria read, in their order.
    pub facts: Vec<WantedFact>,
    /// Kinds of documents that they read.
    pub documents: Vec<String>,
    /// Ways to bill the service on the day.
    pub procedures: Vec<&'static BilledAs>,
    /// Days of a first authorization, where the plan says so.
    pub usual_days: Option<u16>,
    /// True if it is asked to which populations of focus the person belongs.
    pub by_population: bool,
}

impl Wanted {
    /// Facts and documents that the rules of a plan read, by its cell of the criteria grid and its profile.
    #[must_use]
    pub fn of(
        service: &'static Service,
        plan: Option<PlanId>,
        cell: Option<&GridCell>,
        profile: Option<&PlanProfile>,
        on: Date,
    ) -> Self {
        let mut codes: Vec<&str> = Vec::new();
        let mut documents: Vec<String> = Vec::new();
        if let Some(cell) = cell {
            let read = cell.criteria.iter().flat_map(|one| &one.facts);
            let attested = cell.presumptive.iter().flat_map(|rule| &rule.attest);
            for code in read.chain(attested) {
                if !codes.contains(&code.as_str()) && !host_knows(code) {
                    codes.push(code);
                }
            }
            for kind in cell.criteria.iter().flat_map(|one| &one.documents) {
                if !documents.contains(kind) {
                    documents.push(kind.clone());
                }
            }
        }
        let usual = profile.and_then(|profile| profile.defaults.iter().find(|one| one.service == service.id));
        Self {
            service,
            plan,
            facts: codes.into_iter().filter_map(|code| defined(code, profile)).collect(),
            documents,
            procedures: Catalog::state().procedures(&service.id, on).collect(),
            usual_days: usual.map(|usual| usual.days),
            by_population: matches!(service.kind, ServiceKind::Ecm | ServiceKind::Cicm),
        }
    }

    /// The way to bill that was chosen; the only one, or the first one, before one is.
    #[must_use]
    pub fn procedure(&self, draft: &Draft) -> Option<&'static BilledAs> {
        let chosen = draft.filled("procedure");
        let of_text = |billed: &&&BilledAs| chosen == Some(billed.procedure.to_string().as_str());
        self.procedures.iter().find(of_text).or(self.procedures.first()).copied()
    }

    /// First day, last day and units as they were entered, or as they usually are where nothing was.
    #[must_use]
    pub fn line(&self, draft: &Draft, today: Date) -> Line {
        let entered = |name: &str| draft.get(name).map(|text| text.trim().to_owned());
        let first = entered("first").unwrap_or_else(|| today.to_string());
        let usual_last = || {
            let begins: Date = first.parse().ok()?;
            let days = i64::from(self.usual_days?);
            Some(begins.saturating_add((days - 1).days()).to_string())
        };
        let last = entered("last").or_else(usual_last).unwrap_or_default();
        let units = draft.filled("units").map(str::to_owned);
        let units = units.or_else(|| self.one_for_each_day(draft, &first, &last)).unwrap_or_default();
        Line { first, last, units }
    }

    /// Units of what is billed by the day: one for each day.
    fn one_for_each_day(&self, draft: &Draft, first: &str, last: &str) -> Option<String> {
        self.procedure(draft).filter(|billed| billed.unit == BillingUnit::Day)?;
        let (first, last): (Date, Date) = (first.parse().ok()?, last.parse().ok()?);
        let days = (last - first).get_days() + 1;
        (days > 0).then(|| days.to_string())
    }

    /// Documents that go along: those that were chosen, or before anybody chose those that earlier cases had.
    #[must_use]
    pub fn attached(&self, draft: &Draft, known: &Known) -> Vec<Attached> {
        if draft.get("chose").is_some() {
            return draft.all("document").filter_map(Attached::read).collect();
        }
        self.from_before(known)
    }

    /// Documents of earlier cases that are wanted here too, the newest of each kind.
    #[must_use]
    pub fn from_before(&self, known: &Known) -> Vec<Attached> {
        let of_kind = |kind: &String| known.documents.iter().find(|attached| attached.kind == *kind).cloned();
        self.documents.iter().filter_map(of_kind).collect()
    }

    /// Facts of which neither the draft nor an earlier case tells.
    pub fn unanswered<'a>(
        &'a self,
        draft: &'a Draft,
        known: &'a Known,
    ) -> impl Iterator<Item = &'a WantedFact> {
        self.facts.iter().filter(|fact| {
            let code = &fact.definition.code;
            draft.answer(code).is_none() && !known.facts.contains_key(code)
        })
    }
}

/// Days and units that are asked for, as texts of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// First day of service.
    pub first: String,
    /// Last day of service.
    pub last: String,
    /// Units; empty where nobody said how many.
    pub units: String,
}

/// True for a fact that the host tells rules by itself: nobody is asked.
fn host_knows(code: &str) -> bool {
    HostKnows::state().rules().iter().any(|rule| rule.fact == code)
}

/// Definition of a fact: the dictionary's, or the plan's own.
fn defined(code: &str, profile: Option<&PlanProfile>) -> Option<WantedFact> {
    if let Some(known) = Dictionary::state().known_fact(code) {
        return Some(WantedFact {
            definition: known.definition.clone(),
            code_names: known.code_names.clone(),
        });
    }
    let own = profile?.facts.iter().find(|fact| fact.code == code)?;
    Some(WantedFact { definition: own.clone(), code_names: Vec::new() })
}

/// Facts that the person's earlier cases tell, as far as the viewer sees them.
#[derive(Clone, Default)]
pub struct Known {
    /// Facts that somebody stated, the newest of each code.
    pub facts: BTreeMap<String, Fact>,
    /// Documents whose bytes are here, the newest of each kind.
    pub documents: Vec<Attached>,
    /// Populations of focus that were claimed last.
    pub populations: Vec<String>,
    /// The viewer's own open referral to the service.
    pub open: Option<CaseId>,
}

impl Known {
    /// Facts that these cases tell about a service. What a plan's file, its claims or the host say is not
    /// restated.
    #[must_use]
    pub fn of(threads: &[ShownThread], service: Option<&str>, own: Option<OrgId>) -> Self {
        let mut cases: Vec<_> = threads.iter().flat_map(|thread| &thread.cases).collect();
        cases.sort_by_key(|shown| std::cmp::Reverse(shown.case.received_at));
        let mut known = Self::default();
        for shown in cases {
            let case = &shown.case;
            for fact in case.body.facts().iter().filter(|fact| is_stated(fact.source)) {
                let newer = |before: &Fact| before.as_of >= fact.as_of;
                if !known.facts.get(&fact.code).is_some_and(newer) {
                    known.facts.insert(fact.code.clone(), fact.clone());
                }
            }
            for document in case.body.documents().iter().rev() {
                known.note_document(document);
            }
            let populations = match &case.body {
                Body::Referral(body) => &body.populations,
                Body::Authorization(body) => &body.populations,
                Body::Claim(_) | Body::Application(_) => continue,
            };
            if known.populations.is_empty() {
                known.populations.clone_from(populations);
            }
            if let Body::Referral(body) = &case.body
                && !body.state.is_final()
                && own == Some(case.provider)
                && service.is_some()
                && case.service.as_deref() == service
                && known.open.is_none()
            {
                known.open = Some(case.id);
            }
        }
        known
    }

    fn note_document(&mut self, document: &Document) {
        let Some(id): Option<DocumentId> = document.content else { return };
        if self.documents.iter().any(|attached| attached.kind == document.kind) {
            return;
        }
        let issued = document.issued.map(|day| day.to_string());
        self.documents.push(Attached { kind: document.kind.clone(), id: id.to_string(), issued });
    }
}

/// True for a source that a provider may name.
fn is_stated(source: FactSource) -> bool {
    matches!(source, FactSource::Member | FactSource::Referrer | FactSource::Provider | FactSource::Document)
}

/// True if an answer to a question of this kind is typed.
#[must_use]
pub fn is_typed(kind: FactKind) -> bool {
    matches!(kind, FactKind::Count | FactKind::Measure | FactKind::Day | FactKind::Text)
}
