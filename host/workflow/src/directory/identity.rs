//! Identity of people, settled by people: conflicts of plans' files with the record, corrections, persons
//! that turn out to be one, and one that turns out to be two.
//!
//! The operator settles it, with a reason, and is shown for that who a person is said to be and where cases
//! lie, and nothing else. Each change is a transition of one version, an entry of the trail, and an event
//! that says what was so before. Everybody who works with the person is told that something changed, and sees
//! in the record what.

use std::collections::BTreeSet;

use domain::audit::SubjectKind;
use domain::case::CaseKind;
use domain::identifiers::{AuditId, CaseId, ConflictId, EventId, MemberId, OrgId, PlanId, RosterId};
use domain::identity::{Identity, Kind, NotSettled, Rules, State, Verdict};
use domain::plan::types::Bilingual;
use domain::problem::Code;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::audit::Entry;
use store::coverages::Coverage;
use store::identity::{Conflict, Event, EventName, Merger, Settlement, Split, Tell};
use store::members::{IdentityStatus, Member};
use store::{Scope, Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::notice::{Notice, Recipient};
use crate::command::paging::{Page, Paging, instant};
use crate::command::{Expected, IdentityChange, NewMerger, NewSplit, Once, Outcome, Settling};
use crate::words;

/// Conflicts that one round tells of.
const BATCH: u32 = 100;
/// Most cases that the operator is shown of a person.
const MOST_CASES: u32 = 200;

/// A conflict about who somebody is, or which plan covers somebody, as the caller may see it. A plan sees
/// what its own file says and nothing of another's; the operator sees both. Has no `Debug`: it is about a
/// person.
#[derive(Clone)]
pub struct ShownConflict {
    /// Id of the conflict.
    pub id: ConflictId,
    /// Kind of the conflict.
    pub kind: Kind,
    /// State of the conflict, with the verdict.
    pub state: State,
    /// The member, under the id that the caller sees.
    pub member: MemberId,
    /// Plan whose file says otherwise, or came later.
    pub plan: Option<PlanId>,
    /// Plan that covered the member first.
    pub other_plan: Option<PlanId>,
    /// The person of whom that plan alone tells meanwhile.
    pub provisional: Option<MemberId>,
    /// Member file of that plan.
    pub roster: Option<RosterId>,
    /// Row of the file, the header being 1; 0 where it follows from a merger.
    pub row: Option<u32>,
    /// Identity that the row says.
    pub file_says: Option<Identity>,
    /// Identity that the record says.
    pub record_says: Option<Identity>,
    /// Version of the member.
    pub member_version: Option<i64>,
    /// Instant from which it is open (UTC).
    pub opened_at: Timestamp,
    /// Instant at which it was settled (UTC).
    pub settled_at: Option<Timestamp>,
    /// Why, in the operator's words.
    pub reason: Option<String>,
    /// Its meaning, in words.
    pub text: Bilingual,
    /// Version of the conflict.
    pub version: i64,
}

/// The identity of somebody, as far as the operator must see it to settle it. Has no `Debug`: it is about a
/// person.
#[derive(Clone)]
pub struct Person {
    /// Row of the person.
    pub member: Member,
    /// Those who were merged into this one.
    pub merged_from: Vec<MemberId>,
    /// Coverage of the person, newest first.
    pub coverage: Vec<Coverage>,
    /// The person's cases, newest first.
    pub cases: Vec<CaseOfPerson>,
    /// Acts upon the identity, oldest first.
    pub history: Vec<Event>,
}

/// A case of a person, in brief.
#[derive(Clone, Debug)]
pub struct CaseOfPerson {
    /// Id of the case.
    pub id: CaseId,
    /// Kind of the case.
    pub kind: CaseKind,
    /// Plan that it is with.
    pub plan: Option<PlanId>,
    /// Provider that sent it.
    pub provider: OrgId,
    /// Instant at which the host received it (UTC).
    pub received_at: Timestamp,
}

impl Person {
    /// Somebody of whom nothing else is known.
    fn alone(member: Member) -> Self {
        Self { member, merged_from: Vec::new(), coverage: Vec::new(), cases: Vec::new(), history: Vec::new() }
    }

    /// The plan, or the provider's organization, that alone tells of somebody provisional.
    #[must_use]
    pub fn told_by(&self) -> Option<&str> {
        let is_provisional = self.member.standing == IdentityStatus::Provisional;
        self.member.told_by.as_deref().filter(|_| is_provisional)
    }
}

impl CaseOfPerson {
    fn of(row: store::cases::Case) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            plan: row.plan,
            provider: row.provider_org,
            received_at: row.received_at,
        }
    }
}

