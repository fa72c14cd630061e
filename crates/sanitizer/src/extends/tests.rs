//! What the emitter writes reads back as the same nodes; the rest is in the repository's tests, as files.

use proptest::collection::vec;
use proptest::prelude::*;

use super::emit::emit;
use super::*;
use crate::diagnostic::Spanned;

/// What a node says, without places.
fn shown(node: &Node) -> String {
    let tag = node.tag.as_ref().map_or(String::new(), |tag| format!("!{:?} ", tag.value));
    match &node.kind {
        // Quotes matter for what would be null without them, and for nothing else; `~` is nothing.
        Kind::Scalar { text, .. } if node.is_null() => format!("{tag}null {}", text.replace('~', "")),
        Kind::Scalar { text, .. } => format!("{tag}{text:?}"),
        Kind::Sequence(items) => {
            format!("{tag}[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Kind::Mapping(entries) => {
            let entry = |(key, node): &(Spanned<String>, Node)| format!("{:?}: {}", key.value, shown(node));
            format!("{tag}{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

fn read(text: &str) -> Node {
    let mut report = Report::default();
    let node = node::parse(text, &mut report);
    let problems = report.finish("r", text);
    assert!(problems.is_empty(), "{problems}\n{text}");
    node.unwrap_or_else(|| panic!("nothing to read:\n{text}"))
}

#[test]
fn files_read_back_from_what_is_emitted() {
    for text in [
        include_str!("../../../../rules/zoom/rules.yaml"),
        include_str!("../../../../tests/data/every-key.yaml"),
        "a:\n- - b\n  -\n  - [c, [], {}]\n- !<x> {}\n- !y [1]\n- !z\n- ''\n- ~\n- 'null'\n? long\n: {\"\": 1}\n",
        "!<all> {'a: b': ' x', '- c': 'y #z', 'd:': \"e\\n\\tf\\u0085\\u2028\\ufeff\", ...: '...', --- g: \"'h'\"}",
    ] {
        let root = read(text);
        let emitted = emit(&root);
        assert_eq!(shown(&read(&emitted)), shown(&root), "{emitted}");
        assert_eq!(emit(&read(&emitted)), emitted, "once more");
    }
    let long = format!("? '{}'\n: 1\n", "k".repeat(5_000));
    assert_eq!(shown(&read(&emit(&read(&long)))), shown(&read(&long)));
}

#[test]
fn a_schema_stays_where_calls_without_the_parameter_would_pass() {
    let base = |schema: &str| {
        format!(
            "version: \"1.0\"\nendpoints:\n- pathTemplate: /a\n  allowedQueryParams: [p, Q]\n  queryParamSchemas: {{p: {{enum: [x]}}, q: {{{schema}}}}}\n"
        )
    };
    let ours = "extends: tea@1\noverrides:\n- pathTemplate: /a\n  allowedQueryParams: [P]\n";
    for (schema, stays) in [
        ("enum: [x]", false),
        ("enum: [x], required: false", false),
        ("enum: [x], required: true", true),
        ("allOf: [{enum: [x]}, {enum: [y], required: 'True'}]", true),
        ("allOf: [{enum: [x]}, {enum: [y]}]", false),
    ] {
        let base = base(schema);
        let resolved = resolve("ours", ours, &[Shipped { source: "tea", text: &base }]).unwrap();
        let loaded = crate::RuleSet::load("ours", &resolved.text).unwrap();
        assert_eq!(resolved.text.contains("q:"), stays, "{schema}: {}", resolved.text);
        assert_eq!(loaded.warnings.is_empty(), !stays, "{}", loaded.warnings);
        assert!(resolved.text.contains("p:"));
    }
}

fn text() -> impl Strategy<Value = String> {
    let telling = "[-?:,\\[\\]{}#&*!|>'\"%@`~=<. \\\\\n\t\r/a1\u{e9}\u{85}\u{2028}\u{feff}\u{1f350}]{0,6}";
    prop_oneof![telling, any::<String>(), Just("null".to_owned()), Just("---".to_owned())]
}

fn nodes() -> impl Strategy<Value = Node> {
    let place = Place::default();
    let spanned = move |value| Spanned { value, place };
    let tag = || prop::option::weighted(0.2, "[a-zA-Z][a-z!>%, \u{e9}-]{0,4}");
    let leaf = (text(), any::<bool>()).prop_map(move |(text, plain)| Node {
        place,
        tag: None,
        kind: Kind::Scalar { text, plain },
    });
    let tree = leaf.prop_recursive(4, 40, 5, move |inner| {
        let list = vec(inner.clone(), 0..5).prop_map(Kind::Sequence);
        let map = vec((text(), inner), 0..5).prop_map(move |mut entries| {
            let mut seen = std::collections::HashSet::new();
            entries.retain(|(key, _)| seen.insert(key.clone()));
            Kind::Mapping(entries.into_iter().map(|(key, node)| (spanned(key), node)).collect())
        });
        (tag(), prop_oneof![list, map]).prop_map(move |(tag, kind)| Node {
            place,
            tag: tag.map(spanned),
            kind,
        })
    });
    // A document that is nothing but nothing is no document.
    tree.prop_map(move |node| Node {
        place,
        tag: None,
        kind: Kind::Mapping(vec![(spanned("a".to_owned()), node)]),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]
    #[test]
    fn any_nodes_read_back_from_what_is_emitted(root in nodes()) {
        let emitted = emit(&root);
        prop_assert_eq!(shown(&read(&emitted)), shown(&root), "{}", emitted);
    }
}
