//! Looking after a record from beside the service: is it whole, and a copy of it while it is in use.
//!
//! Nothing here changes a record. What is found wrong is said with what to do about it.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::identifiers::{Digest, PlanId};
use rusqlite::{Connection, OpenFlags};
use sha2::{Digest as _, Sha256};
use sqlx::Connection as _;

use crate::OpenError;
use crate::migrations::known;
use crate::premises::sync_folder;
use crate::schema::NEEDS;
use crate::sqlite::unopened;

/// Longest wait for another process that writes to the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Most faults of a file that are told.
const MOST_FAULTS: usize = 20;

const STEP: &str = "select coalesce(max(version), 0) from _sqlx_migrations";
const BEGUN: &str = "select count(*) from installation";
const OPERATORS: &str = "
    select count(*) from api_keys k join organizations o on o.id = k.organization
    where k.role = 'operator' and k.revoked_at is null and o.state = 'active'";
const OPENS: &str = "
    select count(*) from api_keys where role = 'operator' and revoked_at is null and secret_sha256 = ?1";
const DOCUMENTS: &str = "select distinct sha256, size_bytes from documents order by sha256";
const STANDING: &str = "
    select distinct p.plan, p.digest, p.bytes from plugins p
    join activations a on a.plan = p.plan and a.digest = p.digest
    where a.ended_at is null order by p.plan, p.digest";
const TABLES: &str = "
    select name from sqlite_master where type = 'table' and name not like 'sqlite%' and name not like '\\_sqlx%' escape '\\'
    order by name";

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The state of things, in a sentence.
    pub what: String,
    /// Step that fixes it; `None` where nothing is to be done.
    pub fix: Option<String>,
}

impl Finding {
    /// A finding that all is well.
    pub fn fine(what: impl Into<String>) -> Self {
        Self { what: what.into(), fix: None }
    }

    /// Something is wrong, and this mends it.
    pub fn wrong(what: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { what: what.into(), fix: Some(fix.into()) }
    }
}

/// A SQLite record that is looked at, whether a service uses it or not.
pub struct Record {
    connection: Connection,
    file: PathBuf,
}

impl Record {
    /// Opens the file, which must be there.
    ///
    /// # Errors
    /// When it is not there, or no database.
    pub fn open(file: &Path) -> Result<Self, OpenError> {
        let failed = |error: rusqlite::Error| unopened(file, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags).map_err(failed)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        connection.pragma_update(None, "trusted_schema", "OFF").map_err(failed)?;
        connection.pragma_update(None, "cell_size_check", "ON").map_err(failed)?;
        Ok(Self { connection, file: file.to_owned() })
    }

    fn failed(&self, error: &rusqlite::Error) -> OpenError {
        unopened(&self.file, error)
    }

    fn number(&self, sql: &str, values: impl rusqlite::Params) -> Result<i64, OpenError> {
        self.connection.query_row(sql, values, |row| row.get(0)).map_err(|error| self.failed(&error))
    }

