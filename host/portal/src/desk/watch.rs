//! A version at work: its answers beside those of the version before it and the forecast of its shadow run,
//! its faults beside the limit, and its breakers.

use std::collections::BTreeSet;

use askama::Template;
use domain::breaker::Breaker;
use i18n_embed_fl::fl;
use workflow::shown::{Answers, BreakerReading, PluginDetail, Watch};

use crate::desk::said;
use crate::desk::version_page::name;
use crate::desk::{address, sentence_form};
use crate::parts::{Action, Empty, LimitRow, Limits, Message, Row, Title, Titled, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Id of the heading above the answers.
pub(crate) const ANSWERS: &str = "answers";
/// Id of the heading above the faults.
pub(crate) const FAULTS: &str = "faults";
/// Id of the heading above the breakers.
pub(crate) const BREAKERS: &str = "breakers";

/// Everything that the page is made of.
pub struct WatchShown<'a> {
    /// The version that is watched.
    pub detail: &'a PluginDetail,
    /// Answers and faults of the version.
    pub watch: &'a Watch,
    /// Breakers of the plan's versions on this node.
    pub breakers: &'a [BreakerReading],
}

/// Parts of the page, in words.
pub(crate) struct Parts {
    pub(crate) heading: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) says: Vec<String>,
    pub(crate) answers: Option<Titled>,
    pub(crate) faults: Option<Limits>,
    pub(crate) stops: String,
    pub(crate) breakers: Option<Titled>,
    pub(crate) page: String,
    pub(crate) back: Option<Action>,
}

#[derive(Template)]
#[template(path = "desk/watch.html")]
pub(crate) struct WatchPage {
    shell: Shell,
    parts: Parts,
    empty: Option<Empty>,
}

/// Page of a version at work, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, shown: &WatchShown<'_>) -> String {
    view(frame, parts(frame.words, shown)).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> WatchPage {
    let l = frame.words.l;
    let empty = parts.answers.is_none().then(|| Empty {
        title: fl!(l, "desk-watch-empty"),
        text: fl!(l, "desk-watch-empty-says"),
        action: None,
    });
    WatchPage { shell: Shell::of(frame, &parts.heading, Some(Place::Rules)), empty, parts }
}

fn parts(words: Words, shown: &WatchShown<'_>) -> Parts {
    let l = words.l;
    let WatchShown { detail, watch, breakers } = shown;
    let version = name(words, &detail.plugin);
    let digest = &detail.plugin.release.digest;
    let own: Vec<&BreakerReading> = breakers.iter().filter(|one| one.digest == *digest).collect();
    let too_many = watch.limit.as_ref().is_some_and(|limit| limit.is_exceeded(watch.faults, watch.calls));
    let exceeded = too_many.then(|| Message { tone: Tone::Late, text: fl!(l, "desk-watch-exceeded") });
    let resting = own.iter().any(|one| !one.breaker.asks());
    let resting = resting.then(|| Message { tone: Tone::Late, text: fl!(l, "desk-watch-resting") });
    Parts {
        heading: fl!(l, "desk-watch-heading", version = version),
        messages: exceeded.into_iter().chain(resting).collect(),
        says: says(words, watch),
        answers: answers(words, &watch.answers, watch.before.as_ref()),
        faults: faults(words, watch),
        stops: sentence_form::stops(words, &detail.policy),
        breakers: breaker_table(words, &own),
        page: address(digest),
        back: sentence_form::back(words, detail),
    }
}

/// Thousandths that a part is of a whole, rounded; `None` of nothing.
fn share(part: u64, whole: u64) -> Option<i64> {
    let thousandths = part.saturating_mul(1_000).saturating_add(whole / 2).checked_div(whole)?;
    i64::try_from(thousandths).ok()
}

/// Thousandths as hundredths with one place: "12.5".
fn tenth(thousandths: i64) -> String {
    let size = thousandths.unsigned_abs();
    format!("{}.{}", size / 10, size % 10)
}

/// Difference in points, with its sign.
fn points(thousandths: i64) -> String {
    let sign = if thousandths < 0 { '-' } else { '+' };
    format!("{sign}{}", tenth(thousandths))
}

/// Sentences that set the answers beside the forecast.
fn says(words: Words, watch: &Watch) -> Vec<String> {
    let l = words.l;
    let mut says = Vec::new();
    if let Some(since) = watch.since {
        says.push(fl!(l, "desk-watch-since", at = words.instant(since)));
    }
    let now = share(watch.answers.giving(), watch.answers.all());
    if let Some(now) = now {
        let all = i64::try_from(watch.answers.all()).unwrap_or(i64::MAX);
        says.push(fl!(l, "desk-watch-gives", share = tenth(now), count = all));
    }
    let before = watch.before.as_ref().and_then(|before| share(before.giving(), before.all()));
    if let (Some(now), Some(before)) = (now, before) {
        says.push(fl!(l, "desk-watch-before", share = tenth(before), points = points(now - before)));
    }
    if let Some(forecast) = &watch.forecast {
        let gained = share(forecast.gained, forecast.compared);
        if let (Some(gained), Some(lost)) = (gained, share(forecast.lost, forecast.compared)) {
            let compared = i64::try_from(forecast.compared).unwrap_or(i64::MAX);
            says.push(fl!(l, "desk-watch-forecast", points = points(gained - lost), count = compared));
        }
    } else {
        says.push(fl!(l, "desk-watch-no-forecast"));
    }
    says
}

pub(crate) fn answers_heads(words: Words) -> [String; 3] {
    let l = words.l;
    [fl!(l, "money-answer"), fl!(l, "desk-this-version"), fl!(l, "desk-version-before")]
}

