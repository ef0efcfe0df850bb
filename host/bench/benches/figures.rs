//! Costs of the portal's pages: what they weigh, and what they take of the server.
//!
//! Counties are filled from one seed (`crosswalk generate`), on each kind of database; people of theirs are
//! signed in, and Valle Vista's rules decide. One client asks two sides in turns, one question after the
//! other.
//!
//! - `weight`: one page of each kind, packed and with its head, as it comes from the small county. The floor
//!   is a number: a first visit, with style and script, is to be 50 KB at most, and a page after it 10 KB,
//!   since a telephone on a slow network loads those in seconds. `tests/browser` weighs the gallery's pages
//!   by the browser's own count; these here are full of a county's data.
//! - `api`: Today, the worklist, a case and the criteria grid against the API's JSON of the same data, in the
//!   small county and with the same session; medians. The floor is fair because the page calls the same use
//!   cases: what it costs beyond them is its HTML and packing it. Where the API takes several requests they
//!   are sent at once and answered one after the other, so that neither side waits for the network; each of
//!   them finds the session anew, as software that asks the API does. A case's member who cannot be seen any
//!   more is left out of the API's side, though the page looks.
//! - `shadow`: a shadow run's report and the first page of its changed cases, with a hundred thousand changed
//!   cases against a hundred; medians. The floor shows as much as the page does: both runs have the same
//!   causes, and a page lists 25 cases.
//! - `growth`: p99 of the same four pages in a county of a million cases against one of ten thousand. The
//!   floor is the small county, as in the bench `growth`: whoever owns an index pays for its depth, and for
//!   nothing else that grows.
//!
//! Every look writes its entry in the audit trail, so each figure holds a commit. A million cases take
//! minutes to fill, and are filled for `growth` alone; `--quick` takes twenty thousand. How long pages take
//! where the network is slow is for a browser to say: `cargo xtask bench figures --network`.

mod pages;
mod people;
mod shadow;
mod weight;

use std::process::ExitCode;
use std::time::Duration;

use bench::{Budget, Length, Options, Outcome, Output, Ratio, Times, valle_vista};
use serde_json::{Value, json};

use people::Peopled;
use weight::Weighed;

use crate::growth::served::{FEW, MANY, Setup, Side, in_turns};
use crate::referrals::database::Kind;

/// Parts, in the order in which they are measured.
const PARTS: [&str; 4] = ["weight", "api", "shadow", "growth"];
/// Most bytes of a first visit with all that it loads, and of each page after it: as in
/// `tests/browser/look.mjs`.
const FIRST_VISIT: usize = 50 << 10;
const NEXT_PAGE: usize = 10 << 10;
const MOST_OF_API: f64 = 1.3;
const MOST_OF_FEW: f64 = 1.2;
/// Heaviest pages that are printed.
const PRINTED: usize = 6;

pub(super) fn main(words: &[String]) -> ExitCode {
    bench::main("figures", words, &PARTS, run)
}

/// Figures of one kind of database.
struct Figures {
    database: &'static str,
    /// Cases of the counties that were filled, and the time that it took.
    counties: Vec<(u64, Duration)>,
    weighed: Vec<Weighed>,
    rows: Vec<Row>,
}

/// Times of a page on two sides.
struct Row {
    part: &'static str,
    page: &'static str,
    /// Names of the two sides; the second one is the floor.
    sides: [&'static str; 2],
    times: [Times; 2],
    /// Part of the looks whose time is compared, such as 0.99.
    quantile: f64,
    most: f64,
}

/// Sizes of a run.
struct Sizes {
    /// Cases of the large county, and changed cases of the long shadow run.
    cases: u64,
    changed: u64,
    /// Looks at each page of each side.
    looks: usize,
}

impl Sizes {
    fn of(length: Length) -> Self {
        match length {
            Length::Full => Self { cases: MANY[0], changed: shadow::MANY[0], looks: 3_000 },
            Length::Quick => Self { cases: MANY[1], changed: shadow::MANY[1], looks: 100 },
        }
    }
}

/// Parts that the benches of all databases share.
struct Bench<'a> {
    setup: Setup,
    /// Component with the rules that decide.
    wasm: Vec<u8>,
    sizes: Sizes,
    options: &'a Options,
}

fn run(options: &Options) -> Outcome<()> {
    let sizes = Sizes::of(options.length);
    let bench = Bench { setup: Setup::of("figures")?, wasm: valle_vista()?, sizes, options };
    let mut found = Vec::new();
    for kind in bench.setup.kinds() {
        found.push(bench.on(&kind)?);
    }
    print(options.output, &found);
    Ok(())
}

