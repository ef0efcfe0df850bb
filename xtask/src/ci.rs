//! `cargo xtask ci`: everything that a change must pass.

use std::{
    env,
    process::{Command, ExitCode},
};

use crate::task::{Failure, Workspace, note, output, pass_through, path_with, step, succeed};

/// Arguments that make warnings of clippy errors.
const STRICT: [&str; 3] = ["--", "-D", "warnings"];

/// Formats, lints, documentation, and then every test; a test that cannot run here is a failure.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode, Failure> {
    // Nothing is built twice, so nothing is gained by remembering how.
    let whole = |mut cargo: Command| {
        cargo.env("CARGO_INCREMENTAL", "0");
        cargo
    };
    let (host, guests) = (|| whole(workspace.cargo()), || whole(workspace.cargo_for_guests()));
    step("check the format", || {
        succeed(host().args(["fmt", "--all", "--check"]))?;
        succeed(guests().args(["fmt", "--all", "--check"]))
    })?;
    step("check the code", || {
        let clippy = ["clippy", "--workspace", "--all-targets"];
        succeed(host().args(clippy).args(STRICT))?;
        succeed(guests().args(clippy).args(STRICT))
    })?;
    step("check the documentation", || {
        succeed(host().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings"))
    })?;

    step("look for advisories", || look_for_advisories(&host, &guests))?;

    // Programs that check the API's description and make clients from it. On a user's machine the tests that
    // ask them are skipped where they are not there.
    let tools = workspace.target.join("api-tools");
    step("install the tools for the API", || {
        succeed(Command::new(workspace.root.join(".ci/api-tools/install")).arg(&tools))
    })?;

    // Last, so that the count of tests is what a reader of the log sees first.
    let own = env::current_exe().map_err(Failure::when("where this program is"))?;
    let mut verify = whole(Command::new(own));
    verify.arg("verify").env("PATH", path_with(&tools.join("bin")));
    if env::var_os("CI").is_none() {
        verify.env("CI", "true");
    }
    pass_through(&mut verify)
}

/// Known vulnerabilities and crates that were withdrawn: they are looked up, so only where the program for it
/// is. All else that `deny.toml` says holds in a test, without a network.
fn look_for_advisories(host: &dyn Fn() -> Command, guests: &dyn Fn() -> Command) -> Result<(), Failure> {
    if output(host().args(["deny", "--version"])).is_err() {
        note("cargo-deny is not installed: advisories are not looked up (cargo install --locked cargo-deny)");
        return Ok(());
    }
    succeed(host().args(["deny", "check"]))?;
    succeed(guests().args(["deny", "check", "--config", "../deny.toml", "advisories", "licenses", "sources"]))
}
