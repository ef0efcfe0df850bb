//! Bodies by which the operator settles who people are.

use domain::identifiers::{CaseId, MemberId, PersonName, PlanId};
use domain::identity::Verdict;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{IdentityChange, NewMerger, NewSplit, Settling};

use super::members::{cin, language};
use super::{Input, Reader};

/// Most characters of a reason.
const REASON: usize = 500;
/// Most plans and cases that are named at once.
const MOST_PLANS: usize = 20;
const MOST_CASES: usize = 200;

/// The operator's verdict on an identity conflict.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentitySettlement)]
pub(crate) struct SettlementBody {
    /// `record` or `file` for a birth date or a name: whose word stands; `first-plan` or `later-plan` for two
    /// plans: which of them covers the member on the days of both.
    #[schema(example = "record")]
    verdict: String,
    /// Reason for the record, 1 to 500 characters.
    #[schema(max_length = 500)]
    reason: String,
}

/// Correction of a member's names or birth date. A field that is absent or null stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentityCorrection)]
pub(crate) struct CorrectionBody {
    /// Family name as it should be.
    #[schema(max_length = 80)]
    family_name: Option<String>,
    /// Given name as it should be.
    #[schema(max_length = 80)]
    given_name: Option<String>,
    /// Day of birth as it should be, YYYY-MM-DD.
    #[schema(format = Date)]
    birth_date: Option<String>,
    /// Reason for the record, 1 to 500 characters.
    #[schema(max_length = 500)]
    reason: String,
}

/// The person that a member turned out to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberMerger)]
pub(crate) struct MergerBody {
    /// Id of the member who stays.
    into: String,
    /// Reason for the record, 1 to 500 characters.
    #[schema(max_length = 500)]
    reason: String,
}

/// The other person that a member turned out to be too, and what is that one's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberSplit)]
pub(crate) struct SplitBody {
    /// The other person's Client Index Number. One that was merged into this member comes back under its own
    /// id.
    #[schema(example = "91234567A")]
    cin: String,
    /// Family name of the other person.
    #[schema(max_length = 80)]
    family_name: String,
    /// Given name of the other person.
    #[schema(max_length = 80)]
    given_name: String,
    /// Day of birth of the other person, YYYY-MM-DD.
    #[schema(format = Date)]
    birth_date: String,
    /// Code of the county in which the other person lives.
    #[schema(example = "SAC")]
    county: String,
    /// BCP 47 tag of the preferred language; `en` if not said.
    #[schema(example = "es")]
    language: Option<String>,
    /// Ids of the plans whose files tell of the other person: their coverage goes along.
    #[serde(default)]
    plans: Vec<String>,
    /// Ids of the cases that are about the other person: what was used and paid under them goes along.
    #[serde(default)]
    cases: Vec<String>,
    /// Reason for the record, 1 to 500 characters.
    #[schema(max_length = 500)]
    reason: String,
}

impl Input for SettlementBody {
    type Command = Settling;

    fn read(self, reader: &mut Reader) -> Option<Settling> {
        let by_people = [Verdict::Record, Verdict::File, Verdict::FirstPlan, Verdict::LaterPlan];
        let verdict =
            reader.one_of("/verdict", &self.verdict, &by_people.map(|verdict| (verdict.name(), verdict)));
        let reason = reader.line("/reason", &self.reason, REASON);
        Some(Settling { verdict: verdict?, reason: reason? })
    }
}

impl Input for CorrectionBody {
    type Command = IdentityChange;

    fn read(self, reader: &mut Reader) -> Option<IdentityChange> {
        let is_empty = self.family_name.is_none() && self.given_name.is_none() && self.birth_date.is_none();
        let family_name =
            reader.optional(self.family_name, |reader, text| name(reader, "/family_name", &text));
        let given_name = reader.optional(self.given_name, |reader, text| name(reader, "/given_name", &text));
        let birth_date =
            reader.optional(self.birth_date, |reader, text| reader.birth_date("/birth_date", &text));
        let reason = reader.line("/reason", &self.reason, REASON);
        if is_empty {
            return reader.refuse(
                "/birth_date",
                Code::MissingField,
                "nothing is corrected",
                "send birth_date, family_name or given_name",
            );
        }
        Some(IdentityChange {
            family_name: family_name?,
            given_name: given_name?,
            birth_date: birth_date?,
            reason: reason?,
        })
    }
}

impl Input for MergerBody {
    type Command = NewMerger;

    fn read(self, reader: &mut Reader) -> Option<NewMerger> {
        let into: Option<MemberId> =
            reader.parsed("/into", &self.into, "send the id of the member who stays");
        let reason = reader.line("/reason", &self.reason, REASON);
        Some(NewMerger { into: into?, reason: reason? })
    }
}

impl Input for SplitBody {
    type Command = NewSplit;

    fn read(self, reader: &mut Reader) -> Option<NewSplit> {
        let cin = cin(reader, "/cin", &self.cin);
        let family_name = name(reader, "/family_name", &self.family_name);
        let given_name = name(reader, "/given_name", &self.given_name);
        let birth_date = reader.birth_date("/birth_date", &self.birth_date);
        let county = reader.county("/county", &self.county);
        let language = language(reader, "/language", self.language.as_deref().unwrap_or("en"));
        let plans: Option<Vec<PlanId>> = reader.each("/plans", self.plans, MOST_PLANS, |reader, at, id| {
            reader.parsed(at, &id, "send the id of a plan, such as valle-vista")
        });
        let cases: Option<Vec<CaseId>> = reader.each("/cases", self.cases, MOST_CASES, |reader, at, id| {
            reader.parsed(at, &id, "send the id of a case")
        });
        let reason = reader.line("/reason", &self.reason, REASON);
        Some(NewSplit {
            cin: cin?,
            family_name: family_name?,
            given_name: given_name?,
            birth_date: birth_date?,
            county: county?,
            language: language?,
            plans: plans?,
            cases: cases?,
            reason: reason?,
        })
    }
}

fn name(reader: &mut Reader, at: &str, text: &str) -> Option<PersonName> {
    reader.parsed(at, text, "send 1 to 80 characters")
}
