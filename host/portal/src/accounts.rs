//! The people of an organization, for who looks after their accounts: who there is, inviting, roles, links,
//! and ending.

use askama::Template;
use domain::case::Language;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::fields::{ONCE, VERSION};
use crate::identity::IDENTITY;
use crate::invitation::roles;
use crate::parts::{Action, Entry, Errors, Field, Message, Mistake, Row, Sheet, Summary, Tone};
use crate::shell::{Frame, Role, Shell};
use crate::sign_in::{email_field, errors};
use crate::words::Words;

pub(crate) mod samples;

/// Address of the list; each account lies below it by its id.
pub const ACCOUNTS: &str = "/portal/accounts";
/// Address of the form that invites somebody.
pub const NEW: &str = "/portal/accounts/new";

/// State of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A link was made, and nobody has taken it up.
    Invited,
    /// The person can sign in.
    Active,
    /// Nobody signs in with it any more.
    Ended {
        /// Reason in the words of whoever ended it.
        reason: String,
    },
}

/// The account of one person, as administrators see it.
#[derive(Clone, Debug)]
pub struct Person {
    /// Id of the account.
    pub id: String,
    /// Name of the person; `None` until the first operator has said it.
    pub name: Option<String>,
    /// E-mail address, as the name.
    pub email: Option<String>,
    /// Roles of the person.
    pub roles: Vec<Role>,
    /// Clinical license of a reviewer.
    pub license: Option<String>,
    /// True if the person looks after accounts.
    pub administers: bool,
    /// State of the account.
    pub state: State,
    /// Instant from which it is so.
    pub since: Timestamp,
    /// First instant at which its link opens nothing any more; `None` without an open link, and in lists.
    pub link_until: Option<Timestamp>,
    /// Version of the account, which a change is for.
    pub version: i64,
}

/// The people of one organization.
pub struct People<'a> {
    /// Name of the organization.
    pub organization: &'a str,
    /// Its accounts on this page.
    pub people: &'a [Person],
    /// Address of the next page.
    pub next: Option<String>,
    /// Address of the form that invites somebody.
    pub invite: String,
}

/// Account that a form makes or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Somebody new, of the organization with this id; `None`: of the viewer's own.
    New(Option<String>),
    /// The account with this id, as its version was when the form was shown.
    Known {
        /// Id of the account.
        id: String,
        /// Version that the change is for.
        version: i64,
    },
}

/// Form for an account, with what was typed.
#[derive(Clone, Debug)]
pub struct Form {
    /// Account that it is for.
    pub whose: Whose,
    /// Key of the attempt, by which a form that is sent twice is taken once.
    pub once: String,
    /// Name of the person.
    pub name: String,
    /// E-mail address; it is asked of new ones only.
    pub email: String,
    /// Language in which the person reads the portal.
    pub language: Language,
    /// Roles that people of the organization can have.
    pub offered: Vec<Role>,
    /// Roles that are chosen.
    pub roles: Vec<Role>,
    /// Clinical license, empty where there is none.
    pub license: String,
    /// True if the person is to look after accounts.
    pub administers: bool,
    /// Mistakes of the form.
    pub wrong: Vec<Wrong>,
    /// True if somebody changed the account since the form was shown.
    pub is_changed: bool,
}

/// A mistake in a form about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// There is no name, or none that can be kept.
    Name,
    /// The text typed is no address.
    Email,
    /// Somebody of the organization has the address.
    EmailTaken,
    /// No role is chosen.
    NoRole,
    /// A role is chosen that the organization does not have.
    RoleOfOthers,
    /// A reviewer has no license.
    LicenseMissing,
    /// Somebody else has one.
    LicenseWithoutReviewer,
    /// Whoever looks after the county's accounts runs the host.
    OperatorMissing,
    /// Nobody else would look after accounts.
    LastAdministrator,
    /// There is no reason, or a long one.
    Reason,
}

