//! Row numbers of a CSV file, as a spreadsheet shows them.

use csv::{ByteRecord, Reader};

/// Numbers rows as a spreadsheet does, from 1. The CSV reader skips blank lines without a word, so they are
/// counted here.
pub(crate) struct Numbering<'a> {
    bytes: &'a [u8],
    next: u32,
}

impl<'a> Numbering<'a> {
    /// Of a file with these bytes.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 1 }
    }

    /// Reads the next record and gives its row number; nothing at the end of the file.
    pub(crate) fn read(&mut self, reader: &mut Reader<&[u8]>, record: &mut ByteRecord) -> Option<u32> {
        let at = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        // Reading from memory, any number of cells and any bytes: there is nothing left that could fail.
        if !reader.read_byte_record(record).unwrap_or(false) {
            return None;
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        let ends_before = at > 0 && self.bytes[at - 1] == b'\r' && rest.first() == Some(&b'\n');
        let breaks = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .filter(|byte| **byte == b'\n')
            .count();
        let blank = u32::try_from(breaks - usize::from(ends_before)).unwrap_or(u32::MAX);
        let row = self.next.saturating_add(blank);
        self.next = row.saturating_add(1);
        Some(row)
    }
}
