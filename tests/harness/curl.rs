//! Requests as calls of curl: the text that a page of `docs/api` shows, and the sending of exactly that text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use super::client::{Answer, Request};
use super::server::new_folder;

mod tests;

/// Hexadecimal digits in a row that are an id, a digest or a signature, and so another in every run.
const ID_DIGITS: usize = 16;

/// Lines of a JSON body, and of any other text, that a page still shows; a longer body is sent from a file.
const JSON_LINES: usize = 200;
const TEXT_LINES: usize = 20;

/// Letters of a body of one line that still stands in the command line.
const ONE_LINE: usize = 200;

/// Prefixes of ids, and the shell variables that stand for such ids.
const IDS: [(&str, &str); 22] = [
    ("acc_", "ACCOUNT"),
    ("act_", "ACTIVATION"),
    ("aud_", "ENTRY"),
    ("case_", "CASE"),
    ("case-", "TASK"),
    ("con_", "CONTRACT"),
    ("cov_", "COVERAGE"),
    ("crd_", "PASSKEY"),
    ("ddl_", "DEADLINE"),
    ("dec_", "EVALUATION"),
    ("doc_", "DOCUMENT"),
    ("idc_", "CONFLICT"),
    ("idp_", "IDENTITY_PROVIDER"),
    ("key_", "KEY_ID"),
    ("mem_", "MEMBER"),
    ("ntc_", "NOTICE"),
    ("org_", "ORGANIZATION"),
    ("rem_", "REMITTANCE"),
    ("ros_", "ROSTER"),
    ("ses_", "SESSION_ID"),
    ("sgn_", "SIGNING_KEY"),
    ("shr_", "SHADOW_RUN"),
];

/// Characters with a meaning to the shell: inside double quotes, and inside a here-document.
const IN_QUOTES: [char; 4] = ['$', '`', '\\', '"'];
const IN_DOCUMENT: [char; 3] = ['$', '`', '\\'];

/// Settings of curl that a page has no use for: where the answer goes, and that the address is this machine's
/// own.
const SETTINGS: &str =
    "silent\nshow-error\nmax-time = 120\nnoproxy = \"*\"\ndump-header = \"head\"\noutput = \"body\"\n";

/// The one program of the pages that not every machine has.
const UUIDGEN: &str = "uuidgen() { cat /proc/sys/kernel/random/uuid; }\n";

/// A request as a call of curl.
#[derive(Debug)]
pub(crate) struct Call {
    /// Shell script of the call, as the page shows it.
    pub(crate) text: String,
    /// Values of the shell variables in the text, but for `CROSSWALK`.
    variables: Variables,
    /// Name and content of the file that is sent.
    file: Option<(&'static str, Vec<u8>)>,
}

/// True if the programs are here that a call takes.
pub(crate) fn curl_is_there() -> bool {
    ["bash", "curl"].iter().all(|program| Command::new(program).arg("--version").output().is_ok())
}

impl Call {
    /// The call that sends `request`. `key_name` names the shell variable that holds an access key.
    pub(crate) fn of(request: &Request, key_name: impl Fn(&str) -> &'static str) -> Self {
        let mut variables = Variables::default();
        let (method, path) = request.line();
        let is_implied = method == if request.body().is_some() { "POST" } else { "GET" };
        let method = if is_implied { String::new() } else { format!("--request {method} ") };
        let address = variables.put_into(path, &IN_QUOTES);
        let mut lines = vec![format!("curl {method}\"$CROSSWALK{address}\"")];
        for (name, value) in request.headers() {
            lines.push(match (name.as_str(), value.strip_prefix("Bearer ")) {
                ("Authorization", Some(key)) => {
                    let variable = variables.name(key_name(key), key);
                    format!("--header \"Authorization: Bearer ${variable}\"")
                }
                ("Idempotency-Key", _) => "--header \"Idempotency-Key: $(uuidgen)\"".to_owned(),
                _ => format!("--header {}", quoted(&format!("{name}: {value}"))),
            });
        }
        let mut call = Self { text: String::new(), variables, file: None };
        let document = request.body().and_then(|body| call.add_body(&mut lines, request.media_type(), body));
        call.text = lines.join(" \\\n  ");
        call.text.push('\n');
        call.text.extend(document);
        call
    }

    /// Adds to the command line what sends the body; the answer is the here-document that follows the
    /// command, if any.
    fn add_body(&mut self, lines: &mut Vec<String>, media_type: &str, body: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(body).ok();
        if let Some(json) = text.filter(|_| media_type.ends_with("json")).and_then(indented)
            && json.lines().count() <= JSON_LINES
        {
            let filled = self.variables.put_into(&json, &IN_DOCUMENT);
            // Without a variable the document is quoted, so that nothing in it need be.
            let (mark, content) = if filled == json { ("'JSON'", json) } else { ("JSON", filled) };
            lines.push(format!("--data-binary @- <<{mark}"));
            return Some(format!("{content}\nJSON\n"));
        }
        if let Some(text) = text
            && !text.contains('\r')
        {
            if !text.contains('\n') && text.len() <= ONE_LINE && !text.starts_with('@') {
                lines.push(format!("--data-binary {}", quoted(text)));
                return None;
            }
            if text.ends_with('\n') && text.lines().count() <= TEXT_LINES {
                assert!(text.lines().all(|line| line != "TEXT"), "no line may end the here-document");
                lines.push("--data-binary @- <<'TEXT'".to_owned());
                return Some(format!("{text}TEXT\n"));
            }
        }
        let name = match media_type {
            "application/wasm" => "plugin.wasm",
            "text/csv" => "rows.csv",
            _ => "body",
        };
        self.file = Some((name, body.to_vec()));
        lines.push(format!("--data-binary @{name}"));
        None
    }

