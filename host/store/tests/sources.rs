//! Every SQL text of the store, read from its sources.
//!
//! Texts are made by macros: literals are joined by `concat!`, and `macro_rules!` of the same file, or of one
//! that lends them with `pub(crate) use`, write what several statements share. This reads the sources as the
//! compiler does, as far as those macros go, so that a statement that somebody adds is found without being
//! named anywhere. What it cannot read is an error, and never skipped.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// First words of a statement.
const VERBS: [&str; 5] = ["select", "insert", "update", "delete", "with"];
/// Macros that make rows and words, not SQL.
const OTHERS: [&str; 3] = ["row", "tuples", "words"];

/// A statement, for the databases that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceStatement {
    /// Module and constant, such as `cases::FIND`.
    pub(crate) name: String,
    /// Database it is for alone; `None`: both.
    pub(crate) database: Option<&'static str>,
    pub(crate) sql: String,
}

/// A token of a source, as far as macros tell them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Text(String),
    /// A name or a number.
    Word(String),
    Mark(char),
}

/// One arm of a macro: its pattern and its body.
type Arm = (Vec<Token>, Vec<Token>);
type Macros = BTreeMap<String, Vec<Arm>>;

/// Content of a variable of a macro: once, or once for each repetition.
#[derive(Clone, Debug)]
enum Bound {
    Once(Vec<Token>),
    Each(Vec<Vec<Token>>),
}

type Bindings = BTreeMap<String, Bound>;

/// All statements of the store, in the order of files and lines.
pub(crate) fn statements() -> Vec<SourceStatement> {
    let mut sources = Vec::new();
    let (mut shared, folder) = (Macros::new(), Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    for file in files(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let (macros, rest) = macros(tokens(text));
        lend(&macros, &rest, &mut shared);
        let module = file.strip_prefix(&folder).unwrap().with_extension("").display().to_string();
        sources.push((module, macros, rest));
    }
    let mut found = Vec::new();
    for (module, macros, rest) in &sources {
        let reader = Reader { module, own: macros, shared: &shared };
        reader.walk(rest, &mut String::new(), &mut found);
    }
    found
}

/// Sources below a folder but for tests, in a fixed order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        // `migrations` has paths, and no SQL of its own.
        } else if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("tests.rs")
            && !path.ends_with("migrations.rs")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Cuts a source into tokens, without comments and letters.
fn tokens(source: &str) -> Vec<Token> {
    let letters: Vec<char> = source.chars().collect();
    let at = |place: usize| letters.get(place).copied().unwrap_or('\0');
    let (mut tokens, mut place) = (Vec::new(), 0);
    while place < letters.len() {
        match at(place) {
            '/' if at(place + 1) == '/' => {
                while place < letters.len() && at(place) != '\n' {
                    place += 1;
                }
            }
            '"' => {
                let (text, end) = text(&letters, place + 1);
                tokens.push(Token::Text(text));
                place = end;
            }
            'r' if at(place + 1) == '"' || (at(place + 1) == '#' && at(place + 2) == '"') => {
                let (text, end) = raw_text(&letters, place + 1);
                tokens.push(Token::Text(text));
                place = end;
            }
            // A letter in quotes, and not a lifetime.
            '\'' if at(place + 1) == '\\' => {
                place += 4;
                while at(place - 1) != '\'' {
                    place += 1;
                }
            }
            '\'' if at(place + 2) == '\'' => place += 3,
            letter if letter.is_alphanumeric() || letter == '_' => {
                let begin = place;
                while at(place).is_alphanumeric() || at(place) == '_' {
                    place += 1;
                }
                tokens.push(Token::Word(letters[begin..place].iter().collect()));
            }
            letter => {
                if !letter.is_whitespace() {
                    tokens.push(Token::Mark(letter));
                }
                place += 1;
            }
        }
    }
    tokens
}

/// The text that begins here, and the place behind its end.
fn text(letters: &[char], mut place: usize) -> (String, usize) {
    let mut text = String::new();
    while letters[place] != '"' {
        if letters[place] != '\\' {
            text.push(letters[place]);
            place += 1;
            continue;
        }
        match letters[place + 1] {
            // The line goes on without what the next one begins with.
            '\n' => {
                place += 2;
                while letters[place].is_whitespace() {
                    place += 1;
                }
                continue;
            }
            'n' => text.push('\n'),
            other => text.push(other),
        }
        place += 2;
    }
    (text, place + 1)
}

