//! Members: who they are, who covers them, how to reach them.

use std::collections::BTreeMap;

use domain::identifiers::{Cin, MemberId};
use domain::member_value::{NO_FIXED_ADDRESS, Said, ValueName, ValueSource, standing};
use domain::sight::{Reason, Sight};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::audit::Entry;
use store::coverages::Coverage;
use store::members::{ContactSource, Grant, GrantReason, Member, Recorded, Residence};
use store::{Scope, Seat, Statement, Unit};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::command::{Contact, Expected, NewMember, Once, Outcome};
use crate::failure::Failure;
use crate::paging::{Paging, page};
use crate::recording::Look;
use crate::view::{
    AsideView, ContactValue, ContactView, CoverageView, MemberView, Page, SaidView, SightView,
};

/// A member that was added or found.
#[derive(Clone, Debug)]
pub struct AddedMember {
    /// The member.
    pub view: MemberView,
    /// Whether the host met the member now or knew them.
    pub met: Met,
}

/// Whether a member is new to the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Now, for the first time.
    Now,
    /// Before.
    Before,
}

impl Crosswalk {
    /// Adds a member that a provider serves, or finds the one with this number and birth date.
    ///
    /// # Errors
    /// `Invalid` when the number is known with another birth date; which part is wrong is not said.
    pub async fn add_member(
        &self,
        caller: &Caller,
        new: NewMember,
        once: Once<AddedMember>,
    ) -> Result<Outcome<AddedMember>, Failure> {
        caller.must_be(&[Role::Provider, Role::PlanAdmin])?;
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let now = crosswalk.now();
                let organization = *caller.organization()?;
                let duty = Scope::duty("intake");
                let known = store::members::find_by_cin(crosswalk.store(), &duty, &new.cin).await?;
                let mut unit = Unit::default();
                let (member, met) = match known {
                    Some(member) if member.birth_date == new.birth_date => (member, Met::Before),
                    Some(_) => {
                        return Err(Failure::field(
                            "/cin",
                            "unknown-member",
                            "no member has this CIN and birth date",
                            "check both against the member's card",
                        ));
                    }
                    None => {
                        let member = crosswalk.new_member(new, contact_source(caller), now);
                        unit.add(store::members::insert(&member));
                        unit.extend(say(&member, &contact_said(caller, &new.contact, now)?));
                        (member, Met::Now)
                    }
                };
                let today = pacific_day(now);
                // Whoever names number and birth date sees the coverage at once; a plan sees its own members only.
                let scope = match caller.role {
                    Role::Provider => duty.clone(),
                    _ => caller.scope.clone(),
                };
                if caller.role == Role::Provider {
                    unit.add(store::members::grant(&Grant {
                        member: member.id,
                        organization,
                        reason: GrantReason::Contact,
                        case: None,
                        since: now,
                        until: Some(Sight::state().last_day(Reason::Contact, today)),
                    }));
                }
                let entry = crosswalk.audit_entry(caller, "add-member", "member", &member.id.to_string());
                let entry = Entry { purpose: Some(new.purpose.clone()), ..entry };
                unit.extend(store::audit::insert_about_member(&entry, today));
                let view = crosswalk.member_view(caller, &scope, &member).await?;
                Ok((unit, AddedMember { view, met }))
            })
        })
        .await
    }

    fn new_member(&self, new: &NewMember, source: ContactSource, now: Timestamp) -> Member {
        Member {
            id: self.id(MemberId::from_uuid),
            cin: new.cin.clone(),
            family_name: new.family_name.clone(),
            given_name: new.given_name.clone(),
            birth_date: new.birth_date,
            county: new.county.clone(),
            language: new.language.clone(),
            phone: new.contact.phone.clone().map(|phone| recorded(phone, source, now)),
            residence: new.contact.residence.clone().map(|home| recorded(home, source, now)),
            created_at: now,
            version: 1,
        }
    }

    /// Corrects how to reach a member, as the provider verified it. It stands until a newer verified one.
    ///
    /// # Errors
    /// `NotFound`, `Stale`.
    pub async fn correct_member(
        &self,
        caller: &Caller,
        id: MemberId,
        contact: Contact,
        expected: Expected,
        once: Once<MemberView>,
    ) -> Result<Outcome<MemberView>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let contact = &contact;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let now = crosswalk.now();
                let found = store::members::find(crosswalk.store(), &caller.scope, id).await?;
                let mut member = found.ok_or(Failure::NotFound)?;
                if !expected.holds(member.version) {
                    return Err(Failure::Newer(member.version));
                }
                if let Some(phone) = contact.phone.clone() {
                    member.phone = Some(recorded(phone, ContactSource::Provider, now));
                }
                if let Some(home) = contact.residence.clone() {
                    member.residence = Some(recorded(home, ContactSource::Provider, now));
                }
                let mut unit = Unit::of([
                    store::members::update(&member),
                    crosswalk.audit(caller, "correct-member", "member", &id.to_string(), None),
                ]);
                let said = contact_said(caller, contact, now)?;
                unit.extend(say(&member, &said));
                member.version += 1;
                let view = crosswalk.corrected_view(caller, &member, said).await?;
                Ok((unit, view))
            })
        })
        .await
    }

    /// The caller's members.
    ///
    /// # Errors
    /// `Invalid` for a bad cursor.
    pub async fn members(
        &self,
        caller: &Caller,
        purpose: &str,
        paging: Paging,
    ) -> Result<Page<MemberView>, Failure> {
        let after = paging.after()?;
        let rows = store::members::list(self.store(), &caller.scope, after, paging.limit).await?;
        let ids: Vec<MemberId> = rows.items.iter().map(|member| member.id).collect();
        let mut said: BTreeMap<MemberId, Vec<Said>> = BTreeMap::new();
        for (member, value) in store::member_values::of_members(self.store(), &caller.scope, &ids).await? {
            said.entry(member).or_default().push(value);
        }
        let mut views = Vec::with_capacity(rows.items.len());
        for member in &rows.items {
            let said = said.remove(&member.id).unwrap_or_default();
            views.push(self.view_with(caller, &caller.scope, member, &said).await?);
        }
        self.look(caller, Look::Members(&rows.items, purpose)).await?;
        let pages = page(store::Page { items: views, next: rows.next }, Clone::clone);
        Ok(pages)
    }

    /// One member.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member(&self, caller: &Caller, id: MemberId, purpose: &str) -> Result<MemberView, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        self.shown_member(caller, found, purpose).await
    }

    /// The member with this number, if it is one of the caller's.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn find_member(
        &self,
        caller: &Caller,
        cin: &Cin,
        purpose: &str,
    ) -> Result<MemberView, Failure> {
        let found = store::members::find_by_cin(self.store(), &caller.scope, cin).await?;
        self.shown_member(caller, found, purpose).await
    }

    async fn shown_member(
        &self,
        caller: &Caller,
        found: Option<Member>,
        purpose: &str,
    ) -> Result<MemberView, Failure> {
        let Some(member) = found else {
            self.look(caller, Look::Denied("member")).await?;
            return Err(Failure::NotFound);
        };
        let view = self.member_view(caller, &caller.scope, &member).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(view)
    }

    /// Who covers a member on a day; today if not said.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn coverage(
        &self,
        caller: &Caller,
        id: MemberId,
        on: Option<Date>,
        purpose: &str,
    ) -> Result<Vec<CoverageView>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let member = found.ok_or(Failure::NotFound)?;
        let on = on.unwrap_or_else(|| pacific_day(self.now()));
        let rows = store::coverages::on_day(self.store(), &caller.scope, id, on).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(rows.iter().map(coverage_view).collect())
    }

    /// Who said what of a member, as far as the caller may see it: by name, the latest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member_values(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
    ) -> Result<Vec<SaidView>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else {
            self.look(caller, Look::Denied("member")).await?;
            return Err(Failure::NotFound);
        };
        let said = store::member_values::values_of(self.store(), &caller.scope, id).await?;
        let stands = standing(&said);
        let views = said.iter().map(|one| said_view(one, stands.contains(&one))).collect();
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(views)
    }

    /// What the caller's own plan's file says of a member in columns that are not ours; empty for everybody else.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member_columns(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
    ) -> Result<Vec<AsideView>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else {
            self.look(caller, Look::Denied("member")).await?;
            return Err(Failure::NotFound);
        };
        let files = store::rosters::aside_of(self.store(), &caller.scope, id).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        let cells = files.into_iter().flat_map(|file| {
            let view = move |(column, value)| AsideView {
                column,
                value,
                plan: file.plan.to_string(),
                told_on: file.told_on.to_string(),
                roster: file.roster.to_string(),
            };
            file.cells.into_iter().map(view)
        });
        Ok(cells.collect())
    }

    async fn member_view(
        &self,
        caller: &Caller,
        scope: &Scope,
        member: &Member,
    ) -> Result<MemberView, Failure> {
        // A plan never sees another's file, whatever else it is shown.
        let sight = if caller.plan.is_some() { &caller.scope } else { scope };
        let said = store::member_values::values_of(self.store(), sight, member.id).await?;
        self.view_with(caller, scope, member, &said).await
    }

    /// The member as it will be once `new` is kept.
    async fn corrected_view(
        &self,
        caller: &Caller,
        member: &Member,
        new: Vec<Said>,
    ) -> Result<MemberView, Failure> {
        let mut said = store::member_values::values_of(self.store(), &caller.scope, member.id).await?;
        said.extend(new);
        self.view_with(caller, &caller.scope, member, &said).await
    }

    async fn view_with(
        &self,
        caller: &Caller,
        scope: &Scope,
        member: &Member,
        said: &[Said],
    ) -> Result<MemberView, Failure> {
        let coverages = store::coverages::for_member(self.store(), scope, member.id).await?;
        let grants = store::members::grants(self.store(), &caller.scope, member.id).await?;
        Ok(MemberView {
            id: member.id.to_string(),
            cin: member.cin.expose().to_owned(),
            family_name: member.family_name.expose().to_owned(),
            given_name: member.given_name.expose().to_owned(),
            birth_date: member.birth_date.to_string(),
            county: member.county.to_string(),
            language: member.language.clone(),
            contact: contact_view(&caller.scope, member, said),
            values: standing(said).into_iter().map(|one| said_view(one, true)).collect(),
            coverage: coverages.iter().map(coverage_view).collect(),
            sight: grants.iter().map(sight_view).collect(),
            version: member.version,
        })
    }
}

