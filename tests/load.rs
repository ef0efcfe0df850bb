//! Share of the service that one client may take, and doors that only its operator has: whoever asks too
//! much, too slowly or too often is told so, and everybody else goes on.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{
    Answer, Client, County, Database, Request, SESSION, Seat, Server, component, on_both_databases, raw,
    text, until,
};

on_both_databases! {
    who_reads_no_answer_is_closed
    an_upload_that_trickles_keeps_nobody_out
    plans_that_upload_slowly_keep_no_other_out
    a_loop_of_receipts_leaves_others_their_turn
    requests_over_time_are_limited_by_key
    a_person_is_limited_over_all_sessions
    an_address_has_its_share
    requests_at_once_are_limited_by_key
    metrics_are_the_operators
    the_last_operators_key_stays
    an_opened_up_key_is_mentioned
}

/// A connection of its own, on which these bytes were sent.
fn connect(address: &str, bytes: &[u8]) -> TcpStream {
    let authority = address.strip_prefix("http://").expect("an address of ours");
    let mut stream = TcpStream::connect(authority).expect("the service listens");
    stream.write_all(bytes).expect("the service reads");
    stream
}

/// Everything that the service still says on the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut said = Vec::new();
    // A connection that breaks has nothing more to say.
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

fn refused(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code().to_owned())
}

fn counts(server: &Server) -> String {
    let answer = server.client().send(&Request::get("/metrics").by(&server.operator));
    String::from_utf8_lossy(&answer.bytes).into_owned()
}

fn who_reads_no_answer_is_closed(database: Database) {
    let settings = [("CROSSWALK_CONNECTIONS", "6"), ("CROSSWALK_PROGRESS_MS", "3000")];
    let server = Server::start_with(database, &settings);
    let client = server.client();
    // Many requests for a large answer in one go: more than the buffers between the two can hold.
    let many = "GET /openapi.json HTTP/1.1\r\nHost: crosswalk\r\n\r\n".repeat(60);
    let held: Vec<TcpStream> = (0..6).map(|_| connect(&server.address, many.as_bytes())).collect();
    for stream in &held {
        assert_eq!(stream.peek(&mut [0]).expect("an answer begins"), 1);
    }
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(client.send(&Request::get(probe)).status, 200, "{probe} while every place is taken");
    }
    let answer = client.send(&Request::get("/v1/organizations").by(&server.operator));
    assert_eq!(refused(&answer), (503, "too-many-connections".to_owned()));
    assert_eq!(answer.header("retry-after"), "1");
    // They are still held; the service's own deadline ends them.
    until("a place to be free", || {
        let answer = client.send(&Request::get("/v1/organizations").by(&server.operator));
        (answer.status == 200).then_some(())
    });
    until("all of them to be closed", || {
        let counts = counts(&server);
        let stalled = counts.lines().find_map(|line| line.strip_prefix("http_connections_stalled "))?;
        (stalled.parse() == Ok(6)).then_some(())
    });
    drop(held);
}

fn an_upload_that_trickles_keeps_nobody_out(database: Database) {
    let server = Server::start_with(database, &[("CROSSWALK_PROGRESS_MS", "2000")]);
    let county = County::of(server, &["valle-vista", "harbor-crest"]);
    let trickle = |number: usize| {
        let head = format!(
            "POST /v1/plans/valle-vista/plugins HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: trickle-{number}\r\nContent-Type: application/wasm\r\nContent-Length: 1000000\r\n\
             Connection: close\r\n\r\n\0asm",
            county.plan("valle-vista").admin
        );
        connect(&county.server.address, head.as_bytes())
    };
    let trickling: Vec<TcpStream> = (0..8).map(trickle).collect();
    let path = "/v1/plans/harbor-crest/plugins";
    let upload = Request::bytes(path, "application/wasm", component("harbor-crest"));
    let answer = county.client().send(&upload.by(&county.plan("harbor-crest").admin));
    assert!([200, 201, 202].contains(&answer.status), "{}: {}", answer.status, answer.json);

    let ends: Vec<String> = trickling.into_iter().map(rest).collect();
    let with = |status: &str, code: &str| {
        ends.iter().filter(|end| end.starts_with(status) && end.contains(code)).count()
    };
    let (slow, busy) = (with("HTTP/1.1 408 ", "body-too-slow"), with("HTTP/1.1 503 ", "busy"));
    assert_eq!(slow + busy, 8, "{ends:?}");
    assert!(slow >= 2, "those that had room stood still: {ends:?}");
}

