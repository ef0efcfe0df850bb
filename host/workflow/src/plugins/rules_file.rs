//! Rules files: a plan without a programmer writes its rules as text, has them checked and tried here, and
//! uploads what they make: a plugin like every other.
//!
//! A check reads the text and says everything that is wrong with it, by line and column. A try puts the rules
//! into the ready guest, compiles it in the box of all components, and asks it: the plan's own example cases,
//! what its rules were really asked last, or, while there is neither, requests made up from the rules.
//! Nothing of a check or a try is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use conformance::Examples;
use domain::audit::SubjectKind;
use domain::identifiers::{CaseId, Digest, EvaluationId, Hashed, PlanId};
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use domain::plan::types::Bilingual;
use domain::problem::Code;
use jiff::Timestamp;
use rulebook::{Problem, Rules};
use sandbox::{Ending, Plugin, Recorded, Sandbox};
use serde_json::Value;
use store::Scope;
use store::releases::Release;

use crate::Crosswalk;
use crate::command::audit::Look;
use crate::command::caller::{Caller, Role};
use crate::command::failure::{Failure, FieldProblem};
use crate::command::{NewPlugin, Once, Outcome};
use crate::plugins::listing::ShownPlugin;
use crate::plugins::receipts::read_examples;
use crate::plugins::shadow::compare::{self, Direction};
use crate::plugins::shadow::past_the_floor;

/// Most bytes of a rules file. The longest that is known has a tenth of it.
pub const MOST_RULES_BYTES: usize = 200 << 10;
/// Most example cases that are tried at once.
pub const MOST_TRIED: usize = 50;
/// Requests of the record that are tried, the newest.
const RECENT: u32 = 20;
/// Requests of one operation that are made up.
const MADE_UP: usize = 3;
/// Versions that are looked at for a rules file, the newest.
const LOOKED_AT: u32 = 3;
/// Time for which a try waits for its component to be compiled.
const COMPILED_WITHIN: Duration = Duration::from_secs(60);

/// A rules file, as it was sent to be checked.
#[derive(Clone, Debug)]
pub struct SentRules {
    /// Text of the file.
    pub text: String,
    /// Files of the plan's example cases, as JSON.
    pub examples: Vec<Value>,
    /// True if the rules are to be asked, and not only read.
    pub attempt: bool,
}

/// The rules file of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesOfVersion {
    /// Plan whose rules they are.
    pub plan: PlanId,
    /// SHA-256 of the version's component.
    pub digest: Digest,
    /// Name of the version, once it is compiled.
    pub version: Option<String>,
    /// Text of the file.
    pub text: String,
}

/// Result of the check of a rules file.
#[derive(Clone, Debug, Default)]
pub struct CheckedRules {
    /// Everything that is wrong with it, from top to bottom; empty for a file that makes a plugin.
    pub problems: Vec<Problem>,
    /// Doubts: allowed, and perhaps not meant.
    pub warnings: Vec<Problem>,
    /// Profile that the rules declare; `None` while something is wrong.
    pub profile: Option<PlanProfile>,
    /// SHA-256 of the plugin that the file makes, where it was tried.
    pub digest: Option<Digest>,
    /// Requests that the rules were asked, with their answers.
    pub tried: Vec<TriedRequest>,
}

/// One request that rules were asked before they are uploaded.
#[derive(Clone, Debug)]
pub struct TriedRequest {
    /// Origin of the request.
    pub origin: TriedOrigin,
    /// Operation of the contract.
    pub operation: &'static str,
    /// Service that it is about.
    pub service: String,
    /// Outcome with these rules.
    pub after: compare::Outcome,
}

/// Origin of a request that is tried.
#[derive(Clone, Debug)]
pub enum TriedOrigin {
    /// A case of the plan's examples.
    Example {
        /// Name of the case.
        name: String,
        /// Expectation and finding, where the two differ.
        wrong: Option<String>,
    },
    /// A request that the plan's rules were really asked.
    Recorded {
        /// Case that was decided.
        case: CaseId,
        /// The evaluation that was made.
        evaluation: EvaluationId,
        /// Outcome that was recorded.
        before: compare::Outcome,
        /// Direction in which the two differ; `None` where nobody sees a difference.
        direction: Option<Direction>,
    },
    /// Made up from the rules themselves.
    MadeUp,
}

