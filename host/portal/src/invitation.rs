//! Pages on which an invitation is taken up: the link, the authenticator, and the recovery codes.

use askama::Template;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::parts::{Action, Errors, Field};
use crate::shell::{Frame, ROOT, Role, SIGN_IN, Shell};
use crate::sign_in::{Asked, Refused, code_field, email_field, ending, errors};
use crate::words::Words;

pub(crate) mod samples;

/// Address that a link leads to, and to which its secret is posted. Once it was opened the secret goes in
/// bodies only.
pub const INVITATION: &str = "/portal/invitation";
/// Address to which the invitation is posted that somebody takes up.
pub const TAKE_UP: &str = "/portal/invitation/taken";
/// Name of the part of a link that is its secret.
pub const LINK: &str = "link";

/// An invitation, as whoever holds its link sees it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Name of the organization that invites.
    pub organization: String,
    /// Roles that the person will have.
    pub roles: Vec<Role>,
    /// True if the person will look after the organization's accounts.
    pub administers: bool,
    /// First instant at which the link opens nothing any more.
    pub until: Timestamp,
    /// Address with which the person will sign in, if the invitation names it.
    pub email: Option<String>,
    /// True if it can be taken up at the organization's identity provider.
    pub has_provider: bool,
}

/// An authenticator that was offered, and what was typed.
#[derive(Clone, Default)]
pub struct TakeUp {
    /// Name of the person, as it was typed.
    pub name: String,
    /// Address, as it was typed, where the invitation names none.
    pub email: Option<String>,
    /// Secret of the authenticator in letters.
    pub key: String,
    /// The same as an address that opens an authenticator on this device.
    pub uri: String,
    /// Secret of the link.
    pub secret: String,
    /// Key of the attempt, by which a form that is sent twice is taken once.
    pub once: String,
    /// Mistakes of the form.
    pub wrong: Vec<Wrong>,
}

/// A mistake of whoever takes an invitation up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no name, or none that can be kept.
    Name,
    /// The text typed is no address.
    Email,
    /// Somebody of the organization has the address.
    EmailTaken,
    /// The authenticator does not show this code now.
    Code,
    /// The passkey was not made for this, or not in time.
    Passkey,
}

#[derive(Template)]
#[template(path = "invitation/link.html")]
struct LinkPage {
    shell: Shell,
    heading: String,
    says: String,
    errors: Errors,
    link: Field,
    button: String,
}

/// The page for somebody who comes without a link, or with one that cannot be read.
#[must_use]
pub fn link(frame: &Frame<'_>, wrong: bool) -> String {
    let words = frame.words;
    let l = words.l;
    let link = Field {
        hint: Some(fl!(l, "invitation-link-hint")),
        error: wrong.then(|| fl!(l, "invitation-link-wrong")),
        ..Field::text(LINK, fl!(l, "invitation-link"))
    };
    let heading = fl!(l, "invitation-open");
    let errors = errors(words, [&link]);
    LinkPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        says: fl!(l, "invitation-open-says"),
        errors,
        link,
        button: fl!(l, "continue"),
    }
    .to_string()
}

#[derive(Template)]
#[template(path = "invitation/invitation.html")]
struct InvitationPage<'a> {
    shell: Shell,
    heading: String,
    says: Vec<String>,
    secret: &'a str,
    /// Id of the site, where passkeys are offered.
    party: Option<&'a str>,
    has_provider: bool,
}

/// The page that a link opens.
#[must_use]
pub fn page(frame: &Frame<'_>, invitation: &Invitation, secret: &str) -> String {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "invitation", organization = invitation.organization.as_str());
    let mut says = vec![fl!(l, "invitation-says", role = roles(words, &invitation.roles))];
    if invitation.administers {
        says.push(fl!(l, "invitation-administers"));
    }
    if let Some(email) = &invitation.email {
        says.push(fl!(l, "invitation-email", email = email.as_str()));
    }
    says.push(match frame.party {
        Some(_) => fl!(l, "passkey-needs"),
        None => fl!(l, "invitation-needs"),
    });
    if invitation.has_provider {
        says.push(fl!(l, "sign-on-join-says"));
    }
    says.push(fl!(l, "invitation-until", day = words.instant(invitation.until)));
    InvitationPage {
        shell: Shell::of(frame, &heading, None).around_form(&Errors::default()),
        heading,
        says,
        secret,
        party: frame.party,
        has_provider: invitation.has_provider,
    }
    .to_string()
}

