//! Many versions of one plugin, from the compiled cache.

use std::fs;
use std::path::Path;
use std::time::Instant;

use bench::{Budget, Length, Outcome, Ratio};
use sandbox::{Limits, Plugin, Sandbox};

use super::{Finding, component, load, of, version};

/// Resident bytes that a node may have with all versions loaded.
const MOST_RESIDENT: f64 = 2.0 * (1 << 30) as f64;
/// Bytes of a page of this machine's memory.
const PAGE: u64 = 4096;

pub(super) fn run(length: Length) -> Outcome<Vec<Finding>> {
    let (many, active) = (of(length, 1_000, 50), of(length, 100, 10));
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let bytes = component("valle-vista")?;
    let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    let versions: Vec<Vec<u8>> = (0..many).map(|place| version(&bytes, number(place))).collect();
    let filling = Sandbox::start(Limits::default(), Some(scratch.path()))?;
    for version in &versions {
        load(&filling, version)?;
    }
    drop(filling);

    let started = Instant::now();
    let plugins = loaded(scratch.path(), &versions[..active])?;
    let start = started.elapsed().as_secs_f64();
    drop(plugins);

    let (before, began) = (resident()?, Instant::now());
    let plugins = loaded(scratch.path(), &versions)?;
    let (took, after) = (began.elapsed().as_secs_f64(), resident()?);
    let held = after.saturating_sub(before);
    drop(plugins);
    let each = |whole: f64, count: usize| whole / count as f64;
    Ok(vec![
        Finding {
            bench: "versions",
            measured: format!(
                "{many} versions: {} MiB more resident, {} KiB each; {:.2} s to load, {:.2} ms each",
                held >> 20,
                (held >> 10) / many as u64,
                took,
                each(took * 1e3, many),
            ),
            ratio: Ratio {
                name: format!("resident memory of the process with {many} versions / 2 GiB"),
                value: after as f64 / MOST_RESIDENT,
                budget: Budget::AtMost(1.0),
            },
        },
        Finding {
            bench: "versions",
            measured: format!("a sandbox starts with {active} active plugins in {:.0} ms", start * 1e3),
            ratio: Ratio {
                name: format!("one of {active} at the start / one of {many}"),
                value: each(start, active) / each(took, many),
                budget: Budget::None,
            },
        },
    ])
}

fn loaded(cache: &Path, versions: &[Vec<u8>]) -> Outcome<(Sandbox, Vec<Plugin>)> {
    let sandbox = Sandbox::start(Limits::default(), Some(cache))?;
    let plugins = versions.iter().map(|version| load(&sandbox, version)).collect::<Outcome<_>>()?;
    Ok((sandbox, plugins))
}

/// Bytes of this process that are in memory.
fn resident() -> Outcome<u64> {
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = pages.split(' ').nth(1).ok_or("statm has no second number")?.parse()?;
    Ok(pages * PAGE)
}
