//! JPEG (ISO/IEC 10918-1, annex B): segments, each behind a marker, and compressed data in between.

use super::{Unfit, counted, exif, filled, sized, u16_of};

/// Most scans of a picture. A progressive one has about ten; each more is work for whoever looks at it.
const MOST_SCANS: u32 = 100;

const START: u8 = 0xd8;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// Place in the file.
#[derive(Clone, Copy, Default)]
enum At {
    #[default]
    Start,
    /// Before a marker. What stands there is part of nothing.
    Between,
    /// Behind the first byte of a marker.
    Marker,
    /// In the segment of this marker.
    Segment(u8),
    /// In the data of a scan.
    Data,
    /// Behind a byte of it that may begin a marker.
    DataMarker,
    /// Behind the end. Phones put further pictures, films and notes here.
    End,
}

#[derive(Default)]
pub(super) struct Walk {
    at: At,
    waiting: Vec<u8>,
    segments: u32,
    scans: u32,
    has_frame: bool,
    has_exif: bool,
}

impl Walk {
    pub(super) fn feed(&mut self, mut bytes: &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        while let Some((first, rest)) = bytes.split_first() {
            match self.at {
                At::Start => {
                    if filled(&mut self.waiting, 2, &mut bytes) {
                        if self.waiting != [0xff, START] {
                            return Err(Unfit::Damaged);
                        }
                        kept.append(&mut self.waiting);
                        self.at = At::Between;
                    }
                }
                At::Between => {
                    bytes = rest;
                    if *first == 0xff {
                        self.at = At::Marker;
                    }
                }
                At::Marker => {
                    bytes = rest;
                    self.marker(*first, kept)?;
                }
                At::Segment(marker) => self.collect(marker, &mut bytes, kept)?,
                At::Data => self.data(&mut bytes, kept),
                At::DataMarker => {
                    bytes = rest;
                    // A byte of data that looks like a marker, or a place from which to decode on.
                    if matches!(first, 0x00 | 0xd0..=0xd7) {
                        kept.extend_from_slice(&[0xff, *first]);
                        self.at = At::Data;
                    } else {
                        self.marker(*first, kept)?;
                    }
                }
                At::End => return Ok(()),
            }
        }
        Ok(())
    }

    /// Has a segment wait until it is whole. It says its length first.
    fn collect(&mut self, marker: u8, bytes: &mut &[u8], kept: &mut Vec<u8>) -> Result<(), Unfit> {
        if !filled(&mut self.waiting, 2, bytes) {
            return Ok(());
        }
        let length = u16_of(&self.waiting, 0).map_or(0, usize::from);
        if length < 2 {
            return Err(Unfit::Damaged);
        }
        if filled(&mut self.waiting, length, bytes) { self.segment(marker, kept) } else { Ok(()) }
    }

    fn data(&mut self, bytes: &mut &[u8], kept: &mut Vec<u8>) {
        let end = bytes.iter().position(|byte| *byte == 0xff).unwrap_or(bytes.len());
        kept.extend_from_slice(&bytes[..end]);
        if end < bytes.len() {
            self.at = At::DataMarker;
        }
        *bytes = bytes.get(end + 1..).unwrap_or_default();
    }

    pub(super) fn finish(self) -> Result<(), Unfit> {
        if matches!(self.at, At::End) { Ok(()) } else { Err(Unfit::Damaged) }
    }

    fn marker(&mut self, marker: u8, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        self.at = match marker {
            // Fill bytes.
            0xff if matches!(self.at, At::DataMarker) => At::DataMarker,
            0xff => At::Marker,
            0x00 | 0x01 | 0xd0..=0xd7 => At::Between,
            END if self.scans > 0 => {
                kept.extend_from_slice(&[0xff, END]);
                At::End
            }
            START | END => return Err(Unfit::Damaged),
            marker => {
                counted(&mut self.segments)?;
                At::Segment(marker)
            }
        };
        Ok(())
    }

    /// A segment is whole: it waits, with its length before it.
    fn segment(&mut self, marker: u8, kept: &mut Vec<u8>) -> Result<(), Unfit> {
        let whole = std::mem::take(&mut self.waiting);
        let content = &whole[2..];
        self.at = At::Between;
        match marker {
            // What shows the picture: tables of its codes and numbers.
            0xc4 | 0xcc | 0xdb | 0xdd => put(marker, content, kept),
            // Frames that say their size later, or are made of several, are shown by nobody.
            0xc5..=0xc8 | 0xcd..=0xcf | 0xdc | 0xde | 0xdf => return Err(Unfit::Damaged),
            0xc0..=0xc3 | 0xc9..=0xcb => {
                self.frame(content)?;
                put(marker, content, kept);
            }
            SCAN => {
                self.scans += 1;
                if !self.has_frame || self.scans > MOST_SCANS {
                    return Err(Unfit::Damaged);
                }
                put(marker, content, kept);
                self.at = At::Data;
            }
            0xe0 => {
                // Without the small picture that may follow: it shows what was cut away from the large one.
                if let Some(head) = content.get(..12).filter(|head| head.starts_with(b"JFIF\0")) {
                    put(marker, &[head, &[0, 0]].concat(), kept);
                }
            }
            0xe1 => self.exif(content, kept),
            0xe2 if content.starts_with(b"ICC_PROFILE\0") => put(marker, content, kept),
            // Says how colours are meant.
            0xee => {
                if let Some(adobe) = content.get(..12).filter(|adobe| adobe.starts_with(b"Adobe")) {
                    put(marker, adobe, kept);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn frame(&mut self, content: &[u8]) -> Result<(), Unfit> {
        let size = u16_of(content, 3).zip(u16_of(content, 1));
        let (width, height) = size.filter(|_| !self.has_frame).ok_or(Unfit::Damaged)?;
        self.has_frame = true;
        sized(u32::from(width), u32::from(height))
    }

    fn exif(&mut self, content: &[u8], kept: &mut Vec<u8>) {
        if self.has_exif || !content.starts_with(exif::MARK) {
            return;
        }
        self.has_exif = true;
        if let Some(way) = exif::orientation(content).filter(|way| *way > 1) {
            put(0xe1, &[exif::MARK, &exif::only(way)].concat(), kept);
        }
    }
}

/// Writes a segment. Each is made of one that was read, and its length fits.
fn put(marker: u8, content: &[u8], kept: &mut Vec<u8>) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xff, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(content);
}
