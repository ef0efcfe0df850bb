//! The parts of a ZIP archive that is in memory (APPNOTE 6.3), as far as workbooks use them: stored or
//! deflated, below 4 GiB, not encrypted.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::DeflateDecoder;

use super::FileRefusal;

/// Most parts of a workbook.
const MOST_PARTS: usize = 4096;

/// A ZIP archive with bounded parts.
pub(super) struct Archive<'a> {
    parts: BTreeMap<String, Part<'a>>,
}

/// A part, as it is packed.
#[derive(Clone, Copy)]
struct Part<'a> {
    packed: &'a [u8],
    is_deflated: bool,
}

impl<'a> Archive<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, FileRefusal> {
        Self::listed(bytes).ok_or(FileRefusal::BrokenWorkbook)
    }

    /// A part, unpacked as it is read; at most `limit` bytes of it, and an error behind them.
    pub(super) fn open(&self, name: &str, limit: u64) -> Option<Limited<Box<dyn Read + 'a>>> {
        let part = self.parts.get(name)?;
        let reader: Box<dyn Read + 'a> =
            if part.is_deflated { Box::new(DeflateDecoder::new(part.packed)) } else { Box::new(part.packed) };
        Some(Limited { reader, left: limit })
    }

    /// The central directory says where each part is.
    fn listed(bytes: &'a [u8]) -> Option<Self> {
        const END: &[u8] = b"PK\x05\x06";
        const ENTRY: &[u8] = b"PK\x01\x02";
        const LONGEST_END: usize = 22 + 0xFFFF;
        let tail = bytes.len().saturating_sub(LONGEST_END);
        let end = tail + bytes[tail..].windows(END.len()).rposition(|window| window == END)?;
        let count = usize::from(short(bytes, end + 10)?);
        if count > MOST_PARTS {
            return None;
        }
        let mut at = long(bytes, end + 16)?;
        let mut parts = BTreeMap::new();
        for _ in 0..count {
            if bytes.get(at..at + 4)? != ENTRY {
                return None;
            }
            let name_length = usize::from(short(bytes, at + 28)?);
            let behind = usize::from(short(bytes, at + 30)?) + usize::from(short(bytes, at + 32)?);
            let name = std::str::from_utf8(bytes.get(at + 46..at + 46 + name_length)?).ok()?;
            parts.insert(name.to_owned(), part(bytes, at)?);
            at += 46 + name_length + behind;
        }
        Some(Self { parts })
    }
}

/// The part of the entry that begins `at`.
fn part(bytes: &[u8], at: usize) -> Option<Part<'_>> {
    const STORED: u16 = 0;
    const DEFLATED: u16 = 8;
    const ENCRYPTED: u16 = 1;
    let (flags, method) = (short(bytes, at + 8)?, short(bytes, at + 10)?);
    if flags & ENCRYPTED != 0 || ![STORED, DEFLATED].contains(&method) {
        return None;
    }
    let (length, local) = (long(bytes, at + 20)?, long(bytes, at + 42)?);
    let start = local + 30 + usize::from(short(bytes, local + 26)?) + usize::from(short(bytes, local + 28)?);
    Some(Part { packed: bytes.get(start..start.checked_add(length)?)?, is_deflated: method == DEFLATED })
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?);
    usize::try_from(number).ok()
}

/// A reader that fails behind its limit instead of ending there: what is cut off must not look whole.
pub(super) struct Limited<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| std::io::Error::other("a part is larger than its limit"))?;
        Ok(read)
    }
}
