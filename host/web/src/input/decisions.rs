//! What a plan's people decide, case by case.

use domain::plan::referral::Destination;
use domain::plan::types::DenialKind;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::PeopleDecision;

use super::authorizations::{RequestedLineBody, requested_lines};
use super::evidence::{self, AskBody};
use super::{Input, MOST_LINES, Reader, SentenceBody};

/// What is decided about a referral.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralDecision)]
pub(crate) struct ReferralDecisionBody {
    /// `accept`, `not-eligible` or `redirect`.
    #[schema(example = "accept")]
    decision: String,
    /// Why; for `not-eligible` and `redirect`.
    reason: Option<SentenceBody>,
    /// `administrative`, or `clinical`, which takes a license; for `not-eligible`.
    kind: Option<String>,
    /// Where to; for `redirect`.
    to: Option<DestinationBody>,
}

/// Where a referral belongs: one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Destination)]
pub(crate) struct DestinationBody {
    /// Id of another plan.
    plan: Option<String>,
    /// Id of a delegate of this plan.
    delegate: Option<String>,
    /// Id of another service.
    service: Option<String>,
}

/// What is decided about a request for authorization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuthorizationDecision)]
pub(crate) struct AuthorizationDecisionBody {
    /// `approve`, `modify`, `deny` or `pend`.
    #[schema(example = "approve")]
    decision: String,
    /// What is granted; for `modify`, and for `approve` unless it is what was asked for.
    lines: Option<Vec<RequestedLineBody>>,
    /// Why; for `deny`.
    reason: Option<SentenceBody>,
    /// `administrative`, or `clinical`, which takes a license; for `deny`.
    kind: Option<String>,
    /// What is still needed; for `pend`.
    asks: Option<Vec<AskBody>>,
}

/// What is decided about a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimDecision)]
pub(crate) struct ClaimDecisionBody {
    /// `pay`, `deny` or `pend`; `uphold` for a disputed claim, which stays as it was, where `pay` says what is paid in all.
    #[schema(example = "pay")]
    decision: String,
    /// Check or transfer number; for `pay`.
    #[schema(max_length = 50)]
    remittance: Option<String>,
    /// What is paid, line by line; for `pay`.
    lines: Option<Vec<PaidLineBody>>,
    /// Why; for `deny` and `uphold`.
    reason: Option<SentenceBody>,
    /// `administrative`, or `clinical`, which takes a license; for `deny`.
    kind: Option<String>,
    /// What is still needed; for `pend`.
    asks: Option<Vec<AskBody>>,
}

/// What is paid for a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidLine)]
pub(crate) struct PaidLineBody {
    /// The line's number.
    number: u16,
    /// Dollars.
    #[schema(example = "1250.50")]
    amount: String,
}

/// What is decided about a credentialing file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicationDecision)]
pub(crate) struct ApplicationDecisionBody {
    /// `approve` or `decline`; `end` for an approval that is to hold no longer; `reopen` for a file that was approved or
    /// declined and is read again.
    #[schema(example = "approve")]
    decision: String,
    /// From which day the contract holds that the approval makes; today if not said. For `approve`.
    #[schema(format = Date)]
    effective: Option<String>,
    /// The last day on which the approval and its contract hold: today if not said, and no day that has passed. For
    /// `end`.
    #[schema(format = Date)]
    last_day: Option<String>,
    /// Why; for `decline`, `end` and `reopen`.
    reason: Option<SentenceBody>,
}

impl Input for ReferralDecisionBody {
    type Command = PeopleDecision;

    fn read(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["accept", "not-eligible", "redirect"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if word != "redirect" {
            reader.absent("/to", &self.to, word);
        }
        if word != "not-eligible" {
            reader.absent("/kind", &self.kind, word);
        }
        match word {
            "accept" => {
                reader.absent("/reason", &self.reason, word)?;
                Some(PeopleDecision::Accept)
            }
            "not-eligible" => refusal(reader, word, self.kind, self.reason),
            _ => {
                let to = reader.present("/to", self.to, word).and_then(|to| destination(reader, to));
                let reason = reader.present("/reason", self.reason, word);
                let reason = reason.and_then(|reason| reader.sentence("/reason", &reason));
                Some(PeopleDecision::Redirect(to?, reason?))
            }
        }
    }
}

impl Input for AuthorizationDecisionBody {
    type Command = PeopleDecision;

