//! Cases, and the events that may happen to them: no I/O, no async, no clock.
//!
//! Text from outside is parsed once into the types of [`identifiers`], [`money`] and [`procedure`]. Rules
//! that change by date live in `data/*.toml`, each with its source, and are read through [`calendar`],
//! [`statute`], [`catalog`], [`continuity`], [`counties`], [`identity`] and [`dictionary`]. What a plan is
//! asked and answers is in [`plan`], what it uploads as rows in [`mod@reference`].

pub mod application;
pub mod authorization;
pub mod breaker;
pub mod calendar;
pub mod case;
pub mod catalog;
pub mod claim;
pub mod continuity;
pub mod contract;
pub mod counties;
pub mod dictionary;
pub mod files;
pub mod floor;
pub mod identifiers;
pub mod identity;
pub mod known;
pub mod languages;
pub mod ledger;
pub mod limits;
pub mod member_value;
pub mod money;
pub mod near;
pub mod organization;
pub mod plan;
pub mod problem;
pub mod procedure;
pub mod provenance;
pub mod reference;
pub mod referral;
pub mod release;
pub mod retention;
pub mod rollout;
pub mod sight;
pub mod statute;
pub mod text;
pub mod time;
pub mod words;

pub use money::Cents;
pub use procedure::Procedure;
