//! A plan's own file, from the layout that its profile declares as data.
//!
//! DHCS says what a return file or an outreach tracker must tell; each plan still has its own columns, codes,
//! dates and separators (DHCS CalAIM Data Guidance, "Member-Level Information Sharing Between MCPs and ECM
//! Providers"). The same rows and the same layout always give the same bytes.
//!
//! With a comma or a semicolon between fields the file is quoted by RFC 4180. With any other delimiter there
//! is no quoting that readers agree on, so a value that holds the delimiter refuses the file instead of
//! shifting its columns.

use std::collections::BTreeMap;

use domain::plan::profile::{Column, Layout};
use jiff::civil::Date;

use crate::sheet;

/// Facts that a file's name is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameFacts<'a> {
    /// For `{npi}`: the provider that the file is from or for.
    pub npi: &'a str,
    /// For `{plan}`: the plan's id.
    pub plan: &'a str,
    /// For `{yyyymm}` and `{yyyymmdd}`: the day of the file.
    pub day: Date,
}

/// A file, ready to be handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its name: letters, digits, `.`, `_` and `-` only.
    pub name: String,
    /// Media type of the file.
    pub media_type: &'static str,
    /// Content of the file, UTF-8.
    pub bytes: Vec<u8>,
}

/// Why a file cannot be written. None of these quotes a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// The layout's delimiter is not one usable character.
    #[error(
        "layout `{layout}`: the delimiter must be one character that is no letter, digit, quote, space or line break"
    )]
    Delimiter {
        /// Id of the layout.
        layout: String,
    },
    /// The layout's date format is not made of `YYYY`, `MM` and `DD`, each once, with separators.
    #[error(
        "layout `{layout}`: the date format must hold YYYY, MM and DD once each, and otherwise only - / . or nothing"
    )]
    DateFormat {
        /// Id of the layout.
        layout: String,
    },
    /// The layout has no column.
    #[error("layout `{layout}`: there is no column")]
    NoColumns {
        /// Id of the layout.
        layout: String,
    },
    /// The name pattern holds something that is no placeholder, or gives a name that no file may have.
    #[error(
        "layout `{layout}`: the name pattern may hold {{npi}}, {{plan}}, {{yyyymm}}, {{yyyymmdd}}, letters, digits, '.', '_' and '-'"
    )]
    Name {
        /// Id of the layout.
        layout: String,
    },
    /// A value holds the delimiter or a line break, and this kind of file has no quoting.
    #[error(
        "layout `{layout}`: the value for column `{header}` in row {row} holds the delimiter or a line break"
    )]
    DelimiterInValue {
        /// Id of the layout.
        layout: String,
        /// The row in the file, counting from 1 and the header if there is one.
        row: usize,
        /// Header of the column.
        header: String,
    },
}

/// Writes `rows` in the columns of `layout`. A row maps the host's names of values (`member.cin`) to texts;
/// what a row does not have is an empty cell, and what the layout does not ask for is left out.
///
/// A value is first looked up in its column's codes. If it is not there and is a day (`2026-01-31`), it takes
/// the layout's date format.
///
/// # Errors
/// When the layout cannot be followed, or a value does not fit into an unquoted file.
pub fn render(
    layout: &Layout,
    rows: &[BTreeMap<String, String>],
    name: &NameFacts<'_>,
) -> Result<Rendered, LayoutError> {
    let style = Style::of(layout)?;
    check_date_format(layout)?;
    if layout.columns.is_empty() {
        return Err(LayoutError::NoColumns { layout: layout.id.clone() });
    }
    let headers =
        layout.header_row.then(|| layout.columns.iter().map(|column| column.header.clone()).collect());
    let values = rows.iter().map(|row| -> Vec<String> {
        layout
            .columns
            .iter()
            .map(|column| {
                written(column, row.get(&column.value).map_or("", String::as_str), &layout.date_format)
            })
            .collect()
    });
    let lines: Vec<Vec<String>> = headers.into_iter().chain(values).collect();
    Ok(Rendered {
        name: file_name(layout, name)?,
        media_type: style.media_type(),
        bytes: match style {
            Style::Quoted(delimiter) => sheet::quoted(&lines, delimiter),
            Style::Bare(delimiter) => bare(layout, &lines, delimiter)?,
        },
    })
}

