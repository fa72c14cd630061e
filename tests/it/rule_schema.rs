//! The JSON Schema of the rule format: committed as made, and of one mind with the loader about every file we have and
//! about many that are wrong in one place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use vizard_review::schema;
use vizard_sanitizer::bulk::is_bulk;
use vizard_sanitizer::extends::{Shipped, resolve};
use vizard_sanitizer::vocabulary::{AUGMENTS, TRANSFORMS};
use vizard_sanitizer::{RuleSet, Severity};
use vizard_tests::examples::rule_files;
use vizard_tests::repository::{self, assert_none, blocks, compare};

/// Between them these use every key.
const EVERY_KEY: [&str; 2] = ["tests/data/every-key.yaml", "tests/data/every-key-extended.yaml"];

/// Codes of errors that a schema can see.
const SEEN: [&str; 10] = [
    "endpoint-without-path",
    "missing-key",
    "schema-condition",
    "unknown-augment",
    "unknown-encoding",
    "unknown-format",
    "unknown-key",
    "unknown-transform",
    "unknown-type",
    "wrong-kind",
];

#[test]
fn the_committed_schema_is_what_the_readers_know() {
    assert_none(
        &compare("rules/rule-file.schema.json", &schema::text()).err().into_iter().collect::<Vec<_>>(),
    );
}

#[test]
fn editors_are_told_of_every_tag() {
    let shown = blocks(&repository::text("docs/RULES.md"), "json");
    let settings: Vec<Value> = shown.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let tags =
        settings.iter().find_map(|it| it["yaml.customTags"].as_array()).expect("the page shows the setting");
    let mut tags: Vec<&str> = tags.iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.sort_unstable();
    let names = TRANSFORMS.iter().chain(AUGMENTS).map(|it| format!("{} mapping", it.name));
    let names: BTreeSet<String> = names.collect();
    assert_eq!(tags, names.iter().collect::<Vec<_>>());
}

#[test]
fn every_rule_file_that_we_show_fits() {
    let files = rule_files().into_iter().chain(EVERY_KEY.map(str::to_owned));
    let mut texts: Vec<(String, String)> =
        files.map(|path| (path.clone(), repository::text(&path))).collect();
    for path in repository::files("docs", ".md") {
        let found = blocks(&repository::text(&path), "yaml");
        let about_calls = found.into_iter().filter(|(_, text)| !is_bulk(text));
        texts.extend(about_calls.map(|(line, text)| (format!("{path}:{line}"), text)));
    }
    assert!(texts.len() > 7, "{} texts", texts.len());
    let judge = jsonschema::validator_for(&schema::schema()).unwrap();
    for (name, text) in texts {
        for form in [with_method(&text), without_tags(&text)] {
            let found: Vec<String> =
                judge.iter_errors(&read(&form)).map(|it| format!("{}: {it}", it.instance_path())).collect();
            assert!(found.is_empty(), "{name}: {found:?}");
        }
    }
}

#[test]
fn what_the_loader_says_of_wrong_files_the_schema_says_too() {
    let judge = jsonschema::validator_for(&schema::schema()).unwrap();
    let text = repository::text("tests/data/wrong-rules.txt");
    let (mut rejected, mut other) = (0, Vec::new());
    for case in text.split("=== ").skip(1) {
        let (title, yaml) = case.split_once('\n').unwrap();
        let Ok(value) = serde_saphyr::from_str::<Value>(&with_method(yaml)) else { continue };
        let found = errors(yaml);
        let seen = found.iter().any(|code| SEEN.contains(code));
        match judge.is_valid(&value) {
            true if seen => other.push(title.split(" --> ").next().unwrap().to_owned()),
            false if found.is_empty() => other.push(title.split(" --> ").next().unwrap().to_owned()),
            true => {}
            false => rejected += 1,
        }
    }
    assert!(rejected > 15, "{rejected}");
    // What an editor sees of the first two is their meaning, and of the last it cannot see that it has no tag.
    assert_eq!(other, ["anchor and alias", "merge key", "transform without a name"]);
}

