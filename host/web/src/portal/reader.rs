//! The reader of a page: language, what the browser takes, and where the page is.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use domain::case::Language;
use jiff::Timestamp;
use portal::sign_on::Providers;
use portal::{Frame, Who, Words};

use super::cookies;
use crate::negotiation::weight;
use crate::spanish;

/// Cookie that keeps the language somebody chose. It says nothing about the person.
const COOKIE: &str = "__Host-cw-language";

/// The reader of a page, signed in or not.
#[derive(Clone)]
pub(crate) struct Reader {
    /// Words of the reader's language.
    pub(crate) words: Words,
    /// Address of the page, to come back to.
    pub(crate) address: String,
    /// Instant at which the page is shown.
    pub(crate) now: Timestamp,
    takes_gzip: bool,
    /// Id of the site for which passkeys are made, if any are.
    party: Option<String>,
    /// Ways to sign in by the organization, in this browser.
    providers: Providers,
}

impl Reader {
    /// The reader who sent a request with these headers, for pages that show no time.
    pub(crate) fn of(headers: &HeaderMap, method: &Method, uri: &Uri) -> Self {
        // What a form is posted to is often no page.
        let path = if method == Method::GET { uri.path_and_query().map(|all| all.as_str()) } else { None };
        Self {
            words: Words::of(language(headers)),
            address: path.unwrap_or(uri.path()).to_owned(),
            now: Timestamp::UNIX_EPOCH,
            takes_gzip: takes_gzip(headers),
            party: None,
            providers: Providers::None,
        }
    }

    /// The same, at the time of the service and with what it offers.
    pub(crate) fn at(parts: &Parts, app: &crate::App) -> Self {
        let party = app.crosswalk.relying_party().map(|party| party.id().to_owned());
        let way = cookie(&parts.headers, cookies::WAY);
        let providers = match (app.crosswalk.has_sign_on(), way) {
            (false, _) => Providers::None,
            (true, Some(cookies::BY_ORGANIZATION)) => Providers::Usual,
            (true, _) => Providers::Offered,
        };
        let reader = Self::of(&parts.headers, &parts.method, &parts.uri);
        Self { now: app.crosswalk.now(), party, providers, ..reader }
    }

    /// Frame of a page for this reader.
    pub(crate) fn frame<'a>(&'a self, who: Option<&'a Who>) -> Frame<'a> {
        let party = self.party.as_deref();
        let (words, address, now, providers) = (self.words, &self.address, self.now, self.providers);
        Frame { words, who, address, now, party, providers }
    }

    /// A page as an answer, packed if the browser takes that.
    pub(crate) fn page(&self, status: StatusCode, html: String) -> Response {
        let bytes = if self.takes_gzip { portal::packed(html.as_bytes()) } else { html.into_bytes() };
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.words.language.tag()));
        if self.takes_gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

impl FromRequestParts<crate::App> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &crate::App) -> Result<Self, Infallible> {
        Ok(Self::at(parts, app))
    }
}

/// The language that was chosen; before that, the one that the browser asks for.
fn language(headers: &HeaderMap) -> Language {
    cookie(headers, COOKIE).and_then(named).unwrap_or_else(|| spanish::wanted(headers))
}

/// The language of this tag.
pub(crate) fn named(tag: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.tag() == tag)
}

/// The cookie that keeps a language for a year.
pub(crate) fn remembered(language: Language) -> HeaderValue {
    let cookie =
        format!("{COOKIE}={}; Max-Age=31536000; Path=/; Secure; HttpOnly; SameSite=Lax", language.tag());
    HeaderValue::from_str(&cookie).expect("names, letters and digits")
}

/// Value of a cookie; `None` where it is sent twice, since then one of them is not ours.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = sent.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(known, _)| *known == name).map(|(_, value)| value);
    let value = values.next();
    if values.next().is_some() { None } else { value }
}

/// True if the browser reads what is packed with gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    weight(headers, &header::ACCEPT_ENCODING, |coding| coding.eq_ignore_ascii_case("gzip")) > 0.0
}
