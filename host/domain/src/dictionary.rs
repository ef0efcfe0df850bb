//! The words that cases are written in: facts, documents and code lists, from `data/facts.toml`,
//! `data/documents.toml`, `data/codes.toml` and `data/adjustments.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::Cents;
use crate::money::scaled_integer;
use crate::plan::billing::Adjustment;
use crate::plan::profile::{FactDefinition, FactKind};
use crate::plan::types::{Bilingual, FactValue};
use crate::provenance::{Confidence, Effective};
use crate::words;

/// Every word that this host knows.
#[derive(Debug)]
pub struct Dictionary {
    facts: BTreeMap<String, KnownFact>,
    documents: Vec<DocumentKind>,
    codes: Codes,
    adjustments: Adjustments,
}

/// A fact of the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFact {
    /// Its code, kind, codes and question, in the shape in which plans declare their own.
    pub definition: FactDefinition,
    /// Unit of a count or a measure, such as `percent`.
    pub unit: Option<String>,
    /// The names of its codes, in their order.
    pub code_names: Vec<Bilingual>,
    /// Confidence that the rule in its `source` asks for it.
    pub tag: Confidence,
}

/// A kind of document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentKind {
    /// Code, as it is written in requests.
    pub kind: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// The document that asks for it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// One code of a list, with its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Code, as it is written in requests.
    pub code: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Why less is paid than was charged (X12 claim adjustment reason code).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentReason {
    /// Code, as it is written in requests.
    pub code: String,
    /// Meaning of the code in our words, in English and Spanish.
    pub name: Bilingual,
    /// The days on which a remittance may carry it.
    pub effective: Effective,
    /// The list that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// A judgement of medical necessity that an adjustment reason stands for (H&S 1367.01(e)).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClinicalReason {
    /// Code of the adjustment reason.
    pub code: String,
    /// The question that the payer answered about the patient, in English and Spanish.
    pub why: Bilingual,
    /// The days on which it counts as one.
    pub effective: Effective,
    /// The list and the statute behind it.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Matter for which a line of a claim is denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeniedFor {
    /// It came after the last day to file.
    TimelyFiling,
    /// A judgement of medical necessity.
    Clinical,
    /// Anything else.
    Administrative,
}

/// Adjustment by which a denied line enters a remittance at nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenialReason {
    /// Matter of the denial.
    pub of: DeniedFor,
    /// Code of the adjustment group.
    pub group: String,
    /// Code of the adjustment reason.
    pub reason: String,
    /// Remark code that goes with it.
    pub remark: Option<String>,
    /// The days on which a remittance says it so.
    pub effective: Effective,
    /// The list that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

impl DenialReason {
    /// The whole charge as an adjustment, so that nothing is left to pay.
    #[must_use]
    pub fn of_charge(&self, charge: Cents) -> Adjustment {
        Adjustment {
            group: self.group.clone(),
            reason: self.reason.clone(),
            remark: self.remark.clone(),
            amount: charge,
        }
    }
}

/// Why a referral's loop was closed. Ours is finer than what the state is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosureReason {
    /// Code of the reason, ours.
    pub code: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// The code of the reason that the state is told, in [`Dictionary::exported_closure_reason`].
    pub export: String,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// A monthly code of a member's standing in Medicare and Medi-Cal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DualStatus {
    /// Code, as it is written in requests.
    pub code: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// Part of Medi-Cal that goes with Medicare.
    pub benefit: DualBenefit,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

/// Line of business, as member files name it and plans declare it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineOfBusiness {
    /// Code, as it is written in files and profiles.
    pub code: String,
    /// Name in English and Spanish.
    pub name: Bilingual,
    /// Dual status code of somebody in it of whom nothing else is known.
    pub dual_status: String,
    /// The days on which there are plans of it.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
}

words! {
    /// Part of Medi-Cal that goes with Medicare.
    pub enum DualBenefit {
        /// Both, with full Medi-Cal.
        Full = "full",
        /// Help with Medicare's costs only.
        Partial = "partial",
        /// The member is not in both.
        NotDual = "not-dual",
        /// It is not known.
        Unknown = "unknown",
    }
}

