//! The first start, a damaged installation, restarts, stops, and what one plan may keep: whoever pulls the
//! plug finds the service starting again, or a sentence that says what to do.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::compile_bombs::long_to_compile;
use crate::harness::{
    Answer, Client, County, Database, OwnDatabase, Request, Server, component, new_folder, on_both_databases,
    program, said, serve, skip, skip_anywhere, succeeded, text, until, variant,
};
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    a_first_start_may_end_anywhere
    an_operator_without_a_key_gets_one
    the_county_that_holds_the_record_stays
    the_directory_is_the_services_alone
    a_record_that_is_gone_is_not_begun_anew
    somebody_elses_directory_is_left_as_it_is
    an_installation_is_looked_over
    what_was_copied_is_put_back
    a_damaged_component_is_its_plans_trouble
    restarts_are_no_fault_of_a_component
    a_stop_waits_for_no_compiler
    who_waits_to_be_accepted_is_answered
    what_is_not_active_is_unloaded
    a_plan_keeps_so_much_and_no_more
    a_plan_keeps_so_many_bytes_and_no_more
}

const PLAN: &str = "costa-alta";

fn is_operator(client: &Client, key: &str) -> bool {
    client.send(&Request::get("/v1/organizations").by(key)).status == 200
}

fn counties(client: &Client, operator: &str) -> usize {
    let list = client.read(operator, "/v1/organizations?limit=200");
    list["items"].as_array().expect("a list").iter().filter(|one| one["kind"] == "county").count()
}

fn a_first_start_may_end_anywhere(database: Database) {
    const NOBODYS: &str = "cw_00000000000000000000000000000000";
    // What a first start leaves behind that ended: before anything, before its key was known, or while the
    // key was written.
    type Left = fn(&Path);
    let left: [(&str, Left); 4] = [
        ("only that it begins", |folder| write(folder, "crosswalk.record", "beginning\n")),
        ("a key that the record does not know", |folder| {
            write(folder, "crosswalk.record", "beginning\n");
            write(folder, "operator.key", NOBODYS);
        }),
        ("half a key", |folder| {
            write(folder, "crosswalk.record", "beginning\n");
            write(folder, "operator.key.part", "cw_00");
        }),
        // The key's own file cannot be opened: a record that was begun first would be nobody's.
        ("a name that leads nowhere", |folder| {
            symlink(folder.join("none/none"), folder.join("operator.key")).expect("a link can be made");
        }),
    ];
    for (name, leave) in left {
        let folder = new_folder();
        leave(folder.path());
        let own = (database == Database::Postgres).then(OwnDatabase::create);
        let mut server = Server::open(folder, own, &[]);
        let key = server.operator.clone();
        assert_ne!(key, NOBODYS, "{name}");
        assert!(is_operator(&server.client(), &key), "{name}");
        assert_eq!(mode(&server.folder().join("operator.key")), 0o600, "{name}");
        // After the record knew the key, and before the start had noted so.
        write(server.folder(), "crosswalk.record", "beginning\n");
        server.start_again();
        assert!(is_operator(&server.client(), &key), "{name}");
        assert_eq!(counties(&server.client(), &key), 1, "{name}");
    }
}

