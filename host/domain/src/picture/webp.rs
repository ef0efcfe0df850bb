//! WebP (RFC 9649): chunks in a frame that says its length first. So nothing can be taken out while it comes:
//! what is not kept becomes as many zeros, under a name that readers pass over.

use super::{EXIF_BYTES, MOVING, Unfit, counted, exif, filled, next, sized};

/// Bytes of a chunk's name and length.
const HEAD: usize = 8;
/// Name of a chunk that is passed over.
const PASSED_OVER: &[u8; 4] = b"JUNK";
/// Flags of a picture with further chunks: profile of colours, transparency, Exif; another says that it
/// moves.
const FLAGS: u8 = 0x20 | 0x10 | 0x08;
const MOVES: u8 = 0x02;

#[derive(Clone, Copy, Default)]
enum At {
    #[default]
    Start,
    /// Before the head of a chunk.
    Head,
    /// In the first bytes of a chunk, of which so many are looked at.
    Look(usize),
    /// In a chunk that is kept, of which so many bytes are left.
    Kept(u64),
    /// In one of which zeros are kept.
    Zeros(u64),
    End,
}

#[derive(Default)]
pub(super) struct Walk {
    at: At,
    waiting: Vec<u8>,
    /// Bytes of the frame behind what was read of it.
    left: u64,
    chunks: u32,
    has_picture: bool,
    has_exif: bool,
}

impl Walk {
    pub(super) fn feed(&mut self, mut bytes: &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        while !bytes.is_empty() {
            match &mut self.at {
                At::Start => {
                    if filled(&mut self.waiting, 12, &mut bytes) {
                        let length = u32_of(&self.waiting, 4).ok_or(Unfit::Damaged)?;
                        self.left = u64::from(length).checked_sub(4).ok_or(Unfit::Damaged)?;
                        kept.append(&mut self.waiting);
                        self.at = At::Head;
                    }
                }
                At::Head => {
                    if filled(&mut self.waiting, HEAD, &mut bytes) {
                        self.chunk(kept)?;
                    }
                }
                At::Look(wanted) => {
                    let wanted = *wanted;
                    if filled(&mut self.waiting, wanted, &mut bytes) {
                        self.look(kept)?;
                    }
                }
                At::Kept(left) => {
                    kept.extend_from_slice(next(left, &mut bytes));
                    if *left == 0 {
                        self.between()?;
                    }
                }
                At::Zeros(left) => {
                    let count = next(left, &mut bytes).len();
                    kept.resize(kept.len() + count, 0);
                    if *left == 0 {
                        self.between()?;
                    }
                }
                At::End => return Ok(()),
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<(), Unfit> {
        if matches!(self.at, At::End) { Ok(()) } else { Err(Unfit::Damaged) }
    }

    /// A chunk has ended.
    fn between(&mut self) -> Result<(), Unfit> {
        self.at = match (self.left, self.has_picture) {
            (0, true) => At::End,
            (0, false) => return Err(Unfit::Damaged),
            _ => At::Head,
        };
        Ok(())
    }

    /// The head of a chunk waits.
    fn chunk(&mut self, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        let (name, length) = self.head()?;
        // A byte more where the length is odd.
        let whole = u64::from(length) + u64::from(length % 2);
        self.left = self.left.checked_sub(HEAD as u64 + whole).ok_or(Unfit::Damaged)?;
        let is_first = self.chunks == 0;
        counted(&mut self.chunks)?;
        let look = |most: usize| At::Look(HEAD + usize::try_from(whole).unwrap_or(most).min(most));
        self.at = match &name {
            b"VP8X" if is_first && length == 10 => look(10),
            b"VP8 " if !self.has_picture && length >= 10 => look(10),
            b"VP8L" if !self.has_picture && length >= 5 => look(5),
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(Unfit::Damaged),
            b"ANIM" | b"ANMF" => return Err(MOVING),
            _ if is_first => return Err(Unfit::Damaged),
            b"EXIF" if !self.has_exif && whole > 0 => {
                self.has_exif = true;
                look(EXIF_BYTES)
            }
            b"ALPH" | b"ICCP" => {
                kept.append(&mut self.waiting);
                At::Kept(whole)
            }
            _ => {
                kept.extend_from_slice(PASSED_OVER);
                kept.extend_from_slice(&length.to_le_bytes());
                self.waiting.clear();
                At::Zeros(whole)
            }
        };
        // An empty one has ended already.
        if matches!(self.at, At::Kept(0) | At::Zeros(0)) { self.between() } else { Ok(()) }
    }

    /// The first bytes of a chunk wait behind its head.
    fn look(&mut self, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        let (name, length) = self.head()?;
        let seen = (self.waiting.len() - HEAD) as u64;
        let whole = u64::from(length) + u64::from(length % 2);
        let left = whole.saturating_sub(seen);
        self.at = if &name == b"EXIF" { At::Zeros(left) } else { At::Kept(left) };
        match &name {
            b"VP8X" => self.extended()?,
            b"VP8 " => self.lossy()?,
            b"VP8L" => self.lossless()?,
            _ => self.exif(),
        }
        kept.append(&mut self.waiting);
        if left == 0 { self.between() } else { Ok(()) }
    }

    /// The chunk that says how large the picture is, and which further chunks it has.
    fn extended(&mut self) -> Result<(), Unfit> {
        let flags = self.waiting[HEAD];
        if flags & MOVES != 0 {
            return Err(MOVING);
        }
        self.waiting[HEAD] = flags & FLAGS;
        let width = u32_of(&self.waiting, HEAD + 4).map(|side| (side & 0xff_ffff) + 1);
        // The height's fourth byte would be one of the next chunk.
        let height = u32_of(&self.waiting, HEAD + 6).map(|side| (side >> 8) + 1);
        let (width, height) = width.zip(height).ok_or(Unfit::Damaged)?;
        sized(width, height)
    }

    fn lossy(&mut self) -> Result<(), Unfit> {
        if self.waiting[HEAD + 3..HEAD + 6] != [0x9d, 0x01, 0x2a] {
            return Err(Unfit::Damaged);
        }
        self.has_picture = true;
        let sides = u32_of(&self.waiting, HEAD + 6).ok_or(Unfit::Damaged)?;
        sized(sides & 0x3fff, (sides >> 16) & 0x3fff)
    }

    fn lossless(&mut self) -> Result<(), Unfit> {
        if self.waiting[HEAD] != 0x2f {
            return Err(Unfit::Damaged);
        }
        self.has_picture = true;
        let sides = u32_of(&self.waiting, HEAD + 1).ok_or(Unfit::Damaged)?;
        sized((sides & 0x3fff) + 1, ((sides >> 14) & 0x3fff) + 1)
    }

    /// Leaves the way in which the picture lies of a block of Exif, and zeros.
    fn exif(&mut self) {
        let way = exif::orientation(&self.waiting[HEAD..]).unwrap_or(1);
        self.waiting[HEAD..].fill(0);
        let block = exif::only(way);
        if let Some(room) = self.waiting.get_mut(HEAD..HEAD + block.len()) {
            room.copy_from_slice(&block);
        }
    }

    /// Name and length of the chunk whose head waits.
    fn head(&self) -> Result<([u8; 4], u32), Unfit> {
        let name = self.waiting.first_chunk::<4>().ok_or(Unfit::Damaged)?;
        Ok((*name, u32_of(&self.waiting, 4).ok_or(Unfit::Damaged)?))
    }
}

fn u32_of(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}
