//! Looking a member up by number: only who knows the person finds the person, and nobody finds out by trying.
//!
//! What is said must be the person's, and every miss is counted in the record, for the key or person, the
//! organization, the organization with that number, and the number (`identity.toml`), and is in the audit
//! trail. A hit is kept only while tries are left at that moment ([`KnownMember::fence`]). Who sees the
//! member already learns nothing new, and is not counted.

use domain::audit::SubjectKind;
use domain::identifiers::{Cin, Digest};
use domain::identity::{CountedFor, Rules};
use jiff::{SignedDuration, Timestamp};
use store::audit::Entry;
use store::members::Member;
use store::tries::{ASKED, Limit};
use store::{Scope, Statement, StoreError, Unit};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

/// Counts that end looking, in the order in which limits are handed about.
const COUNTED: [CountedFor; 3] = [CountedFor::Member, CountedFor::Key, CountedFor::Organization];

/// The counts of one look, and for how long each goes on.
pub(crate) struct Tries {
    limits: [Limit; 3],
    spans: [SignedDuration; 3],
    /// Count of the number, whoever looks for it.
    number: Limit,
}

/// Somebody who was looked for and is known to whoever looked.
pub(crate) struct KnownMember {
    /// Record of the member, who is the person that was described.
    pub(crate) member: Member,
    /// Conditions that must hold when what follows from the look is kept.
    pub(crate) fence: Vec<Statement>,
}

/// Outcome of a look for a member.
pub(crate) enum Looked {
    /// It is the person.
    Known(Box<KnownMember>),
    /// Nobody has this number, or what is said is not the person's: which of the two, nobody is told.
    InVain(Box<Tries>),
}

impl Crosswalk {
    /// Looks for the confirmed person with this number whom the caller `knows`. A plan finds whom it covers.
    ///
    /// # Errors
    /// `TooManyTries`, whether there is somebody or not.
    pub(crate) async fn look_for(
        &self,
        caller: &Caller,
        cin: &Cin,
        knows: impl Fn(&Member) -> bool,
    ) -> Result<Looked, Failure> {
        let scope = match caller.role {
            Role::Provider => Scope::duty("intake"),
            _ => caller.scope.clone(),
        };
        let found = store::members::find_by_cin(self.store(), &scope, cin).await?.filter(knows);
        let mut tries = self.tries(caller, cin)?;
        let member = found.as_ref().map(|member| member.id);
        // Whoever finds somebody asks next which plan answers.
        let asked = tries.asked();
        let mut ahead = vec![store::tries::reading_counts(&caller.scope, member, &asked)];
        ahead.extend(member.map(|id| store::coverages::reading_for_member(&Scope::duty("routing"), id)));
        self.store().look_ahead(ahead).await?;
        let counts = store::tries::counts(self.store(), &caller.scope, member, &asked).await?;
        if let (Some(member), true) = (&found, counts.sees) {
            let found = KnownMember { member: member.clone(), fence: Vec::new() };
            return Ok(Looked::Known(Box::new(found)));
        }
        if let Some(after) = tries.wait(counts.used_up_since, self.now()) {
            self.look(caller, Look::Denied(SubjectKind::Member)).await?;
            return Err(Failure::TooManyTries(after));
        }
        tries.narrow(counts.used_up_since);
        Ok(match found {
            Some(member) => Looked::Known(Box::new(KnownMember { member, fence: tries.fence() })),
            None => Looked::InVain(Box::new(tries)),
        })
    }

    /// Whoever found somebody may still look: asked where nothing is kept that would ask it.
    ///
    /// # Errors
    /// `Busy` where others used up what was left a moment ago.
    pub(crate) async fn still_may_look(&self, fence: Vec<Statement>) -> Result<(), Failure> {
        if fence.is_empty() {
            return Ok(());
        }
        match self.store().commit(Unit::of(fence)).await {
            Err(StoreError::Conflict) => Err(Failure::Busy),
            done => Ok(done?),
        }
    }

