//! Forms with files (RFC 7578), read part by part: what is large goes on as it comes, and nothing of it is
//! kept in memory. A browser without script sends files in no other form.
//!
//! The parser is ours because of its bounds. `multer`, on which axum's own extractor rests, reads on for as
//! long as bytes are ready and looks for the end of a part's head in all of them (3.1): what it holds is
//! bounded by the whole form, files and all, and not by what is asked for.

use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};

use super::fields::unreadable;
use crate::body::broke_off;
use crate::problem::ApiError;

/// Most bytes of the head of one part.
const HEAD_BYTES: usize = 8 << 10;
/// Most bytes of a field's name: pages of ours have none longer than a file's with a code of the dictionary.
const NAME_BYTES: usize = 200;
/// Most parts of one form: more than any page of ours has.
const MOST_PARTS: usize = 1_000;
/// Most characters of a delimiter (RFC 2046, 5.1.1).
const BOUNDARY: usize = 70;

/// A form with files, on its way in.
pub(super) struct Multipart {
    body: Body,
    /// Bytes that came and were not handed on yet.
    waiting: Vec<u8>,
    /// A line break, two hyphens and the boundary: what stands between parts.
    delimiter: Vec<u8>,
    /// True while the part that was begun has not ended.
    in_part: bool,
    parts: usize,
    seen: u64,
    most: u64,
}

/// Head of one part: a field, or a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Name of the field.
    pub(super) name: String,
    /// Name of the file, which is empty where none was chosen; `None` for a field.
    pub(super) file: Option<String>,
    /// Media type, as its sender names it.
    pub(super) media_type: String,
}

impl Multipart {
    /// The form of a request with these headers, of at most so many bytes.
    ///
    /// # Errors
    /// When it is no form with files.
    pub(super) fn of(headers: &HeaderMap, body: Body, most: u64) -> Result<Self, ApiError> {
        let sent =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (kind, rest) = sent.split_once(';').unwrap_or((sent, ""));
        if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
            return Err(ApiError::UnsupportedMediaType("multipart/form-data"));
        }
        let boundary = parameter(rest, "boundary").filter(|text| (1..=BOUNDARY).contains(&text.len()));
        let boundary = boundary.ok_or_else(unreadable)?;
        Ok(Self {
            body,
            // So that the first delimiter looks like the others.
            waiting: b"\r\n".to_vec(),
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            in_part: true,
            parts: 0,
            seen: 0,
            most,
        })
    }

    /// Head of the next part; `None` after the last one. What is left of the part before is passed over.
    ///
    /// # Errors
    /// When the body breaks off, is too large, or is no form.
    pub(super) async fn next(&mut self) -> Result<Option<Part>, ApiError> {
        while self.chunk().await?.is_some() {}
        while self.waiting.len() < 2 {
            self.more().await?;
        }
        if self.waiting.starts_with(b"--") {
            return Ok(None);
        }
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(unreadable());
        }
        let end = loop {
            match find(&self.waiting, b"\r\n\r\n") {
                Some(end) => break end,
                None if self.waiting.len() > HEAD_BYTES => return Err(unreadable()),
                None => self.more().await?,
            }
        };
        let head = std::str::from_utf8(&self.waiting[..end]).map_err(|_| unreadable())?;
        let part = read_head(head).ok_or_else(unreadable)?;
        // The line break before the next delimiter is the delimiter's own, also where the part is empty.
        self.waiting.drain(..end + 4);
        self.in_part = true;
        Ok(Some(part))
    }

    /// Next bytes of the part; `None` at its end.
    ///
    /// # Errors
    /// As for [`Self::next`].
    pub(super) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        while self.in_part {
            if let Some(end) = find(&self.waiting, &self.delimiter) {
                let rest = self.waiting.split_off(end + self.delimiter.len());
                let mut bytes = std::mem::replace(&mut self.waiting, rest);
                bytes.truncate(end);
                self.in_part = false;
                return Ok(Some(bytes).filter(|bytes| !bytes.is_empty()));
            }
            // The end of what is here may be the beginning of a delimiter.
            let sure = self.waiting.len().saturating_sub(self.delimiter.len());
            if sure > 0 {
                let rest = self.waiting.split_off(sure);
                return Ok(Some(std::mem::replace(&mut self.waiting, rest)));
            }
            self.more().await?;
        }
        Ok(None)
    }

    /// Value of the part as text.
    ///
    /// # Errors
    /// As for [`Self::next`], and when it is longer than `most` bytes or no text.
    pub(super) async fn text(&mut self, most: usize) -> Result<String, ApiError> {
        let mut bytes = Vec::new();
        while let Some(more) = self.chunk().await? {
            bytes.extend(more);
            if bytes.len() > most {
                return Err(ApiError::BodyTooLarge { limit_bytes: most });
            }
        }
        String::from_utf8(bytes).map_err(|_| unreadable())
    }

    /// Rest of the body, for who reads no further.
    pub(super) fn into_body(self) -> Body {
        self.body
    }

    /// Waits for more bytes.
    async fn more(&mut self) -> Result<(), ApiError> {
        loop {
            let next = std::future::poll_fn(|context| Pin::new(&mut self.body).poll_frame(context)).await;
            let frame = next.ok_or_else(unreadable)?.map_err(|broken| broke_off(&broken))?;
            let Ok(data) = frame.into_data() else { continue };
            self.seen += data.len() as u64;
            if self.seen > self.most {
                let limit_bytes = usize::try_from(self.most).unwrap_or(usize::MAX);
                return Err(ApiError::BodyTooLarge { limit_bytes });
            }
            if !data.is_empty() {
                self.waiting.extend_from_slice(&data);
                return Ok(());
            }
        }
    }
}

/// Place of the first of these in some bytes.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(place) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + place;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Reads the head of a part. Each of its lines but the first begins with a line break.
fn read_head(head: &str) -> Option<Part> {
    let (mut name, mut file, mut media_type) = (None, None, String::new());
    for line in head.split("\r\n").filter(|line| !line.trim().is_empty()) {
        let (field, value) = line.split_once(':')?;
        if field.trim().eq_ignore_ascii_case("content-disposition") {
            let (kind, rest) = value.split_once(';')?;
            if !kind.trim().eq_ignore_ascii_case("form-data") {
                return None;
            }
            name = parameter(rest, "name");
            file = parameter(rest, "filename");
        } else if field.trim().eq_ignore_ascii_case("content-type") {
            media_type = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        }
    }
    let name = name.filter(|name| name.len() <= NAME_BYTES)?;
    Some(Part { name, file, media_type })
}

/// Value of a parameter, with or without quotes. Browsers write a quote inside as `%22`.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        if rest.is_empty() {
            return None;
        }
        let (name, after) = rest.split_once('=')?;
        let (value, then) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim().to_owned());
        }
        rest = then;
    }
}

#[cfg(test)]
mod tests;
