//! Keys of a plan: those by which its software comes in, and those that it signs its versions with; and the
//! policy that its versions must meet.

use askama::Template;
use domain::release::Policy;
use i18n_embed_fl::fl;
use jiff::Timestamp;
use jiff::civil::Date;
use workflow::Role as KeyRole;
use workflow::shown::{ShownKey, SigningKey};

use crate::desk::{KEYS, said, sentence_form};
use crate::parts::{Entry, Errors, Field, Message, Mistake, Row, Sheet, Summary, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Field of a key's label.
pub const LABEL: &str = "label";
/// Field of a key's role.
pub const ROLE: &str = "role";
/// Field of the license of a reviewer's key.
pub const LICENSE: &str = "license";
/// Field of the last day of a key.
pub const ENDS: &str = "ends";
/// Field of a signing key's public half.
pub const PUBLIC: &str = "public";
/// Field of a signing key's label.
pub const PURPOSE: &str = "purpose";

/// Something in a form for a key that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No label of an access key.
    Label,
    /// No day, or one that is past.
    Ends,
    /// No public half of a key.
    Public,
    /// No label of a signing key.
    Purpose,
    /// The plan has this signing key already, or no room for one more.
    Known,
    /// The last key that manages keys stays.
    Last,
}

impl Wrong {
    fn field(self) -> &'static str {
        match self {
            Self::Label | Self::Last => LABEL,
            Self::Ends => ENDS,
            Self::Public | Self::Known => PUBLIC,
            Self::Purpose => PURPOSE,
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Label | Self::Purpose => fl!(l, "desk-label-wrong"),
            Self::Ends => fl!(l, "desk-ends-wrong"),
            Self::Public => fl!(l, "desk-public-wrong"),
            Self::Known => fl!(l, "desk-public-known"),
            Self::Last => fl!(l, "desk-why-last-key"),
        }
    }
}

/// Entries of the two forms, as they were typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Label of an access key.
    pub label: String,
    /// Role of an access key.
    pub role: String,
    /// License of a reviewer's key.
    pub license: String,
    /// Last day of an access key.
    pub ends: String,
    /// Public half of a signing key.
    pub public: String,
    /// Label of a signing key.
    pub purpose: String,
}

/// Everything that the page is made of.
pub struct Keys<'a> {
    /// Access keys of the plan; `None` for who does not look after them.
    pub keys: Option<&'a [ShownKey]>,
    /// Signing keys of the plan, oldest first.
    pub signing: &'a [SigningKey],
    /// Policy of the plan's releases.
    pub policy: &'a Policy,
    /// Entries of the forms, as they were typed.
    pub typed: &'a Typed,
    /// Mistakes in the entries.
    pub wrong: &'a [Wrong],
    /// Label and secret of a key that was just made.
    pub made: Option<(&'a str, &'a str)>,
    /// Key of the attempt.
    pub once: &'a str,
}

/// Parts of the page, in words.
pub(crate) struct Parts {
    pub(crate) keys: Option<Vec<Row>>,
    pub(crate) signing: Vec<Row>,
    pub(crate) policy: Summary,
    pub(crate) made: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "desk/keys.html")]
pub(crate) struct KeysPage {
    shell: Shell,
    heading: String,
    errors: Errors,
    made: Option<(Message, String)>,
    keys: Option<Sheet>,
    looks_after: bool,
    signing: Option<Sheet>,
    policy: Summary,
    once: String,
    action: &'static str,
    label: Field,
    role: String,
    license: Field,
    ends: Field,
    public: Field,
    purpose: Field,
}

