use axum::http::{HeaderMap, HeaderValue, header};
use domain::plan::types::Bilingual;
use domain::problem::Code;
use workflow::FieldProblem;

use super::*;

#[test]
fn the_language_is_the_one_that_weighs_most() {
    use Language::{En, Es};
    let table = [
        (None, En),
        (Some("es"), Es),
        (Some("es-MX,es;q=0.9,en;q=0.8"), Es),
        (Some("en-US,en;q=0.9,es;q=0.5"), En),
        (Some("en, es"), En),
        (Some("fr, es;q=0.3"), Es),
        (Some("es;q=0"), En),
        (Some("*"), En),
        (Some(";;,=q"), En),
    ];
    for (sent, language) in table {
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(sent));
        }
        assert_eq!(wanted(&headers), language, "{sent:?}");
    }
}

#[test]
fn what_is_allowed_is_kept() {
    assert_eq!(listed("send one of: a, b"), Some("a, b"));
    assert_eq!(listed("leave it out; known here: cin, purpose"), Some("cin, purpose"));
    assert_eq!(listed("GET /v1/dictionary/facts lists them; near: a.b, a.c"), Some("a.b, a.c"));
    assert_eq!(listed("send RFC 3339, such as 2026-03-01T08:00:00Z"), None);
    assert_eq!(
        exampled("send RFC 3339, such as 2026-03-01T08:00:00Z, with + as %2B"),
        Some("2026-03-01T08:00:00Z")
    );
    assert_eq!(exampled("send it"), None);
}

#[test]
fn a_field_is_said_in_the_words_of_its_code() {
    let said = |code, fix: &str| {
        let mut field = FieldErrorView::from(&FieldProblem::new("/a", code, "in English", fix));
        say_field(&mut field);
        (field.detail, field.fix)
    };
    let own = |detail: &str, fix: &str| (detail.to_owned(), fix.to_owned());
    assert_eq!(said(Code::UnknownField, "leave it out"), own("no hay tal campo", "omítalo"));
    assert_eq!(
        said(Code::OneOf, "send one of: fact, document"),
        own("no está exactamente uno de varios campos", "envíe exactamente uno de ellos: fact, document")
    );
    let mut refused = FieldProblem::new("/a", Code::RefusedByPlan, "The plan's words.", "correct it");
    refused.text = Some(Box::new(Bilingual { en: "The plan's words.".into(), es: "Las del plan.".into() }));
    let mut refused = FieldErrorView::from(&refused);
    say_field(&mut refused);
    assert_eq!(refused.detail, "Las del plan.");
    let day = said(Code::InvalidDay, "send a day such as 2026-03-02");
    assert_eq!(day.1, "envíe AAAA-MM-DD, por ejemplo 2026-03-02");
}
