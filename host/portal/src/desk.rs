//! Rules desk of a plan: which version answers, what comes, what waits for a second person; and around it the
//! upload, a version's page, the sentence that puts it live, the watch, the way back, and the plan's keys.

use std::collections::BTreeMap;

use askama::Template;
use domain::actor::Actor;
use domain::breaker::Breaker;
use domain::identifiers::Digest;
use domain::rollout::{About, StandingActivation, answering, chosen};
use domain::time::{pacific_day, pacific_end_of_day};
use i18n_embed_fl::fl;
use jiff::Timestamp;
use jiff::civil::Date;
use workflow::shown::{Activation, BreakerReading, Proposal, ShownPlugin};

use crate::desk::said::{SentencePart, capital, sentence, short, state_word, title, version};
use crate::parts::{Action, Card, Empty, Errors, Field, Message, Mistake, Row, Titled, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

pub mod back;
pub mod keys;
mod said;
pub(crate) mod samples;
pub mod sentence_form;
pub mod upload;
pub mod version_page;
pub mod watch;

/// Address of the desk.
pub const RULES: &str = "/portal/rules";
/// Address of the upload.
pub const UPLOAD: &str = "/portal/rules/upload";
/// Address of the editor of rules files, for plans without a programmer.
const RULES_FILE: &str = "/portal/rules/file";
/// Address of the plan's reference tables.
const TABLES: &str = "/portal/tables";
/// Address of the plan's keys and policy.
pub const KEYS: &str = "/portal/rules/keys";
/// Id of the heading above what answers now.
pub(crate) const NOW: &str = "now";
/// Field that holds the day that is asked about.
pub const ON: &str = "on";

/// Address of a version's page.
#[must_use]
pub fn address(digest: &Digest) -> String {
    format!("{RULES}/{digest}")
}

/// Address of the comparisons of a version with past cases.
pub(crate) fn shadow_address(digest: &Digest) -> String {
    format!("{}/shadow", address(digest))
}

/// Names of people and keys that had a part in a release.
pub type Actors = BTreeMap<Actor, String>;

/// Person or key behind a step, in words: a person's name or a key's label where the reader may know it.
pub(crate) fn who(words: Words, actors: &Actors, actor: Option<Actor>) -> String {
    let l = words.l;
    match actor {
        Some(actor) => actors.get(&actor).cloned().unwrap_or_else(|| match actor {
            Actor::Key(_) => fl!(l, "desk-a-key"),
            Actor::Account(_) => fl!(l, "desk-a-person"),
        }),
        None => fl!(l, "desk-somebody"),
    }
}

/// Everything that the desk is made of.
pub struct Desk<'a> {
    /// Name of the plan.
    pub plan: &'a str,
    /// Its versions, newest upload first, a page of them.
    pub plugins: &'a [ShownPlugin],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// Its last activations, newest first.
    pub activations: &'a [Activation],
    /// Activations that wait for a second person.
    pub proposals: &'a [Proposal],
    /// Breakers of its versions on this node.
    pub breakers: &'a [BreakerReading],
    /// Names of those who had a part.
    pub actors: &'a Actors,
    /// Person who looks at the desk.
    pub me: Option<Actor>,
    /// Day that is asked about, as it was typed.
    pub on: &'a str,
}

/// Days of the time line, each with what begins on it.
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) entries: Vec<Entry>,
}

/// One activation on the time line.
pub(crate) struct Entry {
    pub(crate) tone: Tone,
    /// State in a word, such as "Scheduled".
    pub(crate) tag: String,
    pub(crate) sentence: String,
    pub(crate) address: String,
    /// Instant and cause of its end.
    pub(crate) ended: Option<String>,
}

/// Parts of the page, in words.
pub(crate) struct Parts {
    pub(crate) heading: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) now: Option<Titled>,
    pub(crate) waiting: Vec<Card>,
    pub(crate) typed: String,
    pub(crate) is_no_day: bool,
    pub(crate) answer: Option<String>,
    pub(crate) days: Vec<Day>,
    pub(crate) versions: Vec<Row>,
    pub(crate) next: Option<String>,
}

