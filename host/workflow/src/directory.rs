//! Organizations, their keys and the accounts of their people, members and what files say of them, and the
//! plan that answers for one.

pub(crate) mod accounts;
pub(crate) mod actors;
pub(crate) mod beginning;
pub(crate) mod counties;
pub(crate) mod identity;
pub(crate) mod identity_providers;
pub(crate) mod keys;
pub(crate) mod looking;
pub(crate) mod members;
pub(crate) mod organizations;
pub(crate) mod outward;
pub(crate) mod passkeys;
pub(crate) mod rosters;
pub(crate) mod routing;
pub(crate) mod sessions;
pub(crate) mod sieve;
pub(crate) mod sifting;
pub(crate) mod sign_on;
