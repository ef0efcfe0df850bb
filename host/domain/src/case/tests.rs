use expect_test::expect;

use super::LicensedReviewer;

#[test]
fn a_license_must_be_on_record() {
    let licenses = [None, Some(""), Some("  "), Some(" RN 555012 ")];
    let held: Vec<_> = licenses
        .into_iter()
        .map(|license| LicensedReviewer::on_record(license).map(|holder| holder.license().to_owned()))
        .collect();
    expect![[r#"[None, None, None, Some("RN 555012")]"#]].assert_eq(&format!("{held:?}"));
}
