use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

/// Stands wherever a picture says something that is not its look.
const SECRET: &[u8] = b"38.5816,-121.4944 Phone of Somebody";

fn cleaned(bytes: &[u8], at_a_time: usize) -> Result<Vec<u8>, Unfit> {
    let (mut cleaner, mut kept) = (Cleaner::default(), Vec::new());
    bytes.chunks(at_a_time.max(1)).for_each(|part| cleaner.feed(part, &mut kept));
    cleaner.finish(&mut kept).map(|()| kept)
}

/// The same of a TIFF, in place.
fn edited(bytes: &[u8]) -> Result<Vec<u8>, Unfit> {
    let read = |at: u64, part: &mut [u8]| {
        let at = usize::try_from(at).unwrap();
        part.copy_from_slice(&bytes[at..at + part.len()]);
        Ok::<(), Infallible>(())
    };
    let edits = match tiff::edits(bytes.len() as u64, read) {
        Ok(edits) => edits,
        Err(tiff::NotRead::Unfit(unfit)) => return Err(unfit),
        Err(tiff::NotRead::Source(never)) => match never {},
    };
    let mut edited = bytes.to_vec();
    for edit in edits {
        let (at, zeros) = (usize::try_from(edit.at).unwrap(), usize::try_from(edit.zeros).unwrap());
        edited[at..at + edit.bytes.len()].copy_from_slice(&edit.bytes);
        edited[at + edit.bytes.len()..][..zeros].fill(0);
    }
    Ok(edited)
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn says(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|part| part == words)
}

/// A block of Exif with this way to lie, in either order of bytes, with a camera and a place.
fn exif_block(way: u16, big: bool) -> Vec<u8> {
    let two = |number: u16| if big { number.to_be_bytes() } else { number.to_le_bytes() };
    let four = |number: u32| if big { number.to_be_bytes() } else { number.to_le_bytes() };
    let mut block = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    block.extend(four(8));
    block.extend(two(2));
    block.extend([two(271), two(2)].concat());
    block.extend([four(u32::try_from(SECRET.len()).unwrap()), four(38)].concat());
    block.extend([two(0x112), two(3)].concat());
    block.extend(four(1));
    block.extend([two(way), [0, 0]].concat());
    block.extend(four(0));
    block.extend(SECRET);
    block
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    joined(&[&[0xff, marker], &length, content])
}

/// Content of the segment that says how large a picture is.
fn frame(width: u16, height: u16) -> Vec<u8> {
    joined(&[&[8], &height.to_be_bytes(), &width.to_be_bytes(), &[1, 1, 0x11, 0]])
}

/// Begin of a JPEG's scan, and compressed data with what looks like markers in it.
fn scan() -> Vec<u8> {
    [segment(0xda, &[1, 1, 0, 0, 63, 0]), b"data\xff\0more\xff\xd3rest".to_vec()].concat()
}

/// A photograph as a phone makes it, with a place in everything that can hold one.
fn photograph(way: u16) -> Vec<u8> {
    let thumbnail = joined(&[b"JFIF\0\x01\x02\0\0\x48\0\x48\x02\x06", SECRET, b"x"]);
    let inner = [segment(0xe1, SECRET), b"\xff\xd9".to_vec()].concat();
    [
        b"\xff\xd8".to_vec(),
        segment(0xe0, &thumbnail),
        segment(0xe0, &joined(&[b"JFXX\0", SECRET])),
        segment(0xe1, &[b"Exif\0\0".to_vec(), exif_block(way, true)].concat()),
        segment(0xe1, &joined(&[b"http://ns.adobe.com/xap/1.0/\0", SECRET])),
        segment(0xe2, &joined(&[b"MPF\0", SECRET])),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xed, &joined(&[b"Photoshop 3.0\x008BIM", SECRET])),
        segment(0xee, &joined(&[b"Adobe\0\x64\0\0\0\0\x01", SECRET])),
        segment(0xfe, SECRET),
        segment(0xdb, &[0; 65]),
        segment(0xc2, &frame(640, 480)),
        segment(0xc4, &[0; 20]),
        scan(),
        segment(0xc4, &[1; 20]),
        segment(0xfe, SECRET),
        scan(),
        b"\xff\xff\xd9".to_vec(),
        b"\xff\xd8".to_vec(),
        inner,
    ]
    .concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let named = joined(&[kind, content]);
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    joined(&[&length, &named, &png::sum(&named).to_be_bytes()])
}

