//! The documentation says what the code does: rule blocks load, example tables show what the examples of the
//! code show, tables of codes list the codes of the source.

use std::collections::{BTreeMap, BTreeSet};

use vizard_proxy::prebuilt;
use vizard_sanitizer::bulk::{BulkRules, is_bulk};
use vizard_sanitizer::extends::resolve;
use vizard_sanitizer::{Example, RuleSet, examples};
use vizard_tests::repository::{self, assert_none, blocks, compare};

use crate::diagnostics::loader_codes;

const RULES: &str = "docs/RULES.md";
const BULK_RULES: &str = "docs/BULK-RULES.md";

#[test]
fn every_yaml_block_loads_as_a_rule_file() {
    let mut problems = Vec::new();
    let mut count = 0;
    let texts = repository::files("docs", ".md").into_iter().chain(["README.md".to_owned()]);
    for path in texts {
        for (line, block) in blocks(&repository::text(&path), "yaml") {
            count += 1;
            let name = format!("{path}, block at line {line}");
            let loaded = if is_bulk(&block) {
                BulkRules::load(&name, &block).map(drop)
            } else {
                resolve(&name, &block, prebuilt::RULES)
                    .and_then(|resolved| RuleSet::load(&resolved.name, &resolved.text).map(drop))
            };
            problems.extend(loaded.err().map(|found| found.to_string()));
        }
    }
    assert!(count > 0, "no documentation shows a rule file");
    assert_none(&problems);
}

#[test]
fn the_tables_of_examples_show_the_examples_of_the_code() {
    let mut text = repository::text(RULES);
    for (name, examples) in examples() {
        let (open, close) = (format!("<!-- examples:{name} -->\n"), "<!-- /examples -->");
        let begin =
            text.find(&open).unwrap_or_else(|| panic!("{RULES} has no table for {name}")) + open.len();
        let end =
            begin + text[begin..].find(close).unwrap_or_else(|| panic!("the table of {name} does not end"));
        text.replace_range(begin..end, &table(examples));
    }
    assert_eq!(
        text.matches("<!-- examples:").count(),
        examples().count(),
        "a table has a name of no transform"
    );
    assert_none(&compare(RULES, &text).err().into_iter().collect::<Vec<_>>());
}

fn table(examples: &[Example]) -> String {
    let mut table = "\n| | rule | before | after |\n|---|---|---|---|\n".to_owned();
    for Example { about, rule, before, after } in examples {
        let row = format!("| {} | {} | {} | {} |\n", about, code(rule), code(before), code(after));
        table.push_str(&row);
    }
    table.push('\n');
    table
}

/// Code in a cell of a table: no bar may end the cell, no backtick the code.
fn code(text: &str) -> String {
    let line = text.split('\n').map(str::trim).collect::<Vec<_>>().join(" ").replace('|', "\\|");
    if line.contains('`') { format!("`` {line} ``") } else { format!("`{line}`") }
}

#[test]
fn the_table_of_diagnostics_lists_the_codes_of_the_source() {
    let mut documented: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for cells in rows(RULES, "Diagnostics").into_iter().chain(rows(BULK_RULES, "Diagnostics")) {
        let kinds = ["error", "warning"].into_iter().filter(|kind| cells[1].contains(kind));
        let before = documented.insert(cells[0].clone(), kinds.collect());
        assert_eq!(before, None, "{} is listed twice", cells[0]);
    }
    let source = loader_codes();
    assert_eq!(documented, source);
}

#[test]
fn the_table_of_refusals_lists_the_codes_of_the_source_with_their_status() {
    let text = repository::text("crates/sanitizer/src/request/refusal.rs");
    let source: BTreeMap<String, &str> = text
        .split("=> (\"")
        .skip(1)
        .map(|row| {
            let (code, rest) = row.split_once('"').unwrap();
            let cause = rest.trim_start_matches([',', ' ']).split(',').next().unwrap();
            let status = match cause {
                "Blocked" => "403",
                "Invalid" | "Cause::BodyNotAllowed" => "400",
                "Cause::TokenInvalid" => "409",
                "Cause::FailedToBuildUrl" => "500",
                other => panic!("{code} has an unknown cause {other}"),
            };
            (code.to_owned(), status)
        })
        .collect();
    assert!(source.len() > 15, "the search for codes finds too little: {source:?}");
    let rows = rows(RULES, "Refusals");
    let documented: BTreeMap<String, &str> =
        rows.iter().map(|cells| (cells[0].clone(), cells[1].as_str())).collect();
    assert_eq!(documented, source);
}

#[test]
fn the_table_of_unsanitizable_bodies_lists_the_codes_of_the_source() {
    let text = repository::text("crates/sanitizer/src/unsanitizable.rs");
    let (_, code) = text.split_once("fn code(").unwrap();
    let (code, _) = code.split_once("fn offset(").unwrap();
    let source: BTreeSet<&str> =
        code.split("=> \"").skip(1).filter_map(|arm| arm.split('"').next()).collect();
    assert!(source.len() > 5, "the search for codes finds too little: {source:?}");
    let rows = rows(RULES, "Unsanitizable bodies and warnings");
    let documented: BTreeSet<&str> = rows.iter().map(|cells| cells[0].as_str()).collect();
    assert_eq!(documented, source);
}

/// The rows of the first table below a heading, without backticks, and without the link around a whole cell.
fn rows(page: &str, heading: &str) -> Vec<Vec<String>> {
    let text = repository::text(page);
    let section =
        text.split(&format!("\n## {heading}\n")).nth(1).unwrap_or_else(|| panic!("no section {heading}"));
    let section = section.split("\n## ").next().unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| unlinked(cell.trim()).trim_matches('`').to_owned()).collect()
        })
        .collect()
}

/// The text of a link, where a cell is nothing else.
fn unlinked(cell: &str) -> &str {
    let link = cell.strip_prefix('[').and_then(|it| it.strip_suffix(')')).and_then(|it| it.split_once("]("));
    link.map_or(cell, |(text, _)| text)
}
