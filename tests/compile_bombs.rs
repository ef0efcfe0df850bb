//! Components made to hurt whoever compiles them: huge functions and thousands of small ones, deep nesting,
//! giant tables and data. Each is refused with its reason and what to do, in seconds, and nobody else
//! notices.

use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use expect_test::expect;
use serde_json::Value;
use wasm_encoder::{
    BlockType, CodeSection, DataSection, ElementSection, Elements, Encode, Function, FunctionSection,
    Instruction, MemorySection, MemoryType, Module, RefType, TableSection, TableType, TypeSection, ValType,
};

use crate::harness::{County, Database, Request, Server, binary, component, on_both_databases, text, until};
use crate::journeys::ecm;

on_both_databases! {
    a_bomb_is_refused_while_others_decide
}

/// The smallest sample plan, to which each bomb is added as one more module: nothing else is wrong with it.
const PLAN: &str = "costa-alta";

/// Time for the gate, and for the box to find out that its limit is reached, on a busy machine.
const SOON: Duration = Duration::from_secs(60);

fn with_module(module: &Module) -> Vec<u8> {
    let mut plugin = component(PLAN);
    with_section(&mut plugin, 1, module.as_slice());
    plugin
}

fn with_section(plugin: &mut Vec<u8>, section: u8, content: &[u8]) {
    plugin.push(section);
    content.encode(plugin);
}

/// A module of functions without parameters and results.
fn functions(count: u32, body: &Function) -> Module {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for _ in 0..count {
        functions.function(0);
        code.function(body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    module
}

fn body(locals: u32, fill: impl FnOnce(&mut Function)) -> Function {
    let mut body = Function::new((locals > 0).then_some((locals, ValType::I64)));
    fill(&mut body);
    body.instruction(&Instruction::End);
    body
}

fn instructions(count: u32) -> Function {
    body(0, |body| {
        for number in 0..count / 2 {
            body.instruction(&Instruction::I32Const(number.cast_signed())).instruction(&Instruction::Drop);
        }
    })
}

/// Cheap to write and dear to compile: each number is made of the one before and is needed at the end.
fn long_lives(count: u32) -> Function {
    body(1, |body| {
        for _ in 0..count {
            body.instruction(&Instruction::LocalGet(0)).instruction(&Instruction::I64Clz);
            body.instruction(&Instruction::LocalTee(0));
        }
        for _ in 1..count {
            body.instruction(&Instruction::I64Xor);
        }
        body.instruction(&Instruction::LocalSet(0));
    })
}

/// Two bytes each, and for the compiler a few hundred.
fn calls(count: u32) -> Function {
    body(0, |body| {
        for _ in 0..count {
            body.instruction(&Instruction::Call(0));
        }
    })
}

fn nested(depth: u32) -> Function {
    body(0, |body| {
        for _ in 0..depth {
            body.instruction(&Instruction::Block(BlockType::Empty));
        }
        for _ in 0..depth {
            body.instruction(&Instruction::End);
        }
    })
}

fn branches(targets: usize) -> Function {
    body(0, |body| {
        body.instruction(&Instruction::Block(BlockType::Empty)).instruction(&Instruction::I32Const(1));
        body.instruction(&Instruction::BrTable(vec![0; targets].into(), 1)).instruction(&Instruction::End);
    })
}

fn table(entries: u64) -> Module {
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: entries,
        maximum: None,
        table64: false,
        shared: false,
    });
    let mut module = Module::new();
    module.section(&tables);
    module
}

fn elements(entries: usize) -> Module {
    let mut segments = ElementSection::new();
    segments.passive(Elements::Functions(vec![0; entries].into()));
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    functions.function(0);
    code.function(&nested(0));
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&segments).section(&code);
    module
}

fn types(count: u32) -> Module {
    let mut types = TypeSection::new();
    for number in 0..count {
        // No two alike: in binary, by their parameters.
        let bits = (0..20).map(|bit| if number >> bit & 1 == 0 { ValType::I32 } else { ValType::I64 });
        types.ty().function(bits, []);
    }
    let mut module = Module::new();
    module.section(&types);
    module
}

fn data(segments: u32, bytes: usize, memory_pages: Option<u64>) -> Module {
    let mut module = Module::new();
    if let Some(minimum) = memory_pages {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
    }
    let mut data = DataSection::new();
    for _ in 0..segments {
        data.passive(vec![0xA5; bytes]);
    }
    module.section(&data);
    module
}

