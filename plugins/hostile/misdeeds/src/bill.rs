//! Claims: the same misdeeds, a no to their lines under other names, and payments that cannot be believed.

use crosswalk_plan::billing::{
    self, Adjudication, Adjustment, Claim, ClaimLine, LineOutcome, LineResult, Payment, Rejection,
};
use crosswalk_plan::types::{Ask, Bilingual, Context, Denial, DenialKind, Finding, PlanError};
use crosswalk_plan::{Plan, bi};

use super::{
    Answer, Hostile, PLAN, PRICE, Pays, RequestHeard, Veiled, behave, endless_asks, undeclared, unknown,
};

impl billing::Guest for Hostile {
    fn adjudicate(claim: Claim, context: Context) -> Result<Adjudication, PlanError> {
        let answer = behave(&claim.facts, &claim.id, &context)?;
        let honest = honest(&PLAN, &claim, &context)?;
        let each = |outcome: &dyn Fn(&ClaimLine) -> LineOutcome, findings: Vec<Finding>| {
            let result = |line: &ClaimLine| LineResult { number: line.number, outcome: outcome(line) };
            Adjudication { lines: claim.lines.iter().map(result).collect(), findings, notes: Vec::new() }
        };
        let denied = |reason: Bilingual, findings: Vec<Finding>| {
            let denial = Denial { kind: DenialKind::Administrative, reason };
            each(&|_| LineOutcome::Denied(denial.clone()), findings)
        };
        let pended =
            |asks: Vec<Ask>, findings: Vec<Finding>| each(&|_| LineOutcome::Pended(asks.clone()), findings);
        Ok(match answer {
            Answer::Honest
            | Answer::BadDate
            | Answer::BadProcedure
            | Answer::NoUnits
            | Answer::Cut { .. }
            | Answer::PresumeAnyway
            | Answer::ShortWindow
            | Answer::Redirect
            | Answer::Swap { .. }
            | Answer::Elsewhere { .. } => honest,
            Answer::Undeclared => Adjudication { findings: vec![undeclared()], ..honest },
            Answer::Notes(bytes) => Adjudication { notes: vec!["a".repeat(bytes)], ..honest },
            Answer::NotMet { findings, reason } => denied(reason, findings),
            Answer::Denial => denied(bi("No.", "No."), Vec::new()),
            Answer::Big(reason) => denied(reason, Vec::new()),
            Answer::Echo => {
                let heard = format!("{} {:?} {:?} {context:?}", claim.id, claim.member, claim.provider);
                let RequestHeard { findings, notes, reason } = RequestHeard::of(&heard);
                Adjudication { notes, ..denied(reason, findings) }
            }
            Answer::Pend(asks) => pended(asks, vec![unknown()]),
            Answer::Asks => pended(endless_asks(), honest.findings),
            Answer::Lines(veiled) => each(&|line| veiled.outcome(line), veiled.findings.clone()),
        })
    }
}

/// The SDK's answer, with the finding of the only criterion once.
fn honest(plan: &Plan, claim: &Claim, context: &Context) -> Result<Adjudication, PlanError> {
    let mut honest = plan.adjudicate(claim, context)?;
    honest.findings.truncate(1);
    Ok(honest)
}

impl Veiled {
    fn outcome(&self, line: &ClaimLine) -> LineOutcome {
        match &self.pays {
            None => LineOutcome::Rejected(Rejection {
                field: "/procedure".to_owned(),
                reason_code: self.code.to_owned(),
                remark: None,
                reason: bi("It cannot be paid so.", "Así no se puede pagar."),
                fix: bi("Send it again.", "Envíela otra vez."),
            }),
            Some(pays) => {
                let (amount, unexplained) = match pays {
                    Pays::Cents(cents) => ((*cents).min(line.charge), 0),
                    Pays::MoreThanTheCharge => (line.charge + 1, 0),
                    Pays::Unexplained(cents) => (*cents, 1),
                };
                let rest = Adjustment {
                    group: "CO".to_owned(),
                    reason: self.code.to_owned(),
                    remark: None,
                    amount: line.charge - amount - unexplained,
                };
                LineOutcome::Payable(Payment { rate: PRICE.id.to_owned(), amount, adjustments: vec![rest] })
            }
        }
    }
}
