use std::collections::BTreeMap;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use domain::case::Language;
use expect_test::expect_file;
use portal::sign_in::Refused;
use portal::trouble::Trouble;
use workflow::Failure;

use super::fields::{read, written};
use super::headers::{POLICY, trouble_of};
use super::reader::{Reader, cookie, named, remembered, takes_gzip};
use super::{cookies, entrance, holds, inside, invitation, is_address, outside};
use crate::App;
use crate::problem::ApiError;

fn headers(fields: &[(header::HeaderName, &'static str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
}

#[test]
fn the_portal_is_what_lies_below_its_root() {
    for (path, expected) in [
        ("/portal", true),
        ("/portal/", true),
        ("/portal/people", true),
        ("/portals", false),
        ("/v1/portal", false),
    ] {
        assert_eq!(holds(path), expected, "{path}");
    }
}

#[test]
fn a_browser_is_sent_to_pages_of_ours_only() {
    for address in ["/portal", "/portal/criteria?service=ecm&on=2026-11-20"] {
        assert!(is_address(address), "{address}");
    }
    let elsewhere = [
        "",
        "portal",
        "//portal.example/portal",
        "https://portal.example/portal",
        "/v1/members",
        "/portal.example",
        "/portal//evil.example",
        "/portal/\\evil",
        "/portal/a b",
        "/portal/\r\nset-cookie: a=b",
    ];
    for address in elsewhere {
        assert!(!is_address(address), "{address}");
    }
}

#[test]
fn a_chosen_language_goes_before_the_browsers() {
    let language = |fields: &[_]| {
        Reader::of(&headers(fields), &Method::GET, &Uri::from_static("/portal")).words.language
    };
    let spanish = (header::ACCEPT_LANGUAGE, "es-MX, en;q=0.5");
    assert_eq!(language(&[]), Language::En);
    assert_eq!(language(std::slice::from_ref(&spanish)), Language::Es);
    assert_eq!(language(&[spanish.clone(), (header::COOKIE, "a=b; __Host-cw-language=en")]), Language::En);
    assert_eq!(language(&[spanish, (header::COOKIE, "__Host-cw-language=fr")]), Language::Es);
    assert_eq!(named("es"), Some(Language::Es));
    assert_eq!(named("es-MX"), None);
    let kept = remembered(Language::Es);
    let kept = kept.to_str().unwrap();
    assert!(kept.starts_with("__Host-cw-language=es;"), "{kept}");
    for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(kept.contains(part), "{kept}: {part}");
    }
}

#[test]
fn a_cookie_that_comes_twice_is_none() {
    let once = headers(&[(header::COOKIE, "x=1; __Host-cw=secret")]);
    assert_eq!(cookie(&once, "__Host-cw"), Some("secret"));
    let twice = headers(&[(header::COOKIE, "__Host-cw=one; __Host-cw=two")]);
    assert_eq!(cookie(&twice, "__Host-cw"), None);
    assert_eq!(cookie(&HeaderMap::new(), "__Host-cw"), None);
}

#[test]
fn a_page_is_packed_for_who_takes_it() {
    for (sent, expected) in [("gzip, br", true), ("br", false), ("gzip;q=0", false)] {
        assert_eq!(takes_gzip(&headers(&[(header::ACCEPT_ENCODING, sent)])), expected, "{sent}");
    }
}

#[test]
fn what_is_not_there_and_what_is_not_yours_look_the_same() {
    let of = |error: ApiError| trouble_of(error.status(), &error);
    assert_eq!(of(ApiError::NoSuchRoute), Trouble::NotHere);
    assert_eq!(of(Failure::NotFound.into()), Trouble::NotHere);
    assert_eq!(of(ApiError::NoSuchMethod), Trouble::NotHere);
    assert_eq!(of(Failure::Forbidden.into()), Trouble::Refused);
    assert_eq!(of(ApiError::Bare(StatusCode::FORBIDDEN)), Trouble::Foreign);
    assert_eq!(of(Failure::Stale.into()), Trouble::Changed);
    assert_eq!(of(Failure::KeyReused.into()), Trouble::Changed);
    assert_eq!(of(Failure::Busy.into()), Trouble::Busy);
    assert_eq!(of(Failure::Unknown.into()), Trouble::Unknown);
    assert_eq!(of(ApiError::TooManyRequests { after_seconds: 1 }), Trouble::TooMany);
    assert_eq!(of(ApiError::Bare(StatusCode::BAD_REQUEST)), Trouble::Unreadable);
    assert_eq!(of(ApiError::Bare(StatusCode::INTERNAL_SERVER_ERROR)), Trouble::OurFault);
}

#[test]
fn a_page_runs_nothing_that_stands_in_it() {
    for loose in ["unsafe-inline", "unsafe-eval", "*", "http:", "https:"] {
        assert!(!POLICY.contains(loose), "{loose}");
    }
    for tight in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(POLICY.contains(tight), "{tight}");
    }
}

