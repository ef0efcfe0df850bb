//! Every promise of the record, asked of each database.
//!
//! PostgreSQL is the server whose address is in `CROSSWALK_TEST_POSTGRES`; each test makes a database of its
//! own there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fs::File;
use std::future::poll_fn;
use std::path::PathBuf;
use std::pin::pin;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use domain::case::CaseKind;
use domain::identifiers::*;
use domain::limits::{Needs, Span, Stage};
use domain::member_value::{Said, ValueName, ValueSource, standing};
use domain::plan::types::Urgency;
use domain::release::{Policy, Requirement, State};
use domain::retention::Record;
use domain::rollout::{About, Cohort, Standing, chosen};
use domain::time::{Clock, CountedIds, Ids, ManualClock, pacific_day};
use domain::{Cents, Procedure};
use expect_test::expect_file;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use store::activations::{Activation, EndedFor};
use store::auth::{Key, Role};
use store::cases::{Case, CaseFilter, PlanPart};
use store::deadlines::{Deadline, DeadlineState};
use store::decisions::Decision;
use store::idempotency::Answer;
use store::members::{Address, ContactSource, Grant, GrantReason, Member, Recorded, Residence};
use store::organizations::{Organization, OrganizationKind};
use store::outbox::Job;
use store::plugins::Plugin;
use store::receipts::Receipt;
use store::releases::Release;
use store::rosters::{Place, PlacedRow, Roster, RosterRow, Sifted};
use store::service_days::Days;
use store::signing::SigningKey;
use store::tables::{TableRow, TableVersion, Wanted};
use store::usage::{Deliveries, Usage, UsageState};
use store::*;

/// Writes each test once and runs it on each database.
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(super::World::on_sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(world) = super::World::on_postgres().await {
                    super::$test(world).await;
                }
            })+
        }
    };
}

on_each_database!(
    of_two_writers_one_loses,
    a_unit_is_all_or_nothing,
    a_failing_unit_does_not_hurt_its_neighbours,
    the_same_key_acts_once,
    one_referral_for_a_member_and_a_service_is_open,
    units_are_taken_only_while_history_stands,
    a_dropped_caller_loses_nothing,
    a_server_that_drops_everybody_is_found_again,
    readers_do_not_wait_for_a_writer,
    another_orgs_case_is_not_there,
    another_orgs_member_is_not_there,
    another_orgs_institutions_are_not_there,
    a_revoked_key_is_nobody,
    lists_go_on_where_they_ended,
    a_slow_worker_settles_nothing,
    jobs_of_one_subject_keep_their_order,
    a_clock_that_was_ahead_delays_no_job,
    a_newer_schema_is_served_until_it_asks_for_a_newer_program,
    what_is_old_goes_and_what_an_event_refers_to_stays,
    workers_do_not_get_the_same_job,
    a_clock_is_settled_once,
    a_roster_keeps_what_a_provider_verified,
    the_newer_day_stands_not_the_later_upload,
    who_said_what_is_kept_and_bounded,
    whose_coverage_changed_is_looked_at_again,
    a_roster_of_thousands_loads,
    a_row_is_loaded_only_while_the_person_is_who_it_was,
    what_hangs_on_a_person_goes_along_and_comes_back,
    tries_are_counted_until_they_are_used_up,
    the_rules_of_the_day_answer,
    of_two_moves_of_a_release_one_is_kept,
    faults_are_counted_among_the_last_calls,
    a_policy_is_the_default_until_it_is_set,
    a_retired_signing_key_stays_on_record,
    of_tables_the_latest_upload_that_holds_the_day_is_in_force,
    a_table_of_thousands_loads,
    another_orgs_tables_are_not_there,
    units_are_counted,
    what_counts_is_read_whole,
    places_are_fenced,
    a_window_moves_the_stamp,
    a_day_is_taken_once,
    a_corrupt_row_is_named,
    the_schemas_agree,
    reopened_it_has_everything,
);

/// A store with two providers and two plans in it, each with a key, and one member of the first of each.
struct World {
    store: Store,
    config: StoreConfig,
    ids: CountedIds,
    clock: ManualClock,
    clinic: Scope,
    stranger: Scope,
    plan: Scope,
    other_plan: Scope,
    operator: Scope,
    member: MemberId,
    _directory: tempfile::TempDir,
}

const CIN: &str = "91234567A";
/// The day on which everybody in these tests asks.
const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 2);

impl World {
    async fn on_sqlite() -> Self {
        Self::with(None).await
    }

    async fn on_postgres() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(admin) = std::env::var("CROSSWALK_TEST_POSTGRES") else {
            assert!(std::env::var_os("CI").is_none(), "CROSSWALK_TEST_POSTGRES must be set where CI is");
            eprintln!("SKIPPED, NOT PASSED: CROSSWALK_TEST_POSTGRES is not set");
            return None;
        };
        let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let options = PgConnectOptions::from_str(&admin).unwrap();
        let mut connection = options.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        Some(Self::with(Some(options.database(&name).to_url_lossy().to_string())).await)
    }

    async fn with(database_url: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = StoreConfig { database_url, ..StoreConfig::at(directory.path().join("data")) };
        let store = Store::open(config.clone()).await.unwrap();
        let ids = CountedIds::default();
        let clock = ManualClock::at("2026-03-02T17:00:00Z");
        let mut scopes = Vec::new();
        for (name, plan, role) in [
            ("Open Door Street Medicine", None, Role::Provider),
            ("Mesa Verde Meals", None, Role::Provider),
            ("Valle Vista Health Plan", Some("valle-vista"), Role::PlanReviewer),
            ("Harbor Crest Health", Some("harbor-crest"), Role::PlanAdmin),
            ("San Ravel County", None, Role::Operator),
        ] {
            let organization = Organization {
                id: OrgId::from_uuid(ids.next()),
                kind: if plan.is_some() { OrganizationKind::Plan } else { OrganizationKind::Provider },
                name: name.to_owned(),
                npi: None,
                plan: plan.map(|plan| plan.parse().unwrap()),
                provider_kinds: vec!["street-medicine".to_owned()],
                taxonomies: Vec::new(),
                counties: vec!["SRV".parse().unwrap()],
                created_at: clock.now(),
                state: domain::organization::State::Active,
                version: 1,
            };
            let key = Key {
                id: KeyId::from_uuid(ids.next()),
                organization: organization.id,
                role,
                label: "front desk".to_owned(),
                license: None,
                manages_keys: role != Role::Provider,
                created_at: clock.now(),
                revoked_at: None,
                expires_at: None,
                last_used_at: None,
                replaces: None,
            };
            let secret = Digest::of(name.as_bytes());
            let unit = Unit::of([organizations::insert(&organization), auth::insert(&key, &secret)]);
            store.commit(unit).await.unwrap();
            let caller = auth::authenticate(&store, &secret, TODAY).await.unwrap().unwrap();
            assert_eq!((&caller.organization, &caller.key), (&organization, &key));
            scopes.push(caller.scope);
        }
        let [clinic, stranger, plan, other_plan, operator] = scopes.try_into().unwrap();
        let member = Member {
            id: MemberId::from_uuid(ids.next()),
            cin: CIN.parse().unwrap(),
            family_name: "Ybarra".parse().unwrap(),
            given_name: "Luz".parse().unwrap(),
            birth_date: "1961-04-05".parse().unwrap(),
            county: "SRV".parse().unwrap(),
            language: "es".to_owned(),
            phone: Some(Recorded {
                value: "555-0100".to_owned(),
                source: ContactSource::Provider,
                recorded_at: clock.now(),
                as_of: pacific_day(clock.now()),
            }),
            residence: Some(Recorded {
                value: Residence::NoFixedAddress,
                source: ContactSource::Provider,
                recorded_at: clock.now(),
                as_of: pacific_day(clock.now()),
            }),
            created_at: clock.now(),
            version: 1,
            standing: members::Standing::Confirmed,
            told_by: None,
            merged_into: None,
        };
        let grant = members::grant(&Grant {
            member: member.id,
            organization: clinic.organization().unwrap(),
            reason: GrantReason::Contact,
            case: None,
            since: clock.now(),
            until: Some(TODAY),
        });
        store.commit(Unit::of([members::insert(&member), grant])).await.unwrap();
        Self {
            store,
            config,
            ids,
            clock,
            clinic,
            stranger,
            plan,
            other_plan,
            operator,
            member: member.id,
            _directory: directory,
        }
    }

    fn case(&self, kind: CaseKind) -> Case {
        Case {
            id: CaseId::from_uuid(self.ids.next()),
            kind,
            provider_org: self.clinic.organization().unwrap(),
            assigned_org: None,
            plan: Some(valle_vista()),
            delegate: None,
            member: Some(self.member),
            service: Some("ecm".to_owned()),
            state: "with-people".to_owned(),
            urgency: Urgency::Standard,
            body: "{}".to_owned(),
            parent: None,
            number: None,
            due_at: None,
            received_at: self.clock.now(),
            updated_at: self.clock.now(),
            version: 1,
        }
    }

    /// A case with everything that hangs on one.
    async fn full_case(&self) -> (Case, DecisionId) {
        let case = self.case(CaseKind::Referral);
        let decision = Decision {
            id: DecisionId::from_uuid(self.ids.next()),
            case: case.id,
            plan: valle_vista(),
            digest: Digest::of(b"plugin"),
            operation: "referral.triage".to_owned(),
            ending: "accept".to_owned(),
            input: b"asked".to_vec(),
            output: vec![0, 255],
            duration_us: 120,
            memory_bytes: 65_536,
            cpu_ticks: 1,
            history_complete: true,
            at: self.clock.now(),
        };
        let entry = self.entry(&case);
        let unit = Unit::of([
            cases::insert(&case),
            audit::insert(&entry),
            events::insert(&self.event(&case, entry.id)),
            decisions::insert(&decision),
            deadlines::insert(&self.deadline(&case)),
            worklist::put(&self.item(&case)),
            usage::insert(&self.usage(&case, 1, UsageState::Authorized)),
            notices::insert(&notices::Notice {
                id: NoticeId::from_uuid(self.ids.next()),
                organization: case.provider_org,
                at: self.clock.now(),
                case: Some(case.id),
                member: None,
                kind: "received".to_owned(),
                body: "{}".to_owned(),
            }),
        ]);
        self.store.commit(unit).await.unwrap();
        (case, decision.id)
    }

    fn entry(&self, case: &Case) -> audit::Entry {
        audit::Entry {
            id: AuditId::from_uuid(self.ids.next()),
            at: self.clock.now(),
            request: "r-1".to_owned(),
            key: None,
            actor_org: Some(case.provider_org),
            role: "provider".to_owned(),
            action: "referral.create".to_owned(),
            subject_kind: "case".to_owned(),
            subject_id: case.id.to_string(),
            plan: None,
            purpose: None,
            outcome: "done".to_owned(),
        }
    }

    fn event(&self, case: &Case, audit: AuditId) -> events::Event {
        events::Event {
            id: EventId::from_uuid(self.ids.next()),
            case: case.id,
            at: self.clock.now(),
            name: "received".to_owned(),
            state: case.state.clone(),
            actor_org: Some(case.provider_org),
            actor_role: "provider".to_owned(),
            detail: "{}".to_owned(),
            audit,
            plan: None,
        }
    }

    fn deadline(&self, case: &Case) -> Deadline {
        Deadline {
            id: DeadlineId::from_uuid(self.ids.next()),
            case: case.id,
            plan: case.plan.clone(),
            provider_org: case.provider_org,
            assigned_org: case.assigned_org,
            rule: "ecm-authorization".to_owned(),
            started_at: self.clock.now(),
            due_at: self.clock.now() + SignedDuration::from_hours(72),
            state: DeadlineState::Open,
            settled_at: None,
        }
    }

    fn item(&self, case: &Case) -> worklist::Item {
        worklist::Item {
            case: case.id,
            plan: valle_vista(),
            kind: case.kind,
            service: case.service.clone(),
            why: "not-automated".to_owned(),
            urgency: case.urgency,
            delegate: None,
            received_at: case.received_at,
            due_at: case.due_at,
        }
    }

    fn usage(&self, case: &Case, line: u16, state: UsageState) -> Usage {
        Usage {
            id: format!("{}/{line}", case.id),
            member: self.member,
            plan: valle_vista(),
            service: "ecm".to_owned(),
            procedure: "G9012 GQ U2".parse().unwrap(),
            provider_org: case.provider_org,
            case: case.id,
            line,
            first_day: "2026-03-01".parse().unwrap(),
            last_day: "2026-05-31".parse().unwrap(),
            units: 3,
            minutes: Some(45),
            amount: Cents::ZERO,
            state,
        }
    }

    fn job(&self, subject: &str) -> Job {
        Job {
            id: self.ids.next().to_string(),
            due_at: self.clock.now(),
            kind: "notify".to_owned(),
            subject: subject.to_owned(),
            body: "{}".to_owned(),
        }
    }

    fn plugin(&self, bytes: &[u8]) -> Plugin {
        Plugin {
            digest: Digest::of(bytes),
            plan: valle_vista(),
            version: "1.0.0".to_owned(),
            size_bytes: bytes.len() as u64,
            profile: "{}".to_owned(),
            exports: vec!["referral".to_owned()],
            uploaded_at: self.clock.now(),
            uploaded_by: self.plan.organization().unwrap(),
        }
    }

    fn release(&self, bytes: &[u8]) -> Release {
        let now = self.clock.now();
        Release {
            plan: valle_vista(),
            digest: Digest::of(bytes),
            state: State::Compiling { since: now, attempt: 1 },
            size_bytes: bytes.len() as u64,
            file: Some("valle-vista.wasm".to_owned()),
            note: None,
            uploaded_at: now,
            uploaded_by: self.plan.organization().unwrap(),
            uploaded_key: None,
            updated_at: now,
            version: 0,
            plugin_version: None,
            exports: Vec::new(),
        }
    }

    /// An event of a release, after its entry in the audit trail.
    fn release_event(&self, release: &Release) -> [Statement; 2] {
        let audit = audit::Entry {
            subject_kind: "plugin".to_owned(),
            subject_id: release.digest.to_string(),
            ..self.entry(&self.case(CaseKind::Referral))
        };
        let event = releases::Event {
            id: EventId::from_uuid(self.ids.next()),
            plan: release.plan.clone(),
            digest: release.digest,
            at: self.clock.now(),
            name: "check".to_owned(),
            state: "checked".to_owned(),
            actor_org: None,
            actor_key: None,
            actor_role: "host".to_owned(),
            detail: "{}".to_owned(),
            audit: audit.id,
        };
        [audit::insert(&audit), releases::add_event(&event)]
    }

    fn roster(&self) -> Roster {
        let id = RosterId::from_uuid(self.ids.next());
        Roster {
            id,
            plan: valle_vista(),
            sha256: Digest::of(id.to_string().as_bytes()),
            received_at: self.clock.now(),
            report: "{}".to_owned(),
            state: rosters::State::Loaded,
            slices: 0,
            done: 0,
            counts: rosters::Counts::default(),
            of_the_state: false,
        }
    }

    fn roster_row(&self, cin: &str) -> RosterRow {
        RosterRow {
            row: 2,
            again: false,
            member: MemberId::from_uuid(self.ids.next()),
            coverage: CoverageId::from_uuid(self.ids.next()),
            cin: cin.parse().unwrap(),
            family_name: "Ybarra-Sol".parse().unwrap(),
            given_name: "Luz".parse().unwrap(),
            birth_date: "1961-04-05".parse().unwrap(),
            county: "SRV".parse().unwrap(),
            language: Some("es".to_owned()),
            told_on: pacific_day(self.clock.now()),
            phone: Some("555-0199".to_owned()),
            address: Some(Address {
                line: "1 Old Mill Road".to_owned(),
                city: "San Ravel".to_owned(),
                zip: "90000".to_owned(),
            }),
            address_as_of: pacific_day(self.clock.now()),
            values: said(&[(ValueName::RiskTier, "rising")]),
            plan_member_id: format!("VV{cin}"),
            line: "medi-cal".to_owned(),
            group_told: true,
            group_code: None,
            dual_status: None,
            first_day: "2026-01-01".parse().unwrap(),
            last_day: None,
            aside: BTreeMap::new(),
        }
    }

    async fn import(&self, rows: &[RosterRow]) {
        self.store.commit(Unit { statements: rosters::import(&self.roster(), sifted(rows)) }).await.unwrap();
    }

    async fn find(&self, id: CaseId) -> Option<Case> {
        cases::find(&self.store, &Scope::duty("test"), id).await.unwrap()
    }

    fn sqlite_file(&self) -> PathBuf {
        self.config.data_dir.join("crosswalk.sqlite")
    }

    /// Runs SQL past the store.
    async fn behind_its_back(&self, sql: &'static str) -> Held {
        match &self.config.database_url {
            None => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.sqlite_file());
                let mut connection = options.connect().await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                Held::Sqlite(connection)
            }
            Some(url) => {
                let mut connection = PgConnectOptions::from_str(url).unwrap().connect().await.unwrap();
                sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
                Held::Postgres(connection)
            }
        }
    }
}

