//! The data directory: whose it is, what lies in it, and how far its record is.
//!
//! It and every file in it are for the service's own user alone. A record is begun in a directory that has
//! never held one and holds nothing else; a directory that has never forgets it, so that a database file
//! which was lost or emptied is not taken for a fresh start. A directory with anything else in it is somebody
//! else's, and is left as it is.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// The embedded database, in its directory.
const RECORD: &str = "crosswalk.sqlite";
/// File that tells the stage of the directory's record.
const STAGE: &str = "crosswalk.record";
/// The operator's key as it was made at the first start, or by `crosswalk operator-key`.
const OPERATOR_KEY: &str = "operator.key";
/// Secret of the link by which the first operator takes up an account, as it was made at the first start.
const OPERATOR_LINK: &str = "operator.link";
/// The log of the embedded database: what was written last.
const LOG: &str = "crosswalk.sqlite-wal";
/// Bytes of documents, where no other folder is named for them.
const DOCUMENTS: &str = "documents";
/// First bytes of a SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Everything that the service keeps in the directory.
const OURS: [&str; 9] = [
    RECORD,
    LOG,
    "crosswalk.sqlite-shm",
    "crosswalk.lock",
    STAGE,
    OPERATOR_KEY,
    OPERATOR_LINK,
    "compiled",
    DOCUMENTS,
];
/// Files without which there is no record, and with which there is one, or was.
const MARKS: [&str; 5] = [STAGE, RECORD, LOG, OPERATOR_KEY, OPERATOR_LINK];
/// Names that may lie in a new directory: a file of ours that was half written when a start ended, the note
/// to repositories, and the directory that a file system has at its root.
const HARMLESS: [&str; 5] =
    ["crosswalk.record.part", "operator.key.part", "operator.link.part", ".gitignore", "lost+found"];

/// A data directory and the files that the service keeps in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Premises {
    directory: PathBuf,
}

/// Stage of a directory's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It has never held one.
    Empty,
    /// A first start is under way, or was interrupted. Nothing was acknowledged yet.
    Beginning,
    /// The directory holds a record.
    Kept,
    /// A backup is being put into it, or that was interrupted.
    Restoring,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Beginning => "beginning",
            Self::Kept => "kept",
            Self::Restoring => "restoring",
        }
    }
}

impl Premises {
    /// The data directory `directory`.
    #[must_use]
    pub fn at(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    /// Path of the directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The file of the embedded database.
    #[must_use]
    pub fn record(&self) -> PathBuf {
        self.directory.join(RECORD)
    }

    /// The file of the operator's key.
    #[must_use]
    pub fn operator_key_file(&self) -> PathBuf {
        self.directory.join(OPERATOR_KEY)
    }

    /// Makes the directory, and closes it and what the service keeps in it to everybody else. Returns what
    /// others could open until now.
    ///
    /// # Errors
    /// When it cannot be made, belongs to another user, or holds somebody else's files and no record; then
    /// nothing of it is changed.
    pub fn take(&self) -> Result<Vec<PathBuf>, OpenError> {
        self.check_ours()?;
        let unusable = |error: io::Error| OpenError::of_file(&self.directory, &error);
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory).map_err(unusable)?;
        let open = self.open_to_others().map_err(unusable)?;
        for path in &open {
            let mode = if path.is_dir() { 0o700 } else { 0o600 };
            fs::set_permissions(path, Permissions::from_mode(mode))
                .map_err(|error| OpenError::of_file(path, &error))?;
        }
        Ok(open)
    }

    /// Checks that a directory that is there holds a record, or nothing that is not the service's. A home
    /// directory named by mistake is neither closed to its users nor filled.
    ///
    /// # Errors
    /// When there is no record in it, and something else.
    pub fn check_ours(&self) -> Result<(), OpenError> {
        // One that is not there, or cannot be looked at, is told of where it is made or used.
        let Ok(entries) = fs::read_dir(&self.directory) else { return Ok(()) };
        let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
        let is_one_of = |name: &std::ffi::OsString, known: &[&str]| known.iter().any(|known| name == *known);
        if names.iter().any(|name| is_one_of(name, &MARKS)) {
            return Ok(());
        }
        match names.iter().find(|name| !is_one_of(name, &OURS) && !is_one_of(name, &HARMLESS)) {
            None => Ok(()),
            Some(name) => Err(OpenError::NotOurs {
                directory: self.directory.clone(),
                found: Path::new(name).display().to_string(),
            }),
        }
    }

