//! Identity providers, for who looks after an organization's people: which there are, setting one, and its
//! end. The county's operator has those of every organization here.

use askama::Template;
use i18n_embed_fl::fl;
use jiff::Timestamp;

use crate::parts::{Action, Choose, Entry, Errors, Field, Message, Mistake, Pick, Row, Sheet, Summary, Tone};
use crate::shell::{Frame, Shell};
use crate::words::Words;

pub(crate) mod samples;

/// Address of the list; each provider lies below it by its id.
pub const IDENTITY: &str = "/portal/identity";
/// Address of the form that sets one where there is none.
pub const NEW: &str = "/portal/identity/new";
/// Field of the client's secret. No page has its value, not even one that keeps a form.
pub const SECRET: &str = "client-secret";

/// A provider of an organization.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Id of the provider.
    pub id: String,
    /// Name of the organization.
    pub organization: String,
    /// Name by which people call it up.
    pub short_name: String,
    /// Issuer of the provider.
    pub issuer: String,
    /// Id of this host as a client of it.
    pub client_id: String,
    /// Domains of its people's addresses.
    pub domains: Vec<String>,
    /// Address to which it sends people back, where the service knows its own.
    pub redirect: Option<String>,
    /// Number of people for whom it is a way in.
    pub people: i64,
    /// Instant from which people sign in by it.
    pub begun_at: Timestamp,
    /// Instant from which nobody does any more.
    pub ended_at: Option<Timestamp>,
}

/// The organization of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One without a provider: the viewer's own, or one of those that can be chosen.
    New {
        /// Organizations that can be chosen, by id and name; none where there is no choice.
        offered: Vec<(String, String)>,
        /// Id of the chosen one.
        chosen: String,
    },
    /// That of the provider with this id.
    Known {
        /// Id of the provider.
        id: String,
        /// Name of the organization.
        organization: String,
    },
}

/// Address to which a provider sends people back, as a form can tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// The service does not know its own address.
    None,
    /// It is another one for each of the organizations that can be chosen: it is told afterwards.
    Afterwards,
    /// This one.
    To(String),
}

/// Form of a provider, with what was typed. The secret is never shown again. Has no `Debug`, so that what was
/// typed is in no log.
#[derive(Clone)]
pub struct Form {
    /// Organization that it is for.
    pub whose: Whose,
    /// Key of the attempt, by which a form that is sent twice is taken once.
    pub once: String,
    /// Name by which people call it up.
    pub short_name: String,
    /// Issuer of the provider.
    pub issuer: String,
    /// Id of this host as a client of it.
    pub client_id: String,
    /// Domains of addresses, with spaces or commas between.
    pub domains: String,
    /// Address to which the provider sends people back.
    pub redirect: Redirect,
    /// Mistakes of the form.
    pub wrong: Vec<Wrong>,
}

/// A mistake in the form of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// None of the organizations, or one that has ended.
    Organization,
    /// The text typed is no short name.
    Name,
    /// Another organization is called up by the name.
    NameTaken,
    /// The text typed is no issuer.
    Issuer,
    /// The organization signs in by another issuer.
    OtherIssuer,
    /// There is no id of the client, or none that can be kept.
    Client,
    /// The organization signs in as another client.
    OtherClient,
    /// There is no secret, or none that can be kept.
    Secret,
    /// One of the domains is none, or there are too many.
    Domains,
    /// One of the domains is another organization's.
    DomainTaken,
}

impl Wrong {
    fn field(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Name | Self::NameTaken => "short-name",
            Self::Issuer | Self::OtherIssuer => "issuer",
            Self::Client | Self::OtherClient => "client-id",
            Self::Secret => SECRET,
            Self::Domains | Self::DomainTaken => "domains",
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Organization => fl!(l, "county-organization-wrong"),
            Self::Name => fl!(l, "identity-name-wrong"),
            Self::NameTaken => fl!(l, "identity-name-taken"),
            Self::Issuer => fl!(l, "identity-issuer-wrong"),
            Self::OtherIssuer => fl!(l, "identity-issuer-other"),
            Self::Client => fl!(l, "identity-client-wrong"),
            Self::OtherClient => fl!(l, "identity-client-other"),
            Self::Secret => fl!(l, "identity-secret-wrong"),
            Self::Domains => fl!(l, "identity-domains-wrong"),
            Self::DomainTaken => fl!(l, "identity-domains-taken"),
        }
    }

    /// The first mistake of a list that is in a field.
    fn of_field(list: &[Self], field: &str, words: Words) -> Option<String> {
        list.iter().find(|wrong| wrong.field() == field).map(|wrong| wrong.text(words))
    }
}

