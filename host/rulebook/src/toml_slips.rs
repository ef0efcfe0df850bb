//! Slips of people who write TOML, explained in words that need no page.

/// Quotation marks of word processors.
const CURLY: &[char] = &['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}'];

/// Problem of the line at a byte of the text, and the right spelling, if it is a slip that is known here.
pub(crate) fn of(text: &str, at: usize) -> Option<(String, String)> {
    let line = line_at(text, at);
    if line.contains(CURLY) {
        let problem = "these are curly quotes, as a word processor makes them".to_owned();
        return Some((problem, "write straight ones: \"".to_owned()));
    }
    let (_, value) = line.split_once('=')?;
    let value = value.split('#').next().unwrap_or_default().trim().trim_matches('"');
    let day = american_day(value)?;
    Some((format!("`{value}` is no day"), format!("write {day}")))
}

fn line_at(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    text[start..].lines().next().unwrap_or_default()
}

/// `1/31/2026` as TOML writes it.
fn american_day(value: &str) -> Option<String> {
    let parts: Vec<&str> = value.split('/').collect();
    let [month, day, year] = parts[..] else { return None };
    let (month, day): (u8, u8) = (month.parse().ok()?, day.parse().ok()?);
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    (is_day && is_year).then(|| format!("{year}-{month:02}-{day:02}"))
}
