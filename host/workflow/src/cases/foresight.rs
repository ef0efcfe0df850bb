//! Reads that a case is about to ask of the record, asked in one message before they are needed.
//!
//! Each function names the reads of one command from there to the plan's answer and what is made of it.
//! Foresight is no promise: a read that is named and not asked for is read in vain, and one that is not named
//! is read by itself. So a rule may begin or cease to read something without a word here, and only takes
//! longer.

use domain::catalog::Catalog;
use domain::identifiers::OrgId;
use domain::limits;
use domain::plan::types::Period;
use domain::time::pacific_day;
use store::contracts::Wanted;
use store::{Read, Scope};

use crate::Crosswalk;
use crate::cases::intake::{MOST_HISTORY, MOST_OPEN, Placed};
use crate::cases::knowing::{SINCE, Wants};
use crate::cases::limits::places;
use crate::cases::referrals::known_service;
use crate::cases::step::Work;
use crate::command::failure::Failure;

impl Crosswalk {
    /// Reads ahead for a referral whose plan is about to be asked.
    pub(crate) async fn foresee_triage(&self, work: &Work, placed: &Placed) -> Result<(), Failure> {
        let today = pacific_day(work.case.received_at);
        let on = Period { first: today, last: Some(today) };
        let mut reads = context(work, placed);
        reads.push(store::contracts::reading_held(wanted(work, placed, work.case.provider), &on));
        Ok(self.store().look_ahead(reads).await?)
    }

    /// Reads ahead for a request whose plan is about to be asked. The stamps come with what they are of: all
    /// of it is read at one instant.
    pub(crate) async fn foresee_determination(
        &self,
        work: &mut Work,
        placed: &Placed,
        contracted: &Period,
    ) -> Result<(), Failure> {
        let (member, case, plan) = (placed.member.id, work.case.id, &placed.plan);
        let service = work.case.service.clone().unwrap_or_default();
        let body = work.authorization()?;
        let begins = body.may_begin();
        let asked = body.lines.iter().map(|line| line.days.first).min();
        // A window that opens at once is the first thing to be weighed.
        let today = pacific_day(work.now());
        let first = asked.map_or(today, |asked| if begins { asked.min(today) } else { asked });
        work.foreseen = limits::needs_of(Catalog::state(), known_service(&service)?, first);
        let provider = work.case.assigned.unwrap_or(work.case.provider);
        let mut reads = vec![store::usage::reading_stamp(member)];
        reads.extend(context(work, placed));
        reads.push(store::contracts::reading_held(wanted(work, placed, provider), contracted));
        if let Some(needs) = &work.foreseen {
            let none = (String::new(), String::new());
            reads.push(store::limits::reading_counted(&Scope::duty("limits"), member, needs, &none));
        }
        if let Some(live) = placed.rules() {
            let capped = places(live, (member, case), &service, &placed.member.county, first);
            reads.extend(capped.map(|(_, places)| store::limits::reading_taken(places)));
        }
        // Earlier windows are looked for only where rules may open one.
        let opens = placed.profile().is_some_and(|profile| !profile.presumptive.is_empty());
        if begins && opens {
            let duty = Scope::duty("episodes");
            reads.push(store::cases::reading_authorizations_stamp(member, plan, &service, case));
            reads.push(store::cases::reading_authorizations_of(&duty, member, plan, &service));
        }
        Ok(self.store().look_ahead(reads).await?)
    }

    /// Reads ahead for a claim whose plan is about to be asked.
    pub(crate) async fn foresee_adjudication(&self, work: &Work, placed: &Placed) -> Result<(), Failure> {
        let mut reads = vec![store::usage::reading_stamp(placed.member.id)];
        reads.extend(context(work, placed));
        Ok(self.store().look_ahead(reads).await?)
    }
}

fn wanted<'a>(work: &'a Work, placed: &'a Placed, provider: OrgId) -> Wanted<'a> {
    Wanted {
        provider,
        plan: &placed.plan,
        delegate: placed.delegate.as_deref(),
        service: work.case.service.as_deref().unwrap_or_default(),
        county: &placed.member.county,
    }
}

/// Reads for the context that every plan is handed around a case, and for the facts that the host knows by
/// itself.
fn context(work: &Work, placed: &Placed) -> Vec<Read> {
    let (member, duty) = (placed.member.id, Scope::duty("context"));
    let (since, follows) = (placed.history_since(), work.case.follows);
    let mut reads = vec![
        store::usage::reading_newest_delivered(&duty, member, since, follows, MOST_HISTORY + 1),
        store::cases::reading_open_for(member, &placed.plan, work.case.id, MOST_OPEN),
    ];
    let Some(profile) = placed.profile() else { return reads };
    let service = work.case.service.as_deref().unwrap_or_default();
    let (wants, duty) = (Wants::of_profile(profile, service), Scope::duty("known-facts"));
    if wants.had {
        reads.push(store::usage::reading_for_member(&duty, member, None, SINCE, None));
    }
    if wants.said {
        reads.push(store::member_values::reading_of_members(&duty, &[member]));
    }
    let (service, county, on) = (placed.service(), &placed.member.county, placed.on());
    let capped = profile.caps(service, county.as_str(), on);
    reads.extend(
        capped.map(|cap| {
            store::usage::reading_members_served(&placed.plan, service, county, cap.counts_from(on))
        }),
    );
    reads
}
