//! Releases and activations in words: states, days, cohorts, and the sentence that an activation is.

use domain::floor::WarningCode;
use domain::identifiers::Digest;
use domain::problem::Code;
use domain::release::{Requirement, State};
use domain::rollout::Cohort;
use i18n_embed_fl::fl;
use jiff::Timestamp;
use jiff::civil::Date;
use workflow::command::NewActivation;
use workflow::shown::{Activation, Proposal};

use crate::parts::{Status, Tone};
use crate::words::Words;

/// First digits of a digest, for who compares it with another.
pub(crate) fn short(digest: &Digest) -> String {
    digest.to_string().chars().take(12).collect()
}

/// Name of a version: its own number, or the beginning of its digest.
pub(crate) fn version(words: Words, number: Option<&str>, digest: &Digest) -> String {
    match number {
        Some(number) => fl!(words.l, "desk-version-of", number = number),
        None => fl!(words.l, "desk-version-of", number = short(digest)),
    }
}

/// The same at the beginning of a line.
pub(crate) fn title(words: Words, number: Option<&str>, digest: &Digest) -> String {
    capital(&version(words, number, digest))
}

/// A text whose first letter is a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Words of an activation, proposed or made.
pub(crate) struct SentencePart<'a> {
    pub(crate) from: Option<Timestamp>,
    pub(crate) rules_from: Option<Date>,
    /// True where nobody chose the days: they follow from the instant.
    pub(crate) usual_days: bool,
    pub(crate) cohort: &'a Cohort,
}

impl<'a> SentencePart<'a> {
    pub(crate) fn of_activation(one: &'a Activation) -> Self {
        Self { from: Some(one.from), rules_from: one.rules_from, usual_days: false, cohort: &one.cohort }
    }

    pub(crate) fn of_proposal(one: &'a Proposal) -> Self {
        Self::of_new(&one.activation)
    }

    pub(crate) fn of_new(new: &'a NewActivation) -> Self {
        Self {
            from: new.from,
            rules_from: new.rules_from,
            usual_days: new.rules_from.is_none(),
            cohort: &new.cohort,
        }
    }
}

/// The sentence: from when, which version, about which days, for whom.
pub(crate) fn sentence(words: Words, part: &SentencePart<'_>, version: &str) -> String {
    let l = words.l;
    let days = if part.usual_days { fl!(l, "desk-days-usual") } else { days(words, part.rules_from) };
    let whom = whom(words, part.cohort);
    match part.from {
        Some(from) => {
            let from = words.instant(from);
            fl!(l, "desk-sentence", from = from, version = version, days = days, whom = whom)
        }
        None => fl!(l, "desk-sentence-now", version = version, days = days, whom = whom),
    }
}

/// Days that requests must be about.
pub(crate) fn days(words: Words, rules_from: Option<Date>) -> String {
    match rules_from {
        Some(day) => fl!(words.l, "desk-days-from", day = words.day(day)),
        None => fl!(words.l, "desk-days-any"),
    }
}

/// Providers or members whose requests are answered.
pub(crate) fn whom(words: Words, cohort: &Cohort) -> String {
    let l = words.l;
    match cohort {
        Cohort::Everyone => fl!(l, "desk-whom-all"),
        Cohort::Share(share) => fl!(l, "desk-whom-share", share = i64::from(*share)),
        Cohort::Counties(counties) => {
            let list = counties.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            fl!(l, "desk-whom-counties", counties = list)
        }
    }
}

/// State of an activation in a word.
pub(crate) fn state_word(words: Words, one: &Activation, is_live: bool, now: Timestamp) -> (Tone, String) {
    let l = words.l;
    if one.ended.is_some() {
        (Tone::Plain, fl!(l, "desk-ended"))
    } else if one.from > now {
        (Tone::Soon, fl!(l, "desk-scheduled"))
    } else if is_live {
        (Tone::Good, fl!(l, "desk-answers"))
    } else {
        (Tone::Plain, fl!(l, "desk-covered"))
    }
}