/// Roles in the reader's words.
pub(crate) fn roles(words: Words, roles: &[Role]) -> String {
    roles.iter().map(|role| role.text(words)).collect::<Vec<_>>().join(", ")
}

#[derive(Template)]
#[template(path = "invitation/take_up.html")]
struct TakeUpPage<'a> {
    shell: Shell,
    heading: String,
    errors: Errors,
    taken: &'a TakeUp,
    /// Letters of the key in groups of four.
    groups: String,
    /// Address that opens an authenticator; none where it is not one.
    app: Option<&'a str>,
    name: Field,
    email: Option<Field>,
    code: Field,
}

/// The page on which the authenticator is set up and the invitation taken.
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
    let email = taken.email.as_deref().map(|typed| Field {
        error: match (is(Wrong::Email), is(Wrong::EmailTaken)) {
            (true, _) => Some(fl!(l, "email-wrong")),
            (_, true) => Some(fl!(l, "email-taken")),
            _ => None,
        },
        ..email_field(words, typed, None)
    });
    let asked = Asked { recovery: false, refused: is(Wrong::Code).then_some(Refused::Code) };
    let code = code_field(words, "code", &asked);
    let errors = errors(words, [&code, &name].into_iter().chain(&email));
    let heading = fl!(l, "authenticator");
    let letters: Vec<char> = taken.key.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    TakeUpPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        errors,
        taken,
        groups: groups.join(" "),
        app: Some(&*taken.uri).filter(|uri| uri.starts_with("otpauth://totp/")),
        name,
        email,
        code,
    }
    .to_string()
}

/// Way in that a person set up, for whose loss the recovery codes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// An authenticator app, with its codes.
    App,
    /// A passkey on a device.
    Passkey,
}

#[derive(Template)]
#[template(path = "invitation/codes.html")]
struct CodesPage<'a> {
    shell: Shell,
    heading: String,
    why: String,
    codes: &'a [String],
    action: Action,
}

/// The page after an invitation was taken up: the recovery codes, which are shown once.
#[must_use]
pub fn codes(frame: &Frame<'_>, way: Way, codes: &[String]) -> String {
    let l = frame.words.l;
    let heading = fl!(l, "invitation-codes");
    CodesPage {
        shell: Shell::of(frame, &heading, None),
        heading,
        why: match way {
            Way::App => fl!(l, "invitation-codes-why"),
            Way::Passkey => fl!(l, "passkey-codes-why"),
        },
        codes,
        action: Action::main(fl!(l, "invitation-codes-kept"), ROOT),
    }
    .to_string()
}

/// The page of a link that opens nothing any more.
#[must_use]
pub fn closed(frame: &Frame<'_>) -> String {
    let l = frame.words.l;
    let action = Action::main(fl!(l, "sign-in"), SIGN_IN);
    let (says, then) = (fl!(l, "invitation-closed-says"), fl!(l, "invitation-closed-then"));
    ending(frame, fl!(l, "invitation-closed"), says, then, action)
}

/// The page for a form that took an invitation up and is sent again.
#[must_use]
pub fn taken_before(frame: &Frame<'_>) -> String {
    let l = frame.words.l;
    let action = Action::main(fl!(l, "sign-in"), SIGN_IN);
    let (says, then) = (fl!(l, "invitation-taken-says"), fl!(l, "invitation-taken-then"));
    ending(frame, fl!(l, "invitation-taken"), says, then, action)
}
