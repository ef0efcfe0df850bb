//! Pages lead where they say: every link, every file that is named, and an index of them all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use super::{files, read, root};

/// Folders of the repository, by which a path in a page is told from other words.
const FOLDERS: [&str; 7] = ["docs/", "host/", "migrations/", "plugins/", "tests/", "wit/", "xtask/"];

/// The index of all pages.
const INDEX: &str = "docs/README.md";

/// All pages of the repository.
fn pages() -> Vec<PathBuf> {
    files("", ".md")
}

/// A page without its blocks of code, in which links and paths are a reader's own.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let mut prose = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose += line;
            prose.push('\n');
        }
    }
    prose
}

/// The targets of a page's links and pictures that lie in the repository.
fn links(prose: &str) -> Vec<&str> {
    let targets = |mark: &str, end: char| -> Vec<&str> {
        prose.split(mark).skip(1).filter_map(|rest| Some(rest.split_once(end)?.0)).collect()
    };
    let all = [targets("](", ')'), targets("href=\"", '"'), targets("src=\"", '"')].concat();
    all.into_iter().filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

/// The anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = prose(page);
    let headings =
        headings.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#'));
    headings
        .map(|heading| {
            let letters = heading.trim().to_lowercase();
            let kept = letters.chars().filter(|&one| one.is_alphanumeric() || [' ', '-', '_'].contains(&one));
            kept.map(|one| if one == ' ' { '-' } else { one }).collect()
        })
        .collect()
}

/// A path without `.` and `..`, which need not be there.
fn tidy(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut tidy, part| {
        match part {
            Component::ParentDir => drop(tidy.pop()),
            Component::CurDir => {}
            other => tidy.push(other),
        }
        tidy
    })
}

#[test]
fn every_link_leads_somewhere() {
    let known: BTreeMap<PathBuf, BTreeSet<String>> =
        pages().into_iter().map(|page| (page.clone(), anchors(&read(&page)))).collect();
    let (mut seen, mut wrong) = (0, Vec::new());
    for page in known.keys() {
        for target in links(&prose(&read(page))) {
            seen += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let folder = page.parent().unwrap_or(Path::new(""));
            let file = if path.is_empty() { page.clone() } else { tidy(&folder.join(path)) };
            let has_anchor = known.get(&file).is_none_or(|all| anchor.is_empty() || all.contains(anchor));
            if !root().join(&file).exists() || !has_anchor {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(seen > 200, "the pages are read: {seen} links");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let (mut seen, mut wrong) = (0, Vec::new());
    for page in pages() {
        for word in prose(&read(&page)).split('`').skip(1).step_by(2) {
            let is_path = FOLDERS.iter().any(|folder| word.starts_with(folder)) && !word.contains(' ');
            // `VERSION`, `*` and `…` stand for many.
            let is_pattern =
                word.contains(['*', '…', '{', '<']) || word.contains("VERSION") || word.contains("FAMILY");
            if !is_path || is_pattern {
                continue;
            }
            seen += 1;
            // A test may be named behind its file.
            let file = word.split("::").next().unwrap_or(word);
            if !root().join(file).exists() {
                wrong.push(format!("{}: {word}", page.display()));
            }
        }
    }
    assert!(seen > 150, "the pages are read: {seen} paths");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_index_has_every_page() {
    let indexed = |index: &str| -> BTreeSet<PathBuf> {
        let folder = Path::new(index).parent().unwrap_or(Path::new("")).to_owned();
        let page = read(index);
        let prose = prose(&page);
        links(&prose)
            .into_iter()
            .map(|target| tidy(&folder.join(target.split('#').next().unwrap_or(target))))
            .collect()
    };
    for (index, of) in
        [(INDEX, "docs"), ("docs/adr/README.md", "docs/adr"), ("docs/api/README.md", "docs/api")]
    {
        let found = indexed(index);
        let has_own_index =
            |page: &Path| of == "docs" && (page.starts_with("docs/adr") || page.starts_with("docs/api"));
        let missing: Vec<PathBuf> = files(of, ".md")
            .into_iter()
            .filter(|page| page != Path::new(index) && !has_own_index(page) && !found.contains(page))
            .collect();
        assert!(missing.is_empty(), "{index} lacks {missing:#?}");
    }
}