/// Every value of the files that use every key, replaced, removed and given a neighbour.
#[test]
fn schema_and_loader_are_of_one_mind_about_files_that_are_wrong_in_one_place() {
    let judge = jsonschema::validator_for(&schema::schema()).unwrap();
    for file in EVERY_KEY {
        assert_eq!(errors(&repository::text(file)), [] as [&str; 0], "{file}");
    }
    let (mut tried, mut refused, mut apart) = (0, 0, BTreeSet::new());
    for file in EVERY_KEY {
        let whole = read(&with_method(&repository::text(file)));
        let mut places = Vec::new();
        walk(&whole, &mut Vec::new(), &mut places);
        for place in &places {
            for (change, changed) in changes(&whole, place) {
                let found = errors(&changed.to_string());
                let seen = found.iter().any(|code| SEEN.contains(code));
                let fits = judge.is_valid(&changed);
                tried += 1;
                refused += usize::from(seen);
                if seen && fits || found.is_empty() && !fits {
                    apart.insert(format!("{file}: {} {change}: {found:?}", place.join(".")));
                }
            }
        }
    }
    assert!(tried > 1_000 && refused > 500, "{tried} tried, {refused} refused");
    let apart: Vec<String> = apart.into_iter().collect();
    assert!(apart.is_empty(), "{} of {tried}:\n{}", apart.len(), apart.join("\n"));
}

/// What the file that extends another is tried with: the endpoints it names, so that thousands of loads are quick.
const BASE: Shipped<'static> = Shipped {
    source: "zoom",
    text: "version: '1.0'\nendpoints:\n- pathTemplate: '/v2/users/{userId}/recordings'\n- pathTemplate: '/v2/users/{userId}'\n- pathTemplate: /v2/users\n",
};

/// The codes of the errors of a file.
fn errors(yaml: &str) -> Vec<&'static str> {
    let loaded = resolve("r", yaml, &[BASE]).and_then(|it| RuleSet::load("r", &it.text));
    let found = loaded.err();
    let found = found.iter().flat_map(|found| found.iter()).filter(|it| it.severity == Severity::Error);
    found.map(|it| it.code).collect()
}

/// What an editor sees of a text.
fn read(yaml: &str) -> Value {
    serde_saphyr::from_str(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"))
}

/// With the key `method` in place of tags.
fn with_method(yaml: &str) -> String {
    tags(yaml, |name, rest| match rest.trim_start().strip_prefix('{') {
        Some(rest) => format!("{{ method: {name}, {rest}"),
        None if rest.trim().is_empty() => format!("method: {name}"),
        None => rest.to_owned(),
    })
}

/// With the tags taken away, as JSON Schema does not know them.
fn without_tags(yaml: &str) -> String {
    tags(yaml, |_, rest| rest.to_owned())
}

/// Replaces the tags of list items and what follows on their lines.
fn tags(yaml: &str, replace: impl Fn(&str, &str) -> String) -> String {
    let mut out = String::new();
    for line in yaml.lines() {
        match line.split_once(['!']).filter(|(before, _)| before.ends_with("- ") || before.ends_with('[')) {
            Some((before, tagged)) => {
                let tagged = tagged.strip_prefix('<').unwrap_or(tagged);
                let end = tagged.find(|c: char| !c.is_alphanumeric()).unwrap_or(tagged.len());
                let (name, rest) = tagged.split_at(end);
                out.push_str(before);
                out.push_str(&replace(name, rest.strip_prefix('>').unwrap_or(rest)));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The ways to all values below one.
fn walk(value: &Value, way: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, it)| (name.clone(), it)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, it)| (at.to_string(), it)).collect(),
        _ => Vec::new(),
    };
    for (step, below) in below {
        way.push(step);
        found.push(way.clone());
        walk(below, way, found);
        way.pop();
    }
}

/// The file with one value replaced, removed, or with a member that nobody knows.
fn changes(whole: &Value, way: &[String]) -> Vec<(String, Value)> {
    let pointer = |way: &[String]| way.iter().map(|step| format!("/{}", escaped(step))).collect::<String>();
    let mut all = Vec::new();
    for other in
        [json!("x y"), json!(7), json!([]), json!(["x y"]), json!([["x y"]]), json!({}), json!({"x": "y"})]
    {
        let mut changed = whole.clone();
        *changed.pointer_mut(&pointer(way)).unwrap() = other.clone();
        all.push((format!("= {other}"), changed));
    }
    let (last, parent) = way.split_last().unwrap();
    let mut changed = whole.clone();
    // Without its method a transform looks like one with a tag.
    if let Value::Object(members) = changed.pointer_mut(&pointer(parent)).unwrap()
        && last != "method"
    {
        members.remove(last);
        all.push(("removed".to_owned(), changed));
    }
    let mut changed = whole.clone();
    if let Value::Object(members) = changed.pointer_mut(&pointer(way)).unwrap() {
        let more: Map<String, Value> = Map::from_iter([("zzz".to_owned(), json!("x"))]);
        members.extend(more);
        all.push(("with another member".to_owned(), changed));
    }
    all
}

fn escaped(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