impl Wrong {
    /// The field that the mistake is in.
    fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email | Self::EmailTaken => "email",
            Self::NoRole | Self::RoleOfOthers => "roles",
            Self::LicenseMissing | Self::LicenseWithoutReviewer => "license",
            Self::OperatorMissing | Self::LastAdministrator => "administers",
            Self::Reason => "reason",
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Name => fl!(l, "accounts-name-missing"),
            Self::Email => fl!(l, "email-wrong"),
            Self::EmailTaken => fl!(l, "email-taken"),
            Self::NoRole => fl!(l, "accounts-role-missing"),
            Self::RoleOfOthers => fl!(l, "accounts-role-wrong"),
            Self::LicenseMissing => fl!(l, "accounts-license-missing"),
            Self::LicenseWithoutReviewer => fl!(l, "accounts-license-wrong"),
            Self::OperatorMissing => fl!(l, "accounts-operator-missing"),
            Self::LastAdministrator => fl!(l, "accounts-last"),
            Self::Reason => fl!(l, "accounts-reason-missing"),
        }
    }

    /// The first mistake of a list that is in a field.
    fn of_field(list: &[Self], field: &str, words: Words) -> Option<String> {
        list.iter().find(|wrong| wrong.field() == field).map(|wrong| wrong.text(words))
    }
}

/// Name of a person as a page shows it.
fn name_of(person: &Person, words: Words) -> String {
    person.name.clone().unwrap_or_else(|| fl!(words.l, "accounts-nameless"))
}

fn state_of(person: &Person, words: Words) -> String {
    let (l, since) = (words.l, words.instant(person.since));
    match &person.state {
        State::Invited => fl!(l, "accounts-invited", at = since),
        State::Active => fl!(l, "accounts-active", at = since),
        State::Ended { .. } => fl!(l, "accounts-ended", at = since),
    }
}

/// Roles with the care of accounts.
fn roles_of(person: &Person, words: Words) -> String {
    let mut text = roles(words, &person.roles);
    if person.administers {
        text += ", ";
        text += &fl!(words.l, "accounts-administrator");
    }
    text
}

#[derive(Template)]
#[template(path = "accounts/accounts.html")]
struct PeoplePage {
    shell: Shell,
    heading: String,
    sheet: Sheet,
    invite: Action,
    identity: Action,
    next: Option<Action>,
}

/// The list of people.
#[must_use]
pub fn list(frame: &Frame<'_>, list: &People<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let heads = [fl!(l, "person-name"), fl!(l, "email"), fl!(l, "account-roles"), fl!(l, "accounts-state")];
    let row = |person: &Person| Row {
        name: name_of(person, words),
        address: Some(format!("{ACCOUNTS}/{}", person.id)),
        cells: vec![
            (heads[1].clone(), person.email.clone().unwrap_or_default()),
            (heads[2].clone(), roles_of(person, words)),
            (heads[3].clone(), state_of(person, words)),
        ],
    };
    let rows = list.people.iter().map(row).collect();
    let heading = fl!(l, "accounts");
    PeoplePage {
        shell: Shell::of(frame, &heading, None),
        sheet: Sheet {
            caption: fl!(l, "accounts-caption", organization = list.organization),
            heads: heads.to_vec(),
            rows,
        },
        heading,
        invite: Action::main(fl!(l, "accounts-new"), list.invite.clone()),
        identity: Action::other(fl!(l, "identity"), IDENTITY),
        next: list.next.clone().map(|address| Action::other(fl!(l, "more"), address)),
    }
    .to_string()
}

#[derive(Template)]
#[template(path = "accounts/person.html")]
struct PersonPage {
    shell: Shell,
    heading: String,
    summary: Summary,
    actions: Vec<Action>,
}

/// The page of one account.
#[must_use]
pub fn person(frame: &Frame<'_>, person: &Person) -> String {
    let words = frame.words;
    let l = words.l;
    let entry = |name, value| Entry { name, value, note: None };
    let mut rows = vec![
        entry(fl!(l, "person-name"), name_of(person, words)),
        entry(fl!(l, "email"), person.email.clone().unwrap_or_default()),
        entry(fl!(l, "account-roles"), roles_of(person, words)),
    ];
    rows.extend(person.license.clone().map(|license| entry(fl!(l, "accounts-license"), license)));
    rows.push(entry(fl!(l, "accounts-state"), state_of(person, words)));
    rows.extend(person.link_until.map(|until| entry(fl!(l, "accounts-link-until"), words.instant(until))));
    let address = |step: &str| format!("{ACCOUNTS}/{}/{step}", person.id);
    let mut actions = Vec::new();
    match &person.state {
        State::Ended { reason } => rows.push(entry(fl!(l, "accounts-reason"), reason.clone())),
        State::Invited | State::Active => {
            actions.push(Action::main(fl!(l, "accounts-change"), address("change")));
            actions.push(Action::other(fl!(l, "accounts-link-new"), address("link")));
            actions.push(Action::other(fl!(l, "accounts-end"), address("end")));
        }
    }
    let heading = fl!(l, "accounts-one");
    PersonPage { shell: Shell::of(frame, &heading, None), heading, summary: Summary { rows }, actions }
        .to_string()
}

