//! The portal's pages: for each a view, which is plain data in the reader's words, and a template that
//! writes it.
//!
//! - `words`: messages in English and Spanish, days and instants.
//! - `shell`: the frame of every page; `parts`: components, each with its own template.
//! - `trouble`, `sign_in`, `sign_on`, `invitation`: pages that stand in for another, and pages before a
//!   session.
//! - `account`, `accounts`, `passkeys`: one's own account, the people of an organization, and passkeys.
//! - `identity`: the identity providers by which the people of organizations sign in.
//! - `today`, `people`, `ask`, `case`, `criteria`: pages of who asks for services.
//! - `money`: bills, payments, the credentialing file and contracts, for who bills and who keeps the file.
//! - `work`, `desk`, `shadow`: a plan's worklist and decisions, its rules, and what a version would change.
//! - `county`: health, figures, directory and audit.
//! - `fields`: a form as it was sent.
//! - `gallery`: every component and every page in every state, with invented data.
//! - `assets`: style and script.
//!
//! Nothing here knows HTTP, and nothing decides who may see what: a page shows the values that use cases of
//! `workflow` gave for its viewer.

pub mod account;
pub mod accounts;
pub mod ask;
mod assets;
pub mod case;
mod clocks;
pub mod county;
pub mod criteria;
pub mod desk;
mod fields;
pub mod gallery;
pub mod identity;
pub mod invitation;
pub mod money;
mod names;
mod parts;
pub mod passkeys;
pub mod people;
pub mod shadow;
mod shell;
pub mod sign_in;
pub mod sign_on;
pub mod today;
pub mod trouble;
mod words;
pub mod work;

#[cfg(test)]
mod tests;

pub use assets::{Asset, asset, packed};
pub use fields::{CHOOSE_AGAIN, Fields, ONCE, VERSION};
pub use names::Names;
pub use shell::{Frame, IN_LANGUAGE, LANGUAGE, LOCK, ROOT, Role, SIGN_IN, Who};
pub use words::Words;
