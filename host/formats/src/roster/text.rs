//! A member file that is text: which encoding, which separator, row by row.

use std::borrow::Cow;

use csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::FileRefusal;
use super::source::Rows;
use crate::numbering::Numbering;

/// Separators of cells, with their names. The first that fits best is taken.
pub(super) const SEPARATORS: [(u8, &str); 4] =
    [(b',', "comma"), (b'\t', "tab"), (b'|', "pipe"), (b';', "semicolon")];

/// Bytes of a file that are looked at to tell UTF-16 that does not say so.
const LOOKED_AT: usize = 1024;

/// A file as text.
pub(super) struct Text<'a> {
    bytes: Cow<'a, [u8]>,
    /// Name of the encoding.
    pub(super) encoding: &'static str,
}

impl<'a> Text<'a> {
    /// Reads the bytes in the encoding that they are in: as their mark says, as UTF-8 where they are that, or
    /// as Windows-1252, in which everything is text. A file of which some rows are UTF-8 and some are not
    /// stays as it is: its other rows are refused one by one.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, FileRefusal> {
        if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
            return Ok(Self { bytes: Cow::Borrowed(rest), encoding: "UTF-8" });
        }
        let wide = match bytes {
            [0xFF, 0xFE, rest @ ..] => Some((UTF_16LE, rest)),
            [0xFE, 0xFF, rest @ ..] => Some((UTF_16BE, rest)),
            _ => unmarked_wide(bytes).map(|encoding| (encoding, bytes)),
        };
        if let Some((encoding, rest)) = wide {
            return decoded(encoding, rest);
        }
        if is_narrow(bytes) {
            decoded(WINDOWS_1252, bytes)
        } else {
            Ok(Self { bytes: Cow::Borrowed(bytes), encoding: "UTF-8" })
        }
    }

    /// Its rows, told apart by `separator`.
    pub(super) fn rows(&self, separator: u8) -> TextRows<'_> {
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(&*self.bytes);
        TextRows { numbering: Numbering::of(&self.bytes), reader }
    }
}

/// Rows of separated cells.
pub(super) struct TextRows<'a> {
    numbering: Numbering<'a>,
    reader: Reader<&'a [u8]>,
}

impl Rows for TextRows<'_> {
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u32>, FileRefusal> {
        Ok(self.numbering.read(&mut self.reader, record))
    }
}

fn decoded(encoding: &'static Encoding, bytes: &[u8]) -> Result<Text<'static>, FileRefusal> {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        return Err(FileRefusal::NotText);
    }
    Ok(Text { bytes: Cow::Owned(text.into_owned().into_bytes()), encoding: encoding.name() })
}

/// UTF-16 without its mark: headers are plain letters, so every other byte is zero.
fn unmarked_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes[..bytes.len().min(LOOKED_AT)].chunks_exact(2);
    let (mut first, mut second, mut all) = (0, 0, 0);
    for pair in pairs {
        first += usize::from(pair[0] == 0);
        second += usize::from(pair[1] == 0);
        all += 1;
    }
    match all {
        0..4 => None,
        _ if first == 0 && second * 10 > all * 8 => Some(UTF_16LE),
        _ if second == 0 && first * 10 > all * 8 => Some(UTF_16BE),
        _ => None,
    }
}

/// True if the bytes are not UTF-8 and nothing in them speaks for UTF-8: one byte a letter.
fn is_narrow(bytes: &[u8]) -> bool {
    let mut broken = false;
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_ascii() {
            return false;
        }
        broken |= !chunk.invalid().is_empty();
    }
    broken
}