#[derive(Template)]
#[template(path = "desk/desk.html")]
pub(crate) struct DeskPage {
    shell: Shell,
    errors: Errors,
    actions: Vec<Action>,
    parts: Parts,
    on: Field,
    versions: Option<Titled>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the desk, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, desk: &Desk<'_>) -> String {
    view(frame, parts(frame, desk)).to_string()
}

/// Heads of the list of versions.
pub(crate) fn heads(words: Words) -> [String; 4] {
    let l = words.l;
    [fl!(l, "desk-version"), fl!(l, "accounts-state"), fl!(l, "desk-uploaded"), fl!(l, "desk-uploaded-by")]
}

/// One line of the list of versions.
pub(crate) fn line(words: Words, name: String, address: String, cells: [String; 3]) -> Row {
    let [_, state, at, by] = heads(words);
    Row { name, address: Some(address), cells: [state, at, by].into_iter().zip(cells).collect() }
}

/// Heads of the table of what answers now.
pub(crate) fn heads_now(words: Words) -> [String; 4] {
    let l = words.l;
    [fl!(l, "desk-version"), fl!(l, "desk-since"), fl!(l, "desk-days"), fl!(l, "desk-whom")]
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts) -> DeskPage {
    let words = frame.words;
    let l = words.l;
    let error = parts.is_no_day.then(|| fl!(l, "day-wrong"));
    let mistakes = error.iter().map(|text| Mistake::at(ON, text.clone())).collect();
    let errors = Errors { title: fl!(l, "errors"), rows: mistakes };
    let mut shell = Shell::of(frame, &parts.heading, Some(Place::Rules));
    if !errors.rows.is_empty() {
        shell.title = fl!(l, "title-error", title = shell.title.clone());
    }
    let empty = parts.versions.is_empty().then(|| Empty {
        title: fl!(l, "desk-empty"),
        text: fl!(l, "desk-empty-says"),
        action: None,
    });
    let versions = (!parts.versions.is_empty()).then(|| Titled {
        heading: "versions".to_owned(),
        heads: heads(words).to_vec(),
        rows: parts.versions.clone(),
    });
    DeskPage {
        shell,
        errors,
        actions: vec![
            Action::main(fl!(l, "desk-upload"), UPLOAD),
            Action::other(fl!(l, "desk-rules-file"), RULES_FILE),
            Action::other(fl!(l, "desk-tables"), TABLES),
            Action::other(fl!(l, "desk-keys"), KEYS),
        ],
        on: Field {
            hint: Some(fl!(l, "day-hint")),
            value: parts.typed.clone(),
            kind: "date",
            width: "short",
            error,
            ..Field::text(ON, fl!(l, "day"))
        },
        versions,
        empty,
        next: parts
            .next
            .as_ref()
            .map(|cursor| Action::other(fl!(l, "more"), format!("{RULES}?after={cursor}"))),
        parts,
    }
}

/// Names of versions by their digests, as far as they are known.
pub(crate) struct Labels(BTreeMap<Digest, String>);

impl Labels {
    pub(crate) fn of(words: Words, plugins: &[ShownPlugin]) -> Self {
        let label = |plugin: &ShownPlugin| {
            let release = &plugin.release;
            (release.digest, version(words, release.plugin_version.as_deref(), &release.digest))
        };
        Self(plugins.iter().map(label).collect())
    }

    pub(crate) fn get(&self, words: Words, digest: &Digest) -> String {
        self.0.get(digest).cloned().unwrap_or_else(|| version(words, None, digest))
    }
}