    /// Counts a look in vain and puts it on the record. Says nothing about anybody: what is answered is the
    /// caller's to say.
    ///
    /// # Errors
    /// `TooManyTries` where others used up what was left a moment ago.
    pub(crate) async fn note_in_vain(
        &self,
        caller: &Caller,
        tries: &Tries,
        purpose: Option<&str>,
    ) -> Result<(), Failure> {
        let unit = Unit::of(self.in_vain(caller, tries, purpose));
        match self.store().commit(unit).await {
            Ok(()) => Ok(()),
            Err(StoreError::Conflict) => {
                let counts = store::tries::counts(self.store(), &caller.scope, None, &tries.asked()).await?;
                let after = tries.wait(counts.used_up_since, self.now());
                Err(Failure::TooManyTries(after.unwrap_or_else(|| SignedDuration::from_secs(1))))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The statements that count a look in vain and put it on the record.
    pub(crate) fn in_vain(&self, caller: &Caller, tries: &Tries, purpose: Option<&str>) -> Vec<Statement> {
        let now = self.now();
        let entry = self.audit_entry(caller, "look-up", SubjectKind::Member, "unseen");
        let purpose = purpose.map(str::to_owned);
        let entry = Entry { purpose, outcome: "denied".to_owned(), ..entry };
        let [number, _, _] = &tries.limits;
        let mut statements = vec![store::tries::alone(number)];
        statements.extend(tries.limits.iter().map(|limit| store::tries::count(limit, now)));
        // Nobody waits for the number's count to be less than its limit: it goes on.
        let number = Limit { misses: u32::MAX, ..tries.number.clone() };
        statements.push(store::tries::count(&number, now));
        statements.push(store::audit::insert(&entry));
        statements
    }

    /// Counts of this caller's look for this number. Where no rule is in force, no count ends it.
    fn tries(&self, caller: &Caller, cin: &Cin) -> Result<Tries, Failure> {
        let now = self.now();
        let organization = caller.organization()?;
        // A number that may be nobody's, or somebody's who is not here, does not lie in the record as it is.
        let number = Digest::of(cin.expose().as_bytes());
        let person = || caller.account.map(|account| account.to_string());
        let key = caller.key.map(|key| key.to_string()).or_else(person).unwrap_or_default();
        let of = |per: CountedFor| {
            let rule = Rules::state().tries_on(self.today()).find(|rule| rule.per == per);
            let span = SignedDuration::from_hours(rule.map_or(0, |rule| i64::from(rule.hours)));
            let subject = match per {
                CountedFor::Member => format!("{organization}/{number}"),
                CountedFor::Number => format!("number/{number}"),
                CountedFor::Key => key.clone(),
                CountedFor::Organization => organization.to_string(),
            };
            let limit =
                Limit { subject, misses: rule.map_or(u32::MAX, |rule| rule.misses), over: now - span };
            (limit, span)
        };
        let [(member, member_span), (key, key_span), (whole, whole_span)] = COUNTED.map(of);
        let (number, _) = of(CountedFor::Number);
        Ok(Tries { limits: [member, key, whole], spans: [member_span, key_span, whole_span], number })
    }
}

impl Tries {
    /// Questions to the record: the counts that end looking, the number's, and whether the organization
    /// looked for the number in vain at all.
    fn asked(&self) -> [Limit; ASKED] {
        let [member, key, whole] = self.limits.clone();
        let once = Limit { misses: 1, ..member.clone() };
        [member, key, whole, self.number.clone(), once]
    }

    /// Leaves the organization one try for a number that is used up.
    fn narrow(&mut self, [_, _, _, number, _]: [Option<Timestamp>; ASKED]) {
        if number.is_some() {
            self.limits[0].misses = self.limits[0].misses.min(1);
        }
    }

    /// Time for which nobody may look, if tries are used up since these instants; `None` if one may.
    fn wait(&self, since: [Option<Timestamp>; ASKED], now: Timestamp) -> Option<SignedDuration> {
        let [member, key, whole, number, once] = since;
        let since = [number.and(once).or(member), key, whole];
        let ends = since.into_iter().zip(self.spans).filter_map(|(since, span)| Some(since? + span));
        let last = ends.max()?;
        Some(last.duration_since(now).max(SignedDuration::from_secs(1)))
    }

    /// Whoever hits has tries left when that is kept.
    fn fence(&self) -> Vec<Statement> {
        let [number, _, _] = &self.limits;
        let mut statements = vec![store::tries::alone(number)];
        statements.extend(self.limits.iter().map(store::tries::left));
        statements
    }
}
