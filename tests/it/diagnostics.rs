//! Every code that a rule file can be told about has a page, and the examples on the pages do what they say.

mod checked;

use std::collections::{BTreeMap, BTreeSet};

use vizard_proxy::prebuilt;
use vizard_review::check::catalogue;
use vizard_review::diagnostics::{self, TOOLS};
use vizard_review::finding::Level;
use vizard_sanitizer::bulk::BulkRules;
use vizard_sanitizer::extends::{Shipped, resolve};
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Diagnostics, RuleSet};
use vizard_tests::repository::{self, assert_none, blocks, compare};

const FOLDER: &str = "docs/diagnostics/";

/// The codes of the rule loader with their kinds, `error` or `warning`, as its source has them.
pub(crate) fn loader_codes() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut codes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for path in repository::files("crates/sanitizer/src", ".rs") {
        let text = repository::text(&path);
        // What the tests below report need not be listed.
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
        for kind in ["error", "warning"] {
            for call in text.split(&format!(".{kind}(")).skip(1) {
                if let Some(code) = call.trim_start().strip_prefix('"').and_then(|it| it.split('"').next()) {
                    codes.entry(code.to_owned()).or_default().insert(kind);
                }
            }
        }
    }
    assert!(codes.len() > 20, "the search for codes finds too little: {codes:?}");
    codes
}

/// All codes that must have a page.
fn known() -> BTreeSet<String> {
    let lints = catalogue::LINTS.iter().map(|lint| lint.code.to_owned());
    let tools = TOOLS.iter().map(|(code, _)| (*code).to_owned());
    loader_codes().into_keys().chain(lints).chain(tools).collect()
}

#[test]
fn the_tools_report_what_their_pages_are_about() {
    let folders = ["crates/review/src", "crates/cli/src"];
    let files = folders.iter().flat_map(|it| repository::files(it, ".rs"));
    // The lists of all codes are no use of them.
    let files = files.filter(|path| path != "crates/review/src/diagnostics.rs");
    let source: String = files.map(|path| repository::text(&path)).collect();
    let idle = TOOLS.iter().filter(|(code, _)| !source.contains(&format!("\"{code}\"")));
    assert_none(
        &idle.map(|(code, verb)| format!("`vizard {verb}` does not report {code}")).collect::<Vec<_>>(),
    );
}

/// The codes that an example on the page of a code is told about.
fn found(code: &str, page: &str, yaml: &str) -> Vec<&'static str> {
    match code {
        // The proxy and the command extend first.
        "extends-unresolved" => {
            codes(&RuleSet::load("example", yaml).map_or_else(|found| found, |it| it.warnings))
        }
        "too-many-fields" => Outline::read("example", yaml).err().iter().flat_map(codes).collect(),
        _ if catalogue::lint(code).is_some() => checked::checked(page, yaml),
        _ => loaded(page, yaml),
    }
}

/// What the proxy would say: of the file as it is written, and of the one that it becomes.
fn loaded(page: &str, yaml: &str) -> Vec<&'static str> {
    if is_about_files(page) {
        return codes(&BulkRules::load("example", yaml).map_or_else(|found| found, |it| it.warnings));
    }
    let base = blocks(page, "yaml base");
    let base = base.iter().map(|(_, text)| Shipped { source: "tea", text });
    let shipped: Vec<_> = prebuilt::RULES.iter().copied().chain(base).collect();
    match resolve("example", yaml, &shipped) {
        Err(found) => codes(&found),
        Ok(resolved) => {
            let loaded = RuleSet::load(&resolved.name, &resolved.text);
            let found = loaded.map_or_else(|found| found, |loaded| loaded.warnings);
            codes(&resolved.warnings).into_iter().chain(codes(&found)).collect()
        }
    }
}

/// Whether the examples of a page are rules for files.
pub(crate) fn is_about_files(page: &str) -> bool {
    page.contains("\nDocumented in [") && page.contains("](../BULK-RULES.md#")
}

