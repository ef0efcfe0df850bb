//! Whom the rows of a member file are about, found out before they are loaded.
//!
//! A row whose number is known with another birth date, or with other names, changes nothing that is known:
//! people settle it (`identity`). If the plan covers the person it is told so; if not, the row tells of a
//! person whom the plan alone is shown, as every new one, and the report says the same as of a number that
//! nobody knows. So a plan has one guess for a number, and is not told whether it was right. What the state
//! says stands at once. What a row says of name, home and language is everybody's only from the plan that
//! speaks for the person today ([`Rules::speaks_for`]).

use std::collections::{BTreeMap, BTreeSet};

use domain::identifiers::{Cin, ConflictId, MemberId, OrgId, PlanId};
use domain::identity::{Identity, Kind, KnownNumber, RowEffect, Rules, State, Verdict};
use domain::time::pacific_day;
use formats::roster::RuleId;
use jiff::civil::Date;
use store::identity::{Conflict, EventName, Settlement};
use store::members::Member;
use store::rosters::{Counts, Known, KnownCoverage, Place, PlacedRow, Roster, RosterRow, Sifted};
use store::{Scope, Statement};

use crate::Crosswalk;
use crate::command::caller::Caller;
use crate::command::failure::Failure;
use crate::command::notice::Recipient;
use crate::directory::rosters::RowNote;
use crate::words;

/// Rows of a file after it was found out whom they are about.
#[derive(Default)]
pub(crate) struct Sift {
    /// Changes to the record that the rows make.
    pub(crate) sifted: Sifted,
    /// Counts of what changes in the plan's own knowledge.
    pub(crate) counts: Counts,
    /// Rows that change nothing.
    pub(crate) refused: Vec<RowNote>,
}

/// The record's knowledge of the numbers of some rows.
struct Numbers {
    known: BTreeMap<Cin, Known>,
    /// Those of whom one organization alone tells.
    provisional: BTreeMap<Cin, Vec<Member>>,
    /// The plan's spans of those of whom it alone tells.
    spans_apart: BTreeMap<MemberId, Vec<KnownCoverage>>,
}

/// The record's knowledge of one number, while the rows are gone through.
#[derive(Default)]
struct Number<'k> {
    known: Option<&'k Known>,
    /// The person of whom the plan alone tells, and whether these rows began to.
    apart: Option<(MemberId, Identity)>,
    apart_is_new: bool,
    /// Whom these rows bring in, or the state's rows tell of, as the newest of them says: the day, the id and
    /// who it is.
    begun: Option<(Date, MemberId, Identity)>,
}

impl Crosswalk {
    /// Finds out whom the rows are about, and what comes of it besides.
    pub(crate) async fn sift(&self, roster: &Roster, rows: &[RosterRow]) -> Result<Sift, Failure> {
        let numbers = self.numbers(&roster.plan, rows).await?;
        let today = pacific_day(roster.received_at);
        let mut sift = Sift::default();
        let mut found: BTreeMap<&Cin, Number<'_>> = BTreeMap::new();
        let mut conflicts = Vec::new();
        for row in rows {
            let number = found.entry(&row.cin).or_insert_with(|| numbers.number(&row.cin, &roster.plan));
            let is_known = number.is_known_to_plan();
            let spans = number.spans(&numbers);
            match number.effect(row, roster, today) {
                RowEffect::Nothing(kind) => {
                    sift.refused.push(differs(row));
                    conflicts.extend(number.conflict(row, kind).map(|member| (row, kind, member, None)));
                    continue;
                }
                RowEffect::Begins => number.begins(row),
                RowEffect::Goes { .. } if roster.of_the_state || number.begun.is_some() => number.begins(row),
                RowEffect::Goes { .. } => {}
                RowEffect::StandsApart(kind) => {
                    let apart = number.stands_apart(row);
                    let about = kind.zip(number.known);
                    conflicts.extend(about.map(|(kind, known)| (row, kind, known.member, Some(apart))));
                }
            }
            count(&mut sift.counts, row, is_known, spans);
            sift.sifted.rows.push(number.placed(row, today, roster.of_the_state));
        }
        let contested = found.values().filter_map(|number| number.known);
        sift.sifted.contested =
            contested.filter(|known| !known.elsewhere.is_empty()).map(|known| known.member).collect();
        sift.sifted.also = told_of(&numbers, &found).into_iter().collect();
        sift.sifted.also.extend(self.opened(roster, &conflicts).await?);
        sift.sifted.also.extend(self.confirmed(roster, &numbers, &found));
        if roster.of_the_state {
            sift.sifted.also.extend(self.said_by_state(roster, rows, &numbers).await?);
        }
        Ok(sift)
    }

