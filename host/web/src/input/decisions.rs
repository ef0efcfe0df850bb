//! Decisions of a plan's people, case by case.

use domain::case::Reason;
use domain::identifiers::OrgId;
use domain::plan::billing::Adjustment;
use domain::plan::referral::Destination;
use domain::plan::types::DenialKind;
use domain::problem::Code;
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::{ClaimPayment, Decided, Granting, No, PaidByHand, PeopleDecision, Written};

use super::authorizations::{RequestedLineBody, requested_lines};
use super::evidence::{self, AskBody};
use super::{Input, MOST_LINES, Reader};

/// Most adjustments of a paid line, and most criteria that a no rests on.
const MOST_ADJUSTMENTS: usize = 50;
const MOST_CRITERIA: usize = 50;

/// Decision of the plan's people on a referral.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReferralDecision)]
pub(crate) struct ReferralDecisionBody {
    /// `accept`, `not-eligible` or `redirect`; for an accepted one `assign`, which gives it to a provider, or
    /// `offer`, which has it offered to providers until one takes it.
    #[schema(example = "accept")]
    pub(crate) decision: String,
    /// Reason, as the provider is told it; for `not-eligible` and `redirect`.
    pub(crate) reason: Option<ReasonBody>,
    /// `administrative`, which rests on administrative criteria of the plan alone, or `clinical`, which takes
    /// a license; for `not-eligible`.
    pub(crate) kind: Option<String>,
    /// Ids of the criteria that it rests on, from `GET /v1/criteria`; those that the rules found not met if
    /// none is named. For `not-eligible`.
    pub(crate) criteria: Option<Vec<String>>,
    /// Service, delegate or plan that the referral belongs to; for `redirect`.
    pub(crate) to: Option<DestinationBody>,
    /// Id of the provider; for `assign`.
    pub(crate) provider: Option<String>,
    /// Ids of providers in the order in which they are offered it; for `offer`. If none is named, those under
    /// contract for the service in the member's county are, the one with the fewest open referrals first.
    #[schema(max_items = 20)]
    pub(crate) providers: Option<Vec<String>>,
    /// Reason for deciding otherwise than the plan's rules advise, in the reviewer's own words. Only the
    /// plan's people read it.
    #[schema(max_length = 2000)]
    pub(crate) against_advice: Option<String>,
}

/// A reason in the language that the reviewer writes, or in both; a missing language is a task with a clock,
/// for `POST .../translations`. Before the reason of a refusal stand the words of the named criteria in both
/// languages.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Reason)]
pub(crate) struct ReasonBody {
    /// The reason in English; in the one or the other language it must be there.
    #[schema(max_length = 2000)]
    pub(crate) en: Option<String>,
    /// The reason in Spanish; in the one or the other language it must be there.
    #[schema(max_length = 2000)]
    pub(crate) es: Option<String>,
}

impl ReasonBody {
    /// Reads what is written.
    fn written(self, reader: &mut Reader, at: &str) -> Option<Written> {
        let en = reader.optional(self.en, |reader, text| reader.line(&format!("{at}/en"), &text, 2000));
        let es = reader.optional(self.es, |reader, text| reader.line(&format!("{at}/es"), &text, 2000));
        Some(Written { en: en?, es: es? })
    }

    /// Reads a reason that must have words in one language at least.
    pub(crate) fn read(self, reader: &mut Reader, at: &str) -> Option<Reason> {
        let Written { en, es } = self.written(reader, at)?;
        Reason::written(en, es).or_else(|| no_words(reader, at))
    }
}

/// Destination of a referral that belongs elsewhere: exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Destination)]
pub(crate) struct DestinationBody {
    /// Id of another plan.
    pub(crate) plan: Option<String>,
    /// Id of a delegate of this plan.
    pub(crate) delegate: Option<String>,
    /// Id of another service.
    pub(crate) service: Option<String>,
}

/// Decision of the plan's people on a request for authorization.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuthorizationDecision)]
pub(crate) struct AuthorizationDecisionBody {
    /// `approve`, `modify`, `deny` or `pend`.
    #[schema(example = "approve")]
    pub(crate) decision: String,
    /// Lines that are granted; for `modify`, and for `approve` unless everything is granted that was asked
    /// for. Never more than was asked for.
    pub(crate) lines: Option<Vec<RequestedLineBody>>,
    /// Reason, as the provider is told it; for `deny`, and for `approve` and `modify` where they give less
    /// than was asked for, unless they are cut to what the plan's own profile declares.
    pub(crate) reason: Option<ReasonBody>,
    /// `administrative`, which rests on administrative criteria of the plan alone, or `clinical`, which takes
    /// a license; with `reason`.
    pub(crate) kind: Option<String>,
    /// Ids of the criteria that it rests on, from `GET /v1/criteria`; those that the rules found not met if
    /// none is named. With `kind`.
    pub(crate) criteria: Option<Vec<String>>,
    /// Facts and documents that are still needed; for `pend`.
    pub(crate) asks: Option<Vec<AskBody>>,
    /// Reason for more than a benefit limit gives, where the limit allows that; for `approve` and `modify`.
    pub(crate) exception: Option<ReasonBody>,
    /// Reason for deciding otherwise than the plan's rules advise, in the reviewer's own words. Only the
    /// plan's people read it.
    #[schema(max_length = 2000)]
    pub(crate) against_advice: Option<String>,
}

