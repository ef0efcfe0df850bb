//! Pages of signing in by an organization's identity provider: which organization, the way out, the ways in
//! which it can fail, and the end of a way that was gone in another window.
//!
//! The way out is a link: a form of ours is sent to nobody else (the policy of contents says so), and whoever
//! reads where the link leads finds out before typing a password there.

use askama::Template;
use i18n_embed_fl::fl;

use crate::parts::{Action, Errors, Field, Message, Tone};
use crate::shell::{Frame, ROOT, SIGN_IN, Shell};
use crate::sign_in::{KEPT, THEN, Then, ending, errors};

pub(crate) mod samples;

/// Address at which the organization is asked for, and to which it is posted.
pub const ORGANIZATION: &str = "/portal/sign-in/organization";
/// Address below which each organization has its own, to which its provider sends people back.
pub const RETURNED: &str = "/portal/sign-in/returned";
/// Address of the page after a way that was gone beside another page.
pub const DONE: &str = "/portal/sign-in/done";
/// Address to which whoever comes back to that other page posts what it holds.
pub const BACK: &str = "/portal/sign-in/back";
/// Address to which the button posts that has the person of a session sign in anew.
pub const PROVE_THERE: &str = "/portal/prove/organization";
/// Address to which an invitation is posted that is taken up at a provider.
pub const JOIN_THERE: &str = "/portal/invitation/organization";

/// Field in which the organization is named.
pub const NAME: &str = "organization";

/// Ways of this browser's people to sign in by their organization, as pages speak of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Providers {
    /// Nobody signs in so: pages do not speak of it.
    #[default]
    None,
    /// Whoever signs in is offered it.
    Offered,
    /// Somebody signed in so in this browser: it is offered wherever a proof is asked for.
    Usual,
}

/// Mistake of whoever is asked for an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The text that was typed is neither a short name nor an address.
    Unreadable,
    /// No organization is called up so.
    Unknown,
}

/// Reason for which somebody is not let in by a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// The account is not linked to a provider.
    NotLinked,
    /// Nothing was begun in this browser, or it is over.
    NotBegun,
    /// The provider refused, or the person did.
    Denied,
    /// The provider does not answer now.
    Away,
    /// The provider's word, or how it was set up, is of no use.
    Unusable,
    /// The provider's clock and ours differ.
    Clock,
    /// The provider does not say that it made sure of the address.
    Unverified,
    /// The organization has no account for the person.
    NoAccount,
    /// The organization ended the person's account.
    EndedAccount,
    /// The account is another person's of the provider.
    OtherPerson,
    /// The person did not sign in anew.
    NotFresh,
}

impl Turned {
    /// All reasons, in the order in which they are tested.
    pub const ALL: [Self; 11] = [
        Self::NotLinked,
        Self::NotBegun,
        Self::Denied,
        Self::Away,
        Self::Unusable,
        Self::Clock,
        Self::Unverified,
        Self::NoAccount,
        Self::EndedAccount,
        Self::OtherPerson,
        Self::NotFresh,
    ];
}

#[derive(Template)]
#[template(path = "sign_on/organization.html")]
struct OrganizationPage {
    shell: Shell,
    heading: String,
    messages: Vec<Message>,
    says: String,
    errors: Errors,
    hidden: Vec<(String, String)>,
    name: Field,
    button: String,
    link: Action,
}

/// The page that asks for the organization. None is listed: who knows none finds none.
#[must_use]
pub fn organization(frame: &Frame<'_>, typed: &str, wrong: Option<Slip>, then: Then<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let name = Field {
        value: typed.to_owned(),
        hint: Some(fl!(l, "sign-on-name-hint")),
        error: wrong.map(|wrong| match wrong {
            Slip::Unreadable => fl!(l, "sign-on-name-wrong"),
            Slip::Unknown => fl!(l, "sign-on-name-unknown"),
        }),
        ..Field::text(NAME, fl!(l, "sign-on-name"))
    };
    let mut hidden = vec![(THEN.to_owned(), then.address.to_owned())];
    hidden.extend(then.form.map(|form| (KEPT.to_owned(), form.to_owned())));
    let kept = || Message { tone: Tone::Plain, text: fl!(l, "sign-on-kept") };
    let errors = errors(words, [&name]);
    let heading = fl!(l, "sign-on");
    OrganizationPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        messages: then.form.map(|_| kept()).into_iter().collect(),
        says: fl!(l, "sign-on-says"),
        errors,
        hidden,
        name,
        button: fl!(l, "continue"),
        link: Action::other(fl!(l, "sign-on-otherwise"), SIGN_IN),
    }
    .to_string()
}

/// The page from which somebody goes to the provider of an organization, whose host it names.
#[must_use]
pub fn leave(frame: &Frame<'_>, organization: &str, host: &str, address: &str) -> String {
    let l = frame.words.l;
    let heading = fl!(l, "sign-on-leave", organization = organization);
    let says = fl!(l, "sign-on-leave-says", host = host);
    let action = Action::main(fl!(l, "sign-on-leave-button", host = host), address);
    ending(frame, heading, says, fl!(l, "sign-on-leave-then"), action)
}

/// The page for somebody who was not let in.
#[must_use]
pub fn turned(frame: &Frame<'_>, turned: Turned) -> String {
    let l = frame.words.l;
    let (heading, then) = match turned {
        Turned::NotLinked => (fl!(l, "sign-on-not-linked"), fl!(l, "sign-on-not-linked-then")),
        Turned::NotBegun => (fl!(l, "sign-on-not-begun"), fl!(l, "sign-on-not-begun-then")),
        Turned::Denied => (fl!(l, "sign-on-denied"), fl!(l, "sign-on-denied-then")),
        Turned::Away => (fl!(l, "sign-on-away"), fl!(l, "sign-on-away-then")),
        Turned::Unusable => (fl!(l, "sign-on-unusable"), fl!(l, "sign-on-unusable-then")),
        Turned::Clock => (fl!(l, "sign-on-clock"), fl!(l, "sign-on-clock-then")),
        Turned::Unverified => (fl!(l, "sign-on-unverified"), fl!(l, "sign-on-unverified-then")),
        Turned::NoAccount => (fl!(l, "sign-on-no-account"), fl!(l, "sign-on-no-account-then")),
        Turned::EndedAccount => (fl!(l, "sign-on-ended"), fl!(l, "sign-on-ended-then")),
        Turned::OtherPerson => (fl!(l, "sign-on-other"), fl!(l, "sign-on-other-then")),
        Turned::NotFresh => (fl!(l, "sign-on-not-fresh"), fl!(l, "sign-on-not-fresh-then")),
    };
    let action = Action::main(fl!(l, "sign-in-again"), SIGN_IN);
    ending(frame, heading, fl!(l, "refused-says"), then, action)
}

/// The page after a way that was gone beside another page, in which something waits.
#[must_use]
pub fn done(frame: &Frame<'_>) -> String {
    let l = frame.words.l;
    let action = Action::other(fl!(l, "to-first-page"), ROOT);
    ending(frame, fl!(l, "sign-on-done"), fl!(l, "sign-on-done-says"), fl!(l, "sign-on-done-then"), action)
}
