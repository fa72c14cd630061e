//! Every place of every sanitized example, changed one at a time into something that must not stand there.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vizard_tests::examples::Source;
use vizard_tests::repository::{self, assert_none};

use crate::proof::{judged, proof};

const ADDRESS: &str = "ada.moss@lumen-orchard.example";

/// The texts that the rules of a source keep as it wrote them: the reviewed list that the leak tests hold, too.
fn kept(source: &str) -> BTreeSet<String> {
    let list = repository::text(&format!("tests/data/{source}-kept.txt"));
    let mut endpoint = "";
    let mut kept = BTreeSet::new();
    for line in list.lines() {
        match line.strip_prefix("  ").and_then(|it| it.split_once(": ")) {
            Some((path, kinds)) if kinds.contains("text") => {
                kept.insert(format!("{endpoint} $.{}", path.replace("[]", "[*]")));
            }
            Some(_) => {}
            None => endpoint = line,
        }
    }
    kept
}

#[test]
fn an_address_in_any_text_that_is_not_kept_is_found() {
    let mut problems = Vec::new();
    let mut found = 0;
    for source in Source::all() {
        let proof = proof(&source);
        let (listed, mut passed) = (kept(&source.name), BTreeSet::new());
        for example in &source.examples {
            let whole: Value =
                serde_json::from_str(&repository::text(&source.sanitized_path(example))).unwrap();
            let endpoint = proof.answering(&example.method, &example.url).unwrap().label();
            for pointer in places(&whole, |it| it.is_string()) {
                let mut changed = whole.clone();
                *changed.pointer_mut(&pointer).unwrap() = json!(ADDRESS);
                let verdict = judged(&proof, example, changed.to_string().as_bytes());
                let place = format!("{endpoint} {}", pattern(&pointer));
                if verdict.is_proved() {
                    passed.insert(place);
                } else if verdict.violations.len() == 1 && verdict.violations[0].path == dotted(&pointer) {
                    found += 1;
                } else {
                    problems.push(format!("{place}: told elsewhere\n{verdict}"));
                }
            }
        }
        problems
            .extend(passed.difference(&listed).map(|it| format!("{it} is not kept, and an address passes")));
        problems.extend(listed.difference(&passed).map(|it| format!("{it} is kept, and no example has it")));
    }
    assert_none(&problems);
    assert!(found > 200, "{found} places");
}

#[test]
fn a_member_that_is_not_listed_is_found_in_every_object() {
    let mut count = 0;
    for source in Source::all() {
        let proof = proof(&source);
        for example in &source.examples {
            let whole: Value =
                serde_json::from_str(&repository::text(&source.sanitized_path(example))).unwrap();
            for pointer in places(&whole, |it| it.is_object()) {
                for (name, value) in [("new_pii_field", json!(ADDRESS)), ("+note:textDigest", json!(null))] {
                    let mut changed = whole.clone();
                    changed
                        .pointer_mut(&pointer)
                        .unwrap()
                        .as_object_mut()
                        .unwrap()
                        .insert(name.to_owned(), value);
                    let verdict = judged(&proof, example, changed.to_string().as_bytes());
                    let codes: Vec<_> = verdict.violations.iter().map(|it| it.code).collect();
                    assert_eq!(codes, ["unlisted-member"], "{} {pointer}", example.original);
                    assert!(!verdict.to_string().contains(ADDRESS) && !verdict.to_string().contains(name));
                    count += 1;
                }
            }
        }
    }
    assert!(count > 200, "{count} objects");
}

#[test]
fn an_object_or_a_list_in_the_place_of_a_scalar_is_found() {
    let mut count = 0;
    for source in Source::all() {
        let proof = proof(&source);
        for example in &source.examples {
            let whole: Value =
                serde_json::from_str(&repository::text(&source.sanitized_path(example))).unwrap();
            for pointer in places(&whole, |it| !it.is_object() && !it.is_array() && !it.is_null()) {
                for value in [json!({ "a": ADDRESS }), json!([ADDRESS]), json!({}), json!([])] {
                    let mut changed = whole.clone();
                    *changed.pointer_mut(&pointer).unwrap() = value;
                    let verdict = judged(&proof, example, changed.to_string().as_bytes());
                    assert_eq!(verdict.violations.len(), 1, "{} {pointer}: {verdict}", example.original);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 1000, "{count} scalars");
}

/// Pointers to all values of a kind.
fn places(value: &Value, wanted: fn(&Value) -> bool) -> Vec<String> {
    fn visit(value: &Value, pointer: &str, wanted: fn(&Value) -> bool, found: &mut Vec<String>) {
        if wanted(value) {
            found.push(pointer.to_owned());
        }
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, it)| visit(it, &format!("{pointer}/{name}"), wanted, found));
            }
            Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(at, it)| visit(it, &format!("{pointer}/{at}"), wanted, found));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let mut found = Vec::new();
    visit(value, "", wanted, &mut found);
    found
}

/// A pointer as the check spells places.
fn dotted(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| match step.parse::<usize>() {
        Ok(at) => format!("[{at}]"),
        Err(_) => format!(".{step}"),
    });
    format!("${}", steps.collect::<String>())
}

/// The same for all elements of lists.
fn pattern(pointer: &str) -> String {
    let steps = pointer.split('/').skip(1).map(|step| match step.parse::<usize>() {
        Ok(_) => "[*]".to_owned(),
        Err(_) => format!(".{step}"),
    });
    format!("${}", steps.collect::<String>())
}
