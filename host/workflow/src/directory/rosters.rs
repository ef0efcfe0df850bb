//! A plan's member file, read row by row. A bad row is refused; the rest stands.
//!
//! A file of a few rows is loaded in one unit of work, and the answer tells what came of it. The rows of a
//! longer one are kept in slices, so that it takes no more memory than the file itself; the answer says that
//! it is under way, and a duty does the rest: it compares the slices with the record, as long as which the
//! file can be cancelled, and then loads them, in short units between which everybody else has their turn.
//! From its first loaded slice on a file is loaded to its end, by whichever node lives. Whom its rows are
//! about is found out by `sifting`, at the moment at which they are compared and again at that at which they
//! are loaded.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use domain::audit::SubjectKind;
use domain::dictionary::Dictionary;
use domain::identifiers::{CoverageId, Digest, MemberId, PlanId, RosterId};
use domain::member_value::ValueName;
use domain::problem::Code;
use domain::rollout::About;
use domain::time::pacific_day;
use formats::roster::{
    FileRefusal, Form, Reading, ResidentialAddress, RosterRow as FileRow, RosterRules, RowIssue, RuleId,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::Unit;
use store::members::Address;
use store::rosters::{Counts, Roster, RosterRow, State};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::Crosswalk;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{Once, Outcome};

mod loading;

pub(crate) use loading::Loading;

/// Most refused rows, and most warnings, that a report lists one by one.
const MOST_LISTED: usize = 1_000;
/// Rows in a slice: other writers wait for one slice at most, but for the first that comes.
const SLICE: usize = 100;
/// A file of so many slices is loaded at once.
const AT_ONCE: usize = 10;
/// Slices of a longer one that are kept in one unit.
const KEPT_TOGETHER: usize = 50;

/// A file as it was received.
struct Received {
    /// The roster that it becomes.
    id: RosterId,
    plan: PlanId,
    sha256: Digest,
    /// True for the state's file, which the operator sends.
    of_the_state: bool,
    at: Timestamp,
    /// The rows of its slices, as long as they are few; none once they are kept.
    few: Vec<Vec<RosterRow>>,
    /// Number of slices that are kept so far.
    kept: u32,
    accepted: u64,
    reading: Reading,
    refused: Vec<RowIssue>,
    warnings: Vec<RowIssue>,
}

/// A member file and the report on it, as far as the file has come.
#[derive(Clone, Debug)]
pub struct ShownRoster {
    /// Row of the file.
    pub roster: Roster,
    /// Report on its rows.
    pub report: RosterReport,
}

/// Report on the rows of a member file, as the record keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RosterReport {
    /// Rows read, the header not counted.
    pub rows: u64,
    /// Rows that can be loaded, and change something or say again what is known.
    pub accepted: u64,
    /// Rows refused; of what is wrong with them the first 1,000 problems.
    pub refused: Vec<RowNote>,
    /// Rows accepted with something to look at; the first 1,000.
    pub warnings: Vec<RowNote>,
    /// Form in which the file was read.
    pub read_as: FileForm,
    /// Headers of columns that are none of the member file's and whose cells are kept aside.
    pub columns_kept_aside: Vec<String>,
    /// Headers of columns that are not kept at all.
    pub columns_left_out: Vec<String>,
}

/// A note on one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowNote {
    /// Number of the row, the header being 1.
    pub row: u64,
    /// Header of the column.
    pub column: String,
    /// Id of the rule.
    pub rule: RuleId,
    /// Problem of the row. Never quotes the row.
    pub problem: String,
    /// Fix of the problem.
    pub fix: String,
}

/// Form in which a file was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileForm {
    /// Kind: `text` or `workbook`.
    pub kind: String,
    /// Encoding of a text.
    pub encoding: Option<String>,
    /// Separator of the cells of a text.
    pub separator: Option<String>,
    /// Sheet of a workbook that was read, the first being 1.
    pub sheet: Option<u32>,
    /// Row that holds the headers, the first being 1.
    pub header_row: u32,
}

