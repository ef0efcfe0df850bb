//! A real browser: Debian's Chromium, driven by the scripts of `tests/browser` in Node.js.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use super::database::skip;

/// Script that does the tasks.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/browser/main.mjs");

/// Programs that the scripts are run by, and the folder of their packages.
pub(crate) struct Browser {
    _turn: Sharing,
    node: PathBuf,
    chromium: PathBuf,
    tools: PathBuf,
}

/// Tasks that have the browser. A task with workers of its own has it alone: two such would share the cores,
/// and neither would end sooner. A task that goes one step after the other leaves a core idle for another
/// like it.
enum Sharing {
    Alone { _turn: RwLockWriteGuard<'static, ()> },
    Among { _turn: RwLockReadGuard<'static, ()> },
}

impl Sharing {
    fn wait(is_alone: bool) -> Self {
        static TURN: RwLock<()> = RwLock::new(());
        if is_alone {
            Self::Alone { _turn: TURN.write().unwrap_or_else(PoisonError::into_inner) }
        } else {
            Self::Among { _turn: TURN.read().unwrap_or_else(PoisonError::into_inner) }
        }
    }
}

/// Lines that a task said, of which the last says how much it did.
pub(crate) struct Looked {
    /// Everything before the last line.
    pub(crate) lines: Vec<Value>,
    /// Pages, or whatever the task counts.
    pub(crate) done: u64,
    /// The last line itself.
    pub(crate) last: Value,
}

impl Browser {
    /// The browser of this machine, once it is this test's turn: what a test makes from here on, such as
    /// codes of the minute, is fresh. Where a part of the browser is missing, the test is put down as
    /// skipped.
    #[track_caller]
    pub(crate) fn for_test(test: &str) -> Option<Self> {
        Self::once(false, test)
    }

    /// The same for a test whose task has workers of its own, beside which no other is done.
    #[track_caller]
    pub(crate) fn alone_for_test(test: &str) -> Option<Self> {
        Self::once(true, test)
    }

    #[track_caller]
    fn once(is_alone: bool, test: &str) -> Option<Self> {
        let tools = env::var_os("CROSSWALK_BROWSER_DIR").map(PathBuf::from);
        let tools =
            tools.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/browser-tools"));
        let named = env::var_os("CHROMIUM").map(PathBuf::from);
        let parts = (on_path("node"), named.or_else(|| on_path("chromium")));
        let missing = match parts {
            (Some(node), Some(chromium)) if tools.join("node_modules/playwright-core").is_dir() => {
                return Some(Self { _turn: Sharing::wait(is_alone), node, chromium, tools });
            }
            (None, _) => "Node.js is not installed",
            (_, None) => "Chromium is not installed (apt-get install chromium)",
            _ => "the browser's tools are not installed (cargo xtask browser)",
        };
        skip(test, missing);
        None
    }

    /// Lets the scripts do a task on the service at this address. `more` is what the task needs beside it.
    #[track_caller]
    pub(crate) fn run(&self, task: &str, address: &str, more: &Value) -> Looked {
        let mut job = json!({
            "task": task,
            // By this name a browser takes a secure cookie without TLS, and a passkey too.
            "origin": address.replace("127.0.0.1", "localhost"),
            "chromium": self.chromium,
            "tools": self.tools,
            "failures": self.tools.with_file_name("browser-failures"),
            "workers": 2,
            "seconds": 900,
        });
        let fields = job.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());

        let mut node = Command::new(&self.node);
        node.arg(SCRIPT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = node.spawn().expect("node can be run");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(job.to_string().as_bytes()).expect("the script reads its job");
        drop(stdin);
        let output = child.wait_with_output().expect("it is our child");
        let said = String::from_utf8_lossy(&output.stderr);
        let lines = String::from_utf8(output.stdout).expect("it is text");
        assert!(output.status.success(), "{task}: {said}\n{lines}");
        let read = |line: &str| -> Value { serde_json::from_str(line).expect("each line is JSON") };
        let mut lines: Vec<Value> = lines.lines().map(read).collect();
        let last = lines.pop().unwrap_or_default();
        let done = last["done"].as_u64().expect("the last line says how much was done");
        Looked { lines, done, last }
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
