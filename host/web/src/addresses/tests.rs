use std::fs;
use std::path::Path;

use super::{ADDRESSES, addressed, next};

#[test]
fn an_operation_is_written_as_method_and_path() {
    assert_eq!(addressed("use an id of ⟦listPlans⟧"), "use an id of GET /v1/plans");
    assert_eq!(
        addressed("⟦uploadPlugin⟧, or ⟦getPlugin⟧"),
        concat!("POST /v1/plans/{id}/plugins, or ", "GET /v1/plugins/{digest}")
    );
    assert_eq!(
        addressed("change it with ⟦stepContract ctr_1⟧"),
        "change it with POST /v1/contracts/ctr_1/steps"
    );
    assert_eq!(
        addressed("send a code of ⟦getDictionaryList counties⟧"),
        "send a code of GET /v1/dictionary/counties"
    );
    assert_eq!(addressed("nothing is named"), "nothing is named");
}

#[test]
fn marks_around_what_is_no_operation_stay() {
    for text in ["⟦see the note⟧ of Tuesday", "⟦listPlans of mine⟧", "⟦⟧", "⟦", "⟧ and ⟦", "⟦⟦x⟧⟧"]
    {
        assert_eq!(addressed(text), text);
    }
    assert_eq!(addressed("`⟦a` is none of ⟦listPlans⟧"), "`⟦a` is none of GET /v1/plans");
}

/// Every operation that a text of the crates below names is one of the API's.
#[test]
fn what_texts_name_is_there() {
    for (below, at_least) in [("workflow", 30), ("formats", 3), ("domain", 4)] {
        let mut named = Vec::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(below).join("src"), &mut named);
        assert!(named.len() >= at_least, "the texts were read: {named:?}");
        let missing: Vec<&String> = named.iter().filter(|id| !ADDRESSES.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{below}: {missing:?}");
    }
}

fn collect(folder: &Path, named: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, named);
            continue;
        }
        let source = fs::read_to_string(&path).expect("it can be read");
        let mut rest = source.as_str();
        while let Some((_, operation, behind)) = next(rest) {
            named.push(operation.split(' ').next().unwrap_or_default().to_owned());
            rest = behind;
        }
    }
}