    /// The last step of its schema.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn schema(&self) -> Result<i64, OpenError> {
        self.number(STEP, [])
    }

    /// Faults of the record: pages, indexes, and rows that refer to none. Reads all of it.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn faults(&self) -> Result<Vec<String>, OpenError> {
        let failed = |error| self.failed(&error);
        let sql = format!("pragma integrity_check({MOST_FAULTS})");
        let mut check = self.connection.prepare(&sql).map_err(failed)?;
        let said = check.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
        let mut faults = Vec::new();
        for fault in said {
            faults.extend(Some(fault.map_err(failed)?).filter(|fault| fault != "ok"));
        }
        let mut check = self.connection.prepare("pragma foreign_key_check").map_err(failed)?;
        let mut rows = check.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)?
            && faults.len() < MOST_FAULTS
        {
            let table: String = row.get(0).map_err(failed)?;
            faults.push(format!("a row of {table} refers to one that is not there"));
        }
        Ok(faults)
    }

    /// Its documents: the SHA-256 of each, and how many bytes it has.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn documents(&self) -> Result<Vec<(Digest, u64)>, OpenError> {
        let failed = |error| self.failed(&error);
        let mut query = self.connection.prepare(DOCUMENTS).map_err(failed)?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)));
        let mut documents = Vec::new();
        for row in rows.map_err(failed)? {
            let (digest, size) = row.map_err(failed)?;
            let digest = digest.parse().map_err(|_| self.damaged("a document's digest is none"))?;
            documents.push((digest, u64::try_from(size).unwrap_or(0)));
        }
        Ok(documents)
    }

    fn damaged(&self, problem: &str) -> OpenError {
        OpenError::Damaged { file: self.file.clone(), problem: problem.to_owned() }
    }

    /// The components that decide or will, with whether their bytes are those that were uploaded.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn components(&self) -> Result<Vec<(PlanId, Digest, bool)>, OpenError> {
        let failed = |error| self.failed(&error);
        let mut query = self.connection.prepare(STANDING).map_err(failed)?;
        let mut rows = query.query([]).map_err(failed)?;
        let mut components = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let text = |at: usize| row.get::<_, String>(at).map_err(failed);
            let plan = text(0)?.parse().map_err(|_| self.damaged("a plugin's plan is none"))?;
            let digest: Digest = text(1)?.parse().map_err(|_| self.damaged("a plugin's digest is none"))?;
            let bytes = row.get_ref(2).map_err(failed)?;
            let whole = bytes.as_blob().is_ok_and(|bytes| Digest::of(bytes) == digest);
            components.push((plan, digest, whole));
        }
        Ok(components)
    }

    /// Number of rows in each table.
    ///
    /// # Errors
    /// When they cannot be counted.
    pub fn rows(&self) -> Result<Vec<(String, i64)>, OpenError> {
        let failed = |error| self.failed(&error);
        let mut query = self.connection.prepare(TABLES).map_err(failed)?;
        let names = query.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
        let mut counts = Vec::new();
        for name in names {
            let name = name.map_err(failed)?;
            let rows = self.number(&format!("select count(*) from \"{}\"", name.replace('"', "\"\"")), [])?;
            counts.push((name, rows));
        }
        Ok(counts)
    }

    /// Writes all of it into a new file, as it is at one moment, and syncs that: nobody who writes waits.
    ///
    /// # Errors
    /// When it cannot be read, or the file cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), OpenError> {
        let named = file.to_string_lossy();
        let copied = self.connection.execute("vacuum into ?1", [&*named]);
        copied.map_err(|error| unopened(file, &error))?;
        let synced = File::open(file).and_then(|file| file.sync_all());
        synced
            .and_then(|()| sync_folder(file.parent().unwrap_or(file)))
            .map_err(|error| OpenError::of_file(file, &error))
    }

    /// Everything that can be found out about it, with `key` as the operator's if it is at hand.
    ///
    /// # Errors
    /// When it cannot be read at all.
    pub fn examine(&self, key: Option<&str>) -> Result<Vec<Finding>, OpenError> {
        let schema = self.schema()?;
        let needs = if schema > known() { self.number(NEEDS, [])? } else { 0 };
        let mut findings = vec![schema_finding(schema, known(), needs)];
        if needs > known() {
            return Ok(findings);
        }
        let faults = self.faults()?;
        let fix = "copy the directory away, and put the last backup into an empty one with crosswalk restore";
        findings.extend(
            faults.iter().map(|fault| Finding::wrong(format!("the record is damaged: {fault}"), fix)),
        );
        if faults.is_empty() {
            findings.push(Finding::fine("every page, index and reference of the record holds together"));
        }
        if schema < known() {
            return Ok(findings);
        }
        let opens = match key {
            Some(key) => Some(self.number(OPENS, [Digest::of(key.as_bytes()).to_string()])? > 0),
            None => None,
        };
        findings.push(access_finding(self.number(BEGUN, [])?, self.number(OPERATORS, [])?, opens));
        findings.extend(self.components()?.iter().map(component_finding));
        Ok(findings)
    }
}

