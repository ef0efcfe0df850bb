//! The portal over HTTP: pages for people, below `/portal`. What is on a page is the crate `portal`'s.
//!
//! - `viewer`: who looks at a page. Without a session every address answers with the sign-in page, and
//!   `entrance` gives a form back that came without one.
//! - `sign_in`, `sign_on`, `invitation`: pages before a session; `cookies`: how browsers keep one.
//! - `account`, `accounts`, `passkeys`: one's own account, the people of an organization, and passkeys.
//! - `identity`: the identity providers by which people of organizations sign in.
//! - `ask`, `steps`: asking for a service, and steps with a case; `files`, `multipart`: forms with files.
//! - `reader`: the reader's language and what the browser takes; `pages`: one handler for each page.
//! - `fields`, `attempts`: how every form is read, and how one that is sent twice happens once.
//! - `work`: a plan's worklist, and the screen on which a case is decided.
//! - `headers`: what every answer below `/portal` carries.
//!
//! A page calls the use cases that the API calls. Requests of other sites are refused before they are read.

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use portal::{Asset, IN_LANGUAGE, Words, gallery};
use tower_http::csrf::CsrfLayer;

use crate::App;
use crate::problem::ApiError;

mod account;
mod accounts;
mod ask;
mod attempts;
mod contact;
mod cookies;
mod correct;
mod county;
mod criteria;
mod desk;
mod entrance;
mod fields;
mod files;
pub(crate) mod headers;
mod identity;
mod invitation;
mod listing;
mod money;
mod multipart;
mod pages;
mod passkeys;
pub(crate) mod reader;
mod shadow;
mod sign_in;
mod sign_on;
mod steps;
mod viewer;
mod work;

#[cfg(test)]
mod tests;

use fields::{Sent, spoken, unreadable};
use reader::Reader;
use viewer::Viewer;

/// True for an address of the portal.
pub(crate) fn holds(path: &str) -> bool {
    path.strip_prefix(portal::ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Every address below `/portal`.
pub(crate) fn router(app: &App) -> Router<App> {
    let inside = inside()
        .route("/portal/", axum::routing::any(nothing))
        .route("/portal/{*rest}", axum::routing::any(nothing))
        .method_not_allowed_fallback(nothing)
        .layer(from_fn_with_state(app.clone(), entrance::around));
    let outside = outside().method_not_allowed_fallback(nothing);
    inside.merge(outside).layer(CsrfLayer::new())
}

/// Pages for who is signed in. Each takes a `Viewer`.
fn inside() -> Router<App> {
    Router::new()
        .route("/portal", get(pages::today))
        .route(portal::today::NEWS, get(pages::news))
        .route("/portal/people", get(pages::people).post(pages::find))
        .route("/portal/people/{id}", get(pages::person))
        .route("/portal/referrals/{id}", get(pages::referral))
        .route("/portal/authorizations/{id}", get(pages::authorization))
        .route("/portal/claims/{id}", get(pages::claim))
        .route("/portal/applications/{id}", get(pages::application))
        .route("/portal/documents/{id}", get(pages::document))
        .merge(account::routes())
        .merge(accounts::routes())
        .merge(ask::routes())
        .merge(contact::routes())
        .merge(correct::routes())
        .merge(county::routes())
        .merge(criteria::routes())
        .merge(steps::routes())
        .merge(desk::routes())
        .merge(identity::routes())
        .merge(money::routes())
        .merge(passkeys::routes())
        .merge(shadow::routes())
        .merge(work::routes())
}

/// Pages for everybody. They show nothing of the record, but an invitation to whoever holds its link.
fn outside() -> Router<App> {
    let router = Router::new()
        .route("/portal/language", post(change_language))
        .route("/portal/assets/{name}", get(asset))
        .merge(sign_in::routes())
        .merge(sign_on::routes())
        .merge(invitation::routes())
        .merge(passkeys::outside());
    // Invented people in every state: for who builds, and never in production.
    if cfg!(debug_assertions) {
        router.route("/portal/parts", get(parts)).route("/portal/parts/{name}", get(parts_page))
    } else {
        router
    }
}

/// Answer to a signed-in viewer at an address that is none.
async fn nothing(_: Viewer) -> ApiError {
    ApiError::NoSuchRoute
}

/// Keeps the reader's language, and goes back to the page.
async fn change_language(request: Request) -> Result<Response, ApiError> {
    let sent = Sent::read(request).await?;
    let language = reader::named(sent.text(IN_LANGUAGE)).ok_or_else(unreadable)?;
    let back = sent.get("back").filter(|back| is_address(back)).unwrap_or(portal::ROOT);
    Ok(spoken(see_other(back), Some(language)))
}

/// True for an address of ours to which a browser may be sent: of the portal, and nothing that a browser
/// would read as another site.
fn is_address(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    holds(path) && is_plain && !text.contains("//")
}

/// Sends the browser to another page, which it gets.
fn see_other(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => ApiError::NoSuchRoute.into_response(),
    }
}

/// A file that pages load. Its name holds its hash, so that it never changes.
async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
    let asset: &'static Asset = portal::asset(&name).ok_or(ApiError::NoSuchRoute)?;
    let etag = HeaderValue::from_str(&asset.etag).map_err(|_| ApiError::NoSuchRoute)?;
    let seen = headers.get_all(header::IF_NONE_MATCH).iter().any(|seen| *seen == etag);
    let mut response = if seen {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let packed = reader::takes_gzip(&headers);
        let bytes = if packed { asset.gzip.as_slice() } else { asset.plain };
        let mut response = ([(header::CONTENT_TYPE, asset.media_type)], bytes).into_response();
        if packed {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    };
    response.headers_mut().insert(header::CACHE_CONTROL, KEPT);
    response.headers_mut().insert(header::ETAG, etag);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

async fn parts(reader: Reader) -> Response {
    let frame = portal::Frame {
        words: reader.words,
        who: Some(&gallery::coordinator()),
        address: gallery::ADDRESS,
        now: gallery::now(),
        party: None,
        providers: portal::sign_on::Providers::None,
    };
    let names: Vec<String> = gallery::samples(reader.words).into_iter().map(|sample| sample.name).collect();
    reader.page(StatusCode::OK, gallery::page(&frame, &names))
}

async fn parts_page(Path(name): Path<String>, reader: Reader) -> Result<Response, ApiError> {
    let words: Words = reader.words;
    let found = gallery::samples(words).into_iter().find(|sample| sample.name == name);
    Ok(reader.page(StatusCode::OK, found.ok_or(ApiError::NoSuchRoute)?.html))
}
