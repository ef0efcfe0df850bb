use domain::identifiers::{MemberId, OrgId};
use jiff::Timestamp;
use jiff::civil::date;
use store::members::IdentityStatus;
use uuid::Uuid;

use super::*;
use crate::fixtures::{covered, disputed};

const TODAY: Date = date(2026, 3, 2);

fn said(name: ValueName, value: &str, source: ValueSource) -> StatedValue {
    StatedValue {
        name,
        value: value.to_owned(),
        source,
        first: TODAY,
        last: TODAY,
        received_at: Timestamp::UNIX_EPOCH,
        roster: None,
    }
}

fn recorded<T>(value: T, source: ContactSource) -> Recorded<T> {
    Recorded { value, source, recorded_at: Timestamp::UNIX_EPOCH, as_of: TODAY }
}

fn member() -> Member {
    Member {
        id: MemberId::from_uuid(Uuid::from_u128(1)),
        cin: "91234567A".parse().unwrap(),
        family_name: "Delgado".parse().unwrap(),
        given_name: "Marisol".parse().unwrap(),
        birth_date: date(1971, 4, 9),
        county: "SRV".parse().unwrap(),
        language: "es".to_owned(),
        phone: Some(recorded("by a provider".to_owned(), ContactSource::Provider)),
        residence: Some(recorded(Residence::NoFixedAddress, ContactSource::Provider)),
        created_at: Timestamp::UNIX_EPOCH,
        version: 1,
        standing: IdentityStatus::Confirmed,
        told_by: None,
        merged_into: None,
    }
}

fn sieve<'a>(plan: Option<&'a PlanId>, purpose: &'a str, coverages: &'a [Coverage]) -> Sieve<'a> {
    let answers = plan.is_some_and(|plan| answers(plan, coverages, TODAY));
    Sieve { plan, answers, purpose, today: TODAY, coverages }
}

/// Each row: who looks and why; plans whose days are shown, whose words, phone, language and county.
#[test]
fn a_plan_sees_what_its_own_file_and_its_own_days_give() {
    let plan = |name: &str| -> PlanId { name.parse().unwrap() };
    let (vista, harbor, oak, crest) =
        (plan("valle-vista"), plan("harbor-crest"), plan("silver-oak"), plan("costa-alta"));
    let coverages = [
        disputed(covered("harbor-crest", "medi-cal", "2026-03-01", None), 0),
        covered("silver-oak", "d-snp", "2026-01-01", None),
        covered("valle-vista", "medi-cal", "2024-01-01", None),
        covered("costa-alta", "medi-cal", "2022-01-01", Some("2023-12-31")),
    ];
    let file = |plan: &PlanId| ValueSource::PlanFile(plan.clone());
    let provider = ValueSource::Provider(OrgId::from_uuid(Uuid::from_u128(2)));
    let words = || {
        vec![
            said(ValueName::Phone, "by vista", file(&vista)),
            said(ValueName::Phone, "by harbor", file(&harbor)),
            said(ValueName::Language, "vi", file(&harbor)),
            said(ValueName::Phone, "by crest", file(&crest)),
            said(ValueName::Phone, "by a provider", provider.clone()),
        ]
    };
    type Case<'a> = (Option<&'a PlanId>, &'a str, &'a [&'a str], usize, Option<&'a str>, &'a str, &'a str);
    let everything = &["harbor-crest", "silver-oak", "valle-vista", "costa-alta"][..];
    let cases: [Case<'_>; 7] = [
        (None, "treatment", everything, 5, Some("by a provider"), "es", "SRV"),
        (None, "payment", everything, 0, None, "es", "SRV"),
        (Some(&vista), "operations", &["silver-oak", "valle-vista"], 2, Some("by a provider"), "es", "SRV"),
        (Some(&oak), "operations", &["silver-oak", "valle-vista"], 1, Some("by a provider"), "es", "SRV"),
        // Whose days are disputed, and whose are over, sees its own file.
        (Some(&harbor), "operations", &["harbor-crest"], 2, Some("by harbor"), "vi", "LDM"),
        (Some(&crest), "operations", &["costa-alta"], 1, Some("by crest"), "und", "LDM"),
        (Some(&vista), "payment", &["silver-oak", "valle-vista"], 0, None, "es", "SRV"),
    ];
    for (who, purpose, plans, words_seen, phone, language, county) in cases {
        let what = format!("{who:?} for {purpose}");
        let sieve = sieve(who, purpose, &coverages);
        let days: Vec<&str> = sieve.coverage().iter().map(|one| one.plan.as_str()).collect();
        assert_eq!(days, plans, "{what}");
        let read = sieve.said(words());
        assert_eq!(read.len(), words_seen, "{what}");
        let member = member();
        let contact = sieve.contact(&member, &read);
        assert_eq!(contact.phone.map(|phone| phone.value).as_deref(), phone, "{what}");
        let homeless_is_shown = phone == Some("by a provider");
        assert_eq!(contact.no_fixed_address, homeless_is_shown, "{what}");
        assert_eq!(sieve.language(&member, &read), language, "{what}");
        assert_eq!(sieve.county(&member, &read), county, "{what}");
        let sums = who.is_none() || who == Some(&vista) || who == Some(&oak);
        assert_eq!(sieve.sees_sums_on(TODAY), sums, "{what}");
    }
}
