//! Rules of the floor, by the words that they have in decisions, worklists and logs.

use crate::words;

words! {
    /// Rule that an answer of a plugin, or a decision of a person, can break.
    ///
    /// Those that a person can break are codes of problems too ([`crate::problem::Code`]), with the same
    /// word.
    pub enum Rule {
        // Answers to any question.
        AnswersTheQuestion = "answers-the-question",
        InvalidNamesAField = "invalid-names-a-field",
        ServiceOfferedOnTheDay = "service-offered-on-the-day",
        // Findings, notes and sentences.
        FewEnoughFindings = "few-enough-findings",
        DeclaredCriterion = "declared-criterion",
        CriterionApplies = "criterion-applies",
        FewEnoughPiecesOfEvidence = "few-enough-pieces-of-evidence",
        KnownEvidence = "known-evidence",
        FewEnoughNotes = "few-enough-notes",
        ShortEnoughNote = "short-enough-note",
        SentenceInBothLanguages = "sentence-in-both-languages",
        // Disposition and decision.
        KnownDestination = "known-destination",
        SaysWhatItNeeds = "says-what-it-needs",
        AsksForKnownThings = "asks-for-known-things",
        DenialRestsOnAFinding = "denial-rests-on-a-finding",
        ApprovedIsAllThatWasAsked = "approved-is-all-that-was-asked",
        // Grants.
        GrantHasLines = "grant-has-lines",
        ProcedureOfTheServiceOnTheDay = "procedure-of-the-service-on-the-day",
        UnitsAboveZero = "units-above-zero",
        GrantEnds = "grant-ends",
        GrantInsideCoverage = "grant-inside-coverage",
        NoMoreUnitsThanDays = "no-more-units-than-days",
        UnitsWithinWhatIsDeclared = "units-within-what-is-declared",
        DaysWithinWhatWasAsked = "days-within-what-was-asked",
        UnitsWithinWhatWasAsked = "units-within-what-was-asked",
        // Presumptive windows.
        DeclaredPresumptiveRule = "declared-presumptive-rule",
        PresumptiveDaysAsDeclared = "presumptive-days-as-declared",
        PresumptionInsideCoverage = "presumption-inside-coverage",
        PresumptiveRuleApplies = "presumptive-rule-applies",
        PresumptionForAFirstRequest = "presumption-for-a-first-request",
        PresumptionUnderAContract = "presumption-under-a-contract",
        PresumptiveProviderKind = "presumptive-provider-kind",
        PresumptivePopulation = "presumptive-population",
        PresumptiveAttestation = "presumptive-attestation",
        // Lines of a claim, and what is paid for them.
        OneResultForEachLine = "one-result-for-each-line",
        RejectionNamesFieldAndCode = "rejection-names-field-and-code",
        PaymentNotBelowZero = "payment-not-below-zero",
        PaymentWithinTheCharge = "payment-within-the-charge",
        PaymentWithinTheRate = "payment-within-the-rate",
        MonthlyAmountOnceAMonth = "monthly-amount-once-a-month",
        AmountOnceAnAuthorization = "amount-once-an-authorization",
        DeclaredRate = "declared-rate",
        RateForTheProcedureOnTheDay = "rate-for-the-procedure-on-the-day",
        FewEnoughAdjustments = "few-enough-adjustments",
        ChargeLessAdjustmentsIsTheAmount = "charge-less-adjustments-is-the-amount",
        AdjustmentGroup = "adjustment-group",
        AdjustmentReason = "adjustment-reason",
        AdjustmentRemark = "adjustment-remark",
        // Requirements of a credentialing file.
        DeclaredRequirement = "declared-requirement",
        OneResultForEachRequirement = "one-result-for-each-requirement",
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    /// Sources that check answers and decisions.
    const CHECKS: [&str; 6] = [
        include_str!("answer.rs"),
        include_str!("election.rs"),
        include_str!("grant.rs"),
        include_str!("payment.rs"),
        include_str!("presumption.rs"),
        include_str!("sums.rs"),
    ];

    #[test]
    fn every_rule_is_checked_somewhere() {
        for rule in Rule::ALL {
            let named = format!("Rule::{rule:?}");
            let checked = CHECKS.iter().any(|source| source.contains(&named));
            // An answer that calls the request invalid is checked against what the sender wrote, by workflow.
            assert_ne!(checked, *rule == Rule::InvalidNamesAField, "{rule}");
        }
    }
}
