use super::*;

fn versions(old: &str, new: &str) -> Diff {
    let version = |name, text| Some(Version { name, text });
    between(version("old.yaml", old), version("new.yaml", new)).unwrap_or_else(|found| panic!("{found}"))
}

/// One line for each change: `grows fate-weakened $.a`, with a question mark where it is not proven.
fn shown(diff: &Diff) -> Vec<String> {
    let line = |change: &Change| {
        let sure = if change.proven { "" } else { "?" };
        let field = change.field.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{}{sure} {}{field}", change.direction.word(), change.what)
    };
    diff.changes.iter().map(line).collect()
}

fn file(endpoint: &str) -> String {
    format!("endpoints:\n- pathTemplate: /v2/users/{{id}}\n  {endpoint}\n")
}

/// Each pair of endpoints with what is said from the first to the second, and back.
const REQUESTS: &[(&str, &str, &[&str], &[&str])] = &[
    ("allowedMethods: [GET, head]", "allowedMethods: ['HEAD', get]", &[], &[]),
    (
        "allowedMethods: [GET]",
        "allowedMethods: [GET, POST]",
        &["grows method-added"],
        &["shrinks method-removed"],
    ),
    ("allowedMethods: [GET]", "description_is_absent: 1", &[], &[]),
    (
        "allowedMethods: [GET]",
        "allowedQueryParams: []",
        &["grows methods-open", "shrinks query-listed"],
        &["grows query-open", "shrinks methods-listed"],
    ),
    (
        "allowedQueryParams: [a]",
        "allowedQueryParams: [A, b]",
        &["grows query-parameter-added"],
        &["shrinks query-parameter-removed"],
    ),
    (
        "queryParamSchemas: {a: {enum: [x, y]}}",
        "queryParamSchemas: {A: {enum: [x]}}",
        &["shrinks parameter-tightened"],
        &["grows parameter-loosened"],
    ),
    (
        "queryParamSchemas: {a: {pattern: 'x.'}}",
        "queryParamSchemas: {a: {pattern: 'x\\d'}}",
        &["grows? parameter-loosened"],
        &["grows? parameter-loosened"],
    ),
    (
        "queryParamSchemas: {a: {}}",
        "queryParamSchemas: {a: {required: true}}",
        &["shrinks parameter-tightened"],
        &["grows parameter-loosened"],
    ),
    (
        "allowedQueryParams: [a]\n  queryParamSchemas: {a: {type: integer}}",
        "allowedQueryParams: []",
        &["shrinks query-parameter-removed"],
        &["grows query-parameter-added"],
    ),
    (
        "allowedMethods: [GET]\n  pathParameterSchemas: {id: {type: integer}}",
        "allowedMethods: [GET]",
        &["grows parameter-loosened"],
        &["shrinks parameter-tightened"],
    ),
    (
        "allowedRequestHeaders: [A, b]",
        "allowedRequestHeadersToForward: [B]",
        &["shrinks header-removed"],
        &["grows header-added"],
    ),
    (
        "requestBody: {required: true, content: {application/json: {type: object}}}",
        "requestBody: {content: {application/json: {}}}",
        &["grows body-loosened"],
        &["shrinks body-tightened"],
    ),
];

#[test]
fn tells_what_comes_in() {
    for (old, new, there, back) in REQUESTS {
        if new.contains("absent") {
            continue;
        }
        let (a, b) = (file(old), file(new));
        assert_eq!(shown(&versions(&a, &b)), *there, "{old} to {new}");
        assert_eq!(shown(&versions(&b, &a)), *back, "{new} to {old}");
    }
}

fn answers(schema: &str, transforms: &str) -> String {
    file(&format!("responseSchema: {{properties: {{{schema}}}}}\n  transforms: [{transforms}]"))
}

const TEXT: &str = "a: {type: string}, k: {type: string}, b: {properties: {c: {type: string}}}";

