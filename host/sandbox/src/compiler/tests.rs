use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use super::{CompileBox, Compiler};
use crate::engine::TickingEngine;
use crate::gate::{Refusal, RefusalCode};
use crate::{Limits, NotAPlugin, Tier};

fn compile_box(program: &str) -> CompileBox {
    CompileBox {
        program: Path::new(program).to_owned(),
        memory_bytes: 1 << 30,
        time: Duration::from_secs(1),
        stop: Arc::default(),
    }
}

#[test]
fn each_end_of_the_box_is_read_as_what_it_is() {
    const ENDED: i32 = 256;
    let cases = [
        (2 * ENDED, "type mismatch", RefusalCode::DoesNotCompile, "it does not compile: type mismatch"),
        (3 * ENDED, "of another build", RefusalCode::NoCompiler, "of another build"),
        (24, "", RefusalCode::TooCostlyToCompile, "more processor time than the 1 seconds"),
        (9, "", RefusalCode::BrokenOff, "the machine ended its compiler"),
        (1, "", RefusalCode::NoCompiler, "asked to end"),
        (15, "", RefusalCode::NoCompiler, "asked to end"),
        (6, "memory allocation of 96 bytes failed", RefusalCode::TooCostlyToCompile, "more memory"),
        (101 * ENDED, "at x.rs\nCannot allocate memory", RefusalCode::TooCostlyToCompile, "more memory"),
        (6, "stack overflow", RefusalCode::DoesNotCompile, "broke off on it (signal 6)"),
        (101 * ENDED, "panicked\nno entry", RefusalCode::DoesNotCompile, "(exit code 101: no entry)"),
    ];
    for (raw, complaint, code, words) in cases {
        let read = compile_box("").read_ending(ExitStatus::from_raw(raw), complaint);
        let refusal = Refusal::from(read.expect_err("it did not end well"));
        assert_eq!(refusal.code, code, "{raw} {complaint}");
        assert!(refusal.problem.contains(words), "{refusal}");
    }
    assert!(compile_box("").read_ending(ExitStatus::from_raw(0), "").is_ok());
}

#[test]
fn a_box_that_is_not_there_is_not_the_components_fault() {
    let engine = TickingEngine::start(Tier::Compiled, &Limits::for_testing()).expect("an engine");
    for (program, hosts_fault) in [("/nowhere/crosswalk", true), ("/bin/false", false)] {
        let compiler = Compiler::Boxed(compile_box(program));
        let refused = compiler.compile(engine.engine(), Tier::Compiled, b"\0asm\x0d\0\x01\0");
        let refused = NotAPlugin::from(Refusal::from(refused.expect_err("nothing compiles")));
        assert_eq!(refused.is_the_hosts_fault(), hosts_fault, "{refused}");
    }
}

#[test]
fn nothing_is_compiled_once_the_service_stops() {
    let engine = TickingEngine::start(Tier::Compiled, &Limits::for_testing()).expect("an engine");
    let compiler = Compiler::Boxed(compile_box("/bin/false"));
    compiler.stop();
    let refused = compiler.compile(engine.engine(), Tier::Compiled, b"\0asm\x0d\0\x01\0");
    let refused = NotAPlugin::from(Refusal::from(refused.expect_err("nothing compiles")));
    assert!(refused.is_the_hosts_fault() && !refused.was_broken_off(), "{refused}");
}
