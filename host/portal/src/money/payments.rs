//! Payments of plans, line by line, with the reasons for not paying the rest, and amounts that are taken
//! back.

use askama::Template;
use domain::Cents;
use domain::time::pacific_day;
use i18n_embed_fl::fl;
use workflow::shown::{Cause, Entry as Booked, ShownRemittance};

use super::{CLAIMS, PAYMENTS, adjustment};
use crate::case::dollars;
use crate::names::Names;
use crate::parts::{Action, Empty, Entry, Message, Row, Sheet, Summary, Titled, Tone};
use crate::shell::{Frame, Place, Shell};
use crate::words::Words;

/// Lines of a payment on one page.
pub const ON_PAGE: usize = 50;

/// Everything that the list of payments is made of.
pub struct Payments<'a> {
    /// Payments of the page, newest first.
    pub payments: &'a [ShownRemittance],
    /// Cursor of the next page.
    pub next: Option<&'a str>,
    /// True if this is not the first page.
    pub is_further: bool,
    /// Amounts that are still to be taken back, oldest first.
    pub open: &'a [Booked],
    /// True if more than that is to be taken back.
    pub is_more_open: bool,
    /// Names of plans, by their ids.
    pub names: &'a Names,
}

#[derive(Template)]
#[template(path = "money/payments.html")]
pub(crate) struct PaymentsPage {
    shell: Shell,
    heading: String,
    payments: Option<Titled>,
    open: Option<Sheet>,
    open_says: Option<String>,
    empty: Option<Empty>,
    next: Option<Action>,
}

/// Page of the payments, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, payments: &Payments<'_>) -> String {
    let words = frame.words;
    let heads = heads(words);
    let rows = payments.payments.iter().map(|one| payment(words, one, &heads, payments.names)).collect();
    let open = payments.open.iter().map(|one| open_row(words, one, payments.names)).collect();
    let sum = Cents::sum(payments.open.iter().map(|one| one.amount)).filter(|_| !payments.is_more_open);
    let next = payments.next.map(|cursor| format!("{PAYMENTS}?after={cursor}"));
    view(frame, rows, open, sum, next, payments.is_further).to_string()
}

pub(crate) fn heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![
        fl!(l, "ask-number"),
        fl!(l, "plan"),
        fl!(l, "money-recorded"),
        fl!(l, "money-lines-pay"),
        fl!(l, "money-lines-take"),
        fl!(l, "money-total"),
    ]
}

/// A row of a table with these heads; the first cell is its name.
pub(crate) fn row(heads: &[String], name: String, address: String, cells: Vec<String>) -> Row {
    Row { name, address: Some(address), cells: heads.iter().skip(1).cloned().zip(cells).collect() }
}

fn payment(words: Words, one: &ShownRemittance, heads: &[String], names: &Names) -> Row {
    let paid = &one.remittance;
    let cells = vec![
        names.plan(&paid.plan),
        words.instant(paid.at),
        dollars(one.paid().0),
        dollars(one.taken_back().0),
        dollars(paid.total.0),
    ];
    row(heads, paid.number.clone(), format!("{PAYMENTS}/{}", paid.id), cells)
}

pub(crate) fn open_heads(words: Words) -> Vec<String> {
    let l = words.l;
    vec![fl!(l, "claim"), fl!(l, "plan"), fl!(l, "money-cause"), fl!(l, "money-amount")]
}

fn open_row(words: Words, one: &Booked, names: &Names) -> Row {
    let name = fl!(words.l, "money-line-of-bill", number = one.line);
    let cells = vec![names.plan(&one.plan), cause(words, one.cause), dollars(one.amount.0)];
    row(&open_heads(words), name, format!("{CLAIMS}/{}", one.case), cells)
}

fn cause(words: Words, cause: Cause) -> String {
    let l = words.l;
    match cause {
        Cause::Paid => fl!(l, "money-cause-paid"),
        Cause::Replaced => fl!(l, "money-cause-replaced"),
        Cause::Voided => fl!(l, "money-cause-voided"),
        Cause::PaidAnew => fl!(l, "money-cause-paid-anew"),
    }
}

pub(crate) fn view(
    frame: &Frame<'_>,
    rows: Vec<Row>,
    open: Vec<Row>,
    sum: Option<Cents>,
    next: Option<String>,
    is_further: bool,
) -> PaymentsPage {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "money-payments-ask");
    let empty = rows.is_empty().then(|| {
        if is_further {
            Empty {
                title: fl!(l, "money-no-more"),
                text: fl!(l, "money-no-more-says"),
                action: Some(Action::other(fl!(l, "money-all-payments"), PAYMENTS)),
            }
        } else {
            Empty {
                title: fl!(l, "money-no-payments"),
                text: fl!(l, "money-no-payments-says"),
                action: Some(Action::other(fl!(l, "money-all-bills"), CLAIMS)),
            }
        }
    });
    let has_open = !open.is_empty();
    PaymentsPage {
        shell: Shell::of(frame, &heading, Some(Place::Payments)),
        heading,
        payments: (!rows.is_empty()).then(|| Titled {
            heading: "title".to_owned(),
            heads: heads(words),
            rows,
        }),
        open: has_open.then(|| Sheet {
            caption: fl!(l, "money-to-take-back"),
            heads: open_heads(words),
            rows: open,
        }),
        open_says: sum.filter(|_| has_open).map(|sum| fl!(l, "money-open-sum", amount = dollars(sum.0))),
        empty,
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
    }
}

