//! `vizard test`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::run::{Ended, vizard};

const RULES: &str = "\
endpoints:
- pathTemplate: /v2/people
  allowedMethods: [GET]
  allowedQueryParams: [page]
  responseSchema: {properties: {people: {items: {properties: {id: {type: string}, email: {type: string}, zone: {type: string}}}}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [\"$.people[*].id\"], includeReversible: true}
  - !<pseudonymize> {jsonPaths: [\"$.people[*].email\"]}
- pathTemplate: /v2/people/{id}
  allowedMethods: [GET]
  allowedQueryParams: []
  pathParameterSchemas: {id: {format: reversible-pseudonym}}
  responseSchema: {properties: {zone: {type: string}}}
";
const EXAMPLES: &str = "- {name: people, method: GET, url: \"/v2/people?page=1\", original: people.json}\n";
const PEOPLE: &str = r#"{"people":[{"id":"7","email":"alice@acme.com","zone":"Oslo","phone":"555"}]}"#;

/// A folder with rules and an example, which is kept.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        fs::create_dir(desk.path("original")).unwrap();
        desk.put("rules.yaml", RULES);
        desk.put("examples.yaml", EXAMPLES);
        desk.put("original/people.json", PEOPLE);
        assert_eq!(desk.test(&["--update", "--no-canaries"]).code, 0);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn test(&self, more: &[&str]) -> Ended {
        vizard(&[&["test", self.0.path().to_str().unwrap()], more].concat()).run()
    }

    /// The codes of all findings but notes, and how it ended.
    fn codes(&self, more: &[&str]) -> (i32, Vec<String>) {
        let ended = self.test(&[&["--format", "json"], more].concat());
        let report: Value = serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", ended.stdout, ended.stderr));
        let findings = report["findings"].as_array().unwrap().iter();
        let counting = findings.filter(|it| it["level"] != "note");
        let mut codes: Vec<String> = counting.map(|it| it["code"].as_str().unwrap().to_owned()).collect();
        codes.dedup();
        (ended.code, codes)
    }
}

fn owned(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|it| (*it).to_owned()).collect()
}

#[test]
fn the_shipped_rules_pass_with_canaries_in_every_place() {
    let ended =
        vizard(&["test", concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/zoom"), "--format", "json"]).run();
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(report["tally"]["errors"], 0);
    assert_eq!(report["coverage"]["tally"]["endpoints"], serde_json::json!([13, 13]));
    let number = |name: &str| report["canaries"][name].as_u64().unwrap();
    assert_eq!(number("endpoints"), 13);
    assert!(number("planted") > 10_000 && number("answers") > 400, "{}", report["canaries"]);
    // Kept fields are kept, or else nothing was tried.
    assert!(number("kept") > 500, "{}", report["canaries"]);
}

#[test]
fn a_folder_of_its_own_is_enough() {
    let desk = Desk::new();
    let kept = fs::read_to_string(desk.path("sanitized/people.json")).unwrap();
    assert!(kept.contains("\"zone\": \"Oslo\"") && !kept.contains("555"), "{kept}");
    let ended = desk.test(&[]);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("/v2/people/{id}"), "{}", ended.stdout);
    assert!(ended.stdout.contains("nothing leaked"), "{}", ended.stdout);
    assert!(ended.stdout.ends_with("1 note\n"), "{}", ended.stdout);
    for line in ended.stdout.lines().filter(|line| !line.contains("rules.yaml")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    // A rule file alone can be tried, too.
    let alone = vizard(&["test", desk.path("rules.yaml").to_str().unwrap(), "--no-canaries"]).run();
    assert_eq!(alone.code, 0);
}

#[test]
fn what_becomes_something_else_fails_until_it_is_kept() {
    let desk = Desk::new();
    desk.put("rules.yaml", &RULES.replacen(", zone: {type: string}", "", 1));
    let ended = desk.test(&["--no-canaries", "--format", "compact"]);
    assert_eq!(ended.code, 1);
    assert!(ended.stdout.contains("error[golden-differs]"), "{}", ended.stdout);
    assert!(ended.stdout.contains("`$.people[*].zone` is gone"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("Oslo"), "{}", ended.stdout);
    assert_eq!(desk.codes(&["--update", "--no-canaries"]), (0, vec![]));
    assert_eq!(desk.codes(&["--no-canaries"]), (0, vec![]));
    fs::remove_file(desk.path("sanitized/people.json")).unwrap();
    desk.put("original/other.json", "{}");
    assert_eq!(desk.codes(&["--no-canaries"]), (1, owned(&["golden-differs", "file-unused"])));
}

#[test]
fn cases_are_tried() {
    let desk = Desk::new();
    desk.put(
        "tests.yaml",
        "- {name: all, method: GET, url: /v2/people, expect: admitted}\n\
         - {name: one, method: GET, url: /v2/people/alice, expect: refused, code: path-parameter-invalid}\n",
    );
    assert_eq!(desk.codes(&["--no-canaries"]), (0, vec![]));
    desk.put("tests.yaml", "- {name: all, method: GET, url: /v2/people, expect: refused}\n");
    assert_eq!(desk.codes(&["--no-canaries"]), (1, owned(&["case-failed"])));
    desk.put("tests.yaml", "- {name: all, method: GET, url: v2, expects: refused}\n");
    let ended = desk.test(&[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    for mistake in ["`expect` is missing", "did you mean `expect`?", "begins with `/`"] {
        assert!(ended.stderr.contains(mistake), "{}", ended.stderr);
    }
}

#[test]
fn coverage_is_compared_exactly() {
    let desk = Desk::new();
    // One endpoint of two, three fields of four, two transforms of two: 6 of 8.
    assert_eq!(desk.codes(&["--no-canaries", "--min-coverage", "75"]), (0, vec![]));
    let (code, codes) = desk.codes(&["--no-canaries", "--min-coverage", "75.000001"]);
    assert_eq!((code, codes), (1, owned(&["coverage-below-threshold", "endpoint-untested"])));
    assert_eq!(desk.test(&["--min-coverage", "101"]).code, 64);
}

#[test]
fn what_was_not_signed_off_is_a_leak() {
    let desk = Desk::new();
    desk.put("signed.yaml", RULES);
    let signed = desk.path("signed.yaml");
    let against = ["--against", signed.to_str().unwrap()];
    assert_eq!(desk.codes(&against), (0, vec![]));
    for (written, instead, field) in [
        // A transform is missing.
        ("  - !<pseudonymize> {jsonPaths: [\"$.people[*].email\"]}\n", "", "$.people[*].email"),
        // Something is listed that was not.
        ("zone: {type: string}}}}}}", "zone: {type: string}, note: {type: string}}}}}}", "$.people[*].note"),
        // The schema is gone.
        ("  responseSchema: {properties: {zone: {type: string}}}\n", "", "$.*"),
    ] {
        let changed = RULES.replacen(written, instead, 1);
        assert_ne!(changed, RULES);
        desk.put("rules.yaml", &changed);
        desk.test(&["--update", "--no-canaries"]);
        // As it says itself, nothing leaks.
        assert_eq!(desk.codes(&[]), (0, vec![]), "{field}");
        let ended = desk.test(&[&["--format", "compact"], against.as_slice()].concat());
        assert_eq!(ended.code, 3, "{}", ended.stdout);
        assert!(ended.stdout.contains("error[leak]") && ended.stdout.contains(field), "{}", ended.stdout);
        assert!(!ended.stdout.contains("Zq00"), "{}", ended.stdout);
    }
}

#[test]
fn fields_of_a_description_hold_canaries_too() {
    let desk = Desk::new();
    let planted = |more: &[&str]| {
        let ended = desk.test(&[&["--format", "json"], more].concat());
        assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
        let report: Value = serde_json::from_str(&ended.stdout).unwrap();
        report["canaries"]["planted"].as_u64().unwrap()
    };
    desk.put(
        "api.json",
        r#"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {"/v2/people": {"get": {"responses":
            {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "object", "properties":
            {"secrets": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"},
            "lock": {"type": "string"}}}}}}}}}}}}}}"#,
    );
    let described = desk.path("api.json");
    assert!(planted(&["--openapi", described.to_str().unwrap()]) > planted(&[]) + 50);
    desk.put("api.json", "not a description");
    assert_eq!(desk.test(&["--openapi", described.to_str().unwrap()]).code, 78);
}

