//! `cargo xtask browser`: what the portal's tests in a real browser need, installed.

use std::{env, path::PathBuf, process::Command};

use crate::{
    apt,
    task::{Failure, Workspace, note, step, succeed},
};

/// Debian's browser, and letters for it that are the same on every machine.
const PACKAGES: [&str; 3] = ["chromium", "fonts-liberation", "fonts-noto-core"];

/// Installs the browser where there is none and the packages that drive it, which need Node.js with npm.
pub(crate) fn install(workspace: &Workspace) -> Result<(), Failure> {
    step("install the browser for the portal's tests", || {
        match found() {
            Some(browser) => note(format!("the browser is {}", browser.display())),
            None => apt::install(&PACKAGES)?,
        }
        succeed(Command::new(workspace.root.join(".ci/browser-tools/install")).arg(workspace.browser_tools()))
    })
}

/// The browser that the tests take: the one that is named, or `chromium` on the path.
fn found() -> Option<PathBuf> {
    let named = env::var_os("CHROMIUM").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|folder| folder.join("chromium"));
    named.into_iter().chain(on_path).find(|file| file.is_file())
}