#[test]
fn tells_what_becomes_of_listed_fields() {
    for (old, new, there, back) in [
        (
            "",
            "!<redact> {jsonPaths: [$.a]}",
            vec!["shrinks fate-strengthened $.a"],
            vec!["grows fate-weakened $.a"],
        ),
        (
            "!<pseudonymize> {jsonPaths: [$.a]}",
            "!<pseudonymize> {jsonPaths: [$.a], includeReversible: true}",
            vec!["grows newly-reversible $.a"],
            vec!["shrinks fate-strengthened $.a"],
        ),
        // The same, written in another way.
        (
            "!<pseudonymize> {jsonPaths: [$.a, $.b.c]}",
            "!<pseudonymize> {jsonPaths: ['$..c', \"$['a']\"]}",
            vec![],
            vec![],
        ),
        (
            "!<pseudonymize> {jsonPaths: [$.a], encoding: URL_SAFE_TOKEN, includeReversible: false}",
            "{method: pseudonymize, jsonPaths: [a]}",
            vec![],
            vec![],
        ),
        (
            "!<redact> {jsonPaths: [$.a]}",
            "!<redact> {jsonPaths: [$.a], applyOnlyWhen: \"$[?(@.k == 'x')]\"}",
            vec!["grows fate-weakened $.a"],
            vec!["shrinks fate-strengthened $.a"],
        ),
        (
            "!<redact> {jsonPaths: [$.a], applyOnlyWhen: \"$[?(@.k == 'y')]\"}",
            "!<redact> {jsonPaths: [$.a], applyOnlyWhen: \"$[?(@.k == 'x')]\"}",
            vec!["grows? treatment-changed $.a"],
            vec!["grows? treatment-changed $.a"],
        ),
        // The value that the condition asks is dropped now.
        (
            "!<redact> {jsonPaths: [$.a], applyOnlyWhen: \"$[?(@.k == 'x')]\"}",
            "!<redact> {jsonPaths: [$.k]}, !<redact> {jsonPaths: [$.a], applyOnlyWhen: \"$[?(@.k == 'x')]\"}",
            vec!["grows? condition-input-changed", "shrinks fate-strengthened $.k"],
            vec!["grows fate-weakened $.k", "grows? condition-input-changed"],
        ),
        (
            "!<redactExceptPhrases> {jsonPaths: [$.a], allowedPhrases: [x, y]}",
            "!<redactExceptPhrases> {jsonPaths: [$.a], allowedPhrases: [Y]}",
            vec!["shrinks limited-regex-changed $.a"],
            vec!["grows limited-regex-changed $.a"],
        ),
        (
            "!<filterTokenByRegex> {jsonPaths: [$.a], filters: ['x|y', 'z+']}",
            "!<filterTokenByRegex> {jsonPaths: [$.a], filters: ['y', 'z+']}",
            vec!["shrinks limited-regex-changed $.a"],
            vec!["grows limited-regex-changed $.a"],
        ),
        (
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [$.a], exceptions: ['x+', 'y+']}",
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [$.a], exceptions: ['y+']}",
            vec!["grows? limited-regex-changed $.a"],
            vec!["grows? limited-regex-changed $.a"],
        ),
        (
            "!<textDigest> {jsonPaths: [$.a], keywords: [x]}",
            "!<textDigest> {jsonPaths: [$.a], keywords: [X, y]}",
            vec!["grows keywords-changed $.a"],
            vec!["shrinks keywords-changed $.a"],
        ),
        (
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [x]}",
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [x, y]}",
            vec!["shrinks limited-regex-changed $.a"],
            vec!["grows limited-regex-changed $.a"],
        ),
        // A cut that comes first may break up what the other looks for.
        (
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [xy]}",
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [y, xy]}",
            vec!["grows? limited-regex-changed $.a"],
            vec!["grows? limited-regex-changed $.a"],
        ),
        (
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [x]}",
            "!<redactRegexMatches> {jsonPaths: [$.a], redactions: [x]}, !<redactRegexMatches> {jsonPaths: [$.a], redactions: [y]}",
            vec!["shrinks treatment-changed $.a"],
            vec!["grows treatment-changed $.a"],
        ),
        (
            "!<pseudonymize> {jsonPaths: [$.a]}",
            "!<pseudonymize> {jsonPaths: [$.a], encoding: URL_SAFE_HASH_ONLY}",
            vec!["shrinks treatment-changed $.a"],
            vec!["grows treatment-changed $.a"],
        ),
    ] {
        let (a, b) = (answers(TEXT, old), answers(TEXT, new));
        assert_eq!(shown(&versions(&a, &b)), there, "{old} to {new}");
        assert_eq!(shown(&versions(&b, &a)), back, "{new} to {old}");
    }
}

