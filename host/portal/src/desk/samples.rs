//! The rules desk in its states, with an invented plan.

use domain::identifiers::Digest;
use domain::problem::Code;
use domain::release::{FaultLimit, Policy, Requirement};
use domain::rollout::Cohort;
use i18n_embed_fl::fl;
use jiff::civil::date;
use workflow::command::NewActivation;
use workflow::shown::ReceiptCheck;

use super::back::{self, Withdrawal};
use super::keys::{self, key_line};
use super::sentence_form::{self, Typed, Wrong};
use super::upload::{self, Reason, Upload};
use super::version_page::{self, Waiting, checks, services_heads};
use super::watch::{self, answers_heads};
use super::{Day, Entry, NOW, Parts, address, heads_now, line, said, view};
use crate::gallery::{self, Sample, said as told, sample};
use crate::parts::{
    Action, Card, Entry as Fact, LimitRow, Limits, Message, Row, Status, Summary, Task, Tasks, Title, Titled,
    Tone,
};
use crate::shell::{Frame, Role, Who};
use crate::words::Words;

/// A digest of figures only, which is the same in every language.
fn digest(figure: u8) -> Digest {
    let figure = char::from(b'0' + figure % 10);
    std::iter::repeat_n(figure, 64).collect::<String>().parse().expect("64 digits are a digest")
}

fn limit() -> FaultLimit {
    FaultLimit { most_per_hundred: 20, at_least: 20, among: 100 }
}

fn policy() -> Policy {
    let requires = [Requirement::TwoPeople, Requirement::Receipt, Requirement::Shadow].into();
    Policy { requires, roll_back: Some(limit()), most_changed_approvals: Some(25) }
}

pub(crate) fn samples(frame: &Frame<'_>) -> Vec<Sample> {
    let who = Who {
        name: "Ana Ruiz".to_owned(),
        organization: "Costa Verde".to_owned(),
        roles: vec![Role::PlanAnalyst],
        ..Who::default()
    };
    let frame = &Frame { who: Some(&who), ..*frame };
    let mut samples = desk(frame);
    samples.extend(uploads(frame));
    samples.extend(versions(frame));
    samples.extend(sentences(frame));
    samples.extend(ways_back(frame));
    samples.extend(watched(frame));
    samples.extend(key_pages(frame));
    samples
}

fn new_activation(later: bool) -> NewActivation {
    let day = date(2027, 1, 1);
    NewActivation {
        digest: digest(2),
        from: later.then(|| domain::time::pacific_end_of_day(date(2026, 12, 31))),
        rules_from: later.then_some(day),
        cohort: if later { Cohort::Share(10) } else { Cohort::Everyone },
    }
}

fn sentence(words: Words, later: bool) -> String {
    let new = new_activation(later);
    let version = said::version(words, Some("2.4.0"), &new.digest);
    said::sentence(words, &said::SentencePart::of_new(&new), &version)
}

fn entry(words: Words, tone: Tone, tag: String, later: bool, ended: bool) -> Entry {
    let ended = ended.then(|| said::ended(words, gallery::now(), "rolled-back"));
    Entry { tone, tag, sentence: sentence(words, later), address: address(&digest(2)), ended }
}

fn days(words: Words) -> Vec<Day> {
    let l = words.l;
    vec![
        Day {
            day: words.weekday(date(2027, 1, 1)),
            entries: vec![entry(words, Tone::Soon, fl!(l, "desk-scheduled"), true, false)],
        },
        Day {
            day: words.weekday(date(2026, 11, 2)),
            entries: vec![
                entry(words, Tone::Good, fl!(l, "desk-answers"), false, false),
                entry(words, Tone::Plain, fl!(l, "desk-ended"), false, true),
            ],
        },
    ]
}

fn asked_by(words: Words) -> String {
    fl!(words.l, "desk-asked-by", name = "R. Okafor", at = words.instant(gallery::now()))
}

