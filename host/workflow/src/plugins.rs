//! The plans' rules: which version answers, what was uploaded, released, tried and taken back, and the one
//! way to ask.

pub(crate) mod asking;
pub(crate) mod breakers;
pub(crate) mod clearance;
pub(crate) mod compile_queue;
pub(crate) mod costs;
pub(crate) mod evaluations;
pub(crate) mod life_cycle;
pub(crate) mod listing;
pub(crate) mod objection;
pub(crate) mod plans;
pub(crate) mod proposals;
pub(crate) mod quotas;
pub(crate) mod receipts;
pub(crate) mod registry;
pub(crate) mod releases;
pub(crate) mod rollout;
pub(crate) mod rule_changes;
pub(crate) mod rules_file;
pub(crate) mod shadow;
pub(crate) mod signing;
pub(crate) mod tables;
pub(crate) mod upload;
pub(crate) mod watching;