#[test]
fn tells_what_schemas_list() {
    for (old, new, there, back) in [
        ("a: {}", "a: {}, b: {}", vec!["grows field-added $.b"], vec!["shrinks field-removed $.b"]),
        ("a: {}", "a: {}, r: {}", vec!["neutral field-added $.r"], vec!["neutral field-removed $.r"]),
        ("b: {}, a: {}", "a: {}, b: {}", vec![], vec![]),
        (
            "a: {type: integer}",
            "a: {type: number}",
            vec!["grows kind-widened $.a"],
            vec!["shrinks kind-narrowed $.a"],
        ),
        ("a: {type: string}", "a: {}", vec!["grows kind-widened $.a"], vec!["shrinks kind-narrowed $.a"]),
        (
            "a: {type: string}",
            "a: {type: integer}",
            vec!["grows? kind-widened $.a"],
            vec!["grows? kind-widened $.a"],
        ),
        (
            "a: {}",
            "a: {}, o: {type: object}",
            vec!["grows field-added $.o"],
            vec!["shrinks field-removed $.o"],
        ),
        (
            "l: {items: {properties: {k: {const: x}, v: {}}}}",
            "l: {items: {properties: {k: {const: y}, v: {}}}}",
            vec!["grows? kind-widened $.l[*].k", "grows? schema-condition-changed $.l[*].k"],
            vec!["grows? kind-widened $.l[*].k", "grows? schema-condition-changed $.l[*].k"],
        ),
        (
            "l: {items: {properties: {k: {const: x}, v: {}}}}",
            "l: {items: {properties: {v: {}}}}",
            vec!["grows schema-condition-changed $.l[*].v", "shrinks field-removed $.l[*].k"],
            vec!["grows field-added $.l[*].k", "shrinks schema-condition-changed $.l[*].v"],
        ),
    ] {
        let with = |schema: &str| answers(schema, "!<redact> {jsonPaths: [$.r]}");
        let (a, b) = (with(old), with(new));
        assert_eq!(shown(&versions(&a, &b)), there, "{old} to {new}");
        assert_eq!(shown(&versions(&b, &a)), back, "{new} to {old}");
    }
}

#[test]
fn tells_what_happens_without_a_schema() {
    let listed = answers("a: {}, b: {}", "!<pseudonymize> {jsonPaths: [$.a]}");
    let open = file("transforms: [!<pseudonymize> {jsonPaths: [$.a]}]");
    assert_eq!(shown(&versions(&listed, &open)), ["grows schema-removed"]);
    assert_eq!(shown(&versions(&open, &listed)), ["shrinks schema-added"]);
    let untreated = answers("a: {}, b: {}", "");
    assert_eq!(shown(&versions(&open, &untreated)), ["grows fate-weakened $.a", "shrinks schema-added"]);

    let with = |transforms: &str| file(&format!("transforms: [{transforms}]"));
    for (old, new, there, back) in [
        (
            "!<redact> {jsonPaths: [$.a, $.b]}",
            "!<redact> {jsonPaths: [$.a]}, !<redact> {jsonPaths: [$.b]}",
            vec![],
            vec![],
        ),
        (
            "!<redact> {jsonPaths: [$.a]}",
            "!<redact> {jsonPaths: [$.b, $.a]}",
            vec!["shrinks fate-strengthened"],
            vec!["grows fate-weakened"],
        ),
        (
            "!<pseudonymize> {jsonPaths: [$.a]}",
            "!<textDigest> {jsonPaths: [$.a]}, !<pseudonymize> {jsonPaths: [$.a]}",
            vec!["grows? treatment-changed"],
            vec!["grows? fate-weakened"],
        ),
        (
            "!<textDigest> {jsonPaths: [$.b]}, !<pseudonymize> {jsonPaths: [$.a]}",
            "!<pseudonymize> {jsonPaths: [$.a]}, !<textDigest> {jsonPaths: [$.b]}",
            vec!["grows? treatment-changed"],
            vec!["grows? treatment-changed"],
        ),
    ] {
        let (a, b) = (with(old), with(new));
        assert_eq!(shown(&versions(&a, &b)), there, "{old} to {new}");
        assert_eq!(shown(&versions(&b, &a)), back, "{new} to {old}");
    }
}

