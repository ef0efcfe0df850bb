//! Every promise of the record, asked of each database: one module for each aggregate.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod world; // what each test begins with

mod accounts; // people's accounts, and the links that open them
mod ahead; // reads that are foretold
mod cases; // cases and their lists
mod deadlines; // clocks of cases
mod figures; // counts of a county's plans
mod generated; // records that are filled from a seed
mod identity; // persons that are one, and part again
mod identity_providers; // identity providers, who of their people opens what, and ways out and back
mod members; // members, and looking for them
mod opening; // opening a record
mod organizations; // organizations, keys, and what is a plan's
mod outbox; // jobs
mod passkeys; // passkeys of people, and what they are asked
mod plans; // plans of all statements: no scan and no sort of what grows
mod releases; // releases, activations, policies and signing keys
mod retention; // what is forgotten
mod rosters; // member files
mod schema; // the schema, and what does not fit it
mod sessions; // credentials of people, sessions, and refused tries
mod sources; // the SQL texts in the store's sources
mod tables; // plans' reference tables
mod units; // units of work
mod usage; // units, windows, places and days that count
