use expect_test::expect;

use super::{LicensedReviewer, Refusal};
use crate::plan::types::{Bilingual, Denial, DenialKind};

fn reason() -> Bilingual {
    Bilingual { en: "No.".to_owned(), es: "No.".to_owned() }
}

#[test]
fn software_can_make_an_administrative_refusal_only() {
    let made = |kind| Refusal::administrative(&Denial { kind, reason: reason() }).is_some();
    expect!["administrative: true, clinical: false"].assert_eq(&format!(
        "administrative: {}, clinical: {}",
        made(DenialKind::Administrative),
        made(DenialKind::Clinical),
    ));
}

#[test]
fn a_license_must_be_on_record() {
    let licenses = [None, Some(""), Some("  "), Some(" RN 555012 ")];
    let held: Vec<_> = licenses
        .into_iter()
        .map(|license| LicensedReviewer::on_record(license).map(|holder| holder.license().to_owned()))
        .collect();
    expect![[r#"[None, None, None, Some("RN 555012")]"#]].assert_eq(&format!("{held:?}"));
}