fn recorded<T>(value: T, source: ContactSource, now: Timestamp) -> Recorded<T> {
    Recorded { value, source, recorded_at: now, as_of: pacific_day(now) }
}

/// What a contact says, by name.
fn contact_values(contact: &Contact) -> Vec<(ValueName, String)> {
    let phone = contact.phone.clone().map(|phone| (ValueName::Phone, phone));
    let home = contact.residence.as_ref().map(|home| match home.address() {
        Some(address) => (ValueName::Address, address.on_one_line()),
        None => (ValueName::Address, NO_FIXED_ADDRESS.to_owned()),
    });
    phone.into_iter().chain(home).collect()
}

/// Whose word a contact is that the caller gives: a plan's people do not meet the member.
fn contact_source(caller: &Caller) -> ContactSource {
    match caller.role {
        Role::PlanAdmin | Role::PlanReviewer => ContactSource::Roster,
        Role::Provider | Role::Operator => ContactSource::Provider,
    }
}

/// What the caller says of how to reach a member, for the dictionary of who said what.
fn contact_said(caller: &Caller, contact: &Contact, now: Timestamp) -> Result<Vec<Said>, Failure> {
    let source = match contact_source(caller) {
        ContactSource::Roster => ValueSource::PlanFile(caller.plan()?.clone()),
        ContactSource::Provider => ValueSource::Provider(*caller.organization()?),
    };
    let today = pacific_day(now);
    let said = |(name, value)| Said {
        name,
        value,
        source: source.clone(),
        first: today,
        last: today,
        received_at: now,
        roster: None,
    };
    Ok(contact_values(contact).into_iter().map(said).collect())
}

