//! Work of an operator: keys that end and are replaced, and a command line that says what is wrong.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use crate::harness::{
    Answer, County, Database, Request, Server, binary, certificate, on_both_databases, program, serve, skip,
    skip_anywhere, text, until,
};

on_both_databases! {
    keys_end_and_are_replaced
    the_use_of_a_key_is_noted
}

/// Status and code, with what is said of the first field.
fn short(answer: &Answer) -> String {
    let at = answer.json["errors"][0]["pointer"].as_str();
    format!("{} {}{}", answer.status, answer.code(), at.map(|at| format!(" {at}")).unwrap_or_default())
}

fn keys_end_and_are_replaced(database: Database) {
    let mut server = Server::start(database);
    let operator = server.operator.clone();
    let client = server.client();
    crate::harness::add_counties(&client, &operator);
    let plan =
        json!({ "kind": "plan", "name": "Lone Pine Plan", "plan_id": "lone-pine", "counties": ["SRV"] });
    let plan = client.send(&Request::post("/v1/organizations", &plan).by(&operator)).with(201);
    let make = |by: &str, body: &Value| client.send(&Request::post("/v1/keys", body).by(by));
    let rotate = |by: &str, id: &Value, body: &Value| {
        let path = format!("/v1/keys/{}/rotations", id.as_str().expect("an id"));
        client.send(&Request::post(path, body).by(by))
    };
    let works = |client: &crate::harness::Client, key: &Value| {
        let key = key.as_str().expect("a secret");
        short(&client.send(&Request::get("/v1/organizations").by(key)))
    };
    let admin = json!({ "organization": plan["id"], "role": "plan-admin", "label": "first" });
    let admin = make(&operator, &admin).with(201);
    let reviewer = |expires: &str| {
        let body = json!({ "role": "plan-reviewer", "label": "r", "license": "RN 1", "expires_at": expires });
        make(text(&admin, "/key"), &body)
    };
    for (case, expires, expected) in [
        ("in the past", "2026-03-01T00:00:00Z", "422 invalid-request /expires_at"),
        ("no instant", "next year", "422 invalid-request /expires_at"),
        ("still to come", "2026-03-02T18:04:00Z", "201 "),
    ] {
        assert_eq!(short(&reviewer(expires)), expected, "{case}");
    }
    let short_lived = reviewer("2026-03-02T18:04:00Z").with(201);
    assert_eq!(short_lived["expires_at"], "2026-03-02T18:04:00Z");
    assert_eq!(works(&client, &short_lived["key"]), "200 ");

    // A key is replaced by itself, or by one that manages keys; by nobody else.
    let replaced = rotate(text(&short_lived, "/key"), &short_lived["id"], &json!({})).with(201);
    assert_eq!((&replaced["replaces"], &replaced["license"]), (&short_lived["id"], &json!("RN 1")));
    assert_eq!(
        text(&replaced, "/expires_at").get(..13),
        Some("2026-03-02T18"),
        "made for as long as the old one"
    );
    assert_eq!(works(&client, &replaced["key"]), "200 ");
    assert_eq!(short(&rotate(text(&replaced, "/key"), &admin["id"], &json!({}))), "403 forbidden");
    let at_once = rotate(text(&admin, "/key"), &replaced["id"], &json!({ "overlap_hours": 0 })).with(201);
    assert_eq!(works(&client, &replaced["key"]), "401 key-expired");
    assert_eq!(works(&client, &at_once["key"]), "200 ");

    // Nobody is locked out: what manages keys without an end is followed by its like, and the last such one
    // stays.
    let body = json!({ "expires_at": "2027-01-01T00:00:00Z" });
    assert_eq!(short(&rotate(text(&admin, "/key"), &admin["id"], &body)), "422 invalid-request /expires_at");
    assert_eq!(
        short(&rotate(text(&admin, "/key"), &admin["id"], &json!({ "overlap_hours": 721 }))),
        "422 invalid-request /overlap_hours"
    );
    let next = rotate(text(&admin, "/key"), &admin["id"], &json!({ "overlap_hours": 1 })).with(201);
    assert_eq!((&next["manages_keys"], &next["expires_at"]), (&json!(true), &Value::Null));
    let path = format!("/v1/keys/{}", text(&next, "/id"));
    let ended = client.send(&Request::get(path).method("DELETE").by(text(&next, "/key")));
    assert_eq!(short(&ended).split(' ').next(), Some("409"), "the old one ends by itself: {}", short(&ended));

    // Hours later by the clock: what had an end has ended, and says so; what took its place works.
    server.start_again_at("2026-03-02T20:00:00Z");
    let client = server.client();
    assert_eq!(works(&client, &short_lived["key"]), "401 key-expired");
    assert_eq!(works(&client, &admin["key"]), "401 key-expired");
    assert_eq!(works(&client, &next["key"]), "200 ");
    let gone = client.send(&Request::get("/v1/plans").by(text(&admin, "/key")));
    assert_eq!(gone.header("www-authenticate"), "Bearer");
    assert!(text(&gone.json, "/detail").contains("/v1/keys/{id}/rotations"), "{}", gone.json);
    let trail = client.read(&operator, "/v1/audit?limit=200").to_string();
    assert!(trail.contains("rotate-key"), "who replaced a key is on the record");
}