/// Rows that are about whoever has their number.
fn sifted(rows: &[RosterRow]) -> Sifted {
    let place = Place::Record { shares: true };
    let rows = rows.iter().map(|row| PlacedRow { row: row.clone(), place, alone: None });
    Sifted { rows: rows.collect(), ..Sifted::default() }
}

/// Values of a row, by name.
fn said(values: &[(ValueName, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| (name.name().to_owned(), (*value).to_owned())).collect()
}

/// A connection of our own, kept open.
enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Held {
    async fn texts(&mut self, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(connection) => {
                let rows = sqlx::query(sqlite).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
            Self::Postgres(connection) => {
                let rows = sqlx::query(postgres).fetch_all(connection).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }
}

fn valle_vista() -> PlanId {
    "valle-vista".parse().unwrap()
}

async fn of_two_writers_one_loses(world: World) {
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([cases::insert(&case)])).await, Err(StoreError::Duplicate));

    let mine = Case { state: "accepted".to_owned(), ..case.clone() };
    let theirs = Case { state: "closed".to_owned(), ..case.clone() };
    let both = tokio::join!(
        world.store.commit(Unit::of([cases::update(&mine)])),
        world.store.commit(Unit::of([cases::update(&theirs)])),
    );
    let (winner, outcomes) = match both {
        (Ok(()), lost) => (mine, lost),
        (lost, won) => {
            won.unwrap();
            (theirs, lost)
        }
    };
    assert_eq!(outcomes, Err(StoreError::Conflict));
    let saved = world.find(case.id).await.unwrap();
    assert!(saved == Case { version: 2, ..winner });

    let mut member = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    member.language = "en".to_owned();
    world.store.commit(Unit::of([members::update(&member)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([members::update(&member)])).await, Err(StoreError::Conflict));
    let saved = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(saved == Member { version: 2, ..member });
}

async fn a_unit_is_all_or_nothing(world: World) {
    let (first, second) = (world.case(CaseKind::Claim), world.case(CaseKind::Claim));
    let stale = Case { version: 7, ..first.clone() };
    let orphan = events::insert(&world.event(&second, AuditId::from_uuid(world.ids.next())));
    for (last, expected) in [(cases::update(&stale), StoreError::Conflict), (orphan, StoreError::NotThere)] {
        let unit = Unit::of([cases::insert(&first), cases::insert(&second), last]);
        assert_eq!(world.store.commit(unit).await, Err(expected));
        assert!(world.find(first.id).await.is_none() && world.find(second.id).await.is_none());
    }
    world.store.commit(Unit::of([cases::insert(&first), cases::insert(&second)])).await.unwrap();
    assert!(world.find(first.id).await.is_some() && world.find(second.id).await.is_some());
}

async fn a_failing_unit_does_not_hurt_its_neighbours(world: World) {
    let taken = world.case(CaseKind::Claim);
    world.store.commit(Unit::of([cases::insert(&taken)])).await.unwrap();
    let cases: Vec<Case> = (0..60).map(|_| world.case(CaseKind::Claim)).collect();
    let mut tasks = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        let mut unit = Unit::of([cases::insert(case)]);
        if place % 3 == 0 {
            unit.add(cases::insert(&taken));
        }
        let store = world.store.clone();
        tasks.push(tokio::spawn(async move { store.commit(unit).await }));
    }
    for (place, (task, case)) in tasks.into_iter().zip(&cases).enumerate() {
        let expected = if place % 3 == 0 { Err(StoreError::Duplicate) } else { Ok(()) };
        assert_eq!(task.await.unwrap(), expected);
        assert_eq!(world.find(case.id).await.is_some(), expected.is_ok());
    }
}

async fn the_same_key_acts_once(world: World) {
    let org = world.clinic.organization().unwrap();
    let mut tasks = Vec::new();
    for number in 0..8_u8 {
        let case = world.case(CaseKind::Referral);
        let answer = Answer {
            fingerprint: Digest::of(b"body"),
            status: 201,
            headers: "{}".to_owned(),
            body: vec![number],
            at: world.clock.now(),
        };
        let unit =
            Unit::of([idempotency::insert(org, "referral.create", "k-1", &answer), cases::insert(&case)]);
        let store = world.store.clone();
        tasks.push(tokio::spawn(async move { (store.commit(unit).await, answer) }));
    }
    let mut done = Vec::new();
    for task in tasks {
        match task.await.unwrap() {
            (Ok(()), answer) => done.push(answer),
            (Err(error), _) => assert_eq!(error, StoreError::AlreadyDone),
        }
    }
    assert_eq!(done.len(), 1);
    let kept = idempotency::find(&world.store, &world.clinic, "referral.create", "k-1").await.unwrap();
    assert!(kept == done.pop());
    let page = cases::list(&world.store, &world.clinic, CaseKind::Referral, &CaseFilter::default(), None, 50)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
    let foreign = idempotency::find(&world.store, &world.stranger, "referral.create", "k-1").await.unwrap();
    assert!(foreign.is_none());

    world.clock.advance(SignedDuration::from_hours(1));
    world.store.commit(Unit::of(retention::forget(Record::Answer, world.clock.now(), TODAY))).await.unwrap();
    assert!(
        idempotency::find(&world.store, &world.clinic, "referral.create", "k-1").await.unwrap().is_none()
    );
}

async fn one_referral_for_a_member_and_a_service_is_open(world: World) {
    let first = world.case(CaseKind::Referral);
    let second = world.case(CaseKind::Referral);
    let open = |case: &Case| world.store.commit(Unit::of([cases::insert(case)]));
    assert_eq!(open(&first).await, Ok(()));
    assert_eq!(open(&second).await, Err(StoreError::Duplicate));
    let closed = Case { state: "closed".to_owned(), ..first.clone() };
    world.store.commit(Unit::of([cases::update(&closed)])).await.unwrap();
    assert_eq!(open(&second).await, Ok(()));
}

async fn units_are_taken_only_while_history_stands(world: World) {
    let plan = valle_vista();
    let case = world.case(CaseKind::Claim);
    let stamp = usage::stamp(&world.store, world.member).await.unwrap();
    let take = |id: &str| {
        let mut unit = Unit::of(usage::unchanged(world.member, &stamp));
        unit.add(usage::insert(&usage::Usage {
            id: id.to_owned(),
            plan: plan.clone(),
            units: 9,
            ..world.usage(&case, 1, UsageState::Payable)
        }));
        unit
    };
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert_eq!(world.store.commit(take("one")).await, Ok(()));
    assert_eq!(world.store.commit(take("two")).await, Err(StoreError::Conflict));
}

async fn a_dropped_caller_loses_nothing(world: World) {
    let mut left = Vec::new();
    for _ in 0..60 {
        let case = world.case(CaseKind::Authorization);
        let commit = world.store.commit(Unit::of([cases::insert(&case)]));
        // Asked once, and then no longer waited for.
        tokio::select! {
            biased;
            _ = commit => {}
            () = tokio::task::yield_now() => {}
        }
        left.push(case.id);
        let kept = world.case(CaseKind::Claim);
        world.store.commit(Unit::of([cases::insert(&kept)])).await.unwrap();
        // Another connection than the one that wrote it.
        assert!(world.find(kept.id).await.is_some());
    }
    let store = reopened(&world).await;
    for id in left {
        assert!(cases::find(&store, &Scope::duty("test"), id).await.unwrap().is_some());
    }
}

async fn a_server_that_drops_everybody_is_found_again(world: World) {
    let crowd: Vec<Case> = (0..40).map(|_| world.case(CaseKind::Claim)).collect();
    let mut tasks = tokio::task::JoinSet::new();
    for case in crowd.clone() {
        let store = world.store.clone();
        tasks.spawn(async move {
            store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
            cases::find(&store, &Scope::duty("test"), case.id).await.unwrap().unwrap();
        });
    }
    tasks.join_all().await;
    let drop_everybody = "select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'crosswalk' and datname = current_database()";
    world
        .behind_its_back(if world.config.database_url.is_some() { drop_everybody } else { "select 1" })
        .await;
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    assert!(world.find(case.id).await.is_some());
}

async fn readers_do_not_wait_for_a_writer(world: World) {
    let case = world.case(CaseKind::Referral);
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    let begin = if world.config.database_url.is_some() { "begin" } else { "begin immediate" };
    let held = world.behind_its_back(begin).await;
    let update = "update cases set state = 'closed'";
    let held = match held {
        Held::Sqlite(mut connection) => {
            sqlx::raw_sql(update).execute(&mut connection).await.unwrap();
            Held::Sqlite(connection)
        }
        Held::Postgres(mut connection) => {
            sqlx::raw_sql(update).execute(&mut connection).await.unwrap();
            Held::Postgres(connection)
        }
    };
    assert_eq!(world.find(case.id).await.unwrap().state, "with-people");
    drop(held);
}

async fn another_orgs_case_is_not_there(world: World) {
    world.import(&[world.roster_row(CIN)]).await;
    let (case, decision) = world.full_case().await;
    let store = &world.store;
    for (scope, sees) in [
        (&world.clinic, true),
        (&world.plan, true),
        (&world.stranger, false),
        (&world.other_plan, false),
        (&world.operator, false),
    ] {
        let seen = [
            cases::find(store, scope, case.id).await.unwrap().is_some(),
            !events::timeline(store, scope, case.id, None, 9).await.unwrap().items.is_empty(),
            decisions::find(store, scope, decision).await.unwrap().is_some(),
            !decisions::for_case(store, scope, case.id).await.unwrap().is_empty(),
            !deadlines::for_case(store, scope, case.id).await.unwrap().is_empty(),
            !deadlines::list(store, scope, DeadlineState::Open, None, 9).await.unwrap().items.is_empty(),
            !cases::list(store, scope, CaseKind::Referral, &CaseFilter::default(), None, 9)
                .await
                .unwrap()
                .items
                .is_empty(),
            !cases::list(store, scope, CaseKind::Referral, &in_state("with-people"), None, 9)
                .await
                .unwrap()
                .items
                .is_empty(),
            !cases::history_for(store, scope, world.member, None, 9).await.unwrap().items.is_empty(),
            !cases::open_duplicates(store, scope, world.member, "ecm", &valle_vista())
                .await
                .unwrap()
                .is_empty(),
            !usage::for_member(
                store,
                scope,
                world.member,
                Some(&valle_vista()),
                "2026-01-01".parse().unwrap(),
            )
            .await
            .unwrap()
            .is_empty(),
        ];
        assert_eq!(seen, [sees; 11], "{scope:?}");
        let notices =
            notices::list(store, scope, &notices::Filter::default(), None, 9).await.unwrap().items.len();
        assert_eq!(notices == 1, *scope == world.clinic, "{scope:?}");
        let work = worklist::list(store, scope, None, None, 9).await.unwrap().items;
        assert_eq!(work.len() == 1, *scope == world.plan, "{scope:?}");
        let about = audit::Filter { subject: Some(case.id.to_string()), ..audit::Filter::default() };
        let entries = audit::list(store, scope, &about, None, 9).await.unwrap().items.len();
        assert_eq!(entries == 1, *scope == world.clinic || *scope == world.operator, "{scope:?}");
    }

    // Who is assigned sees it too, and a plan that takes part.
    let assigned = Case { assigned_org: world.stranger.organization(), ..case.clone() };
    let part = PlanPart { plan: "harbor-crest".parse().unwrap(), state: "open".to_owned() };
    world.store.commit(Unit::of([cases::update(&assigned), cases::put_plan(&case, &part)])).await.unwrap();
    for scope in [&world.stranger, &world.other_plan] {
        assert!(cases::find(store, scope, case.id).await.unwrap().is_some());
        let page =
            cases::list(store, scope, CaseKind::Referral, &CaseFilter::default(), None, 9).await.unwrap();
        assert_eq!(page.items.len(), 1);
        assert_eq!(cases::plans(store, scope, case.id).await.unwrap(), std::slice::from_ref(&part));
    }
}

async fn another_orgs_member_is_not_there(world: World) {
    let store = &world.store;
    let cin: Cin = CIN.parse().unwrap();
    let day = "2026-03-01".parse().unwrap();
    for covered in [false, true] {
        if covered {
            world.import(&[world.roster_row(CIN)]).await;
        }
        for (scope, sees) in [
            (&world.clinic, true),
            (&world.plan, covered),
            (&world.stranger, false),
            (&world.other_plan, false),
            (&world.operator, false),
        ] {
            let seen = [
                members::find(store, scope, world.member).await.unwrap().is_some(),
                members::find_by_cin(store, scope, &cin).await.unwrap().is_some(),
                !members::list(store, scope, None, 9).await.unwrap().items.is_empty(),
            ];
            assert_eq!(seen, [sees; 3], "{scope:?}");
            let coverages = [
                !coverages::for_member(store, scope, world.member).await.unwrap().is_empty(),
                !coverages::on_day(store, scope, world.member, day).await.unwrap().is_empty(),
            ];
            assert_eq!(coverages, [sees && covered; 2], "{scope:?}");
            let known =
                rosters::known(store, scope, &valle_vista(), std::slice::from_ref(&cin)).await.unwrap();
            assert_eq!(!known.is_empty(), *scope == world.plan, "{scope:?}");
        }
    }
}

async fn another_orgs_institutions_are_not_there(world: World) {
    let store = &world.store;
    let plugin = Plugin {
        digest: Digest::of(b"plugin"),
        plan: valle_vista(),
        version: "1.0.0".to_owned(),
        size_bytes: 6,
        profile: "{}".to_owned(),
        exports: vec!["referral".to_owned()],
        uploaded_at: world.clock.now(),
        uploaded_by: world.plan.organization().unwrap(),
    };
    let activation = Activation {
        id: ActivationId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        digest: plugin.digest,
        from: world.clock.now(),
        version: 1,
        made_at: world.clock.now(),
        made_by: plugin.uploaded_by,
        rules_from: None,
        cohort: Cohort::Everyone,
        ended: None,
        plan_is_active: true,
    };
    let release = world.release(b"plugin");
    let now = world.clock.now();
    let key = SigningKey {
        id: SigningKeyId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        public_key: "00".repeat(32),
        label: "release process".to_owned(),
        created_at: now,
        created_by: plugin.uploaded_by,
        retired_at: None,
    };
    let receipt = |number: u32| Receipt {
        id: ReceiptId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        digest: plugin.digest,
        kit: number,
        contract: "crosswalk:plan@1.0.0".to_owned(),
        conforms: number > 1,
        // All at the same instant, so that the id has to tell them apart.
        made_at: world.clock.now(),
        made_by: plugin.uploaded_by,
        body: "{}".to_owned(),
    };
    let made = [1, 2, 3].map(receipt);
    let roster = world.roster();
    let mut unit = Unit::of([plugins::insert(&plugin, b"plugin"), activations::insert(&activation)]);
    unit.extend(made.iter().map(receipts::insert));
    unit.add(releases::keep(&release, now).unwrap());
    unit.add(signing::insert(&key));
    unit.extend(rosters::import(&roster, Sifted::default()));
    store.commit(unit).await.unwrap();
    assert_eq!(
        store.commit(Unit::of([plugins::insert(&plugin, b"plugin")])).await,
        Err(StoreError::Duplicate)
    );
    let clinic = world.clinic.organization().unwrap();
    for (scope, sees, keys, organizations) in [
        (&world.clinic, false, 1, 5),
        (&world.stranger, false, 1, 5),
        (&world.plan, true, 1, 5),
        (&world.other_plan, false, 1, 5),
        (&world.operator, true, 5, 5),
    ] {
        let seen = [
            plugins::find(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == Some(plugin.clone()),
            plugins::bytes(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == Some(b"plugin".to_vec()),
            plugins::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            activations::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            receipts::list(store, scope, &valle_vista(), &plugin.digest, None, 9).await.unwrap().items.len()
                == 3,
            activations::of_plugin(store, scope, &valle_vista(), &plugin.digest).await.unwrap()
                == [activation.clone()],
            releases::find(store, scope, &valle_vista(), &plugin.digest).await.unwrap().is_some(),
            releases::with_digest(store, scope, &plugin.digest).await.unwrap().is_some(),
            releases::list(store, scope, &valle_vista(), None, 9).await.unwrap().items.len() == 1,
            signing::list(store, scope, &valle_vista()).await.unwrap() == [key.clone()],
            rosters::find(store, scope, roster.id).await.unwrap() == Some(roster.clone()),
            rosters::find_by_sha256(store, scope, &valle_vista(), &roster.sha256, false)
                .await
                .unwrap()
                .is_some(),
        ];
        assert_eq!(seen, [sees; 12], "{scope:?}");
        assert_eq!(auth::list(store, scope, None, 9).await.unwrap().items.len(), keys, "{scope:?}");
        assert_eq!(
            organizations::list(store, scope, None, 9).await.unwrap().items.len(),
            organizations,
            "{scope:?}"
        );
        assert!(organizations::find(store, scope, clinic).await.unwrap().is_some(), "{scope:?}");
    }
    let page = receipts::list(store, &world.plan, &valle_vista(), &plugin.digest, None, 2).await.unwrap();
    assert_eq!(page.items, [made[2].clone(), made[1].clone()], "newest first");
    let page =
        receipts::list(store, &world.plan, &valle_vista(), &plugin.digest, page.next, 2).await.unwrap();
    assert_eq!((page.items, page.next), (vec![made[0].clone()], None));
    let other = Digest::of(b"another plugin");
    assert_eq!(receipts::list(store, &world.plan, &valle_vista(), &other, None, 9).await.unwrap().items, []);
}

async fn a_revoked_key_is_nobody(world: World) {
    let secret = Digest::of(b"Mesa Verde Meals");
    let caller = auth::authenticate(&world.store, &secret, TODAY).await.unwrap().unwrap();
    let revoke = || Unit::of([auth::revoke(caller.key.id, world.clock.now())]);
    world.store.commit(revoke()).await.unwrap();
    assert!(auth::authenticate(&world.store, &secret, TODAY).await.unwrap().is_none());
    assert_eq!(world.store.commit(revoke()).await, Err(StoreError::NotThere));
    assert!(auth::authenticate(&world.store, &Digest::of(b"guess"), TODAY).await.unwrap().is_none());
}

async fn lists_go_on_where_they_ended(world: World) {
    let mut made = Vec::new();
    for number in 0..7 {
        let mut case = world.case(CaseKind::Referral);
        case.service = Some(format!("service-{number}"));
        // Two at the same instant, so that the id has to tell them apart; some are only assigned, some
        // without a clock.
        case.received_at = world.clock.now() + SignedDuration::from_secs(number / 2);
        case.due_at = (number % 3 > 0).then(|| world.clock.now() - SignedDuration::from_secs(number));
        if number % 2 == 0 {
            case.provider_org = world.stranger.organization().unwrap();
            case.assigned_org = world.clinic.organization();
        }
        world
            .store
            .commit(Unit::of([cases::insert(&case), worklist::put(&world.item(&case))]))
            .await
            .unwrap();
        made.push(case);
    }
    made.sort_by_key(|case| std::cmp::Reverse(case.key()));
    for (scope, state) in [
        (&world.clinic, None),
        (&world.clinic, Some("with-people")),
        (&world.plan, None),
        (&world.plan, Some("with-people")),
    ] {
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let filter = state.map(in_state).unwrap_or_default();
            let page = cases::list(&world.store, scope, CaseKind::Referral, &filter, next, 3).await.unwrap();
            read.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert!(read == made, "{scope:?} {state:?}");
    }
    made.sort_by_key(|case| (case.due_at.unwrap_or(Timestamp::MAX), case.id));
    for kind in [None, Some(CaseKind::Referral)] {
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let page = worklist::list(&world.store, &world.plan, kind, next, 2).await.unwrap();
            read.extend(page.items.iter().map(|item| item.case));
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(read, made.iter().map(|case| case.id).collect::<Vec<_>>());
    }
    world.store.commit(Unit::of([worklist::remove(made[0].id, &valle_vista())])).await.unwrap();
    assert_eq!(worklist::list(&world.store, &world.plan, None, None, 9).await.unwrap().items.len(), 6);
}

async fn a_slow_worker_settles_nothing(world: World) {
    let job = world.job("case-1");
    world.store.commit(Unit::of([outbox::insert(&job)])).await.unwrap();
    assert_eq!(outbox::oldest_due(&world.store).await.unwrap(), Some(job.due_at));
    let lease = SignedDuration::from_secs(30);
    let now = world.clock.now();
    let slow = outbox::claim(&world.store, "token-1", now, now + lease, 50).await.unwrap();
    assert!(slow.len() == 1 && slow[0].job == job && slow[0].attempts == 1);

    world.clock.advance(SignedDuration::from_secs(31));
    let now = world.clock.now();
    world.store.commit(Unit::of([outbox::take_back(now)])).await.unwrap();
    let quick = outbox::claim(&world.store, "token-2", now, now + lease, 50).await.unwrap();
    assert!(quick.len() == 1 && quick[0].attempts == 2);

    for statement in [
        outbox::done(&job.id, "token-1"),
        outbox::again(&job.id, "token-1", now),
        outbox::dead(&job.id, "token-1"),
    ] {
        assert_eq!(world.store.commit(Unit::of([statement])).await, Err(StoreError::Conflict));
    }
    world.store.commit(Unit::of([outbox::done(&job.id, "token-2")])).await.unwrap();
    assert_eq!(
        world.store.commit(Unit::of([outbox::done(&job.id, "token-2")])).await,
        Err(StoreError::Conflict)
    );
    assert_eq!(outbox::oldest_due(&world.store).await.unwrap(), None);
}

async fn jobs_of_one_subject_keep_their_order(world: World) {
    let jobs = [world.job("case-1"), world.job("case-1"), world.job("case-2")];
    world.store.commit(Unit::of(jobs.iter().map(outbox::insert))).await.unwrap();
    let now = world.clock.now();
    let until = now + SignedDuration::from_secs(30);
    let claim = async |token| {
        let claimed = outbox::claim(&world.store, token, now, until, 50).await.unwrap();
        claimed.into_iter().map(|claimed| claimed.job.id).collect::<Vec<_>>()
    };
    assert_eq!(claim("t-1").await, [jobs[0].id.clone(), jobs[2].id.clone()]);
    assert_eq!(claim("t-2").await, [""; 0]);
    // Tried again later, the first still goes before the second.
    world.store.commit(Unit::of([outbox::again(&jobs[0].id, "t-1", until)])).await.unwrap();
    assert_eq!(claim("t-3").await, [""; 0]);
    let first = outbox::claim(&world.store, "t-4", until, until, 50).await.unwrap();
    assert!(first.len() == 1 && first[0].job.id == jobs[0].id);
    world.store.commit(Unit::of([outbox::dead(&jobs[0].id, "t-4")])).await.unwrap();
    assert_eq!(claim("t-5").await, [jobs[1].id.clone()]);
}

async fn a_clock_that_was_ahead_delays_no_job(world: World) {
    let now = world.clock.now();
    let ahead = now + SignedDuration::from_hours(2);
    let lease = outbox::LONGEST_LEASE;
    let [untried, mut tried, held] = ["case-1", "case-2", "case-3"].map(|subject| world.job(subject));
    // Asked for, put off and held by a node whose clock is two hours ahead.
    let untried = Job { due_at: ahead, ..untried };
    tried.due_at = now;
    world.store.commit(Unit::of([outbox::insert(&tried)])).await.unwrap();
    assert_eq!(outbox::claim(&world.store, "t-1", now, now + lease, 9).await.unwrap().len(), 1);
    let later = outbox::again(&tried.id, "t-1", ahead + SignedDuration::from_mins(1));
    world.store.commit(Unit::of([later, outbox::insert(&held)])).await.unwrap();
    let claimed = outbox::claim(&world.store, "t-2", ahead, ahead + lease, 9).await.unwrap();
    assert!(claimed.iter().any(|claimed| claimed.job.id == held.id));
    world.store.commit(Unit::of([outbox::insert(&untried)])).await.unwrap();

    world.store.commit(Unit::of([outbox::take_back(now)])).await.unwrap();
    let claimed = outbox::claim(&world.store, "t-3", now, now + lease, 9).await.unwrap();
    let mut ids: Vec<_> = claimed.into_iter().map(|claimed| claimed.job.id).collect();
    ids.sort();
    let mut all = [untried.id, tried.id, held.id];
    all.sort();
    assert_eq!(ids, all, "all three are due now");
}

async fn a_newer_schema_is_served_until_it_asks_for_a_newer_program(world: World) {
    let add = "alter table organizations add column nickname text";
    world.behind_its_back(add).await;
    let row = if world.config.database_url.is_some() {
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9001, 'newer', true, '\\x00', 0)"
    } else {
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
        values (9001, 'newer', 1, x'00', 0)"
    };
    world.behind_its_back(row).await;
    let store = reopened(&world).await;
    store.ready("node-1", world.clock.now()).await.unwrap();
    world.behind_its_back("update schema_needs set needs = 9002").await;
    let outgrown = store.ready("node-1", world.clock.now()).await;
    assert!(
        matches!(outgrown, Err(StoreError::Outgrown { needs: 9002, known }) if known >= 22),
        "{outgrown:?}"
    );
    store.close().await;
    let refused = Store::open(world.config.clone()).await.err();
    assert!(matches!(refused, Some(OpenError::Newer { needs: 9002, .. })), "{refused:?}");
}

async fn what_is_old_goes_and_what_an_event_refers_to_stays(world: World) {
    let (case, _) = world.full_case().await;
    let at = world.clock.now();
    let look = audit::Entry { action: "look".to_owned(), ..world.entry(&case) };
    world.store.commit(Unit::of([audit::insert(&look)])).await.unwrap();
    let entries = async || {
        let filter = audit::Filter::default();
        let page = audit::list(&world.store, &Scope::duty("test"), &filter, None, 200).await.unwrap();
        page.items.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let before = entries().await;
    assert!(before.contains(&look.id));
    let forget = async |until| {
        world.store.commit(Unit::of(retention::forget(Record::Audit, until, TODAY))).await.unwrap();
    };
    // The first instant that is kept belongs to what stays.
    forget(at).await;
    assert!(entries().await.contains(&look.id));
    let later = at + SignedDuration::from_secs(60);
    assert!(retention::old(&world.store, Record::Audit, later, TODAY).await.unwrap() > 0);
    forget(later).await;
    let after = entries().await;
    assert!(!after.contains(&look.id) && after.len() < before.len());
    assert!(!after.is_empty(), "who changed the case is known as long as the case");
    assert_eq!(retention::old(&world.store, Record::Audit, later, TODAY).await.unwrap(), 0);
    let timeline = events::timeline(&world.store, &world.clinic, case.id, None, 50).await.unwrap();
    assert!(!timeline.items.is_empty());
    assert!(timeline.items.iter().all(|recorded| after.contains(&recorded.event.audit)));
}

async fn workers_do_not_get_the_same_job(world: World) {
    let jobs: Vec<Job> = (0..40).map(|number| world.job(&format!("case-{number}"))).collect();
    world.store.commit(Unit::of(jobs.iter().map(outbox::insert))).await.unwrap();
    let now = world.clock.now();
    let mut workers = Vec::new();
    for number in 0..8 {
        let store = world.store.clone();
        workers.push(tokio::spawn(async move {
            let token = format!("token-{number}");
            outbox::claim(&store, &token, now, now + SignedDuration::from_secs(30), 10).await.unwrap()
        }));
    }
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap().into_iter().map(|claimed| claimed.job.id));
    }
    let count = claimed.len();
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), count);
    assert!(!claimed.is_empty());
}

