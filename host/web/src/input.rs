//! Bodies of requests, and how they become commands.
//!
//! Serde checks the shape of a body; here every field is read into the type that says what it is. All
//! problems of a body are told at once, each with its pointer, its cause and its fix. None of them quotes
//! what was sent.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use domain::catalog::{Catalog, ClassifyError, ServiceKind};
use domain::counties::Counties;
use domain::dictionary;
use domain::identifiers::{County, Modifier};
use domain::plan::types::Period;
use domain::problem::Code;
use domain::procedure::ProcedureError;
use domain::text::is_plain_line;
use domain::time::pacific_day;
use domain::{Cents, Procedure};
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::{Failure, FieldProblem};

use crate::App;
use crate::problem::ApiError;

pub(crate) mod accounts;
pub(crate) mod applications;
pub(crate) mod asking;
pub(crate) mod authorizations;
pub(crate) mod claims;
pub(crate) mod clocks;
pub(crate) mod contracts;
pub(crate) mod decisions;
pub(crate) mod evidence;
pub(crate) mod identity;
pub(crate) mod identity_providers;
pub(crate) mod members;
pub(crate) mod organizations;
pub(crate) mod plans;
pub(crate) mod receipts;
pub(crate) mod referrals;
pub(crate) mod remittances;
pub(crate) mod rules_files;
pub(crate) mod sessions;
pub(crate) mod shadow_runs;
pub(crate) mod tables;
pub(crate) mod work;

#[cfg(test)]
mod tests;

/// A body that becomes a command.
pub(crate) trait Input {
    /// Command of the workflow that the body becomes.
    type Command;

    /// Reads every field; `None` only after a problem was noted.
    fn read(self, reader: &mut Reader) -> Option<Self::Command>;
}

impl App {
    /// Reads a body into its command.
    ///
    /// # Errors
    /// `invalid-request` with everything that is wrong.
    pub(crate) fn read<I: Input>(&self, input: I) -> Result<I::Command, ApiError> {
        read(pacific_day(self.crosswalk.now()), &self.crosswalk.counties(), input)
    }
}

/// Reads a body into its command as on the day `today`, where there are these counties.
pub(crate) fn read<I: Input>(
    today: Date,
    counties: &Arc<Counties>,
    input: I,
) -> Result<I::Command, ApiError> {
    let mut reader = Reader { today, counties: Arc::clone(counties), problems: Vec::new() };
    let command = input.read(&mut reader);
    match command {
        Some(command) if reader.problems.is_empty() => Ok(command),
        _ => Err(Failure::Invalid(reader.problems).into()),
    }
}

/// Reads the code of one of these counties.
///
/// # Errors
/// When there is no such county; the problem names those that may have been meant.
pub(crate) fn county(counties: &Counties, at: &str, code: &str) -> Result<County, FieldProblem> {
    let known = counties.get(&code.trim().to_ascii_uppercase());
    known.map(|county| county.code.clone()).ok_or_else(|| {
        FieldProblem::new(at, Code::UnknownCode, "there is no such county", counties.instead_of(code))
    })
}

/// A procedure: a code and its modifiers, in any order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProcedure)]
pub(crate) struct ProcedureBody {
    /// HCPCS Level II code.
    #[schema(example = "T2033")]
    pub(crate) code: String,
    /// Modifiers, at most four.
    #[serde(default)]
    #[schema(example = json!(["U6"]))]
    pub(crate) modifiers: Vec<String>,
}

/// A sentence in both languages, without anybody's name in it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Sentence)]
pub(crate) struct SentenceBody {
    /// The sentence in English.
    #[schema(max_length = 2000)]
    pub(crate) en: String,
    /// The sentence in Spanish.
    #[schema(max_length = 2000)]
    pub(crate) es: String,
}

/// Reads fields and notes what is wrong with them.
pub(crate) struct Reader {
    today: Date,
    counties: Arc<Counties>,
    problems: Vec<FieldProblem>,
}

/// More than any honest charge, receipt or insurance limit, in cents.
const MOST_CENTS: i64 = 100_000_000_000;
/// The earliest birth date and service day that is taken for one.
const EARLIEST_YEAR: i16 = 1900;
/// Most lines of a request or claim (ASC X12 005010X222A1, loop 2400).
pub(crate) const MOST_LINES: usize = 50;

impl Reader {
    /// Today, in Pacific time.
    pub(crate) fn today(&self) -> Date {
        self.today
    }

    /// Notes a problem. Gives nothing, so that a reading can end in it.
    pub(crate) fn refuse<T>(
        &mut self,
        at: &str,
        code: Code,
        detail: impl Into<String>,
        fix: impl Into<String>,
    ) -> Option<T> {
        self.problems.push(FieldProblem::new(at, code, detail, fix));
        None
    }

    /// Reads what a type of the domain reads. Its errors never quote.
    pub(crate) fn parsed<T>(&mut self, at: &str, text: &str, fix: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        text.parse()
            .map_or_else(|error: T::Err| self.refuse(at, Code::InvalidValue, error.to_string(), fix), Some)
    }

