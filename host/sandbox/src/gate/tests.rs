use expect_test::expect;
use wasm_encoder::{
    BlockType, CodeSection, ComponentBuilder, ComponentExportKind, ComponentTypeRef, ComponentValType,
    CustomSection, Function, FunctionSection, InstanceType, Instruction, MemorySection, MemoryType, Module,
    PrimitiveValType, TypeBounds, TypeSection, ValType,
};

use super::{NotAPlugin, RefusalCode, inspect};
use crate::{Limits, Tier};

const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const EMPTY_MODULE: &[u8] = b"\0asm\x01\0\0\0";

fn codes(bytes: &[u8]) -> Vec<RefusalCode> {
    let reasons = inspect(bytes, &Limits::default()).expect_err("it is no plugin").reasons;
    reasons.into_iter().map(|reason| reason.code).collect()
}

fn text(refused: NotAPlugin) -> String {
    let reasons = refused.reasons.iter();
    reasons.map(|reason| format!("{}: {}\n", reason.at, reason.problem)).collect()
}

fn nested(depth: usize) -> Vec<u8> {
    (1..depth).fold(EMPTY_COMPONENT.to_vec(), |inner, _| {
        let mut outer = ComponentBuilder::default();
        outer.component_raw(None, &inner);
        outer.finish()
    })
}

fn with_memories(pages: &[u64]) -> Vec<u8> {
    let mut component = ComponentBuilder::default();
    for pages in pages {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: *pages,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut module = Module::new();
        module.section(&memories);
        component.core_module(None, &module);
    }
    component.finish()
}

fn with_imports() -> ComponentBuilder {
    let mut component = ComponentBuilder::default();
    let mut clock = InstanceType::new();
    clock
        .ty()
        .function()
        .params::<[(&str, ComponentValType); 0], _>([])
        .result(Some(PrimitiveValType::U64.into()));
    clock.export("now", ComponentTypeRef::Func(0)).export("resolution", ComponentTypeRef::Func(0));
    let clock = component.type_instance(None, &clock);
    component.import("wasi:clocks/wall-clock@0.2.0", ComponentTypeRef::Instance(clock));
    let (log, mut function) = component.type_function(None);
    function.params([("text", ComponentValType::from(PrimitiveValType::String))]).result(None);
    component.import("log", ComponentTypeRef::Func(log));
    component
}

#[test]
fn what_is_no_component_is_named_for_what_it_is() {
    use RefusalCode::*;
    let cases: [(&[u8], RefusalCode); 9] = [
        (b"", Empty),
        (EMPTY_MODULE, CoreModule),
        (b"\x7fELF\x02\x01\x01", Compiled),
        (b"(component)", Text),
        (b"\n  ;; a plan's rules\n(component)", Text),
        (b"PK\x03\x04", NotWebAssembly),
        (b"\0\0\0\0\0\0\0\0", NotWebAssembly),
        (b"\0asm", NotWebAssembly),
        (EMPTY_COMPONENT, LacksProfile),
    ];
    for (bytes, code) in cases {
        assert_eq!(codes(bytes), [code], "{bytes:?}");
    }
}

