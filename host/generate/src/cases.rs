//! Cases, and everything that hangs on one.
//!
//! What a case comes to follows from its age: cases of the last days wait for people or run, older ones have
//! ended. Bodies are JSON in the shape that `workflow` reads, around states that are the domain's own; a test
//! of the program has every one of them read (`host/crosswalk/src/generated.rs`).

mod rows;
mod story;

use std::ops::Range;

use domain::application;
use domain::case::{CaseKind, EventKind};
use domain::identifiers::{AuditId, CaseId, EventId};
use domain::plan::types::Urgency;
use domain::time::pacific_day;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use store::Unit;
use store::cases::{Case, PlanPart};

use crate::county::{COUNTIES, County};
use crate::dice::{Dice, Of};
use crate::people::People;
use crate::{CASES_AT_ONCE, Span, Wanted};

use rows::Rows;
use story::{Given, SERVICE, Story};

/// Every case of the county.
pub(crate) struct Cases<'w> {
    pub(crate) wanted: &'w Wanted,
    pub(crate) span: &'w Span,
    pub(crate) county: &'w County,
    pub(crate) people: &'w People<'w>,
}

impl Cases<'_> {
    /// The unit that writes the cases with these numbers, which are in the order of their arrival.
    pub(crate) fn unit(&self, numbers: Range<u64>) -> Unit {
        let mut rows = Rows::of(&self.wanted.plans, self.county);
        for number in numbers {
            rows.add(&self.story(number));
        }
        rows.unit()
    }

    fn story(&self, number: u64) -> Story {
        let mut dice = Dice::of(self.wanted.seed, Of::Case, number);
        let received_at = self.span.at(number, self.wanted.cases);
        let person = self.people.with_case(number);
        let plan = person.plan_on(pacific_day(received_at));
        let defect = dice.in_hundred(self.wanted.defect_percent);
        let providers = u64::try_from(self.county.providers.len()).unwrap_or(u64::MAX);
        let place = dice.below(providers);
        let given = Given {
            member: person.id,
            plan,
            provider: self.county.providers[usize::try_from(place).unwrap_or(0)],
            received_at,
            now: self.span.ends,
            defect,
            authorization: format!("A{number:09}"),
            // One transfer of a plan to a provider in each unit.
            remittance: format!("R{:06}-{place:03}", number / CASES_AT_ONCE),
        };
        Story::of(&mut dice, given)
    }

    /// The credentialing file of each provider, which every plan has approved.
    pub(crate) fn applications(&self) -> Unit {
        let mut rows = Rows::of(&self.wanted.plans, self.county);
        let numbers = self.wanted.cases..;
        for ((number, provider), name) in numbers.zip(&self.county.providers).zip(&self.county.names) {
            let mut dice = Dice::of(self.wanted.seed, Of::Case, number);
            let at = self.span.begins;
            let case = Case {
                id: CaseId::from_uuid(dice.id(at)),
                kind: CaseKind::Application,
                provider_org: *provider,
                assigned_org: None,
                plan: None,
                delegate: None,
                member: None,
                service: None,
                state: "settled".to_owned(),
                urgency: Urgency::Standard,
                body: self.file(name, at).to_string(),
                parent: None,
                number: None,
                due_at: None,
                received_at: at,
                updated_at: at,
                version: 1,
            };
            let audit = AuditId::from_uuid(dice.id(at));
            rows.application(&case, audit, EventId::from_uuid(dice.id(at)), EventKind::Received);
            for plan in self.wanted.plans.ids() {
                rows.part(&case, &PlanPart { plan: plan.clone(), state: "settled".to_owned() });
            }
        }
        rows.unit()
    }

    fn file(&self, name: &str, at: Timestamp) -> Json {
        let state = application::State::Approved { at, effective: self.span.first };
        let answered = story::answered("people", at);
        let review = json!({ "state": state, "results": [], "answered": answered, "version": 1 });
        let reviews = self.wanted.plans.ids().map(|plan| (plan.to_string(), review.clone()));
        json!({ "application": {
            "legal_name": name, "services": [SERVICE], "counties": COUNTIES.map(|(code, _)| code),
            "answers": [], "documents": [], "reviews": reviews.collect::<serde_json::Map<_, _>>(),
        } })
    }
}