/// Page of the keys, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, keys: &Keys<'_>) -> String {
    let words = frame.words;
    let parts = Parts {
        keys: keys.keys.map(|keys| keys.iter().map(|key| key_row(words, key, frame.now)).collect()),
        signing: keys.signing.iter().map(|key| signing_row(words, key)).collect(),
        policy: policy(words, keys.policy),
        made: keys.made.map(|(label, secret)| (label.to_owned(), secret.to_owned())),
    };
    view(frame, parts, keys.typed, keys.wrong, keys.once).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts, typed: &Typed, wrong: &[Wrong], once: &str) -> KeysPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "desk-keys");
    let error = |field: &str| wrong.iter().find(|one| one.field() == field).map(|one| one.text(words));
    let rows = wrong.iter().map(|one| Mistake::at(one.field(), one.text(words))).collect();
    let errors = Errors { title: fl!(l, "errors"), rows };
    let field = |name: &'static str, label: String, value: &str, hint: Option<String>| Field {
        hint,
        error: error(name),
        value: value.to_owned(),
        ..Field::text(name, label)
    };
    let sheet = |caption: String, heads: Vec<String>, rows: Vec<Row>| {
        (!rows.is_empty()).then_some(Sheet { caption, heads, rows })
    };
    let mut shell = Shell::of(frame, &heading, Some(Place::Rules));
    if !errors.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let looks_after = parts.keys.is_some();
    if looks_after {
        // The language button takes along what was typed into the form of access keys.
        shell.form = Some("entry");
    }
    KeysPage {
        shell,
        heading,
        errors,
        made: parts.made.map(|(label, secret)| {
            (Message { tone: Tone::Good, text: fl!(l, "desk-key-made", label = label) }, secret)
        }),
        keys: sheet(fl!(l, "desk-keys-caption"), key_heads(words).to_vec(), parts.keys.unwrap_or_default()),
        looks_after,
        signing: sheet(fl!(l, "desk-signing-caption"), signing_heads(words).to_vec(), parts.signing),
        policy: parts.policy,
        once: once.to_owned(),
        action: KEYS,
        label: field(LABEL, fl!(l, "desk-label"), &typed.label, Some(fl!(l, "desk-label-hint"))),
        role: typed.role.clone(),
        license: field(LICENSE, fl!(l, "desk-license"), &typed.license, Some(fl!(l, "desk-license-hint"))),
        ends: Field {
            kind: "date",
            width: "short",
            ..field(ENDS, fl!(l, "ask-last"), &typed.ends, Some(fl!(l, "desk-ends-hint")))
        },
        public: field(PUBLIC, fl!(l, "desk-public"), &typed.public, Some(fl!(l, "desk-public-hint"))),
        purpose: field(PURPOSE, fl!(l, "desk-label"), &typed.purpose, None),
    }
}

pub(crate) fn key_heads(words: Words) -> [String; 5] {
    let l = words.l;
    [
        fl!(l, "desk-label"),
        fl!(l, "desk-role"),
        fl!(l, "desk-made"),
        fl!(l, "desk-last-used"),
        fl!(l, "accounts-state"),
    ]
}

pub(crate) fn signing_heads(words: Words) -> [String; 3] {
    let l = words.l;
    [fl!(l, "desk-label"), fl!(l, "desk-made"), fl!(l, "accounts-state")]
}

/// One line of the list of access keys; one that works leads to the page on which it is ended.
pub(crate) fn key_line(words: Words, label: String, address: Option<String>, cells: [String; 4]) -> Row {
    let heads = key_heads(words);
    Row { name: label, address, cells: heads.into_iter().skip(1).zip(cells).collect() }
}

fn key_row(words: Words, shown: &ShownKey, now: Timestamp) -> Row {
    let l = words.l;
    let key = &shown.key;
    let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    let works = !is_over(key.revoked_at) && !is_over(key.expires_at);
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => fl!(l, "desk-key-ended", at = words.instant(at)),
        (None, Some(at)) if at <= now => fl!(l, "desk-key-ended", at = words.instant(at)),
        (None, Some(at)) => fl!(l, "desk-key-ends", at = words.instant(at)),
        (None, None) => fl!(l, "desk-key-works"),
    };
    let used = key.last_used_at.map_or_else(|| fl!(l, "desk-never"), |at| words.instant(at));
    let role = role(words, key.role.name());
    let address = works.then(|| format!("{KEYS}/{}/end", key.id));
    key_line(words, key.label.clone(), address, [role, words.instant(key.created_at), used, state])
}

