//! Questions to a plan's plugin, and its answers: the host's own copy of the contract in `wit/`, one
//! module for each interface, the same for every contract version. [`question`] joins them into one question
//! and one answer.

pub mod authorization;
pub mod billing;
pub mod credentialing;
pub mod exchange;
pub mod profile;
pub mod question;
pub mod referral;
pub mod types;
