//! Exif (CIPA DC-008): a TIFF without a picture, in which cameras say where, when and with what a picture was
//! taken. The way in which it lies is the one thing that is needed to look at it.

use super::tiff::Order;

/// Beginning of a block of Exif in a JPEG, and by mistake also in other files.
pub(super) const MARK: &[u8] = b"Exif\0\0";
/// Number of the field with the way in which a picture lies.
const ORIENTATION: u16 = 0x0112;
/// Type of a field: numbers of 16 bits.
const SHORT: u16 = 3;
/// Bytes of an entry.
const ENTRY: usize = 12;

/// The way in which a picture lies, 1 to 8, as a block of Exif has it.
pub(super) fn orientation(block: &[u8]) -> Option<u8> {
    let block = block.strip_prefix(MARK).unwrap_or(block);
    let order = Order::of(block)?;
    let first = usize::try_from(order.u32(block, 4)?).ok()?;
    let count = usize::from(order.u16(block, first)?);
    let entries = block.get(first + 2..)?.chunks_exact(ENTRY).take(count);
    let mut ways = entries.filter(|entry| {
        let (tag, kind) = (order.u16(entry, 0), order.u16(entry, 2));
        tag == Some(ORIENTATION) && kind == Some(SHORT)
    });
    let way = order.u16(ways.next()?, 8)?;
    u8::try_from(way).ok().filter(|way| (1..=8).contains(way))
}

/// A block of Exif that says the way in which the picture lies, and nothing else.
pub(super) fn only(orientation: u8) -> [u8; 26] {
    let mut block = *b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    block[19] = orientation;
    block
}
