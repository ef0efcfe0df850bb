//! FHIR and spreadsheets to and from the domain: bytes in, typed values out, and back. No I/O.
//!
//! - [`roster`]: a plan's member file becomes rows, or a named reason for each row that cannot.
//! - [`fhir`]: a social-care referral (SDOH Clinical Care 3.0.0) becomes a request for one of our services; a
//!   case becomes a `Task`.
//! - [`layout`]: a plan's own spreadsheet, written from the layout in its profile.
//! - [`sheet`]: lines of cells as CSV that a spreadsheet opens without running any of it.
//! - [`table`]: the rows of a plan's reference table, all of them, or what is wrong with each.
//!
//! Nothing here quotes a member's data in an error, a warning or a `Debug`.

pub mod fhir;
pub mod layout;
pub mod roster;
pub mod sheet;
pub mod table;

mod numbering;
