//! Page of one version: where it stands and what it lacks, what it declares, how the kit found it, what it
//! decides, and what happened to it.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::actor::Actor;
use domain::plan::profile::PlanProfile;
use domain::release::{Requirement, State, Verdict};
use i18n_embed_fl::fl;
use jiff::Timestamp;
use workflow::shown::{
    BreakerReading, PluginDetail, Proposal, ReceiptCheck, ShownPlugin, ShownReceipt, SigningKey, TimelineStep,
};

use crate::clocks;
use crate::desk::said::{self, SentencePart};
use crate::desk::upload::{self, Reason, Reasons};
use crate::desk::{Actors, Day, Labels, address, breaker, compared, shadow_address, time_line, who};
use crate::names;
use crate::parts::{
    Action, Entry, Errors, Field, Message, Mistake, Row, Status, Step, Summary, Task, Tasks, Timeline,
    Titled, Tone,
};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Everything that the page is made of.
pub struct VersionPage<'a> {
    /// The version that the page is about.
    pub detail: &'a PluginDetail,
    /// Other versions of the plan that are still being compiled.
    pub compiling: &'a [ShownPlugin],
    /// Profile that it declares, once it runs.
    pub profile: Option<&'a PlanProfile>,
    /// Receipt of its last conformance run.
    pub receipt: Option<&'a ShownReceipt>,
    /// Why it is no plugin, or does not load here, in the reader's words.
    pub reasons: &'a [Reason],
    /// Steps of its life, oldest first.
    pub steps: &'a [TimelineStep],
    /// Activation of it that waits for a second person.
    pub proposal: Option<&'a Proposal>,
    /// Breakers of the plan's versions on this node.
    pub breakers: &'a [BreakerReading],
    /// Names of those who had a part.
    pub actors: &'a Actors,
    /// Person who looks at the page.
    pub me: Option<Actor>,
    /// Codes of what kept the last step from being done.
    pub withheld: &'a [domain::problem::Code],
    /// Signing keys of the plan.
    pub signing: &'a [SigningKey],
    /// Key and signature, as they were typed.
    pub signed: Option<(&'a str, &'a str)>,
    /// True if they are no signature of the plan's over this version.
    pub signed_wrong: bool,
    /// Key of the attempt to confirm, to have it checked, to approve or to sign it.
    pub once: &'a str,
}

/// Field of the signing key.
pub const KEY: &str = "key";
/// Field of the signature.
pub const SIGNATURE: &str = "signature";

/// Id of the heading above the services.
pub(crate) const SERVICES: &str = "services";

/// Form by which a version is signed.
pub(crate) struct Sign {
    /// Keys that count: id and label of each.
    pub(crate) keys: Vec<(String, String)>,
    /// Id of the key that was chosen.
    pub(crate) chosen: String,
    pub(crate) signature: Field,
}

/// Checks of a receipt as a table below the heading with the id `checks`; their sentences are the kit's, in
/// English.
#[derive(Clone, Template)]
#[template(path = "desk/checks.html")]
pub(crate) struct Checks {
    pub(crate) heads: [String; 4],
    pub(crate) rows: Vec<CheckRow>,
    pub(crate) examples: Vec<(String, String)>,
    pub(crate) examples_caption: String,
}

/// One check of a receipt.
#[derive(Clone)]
pub(crate) struct CheckRow {
    pub(crate) tone: Tone,
    pub(crate) sentence: String,
    pub(crate) cases: String,
    pub(crate) failed: String,
    pub(crate) result: String,
    pub(crate) wrong: Option<String>,
}

impl HtmlSafe for Checks {}

/// An activation that waits, as its page shows it.
pub(crate) struct Waiting {
    pub(crate) sentence: String,
    pub(crate) asked: String,
    pub(crate) stops: String,
    /// Id of the proposal, where the viewer may confirm it.
    pub(crate) confirm: Option<String>,
}

