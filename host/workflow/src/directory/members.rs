//! Members: who they are, who covers them, how to reach them. What of it is shown to whom is said in `sieve`.

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::catalog::Service;
use domain::identifiers::{Cin, MemberId, PlanId, RosterId};
use domain::identity::Identity;
use domain::member_value::{NO_FIXED_ADDRESS, StatedValue, ValueName, ValueSource, standing};
use domain::problem::Code;
use domain::sight::{Reason, Sight};
use domain::time::pacific_day;
use jiff::Timestamp;
use jiff::civil::Date;
use store::audit::Entry;
use store::coverages::Coverage;
use store::identity::EventName;
use store::members::{ContactSource, Grant, GrantReason, IdentityStatus, Member, Recorded};
use store::{Scope, Statement, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;
use crate::command::paging::{Page, Paging, page};
use crate::command::{Contact, Expected, NewMember, Once, Outcome};
use crate::directory::looking::{KnownMember, Looked, Tries};
use crate::directory::routing;
use crate::directory::sieve::{ShownContact, Sieve};

/// The purpose of who corrects how to reach a member.
const CORRECTING: &str = "operations";

/// A member that was added or found. Has no `Debug`: it is about a person.
#[derive(Clone)]
pub struct AddedMember {
    /// Member, as the caller sees them.
    pub member: ShownMember,
    /// First or later meeting of the host with the member.
    pub met: Met,
}

/// First or later meeting of the host with a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// Now, for the first time.
    Now,
    /// The member was on record before this request.
    Before,
}

/// A member, as the caller may see it for a purpose. Has no `Debug`: it is about a person.
#[derive(Clone)]
pub struct ShownMember {
    /// Id of the member.
    pub id: MemberId,
    /// Client Index Number of the member.
    pub cin: Cin,
    /// Names and birth date.
    pub identity: Identity,
    /// Code of the county where the member lives.
    pub county: String,
    /// BCP 47 tag of the member's language.
    pub language: String,
    /// Telephone and address of the member.
    pub contact: ShownContact,
    /// Values that stand of what plans' files and providers say, one for each name.
    pub values: Vec<ShownValue>,
    /// Coverage that is shown, newest first.
    pub coverage: Vec<Coverage>,
    /// Why the caller sees the member, and until when.
    pub sight: Vec<Grant>,
    /// Standing of the identity; `None` for a plan, whose own file says who it is.
    pub standing: Option<IdentityStatus>,
    /// The member whom this is, if another was asked for who was merged into it.
    pub merged_into: Option<MemberId>,
    /// Version of the member.
    pub version: i64,
}

/// Something that is said of a member, by whom and of which day.
#[derive(Clone)]
pub struct ShownValue {
    /// The value, by whom it is said and of which day.
    pub said: StatedValue,
    /// True if it is the value that stands, of what the caller may see.
    pub stands: bool,
}

/// A cell of a plan's member file in a column that is not the member file's.
#[derive(Clone)]
pub struct Aside {
    /// Header of the column.
    pub column: String,
    /// Text of the cell.
    pub value: String,
    /// Plan whose file it is.
    pub plan: PlanId,
    /// Day of which the file tells.
    pub told_on: Date,
    /// Member file that holds it.
    pub roster: RosterId,
}

impl ShownMember {
    /// The coverage of the plan that answers for a service on a day, of what is shown.
    #[must_use]
    pub fn answering(&self, service: &Service, on: Date) -> Option<Coverage> {
        routing::answering(service, &self.coverage, on)
    }
}

impl Crosswalk {
    /// Finds the member with this number, birth date and name for a provider that met the member, or for the
    /// plan that covers the member. Whom nobody knows a provider may keep for itself until a file tells of
    /// the person.
    ///
    /// # Errors
    /// `Invalid` when nobody is known so; which part is wrong is not said. `TooManyTries`.
    pub async fn add_member(
        &self,
        caller: &Caller,
        new: NewMember,
        once: Once<AddedMember>,
    ) -> Result<Outcome<AddedMember>, Failure> {
        caller.must_be(&[Role::Provider, Role::PlanAdmin])?;
        if new.provisional && caller.role != Role::Provider {
            return Err(Failure::field(
                "/provisional",
                Code::NotWithThis,
                "a plan's member file says who its members are",
                "leave it out, and send the file with ⟦loadRoster⟧",
            ));
        }
        let new = &new;
        self.once(caller, once, || {
            Box::pin(async move {
                let told = new.identity();
                let looked =
                    self.look_for(caller, &new.cin, |member| member.identity().is_known_as(&told)).await?;
                match looked {
                    Looked::Known(found) => self.meet(caller, *found, new).await,
                    Looked::InVain(tries) => self.meet_somebody_unknown(caller, &tries, new).await,
                }
            })
        })
        .await
    }

