//! An activation as a sentence: from when, for which days, for whom, and what stops it. It is read back in
//! words before it is done; where the policy wants a second person, it is asked for instead.

use askama::Template;
use domain::identifiers::{County, Digest};
use domain::release::Policy;
use domain::rollout::Cohort;
use i18n_embed_fl::fl;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use workflow::command::NewActivation;
use workflow::shown::PluginDetail;

use crate::desk::said::{self, SentencePart};
use crate::desk::{address, version_page};
use crate::parts::{Action, Errors, Field, Message, Mistake, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::{PACIFIC, Words};

/// Field of the day from which it answers.
pub const DAY: &str = "day";
/// Field of the time of that day.
pub const TIME: &str = "time";
/// Field of the first day that requests must be about.
pub const RULES_FROM: &str = "rules-from";
/// Field of the share of the providers.
pub const SHARE: &str = "share";
/// Field of the counties.
pub const COUNTIES: &str = "counties";

/// The sentence as it was chosen and typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Beginning that was chosen: `now` or `later`.
    pub when: String,
    /// Day from which it answers.
    pub day: String,
    /// Time of that day.
    pub time: String,
    /// Days that were chosen: `usual` or `from`.
    pub days: String,
    /// First day that requests must be about.
    pub rules_from: String,
    /// Cohort that was chosen: `all`, `share` or `counties`.
    pub whom: String,
    /// Share of the providers.
    pub share: String,
    /// Codes of counties, with commas between them.
    pub counties: String,
}

impl Default for Typed {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            when: text("now"),
            day: String::new(),
            time: text("00:00"),
            days: text("usual"),
            rules_from: String::new(),
            whom: text("all"),
            share: text("10"),
            counties: String::new(),
        }
    }
}

/// Something in the sentence that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// No day of the calendar from which it answers.
    Day,
    /// The instant is past.
    Past,
    /// No time of the day.
    Time,
    /// No first day of requests.
    RulesFrom,
    /// No share from 1 to 99.
    Share,
    /// No county, or one that the version does not serve.
    Counties,
}

impl Wrong {
    fn field(self) -> &'static str {
        match self {
            Self::Day | Self::Past => DAY,
            Self::Time => TIME,
            Self::RulesFrom => RULES_FROM,
            Self::Share => SHARE,
            Self::Counties => COUNTIES,
        }
    }

    fn text(self, words: Words) -> String {
        let l = words.l;
        match self {
            Self::Day => fl!(l, "desk-day-wrong"),
            Self::Past => fl!(l, "desk-why-past"),
            Self::Time => fl!(l, "desk-time-wrong"),
            Self::RulesFrom => fl!(l, "desk-rules-from-wrong"),
            Self::Share => fl!(l, "desk-share-wrong"),
            Self::Counties => fl!(l, "desk-counties-wrong"),
        }
    }
}

impl Typed {
    /// The activation that the sentence says, for a version that serves `served`, or everything that cannot
    /// be read. What was typed at a choice that was not made does not count.
    ///
    /// # Errors Everything that is wrong, in the order of the page.
    pub fn read(
        &self,
        digest: Digest,
        served: &[String],
        now: Timestamp,
    ) -> Result<NewActivation, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let from = if self.when == "later" {
            self.instant(now).map_err(|found| wrong.extend(found))
        } else {
            Ok(None)
        };
        let rules_from = match self.days.as_str() {
            "from" => {
                self.rules_from.trim().parse::<Date>().map(Some).map_err(|_| wrong.push(Wrong::RulesFrom))
            }
            _ => Ok(None),
        };
        let cohort = match self.whom.as_str() {
            "share" => self.cohort_of_share().ok_or_else(|| wrong.push(Wrong::Share)),
            "counties" => self.cohort_of_counties(served).ok_or_else(|| wrong.push(Wrong::Counties)),
            _ => Ok(Cohort::Everyone),
        };
        match (from, rules_from, cohort) {
            (Ok(from), Ok(rules_from), Ok(cohort)) => Ok(NewActivation { digest, from, rules_from, cohort }),
            _ => Err(wrong),
        }
    }

    fn instant(&self, now: Timestamp) -> Result<Option<Timestamp>, Vec<Wrong>> {
        let day = self.day.trim().parse::<Date>();
        let time = self.time.trim();
        let time = if time.is_empty() { Ok(Time::midnight()) } else { time.parse::<Time>() };
        match (day, time) {
            (Ok(day), Ok(time)) => {
                let at = day.to_datetime(time).to_zoned(PACIFIC.clone()).map_err(|_| vec![Wrong::Day])?;
                if at.timestamp() < now { Err(vec![Wrong::Past]) } else { Ok(Some(at.timestamp())) }
            }
            (day, time) => {
                let day = day.is_err().then_some(Wrong::Day);
                Err(day.into_iter().chain(time.is_err().then_some(Wrong::Time)).collect())
            }
        }
    }

    fn cohort_of_share(&self) -> Option<Cohort> {
        let share = self.share.trim().trim_end_matches('%').trim_end().parse().ok();
        share.filter(|share| (1..=99).contains(share)).map(Cohort::Share)
    }

    fn cohort_of_counties(&self, served: &[String]) -> Option<Cohort> {
        let codes = self.counties.split([',', ' ', ';']).map(str::trim).filter(|code| !code.is_empty());
        let counties: Option<std::collections::BTreeSet<County>> = codes
            .map(|code| {
                code.parse::<County>().ok().filter(|county| served.iter().any(|one| one == county.as_str()))
            })
            .collect();
        counties.filter(|counties| !counties.is_empty()).map(Cohort::Counties)
    }
}

