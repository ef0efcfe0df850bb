use jiff::civil::date;

use super::*;

fn seen(bytes: &[u8], at_a_time: usize) -> Result<&'static str, NotTaken> {
    let mut sniffer = Sniffer::default();
    bytes.chunks(at_a_time).for_each(|part| sniffer.feed(part));
    assert_eq!(sniffer.seen(), bytes.len() as u64);
    sniffer.finish().map(|found| found.id.as_str())
}

#[test]
fn bytes_are_what_they_are_however_they_come() {
    let page = "a page that a browser would run";
    let cases: [(&[u8], Result<&str, NotTaken>); 17] = [
        (b"%PDF-1.7\n\x00\xff", Ok("application/pdf")),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Ok("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n\x00", Ok("image/png")),
        (b"II*\x00\x08", Ok("image/tiff")),
        (b"MM\x00*\x08", Ok("image/tiff")),
        ("El miembro necesita atención.\r\n".as_bytes(), Ok("text/plain")),
        (b"MZ Meals: four boxes", Ok("text/plain")),
        (b"", Err(NotTaken::Empty)),
        (b"MZ\x90\x00\x03", Err(NotTaken::Refused("a program"))),
        (b"\x7fELF\x02", Err(NotTaken::Refused("a program"))),
        (b"\x00asm\x0d\x00", Err(NotTaken::Refused("a program"))),
        (b"#!/bin/sh\n", Err(NotTaken::Refused("a script"))),
        (b"\xef\xbb\xbf \n<!DOCTYPE HTML><p>", Err(NotTaken::Refused(page))),
        (b"  <svg onload=x>", Err(NotTaken::Refused(page))),
        (b"PK\x03\x04", Err(NotTaken::Unknown)),
        (b"Latin-1: atenci\xf3n", Err(NotTaken::Unknown)),
        (b"half a character \xc3", Err(NotTaken::Unknown)),
    ];
    for (bytes, expected) in cases {
        for at_a_time in [1, 3, 4096] {
            assert_eq!(
                seen(bytes, at_a_time),
                expected,
                "{:?} by {at_a_time}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}

#[test]
fn an_upload_without_a_case_is_kept_for_dated_days() {
    assert_eq!(Files::state().unused_until(date(2026, 3, 2)), date(2026, 4, 1));
    assert_eq!(Files::state().unused_until(date(2021, 3, 2)), date(2021, 3, 2));
}
