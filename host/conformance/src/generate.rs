//! Valid requests, made from a plugin's own profile.

use domain::plan::profile::PlanProfile;
use domain::plan::question::{Operation, Question};
use jiff::civil::Date;

use crate::learn::learn;
use crate::respondent::Respondent;
use crate::run::Watch;
use crate::scene::{Scene, application, as_asked};
use crate::seed::Seed;
use crate::vary::{Made, around, files};

/// The operations that requests are made for, in the order of a case's life. Files are no requests.
pub(crate) const OPERATIONS: [Operation; 5] =
    [Operation::Triage, Operation::Presume, Operation::Determine, Operation::Adjudicate, Operation::Review];

/// The most requests of one operation. More would find little more, and cost seconds.
const MOST_REQUESTS: usize = 2_000;
/// The fewest that each scene gets, however many there are.
const FEWEST_IN_A_SCENE: usize = 10;

/// The requests of one operation.
pub(crate) struct Batch {
    pub(crate) operation: Operation,
    /// Number of requests that there could be.
    pub(crate) possible: usize,
    pub(crate) requests: Vec<Made>,
}

/// Makes the requests of one operation. What meets the criteria is asked of the plugin itself.
pub(crate) async fn requests(
    respondent: &impl Respondent,
    operation: Operation,
    today: Date,
    watch: Watch,
) -> Batch {
    let profile = respondent.profile();
    let mut batch = Batch { operation, possible: 0, requests: Vec::new() };
    if operation == Operation::Review {
        let base = learn(respondent, application(profile, today), watch).await;
        batch.add("files", files(profile, &base), MOST_REQUESTS);
        return batch;
    }
    let scenes = Scene::of_services(profile, today);
    let scenes = match operation {
        Operation::Presume | Operation::Determine => Scene::with_rules(scenes),
        _ => scenes,
    };
    let share = (MOST_REQUESTS / scenes.len().max(1)).max(FEWEST_IN_A_SCENE);
    let scenes = scenes.iter().take(MOST_REQUESTS / FEWEST_IN_A_SCENE);
    for scene in scenes.take_while(|_| !watch.is_over()) {
        // What meets the criteria is learnt by what is determined.
        let learnt_by = if operation == Operation::Presume { Operation::Determine } else { operation };
        let Some(asked) = scene.asked(learnt_by) else { continue };
        let base = as_asked(operation, learn(respondent, asked, watch).await);
        batch.add(&scene.name(), around(scene, &base), share);
    }
    batch
}

/// One request of an operation for each service that the plan offers, at most `most`. Made from the profile
/// alone, without asking.
pub(crate) fn plain(profile: &PlanProfile, operation: Operation, today: Date, most: usize) -> Vec<Question> {
    if operation == Operation::Review {
        return vec![application(profile, today)];
    }
    let scenes = Scene::of_services(profile, today);
    scenes.iter().filter_map(|scene| scene.asked(operation)).take(most).collect()
}

impl Batch {
    fn add(&mut self, scene: &str, requests: Vec<Made>, most: usize) {
        self.possible += requests.len();
        let chosen = Seed::of(scene).sample(requests, most);
        let named = |made: Made| Made { what: format!("{scene}: {}", made.what), ..made };
        self.requests.extend(chosen.into_iter().map(named));
    }
}
