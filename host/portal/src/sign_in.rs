//! Pages before a session, and in the place of one that has ended or is locked: passkey, e-mail address,
//! code, recovery code, and what comes after. Beside them stands the way by the organization's identity
//! provider, whose own pages are `sign_on`'s.
//!
//! None of them tells whether an account exists: after an e-mail address comes the code, whoever asks. A form
//! that was sent without a session that serves goes along as a hidden field, and comes back once the person
//! has signed in.

use askama::Template;
use i18n_embed_fl::fl;

use crate::fields::CHOOSE_AGAIN;
use crate::parts::{Action, ByPasskey, Errors, Field, Message, Mistake, PasskeyQuestion, Tone};
use crate::shell::{Frame, IN_LANGUAGE, ROOT, SIGN_IN, Shell};
use crate::sign_on::{BACK, ORGANIZATION, PROVE_THERE, Providers};
use crate::words::Words;

pub(crate) mod samples;

/// Address to which the e-mail address is posted.
pub const EMAIL: &str = SIGN_IN;
/// Address to which the code is posted.
pub const CODE: &str = "/portal/sign-in/code";
/// Address to which the code is posted that unlocks a session.
pub const UNLOCK: &str = "/portal/unlock";
/// Address to which the button posts that signs out.
pub const SIGN_OUT: &str = "/portal/sign-out";
/// Address of the page after that.
pub const SIGNED_OUT: &str = "/portal/signed-out";

/// Field of a form in which a kept form goes along, as the browser wrote it.
pub const KEPT: &str = "kept";
/// Field of a form with the address to go to afterwards.
pub const THEN: &str = "then";
/// Field of a form that says which kind of code is asked for: [`RECOVERY_WAY`] or nothing.
pub const WAY: &str = "way";
/// Name of the button that asks for the other kind of code.
pub const OTHER_WAY: &str = "other-way";
/// Word for a recovery code in these two.
pub const RECOVERY_WAY: &str = "recovery";
/// Word for a code of the authenticator in them.
pub const APP_WAY: &str = "app";
/// Field of a form in which the answer of a passkey goes along.
pub const PASSKEY: &str = "passkey";
/// Address that says what a passkey has to sign so that its person is signed in.
pub const ASK_PASSKEY: &str = "/portal/passkeys/sign-in";
/// Address that says what a passkey has to sign to prove who the person of the session is.
pub const ASK_PROOF: &str = "/portal/passkeys/proof";
/// The fields of a code on the page that asks for a proof, the passkey's, and that of whoever gave the proof
/// elsewhere meanwhile: they stand in a form that is not theirs.
pub const PROOF: [&str; 5] =
    ["proof-code", "proof-way", "proof-other-way", "proof-passkey", "proof-organization"];

/// Reason for which a code was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It does not fit, for whatever reason.
    Code,
    /// It was a passkey, and is none that fits.
    Passkey,
    /// There were too many tries; the next one is heard after so many minutes.
    TooMany {
        /// Minutes until the next try is heard.
        minutes: i64,
    },
}

/// A code that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// True for one of the recovery codes; else it is the authenticator's.
    pub recovery: bool,
    /// Reason for which the last one was not taken.
    pub refused: Option<Refused>,
}

/// Mistake of whoever is asked for an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// The text that was typed is no e-mail address.
    Email,
    /// A passkey was used in its place, and was not taken.
    Passkey,
}

/// Step of signing in, with what was typed and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The e-mail address is asked for.
    Email {
        /// Address, as it was typed.
        email: String,
        /// Mistake, if there was one.
        wrong: Option<Slip>,
    },
    /// A code is asked for.
    Code {
        /// Address that was typed before.
        email: String,
        /// Kind of code, and what was wrong with the last one.
        asked: Asked,
    },
    /// A code is asked for that unlocks the session.
    Unlock(Asked),
}

/// Reason for which somebody is asked to sign in, said above the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody came to a page without a session.
    Asked,
    /// The session ended after a time without a request.
    TimedOut,
    /// The viewer locked the page.
    Locked,
}

/// The next step once somebody has signed in.
#[derive(Clone, Copy, Debug)]
pub struct Then<'a> {
    /// Address to go to, or to which the kept form was sent.
    pub address: &'a str,
    /// Fields of a form that was sent and not taken, as the browser wrote them.
    pub form: Option<&'a str>,
    /// True if something was sent that cannot be kept, with everything in it.
    pub is_lost: bool,
}

