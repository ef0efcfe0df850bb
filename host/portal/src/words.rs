//! Messages in both languages, and days and instants as people read them.

use std::borrow::Cow;
use std::sync::LazyLock;

use domain::case::Language;
use domain::plan::types::Bilingual;
use i18n_embed::fluent::FluentLanguageLoader;
use i18n_embed::unic_langid::LanguageIdentifier;
use i18n_embed::{I18nAssets, LanguageLoader};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// Messages in English, in which every one is written.
pub(crate) const ENGLISH: &str = include_str!("../words/en/portal.ftl");
/// The same messages in Spanish; a test compares them.
pub(crate) const SPANISH: &str = include_str!("../words/es/portal.ftl");

const DAYS: [[&str; 7]; 2] = [
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
];
const MONTHS: [[&str; 12]; 2] = [
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];

/// The time zone of every county here.
pub(crate) static PACIFIC: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("America/Los_Angeles").expect("the time zone database is compiled in"));

/// One loader of messages for each language, filled once.
static LOADERS: LazyLock<[FluentLanguageLoader; 2]> = LazyLock::new(|| Language::ALL.map(loader));

/// The files that are compiled in.
struct Compiled;

impl I18nAssets for Compiled {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        match path {
            "en/portal.ftl" => vec![ENGLISH.as_bytes().into()],
            "es/portal.ftl" => vec![SPANISH.as_bytes().into()],
            _ => Vec::new(),
        }
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(["en/portal.ftl", "es/portal.ftl"].map(str::to_owned).into_iter())
    }
}

fn loader(language: Language) -> FluentLanguageLoader {
    let identifier = |language: Language| -> LanguageIdentifier {
        language.tag().parse().expect("the tags of the two languages are well-formed")
    };
    let loader = FluentLanguageLoader::new("portal", identifier(Language::En));
    loader
        .load_languages(&Compiled, &[identifier(language)])
        .expect("both languages are compiled in; a test reads them");
    // Both run from left to right, and the marks around each argument would be read aloud by some.
    loader.set_use_isolating(false);
    loader
}

/// The words of one language. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Words {
    /// The language of these words.
    pub language: Language,
    /// Its messages, as the macro `fl!` takes them.
    pub(crate) l: &'static FluentLanguageLoader,
}

impl Words {
    /// The words of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let l = match language {
            Language::En => &LOADERS[0],
            Language::Es => &LOADERS[1],
        };
        Self { language, l }
    }

    /// BCP 47 tag of the language.
    pub(crate) fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// The language that this is not.
    pub(crate) fn other(&self) -> Language {
        match self.language {
            Language::En => Language::Es,
            Language::Es => Language::En,
        }
    }

    /// Text of a sentence that exists in both languages.
    #[must_use]
    pub fn pick(&self, text: &Bilingual) -> String {
        match self.language {
            Language::En => text.en.clone(),
            Language::Es => text.es.clone(),
        }
    }

    /// A message of a family of which each member is one value of an enum, such as `event-received`. Tests
    /// compare family and enum; a word that this version does not know is shown as it is.
    pub(crate) fn of_family(&self, family: &str, word: &str) -> String {
        let id = format!("{family}-{word}");
        if self.l.has(&id) { self.l.get(&id) } else { word.to_owned() }
    }

    /// The sentence that follows such a message; empty if there is none.
    pub(crate) fn says(&self, family: &str, word: &str) -> String {
        let id = format!("{family}-{word}");
        if self.l.has_attr(&id, "says") { self.l.get_attr(&id, "says") } else { String::new() }
    }

    fn place(self) -> usize {
        match self.language {
            Language::En => 0,
            Language::Es => 1,
        }
    }

    /// A day, such as "November 24, 2026" or "24 de noviembre de 2026".
    pub(crate) fn day(&self, day: Date) -> String {
        let month = MONTHS[self.place()][usize::from(day.month().unsigned_abs()).saturating_sub(1)];
        match self.language {
            Language::En => format!("{month} {}, {}", day.day(), day.year()),
            Language::Es => format!("{} de {month} de {}", day.day(), day.year()),
        }
    }

    /// A day with its weekday, such as "Tuesday, November 24, 2026" or "martes 24 de noviembre de 2026".
    pub(crate) fn weekday(&self, day: Date) -> String {
        let name = DAYS[self.place()][usize::from(day.weekday().to_monday_zero_offset().unsigned_abs())];
        match self.language {
            Language::En => format!("{name}, {}", self.day(day)),
            Language::Es => format!("{name} {}", self.day(day)),
        }
    }

    /// A time of day, such as "5:00 p.m." or "5:00 p. m.".
    pub(crate) fn time(&self, time: Time) -> String {
        let (hour, half) = match time.hour() {
            0 => (12, 0),
            hour @ 1..=11 => (hour, 0),
            12 => (12, 1),
            hour => (hour - 12, 1),
        };
        let half = [["a.m.", "p.m."], ["a. m.", "p. m."]][self.place()][half];
        // The two halves of the Spanish abbreviation stay on one line.
        format!("{hour}:{:02}\u{a0}{}", time.minute(), half.replace(' ', "\u{a0}"))
    }

    /// Hundredths, such as "33%" or "33 %".
    pub(crate) fn percent(&self, hundredths: u64) -> String {
        match self.language {
            Language::En => format!("{hundredths}%"),
            Language::Es => format!("{hundredths}\u{a0}%"),
        }
    }

    /// An instant as the state's clocks show it: day and time.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        let local = at.to_zoned(PACIFIC.clone());
        format!("{}, {}", self.day(local.date()), self.time(local.time()))
    }

    /// The time of day of an instant by the state's clocks.
    pub(crate) fn clock(&self, at: Timestamp) -> String {
        self.time(at.to_zoned(PACIFIC.clone()).time())
    }
}
