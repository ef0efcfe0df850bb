//! The stage of every journey: the organizations with their keys, the clock, the story.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::case::Case;
use super::client::{Answer, Client, Key, Trouble};
use super::county::{Neighbor, PLANS, PROVIDERS, Person};
use super::story::Story;

/// One plan's people and its plugin.
pub(super) struct PlanSide {
    /// Id of its organization at the service.
    pub(super) id: String,
    /// Publishes rules and member files.
    pub(super) admin: Key,
    /// Decides, and holds a clinical license.
    pub(super) reviewer: Key,
    /// Decides, without a license.
    pub(super) clerk: Key,
    /// SHA-256 of the plugin that is active.
    pub(super) digest: String,
}

/// A provider that was set up.
pub(super) struct ProviderSide {
    /// Id of its organization at the service.
    pub(super) id: String,
    /// Its software's key, if it acts in a journey.
    pub(super) key: Option<Key>,
}

/// Everything a journey may use.
pub(super) struct Stage<'a> {
    pub(super) client: Client,
    pub(super) operator: Key,
    pub(super) story: Story<'a>,
    pub(super) today: Date,
    pub(super) plugins_dir: std::path::PathBuf,
    pub(super) plans: Vec<PlanSide>,
    pub(super) providers: Vec<ProviderSide>,
    /// Numbers for the end: what was loaded.
    pub(super) members: u64,
    /// The evaluation that a later journey replays: its plan and its id.
    pub(super) to_replay: Option<(&'static str, String)>,
}

impl Stage<'_> {
    /// People and keys of a plan.
    pub(super) fn plan(&self, id: &str) -> Result<&PlanSide, Trouble> {
        let place = PLANS.iter().position(|plan| plan.id == id);
        place.and_then(|place| self.plans.get(place)).ok_or_else(|| Trouble(format!("{id} was not set up")))
    }

    /// A provider's id and key.
    pub(super) fn provider(&self, place: usize) -> Result<(String, Key), Trouble> {
        self.providers
            .get(place)
            .and_then(|side| Some((side.id.clone(), side.key.clone()?)))
            .ok_or_else(|| Trouble(format!("{} was not set up", PROVIDERS[place].name)))
    }

    /// A provider's software's key.
    pub(super) fn key_of(&self, place: usize) -> Result<Key, Trouble> {
        self.provider(place).map(|(_, key)| key)
    }

    /// The day that many days from today.
    pub(super) fn day(&self, from_today: i64) -> String {
        self.today.saturating_add(from_today.days()).to_string()
    }

    /// The case as its owner sees it now.
    pub(super) fn read(&self, key: &Key, case: &Case) -> Result<Case, Trouble> {
        self.client.get(key, &case.path())?.case()
    }

    /// Sends a new case.
    pub(super) fn send(&self, key: &Key, list: &str, body: &Value) -> Result<Case, Trouble> {
        self.client.post(key, &format!("/v1/{list}"), body)?.case()
    }

    /// Sends what a plan still needed.
    pub(super) fn supply(
        &self,
        key: &Key,
        case: &Case,
        facts: Value,
        documents: Value,
    ) -> Result<Case, Trouble> {
        self.client
            .change(key, case, "information", &json!({ "facts": facts, "documents": documents }))?
            .case()
    }

    /// Decides a case, as it stands now, for a plan's people.
    pub(super) fn decide(&self, key: &Key, case: &Case, decision: &Value) -> Result<Answer, Trouble> {
        let case = self.read(key, case)?;
        self.client.change(key, &case, "decisions", decision)
    }

    /// The plan's worklist entry for a case.
    pub(super) fn work_item(&self, key: &Key, case: &Case) -> Result<Value, Trouble> {
        let list = self.client.get(key, "/v1/worklist?limit=200")?.with(200)?;
        list["items"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|item| item["case"] == case.id())
            .cloned()
            .ok_or_else(|| {
                Trouble("expected the case in the plan's worklist, got a list without it".to_owned())
            })
    }
}

/// Reference to a member in a request: number, birth date and names.
pub(super) fn member(person: &Person) -> Value {
    json!({
        "cin": person.cin, "birth_date": person.born.to_string(),
        "family_name": person.family, "given_name": person.given,
    })
}

/// The same to a member of the crowd.
pub(super) fn neighbor(one: &Neighbor) -> Value {
    json!({
        "cin": one.cin, "birth_date": one.born, "family_name": one.family, "given_name": one.given,
    })
}

/// Facts, as requests carry them.
pub(super) fn facts(known: &[(&str, Value)]) -> Value {
    known.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect()
}

/// Units of one procedure over days.
pub(super) fn asked(code: &str, modifiers: &[&str], units: u32, first: &str, last: &str) -> Value {
    json!({ "procedure": { "code": code, "modifiers": modifiers }, "units": units, "first": first, "last": last })
}

/// A line of a claim for one day. The charge is in dollars.
pub(super) fn billed(code: &str, modifiers: &[&str], units: u32, day: &str, charge: &str) -> Value {
    json!({
        "procedure": { "code": code, "modifiers": modifiers },
        "place": "99", "first": day, "last": day, "units": units, "charge": charge,
    })
}
