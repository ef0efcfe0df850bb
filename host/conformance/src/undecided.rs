//! A few questions for an author's desk: criteria that no code decides, found unknown beside an acceptance
//! with everything known that they could hang on; and a no that is called something else than it is.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use domain::floor::{self, Ground};
use domain::plan::authorization::Decision;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Operation, Question};
use domain::plan::referral::Disposition;
use domain::plan::types::{Finding, FindingOutcome};
use jiff::civil::Date;
use sandbox::{Call, Ending, Plugin};

use crate::judge::mislabelled;
use crate::learn::learn;
use crate::respondent::Respondent;
use crate::run::Watch;
use crate::scene::Scene;

/// By when the last service is looked at; what is left then is left to the kit's whole run.
const MOST_TIME: Duration = Duration::from_secs(5);

/// Slips that a few questions to a plugin show.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Slips {
    /// The ids of declared criteria that it leaves open where it accepts or approves all the same. A
    /// criterion that is declared so is asked of nobody, and refuses nobody.
    pub undecided: Vec<String>,
    /// By operation, why a no of it is not what it is called.
    pub mislabelled: BTreeMap<&'static str, String>,
}

/// Asks a plugin a few questions about each of its services.
pub async fn slips(plugin: &Plugin, today: Date) -> Slips {
    slips_of(plugin, today).await
}

/// The same of whoever answers.
pub(crate) async fn slips_of(respondent: &impl Respondent, today: Date) -> Slips {
    let noting = Noting { respondent, mislabelled: RefCell::default() };
    let undecided = open_in_acceptances(&noting, today).await;
    Slips { undecided, mislabelled: noting.mislabelled.into_inner() }
}

/// Respondent of whose answers it is noted where one calls a no something else than it is.
struct Noting<'a, R> {
    respondent: &'a R,
    mislabelled: RefCell<BTreeMap<&'static str, String>>,
}

impl<R: Respondent> Respondent for Noting<'_, R> {
    fn profile(&self) -> &PlanProfile {
        self.respondent.profile()
    }

    fn describes_alike(&self) -> bool {
        self.respondent.describes_alike()
    }

    fn answers(&self, operation: Operation) -> bool {
        self.respondent.answers(operation)
    }

    async fn ask(&self, question: &Question) -> Call<Answer> {
        let call = self.respondent.ask(question).await;
        let ground = Ground::of(self.profile());
        if let Ending::Answer(answer) = &call.ending
            && floor::check(ground, question, answer).is_ok()
            && let Some(problem) = mislabelled(ground, question, answer)
        {
            self.mislabelled.borrow_mut().entry(question.operation().name()).or_insert(problem);
        }
        call
    }
}

async fn open_in_acceptances(respondent: &impl Respondent, today: Date) -> Vec<String> {
    let started = Instant::now();
    let watch = Watch::start();
    let mut found = BTreeSet::new();
    for operation in [Operation::Triage, Operation::Determine, Operation::Adjudicate] {
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
