//! Declarations of a profile that the host does not carry out yet. They are accepted, and their author is
//! told; nobody else is told that they exist.

use super::Ground;
use crate::plan::profile::Mode;
use crate::plan::types::Workflow;

/// Something that a profile declares and that has no effect here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileWarning {
    /// Code that never changes.
    pub code: &'static str,
    /// A JSON Pointer into the profile: where it is declared first.
    pub at: String,
    /// Meaning for the plan, in a sentence.
    pub text: String,
}

/// The warnings by code: what each is about.
const WARNINGS: [(&str, &str); 8] = [
    (
        "wait-list",
        "the host keeps no wait list: members past the cap are answered by the plan's criteria, and nobody is told of a list",
    ),
    ("rate-tier", "the host reads no tier of a rate: it neither chooses a rate by tier nor checks one"),
    ("layouts", "the host writes and reads no files by layout: providers are not sent there"),
    ("exchange", "the host does not ask the exchange interface: files that the plugin renders go nowhere"),
    (
        "claim-route",
        "the host sends no claim to a clearinghouse: claims are taken here, whatever form and payer id say",
    ),
    ("languages", "the host matches no member with a language of the plan's people"),
    ("contacts", "the host shows the desks in the profile only: no notice names one"),
    ("fact-proof", "the host asks for no document because a fact of the plan's own names its proof"),
];

/// The sentence of a warning.
#[must_use]
pub fn warning_text(code: &str) -> Option<&'static str> {
    WARNINGS.iter().find(|(known, _)| *known == code).map(|(_, text)| *text)
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
        ("wait-list", wait_list.map(|place| format!("/elections/{place}/capacity/wait_list"))),
        ("rate-tier", tier.map(|place| format!("/rates/{place}/tier"))),
        ("layouts", first(profile.layouts.is_empty()).map(|place| format!("/layouts/{place}"))),
        ("exchange", exchange.map(|place| format!("/modes/{place}"))),
        ("claim-route", first(profile.claims.payer_id.is_empty()).map(|_| "/claims/payer_id".to_owned())),
        ("languages", first(profile.languages.is_empty()).map(|place| format!("/languages/{place}"))),
        ("contacts", first(profile.contacts.is_empty()).map(|place| format!("/contacts/{place}"))),
        ("fact-proof", proof.map(|place| format!("/facts/{place}/proof"))),
    ];
    let warning = |(code, at): (&'static str, Option<String>)| {
        Some(ProfileWarning { code, at: at?, text: warning_text(code)?.to_owned() })
    };
    found.into_iter().filter_map(warning).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_warning_has_a_sentence_of_its_own() {
        for (place, (code, text)) in WARNINGS.iter().enumerate() {
            assert_eq!(warning_text(code), Some(*text));
            assert!(WARNINGS[..place].iter().all(|(other, _)| other != code), "{code}");
        }
    }
}
