use domain::problem::Code;
use expect_test::expect;

use super::*;
use crate::problem::table;

#[test]
fn a_page_says_cause_and_fix_and_shows_what_is_right() {
    let shown = of(&CodeView::of(Code::OrganizationEnded, Language::Es), Language::Es);
    expect![[r#"
        <!doctype html>
        <html lang="es">
        <title>organization-ended</title>
        <h1><code>organization-ended</code></h1>
        <h2>Como respuesta a una solicitud</h2>
        <p>La organización de la clave ha terminado y sus claves no funcionan</p>
        <dl>
        <dt>Estado</dt><dd>403</dd>
        <dt>Causa</dt><dd>el operador terminó la organización</dd>
        <dt>Solución</dt><dd>use la clave de una organización que siga, o pregunte al operador de este servicio</dd>
        </dl>
        <h2>Como error de un campo</h2>
        <dl>
        <dt>Causa</dt><dd>la organización ha terminado y sus claves no funcionan</dd>
        <dt>Solución</dt><dd>haga claves para una que siga</dd>
        </dl>
        <p><a href="/problems">Todos los problemas</a></p>
        </html>
    "#]]
    .assert_eq(&shown);
    let with_example = of(&CodeView::of(Code::InvalidDay, Language::En), Language::En);
    assert!(with_example.contains("<pre><code>2026-03-02</code></pre>"), "{with_example}");
}

#[test]
fn what_the_description_shows_is_how_the_pages_begin() {
    let stale = of(&CodeView::of(Code::Stale, Language::En), Language::En);
    assert!(stale.starts_with(EXAMPLE), "{stale}");
    let codes = table::sorted().into_iter().map(|code| CodeView::of(code, Language::En));
    let list = list(&CodesView { items: codes.collect() }, Language::En);
    assert!(list.starts_with(EXAMPLE_OF_LIST), "{list}");
    for code in Code::ALL {
        assert!(list.contains(&format!("<a href=\"/problems/{code}\">")), "{code}");
    }
}

#[test]
fn no_text_becomes_markup() {
    assert_eq!(marked("send `a<b>` & \"c\""), "send <code>a&lt;b&gt;</code> &amp; \"c\"");
}