fn the_use_of_a_key_is_noted(database: Database) {
    let county = County::shared(database);
    let client = county.client();
    let provider = county.new_provider(&["clinic"]);
    let key = |id: &Value| {
        let mut cursor = String::new();
        loop {
            let page = client.read(&county.server.operator, &format!("/v1/keys?limit=200{cursor}"));
            let mut items = page["items"].as_array().expect("a list").iter();
            match (items.find(|one| one["organization"] == *id), page["next_cursor"].as_str()) {
                (Some(found), _) => return Some(found.clone()),
                (None, Some(next)) => cursor = format!("&cursor={next}"),
                (None, None) => return None,
            }
        }
    };
    let id = json!(provider.id);
    let unused = key(&id).expect("it is listed");
    assert_eq!(unused["last_used_at"], Value::Null);
    client.read(&provider.key, "/v1/plans");
    until("the use to be noted", || {
        key(&id).filter(|key| text(key, "/last_used_at").starts_with("2026-03-02T"))
    });
}

/// A `serve` that is told something wrong; it must end, and say so.
fn refused(arguments: &[&str], variables: &[(&str, &str)], data: &Path) -> String {
    let mut command = program();
    command.arg("serve");
    if !arguments.contains(&"--listen") {
        command.args(["--listen", "127.0.0.1:0"]);
    }
    if !arguments.contains(&"--data") {
        command.arg("--data").arg(data);
    }
    let output: Output =
        command.args(arguments).envs(variables.iter().copied()).output().expect("the program can be run");
    assert!(!output.status.success(), "{arguments:?} {variables:?}: it serves");
    assert!(output.stdout.is_empty(), "{arguments:?} {variables:?}: it was never ready");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A call of the program: its arguments, its environment; and the words with which it refuses.
type Wrong<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn what_is_told_wrong_is_named_before_anything_is_made() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").expect("it can be written");
    let file = file.to_str().expect("UTF-8");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let taken = taken.local_addr().expect("it has an address").to_string();
    // What the program was told, and everything that its answer must say.
    let table: [Wrong<'_>; 19] = [
        (&["--listen", &taken], &[], &[&taken, "is taken by another process", "choose another --listen"]),
        (&["--listen", "nowhere"], &[], &["--listen", "127.0.0.1:8080"]),
        (&["--data", file], &[], &["--data", file, "is a file, not a folder"]),
        (&["--documents", file], &[], &["--documents", file, "is a file, not a folder"]),
        (
            &["--database-url", "mysql://root:hunter2@db/x"],
            &[],
            &["--database-url", "only postgres:// is known"],
        ),
        (&[], &[("CROSSWALK_DATABASE_URL", "")], &["--database-url", "only postgres:// is known"]),
        (&["--log", "nonsense=="], &[], &["--log", "workflow=debug"]),
        (
            &[],
            &[("CROSSWALK_LISTN", "127.0.0.1:9")],
            &["`CROSSWALK_LISTN`", "did you mean `CROSSWALK_LISTEN`?"],
        ),
        (&[], &[("CROSSWALK_COLOUR", "1")], &["`CROSSWALK_COLOUR` is no setting", "crosswalk serve --help"]),
        (
            &[],
            &[("CROSSWALK_KEY_FILE", file)],
            &["`CROSSWALK_KEY_FILE` is a setting of `crosswalk plugin`", "unset it"],
        ),
        (
            &[],
            &[("CROSSWALK_SIGNING_KEY", file)],
            &["`CROSSWALK_SIGNING_KEY` is a setting of `crosswalk plugin sign`", "unset it"],
        ),
        (
            &["--plugin-faults", "21", "--plugin-rest-seconds", "5"],
            &[],
            &["--plugin-rest-seconds has no effect", "--plugin-faults"],
        ),
        (&["--database-connections", "9"], &[], &["--database-connections has no effect", "--database-url"]),
        (&[], &[("CROSSWALK_REQUIRE_STANDBY", "true")], &["--require-standby has no effect"]),
        (&["--tls-cert", file], &[], &["--tls-key"]),
        (&[], &[("CROSSWALK_TLS_KEY", file)], &["--tls-cert"]),
        (&["--tls-cert", file, "--tls-key", file], &[], &["--tls-cert", file, "holds no certificate"]),
        (&["--check", "--listen", &taken], &[], &["is taken by another process"]),
        (
            &["--data", file, "--database-url", "nonsense"],
            &[("CROSSWALK_LISTN", "x"), ("CROSSWALK_LOGG", "x")],
            &["is a file", "only postgres://", "CROSSWALK_LISTEN", "CROSSWALK_LOG"],
        ),
    ];
    for (case, (arguments, variables, expected)) in table.into_iter().enumerate() {
        let data = folder.path().join(format!("data-{case}"));
        let said = refused(arguments, variables, &data);
        for words in expected {
            assert!(said.contains(words), "{arguments:?} {variables:?}: nowhere stands {words}: {said}");
        }
        assert!(!said.contains("hunter2"), "no password is repeated: {said}");
        assert!(!said.contains("os error") && !said.contains("panicked"), "in words of ours: {said}");
        assert!(!data.exists(), "{arguments:?} {variables:?}: nothing was made");
    }
}

