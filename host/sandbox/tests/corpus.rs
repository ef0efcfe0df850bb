//! Ten thousand components that nobody wrote: random ones, plugins with random modules in them, plugins
//! changed at random by what knows WebAssembly and by what does not. Each gets an answer, in time: it is
//! refused with a reason, or loaded, and then a call of it ends.
//!
//! The same ones every time; `cargo xtask corpus` makes those that take a generator.

mod asked;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use asked::{component, question};
use sandbox::{Limits, NotAPlugin, Sandbox, inspect};

/// Number of the ten thousand by origin.
const COMPONENTS: usize = 4_000;
const MODULES: usize = 2_000;
const MUTANTS: usize = 1_000;
const BYTES: usize = 3_000;

/// One in so many of those that pass the gate is compiled and asked: compiling takes far longer than the
/// gate.
const COMPILED_ONE_IN: usize = 12;

/// Most time of the gate for one of them, on a busy machine.
const GATE: Duration = Duration::from_secs(5);

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = std::env::var_os("CROSSWALK_CORPUS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus"), PathBuf::from);
    let path = folder.join(name);
    let list = match std::fs::read(&path) {
        Ok(list) => list,
        Err(error) => panic!("{}: {error}; run `cargo xtask corpus` first", path.display()),
    };
    let mut rest = &list[..];
    let mut binaries = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let (binary, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        binaries.push(binary.to_vec());
        rest = after;
    }
    binaries
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A plugin with one more core module at its end, which is compiled and never instantiated.
fn with_module(plugin: &[u8], module: &[u8]) -> Vec<u8> {
    let mut bytes = plugin.to_vec();
    bytes.push(1);
    let mut length = module.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(module);
    bytes
}

/// A plugin with bytes changed, cut out, doubled or cut off.
fn damaged(plugin: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = plugin.to_vec();
    for _ in 0..=random.below(4) {
        let (at, length) = (random.below(bytes.len()), random.below(64));
        let end = (at + length).min(bytes.len());
        match random.below(8) {
            0..=3 => bytes[at] = random.next().to_be_bytes()[0],
            4 => bytes[at] ^= 1 << random.below(8),
            5 => drop(bytes.drain(at..end)),
            6 => {
                let doubled = bytes[at..end].to_vec();
                bytes.splice(at..at, doubled);
            }
            _ => bytes.truncate(at.max(1)),
        }
    }
    bytes
}

/// Outcomes of one kind of them.
#[derive(Default)]
struct Outcomes {
    seen: usize,
    refused: BTreeMap<&'static str, usize>,
    passed: Vec<Vec<u8>>,
    slowest: Duration,
}

impl Outcomes {
    fn of(binaries: impl Iterator<Item = Vec<u8>>) -> Self {
        let mut outcomes = Self::default();
        for bytes in binaries {
            outcomes.seen += 1;
            let started = Instant::now();
            let inspected = inspect(&bytes, &Limits::for_testing());
            outcomes.slowest = outcomes.slowest.max(started.elapsed());
            match inspected {
                Ok(_) => outcomes.passed.push(bytes),
                Err(refused) => {
                    *outcomes.refused.entry(first_code(&refused)).or_default() += 1;
                }
            }
        }
        outcomes
    }

    /// Compiles and asks a part of what passed the gate, and says what came of it.
    async fn ask(&self, sandbox: &Sandbox) -> BTreeMap<&'static str, usize> {
        let mut endings = BTreeMap::new();
        for bytes in self.passed.iter().step_by(COMPILED_ONE_IN) {
            let ending = match sandbox.load(bytes) {
                Err(refused) => first_code(&refused),
                Ok(plugin) => {
                    let call = plugin.ask(&question("ok")).await;
                    assert!(call.peak_memory_bytes <= sandbox.limits().memory_bytes);
                    assert!(call.duration < sandbox.limits().deadline * 3, "{:?}", call.duration);
                    call.ending.code()
                }
            };
            *endings.entry(ending).or_default() += 1;
        }
        endings
    }
}

fn first_code(refused: &NotAPlugin) -> &'static str {
    let reason = refused.reasons.first().expect("whoever is refused is told why");
    assert!(!reason.problem.is_empty() && !reason.fix.is_empty(), "{reason}");
    reason.code.name()
}

#[tokio::test]
async fn ten_thousand_components_get_an_answer_each() {
    let small = component("costa-alta");
    let originals = [component("hostile"), component("costa-alta"), component("wrong-type")];
    let mut random = Random(1);
    let kinds = [
        ("random components", COMPONENTS, Outcomes::of(corpus("components").into_iter())),
        (
            "random modules in a plugin",
            MODULES,
            Outcomes::of(corpus("modules").iter().map(|module| with_module(&small, module))),
        ),
        ("changed modules in a plugin", MUTANTS, Outcomes::of(corpus("mutants").into_iter())),
        (
            "damaged plugins",
            BYTES,
            Outcomes::of((0..BYTES).map(|seed| damaged(&originals[seed % 3], &mut random))),
        ),
    ];
    let sandbox = Sandbox::start(Limits::for_testing(), None).expect("a sandbox");
    for (kind, expected, outcomes) in kinds {
        let endings = outcomes.ask(&sandbox).await;
        println!(
            "{kind}: {} seen, {} past the gate, refused {:?}, compiled and asked {endings:?}, gate at most {:?}",
            outcomes.seen,
            outcomes.passed.len(),
            outcomes.refused,
            outcomes.slowest
        );
        assert_eq!(outcomes.seen, expected, "{kind}");
        assert!(outcomes.slowest < GATE, "{kind}: {:?}", outcomes.slowest);
    }
}
