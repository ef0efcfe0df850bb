//! Faults, as many as are asked for: `kill -9`, clients that hang up, power cuts on a disk that forgets what
//! was not synced, a full disk, two nodes, a standby that takes over. After each: what was acknowledged is
//! there once, everything else once or not at all, and whoever asks again with the same key gets the first
//! answer.
//!
//! A few of each run with the other tests. `cargo xtask faults --kill 1000 --seed 7` runs more; the seed of a
//! run is printed, and gives the same choices again.

use std::collections::BTreeSet;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{
    Answer, COUNTY, Client, Cluster, Database, Disk, OwnDatabase, Power, Request, Server, add_counties,
    on_both_databases, skip, text, until,
};

on_both_databases! {
    a_kill_loses_nothing_and_doubles_nothing
    a_client_that_hangs_up_leaves_nothing_half_done
    a_full_disk_loses_nothing_and_doubles_nothing
}

const CLIENTS: usize = 4;

/// Number of faults of a kind, from the environment or as usual.
fn count(kind: &str, usual: usize) -> usize {
    let asked = env::var(format!("CROSSWALK_FAULTS_{kind}")).ok();
    asked.map_or(usual, |asked| asked.parse().expect("a count of faults is a number"))
}

/// Choices that a seed determines: Marsaglia's xorshift.
struct Dice(u64);

impl Dice {
    /// Seeded as asked for, or anyhow; says how.
    fn of(test: &str) -> Self {
        let seed = env::var("CROSSWALK_FAULTS_SEED").ok();
        let seed = seed.map_or_else(
            || RandomState::new().hash_one(test) % 1_000_000,
            |seed| seed.parse().expect("a seed is a number"),
        );
        println!("{test}: seed {seed}");
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        dice.below(2);
        dice
    }

    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).expect("a usize has 64 bits") % end
    }
}

/// A command that was sent, and its answer if one was read.
struct Sent {
    id: String,
    request: Request,
    answer: Option<Answer>,
    /// Length of the disk's list when the answer had been read.
    at: u64,
}

/// Commands by the operator: each adds a plan, in one unit with its answer and an entry of the trail.
struct Commands {
    operator: String,
    count: AtomicUsize,
    sent: Mutex<Vec<Sent>>,
}

impl Commands {
    fn to(server: &Server) -> Self {
        add_counties(&server.client(), &server.operator);
        Self { operator: server.operator.clone(), count: AtomicUsize::new(0), sent: Mutex::default() }
    }

    fn next(&self) -> (String, Request) {
        let id = format!("plan-{}", self.count.fetch_add(1, Ordering::Relaxed));
        let body =
            json!({ "kind": "plan", "name": format!("Plan {id}"), "plan_id": id, "counties": [COUNTY] });
        let once = format!("faults-{id}");
        (id, Request::post("/v1/organizations", &body).by(&self.operator).once(&once))
    }

    /// Sends one after the other, each to the next of `clients`, until the service is gone or `end` says so.
    /// What was answered with anything but yes is sent again later.
    fn stream(
        &self,
        clients: &[Client],
        end: &AtomicBool,
        acknowledged: &mpsc::Sender<()>,
        list: Option<&Path>,
    ) {
        for client in clients.iter().cycle() {
            if end.load(Ordering::Relaxed) {
                return;
            }
            let (id, request) = self.next();
            let answer = client.try_send(&request).ok();
            let is_gone = answer.is_none();
            let answer = answer.filter(|answer| answer.status == 201);
            let at = list.map_or(0, |list| list.metadata().map_or(0, |list| list.len()));
            if answer.is_some() {
                // Whoever counts may have heard enough.
                let _ = acknowledged.send(());
            }
            self.put(Sent { id, request, answer, at });
            if is_gone && clients.len() == 1 {
                return;
            }
        }
    }

