//! People of a filled county who are signed in to its pages.

use std::time::Duration;

use bench::{Connection, FreshIds, NOW, Outcome, get, let_rules_decide};
use domain::identifiers::{Digest, OrgId, PlanId, SessionId};
use domain::session::Session as Life;
use domain::time::Ids;
use generate::MadeKey;
use serde_json::Value;
use store::sessions::Session;
use store::{Scope, Unit};

use crate::growth::served::{Served, Setup};

/// Plan whose rules decide here; the other plans of the county have none.
pub(super) const PLAN: &str = "valle-vista";
/// Coordinators, each of another provider: as many as the small county has.
const COORDINATORS: usize = 8;

/// Somebody with a session, which serves pages and the API alike.
pub(super) struct Person {
    secret: String,
}

impl Person {
    /// Request for a page, as a browser that takes packed pages sends it.
    pub(super) fn page(&self, path: &str) -> Vec<u8> {
        get(path, &[("Cookie", &self.cookie()), ("Accept-Encoding", "gzip")])
    }

    /// The same of one that takes them as they are.
    pub(super) fn plain_page(&self, path: &str) -> Vec<u8> {
        get(path, &[("Cookie", &self.cookie())])
    }

    /// Request to the API with the same session.
    pub(super) fn api(&self, path: &str) -> Vec<u8> {
        get(path, &[("Authorization", &format!("Bearer {}", self.secret))])
    }

    /// Answer of the API; `None` where there is no such thing for this person.
    pub(super) fn read(&self, connection: &mut Connection, path: &str) -> Outcome<Option<Value>> {
        let answer = connection.exchange(&self.api(path))?;
        match answer.status {
            200 => Ok(Some(serde_json::from_slice(&answer.body)?)),
            404 => Ok(None),
            status => {
                let body = String::from_utf8_lossy(&answer.body);
                Err(format!("{path} was answered {status}: {body}").into())
            }
        }
    }

    fn cookie(&self) -> String {
        format!("__Host-cw={}", self.secret)
    }
}

/// A county in which people are signed in and one plan's rules decide.
pub(super) struct Peopled {
    pub(super) served: Served,
    /// One of each of some providers; the first one's cases are those of [`Self::cases`].
    pub(super) coordinators: Vec<Person>,
    /// One of each plan: this person works cases and publishes rules.
    pub(super) of_plans: Vec<Person>,
    /// Whoever does so at [`PLAN`], with the plan's organization.
    pub(super) analyst: Person,
    pub(super) organization: OrgId,
    /// SHA-256 of the component with the plan's rules.
    pub(super) digest: String,
    /// Cases from all of the two years that the first coordinator sees, such as `claims/case_…`.
    pub(super) cases: Vec<String>,
}

impl Peopled {
    /// Signs people in, and lets the rules of [`PLAN`] decide.
    pub(super) fn of(setup: &Setup, served: Served, wasm: &[u8]) -> Outcome<Self> {
        let plan: PlanId = PLAN.parse()?;
        let keys = &served.made.keys;
        let own = keys.iter().find(|key| key.plan.as_ref() == Some(&plan)).ok_or("the plan is there")?;
        let organization = own.organization;
        let digest = let_rules_decide(served.address, &served.operator, &organization.to_string(), wasm)?;
        let (coordinators, of_plans, analyst, cases) = setup.runtime.block_on(async {
            let (mut coordinators, mut of_plans) = (Vec::new(), Vec::new());
            for key in keys.iter().filter(|key| key.plan.is_none()).take(COORDINATORS) {
                coordinators.push(sign_in(&served, key).await?);
            }
            for key in keys.iter().filter(|key| key.plan.is_some()) {
                of_plans.push(sign_in(&served, key).await?);
            }
            let first = keys.iter().find(|key| key.plan.is_none()).ok_or("there is a provider")?;
            let analyst = sign_in(&served, own).await?;
            Outcome::Ok((coordinators, of_plans, analyst, served.cases_seen(first).await?))
        })?;
        Ok(Self { served, coordinators, of_plans, analyst, organization, digest, cases })
    }

    pub(super) fn connection(&self) -> Outcome<Connection> {
        Ok(Connection::open(self.served.address)?)
    }

    /// Number of the county's cases, and the time in which it was filled.
    pub(super) fn filled(&self) -> (u64, Duration) {
        (self.served.cases, self.served.took)
    }
}

/// Begins a session of the first account of an organization. Signing in by the pages would take a code of an
/// authenticator that nobody has; the row of a session is the same.
async fn sign_in(served: &Served, key: &MadeKey) -> Outcome<Person> {
    let store = &served.store;
    let duty = Scope::duty("bench");
    let accounts = store::accounts::list(store, &duty, Some(key.organization), None, 1).await?;
    let account = accounts.items.first().ok_or("an organization has people")?;
    let id = SessionId::from_uuid(FreshIds.next());
    let session = Session { id, account: account.id, life: Life::begin(NOW.parse()?) };
    let secret = format!("cws_{}", FreshIds.random().simple());
    let kept = store::sessions::insert(&session, &Digest::of(secret.as_bytes()));
    store.commit(Unit::of([kept])).await?;
    Ok(Person { secret })
}
