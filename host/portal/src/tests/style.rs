use std::collections::{BTreeMap, BTreeSet};

use domain::case::Language;

use crate::assets::{css, js};
use crate::gallery::samples;
use crate::packed;
use crate::words::Words;

use super::{files, read};

/// Colours of a theme, by name: each is the value behind `--name:`.
fn colours(block: &str) -> BTreeMap<&str, [f64; 3]> {
    let mut colours = BTreeMap::new();
    for rule in block.split(';').filter_map(|rule| rule.trim().strip_prefix("--")) {
        let Some((name, value)) = rule.split_once(": #") else { continue };
        let channel = |at: usize| f64::from(u8::from_str_radix(&value[at..at + 2], 16).unwrap()) / 255.0;
        colours.insert(name, [channel(0), channel(2), channel(4)]);
    }
    colours
}

/// Relative luminance (WCAG 2.2).
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2])
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Pairs of colours that stand on each other, and the least contrast of each.
const PAIRS: [(&str, &str, f64); 17] = [
    ("ink", "page", 7.0),
    ("soft", "page", 4.5),
    ("link", "page", 4.5),
    ("good", "page", 4.5),
    ("soon", "page", 4.5),
    ("late", "page", 4.5),
    ("on-accent", "accent", 4.5),
    ("accent", "page", 4.5),
    ("ink", "soon-band", 4.5),
    ("soon", "soon-band", 4.5),
    ("link", "soon-band", 4.5),
    ("ink", "late-band", 4.5),
    ("late", "late-band", 4.5),
    ("link", "late-band", 4.5),
    ("line", "page", 3.0),
    ("accent", "quiet", 3.0),
    ("ink", "halo", 3.0),
];

#[test]
fn colours_can_be_told_apart_in_both_themes() {
    let text = std::str::from_utf8(css().plain).unwrap();
    let (light, rest) = text.split_once("@media (prefers-color-scheme: dark)").expect("a dark theme");
    let dark = rest.split_once("  *,").expect("the theme ends").0;
    for (theme, block) in [("light", light), ("dark", dark)] {
        let block = block.replace('{', ";");
        let colours = colours(&block);
        assert_eq!(colours.len(), 14, "{theme}: {colours:?}");
        for (front, back, least) in PAIRS {
            let found = contrast(colours[front], colours[back]);
            assert!(found >= least, "{theme}: {front} on {back} is {found:.2}, not {least}");
        }
    }
}

#[test]
fn pages_are_light() {
    assert!(css().gzip.len() <= 10 << 10, "{}", css().gzip.len());
    assert!(js().gzip.len() <= 6 << 10, "{}", js().gzip.len());
    for language in Language::ALL {
        for sample in samples(Words::of(language)) {
            let bytes = packed(sample.html.as_bytes()).len();
            assert!(bytes <= 10 << 10, "{}: {bytes} bytes", sample.name);
            let elements = sample.html.matches('<').count() - sample.html.matches("</").count();
            assert!(elements <= 1_500, "{}: {elements} elements", sample.name);
        }
    }
}

/// On paper nothing is pressed, nothing can be unfolded, and a table has the width of the sheet.
#[test]
fn what_is_printed_is_for_reading() {
    let text = std::str::from_utf8(css().plain).unwrap();
    let (_, print) = text.split_once("@media print {").expect("there are rules for paper");
    let hidden = print.split_once(" { display: none; }").expect("some things are not printed").0;
    for part in ["button:not(.link)", ".action", ".places", ".filters", ".ask", ".decide", "footer"] {
        assert!(hidden.split(',').any(|hidden| hidden.trim() == part), "{part}: {hidden}");
    }
    for rule in ["details::details-content { content-visibility: visible", "header, main { padding-inline: 0"]
    {
        assert!(print.contains(rule), "{rule}");
    }
}

#[test]
fn an_asset_is_named_by_what_it_holds() {
    for asset in [css(), js()] {
        let name = asset.address().rsplit('/').next().unwrap();
        assert_eq!(crate::asset(name).map(|found| &found.etag), Some(&asset.etag));
        assert!(asset.etag.contains(name.split('.').nth(1).unwrap()), "{name}");
    }
    assert!(crate::asset("app.0000000000000000.css").is_none());
}

/// Classes that come from values: the tones. Those of decisions (`for-…`) another test asks each.
const GIVEN: [&str; 3] = ["good", "soon", "late"];
/// Classes without a rule: what has no tone looks as it is.
const BARE: [&str; 1] = ["plain"];

/// A template without what the template engine fills in.
fn bare(template: &str) -> String {
    let template = template.replace("{{", "{%").replace("}}", "%}");
    let parts = template.split("{%").map(|part| part.split_once("%}").map_or(part, |(_, after)| after));
    parts.collect::<Vec<_>>().join(" ")
}

/// Classes that stand in a template.
fn classes_of(template: &str) -> BTreeSet<String> {
    let text = bare(template);
    let lists = text.split("class=\"").skip(1).filter_map(|rest| rest.split_once('"'));
    lists.flat_map(|(list, _)| list.split_whitespace()).map(str::to_owned).collect()
}

/// Classes that the style sheet has rules for.
fn classes_with_rules(sheet: &str) -> BTreeSet<String> {
    let mut classes = BTreeSet::new();
    for selectors in sheet.split('{').map(|part| part.rsplit(['}', ';']).next().unwrap_or_default()) {
        for class in selectors.split('.').skip(1) {
            let name = class.split(|letter: char| !letter.is_alphanumeric() && letter != '-').next();
            classes.extend(name.filter(|name| name.starts_with(char::is_alphabetic)).map(str::to_owned));
        }
    }
    classes
}

/// A rule that no page uses is weight, and a class without a rule says that one was lost.
#[test]
fn every_class_has_a_rule_and_every_rule_is_used() {
    let mut used: BTreeSet<String> = GIVEN.into_iter().chain(BARE).map(str::to_owned).collect();
    for file in files("src", ".html") {
        used.extend(classes_of(&read(&file)));
    }
    let mut ruled = classes_with_rules(std::str::from_utf8(css().plain).unwrap());
    ruled.retain(|class| !class.starts_with("for-"));
    ruled.extend(BARE.map(str::to_owned));
    assert_eq!(used, ruled);
}

#[test]
fn classes_are_read_out_of_templates_and_rules() {
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let template =
        "<p class=\"field{% if a == \"b\" %} wrong{% endif %}\"><b class=\"{{ tone }} card\">{{ x }}";
    assert_eq!(classes_of(template), of(&["card", "field", "wrong"]));
    let sheet = "@layer a { .x, p.y > .z-1:has(#q) { margin: 0.5rem .5rem; } @media (min-width: 4.5rem) { .v { a: b; } } }";
    assert_eq!(classes_with_rules(sheet), of(&["v", "x", "y", "z-1"]));
}
