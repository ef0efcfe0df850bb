use jiff::civil::date;

use super::*;

/// An election of a service in a county from a day to another, with the members of its cap.
type Elected = (&'static str, &'static str, Date, Option<Date>, Option<u32>);

fn profile(elections: &[Elected]) -> PlanProfile {
    let election = |&(service, county, first, last, members): &Elected| Election {
        service: service.to_owned(),
        county: county.to_owned(),
        days: Period { first, last },
        capacity: members.map(|members| Capacity { members, window_months: 12, wait_list: false }),
    };
    PlanProfile { elections: elections.iter().map(election).collect(), ..PlanProfile::undeclared() }
}

#[test]
fn a_cap_binds_where_its_election_holds() {
    let (january, june, july) = (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1));
    let profile = profile(&[
        ("respite", "SRV", january, Some(june), None),
        ("respite", "SRV", january, None, Some(30)),
        ("respite", "SRV", july, None, Some(20)),
        ("respite", "LDM", january, None, Some(5)),
        ("ecm", "SRV", january, None, None),
    ]);
    // Service, county, day, elections that hold, members of the caps among them.
    let cases: [(&str, &str, Date, usize, &[u32]); 8] = [
        ("respite", "SRV", date(2025, 12, 31), 0, &[]),
        // The first election has no cap; the second has, and binds.
        ("respite", "SRV", january, 2, &[30]),
        ("respite", "SRV", june, 2, &[30]),
        ("respite", "SRV", july, 2, &[30, 20]),
        ("respite", "LDM", july, 1, &[5]),
        ("ecm", "SRV", july, 1, &[]),
        ("ecm", "LDM", july, 0, &[]),
        ("sobering-center", "SRV", july, 0, &[]),
    ];
    for (service, county, on, elected, caps) in cases {
        let found: Vec<u32> = profile.caps(service, county, on).map(|cap| cap.members).collect();
        assert_eq!(profile.elected(service, county, on).count(), elected, "{service} {county} {on}");
        assert_eq!(found, caps, "{service} {county} {on}");
    }
}

#[test]
fn a_window_counts_back_in_months() {
    let rows = [
        (12, date(2026, 3, 2), date(2025, 3, 2)),
        (1, date(2026, 3, 31), date(2026, 2, 28)),
        (0, date(2026, 3, 2), date(2026, 3, 2)),
    ];
    for (window_months, on, from) in rows {
        let cap = Capacity { members: 1, window_months, wait_list: false };
        assert_eq!(cap.counts_from(on), from, "{window_months} months before {on}");
    }
}
