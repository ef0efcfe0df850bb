//! Organizations, people's accounts, and keys: who has access to this host.

use std::collections::BTreeMap;

use askama::Template;
use domain::account::{Role as AccountRole, State as AccountState};
use domain::identifiers::OrgId;
use i18n_embed_fl::fl;
use workflow::Role as KeyRole;
use workflow::shown::{ShownAccount, ShownKey, ShownOrganization};

use super::{KEYS, NEW_KEY, ORGANIZATIONS, PEOPLE, Section, Sections, health};
use crate::criteria::Choice;
use crate::identity::IDENTITY;
use crate::parts::{Action, Empty, Errors, Field, Message, Mistake, Row, Titled, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Names of organizations, by their ids.
pub type Organizations = BTreeMap<OrgId, String>;

/// Text that stands in a cell that has nothing to say.
pub(crate) const NONE: &str = "–";

/// A list, and what may be done beside it.
#[derive(Template)]
#[template(path = "county/list.html")]
struct ListPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    says: String,
    action: Option<Action>,
    list: Option<Titled>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// A list before it has its frame.
pub(crate) struct List {
    pub(crate) section: Section,
    pub(crate) heading: String,
    pub(crate) says: String,
    pub(crate) action: Option<Action>,
    pub(crate) heads: Vec<String>,
    pub(crate) rows: Vec<Row>,
    /// Address of the list, and the cursor of its next page.
    pub(crate) next: Option<(&'static str, String)>,
}

pub(crate) fn view(frame: &Frame<'_>, list: List) -> String {
    let l = frame.words.l;
    let empty = list.rows.is_empty().then(|| Empty {
        title: fl!(l, "county-list-empty"),
        text: fl!(l, "county-list-empty-says"),
        action: None,
    });
    let next =
        list.next.map(|(address, cursor)| Action::other(fl!(l, "more"), format!("{address}?after={cursor}")));
    let sheet = Titled { heading: "title".to_owned(), heads: list.heads, rows: list.rows };
    let page = ListPage {
        shell: Shell::of(frame, &list.heading, Some(Place::County)),
        sections: Sections::of(frame, list.section),
        heading: list.heading,
        says: list.says,
        action: list.action,
        list: (!sheet.rows.is_empty()).then_some(sheet),
        empty,
        next,
    };
    page.to_string()
}

/// A row of a list: its first cell, and the others under their heads.
pub(crate) fn line(heads: &[String], name: String, address: Option<String>, cells: Vec<String>) -> Row {
    Row { name, address, cells: heads.iter().skip(1).cloned().zip(cells).collect() }
}

/// Page of the organizations, as HTML.
#[must_use]
pub fn organizations(frame: &Frame<'_>, shown: &[ShownOrganization], next: Option<String>) -> String {
    let words = frame.words;
    let heads = organization_heads(words);
    let row = |shown: &ShownOrganization| {
        let organization = &shown.organization;
        let counties: Vec<String> = organization.counties.iter().map(ToString::to_string).collect();
        let cells = vec![
            organization_kind(words, organization.kind.name()),
            health::state(words, &organization.state),
            organization.plan.as_ref().map_or_else(|| NONE.to_owned(), ToString::to_string),
            counties.join(", "),
            words.day(domain::time::pacific_day(organization.created_at)),
        ];
        line(&heads, organization.name.clone(), None, cells)
    };
    let rows = shown.iter().map(row).collect();
    view(frame, organization_list(words, rows, next))
}

fn organization_heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "person-name"),
        fl!(l, "kind"),
        fl!(l, "accounts-state"),
        fl!(l, "county-plan-id"),
        fl!(l, "money-counties"),
        fl!(l, "desk-since"),
    ]
}

pub(crate) fn organization_list(words: Words, rows: Vec<Row>, next: Option<String>) -> List {
    List {
        section: Section::Organizations,
        heading: fl!(words.l, "county-organizations"),
        says: fl!(words.l, "county-organizations-says"),
        action: None,
        heads: organization_heads(words),
        rows,
        next: next.map(|cursor| (ORGANIZATIONS, cursor)),
    }
}

