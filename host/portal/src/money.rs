//! Pages for who bills and for who keeps the credentialing file: bills with what to fix, corrections,
//! payments and why they are not the rest, the file once for all plans, and contracts.
//!
//! - `claims`: bills by state; `bill`: the part of a claim's own page that is for who bills.
//! - `entry`: the form of a bill, line by line; `steps`: taking a bill back, and disputing what was done.
//! - `payments`: what was paid, and why not the rest.
//! - `file`: the credentialing file; `upkeep`: its forms. `contracts`: services, counties and days.
//!
//! Every amount is whole cents of the record, and every sum is the one that the API gives.

use domain::dictionary::Dictionary;
use domain::plan::billing::Adjustment;
use domain::plan::types::{Bilingual, Period};
use domain::problem::Code;
use i18n_embed_fl::fl;
use jiff::civil::Date;
use workflow::shown::{Body, ShownCase};

use crate::case::dollars;
use crate::parts::{Errors, Mistake};
use crate::words::Words;

pub(crate) mod bill;
pub mod claims;
pub mod contracts;
pub mod entry;
pub mod file;
pub mod payments;
pub(crate) mod samples;
pub mod steps;
pub mod upkeep;

/// Address of the bills.
pub const CLAIMS: &str = "/portal/claims";
/// Address of what can be billed.
pub const TO_BILL: &str = "/portal/claims/new";
/// Address of the payments.
pub const PAYMENTS: &str = "/portal/payments";
/// Address of the credentialing file.
pub const FILE: &str = "/portal/file";
/// Address of the form that sends a file to plans.
pub const SEND_FILE: &str = "/portal/file/new";
/// Address of the contracts.
pub const CONTRACTS: &str = "/portal/contracts";

/// A value that was not accepted, as a use case says it.
pub struct Wrong {
    /// JSON Pointer to the value in the command, such as `/lines/0/units`.
    pub pointer: String,
    /// Code of the mistake.
    pub code: Code,
    /// Words of the plan, where its rules refuse the value.
    pub text: Option<Bilingual>,
    /// Cause in the reader's language, for a mistake that a page has no words of its own for.
    pub says: String,
}

/// Why a form is shown again although nothing in it is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The case that it is about changed since the form was shown.
    Changed,
    /// It was sent before with other entries.
    SentBefore,
}

impl Notice {
    fn text(self, words: Words) -> String {
        match self {
            Self::Changed => fl!(words.l, "money-changed"),
            Self::SentBefore => fl!(words.l, "money-sent-before"),
        }
    }
}

/// True for a bill whose denial or payment was not disputed before.
#[must_use]
pub fn may_be_disputed(claim: &ShownCase) -> bool {
    matches!(&claim.case.body, Body::Claim(body) if bill::may_be_disputed(body))
}

/// The list of mistakes above a form.
fn errors(words: Words, rows: Vec<Mistake>) -> Errors {
    Errors { title: fl!(words.l, "errors"), rows }
}

/// Days from the first to the last; one day alone.
fn span(words: Words, days: &Period) -> String {
    let first = words.day(days.first);
    match days.last {
        Some(last) if last == days.first => first,
        Some(last) => fl!(words.l, "money-span", first = first, last = words.day(last)),
        None => fl!(words.l, "money-open-span", first = first),
    }
}

/// Why less is paid than was billed: amount, reason in words, and its code.
fn adjustment(words: Words, one: &Adjustment, on: Date) -> String {
    let known = Dictionary::state().adjustment_reason(&one.reason, on);
    let reason =
        known.map_or_else(|| fl!(words.l, "money-reason-unknown"), |reason| words.pick(&reason.name));
    let mut code = format!("{} {}", one.group, one.reason);
    if let Some(remark) = &one.remark {
        code.push(' ');
        code.push_str(remark);
    }
    fl!(words.l, "money-adjustment", amount = dollars(one.amount.0), reason = reason, code = code)
}
