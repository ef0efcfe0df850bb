//! Parts that every case has, whichever workflow it is in.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::floor::{Administrative, Rule};
use crate::identifiers::{CaseId, PlanId};
use crate::limits::Passed;
use crate::plan::authorization::Grant;
use crate::plan::referral::Redirection;
use crate::plan::types::{Bilingual, Denial, DenialKind};
use crate::words;

mod event;
mod reason;

#[cfg(test)]
pub(crate) mod table;
#[cfg(test)]
mod tests;

pub use event::EventKind;
pub use reason::{Reason, ReasonOf, missing};
pub(crate) use reason::{fill, told};

words! {
    /// The four kinds of case, in the order of a case's usual life.
    pub enum CaseKind {
        /// A request that a member receive a service.
        Referral = "referral",
        /// A request for permission.
        Authorization = "authorization",
        /// Claim for service that was delivered.
        Claim = "claim",
        /// A provider's credentialing file.
        Application = "application",
    }
}

/// Next place of a case whose days became another plan's: it ends here and goes on there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// The plan of its days.
    pub plan: PlanId,
    /// Id of the case there.
    pub case: CaseId,
}

/// Why a case is with a plan's people instead of being answered by its plugin.
///
/// None of these is the member's doing, and none of them is a denial: the clock runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhyPeople {
    /// The plan has not automated this workflow.
    NotAutomated,
    /// The plan's plugin only advises here; its people have the last word.
    AdviceGiven,
    /// The plugin recommends a denial, or a grant of less than was asked for, that only a licensed person may
    /// issue.
    ClinicalReview,
    /// The operator paused the plan: its rules are not asked until it goes on.
    PlanPaused,
    /// A delegate of the plan answers for this member and service.
    Delegated,
    /// The plugin failed; the code says how, in the sandbox's words.
    PluginFault(String),
    /// The plugin's answer breaks a rule of the floor, which the code names.
    AnswerRefused(Rule),
    /// The plugin kept failing and is not asked for a while.
    PluginResting,
    /// The plugin declined to answer.
    PluginDeclined,
    /// A requirement of the credentialing file that only a person can judge.
    NeedsJudgement,
    /// The provider disputes what the plan did with a claim.
    Disputed,
    /// A grant or payment of the plan's rules would pass a benefit limit.
    BenefitLimit(Box<Passed>),
    /// Every place that the state approved for the service is taken.
    CapacityFull(FullPlaces),
    /// No contract of the provider with the plan holds for the service, the member's county and the day:
    /// nothing is permitted or paid before the plan's people have settled that.
    NotContracted,
    /// The plan's people read a credentialing file again that was approved or declined.
    Reopened,
    /// A referral is accepted, and no provider of the service and county is under contract.
    NoProvider,
    /// A referral was offered to every provider that could take it, and none did.
    NobodyTook,
    /// The referral that this one had joined was taken back by whoever had made it.
    FirstTakenBack,
    /// The reason of a refusal is written in one language, and the other is wanted.
    TranslationWanted,
    /// Lines of the claim lie on both sides of a change of the plan's reference tables, and rules are handed
    /// one day's rows.
    TablesChange,
    /// The plan before this one had authorized it, and the plan's rules did not approve all of it.
    Continuity,
}

