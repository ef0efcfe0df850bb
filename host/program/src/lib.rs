//! Parts of a running program that its commands share: the machine's clock, fresh ids, standard output, help
//! with headings, a client for HTTP, and the program as its own compiler.

pub mod help;
pub mod out;
pub mod outward;
pub mod parts;
