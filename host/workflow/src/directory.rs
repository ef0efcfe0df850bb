//! Organizations and their keys, members and what files say of them, and the plan that answers for one.

pub(crate) mod beginning;
pub(crate) mod counties;
pub(crate) mod identity;
pub(crate) mod keys;
pub(crate) mod looking;
pub(crate) mod members;
pub(crate) mod organizations;
pub(crate) mod rosters;
pub(crate) mod routing;
pub(crate) mod sieve;
pub(crate) mod sifting;
