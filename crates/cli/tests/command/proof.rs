//! `vizard proof`.

use std::fs;

use crate::run::{Ended, Run, vizard};

const RULES: &str = "\
endpoints:
- pathTemplate: /v2/users/{userId}
  allowedMethods: [GET]
  allowedQueryParams: [page_size]
  responseSchema: {properties: {id: {type: string}, email: {type: string}, type: {type: integer}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [\"$.email\"]}
";
const URL: &str = "/v2/users/7?page_size=2";
const SANITIZED: &str =
    r#"{"id":"7","email":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com","type":null}"#;
const CLEAR: &str = "{\"id\":\"7\",\n\"email\":\"alice@acme.com\",\"phone\":\"555\"}";

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("rules.yaml", RULES);
        desk
    }

    fn put(&self, name: &str, content: &str) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn proof(&self, more: &[&str]) -> Run {
        let rules = self.0.path().join("rules.yaml");
        vizard(&[&["proof", "--rules", rules.to_str().unwrap()], more].concat())
    }
}

#[test]
fn proves_an_output_from_a_file_or_standard_input() {
    let desk = Desk::new();
    let stdout = "/v2/users/{userId} (rules line 2)\n\
                  3 values in 1 document: 1 pseudonym, 0 reduced, 1 kept, 1 null\n\
                  0 violations, 0 undecided\n";
    let expected = || Ended { code: 0, stdout: stdout.to_owned(), stderr: String::new() };
    let file = desk.put("output.json", SANITIZED);
    assert_eq!(desk.proof(&["--url", URL, &file]).run(), expected());
    assert_eq!(desk.proof(&["--url", URL, "--method", "get"]).input(SANITIZED).run(), expected());
    assert_eq!(desk.proof(&["--endpoint", "/v2/users/{userId}"]).input(SANITIZED).run(), expected());
}

#[test]
fn refutes_what_the_rules_do_not_let_out_without_repeating_it() {
    let desk = Desk::new();
    let ended = desk.proof(&["--url", URL]).input(CLEAR).run();
    let stdout = "/v2/users/{userId} (rules line 2)\n\
                  error not-a-pseudonym at $.email\n  \
                  only the pseudonym that the rules ask for may stand here, or null\n  \
                  output line 2 column 9; rules line 7\n\
                  error unlisted-member at $.(member 3)\n  \
                  the schema does not list this member\n  \
                  output line 2 column 26; rules line 5\n\
                  1 value in 1 document: 0 pseudonyms, 0 reduced, 1 kept, 0 null\n\
                  2 violations, 0 undecided\n";
    assert_eq!(ended, Ended { code: 3, stdout: stdout.to_owned(), stderr: String::new() });

    let ended = desk.proof(&["--url", URL, "--format", "json"]).input(CLEAR).run();
    let found: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &found["proved"], &found["values"]["kept"]), (3, &false.into(), &1.into()));
    let codes: Vec<_> = found["violations"].as_array().unwrap().iter().map(|it| &it["code"]).collect();
    assert_eq!(codes, ["not-a-pseudonym", "unlisted-member"]);
    assert!(!ended.stdout.contains("alice") && !ended.stdout.contains("phone"), "{}", ended.stdout);
}

#[test]
fn ends_with_the_code_for_what_is_wrong() {
    let desk = Desk::new();
    let output = desk.put("output.json", SANITIZED);
    let cases: &[(&[&str], i32, &str)] = &[
        (&["--url", URL, "no-such-file.json"], 66, "could not read no-such-file.json"),
        (&["--url", "/v2/rooms", &output], 64, "no endpoint of the rules answers the call"),
        (&["--url", "/v2/users/../x", &output], 64, "not one that the proxy takes"),
        (&["--url", "users", &output], 64, "--url must be a path"),
        (&["--endpoint", "/v2/rooms", &output], 64, "written like this"),
        (&[&output], 64, "Usage: vizard proof"),
        (&["--url", URL, "--endpoint", "/x", &output], 64, "Usage: vizard proof"),
    ];
    for (arguments, code, words) in cases {
        let ended = desk.proof(arguments).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (*code, ""), "{arguments:?}");
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
    let ended = desk.proof(&["--url", URL]).input("{\"id\":").run();
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (65, "vizard: not checked: not JSON at line 1 column 6\n")
    );
    let deep = "[".repeat(1001) + &"]".repeat(1001);
    let ended = desk.proof(&["--url", URL]).input(deep).run();
    assert_eq!(ended.code, 65, "{}", ended.stderr);
    assert!(ended.stderr.contains("nested deeper than 1000"), "{}", ended.stderr);

    desk.put("rules.yaml", &RULES.replace("type: integer", "enum: [1]"));
    let ended = desk.proof(&["--url", URL, &output]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    assert!(ended.stderr.contains("rules.yaml: line 5: cannot prove: `enum` is no key"), "{}", ended.stderr);
}

#[test]
fn a_deep_output_is_checked_to_the_bottom() {
    let desk = Desk::new();
    desk.put(
        "rules.yaml",
        "endpoints:\n- pathTemplate: /x\n  transforms:\n  - !<redact> {jsonPaths: [\"$..a\"]}\n",
    );
    let deep = "[".repeat(999) + "{\"a\":1}" + &"]".repeat(999);
    let ended = desk.proof(&["--url", "/x"]).input(deep).run();
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stdout.ends_with("1 violation, 0 undecided\n"), "{}", ended.stdout);
}

#[test]
fn no_text_of_a_rule_file_steers_a_terminal() {
    let desk = Desk::new();
    let evil = r"a\ec\u202E\xAD\U000E0041\nb";
    let rules = format!(
        "endpoints:\n- pathRegex: \"^/x/{evil}$\"\n  responseSchema: {{properties: {{\"{evil}\": {{type: string}}}}}}\n"
    );
    desk.put("rules.yaml", &rules);
    let evil = "a\u{1b}c\u{202e}\u{ad}\u{e0041}\nb";
    let label = format!("^/x/{evil}$");
    let output = serde_json::json!({ evil: 1 }).to_string();
    for format in ["pretty", "json"] {
        let ended = desk.proof(&["--endpoint", &label, "--format", format]).input(output.as_str()).run();
        assert_eq!(ended.code, 3, "{ended:?}");
        let is_seen = |c: char| c == '\n' || !(c.is_control() || "\u{202e}\u{ad}\u{e0041}".contains(c));
        assert!(ended.stdout.chars().all(is_seen), "{ended:?}");
        if format == "json" {
            let found: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
            assert_eq!(found["endpoint"], label.as_str());
            assert_eq!(found["violations"][0]["path"], format!("$['{evil}']"));
        }
    }
}