/// A plugin that takes its compiler a long time and little memory.
pub(crate) fn long_to_compile() -> Vec<u8> {
    with_module(&functions(50_000, &long_lives(100)))
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let in_one_module = [
        ("a function of 700,000 instructions", functions(1, &instructions(700_000))),
        ("a function of four million", functions(1, &instructions(4_000_000))),
        ("200,000 functions", functions(200_000, &nested(0))),
        ("50,000 functions that are long to compile", functions(50_000, &long_lives(60))),
        (OF_MEMORY, functions(25, &calls(500_000))),
        ("blocks 10,000 deep", functions(1, &nested(10_000))),
        ("20,000 local variables", functions(1, &body(20_000, |_| {}))),
        ("a branch to 2,000,000 places", functions(1, &branches(2_000_000))),
        ("a branch to 1,000,000 places", functions(1, &branches(1_000_000))),
        ("a table of ten million", table(10_000_000)),
        ("two million table entries", elements(2_000_000)),
        ("a million types", types(1_000_000)),
        ("a gibibyte of memory", data(0, 0, Some(16_384))),
        ("data of 45 MB", data(1, 45_000_000, None)),
        ("200,000 data segments", data(200_000, 1, None)),
    ];
    let mut bombs: Vec<_> =
        in_one_module.into_iter().map(|(name, module)| (name, with_module(&module))).collect();
    let inner = (0..100).fold(b"\0asm\x0d\0\x01\0".to_vec(), |inner, _| {
        let mut outer = b"\0asm\x0d\0\x01\0".to_vec();
        with_section(&mut outer, 4, &inner);
        outer
    });
    let mut plugin = component(PLAN);
    with_section(&mut plugin, 4, &inner);
    bombs.push(("components 100 deep", plugin));
    bombs.push(("a type that doubles 40 times", with_doubling_type(40)));
    bombs
}

/// Each a pair of the one before.
fn with_doubling_type(times: u32) -> Vec<u8> {
    let mut types = wasm_encoder::ComponentTypeSection::new();
    types.defined_type().tuple([wasm_encoder::PrimitiveValType::U8, wasm_encoder::PrimitiveValType::U8]);
    let mut inner = wasm_encoder::Component::new();
    for number in 0..times {
        let ty = wasm_encoder::ComponentValType::Type(number);
        types.defined_type().tuple([ty, ty]);
    }
    inner.section(&types);
    let mut plugin = component(PLAN);
    with_section(&mut plugin, 4, inner.as_slice());
    plugin
}

/// The bomb that is made to use up memory. A slow machine needs more time for that than the other bombs get.
const OF_MEMORY: &str = "25 functions of half a million calls";

/// Report of the author's desk, which is the host's: in a small box, so that reaching its limits takes
/// seconds.
fn check(name: &str, bytes: &[u8]) -> Value {
    let seconds = if name == OF_MEMORY { "40" } else { "2" };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("bomb.wasm");
    fs::write(&file, bytes).expect("it can be written");
    let mut command = Command::new(binary());
    command.args(["plugin", "check", "--json", "--compile-memory-mib", "512"]);
    command.args(["--compile-seconds", seconds]);
    let output = command.arg(&file).output().expect("the program can be run");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&output.stderr)))
}

/// A problem without what was measured: a bomb is built around a plan's component, whose size is its
/// compiler's affair. The limit, after the semicolon, stays.
fn unmeasured(problem: &str) -> String {
    let Some((measured, limit)) = problem.split_once("; ") else { return problem.to_owned() };
    let mut shown = String::new();
    for letter in measured.chars() {
        match letter {
            '0'..='9' if shown.ends_with('#') => {}
            '0'..='9' => shown.push('#'),
            other => shown.push(other),
        }
    }
    format!("{shown}; {limit}")
}

