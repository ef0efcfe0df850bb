//! TIFF 6.0: directories of fields, one for each page, that say where in the file everything else lies.
//!
//! A directory keeps the fields that show its page. Then all bytes that nothing points to any more are made
//! zeros: blocks of Exif and place, notes of the camera's maker, small pictures, and what programs leave
//! behind. What stays is where it was.

use std::collections::BTreeSet;

use super::{Unfit, sized};

/// Media type of these files.
pub const MEDIA_TYPE: &str = "image/tiff";

/// Most pages of a file.
const MOST_PAGES: usize = 1_000;
/// Most fields of a directory.
const MOST_FIELDS: u16 = 1_000;
/// Most places of a file that its pages point to.
const MOST_PLACES: usize = 200_000;
/// Bytes of the file's head, and of a field.
const HEAD: u64 = 8;
const FIELD: usize = 12;

/// Numbers of fields that are read.
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
const COMPRESSION: u16 = 259;
/// Fields that say where the parts of a page lie, and how long each is: strips, or tiles.
const PARTS: [(u16, u16); 2] = [(273, 279), (324, 325)];
/// Field of raw photographs (DNG), of which the picture itself is made by their cameras' own rules.
const RAW: u16 = 50_706;

/// Fields that show a page: what they mean stands in TIFF 6.0 under these numbers, but for sample formats,
/// profiles of colours (TIFF/EP) and faxes (RFC 2301).
const KEPT: [u16; 47] = [
    254, 255, 256, 257, 258, 259, 262, 263, 264, 265, 266, 273, 274, 277, 278, 279, 280, 281, 282, 283, 284,
    286, 287, 290, 291, 292, 293, 296, 297, 301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 326, 327, 328,
    338, 339, 529, 530, 34_675,
];
/// Compressions: none, those of faxes, LZW, deflate under two numbers, and PackBits. Others may hold a whole
/// picture of another kind with everything that it says.
const COMPRESSIONS: [u32; 8] = [1, 2, 3, 4, 5, 8, 32_773, 32_946];

/// Reason for which no edits are known.
#[derive(Debug, PartialEq, Eq)]
pub enum NotRead<E> {
    /// The picture is not taken.
    Unfit(Unfit),
    /// The file cannot be read.
    Source(E),
}

impl<E> From<Unfit> for NotRead<E> {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}

/// A change of a file: bytes, or as many zeros, from a place on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Place of the first byte.
    pub at: u64,
    /// Bytes to write from there on.
    pub bytes: Vec<u8>,
    /// Number of zeros behind them.
    pub zeros: u64,
}

/// Order of the bytes of numbers.
#[derive(Clone, Copy)]
pub(super) enum Order {
    Big,
    Little,
}

impl Order {
    /// Order in a file or block that begins so.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        match head.first_chunk::<4>()? {
            b"MM\0*" => Some(Self::Big),
            b"II*\0" => Some(Self::Little),
            _ => None,
        }
    }

    pub(super) fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self {
            Self::Big => u16::from_be_bytes(bytes),
            Self::Little => u16::from_le_bytes(bytes),
        })
    }

    pub(super) fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(match self {
            Self::Big => u32::from_be_bytes(bytes),
            Self::Little => u32::from_le_bytes(bytes),
        })
    }

    fn written(self, count: u16) -> [u8; 2] {
        match self {
            Self::Big => count.to_be_bytes(),
            Self::Little => count.to_le_bytes(),
        }
    }
}

/// A field of a directory.
struct Field {
    tag: u16,
    /// Bytes of each value; 0 for a type that nobody knows.
    size: u64,
    count: u64,
    /// All of its bytes.
    raw: [u8; FIELD],
}

impl Field {
    fn of(order: Order, raw: &[u8]) -> Option<Self> {
        let size = match order.u16(raw, 2)? {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 0,
        };
        let raw = *raw.first_chunk::<FIELD>()?;
        Some(Self { tag: order.u16(&raw, 0)?, size, count: u64::from(order.u32(&raw, 4)?), raw })
    }

    fn bytes(&self) -> u64 {
        self.size * self.count
    }
}

/// Changes that take everything out of a file of this length but what shows its pages. `read` fills the bytes
/// with those of the file from a place on; it is not asked for more than the file has.
///
/// # Errors
/// `Unfit` where the file is not taken, and `Source` where it cannot be read.
pub fn edits<E>(
    length: u64,
    read: impl FnMut(u64, &mut [u8]) -> Result<(), E>,
) -> Result<Vec<Edit>, NotRead<E>> {
    let mut file = File { length, read, order: Order::Big, used: Vec::new(), edits: Vec::new() };
    file.walk()?;
    Ok(file.finished())
}

struct File<R> {
    length: u64,
    read: R,
    order: Order,
    /// Places that something points to: their first byte and the one behind.
    used: Vec<(u64, u64)>,
    edits: Vec<Edit>,
}

impl<E, R: FnMut(u64, &mut [u8]) -> Result<(), E>> File<R> {
    fn walk(&mut self) -> Result<(), NotRead<E>> {
        let head = self.bytes(0, HEAD)?;
        self.order = Order::of(&head).ok_or(Unfit::Damaged)?;
        self.used.push((0, HEAD));
        let mut next = self.order.u32(&head, 4).unwrap_or_default();
        let mut seen = BTreeSet::new();
        while next != 0 || seen.is_empty() {
            if !seen.insert(next) || seen.len() > MOST_PAGES {
                return Err(Unfit::Damaged.into());
            }
            next = self.page(u64::from(next))?;
        }
        Ok(())
    }

