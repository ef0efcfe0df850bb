//! Upload of a version: a file and a note; or everything that stands against the file, at once.

use askama::Template;
use askama::filters::HtmlSafe;
use domain::problem::Code;
use i18n_embed_fl::fl;

use crate::desk::{UPLOAD, sentence_form};
use crate::parts::{Errors, Field, Message, Mistake, Tone};
use crate::shell::{Frame, Place, Shell};

/// Field that holds the file.
pub const COMPONENT: &str = "component";
/// Field that holds the note.
pub const NOTE: &str = "note";

/// One reason for which a component is no plugin, in the reader's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Place in the component.
    pub at: String,
    /// Problem, in a sentence.
    pub says: String,
    /// Step that fixes it, in a sentence.
    pub fix: String,
    /// Words of the checker about this very case, in English, where the sentence says less.
    pub detail: Option<String>,
}

/// All reasons, as a table below the heading with the id `reasons`.
#[derive(Clone, Template)]
#[template(path = "desk/reasons.html")]
pub(crate) struct Reasons {
    pub(crate) heads: [String; 3],
    pub(crate) rows: Vec<Reason>,
}

impl HtmlSafe for Reasons {}

/// Table of these reasons; `None` where there is none.
pub(crate) fn reasons(words: crate::Words, rows: &[Reason]) -> Option<Reasons> {
    let l = words.l;
    (!rows.is_empty()).then(|| Reasons {
        heads: [fl!(l, "desk-reason-at"), fl!(l, "desk-reason-says"), fl!(l, "desk-reason-fix")],
        rows: rows.to_vec(),
    })
}

/// The page, with what was typed and what is wrong.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// Key of the attempt.
    pub once: String,
    /// Note, as it was typed.
    pub note: String,
    /// Why the component is no plugin.
    pub reasons: Vec<Reason>,
    /// True if no file came.
    pub file_missing: bool,
    /// True if more came than a version may have.
    pub file_too_large: bool,
    /// Codes of what keeps the upload from being taken at all.
    pub withheld: Vec<Code>,
    /// True if the note is too long or more than a line.
    pub note_wrong: bool,
    /// True if a file was chosen before: a page cannot hand it back.
    pub choose_again: bool,
}

#[derive(Template)]
#[template(path = "desk/upload.html")]
pub(crate) struct UploadPage {
    shell: Shell,
    heading: String,
    errors: Errors,
    message: Option<Message>,
    reasons: Option<Reasons>,
    action: &'static str,
    once: String,
    file_error: Option<String>,
    note: Field,
}

/// Page of the upload, as HTML.
#[must_use]
pub fn page(frame: &Frame<'_>, upload: &Upload) -> String {
    let words = frame.words;
    let l = words.l;
    let heading = fl!(l, "desk-upload");
    let alone = if upload.file_missing {
        Some(fl!(l, "desk-file-missing"))
    } else {
        upload.file_too_large.then(|| fl!(l, "desk-file-large"))
    };
    let file_error = if alone.is_some() {
        alone.clone()
    } else if !upload.reasons.is_empty() || !upload.withheld.is_empty() {
        Some(fl!(l, "desk-file-refused"))
    } else {
        None
    };
    let of_file = |text: String| Mistake::at(COMPONENT, text);
    let note_error = upload.note_wrong.then(|| fl!(l, "desk-note-wrong"));
    let mut rows: Vec<Mistake> =
        alone.into_iter().chain(sentence_form::withheld(words, &upload.withheld)).map(of_file).collect();
    rows.extend(upload.reasons.iter().map(|reason| of_file(reason.says.clone())));
    rows.extend(note_error.iter().map(|text| Mistake::at(NOTE, text.clone())));
    let errors = Errors { title: fl!(l, "desk-cannot-upload"), rows };
    let page = UploadPage {
        shell: Shell::of(frame, &heading, Some(Place::Rules)).around_form(&errors),
        heading,
        message: upload.choose_again.then(|| Message { tone: Tone::Soon, text: fl!(l, "desk-choose-again") }),
        reasons: reasons(words, &upload.reasons),
        action: UPLOAD,
        once: upload.once.clone(),
        file_error,
        note: Field {
            hint: Some(fl!(l, "desk-note-hint")),
            value: upload.note.clone(),
            error: note_error,
            ..Field::text(NOTE, fl!(l, "desk-note"))
        },
        errors,
    };
    page.to_string()
}
