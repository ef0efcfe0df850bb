//! A database that is away, full, small, or another one than before. Whoever asks is told what became of the
//! request: nothing was done, it was done, or nobody knows; and the same request with the same key finds out.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::json;

use crate::harness::{
    Answer, COUNTY, Client, Cluster, County, Cut, Database, Disk, OwnDatabase, Proxy, Request, Server,
    add_counties, certificate, facts, on_both_databases, refusal, skip, text, until,
};

on_both_databases! {
    what_finds_no_room_is_not_done_and_the_instance_says_so
    records_go_when_their_rule_says
    notes_of_colleagues_go_when_their_rule_says
    a_backlog_of_notices_drains
}

/// A service and its operator, who adds plans: each a change with an event, an answer and an entry of the
/// trail.
struct Desk {
    server: Server,
    count: AtomicUsize,
}

impl Desk {
    fn of(server: Server) -> Self {
        add_counties(&server.client(), &server.operator);
        Self { server, count: AtomicUsize::new(0) }
    }

    /// A service on this PostgreSQL.
    fn on(url: &str, settings: &[(&'static str, &str)]) -> Self {
        Self::of(started_on(url, settings))
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// A request that adds a plan that nobody else adds.
    fn plan(&self) -> (String, Request) {
        let id = format!("plan-{}", self.count.fetch_add(1, Ordering::Relaxed));
        let body =
            json!({ "kind": "plan", "name": format!("Plan {id}"), "plan_id": id, "counties": [COUNTY] });
        (id, Request::post("/v1/organizations", &body).by(&self.server.operator))
    }

    /// The key of somebody of a new plan's.
    fn plan_key(&self) -> String {
        let plan = self.client().send(&self.plan().1).with(201);
        let key = json!({ "organization": plan["id"], "role": "plan-admin", "label": "desk" });
        let request = Request::post("/v1/keys", &key).by(&self.server.operator);
        text(&self.client().send(&request).with(201), "/key").to_owned()
    }

    fn plans(&self) -> BTreeSet<String> {
        let list = self.client().read(&self.server.operator, "/v1/organizations?limit=200");
        let items = list["items"].as_array().expect("a list");
        items.iter().map(|one| text(one, "/plan_id").to_owned()).filter(|id| !id.is_empty()).collect()
    }

    /// Runs a statement on the record, behind the service's back; on SQLite while it stands. `None` where no
    /// program here writes such a file.
    fn sql(&self, statement: &str) -> Option<()> {
        const SCRIPT: &str = "import sqlite3, sys\nrecord = sqlite3.connect(sys.argv[1])\n\
            record.execute(sys.argv[2])\nrecord.commit()";
        match self.server.database() {
            Some(database) => database.run(statement),
            None => {
                let file = self.server.folder().join("crosswalk.sqlite");
                let done =
                    Command::new("python3").args(["-c", SCRIPT]).arg(file).arg(statement).status().ok()?;
                assert!(done.success(), "the statement is SQL");
            }
        }
        Some(())
    }

    fn is_ready(&self) -> bool {
        self.client().send(&Request::get("/readyz")).status == 200
    }

    fn metrics(&self) -> String {
        String::from_utf8_lossy(
            &self.client().send(&Request::get("/metrics").by(&self.server.operator)).bytes,
        )
        .into_owned()
    }
}

/// A service on this PostgreSQL, which is named by a setting: the harness would make a database on the shared
/// server.
fn started_on(url: &str, settings: &[(&'static str, &str)]) -> Server {
    let settings: Vec<_> = settings.iter().copied().chain([("CROSSWALK_DATABASE_URL", url)]).collect();
    Server::start_with(Database::Sqlite, &settings)
}

/// A 503 that says when to come back, and what became of the request.
#[track_caller]
fn assert_come_back(answer: &Answer, code: &str, outcome: &str) {
    assert_eq!((answer.status, answer.code()), (503, code), "{}", answer.json);
    assert_eq!(answer.json["outcome"], outcome, "{code}");
    let seconds: u32 = answer.header("Retry-After").parse().expect("Retry-After is a number of seconds");
    assert!((1..=60).contains(&seconds), "{code}: {seconds}");
}

/// A database of the shared server; the test is put down as skipped where there is none.
fn shared_server(test: &str) -> Option<OwnDatabase> {
    Database::Postgres.is_there_for(test).then(OwnDatabase::create)
}

/// A database of the shared server, a door before it that can be shut, and a service that finds it through
/// the door.
fn behind_a_door(test: &str) -> Option<(OwnDatabase, Proxy, Desk)> {
    let database = shared_server(test)?;
    let mut door = None;
    let url = database.url_by(|server| door.insert(Proxy::before(server)).port);
    let door = door.expect("it was made for the address");
    let desk = Desk::on(&url, &[]);
    Some((database, door, desk))
}

/// A server of the test's own.
fn own_server(test: &str) -> Option<Cluster> {
    let cluster = Cluster::start();
    if cluster.is_none() {
        skip(test, "there is no PostgreSQL to start, or no user to run it as");
    }
    cluster
}

#[test]
fn a_database_that_is_away_is_waited_for_and_then_said() {
    let name = "database::a_database_that_is_away_is_waited_for_and_then_said";
    let Some((_database, door, desk)) = behind_a_door(name) else { return };
    let (id, request) = desk.plan();
    door.shut();
    let look = Request::get("/v1/organizations").by(&desk.server.operator);
    thread::scope(|scope| {
        let change = scope.spawn(|| desk.client().send(&request));
        let look = scope.spawn(|| desk.client().send(&look));
        for answer in [change.join().expect("it ends"), look.join().expect("it ends")] {
            assert_come_back(&answer, "database-away", "not-done");
        }
    });
    assert_eq!(desk.client().send(&Request::get("/healthz")).status, 200, "a restart would not help");
    let probe = desk.client().send(&Request::get("/readyz"));
    assert_come_back(&probe, "not-ready", "not-done");
    door.open();
    until("the service to find its database", || desk.is_ready().then_some(()));
    let answer = desk.client().send(&request);
    assert!(!answer.is_replayed(), "nothing had been done");
    answer.with(201);
    assert!(desk.plans().contains(&id));
    assert!(desk.metrics().contains("crosswalk_database_errors_total{code="), "{}", desk.metrics());
}

#[test]
fn a_database_that_comes_back_in_time_is_an_ordinary_answer() {
    let name = "database::a_database_that_comes_back_in_time_is_an_ordinary_answer";
    let Some((_database, door, desk)) = behind_a_door(name) else { return };
    for _ in 0..3 {
        door.shut();
        thread::scope(|scope| {
            let (_, request) = desk.plan();
            let desk = &desk;
            let change = scope.spawn(move || desk.client().send(&request));
            // The probe's own patience is how long the database is away.
            assert!(!desk.is_ready());
            door.open();
            change.join().expect("it ends").with(201);
        });
    }
}

#[test]
fn of_a_commit_whose_answer_is_lost_the_record_tells() {
    let name = "database::of_a_commit_whose_answer_is_lost_the_record_tells";
    let Some((_database, door, desk)) = behind_a_door(name) else { return };
    // Where the connection breaks; the first answer; whether the retry finds the answer of the first.
    for (cut, first, is_replayed) in [(Cut::Before, 503, false), (Cut::After, 201, true)] {
        let (id, request) = desk.plan();
        door.cut(&id, cut);
        let answer = desk.client().send(&request);
        assert_eq!(answer.status, first, "{cut:?}: {}", answer.json);
        if first == 503 {
            assert_come_back(&answer, "outcome-unknown", "unknown");
        }
        let retry = desk.client().send(&request);
        assert_eq!(retry.is_replayed(), is_replayed, "{cut:?}");
        retry.with(201);
        assert!(desk.plans().contains(&id), "{cut:?}");
    }
}

/// `COMMIT` itself may be refused: then nothing was done, and nobody need be in doubt.
#[test]
fn a_commit_that_is_refused_is_not_done() {
    let Some(database) = shared_server("database::a_commit_that_is_refused_is_not_done") else {
        return;
    };
    let desk = Desk::on(&database.url(), &[]);
    // SQLSTATE at the commit; the problem.
    for (state, code) in [("53100", "no-room"), ("53200", "busy"), ("58030", "database-away")] {
        database.sql(&format!(
            "create function refuse() returns trigger language plpgsql as
            $$ begin raise exception using errcode = '{state}'; end $$;
            create constraint trigger refuses after insert on organizations deferrable initially deferred
            for each row execute function refuse()"
        ));
        let (id, request) = desk.plan();
        let answer = desk.client().send(&request);
        assert_come_back(&answer, code, "not-done");
        database.sql("drop function refuse() cascade");
        assert!(!desk.plans().contains(&id), "{state}");
        let retry = desk.client().send(&request);
        assert!(!retry.is_replayed(), "{state}");
        retry.with(201);
        assert!(
            desk.metrics().contains(&format!("crosswalk_database_errors_total{{code=\"{state}\"")),
            "{state} is counted by its code"
        );
        assert!(desk.server.log().contains(state), "the log names {state}");
    }
}

fn what_finds_no_room_is_not_done_and_the_instance_says_so(database: Database) {
    let name = "database::what_finds_no_room_is_not_done_and_the_instance_says_so";
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let cluster = if database == Database::Postgres { own_server(name) } else { None };
    let root = match (&cluster, database) {
        // Only files of tables: a full disk under the log ends the server, which then is away.
        (Some(cluster), _) => cluster.data().join("base"),
        (None, Database::Sqlite) => folder.path().to_owned(),
        (None, Database::Postgres) => return,
    };
    let Some(disk) = Disk::under(&root) else {
        return skip(name, "there is no C compiler");
    };
    let desk = match &cluster {
        Some(cluster) => {
            cluster.stop();
            cluster.run(&disk.environment());
            Desk::on(&format!("postgres://postgres@127.0.0.1:{}/crosswalk", cluster.port), &[])
        }
        None => {
            let environment = disk.environment();
            let settings: Vec<_> = environment.iter().map(|(name, value)| (*name, &**value)).collect();
            Desk::of(Server::open(folder, None, &settings))
        }
    };
    assert!(desk.is_ready());
    let plan_key = desk.plan_key();
    disk.fill();
    // What fits into the room that files have already is done yet.
    let (mut kept, mut refused) = (BTreeSet::from(["plan-0".to_owned()]), None);
    for _ in 0..150 {
        let (id, request) = desk.plan();
        let answer = desk.client().send(&request);
        if answer.status != 201 {
            assert_come_back(&answer, "no-room", "not-done");
            refused = Some((id, request));
            break;
        }
        kept.insert(id);
    }
    let (id, request) = refused.expect("the disk is full");
    if database == Database::Sqlite {
        let sent = desk.client().send(&document(&plan_key));
        assert_come_back(&sent, "no-room", "not-done");
    }
    for _ in 0..3 {
        assert!(!desk.is_ready(), "commands fail for lack of room");
    }
    assert_eq!(desk.client().send(&Request::get("/healthz")).status, 200);
    disk.empty();
    until("the service to find room again", || desk.is_ready().then_some(()));
    let retry = desk.client().send(&request);
    assert!(!retry.is_replayed(), "nothing had been done");
    retry.with(201);
    kept.insert(id);
    assert_eq!(desk.plans(), kept);
    desk.client().send(&document(&plan_key)).with(201);
}

/// A document, whose bytes lie on the service's own disk.
fn document(key: &str) -> Request {
    Request::bytes("/v1/documents?kind=lease", "text/plain", "The member moved in on March 1.").by(key)
}

/// However few connections a server allows, who reads leaves room for who writes.
#[test]
fn readers_leave_a_place_for_the_writer() {
    let name = "database::readers_leave_a_place_for_the_writer";
    // Connections that the role may have; connections that the service is set to.
    for (allowed, set) in [(5, None), (6, None), (4, Some("3"))] {
        let Some(database) = shared_server(name) else { return };
        let role = format!("{}_few", database.name());
        database.sql(&format!(
            "create role {role} login password 'few' connection limit {allowed};
            grant all on schema public to {role}"
        ));
        let url = database.url_as(&role, "few");
        let settings: Vec<_> = set.iter().map(|set| ("CROSSWALK_DATABASE_CONNECTIONS", *set)).collect();
        let desk = Desk::on(&url, &settings);
        let end = AtomicBool::new(false);
        let look = Request::get("/v1/organizations?limit=200").by(&desk.server.operator);
        let written = thread::scope(|scope| {
            for _ in 0..12 {
                scope.spawn(|| {
                    while !end.load(Ordering::Relaxed) {
                        assert_eq!(desk.client().send(&look).status, 200);
                    }
                });
            }
            let answers: Vec<u16> = (0..20).map(|_| desk.client().send(&desk.plan().1).status).collect();
            end.store(true, Ordering::Relaxed);
            answers
        });
        assert!(written.iter().all(|status| *status == 201), "{allowed}, {set:?}: {written:?}");
        let metrics = desk.metrics();
        for purpose in ["writers", "readers"] {
            let line = format!("crosswalk_database_connections{{purpose=\"{purpose}\"}} ");
            let open = metrics.lines().find_map(|one| one.strip_prefix(&line)).expect("it is told");
            assert!(open.parse::<u32>().expect("a number") < allowed, "{purpose}: {open}");
        }
        drop(desk);
        database.sql(&format!("drop owned by {role}; drop role {role}"));
    }
}

/// A failover: the standby has what was acknowledged, and the service finds it.
#[test]
fn the_writer_is_found_again_and_a_commit_on_one_server_only_is_not_acknowledged() {
    let name = "database::the_writer_is_found_again_and_a_commit_on_one_server_only_is_not_acknowledged";
    let Some(first) = own_server(name) else { return };
    let second = first.standby("b");
    first.wait_for("FIRST 1 (b)");
    let url = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/crosswalk?target_session_attrs=read-write",
        second.port, first.port
    );
    let desk = Desk::on(&url, &[]);
    let (kept, request) = desk.plan();
    desk.client().send(&request).with(201);

    second.stop();
    let (unsure, request) = desk.plan();
    let answer = thread::scope(|scope| {
        let change = scope.spawn(|| desk.client().send(&request));
        while !change.is_finished() {
            first.sql("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        }
        change.join().expect("it ends")
    });
    assert_come_back(&answer, "outcome-unknown", "unknown");
    second.run(&[]);
    let retry = until("the standby to be there again", || {
        let retry = desk.client().send(&request);
        (retry.status != 503).then_some(retry)
    });
    assert!(retry.is_replayed(), "it is on both servers now");
    retry.with(201);

    first.stop();
    second.promote();
    second.wait_for("");
    let (after, request) = desk.plan();
    until("the other server to be found", || (desk.client().send(&request).status == 201).then_some(()));
    let plans = desk.plans();
    assert!([&kept, &unsure, &after].iter().all(|id| plans.contains(*id)), "{plans:?}");
    assert!(desk.server.log().contains("another server takes writes now"));
}

/// A server that may lose an acknowledged change is refused where that is asked for, and told of where it is
/// not.
#[test]
fn a_server_that_may_lose_something_is_refused_or_said() {
    let name = "database::a_server_that_may_lose_something_is_refused_or_said";
    let Some(cluster) = own_server(name) else { return };
    let url = format!("postgres://postgres@127.0.0.1:{}/crosswalk", cluster.port);
    let refused = |setting: &str| {
        let said = refusal(&[("CROSSWALK_DATABASE_URL", &*url), ("CROSSWALK_REQUIRE_STANDBY", "true")]);
        assert!(said.contains("may lose what it acknowledged") && said.contains(setting), "{said}");
        assert!(said.contains("fix: "), "{said}");
    };
    refused("synchronous_standby_names");
    let started = || started_on(&url, &[]).log();
    let said = started();
    assert!(!said.contains("may lose"), "one server by itself keeps what it has: {said}");
    cluster.sql("alter system set full_page_writes = off");
    cluster.sql("select pg_reload_conf()");
    until("the setting to be in force", || {
        (cluster.sql("show full_page_writes").trim() == "off").then_some(())
    });
    let said = started();
    assert!(said.contains("full_page_writes") && said.contains("a power cut may lose"), "{said}");
    let standby = "postgres://postgres@127.0.0.1:1/crosswalk?target_session_attrs=standby";
    let said = refusal(&[("CROSSWALK_DATABASE_URL", standby)]);
    assert!(said.contains("target_session_attrs must be read-write or primary"), "{said}");
}

/// Of two adjacent releases the newer has added to the schema, and the older goes on; until the newer says
/// that it cannot.
#[test]
fn an_old_node_runs_beside_a_newer_schema_until_it_is_outgrown() {
    let name = "database::an_old_node_runs_beside_a_newer_schema_until_it_is_outgrown";
    let Some(database) = shared_server(name) else { return };
    let url = database.url();
    let mut old = Desk::on(&url, &[]);
    let next = started_on(&url, &[]);
    // What the next release adds.
    database.sql(
        "alter table organizations add column nickname text;
        create table nicknames (id text not null primary key);
        insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9001, 'what a newer release adds', true, '\\x00', 0)",
    );
    for at in ["2026-03-02T18:05:00Z", "2026-03-02T18:10:00Z"] {
        for client in [old.client(), next.client()] {
            let (_, request) = old.plan();
            client.send(&request).with(201);
        }
        old.server.start_again_at(at);
        assert!(old.is_ready());
    }
    // What a later release takes away.
    database.sql("update schema_needs set needs = 9002");
    assert!(!old.is_ready(), "it would misread the record");
    assert!(old.server.log().contains("needs a program that knows schema 9002"), "and says why");
    let said = refusal(&[("CROSSWALK_DATABASE_URL", &*url)]);
    assert!(said.contains("needs a program that knows schema 9002"), "{said}");
    drop(next);
}

/// More than fifty a second: a backlog of thousands is gone before a minute is over.
fn a_backlog_of_notices_drains(database: Database) {
    const NOTICES: usize = 6_000;
    let mut desk = Desk::of(Server::start(database));
    let plan = desk.client().send(&desk.plan().1).with(201);
    let organization = text(&plan, "/id");
    let key = json!({ "organization": organization, "role": "plan-admin", "label": "inbox" });
    let key = desk.client().send(&Request::post("/v1/keys", &key).by(&desk.server.operator)).with(201);
    let body = |object: &str| {
        format!(
            "{object}('organization', '{organization}', 'kind', 'deadline-near', 'text', {object}('en', 'n', 'es', 'n'))"
        )
    };
    // Each of another subject, and asked for by a clock that was an hour ahead.
    let written = match database {
        Database::Postgres => desk.sql(&format!(
            "insert into outbox (id, due_at, kind, subject, body, state, attempts)
            select 'job-' || lpad(n::text, 6, '0'), 1772478000000 + 3600000, 'notice', 'subject-' || n, {}::text, 'ready', 0
            from generate_series(1, {NOTICES}) n",
            body("json_build_object")
        )),
        Database::Sqlite => {
            desk.server.terminate();
            let written = desk.sql(&format!(
                "with recursive all_of (n) as (select 1 union all select n + 1 from all_of where n < {NOTICES})
                insert into outbox (id, due_at, kind, subject, body, state, attempts)
                select printf('job-%06d', n), 1772478000000 + 3600000, 'notice', 'subject-' || n, {}, 'ready', 0 from all_of",
                body("json_object")
            ));
            desk.server.start_again();
            written
        }
    };
    if written.is_none() {
        return skip(
            "database::on_sqlite::a_backlog_of_notices_drains",
            "there is no python3 to write the record with",
        );
    }
    until("the notices to be delivered", || {
        (inbox(&desk.client(), text(&key, "/key")) == NOTICES).then_some(())
    });
}

/// Number of notices in the inbox of whoever holds the key.
fn inbox(client: &Client, key: &str) -> usize {
    let (mut count, mut path) = (0, "/v1/notices?limit=200".to_owned());
    loop {
        let page = client.read(key, &path);
        count += page["items"].as_array().map_or(0, Vec::len);
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/v1/notices?limit=200&cursor={next}"),
            None => return count,
        }
    }
}

fn records_go_when_their_rule_says(database: Database) {
    let mut desk = Desk::of(Server::start(database));
    let (_, request) = desk.plan();
    desk.client().send(&request).with(201);
    let looked = |desk: &Desk| {
        let path = "/v1/audit?action=look&to=2026-03-03&limit=200";
        let list = desk.client().read(&desk.server.operator, path);
        list["items"].as_array().map_or(0, Vec::len)
    };
    desk.client().read(&desk.server.operator, "/v1/audit?limit=5");
    assert!(looked(&desk) > 0);
    // Instant of the start; whether the answer is still kept; whether looks are.
    for (instant, answer, looks) in [
        ("2026-03-08T18:00:00Z", true, true),
        ("2026-03-11T18:00:00Z", false, true),
        ("2036-04-01T18:00:00Z", false, false),
    ] {
        desk.server.start_again_at(instant);
        let forgets = |desk: &Desk| {
            let retry = desk.client().send(&request);
            let kept = if retry.is_replayed() { 201 } else { 409 };
            assert_eq!(retry.status, kept, "{instant}: {}", retry.json);
            (retry.is_replayed() == answer && (looked(desk) > 0) == looks).then_some(())
        };
        until("the host to forget what is old", || forgets(&desk));
        let trail = desk.client().read(&desk.server.operator, "/v1/audit?action=forget&limit=200");
        let forgotten: BTreeSet<&str> =
            trail["items"].as_array().expect("a list").iter().map(|entry| text(entry, "/subject")).collect();
        assert_eq!(forgotten.contains("audit"), !looks, "{instant}: {trail}");
        // Ten years later even the entry that says so is old.
        assert_eq!(forgotten.contains("answer"), !answer && looks, "{instant}: {trail}");
    }
}

/// A note may name a member: it goes with its rule, and the case that it was about stays.
fn notes_of_colleagues_go_when_their_rule_says(database: Database) {
    let mut county = County::of(Server::start(database), &["costa-alta"]);
    let referral = json!({
        "member": county.person("costa-alta").named(), "service": "medically-tailored-meals",
        "facts": facts(&[("consent.member-agrees", json!(true))]),
    });
    let case = county.submit(county.key_of("open-door"), "referrals", &referral);
    let reviewer = county.plan("costa-alta").reviewer.clone();
    let item = format!("/v1/worklist/{}", text(&case, "/id"));
    let note = json!({ "note": "The daughter asks for meals without salt." });
    county.client().send(&Request::post(format!("{item}/notes"), &note).by(&reviewer)).with(201);
    let no = json!({
        "decision": "not-eligible", "kind": "clinical",
        "reason": { "en": "Another service suits the member better.", "es": "Otro servicio le conviene más." },
    });
    county.change(&reviewer, &case, "decisions", &no).with(200);
    for (instant, is_there) in
        [("2026-03-04T18:00:00Z", true), ("2036-03-01T18:00:00Z", true), ("2036-03-04T18:00:00Z", false)]
    {
        county.server.start_again_at(instant);
        let client = county.client();
        until("the host to forget what is old", || {
            let history = client.read(&reviewer, &format!("{item}/history"));
            (history.to_string().contains("without salt") == is_there).then_some(())
        });
        let trail = client.read(&county.server.operator, "/v1/audit?action=forget&limit=200");
        let forgotten = trail["items"].as_array().expect("a list");
        let forgets = forgotten.iter().any(|entry| entry["subject"] == "work-step");
        assert_eq!(forgets, !is_there, "{instant}: {trail}");
        assert_eq!(county.again(&reviewer, &case)["id"], case["id"], "the case stays");
    }
}

/// Traffic between the service and its database is encrypted where the address asks for it, and no other
/// certificate is believed.
#[test]
fn the_way_to_the_database_is_hidden() {
    const TEST: &str = "database::the_way_to_the_database_is_hidden";
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (own, other) = (folder.path().join("own"), folder.path().join("other"));
    for one in [&own, &other] {
        fs::create_dir(one).expect("it can be made");
        if !certificate(one, "database") {
            return skip(TEST, "there is no openssl to make a certificate with");
        }
    }
    let Some(cluster) = own_server(TEST) else { return };
    cluster.speak_tls(&own);
    let url = |root: &Path| {
        format!(
            "postgres://postgres@127.0.0.1:{}/crosswalk?sslmode=verify-full&sslrootcert={}",
            cluster.port,
            root.join("cert.pem").display()
        )
    };
    let desk = Desk::on(&url(&own), &[]);
    desk.client().send(&desk.plan().1).with(201);
    let connections = cluster.sql(
        "select count(*), count(*) filter (where ssl) from pg_stat_ssl join pg_stat_activity using (pid)
         where datname = 'crosswalk' and usename = 'postgres' and application_name <> 'psql'",
    );
    let (all, hidden) = connections.trim().split_once('|').expect("two numbers");
    assert!(all != "0" && all == hidden, "{connections}");
    let refused = refusal(&[("CROSSWALK_DATABASE_URL", &url(&other))]);
    assert!(refused.to_lowercase().contains("certificate"), "{refused}");
}