impl ShownRoster {
    fn read(roster: Roster) -> Result<Self, Failure> {
        let report = serde_json::from_str(&roster.report).map_err(Failure::internal)?;
        Ok(Self { roster, report })
    }

    /// True once all of it is in the record.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.roster.state == State::Loaded
    }

    /// About how many accepted rows were compared with the record, and about how many are in it.
    #[must_use]
    pub fn rows_done(&self) -> (u64, u64) {
        let accepted = self.report.accepted;
        let done = accepted * u64::from(self.roster.done) / u64::from(self.roster.slices.max(1));
        match self.roster.state {
            State::Receiving | State::Cancelled => (0, 0),
            State::Checking => (done, 0),
            State::Loading => (accepted, done),
            State::Loaded => (accepted, accepted),
        }
    }
}

impl RowNote {
    fn of(issue: &RowIssue) -> Self {
        Self {
            row: u64::from(issue.row),
            column: issue.column.to_owned(),
            rule: issue.rule,
            problem: issue.problem.to_owned(),
            fix: issue.fix.to_owned(),
        }
    }
}

impl FileForm {
    fn of(form: &Form) -> Self {
        Self {
            kind: form.kind.to_owned(),
            encoding: form.encoding.map(str::to_owned),
            separator: form.separator.map(str::to_owned),
            sheet: form.sheet,
            header_row: form.header_row,
        }
    }
}

/// Outcome of a look at the member files that are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextSlice {
    /// There was nothing to load.
    Nothing,
    /// Slices, and nobody else wrote anything on this node meanwhile.
    Alone,
    /// Slices, while others wrote, or were at work on what they are about: they are to have a turn.
    BesideOthers,
}

impl Crosswalk {
    /// Loads a plan's member file, or begins to. The same file again changes nothing and gives the first
    /// report. In one `of_the_state` the operator says what the state says of the plan's members: it stands.
    ///
    /// # Errors
    /// `BadFile` for a file that cannot be read at all; `Forbidden` for another plan's, and for one of the
    /// state's that the operator does not send.
    pub async fn load_roster(
        &self,
        caller: &Caller,
        plan: PlanId,
        bytes: Vec<u8>,
        of_the_state: bool,
        once: Once<ShownRoster>,
    ) -> Result<Outcome<ShownRoster>, Failure> {
        if of_the_state {
            caller.must_be(&[Role::Operator])?;
        }
        // Slices of a long file are kept before the command is.
        caller.must_change()?;
        self.may_run_plan(caller, &plan).await?;
        let hashing = spawn_blocking(move || (Digest::of(&bytes), bytes));
        let (sha256, bytes) = hashing.await.map_err(Failure::internal)?;
        let scope = &caller.scope;
        let before =
            store::rosters::find_by_sha256(self.store(), scope, &plan, &sha256, of_the_state).await?;
        let received = match before {
            Some(_) => None,
            None => Some(self.receive_roster(&plan, sha256, bytes, of_the_state).await?),
        };
        let (plan, sha256, received) = (&plan, &sha256, received.as_ref());
        let outcome = self.once(caller, once, || {
            Box::pin(async move {
                let store = self.store();
                let before =
                    store::rosters::find_by_sha256(store, &caller.scope, plan, sha256, of_the_state).await?;
                match (before, received) {
                    (Some(roster), _) => Ok((Unit::default(), ShownRoster::read(roster)?)),
                    (None, Some(received)) => self.take_roster(caller, received).await,
                    // It was cancelled a moment ago.
                    (None, None) => Err(Failure::Busy),
                }
            })
        });
        outcome.await
    }

