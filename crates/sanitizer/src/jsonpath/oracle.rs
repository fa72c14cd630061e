//! An independent JSON path library as the oracle for what both dialects share: names, unions, `*`, `..`,
//! indexes and slices. Filters differ on purpose and are covered by tables.

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
