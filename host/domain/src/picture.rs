//! Pictures without what they say of place, camera and person: only what shows the picture is kept, and the
//! way in which it lies. What nobody knows is left out, so that a field which is invented tomorrow is too.
//!
//! - `jpeg`, `png`, `webp`: cleaned while they come, a few bytes in memory at a time.
//! - [`tiff`]: its parts lie anywhere in the file, so it is cleaned in place once it is there.
//! - `exif`: the one value that is read, and the block that says nothing else.
//!
//! Nothing is decoded. A picture that says to be too large to be shown, has parts without an end, or holds
//! what cannot be looked through is refused.
//!
//! The walk is ours because of its bounds: `img-parts` and `little_exif` hold the whole file, take Exif away,
//! and leave comments, XMP or what stands behind the picture's end.

use crate::files::Files;

mod exif;
mod jpeg;
mod png;
pub mod tiff;
mod webp;

#[cfg(test)]
mod tests;

/// Most pixels of a picture: of a phone's camera with 108 million of them one is taken, and a viewer needs
/// half a gigabyte for it.
pub const MOST_PIXELS: u64 = 120_000_000;
/// Most segments or chunks of a picture: encoders that cut its data into pieces of 8 KiB make 2,560 of a
/// picture of 20 MiB.
const MOST_PIECES: u32 = 20_000;
/// Most bytes of a block of Exif that is looked into: no JPEG can hold a longer one.
const EXIF_BYTES: usize = 64 << 10;
/// Bytes by which a kind of picture is known.
const HEAD: usize = 12;

/// Reason for which a picture is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It ends too early, or is not built as a picture of its kind.
    Damaged,
    /// It says that it has more than [`MOST_PIXELS`].
    TooManyPixels,
    /// It is something that cannot be looked through, named so that "this is" goes before it.
    Kind(&'static str),
}

/// Said of pictures that move.
const MOVING: Unfit = Unfit::Kind("a picture that moves");

/// Takes a file in as it comes, and gives on what is kept of it: all of what is no picture.
///
/// A TIFF passes as it is; [`tiff::edits`] says what has to be changed in it.
pub struct Cleaner(Result<State, Unfit>);

enum State {
    /// The first bytes, as long as they do not say what comes.
    Unknown(Vec<u8>),
    Jpeg(jpeg::Walk),
    Png(png::Walk),
    WebP(webp::Walk),
    NoPicture,
}

impl Default for Cleaner {
    fn default() -> Self {
        Self(Ok(State::Unknown(Vec::new())))
    }
}

impl Cleaner {
    /// Takes the next bytes; what is kept of them, and of some before, is added to `kept`.
    pub fn feed(&mut self, bytes: &[u8], kept: &mut Vec<u8>) {
        if let Ok(state) = &mut self.0
            && let Err(unfit) = state.feed(bytes, kept)
        {
            self.0 = Err(unfit);
        }
    }

    /// The file has ended. The rest of what is kept is added to `kept`.
    ///
    /// # Errors
    /// Why the picture is not taken; what was kept of it is good for nothing then.
    pub fn finish(self, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        let mut state = self.0?;
        if let State::Unknown(head) = &mut state {
            let head = std::mem::take(head);
            state = State::of(&head);
            state.feed(&head, kept)?;
        }
        match state {
            State::Jpeg(walk) => walk.finish(),
            State::Png(walk) => walk.finish(),
            State::WebP(walk) => walk.finish(),
            State::Unknown(_) | State::NoPicture => Ok(()),
        }
    }
}

impl State {
    /// The state in which a file with these first bytes is read.
    fn of(head: &[u8]) -> Self {
        match Files::state().beginning(head).map(|known| known.id.as_str()) {
            Some("image/jpeg") => Self::Jpeg(jpeg::Walk::default()),
            Some("image/png") => Self::Png(png::Walk::default()),
            Some("image/webp") => Self::WebP(webp::Walk::default()),
            _ => Self::NoPicture,
        }
    }

    fn feed(&mut self, mut bytes: &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        match self {
            Self::Unknown(head) => {
                if filled(head, HEAD, &mut bytes) {
                    let head = std::mem::take(head);
                    *self = Self::of(&head);
                    self.feed(&head, kept)?;
                    self.feed(bytes, kept)?;
                }
                Ok(())
            }
            Self::Jpeg(walk) => walk.feed(bytes, kept),
            Self::Png(walk) => walk.feed(bytes, kept),
            Self::WebP(walk) => walk.feed(bytes, kept),
            Self::NoPicture => {
                kept.extend_from_slice(bytes);
                Ok(())
            }
        }
    }
}

/// Moves bytes to those that wait until there are as many as wanted; true once there are.
fn filled(waiting: &mut Vec<u8>, wanted: usize, bytes: &mut &[u8]) -> bool {
    let (moved, rest) = bytes.split_at(wanted.saturating_sub(waiting.len()).min(bytes.len()));
    waiting.extend_from_slice(moved);
    *bytes = rest;
    waiting.len() >= wanted
}

/// As many of the next bytes as belong to a part of which so many are left.
fn next<'a>(left: &mut u64, bytes: &mut &'a [u8]) -> &'a [u8] {
    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
    let (part, rest) = bytes.split_at(count);
    *left -= count as u64;
    *bytes = rest;
    part
}

/// Takes a picture of this size if it can be shown.
fn sized(width: u32, height: u32) -> Result<(), Unfit> {
    match u64::from(width) * u64::from(height) {
        0 => Err(Unfit::Damaged),
        pixels if pixels > MOST_PIXELS => Err(Unfit::TooManyPixels),
        _ => Ok(()),
    }
}

/// Counts one more segment or chunk.
fn counted(pieces: &mut u32) -> Result<(), Unfit> {
    *pieces += 1;
    if *pieces > MOST_PIECES { Err(Unfit::Damaged) } else { Ok(()) }
}

fn u16_of(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_of(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}
