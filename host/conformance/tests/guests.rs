//! The sample plan's twins in JavaScript and Python answer byte for byte as it does in Rust.

use std::path::{Path, PathBuf};
use std::{env, fs};

use domain::plan::question::Question;
use sandbox::{Limits, Plugin, Recorded, Sandbox, Tier};

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target")
}

fn folder(variable: &str, usual: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| target().join(usual), PathBuf::from)
}

fn interpreted() -> PathBuf {
    folder("CROSSWALK_INTERPRETED_DIR", "interpreted")
}

/// A sandbox of its own; compiled code is kept between them, since compiling an interpreter takes half a
/// minute.
fn sandbox() -> Sandbox {
    let limits = Limits { inert_wasi: true, ..Limits::for_testing() };
    Sandbox::start(limits, Some(&interpreted().join("compiled"))).expect("a sandbox")
}

fn load(file: &Path) -> Plugin {
    let bytes = fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    sandbox().load(&bytes).expect("a plugin")
}

fn questions() -> Vec<Question> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/plans/silver-oak/cases");
    let files =
        ["referral", "authorization", "credentialing"].map(|name| cases.join(name).with_extension("json"));
    let read = |file: &PathBuf| fs::read_to_string(file).expect("the plan has cases");
    files.iter().flat_map(|file| conformance::questions(&read(file)).expect("cases")).collect()
}

async fn answers(plugin: &Plugin) -> Vec<String> {
    let mut answers = Vec::new();
    for question in questions() {
        let recorded = Recorded::from(&plugin.ask(&question).await.ending).canonical_bytes();
        answers.push(String::from_utf8(recorded).expect("JSON"));
    }
    answers
}

#[tokio::test]
async fn twins_answer_byte_for_byte() {
    let original = load(&folder("CROSSWALK_PLUGINS_DIR", "plugins").join("silver-oak.wasm"));
    assert_eq!(original.inspection().tier, Tier::Compiled);
    let expected = answers(&original).await;
    assert!(expected.len() > 20 && expected.iter().any(|answer| answer.contains("partly-approved")));
    for (language, imports) in [("js", false), ("python", true)] {
        let file = interpreted().join(format!("silver-oak-{language}.wasm"));
        if !file.is_file() {
            skip(&format!("guests::twins_answer_byte_for_byte, {language}"));
            continue;
        }
        let twin = load(&file);
        assert_eq!(twin.inspection().tier, Tier::Interpreted);
        assert_eq!(!twin.inspection().inert_wasi.is_empty(), imports);
        for (found, expected) in answers(&twin).await.iter().zip(&expected) {
            assert_eq!(found, expected, "{language}");
        }
        // The same question again, in another engine: the same bytes.
        assert_eq!(answers(&load(&file)).await, expected);
    }
}

fn skip(test: &str) {
    let line = format!("{test}: the twin is not built; see cargo xtask interpreted\n");
    let Some(list) = env::var_os("CROSSWALK_SKIPS") else {
        eprint!("skipped {line}");
        return;
    };
    let file = fs::OpenOptions::new().create(true).append(true).open(list);
    file.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()))
        .expect("the list is writable");
}
