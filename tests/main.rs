//! The service seen from outside: the real binary, spoken to over HTTP and by its command line.
//!
//! Each test starts at the front door and knows nothing of what is behind it. What depends on the record runs on both
//! databases. The binary, the plugins and a PostgreSQL are those that `cargo verify` names in the environment.

mod bad_input; // what cannot be accepted, and the clear problem that each gets
mod cases; // the example cases beside each plan's rules hold
mod cli; // the command line, start-up and shutdown
mod crash; // kill -9 in a stream of commands
mod fhir; // referrals in FHIR
mod guests; // plugins in Rust, JavaScript and Python
mod harness;
mod idempotency; // a command happens once, however often it is sent
mod isolation; // who sees what
mod journeys; // the ways of cases through the plans
mod logs; // no member's data where operators read
mod plugin_faults; // plugins that misbehave while they decide
mod plugins_refused; // components that cannot be plugins
mod replay; // decisions made again
