//! Rows as the tables hold them, and the way from there to our types.

use std::io::Read;
use std::str::FromStr;

use flate2::read::ZlibDecoder;
use jiff::Timestamp;
use rusqlite::types::FromSql;
use serde::de::DeserializeOwned;
use sqlx::FromRow;
use sqlx::postgres::PgRow;

use crate::StoreError;

/// A row that either database can give.
pub(crate) trait Row: OfSqlite + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

impl<T> Row for T where T: OfSqlite + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// A row that SQLite can give, read column by column.
pub(crate) trait OfSqlite: Sized {
    /// Names of the columns in the order in which they are read; none if that is the query's own.
    const COLUMNS: &'static [&'static str];

    fn of_sqlite(cells: &mut Cells<'_>) -> rusqlite::Result<Self>;
}

/// The columns of a row of SQLite, one after the other.
pub(crate) struct Cells<'r> {
    row: &'r rusqlite::Row<'r>,
    /// Places in the query at which they stand; nothing if in this order.
    places: &'r [usize],
    read: usize,
}

impl<'r> Cells<'r> {
    pub(crate) fn new(row: &'r rusqlite::Row<'r>, places: &'r [usize]) -> Self {
        Self { row, places, read: 0 }
    }

    /// The next one, which must be of this type.
    pub(crate) fn cell<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let place = self.places.get(self.read).copied().unwrap_or(self.read);
        self.read += 1;
        self.row.get(place)
    }
}

macro_rules! tuples {
    ($(($($column:ident),+))+) => {$(
        impl<$($column: FromSql),+> OfSqlite for ($($column,)+) {
            const COLUMNS: &'static [&'static str] = &[];

            fn of_sqlite(cells: &mut Cells<'_>) -> rusqlite::Result<Self> {
                Ok(($(cells.cell::<$column>()?,)+))
            }
        }
    )+};
}

tuples! { (A) (A, B) (A, B, C) (A, B, C, D) }

/// Reads the columns of one row; what does not read is corrupt, and never a default.
pub(crate) struct Columns<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Columns<'_> {
    pub(crate) fn corrupt(&self, problem: &str) -> StoreError {
        StoreError::Corrupt { table: self.table, id: self.id.to_owned(), problem: problem.to_owned() }
    }

    fn unread(&self, column: &str) -> StoreError {
        self.corrupt(&format!("{column} does not read"))
    }

    pub(crate) fn parse<T: FromStr>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.unread(column))
    }

    pub(crate) fn parse_some<T: FromStr>(
        &self,
        column: &str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.parse(column, text)).transpose()
    }

    /// One of our own words.
    pub(crate) fn word<T>(
        &self,
        column: &str,
        text: &str,
        word: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        word(text).ok_or_else(|| self.unread(column))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.unread(column))
    }

    /// JSON that was [`crate::unit::packed`].
    pub(crate) fn packed_json<T: DeserializeOwned>(
        &self,
        column: &str,
        bytes: &[u8],
    ) -> Result<T, StoreError> {
        let mut json = Vec::new();
        ZlibDecoder::new(bytes).read_to_end(&mut json).map_err(|_| self.unread(column))?;
        serde_json::from_slice(&json).map_err(|_| self.unread(column))
    }

    pub(crate) fn instant(&self, column: &str, milliseconds: i64) -> Result<Timestamp, StoreError> {
        Timestamp::from_millisecond(milliseconds).map_err(|_| self.unread(column))
    }

    pub(crate) fn instant_some(
        &self,
        column: &str,
        milliseconds: Option<i64>,
    ) -> Result<Option<Timestamp>, StoreError> {
        milliseconds.map(|milliseconds| self.instant(column, milliseconds)).transpose()
    }

    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &str, number: i64) -> Result<T, StoreError> {
        T::try_from(number).map_err(|_| self.unread(column))
    }
}

/// A row of one query, with a field for each column of that name.
///
/// It writes what `#[derive(sqlx::FromRow)]` would, and how the row is read from SQLite and when it was read
/// ahead. That derive is a program of the compiler's, and brings the clients of both databases with it: they
/// would be built a second time, for the compiler.
macro_rules! row {
    ($visible:vis struct $type:ident { $($column:ident: $value:ty,)+ }) => {
        $visible struct $type {
            $($column: $value,)+
        }

        impl<'r, R> sqlx::FromRow<'r, R> for $type
        where
            R: sqlx::Row,
            &'r str: sqlx::ColumnIndex<R>,
            $($value: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,)+
        {
            fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
                Ok(Self { $($column: row.try_get(stringify!($column))?,)+ })
            }
        }

        impl $crate::row::OfSqlite for $type {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            // Fields are read in the order in which they are written.
            fn of_sqlite(cells: &mut $crate::row::Cells<'_>) -> rusqlite::Result<Self> {
                Ok(Self { $($column: cells.cell()?,)+ })
            }
        }

        impl $crate::ahead::Foretold for $type {
            fn foretold(columns: &serde_json::Map<String, serde_json::Value>) -> Option<Self> {
                Some(Self { $($column: $crate::ahead::Cell::cell(columns.get(stringify!($column))?)?,)+ })
            }
        }
    };
}
pub(crate) use row;

/// Reads every row into our type, or says which one is corrupt.
pub(crate) fn read_all<R, T>(rows: Vec<R>) -> Result<Vec<T>, StoreError>
where
    T: TryFrom<R, Error = StoreError>,
{
    rows.into_iter().map(T::try_from).collect()
}
