//! HTML as a reader without eyes takes it: tags with their attributes, and the text between them.

/// A tag of a page, and where the text after it begins.
pub(super) struct Tag {
    /// Name of the element, in lower case; of an end tag with its slash, such as `/form`.
    pub(super) name: String,
    /// Attributes with their values, entities read; one without a value has an empty one.
    attributes: Vec<(String, String)>,
    /// Place at which the tag begins.
    pub(super) start: usize,
    /// Place behind the tag.
    pub(super) end: usize,
}

impl Tag {
    /// Value of an attribute, if the tag has it.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Its attributes with their values, in their order.
    pub(super) fn all(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// True if the attribute has this value.
    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.attribute(name) == Some(value)
    }
}

/// All tags of a page, in their order. Comments and the doctype are none.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut place = 0;
    while let Some(start) = html[place..].find('<').map(|found| place + found) {
        let end = tag_end(html, start);
        let inner = &html[start + 1..end.saturating_sub(1).max(start + 1)];
        if !inner.starts_with('!') {
            let (name, rest) = inner.split_at(inner.find(char::is_whitespace).unwrap_or(inner.len()));
            let name = if name.starts_with('/') { name } else { name.trim_end_matches('/') };
            tags.push(Tag { name: name.to_lowercase(), attributes: attributes(rest), start, end });
        }
        place = end;
    }
    tags
}

/// Place behind the tag that begins at `start`. A bracket within quotes ends none.
fn tag_end(html: &str, start: usize) -> usize {
    let mut quote = None;
    for (at, letter) in html[start..].char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => return start + at + 1,
            _ => {}
        }
    }
    html.len()
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start().trim_start_matches('/').trim_start();
        if rest.is_empty() {
            return found;
        }
        let end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let Some(value) = after.strip_prefix('=') else {
            found.push((name.to_lowercase(), String::new()));
            rest = after;
            continue;
        };
        let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((name.to_lowercase(), decoded(value)));
        rest = after;
    }
}

/// Text of a page or a part of it: no tags, entities read, spaces single.
pub(super) fn text_of(html: &str) -> String {
    let mut plain = String::new();
    // The doctype is no tag, and nothing that a reader is told.
    let mut place = html.find("<html").unwrap_or_default();
    for tag in tags(html) {
        plain.push_str(&html[place..tag.start]);
        // What stands in two blocks is two words.
        plain.push(' ');
        place = tag.end;
    }
    plain.push_str(&html[place..]);
    let words: Vec<String> = plain.split_whitespace().map(decoded).collect();
    words.join(" ")
}

/// A text with its entities read: those by number, and the five that HTML and XML share.
pub(super) fn decoded(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((letter(name)?, after)));
        match entity {
            Some((letter, after)) => {
                plain.push(letter);
                rest = after;
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

fn letter(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(number.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}
