use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Artifacts, Digest, Origin, Swept, compatibility, sweep};
use crate::engine::{TickingEngine, compile_config};
use crate::{Compiler, Limits, Tier};

const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

#[test]
fn a_component_is_compiled_once_and_again_when_its_file_is_damaged() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let ticking = TickingEngine::start(Tier::Compiled, &Limits::for_testing()).expect("an engine");
    let artifacts = Artifacts::open(ticking.engine(), directory.path()).expect("a directory");
    let origin = || {
        let compile = || Compiler::Here.compile(ticking.engine(), Tier::Compiled, EMPTY_COMPONENT);
        let component = artifacts.component(ticking.engine(), &Digest::of(EMPTY_COMPONENT), compile);
        component.expect("it compiles").1
    };
    assert_eq!(origin(), Origin::Compiled);
    assert_eq!(origin(), Origin::Cached);

    let files: Vec<_> = fs::read_dir(directory.path())
        .expect("it is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        assert_eq!(fs::metadata(&file).expect("it is there").permissions().mode() & 0o777, 0o400);
        for damaged in
            [fs::read(&file).expect("it is there").split_at(40).0.to_vec(), b"nonsense".to_vec(), Vec::new()]
        {
            fs::remove_file(&file).expect("the directory can be written");
            fs::write(&file, damaged).expect("the directory can be written");
            assert_eq!(origin(), Origin::Compiled);
            assert_eq!(origin(), Origin::Cached);
        }
    }
}

#[test]
fn an_engine_that_compiles_otherwise_does_not_take_it() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut config = wasmtime::Config::new();
    config.consume_fuel(true);
    let fueled = wasmtime::Engine::new(&config).expect("an engine");
    let ticking = TickingEngine::start(Tier::Compiled, &Limits::for_testing()).expect("an engine");
    for engine in [ticking.engine(), &fueled] {
        let artifacts = Artifacts::open(engine, directory.path()).expect("a directory");
        let compile = || Compiler::Here.compile(engine, Tier::Compiled, EMPTY_COMPONENT);
        let (_, origin) =
            artifacts.component(engine, &Digest::of(EMPTY_COMPONENT), compile).expect("it compiles");
        assert_eq!(origin, Origin::Compiled);
    }
}

#[test]
fn code_from_the_box_fits_the_engines_that_serve() {
    for tier in [Tier::Compiled, Tier::Interpreted] {
        let serving = TickingEngine::start(tier, &Limits::for_testing().of(tier)).expect("an engine");
        let compiling = wasmtime::Engine::new(&compile_config(tier)).expect("an engine");
        assert_eq!(compatibility(serving.engine()), compatibility(&compiling), "{tier:?}");
    }
}

#[test]
fn a_sweep_leaves_what_is_needed_and_what_there_is_room_for() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let ticking = TickingEngine::start(Tier::Compiled, &Limits::for_testing()).expect("an engine");
    let artifacts = Artifacts::open(ticking.engine(), directory.path()).expect("a directory");
    let own = compatibility(ticking.engine());
    let named = |name: &[u8]| format!("{}-{own}", Digest::of(name));
    let names = || {
        let all = fs::read_dir(directory.path()).expect("it is there").flatten();
        let mut names: Vec<_> = all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    let write = |name: &str, bytes: usize| {
        fs::write(directory.path().join(name), vec![0; bytes]).expect("the directory can be written");
    };
    let (old, needed) = (named(b"old"), named(b"needed"));
    for stem in [&old, &needed] {
        write(&format!("{stem}.cwasm"), 100);
        write(&format!("{stem}.sha256"), 64);
    }
    write(&format!("{}-{}.cwasm", Digest::of(b"old"), "0".repeat(32)), 100);
    write(&format!("{old}.cwasm.1.tmp"), 5);
    write("somebody's", 7);
    let needs = HashSet::from([Digest::of(b"needed")]);
    let swept = sweep(&[&artifacts], &needs, 200).expect("it is readable");
    assert_eq!(swept, Swept { removed: 2, bytes: 200 }, "what no engine takes, and what was half written");
    let swept = sweep(&[&artifacts], &needs, 0).expect("it is readable");
    assert_eq!(swept, Swept { removed: 2, bytes: 100 });
    assert_eq!(names().len(), 3, "{:?}", names());
    assert!(names().contains(&format!("{needed}.cwasm")) && names().contains(&"somebody's".to_owned()));
}