    /// The unit that loads a file, or that begins to.
    async fn take_roster(&self, caller: &Caller, file: &Received) -> Result<(Unit, ShownRoster), Failure> {
        let mut roster = file.roster()?;
        let at_once = file.kept == 0 && !store::rosters::is_busy(self.store(), &file.plan).await?;
        let mut unit = Unit::default();
        if at_once {
            let rows = file.few.concat();
            roster.state = State::Loaded;
            let sift = self.sift(&roster, &rows).await?;
            roster.counts = sift.counts;
            if let Some(report) = with_refused(&roster, sift.refused)? {
                roster.report = report;
            }
            unit.extend(store::rosters::import(&roster, sift.sifted));
        } else {
            if file.kept == 0 {
                roster.slices = number(file.few.len());
                unit.add(store::rosters::insert(&roster));
                unit.extend(kept_slices(roster.id, 0, &file.few));
            }
            roster.state = State::Checking;
            unit.add(store::rosters::staged(&roster));
        }
        let subject = roster.id.to_string();
        let action = if file.of_the_state { "load-state-roster" } else { "load-roster" };
        unit.add(self.audit(caller, action, SubjectKind::Roster, &subject, Some(&file.plan)));
        Ok((unit, ShownRoster::read(roster)?))
    }

    /// Reads a file beside everything else, and keeps its slices as they come if they are many.
    async fn receive_roster(
        &self,
        plan: &PlanId,
        sha256: Digest,
        bytes: Vec<u8>,
        of_the_state: bool,
    ) -> Result<Received, Failure> {
        let mut file = Received::new(self.id(RosterId::from_uuid), plan, sha256, self.now());
        file.of_the_state = of_the_state;
        let rules = self.roster_rules(plan).await?;
        let (sender, mut slices) = mpsc::channel(KEPT_TOGETHER);
        let reading = spawn_blocking(move || {
            let (begun, mut waited) = (Instant::now(), Duration::ZERO);
            let read = formats::roster::read(&bytes, &rules, SLICE, |slice| {
                let ready = Instant::now();
                let sent = sender.blocking_send(slice);
                waited += ready.elapsed();
                if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            took("read", begun + waited);
            read
        });
        let received = pacific_day(file.at);
        while let Some(slice) = slices.recv().await {
            let rows: Vec<_> = slice.rows.iter().map(|row| self.roster_row(row, received)).collect();
            file.note(rows, slice.refused, slice.warnings);
            if file.few.len() == KEPT_TOGETHER {
                self.keep_slices(&mut file).await?;
            }
        }
        file.reading = reading.await.map_err(Failure::internal)?.map_err(bad_file)?;
        if file.kept > 0 || file.few.len() > AT_ONCE {
            self.keep_slices(&mut file).await?;
        }
        Ok(file)
    }

    async fn keep_slices(&self, file: &mut Received) -> Result<(), Failure> {
        let begun = Instant::now();
        let (id, first, slices) = (file.id, file.kept, std::mem::take(&mut file.few));
        let more = number(slices.len());
        let mut unit = Unit::default();
        if first == 0 {
            unit.add(store::rosters::insert(&file.roster()?));
        }
        let packing = spawn_blocking(move || kept_slices(id, first, &slices).collect::<Vec<_>>());
        unit.extend(packing.await.map_err(Failure::internal)?);
        self.store().commit(unit).await?;
        file.kept += more;
        took("keep", begun);
        Ok(())
    }

    /// Cancels a file of which nothing is loaded yet. Cancelled again, it stays so.
    ///
    /// # Errors
    /// `NotFound`; `Withheld` once its loading has begun.
    pub async fn cancel_roster(
        &self,
        caller: &Caller,
        id: RosterId,
        once: Once<ShownRoster>,
    ) -> Result<Outcome<ShownRoster>, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::Operator])?;
        self.once(caller, once, || {
            Box::pin(async move {
                let found = store::rosters::find(self.store(), &caller.scope, id).await?;
                let roster = found.ok_or(Failure::NotFound)?;
                let mut unit = Unit::default();
                match roster.state {
                    State::Cancelled => {}
                    State::Checking => {
                        unit.add(store::rosters::cancel(id));
                        let subject = id.to_string();
                        unit.add(self.audit(
                            caller,
                            "cancel-roster",
                            SubjectKind::Roster,
                            &subject,
                            Some(&roster.plan),
                        ));
                    }
                    State::Receiving | State::Loading | State::Loaded => return Err(loading_has_begun()),
                }
                Ok((unit, ShownRoster::read(Roster { state: State::Cancelled, ..roster })?))
            })
        })
        .await
    }

    /// A report that was given before. It goes through the file person by person, and so is for nobody who
    /// reads figures only.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for whoever sees no names.
    pub async fn roster(&self, caller: &Caller, id: RosterId) -> Result<ShownRoster, Failure> {
        caller.must_see_names()?;
        let found = store::rosters::find(self.store(), &caller.scope, id).await?;
        ShownRoster::read(found.ok_or(Failure::NotFound)?)
    }

    /// Plan administrators run their own plan; the operator helps any.
    pub(crate) async fn may_run_plan(&self, caller: &Caller, plan: &PlanId) -> Result<(), Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::Operator])?;
        if caller.role == Role::PlanAdmin && caller.plan()? != plan {
            return Err(Failure::NotFound);
        }
        store::organizations::find_plan(self.store(), plan).await?.map(drop).ok_or(Failure::NotFound)
    }

    async fn roster_rules(&self, plan: &PlanId) -> Result<RosterRules, Failure> {
        let today = self.today();
        let live = self.live(plan, self.now(), About::on(today)).await?;
        let every = || Dictionary::state().lines_of_business(today).map(|line| line.code.clone());
        let lines = live.map_or_else(|| every().collect(), |live| live.profile().lines.clone());
        let counties = self.counties();
        let counties = counties.iter().flat_map(|county| {
            county.written().map(|spelling| (county.code.clone(), spelling)).collect::<Vec<_>>()
        });
        Ok(RosterRules::new(today, lines, counties, Vec::new()))
    }

    /// A row as the record takes it. Each value is of the row's own day: the address's, the row's, or else
    /// that on which the file came.
    fn roster_row(&self, row: &FileRow, received: Date) -> RosterRow {
        let told_on = row.file_date.unwrap_or(received);
        RosterRow {
            row: row.row,
            again: row.again,
            member: self.id(MemberId::from_uuid),
            coverage: self.id(CoverageId::from_uuid),
            cin: row.cin.clone(),
            family_name: row.family_name.clone(),
            given_name: row.given_name.clone(),
            birth_date: row.birth_date,
            county: row.county.clone(),
            language: row.language.clone(),
            told_on,
            phone: row.phone.clone(),
            address: row.address.as_ref().map(address),
            address_as_of: row.address.as_ref().and_then(|address| address.as_of).unwrap_or(told_on),
            values: values(row),
            plan_member_id: row.plan_member_id.clone().unwrap_or_default(),
            line: row.line.clone(),
            group_told: row.group.is_some(),
            group_code: row.group.clone().flatten(),
            dual_status: row.dual_status.clone(),
            first_day: row.coverage_first,
            last_day: row.coverage_last,
            aside: row.aside.iter().map(|(header, cell)| (header.to_string(), cell.clone())).collect(),
        }
    }
}

