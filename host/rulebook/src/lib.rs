//! A plan without a programmer: its rules as one file that people write and read, made into a plugin.
//!
//! [`Rules::read`] reads the file and says everything that is wrong with it at once, by line and column; what
//! a profile may be is said in `domain::floor` and not here. [`Rules::plugin`] puts the rules into the ready
//! guest of `plugins/rules-guest`, a component like every other: no host treats it in a way of its own.
//! `docs/rules-file.md` shows the whole format.
//!
//! The same file, guest and day give the same bytes.

mod book; // the rules as the guest reads them
mod condition; // what must hold, in words
mod doubts; // what is allowed and was perhaps not meant
mod fields; // one table of the file, read field by field
mod guest;
mod problem; // what is wrong with a file, and where
mod rules; // the file as a whole
mod state; // the state's own rules, which every plan has
mod toml_slips; // what people write in the place of TOML

pub use guest::{NotAGuest, text_of};
pub use problem::{Instead, Problem, Silence};
pub use rules::{Rules, beginning};
pub use state::{StateCriterion, state_criteria};