impl WhyPeople {
    /// A stable code for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAutomated => "not-automated",
            Self::AdviceGiven => "advice-given",
            Self::ClinicalReview => "clinical-review",
            Self::PlanPaused => "plan-paused",
            Self::Delegated => "delegated",
            Self::PluginFault(_) => "plugin-fault",
            Self::AnswerRefused(_) => "plugin-answer-refused",
            Self::PluginResting => "plugin-resting",
            Self::PluginDeclined => "plugin-declined",
            Self::NeedsJudgement => "needs-judgement",
            Self::Disputed => "disputed",
            Self::BenefitLimit(_) => "benefit-limit",
            Self::CapacityFull(_) => "capacity-full",
            Self::NotContracted => "not-contracted",
            Self::Reopened => "reopened",
            Self::NoProvider => "no-provider",
            Self::NobodyTook => "nobody-took",
            Self::FirstTakenBack => "first-taken-back",
            Self::TranslationWanted => "translation-wanted",
            Self::TablesChange => "tables-change",
            Self::Continuity => "continuity-of-care",
        }
    }

    /// Sentence for the provider, in English and Spanish.
    pub fn text(&self) -> Bilingual {
        let (en, es) = match self {
            Self::NotAutomated => (
                "This plan's people decide this themselves. The clock is running.",
                "El personal de este plan lo decide directamente. El plazo ya está corriendo.",
            ),
            Self::AdviceGiven => (
                "The plan's rules have pre-checked this; the plan's people have the last word.",
                "Las reglas del plan ya lo revisaron; el personal del plan tiene la última palabra.",
            ),
            Self::ClinicalReview => (
                "Under clinical review by a licensed professional of the plan. The clock is running.",
                "En revisión clínica por un profesional con licencia del plan. El plazo ya está corriendo.",
            ),
            Self::PlanPaused => (
                "The plan is paused here, so nothing is decided by its rules; its people have the case. The clock is running.",
                "El plan está en pausa aquí y sus reglas no deciden nada; su personal tiene el caso. El plazo ya está corriendo.",
            ),
            Self::Delegated => (
                "The plan's delegate for this member decides. The clock is running.",
                "El delegado del plan para este miembro lo decide. El plazo ya está corriendo.",
            ),
            Self::PluginFault(_) | Self::AnswerRefused(_) => (
                "The plan's automated rules failed, so the plan's people decide. Nothing is lost and the clock is running.",
                "Las reglas automáticas del plan fallaron; el personal del plan decidirá. Nada se perdió y el plazo ya está corriendo.",
            ),
            Self::PluginResting => (
                "The plan's automated rules failed too often and are resting, so the plan's people decide. The clock is running.",
                "Las reglas automáticas del plan fallaron demasiadas veces y están en pausa; el personal del plan decidirá. El plazo ya está corriendo.",
            ),
            Self::PluginDeclined => (
                "The plan's automated rules do not cover this case, so the plan's people decide. The clock is running.",
                "Las reglas automáticas del plan no cubren este caso; el personal del plan decidirá. El plazo ya está corriendo.",
            ),
            Self::NeedsJudgement => (
                "The plan's people must judge part of this file.",
                "El personal del plan debe evaluar parte de este expediente.",
            ),
            Self::NoProvider => (
                "The plan's people look for a provider: none is under contract for this service in the member's county.",
                "El personal del plan busca un proveedor: ninguno tiene contrato para este servicio en el condado de la persona.",
            ),
            Self::NobodyTook => (
                "The plan's people look for a provider: every provider that was offered the referral has declined or let it lapse.",
                "El personal del plan busca un proveedor: todos los que recibieron la oferta la rechazaron o la dejaron vencer.",
            ),
            Self::FirstTakenBack => (
                "The referral that this one went with was taken back, so the plan's people decide about this one.",
                "La remisión a la que esta se había unido fue retirada; el personal del plan decidirá sobre esta.",
            ),
            Self::Disputed => (
                "The plan's people answer your dispute. The clock is running.",
                "El personal del plan responderá a su disputa. El plazo ya está corriendo.",
            ),
            Self::BenefitLimit(passed) => return passed.for_people(),
            Self::CapacityFull(full) => return full.for_people(),
            Self::NotContracted => (
                "No contract of the provider with the plan holds for this service, county and day, so the plan's people decide. The clock is running.",
                "Ningún contrato del proveedor con el plan vale para este servicio, condado y día; el personal del plan decidirá. El plazo ya está corriendo.",
            ),
            Self::Reopened => (
                "The plan's people read this file again.",
                "El personal del plan vuelve a leer este expediente.",
            ),
            Self::TranslationWanted => (
                "The plan wrote its reason in one language; the other is on its way.",
                "El plan escribió su motivo en un idioma; el otro está en camino.",
            ),
            Self::TablesChange => (
                "The plan's rates or lists change between the days of these lines, so the plan's people decide. The clock is running.",
                "Las tarifas o listas del plan cambian entre los días de estas líneas; el personal del plan decidirá. El plazo ya está corriendo.",
            ),
            Self::Continuity => (
                "The member's plan before had authorized this, so the new plan's people answer. Until then the days shown may be served.",
                "El plan anterior de la persona había autorizado esto; responde el personal del plan nuevo. Mientras tanto se puede dar el servicio en los días indicados.",
            ),
        };
        Bilingual { en: en.to_owned(), es: es.to_owned() }
    }
}

/// The places of a plan's service in a county, all taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullPlaces {
    /// Id of the service, as in the catalog.
    pub service: String,
    /// Code of the county.
    pub county: String,
    /// So many members may be admitted.
    pub members: u32,
    /// In so many months.
    pub window_months: u8,
    /// The first day of those months.
    pub since: Date,
}

impl FullPlaces {
    /// The cap and its window.
    #[must_use]
    pub fn in_numbers(&self) -> Bilingual {
        let Self { service, county, members, window_months, since } = self;
        Bilingual {
            en: format!(
                "The state approved {members} members in {window_months} months for {service} in {county}, and so many were admitted since {since}."
            ),
            es: format!(
                "El estado aprobó {members} miembros en {window_months} meses para {service} en {county}, y ya se admitieron todos desde el {since}."
            ),
        }
    }

    /// The same, for a case that people decide because of it.
    #[must_use]
    pub fn for_people(&self) -> Bilingual {
        let Bilingual { en, es } = self.in_numbers();
        Bilingual {
            en: format!("{en} The plan's people decide. The clock is running."),
            es: format!("{es} El personal del plan decidirá. El plazo ya está corriendo."),
        }
    }
}

/// Somebody who holds a clinical license, as the operator recorded it with their key.
///
/// A denial for medical necessity cannot be written down without one (H&S 1367.01(e)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicensedReviewer {
    license: String,
}