/// Role of a key, in words.
fn role(words: Words, name: &str) -> String {
    let l = words.l;
    match KeyRole::named(name) {
        Some(KeyRole::PlanAdmin) => fl!(l, "desk-role-admin"),
        Some(KeyRole::PlanReviewer) => fl!(l, "desk-role-reviewer"),
        _ => name.to_owned(),
    }
}

fn signing_row(words: Words, key: &SigningKey) -> Row {
    let l = words.l;
    let state = match key.retired_at {
        Some(at) => fl!(l, "desk-key-ended", at = words.instant(at)),
        None => fl!(l, "desk-key-counts"),
    };
    let address = key.retired_at.is_none().then(|| format!("{KEYS}/signing/{}/end", key.id));
    let cells = [words.instant(key.created_at), state];
    let heads = signing_heads(words);
    Row { name: key.label.clone(), address, cells: heads.into_iter().skip(1).zip(cells).collect() }
}

/// The policy in sentences.
pub(crate) fn policy(words: Words, policy: &Policy) -> Summary {
    let l = words.l;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let wants: Vec<String> =
        policy.requires.iter().map(|requirement| said::requirement(words, *requirement)).collect();
    let wants = if wants.is_empty() { fl!(l, "desk-requires-nothing") } else { wants.join(" ") };
    let bold = match policy.most_changed_approvals {
        Some(most) => fl!(l, "desk-most-changed", count = i64::try_from(most).unwrap_or(i64::MAX)),
        None => fl!(l, "desk-most-changed-none"),
    };
    Summary {
        rows: vec![
            entry(fl!(l, "desk-before-live"), wants),
            entry(fl!(l, "desk-changed-approvals"), bold),
            entry(fl!(l, "desk-by-itself"), sentence_form::stops(words, policy)),
        ],
    }
}

/// First instant after a day that was typed as the last one of a key; `None` for none.
///
/// # Errors
/// If it is no day, or is past.
pub fn end_of(typed: &str, now: Timestamp) -> Result<Option<Timestamp>, Wrong> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let day: Date = typed.parse().map_err(|_| Wrong::Ends)?;
    let end = domain::time::pacific_end_of_day(day);
    if end <= now { Err(Wrong::Ends) } else { Ok(Some(end)) }
}

/// The 32 bytes of a public half that was typed in hexadecimal.
#[must_use]
pub fn public_half(typed: &str) -> Option<[u8; 32]> {
    hexadecimal(typed)
}

/// So many bytes that were typed in hexadecimal, with spaces or without.
#[must_use]
pub fn hexadecimal<const N: usize>(typed: &str) -> Option<[u8; N]> {
    let digits: Option<Vec<u8>> = typed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .map(|letter| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits.filter(|digits| digits.len() == 2 * N)?;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = pair[0] << 4 | pair[1];
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_after_its_last_day() {
        let now: Timestamp = "2026-11-20T18:42:00Z".parse().unwrap();
        assert_eq!(end_of(" ", now), Ok(None));
        let end = end_of("2026-11-20", now).unwrap().unwrap();
        assert!(end > now && end.to_string().starts_with("2026-11-21T07:59"), "{end}");
        assert_eq!(end_of("2026-11-19", now), Err(Wrong::Ends));
        assert_eq!(end_of("tomorrow", now), Err(Wrong::Ends));
    }

    #[test]
    fn a_public_half_is_64_digits_with_spaces_or_without() {
        let digits = "d75a980182b10ab7 d54bfed3c964073a 0ee172f3daa62325 af021a68f707511A";
        assert_eq!(public_half(digits).map(|bytes| (bytes[0], bytes[31])), Some((0xd7, 0x1a)));
        for wrong in ["", "d75a", &digits[1..], &digits.replace('d', "x")] {
            assert_eq!(public_half(wrong), None, "{wrong}");
        }
    }
}
