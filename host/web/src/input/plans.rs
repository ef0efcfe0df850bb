//! Bodies about a plan's activations, signing keys and policy.

use std::collections::BTreeSet;

use domain::identifiers::{County, Digest};
use domain::problem::Code;
use domain::release::{FaultLimit, Policy, Requirement};
use domain::rollout::Cohort;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{NewActivation, NewSignature, NewSigningKey};

use super::{Input, Reader};

/// Most counties of a canary: all of the state's, and as many as may be added.
const MOST_COUNTIES: usize = 300;

/// A plugin going live.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewActivation)]
pub(crate) struct ActivationBody {
    /// SHA-256 of an uploaded component.
    digest: String,
    /// Instant from which it decides (RFC 3339); now if absent.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// First day that requests must be about: the first day of service of a claim, the day on which a
    /// referral, an authorization or a credentialing file was sent. If absent, the Pacific day of `from`;
    /// every day, if nothing else answers the plan's requests.
    #[schema(format = Date)]
    rules_from: Option<String>,
    /// Cohort whose requests it answers; everybody if absent.
    canary: Option<CanaryBody>,
}

/// A cohort: a share of the providers, or members of some counties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCanary)]
pub(crate) struct CanaryBody {
    /// So many of a hundred providers, always the same ones: 1 to 99.
    share_percent: Option<u8>,
    /// Codes of the counties whose requests it answers.
    #[schema(example = json!(["SAC"]))]
    counties: Option<Vec<String>>,
}

impl Input for ActivationBody {
    type Command = NewActivation;

    fn read(self, reader: &mut Reader) -> Option<NewActivation> {
        let digest = reader.parsed("/digest", &self.digest, "send the digest of POST /v1/plans/{id}/plugins");
        let from = reader.optional(self.from, |reader, text| {
            text.parse().ok().or_else(|| {
                let fix = "send RFC 3339, such as 2026-03-01T08:00:00Z";
                reader.refuse("/from", Code::InvalidValue, "this is no instant", fix)
            })
        });
        let rules_from = reader.optional(self.rules_from, |reader, text| {
            let day = text.parse().ok().filter(|day: &Date| day.to_string() == text);
            day.or_else(|| {
                reader.refuse(
                    "/rules_from",
                    Code::InvalidDay,
                    "this is no day of the calendar",
                    "send YYYY-MM-DD",
                )
            })
        });
        let cohort = reader.optional(self.canary, cohort);
        Some(NewActivation {
            digest: digest?,
            from: from?,
            rules_from: rules_from?,
            cohort: cohort?.unwrap_or(Cohort::Everyone),
        })
    }
}

/// Reads the cohort of a canary, which is one of the two.
fn cohort(reader: &mut Reader, body: CanaryBody) -> Option<Cohort> {
    match (body.share_percent, body.counties) {
        (Some(percent @ 1..=99), None) => Some(Cohort::Share(percent)),
        (Some(_), None) => reader.refuse(
            "/canary/share_percent",
            Code::OutOfRange,
            "the share is not from 1 to 99",
            "send one, or leave canary out for everybody",
        ),
        (None, Some(codes)) => counties(reader, codes).map(Cohort::Counties),
        _ => reader.refuse(
            "/canary",
            Code::OneOf,
            "a canary is either a share of the providers or some counties",
            "send one of: share_percent, counties",
        ),
    }
}

fn counties(reader: &mut Reader, codes: Vec<String>) -> Option<BTreeSet<County>> {
    let counties = reader.each_of_some("/canary/counties", codes, MOST_COUNTIES, |reader, at, code| {
        reader.county(at, &code)
    })?;
    Some(counties.into_iter().collect())
}

/// The activation or plugin that is rolled back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRollback)]
pub(crate) struct RollbackBody {
    /// SHA-256 of a component that decides or is scheduled to; the newest activation if absent.
    digest: Option<String>,
}

impl Input for RollbackBody {
    type Command = Option<Digest>;

    fn read(self, reader: &mut Reader) -> Option<Option<Digest>> {
        reader.optional(self.digest, |reader, text| {
            reader.parsed("/digest", &text, "send the digest of an activation, or nothing")
        })
    }
}

/// Reason for revoking a plugin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewRevocation)]
pub(crate) struct RevocationBody {
    /// Reason for the record, in one line.
    #[schema(max_length = 500)]
    reason: String,
}

