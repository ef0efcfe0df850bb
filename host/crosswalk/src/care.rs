//! `crosswalk doctor`, `backup`, `restore` and `operator-key`: looking after an installation from beside the
//! service.

use std::error::Error;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use domain::identifiers::Digest;
use sandbox::{Limits, Sandbox};
use serde::{Deserialize, Serialize};
use store::care::{self, Finding, Record};
use store::premises::{Premises, Stage};
use store::vault::{Folder, Vault};
use store::{Store, StoreConfig};
use workflow::{Crosswalk, Failure};

use crate::out::say;
use crate::parts::{SystemClock, SystemIds, now, runtime};

/// The files of a backup. The manifest is written last: without it, it is none.
const COPY: &str = "crosswalk.sqlite";
const MANIFEST: &str = "manifest.json";
const DOCUMENTS: &str = "documents";
/// Version of the manifest's shape; a restore refuses any other.
const FORMAT: u32 = 1;
/// Less room than this is worth a word: the record's log and a version's machine code take some hundred MiB.
const ROOM: u64 = 1 << 30;

/// Options that say which installation is meant.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// The installation's data directory.
    #[arg(long, env = "CROSSWALK_DATA", default_value_os_t = crate::default_data_dir())]
    pub(crate) data: PathBuf,
    /// The PostgreSQL that the installation uses in place of SQLite, such as postgres://user@host/crosswalk.
    #[arg(long, env = "CROSSWALK_DATABASE_URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

/// Options of `crosswalk doctor`.
#[derive(Args)]
#[command(after_help = "  crosswalk doctor --data /var/lib/crosswalk")]
pub(crate) struct DoctorOptions {
    #[command(flatten)]
    place: Place,
    /// Directory of the documents' bytes [default: `documents` in the data directory].
    #[arg(long, env = "CROSSWALK_DOCUMENTS")]
    documents: Option<PathBuf>,
    /// Print the findings as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Options of `crosswalk backup`.
#[derive(Args)]
#[command(after_help = "  crosswalk backup --data /var/lib/crosswalk backup-2026-03-02")]
pub(crate) struct BackupOptions {
    #[command(flatten)]
    place: Place,
    /// Directory of the documents' bytes [default: `documents` in the data directory].
    #[arg(long, env = "CROSSWALK_DOCUMENTS")]
    documents: Option<PathBuf>,
    /// New directory for the backup, such as backup-2026-03-02. It will hold members' data, but no key that
    /// works.
    to: PathBuf,
}

/// Options of `crosswalk restore`.
#[derive(Args)]
#[command(after_help = "  crosswalk restore backup-2026-03-02 --data /var/lib/crosswalk-restored")]
pub(crate) struct RestoreOptions {
    /// Directory of a backup that `crosswalk backup` made.
    from: PathBuf,
    /// Data directory to restore to; it must never have held a record.
    #[arg(long, env = "CROSSWALK_DATA", default_value_os_t = crate::default_data_dir())]
    data: PathBuf,
    /// Directory for the documents' bytes [default: `documents` in the data directory].
    #[arg(long, env = "CROSSWALK_DOCUMENTS")]
    documents: Option<PathBuf>,
}

/// Options of `crosswalk operator-key`.
#[derive(Args)]
#[command(after_help = "  crosswalk operator-key --data /var/lib/crosswalk")]
pub(crate) struct OperatorKeyOptions {
    #[command(flatten)]
    place: Place,
}

/// `manifest.json` of a backup: its contents, by which a restore checks it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    /// The release that made it.
    program: String,
    made_at: String,
    /// The last step of the schema.
    schema: i64,
    /// SHA-256 of the copied record, in hexadecimal digits.
    sha256: String,
    bytes: u64,
    documents: usize,
    /// Rows of each table.
    rows: Vec<(String, i64)>,
}

/// The JSON of `crosswalk doctor --json`.
#[derive(Serialize)]
struct Diagnosis {
    ok: bool,
    findings: Vec<FindingLine>,
}

