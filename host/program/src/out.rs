//! Standard output, whose reader may close it before the end.

use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::process;

/// Writes a line to standard output.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::out::line(format_args!($($words)*)) };
}
pub use crate::say;

/// Writes a line; ends the program without a word where nobody reads any more, as `head` does once it has
/// seen enough.
pub fn line(words: fmt::Arguments<'_>) {
    let Err(error) = writeln!(io::stdout().lock(), "{words}") else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    eprintln!("crosswalk: standard output: {error}");
    process::exit(1);
}
