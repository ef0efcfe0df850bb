//! A member file from rows: for demonstrations, rehearsals and tests.

use csv::{Terminator, WriterBuilder};

use super::cells::{HOMELESSNESS, SEXES, code_of};
use super::columns::COLUMNS;
use super::{ResidentialAddress, RosterRow};

/// Writes rows under all of [`COLUMNS`], so that [`super::parse`] reads the same rows back. Row numbers are
/// not kept: the first row becomes row 2.
pub fn write(rows: &[RosterRow]) -> Vec<u8> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|column| column.header)).expect("memory takes every write");
    for row in rows {
        writer.write_record(cells(row)).expect("every row has all columns and memory takes every write");
    }
    writer.into_inner().expect("memory takes every write")
}

/// The cells of a row, in the order of [`COLUMNS`].
fn cells(row: &RosterRow) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let address = |part: fn(&ResidentialAddress) -> Option<String>| {
        row.address.as_ref().and_then(part).unwrap_or_default()
    };
    [
        row.cin.expose().to_owned(),
        text(&row.plan_member_id),
        row.family_name.expose().to_owned(),
        row.given_name.expose().to_owned(),
        row.birth_date.to_string(),
        row.sex.map_or("", |sex| code_of(SEXES, sex)).to_owned(),
        text(&row.language),
        row.county.to_string(),
        address(|address| Some(address.line.clone())),
        address(|address| address.city.clone()),
        address(|address| address.zip.clone()),
        row.homelessness.map_or("", |indicator| code_of(HOMELESSNESS, indicator)).to_owned(),
        text(&row.phone),
        row.coverage_first.to_string(),
        row.coverage_last.map(|day| day.to_string()).unwrap_or_default(),
        row.line.clone(),
        text(&row.group.clone().flatten()),
        text(&row.dual_status),
        row.renewal_month.map(|month| month.to_string()).unwrap_or_default(),
        row.pcp_npi.as_ref().map(ToString::to_string).unwrap_or_default(),
        address(|address| address.as_of.map(|day| day.to_string())),
        row.file_date.map(|day| day.to_string()).unwrap_or_default(),
        text(&row.risk_tier),
    ]
}
