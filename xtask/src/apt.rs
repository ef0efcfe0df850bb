//! Packages of the operating system, installed where we may and named where we may not.

use std::process::Command;

use crate::task::{Failure, is_root, note, succeed};

/// Installs Debian or Ubuntu packages when we are root; otherwise the failure carries the command.
pub(crate) fn install(packages: &[&str]) -> Result<(), Failure> {
    let install = ["install", "--yes", "--no-install-recommends"];
    let by_hand = || format!("sudo apt-get {} {}", install.join(" "), packages.join(" "));
    if !is_root() {
        return Err(
            Failure::new(format!("{} not installed, and only root may", packages.join(", "))).fix(by_hand())
        );
    }
    note(format!("installing {}", packages.join(" ")));
    succeed(apt().arg("update"))
        .and_then(|()| succeed(apt().args(install).args(packages)))
        .map_err(|failure| failure.fix(by_hand()))
}

/// True if dpkg knows all of them as installed.
pub(crate) fn installed(packages: &[&str]) -> bool {
    packages.iter().all(|package| {
        let mut query = Command::new("dpkg-query");
        query.args(["--show", "--showformat=${Status}", package]);
        crate::task::output(&mut query).is_ok_and(|status| status == "install ok installed")
    })
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    // A machine that has just started may still be updating itself.
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.args(["--option", "DPkg::Lock::Timeout=120"]);
    command
}