/// Page on which the sentence is put together, or read before it is done.
pub struct SentenceForm<'a> {
    /// The version that is to decide.
    pub detail: &'a PluginDetail,
    /// Codes of the counties that it serves.
    pub counties: &'a [String],
    /// The sentence, as it was typed.
    pub typed: &'a Typed,
    /// Parts of the sentence that cannot be read.
    pub wrong: &'a [Wrong],
    /// Codes of what keeps it from being done, as the use case answered.
    pub withheld: &'a [domain::problem::Code],
    /// The activation that was read: the page shows it in words; `None`: the page is the form.
    pub read: Option<&'a NewActivation>,
    /// Key of the attempt.
    pub once: &'a str,
}

/// Parts of the page, in words.
pub(crate) struct Parts {
    pub(crate) version: String,
    pub(crate) page: String,
    pub(crate) counties: String,
    pub(crate) stops: String,
    pub(crate) withheld: Vec<String>,
    /// The sentence in words, on the page before it is done.
    pub(crate) sentence: Option<String>,
    pub(crate) needs_another: bool,
    /// The way back, where the version answers something or will.
    pub(crate) back: Option<Action>,
}

#[derive(Template)]
#[template(path = "desk/sentence.html")]
pub(crate) struct SentencePage {
    shell: Shell,
    heading: String,
    errors: Errors,
    message: Option<Message>,
    parts: Parts,
    typed: Typed,
    once: String,
    day: Field,
    time: Field,
    rules_from: Field,
    share: Field,
    counties: Field,
}

/// Page of the sentence, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, form: &SentenceForm<'_>) -> String {
    let words = frame.words;
    let release = &form.detail.plugin.release;
    let version = version_page::name(words, &form.detail.plugin);
    let parts = Parts {
        page: address(&release.digest),
        counties: form.counties.join(", "),
        stops: stops(words, &form.detail.policy),
        withheld: withheld(words, form.withheld),
        sentence: form.read.map(|new| said::sentence(words, &SentencePart::of_new(new), &version)),
        needs_another: form.detail.needs_another,
        back: back(words, form.detail),
        version,
    };
    view(frame, parts, form.typed, form.wrong, form.once).to_string()
}

/// The way back from every page of a version that answers something or will.
pub(crate) fn back(words: Words, detail: &PluginDetail) -> Option<Action> {
    let standing = detail.activations.iter().any(|one| one.ended.is_none());
    let at = format!("{}/roll-back", address(&detail.plugin.release.digest));
    standing.then(|| Action::other(fl!(words.l, "desk-roll-back"), at))
}

/// Sentences for what keeps a version from deciding; one for what no page knows.
pub(crate) fn withheld(words: Words, codes: &[domain::problem::Code]) -> Vec<String> {
    let known = codes.iter().filter_map(|code| said::withheld(words, *code)).collect::<Vec<_>>();
    if known.is_empty() && !codes.is_empty() { vec![fl!(words.l, "desk-why-other")] } else { known }
}

/// Sentence on faults that take the version back by themselves.
pub(crate) fn stops(words: Words, policy: &Policy) -> String {
    let l = words.l;
    match &policy.roll_back {
        Some(limit) => fl!(
            l,
            "desk-stops",
            most = i64::from(limit.most_per_hundred),
            least = i64::from(limit.at_least),
            among = i64::from(limit.among)
        ),
        None => fl!(l, "desk-stops-never"),
    }
}

