//! Six people of the county, who sign in by the front door: each is invited, and takes the invitation up with
//! an authenticator whose secret and recovery codes are told to whoever runs the demonstration; or leaves the
//! invitation to them.

use domain::credential::TotpSecret;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::client::{Key, Trouble};
use super::county::{self, PLANS, PROVIDERS};
use super::earlier::Earlier;
use super::stage::Stage;
use super::story::word;
use super::work::{self, Waiting};

/// Somebody who can sign in, and the work of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Worker {
    /// Name of the person.
    pub(super) name: &'static str,
    /// Name of the organization.
    pub(super) organization: String,
    /// Role there, as the API names it.
    pub(super) role: &'static str,
    /// The same in words.
    pub(super) role_in_words: &'static str,
    /// Address with which the person signs in.
    pub(super) email: String,
    /// Ways in that are told.
    pub(super) entry: Entry,
    /// Page behind the sign-in.
    pub(super) first_page: &'static str,
    /// Page to which that one leads, and where something waits.
    pub(super) leads_to: String,
    /// Things that wait for the person today.
    pub(super) waits: Vec<Waiting>,
    /// If it did not come to that: what was expected and what came.
    pub(super) problem: Option<String>,
}

/// Ways in of one of the six.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// The invitation was taken up.
    Codes {
        /// Recovery codes, good once each.
        codes: Vec<String>,
        /// Secret of the authenticator, in letters.
        authenticator: String,
    },
    /// Secret of the link by which the invitation can be taken up once.
    Link(String),
    /// None: it did not come to that.
    None,
}

/// Handling of the invitations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invitations {
    /// They are taken up, and the codes are told.
    TakenUp,
    /// They stay open, and their links are told.
    Open,
}

/// Organization of one of the six.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The provider at this place.
    Provider(usize),
    /// The plan with this id.
    Plan(&'static str),
    /// The county's collaborative itself.
    County,
}

