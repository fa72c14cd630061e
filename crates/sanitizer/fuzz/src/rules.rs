//! Any text as a rule file.

use vizard_sanitizer::extends::{Shipped, resolve};
use vizard_sanitizer::{Admitted, Call, Diagnostics, Options, RuleSet, Severity};

use super::both::{KEYS, sanitize};
use super::oracle::is_json;

/// Calls that rule files of all sorts may admit, beside one that is made of each template.
const CALLS: [(&str, &str, Option<&str>, &[u8]); 5] = [
    ("GET", "/v2/users/7", None, b""),
    ("GET", "/v2/users/nora%40lumen-orchard.example/items", Some("from=2025-01-31&page_size=30"), b""),
    ("POST", "/v2/search", None, br#"{"user":"nora","limit":3,"tags":["a",1,null]}"#),
    ("DELETE", "/x", Some("a=b;c"), b""),
    ("GET", "/", Some("p~"), b""),
];

const BODY: &[u8] =
    br#"{"id":7,"name":"Nora Quill","email":"nora@lumen-orchard.example","note":"call 555 0100",
"users":[{"id":"a","kind":"joined","at":"2025-01-31","n":1e3},{"email":"Ben <ben@lumen-orchard.example>"}],
"ip":"10.0.0.1","card":"{\"text\":\"Hi\"}","list":[1,[2,{"a":null}],true]}
{"id":"x"} [1,2]"#;

/// What files extend as `tea@1`.
const BASE: Shipped<'static> =
    Shipped { source: "tea", text: include_str!("../../../../tests/data/extended-base.yaml") };

/// A rule file is refused with words about places in it, or compiles to rules that run.
pub fn rules(data: &[u8]) {
    let Ok(yaml) = str::from_utf8(data) else { return };
    match resolve("rules.yaml", yaml, &[BASE]) {
        Err(problems) => {
            assert!(problems.iter().any(|it| it.severity == Severity::Error), "refused without an error");
            assert_places(&problems, yaml);
        }
        Ok(resolved) => {
            assert!(resolved.base.is_some() || resolved.text == yaml);
            assert!(resolved.widened.is_empty() || resolved.reason.is_some());
            assert_places(&resolved.warnings, yaml);
            load(&resolved.text);
        }
    }
}

fn load(yaml: &str) {
    match RuleSet::load("rules.yaml", yaml) {
        Err(problems) => {
            assert!(problems.iter().any(|it| it.severity == Severity::Error), "refused without an error");
            assert_places(&problems, yaml);
        }
        Ok(loaded) => {
            assert!(
                loaded.warnings.iter().all(|it| it.severity == Severity::Warning),
                "accepted with an error"
            );
            assert_places(&loaded.warnings, yaml);
            run(&loaded.rules);
        }
    }
}

/// Every problem stands in the file, and can be printed.
fn assert_places(problems: &Diagnostics, yaml: &str) {
    let lines = yaml.split(['\n', '\r']).count() as u32;
    for problem in problems.iter() {
        let place = problem.place;
        assert!(
            (1..=lines + 1).contains(&place.line) && place.column >= 1,
            "{place:?} of {lines}: {problems}"
        );
        assert!(!problem.message.is_empty());
    }
    assert_eq!(problems.to_string().is_empty(), problems.is_empty());
}

fn run(rules: &RuleSet) {
    for (method, path, query, body) in CALLS {
        try_call(rules, &Call { method, path, query, content_type: None, headers: &[("Prefer", "a")], body });
    }
    for label in rules.endpoints().take(8) {
        for method in ["GET", "POST"] {
            let path = filled(label);
            try_call(
                rules,
                &Call { method, path: &path, query: None, content_type: None, headers: &[], body: b"" },
            );
        }
    }
}

fn try_call(rules: &RuleSet, call: &Call<'_>) {
    match rules.admit(call) {
        Err(refusal) => assert!(!refusal.code().is_empty() && !refusal.to_string().is_empty()),
        Ok(admitted) => {
            if let Ok(outbound) = admitted.outbound(&KEYS) {
                assert!(outbound.path.starts_with('/'));
            }
            answer(&admitted);
        }
    }
}

/// The rules may be such that a transform writes too much, but never such that the body is not read.
fn answer(admitted: &Admitted<'_>) {
    match sanitize(admitted, BODY, &KEYS, Options::default()) {
        Ok(sanitized) => assert!(is_json(sanitized.body())),
        Err(refusal) => assert_eq!(refusal.code(), "output-length"),
    }
}

/// A template with `7` for each parameter.
fn filled(template: &str) -> String {
    let mut parts = template.split('{');
    let mut path = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        path.push('7');
        path.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    path
}
