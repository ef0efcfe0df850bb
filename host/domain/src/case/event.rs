//! Events of a case, by the words of its timeline.

use crate::words;

words! {
    /// Kind of a step in the timeline of a case: a transition, a note beside one, or a clock that ran out.
    ///
    /// Software reads these words: `docs/timeline.md` says what each means.
    pub enum EventKind {
        /// It arrived, or went on from another case.
        Received = "received",
        /// The plan takes it.
        Accept = "accept",
        /// The plan sends it elsewhere.
        Redirect = "redirect",
        /// The plan needs more.
        Ask = "ask",
        /// More became known, and the plan is asked again.
        Supply = "supply",
        /// It goes to the plan's people.
        HandOver = "hand-over",
        /// The plan grants it, or approves a credentialing file.
        Approve = "approve",
        /// The plan refuses it.
        Refuse = "refuse",
        /// The member, or the days, became another plan's.
        Move = "move",
        /// A grant or an approval ends before its last day.
        End = "end",
        /// A provider takes the referral.
        ProviderAccept = "provider-accept",
        /// Whoever made the referral may take it.
        Keep = "keep",
        /// It is offered to a provider.
        Offer = "offer",
        /// The time in which an offer could be taken is over.
        OfferLapsed = "offer-lapsed",
        /// The plan's people give it to a provider.
        Assign = "assign",
        /// The plan's people are to find a provider.
        LookForProvider = "look-for-provider",
        /// A provider gives it back or does not take it.
        ProviderDecline = "provider-decline",
        /// Whoever was asked for has no contract, and is passed over.
        NotContracted = "not-contracted",
        /// It goes with another that is under way.
        Join = "join",
        /// Outreach or service begins.
        StartOutreach = "start-outreach",
        /// The member asks for another provider.
        ChangeProvider = "change-provider",
        /// The loop of a referral closes.
        Close = "close",
        /// Reading of a FHIR bundle: what was understood, and what was left out.
        ReadAs = "read-as",
        /// The provider takes it back.
        Withdraw = "withdraw",
        /// The decision may wait longer.
        Extend = "extend",
        /// A grant goes on with another plan.
        Continue = "continue",
        /// A presumptive window opens.
        Presume = "presume",
        /// A presumptive window is shorter than its rule says, by a limit.
        PresumptionCut = "presumption-cut",
        /// A presumptive window does not open, since the plan's places are taken.
        PresumptionFull = "presumption-full",
        /// A presumptive window does not open, since the member has had one.
        WindowHad = "window-had",
        /// No line can be paid as it stands.
        Reject = "reject",
        /// At least one line will be paid.
        FindPayable = "find-payable",
        /// The plugin has priced it, without the last word.
        Advise = "advise",
        /// The plan paid the claim.
        Pay = "pay",
        /// The provider disputes the plan's last action.
        Dispute = "dispute",
        /// The plan's people stand by it.
        Uphold = "uphold",
        /// A corrected claim takes its place.
        Replace = "replace",
        /// A void takes it back.
        Void = "void",
        /// It is a void, and takes another claim back.
        CarryOut = "carry-out",
        /// The plan's rules find that something is missing.
        FindIncomplete = "find-incomplete",
        /// The plan's people say no.
        Decline = "decline",
        /// The plan's people read it again.
        Reopen = "reopen",
        /// The plan says that it wrote to the member.
        MemberNotice = "member-notice",
        /// The reason of a refusal is there in the language that was asked for.
        Translate = "translate",
        /// An organization sees the member from now on.
        SightGranted = "sight-granted",
        /// A clock ran out, and somebody is late.
        DeadlineMissed = "deadline-missed",
        /// A clock ran out, and somebody can no longer act.
        RightLapsed = "right-lapsed",
        /// Warning: something ends soon.
        DeadlineNear = "deadline-near",
    }
}
