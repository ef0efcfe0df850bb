//! One table of a rules file, read field by field.
//!
//! A field that is missing or of the wrong kind is a problem, and is read as something harmless, so that the
//! rest is read too. Every field is noted by the place in the profile that it becomes, so that what is wrong
//! with the profile can be shown in the file.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::Cents;
use domain::near::question;
use domain::plan::types::{Bilingual, Period};
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Instead, Problem, Span};

/// A file being read.
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    problems: RefCell<Vec<Problem>>,
    /// Doubts so far: allowed, and perhaps not meant.
    warnings: RefCell<Vec<Problem>>,
    /// Place in the file of each part of the profile, by its JSON Pointer.
    places: RefCell<BTreeMap<String, Span>>,
    /// Parts of the profile that could not be read.
    unread: RefCell<Vec<String>>,
    /// Parts of the profile whose fault was told in words that only the file's reader has.
    told: RefCell<BTreeSet<String>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Self {
            text,
            problems: RefCell::default(),
            warnings: RefCell::default(),
            places: RefCell::default(),
            unread: RefCell::default(),
            told: RefCell::default(),
        }
    }

    pub(crate) fn say(&self, at: &Span, problem: impl Into<String>, fix: impl Into<String>) {
        self.say_instead(at, problem, fix, Vec::new());
    }

    /// As [`Self::say`], with what may be written in its place.
    pub(crate) fn say_instead(
        &self,
        at: &Span,
        problem: impl Into<String>,
        fix: impl Into<String>,
        instead: Vec<Instead>,
    ) {
        let problem = Problem { instead, ..Problem::at(self.text, at, problem.into(), fix.into()) };
        self.problems.borrow_mut().push(problem);
    }

    /// Says what is no fault and was perhaps not meant.
    pub(crate) fn warn(&self, at: &Span, warning: impl Into<String>, fix: impl Into<String>) {
        let warning = Problem::at(self.text, at, warning.into(), fix.into());
        self.warnings.borrow_mut().push(warning);
    }

    /// Notes that what is wrong with this part of the profile was told.
    pub(crate) fn tell(&self, pointer: &str) {
        self.told.borrow_mut().insert(pointer.to_owned());
    }

    pub(crate) fn is_told(&self, pointer: &str) -> bool {
        self.told.borrow().contains(pointer)
    }

    pub(crate) fn note(&self, pointer: String, at: &Span) {
        self.places.borrow_mut().insert(pointer, at.clone());
    }

    /// Place in the file of a part of the profile: its own, or that of the part around it.
    pub(crate) fn place(&self, pointer: &str) -> Span {
        let places = self.places.borrow();
        let mut part = pointer;
        loop {
            match (places.get(part), part.rsplit_once('/')) {
                (Some(span), _) => return span.clone(),
                (None, Some((outer, _))) => part = outer,
                (None, None) => return 0..0,
            }
        }
    }

    /// True if this part of the profile, or a part around it or in it, could not be read.
    pub(crate) fn is_unread(&self, pointer: &str) -> bool {
        let within = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.unread.borrow().iter().any(|unread| within(unread, pointer) || within(pointer, unread))
    }

    /// Everything that is wrong, and everything that was perhaps not meant, each from the top of the file to
    /// its end.
    pub(crate) fn problems_and_warnings(self) -> (Vec<Problem>, Vec<Problem>) {
        let sorted = |told: RefCell<Vec<Problem>>| {
            let mut told = told.into_inner();
            told.sort();
            told.dedup();
            told
        };
        (sorted(self.problems), sorted(self.warnings))
    }
}

