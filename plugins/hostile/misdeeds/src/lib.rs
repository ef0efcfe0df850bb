//! A plugin that misbehaves on request, for testing the sandbox and the checks of answers. A fact
//! `plan.hostile-plan.behavior` says how; without one, the id of the request does. Where no words are handed
//! over, the code `plan.hostile-plan.manner` says how. A test that writes a name into [`MODE`] in the
//! component's bytes makes it misbehave whatever it is asked, for those who ask what they like, and makes it
//! lie about who it is.

mod bill;
mod lie;
mod misdeed;

use std::hint::black_box;

use crosswalk_plan::authorization::{
    AuthorizationRequest, Decision, Determination, Grant, GrantedLine, Presumption,
};
use crosswalk_plan::profile::{ClaimForm, CriterionKind, FactKind, Mode, PaymentModel, PlanProfile};
use crosswalk_plan::referral::{Destination, Disposition, Redirection, ReferralRequest, TriageResult};
use crosswalk_plan::types::{
    Ask, Bilingual, Context, Denial, DenialKind, Fact, Finding, FindingOutcome, Period, PlanError, Workflow,
};
use crosswalk_plan::{
    Asked, ClaimCriteria, Elected, Facts, Length, Plan, Presume, Price, Rule, Test, authorization, bi, day,
    profile, referral, since, text,
};

/// The plan that misbehaves.
pub struct Hostile;

impl profile::Guest for Hostile {
    fn describe() -> PlanProfile {
        lie::told(PLAN.describe(), mode().unwrap_or_default())
    }
}

impl referral::Guest for Hostile {
    fn triage(request: ReferralRequest, context: Context) -> Result<TriageResult, PlanError> {
        let honest = PLAN.triage(&request, &context);
        let (findings, reason) = match behave(&request.facts, &request.id, &context)? {
            Answer::Pend(asks) => {
                let (disposition, findings) = (Disposition::NeedsMore(asks), vec![unknown()]);
                return Ok(TriageResult { disposition, findings, notes: Vec::new() });
            }
            Answer::Honest
            | Answer::BadDate
            | Answer::BadProcedure
            | Answer::NoUnits
            | Answer::Cut { .. }
            | Answer::Lines(_)
            | Answer::PresumeAnyway
            | Answer::Swap { .. }
            | Answer::ShortWindow => return Ok(honest),
            Answer::Asks => {
                return Ok(TriageResult { disposition: Disposition::NeedsMore(endless_asks()), ..honest });
            }
            Answer::Echo => {
                let RequestHeard { findings, notes, reason } = RequestHeard::of(&format!(
                    "{} {:?} {:?} {:?} {context:?}",
                    request.id, request.member, request.referrer, request.preferred
                ));
                let denial = Denial { kind: DenialKind::Administrative, reason };
                return Ok(TriageResult { disposition: Disposition::NotEligible(denial), findings, notes });
            }
            Answer::Redirect => {
                let to = Destination::Plan(PLAN.id.to_owned());
                let redirection = Redirection { to, reason: bi("Ask this plan.", "Pregunte a este plan.") };
                return Ok(TriageResult {
                    disposition: Disposition::Redirected(redirection),
                    findings: Vec::new(),
                    notes: Vec::new(),
                });
            }
            Answer::Elsewhere { criteria } => {
                let to = Destination::Service("housing-deposits".to_owned());
                let redirection = Redirection { to, reason: bi("Ask for another.", "Pida otro.") };
                return Ok(TriageResult {
                    disposition: Disposition::Redirected(redirection),
                    findings: criteria.iter().map(|id| fails(id)).collect(),
                    notes: Vec::new(),
                });
            }
            Answer::Notes(bytes) => return Ok(TriageResult { notes: vec!["a".repeat(bytes)], ..honest }),
            Answer::NotMet { findings, reason } => (findings, reason),
            Answer::Undeclared => return Ok(TriageResult { findings: vec![undeclared()], ..honest }),
            Answer::Denial => (Vec::new(), bi("No.", "No.")),
            Answer::Big(reason) => (Vec::new(), reason),
        };
        let disposition = Disposition::NotEligible(Denial { kind: DenialKind::Administrative, reason });
        Ok(TriageResult { disposition, findings, notes: Vec::new() })
    }
}