async fn a_clock_is_settled_once(world: World) {
    let case = world.case(CaseKind::Authorization);
    let clocks = [world.deadline(&case), world.deadline(&case)];
    let unit = Unit::of([cases::insert(&case), deadlines::insert(&clocks[0]), deadlines::insert(&clocks[1])]);
    world.store.commit(unit).await.unwrap();
    assert_eq!(deadlines::due(&world.store, world.clock.now(), 9).await.unwrap(), []);
    world.clock.set(clocks[0].due_at);
    assert_eq!(deadlines::due(&world.store, world.clock.now(), 9).await.unwrap(), clocks);
    let fire = || Unit::of([deadlines::settle(clocks[0].id, DeadlineState::Missed, world.clock.now())]);
    let (one, other) = tokio::join!(world.store.commit(fire()), world.store.commit(fire()));
    assert!(matches!(
        (&one, &other),
        (Ok(()), Err(StoreError::Conflict)) | (Err(StoreError::Conflict), Ok(()))
    ));
    world
        .store
        .commit(Unit::of([deadlines::settle_case(case.id, DeadlineState::Cancelled, world.clock.now())]))
        .await
        .unwrap();
    let states: Vec<DeadlineState> = deadlines::for_case(&world.store, &world.clinic, case.id)
        .await
        .unwrap()
        .into_iter()
        .map(|clock| clock.state)
        .collect();
    assert_eq!(states, [DeadlineState::Missed, DeadlineState::Cancelled]);
}

