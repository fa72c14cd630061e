//! `vizard resolve`, and the rules that it prints in the other verbs.

use crate::run::{Ended, vizard};

const OURS: &str = "\
extends: zoom@1
overrides:
- pathTemplate: /v2/users
  removed: true
- pathTemplate: /v2/users/{userId}
  dropFields: [$.dept]
";

fn resolve(rules: &str) -> (Ended, String, tempfile::TempDir) {
    let desk = tempfile::tempdir().unwrap();
    let path = desk.path().join("ours.yaml").to_str().unwrap().to_owned();
    std::fs::write(&path, rules).unwrap();
    (vizard(&["resolve", &path]).run(), path, desk)
}

#[test]
fn prints_the_rules_that_run() {
    let (ended, path, desk) = resolve(OURS);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert!(ended.stdout.starts_with(&format!("# zoom@1.0 extended by {path}: ")), "{}", ended.stdout);
    // What was printed is a rule file, and with it the same is sanitized.
    let printed = desk.path().join("printed.yaml").to_str().unwrap().to_owned();
    std::fs::write(&printed, &ended.stdout).unwrap();
    assert_eq!(vizard(&["resolve", &printed]).run().stdout, ended.stdout);
    let url = "/v2/users/AaBbCcDdEeFfGgHhIiJj00";
    let body = r#"{"id":"AaBbCcDdEeFfGgHhIiJj00","dept":"Orchards","type":2,"status":"active"}"#;
    let sanitize = |rules: &str, url: &str| {
        let run = vizard(&["sanitize", "--rules", rules, "--url", url]).input(body);
        run.with(&[("PSOXY_SALT", "salt"), ("PSOXY_ENCRYPTION_KEY", "secret")]).run()
    };
    let sanitized = sanitize(&path, url);
    assert_eq!(sanitized, sanitize(&printed, url));
    assert_eq!(sanitized.code, 0, "{sanitized:?}");
    assert!(!sanitized.stdout.contains("dept") && sanitized.stdout.contains("status"), "{sanitized:?}");
    assert_eq!(sanitize(&path, "/v2/users").code, 3);
}

#[test]
fn tells_what_is_wrong_in_the_file_itself() {
    let (ended, path, _desk) = resolve("extends: zoom@1\noverrides:\n- pathTemplate: /v2/user\n");
    assert_eq!((ended.code, ended.stdout.as_str()), (78, ""));
    for said in ["error[override-unknown]", &format!("{path}:3:17"), "did you mean `/v2/users`?"] {
        assert!(ended.stderr.contains(said), "{said} is not in {}", ended.stderr);
    }
}