impl authorization::Guest for Hostile {
    fn presume(request: AuthorizationRequest, context: Context) -> Result<Option<Presumption>, PlanError> {
        let honest = PLAN.presume(&request, &context);
        match behave(&request.facts, &request.id, &context)? {
            Answer::ShortWindow => Ok(honest.map(|presumption| Presumption { days: 1, ..presumption })),
            Answer::PresumeAnyway => {
                Ok(PLAN.presumptive.iter().find(|rule| rule.service == request.service).map(|rule| {
                    Presumption {
                        rule: rule.id.to_owned(),
                        starts: context.as_of,
                        days: rule.days,
                        findings: Vec::new(),
                    }
                }))
            }
            Answer::BadDate => {
                let late = |presumption| Presumption { starts: day(2026, 13, 45), ..presumption };
                Ok(honest.map(late))
            }
            Answer::Undeclared => {
                Ok(honest.map(|presumption| Presumption { findings: vec![undeclared()], ..presumption }))
            }
            _ => Ok(honest),
        }
    }

    fn determine(request: AuthorizationRequest, context: Context) -> Result<Determination, PlanError> {
        let honest = PLAN.determine(&request, &context);
        let line = |procedure, units, days| {
            Decision::Approved(Grant {
                lines: vec![GrantedLine { procedure, units, days }],
                conditions: Vec::new(),
            })
        };
        let asked = request.lines.first();
        let procedure = asked.map_or_else(|| PRICE.procedure(), |asked| asked.procedure.clone());
        let days = asked.map_or(since(context.as_of), |asked| asked.days);
        let decision = match behave(&request.facts, &request.id, &context)? {
            Answer::Honest
            | Answer::Lines(_)
            | Answer::PresumeAnyway
            | Answer::ShortWindow
            | Answer::Redirect
            | Answer::Elsewhere { .. } => {
                return Ok(honest);
            }
            Answer::Notes(bytes) => return Ok(Determination { notes: vec!["a".repeat(bytes)], ..honest }),
            Answer::Cut { days: granted, findings } => {
                let last = days.first.plus_days(i64::from(granted) - 1);
                let days = Period { first: days.first, last: Some(last) };
                let lines = vec![GrantedLine { procedure, units: granted, days }];
                let decision = Decision::PartlyApproved(Grant { lines, conditions: Vec::new() });
                return Ok(Determination { decision, findings, notes: Vec::new() });
            }
            Answer::Swap { criteria } => {
                let other = crosswalk_plan::types::Procedure {
                    code: "G9008".to_owned(),
                    modifiers: vec!["U1".to_owned()],
                };
                let units = asked.map_or(1, |asked| asked.units);
                let lines = vec![GrantedLine { procedure: other, units, days }];
                return Ok(Determination {
                    decision: Decision::Modified(Grant { lines, conditions: Vec::new() }),
                    findings: criteria.iter().map(|id| fails(id)).collect(),
                    notes: Vec::new(),
                });
            }
            Answer::NotMet { findings, reason } => {
                let denial = Denial { kind: DenialKind::Administrative, reason };
                return Ok(Determination { decision: Decision::Denied(denial), findings, notes: Vec::new() });
            }
            Answer::Asks => {
                return Ok(Determination { decision: Decision::Pended(endless_asks()), ..honest });
            }
            Answer::Echo => {
                let RequestHeard { findings, notes, reason } = RequestHeard::of(&format!(
                    "{} {:?} {:?} {context:?}",
                    request.id, request.member, request.provider
                ));
                let denial = Denial { kind: DenialKind::Administrative, reason };
                return Ok(Determination { decision: Decision::Denied(denial), findings, notes });
            }
            Answer::Pend(asks) => {
                let (decision, findings) = (Decision::Pended(asks), vec![unknown()]);
                return Ok(Determination { decision, findings, notes: Vec::new() });
            }
            Answer::NoUnits => line(procedure, 0, days),
            Answer::Undeclared => return Ok(Determination { findings: vec![undeclared()], ..honest }),
            Answer::BadDate => {
                line(procedure, 1, Period { first: day(2026, 13, 45), last: Some(day(2026, 2, 31)) })
            }
            Answer::BadProcedure => line(
                crosswalk_plan::types::Procedure {
                    code: "ZZZZZ".to_owned(),
                    modifiers: vec!["U6".to_owned(); 6],
                },
                1,
                days,
            ),
            Answer::Denial => {
                Decision::Denied(Denial { kind: DenialKind::Administrative, reason: bi("No.", "No.") })
            }
            Answer::Big(reason) => Decision::Denied(Denial { kind: DenialKind::Administrative, reason }),
        };
        Ok(Determination { decision, findings: Vec::new(), notes: Vec::new() })
    }
}