/// Parts of the page, in words.
pub(crate) struct Parts {
    pub(crate) heading: String,
    pub(crate) address: String,
    pub(crate) is_compiling: bool,
    pub(crate) status: Status,
    pub(crate) messages: Vec<Message>,
    pub(crate) withheld: Vec<String>,
    pub(crate) waiting: Option<Waiting>,
    pub(crate) actions: Vec<Action>,
    pub(crate) gates: Option<Tasks>,
    pub(crate) may_check: bool,
    pub(crate) may_approve: bool,
    pub(crate) sign: Option<Sign>,
    pub(crate) reasons: Option<Reasons>,
    pub(crate) warnings: Vec<String>,
    pub(crate) checks: Option<Checks>,
    pub(crate) services: Option<Titled>,
    pub(crate) days: Vec<Day>,
    pub(crate) facts: Summary,
    pub(crate) history: Timeline,
}

#[derive(Template)]
#[template(path = "desk/version.html")]
pub(crate) struct Page {
    shell: Shell,
    errors: Errors,
    once: String,
    parts: Parts,
}

/// Page of a version, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, version: &VersionPage<'_>) -> String {
    view(frame, parts(frame, version), version.once).to_string()
}

pub(crate) fn view(frame: &Frame<'_>, parts: Parts, once: &str) -> Page {
    let wrong = parts.sign.as_ref().and_then(|sign| sign.signature.error.clone());
    let rows = wrong.into_iter().map(|text| Mistake::at(SIGNATURE, text)).collect();
    let errors = Errors { title: fl!(frame.words.l, "errors"), rows };
    let shell = Shell::of(frame, &parts.heading, Some(Place::Rules));
    let shell = if parts.sign.is_some() { shell.around_form(&errors) } else { shell };
    Page { shell, errors, once: once.to_owned(), parts }
}

/// Name of a version by its own number, else by the beginning of its digest.
pub(crate) fn name(words: Words, plugin: &ShownPlugin) -> String {
    let release = &plugin.release;
    said::version(words, release.plugin_version.as_deref(), &release.digest)
}

fn parts(frame: &Frame<'_>, version: &VersionPage<'_>) -> Parts {
    let (words, detail) = (frame.words, version.detail);
    let l = words.l;
    let plugin = &detail.plugin;
    let state = &plugin.release.state;
    let digest = &plugin.release.digest;
    let labels = Labels::of(words, std::slice::from_ref(plugin));
    let own_breakers = version.breakers.iter().filter(|one| one.digest == *digest && !one.breaker.asks());
    let mut messages: Vec<Message> = own_breakers.map(|one| breaker(words, &labels, one)).collect();
    if plugin.is_compiling() {
        messages.extend(progress(words, plugin, version.compiling));
    }
    if !plugin.does_not_load.is_empty() {
        messages.push(Message { tone: Tone::Late, text: fl!(l, "desk-does-not-load") });
    }
    let warnings = state.evidence().map(|evidence| evidence.warnings.as_slice()).unwrap_or_default();
    Parts {
        heading: said::title(words, plugin.release.plugin_version.as_deref(), digest),
        address: address(digest),
        is_compiling: plugin.is_compiling(),
        status: said::state(words, state),
        messages,
        withheld: super::sentence_form::withheld(words, version.withheld),
        waiting: version.proposal.map(|proposal| waiting(words, version, proposal)),
        actions: actions(words, detail, frame.now),
        gates: gates(words, version),
        may_check: matches!(
            state,
            State::Compiled(_) | State::Conformed(_) | State::Shadowed(_) | State::Approved(_)
        ),
        may_approve: matches!(state, State::Compiled(_) | State::Conformed(_) | State::Shadowed(_))
            && detail.lacking.is_empty()
            && !detail.needs_another,
        sign: sign(words, version),
        reasons: upload::reasons(words, version.reasons),
        warnings: warnings.iter().map(|warning| said::warning(words, warning.code)).collect(),
        checks: version.receipt.map(|receipt| checks(words, &receipt.checks(), receipt.broken_examples())),
        services: version.profile.and_then(|profile| services(words, profile)),
        days: time_line(
            words,
            &labels,
            &detail.activations,
            &compared([plugin]),
            |_| matches!(state, State::Active { .. }),
            frame.now,
        ),
        facts: facts(words, version),
        history: history(words, version),
    }
}