    /// Reads the directory of a page; gives the place of the next one.
    fn page(&mut self, at: u64) -> Result<u32, NotRead<E>> {
        if at < HEAD {
            return Err(Unfit::Damaged.into());
        }
        let order = self.order;
        let count = order.u16(&self.bytes(at, 2)?, 0).filter(|count| (1..=MOST_FIELDS).contains(count));
        let fields_bytes = usize::from(count.ok_or(Unfit::Damaged)?) * FIELD;
        let directory = self.bytes(at + 2, fields_bytes as u64 + 4)?;
        let (raw, next) = directory.split_at(fields_bytes);
        let mut fields: Vec<Field> =
            raw.chunks_exact(FIELD).filter_map(|raw| Field::of(order, raw)).collect();
        if fields.iter().any(|field| field.tag == RAW) {
            return Err(Unfit::Kind("a raw photograph").into());
        }
        let mut known = BTreeSet::new();
        fields.retain(|field| field.size > 0 && KEPT.contains(&field.tag) && known.insert(field.tag));
        self.shown(&fields)?;
        self.keep(at, 2 + fields_bytes as u64 + 4)?;
        for field in &fields {
            if field.bytes() > 4 {
                self.keep(self.place(field), field.bytes())?;
            }
        }
        for (places, lengths) in PARTS {
            let of = |tag| fields.iter().find(|field| field.tag == tag);
            if let Some((places, lengths)) = of(places).zip(of(lengths)) {
                self.parts(places, lengths)?;
            }
        }
        let mut bytes = order.written(u16::try_from(fields.len()).unwrap_or(MOST_FIELDS)).to_vec();
        fields.iter().for_each(|field| bytes.extend_from_slice(&field.raw));
        bytes.extend_from_slice(next);
        let zeros = fields_bytes as u64 + 6 - bytes.len() as u64;
        self.edits.push(Edit { at, bytes, zeros });
        Ok(order.u32(next, 0).unwrap_or_default())
    }

    /// Checks that a page with these fields can be shown.
    fn shown(&self, fields: &[Field]) -> Result<(), NotRead<E>> {
        let of = |tag| fields.iter().find(|field| field.tag == tag);
        let one = |tag| of(tag).and_then(|field| self.single(field));
        let (width, height) = one(WIDTH).zip(one(HEIGHT)).ok_or(Unfit::Damaged)?;
        sized(width, height)?;
        if !COMPRESSIONS.contains(&one(COMPRESSION).unwrap_or(1)) {
            return Err(Unfit::Kind("a TIFF that holds a picture of another kind").into());
        }
        let mut parts = PARTS.into_iter().map(|(places, lengths)| of(places).zip(of(lengths)));
        if parts.any(|part| part.is_some()) { Ok(()) } else { Err(Unfit::Damaged.into()) }
    }

    /// Keeps the parts of a page.
    fn parts(&mut self, places: &Field, lengths: &Field) -> Result<(), NotRead<E>> {
        let (places, lengths) = (self.numbers(places)?, self.numbers(lengths)?);
        if places.is_empty() || places.len() != lengths.len() {
            return Err(Unfit::Damaged.into());
        }
        for (at, length) in places.into_iter().zip(lengths) {
            self.keep(u64::from(at), u64::from(length))?;
        }
        Ok(())
    }

    /// The one number of a field.
    fn single(&self, field: &Field) -> Option<u32> {
        match (field.count, field.size) {
            (1, 2) => self.order.u16(&field.raw, 8).map(u32::from),
            (1, 4) => self.order.u32(&field.raw, 8),
            _ => None,
        }
    }

    /// The numbers of a field, which stand in it or elsewhere.
    fn numbers(&mut self, field: &Field) -> Result<Vec<u32>, NotRead<E>> {
        let is_number = matches!(field.size, 2 | 4);
        if !is_number || field.count > MOST_PLACES as u64 {
            return Err(Unfit::Damaged.into());
        }
        let bytes = match field.bytes() {
            bytes @ 0..=4 => {
                field.raw[8..].iter().copied().take(usize::try_from(bytes).unwrap_or(4)).collect()
            }
            bytes => self.bytes(self.place(field), bytes)?,
        };
        let order = self.order;
        Ok(if field.size == 2 {
            bytes.chunks_exact(2).filter_map(|raw| order.u16(raw, 0)).map(u32::from).collect()
        } else {
            bytes.chunks_exact(4).filter_map(|raw| order.u32(raw, 0)).collect()
        })
    }

    /// Place of the values of a field that do not stand in it.
    fn place(&self, field: &Field) -> u64 {
        u64::from(self.order.u32(&field.raw, 8).unwrap_or_default())
    }

    /// Bytes of the file, which must be there.
    fn bytes(&mut self, at: u64, count: u64) -> Result<Vec<u8>, NotRead<E>> {
        let is_there = at.checked_add(count).is_some_and(|end| end <= self.length);
        let count = usize::try_from(count).ok().filter(|_| is_there).ok_or(Unfit::Damaged)?;
        let mut bytes = vec![0; count];
        (self.read)(at, &mut bytes).map_err(NotRead::Source)?;
        Ok(bytes)
    }

    fn keep(&mut self, at: u64, count: u64) -> Result<(), NotRead<E>> {
        let end = at.checked_add(count).filter(|end| *end <= self.length).ok_or(Unfit::Damaged)?;
        if self.used.len() >= MOST_PLACES {
            return Err(Unfit::Damaged.into());
        }
        self.used.push((at, end));
        Ok(())
    }

    /// The changes of the directories, and zeros where nothing points to.
    fn finished(mut self) -> Vec<Edit> {
        self.used.sort_unstable();
        self.used.push((self.length, self.length));
        let mut seen = 0;
        for (at, end) in self.used {
            if at > seen {
                self.edits.push(Edit { at: seen, bytes: Vec::new(), zeros: at - seen });
            }
            seen = seen.max(end);
        }
        self.edits
    }
}