#[derive(Serialize)]
struct FindingLine {
    ok: bool,
    what: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

/// Looks an installation over. Exits with 1 if anything is wrong.
pub(crate) fn doctor(options: &DoctorOptions) -> Result<ExitCode, Box<dyn Error>> {
    let premises = Premises::at(&options.place.data);
    let findings = examine(options, &premises);
    let ok = findings.iter().all(|finding| finding.fix.is_none());
    if options.json {
        let told = |finding: Finding| FindingLine {
            ok: finding.fix.is_none(),
            what: finding.what,
            fix: finding.fix,
        };
        let diagnosis = Diagnosis { ok, findings: findings.into_iter().map(told).collect() };
        say!("{}", serde_json::to_string_pretty(&diagnosis)?);
    } else {
        for Finding { what, fix } in &findings {
            match fix {
                None => say!("ok     {what}"),
                Some(fix) => say!("wrong  {what}\n       fix: {fix}"),
            }
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn examine(options: &DoctorOptions, premises: &Premises) -> Vec<Finding> {
    if !premises.directory().is_dir() {
        let what = format!("there is no directory {}", premises.directory().display());
        return vec![Finding::wrong(what, "name the installation's data directory with --data")];
    }
    let mut findings = vec![closed(premises)];
    findings.extend(room(premises.directory()));
    let key = match premises.operator_key() {
        Ok(key) => key,
        Err(error) => {
            findings.push(unreadable(&error));
            None
        }
    };
    let documents = documents_of(options.documents.as_deref(), premises.directory());
    let examined = match &options.place.database_url {
        Some(url) => examine_server(url, key.as_deref()),
        None => examine_file(premises, &documents, key.as_deref()),
    };
    match examined {
        Ok(more) => findings.extend(more),
        Err(error) => findings.push(unreadable(&*error)),
    }
    findings
}

/// A sentence that says what and what to do is both.
fn unreadable(error: &dyn std::fmt::Display) -> Finding {
    let said = error.to_string();
    match said.split_once(": ") {
        Some((what, fix)) => Finding::wrong(what, fix),
        None => Finding::wrong(said, "start the service, which says more in its log"),
    }
}

fn examine_server(url: &str, key: Option<&str>) -> Result<Vec<Finding>, Box<dyn Error>> {
    Ok(runtime()?.block_on(care::examine_server(url, key))?)
}

fn examine_file(
    premises: &Premises,
    documents: &Path,
    key: Option<&str>,
) -> Result<Vec<Finding>, Box<dyn Error>> {
    match premises.stage()? {
        Stage::Empty => {
            let what = format!("{} has never held a record", premises.directory().display());
            return Ok(vec![Finding::wrong(what, "name the installation's data directory with --data")]);
        }
        Stage::Restoring => {
            let fix = "run crosswalk restore again with the same backup and directory";
            return Ok(vec![Finding::wrong("a restore did not come to its end", fix)]);
        }
        Stage::Beginning | Stage::Kept => {}
    }
    premises.check_record()?;
    let record = Record::open(&premises.record())?;
    let mut findings = record.examine(key)?;
    if findings.iter().all(|finding| finding.fix.is_none()) {
        findings.push(documents_finding(&record, documents)?);
    }
    Ok(findings)
}

fn documents_finding(record: &Record, folder: &Path) -> Result<Finding, Box<dyn Error>> {
    let named = record.documents()?;
    if named.is_empty() {
        return Ok(Finding::fine("the record names no documents"));
    }
    let vault = Folder::at(folder)?;
    let lost: Vec<Digest> =
        named.iter().filter(|(digest, _)| !is_whole(&vault, digest)).map(|one| one.0).collect();
    Ok(match &lost[..] {
        [] => Finding::fine(format!("the bytes of all {} documents are there and whole", named.len())),
        [first, ..] => Finding::wrong(
            format!("the bytes of {} documents are lost or damaged, such as {first}", lost.len()),
            format!("put their files back into {} from a backup", folder.display()),
        ),
    })
}

fn is_whole(vault: &Folder, digest: &Digest) -> bool {
    vault
        .open(digest)
        .and_then(|bytes| care::digest_of(bytes, &mut io::sink()))
        .is_ok_and(|found| found == *digest)
}

fn file_digest(file: &Path) -> io::Result<String> {
    care::digest_of(File::open(file)?, &mut io::sink()).map(|digest| digest.to_string())
}

fn closed(premises: &Premises) -> Finding {
    match premises.open_to_others() {
        Ok(open) if open.is_empty() => {
            Finding::fine("the data directory and what the service keeps in it are its user's alone")
        }
        Ok(open) => {
            let names: Vec<String> = open.iter().map(|path| path.display().to_string()).collect();
            Finding::wrong(
                format!("other users of this machine may open {}", names.join(", ")),
                "start the service again, which closes them; where operator.key was among them, make another key with \
                 crosswalk operator-key and end the old one",
            )
        }
        Err(error) => Finding::wrong(
            format!("{} cannot be looked at: {}", premises.directory().display(), error.kind()),
            "run this as the service's user",
        ),
    }
}

fn room(directory: &Path) -> Option<Finding> {
    let disk = nix::sys::statvfs::statvfs(directory).ok()?;
    let free = disk.blocks_available().saturating_mul(disk.fragment_size());
    let said = format!("{} MiB are free on the disk of {}", free >> 20, directory.display());
    Some(match free {
        ROOM.. => Finding::fine(said),
        _ => Finding::wrong(said, format!("make room: below {} MiB a busy day may fill it", ROOM >> 20)),
    })
}

fn documents_of(said: Option<&Path>, data: &Path) -> PathBuf {
    said.map_or_else(|| data.join(DOCUMENTS), Path::to_owned)
}

/// Copies an installation on SQLite into a new directory, and verifies the copy.
pub(crate) fn backup(options: &BackupOptions) -> Result<ExitCode, Box<dyn Error>> {
    if options.place.database_url.is_some() {
        return Err("a record on PostgreSQL is copied by its own tools: pg_dump --format=custom, then the directory of the \
                    documents; docs/backup.md shows both, and how to put them back"
            .into());
    }
    let premises = Premises::at(&options.place.data);
    premises.check_record()?;
    let record = Record::open(&premises.record())?;
    DirBuilder::new().mode(0o700).create(&options.to).map_err(|error| {
        format!(
            "{} cannot be made: {}; say a directory that is not there yet",
            options.to.display(),
            error.kind()
        )
    })?;
    let copy = options.to.join(COPY);
    record.copy_to(&copy)?;
    let copied = Record::open(&copy)?;
    whole(&copied, &copy)?;
    // Those of the copy: a document that came since belongs to the next backup.
    let named = copied.documents()?;
    let folder = Folder::at(&documents_of(options.documents.as_deref(), &options.place.data))?;
    copy_documents(&named, &folder, &Folder::at(&options.to.join(DOCUMENTS))?)?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now().to_string(),
        schema: copied.schema()?,
        rows: copied.rows()?,
        documents: named.len(),
        bytes: fs::metadata(&copy)?.len(),
        sha256: file_digest(&copy)?,
    };
    write_synced(&options.to.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
    say!(
        "backup of {} and {} documents in {}, read back and whole",
        premises.record().display(),
        named.len(),
        options.to.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn whole(record: &Record, file: &Path) -> Result<(), Box<dyn Error>> {
    match record.faults()?.first() {
        None => Ok(()),
        Some(fault) => Err(format!(
            "{} does not hold together: {fault}; look at the installation with crosswalk doctor",
            file.display()
        )
        .into()),
    }
}

fn copy_documents(named: &[(Digest, u64)], from: &Folder, to: &Folder) -> Result<(), Box<dyn Error>> {
    for (digest, _) in named {
        let lost = |problem: &dyn std::fmt::Display| {
            format!("document {digest} is not copied: {problem}; crosswalk doctor tells all that are lost")
        };
        let bytes = from.open(digest).map_err(|error| lost(&error.kind()))?;
        let mut incoming =
            to.begin(&format!("{digest}-{}", std::process::id())).map_err(|error| lost(&error.kind()))?;
        let found = care::digest_of(bytes, &mut *incoming).map_err(|error| lost(&error.kind()))?;
        if found != *digest {
            return Err(lost(&"its bytes are not those that were sent").into());
        }
        incoming.keep(digest).map_err(|error| lost(&error.kind()))?;
    }
    Ok(())
}

fn write_synced(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut writer = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writer.write_all(bytes)?;
    writer.sync_all()?;
    file.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// Puts a backup into an empty directory.
pub(crate) fn restore(options: &RestoreOptions) -> Result<ExitCode, Box<dyn Error>> {
    let manifest = read_manifest(&options.from)?;
    let premises = Premises::at(&options.data);
    premises.take()?;
    if let Stage::Kept | Stage::Beginning = premises.stage()? {
        return Err(format!(
            "{} holds a record already, and a restore never overwrites one: say an empty directory with --data",
            options.data.display()
        )
        .into());
    }
    let copy = options.from.join(COPY);
    if file_digest(&copy)? != manifest.sha256 {
        return Err(
            format!("{} is not what the backup's manifest says: use another backup", copy.display()).into()
        );
    }
    premises.mark(Stage::Restoring)?;
    let file = premises.record();
    // Of a restore that was interrupted; nothing else is in a directory that has never held a record.
    let _ = fs::remove_file(&file);
    write_synced(&file, &[])?;
    io::copy(&mut File::open(&copy)?, &mut File::options().write(true).open(&file)?)?;
    File::open(&file)?.sync_all()?;
    let record = Record::open(&file)?;
    whole(&record, &file)?;
    let documents = documents_of(options.documents.as_deref(), &options.data);
    copy_documents(
        &record.documents()?,
        &Folder::at(&options.from.join(DOCUMENTS))?,
        &Folder::at(&documents)?,
    )?;
    drop(record);
    premises.mark(Stage::Kept)?;
    say!(
        "the record of {} is in {}, read back and whole; keys work as they did, and their secrets are in no backup: make an \
         operator's with crosswalk operator-key if none is at hand",
        manifest.made_at,
        options.data.display()
    );
    Ok(ExitCode::SUCCESS)
}

fn read_manifest(from: &Path) -> Result<Manifest, Box<dyn Error>> {
    let file = from.join(MANIFEST);
    let none = |problem: &dyn std::fmt::Display| {
        format!(
            "{} is no backup that came to its end: {problem}; say one that crosswalk backup made",
            from.display()
        )
    };
    let text = fs::read(&file).map_err(|error| none(&format_args!("{MANIFEST}: {}", error.kind())))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|_| none(&"its manifest does not read"))?;
    if manifest.format != FORMAT {
        return Err(format!(
            "{} was made by release {} in a form that this one does not read: restore it with that release",
            from.display(),
            manifest.program
        )
        .into());
    }
    Ok(manifest)
}

/// Makes a new operator's key and writes it to the data directory; the keys that there are keep working.
pub(crate) fn operator_key(options: &OperatorKeyOptions) -> Result<ExitCode, Box<dyn Error>> {
    let premises = Premises::at(&options.place.data);
    let config = StoreConfig {
        database_url: options.place.database_url.clone(),
        ..StoreConfig::at(&options.place.data)
    };
    if config.database_url.is_none() && premises.stage()? != Stage::Kept {
        return Err(
            format!("{} holds no record: start the service first", options.place.data.display()).into()
        );
    }
    premises.take()?;
    runtime()?.block_on(async {
        let store = Store::open(config).await?;
        let made = make_key(&store, &premises).await;
        store.close().await;
        made
    })?;
    say!(
        "a new operator's key is in {}; the others stay as they are",
        premises.operator_key_file().display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn make_key(store: &Store, premises: &Premises) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start(Limits::default(), None)?;
    let crosswalk = Crosswalk::new(store.clone(), sandbox, Arc::new(SystemClock), Arc::new(SystemIds));
    let secret = crosswalk.new_secret();
    match crosswalk.add_operators_key(&secret).await {
        // The old key, if there is one, works as long as it did: nothing is lost if this is not written.
        Ok(()) => Ok(premises.keep_operator_key(&secret)?),
        Err(Failure::NotFound) => {
            Err("the record was never begun: start the service, and its first start makes a key".into())
        }
        Err(error) => Err(error.into()),
    }
}
