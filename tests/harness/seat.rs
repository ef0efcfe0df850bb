//! A person at a browser without script: cookies are kept, forms are sent as browsers send them, and a
//! redirect is followed by getting where it leads.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::client::{Answer, Client, Request};
use super::county::{County, text};
use super::escaped::written;
use super::html::{Tag, tags, text_of};
use super::multipart::{self, Chosen};

/// Cookie of a session; its value is the secret by which the API knows the person too.
pub(crate) const SESSION: &str = "__Host-cw";

/// Redirects that are followed before a test fails.
const MOST_REDIRECTS: usize = 5;

/// A browser, in which a person may be signed in.
pub(crate) struct Seat {
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
    codes: Mutex<Vec<String>>,
}

/// A page as it was answered.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Status code of HTTP, such as 200.
    pub(crate) status: u16,
    /// Path and query of the page, behind all redirects.
    pub(crate) address: String,
    /// Text of the page.
    pub(crate) html: String,
}

impl Seat {
    /// A person of an organization with these roles, whose invitation was taken up and who is signed in.
    #[track_caller]
    pub(crate) fn at(county: &County, organization_id: &str, roles: &[&str]) -> Self {
        Self::invited(&county.client(), &county.server.operator, &account(organization_id, roles))
    }

    /// The same of a person who looks after the people and keys of the organization too.
    #[track_caller]
    pub(crate) fn administering(county: &County, organization_id: &str, roles: &[&str]) -> Self {
        let mut new = account(organization_id, roles);
        new["administers"] = true.into();
        Self::invited(&county.client(), &county.server.operator, &new)
    }

    /// The same of an account as whoever holds `key` invites it.
    #[track_caller]
    pub(crate) fn invited(client: &Client, key: &str, new: &Value) -> Self {
        let invited = client.send(&Request::post("/v1/accounts", new).by(key)).with(201);
        let seat = Self::empty(client);
        seat.takes_up(text(&invited, "/link/secret"), text(&invited, "/state_since"), None);
        seat
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn empty(client: &Client) -> Self {
        Self { client: client.clone(), cookies: Mutex::default(), codes: Mutex::default() }
    }

    /// The same browser, once the service is at another address.
    pub(crate) fn moved_to(self, client: &Client) -> Self {
        Self { client: client.clone(), ..self }
    }

    /// Takes an invitation up by the pages, at about this instant of the service's clock; `said` is name and
    /// address, where the invitation has none.
    #[track_caller]
    pub(crate) fn takes_up(&self, link: &str, now: &str, said: Option<(&str, &str)>) {
        let page = self.get(&format!("/portal/invitation?link={link}")).with(200);
        let page = self.send_on(&page, &[("step", "begin")]).with(200);
        let mut authenticator = Authenticator::of(&json!({ "secret": page.value("key") }), now);
        let mut fields: Vec<(&str, String)> =
            ["link", "key", "uri", "once", "name"].map(|name| (name, page.value(name))).into();
        fields.push(("code", authenticator.code()));
        if let Some((name, email)) = said {
            fields.retain(|(known, _)| *known != "name");
            fields.extend([("name", name.to_owned()), ("email", email.to_owned())]);
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = self.post(&page.action(), &fields).with(200);
        let codes = page.codes();
        assert_eq!(codes.len(), 10, "{}", page.text());
        *self.codes.lock().unwrap_or_else(PoisonError::into_inner) = codes;
    }

    /// A recovery code of the person that was not used yet: it waits for no clock.
    #[track_caller]
    pub(crate) fn recovery_code(&self) -> String {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.pop().expect("a code is left")
    }

    /// Signs a person in by the pages, with a recovery code; gives the page behind it.
    #[track_caller]
    pub(crate) fn signs_in(&self, page: &Page, email: &str, code: &str) -> Page {
        let page = self.send_on(page, &[("email", email)]).with(200);
        self.send_on(&page, &[("code", code)])
    }

    /// Sends the form `entry` of a page with its hidden fields and these.
    #[track_caller]
    pub(crate) fn send_on(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let hidden = page.hidden();
        let mut all: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(fields);
        self.post(&page.action(), &all)
    }

    /// Gets the page at a path.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Page {
        self.followed(path, self.send(Request::get(path)))
    }

    /// Sends a form to a path.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.followed(path, self.send(self.form(path, fields)))
    }

