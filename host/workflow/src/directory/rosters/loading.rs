//! The duty that checks the slices of member files and loads them.
//!
//! Slices all of whose people are new to the record are nearly all of a plan's first file, and go a short
//! way: they are counted unread when they are checked, and are plain inserts when they are loaded. While one
//! unit of them is committed the next is made ready. That nobody brought one of these people in meanwhile is
//! asked by the inserts; if somebody did, the unit is undone and its slices are looked at again. All other
//! slices are sifted, against the record as it is when their turn comes.
//!
//! While nobody else writes, a unit is as long as somebody who comes may wait for once. As soon as somebody
//! does, units are of one slice, and each is followed by a pause.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use domain::identifiers::RosterId;
use jiff::{SignedDuration, Timestamp};
use store::rosters::{Counts, Hold, Roster, RosterRow, Sifted, State};
use store::{Statement, StoreError, Unit};
use tokio::task::spawn_blocking;

use super::{NextSlice, number, took, with_refused};
use crate::Crosswalk;
use crate::command::failure::Failure;

/// Most slices of people who are all new that one unit checks.
const CHECKED: u32 = 200;
/// Most of them that one unit loads.
const LOADED: u32 = 50;
/// Most other slices that one unit checks or loads.
const SIFTED: u32 = 10;
/// Time for which a node holds a file without doing a slice of it.
const HELD: SignedDuration = SignedDuration::from_secs(10);
/// Time in which a file must be received.
const RECEIVED_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Slices of cancelled files that are dropped in one unit.
const DROPPED: u32 = 20;

/// Knowledge of the duty from one unit to the next.
#[derive(Default)]
pub(crate) struct Loading {
    /// Units that this process had handed in when the duty looked last, with its own.
    commits: AtomicU64,
    /// Slices that were made ready, by file: two plans' files take turns.
    ahead: Mutex<BTreeMap<RosterId, Ready>>,
}

/// Slices that are treated alike.
struct Run {
    slices: Range<u32>,
    /// Number of their rows, if all their people are new.
    newcomers: Option<u32>,
}

/// Slices as statements that load them.
struct Ready {
    slices: Range<u32>,
    statements: Vec<Statement>,
    /// Instant until which no other node takes the file over (UTC).
    until: Timestamp,
}

impl Loading {
    /// Slices of a file that were made ready, if they are what comes next and no more than `most` slices.
    fn take(&self, roster: &Roster, most: u32) -> Option<Ready> {
        let ready = self.ahead().remove(&roster.id)?;
        let is_next = ready.slices.start == roster.done;
        (is_next && number(ready.slices.len()) <= most).then_some(ready)
    }

    fn keep(&self, roster: RosterId, ready: Option<Ready>) {
        self.ahead().extend(ready.map(|ready| (roster, ready)));
    }

    /// Forgets what was made ready of files that another node may have by now.
    fn forget_lapsed(&self, now: Timestamp) {
        self.ahead().retain(|_, ready| now < ready.until);
    }

    fn ahead(&self) -> MutexGuard<'_, BTreeMap<RosterId, Ready>> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Crosswalk {
    /// Does the next slices of the file whose turn it is.
    pub(crate) async fn load_next_slices(&self, node: &str, loading: &Loading) -> Result<NextSlice, Failure> {
        let (store, before) = (self.store(), self.store().commits());
        let is_alone = loading.commits.swap(before, Ordering::Relaxed) == before;
        let now = self.now();
        loading.forget_lapsed(now);
        let Some(roster) = store::rosters::next(store, node, now).await? else {
            return Ok(match self.drop_cancelled().await? {
                true => NextSlice::BesideOthers,
                false => NextSlice::Nothing,
            });
        };
        let hold = Hold { node, now, until: now + HELD };
        let (unit, next) = match roster.state {
            State::Checking => (self.checking_unit(&roster, &hold, is_alone).await?, None),
            _ => self.loading_unit(&roster, &hold, is_alone, loading).await?,
        };
        let begun = Instant::now();
        let (committed, ahead) = tokio::join!(store.commit(unit), self.look_ahead(&roster, &hold, next));
        took("commit", begun);
        loading.commits.store(before + 1, Ordering::Relaxed);
        loading.keep(roster.id, ahead.filter(|_| committed.is_ok()));
        match committed {
            // Another node did it, it was cancelled, or the record has changed under it: then it is looked at
            // again, after a pause.
            Err(StoreError::Conflict | StoreError::Duplicate) => Ok(NextSlice::BesideOthers),
            Ok(()) if store.commits() == before + 1 => Ok(NextSlice::Alone),
            Ok(()) => Ok(NextSlice::BesideOthers),
            Err(error) => Err(error.into()),
        }
    }

