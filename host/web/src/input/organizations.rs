//! Organizations and their keys.

use domain::dictionary::Dictionary;
use domain::identifiers::County;
use domain::plan::types::Bilingual;
use domain::problem::Code;
use domain::time::whole_milliseconds;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::Role;
use workflow::command::{NewCounty, NewKey, NewOrganization, OrganizationChange, OrganizationKind, Rotation};

use super::{Input, Reader, SentenceBody};

/// Most counties that one organization serves: all of the state's, and as many as may be added.
const MOST_COUNTIES: usize = 300;

/// An organization to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrganization)]
pub(crate) struct NewOrganizationBody {
    /// `provider`, `plan` or `county`.
    kind: String,
    /// Name of the organization, 1 to 200 characters.
    #[schema(max_length = 200)]
    name: String,
    /// National Provider Identifier; providers must have one.
    #[schema(example = "1234567893")]
    npi: Option<String>,
    /// Id of the plan, for plans.
    #[schema(example = "valle-vista")]
    plan_id: Option<String>,
    /// Kinds of the provider, as `GET /v1/dictionary/provider-kinds` lists them.
    #[serde(default)]
    provider_kinds: Vec<String>,
    /// NUCC taxonomy codes of the provider, ten characters each.
    #[serde(default)]
    taxonomies: Vec<String>,
    /// Codes of the counties that it serves.
    #[serde(default)]
    counties: Vec<String>,
}

/// An invented county, for a demonstration or a test.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCounty)]
pub(crate) struct NewCountyBody {
    /// Its code: three capital letters, and none of the state's.
    #[schema(example = "QZV")]
    code: String,
    /// Its name, without the word for county; 1 to 100 characters.
    name: SentenceBody,
    /// The region that it lies in, in words of your own.
    #[schema(max_length = 60)]
    region: String,
    /// True: California's own 58 are known, so that what is added is made up.
    invented: bool,
}

/// Changes to an organization. A field that is absent or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationChange)]
pub(crate) struct OrganizationChangeBody {
    /// Name of the organization, 1 to 200 characters.
    #[schema(max_length = 200)]
    name: Option<String>,
    /// National Provider Identifier, for providers.
    #[schema(example = "1234567893")]
    npi: Option<String>,
    /// All kinds of the provider, in place of those on record.
    provider_kinds: Option<Vec<String>>,
    /// NUCC taxonomy codes, all of them.
    taxonomies: Option<Vec<String>>,
    /// Codes of the counties that it serves, all of them.
    counties: Option<Vec<String>>,
}

/// Reason for pausing or ending an organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationReason)]
pub(crate) struct ReasonBody {
    /// Reason for the record, in one line.
    #[schema(max_length = 500)]
    reason: String,
}

/// Another label for a key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyChange)]
pub(crate) struct KeyChangeBody {
    /// Purpose of the key, 1 to 100 characters.
    #[schema(max_length = 100)]
    label: String,
}

/// An API key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub(crate) struct NewKeyBody {
    /// Id of the key's organization; your own if absent. Only the operator makes keys of others.
    organization: Option<String>,
    /// `provider`, `plan-reviewer`, `plan-admin` or `operator`.
    role: String,
    /// Purpose of the key, 1 to 100 characters.
    #[schema(max_length = 100)]
    label: String,
    /// The clinical license of its holder, for plan reviewers who may deny for medical necessity.
    #[schema(example = "RN 555012", max_length = 60)]
    license: Option<String>,
    /// True if a provider's key may make, name and end keys of its organization; false if absent. A plan's
    /// administrator and the operator always may.
    manages_keys: Option<bool>,
    /// Instant from which on the key no longer works (RFC 3339); no end if absent.
    #[schema(format = DateTime, example = "2027-01-31T08:00:00Z")]
    expires_at: Option<String>,
}

/// Replacement of a key by a new one of the same role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KeyRotation)]
pub(crate) struct RotationBody {
    /// Hours for which the old key goes on, 24 if not said; 0: it ends at once.
    #[schema(maximum = 720, example = 24)]
    overlap_hours: Option<u16>,
    /// Instant from which on the new key no longer works (RFC 3339); if absent, it lasts as long as the old
    /// one was made for.
    #[schema(format = DateTime, example = "2027-01-31T08:00:00Z")]
    expires_at: Option<String>,
}

/// Most hours for which a key goes on that another takes the place of: 30 days.
const MOST_OVERLAP_HOURS: u16 = 720;
/// As many, if nothing is said.
const USUAL_OVERLAP_HOURS: u16 = 24;

impl Input for NewOrganizationBody {
    type Command = NewOrganization;

    fn read(self, reader: &mut Reader) -> Option<NewOrganization> {
        use OrganizationKind as K;
        let kinds = [("provider", K::Provider), ("plan", K::Plan), ("county", K::County)];
        let kind = reader.one_of("/kind", &self.kind, &kinds);
        match kind {
            Some(K::Provider) => {
                reader.absent("/plan_id", &self.plan_id, "a provider");
                reader.present("/npi", self.npi.as_ref(), "a provider");
            }
            Some(K::Plan) => {
                reader.absent("/npi", &self.npi, "a plan");
                reader.present("/plan_id", self.plan_id.as_ref(), "a plan");
            }
            Some(K::County) => {
                reader.absent("/npi", &self.npi, "a county");
                reader.absent("/plan_id", &self.plan_id, "a county");
            }
            None => {}
        }
        let name = reader.line("/name", &self.name, 200);
        let npi = reader.optional(self.npi, |reader, text| {
            reader.parsed("/npi", &text, "look it up in the NPI registry")
        });
        let plan = reader.optional(self.plan_id, |reader, text| {
            reader.parsed("/plan_id", &text, "send a slug, such as valle-vista")
        });
        let provider_kinds = provider_kinds(reader, self.provider_kinds);
        let taxonomies = reader.each("/taxonomies", self.taxonomies, 20, taxonomy);
        let counties = counties(reader, self.counties);
        Some(NewOrganization {
            kind: kind?,
            name: name?,
            npi: npi?,
            plan: plan?,
            provider_kinds: provider_kinds?,
            taxonomies: taxonomies?,
            counties: counties?,
        })
    }
}

