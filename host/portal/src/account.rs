//! A person's own account: name, roles, passkeys, and the sessions that go on.

use askama::Template;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::invitation::roles;
use crate::parts::{Entry, Message, Summary};
use crate::passkeys::{self, Kept, Passkey};
use crate::shell::{Frame, Shell};
use crate::sign_in::SIGN_OUT;
use crate::words::Words;

pub(crate) mod samples;

/// Address of the page.
pub const ACCOUNT: &str = "/portal/account";
/// Address below which a session is ended: `ID/end`.
pub const SESSIONS: &str = "/portal/account/sessions";
/// Address to which the button posts that ends every session.
pub const END_ALL: &str = "/portal/account/sessions/end";

/// A session of the viewer.
#[derive(Clone, Debug)]
pub struct Session {
    /// Id of the session.
    pub id: String,
    /// Instant at which the person signed in.
    pub began_at: Timestamp,
    /// Instant of the last use that was noted.
    pub seen_at: Timestamp,
    /// True for the one in which the page is shown.
    pub is_current: bool,
    /// True for one that waits for a code.
    pub is_locked: bool,
}

struct SessionRow {
    title: String,
    says: Vec<String>,
    /// Address that the row's button posts to.
    action: String,
    button: String,
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct AccountPage {
    shell: Shell,
    heading: String,
    summary: Summary,
    administers: bool,
    message: Option<Message>,
    passkeys: Vec<passkeys::Row>,
    /// Id of the site, where passkeys are offered.
    party: Option<String>,
    sessions: Vec<SessionRow>,
}

/// The page of the viewer's own account; `kept` says why the passkeys stayed as they were.
#[must_use]
pub fn page(frame: &Frame<'_>, passkeys: &[Passkey], kept: Option<Kept>, sessions: &[Session]) -> String {
    let words = frame.words;
    let l = words.l;
    let entry = |name, value| Entry { name, value, note: None };
    let who = frame.who;
    let summary = who.map_or_else(Vec::new, |who| {
        vec![
            entry(fl!(l, "person-name"), who.name.clone()),
            entry(fl!(l, "account-organization"), who.organization.clone()),
            entry(fl!(l, "account-roles"), roles(words, &who.roles)),
        ]
    });
    let heading = fl!(l, "account");
    AccountPage {
        shell: Shell::of(frame, &heading, None),
        heading,
        summary: Summary { rows: summary },
        administers: who.is_some_and(|who| who.administers),
        message: kept.map(|kept| kept.message(words)),
        passkeys: passkeys::rows(words, passkeys),
        party: frame.party.map(str::to_owned),
        sessions: sessions.iter().map(|session| row(words, session)).collect(),
    }
    .to_string()
}

fn row(words: Words, session: &Session) -> SessionRow {
    let l = words.l;
    let mut says = vec![
        fl!(l, "account-session-began", at = words.instant(session.began_at)),
        fl!(l, "account-session-seen", at = words.instant(session.seen_at)),
    ];
    if session.is_locked {
        says.push(fl!(l, "account-session-locked"));
    }
    let (title, action, button) = match session.is_current {
        true => (fl!(l, "account-session-here"), SIGN_OUT.to_owned(), fl!(l, "account-sign-out")),
        false => (
            fl!(l, "account-session-there"),
            format!("{SESSIONS}/{}/end", session.id),
            fl!(l, "account-session-end"),
        ),
    };
    SessionRow { title, says, action, button }
}
