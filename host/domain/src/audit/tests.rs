use super::*;

/// Every kind, and whether its ids are told to a county's analyst.
const TOLD: [(&str, bool); 39] = [
    ("account", true),
    ("activation", true),
    ("application", false),
    ("audit", true),
    ("authorization", false),
    ("breaker", true),
    ("case", false),
    ("claim", false),
    ("contract", true),
    ("cost", true),
    ("county", true),
    ("criteria", true),
    ("deadline", false),
    ("document", false),
    ("evaluation", false),
    ("figures", true),
    ("health", true),
    ("identity-conflict", false),
    ("identity-provider", true),
    ("key", true),
    ("member", false),
    ("notice", false),
    ("offer", false),
    ("organization", true),
    ("passkey", true),
    ("plan", true),
    ("plugin", true),
    ("policy", true),
    ("profile", true),
    ("proposal", true),
    ("receipt", true),
    ("referral", false),
    ("retention", true),
    ("roster", false),
    ("rules-file", true),
    ("session", true),
    ("shadow-run", true),
    ("signing-key", true),
    ("table", true),
];

#[test]
fn each_kind_says_whether_it_is_told_and_an_unknown_one_is_not() {
    let kinds: Vec<(&str, bool)> =
        SubjectKind::ALL.iter().map(|kind| (kind.name(), kind.names_no_member())).collect();
    assert_eq!(kinds, TOLD);
    for (word, told) in TOLD {
        assert_eq!(SubjectKind::word_names_no_member(word), told, "{word}");
    }
    for unknown in ["", "list", "remittance", "Member", "member-note"] {
        assert!(!SubjectKind::word_names_no_member(unknown), "{unknown}");
    }
}

#[test]
fn a_case_of_each_kind_is_a_subject_of_that_name() {
    for &kind in CaseKind::ALL {
        assert_eq!(SubjectKind::from(kind).name(), kind.name());
    }
}
