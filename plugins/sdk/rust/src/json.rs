//! Days and instants in the host's JSON: `YYYY-MM-DD` and RFC 3339 in UTC.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use crate::types::Date;

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let words = String::deserialize(deserializer)?;
        read_day(&words).ok_or_else(|| D::Error::custom(format!("not a day: {words}")))
    }
}

fn read_day(words: &str) -> Option<Date> {
    let (year, rest) = words.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let date = crate::day(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    (Date::from_number(date.number()) == date).then_some(date)
}

/// Instants, as milliseconds in the contract and RFC 3339 in JSON. Only whole seconds in UTC are read.
pub mod instant {
    use super::{Deserialize, Deserializer, Error, Serializer, read_day};
    use crate::types::Date;

    /// Writes milliseconds since 1970 as an RFC 3339 instant in UTC.
    pub fn serialize<S: Serializer>(milliseconds: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        let seconds = milliseconds.div_euclid(1_000);
        let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let date = Date::from_number(days);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let day = format!("{:04}-{:02}-{:02}", date.year, date.month, date.day);
        serializer.collect_str(&format_args!("{day}T{hour:02}:{minute:02}:{second:02}Z"))
    }

    /// Reads an RFC 3339 instant in UTC as milliseconds since 1970.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let words = String::deserialize(deserializer)?;
        let read = || {
            let (day, time) = words.strip_suffix('Z')?.split_once('T')?;
            let parts: Vec<i64> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            let [hour, minute, second] = parts.as_slice() else { return None };
            Some((read_day(day)?.number() * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000)
        };
        read().ok_or_else(|| D::Error::custom(format!("not an instant in UTC with whole seconds: {words}")))
    }
}
