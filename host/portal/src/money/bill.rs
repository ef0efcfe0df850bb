//! The part of a claim's page that is for who bills: each line with what became of it, what to fix and
//! where, what was paid and why not the rest, and what can be done.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::Cents;
use domain::claim::State;
use domain::plan::billing::{ClaimLine, Frequency, LineOutcome, Rejection};
use domain::plan::types::DenialKind;
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use workflow::shown::{Body, Claim, Dispute, ShownCase};

use super::entry::LineField;
use super::{CLAIMS, adjustment, span};
use crate::case::dollars;
use crate::names::Names;
use crate::parts::{Action, Entry, Message, Summary, Tone};
use crate::words::Words;

/// The lines of a bill, its sums, its disputes, and what can be done.
#[derive(Clone, Template)]
#[template(path = "money/bill.html")]
pub(crate) struct Bill {
    pub(crate) messages: Vec<Message>,
    pub(crate) sums: Summary,
    pub(crate) lines: Vec<Line>,
    pub(crate) disputes: Vec<DisputeText>,
    pub(crate) actions: Vec<Action>,
}

impl HtmlSafe for Bill {}

/// One line, as it was billed and as it stands.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) tone: Tone,
    /// Word of its outcome, such as "Will be paid".
    pub(crate) outcome: String,
    pub(crate) billed: String,
    pub(crate) problem: Option<Problem>,
    /// Amount that the plan pays or paid.
    pub(crate) amount: Option<String>,
    /// Why it is not the charge, and why it was paid where no authorization covers it.
    pub(crate) why_so_much: Vec<String>,
}

/// Problem of a line: where it is, why, and what puts it right.
#[derive(Clone)]
pub(crate) struct Problem {
    pub(crate) field: Option<String>,
    pub(crate) reason: String,
    pub(crate) fix: Option<String>,
}

/// Words of a dispute, or of its answer.
#[derive(Clone)]
pub(crate) struct DisputeText {
    pub(crate) head: String,
    pub(crate) text: String,
}

/// The part of a claim's page; `None` for a case that is no claim.
pub(crate) fn part(words: Words, shown: &ShownCase, names: &Names) -> Option<Bill> {
    let Body::Claim(body) = &shown.case.body else { return None };
    Some(Bill {
        messages: messages(words, body),
        sums: sums(words, body),
        lines: body.lines.iter().map(|one| line(words, one, body, shown)).collect(),
        disputes: body.disputes.iter().flat_map(|dispute| said(words, dispute)).collect(),
        actions: if names.is_own(shown.case.provider) && !shown.for_plan {
            actions(words, shown, body)
        } else {
            Vec::new()
        },
    })
}

fn messages(words: Words, body: &Claim) -> Vec<Message> {
    let l = words.l;
    let is_rejected = matches!(body.state, State::Rejected { .. });
    let text =
        (is_rejected && body.frequency == Frequency::Replacement).then(|| fl!(l, "money-earlier-stands"));
    text.into_iter().map(|text| Message { tone: Tone::Soon, text }).collect()
}

/// Links to all that can be done with a bill of one's own.
fn actions(words: Words, shown: &ShownCase, body: &Claim) -> Vec<Action> {
    let l = words.l;
    let id = shown.case.id;
    let mut actions = Vec::new();
    if body.state.can_be_corrected() {
        let is_next = matches!(body.state, State::Rejected { .. });
        let text = fl!(l, "money-correct");
        let address = format!("{CLAIMS}/{id}/correct");
        actions.push(if is_next { Action::main(text, address) } else { Action::other(text, address) });
        actions.push(Action::other(fl!(l, "money-void"), format!("{CLAIMS}/{id}/void")));
    }
    if may_be_disputed(body) {
        actions.push(Action::other(fl!(l, "money-dispute"), format!("{CLAIMS}/{id}/dispute")));
    }
    match &body.state {
        State::Replaced { by, .. } | State::Voided { by, .. } => {
            actions.push(Action::main(fl!(l, "money-open-later"), format!("{CLAIMS}/{by}")));
        }
        State::Void { of, .. } => {
            actions.push(Action::other(fl!(l, "money-open-earlier"), format!("{CLAIMS}/{of}")));
        }
        _ => {}
    }
    if let (Some(earlier), Frequency::Replacement) = (shown.case.follows, body.frequency) {
        actions.push(Action::other(fl!(l, "money-open-earlier"), format!("{CLAIMS}/{earlier}")));
    }
    actions
}

