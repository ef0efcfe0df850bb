//! Takes the ready guest for rules files into the program, if it was built before.
//!
//! `cargo demo`, `cargo verify` and `cargo xtask plugins` build it into `guest/rules.wasm` of the target
//! folder. Without it the program is whole but for `crosswalk plugin from-rules`, which then wants to be told
//! where one is.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo:rustc-check-cfg=cfg(has_guest)");
    println!("cargo:rerun-if-changed=build.rs");
    let Some(folder) = guests() else { return };
    // Watched as a folder, which is made here if need be: cargo takes a file that is not there for one that
    // changed.
    if fs::create_dir_all(&folder).is_ok() {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
    let guest = folder.join("rules.wasm");
    if guest.is_file() {
        println!("cargo:rustc-env=CROSSWALK_GUEST={}", guest.display());
        println!("cargo:rustc-cfg=has_guest");
    }
}

/// The folder of the guest: in that of the target, which holds the folder of the profile, which holds
/// `build/`, where cargo gives this script a folder.
fn guests() -> Option<PathBuf> {
    let own = PathBuf::from(env::var_os("OUT_DIR")?);
    let build = own.ancestors().find(|folder| folder.ends_with("build"))?;
    let target = build.parent().and_then(Path::parent)?;
    Some(target.join("guest"))
}
