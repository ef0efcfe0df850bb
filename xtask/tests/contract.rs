//! Contract versions that have shipped never change: a record that gains a field breaks every plugin that was
//! built before (a WIT record is closed), and plans do not rebuild because the host did.

use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest, Sha256};
use wit_component::WitPrinter;
use wit_parser::Resolve;

/// Every version of the contract that plugins were built against, with the digest of its words. A line is
/// added when a version ships, and none is ever changed: whoever wants to change one wants a new version.
const SHIPPED: [(&str, &str); 1] =
    [("1.0.0", "954f15e4f6bcdd0f340d9141248a16259b059fa97edc3ae33bdbf79f561a8f38")];

#[test]
fn the_words_of_a_shipped_version_are_as_they_shipped() {
    for (version, digest) in SHIPPED {
        let words = fs::read_to_string(shipped(version)).expect("the words are kept");
        assert_eq!(sha256(&words), digest, "{version}");
    }
}

#[test]
fn the_contract_says_what_its_version_shipped_with() {
    let (version, words) = contract(&root().join("wit"));
    let path = shipped(&version);
    if env::var_os("UPDATE_EXPECT").is_some() && !SHIPPED.iter().any(|(shipped, _)| *shipped == version) {
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder can be made");
        fs::write(&path, &words).expect("the words can be kept");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == words,
        "wit/ says something else than {}: give the changed interfaces a new version, or take the change back",
        path.display()
    );
}

/// Comments may be mended; what a plugin is compiled against may not.
#[test]
fn words_are_compared_without_their_comments() {
    let folder = env::temp_dir().join(format!("crosswalk-contract-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a temporary folder can be made");
    let of = |text: &str| {
        fs::write(folder.join("world.wit"), text).expect("the file can be written");
        contract(&folder).1
    };
    let text = "package a:b@1.0.0;\n/// One.\ninterface c { record d { e: u8 } }\n";
    let said = of(text);
    assert_eq!(of(&text.replace("One", "Another")), said);
    assert_ne!(of(&text.replace("e: u8", "e: u8, f: u8")), said);
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

/// The version of the package in `folder`, and its words without comments.
fn contract(folder: &Path) -> (String, String) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(folder).expect("the contract is WIT");
    let version = resolve.packages[package].name.version.clone().expect("it has a version");
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(&resolve, package, &[]).expect("it can be printed");
    (version.to_string(), printer.output.to_string())
}

fn shipped(version: &str) -> PathBuf {
    root().join("plugins/shipped").join(version).join("contract.wit")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