fn header(width: u32, height: u32) -> Vec<u8> {
    joined(&[&width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]])
}

fn png_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunks.iter().for_each(|chunk| file.extend(chunk));
    file
}

fn drawing() -> Vec<u8> {
    let words = joined(&[b"Comment\0", SECRET]);
    let mut file = png_of(&[
        chunk(b"IHDR", &header(640, 480)),
        chunk(b"gAMA", &[0, 1, 2, 3]),
        chunk(b"tEXt", &words),
        chunk(b"zTXt", &words),
        chunk(b"iTXt", &words),
        chunk(b"tIME", &[7, 0xea, 3, 2, 10, 0, 0]),
        chunk(b"eXIf", &exif_block(6, false)),
        chunk(b"IDAT", b"data"),
        chunk(b"prVt", SECRET),
        chunk(b"IDAT", b"more"),
        chunk(b"IEND", b""),
    ]);
    file.extend(SECRET);
    file
}

fn riff(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_le_bytes();
    let mut chunk = joined(&[kind, &length, content]);
    if content.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

fn webp_of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let all = chunks.concat();
    let length = u32::try_from(all.len() + 4).unwrap().to_le_bytes();
    joined(&[b"RIFF", &length, b"WEBP", &all])
}

/// Content of a lossless picture.
fn lossless(width: u32, height: u32) -> Vec<u8> {
    let sides = (width - 1) | ((height - 1) << 14);
    joined(&[&[0x2f], &sides.to_le_bytes(), b"data"])
}

fn lossy(width: u16, height: u16) -> Vec<u8> {
    joined(&[&[0x10, 0, 0, 0x9d, 0x01, 0x2a], &width.to_le_bytes(), &height.to_le_bytes(), b"data"])
}

/// The chunk before pictures with further chunks.
fn extended(flags: u8, width: u32, height: u32) -> Vec<u8> {
    let side = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    riff(b"VP8X", &[vec![flags, 0, 0, 0], side(width), side(height)].concat())
}

fn sticker() -> Vec<u8> {
    let mut file = webp_of(&[
        extended(0x2c, 640, 480),
        riff(b"ICCP", b"colours"),
        riff(b"VP8L", &lossless(640, 480)),
        riff(b"EXIF", &exif_block(8, true)),
        riff(b"XMP ", SECRET),
        riff(b"prvt", SECRET),
    ]);
    file.extend(SECRET);
    file
}

/// A field of a TIFF that lies in the order of Intel.
fn field(tag: u16, kind: u16, count: u32, value: u32) -> Vec<u8> {
    joined(&[&tag.to_le_bytes(), &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()])
}

/// A directory with the place of the next one.
fn directory(fields: &[Vec<u8>], next: u32) -> Vec<u8> {
    let count = u16::try_from(fields.len()).unwrap().to_le_bytes();
    joined(&[&count, &fields.concat(), &next.to_le_bytes()])
}

/// A scan of one page: words at 8, its data in two strips from 100, their places at 120 and lengths at 128,
/// and the directory at 200; the page's place and camera stand in directories of their own.
fn fax() -> Vec<u8> {
    let mut file = b"II*\0\xc8\0\0\0".to_vec();
    file.extend(SECRET);
    file.resize(100, b'?');
    file.extend(b"strip one.strip two.");
    file.extend([100_u32.to_le_bytes(), 110_u32.to_le_bytes()].concat());
    file.extend([10_u32.to_le_bytes(), 10_u32.to_le_bytes()].concat());
    file.resize(200, b'?');
    let length = u32::try_from(SECRET.len()).unwrap();
    file.extend(directory(
        &[
            field(256, 3, 1, 1_728),
            field(257, 4, 1, 2_200),
            field(259, 3, 1, 4),
            field(271, 2, length, 8),
            field(273, 4, 2, 120),
            field(274, 3, 1, 6),
            field(279, 4, 2, 128),
            field(700, 1, length, 8),
            field(34_665, 4, 1, 400),
            field(34_853, 4, 1, 400),
        ],
        0,
    ));
    file.resize(400, b'?');
    file.extend(directory(&[field(1, 2, length, 440)], 0));
    file.resize(440, b'?');
    file.extend(SECRET);
    file
}

