//! San Ravel County, invented: its plans, its providers, their contracts, and members with nothing on their
//! record.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use serde_json::{Value, json};

use super::client::{Answer, Client, Request};
use super::database::Database;
use super::machine_code::{self, variant};
use super::server::{Server, component, until};

/// Code of the county that most tests are about.
pub(crate) const COUNTY: &str = "SRV";
/// Every county of the tests, invented: code, name. The host knows none of them before they are added.
const COUNTIES: [(&str, &str); 3] = [(COUNTY, "San Ravel"), ("LDM", "Loma del Mar"), ("TRB", "Tres Brazos")];

/// The plans: id, name, the license of the person who decides for it.
const PLANS: [(&str, &str, &str); 5] = [
    ("valle-vista", "Valle Vista Health Plan", "RN 555012"),
    ("harbor-crest", "Harbor Crest Health", "RN 555038"),
    ("silver-oak", "Silver Oak Advantage", "MD 555101"),
    ("costa-alta", "Costa Alta Community Plan", "RN 555077"),
    ("hostile-plan", "Hostile Plan", "RN 555099"),
];
const FOUR: [&str; 4] = ["valle-vista", "harbor-crest", "silver-oak", "costa-alta"];

/// The providers: name, kinds. All but the newcomer have contracts with every plan.
const PROVIDERS: [(&str, &[&str]); 5] = [
    ("open-door", &["street-medicine", "clinic"]),
    ("casa-puente", &["recuperative-care", "housing-provider"]),
    ("mesa-verde", &["meals", "community-based-organization"]),
    ("hospital", &["hospital"]),
    (NEWCOMER, &["community-based-organization", "meals"]),
];
const NEWCOMER: &str = "new-leaf";

/// Services that the contracts are for.
const SERVICES: [&str; 10] = [
    "ecm",
    "recuperative-care",
    "short-term-post-hospitalization-housing",
    "housing-transition-navigation",
    "housing-deposits",
    "medically-tailored-meals",
    "transitional-rent",
    "sobering-centers",
    "home-modifications",
    "asthma-remediation",
];

/// Everybody's birth date and name; no other text of a test may hold them.
pub(crate) const BORN: &str = "1931-07-19";
pub(crate) const FAMILY: &str = "Quillfeather";
pub(crate) const GIVEN: &str = "Zebulonia";

/// Members of each plan, of which the last belong to a delegate's group.
const MEMBERS: usize = 400;
const IN_GROUP: usize = 20;

/// A service with everything that stands before the first case.
pub(crate) struct County {
    /// The service that the county uses.
    pub(crate) server: Server,
    plans: BTreeMap<&'static str, PlanSide>,
    providers: BTreeMap<&'static str, ProviderSide>,
    taken: Mutex<BTreeMap<String, usize>>,
}

/// Keys and plugin of one plan.
pub(crate) struct PlanSide {
    /// Publishes rules and member files.
    pub(crate) admin: String,
    /// Decides, with a clinical license.
    pub(crate) reviewer: String,
    /// Key of a reviewer without a license.
    pub(crate) clerk: String,
    /// Clinical license of the reviewer's key.
    pub(crate) license: &'static str,
    /// Digest of the active plugin.
    pub(crate) digest: String,
}

/// Organization and key of one provider.
pub(crate) struct ProviderSide {
    /// Id of its organization at the service.
    pub(crate) id: String,
    /// Secret of its key.
    pub(crate) key: String,
}

/// A member of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Client Index Number, an invented one.
    pub(crate) cin: String,
}

impl Person {
    /// As requests name a member.
    pub(crate) fn named(&self) -> Value {
        json!({ "cin": self.cin, "birth_date": BORN, "family_name": FAMILY, "given_name": GIVEN })
    }
}