    fn put(&self, sent: Sent) {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).push(sent);
    }

    fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Streams from some clients until `fault`, which waits for acknowledgements, has come and gone.
    fn under(
        &self,
        clients: &[Client],
        list: Option<&Path>,
        fault: impl FnOnce(&mpsc::Receiver<()>),
    ) -> Vec<Sent> {
        let end = AtomicBool::new(false);
        let (acknowledged, acknowledgements) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                let (acknowledged, end) = (acknowledged.clone(), &end);
                scope.spawn(move || self.stream(clients, end, &acknowledged, list));
            }
            drop(acknowledged);
            fault(&acknowledgements);
            end.store(true, Ordering::Relaxed);
        });
        self.take()
    }

    /// Sends everything again: an acknowledged command gets its first answer, and every other one is done
    /// now.
    fn settle(&self, client: &Client, sent: &[Sent]) {
        for one in sent {
            let retried = until("the service to take the command", || {
                let retried = client.send(&one.request);
                // A quick machine may send more than one key is allowed in a second.
                (![429, 503].contains(&retried.status)).then_some(retried)
            });
            assert_eq!(retried.status, 201, "{}: {}", one.id, retried.json);
            if let Some(first) = &one.answer {
                assert!(retried.is_replayed(), "{} was acknowledged and is lost", one.id);
                assert_eq!(retried.bytes, first.bytes, "{}", one.id);
            }
        }
    }

    /// Every plan is there once.
    fn count_all(&self, client: &Client, expected: usize) {
        let (mut found, mut rows, mut path) = (BTreeSet::new(), 0, "/v1/organizations?limit=200".to_owned());
        loop {
            let page = client.read(&self.operator, &path);
            for one in page["items"].as_array().expect("a list").iter().filter(|one| one["kind"] == "plan") {
                rows += 1;
                found.insert(text(one, "/plan_id").to_owned());
            }
            match page["next_cursor"].as_str() {
                Some(next) => path = format!("/v1/organizations?limit=200&cursor={next}"),
                None => break,
            }
        }
        assert_eq!((rows, found.len()), (expected, expected), "each once");
    }
}

fn wait_for(acknowledgements: &mpsc::Receiver<()>, count: usize) {
    for _ in 0..count {
        acknowledgements.recv().expect("the service answers until the fault");
    }
}

fn a_kill_loses_nothing_and_doubles_nothing(database: Database) {
    let mut dice = Dice::of("kill");
    let mut server = Server::start(database);
    let commands = Commands::to(&server);
    let mut expected = 0;
    for _ in 0..count("KILL", 3) {
        let after = 1 + dice.below(40);
        let sent = commands.under(&[server.client()], None, |acknowledgements| {
            wait_for(acknowledgements, after);
            server.kill();
        });
        server.start_again_at("2026-03-02T18:05:00Z");
        commands.settle(&server.client(), &sent);
        expected += sent.len();
    }
    commands.count_all(&server.client(), expected);
}

fn a_client_that_hangs_up_leaves_nothing_half_done(database: Database) {
    let mut dice = Dice::of("hang-up");
    let server = Server::start(database);
    let commands = Commands::to(&server);
    let client = server.client();
    let authority = server.address.strip_prefix("http://").expect("an address of ours");
    let all = count("HANG_UP", 40);
    let mut sent = Vec::new();
    for _ in 0..all {
        let (id, request) = commands.next();
        let bytes = request.written(authority);
        // Mostly whole, sometimes cut.
        let length = if dice.below(4) == 0 { dice.below(bytes.len()) } else { bytes.len() };
        let mut stream = TcpStream::connect(authority).expect("the service listens");
        stream.write_all(&bytes[..length]).expect("the service reads");
        for _ in 0..dice.below(2_000) {
            std::hint::spin_loop();
        }
        drop(stream);
        sent.push(Sent { id, request, answer: None, at: 0 });
        // Another client's command, on a connection that the one before may have used.
        let (id, request) = commands.next();
        let answer = client.send(&request);
        assert_eq!(answer.status, 201, "{}", answer.json);
        sent.push(Sent { id, request, answer: Some(answer), at: 0 });
    }
    commands.settle(&client, &sent);
    commands.count_all(&client, 2 * all);
}