    /// The caller meets somebody whom the record knows. Who met the member sees the coverage at once, and for
    /// a time.
    async fn meet(
        &self,
        caller: &Caller,
        found: KnownMember,
        new: &NewMember,
    ) -> Result<(Unit, AddedMember), Failure> {
        let KnownMember { mut member, fence } = found;
        let mut unit = Unit::of(fence);
        if let Some(before) = self.own_provisional(caller, &new.cin).await? {
            unit.extend(self.fold(caller, &before, member.id, EventName::Confirmed));
            member.version += 1;
        }
        unit.extend(self.contact_with(caller, &member)?);
        unit.extend(self.added(caller, &member, new));
        // A plan sees its own members only.
        let scope = match caller.role {
            Role::Provider => Scope::duty("intake"),
            _ => caller.scope.clone(),
        };
        let member = self.member_shown(caller, &scope, &member, &new.purpose).await?;
        Ok((unit, AddedMember { member, met: Met::Before }))
    }

    /// The caller names somebody whom the record does not know so. A provider may keep the person, for its
    /// own eyes.
    async fn meet_somebody_unknown(
        &self,
        caller: &Caller,
        tries: &Tries,
        new: &NewMember,
    ) -> Result<(Unit, AddedMember), Failure> {
        let now = self.now();
        let before = self.own_provisional(caller, &new.cin).await?;
        let mut unit = Unit::default();
        let (member, met) = match before {
            // The same again is no new try.
            Some(member) if member.identity() == new.identity() => (member, Met::Before),
            _ if !new.provisional => {
                self.note_in_vain(caller, tries, Some(&new.purpose)).await?;
                return Err(unknown_member());
            }
            Some(member) => {
                unit.extend(self.in_vain(caller, tries, Some(&new.purpose)));
                let Identity { family_name, given_name, birth_date } = new.identity();
                let mut member = Member { family_name, given_name, birth_date, ..member };
                unit.add(store::members::update(&member));
                member.version += 1;
                (member, Met::Before)
            }
            None => {
                unit.extend(self.in_vain(caller, tries, Some(&new.purpose)));
                let member = self.new_member(caller, new, now)?;
                unit.extend(self.kept_apart(&member, &new.cin).await?);
                unit.extend(say(&member, &contact_said(caller, &new.contact, now)?));
                (member, Met::Now)
            }
        };
        unit.extend(self.contact_with(caller, &member)?);
        unit.extend(self.added(caller, &member, new));
        let member = self.member_shown(caller, &Scope::duty("intake"), &member, &new.purpose).await?;
        Ok((unit, AddedMember { member, met }))
    }

    /// Keeps a person of whom one organization alone tells. Where the number is somebody else's it is a
    /// guess, which stands beside; where it is nobody's, nobody may be brought in under it meanwhile.
    async fn kept_apart(&self, member: &Member, cin: &Cin) -> Result<Vec<Statement>, Failure> {
        let confirmed = store::members::find_by_cin(self.store(), &Scope::duty("intake"), cin).await?;
        Ok(match confirmed {
            Some(_) => vec![store::members::insert(member)],
            None => store::members::insert_provisional(member).into(),
        })
    }

    /// The person with this number of whom the caller's own organization alone tells.
    async fn own_provisional(&self, caller: &Caller, cin: &Cin) -> Result<Option<Member>, Failure> {
        if caller.role != Role::Provider {
            return Ok(None);
        }
        let own = caller.organization()?.to_string();
        let all = store::members::provisional(self.store(), std::slice::from_ref(cin)).await?;
        Ok(all.into_iter().find(|member| member.told_by.as_ref() == Some(&own)))
    }

    /// A provider that met the member sees the member for a time.
    fn contact_with(&self, caller: &Caller, member: &Member) -> Result<Option<Statement>, Failure> {
        if caller.role != Role::Provider {
            return Ok(None);
        }
        Ok(Some(store::members::grant(&Grant {
            member: member.id,
            organization: *caller.organization()?,
            reason: GrantReason::Contact,
            case: None,
            since: self.now(),
            until: Some(Sight::state().last_day(Reason::Contact, self.today())),
        })))
    }