impl County {
    /// The county that all tests share which change nothing but their own cases.
    pub(crate) fn shared(database: Database) -> &'static Self {
        static ON_SQLITE: OnceLock<County> = OnceLock::new();
        static ON_POSTGRES: OnceLock<County> = OnceLock::new();
        let shared = match database {
            Database::Sqlite => &ON_SQLITE,
            Database::Postgres => &ON_POSTGRES,
        };
        // Whatever the port: at this name browsers use passkeys without TLS.
        let settings = [("CROSSWALK_PUBLIC_ADDRESS", "http://localhost")];
        shared.get_or_init(|| Self::of(Server::start_with(database, &settings), &FOUR))
    }

    /// A county of its own, with these plans.
    pub(crate) fn of(server: Server, plans: &[&str]) -> Self {
        let mut county =
            Self { server, plans: BTreeMap::new(), providers: BTreeMap::new(), taken: Mutex::default() };
        let client = county.client();
        add_counties(&client, &county.server.operator);
        for (place, (id, name, license)) in PLANS.into_iter().enumerate() {
            if plans.contains(&id) {
                let side = county.add_plan(&client, id, name, license);
                county.plans.insert(id, side);
                county.load(&client, id, place);
            }
        }
        for (place, (name, kinds)) in PROVIDERS.into_iter().enumerate() {
            let body = json!({
                "kind": "provider", "name": name, "npi": npi(place), "provider_kinds": kinds, "counties": [COUNTY],
            });
            let id = county.organization(&client, &body);
            let key = county.key(&client, &id, "provider", None);
            county.providers.insert(name, ProviderSide { id, key });
        }
        for (name, _) in PROVIDERS.into_iter().filter(|(name, _)| *name != NEWCOMER) {
            county.contract(&client, name);
        }
        county
    }

    pub(crate) fn client(&self) -> Client {
        self.server.client()
    }

    pub(crate) fn plan(&self, id: &str) -> &PlanSide {
        &self.plans[id]
    }

    pub(crate) fn provider(&self, name: &str) -> &ProviderSide {
        &self.providers[name]
    }

    /// Secret of a provider's key, by its name.
    pub(crate) fn key_of(&self, name: &str) -> &str {
        &self.providers[name].key
    }

    /// A member of the plan that no other test knows.
    pub(crate) fn person(&self, plan: &str) -> Person {
        self.take(plan, 0, MEMBERS - IN_GROUP)
    }

    /// A member of the plan in a group of its delegate, that no other test knows.
    pub(crate) fn delegated_person(&self, plan: &str) -> Person {
        self.take(&format!("{plan}, delegated"), MEMBERS - IN_GROUP, MEMBERS)
    }

    fn take(&self, what: &str, first: usize, end: usize) -> Person {
        let plan = what.split(',').next().unwrap_or_default();
        let place = PLANS.iter().position(|(id, ..)| *id == plan).expect("a plan of the county");
        let mut taken = self.taken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let next = taken.entry(what.to_owned()).or_insert(first);
        assert!(*next < end, "{what} has no member left");
        *next += 1;
        Person { cin: cin(place, *next - 1) }
    }

    /// Sends a new case; it must be taken.
    #[track_caller]
    pub(crate) fn submit(&self, key: &str, list: &str, body: &Value) -> Value {
        self.client().send(&Request::post(format!("/v1/{list}"), body).by(key)).with(201)
    }

    /// Does something to the version of the case that was read.
    pub(crate) fn change(&self, key: &str, case: &Value, step: &str, body: &Value) -> Answer {
        let path = format!("{}/{step}", path_of(case));
        self.client().send(&Request::post(path, body).by(key).of_version(&case["version"]))
    }

    /// The case as the holder of `key` sees it now.
    #[track_caller]
    pub(crate) fn again(&self, key: &str, case: &Value) -> Value {
        self.client().read(key, &path_of(case))
    }

    /// Events of the case, oldest first.
    #[track_caller]
    pub(crate) fn timeline(&self, key: &str, case: &Value) -> Vec<Value> {
        let page = self.client().read(key, &format!("{}/timeline", path_of(case)));
        page["items"].as_array().expect("a list").clone()
    }

    /// Uploads a component for a plan and lets it decide.
    #[track_caller]
    pub(crate) fn activate(&self, plan: &str, file: &str) -> String {
        self.activate_bytes(plan, component(file))
    }

    /// Uploads a component for a plan and lets it decide.
    pub(crate) fn activate_bytes(&self, plan: &str, bytes: Vec<u8>) -> String {
        activate(&self.server, &self.plans[plan].admin, plan, &bytes)
    }

    /// Uploads a plan's rules under another digest, and gives it once they are compiled.
    #[track_caller]
    pub(crate) fn upload_variant(&self, plan: &str, mark: &str) -> String {
        self.upload(plan, &variant(plan, mark))
    }

    /// Uploads a component for a plan, and gives its digest once it is compiled.
    #[track_caller]
    pub(crate) fn upload(&self, plan: &str, component: &[u8]) -> String {
        upload(&self.server, &self.plans[plan].admin, plan, component)
    }

    /// Spares the service to compile a component that one of the tests' has compiled.
    pub(crate) fn lend_machine_code(&self, component: &[u8]) {
        machine_code::lend(self.server.folder(), component);
    }

    /// One more key of a plan for publishing rules: another person's.
    pub(crate) fn another_admin(&self, plan: &str) -> String {
        self.key(&self.client(), &self.organization_of(plan), "plan-admin", None)
    }

    /// The id of a plan's organization.
    pub(crate) fn organization_of(&self, plan: &str) -> String {
        let list = self.client().read(&self.server.operator, "/v1/organizations?limit=200");
        let organizations = list["items"].as_array().expect("a list");
        let own = organizations.iter().find(|one| one["plan_id"] == plan).expect("the plan is there");
        text(own, "/id").to_owned()
    }

    /// The plan's worklist entry for the case.
    pub(crate) fn work_item(&self, plan: &str, case: &Value) -> Option<Value> {
        let list = self.client().read(&self.plans[plan].reviewer, "/v1/worklist?limit=200");
        list["items"].as_array().expect("a list").iter().find(|item| item["case"] == case["id"]).cloned()
    }

    fn organization(&self, client: &Client, body: &Value) -> String {
        let request = Request::post("/v1/organizations", body).by(&self.server.operator);
        text(&client.send(&request).with(201), "/id").to_owned()
    }

    fn key(&self, client: &Client, organization: &str, role: &str, license: Option<&str>) -> String {
        let mut body = json!({ "organization": organization, "role": role, "label": role });
        if let Some(license) = license {
            body["license"] = license.into();
        }
        let request = Request::post("/v1/keys", &body).by(&self.server.operator);
        text(&client.send(&request).with(201), "/key").to_owned()
    }

    fn add_plan(&self, client: &Client, id: &str, name: &str, license: &'static str) -> PlanSide {
        let body = json!({ "kind": "plan", "name": name, "plan_id": id, "counties": [COUNTY] });
        let organization = self.organization(client, &body);
        let admin = self.key(client, &organization, "plan-admin", None);
        let reviewer = self.key(client, &organization, "plan-reviewer", Some(license));
        let clerk = self.key(client, &organization, "plan-reviewer", None);
        let file = if id == "hostile-plan" { "hostile" } else { id };
        let digest = activate(&self.server, &admin, id, &component(file));
        PlanSide { admin, reviewer, clerk, license, digest }
    }

    fn load(&self, client: &Client, plan: &str, place: usize) {
        let request = Request::bytes("/v1/rosters", "text/csv", member_file(plan, place));
        let roster = client.send(&request.by(&self.plans[plan].admin)).with(201);
        assert_eq!(roster["refused"], json!([]), "{plan}");
        assert_eq!(roster["members_new"], json!(MEMBERS), "{plan}");
    }

    /// A provider that no other test knows and no plan has a contract with.
    pub(crate) fn new_provider(&self, kinds: &[&str]) -> ProviderSide {
        static NEXT: AtomicUsize = AtomicUsize::new(100);
        let (client, place) = (self.client(), NEXT.fetch_add(1, Ordering::Relaxed));
        let body = json!({
            "kind": "provider", "name": format!("Provider {place}"), "npi": npi(place), "provider_kinds": kinds,
            "counties": [COUNTY],
        });
        let id = self.organization(&client, &body);
        let key = self.key(&client, &id, "provider", None);
        ProviderSide { id, key }
    }

    /// A contract that the plan's people record with a provider, for this county.
    #[track_caller]
    pub(crate) fn record_contract(
        &self,
        plan: &str,
        provider: &ProviderSide,
        services: &[&str],
        days: (&str, Option<&str>),
    ) -> Value {
        let mut body = json!({
            "provider": provider.id, "services": services, "counties": [COUNTY], "first_day": days.0,
        });
        if let Some(last) = days.1 {
            body["last_day"] = last.into();
        }
        let request = Request::post("/v1/contracts", &body).by(&self.plans[plan].reviewer);
        self.client().send(&request).with(201)
    }

    /// The plans' people record the contract that a provider has had for months, if there are plans.
    fn contract(&self, client: &Client, provider: &str) {
        if self.plans.is_empty() {
            return;
        }
        let ProviderSide { key, .. } = &self.providers[provider];
        let plans: Vec<_> = self.plans.keys().collect();
        let file = json!({
            "legal_name": provider, "services": SERVICES, "counties": [COUNTY], "plans": plans, "answers": [],
            "documents": [],
        });
        let file = client.send(&Request::post("/v1/applications", &file).by(key)).with(201);
        for side in self.plans.values() {
            let decision = json!({ "decision": "approve", "effective": "2025-11-02" });
            let request = Request::post(format!("{}/decisions", path_of(&file)), &decision);
            client.send(&request.by(&side.reviewer).of_version(&file["version"])).with(200);
        }
    }
}

