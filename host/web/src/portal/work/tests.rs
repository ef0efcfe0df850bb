use super::*;

fn filter(kind: Option<&str>, urgency: Option<&str>) -> Option<WorkFilter> {
    let word = |word: Option<&str>| word.map(str::to_owned);
    Chosen { kind: word(kind), urgency: word(urgency), holder: None, after: None }.filter(None)
}

#[test]
fn a_filter_is_of_codes_and_an_empty_one_narrows_nothing() {
    let of = |kind, urgency| Some(WorkFilter { kind, urgency, holder: None });
    assert_eq!(filter(None, None), of(None, None));
    assert_eq!(filter(Some(""), Some("")), of(None, None));
    assert_eq!(filter(Some("claim"), None), of(Some(CaseKind::Claim), None));
    let both = of(Some(CaseKind::Referral), Some(Urgency::Expedited));
    assert_eq!(filter(Some("referral"), Some("expedited")), both);
    assert_eq!(filter(Some("letter"), None), None);
    assert_eq!(filter(Some("claim"), Some("asap")), None);
}

#[test]
fn whose_they_are_is_a_word_and_never_somebodys_id() {
    let own: Actor = format!("acc_{}", "1".repeat(32)).parse().unwrap();
    let holder = |word: &str, viewer| {
        let chosen = Chosen { kind: None, urgency: None, holder: Some(word.to_owned()), after: None };
        chosen.filter(viewer).map(|filter| filter.holder)
    };
    assert_eq!(holder("mine", Some(own)), Some(Some(Holder::Is(own))));
    assert_eq!(holder("nobody", Some(own)), Some(Some(Holder::Nobody)));
    assert_eq!(holder("", Some(own)), Some(None));
    assert_eq!(holder("mine", None), None, "who has no name among colleagues has no case");
    assert_eq!(holder(&own.to_string(), Some(own)), None);
}

#[test]
fn each_kind_of_case_has_its_screen() {
    for &kind in CaseKind::ALL {
        let address = work::address(kind, "case_1");
        let word = address.split('/').nth(3).unwrap();
        assert_eq!(CaseKind::named(word), Some(kind), "{address}");
    }
    assert_eq!(CaseKind::named("letter"), None);
}