impl Bench<'_> {
    fn on(&self, kind: &Kind) -> Outcome<Figures> {
        let county = self.county(kind, FEW)?;
        let mut figures = Figures {
            database: kind.name(),
            counties: vec![county.filled()],
            weighed: Vec::new(),
            rows: Vec::new(),
        };
        // The pages of a shadow run are weighed too.
        if self.options.runs("weight") || self.options.runs("shadow") {
            self.with_runs(&county, &mut figures)?;
        }
        if self.options.runs("api") {
            for page in pages::PAGES {
                let sides = pages::against_api(page, &county)?;
                figures.rows.push(self.row("api", page, ["page", "API"], &sides)?);
            }
        }
        if self.options.runs("growth") {
            let large = self.county(kind, self.sizes.cases)?;
            self.setup.runtime.block_on(large.served.settle())?;
            figures.counties.push(large.filled());
            for page in pages::PAGES {
                let sides = [pages::side(page, &large), pages::side(page, &county)];
                figures.rows.push(self.row("growth", page, ["large", "small"], &sides)?);
            }
            self.setup.remove(large.served)?;
        }
        self.setup.remove(county.served)?;
        Ok(figures)
    }

    fn county(&self, kind: &Kind, cases: u64) -> Outcome<Peopled> {
        Peopled::of(&self.setup, self.setup.serve(kind, cases)?, &self.wasm)
    }

    /// Parts for which the county has shadow runs.
    fn with_runs(&self, county: &Peopled, figures: &mut Figures) -> Outcome<()> {
        let few = shadow::put(&self.setup, county, shadow::FEW)?;
        let many = shadow::put(&self.setup, county, self.sizes.changed)?;
        self.setup.runtime.block_on(county.served.settle())?;
        if self.options.runs("weight") {
            let addresses = shadow::PAGES.map(|(_, page)| format!("{many}{page}"));
            figures.weighed = weight::of(county, &addresses)?;
        }
        if self.options.runs("shadow") {
            for (page, path) in shadow::PAGES {
                let sides = shadow::sides(county, [&many, &few], path);
                figures.rows.push(self.row("shadow", page, ["many", "few"], &sides)?);
            }
        }
        Ok(())
    }

    fn row(
        &self,
        part: &'static str,
        page: &'static str,
        names: [&'static str; 2],
        sides: &[Side; 2],
    ) -> Outcome<Row> {
        let times = in_turns(page, sides, self.sizes.looks)?;
        let (quantile, most) = match part {
            "api" => (0.5, MOST_OF_API),
            "growth" => (0.99, MOST_OF_FEW),
            _ => (0.5, MOST_OF_FEW),
        };
        Ok(Row { part, page, sides: names, times, quantile, most })
    }
}

impl Row {
    fn ratio(&self, database: &str) -> Ratio {
        let [cost, floor] = self.times.each_ref().map(|times| times.quantile_us(self.quantile));
        let (percentile, [one, other]) = (self.quantile * 100.0, self.sides);
        let name = format!("{database}: p{percentile:.0} of {}, {one} / {other}", self.page);
        Ratio { name, value: cost / floor, budget: Budget::AtMost(self.most) }
    }

    fn json(&self) -> Value {
        let both = |part: f64| self.times.each_ref().map(|times| times.quantile_us(part));
        json!({
            "part": self.part, "page": self.page, "sides": self.sides, "p50_us": both(0.5), "p99_us": both(0.99),
        })
    }
}

impl Figures {
    fn ratios(&self) -> Vec<Ratio> {
        let heaviest = |name: &str, bytes: Option<usize>, most: usize| {
            let name = format!("{}: {name} / {} KB", self.database, most >> 10);
            bytes.map(|bytes| Ratio { name, value: bytes as f64 / most as f64, budget: Budget::AtMost(1.0) })
        };
        let whole = self.weighed.iter().map(|weighed| weighed.whole).max();
        let alone = self.weighed.iter().map(|weighed| weighed.alone).max();
        let weights = [heaviest("first visit", whole, FIRST_VISIT), heaviest("next page", alone, NEXT_PAGE)];
        let times = self.rows.iter().map(|row| row.ratio(self.database));
        weights.into_iter().flatten().chain(times).collect()
    }

    fn json(&self) -> Value {
        let counties =
            self.counties.iter().map(|(cases, took)| json!({ "cases": cases, "fill_s": took.as_secs_f64() }));
        let weighed = self.weighed.iter().map(|weighed| {
            json!({ "page": weighed.page, "bytes": weighed.alone, "first_visit_bytes": weighed.whole })
        });
        json!({
            "database": self.database, "counties": counties.collect::<Vec<_>>(),
            "weights": weighed.collect::<Vec<_>>(),
            "pages": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "ratios": self.ratios().iter().map(Ratio::json).collect::<Vec<_>>(),
        })
    }

    fn print(&self) {
        for (cases, took) in &self.counties {
            println!("{}, {cases} cases: filled in {:.1} s", self.database, took.as_secs_f64());
        }
        if !self.weighed.is_empty() {
            println!("  {:<46} {:>10} {:>12}", "heaviest pages", "bytes", "first visit");
        }
        for weighed in self.weighed.iter().take(PRINTED) {
            println!("  {:<46} {:>10} {:>12}", weighed.page, weighed.alone, weighed.whole);
        }
        if !self.rows.is_empty() {
            println!("  {:<24} {:>8} {:>10} {:>10}", "page", "side", "p50 ms", "p99 ms");
        }
        for row in &self.rows {
            for (side, times) in row.sides.iter().zip(&row.times) {
                let [p50, p99] = [0.5, 0.99].map(|part| times.quantile_us(part) / 1e3);
                println!("  {:<24} {side:>8} {p50:>10.2} {p99:>10.2}", format!("{}: {}", row.part, row.page));
            }
        }
        for ratio in self.ratios() {
            println!("  {ratio}");
        }
    }
}

fn print(output: Output, found: &[Figures]) {
    if output == Output::Json {
        let runs: Vec<Value> = found.iter().map(Figures::json).collect();
        println!("{}", json!({ "bench": "figures", "runs": runs }));
        return;
    }
    found.iter().for_each(Figures::print);
}