#[test]
fn an_upload_that_is_too_large_is_not_looked_into() {
    let mut upload = with_imports().finish();
    upload.resize(100 << 20, 0);
    expect![[r#"
        upload: it has 104857600 bytes; a plugin has at most 41943040
    "#]]
    .assert_eq(&text(inspect(&upload, &Limits::default()).expect_err("too large")));
}

#[test]
fn all_reasons_are_given_at_once() {
    let mut component = with_imports();
    let (function, mut ty) = component.type_function(None);
    ty.params::<[(&str, ComponentValType); 0], _>([]).result(None);
    let imported = component.import("helper", ComponentTypeRef::Func(function));
    component.export("run", ComponentExportKind::Func, imported, None);
    let empty = component.component_raw(None, EMPTY_COMPONENT);
    let empty = component.instantiate::<[(&str, ComponentExportKind, u32); 0], &str>(None, empty, []);
    component.export("crosswalk:plan/referral@1.1.0", ComponentExportKind::Instance, empty, None);
    component.export("crosswalk:plan/billing@1.0.0", ComponentExportKind::Instance, empty, None);
    expect![[r#"
        wasi:clocks/wall-clock@0.2.0: it imports wasi:clocks/wall-clock@0.2.0 (now, resolution); a plugin imports nothing
        log: it imports log; a plugin imports nothing
        helper: it imports helper; a plugin imports nothing
        run: it exports run, which the contract does not know
        crosswalk:plan/referral@1.1.0: it exports crosswalk:plan/referral@1.1.0; this host speaks crosswalk:plan/referral@1.0.0
        billing.adjudicate: it exports billing without `adjudicate`
        profile: it does not export crosswalk:plan/profile@1.0.0
    "#]]
    .assert_eq(&text(inspect(&component.finish(), &Limits::default()).expect_err("no plugin")));
}

#[test]
fn the_contracts_own_types_are_no_import() {
    use RefusalCode::*;
    let cases = [
        ("crosswalk:plan/types@1.0.0", false, vec![LacksProfile]),
        ("crosswalk:plan/types@1.0.0", true, vec![Import, LacksProfile]),
        ("crosswalk:plan/types@2.0.0", false, vec![Import, LacksProfile]),
        ("wasi:io/error@0.2.0", false, vec![Import, LacksProfile]),
    ];
    for (name, with_function, expected) in cases {
        let mut types = InstanceType::new();
        types.ty().defined_type().primitive(PrimitiveValType::S64);
        types.export("cents", ComponentTypeRef::Type(TypeBounds::Eq(0)));
        if with_function {
            types.ty().function().params::<[(&str, ComponentValType); 0], _>([]).result(None);
            types.export("now", ComponentTypeRef::Func(2));
        }
        let mut component = ComponentBuilder::default();
        let types = component.type_instance(None, &types);
        component.import(name, ComponentTypeRef::Instance(types));
        assert_eq!(codes(&component.finish()), expected, "{name}");
    }
}

/// A component with a function of so many local variables, blocks within one another, and bytes without
/// effect.
fn with_function(locals: u32, nesting: usize, padding: usize) -> Vec<u8> {
    let mut body = Function::new([(locals, ValType::I32)]);
    let mut fill = |instruction, times| {
        for _ in 0..times {
            body.instruction(&instruction);
        }
    };
    fill(Instruction::Block(BlockType::Empty), nesting);
    fill(Instruction::Nop, padding);
    fill(Instruction::End, nesting + 1);
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    types.ty().function([], []);
    functions.function(0);
    code.function(&body);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    let mut component = ComponentBuilder::default();
    component.core_module(None, &module);
    component.finish()
}

#[test]
fn functions_are_bounded() {
    use RefusalCode::*;
    // The count of its locals, and its end, have four bytes.
    let most = (1 << 20) - 4;
    let cases = [
        (with_function(10_000, 0, 0), vec![LacksProfile]),
        (with_function(10_001, 0, 0), vec![FunctionTooLarge, LacksProfile]),
        (with_function(0, 2_000, 0), vec![LacksProfile]),
        (with_function(0, 2_001, 0), vec![FunctionTooLarge, LacksProfile]),
        (with_function(0, 0, most), vec![LacksProfile]),
        (with_function(0, 0, most + 1), vec![FunctionTooLarge, LacksProfile]),
        (
            with_function(10_001, 2_001, most),
            vec![FunctionTooLarge; 3].into_iter().chain([LacksProfile]).collect(),
        ),
    ];
    for (place, (bytes, expected)) in cases.into_iter().enumerate() {
        assert_eq!(codes(&bytes), expected, "case {place}");
    }
}

#[test]
fn sizes_are_bounded() {
    use RefusalCode::*;
    let cases = [
        (nested(8), vec![LacksProfile]),
        (nested(9), vec![TooDeep]),
        (with_memories(&[2048]), vec![LacksProfile]),
        (with_memories(&[2049]), vec![TooMuchMemory, LacksProfile]),
        (with_memories(&[1, 1]), vec![TooMuchMemory, LacksProfile]),
    ];
    for (place, (bytes, expected)) in cases.into_iter().enumerate() {
        assert_eq!(codes(&bytes), expected, "case {place}");
    }
}

#[test]
fn a_component_is_compiled_or_interpreted_by_the_memory_it_starts_with() {
    let cases =
        [(0, Tier::Compiled), (64, Tier::Compiled), (65, Tier::Interpreted), (512, Tier::Interpreted)];
    for (pages, expected) in cases {
        assert_eq!(Tier::of(pages * 65_536), expected, "{pages} pages");
    }
    // Compiled rules may be smaller only.
    let mut component = ComponentBuilder::default();
    component.custom_section(&CustomSection { name: "x".into(), data: vec![0; 33 << 20].into() });
    let padded = component.finish();
    let limits = Limits { custom_section_bytes: 64 << 20, ..Limits::default() };
    let refused = inspect(&padded, &limits).expect_err("no plugin");
    assert!(refused.reasons.iter().any(|reason| reason.code == RefusalCode::TooLarge), "{refused}");
}

#[test]
fn the_inert_wasi_is_refused_unless_it_is_allowed() {
    let allowed = Limits { inert_wasi: true, ..Limits::default() };
    let reasons = |limits: &Limits| {
        let refused = inspect(&with_imports().finish(), limits).expect_err("no plugin");
        refused.reasons.iter().map(|reason| format!("{}: {}\n", reason.at, reason.fix)).collect::<String>()
    };
    expect![[r#"
        wasi:clocks/wall-clock@0.2.0: build for wasm32-unknown-unknown, or switch off the runtime's clocks, random numbers, files and output; for an interpreter that cannot do without, the operator may allow the inert WASI tier (serve --inert-wasi), which is off here
        log: take what the rules need from the arguments
        profile: export `profile` with its function `describe`: every plugin says who its plan is
    "#]]
    .assert_eq(&reasons(&Limits::default()));
    expect![[r#"
        log: take what the rules need from the arguments
        profile: export `profile` with its function `describe`: every plugin says who its plan is
    "#]]
    .assert_eq(&reasons(&allowed));
}

#[test]
fn a_hundred_reasons_are_enough() {
    let mut component = ComponentBuilder::default();
    let (function, mut ty) = component.type_function(None);
    ty.params::<[(&str, ComponentValType); 0], _>([]).result(None);
    for number in 0..300 {
        component.import(format!("f{number}"), ComponentTypeRef::Func(function));
    }
    let reasons = inspect(&component.finish(), &Limits::default()).expect_err("no plugin").reasons;
    assert_eq!(reasons.len(), 100);
    assert!(reasons[99].problem.ends_with("201 further reasons are left out"), "{}", reasons[99].problem);
}

#[test]
fn no_cut_or_changed_component_makes_the_gate_panic() {
    let whole = with_imports().finish();
    for length in 0..whole.len() {
        inspect(&whole[..length], &Limits::default()).expect_err("cut");
        for byte in [0, 0x7f, 0xff] {
            let mut changed = whole.clone();
            changed[length] = byte;
            inspect(&changed, &Limits::default()).expect_err("changed");
        }
    }
}
