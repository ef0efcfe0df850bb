//! Compiled components, kept on disk so that a restart does not compile them again.
//!
//! An artifact is machine code that runs as it is: only this service may write the directory, and nothing
//! that was uploaded ever gets there. Its name says what it was made of: the component's digest, and a digest
//! of everything in the engine that the code depends on, Wasmtime's full version included (the loader itself
//! compares the major version only, and would run code from before a security fix).

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use domain::identifiers::Digest;
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::compiler::NotCompiled;
use crate::plugin::Origin;

/// The directory of compiled components.
pub(crate) struct Artifacts {
    directory: PathBuf,
    /// First half of the digest of what compiled code depends on.
    compatibility: String,
}

impl Artifacts {
    pub(crate) fn open(engine: &Engine, directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self { directory: directory.to_owned(), compatibility: compatibility(engine) })
    }

    /// The compiled component: from disk if it is there and whole, else compiled and written. A directory
    /// that cannot be written costs time at the next start and nothing else.
    pub(crate) fn component(
        &self,
        engine: &Engine,
        digest: &Digest,
        compile: impl FnOnce() -> Result<Vec<u8>, NotCompiled>,
    ) -> Result<(Component, Origin), NotCompiled> {
        let path = self.directory.join(format!("{digest}-{}.cwasm", self.compatibility));
        if let Some(component) = load(engine, &path) {
            return Ok((component, Origin::Cached));
        }
        let compiled = compile()?;
        if let Err(error) = write(&path, &compiled) {
            tracing::warn!(%digest, %error, "compiled component not kept");
        }
        // Loaded from the file if possible: mapped, its pages are shared and its memory image is copied on
        // write.
        if let Some(component) = load(engine, &path) {
            return Ok((component, Origin::Compiled));
        }
        let component = fresh(engine, &compiled).inspect_err(|_| discard(&path))?;
        Ok((component, Origin::Compiled))
    }
}

impl Artifacts {
    /// True if the code of the file with this name is for this engine.
    fn is_for(&self, stem: &str) -> bool {
        stem.ends_with(&*self.compatibility)
    }
}

/// State of a directory of compiled components after a sweep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were removed.
    pub removed: usize,
    /// Number of bytes that stay.
    pub bytes: u64,
}

/// Removes code for other engines than these, what a process left half written, and, beyond `most` bytes, the
/// oldest of what is not `needed`. What is removed is compiled again if somebody asks for it.
pub(crate) fn sweep(rooms: &[&Artifacts], needed: &HashSet<Digest>, most: u64) -> io::Result<Swept> {
    let Some(first) = rooms.first() else { return Ok(Swept::default()) };
    let (mut swept, mut kept) = (Swept::default(), Vec::new());
    let own = format!(".{}.tmp", std::process::id());
    for entry in fs::read_dir(&first.directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap_or_default();
        let is_ours = name.ends_with(".cwasm") || name.ends_with(".sha256") || name.ends_with(".tmp");
        if !is_ours || name.ends_with(&own) {
            continue;
        }
        if name.ends_with(".tmp") || !rooms.iter().any(|room| room.is_for(stem)) {
            swept.removed += usize::from(fs::remove_file(&path).is_ok());
        } else if name.ends_with(".cwasm") {
            let about = fs::metadata(&path)?;
            swept.bytes += about.len();
            let digest = stem.split('-').next().and_then(|digest| digest.parse::<Digest>().ok());
            if !digest.is_some_and(|digest| needed.contains(&digest)) {
                kept.push((about.modified()?, about.len(), path));
            }
        }
    }
    kept.sort();
    for (_, bytes, path) in kept {
        if swept.bytes <= most {
            break;
        }
        discard(&path);
        (swept.removed, swept.bytes) = (swept.removed + 2, swept.bytes - bytes);
    }
    Ok(swept)
}

/// First half of the digest of what compiled code depends on.
pub(crate) fn compatibility(engine: &Engine) -> String {
    let mut hasher = FullHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let mut compatibility = format!("{:x}", hasher.0.finalize());
    compatibility.truncate(32);
    compatibility
}

/// Component that was compiled just now. An engine refuses one that its pool has no room for.
pub(crate) fn fresh(engine: &Engine, compiled: &[u8]) -> Result<Component, NotCompiled> {
    deserialize(engine, Code::Bytes(compiled)).map_err(|error| NotCompiled::invalid(&error))
}

/// Loads an artifact if it is what was written; anything else is as good as absent.
fn load(engine: &Engine, path: &Path) -> Option<Component> {
    let expected = fs::read_to_string(checksum(path)).ok()?.parse::<Digest>().ok()?;
    if Digest::of(&fs::read(path).ok()?) != expected {
        tracing::warn!(path = %path.display(), "compiled component is damaged; compiling it again");
        return None;
    }
    deserialize(engine, Code::File(path))
        .inspect_err(
            |error| tracing::warn!(path = %path.display(), %error, "compiled component does not load"),
        )
        .ok()
}

enum Code<'a> {
    /// Just compiled, by this process or by one of its own that it saw to be of the same build.
    Bytes(&'a [u8]),
    /// Compiled in an earlier run.
    File(&'a Path),
}

#[expect(unsafe_code, reason = "loading compiled code is unsafe, and compiling at every start is slow")]
fn deserialize(engine: &Engine, code: Code<'_>) -> wasmtime::Result<Component> {
    // SAFETY: The bytes must be what `precompile_component` gave, and must not change while they are mapped.
    // Bytes come straight from there: out of this process, or out of the box, which is this very program and
    // refuses to compile for an engine of another version or configuration (see `compiler`). Of the
    // directory: only this service writes it; it never writes to a file that stands under its final name but
    // renames a new one over it, and files are read-only (0400). A file that a disk damaged was found out by
    // its checksum. The digest in the name covers the engine's configuration and full version.
    unsafe {
        match code {
            Code::Bytes(bytes) => Component::deserialize(engine, bytes),
            Code::File(path) => Component::deserialize_file(engine, path),
        }
    }
}

/// Removes a file that no engine takes, or refused uploads would fill the disk.
fn discard(path: &Path) {
    for file in [path, &checksum(path)] {
        // Where it was not written there is nothing to remove.
        let _ = fs::remove_file(file);
    }
}

fn write(path: &Path, compiled: &[u8]) -> io::Result<()> {
    // The checksum first: with a new checksum an old artifact counts as damaged, and is replaced at once.
    write_one(&checksum(path), Digest::of(compiled).to_string().as_bytes())?;
    write_one(path, compiled)
}

/// Under a name of its own first, so that another process sees all of it or nothing.
fn write_one(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_added_extension(format!("{}.tmp", std::process::id()));
    if let Err(error) = fs::remove_file(&temporary)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut file: File = fs::OpenOptions::new().write(true).create_new(true).mode(0o400).open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&temporary, path)
}

fn checksum(path: &Path) -> PathBuf {
    path.with_extension("sha256")
}

/// A hasher that keeps all of sha-256. The standard one is 64 bits wide and changes with the compiler.
struct FullHasher(Sha256);

impl Hasher for FullHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest = self.0.clone().finalize();
        u64::from_le_bytes(digest[..8].try_into().expect("a sha-256 has more than eight bytes"))
    }
}

#[cfg(test)]
mod tests;