fn parts(frame: &Frame<'_>, desk: &Desk<'_>) -> Parts {
    let (words, now) = (frame.words, frame.now);
    let l = words.l;
    let labels = Labels::of(words, desk.plugins);
    let standing: Vec<StandingActivation> = at(desk.activations, now);
    let live = answering(&standing, now);
    let typed = desk.on.trim();
    let day: Option<Date> = typed.parse().ok();
    let open: Vec<&BreakerReading> = desk.breakers.iter().filter(|one| !one.breaker.asks()).collect();
    let mut messages: Vec<Message> = open.iter().map(|one| breaker(words, &labels, one)).collect();
    if chosen(&standing, &About::on(pacific_day(now)), now).is_none() && !desk.plugins.is_empty() {
        messages.push(Message { tone: Tone::Soon, text: fl!(l, "desk-nothing-live") });
    }
    Parts {
        heading: fl!(l, "desk-of", plan = desk.plan),
        messages,
        now: answering_now(words, &labels, desk.activations, now),
        waiting: desk.proposals.iter().map(|one| waiting(words, &labels, desk, one)).collect(),
        typed: typed.to_owned(),
        is_no_day: day.is_none() && !typed.is_empty(),
        answer: day.map(|day| on_a_day(words, &labels, desk.activations, day, now)),
        days: time_line(
            words,
            &labels,
            desk.activations,
            &compared(desk.plugins),
            |digest| live.contains(digest),
            now,
        ),
        versions: desk.plugins.iter().map(|plugin| version_line(words, desk.actors, plugin)).collect(),
        next: desk.next.map(str::to_owned),
    }
}

/// Activations that stood at an instant.
fn at(activations: &[Activation], instant: Timestamp) -> Vec<StandingActivation> {
    let stood = |one: &&Activation| one.ended.as_ref().is_none_or(|(at, _)| *at > instant);
    activations.iter().filter(stood).map(Activation::standing).collect()
}

/// Message about an operation that rests.
pub(crate) fn breaker(words: Words, labels: &Labels, reading: &BreakerReading) -> Message {
    let since = match &reading.breaker {
        Breaker::Open { since, .. } | Breaker::Trial { since, .. } => words.instant(*since),
        Breaker::Closed { .. } => String::new(),
    };
    let version = labels.get(words, &reading.digest);
    let text = fl!(
        words.l,
        "desk-breaker-open",
        version = version,
        operation = said::operation(words, reading.operation.name()),
        since = since
    );
    Message { tone: Tone::Late, text }
}

/// Table of the versions that answer requests about today: one row for each version that answers some.
fn answering_now(
    words: Words,
    labels: &Labels,
    activations: &[Activation],
    now: Timestamp,
) -> Option<Titled> {
    let standing = at(activations, now);
    let live = answering(&standing, now);
    let begun = |one: &&Activation| one.ended.is_none() && one.from <= now && live.contains(&one.digest);
    let [_, since, days, whom] = heads_now(words);
    let rows: Vec<Row> = activations
        .iter()
        .filter(begun)
        .map(|one| Row {
            name: capital(&labels.get(words, &one.digest)),
            address: Some(address(&one.digest)),
            cells: vec![
                (since.clone(), words.instant(one.from)),
                (days.clone(), said::days(words, one.rules_from)),
                (whom.clone(), said::whom(words, &one.cohort)),
            ],
        })
        .collect();
    (!rows.is_empty()).then(|| Titled { heading: NOW.to_owned(), heads: heads_now(words).to_vec(), rows })
}

fn waiting(words: Words, labels: &Labels, desk: &Desk<'_>, proposal: &Proposal) -> Card {
    let l = words.l;
    let digest = &proposal.activation.digest;
    let is_own = desk.me.is_some() && proposal.by == desk.me;
    let by = who(words, desk.actors, proposal.by);
    let day = words.instant(proposal.at);
    let (tone, tag) =
        if is_own { (Tone::Plain, fl!(l, "desk-yours")) } else { (Tone::Soon, fl!(l, "desk-for-you")) };
    Card {
        tag: Some(tag),
        tone,
        title: if is_own {
            capital(&labels.get(words, digest))
        } else {
            fl!(l, "desk-confirm-title", version = labels.get(words, digest))
        },
        address: Some(address(digest)),
        sentence: format!(
            "{} {}",
            sentence(words, &SentencePart::of_proposal(proposal), &labels.get(words, digest)),
            fl!(l, "desk-asked-by", name = by, at = day)
        ),
        clock: None,
    }
}

