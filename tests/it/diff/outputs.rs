//! What the engine makes of the examples by two rule files, and what the second lets out beyond the first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vizard_sanitizer::{Options, RuleSet};
use vizard_tests::examples::{Example, Source};
use vizard_tests::keys;

/// The values of each kind of place: `$.users[*].id`.
#[derive(Default)]
struct Places(BTreeMap<String, BTreeSet<String>>);

/// How much can be told from a value, in the order in which reports tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Nothing,
    Empty,
    Digest,
    Pseudonym,
    Reversible,
    Part,
    All,
}

/// What comes out by the new rules and did not by the old ones.
pub(super) fn more(source: &Source, old: &RuleSet, new: &RuleSet) -> Vec<String> {
    let mut found = Vec::new();
    for example in &source.examples {
        let original = source.original(example);
        let Some(after) = outputs(new, example, &original) else { continue };
        let Some(before) = outputs(old, example, &original) else {
            found.push(format!("{}: the call passes", example.url));
            continue;
        };
        let original = Places::of(&serde_json::from_str(&original).unwrap());
        for (path, values) in &after.0 {
            let there = before.0.get(path);
            for value in values {
                let told = |value: &String| original.told(path, value);
                let known = there.is_some_and(|there| {
                    there.contains(value)
                        || (told(value) < Told::Part && there.iter().any(|it| told(it) >= told(value)))
                });
                if !known {
                    found.push(format!("{}: {path}: {:?}", example.url, told(value)));
                }
            }
        }
    }
    found
}

fn outputs(rules: &RuleSet, example: &Example, original: &str) -> Option<Places> {
    let admitted = rules.admit(&example.call()).ok()?;
    let sanitized =
        admitted.sanitize(original.as_bytes(), keys::pseudonymizer(), Options::default()).unwrap();
    Some(Places::of(&serde_json::from_slice(sanitized.body()).unwrap()))
}

impl Places {
    fn of(document: &Value) -> Places {
        let mut places = Places::default();
        places.add("$", document);
        places
    }

    fn add(&mut self, path: &str, value: &Value) {
        if value.is_array() || value.is_object() {
            // That it is there is all that an empty one tells, and as much as null does.
            self.0.entry(path.to_owned()).or_default().insert("null".to_owned());
        }
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.add(&format!("{path}.{name}"), value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.add(&format!("{path}[*]"), item)),
            scalar => {
                self.0.entry(path.to_owned()).or_default().insert(scalar.to_string());
            }
        }
    }

    fn told(&self, path: &str, value: &String) -> Told {
        match value.as_str() {
            "null" => Told::Nothing,
            _ if self.0.get(path).is_some_and(|all| all.contains(value)) => Told::All,
            "\"\"" => Told::Empty,
            text if text.starts_with("\"t~") => Told::Pseudonym,
            text if text.starts_with("\"p~") => Told::Reversible,
            text if is_hash(text) => Told::Pseudonym,
            text if text.contains("word_count") || path.contains(":textDigest") => Told::Digest,
            _ => Told::Part,
        }
    }
}

/// A pseudonym without anything around it: 32 bytes in base64, between quotes.
fn is_hash(text: &str) -> bool {
    let inside = text.trim_matches('"');
    inside.len() == 43 && inside.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-' || c == b'_')
}