/// Instant and cause of an activation's end.
pub(crate) fn ended(words: Words, at: Timestamp, why: &str) -> String {
    let at = words.instant(at);
    match why {
        "revoked" => fl!(words.l, "desk-ended-revoked", at = at),
        _ => fl!(words.l, "desk-ended-back", at = at),
    }
}

/// State of a release, with a sentence.
pub(crate) fn state(words: Words, state: &State) -> Status {
    let l = words.l;
    let of = |tone, word, says| Status { tone, word, says };
    match state {
        State::Uploaded { .. } | State::Checked { .. } | State::Compiling { .. } => {
            of(Tone::Plain, fl!(l, "desk-compiling"), fl!(l, "desk-compiling-says"))
        }
        State::Refused { .. } => of(Tone::Late, fl!(l, "desk-refused"), fl!(l, "desk-refused-says")),
        State::Compiled(_) => of(Tone::Plain, fl!(l, "desk-compiled"), fl!(l, "desk-compiled-says")),
        State::Conformed(_) => of(Tone::Plain, fl!(l, "desk-conformed"), fl!(l, "desk-conformed-says")),
        State::Shadowed(_) => of(Tone::Plain, fl!(l, "desk-shadowed"), fl!(l, "desk-shadowed-says")),
        State::Approved(_) => of(Tone::Good, fl!(l, "desk-approved"), fl!(l, "desk-approved-says")),
        State::Scheduled { from, .. } => {
            of(Tone::Soon, fl!(l, "desk-scheduled"), fl!(l, "desk-scheduled-says", at = words.instant(*from)))
        }
        State::Active { since, .. } => {
            of(Tone::Good, fl!(l, "desk-active"), fl!(l, "desk-active-says", at = words.instant(*since)))
        }
        State::Superseded { .. } => {
            of(Tone::Plain, fl!(l, "desk-superseded"), fl!(l, "desk-superseded-says"))
        }
        State::RolledBack { at, .. } => of(
            Tone::Late,
            fl!(l, "desk-rolled-back"),
            fl!(l, "desk-rolled-back-says", at = words.instant(*at)),
        ),
        State::Revoked { at, .. } => {
            of(Tone::Late, fl!(l, "desk-revoked"), fl!(l, "desk-revoked-says", at = words.instant(*at)))
        }
    }
}

/// Step of a release's history, in a sentence; a word that this version does not know as it is.
pub(crate) fn step(words: Words, name: &str) -> String {
    let l = words.l;
    match name {
        "upload" => fl!(l, "desk-step-upload"),
        "check" => fl!(l, "desk-step-check"),
        "start-compiling" => fl!(l, "desk-step-start-compiling"),
        "take-up" => fl!(l, "desk-step-take-up"),
        "finish-compiling" => fl!(l, "desk-step-finish-compiling"),
        "refuse" => fl!(l, "desk-step-refuse"),
        "sign" => fl!(l, "desk-step-sign"),
        "conform" => fl!(l, "desk-step-conform"),
        "shadow" => fl!(l, "desk-step-shadow"),
        "approve" => fl!(l, "desk-step-approve"),
        "propose" => fl!(l, "desk-step-propose"),
        "schedule" => fl!(l, "desk-step-schedule"),
        "activate" => fl!(l, "desk-step-activate"),
        "begin" => fl!(l, "desk-step-begin"),
        "supersede" => fl!(l, "desk-step-supersede"),
        "resume" => fl!(l, "desk-step-resume"),
        "roll-back" => fl!(l, "desk-step-roll-back"),
        "revoke" => fl!(l, "desk-step-revoke"),
        other => other.to_owned(),
    }
}

/// Operation of the contract, in words.
pub(crate) fn operation(words: Words, name: &str) -> String {
    let l = words.l;
    match name {
        "triage" => fl!(l, "desk-operation-triage"),
        "presume" => fl!(l, "desk-operation-presume"),
        "determine" => fl!(l, "desk-operation-determine"),
        "adjudicate" => fl!(l, "desk-operation-adjudicate"),
        "review" => fl!(l, "desk-operation-review"),
        other => other.to_owned(),
    }
}