/// Adds the counties of the tests.
#[track_caller]
pub(crate) fn add_counties(client: &Client, operator: &str) {
    for (code, name) in COUNTIES {
        let body = json!({
            "code": code, "name": { "en": name, "es": name }, "region": "invented", "invented": true,
        });
        client.send(&Request::post("/v1/counties", &body).by(operator)).with(201);
    }
}

#[track_caller]
fn activate(server: &Server, admin: &str, plan: &str, bytes: &[u8]) -> String {
    let digest = upload(server, admin, plan, bytes);
    let request = Request::post(format!("/v1/plans/{plan}/activations"), &json!({ "digest": digest }));
    server.client().send(&request.by(admin)).with(201);
    digest
}

/// Uploads a component, and gives its digest once it is compiled.
#[track_caller]
fn upload(server: &Server, admin: &str, plan: &str, bytes: &[u8]) -> String {
    let client = server.client();
    machine_code::lend(server.folder(), bytes);
    let upload = Request::bytes(format!("/v1/plans/{plan}/plugins"), "application/wasm", bytes.to_vec());
    let uploaded = client.send(&upload.by(admin));
    assert!([201, 202].contains(&uploaded.status), "{}", uploaded.json);
    let digest = text(&uploaded.json, "/digest").to_owned();
    // A busy machine, or a test that wants it so, compiles behind the answer.
    until("the component to be compiled", || {
        client.read(admin, &format!("/v1/plugins/{digest}"))["compiling"].is_null().then_some(())
    });
    machine_code::keep(server.folder(), bytes);
    digest
}