fn desk(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let title = |number| said::title(words, Some(number), &digest(1));
    let version_line = |number, state: String| {
        let cells = [state, words.instant(gallery::now()), "R. Okafor".to_owned()];
        line(words, title(number), address(&digest(1)), cells)
    };
    let [_, since, about, whom] = heads_now(words);
    let now = Titled {
        heading: NOW.to_owned(),
        heads: heads_now(words).to_vec(),
        rows: vec![Row {
            name: title("2.3.1"),
            address: Some(address(&digest(1))),
            cells: vec![
                (since, words.instant(gallery::now())),
                (about, fl!(l, "desk-days-any")),
                (whom, fl!(l, "desk-whom-all")),
            ],
        }],
    };
    let version = said::version(words, Some("2.4.0"), &digest(2));
    let waiting = Card {
        tag: Some(fl!(l, "desk-for-you")),
        tone: Tone::Soon,
        title: fl!(l, "desk-confirm-title", version = version.clone()),
        address: Some(address(&digest(2))),
        sentence: format!("{} {}", sentence(words, true), asked_by(words)),
        clock: None,
    };
    let resting = fl!(
        l,
        "desk-breaker-open",
        version = version.clone(),
        operation = said::operation(words, "determine"),
        since = words.instant(gallery::now())
    );
    let parts = |typed: &str, is_no_day: bool, answer: Option<String>, is_empty: bool| Parts {
        heading: fl!(l, "desk-of", plan = "Costa Verde"),
        messages: if is_empty {
            Vec::new()
        } else {
            vec![Message { tone: Tone::Late, text: resting.clone() }]
        },
        now: (!is_empty).then(|| now.clone()),
        waiting: if is_empty { Vec::new() } else { vec![waiting.clone()] },
        typed: typed.to_owned(),
        is_no_day,
        answer,
        days: if is_empty { Vec::new() } else { days(words) },
        versions: if is_empty {
            Vec::new()
        } else {
            vec![version_line("2.4.0", fl!(l, "desk-compiled")), version_line("2.3.1", fl!(l, "desk-active"))]
        },
        next: (!is_empty).then(|| "1~2".to_owned()),
    };
    let answer = fl!(l, "desk-on-future", day = words.weekday(date(2027, 1, 1)), version = version);
    vec![
        sample("desk", view(frame, parts("", false, None, false)).to_string()),
        sample("desk-on-a-day", view(frame, parts("2027-01-01", false, Some(answer), false)).to_string()),
        sample("desk-day-wrong", view(frame, parts("soon", true, None, false)).to_string()),
        sample("desk-empty", view(frame, parts("", false, None, true)).to_string()),
    ]
}

fn reasons(words: Words) -> Vec<Reason> {
    let reason =
        |at: &str, (en, es): (&str, &str), (fix_en, fix_es): (&str, &str), detail: Option<&str>| Reason {
            at: at.to_owned(),
            says: told(words, en, es),
            fix: told(words, fix_en, fix_es),
            detail: detail.map(str::to_owned),
        };
    vec![
        reason(
            "profile",
            ("it does not export the profile", "no exporta el perfil"),
            ("export `profile`", "exporte `profile`"),
            Some("it does not export crosswalk:plan/profile@1.0.0"),
        ),
        reason(
            "imports",
            ("it asks for the network", "pide la red"),
            ("build it without sockets", "hágala sin sockets"),
            None,
        ),
    ]
}

fn uploads(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let page = |upload: &Upload| upload::page(frame, upload);
    let first = Upload { once: "once-1".to_owned(), ..Upload::default() };
    let missing = Upload { file_missing: true, note_wrong: true, ..first.clone() };
    let refused = Upload { reasons: reasons(words), note: "2.4.0".to_owned(), ..first.clone() };
    let full = Upload { withheld: vec![Code::TooManyUploads], ..first.clone() };
    let large = Upload { file_too_large: true, ..first.clone() };
    vec![
        sample("desk-upload", page(&first)),
        sample("desk-upload-again", page(&Upload { choose_again: true, ..first.clone() })),
        sample("desk-upload-missing-wrong", page(&missing)),
        sample("desk-upload-refused-wrong", page(&refused)),
        sample("desk-upload-full", page(&full)),
        sample("desk-upload-large-wrong", page(&large)),
    ]
}

