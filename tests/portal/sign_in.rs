//! Signing in by the pages, what a session is worth, and what nobody sees without one.

use std::fs;

use serde_json::{Value, json};

use super::path_of;
use crate::harness::{
    Answer, County, Database, Page, Request, SESSION, Seat, Server, on_both_databases, text,
};

on_both_databases! {
    an_invitation_is_taken_up_by_the_pages
    a_person_signs_in_by_the_pages
    a_code_that_does_not_fit_tells_nothing
    each_page_without_a_session_is_the_sign_in_page
    every_answer_has_the_headers_of_pages
    each_proof_gives_another_secret
    a_locked_session_shows_nothing_until_a_code
    a_session_without_use_ends_and_its_form_comes_back
    what_cannot_be_undone_asks_for_a_code
    sessions_are_listed_and_ended
    who_administers_invites_changes_and_ends
    script_in_a_field_stays_text
}

/// Methods and paths of one side.
fn routes(side: &str) -> Vec<(&'static str, &'static str)> {
    let own = super::routes().filter(|(of, ..)| *of == side);
    let routes: Vec<_> = own.map(|(_, method, path)| (method, path)).collect();
    assert!(routes.len() > 5, "{side}: {routes:?}");
    routes
}

fn coordinator(county: &County) -> Seat {
    Seat::at(county, &county.provider("open-door").id, &["coordinator"])
}

/// A person of an organization of its own, who looks after its accounts.
fn administrator(county: &County, email: &str) -> Seat {
    let new = json!({
        "organization": county.new_provider(&["meals"]).id, "name": "Ada Minis", "email": email,
        "language": "en", "roles": ["coordinator"], "administers": true,
    });
    Seat::invited(&county.client(), &county.server.operator, &new)
}

/// A county's first operator, at a service of its own that can be started again later by its clock.
fn first_operator(database: Database) -> (Server, Seat) {
    let server = Server::start(database);
    let link = fs::read_to_string(server.folder().join("operator.link")).expect("the first start made it");
    let listed = server.client().read(&server.operator, "/v1/accounts");
    let seat = Seat::empty(&server.client());
    let said = Some(("Olga Per", "olga@county.example"));
    seat.takes_up(link.trim(), text(&listed, "/items/0/state_since"), said);
    (server, seat)
}

fn an_invitation_is_taken_up_by_the_pages(database: Database) {
    let county = County::shared(database);
    let (client, operator) = (county.client(), &county.server.operator);
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Ana Link", "email": "ana@links.example",
        "language": "en", "roles": ["coordinator"],
    });
    let invited = client.send(&Request::post("/v1/accounts", &new).by(operator)).with(201);
    let secret = text(&invited, "/link/secret");
    let seat = Seat::empty(&client);
    // The secret leaves the address at once, and is in one page only.
    let moved = seat.send(Request::get(format!("/portal/invitation?link={secret}")));
    assert_eq!((moved.status, moved.header("location")), (303, "/portal/invitation"));
    assert!(moved.header("set-cookie").contains("Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Lax"));
    let page = seat.get("/portal/invitation").with(200);
    assert_eq!(page.value("link"), secret);
    assert!(page.text().contains("ana@links.example") && page.text().contains("coordinator"));
    assert_eq!(seat.cookie("__Host-cw-link"), None);
    let again = seat.get("/portal/invitation").with(200);
    assert_eq!(again.field("link").as_deref(), Some(""), "the next one is asked for the link");
    // Whoever pastes the whole link gets there too.
    let pasted = format!("https://county.example/portal/invitation?link={secret}");
    let pasted = seat.post("/portal/invitation", &[("link", &pasted)]).with(200);
    assert_eq!(pasted.value("link"), secret);
    let nonsense = seat.post("/portal/invitation", &[("link", "my link!")]).with(422);
    assert!(nonsense.text().starts_with("Error: "), "{}", nonsense.text());

    // A code that does not fit keeps the authenticator and what was typed.
    let offered = seat.send_on(&page, &[("step", "begin")]).with(200);
    let key = offered.value("key");
    assert!(offered.html.contains("href=\"otpauth://totp/open-door:"), "{}", offered.html);
    let wrong = seat.send_on(&offered, &[("name", "Ana Lund"), ("code", "12")]).with(422);
    assert_eq!((wrong.value("key"), wrong.value("name")), (key, "Ana Lund".to_owned()));
    assert!(wrong.text().contains("This code does not fit"));
    assert_eq!(seat.cookie(SESSION), None);

    seat.takes_up(secret, text(&invited, "/state_since"), None);
    assert!(seat.get("/portal/account").with(200).text().contains("Ana Link"));
    let over = seat.post("/portal/invitation", &[("link", secret)]).with(410);
    assert!(over.text().contains("This invitation is over"));
    let unknown = format!("cwi_{}", "0".repeat(64));
    let unknown = seat.post("/portal/invitation", &[("link", &unknown)]).with(410);
    assert_eq!(unknown.text(), over.text(), "a link that never was looks the same");
}