#[test]
fn tells_which_endpoints_there_are_and_which_answers() {
    let rules = |endpoints: &str| format!("endpoints: [{endpoints}]\n");
    let one = "{pathTemplate: '/a/{id}', allowedMethods: [GET]}";
    let renamed =
        "{pathTemplate: '/A/{other}', allowedMethods: [GET], pathParameterSchemas: {other: {type: integer}}}";
    let narrow = "{pathTemplate: /a/me, allowedMethods: [GET]}";
    let far = "{pathTemplate: /b, allowedMethods: [GET]}";
    let regex = "{pathRegex: '/b', allowedMethods: [GET]}";
    for (old, new, there) in [
        (one.to_owned(), format!("{one}, {far}"), vec!["grows endpoint-added"]),
        (format!("{one}, {far}"), one.to_owned(), vec!["shrinks endpoint-removed"]),
        (
            one.to_owned(),
            renamed.to_owned(),
            vec!["shrinks parameter-tightened", "neutral endpoint-renamed-parameter"],
        ),
        (
            format!("{narrow}, {one}"),
            one.to_owned(),
            vec!["grows? answered-by-another", "shrinks endpoint-removed"],
        ),
        (format!("{one}, {narrow}"), one.to_owned(), vec!["shrinks endpoint-removed"]),
        (format!("{narrow}, {one}"), format!("{one}, {narrow}"), vec!["grows? order-changed"]),
        (format!("{far}, {one}"), format!("{one}, {far}"), vec!["neutral order-changed"]),
        (far.to_owned(), regex.to_owned(), vec!["grows? endpoint-path-changed"]),
        (
            "{pathTemplate: /a, allowedMethods: [GET]}, {pathTemplate: /a, allowedMethods: [POST]}"
                .to_owned(),
            "{pathTemplate: /a, allowedMethods: [POST]}, {pathTemplate: /a, allowedMethods: [GET]}"
                .to_owned(),
            vec!["neutral order-changed"],
        ),
    ] {
        assert_eq!(shown(&versions(&rules(&old), &rules(&new))), there, "{old} to {new}");
    }
    let some = Some(Version { name: "r.yaml", text: &rules(one) });
    assert_eq!(shown(&between(None, some).unwrap()), ["grows endpoint-added"]);
    assert_eq!(shown(&between(some, None).unwrap()), ["shrinks endpoint-removed"]);
    assert!(between(some, Some(Version { name: "bad.yaml", text: "endpoints: [{}]" })).is_err());
}

#[test]
fn augments_add_digests() {
    let with = |augments: &str| {
        file(&format!("responseSchema: {{properties: {{id: {{}}}}}}\n  augments: [{augments}]"))
    };
    let one = "!<textDigest> {jsonPaths: [$.text]}";
    for (old, new, there, back) in [
        ("", one, vec!["grows augment-added"], vec!["shrinks augment-removed"]),
        (
            one,
            "!<textDigest> {jsonPaths: [$.text], keywords: [x]}",
            vec!["grows keywords-changed"],
            vec!["shrinks keywords-changed"],
        ),
    ] {
        let (a, b) = (with(old), with(new));
        assert_eq!(shown(&versions(&a, &b)), there, "{old} to {new}");
        assert_eq!(shown(&versions(&b, &a)), back, "{new} to {old}");
    }
}

#[test]
fn definitions_within_themselves_are_compared_as_deep_as_paths_reach() {
    let tree = |leaves: &str, transforms: &str| {
        format!(
            "endpoints:\n- pathTemplate: /t\n  allowedMethods: [GET]\n  responseSchema: {{$ref: '#/definitions/T'}}\n  transforms: [{transforms}]\ndefinitions:\n  T: {{properties: {{{leaves}, kids: {{items: {{$ref: '#/definitions/T'}}}}}}}}\n"
        )
    };
    let all = "!<redact> {jsonPaths: ['$..id']}";
    let (one, two) = (tree("id: {type: string}", all), tree("id: {type: string}, x: {type: string}", all));
    assert_eq!(shown(&versions(&one, &one)), [""; 0]);
    let grown = shown(&versions(&one, &two));
    assert!(grown.len() > 3 && grown.iter().all(|it| it.starts_with("grows field-added")), "{grown:?}");
    assert!(shown(&versions(&two, &one)).iter().all(|it| it.starts_with("shrinks field-removed")));
    // Only the fifth generation is treated, or not.
    let deep = tree("id: {type: string}", "!<redact> {jsonPaths: ['$.kids[*].kids[*].kids[*].kids[*].id']}");
    let none = tree("id: {type: string}", "");
    assert_eq!(shown(&versions(&deep, &none)), ["grows? treatment-changed"]);
}

