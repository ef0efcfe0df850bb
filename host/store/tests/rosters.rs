//! Member files: what a row changes, and what was said in which.

use domain::identifiers::*;
use domain::member_value::{Said, ValueName, ValueSource, standing};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::members::{Address, ContactSource, Member};
use store::rosters::{Place, PlacedRow, Roster, RosterRow, Sifted};
use store::*;

use crate::world::{CIN, World, on_each_database, said, sifted, valle_vista};

on_each_database!(
    a_roster_keeps_what_a_provider_verified,
    the_newer_day_stands_not_the_later_upload,
    who_said_what_is_kept_and_bounded,
    a_roster_of_thousands_loads,
    a_row_is_loaded_only_while_the_person_is_who_it_was,
);

async fn a_roster_keeps_what_a_provider_verified(world: World) {
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    // The later of two rows for one person counts.
    let (earlier, row) = (world.roster_row(CIN), world.roster_row(CIN));
    world.import(&[earlier, row.clone()]).await;
    let after = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(after == Member { family_name: row.family_name.clone(), version: 2, ..before });

    // The same again says nothing new, but that it was said again.
    world.clock.advance(SignedDuration::from_hours(24));
    world.import(std::slice::from_ref(&row)).await;
    let again = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(again == Member { version: 3, ..after });
    assert_eq!(coverages::for_member(&world.store, &world.plan, world.member).await.unwrap().len(), 1);

    // What only a file said, the next file may change; what it leaves out stays.
    let mut new = world.roster_row("92345678C");
    world.import(std::slice::from_ref(&new)).await;
    new.phone = Some("555-0142".to_owned());
    new.address = None;
    new.last_day = Some("2026-03-31".parse().unwrap());
    world.import(std::slice::from_ref(&new)).await;
    let member = members::find_by_cin(&world.store, &world.plan, &new.cin).await.unwrap().unwrap();
    assert!(member.id == new.member && member.version == 2);
    assert!(
        member.phone.is_some_and(|phone| phone.value == "555-0142" && phone.source == ContactSource::Roster)
    );
    assert!(member.residence.is_some_and(|residence| residence.value.address().is_some()));
    let known = rosters::known(&world.store, &world.plan, &valle_vista(), std::slice::from_ref(&new.cin))
        .await
        .unwrap();
    assert!(known.len() == 1 && known[0].member == new.member && known[0].identity == new.identity());
    assert!(known[0].coverages.len() == 1 && known[0].coverages[0].last_day == new.last_day);
    let after_end = "2026-04-01".parse().unwrap();
    assert!(coverages::on_day(&world.store, &world.plan, new.member, after_end).await.unwrap().is_empty());
}

async fn the_newer_day_stands_not_the_later_upload(world: World) {
    let recent = world.roster_row("92345678C");
    world.import(std::slice::from_ref(&recent)).await;
    let old = RosterRow {
        told_on: date(2019, 3, 1),
        address_as_of: date(2019, 3, 1),
        family_name: "Before".parse().unwrap(),
        county: "LDM".parse().unwrap(),
        language: None,
        phone: Some("555-0001".to_owned()),
        address: Some(Address { line: "9 Gone Street".to_owned(), city: String::new(), zip: String::new() }),
        group_code: Some("OLD".to_owned()),
        ..recent.clone()
    };
    world.clock.advance(SignedDuration::from_hours(1));
    world.import(std::slice::from_ref(&old)).await;
    let member = members::find_by_cin(&world.store, &world.plan, &recent.cin).await.unwrap().unwrap();
    assert!(member.family_name == recent.family_name && member.county == recent.county);
    assert_eq!(member.phone.map(|phone| phone.value), recent.phone);
    let home = member.residence.unwrap();
    assert!(home.value.address() == recent.address.as_ref() && home.as_of == recent.address_as_of);
    assert_eq!(member.language, "es", "a file that names no language does not make it English");
    let coverage = coverages::for_member(&world.store, &world.plan, member.id).await.unwrap();
    assert_eq!((coverage.len(), coverage[0].group_code.clone()), (1, None));
}

