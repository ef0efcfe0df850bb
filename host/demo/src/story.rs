//! Printing of the story.

use std::io::{self, Write};

use jiff::Timestamp;
use serde_json::Value;

use super::case::Case;
use super::client::Answer;

/// Longest line, in characters.
const WIDTH: usize = 118;

/// Volume of the story: told while it happens, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Each line is printed as it happens.
    Aloud,
    /// Not at all: only the report at the end counts.
    Silent,
}

/// Output of the story. A writer that fails is remembered and not written to again.
pub(super) struct Story<'a> {
    out: &'a mut dyn Write,
    voice: Voice,
    failed: Option<io::Error>,
}

impl<'a> Story<'a> {
    pub(super) fn new(out: &'a mut dyn Write, voice: Voice) -> Self {
        Self { out, voice, failed: None }
    }

    /// Gives the writer back, unless it failed.
    pub(super) fn end(self) -> Result<&'a mut dyn Write, io::Error> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.out),
        }
    }

    /// A heading, after an empty line.
    pub(super) fn heading(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    /// A sentence of the story.
    pub(super) fn say(&mut self, text: impl AsRef<str>) {
        self.wrapped("   ", "   ", text.as_ref());
    }

    /// A detail under a sentence.
    pub(super) fn detail(&mut self, mark: &str, text: impl AsRef<str>) {
        self.wrapped(&format!("     {mark} "), "       ", text.as_ref());
    }

    /// A line as it is.
    pub(super) fn line(&mut self, text: &str) {
        if self.voice == Voice::Silent || self.failed.is_some() {
            return;
        }
        // Flushed line by line: a story is read while it happens.
        if let Err(error) = writeln!(self.out, "{text}").and_then(|()| self.out.flush()) {
            self.failed = Some(error);
        }
    }

    fn wrapped(&mut self, first: &str, next: &str, text: &str) {
        let mut line = first.to_owned();
        let mut words = 0;
        for word in text.split_whitespace() {
            if words > 0 && line.chars().count() + 1 + word.chars().count() > WIDTH {
                self.line(&line);
                line = next.to_owned();
                words = 0;
            }
            if words > 0 {
                line.push(' ');
            }
            line += word;
            words += 1;
        }
        self.line(&line);
    }

    /// A case as whoever asked sees it: who decided, on what, what runs and what is still needed.
    pub(super) fn case(&mut self, case: &Case) {
        self.say(headline(case));
        self.findings(case);
        self.outcome(case);
        for line in case.list("lines") {
            self.claim_line(line);
        }
        for ask in case.list("asks") {
            let code = ask["fact"].as_str().or(ask["document"].as_str()).unwrap_or_default();
            self.detail("→", format!("still needed: {code}: {}", word(ask, "/question/en")));
        }
        for deadline in case.open_clocks() {
            self.clock(deadline);
        }
    }

    /// Criterion by criterion: what is met by its id, what is not in full.
    fn findings(&mut self, case: &Case) {
        let met = case.criteria("met");
        if !met.is_empty() {
            self.detail("✓", met.join(", "));
        }
        for finding in case.list("findings").iter().filter(|finding| finding["outcome"] != "met") {
            let mark = if finding["outcome"] == "not-met" { "✗" } else { "?" };
            let (criterion, reason) = (word(finding, "/criterion"), word(finding, "/reason/en"));
            self.detail(mark, format!("{criterion}: {reason}"));
        }
    }

    fn outcome(&mut self, case: &Case) {
        if !case.at("/why_people/code").is_empty() {
            self.detail("…", format!("{} [{}]", case.at("/why_people/text/en"), case.at("/why_people/code")));
        }
        if case.at("/grant/number").is_empty() && !case.at("/presumption/rule").is_empty() {
            let days = case.0["presumption"]["days"].as_i64().unwrap_or_default();
            let (first, last) = (case.at("/presumption/first"), case.at("/presumption/last"));
            let rule = case.at("/presumption/rule");
            self.detail(
                "▸",
                format!("service may start without waiting: {first} to {last}, {days} days (rule {rule})"),
            );
        }
        if !case.at("/grant/number").is_empty() {
            self.detail("▸", format!("authorization {}", case.at("/grant/number")));
            for line in case.0["grant"]["lines"].as_array().into_iter().flatten() {
                let (first, last) = (word(line, "/first"), word(line, "/last"));
                self.detail(
                    " ",
                    format!("{} × {}, {first} to {last}", line["units"], procedure(&line["procedure"])),
                );
            }
        }
        if !case.at("/redirect/to").is_empty() {
            let (kind, to) = (case.at("/redirect/kind"), case.at("/redirect/to"));
            self.detail("▸", format!("sent to the {kind} {to}: {}", case.at("/redirect/reason/en")));
        }
        if !case.at("/denial/kind").is_empty() {
            let by = case.at("/denial/reviewer");
            let by = if by.is_empty() { String::new() } else { format!(", signed by {by}") };
            self.detail(
                "▸",
                format!("{} denial{by}: {}", case.at("/denial/kind"), case.at("/denial/reason/en")),
            );
        }
        if !case.at("/remittance/number").is_empty() {
            self.detail(
                "▸",
                format!("remittance {}: ${}", case.at("/remittance/number"), case.at("/remittance/total")),
            );
        }
    }

    fn claim_line(&mut self, line: &Value) {
        let what =
            format!("line {} {} ${}", line["number"], procedure(&line["procedure"]), word(line, "/charge"));
        match word(line, "/outcome") {
            "payable" => {
                let adjustments: Vec<String> = line["adjustments"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|one| {
                        format!("{}-{} ${}", word(one, "/group"), word(one, "/reason"), word(one, "/amount"))
                    })
                    .collect();
                let less = if adjustments.is_empty() {
                    String::new()
                } else {
                    format!(", less {}", adjustments.join(", "))
                };
                self.detail(
                    "▸",
                    format!(
                        "{what}: payable ${}{less} (rate {})",
                        word(line, "/amount"),
                        word(line, "/rate")
                    ),
                );
            }
            "rejected" => {
                let (code, field) = (word(line, "/reason_code"), word(line, "/field"));
                self.detail(
                    "✗",
                    format!("{what}: rejected [{code}] at {field}: {}", word(line, "/reason/en")),
                );
                self.detail("→", format!("fix: {}", word(line, "/fix/en")));
            }
            other => self.detail("▸", format!("{what}: {other} {}", word(line, "/reason/en"))),
        }
    }

    /// Tells one clock: its rule, its end and its source.
    pub(super) fn clock(&mut self, deadline: &Value) {
        let (rule, due, source) = (word(deadline, "/rule"), due(deadline), word(deadline, "/source"));
        self.detail("⏱", format!("{rule}: due {due} ({source})"));
    }

    /// A refusal of the API: what it says to whoever reads it.
    pub(super) fn refusal(&mut self, answer: &Answer) {
        let error = answer.first_error();
        if error.code.is_empty() {
            self.say(format!(
                "HTTP {} {}: {}",
                answer.status,
                answer.problem(),
                answer.body["title"].as_str().unwrap_or_default()
            ));
        } else {
            self.say(format!("HTTP {} {} at {}: {}", answer.status, error.code, error.pointer, error.detail));
            if !error.fix.is_empty() {
                self.detail("→", format!("fix: {}", error.fix));
            }
        }
    }
}