    fn added(&self, caller: &Caller, member: &Member, new: &NewMember) -> [Statement; 2] {
        let entry = self.audit_entry(caller, "add-member", SubjectKind::Member, &member.id.to_string());
        let entry = Entry { purpose: Some(new.purpose.clone()), ..entry };
        store::audit::insert_about_member(&entry, self.today())
    }

    fn new_member(&self, caller: &Caller, new: &NewMember, now: Timestamp) -> Result<Member, Failure> {
        let source = contact_source(caller);
        Ok(Member {
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
            standing: IdentityStatus::Provisional,
            told_by: Some(caller.organization()?.to_string()),
            merged_into: None,
        })
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
        once: Once<ShownMember>,
    ) -> Result<Outcome<ShownMember>, Failure> {
        caller.must_be(&[Role::Provider])?;
        let contact = &contact;
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let now = crosswalk.now();
                let found = store::members::find(crosswalk.store(), &caller.scope, id).await?;
                let Some(mut member) = found else { return Err(crosswalk.unseen_member(caller).await) };
                if !expected.holds(member.version) {
                    return Err(Failure::Newer(member.version));
                }
                if let Some(phone) = contact.phone.clone() {
                    member.phone = Some(recorded(phone, ContactSource::Provider, now));
                }
                if let Some(home) = contact.residence.clone() {
                    member.residence = Some(recorded(home, ContactSource::Provider, now));
                }
                let subject = member.id.to_string();
                let mut unit = Unit::of([
                    store::members::update(&member),
                    crosswalk.audit(caller, "correct-member", SubjectKind::Member, &subject, None),
                ]);
                let said = contact_said(caller, contact, now)?;
                unit.extend(say(&member, &said));
                member.version += 1;
                Ok((unit, crosswalk.contact_corrected(caller, &member, said).await?))
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
    ) -> Result<Page<ShownMember>, Failure> {
        let after = paging.after()?;
        let rows = store::members::list(self.store(), &caller.scope, after, paging.limit).await?;
        let ids: Vec<MemberId> = rows.items.iter().map(|member| member.id).collect();
        let mut said: BTreeMap<MemberId, Vec<StatedValue>> = BTreeMap::new();
        for (member, value) in store::member_values::of_members(self.store(), &caller.scope, &ids).await? {
            said.entry(member).or_default().push(value);
        }
        let mut items = Vec::with_capacity(rows.items.len());
        for member in &rows.items {
            let said = said.remove(&member.id).unwrap_or_default();
            items.push(self.shown_with(caller, &caller.scope, member, said, purpose).await?);
        }
        self.look(caller, Look::Members(&rows.items, purpose)).await?;
        Ok(page(store::Page { items, next: rows.next }, std::convert::identity))
    }

