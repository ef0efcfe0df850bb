use std::cmp::Reverse;
use std::collections::BTreeSet;

use domain::case::Language;
use i18n_embed_fl::fl;

use crate::gallery::{Sample, samples};
use crate::words::Words;

use super::{files, read};

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// A tag: its name with a slash in front if it closes, and its attributes.
    Tag(&'a str, Vec<(&'a str, &'a str)>),
    /// Text between tags, not blank.
    Text(&'a str),
}

/// Splits a page into tags and texts. Our templates quote every attribute.
fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for part in html.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("every tag ends");
        let (name, mut rest) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some(first) = rest.trim_start().chars().next() {
            rest = rest.trim_start();
            assert!(first.is_ascii_lowercase(), "attribute in <{tag}>");
            let end = rest.find(|letter: char| letter == '=' || letter.is_whitespace()).unwrap_or(rest.len());
            let (attribute, after) = rest.split_at(end);
            match after.strip_prefix("=\"") {
                Some(quoted) => {
                    let (value, after) = quoted.split_once('"').expect("every value is quoted");
                    attributes.push((attribute, value));
                    rest = after;
                }
                None => {
                    attributes.push((attribute, ""));
                    rest = after;
                }
            }
        }
        pieces.push(Piece::Tag(name, attributes));
        if !text.trim().is_empty() {
            pieces.push(Piece::Text(text.trim()));
        }
    }
    pieces
}

fn attribute<'a>(attributes: &[(&'a str, &'a str)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn all() -> Vec<Sample> {
    Language::ALL.into_iter().flat_map(|language| samples(Words::of(language))).collect()
}

fn count(html: &str, tag: &str) -> usize {
    pieces(html).iter().filter(|piece| matches!(piece, Piece::Tag(name, _) if *name == tag)).count()
}

#[test]
fn every_page_has_one_heading_one_main_part_and_its_language() {
    for language in Language::ALL {
        for Sample { name, html } in samples(Words::of(language)) {
            assert!(html.starts_with("<!DOCTYPE html>\n"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())), "{name}");
            for tag in ["h1", "main", "title", "header", "footer"] {
                assert_eq!(count(&html, tag), 1, "{name}: {tag}");
            }
        }
    }
}

#[test]
fn headings_skip_no_level() {
    for Sample { name, html } in all() {
        let mut last = 1;
        for piece in pieces(&html) {
            let Piece::Tag(tag, _) = piece else { continue };
            let Some(level) = tag.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) else {
                continue;
            };
            assert!(level <= last + 1, "{name}: h{level} after h{last}");
            last = level;
        }
    }
}