/// One of the six, before the invitation.
struct Part {
    name: &'static str,
    /// Part of the address before the organization's.
    mailbox: &'static str,
    whose: Whose,
    role: &'static str,
    role_in_words: &'static str,
    license: Option<&'static str>,
    administers: bool,
    first_page: &'static str,
    /// Leaves the day's work open.
    prepare: fn(&mut Stage<'_>, &Earlier) -> Result<Vec<Waiting>, Trouble>,
}

const HOUSE: Whose = Whose::Provider(county::CASA_PUENTE);
const PLAN: Whose = Whose::Plan("valle-vista");

const PARTS: [Part; 6] = [
    Part {
        name: "Marisol Vega",
        mailbox: "marisol.vega",
        whose: HOUSE,
        role: "coordinator",
        role_in_words: "coordinator",
        license: None,
        administers: false,
        first_page: "/portal",
        prepare: work::coordinator,
    },
    Part {
        name: "Tomás Orellana",
        mailbox: "tomas.orellana",
        whose: HOUSE,
        role: "biller",
        role_in_words: "biller",
        license: None,
        administers: false,
        first_page: "/portal",
        prepare: work::biller,
    },
    Part {
        name: "Ruth Adeyemi",
        mailbox: "ruth.adeyemi",
        whose: HOUSE,
        role: "clerk",
        role_in_words: "clerk of the credentialing file, who looks after the people too",
        license: None,
        administers: true,
        first_page: "/portal",
        prepare: work::clerk,
    },
    Part {
        name: "Hannah Osei",
        mailbox: "hannah.osei",
        whose: PLAN,
        role: "reviewer",
        role_in_words: "reviewer, license RN 555044",
        license: Some("RN 555044"),
        administers: false,
        first_page: "/portal/work",
        prepare: work::reviewer,
    },
    Part {
        name: "Felix Marchetti",
        mailbox: "felix.marchetti",
        whose: PLAN,
        role: "analyst",
        role_in_words: "analyst of the rules",
        license: None,
        administers: false,
        first_page: "/portal/rules",
        prepare: work::analyst,
    },
    Part {
        name: "Joan Whitfield",
        mailbox: "joan.whitfield",
        whose: Whose::County,
        role: "county-operator",
        role_in_words: "operator of the county",
        license: None,
        administers: true,
        first_page: "/portal/county",
        prepare: work::operator,
    },
];

/// Lets the six in, one after the other, and leaves each a day's work.
pub(super) fn arrive(
    stage: &mut Stage<'_>,
    earlier: &Result<Earlier, Trouble>,
    invitations: Invitations,
) -> Vec<Worker> {
    let mut workers: Vec<Worker> =
        PARTS.iter().map(|part| worker(stage, part, earlier, invitations)).collect();
    // Today is of the whole organization: what waits for one of its people, the others see too.
    for place in 0..workers.len() {
        let colleagues = workers.iter().zip(&PARTS).filter(|(_, part)| part.whose == PARTS[place].whose);
        let waits = || colleagues.clone().flat_map(|(worker, _)| &worker.waits);
        let own = workers[place].waits.iter();
        let first = own.chain(waits()).find(|waiting| waiting.listed == PARTS[place].first_page);
        workers[place].leads_to = first.map(|waiting| waiting.opens.clone()).unwrap_or_default();
    }
    workers
}

fn worker(
    stage: &mut Stage<'_>,
    part: &Part,
    earlier: &Result<Earlier, Trouble>,
    invitations: Invitations,
) -> Worker {
    let waits = earlier.as_ref().map_err(Clone::clone).and_then(|earlier| (part.prepare)(stage, earlier));
    let entry = invited(stage, part).and_then(|invited| match invitations {
        Invitations::Open => Ok(Entry::Link(link_of(&invited).to_owned())),
        Invitations::TakenUp => taken_up(stage, &invited),
    });
    let problem = [waits.as_ref().err(), entry.as_ref().err()].into_iter().flatten().next();
    let problem = problem.map(|trouble| trouble.0.clone());
    Worker {
        name: part.name,
        organization: name_of(part.whose),
        role: part.role,
        role_in_words: part.role_in_words,
        email: address(part),
        entry: entry.unwrap_or(Entry::None),
        first_page: part.first_page,
        leads_to: String::new(),
        waits: waits.unwrap_or_default(),
        problem,
    }
}

fn name_of(whose: Whose) -> String {
    match whose {
        Whose::Provider(place) => PROVIDERS[place].name.to_owned(),
        Whose::Plan(id) => {
            PLANS.iter().find(|plan| plan.id == id).map(|plan| plan.name).unwrap_or_default().to_owned()
        }
        Whose::County => "San Ravel County Collaborative".to_owned(),
    }
}

fn address(part: &Part) -> String {
    let at = match part.whose {
        Whose::Provider(_) => "casa-puente.example",
        Whose::Plan(_) => "valle-vista.example",
        Whose::County => "san-ravel.example",
    };
    format!("{}@{at}", part.mailbox)
}

/// Makes an account with an open invitation; gives the answer, which tells its link.
fn invited(stage: &Stage<'_>, part: &Part) -> Result<Value, Trouble> {
    let mut body = json!({
        "name": part.name, "email": address(part), "language": "en", "roles": [part.role],
        "administers": part.administers,
    });
    match part.whose {
        Whose::Provider(place) => body["organization"] = json!(stage.provider(place)?.0),
        Whose::Plan(id) => body["organization"] = json!(stage.plan(id)?.id),
        // The operator's own.
        Whose::County => {}
    }
    if let Some(license) = part.license {
        body["license"] = json!(license);
    }
    stage.client.post(&stage.operator, "/v1/accounts", &body)?.with(201)
}

fn link_of(invited: &Value) -> &str {
    word(invited, "/link/secret")
}

/// Takes an invitation up, as the portal does; the session that begins so is ended.
fn taken_up(stage: &Stage<'_>, invited: &Value) -> Result<Entry, Trouble> {
    let held = |label: &str, secret: &str| Key { label: label.to_owned(), secret: secret.to_owned() };
    let link = held("link of an invitation", link_of(invited));
    let offer = "/v1/invitations/current/authenticator";
    let offered = stage.client.post(&link, offer, &json!({}))?.with(201)?;
    let authenticator = word(&offered, "/secret").to_owned();
    let code = code(&authenticator, word(invited, "/state_since"))?;
    let accept = "/v1/invitations/current/acceptance";
    let welcome = stage.client.post(&link, accept, &json!({ "code": code }))?.with(201)?;
    let session = held("session", word(&welcome, "/session/secret"));
    stage.client.delete(&session, "/v1/sessions")?.with(204)?;
    let codes = welcome["recovery_codes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(Entry::Codes { codes: codes.map(str::to_owned).collect(), authenticator })
}

/// Code that an authenticator shows about this instant of the service's clock.
fn code(letters: &str, instant: &str) -> Result<String, Trouble> {
    let secret = TotpSecret::from_letters(letters)
        .ok_or_else(|| Trouble("expected the secret of an authenticator, got something else".to_owned()))?;
    let instant: Timestamp = instant.parse().map_err(|_| Trouble(format!("{instant} is no instant")))?;
    Ok(secret.code_at(instant))
}

impl Worker {
    /// The person as an entry of the report.
    pub(super) fn as_json(&self, base_url: &str) -> Value {
        let waits: Vec<Value> = self.waits.iter().map(waiting).collect();
        let (codes, authenticator, link) = match &self.entry {
            Entry::Codes { codes, authenticator } => (codes.as_slice(), Some(authenticator), None),
            Entry::Link(secret) => (&[][..], None, Some(invitation(base_url, secret))),
            Entry::None => (&[][..], None, None),
        };
        json!({
            "name": self.name, "organization": self.organization, "role": self.role, "email": self.email,
            "sign_in": format!("{base_url}{SIGN_IN}"), "codes": codes, "authenticator": authenticator, "link": link,
            "first_page": self.first_page, "leads_to": self.leads_to, "waits": waits, "problem": self.problem,
        })
    }

    /// A file with the codes, and its name, where there are codes.
    pub(super) fn file(&self) -> Option<(String, String)> {
        let Entry::Codes { codes, .. } = &self.entry else { return None };
        let mailbox = self.email.split('@').next().unwrap_or_default();
        Some((format!("{mailbox}.codes"), codes.join("\n")))
    }
}

/// Address of the page on which an invitation is taken up.
pub(super) fn invitation(base_url: &str, secret: &str) -> String {
    format!("{base_url}/portal/invitation?link={secret}")
}

fn waiting(one: &Waiting) -> Value {
    json!({
        "what": one.what, "listed": one.listed, "opens": one.opens,
        "record": { "read": one.record.read, "field": one.record.field, "is": one.record.is },
    })
}

/// Address of the portal's sign-in page, below the service's own.
pub(super) const SIGN_IN: &str = "/portal/sign-in";
