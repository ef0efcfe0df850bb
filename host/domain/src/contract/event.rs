//! Events of a contract, by the words of its timeline.

use crate::words;

words! {
    /// Kind of a step in the timeline of a contract.
    ///
    /// Software reads these words: `docs/timeline.md` says what each means.
    pub enum EventKind {
        /// The plan has it on record.
        Record = "record",
        /// It does not hold for now.
        Suspend = "suspend",
        /// It holds again from a day on.
        Reinstate = "reinstate",
        /// It holds up to a last day.
        End = "end",
        /// It is for more services, counties or days.
        Extend = "extend",
        /// It is for something else from a day on.
        Change = "change",
        /// It loses what rested on the approval of a credentialing file.
        Withdraw = "withdraw",
        /// Its reason is there in the language that was wanted.
        Translate = "translate",
    }
}