impl LicensedReviewer {
    /// The holder of a recorded license. `None` if the record holds no license.
    pub fn on_record(license: Option<&str>) -> Option<Self> {
        let license = license.map(str::trim).filter(|text| !text.is_empty())?;
        Some(Self { license: license.to_owned() })
    }

    /// License, as the record has it.
    pub fn license(&self) -> &str {
        &self.license
    }
}

/// A refusal that stands, of all that was asked for or of a part. There are two ways to make one: it rests on
/// administrative criteria alone, or a licensed person makes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    kind: DenialKind,
    reason: Bilingual,
    criteria: Vec<String>,
    /// Those of the criteria that no rules found not met: somebody without a license says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asserted: Vec<String>,
    by: Option<LicensedReviewer>,
    /// The language in which the reason is still to be written.
    #[serde(default)]
    wanted: Option<Language>,
}

/// A language in which every reason is to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English, tag `en`.
    En,
    /// Spanish, tag `es`.
    Es,
}

impl Language {
    /// Both languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// True if a BCP 47 tag, such as `es-MX`, is one of this language.
    pub fn is_of(self, tag: &str) -> bool {
        tag.split('-').next().is_some_and(|primary| primary.eq_ignore_ascii_case(self.tag()))
    }
}

impl Refusal {
    /// Refusal that software, and anybody at the plan, may say.
    pub fn administrative(basis: Administrative, reason: Bilingual) -> Self {
        let (criteria, asserted) = (basis.criteria().to_vec(), basis.asserted().to_vec());
        Self { kind: DenialKind::Administrative, reason, criteria, asserted, by: None, wanted: None }
    }

    /// Refusal of a licensed person, resting on these criteria if any are named.
    pub fn clinical(criteria: Vec<String>, reason: Bilingual, by: LicensedReviewer) -> Self {
        let asserted = Vec::new();
        Self { kind: DenialKind::Clinical, reason, criteria, asserted, by: Some(by), wanted: None }
    }

    /// The same, written in one language only: the other is wanted. What stands in that language is the
    /// criteria's.
    #[must_use]
    pub fn wanting(mut self, language: Option<Language>) -> Self {
        self.wanted = language;
        self
    }

    /// The language in which the reason is still to be written.
    pub fn wanted(&self) -> Option<Language> {
        self.wanted
    }

    /// Adds the reason in the language that is wanted, after the criteria's words. Whether it was wanted.
    pub fn translate(&mut self, language: Language, words: &str) -> bool {
        fill(&mut self.reason, &mut self.wanted, language, words)
    }

    /// The reason as it is told: in the language in which it is wanted, that it is on its way.
    #[must_use]
    pub fn told(&self) -> Bilingual {
        told(&self.reason, self.wanted)
    }

    /// Kind of the refusal: administrative or clinical.
    pub fn kind(&self) -> DenialKind {
        self.kind
    }

    /// Why, in a sentence.
    pub fn reason(&self) -> &Bilingual {
        &self.reason
    }

    /// The criteria that it rests on, by id.
    pub fn criteria(&self) -> &[String] {
        &self.criteria
    }

    /// Criteria that rest on the word of somebody without a license alone, by id: no rules found them not
    /// met.
    pub fn asserted(&self) -> &[String] {
        &self.asserted
    }

    /// Licensed person who made it, if one had to.
    pub fn reviewer(&self) -> Option<&LicensedReviewer> {
        self.by.as_ref()
    }
}

/// A transition that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot {event} a {kind} that is {from}", kind = kind.name())]
pub struct NotAllowed {
    /// Kind of the case.
    pub kind: CaseKind,
    /// The state it was in.
    pub from: &'static str,
    /// Name of the event that was tried.
    pub event: &'static str,
}

/// Way in which a written notice went to the member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeRoute {
    /// Sent by mail to the member.
    Mail,
    /// By e-mail or portal, where the member chose that.
    Electronic,
    /// Handed to the member in person.
    InPerson,
}

/// Notice of a decision that the plan says it sent to the member: a Notice of Action where it denies, cuts or
/// delays. (DHCS APL 21-011). The host never writes to members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberNotice {
    /// The day it was sent, Pacific time.
    pub sent_on: jiff::civil::Date,
    /// Way in which it went.
    pub route: NoticeRoute,
    /// The language it was written in, a BCP 47 tag.
    pub language: String,
    /// Instant at which the plan recorded it (UTC).
    pub recorded_at: Timestamp,
}

/// A case handed to people: since when, why, and what the plugin recommends if it recommends anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithPeople {
    /// Instant from which it is so (UTC).
    pub since: Timestamp,
    /// Reason for which people have it.
    pub why: WhyPeople,
    /// The plugin's recommendation; shown to the plan's people only.
    pub recommendation: Option<Recommendation>,
}

/// Decision that a plugin recommends: only a licensed person may make it one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recommendation {
    /// A refusal is recommended.
    Denial(Denial),
    /// Less than, or something else than, was asked for.
    Grant(Grant),
    /// A referral is to be sent elsewhere.
    Redirect(Redirection),
}
