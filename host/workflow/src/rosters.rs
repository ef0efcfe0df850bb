//! A plan's member file: read row by row, loaded in one unit of work. A bad row is refused; the rest stands.

use std::collections::BTreeMap;

use domain::identifiers::{Cin, CoverageId, Digest, MemberId, PlanId, RosterId};
use domain::member_value::ValueName;
use domain::rollout::About;
use domain::time::pacific_day;
use formats::roster::{ResidentialAddress, RosterRow as FileRow, RosterRules, RowIssue};
use jiff::civil::Date;
use store::members::Address;
use store::rosters::{Known, Roster, RosterRow};
use store::{Scope, Unit};

use crate::Crosswalk;
use crate::caller::{Caller, Role};
use crate::command::{Once, Outcome};
use crate::failure::{Failure, FieldProblem};
use crate::view::{RosterView, RowIssueView};

/// Most refused rows, and most warnings, that a report lists one by one.
const MOST_LISTED: usize = 1_000;

impl Crosswalk {
    /// Loads a plan's member file. The same file again changes nothing and gives the first report.
    ///
    /// # Errors
    /// `BadFile` for a file that cannot be read at all; `Forbidden` for another plan's.
    pub async fn load_roster(
        &self,
        caller: &Caller,
        plan: PlanId,
        bytes: Vec<u8>,
        once: Once<RosterView>,
    ) -> Result<Outcome<RosterView>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        let sha256 = Digest::of(&bytes);
        let rules = self.roster_rules(&plan).await?;
        let read = tokio::task::spawn_blocking(move || formats::roster::parse(&bytes, &rules)).await;
        let file = read.map_err(Failure::internal)?.map_err(|refusal| {
            Failure::BadFile(Box::new(FieldProblem::new(
                "",
                refusal.code(),
                refusal.to_string(),
                "send the plan's member file as UTF-8 CSV with a header row; the detail names the columns in question",
            )))
        })?;
        let (plan, sha256, file) = (&plan, &sha256, &file);
        self.once(caller, once, || {
            Box::pin(async move {
                let crosswalk = self;
                let store = crosswalk.store();
                let before = store::rosters::find_by_sha256(store, &caller.scope, plan, sha256).await?;
                if let Some(roster) = before {
                    return Ok((Unit::default(), kept_report(&roster)?));
                }
                let cins: Vec<Cin> = file.rows.iter().map(|row| row.cin.clone()).collect();
                let known = store::rosters::known(store, &Scope::duty("roster-report"), plan, &cins).await?;
                let id = crosswalk.id(RosterId::from_uuid);
                let view = report(id, plan, file, &known);
                let roster = Roster {
                    id,
                    plan: plan.clone(),
                    sha256: *sha256,
                    received_at: crosswalk.now(),
                    report: serde_json::to_string(&view).map_err(Failure::internal)?,
                };
                let received = pacific_day(roster.received_at);
                let rows: Vec<RosterRow> =
                    file.rows.iter().map(|row| crosswalk.roster_row(row, received)).collect();
                let mut unit = Unit::of(store::rosters::import(&roster, &rows));
                let subject = id.to_string();
                unit.add(crosswalk.audit(caller, "load-roster", "roster", &subject, Some(plan)));
                Ok((unit, view))
            })
        })
        .await
    }

    /// A report that was given before.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn roster(&self, caller: &Caller, id: RosterId) -> Result<RosterView, Failure> {
        let found = store::rosters::find(self.store(), &caller.scope, id).await?;
        kept_report(&found.ok_or(Failure::NotFound)?)
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
        let live = self.live(plan, self.now(), About::on(self.today())).await?;
        let lines = match &live {
            Some(live) => live.profile().lines.clone(),
            None => vec!["medi-cal".to_owned(), "d-snp".to_owned()],
        };
        let counties = self.counties();
        let counties = counties.iter().flat_map(|county| {
            county.written().map(|spelling| (county.code.clone(), spelling)).collect::<Vec<_>>()
        });
        Ok(RosterRules::new(pacific_day(self.now()), lines, counties, Vec::new()))
    }

    /// A row as the record takes it. Each value is of the row's own day: the address's, the row's, or else that on
    /// which the file came.
    fn roster_row(&self, row: &FileRow, received: Date) -> RosterRow {
        let told_on = row.file_date.unwrap_or(received);
        RosterRow {
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
            group_code: row.group.clone(),
            dual_status: Some(row.dual_status.clone()),
            first_day: row.coverage_first,
            last_day: row.coverage_last,
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
fn values(row: &FileRow) -> Vec<(ValueName, String)> {
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
    said.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn kept_report(roster: &Roster) -> Result<RosterView, Failure> {
    serde_json::from_str(&roster.report).map_err(Failure::internal)
}

fn report(id: RosterId, plan: &PlanId, file: &formats::roster::Roster, known: &[Known]) -> RosterView {
    let known: BTreeMap<&Cin, &Known> = known.iter().map(|member| (&member.cin, member)).collect();
    let mut cins: Vec<&Cin> = file.rows.iter().map(|row| &row.cin).collect();
    cins.sort_unstable();
    cins.dedup();
    let members_known = cins.iter().filter(|cin| known.contains_key(**cin)).count();
    let (mut coverages_new, mut coverages_changed) = (0, 0);
    for row in &file.rows {
        let before = known.get(&row.cin).and_then(|member| {
            member
                .coverages
                .iter()
                .find(|coverage| coverage.line == row.line && coverage.first_day == row.coverage_first)
        });
        match before {
            None => coverages_new += 1,
            Some(before) => {
                let same = before.last_day == row.coverage_last
                    && before.group_code == row.group
                    && before.dual_status.as_deref() == Some(row.dual_status.as_str());
                coverages_changed += u64::from(!same);
            }
        }
    }
    RosterView {
        id: id.to_string(),
        plan: plan.to_string(),
        rows: u64::from(file.read),
        accepted: file.rows.len() as u64,
        refused: file.refused.iter().take(MOST_LISTED).map(issue_view).collect(),
        warnings: file.warnings.iter().take(MOST_LISTED).map(issue_view).collect(),
        members_new: (cins.len() - members_known) as u64,
        members_known: members_known as u64,
        coverages_new,
        coverages_changed,
    }
}

fn issue_view(issue: &RowIssue) -> RowIssueView {
    RowIssueView {
        row: u64::from(issue.row),
        column: issue.column.to_owned(),
        rule: issue.rule.to_owned(),
        problem: issue.problem.to_owned(),
        fix: issue.fix.to_owned(),
    }
}