/// The same of a text without escapes, from its first mark on.
fn raw_text(letters: &[char], begin: usize) -> (String, usize) {
    let marks = letters[begin..].iter().take_while(|letter| **letter == '#').count();
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', marks)).collect();
    let from = begin + marks + 1;
    let length = letters[from..].windows(end.len()).position(|window| *window == *end).unwrap();
    (letters[from..from + length].iter().collect(), from + length + end.len())
}

/// The place of the bracket that closes the one at `open`.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Mark('(' | '[' | '{') => depth += 1,
            Token::Mark(')' | ']' | '}') => {
                depth -= 1;
                if depth == 0 {
                    return place;
                }
            }
            _ => {}
        }
    }
    panic!("a bracket is not closed");
}

fn is_mark(tokens: &[Token], place: usize, mark: char) -> bool {
    tokens.get(place) == Some(&Token::Mark(mark))
}

fn word(tokens: &[Token], place: usize) -> Option<&str> {
    match tokens.get(place) {
        Some(Token::Word(word)) => Some(word),
        _ => None,
    }
}

/// The macros of a file, and everything else of it.
fn macros(tokens: Vec<Token>) -> (Macros, Vec<Token>) {
    let (mut macros, mut rest, mut place) = (Macros::new(), Vec::new(), 0);
    while place < tokens.len() {
        if word(&tokens, place) != Some("macro_rules") {
            rest.push(tokens[place].clone());
            place += 1;
            continue;
        }
        let end = closing(&tokens, place + 3);
        let (body, mut arms, mut next) = (&tokens[place + 4..end], Vec::new(), 0);
        while next < body.len() {
            let pattern = closing(body, next);
            // Behind `=>`.
            let end = closing(body, pattern + 3);
            arms.push((body[next + 1..pattern].to_vec(), body[pattern + 4..end].to_vec()));
            next = end + 1 + usize::from(is_mark(body, end + 1, ';'));
        }
        macros.insert(word(&tokens, place + 2).unwrap().to_owned(), arms);
        place = end + 1;
    }
    (macros, rest)
}

/// Takes up the macros that a file lends to others: `pub(crate) use name;` or `pub(crate) use {one, other};`.
fn lend(macros: &Macros, rest: &[Token], shared: &mut Macros) {
    for place in 1..rest.len() {
        if word(rest, place) != Some("use") || !is_mark(rest, place - 1, ')') {
            continue;
        }
        let names = rest[place..].iter().take_while(|token| **token != Token::Mark(';'));
        for name in names {
            if let Token::Word(name) = name
                && let Some(arms) = macros.get(name)
            {
                shared.insert(name.clone(), arms.clone());
            }
        }
    }
}

/// Reads the statements of one module.
struct Reader<'s> {
    module: &'s str,
    own: &'s Macros,
    shared: &'s Macros,
}

impl Reader<'_> {
    /// Finds statements in tokens. `constant` is the last constant or function that began.
    fn walk(&self, tokens: &[Token], constant: &mut String, found: &mut Vec<SourceStatement>) {
        let mut place = 0;
        while place < tokens.len() {
            if let (Some("const" | "static" | "fn"), Some(name)) =
                (word(tokens, place), word(tokens, place + 1))
            {
                name.clone_into(constant);
            }
            let (text, end) = match &tokens[place] {
                Token::Text(text) => (Some(text.clone()), place + 1),
                Token::Word(name) if is_mark(tokens, place + 1, '!') && self.is_known(name) => {
                    let end = closing(tokens, place + 2) + 1;
                    let text = self.text(&tokens[place..end]);
                    if text.is_none() {
                        // It writes more than a text, such as one for each database.
                        self.walk(&self.expanded(&tokens[place..end]), constant, found);
                    }
                    (text, end)
                }
                _ => (None, place + 1),
            };
            if let Some(sql) = text.filter(|text| is_statement(text)) {
                let database = database(tokens, place);
                found.push(SourceStatement { name: format!("{}::{constant}", self.module), database, sql });
            }
            place = end;
        }
    }

    fn is_known(&self, name: &str) -> bool {
        !OTHERS.contains(&name)
            && (name == "concat" || self.own.contains_key(name) || self.shared.contains_key(name))
    }

    /// The text that a literal, a number, `concat!` or another macro comes to; `None` if it is no text.
    fn text(&self, tokens: &[Token]) -> Option<String> {
        match tokens {
            [Token::Text(text)] => Some(text.clone()),
            [Token::Word(number)] if number.bytes().all(|byte| byte.is_ascii_digit()) => Some(number.clone()),
            [Token::Word(name), Token::Mark('!'), ..] if name == "concat" => {
                let (parts, mut place, mut text) = (&tokens[3..tokens.len() - 1], 0, String::new());
                while place < parts.len() {
                    let end = term(parts, place);
                    text += &self.text(&parts[place..end])?;
                    // Behind the comma.
                    place = end + 1;
                }
                Some(text)
            }
            [Token::Word(_), Token::Mark('!'), ..] => self.text(&self.expanded(tokens)),
            _ => None,
        }
    }

    /// Tokens that a call of a macro is replaced with.
    fn expanded(&self, call: &[Token]) -> Vec<Token> {
        let name = word(call, 0).unwrap_or_default();
        let arms = self.own.get(name).or_else(|| self.shared.get(name));
        let arguments = &call[3..call.len() - 1];
        for (pattern, body) in arms.into_iter().flatten() {
            if let Some((bindings, used)) = matched(pattern, arguments)
                && (used == arguments.len() || arguments[used..] == [Token::Mark(',')])
            {
                return substituted(body, &bindings);
            }
        }
        panic!("{}: no arm of {name}! takes its arguments", self.module);
    }
}