/// A language that can be chosen, by its own name.
struct LanguageRow {
    tag: &'static str,
    name: &'static str,
    is_chosen: bool,
}

/// A box that can be ticked.
struct Tick {
    id: String,
    name: &'static str,
    value: &'static str,
    label: String,
    is_ticked: bool,
}

#[derive(Template)]
#[template(path = "accounts/form.html")]
struct FormPage {
    shell: Shell,
    heading: String,
    message: Option<Message>,
    errors: Errors,
    action: String,
    hidden: Vec<(&'static str, String)>,
    name: Field,
    email: Option<Field>,
    languages: Vec<LanguageRow>,
    roles: Vec<Tick>,
    roles_wrong: Option<String>,
    license: Option<Field>,
    administers: Tick,
    administers_wrong: Option<String>,
    button: String,
}

/// Fields that the form sends unseen: its attempt, and what it is about.
fn hidden(form: &Form) -> Vec<(&'static str, String)> {
    let about = match &form.whose {
        Whose::New(organization) => organization.clone().map(|id| ("organization", id)),
        Whose::Known { version, .. } => Some((VERSION, version.to_string())),
    };
    [(ONCE, form.once.clone())].into_iter().chain(about).collect()
}

/// Languages of the portal, each by its own name.
fn language_rows(chosen: Language) -> Vec<LanguageRow> {
    let row = |language: Language| LanguageRow {
        tag: language.tag(),
        name: match language {
            Language::En => "English",
            Language::Es => "Español",
        },
        is_chosen: language == chosen,
    };
    Language::ALL.into_iter().map(row).collect()
}

fn role_ticks(form: &Form, words: Words) -> Vec<Tick> {
    let tick = |role: &Role| Tick {
        id: format!("role-{}", role.word()),
        name: "role",
        value: role.word(),
        label: role.text(words),
        is_ticked: form.roles.contains(role),
    };
    form.offered.iter().map(tick).collect()
}

/// The form that invites somebody, or changes an account.
#[must_use]
pub fn form(frame: &Frame<'_>, form: &Form) -> String {
    let words = frame.words;
    let l = words.l;
    let wrong = |field: &str| Wrong::of_field(&form.wrong, field, words);
    let (heading, action, button) = match &form.whose {
        Whose::New(_) => (fl!(l, "accounts-new"), NEW.to_owned(), fl!(l, "accounts-invite")),
        Whose::Known { id, .. } => {
            (fl!(l, "accounts-change"), format!("{ACCOUNTS}/{id}/change"), fl!(l, "accounts-save"))
        }
    };
    let is_new = matches!(form.whose, Whose::New(_));
    let name = Field {
        value: form.name.clone(),
        error: wrong("name"),
        ..Field::text("name", fl!(l, "person-name"))
    };
    let email = is_new.then(|| Field {
        autocomplete: "off",
        error: wrong("email"),
        ..email_field(words, &form.email, None)
    });
    let license = form.offered.contains(&Role::PlanReviewer).then(|| Field {
        value: form.license.clone(),
        hint: Some(fl!(l, "accounts-license-hint")),
        error: wrong("license"),
        ..Field::text("license", fl!(l, "accounts-license"))
    });
    let (roles_wrong, administers_wrong) = (wrong("roles"), wrong("administers"));
    let mistake = |field, text: &Option<String>| text.clone().map(|text| Mistake::at(field, text));
    let mut list = errors(words, [&name].into_iter().chain(&email));
    list.rows.extend(mistake("roles", &roles_wrong));
    list.rows.extend(errors(words, &license).rows);
    list.rows.extend(mistake("administers", &administers_wrong));
    let changed = form.is_changed.then(|| fl!(l, "accounts-changed"));
    FormPage {
        shell: Shell::of(frame, &heading, None).around_form(&list),
        heading,
        message: changed.map(|text| Message { tone: Tone::Late, text }),
        errors: list,
        action,
        hidden: hidden(form),
        name,
        email,
        languages: language_rows(form.language),
        roles: role_ticks(form, words),
        roles_wrong,
        license,
        administers: Tick {
            id: "administers".to_owned(),
            name: "administers",
            value: "yes",
            label: fl!(l, "accounts-administers"),
            is_ticked: form.administers,
        },
        administers_wrong,
        button,
    }
    .to_string()
}

#[derive(Template)]
#[template(path = "accounts/step.html")]
struct StepPage {
    shell: Shell,
    heading: String,
    message: Option<Message>,
    errors: Errors,
    says: String,
    action: String,
    hidden: Vec<(&'static str, String)>,
    reason: Option<Field>,
    button: String,
}

/// A step with an account that is asked for before it is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A new link, which closes every other way in.
    Link,
    /// Its end, with the reason as it was typed.
    End(String),
}

/// A step that is asked for, and the account that it is for.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Id of the account.
    pub id: String,
    /// Name of the person.
    pub name: Option<String>,
    /// Version that the step is for.
    pub version: i64,
    /// Key of the attempt.
    pub once: String,
    /// Step that is taken.
    pub ask: Ask,
    /// Mistakes of the form.
    pub wrong: Vec<Wrong>,
    /// True if somebody changed the account since the form was shown.
    pub is_changed: bool,
}

