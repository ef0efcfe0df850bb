//! Sources of a member file's rows: text or a workbook. The header row is found in it, below any title.

use csv::ByteRecord;

use super::columns::{Order, recognized};
use super::days::Epoch;
use super::text::{SEPARATORS, Text};
use super::workbook::Workbook;
use super::{FileRefusal, MOST_COLUMNS};

/// Most rows that may stand above the headers.
pub const MOST_TITLE_ROWS: usize = 20;

/// Rows, one after the other.
pub(super) trait Rows {
    /// Reads the next row that is not blank, and gives its number as a spreadsheet shows it.
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u32>, FileRefusal>;
}

/// A file as it was opened.
pub(super) enum Source<'a> {
    Text(Text<'a>),
    Workbook(Workbook<'a>),
}

/// Place in a file of the table of members.
struct Place {
    /// The separator's or the sheet's place among those that were tried.
    part: usize,
    /// The row of the headers.
    row: u32,
    /// Number of known headers.
    known: usize,
}

/// A file whose headers were found.
pub(super) struct Opened<'s> {
    pub(super) rows: Box<dyn Rows + 's>,
    pub(super) order: Order,
    pub(super) form: super::Form,
}

impl<'a> Source<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, FileRefusal> {
        /// First bytes of a ZIP archive, and so of a workbook; and of an old or an encrypted workbook.
        const ZIP: &[u8] = b"PK\x03\x04";
        const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
        if bytes.starts_with(ZIP) {
            return Ok(Self::Workbook(Workbook::of(bytes)?));
        }
        if bytes.starts_with(COMPOUND_FILE) {
            return Err(FileRefusal::OldWorkbook);
        }
        Ok(Self::Text(Text::of(bytes)?))
    }

    /// Finds the row of headers, of all separators or sheets in that which has most of ours, and reads on
    /// behind it.
    pub(super) fn open(&self) -> Result<Opened<'_>, FileRefusal> {
        let place = self.find()?;
        let mut rows = self.rows(place.part)?;
        let mut record = ByteRecord::new();
        while let Some(row) = rows.next(&mut record)? {
            if row == place.row {
                let order = Order::read(&record, self.epoch(), matches!(self, Self::Workbook(_)))?;
                return Ok(Opened { rows, order, form: self.form(&place) });
            }
        }
        Err(FileRefusal::NoHeaderRow)
    }

    fn find(&self) -> Result<Place, FileRefusal> {
        let (mut best, mut any, mut wide) = (None::<Place>, false, false);
        for part in 0..self.parts() {
            let mut rows = self.rows(part)?;
            let mut record = ByteRecord::new();
            for _ in 0..=MOST_TITLE_ROWS {
                let Some(row) = rows.next(&mut record)? else { break };
                any = true;
                let known = recognized(&record);
                wide |= record.len() > MOST_COLUMNS;
                if known > best.as_ref().map_or(0, |best| best.known) {
                    best = Some(Place { part, row, known });
                }
            }
        }
        match best {
            Some(place) => Ok(place),
            None if !any => Err(FileRefusal::Empty),
            None if wide => Err(FileRefusal::TooManyColumns),
            None => Err(FileRefusal::NoHeaderRow),
        }
    }

    fn parts(&self) -> usize {
        match self {
            Self::Text(_) => SEPARATORS.len(),
            Self::Workbook(workbook) => workbook.sheets(),
        }
    }

    fn rows(&self, part: usize) -> Result<Box<dyn Rows + '_>, FileRefusal> {
        match self {
            Self::Text(text) => Ok(Box::new(text.rows(SEPARATORS[part].0))),
            Self::Workbook(workbook) => workbook.rows(part),
        }
    }

    fn epoch(&self) -> Epoch {
        match self {
            Self::Text(_) => Epoch::default(),
            Self::Workbook(workbook) => workbook.epoch,
        }
    }

    fn form(&self, place: &Place) -> super::Form {
        let (kind, encoding, separator, sheet) = match self {
            Self::Text(text) => ("text", Some(text.encoding), Some(SEPARATORS[place.part].1), None),
            Self::Workbook(_) => ("workbook", None, None, u32::try_from(place.part + 1).ok()),
        };
        super::Form { kind, encoding, separator, sheet, header_row: place.row }
    }
}