/// The version that answers requests about a day that come on that day, as the record stands now.
fn on_a_day(words: Words, labels: &Labels, activations: &[Activation], day: Date, now: Timestamp) -> String {
    let l = words.l;
    let today = pacific_day(now);
    let instant = if day == today { now } else { pacific_end_of_day(day) };
    let found = chosen(&at(activations, instant), &About::on(day), instant).map(|one| one.digest);
    let day_text = words.weekday(day);
    match found.map(|digest| labels.get(words, &digest)) {
        Some(version) if day < today => fl!(l, "desk-on-past", day = day_text, version = version),
        Some(version) if day == today => fl!(l, "desk-on-today", version = version),
        Some(version) => fl!(l, "desk-on-future", day = day_text, version = version),
        None => fl!(l, "desk-on-none", day = day_text),
    }
}

/// Activations by the day on which they begin, and comparisons by the day on which they were made, the last
/// first. `is_live` says whether a version answers something now.
pub(crate) fn time_line(
    words: Words,
    labels: &Labels,
    activations: &[Activation],
    compared: &[(Timestamp, Digest)],
    is_live: impl Fn(&Digest) -> bool,
    now: Timestamp,
) -> Vec<Day> {
    let activated = activations.iter().map(|one| {
        let label = labels.get(words, &one.digest);
        let (tone, tag) = state_word(words, one, is_live(&one.digest), now);
        let entry = Entry {
            tone,
            tag,
            sentence: sentence(words, &SentencePart::of_activation(one), &label),
            address: address(&one.digest),
            ended: one.ended.map(|(at, why)| said::ended(words, at, why.name())),
        };
        (one.from, one.version, entry)
    });
    let compared = compared.iter().map(|(at, digest)| {
        let label = labels.get(words, digest);
        let entry = Entry {
            tone: Tone::Plain,
            tag: fl!(words.l, "desk-shadowed"),
            sentence: fl!(words.l, "desk-compared", version = label),
            address: shadow_address(digest),
            ended: None,
        };
        (*at, 0, entry)
    });
    let mut entries: Vec<(Timestamp, i64, Entry)> = activated.chain(compared).collect();
    entries.sort_by_key(|(at, version, _)| std::cmp::Reverse((*at, *version)));
    let mut days: Vec<Day> = Vec::new();
    for (at, _, entry) in entries {
        let day = words.weekday(pacific_day(at));
        match days.last_mut() {
            Some(last) if last.day == day => last.entries.push(entry),
            _ => days.push(Day { day, entries: vec![entry] }),
        }
    }
    days
}

/// Instant and version of the last comparison of each.
pub(crate) fn compared<'a>(plugins: impl IntoIterator<Item = &'a ShownPlugin>) -> Vec<(Timestamp, Digest)> {
    let last = |plugin: &ShownPlugin| {
        let shadow = plugin.release.state.evidence()?.shadow.as_ref()?;
        Some((shadow.at, plugin.release.digest))
    };
    plugins.into_iter().filter_map(last).collect()
}

fn version_line(words: Words, actors: &Actors, plugin: &ShownPlugin) -> Row {
    let release = &plugin.release;
    let name = match &release.plugin_version {
        Some(number) => title(words, Some(number), &release.digest),
        None => release.file.clone().unwrap_or_else(|| short(&release.digest)),
    };
    let cells = [
        said::state(words, &release.state).word,
        words.instant(release.uploaded_at),
        who(words, actors, release.uploader),
    ];
    line(words, name, address(&release.digest), cells)
}

#[cfg(test)]
mod tests {
    use domain::case::Language;

    use super::*;

    #[test]
    fn a_page_reloads_itself_only_while_it_compiles() {
        let samples = crate::gallery::samples(Words::of(Language::En));
        let reloads: Vec<&str> = samples
            .iter()
            .filter(|sample| sample.html.contains("data-again"))
            .map(|sample| sample.name.as_str())
            .collect();
        assert_eq!(reloads, ["desk-version-compiling"]);
    }

    #[test]
    fn only_who_may_confirm_finds_the_button() {
        let samples = crate::gallery::samples(Words::of(Language::En));
        let confirms: Vec<&str> = samples
            .iter()
            .filter(|sample| sample.html.contains("name=\"proposal\""))
            .map(|sample| sample.name.as_str())
            .collect();
        assert_eq!(confirms, ["desk-version-confirm"]);
    }
}