    /// The same for what may be absent: `None` for a problem, `Some(None)` for nothing.
    pub(crate) fn optional<T, U>(
        &mut self,
        sent: Option<T>,
        read: impl FnOnce(&mut Self, T) -> Option<U>,
    ) -> Option<Option<U>> {
        match sent {
            None => Some(None),
            Some(value) => read(self, value).map(Some),
        }
    }

    /// Reads each entry of a list of 0 to `most`.
    pub(crate) fn each<T, U>(
        &mut self,
        at: &str,
        list: Vec<T>,
        most: usize,
        mut read: impl FnMut(&mut Self, &str, T) -> Option<U>,
    ) -> Option<Vec<U>> {
        if list.len() > most {
            return self.refuse(
                at,
                Code::TooMany,
                format!("there are more than {most} entries"),
                "send fewer",
            );
        }
        let entries =
            list.into_iter().enumerate().map(|(index, entry)| read(self, &format!("{at}/{index}"), entry));
        // Every entry is read before the first missing one ends it.
        entries.collect::<Vec<_>>().into_iter().collect()
    }

    /// As [`Self::each`], for a list that must not be empty.
    pub(crate) fn each_of_some<T, U>(
        &mut self,
        at: &str,
        list: Vec<T>,
        most: usize,
        read: impl FnMut(&mut Self, &str, T) -> Option<U>,
    ) -> Option<Vec<U>> {
        if list.is_empty() {
            return self.refuse(at, Code::MissingEntry, "the list is empty", "send at least one entry");
        }
        self.each(at, list, most, read)
    }