fn gates(words: Words) -> Tasks {
    let l = words.l;
    let task = |text: String, state: String, tone, why: Option<String>| Task {
        text,
        address: None,
        state,
        tone,
        why,
    };
    let fails = Some(fl!(l, "desk-gate-fails"));
    let by_another = Some(fl!(l, "desk-gate-not-uploader", name = "R. Okafor"));
    Tasks {
        rows: vec![
            task(fl!(l, "desk-gate-signature"), fl!(l, "desk-gate-free"), Tone::Plain, None),
            task(fl!(l, "desk-gate-receipt"), fl!(l, "desk-gate-needed"), Tone::Soon, fails),
            task(fl!(l, "desk-gate-shadow"), fl!(l, "desk-gate-there"), Tone::Good, None),
            task(fl!(l, "desk-gate-second"), fl!(l, "desk-gate-needed"), Tone::Soon, by_another),
        ],
    }
}

fn receipt(words: Words) -> version_page::Checks {
    let check = |sentence: &str, cases, failed, wrong: Option<&str>| ReceiptCheck {
        id: "answers-alike".to_owned(),
        sentence: sentence.to_owned(),
        cases,
        failed,
        wrong: wrong.map(str::to_owned),
    };
    let broken = vec![("1".to_owned(), "expected an approval, found a pend".to_owned())];
    let rows = [
        check("The same request gets the same answer.", 240, 2, Some("two answers to one request")),
        check("It answers within its time and memory.", 240, 0, None),
        check("Every denial rests on a criterion that is found not met.", 0, 0, None),
    ];
    checks(words, &rows, broken)
}

fn services(words: Words) -> Titled {
    let l = words.l;
    let heads = services_heads(words);
    let cells = ["Costa Verde".to_owned(), words.day(date(2026, 1, 1)), fl!(l, "no-end"), fl!(l, "no-cap")];
    let row = Row {
        name: told(words, "Recuperative care", "Atención de recuperación"),
        address: None,
        cells: heads.iter().skip(1).cloned().zip(cells).collect(),
    };
    Titled { heading: version_page::SERVICES.to_owned(), heads: heads.to_vec(), rows: vec![row] }
}

fn version_parts(words: Words, status: Status) -> version_page::Parts {
    let l = words.l;
    version_page::Parts {
        heading: said::title(words, Some("2.4.0"), &digest(2)),
        address: address(&digest(2)),
        is_compiling: false,
        status,
        messages: Vec::new(),
        withheld: Vec::new(),
        waiting: None,
        actions: Vec::new(),
        gates: None,
        may_check: false,
        may_approve: false,
        sign: None,
        reasons: None,
        warnings: Vec::new(),
        checks: None,
        services: None,
        days: Vec::new(),
        facts: Summary {
            rows: vec![
                Fact {
                    name: fl!(l, "desk-uploaded-by"),
                    value: "R. Okafor".to_owned(),
                    note: Some(words.instant(gallery::now())),
                },
                Fact { name: fl!(l, "desk-digest"), value: digest(2).to_string(), note: None },
            ],
        },
        history: gallery::timeline(words),
    }
}

fn versions(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let page = |parts| version_page::view(frame, parts, "once-1").to_string();
    let status = |tone, word: String, says: String| Status { tone, word, says };
    let compiling = version_page::Parts {
        is_compiling: true,
        messages: vec![
            Message { tone: Tone::Plain, text: fl!(l, "desk-progress-expected", elapsed = 4, expected = 9) },
            Message { tone: Tone::Plain, text: fl!(l, "desk-queue", count = 1) },
        ],
        ..version_parts(words, status(Tone::Plain, fl!(l, "desk-compiling"), fl!(l, "desk-compiling-says")))
    };
    let refused = version_page::Parts {
        reasons: upload::reasons(words, &reasons(words)),
        ..version_parts(words, status(Tone::Late, fl!(l, "desk-refused"), fl!(l, "desk-refused-says")))
    };
    let ready = || version_page::Parts {
        actions: vec![
            Action::main(fl!(l, "desk-live"), format!("{}/live", address(&digest(2)))),
            Action::other(fl!(l, "desk-revoke"), format!("{}/revoke", address(&digest(2)))),
        ],
        gates: Some(gates(words)),
        may_check: true,
        may_approve: true,
        warnings: domain::floor::WarningCode::ALL.iter().map(|code| said::warning(words, *code)).collect(),
        checks: Some(receipt(words)),
        services: Some(services(words)),
        ..version_parts(words, status(Tone::Plain, fl!(l, "desk-compiled"), fl!(l, "desk-compiled-says")))
    };
    let signing = |typed: &str, is_wrong: bool| version_page::Parts {
        sign: Some(version_page::sign_form(
            words,
            vec![("sgn_0001".to_owned(), "1".to_owned())],
            "sgn_0001",
            typed,
            is_wrong,
        )),
        ..ready()
    };
    let waits = |confirm: Option<&str>| version_page::Parts {
        waiting: Some(Waiting {
            sentence: sentence(words, true),
            asked: asked_by(words),
            stops: sentence_form::stops(words, &policy()),
            confirm: confirm.map(str::to_owned),
        }),
        withheld: sentence_form::withheld(
            words,
            if confirm.is_some() { &[] } else { &[Code::SecondPersonNeeded] },
        ),
        ..ready()
    };
    let live = version_page::Parts {
        days: days(words),
        messages: vec![Message { tone: Tone::Late, text: fl!(l, "desk-does-not-load") }],
        ..version_parts(
            words,
            status(
                Tone::Good,
                fl!(l, "desk-active"),
                fl!(l, "desk-active-says", at = words.instant(gallery::now())),
            ),
        )
    };
    vec![
        sample("desk-version-compiling", page(compiling)),
        sample("desk-version-refused", page(refused)),
        sample("desk-version", page(ready())),
        sample("desk-version-sign", page(signing("", false))),
        sample("desk-version-sign-wrong", page(signing("12", true))),
        sample("desk-version-confirm", page(waits(Some("evt_0001")))),
        sample("desk-version-waits", page(waits(None))),
        sample("desk-version-live", page(live)),
    ]
}

