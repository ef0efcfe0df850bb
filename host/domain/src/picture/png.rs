//! PNG (W3C, third edition): chunks, each with its length, its type and a sum behind it.

use super::{EXIF_BYTES, MOVING, Unfit, counted, exif, filled, next, sized, u32_of};

/// Chunks that show the picture, and nothing else.
const KEPT: [&[u8; 4]; 13] = [
    b"PLTE", b"IDAT", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI",
    b"bKGD", b"pHYs",
];
/// Chunks of pictures that move.
const OF_MOVING: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];
/// Most bytes of a chunk other than the picture's data that is kept. Those of colours unpack to a
/// thousandfold.
const SIDE_BYTES: u32 = 1 << 20;
/// Bytes of a chunk's length and type, and of its sum.
const HEAD: usize = 8;
const SUM: usize = 4;

#[derive(Clone, Copy, Default)]
enum At {
    #[default]
    Start,
    /// Before the head of a chunk.
    Head,
    /// In the chunk that says how large the picture is.
    Size,
    /// In a block of Exif, of so many bytes with its sum.
    Exif(usize),
    /// In a chunk that is kept, of which so many bytes are left.
    Kept(u64),
    /// In one that is not.
    Dropped(u64),
    /// In the last chunk.
    Last,
    End,
}

#[derive(Default)]
pub(super) struct Walk {
    at: At,
    waiting: Vec<u8>,
    chunks: u32,
    has_data: bool,
    has_exif: bool,
}

impl Walk {
    pub(super) fn feed(&mut self, mut bytes: &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        while !bytes.is_empty() {
            match self.at {
                At::Start => {
                    if filled(&mut self.waiting, HEAD, &mut bytes) {
                        kept.append(&mut self.waiting);
                        self.at = At::Head;
                    }
                }
                At::Head => {
                    if filled(&mut self.waiting, HEAD, &mut bytes) {
                        self.chunk(kept)?;
                    }
                }
                At::Size => self.size(&mut bytes, kept)?,
                At::Exif(length) => self.exif(length, &mut bytes, kept),
                At::Kept(mut left) => {
                    kept.extend_from_slice(next(&mut left, &mut bytes));
                    self.at = if left == 0 { At::Head } else { At::Kept(left) };
                }
                At::Dropped(mut left) => {
                    next(&mut left, &mut bytes);
                    self.at = if left == 0 { At::Head } else { At::Dropped(left) };
                }
                At::Last => {
                    if filled(&mut self.waiting, SUM, &mut bytes) {
                        put(b"IEND", &[], kept);
                        self.at = At::End;
                    }
                }
                At::End => return Ok(()),
            }
        }
        Ok(())
    }

    fn size(&mut self, bytes: &mut &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        if filled(&mut self.waiting, HEAD + 13 + SUM, bytes) {
            let size = u32_of(&self.waiting, HEAD).zip(u32_of(&self.waiting, HEAD + 4));
            let (width, height) = size.ok_or(Unfit::Damaged)?;
            sized(width, height)?;
            kept.append(&mut self.waiting);
            self.at = At::Head;
        }
        Ok(())
    }

    fn exif(&mut self, length: usize, bytes: &mut &[u8], kept: &mut Vec<u8>) {
        if filled(&mut self.waiting, length, bytes) {
            let way = exif::orientation(&self.waiting[..length - SUM]).filter(|way| *way > 1);
            if let Some(way) = way {
                put(b"eXIf", &exif::only(way), kept);
            }
            self.waiting.clear();
            self.at = At::Head;
        }
    }

    pub(super) fn finish(self) -> Result<(), Unfit> {
        if matches!(self.at, At::End) { Ok(()) } else { Err(Unfit::Damaged) }
    }

    /// The head of a chunk waits.
    fn chunk(&mut self, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        let length = u32_of(&self.waiting, 0).filter(|length| *length <= i32::MAX.unsigned_abs());
        let length = length.ok_or(Unfit::Damaged)?;
        let kind = [self.waiting[4], self.waiting[5], self.waiting[6], self.waiting[7]];
        let is_first = self.chunks == 0;
        counted(&mut self.chunks)?;
        if is_first != (kind == *b"IHDR") || !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Unfit::Damaged);
        }
        if is_first {
            self.at = At::Size;
            return if length == 13 { Ok(()) } else { Err(Unfit::Damaged) };
        }
        let is_data = kind == *b"IDAT";
        self.has_data |= is_data;
        let left = u64::from(length) + SUM as u64;
        self.at = match kind {
            _ if OF_MOVING.contains(&&kind) => return Err(MOVING),
            [b'I', b'E', b'N', b'D'] if length == 0 && self.has_data => At::Last,
            [b'e', b'X', b'I', b'f'] if !self.has_exif && length as usize <= EXIF_BYTES => {
                self.has_exif = true;
                At::Exif(length as usize + SUM)
            }
            kind if KEPT.contains(&&kind) && (is_data || length <= SIDE_BYTES) => {
                kept.extend_from_slice(&self.waiting);
                At::Kept(left)
            }
            // Nobody can show the picture without it, or with more of it.
            [first, ..] if first.is_ascii_uppercase() => return Err(Unfit::Damaged),
            _ => At::Dropped(left),
        };
        self.waiting.clear();
        Ok(())
    }
}

fn put(kind: &[u8; 4], content: &[u8], kept: &mut Vec<u8>) {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    kept.extend_from_slice(&length.to_be_bytes());
    let from = kept.len();
    kept.extend_from_slice(kind);
    kept.extend_from_slice(content);
    let sum = sum(&kept[from..]);
    kept.extend_from_slice(&sum.to_be_bytes());
}

/// CRC-32 of a chunk (annex D), bit by bit: what is written here is short.
pub(super) fn sum(bytes: &[u8]) -> u32 {
    let rest = bytes.iter().fold(u32::MAX, |rest, byte| {
        (0..8)
            .fold(rest ^ u32::from(*byte), |rest, _| (rest >> 1) ^ (0xedb8_8320 & (rest & 1).wrapping_neg()))
    });
    !rest
}