#[test]
fn a_check_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let data = folder.path().join("data");
    let mut command = program();
    command.args(["serve", "--check", "--listen", "localhost:0", "--data"]).arg(&data);
    let output = command.output().expect("the program can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("`serve` can start"));
    assert!(!data.exists(), "it looked and made nothing");
}

/// A service that speaks TLS. It ends when this is dropped.
struct Hidden {
    child: Child,
    address: String,
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The names of the certificate that the service shows, if curl believes it.
fn shown(folder: &Path, address: &str) -> Option<String> {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--verbose", "--max-time", "20", "--cacert"])
        .arg(folder.join("cert.pem"))
        .arg(format!("{address}/healthz"))
        .output()
        .ok()?;
    let answered = output.status.success() && String::from_utf8_lossy(&output.stdout).contains("ok");
    answered.then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn tls_is_spoken_and_a_new_certificate_taken() {
    const TEST: &str = "operator::tls_is_spoken_and_a_new_certificate_taken";
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let curl = Command::new("curl").arg("--version").output().is_ok();
    if !curl || !certificate(folder.path(), "first") {
        return skip(TEST, "there is no openssl to make a certificate with, or no curl to believe it");
    }
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let mut command = serve(&folder.path().join("data"));
    command.args(["--tls-cert", &at("cert.pem"), "--tls-key", &at("key.pem")]);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the service can be run");
    let mut line = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    let mut hidden = Hidden { child, address: String::new() };
    BufReader::new(stdout).read_line(&mut line).expect("its output is text");
    let ready: Value = serde_json::from_str(&line).expect("it is ready");
    hidden.address = text(&ready, "/address").to_owned();
    assert!(hidden.address.starts_with("https://"), "{line}");
    let first = shown(folder.path(), &hidden.address).expect("it answers");
    assert!(first.contains("CN=first"), "{first}");
    // The author's commands reach it, if they believe its certificate.
    fs::write(folder.path().join("a.key"), "cw_none").expect("it can be written");
    for (believed, expected) in [(Some("cert.pem"), "key"), (None, "certificate")] {
        let mut command = program();
        command.args(["plugin", "status", "--server", &hidden.address, "--plan", "lone-pine", "--key-file"]);
        command.arg(at("a.key")).env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
        if let Some(name) = believed {
            command.env("SSL_CERT_FILE", at(name));
        }
        let output = command.output().expect("the program can be run");
        let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(!output.status.success() && said.contains(expected), "{believed:?}: {said}");
    }
    let plain = hidden.address.replace("https://", "http://");
    let in_the_clear = Command::new("curl").args(["--silent", "--max-time", "20", &plain]).output();
    assert!(in_the_clear.is_ok_and(|output| output.stdout.is_empty()), "nothing is said in the clear");

    // A renewed certificate is read at SIGHUP; one that cannot be read leaves the one at work.
    let hang_up = || {
        let id = hidden.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &id]).status().expect("kill runs").success());
    };
    assert!(certificate(folder.path(), "second"));
    hang_up();
    until("the new certificate", || {
        shown(folder.path(), &hidden.address).filter(|said| said.contains("CN=second"))
    });
    fs::write(folder.path().join("key.pem"), "no key").expect("it can be written");
    hang_up();
    assert!(shown(folder.path(), &hidden.address).is_some(), "it goes on");
}

