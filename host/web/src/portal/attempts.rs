//! Attempts of forms. The hidden field `once` is to a form what `Idempotency-Key` is to the API: it is made
//! when the form is shown, kept while the form comes back, and makes it happen once however often it is sent.
//! The same key with another form is refused.

use axum::http::StatusCode;
use domain::identifiers::Digest;
use portal::{Fields, ONCE};
use workflow::command::StoredAnswer;

use super::fields::unreadable;
use crate::envelope::fresh_id;
use crate::idempotency::Attempt;
use crate::problem::ApiError;

/// Key for a form that is shown.
pub(super) fn fresh() -> String {
    fresh_id()
}

/// Key of a form that is shown again: its own, so that sending it twice still counts once.
pub(super) fn kept(fields: &Fields) -> String {
    Some(fields.text(ONCE)).filter(|key| is_key(key)).map_or_else(fresh, str::to_owned)
}

/// True for a text that can be a key of ours.
fn is_key(text: &str) -> bool {
    (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The attempt of a form: its key, the address to which it is sent, and all that is in it (`asked`), which
/// must be the same bytes whenever the same form is sent again.
///
/// # Errors
/// For a key that no form of ours had.
pub(super) fn of(key: &str, address: &str, asked: &str) -> Result<Attempt, ApiError> {
    if is_key(key) { Ok(Attempt::of(key.to_owned(), address, asked.as_bytes())) } else { Err(unreadable()) }
}

/// The attempt to keep a file that came with a form. Under one key, the same file of the same kind is one
/// document, and any other file is another document.
///
/// # Errors
/// As for [`of`].
pub(super) fn of_file(
    key: &str,
    address: &str,
    (kind, media_type): (&str, &str),
    content: &Digest,
) -> Result<Attempt, ApiError> {
    if !is_key(key) {
        return Err(unreadable());
    }
    let asked = format!("{kind}\n{media_type}\n{content}");
    let key = format!("{key}.{}", Digest::of(asked.as_bytes()));
    Ok(Attempt::of(key, address, asked.as_bytes()))
}

/// An attempt that cannot be repeated: its key is made here and told to nobody.
pub(super) fn unrepeated() -> Attempt {
    Attempt::of(fresh(), "", &[])
}

/// The answer that the record keeps of a form: that it was accepted, and no page. A retry gets a page that is
/// made anew.
pub(super) fn nothing_kept<V>(_: &V) -> StoredAnswer {
    StoredAnswer { status: StatusCode::OK.as_u16(), headers: Vec::new(), body: Vec::new() }
}

/// The answer that sends the browser to a page, and a retry to the same one.
pub(super) fn leads_to(address: &str) -> StoredAnswer {
    StoredAnswer {
        status: StatusCode::SEE_OTHER.as_u16(),
        headers: vec![
            ("location".to_owned(), address.to_owned()),
            ("content-type".to_owned(), "text/plain; charset=utf-8".to_owned()),
        ],
        // So that two answers are equal only if they lead to the same page.
        body: address.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::{Sent, sample};
    use super::*;

    fn fingerprint(sent: &Sent) -> String {
        sent.once::<()>("submitClaim", nothing_kept).unwrap().fingerprint
    }

    #[test]
    fn a_form_counts_once_by_its_address_and_its_fields() {
        let form = |address, pairs: &[(&str, &str)]| {
            let all: Vec<(&str, &str)> = [(ONCE, "0123456789")].iter().chain(pairs).copied().collect();
            fingerprint(&sample(address, &all))
        };
        let first = form("/portal/a", &[("units", "1")]);
        assert_eq!(first, form("/portal/a", &[("units", "1")]));
        assert_ne!(first, form("/portal/b", &[("units", "1")]));
        assert_ne!(first, form("/portal/a", &[("units", "2")]));
        assert_ne!(form("/portal/a", &[("a", "b\nc")]), form("/portal/a", &[("a", "b"), ("c", "")]));
        assert_ne!(form("/portal/a", &[("a", "b&c=")]), form("/portal/a", &[("a", "b"), ("c", "")]));
    }

    #[test]
    fn a_form_without_a_key_of_ours_is_refused() {
        for key in ["", "short", "not a key of ours", "a\"b12345678", "ñ0123456789", &"a".repeat(65)] {
            let sent = sample("/portal/x", &[(ONCE, key)]);
            assert!(sent.attempt().is_err(), "{key:?}");
            assert!(of_file(key, "/portal/x", ("w9", "application/pdf"), &Digest::of(b"")).is_err());
            assert_ne!(kept(&sent), key, "{key:?}");
        }
        let fresh = fresh();
        assert_ne!(fresh, self::fresh());
        let sent = sample("/portal/x", &[(ONCE, &fresh)]);
        assert!(sent.attempt().is_ok(), "{fresh}");
        assert_eq!(kept(&sent), fresh);
    }

    #[test]
    fn a_file_is_the_same_document_by_key_kind_and_content() {
        let key = |kind, content: &[u8]| {
            let type_of = (kind, "application/pdf");
            let attempt = of_file("0123456789", "/portal/x", type_of, &Digest::of(content)).unwrap();
            attempt.once::<()>("sendDocument", nothing_kept).key
        };
        assert_eq!(key("w9", b"a"), key("w9", b"a"));
        assert_ne!(key("w9", b"a"), key("w9", b"b"));
        assert_ne!(key("w9", b"a"), key("license", b"a"));
    }
}