/// Sends parts that are large enough not to stand still, until it is answered or it is over. It tells once
/// that it is well under way.
fn sends_slowly(mut stream: TcpStream, under_way: &Sender<()>, over: &AtomicBool) -> String {
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a time is no problem");
    let (part, mut said) = (vec![0; 32 << 10], [0; 2_048]);
    for round in 0.. {
        if round == 3 {
            under_way.send(()).expect("the test waits for it");
        }
        let sent = stream.write_all(&part);
        match stream.read(&mut said) {
            Ok(count) if count > 0 => return String::from_utf8_lossy(&said[..count]).into_owned(),
            Err(_) if sent.is_ok() && !over.load(Ordering::Relaxed) => {}
            _ => break,
        }
    }
    String::new()
}

/// Three plans hold every place, none of them with more than its share and none standing still.
fn plans_that_upload_slowly_keep_no_other_out(database: Database) {
    const SLOW: [&str; 3] = ["valle-vista", "costa-alta", "silver-oak"];
    let server = Server::start_with(database, &[("CROSSWALK_PROGRESS_MS", "6000")]);
    let county = County::of(server, &["valle-vista", "costa-alta", "silver-oak", "harbor-crest"]);
    let begin = |plan: &str, number: usize| {
        let head = format!(
            "POST /v1/plans/{plan}/plugins HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: slow-{number}\r\nContent-Type: application/wasm\r\nContent-Length: 30000000\r\n\
             Connection: close\r\n\r\n\0asm",
            county.plan(plan).admin
        );
        connect(&county.server.address, head.as_bytes())
    };
    let (over, (sender, receiver)) = (AtomicBool::new(false), channel());
    let (answer, ends) = thread::scope(|scope| {
        let slow: Vec<_> = (0..6)
            .map(|number| {
                let (stream, sender, over) = (begin(SLOW[number % 3], number), sender.clone(), &over);
                scope.spawn(move || sends_slowly(stream, &sender, over))
            })
            .collect();
        (0..slow.len()).for_each(|_| receiver.recv().expect("each is under way"));
        let upload =
            Request::bytes("/v1/plans/harbor-crest/plugins", "application/wasm", component("harbor-crest"));
        let answer = county.client().send(&upload.by(&county.plan("harbor-crest").admin));
        over.store(true, Ordering::Relaxed);
        (answer, slow.into_iter().map(|one| one.join().expect("it ends")).collect::<Vec<_>>())
    });
    assert!([200, 201, 202].contains(&answer.status), "{}: {}", answer.status, answer.json);
    let gave_way = ends.iter().filter(|end| end.starts_with("HTTP/1.1 408 ")).count();
    assert!(gave_way > 0, "who was slow is told so: {ends:?}");
}

fn a_loop_of_receipts_leaves_others_their_turn(database: Database) {
    let county = County::shared(database);
    let ask = |plan: &str| {
        let side = county.plan(plan);
        let path = format!("/v1/plans/{plan}/plugins/{}/receipts", side.digest);
        county.client().send(&Request::post(path, &json!({})).by(&side.admin))
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let answer = ask("valle-vista");
                    assert!([201, 503].contains(&answer.status), "{}", answer.status);
                }
            });
        }
        let turns: Vec<u16> = (0..2).map(|_| ask("costa-alta").status).collect();
        done.store(true, Ordering::Relaxed);
        assert_eq!(turns, [201, 201], "each came in its turn");
    });
}

