//! One plan, one provider with a contract, and as many members as requests: set up by the API. All invented.

use std::net::SocketAddr;

use domain::time::Ids;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, Connection, Outcome, get, post};

/// Instant at which everything happens.
pub const NOW: &str = "2026-03-02T17:00:00Z";

/// Request of a provider for a member. The plan's rules say yes to both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A referral to enhanced care management.
    Referral,
    /// A request for fourteen nights of recuperative care, which count against the benefit limits.
    Authorization,
}

/// A county of one plan, one provider and many members.
#[derive(Clone, Debug)]
pub struct County {
    provider_key: String,
    admin_key: String,
    /// Client index numbers. There is a request of each kind for the first one on the record, and for nobody
    /// else.
    pub members: Vec<String>,
    firsts: Vec<(Asked, String)>,
}

impl Asked {
    /// Both kinds, in the order in which they are measured.
    pub const ALL: [Self; 2] = [Self::Referral, Self::Authorization];

    /// As the API calls one.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Authorization => "authorization",
        }
    }

    /// Path that the request is sent to.
    #[must_use]
    pub fn path(self) -> String {
        format!("/v1/{}s", self.name())
    }

    /// The state of one to which the rules said yes.
    #[must_use]
    pub fn good(self) -> &'static str {
        match self {
            Self::Referral => "accepted",
            Self::Authorization => "approved",
        }
    }

    /// The key of a member's request.
    #[must_use]
    pub fn idempotency_key(self, member: &str) -> String {
        format!("{}-{member}", self.name())
    }

    fn body(self, member: &str) -> Value {
        let member =
            json!({ "cin": member, "birth_date": BORN, "family_name": "Example", "given_name": "Alba" });
        let facts = |own: &[Value]| {
            let both = [
                json!({ "code": "consent.member-agrees", "value": true, "source": "member" }),
                json!({ "code": "housing.status", "value": "homeless-unsheltered" }),
                json!({ "code": "clinical.serious-health-condition", "value": true }),
            ];
            Value::from([&both, own].concat())
        };
        match self {
            Self::Referral => json!({
                "member": member, "service": "ecm", "populations": ["homelessness"],
                "facts": facts(&[
                    json!({ "code": "clinical.complex-need", "value": true }),
                    json!({ "code": "clinical.smi-or-sud", "value": false }),
                    json!({ "code": "utilization.ed-visits-6m", "value": 4 }),
                    json!({ "code": "utilization.inpatient-stays-6m", "value": 1 }),
                    json!({ "code": "social.complex-factor", "value": true }),
                ]),
                "documents": [{ "kind": "homelessness-screening", "issued": "2026-02-27" }],
            }),
            Self::Authorization => json!({
                "member": member, "service": "recuperative-care",
                "lines": [{
                    "procedure": { "code": "T2033", "modifiers": ["U6"] }, "units": 14,
                    "first": "2026-03-02", "last": "2026-03-15",
                }],
                "facts": facts(&[
                    json!({ "code": "clinical.needs-recovery-care", "value": true }),
                    json!({ "code": "clinical.inpatient-level-needed", "value": false }),
                    json!({ "code": "discharge.facility-kind", "value": "hospital" }),
                    json!({ "code": "discharge.date", "value": "2026-03-02" }),
                    json!({ "code": "stay.expected-days", "value": 14 }),
                ]),
                "documents": [{ "kind": "discharge-summary", "issued": "2026-03-02" }],
            }),
        }
    }
}

/// Ids like the binary's.
#[derive(Clone, Copy, Debug)]
pub struct FreshIds;

impl Ids for FreshIds {
    #[expect(clippy::disallowed_methods, reason = "row ids of a bench are made as the binary makes them")]
    fn next(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "secrets of a bench are made as the binary makes them")]
    fn random(&self) -> Uuid {
        Uuid::new_v4()
    }
}

