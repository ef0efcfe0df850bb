//! Steps of a plan's people with a case that waits for them, and their notes.

use domain::work::{Event, Note};
use serde::Deserialize;
use utoipa::ToSchema;
use workflow::command::NewWorkStep;

use super::{Input, Reader};

/// A step with a case that waits for the plan's people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkStep)]
pub(crate) struct WorkStepBody {
    /// `take`, `pass` (to a colleague) or `put-back`.
    #[schema(example = "take")]
    step: String,
    /// Id of the colleague's account or key, of GET /v1/colleagues; for `pass`, and for no other step.
    to: Option<String>,
    /// Note for the plan's people that is left with the step, in one line.
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// A note for the plan's people.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WorkNote)]
pub(crate) struct WorkNoteBody {
    /// Text of the note, in one line.
    #[schema(max_length = 500)]
    note: String,
}

impl WorkStepBody {
    /// The body that a form's fields make.
    pub(crate) fn of(step: &str, to: Option<&str>, note: &str) -> Self {
        let note = one_line(note);
        let note = (!note.is_empty()).then_some(note);
        Self { step: step.to_owned(), to: to.map(str::to_owned), note }
    }
}

impl WorkNoteBody {
    /// The body that a form's text makes: its lines become one.
    pub(crate) fn of(text: &str) -> Self {
        Self { note: one_line(text) }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Input for WorkStepBody {
    type Command = NewWorkStep;

    fn read(self, reader: &mut Reader) -> Option<NewWorkStep> {
        let words = ["take", "pass", "put-back"].map(|word| (word, word));
        let word = reader.one_of("/step", &self.step, &words);
        let note = reader.optional(self.note, |reader, text| note(reader, &text));
        let word = word?;
        let event = if word == "pass" {
            let to = reader.present("/to", self.to, word);
            let to = to.and_then(|to| reader.parsed("/to", &to, "send an id of GET /v1/colleagues"));
            Event::Pass { to: to? }
        } else {
            reader.absent("/to", &self.to, word);
            if word == "take" { Event::Take } else { Event::PutBack }
        };
        Some(NewWorkStep { event, note: note? })
    }
}

impl Input for WorkNoteBody {
    type Command = Note;

    fn read(self, reader: &mut Reader) -> Option<Note> {
        note(reader, &self.note)
    }
}

fn note(reader: &mut Reader, text: &str) -> Option<Note> {
    let line = reader.line("/note", text, Note::MOST)?;
    reader.parsed("/note", &line, "send one line of 1 to 500 characters")
}