crosswalk_plan::export!(Hostile: profile, referral, authorization, billing);

/// Answer of a behavior that answers at all.
enum Answer {
    Honest,
    Undeclared,
    Denial,
    BadDate,
    BadProcedure,
    Big(Bilingual),
    Pend(Vec<Ask>),
    NoUnits,
    ShortWindow,
    /// It lets service start, whoever asks.
    PresumeAnyway,
    /// It asks for everything, whatever it is told.
    Asks,
    /// It says no, and repeats what it was handed.
    Echo,
    /// It says no, in so many findings and in a sentence so long.
    NotMet {
        findings: Vec<Finding>,
        reason: Bilingual,
    },
    /// It adds a note of so many bytes.
    Notes(usize),
    /// It sends the member to the very plan that was asked.
    Redirect,
    /// It grants care management in person of the other kind than was asked for, because these do not hold.
    Swap {
        criteria: &'static [&'static str],
    },
    /// It sends the member to another service, because these do not hold.
    Elsewhere {
        criteria: &'static [&'static str],
    },
    /// It grants so many days of what was asked for, on these findings.
    Cut {
        days: u32,
        findings: Vec<Finding>,
    },
    /// It says no to the lines of a claim without calling it that, or pays them as it may not.
    Lines(Veiled),
}

/// A no to the lines of a claim under another name, or a payment that cannot be believed.
struct Veiled {
    /// Reason code (CARC) that it gives.
    code: &'static str,
    /// Amount that it pays for a line; or none, and it calls the line one to be corrected.
    pays: Option<Pays>,
    findings: Vec<Finding>,
}

/// Amount that is paid for a line, in cents.
enum Pays {
    /// So much, or the charge if that is less; the rest is explained.
    Cents(i64),
    /// A cent more than was charged.
    MoreThanTheCharge,
    /// So much, and a cent of the rest is not explained.
    Unexplained(i64),
}

impl Veiled {
    fn of(code: &'static str, cents: Option<i64>, criteria: &[&str]) -> Answer {
        let findings = criteria.iter().map(|id| fails(id)).collect();
        Answer::Lines(Veiled { code, pays: cents.map(Pays::Cents), findings })
    }

    fn paying(pays: Pays) -> Answer {
        Answer::Lines(Veiled { code: "45", pays: Some(pays), findings: Vec::new() })
    }
}

/// The request, written into every place in which an answer has room for words.
struct RequestHeard {
    findings: Vec<Finding>,
    notes: Vec<String>,
    reason: Bilingual,
}

impl RequestHeard {
    fn of(heard: &str) -> RequestHeard {
        // No sentence may be longer.
        let heard: String = heard.chars().filter(char::is_ascii).take(2_000).collect();
        let reason = bi(heard.clone(), heard.clone());
        let finding = Finding {
            criterion: "hostile.coverage".to_owned(),
            outcome: FindingOutcome::NotMet,
            evidence: Vec::new(),
            reason: reason.clone(),
        };
        RequestHeard { findings: vec![finding], notes: vec![heard], reason }
    }
}

