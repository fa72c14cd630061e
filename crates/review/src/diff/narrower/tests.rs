use super::*;
use vizard_sanitizer::outline::Outline;

fn outline(endpoint: &str) -> Outline {
    let yaml = format!("endpoints:\n- pathTemplate: /x\n  {endpoint}\n");
    Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"))
}

fn schema(yaml: &str) -> Accepts {
    let outline = outline(&format!("queryParamSchemas: {{p: {yaml}}}"));
    outline.endpoints[0].query_schemas[0].accepts.clone()
}

#[test]
fn tells_what_a_parameter_may_hold_no_more() {
    use Relation::{Narrower, Same, Unknown, Wider};
    for (old, new, expected) in [
        ("{}", "{}", Same),
        ("{}", "{type: string}", Same),
        ("{}", "{type: integer}", Narrower),
        ("{type: number}", "{type: integer}", Narrower),
        ("{type: integer}", "{type: number}", Wider),
        ("{type: integer}", "{enum: ['1', '2']}", Narrower),
        ("{type: integer}", "{enum: ['1', 'x']}", Unknown),
        ("{enum: [a, b]}", "{enum: [b]}", Narrower),
        ("{enum: [a, b]}", "{enum: [b, a]}", Same),
        ("{enum: [a, b]}", "{enum: [b, c]}", Unknown),
        ("{enum: [a]}", "{enum: []}", Narrower),
        ("{pattern: 'a|b'}", "{enum: [a]}", Narrower),
        ("{enum: [a, b]}", "{pattern: '(?:b|a)'}", Same),
        ("{pattern: 'a|b|c'}", "{pattern: '(a|c)'}", Narrower),
        ("{pattern: '^a$'}", "{pattern: 'a'}", Same),
        ("{pattern: 'a.c'}", "{pattern: 'a\\.c'}", Unknown),
        ("{pattern: '[a-z]+'}", "{pattern: '[a-y]+'}", Unknown),
        ("{pattern: '[a-z]+'}", "{pattern: '[a-z]+', enum: [a]}", Narrower),
        ("{}", "{format: pseudonym}", Narrower),
        ("{format: pseudonym}", "{format: reversible-pseudonym}", Unknown),
        ("{anyOf: [{pattern: 'x+'}, {type: integer}]}", "{anyOf: [{type: integer}]}", Narrower),
        ("{anyOf: [{pattern: 'x+'}, {type: integer}]}", "{anyOf: [{type: integer}, {pattern: 'x+'}]}", Same),
        ("{anyOf: [{pattern: 'x+'}, {type: integer}]}", "{type: integer}", Narrower),
        ("{anyOf: [{type: integer}]}", "{anyOf: [{type: integer}, {enum: [me]}]}", Wider),
        ("{type: integer}", "{allOf: [{type: integer}, {enum: ['1']}]}", Narrower),
        ("{allOf: [{type: integer}, {enum: ['1']}]}", "{allOf: [{enum: ['1']}, {type: integer}]}", Same),
        (
            "{anyOf: [{pattern: 'x+'}, {type: integer}]}",
            "{allOf: [{anyOf: [{pattern: 'x+'}, {type: integer}]}, {enum: ['7']}]}",
            Narrower,
        ),
    ] {
        let (a, b) = (schema(new), schema(old));
        assert_eq!(Relation::of(accepts(&a, &b), accepts(&b, &a)), expected, "{old} to {new}");
    }
}

#[test]
fn tells_which_regexes_are_lists_of_texts() {
    for (regex, expected) in [
        ("a|b", Some(vec!["a", "b"])),
        ("(?:x-y|z\\.)", Some(vec!["x-y", "z."])),
        ("^a$", Some(vec!["a"])),
        ("^a|b$", None),
        ("(a)|(b)", None),
        ("a+", None),
        ("\\d", None),
        ("(?i:a)", None),
        ("(?i)a|b", None),
        ("", Some(vec![""])),
    ] {
        let found = alternatives(regex).map(|it| {
            let mut all: Vec<String> = it.into_iter().collect();
            all.sort();
            all
        });
        let expected = expected.map(|it| it.into_iter().map(str::to_owned).collect());
        assert_eq!(found, expected, "{regex}");
    }
}

#[test]
fn tells_what_a_body_may_hold_no_more() {
    use Relation::{Narrower, Same, Unknown, Wider};
    let body_of = |yaml: &str| match yaml {
        "" => None,
        yaml => outline(&format!("allowedMethods: [POST]\n  requestBody: {yaml}")).endpoints.remove(0).body,
    };
    let json = |schema: &str| format!("{{content: {{application/json: {schema}}}}}");
    for (old, new, expected) in [
        ("".to_owned(), json("{}"), Narrower),
        ("".to_owned(), "{required: true}".to_owned(), Narrower),
        ("".to_owned(), "{required: false}".to_owned(), Same),
        (json("{type: object}"), json("{type: object, required: [a]}"), Narrower),
        (json("{type: object}"), json("{type: object, properties: {a: {type: string}}}"), Narrower),
        (
            json("{type: object, additionalProperties: false, properties: {a: {}}}"),
            json("{type: object, additionalProperties: false, properties: {a: {}, b: {}}}"),
            Wider,
        ),
        (
            json("{type: object, properties: {a: {}}}"),
            json("{type: object, additionalProperties: false, properties: {b: {}}}"),
            Narrower,
        ),
        (json("{type: number}"), json("{type: integer}"), Narrower),
        (json("{type: string, pattern: a}"), json("{type: string, pattern: b}"), Unknown),
        (json("{type: array, items: {type: string}}"), json("{type: array, items: {}}"), Wider),
        (json("{type: array, items: {type: string}}"), json("{type: string}"), Unknown),
    ] {
        let (a, b) = (body_of(&new), body_of(&old));
        let relation = Relation::of(body(a.as_ref(), b.as_ref()), body(b.as_ref(), a.as_ref()));
        assert_eq!(relation, expected, "{old} to {new}");
    }
}

#[test]
fn many_candidates_are_the_same_as_themselves_and_otherwise_in_doubt() {
    let many = |first: usize| {
        let all: Vec<String> = (first..first + 300).map(|i| format!("{{pattern: 'x{i}+'}}")).collect();
        schema(&format!("{{anyOf: [{}]}}", all.join(", ")))
    };
    assert!(accepts(&many(0), &many(0)));
    assert!(!accepts(&many(0), &many(1)));
}