    /// Runs the text as it stands, in a folder of its own, and gives what curl was answered.
    #[track_caller]
    pub(crate) fn send(&self, address: &str) -> Answer {
        let folder = new_folder();
        fs::write(folder.path().join(".curlrc"), SETTINGS).expect("the settings can be written");
        if let Some((name, content)) = &self.file {
            fs::write(folder.path().join(name), content).expect("the file can be written");
        }
        let mut bash = Command::new("bash");
        bash.args(["-euc", &format!("{UUIDGEN}{}", self.text)]).current_dir(folder.path());
        bash.env("CURL_HOME", folder.path()).env("CROSSWALK", address).envs(&self.variables.0);
        let output = bash.stdin(Stdio::null()).output().expect("bash can be run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}\n{}", output.status, self.text);
        answered(folder.path())
    }
}

/// Values of shell variables by name.
#[derive(Debug, Default)]
struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Name of the variable that holds `value`: the one that is wanted, with a number where another value has
    /// it.
    fn name(&mut self, wanted: &str, value: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let is_free = |name: &String| self.0.get(name).is_none_or(|known| known == value);
        let name = std::iter::once(wanted.to_owned()).chain(numbered).find(is_free);
        let name = name.expect("there is no end of numbers");
        self.0.insert(name.clone(), value.to_owned());
        name
    }

    /// The text as a shell reads it, with a variable in place of each id and a backslash before each special
    /// character.
    fn put_into(&mut self, text: &str, special: &[char]) -> String {
        let is_digit = |letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter);
        let (mut filled, mut at) = (String::new(), 0);
        while at < text.len() {
            let rest = &text[at..];
            let prefix = IDS.iter().find(|(prefix, _)| rest.starts_with(prefix));
            let skipped = prefix.map_or(0, |(prefix, _)| prefix.len());
            let digits = rest[skipped..].chars().take_while(|letter| is_digit(*letter)).count();
            if let Some(code) = code_after(&text[..at], rest) {
                filled += &format!("${}", self.name("CODE", code));
                at += code.len();
            } else if digits >= ID_DIGITS {
                let end = at + skipped + digits;
                let wanted = prefix.map_or_else(|| field_before(&text[..at]), |(_, name)| (*name).to_owned());
                let name = self.name(&wanted, &text[at..end]);
                let goes_on =
                    text[end..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
                filled += &if goes_on { format!("${{{name}}}") } else { format!("${name}") };
                at = end;
            } else if let Some(letter) = rest.chars().next() {
                if special.contains(&letter) {
                    filled.push('\\');
                }
                filled.push(letter);
                at += letter.len_utf8();
            }
        }
        filled
    }
}

/// The code of a person who signs in that begins here, in the field `code` of a JSON body: six digits of an
/// authenticator, or a recovery code. They are others in every run.
fn code_after<'t>(before: &str, rest: &'t str) -> Option<&'t str> {
    let value = rest.split('"').next().filter(|_| before.ends_with("\"code\": \""))?;
    let is_shown = value.len() == 6 && value.bytes().all(|byte| byte.is_ascii_digit());
    let is_recovery = value.len() == 19 && value.split('-').all(|group| group.len() == 4);
    (is_shown || is_recovery).then_some(value)
}

/// Name of the JSON field whose value begins here, for a variable; digests also stand in addresses.
fn field_before(text: &str) -> String {
    let line = text.rsplit('\n').next().unwrap_or_default().trim_start();
    let field = line.strip_prefix('"').and_then(|line| line.split_once("\": \""));
    field.map_or_else(|| "DIGEST".to_owned(), |(name, _)| name.to_uppercase())
}

/// The text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A JSON text, indented; `None` if it is none.
fn indented(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    Some(format!("{value:#}"))
}

/// The answer that curl left in a folder.
fn answered(folder: &Path) -> Answer {
    let head = fs::read_to_string(folder.join("head")).expect("curl writes the head of an answer");
    // Before it there may be another: that the service is ready to read the body.
    let head = head.trim_end().rsplit("\r\n\r\n").next().unwrap_or_default();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':').expect("a header has a name");
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
        headers.append(name, HeaderValue::from_str(value.trim()).expect("a header's value"));
    }
    // An answer without a body leaves no file.
    let bytes = fs::read(folder.join("body")).unwrap_or_default();
    Answer::of(status.expect("the first line has the status"), headers, bytes)
}