/// What a reviewer who wanted to let something out would try.
#[test]
fn what_is_asked_is_what_was_left() {
    let schema = "responseSchema: {properties: {t: {type: string}, k: {type: string}, m: {properties: {k: {type: string}}}, users: {items: {properties: {type: {type: string}, email: {type: string}, name: {type: string}}}}}}\n  ";
    let guest = "!<redact> {jsonPaths: [\"$.users[?(@.type=='guest')].email\"]}";
    let types = "!<redact> {jsonPaths: ['$.users[*].type']}";
    let names = "!<redact> {jsonPaths: ['$.users[*].name']}";
    let when = "applyOnlyWhen: \"$[?(@.k=='x')]\"";
    let (asks, asked) =
        (format!("!<redact> {{jsonPaths: [$.t], {when}}}"), "!<redact> {jsonPaths: [$.k]}".to_owned());
    let guests = "applyOnlyWhen: \"$.users[?(@.type=='guest')]\"";
    let one = format!("!<redact> {{jsonPaths: ['$.users[*].type', '$.users[*].email'], {guests}}}");
    let split = format!(
        "!<redact> {{jsonPaths: ['$.users[*].type'], {guests}}}, !<redact> {{jsonPaths: ['$.users[*].email'], {guests}}}"
    );
    let split_others = format!(
        "!<redact> {{jsonPaths: ['$.users[*].name'], {guests}}}, !<redact> {{jsonPaths: ['$.users[*].email'], {guests}}}"
    );
    let others = format!("!<redact> {{jsonPaths: ['$.users[*].name', '$.users[*].email'], {guests}}}");
    let name_only = format!("!<redact> {{jsonPaths: ['$.users[*].name'], {guests}}}");
    let first_twice = "!<redact> {jsonPaths: ['$.users[0]', '$.users[0]']}";
    let first = "!<redact> {jsonPaths: ['$.users[0]']}";
    for (old, new, grows) in [
        (format!("{guest}, {types}"), format!("{types}, {guest}"), true),
        (format!("{guest}, {types}"), format!("{guest}, {types}, {names}"), false),
        (format!("{asks}, {asked}"), format!("{asked}, {asks}"), true),
        // Without parentheses it asks the same.
        (
            format!("!<redact> {{jsonPaths: [\"$.users[? @.type=='guest'].email\"]}}, {types}"),
            format!("{types}, !<redact> {{jsonPaths: [\"$.users[? @.type=='guest'].email\"]}}"),
            true,
        ),
        (one.clone(), split.clone(), true),
        (split, one, true),
        (first_twice.to_owned(), first.to_owned(), true),
        (name_only, others.clone(), false),
    ] {
        for schema in [schema, ""] {
            let with = |transforms: &str| file(&format!("{schema}transforms: [{transforms}]"));
            let diff = versions(&with(&old), &with(&new));
            assert_eq!(diff.grows(), grows, "{old} to {new}: {:?}", shown(&diff));
        }
    }
    let with = |transforms: &str| file(&format!("{schema}transforms: [{transforms}]"));
    // Nobody asks a name or an address here.
    assert_eq!(shown(&versions(&with(&others), &with(&split_others))), [""; 0]);
    assert_eq!(
        shown(&versions(&with(&format!("{guest}, {names}")), &with(&format!("{names}, {guest}")))),
        [""; 0]
    );
    // What is asked was never told: what is taken away would tell it.
    let kept_back = with(&asked);
    assert_eq!(
        shown(&versions(&kept_back, &with(&format!("{asks}, {asked}")))),
        ["grows? condition-input-changed", "shrinks fate-strengthened $.t"]
    );
    // A container is asked by what it holds.
    let empty = "!<redact> {jsonPaths: [$.t], applyOnlyWhen: '$[?(@.m empty false)]'}";
    let without = with(empty).replace("m: {properties: {k: {type: string}}}", "m: {properties: {}}");
    assert_eq!(
        shown(&versions(&with(empty), &without)),
        ["grows? condition-input-changed", "shrinks field-removed $.m.k"]
    );
    // A number is null where a text is listed, and asked before it goes.
    let dropped = with(&format!("{asks}, {asked}"));
    let number = dropped.replace("k: {type: string}, m", "k: {type: integer}, m");
    assert_eq!(shown(&versions(&dropped, &number)), ["grows? condition-input-changed"]);
    // What a schema does not list can be asked no more.
    let open = file(&format!("transforms: [{asks}]"));
    let closed =
        file(&format!("responseSchema: {{properties: {{t: {{type: string}}}}}}\n  transforms: [{asks}]"));
    assert!(versions(&open, &closed).grows());
}

