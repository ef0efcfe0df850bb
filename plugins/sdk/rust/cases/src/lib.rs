//! Makes one test of each case of a file. Its one macro is called by `crosswalk_plan::cases!`.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use proc_macro::TokenStream;
use serde_json::Value;

/// `each_case!("cases/referral.json")`: a module `referral` with a test for each case, which asks
/// `super::answers()`.
#[proc_macro]
pub fn each_case(input: TokenStream) -> TokenStream {
    let code = match tests(&input.to_string()) {
        Ok(tests) => tests,
        Err(problem) => format!("compile_error!({problem:?});"),
    };
    code.parse().expect("it is Rust")
}

fn tests(file: &str) -> Result<String, String> {
    let file = file.trim().trim_matches('"');
    let folder = env::var("CARGO_MANIFEST_DIR").map_err(|_| "built without cargo".to_owned())?;
    let path = Path::new(&folder).join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    let cases: Value = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
    let cases = cases["cases"].as_array().ok_or_else(|| format!("{file}: it has no cases"))?;
    let mut known = BTreeSet::new();
    let mut tests = String::new();
    for (place, case) in cases.iter().enumerate() {
        let name = case["name"].as_str().ok_or_else(|| format!("{file}: a case has no name"))?;
        let mut function = identifier(name);
        if !known.insert(function.clone()) {
            function = format!("{function}_{place}");
        }
        tests += &format!(
            "#[test] fn {function}() {{ ::crosswalk_plan::cases::hold(FILE, {name:?}, &super::answers()); }}\n"
        );
    }
    let module = identifier(path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default());
    // Included, so that cargo builds again when the file changes.
    Ok(format!("mod {module} {{ const FILE: &str = include_str!({path:?});\n{tests}}}"))
}

/// Words as Rust names a function: `60 days: the plan's 30` becomes `case_60_days_the_plan_s_30`.
fn identifier(words: &str) -> String {
    let letters = words.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { ' ' });
    let name = letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    if name.starts_with(|first: char| first.is_ascii_lowercase()) { name } else { format!("case_{name}") }
}
