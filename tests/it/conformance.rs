//! The two grammars, as tables of our own: JSON as RFC 8259 has it, and rule files.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use vizard_proxy::prebuilt;
use vizard_sanitizer::bulk::BulkRules;
use vizard_sanitizer::extends::resolve;
use vizard_sanitizer::{Call, Diagnostics, Options, RuleSet, Severity};
use vizard_tests::keys;
use vizard_tests::repository::{self, assert_none, compare};

/// What is JSON, and how it is written again: compact, scalars in the source's spelling.
const ACCEPTED: &[(&str, &str)] = &[
    ("null", "null"),
    ("true", "true"),
    (" \t\r\n false \t\r\n ", "false"),
    ("0", "0"),
    ("-0", "-0"),
    ("-0.0e-0", "-0.0e-0"),
    ("1.10", "1.10"),
    ("1E400", "1E400"),
    ("1e+2", "1e+2"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
    (r#""""#, r#""""#),
    (r#""\"\\\/\b\f\n\r\t""#, r#""\"\\\/\b\f\n\r\t""#),
    (r#""\u0041\u00e9\u20ac é""#, r#""\u0041\u00e9\u20ac é""#),
    (r#""\ud83c\udf50""#, r#""\ud83c\udf50""#),
    (r#""\uD83C\uDF50""#, r#""\uD83C\uDF50""#),
    ("\"\u{7f}\u{2028}\u{feff}\"", "\"\u{7f}\u{2028}\u{feff}\""),
    (r#""\u0000\u001f""#, r#""\u0000\u001f""#),
    ("[]", "[]"),
    ("[ ]", "[]"),
    ("[1,[2,[3]],{}]", "[1,[2,[3]],{}]"),
    ("{}", "{}"),
    (r#"{ "" : 0 }"#, r#"{"":0}"#),
    (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#),
    (r#"{"a":1,"\u0061":2}"#, r#"{"a":2}"#),
    (r#"{"\u0061":1}"#, r#"{"\u0061":1}"#),
    (r#"{"b":1,"a":{"d":null,"c":[true]}}"#, r#"{"b":1,"a":{"d":null,"c":[true]}}"#),
    // Several documents, one after the other: NDJSON or just concatenated.
    ("{}\n{}\n", "{}\n{}"),
    ("{}{}", "{}\n{}"),
    ("1 2", "1\n2"),
];

/// What is not JSON, with the code of the refusal.
const REFUSED: &[(&[u8], &str)] = &[
    (b"[", "json-syntax"),
    (b"]", "json-syntax"),
    (b"[1", "json-syntax"),
    (b"[1,]", "json-syntax"),
    (b"[,1]", "json-syntax"),
    (b"[1 2]", "json-syntax"),
    (b"[1;2]", "json-syntax"),
    (b"{", "json-syntax"),
    (b"{\"a\"}", "json-syntax"),
    (b"{\"a\":}", "json-syntax"),
    (b"{\"a\":1,}", "json-syntax"),
    (b"{\"a\" 1}", "json-syntax"),
    (b"{a:1}", "json-syntax"),
    (b"{1:1}", "json-syntax"),
    (b"{'a':1}", "json-syntax"),
    (b"{\"a\":1]", "json-syntax"),
    (b"nul", "json-syntax"),
    (b"nulll", "json-syntax"),
    (b"Null", "json-syntax"),
    (b"NaN", "json-syntax"),
    (b"Infinity", "json-syntax"),
    (b"-", "json-syntax"),
    (b"+1", "json-syntax"),
    (b"01", "json-syntax"),
    (b"-01", "json-syntax"),
    (b"1.", "json-syntax"),
    (b".5", "json-syntax"),
    (b"1e", "json-syntax"),
    (b"1e+", "json-syntax"),
    (b"0x1", "json-syntax"),
    (b"1_000", "json-syntax"),
    (b"\"", "json-syntax"),
    (b"\"\\\"", "json-syntax"),
    (b"\"\\x41\"", "json-syntax"),
    (b"\"\\u12\"", "json-syntax"),
    (b"\"\\u12g4\"", "json-syntax"),
    (b"\"\t\"", "json-syntax"),
    (b"\"\n\"", "json-syntax"),
    (b"\"\x00\"", "json-syntax"),
    (b"// comment\n1", "json-syntax"),
    (b"/* */ 1", "json-syntax"),
    (b"\x0c1", "json-syntax"),
    (b"\xc2\xa01", "json-syntax"),
    (b"<html></html>", "json-syntax"),
    (b"a,b\n1,2\n", "json-syntax"),
    (b"{} x", "json-syntax"),
    (b"{},{}", "json-syntax"),
    (b"\"\xff\"", "json-utf8"),
    (b"\"\xc3\"", "json-utf8"),
    (b"\"\xc0\xaf\"", "json-utf8"),
    (b"\"\xed\xa0\x80\"", "json-utf8"),
    (b"\"\xf4\x90\x80\x80\"", "json-utf8"),
    (b"{\"\xff\":1}", "json-utf8"),
    (b"\xef\xbb\xbf{}", "json-byte-order-mark"),
    (b"\xff\xfe{\x00}\x00", "json-utf8"),
    (b"\"\\ud800\"", "json-lone-surrogate"),
    (b"\"\\udf50\"", "json-lone-surrogate"),
    (b"\"\\ud83cx\"", "json-lone-surrogate"),
    (b"\"\\ud83c\\u0041\"", "json-lone-surrogate"),
    (b"{\"\\ud800\":1}", "json-lone-surrogate"),
];

/// Sanitizes under an endpoint that keeps everything.
fn keep(body: &[u8]) -> Result<String, &'static str> {
    let rules = RuleSet::load("rules.yaml", "endpoints:\n- pathTemplate: /x\n").unwrap().rules;
    let call = Call { method: "GET", path: "/x", query: None, content_type: None, headers: &[], body: b"" };
    let sanitized = rules.admit(&call).unwrap().sanitize(body, keys::pseudonymizer(), Options::default());
    sanitized.map(|it| String::from_utf8(it.into_body()).unwrap()).map_err(|error| error.code())
}

#[test]
fn json_is_read_strictly_and_written_compactly() {
    for (body, written) in ACCEPTED {
        assert_eq!(keep(body.as_bytes()).as_deref(), Ok(*written), "{body}");
    }
    for (body, code) in REFUSED {
        assert_eq!(keep(body), Err(*code), "{}", body.escape_ascii());
    }
}

#[test]
fn json_has_bounds() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(keep(nested(1000).as_bytes()).is_ok());
    for (body, code) in [
        (nested(1001), "json-depth"),
        (nested(100_000), "json-depth"),
        ("[".repeat(1_000_000), "json-depth"),
        (r#"{"a":"#.repeat(100_000), "json-depth"),
        ("1".repeat(1_000_000), "json-number-length"),
        (format!("[1e{}]", "1".repeat(1_000)), "json-number-length"),
        (format!("0.{}", "0".repeat(1_000_000)), "json-number-length"),
        (format!("{{\"{}\":1}}", "n".repeat(50_001)), "json-name-length"),
        (format!("\"{}\"", "s".repeat(20_000_001)), "json-string-length"),
    ] {
        assert_eq!(keep(body.as_bytes()), Err(code), "{}…", &body[..10]);
    }
}

const EVERY_KEY: &str = "tests/data/every-key.yaml";

#[test]
fn every_key_of_the_grammar_is_accepted() {
    let loaded =
        RuleSet::load(EVERY_KEY, &repository::text(EVERY_KEY)).unwrap_or_else(|found| panic!("{found}"));
    let warnings: Vec<_> = loaded.warnings.iter().map(|it| (it.code, it.place.line)).collect();
    let ignored = |line| ("ignored-key", line);
    assert_eq!(
        warnings,
        [
            ignored(2),                  // defaultScopeIdForSource
            ignored(37),                 // $schema
            ignored(38),                 // title
            ignored(40),                 // required
            ignored(41),                 // additionalProperties
            ignored(42),                 // definitions
            ignored(44),                 // format
            ("text-around-matches", 53), // innerJsonPath
            ignored(54),                 // outputSchema
            ignored(58),                 // fields
            ("keeps-original", 80),
            ("text-around-matches", 96), // jsonPathToProcessWhenEscaped
        ],
        "{}",
        loaded.warnings
    );
    let needs = loaded.rules.needs();
    assert!(needs.encryption_key && needs.ip_encryption_key);
}

const EVERY_KEY_EXTENDED: &str = "tests/data/every-key-extended.yaml";

#[test]
fn every_key_of_a_file_that_extends_another_is_accepted() {
    let resolved = resolve(EVERY_KEY_EXTENDED, &repository::text(EVERY_KEY_EXTENDED), prebuilt::RULES)
        .unwrap_or_else(|found| panic!("{found}"));
    let loaded = RuleSet::load(&resolved.name, &resolved.text).unwrap_or_else(|found| panic!("{found}"));
    assert!(resolved.warnings.is_empty() && loaded.warnings.is_empty(), "{}", loaded.warnings);
    let keys: BTreeSet<_> = resolved.overrides.iter().flat_map(|it| it.keys.iter().copied()).collect();
    assert_eq!(keys.len(), 9, "{keys:?}");
}

/// The keys that `docs/RULES.md` names in its tables and texts are those that the files above use.
#[test]
fn every_documented_key_is_in_the_file_that_uses_every_key() {
    let documentation = repository::text("docs/RULES.md");
    let grammar = documentation.split("\n## Paths\n").next().unwrap();
    assert_eq!(missing_keys(grammar, &repository::text(EVERY_KEY)), BTreeSet::new());
    let extending = documentation.split("\n## Extending shipped rules\n").nth(1).unwrap();
    let extending = extending.split("\n## ").next().unwrap();
    assert!(extending.contains("| `dropFields` |"));
    assert_eq!(missing_keys(extending, &repository::text(EVERY_KEY_EXTENDED)), BTreeSet::new());
}

/// The keys in the first cells of the tables that the file does not use.
fn missing_keys(documentation: &str, used: &str) -> BTreeSet<String> {
    let mut missing = BTreeSet::new();
    for row in documentation.lines().filter(|line| line.starts_with("| `")) {
        let cell = row.split('|').nth(1).unwrap();
        for key in cell.split('`').skip(1).step_by(2) {
            let key = key.split(':').next().unwrap();
            if !used.contains(&format!("{key}:")) && !used.contains(&format!("type: {key}")) {
                missing.insert(key.to_owned());
            }
        }
    }
    missing
}

const WRONG: &str = "tests/data/wrong-rules.txt";
const WRONG_BULK: &str = "tests/data/wrong-bulk-rules.txt";

/// Each wrong form has its code at its place. `UPDATE=1` rewrites the expectations: look at them.
#[test]
fn each_wrong_form_is_told_with_its_code_and_place() {
    let codes = told(WRONG, |yaml| RuleSet::load("rules.yaml", yaml).map(|loaded| loaded.warnings));
    // Those that only a file can cause that extends another.
    let extending = repository::text(crate::extends::CASES);
    let untested: Vec<_> = documented("docs/RULES.md", 40)
        .into_iter()
        .filter(|code| {
            !codes.contains(code.as_str()) && !["yaml-limit", "too-many-fields"].contains(&code.as_str())
        })
        .filter(|code| !extending.contains(&format!("\nerror[{code}]: ")))
        .collect();
    assert_eq!(untested, Vec::<String>::new(), "documented, but in no case");
}

/// The same of rules for files.
#[test]
fn each_wrong_form_of_rules_for_files_is_told_with_its_code_and_place() {
    let codes = told(WRONG_BULK, |yaml| BulkRules::load("rules.yaml", yaml).map(|loaded| loaded.warnings));
    let untested: Vec<_> = documented("docs/BULK-RULES.md", 20)
        .into_iter()
        .filter(|code| !codes.contains(code.as_str()))
        .collect();
    assert_eq!(untested, Vec::<String>::new(), "documented, but in no case");
}

/// Compares what is said of the cases of a file with what stands there, and gives the codes.
fn told(cases: &str, load: impl Fn(&str) -> Result<Diagnostics, Diagnostics>) -> BTreeSet<&'static str> {
    let text = repository::text(cases);
    let mut shown = String::new();
    let mut codes = BTreeSet::new();
    for case in text.split("=== ").skip(1) {
        let (title, yaml) = case.split_once('\n').unwrap();
        let name = title.split(" --> ").next().unwrap().trim();
        let found = load(yaml).unwrap_or_else(|problems| {
            assert!(problems.iter().any(|it| it.severity == Severity::Error), "{name}");
            problems
        });
        assert!(!found.is_empty(), "{name}: nothing is said");
        let places = found.iter().map(|it| {
            codes.insert(it.code);
            let severity = if it.severity == Severity::Error { "error" } else { "warning" };
            // The place is one of the text, or the end of it.
            assert!(it.place.line as usize <= yaml.lines().count() + 1, "{name}");
            format!("{severity} {} {}:{}", it.code, it.place.line, it.place.column)
        });
        let places: Vec<_> = places.collect();
        write!(shown, "=== {name} --> {}\n{yaml}", places.join(", ")).unwrap();
    }
    assert_none(&compare(cases, &shown).err().into_iter().collect::<Vec<_>>());
    codes
}

/// The codes in the table of a page.
fn documented(page: &str, fewest: usize) -> Vec<String> {
    let text = repository::text(page);
    let table = text.split("\n## Diagnostics\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let codes = table.lines().filter_map(|line| line.strip_prefix("| [`")?.split('`').next());
    let codes: Vec<String> = codes.map(str::to_owned).collect();
    assert!(codes.len() > fewest, "the search for codes finds too little: {codes:?}");
    codes
}

#[test]
fn a_rule_file_has_bounds() {
    for yaml in [
        format!("endpoints: {}", "[".repeat(10_000)),
        format!("endpoints: [{}]", "{}, ".repeat(2_000_000)),
        format!("definitions: {}1", "{a: ".repeat(5_000)),
    ] {
        let found = RuleSet::load("rules.yaml", &yaml).unwrap_err();
        let codes: BTreeSet<_> = found.iter().map(|it| it.code).collect();
        assert!(codes.contains("yaml-limit") || codes.contains("yaml-syntax"), "{codes:?}");
    }
}

#[test]
fn a_diagnostic_shows_the_line_and_what_was_probably_meant() {
    let found =
        RuleSet::load("rules.yaml", "endpoints:\n- pathTemplate: /a\n  alowedMethods: [GET]\n").unwrap_err();
    let expected = "error[unknown-key]: `alowedMethods` is not a key of an endpoint\n --> rules.yaml:3:3\n  |\n 3 |   alowedMethods: [GET]\n  |   ^\n  = help: did you mean `allowedMethods`?\n";
    let shown = found.to_string();
    assert!(shown.lines().map(str::trim).eq(expected.lines().map(str::trim)), "{shown}");
}