fn requests_over_time_are_limited_by_key(database: Database) {
    let server = Server::start_with(database, &[("CROSSWALK_REQUESTS_PER_KEY", "5")]);
    let client = server.client();
    let county = client.read(&server.operator, "/v1/organizations")["items"][0]["id"].clone();
    let key = json!({ "organization": county, "role": "operator", "label": "another" });
    let other = client.send(&Request::post("/v1/keys", &key).by(&server.operator)).with(201);
    let answers: Vec<Answer> =
        (0..40).map(|_| client.send(&Request::get("/v1/organizations").by(&server.operator))).collect();
    let (taken, refused_ones): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|one| one.status == 200);
    assert!(taken.len() >= 5 && !refused_ones.is_empty(), "{} {}", taken.len(), refused_ones.len());
    for answer in &answers {
        assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=10;w=2");
        assert!(answer.header("ratelimit").starts_with("\"key\";r="), "{}", answer.header("ratelimit"));
    }
    for answer in refused_ones {
        assert_eq!(refused(answer), (429, "too-many-requests".to_owned()));
        assert_eq!((answer.header("retry-after"), answer.header("ratelimit")), ("1", "\"key\";r=0"));
    }
    // Another key has a count of its own, and a probe none.
    client.read(text(&other, "/key"), "/v1/organizations");
    assert_eq!(client.send(&Request::get("/healthz")).header("ratelimit"), "");
}

/// A person of the county's own office, signed in at the pages.
fn person(server: &Server, email: &str) -> Seat {
    let new = json!({
        "organization": server.office(), "name": "Ada Swift", "language": "en", "email": email,
        "roles": ["county-operator"],
    });
    Seat::invited(&server.client(), &server.operator, &new)
}

/// Anybody signs in as often as wanted: pages and the API, in one session or in two, have one count.
fn a_person_is_limited_over_all_sessions(database: Database) {
    let server = Server::start_with(database, &[("CROSSWALK_REQUESTS_PER_PERSON", "1")]);
    let (swift, other) = (person(&server, "swift@load.example"), person(&server, "other@load.example"));
    let again = Seat::empty(&server.client());
    let page = again.get("/portal").with(401);
    again.signs_in(&page, "swift@load.example", &swift.recovery_code());
    let secret = again.cookie(SESSION).expect("the second session began");
    assert_ne!(swift.cookie(SESSION).as_ref(), Some(&secret));

    let begun = Instant::now();
    let page =
        |seat: &Seat, language: &str| seat.send(Request::get("/portal").header("Accept-Language", language));
    let answers: Vec<Answer> = (0..24)
        .map(|turn| match turn % 4 {
            0 => page(&swift, "en"),
            1 => page(&again, "es"),
            2 => page(&swift, "es"),
            _ => server.client().send(&Request::get("/v1/sessions").by(&secret)),
        })
        .collect();
    let taken = answers.iter().filter(|answer| answer.status != 429).count();
    // Two in a burst and one a second.
    assert!(taken <= 3 + usize::try_from(begun.elapsed().as_secs()).expect("few"), "{taken}");
    let mut seen = [false; 3];
    for (turn, answer) in answers.iter().enumerate() {
        assert_eq!(answer.header("ratelimit-policy"), "\"person\";q=2;w=2", "{turn}");
        if answer.status != 429 {
            assert!(answer.status < 400, "{turn}: {}", answer.status);
            continue;
        }
        assert!(["1", "2"].contains(&answer.header("retry-after")), "{}", answer.header("retry-after"));
        if turn % 4 == 3 {
            assert_eq!(answer.code(), "too-many-requests");
            seen[0] = true;
            continue;
        }
        let html = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(answer.header("content-type").starts_with("text/html"), "{turn}");
        let (place, words) =
            if turn % 4 == 0 { (1, "Too many requests") } else { (2, "Demasiadas solicitudes") };
        assert!(html.contains(words), "{turn}: {html}");
        seen[place] = true;
    }
    assert_eq!(seen, [true; 3], "a problem, and a page in each language");
    // Another person, and software with a key, go on.
    assert!(page(&other, "en").status < 400);
    server.client().read(&server.operator, "/v1/organizations");
}