    fn read(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["approve", "modify", "deny", "pend"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if !matches!(word, "approve" | "modify") {
            reader.absent("/lines", &self.lines, word);
        }
        if word != "deny" {
            reader.absent("/reason", &self.reason, word);
            reader.absent("/kind", &self.kind, word);
        }
        if word != "pend" {
            reader.absent("/asks", &self.asks, word);
        }
        match word {
            "approve" => {
                let lines = reader
                    .optional(self.lines, |reader, lines| requested_lines(reader, "/lines", lines, None));
                lines.map(PeopleDecision::Approve)
            }
            "modify" => {
                let lines = reader.present("/lines", self.lines, word)?;
                requested_lines(reader, "/lines", lines, None).map(PeopleDecision::Modify)
            }
            "deny" => refusal(reader, word, self.kind, self.reason),
            _ => pend(reader, self.asks),
        }
    }
}

impl Input for ClaimDecisionBody {
    type Command = PeopleDecision;

    fn read(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["pay", "deny", "pend", "uphold"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if word != "pay" {
            reader.absent("/remittance", &self.remittance, word);
            reader.absent("/lines", &self.lines, word);
        }
        if !matches!(word, "deny" | "uphold") {
            reader.absent("/reason", &self.reason, word);
        }
        if word != "deny" {
            reader.absent("/kind", &self.kind, word);
        }
        if word != "pend" {
            reader.absent("/asks", &self.asks, word);
        }
        match word {
            "pay" => {
                let remittance = reader.present("/remittance", self.remittance, word);
                let remittance = remittance.and_then(|number| reader.line("/remittance", &number, 50));
                let lines = reader.present("/lines", self.lines, word);
                let lines = lines.and_then(|lines| {
                    reader.each_of_some("/lines", lines, MOST_LINES, |reader, at, line| {
                        Some((line.number, reader.money(&format!("{at}/amount"), &line.amount)?))
                    })
                });
                Some(PeopleDecision::Pay { remittance: remittance?, lines: lines? })
            }
            "deny" => refusal(reader, word, self.kind, self.reason),
            "uphold" => {
                let reason = reader.present("/reason", self.reason, word)?;
                reader.sentence("/reason", &reason).map(PeopleDecision::Uphold)
            }
            _ => pend(reader, self.asks),
        }
    }
}

impl Input for ApplicationDecisionBody {
    type Command = PeopleDecision;

    fn read(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["approve", "decline", "end", "reopen"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if word != "end" {
            reader.absent("/last_day", &self.last_day, word);
        }
        if word == "approve" {
            reader.absent("/reason", &self.reason, word)?;
            let effective = reader.optional(self.effective, |reader, text| reader.day("/effective", &text));
            return effective.map(PeopleDecision::Credential);
        }
        reader.absent("/effective", &self.effective, word);
        let last = reader.optional(self.last_day, |reader, text| reader.day("/last_day", &text));
        let reason = reader.present("/reason", self.reason, word)?;
        let reason = reader.sentence("/reason", &reason)?;
        Some(match word {
            "decline" => PeopleDecision::Decline(reason),
            "reopen" => PeopleDecision::Reopen(reason),
            _ => PeopleDecision::EndApproval { last: last?, reason },
        })
    }
}

fn refusal(
    reader: &mut Reader,
    word: &str,
    kind: Option<String>,
    reason: Option<SentenceBody>,
) -> Option<PeopleDecision> {
    let kinds = [("administrative", DenialKind::Administrative), ("clinical", DenialKind::Clinical)];
    let kind = reader.present("/kind", kind, word).and_then(|kind| reader.one_of("/kind", &kind, &kinds));
    let reason =
        reader.present("/reason", reason, word).and_then(|reason| reader.sentence("/reason", &reason));
    Some(PeopleDecision::Refuse(kind?, reason?))
}

fn pend(reader: &mut Reader, asks: Option<Vec<AskBody>>) -> Option<PeopleDecision> {
    let asks = reader.present("/asks", asks, "pend")?;
    evidence::asks(reader, "/asks", asks).map(PeopleDecision::Pend)
}

fn destination(reader: &mut Reader, to: DestinationBody) -> Option<Destination> {
    match (to.plan, to.delegate, to.service) {
        (Some(plan), None, None) => {
            let plan: domain::identifiers::PlanId =
                reader.parsed("/to/plan", &plan, "send a plan's id from GET /v1/plans")?;
            Some(Destination::Plan(plan.to_string()))
        }
        (None, Some(delegate), None) => reader.line("/to/delegate", &delegate, 60).map(Destination::Delegate),
        (None, None, Some(service)) => {
            reader.referable_service("/to/service", &service).map(Destination::Service)
        }
        _ => reader.refuse(
            "/to",
            "one-of-three",
            "it names not exactly one place",
            "send one of plan, delegate or service",
        ),
    }
}
