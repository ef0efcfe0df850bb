//! Forms with files, as a browser writes them (RFC 7578).

const BOUNDARY: &str = "----------------of-a-browser";

/// A file that was chosen in a form: name of its field, its own name, its media type, its bytes.
pub(crate) type Chosen<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

/// Media type of a form with files.
pub(super) fn media_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// Body of a form with these fields and files.
pub(super) fn written(fields: &[(&str, &str)], files: &[Chosen<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    let mut add = |head: &str, bytes: &[u8]| {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    };
    for (name, value) in fields {
        add(&format!("name=\"{name}\""), value.as_bytes());
    }
    for (field, name, media_type, bytes) in files {
        add(&format!("name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: {media_type}"), bytes);
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}
