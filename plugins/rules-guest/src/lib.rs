//! The ready guest: a plugin without rules of its own.
//!
//! `crosswalk plugin from-rules` puts a plan's rules into it, and takes away the exports of the workflows
//! that the plan's people work. What is left is a plugin like every other: it imports nothing, and its
//! answers are the SDK's, from the rules that it carries.

mod book;
mod carried;
mod redirect;

use crosswalk_plan::authorization::{AuthorizationRequest, Determination, Presumption};
use crosswalk_plan::billing::{Adjudication, Claim};
use crosswalk_plan::credentialing::{Application, ReviewResult};
use crosswalk_plan::profile::{ClaimForm, PlanProfile};
use crosswalk_plan::referral::{ReferralRequest, TriageResult};
use crosswalk_plan::types::{Context, Date, PlanError, Workflow};
use crosswalk_plan::{
    ClaimCriteria, Plan, Reference, authorization, billing, credentialing, key_of, profile, referral,
};

use crate::book::{Book, Part};
use crate::redirect::{Note, Redirects};

/// A plan that is its rules and nothing else.
pub struct Carried;

crosswalk_plan::export!(Carried: profile, referral, authorization, billing, credentialing);

impl profile::Guest for Carried {
    fn describe() -> PlanProfile {
        let book = Book(carried::rules());
        if book.0.is_empty() {
            // No plan has no id: no host takes a guest that carries nothing.
            return EMPTY.describe();
        }
        let plan = Plan {
            elections: book.read(Part::Elections),
            rules: vec![book.read_of(Part::Rules, |_| true)].leak(),
            facts: book.read(Part::Facts),
            presumptive: book.read(Part::Presumptive),
            defaults: book.read(Part::Defaults),
            promises: book.read(Part::Promises),
            rates: book.read_of(Part::Rates, |_| true),
            requirements: book.read(Part::Requirements),
            files: book.read(Part::Files),
            delegates: book.read(Part::Delegates),
            desks: book.read(Part::Desks),
            calendar: book.read(Part::Calendar),
            tables: book.read(Part::Tables),
            ..claims_of(book, identity(book))
        };
        plan.describe()
    }
}

impl referral::Guest for Carried {
    fn triage(request: ReferralRequest, context: Context) -> Result<TriageResult, PlanError> {
        let book = Book(carried::rules());
        let plan = plan_for(book, &request.service);
        let redirects = Redirects::of(book, &context, Workflow::Referral);
        match redirects.applying(&plan, &request) {
            Some(redirected) => Ok(redirected),
            None => Ok(TriageResult { notes: notes(book, &context), ..plan.triage(&request, &context) }),
        }
    }
}

impl authorization::Guest for Carried {
    fn presume(request: AuthorizationRequest, context: Context) -> Result<Option<Presumption>, PlanError> {
        let book = Book(carried::rules());
        if Redirects::of(book, &context, Workflow::Authorization).delegate(&request.service).is_some() {
            return Ok(None);
        }
        let plan = Plan { presumptive: book.read(Part::Presumptive), ..plan_for(book, &request.service) };
        Ok(plan.presume(&request, &context))
    }

    fn determine(request: AuthorizationRequest, context: Context) -> Result<Determination, PlanError> {
        let book = Book(carried::rules());
        let redirects = Redirects::of(book, &context, Workflow::Authorization);
        if let Some(delegate) = redirects.delegate(&request.service) {
            return Err(PlanError::Unsupported(format!("{delegate} decides for this member")));
        }
        let by_referral: List = book.read(Part::ByReferral);
        if by_referral.contains(&request.service.as_str()) {
            // An accepted referral is all it needs.
            let why =
                format!("{} is arranged by referral and has no procedure to authorize", request.service);
            return Err(PlanError::Unsupported(why));
        }
        let plan = Plan {
            defaults: book.read(Part::Defaults),
            rates: book.read_of(Part::Rates, |service| service == request.service),
            // A procedure that the plan does not price is found not met, as on a claim.
            ..claims_of(book, plan_for(book, &request.service))
        };
        Ok(Determination { notes: notes(book, &context), ..plan.determine(&request, &context) })
    }
}

