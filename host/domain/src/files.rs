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
    /// First bytes; one of these.
    #[serde(default)]
    magic: Vec<Beginning>,
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
    magic: Vec<Beginning>,
    #[serde(default)]
    starts: Vec<String>,
    /// Media types under which such files are sent.
    #[serde(default)]
    media_types: Vec<String>,
    /// Name of a type that is taken, in which the same can be sent.
    #[serde(default)]
    instead: Option<String>,
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

/// First bytes of a file, written in hex; `??` is any byte.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Beginning(Vec<Option<u8>>);

impl TryFrom<String> for Beginning {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let bytes = text.as_bytes().chunks(2).map(|pair| {
            let pair = str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?;
            if pair == "??" { Some(None) } else { u8::from_str_radix(pair, 16).ok().map(Some) }
        });
        bytes.collect::<Option<_>>().map(Self).ok_or_else(|| format!("`{text}` is not hex"))
    }
}

impl Beginning {
    /// True for a file that begins so.
    fn fits(&self, head: &[u8]) -> bool {
        let same = |(wanted, byte): (&Option<u8>, &u8)| wanted.is_none_or(|wanted| wanted == *byte);
        head.len() >= self.0.len() && self.0.iter().zip(head).all(same)
    }
}

/// Why bytes are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// There are no bytes.
    Empty,
    /// They are something that is refused by name.
    Refused {
        /// Name of what they are, such as `a program`.
        what: &'static str,
        /// Name of a type in which the same can be sent, such as `JPEG`.
        instead: Option<&'static str>,
    },
    /// They are of no type that is taken.
    Unknown,
}

impl Files {
    /// The rules of this host.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The media types that are taken, on one line.
    #[must_use]
    pub fn taken() -> &'static str {
        &TAKEN
    }

    /// The type with this media type.
    #[must_use]
    pub fn named(&self, media_type: &str) -> Option<&FileType> {
        self.types.iter().find(|one| one.id == media_type)
    }

    /// The type that files with these first bytes have, whatever follows.
    #[must_use]
    pub fn beginning(&self, head: &[u8]) -> Option<&FileType> {
        self.types.iter().find(|one| one.magic.iter().any(|magic| magic.fits(head)))
    }

    /// Name of a type in which to send a file that is refused under this media type.
    #[must_use]
    pub fn instead_of(&self, media_type: &str) -> Option<&str> {
        let refused = self.refused.iter().find(|one| one.media_types.iter().any(|known| known == media_type));
        refused?.instead.as_deref()
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
    is_not_text: bool,
    /// The start of a character whose rest has not come.
    rest: Vec<u8>,
}

impl Sniffer {
    /// Looks at the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        if !self.is_not_text {
            self.rest.extend_from_slice(bytes);
            self.read_text();
        }
    }

    /// Type of the bytes.
    ///
    /// # Errors
    /// Why they are not taken.
    pub fn finish(&self) -> Result<&'static FileType, NotTaken> {
        if self.head.is_empty() {
            return Err(NotTaken::Empty);
        }
        let rules = Files::state();
        let is_text = !self.is_not_text && self.rest.is_empty();
        let opening = self.opening();
        let begins = |magic: &[Beginning]| magic.iter().any(|magic| magic.fits(&self.head));
        let refused = rules.refused.iter().find(|refused| {
            (!is_text && begins(&refused.magic))
                || (is_text && refused.starts.iter().any(|start| opening.starts_with(start)))
        });
        if let Some(refused) = refused {
            return Err(NotTaken::Refused { what: &refused.id, instead: refused.instead.as_deref() });
        }
        let by_magic = rules.beginning(&self.head);
        let found = by_magic.or_else(|| rules.types.iter().find(|one| one.text && is_text));
        found.ok_or(NotTaken::Unknown)
    }

    /// Begin of the text, in lower case, after a byte order mark and white space.
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

static TAKEN: LazyLock<String> = LazyLock::new(|| {
    let types: Vec<&str> = STATE.types.iter().map(|one| one.id.as_str()).collect();
    types.join(", ")
});
