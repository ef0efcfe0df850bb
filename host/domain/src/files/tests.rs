use jiff::civil::date;

use super::*;

fn type_of(bytes: &[u8], at_a_time: usize) -> Result<&'static str, NotTaken> {
    let mut sniffer = Sniffer::default();
    bytes.chunks(at_a_time).for_each(|part| sniffer.feed(part));
    sniffer.finish().map(|found| found.id.as_str())
}

#[test]
fn the_type_of_a_file_is_found_however_its_bytes_arrive() {
    let page = "a page that a browser would run";
    let refused = |what| Err(NotTaken::Refused { what, instead: None });
    let photograph =
        NotTaken::Refused { what: "a photograph in the form HEIC or AVIF", instead: Some("JPEG") };
    let cases: [(&[u8], Result<&str, NotTaken>); 21] = [
        (b"%PDF-1.7\n\x00\xff", Ok("application/pdf")),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Ok("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n\x00", Ok("image/png")),
        (b"II*\x00\x08", Ok("image/tiff")),
        (b"MM\x00*\x08", Ok("image/tiff")),
        ("El miembro necesita atención.\r\n".as_bytes(), Ok("text/plain")),
        (b"MZ Meals: four boxes", Ok("text/plain")),
        (b"", Err(NotTaken::Empty)),
        (b"MZ\x90\x00\x03", refused("a program")),
        (b"\x7fELF\x02", refused("a program")),
        (b"\x00asm\x0d\x00", refused("a program")),
        (b"#!/bin/sh\n", refused("a script")),
        (b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>", refused(page)),
        (b"  <svg onload=x>", refused(page)),
        (b"RIFF\x0c\0\0\0WEBPVP8 \xff", Ok("image/webp")),
        (b"RIFF\x0c\0\0\0AVI LIST\xff", Err(NotTaken::Unknown)),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Err(photograph)),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", Err(NotTaken::Unknown)),
        (b"PK\x03\x04", Err(NotTaken::Unknown)),
        (b"Latin-1: atenci\xf3n", Err(NotTaken::Unknown)),
        (b"half a character \xc3", Err(NotTaken::Unknown)),
    ];
    for (bytes, expected) in cases {
        for at_a_time in [1, 3, 4096] {
            assert_eq!(
                type_of(bytes, at_a_time),
                expected,
                "{:?} by {at_a_time}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn what_is_refused_by_its_media_type_says_what_to_send() {
    for (media_type, instead) in [
        ("image/heic", Some("JPEG")),
        ("image/avif", Some("JPEG")),
        ("image/jpeg", None),
        ("application/zip", None),
    ] {
        assert_eq!(Files::state().instead_of(media_type), instead, "{media_type}");
    }
    for media_type in Files::state().types.iter().map(|known| &known.id) {
        assert_eq!(Files::state().instead_of(media_type), None, "{media_type} is taken");
    }
}

#[test]
fn an_upload_without_a_case_is_kept_as_long_as_the_rule_of_its_day_says() {
    assert_eq!(Files::state().unused_until(date(2026, 3, 2)), date(2026, 4, 1));
    assert_eq!(Files::state().unused_until(date(2021, 3, 2)), date(2021, 3, 2));
}
