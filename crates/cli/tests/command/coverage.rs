//! `vizard coverage`.

use vizard_tests::repository;

use crate::run::{Ended, vizard};

/// Where the descriptions and what is expected of them stand, from the folder in which these tests run.
const DATA: &str = "../../tests/data/openapi";

fn coverage(spec: &str, more: &[&str]) -> Ended {
    let (rules, spec) = (format!("{DATA}/rules.yaml"), format!("{DATA}/{spec}"));
    vizard(&[&["coverage", &rules, "--openapi", &spec], more].concat()).run()
}

#[test]
fn compares_rules_with_descriptions_in_every_language() {
    for (spec, format, expected) in [
        ("swagger-2.json", "text", "swagger-2.txt"),
        ("openapi-3.0.yaml", "text", "openapi-3.0.txt"),
        ("openapi-3.1.yaml", "text", "openapi-3.1.txt"),
        ("swagger-2.json", "markdown", "swagger-2.md"),
        ("openapi-3.0.yaml", "csv", "openapi-3.0.csv"),
        ("openapi-3.1.yaml", "json", "openapi-3.1.out.json"),
        ("swagger-2.json", "pretty", "swagger-2.pretty.txt"),
        ("openapi-3.0.yaml", "compact", "openapi-3.0.compact.txt"),
    ] {
        let ended = coverage(spec, &["--all", "--format", format]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{spec} {format}");
        repository::compare(&format!("tests/data/openapi/expected/{expected}"), &ended.stdout).unwrap();
        if format == "text" {
            let long = |line: &&str| line.chars().count() > 80 && line.trim().contains(' ');
            assert_eq!(ended.stdout.lines().find(long), None, "{spec}");
        }
    }
    for format in ["sarif", "junit", "github"] {
        let ended = coverage("swagger-2.json", &["--format", format]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{format}");
        assert!(ended.stdout.contains("field-not-described"), "{format}: {}", ended.stdout);
    }
}

#[test]
fn the_documentation_shows_what_is_printed() {
    let ended = coverage("swagger-2.json", &[]);
    let shown = repository::blocks(&repository::text("docs/COVERAGE.md"), "text");
    assert!(!shown.is_empty());
    for (line, text) in shown {
        assert!(ended.stdout.contains(&text), "docs/COVERAGE.md:{line} is not in {}", ended.stdout);
    }
}

#[test]
fn counts_what_it_does_not_list() {
    let ended = coverage("swagger-2.json", &[]);
    for said in
        ["\n2 calls are described that no endpoint is for; `--all` lists them\n", "; `--all` tells where\n"]
    {
        assert!(ended.stdout.contains(said), "{said} is not in {}", ended.stdout);
    }
    assert!(!ended.stdout.contains("POST /v1/keepers"), "{}", ended.stdout);
}

#[test]
fn fails_on_what_it_is_told_to() {
    for (spec, fail_on, code) in [
        ("swagger-2.json", "kept-personal", 1),
        ("swagger-2.json", "not-described", 1),
        ("swagger-2.json", "type-differs", 1),
        ("openapi-3.1.yaml", "new-personal", 64),
        ("swagger-2.json", "everything", 64),
    ] {
        assert_eq!(coverage(spec, &["--fail-on", fail_on]).code, code, "{spec} {fail_on}");
    }
    for (previous, code) in [("swagger-2.json", 1), ("openapi-3.1.yaml", 0)] {
        let previous = format!("{DATA}/{previous}");
        let ended = coverage("openapi-3.1.yaml", &["--previous", &previous, "--fail-on", "new-personal"]);
        assert_eq!(ended.code, code, "{}", ended.stdout);
        assert_eq!(ended.stdout.contains("string  new  a secret (password)"), code == 1, "{}", ended.stdout);
    }
    // Nothing of it is described under another path, so there is nothing to differ from.
    for (fail_on, code) in [("type-differs,not-described", 0), ("kept-personal", 1)] {
        let elsewhere = coverage("swagger-2.json", &["--base-path", "/v9", "--fail-on", fail_on]);
        assert_eq!(elsewhere.code, code, "{}", elsewhere.stdout);
    }
}

#[test]
fn says_what_cannot_be_used() {
    let desk = tempfile::tempdir().unwrap();
    for (text, why) in [
        ("{\"swagger\": 2", "not valid JSON: EOF while parsing an object at line 1 column 13"),
        ("a: [", "not valid YAML: "),
        (
            "endpoints: []",
            "not a description of an API: neither `swagger` nor `openapi` nor `paths` is in it",
        ),
    ] {
        let path = desk.path().join("api").to_str().unwrap().to_owned();
        std::fs::write(&path, text).unwrap();
        let ended = vizard(&["coverage", &format!("{DATA}/rules.yaml"), "--openapi", &path]).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (78, ""), "{text}");
        assert!(
            ended.stderr.starts_with(&format!("vizard: {path} cannot be used: {why}")),
            "{}",
            ended.stderr
        );
    }
    let missing = coverage("nothing.json", &[]);
    assert_eq!(missing.code, 66, "{}", missing.stderr);
    let wrong = vizard(&[
        "coverage",
        &format!("{DATA}/swagger-2.json"),
        "--openapi",
        &format!("{DATA}/swagger-2.json"),
    ]);
    assert_eq!(wrong.run().code, 78);
    assert_eq!(vizard(&["coverage", &format!("{DATA}/rules.yaml")]).run().code, 64);
}
