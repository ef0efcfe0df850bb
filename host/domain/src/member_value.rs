//! Values of a member that plans' files and providers give, by name, each with its source and its day.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::identifiers::{OrgId, PlanId, RosterId};
use crate::plan::types::Bilingual;
use crate::words;

#[cfg(test)]
mod tests;

words! {
    /// Something that is said of a member and may change: a column of a member file that has a name here.
    pub enum ValueName {
        /// Residence on one line; `no-fixed-address` for nowhere.
        Address = "address",
        /// County of residence, by its code.
        County = "county",
        /// Homelessness as the plan knows it: `yes` or `no`.
        Homelessness = "homelessness",
        /// Spoken language, as a BCP 47 tag.
        Language = "language",
        /// The primary care provider's NPI.
        PcpNpi = "pcp-npi",
        /// Telephone number, as E.164.
        Phone = "phone",
        /// The plan's own number for the member.
        PlanMemberId = "plan-member-id",
        /// Month of the Medi-Cal renewal, 1 to 12.
        RenewalMonth = "renewal-month",
        /// The plan's own tier of risk.
        RiskTier = "risk-tier",
        /// `F`, `M`, `X` or `U`.
        Sex = "sex",
    }
}

/// The value of [`ValueName::Address`] for a member who lives at no address.
pub const NO_FIXED_ADDRESS: &str = "no-fixed-address";

/// Source of a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueSource {
    /// A plan: its member file, or its people.
    PlanFile(PlanId),
    /// A provider who met the member and verified it.
    Provider(OrgId),
}

/// One value that one source gave. Has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct StatedValue {
    /// Name of the value.
    pub name: ValueName,
    /// Value, as it was given.
    pub value: String,
    /// Source of the statement.
    pub source: ValueSource,
    /// The first day of which it was said.
    pub first: Date,
    /// The last day of which it was said: its as-of day.
    pub last: Date,
    /// Instant at which it was said last (UTC).
    pub received_at: Timestamp,
    /// The member file that said so last.
    pub roster: Option<RosterId>,
}

impl ValueName {
    /// The name as people read it.
    #[must_use]
    pub fn text(self) -> Bilingual {
        let (en, es) = match self {
            Self::Address => ("Home address", "Domicilio"),
            Self::County => ("County of residence", "Condado de residencia"),
            Self::Homelessness => ("Homeless, as the plan knows", "Sin hogar, según el plan"),
            Self::Language => ("Spoken language", "Idioma"),
            Self::PcpNpi => ("Primary care provider", "Proveedor de atención primaria"),
            Self::Phone => ("Telephone", "Teléfono"),
            Self::PlanMemberId => ("Number at the plan", "Número en el plan"),
            Self::RenewalMonth => ("Month of the Medi-Cal renewal", "Mes de renovación de Medi-Cal"),
            Self::RiskTier => ("Risk tier of the plan", "Nivel de riesgo del plan"),
            Self::Sex => ("Sex", "Sexo"),
        };
        Bilingual { en: en.to_owned(), es: es.to_owned() }
    }
}

impl ValueSource {
    /// The word for the kind of source.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PlanFile(_) => "plan-file",
            Self::Provider(_) => "provider",
        }
    }

    /// The plan's or the provider's id.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::PlanFile(plan) => plan.to_string(),
            Self::Provider(organization) => organization.to_string(),
        }
    }
}

/// The value that stands for each name, in the order of names: what a provider verified stands until a newer
/// verified one; among files the newer day stands, and of two of one day the later received.
#[must_use]
pub fn standing(values: &[StatedValue]) -> Vec<&StatedValue> {
    let weight = |said: &StatedValue| {
        (matches!(said.source, ValueSource::Provider(_)), said.last, said.received_at.as_millisecond())
    };
    ValueName::ALL
        .iter()
        .filter_map(|name| values.iter().filter(|said| said.name == *name).max_by_key(|said| weight(said)))
        .collect()
}