/// A text is a statement if it begins with a verb of SQL and goes on.
fn is_statement(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|verb| VERBS.contains(&verb)) && words.count() > 1 && !text.contains('{')
}

/// The database of `sqlite: …` or `postgres: …`.
fn database(tokens: &[Token], place: usize) -> Option<&'static str> {
    let before = place.checked_sub(2).filter(|_| is_mark(tokens, place - 1, ':'))?;
    ["sqlite", "postgres"].into_iter().find(|name| word(tokens, before) == Some(*name))
}

/// The place behind the term that begins here: a call of a macro, a variable of one, or a single token.
fn term(tokens: &[Token], place: usize) -> usize {
    match tokens.get(place) {
        Some(Token::Word(_)) if is_mark(tokens, place + 1, '!') => closing(tokens, place + 2) + 1,
        Some(Token::Mark('$')) => place + 2,
        _ => place + 1,
    }
}

/// A repetition in a pattern or a body, which begins behind its `$`: what is repeated, what stands between,
/// and the place behind it.
fn repetition(tokens: &[Token], open: usize) -> (&[Token], Option<Token>, usize) {
    let end = closing(tokens, open);
    let is_operator = |place| is_mark(tokens, place, '*') || is_mark(tokens, place, '+');
    let inner = &tokens[open + 1..end];
    if is_operator(end + 1) { (inner, None, end + 2) } else { (inner, tokens.get(end + 1).cloned(), end + 3) }
}

