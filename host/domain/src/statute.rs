//! The state's clocks, from `data/clocks.toml`: what must happen by when, counted from what, under which law.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::calendar::BusinessCalendar;
use crate::plan::profile::ClockUnit;
use crate::plan::types::{Bilingual, Workflow};
use crate::provenance::{Confidence, Effective};
use crate::time::{pacific_day, pacific_end_of_day};
use crate::words;

words! {
    /// Clock of a case or a contract, by the word that it has in the record: the state's, as
    /// `data/clocks.toml` has them in all their versions, and then what a plan itself promises, which is in
    /// no law.
    pub enum ClockId {
        /// Business days to decide on an authorization once everything needed is there.
        AuthorizationDecisionBusinessDays = "authorization-decision-business-days",
        /// Calendar days to decide on an authorization from its receipt.
        AuthorizationDecisionCalendarDays = "authorization-decision-calendar-days",
        /// Hours to decide on an expedited authorization.
        AuthorizationDecisionExpedited = "authorization-decision-expedited",
        /// Hours to decide on an urgent one that continues a running service.
        AuthorizationDecisionConcurrentUrgent = "authorization-decision-concurrent-urgent",
        /// Days to decide on service that was already given.
        AuthorizationDecisionRetrospective = "authorization-decision-retrospective",
        /// Longer time for a decision, in place of the clocks on it.
        AuthorizationExtension = "authorization-extension",
        /// Notice of a decision to the provider.
        AuthorizationProviderNotice = "authorization-provider-notice",
        /// Written notice of a decision to the member.
        AuthorizationMemberNotice = "authorization-member-notice",
        /// The member's right to appeal an adverse decision.
        AuthorizationAppealWindow = "authorization-appeal-window",
        /// A refusal's reason is translated: of an authorization.
        AuthorizationTranslation = "authorization-translation",
        /// Warning before a presumptive window ends.
        PresumptiveWindowAlert = "presumptive-window-alert",
        /// A plan's people answer a referral.
        ReferralTriage = "referral-triage",
        /// An accepted referral has a provider.
        ReferralAssignment = "referral-assignment",
        /// A provider may take an offered referral.
        ReferralOffer = "referral-offer",
        /// The member is told what became of a referral.
        ReferralMemberNotice = "referral-member-notice",
        /// Whoever referred is told what became of it.
        ReferralReferrerNotice = "referral-referrer-notice",
        /// A member who asks for another provider has one.
        ReferralProviderChange = "referral-provider-change",
        /// A refusal's reason is translated: of a referral.
        ReferralTranslation = "referral-translation",
        /// Receipt of a claim is confirmed.
        ClaimAcknowledgement = "claim-acknowledgement",
        /// A claim is paid, contested or denied.
        ClaimDecision = "claim-decision",
        /// The same, once what was missing has come.
        ClaimDecisionAfterInformation = "claim-decision-after-information",
        /// The provider's right to dispute.
        ClaimDisputeWindow = "claim-dispute-window",
        /// A dispute is decided.
        ClaimDisputeDecision = "claim-dispute-decision",
        /// A refusal's reason is translated: of a claim.
        ClaimTranslation = "claim-translation",
        /// Receipt of a credentialing application is confirmed.
        ApplicationAcknowledgement = "application-acknowledgement",
        /// A plan's reason is translated: of a credentialing file.
        ApplicationTranslation = "application-translation",
        /// A plan's reason is translated: of a contract that it suspends or ends.
        ContractTranslation = "contract-translation",
        /// A plan's own time to answer a referral.
        PlanPromiseReferral = "plan-promise-referral",
        /// A plan's own time to decide on an authorization.
        PlanPromiseAuthorization = "plan-promise-authorization",
        /// A plan's own time to decide on a claim.
        PlanPromiseClaim = "plan-promise-claim",
        /// A plan's own time to read a credentialing file.
        PlanPromiseCredentialing = "plan-promise-credentialing",
    }
}

impl ClockId {
    /// Workflow in which a plan promises this clock of its own; `None` for the state's.
    #[must_use]
    pub const fn promised_for(self) -> Option<Workflow> {
        match self {
            Self::PlanPromiseReferral => Some(Workflow::Referral),
            Self::PlanPromiseAuthorization => Some(Workflow::Authorization),
            Self::PlanPromiseClaim => Some(Workflow::Billing),
            Self::PlanPromiseCredentialing => Some(Workflow::Credentialing),
            _ => None,
        }
    }
}

/// All clocks, in every version that has been in force.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    #[serde(rename = "clock")]
    rules: Vec<ClockRule>,
}

/// One version of one clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Stable id, the same for every version of the clock.
    pub id: ClockId,
    /// The workflow that it governs.
    pub workflow: Workflow,
    /// Event that it counts from.
    pub starts: ClockStart,
    /// Direction of the count: to later or to earlier.
    #[serde(default)]
    pub direction: ClockDirection,
    /// Meaning of its end.
    #[serde(default)]
    pub nature: ClockNature,
    /// Number of the units.
    pub amount: u16,
    /// Unit that the number counts.
    pub unit: ClockUnit,
    /// Whose business days it counts; said of clocks in business days only.
    #[serde(default)]
    pub calendar: ClockCalendar,
    /// Day that chooses the version.
    pub switches_on: ClockSwitch,
    /// Days on which this version is in force.
    pub effective: Effective,
    /// The document that it comes from.
    pub source: String,
    /// Confidence in the rule: `found`, `known` or `unsure`.
    pub tag: Confidence,
    /// The rule in plain words.
    pub text: Bilingual,
}

