//! Passkeys on pages: the list on a person's own account, one more, and an invitation that is taken up with
//! one.
//!
//! A passkey takes script: what uses one is hidden until the script finds that the browser can, and a page
//! for nothing else says so.

use askama::Template;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::invitation::Wrong;
use crate::parts::{ByPasskey, Errors, Field, Message, Mistake, PasskeyQuestion, Tone};
use crate::shell::{Frame, Shell};
use crate::sign_in::{PASSKEY, Slip, email_field};
use crate::words::Words;

pub(crate) mod samples;

/// Address to which the button posts that begins with one more passkey.
pub const BEGIN: &str = "/portal/account/passkeys";
/// Address to which a passkey is posted that a device made.
pub const ADD: &str = "/portal/account/passkeys/added";
/// Address to which an invitation is posted that is taken up with a passkey.
pub const TAKE_UP: &str = "/portal/invitation/passkey";

/// A passkey of the viewer.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Id of the passkey.
    pub id: String,
    /// Name that the viewer gave it.
    pub name: String,
    /// Instant at which it was added.
    pub made_at: Timestamp,
    /// Instant of the last use; `None` before the first.
    pub used_at: Option<Timestamp>,
}

/// Reason for which the passkeys stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Without this one the viewer could not sign in any more.
    LastWayIn,
    /// There are as many as anybody may have.
    Most {
        /// Number of passkeys that a person may have.
        most: usize,
    },
}

impl Kept {
    pub(crate) fn message(self, words: Words) -> Message {
        let text = match self {
            Self::LastWayIn => fl!(words.l, "passkey-last"),
            Self::Most { most } => fl!(words.l, "passkey-most", most = most),
        };
        Message { tone: Tone::Late, text }
    }
}

/// Name of a passkey to which its person gave none.
#[must_use]
pub fn unnamed(words: Words) -> String {
    fl!(words.l, "passkey-unnamed")
}

/// A passkey on the page of the account.
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) says: [String; 2],
    /// Address that the row's button posts to.
    pub(crate) action: String,
}

/// Passkeys on the page of the account.
pub(crate) fn rows(words: Words, passkeys: &[Passkey]) -> Vec<Row> {
    let l = words.l;
    let row = |passkey: &Passkey| Row {
        title: passkey.name.clone(),
        says: [
            fl!(l, "passkey-since", at = words.instant(passkey.made_at)),
            match passkey.used_at {
                Some(at) => fl!(l, "account-session-seen", at = words.instant(at)),
                None => fl!(l, "passkey-unused"),
            },
        ],
        action: format!("{BEGIN}/{}/remove", passkey.id),
    };
    passkeys.iter().map(row).collect()
}

/// One more passkey, and what was typed.
#[derive(Clone, Debug, Default)]
pub struct Adding {
    /// Name of the passkey, as it was typed.
    pub name: String,
    /// True if the name is too long.
    pub is_long: bool,
    /// Passkey that the device made already, as it came.
    pub made: Option<String>,
    /// Options by which the device makes one, as JSON.
    pub options: String,
    /// True if the last one was not taken.
    pub is_wrong: bool,
}

#[derive(Template)]
#[template(path = "passkeys/add.html")]
struct AddPage<'a> {
    shell: Shell,
    heading: String,
    errors: Errors,
    name: Field,
    made: Option<&'a str>,
    press: Option<ByPasskey>,
}

/// The page on which a person adds a passkey.
#[must_use]
pub fn add(frame: &Frame<'_>, adding: &Adding) -> String {
    let words = frame.words;
    let l = words.l;
    let name = Field {
        value: adding.name.clone(),
        hint: Some(fl!(l, "passkey-name-hint")),
        error: adding.is_long.then(|| fl!(l, "passkey-name-long")),
        ..Field::text("name", fl!(l, "passkey-name"))
    };
    let press = making(frame, &adding.options, adding.is_wrong);
    let heading = fl!(l, "passkey-add");
    let errors = with_passkey(crate::sign_in::errors(words, [&name]), press.as_ref());
    AddPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        errors,
        name,
        made: adding.made.as_deref(),
        press,
    }
    .to_string()
}

/// The button that has the device make a passkey by these options.
fn making(frame: &Frame<'_>, options: &str, is_wrong: bool) -> Option<ByPasskey> {
    let l = frame.words.l;
    Some(ByPasskey {
        text: fl!(l, "passkey-make"),
        failed: fl!(l, "passkey-make-failed"),
        field: PASSKEY,
        error: is_wrong.then(|| fl!(l, "passkey-late")),
        party: frame.party?.to_owned(),
        question: PasskeyQuestion::Make(options.to_owned()),
    })
}

/// Mistakes of the fields, and that of the passkey.
fn with_passkey(mut errors: Errors, press: Option<&ByPasskey>) -> Errors {
    let error = press.and_then(|press| press.error.clone());
    errors.rows.extend(error.map(|text| Mistake::at(PASSKEY, text)));
    errors
}

/// An invitation that is taken up with a passkey, and what was typed.
#[derive(Clone, Debug, Default)]
pub struct TakeUp {
    /// Name of the person, as it was typed.
    pub name: String,
    /// Address, as it was typed, where the invitation names none.
    pub email: Option<String>,
    /// Passkey that the device made already, as it came.
    pub made: Option<String>,
    /// Options by which the device makes one, as JSON.
    pub options: String,
    /// Secret of the link.
    pub secret: String,
    /// Key of the attempt, by which a form that is sent twice is taken once.
    pub once: String,
    /// Everything that cannot be taken.
    pub wrong: Vec<Wrong>,
}

#[derive(Template)]
#[template(path = "passkeys/take_up.html")]
struct TakeUpPage<'a> {
    shell: Shell,
    heading: String,
    errors: Errors,
    taken: &'a TakeUp,
    name: Field,
    email: Option<Field>,
    press: Option<ByPasskey>,
}

/// The page on which the passkey is made and the invitation taken.
#[must_use]
pub fn take_up(frame: &Frame<'_>, taken: &TakeUp) -> String {
    let words = frame.words;
    let l = words.l;
    let is = |wrong| taken.wrong.contains(&wrong);
    let name = Field {
        value: taken.name.clone(),
        autocomplete: "name",
        error: is(Wrong::Name).then(|| fl!(l, "your-name-missing")),
        ..Field::text("name", fl!(l, "your-name"))
    };
    let email = taken.email.as_deref().map(|typed| {
        let field = email_field(words, typed, is(Wrong::Email).then_some(Slip::Email));
        let of_another = || is(Wrong::EmailTaken).then(|| fl!(l, "email-taken"));
        Field { error: field.error.clone().or_else(of_another), ..field }
    });
    let press = making(frame, &taken.options, is(Wrong::Passkey));
    let heading = fl!(l, "passkey-yours");
    let errors = crate::sign_in::errors(words, [&name].into_iter().chain(&email));
    let errors = with_passkey(errors, press.as_ref());
    TakeUpPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        errors,
        taken,
        name,
        email,
        press,
    }
    .to_string()
}
