//! The pass and the tree held equal: on generated rules and generated bodies, hostile ones included, both give
//! the same bytes or refuse for the same reason at the same place.

use proptest::prelude::*;

use crate::counts::Counts;
use crate::json::{Documents, Value};
use crate::program::Program;
use crate::sanitize::{Options, by_tree, sanitize};
use crate::testing;

/// A JSON value as text, with white space, escapes and names that come twice.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(r#""x""#),
        Just(r#""y""#),
        Just(r#""\u0078""#),
        Just(r#""alice@acme.com""#),
        Just(r#""\"Al\" <alice@acme.com>""#),
        Just(r#""10.0.0.1""#),
        Just(r#"" ""#),
        Just(r#""""#),
        Just("\"🙂é\\ud83d\\ude42\\/\""),
        Just("1"),
        Just("12.50"),
        Just("-0"),
        Just("3.0"),
        Just("true"),
        Just("null"),
    ];
    let name = prop_oneof![
        4 => Just("a"), 4 => Just("b"), 4 => Just("c"), 3 => Just("d"), 1 => Just(r"\u0061"), 1 => Just("e e"),
    ];
    let space = prop_oneof![8 => Just(""), 1 => Just(" "), 1 => Just("\n\t ")];
    leaf.prop_map(str::to_owned).prop_recursive(5, 60, 5, move |inner| {
        let items = prop::collection::vec((inner.clone(), space.clone()), 0..5);
        let members = prop::collection::vec((name.clone(), inner, space.clone(), any::<u8>()), 0..5);
        prop_oneof![
            items.prop_map(|items| {
                let items: Vec<String> =
                    items.iter().map(|(item, space)| format!("{space}{item}{space}")).collect();
                format!("[{}]", items.join(","))
            }),
            members.prop_map(|members| {
                let mut all: Vec<String> = Vec::new();
                for (name, value, space, twice) in &members {
                    // A name comes twice now and then, not always: those documents are the tree's.
                    let known = |it: &String| it.trim_start().starts_with(&format!("\"{name}\""));
                    if *twice < 16 || !all.iter().any(known) {
                        all.push(format!("{space}\"{name}\"{space}:{space}{value}{space}"));
                    }
                }
                format!("{{{}}}", all.join(","))
            }),
        ]
    })
}

/// One or more documents, some of them damaged.
fn body() -> impl Strategy<Value = String> {
    let documents = prop::collection::vec(json(), 1..4).prop_map(|all| all.join("\n"));
    let damage = prop_oneof![
        6 => Just(None),
        1 => (any::<prop::sample::Index>(), prop::sample::select(&["", "\"", "\\", "{", "]", ",", "\u{1}", "0", " "][..])).prop_map(Some),
    ];
    (documents, damage).prop_map(|(mut body, damage)| {
        if let Some((at, put)) = damage {
            let places: Vec<usize> = body.char_indices().map(|(at, _)| at).collect();
            let at = places[at.index(places.len())];
            let next = at + body[at..].chars().next().map_or(0, char::len_utf8);
            body.replace_range(at..next, put);
        }
        body
    })
}

fn filter() -> impl Strategy<Value = String> {
    let condition = prop_oneof![
        "@\\.[abc]",
        "@\\.[abc] == 'x'",
        "@\\.[ab]\\.[bc] != 1",
        "@ == 'x'",
        "@\\.[abc] in \\['x','y'\\]",
        "@\\.[ab] =~ /[xy].*/",
        "@\\.[ab] size 1",
        "@\\[0\\] == 'x'",
        "@\\.\\.a",
        "@\\.\\.[ab] empty false",
        "@\\.[ab] && @\\.c == 'y'",
        "!\\(@\\.[bc] == 'x'\\) \\|\\| @\\.a > 1",
        "@\\['a','b'\\] == 'x'",
    ];
    prop_oneof![20 => condition, 1 => Just("$.a == 'x'".to_owned())].prop_map(|it| format!("[?({it})]"))
}

fn path() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        8 => "\\.[abcd]",
        2 => "\\.\\.[abc]",
        2 => "\\['[ab]','[cd]'\\]",
        1 => "\\.\\.\\['a','c'\\]",
        4 => Just("[*]".to_owned()),
        1 => Just("..[*]".to_owned()),
        1 => "\\[(0|-1|1:|:-1|0,2)\\]",
        3 => filter(),
        1 => filter().prop_map(|it| format!("..{it}")),
    ];
    prop::collection::vec(step, 0..5).prop_map(|steps| format!("${}", steps.concat()))
}

fn transform(path: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let kind = prop::sample::select(
        &[
            ("redact", ""),
            ("redact", ""),
            ("pseudonymize", ""),
            ("pseudonymize", "includeReversible: true"),
            ("pseudonymize", "encoding: JSON"),
            ("pseudonymize", "encoding: URL_SAFE_HASH_ONLY"),
            ("textDigest", ""),
            ("redactRegexMatches", "redactions: ['[al]']"),
            ("filterTokenByRegex", "filters: ['x|\"']"),
            ("hashIp", ""),
            ("tokenize", ""),
        ][..],
    );
    let condition = prop_oneof![30 => Just(None), 1 => filter().prop_map(Some)];
    (kind, prop::collection::vec(path, 1..4), condition).prop_map(|((name, keys), paths, condition)| {
        let paths: Vec<String> = paths.iter().map(|path| format!("\"{path}\"")).collect();
        let condition = condition.map(|it| format!(", applyOnlyWhen: \"${it}\"")).unwrap_or_default();
        let comma = if keys.is_empty() { "" } else { ", " };
        format!("  - !<{name}> {{jsonPaths: [{}]{condition}{comma}{keys}}}\n", paths.join(", "))
    })
}

fn schema() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => Just("{type: string}"),
        1 => Just("{type: integer}"),
        1 => Just("{type: number}"),
        1 => Just("{type: boolean}"),
        3 => Just("{}"),
        1 => Just("{type: 'null'}"),
        2 => Just("{$ref: '#/definitions/A'}"),
        1 => Just("{$ref: '#/definitions/B'}"),
        1 => Just("{const: x}"),
    ];
    leaf.prop_map(str::to_owned).prop_recursive(4, 20, 4, |inner| {
        let properties = prop::collection::vec(("[abcd]", inner.clone()), 0..4).prop_map(|members| {
            let mut listed: Vec<(String, String)> = Vec::new();
            for (name, schema) in members {
                if listed.iter().all(|(it, _)| *it != name) {
                    listed.push((name, schema));
                }
            }
            let listed: Vec<String> = listed.iter().map(|(name, schema)| format!("{name}: {schema}")).collect();
            format!("{{properties: {{{}}}}}", listed.join(", "))
        });
        prop_oneof![
            6 => properties,
            3 => inner.clone().prop_map(|it| format!("{{items: {it}}}")),
            1 => prop::collection::vec(inner.clone(), 1..3).prop_map(|all| format!("{{anyOf: [{}]}}", all.join(", "))),
            1 => (inner.clone(), inner).prop_map(|(of, then)| {
                format!("{{if: {{properties: {{a: {of}}}}}, then: {{properties: {{b: {then}}}}}}}")
            }),
        ]
    })
}

const DEFINITIONS: &str = "definitions:
  A: {properties: {a: {$ref: '#/definitions/A'}, b: {items: {$ref: '#/definitions/B'}}, c: {type: string}}}
  B: {anyOf: [{properties: {a: {const: x}, d: {}}}, {$ref: '#/definitions/A'}]}
";

fn rules(path: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let schema = prop_oneof![1 => Just(None), 1 => schema().prop_map(Some)];
    (schema, prop::collection::vec(transform(path), 0..5)).prop_map(|(schema, transforms)| {
        let schema = schema.map(|it| format!("  responseSchema: {it}\n")).unwrap_or_default();
        let transforms = if transforms.is_empty() {
            String::new()
        } else {
            format!("  transforms:\n{}", transforms.concat())
        };
        format!("{schema}{transforms}{DEFINITIONS}")
    })
}

type Outcome = Result<(String, Counts), (&'static str, usize)>;

fn outcomes(program: &Program, body: &str) -> [Outcome; 2] {
    [sanitize, by_tree].map(|executor| {
        let sanitized = executor(program, body.as_bytes(), testing::keys(), Options::default());
        sanitized
            .map(|it| (String::from_utf8(it.body().to_vec()).unwrap(), it.counts()))
            .map_err(|why| (why.code(), why.offset()))
    })
}

fn text(outcome: &Outcome) -> Result<&str, (&'static str, usize)> {
    outcome.as_ref().map(|(text, _)| text.as_str()).map_err(|why| *why)
}

/// Paths whose transforms reach nothing but what is in `d`, so that no work on one is lost by another.
fn path_to_leaf() -> impl Strategy<Value = String> {
    let step = prop_oneof![4 => "\\.[abc]", 1 => "\\.\\.[abc]", 4 => Just("[*]".to_owned()), 1 => filter()];
    prop::collection::vec(step, 0..4).prop_map(|steps| format!("${}.d", steps.concat()))
}

fn has_leaves_only_in_d(value: &Value<'_>) -> bool {
    match value {
        Value::Array(items) => items.iter().all(has_leaves_only_in_d),
        Value::Object(members) => members.iter().all(|member| match &*member.name {
            "d" => !member.value.is_container(),
            _ => has_leaves_only_in_d(&member.value),
        }),
        _ => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(1_000), max_global_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn gives_the_same_bytes_as_the_tree(rules in rules(path()), body in body()) {
        let Ok(program) = testing::program(&rules) else { return Err(TestCaseError::reject(rules)) };
        let [pass, tree] = outcomes(&program, &body);
        prop_assert_eq!(text(&pass), text(&tree), "{} on {}", rules, body);
        if let Ok(text) = text(&pass) {
            for line in text.lines() {
                let read: Result<serde_json::Value, _> = serde_json::from_str(line);
                prop_assert!(read.is_ok(), "{} on {} wrote {}", rules, body, line);
            }
        }
    }

    #[test]
    fn counts_as_the_tree_counts(transforms in prop::collection::vec(transform(path_to_leaf()), 0..4), body in body()) {
        prop_assume!(Documents::new(body.as_bytes()).unwrap().flatten().all(|it| has_leaves_only_in_d(&it)));
        let rules = match transforms.is_empty() {
            true => String::new(),
            false => format!("  transforms:\n{}", transforms.concat()),
        };
        let Ok(program) = testing::program(&rules) else { return Err(TestCaseError::reject(rules)) };
        let [pass, tree] = outcomes(&program, &body);
        if let (Ok((_, pass)), Ok((_, tree))) = (&pass, &tree) {
            // Removed after it was rewritten: the pass does not rewrite it first.
            if tree.removed == 0 {
                prop_assert_eq!(pass, tree, "{} on {}", rules, body);
            }
        }
    }
}
