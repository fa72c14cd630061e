//! An independent JSON path library as the oracle for what both dialects share (names, unions, `*`, `..`,
//! indexes and slices), and a table of what they do not.

use std::collections::BTreeSet;

use jsonpath_rust::JsonPath;
use proptest::prelude::*;

use super::parse;
use crate::json;

fn documents() -> impl Strategy<Value = serde_json::Value> {
    let leaf = (0..1000_u32).prop_map(|number| serde_json::json!(number));
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

fn paths() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        "\\.[a-c]",
        "\\.\\.[a-c]",
        "\\['[a-c]'\\]",
        "\\['[a-b]','c'\\]",
        "\\.\\.\\['a','b'\\]",
        "\\[\\*\\]",
        "\\.\\*",
        "\\.\\.\\[\\*\\]",
        "\\[(0|1|-1|-2)\\]",
        "\\[(0|1|-2)?:(1|2|-1)?\\]",
    ];
    prop::collection::vec(step, 0..5).prop_map(|steps| format!("${}", steps.concat()))
}

proptest! {
    #[test]
    fn reaches_what_the_oracle_reaches(document in documents(), path in paths()) {
        let text = document.to_string();
        let root = json::parse(text.as_bytes()).unwrap();
        let ours: BTreeSet<String> = parse(&path)
            .unwrap()
            .found_in(&root)
            .into_iter()
            .map(|value| {
                let mut out = String::new();
                json::write(value, &mut out);
                out
            })
            .collect();
        let theirs: BTreeSet<String> =
            document.query(&path).unwrap().into_iter().map(|value| value.to_string()).collect();
        prop_assert_eq!(ours, theirs, "{} on {}", path, text);
    }
}

/// What the two dialects do not share: path, document, what we reach, what the oracle reaches (`None`: it is no
/// path to it). docs/RULES.md tells authors the same.
const DIFFERENCES: [(&str, &str, &str, Option<&str>); 11] = [
    // A filter on an object asks the object itself, not its members.
    ("$.t[?(@.by != 'X')].by", r#"{"t":{"by":"U1"}}"#, r#"["U1"]"#, Some("[]")),
    ("$[?(@.by == 'X')].v", r#"{"by":"X","v":1,"m":{"by":"X","v":2}}"#, "[1]", Some("[2]")),
    // Operators in words, and regexes.
    ("$.l[?(@.k in ['x'])].k", r#"{"l":[{"k":"x"}]}"#, r#"["x"]"#, Some("[]")),
    ("$.l[?(@.k =~ /x/)].k", r#"{"l":[{"k":"x"}]}"#, r#"["x"]"#, None),
    ("$.l[?(@.k size 1)].k", r#"{"l":[{"k":"x"}]}"#, r#"["x"]"#, Some("[]")),
    // Text and numbers are compared as either.
    ("$.l[?(@.n == '2')].n", r#"{"l":[{"n":2}]}"#, "[2]", Some("[]")),
    // A condition on a path with `..` holds whenever it can be asked.
    ("$.l[?(@..x)].k", r#"{"l":[{"k":1}]}"#, "[1]", Some("[]")),
    // Without `$`, and with a dot before the bracket.
    ("a.b", r#"{"a":{"b":1}}"#, "[1]", None),
    ("$.a.['b','c']", r#"{"a":{"b":1}}"#, "[1]", None),
    // A place is reached once, and in the order of the document.
    ("$.l[0,0]", r#"{"l":[1,2]}"#, "[1]", Some("[1,1]")),
    ("$['b','a']", r#"{"a":1,"b":2}"#, "[1,2]", Some("[2,1]")),
];

#[test]
fn differs_from_the_oracle_where_it_is_meant_to() {
    let mut found = Vec::new();
    for (path, document, _, _) in DIFFERENCES {
        let root = json::parse(document.as_bytes()).unwrap();
        let reached = parse(path).unwrap().found_in(&root);
        let mut ours = String::new();
        json::write(&json::Value::Array(reached.into_iter().cloned().collect()), &mut ours);
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        let theirs = document.query(path).ok().map(|all| serde_json::json!(all).to_string());
        found.push((path, ours, theirs));
    }
    let expected =
        DIFFERENCES.map(|(path, _, ours, theirs)| (path, ours.to_owned(), theirs.map(str::to_owned)));
    assert_eq!(found, expected);
}