/// Why a value is none of its fact's. The value itself is never quoted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactValueError {
    /// Not of the fact's kind.
    #[error("value must be {}", expected(*kind))]
    Kind {
        /// Kind of the fact's value.
        kind: FactKind,
    },
    /// Too large, too small or too long.
    #[error("value is out of range")]
    Range,
    /// Not one of the fact's codes.
    #[error("value must be one of: {}", known.join(", "))]
    UnknownCode {
        /// Codes that the fact may have.
        known: Vec<String>,
    },
}

impl Dictionary {
    /// The host's dictionary, as it is built in.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The definition of the fact with this code. Facts that only one plan asks for are in its profile.
    #[must_use]
    pub fn fact(&self, code: &str) -> Option<&FactDefinition> {
        self.facts.get(code).map(|fact| &fact.definition)
    }

    /// All that is known about the fact with this code.
    #[must_use]
    pub fn known_fact(&self, code: &str) -> Option<&KnownFact> {
        self.facts.get(code)
    }

    /// Every fact, by code.
    pub fn facts(&self) -> impl Iterator<Item = &KnownFact> {
        self.facts.values()
    }

    /// The kind of document with this code.
    #[must_use]
    pub fn document(&self, kind: &str) -> Option<&DocumentKind> {
        self.documents.iter().find(|document| document.kind == kind)
    }

    /// Every kind of document.
    #[must_use]
    pub fn documents(&self) -> &[DocumentKind] {
        &self.documents
    }

    /// The kind of provider with this code.
    #[must_use]
    pub fn provider_kind(&self, code: &str) -> Option<&Code> {
        find(&self.codes.provider_kind, code)
    }

    /// Every kind of provider.
    #[must_use]
    pub fn provider_kinds(&self) -> &[Code] {
        &self.codes.provider_kind
    }

    /// The place of service with this CMS code.
    #[must_use]
    pub fn place_of_service(&self, code: &str) -> Option<&Code> {
        find(&self.codes.place_of_service, code)
    }

    /// Every place of service.
    #[must_use]
    pub fn places_of_service(&self) -> &[Code] {
        &self.codes.place_of_service
    }

    /// Every kind of criterion that a profile may declare.
    #[must_use]
    pub fn criterion_kinds(&self) -> &[Code] {
        &self.codes.criterion_kind
    }

    /// Every reason that the state is told for a closed loop.
    #[must_use]
    pub fn exported_closure_reasons(&self) -> &[Code] {
        &self.codes.exported_closure_reason
    }

    /// The lines of business of which there are plans on the day.
    pub fn lines_of_business(&self, on: Date) -> impl Iterator<Item = &LineOfBusiness> {
        self.codes.line_of_business.iter().filter(move |line| line.effective.covers(on))
    }

    /// Dual status code of somebody in this line of business of whom nothing else is known; for a line that
    /// is not known, that of somebody who is not in Medicare.
    #[must_use]
    pub fn usual_dual_status(&self, line: &str, on: Date) -> &str {
        let of_line = self.lines_of_business(on).find(|known| known.code == line);
        let not_dual = || self.codes.dual_status.iter().find(|one| one.benefit == DualBenefit::NotDual);
        let usual = of_line.map(|known| &known.dual_status).or_else(|| not_dual().map(|one| &one.code));
        usual.map(String::as_str).unwrap_or_default()
    }

    /// The reason for closing a referral's loop with this code.
    #[must_use]
    pub fn closure_reason(&self, code: &str) -> Option<&ClosureReason> {
        self.codes.closure_reason.iter().find(|reason| reason.code == code)
    }

    /// Every reason for closing a referral's loop.
    #[must_use]
    pub fn closure_reasons(&self) -> &[ClosureReason] {
        &self.codes.closure_reason
    }

    /// Why a provider may decline a referral that it was offered or given, in the order of the list.
    #[must_use]
    pub fn decline_reasons(&self) -> &[Code] {
        &self.codes.decline_reason
    }

