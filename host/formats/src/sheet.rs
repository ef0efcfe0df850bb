//! Lines of cells as CSV (RFC 4180) that a spreadsheet opens without running any of it.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// The lines, comma-separated; the first is the header. Every line must have as many cells.
#[must_use]
pub fn csv(lines: &[Vec<String>]) -> Vec<u8> {
    quoted(lines, b',')
}

pub(crate) fn quoted(lines: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        let cells = line.iter().map(|cell| harmless(cell));
        writer.write_record(cells).expect("every line has as many columns and memory takes every write");
    }
    writer.into_inner().expect("memory takes every write")
}

/// A spreadsheet takes a cell that begins like this for a formula and runs it; an apostrophe makes it text
/// (OWASP, "CSV Injection").
pub(crate) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