/// Decision of the plan's people on a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClaimDecision)]
pub(crate) struct ClaimDecisionBody {
    /// `pay`, `deny` or `pend`; `uphold` for a disputed claim, which stays as it was, where `pay` says what
    /// is paid in all.
    #[schema(example = "pay")]
    pub(crate) decision: String,
    /// Check or transfer number; for `pay`.
    #[schema(max_length = 50)]
    pub(crate) remittance: Option<String>,
    /// Amounts that are paid, for every line that is not rejected or denied; a denied one that is left out
    /// enters at 0.00 with its reason code. Where rules only advise, for every line. For `pay`.
    pub(crate) lines: Option<Vec<PaidLineBody>>,
    /// Reason, as the provider is told it; for `deny` and `uphold`.
    pub(crate) reason: Option<ReasonBody>,
    /// `administrative`, which rests on administrative criteria of the plan alone, or `clinical`, which takes
    /// a license; for `deny`.
    pub(crate) kind: Option<String>,
    /// Ids of the criteria that it rests on, from `GET /v1/criteria`; those that the rules found not met if
    /// none is named. For `deny`.
    pub(crate) criteria: Option<Vec<String>>,
    /// Facts and documents that are still needed; for `pend`.
    pub(crate) asks: Option<Vec<AskBody>>,
    /// Reason for paying more than a benefit limit gives, where the limit allows that; for `pay`.
    pub(crate) exception: Option<ReasonBody>,
    /// Reason for paying lines that no authorization on file covers, as the provider is told it; for `pay`.
    pub(crate) without_authorization: Option<ReasonBody>,
    /// Reason for deciding otherwise than the plan's rules advise, in the reviewer's own words. Only the
    /// plan's people read it.
    #[schema(max_length = 2000)]
    pub(crate) against_advice: Option<String>,
}

/// Amount that is paid for one line of a claim.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidLine)]
pub(crate) struct PaidLineBody {
    /// Number of the claim's line, from 1.
    pub(crate) number: u16,
    /// Dollars; not more than the charge, and not more than the plan's rate gives by its model.
    #[schema(example = "1250.50")]
    pub(crate) amount: String,
    /// Adjustments that explain the difference: the charge less these is the amount, to the cent. May be left
    /// out where the amount is the charge, or what the plan's rules priced.
    pub(crate) adjustments: Option<Vec<AdjustmentBody>>,
}

/// An adjustment: part of the charge that is not paid, with its reason code (X12 CAS).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PaidAdjustment)]
pub(crate) struct AdjustmentBody {
    /// `CO`, `PR`, `OA` or `PI` (X12 claim adjustment group code).
    #[schema(example = "CO")]
    pub(crate) group: String,
    /// Claim adjustment reason code.
    #[schema(example = "45")]
    pub(crate) reason: String,
    /// Remittance advice remark code.
    pub(crate) remark: Option<String>,
    /// Dollars that it takes from the charge.
    #[schema(example = "25.00")]
    pub(crate) amount: String,
}

/// Decision of the plan's people on a credentialing file.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicationDecision)]
pub(crate) struct ApplicationDecisionBody {
    /// `approve` or `decline`; `end` for an approval that is to hold no longer; `reopen` for a file that was
    /// approved or declined and is read again.
    #[schema(example = "approve")]
    pub(crate) decision: String,
    /// First day of the contract that the approval makes; today if absent. For `approve`.
    #[schema(format = Date)]
    pub(crate) effective: Option<String>,
    /// The last day on which the approval and its contract hold: today if not said, and no day that has
    /// passed. For `end`.
    #[schema(format = Date)]
    pub(crate) last_day: Option<String>,
    /// Reason, as the provider is told it; for `decline`, `end` and `reopen`.
    pub(crate) reason: Option<ReasonBody>,
}

/// Most providers that are named for one referral.
const MOST_OFFERED: usize = 20;

fn against_advice(reader: &mut Reader, sent: Option<String>) -> Option<Option<String>> {
    reader.optional(sent, |reader, text| reader.line("/against_advice", &text, 2000))
}

fn organization(reader: &mut Reader, at: &str, id: &str) -> Option<OrgId> {
    reader.parsed(at, id, "send the organization's id from GET /v1/organizations")
}