    /// The reason, with the wording that the state's files use, that a [`ClosureReason::export`] names.
    #[must_use]
    pub fn exported_closure_reason(&self, code: &str) -> Option<&Code> {
        find(&self.codes.exported_closure_reason, code)
    }

    /// The adjustment group with this code: whose the amount is that is not paid.
    #[must_use]
    pub fn adjustment_group(&self, code: &str) -> Option<&Code> {
        find(&self.adjustments.groups, code)
    }

    /// Every adjustment group (X12 CAS01).
    #[must_use]
    pub fn adjustment_groups(&self) -> &[Code] {
        &self.adjustments.groups
    }

    /// The adjustment reason with this code, if a remittance may carry it on that day.
    #[must_use]
    pub fn adjustment_reason(&self, code: &str, on: Date) -> Option<&AdjustmentReason> {
        self.adjustments.reasons.iter().find(|reason| reason.code == code && reason.effective.covers(on))
    }

    /// Every adjustment reason, whenever it may be used.
    #[must_use]
    pub fn adjustment_reasons(&self) -> &[AdjustmentReason] {
        &self.adjustments.reasons
    }

    /// The judgement of medical necessity that the adjustment reason with this code stands for on that day;
    /// `None` for a code that is not listed as one. Whether a code takes a license says
    /// [`Self::judges_need`].
    #[must_use]
    pub fn clinical_reason(&self, code: &str, on: Date) -> Option<&ClinicalReason> {
        self.adjustments.clinical.iter().find(|reason| reason.code == code && reason.effective.covers(on))
    }

    /// True if the adjustment reason with this code judges the member's need on that day. One that the data
    /// do not name among those that speak of something else then does: a license too many is the smaller
    /// harm.
    #[must_use]
    pub fn judges_need(&self, code: &str, on: Date) -> bool {
        let speaks_of_else =
            |other: &OtherReasons| other.effective.covers(on) && other.codes.iter().any(|one| one == code);
        self.clinical_reason(code, on).is_some() || !self.adjustments.others.iter().any(speaks_of_else)
    }

    /// The adjustment by which a line that was denied for this enters a remittance of that day.
    #[must_use]
    pub fn denial_reason(&self, of: DeniedFor, on: Date) -> Option<&DenialReason> {
        self.adjustments.denials.iter().find(|reason| reason.of == of && reason.effective.covers(on))
    }

    /// The CMS monthly dual status with this code.
    #[must_use]
    pub fn dual_status(&self, code: &str) -> Option<&DualStatus> {
        self.codes.dual_status.iter().find(|status| status.code == code)
    }

    /// Every CMS monthly dual status.
    #[must_use]
    pub fn dual_statuses(&self) -> &[DualStatus] {
        &self.codes.dual_status
    }
}

/// Reads the value of a fact, of the dictionary or of a plan's profile, as it stands in JSON: `true`, `12`,
/// `"9.1"` for a measure, `"2026-01-05"` for a day, a code or words as text.
///
/// # Errors
/// When the value is not of the fact's kind, out of range or not one of its codes.
pub fn parse_fact_value(definition: &FactDefinition, value: &Value) -> Result<FactValue, FactValueError> {
    const MOST: i64 = 1_000_000_000;
    let wrong_kind = FactValueError::Kind { kind: definition.kind };
    let in_range =
        |number: i64| if (0..=MOST).contains(&number) { Ok(number) } else { Err(FactValueError::Range) };
    match (definition.kind, value) {
        (FactKind::Flag, Value::Bool(flag)) => Ok(FactValue::Flag(*flag)),
        (FactKind::Count, Value::Number(number)) if number.is_f64() => Err(wrong_kind),
        (FactKind::Count, Value::Number(number)) => {
            in_range(number.as_i64().ok_or(FactValueError::Range)?).map(FactValue::Count)
        }
        (FactKind::Measure, Value::String(text)) => match scaled_integer(text.trim(), 3) {
            Ok(thousandths) => in_range(thousandths).map(FactValue::Measure),
            Err(crate::money::CentsError::Range) => Err(FactValueError::Range),
            Err(crate::money::CentsError::Shape) => Err(wrong_kind),
        },
        (FactKind::Day, Value::String(text)) => {
            calendar_day(text.trim()).map(FactValue::Day).ok_or(wrong_kind)
        }
        (FactKind::Coded, Value::String(text)) => {
            let code = text.trim();
            if definition.codes.iter().any(|known| known == code) {
                Ok(FactValue::Coded(code.to_owned()))
            } else {
                Err(FactValueError::UnknownCode { known: definition.codes.clone() })
            }
        }
        (FactKind::Text, Value::String(text)) => {
            let words = text.trim();
            match words.chars().count() {
                1..=500 if crate::text::is_plain_line(words) => Ok(FactValue::Text(words.to_owned())),
                1..=500 => Err(wrong_kind),
                _ => Err(FactValueError::Range),
            }
        }
        _ => Err(wrong_kind),
    }
}

