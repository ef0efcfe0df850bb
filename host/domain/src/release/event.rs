//! Events of a release, by the words of its timeline.

use crate::words;

words! {
    /// Kind of a step in the timeline of a release: a transition, or a note beside one.
    ///
    /// Software reads these words: `docs/timeline.md` says what each means.
    pub enum EventKind {
        /// Somebody sent the component.
        Upload = "upload",
        /// The gate read it and found nothing wrong.
        Check = "check",
        /// A node begins to compile it.
        StartCompiling = "start-compiling",
        /// Another node goes on compiling it, since the one that began has ended.
        TakeUp = "take-up",
        /// It compiled, and its profile holds.
        FinishCompiling = "finish-compiling",
        /// It is no plugin.
        Refuse = "refuse",
        /// A signature over it was verified.
        Sign = "sign",
        /// The conformance kit has a verdict.
        Conform = "conform",
        /// A shadow run was made.
        Shadow = "shadow",
        /// Somebody answers for it.
        Approve = "approve",
        /// Somebody asked another person to let it decide: from when, and for which requests.
        Propose = "propose",
        /// It will decide from an instant on.
        Schedule = "schedule",
        /// It decides from now on.
        Activate = "activate",
        /// The instant from which it decides has come.
        Begin = "begin",
        /// Later releases answer everything that it answered.
        Supersede = "supersede",
        /// The release that stood over it is gone.
        Resume = "resume",
        /// It is taken back, or one of its activations is.
        RollBack = "roll-back",
        /// It never decides again.
        Revoke = "revoke",
    }
}