fn organization_kind(words: Words, kind: &str) -> String {
    let l = words.l;
    match kind {
        "plan" => fl!(l, "plan"),
        "county" => fl!(l, "place-county"),
        _ => fl!(l, "county-provider"),
    }
}

/// Page of people's accounts, as HTML.
#[must_use]
pub fn people(
    frame: &Frame<'_>,
    shown: &[ShownAccount],
    organizations: &Organizations,
    next: Option<String>,
) -> String {
    let words = frame.words;
    let heads = people_heads(words);
    let row = |shown: &ShownAccount| {
        let account = &shown.account;
        let name = account.name.as_ref().map(|name| name.expose().to_owned());
        let roles: Vec<String> = account.rights.roles().map(|role| role_text(words, role)).collect();
        let cells = vec![
            organization(organizations, account.organization),
            roles.join(", "),
            if account.rights.administers() { fl!(words.l, "yes") } else { fl!(words.l, "no") },
            account_state(words, &account.state),
            words.day(domain::time::pacific_day(account.state.since())),
        ];
        line(&heads, name.unwrap_or_else(|| fl!(words.l, "county-no-name-yet")), None, cells)
    };
    let rows = shown.iter().map(row).collect();
    view(frame, people_list(words, rows, next))
}

fn people_heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "person-name"),
        fl!(l, "account-organization"),
        fl!(l, "account-roles"),
        fl!(l, "county-administers"),
        fl!(l, "accounts-state"),
        fl!(l, "desk-since"),
    ]
}

pub(crate) fn people_list(words: Words, rows: Vec<Row>, next: Option<String>) -> List {
    List {
        section: Section::People,
        heading: fl!(words.l, "county-people-heading"),
        says: fl!(words.l, "county-people-says"),
        action: Some(Action::other(fl!(words.l, "identity"), IDENTITY)),
        heads: people_heads(words),
        rows,
        next: next.map(|cursor| (PEOPLE, cursor)),
    }
}

/// Name of an organization; its id where it is on another page of the list.
fn organization(organizations: &Organizations, id: OrgId) -> String {
    organizations.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

fn account_state(words: Words, state: &AccountState) -> String {
    let l = words.l;
    match state {
        AccountState::Invited { .. } => fl!(l, "county-invited"),
        AccountState::Active { .. } => fl!(l, "county-active"),
        AccountState::Ended { .. } => fl!(l, "county-ended"),
    }
}

fn role_text(words: Words, role: AccountRole) -> String {
    let l = words.l;
    match role {
        AccountRole::Coordinator => fl!(l, "role-coordinator"),
        AccountRole::Biller => fl!(l, "role-biller"),
        AccountRole::Clerk => fl!(l, "role-clerk"),
        AccountRole::PlanOperations => fl!(l, "role-plan-operations"),
        AccountRole::Analyst => fl!(l, "role-plan-analyst"),
        AccountRole::Reviewer => fl!(l, "role-plan-reviewer"),
        AccountRole::CountyOperator => fl!(l, "role-county-operator"),
        AccountRole::CountyAnalyst => fl!(l, "role-county-analyst"),
    }
}

/// Page of the keys, as HTML.
#[must_use]
pub fn keys(
    frame: &Frame<'_>,
    shown: &[ShownKey],
    organizations: &Organizations,
    next: Option<String>,
) -> String {
    let words = frame.words;
    let heads = key_heads(words);
    let row = |shown: &ShownKey| {
        let key = &shown.key;
        let day = |at| words.day(domain::time::pacific_day(at));
        let is_over = key.revoked_at.or(key.expires_at.filter(|end| *end <= frame.now));
        let state = match (is_over, key.expires_at) {
            (Some(end), _) => fl!(words.l, "county-ended-on", day = day(end)),
            (None, Some(end)) => fl!(words.l, "county-ends-on", day = day(end)),
            (None, None) => fl!(words.l, "county-works"),
        };
        let cells = vec![
            organization(organizations, key.organization),
            key_role_text(words, key.role.name()),
            day(key.created_at),
            key.last_used_at.map_or_else(|| fl!(words.l, "county-never"), day),
            state,
        ];
        let address = key.revoked_at.is_none().then(|| key_address(&key.id.to_string()));
        line(&heads, key.label.clone(), address, cells)
    };
    let rows = shown.iter().map(row).collect();
    view(frame, key_list(words, rows, next))
}

/// Address of the page on which a key is ended.
pub(crate) fn key_address(id: &str) -> String {
    format!("{KEYS}/{id}")
}

fn key_heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "county-label"),
        fl!(l, "account-organization"),
        fl!(l, "county-may"),
        fl!(l, "county-made"),
        fl!(l, "desk-last-used"),
        fl!(l, "accounts-state"),
    ]
}

