//! Questions about nobody: asked of one plan or of all of them, and kept nowhere.

pub(crate) mod across;
pub(crate) mod person;
pub(crate) mod what_if;