    /// Parts of the directory, and of what the service keeps in it, that the machine's other users may open.
    ///
    /// # Errors
    /// When it cannot be looked at.
    pub fn open_to_others(&self) -> io::Result<Vec<PathBuf>> {
        let mut open = Vec::new();
        let ours = OURS.iter().map(|name| self.directory.join(name));
        for path in std::iter::once(self.directory.clone()).chain(ours) {
            match fs::metadata(&path) {
                Ok(about) if about.permissions().mode() & 0o077 != 0 => open.push(path),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(open)
    }

    /// Stage of its record. A directory from before this was kept says so by what lies in it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn stage(&self) -> Result<Stage, OpenError> {
        let file = self.directory.join(STAGE);
        match fs::read_to_string(&file) {
            Ok(word) => {
                let stages = [Stage::Beginning, Stage::Restoring];
                // A word that nobody wrote is no leave to begin anew.
                Ok(stages.into_iter().find(|stage| stage.word() == word.trim()).unwrap_or(Stage::Kept))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let held = MARKS.iter().any(|name| self.directory.join(name).exists());
                Ok(if held { Stage::Kept } else { Stage::Empty })
            }
            Err(error) => Err(OpenError::of_file(&file, &error)),
        }
    }

    /// Says how far its record is now, durably.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn mark(&self, stage: Stage) -> Result<(), OpenError> {
        self.write(STAGE, stage.word())
    }

    /// Lets a record be opened or begun, or says why not. Whoever asks holds the directory.
    pub(crate) fn admit(&self) -> Result<(), OpenError> {
        let file = self.record();
        let length = match fs::metadata(&file) {
            Ok(about) => about.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(OpenError::of_file(&file, &error)),
        };
        match self.stage()? {
            Stage::Restoring => Err(OpenError::HalfRestored(self.directory.clone())),
            // Of a record on a server the documents may come first; of one that lies here nothing does.
            Stage::Empty if self.has_documents() => {
                Err(OpenError::Emptied { file, directory: self.directory.clone() })
            }
            Stage::Empty => self.mark(Stage::Beginning),
            Stage::Beginning if length == 0 => Ok(()),
            Stage::Kept if length == 0 => Err(OpenError::Emptied { file, directory: self.directory.clone() }),
            Stage::Beginning | Stage::Kept => is_sqlite(&file),
        }
    }

    fn has_documents(&self) -> bool {
        fs::read_dir(self.directory.join(DOCUMENTS)).is_ok_and(|mut entries| entries.next().is_some())
    }

    /// Checks that the file of the embedded database is there and begins as one; for who only looks.
    ///
    /// # Errors
    /// When it is not.
    pub fn check_record(&self) -> Result<(), OpenError> {
        let file = self.record();
        match fs::metadata(&file) {
            Ok(about) if about.len() > 0 => is_sqlite(&file),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::of_file(&file, &error)),
            _ => Err(OpenError::Emptied { file, directory: self.directory.clone() }),
        }
    }

    /// The operator's key, if its file is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn operator_key(&self) -> Result<Option<String>, OpenError> {
        self.read(OPERATOR_KEY)
    }

    /// The secret of the first operator's link, if its file is there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn operator_link(&self) -> Result<Option<String>, OpenError> {
        self.read(OPERATOR_LINK)
    }

    /// Keeps the operator's key, durably: after a power cut the file is there, whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_operator_key(&self, secret: &str) -> Result<(), OpenError> {
        self.write(OPERATOR_KEY, secret)
    }

    /// Keeps the secret of the first operator's link, durably.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_operator_link(&self, secret: &str) -> Result<(), OpenError> {
        self.write(OPERATOR_LINK, secret)
    }

    /// Removes a key that opens nothing.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn drop_operator_key(&self) -> Result<(), OpenError> {
        self.remove(OPERATOR_KEY)
    }

    /// Removes the file of a link that opens nothing.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn drop_operator_link(&self) -> Result<(), OpenError> {
        self.remove(OPERATOR_LINK)
    }

    /// The one line of a file; `None` if the file is not there, or is empty.
    fn read(&self, name: &str) -> Result<Option<String>, OpenError> {
        let file = self.directory.join(name);
        match fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(OpenError::of_file(&file, &error)),
        }
    }

    fn remove(&self, name: &str) -> Result<(), OpenError> {
        let file = self.directory.join(name);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(OpenError::of_file(&file, &error)),
            _ => sync_folder(&self.directory).map_err(|error| OpenError::of_file(&self.directory, &error)),
        }
    }

    fn write(&self, name: &str, line: &str) -> Result<(), OpenError> {
        let file = self.directory.join(name);
        let written = write_whole(&file, format!("{line}\n").as_bytes());
        written.and_then(|()| sync_folder(&self.directory)).map_err(|error| OpenError::of_file(&file, &error))
    }
}

/// Writes a file that is there whole or not at all, readable by its owner only.
fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = file.with_added_extension("part");
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut writer = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    writer.write_all(bytes)?;
    writer.sync_all()?;
    fs::rename(&part, file)
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn is_sqlite(file: &Path) -> Result<(), OpenError> {
    let mut start = Vec::new();
    File::open(file)
        .and_then(|opened| opened.take(MAGIC.len() as u64).read_to_end(&mut start))
        .map_err(|error| OpenError::of_file(file, &error))?;
    if start == MAGIC {
        return Ok(());
    }
    let problem = "it does not begin as a SQLite database does".to_owned();
    Err(OpenError::WrongFile { file: file.to_owned(), problem })
}

#[cfg(test)]
mod tests;
