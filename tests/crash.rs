//! `kill -9` in the middle of a stream of commands. After the restart, every acknowledged command has
//! happened, once; every other one has happened once or not at all; and whoever retries gets the first
//! answer.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use serde_json::{Value, json};

use crate::harness::{Answer, COUNTY, County, Database, Request, Server, on_both_databases, text, until};
use crate::idempotency::all_cases;
use crate::journeys::{ecm, ecm_referral};

on_both_databases! {
    acknowledged_is_kept_and_nothing_happens_twice
    a_member_file_is_loaded_whole_whatever_is_killed_in_between
}

/// Answers that are read before each kill, counted over all clients.
const KILLS_AFTER: [usize; 6] = [1, 7, 16, 3, 29, 12];
const CLIENTS: usize = 4;

/// A command that was sent, and its answer if one was read.
struct Sent {
    list: &'static str,
    request: Request,
    answer: Option<Answer>,
}

fn acknowledged_is_kept_and_nothing_happens_twice(database: Database) {
    let mut county = County::of(Server::start(database), &["valle-vista"]);
    let key = county.key_of("open-door").to_owned();
    let mut expected = 0;
    for (round, kill_after) in KILLS_AFTER.into_iter().enumerate() {
        let mut sent = stream_until_killed(&county, &key, round, kill_after);
        assert!(sent.iter().filter(|one| one.answer.is_some()).count() >= kill_after);
        county.server.start_again();
        let client = county.client();
        for one in &mut sent {
            let retried = client.send(&one.request);
            assert_eq!(retried.status, 201, "{}", String::from_utf8_lossy(&retried.bytes));
            if let Some(first) = &one.answer {
                assert!(retried.is_replayed(), "an acknowledged command is not done again");
                assert_eq!(retried.bytes, first.bytes, "and gets its first answer");
            }
            one.answer = Some(retried);
        }
        expected += sent.len();
        let all: Vec<Value> =
            ["referrals", "authorizations"].iter().flat_map(|list| all_cases(&client, &key, list)).collect();
        assert_eq!(all.len(), expected, "each command has happened once");
        let ids: BTreeSet<&str> = all.iter().map(|case| text(case, "/id")).collect();
        assert_eq!(ids.len(), expected);
        for one in &sent {
            assert_whole(&county, &key, one);
        }
    }
    let work = county.client().read(&county.plan("valle-vista").reviewer, "/v1/worklist?limit=200");
    let waiting = all_cases(&county.client(), &key, "referrals")
        .iter()
        .filter(|case| case["state"] == "with-people")
        .count();
    assert_eq!(work["items"].as_array().map(Vec::len), Some(waiting), "the worklist is what waits");
}

/// Clients send until the service is gone.
fn stream_until_killed(county: &County, key: &str, round: usize, kill_after: usize) -> Vec<Sent> {
    let sent = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    let (acknowledged, acknowledgements) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let acknowledged = acknowledged.clone();
            let (sent, count) = (&sent, &count);
            scope.spawn(move || {
                let client = county.client();
                // Members are a limited stock; the kill comes long before.
                while count.load(Ordering::Relaxed) < 100 {
                    let number = count.fetch_add(1, Ordering::Relaxed);
                    let person = county.person("valle-vista");
                    let (list, body) = if number % 2 == 0 {
                        ("referrals", ecm_referral(&person))
                    } else {
                        ("authorizations", ecm(&person))
                    };
                    let once = format!("round-{round}-{number}");
                    let request = Request::post(format!("/v1/{list}"), &body).by(key).once(&once);
                    let answer = client.try_send(&request).ok();
                    let is_gone = answer.is_none();
                    sent.lock().expect("no client panicked").push(Sent { list, request, answer });
                    if is_gone || acknowledged.send(()).is_err() {
                        return;
                    }
                }
            });
        }
        drop(acknowledged);
        for _ in 0..kill_after {
            acknowledgements.recv().expect("the service answers until it is killed");
        }
        let id = county.server.process_id().to_string();
        assert!(Command::new("kill").args(["-9", &id]).status().expect("kill runs").success());
    });
    sent.into_inner().expect("no client panicked")
}

/// The case is there with everything that belongs to it.
fn assert_whole(county: &County, key: &str, one: &Sent) {
    let answer = &one.answer.as_ref().expect("it was retried").json;
    let case = county.again(key, answer);
    for field in ["id", "state", "version", "member_id", "evaluation", "decided_by", "grant"] {
        assert_eq!(case[field], answer[field], "{}: {field}", one.list);
    }
    let timeline = county.timeline(key, answer);
    assert_eq!(timeline.iter().filter(|event| event["event"] == "received").count(), 1);
    assert_eq!(timeline.last().map(|event| &event["state"]), Some(&case["state"]));
    let evaluation =
        county.client().read(key, &format!("/v1/evaluations/{}", text(answer, "/evaluation/id")));
    assert_eq!(evaluation["case"], answer["id"]);
}

fn a_member_file_is_loaded_whole_whatever_is_killed_in_between(database: Database) {
    const ROWS: usize = 3_000;
    let mut county = County::of(Server::start(database), &["costa-alta"]);
    let admin = county.plan("costa-alta").admin.clone();
    let mut file = String::from(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI\n",
    );
    for row in 0..ROWS {
        file += &format!(
            "99{row:06}A,K{row},Row,Many,1980-01-02,U,en,{COUNTY},,San Ravel,96191,Y,,2026-01-01,,medi-cal,,00,6,\n"
        );
    }
    let request = Request::bytes("/v1/rosters", "text/csv", file).by(&admin);
    let answer = thread::scope(|scope| {
        let loading = scope.spawn(|| county.client().try_send(&request).ok());
        // A look in between, so that the kill falls somewhere into the loading.
        let _ = county.client().try_send(&Request::get("/readyz"));
        let id = county.server.process_id().to_string();
        assert!(Command::new("kill").args(["-9", &id]).status().expect("kill runs").success());
        loading.join().expect("it does not panic")
    });
    county.server.start_again();
    let client = county.client();
    let is_there = |row: usize| {
        let search = json!({ "cin": format!("99{row:06}A"), "purpose": "operations" });
        client.send(&Request::post("/v1/members/search", &search).by(&admin)).status == 200
    };
    // What was acknowledged goes on where it stopped. What was not is there or not; sent again, it is the
    // same file.
    let report = client.send(&request);
    assert!([201, 202].contains(&report.status), "{}", report.json);
    if let Some(answer) = answer.filter(|answer| [201, 202].contains(&answer.status)) {
        assert_eq!(text(&answer.json, "/id"), text(&report.json, "/id"), "an acknowledged file is kept");
    }
    let path = format!("/v1/rosters/{}", text(&report.json, "/id"));
    let report = until("the file to be loaded", || {
        let report = client.read(&admin, &path);
        (report["state"] == "loaded").then_some(report)
    });
    assert_eq!((&report["accepted"], &report["members_new"]), (&json!(ROWS), &json!(ROWS)));
    assert!(is_there(1) && is_there(ROWS - 1));
}