fn address(home: &ResidentialAddress) -> Address {
    Address {
        line: home.line.clone(),
        city: home.city.clone().unwrap_or_default(),
        zip: home.zip.clone().unwrap_or_default(),
    }
}

/// Everything that a row says of the member and that has a name here.
fn values(row: &FileRow) -> BTreeMap<String, String> {
    let said = [
        (ValueName::Address, row.address.as_ref().map(|home| address(home).on_one_line())),
        (ValueName::County, Some(row.county.to_string())),
        (ValueName::Homelessness, row.homelessness.map(|indicator| indicator.word().to_owned())),
        (ValueName::Language, row.language.clone()),
        (ValueName::PcpNpi, row.pcp_npi.as_ref().map(ToString::to_string)),
        (ValueName::Phone, row.phone.clone()),
        (ValueName::PlanMemberId, row.plan_member_id.clone()),
        (ValueName::RenewalMonth, row.renewal_month.map(|month| month.to_string())),
        (ValueName::RiskTier, row.risk_tier.clone()),
        (ValueName::Sex, row.sex.map(|sex| sex.code().to_owned())),
    ];
    said.into_iter().filter_map(|(name, value)| Some((name.name().to_owned(), value?))).collect()
}

impl Received {
    fn new(id: RosterId, plan: &PlanId, sha256: Digest, at: Timestamp) -> Self {
        Self {
            id,
            plan: plan.clone(),
            sha256,
            of_the_state: false,
            at,
            few: Vec::new(),
            kept: 0,
            accepted: 0,
            reading: Reading::default(),
            refused: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Adds a slice. Of what is wrong with rows as much is held as a report lists.
    fn note(&mut self, rows: Vec<RosterRow>, refused: Vec<RowIssue>, warnings: Vec<RowIssue>) {
        self.accepted += rows.len() as u64;
        self.few.push(rows);
        for (list, more) in [(&mut self.refused, refused), (&mut self.warnings, warnings)] {
            let room = MOST_LISTED - list.len();
            list.extend(more.into_iter().take(room));
        }
    }

    /// The roster with the report on what was read. Nothing of it is compared with the record.
    fn roster(&self) -> Result<Roster, Failure> {
        Ok(Roster {
            id: self.id,
            plan: self.plan.clone(),
            sha256: self.sha256,
            received_at: self.at,
            report: serde_json::to_string(&self.report()).map_err(Failure::internal)?,
            state: State::Receiving,
            slices: self.kept,
            done: 0,
            counts: Counts::default(),
            of_the_state: self.of_the_state,
        })
    }

    fn report(&self) -> RosterReport {
        RosterReport {
            rows: u64::from(self.reading.read),
            accepted: self.accepted,
            refused: self.refused.iter().map(RowNote::of).collect(),
            warnings: self.warnings.iter().map(RowNote::of).collect(),
            read_as: FileForm::of(&self.reading.form),
            columns_kept_aside: self.reading.aside.clone(),
            columns_left_out: self.reading.left_out.clone(),
        }
    }
}

/// Slices of a file, the first of which has this number.
fn kept_slices(
    id: RosterId,
    first: u32,
    slices: &[Vec<RosterRow>],
) -> impl Iterator<Item = store::Statement> + '_ {
    let places = slices.iter().enumerate();
    places.map(move |(place, rows)| store::rosters::insert_slice(id, first + number(place), rows))
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn bad_file(refusal: FileRefusal) -> Failure {
    Failure::BadFile(Box::new(FieldProblem::new(
        "",
        refusal.code(),
        refusal.to_string(),
        "send the plan's member file as CSV or XLSX with a row of headers; the detail names the columns in question",
    )))
}

fn loading_has_begun() -> Failure {
    Failure::Withheld(vec![FieldProblem::new(
        "",
        Code::LoadingBegun,
        "the file is being loaded, or is loaded, and is not taken back",
        "send a later file that says what is right",
    )])
}

/// The report with rows that turned out to change nothing, if there are any: of what is wrong as much is held
/// as a report lists.
fn with_refused(roster: &Roster, refused: Vec<RowNote>) -> Result<Option<String>, Failure> {
    if refused.is_empty() {
        return Ok(None);
    }
    let mut report: RosterReport = serde_json::from_str(&roster.report).map_err(Failure::internal)?;
    report.accepted = report.accepted.saturating_sub(refused.len() as u64);
    let room = MOST_LISTED.saturating_sub(report.refused.len());
    report.refused.extend(refused.into_iter().take(room));
    Ok(Some(serde_json::to_string(&report).map_err(Failure::internal)?))
}

/// Notes the time that a part of the way of member files took.
fn took(part: &'static str, begun: Instant) {
    metrics::histogram!("crosswalk_member_file_seconds", "part" => part).record(begun.elapsed());
}
