//! What only a running program has, and its commands share: the machine's clock, fresh ids, standard output,
//! a way out by HTTP, and itself as its own compiler.

pub mod out;
pub mod outward;
pub mod parts;