    /// One member.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member(&self, caller: &Caller, id: MemberId, purpose: &str) -> Result<ShownMember, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let member = self.shown_member(caller, found, purpose).await?;
        // Who asks for somebody who was merged is told where that one went.
        let merged_into = (member.id != id).then_some(member.id);
        Ok(ShownMember { merged_into, ..member })
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
    ) -> Result<ShownMember, Failure> {
        let found = store::members::find_by_cin(self.store(), &caller.scope, cin).await?;
        self.shown_member(caller, found, purpose).await
    }

    async fn shown_member(
        &self,
        caller: &Caller,
        found: Option<Member>,
        purpose: &str,
    ) -> Result<ShownMember, Failure> {
        let Some(member) = found else { return Err(self.unseen_member(caller).await) };
        let shown = self.member_shown(caller, &caller.scope, &member, purpose).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(shown)
    }

    /// Coverage of a member on a day; today if none is given.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn coverage(
        &self,
        caller: &Caller,
        id: MemberId,
        on: Option<Date>,
        purpose: &str,
    ) -> Result<Vec<Coverage>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else { return Err(self.unseen_member(caller).await) };
        let today = self.today();
        let on = on.unwrap_or(today);
        let all = store::coverages::for_member(self.store(), &caller.scope, member.id).await?;
        let seen = Sieve::of(caller, purpose, today, &all).coverage();
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(seen.into_iter().filter(|one| one.holds_on(on)).cloned().collect())
    }

    /// Values of a member with their sources, as far as the caller may see them: by name, the latest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member_values(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
    ) -> Result<Vec<ShownValue>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else { return Err(self.unseen_member(caller).await) };
        let said = store::member_values::values_of(self.store(), &caller.scope, member.id).await?;
        let all = store::coverages::for_member(self.store(), &caller.scope, member.id).await?;
        let said = Sieve::of(caller, purpose, self.today(), &all).said(said);
        let stands = standing(&said);
        let values =
            said.iter().map(|one| ShownValue { said: one.clone(), stands: stands.contains(&one) }).collect();
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        Ok(values)
    }

    /// Values of a member in those columns of the caller's own plan's file that this host does not read
    /// itself; empty for everybody else.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn member_columns(
        &self,
        caller: &Caller,
        id: MemberId,
        purpose: &str,
    ) -> Result<Vec<Aside>, Failure> {
        let found = store::members::find(self.store(), &caller.scope, id).await?;
        let Some(member) = found else { return Err(self.unseen_member(caller).await) };
        let files = store::rosters::aside_of(self.store(), &caller.scope, member.id).await?;
        self.look(caller, Look::Members(std::slice::from_ref(&member), purpose)).await?;
        let cells = files.into_iter().flat_map(|file| {
            let (plan, told_on, roster) = (file.plan, file.told_on, file.roster);
            let cell = move |(column, value)| Aside { column, value, plan: plan.clone(), told_on, roster };
            file.cells.into_iter().map(cell)
        });
        Ok(cells.collect())
    }

    /// Refusal of a member who is not one of the caller's. That somebody looked is on the record.
    async fn unseen_member(&self, caller: &Caller) -> Failure {
        self.look(caller, Look::Denied(SubjectKind::Member)).await.err().unwrap_or(Failure::NotFound)
    }

    /// The member as the caller may see it, without a look.
    pub(crate) async fn member_shown(
        &self,
        caller: &Caller,
        scope: &Scope,
        member: &Member,
        purpose: &str,
    ) -> Result<ShownMember, Failure> {
        // A plan never sees another's file, whatever else it is shown.
        let sight = if caller.plan.is_some() { &caller.scope } else { scope };
        let said = store::member_values::values_of(self.store(), sight, member.id).await?;
        self.shown_with(caller, scope, member, said, purpose).await
    }

    /// The member as it will be once `new` is kept.
    async fn contact_corrected(
        &self,
        caller: &Caller,
        member: &Member,
        new: Vec<StatedValue>,
    ) -> Result<ShownMember, Failure> {
        let mut said = store::member_values::values_of(self.store(), &caller.scope, member.id).await?;
        said.extend(new);
        self.shown_with(caller, &caller.scope, member, said, CORRECTING).await
    }

    async fn shown_with(
        &self,
        caller: &Caller,
        scope: &Scope,
        member: &Member,
        said: Vec<StatedValue>,
        purpose: &str,
    ) -> Result<ShownMember, Failure> {
        let coverages = store::coverages::for_member(self.store(), scope, member.id).await?;
        let grants = store::members::grants(self.store(), &caller.scope, member.id).await?;
        let sieve = Sieve::of(caller, purpose, self.today(), &coverages);
        let said = sieve.said(said);
        Ok(ShownMember {
            id: member.id,
            cin: member.cin.clone(),
            identity: member.identity(),
            county: sieve.county(member, &said),
            language: sieve.language(member, &said),
            contact: sieve.contact(member, &said),
            values: standing(&said)
                .into_iter()
                .map(|one| ShownValue { said: one.clone(), stands: true })
                .collect(),
            coverage: sieve.coverage().into_iter().cloned().collect(),
            sight: grants,
            standing: caller.plan.is_none().then_some(member.standing),
            merged_into: None,
            version: member.version,
        })
    }
}

fn unknown_member() -> Failure {
    Failure::field(
        "/cin",
        Code::UnknownMember,
        "no plan's file here names a member with this CIN, birth date and name; nothing was kept",
        "check all three against the member's card; to keep the person until a file does, send provisional as true",
    )
}

fn recorded<T>(value: T, source: ContactSource, now: Timestamp) -> Recorded<T> {
    Recorded { value, source, recorded_at: now, as_of: pacific_day(now) }
}

/// Telephone and address of a contact, by name.
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

/// Contact of a member as the caller states it, with its source and day.
fn contact_said(caller: &Caller, contact: &Contact, now: Timestamp) -> Result<Vec<StatedValue>, Failure> {
    let source = match contact_source(caller) {
        ContactSource::Roster => ValueSource::PlanFile(caller.plan()?.clone()),
        ContactSource::Provider => ValueSource::Provider(*caller.organization()?),
    };
    let today = pacific_day(now);
    let said = |(name, value)| StatedValue {
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

fn say(member: &Member, said: &[StatedValue]) -> Vec<Statement> {
    said.iter().map(|said| store::member_values::say(member.id, said)).collect()
}
