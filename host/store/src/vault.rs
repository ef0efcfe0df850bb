//! Vault of documents' bytes: beside the record, each under the SHA-256 of its content.
//!
//! Bytes are durable before the row that names them commits. What the record does not name is swept: the file
//! is taken aside first and put back if somebody sent the same content meanwhile, and whoever sent it looks
//! once more after the commit. So no row is ever without its bytes, on one node or on several over the same
//! folder.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use domain::identifiers::Digest;

/// A place for bytes. All of it blocks: it is for threads that may wait.
pub trait Vault: std::fmt::Debug + Send + Sync {
    /// Begins to take bytes in, under a name that nobody uses.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn begin(&self, name: &str) -> io::Result<Box<dyn Incoming>>;

    /// The bytes with this digest.
    ///
    /// # Errors
    /// `NotFound` where there are none.
    fn open(&self, content: &Digest) -> io::Result<Box<dyn Read + Send>>;

    /// Takes the bytes aside, if they are there.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn take_aside(&self, content: &Digest, name: &str) -> io::Result<Option<Box<dyn Aside>>>;
}

/// Bytes on their way in. What is not kept is gone when this is dropped.
pub trait Incoming: Write + Send {
    /// Fills these bytes with those that were written, from a place on.
    ///
    /// # Errors
    /// When there are not as many, or the place cannot be read.
    fn read_at(&self, at: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Writes these bytes in the place of others that were written, before any are kept.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes the bytes durable under their digest. Called again after the commit, it puts them back if they
    /// were swept in between.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn keep(&mut self, content: &Digest) -> io::Result<()>;
}

/// Bytes that were taken aside.
pub trait Aside: Send {
    /// Puts them back.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn put_back(self: Box<Self>) -> io::Result<()>;

    /// Removes them for good.
    ///
    /// # Errors
    /// When the place cannot be written.
    fn remove(self: Box<Self>) -> io::Result<()>;
}

/// A folder on a disk: `ab/cdef...` for each content, readable by its owner only.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

/// Folder of files on their way in or out.
const PASSING: &str = "passing";

impl Folder {
    /// The folder, made if it is not there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn at(root: &Path) -> io::Result<Self> {
        make_folder(root)?;
        make_folder(&root.join(PASSING))?;
        Ok(Self { root: root.to_owned() })
    }

    fn passing(&self, name: &str) -> PathBuf {
        self.root.join(PASSING).join(name)
    }
}

/// Folder and file of the bytes with this digest.
fn place(root: &Path, content: &Digest) -> (PathBuf, PathBuf) {
    let name = content.to_string();
    let folder = root.join(&name[..2]);
    let file = folder.join(&name[2..]);
    (folder, file)
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

impl Vault for Folder {
    fn begin(&self, name: &str) -> io::Result<Box<dyn Incoming>> {
        let path = self.passing(name);
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Box::new(FileIn { root: self.root.clone(), path, file }))
    }

    fn open(&self, content: &Digest) -> io::Result<Box<dyn Read + Send>> {
        let (_, file) = place(&self.root, content);
        Ok(Box::new(File::open(file)?))
    }

    fn take_aside(&self, content: &Digest, name: &str) -> io::Result<Option<Box<dyn Aside>>> {
        let (_, home) = place(&self.root, content);
        let path = self.passing(name);
        match fs::rename(&home, &path) {
            Ok(()) => Ok(Some(Box::new(FileAside { home, path }))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

struct FileIn {
    root: PathBuf,
    path: PathBuf,
    file: File,
}

impl Write for FileIn {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Incoming for FileIn {
    fn read_at(&self, at: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(bytes, at)
    }

    fn write_at(&mut self, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, at)
    }

    fn keep(&mut self, content: &Digest) -> io::Result<()> {
        self.file.sync_all()?;
        let (folder, file) = place(&self.root, content);
        make_folder(&folder)?;
        let length = self.file.metadata()?.len();
        match fs::hard_link(&self.path, &file) {
            Ok(()) => {}
            // The same content lies there already. If it was cut short, this one takes its place.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !fs::metadata(&file).is_ok_and(|there| there.len() == length) {
                    fs::remove_file(&file)?;
                    fs::hard_link(&self.path, &file)?;
                }
            }
            Err(error) => return Err(error),
        }
        sync_folder(&folder)?;
        sync_folder(&self.root)
    }
}

impl Drop for FileIn {
    fn drop(&mut self) {
        // What is kept has a second name; what is not has none. A file that stays is in nobody's way.
        let _ = fs::remove_file(&self.path);
    }
}

struct FileAside {
    home: PathBuf,
    path: PathBuf,
}

impl Aside for FileAside {
    fn put_back(self: Box<Self>) -> io::Result<()> {
        match fs::hard_link(&self.path, &self.home) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        fs::remove_file(&self.path)
    }

    fn remove(self: Box<Self>) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}