fn codes(found: &Diagnostics) -> Vec<&'static str> {
    found.iter().map(|one| one.code).collect()
}

/// The pages, by code.
fn pages() -> BTreeMap<String, String> {
    let files = repository::files(FOLDER, ".md").into_iter();
    let code = |path: &str| path.strip_prefix(FOLDER)?.strip_suffix(".md").map(str::to_owned);
    files
        .filter_map(|path| Some((code(&path)?, repository::text(&path))))
        .filter(|(code, _)| code != "README")
        .collect()
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let written: BTreeSet<String> = pages().into_keys().collect();
    let known = known();
    let missing: Vec<_> = known.difference(&written).map(|code| format!("{code} has no page")).collect();
    let idle = written.difference(&known).map(|code| format!("nothing reports {code}, which has a page"));
    assert_none(&missing.into_iter().chain(idle).collect::<Vec<_>>());
}

#[test]
fn the_index_lists_every_page_once_with_its_kind() {
    let index = repository::text(&format!("{FOLDER}README.md"));
    let mut listed = BTreeMap::new();
    let mut problems = Vec::new();
    for line in index.lines().filter(|line| line.starts_with("- [`")) {
        let code = line.trim_start_matches("- [`").split('`').next().unwrap();
        let Some((kind, _)) =
            line.strip_prefix(&format!("- [`{code}`]({code}.md), ")).and_then(|it| it.split_once(": "))
        else {
            problems.push(format!("not `- [CODE](CODE.md), KIND: what it says`: {line}"));
            continue;
        };
        if listed.insert(code.to_owned(), kind.to_owned()).is_some() {
            problems.push(format!("the index lists {code} twice"));
        }
    }
    for (code, page) in pages() {
        match (listed.remove(&code), kind(&page)) {
            (None, _) => problems.push(format!("the index does not list {code}")),
            (Some(listed), Some(said)) if listed == said => {}
            (Some(listed), said) => {
                problems.push(format!("{code}: the index says {listed}, its page {said:?}"))
            }
        }
    }
    problems.extend(listed.keys().map(|code| format!("the index lists {code}, which has no page")));
    assert_none(&problems);
}

/// What the third line of a page begins with in bold: `error`, `warning`, `error or warning`.
fn kind(page: &str) -> Option<&str> {
    page.lines().nth(2)?.strip_prefix("**")?.split_once("**: ").map(|(kind, _)| kind)
}