pub(crate) fn key_list(words: Words, rows: Vec<Row>, next: Option<String>) -> List {
    List {
        section: Section::Keys,
        heading: fl!(words.l, "county-keys"),
        says: fl!(words.l, "county-keys-says"),
        action: Some(Action::main(fl!(words.l, "desk-key-button"), NEW_KEY)),
        heads: key_heads(words),
        rows,
        next: next.map(|cursor| (KEYS, cursor)),
    }
}

fn key_role_text(words: Words, role: &str) -> String {
    let l = words.l;
    match role {
        "provider" => fl!(l, "county-key-provider"),
        "plan-reviewer" => fl!(l, "county-key-reviewer"),
        "plan-admin" => fl!(l, "county-key-admin"),
        _ => fl!(l, "county-key-operator"),
    }
}

/// Field of a new key in which something may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMistake {
    /// No label, or one that is too long.
    Label,
    /// None of the organizations, or one that has ended.
    Organization,
    /// A role that the organization's kind does not have.
    Role,
    /// A license that is too long.
    License,
}

/// The form of a new key, as it was typed.
pub struct NewKeyForm<'a> {
    /// Organizations that can be chosen, by name.
    pub organizations: &'a Organizations,
    /// Id of the chosen one.
    pub organization: &'a str,
    /// Role, by its word in the API.
    pub role: &'a str,
    /// Purpose of the key.
    pub label: &'a str,
    /// License of its holder.
    pub license: &'a str,
    /// Mistakes of the form.
    pub mistakes: &'a [KeyMistake],
    /// Key of the attempt, made when the form was shown.
    pub once: &'a str,
}

#[derive(Template)]
#[template(path = "county/new_key.html")]
struct NewKeyPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    says: String,
    errors: Errors,
    once: String,
    selects: Vec<Select>,
    fields: Vec<Field>,
}

/// A field whose value is one of a list.
struct Select {
    name: &'static str,
    label: String,
    error: Option<String>,
    choices: Vec<Choice>,
}

impl NewKeyForm<'_> {
    /// Text of a mistake, if it was made.
    fn error(&self, mistake: KeyMistake, words: Words) -> Option<String> {
        let l = words.l;
        self.mistakes.contains(&mistake).then(|| match mistake {
            KeyMistake::Label => fl!(l, "county-label-wrong"),
            KeyMistake::Organization => fl!(l, "county-organization-wrong"),
            KeyMistake::Role => fl!(l, "county-role-wrong"),
            KeyMistake::License => fl!(l, "county-license-wrong"),
        })
    }
}

/// Organization and role of a new key.
fn selects(form: &NewKeyForm<'_>, words: Words) -> Vec<Select> {
    let organizations = form.organizations.iter().map(|(id, name)| Choice {
        is_chosen: id.to_string() == form.organization,
        id: id.to_string(),
        text: name.clone(),
    });
    let roles = KeyRole::ALL.iter().map(|role| Choice {
        id: role.name().to_owned(),
        text: key_role_text(words, role.name()),
        is_chosen: role.name() == form.role,
    });
    vec![
        Select {
            name: "organization",
            label: fl!(words.l, "account-organization"),
            error: form.error(KeyMistake::Organization, words),
            choices: organizations.collect(),
        },
        Select {
            name: "role",
            label: fl!(words.l, "county-may"),
            error: form.error(KeyMistake::Role, words),
            choices: roles.collect(),
        },
    ]
}