#[test]
fn each_is_refused_with_its_reason_and_what_to_do() {
    let mut table = String::new();
    for (name, bytes) in bombs() {
        let started = Instant::now();
        let report = check(name, &bytes);
        eprintln!("{name}: {} bytes, {:?}", bytes.len(), started.elapsed());
        assert!(started.elapsed() < SOON, "{name} took {:?}", started.elapsed());
        let _ = writeln!(table, "{name}");
        for reason in report["reasons"].as_array().expect("a list") {
            let _ = writeln!(table, "  {}: {}", text(reason, "/code"), unmeasured(text(reason, "/problem")));
            let _ = writeln!(table, "    {}", text(reason, "/fix"));
        }
    }
    expect![[r#"
        a function of 700,000 instructions
          function-too-large: the function there has # bytes of code; a function has at most 1048576
            split the function, and turn generated code into data that a short function reads
        a function of four million
          function-too-large: the function there has # bytes of code; a function has at most 1048576
            split the function, and turn generated code into data that a short function reads
          invalid: it is damaged, or uses an extension that is not allowed here: function body size count exceeds limit of 7654321
            build it again with the toolchain that the plugin guide names, and upload the file whole
        200,000 functions
          too-many-functions: it has # functions; a plugin has at most 100000
            leave out libraries that the rules do not need
        50,000 functions that are long to compile
          too-costly-to-compile: compiling it takes more processor time than the 2 seconds that it may
            split large functions, and leave out libraries and generated code that the rules do not need: data goes into tables, which are uploaded beside it
        25 functions of half a million calls
          too-costly-to-compile: compiling it takes more memory than the 512 MiB that it may
            split large functions, and leave out libraries and generated code that the rules do not need: data goes into tables, which are uploaded beside it
        blocks 10,000 deep
          function-too-large: the function there has # blocks within one another; a function has at most 2000
            split the function, and turn generated code into data that a short function reads
        20,000 local variables
          function-too-large: the function there has # local variables; a function has at most 10000
            split the function, and turn generated code into data that a short function reads
        a branch to 2,000,000 places
          function-too-large: the function there has # bytes of code; a function has at most 1048576
            split the function, and turn generated code into data that a short function reads
        a branch to 1,000,000 places
          does-not-compile: it does not compile: Unsupported feature: `br_table` has 1000000 targets, which exceeds the implementation limit of 65520
            build it with the toolchain that the plugin guide names, without WebAssembly extensions such as threads
        a table of ten million
          table-too-large: it has a function table with # entries; a table has at most 50000
            leave out libraries that the rules do not need
        two million table entries
          too-many-definitions: its types, imports, exports, tables and the like have # bytes; at most 1048576 are read
            leave out libraries that the rules do not need, and upload one component, not a composition of many
        a million types
          too-many-definitions: its types, imports, exports, tables and the like have # bytes; at most 1048576 are read
            leave out libraries that the rules do not need, and upload one component, not a composition of many
        a gibibyte of memory
          too-much-memory: it starts with # bytes of memory; a call has at most 134217728
            lower its initial memory and its stack, or leave data out: tables are uploaded beside it
          too-much-memory: it has # linear memories; a plugin has one
            upload one component, not a composition of many
        data of 45 MB
          too-large: it has # bytes; a plugin has at most 41943040
            build it in release mode, strip debugging information, and leave data out: tables are uploaded beside it
        200,000 data segments
          invalid: it is damaged, or uses an extension that is not allowed here: data segments count exceeds limit of 100000
            build it again with the toolchain that the plugin guide names, and upload the file whole
        components 100 deep
          too-deep: more than 8 components and modules lie within one another
            upload one component, not a composition of many
        a type that doubles 40 times
          invalid: it is damaged, or uses an extension that is not allowed here: effective type size exceeds the limit of 1000000
            build it again with the toolchain that the plugin guide names, and upload the file whole
    "#]].assert_eq(&table);
}

/// Uploads a bomb and gives the code of the first reason why it was refused, in the answer or behind it.
fn refused(county: &County, bytes: Vec<u8>) -> String {
    let admin = &county.plan(PLAN).admin;
    let upload = Request::bytes(format!("/v1/plans/{PLAN}/plugins"), "application/wasm", bytes).by(admin);
    let answer = county.client().send(&upload);
    if answer.status != 202 {
        assert_eq!((answer.status, answer.code()), (422, "not-a-plugin"));
        return text(&answer.json, "/errors/0/code").to_owned();
    }
    let path = format!("/v1/plugins/{}", text(&answer.json, "/digest"));
    until("the component to be refused", || {
        let plugin = county.client().read(admin, &path);
        assert!(["compiling", "refused"].contains(&text(&plugin, "/state")), "{plugin}");
        (plugin["state"] == "refused").then(|| text(&plugin, "/reasons/0/code").to_owned())
    })
}

fn a_bomb_is_refused_while_others_decide(database: Database) {
    let settings = [("CROSSWALK_COMPILE_SECONDS", "2"), ("CROSSWALK_COMPILE_MEMORY_MIB", "512")];
    let county = County::of(Server::start_with(database, &settings), &["valle-vista", PLAN]);
    let (before, over) = (memory_peak_mib(&county), AtomicBool::new(false));
    let costly = ["50,000 functions that are long to compile", OF_MEMORY];
    thread::scope(|scope| {
        scope.spawn(|| {
            for (name, bytes) in bombs().into_iter().filter(|(name, _)| costly.contains(name)) {
                assert_eq!(refused(&county, bytes), "too-costly-to-compile", "{name}");
            }
            over.store(true, Ordering::Relaxed);
        });
        let mut decided = 0;
        while !over.load(Ordering::Relaxed) || decided == 0 {
            assert_eq!(county.client().send(&Request::get("/readyz")).status, 200);
            // The county's members are few, and one has one open case of a kind at a time.
            if decided < 20 {
                let request = ecm(&county.person("valle-vista"));
                let case = county.submit(county.key_of("open-door"), "authorizations", &request);
                assert_eq!(case["state"], "approved");
                decided += 1;
            }
        }
    });
    let grown = memory_peak_mib(&county) - before;
    assert!(grown < 400, "the host took {grown} MiB more");
    let plans = county.client().read(&county.plan(PLAN).admin, "/v1/plans");
    let plans = plans["items"].as_array().expect("a list").iter();
    let own = plans.into_iter().find(|plan| plan["id"] == PLAN).expect("the plan is there");
    assert_eq!(text(own, "/active/digest"), county.plan(PLAN).digest, "it has what it had");
}

/// The most memory that the service ever held.
pub(crate) fn memory_peak_mib(county: &County) -> i64 {
    let status = fs::read_to_string(format!("/proc/{}/status", county.server.process_id()));
    let status = status.expect("this test runs on Linux");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the kernel says so");
    peak.trim().trim_end_matches(" kB").parse::<i64>().expect("a number") / 1024
}