    async fn numbers(&self, plan: &PlanId, rows: &[RosterRow]) -> Result<Numbers, Failure> {
        let cins: BTreeSet<&Cin> = rows.iter().map(|row| &row.cin).collect();
        let cins: Vec<Cin> = cins.into_iter().cloned().collect();
        let known = store::rosters::known(self.store(), &Scope::duty("roster"), plan, &cins).await?;
        let mut provisional: BTreeMap<Cin, Vec<Member>> = BTreeMap::new();
        for member in store::members::provisional(self.store(), &cins).await? {
            provisional.entry(member.cin.clone()).or_default().push(member);
        }
        let apart = provisional.values().flatten().filter(|member| is_told_by(member, plan));
        let apart: Vec<MemberId> = apart.map(|member| member.id).collect();
        let spans_apart = match apart.is_empty() {
            true => BTreeMap::new(),
            false => store::rosters::spans_of(self.store(), plan, &apart).await?,
        };
        let known = known.into_iter().map(|known| (known.cin.clone(), known)).collect();
        Ok(Numbers { known, provisional, spans_apart })
    }

    /// Conflicts for people; not what they settled before in the record's favor, when a file says the same
    /// again.
    async fn opened(
        &self,
        roster: &Roster,
        found: &[(&RosterRow, Kind, MemberId, Option<MemberId>)],
    ) -> Result<Vec<Statement>, Failure> {
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let members: BTreeSet<MemberId> = found.iter().map(|(_, _, member, _)| *member).collect();
        let members: Vec<MemberId> = members.into_iter().collect();
        let before = store::identity::about(self.store(), &members).await?;
        let mut opened: BTreeMap<(MemberId, Kind), Conflict> = BTreeMap::new();
        for (row, kind, member, apart) in found {
            let told = row.identity();
            let is_settled = |one: &Conflict| {
                one.member == *member
                    && one.plan == roster.plan
                    && one.kind == *kind
                    && one.state == State::Settled(Verdict::Record)
                    && one.told.as_ref() == Some(&told)
            };
            if before.iter().any(is_settled) {
                continue;
            }
            opened.entry((*member, *kind)).or_insert_with(|| Conflict {
                id: self.id(ConflictId::from_uuid),
                kind: *kind,
                member: *member,
                plan: roster.plan.clone(),
                other: None,
                apart: *apart,
                roster: roster.id,
                row: row.row,
                told: Some(told),
                state: State::Open,
                opened_at: self.now(),
                settled_at: None,
                settled_by: None,
                reason: None,
                tell: None,
                version: 1,
            });
        }
        Ok(opened.values().map(store::identity::open).collect())
    }

    /// Whom providers told of and whom the file now tells of: they are one. The file's birth date stands, and
    /// the providers see the person on.
    fn confirmed(
        &self,
        roster: &Roster,
        numbers: &Numbers,
        found: &BTreeMap<&Cin, Number<'_>>,
    ) -> Vec<Statement> {
        let mut statements = Vec::new();
        for (cin, told) in &numbers.provisional {
            let Some(number) = found.get(cin) else { continue };
            let file = match (number.known, &number.begun) {
                (Some(known), Some((_, _, identity))) => Some((known.member, identity.clone(), false)),
                (Some(known), None) => Some((known.member, known.identity.clone(), false)),
                (None, Some((_, member, identity))) => Some((*member, identity.clone(), true)),
                (None, None) => None,
            };
            let Some((into, identity, is_new)) = file else { continue };
            for member in told {
                let Some(provider) = provider_of(member) else { continue };
                let before = member.identity();
                let is_corrected = before.birth_date != identity.birth_date;
                // Who said something else of a number that was known had a guess, and it was wrong.
                let is_the_person = identity.is_known_as(&before) || (is_new && identity.corrects(&before));
                if !is_the_person {
                    continue;
                }
                let host = Caller::host("roster");
                statements.extend(self.fold(&host, member, into, EventName::Confirmed));
                let (kind, text) = match is_corrected {
                    true => ("member-corrected", words::member_corrected()),
                    false => ("member-confirmed", words::member_confirmed()),
                };
                let to = Recipient::Organization(provider);
                statements.push(self.tell_of_member(&to, Some(into), kind, &text, roster.received_at));
            }
        }
        statements
    }