/// The bindings under which a pattern takes the first of these tokens, and how many it takes.
fn matched(pattern: &[Token], arguments: &[Token]) -> Option<(Bindings, usize)> {
    let (mut bindings, mut place, mut used) = (Bindings::new(), 0, 0);
    while place < pattern.len() {
        if is_mark(pattern, place, '$') && is_mark(pattern, place + 1, '(') {
            let (inner, between, next) = repetition(pattern, place + 1);
            let mut each: Vec<Bindings> = Vec::new();
            loop {
                let skipped = usize::from(!each.is_empty() && between.is_some());
                let there = skipped == 0 || arguments.get(used) == between.as_ref();
                let from = (used + skipped).min(arguments.len());
                let taken = matched(inner, &arguments[from..]).filter(|(_, taken)| there && *taken > 0);
                let Some((bound, taken)) = taken else { break };
                each.push(bound);
                used = from + taken;
            }
            let names = variables(inner);
            bindings.extend(names.into_iter().map(|name| {
                let once = |bound: &Bindings| match bound.get(&name) {
                    Some(Bound::Once(tokens)) => tokens.clone(),
                    _ => Vec::new(),
                };
                (name.clone(), Bound::Each(each.iter().map(once).collect()))
            }));
            place = next;
        } else if is_mark(pattern, place, '$') {
            // `$name:kind`
            let (name, kind) = (word(pattern, place + 1)?, word(pattern, place + 3)?);
            let end = match (kind, arguments.get(used)?) {
                ("expr", _) => term(arguments, used),
                ("literal", Token::Text(_)) | ("ident", Token::Word(_)) => used + 1,
                ("literal", Token::Word(number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                    used + 1
                }
                ("tt", Token::Mark('(' | '[' | '{')) => closing(arguments, used) + 1,
                ("tt", _) => used + 1,
                _ => return None,
            };
            bindings.insert(name.to_owned(), Bound::Once(arguments.get(used..end)?.to_vec()));
            (place, used) = (place + 4, end);
        } else {
            if arguments.get(used) != Some(&pattern[place]) {
                return None;
            }
            (place, used) = (place + 1, used + 1);
        }
    }
    Some((bindings, used))
}

fn variables(pattern: &[Token]) -> Vec<String> {
    let names = (0..pattern.len()).filter(|place| is_mark(pattern, *place, '$'));
    names.filter_map(|place| word(pattern, place + 1).map(str::to_owned)).collect()
}

/// The body of a macro with its variables filled in.
fn substituted(body: &[Token], bindings: &Bindings) -> Vec<Token> {
    let (mut filled, mut place) = (Vec::new(), 0);
    while place < body.len() {
        if is_mark(body, place, '$') && is_mark(body, place + 1, '(') {
            let (inner, between, next) = repetition(body, place + 1);
            let names = variables(inner);
            let each = |name: &String| match bindings.get(name) {
                Some(Bound::Each(each)) => Some((name.clone(), each.clone())),
                _ => None,
            };
            let repeated: Vec<(String, Vec<Vec<Token>>)> = names.iter().filter_map(each).collect();
            let times = repeated.iter().map(|(_, each)| each.len()).max().unwrap_or(0);
            for time in 0..times {
                filled.extend(between.clone().filter(|_| time > 0));
                let mut own = bindings.clone();
                own.extend(
                    repeated.iter().map(|(name, each)| (name.clone(), Bound::Once(each[time].clone()))),
                );
                filled.extend(substituted(inner, &own));
            }
            place = next;
        } else if let (true, Some(Bound::Once(tokens))) =
            (is_mark(body, place, '$'), word(body, place + 1).and_then(|name| bindings.get(name)))
        {
            filled.extend(tokens.iter().cloned());
            place += 2;
        } else {
            filled.push(body[place].clone());
            place += 1;
        }
    }
    filled
}

/// As many statements as there are in the sources by the plainest of counts: a constant whose value is a
/// text.
#[test]
fn no_constant_is_left_out() {
    let found = statements();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut missing = Vec::new();
    for file in files(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        let module = file.strip_prefix(&folder).unwrap().with_extension("").display().to_string();
        let constants = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines();
        let constants = constants
            .filter_map(|line| line.strip_prefix("const ").or(line.strip_prefix("pub(crate) const ")));
        for constant in constants.filter(|line| line.contains(": Dialects =")) {
            let name = constant.split(':').next().unwrap_or_default();
            if !found.iter().any(|one| one.name == format!("{module}::{name}")) {
                missing.push(format!("{module}::{name}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(found.len() > 400, "{} statements are found", found.len());
}

#[test]
fn macros_are_read_as_the_compiler_reads_them() {
    let source = r#"
        macro_rules! of { ($day:literal) => { concat!("day = ", $day) }; }
        macro_rules! each { ($($more:tt)+) => { concat!("select a from b where ", $($more)+, " limit 1") }; }
        macro_rules! both { ($by:literal) => { Dialects { sqlite: concat!("delete from a where ", $by), postgres: "delete from a where b" } }; }
        const ONE: &str = each!(of!("$1"), " and c");
        const TWO: Dialects = both!("c");
        const NOT: &str = "selected";
    "#;
    let (macros, rest) = macros(tokens(source));
    let reader = Reader { module: "m", own: &macros, shared: &Macros::new() };
    let mut found = Vec::new();
    reader.walk(&rest, &mut String::new(), &mut found);
    let found: Vec<_> = found.iter().map(|one| (&*one.name, one.database, &*one.sql)).collect();
    let expected = [
        ("m::ONE", None, "select a from b where day = $1 and c limit 1"),
        ("m::TWO", Some("sqlite"), "delete from a where c"),
        ("m::TWO", Some("postgres"), "delete from a where b"),
    ];
    assert_eq!(found, expected);
}
