//! Preferences of a client: the weights in `Accept` and `Accept-Language` (RFC 9110, section 12.4.2).

use axum::http::{HeaderMap, HeaderName};

#[cfg(test)]
mod tests;

/// The highest weight of the ranges that fit; 0 if none does, or what was sent cannot be read.
pub(crate) fn weight(headers: &HeaderMap, name: &HeaderName, fits: impl Fn(&str) -> bool) -> f32 {
    let sent = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let ranges = sent.flat_map(|list| list.split(',')).filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next()?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
        fits(named).then_some(weight)
    });
    ranges.fold(0.0, f32::max)
}
