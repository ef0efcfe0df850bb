//! Every promise of the record, asked of each database: one module for each aggregate.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod world; // what each test begins with

mod ahead; // reads that are foretold
mod cases; // cases and their lists
mod deadlines; // clocks of cases
mod identity; // persons that are one, and part again
mod members; // members, and looking for them
mod opening; // opening a record
mod organizations; // organizations, keys, and what is a plan's
mod outbox; // jobs
mod releases; // releases, activations, policies and signing keys
mod retention; // what is forgotten
mod rosters; // member files
mod schema; // the schema, and what does not fit it
mod tables; // plans' reference tables
mod units; // units of work
mod usage; // units, windows, places and days that count
