//! Pages that stand in for another: it is not there, may not be seen, or something went wrong. Each says
//! what is so, what was kept, and what to do next.

use askama::Template;
use i18n_embed_fl::fl;

use crate::parts::Action;
use crate::shell::{Frame, ROOT, Shell};

/// Why a page cannot be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not exist, or is not the viewer's: both look the same.
    NotHere,
    /// The viewer's role does not do this.
    Refused,
    /// A form of another site sent the request.
    Foreign,
    /// It changed since the viewer read it; nothing was overwritten.
    Changed,
    /// The request cannot be read.
    Unreadable,
    /// Too many requests in a short time.
    TooMany,
    /// Too much is waiting, or the record takes nothing now; nothing was done.
    Busy,
    /// Nobody knows whether it was done.
    Unknown,
    /// Something failed on our side.
    OurFault,
}

impl Trouble {
    /// All of them, in the order of the gallery.
    pub const ALL: [Self; 9] = [
        Self::NotHere,
        Self::Refused,
        Self::Foreign,
        Self::Changed,
        Self::Unreadable,
        Self::TooMany,
        Self::Busy,
        Self::Unknown,
        Self::OurFault,
    ];

    /// True if the same request may be sent again as it is.
    fn may_be_tried_again(self) -> bool {
        matches!(self, Self::TooMany | Self::Busy | Self::Unknown | Self::OurFault)
    }
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroublePage {
    shell: Shell,
    heading: String,
    says: String,
    then: String,
    reference: Option<String>,
    action: Option<Action>,
}

/// The page for this trouble. `reference` is the id under which the request was logged.
#[must_use]
pub fn page(frame: &Frame<'_>, trouble: Trouble, reference: &str) -> String {
    view(frame, trouble, reference).to_string()
}

fn view(frame: &Frame<'_>, trouble: Trouble, reference: &str) -> TroublePage {
    let l = frame.words.l;
    let (heading, says, then) = match trouble {
        Trouble::NotHere => (fl!(l, "not-here"), fl!(l, "not-here-says"), fl!(l, "not-here-then")),
        Trouble::Refused => (fl!(l, "refused"), fl!(l, "refused-says"), fl!(l, "refused-then")),
        Trouble::Foreign => (fl!(l, "foreign"), fl!(l, "foreign-says"), fl!(l, "foreign-then")),
        Trouble::Changed => (fl!(l, "changed"), fl!(l, "changed-says"), fl!(l, "changed-then")),
        Trouble::Unreadable => (fl!(l, "unreadable"), fl!(l, "refused-says"), fl!(l, "unreadable-then")),
        Trouble::TooMany => (fl!(l, "too-many"), fl!(l, "too-many-says"), fl!(l, "too-many-then")),
        Trouble::Busy => (fl!(l, "busy"), fl!(l, "busy-says"), fl!(l, "busy-then")),
        Trouble::Unknown => (fl!(l, "unknown"), fl!(l, "unknown-says"), fl!(l, "busy-then")),
        Trouble::OurFault => (fl!(l, "our-fault"), fl!(l, "our-fault-says"), fl!(l, "our-fault-then")),
    };
    let again = || Action::main(fl!(l, "try-again"), frame.address);
    let first = || Action::main(fl!(l, "to-first-page"), ROOT);
    TroublePage {
        shell: Shell::of(frame, &heading, None),
        action: Some(if trouble.may_be_tried_again() { again() } else { first() }),
        reference: (!reference.is_empty()).then(|| fl!(l, "reference", id = reference)),
        heading,
        says,
        then,
    }
}