fn a_full_disk_loses_nothing_and_doubles_nothing(database: Database) {
    let name = "breakdowns::a_full_disk_loses_nothing_and_doubles_nothing";
    let mut dice = Dice::of("full");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let cluster = if database == Database::Postgres { Cluster::start() } else { None };
    let root = match (&cluster, database) {
        (Some(cluster), _) => cluster.data().join("base"),
        (None, Database::Sqlite) => folder.path().to_owned(),
        (None, Database::Postgres) => return skip(name, "there is no PostgreSQL to start"),
    };
    let Some(disk) = Disk::under(&root) else {
        return skip(name, "there is no C compiler");
    };
    let server = match &cluster {
        Some(cluster) => {
            cluster.stop();
            cluster.run(&disk.environment());
            on(&format!("postgres://postgres@127.0.0.1:{}/crosswalk", cluster.port))
        }
        None => with_disk(folder, &disk.environment()),
    };
    let commands = Commands::to(&server);
    let mut expected = 0;
    for _ in 0..count("FULL", 2) {
        let sent = commands.under(&[server.client()], None, |acknowledgements| {
            wait_for(acknowledgements, 1 + dice.below(30));
            disk.fill();
            until("a command to find no room", || {
                (server.client().send(&Request::get("/readyz")).status == 503).then_some(())
            });
            disk.empty();
            until("room again", || {
                (server.client().send(&Request::get("/readyz")).status == 200).then_some(())
            });
        });
        commands.settle(&server.client(), &sent);
        expected += sent.len();
    }
    commands.count_all(&server.client(), expected);
}

/// A service on that PostgreSQL.
fn on(url: &str) -> Server {
    Server::start_with(Database::Sqlite, &[("CROSSWALK_DATABASE_URL", url)])
}