    /// Conflicts that the state's file settles: birth dates and names are corrected, and what plans said
    /// otherwise is over.
    async fn said_by_state(
        &self,
        roster: &Roster,
        rows: &[RosterRow],
        numbers: &Numbers,
    ) -> Result<Vec<Statement>, Failure> {
        let members: Vec<MemberId> = numbers.known.values().map(|known| known.member).collect();
        let open = store::identity::about(self.store(), &members).await?;
        let host = Caller::host("state-file");
        let mut statements = Vec::new();
        let mut done = BTreeSet::new();
        // Of several rows about one person the newest stands, as it does where they are loaded.
        let mut newest: BTreeMap<&Cin, &RosterRow> = BTreeMap::new();
        for row in rows {
            let before = newest.entry(&row.cin).or_insert(row);
            if row.told_on >= before.told_on {
                *before = row;
            }
        }
        for (cin, row) in newest {
            let Some(known) = numbers.known.get(cin) else { continue };
            if !done.insert(known.member) {
                continue;
            }
            let now_is = row.identity();
            if known.identity != now_is {
                let concerned = self.concerned_with(known.member).await?;
                statements.extend(self.identity_corrected(
                    &host,
                    known.member,
                    &known.identity,
                    &now_is,
                    None,
                ));
                let text = words::member_corrected();
                statements.extend(self.tell_all(&concerned, known.member, "member-corrected", &text));
            }
            for conflict in open.iter().filter(|one| one.member == known.member && one.kind != Kind::TwoPlans)
            {
                statements.extend(self.settled_by_state(&host, conflict, &now_is, roster).await?);
            }
        }
        Ok(statements)
    }

    /// Ends an open conflict about who a person is as the state says; whom the plan's file told of is the
    /// person, if it said the same.
    async fn settled_by_state(
        &self,
        host: &Caller,
        conflict: &Conflict,
        now_is: &Identity,
        roster: &Roster,
    ) -> Result<Vec<Statement>, Failure> {
        if conflict.state != State::Open {
            return Ok(Vec::new());
        }
        let at = roster.received_at;
        let settlement = Settlement { verdict: Verdict::State, at, by: None, reason: None };
        let mut statements = vec![store::identity::settle(conflict, settlement)];
        let is_right = conflict.told.as_ref().is_some_and(|told| now_is.is_known_as(told));
        if let (true, Some(apart)) = (is_right, conflict.apart)
            && let Some(apart) = store::members::row(self.store(), apart).await?
        {
            statements.extend(self.fold(host, &apart, conflict.member, EventName::Confirmed));
            let today = pacific_day(at);
            statements.push(store::member_moves::note_people(&[conflict.member], today, at));
        }
        Ok(statements)
    }
}

/// Asks that nobody tells meanwhile of a person whom the rows bring in: the two are to become one.
fn told_of(numbers: &Numbers, found: &BTreeMap<&Cin, Number<'_>>) -> Option<Statement> {
    let brought = found.iter().filter(|(_, number)| number.known.is_none() && number.begun.is_some());
    let (cins, people): (Vec<&Cin>, Vec<usize>) = brought
        .map(|(cin, number)| {
            let before = numbers.provisional.get(*cin).map_or(0, Vec::len);
            (*cin, before + usize::from(number.apart_is_new))
        })
        .unzip();
    let people = people.into_iter().sum::<usize>() as u64;
    (!cins.is_empty()).then(|| store::rosters::told_of(&cins, people))
}

