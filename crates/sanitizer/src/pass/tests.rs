//! The pass and the tree held equal: on generated rules and generated bodies, hostile ones included, both give
//! the same bytes or refuse for the same reason at the same place.

use proptest::prelude::*;

use crate::counts::Counts;
use crate::json::{Documents, Scanner, Value};
use crate::pass::{Pass, Stop};
use crate::program::Program;
use crate::sanitize::{Options, by_tree, sanitize};
use crate::testing;
use crate::transform::Context;

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

/// Many documents, one much like the other: what differs is a scalar, a name, white space or a container here and there.
pub(super) fn alike() -> impl Strategy<Value = String> {
    const CHANGES: [(&str, &str); 14] = [
        ("\"x\"", "\"y\""),
        ("\"x\"", "\"longer than a window of bytes\""),
        ("\"y\"", r#""\u0079""#),
        ("\"y\"", "{\"a\":1}"),
        ("1", "12.75"),
        ("1", "null"),
        ("true", "\"alice@acme.com\""),
        ("null", "[]"),
        ("null", "true"),
        ("\"a\"", "\"b\""),
        ("\"b\"", r#""\u0062""#),
        ("{", "{ "),
        (":", " :"),
        ("]", ",1]"),
    ];
    let changes = prop::collection::vec((0..CHANGES.len(), 0..4_usize), 0..3);
    let documents = prop::collection::vec(prop_oneof![2 => Just(Vec::new()), 1 => changes], 8..40);
    (json(), documents, any::<bool>()).prop_map(|(first, documents, in_a_list)| {
        let changed = |changes: &Vec<(usize, usize)>| {
            changes.iter().fold(first.clone(), |text, (change, nth)| {
                let (from, to) = CHANGES[*change];
                match text.match_indices(from).nth(*nth) {
                    Some((at, _)) => format!("{}{to}{}", &text[..at], &text[at + from.len()..]),
                    None => text,
                }
            })
        };
        let documents: Vec<String> = documents.iter().map(changed).collect();
        // Padded, so that it is worth while to look for what is alike.
        let pad = " ".repeat(4_096);
        match in_a_list {
            true => format!("[{}]{pad}", documents.join(",")),
            false => documents.join("\n") + &pad,
        }
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

pub(super) fn path() -> impl Strategy<Value = String> {
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

pub(super) fn rules(path: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
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

pub(super) type Outcome = Result<(String, Counts), (&'static str, usize)>;

pub(super) fn outcomes(program: &Program, body: &str) -> [Outcome; 2] {
    [sanitize, by_tree].map(|executor| {
        let sanitized = executor(program, body.as_bytes(), testing::keys(), Options::default());
        sanitized
            .map(|it| (String::from_utf8(it.body().to_vec()).unwrap(), it.counts()))
            .map_err(|why| (why.code(), why.offset()))
    })
}

pub(super) fn text(outcome: &Outcome) -> Result<&str, (&'static str, usize)> {
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
    fn goes_along_what_is_alike_as_the_tree_does(rules in rules(path()), body in alike()) {
        let Ok(program) = testing::program(&rules) else { return Err(TestCaseError::reject(rules)) };
        let [pass, tree] = outcomes(&program, &body);
        prop_assert_eq!(text(&pass), text(&tree), "{} on {}", rules, body);
    }

    #[test]
    fn counts_as_the_tree_counts(transforms in prop::collection::vec(transform(path_to_leaf()), 0..4), body in prop_oneof![body(), alike()]) {
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

/// What chance seldom writes: each once fails when a part of the pass or of the automaton is left out.
#[test]
fn holds_where_generators_seldom_go() {
    let wide: Vec<String> = (0..70).map(|i| format!("'w{i}'")).collect();
    let wide = format!("  transforms: [!<textDigest> {{jsonPaths: [\"$[{}]\"]}}]", wide.join(","));
    let typed = "  responseSchema: {properties: {a: {type: string}, b: {}}}\n";
    for (rules, body, expected) in [
        // The schema comes before the filter.
        (format!("{typed}  transforms: [!<redact> {{jsonPaths: [\"$[?(!(@.a == 1))].b\"]}}]"), r#"{"a":1,"b":2}"#, r#"{"a":null}"#),
        // What one path did behind its filter, the filter of the next one sees.
        (
            "  transforms: [!<hashIp> {jsonPaths: [\"$.l[?(@.t)].a\"]}, !<redact> {jsonPaths: [\"$.l[?(!(@.a == 'x'))].c\"]}]".to_owned(),
            r#"{"l":[{"t":1,"a":"x","c":1},{"a":"x","c":2}]}"#,
            r#"{"l":[{"t":1,"a":null},{"a":"x","c":2}]}"#,
        ),
        // One filter may look at the whole of a member, the other only at a scalar.
        (
            "  transforms: [!<redact> {jsonPaths: [\"$.l[?(@.a == 1)].b\", \"$.l[*].a.x\", \"$.l[?(@.a == @.d)].c\"]}]".to_owned(),
            r#"{"l":[{"a":{"x":1},"d":{},"c":"gone"}]}"#,
            r#"{"l":[{"a":{},"d":{}}]}"#,
        ),
        // A scalar that a filter could not judge is null for the filters that come after it.
        (
            "  transforms: [!<redact> {jsonPaths: [\"$.a[?(@.x)].y\", \"$[?(!(@.a == 'k'))].b\"]}]".to_owned(),
            r#"{"a":"k","b":1}"#,
            r#"{"a":null}"#,
        ),
        // What the schema chooses depends on members that the filter does not look at.
        (
            "  responseSchema: {properties: {m: {anyOf: [{properties: {t: {const: a}, k: {type: string}}}, {properties: {k: {type: integer}}}]}, b: {}}}\n  \
             transforms: [!<redact> {jsonPaths: [\"$[?(!(@.m.k == 'x'))].b\"]}]".to_owned(),
            r#"{"m":{"t":"b","k":"x"},"b":1}"#,
            r#"{"m":{"k":null}}"#,
        ),
        // Of a name that comes twice the last value counts, also ahead.
        (
            "  transforms: [!<redact> {jsonPaths: ['$.l[?(@.a == 1)]']}]".to_owned(),
            r#"{"l":[{"a":1,"a":2}]}"#,
            r#"{"l":[{"a":2}]}"#,
        ),
        // What is null already goes as well.
        (format!("{typed}  transforms: [!<redact> {{jsonPaths: ['$.a']}}]"), r#"{"a":null,"b":1}"#, r#"{"b":1}"#),
        // Names beyond the first 64 repeat as well.
        (wide, r#"{"w66":1,"w66":"Hi"}"#, r#"{"w66":"{\"length\":2,\"word_count\":1}"}"#),
        // Long names that begin alike.
        (
            "  transforms: [!<redact> {jsonPaths: ['$[*].a_name_of_more_than_sixteen_bytes']}]".to_owned(),
            r#"[{"a":1,"a_name_of_more_than_sixteen":3},{"a":1,"a_name_of_more_than_sixteen_bytes":4}]"#,
            r#"[{"a":1,"a_name_of_more_than_sixteen":3},{"a":1}]"#,
        ),
    ] {
        let program = testing::program(&rules).unwrap();
        let [pass, tree] = outcomes(&program, body);
        assert_eq!(text(&pass), Ok(expected), "{rules} on {body}");
        assert_eq!(pass, tree, "{rules} on {body}");
    }
    // Pseudonyms that are remembered: by step, not beyond a document that the tree did again, and of what
    // stands in the source only.
    let two = "  transforms: [!<pseudonymize> {jsonPaths: ['$.a']}, !<pseudonymize> {jsonPaths: ['$.b'], encoding: URL_SAFE_HASH_ONLY}]";
    let list = "  transforms: [!<pseudonymize> {jsonPaths: ['$[*]']}]";
    for (rules, body) in [
        (two, r#"{"a":"x@acme.com","b":"x@acme.com"}"#),
        (two, "{\"z\":1,\"a\":\"alice\",\"z\":22222}\n{\"a\":\"alice\"}"),
        (list, r#"[9e999,21,"9e999,21"]"#),
        (list, r#"[" "," ",-0,"-","0"]"#),
    ] {
        let [pass, tree] = outcomes(&testing::program(rules).unwrap(), body);
        assert_eq!(pass, tree, "{rules} on {body}");
    }
}

#[test]
fn no_name_is_expected_before_one_was_read() {
    let program = testing::program("").unwrap();
    for body in ["{\"\"\"1,\"b\":12345678901234567890}", "{\"a\":1,\"\"\"2,\"b\":12345678901234567890}"] {
        let [pass, tree] = outcomes(&program, body);
        assert_eq!(pass.map_err(|why| why.0), Err("json-syntax"), "{body}");
        assert_eq!(outcomes(&program, body)[0], tree, "{body}");
    }
}

#[test]
fn counts_what_the_schema_takes_from_lists() {
    let rules = "  responseSchema: {properties: {l: {items: {type: integer}}, a: {type: string}}}";
    let [pass, tree] =
        outcomes(&testing::program(rules).unwrap(), r#"{"l":[1,null,"x",2.5,{"y":1}],"a":1,"b":2}"#);
    assert_eq!(pass, tree);
}

/// Runs the documents of a body with little room for what transforms write.
fn in_room(body: &str, may_write: usize) -> Result<String, &'static str> {
    let program = testing::program("  transforms: [!<pseudonymize> {jsonPaths: ['$.a']}]").unwrap();
    let context =
        Context { keys: testing::keys(), options: Options::default(), counts: Counts::default(), may_write };
    let automaton = program.automaton.as_ref().unwrap();
    let mut pass =
        Pass::new(&program, automaton, Scanner::new(body.as_bytes()).unwrap(), context, String::new());
    while let Some(mark) = pass.next() {
        match pass.document() {
            Ok(()) => {}
            Err(Stop::Refused(why)) => return Err(why.code()),
            Err(Stop::NeedsTree) => pass.document_by_tree(mark).map_err(|why| why.code())?,
        }
    }
    Ok(pass.finish().0)
}

#[test]
fn a_body_has_so_much_room_however_it_is_run() {
    // A pseudonym takes 45 bytes. The second document is begun by the pass and done by the tree.
    let again = r#"{"a":1}{"a":2,"z":1,"z":2}"#;
    for (body, may_write, fits) in [
        (r#"{"a":1}"#, 45, true),
        (r#"{"a":1}"#, 44, false),
        (r#"{"a":1}{"a":2}"#, 90, true),
        (r#"{"a":1}{"a":2}"#, 89, false),
        (again, 90, true),
        (again, 89, false),
    ] {
        assert_eq!(in_room(body, may_write).is_ok(), fits, "{body} in {may_write}");
    }
}

#[test]
fn reads_ahead_only_so_much() {
    let rules = "  transforms: [!<redact> {jsonPaths: ['$..[?(@..x == 1)].q']}]";
    let program = testing::program(rules).unwrap();
    let body = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for (depth, needs_tree) in [(8, false), (500, true)] {
        let body = body(depth);
        let context = Context {
            keys: testing::keys(),
            options: Options::default(),
            counts: Counts::default(),
            may_write: 0,
        };
        let automaton = program.automaton.as_ref().unwrap();
        let mut pass =
            Pass::new(&program, automaton, Scanner::new(body.as_bytes()).unwrap(), context, String::new());
        pass.next().unwrap();
        assert_eq!(matches!(pass.document(), Err(Stop::NeedsTree)), needs_tree, "{depth}");
    }
}

#[test]
fn each_document_has_budgets_of_its_own() {
    let rules = "  responseSchema: {anyOf: [{properties: {a: {const: x}, b: {type: string}}}]}\n  transforms: [!<redact> {jsonPaths: ['$.c']}]";
    let program = testing::program(rules).unwrap();
    let context = Context {
        keys: testing::keys(),
        options: Options::default(),
        counts: Counts::default(),
        may_write: 0,
    };
    let body = r#"{"a":"x","b":"y"} {"a":"x","b":"y"}"#;
    let mut pass = Pass::new(
        &program,
        program.automaton.as_ref().unwrap(),
        Scanner::new(body.as_bytes()).unwrap(),
        context,
        String::new(),
    );
    while pass.next().is_some() {
        assert!(pass.document().is_ok());
        pass.budgets.look_ahead = 0;
    }
    assert_eq!(pass.finish().0, "{\"a\":\"\",\"b\":\"y\"}\n{\"a\":\"\",\"b\":\"y\"}");
}

#[test]
fn a_document_that_the_tree_does_leaves_nothing_behind() {
    let program = testing::program("").unwrap();
    let names: Vec<String> = (0..40).map(|name| format!("\"n{name}\":1")).collect();
    let names = names.join(",");
    let body = format!("{{\"o\":{{{names},\"n1\":2}}}}{{\"o\":{{{names}}}}}");
    let context = Context {
        keys: testing::keys(),
        options: Options::default(),
        counts: Counts::default(),
        may_write: 0,
    };
    let mut pass = Pass::new(
        &program,
        program.automaton.as_ref().unwrap(),
        Scanner::new(body.as_bytes()).unwrap(),
        context,
        String::new(),
    );
    let mark = pass.next().unwrap();
    assert!(matches!(pass.document(), Err(Stop::NeedsTree)));
    pass.document_by_tree(mark).unwrap();
    pass.next().unwrap();
    assert!(pass.document().is_ok());
}