#[test]
fn every_format_is_written() {
    let desk = Desk::new();
    for (format, begins) in
        [("compact", ""), ("sarif", "{"), ("junit", "<?xml"), ("github", ""), ("json", "{"), ("pretty", "")]
    {
        let ended = desk.test(&["--no-canaries", "--format", format]);
        assert_eq!(ended.code, 0, "{format}: {}", ended.stderr);
        assert!(ended.stdout.starts_with(begins), "{format}: {}", ended.stdout);
    }
    assert_eq!(desk.test(&["--format", "xml"]).code, 64);
}

#[test]
fn an_endpoint_that_cannot_be_called_proves_nothing() {
    let desk = Desk::new();
    let regex = "- pathRegex: '/v2/(?=rooms)[a-z&&[^b]]+'\n  allowedMethods: [GET]\n  responseSchema: {properties: {id: {type: string}}}\n";
    desk.put("rules.yaml", &format!("{RULES}{regex}"));
    assert_eq!(desk.codes(&[]), (1, owned(&["canary-not-run"])));
    desk.put(
        "examples.yaml",
        &format!("{EXAMPLES}- {{name: rooms, method: GET, url: /v2/rooms, original: rooms.json}}\n"),
    );
    desk.put("original/rooms.json", r#"{"id":"x"}"#);
    assert_eq!(desk.codes(&["--update"]), (0, vec![]));
}

#[test]
fn files_that_are_absent_or_wrong_are_told() {
    let desk = Desk::new();
    let absent = desk.path("nothing.yaml");
    let absent = absent.to_str().unwrap();
    for (arguments, code) in [
        (vec!["--examples", absent], 66),
        (vec!["--tests", absent], 66),
        (vec!["--against", absent], 66),
        (vec!["--openapi", absent], 66),
        (vec!["--against", desk.path("examples.yaml").to_str().unwrap()], 78),
        (vec!["--original", absent], 66),
        (vec!["--no-canaries", "--against", "x"], 64),
    ] {
        assert_eq!(desk.test(&arguments).code, code, "{arguments:?}");
    }
    desk.put("rules.yaml", "endpoints: [{pathTemplat: /x}]");
    let ended = desk.test(&["--format", "json"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    assert!(ended.stderr.contains("did you mean `pathTemplate`?"), "{}", ended.stderr);
}

#[test]
fn answers_that_lie_elsewhere_are_asked_for() {
    let desk = Desk::new();
    fs::rename(desk.path("original"), desk.path("answers")).unwrap();
    let ended = desk.test(&["--no-canaries"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (66, ""));
    let shared = format!("{}/original;", desk.0.path().file_name().unwrap().to_str().unwrap());
    for words in
        ["people.json", "examples.yaml", "/original, nor ", "example-api-responses", "`--original DIR`"]
    {
        assert!(ended.stderr.contains(words), "{words} is not in {}", ended.stderr);
    }
    assert!(ended.stderr.contains(&shared), "{}", ended.stderr);
    let answers = desk.path("answers");
    let sanitized = desk.path("sanitized");
    let (answers, sanitized) = (answers.to_str().unwrap(), sanitized.to_str().unwrap());
    assert_eq!(desk.codes(&["--no-canaries", "--original", answers, "--sanitized", sanitized]), (0, vec![]));
    // The folder is there, and the file is not.
    let ended = desk.test(&["--no-canaries", "--original", sanitized]);
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    fs::remove_file(desk.path("sanitized/people.json")).unwrap();
    let ended = desk.test(&["--no-canaries", "--original", sanitized]);
    assert_eq!(ended.code, 66);
    assert!(ended.stderr.contains("sanitized/people.json"), "{}", ended.stderr);
}

#[test]
fn what_leaked_comes_first_and_notes_come_last() {
    let desk = Desk::new();
    desk.put("signed.yaml", RULES);
    desk.put("original/other.json", "{}");
    desk.put(
        "rules.yaml",
        &RULES.replacen("  - !<pseudonymize> {jsonPaths: [\"$.people[*].email\"]}\n", "", 1),
    );
    let signed = desk.path("signed.yaml");
    let ended = desk.test(&["--against", signed.to_str().unwrap()]);
    assert_eq!(ended.code, 3, "{}", ended.stdout);
    let heads = ended.stdout.lines().filter_map(|line| line.split_once(']').map(|(head, _)| head));
    let mut heads: Vec<&str> = heads.filter(|head| head.contains('[') && !head.contains(' ')).collect();
    heads.dedup();
    assert_eq!(
        heads,
        ["error[leak", "error[golden-differs", "warning[file-unused", "note[endpoint-untested",],
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("\nexercised: "), "{}", ended.stdout);
}
