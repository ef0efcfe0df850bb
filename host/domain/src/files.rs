//! Types of documents, from `data/files.toml`: seen from the bytes, whatever their sender calls them.

use std::str;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use crate::provenance::{Confidence, Effective};

#[cfg(test)]
mod tests;

/// Bytes from which a type is seen.
const HEAD: usize = 512;

/// The types that are taken, and what is refused by name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    #[serde(rename = "type")]
    types: Vec<FileType>,
    refused: Vec<Refused>,
    unused: Vec<Unused>,
}

/// A type of file that is taken.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileType {
    /// Media type, such as `application/pdf`.
    pub id: String,
    /// Ending of the names of such files.
    pub extension: String,
    /// First bytes in hex; one of these.
    #[serde(default)]
    magic: Vec<Hex>,
    /// True if it is text, which begins in any way.
    #[serde(default)]
    text: bool,
    /// Source: the document that defines the type.
    pub source: String,
}

/// A kind of file that is refused by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    id: String,
    #[serde(default)]
    magic: Vec<Hex>,
    #[serde(default)]
    starts: Vec<String>,
    source: String,
}

/// Time for which an upload is kept that no case was sent with, in one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unused {
    /// Days after the upload.
    pub days: u16,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// Source: the document, and the place in it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Bytes, written in hex.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.as_bytes().chunks(2).map(|pair| {
            let pair = str::from_utf8(pair).ok().filter(|pair| pair.len() == 2);
            pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())
        });
        digits.collect::<Option<_>>().map(Self).ok_or_else(|| format!("`{text}` is not hex"))
    }
}

/// Why bytes are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There are no bytes.
    Empty,
    /// They are something that is refused by name.
    Refused(&'static str),
    /// They are of no type that is taken.
    Unknown,
}

impl Files {
    /// The rules of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// Every type that is taken.
    #[must_use]
    pub fn types(&self) -> &[FileType] {
        &self.types
    }

    /// The type with this media type.
    #[must_use]
    pub fn named(&self, media_type: &str) -> Option<&FileType> {
        self.types.iter().find(|one| one.id == media_type)
    }

    /// The last day on which an upload of `day` is kept without a case.
    #[must_use]
    pub fn unused_until(&self, day: Date) -> Date {
        let rule = self.unused.iter().find(|rule| rule.effective.covers(day));
        day.saturating_add(i64::from(rule.map_or(0, |rule| rule.days)).days())
    }
}

/// Looks at bytes as they come, and says at their end what they are.
#[derive(Debug, Default)]
pub struct Sniffer {
    head: Vec<u8>,
    seen: u64,
    is_not_text: bool,
    /// The start of a character whose rest has not come.
    rest: Vec<u8>,
}

impl Sniffer {
    /// Looks at the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.seen += bytes.len() as u64;
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        if !self.is_not_text {
            self.rest.extend_from_slice(bytes);
            self.read_text();
        }
    }

    /// Number of bytes that came.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Type of the bytes.
    ///
    /// # Errors
    /// Why they are not taken.
    pub fn finish(&self) -> Result<&'static FileType, NotTaken> {
        if self.seen == 0 {
            return Err(NotTaken::Empty);
        }
        let rules = Files::state();
        let is_text = !self.is_not_text && self.rest.is_empty();
        let opening = self.opening();
        let begins = |magic: &[Hex]| magic.iter().any(|magic| self.head.starts_with(&magic.0));
        let refused = rules.refused.iter().find(|refused| {
            (!is_text && begins(&refused.magic))
                || (is_text && refused.starts.iter().any(|start| opening.starts_with(start)))
        });
        if let Some(refused) = refused {
            return Err(NotTaken::Refused(&refused.id));
        }
        let by_magic = rules.types.iter().find(|one| begins(&one.magic));
        let found = by_magic.or_else(|| rules.types.iter().find(|one| one.text && is_text));
        found.ok_or(NotTaken::Unknown)
    }

    /// Begin of the text, in small letters, after a byte order mark and white space.
    fn opening(&self) -> String {
        let text = String::from_utf8_lossy(&self.head);
        text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase()
    }

    /// Reads whole characters, and keeps the start of one that is not whole.
    fn read_text(&mut self) {
        let whole = match str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => {
                self.is_not_text = true;
                0
            }
        };
        let odd = |byte: &u8| (*byte < 0x20 && !b"\t\n\r\x0c".contains(byte)) || *byte == 0x7f;
        self.is_not_text |= self.rest[..whole].iter().any(odd);
        self.rest.drain(..whole);
        if self.is_not_text {
            self.rest = Vec::new();
        }
    }
}

static STATE: LazyLock<Files> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/files.toml")).expect("a test reads data/files.toml")
});