    /// The unit that checks the next slices.
    async fn checking_unit(&self, roster: &Roster, hold: &Hold<'_>, is_alone: bool) -> Result<Unit, Failure> {
        let begun = Instant::now();
        let run = self.next_run(roster, roster.done, if is_alone { CHECKED } else { 1 }).await?;
        let (counts, report) = match run.newcomers {
            Some(rows) => (Counts { members_new: rows, coverages_new: rows, ..Counts::default() }, None),
            None => {
                let sift = self.sift(roster, &self.rows_in(roster, &run).await?).await?;
                (sift.counts, with_refused(roster, sift.refused)?)
            }
        };
        let done = run.slices.end;
        let (state, done) = if done == roster.slices { (State::Loading, 0) } else { (State::Checking, done) };
        took("check", begun);
        Ok(Unit::of([store::rosters::step(roster, hold, state, done, &counts, report.as_deref())]))
    }

    /// The unit that loads the next slices, and the first one behind them that can be made ready meanwhile.
    async fn loading_unit(
        &self,
        roster: &Roster,
        hold: &Hold<'_>,
        is_alone: bool,
        loading: &Loading,
    ) -> Result<(Unit, Option<u32>), Failure> {
        let most = if is_alone { LOADED } else { 1 };
        let Ready { slices, statements, .. } = match loading.take(roster, most) {
            Some(ready) => ready,
            None => self.make_ready(roster, hold, self.next_run(roster, roster.done, most).await?).await?,
        };
        let done = slices.end;
        let state = if done == roster.slices { State::Loaded } else { State::Loading };
        let mut unit = Unit::of([store::rosters::step(roster, hold, state, done, &Counts::default(), None)]);
        unit.extend(statements);
        unit.add(store::rosters::drop_slices(roster.id, slices));
        Ok((unit, (is_alone && state == State::Loading).then_some(done)))
    }

    /// Makes the slices from `next` on ready, if all their people are new: they do not depend on what is
    /// committed meanwhile. Whatever is in the way of that is met again by whoever loads them.
    async fn look_ahead(&self, roster: &Roster, hold: &Hold<'_>, next: Option<u32>) -> Option<Ready> {
        let run = self.next_run(roster, next?, LOADED).await.ok()?;
        run.newcomers?;
        self.make_ready(roster, hold, run).await.ok()
    }

    /// The slices from one on that are treated alike, at most so many.
    async fn next_run(&self, roster: &Roster, from: u32, most: u32) -> Result<Run, Failure> {
        let begun = Instant::now();
        let end = roster.slices.min(from + most);
        let new = store::rosters::new_slices(self.store(), roster.id, from..end).await?;
        let rows: Vec<u32> = (from..end).map_while(|slice| new.get(&slice).copied()).collect();
        took("look up", begun);
        if rows.is_empty() {
            let others = (from..end.min(from + SIFTED)).take_while(|slice| !new.contains_key(slice));
            return Ok(Run { slices: from..from + number(others.count()), newcomers: None });
        }
        Ok(Run { slices: from..from + number(rows.len()), newcomers: Some(rows.iter().sum()) })
    }