fn an_address_has_its_share(database: Database) {
    let server = Server::start_with(database, &[("CROSSWALK_REQUESTS_PER_ADDRESS", "5")]);
    let client = server.client();
    let answers: Vec<Answer> = (0..40).map(|_| client.send(&Request::get("/problems"))).collect();
    let refused_ones: Vec<&Answer> = answers.iter().filter(|one| one.status != 200).collect();
    assert!(answers.len() - refused_ones.len() >= 5 && !refused_ones.is_empty(), "{}", refused_ones.len());
    for answer in refused_ones {
        assert_eq!(refused(answer), (429, "too-many-requests".to_owned()));
        assert!(["1", "2"].contains(&answer.header("retry-after")), "{}", answer.header("retry-after"));
    }
    for probe in ["/healthz", "/readyz"] {
        assert_eq!(client.send(&Request::get(probe)).status, 200, "{probe} is not counted");
    }
    drop(server);

    let server = Server::start_with(database, &[("CROSSWALK_CONNECTIONS_PER_ADDRESS", "3")]);
    let held: Vec<TcpStream> = (0..3).map(|_| connect(&server.address, b"GET /v1/organizations")).collect();
    // The service takes connections in the order in which they come.
    let answer = server.client().send(&Request::get("/v1/organizations").by(&server.operator));
    assert_eq!(refused(&answer), (503, "too-many-connections".to_owned()));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(server.client().send(&Request::get("/healthz")).status, 200, "a probe gets in");
    drop(held);
    until("a place to be free", || {
        let answer = server.client().send(&Request::get("/v1/organizations").by(&server.operator));
        (answer.status == 200).then_some(())
    });
}