#[test]
fn less_of_one_thing_may_be_more_of_another() {
    let of = |transforms: &str| answers("t: {type: string}", transforms);
    let digest = "!<textDigest> {jsonPaths: [$.t]}";
    let pseudonym = "!<pseudonymize> {jsonPaths: [$.t]}";
    let reversible = "!<pseudonymize> {jsonPaths: [$.t], includeReversible: true}";
    let cut = "!<redactRegexMatches> {jsonPaths: [$.t], redactions: ['@.*']}";
    let words = "!<filterTokenByRegex> {jsonPaths: [$.t], filters: ['@.*']}";
    let yes = "!<redactExceptPhrases> {jsonPaths: [$.t], allowedPhrases: [yes]}";
    let redact = "!<redact> {jsonPaths: [$.t]}";
    for (old, new, expected) in [
        (
            "!<redactRegexMatches> {jsonPaths: [$.t], redactions: ['\\S+@\\S+']}".to_owned(),
            "!<redactExceptSubstringsMatchingRegexes> {jsonPaths: [$.t], exceptions: ['\\S+@\\S+']}"
                .to_owned(),
            vec!["grows? treatment-changed $.t"],
        ),
        (yes.to_owned(), reversible.to_owned(), vec!["grows? treatment-changed $.t"]),
        (yes.to_owned(), digest.to_owned(), vec!["grows? treatment-changed $.t"]),
        (words.to_owned(), pseudonym.to_owned(), vec!["grows? treatment-changed $.t"]),
        (cut.to_owned(), pseudonym.to_owned(), vec!["grows? treatment-changed $.t"]),
        (format!("{cut}, {pseudonym}"), pseudonym.to_owned(), vec!["grows? treatment-changed $.t"]),
        (format!("{pseudonym}, {cut}"), pseudonym.to_owned(), vec!["grows treatment-changed $.t"]),
        (format!("{yes}, {reversible}"), reversible.to_owned(), vec!["grows? treatment-changed $.t"]),
        (pseudonym.to_owned(), digest.to_owned(), vec!["grows? treatment-changed $.t"]),
        (
            "!<tokenize> {jsonPaths: [$.t]}".to_owned(),
            pseudonym.to_owned(),
            vec!["grows? treatment-changed $.t"],
        ),
        (
            "!<pseudonymize> {jsonPaths: [$.t, $.t]}".to_owned(),
            pseudonym.to_owned(),
            vec!["grows condition-added $.t"],
        ),
        (
            "!<redactRegexMatches> {jsonPaths: [$.t, $..t], redactions: [ab]}".to_owned(),
            "!<redactRegexMatches> {jsonPaths: [$.t], redactions: [ab]}".to_owned(),
            vec!["grows condition-added $.t"],
        ),
        // Each of these takes away for sure.
        (
            format!("{cut}, {reversible}"),
            format!("{cut}, {pseudonym}"),
            vec!["shrinks fate-strengthened $.t"],
        ),
        (cut.to_owned(), redact.to_owned(), vec!["shrinks fate-strengthened $.t"]),
        (cut.to_owned(), format!("{cut}, {pseudonym}"), vec!["shrinks fate-strengthened $.t"]),
        (reversible.to_owned(), pseudonym.to_owned(), vec!["shrinks fate-strengthened $.t"]),
        (String::new(), digest.to_owned(), vec!["shrinks fate-strengthened $.t"]),
        (redact.to_owned(), "!<redact> {jsonPaths: [$.t, $..t]}".to_owned(), vec![]),
    ] {
        let told = shown(&versions(&of(&old), &of(&new)));
        assert_eq!(told, expected, "{old} to {new}");
    }
}

#[test]
fn settings_count_as_they_are_read() {
    let of = |keys: &str| answers("t: {type: string}", &format!("{{jsonPaths: [$.t], method: {keys}}}"));
    for (old, new, expected) in [
        (
            "filterTokenByRegex, filters: ['a'], delimiter: ~",
            "filterTokenByRegex, filters: ['a']",
            vec!["grows? limited-regex-changed $.t"],
        ),
        (
            "filterTokenByRegex, filters: ['a']",
            "filterTokenByRegex, filters: ['a'], delimiter: null",
            vec!["grows? limited-regex-changed $.t"],
        ),
        (
            "redactExceptPhrases, allowedPhrases: []",
            "redactExceptPhrases, allowedPhrases: ['false']",
            vec!["grows limited-regex-changed $.t"],
        ),
        (
            "redactRegexMatches, redactions: ['false']",
            "redactRegexMatches, redactions: []",
            vec!["grows limited-regex-changed $.t"],
        ),
        ("pseudonymize, includeReversible: False, includeOriginal: 'false'", "pseudonymize", vec![]),
        ("tokenize, regex: ~", "tokenize", vec![]),
        // The engine folds the case of ASCII only.
        (
            "redactExceptPhrases, allowedPhrases: [aÉa]",
            "redactExceptPhrases, allowedPhrases: [aéa]",
            vec!["grows? limited-regex-changed $.t"],
        ),
        (
            "redactExceptPhrases, allowedPhrases: [Été, x]",
            "redactExceptPhrases, allowedPhrases: [ÉtÉ, X]",
            vec!["grows? limited-regex-changed $.t"],
        ),
    ] {
        assert_eq!(shown(&versions(&of(old), &of(new))), expected, "{old} to {new}");
    }
}