/// Methods and paths of a router, which it tells nobody but whoever prints it.
fn table(side: &str, router: &Router<App>) -> Vec<String> {
    let printed = format!("{router:?}");
    let (routes, rest) = printed.split_once(", node: Node { paths: {").expect("the routes, then their paths");
    let (paths, _) = rest.split_once(", fallback_router:").expect("the paths, then the fallbacks");
    let of_id = |part: &'static str| move |text: &str| text.split_once(part).map(|(id, _)| id.to_owned());
    let ids: BTreeMap<String, &str> = paths
        .split("RouteId(")
        .filter_map(|one| Some((of_id("): ")(one)?, one.split('"').nth(1)?)))
        .collect();
    let mut lines = Vec::new();
    for route in routes.split("RouteId(") {
        let Some(path) = of_id("): ")(route).and_then(|id| ids.get(&id).copied()) else { continue };
        for method in ["get", "post", "put", "patch", "delete"] {
            if route.contains(&format!(" {method}: BoxedHandler")) {
                lines.push(format!("{side} {} {path}\n", method.to_uppercase()));
            }
        }
    }
    assert!(lines.len() >= ids.len(), "each path has a method: {ids:?}");
    lines
}

/// The table that the tests of the program walk: every page without a session, of other sites, of others.
#[test]
fn every_route_is_in_the_table() {
    let mut lines = table("inside", &inside());
    // The gallery is no part of a build that is used.
    lines.extend(table("outside", &outside()).into_iter().filter(|line| !line.contains("/portal/parts")));
    lines.sort();
    expect_file!["routes.txt"].assert_eq(&lines.concat());
}

#[test]
fn cookies_are_for_this_host_and_no_script() {
    let secret = format!("cws_{}", "0".repeat(64));
    let kept = [cookies::session(&secret), cookies::link(&secret), cookies::gone(cookies::SESSION)];
    for cookie in &kept {
        let text = cookie.to_str().unwrap();
        assert!(text.starts_with("__Host-"), "{text}");
        assert!(
            text.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax") && !text.contains("Domain"),
            "{text}"
        );
    }
    assert!(!kept[0].to_str().unwrap().contains("Max-Age"), "it goes with the browser");
    let away = cookies::provider("cwo_0", jiff::SignedDuration::from_mins(10));
    assert!(away.to_str().unwrap().contains("; Max-Age=600; "), "{away:?}");
    for (text, is_one) in [("cwi_0", true), ("a;b", false), ("a b", false), ("a\r\nb", false), ("é", false)]
    {
        assert_eq!(cookies::is_secret(text), is_one, "{text:?}");
    }
    assert!(!cookies::is_secret(&"a".repeat(201)));
}

#[test]
fn a_link_is_read_however_it_is_pasted() {
    for text in [
        "cwi_01",
        " cwi_01 ",
        "link=cwi_01",
        "https://county.example/portal/invitation?link=cwi_01",
        "https://county.example/portal/invitation?a=b&link=cwi_01&c=d",
    ] {
        assert_eq!(invitation::secret_in(text), Some("cwi_01"), "{text}");
    }
    for text in ["", "link=", "my link!", "cwi_01; Path=/", "cwi_01\r\nset-cookie: a=b"] {
        assert_eq!(invitation::secret_in(text), None, "{text:?}");
    }
    let host = headers(&[(header::ORIGIN, "https://county.example")]);
    let address = invitation::address("cwi_01");
    assert_eq!(invitation::absolute(&host, &address), "https://county.example/portal/invitation?link=cwi_01");
    let none = headers(&[(header::ORIGIN, "null")]);
    assert_eq!(invitation::absolute(&none, &address), "/portal/invitation?link=cwi_01");
}

#[test]
fn a_form_is_written_as_it_was_read() {
    let sent = "name=Una+%26+Bo&role=clerk&role=biller&in-language=es&proof-code=1";
    let fields = read(sent.as_bytes()).unwrap();
    assert_eq!((fields.get("name"), fields.text("missing")), (Some("Una & Bo"), ""));
    assert_eq!(written(&fields), sent);
    let without = fields.without(&["in-language", "proof-code"]);
    assert_eq!(written(&without), "name=Una+%26+Bo&role=clerk&role=biller");
}

#[test]
fn a_refused_code_says_how_long_to_wait() {
    let too_many = |seconds| {
        let wait = jiff::SignedDuration::from_secs(seconds);
        entrance::refused(&Failure::TooManySignIns(wait).into())
    };
    let waits = |minutes| Some((StatusCode::TOO_MANY_REQUESTS, Refused::TooMany { minutes }));
    assert_eq!([too_many(1), too_many(60), too_many(61)], [waits(1), waits(1), waits(2)]);
    let refused = Some((StatusCode::UNPROCESSABLE_ENTITY, Refused::Code));
    assert_eq!(entrance::refused(&Failure::SignInRefused.into()), refused);
    assert_eq!(entrance::refused(&Failure::Busy.into()), None);
    for (code, is_one) in [("123 456", true), ("", false), ("1\n2", false)] {
        assert_eq!(entrance::is_code(code), is_one, "{code:?}");
    }
    assert!(!entrance::is_code(&"1".repeat(61)));
}