/// More than anybody would try in pairs.
fn endless_asks() -> Vec<Ask> {
    let facts = [
        "housing.status",
        "discharge.facility-kind",
        "pregnancy.status",
        "ihss.status",
        "program.waiver-1915c",
        "clinical.hba1c",
        "clinical.malnutrition-score",
        "clinical.asthma-control-score",
        "clinical.adl-support-hours",
        "utilization.ed-visits-6m",
        "utilization.ed-visits-12m",
        "utilization.inpatient-stays-6m",
        "stay.expected-days",
        "nursing.days-in-facility",
        "respite.hours-used",
        "housing.rent-dollars",
        "food.weeks-received",
        "discharge.date",
        "justice.release-date",
        "clinical.smi-or-sud",
        "clinical.dementia",
        "clinical.complex-need",
        "social.complex-factor",
        "program.hospice",
    ];
    facts.into_iter().map(|code| Ask::Fact(code.to_owned())).collect()
}

fn behave(facts: &[Fact], id: &str, context: &Context) -> Result<Answer, PlanError> {
    let behavior = facts
        .iter()
        .find(|fact| fact.code == BEHAVIOR)
        .and_then(|fact| Facts(std::slice::from_ref(fact)).text(BEHAVIOR));
    let behavior = mode().or(Facts(facts).coded(MANNER)).or(behavior).unwrap_or(id);
    if let Some((what, size)) = behavior.rsplit_once('-')
        && let Ok(size) = size.parse()
    {
        return Ok(sized(what, size));
    }
    match behavior {
        "redirects-home" => Ok(Answer::Redirect),
        "denies-for-coverage" => Ok(denies(&[COVERAGE])),
        "denies-for-need" => Ok(denies(&[NEED])),
        "denies-for-both" => Ok(denies(&[COVERAGE, NEED])),
        "swaps-without-a-word" => Ok(Answer::Swap { criteria: &[] }),
        "swaps-for-need" => Ok(Answer::Swap { criteria: &[COMPLEX_NEED] }),
        "swaps-for-coverage" => Ok(Answer::Swap { criteria: &[COVERAGE] }),
        "redirects-for-need" => Ok(Answer::Elsewhere { criteria: &[NEED] }),
        "redirects-for-coverage" => Ok(Answer::Elsewhere { criteria: &[COVERAGE] }),
        "redirects-for-nothing" => Ok(Answer::Elsewhere { criteria: &[] }),
        "rejects-for-coverage" => Ok(Veiled::of("204", None, &[COVERAGE])),
        "rejects-for-need" => Ok(Veiled::of("16", None, &[NEED])),
        "rejects-as-needless" => Ok(Veiled::of("50", None, &[])),
        "pays-half-by-contract" => Ok(Veiled::of("45", Some(PRICE_CENTS / 2), &[])),
        "pays-nothing-for-need" => Ok(Veiled::of("96", Some(0), &[NEED])),
        "pays-nothing-as-needless" => Ok(Veiled::of("50", Some(0), &[])),
        "pays-a-cent-as-too-long" => Ok(Veiled::of("152", Some(1), &[])),
        "pays-above-charge" => Ok(Veiled::paying(Pays::MoreThanTheCharge)),
        "pays-above-rate" => Ok(Veiled::paying(Pays::Cents(PRICE_CENTS + 1))),
        "pays-unbalanced" => Ok(Veiled::paying(Pays::Unexplained(PRICE_CENTS))),
        "second-thoughts" if misdeed::asked_before() => Ok(sized("findings", 1)),
        "creeps" => {
            misdeed::keep_a_page();
            Ok(Answer::Honest)
        }
        "ponders" => {
            misdeed::ponder();
            Ok(Answer::Honest)
        }
        "asks-forever" => Ok(Answer::Asks),
        "echoes" => Ok(Answer::Echo),
        // It asks, and never comes back once it is told anything.
        "stalls-when-told" if facts.len() == 1 => Ok(Answer::Asks),
        "stalls-when-told" => misdeed::run_forever(),
        "loop" => misdeed::run_forever(),
        "memory" => misdeed::take_all_memory(),
        "recurse" => Ok(misdeed::recurse_forever()),
        "big-answer" => Ok(Answer::Big(misdeed::sentence_of(misdeed::BIG))),
        "huge-answer" => Ok(Answer::Big(misdeed::sentence_of(misdeed::HUGE))),
        "trap" => misdeed::trap(),
        "undeclared" => Ok(Answer::Undeclared),
        "denial-without-findings" => Ok(Answer::Denial),
        "guest-error" => Err(PlanError::Internal("asked to fail".to_owned())),
        "bad-date" => Ok(Answer::BadDate),
        "bad-procedure" => Ok(Answer::BadProcedure),
        "pend-for-ever" => Ok(Answer::Pend(vec![Ask::Fact("clinical.complex-need".to_owned())])),
        "pend-for-nothing" => Ok(Answer::Pend(Vec::new())),
        "no-units" => Ok(Answer::NoUnits),
        "short-window" => Ok(Answer::ShortWindow),
        "presume-anyway" => Ok(Answer::PresumeAnyway),
        "trap-on-last-day" if context.coverage.days.last == Some(context.as_of) => misdeed::trap(),
        _ => Ok(Answer::Honest),
    }
}