impl Then<'_> {
    /// True if the form came with a file, which has to be chosen again.
    fn lacks_a_file(&self) -> bool {
        let names = self.form.into_iter().flat_map(|form| form.split('&'));
        names.filter_map(|pair| pair.split('=').next()).any(|name| name == CHOOSE_AGAIN)
    }
}

impl Default for Then<'_> {
    fn default() -> Self {
        Self { address: ROOT, form: None, is_lost: false }
    }
}

/// A button beside the main one of a form.
struct Press {
    text: String,
    name: &'static str,
    value: &'static str,
}

/// The way by the organization's identity provider.
struct There {
    text: String,
    /// Address that its button posts to.
    action: &'static str,
    /// Fields of the form that it has for itself; `None` for a button of the form `entry`.
    own: Option<Vec<(String, String)>>,
    /// Way on for whoever comes back to this page: the provider's then opens beside it, since nothing that
    /// the form holds goes along.
    back: Option<BackHere>,
}

/// Way on for somebody who was at the provider meanwhile.
struct BackHere {
    says: String,
    press: Press,
    /// Address that the button posts to, if it is not the form's own.
    action: Option<&'static str>,
}

impl There {
    /// The way of whoever signs in.
    fn to_sign_in(frame: &Frame<'_>, then: Then<'_>) -> Option<Self> {
        let l = frame.words.l;
        let text = match then.form {
            Some(_) => fl!(l, "sign-on-button-beside"),
            None => fl!(l, "sign-on"),
        };
        let back = then.form.map(|_| BackHere::to_sign_in(frame));
        (frame.providers != Providers::None).then_some(Self { text, action: ORGANIZATION, own: None, back })
    }

    /// The way of the person of a session that is locked.
    fn to_unlock(frame: &Frame<'_>, then: Then<'_>) -> Option<Self> {
        let own = match then.form {
            Some(_) => Vec::new(),
            None => vec![(THEN.to_owned(), then.address.to_owned())],
        };
        let back = then.form.map(|_| BackHere::to_sign_in(frame));
        Self::to_prove(frame, own, back)
    }

    fn to_prove(frame: &Frame<'_>, own: Vec<(String, String)>, back: Option<BackHere>) -> Option<Self> {
        let l = frame.words.l;
        let text = match back {
            Some(_) => fl!(l, "sign-on-prove-beside"),
            None => fl!(l, "sign-on-prove"),
        };
        let is_usual = frame.providers == Providers::Usual;
        is_usual.then_some(Self { text, action: PROVE_THERE, own: Some(own), back })
    }
}

impl BackHere {
    fn to_sign_in(frame: &Frame<'_>) -> Self {
        let l = frame.words.l;
        let press = Press { text: fl!(l, "sign-on-back"), name: "", value: "" };
        Self { says: fl!(l, "sign-on-back-says"), press, action: Some(BACK) }
    }

