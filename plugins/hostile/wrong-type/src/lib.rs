//! A component whose profile has the contract's name and another type, which the gate must refuse.

wit_bindgen::generate!({
    inline: "
        package crosswalk:plan@1.0.0;

        interface profile {
            describe: func() -> string;
        }

        world wrong-type {
            export profile;
        }
    ",
});

/// A plan that describes itself in words.
pub struct WrongType;

impl exports::crosswalk::plan::profile::Guest for WrongType {
    fn describe() -> String {
        "a plan".to_owned()
    }
}

export!(WrongType);
