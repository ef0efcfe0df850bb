//! Style and script of the pages: compiled in, packed once, and named by a hash of what they hold, so that a
//! browser keeps each for as long as it likes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

const CSS: &str = include_str!("../assets/app.css");
const JS: &str = include_str!("../assets/app.js");

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    address: String,
    /// Entity tag: the whole hash, quoted.
    pub etag: String,
    /// Media type of the file.
    pub media_type: &'static str,
    /// Bytes of the file.
    pub plain: &'static [u8],
    /// The same, packed with gzip.
    pub gzip: Vec<u8>,
}

impl Asset {
    fn of(name: &str, ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let mut hash = String::new();
        for byte in Sha256::digest(text.as_bytes()) {
            let _ = write!(hash, "{byte:02x}");
        }
        let short: String = hash.chars().take(16).collect();
        Self {
            address: format!("/portal/assets/{name}.{short}.{ending}"),
            etag: format!("\"{hash}\""),
            media_type,
            plain: text.as_bytes(),
            gzip: packed(text.as_bytes()),
        }
    }

    /// Address of the file.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

static ASSETS: LazyLock<[Asset; 2]> = LazyLock::new(|| {
    [
        Asset::of("app", "css", "text/css; charset=utf-8", CSS),
        Asset::of("app", "js", "text/javascript; charset=utf-8", JS),
    ]
});

/// Style of every page.
pub(crate) fn css() -> &'static Asset {
    &ASSETS[0]
}

/// Script of every page, without which each works too.
pub(crate) fn js() -> &'static Asset {
    &ASSETS[1]
}

/// The file of this name, such as `app.0123456789abcdef.css`.
#[must_use]
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.address.rsplit('/').next() == Some(name))
}

/// Bytes packed with gzip.
#[must_use]
pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Memory takes everything that is written to it.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}
