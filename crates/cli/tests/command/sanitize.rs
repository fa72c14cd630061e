//! `vizard sanitize`.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{Ended, Run, vizard};

const RULES: &str = "\
endpoints:
- pathTemplate: /v2/users/{userId}
  allowedMethods: [GET]
  allowedQueryParams: [page_size]
  responseSchema: {properties: {id: {type: string}, email: {type: string}, type: {type: integer}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [\"$.email\"]}
- pathTemplate: /v2/rooms
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema: {properties: {id: {type: string}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [\"$.id\"], includeReversible: true}
";
const BODY: &str = r#"{"id":"7","email":"alice@acme.com","type":1.50,"phone":"555"}"#;
const SANITIZED: &str =
    r#"{"id":"7","email":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com","type":null}"#;
const ONE_USER: &str = "/v2/users/7?page_size=2";
const SALT: (&str, &str) = ("PSOXY_SALT", "salt");
const KEY: (&str, &str) = ("PSOXY_ENCRYPTION_KEY", "secret");

/// A directory with the rules.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(rules: &str) -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("rules.yaml", rules);
        desk
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn sanitize(&self, url: &str, more: &[&str]) -> Run {
        let rules = self.path("rules.yaml");
        vizard(&[&["sanitize", "--rules", &rules, "--url", url], more].concat()).with(&[SALT, KEY])
    }
}

#[test]
fn writes_exactly_the_sanitized_bytes() {
    let desk = Desk::new(RULES);
    desk.put("body.json", BODY);
    let kind = "warning: values-of-wrong-kind\n";
    let expected = |stderr: &str| Ended { code: 0, stdout: SANITIZED.to_owned(), stderr: stderr.to_owned() };
    let file = desk.path("body.json");
    assert_eq!(desk.sanitize(ONE_USER, &[&file]).run(), expected(kind));
    assert_eq!(desk.sanitize(ONE_USER, &["--quiet", &file]).run(), expected(""));
    assert_eq!(desk.sanitize(ONE_USER, &["--method", "get"]).input(BODY).run(), expected(kind));
    let url = format!("https://api.lumen-orchard.example{ONE_USER}#top");
    assert_eq!(desk.sanitize(&url, &[]).input(BODY).run(), expected(kind));
}

#[test]
fn reads_one_value_or_several() {
    let desk = Desk::new(RULES);
    let cases = [
        ("{\"id\":\"7\",\"x\":1}", "{\"id\":\"7\"}"),
        (
            "{\"id\":\"7\"}\n{\"id\":\"8\",\"x\":1}\r\n\n{\"id\":\"9\"}\n",
            "{\"id\":\"7\"}\n{\"id\":\"8\"}\n{\"id\":\"9\"}",
        ),
        ("{\"id\":\"7\"} {\"id\":\"8\"}", "{\"id\":\"7\"}\n{\"id\":\"8\"}"),
    ];
    for (body, expected) in cases {
        let ended = desk.sanitize(ONE_USER, &[]).input(body).run();
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (0, expected, ""), "{body:?}");
    }
}

#[test]
fn reads_rules_in_the_forms_that_settings_hold() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(RULES.as_bytes()).unwrap();
    let forms = [STANDARD.encode(RULES), STANDARD.encode(gzip.finish().unwrap()) + "\n"];
    for form in forms {
        let ended = Desk::new(&form).sanitize(ONE_USER, &["--quiet"]).input(BODY).run();
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (0, SANITIZED, ""), "{form}");
    }
}

#[test]
fn takes_the_settings_of_pseudonyms_from_the_environment() {
    let desk = Desk::new(RULES);
    let body = r#"{"email":"a.lice@acme.com"}"#;
    let cases = [
        (
            ("EMAIL_CANONICALIZATION", "IGNORE_DOTS"),
            "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com\"}",
        ),
        (("PSOXY_SALT", "pepper"), "@acme.com\"}"),
    ];
    let plain = desk.sanitize(ONE_USER, &[]).input(body).run().stdout;
    for (variable, expected) in cases {
        let ended = desk.sanitize(ONE_USER, &[]).with(&[variable]).input(body).run();
        assert!(ended.code == 0 && ended.stdout.ends_with(expected), "{variable:?}: {ended:?}");
        assert_ne!(ended.stdout, plain, "{variable:?}");
    }
    let redacted =
        desk.sanitize(ONE_USER, &[]).with(&[("EMAIL_DOMAIN_HANDLING", "redact")]).input(body).run();
    assert!(redacted.code == 0 && !redacted.stdout.contains('@'), "{redacted:?}");
}

#[test]
fn says_why_the_rules_refuse_a_call() {
    let desk = Desk::new(RULES);
    let cases = [
        (vec!["--method", "DELETE"], ONE_USER, "(method-not-listed)"),
        (vec![], "/v2/users/7?include=host_key", "(query-parameter-not-listed)"),
        (vec![], "/v2/phones", "(path-not-listed)"),
        (vec![], "/v2/users/%2e%2e", "(path-ambiguous)"),
        (
            vec![],
            "/v2/users/p~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "(token-invalid)",
        ),
    ];
    for (more, url, code) in cases {
        let ended = desk.sanitize(url, &more).input(BODY).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{url}");
        assert!(
            ended.stderr.starts_with("vizard: refused: ") && ended.stderr.contains(code),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("host_key"), "{}", ended.stderr);
    }
}

#[test]
fn says_why_a_body_cannot_be_sanitized() {
    let desk = Desk::new(RULES);
    let cases = [
        ("{\"id\":\"Mirela Castellan\"".to_owned().into_bytes(), "(json-syntax)"),
        (b"{\"id\":\"\xff\"}".to_vec(), "(json-utf8)"),
        (b"\xef\xbb\xbf{}".to_vec(), "(json-byte-order-mark)"),
        ("[".repeat(1_000_000).into_bytes(), "(json-depth)"),
        (format!("[{}]", "9".repeat(100_000)).into_bytes(), "(json-number-length)"),
    ];
    for (body, code) in cases {
        let ended = desk.sanitize(ONE_USER, &[]).input(body).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (65, ""), "{code}");
        assert!(
            ended.stderr.starts_with("vizard: not sanitized: ") && ended.stderr.contains(code),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("Mirela"), "{}", ended.stderr);
    }
    let huge = desk.put("huge.json", "");
    File::options().write(true).open(&huge).unwrap().set_len(64 * 1024 * 1024 + 1).unwrap();
    let ended = desk.sanitize(ONE_USER, &[huge.to_str().unwrap()]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (65, ""));
    assert!(ended.stderr.contains("is larger than 64 MiB"), "{}", ended.stderr);
}

#[test]
fn nests_as_deep_as_the_engine_allows() {
    let rules =
        "endpoints:\n- pathTemplate: /deep\n  transforms:\n  - !<redact> {jsonPaths: [\"$..secret\"]}\n";
    let (open, close) = ("{\"a\":".repeat(900), "}".repeat(900));
    let body = format!("{open}{{\"secret\":1}}{close}");
    let ended = Desk::new(rules).sanitize("/deep", &["--quiet"]).input(body).run();
    assert_eq!((ended.code, ended.stdout), (0, format!("{open}{{}}{close}")), "{}", ended.stderr);
}

#[test]
fn a_wrong_url_is_a_wrong_command_line() {
    let desk = Desk::new(RULES);
    for url in ["v2/users/7", "api.lumen-orchard.example/v2/users/7", "https:///v2/users/7", ""] {
        let ended = desk.sanitize(url, &[]).input(BODY).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (64, ""), "{url:?}");
        assert!(ended.stderr.contains("--url"), "{}", ended.stderr);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let desk = Desk::new(RULES);
    let missing = desk.path("nowhere.json");
    let body = desk.sanitize(ONE_USER, &[&missing]).run();
    let rules = vizard(&["sanitize", "--rules", &missing, "--url", ONE_USER]).with(&[SALT]).run();
    for ended in [body, rules] {
        assert_eq!((ended.code, ended.stdout.as_str()), (66, ""));
        assert!(ended.stderr.starts_with(&format!("vizard: could not read {missing}: ")), "{}", ended.stderr);
    }
}

#[test]
fn everything_that_is_wrong_with_rules_and_settings_is_said_at_once() {
    let wrong = "\
endpoints:
- pathTemplat: /v2/users
- pathTemplate: /v2/rooms
  transforms:
  - !<reduct> {jsonPaths: [\"$.a\"]}
";
    let desk = Desk::new(wrong);
    let run = vizard(&["sanitize", "--rules", &desk.path("rules.yaml"), "--url", "/v2/rooms"]);
    let ended = run.with(&[("EMAIL_DOMAIN_HANDLING", "HASH"), ("EMAIL_CANONICALIZATION", "x")]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    for words in [
        "error[unknown-key]: `pathTemplat` is not a key of an endpoint\n",
        "rules.yaml:2:3\n",
        "= help: did you mean `pathTemplate`?\n",
        "error[unknown-transform]: there is no transform `reduct`\n",
        "rules.yaml:5:5\n",
        "5 |   - !<reduct> {jsonPaths: [\"$.a\"]}\n",
        "PSOXY_SALT is not set",
        "EMAIL_CANONICALIZATION is not one of",
        "EMAIL_DOMAIN_HANDLING is not one of",
    ] {
        assert!(ended.stderr.contains(words), "{words:?} is not in\n{}", ended.stderr);
    }
}

#[test]
fn the_encryption_key_is_needed_only_when_the_rules_need_it() {
    let desk = Desk::new(RULES);
    let rules = desk.path("rules.yaml");
    let run = |rules: &str| {
        vizard(&["sanitize", "--rules", rules, "--url", "/v2/rooms"]).with(&[SALT]).input("{}").run()
    };
    let ended = run(&rules);
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    assert!(ended.stderr.contains("PSOXY_ENCRYPTION_KEY is not set"), "{}", ended.stderr);
    desk.put("plain.yaml", RULES.replace(", includeReversible: true", ""));
    assert_eq!(run(&desk.path("plain.yaml")).code, 0);
}

#[test]
fn rules_that_are_not_text_are_wrong_rules() {
    let desk = Desk::new("");
    for content in
        [vec![0xff, 0xfe], b"endpoints: [".to_vec(), STANDARD.encode([0x1f, 0x8b, 0, 0]).into_bytes()]
    {
        desk.put("rules.yaml", &content);
        let ended = desk.sanitize(ONE_USER, &[]).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "{content:?}");
        assert!(ended.stderr.contains("rules.yaml"), "{}", ended.stderr);
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let desk = Desk::new(RULES);
    let body = desk.put("body.json", BODY);
    let mut command = desk.sanitize(ONE_USER, &["--quiet", body.to_str().unwrap()]).into_command();
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let output = command.stdin(Stdio::null()).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(74), "{}", String::from_utf8_lossy(&output.stderr));
}
