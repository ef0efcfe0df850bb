//! Rows of the plan's reference tables, as the host found them for the case.
//!
//! ```ignore
//! let schedule = context.table(&FEE_SCHEDULE);
//! let amount = match schedule.row(&[&key_of(&line.procedure)])? {
//!     Some(row) => row.cents("amount")?,
//!     None => price.amount,
//! };
//! ```
//!
//! A table that contradicts itself or does not read is no reason to guess: the errors here are the contract's
//! `internal`, which brings the case to the plan's people.

use crate::plan::Reference;
use crate::types::{Context, PlanError, Procedure, TableRow};

/// A declared table with the rows that match the case.
#[derive(Clone, Copy)]
pub struct Slice<'a> {
    declared: &'a Reference,
    rows: &'a [TableRow],
}

/// One row of a table, with the declaration of its columns.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    declared: &'a Reference,
    row: &'a TableRow,
}

impl Context {
    /// Rows of a declared table that the host handed over for this case; empty if none matched.
    pub fn table<'a>(&'a self, declared: &'a Reference) -> Slice<'a> {
        let slice = self.tables.iter().find(|slice| slice.name == declared.name);
        Slice { declared, rows: slice.map(|slice| slice.rows.as_slice()).unwrap_or_default() }
    }
}

impl<'a> Slice<'a> {
    /// Every row, in the order of the upload.
    pub fn rows(self) -> impl Iterator<Item = Row<'a>> {
        self.rows.iter().map(move |row| Row { declared: self.declared, row })
    }

    /// The one row with these values in the key columns, in the order in which they were declared.
    ///
    /// # Errors
    /// `internal` where there are two: which of them counts, only people know.
    pub fn row(self, key: &[&str]) -> Result<Option<Row<'a>>, PlanError> {
        let mut rows = self.rows().filter(|row| row.has(key));
        match (rows.next(), rows.next()) {
            (row, None) => Ok(row),
            (_, Some(_)) => {
                let (name, key) = (self.declared.name, key.join(", "));
                Err(PlanError::Internal(format!("the table {name} has more than one row for {key}")))
            }
        }
    }
}

impl<'a> Row<'a> {
    /// The version that it belongs to.
    pub fn version(self) -> &'a str {
        &self.row.version
    }

    /// The cell in a declared column; `None` for a column that is not declared.
    pub fn cell(self, column: &str) -> Option<&'a str> {
        let place = self.declared.columns.iter().position(|declared| *declared == column)?;
        self.row.cells.get(place).map(String::as_str)
    }

    /// An amount that is written in dollars, such as `78.25`, as cents.
    ///
    /// # Errors
    /// `internal` where it is none, or negative.
    pub fn cents(self, column: &str) -> Result<i64, PlanError> {
        self.cell(column).and_then(cents).ok_or_else(|| {
            let (name, version) = (self.declared.name, self.version());
            PlanError::Internal(format!(
                "the table {name}, version {version}, has no amount in column {column}"
            ))
        })
    }

    fn has(self, key: &[&str]) -> bool {
        let columns = self.declared.keys;
        columns.len() == key.len()
            && columns.iter().zip(key).all(|(column, value)| self.cell(column) == Some(value))
    }
}

/// A procedure as the key columns of tables hold it: the code, and the modifiers in their order of letters.
pub fn key_of(procedure: &Procedure) -> String {
    let mut modifiers: Vec<&str> = procedure.modifiers.iter().map(String::as_str).collect();
    modifiers.sort_unstable();
    modifiers.iter().fold(procedure.code.clone(), |key, modifier| key + " " + modifier)
}

/// Dollars with no, one or two decimals as cents.
fn cents(text: &str) -> Option<i64> {
    let (dollars, decimals) = text.split_once('.').unwrap_or((text, "00"));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(dollars) || !is_number(decimals) || decimals.len() > 2 {
        return None;
    }
    let decimals: i64 = format!("{decimals:0<2}").parse().ok()?;
    dollars.parse::<i64>().ok()?.checked_mul(100)?.checked_add(decimals)
}

#[cfg(test)]
mod tests {
    use super::{Row, Slice, cents, key_of};
    use crate::plan::Reference;
    use crate::rule::text;
    use crate::types::{PlanError, Procedure, TableRow, TableSlice};

    const RATES: Reference = Reference {
        name: "rates",
        keys: &["procedure", "county"],
        columns: &["amount", "procedure", "county"],
        text: text("Rates.", "Tarifas."),
    };

    fn slice(rows: &[[&str; 3]]) -> TableSlice {
        let cells = |row: &[&str; 3]| row.iter().map(|cell| (*cell).to_owned()).collect();
        let row = |row| TableRow { version: "2".to_owned(), cells: cells(row) };
        TableSlice { name: "rates".to_owned(), rows: rows.iter().map(row).collect() }
    }

    /// Row that is found for the key, or the reason why people must look.
    fn look(rows: &[[&str; 3]], key: &[&str]) -> String {
        let slice = slice(rows);
        let found = Slice { declared: &RATES, rows: &slice.rows }.row(key);
        let cents = |row: Row<'_>| Ok(format!("{} by version {}", row.cents("amount")?, row.version()));
        match found.and_then(|row| row.map_or(Ok("none".to_owned()), cents)) {
            Ok(told) | Err(PlanError::Internal(told)) => told,
            Err(_) => "another error".to_owned(),
        }
    }

    #[test]
    fn one_row_answers_for_its_key() {
        let srv = ["45.00", "G9008 U8", "SRV"];
        let two = [srv, ["50.5", "G9008 U8", "LDM"]];
        assert_eq!(look(&two, &["G9008 U8", "SRV"]), "4500 by version 2");
        assert_eq!(look(&two, &["G9008 U8", "LDM"]), "5050 by version 2");
        assert_eq!(look(&two, &["G9008 U8", "ZZZ"]), "none");
        assert_eq!(look(&two, &["G9008 U8"]), "none");
        assert_eq!(look(&[], &["G9008 U8", "SRV"]), "none");
        assert_eq!(
            look(&[srv, srv], &["G9008 U8", "SRV"]),
            "the table rates has more than one row for G9008 U8, SRV"
        );
        assert_eq!(
            look(&[["much", "G9008 U8", "SRV"]], &["G9008 U8", "SRV"]),
            "the table rates, version 2, has no amount in column amount"
        );
    }

    #[test]
    fn dollars_are_cents() {
        for (text, expected) in [
            ("45", Some(4_500)),
            ("45.5", Some(4_550)),
            ("45.05", Some(4_505)),
            ("0", Some(0)),
            ("45.", None),
            (".50", None),
            ("45.005", None),
            ("-1", None),
            ("$45", None),
            ("", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }

    #[test]
    fn modifiers_have_no_order() {
        let modifiers = vec!["U1".to_owned(), "GQ".to_owned()];
        assert_eq!(key_of(&Procedure { code: "G9008".to_owned(), modifiers }), "G9008 GQ U1");
    }
}