/// Workflow that a version answers for, by the name of its interface.
pub(crate) fn interface(words: Words, name: &str) -> Option<String> {
    let l = words.l;
    match name {
        "referral" => Some(fl!(l, "referral")),
        "authorization" => Some(fl!(l, "authorization")),
        "billing" => Some(fl!(l, "claim")),
        "credentialing" => Some(fl!(l, "application")),
        _ => None,
    }
}

/// Answer of a version, in a word.
pub(crate) fn outcome(words: Words, word: &str) -> String {
    let l = words.l;
    match word {
        "accepted" => fl!(l, "desk-word-accepted"),
        "approved" => fl!(l, "money-read-approved"),
        "partly-approved" => fl!(l, "desk-word-partly-approved"),
        "modified" => fl!(l, "desk-word-modified"),
        "payable" => fl!(l, "money-line-payable"),
        "pended" | "needs-more" | "incomplete" => fl!(l, "shadow-needs-more"),
        "redirected" => fl!(l, "desk-word-redirected"),
        "denied" => fl!(l, "desk-word-denied"),
        "rejected" => fl!(l, "desk-word-rejected"),
        "clinical-review" => fl!(l, "desk-word-clinical-review"),
        "needs-person" => fl!(l, "desk-word-needs-person"),
        "fault" => fl!(l, "desk-word-fault"),
        "declined" => fl!(l, "desk-word-declined"),
        "invalid-request" => fl!(l, "desk-word-invalid-request"),
        other => other.to_owned(),
    }
}

/// Demand of a plan's policy, in a sentence.
pub(crate) fn requirement(words: Words, requirement: Requirement) -> String {
    let l = words.l;
    match requirement {
        Requirement::TwoPeople => fl!(l, "desk-requires-two"),
        Requirement::Signature => fl!(l, "desk-requires-signature"),
        Requirement::Receipt => fl!(l, "desk-requires-receipt"),
        Requirement::Shadow => fl!(l, "desk-step-shadow"),
    }
}

/// Declaration without effect, in a sentence.
pub(crate) fn warning(words: Words, code: WarningCode) -> String {
    let l = words.l;
    match code {
        WarningCode::WaitList => fl!(l, "desk-warning-wait-list"),
        WarningCode::RateTier => fl!(l, "desk-warning-rate-tier"),
        WarningCode::Layouts => fl!(l, "desk-warning-layouts"),
        WarningCode::Exchange => fl!(l, "desk-warning-exchange"),
        WarningCode::ClaimRoute => fl!(l, "desk-warning-claim-route"),
        WarningCode::Languages => fl!(l, "desk-warning-languages"),
        WarningCode::Contacts => fl!(l, "desk-warning-contacts"),
        WarningCode::FactProof => fl!(l, "desk-warning-fact-proof"),
    }
}

/// Why something cannot be done yet, in a sentence that says what to do; `None` for what no page asks for.
pub(crate) fn withheld(words: Words, code: Code) -> Option<String> {
    let l = words.l;
    match code {
        Code::StillCompiling => Some(fl!(l, "desk-why-compiling")),
        Code::Refused => Some(fl!(l, "desk-why-refused")),
        Code::Revoked => Some(fl!(l, "desk-why-revoked")),
        Code::SecondPersonNeeded => Some(fl!(l, "desk-why-second")),
        Code::ApproverNeeded => Some(fl!(l, "desk-why-approver")),
        Code::SignatureMissing => Some(fl!(l, "desk-why-signature")),
        Code::ReceiptMissing => Some(fl!(l, "desk-why-receipt")),
        Code::ShadowReportMissing => Some(fl!(l, "desk-why-shadow")),
        Code::NotInForce => Some(fl!(l, "desk-why-not-in-force")),
        Code::NothingBefore => Some(fl!(l, "desk-why-nothing-before")),
        Code::InThePast => Some(fl!(l, "desk-why-past")),
        Code::TooManyUploads => Some(fl!(l, "desk-why-uploads")),
        Code::TooManyVersions => Some(fl!(l, "desk-why-versions")),
        Code::TooManyBytes => Some(fl!(l, "desk-why-bytes")),
        Code::LastKey => Some(fl!(l, "desk-why-last-key")),
        _ => None,
    }
}
