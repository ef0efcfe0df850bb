//! The pages on problems: plain HTML without scripts or styles, as the service's policy allows.

use std::fmt::Write;

use domain::case::Language;

use super::{CodeView, CodesView};

#[cfg(test)]
mod tests;

/// Beginning of the page on `stale`, for the description's example.
pub(super) const EXAMPLE: &str = "<!doctype html>\n<html lang=\"en\">\n<title>stale</title>\n";

/// Beginning of the list's page, for the description's example.
pub(super) const EXAMPLE_OF_LIST: &str = "<!doctype html>\n<html lang=\"en\">\n<title>Problems</title>\n";

/// Labels around the words of a code, in one language.
struct Labels {
    problems: &'static str,
    of_request: &'static str,
    of_field: &'static str,
    status: &'static str,
    cause: &'static str,
    fix: &'static str,
    example: &'static str,
    all: &'static str,
}

const ENGLISH: Labels = Labels {
    problems: "Problems",
    of_request: "As the answer to a request",
    of_field: "As the mistake of one field",
    status: "Status",
    cause: "Cause",
    fix: "Fix",
    example: "Example",
    all: "All problems",
};

const SPANISH: Labels = Labels {
    problems: "Problemas",
    of_request: "Como respuesta a una solicitud",
    of_field: "Como error de un campo",
    status: "Estado",
    cause: "Causa",
    fix: "Solución",
    example: "Ejemplo",
    all: "Todos los problemas",
};

impl Labels {
    fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &ENGLISH,
            Language::Es => &SPANISH,
        }
    }
}

/// The page on one code.
pub(super) fn of(view: &CodeView, language: Language) -> String {
    let labels = Labels::of(language);
    let mut body = format!("<h1><code>{}</code></h1>\n", view.code);
    if let Some(problem) = &view.problem {
        let status = format!("<dt>{}</dt><dd>{}</dd>\n", labels.status, problem.status);
        let meaning = meaning(labels, problem.cause, problem.fix, problem.example);
        let title = marked(problem.title);
        body += &format!("<h2>{}</h2>\n<p>{title}</p>\n<dl>\n{status}{meaning}</dl>\n", labels.of_request);
    }
    if let Some(field) = &view.field {
        let meaning = meaning(labels, field.cause, field.fix, field.example);
        body += &format!("<h2>{}</h2>\n<dl>\n{meaning}</dl>\n", labels.of_field);
    }
    body += &format!("<p><a href=\"/problems\">{}</a></p>\n", labels.all);
    document(language, view.code.name(), &body)
}

/// The page with all codes.
pub(super) fn list(view: &CodesView, language: Language) -> String {
    let labels = Labels::of(language);
    let mut body = format!("<h1>{}</h1>\n<dl>\n", labels.problems);
    for code in &view.items {
        let of_request = code.problem.as_ref().map(|problem| problem.title);
        let said = of_request.or(code.field.as_ref().map(|field| field.cause)).unwrap_or_default();
        let (address, word, said) = (&code.address, code.code, marked(said));
        // Writing to a text cannot fail.
        let _ = writeln!(body, "<dt><a href=\"{address}\"><code>{word}</code></a></dt><dd>{said}</dd>");
    }
    document(language, labels.problems, &(body + "</dl>\n"))
}

fn document(language: Language, title: &str, body: &str) -> String {
    format!("<!doctype html>\n<html lang=\"{}\">\n<title>{title}</title>\n{body}</html>\n", language.tag())
}

fn meaning(labels: &Labels, cause: &str, fix: &str, example: Option<&str>) -> String {
    let (cause, fix) = (marked(cause), marked(fix));
    let mut rows =
        format!("<dt>{}</dt><dd>{cause}</dd>\n<dt>{}</dt><dd>{fix}</dd>\n", labels.cause, labels.fix);
    if let Some(example) = example {
        let example = escaped(example);
        rows += &format!("<dt>{}</dt><dd><pre><code>{example}</code></pre></dd>\n", labels.example);
    }
    rows
}

/// A text with what stands in backticks as code.
fn marked(text: &str) -> String {
    let parts = text.split('`').map(escaped).enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part }).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