    async fn make_ready(&self, roster: &Roster, hold: &Hold<'_>, run: Run) -> Result<Ready, Failure> {
        let begun = Instant::now();
        let statements = match run.newcomers {
            Some(_) => {
                let (slices, roster) = (self.slices_in(roster, &run).await?, roster.clone());
                let inserts =
                    move || slices.rows().map(|rows| store::rosters::apply(&roster, Sifted::newcomers(rows)));
                spawn_blocking(inserts).await.map_err(Failure::internal)??
            }
            None => {
                let sift = self.sift(roster, &self.rows_in(roster, &run).await?).await?;
                store::rosters::apply(roster, sift.sifted)
            }
        };
        took("make ready", begun);
        Ok(Ready { slices: run.slices, statements, until: hold.until })
    }

    async fn rows_in(&self, roster: &Roster, run: &Run) -> Result<Vec<RosterRow>, Failure> {
        let slices = self.slices_in(roster, run).await?;
        Ok(spawn_blocking(move || slices.rows()).await.map_err(Failure::internal)??)
    }

    async fn slices_in(&self, roster: &Roster, run: &Run) -> Result<store::rosters::Slices, Failure> {
        Ok(store::rosters::slices(self.store(), roster.id, run.slices.clone()).await?)
    }

    /// Forgets some rows of cancelled files; false if there are none.
    async fn drop_cancelled(&self) -> Result<bool, Failure> {
        let slices = store::rosters::left_over(self.store(), DROPPED).await?;
        if slices.is_empty() {
            return Ok(false);
        }
        let one = |(id, number): &(RosterId, u32)| store::rosters::drop_slices(*id, *number..number + 1);
        self.store().commit(Unit::of(slices.iter().map(one))).await?;
        Ok(true)
    }

    /// Gives up files whose sender went away while they were received, and forgets the rows of all that were
    /// cancelled: files that follow one another without a pause are no reason to keep them.
    pub(crate) async fn give_up_rosters(&self) -> Result<(), Failure> {
        let before = self.now() - RECEIVED_WITHIN;
        self.store().commit(Unit::of([store::rosters::give_up(before)])).await?;
        while self.drop_cancelled().await? {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::identifiers::Digest;
    use uuid::Uuid;

    use super::*;
    use crate::fixtures::{MONDAY, at};

    fn file(id: u128, done: u32) -> Roster {
        Roster {
            id: RosterId::from_uuid(Uuid::from_u128(id)),
            plan: "valle-vista".parse().unwrap(),
            sha256: Digest::of(b""),
            received_at: at(MONDAY),
            report: String::new(),
            state: State::Loading,
            slices: 100,
            done,
            counts: Counts::default(),
            of_the_state: false,
        }
    }

    #[test]
    fn what_was_made_ready_stays_while_another_file_has_its_turn() {
        let loading = Loading::default();
        let until = at(MONDAY) + HELD;
        let ready = |slices| Some(Ready { slices, statements: Vec::new(), until });
        loading.keep(file(1, 0).id, ready(10..60));
        loading.keep(file(2, 0).id, ready(20..70));
        loading.keep(file(1, 0).id, None);
        let taken = |roster: &Roster, most| loading.take(roster, most).map(|ready| ready.slices);
        assert_eq!(taken(&file(1, 10), LOADED), Some(10..60));
        assert_eq!(taken(&file(1, 10), LOADED), None, "once");
        assert_eq!(taken(&file(2, 20), 1), None, "more than fits into the unit");

        for (roster, case) in [(file(1, 60), "another node did them"), (file(3, 10), "nothing of the file")] {
            loading.keep(file(1, 0).id, ready(10..60));
            assert_eq!(taken(&roster, LOADED), None, "{case}");
        }
        loading.keep(file(1, 0).id, ready(10..60));
        loading.forget_lapsed(until);
        assert_eq!(taken(&file(1, 10), LOADED), None, "another node may have it by now");
    }
}