impl Input for ReferralDecisionBody {
    type Command = Decided;

    fn read(mut self, reader: &mut Reader) -> Option<Decided> {
        let against_advice = against_advice(reader, self.against_advice.take());
        let decision = self.decision(reader);
        Some(Decided { decision: decision?, against_advice: against_advice? })
    }
}

impl ReferralDecisionBody {
    fn decision(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["accept", "not-eligible", "redirect", "assign", "offer"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if word != "redirect" {
            reader.absent("/to", &self.to, word);
        }
        if word != "not-eligible" {
            reader.absent("/kind", &self.kind, word);
            reader.absent("/criteria", &self.criteria, word);
        }
        if word != "assign" {
            reader.absent("/provider", &self.provider, word);
        }
        if word != "offer" {
            reader.absent("/providers", &self.providers, word);
        }
        match word {
            "assign" => {
                reader.absent("/reason", &self.reason, word)?;
                let provider = reader.present("/provider", self.provider, word)?;
                organization(reader, "/provider", &provider).map(PeopleDecision::Assign)
            }
            "offer" => {
                reader.absent("/reason", &self.reason, word)?;
                let providers = self.providers.unwrap_or_default();
                reader
                    .each("/providers", providers, MOST_OFFERED, |reader, at, id| {
                        organization(reader, at, &id)
                    })
                    .map(PeopleDecision::Offer)
            }
            "accept" => {
                reader.absent("/reason", &self.reason, word)?;
                Some(PeopleDecision::Accept)
            }
            "not-eligible" => {
                refusal(reader, word, self.kind, self.reason, self.criteria).map(PeopleDecision::Refuse)
            }
            _ => {
                let to = reader.present("/to", self.to, word).and_then(|to| destination(reader, to));
                let reason = reader.present("/reason", self.reason, word);
                let reason = reason.and_then(|reason| reason.read(reader, "/reason"));
                Some(PeopleDecision::Redirect(to?, reason?))
            }
        }
    }
}

impl Input for AuthorizationDecisionBody {
    type Command = Decided;

    fn read(mut self, reader: &mut Reader) -> Option<Decided> {
        let against_advice = against_advice(reader, self.against_advice.take());
        let decision = self.decision(reader);
        Some(Decided { decision: decision?, against_advice: against_advice? })
    }
}

impl AuthorizationDecisionBody {
    fn decision(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["approve", "modify", "deny", "pend"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if !matches!(word, "approve" | "modify") {
            reader.absent("/lines", &self.lines, word);
            reader.absent("/exception", &self.exception, word);
        }
        if word == "pend" {
            reader.absent("/reason", &self.reason, word);
            reader.absent("/kind", &self.kind, word);
            reader.absent("/criteria", &self.criteria, word);
        } else {
            reader.absent("/asks", &self.asks, word);
        }
        match word {
            "pend" => pend(reader, self.asks),
            "deny" => {
                refusal(reader, word, self.kind, self.reason, self.criteria).map(PeopleDecision::Refuse)
            }
            _ => self.grant(reader, word),
        }
    }
}

impl AuthorizationDecisionBody {
    /// Reads what is granted, and why it is less than was asked for if a reason is given.
    fn grant(self, reader: &mut Reader, word: &str) -> Option<PeopleDecision> {
        let modifies = word == "modify";
        let lines = if modifies { reader.present("/lines", self.lines, word).map(Some)? } else { self.lines };
        let lines = reader.optional(lines, |reader, lines| requested_lines(reader, "/lines", lines, None));
        let says_why = self.kind.is_some() || self.reason.is_some() || self.criteria.is_some();
        let no = if says_why {
            refusal(reader, "less than was asked for", self.kind, self.reason, self.criteria).map(Some)
        } else {
            Some(None)
        };
        let exception = reader.optional(self.exception, |reader, words| words.read(reader, "/exception"));
        Some(PeopleDecision::Approve(Granting { lines: lines?, modifies, no: no?, exception: exception? }))
    }
}

impl Input for ClaimDecisionBody {
    type Command = Decided;