/// A day as `YYYY-MM-DD` and nothing else: jiff alone would also take a date with a time.
fn calendar_day(text: &str) -> Option<Date> {
    text.parse().ok().filter(|day: &Date| day.to_string() == text)
}

fn expected(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Flag => "true or false",
        FactKind::Count => "a whole number",
        FactKind::Measure => "a decimal number as text with at most three decimals, such as \"9.1\"",
        FactKind::Day => "a day as text, such as \"2026-01-05\"",
        FactKind::Coded => "a code as text",
        FactKind::Text => "text on one line",
    }
}

fn find<'a>(codes: &'a [Code], code: &str) -> Option<&'a Code> {
    codes.iter().find(|known| known.code == code)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    criterion_kind: Vec<Code>,
    provider_kind: Vec<Code>,
    place_of_service: Vec<Code>,
    exported_closure_reason: Vec<Code>,
    closure_reason: Vec<ClosureReason>,
    decline_reason: Vec<Code>,
    dual_status: Vec<DualStatus>,
    line_of_business: Vec<LineOfBusiness>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Adjustments {
    groups: Vec<Code>,
    reasons: Vec<AdjustmentReason>,
    clinical: Vec<ClinicalReason>,
    others: Vec<OtherReasons>,
    denials: Vec<DenialReason>,
}

/// Adjustment reasons that judge nobody's need, but speak of one other subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherReasons {
    codes: Vec<String>,
    /// The days on which they do.
    effective: Effective,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look that each group has one"))]
    source: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests look that each group has one"))]
    tag: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactFile {
    fact: Vec<FactEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactEntry {
    code: String,
    kind: FactKind,
    unit: Option<String>,
    #[serde(default)]
    codes: Vec<FactCode>,
    question: Bilingual,
    proof: Option<String>,
    source: String,
    tag: Confidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactCode {
    code: String,
    en: String,
    es: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DocumentFile {
    document: Vec<DocumentKind>,
}

impl From<FactEntry> for KnownFact {
    fn from(entry: FactEntry) -> Self {
        let (codes, code_names) =
            entry.codes.into_iter().map(|code| (code.code, Bilingual { en: code.en, es: code.es })).unzip();
        Self {
            definition: FactDefinition {
                code: entry.code,
                kind: entry.kind,
                codes,
                question: entry.question,
                proof: entry.proof,
                source: entry.source,
            },
            unit: entry.unit,
            code_names,
            tag: entry.tag,
        }
    }
}

static STATE: LazyLock<Dictionary> = LazyLock::new(|| {
    let facts: FactFile =
        toml::from_str(include_str!("../data/facts.toml")).expect("the tests read the embedded facts");
    let documents: DocumentFile = toml::from_str(include_str!("../data/documents.toml"))
        .expect("the tests read the embedded documents");
    Dictionary {
        facts: facts.fact.into_iter().map(|entry| (entry.code.clone(), KnownFact::from(entry))).collect(),
        documents: documents.document,
        codes: toml::from_str(include_str!("../data/codes.toml")).expect("the tests read the embedded codes"),
        adjustments: toml::from_str(include_str!("../data/adjustments.toml"))
            .expect("the tests read the embedded adjustments"),
    }
});

#[cfg(test)]
mod tests;
