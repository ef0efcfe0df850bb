//! The inert WASI: as much of WASI 0.2 as an interpreter needs in order to start, by which a plugin learns
//! nothing and reaches nothing.
//!
//! The clocks stand still, random numbers are the same in every call, there are no arguments, no environment
//! and no files, what is printed is thrown away, and whoever asks for a socket is refused. So a plugin that
//! imports it is still a pure function: the same question gets the same answer. It is off unless the operator
//! allows it.
//!
//! Every handle is the same empty one: there is nothing behind any of them.

use std::collections::BTreeSet;

use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{Component, Linker, LinkerInstance, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Result, StoreContextMut, Trap};

use crate::meter::Meter;

/// The interfaces, without their versions: those that CPython and JavaScript engines import when they are
/// built for WASI.
const INTERFACES: [&str; 26] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure-seed",
    "wasi:random/random",
    "wasi:sockets/instance-network",
    "wasi:sockets/ip-name-lookup",
    "wasi:sockets/network",
    "wasi:sockets/tcp",
    "wasi:sockets/tcp-create-socket",
    "wasi:sockets/udp",
    "wasi:sockets/udp-create-socket",
];

/// The instant at which its clocks stand: 2026-01-01T00:00:00Z, in seconds. The day of a case comes with the
/// question.
const INSTANT: u64 = 1_767_225_600;

/// The most random bytes that are given at once.
const RANDOM_BYTES: u64 = 64 << 10;

/// Bytes that a stream says it takes at once.
const STREAM_BYTES: u64 = 64 << 10;

