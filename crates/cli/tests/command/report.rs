//! `vizard report`: the page of the shipped rules and of rules that extend them.

use std::fs;
use std::path::Path;

use crate::run::vizard;

const ZOOM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/zoom/rules.yaml");

/// The page that is written for a rule file.
fn page(rules: &str, folder: &Path) -> String {
    let output = folder.join("review.html");
    let ended = vizard(&["report", rules, "-o", output.to_str().unwrap()]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
    assert!(ended.stderr.contains("review.html: "), "{}", ended.stderr);
    fs::read_to_string(output).unwrap()
}

#[test]
fn shows_the_shipped_rules_with_everything_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let first = page(ZOOM, folder.path());
    assert_eq!(first, page(ZOOM, folder.path()));
    assert_eq!(first, vizard(&["report", ZOOM, "-o", "-"]).run().stdout);
    for part in [
        "<b>Zoom</b>",
        "<dt>Version</dt><dd>1.0</dd>",
        "<dt>Findings</dt><dd>0 open findings, ",
        "<code>user:read:list_<wbr>users:admin</code>",
        "finds the people whose meetings are to be counted",
    ] {
        assert!(first.contains(part), "{part}");
    }
    assert_eq!(first.matches("<section class=\"endpoint\"").count(), 13);
}

#[test]
fn says_what_a_file_takes_over_and_changes() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yaml");
    let text = "extends: zoom@1\nallowWidening: \"the trial of March needs POST\"\noverrides:\n- pathTemplate: /v2/users\n  allowedMethods: [GET, POST]\n- pathTemplate: /v2/users/{userId}\n  dropFields: [\"$.dept\"]\n";
    fs::write(&rules, text).unwrap();
    let page = page(rules.to_str().unwrap(), folder.path());
    for part in [
        "<dt>Inheritance</dt><dd>extends <code>zoom</code> version 1.0, SHA-256 ",
        "line 6: overrides <code>dropFields</code> of <code>/v2/users/{userId}</code>",
        "line 5: lets out more: ",
        "the author&apos;s reason for letting out more: the trial of March needs POST",
        "<b>Zoom</b>",
    ] {
        let unbroken = page.replace("<wbr>", "");
        assert!(unbroken.contains(part), "{part}");
    }
}

#[test]
fn writes_nothing_when_the_rules_are_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules.yaml");
    fs::write(&rules, "endpoints: 1\n").unwrap();
    let output = folder.path().join("review.html");
    let ended = vizard(&["report", rules.to_str().unwrap(), "-o", output.to_str().unwrap()]).run();
    assert_eq!(ended.code, 78, "{}", ended.stderr);
    assert!(!output.exists());
    let ended = vizard(&["report", ZOOM, "-o", "/nowhere/review.html"]).run();
    assert_eq!(ended.code, 74, "{}", ended.stderr);
}
