//! Nights: how many days some uses take at most, each day counted once.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::Span;

/// Longest stretch in which windows are looked for, in days. Nothing is granted for longer.
const FARTHEST: i64 = 4_000;

/// At most `nights` days, somewhere in `span`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bundle {
    pub(super) span: Span,
    pub(super) nights: i64,
}

impl Bundle {
    fn is_dense(&self) -> bool {
        self.nights >= self.span.days()
    }
}

/// The same, with what is certain put together: of bundles that take all their days, nobody needs to know
/// more than the days.
pub(super) fn merged(bundles: Vec<Bundle>) -> Vec<Bundle> {
    let (mut dense, mut merged): (Vec<Bundle>, Vec<Bundle>) = bundles.into_iter().partition(Bundle::is_dense);
    dense.sort_unstable_by_key(|bundle| bundle.span);
    let runs = merged.len();
    for bundle in dense {
        match merged[runs..].last_mut() {
            Some(run) if bundle.span.first <= run.span.last.saturating_add(1.day()) => {
                run.span = run.span.hull(bundle.span);
                run.nights = run.span.days();
            }
            _ => merged.push(Bundle { nights: bundle.span.days(), ..bundle }),
        }
    }
    merged
}

/// The most days of `window` that the bundles can take together. Where units are fewer than days, nobody
/// knows which days they will be, so the worst is assumed: the bundle that ends first takes the first day
/// that is free (which is the most, for jobs of one day).
pub(super) fn most(bundles: &[Bundle], window: Option<Span>) -> i64 {
    let clip = |bundle: &Bundle| match window {
        None => Some((bundle.span, bundle.nights)),
        Some(window) => bundle.span.within(window).map(|span| (span, bundle.nights)),
    };
    let mut open: Vec<(Span, i64)> = bundles.iter().filter_map(clip).collect();
    open.sort_unstable_by_key(|(span, _)| span.last);
    let mut turns: Vec<Date> = Vec::with_capacity(open.len() * 2);
    for (span, _) in &open {
        turns.extend([span.first, span.last.saturating_add(1.day())]);
    }
    turns.sort_unstable();
    turns.dedup();
    let mut taken = 0;
    for pair in turns.windows(2) {
        let [from, to] = pair else { continue };
        let mut free = i64::from((*to - *from).get_days());
        for (_, nights) in open.iter_mut().filter(|(span, _)| span.holds(*from)) {
            let takes = free.min(*nights).max(0);
            *nights -= takes;
            free -= takes;
            taken += takes;
        }
    }
    taken
}

/// The days of `range` with which a window of fixed length must end to be as full as any. A day before one
/// that a dense bundle takes is none: a window that ends one day later holds at least as much.
pub(super) fn peaks(bundles: &[Bundle], range: Span) -> BTreeSet<Date> {
    let farthest = range.first.saturating_add(FARTHEST.days());
    let range = Span { first: range.first, last: range.last.min(farthest) };
    let mut ends = BTreeSet::new();
    for bundle in bundles {
        let Some(span) = bundle.span.within(range) else { continue };
        ends.insert(span.last);
        if !bundle.is_dense() {
            let days = std::iter::successors(Some(span.first), |day| day.tomorrow().ok());
            ends.extend(days.take_while(|day| *day <= span.last));
        }
    }
    let followed = |end: Date| {
        end < range.last
            && end
                .tomorrow()
                .is_ok_and(|next| bundles.iter().any(|one| one.is_dense() && one.span.holds(next)))
    };
    ends.retain(|end| !followed(*end));
    ends
}

/// The days in a row that `days` belong to, with whatever touches them.
pub(super) fn run(bundles: &[Bundle], days: Span) -> Span {
    let touches = |one: Span, other: Span| {
        one.first <= other.last.saturating_add(1.day()) && other.first <= one.last.saturating_add(1.day())
    };
    let mut run = days;
    loop {
        let wider =
            bundles.iter().filter(|one| touches(one.span, run)).fold(run, |run, one| run.hull(one.span));
        if wider == run {
            return run;
        }
        run = wider;
    }
}