/// Style in which fields are kept apart.
#[derive(Clone, Copy)]
enum Style {
    /// Quoted by RFC 4180, with this separator.
    Quoted(u8),
    /// By a character that no value may hold.
    Bare(char),
}

impl Style {
    fn of(layout: &Layout) -> Result<Self, LayoutError> {
        let mut characters = layout.delimiter.chars();
        match (characters.next(), characters.next()) {
            (Some(','), None) => Ok(Self::Quoted(b',')),
            (Some(';'), None) => Ok(Self::Quoted(b';')),
            (Some(one), None)
                if one == '\t'
                    || !(one.is_alphanumeric() || one.is_whitespace() || one.is_control() || one == '"') =>
            {
                Ok(Self::Bare(one))
            }
            _ => Err(LayoutError::Delimiter { layout: layout.id.clone() }),
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Quoted(_) => "text/csv; charset=utf-8",
            Self::Bare('\t') => "text/tab-separated-values; charset=utf-8",
            Self::Bare(_) => "text/plain; charset=utf-8",
        }
    }
}

fn check_date_format(layout: &Layout) -> Result<(), LayoutError> {
    let mut rest = layout.date_format.clone();
    for part in ["YYYY", "MM", "DD"] {
        if rest.matches(part).count() != 1 {
            return Err(LayoutError::DateFormat { layout: layout.id.clone() });
        }
        rest = rest.replace(part, "");
    }
    if rest.chars().all(|character| "-/.".contains(character)) {
        Ok(())
    } else {
        Err(LayoutError::DateFormat { layout: layout.id.clone() })
    }
}

fn file_name(layout: &Layout, facts: &NameFacts<'_>) -> Result<String, LayoutError> {
    let (year, month, day) = (facts.day.year(), facts.day.month(), facts.day.day());
    let name = layout
        .name_pattern
        .replace("{npi}", facts.npi)
        .replace("{plan}", facts.plan)
        .replace("{yyyymm}", &format!("{year:04}{month:02}"))
        .replace("{yyyymmdd}", &format!("{year:04}{month:02}{day:02}"));
    let fits = (1..=120).contains(&name.len())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
        && !name.starts_with('.');
    if fits { Ok(name) } else { Err(LayoutError::Name { layout: layout.id.clone() }) }
}

/// One value as the plan wants it.
fn written(column: &Column, value: &str, date_format: &str) -> String {
    if let Some((_, theirs)) = column.codes.iter().find(|(ours, _)| ours == value) {
        return theirs.clone();
    }
    // Ten characters, so that `20260131` or an instant is never taken for a day.
    match (value.len(), value.parse::<Date>()) {
        (10, Ok(day)) => date_format
            .replace("YYYY", &format!("{:04}", day.year()))
            .replace("MM", &format!("{:02}", day.month()))
            .replace("DD", &format!("{:02}", day.day())),
        _ => value.to_owned(),
    }
}

fn bare(layout: &Layout, lines: &[Vec<String>], delimiter: char) -> Result<Vec<u8>, LayoutError> {
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        let bad = line.iter().position(|cell| cell.contains([delimiter, '\r', '\n']));
        if let Some(column) = bad {
            return Err(LayoutError::DelimiterInValue {
                layout: layout.id.clone(),
                row: index + 1,
                header: layout.columns[column].header.clone(),
            });
        }
        let cells: Vec<String> = if delimiter == '\t' {
            line.iter().map(|cell| sheet::harmless(cell)).collect()
        } else {
            line.clone()
        };
        text.push_str(&cells.join(&delimiter.to_string()));
        text.push_str("\r\n");
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests;