/// Organizations that work with a person.
#[derive(Default)]
pub(crate) struct Concerned {
    providers: BTreeSet<OrgId>,
    plans: BTreeSet<PlanId>,
}

impl Crosswalk {
    /// Conflicts about who people are: the operator's all, a plan's own.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn identity_conflicts(
        &self,
        caller: &Caller,
        state: Option<&str>,
        paging: Paging,
    ) -> Result<Page<ShownConflict>, Failure> {
        caller.must_be(&[Role::Operator, Role::PlanAdmin, Role::PlanReviewer])?;
        caller.must_see_names()?;
        let before = match paging.after_pair::<i64, ConflictId>()? {
            Some((at, id)) => Some((instant(at)?, id)),
            None => None,
        };
        let rows =
            store::identity::conflicts(self.store(), &caller.scope, state, before, paging.limit).await?;
        self.look(caller, Look::List(SubjectKind::IdentityConflict)).await?;
        let next_cursor = rows.next.map(|(at, id)| format!("{}~{id}", at.as_millisecond()));
        let mut items = Vec::with_capacity(rows.items.len());
        for conflict in &rows.items {
            items.push(self.shown_conflict(caller, conflict).await?);
        }
        Ok(Page { items, next_cursor })
    }

    /// One conflict.
    ///
    /// # Errors
    /// `NotFound` for one that is not there or not the caller's.
    pub async fn identity_conflict(&self, caller: &Caller, id: ConflictId) -> Result<ShownConflict, Failure> {
        caller.must_be(&[Role::Operator, Role::PlanAdmin, Role::PlanReviewer])?;
        caller.must_see_names()?;
        let found = store::identity::find(self.store(), &caller.scope, id).await?;
        let conflict = found.ok_or(Failure::NotFound)?;
        self.look(caller, Look::List(SubjectKind::IdentityConflict)).await?;
        self.shown_conflict(caller, &conflict).await
    }

    /// Settles a conflict.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Withheld` for one that is settled, `Invalid` for a verdict of another kind.
    pub async fn settle_identity_conflict(
        &self,
        caller: &Caller,
        id: ConflictId,
        settling: Settling,
        expected: Expected,
        once: Once<ShownConflict>,
    ) -> Result<Outcome<ShownConflict>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let settling = &settling;
        self.once(caller, once, || {
            Box::pin(async move {
                let found = store::identity::find(self.store(), &caller.scope, id).await?;
                let conflict = found.ok_or(Failure::NotFound)?;
                if !expected.holds(conflict.version) {
                    return Err(Failure::Newer(conflict.version));
                }
                let state = conflict
                    .state
                    .settle(conflict.kind, settling.verdict)
                    .map_err(|refused| not_settled(refused, conflict.kind))?;
                let unit = self.settlement(caller, &conflict, settling).await?;
                let settled = Conflict {
                    state,
                    settled_at: Some(self.now()),
                    settled_by: caller.organization,
                    reason: Some(settling.reason.clone()),
                    version: conflict.version + 1,
                    ..conflict
                };
                Ok((unit, self.shown_conflict(caller, &settled).await?))
            })
        })
        .await
    }

    /// Statements that settle a conflict: the verdict itself, and its consequences.
    async fn settlement(
        &self,
        caller: &Caller,
        conflict: &Conflict,
        settling: &Settling,
    ) -> Result<Unit, Failure> {
        let now = self.now();
        let settlement = Settlement {
            verdict: settling.verdict,
            at: now,
            by: caller.organization,
            reason: Some(&settling.reason),
        };
        let mut unit = Unit::of([store::identity::settle(conflict, settlement)]);
        let subject = conflict.id.to_string();
        unit.add(self.audit(
            caller,
            "settle-identity",
            SubjectKind::IdentityConflict,
            &subject,
            Some(&conflict.plan),
        ));
        match settling.verdict {
            Verdict::File => unit.extend(self.file_was_right(caller, conflict, &settling.reason).await?),
            Verdict::FirstPlan | Verdict::LaterPlan => {
                unit.extend(self.days_decided(conflict, settling.verdict).await?);
            }
            // The record stands as it is.
            Verdict::Record | Verdict::State | Verdict::Gone => {}
        }
        Ok(unit)
    }

    /// The plan's file had it right: the record is corrected, and whom the plan alone was shown is the
    /// person.
    async fn file_was_right(
        &self,
        caller: &Caller,
        conflict: &Conflict,
        reason: &str,
    ) -> Result<Vec<Statement>, Failure> {
        let found = store::members::row(self.store(), conflict.member).await?;
        let member =
            found.filter(|member| member.standing == IdentityStatus::Confirmed).ok_or(Failure::NotFound)?;
        let told = conflict.told.clone().ok_or(Failure::NotFound)?;
        let mut statements = self.correction(caller, &member, &told, reason).await?;
        if let Some(apart) = conflict.apart
            && let Some(apart) = store::members::row(self.store(), apart).await?
            && apart.standing == IdentityStatus::Provisional
        {
            let noted = self.looked_at_again(&[member.id, apart.id], member.id).await?;
            statements.extend(self.fold(caller, &apart, member.id, EventName::Confirmed));
            statements.extend(noted);
        }
        Ok(statements)
    }

    /// Statements that decide which of two plans covers the person on the days of both. The person's cases
    /// are looked at again.
    async fn days_decided(&self, conflict: &Conflict, verdict: Verdict) -> Result<Vec<Statement>, Failure> {
        let other = conflict.other.as_ref().ok_or(Failure::NotFound)?;
        let (stands, yields) = match verdict {
            Verdict::LaterPlan => (&conflict.plan, other),
            _ => (other, &conflict.plan),
        };
        let now = self.now();
        let mut statements = store::identity::decide_days(conflict.member, stands, yields, now).to_vec();
        statements.extend(self.looked_at_again(&[conflict.member], conflict.member).await?);
        Ok(statements)
    }

    /// The cases of `into`, to whom the spans of all of these come, are looked at today, and when a span
    /// begins or has ended.
    async fn looked_at_again(&self, members: &[MemberId], into: MemberId) -> Result<Vec<Statement>, Failure> {
        let (now, today) = (self.now(), self.today());
        let mut days = BTreeSet::from([today]);
        for member in members {
            let duty = Scope::duty("identity");
            for span in store::coverages::for_member(self.store(), &duty, *member).await? {
                days.insert(span.first_day);
                days.extend(span.last_day.and_then(|last| last.checked_add(1.day()).ok()));
            }
        }
        let ahead = days.into_iter().filter(|day| *day >= today);
        Ok(ahead.map(|day| store::member_moves::note_people(&[into], day, now)).collect())
    }

    /// Identity of a member, as far as the operator must see it to settle a conflict.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member_identity(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
    ) -> Result<Person, Failure> {
        caller.must_be(&[Role::Operator])?;
        caller.must_see_names()?;
        let found = store::members::row(self.store(), id).await?;
        let member = found.ok_or(Failure::NotFound)?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        self.person(&member).await
    }

    /// Corrects birth date or names.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Withheld` for somebody who was merged.
    pub async fn correct_identity(
        &self,
        caller: &Caller,
        id: MemberId,
        change: IdentityChange,
        expected: Expected,
        once: Once<Person>,
    ) -> Result<Outcome<Person>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let change = &change;
        self.once(caller, once, || {
            Box::pin(async move {
                let member = self.person_to_change(id, expected).await?;
                let now_is = change.applied_to(&member.identity());
                let unit = Unit::of(self.correction(caller, &member, &now_is, &change.reason).await?);
                let Identity { family_name, given_name, birth_date } = now_is;
                let version = member.version + 1;
                let corrected = Member { family_name, given_name, birth_date, version, ..member };
                Ok((unit, self.person(&corrected).await?))
            })
        })
        .await
    }

    /// The statements that correct who a person is: the person, the trail, the event, and everybody who is
    /// told.
    async fn correction(
        &self,
        caller: &Caller,
        member: &Member,
        now_is: &Identity,
        reason: &str,
    ) -> Result<Vec<Statement>, Failure> {
        let Identity { family_name, given_name, birth_date } = now_is.clone();
        let changed = Member { family_name, given_name, birth_date, ..member.clone() };
        let mut statements = vec![store::members::update(&changed)];
        let reason = Some(reason);
        statements.extend(self.identity_corrected(caller, member.id, &member.identity(), now_is, reason));
        let concerned = self.concerned_with(member.id).await?;
        let text = words::member_corrected();
        statements.extend(self.tell_all(&concerned, member.id, "member-corrected", &text));
        Ok(statements)
    }

    /// The trail and the event of a correction.
    pub(crate) fn identity_corrected(
        &self,
        caller: &Caller,
        member: MemberId,
        before: &Identity,
        after: &Identity,
        reason: Option<&str>,
    ) -> Vec<Statement> {
        let detail = json!({ "before": before, "after": after });
        self.happened(caller, "correct-identity", member, EventName::Corrected, None, reason, &detail)
    }

    /// Somebody turned out to be another person, who is confirmed: everything goes along, and the id leads
    /// there.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` for a person who is no other confirmed one; `Withheld` while both have
    /// an open referral to one service with one plan.
    pub async fn merge_member(
        &self,
        caller: &Caller,
        id: MemberId,
        merger: NewMerger,
        expected: Expected,
        once: Once<Person>,
    ) -> Result<Outcome<Person>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let merger = &merger;
        self.once(caller, once, || {
            Box::pin(async move {
                let member = self.person_to_change(id, expected).await?;
                let into = store::members::row(self.store(), merger.into).await?;
                let is_another =
                    |other: &Member| other.standing == IdentityStatus::Confirmed && other.id != id;
                let into = into.filter(is_another).ok_or_else(no_other_person)?;
                self.no_twin_referrals(&member, &into).await?;
                let mut concerned = self.concerned_with(member.id).await?;
                concerned.and(self.concerned_with(into.id).await?);
                let mut unit =
                    Unit::of(self.settled_by_merger(caller, &member, &into, &merger.reason).await?);
                unit.extend(self.merger(caller, &member, into.id, Some(&merger.reason)));
                // After everything has gone along.
                unit.extend(self.looked_at_again(&[member.id, into.id], into.id).await?);
                unit.extend(self.tell_all(&concerned, into.id, "member-merged", &words::member_merged()));
                let view = self.person(&Member { version: into.version + 1, ..into }).await?;
                Ok((unit, view))
            })
        })
        .await
    }

    /// Statements that close the open conflicts about somebody of whom a plan alone told, once that is the
    /// person merged into.
    async fn settled_by_merger(
        &self,
        caller: &Caller,
        member: &Member,
        into: &Member,
        reason: &str,
    ) -> Result<Vec<Statement>, Failure> {
        let about = store::identity::about(self.store(), &[into.id]).await?;
        let is_over = |one: &&Conflict| one.state == State::Open && one.apart == Some(member.id);
        let settlement = Settlement {
            verdict: Verdict::Record,
            at: self.now(),
            by: caller.organization,
            reason: Some(reason),
        };
        Ok(about.iter().filter(is_over).map(|one| store::identity::settle(one, settlement)).collect())
    }

    /// Of two open referrals to one service with one plan one must be closed before: there can be only one.
    async fn no_twin_referrals(&self, one: &Member, other: &Member) -> Result<(), Failure> {
        let open = |rows: Vec<store::cases::Case>| -> BTreeSet<(Option<String>, Option<PlanId>)> {
            let is_open = |case: &store::cases::Case| {
                case.kind == domain::case::CaseKind::Referral
                    && !CLOSED_REFERRALS.contains(&case.state.as_str())
            };
            rows.into_iter().filter(is_open).map(|case| (case.service, case.plan)).collect()
        };
        let (ones, others) =
            (open(self.cases_of_person(one.id).await?), open(self.cases_of_person(other.id).await?));
        if ones.is_disjoint(&others) {
            return Ok(());
        }
        Err(Failure::Withheld(vec![FieldProblem::new(
            "/into",
            Code::TwinReferrals,
            "both have an open referral to the same service with the same plan",
            "have one of the two withdrawn or closed first",
        )]))
    }

    async fn cases_of_person(&self, member: MemberId) -> Result<Vec<store::cases::Case>, Failure> {
        let duty = Scope::duty("identity");
        Ok(store::cases::history_for(self.store(), &duty, member, None, 1_000).await?.items)
    }

    /// A person goes into another, without a word to anybody: what one organization told of is found to be
    /// the person.
    pub(crate) fn fold(
        &self,
        caller: &Caller,
        member: &Member,
        into: MemberId,
        name: EventName,
    ) -> Vec<Statement> {
        let mut statements = self.merger(caller, member, into, None);
        let detail = json!({ "told": member.identity(), "number": member.cin.expose() });
        let by = Some(member.id);
        statements.extend(self.happened(caller, "confirm-member", into, name, by, None, &detail));
        statements
    }

    fn merger(
        &self,
        caller: &Caller,
        member: &Member,
        into: MemberId,
        reason: Option<&str>,
    ) -> Vec<Statement> {
        let now = self.now();
        let exclusive: Vec<&str> = Rules::state().exclusive_on(self.today()).collect();
        let detail = json!({ "was": member.identity(), "number": member.cin.expose() });
        let mut statements = store::identity::merge(Merger {
            from: member.id,
            version: member.version,
            into,
            at: now,
            exclusive: &exclusive,
            conflict: self.id(ConflictId::from_uuid),
        });
        let (went, came) = (EventName::Merged, EventName::Received);
        statements.extend(self.happened(
            caller,
            "merge-member",
            member.id,
            went,
            Some(into),
            reason,
            &detail,
        ));
        statements.extend(self.happened(
            caller,
            "merge-member",
            into,
            came,
            Some(member.id),
            reason,
            &detail,
        ));
        statements
    }

    /// A part of somebody turned out to be another person: the plans' files and the cases that are named are
    /// that one's.
    ///
    /// # Errors
    /// `NotFound`, `Stale`; `Invalid` for cases and plans that are not the person's, and for a number that is
    /// somebody else's.
    pub async fn split_member(
        &self,
        caller: &Caller,
        id: MemberId,
        split: NewSplit,
        expected: Expected,
        once: Once<Person>,
    ) -> Result<Outcome<Person>, Failure> {
        caller.must_be(&[Role::Operator])?;
        let split = &split;
        self.once(caller, once, || {
            Box::pin(async move {
                let member = self.person_to_change(id, expected).await?;
                self.must_be_parts(&member, split).await?;
                let (other, brought) = self.split_off(&member, split).await?;
                let now = self.now();
                let concerned = self.concerned_with(member.id).await?;
                let mut unit = Unit::of([brought]);
                unit.extend(store::identity::split(Split {
                    from: member.id,
                    version: member.version,
                    to: other.id,
                    cases: &split.cases,
                    plans: &split.plans,
                    at: now,
                }));
                let detail = json!({
                    "cases": split.cases.iter().map(ToString::to_string).collect::<Vec<_>>(),
                    "plans": split.plans.iter().map(PlanId::as_str).collect::<Vec<_>>(),
                });
                let reason = Some(split.reason.as_str());
                for (whom, name, by) in
                    [(member.id, EventName::Split, other.id), (other.id, EventName::SplitOff, member.id)]
                {
                    let event = self.happened(caller, "split-member", whom, name, Some(by), reason, &detail);
                    unit.extend(event);
                    unit.extend(self.looked_at_again(&[member.id], whom).await?);
                }
                unit.extend(self.tell_all(&concerned, member.id, "member-split", &words::member_split()));
                Ok((unit, Person::alone(other)))
            })
        })
        .await
    }

    /// Everything that is named must be the person's, and something must be named.
    async fn must_be_parts(&self, member: &Member, split: &NewSplit) -> Result<(), Failure> {
        let own: BTreeSet<CaseId> =
            self.cases_of_person(member.id).await?.into_iter().map(|case| case.id).collect();
        let duty = Scope::duty("identity");
        let covered = store::coverages::for_member(self.store(), &duty, member.id).await?;
        let covered: BTreeSet<&PlanId> = covered.iter().map(|span| &span.plan).collect();
        let mut problems = Vec::new();
        for (place, _) in split.cases.iter().enumerate().filter(|(_, case)| !own.contains(case)) {
            problems.push(FieldProblem::new(
                format!("/cases/{place}"),
                Code::NotAPart,
                "this is no case of this person",
                "send ids from ⟦getMemberIdentity⟧",
            ));
        }
        for (place, _) in split.plans.iter().enumerate().filter(|(_, plan)| !covered.contains(plan)) {
            problems.push(FieldProblem::new(
                format!("/plans/{place}"),
                Code::NotAPart,
                "this plan does not cover this person",
                "send ids from ⟦getMemberIdentity⟧",
            ));
        }
        if split.cases.is_empty() && split.plans.is_empty() {
            problems.push(FieldProblem::new(
                "/plans",
                Code::MissingEntry,
                "nothing is named that is the other person's",
                "name at least one plan or one case",
            ));
        }
        if problems.is_empty() { Ok(()) } else { Err(Failure::Invalid(problems)) }
    }

    /// The other person, and the statement that brings it: back, if the number was merged into this one; else
    /// as a new one.
    async fn split_off(&self, member: &Member, split: &NewSplit) -> Result<(Member, Statement), Failure> {
        let went_into = store::members::went_into(self.store(), member.id).await?;
        let back = went_into.into_iter().find(|one| one.cin == split.cin && one.told_by.is_none());
        let is_back = back.is_some();
        let other = Member {
            id: back.as_ref().map_or_else(|| self.id(MemberId::from_uuid), |one| one.id),
            cin: split.cin.clone(),
            family_name: split.family_name.clone(),
            given_name: split.given_name.clone(),
            birth_date: split.birth_date,
            county: split.county.clone(),
            language: split.language.clone(),
            phone: None,
            residence: None,
            created_at: back.as_ref().map_or_else(|| self.now(), |one| one.created_at),
            version: back.as_ref().map_or(1, |one| one.version + 1),
            standing: IdentityStatus::Confirmed,
            told_by: None,
            merged_into: None,
        };
        if is_back {
            let brought = store::identity::come_back(&other, member.id);
            return Ok((other, brought));
        }
        let taken = store::members::find_by_cin(self.store(), &Scope::duty("identity"), &split.cin).await?;
        if taken.is_some() {
            return Err(Failure::field(
                "/cin",
                Code::Taken,
                "another person of the record has this number",
                "send the other person's own number, or merge the two",
            ));
        }
        let brought = store::members::insert(&other);
        Ok((other, brought))
    }

    /// Tells everybody concerned of conflicts that were opened or settled; how many there were. For the duty
    /// that does it.
    pub(crate) async fn tell_of_conflicts(&self) -> Result<usize, Failure> {
        let conflicts = store::identity::to_tell(self.store(), BATCH).await?;
        let mut told = 0;
        for conflict in &conflicts {
            let mut unit = Unit::of([store::identity::told(conflict)]);
            unit.extend(self.notices_of(conflict).await?);
            match self.store().commit(unit).await {
                Ok(()) => told += 1,
                // Another node did it, or there is more to tell.
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(told)
    }

    /// Notices of a conflict, each without the other's data: to the plan whose file says otherwise, if the
    /// person is its own; to the plans that cover the person; and at its beginning to the operator.
    async fn notices_of(&self, conflict: &Conflict) -> Result<Vec<Statement>, Failure> {
        let Some(tell) = conflict.tell else { return Ok(Vec::new()) };
        let now = self.now();
        let (kind, text) = match (tell, conflict.state) {
            (Tell::Opened, _) => ("identity-conflict", words::identity_conflict(conflict.kind)),
            (Tell::Settled, State::Settled(verdict)) => {
                ("identity-settled", words::identity_settled(verdict))
            }
            (Tell::Settled, State::Open) => return Ok(Vec::new()),
        };
        let mut statements = Vec::new();
        if self.is_the_plans_own(conflict).await? {
            let own = conflict.apart.unwrap_or(conflict.member);
            let to = Recipient::Plan(conflict.plan.clone());
            statements.push(self.tell_of_member(&to, Some(own), kind, &text, now));
        }
        let duty = Scope::duty("identity");
        let spans = store::coverages::for_member(self.store(), &duty, conflict.member).await?;
        let stands = |span: &&Coverage| span.disputed_since.is_none() && span.plan != conflict.plan;
        let mut others: BTreeSet<&PlanId> = spans.iter().filter(stands).map(|span| &span.plan).collect();
        others.extend(&conflict.other);
        for plan in others {
            let to = Recipient::Plan(plan.clone());
            statements.push(self.tell_of_member(&to, Some(conflict.member), kind, &text, now));
        }
        let holder = store::installation::find(self.store()).await?;
        if let (Some(holder), Tell::Opened) = (holder, tell) {
            let to = Recipient::Organization(holder.county);
            statements.push(self.tell_of_member(&to, None, kind, &text, now));
        }
        Ok(statements)
    }

    /// True if the person is the plan's whose file says otherwise: it was before, or whom its file alone
    /// tells of turned out to be the person. Else the plan may have guessed the number, and would learn by
    /// the notice that it is somebody's.
    async fn is_the_plans_own(&self, conflict: &Conflict) -> Result<bool, Failure> {
        let Some(apart) = conflict.apart else { return Ok(true) };
        let apart = store::members::row(self.store(), apart).await?;
        Ok(apart.is_some_and(|apart| apart.merged_into == Some(conflict.member)))
    }

    /// Organizations that work with a person: providers that see it today, plans that cover it now or later.
    pub(crate) async fn concerned_with(&self, member: MemberId) -> Result<Concerned, Failure> {
        let (duty, today) = (Scope::duty("identity"), self.today());
        let grants = store::members::grants(self.store(), &duty, member).await?;
        let spans = store::coverages::for_member(self.store(), &duty, member).await?;
        let sees = |until: Option<jiff::civil::Date>| until.is_none_or(|until| until >= today);
        Ok(Concerned {
            providers: grants
                .into_iter()
                .filter(|grant| sees(grant.until))
                .map(|grant| grant.organization)
                .collect(),
            plans: spans.into_iter().filter(|span| sees(span.last_day)).map(|span| span.plan).collect(),
        })
    }

    /// A notice to each of them.
    pub(crate) fn tell_all(
        &self,
        concerned: &Concerned,
        member: MemberId,
        kind: &'static str,
        text: &Bilingual,
    ) -> Vec<Statement> {
        let providers = concerned.providers.iter().map(|id| Recipient::Organization(*id));
        let plans = concerned.plans.iter().map(|plan| Recipient::Plan(plan.clone()));
        let now = self.now();
        let tell = |to: Recipient| self.tell_of_member(&to, Some(member), kind, text, now);
        providers.chain(plans).map(tell).collect()
    }

    /// A notice about a member, which leaves through the outbox after the commit.
    pub(crate) fn tell_of_member(
        &self,
        to: &Recipient,
        member: Option<MemberId>,
        kind: &'static str,
        text: &Bilingual,
        now: Timestamp,
    ) -> Statement {
        let notice = Notice::new(to.clone(), kind, text.clone()).about_member(member);
        match member {
            Some(member) => self.tell(&notice, &member, now),
            None => self.tell(&notice, &kind, now),
        }
    }

    /// An event with its entry of the trail, which concerns the plans that cover the person.
    #[expect(clippy::too_many_arguments, reason = "they are the event")]
    fn happened(
        &self,
        caller: &Caller,
        action: &str,
        member: MemberId,
        name: EventName,
        other: Option<MemberId>,
        reason: Option<&str>,
        detail: &serde_json::Value,
    ) -> Vec<Statement> {
        let entry = self.audit_entry(caller, action, SubjectKind::Member, &member.to_string());
        let entry = Entry { id: self.id(AuditId::from_uuid), ..entry };
        let mut statements = store::audit::insert_about_member(&entry, self.today()).to_vec();
        statements.push(store::identity::add_event(&Event {
            id: self.id(EventId::from_uuid),
            member,
            at: self.now(),
            name,
            other,
            actor_org: caller.organization,
            actor_role: entry.role.clone(),
            reason: reason.map(str::to_owned),
            detail: detail.to_string(),
            audit: entry.id,
        }));
        statements
    }

    /// The person, if it is one of its own and this is its version.
    async fn person_to_change(&self, id: MemberId, expected: Expected) -> Result<Member, Failure> {
        let member = store::members::row(self.store(), id).await?.ok_or(Failure::NotFound)?;
        if member.standing == IdentityStatus::Merged {
            return Err(Failure::Withheld(vec![FieldProblem::new(
                "",
                Code::Merged,
                "this person was merged into another",
                "send it for the one that merged_into of ⟦getMemberIdentity⟧ names",
            )]));
        }
        if !expected.holds(member.version) {
            return Err(Failure::Newer(member.version));
        }
        Ok(member)
    }

    async fn person(&self, member: &Member) -> Result<Person, Failure> {
        let duty = Scope::duty("identity");
        let spans = store::coverages::for_member(self.store(), &duty, member.id).await?;
        let rows = store::cases::history_for(self.store(), &duty, member.id, None, MOST_CASES).await?;
        let went_into = store::members::went_into(self.store(), member.id).await?;
        let events = store::identity::events(self.store(), member.id).await?;
        Ok(Person {
            coverage: spans,
            cases: rows.items.into_iter().map(CaseOfPerson::of).collect(),
            merged_from: went_into.iter().map(|one| one.id).collect(),
            history: events,
            ..Person::alone(member.clone())
        })
    }

    async fn shown_conflict(&self, caller: &Caller, conflict: &Conflict) -> Result<ShownConflict, Failure> {
        let is_own = caller.plan.as_ref() == Some(&conflict.plan);
        let sees_all = caller.role == Role::Operator;
        let record = match sees_all {
            true => store::members::row(self.store(), conflict.member).await?,
            false => None,
        };
        // Each sees the person as its own.
        let member = if is_own { conflict.apart.unwrap_or(conflict.member) } else { conflict.member };
        let told = conflict.told.as_ref().filter(|_| sees_all || is_own);
        Ok(ShownConflict {
            id: conflict.id,
            kind: conflict.kind,
            state: conflict.state,
            member,
            plan: (sees_all || is_own).then(|| conflict.plan.clone()),
            other_plan: conflict.other.clone().filter(|_| sees_all),
            provisional: conflict.apart.filter(|_| sees_all),
            roster: (sees_all || is_own).then_some(conflict.roster),
            row: (sees_all || is_own).then_some(conflict.row),
            file_says: told.cloned(),
            record_says: record.as_ref().map(Member::identity),
            member_version: record.as_ref().map(|member| member.version),
            opened_at: conflict.opened_at,
            settled_at: conflict.settled_at,
            reason: conflict.reason.clone().filter(|_| sees_all),
            text: match conflict.state {
                State::Settled(verdict) => words::identity_settled(verdict),
                State::Open => words::identity_conflict(conflict.kind),
            },
            version: conflict.version,
        })
    }
}

/// States in which a referral is not open.
const CLOSED_REFERRALS: [&str; 5] = ["redirected", "not-eligible", "closed", "joined", "moved"];

impl Concerned {
    fn and(&mut self, others: Self) {
        self.providers.extend(others.providers);
        self.plans.extend(others.plans);
    }
}

impl IdentityChange {
    /// Names and birth date after the change.
    fn applied_to(&self, before: &Identity) -> Identity {
        Identity {
            family_name: self.family_name.clone().unwrap_or_else(|| before.family_name.clone()),
            given_name: self.given_name.clone().unwrap_or_else(|| before.given_name.clone()),
            birth_date: self.birth_date.unwrap_or(before.birth_date),
        }
    }
}

fn no_other_person() -> Failure {
    Failure::field(
        "/into",
        Code::NoOtherPerson,
        "this is no other person whom a plan's file or the state has confirmed",
        "send the id of the person who stays",
    )
}

fn not_settled(refused: NotSettled, kind: Kind) -> Failure {
    match refused {
        NotSettled::Settled => Failure::Withheld(vec![FieldProblem::new(
            "",
            Code::Settled,
            "the conflict is settled already",
            "correct the person with ⟦correctMemberIdentity⟧ if that was wrong",
        )]),
        NotSettled::OtherKind => {
            let known: Vec<&str> = kind.verdicts().into_iter().map(Verdict::name).collect();
            Failure::field(
                "/verdict",
                Code::UnknownCode,
                "this verdict does not settle a conflict of this kind",
                format!("send one of: {}", known.join(", ")),
            )
        }
    }
}
