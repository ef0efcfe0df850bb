//! Encodes one world for each interface of the contract, as the custom section that `wit-component` reads.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use wit_component::{StringEncoding, metadata};
use wit_parser::Resolve;

/// Folder of the contract, from this crate's folder.
const CONTRACT: &str = "../../../wit";

/// The interfaces a plugin may export, and the names of their sections.
const INTERFACES: &[&str] = &["profile", "referral", "authorization", "billing", "credentialing", "exchange"];

fn main() {
    println!("cargo:rerun-if-changed={CONTRACT}");
    let folder = env::var("OUT_DIR").expect("cargo gives build scripts a folder");
    let mut code = String::new();
    for interface in INTERFACES {
        let section = describe(interface);
        let file = Path::new(&folder).join(format!("{interface}.section"));
        fs::write(&file, &section).expect("cargo's own folder can be written");
        let name = interface.to_uppercase();
        writeln!(code, "pub const {name}: [u8; {}] = *include_bytes!({file:?});", section.len())
            .expect("a string takes text");
    }
    fs::write(Path::new(&folder).join("sections.rs"), code).expect("cargo's own folder can be written");
}

/// The description of a world that exports one interface and the types it needs.
fn describe(interface: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    resolve.push_path(CONTRACT).expect("the contract is valid WIT");
    let world = format!(
        "package crosswalk:guest; world {interface} {{ export crosswalk:plan/types@1.0.0; export crosswalk:plan/{interface}@1.0.0; }}"
    );
    let package = resolve.push_str("world.wit", &world).expect("the contract has this interface");
    let world = resolve.select_world(&[package], None).expect("the package has one world");
    metadata::encode(&resolve, world, StringEncoding::UTF8, None, false)
        .expect("a valid world can be encoded")
}
