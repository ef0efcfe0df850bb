//! What an upload and a call may use.

use std::time::Duration;

/// What an upload and a call may use. Bytes and elements are counted, not rounded to pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wall-clock time of one call, counted from the moment it may run, and as much again at most waiting for that
    /// moment. Kept to within one tick of 10 ms.
    pub deadline: Duration,
    /// Bytes of linear memory that one call may hold, counting what the component starts with.
    pub memory_bytes: usize,
    /// Elements of one function table.
    pub table_elements: usize,
    /// Bytes of one answer as the host reads it.
    pub output_bytes: usize,
    /// Bytes of machine stack of one call.
    pub stack_bytes: usize,
    /// Calls that run at one moment. Fewer where address space is short; see [`crate::Sandbox::concurrent_calls`].
    pub concurrent_calls: u32,
    /// Calls that one plugin may have running, so that a slow plan does not take every place.
    pub calls_per_plugin: u32,
    /// Bytes of an uploaded component.
    pub upload_bytes: usize,
    /// Functions of an uploaded component, over all its modules: compiling time grows with them.
    pub functions: u32,
    /// Components and modules within one another.
    pub nesting: u32,
    /// Bytes of custom sections (names, debugging information), which are compiled along for nothing.
    pub custom_section_bytes: usize,
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
            calls_per_plugin: 32,
            upload_bytes: 32 << 20,
            functions: 100_000,
            nesting: 8,
            custom_section_bytes: 8 << 20,
        }
    }
}

impl Limits {
    /// The defaults with few places and little address space, for tests that start many sandboxes. The deadline is
    /// longer: a busy machine must not fail a test.
    #[must_use]
    pub fn for_testing() -> Self {
        Self {
            deadline: Duration::from_millis(500),
            concurrent_calls: 8,
            calls_per_plugin: 4,
            ..Self::default()
        }
    }
}