#[derive(Template)]
#[template(path = "identity/list.html")]
struct ListPage {
    shell: Shell,
    heading: String,
    says: String,
    action: Option<Action>,
    sheet: Option<Sheet>,
    empty: String,
    next: Option<Action>,
}

/// The list of providers; `next` is the address of the next page.
#[must_use]
pub fn list(frame: &Frame<'_>, providers: &[Provider], may_begin: bool, next: Option<String>) -> String {
    let words = frame.words;
    let l = words.l;
    let heads = [
        fl!(l, "account-organization"),
        fl!(l, "identity-name"),
        fl!(l, "identity-issuer"),
        fl!(l, "identity-people"),
        fl!(l, "accounts-state"),
    ];
    let row = |provider: &Provider| Row {
        name: provider.organization.clone(),
        address: Some(format!("{IDENTITY}/{}", provider.id)),
        cells: vec![
            (heads[1].clone(), provider.short_name.clone()),
            (heads[2].clone(), provider.issuer.clone()),
            (heads[3].clone(), provider.people.to_string()),
            (heads[4].clone(), state(provider, words)),
        ],
    };
    let rows: Vec<Row> = providers.iter().map(row).collect();
    let sheet = Sheet { caption: fl!(l, "identity-caption"), heads: heads.to_vec(), rows };
    let heading = fl!(l, "identity");
    ListPage {
        shell: Shell::of(frame, &heading, None),
        heading,
        says: fl!(l, "identity-says"),
        action: may_begin.then(|| Action::main(fl!(l, "identity-new"), NEW)),
        sheet: (!sheet.rows.is_empty()).then_some(sheet),
        empty: fl!(l, "identity-none"),
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
    }
    .to_string()
}

fn state(provider: &Provider, words: Words) -> String {
    let l = words.l;
    match provider.ended_at {
        Some(at) => fl!(l, "accounts-ended", at = words.instant(at)),
        None => fl!(l, "identity-active", at = words.instant(provider.begun_at)),
    }
}

#[derive(Template)]
#[template(path = "identity/one.html")]
struct OnePage {
    shell: Shell,
    heading: String,
    summary: Summary,
    actions: Vec<Action>,
}

/// The page of one provider.
#[must_use]
pub fn one(frame: &Frame<'_>, provider: &Provider) -> String {
    let words = frame.words;
    let l = words.l;
    let entry = |name, value| Entry { name, value, note: None };
    let domains = match provider.domains.is_empty() {
        true => fl!(l, "identity-domains-any"),
        false => provider.domains.join(", "),
    };
    let mut rows = vec![
        entry(fl!(l, "account-organization"), provider.organization.clone()),
        entry(fl!(l, "identity-name"), provider.short_name.clone()),
        entry(fl!(l, "identity-issuer"), provider.issuer.clone()),
        entry(fl!(l, "identity-client"), provider.client_id.clone()),
        entry(fl!(l, "identity-domains"), domains),
        entry(fl!(l, "identity-people"), provider.people.to_string()),
        entry(fl!(l, "accounts-state"), state(provider, words)),
    ];
    rows.extend(provider.redirect.clone().map(|address| entry(fl!(l, "identity-redirect"), address)));
    let address = |step: &str| format!("{IDENTITY}/{}/{step}", provider.id);
    let actions = match provider.ended_at {
        Some(_) => Vec::new(),
        None => vec![
            Action::main(fl!(l, "identity-change"), address("change")),
            Action::other(fl!(l, "identity-end"), address("end")),
        ],
    };
    let heading = fl!(l, "identity-one");
    OnePage { shell: Shell::of(frame, &heading, None), heading, summary: Summary { rows }, actions }
        .to_string()
}

#[derive(Template)]
#[template(path = "identity/form.html")]
struct FormPage {
    shell: Shell,
    heading: String,
    messages: Vec<Message>,
    errors: Errors,
    action: String,
    once: String,
    organization: Option<Choose>,
    fields: Vec<Field>,
    redirect_says: String,
    redirect: Option<String>,
    button: String,
}