/// Each answer with its number and share, of this version and of the one before.
fn answers(words: Words, now: &Answers, before: Option<&Answers>) -> Option<Titled> {
    let heads = answers_heads(words);
    let names: BTreeSet<&String> =
        now.words.keys().chain(before.into_iter().flat_map(|before| before.words.keys())).collect();
    let cell = |of: Option<&Answers>, word: &String| {
        let Some(of) = of else { return "–".to_owned() };
        let count = of.words.get(word).copied().unwrap_or_default();
        match share(count, of.all()) {
            Some(part) => format!("{count} ({} %)", tenth(part)),
            None => "–".to_owned(),
        }
    };
    let rows: Vec<Row> = names
        .into_iter()
        .map(|word| Row {
            name: said::outcome(words, word),
            address: None,
            cells: vec![(heads[1].clone(), cell(Some(now), word)), (heads[2].clone(), cell(before, word))],
        })
        .collect();
    (!rows.is_empty()).then(|| Titled { heading: ANSWERS.to_owned(), heads: heads.to_vec(), rows })
}

/// Faults of the last calls beside the limit.
fn faults(words: Words, watch: &Watch) -> Option<Limits> {
    let l = words.l;
    let (calls, faults) = (watch.calls, watch.faults);
    let rate = share(u64::from(faults), u64::from(calls))?;
    let most = watch.limit.as_ref().map(|limit| limit.most_per_hundred);
    let used = fl!(l, "of", used = i64::from(faults), whole = i64::from(calls));
    let left = match most {
        Some(most) => fl!(l, "desk-fault-limit", rate = tenth(rate), most = i64::from(most)),
        None => fl!(l, "desk-fault-rate", rate = tenth(rate)),
    };
    // The mark is full where the limit is reached.
    let mark = match most {
        Some(0) => 100,
        Some(most) => rate * 10 / i64::from(most),
        None => rate / 10,
    };
    let percent = u8::try_from(mark.clamp(0, 100)).unwrap_or(100);
    Some(Limits {
        title: Title::Heading(FAULTS),
        heads: [fl!(l, "desk-what"), fl!(l, "desk-faults"), fl!(l, "desk-rate")],
        rows: vec![LimitRow { name: fl!(l, "desk-last-calls"), used, left, percent }],
    })
}

fn breaker_table(words: Words, breakers: &[&BreakerReading]) -> Option<Titled> {
    let l = words.l;
    let heads = [fl!(l, "desk-operation"), fl!(l, "accounts-state"), fl!(l, "desk-sent-back")];
    let state = |breaker: &Breaker| match breaker {
        Breaker::Closed { .. } => fl!(l, "desk-breaker-asked"),
        Breaker::Open { until, .. } => fl!(l, "desk-breaker-rests", at = words.instant(*until)),
        Breaker::Trial { .. } => fl!(l, "desk-breaker-trial"),
    };
    let rows: Vec<Row> = breakers
        .iter()
        .map(|one| Row {
            name: said::operation(words, one.operation.name()),
            address: None,
            cells: vec![
                (heads[1].clone(), state(&one.breaker)),
                (heads[2].clone(), one.refused_inputs.to_string()),
            ],
        })
        .collect();
    (!rows.is_empty()).then(|| Titled { heading: BREAKERS.to_owned(), heads: heads.to_vec(), rows })
}

#[cfg(test)]
mod tests {
    use domain::case::Language;
    use domain::identifiers::Digest;
    use workflow::shown::Forecast;

    use super::*;

    fn counted(words: &[(&str, u64)]) -> Answers {
        let words = words.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect();
        Answers { digest: Digest::of(b"one"), version: None, words }
    }

    fn watch() -> Watch {
        Watch {
            since: None,
            calls: 100,
            faults: 5,
            limit: Some(domain::release::FaultLimit { most_per_hundred: 20, at_least: 20, among: 100 }),
            answers: counted(&[("approved", 60), ("pended", 40)]),
            before: Some(counted(&[("approved", 70), ("denied", 30)])),
            forecast: Some(Forecast {
                run: "shr_00000000000000000000000000000001".parse().unwrap(),
                compared: 200,
                gained: 4,
                lost: 20,
                faults: 0,
            }),
        }
    }

    #[test]
    fn what_happens_stands_beside_what_was_foretold() {
        let words = Words::of(Language::En);
        let said = says(words, &watch()).join(" ");
        for number in ["60.0", "70.0", "-10.0", "-8.0", "100", "200"] {
            assert!(said.contains(number), "{number} in {said}");
        }
        let table = answers(words, &watch().answers, watch().before.as_ref()).unwrap();
        let row = |name: &str| table.rows.iter().find(|row| row.name == name).unwrap();
        let denied = row(&said::outcome(words, "denied"));
        assert_eq!(
            denied.cells.iter().map(|(_, cell)| cell.as_str()).collect::<Vec<_>>(),
            ["0 (0.0 %)", "30 (30.0 %)"]
        );
        assert_eq!(table.rows.len(), 3);
    }

    #[test]
    fn the_mark_of_faults_is_full_where_the_limit_is_reached() {
        let words = Words::of(Language::Es);
        let mark = |faults| faults_of(words, faults);
        assert_eq!((mark(0), mark(5), mark(20), mark(60)), (0, 25, 100, 100));
        assert!(faults(words, &Watch { calls: 0, ..watch() }).is_none(), "nothing of nothing");
    }

    fn faults_of(words: Words, faults: u32) -> u8 {
        super::faults(words, &Watch { faults, ..watch() }).unwrap().rows[0].percent
    }
}
