//! Texts as they stand in addresses and forms.

/// The text in an address: each of its bytes as two digits, whether that is needed or not.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Fields as a browser writes a form (application/x-www-form-urlencoded).
pub(super) fn written(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", in_a_form(name), in_a_form(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn in_a_form(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
