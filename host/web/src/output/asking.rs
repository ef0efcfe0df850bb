//! Answers of plans to a case that nobody has sent.

use domain::plan::authorization::Presumption;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{AskedAcross, AskedFinding, AskedService, NamedField, PlanAnswer, WhatIfAnswer};

use crate::output::cases::{AskView, DenialView, FindingView, RedirectView, finding};
use crate::output::would_change::WhatIfView;
use crate::output::{CodedText, Output, Text, views};

/// One case, asked of every plan of a county.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AcrossView {
    /// Code of the county, three letters.
    pub(crate) county: String,
    /// The day that the rules are about.
    #[schema(format = Date)]
    pub(crate) on: String,
    /// Answers, one entry for each service.
    pub(crate) services: Vec<AskedServiceView>,
}

/// One service, as each plan answers about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedServiceView {
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Official name of the service.
    pub(crate) name: String,
    /// One answer for each plan of the county, by plan.
    pub(crate) answers: Vec<PlanAnswerView>,
}

/// One plan's answer to a case that nobody has sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanAnswerView {
    /// Id of the plan.
    pub(crate) plan: String,
    /// Id of the service, a word of the dictionary.
    pub(crate) service: String,
    /// Party that has the last word at this plan: its rules (`decides`), its people after advice of the rules
    /// (`advises`), or its people alone (`people`).
    pub(crate) mode: String,
    /// SHA-256 of the component that was asked; null where people answer.
    pub(crate) digest: Option<String>,
    /// `accepted`, `redirected`, `needs-information` or `not-eligible` for a referral; `approved`,
    /// `partly-approved`, `modified`, `pended` or `denied` for an authorization; `clinical-review` where a
    /// licensed person would have to look at the case; `with-people`; `could-not-answer`; `invalid-request`
    /// where the plan's rules say that the case contradicts itself.
    #[schema(example = "approved")]
    pub(crate) answer: String,
    /// The criteria that it rests on. A provider sees none of a recommended clinical denial.
    pub(crate) findings: Vec<FindingView>,
    /// Facts and documents that the plan would still need.
    pub(crate) asks: Vec<AskView>,
    /// Presumptive window in which service might start before the decision; null for none.
    pub(crate) presumption: Option<PresumedView>,
    /// Plan, delegate or service that a referral would be sent to instead.
    pub(crate) redirect: Option<RedirectView>,
    /// Refusal with its reason, if the answer is no.
    pub(crate) denial: Option<DenialView>,
    /// Why the plan's people would have it.
    pub(crate) why_people: Option<CodedText>,
    /// The fields that the plan's rules cannot accept, for `invalid-request`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<PlanProblemView>,
    /// Facts and documents that would change the answer; left out unless that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) what_if: Option<WhatIfView>,
}

/// A field that a plan's rules cannot accept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanProblemView {
    /// JSON Pointer into the case.
    pub(crate) pointer: String,
    /// Problem with the field, in the plan's words.
    pub(crate) text: Text,
}

/// A presumptive window that a plan would open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PresumedView {
    /// Id of the plan's presumptive rule.
    pub(crate) rule: String,
    /// Length of the window, in calendar days.
    pub(crate) days: u16,
}

/// Changes that would turn an answer, recorded or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhatIfAnswerView {
    /// The recorded evaluation that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) evaluation: Option<String>,
    /// Changes that would turn it; null where nothing is to be changed, or the answer is for the plan's
    /// people to weigh.
    pub(crate) what_if: Option<WhatIfView>,
    /// For a case that nobody has sent: each plan's answer, with what would change it.
    pub(crate) answers: Vec<PlanAnswerView>,
}

impl Output for AskedAcross {
    type View = AcrossView;

    fn view(&self) -> AcrossView {
        AcrossView {
            county: self.county.to_string(),
            on: self.on.to_string(),
            services: views(&self.services),
        }
    }
}

impl Output for AskedService {
    type View = AskedServiceView;

    fn view(&self) -> AskedServiceView {
        AskedServiceView {
            service: self.service.id.clone(),
            name: self.service.name.en.clone(),
            answers: views(&self.answers),
        }
    }
}

impl Output for PlanAnswer {
    type View = PlanAnswerView;

    fn view(&self) -> PlanAnswerView {
        PlanAnswerView {
            plan: self.plan.to_string(),
            service: self.service.clone(),
            mode: self.mode.name().to_owned(),
            digest: self.digest.map(|digest| digest.to_string()),
            answer: self.answer.to_owned(),
            findings: views(&self.findings),
            asks: views(&self.asks),
            presumption: self.presumption.as_ref().map(presumed),
            redirect: self.redirect.as_ref().map(Output::view),
            denial: self.denial.as_ref().map(Output::view),
            why_people: self.why_people.as_ref().map(Output::view),
            problems: self.problems.iter().map(problem).collect(),
            what_if: self.what_if.as_ref().map(Output::view),
        }
    }
}

impl Output for AskedFinding {
    type View = FindingView;

    fn view(&self) -> FindingView {
        finding(&self.finding, self.text.as_ref())
    }
}

fn presumed(given: &Presumption) -> PresumedView {
    PresumedView { rule: given.rule.clone(), days: given.days }
}

fn problem(named: &NamedField) -> PlanProblemView {
    PlanProblemView { pointer: named.pointer.clone(), text: named.text.view() }
}

impl Output for WhatIfAnswer {
    type View = WhatIfAnswerView;

    fn view(&self) -> WhatIfAnswerView {
        WhatIfAnswerView {
            evaluation: self.evaluation.map(|id| id.to_string()),
            what_if: self.what_if.as_ref().map(Output::view),
            answers: views(&self.answers),
        }
    }
}
