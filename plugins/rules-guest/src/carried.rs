//! The rules that this guest carries, as bytes of its own memory.
//!
//! `crosswalk plugin from-rules` adds a data segment behind the memory that the guest starts with, and writes
//! its address and length into [`SLOT`]. The guest's allocator only takes memory that it has grown itself, so
//! it never hands those pages out.

use std::sync::atomic::{AtomicU32, Ordering};

/// Place of the rules in memory. `from-rules` finds it by its mark, which also names the version of
/// [`Book`](crate::book::Book)'s form: rules of another version cannot be put into this guest.
#[repr(C)]
struct Slot {
    mark: [u8; 24],
    address: AtomicU32,
    length: AtomicU32,
}

/// Address and length in a slot that nothing was put into.
const NOTHING: u32 = u32::MAX;

/// `#[used]`, and atomic, so that no compiler takes what stands here now for what will stand here.
#[used]
static SLOT: Slot = Slot {
    mark: *b"crosswalk-rules-slot-v01",
    address: AtomicU32::new(NOTHING),
    length: AtomicU32::new(NOTHING),
};

/// The carried rules; no bytes in a guest that carries none.
pub(crate) fn rules() -> &'static [u8] {
    let (address, length) = (SLOT.address.load(Ordering::Relaxed), SLOT.length.load(Ordering::Relaxed));
    if address == NOTHING || length == NOTHING {
        return &[];
    }
    // SAFETY: the only writer of the slot is `from-rules`, which puts a segment of this length at this
    // address, inside the memory that an instance starts with. Nothing writes there: it lies behind the
    // guest's stack and statics, and in front of every page that its allocator grows.
    #[expect(
        unsafe_code,
        reason = "the rules are put into a finished module, which no safe reference can foresee"
    )]
    unsafe {
        std::slice::from_raw_parts(std::ptr::with_exposed_provenance(address as usize), length as usize)
    }
}
