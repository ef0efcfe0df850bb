//! `crosswalk plugin try`: one example case, asked by hand, and the answer in words.

use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use conformance::Examples;
use domain::near::question as did_you_mean;
use domain::plan::profile::PlanProfile;
use domain::plan::question::{Answer, Question};
use sandbox::{Ending, Recorded};
use serde_json::{Value, json};

use super::native::Native;
use super::new::Language;
use super::{Engine, build, from_rules, words};
use crate::out::say;

#[derive(Args)]
#[command(after_help = "\
The plugin is a component, a rules file, or a plugin's folder: one in JavaScript or Python is run by Node.js or Python as it
stands, a rules file is put into its guest. Nothing need be built.

  crosswalk plugin try cases/referral.json                     the only case, or the names of all
  crosswalk plugin try cases/referral.json 2                   the second
  crosswalk plugin try cases/referral.json \"food can be kept cold: accepted\" --plugin build/plan.wasm")]
pub(crate) struct TryOptions {
    /// File of example cases, such as cases/referral.json.
    cases: PathBuf,
    /// The case, by its name or by its number in the file [default: the only one].
    case: Option<String>,
    /// The plugin: a component, a rules file, or the folder of a plugin.
    #[arg(long, default_value = ".")]
    plugin: PathBuf,
    /// Print the answer as JSON, in the form in which a host keeps it.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    engine: Engine,
}

/// Asks one case and says the answer in words. Exits with 1 if it is not the one that the case expects.
pub(crate) fn attempt(options: &TryOptions) -> Result<ExitCode, Box<dyn Error>> {
    let examples = super::examples_of(std::slice::from_ref(&options.cases))?;
    let name = chosen(&examples, options.case.as_deref())?;
    let alone = examples.only(&name).ok_or("the case is there")?;
    let Some((_, question)) = alone.cases().next() else { return Err("the case is there".into()) };
    let (profile, ending) = ask(options, question)?;
    let unexpected = alone.held(&profile, std::slice::from_ref(&ending)).broken.pop();
    if options.json {
        let answer = match &ending {
            Ending::Answer(_) | Ending::GuestError(_) => serde_json::to_value(Recorded::from(&ending))?,
            fault => json!({ "fault": fault.code() }),
        };
        let wrong = unexpected.as_ref().map_or(Value::Null, |broken| json!(broken.problem));
        say!("{}", serde_json::to_string_pretty(&json!({ "case": name, "ending": answer, "wrong": wrong }))?);
    } else {
        say!("{name} ({})\n", question.operation().name());
        say!("{}", words::of(&profile, question, &ending));
        if let Some(broken) = &unexpected {
            say!("\nIt is not as the case expects: {}", broken.problem);
        }
    }
    Ok(if unexpected.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The name of the case that was asked for.
fn chosen(examples: &Examples, wanted: Option<&str>) -> Result<String, Box<dyn Error>> {
    let names: Vec<&str> = examples.cases().map(|(name, _)| name).collect();
    let by_number = |wanted: &str| names.get(wanted.parse::<usize>().ok()?.checked_sub(1)?).copied();
    let found = match (wanted, &names[..]) {
        (Some(wanted), _) => names.iter().copied().find(|name| *name == wanted).or_else(|| by_number(wanted)),
        (None, [only]) => Some(*only),
        (None, _) => None,
    };
    if let Some(found) = found {
        return Ok(found.to_owned());
    }
    let asked = wanted.map(|wanted| {
        let meant =
            did_you_mean(wanted, names.iter().copied()).map(|meant| format!("; {meant}")).unwrap_or_default();
        format!("there is no case `{wanted}`{meant}")
    });
    let list = names.iter().enumerate().map(|(place, name)| format!("\n  {} {name}", place + 1));
    Err(format!(
        "{}:{}",
        asked.unwrap_or_else(|| "name one of the cases".to_owned()),
        list.collect::<String>()
    )
    .into())
}

/// Asks whatever the plugin is.
fn ask(options: &TryOptions, question: &Question) -> Result<(PlanProfile, Ending<Answer>), Box<dyn Error>> {
    let path = &options.plugin;
    if !path.is_dir() {
        let rules = path.extension() == Some(OsStr::new("toml"));
        let bytes = if rules { component_of(path)? } else { super::read(path)? };
        return ask_component(&bytes, options, question);
    }
    let folder = fs::canonicalize(path).map_err(|error| format!("{}: {error}", path.display()))?;
    match build::language_of(&folder)? {
        Language::Rules => ask_component(&component_of(&folder.join("plan.toml"))?, options, question),
        Language::Rust => {
            let fix = "build it, and name the component with --plugin";
            Err(format!("{}: rules in Rust are asked as a component\n  fix: {fix}", path.display()).into())
        }
        language => {
            let (mut plugin, described) = Native::start(&folder, language)?;
            let ending = plugin.ask(question)?;
            Ok((described.profile, ending))
        }
    }
}

/// The component of a rules file.
fn component_of(file: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let rules = from_rules::read_rules(file)?.map_err(|problems| from_rules::wrong(file, &problems))?;
    from_rules::put_into_guest(&rules, None)
}

fn ask_component(
    bytes: &[u8],
    options: &TryOptions,
    question: &Question,
) -> Result<(PlanProfile, Ending<Answer>), Box<dyn Error>> {
    let plugin = super::load(bytes, &options.engine)?.map_err(|refused| refused.to_string())?;
    let call = crate::parts::runtime()?.block_on(plugin.ask(question));
    Ok((plugin.profile().clone(), call.ending))
}
