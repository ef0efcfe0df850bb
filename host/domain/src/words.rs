//! One macro for the enums that stand for words: each word is written once, beside its variant.

/// No variant of the enum has this word. The word is not repeated: it may come from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is none of the known words")]
pub struct UnknownWord;

/// Declares an enum whose variants are words in the record, the tables and the API: `name()` and `Display`
/// give the word, `FromStr` and serde read it, and `ALL` lists every variant in the order of its declaration.
///
/// The crate that calls it needs `serde` with its derive macros.
#[macro_export]
macro_rules! words {
    (
        $(#[$about:meta])*
        $visible:vis enum $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }
    ) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        $visible enum $name {
            $($(#[$doc])* #[doc = concat!("The word `", $word, "`.")] #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them. A table that is checked against this list while it is compiled can lack none.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the record, the tables and the API.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::words::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::UnknownWord;
    use crate::referral::Stage;

    #[test]
    fn a_word_is_its_variant_wherever_it_is_written() {
        assert_eq!(Stage::NeedsInformation.name(), "needs-information");
        for stage in Stage::ALL {
            assert_eq!(stage.name().parse(), Ok(*stage));
            assert_eq!(format!("{stage:>40}").trim(), stage.name());
            let json = serde_json::to_string(stage).unwrap();
            assert_eq!(json, format!("\"{stage}\""));
            assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), *stage);
        }
        assert_eq!("needs".parse::<Stage>(), Err(UnknownWord));
        assert!(serde_json::from_str::<Stage>("\"NeedsInformation\"").is_err());
    }
}
