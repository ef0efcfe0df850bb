//! A member file that is a workbook (Office Open XML, ISO/IEC 29500): the rows of its sheets, one by one.
//!
//! A workbook is an archive, and a small archive can hold a very large part. So every part is read through a
//! limit, a sheet is never held whole, and the texts that cells share are held in one buffer of limited size.

use std::io::{BufReader, Read};

use csv::ByteRecord;

use super::archive::{Archive, Limited};
use super::days::Epoch;
use super::source::Rows;
use super::xml::{Tag, Token, Xml};
use super::{FileRefusal, MOST_COLUMNS};

/// Most sheets that are looked at.
const MOST_SHEETS: usize = 32;
/// Most bytes of the list of sheets, and of each part like it.
const MOST_SMALL_BYTES: u64 = 4 << 20;
/// Most bytes of the part of texts that cells share, and of these texts.
const MOST_SHARED_PART_BYTES: u64 = 512 << 20;
const MOST_SHARED_BYTES: usize = 64 << 20;
/// Most texts that cells share.
const MOST_SHARED: usize = 8_000_000;
/// Most bytes of a sheet, unpacked.
const MOST_SHEET_BYTES: u64 = 2 << 30;
/// Most bytes of a cell that are kept, so that the row is seen to hold too much.
const MOST_KEPT: usize = super::MOST_CELL_BYTES + 1;

type Part<'a> = Xml<BufReader<Limited<Box<dyn Read + 'a>>>>;

/// A workbook of Office Open XML.
pub(super) struct Workbook<'a> {
    archive: Archive<'a>,
    /// The part of each sheet, in the workbook's order.
    sheets: Vec<String>,
    shared: Shared,
    /// From when it counts days.
    pub(super) epoch: Epoch,
}

/// Entry of the workbook's list of relations about one part.
struct Relation {
    id: String,
    kind: String,
    part: String,
}

impl<'a> Workbook<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, FileRefusal> {
        let archive = Archive::of(bytes)?;
        let relations = relations(&archive)?;
        let (sheets, epoch) = sheets(&archive, &relations)?;
        let shared = match relations.iter().find(|relation| relation.kind.ends_with("/sharedStrings")) {
            Some(relation) => Shared::read(part(&archive, &relation.part, MOST_SHARED_PART_BYTES)?)?,
            None => Shared::default(),
        };
        Ok(Self { archive, sheets, shared, epoch })
    }

    /// Number of its sheets.
    pub(super) fn sheets(&self) -> usize {
        self.sheets.len()
    }

    /// The rows of a sheet.
    pub(super) fn rows(&self, sheet: usize) -> Result<Box<dyn Rows + '_>, FileRefusal> {
        let name = self.sheets.get(sheet).ok_or(FileRefusal::BrokenWorkbook)?;
        let xml = part(&self.archive, name, MOST_SHEET_BYTES)?;
        Ok(Box::new(SheetRows { xml, shared: &self.shared, row: 0, cells: Vec::new(), next: 0 }))
    }
}

fn part<'a>(archive: &Archive<'a>, name: &str, limit: u64) -> Result<Part<'a>, FileRefusal> {
    archive.open(name, limit).map(|part| Xml::of(BufReader::new(part))).ok_or(FileRefusal::BrokenWorkbook)
}

fn relations(archive: &Archive<'_>) -> Result<Vec<Relation>, FileRefusal> {
    let mut xml = part(archive, "xl/_rels/workbook.xml.rels", MOST_SMALL_BYTES)?;
    let mut relations = Vec::new();
    while let Some(token) = xml.next()? {
        let Token::Open(tag) = token else { continue };
        if tag.name() == "Relationship" {
            let target = tag.attribute("Target").unwrap_or_default();
            let part = match target.strip_prefix('/') {
                Some(from_root) => from_root.to_owned(),
                None => format!("xl/{target}"),
            };
            let attribute = |name| tag.attribute(name).unwrap_or_default();
            relations.push(Relation { id: attribute("Id"), kind: attribute("Type"), part });
        }
    }
    Ok(relations)
}

/// The parts of the sheets, and from when the workbook counts days.
fn sheets(archive: &Archive<'_>, relations: &[Relation]) -> Result<(Vec<String>, Epoch), FileRefusal> {
    let mut xml = part(archive, "xl/workbook.xml", MOST_SMALL_BYTES)?;
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::default());
    while let Some(token) = xml.next()? {
        let Token::Open(tag) = token else { continue };
        match tag.name() {
            "workbookPr" if tag.attribute("date1904").is_some_and(|flag| flag == "1" || flag == "true") => {
                epoch = Epoch::Of1904;
            }
            "sheet" if sheets.len() < MOST_SHEETS => {
                let id = tag.attribute("id").unwrap_or_default();
                let worksheet =
                    |relation: &&Relation| relation.id == id && relation.kind.ends_with("/worksheet");
                sheets.extend(relations.iter().find(worksheet).map(|relation| relation.part.clone()));
            }
            _ => {}
        }
    }
    Ok((sheets, epoch))
}