    fn read(mut self, reader: &mut Reader) -> Option<Decided> {
        let against_advice = against_advice(reader, self.against_advice.take());
        let decision = self.decision(reader);
        Some(Decided { decision: decision?, against_advice: against_advice? })
    }
}

impl ClaimDecisionBody {
    fn decision(self, reader: &mut Reader) -> Option<PeopleDecision> {
        let words = ["pay", "deny", "pend", "uphold"].map(|word| (word, word));
        let word = reader.one_of("/decision", &self.decision, &words)?;
        if word != "pay" {
            reader.absent("/remittance", &self.remittance, word);
            reader.absent("/exception", &self.exception, word);
            reader.absent("/without_authorization", &self.without_authorization, word);
            reader.absent("/lines", &self.lines, word);
        }
        if !matches!(word, "deny" | "uphold") {
            reader.absent("/reason", &self.reason, word);
        }
        if word != "deny" {
            reader.absent("/kind", &self.kind, word);
            reader.absent("/criteria", &self.criteria, word);
        }
        if word != "pend" {
            reader.absent("/asks", &self.asks, word);
        }
        match word {
            "pay" => {
                let remittance = reader.present("/remittance", self.remittance, word);
                let remittance = remittance.and_then(|number| reader.line("/remittance", &number, 50));
                let lines = reader.present("/lines", self.lines, word);
                let sent = SentPayment {
                    lines,
                    exception: self.exception,
                    without_authorization: self.without_authorization,
                };
                let payment = sent.read(reader, "");
                Some(PeopleDecision::Pay { remittance: remittance?, payment: payment? })
            }
            "deny" => {
                refusal(reader, word, self.kind, self.reason, self.criteria).map(PeopleDecision::Refuse)
            }
            "uphold" => {
                let reason = reader.present("/reason", self.reason, word)?;
                reason.read(reader, "/reason").map(PeopleDecision::Uphold)
            }
            _ => pend(reader, self.asks),
        }
    }
}

/// Payment of a claim as it was sent, in a decision or in a remittance.
pub(super) struct SentPayment {
    /// None where they are missing, which was said already.
    pub(super) lines: Option<Vec<PaidLineBody>>,
    pub(super) exception: Option<ReasonBody>,
    pub(super) without_authorization: Option<ReasonBody>,
}

impl SentPayment {
    pub(super) fn read(self, reader: &mut Reader, at: &str) -> Option<ClaimPayment> {
        let lines = self.lines.and_then(|lines| {
            let at = format!("{at}/lines");
            reader.each_of_some(&at, lines, MOST_LINES, |reader, at, line| line.read(reader, at))
        });
        let mut reason = |sent: Option<ReasonBody>, field: &str| {
            reader.optional(sent, |reader, words| words.read(reader, &format!("{at}/{field}")))
        };
        let exception = reason(self.exception, "exception");
        let without_authorization = reason(self.without_authorization, "without_authorization");
        Some(ClaimPayment {
            lines: lines?,
            exception: exception?,
            without_authorization: without_authorization?,
        })
    }
}

impl PaidLineBody {
    pub(super) fn read(self, reader: &mut Reader, at: &str) -> Option<PaidByHand> {
        let amount = reader.money(&format!("{at}/amount"), &self.amount);
        let adjustments = reader.optional(self.adjustments, |reader, list| {
            reader.each(&format!("{at}/adjustments"), list, MOST_ADJUSTMENTS, |reader, at, one| {
                let group = reader.line(&format!("{at}/group"), &one.group, 2);
                let reason = reader.line(&format!("{at}/reason"), &one.reason, 4);
                let remark = reader
                    .optional(one.remark, |reader, remark| reader.line(&format!("{at}/remark"), &remark, 6));
                let amount = reader.money(&format!("{at}/amount"), &one.amount);
                Some(Adjustment { group: group?, reason: reason?, remark: remark?, amount: amount? })
            })
        });
        Some(PaidByHand { number: self.number, amount: amount?, adjustments: adjustments? })
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
        let reason = reason.read(reader, "/reason")?;
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
    reason: Option<ReasonBody>,
    criteria: Option<Vec<String>>,
) -> Option<No> {
    let kind =
        reader.present("/kind", kind, word).and_then(|kind| reader.word_of("/kind", &kind, DenialKind::ALL));
    let reason = match reason {
        // The words of the criteria say why.
        None if criteria.as_ref().is_some_and(|ids| !ids.is_empty()) => Some(Written::default()),
        reason => reader.present("/reason", reason, word).and_then(|reason| said(reader, reason, &criteria)),
    };
    let criteria = reader.optional(criteria, |reader, ids| {
        reader.each("/criteria", ids, MOST_CRITERIA, |reader, at, id| reader.line(at, &id, 200))
    });
    Some(No { kind: kind?, reason: reason?, criteria: criteria?.unwrap_or_default() })
}

/// Reads a reason that must have words, unless the criteria have them.
fn said(reader: &mut Reader, reason: ReasonBody, criteria: &Option<Vec<String>>) -> Option<Written> {
    let written = reason.written(reader, "/reason")?;
    let speaks = written.en.is_some() || written.es.is_some();
    if !speaks && criteria.as_ref().is_none_or(Vec::is_empty) {
        return no_words(reader, "/reason");
    }
    Some(written)
}

fn no_words<T>(reader: &mut Reader, at: &str) -> Option<T> {
    reader.refuse(at, Code::MissingField, "there are no words", "send en, es or both")
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
            Code::OneOf,
            "it names not exactly one place",
            "send one of: plan, delegate, service",
        ),
    }
}