#[test]
fn what_says_more_than_the_picture_is_gone() {
    for (name, file, way) in
        [("JPEG", photograph(6), Some(6)), ("PNG", drawing(), Some(6)), ("WebP", sticker(), Some(8))]
    {
        assert!(says(&file, SECRET), "{name} said something");
        let kept = cleaned(&file, 64).unwrap();
        assert!(!says(&kept, &SECRET[..8]), "{name}: {}", kept.escape_ascii());
        let at = kept.windows(4).position(|part| part == b"MM\0*");
        assert_eq!(at.and_then(|at| exif::orientation(&kept[at..])), way, "{name} lies as it lay");
        for data in [&b"data"[..], b"colours"] {
            assert_eq!(says(&kept, data), says(&file, data), "{name} keeps {}", data.escape_ascii());
        }
    }
    let kept = edited(&fax()).unwrap();
    assert!(!says(&kept, &SECRET[..8]) && !says(&kept, b"?"), "{}", kept.escape_ascii());
    assert_eq!(kept.len(), fax().len(), "nothing moves");
    assert!(says(&kept, b"strip one.strip two."));
    assert_eq!(kept[200..202], [6, 0], "the fields that show the page are left");
}

#[test]
fn a_jpeg_is_as_short_as_it_can_be() {
    let expected = [
        b"\xff\xd8".to_vec(),
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x48\0\x48\0\0"),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01colours"),
        segment(0xee, b"Adobe\0\x64\0\0\0\0\x01"),
        segment(0xdb, &[0; 65]),
        segment(0xc2, &frame(640, 480)),
        segment(0xc4, &[0; 20]),
        scan(),
        segment(0xc4, &[1; 20]),
        scan(),
        b"\xff\xd9".to_vec(),
    ];
    // Who lies upright needs no field that says so.
    assert_eq!(cleaned(&photograph(1), 7).unwrap(), expected.concat());
    let mut turned = expected.to_vec();
    turned.insert(2, segment(0xe1, &joined(&[exif::MARK, &exif::only(3)])));
    assert_eq!(cleaned(&photograph(3), 7).unwrap(), turned.concat());
    // A way that there is not is none.
    assert_eq!(cleaned(&photograph(9), 7).unwrap(), expected.concat());
}

#[test]
fn a_png_keeps_the_chunks_that_show_it() {
    let expected = png_of(&[
        chunk(b"IHDR", &header(640, 480)),
        chunk(b"gAMA", &[0, 1, 2, 3]),
        chunk(b"eXIf", &exif::only(6)),
        chunk(b"IDAT", b"data"),
        chunk(b"IDAT", b"more"),
        chunk(b"IEND", b""),
    ]);
    assert_eq!(cleaned(&drawing(), 5).unwrap(), expected);
    // The sum that every PNG ends with.
    assert_eq!(chunk(b"IEND", b"")[8..], [0xae, 0x42, 0x60, 0x82]);
}

#[test]
fn a_webp_keeps_its_length() {
    let zeros = |count: usize| vec![0; count];
    let mut block = exif::only(8).to_vec();
    block.resize(exif_block(8, true).len(), 0);
    let expected = webp_of(&[
        extended(0x28, 640, 480),
        riff(b"ICCP", b"colours"),
        riff(b"VP8L", &lossless(640, 480)),
        riff(b"EXIF", &block),
        riff(b"JUNK", &zeros(SECRET.len())),
        riff(b"JUNK", &zeros(SECRET.len())),
    ]);
    assert_eq!(cleaned(&sticker(), 3).unwrap(), expected);
    let simple = webp_of(&[riff(b"VP8 ", &lossy(640, 480))]);
    assert_eq!(cleaned(&simple, 3).unwrap(), simple);
}

