//! `cargo xtask ci`: everything that a change must pass.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
    thread,
};

use crate::{
    browser, interpreted, plugins, postgres,
    task::{Failure, Workspace, both, note, output, pass_through, path_with, quietly, step, succeed},
};

/// Arguments that make warnings of clippy errors.
const STRICT: [&str; 3] = ["--", "-D", "warnings"];

/// Packages that are apart from the service (`default-members` in `Cargo.toml` are all others). Checked
/// together with it, they would give crates that Wasmtime is made of other features: it would be checked
/// twice.
const APART: [&str; 4] = ["--package", "xtask", "--package", "corpus"];

/// Room on disk that a whole run takes, in MiB: 6 GB of build results, and what tests write meanwhile.
const ROOM: u64 = 9 << 10;

/// Formats, lints, documentation, and then every test; a test that cannot run here is a failure.
pub(crate) fn run(workspace: Workspace) -> Result<ExitCode, Failure> {
    let workspace = workspace.built_once();
    look_for_room(&workspace.root);
    step("check the format", || {
        let format = ["fmt", "--all", "--check"];
        succeed(workspace.cargo().args(format))?;
        succeed(workspace.cargo_for_guests().args(format))
    })?;
    let tools = workspace.target.join("api-tools");
    thread::scope(|scope| {
        let beside = scope.spawn(|| quietly(|| prepare(&workspace, &tools)));
        let checked = check(&workspace);
        let prepared = beside.join().expect("it gives its failure back");
        both(checked, prepared)
    })?;

    // Last, so that the count of tests is what a reader of the log sees first.
    let own = env::current_exe().map_err(Failure::when("where this program is"))?;
    let mut verify = workspace.remembering(Command::new(own));
    verify.arg("verify").env("PATH", path_with(&tools.join("bin")));
    if env::var_os("CI").is_none() {
        verify.env("CI", "true");
    }
    pass_through(&mut verify)
}

/// Lints and documentation of the service and of the tasks.
fn check(workspace: &Workspace) -> Result<(), Failure> {
    step("check the code", || {
        for packages in [&[][..], &APART] {
            succeed(workspace.cargo().args(["clippy", "--all-targets"]).args(packages).args(STRICT))?;
        }
        Ok(())
    })?;
    step("check the documentation", || {
        for packages in [&[][..], &APART] {
            let mut cargo = workspace.cargo();
            succeed(cargo.args(["doc", "--no-deps"]).args(packages).env("RUSTDOCFLAGS", "-Dwarnings"))?;
        }
        Ok(())
    })?;
    step("look for advisories", || look_for_advisories(workspace))
}

/// Everything that verify needs and that waits for others' servers or is built in a folder of its own: it
/// goes on beside the checks, which leave a processor idle wherever one crate alone is left to be checked.
fn prepare(workspace: &Workspace, tools: &Path) -> Result<(), Failure> {
    // Programs that check the API's description and make clients from it. On a user's machine the tests that
    // ask them are skipped where they are not there.
    step("install the tools for the API", || {
        succeed(Command::new(workspace.root.join(".ci/api-tools/install")).arg(tools))
    })?;
    // The portal's pages are looked at in a real browser.
    browser::install(workspace)?;
    if env::var_os("CROSSWALK_TEST_POSTGRES").is_none() {
        step("install PostgreSQL", || postgres::install().map(drop))?;
    }
    plugins::from_code(workspace)?;
    step("check the code of the plugins", || {
        let clippy = ["clippy", "--workspace", "--all-targets"];
        succeed(workspace.cargo_for_guests().args(clippy).args(STRICT))
    })?;
    step("build the tests of the plugins' rules", || {
        succeed(workspace.cargo_for_guests().args(["test", "--workspace", "--no-run"]))
    })?;
    interpreted::install(workspace)
}

/// Says how much room the disk has, and warns where it may not do: on a full disk every test that writes
/// fails, none of them by a fault of its own. Where that cannot be found out, the run goes on all the same.
fn look_for_room(folder: &Path) {
    let printed = output(Command::new("df").arg("-Pm").arg(folder));
    let Some(free) = printed.ok().and_then(|printed| free_mib(&printed)) else {
        note("df does not say how much room is free");
        return;
    };
    note(format!("{free} MiB are free"));
    if free < ROOM {
        note(format!("warning: a run from nothing takes up to {ROOM} MiB; make room if tests say no-room"));
    }
}

/// Free room, in the unit that was asked for, as `df -P` prints it: the fourth word of its second line.
fn free_mib(printed: &str) -> Option<u64> {
    printed.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// Known vulnerabilities and crates that were withdrawn: they are looked up, so only where the program for it
/// is. All else that `deny.toml` says holds in a test, without a network.
fn look_for_advisories(workspace: &Workspace) -> Result<(), Failure> {
    let (host, guests) = (|| workspace.cargo(), || workspace.cargo_for_guests());
    if output(host().args(["deny", "--version"])).is_err() {
        note("cargo-deny is not installed: advisories are not looked up (cargo install --locked cargo-deny)");
        return Ok(());
    }
    succeed(host().args(["deny", "check"]))?;
    succeed(guests().args(["deny", "check", "--config", "../deny.toml", "advisories", "licenses", "sources"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packages that are no default members are checked all the same.
    #[test]
    fn every_package_is_checked() {
        let manifest = include_str!("../../Cargo.toml");
        let list = |name: &str| -> Vec<&str> {
            let line = manifest.lines().find_map(|line| line.strip_prefix(name)).expect("the list is there");
            line.trim_matches(['[', ']']).split(", ").map(|path| path.trim_matches('"')).collect()
        };
        let [all, default] = ["members = ", "default-members = "].map(list);
        let apart = all.iter().filter(|path| !default.contains(path));
        let apart: Vec<&str> = apart.map(|path| path.rsplit('/').next().unwrap_or(path)).collect();
        assert_eq!(apart, [APART[1], APART[3]]);
    }

    #[test]
    fn the_free_room_is_read() {
        let printed = "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/vda 257000 47000 46000 51% /\n";
        let cases = [
            (printed, Some(46_000)),
            ("", None),
            ("Filesystem\n/dev/vda 1 2\n", None),
            ("a\nb c d e\n", None),
        ];
        for (printed, free) in cases {
            assert_eq!(free_mib(printed), free, "{printed}");
        }
    }
}
