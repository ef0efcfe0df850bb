//! Figures of a county's plans in a quarter, each a part of a whole. Nobody is named, and no number is told
//! that stands for few people (`domain::figures` says how that is kept).

use std::collections::BTreeMap;

use domain::audit::SubjectKind;
use domain::case::CaseKind;
use domain::figures::{Counted, Described, Disclosed, Measure, Quarter, Share, SmallNumbers, median_days};
use domain::identifiers::PlanId;
use domain::plan::types::{Bilingual, DenialKind};
use jiff::SignedDuration;
use serde::Deserialize;
use store::Scope;
use store::figures::{Span, Tally};

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::Failure;

#[cfg(test)]
mod tests;

/// First row of the sheet.
const SHEET: [&str; 9] = [
    "quarter",
    "measure",
    "plan",
    "of",
    "numerator",
    "numerator_is",
    "denominator",
    "denominator_is",
    "median_days",
];

/// Figures of one quarter.
#[derive(Clone, Debug)]
pub struct CountyFigures {
    /// Quarter that is counted.
    pub quarter: Quarter,
    /// True while the quarter has not ended: numbers are then told by steps.
    pub runs: bool,
    /// Rule on small numbers by which they are told; `None` where none is in force, and nothing is told.
    pub rule: Option<&'static SmallNumbers>,
    /// Each measure, in the order of [`Measure::ALL`].
    pub measures: Vec<Figure>,
}

/// One measure, plan by plan.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The measure in words.
    pub measure: &'static Described,
    /// Rows by plan. A plan of which nothing was counted has none.
    pub rows: Vec<FigureRow>,
}

/// A part of a whole at one plan, as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureRow {
    /// Plan that is counted.
    pub plan: PlanId,
    /// Part of the plan's that is counted; `None` for all.
    pub of: Option<Subject>,
    /// Cases that are counted.
    pub numerator: Disclosed,
    /// Cases of which they are a part.
    pub denominator: Disclosed,
    /// Days within which half were done, where that is asked and may be told.
    pub median_days: Option<u64>,
}

/// Subject of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Cases of one kind.
    Cases(CaseKind),
    /// Refusals that rest on these criteria.
    Cause {
        /// Kind of the refusals.
        kind: DenialKind,
        /// Ids of the criteria, as the plan's rules have them.
        criteria: Vec<String>,
        /// True if some of them rest on the word of a person without a license alone.
        asserted: bool,
        /// Words of those criteria that the rules in force declare.
        texts: Vec<Bilingual>,
    },
    /// Refusals for causes too small to be told one by one.
    OtherCauses,
}

impl Subject {
    /// The subject in the API and the sheet.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Cases(kind) => kind.name().to_owned(),
            Self::Cause { kind, criteria, asserted, .. } => {
                let kind = match (kind, asserted) {
                    (DenialKind::Administrative, true) => "administrative, asserted",
                    (DenialKind::Administrative, false) => "administrative",
                    (DenialKind::Clinical, _) => "clinical",
                };
                if criteria.is_empty() { kind.to_owned() } else { format!("{kind}: {}", criteria.join(" ")) }
            }
            Self::OtherCauses => "other".to_owned(),
        }
    }
}

/// Codes of a refusal, as its step in the timeline has them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Codes {
    kind: DenialKind,
    #[serde(default)]
    criteria: Vec<String>,
    #[serde(default)]
    asserted: Vec<String>,
}

impl Crosswalk {
    /// Figures of a quarter, today's if not said: of every plan for the county, and of a plan for itself.
    ///
    /// # Errors
    /// `Forbidden` for providers.
    pub async fn figures(&self, caller: &Caller, quarter: Option<Quarter>) -> Result<CountyFigures, Failure> {
        caller.must_be(&[Role::Operator, Role::PlanReviewer, Role::PlanAdmin])?;
        let today = self.today();
        let quarter = quarter.unwrap_or_else(|| Quarter::of(today));
        let figures = domain::figures::Figures::state();
        let rule = figures.small_numbers(today);
        let telling = Telling { rule, runs: quarter.runs(today) };
        let mut measures = Vec::new();
        for id in Measure::ALL {
            let measure = figures.measure(*id);
            let rows = self.rows_of(&caller.scope, measure, quarter, telling).await?;
            measures.push(Figure { measure, rows });
        }
        self.look(caller, Look::List(SubjectKind::Figures)).await?;
        Ok(CountyFigures { quarter, runs: telling.runs, rule, measures })
    }

    /// The same as a spreadsheet.
    ///
    /// # Errors
    /// As [`Self::figures`].
    pub async fn figures_sheet(&self, caller: &Caller, quarter: Option<Quarter>) -> Result<Vec<u8>, Failure> {
        Ok(formats::sheet::csv(&lines(&self.figures(caller, quarter).await?)))
    }