/// A table of the file.
pub(crate) struct Fields<'a> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) at: Span,
    table: &'a DeTable<'a>,
    /// JSON Pointer of the part of the profile that the table becomes.
    pointer: String,
    /// Name that its fields are called after: `text.` for the languages of a text.
    of: String,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(reading: &'a Reading<'a>, table: &'a DeTable<'a>, at: Span, pointer: String) -> Self {
        reading.note(pointer.clone(), &at);
        Self { reading, at, table, pointer, of: String::new(), asked: RefCell::default() }
    }

    /// Says which fields nobody asked for: they are misspelt, or stand in the wrong table.
    pub(crate) fn finish(self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            let name = key.get_ref().as_ref();
            let fix = question(name, asked.iter().copied())
                .unwrap_or_else(|| format!("take it away; known here: {}", list(asked.iter().copied())));
            self.reading.say(&key.span(), format!("there is no field `{name}` here"), fix);
        }
    }

    pub(crate) fn say(&self, key: &'static str, problem: impl Into<String>, fix: impl Into<String>) {
        self.reading.say(&self.place(key), problem, fix);
    }

    pub(crate) fn warn(&self, key: &'static str, warning: impl Into<String>, fix: impl Into<String>) {
        self.reading.warn(&self.place(key), warning, fix);
    }

    /// Place of a field, or of the table if it has none of that name.
    pub(crate) fn place(&self, key: &'static str) -> Span {
        self.table.get(key).map_or_else(|| self.at.clone(), Spanned::span)
    }

    /// Shows at this field the problems of the entry as a whole.
    pub(crate) fn stands_at(&self, key: &'static str) {
        self.reading.note(self.pointer.clone(), &self.place(key));
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().insert(key);
        let value = self.table.get(key)?;
        self.reading.note(self.below(key), &value.span());
        if key == "id" && !self.pointer.is_empty() {
            self.stands_at(key);
        }
        Some(value)
    }

    fn below(&self, key: &str) -> String {
        format!("{}/{}", self.pointer, key.replace('-', "_"))
    }

    /// A field that was read as words, which do not mean what they should.
    pub(crate) fn unreadable(&self, key: &'static str, problem: impl Into<String>, fix: impl Into<String>) {
        self.unread(key, &self.place(key), problem, fix);
    }

    fn unread(&self, key: &'static str, at: &Span, problem: impl Into<String>, fix: impl Into<String>) {
        self.reading.unread.borrow_mut().push(self.below(key));
        self.reading.say(at, problem, fix);
    }

    fn wrong(&self, key: &'static str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let problem = match value.get_ref() {
            DeValue::Integer(_) => format!("`{}{key}` is not a number that is allowed", self.of),
            DeValue::Array(_) => format!("`{}{key}` is a list", self.of),
            other => format!("`{}{key}` is a {}", self.of, other.type_str()),
        };
        self.unread(key, &value.span(), problem, format!("write {wanted}"));
    }

    /// The field read, if it is there.
    fn maybe<T>(
        &self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let read = read(value.get_ref());
        if read.is_none() {
            self.wrong(key, value, wanted);
        }
        read
    }

    /// Says that a field is missing, if it is.
    fn must(&self, key: &'static str, wanted: &str) {
        self.asked.borrow_mut().insert(key);
        if !self.table.contains_key(key) {
            let name = format!("{}{key}", self.of);
            self.unread(key, &self.at, format!("`{name}` is missing"), format!("add `{name}`, {wanted}"));
        }
    }

    pub(crate) fn optional_text(&self, key: &'static str) -> Option<String> {
        self.maybe(key, "it in quotes", DeValue::as_str).map(str::to_owned)
    }

    pub(crate) fn text(&self, key: &'static str) -> String {
        self.must(key, "in quotes");
        let text = self.optional_text(key).unwrap_or_default();
        if text.trim().is_empty() && self.table.get(key).is_some_and(|value| value.get_ref().is_str()) {
            let problem = format!("`{}{key}` is empty", self.of);
            self.unread(key, &self.place(key), problem, "write something into it");
        }
        text
    }

    /// Words of a list, each with its place.
    pub(crate) fn placed_texts(&self, key: &'static str) -> Vec<(String, Span)> {
        let wanted = "a list of words in quotes, such as [\"one\", \"two\"]";
        let Some(entries) = self.maybe(key, wanted, DeValue::as_array) else { return Vec::new() };
        let mut texts = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            self.reading.note(format!("{}/{place}", self.below(key)), &entry.span());
            match entry.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), entry.span())),
                None => self.wrong(key, entry, wanted),
            }
        }
        texts
    }

    pub(crate) fn texts(&self, key: &'static str) -> Vec<String> {
        self.placed_texts(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A list that must hold something.
    pub(crate) fn some_texts(&self, key: &'static str) -> Vec<(String, Span)> {
        self.must(key, "a list of words in quotes");
        self.placed_texts(key)
    }

    pub(crate) fn optional_number<T: TryFrom<i64>>(&self, key: &'static str) -> Option<T> {
        self.maybe(key, "a whole number that is not too large, without quotes", |value| {
            let integer = value.as_integer()?;
            let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            T::try_from(number).ok()
        })
    }

    pub(crate) fn number<T: TryFrom<i64> + Default>(&self, key: &'static str) -> T {
        self.must(key, "a whole number");
        self.optional_number(key).unwrap_or_default()
    }

    pub(crate) fn flag(&self, key: &'static str, otherwise: bool) -> bool {
        self.maybe(key, "true or false", DeValue::as_bool).unwrap_or(otherwise)
    }

    /// Dollars in quotes: a number with a point would be a fraction in floating point, and no amount.
    pub(crate) fn optional_money(&self, key: &'static str) -> Option<Cents> {
        self.maybe(key, "dollars and cents in quotes, such as \"103.90\"", |value| {
            value.as_str()?.parse().ok()
        })
    }

    pub(crate) fn money(&self, key: &'static str) -> Cents {
        self.must(key, "dollars and cents in quotes, such as \"103.90\"");
        self.optional_money(key).unwrap_or_default()
    }

    /// A day without quotes, as TOML writes it.
    pub(crate) fn optional_day(&self, key: &'static str) -> Option<Date> {
        self.maybe(key, "a day without quotes, such as 2026-01-31", |value| {
            let written = value.as_datetime()?;
            let day = written.date.filter(|_| written.time.is_none())?;
            let small = |number: u8| i8::try_from(number).ok();
            Date::new(i16::try_from(day.year).ok()?, small(day.month)?, small(day.day)?).ok()
        })
    }

    pub(crate) fn day(&self, key: &'static str) -> Date {
        self.must(key, "a day without quotes, such as 2026-01-31");
        self.optional_day(key).unwrap_or_default()
    }

    /// The days from `from` to `to`, which become one field of the profile.
    pub(crate) fn period(&self, field: &str) -> Period {
        let period = Period { first: self.day("from"), last: self.optional_day("to") };
        let end = if period.last.is_some() { "to" } else { "from" };
        self.reading.note(self.below(field), &self.place(end));
        period
    }

    /// One of the contract's words.
    pub(crate) fn optional_word<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        let word = self.optional_text(key)?;
        match word_of(&word) {
            Ok(read) => Some(read),
            Err(fix) => {
                self.unread(key, &self.place(key), format!("`{key}` cannot be `{word}`"), fix);
                None
            }
        }
    }

    pub(crate) fn word<T: DeserializeOwned>(&self, key: &'static str, otherwise: T) -> T {
        self.must(key, "in quotes");
        self.optional_word(key).unwrap_or(otherwise)
    }

    /// A sentence in both languages.
    pub(crate) fn bilingual(&self, key: &'static str) -> Bilingual {
        self.must(key, "such as { en = \"In English.\", es = \"En español.\" }");
        let fields = self.table(key).map(|fields| Fields { of: format!("{key}."), ..fields });
        let Some(fields) = fields else { return Bilingual { en: String::new(), es: String::new() } };
        let text = Bilingual { en: fields.text("en"), es: fields.text("es") };
        if domain::text::is_one_language(&text) {
            fields.warn("es", format!("`{key}.es` is the English"), "write it in Spanish");
        }
        fields.finish();
        text
    }

    /// A table in this one.
    pub(crate) fn table(&self, key: &'static str) -> Option<Fields<'a>> {
        self.table_as(key, self.below(key))
    }

    /// A table in this one, which becomes this part of the profile.
    pub(crate) fn table_as(&self, key: &'static str, pointer: String) -> Option<Fields<'a>> {
        let value = self.value(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::of(self.reading, table, value.span(), pointer)),
            _ => {
                self.wrong(key, value, "a table");
                None
            }
        }
    }

    /// The tables of a list, which become entries of a list of the profile, from the `first` on.
    pub(crate) fn tables(&self, key: &'static str, list: &str, first: usize) -> Vec<Fields<'a>> {
        let Some(entries) = self.maybe(key, "it as tables, each headed by its name", DeValue::as_array)
        else {
            return Vec::new();
        };
        let mut tables = Vec::new();
        for entry in entries {
            let pointer = format!("{list}/{}", first + tables.len());
            match entry.get_ref() {
                DeValue::Table(table) => {
                    tables.push(Fields::of(self.reading, table, entry.span(), pointer));
                }
                _ => self.wrong(key, entry, "a table"),
            }
        }
        tables
    }

    /// Reads pairs of words.
    pub(crate) fn pairs(&self, key: &'static str) -> Vec<(String, String)> {
        let pair = |value: &DeValue<'_>| match value.as_array()?.iter().collect::<Vec<_>>()[..] {
            [one, other] => Some((one.get_ref().as_str()?.to_owned(), other.get_ref().as_str()?.to_owned())),
            _ => None,
        };
        self.maybe(
            key,
            "pairs of our word and the plan's, such as [[\"yes\", \"1\"], [\"no\", \"0\"]]",
            |value| value.as_array()?.iter().map(|entry| pair(entry.get_ref())).collect(),
        )
        .unwrap_or_default()
    }

    /// Every field as words, whatever its name.
    pub(crate) fn names(&self) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for (key, value) in self.table {
            match value.get_ref().as_str() {
                Some(text) => {
                    names.insert(key.get_ref().to_string(), text.to_owned());
                }
                None => self.reading.say(
                    &value.span(),
                    format!("`{}` is not a text", key.get_ref()),
                    "write it in quotes",
                ),
            }
        }
        names
    }
}

/// The meaning of one of the contract's words; or which words there are.
pub(crate) fn word_of<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    let deserializer: StrDeserializer<'_, Error> = word.into_deserializer();
    T::deserialize(deserializer).map_err(|error| {
        let error = error.to_string();
        match error.split_once(", expected ") {
            Some((_, expected)) => format!("use {}", expected.replace('`', "")),
            None => "use another word".to_owned(),
        }
    })
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}
