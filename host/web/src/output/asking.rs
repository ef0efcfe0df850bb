//! Answers of plans to a case that nobody has sent.

use domain::plan::authorization::Presumption;
use serde::Serialize;
use utoipa::ToSchema;
use workflow::shown::{AskedAcross, AskedService, NamedField, PlanAnswer, ToldFinding, WhatIfAnswer};

use crate::output::cases::{AskView, DenialView, FindingView, RedirectView, finding};
use crate::output::words::mode;
use crate::output::would_change::WhatIfView;
use crate::output::{CodedText, Output, Text, views};

/// One case, asked of every plan of a county.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AcrossView {
    /// County code.
    pub(crate) county: String,
    /// The day that the rules are about.
    #[schema(format = Date)]
    pub(crate) on: String,
    /// Service by service.
    pub(crate) services: Vec<AskedServiceView>,
}

/// One service, as each plan answers about it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AskedServiceView {
    /// Service id.
    pub(crate) service: String,
    /// Its official name.
    pub(crate) name: String,
    /// One answer for each plan of the county, by plan.
    pub(crate) answers: Vec<PlanAnswerView>,
}

/// One plan's answer to a case that nobody has sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanAnswerView {
    /// The plan.
    pub(crate) plan: String,
    /// Service id.
    pub(crate) service: String,
    /// Who has the last word at this plan: `decides`, `advises` or `people`.
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
    /// What the plan would still need.
    pub(crate) asks: Vec<AskView>,
    /// Whether service might start before the decision.
    pub(crate) presumption: Option<PresumedView>,
    /// Where a referral would be sent instead.
    pub(crate) redirect: Option<RedirectView>,
    /// Why not.
    pub(crate) denial: Option<DenialView>,
    /// Why the plan's people would have it.
    pub(crate) why_people: Option<CodedText>,
    /// The fields that the plan's rules cannot accept, for `invalid-request`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) problems: Vec<PlanProblemView>,
    /// What would change the answer, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) what_if: Option<WhatIfView>,
}

/// A field that a plan's rules cannot accept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PlanProblemView {
    /// JSON Pointer into the case.
    pub(crate) pointer: String,
    /// What is wrong, in the plan's words.
    pub(crate) text: Text,
}

/// A presumptive window that a plan would open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PresumedView {
    /// The plan's rule.
    pub(crate) rule: String,
    /// Calendar days.
    pub(crate) days: u16,
}

/// What would change an answer, recorded or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WhatIfAnswerView {
    /// The recorded decision that was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) decision: Option<String>,
    /// What would change it; null where nothing is to be changed, or the answer is for the plan's people to
    /// weigh.
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
            mode: mode(self.mode).to_owned(),
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

impl Output for ToldFinding {
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
            decision: self.decision.map(|id| id.to_string()),
            what_if: self.what_if.as_ref().map(Output::view),
            answers: views(&self.answers),
        }
    }
}
