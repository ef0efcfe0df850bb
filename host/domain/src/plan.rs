//! Questions to a plan's plugin, and its answers: the host's own copy of the contract in `wit/`, one module
//! for each interface, the same for every contract version.

pub mod authorization;
pub mod billing;
pub mod credentialing;
pub mod exchange;
pub mod profile;
pub mod referral;
pub mod types;
