//! The XML of a workbook's parts, token by token: nothing larger than one token is held, whatever was sent.

use std::io::{BufRead, Read};

use super::FileRefusal;

/// Most bytes of one tag or one text.
const MOST_TOKEN_BYTES: u64 = 256 << 10;

/// A part of a workbook, being read.
pub(super) struct Xml<R> {
    reader: R,
    token: Vec<u8>,
    in_tag: bool,
}

/// Next part of the text.
pub(super) enum Token<'t> {
    /// `<name ...>`, or `<name .../>`.
    Open(Tag<'t>),
    /// The end of an element: `</name>`.
    Close(&'t str),
    /// Text between two tags.
    Text(String),
}

/// A tag and its attributes.
#[derive(Clone, Copy)]
pub(super) struct Tag<'t> {
    inside: &'t str,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn of(reader: R) -> Self {
        Self { reader, token: Vec::new(), in_tag: false }
    }

    /// The next token; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'_>>, FileRefusal> {
        let end = if self.in_tag { b'>' } else { b'<' };
        self.token.clear();
        let mut bounded = (&mut self.reader).take(MOST_TOKEN_BYTES);
        bounded.read_until(end, &mut self.token).map_err(|_| FileRefusal::BrokenWorkbook)?;
        if self.token.last() != Some(&end) {
            // The end, or a token that is too long; a part that breaks off inside a tag is broken too.
            let at_end = !self.in_tag && (self.token.len() as u64) < MOST_TOKEN_BYTES;
            return if at_end { Ok(None) } else { Err(FileRefusal::BrokenWorkbook) };
        }
        self.token.pop();
        let was_tag = std::mem::replace(&mut self.in_tag, end == b'<');
        let text = std::str::from_utf8(&self.token).map_err(|_| FileRefusal::BrokenWorkbook)?;
        Ok(Some(match (was_tag, text.strip_prefix('/')) {
            (false, _) => Token::Text(unescaped(text)),
            (true, Some(name)) => Token::Close(local(name.trim())),
            (true, None) => Token::Open(Tag { inside: text }),
        }))
    }
}

impl<'t> Tag<'t> {
    /// The name without its namespace.
    pub(super) fn name(self) -> &'t str {
        let name = self.inside.split(|letter: char| letter.is_whitespace() || letter == '/').next();
        local(name.unwrap_or_default())
    }

    /// True if it closes itself.
    pub(super) fn is_empty(self) -> bool {
        self.inside.ends_with('/')
    }

    /// An attribute, by its name without its namespace.
    pub(super) fn attribute(self, wanted: &str) -> Option<String> {
        let mut rest = self.inside;
        while let Some((before, after)) = rest.split_once('=') {
            let name = before.split_whitespace().last().unwrap_or_default();
            let after = after.trim_start();
            let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (value, behind) = after[1..].split_once(quote)?;
            if local(name) == wanted {
                return Some(unescaped(value));
            }
            rest = behind;
        }
        None
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// With the five named entities and the numbered ones replaced; another is left as it stands.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let letter = after.split_once(';').and_then(|(name, behind)| Some((entity(name)?, behind)));
        match letter {
            Some((letter, behind)) => {
                plain.push(letter);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