fn write(folder: &Path, name: &str, content: &str) {
    fs::write(folder.join(name), content).expect("it can be written");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn of_first_starts_at_once_one_begins_the_record() {
    const NODES: usize = 6;
    if !Database::Postgres.is_there_for("start::of_first_starts_at_once_one_begins_the_record") {
        return;
    }
    let database = OwnDatabase::create();
    let folders: Vec<_> = (0..NODES).map(|_| new_folder()).collect();
    let mut nodes = Vec::new();
    for folder in &folders {
        let mut command = serve(folder.path());
        command.args(["--database-url", &database.url()]).stdin(Stdio::null()).stdout(Stdio::piped());
        nodes.push(command.stderr(Stdio::null()).spawn().expect("the service can be run"));
    }
    let mut addresses = Vec::new();
    for node in &mut nodes {
        let mut line = String::new();
        let stdout = node.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("its output is text");
        let ready: Value = serde_json::from_str(&line).expect("it starts");
        addresses.push(text(&ready, "/address").to_owned());
    }
    let keys: Vec<String> = folders
        .iter()
        .filter_map(|folder| fs::read_to_string(folder.path().join("operator.key")).ok())
        .map(|key| key.trim().to_owned())
        .collect();
    let [key] = &keys[..] else { panic!("one node made the operator's key, not {}", keys.len()) };
    for address in &addresses {
        let client = Client::of(address);
        assert!(is_operator(&client, key), "every node knows it");
        assert_eq!(counties(&client, key), 1);
    }
    let held = Client::of(&addresses[0]).read(key, "/v1/keys");
    assert_eq!(held["items"].as_array().map(Vec::len), Some(1), "{held:#}");
    for mut node in nodes {
        node.kill().expect("it runs");
        node.wait().expect("it is our child");
    }
}

fn an_operator_without_a_key_gets_one(database: Database) {
    let mut server = Server::start(database);
    let (old, file) = (server.operator.clone(), server.folder().join("operator.key"));
    fs::remove_file(&file).expect("it is there");
    let make = ["operator-key"];
    if database == Database::Sqlite {
        let output = server.command(&make).output().expect("the program can be run");
        assert!(
            !output.status.success() && said(&output).contains("in use by another process"),
            "{}",
            said(&output)
        );
        assert!(!file.exists(), "nothing was made");
    }
    server.kill();
    let output = server.command(&make).output().expect("the program can be run");
    let told = succeeded(&make, output);
    let new = fs::read_to_string(&file).expect("the new key is there").trim().to_owned();
    assert!(told.contains("operator.key") && !told.contains(&new), "{told}");
    assert_eq!(mode(&file), 0o600);
    server.start_again();
    let client = server.client();
    assert!(is_operator(&client, &new) && is_operator(&client, &old), "the others stay as they are");
    let trail = client.read(&new, "/v1/audit?limit=200");
    let actions: Vec<&str> =
        trail["items"].as_array().expect("a list").iter().map(|entry| text(entry, "/action")).collect();
    assert!(actions.contains(&"make-operator-key"), "{actions:?}");

    let empty = new_folder();
    let mut command = program();
    command.args(make).arg("--data").arg(empty.path());
    let output = command.output().expect("the program can be run");
    assert!(!output.status.success() && said(&output).contains("holds no record"), "{}", said(&output));
}

fn the_county_that_holds_the_record_stays(database: Database) {
    let server = Server::start(database);
    let client = server.client();
    let body = json!({ "kind": "county", "name": "Second office", "counties": [] });
    let second = client.send(&Request::post("/v1/organizations", &body).by(&server.operator)).with(201);
    let body = json!({ "organization": second["id"], "role": "operator", "label": "second" });
    let key = client.send(&Request::post("/v1/keys", &body).by(&server.operator)).with(201);
    let key = text(&key, "/key");
    let list = client.read(key, "/v1/organizations");
    let items = list["items"].as_array().expect("a list");
    let first = items.iter().find(|one| one["kind"] == "county" && one["id"] != second["id"]);
    let first = first.expect("the first county is there");
    for step in ["pause", "end"] {
        let path = format!("/v1/organizations/{}/{step}", text(first, "/id"));
        let request = Request::post(path, &json!({ "reason": "no more" })).by(key);
        let answer = client.send(&request.of_version(&first["version"]));
        assert_eq!(
            (answer.status, text(&answer.json, "/errors/0/code")),
            (409, "holds-the-record"),
            "{step}"
        );
    }
    assert!(is_operator(&client, &server.operator));
}

fn the_directory_is_the_services_alone(database: Database) {
    let mut server = Server::start(database);
    let none: Vec<(PathBuf, String)> = Vec::new();
    let open = |server: &Server| all_under(server.folder());
    assert_eq!(open(&server), none, "from the first start on");
    let folder = server.folder().to_owned();
    let mut opened =
        vec![folder.clone(), folder.join("operator.key"), folder.join("documents"), folder.join("compiled")];
    if database == Database::Sqlite {
        opened.push(folder.join("crosswalk.sqlite"));
    }
    for path in &opened {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    let output = server.command(&["doctor"]).output().expect("the program can be run");
    assert!(!output.status.success() && said(&output).contains("other users of this machine may open"));
    server.start_again();
    assert_eq!(open(&server), none, "after every start");
    assert!(server.log().contains("other users of this machine could open it"), "and it is said");
    assert!(is_operator(&server.client(), &server.operator));
}

/// Everything in a folder and the folder itself that others may open, with its mode.
fn all_under(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    if mode(folder) & 0o077 != 0 {
        found.push((folder.to_owned(), format!("{:o}", mode(folder))));
    }
    for entry in fs::read_dir(folder).expect("it can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(all_under(&path));
        } else if mode(&path) & 0o077 != 0 {
            found.push((path.clone(), format!("{:o}", mode(&path))));
        }
    }
    found
}

fn a_record_that_is_gone_is_not_begun_anew(database: Database) {
    let mut server = Server::start(database);
    let key = fs::read_to_string(server.folder().join("operator.key")).expect("it is there");
    assert_eq!(server.terminate().code(), Some(0));
    let folder = server.folder().to_owned();
    match server.database() {
        Some(own) => {
            own.run("drop schema public cascade");
            own.run("create schema public");
            let said = server.refused();
            assert!(said.contains("holds no record") && said.contains("--database-url"), "{said}");
        }
        None => spoiled_files(&server, &folder),
    }
    assert_eq!(
        fs::read_to_string(folder.join("operator.key")).expect("it is there"),
        key,
        "nothing was overwritten"
    );
}

/// Each row: files in the directory of a first start, and the sentence; `None` where a record is begun.
fn somebody_elses_directory_is_left_as_it_is(database: Database) {
    let cases: [(&str, &[&str], Option<&str>); 6] = [
        ("somebody's letters", &["letter.pdf"], Some("letter.pdf that is not Crosswalk's")),
        ("a home directory", &[".profile", ".gitignore"], Some(".profile that is not Crosswalk's")),
        (
            "a copy of a record under another name",
            &["old.sqlite"],
            Some("old.sqlite that is not Crosswalk's"),
        ),
        ("the root of a disk", &["lost+found/"], None),
        ("a first start that ended at once", &["crosswalk.lock", "crosswalk.record.part"], None),
        (
            "documents that came first",
            &["documents/0a"],
            (database == Database::Sqlite).then_some("is empty or gone"),
        ),
    ];
    for (case, files, refused) in cases {
        let folder = new_folder();
        for name in files {
            let path = folder.path().join(name);
            let parent =
                if name.ends_with('/') { &*path } else { path.parent().expect("it is in the folder") };
            fs::create_dir_all(parent).expect("it can be made");
            if !name.ends_with('/') {
                fs::write(&path, "somebody's").expect("it can be written");
            }
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let own = (database == Database::Postgres).then(OwnDatabase::create);
        let Some(words) = refused else {
            let server = Server::open(folder, own, &[]);
            assert!(is_operator(&server.client(), &server.operator), "{case}");
            continue;
        };
        let mut command = serve(folder.path());
        if let Some(own) = &own {
            command.args(["--database-url", &own.url()]);
        }
        let output = command.output().expect("the program can be run");
        let said = said(&output);
        let last = said.lines().last().unwrap_or_default();
        assert!(
            !output.status.success() && last.contains(words) && last.contains("--data"),
            "{case}: {said}"
        );
        assert!(!folder.path().join("operator.key").exists(), "{case}: nothing was begun");
        if words.contains("not Crosswalk's") {
            assert_eq!(mode(folder.path()), 0o755, "{case}: its users may open it as before");
            let output = command.arg("--check").output().expect("the program can be run");
            assert!(!output.status.success(), "{case}: a check says so too");
        }
        for name in files {
            assert_eq!(fs::read(folder.path().join(name)).expect("it is there"), b"somebody's", "{case}");
        }
    }
}

/// Spoils the database file in several ways, and checks the cause and the fix that the start and `doctor`
/// name.
fn spoiled_files(server: &Server, folder: &Path) {
    let file = folder.join("crosswalk.sqlite");
    let whole = fs::read(&file).expect("it is there");
    assert!(whole.len() > 64 << 10, "there are pages to damage");
    let mut damaged = whole.clone();
    damaged[5 * 4096..12 * 4096].fill(0xFF);
    let cases: [(Option<&[u8]>, &str, &str); 5] = [
        (Some(b""), "is empty or gone", "crosswalk restore"),
        (None, "is empty or gone", "crosswalk restore"),
        (
            Some(b"%PDF-1.7 and no record at all, though a file"),
            "is no record of Crosswalk's",
            "crosswalk restore",
        ),
        (Some(&damaged), "is damaged", "crosswalk restore"),
        (Some(&whole[..whole.len() / 2]), "is damaged", "crosswalk restore"),
    ];
    for (content, cause, remedy) in cases {
        for beside in ["crosswalk.sqlite-wal", "crosswalk.sqlite-shm"] {
            let _ = fs::remove_file(folder.join(beside));
        }
        match content {
            Some(content) => fs::write(&file, content).expect("it can be written"),
            None => fs::remove_file(&file).expect("it is there"),
        }
        let output = server.command(&["doctor"]).output().expect("the program can be run");
        assert!(!output.status.success() && said(&output).contains("fix: "), "{cause}: {}", said(&output));
        let said = server.refused();
        assert!(said.contains("crosswalk.sqlite") && said.contains(cause) && said.contains(remedy), "{said}");
    }
    fs::write(&file, whole).expect("it can be written");
}

#[test]
fn a_full_disk_is_said_as_such() {
    const SCRIPT: &str = "mount -t tmpfs -o size=128k,mode=0700 none \"$1\" || exit 99; shift; exec \"$@\"";
    let folder = new_folder();
    let mut inner = serve(folder.path());
    inner.args(["--clock", "2026-03-02T18:00:00Z"]);
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"]).arg(folder.path());
    command.arg(inner.get_program()).args(inner.get_args());
    let Ok(output) = command.output() else {
        return skip("start::a_full_disk_is_said_as_such", "there is no unshare to make a small disk with");
    };
    let told = said(&output);
    if output.status.code() == Some(99) || told.contains("unshare:") {
        return skip_anywhere("start::a_full_disk_is_said_as_such", "this user may not make a small disk");
    }
    let last = told.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(last.contains("there is no room for") && last.contains("make room on its disk"), "{told}");
    assert!(last.contains(&*folder.path().to_string_lossy()), "{told}");
}

fn examined(server: &Server) -> (bool, String) {
    let output = server.command(&["doctor", "--json"]).output().expect("the program can be run");
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    assert_eq!(report["ok"].as_bool(), Some(output.status.success()), "{report:#}");
    let findings = report["findings"].as_array().expect("a list").iter();
    let wrong = findings.filter(|finding| finding["ok"] == false).map(|finding| {
        assert!(!text(finding, "/fix").is_empty(), "{finding}");
        text(finding, "/what").to_owned() + "\n"
    });
    (output.status.success(), wrong.collect())
}

fn an_installation_is_looked_over(database: Database) {
    let county = County::of(Server::start(database), &[PLAN]);
    let sent = Request::bytes("/v1/documents?kind=discharge-summary", "text/plain", "a letter");
    let document = county.client().send(&sent.by(county.key_of("hospital"))).with(201);
    assert_eq!(examined(&county.server), (true, String::new()), "while it runs");
    assert_eq!(county.client().send(&Request::get("/readyz")).status, 200, "which it does on");

    let folder = county.server.folder();
    let key = fs::read_to_string(folder.join("operator.key")).expect("it is there");
    write(folder, "operator.key", "cw_nobodys\n");
    let (well, wrong) = examined(&county.server);
    assert!(!well && wrong.contains("operator.key opens nothing"), "{wrong}");
    write(folder, "operator.key", &key);
    if database == Database::Sqlite {
        let hash = text(&document, "/sha256");
        let bytes = folder.join("documents").join(&hash[..2]).join(&hash[2..]);
        fs::write(&bytes, "a lette").expect("it is ours");
        let (well, wrong) = examined(&county.server);
        assert!(
            !well && wrong.contains("1 documents are lost or damaged") && wrong.contains(hash),
            "{wrong}"
        );
        fs::write(&bytes, "a letter").expect("it is ours");
    }
    assert_eq!(examined(&county.server), (true, String::new()));
}

fn what_was_copied_is_put_back(database: Database) {
    let county = County::of(Server::start(database), &[PLAN]);
    let key = county.key_of("hospital").to_owned();
    let sent = Request::bytes("/v1/documents?kind=discharge-summary", "text/plain", "a letter").by(&key);
    let document = county.client().send(&sent).with(201);
    let case = county.submit(&key, "referrals", &ecm_referral(&county.person(PLAN)));
    let copies = new_folder();
    let copy = copies.path().join("copy");
    let own = county.server.database().map(|own| own.copied(&copies.path().join("record.dump")));
    let folder = new_folder();
    match &own {
        // PostgreSQL's own tools copy the record; the documents are a folder.
        Some(_) => {
            let output = backup(&county.server, &copy);
            assert!(!output.status.success() && said(&output).contains("pg_dump"), "{}", said(&output));
            let from = county.server.folder().join("documents");
            let done = Command::new("cp").arg("-a").arg(from).arg(folder.path().join("documents")).status();
            assert!(done.expect("cp can be run").success());
        }
        None => {
            succeeded(&["backup"], backup(&county.server, &copy));
            assert!(!copy.join("operator.key").exists(), "no secret is in it");
            assert!(all_under(&copy).is_empty(), "and nobody else reads it");
            let output = backup(&county.server, &copy);
            assert!(!output.status.success() && said(&output).contains("not there yet"), "{}", said(&output));
        }
    }
    // What comes after the copy is not in it.
    let later = county.submit(&key, "referrals", &ecm_referral(&county.person(PLAN)));
    let before = county.again(&key, &case);
    if own.is_none() {
        put_back(&copy, folder.path());
    }
    let restored = Server::open(folder, own, &[]);
    let client = restored.client();
    let path = |case: &Value| format!("/v1/referrals/{}", text(case, "/id"));
    assert_eq!(
        client.read(&key, &path(&case)),
        before,
        "keys work as they did, and cases are what they were"
    );
    assert_eq!(client.send(&Request::get(path(&later)).by(&key)).status, 404);
    let content = format!("/v1/documents/{}/content", text(&document, "/id"));
    assert_eq!(client.send(&Request::get(content).by(&key)).bytes, b"a letter");
    let again = json!({ "cin": county.person(PLAN).cin, "purpose": "operations" });
    let found = client.send(&Request::post("/v1/members/search", &again).by(&county.plan(PLAN).admin));
    assert_eq!(found.status, 200, "it takes requests");
}

fn backup(server: &Server, to: &Path) -> Output {
    server.command(&["backup"]).arg(to).output().expect("the program can be run")
}

/// Restores into a folder; what must not be restored is refused first.
fn put_back(copy: &Path, folder: &Path) {
    let restore = |from: &Path, to: &Path| {
        program().arg("restore").arg(from).arg("--data").arg(to).output().expect("the program can be run")
    };
    let broken = new_folder();
    let output = restore(broken.path(), folder);
    assert!(said(&output).contains("is no backup that came to its end"), "{}", said(&output));
    let done = Command::new("cp").arg("-a").arg(copy).arg(broken.path().join("copy")).status();
    assert!(done.expect("cp can be run").success());
    let record = broken.path().join("copy/crosswalk.sqlite");
    let mut bytes = fs::read(&record).expect("it is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&record, bytes).expect("it can be written");
    let output = restore(&broken.path().join("copy"), folder);
    assert!(said(&output).contains("is not what the backup's manifest says"), "{}", said(&output));
    // One that was interrupted is not served, and is begun again.
    write(folder, "crosswalk.record", "restoring\n");
    write(folder, "crosswalk.sqlite", "half");
    let output = serve(folder).output().expect("the program can be run");
    assert!(said(&output).contains("did not come to its end"), "{}", said(&output));
    succeeded(&["restore"], restore(copy, folder));
    let output = restore(copy, folder);
    assert!(said(&output).contains("never overwrites"), "{}", said(&output));
}

fn a_damaged_component_is_its_plans_trouble(database: Database) {
    const DAMAGED: &str = "valle-vista";
    let mut county = County::of(Server::start(database), &[DAMAGED, "silver-oak", PLAN]);
    let key = county.key_of("open-door").to_owned();
    let (digest, admin) = (county.plan(DAMAGED).digest.clone(), county.plan(DAMAGED).admin.clone());
    county.server.terminate();
    let compiled = county.server.folder().join("compiled");
    fs::remove_dir_all(&compiled).expect("the folder of compiled components is there");
    match county.server.database() {
        Some(own) => own.run(&format!(
            "update plugins set bytes = set_byte(bytes, 100000, 255 - get_byte(bytes, 100000))
            where digest = '{digest}'"
        )),
        None => flip(&county.server.folder().join("crosswalk.sqlite"), &component(DAMAGED)),
    }
    county.server.start_again();
    let log = county.server.log();
    let names = [&*digest, DAMAGED, "a plugin does not load"];
    assert!(names.iter().all(|name| log.contains(name)), "plan and digest are named");
    let other = county.submit(&key, "authorizations", &ecm(&county.person("silver-oak")));
    assert_eq!(
        text(&other, "/evaluation/digest"),
        county.plan("silver-oak").digest,
        "nobody else has to do with it"
    );
    let case = county.submit(&key, "authorizations", &ecm(&county.person(DAMAGED)));
    assert_eq!(text(&case, "/why_people/code"), "plugin-fault", "{case:#}");
    assert!(county.work_item(DAMAGED, &case).is_some(), "its people have the case");
    let plugin = county.client().read(&admin, &format!("/v1/plugins/{digest}"));
    assert_eq!((text(&plugin, "/state"), text(&plugin, "/reasons/0/code")), ("active", "damaged"));
    let plans = county.client().read(&key, "/v1/plans");
    assert_eq!(plans["items"].as_array().map(Vec::len), Some(3), "its profile is still told");
    if database == Database::Sqlite {
        let (well, wrong) = examined(&county.server);
        assert!(!well && wrong.contains(&digest), "{wrong}");
    }
    // Another component mends it, without a restart.
    let again = county.activate(DAMAGED, "valle-vista-next");
    let case = county.submit(&key, "authorizations", &ecm(&county.person(DAMAGED)));
    assert_eq!(text(&case, "/evaluation/digest"), again, "{case:#}");
}

/// Turns one bit of a component that lies in a database file.
fn flip(file: &Path, component: &[u8]) {
    let mut bytes = fs::read(file).expect("it is there");
    // A page holds a run of it as it is; pages that were given back may hold the same.
    let mut runs = (1..40).map(|number| &component[number * 5_000..][..64]);
    let found = runs.find_map(|run| {
        let windows = bytes.windows(run.len()).enumerate();
        let places: Vec<usize> = windows.filter(|(_, window)| *window == run).map(|(at, _)| at).collect();
        (!places.is_empty()).then_some(places)
    });
    for place in found.expect("the component lies in the file") {
        bytes[place] ^= 1;
    }
    fs::write(file, bytes).expect("it can be written");
}

fn uploaded(county: &County, bytes: Vec<u8>) -> Answer {
    let path = format!("/v1/plans/{PLAN}/plugins");
    county.client().send(&Request::bytes(path, "application/wasm", bytes).by(&county.plan(PLAN).admin))
}

fn plugin(county: &County, digest: &str) -> Value {
    county.client().read(&county.plan(PLAN).admin, &format!("/v1/plugins/{digest}"))
}

#[track_caller]
fn county_compiled(county: &County, digest: &str) {
    until("the component to be compiled", || {
        let plugin = plugin(county, digest);
        assert_ne!(plugin["state"], "refused", "{plugin:#}");
        (plugin["state"] != "compiling").then_some(())
    });
}

/// The compilers of a process: its children by that name.
fn compilers(process: u32) -> Vec<u32> {
    let listed = fs::read_dir("/proc").expect("this test runs on Linux").flatten();
    let ids = listed.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let is_one = |id: &u32| {
        let read = |name: &str| fs::read_to_string(format!("/proc/{id}/{name}")).unwrap_or_default();
        let parent = read("stat").rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        parent == Some(process) && read("cmdline").starts_with("crosswalk-compile")
    };
    ids.filter(is_one).collect()
}

fn is_running(process: u32) -> bool {
    // One that ended and was not waited for yet has no command line.
    fs::read(format!("/proc/{process}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([name, &process.to_string()]).status().expect("kill runs");
    assert!(sent.success(), "{name} {process}");
}

/// One process at work on a component that takes a while.
fn compiling(process: u32) -> u32 {
    until("a compiler to run", || compilers(process).first().copied())
}

fn restarts_are_no_fault_of_a_component(database: Database) {
    const RESTARTS: usize = 5;
    let settings = [("CROSSWALK_COMPILE_WAIT_MS", "1"), ("CROSSWALK_COMPILE_SECONDS", "600")];
    let mut county = County::of(Server::start_with(database, &settings), &[PLAN]);
    let answer = uploaded(&county, variant(PLAN, "restarted"));
    assert_eq!((answer.status, text(&answer.json, "/state")), (202, "compiling"));
    let digest = text(&answer.json, "/digest").to_owned();
    for _ in 0..RESTARTS {
        county.server.start_again();
        if plugin(&county, &digest)["state"] == "compiling" {
            assert_eq!(plugin(&county, &digest)["compiling"]["attempt"], 1, "a restart is no try");
        }
    }
    county_compiled(&county, &digest);

    // The machine itself ends the box, again and again: that is told from a restart.
    let bomb = text(&uploaded(&county, long_to_compile()).json, "/digest").to_owned();
    until("the component to be given up", || {
        compilers(county.server.process_id()).into_iter().for_each(|compiler| {
            // One that has just ended cannot be ended again.
            let _ = Command::new("kill").args(["-9", &compiler.to_string()]).output();
        });
        (plugin(&county, &bomb)["state"] == "refused").then_some(())
    });
    let refused = plugin(&county, &bomb);
    assert!(text(&refused, "/reasons/0/problem").contains("begun 3 times"), "{refused:#}");
}

#[test]
fn what_another_node_compiles_is_left_to_it_while_it_lives() {
    if !Database::Postgres.is_there_for("start::what_another_node_compiles_is_left_to_it_while_it_lives") {
        return;
    }
    let settings = [("CROSSWALK_COMPILE_WAIT_MS", "1"), ("CROSSWALK_COMPILE_SECONDS", "600")];
    let mut county = County::of(Server::start_with(Database::Postgres, &settings), &[PLAN]);
    let mut beside = county.server.beside();
    let digest = text(&uploaded(&county, long_to_compile()).json, "/digest").to_owned();
    let compiler = compiling(county.server.process_id());
    for _ in 0..4 {
        beside.start_again();
        assert!(compilers(beside.process_id()).is_empty(), "the first node is at it");
    }
    assert!(is_running(compiler));
    assert_eq!(plugin(&county, &digest)["compiling"]["attempt"], 1);
    // The first node dies: the other takes over within seconds.
    let died = Instant::now();
    county.server.kill();
    until("the other node to take over", || compilers(beside.process_id()).first().copied());
    assert!(died.elapsed() < Duration::from_secs(25), "it took {:?}", died.elapsed());
    let client = beside.client();
    let seen = client.read(&county.plan(PLAN).admin, &format!("/v1/plugins/{digest}"));
    assert_eq!(seen["compiling"]["attempt"], 1, "{seen:#}");
    // One that is asked to end gives back what it has: no lease is waited for.
    county.server.start_again();
    assert_eq!(beside.terminate().code(), Some(0));
    until("the first node to have it again", || compilers(county.server.process_id()).first().copied());
}

fn a_stop_waits_for_no_compiler(database: Database) {
    let settings = [("CROSSWALK_COMPILE_WAIT_MS", "1"), ("CROSSWALK_COMPILE_SECONDS", "600")];
    let mut county = County::of(Server::start_with(database, &settings), &[PLAN]);
    let digest = text(&uploaded(&county, long_to_compile()).json, "/digest").to_owned();
    let compiler = compiling(county.server.process_id());
    let asked = Instant::now();
    assert_eq!(county.server.terminate().code(), Some(0), "{}", county.server.log());
    assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?}", asked.elapsed());
    assert!(!is_running(compiler), "and so has its compiler");

    // Nor does a compiler outlive a service that was killed.
    county.server.start_again();
    let compiler = compiling(county.server.process_id());
    county.server.kill();
    until("the compiler to end", || (!is_running(compiler)).then_some(()));

    // A service manager asks every process of the service to end: that is no fault of the component either.
    county.server.start_again();
    let asked = compiling(county.server.process_id());
    signal("-TERM", asked);
    let others = |id: &u32| *id != asked;
    until("it to be compiled again", || compilers(county.server.process_id()).into_iter().find(others));
    assert_eq!(plugin(&county, &digest)["compiling"]["attempt"], 1);
}

fn who_waits_to_be_accepted_is_answered(database: Database) {
    const CLIENTS: usize = 60;
    let mut server = Server::start(database);
    let (process, address) = (server.process_id(), server.address.clone());
    let authority = address.strip_prefix("http://").expect("an address of ours");
    // While it stands still, the kernel makes the connections, and the signal waits with them.
    signal("-STOP", process);
    let request = format!("GET /healthz HTTP/1.1\r\nhost: {authority}\r\n\r\n");
    let mut streams: Vec<TcpStream> = (0..CLIENTS)
        .map(|_| {
            let mut stream = TcpStream::connect(authority).expect("the kernel takes it");
            stream.write_all(request.as_bytes()).expect("the kernel keeps it");
            stream
        })
        .collect();
    signal("-TERM", process);
    signal("-CONT", process);
    let answered = streams.iter_mut().filter_map(|stream| {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.starts_with("HTTP/1.1 200 ").then_some(())
    });
    assert_eq!(answered.count(), CLIENTS);
    assert_eq!(server.terminate().code(), Some(0));
    assert!(TcpStream::connect(authority).is_err(), "and then nobody is there");
}

fn what_is_not_active_is_unloaded(database: Database) {
    const UPLOADS: usize = 14;
    const IDLE: usize = 8;
    let settings = [("CROSSWALK_COMPILED_MIB", "1")];
    let mut county = County::of(Server::start_with(database, &settings), &[PLAN]);
    let mut last = String::new();
    for number in 0..UPLOADS {
        last = county.upload_variant(PLAN, &format!("version {number}"));
    }
    let mapped = mapped(county.server.process_id());
    assert!(mapped <= IDLE + 1, "{mapped} components are in memory");
    // What was unloaded decides as soon as somebody wants it to.
    let body = json!({ "digest": last });
    let request = Request::post(format!("/v1/plans/{PLAN}/activations"), &body).by(&county.plan(PLAN).admin);
    county.client().send(&request).with(201);
    assert_eq!(in_force(&county), last);
    // The machine code of what nothing needs goes; what decides keeps its own, and nobody else's is left.
    let folder = county.server.folder().join("compiled");
    write(&folder, &format!("{}-{}.cwasm", "0".repeat(64), "1".repeat(32)), "of another release");
    write(&folder, "half.cwasm.1.tmp", "half written");
    county.server.start_again();
    // Both that are needed, and of the others what a MiB has room for.
    until("the sweep", || {
        let names = fs::read_dir(&folder).expect("it is there").flatten().map(|entry| entry.file_name());
        let names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        let stale = names.iter().any(|name| name.starts_with("000") || name.ends_with(".tmp"));
        let code = names.iter().filter(|name| name.ends_with(".cwasm")).count();
        (!stale && code <= 5 && names.iter().any(|name| name.starts_with(&last))).then_some(())
    });
    assert_eq!(in_force(&county), last);
}

fn in_force(county: &County) -> String {
    let plans = county.client().read(&county.plan(PLAN).admin, "/v1/plans");
    text(&plans, "/items/0/active/digest").to_owned()
}

/// Compiled components that a process has mapped.
fn mapped(process: u32) -> usize {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("this test runs on Linux");
    let files = maps.lines().filter_map(|line| line.split_whitespace().find(|word| word.ends_with(".cwasm")));
    files.collect::<BTreeSet<_>>().len()
}

fn a_plan_keeps_so_much_and_no_more(database: Database) {
    let settings = [("CROSSWALK_PLUGIN_VERSIONS", "3"), ("CROSSWALK_PLUGIN_UPLOADS", "5")];
    let county = County::of(Server::start_with(database, &settings), &[PLAN, "valle-vista"]);
    let sent: Vec<String> = (0..2)
        .map(|number| {
            let answer = uploaded(&county, variant(PLAN, &format!("kept {number}")));
            text(&answer.json, "/digest").to_owned()
        })
        .collect();
    let code = |answer: &Answer| (answer.status, text(&answer.json, "/errors/0/code").to_owned());
    let refused = uploaded(&county, variant(PLAN, "one more"));
    assert_eq!(code(&refused), (409, "too-many-versions".to_owned()));
    assert!(text(&refused.json, "/errors/0/fix").contains("revocations"), "{}", refused.json);
    assert!(
        [200, 201].contains(&uploaded(&county, variant(PLAN, "kept 0")).status),
        "what it has may be sent again"
    );
    // What never decided makes room once it is revoked, and cannot come back.
    county_compiled(&county, &sent[0]);
    let path = format!("/v1/plans/{PLAN}/plugins/{}/revocations", sent[0]);
    let admin = &county.plan(PLAN).admin;
    let revoked = county.client().send(&Request::post(path, &json!({ "reason": "a draft" })).by(admin));
    assert!([200, 201].contains(&revoked.status), "{}", revoked.json);
    assert_eq!(plugin(&county, &sent[0])["state"], "revoked");
    assert!([201, 202].contains(&uploaded(&county, variant(PLAN, "one more")).status));
    assert_eq!(code(&uploaded(&county, variant(PLAN, "two more"))), (409, "too-many-versions".to_owned()));
    // The first, and four since, within the hour.
    let path = format!("/v1/plans/{PLAN}/plugins/{}/revocations", sent[1]);
    county_compiled(&county, &sent[1]);
    county.client().send(&Request::post(path, &json!({ "reason": "a draft" })).by(admin));
    assert!([201, 202].contains(&uploaded(&county, variant(PLAN, "two more")).status));
    let refused = uploaded(&county, variant(PLAN, "three more"));
    let codes: Vec<&str> =
        refused.json["errors"].as_array().expect("a list").iter().map(|error| text(error, "/code")).collect();
    assert_eq!(codes, ["too-many-uploads", "too-many-versions"], "everything at once");
    let other = county.another_admin("valle-vista");
    let mut bytes = component("valle-vista");
    bytes.extend(b"\0\x09\x04markfree");
    let path = "/v1/plans/valle-vista/plugins";
    let answer = county.client().send(&Request::bytes(path, "application/wasm", bytes).by(&other));
    assert!([201, 202].contains(&answer.status), "another plan has its own: {}", answer.json);
}

/// The plan's component with `mib` MiB more in it, which decide nothing.
fn heavy(mark: u8, mib: usize) -> Vec<u8> {
    let mut bytes = component(PLAN);
    let size = 2 + (mib << 20);
    bytes.push(0);
    // The size of a section, seven bits a byte.
    let mut left = size;
    while left > 0x7F {
        bytes.push(u8::try_from(left & 0x7F).expect("seven bits") | 0x80);
        left >>= 7;
    }
    bytes.push(u8::try_from(left).expect("seven bits"));
    bytes.extend([1, b'h']);
    bytes.resize(bytes.len() + size - 2, mark);
    bytes
}

/// Each row: an upload to a plan that may keep 8 MiB, and whether there is room.
fn a_plan_keeps_so_many_bytes_and_no_more(database: Database) {
    let county = County::of(Server::start_with(database, &[("CROSSWALK_PLUGIN_STORE_MIB", "8")]), &[PLAN]);
    assert!(component(PLAN).len() < 1 << 20, "there is room for two that are heavy");
    let mut kept = Vec::new();
    for (case, mark, mib, has_room) in [
        ("the first", 1, 3, true),
        ("the second", 2, 3, true),
        ("a third", 3, 3, false),
        ("what it has, again", 1, 3, true),
    ] {
        let answer = uploaded(&county, heavy(mark, mib));
        if has_room {
            assert!([200, 201, 202].contains(&answer.status), "{case}: {}", answer.json);
            kept.push(text(&answer.json, "/digest").to_owned());
            continue;
        }
        assert_eq!((answer.status, text(&answer.json, "/errors/0/code")), (409, "too-many-bytes"), "{case}");
        assert!(text(&answer.json, "/errors/0/detail").contains("of 8 at most"), "{case}: {}", answer.json);
        assert!(text(&answer.json, "/errors/0/fix").starts_with("revoke "), "{case}: {}", answer.json);
    }
    assert_eq!(kept[0], kept[2], "it is the same one");
    county_compiled(&county, &kept[1]);
    let path = format!("/v1/plans/{PLAN}/plugins/{}/revocations", kept[1]);
    let revoke = Request::post(path, &json!({ "reason": "a draft" })).by(&county.plan(PLAN).admin);
    let revoked = county.client().send(&revoke);
    assert!([200, 201].contains(&revoked.status), "{}", revoked.json);
    let answer = uploaded(&county, heavy(3, 3));
    assert!([201, 202].contains(&answer.status), "what never decided makes room: {}", answer.json);
}