fn sentences(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let page =
        |sentence: Option<String>, needs_another: bool, typed: &Typed, wrong: &[Wrong], codes: &[Code]| {
            let parts = sentence_form::Parts {
                version: said::version(words, Some("2.4.0"), &digest(2)),
                page: address(&digest(2)),
                counties: "Costa Verde".to_owned(),
                stops: sentence_form::stops(words, &policy()),
                withheld: sentence_form::withheld(words, codes),
                sentence,
                needs_another,
                back: None,
            };
            sentence_form::view(frame, parts, typed, wrong, "once-1").to_string()
        };
    let typed = Typed { when: "later".to_owned(), whom: "share".to_owned(), ..Typed::default() };
    let all = [Wrong::Day, Wrong::Time, Wrong::RulesFrom, Wrong::Share, Wrong::Counties];
    vec![
        sample("desk-live", page(None, false, &Typed::default(), &[], &[])),
        sample("desk-live-wrong", page(None, false, &typed, &all, &[])),
        sample("desk-live-past-wrong", page(None, true, &typed, &[Wrong::Past], &[])),
        sample("desk-live-read", page(Some(sentence(words, true)), false, &typed, &[], &[])),
        sample("desk-live-ask", page(Some(sentence(words, false)), true, &typed, &[], &[])),
        sample(
            "desk-live-withheld",
            page(
                Some(sentence(words, true)),
                false,
                &typed,
                &[],
                &[Code::ReceiptMissing, Code::ShadowReportMissing, Code::SignatureMissing],
            ),
        ),
    ]
}

fn ways_back(frame: &Frame<'_>) -> Vec<Sample> {
    let page = |withdrawal: &Withdrawal<'_>, codes: &[Code]| back::page(frame, withdrawal, codes, "once-1");
    let version = Some("2.4.0");
    let roll_back = |then, answers| Withdrawal::RollBack { digest: digest(2), version, then, answers };
    let revoke = |reason, wrong| Withdrawal::Revoke { digest: digest(2), version, reason, wrong };
    vec![
        sample("desk-roll-back", page(&roll_back(Some((digest(1), Some("2.3.1"))), true), &[])),
        sample("desk-roll-back-none", page(&roll_back(None, true), &[])),
        sample("desk-roll-back-scheduled", page(&roll_back(None, false), &[Code::NotInForce])),
        sample("desk-revoke", page(&revoke("", false), &[])),
        sample("desk-revoke-wrong", page(&revoke("", true), &[])),
        sample("desk-key-end", page(&Withdrawal::EndKey { id: "key_0001", label: "1" }, &[Code::LastKey])),
        sample("desk-signing-end", page(&Withdrawal::RetireKey { id: "sgn_0001", label: "1" }, &[])),
    ]
}

