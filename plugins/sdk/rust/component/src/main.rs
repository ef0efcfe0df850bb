//! `crosswalk-component MODULE COMPONENT`: makes a component of a plugin's core module. `crosswalk plugin
//! build` runs it.

use std::error::Error;
use std::{env, fs};

use wit_component::ComponentEncoder;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<String> = env::args().skip(1).collect();
    let [module, component] = files.as_slice() else { return Err("name a module and a component".into()) };
    let module = fs::read(module).map_err(|error| format!("{module}: {error}"))?;
    let encoded =
        ComponentEncoder::default().module(&module).and_then(|encoder| encoder.validate(true).encode());
    fs::write(component, encoded.map_err(|error| format!("no component: {error:#}"))?)?;
    Ok(())
}
