//! United States money, exactly: whole cents in a 64-bit integer and never a fraction in floating point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whole cents. Negative takes money back. JSON: the integer; [`decimal`] writes it as a decimal string
/// instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CentsError {
    /// Something other than digits, a leading minus and one point with one or two digits after it.
    #[error("amount must be dollars with at most two decimals, such as 1250.50")]
    Shape,
    /// Larger than 64 bits of cents.
    #[error("amount is out of range")]
    Range,
}

impl Cents {
    /// No money: zero cents.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` past the range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` past the range.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// This much for each of so many units, or `None` past the range.
    #[must_use]
    pub fn checked_times(self, units: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(units)).map(Self)
    }

    /// The sum of all, or `None` past the range.
    #[must_use]
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// Dollars with two decimals and no separators: `-1250.50`.
impl fmt::Display for Cents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        write!(formatter, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// Reads dollars with no, one or two decimals: `1250`, `1250.5`, `-1250.50`.
impl FromStr for Cents {
    type Err = CentsError;

    fn from_str(text: &str) -> Result<Self, CentsError> {
        scaled_integer(text.trim(), 2).map(Self)
    }
}

/// For `#[serde(with = "domain::money::decimal")]`: the amount as a decimal string such as `"1250.50"`.
pub mod decimal {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Cents;

    /// Writes the amount as a decimal string.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(amount: &Cents, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(amount)
    }

    /// Reads a decimal string.
    ///
    /// # Errors
    /// When the text is not an amount.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cents, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// For `#[serde(with = "domain::money::optional_decimal", default)]`: a decimal string, or null where there
/// is none.
pub mod optional_decimal {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Cents;

    /// Writes the amount as a decimal string, or null.
    ///
    /// # Errors
    /// Only the serializer's own.
    pub fn serialize<S: Serializer>(amount: &Option<Cents>, serializer: S) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => serializer.collect_str(amount),
            None => serializer.serialize_none(),
        }
    }

    /// Reads a decimal string or null.
    ///
    /// # Errors
    /// When the text is not an amount.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Cents>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
    }
}

/// Reads a decimal number as an integer of its `places`th decimal, exactly: `9.1` in three places is 9100.
pub(crate) fn scaled_integer(text: &str, places: usize) -> Result<i64, CentsError> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((_, "")) => return Err(CentsError::Shape),
        Some((whole, fraction)) => (whole, fraction),
        None => (unsigned, ""),
    };
    if whole.is_empty() || fraction.len() > places {
        return Err(CentsError::Shape);
    }
    let padding = std::iter::repeat_n(b'0', places - fraction.len());
    let mut value: i64 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).chain(padding) {
        if !digit.is_ascii_digit() {
            return Err(CentsError::Shape);
        }
        let digit = i64::from(digit - b'0');
        // Built on the negative side, where the range is one larger.
        value = value.checked_mul(10).and_then(|value| value.checked_sub(digit)).ok_or(CentsError::Range)?;
    }
    if negative { Ok(value) } else { value.checked_neg().ok_or(CentsError::Range) }
}

#[cfg(test)]
mod tests;