    fn to_the_step(frame: &Frame<'_>) -> Self {
        let l = frame.words.l;
        let press = Press { text: fl!(l, "sign-on-back-button"), name: PROOF[4], value: "shown" };
        Self { says: fl!(l, "sign-on-back-says"), press, action: None }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    shell: Shell,
    heading: String,
    messages: Vec<Message>,
    says: String,
    errors: Errors,
    action: String,
    hidden: Vec<(String, String)>,
    passkey: Option<ByPasskey>,
    fields: Vec<Field>,
    /// Main button; without a name its being pressed is not told.
    button: Press,
    other: Option<Press>,
    there: Option<There>,
    link: Option<Action>,
}

/// The page of a step.
#[must_use]
pub fn page(frame: &Frame<'_>, why: Why, step: &Step, then: Then<'_>) -> String {
    let mut hidden = vec![(THEN.to_owned(), then.address.to_owned())];
    hidden.extend(then.form.map(|form| (KEPT.to_owned(), form.to_owned())));
    let messages = messages(frame.words, why, &then);
    match step {
        Step::Email { email, wrong } => {
            let field = email_field(frame.words, email, *wrong);
            email_page(frame, messages, hidden, (field, There::to_sign_in(frame, then)))
        }
        Step::Code { email, asked } => {
            hidden.push(("email".to_owned(), email.clone()));
            code_page(frame, messages, hidden, (asked, None))
        }
        Step::Unlock(asked) => code_page(frame, messages, hidden, (asked, Some(then))),
    }
}

/// Reasons for which somebody has to sign in, and what became of what was sent.
fn messages(words: Words, why: Why, then: &Then<'_>) -> Vec<Message> {
    let l = words.l;
    let mut texts = Vec::new();
    match why {
        Why::Asked => {}
        Why::TimedOut => texts.push(fl!(l, "signed-out")),
        Why::Locked => texts.push(fl!(l, "locked")),
    }
    if then.form.is_some() {
        texts.push(fl!(l, "sign-in-kept"));
    }
    if then.lacks_a_file() {
        texts.push(fl!(l, "sign-in-choose-again"));
    }
    if then.is_lost {
        texts.push(fl!(l, "sign-in-lost"));
    }
    texts.into_iter().map(|text| Message { tone: Tone::Plain, text }).collect()
}

fn email_page(
    frame: &Frame<'_>,
    messages: Vec<Message>,
    hidden: Vec<(String, String)>,
    (field, there): (Field, Option<There>),
) -> String {
    let words = frame.words;
    let l = words.l;
    finished(frame, fl!(l, "sign-in"), |shell, heading| SignInPage {
        shell,
        heading,
        messages,
        says: fl!(l, "sign-in-says"),
        errors: errors(words, [&field]),
        action: EMAIL.to_owned(),
        hidden,
        passkey: press(frame, fl!(l, "passkey-sign-in"), PASSKEY, ASK_PASSKEY),
        fields: vec![field],
        button: carry_on(words),
        other: None,
        there,
        link: None,
    })
}

/// A code is asked for, of who signs in or of whose session is locked; of the latter with what follows.
fn code_page(
    frame: &Frame<'_>,
    messages: Vec<Message>,
    mut hidden: Vec<(String, String)>,
    (asked, locked): (&Asked, Option<Then<'_>>),
) -> String {
    let words = frame.words;
    let l = words.l;
    let is_locked = locked.is_some();
    let way = if asked.recovery { RECOVERY_WAY } else { APP_WAY };
    hidden.push((WAY.to_owned(), way.to_owned()));
    let field = code_field(words, "code", asked);
    let (heading, says) = code_words(words, asked.recovery);
    finished(frame, if is_locked { fl!(l, "sign-in-locked") } else { heading }, |shell, heading| SignInPage {
        shell,
        heading,
        messages,
        says,
        errors: errors(words, [&field]),
        action: if is_locked { UNLOCK } else { CODE }.to_owned(),
        hidden,
        passkey: match is_locked {
            true => press(frame, fl!(l, "passkey-prove"), PASSKEY, ASK_PROOF),
            false => None,
        },
        fields: vec![field],
        button: carry_on(words),
        other: Some(other_way(words, OTHER_WAY, asked)),
        there: locked.and_then(|then| There::to_unlock(frame, then)),
        link: Some(Action::other(fl!(l, "sign-in-other"), SIGN_IN)),
    })
}

/// The page that asks for a code before a step, which its form then takes: `fields` are those of the step,
/// and `address` is where they were sent.
#[must_use]
pub fn proof(frame: &Frame<'_>, asked: Asked, address: &str, fields: &[(String, String)]) -> String {
    let words = frame.words;
    let l = words.l;
    let way = if asked.recovery { RECOVERY_WAY } else { APP_WAY };
    let mut hidden = fields.to_vec();
    hidden.push((PROOF[1].to_owned(), way.to_owned()));
    let field = code_field(words, PROOF[0], &asked);
    finished(frame, fl!(l, "proof"), |shell, heading| SignInPage {
        shell,
        heading,
        messages: vec![Message { tone: Tone::Plain, text: fl!(l, "proof-says") }],
        says: code_words(words, asked.recovery).1,
        errors: errors(words, [&field]),
        action: address.to_owned(),
        hidden,
        passkey: press(frame, fl!(l, "passkey-prove"), PROOF[3], ASK_PROOF),
        fields: vec![field],
        button: Press { text: fl!(l, "proof-button"), name: "", value: "" },
        other: Some(other_way(words, PROOF[2], &asked)),
        there: There::to_prove(frame, Vec::new(), Some(BackHere::to_the_step(frame))),
        link: None,
    })
}

/// The page after signing in that brings a kept form back: the button asks for the form with everything in
/// it, as the language button does, and so sends nothing.
#[must_use]
pub fn kept(frame: &Frame<'_>, address: &str, fields: &[(String, String)]) -> String {
    let words = frame.words;
    let l = words.l;
    let lacks_a_file = fields.iter().any(|(name, _)| name == CHOOSE_AGAIN);
    let again = || Message { tone: Tone::Plain, text: fl!(l, "sign-in-choose-again") };
    finished(frame, fl!(l, "sign-in-back"), |shell, heading| SignInPage {
        shell,
        heading,
        messages: lacks_a_file.then(again).into_iter().collect(),
        says: fl!(l, "sign-in-back-says"),
        errors: Errors::default(),
        action: address.to_owned(),
        hidden: fields.iter().filter(|(name, _)| name != IN_LANGUAGE).cloned().collect(),
        passkey: None,
        fields: Vec::new(),
        button: Press { text: fl!(l, "sign-in-back-button"), name: IN_LANGUAGE, value: words.tag() },
        other: None,
        there: None,
        link: None,
    })
}

/// The button that has a passkey sign what an address gives, where passkeys are offered.
fn press(frame: &Frame<'_>, text: String, field: &'static str, address: &'static str) -> Option<ByPasskey> {
    let failed = fl!(frame.words.l, "passkey-failed");
    let party = frame.party?.to_owned();
    Some(ByPasskey { text, failed, field, error: None, party, question: PasskeyQuestion::Sign(address) })
}

/// A form in its frame. The mistakes go into the title.
fn finished(frame: &Frame<'_>, heading: String, make: impl FnOnce(Shell, String) -> SignInPage) -> String {
    let mut page = make(Shell::of(frame, &heading, None), heading);
    page.shell = page.shell.around_form(&page.errors);
    page.to_string()
}

/// Mistakes of the fields, for the list above the form.
pub(crate) fn errors<'a>(words: Words, fields: impl IntoIterator<Item = &'a Field>) -> Errors {
    let mistake = |field: &Field| Some(Mistake::at(field.name.clone(), field.error.clone()?));
    Errors { title: fl!(words.l, "errors"), rows: fields.into_iter().filter_map(mistake).collect() }
}

pub(crate) fn email_field(words: Words, email: &str, wrong: Option<Slip>) -> Field {
    Field {
        value: email.to_owned(),
        kind: "email",
        autocomplete: "username webauthn",
        error: wrong.map(|wrong| match wrong {
            Slip::Email => fl!(words.l, "email-wrong"),
            Slip::Passkey => fl!(words.l, "passkey-wrong"),
        }),
        ..Field::text("email", fl!(words.l, "email"))
    }
}

/// Field for a code. What was typed is not shown again: a code that was refused is of no use.
pub(crate) fn code_field(words: Words, name: &'static str, asked: &Asked) -> Field {
    let l = words.l;
    let error = asked.refused.map(|refused| match (refused, asked.recovery) {
        (Refused::TooMany { minutes }, _) => fl!(l, "sign-in-too-many", minutes = minutes),
        (Refused::Passkey, _) => fl!(l, "passkey-wrong"),
        (Refused::Code, true) => fl!(l, "recovery-wrong"),
        (Refused::Code, false) => fl!(l, "code-wrong"),
    });
    if asked.recovery {
        return Field {
            hint: Some(fl!(l, "recovery-hint")),
            error,
            ..Field::text(name, fl!(l, "recovery-label"))
        };
    }
    Field {
        hint: Some(fl!(l, "code-hint")),
        autocomplete: "one-time-code",
        digits: true,
        width: "short",
        error,
        ..Field::text(name, fl!(l, "code-label"))
    }
}

/// Heading and sentence above a code.
fn code_words(words: Words, recovery: bool) -> (String, String) {
    let l = words.l;
    if recovery {
        (fl!(l, "recovery"), fl!(l, "recovery-says"))
    } else {
        (fl!(l, "code"), fl!(l, "code-says"))
    }
}

fn carry_on(words: Words) -> Press {
    Press { text: fl!(words.l, "continue"), name: "", value: "" }
}

fn other_way(words: Words, name: &'static str, asked: &Asked) -> Press {
    let l = words.l;
    let (text, value) = match asked.recovery {
        true => (fl!(l, "use-code"), APP_WAY),
        false => (fl!(l, "use-recovery"), RECOVERY_WAY),
    };
    Press { text, name, value }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct EndPage {
    shell: Shell,
    heading: String,
    says: String,
    then: String,
    reference: Option<String>,
    action: Option<Action>,
}

/// The page after signing out.
#[must_use]
pub fn signed_out(frame: &Frame<'_>) -> String {
    let l = frame.words.l;
    let action = Action::main(fl!(l, "sign-in-again"), SIGN_IN);
    ending(frame, fl!(l, "sign-out-done"), fl!(l, "sign-out-says"), fl!(l, "sign-out-then"), action)
}

/// A page that says how something ended, and what to do next.
pub(crate) fn ending(
    frame: &Frame<'_>,
    heading: String,
    says: String,
    then: String,
    action: Action,
) -> String {
    let shell = Shell::of(frame, &heading, None);
    EndPage { shell, heading, says, then, reference: None, action: Some(action) }.to_string()
}