pub(crate) fn view(
    frame: &Frame<'_>,
    parts: Parts,
    typed: &Typed,
    wrong: &[Wrong],
    once: &str,
) -> SentencePage {
    let words = frame.words;
    let l = words.l;
    let heading = if parts.sentence.is_some() && parts.needs_another {
        fl!(l, "desk-ask-heading", version = parts.version.clone())
    } else {
        fl!(l, "desk-live-heading", version = parts.version.clone())
    };
    let error = |field: &str| wrong.iter().find(|one| one.field() == field).map(|one| one.text(words));
    let mistakes = wrong.iter().map(|one| Mistake::at(one.field(), one.text(words)));
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes.collect() };
    let field =
        |name: &'static str, label: String, value: &str, kind: &'static str, hint: Option<String>| Field {
            hint,
            error: error(name),
            value: value.to_owned(),
            kind,
            width: "short",
            ..Field::text(name, label)
        };
    let message =
        parts.needs_another.then(|| Message { tone: Tone::Soon, text: fl!(l, "desk-second-person-says") });
    SentencePage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)).around_form(&errors),
        heading,
        errors,
        message,
        day: field(DAY, fl!(l, "day"), &typed.day, "date", Some(fl!(l, "desk-day-hint"))),
        time: field(TIME, fl!(l, "desk-time"), &typed.time, "time", Some(fl!(l, "desk-time-hint"))),
        rules_from: field(RULES_FROM, fl!(l, "desk-rules-from"), &typed.rules_from, "date", None),
        share: Field {
            digits: true,
            ..field(SHARE, fl!(l, "desk-share"), &typed.share, "text", Some(fl!(l, "desk-share-hint")))
        },
        counties: field(
            COUNTIES,
            fl!(l, "money-counties"),
            &typed.counties,
            "text",
            Some(fl!(l, "desk-counties-hint", counties = parts.counties.clone())),
        ),
        parts,
        typed: typed.clone(),
        once: once.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const NOW: &str = "2026-11-20T18:42:00Z";

    fn read(change: impl Fn(&mut Typed)) -> Result<NewActivation, Vec<Wrong>> {
        let mut typed = Typed::default();
        change(&mut typed);
        typed.read(Digest::of(b"new"), &["SRV".to_owned(), "LDM".to_owned()], NOW.parse().unwrap())
    }

    #[test]
    fn the_first_choices_say_now_as_usual_and_for_everybody() {
        let new = read(|_| {}).unwrap();
        assert_eq!((new.from, new.rules_from, new.cohort), (None, None, Cohort::Everyone));
    }

    #[test]
    fn a_sentence_is_read_in_the_states_time() {
        let new = read(|typed| {
            typed.when = "later".to_owned();
            typed.day = " 2027-01-01 ".to_owned();
            typed.days = "from".to_owned();
            typed.rules_from = "2027-01-01".to_owned();
            typed.whom = "counties".to_owned();
            typed.counties = "srv, LDM".to_owned();
        })
        .unwrap();
        assert_eq!(new.from, Some("2027-01-01T08:00:00Z".parse().unwrap()), "midnight there");
        assert_eq!(new.rules_from, Some(date(2027, 1, 1)));
        assert_eq!(new.cohort, Cohort::Counties(["LDM", "SRV"].map(|code| code.parse().unwrap()).into()));
        let share = read(|typed| {
            typed.whom = "share".to_owned();
            typed.share = "15 %".to_owned();
        });
        assert_eq!(share.unwrap().cohort, Cohort::Share(15));
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = read(|typed| {
            typed.when = "later".to_owned();
            typed.day = "2026-02-30".to_owned();
            typed.time = "25:00".to_owned();
            typed.days = "from".to_owned();
            typed.whom = "share".to_owned();
            typed.share = "100".to_owned();
        });
        assert_eq!(wrong, Err(vec![Wrong::Day, Wrong::Time, Wrong::RulesFrom, Wrong::Share]));
        let past = read(|typed| {
            typed.when = "later".to_owned();
            typed.day = "2026-11-19".to_owned();
        });
        assert_eq!(past, Err(vec![Wrong::Past]));
        for counties in ["", "TRB", "SRV, TRB", "nowhere"] {
            let found = read(|typed| {
                typed.whom = "counties".to_owned();
                typed.counties = counties.to_owned();
            });
            assert_eq!(found, Err(vec![Wrong::Counties]), "{counties:?}");
        }
    }

    #[test]
    fn what_was_typed_at_a_choice_that_was_not_made_does_not_count() {
        let new = read(|typed| {
            typed.day = "no day".to_owned();
            typed.rules_from = "no day".to_owned();
            typed.share = "no share".to_owned();
            typed.counties = "nowhere".to_owned();
        });
        assert!(new.is_ok(), "{new:?}");
    }
}
