//! The checks, in the order of the receipt.

use serde::{Serialize, Serializer};

/// One thing that must hold of a plugin. Its JSON is its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// `describe` gives the same profile each time.
    DescribesAlike,
    /// Nothing in its profile keeps it from going live.
    ProfileValid,
    /// No presumptive window is for another than the plan's own rule says, or shorter than the state's or the
    /// rule's.
    PresumptiveWindows,
    /// It never traps, and what it answers can be read.
    NeverBreaksOff,
    /// It keeps to its time and memory.
    WithinBudgets,
    /// It never says that it is broken.
    NeverBroken,
    /// The same question gets the same bytes.
    AnswersAlike,
    /// It names only what it declared.
    DeclaredOnly,
    /// Every denial rests on a finding.
    DenialsExplained,
    /// A no is called something else than clinical only if it rests on administrative criteria alone.
    DenialKinds,
    /// Less than was asked for is a declared default, or rests on a finding.
    CutsExplained,
    /// Every pend says what it waits for.
    PendsExplained,
    /// Supplying what it waits for lets it decide.
    SupplyingDecides,
    /// Its answers stay within the state's floor.
    WithinFloor,
    /// The plan's own examples hold.
    ExamplesHold,
    /// The whole run came to its end.
    InTime,
}

impl Check {
    /// All of the values, in order.
    pub const ALL: [Self; 16] = [
        Self::DescribesAlike,
        Self::ProfileValid,
        Self::PresumptiveWindows,
        Self::NeverBreaksOff,
        Self::WithinBudgets,
        Self::NeverBroken,
        Self::AnswersAlike,
        Self::DeclaredOnly,
        Self::DenialsExplained,
        Self::DenialKinds,
        Self::CutsExplained,
        Self::PendsExplained,
        Self::SupplyingDecides,
        Self::WithinFloor,
        Self::ExamplesHold,
        Self::InTime,
    ];

    /// Id of the check, which never changes.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().0
    }

    /// Sentence that must hold, in plain words.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.row().1
    }

    /// The document that it comes from.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::DescribesAlike => (
                "describes-alike",
                "Asked again, `describe` gives the same profile.",
                "wit/profile.wit, describe",
            ),
            Self::ProfileValid => (
                "profile-valid",
                "Its profile names only services, codes and facts that exist, in both languages, and promises no less than the state.",
                "wit/profile.wit; 42 CFR 438.210(d); H&S 1367.01; 28 CCR 1300.71(b)",
            ),
            Self::PresumptiveWindows => (
                "presumptive-windows",
                "Service may start before the decision for whom the plan's own rule says, and lasts at least as long as it and the state say, inside coverage.",
                "DHCS ECM Policy Guide, presumptive authorization from 2025-01-01; wit/authorization.wit, presumption",
            ),
            Self::NeverBreaksOff => (
                "never-breaks-off",
                "It answers every valid request with something that can be read.",
                "wit/world.wit; wit/types.wit",
            ),
            Self::WithinBudgets => (
                "within-budgets",
                "It answers within its time and memory.",
                "this host's limits for one call",
            ),
            Self::NeverBroken => (
                "never-broken",
                "It never answers a valid request with an internal error.",
                "wit/types.wit, plan-error",
            ),
            Self::AnswersAlike => (
                "answers-alike",
                "The same request gets the same answer, byte for byte.",
                "wit/types.wit: a plugin is a pure function",
            ),
            Self::DeclaredOnly => (
                "declared-only",
                "It names only criteria, facts, documents, rates, rules, requirements and procedures that its profile declares or the state knows, and that apply to the request.",
                "wit/types.wit, finding; wit/profile.wit",
            ),
            Self::DenialsExplained => (
                "denials-explained",
                "Every denial rests on a criterion that is found not met.",
                "H&S 1367.01(h)(4); wit/types.wit, denial",
            ),
            Self::DenialKinds => (
                "denial-kinds",
                "Every no that it does not call clinical rests on what is administrative alone: a denial, a redirection, a line that \
                 is rejected or paid short.",
                "H&S 1367.01(e); wit/types.wit, denial-kind",
            ),
            Self::CutsExplained => (
                "cuts-explained",
                "Every grant of less than was asked for is cut to a default of its profile, or rests on a criterion that is found not met; another procedure than was asked for is explained by a condition.",
                "42 CFR 438.404(a) and 438.400(b); wit/authorization.wit, decision",
            ),
            Self::PendsExplained => (
                "pends-explained",
                "Every answer that waits says for which facts or documents.",
                "H&S 1367.01(h)(5); wit/types.wit, ask",
            ),
            Self::SupplyingDecides => (
                "supplying-decides",
                "Supplying just the facts and documents that an answer waits for leads to one that does not wait.",
                "H&S 1367.01(h)(5)",
            ),
            Self::WithinFloor => (
                "within-floor",
                "Every answer keeps to coverage, to the request, to the arithmetic of a payment, and speaks both languages.",
                "wit/authorization.wit, grant; wit/billing.wit, payment; wit/types.wit, bilingual",
            ),
            Self::ExamplesHold => (
                "examples-hold",
                "The plan's own example cases hold.",
                "the files of cases beside the plugin",
            ),
            Self::InTime => (
                "in-time",
                "The whole run is done within three minutes.",
                "this host's limits for a conformance run",
            ),
        }
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