/// Path of a case in the API.
fn path_of(case: &Value) -> String {
    format!("/v1/{}s/{}", text(case, "/kind"), text(case, "/id"))
}

/// The text at a JSON Pointer; empty where there is none.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Facts, as requests carry them.
pub(crate) fn facts(known: &[(&str, Value)]) -> Value {
    known.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect()
}

/// A line of a request: units of a procedure, such as `T2033 U6`, over days.
pub(crate) fn asked(procedure: &str, units: u32, first: &str, last: &str) -> Value {
    json!({ "procedure": procedure_of(procedure), "units": units, "first": first, "last": last })
}

/// A line of a claim for one day.
pub(crate) fn billed(procedure: &str, units: u32, day: &str, charge: &str) -> Value {
    let procedure = procedure_of(procedure);
    json!({ "procedure": procedure, "place": "99", "first": day, "last": day, "units": units, "charge": charge })
}

fn procedure_of(text: &str) -> Value {
    let (code, modifiers) = text.split_once(' ').unwrap_or((text, ""));
    json!({ "code": code, "modifiers": modifiers.split_whitespace().collect::<Vec<_>>() })
}

/// The plan and the number make it nobody else's; the factor scatters the numbers.
fn cin(plan: usize, number: usize) -> String {
    format!("9{}{:06}A", plan + 1, (number * 7_919 + 104_729) % 1_000_000)
}

fn member_file(plan: &str, place: usize) -> String {
    let mut file = String::from(
        "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,City,Zip,\
         Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
         Dual Status Code,Renewal Month,PCP NPI\r\n",
    );
    for number in 0..MEMBERS {
        let cin = cin(place, number);
        let group = if plan == "harbor-crest" && number >= MEMBERS - IN_GROUP { "SRM1" } else { "" };
        // A D-SNP's members are in its matching Medi-Cal plan too: two rows for one person.
        let lines: &[_] = if plan == "silver-oak" {
            &[("medi-cal", "2024-01-01", "02"), ("d-snp", "2026-01-01", "02")]
        } else {
            &[("medi-cal", "2024-01-01", "00")]
        };
        for (line, first, dual) in lines {
            file += &format!(
                "{cin},M{number},{FAMILY},{GIVEN},{BORN},U,en,{COUNTY},,San Ravel,96191,Y,209-555-0100,{first},,{line},\
                 {group},{dual},6,\r\n",
            );
        }
    }
    file
}

/// A National Provider Identifier with its check digit; the prefix 2 is not given out, so it is nobody's.
fn npi(place: usize) -> String {
    let digits = format!("{:09}", 200_555_100 + place);
    // Luhn over 80840 and the nine digits (CMS, "Requirements for NPI and NPI check digit").
    let sum: u32 = format!("80840{digits}")
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let doubled = u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 };
            doubled / 10 + doubled % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
