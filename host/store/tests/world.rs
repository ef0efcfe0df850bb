//! A record with two providers and two plans in it, on each database, and one of everything to put there.
//!
//! PostgreSQL is the server whose address is in `CROSSWALK_TEST_POSTGRES`; each test makes a database of its
//! own there.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::Cents;
use domain::case::{CaseKind, EventKind};
use domain::identifiers::*;
use domain::member_value::ValueName;
use domain::plan::types::Urgency;
use domain::release::{self, State};
use domain::statute::ClockId;
use domain::time::{Clock, CountedIds, Ids, ManualClock, pacific_day};
use jiff::SignedDuration;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use store::auth::{Key, Role};
use store::cases::Case;
use store::deadlines::{Deadline, DeadlineState};
use store::evaluations::Evaluation;
use store::members::{Address, ContactSource, Grant, GrantReason, Member, Recorded, Residence};
use store::organizations::{Organization, OrganizationKind};
use store::outbox::Job;
use store::plugins::Plugin;
use store::releases::Release;
use store::rosters::{Place, PlacedRow, Roster, RosterRow, Sifted};
use store::usage::{Usage, UsageState};
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
pub(crate) use on_each_database;

/// A store with two providers and two plans in it, each with a key, and one member of the first of each.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) config: StoreConfig,
    pub(crate) ids: CountedIds,
    pub(crate) clock: ManualClock,
    pub(crate) clinic: Scope,
    pub(crate) stranger: Scope,
    pub(crate) plan: Scope,
    pub(crate) other_plan: Scope,
    pub(crate) operator: Scope,
    pub(crate) member: MemberId,
    _directory: tempfile::TempDir,
}

pub(crate) const CIN: &str = "91234567A";

/// The day on which everybody in these tests asks.
pub(crate) const TODAY: jiff::civil::Date = jiff::civil::date(2026, 3, 2);

/// Organizations of the county: name, plan and the role of its key.
const ORGANIZATIONS: [(&str, Option<&str>, Role); 5] = [
    ("Open Door Street Medicine", None, Role::Provider),
    ("Mesa Verde Meals", None, Role::Provider),
    ("Valle Vista Health Plan", Some("valle-vista"), Role::PlanReviewer),
    ("Harbor Crest Health", Some("harbor-crest"), Role::PlanAdmin),
    ("San Ravel County", None, Role::Operator),
];

impl World {
    pub(crate) async fn on_sqlite() -> Self {
        Self::with(None).await
    }

    pub(crate) async fn on_postgres() -> Option<Self> {
        Some(Self::with(Some(new_database().await?)).await)
    }