/// The form that sets a provider.
#[must_use]
pub fn form(frame: &Frame<'_>, form: &Form) -> String {
    let words = frame.words;
    let l = words.l;
    let (heading, action, organization) = match &form.whose {
        Whose::New { offered, chosen } => {
            (fl!(l, "identity-new"), NEW.to_owned(), choice(words, form, offered, chosen))
        }
        Whose::Known { id, organization } => {
            let heading = fl!(l, "identity-change-of", organization = organization.as_str());
            (heading, format!("{IDENTITY}/{id}/change"), None)
        }
    };
    let fields = fields(words, form);
    let of_choice = organization.as_ref().and_then(|choice| choice.error.clone());
    let of_fields =
        fields.iter().filter_map(|field| Some(Mistake::at(field.name.clone(), field.error.clone()?)));
    let rows = of_choice.map(|text| Mistake::at("organization", text)).into_iter().chain(of_fields);
    let errors = Errors { title: fl!(l, "errors"), rows: rows.collect() };
    let (message, redirect) = match &form.redirect {
        Redirect::None => (Some((Tone::Soon, fl!(l, "identity-without-address"))), None),
        Redirect::Afterwards => (Some((Tone::Plain, fl!(l, "identity-redirect-afterwards"))), None),
        Redirect::To(address) => (None, Some(address.clone())),
    };
    FormPage {
        shell: Shell::of(frame, &heading, None).around_form(&errors),
        heading,
        messages: message.map(|(tone, text)| Message { tone, text }).into_iter().collect(),
        errors,
        action,
        once: form.once.clone(),
        organization,
        fields,
        redirect_says: fl!(l, "identity-redirect-says"),
        redirect,
        button: fl!(l, "accounts-save"),
    }
    .to_string()
}

/// The organizations from which one is chosen, where there is a choice.
fn choice(words: Words, form: &Form, offered: &[(String, String)], chosen: &str) -> Option<Choose> {
    let pick = |(id, name): &(String, String)| Pick {
        value: id.clone(),
        text: name.clone(),
        is_chosen: id == chosen,
    };
    (!offered.is_empty()).then(|| Choose {
        name: "organization",
        label: fl!(words.l, "account-organization"),
        hint: None,
        error: Wrong::of_field(&form.wrong, "organization", words),
        picks: offered.iter().map(pick).collect(),
    })
}

fn fields(words: Words, form: &Form) -> Vec<Field> {
    let l = words.l;
    let is_known = matches!(form.whose, Whose::Known { .. });
    let field = |name: &'static str, label: String, hint: String, value: &str| Field {
        hint: Some(hint),
        value: value.to_owned(),
        error: Wrong::of_field(&form.wrong, name, words),
        ..Field::text(name, label)
    };
    let secret = match is_known {
        true => fl!(l, "identity-secret-keep"),
        false => fl!(l, "identity-secret-hint"),
    };
    vec![
        field("short-name", fl!(l, "identity-name"), fl!(l, "identity-name-hint"), &form.short_name),
        field("issuer", fl!(l, "identity-issuer"), fl!(l, "identity-issuer-hint"), &form.issuer),
        field("client-id", fl!(l, "identity-client"), fl!(l, "identity-client-hint"), &form.client_id),
        // Otherwise browsers fill in the password that they keep of somebody.
        Field {
            kind: "password",
            autocomplete: "new-password",
            ..field(SECRET, fl!(l, "identity-secret"), secret, "")
        },
        field("domains", fl!(l, "identity-domains"), fl!(l, "identity-domains-hint"), &form.domains),
    ]
}

#[derive(Template)]
#[template(path = "identity/end.html")]
struct EndPage {
    shell: Shell,
    heading: String,
    message: Option<Message>,
    says: String,
    action: String,
}

/// The page on which a provider is ended; `is_last` says that it is the viewer's own only way in.
#[must_use]
pub fn end(frame: &Frame<'_>, provider: &Provider, is_last: bool) -> String {
    let l = frame.words.l;
    let last = || Message { tone: Tone::Late, text: fl!(l, "identity-end-last") };
    let heading = fl!(l, "identity-end");
    let organization = provider.organization.as_str();
    EndPage {
        shell: Shell::of(frame, &heading, None),
        heading,
        message: is_last.then(last),
        says: fl!(l, "identity-end-says", organization = organization, people = provider.people),
        action: format!("{IDENTITY}/{}/end", provider.id),
    }
    .to_string()
}