/// Progress of compiling, and how many other versions of the plan wait for it.
fn progress(words: Words, plugin: &ShownPlugin, others: &[ShownPlugin]) -> [Message; 2] {
    let l = words.l;
    let since = match &plugin.release.state {
        State::Compiling { since, .. } => *since,
        _ => plugin.release.uploaded_at,
    };
    let elapsed = plugin.seen_at.duration_since(since).as_secs().max(0);
    let says = match plugin.expected_ms {
        Some(expected) => {
            let expected = i64::try_from(expected.div_ceil(1_000)).unwrap_or(i64::MAX);
            fl!(l, "desk-progress-expected", elapsed = elapsed, expected = expected)
        }
        None => fl!(l, "desk-progress", elapsed = elapsed),
    };
    let before = others.iter().filter(|one| one.release.uploaded_at < plugin.release.uploaded_at).count();
    let queue = fl!(l, "desk-queue", count = before);
    [Message { tone: Tone::Plain, text: says }, Message { tone: Tone::Plain, text: queue }]
}

fn waiting(words: Words, version: &VersionPage<'_>, proposal: &Proposal) -> Waiting {
    let l = words.l;
    let detail = version.detail;
    let name = name(words, &detail.plugin);
    let by = who(words, version.actors, proposal.by);
    let is_own = version.me.is_some() && proposal.by == version.me;
    let may = !detail.needs_another && !is_own;
    Waiting {
        sentence: said::sentence(words, &SentencePart::of_proposal(proposal), &name),
        asked: fl!(l, "desk-asked-by", name = by, at = words.instant(proposal.at)),
        stops: super::sentence_form::stops(words, &detail.policy),
        confirm: may.then(|| proposal.id.to_string()),
    }
}

/// Steps that can be taken with a version as it stands.
fn actions(words: Words, detail: &PluginDetail, now: Timestamp) -> Vec<Action> {
    let l = words.l;
    let state = &detail.plugin.release.state;
    let at = address(&detail.plugin.release.digest);
    let standing = detail.activations.iter().any(|one| one.ended.is_none());
    let begun = detail.activations.iter().any(|one| one.from <= now);
    let mut actions = Vec::new();
    if state.evidence().is_some() {
        let live = if standing { fl!(l, "desk-live-more") } else { fl!(l, "desk-live") };
        actions.push(Action::main(live, format!("{at}/live")));
    }
    actions.extend(super::sentence_form::back(words, detail));
    if begun {
        actions.push(Action::other(fl!(l, "desk-watch"), format!("{at}/watch")));
    }
    if !matches!(state, State::Refused { .. } | State::Revoked { .. }) {
        actions.push(Action::other(fl!(l, "desk-revoke"), format!("{at}/revoke")));
    }
    actions
}

/// The form by which it is signed, where the plan has keys that count and the version runs.
fn sign(words: Words, version: &VersionPage<'_>) -> Option<Sign> {
    version.detail.plugin.release.state.evidence()?;
    let counting = version.signing.iter().filter(|key| key.retired_at.is_none());
    let keys: Vec<(String, String)> = counting.map(|key| (key.id.to_string(), key.label.clone())).collect();
    let (chosen, typed) = version.signed.unwrap_or_default();
    let form = sign_form(words, keys, chosen, typed, version.signed_wrong && version.signed.is_some());
    (!form.keys.is_empty()).then_some(form)
}

pub(crate) fn sign_form(
    words: Words,
    keys: Vec<(String, String)>,
    chosen: &str,
    typed: &str,
    is_wrong: bool,
) -> Sign {
    let l = words.l;
    Sign {
        keys,
        chosen: chosen.to_owned(),
        signature: Field {
            hint: Some(fl!(l, "desk-signature-hint")),
            error: is_wrong.then(|| fl!(l, "desk-signature-wrong")),
            value: typed.to_owned(),
            ..Field::text(SIGNATURE, fl!(l, "desk-signature"))
        },
    }
}

