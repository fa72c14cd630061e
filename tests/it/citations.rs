//! What the documentation cites exists: the tests that hold its promises, the codes that callers may see, the
//! settings that can be set.

use std::collections::BTreeSet;

use vizard_tests::repository;

#[test]
fn every_cited_test_exists() {
    let sources = sources(&["crates", "tests"]);
    let mut cited = BTreeSet::new();
    for path in ["docs/THREATS.md", "docs/COMPATIBILITY.md"] {
        let text = repository::text(path);
        let cells = text
            .lines()
            .filter_map(|line| line.strip_prefix("| ")?.trim_end_matches(" |").rsplit(" | ").next());
        cited.extend(cells.flat_map(quoted).filter(|it| it.contains('_') && is(it, b"_")));
    }
    let missing: Vec<_> = cited.iter().filter(|it| !sources.contains(&format!("fn {it}("))).collect();
    assert!(cited.len() > 100, "the citations were not found");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_code_that_callers_may_see_is_listed() {
    let listed = repository::text("docs/ERRORS.md");
    let mut codes = BTreeSet::new();
    for path in [
        "crates/proxy/src/error.rs",
        "crates/server/src/refuse.rs",
        "crates/server/src/exchange.rs",
        "crates/lambda/src/refuse.rs",
    ] {
        let text = repository::text(path);
        let code = text.split("\nmod tests").next().unwrap_or_default();
        let words = code.split('"').filter(|it| it.contains('-') && is(it, b"-"));
        codes.extend(words.filter(|it| !it.starts_with("x-")).map(str::to_owned));
    }
    let missing: Vec<_> = codes.iter().filter(|it| !listed.contains(&format!("`{it}`"))).collect();
    assert!(codes.len() > 20, "the codes were not found");
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_documented_setting_is_read() {
    let sources = sources(&[
        "crates/proxy/src",
        "crates/aws/src",
        "crates/gcp/src",
        "crates/lambda/src",
        "crates/server/src",
        "crates/cli/src",
    ]);
    let text = repository::text("docs/SETTINGS.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let names: BTreeSet<&str> = rows.map(|(name, _)| name).filter(|it| is_upper(it)).collect();
    let missing: Vec<_> = names.iter().filter(|it| !sources.contains(&format!("\"{it}\""))).collect();
    assert!(names.len() > 15, "the settings were not found");
    assert!(missing.is_empty(), "{missing:?}");
}

fn sources(folders: &[&str]) -> String {
    let files = folders.iter().flat_map(|folder| repository::files(folder, ".rs"));
    files.map(|file| repository::text(&file)).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

fn is(word: &str, besides: &[u8]) -> bool {
    !word.is_empty()
        && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || besides.contains(&c))
}

fn is_upper(word: &str) -> bool {
    word.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}