    /// Sends a form with files to a path.
    #[track_caller]
    pub(crate) fn upload(&self, path: &str, fields: &[(&str, &str)], files: &[Chosen<'_>]) -> Page {
        self.followed(path, self.send(self.form_with_files(path, fields, files)))
    }

    /// A form as the browser sends it from a page of the service.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Request {
        self.sent_by_a_page(Request::bytes(path, "application/x-www-form-urlencoded", written(fields)))
    }

    /// The same of a form with files.
    pub(crate) fn form_with_files(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[Chosen<'_>],
    ) -> Request {
        let body = multipart::written(fields, files);
        self.sent_by_a_page(Request::bytes(path, &multipart::media_type(), body))
    }

    fn sent_by_a_page(&self, request: Request) -> Request {
        let request = request.without("Idempotency-Key").header("Origin", self.client.origin());
        request.header("Sec-Fetch-Site", "same-origin")
    }

    /// Sends a request with the cookies that are kept, and keeps those of the answer.
    #[track_caller]
    pub(crate) fn send(&self, request: Request) -> Answer {
        let sent: Vec<String> =
            self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if sent.is_empty() { request } else { request.header("Cookie", &sent.join("; ")) };
        let answer = self.client.send(&request);
        for cookie in answer.header_values("set-cookie") {
            self.keep(cookie);
        }
        answer
    }

    /// Value of a cookie that is kept.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).cloned()
    }

    /// Puts a cookie in, as somebody with the browser in hand can.
    pub(crate) fn set_cookie(&self, name: &str, value: &str) {
        self.cookies().insert(name.to_owned(), value.to_owned());
    }

    fn cookies(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie is a pair");
        if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
            self.cookies().remove(name);
        } else {
            self.cookies().insert(name.to_owned(), value.to_owned());
        }
    }

    #[track_caller]
    fn followed(&self, path: &str, answer: Answer) -> Page {
        let (mut address, mut answer) = (path.to_owned(), answer);
        for _ in 0..MOST_REDIRECTS {
            if !matches!(answer.status, 302 | 303) {
                let html = String::from_utf8(answer.bytes).expect("a page is UTF-8");
                return Page { status: answer.status, address, html };
            }
            address = answer.header("location").to_owned();
            answer = self.send(Request::get(&*address));
        }
        panic!("{path} leads on and on, at last to {address}");
    }
}