#[test]
fn secrets_stay_out_of_repositories() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let made = folder.path().join("lone-pine");
    let output = Command::new(binary())
        .args(["plugin", "new", "--lang", "rules", "lone-pine", "--dir"])
        .arg(&made)
        .output()
        .expect("the program can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.gitignore");
    for file in [made.join(".gitignore"), here] {
        let ignored = fs::read_to_string(&file).expect("it is there");
        for name in ["operator.key", "keys/"] {
            assert!(ignored.lines().any(|line| line == name), "{}: {name}", file.display());
        }
    }
    // Wherever the service is started, its folder keeps itself out.
    let server = Server::start(Database::Sqlite);
    let ignored = fs::read_to_string(server.folder().join(".gitignore")).expect("it is there");
    assert_eq!(ignored.lines().last(), Some("*"));
}

/// Every metric that the sources of the service count by name.
fn counted() -> BTreeSet<String> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../host")];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let source = fs::read_to_string(&path).expect("a source");
                for kind in ["metrics::counter!(", "metrics::gauge!(", "metrics::histogram!("] {
                    let uses = source.split(kind).skip(1);
                    names.extend(uses.filter_map(|after| after.split('"').nth(1)).map(str::to_owned));
                }
            }
        }
    }
    names
}

#[test]
fn each_alert_is_about_what_is_counted_and_says_what_to_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let rules = fs::read_to_string(folder.join("alerts.yml")).expect("the rules are there");
    let page = fs::read_to_string(folder.join("operating.md")).expect("the page is there");
    let counted = counted();
    let words = rules.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let mut used = BTreeSet::new();
    for word in words.filter(|word| word.starts_with("crosswalk_") || word.starts_with("http_")) {
        let name = word.trim_end_matches("_bucket");
        assert!(counted.contains(name), "nothing counts {word}");
        used.insert(name);
    }
    assert!(used.len() >= 8, "{used:?}");
    let alerts: Vec<&str> = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() >= 10, "{alerts:?}");
    for alert in alerts {
        let told = page.split_once(&format!("\n**{alert}**")).map(|(_, after)| after);
        let told = told.unwrap_or_else(|| panic!("docs/operating.md does not tell what to do about {alert}"));
        assert!(told.split("\n\n").next().unwrap_or_default().len() > 80, "{alert}: too little");
    }
    match Command::new("promtool").arg("check").arg("rules").arg(folder.join("alerts.yml")).output() {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
        Err(_) => skip_anywhere(
            "operator::each_alert_is_about_what_is_counted_and_says_what_to_do",
            "there is no promtool",
        ),
    }
}

