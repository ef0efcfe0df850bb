//! Forms of a page, as a browser without script has them: what it would send, and by which buttons. And the
//! markup of a page, of which none may be somebody else's.

use super::html::{Tag, decoded, tags};

/// A form that is posted.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// Address that it is posted to.
    pub(crate) action: String,
    /// True if it is sent with files.
    pub(crate) has_files: bool,
    /// Fields that a browser would send of it as it stands, in their order.
    pub(crate) fields: Vec<Field>,
    /// Name and value of each button that has a name.
    pub(crate) buttons: Vec<(String, String)>,
}

/// A field of a form. Of choices that exclude each other only the one that is made is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Name of the field.
    pub(crate) name: String,
    /// Value that it has, entities read.
    pub(crate) value: String,
    /// True if a person types into it.
    pub(crate) is_typed: bool,
}

impl Form {
    /// The fields with another value in each for which `instead` gives one.
    pub(crate) fn with(&self, instead: impl Fn(&Field) -> Option<String>) -> Vec<(String, String)> {
        let sent = |field: &Field| {
            let value = instead(field).unwrap_or_else(|| field.value.clone());
            (field.name.clone(), value)
        };
        self.fields.iter().map(sent).collect()
    }
}

/// Every form of a page that is posted, but those of the shell.
pub(crate) fn forms(html: &str) -> Vec<Form> {
    const SHELL: [&str; 2] = ["/portal/language", "/portal/lock"];
    let all = tags(html);
    let begins = (0..all.len()).filter(|at| all[*at].name == "form" && all[*at].has("method", "post"));
    let read = |at: usize| {
        let end = (at..all.len()).find(|end| all[*end].name == "/form").unwrap_or(all.len());
        form(html, &all[at], &all[at + 1..end])
    };
    begins.map(read).filter(|form| !SHELL.contains(&&*form.action)).collect()
}

fn form(html: &str, head: &Tag, within: &[Tag]) -> Form {
    let mut fields = Vec::new();
    let mut buttons = Vec::new();
    for (at, tag) in within.iter().enumerate() {
        let Some(name) = tag.attribute("name").map(str::to_owned) else { continue };
        let own = || tag.attribute("value").unwrap_or_default().to_owned();
        match &*tag.name {
            "button" => buttons.push((name, own())),
            "input" => fields.extend(input(tag, name)),
            "textarea" => {
                let value = content(html, tag, &within[at + 1..]);
                fields.push(Field { name, value, is_typed: true });
            }
            "select" => {
                let options = within[at + 1..].iter().take_while(|tag| tag.name != "/select");
                let options: Vec<&Tag> = options.filter(|tag| tag.name == "option").collect();
                let chosen = options.iter().find(|option| option.attribute("selected").is_some());
                let value = chosen.or(options.first()).and_then(|option| option.attribute("value"));
                fields.push(Field { name, value: value.unwrap_or_default().to_owned(), is_typed: false });
            }
            _ => {}
        }
    }
    Form {
        action: head.attribute("action").unwrap_or_default().to_owned(),
        has_files: head.has("enctype", "multipart/form-data"),
        fields,
        buttons,
    }
}

fn input(tag: &Tag, name: String) -> Option<Field> {
    let kind = tag.attribute("type").unwrap_or("text");
    let value = tag.attribute("value").unwrap_or_default().to_owned();
    match kind {
        "file" => None,
        "radio" | "checkbox" => tag.attribute("checked").map(|_| Field { name, value, is_typed: false }),
        kind => Some(Field { name, value, is_typed: kind != "hidden" }),
    }
}

/// Text of a text area, line by line. The line break behind the tag is none of it.
fn content(html: &str, area: &Tag, behind: &[Tag]) -> String {
    let end = behind.iter().find(|tag| tag.name == "/textarea").map_or(html.len(), |tag| tag.start);
    let text = &html[area.end..end];
    decoded(text.strip_prefix('\n').unwrap_or(text))
}

/// The first markup of a page that is not the service's own: a script beside the one of the shell, an element
/// that loads or frames something, an attribute that runs, or an address that does. `None` where there is
/// none.
pub(crate) fn foreign_markup(html: &str) -> Option<String> {
    let is_ours = |tag: &Tag| {
        let source = tag.attribute("src").unwrap_or_default();
        tag.name == "script" && source.starts_with("/portal/assets/")
    };
    let runs = |(name, value): &(String, String)| {
        let value = value.trim_start().to_lowercase();
        let leads = ["href", "src", "action", "formaction"].contains(&&**name);
        name.starts_with("on") || (leads && value.starts_with("javascript:"))
    };
    let is_foreign = |tag: &&Tag| {
        let loads = ["script", "img", "iframe", "object", "embed", "base"].contains(&&*tag.name);
        (loads && !is_ours(tag)) || tag.all().iter().any(runs)
    };
    let all = tags(html);
    let found = all.iter().find(is_foreign)?;
    Some(html[found.start..found.end].to_owned())
}
