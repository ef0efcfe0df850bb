//! Criteria that no code decides: found unknown beside an acceptance, with everything known that they could
//! hang on.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::plan::authorization::Decision;
use domain::plan::question::{Answer, Operation};
use domain::plan::referral::Disposition;
use domain::plan::types::{Finding, FindingOutcome};
use jiff::civil::Date;
use sandbox::{Ending, Plugin};

use crate::learn::learn;
use crate::respondent::Respondent;
use crate::run::Watch;
use crate::scene::Scene;

/// By when the last service is looked at; what is left then is left to the kit's whole run.
const MOST_TIME: Duration = Duration::from_secs(5);

/// The ids of declared criteria that a plugin leaves open where it accepts or approves all the same. A
/// criterion that is declared so is asked of nobody, and refuses nobody.
pub async fn undecided(plugin: &Plugin, today: Date) -> Vec<String> {
    open_in_acceptances(plugin, today).await
}

/// The same of whoever answers.
pub(crate) async fn open_in_acceptances(respondent: &impl Respondent, today: Date) -> Vec<String> {
    let started = Instant::now();
    let watch = Watch::start();
    let mut found = BTreeSet::new();
    for operation in [Operation::Triage, Operation::Determine] {
        if !respondent.answers(operation) {
            continue;
        }
        for scene in Scene::of_services(respondent.profile(), today) {
            if started.elapsed() > MOST_TIME {
                break;
            }
            let Some(asked) = scene.asked(operation) else { continue };
            let best = learn(respondent, asked, watch).await;
            let ending = respondent.ask(&best).await.ending;
            let open = taken(&ending).into_iter().flatten();
            let open = open.filter(|finding| finding.outcome == FindingOutcome::Unknown);
            found.extend(open.map(|finding| finding.criterion.clone()));
        }
    }
    found.into_iter().collect()
}

/// The findings of an answer that takes the member in.
fn taken(ending: &Ending<Answer>) -> Option<&[Finding]> {
    match ending {
        Ending::Answer(Answer::Triage(triage)) => {
            (triage.disposition == Disposition::Accepted).then_some(&triage.findings[..])
        }
        Ending::Answer(Answer::Determine(given)) => {
            let gives = matches!(
                given.decision,
                Decision::Approved(_) | Decision::PartlyApproved(_) | Decision::Modified(_)
            );
            gives.then_some(&given.findings[..])
        }
        _ => None,
    }
}
