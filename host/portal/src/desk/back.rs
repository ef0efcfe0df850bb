//! The way back, in two steps: a version is rolled back, so that the one before it answers; or it is revoked
//! for good; or a key of the plan is ended. The first step says what comes of it.

use askama::Template;
use domain::identifiers::Digest;
use domain::problem::Code;
use i18n_embed_fl::fl;

use crate::desk::{KEYS, address, said, sentence_form};
use crate::parts::{Errors, Field, Mistake};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Field that holds the reason of a revocation.
pub const REASON: &str = "reason";

/// A version or key that is withdrawn: rolled back, revoked, or ended.
pub enum Withdrawal<'a> {
    /// A version is rolled back.
    RollBack {
        /// SHA-256 of the version.
        digest: Digest,
        /// Number that the version has of itself.
        version: Option<&'a str>,
        /// The version that answers then, with its own number; `None`: there is none.
        then: Option<(Digest, Option<&'a str>)>,
        /// True if the version answers something now; else it is only called off.
        answers: bool,
    },
    /// A version is revoked.
    Revoke {
        /// SHA-256 of the version.
        digest: Digest,
        /// Number that the version has of itself.
        version: Option<&'a str>,
        /// Reason, as it was typed.
        reason: &'a str,
        /// True if what was typed is no reason.
        wrong: bool,
    },
    /// An access key is ended.
    EndKey {
        /// Id of the key.
        id: &'a str,
        /// Label of the key, by its maker.
        label: &'a str,
    },
    /// A signing key is ended.
    RetireKey {
        /// Id of the key.
        id: &'a str,
        /// Label of the key, by its maker.
        label: &'a str,
    },
}

#[derive(Template)]
#[template(path = "desk/back.html")]
pub(crate) struct BackPage {
    shell: Shell,
    heading: String,
    errors: Errors,
    says: Vec<String>,
    withheld: Vec<String>,
    action: String,
    once: String,
    reason: Option<Field>,
    button: Option<String>,
    back: String,
}

/// Page of the first step, as HTML. `withheld` are codes of what kept it from being done.
#[must_use]
pub fn page(frame: &Frame<'_>, withdrawal: &Withdrawal<'_>, withheld: &[Code], once: &str) -> String {
    let words = frame.words;
    let l = words.l;
    let mut errors = Errors { title: fl!(l, "errors"), rows: Vec::new() };
    let mut reason = None;
    let (heading, says, action, button, back) = match withdrawal {
        Withdrawal::RollBack { digest, version, then, answers } => {
            roll_back(words, digest, *version, *then, *answers)
        }
        Withdrawal::Revoke { digest, version, reason: typed, wrong } => {
            let error = wrong.then(|| fl!(l, "desk-reason-wrong"));
            errors.rows.extend(error.iter().map(|text| Mistake::at(REASON, text.clone())));
            reason = Some(Field {
                hint: Some(fl!(l, "desk-reason-hint")),
                value: (*typed).to_owned(),
                error,
                ..Field::text(REASON, fl!(l, "accounts-reason"))
            });
            revoke(words, digest, *version)
        }
        Withdrawal::EndKey { id, label } => (
            fl!(l, "desk-end-key-heading", label = (*label).to_owned()),
            vec![fl!(l, "desk-end-key-says")],
            format!("{KEYS}/{id}/end"),
            Some(fl!(l, "desk-end-key-button")),
            KEYS.to_owned(),
        ),
        Withdrawal::RetireKey { id, label } => (
            fl!(l, "desk-retire-heading", label = (*label).to_owned()),
            vec![fl!(l, "desk-retire-says")],
            format!("{KEYS}/signing/{id}/end"),
            Some(fl!(l, "desk-retire-button")),
            KEYS.to_owned(),
        ),
    };
    let shell = Shell::of(frame, &heading, Some(Place::Rules));
    let page = BackPage {
        shell: if button.is_some() { shell.around_form(&errors) } else { shell },
        heading,
        errors,
        says,
        withheld: sentence_form::withheld(words, withheld),
        action,
        once: once.to_owned(),
        reason,
        button,
        back,
    };
    page.to_string()
}

/// Heading, sentences, address, button and way back of a withdrawal.
type Parts = (String, Vec<String>, String, Option<String>, String);

fn revoke(words: Words, digest: &Digest, version: Option<&str>) -> Parts {
    let l = words.l;
    let name = said::version(words, version, digest);
    (
        fl!(l, "desk-revoke-heading", version = name.clone()),
        vec![fl!(l, "desk-revoke-page")],
        format!("{}/revoke", address(digest)),
        Some(fl!(l, "desk-revoke-button", version = name)),
        address(digest),
    )
}

fn roll_back(
    words: Words,
    digest: &Digest,
    version: Option<&str>,
    then: Option<(Digest, Option<&str>)>,
    answers: bool,
) -> Parts {
    let l = words.l;
    let name = said::version(words, version, digest);
    let at = address(digest);
    let heading = fl!(l, "desk-roll-back-heading", version = name.clone());
    let action = format!("{at}/roll-back");
    let button = Some(fl!(l, "desk-roll-back-button", version = name));
    let (says, button) = match then {
        Some((digest, version)) => {
            let then = said::version(words, version, &digest);
            (vec![fl!(l, "desk-roll-back-then", version = then), fl!(l, "desk-roll-back-kept")], button)
        }
        None if answers => (vec![fl!(l, "desk-why-nothing-before")], None),
        None => (vec![fl!(l, "desk-roll-back-calls-off")], button),
    };
    (heading, says, action, button, at)
}