#[test]
fn what_is_no_picture_passes_as_it_is() {
    for file in
        [&b"%PDF-1.7\n/Author (A)"[..], b"", b"a", b"\xff\xd8", b"El miembro necesita", b"II*\0\x08\0\0\0"]
    {
        for at_a_time in [1, 5, 4_096] {
            assert_eq!(cleaned(file, at_a_time), Ok(file.to_vec()), "{}", file.escape_ascii());
        }
    }
}

fn jpeg_of(parts: &[Vec<u8>]) -> Vec<u8> {
    [b"\xff\xd8".to_vec(), parts.concat(), scan(), b"\xff\xd9".to_vec()].concat()
}

#[test]
fn what_nobody_can_look_at_is_refused() {
    use Unfit::{Damaged, TooManyPixels};
    let png =
        |chunks: &[Vec<u8>]| png_of(&[chunks, &[chunk(b"IDAT", b"data"), chunk(b"IEND", b"")]].concat());
    let one = chunk(b"IHDR", &header(1, 1));
    let comments = vec![segment(0xfe, b""); MOST_PIECES as usize];
    let scans = vec![scan(); 101].concat();
    let cases = [
        ("a JPEG that is too large", jpeg_of(&[segment(0xc0, &frame(60_000, 60_000))]), TooManyPixels),
        ("a JPEG without a width", jpeg_of(&[segment(0xc0, &frame(0, 9))]), Damaged),
        ("a JPEG whose height comes later", jpeg_of(&[segment(0xc0, &frame(9, 0))]), Damaged),
        (
            "a JPEG of two sizes",
            jpeg_of(&[segment(0xc0, &frame(9, 9)), segment(0xc1, &frame(9, 9))]),
            Damaged,
        ),
        ("a JPEG without a size", jpeg_of(&[]), Damaged),
        ("a JPEG with a segment of one byte", jpeg_of(&[b"\xff\xc0\0\x01".to_vec()]), Damaged),
        ("a JPEG in a JPEG", jpeg_of(&[b"\xff\xd8".to_vec()]), Damaged),
        ("a JPEG of segments", jpeg_of(&[segment(0xc0, &frame(9, 9)), comments.concat()]), Damaged),
        ("a JPEG of scans", jpeg_of(&[segment(0xc0, &frame(9, 9)), scans]), Damaged),
        ("a PNG that is too large", png(&[chunk(b"IHDR", &header(50_000, 50_000))]), TooManyPixels),
        ("a PNG without a height", png(&[chunk(b"IHDR", &header(9, 0))]), Damaged),
        ("a PNG whose size comes late", png(&[chunk(b"gAMA", &[0; 4]), one.clone()]), Damaged),
        ("a PNG of two sizes", png(&[one.clone(), one.clone()]), Damaged),
        ("a PNG with a chunk that nobody knows", png(&[one.clone(), chunk(b"NEWS", b"")]), Damaged),
        ("a PNG that moves", png(&[one.clone(), chunk(b"acTL", &[0; 8])]), MOVING),
        ("a PNG of chunks", png(&[one, vec![chunk(b"tEXt", b""); MOST_PIECES as usize].concat()]), Damaged),
        ("a WebP that is too large", webp_of(&[riff(b"VP8L", &lossless(16_384, 16_384))]), TooManyPixels),
        ("another", webp_of(&[riff(b"VP8 ", &lossy(16_383, 16_383))]), TooManyPixels),
        ("a third", webp_of(&[extended(0, 1 << 24, 1 << 24)]), TooManyPixels),
        ("a WebP that moves", webp_of(&[extended(2, 9, 9)]), MOVING),
        ("a WebP that moves all the same", webp_of(&[extended(0, 9, 9), riff(b"ANMF", b"")]), MOVING),
        ("a WebP without a picture", webp_of(&[extended(0, 9, 9), riff(b"XMP ", b"")]), Damaged),
        ("a WebP with another in it", joined(&[b"RIFF\x18\0\0\0WEBPVP8L\xff\0\0\0", &[0; 32]]), Damaged),
    ];
    for (name, file, unfit) in cases {
        assert_eq!(cleaned(&file, 1_000), Err(unfit), "{name}");
    }
    let tiff = |fields: &[Vec<u8>], next| joined(&[b"II*\0\x08\0\0\0", &directory(fields, next)]);
    let page = |width, compression| {
        vec![
            field(256, 4, 1, width),
            field(257, 4, 1, 9),
            field(259, 3, 1, compression),
            field(273, 4, 1, 8),
            field(279, 4, 1, 2),
        ]
    };
    for (name, file, unfit) in [
        ("a page that is too large", tiff(&page(99_999_999, 1), 0), TooManyPixels),
        ("a page without a picture", tiff(&[field(256, 3, 1, 9), field(257, 3, 1, 9)], 0), Damaged),
        ("pages in a circle", tiff(&page(9, 1), 8), Damaged),
        ("no page", b"II*\0\0\0\0\0".to_vec(), Damaged),
        ("a page beyond the end", b"II*\0\xff\0\0\0".to_vec(), Damaged),
        (
            "a JPEG in a TIFF",
            tiff(&page(9, 7), 0),
            Unfit::Kind("a TIFF that holds a picture of another kind"),
        ),
        ("a raw photograph", tiff(&[field(RAW_TAG, 1, 4, 1)], 0), Unfit::Kind("a raw photograph")),
        (
            "a strip beyond the end",
            tiff(&[&page(9, 1)[..4], &[field(279, 4, 1, 9_999)]].concat(), 0),
            Damaged,
        ),
    ] {
        assert_eq!(edited(&file), Err(unfit), "{name}");
    }
    assert!(edited(&tiff(&page(9, 1), 0)).is_ok(), "but for that they are taken");
}

