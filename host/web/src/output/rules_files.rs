//! Mistakes of a rules file, and how its rules answer.

use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{CheckedRules, RulesOfVersion, RulesProblem, TriedOrigin, TriedRequest};

use crate::output::shadow_runs::{ShadowOutcomeView, outcome};
use crate::output::{Output, views};

/// The rules file that a version was made of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RulesFileView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// SHA-256 of the version's component.
    pub(crate) digest: String,
    /// Version that the file gives itself; null until it is compiled.
    pub(crate) version: Option<String>,
    /// Text of the file (TOML), as it was uploaded.
    pub(crate) rules: String,
}

/// Result of the check of a rules file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RulesCheckView {
    /// True if the file makes a plugin.
    pub(crate) ok: bool,
    /// Everything that is wrong with it, from top to bottom.
    pub(crate) problems: Vec<RulesProblemView>,
    /// Doubts: allowed, and perhaps not meant.
    pub(crate) warnings: Vec<RulesProblemView>,
    /// Version that the file gives itself; null while something is wrong.
    pub(crate) version: Option<String>,
    /// SHA-256 of the plugin that the file makes; null unless it was tried.
    pub(crate) digest: Option<String>,
    /// Requests that the rules were asked, with their answers.
    pub(crate) tried: Vec<TriedView>,
}

/// One thing to be said of a rules file, with its place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RulesProblemView {
    /// Line of the file, from 1.
    pub(crate) line: usize,
    /// Character of the line, from 1.
    pub(crate) column: usize,
    /// Characters from there on that it is about.
    pub(crate) length: usize,
    /// Problem, in a sentence.
    pub(crate) problem: String,
    /// Step that fixes it, in a sentence.
    pub(crate) fix: String,
}

/// One request that rules were asked before they are uploaded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TriedView {
    /// `example`: a case of the plan's. `recorded`: what its rules were asked. `made-up`: from the rules.
    pub(crate) from: String,
    /// Name of the example case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) example: Option<String>,
    /// Expectation and finding, where the answer is not as the example expects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wrong: Option<String>,
    /// Id of the case that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) case: Option<String>,
    /// The evaluation that was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evaluation: Option<String>,
    /// `more`, `less` or `reasons`, where these rules answer otherwise than was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) direction: Option<String>,
    /// Outcome that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<ShadowOutcomeView>,
    /// Operation of the contract that was asked, such as `determine`.
    pub(crate) operation: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Outcome with these rules.
    pub(crate) after: ShadowOutcomeView,
}

impl Output for RulesOfVersion {
    type View = RulesFileView;

    fn view(&self) -> RulesFileView {
        RulesFileView {
            plan: self.plan.to_string(),
            digest: self.digest.to_string(),
            version: self.version.clone(),
            rules: self.text.clone(),
        }
    }
}

impl Output for CheckedRules {
    type View = RulesCheckView;

    fn view(&self) -> RulesCheckView {
        RulesCheckView {
            ok: self.problems.is_empty(),
            problems: views(&self.problems),
            warnings: views(&self.warnings),
            version: self.profile.as_ref().map(|profile| profile.version.clone()),
            digest: self.digest.map(|digest| digest.to_string()),
            tried: views(&self.tried),
        }
    }
}

impl Output for RulesProblem {
    type View = RulesProblemView;

    fn view(&self) -> RulesProblemView {
        RulesProblemView {
            line: self.line,
            column: self.column,
            length: self.length,
            problem: self.problem.clone(),
            fix: self.fix.clone(),
        }
    }
}

impl Output for TriedRequest {
    type View = TriedView;

    fn view(&self) -> TriedView {
        let bare = TriedView {
            from: "made-up".to_owned(),
            example: None,
            wrong: None,
            case: None,
            evaluation: None,
            direction: None,
            before: None,
            operation: self.operation.to_owned(),
            service: self.service.clone(),
            after: outcome(&self.after),
        };
        match &self.origin {
            TriedOrigin::MadeUp => bare,
            TriedOrigin::Example { name, wrong } => TriedView {
                from: "example".to_owned(),
                example: Some(name.clone()),
                wrong: wrong.clone(),
                ..bare
            },
            TriedOrigin::Recorded { case, evaluation, before, direction } => TriedView {
                from: "recorded".to_owned(),
                case: Some(case.to_string()),
                evaluation: Some(evaluation.to_string()),
                direction: direction.map(|direction| direction.name().to_owned()),
                before: Some(outcome(before)),
                ..bare
            },
        }
    }
}