/// True if the plan's last action may still be disputed, but for the time that has passed.
pub(crate) fn may_be_disputed(body: &Claim) -> bool {
    let acted = match &body.state {
        State::Denied { at, .. } | State::Paid { at, .. } => *at,
        _ => return false,
    };
    !body.disputes.iter().any(|dispute| dispute.at >= acted)
}

/// A case with the amount that stands as paid; `None` where it is no bill, or nothing was paid.
pub(crate) fn paid(shown: &ShownCase) -> Option<(&ShownCase, Cents)> {
    let Body::Claim(body) = &shown.case.body else { return None };
    let (_, paid) = body.state.payment()?;
    Some((shown, Cents::sum(paid.lines.iter().map(|line| line.amount))?))
}

/// Sums of a bill: what was billed, what will be paid, what was paid.
pub(crate) fn sums(words: Words, body: &Claim) -> Summary {
    let l = words.l;
    let sum = |amounts: Vec<Cents>| Cents::sum(amounts).map_or_else(String::new, |cents| dollars(cents.0));
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let mut rows = vec![entry(fl!(l, "billed"), sum(body.lines.iter().map(|line| line.charge).collect()))];
    match body.state.payment() {
        Some((_, paid)) => rows.push(Entry {
            name: fl!(l, "money-paid"),
            value: sum(paid.lines.iter().map(|line| line.amount).collect()),
            note: Some(fl!(l, "money-under-number", number = paid.number.as_str())),
        }),
        None => rows.push(entry(fl!(l, "money-line-payable"), sum(payable(body)))),
    }
    Summary { rows }
}

fn payable(body: &Claim) -> Vec<Cents> {
    let amount = |outcome: &LineOutcome| match outcome {
        LineOutcome::Payable(payment) => Some(payment.amount),
        _ => None,
    };
    body.results.iter().filter_map(|result| amount(&result.outcome)).collect()
}

/// Number and code of a line.
pub(crate) fn name(words: Words, line: &ClaimLine) -> String {
    fl!(words.l, "money-line", number = line.number, procedure = line.procedure.to_string())
}

/// Units, days and charge of a line in one sentence.
pub(crate) fn billed(words: Words, line: &ClaimLine) -> String {
    let (days, charge) = (span(words, &line.days), dollars(line.charge.0));
    fl!(words.l, "money-line-billed", units = line.units, days = days, charge = charge)
}

fn line(words: Words, line: &ClaimLine, body: &Claim, shown: &ShownCase) -> Line {
    let result = body.results.iter().find(|result| result.number == line.number);
    let (tone, outcome) = outcome(words, result.map(|result| &result.outcome), body, line.number);
    let (amount, why_so_much) = amount(words, body, line.number);
    Line {
        name: name(words, line),
        tone,
        outcome,
        billed: billed(words, line),
        problem: problem(words, body, line.number, shown),
        amount,
        why_so_much,
    }
}

fn outcome(words: Words, found: Option<&LineOutcome>, body: &Claim, number: u16) -> (Tone, String) {
    let l = words.l;
    if matches!(body.state, State::Void { .. }) {
        return (Tone::Plain, fl!(l, "money-taken-back"));
    }
    if let Some((_, paid)) = body.state.payment()
        && let Some(paid) = paid.lines.iter().find(|paid| paid.number == number)
    {
        let was_paid = paid.amount > Cents::ZERO;
        return if was_paid {
            (Tone::Good, fl!(l, "money-line-paid"))
        } else {
            (Tone::Late, fl!(l, "money-line-unpaid"))
        };
    }
    match found {
        Some(LineOutcome::Payable(_)) => (Tone::Good, fl!(l, "money-line-payable")),
        Some(LineOutcome::Rejected(_)) => (Tone::Soon, fl!(l, "money-line-rejected")),
        Some(LineOutcome::Pended(_)) => (Tone::Soon, fl!(l, "money-line-pended")),
        Some(LineOutcome::Denied(denied)) if denied.kind == DenialKind::Administrative => {
            (Tone::Late, fl!(l, "money-line-denied"))
        }
        // A clinical denial of rules is a recommendation, which people weigh.
        Some(LineOutcome::Denied(_)) | None => (Tone::Plain, fl!(l, "money-line-people")),
    }
}