impl Input for RevocationBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        reader.line("/reason", &self.reason, 500)
    }
}

/// The public half of a signing key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSigningKey)]
pub(crate) struct SigningKeyBody {
    /// The 32 bytes of an Ed25519 public key, as 64 hexadecimal digits.
    public_key: String,
    /// Purpose of the key, 1 to 100 characters.
    #[schema(max_length = 100)]
    label: String,
}

impl Input for SigningKeyBody {
    type Command = NewSigningKey;

    fn read(self, reader: &mut Reader) -> Option<NewSigningKey> {
        let public_key = hexadecimal(reader, "/public_key", &self.public_key);
        let label = reader.line("/label", &self.label, 100);
        Some(NewSigningKey { public_key: public_key?, label: label? })
    }
}

/// A detached Ed25519 signature over a component's digest.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewSignature)]
pub(crate) struct SignatureBody {
    /// The id of one of the plan's signing keys.
    key: String,
    /// The 64 bytes of the Ed25519 signature over the 32 bytes of the component's SHA-256, as 128 hexadecimal
    /// digits.
    signature: String,
}

impl Input for SignatureBody {
    type Command = NewSignature;

    fn read(self, reader: &mut Reader) -> Option<NewSignature> {
        let key = reader.parsed("/key", &self.key, "send an id of GET /v1/plans/{id}/signing-keys");
        let signature = hexadecimal(reader, "/signature", &self.signature);
        Some(NewSignature { key: key?, signature: signature? })
    }
}

/// Reads `N` bytes from `2 * N` hexadecimal digits.
fn hexadecimal<const N: usize>(reader: &mut Reader, at: &str, text: &str) -> Option<[u8; N]> {
    let digits: Option<Vec<u8>> = text
        .trim()
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect();
    let bytes = digits.filter(|digits| digits.len() == 2 * N).map(|digits| {
        let mut bytes = [0; N];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        bytes
    });
    bytes.or_else(|| {
        let detail = format!("this is not {} hexadecimal digits", 2 * N);
        reader.refuse(at, Code::InvalidValue, detail, "send the bytes in hexadecimal")
    })
}

/// Policy that a plan's releases must meet before they may decide.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPolicy)]
pub(crate) struct PolicyBody {
    /// Evidence that a release must have: any of `two-people`, `signature`, `receipt`, `shadow`.
    requires: Vec<String>,
    /// Fault rate at which the host rolls a release back by itself; never if absent.
    roll_back: Option<FaultLimitBody>,
    /// Changed approvals in its last shadow run above which somebody else than the uploader must approve and
    /// activate; no bound if absent.
    most_changed_approvals: Option<u32>,
}

/// Limit of faults at which a release is rolled back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFaultLimit)]
pub(crate) struct FaultLimitBody {
    /// Faults of a hundred calls that are allowed: 0 to 99.
    most_faults_per_hundred: u8,
    /// Calls that must have been made before the rate counts: 1 to `among`.
    at_least: u32,
    /// Newest calls among which faults are counted: 1 to 1000.
    among: u32,
}

impl Input for PolicyBody {
    type Command = Policy;

    fn read(self, reader: &mut Reader) -> Option<Policy> {
        let requires = reader.each("/requires", self.requires, 4, |reader, at, word| {
            Requirement::named(&word).or_else(|| {
                let fix = "send one of: two-people, signature, receipt, shadow";
                reader.refuse(at, Code::UnknownCode, "this is none of the known words", fix)
            })
        });
        let roll_back = reader.optional(self.roll_back, fault_limit);
        Some(Policy {
            requires: requires?.into_iter().collect(),
            roll_back: roll_back?,
            most_changed_approvals: self.most_changed_approvals.map(u64::from),
        })
    }
}

fn fault_limit(reader: &mut Reader, body: FaultLimitBody) -> Option<FaultLimit> {
    let FaultLimitBody { most_faults_per_hundred, at_least, among } = body;
    if most_faults_per_hundred > 99 || !(1..=1000).contains(&among) || !(1..=among).contains(&at_least) {
        return reader.refuse(
            "/roll_back",
            Code::OutOfRange,
            "these numbers do not make a fault limit",
            "send `most_faults_per_hundred` from 0 to 99, `among` from 1 to 1000, and `at_least` from 1 to `among`",
        );
    }
    Some(FaultLimit { most_per_hundred: most_faults_per_hundred, at_least, among })
}
