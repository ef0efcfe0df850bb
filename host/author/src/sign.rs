//! `crosswalk plugin sign`: the plan's own signature over a component, made where the plan keeps its key.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use domain::identifiers::Digest;
use domain::time::Ids;
use ed25519_compact::{KeyPair, Seed};
use serde_json::{Value, json};

use super::site::{Host, Site, digest_of};
use crate::out::say;
use crate::parts::SystemIds;

#[derive(Args)]
#[command(after_help = "\
A signature is Ed25519 (RFC 8032) over the 32 bytes of the component's SHA-256. The key never leaves this machine; the host
knows its public half, which --register sends.

  crosswalk plugin sign plan.wasm --signing-key release.key --new-key --register \"release process\"
  crosswalk plugin sign plan.wasm --signing-key release.key")]
pub(crate) struct SignOptions {
    /// The component's file, or its digest. Push it before you sign it.
    plugin: String,
    /// File with the private key: the 64 hexadecimal digits of its seed.
    #[arg(long, env = "CROSSWALK_SIGNING_KEY", value_name = "FILE")]
    signing_key: PathBuf,
    /// Make a new key first, and write it to the file of --signing-key, which must not exist.
    #[arg(long)]
    new_key: bool,
    /// Register the key's public half at the host first, under this label, such as "release process".
    #[arg(long, value_name = "LABEL")]
    register: Option<String>,
    #[command(flatten)]
    site: Site,
}

/// Signs a component, and says with which key.
pub(crate) fn sign(options: &SignOptions) -> Result<ExitCode, Box<dyn Error>> {
    let (host, digest) = (options.site.host()?, digest_of(&options.plugin)?);
    if options.new_key {
        write_new_key(&options.signing_key)?;
    }
    let pair = read_key(&options.signing_key)?;
    let public = hex(&pair.pk[..]);
    if let Some(label) = &options.register {
        host.command(&host.of_plan("signing-keys"), Some(&json!({ "public_key": public, "label": label })))?;
    }
    let key = registered(&host, &public)?;
    let signature = hex(&pair.sk.sign(digest.bytes(), None)[..]);
    let path = host.of_plan(&format!("plugins/{digest}/signatures"));
    let record = host.command(&path, Some(&json!({ "key": key, "signature": signature })))?;
    let version = record["version"].as_str().unwrap_or("-");
    say!("{} {version} is signed with {key}.", host.plan());
    Ok(ExitCode::SUCCESS)
}

/// The id under which the host knows a public key that counts.
fn registered(host: &Host, public: &str) -> Result<String, Box<dyn Error>> {
    let keys = host.read(&host.of_plan("signing-keys"))?;
    let counts = |key: &&Value| key["public_key"] == public && key["retired_at"].is_null();
    let key = keys["items"].as_array().into_iter().flatten().find(counts);
    let id = key.and_then(|key| key["id"].as_str()).map(str::to_owned);
    id.ok_or_else(|| {
        format!(
            "the host has no key of {} with the public half {public}\n  fix: --register \"release process\" registers it",
            host.plan()
        )
        .into()
    })
}

fn read_key(file: &Path) -> Result<KeyPair, Box<dyn Error>> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let wrong = || format!("{}: a signing key is the 64 hexadecimal digits of its seed", file.display());
    let seed = bytes_of(text.trim()).ok_or_else(wrong)?;
    if seed == [0; 32] {
        return Err(wrong().into());
    }
    Ok(KeyPair::from_seed(Seed::new(seed)))
}

/// Makes a key that only its owner may read.
fn write_new_key(file: &Path) -> Result<(), Box<dyn Error>> {
    // Four random ids hold more chance than a seed needs.
    let chance: Vec<u8> = (0..4).flat_map(|_| SystemIds.random().into_bytes()).collect();
    let seed = *Digest::of(&chance).bytes();
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let mut made = made.map_err(|error| format!("{}: {error}", file.display()))?;
    writeln!(made, "{}", hex(&seed)).map_err(|error| format!("{}: {error}", file.display()).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    // A seed is as long as a digest, and is written alike.
    hex.parse::<Digest>().ok().map(|same_form| *same_form.bytes())
}