#[test]
fn an_endpoint_that_admits_no_call_leaves_it_to_others() {
    let me = |keys: &str| {
        format!(
            "endpoints:\n- {{pathTemplate: /u/me, allowedMethods: [GET], {keys}responseSchema: {{properties: {{t: {{type: string}}}}}}}}\n- {{pathTemplate: '/u/{{id}}', allowedMethods: [GET], responseSchema: {{properties: {{t: {{type: string}}, s: {{type: string}}}}}}}}\n"
        )
    };
    let (alive, dead) = (me(""), me("pathParameterSchemas: {me: {type: string}}, "));
    assert_eq!(
        shown(&versions(&alive, &dead)),
        ["grows? answered-by-another", "shrinks parameter-tightened"]
    );
    assert_eq!(shown(&versions(&dead, &alive)), ["grows parameter-loosened"]);
    assert_eq!(shown(&versions(&dead, &dead.replace("me: {type", "you: {type"))), [""; 0]);
}

#[test]
fn methods_are_read_as_the_engine_reads_them() {
    let of = |methods: &str| file(&format!("{methods}allowedQueryParams: []"));
    let diff = versions(&of(""), &of("allowedMethods: [GET, ' trace']\n  "));
    assert_eq!(shown(&diff), ["grows method-added", "shrinks methods-listed"]);
    let same = versions(&of("allowedMethods: [' GET']\n  "), &of("allowedMethods: [get]\n  "));
    assert_eq!(shown(&same), [""; 0]);
    let two = |first: &str, second: &str| {
        format!("endpoints: [{{pathTemplate: /a, {first}}}, {{pathTemplate: '/{{x}}', {second}}}]")
    };
    let (spaced, plain) = ("allowedMethods: [' GET']", "allowedMethods: [GET]");
    let swapped = "endpoints: [{pathTemplate: '/{x}', allowedMethods: [GET]}, {pathTemplate: /a, allowedMethods: [' GET']}]";
    assert_eq!(shown(&versions(&two(spaced, plain), swapped)), ["grows? order-changed"]);
}

#[test]
fn paths_that_reach_only_deeper_places_run_in_their_order() {
    let tree = |transforms: &str| {
        format!(
            "endpoints:\n- pathTemplate: /t\n  allowedMethods: [GET]\n  responseSchema: {{$ref: '#/definitions/T'}}\n  transforms: [{transforms}]\ndefinitions:\n  T: {{properties: {{id: {{type: string}}, kids: {{items: {{$ref: '#/definitions/T'}}}}}}}}\n"
        )
    };
    let deep = "!<redactRegexMatches> {jsonPaths: ['$.kids[*].kids[*].kids[*].kids[*].kids[*].kids[*].id'], redactions: ['@.*']}";
    let all = "!<pseudonymize> {jsonPaths: ['$..id']}";
    let (one, two) = (tree(&format!("{deep}, {all}")), tree(&format!("{all}, {deep}")));
    assert_eq!(shown(&versions(&one, &two)), ["grows? treatment-changed"]);
    assert_eq!(shown(&versions(&one, &one)), [""; 0]);
}

const OLD: &str = "\
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema: {properties: {id: {type: string}, name: {type: string}, dept: {type: string}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [$.id, $.dept]}
";
const NEW: &str = "\
endpoints:
- pathTemplate: /v2/users
  allowedMethods: [GET, POST]
  allowedQueryParams: []
  responseSchema: {properties: {id: {type: string}, dept: {type: string}}}
  transforms:
  - !<pseudonymize> {jsonPaths: [$.id], includeReversible: true}
";