#[test]
fn every_page_has_its_parts() {
    let loader = loader_codes();
    let mut problems = Vec::new();
    for (code, page) in pages() {
        if !page.starts_with(&format!("# {code}\n\n**")) {
            problems.push(format!("{code}: the page does not begin with its code and its kind"));
        }
        for part in ["\n**At stake.** ", "\n**What to do.** ", "\nDocumented in ["] {
            if page.matches(part).count() != 1 {
                problems.push(format!("{code}: there is not one paragraph {}", part.trim()));
            }
        }
        if page.lines().count() > 45 {
            problems.push(format!("{code}: the page is longer than what one reads while waiting"));
        }
        if let Some(lint) = catalogue::lint(&code) {
            let level = match lint.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "note",
            };
            let doubtful = format!("{level} or note");
            // The tests cannot go on without the call.
            let worse = (code == "example-refused").then_some("warning or error");
            let said = kind(&page);
            if worse.map_or(said != Some(level) && said != Some(&doubtful), |it| said != Some(it)) {
                problems.push(format!("{code}: `vizard check` reports it as {level}"));
            }
        }
        if let Some(kinds) = loader.get(&code) {
            let kinds = Vec::from_iter(kinds.iter().copied()).join(" or ");
            if kind(&page) != Some(&kinds) {
                problems.push(format!("{code}: the loader reports it as {kinds}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn the_examples_cause_what_they_should_and_the_repaired_ones_do_not() {
    let mut problems = Vec::new();
    for (code, page) in pages() {
        let (causes, repaired) = (blocks(&page, "yaml causes"), blocks(&page, "yaml repaired"));
        // No block of YAML can show what needs more than a rule file.
        if TOOLS.iter().any(|(tool, _)| *tool == code) {
            continue;
        }
        if causes.is_empty() || repaired.is_empty() {
            problems.push(format!("{code}: the page shows no example, or not how to repair it"));
        }
        for (line, yaml) in causes {
            let found = found(&code, &page, &yaml);
            if !found.contains(&code.as_str()) {
                problems.push(format!("{code}: the block at line {line} causes {found:?}"));
            }
            // One thing at a time.
            let others = loaded(&page, &yaml).into_iter().filter(|it| *it != code).collect::<Vec<_>>();
            if !others.is_empty() {
                problems.push(format!("{code}: the block at line {line} causes {others:?} as well"));
            }
        }
        for (line, yaml) in repaired {
            let found = found(&code, &page, &yaml);
            let left =
                found.into_iter().filter(|it| *it == code).chain(loaded(&page, &yaml)).collect::<Vec<_>>();
            if !left.is_empty() {
                problems.push(format!("{code}: the repaired block at line {line} still causes {left:?}"));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn the_pages_refer_to_what_is_there() {
    let mut anchors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut problems = Vec::new();
    for path in repository::files(FOLDER, ".md") {
        for target in repository::text(&path).split("](").skip(1).filter_map(|it| it.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = match file.strip_prefix("../") {
                Some(above) => format!("docs/{above}"),
                None => format!("{FOLDER}{file}"),
            };
            if !repository::root().join(&file).is_file() {
                problems.push(format!("{path}: there is no {target}"));
                continue;
            }
            let known = anchors.entry(file.clone()).or_insert_with(|| headings(&repository::text(&file)));
            if !anchor.is_empty() && !known.contains(anchor) {
                problems.push(format!("{path}: {file} has no heading #{anchor}"));
            }
        }
    }
    assert!(anchors.len() > 10, "the links were not found");
    assert_none(&problems);
}

/// The anchors of the headings of a Markdown text.
fn headings(markdown: &str) -> BTreeSet<String> {
    let heading = |line: &str| {
        let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
        Some(kept.to_lowercase().replace(' ', "-"))
    };
    markdown.lines().filter_map(heading).collect()
}

#[test]
fn the_tables_of_the_references_link_every_page_of_the_loader() {
    let tables = ["docs/RULES.md", "docs/BULK-RULES.md"].map(repository::text).concat();
    let missing: Vec<_> = loader_codes()
        .into_keys()
        .filter(|code| !tables.contains(&format!("\n| [`{code}`](diagnostics/{code}.md) | ")))
        .map(|code| format!("no reference links the page of {code}"))
        .collect();
    assert_none(&missing);
}

#[test]
fn the_command_knows_every_page() {
    let pages = pages();
    let path = "crates/review/src/diagnostics.rs";
    let source = repository::text(path);
    let (open, close) = ("const PAGES: &[(&str, &str)] = &[\n", "];\n");
    let begin = source.find(open).expect("the catalogue begins as it does") + open.len();
    let end = begin + source[begin..].find(close).expect("the catalogue ends");
    let row = |code: &String| format!("    (\"{code}\", include_str!(\"../../../{FOLDER}{code}.md\")),\n");
    let rows: String = pages.keys().map(row).collect();
    assert_none(&Vec::from_iter(
        compare(path, &format!("{}{rows}{}", &source[..begin], &source[end..])).err(),
    ));
    if !repository::updating() {
        assert!(diagnostics::codes().eq(pages.keys().map(String::as_str)), "the catalogue is not the folder");
        for (code, page) in &pages {
            assert_eq!(diagnostics::page(code), Some(page.as_str()), "{code}");
        }
    }
}