/// The form that asks once more before a step that takes something away.
#[must_use]
pub fn asking(frame: &Frame<'_>, asking: &Asking) -> String {
    let words = frame.words;
    let l = words.l;
    let name = asking.name.clone().unwrap_or_else(|| fl!(l, "accounts-nameless"));
    let name = name.as_str();
    let (step, heading, says, button) = match asking.ask {
        Ask::Link => (
            "link",
            fl!(l, "accounts-link-new"),
            fl!(l, "accounts-link-says", name = name),
            fl!(l, "accounts-link-make"),
        ),
        Ask::End(_) => (
            "end",
            fl!(l, "accounts-end"),
            fl!(l, "accounts-end-says", name = name),
            fl!(l, "accounts-end-now"),
        ),
    };
    let reason = match &asking.ask {
        Ask::Link => None,
        Ask::End(typed) => Some(Field {
            value: typed.clone(),
            hint: Some(fl!(l, "accounts-reason-hint")),
            error: Wrong::of_field(&asking.wrong, "reason", words),
            ..Field::text("reason", fl!(l, "accounts-reason"))
        }),
    };
    let message = match (asking.is_changed, asking.wrong.contains(&Wrong::LastAdministrator)) {
        (true, _) => Some(fl!(l, "accounts-changed")),
        (_, true) => Some(Wrong::LastAdministrator.text(words)),
        _ => None,
    };
    let errors = errors(words, &reason);
    StepPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        message: message.map(|text| Message { tone: Tone::Late, text }),
        errors,
        says,
        action: format!("{ACCOUNTS}/{}/{step}", asking.id),
        hidden: vec![(ONCE, asking.once.clone()), (VERSION, asking.version.to_string())],
        reason,
        button,
    }
    .to_string()
}

#[derive(Template)]
#[template(path = "accounts/link.html")]
struct LinkPage<'a> {
    shell: Shell,
    heading: String,
    says: Vec<String>,
    link: Option<&'a str>,
    action: Action,
}

/// The page with the link that opens an account, which is shown once. Without `link` it was shown before.
#[must_use]
pub fn link(frame: &Frame<'_>, person: &Person, link: Option<&str>) -> String {
    let words = frame.words;
    let l = words.l;
    let mut says = Vec::new();
    match link {
        Some(_) => {
            says.push(fl!(l, "accounts-link-give", name = name_of(person, words)));
            says.push(fl!(l, "accounts-link-once"));
        }
        None => says.push(fl!(l, "accounts-link-shown")),
    }
    says.extend(person.link_until.map(|until| fl!(l, "invitation-until", day = words.instant(until))));
    let heading = fl!(l, "invitation-link");
    LinkPage {
        shell: Shell::of(frame, &heading, None),
        heading,
        says,
        link,
        action: Action::main(fl!(l, "accounts-back"), ACCOUNTS),
    }
    .to_string()
}