/// Every metric that the operator's page lists.
fn listed() -> BTreeSet<String> {
    let page = include_str!("../docs/operating.md");
    let (_, rows) = page.split_once("| metric | is |").expect("the table is there");
    let cells = rows.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = cells.filter_map(|line| line.split('|').nth(1)).flat_map(|cell| cell.split(", "));
    names.map(|name| name.trim().trim_matches('`').to_owned()).collect()
}

/// Whoever looks at a number finds out what it is, and no number is promised that nobody counts.
#[test]
fn the_page_lists_what_is_counted() {
    assert_eq!(listed(), counted());
}

/// The settings and numbers of the page's table of limits are those of the program.
#[test]
fn the_limits_that_the_page_names_are_those_of_the_program() {
    let help = program().args(["serve", "--help"]).output().expect("the program can be run");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    let default = |flag: &str| {
        let at = help.find(&format!("{flag} <")).unwrap_or_else(|| panic!("there is no {flag}: {help}"));
        let (_, rest) = help[at..].split_once("[default: ").expect("it has a default");
        rest.split(']').next().unwrap_or_default().to_owned()
    };
    let page = include_str!("../docs/operating.md");
    let (_, limits) = page.split_once("| limit | setting | usual |").expect("the table is there");
    let mut held = 0;
    for row in limits.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let flags = cells[2].split(", ").map(|flag| flag.trim_matches('`'));
        let digits = |word: &str| word.chars().filter(char::is_ascii_digit).collect::<String>();
        let numbers = cells[3].split([' ', ';']).map(digits).filter(|number| !number.is_empty());
        for (flag, number) in flags.zip(numbers) {
            assert_eq!(default(flag), number, "{flag} in: {row}");
            held += 1;
        }
    }
    assert!(held >= 17, "{held} settings are in the table");
}

#[test]
fn what_an_operator_looks_at_is_counted() {
    let server = Server::start(Database::Sqlite);
    let client = server.client();
    let counted = until("the gauges to be set", || {
        let answer = client.send(&Request::get("/metrics").by(&server.operator));
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        text.contains("crosswalk_duties_done_timestamp_seconds").then_some(text)
    });
    for name in ["crosswalk_notices_late_seconds 0", "crosswalk_jobs_dead 0", "crosswalk_keys_ending 0"] {
        assert!(counted.lines().any(|line| line == name), "{name}: {counted}");
    }
    // A number of another crate's would be served without standing in a source of ours.
    let listed = listed();
    let served = counted.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let unlisted: Vec<&str> = served.filter(|name| !listed.contains(*name)).collect();
    assert!(unlisted.is_empty(), "docs/operating.md does not list {unlisted:?}");
}

#[test]
fn a_file_that_is_no_record_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let record = folder.path().join("crosswalk.sqlite");
    fs::write(&record, "certainly no database").expect("it can be written");
    let said = refused(&[], &[], folder.path());
    let record = record.to_str().expect("UTF-8");
    for words in [record, "SQLite", "backup", "--data"] {
        assert!(said.contains(words), "nowhere stands {words}: {said}");
    }
    assert_eq!(
        fs::read_to_string(record).ok().as_deref(),
        Some("certainly no database"),
        "it is left as it is"
    );
}
