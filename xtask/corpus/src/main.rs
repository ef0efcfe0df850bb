//! `corpus PLUGINS FOLDER`: random components, and plugins changed at random, for the tests of the sandbox:
//! the same ones every time. `cargo xtask corpus` and `cargo verify` run it.
//!
//! They are made here and not by the tests that read them: with the generators' dependencies, features of
//! crates that Wasmtime shares would be others in tests than in the program, and it would be built twice.
//! They are not made by the other tasks either, which would wait for the generators where nobody needs them.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use arbitrary::Unstructured;
use wasm_mutate::WasmMutate;
use wasm_smith::{Component, Config, Module};

/// Result of making components, or the reason why they could not be made.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Version of the corpus: another number makes other components, and so does another version of the
/// generators.
const VERSION: u64 = 1;

const COMPONENTS: u64 = 4_000;
const MODULES: u64 = 2_000;
const MUTANTS: u64 = 1_000;

/// The plugins that are changed, with how many of a hundred mutants are theirs. The last is refused before
/// and after, but small; the others are compiled and asked.
const MUTATED: [(&str, u64); 3] = [("costa-alta", 20), ("hostile", 5), ("wrong-type", 75)];

/// Most mutations one upon another.
const GENERATIONS: u64 = 4;

/// Bytes by which one mutation may make a module larger.
const MOST_GROWN: usize = 16 << 10;

/// Writes `components`, `modules` and `mutants` into the folder, each a list of binaries with their lengths
/// before them (32 bits, little-endian).
fn main() -> Outcome<()> {
    let words: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [plugins, folder] = words.as_slice() else {
        return Err("name the folder of built plugins, and the one to write to".into());
    };
    fs::create_dir_all(folder).map_err(|error| about(folder, &error))?;
    let originals: Vec<_> = MUTATED
        .iter()
        .map(|(name, _)| read(&plugins.join(format!("{name}.wasm"))))
        .collect::<Outcome<_>>()?;
    let made = [
        ("components", write(folder, "components", (0..COMPONENTS).filter_map(random_component))?),
        ("modules", write(folder, "modules", (0..MODULES).filter_map(random_module))?),
        ("mutants", write(folder, "mutants", (0..MUTANTS).map(|seed| mutant(&originals, seed)))?),
    ];
    for (name, count) in made {
        println!("    {count} {name}");
    }
    Ok(())
}

fn about(file: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", file.display())
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| about(file, &error).into())
}

fn write(folder: &Path, name: &str, binaries: impl Iterator<Item = Vec<u8>>) -> Outcome<usize> {
    let (mut list, mut count) = (Vec::new(), 0);
    for binary in binaries {
        list.extend(u32::try_from(binary.len()).unwrap_or(u32::MAX).to_le_bytes());
        list.extend(binary);
        count += 1;
    }
    let file = folder.join(name);
    fs::write(&file, list).map_err(|error| about(&file, &error))?;
    Ok(count)
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

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next().to_be_bytes()[0]).collect()
    }
}

/// Makes one thing of random bytes. Some bytes make nothing; the next ones then do.
fn made<T>(
    seed: u64,
    bytes: usize,
    make: impl Fn(&mut Unstructured<'_>) -> arbitrary::Result<T>,
) -> Option<T> {
    let mut random = Random(VERSION << 32 | seed);
    (0..20).find_map(|_| make(&mut Unstructured::new(&random.bytes(bytes))).ok())
}

fn random_component(seed: u64) -> Option<Vec<u8>> {
    let bytes = 256 << (seed % 5);
    made(seed, bytes, |random| Component::new(Config::default(), random))
        .map(|component| component.to_bytes())
}

/// Of the extensions that the host takes, so that it is compiled.
fn random_module(seed: u64) -> Option<Vec<u8>> {
    let bytes = 256 << (seed % 4);
    let config = || Config {
        threads_enabled: false,
        shared_everything_threads_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        relaxed_simd_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        custom_descriptors_enabled: false,
        compact_imports_enabled: false,
        max_memories: 0,
        max_tables: 1,
        ..Config::default()
    };
    made(COMPONENTS + seed, bytes, |random| Module::new(config(), random)).map(|module| module.to_bytes())
}

/// A plugin whose largest module was changed a few times in ways that leave it a module.
fn mutant(originals: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut share = seed % 100;
    let place = MUTATED.iter().position(|(_, part)| {
        let hit = share < *part;
        share = share.wrapping_sub(*part);
        hit
    });
    let original = &originals[place.unwrap_or_default()];
    let Some((before, module, after)) = around_largest_module(original) else { return original.clone() };
    let mut module = module.to_vec();
    for generation in 0..=seed % GENERATIONS {
        // Some seeds find nothing to change, or grow it by megabytes of data; what there is by then is good
        // enough.
        if let Some(changed) = mutated(&module, VERSION << 32 | seed << 8 | generation)
            && changed.len() <= module.len() + MOST_GROWN
        {
            module = changed;
        }
    }
    [before, &section(1, &module), after].concat()
}

fn mutated(module: &[u8], seed: u64) -> Option<Vec<u8>> {
    WasmMutate::default().seed(seed).fuel(300).run(module).ok()?.next()?.ok()
}

/// A component cut around its largest core module: what comes before, its bytes, what comes after.
fn around_largest_module(component: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    const HEADER: usize = 8;
    const CORE_MODULE: u8 = 1;
    let (mut at, mut largest) = (HEADER, None);
    while let Some(&id) = component.get(at) {
        let (length, start) = leb128(component, at + 1)?;
        let end = start + length;
        if id == CORE_MODULE && largest.is_none_or(|(_, start, end)| end - start < length) {
            largest = Some((at, start, end));
        }
        at = end;
    }
    let (at, start, end) = largest?;
    Some((&component[..at], component.get(start..end)?, &component[end..]))
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![id];
    let mut length = content.len();
    while length >= 0x80 {
        bytes.push(length as u8 | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend(content);
    bytes
}

/// A number and where the next thing begins.
fn leb128(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        value |= usize::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            return Some((value, at));
        }
    }
}