impl CheckedRules {
    /// Words of the criteria that the rules declare, by id.
    #[must_use]
    pub fn criteria(&self) -> BTreeMap<String, Bilingual> {
        let criteria = self.profile.iter().flat_map(|profile| &profile.criteria);
        criteria.map(|criterion| (criterion.id.clone(), criterion.text.clone())).collect()
    }
}

impl Crosswalk {
    /// The rules file that a version was made of, as its plan wrote it.
    ///
    /// # Errors
    /// `NotFound` for a version that was made of none, and for another plan's; `Forbidden` for other roles.
    pub async fn rules_of_version(
        &self,
        caller: &Caller,
        digest: &Digest,
    ) -> Result<RulesOfVersion, Failure> {
        caller.must_be(&[Role::PlanAdmin, Role::Operator])?;
        let found = store::releases::with_digest(self.store(), &caller.scope, digest).await?;
        let release = found.ok_or(Failure::NotFound)?;
        self.may_run_plan(caller, &release.plan).await?;
        let rules = self.rules_in(caller, release).await?;
        self.look(caller, Look::List(SubjectKind::RulesFile)).await?;
        rules.ok_or(Failure::NotFound)
    }

    /// The rules file that a plan goes on with: that of the newest of its last versions that was made of one;
    /// `None` where there is none.
    ///
    /// # Errors
    /// `Forbidden` and `NotFound` for another plan's.
    pub async fn newest_rules(
        &self,
        caller: &Caller,
        plan: &PlanId,
    ) -> Result<Option<RulesOfVersion>, Failure> {
        self.may_run_plan(caller, plan).await?;
        let newest = store::releases::list(self.store(), &caller.scope, plan, None, LOOKED_AT).await?;
        self.look(caller, Look::List(SubjectKind::RulesFile)).await?;
        for release in newest.items {
            if let Some(rules) = self.rules_in(caller, release).await? {
                return Ok(Some(rules));
            }
        }
        Ok(None)
    }

    /// A rules file for a plan that has none yet.
    ///
    /// # Errors
    /// `Forbidden` and `NotFound` for another plan's.
    pub async fn rules_to_begin_with(&self, caller: &Caller, plan: &PlanId) -> Result<String, Failure> {
        self.may_run_plan(caller, plan).await?;
        let found = store::organizations::find_plan(self.store(), plan).await?.ok_or(Failure::NotFound)?;
        Ok(rulebook::beginning(plan.as_str(), &found.name))
    }

    /// The rules file in a version's component, read where a large one keeps nobody waiting.
    async fn rules_in(&self, caller: &Caller, release: Release) -> Result<Option<RulesOfVersion>, Failure> {
        let Release { plan, digest, plugin_version: version, .. } = release;
        let Some(bytes) = store::plugins::bytes(self.store(), &caller.scope, &plan, &digest).await? else {
            return Ok(None);
        };
        let text = tokio::task::spawn_blocking(move || rulebook::text_of(&bytes));
        let text = text.await.map_err(Failure::internal)?;
        Ok(text.map(|text| RulesOfVersion { plan, digest, version, text }))
    }

