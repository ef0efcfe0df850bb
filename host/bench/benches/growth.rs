//! Cost of size: what a list, a search, a worklist and a case take in a county of a million cases, against
//! the same in one of ten thousand.
//!
//! Two records of each kind of database are filled from one seed (`crosswalk generate`), and two servers in
//! this process are asked the same kinds of questions in turns, one after the other, by one client:
//!
//! - `list`: pages of referrals, requests for authorization and claims, of plans and providers, by state, by
//!   service and by nothing;
//! - `search`: members by their number, by their plan;
//! - `worklist`: what waits for a plan's people;
//! - `case`: cases of all two years.
//!
//! The floor is the small county: whoever owns an index pays for its depth, and for nothing else that grows.
//! Every look writes its entry in the audit trail, so each figure holds a commit. A million cases take
//! minutes to fill; `--quick` takes twenty thousand.

pub(super) mod served;

use std::process::ExitCode;
use std::time::Duration;

use bench::{Budget, Length, Options, Outcome, Output, Ratio, Times, get, post};
use generate::{Made, MadeKey};
use serde_json::{Value, json};

use served::{FEW, MANY, Question, Served, Setup, Side, in_turns};

/// Questions, in the order in which they are measured.
const PARTS: [&str; 4] = ["list", "search", "worklist", "case"];
const MOST_OF_FEW: f64 = 1.2;

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("growth", words, &PARTS, run)
}

/// Figures of one kind of database.
struct Figures {
    database: &'static str,
    /// The small county, and the large one.
    counties: [Filled; 2],
    parts: Vec<Measured>,
}

/// A county, and how long it took to fill it.
struct Filled {
    cases: u64,
    took: Duration,
}

/// Times of one kind of question, in the small county and in the large one.
struct Measured {
    part: &'static str,
    times: [Times; 2],
}

fn run(options: &Options) -> Outcome<()> {
    let setup = Setup::of("growth")?;
    let (many, count) = match options.length {
        Length::Full => (MANY[0], 3_000),
        Length::Quick => (MANY[1], 300),
    };
    let mut found = Vec::new();
    for kind in setup.kinds() {
        let counties = [setup.serve(&kind, FEW)?, setup.serve(&kind, many)?];
        let mut parts = Vec::new();
        for part in PARTS.into_iter().filter(|part| options.runs(part)) {
            let [few, many] = &counties;
            let sides = setup
                .runtime
                .block_on(async { Outcome::Ok([side(part, few).await?, side(part, many).await?]) })?;
            parts.push(Measured { part, times: in_turns(part, &sides, count)? });
        }
        let filled = counties.each_ref().map(|served| Filled { cases: served.cases, took: served.took });
        found.push(Figures { database: kind.name(), counties: filled, parts });
        for served in counties {
            setup.remove(served)?;
        }
    }
    print(options.output, &found);
    Ok(())
}

/// Questions of a part, for a county.
async fn side(part: &str, served: &Served) -> Outcome<Side> {
    let made = &served.made;
    let requests = match part {
        "list" => lists(made),
        "search" => searches(made),
        "worklist" => worklists(made),
        _ => single_cases(served).await?,
    };
    let questions = requests.into_iter().map(|request| Question::of(&[request])).collect();
    Ok(Side { address: served.address, questions })
}

fn asking(key: &MadeKey, path: &str) -> Vec<u8> {
    get(path, &[("Authorization", &format!("Bearer {}", key.secret))])
}

fn plans(made: &Made) -> impl Iterator<Item = &MadeKey> {
    made.keys.iter().filter(|key| key.plan.is_some())
}