#[test]
fn what_opens_closes_in_order() {
    const EMPTY: [&str; 5] = ["!DOCTYPE", "meta", "link", "input", "br"];
    for Sample { name, html } in all() {
        let mut open = Vec::new();
        for piece in pieces(&html) {
            let Piece::Tag(tag, _) = piece else { continue };
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
                None if EMPTY.contains(&tag) => {}
                None => open.push(tag),
            }
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn references_lead_somewhere_and_fields_have_labels() {
    for Sample { name, html } in all() {
        let mut ids = BTreeSet::new();
        let mut wanted = BTreeSet::new();
        let (mut fields, mut labelled) = (BTreeSet::new(), BTreeSet::new());
        for piece in pieces(&html) {
            let Piece::Tag(tag, attributes) = piece else { continue };
            if let Some(id) = attribute(&attributes, "id") {
                assert!(ids.insert(id), "{name}: two with the id {id}");
                if matches!(tag, "input" | "select" | "textarea") {
                    fields.insert(id);
                }
            }
            let target = attribute(&attributes, "href").and_then(|address| address.strip_prefix('#'));
            wanted.extend(target);
            wanted.extend(attribute(&attributes, "form"));
            wanted.extend(attribute(&attributes, "popovertarget"));
            for list in ["aria-describedby", "aria-labelledby"] {
                wanted.extend(attribute(&attributes, list).into_iter().flat_map(|ids| ids.split(' ')));
            }
            if tag == "label" {
                labelled.extend(attribute(&attributes, "for"));
            }
            if tag == "input" && attribute(&attributes, "type") != Some("hidden") {
                assert!(attribute(&attributes, "id").is_some(), "{name}: an input without id");
            }
        }
        let lost: Vec<_> = wanted.difference(&ids).collect();
        assert!(lost.is_empty(), "{name}: {lost:?} are nowhere");
        assert_eq!(fields, labelled, "{name}");
    }
}

/// A strict policy of contents lets none of these run, and the page would not say so.
#[test]
fn nothing_is_inline() {
    for Sample { name, html } in all() {
        for piece in pieces(&html) {
            let Piece::Tag(tag, attributes) = piece else { continue };
            assert_ne!(tag, "style", "{name}");
            assert!(tag != "script" || attribute(&attributes, "src").is_some(), "{name}");
            for (attribute, value) in attributes {
                let is_handler = attribute.starts_with("on") || attribute.starts_with("hx-on");
                assert!(attribute != "style" && !is_handler, "{name}: {attribute}");
                assert!(!value.trim_start().to_lowercase().starts_with("javascript:"), "{name}: {value}");
            }
        }
    }
}

#[test]
fn templates_escape_everything() {
    let templates = files("src", ".html");
    assert!(templates.len() > 15, "{templates:?}");
    for file in templates {
        let text = read(&file);
        for forbidden in ["|safe", "| safe", "escape none", "{% filter"] {
            assert!(!text.contains(forbidden), "{}: {forbidden}", file.display());
        }
    }
}

/// Texts that stand in both languages as they are: names, numbers, and what is not a word.
const NAMES: &[&str] = &[
    "Crosswalk",
    "Harbor House",
    "Ana Ruiz",
    "M. Alvarez",
    "Maria Alvarez",
    "R. Okafor",
    "L. Park",
    "J. Tran",
    "L. Chen",
    "T2033 U6",
    "cas_0001",
    "cas_0002",
    "cas_0003",
    "Costa Verde",
    "Sierra Azul",
    "JBSW Y3DP EHPK 3PXP",
    "+1 530 555 0142",
    "p. m.",
    "ana.ruiz@harbor.example",
    "JBSWY3DPEHPK3PXP",
    "jbsw-y3dp-ehpk-3pxp",
    "RN 555012",
    "https://crosswalk.example/portal/invitation",
    "https://crosswalk.example/portal/sign-in/returned/org_0001",
    "https://login.harbor.example",
    "harbor.example",
    "harbor-house",
    "crosswalk",
    // The answer.
    "No",
    "fee-schedule",
    "procedure",
    "amount",
    "G9008",
    "G9012",
    "U8",
    "U2",
    "GQ",
    "San Ravel",
    "SRV",
    "Valle",
    "cw_0000",
    // Codes of the audit trail.
    "look",
    "done",
    "care-coordination",
    "member mem_0001",
    "member mem_0002",
    "decide",
    "authorization cas_0001",
    "denied",
    "costa-verde",
    "valle",
    "Alder Street",
];

/// Texts of a page, without those that say to be in another language.
fn texts(html: &str) -> Vec<String> {
    let mut depth: Option<usize> = None;
    let mut open = 0;
    let mut texts = Vec::new();
    let page = pieces(html);
    for piece in &page {
        match piece {
            Piece::Tag(tag, _) if tag.starts_with('/') => {
                open -= 1;
                if depth == Some(open) {
                    depth = None;
                }
            }
            Piece::Tag("!DOCTYPE" | "meta" | "link" | "input" | "br", _) => {}
            Piece::Tag(tag, attributes) => {
                if depth.is_none() && *tag != "html" && attribute(attributes, "lang").is_some() {
                    depth = Some(open);
                }
                open += 1;
            }
            Piece::Text(text) if depth.is_none() => texts.push((*text).to_owned()),
            Piece::Text(_) => {}
        }
    }
    texts
}

#[test]
fn no_english_stands_on_a_spanish_page() {
    let (english, spanish) = (samples(Words::of(Language::En)), samples(Words::of(Language::Es)));
    let mut seen = 0;
    // Long ones first: some are parts of others.
    let mut names = NAMES.to_vec();
    names.sort_by_key(|name| Reverse(name.len()));
    // One page is full of scripts, which are in no language.
    let pages = english.iter().zip(&spanish).filter(|(english, _)| english.name != "case-hostile");
    for (english, spanish) in pages {
        assert_eq!(english.name, spanish.name);
        let of_english: BTreeSet<String> = texts(&english.html).into_iter().collect();
        for text in texts(&spanish.html) {
            seen += 1;
            let mut rest = text.clone();
            for name in names.iter().copied() {
                rest = rest.replace(name, "");
            }
            let has_words = rest.chars().filter(|letter| letter.is_alphabetic()).count() > 1;
            assert!(!has_words || !of_english.contains(&text), "{}: {text:?} is English", spanish.name);
        }
    }
    assert!(seen > 200, "{seen}");
}

/// A time of day ends with the dot of its abbreviation, which ends the sentence too.
#[test]
fn no_sentence_ends_twice() {
    for sample in all() {
        for text in texts(&sample.html) {
            let twice = text.replace("...", "").contains("..");
            assert!(!twice, "{}: {text:?}", sample.name);
        }
    }
}

#[test]
fn a_mistake_is_said_in_the_title_above_the_form_and_at_the_field() {
    for Sample { name, html } in all().into_iter().filter(|sample| sample.name.ends_with("-wrong")) {
        assert!(html.contains("<title>Error: "), "{name}");
        assert!(html.contains("id=\"errors\" role=\"alert\" tabindex=\"-1\""), "{name}");
        assert!(html.contains("aria-invalid=\"true\""), "{name}");
        let (errors, form) = html.split_once("</ul>\n</div>").expect("the list of mistakes ends");
        let said = errors.rsplit("<li>").next().and_then(|row| row.split(['>', '<']).nth(2)).unwrap();
        assert!(!said.is_empty() && form.contains(said), "{name}: {said:?} is not at its field");
    }
}

#[test]
fn scripts_in_texts_stay_texts() {
    for Sample { name, html } in all().into_iter().filter(|sample| sample.name == "case-hostile") {
        assert_eq!(count(&html, "script"), 1, "{name}: only our own");
        assert!(html.contains("&#60;script&#62;alert(1)"), "{name}");
        assert!(!html.contains("<script>alert"), "{name}");
    }
}

/// Whoever decides reads the request first. Who has the case, and the steps with it, stand beside it, and
/// each of these steps has room around it.
#[test]
fn the_request_comes_before_who_works_on_it() {
    for language in Language::ALL {
        let words = Words::of(language);
        let page = samples(words).into_iter().find(|sample| sample.name == "work-decide").unwrap();
        let at = |heading: String| page.html.find(&format!("<h2>{heading}</h2>")).expect("it is there");
        let (asked, hands) = (at(fl!(words.l, "asked")), at(fl!(words.l, "work-hands")));
        assert!(asked < hands, "{language:?}");
        let (hands, _) = page.html[hands..].split_once("</section>").unwrap();
        let (_, form) = hands.split_once("<form").expect("there are steps");
        let (form, _) = form.split_once("</form>").unwrap();
        for class in ["class=\"other\"", "class=\"action\""] {
            assert!(form.contains(class), "{language:?}: {form}");
        }
    }
}

/// A row that lacks a cell puts the next one below another head.
#[test]
fn each_row_has_a_cell_below_each_head() {
    let mut seen = 0;
    for Sample { name, html } in all() {
        let (mut heads, mut cells) = (0, 0);
        for piece in pieces(&html) {
            let Piece::Tag(tag, attributes) = piece else { continue };
            match tag {
                "thead" => heads = 0,
                "tr" => cells = 0,
                "th" if attribute(&attributes, "scope") == Some("col") => heads += 1,
                "th" | "td" => cells += 1,
                "/tr" if cells > 0 => {
                    assert_eq!(cells, heads, "{name}");
                    seen += 1;
                }
                _ => {}
            }
        }
    }
    assert!(seen > 100, "{seen} rows");
}

/// A caption below a heading that names the table would say the same once more, to the eye and to the ear.
#[test]
fn no_caption_repeats_a_heading_of_the_grid_and_the_county() {
    let mut titled = BTreeSet::new();
    for Sample { name, html } in all() {
        let page = ["criteria", "county"].into_iter().find(|page| name.starts_with(page));
        let Some(page) = page else { continue };
        let (mut headings, mut captions) = (BTreeSet::new(), BTreeSet::new());
        let mut open = "";
        for piece in pieces(&html) {
            match piece {
                Piece::Tag("table", attributes) if attribute(&attributes, "aria-labelledby").is_some() => {
                    titled.insert(page);
                }
                Piece::Tag(tag, _) => open = tag,
                Piece::Text(text) if matches!(open, "h1" | "h2" | "h3") => _ = headings.insert(text),
                Piece::Text(text) if open == "caption" => _ = captions.insert(text),
                Piece::Text(_) => {}
            }
        }
        let twice: Vec<_> = captions.intersection(&headings).collect();
        assert!(twice.is_empty(), "{name}: {twice:?}");
    }
    assert_eq!(titled.len(), 2, "there are tables that a heading names: {titled:?}");
}

/// A table that stands alone and right below a heading is named by it.
#[test]
fn no_caption_repeats_the_heading_right_above() {
    // One page of the gallery has a heading for each component.
    for Sample { name, html } in all().into_iter().filter(|sample| sample.name != "parts") {
        // Of each heading: its text, whether a caption stands right below it, and how many stand below it.
        let mut headings: Vec<(&str, bool, usize)> = Vec::new();
        let mut open = "";
        let mut is_below = false;
        for piece in pieces(&html) {
            match piece {
                Piece::Tag("caption", _) => {
                    if let Some((_, right_below, captions)) = headings.last_mut() {
                        *right_below |= is_below;
                        *captions += 1;
                    }
                }
                Piece::Tag(tag, _) => open = tag,
                Piece::Text(text) => {
                    is_below = matches!(open, "h1" | "h2" | "h3");
                    headings.extend(is_below.then_some((text, false, 0)));
                }
            }
        }
        let twice = headings.iter().filter(|(_, right_below, captions)| *right_below && *captions == 1);
        let twice: Vec<&str> = twice.map(|(heading, ..)| *heading).collect();
        assert!(twice.is_empty(), "{name}: the only caption below {twice:?} stands right below it");
    }
}

/// Length of what stands in a `div` whose opening tag has begun.
fn length_of_div(rest: &str) -> usize {
    let mut depth = 1;
    for (place, _) in rest.match_indices("div") {
        if rest[..place].ends_with("</") {
            depth -= 1;
        } else if rest[..place].ends_with('<') {
            depth += 1;
        }
        if depth == 0 {
            return place;
        }
    }
    0
}

/// The head is one line: on a phone who looks, the lock and the places are folded into a menu, which opens
/// without script. Who is not signed in has neither. The other language is the last of the line, wherever it
/// is seen, so that Tab comes to it as the eye does.
#[test]
fn what_a_phone_has_no_room_for_is_in_the_menu() {
    let mut menus = 0;
    for Sample { name, html } in all() {
        let (_, header) = html.split_once("<header>").expect("a header");
        let (header, _) = header.split_once("</header>").expect("it ends");
        let (before, rest) = header.split_once("<div class=\"menu\"").unwrap_or((header, ""));
        let (menu, after) = rest.split_at(length_of_div(rest));
        let folded = ["action=\"/portal/lock\"", "href=\"/portal/account\"", "class=\"places\""];
        for part in folded {
            assert!(!before.contains(part) && !after.contains(part), "{name}: {part} stands in the line");
            assert_eq!(menu.contains(part), !menu.is_empty(), "{name}: {part}");
        }
        let last = if menu.is_empty() { before } else { after };
        assert!(last.contains("name=\"in-language\""), "{name}: the other language is at hand");
        assert_eq!(before.matches("popovertarget=\"menu\"").count(), usize::from(!menu.is_empty()), "{name}");
        menus += usize::from(!menu.is_empty());
    }
    assert!(menus > 0, "somebody is signed in");
}
