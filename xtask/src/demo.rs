//! `cargo demo`: the demonstration county on embedded SQLite.

use std::{
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use crate::{
    plugins,
    task::{Failure, Workspace, forget_own_package},
};

/// Builds what is needed and becomes `crosswalk demo`, to which `options` go.
pub(crate) fn run(workspace: &Workspace, options: &[String]) -> Result<ExitCode, Failure> {
    let plugins = plugins::build(workspace)?;
    let binary = workspace.binary();
    let mut command = Command::new(&binary);
    command.arg("demo").arg("--plugins").arg(plugins).args(options);
    forget_own_package(&mut command);
    // Replacing ourselves lets Ctrl-C and the exit status pass untouched.
    let error = command.exec();
    Err(Failure::new(format!("cannot run {}: {error}", binary.display())))
}