async fn who_said_what_is_kept_and_bounded(world: World) {
    let mut row = world.roster_row(CIN);
    for tier in 0..8_i8 {
        row.told_on = date(2026, 1, 1 + tier);
        row.values = said(&[(ValueName::RiskTier, &format!("tier {tier}")), (ValueName::Sex, "F")]);
        world.import(std::slice::from_ref(&row)).await;
    }
    // Said before, and said again of an earlier day: it moves nothing.
    row.told_on = date(2026, 1, 5);
    row.values = said(&[(ValueName::RiskTier, "tier 6")]);
    world.import(std::slice::from_ref(&row)).await;
    let verified = Said {
        name: ValueName::Phone,
        value: "+15305550142".to_owned(),
        source: ValueSource::Provider(world.clinic.organization().unwrap()),
        first: date(2026, 1, 1),
        last: date(2026, 1, 1),
        received_at: world.clock.now(),
        roster: None,
    };
    world.store.commit(Unit::of([member_values::say(world.member, &verified)])).await.unwrap();

    let values = member_values::values_of(&world.store, &world.plan, world.member).await.unwrap();
    let of = |name: ValueName| -> Vec<(String, Date, Date)> {
        let own = values.iter().filter(|said| said.name == name);
        own.map(|said| (said.value.clone(), said.first, said.last)).collect()
    };
    let tiers = of(ValueName::RiskTier);
    assert_eq!(tiers.len(), usize::from(member_values::MOST_KEPT));
    assert_eq!(tiers[0], ("tier 7".to_owned(), date(2026, 1, 8), date(2026, 1, 8)));
    assert_eq!(tiers[1], ("tier 6".to_owned(), date(2026, 1, 5), date(2026, 1, 7)));
    assert_eq!(of(ValueName::Sex), [("F".to_owned(), date(2026, 1, 1), date(2026, 1, 8))]);
    let stands: Vec<&str> = standing(&values).iter().map(|said| said.value.as_str()).collect();
    assert_eq!(stands, ["+15305550142", "tier 7", "F"]);

    // Another plan that covers the member sees no word of this plan's file.
    let rival = Roster { plan: "harbor-crest".parse().unwrap(), ..world.roster() };
    row.values = said(&[(ValueName::RiskTier, "a rival's")]);
    row.coverage = CoverageId::from_uuid(world.ids.next());
    world.store.commit(Unit { statements: rosters::import(&rival, sifted(&[row])) }).await.unwrap();
    let said = member_values::values_of(&world.store, &world.plan, world.member).await.unwrap();
    assert!(said.iter().all(|said| said.value != "a rival's"));
    let said = member_values::values_of(&world.store, &world.clinic, world.member).await.unwrap();
    assert!(said.iter().any(|said| said.value == "a rival's"), "a provider works with both");
    let stranger = member_values::values_of(&world.store, &world.stranger, world.member).await.unwrap();
    assert!(stranger.is_empty());
}

async fn a_roster_of_thousands_loads(world: World) {
    let rows: Vec<RosterRow> =
        (0..2500).map(|number| world.roster_row(&format!("9{:07}A", 1_000_001 + number))).collect();
    world.import(&rows).await;
    let cins: Vec<Cin> = rows.iter().map(|row| row.cin.clone()).collect();
    let known = rosters::known(&world.store, &world.plan, &valle_vista(), &cins).await.unwrap();
    assert_eq!(known.len(), 2500);
    assert!(known.iter().all(|known| known.coverages.len() == 1));
    let page = members::list(&world.store, &world.plan, None, 200).await.unwrap();
    assert!(page.items.len() == 200 && page.next == Some(page.items[199].id));
}

/// What happens between the look at whom a row is about and its loading: nothing of the row is loaded then.
async fn a_row_is_loaded_only_while_the_person_is_who_it_was(world: World) {
    let row = world.roster_row(CIN);
    let place = Place::Record { shares: true };
    let import = async |row: &RosterRow, alone: Option<i64>| {
        let rows = vec![PlacedRow { row: row.clone(), place, alone }];
        let sifted = Sifted { rows, ..Sifted::default() };
        world.store.commit(Unit { statements: rosters::import(&world.roster(), sifted) }).await
    };
    let other = RosterRow { birth_date: date(1980, 1, 2), ..row.clone() };
    assert_eq!(import(&other, None).await, Err(StoreError::Conflict), "another birth date");
    assert_eq!(import(&row, Some(1)).await, Err(StoreError::Conflict), "somebody else told of the person");
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(before.version == 1 && before.family_name == "Ybarra".parse().unwrap());
    assert!(coverages::for_member(&world.store, &world.clinic, world.member).await.unwrap().is_empty());
    assert_eq!(import(&row, Some(2)).await, Ok(()));
    assert_eq!(coverages::for_member(&world.store, &world.clinic, world.member).await.unwrap().len(), 1);
}
