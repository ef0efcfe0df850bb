//! Summing up what was measured.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

/// Times of many calls.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Adds the time of one more call.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time, in microseconds, that this part of the calls did not exceed; `0.5` for the median, 0 without
    /// calls.
    #[must_use]
    pub fn quantile_us(&self, part: f64) -> f64 {
        let mut sorted: Vec<f64> = self.0.iter().map(|time| time.as_secs_f64() * 1e6).collect();
        quantile(&mut sorted, part)
    }
}

impl Extend<Duration> for Times {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, times: I) {
        self.0.extend(times);
    }
}

/// The number in the middle; 0 if there is none.
#[must_use]
pub fn median(numbers: &[f64]) -> f64 {
    quantile(&mut numbers.to_vec(), 0.5)
}

fn quantile(numbers: &mut [f64], part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let place = numbers.len().saturating_sub(1) as f64 * part;
    let at = |place: f64| numbers.get(place as usize).copied().unwrap_or_default();
    // Between two numbers, as much of each as is due to it.
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * place.fract()
}

/// Bound of a ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// The ratio is this at most.
    AtMost(f64),
    /// The ratio is this at least.
    AtLeast(f64),
    /// Anything: it is only good to know.
    None,
}

/// Cost of something, as a multiple of its floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// Names of the thing and of its floor.
    pub name: String,
    /// The cost divided by the floor's.
    pub value: f64,
    /// Bound of the ratio.
    pub budget: Budget,
}

impl Ratio {
    /// True if it stays within its budget; `None` if it has none.
    #[must_use]
    pub fn holds(&self) -> Option<bool> {
        match self.budget {
            Budget::AtMost(most) => Some(self.value <= most),
            Budget::AtLeast(least) => Some(self.value >= least),
            Budget::None => None,
        }
    }

    /// The ratio for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let (at_most, at_least) = match self.budget {
            Budget::AtMost(most) => (Some(most), None),
            Budget::AtLeast(least) => (None, Some(least)),
            Budget::None => (None, None),
        };
        json!({
            "name": self.name, "value": self.value, "at_most": at_most, "at_least": at_least, "holds": self.holds(),
        })
    }
}

/// One line of the table of ratios.
impl fmt::Display for Ratio {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<58} {:>9.3}", self.name, self.value)?;
        let verdict = if self.holds() == Some(true) { "holds" } else { "EXCEEDED" };
        match self.budget {
            Budget::AtMost(most) => write!(formatter, "   at most {most:.3}: {verdict}"),
            Budget::AtLeast(least) => write!(formatter, "  at least {least:.3}: {verdict}"),
            Budget::None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Budget, Ratio, Times, median};

    #[test]
    fn quantiles_are_of_the_sorted_times() {
        let mut times = Times::default();
        times.extend([30, 10, 20].map(Duration::from_micros));
        let found = [0.0, 0.5, 0.75, 1.0].map(|part| times.quantile_us(part).round() as u64);
        assert_eq!((found, median(&[4.0, 1.0]), median(&[])), ([10, 20, 25, 30], 2.5, 0.0));
    }

    #[test]
    fn a_budget_is_kept_up_to_its_own_value() {
        for (value, budget, holds) in [
            (0.125, Budget::AtMost(0.125), Some(true)),
            (0.13, Budget::AtMost(0.125), Some(false)),
            (0.7, Budget::AtLeast(0.7), Some(true)),
            (0.69, Budget::AtLeast(0.7), Some(false)),
            (9.0, Budget::None, None),
        ] {
            assert_eq!(Ratio { name: String::new(), value, budget }.holds(), holds, "{value} {budget:?}");
        }
    }
}
