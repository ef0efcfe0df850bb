//! Certificates that a test makes for itself.

use std::path::Path;
use std::process::{Command, Stdio};

/// Makes a certificate for 127.0.0.1 under this name, `cert.pem`, with its key, `key.pem`. False where there
/// is no openssl.
pub(crate) fn certificate(folder: &Path, name: &str) -> bool {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "36500", "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        // A leaf certificate: strict clients refuse a server that presents a certificate authority's.
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(Stdio::null())
        .status();
    made.is_ok_and(|status| status.success())
}
