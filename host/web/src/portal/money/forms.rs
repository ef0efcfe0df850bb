//! Mistakes that come back to a form, and the version that it is for.

use domain::case::Language;
use portal::money::Wrong;
use portal::{Fields, Words};
use workflow::command::Expected;
use workflow::{Failure, FieldProblem};

use crate::problem::{ApiError, table};

/// The change is meant for the version that the form was made of, and for none without it.
pub(super) fn expected(sent: &Fields) -> Expected {
    Expected::one_of(sent.version())
}

/// Values of a form that were not accepted.
///
/// # Errors
/// The failure itself, where it is about no value.
pub(super) fn wrongs(failure: Failure, words: Words) -> Result<Vec<Wrong>, ApiError> {
    let problems = match failure {
        Failure::Invalid(problems) | Failure::Withheld(problems) => problems,
        Failure::SentBack(back) => back.problems,
        Failure::NoCoverage(problem) => vec![*problem],
        failure => return Err(failure.into()),
    };
    Ok(problems.into_iter().map(|problem| wrong(problem, words)).collect())
}

fn wrong(problem: FieldProblem, words: Words) -> Wrong {
    let says = match words.language {
        Language::En => problem.detail,
        Language::Es => table::field(problem.code)
            .map_or(problem.detail, |meaning| meaning.cause.in_language(Language::Es).to_owned()),
    };
    Wrong {
        pointer: problem.pointer,
        code: problem.code,
        text: problem.text.map(|text| *text),
        says: sentence(&says),
    }
}

/// A cause as a sentence.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use domain::problem::Code;

    use super::*;

    #[test]
    fn without_a_version_a_change_is_meant_for_none() {
        let of = |version: &str| Fields::of(vec![("version".to_owned(), version.to_owned())]);
        assert!(expected(&of("3")).holds(3));
        for form in [Fields::default(), of("-1"), of("x")] {
            assert!(!expected(&form).holds(0));
        }
    }

    #[test]
    fn a_mistake_is_said_in_the_readers_language() {
        let problem =
            || Failure::field("/lines/0/units", Code::OutOfRange, "the number is large", "send less");
        let said = |language| wrongs(problem(), Words::of(language)).unwrap().remove(0).says;
        assert_eq!(said(Language::En), "The number is large.");
        assert_ne!(said(Language::Es), said(Language::En));
        assert!(wrongs(Failure::Busy, Words::of(Language::En)).is_err());
    }
}