fn requests_at_once_are_limited_by_key(database: Database) {
    let settings = [("CROSSWALK_REQUESTS_AT_ONCE", "1"), ("CROSSWALK_PROGRESS_MS", "60000")];
    let server = Server::start_with(database, &settings);
    let client = server.client();
    let office = client.read(&server.operator, "/v1/organizations")["items"][0]["id"].clone();
    let key = json!({ "organization": office, "role": "operator", "label": "another" });
    let other = client.send(&Request::post("/v1/keys", &key).by(&server.operator)).with(201);
    let other = text(&other, "/key");
    // A request that is under way as long as its body comes.
    let head = format!(
        "POST /v1/organizations HTTP/1.1\r\nHost: crosswalk\r\nAuthorization: Bearer {other}\r\n\
         Idempotency-Key: trickle-1\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    let read = |key: &str| client.send(&Request::get("/v1/organizations").by(key));
    // Whichever comes first has the place: it is tried until it is the one whose body is on its way.
    let (held, answer) = until("the key to have one under way", || {
        let held = connect(&server.address, head.as_bytes());
        let answer = read(other);
        (answer.status != 200).then_some((held, answer))
    });
    assert_eq!(refused(&answer), (429, "too-many-requests".to_owned()));
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(read(&server.operator).status, 200, "another key is free");
    drop(held);
    until("it to be over", || (read(other).status == 200).then_some(()));
}

fn metrics_are_the_operators(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let metrics = |key: Option<&str>| {
        let request = Request::get("/metrics");
        client.send(&key.map_or(request.clone(), |key| request.by(key))).status
    };
    assert_eq!(metrics(None), 401);
    for key in
        [county.key_of("open-door"), &county.plan("valle-vista").admin, &county.plan("valle-vista").reviewer]
    {
        assert_eq!(metrics(Some(key)), 403);
    }
    assert_eq!(metrics(Some(&county.server.operator)), 200);

    // On an address of its own they need no key, and nothing else is there.
    let server = Server::start_with(database, &[("CROSSWALK_METRICS_LISTEN", "127.0.0.1:0")]);
    let own =
        Client::of(&format!("http://{}", logged(&server, "metrics are served without a key", "address")));
    let answer = own.send(&Request::get("/metrics"));
    assert!(answer.status == 200 && String::from_utf8_lossy(&answer.bytes).contains("http_connections"));
    for (path, status) in
        [("/healthz", 200), ("/readyz", 200), ("/v1/organizations", 404), ("/openapi.json", 404)]
    {
        assert_eq!(own.send(&Request::get(path).by(&server.operator)).status, status, "{path}");
    }
}

/// A field of what the service logged with this message.
fn logged(server: &Server, message: &str, field: &str) -> String {
    until("the service to say it", || {
        let log = server.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut fields = lines.map(|line| line["fields"].clone());
        let found = fields.find(|fields| text(fields, "/message").starts_with(message))?;
        Some(text(&found, &format!("/{field}")).to_owned())
    })
}

fn the_last_operators_key_stays(database: Database) {
    let server = Server::start(database);
    let client = server.client();
    let first = &server.operator;
    let send = |method: &str, path: String, by: &str| client.send(&Request::get(path).method(method).by(by));
    let keys = |by: &str| client.read(by, "/v1/keys")["items"].as_array().cloned().unwrap_or_default();
    let own = text(&keys(first)[0], "/id").to_owned();
    let last = (409, "not-allowed-now".to_owned());
    let end = |id: &str, by: &str| send("DELETE", format!("/v1/keys/{id}"), by);
    let answer = end(&own, first);
    assert_eq!(refused(&answer), last);
    assert_eq!(text(&answer.json, "/errors/0/code"), "last-key");

    // A second operator, of another county office: each may end the other's key, and one of the two keys
    // stays.
    let office = json!({ "kind": "county", "name": "Second office" });
    let office = client.send(&Request::post("/v1/organizations", &office).by(first)).with(201);
    let key = json!({ "organization": office["id"], "role": "operator", "label": "second" });
    let second = client.send(&Request::post("/v1/keys", &key).by(first)).with(201);
    let (second_id, second) = (text(&second, "/id"), text(&second, "/key"));
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| end(second_id, first));
        let other = end(&own, second);
        (one.join().expect("it is answered"), other)
    });
    let done = [&one, &other].iter().filter(|answer| answer.status == 204).count();
    assert_eq!(done, 1, "{} {}", one.status, other.status);
    let (left, left_id) =
        if one.status == 204 { (first.as_str(), own.as_str()) } else { (second, second_id) };
    assert_eq!(refused(&end(left_id, left)), last);
    assert_eq!(keys(left).iter().filter(|key| key["revoked"] == false).count(), 1);

    // An office whose operators are the last that work is not paused by one whose key has ended meanwhile,
    // nor its own.
    let offices = client.read(left, "/v1/organizations");
    for office in offices["items"].as_array().into_iter().flatten() {
        let path = format!("/v1/organizations/{}/pause", text(office, "/id"));
        let pause = Request::post(path, &json!({ "reason": "Nobody is left." })).by(left);
        let answer = client.send(&pause.of_version(&office["version"]));
        let is_own =
            keys(left).iter().any(|key| text(key, "/id") == left_id && key["organization"] == office["id"]);
        // The county's own organization, by whose keys a lost record is opened, is paused by nobody.
        let holds_the_record = office["name"] == "County collaborative";
        assert_eq!(answer.status, if is_own || holds_the_record { 409 } else { 200 }, "{}", answer.json);
    }
}

