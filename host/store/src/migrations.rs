//! The migrations of both databases, compiled in.
//!
//! They are what `sqlx::migrate!` makes of the same folders, without that macro: like sqlx's other macros it
//! brings the clients of both databases with it, which would be built a second time, for the compiler. The
//! list of them is written by this crate's build script.

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// A migration that is compiled in.
struct Embedded {
    version: i64,
    description: &'static str,
    sql: &'static str,
}

pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

/// The newest migration that this program brings. It has the same version for both databases.
pub(crate) fn known() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn migrator(files: &[Embedded]) -> Migrator {
    Migrator::with_migrations(files.iter().map(Embedded::migration).collect())
}

impl Embedded {
    /// With the checksum by which a record knows that its own migrations are these.
    fn migration(&self) -> Migration {
        // As sqlx reads a file: so begins one that a transaction cannot hold.
        let outside_transaction = self.sql.starts_with("-- no-transaction");
        Migration::new(
            self.version,
            self.description.into(),
            MigrationType::Simple,
            self.sql.into_sql_str(),
            outside_transaction,
        )
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sqlx::migrate::Migrator;

    use super::{POSTGRES, SQLITE, known, postgres, sqlite};

    /// All that a record is migrated by, in the order in which it is applied.
    fn all(migrator: &Migrator) -> Vec<impl PartialEq + std::fmt::Debug> {
        let migrations = migrator.iter().map(|migration| {
            let (text, checksum) = (migration.sql.as_str().to_owned(), migration.checksum.to_vec());
            let description = migration.description.to_string();
            (migration.version, description, migration.migration_type, text, checksum, migration.no_tx)
        });
        migrations.collect()
    }

    /// `sqlx::migrate!` reads a folder with the same code, so a record that it made stays valid.
    #[tokio::test]
    async fn what_is_compiled_in_is_what_sqlx_reads_from_the_folders() {
        for (database, embedded) in [("sqlite", sqlite()), ("postgres", postgres())] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(database);
            let read = Migrator::new(folder).await.expect("sqlx reads the folder");
            assert!(read.iter().count() > 0, "{database}");
            assert_eq!(all(&embedded), all(&read), "{database}");
            assert_eq!(embedded.locking, read.locking);
            assert_eq!(embedded.no_tx, read.no_tx);
            assert_eq!(embedded.table_name, read.table_name);
        }
    }

    /// The one difference that a statement may have is the name of a type, and the end of a table.
    #[test]
    fn both_databases_begin_with_the_same_tables() {
        let [Some(sqlite), Some(postgres)] = [SQLITE, POSTGRES].map(|files| files.first()) else {
            panic!("each database has a first migration");
        };
        let words = [(" integer", " bigint"), (" blob", " bytea"), (") strict, without rowid;", ");")];
        let words = words.into_iter().chain([(") strict;", ");")]);
        let translated = words.fold(sqlite.sql.to_owned(), |sql, (ours, theirs)| sql.replace(ours, theirs));
        for (number, (expected, found)) in translated.lines().zip(postgres.sql.lines()).enumerate() {
            assert_eq!(expected, found, "line {}", number + 1);
        }
        assert_eq!(translated.lines().count(), postgres.sql.lines().count());
    }

    #[test]
    fn both_databases_have_the_same_versions() {
        let versions = |files: &[super::Embedded]| files.iter().map(|file| file.version).collect::<Vec<_>>();
        assert_eq!(versions(SQLITE), versions(POSTGRES));
        assert_eq!(versions(SQLITE).last(), Some(&known()));
    }
}