/// An answer of an exact size: `sentence-2000`, `findings-200`, `asks-200`, `note-4000000`.
fn sized(what: &str, size: usize) -> Answer {
    let not_met = |number: usize| Finding {
        criterion: "hostile.coverage".to_owned(),
        outcome: FindingOutcome::NotMet,
        evidence: Vec::new(),
        reason: bi(format!("Reason {number}."), format!("Motivo {number}.")),
    };
    match what {
        "sentence" => {
            Answer::NotMet { findings: vec![not_met(1)], reason: bi("a".repeat(size), "a".repeat(size)) }
        }
        "findings" => Answer::NotMet { findings: (0..size).map(not_met).collect(), reason: bi("No.", "No.") },
        "asks" => Answer::Pend(vec![Ask::Fact("clinical.complex-need".to_owned()); size]),
        "note" => Answer::Notes(size),
        "cut" => Answer::Cut { days: length(size), findings: Vec::new() },
        "cut-for-need" => Answer::Cut { days: length(size), findings: vec![fails(NEED)] },
        "cut-for-coverage" => Answer::Cut { days: length(size), findings: vec![fails(COVERAGE)] },
        _ => Answer::Honest,
    }
}

fn length(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(1)
}

/// A no that is called administrative, whatever it rests on.
fn denies(criteria: &[&str]) -> Answer {
    Answer::NotMet { findings: criteria.iter().map(|id| fails(id)).collect(), reason: bi("No.", "No.") }
}

/// A finding that a declared criterion is not met.
fn fails(criterion: &str) -> Finding {
    Finding {
        criterion: criterion.to_owned(),
        outcome: FindingOutcome::NotMet,
        evidence: Vec::new(),
        reason: bi("It does not hold.", "No se cumple."),
    }
}

/// The behavior that is written into the component, if one is.
fn mode() -> Option<&'static str> {
    // As if it came from outside, so that the compiler does not read it for us.
    let written = black_box(&MODE).split(|byte| *byte == b':').nth(1)?;
    Some(std::str::from_utf8(written).ok()?.trim()).filter(|mode| !mode.is_empty())
}

/// A finding that says of a declared criterion that nothing is known.
fn unknown() -> Finding {
    Finding {
        criterion: "hostile.coverage".to_owned(),
        outcome: FindingOutcome::Unknown,
        evidence: Vec::new(),
        reason: bi("Not known.", "No se sabe."),
    }
}

/// A finding that names a criterion the profile does not declare.
fn undeclared() -> Finding {
    Finding {
        criterion: "hostile.made-up".to_owned(),
        outcome: FindingOutcome::NotMet,
        evidence: Vec::new(),
        reason: bi("Made up.", "Inventado."),
    }
}

/// Place in the component in which a test writes a behavior, over the spaces.
static MODE: [u8; 42] = *b"hostile-plan-mode:                        ";

