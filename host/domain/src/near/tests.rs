use super::*;

#[test]
fn slips_are_counted() {
    for (one, other, wanted) in [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "ab", 1),
        ("abc", "axc", 1),
        ("abc", "acb", 1),
        ("ABC", "abc", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("ñandú", "nandu", 2),
    ] {
        assert_eq!((slips(one, other), slips(other, one)), (wanted, wanted), "{one} {other}");
    }
}

#[test]
fn what_was_meant_is_asked() {
    let known = [
        "clinical.hba1c",
        "housing.status",
        "homeless-sheltered",
        "homeless-unsheltered",
        "plan.x.food-storage",
        "plan.x.no-food-storage",
        "and",
        "SRV",
    ];
    let table: &[(&str, &[&str])] = &[
        ("clinical.hba1x", &["clinical.hba1c"]),
        ("hba1c", &["clinical.hba1c"]),
        ("lab.hba1c", &["clinical.hba1c"]),
        ("Housing.Status", &["housing.status"]),
        ("homeles-sheltered", &["homeless-sheltered"]),
        // As near to one as to its opposite.
        ("homeless-nsheltered", &["homeless-sheltered", "homeless-unsheltered"]),
        ("AND", &["and"]),
        ("SVR", &["SRV"]),
        ("", &[]),
        ("quixotic", &[]),
        ("x.abc", &[]),
    ];
    for (word, wanted) in table {
        assert_eq!(&near(word, known), wanted, "{word}");
    }
    assert_eq!(near(&"a".repeat(100_000), known), [""; 0], "what is too long is not measured");
    let asked = question("homeless-nsheltered", known);
    assert_eq!(asked.as_deref(), Some("did you mean `homeless-sheltered` or `homeless-unsheltered`?"));
    assert_eq!(question("quixotic", known), None);
    assert_eq!(either(&["a", "b", "c"]), "`a`, `b` or `c`");
}