/// A service whose folder is on a disk of ours.
fn with_disk(folder: TempDir, environment: &[(&'static str, String)]) -> Server {
    let settings: Vec<_> = environment.iter().map(|(name, value)| (*name, &**value)).collect();
    Server::open(folder, None, &settings)
}

/// The commands of a service whose disk keeps a list, and the list.
struct Recorded {
    commands: Commands,
    sent: Vec<Sent>,
    power: Power,
    /// Length of the list when the first start had ended.
    ready: u64,
    /// The same before the first command.
    begin: u64,
}

impl Recorded {
    fn run(dice: &mut Dice) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let disk = Disk::under(folder.path())?;
        let mut server = with_disk(folder, &disk.recording());
        let ready = disk.list().metadata().expect("the list is there").len();
        let commands = Commands::to(&server);
        let begin = disk.list().metadata().expect("the list is there").len();
        let sent = commands.under(&[server.client()], Some(&disk.list()), |acknowledgements| {
            wait_for(acknowledgements, 60 + dice.below(60));
            server.kill();
        });
        let power = Power::of(&disk.list());
        Some(Self { commands, sent, power, ready, begin })
    }

    /// Cuts the power during the first start, or just after it: the next start ends, in one county whose
    /// operator holds the key that lies there; once the first had ended, the same one.
    fn cut_first_start(&self, dice: &mut Dice) {
        let place = self.power.entry_until(self.begin, dice.below(1 << 30));
        let left = tempfile::tempdir().expect("a temporary folder can be made");
        let (odds, mut chance) = (1 + dice.below(9), || dice.below(10));
        self.power.leave(place, false, left.path(), &mut || chance() < odds);
        let server = Server::open(left, None, &[]);
        let list = server.client().send(&Request::get("/v1/organizations").by(&server.operator));
        assert_eq!(list.status, 200, "cut at {place}: the key in operator.key opens the record");
        let list = list.with(200)["items"].as_array().cloned().expect("a list");
        assert_eq!(list.iter().filter(|one| one["kind"] == "county").count(), 1, "cut at {place}");
        if place >= self.ready {
            assert_eq!(server.operator, self.commands.operator, "cut at {place}: a key that was used stays");
        }
    }

    /// Cuts the power somewhere, starts on what is left, and holds it against what was acknowledged by then.
    fn cut(&self, dice: &mut Dice, lies: bool) {
        let place = self.power.entry_after(self.begin, dice.below(1 << 30));
        let left = tempfile::tempdir().expect("a temporary folder can be made");
        let (odds, mut chance) = (1 + dice.below(9), || dice.below(10));
        self.power.leave(place, lies, left.path(), &mut || chance() < odds);
        let server = Server::open(left, None, &[]);
        let client = server.client();
        let mut by_then: Vec<&Sent> = self.sent.iter().filter(|one| one.at <= place).collect();
        by_then.sort_by_key(|one| std::cmp::Reverse(one.at));
        // What was acknowledged last is what a cut could lose; of the rest some.
        let checked = by_then.iter().enumerate().filter(|(at, _)| *at < 20 || at % 10 == 0);
        for (_, one) in checked.filter(|(_, one)| one.answer.is_some()) {
            let retried = client.send(&one.request);
            assert!(retried.is_replayed(), "{} was acknowledged and is lost: {}", one.id, retried.json);
            assert_eq!(Some(&retried.bytes), one.answer.as_ref().map(|answer| &answer.bytes), "{}", one.id);
        }
        let (_, request) = self.commands.next();
        client.send(&request).with(201);
    }
}

#[test]
fn a_power_cut_loses_nothing_and_a_disk_that_lies_is_found_out() {
    let mut dice = Dice::of("power");
    let Some(recorded) = Recorded::run(&mut dice) else {
        return skip(
            "breakdowns::a_power_cut_loses_nothing_and_a_disk_that_lies_is_found_out",
            "there is no C compiler",
        );
    };
    for _ in 0..count("POWER", 4) {
        recorded.cut(&mut dice, false);
        recorded.cut_first_start(&mut dice);
    }
    // A disk whose fsync does nothing: the same check must fail, or it shows nothing.
    let found_out =
        (0..10).any(|_| catch_unwind(AssertUnwindSafe(|| recorded.cut(&mut dice, true))).is_err());
    assert!(found_out, "ten power cuts on a disk that lies were not noticed");
}

#[test]
fn two_nodes_and_one_that_dies_do_everything_once() {
    let name = "breakdowns::two_nodes_and_one_that_dies_do_everything_once";
    if !Database::Postgres.is_there_for(name) {
        return;
    }
    let mut dice = Dice::of("nodes");
    let database = OwnDatabase::create();
    let url = database.url();
    let mut first = on(&url);
    let mut second = on(&url);
    let commands = Commands::to(&first);
    let mut expected = 0;
    for _ in 0..count("NODES", 2) {
        let after = 1 + dice.below(40);
        // Each command goes to another node than the one before.
        let (one, two) = (first.client(), second.client());
        let dies = if dice.below(2) == 0 { &mut first } else { &mut second };
        let sent = commands.under(&[one, two], None, |acknowledgements| {
            wait_for(acknowledgements, after);
            dies.kill();
            wait_for(acknowledgements, 5);
        });
        dies.start_again_at("2026-03-02T18:05:00Z");
        commands.settle(&first.client(), &sent);
        commands.settle(&second.client(), &sent);
        expected += sent.len();
        commands.count_all(&second.client(), expected);
    }
}

#[test]
fn a_standby_that_takes_over_has_what_was_acknowledged() {
    let name = "breakdowns::a_standby_that_takes_over_has_what_was_acknowledged";
    let mut dice = Dice::of("promotion");
    for _ in 0..count("PROMOTION", 1) {
        let Some(primary) = Cluster::start() else {
            return skip(name, "there is no PostgreSQL to start");
        };
        let standby = primary.standby("b");
        primary.wait_for("FIRST 1 (b)");
        let url =
            format!("postgres://postgres@127.0.0.1:{},127.0.0.1:{}/crosswalk", primary.port, standby.port);
        let server = on(&url);
        let commands = Commands::to(&server);
        let sent = commands.under(&[server.client()], None, |acknowledgements| {
            wait_for(acknowledgements, 1 + dice.below(60));
            primary.stop();
            standby.promote();
            standby.wait_for("");
            // The service finds the new writer, and goes on.
            wait_for(acknowledgements, 5);
        });
        commands.settle(&server.client(), &sent);
        commands.count_all(&server.client(), sent.len());
    }
}