const COVERAGE: &str = "hostile.coverage";
const NEED: &str = "hostile.recuperative.needs-recovery";
const COMPLEX_NEED: &str = "hostile.ecm.complex-need";
const BEHAVIOR: &str = "plan.hostile-plan.behavior";
const MANNER: &str = "plan.hostile-plan.manner";
const SRV: &[&str] = &["SRV"];
const SINCE_2026: Period = since(day(2026, 1, 1));
const SOURCE: &str = "No document: this plan exists for tests.";
const PRICE: Price = Price::of(
    "hostile.t2033-u6",
    "recuperative-care",
    "T2033",
    &["U6"],
    PaymentModel::PerDiem,
    PRICE_CENTS,
    SINCE_2026,
);
const PRICE_CENTS: i64 = 20_000;

const PLAN: Plan = Plan {
    id: "hostile-plan",
    name: "Hostile Plan",
    version: "1.0.0",
    lines: &["medi-cal"],
    counties: SRV,
    languages: &["en", "es"],
    modes: &[
        (Workflow::Referral, Mode::Decides),
        (Workflow::Authorization, Mode::Decides),
        (Workflow::Billing, Mode::Decides),
    ],
    elections: &[Elected::of("ecm", SRV, SINCE_2026), Elected::of("recuperative-care", SRV, SINCE_2026)],
    rules: &[&[
        Rule::state(
            "hostile.coverage",
            "*",
            CriterionKind::Administrative,
            text("The plan covers the member.", "El plan cubre al miembro."),
            SOURCE,
            Test::Covered,
        ),
        Rule::state(
            "hostile.recuperative.needs-recovery",
            "recuperative-care",
            CriterionKind::Inclusion,
            text("The member needs to heal.", "El miembro necesita recuperarse."),
            SOURCE,
            Test::Yes("clinical.needs-recovery-care"),
        ),
        Rule::state(
            "hostile.ecm.complex-need",
            "ecm",
            CriterionKind::Inclusion,
            text("The member has a complex need.", "El miembro tiene una necesidad compleja."),
            SOURCE,
            Test::Yes("clinical.complex-need"),
        ),
    ]],
    facts: &[
        Asked {
            code: BEHAVIOR,
            kind: FactKind::Text,
            codes: &[],
            question: text("How should this plugin misbehave?", "¿Cómo debe portarse mal este complemento?"),
            proof: None,
            source: SOURCE,
        },
        Asked {
            code: MANNER,
            kind: FactKind::Coded,
            codes: &["asks-forever", "echoes", "stalls-when-told"],
            question: text("In which manner should it answer?", "¿De qué manera debe responder?"),
            proof: None,
            source: SOURCE,
        },
    ],
    presumptive: &[
        Presume {
            id: "hostile.presume.recuperative",
            service: "recuperative-care",
            population: None,
            days: 14,
            provider_kinds: &[],
            attest: &["clinical.needs-recovery-care"],
            effective: SINCE_2026,
        },
        Presume {
            id: "hostile.presume.ecm",
            service: "ecm",
            population: Some("homelessness"),
            days: 30,
            provider_kinds: &["street-medicine"],
            attest: &["clinical.complex-need"],
            effective: SINCE_2026,
        },
    ],
    defaults: &[Length::of("recuperative-care", 90, 60, None), Length::of("ecm", 365, 180, None)],
    promises: &[],
    rates: &[
        PRICE,
        Price::of(
            "hostile.g9012-u2",
            "ecm",
            "G9012",
            &["U2"],
            PaymentModel::FeeForService,
            7_000,
            SINCE_2026,
        ),
    ],
    claims: (ClaimForm::Invoice, "HOST0", 180),
    // One criterion is enough for a plan that exists to misbehave.
    claim_criteria: Some(ClaimCriteria {
        coverage: COVERAGE,
        timely: COVERAGE,
        procedure: COVERAGE,
        authorization: COVERAGE,
        duplicate: COVERAGE,
    }),
    requirements: &[],
    files: &[],
    delegates: &[],
    desks: &[],
    calendar: &[],
    tables: &[],
};
