//! Identities of people, and the rows that hang on one and go along with it.

use std::collections::BTreeMap;

use domain::Procedure;
use domain::identifiers::*;
use domain::limits::Span;
use domain::time::{Clock, Ids};
use jiff::civil::date;
use store::cases::Case;
use store::members::{Grant, GrantReason, Member};
use store::service_days::Days;
use store::*;

use crate::world::{CIN, Held, TODAY, World, on_each_database, valle_vista};

on_each_database!(what_hangs_on_a_person_goes_along_and_comes_back,);

/// Every column that refers to a member. A new one belongs into `identity::merge` and `identity::split`, and
/// here.
const OF_MEMBERS: [&str; 16] = [
    "cases.member",
    "coverages.member",
    "documents.member",
    "grants.member",
    "identity_conflicts.apart",
    "identity_conflicts.member",
    "identity_events.member",
    "identity_events.other",
    "member_columns.member",
    "member_moves.member",
    "member_values.member",
    "members.merged_into",
    "notices.member",
    "service_days.member",
    "usage.member",
    "windows.member",
];

/// The tables that hold something of the person with the tests' number.
const HANGING: &str = "
    select distinct name from (select 'cases' as name, member from cases
        union all select 'coverages', member from coverages union all select 'documents', member from documents
        union all select 'grants', member from grants union all select 'member_columns', member from member_columns
        union all select 'member_moves', member from member_moves
        union all select 'member_values', member from member_values union all select 'notices', member from notices
        union all select 'service_days', member from service_days union all select 'usage', member from usage
        union all select 'windows', member from windows) x
    where x.member in (select id from members where cin = '91234567A')";

async fn what_hangs_on_a_person_goes_along_and_comes_back(world: World) {
    let mut held = world.behind_its_back("select 1").await;
    let mut found = held
        .texts(
            "select m.name || '.' || f.\"from\" from sqlite_master m join pragma_foreign_key_list(m.name) f
            where m.type = 'table' and f.\"table\" = 'members'",
            "select c.conrelid::regclass::text || '.' || a.attname from pg_constraint c
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
            where c.contype = 'f' and c.confrelid = 'members'::regclass",
        )
        .await;
    found.sort();
    assert_eq!(found, OF_MEMBERS);

    // Something in each table.
    let (case, _) = world.full_case().await;
    let mut row = world.roster_row(CIN);
    row.aside = BTreeMap::from([("Authorization Number".to_owned(), "A-17".to_owned())]);
    world.import(&[row]).await;
    let (plan, provider) = (valle_vista(), case.provider_org);
    let procedure: Procedure = "G9012 GQ U2".parse().unwrap();
    let span = Span { first: date(2026, 3, 1), last: date(2026, 3, 2) };
    let days = Days {
        member: world.member,
        provider,
        procedure: &procedure,
        first: span.first,
        last: span.last,
        case: case.id,
        line: 1,
    };
    let document = documents::Document {
        id: DocumentId::from_uuid(world.ids.next()),
        sha256: Digest::of(b"a"),
        size_bytes: 1,
        media_type: "text/plain".to_owned(),
        kind: "w9".to_owned(),
        title: None,
        member: Some(world.member),
        organization: provider,
        key: None,
        uploaded_at: world.clock.now(),
    };
    let window = limits::Window {
        case: case.id,
        member: world.member,
        plan: &plan,
        service: "ecm",
        provider,
        days: span,
    };
    let notice = notices::Notice {
        id: NoticeId::from_uuid(world.ids.next()),
        organization: provider,
        at: world.clock.now(),
        case: None,
        member: Some(world.member),
        kind: "member-corrected".to_owned(),
        body: "{}".to_owned(),
    };
    let before = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    let into = Member {
        id: MemberId::from_uuid(world.ids.next()),
        cin: "92345678C".parse().unwrap(),
        phone: None,
        version: 1,
        ..before.clone()
    };
    let mut unit = Unit::of([
        service_days::take(&days),
        documents::insert(&document),
        limits::open(window),
        notices::insert(&notice),
        members::insert(&into),
        members::grant(&Grant {
            member: world.member,
            organization: provider,
            reason: GrantReason::Case,
            case: Some(case.id),
            since: world.clock.now(),
            until: None,
        }),
        member_moves::note_people(&[world.member], TODAY, world.clock.now()),
    ]);
    unit.extend(documents::used(document.id, case.id, world.clock.now()));
    world.store.commit(unit).await.unwrap();
    let hanging = async |held: &mut Held| {
        let mut tables = held.texts(HANGING, HANGING).await;
        tables.sort();
        tables
    };
    let all = [
        "cases",
        "coverages",
        "documents",
        "grants",
        "member_columns",
        "member_moves",
        "member_values",
        "notices",
        "service_days",
        "usage",
        "windows",
    ];
    assert_eq!(hanging(&mut held).await, all);

    let merger = identity::Merger {
        from: world.member,
        version: before.version,
        into: into.id,
        at: world.clock.now(),
        exclusive: &["medi-cal"],
        conflict: ConflictId::from_uuid(world.ids.next()),
    };
    let stale = identity::Merger { version: 99, ..merger };
    let refused = world.store.commit(Unit::of(identity::merge(stale))).await;
    assert_eq!(refused, Err(StoreError::Conflict));
    world.store.commit(Unit::of(identity::merge(merger))).await.unwrap();
    assert_eq!(hanging(&mut held).await, [""; 0], "nothing is left behind");
    let there = members::find(&world.store, &world.clinic, world.member).await.unwrap().unwrap();
    assert!(there.id == into.id && there.phone == before.phone, "a verified phone goes along");
    let late = Case { id: CaseId::from_uuid(world.ids.next()), ..case.clone() };
    let late = Unit::of([members::not_merged(world.member), cases::insert(&late)]);
    assert_eq!(world.store.commit(late).await, Err(StoreError::Conflict), "no case of who went");
    let stale = Case { state: "closed".to_owned(), ..case.clone() };
    assert_eq!(world.store.commit(Unit::of([cases::update(&stale)])).await, Err(StoreError::Conflict));

    // And back.
    let (merged, at) = (members::row(&world.store, into.id).await.unwrap().unwrap(), world.clock.now());
    let split = identity::Split {
        from: into.id,
        version: merged.version,
        to: world.member,
        cases: &[case.id],
        plans: &[valle_vista()],
        at,
    };
    let mut unit = Unit::of([identity::come_back(&before, into.id)]);
    unit.extend(identity::split(split));
    world.store.commit(unit).await.unwrap();
    let back: Vec<String> = hanging(&mut held).await;
    let mut with_cases_and_plans =
        all.into_iter().filter(|table| !["member_moves", "notices"].contains(table));
    assert!(with_cases_and_plans.all(|table| back.iter().any(|one| one == table)), "{back:?}");
    let again = members::find(&world.store, &world.plan, world.member).await.unwrap().unwrap();
    assert!(again.id == world.member && again.merged_into.is_none());
}