/// Field by which raw photographs are known.
const RAW_TAG: u16 = 50_706;

fn pictures() -> [Vec<u8>; 5] {
    [photograph(6), drawing(), sticker(), webp_of(&[riff(b"VP8 ", &lossy(640, 480))]), fax()]
}

#[test]
fn a_picture_that_was_cut_short_is_refused_or_whole() {
    for picture in pictures() {
        let whole = cleaned(&picture, 64).unwrap();
        for end in HEAD..picture.len() {
            match cleaned(&picture[..end], 64) {
                // What stood behind the end may be missing.
                Ok(kept) => assert!(kept == whole || picture.starts_with(b"II"), "{end}"),
                Err(unfit) => assert_eq!(unfit, Unfit::Damaged, "{end}"),
            }
        }
    }
    let fax = fax();
    for end in 0..fax.len() {
        if let Ok(kept) = edited(&fax[..end]) {
            assert!(!says(&kept, &SECRET[..8]), "{end}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(
        begins in prop::sample::select(vec![
            &b"\xff\xd8\xff"[..], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"RIFF\xff\0\0\0WEBPVP8X", b"II*\0\x08\0\0\0", b"",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..2_000),
        at_a_time in 1_usize..300,
    ) {
        let file = joined(&[begins, &rest]);
        let kept = cleaned(&file, at_a_time);
        prop_assert_eq!(&kept, &cleaned(&file, file.len()), "in whatever pieces it comes");
        if let Ok(kept) = kept {
            prop_assert!(kept.len() <= file.len() + 64);
        }
        let _ = edited(&file);
    }

    #[test]
    fn a_picture_that_somebody_changed_is_answered(
        which in 0_usize..5,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        at_a_time in 1_usize..300,
    ) {
        let mut file = pictures()[which].clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let kept = cleaned(&file, at_a_time);
        prop_assert_eq!(&kept, &cleaned(&file, file.len()));
        // What was cleaned is clean.
        if let Ok(kept) = kept {
            prop_assert_eq!(cleaned(&kept, at_a_time), Ok(kept));
        }
        let _ = edited(&file);
    }

    #[test]
    fn a_way_to_lie_is_found_or_not(block in prop::collection::vec(any::<u8>(), 0..100), way in 1_u8..=8) {
        if let Some(way) = exif::orientation(&block) {
            prop_assert!((1..=8).contains(&way));
        }
        prop_assert_eq!(exif::orientation(&exif::only(way)), Some(way));
        prop_assert_eq!(exif::orientation(&exif_block(u16::from(way), way % 2 == 0)), Some(way));
    }
}
