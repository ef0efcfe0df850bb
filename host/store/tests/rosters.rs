//! Member files: what a row changes, and what was said in which.

use std::collections::BTreeMap;

use domain::identifiers::*;
use domain::member_value::{StatedValue, ValueName, ValueSource, standing};
use domain::time::{Clock, Ids};
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use store::coverages::Coverage;
use store::members::{Address, ContactSource, IdentityStatus, Member};
use store::rosters::{Aside, Place, PlacedRow, Roster, RosterRow, Sifted};
use store::*;

use crate::world::{CIN, World, on_each_database, said, sifted, valle_vista};

on_each_database!(
    a_roster_keeps_what_a_provider_verified,
    the_newer_day_stands_not_the_later_upload,
    who_said_what_is_kept_and_bounded,
    a_roster_of_thousands_loads,
    newcomers_are_as_everybody_else,
    newcomers_come_in_beside_those_who_are_known,
    whom_somebody_brought_in_meanwhile_no_newcomer_replaces,
    slices_of_people_who_are_all_new_are_found_unread,
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
    // StatedValue before, and said again of an earlier day: it moves nothing.
    row.told_on = date(2026, 1, 5);
    row.values = said(&[(ValueName::RiskTier, "tier 6")]);
    world.import(std::slice::from_ref(&row)).await;
    let verified = StatedValue {
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

/// A row about somebody new comes in by another way than one about somebody who may be known. What it leaves
/// is the same.
async fn newcomers_are_as_everybody_else(world: World) {
    let full = RosterRow {
        language: Some("es".to_owned()),
        phone: Some("209-555-0100".to_owned()),
        address: Some(Address {
            line: "1 Alder Street".to_owned(),
            city: "San Ravel".to_owned(),
            zip: "96191".to_owned(),
        }),
        address_as_of: date(2025, 12, 1),
        values: said(&ValueName::ALL.iter().map(|name| (*name, name.name())).collect::<Vec<_>>()),
        group_told: true,
        group_code: Some("ecm".to_owned()),
        dual_status: Some("02".to_owned()),
        last_day: Some(date(2026, 12, 31)),
        aside: BTreeMap::from([("Care Team".to_owned(), "North".to_owned())]),
        ..world.roster_row(CIN)
    };
    let bare = RosterRow {
        language: None,
        phone: None,
        address: None,
        values: BTreeMap::new(),
        group_told: false,
        group_code: None,
        dual_status: None,
        last_day: None,
        aside: BTreeMap::new(),
        ..world.roster_row(CIN)
    };
    let unclear = RosterRow { group_code: Some("left by mistake".to_owned()), ..bare.clone() };
    let any = (RosterId::from_uuid(world.ids.next()), CoverageId::from_uuid(world.ids.next()));
    for (number, row) in [full, bare, unclear].into_iter().enumerate() {
        for apart in [false, true] {
            let mut left = Vec::new();
            for (way, alone) in [("1", Some(1)), ("2", None)] {
                let member = MemberId::from_uuid(world.ids.next());
                let cin: Cin = format!("9{}{}{way}0001A", number, u8::from(apart)).parse().unwrap();
                let row = RosterRow {
                    cin: cin.clone(),
                    member,
                    coverage: CoverageId::from_uuid(world.ids.next()),
                    ..row.clone()
                };
                let place = if apart { Place::Apart(member) } else { Place::Record { shares: true } };
                let sifted = Sifted { rows: vec![PlacedRow { row, place, alone }], ..Sifted::default() };
                let roster = world.roster();
                world.store.commit(Unit { statements: rosters::import(&roster, sifted) }).await.unwrap();
                left.push(left_of(&world, member, &cin, &roster, any).await);
            }
            assert!(left[0] == left[1], "row {number}, apart: {apart}");
            assert!(left[0].1.len() == 1, "row {number}, apart: {apart}");
        }
    }
}

/// More rows than one statement takes, one of whose people is known, and another has two rows.
async fn newcomers_come_in_beside_those_who_are_known(world: World) {
    let numbered = |number: u32| world.roster_row(&format!("9{:07}A", 2_000_001 + number));
    let mut rows: Vec<RosterRow> = (0..2_001).map(numbered).collect();
    // Both of somebody who is new, at the border of two statements: neither is a plain insert.
    let (first, second) = (rows[999].clone(), rows[1_000].clone());
    rows[1_000] = RosterRow { cin: first.cin.clone(), first_day: date(2025, 1, 1), ..second };
    rows[1_000].last_day = Some(date(2025, 6, 30));
    rows[2_000] = world.roster_row(CIN);
    let place = Place::Record { shares: true };
    let placed = rows.iter().map(|row| {
        let alone = (row.cin.expose() != CIN).then_some(1);
        PlacedRow { row: row.clone(), place, alone }
    });
    let sifted = Sifted { rows: placed.collect(), ..Sifted::default() };
    world.store.commit(Unit { statements: rosters::import(&world.roster(), sifted) }).await.unwrap();

    let mut cins: Vec<Cin> = rows.iter().map(|row| row.cin.clone()).collect();
    cins.remove(1_000);
    let known = rosters::known(&world.store, &world.plan, &valle_vista(), &cins).await.unwrap();
    assert_eq!(known.len(), 2_000);
    let spans = |row: &RosterRow| {
        let known = known.iter().find(|known| known.cin == row.cin).unwrap();
        (known.member, known.coverages.len())
    };
    assert_eq!(spans(&rows[0]), (rows[0].member, 1));
    assert_eq!(spans(&rows[999]).1, 2);
    assert_eq!(spans(&rows[2_000]), (world.member, 1));
    for row in [&rows[0], &rows[1_999], &rows[2_000]] {
        let member = members::find_by_cin(&world.store, &world.plan, &row.cin).await.unwrap().unwrap();
        assert_eq!(member.version, if row.cin.expose() == CIN { 2 } else { 1 });
        let said = member_values::values_of(&world.store, &world.plan, member.id).await.unwrap();
        assert_eq!(said.len(), 1, "{}", row.plan_member_id);
    }
}

/// Nothing of a unit of newcomers is there if one of them is not new any more.
async fn whom_somebody_brought_in_meanwhile_no_newcomer_replaces(world: World) {
    let rows = vec![world.roster_row("92000001A"), world.roster_row(CIN)];
    let unit = Unit { statements: rosters::import(&world.roster(), Sifted::newcomers(rows.clone())) };
    assert_eq!(world.store.commit(unit).await, Err(StoreError::Conflict));
    let found = members::find_by_cin(&world.store, &world.operator, &rows[0].cin).await.unwrap();
    assert!(found.is_none());
    let unit =
        Unit { statements: rosters::import(&world.roster(), Sifted::newcomers(vec![rows[0].clone()])) };
    assert_eq!(world.store.commit(unit).await, Ok(()));
    let found = members::find_by_cin(&world.store, &world.plan, &rows[0].cin).await.unwrap();
    assert!(found.is_some_and(|member| member.id == rows[0].member));

    // Somebody tells of a person under the number meanwhile: the two are to become one.
    let apart = told_of(&world, "92000002A").await;
    world.store.commit(Unit::of(members::insert_provisional(&apart))).await.unwrap();
    assert!(members::row(&world.store, apart.id).await.unwrap() == Some(apart.clone()));
    let row = world.roster_row("92000002A");
    let compared =
        Sifted { also: vec![rosters::told_of(&[&row.cin], 0)], ..sifted(std::slice::from_ref(&row)) };
    for newcomer in [Sifted::newcomers(vec![row.clone()]), compared.clone()] {
        let unit = Unit { statements: rosters::import(&world.roster(), newcomer) };
        assert_eq!(world.store.commit(unit).await, Err(StoreError::Conflict));
        let found = members::find_by_cin(&world.store, &world.operator, &row.cin).await.unwrap();
        assert!(found.is_none_or(|found| found.id == apart.id));
    }
    // Whoever is read is not told of since.
    let known = Sifted { also: vec![rosters::told_of(&[&row.cin], 1)], ..compared };
    let unit = Unit { statements: rosters::import(&world.roster(), known) };
    assert_eq!(world.store.commit(unit).await, Ok(()));

    // Nor does somebody keep for itself whom a file brought in meanwhile.
    for cin in [&rows[0].cin, &row.cin] {
        let late = told_of(&world, cin.expose()).await;
        let kept = world.store.commit(Unit::of(members::insert_provisional(&late))).await;
        assert_eq!(kept, Err(StoreError::Conflict));
        assert!(members::row(&world.store, late.id).await.unwrap().is_none());
    }
}

/// A person of whom the clinic alone tells, under a number that nobody has.
async fn told_of(world: &World, cin: &str) -> Member {
    Member {
        id: MemberId::from_uuid(world.ids.next()),
        cin: cin.parse().unwrap(),
        standing: IdentityStatus::Provisional,
        told_by: world.clinic.organization().map(|clinic| clinic.to_string()),
        ..members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap()
    }
}

/// Each row: a slice, and whether all its people are new.
async fn slices_of_people_who_are_all_new_are_found_unread(world: World) {
    let told_of = told_of(&world, "92000003A").await;
    let roster = Roster { state: rosters::State::Receiving, ..world.roster() };
    world.store.commit(Unit::of([members::insert(&told_of), rosters::insert(&roster)])).await.unwrap();
    let row = |cin: &str| world.roster_row(cin);
    let again = RosterRow { again: true, ..row("92000001A") };
    let slices = [
        (vec![row("92000001A"), row("92000002A")], Some(2)),
        (vec![row("92000004A"), row("92000003A")], None),
        (vec![row(CIN), row("92000005A")], None),
        (vec![row("92000006A"), again], None),
        (vec![row("92000007A")], Some(1)),
        (vec![], Some(0)),
    ];
    let unit =
        slices.iter().zip(0..).map(|((rows, _), number)| rosters::insert_slice(roster.id, number, rows));
    world.store.commit(Unit::of(unit)).await.unwrap();

    let expected: BTreeMap<u32, u32> =
        (0..).zip(&slices).filter_map(|(number, (_, new))| Some((number, (*new)?))).collect();
    assert_eq!(rosters::new_slices(&world.store, roster.id, 0..6).await.unwrap(), expected);
    let some = rosters::new_slices(&world.store, roster.id, 1..5).await.unwrap();
    assert_eq!(some, BTreeMap::from([(4, 1)]));
    let read = rosters::slices(&world.store, roster.id, 1..4).await.unwrap().rows().unwrap();
    assert!(read == slices[1..4].iter().flat_map(|(rows, _)| rows.clone()).collect::<Vec<_>>());

    // Whoever is loaded is known from then on.
    world.import(&slices[4].0).await;
    let some = rosters::new_slices(&world.store, roster.id, 0..5).await.unwrap();
    assert_eq!(some, BTreeMap::from([(0, 2)]));
    world.store.commit(Unit::of([rosters::drop_slices(roster.id, 0..6)])).await.unwrap();
    assert!(rosters::slices(&world.store, roster.id, 0..6).await.unwrap().rows().unwrap().is_empty());
}

/// Everything that a file left of a member, without the ids.
async fn left_of(
    world: &World,
    member: MemberId,
    cin: &Cin,
    roster: &Roster,
    (any_file, any_coverage): (RosterId, CoverageId),
) -> (Member, Vec<Coverage>, Vec<StatedValue>, Vec<Aside>) {
    let (store, duty) = (&world.store, Scope::duty("test"));
    let row = members::row(store, member).await.unwrap().unwrap();
    assert!(row.cin == *cin && row.created_at == roster.received_at);
    let coverages = coverages::for_member(store, &duty, member).await.unwrap();
    let said = member_values::values_of(store, &duty, member).await.unwrap();
    let aside = rosters::aside_of(store, &duty, member).await.unwrap();
    let coverages = coverages.into_iter().map(|one| {
        assert_eq!(one.roster, roster.id);
        Coverage { id: any_coverage, member: world.member, roster: any_file, ..one }
    });
    let said = said.into_iter().map(|one| {
        assert_eq!(one.roster, Some(roster.id));
        StatedValue { roster: None, ..one }
    });
    let aside = aside.into_iter().map(|one| Aside { roster: any_file, ..one });
    let row = Member { id: world.member, cin: CIN.parse().unwrap(), ..row };
    (row, coverages.collect(), said.collect(), aside.collect())
}

/// A change between the look at whom a row is about and its loading: nothing of the row is loaded then.
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