fn headline(case: &Case) -> String {
    let plan = if case.plan().is_empty() { "the plans" } else { case.plan() };
    let decided = match case.word("decided_by") {
        "plugin" => ", decided by the plan's rules".to_owned(),
        "people" => ", decided by the plan's people".to_owned(),
        _ => String::new(),
    };
    let call = case.0.pointer("/evaluation/digest").and_then(Value::as_str).map(|digest| {
        let micros = case.0["evaluation"]["duration_us"].as_i64().unwrap_or_default();
        format!("; plugin {} answered {} in {micros} µs", short(digest), case.at("/evaluation/operation"))
    });
    format!("{plan}: {} {}{decided}{}", case.word("kind"), case.state(), call.unwrap_or_default())
}

/// The text at a JSON Pointer.
pub(super) fn word<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// End of a clock or a work item, in Pacific time.
pub(super) fn due(deadline: &Value) -> String {
    let due_at = word(deadline, "/due_at");
    let local = due_at.parse::<Timestamp>().ok().and_then(|at| at.in_tz("America/Los_Angeles").ok());
    local.map_or_else(|| due_at.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
}

/// A digest, as the story names it.
pub(super) fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

fn procedure(value: &Value) -> String {
    let modifiers = value["modifiers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    std::iter::once(word(value, "/code")).chain(modifiers).collect::<Vec<_>>().join(" ")
}
