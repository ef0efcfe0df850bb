//! Finding a Rust toolchain that can build for WebAssembly.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    apt,
    task::{self, Failure, note, output, succeed},
};

/// Target that plugins are compiled for. It has no imports of its own, unlike the WASI targets.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A recent Rust, its sources and a linker, as Debian 12 packages them.
const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

/// A toolchain that can build plugins.
pub(crate) enum Toolchain {
    /// The one that built us has the target.
    Own,
    /// Debian's, which has the sources of the standard library and builds that first.
    Debian,
}

impl Toolchain {
    /// Takes the first that is there, or that can be had.
    pub(crate) fn find() -> Result<Self, Failure> {
        if has_target() {
            return Ok(Self::Own);
        }
        if env::var_os("RUSTUP_AUTO_INSTALL").is_some_and(|value| value == "0") {
            note("RUSTUP_AUTO_INSTALL=0: not asking rustup for the target");
        } else {
            match succeed(Command::new("rustup").args(["target", "add", TARGET])) {
                Ok(()) if has_target() => return Ok(Self::Own),
                Ok(()) => note("rustup added the target, but rustc does not have it"),
                Err(failure) => note(failure),
            }
        }
        if !apt::installed(DEBIAN_PACKAGES) {
            apt::install(DEBIAN_PACKAGES).map_err(|_| {
                Failure::new(format!("no Rust toolchain here can build for {TARGET}")).fix(format!(
                    "rustup target add {TARGET}\n\
                     or, on Debian 12: sudo apt-get install --no-install-recommends {}",
                    DEBIAN_PACKAGES.join(" ")
                ))
            })?;
        }
        note("building with Debian's Rust; its standard library is compiled once, about a minute");
        Ok(Self::Debian)
    }

    /// A cargo that builds in `folder` for [`TARGET`] with the release profile, and the folder
    /// below `target` that its modules appear in.
    ///
    /// The toolchains do not share a folder: each would discard what the other has built.
    pub(crate) fn build(&self, folder: &Path, target: &Path) -> (Command, PathBuf) {
        let (mut command, target) = match self {
            Self::Own => (task::cargo(folder), target.join("guests")),
            Self::Debian => (debian_cargo(folder), target.join("guests-debian")),
        };
        command.args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target);
        if let Self::Debian = self {
            command.arg("-Zbuild-std=std,panic_abort");
        }
        (command, target.join(TARGET).join("release"))
    }
}

/// True if the toolchain that built us has the standard library for the target.
fn has_target() -> bool {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    output(rustc.args(["--print", "target-libdir", "--target", TARGET]))
        .ok()
        .and_then(|folder| fs::read_dir(folder.trim()).ok())
        .is_some_and(|mut files| {
            files.any(|file| file.is_ok_and(|file| file.path().extension().is_some_and(|e| e == "rlib")))
        })
}

fn debian_cargo(folder: &Path) -> Command {
    let mut command = Command::new("/usr/bin/cargo");
    command.current_dir(folder);
    task::forget_own_package(&mut command);
    // The cargo that runs us has pinned its own compiler and libraries for its children.
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "LD_LIBRARY_PATH"] {
        command.env_remove(name);
    }
    command.env("PATH", task::path_with(Path::new("/usr/bin")));
    // Building the standard library is not stable; the sources are exactly this compiler's.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "/usr/bin/wasm-ld-19");
    command
}
