//! Clocks in sentences: what the rule says, until when, and how long that is. Counted on the server, in the
//! state's days.

use domain::case::CaseKind;
use domain::plan::types::Workflow;
use domain::statute::{ClockNature, Clocks};
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use jiff::Timestamp;
use workflow::shown::ShownDeadline;

use crate::parts::{Clock, Tone, When};
use crate::words::Words;

/// Days before its end from which a clock is said to end soon.
const SOON_DAYS: i32 = 2;

/// Nearness of the end of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    Late,
    Today,
    Soon,
    Later,
}

/// Nearness of an instant, by the state's calendar.
pub(crate) fn nearness(due: Timestamp, now: Timestamp) -> Nearness {
    if due < now {
        return Nearness::Late;
    }
    match days_left(due, now) {
        ..=0 => Nearness::Today,
        1..=SOON_DAYS => Nearness::Soon,
        _ => Nearness::Later,
    }
}

/// Midnights between now and then.
fn days_left(due: Timestamp, now: Timestamp) -> i32 {
    (pacific_day(due) - pacific_day(now)).get_days()
}

/// A running clock as a sentence.
pub(crate) fn clock(words: Words, shown: &ShownDeadline, now: Timestamp) -> Clock {
    let rule = shown.text.as_ref().map_or_else(|| shown.clock.rule.to_string(), |text| words.pick(text));
    due(words, &rule, shown.clock.due_at, shown.nature, now)
}

/// Clock that ends at an instant, as a sentence.
pub(crate) fn due(words: Words, rule: &str, at: Timestamp, nature: ClockNature, now: Timestamp) -> Clock {
    let l = words.l;
    let nearness = nearness(at, now);
    let (tone, word) = match nearness {
        Nearness::Late if nature == ClockNature::Duty => (Tone::Late, Some(fl!(l, "clock-late"))),
        Nearness::Late => (Tone::Plain, Some(fl!(l, "clock-over"))),
        Nearness::Today => (Tone::Soon, Some(fl!(l, "clock-today"))),
        Nearness::Soon => (Tone::Soon, Some(fl!(l, "clock-soon"))),
        Nearness::Later => (Tone::Plain, None),
    };
    let until = match nearness {
        Nearness::Late => fl!(l, "clock-was-due"),
        Nearness::Today => fl!(l, "clock-due"),
        Nearness::Soon | Nearness::Later => fl!(l, "clock-left", days = days_left(at, now)),
    };
    Clock { tone, word, sentence: format!("{rule} {until}"), due: instant(words, at) }
}

/// An instant for people and software.
pub(crate) fn instant(words: Words, at: Timestamp) -> When {
    When { machine: at.to_string(), text: words.instant(at) }
}

/// Kind of the cases that a clock's rule governs; `None` for a rule of no case.
pub(crate) fn kind(shown: &ShownDeadline) -> Option<CaseKind> {
    let rule = Clocks::state().rule(shown.clock.rule, pacific_day(shown.clock.started_at))?;
    match rule.workflow {
        Workflow::Referral => Some(CaseKind::Referral),
        Workflow::Authorization => Some(CaseKind::Authorization),
        Workflow::Billing => Some(CaseKind::Claim),
        Workflow::Credentialing => Some(CaseKind::Application),
        Workflow::Exchange => None,
    }
}
