//! Bodies of claims, which providers send after delivery.

use domain::dictionary::Dictionary;
use domain::identifiers::{CaseId, Icd10};
use domain::plan::billing::Frequency;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{Filing, NewClaim, NewClaimLine};

use super::authorizations::MOST_UNITS;
use super::evidence::{self, DocumentBody, FactBody};
use super::members::MemberRefBody;
use super::{Input, MOST_LINES, ProcedureBody, Reader};

/// Minutes in a month of 31 days.
const MOST_MINUTES: u32 = 44_640;
/// Diagnoses on a claim (ASC X12 005010X222A1, segment HI).
const MOST_DIAGNOSES: usize = 12;

/// A claim for service that was delivered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewClaim)]
pub(crate) struct NewClaimBody {
    /// Member that it is for.
    pub(crate) member: MemberRefBody,
    /// Frequency of the claim (X12 CLM05-3): `original` (the default), `replacement` or `void`.
    pub(crate) frequency: Option<String>,
    /// Id of the claim that this one replaces or voids.
    pub(crate) replaces: Option<String>,
    /// ICD-10-CM codes, principal first, at most 12.
    #[serde(default)]
    #[schema(example = json!(["Z59.02"]))]
    pub(crate) diagnoses: Vec<String>,
    /// Service lines, 1 to 50; none for a void, which takes the whole claim back.
    pub(crate) lines: Option<Vec<ClaimLineBody>>,
    /// Facts that the provider states.
    #[serde(default)]
    pub(crate) facts: Vec<FactBody>,
    /// Documents that are attached, or of which the sender says that there are.
    #[serde(default)]
    pub(crate) documents: Vec<DocumentBody>,
}

/// One line of a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewClaimLine)]
pub(crate) struct ClaimLineBody {
    /// HCPCS code and modifiers.
    pub(crate) procedure: ProcedureBody,
    /// CMS place of service code.
    #[schema(example = "04")]
    pub(crate) place: String,
    /// First day of service.
    #[schema(format = Date)]
    pub(crate) first: String,
    /// Last day of service; the first, if not said.
    #[schema(format = Date)]
    pub(crate) last: Option<String>,
    /// Number of units, as the procedure counts them.
    #[schema(minimum = 1, maximum = 10_000)]
    pub(crate) units: u32,
    /// Charge for the whole line, in dollars.
    #[schema(example = "1250.50")]
    pub(crate) charge: String,
    /// Minutes, where they were recorded.
    #[schema(minimum = 1, maximum = 44_640)]
    pub(crate) minutes: Option<u32>,
}

impl Input for NewClaimBody {
    type Command = NewClaim;

    fn read(self, reader: &mut Reader) -> Option<NewClaim> {
        use Frequency as F;
        let member = self.member.read(reader, "/member");
        let frequency = self.frequency.as_deref().unwrap_or("original");
        let frequency = reader.word_of("/frequency", frequency, F::ALL);
        match frequency {
            Some(F::Original) => {
                reader.absent("/replaces", &self.replaces, "an original claim");
            }
            Some(F::Replacement | F::Void) => {
                reader.present("/replaces", self.replaces.as_ref(), "a replacement or void");
            }
            None => {}
        }
        let replaces = reader.optional(self.replaces, |reader, text| {
            reader.parsed("/replaces", &text, "send the earlier claim's id")
        });
        if frequency == Some(F::Void) {
            reader.absent("/diagnoses", &self.diagnoses.first(), "a void");
            reader.absent("/facts", &self.facts.first().map(|_| ()), "a void");
            reader.absent("/documents", &self.documents.first().map(|_| ()), "a void");
        }
        let lines = lines(reader, frequency, self.lines);
        let diagnoses: Option<Vec<Icd10>> =
            reader.each("/diagnoses", self.diagnoses, MOST_DIAGNOSES, |reader, at, code| {
                reader.parsed(at, &code, "send an ICD-10-CM code, such as Z59.02")
            });
        let facts = evidence::facts(reader, "/facts", self.facts);
        let documents = evidence::documents(reader, "/documents", self.documents);
        Some(NewClaim {
            member: member?,
            filing: filing(frequency?, replaces?)?,
            diagnoses: diagnoses?,
            lines: lines?,
            facts: facts?,
            documents: documents?,
        })
    }
}

/// Relation to the earlier claim; `None` where that is missing, which is refused already.
fn filing(frequency: Frequency, earlier: Option<CaseId>) -> Option<Filing> {
    match frequency {
        Frequency::Original => Some(Filing::Original),
        Frequency::Replacement => earlier.map(Filing::Replacement),
        Frequency::Void => earlier.map(Filing::Void),
    }
}

/// A void takes the whole claim back and has no lines of its own.
fn lines(
    reader: &mut Reader,
    frequency: Option<Frequency>,
    lines: Option<Vec<ClaimLineBody>>,
) -> Option<Vec<NewClaimLine>> {
    if frequency == Some(Frequency::Void) {
        reader.absent("/lines", &lines, "a void")?;
        return Some(Vec::new());
    }
    let lines = reader.present("/lines", lines, "an original claim or a replacement")?;
    reader.each_of_some("/lines", lines, MOST_LINES, line)
}

fn line(reader: &mut Reader, at: &str, line: ClaimLineBody) -> Option<NewClaimLine> {
    let days = reader.days(at, &line.first, line.last.as_deref().unwrap_or(&line.first));
    if let Some(last) = days.as_ref().and_then(|days| days.last)
        && last > reader.today()
    {
        let at_day = format!("{at}/{}", if line.last.is_some() { "last" } else { "first" });
        reader.refuse::<()>(
            &at_day,
            Code::FutureDay,
            "the service is not delivered yet",
            "bill it after the day",
        );
    }
    let procedure =
        reader.procedure(&format!("{at}/procedure"), line.procedure, days.as_ref().map(|days| days.first));
    let place = reader.code(
        &format!("{at}/place"),
        &line.place,
        "place of service",
        Dictionary::state().places_of_service(),
    );
    let units = reader.count(&format!("{at}/units"), line.units, MOST_UNITS);
    let charge = reader.money(&format!("{at}/charge"), &line.charge);
    let minutes = reader.optional(line.minutes, |reader, minutes| {
        reader.count(&format!("{at}/minutes"), minutes, MOST_MINUTES)
    });
    let (procedure, service) = procedure?;
    Some(NewClaimLine {
        procedure,
        service: service.to_owned(),
        place: place?,
        days: days?,
        units: units?,
        charge: charge?,
        minutes: minutes?,
    })
}
