use super::{FieldPath, Outline, Part, Reach};

fn outline(endpoint: &str) -> Outline {
    let yaml = format!("endpoints:\n- pathTemplate: /x\n  {endpoint}\n");
    Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"))
}

fn listed(endpoint: &str) -> String {
    let outline = outline(endpoint);
    let fields = outline.endpoints[0].fields.as_ref().unwrap();
    let shown = |it: &super::Field| {
        let sometimes = if it.only_sometimes { "?" } else { "" };
        format!("{} {}{sometimes}", it.path, it.kind.word())
    };
    fields.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[test]
fn lists_what_a_schema_lets_through() {
    for (schema, expected) in [
        ("{type: string}", "$ string"),
        ("{}", "$ any scalar"),
        ("{properties: {a: {type: integer}, 'b c': {type: 'null'}}}", "$ object, $.a integer, $['b c'] null"),
        (
            "{properties: {u: {items: {properties: {id: {}, +x: {}}}}}}",
            "$ object, $.u array, $.u[*] object, $.u[*].id any scalar",
        ),
        (
            "{anyOf: [{properties: {k: {const: a}, x: {type: number}}}, {properties: {k: {const: b}, x: {type: number}}}]}",
            "$ object?, $.k constant?, $.x number?, $.k constant?",
        ),
        (
            "{if: {properties: {k: {const: a}}}, then: {properties: {x: {type: boolean}}}}",
            "$ object?, $.x boolean?",
        ),
        ("{$ref: '#/definitions/Leaf', properties: {y: {}}}", "$ object, $.v string"),
    ] {
        let endpoint = format!(
            "responseSchema: {schema}\ndefinitions: {{Leaf: {{properties: {{v: {{type: string}}}}}}}}"
        );
        assert_eq!(listed(&endpoint), expected, "{schema}");
    }
}

#[test]
fn a_definition_within_itself_is_followed_twice_and_then_mentioned() {
    let endpoint = "responseSchema: {$ref: '#/definitions/Tree'}\ndefinitions: {Tree: {properties: {id: {type: string}, kids: {items: {$ref: '#/definitions/Tree'}}}}}";
    assert_eq!(
        listed(endpoint),
        "$ object, $.id string, $.kids array, $.kids[*] object, $.kids[*].id string, $.kids[*].kids array, \
         $.kids[*].kids[*] object, $.kids[*].kids[*].id string, $.kids[*].kids[*].kids array, \
         $.kids[*].kids[*].kids[*] nested again"
    );
}

#[test]
fn refuses_schemas_with_too_many_places() {
    let doubling: String = (0..20)
        .map(|i| format!("  D{i}: {{properties: {{a: {{$ref: '#/definitions/D{0}'}}, b: {{$ref: '#/definitions/D{0}'}}}}}}\n", i + 1))
        .collect();
    let yaml = format!(
        "endpoints:\n- pathTemplate: /x\n  responseSchema: {{$ref: '#/definitions/D0'}}\ndefinitions:\n{doubling}  D20: {{type: string}}\n"
    );
    let problems = Outline::read("r", &yaml).unwrap_err();
    assert_eq!(problems.iter().map(|it| it.code).collect::<Vec<_>>(), ["too-many-fields"]);
}

#[test]
fn refuses_candidates_that_multiply() {
    let doubling: String = (0..30)
        .map(|i| {
            format!(
                "  D{i}: {{anyOf: [{{$ref: '#/definitions/D{0}'}}, {{$ref: '#/definitions/D{0}'}}]}}\n",
                i + 1
            )
        })
        .collect();
    let yaml = format!(
        "endpoints:\n- pathTemplate: /x\n  responseSchema: {{$ref: '#/definitions/D0'}}\ndefinitions:\n{doubling}  D30: {{type: string}}\n"
    );
    let problems = Outline::read("r", &yaml).unwrap_err();
    assert_eq!(problems.iter().map(|it| it.code).collect::<Vec<_>>(), ["too-many-fields"]);
}

#[test]
fn digests_of_augments_stand_beside_their_texts() {
    let endpoint = "responseSchema: {properties: {m: {items: {properties: {id: {}}}}}}\n  augments: [!<textDigest> {jsonPaths: ['$.m[*].text', '$..tags[*]']}]";
    assert_eq!(
        listed(endpoint),
        "$ object, $.m array, $.m[*] object, $.m[*].id any scalar, $.m[*]['+text:textDigest'] digest?, \
         $['+tags:textDigest'] digest?, $.m[*]['+tags:textDigest'] digest?"
    );
    let endpoint = "responseSchema: {properties: {m: {properties: {}}}}\n  augments: [!<textDigest> {jsonPaths: ['$.*', '$.c[*][*]', '$.c']}]";
    assert_eq!(
        listed(endpoint),
        "$ object, $.m object, $['+*:textDigest'] digest?, $['+c:textDigest'] digest?, $['+c:textDigest'] digest?"
    );
}

#[test]
fn tells_where_paths_reach() {
    use Part::{AnyName, Element};
    let name = |it: &str| Part::Name(it.to_owned());
    let users_id = vec![name("users"), Element, name("id")];
    for (path, place, is_object, expected) in [
        ("$.users[*].id", users_id.clone(), false, Reach::Always),
        ("users[*].id", users_id.clone(), false, Reach::Always),
        ("$.users[*]['id','x']", users_id.clone(), false, Reach::Always),
        ("$..id", users_id.clone(), false, Reach::Always),
        ("$..users..id", users_id.clone(), false, Reach::Always),
        ("$.*.*.*", users_id.clone(), false, Reach::Always),
        ("$..*", users_id.clone(), false, Reach::Always),
        ("$.users[0].id", users_id.clone(), false, Reach::Sometimes),
        ("$.users[0:].id", users_id.clone(), false, Reach::Always),
        ("$.users[:5].id", users_id.clone(), false, Reach::Sometimes),
        ("$.users[?(@.t)].id", users_id.clone(), false, Reach::Sometimes),
        ("$.users[*][?(@.t)].id", users_id.clone(), false, Reach::Sometimes),
        ("$[?(@.t)].users[*].id", users_id.clone(), false, Reach::Sometimes),
        ("$..[?(@.t)]", users_id[..2].to_vec(), true, Reach::Sometimes),
        ("$..[?(@.t)]", users_id.clone(), false, Reach::Never),
        ("$..[?(@.t)]", Vec::new(), true, Reach::Sometimes),
        ("$['users[*]','owner'].id", users_id.clone(), false, Reach::Always),
        ("$.users.id", users_id.clone(), false, Reach::Never),
        ("$.users[*]", users_id.clone(), false, Reach::Never),
        ("$.users[*].ID", users_id.clone(), false, Reach::Never),
        ("$.users[*].id.x", users_id.clone(), false, Reach::Never),
        ("$", Vec::new(), false, Reach::Always),
        ("$.a", vec![AnyName], false, Reach::Sometimes),
        ("$.*", vec![AnyName], false, Reach::Always),
    ] {
        let outline = outline(&format!("transforms: [!<redact> {{jsonPaths: [\"{path}\"]}}]"));
        let step = &outline.endpoints[0].steps[0];
        let place = FieldPath(place);
        assert_eq!(step.reach(&place, is_object), expected, "{path} at {place}");
    }
}

#[test]
fn constants_decide_whether_fields_are_there() {
    let when = |schema: &str| {
        let outline = outline(&format!("responseSchema: {schema}"));
        let fields = outline.endpoints[0].fields.clone().unwrap();
        fields.into_iter().map(|it| (it.path.to_string(), it.when)).collect::<Vec<_>>()
    };
    let of = |schema: &str, path: &str| {
        when(schema).into_iter().find(|it| it.0 == path).map(|it| it.1).unwrap_or_default()
    };
    assert_eq!(of("{properties: {a: {}, b: {items: {properties: {c: {}}}}}}", "$.b[*].c"), [""; 0]);
    let x_of = |schema: &str| of(schema, "$[*].x");
    let plain = x_of("{items: {properties: {k: {const: a}, x: {}}}}");
    assert_eq!(plain.len(), 1);
    assert_eq!(plain, x_of("{items: {properties: {y: {type: string}, x: {}, k: {const: a}}}}"));
    assert_ne!(plain, x_of("{items: {properties: {k: {const: b}, x: {}}}}"));
    assert_ne!(
        x_of("{items: {if: {properties: {k: {const: a}}}, then: {properties: {x: {}}}}}"),
        x_of("{items: {if: {properties: {k: {const: b}}}, then: {properties: {x: {}}}}}")
    );
    // The same list of fields, and yet the second lets `x` leave with either kind.
    let first =
        "{items: {anyOf: [{properties: {k: {const: a}, x: {}}}, {properties: {k: {const: b}, y: {}}}]}}";
    let both = "{items: {anyOf: [{properties: {k: {const: a}, x: {}}}, {properties: {k: {const: b}, x: {}, y: {}}}]}}";
    assert_eq!((x_of(first).len(), x_of(both).len()), (1, 2));
    assert_eq!(x_of(first)[0], x_of(both)[0]);
}

#[test]
fn settings_are_what_differs_from_saying_nothing() {
    let settings =
        |step: &str| outline(&format!("transforms: [{step}]")).endpoints[0].steps[0].settings.clone();
    assert_eq!(
        settings("!<pseudonymize> {jsonPaths: ['$.a'], encoding: URL_SAFE_TOKEN, includeReversible: false}"),
        []
    );
    assert_eq!(
        settings("{method: textDigest, keywords: [b, a], jsonPaths: ['$.a'], applyOnlyWhen: '$[?(@.x)]'}"),
        [("keywords".to_owned(), vec!["b".to_owned(), "a".to_owned()])]
    );
}
