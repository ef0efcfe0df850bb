//! Near misses: which known words may have been meant by one that nobody knows.
//!
//! One measure for everything that is named by a code: facts, counties, settings, the fields of a rules file.
//! A guess is always a question to whoever wrote the word, and names all words that are as near: of two
//! opposites none is chosen for them.

use strsim::osa_distance;

/// Most words that a question names.
const MOST: usize = 3;
/// Longer words are nobody's slip, and what comes from outside is bounded.
const LONGEST: usize = 80;
/// Most slips that a long word may have; a short one has fewer.
const MOST_SLIPS: usize = 3;
/// Shortest last part of a code, behind its last point, by which it is found under another beginning.
const SHORTEST_NAME: usize = 4;

/// Number of letters that must be changed, added, left out or exchanged with their neighbour to make one word
/// the other, whatever their case.
#[must_use]
pub fn slips(one: &str, other: &str) -> usize {
    osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

/// The known words that `word` was perhaps meant for, the nearest first: those that are a slip or two away,
/// and the codes that end in the same name, as `clinical.hba1c` does for `hba1c`.
#[must_use]
pub fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    if word.is_empty() || word.len() > LONGEST {
        return Vec::new();
    }
    let letters = word.chars().count();
    let allowed = MOST_SLIPS.min(1 + letters / 5);
    let mut slipped: Vec<(usize, &str)> = Vec::new();
    let mut namesakes: Vec<&str> = Vec::new();
    for one in known.into_iter().filter(|one| one.len() <= LONGEST) {
        // Nothing need be measured where the lengths alone differ by more.
        let is_as_long = one.chars().count().abs_diff(letters) <= allowed;
        let slips = is_as_long.then(|| slips(word, one)).filter(|slips| *slips <= allowed);
        match slips {
            Some(slips) => slipped.push((slips, one)),
            None if have_one_name(word, one) => namesakes.push(one),
            None => {}
        }
    }
    slipped.sort_unstable();
    // What is two slips further away than the nearest was not meant.
    let nearest = slipped.first().map_or(0, |(slips, _)| *slips);
    let slipped = slipped.into_iter().take_while(|(slips, _)| *slips <= nearest + 1).map(|(_, one)| one);
    let mut found: Vec<&str> = slipped.chain(namesakes).collect();
    found.dedup();
    found.truncate(MOST);
    found
}

/// The near misses as a question, such as "did you mean `clinical.hba1c`?"; `None` if nothing is near.
#[must_use]
pub fn question<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = near(word, known);
    (!near.is_empty()).then(|| format!("did you mean {}?", either(&near)))
}

/// Words in backticks, as a choice: `` `a`, `b` or `c` ``.
#[must_use]
pub fn either(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// True if two codes differ only in the part before their last point.
fn have_one_name(one: &str, other: &str) -> bool {
    let name = |code: &str| code.rsplit('.').next().unwrap_or_default().to_lowercase();
    let is_code = one.contains('.') || other.contains('.');
    is_code && name(one).len() >= SHORTEST_NAME && name(one) == name(other)
}

#[cfg(test)]
mod tests;
