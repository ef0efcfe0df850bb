//! Finding out what meets a plan's criteria: they are code, so the kit asks.
//!
//! A profile says which facts a criterion reads, not which values meet it. Starting from a guess, one fact at
//! a time gets the value that the plugin's own findings like best. What a request with everything known and
//! met is, is then as good as the plugin's word; the kit needs it only to get past the first no.

use std::cmp::Reverse;

use domain::plan::authorization::Decision;
use domain::plan::billing::LineOutcome;
use domain::plan::credentialing::Standing;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{Finding, FindingOutcome};
use sandbox::Ending;

use crate::parts::{facts, parts, say};
use crate::respondent::Respondent;
use crate::run::Watch;
use crate::values::{Days, definition, said, values};

/// Times that all facts are gone through.
const ROUNDS: usize = 3;

/// The request with the values that the plugin's findings like best.
pub(crate) async fn learn(respondent: &impl Respondent, mut best: Question, watch: Watch) -> Question {
    let profile = respondent.profile();
    let Some(mut liked) = liking(respondent, &best).await else { return best };
    for _ in 0..ROUNDS {
        let before = liked.clone();
        for code in liked.doubts.clone() {
            if liked.doubts.is_empty() || watch.is_over() {
                return best;
            }
            let Some(definition) = definition(profile, &code) else { continue };
            let days = Days::of(&best);
            for value in values(definition, &days) {
                let mut other = best.clone();
                let Some(parts) = parts(&mut other) else { return best };
                say(parts.facts, said(&code, value, &days));
                match liking(respondent, &other).await {
                    Some(better) if better.score > liked.score => (best, liked) = (other, better),
                    Some(_) => {}
                    // It breaks: that is for the checks to find, once.
                    None => return best,
                }
            }
        }
        if liked.score == before.score {
            break;
        }
    }
    best
}

/// Score of an answer by how much of it is as one would like it, and the facts that the rest could hang on.
#[derive(Clone)]
struct Liking {
    score: (u8, usize, Reverse<usize>),
    doubts: Vec<String>,
}

/// `None` if there is no answer.
async fn liking(respondent: &impl Respondent, question: &Question) -> Option<Liking> {
    let Ending::Answer(answer) = respondent.ask(question).await.ending else { return None };
    let profile = respondent.profile();
    Some(match answer {
        Answer::Triage(triage) => {
            let rank = match triage.disposition {
                Disposition::Accepted => 3,
                Disposition::Redirected(_) => 2,
                Disposition::NeedsMore(_) => 1,
                Disposition::NotEligible(_) => 0,
            };
            of_findings(profile, question, rank, &triage.findings)
        }
        Answer::Determine(determination) => {
            let rank = match determination.decision {
                Decision::Approved(_) => 3,
                Decision::PartlyApproved(_) | Decision::Modified(_) => 2,
                Decision::Pended(_) => 1,
                Decision::Denied(_) => 0,
            };
            of_findings(profile, question, rank, &determination.findings)
        }
        Answer::Adjudicate(adjudication) => {
            let payable = |outcome: &LineOutcome| matches!(outcome, LineOutcome::Payable(_));
            let rank = if adjudication.lines.iter().all(|line| payable(&line.outcome)) { 3 } else { 0 };
            of_findings(profile, question, rank, &adjudication.findings)
        }
        Answer::Review(review) => {
            let satisfied = |standing: &Standing| matches!(standing, Standing::Satisfied(_));
            let met = review.requirements.iter().filter(|result| satisfied(&result.standing)).count();
            let open = review.requirements.iter().filter(|result| !satisfied(&result.standing));
            let fact_of =
                |id: &String| profile.requirements.iter().find(|needed| &needed.id == id)?.fact.clone();
            let doubts: Vec<String> = open.filter_map(|result| fact_of(&result.requirement)).collect();
            Liking { score: (0, met, Reverse(doubts.len())), doubts }
        }
        Answer::Presume(_) | Answer::Render(_) | Answer::Parse(_) => return None,
    })
}

/// An answer that rests on findings. With none, any of the facts may be in doubt.
fn of_findings(profile: &PlanProfile, question: &Question, rank: u8, findings: &[Finding]) -> Liking {
    let (met, open): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.outcome == FindingOutcome::Met);
    let facts_of = |id: &String| {
        let criterion = profile.criteria.iter().find(|criterion| &criterion.id == id);
        criterion.map(|criterion| criterion.facts.clone()).unwrap_or_default()
    };
    let mut doubts: Vec<String> = Vec::new();
    for code in open.iter().flat_map(|finding| facts_of(&finding.criterion)) {
        if !doubts.contains(&code) {
            doubts.push(code);
        }
    }
    if findings.is_empty() && rank < 3 {
        doubts = facts(question).iter().map(|fact| fact.code.clone()).collect();
    }
    Liking { score: (rank, met.len(), Reverse(open.len())), doubts }
}