async fn a_roster_keeps_what_a_provider_verified(world: World) {
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    // The later of two rows for one person counts.
    let (earlier, row) = (world.roster_row(CIN), world.roster_row(CIN));
    world.import(&[earlier, row.clone()]).await;
    let after = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(after == Member { family_name: row.family_name.clone(), version: 2, ..before });

    // The same again says nothing new, but that it was said again.
    world.clock.advance(SignedDuration::from_hours(24));
    world.import(std::slice::from_ref(&row)).await;
    let again = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(again == Member { version: 3, ..after });
    assert_eq!(coverages::for_member(&world.store, &world.plan, world.member).await.unwrap().len(), 1);

    // What only a file said, the next file may change; what it leaves out stays.
    let mut new = world.roster_row("92345678C");
    world.import(std::slice::from_ref(&new)).await;
    new.phone = Some("555-0142".to_owned());
    new.address = None;
    new.last_day = Some("2026-03-31".parse().unwrap());
    world.import(std::slice::from_ref(&new)).await;
    let member = members::find_by_cin(&world.store, &world.plan, &new.cin).await.unwrap().unwrap();
    assert!(member.id == new.member && member.version == 2);
    assert!(
        member.phone.is_some_and(|phone| phone.value == "555-0142" && phone.source == ContactSource::Roster)
    );
    assert!(member.residence.is_some_and(|residence| residence.value.address().is_some()));
    let known = rosters::known(&world.store, &world.plan, &valle_vista(), std::slice::from_ref(&new.cin))
        .await
        .unwrap();
    assert!(known.len() == 1 && known[0].member == new.member && known[0].identity == new.identity());
    assert!(known[0].coverages.len() == 1 && known[0].coverages[0].last_day == new.last_day);
    let after_end = "2026-04-01".parse().unwrap();
    assert!(coverages::on_day(&world.store, &world.plan, new.member, after_end).await.unwrap().is_empty());
}