/// List of all that must come before the version decides, and of what is there.
fn gates(words: Words, version: &VersionPage<'_>) -> Option<Tasks> {
    let l = words.l;
    let detail = version.detail;
    let evidence = detail.plugin.release.state.evidence()?;
    let wants = |requirement| detail.policy.requires.contains(&requirement);
    let task = |text: String, has: bool, requirement: Requirement, why: Option<String>| {
        let (state, tone) = match (has, wants(requirement)) {
            (true, _) => (fl!(l, "desk-gate-there"), Tone::Good),
            (false, true) => (fl!(l, "desk-gate-needed"), Tone::Soon),
            (false, false) => (fl!(l, "desk-gate-free"), Tone::Plain),
        };
        Task { text, address: None, state, tone, why }
    };
    let verdict = evidence.receipt.as_ref().map(|receipt| receipt.verdict);
    let fails = (verdict == Some(Verdict::Fails)).then(|| fl!(l, "desk-gate-fails"));
    let signed =
        evidence.signature.is_some() && !detail.lacking.contains(&domain::problem::Code::SignatureMissing);
    let mut rows = vec![
        task(fl!(l, "desk-gate-signature"), signed, Requirement::Signature, None),
        task(fl!(l, "desk-gate-receipt"), verdict == Some(Verdict::Conforms), Requirement::Receipt, fails),
        Task {
            address: Some(shadow_address(&detail.plugin.release.digest)),
            ..task(fl!(l, "desk-gate-shadow"), evidence.shadow.is_some(), Requirement::Shadow, None)
        },
    ];
    let uploader = detail.plugin.release.uploader;
    let approval = detail.plugin.release.state.approval();
    let by_another = approval.is_some_and(|approval| approval.by.is_some() && approval.by != uploader);
    let why = if by_another {
        approval.map(|approval| {
            let name = who(words, version.actors, approval.by);
            fl!(l, "desk-approved-by", name = name, at = words.instant(approval.at))
        })
    } else {
        let name = who(words, version.actors, uploader);
        (wants(Requirement::TwoPeople) || detail.needs_another)
            .then(|| fl!(l, "desk-gate-not-uploader", name = name))
    };
    let mut second = task(fl!(l, "desk-gate-second"), by_another, Requirement::TwoPeople, why);
    if !by_another && detail.needs_another {
        second.state = fl!(l, "desk-gate-needed");
        second.tone = Tone::Soon;
    }
    rows.push(second);
    Some(Tasks { rows })
}

pub(crate) fn checks(words: Words, checks: &[ReceiptCheck], examples: Vec<(String, String)>) -> Checks {
    let l = words.l;
    let row = |check: &ReceiptCheck| CheckRow {
        tone: if check.failed > 0 { Tone::Late } else { Tone::Plain },
        sentence: check.sentence.clone(),
        cases: check.cases.to_string(),
        failed: check.failed.to_string(),
        result: if check.failed > 0 {
            fl!(l, "desk-check-fails")
        } else if check.cases == 0 {
            fl!(l, "desk-check-none")
        } else {
            fl!(l, "desk-check-holds")
        },
        wrong: check.wrong.clone(),
    };
    Checks {
        heads: [
            fl!(l, "desk-check"),
            fl!(l, "desk-check-result"),
            fl!(l, "cases"),
            fl!(l, "desk-check-failed"),
        ],
        rows: checks.iter().map(row).collect(),
        examples,
        examples_caption: fl!(l, "desk-examples-broken"),
    }
}