impl Numbers {
    fn number(&self, cin: &Cin, plan: &PlanId) -> Number<'_> {
        let mut told = self.provisional.get(cin).into_iter().flatten();
        let apart = told.find(|member| is_told_by(member, plan));
        Number {
            known: self.known.get(cin),
            apart: apart.map(|member| (member.id, member.identity())),
            ..Number::default()
        }
    }
}

impl Number<'_> {
    /// True if the plan knew the person before these rows.
    fn is_known_to_plan(&self) -> bool {
        let is_apart = self.apart.is_some() && !self.apart_is_new;
        is_apart || self.known.is_some_and(|known| !known.coverages.is_empty())
    }

    /// The plan's spans of the person before these rows.
    fn spans<'n>(&self, numbers: &'n Numbers) -> &'n [KnownCoverage] {
        let apart = self.apart.as_ref().and_then(|(member, _)| numbers.spans_apart.get(member));
        let of_record = || Some(&numbers.known.get(&self.known?.cin)?.coverages);
        apart.or_else(of_record).map(Vec::as_slice).unwrap_or_default()
    }

    fn effect(&self, row: &RosterRow, roster: &Roster, today: Date) -> RowEffect {
        let begun = self.begun.as_ref().map(|(_, _, identity)| identity);
        let record = self.known.map(|known| &known.identity);
        let known = KnownNumber {
            record: record.or(begun),
            apart: self.apart.as_ref().map(|(_, identity)| identity),
            covers: begun.is_some() || self.known.is_some_and(|known| !known.coverages.is_empty()),
            speaks: self.speaks(row, today),
        };
        match roster.of_the_state {
            true => RowEffect::of_state(&known),
            false => RowEffect::of_plan(&row.identity(), &known),
        }
    }

    /// True if what the row says of the person becomes everybody's: its days are no other plan's, and its
    /// plan speaks for the person today. A plan names the days and the line itself, so that neither days long
    /// past nor another line may speak over the plan that covers the person.
    fn speaks(&self, row: &RosterRow, today: Date) -> bool {
        let Some(known) = self.known else { return true };
        let of_row = covers(row.first_day, row.last_day, today).then_some(row.line.as_str());
        let own = on_day(&known.coverages, today).chain(of_row);
        let others = on_day(&known.elsewhere, today);
        !self.stands_elsewhere(row, today) && Rules::state().speaks_for(today, own, others)
    }

    /// True if another plan's coverage stands on days of the row, in a line in which a person has one plan.
    fn stands_elsewhere(&self, row: &RosterRow, today: Date) -> bool {
        let collides = |span: &KnownCoverage| {
            !span.is_disputed
                && span.line == row.line
                && span.last_day.is_none_or(|last| last >= row.first_day)
                && row.last_day.is_none_or(|last| last >= span.first_day)
        };
        let is_exclusive = Rules::state().exclusive_on(today).any(|line| line == row.line);
        is_exclusive && self.known.is_some_and(|known| known.elsewhere.iter().any(collides))
    }

    /// The person in the record whom a row that changes nothing is about, if it is not one that these very
    /// rows began.
    fn conflict(&self, row: &RosterRow, kind: Kind) -> Option<MemberId> {
        let known = self.known.filter(|_| !self.apart_is_new)?;
        // With the record it may agree where it does not with what the plan said before.
        let against_record = known.identity.against(&row.identity());
        (against_record == Some(kind)).then_some(known.member)
    }

    fn begins(&mut self, row: &RosterRow) {
        let is_newer = self.begun.as_ref().is_none_or(|(told_on, _, _)| row.told_on >= *told_on);
        if is_newer {
            self.begun = Some((row.told_on, row.member, row.identity()));
        }
    }

    fn stands_apart(&mut self, row: &RosterRow) -> MemberId {
        if let Some((member, _)) = &self.apart {
            return *member;
        }
        self.apart = Some((row.member, row.identity()));
        self.apart_is_new = true;
        row.member
    }

    /// The row with the person that it is about. Whose number leads to another person goes there.
    fn placed(&self, row: &RosterRow, today: Date, of_the_state: bool) -> PlacedRow {
        let place = match &self.apart {
            Some((member, _)) if !of_the_state => Place::Apart(*member),
            _ => Place::Record { shares: of_the_state || self.speaks(row, today) },
        };
        let cin = match (self.known, place) {
            (Some(known), Place::Record { .. }) => known.own_cin.clone(),
            _ => row.cin.clone(),
        };
        let alone = self.alone(place).filter(|_| !of_the_state);
        PlacedRow { row: RosterRow { cin, ..row.clone() }, place, alone }
    }

    /// The version that the person has once these rows are in, if no other plan covers the person.
    fn alone(&self, place: Place) -> Option<i64> {
        match (place, self.known) {
            // Whom the plan alone tells of nobody else covers.
            (Place::Apart(_), _) => self.apart_is_new.then_some(1),
            (Place::Record { .. }, None) => Some(1),
            (Place::Record { shares: true }, Some(known))
                if known.elsewhere.is_empty() && known.cin == known.own_cin =>
            {
                Some(known.version + 1)
            }
            (Place::Record { .. }, Some(_)) => None,
        }
    }
}

