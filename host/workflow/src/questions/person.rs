//! One person's earlier cases together, as a case that nobody has sent: to ask every plan about the person
//! without asking the person again.

use std::collections::{BTreeMap, BTreeSet};

use domain::dictionary::Dictionary;
use domain::identifiers::MemberId;
use domain::plan::authorization::RequestKind;
use domain::plan::types::{Document, Fact, FactValue, Urgency, Workflow};
use domain::problem::Code;
use jiff::civil::Date;

use crate::Crosswalk;
use crate::cases::case::Body;
use crate::cases::referrals::known_service;
use crate::command::UnsentCase;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::paging::Paging;
use crate::directory::members::ShownMember;

/// Threads of a person that are read: the newest.
const THREADS: u32 = 50;
/// The highest age that is told.
const MOST_AGE: i16 = 120;

/// A person, and the case that the plans can be asked without being told who it is.
#[derive(Clone)]
pub struct PersonToAsk {
    /// The person, as the caller may see it.
    pub member: ShownMember,
    /// The case: coded facts of earlier cases that the caller sees, each as it was said last.
    pub case: UnsentCase,
}

impl Crosswalk {
    /// A request for a service for a person, made of what the earlier cases say that the caller sees. The
    /// look at the person and at each of those cases is kept with its purpose. Facts in words and plans' own
    /// facts are left out: the first could name somebody, the second are no other plan's.
    ///
    /// # Errors
    /// `NotFound` for a person whom the caller does not see, and for an unknown service; `Invalid` for a
    /// person whose county this host does not know.
    pub async fn person_to_ask(
        &self,
        caller: &Caller,
        id: MemberId,
        service: &str,
        purpose: &str,
    ) -> Result<PersonToAsk, Failure> {
        known_service(service).map_err(|_| Failure::NotFound)?;
        let member = self.member(caller, id, purpose).await?;
        let threads =
            self.threads(caller, member.id, purpose, Paging { limit: THREADS, cursor: None }).await?;
        let bodies = threads.items.iter().flat_map(|thread| &thread.cases).map(|shown| &shown.case.body);
        let said = Statements::of(bodies);
        let county = member.county.parse().map_err(|_| {
            let detail = "this host does not know the county where the person lives";
            Failure::field("/county", Code::UnknownCode, detail, "ask the plan about the person's county")
        })?;
        let case = UnsentCase {
            at: "",
            county,
            services: vec![service.to_owned()],
            workflow: Workflow::Authorization,
            kind: RequestKind::Initial,
            urgency: Urgency::Standard,
            populations: said.populations.into_iter().collect(),
            provider_kinds: Vec::new(),
            age: age(member.identity.birth_date, self.today()),
            lines: Vec::new(),
            facts: said.facts.into_values().collect(),
            documents: said.documents.into_values().collect(),
        };
        Ok(PersonToAsk { member, case })
    }
}

/// Statements of cases, each thing as it was said last.
#[derive(Default)]
struct Statements {
    populations: BTreeSet<String>,
    facts: BTreeMap<String, Fact>,
    documents: BTreeMap<String, Document>,
}

impl Statements {
    fn of<'a>(bodies: impl Iterator<Item = &'a Body>) -> Self {
        let mut said = Self::default();
        for body in bodies {
            match body {
                Body::Referral(body) => said.populations.extend(body.populations.iter().cloned()),
                Body::Authorization(body) => said.populations.extend(body.populations.iter().cloned()),
                Body::Claim(_) | Body::Application(_) => {}
            }
            body.facts().iter().for_each(|fact| said.hear(fact));
            body.documents().iter().for_each(|document| said.see(document));
        }
        said
    }

    fn hear(&mut self, fact: &Fact) {
        let is_coded = !matches!(fact.value, FactValue::Text(_));
        if !is_coded || Dictionary::state().known_fact(&fact.code).is_none() {
            return;
        }
        let is_newer = self.facts.get(&fact.code).is_none_or(|known| known.as_of < fact.as_of);
        if is_newer {
            self.facts.insert(fact.code.clone(), fact.clone());
        }
    }

    fn see(&mut self, document: &Document) {
        let is_newer = self.documents.get(&document.kind).is_none_or(|known| known.issued < document.issued);
        if is_newer {
            // The bytes could name somebody.
            self.documents.insert(document.kind.clone(), Document { content: None, ..document.clone() });
        }
    }
}

/// Whole years between a birth date and a day.
fn age(born: Date, on: Date) -> u8 {
    let had = (on.month(), on.day()) >= (born.month(), born.day());
    let years = on.year() - born.year() - i16::from(!had);
    u8::try_from(years.clamp(0, MOST_AGE)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use domain::plan::types::FactSource;
    use jiff::civil::date;

    use super::*;

    fn fact(code: &str, value: FactValue, as_of: Date) -> Fact {
        Fact { code: code.to_owned(), value, source: FactSource::Member, as_of }
    }

    #[test]
    fn the_newest_coded_word_counts_and_nobody_can_be_named() {
        let mut said = Statements::default();
        let (old, new) = (date(2026, 1, 5), date(2026, 2, 5));
        said.hear(&fact("consent.member-agrees", FactValue::Flag(true), new));
        said.hear(&fact("consent.member-agrees", FactValue::Flag(false), old));
        said.hear(&fact("housing.status", FactValue::Text("with her sister Ana".to_owned()), new));
        said.hear(&fact("plan.valle-vista.tier", FactValue::Count(2), new));
        let facts: Vec<Fact> = said.facts.into_values().collect();
        assert_eq!(facts, [fact("consent.member-agrees", FactValue::Flag(true), new)]);
    }

    #[test]
    fn an_age_is_whole_years() {
        let born = date(1971, 4, 9);
        assert_eq!(age(born, date(2026, 4, 8)), 54);
        assert_eq!(age(born, date(2026, 4, 9)), 55);
        assert_eq!(age(date(2026, 4, 9), date(2026, 4, 8)), 0, "a mistaken birth date");
        assert_eq!(age(date(1871, 4, 9), date(2026, 4, 8)), 120);
    }
}