/// Problem of a line, in the plan's words or the host's; `None` where nothing is.
pub(crate) fn problem(words: Words, body: &Claim, number: u16, shown: &ShownCase) -> Option<Problem> {
    let result = body.results.iter().find(|result| result.number == number)?;
    match &result.outcome {
        LineOutcome::Rejected(rejection) => Some(rejected(words, rejection)),
        LineOutcome::Pended(asks) => {
            let questions: Vec<String> =
                asks.iter().map(|ask| words.pick(&shown.declared.question(ask))).collect();
            Some(Problem { field: None, reason: questions.join(" "), fix: None })
        }
        LineOutcome::Denied(denied) if denied.kind == DenialKind::Administrative => {
            Some(Problem { field: None, reason: words.pick(&denied.reason), fix: None })
        }
        LineOutcome::Denied(_) | LineOutcome::Payable(_) => None,
    }
}

fn rejected(words: Words, rejection: &Rejection) -> Problem {
    let field = LineField::of(&rejection.field).map(|field| field.label(words));
    let code = match &rejection.remark {
        Some(remark) => format!("{} {remark}", rejection.reason_code),
        None => rejection.reason_code.clone(),
    };
    Problem {
        field,
        reason: fl!(words.l, "money-problem", reason = words.pick(&rejection.reason), code = code),
        fix: Some(words.pick(&rejection.fix)),
    }
}

/// Amount that the plan pays for a line, and why not the rest.
fn amount(words: Words, body: &Claim, number: u16) -> (Option<String>, Vec<String>) {
    let l = words.l;
    if let Some((at, remittance)) = body.state.payment() {
        let Some(paid) = remittance.lines.iter().find(|paid| paid.number == number) else {
            return (None, Vec::new());
        };
        let on = pacific_day(at);
        let without = paid.without_authorization.as_ref().map(|reason| words.pick(&reason.told()));
        let without = without.map(|reason| fl!(l, "money-without-authorization", reason = reason));
        let less = paid.adjustments.iter().map(|one| adjustment(words, one, on));
        let why = less.chain(without).collect();
        return (Some(fl!(l, "money-was-paid", amount = dollars(paid.amount.0))), why);
    }
    let priced = body.results.iter().find(|result| result.number == number).map(|result| &result.outcome);
    let (Some(LineOutcome::Payable(payment)), Some(line)) =
        (priced, body.lines.iter().find(|line| line.number == number))
    else {
        return (None, Vec::new());
    };
    let why = payment.adjustments.iter().map(|one| adjustment(words, one, line.days.first)).collect();
    (Some(fl!(l, "money-is-priced", amount = dollars(payment.amount.0))), why)
}

/// A dispute in the provider's words, and the plan's answer.
fn said(words: Words, dispute: &Dispute) -> Vec<DisputeText> {
    let l = words.l;
    let head = fl!(l, "money-disputed-on", day = words.instant(dispute.at));
    let mut said = vec![DisputeText { head, text: dispute.reason.clone() }];
    if let Some(answer) = &dispute.answer {
        let day = words.instant(answer.at);
        said.push(DisputeText {
            head: if answer.upheld {
                fl!(l, "money-upheld-on", day = day)
            } else {
                fl!(l, "money-paid-on", day = day)
            },
            text: answer.reason.as_ref().map(|reason| words.pick(&reason.told())).unwrap_or_default(),
        });
    }
    said
}
