//! Comments that only their author understands, and a ceiling for each kind that may only sink.

use std::path::PathBuf;

use super::{files, read};

/// Folders in which comments are counted: all that have sources.
const FOLDERS: [&str; 4] = ["host", "plugins", "tests", "xtask"];

/// Openings of a doc comment that asks instead of naming the thing.
const QUESTIONS: [&str; 7] = ["How", "What", "When", "Where", "Whether", "Which", "Who"];

/// Words of a doc comment that is too short to say anything.
const TOO_FEW: usize = 3;

/// Columns of a line that is a comment.
const COLUMNS: usize = 110;

/// Ceilings, and the goals that they are lowered to: per thousand doc comments, and lines. Whoever brings a
/// figure down lowers its ceiling to it; nobody raises one.
const QUESTIONS_PER_MILLE: Limit = Limit { ceiling: 0, goal: 0 };
const SHORT_PER_MILLE: Limit = Limit { ceiling: 4, goal: 4 };
const LONG_LINES: Limit = Limit { ceiling: 0, goal: 0 };

struct Limit {
    ceiling: usize,
    goal: usize,
}

/// Comments of sources, counted.
#[derive(Debug, Default, PartialEq)]
struct Count {
    /// Doc comments in all.
    docs: usize,
    /// Those that open with a question's word.
    questions: usize,
    /// Those of three words or fewer.
    short: usize,
    /// Lines of any comment that are too long.
    long_lines: usize,
}

impl Count {
    fn add(&mut self, source: &str) {
        let mut comment = String::new();
        for line in source.lines() {
            let text = line.trim_start();
            self.long_lines += usize::from(text.starts_with("//") && line.chars().count() > COLUMNS);
            match doc(text) {
                Some(words) => comment = format!("{comment} {words}"),
                None => self.end(&std::mem::take(&mut comment)),
            }
        }
        self.end(&comment);
    }

    /// Counts a doc comment; an empty one is none.
    fn end(&mut self, comment: &str) {
        let mut words = comment.split_whitespace();
        let Some(first) = words.next() else { return };
        let first = first.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        self.docs += 1;
        self.questions += usize::from(QUESTIONS.contains(&first));
        // Those behind the first.
        self.short += usize::from(words.count() < TOO_FEW);
    }

    /// So many of a thousand doc comments, rounded up.
    fn per_mille(&self, part: usize) -> usize {
        (1000 * part).div_ceil(self.docs.max(1))
    }
}

/// A line of a doc comment, without its mark.
fn doc(line: &str) -> Option<&str> {
    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
    (!text.starts_with('/')).then_some(text)
}

#[test]
fn comments_say_what_things_are() {
    let sources: Vec<PathBuf> = FOLDERS.into_iter().flat_map(|folder| files(folder, ".rs")).collect();
    let mut count = Count::default();
    sources.iter().for_each(|source| count.add(&read(source)));
    let figures = [
        (
            "doc comments that open with What, Who, Whether, Which, When, Where or How, in tenths of a per cent",
            count.per_mille(count.questions),
            QUESTIONS_PER_MILLE,
        ),
        (
            "doc comments of three words or fewer, in tenths of a per cent",
            count.per_mille(count.short),
            SHORT_PER_MILLE,
        ),
        ("lines of comments over 110 columns", count.long_lines, LONG_LINES),
    ];
    let told: String = figures
        .iter()
        .map(|(what, found, limit)| {
            format!("{found} {what}; ceiling {}, goal {}\n", limit.ceiling, limit.goal)
        })
        .collect();
    assert!(
        figures.iter().all(|(_, found, limit)| *found <= limit.ceiling),
        "{told}fix: say what the thing is, in the field's words (docs/glossary.md), in lines of {COLUMNS} columns; \
         where a figure has sunk below its ceiling, lower the ceiling in tests/guards/ratchet.rs to it"
    );
}

#[test]
fn comments_are_counted_by_their_whole_text() {
    let long = format!("    // {}\n", "x".repeat(COLUMNS));
    let source = format!(
        "//! Who is who.\n\n/// When.\nat: u8,\n/// Which of them\n/// it is that day.\n//// a rule\n/// A case of a plan.\n{long}"
    );
    let mut count = Count::default();
    count.add(&source);
    assert_eq!(count, Count { docs: 4, questions: 3, short: 2, long_lines: 1 });
    assert_eq!((count.per_mille(1), count.per_mille(3)), (250, 750));
    let mut none = Count::default();
    none.add("let text = \"/// What is this\";\n/// Whatever it is.\n");
    assert_eq!(none, Count { docs: 1, questions: 0, short: 1, long_lines: 0 });
}
