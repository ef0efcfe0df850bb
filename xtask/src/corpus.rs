//! The corpus for the tests of the sandbox, made by a program of its own: it takes generators that no other
//! task needs.

use std::path::Path;

use crate::task::{Failure, Workspace, step, succeed};

/// Makes random components, and of the plugins changed ones, in `target/corpus`.
pub(crate) fn build(workspace: &Workspace, plugins: &Path) -> Result<(), Failure> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--package", "corpus", "--"]).args([plugins, &workspace.corpus()]);
    step("make random components", || succeed(&mut cargo))
}