impl County {
    /// Sets it up on a new record, with one request of each kind.
    ///
    /// # Errors
    /// When the server answers otherwise than it should.
    pub fn set_up(server: SocketAddr, operator: &str, wasm: &[u8], members: usize) -> Outcome<Self> {
        let mut api = Api { connection: Connection::open(server)?, sent: 0 };
        // Those that the plan's profile names.
        for (code, name) in [("SRV", "San Ravel"), ("LDM", "Loma del Mar")] {
            let name = json!({ "en": name, "es": name });
            let county = json!({ "code": code, "name": name, "region": "invented", "invented": true });
            api.post(operator, "/v1/counties", &county)?;
        }
        let plan = api.organization(
            operator,
            &json!({ "kind": "plan", "name": "Valle Vista Health Plan", "plan_id": "valle-vista", "counties": ["SRV"] }),
        )?;
        let provider = api.organization(
            operator,
            &json!({
                "kind": "provider", "name": "Open Door Street Medicine", "npi": "1234567893",
                "provider_kinds": ["street-medicine", "recuperative-care"], "counties": ["SRV"],
            }),
        )?;
        let admin = api.key(operator, &plan, "plan-admin")?;
        let reviewer = api.key(operator, &plan, "plan-reviewer")?;
        let provider_key = api.key(operator, &provider, "provider")?;
        api.plugin(&admin, wasm)?;
        let members: Vec<String> = (0..members).map(|number| format!("9{:07}A", number + 1_000)).collect();
        // As many as are loaded at once: here nobody does what is left for later.
        for some in members.chunks(1_000) {
            api.send(&admin, "/v1/rosters", "text/csv", &[], &member_file(some))?;
        }
        api.contract(&provider_key, &reviewer)?;
        let mut county = Self { provider_key, admin_key: admin, members, firsts: Vec::new() };
        for kind in Asked::ALL {
            let first = api.first(&county, kind)?;
            county.firsts.push((kind, first));
        }
        Ok(county)
    }

    /// The id of the request of this kind that is on the record.
    ///
    /// # Errors
    /// When there is none.
    pub fn first(&self, kind: Asked) -> Outcome<&str> {
        let first = self.firsts.iter().find(|(one, _)| *one == kind);
        Ok(first.map(|(_, id)| id.as_str()).ok_or("there is no first one")?)
    }

    /// The request of this kind for a member. Its idempotency key is the member's number, which is there for
    /// one request of a kind only.
    #[must_use]
    pub fn request(&self, kind: Asked, member: &str) -> Vec<u8> {
        let headers = [
            ("Authorization", format!("Bearer {}", self.provider_key)),
            ("Idempotency-Key", format!("\"{}\"", kind.idempotency_key(member))),
            ("Content-Type", "application/json".to_owned()),
        ];
        post(
            &kind.path(),
            &headers.each_ref().map(|(name, value)| (*name, value.as_str())),
            kind.body(member).to_string().as_bytes(),
        )
    }

    /// Sends a member file of these numbers, and gives the id of the file.
    ///
    /// # Errors
    /// When it is refused.
    pub fn load_members(&self, connection: &mut Connection, members: &[String]) -> Outcome<String> {
        let first = members.first().map_or("", String::as_str);
        let (bearer, once) = (format!("Bearer {}", self.admin_key), format!("\"members-{first}\""));
        let headers =
            [("Authorization", &*bearer), ("Idempotency-Key", &*once), ("Content-Type", "text/csv")];
        let answer = connection.exchange(&post("/v1/rosters", &headers, &member_file(members)))?;
        word(&done("/v1/rosters", &answer)?, "id")
    }

    /// Rows of a member file that are in the record, once all are that can be; `None` while it is under way.
    ///
    /// # Errors
    /// When the server does not say.
    pub fn rows_loaded(&self, connection: &mut Connection, roster: &str) -> Outcome<Option<u64>> {
        let (path, bearer) = (format!("/v1/rosters/{roster}"), format!("Bearer {}", self.admin_key));
        let answer = connection.exchange(&get(&path, &[("Authorization", &bearer)]))?;
        let shown = done(&path, &answer)?;
        let is_loaded = word(&shown, "state")? == "loaded";
        Ok(shown["accepted"].as_u64().filter(|_| is_loaded))
    }

    /// Posts as the plan's administrator: `once` makes each command another one.
    ///
    /// # Errors
    /// When nothing was done.
    pub fn command(
        &self,
        connection: &mut Connection,
        path: &str,
        once: &str,
        media: &str,
        body: &[u8],
    ) -> Outcome<Value> {
        let (bearer, once) = (format!("Bearer {}", self.admin_key), format!("\"{once}\""));
        let headers = [("Authorization", &*bearer), ("Idempotency-Key", &*once), ("Content-Type", media)];
        done(path, &connection.exchange(&post(path, &headers, body))?)
    }
}

const BORN: &str = "1979-05-14";