/// True if an import is of the inert WASI, in any patch version of 0.2.
pub(crate) fn offers(import: &str) -> bool {
    let Some((interface, version)) = import.split_once('@') else { return false };
    let patch = version.strip_prefix("0.2.");
    INTERFACES.contains(&interface)
        && patch.is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Defines what a component imports of it.
pub(crate) fn add_to(
    linker: &mut Linker<Meter>,
    component: &Component,
    imports: &BTreeSet<String>,
) -> Result<()> {
    let (engine, ty) = (component.engine(), component.component_type());
    for (import, item) in ty.imports(engine).filter(|(import, _)| imports.contains(*import)) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        let interface = import.split_once('@').map_or(import, |(interface, _)| interface);
        let mut defined = linker.instance(import)?;
        for (name, item) in instance.exports(engine) {
            match item.ty {
                ComponentItem::ComponentFunc(_) => define(&mut defined, interface, name)?,
                ComponentItem::Resource(_) => {
                    defined.resource(name, ResourceType::host::<()>(), |_, _| Ok(()))?
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn define(linker: &mut LinkerInstance<'_, Meter>, interface: &str, name: &str) -> Result<()> {
    let (interface, function) = (interface.to_owned(), name.to_owned());
    linker.func_new(name, move |mut store, ty, arguments, results| {
        let answer = answer(&interface, &function, arguments, &mut store)?;
        release(arguments, &mut store)?;
        let answer = answer.or_else(|| refusal(&ty));
        match (results, answer) {
            ([], Some(Answer::Nothing)) => Ok(()),
            ([result], Some(Answer::Value(value))) => {
                *result = value;
                Ok(())
            }
            _ => Err(Trap::UnreachableCodeReached.into()),
        }
    })
}

enum Answer {
    Nothing,
    Value(Val),
}

/// Answer of a function; `None` for one that can only be refused.
fn answer(
    interface: &str,
    function: &str,
    arguments: &[Val],
    store: &mut StoreContextMut<'_, Meter>,
) -> Result<Option<Answer>> {
    let value = match (interface, function) {
        ("wasi:clocks/wall-clock", "now") => datetime(INSTANT),
        ("wasi:clocks/wall-clock", "resolution") => datetime(1),
        ("wasi:clocks/monotonic-clock", "now") => Val::U64(0),
        ("wasi:clocks/monotonic-clock", "resolution") => Val::U64(1),
        // Whoever waits need not: no time passes here.
        ("wasi:clocks/monotonic-clock", "subscribe-instant" | "subscribe-duration") => handle(store)?,
        ("wasi:io/poll", "[method]pollable.block") => return Ok(Some(Answer::Nothing)),
        ("wasi:io/poll", "[method]pollable.ready") => Val::Bool(true),
        ("wasi:io/poll", "poll") => all_ready(arguments),
        ("wasi:random/random", "get-random-u64") => Val::U64(store.data_mut().random.next()),
        ("wasi:random/random", "get-random-bytes") => match arguments {
            [Val::U64(length)] if *length <= RANDOM_BYTES => random_bytes(*length, store),
            _ => return Ok(None),
        },
        ("wasi:random/insecure-seed", _) => Val::Tuple(vec![Val::U64(0), Val::U64(0)]),
        (
            "wasi:io/streams",
            "[method]input-stream.read"
            | "[method]input-stream.blocking-read"
            | "[method]input-stream.skip"
            | "[method]input-stream.blocking-skip",
        ) => Val::Result(Err(Some(Box::new(Val::Variant("closed".to_owned(), None))))),
        ("wasi:io/streams", "[method]output-stream.check-write") => {
            Val::Result(Ok(Some(Box::new(Val::U64(STREAM_BYTES)))))
        }
        (
            "wasi:io/streams",
            "[method]output-stream.write"
            | "[method]output-stream.write-zeroes"
            | "[method]output-stream.blocking-write-and-flush"
            | "[method]output-stream.blocking-write-zeroes-and-flush"
            | "[method]output-stream.flush"
            | "[method]output-stream.blocking-flush",
        ) => Val::Result(Ok(None)),
        ("wasi:io/streams", "[method]input-stream.subscribe" | "[method]output-stream.subscribe")
        | ("wasi:cli/stdin" | "wasi:cli/stdout" | "wasi:cli/stderr", _)
        | ("wasi:sockets/instance-network", "instance-network") => handle(store)?,
        ("wasi:cli/environment", "initial-cwd")
        | ("wasi:cli/terminal-stdin" | "wasi:cli/terminal-stdout" | "wasi:cli/terminal-stderr", _)
        | ("wasi:filesystem/types", "filesystem-error-code") => Val::Option(None),
        ("wasi:cli/environment", _) | ("wasi:filesystem/preopens", _) => Val::List(Vec::new()),
        _ => return Ok(None),
    };
    Ok(Some(Answer::Value(value)))
}

/// An error that says that it is not permitted, where the function has one. Everything else breaks the call
/// off.
fn refusal(ty: &ComponentFunc) -> Option<Answer> {
    let Type::Result(result) = ty.results().next()? else { return None };
    let Type::Enum(errors) = result.err()? else { return None };
    let refused = errors.names().find(|name| ["access-denied", "not-permitted"].contains(name))?;
    Some(Answer::Value(Val::Result(Err(Some(Box::new(Val::Enum(refused.to_owned())))))))
}

/// The engine counts borrowed handles until they are given back.
fn release(arguments: &[Val], store: &mut StoreContextMut<'_, Meter>) -> Result<()> {
    for argument in arguments {
        match argument {
            Val::Resource(handle) => {
                handle.try_into_resource::<()>(&mut *store)?;
            }
            Val::List(values) => release(values, store)?,
            _ => {}
        }
    }
    Ok(())
}

fn handle(store: &mut StoreContextMut<'_, Meter>) -> Result<Val> {
    Ok(Val::Resource(ResourceAny::try_from_resource(Resource::<()>::new_own(0), store)?))
}

fn all_ready(arguments: &[Val]) -> Val {
    let polled = match arguments {
        [Val::List(polled)] => u32::try_from(polled.len()).unwrap_or(u32::MAX),
        _ => 0,
    };
    Val::List((0..polled).map(Val::U32).collect())
}

fn datetime(seconds: u64) -> Val {
    Val::Record(vec![("seconds".to_owned(), Val::U64(seconds)), ("nanoseconds".to_owned(), Val::U32(0))])
}

fn random_bytes(length: u64, store: &mut StoreContextMut<'_, Meter>) -> Val {
    let random = &mut store.data_mut().random;
    Val::List((0..length).map(|_| Val::U8(random.next().to_be_bytes()[0])).collect())
}

/// Numbers that look random and are the same in every call (SplitMix64 from zero).
#[derive(Default)]
pub(crate) struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests;
