//! What authors are told about the request side of their rules.

use vizard_sanitizer::RuleSet;

/// `line code` of every diagnostic, errors with a `!`.
fn codes(yaml: &str) -> Vec<String> {
    let (mark, problems) = match RuleSet::load("rules.yaml", yaml) {
        Ok(loaded) => ("", loaded.warnings),
        Err(problems) => ("!", problems),
    };
    problems.iter().map(|it| format!("{}{mark} {}", it.place.line, it.code)).collect()
}

#[test]
fn reports_mistakes_with_their_place() {
    for (endpoint, expected) in [
        ("pathTemplate: /a/{user-id_1}", vec![]),
        ("allowedMethods: [GET]", vec!["2! endpoint-without-path"]),
        ("pathTemplate: /a/{id", vec!["2! path-template-invalid"]),
        ("pathTemplate: '/a/{id}/{id}'", vec!["2! path-template-invalid"]),
        ("pathTemplate: a/b", vec!["2 endpoint-unreachable"]),
        ("pathTemplate: /a?b=c", vec!["2 endpoint-unreachable"]),
        ("pathTemplate: /a/../b", vec!["2 endpoint-unreachable"]),
        ("pathRegex: '/a('", vec!["2! path-regex-invalid"]),
        ("pathRegex: '/u/[^/]+%40b'", vec!["2 path-regex-encoded"]),
        ("pathRegex: '/m/[A-Za-z0-9]+%3D%3D'", vec![]),
        ("{ pathRegex: /a, pathTemplate: /b }", vec!["2 path-template-ignored"]),
        ("{ pathTemplate: /a, allowedMethods: [GTE] }", vec!["2 unknown-method"]),
        ("{ pathTemplate: /a, allowedMethods: [] }", vec!["2 endpoint-unreachable"]),
        ("{ pathTemplate: /a, allowedRequestHeaders: [Connection] }", vec!["2 header-never-forwarded"]),
        ("{ pathTemplate: '/a/{id}', pathParameterSchemas: { ID: {} } }", vec!["2 unknown-path-parameter"]),
        (
            "{ pathTemplate: '/a/{id}', pathParameterSchemas: { id: { type: uuid } } }",
            vec!["2 parameter-type-not-checked"],
        ),
        (
            "{ pathTemplate: '/a/{id}', pathParameterSchemas: { id: { format: email } } }",
            vec!["2! unknown-format"],
        ),
        (
            "{ pathTemplate: '/a/{id}', pathParameterSchemas: { id: { pattern: '(' } } }",
            vec!["2! pattern-invalid"],
        ),
        (
            "{ pathTemplate: '/a/{id}', pathParameterSchemas: { id: { enum: [] } } }",
            vec!["2 parameter-never-valid"],
        ),
        (
            "{ pathTemplate: /a, allowedQueryParams: [page_size], queryParamSchemas: { pagesize: { required: true } } }",
            vec!["2 query-parameter-not-allowed"],
        ),
        (
            "{ pathTemplate: /a, requestBody: { content: { text/plain: {} } } }",
            vec!["2 content-type-not-supported"],
        ),
        (
            "{ pathTemplate: /a, requestBody: { content: { application/x-www-form-urlencoded: { type: array } } } }",
            vec!["2! form-schema-not-object"],
        ),
        (
            "{ pathTemplate: /a, requestBody: { content: { application/json: { format: email } } } }",
            vec!["2 body-format-not-checked"],
        ),
        ("{ pathTemplate: /a, requestBody: { content: {} } }", vec!["2 body-never-valid"]),
    ] {
        assert_eq!(codes(&format!("endpoints:\n  - {endpoint}\n")), expected, "{endpoint}");
    }
}

#[test]
fn warns_of_endpoints_that_earlier_ones_answer_for() {
    for (first, second, expected) in [
        ("pathTemplate: '/u/{id}'", "pathTemplate: /u/me", Some("endpoint-unreachable")),
        ("pathTemplate: /u/me", "pathTemplate: '/u/{id}'", None),
        ("pathTemplate: '/u/{id}'", "pathTemplate: '/U/{user_id}'", Some("endpoint-unreachable")),
        ("pathTemplate: '/u/{id}'", "pathTemplate: '/u/{id}/m'", None),
        ("pathRegex: '/u/\\d+'", "pathTemplate: '/u/{id}'", None),
        ("pathRegex: '/u/[^/]+'", "pathTemplate: '/u/{id}'", Some("endpoint-unreachable")),
        ("pathRegex: '/.*'", "pathRegex: '^/u/(?!me)[^/?]+(\\?.*)?$'", Some("endpoint-unreachable")),
        ("pathRegex: '^/u/\\p{Alpha}+$'", "pathRegex: '^/u/\\p{Alpha}+$'", Some("endpoint-partly-shadowed")),
        ("pathRegex: '^/m/[^/?]+$'", "pathRegex: '^/m/[A-Za-z0-9+/]{22}==$'", Some("endpoint-unreachable")),
        ("{ pathTemplate: /u, allowedMethods: [GET] }", "{ pathTemplate: /u, allowedMethods: [POST] }", None),
        (
            "{ pathTemplate: /u, allowedMethods: [GET] }",
            "{ pathTemplate: /u, allowedMethods: [GET, POST] }",
            Some("endpoint-partly-shadowed"),
        ),
        (
            "{ pathTemplate: /u, allowedMethods: [GET, POST] }",
            "{ pathTemplate: /u, allowedMethods: [GET] }",
            Some("endpoint-unreachable"),
        ),
        (
            "{ pathTemplate: /u, allowedQueryParams: [a] }",
            "{ pathTemplate: /u, allowedQueryParams: [a, b] }",
            Some("endpoint-partly-shadowed"),
        ),
        (
            "{ pathTemplate: /u, allowedQueryParams: [a, b] }",
            "{ pathTemplate: /u, allowedQueryParams: [b] }",
            Some("endpoint-unreachable"),
        ),
        (
            "{ pathTemplate: /u, allowedQueryParams: [a], queryParamSchemas: { a: { required: true } } }",
            "{ pathTemplate: /u, allowedQueryParams: [] }",
            None,
        ),
        (
            "{ pathTemplate: '/u/{id}', pathParameterSchemas: { id: { format: pseudonym } } }",
            "{ pathTemplate: '/u/{id}', pathParameterSchemas: { id: { type: integer } } }",
            None,
        ),
        (
            "{ pathTemplate: '/u/{id}', pathParameterSchemas: { id: { pattern: '[a-z]+' } } }",
            "{ pathTemplate: '/u/{id}', pathParameterSchemas: { id: { enum: [me, us] } } }",
            Some("endpoint-unreachable"),
        ),
    ] {
        let found = codes(&format!("endpoints:\n  - {first}\n  - {second}\n"));
        let expected: Vec<String> = expected.iter().map(|code| format!("3 {code}")).collect();
        assert_eq!(found, expected, "{first} then {second}");
    }
}

#[test]
fn shows_an_example_of_a_shadowed_call() {
    let yaml =
        "endpoints:\n  - pathTemplate: '/u/{id}'\n  - { pathTemplate: /u/me, allowedMethods: [GET] }\n";
    let warnings = RuleSet::load("rules.yaml", yaml).unwrap().warnings;
    let message = &warnings.iter().next().unwrap().message;
    assert_eq!(message, "calls such as `GET /u/me` are answered by the endpoint at line 2");
}
