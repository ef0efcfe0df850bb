//! Parts that the benches share: their options, a client that keeps its connection, and statistics of what
//! was measured.
//!
//! A bench says what something costs as a ratio against a named floor that was measured in the same run, in
//! turns with it: a number alone says more about the machine than about the program.

mod client;
mod county;
mod numbers;
mod options;

pub use client::{Answer, Connection, get, post};
pub use county::{Asked, County, FreshIds, NOW, let_rules_decide};
pub use numbers::{Budget, Ratio, Times, median};
pub use options::{Length, Options, Output, main, valle_vista};

/// Result of a bench, or the reason why it could not go on.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