fn member_file(members: &[String]) -> Vec<u8> {
    let mut file = "CIN,Plan Member ID,Last Name,First Name,Date of Birth,Sex,Spoken Language,County,Residential Address,\
        City,Zip,Homelessness Indicator,Phone Number,Coverage Start Date,Coverage End Date,Line of Business,Group Code,\
        Dual Status Code,Renewal Month,PCP NPI"
        .to_owned();
    for cin in members {
        let number = &cin[1..8];
        file += &format!(
            "\r\n{cin},VV{number},Example,Alba,{BORN},U,es,SRV,,San Ravel,96191,Y,209-555-0100,2025-01-01,,medi-cal,,00,6,"
        );
    }
    file += "\r\n";
    file.into_bytes()
}

/// Uploads Valle Vista's rules and lets them decide, where the plan's organization is on the record already.
/// Gives the digest of the component.
///
/// # Errors
/// When the server answers otherwise than it should.
pub fn let_rules_decide(
    server: SocketAddr,
    operator: &str,
    organization: &str,
    wasm: &[u8],
) -> Outcome<String> {
    let mut api = Api { connection: Connection::open(server)?, sent: 0 };
    let admin = api.key(operator, organization, "plan-admin")?;
    api.plugin(&admin, wasm)
}

/// The API, asked by one client.
struct Api {
    connection: Connection,
    sent: u32,
}

impl Api {
    /// Posts, and gives the body of an answer that something was done.
    fn send(
        &mut self,
        key: &str,
        path: &str,
        media: &str,
        headers: &[(&str, &str)],
        bytes: &[u8],
    ) -> Outcome<Value> {
        self.sent += 1;
        let (bearer, once) = (format!("Bearer {key}"), format!("\"set-up-{:04}\"", self.sent));
        let mut all = vec![("Authorization", &*bearer), ("Idempotency-Key", &*once), ("Content-Type", media)];
        all.extend_from_slice(headers);
        let answer = self.connection.exchange(&post(path, &all, bytes))?;
        done(path, &answer)
    }

    fn post(&mut self, key: &str, path: &str, body: &Value) -> Outcome<Value> {
        self.send(key, path, "application/json", &[], body.to_string().as_bytes())
    }

    fn organization(&mut self, operator: &str, body: &Value) -> Outcome<String> {
        word(&self.post(operator, "/v1/organizations", body)?, "id")
    }

    fn key(&mut self, operator: &str, organization: &str, role: &str) -> Outcome<String> {
        let body = json!({ "organization": organization, "role": role, "label": role });
        word(&self.post(operator, "/v1/keys", &body)?, "key")
    }

    fn plugin(&mut self, admin: &str, wasm: &[u8]) -> Outcome<String> {
        let uploaded = self.send(admin, "/v1/plans/valle-vista/plugins", "application/wasm", &[], wasm)?;
        let digest = word(&uploaded, "digest")?;
        self.post(admin, "/v1/plans/valle-vista/activations", &json!({ "digest": digest }))?;
        Ok(digest)
    }

    /// The plan's people approve the provider's file.
    fn contract(&mut self, provider: &str, reviewer: &str) -> Outcome<()> {
        let file = json!({
            "legal_name": "Open Door Street Medicine", "services": ["ecm", "recuperative-care"], "counties": ["SRV"],
            "plans": ["valle-vista"], "answers": [], "documents": [],
        });
        let file = self.post(provider, "/v1/applications", &file)?;
        let path = format!("/v1/applications/{}/decisions", word(&file, "id")?);
        let version = format!("\"{}\"", file["version"]);
        let decision = json!({ "decision": "approve", "effective": "2026-01-01" }).to_string();
        self.send(reviewer, &path, "application/json", &[("If-Match", &version)], decision.as_bytes())?;
        Ok(())
    }

    fn first(&mut self, county: &County, kind: Asked) -> Outcome<String> {
        let answer = self.connection.exchange(&county.request(kind, &county.members[0]))?;
        let first = done(&kind.path(), &answer)?;
        match first["state"].as_str() {
            Some(state) if state == kind.good() => word(&first, "id"),
            state => {
                Err(format!("the first {} is to be {}, and is {state:?}", kind.name(), kind.good()).into())
            }
        }
    }
}

fn done(path: &str, answer: &Answer) -> Outcome<Value> {
    if !(200..300).contains(&answer.status) {
        let body = String::from_utf8_lossy(&answer.body);
        return Err(format!("{path} was answered {}: {body}", answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

fn word(body: &Value, name: &str) -> Outcome<String> {
    Ok(body[name].as_str().ok_or_else(|| format!("an answer has no {name}"))?.to_owned())
}