    async fn rows_of(
        &self,
        scope: &Scope,
        measure: &Described,
        quarter: Quarter,
        telling: Telling,
    ) -> Result<Vec<FigureRow>, Failure> {
        let (begins, ends) = quarter.instants();
        let back = SignedDuration::from_hours(24 * i64::from(measure.looks_back_days));
        let span = Span { begins, ends, since: begins.saturating_sub(back).map_err(Failure::internal)? };
        let store = self.store();
        Ok(match measure.id {
            Measure::ClocksMissed => {
                let rules: Vec<&str> = measure.clocks.iter().map(|clock| clock.name()).collect();
                telling.rows(store::figures::clocks(store, scope, span, &rules).await?)
            }
            Measure::TurnAround => {
                let within =
                    SignedDuration::from_hours(24 * i64::from(measure.within_days.unwrap_or_default()));
                let within = i64::try_from(within.as_millis()).map_err(Failure::internal)?;
                let tallies = store::figures::decisions(store, scope, span, within).await?;
                let days = store::figures::decision_days(store, scope, span).await?;
                let mut taken: BTreeMap<PlanId, BTreeMap<u64, u64>> = BTreeMap::new();
                for row in days {
                    taken.entry(row.plan).or_default().insert(row.days, row.decided);
                }
                telling.with_medians(telling.rows(tallies), &taken)
            }
            Measure::LoopClosure => telling.rows(store::figures::referrals(store, scope, span).await?),
            Measure::Denials => {
                let all = store::figures::refusals(store, scope, span).await?;
                let causes = store::figures::refusals_by_cause(store, scope, span).await?;
                let mut rows = telling.causes(all, causes)?;
                self.name_causes(&mut rows).await?;
                rows
            }
        })
    }

    /// Puts the words of the criteria beside their ids, from the rules that are in force today.
    async fn name_causes(&self, rows: &mut [FigureRow]) -> Result<(), Failure> {
        if rows.is_empty() {
            return Ok(());
        }
        let live = self.live_all(self.now(), self.today()).await?;
        for row in rows {
            let Some(Subject::Cause { criteria, texts, .. }) = &mut row.of else { continue };
            let Some(live) = live.iter().find(|live| live.plan == row.plan) else { continue };
            let declared = &live.profile().criteria;
            let text = |id: &String| declared.iter().find(|one| one.id == *id).map(|one| one.text.clone());
            *texts = criteria.iter().filter_map(text).collect();
        }
        Ok(())
    }
}

/// The way in which the numbers of a quarter are told.
#[derive(Clone, Copy)]
struct Telling {
    rule: Option<&'static SmallNumbers>,
    runs: bool,
}

impl Telling {
    fn tell(self, share: &Share) -> (Disclosed, Disclosed) {
        self.rule.map_or((Disclosed::Withheld, Disclosed::Withheld), |rule| rule.tell(share, self.runs))
    }

    fn rows(self, tallies: Vec<Tally>) -> Vec<FigureRow> {
        let row = |tally: Tally| {
            let (numerator, denominator) = self.tell(&share(&tally));
            let of = CaseKind::named(&tally.word).map(Subject::Cases);
            FigureRow { plan: tally.plan, of, numerator, denominator, median_days: None }
        };
        tallies.into_iter().map(row).collect()
    }

    /// A median is told where the whole is: it is some person's time, but nobody's in particular.
    fn with_medians(
        self,
        mut rows: Vec<FigureRow>,
        taken: &BTreeMap<PlanId, BTreeMap<u64, u64>>,
    ) -> Vec<FigureRow> {
        for row in &mut rows {
            if row.denominator != Disclosed::Withheld {
                row.median_days = taken.get(&row.plan).and_then(median_days);
            }
        }
        rows
    }

    /// Each plan's refusals by cause, so that no cause is small and none can be worked out.
    fn causes(self, all: Vec<Tally>, causes: Vec<Tally>) -> Result<Vec<FigureRow>, Failure> {
        let mut rows = Vec::new();
        for all in all {
            let whole = Counted { count: all.whole, people: all.whole_people };
            let own = causes.iter().filter(|cause| cause.plan == all.plan);
            let own = own.map(|cause| {
                (cause.word.clone(), Counted { count: cause.whole, people: cause.whole_people })
            });
            let parts = match self.rule {
                Some(rule) => rule.together(own.collect()),
                None => vec![(None, whole)],
            };
            for (place, (codes, part)) in parts.iter().enumerate() {
                let others = parts.iter().enumerate().filter(|(other, _)| *other != place);
                let rest_people = others.map(|(_, (_, part))| part.people).max().unwrap_or_default();
                // All causes together are the whole: then there is nobody to protect but by the whole.
                let part = if parts.len() == 1 { whole } else { *part };
                let (numerator, denominator) = self.tell(&Share { part, whole, rest_people });
                let of = codes.as_deref().map_or(Ok(Subject::OtherCauses), cause)?;
                rows.push(FigureRow {
                    plan: all.plan.clone(),
                    of: Some(of),
                    numerator,
                    denominator,
                    median_days: None,
                });
            }
        }
        Ok(rows)
    }
}

fn share(tally: &Tally) -> Share {
    Share {
        part: Counted { count: tally.part, people: tally.part_people },
        whole: Counted { count: tally.whole, people: tally.whole_people },
        rest_people: tally.rest_people,
    }
}

fn cause(codes: &str) -> Result<Subject, Failure> {
    let Codes { kind, criteria, asserted } = serde_json::from_str(codes).map_err(Failure::internal)?;
    Ok(Subject::Cause { kind, criteria, asserted: !asserted.is_empty(), texts: Vec::new() })
}

/// Lines of the sheet, below its head.
fn lines(figures: &CountyFigures) -> Vec<Vec<String>> {
    let number = |told: Disclosed| told.number().map(|number| number.to_string()).unwrap_or_default();
    let mut lines = vec![SHEET.map(str::to_owned).to_vec()];
    for figure in &figures.measures {
        lines.extend(figure.rows.iter().map(|row| {
            vec![
                figures.quarter.to_string(),
                figure.measure.id.to_string(),
                row.plan.to_string(),
                row.of.as_ref().map(Subject::word).unwrap_or_default(),
                number(row.numerator),
                row.numerator.name().to_owned(),
                number(row.denominator),
                row.denominator.name().to_owned(),
                row.median_days.map(|days| days.to_string()).unwrap_or_default(),
            ]
        }));
    }
    lines
}
