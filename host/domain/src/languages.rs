//! Languages as plans' files write them, from `data/languages.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use crate::provenance::Confidence;

static STATE: LazyLock<Languages> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../data/languages.toml"))
        .expect("the table is compiled in and a test reads it");
    Languages::of(table)
});

/// The languages that a file may name.
#[derive(Debug)]
pub struct Languages {
    /// The tag of each way of writing, as [`plain`] makes it.
    written: BTreeMap<String, String>,
    tags: BTreeSet<String>,
    nothing: BTreeSet<String>,
    as_of: Date,
    sources: Vec<CodeList>,
}

/// A code list that the table was drawn from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// Document that has the list.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Language that a cell tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadLanguage {
    /// A language, by its BCP 47 tag.
    Language(String),
    /// That nobody was told.
    Nothing,
    /// Something that is not in the table.
    Unreadable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    as_of: Date,
    meds: CodeList,
    iso: CodeList,
    nothing: Nothing,
    language: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {
    written: Vec<String>,
    source: String,
    tag: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    tag: String,
    #[serde(default)]
    meds: Vec<String>,
    #[serde(default)]
    iso: Vec<String>,
    words: Vec<String>,
}

impl Languages {
    /// The table that is compiled in.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The day of which the table tells.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The code lists that the table was drawn from.
    #[must_use]
    pub fn sources(&self) -> &[CodeList] {
        &self.sources
    }

    /// Reads what a file writes: a tag, a code of the state's or of ISO 639-2, or a word.
    #[must_use]
    pub fn read(&self, text: &str) -> ReadLanguage {
        let written = plain(text);
        if let Some(tag) = self.written.get(&written) {
            return ReadLanguage::Language(tag.clone());
        }
        if self.nothing.contains(&written) {
            return ReadLanguage::Nothing;
        }
        self.tagged(text.trim()).map_or(ReadLanguage::Unreadable, ReadLanguage::Language)
    }

    /// A BCP 47 tag whose first part is known, written as tags are: `es-MX`, `zh-Hant`.
    fn tagged(&self, text: &str) -> Option<String> {
        let mut parts = text.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_lowercase();
        if text.len() > 35 || !self.tags.contains(&language) {
            return None;
        }
        let mut tag = language;
        for part in parts {
            if !(2..=8).contains(&part.len()) || !part.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return None;
            }
            tag.push('-');
            tag.push_str(&cased(part));
        }
        Some(tag)
    }

    fn of(table: Table) -> Self {
        let mut written = BTreeMap::new();
        let mut tags = BTreeSet::new();
        for row in table.language {
            for way in row.meds.iter().chain(&row.iso).chain(&row.words).chain([&row.tag]) {
                written.insert(plain(way), row.tag.clone());
            }
            tags.insert(row.tag);
        }
        let nothing = CodeList { source: table.nothing.source, tag: table.nothing.tag };
        Self {
            written,
            tags,
            nothing: table.nothing.written.iter().map(|way| plain(way)).collect(),
            as_of: table.as_of,
            sources: vec![table.meds, table.iso, nothing],
        }
    }
}

/// A part of a tag: a script is capitalized, a region in capitals, the rest in lower case (RFC 5646,
/// 2.1.1).
fn cased(part: &str) -> String {
    match part.len() {
        2 => part.to_uppercase(),
        4 => part[..1].to_uppercase() + &part[1..].to_lowercase(),
        _ => part.to_lowercase(),
    }
}

/// Letters and digits only, small.
fn plain(text: &str) -> String {
    text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Languages, ReadLanguage, Table, plain};

    #[test]
    fn what_files_write_is_read_by_the_table() {
        for (text, expected) in [
            ("es", Some("es")),
            ("ES", Some("es")),
            ("es-mx", Some("es-MX")),
            ("zh_hant", Some("zh-Hant")),
            ("SPA", Some("es")),
            ("Spanish", Some("es")),
            ("Español", Some("es")),
            ("1", Some("es")),
            ("7", Some("en")),
            ("V", Some("vi")),
            ("u", Some("fa")),
            ("Chinese - Mandarin", Some("cmn")),
            ("American Sign Language", Some("ase")),
        ] {
            let said =
                expected.map_or(ReadLanguage::Unreadable, |tag| ReadLanguage::Language(tag.to_owned()));
            assert_eq!(Languages::state().read(text), said, "{text}");
        }
        for text in ["8", "9", "Unknown", "Decline to state", "6"] {
            assert_eq!(Languages::state().read(text), ReadLanguage::Nothing, "{text}");
        }
        for text in ["SP", "xx", "Klingon", "es-a b", "es-x", "en;es", "01"] {
            assert_eq!(Languages::state().read(text), ReadLanguage::Unreadable, "{text}");
        }
    }

    #[test]
    fn no_way_of_writing_means_two_languages() {
        let table: Table = toml::from_str(include_str!("../data/languages.toml")).expect("the table reads");
        let mut seen = BTreeMap::new();
        for row in &table.language {
            for way in row.meds.iter().chain(&row.iso).chain(&row.words) {
                let before = seen.insert(plain(way), &row.tag);
                assert!(before.is_none_or(|before| before == &row.tag), "{way} means {before:?} too");
            }
        }
        assert!(table.nothing.written.iter().all(|way| !seen.contains_key(&plain(way))));
        assert!(Languages::state().sources().iter().all(|list| !list.source.is_empty()));
        assert_eq!(Languages::state().as_of(), table.as_of);
    }
}