fn an_opened_up_key_is_mentioned(database: Database) {
    let mut server = Server::start(database);
    const SAID: &str = "others than its owner could use the operator's key";
    server.start_again();
    assert!(!server.log().contains(SAID), "it is its owner's");
    let file = server.folder().join("operator.key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("it is ours");
    server.start_again();
    assert_eq!(logged(&server, SAID, "mode"), "644");
    assert!(logged(&server, SAID, "file").ends_with("operator.key"));
}

#[test]
fn heads_that_cannot_be_read_get_problems_too() {
    let county = County::shared(Database::Sqlite);
    let named = "Host: crosswalk\r\nConnection: close\r\n";
    let long = "a".repeat(9_000);
    for (case, head, status, code) in [
        ("no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 400, "bad-host"),
        ("two hosts", format!("GET /healthz HTTP/1.1\r\nHost: other\r\n{named}\r\n"), 400, "bad-host"),
        (
            "a host that is none",
            "GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(),
            400,
            "bad-host",
        ),
        ("no request", "what is this?\r\n\r\n".to_owned(), 400, "bad-request"),
        (
            "a field without a colon",
            format!("GET /healthz HTTP/1.1\r\n{named}nonsense\r\n\r\n"),
            400,
            "bad-request",
        ),
        (
            "two lengths",
            format!("POST /v1/referrals HTTP/1.1\r\n{named}Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
            400,
            "bad-request",
        ),
        ("a long address", format!("GET /{long} HTTP/1.1\r\n{named}\r\n"), 414, "address-too-long"),
        (
            "a large field",
            format!("GET /healthz HTTP/1.1\r\n{named}X-A: {}\r\n\r\n", long.repeat(4)),
            431,
            "headers-too-large",
        ),
        (
            "a huge field",
            format!("GET /healthz HTTP/1.1\r\n{named}X-A: {}\r\n\r\n", long.repeat(40)),
            431,
            "headers-too-large",
        ),
        (
            "many fields",
            format!("GET /healthz HTTP/1.1\r\n{named}{}\r\n", "X-A: b\r\n".repeat(200)),
            431,
            "headers-too-large",
        ),
    ] {
        let answer = raw(&county.server.address, &head, b"");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{case}: {answer}");
        let (fields, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let problem: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{case}: {answer}"));
        assert_eq!(text(&problem, "/type"), format!("/problems/{code}"), "{case}");
        assert_eq!(problem["status"], json!(status), "{case}");
        assert!(fields.contains("content-type: application/problem+json"), "{case}: {fields}");
        assert!(
            fields.contains(&format!("x-request-id: {}", text(&problem, "/trace_id"))),
            "{case}: {fields}"
        );
    }
}

#[test]
fn a_host_answers_to_its_names() {
    let server = Server::start_with(Database::Sqlite, &[("CROSSWALK_HOSTS", "crosswalk.example,127.0.0.1")]);
    for (host, status) in [("crosswalk.example", 200), ("Crosswalk.Example:8080", 200), ("evil.example", 421)]
    {
        let head = format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = raw(&server.address, &head, b"");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{host}: {answer}");
    }
}

/// A client that reads nothing before it has sent everything.
#[test]
fn the_refusal_of_a_large_body_reaches_its_client() {
    let county = County::shared(Database::Sqlite);
    let upload = || Request::bytes("/v1/plans/valle-vista/plugins", "application/wasm", vec![0; 60 << 20]);
    for (case, request, expected) in [
        ("nobody", upload(), (401, "not-signed-in")),
        ("who may not", upload().by(county.key_of("open-door")), (403, "forbidden")),
        ("too large", upload().by(&county.plan("valle-vista").admin), (413, "body-too-large")),
    ] {
        let answer = county.client().send(&request);
        assert_eq!((answer.status, answer.code()), expected, "{case}");
    }
}

#[test]
fn compressed_bodies_are_refused_by_name() {
    let county = County::shared(Database::Sqlite);
    let key = county.key_of("open-door");
    let document = Request::bytes("/v1/documents?kind=w9", "text/plain", "A line.");
    for (request, status) in [
        (Request::post("/v1/referrals", &json!({})).header("Content-Encoding", "gzip"), 415),
        (document.clone().header("Content-Encoding", "deflate"), 415),
        (document.header("Content-Encoding", "identity"), 201),
    ] {
        let answer = county.client().send(&request.by(key));
        assert_eq!(answer.status, status);
        assert!(status == 201 || answer.code() == "unsupported-content-encoding", "{}", answer.code());
    }
}
