//! Any text as a JSON path of a rule file.

use std::fmt::Write;

use vizard_sanitizer::{Call, Diagnostics, Options, RuleSet};

use super::both::{KEYS, sanitize};
use super::oracle::is_json;

/// A document with something of every kind, for paths to reach.
const BODY: &[u8] = br#"{
  "id": 7, "name": "Nora Quill", "email": "nora@lumen-orchard.example", "on": true, "gone": null, "n": 1.50,
  "a": {"a": {"a": [1, [2, [3]]], "b": "x"}, "b": [{"a": 1}, {"b": "y"}]},
  "b": [], "c": {}, "users[*]": 1, "a.b": 2, "": 3, "\u00e9": "\ud83d\ude42",
  "list": [{"type": "x", "v": 1, "n": -1}, {"type": "y", "v": "2"}, "text", 3, [4, 5], null],
  "card": "{\"text\": \"Hi Ada\", \"list\": [{\"a\": \"b\"}, 1]}"
}"#;

/// Where a rule file may hold a path; `PATH` stands for it.
const PLACES: [&str; 6] = [
    "transforms: [!<redact> {jsonPaths: [PATH]}]",
    "responseSchema: {properties: {name: {}, a: {properties: {a: {}, b: {}}}, list: {items: {properties: {v: {}}}}}}
  transforms: [!<textDigest> {jsonPaths: [PATH, $.name]}, !<redact> {jsonPaths: [$.list, PATH]}]",
    "transforms: [!<pseudonymize> {jsonPaths: ['$.id', PATH, '$..b'], includeReversible: true}]",
    "transforms: [!<textDigest> {jsonPaths: ['$..a', '$.name'], applyOnlyWhen: PATH}]",
    "transforms: [!<textDigest> {jsonPaths: [$.card], isJsonEscaped: true, jsonPathToProcessWhenEscaped: PATH}]",
    "augments: [!<textDigest> {jsonPaths: [PATH, $.card]}]",
];

/// A path is refused with words about it, or runs; both executors agree about what it reaches.
pub fn path(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let path = quoted(text);
    for place in PLACES {
        let yaml = format!("endpoints:\n- pathTemplate: /x\n  {}\n", place.replace("PATH", &path));
        match RuleSet::load("path.yaml", &yaml) {
            Ok(loaded) => run(&loaded.rules),
            Err(problems) => {
                assert_about_the_path(&problems);
                if place == PLACES[0] {
                    // The other places would say the same once more.
                    return;
                }
            }
        }
    }
}

/// The text as YAML in double quotes, whatever it holds.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' '..='~' if c != '"' && c != '\\' => out.push(c),
            _ => write!(out, "\\U{:08X}", c as u32).expect("writing to a string cannot fail"),
        }
    }
    out + "\""
}

fn assert_about_the_path(problems: &Diagnostics) {
    assert!(!problems.is_empty());
    for problem in problems.iter() {
        assert!(!problem.code.starts_with("yaml-"), "{problems}");
        assert!((3..=4).contains(&problem.place.line), "{problems}");
    }
}

fn run(rules: &RuleSet) {
    let call = Call { method: "GET", path: "/x", query: None, content_type: None, headers: &[], body: b"" };
    let admitted = rules.admit(&call).expect("the endpoint is listed");
    for body in [BODY, b"[[1,[2]],{\"a\":[{}]}] \"text\" 1\n null"] {
        let sanitized = sanitize(&admitted, body, &KEYS, Options::default()).expect("the body is JSON");
        assert!(is_json(sanitized.body()));
    }
}