/// Label of a new key, and the license of whoever holds it.
fn fields(form: &NewKeyForm<'_>, words: Words) -> Vec<Field> {
    let l = words.l;
    vec![
        Field {
            hint: Some(fl!(l, "county-label-hint")),
            value: form.label.to_owned(),
            error: form.error(KeyMistake::Label, words),
            ..Field::text("label", fl!(l, "county-label"))
        },
        Field {
            hint: Some(fl!(l, "county-license-hint")),
            value: form.license.to_owned(),
            error: form.error(KeyMistake::License, words),
            width: "short",
            ..Field::text("license", fl!(l, "county-license"))
        },
    ]
}

/// Form of a new key, as HTML.
#[must_use]
pub fn new_key(frame: &Frame<'_>, form: &NewKeyForm<'_>) -> String {
    let words = frame.words;
    let l = words.l;
    let (selects, fields) = (selects(form, words), fields(form, words));
    let mistakes = selects.iter().map(|select| (select.name.into(), &select.error));
    let mistakes = mistakes.chain(fields.iter().map(|field| (field.name.clone(), &field.error)));
    let mistakes = mistakes.filter_map(|(field, text)| Some(Mistake::at(field, text.clone()?)));
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes.collect() };
    let heading = fl!(l, "desk-key-button");
    let page = NewKeyPage {
        shell: Shell::of(frame, &heading, Some(Place::County)).around_form(&errors),
        heading,
        sections: Sections::of(frame, Section::Keys),
        says: fl!(l, "county-make-key-says"),
        errors,
        once: form.once.to_owned(),
        selects,
        fields,
    };
    page.to_string()
}

#[derive(Template)]
#[template(path = "county/key.html")]
struct KeyPage {
    shell: Shell,
    heading: String,
    sections: Sections,
    message: Option<Message>,
    says: String,
    secret: Option<String>,
    /// Address to which the end is posted; none where nothing is to be done.
    end: Option<String>,
    back: Action,
}

/// Page of a key that was made just now; `secret` is told here and nowhere else. It is `None` when the same
/// form came again.
#[must_use]
pub fn made_key(frame: &Frame<'_>, secret: Option<&str>) -> String {
    let l = frame.words.l;
    let (tone, text) = match secret {
        Some(_) => (Tone::Good, fl!(l, "county-key-made")),
        None => (Tone::Soon, fl!(l, "county-key-made-before")),
    };
    let heading = fl!(l, "county-key-heading");
    let page = KeyPage {
        shell: Shell::of(frame, &heading, Some(Place::County)),
        heading,
        sections: Sections::of(frame, Section::Keys),
        message: Some(Message { tone, text }),
        says: secret.map_or_else(String::new, |_| fl!(l, "county-key-keep")),
        secret: secret.map(str::to_owned),
        end: None,
        back: Action::other(fl!(l, "county-to-keys"), KEYS),
    };
    page.to_string()
}

/// Page on which a key is ended.
#[must_use]
pub fn end_key(frame: &Frame<'_>, id: &str, label: &str, organization: &str, is_last: bool) -> String {
    let l = frame.words.l;
    let heading = fl!(l, "county-end-key");
    let page = KeyPage {
        shell: Shell::of(frame, &heading, Some(Place::County)),
        heading,
        sections: Sections::of(frame, Section::Keys),
        message: is_last.then(|| Message { tone: Tone::Late, text: fl!(l, "county-last-key") }),
        says: fl!(l, "county-end-key-says", label = label, organization = organization),
        secret: None,
        end: (!is_last).then(|| format!("{}/end", key_address(id))),
        back: Action::other(fl!(l, "county-to-keys"), KEYS),
    };
    page.to_string()
}