async fn the_newer_day_stands_not_the_later_upload(world: World) {
    let recent = world.roster_row("92345678C");
    world.import(std::slice::from_ref(&recent)).await;
    let old = RosterRow {
        told_on: date(2019, 3, 1),
        address_as_of: date(2019, 3, 1),
        family_name: "Before".parse().unwrap(),
        county: "LDM".parse().unwrap(),
        language: None,
        phone: Some("555-0001".to_owned()),
        address: Some(Address { line: "9 Gone Street".to_owned(), city: String::new(), zip: String::new() }),
        group_code: Some("OLD".to_owned()),
        ..recent.clone()
    };
    world.clock.advance(SignedDuration::from_hours(1));
    world.import(std::slice::from_ref(&old)).await;
    let member = members::find_by_cin(&world.store, &world.plan, &recent.cin).await.unwrap().unwrap();
    assert!(member.family_name == recent.family_name && member.county == recent.county);
    assert_eq!(member.phone.map(|phone| phone.value), recent.phone);
    let home = member.residence.unwrap();
    assert!(home.value.address() == recent.address.as_ref() && home.as_of == recent.address_as_of);
    assert_eq!(member.language, "es", "a file that names no language does not make it English");
    let coverage = coverages::for_member(&world.store, &world.plan, member.id).await.unwrap();
    assert_eq!((coverage.len(), coverage[0].group_code.clone()), (1, None));
}

async fn who_said_what_is_kept_and_bounded(world: World) {
    let mut row = world.roster_row(CIN);
    for tier in 0..8_i8 {
        row.told_on = date(2026, 1, 1 + tier);
        row.values = said(&[(ValueName::RiskTier, &format!("tier {tier}")), (ValueName::Sex, "F")]);
        world.import(std::slice::from_ref(&row)).await;
    }
    // Said before, and said again of an earlier day: it moves nothing.
    row.told_on = date(2026, 1, 5);
    row.values = said(&[(ValueName::RiskTier, "tier 6")]);
    world.import(std::slice::from_ref(&row)).await;
    let verified = Said {
        name: ValueName::Phone,
        value: "+15305550142".to_owned(),
        source: ValueSource::Provider(world.clinic.organization().unwrap()),
        first: date(2026, 1, 1),
        last: date(2026, 1, 1),
        received_at: world.clock.now(),
        roster: None,
    };
    world.store.commit(Unit::of([member_values::say(world.member, &verified)])).await.unwrap();

    let values = member_values::values_of(&world.store, &world.plan, world.member).await.unwrap();
    let of = |name: ValueName| -> Vec<(String, Date, Date)> {
        let own = values.iter().filter(|said| said.name == name);
        own.map(|said| (said.value.clone(), said.first, said.last)).collect()
    };
    let tiers = of(ValueName::RiskTier);
    assert_eq!(tiers.len(), usize::from(member_values::MOST_KEPT));
    assert_eq!(tiers[0], ("tier 7".to_owned(), date(2026, 1, 8), date(2026, 1, 8)));
    assert_eq!(tiers[1], ("tier 6".to_owned(), date(2026, 1, 5), date(2026, 1, 7)));
    assert_eq!(of(ValueName::Sex), [("F".to_owned(), date(2026, 1, 1), date(2026, 1, 8))]);
    let stands: Vec<&str> = standing(&values).iter().map(|said| said.value.as_str()).collect();
    assert_eq!(stands, ["+15305550142", "tier 7", "F"]);

    // Another plan that covers the member sees no word of this plan's file.
    let rival = Roster { plan: "harbor-crest".parse().unwrap(), ..world.roster() };
    row.values = said(&[(ValueName::RiskTier, "a rival's")]);
    row.coverage = CoverageId::from_uuid(world.ids.next());
    world.store.commit(Unit { statements: rosters::import(&rival, sifted(&[row])) }).await.unwrap();
    let said = member_values::values_of(&world.store, &world.plan, world.member).await.unwrap();
    assert!(said.iter().all(|said| said.value != "a rival's"));
    let said = member_values::values_of(&world.store, &world.clinic, world.member).await.unwrap();
    assert!(said.iter().any(|said| said.value == "a rival's"), "a provider works with both");
    let stranger = member_values::values_of(&world.store, &world.stranger, world.member).await.unwrap();
    assert!(stranger.is_empty());
}

async fn whose_coverage_changed_is_looked_at_again(world: World) {
    let today = pacific_day(world.clock.now());
    let due = |on: Date| {
        let store = world.store.clone();
        async move { member_moves::due(&store, on, 10).await.unwrap() }
    };
    let mut row = world.roster_row(CIN);
    world.import(std::slice::from_ref(&row)).await;
    assert!(due(date(2030, 1, 1)).await.is_empty(), "who has no case is not looked at");

    let mut case = world.case(CaseKind::Authorization);
    case.state = "approved".to_owned();
    world.store.commit(Unit::of([cases::insert(&case)])).await.unwrap();
    world.import(std::slice::from_ref(&row)).await;
    assert!(due(date(2030, 1, 1)).await.is_empty(), "the same file again moves nobody");
    row.last_day = Some(today.saturating_add(jiff::ToSpan::days(10)));
    world.import(std::slice::from_ref(&row)).await;
    let moves = due(date(2030, 1, 1)).await;
    let days: Vec<Date> = moves.iter().map(|moved| moved.due_on).collect();
    assert_eq!(days, [today, today.saturating_add(jiff::ToSpan::days(11))]);
    assert_eq!(due(today).await.len(), 1);
    world.store.commit(Unit::of([member_moves::done(&moves[0])])).await.unwrap();
    assert!(due(today).await.is_empty());
    let twice = world.store.commit(Unit::of([member_moves::done(&moves[0])])).await;
    assert!(matches!(twice, Err(StoreError::Conflict)));
}

async fn a_roster_of_thousands_loads(world: World) {
    let rows: Vec<RosterRow> =
        (0..2500).map(|number| world.roster_row(&format!("9{:07}A", 1_000_001 + number))).collect();
    world.import(&rows).await;
    let cins: Vec<Cin> = rows.iter().map(|row| row.cin.clone()).collect();
    let known = rosters::known(&world.store, &world.plan, &valle_vista(), &cins).await.unwrap();
    assert_eq!(known.len(), 2500);
    assert!(known.iter().all(|known| known.coverages.len() == 1));
    let page = members::list(&world.store, &world.plan, None, 200).await.unwrap();
    assert!(page.items.len() == 200 && page.next == Some(page.items[199].id));
}

/// Changes between the look at whom a row is about and its loading: nothing of the row is loaded then.
async fn a_row_is_loaded_only_while_the_person_is_who_it_was(world: World) {
    let row = world.roster_row(CIN);
    let place = Place::Record { shares: true };
    let import = async |row: &RosterRow, alone: Option<i64>| {
        let rows = vec![PlacedRow { row: row.clone(), place, alone }];
        let sifted = Sifted { rows, ..Sifted::default() };
        world.store.commit(Unit { statements: rosters::import(&world.roster(), sifted) }).await
    };
    let other = RosterRow { birth_date: date(1980, 1, 2), ..row.clone() };
    assert_eq!(import(&other, None).await, Err(StoreError::Conflict), "another birth date");
    assert_eq!(import(&row, Some(1)).await, Err(StoreError::Conflict), "somebody else told of the person");
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(before.version == 1 && before.family_name == "Ybarra".parse().unwrap());
    assert!(coverages::for_member(&world.store, &world.clinic, world.member).await.unwrap().is_empty());
    assert_eq!(import(&row, Some(2)).await, Ok(()));
    assert_eq!(coverages::for_member(&world.store, &world.clinic, world.member).await.unwrap().len(), 1);
}

/// Every column that refers to a member. A new one belongs into `identity::merge` and `identity::split`, and
/// here.
const OF_MEMBERS: [&str; 16] = [
    "cases.member",
    "coverages.member",
    "documents.member",
    "grants.member",
    "identity_conflicts.apart",
    "identity_conflicts.member",
    "identity_events.member",
    "identity_events.other",
    "member_columns.member",
    "member_moves.member",
    "member_values.member",
    "members.merged_into",
    "notices.member",
    "service_days.member",
    "usage.member",
    "windows.member",
];

/// The tables that hold something of the person with the tests' number.
const HANGING: &str = "
    select distinct name from (select 'cases' as name, member from cases
        union all select 'coverages', member from coverages union all select 'documents', member from documents
        union all select 'grants', member from grants union all select 'member_columns', member from member_columns
        union all select 'member_moves', member from member_moves
        union all select 'member_values', member from member_values union all select 'notices', member from notices
        union all select 'service_days', member from service_days union all select 'usage', member from usage
        union all select 'windows', member from windows) x
    where x.member in (select id from members where cin = '91234567A')";

