//! Cases, and the events that may happen to them: no I/O, no async, no clock.
//!
//! Where to look:
//!
//! - The four kinds of cases, each a state machine: [`referral`], [`authorization`], [`claim`] and
//!   [`application`] (a credentialing file). [`case`] has what they share. [`contract`] and [`organization`]
//!   are machines of the same make.
//! - Words and values that come from outside, parsed once: [`identifiers`], [`money`], [`procedure`],
//!   [`text`], [`escape`] (parts of addresses), [`files`] (kinds of bytes), [`picture`] (what is kept of
//!   one), [`languages`]; [`mod@words`] declares enums that stand for words, and [`near`] finds the word that
//!   was meant.
//! - The state's rules, dated data with sources in `data/*.toml` ([`provenance`] says how sure they are):
//!   [`calendar`] and [`statute`] (clocks), [`catalog`] (services), [`dictionary`] (facts, documents, codes),
//!   [`continuity`] (of care), [`counties`], [`retention`], [`sight`] (who may look at a member),
//!   [`identity`], [`figures`] (what a county counts, and what is too small to show).
//! - Questions to a plan's rules and their answers: [`plan`]; [`known`] (facts that the host knows by
//!   itself), [`mod@reference`] (rows that a plan uploads), [`member_value`] (what its member file says).
//! - Bounds above every answer, a plugin's or a person's: [`floor`], [`limits`] (benefit limits), [`ledger`]
//!   (units that are left).
//! - A plan's plugin on its way to deciding: [`release`], [`rollout`], [`breaker`]; [`actor`] is the person
//!   or key that moves it.
//! - [`work`]: who of a plan's people has a case that waits for them.
//! - [`account`], [`invitation`], [`session`], [`credential`] (codes), [`passkey`] and [`openid`] (identity
//!   providers of organizations): a person's way in; [`public_address`] is what browsers know the service by.
//! - [`problem`] lists the code of every refusal; [`time`] is the clock and the ids, which are arguments
//!   here.

pub mod account;
pub mod actor;
pub mod application;
pub mod audit;
pub mod authorization;
pub mod breaker;
pub mod calendar;
pub mod case;
pub mod catalog;
pub mod claim;
pub mod continuity;
pub mod contract;
pub mod counties;
pub mod credential;
pub mod dictionary;
pub mod escape;
pub mod figures;
pub mod files;
pub mod floor;
pub mod identifiers;
pub mod identity;
pub mod invitation;
pub mod known;
pub mod languages;
pub mod ledger;
pub mod limits;
pub mod member_value;
pub mod money;
pub mod near;
pub mod openid;
pub mod organization;
pub mod passkey;
pub mod picture;
pub mod plan;
pub mod problem;
pub mod procedure;
pub mod provenance;
pub mod public_address;
pub mod reference;
pub mod referral;
pub mod release;
pub mod retention;
pub mod rollout;
pub mod session;
pub mod sight;
pub mod statute;
pub mod text;
pub mod time;
pub mod words;
pub mod work;

pub use money::Cents;
pub use procedure::Procedure;
