//! Limits of uploads and calls, and the tiers that plugins run in.

use std::time::Duration;

use domain::words;

words! {
    /// Tier in which a plugin runs. Read from the component itself, never said by whoever uploads it.
    pub enum Tier {
        /// Rules compiled to WebAssembly.
        Compiled = "compiled",
        /// Rules that an interpreter reads, such as of JavaScript or Python. It comes along in the component,
        /// with its heap.
        Interpreted = "interpreted",
    }
}

/// Limits of the interpreted tier, as multiples of those that the operator sets for the compiled one.
struct Interpreted {
    memory: usize,
    deadline: u32,
    stack: usize,
    /// One call for so many.
    calls: u32,
    upload_bytes: usize,
    definitions: usize,
}

const INTERPRETED: Interpreted = Interpreted {
    // A JavaScript engine starts with 9 MiB and CPython with 13; then come the rules' own objects.
    memory: 4,
    // An interpreter takes some twenty times as long as compiled code for the same rules, and is slow to
    // warm.
    deadline: 4,
    // Each call in the rules is several deep in the interpreter.
    stack: 2,
    // A call holds its memory all the while, and few plans are interpreted.
    calls: 4,
    // CPython with its library has 18 MB, a JavaScript engine 12; then comes what the plan brings along.
    upload_bytes: 40 << 20,
    // CPython comes as a dozen libraries that name to one another all that they have.
    definitions: 8,
};

impl Tier {
    /// The most bytes of memory that compiled rules start with: code has no place in it, only constants and a
    /// stack. An interpreter starts with its whole heap.
    const COMPILED_START_BYTES: u64 = 4 << 20;

    /// Tier of a component, by the memory it starts with.
    #[must_use]
    pub fn of(initial_memory_bytes: u64) -> Self {
        if initial_memory_bytes > Self::COMPILED_START_BYTES { Self::Interpreted } else { Self::Compiled }
    }

    /// The tier that a record names, with or without what its plugins import.
    #[must_use]
    pub fn on_record(name: &str) -> Self {
        if name.starts_with(Self::Interpreted.name()) { Self::Interpreted } else { Self::Compiled }
    }
}

/// Limits of an upload and a call. Bytes and elements are counted, not rounded to pages.
///
/// The numbers are those of the compiled tier; [`Limits::of`] gives a tier's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time of one call, kept to within two ticks of 10 ms. By the clock it may take as long, and
    /// eight times as long where it would hold others up and runs at the lowest priority; as much again at
    /// most it waits for a place.
    pub deadline: Duration,
    /// Bytes of linear memory that one call may hold, counting what the component starts with.
    pub memory_bytes: usize,
    /// Elements of one function table.
    pub table_elements: usize,
    /// Bytes of one answer as the host reads it.
    pub output_bytes: usize,
    /// Bytes of machine stack of one call.
    pub stack_bytes: usize,
    /// Calls that run at one moment. Fewer where address space is short; see
    /// [`crate::Sandbox::concurrent_calls`].
    pub concurrent_calls: u32,
    /// Calls that the plugins of one plan may have running, so that a slow plan does not take every place.
    pub calls_per_plan: u32,
    /// Bytes of an uploaded component.
    pub upload_bytes: usize,
    /// Functions of an uploaded component, over all its modules: compiling time grows with them.
    pub functions: u32,
    /// Bytes of one function's code. The compiler's passes are not all linear.
    pub function_bytes: usize,
    /// Local variables of one function.
    pub function_locals: u32,
    /// Blocks within one another in one function.
    pub function_nesting: u32,
    /// Bytes of everything in an uploaded component but code, data and custom sections: types, imports,
    /// exports, table entries. They are held while it is read.
    pub definition_bytes: usize,
    /// Components and modules within one another.
    pub nesting: u32,
    /// Bytes of custom sections (names, debugging information), which are compiled along for nothing.
    pub custom_section_bytes: usize,
    /// True if a component may import the inert WASI, by which it learns nothing and reaches nothing. An
    /// interpreter may need it to start.
    pub inert_wasi: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(250),
            memory_bytes: 32 << 20,
            table_elements: 50_000,
            output_bytes: 4 << 20,
            stack_bytes: 512 << 10,
            concurrent_calls: 64,
            calls_per_plan: 32,
            upload_bytes: 32 << 20,
            functions: 100_000,
            // The largest of a Python interpreter's 13,000 functions has 427 KB and 271 local variables.
            function_bytes: 1 << 20,
            function_locals: 10_000,
            function_nesting: 2_000,
            // The sample plans have 30 KB, an interpreter of Python 316.
            definition_bytes: 1 << 20,
            nesting: 8,
            custom_section_bytes: 8 << 20,
            inert_wasi: false,
        }
    }
}

impl Limits {
    /// The limits of a tier.
    #[must_use]
    pub fn of(&self, tier: Tier) -> Self {
        match tier {
            Tier::Compiled => self.clone(),
            Tier::Interpreted => Self {
                deadline: self.deadline.saturating_mul(INTERPRETED.deadline),
                memory_bytes: self.memory_bytes.saturating_mul(INTERPRETED.memory),
                stack_bytes: self.stack_bytes.saturating_mul(INTERPRETED.stack),
                concurrent_calls: (self.concurrent_calls / INTERPRETED.calls).max(1),
                calls_per_plan: (self.calls_per_plan / INTERPRETED.calls).max(1),
                upload_bytes: self.upload_bytes.max(INTERPRETED.upload_bytes),
                definition_bytes: self.definition_bytes.saturating_mul(INTERPRETED.definitions),
                ..self.clone()
            },
        }
    }

    /// The defaults with few places and little address space, for tests that start many sandboxes. The
    /// deadline is longer: a busy machine must not fail a test.
    #[must_use]
    pub fn for_testing() -> Self {
        Self {
            deadline: Duration::from_millis(500),
            concurrent_calls: 8,
            calls_per_plan: 4,
            ..Self::default()
        }
    }
}
