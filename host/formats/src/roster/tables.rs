//! The words of real files, from `data/member-file.toml`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use domain::provenance::Confidence;
use serde::Deserialize;

use super::columns::COLUMNS;

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let table: Table = toml::from_str(include_str!("../../data/member-file.toml"))
        .expect("the table is compiled in and a test reads it");
    Words::of(table)
});

/// Spellings of headers and of some cells.
pub(super) struct Words {
    /// The place in [`COLUMNS`] of each way to write a header, and how far down its list that way stands.
    headers: HashMap<String, (usize, usize)>,
    never_kept: BTreeSet<String>,
    /// The code of each way to write a sex.
    sexes: HashMap<String, String>,
    homelessness: HashMap<String, String>,
    /// The line of business of a file that has no column for it.
    pub(super) line_when_absent: String,
}

/// The parts of the file. `source` and `tag` are for whoever reads it, and must be there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for whoever reads the file; a test holds that they are there")]
struct Table {
    as_of: jiff::civil::Date,
    headers: Headers,
    line_when_absent: Line,
    never_kept: NeverKept,
    sex: Written,
    homelessness: Written,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for whoever reads the file; a test holds that they are there")]
struct Headers {
    source: String,
    tag: Confidence,
    also: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for whoever reads the file; a test holds that they are there")]
struct Line {
    line: String,
    source: String,
    tag: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for whoever reads the file; a test holds that they are there")]
struct NeverKept {
    headers: Vec<String>,
    source: String,
    tag: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "for whoever reads the file; a test holds that they are there")]
struct Written {
    source: String,
    tag: Confidence,
    written: BTreeMap<String, Vec<String>>,
}

impl Words {
    /// The column that a header names: its place in [`COLUMNS`], and how far down its list of names the
    /// header stands.
    pub(super) fn column(&self, header: &str) -> Option<(usize, usize)> {
        self.headers.get(&comparable(header)).copied()
    }

    /// True if a column of this name is not kept at all.
    pub(super) fn is_never_kept(&self, header: &str) -> bool {
        self.never_kept.contains(&comparable(header))
    }

    /// The letter of a sex.
    pub(super) fn sex(&self, text: &str) -> Option<&str> {
        self.sexes.get(&text.to_lowercase()).map(String::as_str)
    }

    /// The word as `Y` or `N`.
    pub(super) fn homelessness(&self, text: &str) -> Option<&str> {
        self.homelessness.get(&text.to_lowercase()).map(String::as_str)
    }

    fn of(table: Table) -> Self {
        let mut headers = HashMap::new();
        for (place, column) in COLUMNS.iter().enumerate() {
            headers.insert(comparable(column.header), (place, 0));
            let also = table.headers.also.get(column.header).into_iter().flatten();
            for (down, way) in also.enumerate() {
                headers.insert(comparable(way), (place, down + 1));
            }
        }
        let ways = |written: BTreeMap<String, Vec<String>>| {
            let ways = written.into_iter();
            ways.flat_map(|(code, ways)| ways.into_iter().map(move |way| (way, code.clone()))).collect()
        };
        Self {
            headers,
            never_kept: table.never_kept.headers.iter().map(|header| comparable(header)).collect(),
            sexes: ways(table.sex.written),
            homelessness: ways(table.homelessness.written),
            line_when_absent: table.line_when_absent.line,
        }
    }
}

/// Headers are the same when their letters and digits are.
pub(super) fn comparable(header: &str) -> String {
    header.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{COLUMNS, Table, WORDS, comparable};

    #[test]
    fn every_name_of_a_column_names_one_and_says_where_it_comes_from() {
        let table: Table =
            toml::from_str(include_str!("../../data/member-file.toml")).expect("the table reads");
        let mut seen = BTreeMap::new();
        for (header, also) in &table.headers.also {
            assert!(COLUMNS.iter().any(|column| column.header == header), "{header} is a column");
            for way in also {
                let before = seen.insert(comparable(way), header);
                assert_eq!(before, None, "{way} names two columns");
                assert!(!WORDS.is_never_kept(way), "{way}");
            }
        }
        assert_eq!(seen.len() + COLUMNS.len(), WORDS.headers.len(), "no other name is a header of ours");
        for (source, tag) in [
            (&table.headers.source, table.headers.tag),
            (&table.line_when_absent.source, table.line_when_absent.tag),
            (&table.never_kept.source, table.never_kept.tag),
            (&table.sex.source, table.sex.tag),
            (&table.homelessness.source, table.homelessness.tag),
        ] {
            assert!(!source.is_empty() && !tag.name().is_empty());
        }
        assert!(table.as_of.year() >= 2026);
    }
}