/// True if days from the first to the last, which may be open, hold a day.
fn covers(first: Date, last: Option<Date>, day: Date) -> bool {
    first <= day && last.is_none_or(|last| last >= day)
}

/// Lines of the spans that hold a day and that nobody disputes.
fn on_day(spans: &[KnownCoverage], day: Date) -> impl Iterator<Item = &str> {
    let holds = move |span: &&KnownCoverage| !span.is_disputed && covers(span.first_day, span.last_day, day);
    spans.iter().filter(holds).map(|span| span.line.as_str())
}

fn is_told_by(member: &Member, plan: &PlanId) -> bool {
    member.told_by.as_deref() == Some(plan.as_str())
}

/// The provider that alone told of the person; none where a plan's file did.
fn provider_of(member: &Member) -> Option<OrgId> {
    member.told_by.as_deref()?.parse().ok()
}

/// Counts the changes of a row to what its plan knew. What others know is not in it.
fn count(counts: &mut Counts, row: &RosterRow, is_known: bool, spans: &[KnownCoverage]) {
    counts.members_new += u32::from(!row.again && !is_known);
    counts.members_known += u32::from(!row.again && is_known);
    match before(spans, row) {
        None => counts.coverages_new += 1,
        Some(before) => counts.coverages_changed += u32::from(changes(before, row)),
    }
}

/// The span that a row is about: that of the same first day, or one that it overlaps and replaces.
fn before<'k>(spans: &'k [KnownCoverage], row: &RosterRow) -> Option<&'k KnownCoverage> {
    let in_line = || spans.iter().filter(|span| span.line == row.line);
    let meets = |span: &&KnownCoverage| {
        span.last_day.is_none_or(|last| last >= row.first_day)
            && row.last_day.is_none_or(|last| last >= span.first_day)
    };
    in_line().find(|span| span.first_day == row.first_day).or_else(|| in_line().find(meets))
}

/// True if a row changes the span: it says something else, and not of an earlier day.
fn changes(before: &KnownCoverage, row: &RosterRow) -> bool {
    before.told_on.is_none_or(|told_on| told_on <= row.told_on) && says_otherwise(before, row)
}

fn says_otherwise(before: &KnownCoverage, row: &RosterRow) -> bool {
    before.first_day != row.first_day
        || before.last_day != row.last_day
        || row.group_told && before.group_code != row.group_code
        || row.dual_status.is_some() && before.dual_status != row.dual_status
}

/// The same words whichever of birth date and names it is, and whoever has the number.
fn differs(row: &RosterRow) -> RowNote {
    RowNote {
        row: u64::from(row.row),
        column: "Date of Birth".to_owned(),
        rule: RuleId::IdentityDiffers,
        problem: "your plan's files had this number with another birth date or another name; the row changed nothing"
            .to_owned(),
        fix: "check number, birth date and names; if the row is right, ask the operator, who sees it in ⟦listIdentityConflicts⟧"
            .to_owned(),
    }
}