async fn what_hangs_on_a_person_goes_along_and_comes_back(world: World) {
    let mut held = world.behind_its_back("select 1").await;
    let mut found = held
        .texts(
            "select m.name || '.' || f.\"from\" from sqlite_master m join pragma_foreign_key_list(m.name) f
            where m.type = 'table' and f.\"table\" = 'members'",
            "select c.conrelid::regclass::text || '.' || a.attname from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
            where c.contype = 'f' and c.confrelid = 'members'::regclass",
        )
        .await;
    found.sort();
    assert_eq!(found, OF_MEMBERS);

    // Something in each table.
    let (case, _) = world.full_case().await;
    let mut row = world.roster_row(CIN);
    row.aside = BTreeMap::from([("Authorization Number".to_owned(), "A-17".to_owned())]);
    world.import(&[row]).await;
    let (plan, provider) = (valle_vista(), case.provider_org);
    let procedure: Procedure = "G9012 GQ U2".parse().unwrap();
    let span = Span { first: date(2026, 3, 1), last: date(2026, 3, 2) };
    let days = Days {
        member: world.member,
        provider,
        procedure: &procedure,
        first: span.first,
        last: span.last,
        case: case.id,
        line: 1,
    };
    let document = documents::Document {
        id: DocumentId::from_uuid(world.ids.next()),
        sha256: Digest::of(b"a"),
        size_bytes: 1,
        media_type: "text/plain".to_owned(),
        kind: "w9".to_owned(),
        title: None,
        member: Some(world.member),
        organization: provider,
        key: None,
        uploaded_at: world.clock.now(),
    };
    let window = limits::Window {
        case: case.id,
        member: world.member,
        plan: &plan,
        service: "ecm",
        provider,
        days: span,
    };
    let notice = notices::Notice {
        id: NoticeId::from_uuid(world.ids.next()),
        organization: provider,
        at: world.clock.now(),
        case: None,
        member: Some(world.member),
        kind: "member-corrected".to_owned(),
        body: "{}".to_owned(),
    };
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    let into = Member {
        id: MemberId::from_uuid(world.ids.next()),
        cin: "92345678C".parse().unwrap(),
        phone: None,
        version: 1,
        ..before.clone()
    };
    let mut unit = Unit::of([
        service_days::take(&days),
        documents::insert(&document),
        limits::open(window),
        notices::insert(&notice),
        members::insert(&into),
        members::grant(&Grant {
            member: world.member,
            organization: provider,
            reason: GrantReason::Case,
            case: Some(case.id),
            since: world.clock.now(),
            until: None,
        }),
        member_moves::note_people(&[world.member], TODAY, world.clock.now()),
    ]);
    unit.extend(documents::used(document.id, case.id, world.clock.now()));
    world.store.commit(unit).await.unwrap();
    let hanging = async |held: &mut Held| {
        let mut tables = held.texts(HANGING, HANGING).await;
        tables.sort();
        tables
    };
    let all = [
        "cases",
        "coverages",
        "documents",
        "grants",
        "member_columns",
        "member_moves",
        "member_values",
        "notices",
        "service_days",
        "usage",
        "windows",
    ];
    assert_eq!(hanging(&mut held).await, all);

    let merger = identity::Merger {
        from: world.member,
        version: before.version,
        into: into.id,
        at: world.clock.now(),
        exclusive: &["medi-cal"],
        conflict: ConflictId::from_uuid(world.ids.next()),
    };
    let stale = identity::Merger { version: 99, ..merger };
    let refused = world.store.commit(Unit::of(identity::merge(stale))).await;
    assert_eq!(refused, Err(StoreError::Conflict));
    world.store.commit(Unit::of(identity::merge(merger))).await.unwrap();
    assert_eq!(hanging(&mut held).await, [""; 0], "nothing is left behind");
    let there = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(there.id == into.id && there.phone == before.phone, "a verified phone goes along");
    let late = Case { id: CaseId::from_uuid(world.ids.next()), ..case.clone() };
    let late = Unit::of([members::not_merged(world.member), cases::insert(&late)]);
    assert_eq!(world.store.commit(late).await, Err(StoreError::Conflict), "no case of who went");
    let stale = Case { state: "closed".to_owned(), ..case.clone() };
    assert_eq!(world.store.commit(Unit::of([cases::update(&stale)])).await, Err(StoreError::Conflict));

    // And back.
    let (merged, at) = (members::row(&world.store, into.id).await.unwrap().unwrap(), world.clock.now());
    let split = identity::Split {
        from: into.id,
        version: merged.version,
        to: world.member,
        cases: &[case.id],
        plans: &[valle_vista()],
        at,
    };
    let mut unit = Unit::of([identity::come_back(&before, into.id)]);
    unit.extend(identity::split(split));
    world.store.commit(unit).await.unwrap();
    let back: Vec<String> = hanging(&mut held).await;
    let mut with_cases_and_plans =
        all.into_iter().filter(|table| !["member_moves", "notices"].contains(table));
    assert!(with_cases_and_plans.all(|table| back.iter().any(|one| one == table)), "{back:?}");
    let again = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(again.id == world.member && again.merged_into.is_none());
}

async fn tries_are_counted_until_they_are_used_up(world: World) {
    let now = world.clock.now();
    let limit = |name: &str, misses| tries::Limit {
        subject: name.to_owned(),
        misses,
        over: now - SignedDuration::from_hours(1),
    };
    let limits = [limit("number", 2), limit("key", 3), limit("organization", 9)];
    let standing = async |limits: &[tries::Limit; 3]| {
        tries::standing(&world.store, &world.clinic, Some(world.member), limits).await.unwrap()
    };
    let miss = async |at: Timestamp| {
        let counted = limits.iter().map(|limit| tries::count(limit, at));
        world.store.commit(Unit::of(std::iter::once(tries::alone(&limits[0])).chain(counted))).await
    };
    let hit = async || world.store.commit(Unit::of(limits.iter().map(tries::left))).await;
    assert!(standing(&limits).await.sees, "the clinic sees the member");
    for _ in 0..2 {
        assert_eq!(hit().await, Ok(()));
        assert_eq!(miss(now).await, Ok(()));
    }
    assert_eq!(standing(&limits).await.used_up_since, [Some(now), None, None]);
    assert_eq!((hit().await, miss(now).await), (Err(StoreError::Conflict), Err(StoreError::Conflict)));
    // What began long enough ago counts no more, and another number is free.
    let later = limits.clone().map(|limit| tries::Limit { over: now, ..limit });
    assert_eq!(standing(&later).await.used_up_since, [None; 3]);
    let after = now + SignedDuration::from_hours(2);
    let counted = later.iter().map(|limit| tries::count(limit, after));
    assert_eq!(world.store.commit(Unit::of(counted)).await, Ok(()));
    assert_eq!(standing(&limits).await.used_up_since, [None; 3], "it is counted anew");
    let old = async |at: Timestamp| retention::old(&world.store, Record::Try, at, TODAY).await.unwrap();
    let past = after + SignedDuration::from_secs(1);
    assert_eq!((old(after).await, old(past).await), (0, 3), "what began at that moment stays");
    world.store.commit(Unit { statements: retention::forget(Record::Try, past, TODAY) }).await.unwrap();
    assert_eq!(old(past).await, 0);
}

/// Every way in which one activation can stand over another; what the store picks is what the domain picks.
async fn the_rules_of_the_day_answer(world: World) {
    let plan = valle_vista();
    let names = ["one", "two", "three", "four", "five"];
    let now = world.clock.now();
    let later = now + SignedDuration::from_hours(1);
    let mut unit = Unit::default();
    for name in names {
        unit.add(plugins::insert(&world.plugin(name.as_bytes()), name.as_bytes()));
    }
    world.store.commit(unit).await.unwrap();
    let activation = |name: &str, from, rules_from: Option<&str>, cohort, version| Activation {
        id: ActivationId::from_uuid(world.ids.next()),
        plan: plan.clone(),
        digest: Digest::of(name.as_bytes()),
        from,
        rules_from: rules_from.map(|day| day.parse().unwrap()),
        cohort,
        version,
        made_at: now,
        made_by: world.plan.organization().unwrap(),
        ended: None,
        plan_is_active: true,
    };
    let counties = Cohort::Counties(["SRV", "LDM"].map(|county| county.parse().unwrap()).into());
    let made = [
        activation("one", now, None, Cohort::Everyone, 1),
        activation("two", later, None, Cohort::Everyone, 2),
        activation("three", now, Some("2027-01-01"), Cohort::Everyone, 3),
        activation("four", now, Some("2026-03-02"), Cohort::Share(10), 4),
        activation("five", now, Some("2026-03-02"), counties, 5),
    ];
    let insert = |place: usize| Unit::of([activations::insert(&made[place])]);
    assert_eq!(world.store.commit(insert(1)).await, Err(StoreError::Conflict), "it is not the plan's first");
    for place in 0..made.len() {
        world.store.commit(insert(place)).await.unwrap();
    }
    assert_eq!(world.store.commit(insert(1)).await, Err(StoreError::Conflict), "there is a second already");
    assert_eq!(activations::latest_version(&world.store, &plan).await.unwrap(), 5);
    assert_eq!(activations::standing(&world.store, Some(&plan)).await.unwrap(), made);

    let before = now - SignedDuration::from_millis(1);
    let about = |day: &str, bucket, county: Option<&str>| About {
        day: day.parse().unwrap(),
        bucket,
        county: county.map(|county| county.parse().unwrap()),
    };
    let table = [
        (before, about("2026-03-02", None, None), None),
        (now, about("2025-06-01", None, None), Some(1)),
        (now, about("2026-03-02", None, None), Some(1)),
        (now, about("2026-03-02", Some(9), None), Some(4)),
        (now, about("2026-03-02", Some(10), None), Some(1)),
        (now, about("2026-03-02", Some(9), Some("SRV")), Some(5)),
        (now, about("2026-03-02", Some(10), Some("LDM")), Some(5)),
        (now, about("2026-03-02", Some(10), Some("ALA")), Some(1)),
        (now, about("2026-03-01", Some(9), Some("SRV")), Some(1)),
        (now, about("2026-12-31", None, None), Some(1)),
        (now, about("2027-01-01", None, None), Some(3)),
        (now, about("2027-01-01", Some(9), Some("SRV")), Some(3)),
        (later, about("2026-12-31", None, None), Some(2)),
        (later, about("2025-06-01", None, None), Some(2)),
    ];
    let check = async |standing: &[Standing], at, about: &About, expected: Option<i64>| {
        let found = activations::in_force(&world.store, &plan, at, about).await.unwrap();
        assert_eq!(found.map(|found| found.version), expected, "{about:?}");
        assert_eq!(chosen(standing, about, at).map(|chosen| chosen.version), expected, "{about:?}");
        for version in 1..=5 {
            let unit = Unit::of([activations::still_in_force(&plan, version, at, about)]);
            let passes = world.store.commit(unit).await;
            assert_eq!(passes.is_ok(), Some(version) == expected, "{version} {about:?} {passes:?}");
        }
    };
    let standing: Vec<Standing> = made.iter().map(Activation::standing).collect();
    for (at, about, expected) in &table {
        check(&standing, *at, about, *expected).await;
        if about.bucket.is_none() && about.county.is_none() {
            let all = activations::all_in_force(&world.store, *at, about.day).await.unwrap();
            assert_eq!(all.first().map(|found| found.version), *expected, "{about:?}");
        }
    }

    // What ended answers nothing more, and what stood before it does again.
    let end = || Unit::of([activations::end(made[2].id, later, EndedFor::RolledBack)]);
    world.store.commit(end()).await.unwrap();
    assert_eq!(world.store.commit(end()).await, Err(StoreError::Conflict));
    let standing = [&standing[..2], &standing[3..]].concat();
    check(&standing, now, &about("2027-01-01", None, None), Some(1)).await;
    check(&standing, now, &about("2027-01-01", Some(9), Some("SRV")), Some(5)).await;
}

