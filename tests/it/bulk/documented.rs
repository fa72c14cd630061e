//! What `docs/BULK.md` and the pages of the connectors say is so: codes are listed, rules load, examples are what
//! comes of them.

use std::collections::BTreeSet;

use vizard_bulk::task::{Options, Origin};
use vizard_sanitizer::bulk::{BulkRules, is_bulk};
use vizard_tests::repository::{self, assert_none, blocks, compare};

use super::cases::hash;
use super::examples::connectors;
use super::{loaded, made};

const PAGE: &str = "docs/BULK.md";

/// Codes of failures, of rows that are set aside and of warnings: words with hyphens that the source gives names to.
#[test]
fn every_code_of_a_file_is_listed() {
    let listed = repository::text(PAGE);
    let mut codes = BTreeSet::new();
    let rules = ["records.rs", "columnar/bind.rs", "columnar/unbound.rs"];
    let rules = rules.map(|it| format!("crates/sanitizer/src/bulk/{it}"));
    for path in repository::files("crates/bulk/src", ".rs").into_iter().chain(rules) {
        if path.contains("/tests") {
            continue;
        }
        let text = repository::text(&path);
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for word in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            let is_code = word.len() > 1
                && word.contains('-')
                && !word.ends_with('-')
                && word.bytes().all(|c| c.is_ascii_lowercase() || c == b'-' || c.is_ascii_digit());
            codes.extend(is_code.then(|| word.to_owned()));
        }
    }
    let missing: Vec<_> = codes.iter().filter(|it| !listed.contains(&format!("`{it}`"))).collect();
    assert!(codes.len() > 15, "the codes were not found: {codes:?}");
    assert_eq!(missing, [] as [&String; 0], "not in {PAGE}");
    // And none that is gone.
    let (_, section) = listed.split_once("\n## Codes\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let named = rows.flat_map(|cell| cell.trim_matches('`').split("`, `"));
    // Those of records are the engine's, and hosts and clouds have some of their own.
    let bodies = repository::text("docs/RULES.md");
    let crates = repository::files("crates", ".rs");
    let sources: String = crates.iter().map(|path| repository::text(path)).collect();
    let is_body = |code: &str| bodies.contains(&format!("`{code}`"));
    let known = |code: &str| is_body(code) || sources.contains(&format!("\"{code}\""));
    let stale: Vec<_> = named.filter(|it| it.contains('-') && !it.contains(' ') && !known(it)).collect();
    assert_eq!(stale, [] as [&str; 0], "in {PAGE}, and nowhere in the source");
}

#[test]
fn every_connector_of_files_has_a_page_that_shows_its_rules_and_joins() {
    for connector in connectors() {
        let name = &connector.name;
        let page = repository::text(&format!("docs/sources/{name}/README.md"));
        let rules = repository::text(&format!("rules/{name}/rules.yaml"));
        for part in ["\n## Joining\n", &format!("rules/{name}/rules.yaml"), "BULK.md"] {
            assert!(page.contains(part), "{name}: {part}");
        }
        // Columns that must be there are in the page, by name.
        let required = rules.split("columnsToPseudonymize:\n").nth(1).unwrap();
        for line in required.lines().take_while(|line| line.starts_with("  - ")) {
            let column = line.trim_start_matches("  - ").trim_matches('"');
            assert!(page.contains(&format!("`{column}`")), "{name}: {column}");
        }
    }
    // The hashes that the pages show are those of the people that they name.
    for (page, identifier) in [
        ("hris", "LO-10441"),
        ("hris", "mirela.okonjo-strand@lumen-orchard.example"),
        ("zoom-ai-metrics", "mirela.okonjo-strand@lumen-orchard.example"),
    ] {
        let page = repository::text(&format!("docs/sources/{page}/README.md"));
        assert!(page.contains(identifier));
        assert_eq!(page.matches(&hash(identifier)).count(), 2, "{identifier}");
    }
}

/// Blocks of rules with `vizard bulk` in mind load like any other; a page about files has some.
#[test]
fn the_pages_about_files_show_rules() {
    let pages = connectors().into_iter().map(|it| format!("docs/sources/{}/README.md", it.name));
    let mut shown = 0;
    for page in pages.chain([PAGE.to_owned()]) {
        for (line, block) in blocks(&repository::text(&page), "yaml") {
            assert!(is_bulk(&block), "{page}, block at line {line}");
            BulkRules::load(&page, &block)
                .unwrap_or_else(|found| panic!("{page}, block at line {line}: {found}"));
            shown += 1;
        }
    }
    assert!(shown > 4, "only {shown} blocks");
}

/// The example of the page is what comes out; `UPDATE=1` writes it.
#[test]
fn the_example_of_the_page_is_what_comes_of_it() {
    let mut page = repository::text(PAGE);
    let block = |language: &str| blocks(&page, language).remove(0).1;
    let rules = loaded(PAGE, &block("yaml"));
    let origin = Origin { path: "people.csv", content_type: None };
    let file = rules.for_path(origin.path).unwrap();
    let made = made(file, origin, block("csv before").as_bytes(), &Options::default()).unwrap();
    let open = "```csv after\n";
    let begin = page.find(open).unwrap() + open.len();
    let end = begin + page[begin..].find("```").unwrap();
    page.replace_range(begin..end, &String::from_utf8(made.output).unwrap());
    assert_none(&compare(PAGE, &page).err().into_iter().collect::<Vec<_>>());
}