/// A line of a payment, in the reader's words.
pub(crate) struct Paid {
    pub(crate) tone: Tone,
    pub(crate) name: String,
    pub(crate) bill: String,
    pub(crate) says: String,
    pub(crate) why_not_the_rest: Vec<String>,
    pub(crate) dispute: Option<Action>,
}

#[derive(Template)]
#[template(path = "money/payment.html")]
pub(crate) struct PaymentPage {
    shell: Shell,
    heading: String,
    message: Message,
    sums: Summary,
    lines: Vec<Paid>,
    next: Option<Action>,
    back: Action,
}

/// Page of one payment, as HTML. `skip` lines stand on the pages before. `may_dispute`: the viewer is of the
/// provider that was paid.
#[must_use]
pub fn payment_page(
    frame: &Frame<'_>,
    shown: &ShownRemittance,
    skip: usize,
    may_dispute: bool,
    names: &Names,
) -> String {
    let words = frame.words;
    let lines = shown.entries.iter().skip(skip).take(ON_PAGE);
    let lines = lines.map(|one| paid(words, one, may_dispute)).collect();
    let behind = skip.saturating_add(ON_PAGE);
    let is_more = behind < shown.entries.len();
    let next = is_more.then(|| format!("{PAYMENTS}/{}?skip={behind}", shown.remittance.id));
    let balances = shown.paid().checked_add(shown.taken_back()) == Some(shown.remittance.total);
    payment_view(frame, &shown.remittance.number, balances, sums(words, shown, names), lines, next)
        .to_string()
}

fn sums(words: Words, shown: &ShownRemittance, names: &Names) -> Summary {
    let l = words.l;
    let entry = |name: String, value: String| Entry { name, value, note: None };
    let paid = &shown.remittance;
    Summary {
        rows: vec![
            entry(fl!(l, "plan"), names.plan(&paid.plan)),
            entry(fl!(l, "money-recorded"), words.instant(paid.at)),
            entry(fl!(l, "money-lines-pay"), dollars(shown.paid().0)),
            entry(fl!(l, "money-lines-take"), dollars(shown.taken_back().0)),
            entry(fl!(l, "money-total"), dollars(paid.total.0)),
        ],
    }
}

fn paid(words: Words, one: &Booked, may_dispute: bool) -> Paid {
    let l = words.l;
    let on = pacific_day(one.at);
    // Charge less adjustments is the amount, of every line: the record holds none that does not balance.
    let charge = Cents::sum(one.adjustments.iter().map(|less| less.amount).chain([one.amount]));
    let charge = charge.map_or_else(String::new, |cents| dollars(cents.0));
    let amount = dollars(one.amount.0);
    let is_paid = one.cause == Cause::Paid;
    let says = if is_paid {
        fl!(l, "money-paid-of", amount = amount, charge = charge)
    } else {
        fl!(l, "money-back-because", amount = amount, cause = cause(words, one.cause))
    };
    let dispute = format!("{CLAIMS}/{}/dispute?line={}", one.case, one.line);
    Paid {
        tone: match (is_paid, one.amount > Cents::ZERO) {
            (true, true) => Tone::Good,
            (true, false) => Tone::Late,
            (false, _) => Tone::Soon,
        },
        name: fl!(l, "money-line-of-bill", number = one.line),
        bill: format!("{CLAIMS}/{}", one.case),
        says,
        why_not_the_rest: one.adjustments.iter().map(|less| adjustment(words, less, on)).collect(),
        dispute: (is_paid && may_dispute && !one.adjustments.is_empty())
            .then(|| Action::other(fl!(l, "money-dispute-line", number = one.line), dispute)),
    }
}

pub(crate) fn payment_view(
    frame: &Frame<'_>,
    number: &str,
    balances: bool,
    sums: Summary,
    lines: Vec<Paid>,
    next: Option<String>,
) -> PaymentPage {
    let l = frame.words.l;
    let heading = fl!(l, "money-payment-ask", number = number);
    PaymentPage {
        shell: Shell::of(frame, &heading, Some(Place::Payments)),
        heading,
        message: if balances {
            Message { tone: Tone::Good, text: fl!(l, "money-balances") }
        } else {
            Message { tone: Tone::Late, text: fl!(l, "money-balances-not") }
        },
        sums,
        lines,
        next: next.map(|address| Action::other(fl!(l, "more"), address)),
        back: Action::other(fl!(l, "money-all-payments"), PAYMENTS),
    }
}
