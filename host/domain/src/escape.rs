//! Text as a part of an address.

use std::fmt::Write as _;

/// The text as a part of an address or of a form's field (RFC 3986, 2.3): every byte that means something
/// else there is written by its number.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut part = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            part.push(char::from(byte));
        } else {
            write!(part, "%{byte:02X}").expect("a string takes text");
        }
    }
    part
}

/// Pairs as the query of an address, and as the body of a form.
#[must_use]
pub fn pairs(pairs: &[(&str, &str)]) -> String {
    let written = pairs.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    written.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_an_address_is_escaped() {
        assert_eq!(escaped("Open Door/ñ~.-_"), "Open%20Door%2F%C3%B1~.-_");
        assert_eq!(
            pairs(&[("scope", "openid email"), ("state", "a&b=c")]),
            "scope=openid%20email&state=a%26b%3Dc"
        );
        assert_eq!(pairs(&[]), "");
    }
}
