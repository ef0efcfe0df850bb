//! Members: who they are, who covers them, how to reach them.

use domain::identifiers::{Cin, MemberId};
use domain::sight::{Reason, Sight};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::audit::Entry;
use store::coverages::Coverage;
use store::members::{ContactSource, Grant, GrantReason, Member, Recorded, Residence};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::command::{Contact, NewMember, Once, Outcome};
use crate::failure::Failure;
use crate::paging::{Paging, page};
use crate::recording::Look;
use crate::view::{ContactValue, ContactView, CoverageView, MemberView, Page, SightView};

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
                        let member = crosswalk.new_member(new, now);
                        unit.add(store::members::insert(&member));
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

    fn new_member(&self, new: &NewMember, now: Timestamp) -> Member {
        Member {
            id: self.id(MemberId::from_uuid),
            cin: new.cin.clone(),
            family_name: new.family_name.clone(),
            given_name: new.given_name.clone(),
            birth_date: new.birth_date,
            county: new.county.clone(),
            language: new.language.clone(),
            phone: new.contact.phone.clone().map(|phone| from_provider(phone, now)),
            residence: new.contact.residence.clone().map(|home| from_provider(home, now)),
            created_at: now,
            version: 1,
        }
    }

    /// Corrects how to reach a member. A plan's file will not overwrite it.
    ///
    /// # Errors
    /// `NotFound`, `Stale`.
    pub async fn correct_member(
        &self,
        caller: &Caller,
        id: MemberId,
        contact: Contact,
        expected: i64,
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
                if member.version != expected {
                    return Err(Failure::Stale);
                }
                if let Some(phone) = contact.phone.clone() {
                    member.phone = Some(from_provider(phone, now));
                }
                if let Some(home) = contact.residence.clone() {
                    member.residence = Some(from_provider(home, now));
                }
                let unit = Unit::of([
                    store::members::update(&member),
                    crosswalk.audit(caller, "correct-member", "member", &id.to_string(), None),
                ]);
                member.version += 1;
                let view = crosswalk.member_view(caller, &caller.scope, &member).await?;
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
        let mut views = Vec::with_capacity(rows.items.len());
        for member in &rows.items {
            views.push(self.member_view(caller, &caller.scope, member).await?);
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

    async fn member_view(
        &self,
        caller: &Caller,
        scope: &Scope,
        member: &Member,
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
            contact: contact_view(member),
            coverage: coverages.iter().map(coverage_view).collect(),
            sight: grants.iter().map(sight_view).collect(),
            version: member.version,
        })
    }
}

fn from_provider<T>(value: T, now: Timestamp) -> Recorded<T> {
    Recorded { value, source: ContactSource::Provider, recorded_at: now }
}

fn contact_view(member: &Member) -> ContactView {
    let value = |text: String, source: ContactSource, at: Timestamp| ContactValue {
        value: text,
        source: source.name().to_owned(),
        recorded_at: at.to_string(),
    };
    let home = member.residence.as_ref();
    ContactView {
        phone: member.phone.as_ref().map(|phone| value(phone.value.clone(), phone.source, phone.recorded_at)),
        address: home.and_then(|home| match &home.value {
            Residence::Address(address) => {
                let line = format!("{}, {} {}", address.line, address.city, address.zip);
                Some(value(line, home.source, home.recorded_at))
            }
            Residence::NoFixedAddress => None,
        }),
        no_fixed_address: home.is_some_and(|home| matches!(home.value, Residence::NoFixedAddress)),
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