fn watched(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let heads = answers_heads(words);
    let answer = |word: &str, now: &str, before: &str| Row {
        name: said::outcome(words, word),
        address: None,
        cells: vec![(heads[1].clone(), now.to_owned()), (heads[2].clone(), before.to_owned())],
    };
    let answers = Titled {
        heading: watch::ANSWERS.to_owned(),
        heads: heads.to_vec(),
        rows: vec![
            answer("approved", "60 (60.0 %)", "70 (70.0 %)"),
            answer("pended", "40 (40.0 %)", "30 (30.0 %)"),
        ],
    };
    let faults = Limits {
        title: Title::Heading(watch::FAULTS),
        heads: [fl!(l, "desk-what"), fl!(l, "desk-faults"), fl!(l, "desk-rate")],
        rows: vec![LimitRow {
            name: fl!(l, "desk-last-calls"),
            used: fl!(l, "of", used = 5, whole = 100),
            left: fl!(l, "desk-fault-limit", rate = "5.0", most = 20),
            percent: 25,
        }],
    };
    let breakers = Titled {
        heading: watch::BREAKERS.to_owned(),
        heads: vec![fl!(l, "desk-operation"), fl!(l, "accounts-state"), fl!(l, "desk-sent-back")],
        rows: vec![Row {
            name: said::operation(words, "determine"),
            address: None,
            cells: vec![
                (fl!(l, "accounts-state"), fl!(l, "desk-breaker-asked")),
                (fl!(l, "desk-sent-back"), "3".to_owned()),
            ],
        }],
    };
    let heading = fl!(l, "desk-watch-heading", version = said::version(words, Some("2.4.0"), &digest(2)));
    let parts = |is_empty: bool| watch::Parts {
        heading: heading.clone(),
        messages: if is_empty {
            Vec::new()
        } else {
            vec![Message { tone: Tone::Late, text: fl!(l, "desk-watch-exceeded") }]
        },
        says: if is_empty {
            vec![fl!(l, "desk-watch-no-forecast")]
        } else {
            vec![
                fl!(l, "desk-watch-since", at = words.instant(gallery::now())),
                fl!(l, "desk-watch-gives", share = "60.0", count = 100),
                fl!(l, "desk-watch-before", share = "70.0", points = "-10.0"),
                fl!(l, "desk-watch-forecast", points = "-8.0", count = 200),
            ]
        },
        answers: (!is_empty).then(|| answers.clone()),
        faults: (!is_empty).then(|| faults.clone()),
        stops: sentence_form::stops(words, &policy()),
        breakers: (!is_empty).then(|| breakers.clone()),
        page: address(&digest(2)),
        back: (!is_empty).then(|| Action::other(fl!(l, "desk-roll-back"), address(&digest(2)))),
    };
    vec![
        sample("desk-watch", watch::view(frame, parts(false)).to_string()),
        sample("desk-watch-empty", watch::view(frame, parts(true)).to_string()),
    ]
}

fn key_pages(frame: &Frame<'_>) -> Vec<Sample> {
    let words = frame.words;
    let l = words.l;
    let row = |state: String| {
        let cells = [fl!(l, "desk-role-admin"), words.instant(gallery::now()), fl!(l, "desk-never"), state];
        key_line(words, "1".to_owned(), Some("/portal/rules/keys/key_0001/end".to_owned()), cells)
    };
    let page = |looks_after: bool, made: bool, wrong: &[keys::Wrong]| {
        let parts = keys::Parts {
            keys: looks_after.then(|| vec![row(fl!(l, "desk-key-works"))]),
            signing: Vec::new(),
            policy: keys::policy(words, &policy()),
            made: made.then(|| ("1".to_owned(), "cw_0123456789abcdef".to_owned())),
        };
        keys::view(frame, parts, &keys::Typed::default(), wrong, "once-1").to_string()
    };
    vec![
        sample("desk-keys", page(true, false, &[])),
        sample("desk-keys-made", page(true, true, &[])),
        sample("desk-keys-not-yours", page(false, false, &[])),
        sample("desk-keys-access-wrong", page(true, false, &[keys::Wrong::Label, keys::Wrong::Ends])),
        sample("desk-keys-signing-wrong", page(true, false, &[keys::Wrong::Purpose, keys::Wrong::Public])),
    ]
}
