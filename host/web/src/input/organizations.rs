//! Organizations and their keys.

use domain::dictionary::Dictionary;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::Role;
use workflow::command::{NewKey, NewOrganization, OrganizationKind};

use super::{Input, Reader};

/// A new organization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrganization)]
pub(crate) struct NewOrganizationBody {
    /// `provider`, `plan` or `county`.
    kind: String,
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
    /// National Provider Identifier; providers must have one.
    #[schema(example = "1234567893")]
    npi: Option<String>,
    /// Id of the plan, for plans.
    #[schema(example = "valle-vista")]
    plan_id: Option<String>,
    /// What kinds of provider it is.
    #[serde(default)]
    provider_kinds: Vec<String>,
    /// NUCC taxonomy codes.
    #[serde(default)]
    taxonomies: Vec<String>,
    /// Codes of the counties that it serves.
    #[serde(default)]
    counties: Vec<String>,
}

/// A new key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewKey)]
pub(crate) struct NewKeyBody {
    /// Whose.
    organization: String,
    /// `provider`, `plan-reviewer`, `plan-admin` or `operator`.
    role: String,
    /// What it is for.
    #[schema(max_length = 100)]
    label: String,
    /// The clinical license of its holder, for plan reviewers who may deny for medical necessity.
    #[schema(example = "RN 555012", max_length = 60)]
    license: Option<String>,
}

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
        let provider_kinds = reader.each("/provider_kinds", self.provider_kinds, 20, |reader, at, code| {
            reader.code(at, &code, "kind of provider", Dictionary::state().provider_kinds())
        });
        let taxonomies = reader.each("/taxonomies", self.taxonomies, 20, taxonomy);
        let counties =
            reader.each("/counties", self.counties, 60, |reader, at, code| reader.county(at, &code));
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

impl Input for NewKeyBody {
    type Command = NewKey;

    fn read(self, reader: &mut Reader) -> Option<NewKey> {
        let organization =
            reader.parsed("/organization", &self.organization, "send the id of POST /v1/organizations");
        let roles = [Role::Provider, Role::PlanReviewer, Role::PlanAdmin, Role::Operator]
            .map(|role| (role.name(), role));
        let role = reader.one_of("/role", &self.role, &roles);
        if let Some(role) = role.filter(|role| *role != Role::PlanReviewer) {
            reader.absent("/license", &self.license, role.name());
        }
        let label = reader.line("/label", &self.label, 100);
        let license = reader.optional(self.license, |reader, text| reader.line("/license", &text, 60));
        Some(NewKey { organization: organization?, role: role?, label: label?, license: license? })
    }
}

/// A code of the NUCC health care provider taxonomy: ten letters and digits that end in X.
fn taxonomy(reader: &mut Reader, at: &str, code: String) -> Option<String> {
    let fits = code.len() == 10
        && code.ends_with('X')
        && code.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    if !fits {
        return reader.refuse(
            at,
            "invalid-value",
            "this is no taxonomy code",
            "send ten characters such as 251B00000X",
        );
    }
    Some(code)
}
