//! `crosswalk plugin facts`, `documents`, `services`, `procedures`, `criteria` and `counties`: what rules may
//! name, as this program has it. A host serves the same as `GET /v1/dictionary`.

use std::error::Error;
use std::process::ExitCode;

use clap::Args;
use domain::catalog::Catalog;
use domain::counties::Counties;
use domain::dictionary::{Dictionary, KnownFact};
use domain::near::question;
use domain::time::{Clock, pacific_day};
use serde_json::{Value, json};

use crate::out::say;
use crate::parts::SystemClock;

#[derive(Args)]
#[command(after_help = "\
  crosswalk plugin facts housing                       facts with this word in their code or text
  crosswalk plugin services --json                     all services, with sources and in both languages")]
pub(crate) struct ListOptions {
    /// Word to look for in codes and texts, such as food; without it everything is listed.
    word: Option<String>,
    /// Print the entries as JSON, with their sources and in both languages.
    #[arg(long)]
    json: bool,
}

/// List of the dictionary that is printed.
#[derive(Clone, Copy)]
pub(crate) enum Listed {
    Facts,
    Documents,
    Services,
    Procedures,
    Criteria,
    Counties,
}

/// One entry: its code, what kind of thing it is, what it says, and all of it as data.
struct Entry {
    code: String,
    kind: String,
    text: String,
    whole: Value,
}

/// Lists what rules may name. Exits with 1 if a word was given that nothing has.
pub(crate) fn list(listed: Listed, options: &ListOptions) -> Result<ExitCode, Box<dyn Error>> {
    let all = listed.entries();
    let word = options.word.as_deref().unwrap_or_default().to_lowercase();
    let has = |entry: &&Entry| {
        entry.code.to_lowercase().contains(&word) || entry.text.to_lowercase().contains(&word)
    };
    let found: Vec<&Entry> = all.iter().filter(has).collect();
    if found.is_empty() {
        let asked = options.word.as_deref().unwrap_or_default();
        let near = question(asked, all.iter().map(|entry| entry.code.as_str()))
            .unwrap_or_else(|| format!("`crosswalk plugin {}` without a word lists all", listed.name()));
        return Err(format!("none of the {} has `{asked}`: {near}", listed.name()).into());
    }
    if options.json {
        let whole: Vec<&Value> = found.iter().map(|entry| &entry.whole).collect();
        say!("{}", serde_json::to_string_pretty(&whole)?);
        return Ok(ExitCode::SUCCESS);
    }
    let width = |column: fn(&Entry) -> &str| {
        found.iter().map(|entry| column(entry).chars().count()).max().unwrap_or(0)
    };
    let (code, kind) = (width(|entry| &entry.code), width(|entry| &entry.kind));
    for entry in found {
        say!("{:code$}  {:kind$}  {}", entry.code, entry.kind, entry.text);
    }
    Ok(ExitCode::SUCCESS)
}

impl Listed {
    fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Documents => "documents",
            Self::Services => "services",
            Self::Procedures => "procedures",
            Self::Criteria => "criteria",
            Self::Counties => "counties",
        }
    }

    fn entries(self) -> Vec<Entry> {
        match self {
            Self::Facts => Dictionary::state().facts().map(fact).collect(),
            Self::Documents => documents(),
            Self::Services => services(),
            Self::Procedures => procedures(),
            Self::Criteria => criteria(),
            Self::Counties => counties(),
        }
    }
}

fn fact(fact: &KnownFact) -> Entry {
    let definition = &fact.definition;
    let kind = definition.kind.name().to_owned();
    let codes = if definition.codes.is_empty() {
        String::new()
    } else {
        format!(" ({})", definition.codes.join(", "))
    };
    Entry {
        code: definition.code.clone(),
        kind: fact.unit.as_ref().map_or_else(|| kind.clone(), |unit| format!("{kind} in {unit}")),
        text: definition.question.en.clone() + &codes,
        whole: json!({
            "code": definition.code, "kind": kind, "unit": fact.unit, "codes": definition.codes,
            "question": definition.question, "proof": definition.proof, "source": definition.source,
        }),
    }
}

fn documents() -> Vec<Entry> {
    let documents = Dictionary::state().documents().iter().map(|document| Entry {
        code: document.kind.clone(),
        kind: "document".to_owned(),
        text: document.name.en.clone(),
        whole: json!({ "kind": document.kind, "name": document.name, "source": document.source }),
    });
    documents.collect()
}

fn services() -> Vec<Entry> {
    let services = Catalog::state().services().iter().map(|service| {
        let kind = service.kind.name().to_owned();
        Entry {
            code: service.id.clone(),
            kind: kind.clone(),
            text: service.name.en.clone(),
            whole: json!({ "id": service.id, "kind": kind, "name": service.name, "source": service.authority.source }),
        }
    });
    services.collect()
}

/// By which procedures services are billed today.
fn procedures() -> Vec<Entry> {
    let today = pacific_day(SystemClock.now());
    let of_service = Catalog::state().services().iter().flat_map(|service| {
        service.procedures_on(today).map(move |billed| {
            let unit = billed.unit.name().to_owned();
            Entry {
                code: billed.procedure.to_string(),
                kind: service.id.clone(),
                text: format!("{} (by {unit})", billed.text.en),
                whole: json!({
                    "procedure": billed.procedure.to_string(), "service": service.id, "unit": unit,
                    "text": billed.text, "source": billed.source,
                }),
            }
        })
    });
    of_service.collect()
}

/// The state's own criteria, whose ids begin with a plan's prefix.
fn criteria() -> Vec<Entry> {
    let criteria = rulebook::state_criteria().map(|criterion| {
        let kind = criterion.kind.name().to_owned();
        let reads = [criterion.facts.clone(), criterion.documents.clone()].concat();
        let reads = if reads.is_empty() { String::new() } else { format!(" ({})", reads.join(", ")) };
        Entry {
            code: format!("PREFIX{}", criterion.id),
            kind: format!("{kind} of {}", criterion.service),
            text: criterion.text.en.clone() + &reads,
            whole: json!(criterion),
        }
    });
    criteria.collect()
}

fn counties() -> Vec<Entry> {
    let counties = Counties::state().iter().map(|county| Entry {
        code: county.code.to_string(),
        kind: county.region.clone(),
        text: county.name.en.clone(),
        whole: json!({ "code": county.code.to_string(), "name": county.name, "region": county.region }),
    });
    counties.collect()
}