    async fn with(database_url: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = StoreConfig { database_url, ..StoreConfig::at(directory.path().join("data")) };
        let store = Store::open(config.clone()).await.unwrap();
        let ids = CountedIds::default();
        let clock = ManualClock::at("2026-03-02T17:00:00Z");
        let mut scopes = Vec::new();
        for (name, plan, role) in ORGANIZATIONS {
            let organization = organization(&ids, &clock, name, plan);
            let key = key(&ids, &clock, organization.id, role);
            let secret = Digest::of(name.as_bytes());
            let unit = Unit::of([organizations::insert(&organization), auth::insert(&key, &secret)]);
            store.commit(unit).await.unwrap();
            let caller = auth::authenticate(&store, &secret, TODAY).await.unwrap().unwrap();
            assert_eq!((&caller.organization, &caller.key), (&organization, &key));
            scopes.push(caller.scope);
        }
        let [clinic, stranger, plan, other_plan, operator] = scopes.try_into().unwrap();
        let member = member(&ids, &clock);
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

    pub(crate) fn case(&self, kind: CaseKind) -> Case {
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
    pub(crate) async fn full_case(&self) -> (Case, EvaluationId) {
        let case = self.case(CaseKind::Referral);
        let evaluation = Evaluation {
            id: EvaluationId::from_uuid(self.ids.next()),
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
            open_cases_complete: true,
            at: self.clock.now(),
        };
        let entry = self.entry(&case);
        let unit = Unit::of([
            cases::insert(&case),
            audit::insert(&entry),
            events::insert(&self.event(&case, entry.id)),
            evaluations::insert(&evaluation),
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
        (case, evaluation.id)
    }

    pub(crate) fn entry(&self, case: &Case) -> audit::Entry {
        audit::Entry {
            id: AuditId::from_uuid(self.ids.next()),
            at: self.clock.now(),
            request: "r-1".to_owned(),
            key: None,
            account: None,
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

    pub(crate) fn event(&self, case: &Case, audit: AuditId) -> events::Event {
        events::Event {
            id: EventId::from_uuid(self.ids.next()),
            case: case.id,
            at: self.clock.now(),
            name: EventKind::Received,
            state: case.state.clone(),
            actor: events::Actor::Organization(case.provider_org),
            actor_role: "provider".to_owned(),
            detail: "{}".to_owned(),
            audit,
            plan: None,
        }
    }

    pub(crate) fn deadline(&self, case: &Case) -> Deadline {
        Deadline {
            id: DeadlineId::from_uuid(self.ids.next()),
            case: case.id,
            plan: case.plan.clone(),
            provider_org: case.provider_org,
            assigned_org: case.assigned_org,
            rule: ClockId::AuthorizationDecisionBusinessDays,
            started_at: self.clock.now(),
            due_at: self.clock.now() + SignedDuration::from_hours(72),
            state: DeadlineState::Open,
            settled_at: None,
        }
    }

    pub(crate) fn item(&self, case: &Case) -> worklist::Item {
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
            state: domain::work::State::Free,
            version: 1,
        }
    }

    pub(crate) fn usage(&self, case: &Case, line: u16, state: UsageState) -> Usage {
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

    pub(crate) fn job(&self, subject: &str) -> Job {
        Job {
            id: self.ids.next().to_string(),
            due_at: self.clock.now(),
            kind: "notify".to_owned(),
            subject: subject.to_owned(),
            body: "{}".to_owned(),
        }
    }

    pub(crate) fn plugin(&self, bytes: &[u8]) -> Plugin {
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

    pub(crate) fn release(&self, bytes: &[u8]) -> Release {
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
            uploader: None,
            updated_at: now,
            version: 0,
            plugin_version: None,
            exports: Vec::new(),
        }
    }

    /// An event of a release, after its entry in the audit trail.
    pub(crate) fn release_event(&self, release: &Release) -> [Statement; 2] {
        let (audit, event) = self.step_of(release);
        [audit::insert(&audit), releases::add_event(&event)]
    }

    /// The two before they are statements.
    pub(crate) fn step_of(&self, release: &Release) -> (audit::Entry, releases::Event) {
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
            name: release::EventKind::Check,
            state: "checked".to_owned(),
            actor_org: None,
            actor: None,
            actor_role: "host".to_owned(),
            detail: "{}".to_owned(),
            audit: audit.id,
        };
        (audit, event)
    }

    pub(crate) fn roster(&self) -> Roster {
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

    pub(crate) fn roster_row(&self, cin: &str) -> RosterRow {
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

    pub(crate) async fn import(&self, rows: &[RosterRow]) {
        self.store.commit(Unit { statements: rosters::import(&self.roster(), sifted(rows)) }).await.unwrap();
    }

    pub(crate) async fn find(&self, id: CaseId) -> Option<Case> {
        cases::find(&self.store, &Scope::duty("test"), id).await.unwrap()
    }

    /// Runs SQL past the store.
    pub(crate) async fn behind_its_back(&self, sql: &'static str) -> Held {
        let mut held = Held::to(&self.config).await;
        held.run(sql).await;
        held
    }
}

/// A record with nothing in it.
pub(crate) struct Empty {
    pub(crate) store: Store,
    pub(crate) config: StoreConfig,
    _directory: tempfile::TempDir,
}

impl Empty {
    pub(crate) async fn on_sqlite() -> Self {
        Self::with(None).await
    }

    pub(crate) async fn on_postgres() -> Option<Self> {
        Some(Self::with(Some(new_database().await?)).await)
    }

    async fn with(database_url: Option<String>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let config = StoreConfig { database_url, ..StoreConfig::at(directory.path().join("data")) };
        Self { store: Store::open(config.clone()).await.unwrap(), config, _directory: directory }
    }

    /// A connection past the store.
    pub(crate) async fn connection(&self) -> Held {
        Held::to(&self.config).await
    }
}

/// Address of a new database on the tests' PostgreSQL, if there is one.
async fn new_database() -> Option<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Ok(admin) = std::env::var("CROSSWALK_TEST_POSTGRES") else {
        assert!(std::env::var_os("CI").is_none(), "CROSSWALK_TEST_POSTGRES must be set where CI is");
        eprintln!("SKIPPED, NOT PASSED: CROSSWALK_TEST_POSTGRES is not set");
        return None;
    };
    let name = format!("store_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
    let options = PgConnectOptions::from_str(&admin).unwrap();
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    Some(options.database(&name).to_url_lossy().to_string())
}

fn organization(ids: &CountedIds, clock: &ManualClock, name: &str, plan: Option<&str>) -> Organization {
    Organization {
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
    }
}

fn key(ids: &CountedIds, clock: &ManualClock, organization: OrgId, role: Role) -> Key {
    Key {
        id: KeyId::from_uuid(ids.next()),
        organization,
        role,
        label: "front desk".to_owned(),
        license: None,
        manages_keys: role != Role::Provider,
        created_at: clock.now(),
        revoked_at: None,
        expires_at: None,
        last_used_at: None,
        replaces: None,
    }
}

/// The member with the tests' number, whose telephone number and home a provider verified.
fn member(ids: &CountedIds, clock: &ManualClock) -> Member {
    let now = clock.now();
    let source = ContactSource::Provider;
    Member {
        id: MemberId::from_uuid(ids.next()),
        cin: CIN.parse().unwrap(),
        family_name: "Ybarra".parse().unwrap(),
        given_name: "Luz".parse().unwrap(),
        birth_date: "1961-04-05".parse().unwrap(),
        county: "SRV".parse().unwrap(),
        language: "es".to_owned(),
        phone: Some(Recorded {
            value: "555-0100".to_owned(),
            source,
            recorded_at: now,
            as_of: pacific_day(now),
        }),
        residence: Some(Recorded {
            value: Residence::NoFixedAddress,
            source,
            recorded_at: now,
            as_of: pacific_day(now),
        }),
        created_at: now,
        version: 1,
        standing: members::IdentityStatus::Confirmed,
        told_by: None,
        merged_into: None,
    }
}

/// Rows that are about whoever has their number.
pub(crate) fn sifted(rows: &[RosterRow]) -> Sifted {
    let place = Place::Record { shares: true };
    let rows = rows.iter().map(|row| PlacedRow { row: row.clone(), place, alone: None });
    Sifted { rows: rows.collect(), ..Sifted::default() }
}

/// Values that a row states, by name.
pub(crate) fn said(values: &[(ValueName, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| (name.name().to_owned(), (*value).to_owned())).collect()
}

/// A connection of our own, kept open.
pub(crate) enum Held {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Held {
    async fn to(config: &StoreConfig) -> Self {
        match &config.database_url {
            None => {
                let file = config.data_dir.join("crosswalk.sqlite");
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                Self::Sqlite(options.connect().await.unwrap())
            }
            Some(url) => Self::Postgres(PgConnectOptions::from_str(url).unwrap().connect().await.unwrap()),
        }
    }

    async fn run(&mut self, sql: &'static str) {
        match self {
            Self::Sqlite(connection) => {
                sqlx::raw_sql(sql).execute(connection).await.unwrap();
            }
            Self::Postgres(connection) => {
                sqlx::raw_sql(sql).execute(connection).await.unwrap();
            }
        }
    }

    pub(crate) async fn texts(&mut self, sqlite: &'static str, postgres: &'static str) -> Vec<String> {
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

pub(crate) fn valle_vista() -> PlanId {
    "valle-vista".parse().unwrap()
}

pub(crate) async fn reopened(world: &World) -> Store {
    world.store.close().await;
    Store::open(world.config.clone()).await.unwrap()
}