/// Texts that cells name by their number, end to end.
#[derive(Default)]
struct Shared {
    text: String,
    ends: Vec<usize>,
}

impl Shared {
    fn read(mut xml: Part<'_>) -> Result<Self, FileRefusal> {
        let mut shared = Self::default();
        let mut text = RichText::default();
        while let Some(token) = xml.next()? {
            let ended = matches!(&token, Token::Close("si"))
                || matches!(&token, Token::Open(tag) if tag.name() == "si" && tag.is_empty());
            text.take(&token);
            if ended {
                shared.text.push_str(&text.end());
                shared.ends.push(shared.text.len());
            }
            if shared.ends.len() > MOST_SHARED || shared.text.len() > MOST_SHARED_BYTES {
                return Err(FileRefusal::WorkbookTooLarge);
            }
        }
        Ok(shared)
    }

    fn get(&self, number: &str) -> Option<&str> {
        let place: usize = number.trim().parse().ok()?;
        let start = match place.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(place)?)
    }
}

/// A text in several runs. How it is pronounced, which stands beside it, is no part of it.
#[derive(Default)]
struct RichText {
    text: String,
    in_text: bool,
    in_phonetic: bool,
}

impl RichText {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Open(tag) if tag.name() == "t" => self.in_text = !tag.is_empty() && !self.in_phonetic,
            Token::Open(tag) if tag.name() == "rPh" => self.in_phonetic = !tag.is_empty(),
            Token::Close("t") => self.in_text = false,
            Token::Close("rPh") => self.in_phonetic = false,
            Token::Text(text) if self.in_text && self.text.len() < MOST_KEPT => self.text.push_str(text),
            Token::Text(_) | Token::Open(_) | Token::Close(_) => {}
        }
    }

    fn end(&mut self) -> String {
        (self.in_text, self.in_phonetic) = (false, false);
        std::mem::take(&mut self.text)
    }
}

/// The rows of a sheet.
struct SheetRows<'w> {
    xml: Part<'w>,
    shared: &'w Shared,
    /// The number of the row before.
    row: u32,
    cells: Vec<String>,
    /// The column of a cell that does not say its place.
    next: usize,
}

/// A cell that is being read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    value: String,
    in_value: bool,
    text: RichText,
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, record: &mut ByteRecord) -> Result<Option<u32>, FileRefusal> {
        let mut cell = Cell::default();
        while let Some(token) = self.xml.next()? {
            match &token {
                Token::Open(tag) if tag.name() == "row" => {
                    let said = tag.attribute("r").and_then(|row| row.parse().ok());
                    self.row = said.unwrap_or(self.row.saturating_add(1));
                    self.cells.clear();
                    self.next = 0;
                }
                Token::Open(tag) if tag.name() == "c" => {
                    cell = Cell::begin(*tag, self.next);
                    self.next = cell.column.saturating_add(1);
                }
                Token::Close("c") => put(&mut self.cells, cell.column, cell.end(self.shared)),
                Token::Close("row") if self.cells.iter().any(|cell| !cell.trim().is_empty()) => {
                    record.clear();
                    self.cells.iter().for_each(|cell| record.push_field(cell.as_bytes()));
                    return Ok(Some(self.row));
                }
                _ => cell.take(&token),
            }
        }
        Ok(None)
    }
}

impl Cell {
    fn begin(tag: Tag<'_>, next: usize) -> Self {
        let column = tag.attribute("r").and_then(|place| column(&place)).unwrap_or(next);
        Self { column, kind: tag.attribute("t").unwrap_or_default(), ..Self::default() }
    }

    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Open(tag) if tag.name() == "v" => self.in_value = !tag.is_empty(),
            Token::Close("v") => self.in_value = false,
            Token::Text(text) if self.in_value && self.value.len() < MOST_KEPT => self.value.push_str(text),
            _ => self.text.take(token),
        }
    }

    /// The cell as text. A cell that holds an error is as one that nobody can read, not as an empty one.
    fn end(&mut self, shared: &Shared) -> String {
        match self.kind.as_str() {
            "s" => shared.get(&self.value).unwrap_or("#REF!").to_owned(),
            "inlineStr" => self.text.end(),
            "b" => if self.value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "str" | "e" | "d" => std::mem::take(&mut self.value),
            _ => number(&self.value),
        }
    }
}

/// A number without an exponent, as `5595550142` for `5.595550142E9`.
fn number(value: &str) -> String {
    match value.trim().parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() < 1e15 => number.to_string(),
        _ => value.to_owned(),
    }
}

/// Puts a cell where it belongs. One beyond the most columns stands behind them, so that it is seen.
fn put(cells: &mut Vec<String>, column: usize, value: String) {
    let column = column.min(MOST_COLUMNS);
    if value.is_empty() && column >= cells.len() {
        return;
    }
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    cells[column] = value;
}

/// The column of a place such as `AB12`, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters
        .take(4)
        .fold(0_usize, |number, letter| number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}