async fn of_two_moves_of_a_release_one_is_kept(world: World) {
    let now = world.clock.now();
    let mut release = world.release(b"plugin");
    world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await.unwrap();
    let twice = world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await;
    assert_eq!(twice, Err(StoreError::Conflict));
    release.version = 1;
    let keep_bytes = releases::keep_bytes(&release.plan, &release.digest, b"plugin");
    let event = world.release_event(&release);
    let unit = [releases::keep(&release, now).unwrap(), keep_bytes].into_iter().chain(event);
    world.store.commit(Unit::of(unit)).await.unwrap();
    assert_eq!(
        world.store.commit(Unit::of([releases::keep(&release, now).unwrap()])).await,
        Err(StoreError::Conflict)
    );
    release.version = 2;
    let find = || releases::find(&world.store, &world.plan, &release.plan, &release.digest);
    assert_eq!(find().await.unwrap(), Some(release.clone()));
    let waiting = releases::uncompiled(&world.store, 9).await.unwrap();
    assert_eq!(waiting, std::slice::from_ref(&release));
    assert_eq!(releases::uncompiled_of(&world.store, &release.plan).await.unwrap(), 1);
    let timeline =
        releases::timeline(&world.store, &world.plan, &release.plan, &release.digest, None, 9).await.unwrap();
    assert_eq!(
        timeline.items.iter().map(|(seq, event)| (*seq, &*event.name)).collect::<Vec<_>>(),
        [(1, "check")]
    );

    // Its bytes become its plugin's.
    assert_eq!(releases::unreleased(&world.store).await.unwrap(), []);
    let plugin = world.plugin(b"plugin");
    let unit =
        Unit::of([plugins::insert_uploaded(&plugin), releases::drop_bytes(&release.plan, &release.digest)]);
    world.store.commit(unit).await.unwrap();
    assert_eq!(releases::bytes(&world.store, &release.plan, &release.digest).await.unwrap(), None);
    let bytes = plugins::bytes(&world.store, &world.plan, &release.plan, &release.digest).await.unwrap();
    assert_eq!(bytes.as_deref(), Some(&b"plugin"[..]));
    let found = find().await.unwrap().unwrap();
    assert_eq!((found.plugin_version.as_deref(), found.exports.len()), (Some("1.0.0"), 1));
    let again = Unit::of([plugins::insert_uploaded(&plugin)]);
    assert_eq!(world.store.commit(again).await, Err(StoreError::Conflict));

    // One that came before releases were kept.
    let older = world.plugin(b"older");
    world.store.commit(Unit::of([plugins::insert(&older, b"older")])).await.unwrap();
    assert_eq!(releases::unreleased(&world.store).await.unwrap(), [(older.plan, older.digest)]);
}

async fn faults_are_counted_among_the_last_calls(world: World) {
    let (case, _) = world.full_case().await;
    let plugin = Digest::of(b"faulty");
    let start = world.clock.now();
    for ending in ["trap", "answer", "guest-error", "saturated", "deadline", "trap"] {
        world.clock.advance(SignedDuration::from_secs(1));
        let decision = Decision {
            id: DecisionId::from_uuid(world.ids.next()),
            case: case.id,
            plan: valle_vista(),
            digest: plugin,
            operation: "referral.triage".to_owned(),
            ending: ending.to_owned(),
            input: Vec::new(),
            output: Vec::new(),
            duration_us: 1,
            memory_bytes: 1,
            cpu_ticks: 1,
            history_complete: true,
            at: world.clock.now(),
        };
        world.store.commit(Unit::of([decisions::insert(&decision)])).await.unwrap();
    }
    for (since, among, expected) in
        [(0, 100, (5, 3)), (2, 100, (4, 2)), (0, 2, (2, 2)), (0, 3, (3, 2)), (9, 9, (0, 0))]
    {
        let since = start + SignedDuration::from_secs(since);
        let ends = decisions::faults(&world.store, &valle_vista(), &plugin, since, among).await.unwrap();
        assert_eq!((ends.calls, ends.faults), expected, "{since} {among}");
    }
    let none =
        decisions::faults(&world.store, &valle_vista(), &Digest::of(b"other"), start, 100).await.unwrap();
    assert_eq!((none.calls, none.faults), (0, 0));
}

async fn a_policy_is_the_default_until_it_is_set(world: World) {
    let by = world.operator.organization().unwrap();
    let find = async || policies::find(&world.store, &valle_vista()).await.unwrap();
    assert_eq!(find().await, Policy::default());
    for requires in [[Requirement::TwoPeople].into(), Default::default()] {
        let policy = Policy { requires, roll_back: None, most_changed_approvals: Some(25) };
        let put = policies::put(&valle_vista(), &policy, world.clock.now(), by).unwrap();
        world.store.commit(Unit::of([put])).await.unwrap();
        assert_eq!(find().await, policy);
    }
}

async fn a_retired_signing_key_stays_on_record(world: World) {
    let now = world.clock.now();
    let mut key = SigningKey {
        id: SigningKeyId::from_uuid(world.ids.next()),
        plan: valle_vista(),
        public_key: "11".repeat(32),
        label: "release process".to_owned(),
        created_at: now,
        created_by: world.plan.organization().unwrap(),
        retired_at: None,
    };
    world.store.commit(Unit::of([signing::insert(&key)])).await.unwrap();
    assert_eq!(world.store.commit(Unit::of([signing::insert(&key)])).await, Err(StoreError::Duplicate));
    let other = "harbor-crest".parse().unwrap();
    for (plan, expected) in [
        (&other, Err(StoreError::NotThere)),
        (&valle_vista(), Ok(())),
        (&valle_vista(), Err(StoreError::NotThere)),
    ] {
        assert_eq!(world.store.commit(Unit::of([signing::retire(plan, key.id, now)])).await, expected);
    }
    key.retired_at = Some(now);
    assert_eq!(signing::list(&world.store, &world.plan, &valle_vista()).await.unwrap(), [key]);
}

/// An upload of Valle Vista's rates.
fn rates(world: &World, version: i64, first: &str, last: Option<&str>, row_count: i64) -> TableVersion {
    TableVersion {
        plan: valle_vista(),
        name: "rates".to_owned(),
        version,
        shape: "procedure, amount".to_owned(),
        first_day: first.parse().unwrap(),
        last_day: last.map(|day| day.parse().unwrap()),
        row_count,
        sha256: Digest::of(b"rows"),
        uploaded_at: world.clock.now(),
        uploaded_by: world.plan.organization().unwrap(),
    }
}

fn rate(number: i64, key: &str, amount: &str) -> TableRow {
    TableRow { number, key: key.to_owned(), cells: vec![key.to_owned(), amount.to_owned()] }
}

fn wanted(shape: &str, key: &str) -> Wanted {
    Wanted { name: "rates".to_owned(), shape: shape.to_owned(), key: key.to_owned() }
}

async fn of_tables_the_latest_upload_that_holds_the_day_is_in_force(world: World) {
    let (plan, store) = (valle_vista(), &world.store);
    let widened = TableVersion {
        shape: "procedure, tier, amount".to_owned(),
        ..rates(&world, 4, "2026-02-01", None, 1)
    };
    let uploads = [
        (
            rates(&world, 1, "2026-01-01", None, 2),
            vec![rate(1, "G9008 U8", "41.30"), rate(2, "G9012 U2", "76.30")],
        ),
        (rates(&world, 2, "2026-07-01", None, 1), vec![rate(1, "G9008 U8", "45.00")]),
        (
            rates(&world, 3, "2026-03-01", Some("2026-03-31"), 2),
            vec![rate(1, "G9008 U8", "50.00"), rate(2, "G9008 U8", "51.00")],
        ),
        (widened, vec![rate(1, "G9008 U8", "99.00")]),
    ];
    for (version, rows) in &uploads {
        store.commit(Unit::of(tables::insert(version, rows))).await.unwrap();
        let again = store.commit(Unit::of(tables::insert(version, rows))).await;
        assert_eq!(again, Err(StoreError::Conflict), "a version never changes");
    }
    let declared = "procedure, amount";
    for (day, shape, key, expected) in [
        ("2025-12-31", declared, "G9008 U8", vec![]),
        ("2026-01-01", declared, "G9008 U8", vec![(1, "41.30")]),
        ("2026-02-28", declared, "G9012 U2", vec![(1, "76.30")]),
        ("2026-03-01", declared, "G9008 U8", vec![(3, "50.00"), (3, "51.00")]),
        ("2026-03-31", declared, "G9012 U2", vec![]),
        ("2026-04-01", declared, "G9008 U8", vec![(1, "41.30")]),
        ("2026-07-01", declared, "G9008 U8", vec![(2, "45.00")]),
        ("2026-07-01", declared, "G9012 U2", vec![]),
        ("2026-07-01", declared, "G9999", vec![]),
        ("2026-07-01", "procedure, tier, amount", "G9008 U8", vec![(4, "99.00")]),
        ("2026-07-01", "another shape", "G9008 U8", vec![]),
    ] {
        let wanted = [wanted(shape, key)];
        let found = tables::look_up(store, &Scope::duty("context"), &plan, day.parse().unwrap(), &wanted)
            .await
            .unwrap();
        let found: Vec<(i64, &str)> =
            found.iter().map(|found| (found.version, found.cells[1].as_str())).collect();
        assert_eq!(found, expected, "{day} {shape} {key}");
    }
    let days = ["2025-12-31", "2026-03-31", "2026-04-01", "2026-07-01"].map(|day| day.parse().unwrap());
    let shapes = [("rates".to_owned(), declared.to_owned()), ("tiers".to_owned(), declared.to_owned())];
    let in_force = tables::in_force(store, &Scope::duty("context"), &plan, &shapes, &days).await.unwrap();
    assert_eq!(
        in_force.into_iter().map(|(_, day, version)| (day, version)).collect::<Vec<_>>(),
        [(days[1], 3), (days[2], 1), (days[3], 2)]
    );
}

async fn a_table_of_thousands_loads(world: World) {
    let rows: Vec<TableRow> = (1..=2500).map(|number| rate(number, &format!("K{number}"), "1.00")).collect();
    let version = rates(&world, 1, "2026-01-01", None, 2500);
    world.store.commit(Unit::of(tables::insert(&version, &rows))).await.unwrap();
    let page = tables::rows(&world.store, &world.plan, &version, Some(1200), 200).await.unwrap();
    assert!(page.items.len() == 200 && page.items[0] == (1201, rows[1200].cells.clone()));
    assert_eq!(page.next, Some(1400));
    let last = tables::rows(&world.store, &world.plan, &version, Some(2400), 200).await.unwrap();
    assert_eq!((last.items.len(), last.next), (100, None));
    let keys = [wanted("procedure, amount", "K7"), wanted("procedure, amount", "K2500")];
    let day = "2026-03-02".parse().unwrap();
    let found =
        tables::look_up(&world.store, &Scope::duty("context"), &valle_vista(), day, &keys).await.unwrap();
    assert_eq!(found.len(), 2);
}

async fn another_orgs_tables_are_not_there(world: World) {
    let store = &world.store;
    let version = rates(&world, 1, "2026-01-01", None, 1);
    store.commit(Unit::of(tables::insert(&version, &[rate(1, "K", "1.00")]))).await.unwrap();
    let (plan, day) = (valle_vista(), "2026-03-02".parse().unwrap());
    let (keys, shapes) =
        ([wanted("procedure, amount", "K")], [("rates".to_owned(), "procedure, amount".to_owned())]);
    for (scope, sees) in [
        (&world.clinic, false),
        (&world.plan, true),
        (&world.other_plan, false),
        (&world.operator, true),
        (&Scope::duty("context"), true),
    ] {
        let seen = [
            tables::find(store, scope, &plan, "rates", 1).await.unwrap() == Some(version.clone()),
            tables::list(store, scope, &plan, "rates", None, 9).await.unwrap().items.len() == 1,
            tables::rows(store, scope, &version, None, 9).await.unwrap().items.len() == 1,
            tables::look_up(store, scope, &plan, day, &keys).await.unwrap().len() == 1,
            tables::in_force(store, scope, &plan, &shapes, &[day]).await.unwrap().len() == 1,
        ];
        assert_eq!(seen, [sees; 5], "{scope:?}");
    }
}

