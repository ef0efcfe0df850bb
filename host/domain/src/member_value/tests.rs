use super::*;

fn said(source: &str, value: &str, last: &str, received: &str) -> StatedValue {
    let source = match source.strip_prefix("plan ") {
        Some(plan) => ValueSource::PlanFile(plan.parse().expect("a plan")),
        None => ValueSource::Provider(OrgId::from_uuid(uuid::Uuid::from_u128(7))),
    };
    let last = last.parse().expect("a day");
    let received_at = received.parse().expect("an instant");
    StatedValue {
        name: ValueName::Phone,
        value: value.to_owned(),
        source,
        first: last,
        last,
        received_at,
        roster: None,
    }
}

#[test]
fn the_newer_day_stands_and_a_verified_value_until_a_newer_verified_one() {
    let cases = [
        (
            "the newer day, not the later upload",
            vec![
                said("plan valle-vista", "ten days ago", "2026-02-20", "2026-02-20T08:00:00Z"),
                said("plan harbor-crest", "of 2019", "2019-03-01", "2026-03-02T08:00:00Z"),
            ],
            "ten days ago",
        ),
        (
            "of one day the later received",
            vec![
                said("plan valle-vista", "later", "2026-03-02", "2026-03-02T09:00:00Z"),
                said("plan harbor-crest", "earlier", "2026-03-02", "2026-03-02T08:00:00Z"),
            ],
            "later",
        ),
        (
            "a verified one over a file's newer one",
            vec![
                said("a provider", "verified", "2025-01-01", "2025-01-01T08:00:00Z"),
                said("plan valle-vista", "of the file", "2026-03-02", "2026-03-02T08:00:00Z"),
            ],
            "verified",
        ),
        (
            "the newer of two verified ones",
            vec![
                said("a provider", "verified", "2025-01-01", "2025-01-01T08:00:00Z"),
                said("a provider", "verified anew", "2026-01-01", "2026-01-01T08:00:00Z"),
            ],
            "verified anew",
        ),
    ];
    for (case, values, expected) in cases {
        let stands: Vec<&str> = standing(&values).iter().map(|said| said.value.as_str()).collect();
        assert_eq!(stands, [expected], "{case}");
    }
}

#[test]
fn every_name_has_its_text() {
    for name in ValueName::ALL {
        assert!(!name.text().en.is_empty() && !name.text().es.is_empty());
    }
}
