//! One macro for the enums that stand for words: each word is written once, beside its variant.

/// No variant of the enum has this word. The word is not repeated: it may come from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is none of the known words")]
pub struct UnknownWord;

/// Declares an enum whose variants are words in the record, the tables and the API: `name()` and `Display`
/// give the word, `named()`, `FromStr` and serde read it, and `ALL` lists every variant in the order of its
/// declaration.
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

            /// The variant of this word; `None` for any other.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
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
                Self::named(word).ok_or($crate::words::UnknownWord)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;

    use super::UnknownWord;
    use crate::referral::Stage;
    use crate::{case, contract, release};

    #[test]
    fn a_word_is_its_variant_wherever_it_is_written() {
        assert_eq!(Stage::NeedsInformation.name(), "needs-information");
        for stage in Stage::ALL {
            assert_eq!((Stage::named(stage.name()), stage.name().parse()), (Some(*stage), Ok(*stage)));
            assert_eq!(format!("{stage:>40}").trim(), stage.name());
            let json = serde_json::to_string(stage).unwrap();
            assert_eq!(json, format!("\"{stage}\""));
            assert_eq!(serde_json::from_str::<Stage>(&json).unwrap(), *stage);
        }
        assert_eq!("needs".parse::<Stage>(), Err(UnknownWord));
        assert!(serde_json::from_str::<Stage>("\"NeedsInformation\"").is_err());
    }

    #[test]
    fn the_page_of_the_timeline_lists_every_kind_of_event_in_order() {
        fn names(kinds: &[impl Display]) -> Vec<String> {
            kinds.iter().map(ToString::to_string).collect()
        }
        for (heading, kinds) in [
            ("## Of a case", names(case::EventKind::ALL)),
            ("## Of a contract", names(contract::EventKind::ALL)),
            ("## Of a plugin", names(release::EventKind::ALL)),
        ] {
            assert_eq!(listed(include_str!("../../../docs/timeline.md"), heading), kinds, "{heading}");
        }
    }

    /// Words that begin the rows of the table under a heading of a page, in their order.
    fn listed<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
        let below = page.lines().skip_while(|line| *line != heading).skip(1);
        let rows = below.take_while(|line| !line.starts_with('#'));
        rows.filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0)).collect()
    }
}