async fn units_are_counted(world: World) {
    let case = world.case(CaseKind::Authorization);
    let rows = [
        world.usage(&case, 1, UsageState::Authorized),
        world.usage(&case, 2, UsageState::Payable),
        world.usage(&case, 3, UsageState::Payable),
    ];
    let unit = Unit::of([
        cases::insert(&case),
        usage::insert(&rows[0]),
        usage::insert(&rows[1]),
        usage::insert(&rows[2]),
    ]);
    world.store.commit(unit).await.unwrap();
    let plan = valle_vista();
    for (county, since, expected) in
        [("SRV", "2026-03-01", 1), ("SRV", "2026-03-02", 0), ("LDM", "2026-03-01", 0)]
    {
        let (county, since) = (county.parse().unwrap(), since.parse().unwrap());
        assert_eq!(
            usage::members_served(&world.store, &plan, "ecm", &county, since).await.unwrap(),
            expected
        );
    }
    let since = "2026-05-31".parse().unwrap();
    assert!(
        usage::for_member(&world.store, &world.clinic, world.member, Some(&plan), since).await.unwrap()
            == rows
    );
    let twice = Unit::of([usage::insert(&Usage { id: "other".to_owned(), ..rows[1].clone() })]);
    assert_eq!(world.store.commit(twice).await, Err(StoreError::Duplicate), "a line has its units once");
    let paid = Unit::of([usage::pay(case.id, 2, Cents(12_345)), usage::remove(case.id, 3)]);
    world.store.commit(paid).await.unwrap();
    let none = Unit::of([usage::pay(case.id, 1, Cents(1))]);
    assert_eq!(world.store.commit(none).await, Err(StoreError::Conflict), "what is authorized is not paid");
    let paid = Usage { amount: Cents(12_345), state: UsageState::Paid, ..rows[1].clone() };
    assert!(
        usage::for_case(&world.store, &world.clinic, case.id).await.unwrap()
            == [rows[0].clone(), paid.clone()]
    );
    let deliveries =
        Deliveries { member: world.member, plan: &plan, provider: case.provider_org, service: "ecm", since };
    assert!(usage::delivered(&world.store, &world.clinic, deliveries).await.unwrap() == [paid]);
    world.store.commit(Unit::of([usage::remove_for_case(case.id)])).await.unwrap();
    assert!(
        usage::for_member(&world.store, &world.clinic, world.member, Some(&plan), since)
            .await
            .unwrap()
            .is_empty()
    );
    let found =
        cases::authorizations_for(&world.store, &world.plan, world.member, case.provider_org, &plan, "ecm");
    assert!(found.await.unwrap() == [case]);
}

/// More rows than one query reads, of several plans and with a window between them, in the order of their
/// days.
async fn what_counts_is_read_whole(world: World) {
    let case = world.case(CaseKind::Claim);
    let opened = world.case(CaseKind::Authorization);
    let mut unit = Unit::of([cases::insert(&case), cases::insert(&opened)]);
    let row = |line: u16| Usage {
        id: format!("{line:05}"),
        first_day: date(2024, 1, 1).saturating_add(jiff::Span::new().days(line)),
        last_day: date(2024, 1, 1).saturating_add(jiff::Span::new().days(line)),
        ..world.usage(&case, line, UsageState::Paid)
    };
    unit.extend((1..=1_200).map(|line| usage::insert(&row(line))));
    unit.add(usage::insert(&Usage { service: "respite".to_owned(), ..row(1_201) }));
    let days = Span { first: date(2026, 1, 1), last: date(2026, 1, 14) };
    let plan = valle_vista();
    let window = limits::Window {
        case: opened.id,
        member: world.member,
        plan: &plan,
        service: "ecm",
        provider: opened.provider_org,
        days,
    };
    unit.add(limits::open(window));
    unit.add(limits::open(limits::Window { days: Span { last: date(2026, 1, 9), ..days }, ..window }));
    world.store.commit(unit).await.unwrap();
    let duty = Scope::duty("limits");
    let counted = |services: &[&str], since| {
        let needs = Needs { services: services.iter().map(|id| (*id).to_owned()).collect(), since };
        let (store, duty, member) = (&world.store, &duty, world.member);
        async move { limits::counted(store, duty, member, &needs).await.unwrap() }
    };
    let all = counted(&["ecm", "meals"], None).await;
    assert_eq!(all.len(), 1_201);
    assert!(all.is_sorted_by_key(|one| one.days.first));
    let presumed: Vec<_> =
        all.iter().filter(|one| one.stage == Stage::Presumed).map(|one| one.days.last).collect();
    assert_eq!(presumed, [date(2026, 1, 9)]);
    assert_eq!(counted(&["respite"], None).await.len(), 1);
    assert_eq!(counted(&["ecm"], Some(date(2026, 1, 9))).await.len(), 1_201 - 738);
    world.store.commit(Unit::of([limits::close(opened.id)])).await.unwrap();
    assert_eq!(counted(&["ecm"], None).await.len(), 1_200);
}

/// Of two that counted the same places, one is admitted; a member who has a place takes none.
async fn places_are_fenced(world: World) {
    let (plan, county) = (valle_vista(), "SRV".parse().unwrap());
    let case = world.case(CaseKind::Authorization);
    let places = limits::Places {
        plan: &plan,
        service: "ecm",
        county: &county,
        since: date(2026, 1, 1),
        member: MemberId::from_uuid(world.ids.next()),
        case: CaseId::from_uuid(world.ids.next()),
        until: date(2026, 2, 28),
    };
    let taken = limits::taken(&world.store, places).await.unwrap();
    assert_eq!((taken.others, taken.own), (0, false));
    let admit = || {
        Unit::of([
            limits::admit(places, taken),
            cases::insert(&case),
            usage::insert(&world.usage(&case, 1, UsageState::Authorized)),
        ])
    };
    world.store.commit(admit()).await.unwrap();
    assert_eq!(world.store.commit(admit()).await, Err(StoreError::Conflict));
    let now = limits::taken(&world.store, places).await.unwrap();
    assert_eq!((now.others, now.own), (1, false));
    world.store.commit(Unit::of([limits::admit(places, now)])).await.unwrap();
    let own = limits::Places { member: world.member, ..places };
    let own = limits::taken(&world.store, own).await.unwrap();
    assert_eq!((own.others, own.own), (0, true));
}

async fn a_window_moves_the_stamp(world: World) {
    let case = world.case(CaseKind::Authorization);
    let stamp = usage::stamp(&world.store, world.member).await.unwrap();
    let plan = valle_vista();
    let days = Span { first: date(2026, 1, 1), last: date(2026, 1, 14) };
    let (member, provider) = (world.member, case.provider_org);
    let window = limits::Window { case: case.id, member, plan: &plan, service: "ecm", provider, days };
    let mut unit = Unit::of(usage::unchanged(world.member, &stamp));
    unit.add(cases::insert(&case));
    unit.add(limits::open(window));
    world.store.commit(unit).await.unwrap();
    let stale = Unit::of(usage::unchanged(world.member, &stamp));
    assert_eq!(world.store.commit(stale).await, Err(StoreError::Conflict));
}

async fn a_day_is_taken_once(world: World) {
    let case = world.case(CaseKind::Claim);
    let procedure: Procedure = "T2033 U6".parse().unwrap();
    let days = |line, first: Date, last: Date| Days {
        member: world.member,
        provider: case.provider_org,
        procedure: &procedure,
        first,
        last,
        case: case.id,
        line,
    };
    let (first, last) = (date(2026, 2, 27), date(2026, 3, 2));
    let unit = Unit::of([cases::insert(&case), service_days::take(&days(1, first, last))]);
    world.store.commit(unit).await.unwrap();
    let taken = service_days::taken(
        &world.store,
        &world.clinic,
        world.member,
        case.provider_org,
        date(2026, 2, 28),
        date(2026, 3, 31),
    );
    let taken = taken.await.unwrap();
    let seen: Vec<String> = taken.iter().map(|taken| format!("{} {}", taken.procedure, taken.day)).collect();
    assert_eq!(seen, ["T2033 U6 2026-02-28", "T2033 U6 2026-03-01", "T2033 U6 2026-03-02"]);
    assert!(taken.iter().all(|taken| (taken.case, taken.line) == (case.id, 1)));
    let overlaps = Unit::of([service_days::take(&days(2, last, date(2026, 3, 9)))]);
    assert_eq!(world.store.commit(overlaps).await, Err(StoreError::Duplicate));
    let moved = Unit::of([service_days::free(case.id), service_days::take(&days(2, last, date(2026, 3, 9)))]);
    world.store.commit(moved).await.unwrap();
    let freed = Unit::of([service_days::free_line(case.id, 2), service_days::take(&days(1, first, last))]);
    assert_eq!(world.store.commit(freed).await, Ok(()));
}

async fn a_corrupt_row_is_named(world: World) {
    world.behind_its_back("update members set birth_date = 'spring of 1961'").await;
    let error = members::find(&world.store, &world.clinic, world.member).await.err().unwrap();
    let expected = format!("members {} is corrupt: birth_date does not read", world.member);
    assert_eq!(error.to_string(), expected);
}

fn in_state(state: &str) -> CaseFilter {
    CaseFilter { state: Some(state.to_owned()), ..CaseFilter::default() }
}

async fn the_schemas_agree(world: World) {
    let mut held = world.behind_its_back("select 1").await;
    let mut schema = held
        .texts(
            "select t.name || '.' || c.name || ' ' || lower(c.type) || iif(c.\"notnull\", '', '?')
            from sqlite_master t join pragma_table_info(t.name) c
            where t.type = 'table' and t.name not like '\\_sqlx%' escape '\\' and t.name not like 'sqlite%'",
            "select table_name || '.' || column_name || ' ' || case data_type when 'bigint' then 'integer'
                when 'bytea' then 'blob' else data_type end || case is_nullable when 'YES' then '?' else '' end
            from information_schema.columns where table_schema = 'public' and table_name not like '\\_sqlx%'",
        )
        .await;
    schema.extend(
        held.texts(
            "select 'index ' || name || ' on ' || tbl_name from sqlite_master
            where type = 'index' and name not like 'sqlite%'",
            "select 'index ' || i.indexname || ' on ' || i.tablename from pg_indexes i
            where i.schemaname = 'public' and i.tablename not like '\\_sqlx%'
                and not exists (select 1 from pg_constraint c where c.conname = i.indexname)",
        )
        .await,
    );
    schema.sort();
    let schema = schema.join("\n") + "\n";
    expect_file!["schema.txt"].assert_eq(&schema);
}

async fn reopened_it_has_everything(world: World) {
    world.store.ready("node-1", world.clock.now()).await.unwrap();
    world.store.ready("node-1", world.clock.now()).await.unwrap();
    let (case, _) = world.full_case().await;
    let store = reopened(&world).await;
    assert!(cases::find(&store, &world.clinic, case.id).await.unwrap() == Some(case));
    let closed = world.store.ready("node-1", world.clock.now()).await;
    assert_eq!(closed, Err(StoreError::Away("the store is closed".to_owned())));
}

async fn reopened(world: &World) -> Store {
    world.store.close().await;
    Store::open(world.config.clone()).await.unwrap()
}

#[tokio::test]
async fn a_second_process_on_the_same_directory_is_refused() {
    let world = World::on_sqlite().await;
    let refused = Store::open(world.config.clone()).await.err().unwrap();
    assert_eq!(refused, OpenError::InUse(world.config.data_dir.clone()));
    drop(reopened(&world).await);
}

/// A process that was killed while it started a child leaves the lock with the child until that has become
/// its own program.
#[tokio::test]
async fn a_lock_that_is_given_back_in_a_moment_is_waited_for() {
    let world = World::on_sqlite().await;
    world.store.close().await;
    let left_behind = File::open(world.config.data_dir.join("crosswalk.lock")).unwrap();
    left_behind.lock().unwrap();
    let mut opening = pin!(Store::open(world.config.clone()));
    poll_fn(|context| {
        assert!(opening.as_mut().poll(context).is_pending(), "it is given up at once");
        Poll::Ready(())
    })
    .await;
    drop(left_behind);
    opening.await.unwrap();
}