    /// Checks a rules file of a plan, and tries it if that is asked for. Nothing of it is kept.
    ///
    /// # Errors
    /// `Forbidden` and `NotFound` for another plan's; `Invalid` for a text that is too long, and for example
    /// cases that cannot be read; `Busy` while rules of the plan are being tried.
    pub async fn check_rules(
        &self,
        caller: &Caller,
        plan: &PlanId,
        sent: SentRules,
    ) -> Result<CheckedRules, Failure> {
        self.may_run_plan(caller, plan).await?;
        check_length(&sent.text)?;
        let examples = read_examples(&sent.examples)?;
        if examples.cases().count() > MOST_TRIED {
            let detail = format!("more than {MOST_TRIED} example cases are sent");
            return Err(Failure::field("/examples", Code::TooMany, detail, "try fewer at once"));
        }
        let rules = match self.read_rules(plan, sent.text).await? {
            Ok(rules) => rules,
            Err(problems) => return Ok(CheckedRules { problems, ..CheckedRules::default() }),
        };
        let mut checked = CheckedRules {
            warnings: rules.warnings().to_vec(),
            profile: Some(rules.profile().clone()),
            ..CheckedRules::default()
        };
        if sent.attempt {
            let _turn = self.trying().come(plan).await?;
            let plugin = self.tried_plugin(plan, rules).await?;
            checked.digest = Some(*plugin.digest());
            checked.tried = self.try_rules(caller, plan, &plugin, &examples).await?;
        }
        self.look(caller, Look::List(SubjectKind::RulesFile)).await?;
        Ok(checked)
    }

    /// Makes a plugin of a rules file, and uploads it as every other.
    ///
    /// # Errors
    /// `NotAPlugin` with everything that is wrong with the file; and as [`Self::upload_plugin`].
    pub async fn upload_rules(
        &self,
        caller: &Caller,
        plan: PlanId,
        text: String,
        note: Option<String>,
        once: Once<ShownPlugin>,
    ) -> Result<Outcome<ShownPlugin>, Failure> {
        self.may_run_plan(caller, &plan).await?;
        check_length(&text)?;
        let rules = self.read_rules(&plan, text).await?;
        let rules = rules.map_err(|problems| Failure::NotAPlugin(problems.iter().map(reason).collect()))?;
        let file = Some(format!("{plan}.toml"));
        let bytes = self.put_into_guest(rules).await?;
        self.upload_plugin(caller, plan, NewPlugin { bytes, file, note }, once).await
    }

    /// The rules of a text, or everything that is wrong with it for this plan today. Read where a long file
    /// keeps nobody waiting.
    async fn read_rules(&self, plan: &PlanId, text: String) -> Result<Result<Rules, Vec<Problem>>, Failure> {
        let (today, plan) = (self.today(), plan.clone());
        let read = tokio::task::spawn_blocking(move || Rules::read_of(&text, today, plan.as_str()));
        read.await.map_err(Failure::internal)
    }

    async fn put_into_guest(&self, rules: Rules) -> Result<Vec<u8>, Failure> {
        let guest = self.settings().rules_guest.ok_or_else(|| {
            Failure::defect("this program was built before the guest that rules files are put into")
        })?;
        let put = tokio::task::spawn_blocking(move || rules.plugin(guest));
        put.await.map_err(Failure::internal)?.map_err(Failure::internal)
    }

    /// The plugin that the rules make, ready to be asked, and on no record.
    async fn tried_plugin(&self, plan: &PlanId, rules: Rules) -> Result<Plugin, Failure> {
        let component = Hashed::of(self.put_into_guest(rules).await?);
        let digest = component.digest();
        let load = move |sandbox: &Sandbox| sandbox.load_inspected(sandbox.inspect(component)?);
        let compiling = self.start_compiling(plan, digest, load);
        let compiled = tokio::time::timeout(COMPILED_WITHIN, compiling).await.map_err(|_| Failure::Busy)?;
        let plugin = compiled.map_err(Failure::internal)??;
        self.check_profile(plan, &plugin)?;
        Ok(plugin)
    }

    /// Asks the rules: the example cases, and what the plan was asked last; if there is neither, what can be
    /// made up.
    async fn try_rules(
        &self,
        caller: &Caller,
        plan: &PlanId,
        plugin: &Plugin,
        examples: &Examples,
    ) -> Result<Vec<TriedRequest>, Failure> {
        let mut tried = try_examples(plugin, examples).await;
        tried.extend(self.try_recent(caller, plan, plugin).await?);
        if tried.is_empty() {
            for question in conformance::made_up(plugin.profile(), self.today(), MADE_UP) {
                if plugin.exports().contains(&question.operation().interface()) {
                    let ending = plugin.ask(&question).await.ending;
                    tried.push(tried_request(plugin, &question, &ending, TriedOrigin::MadeUp));
                }
            }
        }
        Ok(tried)
    }

