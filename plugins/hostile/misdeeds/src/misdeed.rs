//! Misdeeds that a sandbox must survive.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};

use crosswalk_plan::bi;
use crosswalk_plan::types::Bilingual;

use super::Answer;

/// Bytes of a big sentence: few enough for a call's usual memory, so that the sentence is what is refused.
pub(crate) const BIG: usize = 12 << 20;
/// Bytes of a huge one, for a host that gives much memory away.
pub(crate) const HUGE: usize = 64 << 20;

/// Runs without ever coming back.
pub(crate) fn run_forever() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Comes back after a tenth of a second or so.
pub(crate) fn ponder() {
    const TURNS: u64 = 600_000_000;
    for turn in 0..TURNS {
        black_box(turn);
    }
}

/// Takes memory until there is none, and touches all of it.
pub(crate) fn take_all_memory() -> ! {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(black_box(vec![0xA5; 1 << 20]));
    }
}

/// Calls itself until the stack ends.
pub(crate) fn recurse_forever() -> Answer {
    fn deeper(depth: u64) -> u64 {
        let room = black_box([depth; 32]);
        if depth == u64::MAX { 0 } else { deeper(depth + 1).wrapping_add(room[7]) }
    }
    black_box(deeper(0));
    Answer::Honest
}

/// True if this instance was asked before: only one that outlives its call can know.
pub(crate) fn asked_before() -> bool {
    static ASKED: AtomicBool = AtomicBool::new(false);
    ASKED.swap(true, Ordering::Relaxed)
}

/// Takes a page of memory and never gives it back.
pub(crate) fn keep_a_page() {
    const PAGE: usize = 64 << 10;
    black_box(Box::leak(vec![0xA5_u8; PAGE].into_boxed_slice()));
}

/// Panics, which is a trap.
pub(crate) fn trap() -> ! {
    panic!("asked to trap")
}

/// A sentence that no host should read to its end.
pub(crate) fn sentence_of(bytes: usize) -> Bilingual {
    bi("a".repeat(bytes), "a")
}