/// Everything that can be found out about a record on a PostgreSQL server, with `key` as the operator's if it
/// is at hand.
///
/// # Errors
/// When the server cannot be reached or asked.
pub async fn examine_server(url: &str, key: Option<&str>) -> Result<Vec<Finding>, OpenError> {
    let failed = |error: sqlx::Error| OpenError::Database(error.into());
    let mut connection = crate::postgres::connect(url).await?;
    let known = known();
    let schema = match sqlx::query_scalar::<_, i64>(STEP).fetch_one(&mut connection).await {
        Ok(schema) => schema,
        // undefined_table
        Err(sqlx::Error::Database(cause)) if cause.code().as_deref() == Some("42P01") => 0,
        Err(error) => return Err(failed(error)),
    };
    let needs = match schema > known {
        true => sqlx::query_scalar(NEEDS).fetch_one(&mut connection).await.map_err(failed)?,
        false => 0,
    };
    let mut findings = vec![schema_finding(schema, known, needs)];
    if schema >= known && needs <= known {
        let begun = sqlx::query_scalar(BEGUN).fetch_one(&mut connection).await.map_err(failed)?;
        let operators = sqlx::query_scalar(OPERATORS).fetch_one(&mut connection).await.map_err(failed)?;
        let opens = match key {
            Some(key) => {
                const SERVED: &str = "select count(*) from api_keys
                    where role = 'operator' and revoked_at is null and secret_sha256 = $1";
                let secret = Digest::of(key.as_bytes()).to_string();
                let found: i64 = sqlx::query_scalar(SERVED)
                    .bind(secret)
                    .fetch_one(&mut connection)
                    .await
                    .map_err(failed)?;
                Some(found > 0)
            }
            None => None,
        };
        findings.push(access_finding(begun, operators, opens));
    }
    connection.close().await.map_err(failed)?;
    Ok(findings)
}

fn schema_finding(found: i64, known: i64, needs: i64) -> Finding {
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => Finding::fine(format!("the schema is this program's (step {known})")),
        std::cmp::Ordering::Less => Finding::fine(format!(
            "the schema is of an older release (step {found} of {known}); the next start brings it up to date"
        )),
        std::cmp::Ordering::Greater if needs <= known => Finding::fine(format!(
            "the schema is of a newer release (step {found}; this program knows {known}), beside which this one can run"
        )),
        std::cmp::Ordering::Greater => Finding::wrong(
            format!("the schema is of a newer release (step {found}; this program knows {known})"),
            "run the newer release, or restore a backup that was made before the upgrade",
        ),
    }
}

fn access_finding(begun: i64, operators: i64, opens: Option<bool>) -> Finding {
    const NEW_KEY: &str = "make another with crosswalk operator-key";
    match (begun, operators, opens) {
        (0, ..) => {
            Finding::wrong("the record was never begun", "start the service: the first start begins it")
        }
        (_, 0, _) => Finding::wrong("no operator's key opens this record", NEW_KEY),
        (_, _, Some(false)) => {
            Finding::wrong("operator.key opens nothing: another key was made, or this one was ended", NEW_KEY)
        }
        (_, count, _) => Finding::fine(format!("{count} operator's keys open the record")),
    }
}

fn component_finding((plan, digest, whole): &(PlanId, Digest, bool)) -> Finding {
    if *whole {
        return Finding::fine(format!("plugin {digest} of {plan} is what was uploaded"));
    }
    let what =
        format!("plugin {digest} of {plan} is damaged in the record: its operations go to the plan's people");
    Finding::wrong(
        what,
        "let the plan upload and activate it again under another version, or restore a backup",
    )
}

/// The SHA-256 of what is read to its end, which is written on as it comes.
///
/// # Errors
/// When it cannot be read or written.
pub fn digest_of(mut from: impl Read, to: &mut dyn Write) -> io::Result<Digest> {
    let mut hasher = Sha256::new();
    let mut part = vec![0; 1 << 20];
    loop {
        match from.read(&mut part)? {
            0 => return Ok(Digest::from_bytes(hasher.finalize().into())),
            count => {
                hasher.update(&part[..count]);
                to.write_all(&part[..count])?;
            }
        }
    }
}
