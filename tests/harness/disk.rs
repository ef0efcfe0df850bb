//! A disk that can be full: `disk.c`, loaded in front of the C library of the program under test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

/// The library, made once with the C compiler that Rust links with anyway.
static LIBRARY: LazyLock<Option<(TempDir, PathBuf)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().ok()?;
    let (source, library) = (folder.path().join("disk.c"), folder.path().join("disk.so"));
    fs::write(&source, include_str!("disk.c")).ok()?;
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = Command::new(compiler);
    command.args(["-O1", "-shared", "-fPIC", "-o"]).args([&library, &source]).args(["-ldl", "-lpthread"]);
    let made = command.status().ok()?.success();
    // A server that runs as another user reads it too.
    Command::new("chmod").arg("-R").arg("a+rX").arg(folder.path()).status().ok()?;
    made.then_some((folder, library))
});

/// A disk that holds one folder.
pub(crate) struct Disk {
    root: PathBuf,
    marks: TempDir,
}

impl Disk {
    /// The disk that `root` is on; none where there is no C compiler.
    pub(crate) fn under(root: &Path) -> Option<Self> {
        LIBRARY.as_ref()?;
        let marks = tempfile::tempdir().expect("a temporary folder can be made");
        Command::new("chmod").arg("a+rX").arg(marks.path()).status().ok()?;
        let root = root.canonicalize().expect("the folder is there");
        Some(Self { root, marks })
    }

    /// Environment that a program needs to be on this disk.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let (_, library) = LIBRARY.as_ref().expect("it was there when the disk was made");
        let text = |path: &Path| path.to_str().expect("the path is UTF-8").to_owned();
        vec![
            ("LD_PRELOAD", text(library)),
            ("DISK_ROOT", text(&self.root)),
            ("DISK_FULL", text(&self.full())),
        ]
    }

    /// The same for a disk that keeps a list of what is done to it.
    pub(crate) fn recording(&self) -> Vec<(&'static str, String)> {
        let list = self.list().to_str().expect("the path is UTF-8").to_owned();
        let mut environment = self.environment();
        environment.push(("DISK_LOG", list));
        environment
    }

    /// The list of what was done to it.
    pub(crate) fn list(&self) -> PathBuf {
        self.marks.path().join("list")
    }

    /// From now on no file grows.
    pub(crate) fn fill(&self) {
        fs::write(self.full(), "").expect("the mark can be set");
    }

    /// From now on there is room again.
    pub(crate) fn empty(&self) {
        fs::remove_file(self.full()).expect("the mark can be removed");
    }

    fn full(&self) -> PathBuf {
        self.marks.path().join("full")
    }
}