impl Input for NewCountyBody {
    type Command = NewCounty;

    fn read(self, reader: &mut Reader) -> Option<NewCounty> {
        let code = reader.parsed("/code", &self.code, "send three letters, such as QZV");
        let en = reader.line("/name/en", &self.name.en, 100);
        let es = reader.line("/name/es", &self.name.es, 100);
        let region = reader.line("/region", &self.region, 60);
        if !self.invented {
            let fix = "send true if it is made up; GET /v1/dictionary/counties lists those that are not";
            reader.refuse::<()>(
                "/invented",
                Code::NotInvented,
                "the state has 58 counties, and they are known",
                fix,
            );
        }
        Some(NewCounty { code: code?, name: Bilingual { en: en?, es: es? }, region: region? })
    }
}

impl Input for NewKeyBody {
    type Command = NewKey;

    fn read(self, reader: &mut Reader) -> Option<NewKey> {
        let organization = reader.optional(self.organization, |reader, id| {
            reader.parsed("/organization", &id, "send the id of POST /v1/organizations")
        });
        let role = reader.word_of("/role", &self.role, Role::ALL);
        if let Some(role) = role.filter(|role| *role != Role::PlanReviewer) {
            reader.absent("/license", &self.license, role.name());
        }
        if let Some(role) = role.filter(|role| *role != Role::Provider) {
            reader.absent("/manages_keys", &self.manages_keys, role.name());
        }
        let label = reader.line("/label", &self.label, 100);
        let license = reader.optional(self.license, |reader, text| reader.line("/license", &text, 60));
        let expires_at = end_of(reader, self.expires_at);
        Some(NewKey {
            expires_at: expires_at?,
            organization: organization?,
            role: role?,
            manages_keys: self.manages_keys.unwrap_or(false),
            label: label?,
            license: license?,
        })
    }
}

impl Input for RotationBody {
    type Command = Rotation;

    fn read(self, reader: &mut Reader) -> Option<Rotation> {
        let expires_at = end_of(reader, self.expires_at);
        let overlap_hours = self.overlap_hours.unwrap_or(USUAL_OVERLAP_HOURS);
        if overlap_hours > MOST_OVERLAP_HOURS {
            reader.refuse::<()>(
                "/overlap_hours",
                Code::OutOfRange,
                "the old key would go on for longer than 30 days",
                format!("send 0 to {MOST_OVERLAP_HOURS}"),
            );
        }
        Some(Rotation { overlap_hours, expires_at: expires_at? })
    }
}

/// The instant at which a key ends, to the millisecond.
fn end_of(reader: &mut Reader, sent: Option<String>) -> Option<Option<Timestamp>> {
    reader.optional(sent, |reader, text| {
        let end: Timestamp =
            reader.parsed("/expires_at", &text, "send RFC 3339, such as 2027-01-31T08:00:00Z")?;
        Some(whole_milliseconds(end))
    })
}

impl Input for OrganizationChangeBody {
    type Command = OrganizationChange;

    fn read(self, reader: &mut Reader) -> Option<OrganizationChange> {
        let name = reader.optional(self.name, |reader, name| reader.line("/name", &name, 200));
        let npi = reader.optional(self.npi, |reader, text| {
            reader.parsed("/npi", &text, "look it up in the NPI registry")
        });
        let provider_kinds = reader.optional(self.provider_kinds, provider_kinds);
        let taxonomies =
            reader.optional(self.taxonomies, |reader, codes| reader.each("/taxonomies", codes, 20, taxonomy));
        let counties = reader.optional(self.counties, counties);
        Some(OrganizationChange {
            name: name?,
            npi: npi?,
            provider_kinds: provider_kinds?,
            taxonomies: taxonomies?,
            counties: counties?,
        })
    }
}

impl Input for ReasonBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        reader.line("/reason", &self.reason, 500)
    }
}

impl Input for KeyChangeBody {
    type Command = String;

    fn read(self, reader: &mut Reader) -> Option<String> {
        reader.line("/label", &self.label, 100)
    }
}

fn provider_kinds(reader: &mut Reader, codes: Vec<String>) -> Option<Vec<String>> {
    reader.each("/provider_kinds", codes, 20, |reader, at, code| {
        reader.code(at, &code, "kind of provider", Dictionary::state().provider_kinds())
    })
}

fn counties(reader: &mut Reader, codes: Vec<String>) -> Option<Vec<County>> {
    reader.each("/counties", codes, MOST_COUNTIES, |reader, at, code| reader.county(at, &code))
}

/// A code of the NUCC health care provider taxonomy: ten letters and digits that end in X.
fn taxonomy(reader: &mut Reader, at: &str, code: String) -> Option<String> {
    let fits = code.len() == 10
        && code.ends_with('X')
        && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if !fits {
        return reader.refuse(
            at,
            Code::InvalidValue,
            "this is no taxonomy code",
            "send ten characters such as 251B00000X",
        );
    }
    Some(code)
}
