//! The independent check against the engine: all that the engine writes is proved, and what it would not write is
//! found.

mod generated;
mod mutations;

use std::collections::BTreeSet;

use vizard_proof::{Proof, Verdict};
use vizard_sanitizer::{Call, Options, RuleSet, examples};
use vizard_tests::examples::{Example, Source, rule_files};
use vizard_tests::keys;
use vizard_tests::repository::{self, assert_none};

/// A rule file, read by the engine and by the check.
struct Both {
    rules: RuleSet,
    proof: Proof,
}

impl Both {
    fn read(text: &str) -> Both {
        let loaded = RuleSet::load("rules", text).unwrap_or_else(|problems| panic!("{problems}\n{text}"));
        let proof = Proof::read(text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
        Both { rules: loaded.rules, proof }
    }

    /// What the engine makes of a body, for the one endpoint of `text`.
    fn sanitized(&self, body: &str) -> String {
        let call =
            Call { method: "GET", path: "/x", query: None, content_type: None, headers: &[], body: b"" };
        let admitted = self.rules.admit(&call).unwrap();
        let sanitized = admitted.sanitize(body.as_bytes(), keys::pseudonymizer(), Options::default());
        String::from_utf8(sanitized.unwrap_or_else(|why| panic!("{why}: {body}")).body().to_vec()).unwrap()
    }

    fn check(&self, output: &str) -> Verdict {
        let endpoint = self.proof.answering("GET", "/x").unwrap();
        self.proof.check(endpoint, output.as_bytes()).unwrap_or_else(|why| panic!("{why}: {output}"))
    }
}

fn proof(source: &Source) -> Proof {
    let text = repository::text(&format!("rules/{}/rules.yaml", source.name));
    Proof::read(&text).unwrap_or_else(|problems| panic!("{}: {problems:?}", source.name))
}

fn judged(proof: &Proof, example: &Example, output: &[u8]) -> Verdict {
    let endpoint =
        proof.answering(&example.method, &example.url).unwrap_or_else(|why| panic!("{}: {why}", example.url));
    proof.check(endpoint, output).unwrap_or_else(|why| panic!("{}: {why}", example.original))
}

#[test]
fn every_sanitized_example_is_proved_with_nothing_undecided() {
    let mut problems = Vec::new();
    let mut values = 0;
    for source in Source::all() {
        let proof = proof(&source);
        for example in &source.examples {
            let chosen = proof.answering(&example.method, &example.url).unwrap();
            assert_eq!(chosen.label(), source.admit(example).endpoint(), "{}", example.url);
            let output = repository::text(&source.sanitized_path(example));
            let verdict = judged(&proof, example, output.as_bytes());
            values += verdict.counts.values();
            if !verdict.is_proved() || verdict.counts.undecided > 0 || verdict.documents == 0 {
                problems.push(format!("{}:\n{verdict}", example.original));
            }
        }
    }
    assert_none(&problems);
    assert!(values > 1000, "{values} values");
}

#[test]
fn every_rule_file_that_the_engine_loads_is_read() {
    let mut all = vec![repository::text("tests/data/every-key.yaml")];
    all.extend(rule_files().iter().map(|path| repository::text(path)));
    for path in repository::files("docs", ".md") {
        all.extend(repository::blocks(&repository::text(&path), "yaml").into_iter().map(|(_, block)| block));
    }
    let mut read = 0;
    for text in &all {
        // A file that extends another is resolved first, by the command as by the proxy.
        if RuleSet::load("rules", text).is_err() || text.starts_with("extends:") {
            continue;
        }
        Proof::read(text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
        read += 1;
    }
    assert!(read > 8, "{read} of {}", all.len());
}

#[test]
fn the_documentation_shows_what_is_printed_and_lists_every_code() {
    let page = repository::text("docs/PROOF.md");
    let block = |language: &str| repository::blocks(&page, language).remove(0).1;
    let proof = Proof::read(&block("yaml")).unwrap();
    let endpoint = proof.answering("GET", "/v2/users/me").unwrap();
    let verdict = proof.check(endpoint, block("json").as_bytes()).unwrap();
    let printed = format!("{} (rules line {})\n{verdict}", endpoint.label(), endpoint.line());
    assert_eq!(printed, block("text"));

    let mut codes = BTreeSet::new();
    for path in ["crates/proof/src/walk.rs", "crates/proof/src/walk/outcome.rs"] {
        let text = repository::text(path);
        let words = text.split('"').filter(|it| it.contains('-') || *it == "redacted");
        codes.extend(
            words.filter(|it| it.chars().all(|it| it.is_ascii_lowercase() || it == '-')).map(str::to_owned),
        );
    }
    let rows = page.lines().filter_map(|it| it.strip_prefix("| `")?.split('`').next());
    assert_eq!(rows.map(str::to_owned).collect::<BTreeSet<_>>(), codes);
}

#[test]
fn every_original_is_refuted() {
    for source in Source::all() {
        let proof = proof(&source);
        for example in &source.examples {
            let original = source.original(example);
            let kept = repository::text(&source.sanitized_path(example)) == original;
            let verdict = judged(&proof, example, original.as_bytes());
            assert!(kept || !verdict.is_proved(), "{} is proved as it is", example.original);
        }
    }
}

#[test]
fn the_examples_of_every_transform_are_proved() {
    // Of these the value before may be one that the rule lets out as well, or cannot be told from one.
    let open = ["cuts phone numbers out of a note", "a text without a match becomes null"];
    for (name, examples) in examples() {
        for example in examples {
            let both =
                Both::read(&format!("endpoints:\n- pathTemplate: /x\n  transforms:\n  - {}\n", example.rule));
            let after = both.check(example.after);
            assert!(after.is_proved(), "{name}: {}: {after}", example.about);
            let before = both.check(example.before);
            let told = !before.is_proved() || before.counts.undecided > 0 || example.before == example.after;
            assert!(told || open.contains(&example.about), "{name}: {}: {before}", example.about);
        }
    }
}

#[test]
fn output_of_weaker_rules_is_refuted_by_stronger_ones() {
    let endpoint = |schema: &str, transforms: &str| {
        Both::read(&format!(
            "endpoints:\n- pathTemplate: /x\n  responseSchema: {{properties: {{{schema}}}}}\n  transforms: [{transforms}]\n"
        ))
    };
    let schema = "id: {type: string}, email: {type: string}, note: {type: string}";
    let weak = [
        endpoint(schema, "!<redact> {jsonPaths: [$.note]}"),
        endpoint(schema, "!<pseudonymize> {jsonPaths: [$.id]}, !<redact> {jsonPaths: [$.note]}"),
        endpoint(schema, "!<pseudonymize> {jsonPaths: [$.email]}, !<textDigest> {jsonPaths: [$.note]}"),
        endpoint(
            &format!("{schema}, phone: {{type: string}}"),
            "!<pseudonymize> {jsonPaths: [$.email]}, !<redact> {jsonPaths: [$.note]}",
        ),
        endpoint(
            schema,
            "!<pseudonymize> {jsonPaths: [$.email], includeReversible: true}, !<redact> {jsonPaths: [$.note]}",
        ),
    ];
    let strong = endpoint(schema, "!<pseudonymize> {jsonPaths: [$.email]}, !<redact> {jsonPaths: [$.note]}");
    let body = r#"{"id":"7","email":"ada@lumen-orchard.example","note":"hi","phone":"1"}"#;
    assert!(strong.check(&strong.sanitized(body)).is_proved());
    for (number, weak) in weak.iter().enumerate() {
        let output = weak.sanitized(body);
        assert!(weak.check(&output).is_proved(), "{number}: {output}");
        assert!(!strong.check(&output).is_proved(), "{number}: {output}");
    }
}