impl Page {
    /// The page, which must have this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.address, self.text());
        self
    }

    /// Text of the page, its title first: tags gone, spaces single.
    pub(crate) fn text(&self) -> String {
        text_of(&self.html)
    }

    /// Value of the field with this name: of an input (of several, the one that is chosen), a text area or a
    /// list.
    #[track_caller]
    pub(crate) fn value(&self, name: &str) -> String {
        let Some(value) = self.field(name) else {
            panic!("{} has no field {name}: {}", self.address, self.text());
        };
        value
    }

    /// The same; `None` where the page has no such field.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let tags = tags(&self.html);
        let named: Vec<usize> = (0..tags.len()).filter(|at| tags[*at].has("name", name)).collect();
        let is_chosen = |at: &&usize| {
            let is_choice = tags[**at].has("type", "radio") || tags[**at].has("type", "checkbox");
            !is_choice || tags[**at].attribute("checked").is_some()
        };
        let inputs = || named.iter().filter(|at| tags[**at].name == "input");
        if let Some(at) = inputs().find(is_chosen) {
            return Some(tags[*at].attribute("value").unwrap_or_default().to_owned());
        }
        // Of choices none was made.
        if inputs().next().is_some() {
            return Some(String::new());
        }
        let at = *named.iter().find(|at| matches!(&*tags[**at].name, "textarea" | "select"))?;
        Some(if tags[at].name == "textarea" {
            self.within(&tags, at)
        } else {
            self.selected(&tags[at + 1..])
        })
    }

    /// Value of the option that is selected; without one, of the first.
    fn selected(&self, tags: &[Tag]) -> String {
        let options = (0..tags.len()).take_while(|at| tags[*at].name != "/select");
        let options: Vec<usize> = options.filter(|at| tags[*at].name == "option").collect();
        let selected = options.iter().find(|at| tags[**at].attribute("selected").is_some());
        let Some(at) = selected.or(options.first()) else { return String::new() };
        tags[*at].attribute("value").map_or_else(|| self.within(tags, *at), str::to_owned)
    }

    /// Text from a tag to its end tag.
    fn within(&self, tags: &[Tag], at: usize) -> String {
        let end = format!("/{}", tags[at].name);
        let behind = tags[at + 1..].iter().find(|tag| tag.name == end);
        text_of(&self.html[tags[at].end..behind.map_or(self.html.len(), |tag| tag.start)])
    }

    /// Names and values of the hidden fields of the form `entry`.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let tags = tags(&self.html);
        let within = tags.iter().skip_while(|tag| !(tag.name == "form" && tag.has("id", "entry")));
        let within = within.take_while(|tag| tag.name != "/form");
        let hidden = within.filter(|tag| tag.name == "input" && tag.has("type", "hidden"));
        let pair = |tag: &Tag| {
            let part = |name: &str| tag.attribute(name).unwrap_or_default().to_owned();
            (part("name"), part("value"))
        };
        hidden.map(pair).collect()
    }

    /// Value of an attribute, of the first element that has it.
    pub(crate) fn attribute(&self, name: &str) -> Option<String> {
        tags(&self.html).iter().find_map(|tag| tag.attribute(name).map(str::to_owned))
    }

    /// Texts that stand as codes on the page.
    pub(crate) fn codes(&self) -> Vec<String> {
        let tags = tags(&self.html);
        let codes = (0..tags.len()).filter(|at| tags[*at].name == "code");
        codes.map(|at| self.within(&tags, at)).collect()
    }

    /// Address of the link that has this text.
    #[track_caller]
    pub(crate) fn link(&self, text: &str) -> String {
        let tags = tags(&self.html);
        let links = (0..tags.len()).filter(|at| tags[*at].name == "a");
        let found =
            links.filter(|at| self.within(&tags, *at) == text).find_map(|at| tags[at].attribute("href"));
        let Some(address) = found else {
            panic!("{} has no link \"{text}\": {}", self.address, self.text());
        };
        address.to_owned()
    }

    /// Addresses of all links of the page.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let links = tags(&self.html).into_iter().filter(|tag| tag.name == "a");
        links.filter_map(|tag| tag.attribute("href").map(str::to_owned)).collect()
    }

    /// Address that the form `entry` posts to.
    #[track_caller]
    pub(crate) fn action(&self) -> String {
        let tags = tags(&self.html);
        let form = tags.iter().find(|tag| tag.name == "form" && tag.has("id", "entry"));
        let action = form.and_then(|form| form.attribute("action"));
        let Some(action) = action else { panic!("{} has no form: {}", self.address, self.text()) };
        action.to_owned()
    }
}

/// A person to be invited, whom no other test knows.
fn account(organization_id: &str, roles: &[&str]) -> Value {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut new = json!({
        "organization": organization_id, "name": format!("Pat Seat {number}"), "language": "en",
        "email": format!("pat{number}@seats.example"), "roles": roles,
    });
    if roles.contains(&"reviewer") {
        new["license"] = "MD 555901".into();
    }
    new
}
