//! The plugin's allocator.
//!
//! Each call gets a fresh instance, and asking the host for memory while it runs costs it more than the whole
//! decision: two changes of the process's memory map, one to grant it and one to take it back. So values go
//! into memory that the component starts with, one behind the other, and what is given back there is not
//! looked for again: the call is over long before that memory is. Only a call that fills it has a heap in the
//! usual sense, which grows.

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::mem::MaybeUninit;
use core::ptr;

use talc::cell::TalcSyncCell;
use talc::wasm::{WasmBinning, WasmGrowAndClaim};

/// Bytes into which a request of thirty facts and its answer fit several times over. The host keeps this much
/// of an instance's memory at hand for the next one.
const FIRST: usize = 256 << 10;

static mut MEMORY: [MaybeUninit<u8>; FIRST] = [MaybeUninit::uninit(); FIRST];

#[global_allocator]
static HEAP: Heap = Heap { used: Cell::new(0), rest: TalcSyncCell::new_wasm(WasmGrowAndClaim) };

struct Heap {
    /// Bytes of `MEMORY` that are taken.
    used: Cell<usize>,
    rest: TalcSyncCell<WasmGrowAndClaim, WasmBinning>,
}

// SAFETY: a component of the contract has one thread.
unsafe impl Sync for Heap {}

impl Heap {
    fn begins() -> usize {
        (&raw const MEMORY).addr()
    }

    /// Room for so many bytes at that place of `MEMORY` or behind it.
    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let begins = Self::begins();
        let place = (begins + self.used.get()).next_multiple_of(layout.align()) - begins;
        let end = place.checked_add(layout.size()).filter(|end| *end <= FIRST)?;
        self.used.set(end);
        Some((&raw mut MEMORY).cast::<u8>().wrapping_add(place))
    }

    fn is_first(place: *mut u8) -> bool {
        place.addr().wrapping_sub(Self::begins()) < FIRST
    }

    /// True if a value is the last in `MEMORY`.
    fn is_last(&self, place: *mut u8, size: usize) -> bool {
        place.addr().wrapping_sub(Self::begins()).wrapping_add(size) == self.used.get()
    }
}

// An allocator hands out raw memory, so this is the SDK's one unsafe place. It runs inside the sandbox and
// can harm nobody but its own call.
//
// SAFETY: `MEMORY` is private and named here only; each of its bytes is handed out once, or again after the
// last value gave it back.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout).unwrap_or_else(|| unsafe { self.rest.alloc(layout) })
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        if !Self::is_first(place) {
            unsafe { self.rest.dealloc(place, layout) };
        } else if self.is_last(place, layout.size()) {
            self.used.set(place.addr() - Self::begins());
        }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::is_first(place) {
            return unsafe { self.rest.realloc(place, layout, size) };
        }
        let begins = place.addr() - Self::begins();
        if self.is_last(place, layout.size()) && size <= FIRST - begins {
            self.used.set(begins + size);
            return place;
        }
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(place, moved, layout.size().min(size));
            }
            moved
        }
    }
}
