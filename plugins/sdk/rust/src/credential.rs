//! A credentialing file against a plan's requirements.

use crate::case::Facts;
use crate::credentialing::{Application, RequirementResult, ReviewResult, Standing};
use crate::plan::{Answer, Needed, Plan};
use crate::rule::bi;
use crate::types::{Bilingual, Date, Document, FactValue};

impl Plan {
    /// Judges each requirement that applies to the services applied for. The newest document of a kind that
    /// stands best is the one that counts.
    pub fn review(&self, application: &Application, today: Date) -> ReviewResult {
        let applies = |needed: &&Needed| {
            needed.services.is_empty()
                || application.services.iter().any(|service| needed.services.contains(&service.as_str()))
        };
        let requirements =
            self.requirements.iter().filter(applies).map(|needed| needed.judge(application, today)).collect();
        ReviewResult { requirements, notes: Vec::new() }
    }
}

impl Needed {
    fn judge(&self, application: &Application, today: Date) -> RequirementResult {
        let standing = match (self.document, self.fact) {
            (Some(kind), _) => self.of_documents(kind, &application.documents, today),
            (None, Some((code, answer))) => of_answer(code, answer, Facts(&application.answers)),
            (None, None) => Standing::NeedsPerson,
        };
        RequirementResult { requirement: self.id.to_owned(), reason: self.reason(&standing), standing }
    }

    fn of_documents(&self, kind: &str, documents: &[Document], today: Date) -> Standing {
        let standings = documents
            .iter()
            .filter(|document| document.kind == kind)
            .map(|document| self.of_document(document, today));
        standings.max_by_key(rank).unwrap_or(Standing::Missing)
    }

    fn of_document(&self, document: &Document, today: Date) -> Standing {
        let counted = || Some(document.issued?.plus_days(i64::from(self.valid_days?) - 1));
        let expires = document.expires.or_else(counted);
        if let Some(last) = expires.filter(|last| *last < today) {
            return Standing::Expired(last);
        }
        let undated = expires.is_none() && self.valid_days.is_some();
        let too_low =
            self.minimum.is_some_and(|minimum| document.amount.is_none_or(|amount| amount < minimum));
        if undated || too_low { Standing::Insufficient } else { Standing::Satisfied(expires) }
    }

    fn reason(&self, standing: &Standing) -> Bilingual {
        let (en, es) = match standing {
            Standing::Satisfied(_) => ("Satisfied", "Cumplido"),
            Standing::Missing => ("Missing; please send", "Falta; envíe por favor"),
            Standing::Expired(_) => ("Expired; please send a current one", "Vencido; envíe uno vigente"),
            Standing::Insufficient => ("Not enough", "No es suficiente"),
            Standing::NeedsPerson => {
                ("A person at the plan will look at this", "Una persona del plan lo revisará")
            }
        };
        bi(format!("{en}: {}", self.text.en), format!("{es}: {}", self.text.es))
    }
}

/// Better standings rank higher; of two good ones, the one that lasts longer.
fn rank(standing: &Standing) -> (u8, Option<Date>) {
    match standing {
        Standing::Satisfied(None) => (6, None),
        Standing::Satisfied(last) => (5, *last),
        Standing::NeedsPerson => (4, None),
        Standing::Insufficient => (3, None),
        Standing::Expired(last) => (2, Some(*last)),
        Standing::Missing => (1, None),
    }
}

fn of_answer(code: &str, answer: Answer, answers: Facts<'_>) -> Standing {
    match (answer, answers.value(code)) {
        (_, None) => Standing::Missing,
        (Answer::Given, Some(_))
        | (Answer::Yes, Some(FactValue::Flag(true)))
        | (Answer::No, Some(FactValue::Flag(false))) => Standing::Satisfied(None),
        (Answer::AtLeast(least), Some(FactValue::Count(count))) if *count >= least => {
            Standing::Satisfied(None)
        }
        (Answer::No, Some(FactValue::Flag(true))) => Standing::NeedsPerson,
        _ => Standing::Insufficient,
    }
}
