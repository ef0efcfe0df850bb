//! A plugin in the hands of its own language, without a sandbox: in a second, where building and compiling
//! take minutes. It says who the plugin is before a component is made of it, and answers for `test --native`
//! and `try`.
//!
//! The language's SDK has the other half (`crosswalk/native.mjs`, `crosswalk_plan/native.py`): a line of JSON
//! says who the plugin is, then each question is a line, and each answer.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use sandbox::{Ending, Recorded};
use serde::Deserialize;

use super::new::Language;
use super::syntax;

/// Time to load a plugin and to hear who it is.
const TO_START: Duration = Duration::from_secs(20);
/// Time for one answer: rules that take longer would be out of time in every sandbox.
const TO_ANSWER: Duration = Duration::from_secs(2);

/// A plugin that runs.
pub(super) struct Native {
    folder: PathBuf,
    language: Language,
    running: Running,
}

/// A plugin's description of itself.
pub(super) struct Described {
    pub(super) profile: PlanProfile,
    /// The interfaces that it exports.
    pub(super) exports: Vec<String>,
    /// Places where it uses what a component does not have, such as a clock.
    pub(super) warnings: Vec<String>,
}

struct Running {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<String>,
}

/// The first line: why the plugin cannot say who it is, or who it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Started {
    failed: Option<String>,
    #[serde(default)]
    exports: Vec<String>,
    profile: Option<PlanProfile>,
    #[serde(default)]
    warnings: Vec<String>,
}

impl Native {
    /// Starts the plugin of a folder. Its syntax is looked at first, so that a slip is named where it is.
    pub(super) fn start(folder: &Path, language: Language) -> Result<(Self, Described), Box<dyn Error>> {
        let runner = folder.join(runner(language)?);
        if !runner.is_file() {
            let fix = "make a plugin with `crosswalk plugin new` elsewhere, and copy its SDK here";
            return Err(format!(
                "{} is not there: the SDK is another program's\n  fix: {fix}",
                runner.display()
            )
            .into());
        }
        syntax::check(folder, language)?;
        let running = Running::start(folder, language)?;
        let started = running.answers.recv_timeout(TO_START).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("the plugin is not loaded within {} s", TO_START.as_secs()),
            RecvTimeoutError::Disconnected => {
                "the plugin ended while it was loaded; what it said is above".to_owned()
            }
        })?;
        let native = Self { folder: folder.to_owned(), language, running };
        let Started { failed, exports, profile, warnings } =
            serde_json::from_str(&started).map_err(|error| {
                format!("the profile cannot be read: {error}\n  fix: compare it with wit/profile.wit")
            })?;
        if let Some(failed) = failed {
            return Err(failed.into());
        }
        let profile = profile.ok_or("the plugin exports no profile, which every plugin has")?;
        Ok((native, Described { profile, exports, warnings }))
    }

    /// Asks one question. A plugin that does not answer in time is ended and started anew.
    pub(super) fn ask(&mut self, question: &Question) -> Result<Ending<Answer>, Box<dyn Error>> {
        let mut line = question.canonical_bytes();
        line.push(b'\n');
        // One that has ended says so by its silence.
        let _ = self.running.questions.write_all(&line);
        match self.running.answers.recv_timeout(TO_ANSWER) {
            Ok(answer) => Ok(match serde_json::from_str(&answer) {
                Ok(Recorded::Answer(answer)) => Ending::Answer(answer),
                Ok(Recorded::GuestError(error)) => Ending::GuestError(error),
                Ok(Recorded::Fault(_)) => Ending::Trap("other"),
                Err(error) => Ending::BadOutput { at: format!(": {error}") },
            }),
            Err(RecvTimeoutError::Timeout) => {
                self.running = Running::start(&self.folder, self.language)?;
                let _ = self.running.answers.recv_timeout(TO_START);
                Ok(Ending::Deadline)
            }
            Err(RecvTimeoutError::Disconnected) => Err("the plugin ended; what it said is above".into()),
        }
    }
}

impl Running {
    fn start(folder: &Path, language: Language) -> Result<Self, Box<dyn Error>> {
        let mut command = match language {
            Language::Python => Command::new(python(folder)),
            _ => Command::new("node"),
        };
        if language == Language::Js {
            command.arg("--enable-source-maps");
        }
        let name = command.get_program().to_string_lossy().into_owned();
        command.current_dir(folder).arg(runner(language)?).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("{name} cannot be run: {error}"))?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(format!("{name} cannot be spoken to").into());
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(answers).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, questions, answers: receiver })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// File of a language's SDK that runs a plugin.
fn runner(language: Language) -> Result<&'static str, Box<dyn Error>> {
    match language {
        Language::Js => Ok("crosswalk/native.mjs"),
        Language::Python => Ok("crosswalk_plan/native.py"),
        Language::Rust => {
            Err("rules in Rust run natively with `cargo test`; see `cases!` in tests/cases.rs".into())
        }
        Language::Rules => Err("a rules file needs no build: leave --native away, and name the file".into()),
    }
}

/// The Python that a plugin's folder has, or the machine's.
pub(super) fn python(folder: &Path) -> PathBuf {
    let own = folder.join(".venv/bin/python");
    if own.is_file() { own } else { PathBuf::from("python3") }
}