impl billing::Guest for Carried {
    fn adjudicate(claim: Claim, context: Context) -> Result<Adjudication, PlanError> {
        let book = Book(carried::rules());
        let billed = |service: &str| claim.lines.iter().any(|line| line.service == service);
        let plan = Plan {
            rates: book.read_of(Part::Rates, billed),
            // A claim's findings are of rules for every service.
            ..claims_of(book, plan_for(book, "*"))
        };
        let (_, schedule) = claims(book);
        let mut amounts = Vec::new();
        if let Some((table, column)) = schedule
            && let Some(declared) = table_of(book, table)
        {
            for line in &claim.lines {
                if let Some(row) = context.table(declared).row(&[&key_of(&line.procedure)])? {
                    amounts.push((line.number, row.cents(column)?));
                }
            }
        }
        plan.adjudicate_at(&claim, &context, |line, price| {
            let scheduled = amounts.iter().find(|(number, _)| *number == line.number);
            scheduled.map_or(price.amount, |(_, amount)| *amount)
        })
    }
}

impl credentialing::Guest for Carried {
    fn review(application: Application, today: Date) -> Result<ReviewResult, PlanError> {
        let plan = Plan { requirements: Book(carried::rules()).read(Part::Requirements), ..EMPTY };
        Ok(plan.review(&application, today))
    }
}

/// The part of the plan that every answer about one service rests on.
fn plan_for(book: Book, service: &str) -> Plan {
    let of_service = |of: &str| of == service || of == "*";
    Plan {
        elections: book.read(Part::Elections),
        rules: vec![book.read_of(Part::Rules, of_service)].leak(),
        ..EMPTY
    }
}

type Named = (&'static str, &'static str, &'static str);
type List = &'static [&'static str];

fn identity(book: Book) -> Plan {
    let (named, (lines, counties, languages), modes): (Named, (List, List, List), &[_]) =
        book.read(Part::Identity);
    let (id, name, version) = named;
    Plan { id, name, version, lines, counties, languages, modes, ..EMPTY }
}

type Route = (ClaimForm, &'static str, u16);
type Schedule = Option<(&'static str, &'static str)>;

/// Address for claims and the criteria about them, and the table and column of amounts that take the rates'
/// place.
fn claims(book: Book) -> ((Route, Option<ClaimCriteria>), Schedule) {
    book.read(Part::Claims)
}

fn claims_of(book: Book, plan: Plan) -> Plan {
    let ((claims, claim_criteria), _) = self::claims(book);
    Plan { claims, claim_criteria, ..plan }
}

fn table_of(book: Book, name: &str) -> Option<&'static Reference> {
    let tables: &[Reference] = book.read(Part::Tables);
    tables.iter().find(|table| table.name == name)
}

/// Lines for the plan's own log about the rows of its tables.
fn notes(book: Book, context: &Context) -> Vec<String> {
    let notes: &[Note] = book.read(Part::Notes);
    if notes.is_empty() {
        return Vec::new();
    }
    let of_note = |note: &Note| {
        let rows = table_of(book, note.table).map(|table| context.table(table).rows().collect::<Vec<_>>());
        let cells = rows.into_iter().flatten().filter_map(|row| row.cell(note.column));
        cells.map(|cell| format!("{} {cell}", note.label)).collect::<Vec<_>>()
    };
    notes.iter().flat_map(of_note).collect()
}

/// A plan of which nothing is known.
const EMPTY: Plan = Plan {
    id: "",
    name: "",
    version: "",
    lines: &[],
    counties: &[],
    languages: &[],
    modes: &[],
    elections: &[],
    rules: &[],
    facts: &[],
    presumptive: &[],
    defaults: &[],
    promises: &[],
    rates: &[],
    claims: (ClaimForm::Invoice, "", 0),
    claim_criteria: None,
    requirements: &[],
    files: &[],
    delegates: &[],
    desks: &[],
    calendar: &[],
    tables: &[],
};