#[test]
fn people_and_machines_can_read_it() {
    let diff = versions(OLD, NEW);
    let plain = text(std::slice::from_ref(&diff), &[], false);
    assert!(plain == include_str!("expected/text.txt"), "it is now:\n{plain}");
    assert!(plain.lines().all(|line| line.chars().count() <= 80));
    let markdown = markdown(std::slice::from_ref(&diff), &[]);
    assert!(markdown == include_str!("expected/markdown.md"), "it is now:\n{markdown}");
    let read: serde_json::Value = serde_json::from_str(&json(std::slice::from_ref(&diff), &[])).unwrap();
    assert_eq!(read["grows"], true);
    assert_eq!(read["tally"], serde_json::json!({"grow": 3, "shrink": 1, "neutral": 0}));
    assert_eq!(read["files"][0]["changes"][0]["kind"], "method-added");
    let levels: Vec<_> = findings(&diff).iter().map(|it| (it.code, it.place.map(|at| at.line))).collect();
    assert_eq!(levels[0], (GREW, Some(2)));
    assert_eq!(levels[3], (CHANGED, None));
    let nothing =
        versions(OLD, &format!("# A comment.\n{}", OLD.replace("  allowed", "  # another\n  allowed")));
    assert_eq!(
        text(&[nothing], &[], false),
        "old.yaml -> new.yaml\n  the same calls pass, and the same leaves\n\nno changes\n"
    );
}

#[test]
fn nothing_in_a_file_steers_the_reader() {
    let hostile = "endpoints: [{pathTemplate: \"/\\e[31m<b>|`@all`/x\", allowedQueryParams: [\"a\\e|`](http://x.example)\"]}]";
    let diff = between(None, Some(Version { name: "a\u{1b}[2J.yaml", text: hostile })).unwrap();
    let diffs = [diff];
    let refused = "endpoints: [{\"path\\e[31m<b>|`@all`\": 1}]";
    let failed = [failed(None, Some(Version { name: "b\u{1b}[2J`.yaml", text: refused }))];
    for shown in [text(&diffs, &failed, false), markdown(&diffs, &failed), json(&diffs, &failed)] {
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
    assert!(!markdown(&diffs, &failed).contains("<b>|`@"));
}

fn failed(old: Option<Version<'_>>, new: Option<Version<'_>>) -> Failed {
    let name = |version: Option<Version<'_>>| version.map(|it| it.name.to_owned());
    let found = between(old, new).unwrap_err();
    let texts = [old, new].into_iter().flatten().map(|it| (it.name.to_owned(), it.text.to_owned()));
    let problems = crate::check::problems_of(&found);
    Failed { old: name(old), new: name(new), problems, texts: texts.collect() }
}

#[test]
fn what_cannot_be_compared_hides_nothing() {
    let version = |name, text| Some(Version { name, text });
    let failed = [failed(version("old.yaml", OLD), version("bad.yaml", "endpoints: [{pathTemplat: /x}]\n"))];
    let diffs = [versions(OLD, NEW)];
    let shown = text(&diffs, &failed, false);
    for part in [
        "\nold.yaml -> bad.yaml\n  not compared: the proxy would not load this\n\nerror[",
        "--> bad.yaml:1:14\n   |\n 1 | endpoints: [{pathTemplat: /x}]\n   |              ^\n",
        "help: did you mean `pathTemplate`?",
        "\nexposure grows; a reviewer has to sign:\n",
        "\n3 grow, 1 shrinks, 1 file not compared\n",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    assert!(text(&[], &failed, false).ends_with("\n\n1 file not compared\n"));
    let twice = [failed[0].clone(), failed[0].clone()];
    assert!(text(&[], &twice, false).ends_with("\n\n2 files not compared\n"));

    let page = markdown(&diffs, &failed);
    assert!(page.starts_with("## Exposure grows\n"), "{page}");
    assert!(page.contains("\n### `old.yaml` to `bad.yaml`\n\nNot compared, because"), "{page}");
    assert!(page.contains("\n- error at `bad.yaml:1:14`: "), "{page}");
    assert!(markdown(&[], &failed).starts_with("## Not every file can be compared\n\n1 file not compared\n"));

    let read: serde_json::Value = serde_json::from_str(&json(&[], &failed)).unwrap();
    assert_eq!(read["grows"], false);
    assert_eq!(read["not_compared"][0]["new"], "bad.yaml");
    assert_eq!(read["not_compared"][0]["problems"][0]["place"]["line"], 1);
    assert_eq!(read["files"], serde_json::json!([]));
}

#[test]
fn every_kind_has_its_own_code() {
    let codes: std::collections::BTreeSet<&str> = What::ALL.iter().map(|it| it.code()).collect();
    assert_eq!(codes.len(), What::ALL.len());
    assert!(What::ALL.iter().all(|it| !it.meaning().ends_with('.')));
}