fn say(member: &Member, said: &[Said]) -> Vec<Statement> {
    said.iter().map(|said| store::member_values::say(member.id, said)).collect()
}

/// How to reach the member. What only another plan's file says is not shown to a plan: it sees what its own file said
/// last.
fn contact_view(scope: &Scope, member: &Member, said: &[Said]) -> ContactView {
    let (phone, home) = (member.phone.as_ref(), member.residence.as_ref());
    let by_plan = |source: ContactSource| source == ContactSource::Roster;
    let of_a_plan = matches!(scope.seat(), Seat::Plan { .. });
    let own = |name: ValueName| {
        let stands = standing(said).into_iter().find(|one| one.name == name)?;
        Some(ContactValue {
            value: stands.value.clone(),
            source: ContactSource::Roster.name().to_owned(),
            recorded_at: stands.received_at.to_string(),
            as_of: stands.last.to_string(),
        })
    };
    let phone = match phone {
        Some(phone) if of_a_plan && by_plan(phone.source) => own(ValueName::Phone),
        phone => phone.map(|phone| contact_value(phone.value.clone(), phone)),
    };
    let address = match home {
        Some(home) if of_a_plan && by_plan(home.source) => own(ValueName::Address),
        home => home.and_then(|home| Some(contact_value(home.value.address()?.on_one_line(), home))),
    };
    let no_fixed_address = home.is_some_and(|home| matches!(home.value, Residence::NoFixedAddress));
    ContactView { phone, address, no_fixed_address }
}

fn contact_value<T>(text: String, recorded: &Recorded<T>) -> ContactValue {
    ContactValue {
        value: text,
        source: recorded.source.name().to_owned(),
        recorded_at: recorded.recorded_at.to_string(),
        as_of: recorded.as_of.to_string(),
    }
}

fn said_view(said: &Said, stands: bool) -> SaidView {
    SaidView {
        name: said.name.name().to_owned(),
        text: crate::show::text(&said.name.text()),
        value: said.value.clone(),
        source: said.source.kind().to_owned(),
        by: said.source.id(),
        as_of: said.last.to_string(),
        since: said.first.to_string(),
        received_at: said.received_at.to_string(),
        roster: said.roster.map(|roster| roster.to_string()),
        stands,
    }
}

fn coverage_view(row: &Coverage) -> CoverageView {
    CoverageView {
        plan: row.plan.to_string(),
        line: row.line.clone(),
        first: row.first_day.to_string(),
        last: row.last_day.map(|day| day.to_string()),
        dual_status: row.dual_status.clone(),
        group: row.group_code.clone(),
    }
}

fn sight_view(grant: &Grant) -> SightView {
    SightView {
        reason: grant.reason.name().to_owned(),
        case: grant.case.map(|case| case.to_string()),
        until: grant.until.map(|day| day.to_string()),
    }
}