fn a_person_signs_in_by_the_pages(database: Database) {
    let county = County::shared(database);
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Ana Signs", "email": "ana@pages.example",
        "language": "en", "roles": ["coordinator"],
    });
    let ana = Seat::invited(&county.client(), &county.server.operator, &new);
    let seat = Seat::empty(&county.client());
    // A secret that somebody else put into the browser is worth nothing, before and after.
    let planted = format!("cws_{}", "a".repeat(64));
    seat.set_cookie(SESSION, &planted);
    let asked = seat.get("/portal/account").with(401);
    assert_eq!(asked.value("then"), "/portal/account");
    let wrong = seat.send_on(&asked, &[("email", "ana pages")]).with(422);
    assert_eq!(wrong.value("email"), "ana pages");
    let code = seat.send_on(&wrong, &[("email", "Ana@Pages.example")]).with(200);
    let request = seat.form(
        &code.action(),
        &[("email", "ana@pages.example"), ("code", &ana.recovery_code()), ("then", "/portal/account")],
    );
    let signed_in = seat.send(request);
    assert_eq!((signed_in.status, signed_in.header("location")), (303, "/portal/account"));
    let cookies = signed_in.header_values("set-cookie");
    let [cookie] = cookies[..] else { panic!("{cookies:?}") };
    assert!(cookie.starts_with("__Host-cw=cws_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains("Domain") && !cookie.contains("Max-Age"), "{cookie}");
    assert_ne!(seat.cookie(SESSION), Some(planted.clone()));
    assert!(seat.get("/portal").with(200).text().contains("Ana Signs"));
    seat.set_cookie(SESSION, &planted);
    seat.get("/portal").with(401);
    // Nobody is sent to another site.
    let elsewhere = seat.form(
        &code.action(),
        &[("email", "ana@pages.example"), ("code", &ana.recovery_code()), ("then", "//evil.example/portal")],
    );
    assert_eq!(seat.send(elsewhere).header("location"), "/portal");

    seat.post("/portal/sign-out", &[]).with(200);
    assert_eq!(seat.cookie(SESSION), None);
    seat.get("/portal").with(401);
}

fn a_code_that_does_not_fit_tells_nothing(database: Database) {
    let county = County::shared(database);
    let new = json!({
        "organization": county.provider("open-door").id, "name": "Bo Guess", "email": "bo@guess.example",
        "language": "en", "roles": ["clerk"],
    });
    Seat::invited(&county.client(), &county.server.operator, &new);
    let tries = |email: &str| -> Vec<(u16, String)> {
        let seat = Seat::empty(&county.client());
        let mut page = seat.get("/portal/sign-in").with(200);
        page = seat.send_on(&page, &[("email", email)]);
        let mut seen = vec![(page.status, page.text())];
        for _ in 0..6 {
            page = seat.send_on(&page, &[("code", "123 456")]);
            seen.push((page.status, page.text()));
        }
        assert_eq!(seat.cookie(SESSION), None);
        seen
    };
    let known = tries("bo@guess.example");
    assert_eq!(known, tries("nobody@guess.example"));
    let status: Vec<u16> = known.iter().map(|(status, _)| *status).collect();
    assert_eq!(status, [200, 422, 422, 422, 422, 422, 429]);
    assert!(known[6].1.contains("Too many tries"), "{}", known[6].1);
}

/// A page's text, its address and ids taken away.
fn shape(page: &Page) -> (u16, String) {
    (page.status, page.text())
}

fn each_page_without_a_session_is_the_sign_in_page(database: Database) {
    let county = County::shared(database);
    let seat = Seat::empty(&county.client());
    let reference = seat.get("/portal").with(401);
    assert!(reference.text().starts_with("Sign in – Crosswalk"), "{}", reference.text());
    let kept = seat.post("/portal/people", &[("number", "93000001A")]).with(401);
    assert!(kept.text().contains("It is kept"), "{}", kept.text());
    let unknown = "/portal/nothing/here";
    let id = "ref_0198f0c2a3b47c5d8e9f00112233aabb";
    for (method, route) in routes("inside").into_iter().chain([("GET", unknown), ("POST", unknown)]) {
        let path = path_of(route, id);
        let (page, expected) = match method {
            "GET" => (seat.get(&path), &reference),
            _ => (seat.post(&path, &[("number", "93000001A")]), &kept),
        };
        assert_eq!(shape(&page), shape(expected), "{method} {route}");
        assert_eq!(page.value("then"), path);
        assert_eq!(page.action(), "/portal/sign-in");
    }
    // A method that the address does not have is no way around it.
    for method in ["PUT", "PATCH", "DELETE"] {
        let request = seat.form("/portal/account", &[]).method(method);
        assert_eq!(seat.send(request).status, 401, "{method}");
    }
}

fn every_answer_has_the_headers_of_pages(database: Database) {
    let county = County::shared(database);
    let (nobody, somebody) = (Seat::empty(&county.client()), coordinator(county));
    let all: Vec<_> = routes("inside").into_iter().chain(routes("outside")).collect();
    for (method, route) in all {
        let path = path_of(route, "ref_0198f0c2a3b47c5d8e9f00112233aabb");
        if method == "GET" {
            check_headers(&nobody.send(Request::get(&*path)), route);
            check_headers(&somebody.send(Request::get(&*path)), route);
        } else {
            check_headers(&nobody.send(nobody.form(&path, &[("a", "b")])), route);
        }
    }
}

#[track_caller]
fn check_headers(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
    ] {
        assert_eq!(answer.header(name), value, "{what}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("geolocation=()"), "{what}");
}

fn each_proof_gives_another_secret(database: Database) {
    let county = County::shared(database);
    let seat = coordinator(county);
    let before = seat.cookie(SESSION).expect("signed in");
    let locked = seat.post("/portal/lock", &[("then", "/portal/account")]).with(401);
    let page = seat.send_on(&locked, &[("code", &seat.recovery_code())]).with(200);
    assert_eq!(page.address, "/portal/account");
    let after = seat.cookie(SESSION).expect("signed in");
    assert_ne!(before, after);
    let thief = Seat::empty(&county.client());
    thief.set_cookie(SESSION, &before);
    thief.get("/portal/account").with(401);
    thief.set_cookie(SESSION, &after);
    thief.get("/portal/account").with(200);
}

fn a_locked_session_shows_nothing_until_a_code(database: Database) {
    let county = County::shared(database);
    let seat = coordinator(county);
    let locked = seat.post("/portal/lock", &[("then", "/portal/people")]).with(401);
    assert_eq!((&*locked.address, &*locked.action()), ("/portal/people", "/portal/unlock"));
    assert!(locked.text().contains("This page is locked"));
    assert!(!locked.text().contains("open-door") && !locked.text().contains("Pat Seat"));
    for (method, route) in routes("inside") {
        let path = path_of(route, "ref_0198f0c2a3b47c5d8e9f00112233aabb");
        let page = if method == "GET" { seat.get(&path) } else { seat.post(&path, &[("a", "b")]) };
        assert_eq!((page.status, &*page.action()), (401, "/portal/unlock"), "{method} {route}");
    }
    let wrong = seat.send_on(&locked, &[("code", "000000")]).with(422);
    assert!(wrong.text().contains("This code does not fit"));
    let other = seat.send_on(&wrong, &[("other-way", "recovery")]).with(200);
    assert!(other.text().contains("Recovery code"));
    // A form that was sent meanwhile is kept, and is shown again instead of being sent.
    let sent = seat.post("/portal/people", &[("number", "91234567A"), ("in-language", "en")]).with(401);
    let back = seat.send_on(&sent, &[("code", &seat.recovery_code())]).with(200);
    assert_eq!(back.action(), "/portal/people");
    assert_eq!(back.hidden(), [("number".to_owned(), "91234567A".to_owned())]);
    let filled = seat.send_on(&back, &[("in-language", "en")]).with(200);
    assert_eq!(filled.value("number"), "91234567A");
}

/// A form that invites somebody, as a person fills it in.
const UNA: [(&str, &str); 4] = [
    ("name", "Una <b>Bold</b>"),
    ("email", "una@county.example"),
    ("language", "es"),
    ("role", "county-analyst"),
];

/// Number of the accounts at a service.
fn accounts(server: &Server) -> usize {
    let list = server.client().read(&server.operator, "/v1/accounts");
    list["items"].as_array().map_or(0, Vec::len)
}

fn a_session_without_use_ends_and_its_form_comes_back(database: Database) {
    let (mut server, seat) = first_operator(database);
    let form = seat.get("/portal/accounts/new").with(200);
    assert!(form.text().contains("Without use you are signed out at 10:1"), "{}", form.text());
    server.start_again_at("2026-03-02T18:40:00Z");
    let seat = seat.moved_to(&server.client());
    let ended = seat.send_on(&form, &UNA).with(401);
    assert!(ended.text().contains("after some minutes without use"), "{}", ended.text());
    assert!(ended.text().contains("It is kept"), "{}", ended.text());
    assert!(!ended.html.contains("<b>Bold"), "what was typed is no part of the page");
    let wrong = seat.send_on(&ended, &[("email", "olga@county.example")]).with(200);
    let wrong = seat.send_on(&wrong, &[("code", "123456")]).with(422);
    let back = seat.send_on(&wrong, &[("code", &seat.recovery_code())]).with(200);
    assert!(back.text().contains("Nothing was sent"), "{}", back.text());
    assert_eq!(accounts(&server), 1);
    let filled = seat.send_on(&back, &[("in-language", "es")]).with(200);
    assert_eq!(accounts(&server), 1, "it was shown, not sent");
    assert!(filled.html.contains("<html lang=\"es\">"), "in the language that was asked for");
    let typed = ["name", "email", "language", "role"].map(|name| filled.value(name));
    assert_eq!(typed.each_ref().map(String::as_str), UNA.map(|(_, value)| value));
    assert_eq!(filled.value("once"), form.value("once"), "it is the same attempt");
    seat.send_on(&filled, &UNA).with(200);
    assert_eq!(accounts(&server), 2);
}

fn what_cannot_be_undone_asks_for_a_code(database: Database) {
    let (mut server, seat) = first_operator(database);
    server.start_again_at("2026-03-02T18:10:00Z");
    let seat = seat.moved_to(&server.client());
    let form = seat.get("/portal/accounts/new").with(200);
    let asks = seat.send_on(&form, &UNA).with(403);
    assert!(asks.text().contains("Show that it is you"), "{}", asks.text());
    assert_eq!(asks.action(), "/portal/accounts/new");
    assert_eq!(accounts(&server), 1);
    let spanish = seat.send_on(&asks, &[("proof-code", ""), ("in-language", "es")]).with(200);
    assert!(spanish.text().contains("Confirme que es usted"), "{}", spanish.text());
    let other = seat.send_on(&spanish, &[("proof-code", ""), ("proof-other-way", "recovery")]).with(200);
    let wrong = seat.send_on(&other, &[("proof-code", "12")]).with(422);
    assert_eq!(accounts(&server), 1);
    let before = seat.cookie(SESSION);
    let done = seat.send_on(&wrong, &[("proof-code", &seat.recovery_code())]).with(200);
    assert!(done.codes()[0].contains("/portal/invitation?link=cwi_"), "{}", done.text());
    assert_ne!(seat.cookie(SESSION), before, "another secret");
    assert_eq!(accounts(&server), 2);
    // For some minutes now nothing asks again.
    let form = seat.get("/portal/accounts/new").with(200);
    let more =
        [("email", "bo@county.example"), ("name", "Bo"), ("language", "en"), ("role", "county-analyst")];
    seat.send_on(&form, &more).with(200);
    assert_eq!(accounts(&server), 3);
}

fn sessions_are_listed_and_ended(database: Database) {
    let county = County::shared(database);
    let seat = administrator(county, "ada@sessions.example");
    let sign_in = || {
        let other = Seat::empty(&county.client());
        let page = other.get("/portal/account").with(401);
        other.signs_in(&page, "ada@sessions.example", &seat.recovery_code()).with(200);
        other
    };
    let (other, third) = (sign_in(), sign_in());
    let page = seat.get("/portal/account").with(200);
    assert_eq!(page.text().matches("Another browser").count(), 2, "{}", page.text());
    assert_eq!(page.text().matches("This browser").count(), 1);
    let id = county.client().read(&other.cookie(SESSION).expect("signed in"), "/v1/sessions/current");
    let end = format!("/portal/account/sessions/{}/end", text(&id, "/id"));
    for path in [&*end, "/portal/account/sessions/end"] {
        let shown = seat.post(path, &[("in-language", "en")]).with(200);
        assert_eq!(shown.text().matches("Another browser").count(), 2, "{path} is shown and not done");
    }
    let ended = seat.post(&end, &[]).with(200);
    // A page that was gone back to ends it once more, without harm.
    let again = seat.post(&end, &[]).with(200);
    assert_eq!(again.address, "/portal/account");
    let unknown = format!("/portal/account/sessions/ses_{}/end", "0".repeat(32));
    seat.post(&unknown, &[]).with(404);
    assert_eq!(ended.text().matches("Another browser").count(), 1);
    other.get("/portal/account").with(401);
    third.get("/portal/account").with(200);
    let all = seat.post("/portal/account/sessions/end", &[]).with(200);
    assert_eq!(all.address, "/portal/signed-out");
    seat.get("/portal/account").with(401);
    third.get("/portal/account").with(401);
}

fn who_administers_invites_changes_and_ends(database: Database) {
    let county = County::shared(database);
    let seat = administrator(county, "ada@invites.example");
    assert_eq!(seat.get("/portal/account").with(200).link("People and their roles"), "/portal/accounts");
    coordinator(county).get("/portal/accounts").with(403);
    let foreign = format!("/portal/accounts?organization={}", county.provider("open-door").id);
    seat.get(&foreign).with(404);
    let secret = coordinator(county).cookie(SESSION).expect("signed in");
    let other = county.client().read(&secret, "/v1/sessions/current");
    for step in ["", "/change", "/link", "/end"] {
        seat.get(&format!("/portal/accounts/{}{step}", text(&other, "/account"))).with(404);
    }

    let form = seat.get("/portal/accounts/new").with(200);
    let none = seat.send_on(&form, &[("name", ""), ("email", "cy"), ("license", "RN 1")]).with(422);
    assert!(none.text().contains("Enter the name") && none.text().contains("Enter an e-mail address"));
    let typed = [("name", "Cy Low"), ("email", "cy@invites.example"), ("language", "en")];
    let roleless = seat.send_on(&none, &typed).with(422);
    assert!(roleless.text().contains("Choose at least one role"));
    let filled = [typed[0], typed[1], typed[2], ("role", "clerk")];
    let invited = seat.send_on(&roleless, &filled).with(200);
    let link = invited.codes().remove(0);
    assert!(link.starts_with(&format!("{}/portal/invitation?link=cwi_", county.server.address)), "{link}");
    // Sent again, the form invites nobody twice, and shows no link.
    let again = seat.send_on(&roleless, &filled).with(200);
    assert_eq!(again.address, "/portal/accounts");
    assert_eq!(again.text().matches("cy@invites.example").count(), 1);
    let another = seat.get("/portal/accounts/new").with(200);
    let taken = seat.send_on(&another, &filled).with(422);
    assert!(taken.text().contains("has this address already"));

    let person = again.link("Cy Low");
    let change = seat.get(&format!("{person}/change")).with(200);
    let stale = seat.get(&format!("{person}/change")).with(200);
    assert_eq!(change.value("name"), "Cy Low");
    let name = [("name", "Cy Lowe"), ("language", "en"), ("role", "biller"), ("role", "clerk")];
    let changed = seat.send_on(&change, &name).with(200);
    assert_eq!(changed.address, person);
    assert!(changed.text().contains("Cy Lowe") && changed.text().contains("billing, credentialing"));
    // Of a version that is gone nothing is saved, and what was typed stays.
    let meanwhile = [("name", "Sy Low"), ("language", "en"), ("role", "clerk")];
    let refused = seat.send_on(&stale, &meanwhile).with(409);
    assert_eq!(refused.value("name"), "Sy Low");
    assert!(seat.get(&person).with(200).text().contains("Cy Lowe"));
    seat.send_on(&refused, &meanwhile).with(200);
    assert!(seat.get(&person).with(200).text().contains("Sy Low"));

    let asked = seat.get(&format!("{person}/link")).with(200);
    let newer = seat.send_on(&asked, &[]).with(200);
    assert_ne!(newer.codes().remove(0), link);
    let guest = Seat::empty(&county.client());
    guest.post("/portal/invitation", &[("link", &link)]).with(410);

    let asked = seat.get(&format!("{person}/end")).with(200);
    seat.send_on(&asked, &[("reason", " ")]).with(422);
    let ended = seat.send_on(&asked, &[("reason", "Works elsewhere.")]).with(200);
    assert!(ended.text().contains("Works elsewhere."), "{}", ended.text());
    // Nobody takes the last administrator away.
    let secret = seat.cookie(SESSION).expect("signed in");
    let own = county.client().read(&secret, "/v1/sessions/current");
    let asked = seat.get(&format!("/portal/accounts/{}/end", text(&own, "/account"))).with(200);
    let last = seat.send_on(&asked, &[("reason", "I go.")]).with(422);
    assert!(last.text().contains("Nobody else could let people in"));
    seat.get("/portal/account").with(200);
}

fn script_in_a_field_stays_text(database: Database) {
    const SCRIPT: &str = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let county = County::shared(database);
    let seat = administrator(county, "ada@script.example");
    let form = seat.get("/portal/accounts/new").with(200);
    let typed = [("name", SCRIPT), ("email", SCRIPT), ("license", SCRIPT), ("role", "clerk")];
    let again = seat.send_on(&form, &typed).with(422);
    let named = [("name", SCRIPT), ("email", "eve@script.example"), ("language", "en"), ("role", "clerk")];
    let invited = seat.send_on(&form, &named).with(200);
    let list = seat.get("/portal/accounts").with(200);
    let person = list.link(SCRIPT);
    let pages = [again.clone(), invited, seat.get(&person).with(200), list];
    let nobody = Seat::empty(&county.client());
    let kept = nobody.post("/portal/people", &[("number", SCRIPT), (SCRIPT, "x")]).with(401);
    let email = nobody.post("/portal/sign-in", &[("email", SCRIPT), ("then", SCRIPT)]).with(422);
    let offered = [("uri", "javascript:alert(1)"), ("key", SCRIPT), ("in-language", "en")];
    let link = nobody.post("/portal/invitation/taken", &offered).with(200);
    for page in pages.iter().chain([&kept, &email, &link]) {
        assert!(!page.html.contains("<script>") && !page.html.contains("<img"), "{}", page.html);
        assert!(!page.html.contains("href=\"javascript:"), "{}", page.html);
        assert_eq!(page.html.matches("<script").count(), 1, "only our own: {}", page.address);
    }
    assert_eq!((again.value("name"), again.value("email")), (SCRIPT.to_owned(), SCRIPT.to_owned()));
    assert_eq!(email.value("then"), "/portal", "an address of ours and no other");
    let body: Value = county.client().read(&county.server.operator, "/v1/audit?action=invite-account");
    assert!(!body.to_string().contains("<script>"), "no name is in the trail");
}