/// First pages of lists, of each plan and of as many providers.
fn lists(made: &Made) -> Vec<Vec<u8>> {
    const PATHS: [&str; 6] = [
        "/v1/referrals?limit=50",
        "/v1/claims?limit=50",
        "/v1/authorizations?limit=50",
        "/v1/referrals?limit=50&state=in-service",
        "/v1/claims?limit=50&state=paid",
        "/v1/authorizations?limit=50&service=ecm",
    ];
    let providers = made.keys.iter().filter(|key| key.plan.is_none()).take(4);
    let keys: Vec<&MadeKey> = plans(made).chain(providers).collect();
    PATHS.iter().flat_map(|path| keys.iter().map(move |key| asking(key, path))).collect()
}

/// Members by number, each asked for by the plan that covers it.
fn searches(made: &Made) -> Vec<Vec<u8>> {
    let request = |member: &generate::MadeMember| {
        let key = plans(made).find(|key| key.plan.as_ref() == Some(&member.plan))?;
        let bearer = format!("Bearer {}", key.secret);
        let body = json!({ "cin": member.cin, "purpose": "care-coordination" }).to_string();
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        Some(post("/v1/members/search", &headers, body.as_bytes()))
    };
    made.some.iter().filter_map(request).collect()
}

fn worklists(made: &Made) -> Vec<Vec<u8>> {
    const PATHS: [&str; 3] =
        ["/v1/worklist?limit=50", "/v1/worklist?limit=50&kind=claim", "/v1/worklist?limit=50&holder=nobody"];
    PATHS.iter().flat_map(|path| plans(made).map(move |key| asking(key, path))).collect()
}

/// Cases of the first plan from all of the two years.
async fn single_cases(served: &Served) -> Outcome<Vec<Vec<u8>>> {
    let key = plans(&served.made).next().ok_or("there is a plan")?;
    let seen = served.cases_seen(key).await?;
    Ok(seen.iter().map(|case| asking(key, &format!("/v1/{case}"))).collect())
}

impl Figures {
    fn ratios(&self) -> Vec<Ratio> {
        let ratio = |measured: &Measured| {
            let [few, many] = [0, 1].map(|county: usize| measured.times[county].quantile_us(0.99));
            let name = format!("{}: p99 of {}, large / small county", self.database, measured.part);
            Ratio { name, value: many / few, budget: Budget::AtMost(MOST_OF_FEW) }
        };
        self.parts.iter().map(ratio).collect()
    }

    fn json(&self) -> Value {
        let both = |part: f64, measured: &Measured| {
            [0, 1].map(|county: usize| measured.times[county].quantile_us(part))
        };
        let parts = self.parts.iter().map(|measured| {
            json!({ "name": measured.part, "p50_us": both(0.5, measured), "p99_us": both(0.99, measured) })
        });
        json!({
            "database": self.database, "cases": self.counties.each_ref().map(|county| county.cases),
            "fill_s": self.counties.each_ref().map(|county| county.took.as_secs_f64()),
            "parts": parts.collect::<Vec<_>>(), "ratios": self.ratios().iter().map(Ratio::json).collect::<Vec<_>>(),
        })
    }
}

fn print(output: Output, found: &[Figures]) {
    if output == Output::Json {
        let runs: Vec<Value> = found.iter().map(Figures::json).collect();
        println!("{}", json!({ "bench": "growth", "runs": runs }));
        return;
    }
    for found in found {
        for county in &found.counties {
            println!(
                "{}, {} cases: filled in {:.1} s",
                found.database,
                county.cases,
                county.took.as_secs_f64()
            );
        }
        println!(
            "  {:<10} {:>12} {:>12} {:>12} {:>12}",
            "", "small p50 ms", "p99 ms", "large p50 ms", "p99 ms"
        );
        for Measured { part, times: [few, many] } in &found.parts {
            let ms = |times: &Times, part: f64| times.quantile_us(part) / 1e3;
            println!(
                "  {part:<10} {:>12.2} {:>12.2} {:>12.2} {:>12.2}",
                ms(few, 0.5),
                ms(few, 0.99),
                ms(many, 0.5),
                ms(many, 0.99)
            );
        }
        for ratio in found.ratios() {
            println!("  {ratio}");
        }
    }
}
