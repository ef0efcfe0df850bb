//! Declarations of a profile that the host does not carry out yet. They are accepted, and their author is
//! told; providers do not read them, since they would rely on what nobody does.

use serde_json::Value;

use super::Ground;
use crate::plan::profile::Mode;
use crate::plan::types::Workflow;
use crate::words;

/// Something that a profile declares and that has no effect here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileWarning {
    /// Code that never changes.
    pub code: WarningCode,
    /// A JSON Pointer into the profile: where it is declared first.
    pub at: String,
}

words! {
    /// Kind of something that a profile declares and that has no effect here.
    pub enum WarningCode {
        WaitList = "wait-list",
        RateTier = "rate-tier",
        Layouts = "layouts",
        Exchange = "exchange",
        ClaimRoute = "claim-route",
        Languages = "languages",
        Contacts = "contacts",
        FactProof = "fact-proof",
    }
}

impl WarningCode {
    /// Meaning for the plan, in a sentence.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::WaitList => {
                "the host keeps no wait list: members past the cap are answered by the plan's criteria, and nobody is told of a list"
            }
            Self::RateTier => {
                "the host reads no tier of a rate: it neither chooses a rate by tier nor checks one"
            }
            Self::Layouts => "the host writes and reads no files by layout: providers are not sent there",
            Self::Exchange => {
                "the host does not ask the exchange interface: files that the plugin renders go nowhere"
            }
            Self::ClaimRoute => {
                "the host sends no claim to a clearinghouse: claims are taken here, whatever form and payer id say"
            }
            Self::Languages => "the host matches no member with a language of the plan's people",
            Self::Contacts => {
                "no notice names the desks, and providers do not see them: they stand in the profile for the plan's own people"
            }
            Self::FactProof => {
                "the host asks for no document because a fact of the plan's own names its proof"
            }
        }
    }
}

/// Everything that a profile declares and the host does not carry out, each kind once, where it is declared
/// first.
#[must_use]
pub fn profile_warnings(ground: Ground<'_>) -> Vec<ProfileWarning> {
    let profile = ground.profile;
    let wait_list =
        profile.elections.iter().position(|one| one.capacity.as_ref().is_some_and(|cap| cap.wait_list));
    let tier = profile.rates.iter().position(|rate| rate.tier.is_some());
    let exchange = profile
        .modes
        .iter()
        .position(|mode| mode.workflow == Workflow::Exchange && mode.mode != Mode::People);
    let proof = profile.facts.iter().position(|fact| fact.proof.is_some());
    let first = |is_empty: bool| (!is_empty).then_some(0);
    let found = [
        (WarningCode::WaitList, wait_list.map(|place| format!("/elections/{place}/capacity/wait_list"))),
        (WarningCode::RateTier, tier.map(|place| format!("/rates/{place}/tier"))),
        (WarningCode::Layouts, first(profile.layouts.is_empty()).map(|place| format!("/layouts/{place}"))),
        (WarningCode::Exchange, exchange.map(|place| format!("/modes/{place}"))),
        (
            WarningCode::ClaimRoute,
            first(profile.claims.payer_id.is_empty()).map(|_| "/claims/payer_id".to_owned()),
        ),
        (
            WarningCode::Languages,
            first(profile.languages.is_empty()).map(|place| format!("/languages/{place}")),
        ),
        (WarningCode::Contacts, first(profile.contacts.is_empty()).map(|place| format!("/contacts/{place}"))),
        (WarningCode::FactProof, proof.map(|place| format!("/facts/{place}/proof"))),
    ];
    let warning = |(code, at): (WarningCode, Option<String>)| Some(ProfileWarning { code, at: at? });
    found.into_iter().filter_map(warning).collect()
}

/// Takes what the host does not carry out out of a profile that providers read, written as JSON: all that
/// [`profile_warnings`] names, wherever it stands.
pub fn withhold_without_effect(profile: &mut Value) {
    for code in WarningCode::ALL {
        match code {
            WarningCode::WaitList => {
                each(profile, "elections", |one| remove(one.get_mut("capacity"), "wait_list"));
            }
            WarningCode::RateTier => each(profile, "rates", |one| remove(Some(one), "tier")),
            WarningCode::Layouts => remove(Some(profile), "layouts"),
            WarningCode::Exchange => {
                if let Some(modes) = profile.get_mut("modes").and_then(Value::as_array_mut) {
                    modes.retain(|one| one["workflow"] != "exchange");
                }
            }
            WarningCode::ClaimRoute => {
                remove(profile.get_mut("claims"), "form");
                remove(profile.get_mut("claims"), "payer_id");
            }
            WarningCode::Languages => remove(Some(profile), "languages"),
            WarningCode::Contacts => remove(Some(profile), "contacts"),
            WarningCode::FactProof => each(profile, "facts", |one| remove(Some(one), "proof")),
        }
    }
}

fn each(profile: &mut Value, list: &str, change: impl FnMut(&mut Value)) {
    profile.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(change);
}

fn remove(of: Option<&mut Value>, name: &str) {
    if let Some(object) = of.and_then(Value::as_object_mut) {
        object.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_warning_has_a_sentence_of_its_own() {
        let sentences: BTreeSet<&str> = WarningCode::ALL.iter().map(|code| code.text()).collect();
        assert_eq!(sentences.len(), WarningCode::ALL.len());
    }
}
