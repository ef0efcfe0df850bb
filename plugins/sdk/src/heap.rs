//! Where a plugin's values live.
//!
//! Each call gets a fresh instance, and asking the host for memory while it runs costs it more than the whole decision:
//! two changes of the process's memory map, one to grant it and one to take it back. So the heap begins in memory that the
//! component starts with, and grows only for a call that needs more.

use core::alloc::Layout;
use core::arch::wasm32::memory_grow;
use core::mem::MaybeUninit;

use talc::base::Talc;
use talc::base::binning::Binning;
use talc::cell::TalcSyncCell;
use talc::source::Source;
use talc::wasm::WasmBinning;

/// Bytes into which a request of thirty facts and its answer fit several times over. The host keeps this much of an
/// instance's memory at hand for the next one.
const FIRST: usize = 256 << 10;

/// Bytes of a page of WebAssembly's memory.
const PAGE: usize = 64 << 10;

static mut MEMORY: [MaybeUninit<u8>; FIRST] = [MaybeUninit::uninit(); FIRST];

#[global_allocator]
static HEAP: TalcSyncCell<FirstThenGrow, WasmBinning> =
    TalcSyncCell::new_wasm(FirstThenGrow { taken: false });

/// The memory at hand first, then more of the host's.
#[derive(Debug)]
struct FirstThenGrow {
    taken: bool,
}

// An allocator hands out raw memory, so this is the SDK's one unsafe place. It runs inside the sandbox and can harm nobody
// but its own call.
//
// SAFETY: nothing here allocates. What is claimed is claimed once and used by nobody else: `MEMORY` is private and named
// here only, and pages that the host adds are nobody's.
unsafe impl Source for FirstThenGrow {
    fn acquire<B: Binning>(talc: &mut Talc<Self, B>, layout: Layout) -> Result<(), ()> {
        let (start, size) = if talc.source.taken {
            // The chunk's own header and rounding up, as `WasmGrowAndClaim` of the same crate reckons.
            let pages = (layout.size() + talc::base::CHUNK_UNIT).div_ceil(PAGE);
            let before = memory_grow::<0>(pages);
            if before == usize::MAX {
                return Err(());
            }
            ((before * PAGE) as *mut u8, pages * PAGE)
        } else {
            talc.source.taken = true;
            ((&raw mut MEMORY).cast(), FIRST)
        };
        unsafe { talc.claim(start, size) }.map(|_| ()).ok_or(())
    }
}
