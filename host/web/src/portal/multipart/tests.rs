use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use hyper::body::Frame;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use proptest::prelude::*;

use super::*;

/// A body that comes in pieces of a size.
struct Pieces(VecDeque<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }
}

fn form(text: &str, size: usize, most: u64) -> Result<Multipart, ApiError> {
    let mut headers = HeaderMap::new();
    let kind = HeaderValue::from_static("multipart/form-data; boundary=\"--x\"");
    headers.insert(header::CONTENT_TYPE, kind);
    let pieces = text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect();
    Multipart::of(&headers, Body::new(Pieces(pieces)), most)
}

/// Every part with its bytes; an error by its status.
async fn read(text: &str, size: usize, most: u64) -> Result<Vec<(Part, Vec<u8>)>, u16> {
    let status = |error: ApiError| error.status().as_u16();
    let mut form = form(text, size, most).map_err(status)?;
    let mut parts = Vec::new();
    while let Some(part) = form.next().await.map_err(status)? {
        let mut bytes = Vec::new();
        while let Some(more) = form.chunk().await.map_err(status)? {
            bytes.extend(more);
        }
        parts.push((part, bytes));
    }
    Ok(parts)
}

const FORM: &str = "before\r\n----x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nabc\r\n----x\r\n\
    content-disposition: form-data; filename=\"a;b.png\"; name=\"file.id\"\r\nContent-Type: Image/PNG; q=1\r\n\r\n\
    \r\n----\r\n--x\r\n\r\n----x\r\nContent-Disposition: form-data; name=empty; filename=\"\"\r\n\r\n\r\n----x--\r\nafter";

#[tokio::test]
async fn parts_are_the_same_however_they_come() {
    let part = |name: &str, file: Option<&str>, media_type: &str| Part {
        name: name.to_owned(),
        file: file.map(str::to_owned),
        media_type: media_type.to_owned(),
    };
    let expected = vec![
        (part("key", None, ""), b"abc".to_vec()),
        // What only looks like a delimiter is content.
        (part("file.id", Some("a;b.png"), "image/png"), b"\r\n----\r\n--x\r\n".to_vec()),
        (part("empty", Some(""), ""), Vec::new()),
    ];
    for size in [1, 2, 3, 7, 64, 4_096] {
        assert_eq!(read(FORM, size, 10_000).await, Ok(expected.clone()), "{size}");
    }
}

#[tokio::test]
async fn what_is_no_form_is_refused() {
    let head = "----x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n";
    let long = format!("----x\r\nX: {}", "x".repeat(HEAD_BYTES));
    let name = head.replace("key", &"k".repeat(NAME_BYTES + 1)) + "abc\r\n----x--";
    let parts = format!("{head}abc\r\n").repeat(MOST_PARTS + 1) + "----x--";
    for (name, text, status) in [
        ("nothing", "", 400),
        ("no delimiter", "abc", 400),
        ("an open part", &format!("{head}abc"), 400),
        ("a part without a name", "----x\r\nContent-Disposition: form-data\r\n\r\nabc\r\n----x--", 400),
        ("a part that is no field", "----x\r\nContent-Disposition: file; name=a\r\n\r\nabc\r\n----x--", 400),
        ("a head without an end", &long, 400),
        ("a name without an end", &name, 400),
        ("parts without an end", &parts, 400),
    ] {
        assert_eq!(read(text, 500, 100_000).await, Err(status), "{name}");
    }
    assert_eq!(read(FORM, 64, 100).await, Err(413), "too large");
}

#[tokio::test]
async fn what_is_not_read_of_a_part_is_passed_over() {
    let mut form = form(FORM, 3, 10_000).unwrap();
    let mut names = Vec::new();
    while let Some(part) = form.next().await.unwrap() {
        names.push(part.name);
    }
    assert_eq!(names, ["key", "file.id", "empty"]);
}

#[tokio::test]
async fn a_field_has_an_end() {
    let mut form = form(FORM, 64, 10_000).unwrap();
    form.next().await.unwrap();
    assert_eq!(form.text(2).await.unwrap_err().status().as_u16(), 413);
}

#[test]
fn another_form_is_another_form() {
    let mut headers = HeaderMap::new();
    for (kind, status) in [
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
    ] {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        let refused = Multipart::of(&headers, Body::empty(), 10).err().map(|error| error.status().as_u16());
        assert_eq!(refused, Some(status), "{kind}");
    }
}

/// Pieces of forms, right and wrong.
const FRAGMENTS: [&str; 14] = [
    "\r\n",
    "\r\n\r\n",
    "\r\n----x\r\n",
    "----x",
    "--",
    "Content-Disposition: form-data; name=\"a\"",
    "Content-Disposition: form-data; name=b; filename=\"c\"",
    "Content-Disposition",
    "; name=\"",
    "; filename=",
    "Content-Type: image/png",
    ":",
    "\"",
    "ñ",
];

proptest! {
    #[test]
    fn any_form_is_answered_alike_in_whatever_pieces(
        fragments in prop::collection::vec(prop::sample::select(FRAGMENTS.to_vec()), 0..40),
        size in 1_usize..40,
    ) {
        let text = format!("----x\r\n{}\r\n----x--", fragments.concat());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let whole = runtime.block_on(read(&text, text.len(), 100_000));
        prop_assert_eq!(runtime.block_on(read(&text, size, 100_000)), whole);
    }
}