/// Whose business days a clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockCalendar {
    /// The state's: no plan's closing day moves it.
    #[default]
    State,
    /// The plan's own, with its closing days and the days on which it works although the state does not.
    Plan,
}

words! {
    /// Event that a clock counts from.
    pub enum ClockStart {
        /// The case's arrival, by any route; handing it to a delegate does not start again.
        Received = "received",
        /// The arrival of the last thing that was needed.
        InformationComplete = "information-complete",
        /// The instant at which the decision was due until now.
        DecisionDue = "decision-due",
        /// The decision or the last action.
        Decided = "decided",
        /// The day of the written notice to the member.
        MemberNotice = "member-notice",
        /// The acceptance of a referral.
        Accepted = "accepted",
        /// The offer of a referral to a provider.
        Offered = "offered",
        /// The request for another provider than the one that a referral was given to.
        ProviderChangeRequested = "provider-change-requested",
        /// The last day of a presumptive authorization.
        PresumptionLastDay = "presumption-last-day",
    }
}

/// Direction of a clock's count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockDirection {
    /// So long after the start.
    #[default]
    After,
    /// So long before it, as a warning. Never in business days.
    Before,
}

words! {
    /// Meaning of a clock's end.
    #[derive(Default)]
    pub enum ClockNature {
        /// Somebody had to act, and is late.
        #[default]
        Duty = "duty",
        /// Somebody could act, and no longer can.
        Right = "right",
        /// Nothing is late yet: people are warned.
        Warning = "warning",
    }
}

/// Day that chooses between the versions of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockSwitch {
    /// The day on which the case was received, whatever the day of service or of the start.
    ReceiptDay,
    /// The day on which the clock starts.
    StartDay,
}

impl Clocks {
    /// The state's clocks, as they are built in.
    #[must_use]
    pub fn state() -> &'static Self {
        &STATE
    }

    /// The version of the clock `id` that is in force on `on`, the day that its `switches_on` names.
    #[must_use]
    pub fn rule(&self, id: ClockId, on: Date) -> Option<&ClockRule> {
        self.rules.iter().find(|rule| rule.id == id && rule.effective.covers(on))
    }

    /// The version of the clock `id` for a case received on `received`, if the clock starts on `started`.
    #[must_use]
    pub fn rule_for(&self, id: ClockId, received: Date, started: Date) -> Option<&ClockRule> {
        self.rules.iter().find(|rule| {
            let on = match rule.switches_on {
                ClockSwitch::ReceiptDay => received,
                ClockSwitch::StartDay => started,
            };
            rule.id == id && rule.effective.covers(on)
        })
    }

    /// Every version of every clock.
    #[must_use]
    pub fn rules(&self) -> &[ClockRule] {
        &self.rules
    }
}

impl ClockRule {
    /// Instant at which the clock runs out: for days, the last millisecond of the due day in Pacific time;
    /// for hours, the instant itself. `plan` is the calendar of the plan, for the clocks that count its days.
    #[must_use]
    pub fn due(&self, started: Timestamp, plan: &BusinessCalendar) -> Timestamp {
        match self.calendar {
            ClockCalendar::Plan => count_clock(self.amount, self.unit, self.direction, started, plan),
            ClockCalendar::State => {
                let state = BusinessCalendar::state();
                count_clock(self.amount, self.unit, self.direction, started, &state)
            }
        }
    }
}

/// Instant at which a clock of `amount` and `unit` that began at `started` runs out, by the same rules as
/// [`ClockRule::due`]: for a plan's own promises.
#[must_use]
pub fn due_after(amount: u16, unit: ClockUnit, started: Timestamp, calendar: &BusinessCalendar) -> Timestamp {
    count_clock(amount, unit, ClockDirection::After, started, calendar)
}

fn count_clock(
    amount: u16,
    unit: ClockUnit,
    direction: ClockDirection,
    started: Timestamp,
    calendar: &BusinessCalendar,
) -> Timestamp {
    let signed = match direction {
        ClockDirection::After => i64::from(amount),
        ClockDirection::Before => -i64::from(amount),
    };
    match unit {
        ClockUnit::Hours => {
            started.saturating_add(SignedDuration::from_hours(signed)).unwrap_or(Timestamp::MAX)
        }
        ClockUnit::CalendarDays => pacific_end_of_day(pacific_day(started).saturating_add(signed.days())),
        ClockUnit::BusinessDays => {
            pacific_end_of_day(calendar.add_business_days(pacific_day(started), amount))
        }
    }
}

static STATE: LazyLock<Clocks> = LazyLock::new(|| {
    toml::from_str(include_str!("../data/clocks.toml")).expect("the tests read the embedded clocks")
});

#[cfg(test)]
mod tests;
