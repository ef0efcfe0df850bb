//! Running a plan's code where it can do no harm.
//!
//! A plan's rules arrive as a WebAssembly component. The gate ([`inspect`]) says everything that is wrong
//! with it in a plan engineer's words; [`Sandbox::load`] compiles it and asks who it is; a [`Plugin`] then
//! answers questions, each in a fresh instance with bounded time, memory and output. What comes back is an
//! [`Ending`]: an answer, the plugin's own error, or the fault that stopped it. A fault is the plan's trouble
//! and never the member's: the case goes to people. A service compiles in a process apart
//! ([`Compiler::Boxed`]), so that a component which takes for ever, or all memory, takes neither from it.
//!
//! A plugin imports nothing, so there is nothing here that it could reach; where an operator allows it, an
//! interpreter may import a WASI that is inert. Wasmtime is named in this crate only.

mod artifact;
mod call;
mod compiler;
mod contract;
mod engine;
mod gate;
mod inert;
mod lane;
mod limits;
mod meter;
mod plugin;
mod recorded;

pub use artifact::Swept;
pub use call::{Call, Ending, Fault};
pub use compiler::{BoxedCompilation, COMPILE, CompileBox, Compiler};
pub use engine::TICK_MS;
pub use gate::{Inspection, NotAPlugin, Refusal, RefusalCode, inspect};
pub use limits::{Limits, Tier};
pub use plugin::{Asking, Inspected, Load, Loading, Origin, Part, Plugin, Sandbox, SandboxError, Warm};
pub use recorded::Recorded;