    /// Reads text on one line of 1 to `most` characters, without spaces around it.
    pub(crate) fn line(&mut self, at: &str, text: &str, most: usize) -> Option<String> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > most {
            return self.refuse(
                at,
                Code::InvalidLength,
                format!("the text is not of 1 to {most} characters"),
                "shorten or fill it",
            );
        }
        if !is_plain_line(text) {
            return self.refuse(
                at,
                Code::ControlCharacter,
                "the text holds a control or bidirectional character",
                "send one line of plain text",
            );
        }
        Some(text.to_owned())
    }

    /// Reads one of a few words.
    pub(crate) fn one_of<T: Copy>(&mut self, at: &str, word: &str, choices: &[(&str, T)]) -> Option<T> {
        let found = choices.iter().find(|(name, _)| *name == word);
        found.map(|(_, choice)| *choice).or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.refuse(
                at,
                Code::UnknownCode,
                "this is none of the known words",
                format!("send one of: {}", names.join(", ")),
            )
        })
    }

    /// Reads a word of an enum of words; `all` are those that may be sent.
    pub(crate) fn word_of<T: Copy + Display>(&mut self, at: &str, word: &str, all: &[T]) -> Option<T> {
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        let choices: Vec<(&str, T)> = names.iter().map(String::as_str).zip(all.iter().copied()).collect();
        self.one_of(at, word, &choices)
    }

    /// Reads a code that must be among the known ones.
    pub(crate) fn known<'a>(
        &mut self,
        at: &str,
        code: &str,
        what: &str,
        mut all: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<String> {
        if all.clone().any(|known| known == code) {
            return Some(code.to_owned());
        }
        let mut fix = String::from("send one of: ");
        fix.push_str(all.next().unwrap_or("none"));
        all.for_each(|known| {
            fix.push_str(", ");
            fix.push_str(known);
        });
        self.refuse(at, Code::UnknownCode, format!("this is no {what}"), fix)
    }

    /// Reads a service id.
    pub(crate) fn service(&mut self, at: &str, id: &str) -> Option<String> {
        self.known(at, id, "service", Catalog::state().services().iter().map(|service| service.id.as_str()))
    }

    /// Reads the id of a service that members are referred to.
    pub(crate) fn referable_service(&mut self, at: &str, id: &str) -> Option<String> {
        let referable = |kind| kind != ServiceKind::EncounterOnly;
        let services = Catalog::state().services().iter().filter(move |service| referable(service.kind));
        self.known(
            at,
            id,
            "service that a member can be referred to",
            services.map(|service| service.id.as_str()),
        )
    }

    /// Reads populations of focus.
    pub(crate) fn populations(&mut self, at: &str, ids: Vec<String>) -> Option<Vec<String>> {
        let known = Catalog::state().populations();
        self.each(at, ids, 10, |reader, at, id| {
            reader.known(
                at,
                &id,
                "population of focus",
                known.iter().map(|population| population.id.as_str()),
            )
        })
    }

    /// Reads a code of one of the dictionary's lists.
    pub(crate) fn code(
        &mut self,
        at: &str,
        code: &str,
        what: &str,
        list: &[dictionary::Code],
    ) -> Option<String> {
        self.known(at, code, what, list.iter().map(|known| known.code.as_str()))
    }

    /// Reads the code of a county that the state has or the operator added.
    pub(crate) fn county(&mut self, at: &str, code: &str) -> Option<County> {
        let known = county(&self.counties, at, code);
        known.map_err(|problem| self.problems.push(problem)).ok()
    }

    /// Reads a day that exists, from 1900 on.
    pub(crate) fn day(&mut self, at: &str, text: &str) -> Option<Date> {
        // Jiff alone would also take a date with a time.
        let day: Option<Date> = text.parse().ok().filter(|day: &Date| day.to_string() == text);
        match day {
            Some(day) if day.year() >= EARLIEST_YEAR => Some(day),
            _ => self.refuse(at, Code::InvalidDay, "this is no day of the calendar", "send YYYY-MM-DD"),
        }
    }

    /// Reads a day on which something has happened already.
    pub(crate) fn past_day(&mut self, at: &str, text: &str) -> Option<Date> {
        let day = self.day(at, text)?;
        if day > self.today {
            return self.refuse(
                at,
                Code::FutureDay,
                "the day is in the future",
                "send the day on which it happened",
            );
        }
        Some(day)
    }

    /// Reads a birth date.
    pub(crate) fn birth_date(&mut self, at: &str, text: &str) -> Option<Date> {
        self.past_day(at, text)
    }

    /// Reads two days in order. Their fields are `first` and `last` of the object at `at`.
    pub(crate) fn days(&mut self, at: &str, first: &str, last: &str) -> Option<Period> {
        let first = self.day(&format!("{at}/first"), first);
        let at_last = format!("{at}/last");
        let last = self.day(&at_last, last);
        let (first, last) = (first?, last?);
        if last < first {
            return self.refuse(
                &at_last,
                Code::DaysOutOfOrder,
                "the last day is before the first",
                "put the days in order",
            );
        }
        Some(Period { first, last: Some(last) })
    }

    /// Reads dollars that are not negative.
    pub(crate) fn money(&mut self, at: &str, text: &str) -> Option<Cents> {
        let amount: Cents = self.parsed(at, text, "send dollars as text, such as \"1250.50\"")?;
        if !(0..=MOST_CENTS).contains(&amount.0) {
            return self.refuse(
                at,
                Code::OutOfRange,
                "the amount is negative or too large",
                "send the amount itself",
            );
        }
        Some(amount)
    }

    /// Reads a count from 1 to `most`.
    pub(crate) fn count(&mut self, at: &str, count: u32, most: u32) -> Option<u32> {
        if !(1..=most).contains(&count) {
            let detail = format!("the number is not from 1 to {most}");
            return self.refuse(
                at,
                Code::OutOfRange,
                detail,
                "send the number that was asked for or delivered",
            );
        }
        Some(count)
    }

    /// Reads a procedure and finds the service it bills on `on`, the first day of its line. Without that day
    /// only its form is read.
    pub(crate) fn procedure(
        &mut self,
        at: &str,
        sent: ProcedureBody,
        on: Option<Date>,
    ) -> Option<(Procedure, &'static str)> {
        let at_modifiers = format!("{at}/modifiers");
        let code =
            self.parsed(&format!("{at}/code"), &sent.code, "send a HCPCS Level II code, such as T2033");
        let modifiers: Option<Vec<Modifier>> =
            self.each(&at_modifiers, sent.modifiers, 10, |reader, at, modifier| {
                reader.parsed(at, &modifier, "send two letters or digits, such as U6")
            });
        let procedure = match Procedure::new(code?, modifiers?) {
            Ok(procedure) => procedure,
            Err(error @ (ProcedureError::RepeatedModifier | ProcedureError::TooManyModifiers)) => {
                return self.refuse(
                    &at_modifiers,
                    Code::InvalidValue,
                    error.to_string(),
                    "send each modifier once, at most four",
                );
            }
            Err(error) => {
                return self.refuse(
                    at,
                    Code::InvalidValue,
                    error.to_string(),
                    "send a HCPCS code and its modifiers",
                );
            }
        };
        match Catalog::state().classify(&procedure, on?) {
            Ok(service) => Some((procedure, service.id.as_str())),
            Err(ClassifyError::UnknownCode) => self.refuse(
                &format!("{at}/code"),
                Code::UnknownProcedure,
                "the code bills no service on the line's first day",
                "look up how the service is billed on that day",
            ),
            Err(ClassifyError::UnknownModifiers { known }) => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                self.refuse(
                    &at_modifiers,
                    Code::UnknownProcedure,
                    "the code with these modifiers bills no service on the line's first day",
                    format!("send one of: {}", known.join(", ")),
                )
            }
        }
    }

    /// Refuses what only belongs to another choice.
    pub(crate) fn absent<T>(&mut self, at: &str, sent: &Option<T>, choice: &str) -> Option<()> {
        if sent.is_some() {
            return self.refuse(
                at,
                Code::NotWithThis,
                format!("this does not go with {choice}"),
                "leave it out",
            );
        }
        Some(())
    }

    /// Takes what this choice needs.
    pub(crate) fn present<T>(&mut self, at: &str, sent: Option<T>, choice: &str) -> Option<T> {
        if sent.is_none() {
            return self.refuse(at, Code::MissingField, format!("{choice} needs this"), "send it");
        }
        sent
    }
}