    /// Asks what the plan's rules were asked last, the newest first.
    async fn try_recent(
        &self,
        caller: &Caller,
        plan: &PlanId,
        plugin: &Plugin,
    ) -> Result<Vec<TriedRequest>, Failure> {
        let (store, now) = (self.store(), self.now());
        let span = (Timestamp::UNIX_EPOCH, now);
        let (begins, count) = store::shadow_runs::beginning(store, &caller.scope, plan, RECENT, span).await?;
        if count == 0 {
            return Ok(Vec::new());
        }
        let duty = Scope::duty("rules-file");
        let after = (begins, String::new());
        let mut asked = store::shadow_runs::asked(store, &duty, plan, &after, now, RECENT).await?;
        asked.reverse();
        let cases: Vec<CaseId> = asked.iter().map(|evaluation| evaluation.case).collect();
        self.look(caller, Look::Cases(&cases)).await?;
        let mut tried = Vec::with_capacity(asked.len());
        for evaluation in asked {
            let Some(question) = Question::from_canonical_bytes(&evaluation.input) else { continue };
            let Ok(before) = serde_json::from_slice::<Recorded>(&evaluation.output) else { continue };
            let ending = plugin.ask(&question).await.ending;
            let (rates, after) = (&plugin.profile().rates, answer_of(plugin, &question, &ending));
            let origin = TriedOrigin::Recorded {
                case: evaluation.case,
                evaluation: evaluation.id,
                direction: compare::change(&question, &before, &after, rates).map(|change| change.direction),
                before: compare::outcome(&before, rates),
            };
            tried.push(tried_request(plugin, &question, &ending, origin));
        }
        Ok(tried)
    }
}

/// Asks the plan's own cases, in their order.
async fn try_examples(plugin: &Plugin, examples: &Examples) -> Vec<TriedRequest> {
    let mut endings: Vec<Ending<Answer>> = Vec::new();
    for (_, question) in examples.cases() {
        endings.push(plugin.ask(question).await.ending);
    }
    let held = examples.held(plugin.profile(), &endings);
    let mut broken = held.broken.into_iter().peekable();
    let cases = examples.cases().zip(&endings).map(|((name, question), ending)| {
        // Those that do not hold come in the order of the cases.
        let wrong = broken.next_if(|broken| broken.case == name).map(|broken| broken.problem);
        let origin = TriedOrigin::Example { name: name.to_owned(), wrong };
        tried_request(plugin, question, ending, origin)
    });
    cases.collect()
}

fn tried_request(
    plugin: &Plugin,
    question: &Question,
    ending: &Ending<Answer>,
    origin: TriedOrigin,
) -> TriedRequest {
    TriedRequest {
        origin,
        operation: question.operation().name(),
        service: compare::service(question),
        after: compare::outcome(&answer_of(plugin, question, ending), &plugin.profile().rates),
    }
}

/// The answer as it would stand on the record.
fn answer_of(plugin: &Plugin, question: &Question, ending: &Ending<Answer>) -> Recorded {
    past_the_floor(plugin.profile(), question, Recorded::from(ending))
}

fn check_length(text: &str) -> Result<(), Failure> {
    if text.len() <= MOST_RULES_BYTES {
        return Ok(());
    }
    let detail = format!("the rules file is longer than {} KiB", MOST_RULES_BYTES >> 10);
    Err(Failure::field("/rules", Code::InvalidLength, detail, "shorten its texts, or write a plugin"))
}

/// A problem of the file as a reason for which no plugin comes of it.
fn reason(problem: &Problem) -> FieldProblem {
    let Problem { line, column, problem, fix, .. } = problem;
    FieldProblem::new(
        format!("/rules#line={line}"),
        Code::ProfileInvalid,
        format!("line {line}, column {column}: {problem}"),
        fix.clone(),
    )
}