/// Services that the version declares: each once, with its counties.
fn services(words: Words, profile: &PlanProfile) -> Option<Titled> {
    let l = words.l;
    let heads = services_heads(words);
    let mut rows: Vec<Row> = Vec::new();
    for election in &profile.elections {
        let first = words.day(election.days.first);
        let last = election.days.last.map_or_else(|| fl!(l, "no-end"), |last| words.day(last));
        let cap = election.capacity.as_ref().map_or_else(|| fl!(l, "no-cap"), |cap| cap.members.to_string());
        let name = names::service(words, &election.service);
        let cells = [election.county.clone(), first, last, cap];
        // One service in several counties under the same terms is one row.
        let same = rows.iter_mut().find(|row| {
            row.name == name && row.cells.iter().skip(1).map(|(_, cell)| cell).eq(cells.iter().skip(1))
        });
        match same {
            Some(row) => {
                if let Some((_, counties)) = row.cells.first_mut() {
                    *counties = format!("{counties}, {}", election.county);
                }
            }
            None => rows.push(Row {
                name,
                address: None,
                cells: heads.iter().skip(1).cloned().zip(cells).collect(),
            }),
        }
    }
    (!rows.is_empty()).then(|| Titled { heading: SERVICES.to_owned(), heads: heads.to_vec(), rows })
}

pub(crate) fn services_heads(words: Words) -> [String; 5] {
    let l = words.l;
    [
        fl!(l, "service"),
        fl!(l, "desk-in-counties"),
        fl!(l, "from-day"),
        fl!(l, "to-day"),
        fl!(l, "places-in-plan"),
    ]
}

fn facts(words: Words, version: &VersionPage<'_>) -> Summary {
    let l = words.l;
    let plugin = &version.detail.plugin;
    let release = &plugin.release;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let mut rows = vec![
        Entry {
            name: fl!(l, "desk-uploaded-by"),
            value: who(words, version.actors, release.uploader),
            note: Some(words.instant(release.uploaded_at)),
        },
        entry(fl!(l, "desk-digest"), release.digest.to_string()),
        entry(fl!(l, "desk-size"), fl!(l, "desk-kilobytes", count = kilobytes(release.size_bytes))),
    ];
    rows.extend(release.file.iter().map(|file| entry(fl!(l, "desk-file-name"), file.clone())));
    rows.extend(release.note.iter().map(|note| entry(fl!(l, "desk-note"), note.clone())));
    let answers: Vec<String> =
        release.exports.iter().filter_map(|name| said::interface(words, name)).collect();
    if !answers.is_empty() {
        rows.push(entry(fl!(l, "desk-answers-for"), answers.join(", ")));
    }
    if let Some(evidence) = release.state.evidence() {
        rows.push(entry(fl!(l, "desk-contract"), evidence.contract.clone()));
        let tier = if evidence.tier.starts_with("compiled") {
            fl!(l, "desk-tier-compiled")
        } else {
            fl!(l, "desk-tier-interpreted")
        };
        rows.push(entry(fl!(l, "desk-tier"), tier));
        let limits = &version.detail.limits;
        let seconds = i64::try_from(limits.deadline.as_secs()).unwrap_or(i64::MAX);
        let megabytes = i64::try_from(limits.memory_bytes >> 20).unwrap_or(i64::MAX);
        rows.push(entry(
            fl!(l, "desk-limits"),
            fl!(l, "desk-limits-says", seconds = seconds, megabytes = megabytes),
        ));
    }
    if let State::Revoked { reason, .. } = &release.state {
        rows.push(entry(fl!(l, "accounts-reason"), reason.clone()));
    }
    Summary { rows }
}

fn kilobytes(bytes: u64) -> i64 {
    i64::try_from(bytes.div_ceil(1_024)).unwrap_or(i64::MAX)
}

/// Steps of the version's life, newest first.
fn history(words: Words, version: &VersionPage<'_>) -> Timeline {
    let l = words.l;
    let step = |step: &TimelineStep| Step {
        at: clocks::instant(words, step.at),
        text: said::step(words, step.name),
        who: match (step.actor, step.organization) {
            (Some(actor), _) => who(words, version.actors, Some(actor)),
            (None, Some(_)) => fl!(l, "desk-somebody"),
            (None, None) => fl!(l, "actor-host"),
        },
    };
    Timeline { steps: version.steps.iter().rev().map(step).collect() }
}
