//! What would be so: asked of one plan or of all of them, about nobody, and kept nowhere.

pub(crate) mod across;
pub(crate) mod what_if;
