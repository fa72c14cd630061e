mod open;
mod suppressed;

use super::*;
use crate::finding::Level;

/// `code line`, in the order of places; `(code line)` for notes, `[code line]` for what was argued away.
fn codes(yaml: &str) -> Vec<String> {
    let shown = |it: &Finding| {
        let line = it.place.map_or(String::new(), |place| format!(" {}", place.line));
        match (&it.suppressed, it.level) {
            (Some(_), _) => format!("[{}{line}]", it.code),
            (None, Level::Note) => format!("({}{line})", it.code),
            (None, Level::Warning | Level::Error) => format!("{}{line}", it.code),
        }
    };
    check_text("r", yaml).iter().map(shown).collect()
}

fn assert_codes(yaml: &str, expected: &[&str]) {
    assert_eq!(codes(yaml), expected, "{yaml}");
}

/// A file of one endpoint with everything in order, but for what is given.
fn endpoint(lines: &str) -> String {
    format!(
        "version: '1.0'\nendpoints:\n- pathTemplate: /v2/things\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  {lines}\n"
    )
}

/// The same, answering with these fields. They stand on line 6, transforms from line 7 on.
fn fields(properties: &str, transforms: &[&str]) -> String {
    let steps: String = transforms.iter().map(|it| format!("\n  - !<{it}}}")).collect();
    let steps = if steps.is_empty() { steps } else { format!("\n  transforms:{steps}") };
    endpoint(&format!("responseSchema: {{properties: {{{properties}}}}}{steps}"))
}

#[test]
fn nothing_is_said_of_a_file_in_order() {
    assert_codes(&fields("total: {type: integer}, at: {type: string}", &[]), &[]);
    assert_codes("endpoints:\n- pathTemplat: /a\n", &["endpoint-without-path 2", "unknown-key 2"]);
    assert!(codes("endpoints: [").iter().any(|it| it.starts_with("yaml-syntax")));
}

#[test]
fn asks_what_may_be_asked() {
    for (lines, expected) in [
        ("pathTemplate: /a", vec!["any-method 3", "any-query 3"]),
        ("pathTemplate: /a\n  allowedMethods: [GET]", vec!["any-query 3"]),
        (
            "pathTemplate: /a/{id}/b\n  allowedMethods: [GET]\n  allowedQueryParams: []",
            vec!["path-parameter-without-schema 3"],
        ),
        (
            "pathTemplate: /a/{id}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {id: {pattern: '.*'}}",
            vec!["path-parameter-without-schema 3"],
        ),
        (
            "pathTemplate: /a/{id}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {id: {pattern: '[a-z0-9]+'}}",
            vec!["broad-path 6"],
        ),
        (
            "pathTemplate: /a/{id}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {id: {pattern: '[a-z0-9]{20}'}}",
            vec![],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: [email, q, fields, from, nextPageToken]",
            vec![
                "query-parameter-without-schema 5",
                "query-parameter-without-schema 5",
                "query-parameter-without-schema 5",
                "(query-parameter-without-schema 5)",
                "page-token-takes-pseudonym 5",
            ],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: [f, cursor, page_token]\n  queryParamSchemas: {f: {enum: [a, host_key]}, cursor: {pattern: '[^~]*'}, page_token: {pattern: '\\S*'}}",
            vec!["page-token-takes-pseudonym 5", "query-asks-for-secret 6"],
        ),
        (
            "pathTemplate: /a/{id}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {id: {pattern: '[^@]+@[^@]+'}}",
            vec!["broad-path 6"],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: [from, user, to]\n  queryParamSchemas: {from: {pattern: '\\S+'}, user: {pattern: '.+@.+'}, to: {pattern: '\\d{8}'}}",
            vec!["(query-parameter-without-schema 5)", "query-parameter-without-schema 5"],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [GET, Post]\n  allowedQueryParams: []",
            vec!["write-without-body-schema 4"],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [POST]\n  allowedQueryParams: []\n  requestBody: {content: {application/json: {properties: {a: {type: string}}}}}",
            vec!["(open-body-schema 6)"],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [POST]\n  allowedQueryParams: []\n  requestBody: {content: {application/json: {additionalProperties: false, properties: {a: {type: string}}}}}",
            vec![],
        ),
        (
            "pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  allowedRequestHeaders: [authorization, X-Api-Key, Accept]",
            vec!["forwards-credentials 6", "forwards-credentials 6"],
        ),
    ] {
        let yaml = format!(
            "version: '1.0'\nendpoints:\n- {lines}\n  responseSchema: {{properties: {{n: {{type: integer}}}}}}\n"
        );
        assert_codes(&yaml, &expected);
    }
}

#[test]
fn shows_a_call_that_a_broad_path_takes() {
    for (regex, expected) in [
        (r"^/v2/meetings/.*$", Some("/v2/meetings/1/token")),
        (r"^/v2/meetings/[^/]+$", Some("/v2/meetings/token")),
        (r"^/v2/[^/]+/settings$", Some("/v2/me/settings")),
        (r"^/v2/meetings/\d{9,11}(\?.*)?$", None),
        (r"^/v2/meetings/(p~[\w-]{43,}|\d{11})/instances$", None),
    ] {
        let yaml = format!(
            "version: '1'\nendpoints:\n- pathRegex: '{regex}'\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {{properties: {{n: {{type: integer}}}}}}\n"
        )
        .replace("version: '1'", "version: '1.0'");
        let found = check_text("r", &yaml);
        let broad = found.iter().find(|it| it.code == "broad-path");
        assert_eq!(broad.is_some(), expected.is_some(), "{regex}: {found:?}");
        if let (Some(broad), Some(call)) = (broad, expected) {
            assert!(broad.message.contains(&format!("`{call}`")), "{regex}: {}", broad.message);
        }
    }
    let beyond = "version: '1.0'\nendpoints:\n- pathRegex: '/v2/\\p{L}+'\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {properties: {n: {type: integer}}}\n";
    assert_codes(beyond, &["(broad-path 3)"]);
}

#[test]
fn tells_where_the_laxer_of_two_endpoints_is() {
    let two = |first: &str, second: &str| {
        let one = |path: &str, fields: &str| {
            format!(
                "- pathTemplate: '/a/{{id}}'\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {{id: {{pattern: '{path}'}}}}\n  responseSchema: {{properties: {{{fields}}}}}\n"
            )
        };
        format!("version: '1.0'\nendpoints:\n{}{}", one("[a-z]{9}", first), one("[0-9]{9}|[a-z]{9}", second))
    };
    assert_codes(&two("n: {type: integer}", "n: {type: integer}"), &[]);
    assert_codes(
        &two("n: {type: integer}", "n: {type: integer}, m: {type: integer}"),
        &["endpoint-overlap 8"],
    );
    assert_codes(
        &two("n: {type: integer}, m: {type: integer}", "n: {type: integer}"),
        &["endpoint-overlap 3"],
    );
}

#[test]
fn knows_what_looks_personal() {
    for (field, expected) in [
        ("host_key: {type: string}", vec!["kept-secret 6"]),
        ("email: {type: string}", vec!["kept-email 6"]),
        ("phone_number: {type: string}", vec!["kept-phone 6"]),
        ("first_name: {type: string}", vec!["kept-name 6"]),
        ("name: {type: string}", vec!["(kept-name 6)"]),
        ("user_id: {type: string}", vec!["kept-person-id 6"]),
        ("ssn: {type: string}", vec!["kept-official-number 6"]),
        ("iban: {type: string}", vec!["kept-payment 6"]),
        ("gender: {type: string}", vec!["kept-trait 6"]),
        ("street: {type: string}", vec!["kept-address 6"]),
        ("latitude: {type: number}", vec!["kept-location 6"]),
        ("ip_address: {type: string}", vec!["kept-ip 6"]),
        ("mac_address: {type: string}", vec!["kept-device 6"]),
        ("avatar: {type: string}", vec!["kept-picture 6"]),
        ("join_url: {type: string}", vec!["kept-url 6"]),
        ("topic: {type: string}", vec!["kept-free-text 6"]),
        ("description: {type: string}", vec!["(kept-free-text 6)"]),
        ("dept: {type: string}", vec!["kept-group 6"]),
        ("account_id: {type: string}", vec!["(kept-group 6)"]),
        ("status: {}", vec!["any-scalar 6"]),
        ("email_notification: {type: boolean}", vec![]),
        ("timezone: {type: string}, duration: {type: integer}, next_page_token: {type: string}", vec![]),
    ] {
        assert_codes(&fields(field, &[]), &expected);
    }
    assert_codes(&endpoint("transforms: [!<redact> {jsonPaths: ['$..email']}]"), &["no-response-schema 3"]);
}

#[test]
fn judges_transforms() {
    for (properties, transforms, expected) in [
        ("a: {type: string}", vec!["textDigest> {jsonPaths: ['$.a', '$.b']"], vec!["dead-transform 8"]),
        (
            "a: {type: string}",
            vec!["textDigest> {jsonPaths: ['$.c', '$.b']", "textDigest> {jsonPaths: ['$.a']"],
            vec!["dead-transform 8"],
        ),
        ("a: {type: string}", vec!["textDigest> {jsonPaths: ['$..a', '$.*']"], vec![]),
        (
            "email: {type: string}",
            vec!["redact> {jsonPaths: ['$.email']", "pseudonymize> {jsonPaths: ['$.email']"],
            vec!["(listed-and-dropped 6)", "transform-after-redact 9"],
        ),
        (
            "a: {type: string}",
            vec!["redactRegexMatches> {jsonPaths: ['$.a'], redactions: []"],
            vec!["transform-does-nothing 8"],
        ),
        ("on: {type: boolean}", vec!["pseudonymize> {jsonPaths: ['$.on']"], vec!["transform-nulls 8"]),
        (
            "o: {properties: {a: {type: string}, b: {type: string}}}",
            vec!["textDigest> {jsonPaths: ['$.o']"],
            vec!["transform-nulls 8"],
        ),
        (
            "topic: {type: string}",
            vec!["redactRegexMatches> {jsonPaths: ['$.topic'], redactions: ['@\\w+']"],
            vec!["free-text-by-regex 8"],
        ),
        (
            "label_set: {type: string}",
            vec!["redactRegexMatches> {jsonPaths: ['$.label_set'], redactions: ['@\\w+']"],
            vec![],
        ),
        (
            "a: {type: string}",
            vec!["filterTokenByRegex> {jsonPaths: ['$.a'], filters: ['both|none', '.*']"],
            vec!["keeps-by-loose-regex 8"],
        ),
        (
            "a: {type: string}",
            vec!["redactExceptSubstringsMatchingRegexes> {jsonPaths: ['$.a'], exceptions: ['20\\d{2}-.+']"],
            vec!["keeps-by-loose-regex 8"],
        ),
        (
            "a: {type: string}",
            vec!["filterTokenByRegex> {jsonPaths: ['$.a'], filters: ['\\d+']"],
            vec!["(keeps-by-loose-regex 8)"],
        ),
        (
            "a: {type: string}, b: {type: string}",
            vec![
                "filterTokenByRegex> {jsonPaths: ['$.a'], filters: ['both|none', '[A-Z]+-\\d+']",
                "redactExceptSubstringsMatchingRegexes> {jsonPaths: ['$.b'], exceptions: ['^20\\d{2}-[01]\\d']",
            ],
            vec![],
        ),
        (
            "birthday: {type: string}, phone: {type: string}, zip: {type: string}, ip: {type: string}",
            vec!["pseudonymize> {jsonPaths: ['$.*']"],
            vec!["low-entropy-hashed 8"],
        ),
        (
            "dept: {type: string}",
            vec!["pseudonymize> {jsonPaths: ['$.dept']"],
            vec!["(low-entropy-hashed 8)"],
        ),
        (
            "description: {type: string}, topic: {type: string}",
            vec!["textDigest> {jsonPaths: ['$.topic']"],
            vec!["kept-free-text 6"],
        ),
        (
            "a: {type: string}, b: {type: string}, c: {type: string}, next_page_token: {type: string}",
            vec!["filterTokenByRegex> {jsonPaths: ['$.a', '$.b'], filters: ['big|small']"],
            vec!["lone-kept-text 6"],
        ),
        (
            "a: {type: string}, b: {type: string}, c: {type: string}, d: {type: string}",
            vec!["filterTokenByRegex> {jsonPaths: ['$.a', '$.b'], filters: ['big|small']"],
            vec![],
        ),
        (
            "o: {properties: {a: {type: string}, b: {type: string}, c: {type: string}}}, d: {type: string}",
            vec!["filterTokenByRegex> {jsonPaths: ['$.o.a', '$.o.b'], filters: ['big|small']"],
            vec!["lone-kept-text 6"],
        ),
        ("ip: {type: string}", vec!["hashIp> {jsonPaths: ['$.ip']"], vec!["(low-entropy-hashed 8)"]),
        (
            "number: {type: integer}",
            vec!["pseudonymize> {jsonPaths: ['$.number']"],
            vec!["(short-number-hashed 8)"],
        ),
        ("email: {type: string}", vec!["pseudonymize> {jsonPaths: ['$.email']"], vec![]),
        (
            "email: {type: string}",
            vec!["pseudonymize> {jsonPaths: ['$.email'], includeReversible: true"],
            vec!["needless-reversible 8"],
        ),
        (
            "kind: {type: string}, email: {type: string}",
            vec!["pseudonymize> {jsonPaths: ['$.email'], applyOnlyWhen: \"$[?(@.kind == 'person')]\""],
            vec!["kept-email 6"],
        ),
    ] {
        assert_codes(&fields(properties, &transforms), &expected);
    }
}

#[test]
fn what_the_loader_says_of_an_endpoint_names_it() {
    let one = |path: &str, methods: &str| {
        format!(
            "- pathTemplate: {path}\n  allowedMethods: [{methods}]\n  allowedQueryParams: []\n  responseSchema: {{properties: {{n: {{type: integer}}}}}}\n"
        )
    };
    let file = |all: &[String]| format!("version: '1.0'\nendpoints:\n{}", all.concat());
    for (yaml, code, endpoint) in [
        (file(&[one("/a", "GET"), one("/a", "GET")]), "endpoint-unreachable", "/a"),
        (file(&[one("/a", "GET"), one("/b", "")]), "endpoint-unreachable", "/b"),
        (file(&[one("/a", "GET"), one("'/b?x'", "GET")]), "endpoint-unreachable", "/b?x"),
        (
            file(&[one("/a", "GET"), one("/a", "GET, HEAD"), one("/c", "GET")]),
            "endpoint-partly-shadowed",
            "/a",
        ),
    ] {
        let found = check_text("r", &yaml);
        let one = found.iter().find(|it| it.code == code).unwrap_or_else(|| panic!("{yaml}{found:?}"));
        assert_eq!(one.endpoint.as_deref(), Some(endpoint), "{yaml}");
    }
}

#[test]
fn a_reversible_pseudonym_is_needed_where_calls_take_it() {
    let yaml = |template: &str, schema: &str, field: &str| {
        format!(
            "version: '1.0'\nendpoints:\n- pathTemplate: {template}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  pathParameterSchemas: {{{schema}}}\n  responseSchema: {{properties: {{items: {{items: {{properties: {{{field}: {{type: string}}}}}}}}}}}}\n  transforms:\n  - !<pseudonymize> {{jsonPaths: ['$.items[*].{field}'], includeReversible: true}}\n"
        )
    };
    let token = "{format: reversible-pseudonym}";
    for (template, schema, field, needed) in [
        ("/v2/users/{userId}", format!("userId: {token}"), "host_id", true),
        ("/v2/users/{key}", format!("key: {token}"), "user_id", true),
        ("/v2/rooms/{roomId}", format!("roomId: {token}"), "room_id", true),
        ("/v2/rooms/{roomId}", format!("roomId: {token}"), "host_id", false),
        ("/v2/users/{userId}", "userId: {pattern: '[a-z]{22}'}".to_owned(), "host_id", false),
    ] {
        let expected: &[&str] = if needed { &[] } else { &["needless-reversible 9"] };
        assert_codes(&yaml(template, &schema, field), expected);
    }
}

#[test]
fn compares_endpoints() {
    let two = |first: &str, second: &str| {
        let one = |path: &str, transforms: &str| {
            format!(
                "- pathTemplate: {path}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {{properties: {{room_code: {{type: string}}}}}}\n  transforms: [{transforms}]\n"
            )
        };
        format!("version: '1.0'\nendpoints:\n{}{}", one("/a", first), one("/b", second))
    };
    let hidden = "!<pseudonymize> {jsonPaths: ['$.room_code']}";
    let reversible = "!<pseudonymize> {jsonPaths: ['$.room_code'], includeReversible: true}";
    assert_codes(&two(hidden, hidden), &[]);
    assert_codes(&two(hidden, ""), &["inconsistent-treatment 11"]);
    assert_codes(&two("", hidden), &["inconsistent-treatment 6"]);
    let limited = "!<filterTokenByRegex> {jsonPaths: ['$.room_code'], filters: ['big|small']}";
    assert_codes(&two(limited, limited), &[]);
    // The one is that of an `a`, the other that of a `b`.
    assert_codes(&two(limited, ""), &[]);
    let in_rooms = |yaml: String| yaml.replace("/a\n", "/v1/rooms\n").replace("/b\n", "/v2/rooms\n");
    assert_codes(&in_rooms(two(limited, "")), &["inconsistent-treatment 11"]);
    assert_codes(&two(hidden, reversible), &["mixed-reversibility 7", "needless-reversible 12"]);
}

#[test]
fn looks_deeper_than_a_rooted_path() {
    let tree = |path: &str| {
        format!(
            "version: '1.0'\nendpoints:\n- pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {{$ref: '#/definitions/T'}}\n  transforms:\n  - !<redact> {{jsonPaths: ['{path}']}}\ndefinitions:\n  T: {{properties: {{code: {{type: string}}, t: {{$ref: '#/definitions/T'}}}}}}\n"
        )
    };
    assert_codes(&tree("$.code"), &["recursion-not-reached 8", "(listed-and-dropped 10)"]);
    assert_codes(&tree("$..code"), &["(listed-and-dropped 10)"]);
    assert_codes(&tree("$.t.t.t.t.code"), &[]);
    assert_codes(&tree("$.t.x"), &["dead-transform 8"]);
}

#[test]
fn what_is_argued_away_is_listed_with_its_reason() {
    let yaml = |at_top: &str, at_endpoint: &str, at_field: &str, behind: &str, at_definition: &str| {
        format!(
            "version: '1.0'\n{at_top}\nendpoints:\n{at_endpoint}\n- pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema:\n    properties:\n{at_field}\n      email: {{type: string}}{behind}\n      users: {{items: {{$ref: '#/definitions/User'}}}}\ndefinitions:\n{at_definition}\n  User:\n    properties:\n      email: {{type: string}}\n  Other: {{properties: {{}}}}\n"
        )
    };
    let allow = "# vizard:allow kept-email because these are all invented";
    let file = "# vizard:allow-file kept-email because these are all invented";
    for (comments, expected) in [
        (["", "", "", "", ""], vec!["kept-email 11", "kept-email 17"]),
        ([file, "", "", "", ""], vec!["[kept-email 11]", "[kept-email 17]"]),
        (["", allow, "", "", ""], vec!["[kept-email 11]", "[kept-email 17]"]),
        (["", "", allow, "", ""], vec!["[kept-email 11]", "kept-email 17"]),
        (["", "", "", &format!(" {allow}"), ""], vec!["[kept-email 11]", "kept-email 17"]),
        (["", "", "", "", allow], vec!["kept-email 11", "[kept-email 17]"]),
        (
            ["", "", "# vizard:allow kept-email because these", "", ""],
            vec!["suppression-without-reason 10", "kept-email 11", "kept-email 17"],
        ),
        (
            ["", "", "# vizard:allow kept-email", "", ""],
            vec!["suppression-without-reason 10", "kept-email 11", "kept-email 17"],
        ),
        (
            ["", "", "# vizard:allow kept-mail because these are all invented", "", ""],
            vec!["suppression-unknown-code 10", "kept-email 11", "kept-email 17"],
        ),
        (
            ["", "", "# vizard:permit kept-email because these are all invented", "", ""],
            vec!["suppression-unknown-code 10", "kept-email 11", "kept-email 17"],
        ),
        (
            ["# vizard:allow kept-email because these are all invented", "", "", "", ""],
            vec!["suppression-unused 2", "kept-email 11", "kept-email 17"],
        ),
        (
            ["", "", "", "", "# vizard:allow kept-phone because these are all invented"],
            vec!["kept-email 11", "suppression-unused 14", "kept-email 17"],
        ),
    ] {
        let [top, endpoint, field, behind, definition] = comments;
        assert_codes(&yaml(top, endpoint, field, behind, definition), &expected);
    }
}

#[test]
fn a_reason_goes_on_in_lines_set_further_in() {
    let yaml = fields("email: {type: string}", &[]).replace(
        "  responseSchema",
        "  # vizard:allow kept-email because the addresses\n  #   are invented,  all of them\n  # An ordinary comment.\n  responseSchema",
    );
    let found = check_text("r", &yaml);
    let reasons: Vec<_> = found.iter().map(|it| it.suppressed.as_deref()).collect();
    assert_eq!(reasons, [Some("the addresses are invented, all of them")]);
}

#[test]
fn only_comments_suppress() {
    let quoted = fields("email: {type: string}", &[])
        .replace("/v2/things", "'/v2/things # vizard:allow-file kept-email because these are all invented'");
    assert_codes(&quoted, &["kept-email 6"]);
    let error = "# vizard:allow-file unknown-key because we like it so\nversion: '1.0'\nendpoints:\n- pathTemplate: /a\nx: 1\n";
    assert_codes(error, &["unknown-key 5"]);
}

#[test]
fn what_the_loader_warns_about_can_be_argued_away() {
    let yaml = fields(
        "hosts: {type: string}",
        &["pseudonymizeRegexMatches> {jsonPaths: ['$.hosts'], regex: '[a-z]+'"],
    );
    assert_codes(&yaml, &["text-around-matches 8"]);
    let argued = yaml.replace(
        "- pathTemplate",
        "# vizard:allow text-around-matches because between the names stand numbers only\n- pathTemplate",
    );
    assert_codes(&argued, &["[text-around-matches 9]"]);
}

#[test]
fn what_stands_beside_the_rules_is_compared() {
    let yaml = fields("n: {type: integer}", &[]).replace(
        "allowedQueryParams: []",
        "allowedQueryParams: [size]\n  queryParamSchemas: {size: {type: integer}}",
    );
    let resolved = extends::resolve("r", &yaml, &[]).unwrap();
    let scope = |name: &str, endpoints: &[&str]| Scope {
        name: name.to_owned(),
        endpoints: endpoints.iter().map(|it| (*it).to_owned()).collect(),
    };
    let call = |line: u32, url: &str| Example {
        place: Place { line, column: 3 },
        name: "a page".to_owned(),
        method: "GET".to_owned(),
        url: url.to_owned(),
        original: "page.json".to_owned(),
    };
    let connector = |scopes| Connector { file: "c", text: "scopes:\n- things:read\n- rooms:read\n", scopes };
    let told = |connector: Option<&Connector<'_>>, examples: Option<&Examples<'_>>| {
        let subject =
            Subject { name: "r", text: &yaml, resolved: &resolved, base: None, connector, examples };
        let shown = |it: &Finding| format!("{} {}:{}", it.code, it.file, it.place.unwrap().line);
        check(&subject).iter().map(shown).collect::<Vec<_>>()
    };
    let fits = connector(vec![scope("things:read", &["/v2/things"])]);
    let idle = connector(vec![scope("things:read", &["/v2/things"]), scope("rooms:read", &["/v2/rooms"])]);
    let partly = connector(vec![scope("things:read", &["/v2/things", "/v2/rooms"])]);
    assert_eq!(told(Some(&fits), None), Vec::<String>::new());
    assert_eq!(told(Some(&idle), None), ["scope-unused c:3"]);
    assert_eq!(told(Some(&partly), None), ["scope-unused c:2"]);
    assert_eq!(told(Some(&connector(Vec::new())), None), ["scope-missing r:3"]);
    let beside = |calls: &[Example]| told(None, Some(&Examples { file: "e", calls }));
    assert_eq!(beside(&[call(1, "/v2/things?size=3")]), Vec::<String>::new());
    assert_eq!(
        beside(&[call(1, "/v2/things?size=x"), call(5, "/v2/things"), call(9, "/v2/things/p~x")]),
        ["example-refused e:1", "example-refused e:9"]
    );
    assert_eq!(beside(&[]), ["endpoint-without-example r:3"]);
}

#[test]
fn what_the_base_argues_away_stays_so_where_nothing_changes() {
    let base = "version: '1.0'\nendpoints:\n- pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema:\n    properties:\n      # vizard:allow kept-email because these are all invented\n      email: {type: string}\n      n: {type: integer}\n- pathTemplate: /b\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {properties: {phone: {type: string}}}\n";
    let shipped = [extends::Shipped { source: "tea", text: base }];
    for (overrides, expected) in [
        ("- pathTemplate: /b\n  removed: true\n", vec!["[kept-email]"]),
        ("- pathTemplate: /a\n  removed: true\n", vec!["kept-phone"]),
        (
            "# vizard:allow kept-phone because it is that of a desk\n- pathTemplate: /b\n  allowedMethods: [GET]\n",
            vec!["[kept-email]", "[kept-phone]"],
        ),
        (
            "# vizard:allow kept-phone because it is that of a desk\n- pathTemplate: /a\n  allowedMethods: [GET]\n",
            vec!["suppression-unused", "[kept-email]", "kept-phone"],
        ),
    ] {
        let text = format!("extends: tea@1\noverrides:\n{overrides}");
        let resolved = extends::resolve("ours", &text, &shipped).unwrap_or_else(|it| panic!("{it}"));
        let found = check(&Subject {
            name: "ours",
            text: &text,
            resolved: &resolved,
            base: Some(base),
            connector: None,
            examples: None,
        });
        let shown = |it: &Finding| match it.suppressed {
            Some(_) => format!("[{}]", it.code),
            None => it.code.to_owned(),
        };
        assert_eq!(found.iter().map(shown).collect::<Vec<_>>(), expected, "{overrides}");
    }
}

#[test]
fn a_file_that_takes_fields_away_need_not_take_the_transforms_away() {
    let base = "version: '1.0'\nendpoints:\n- pathTemplate: /a\n  allowedMethods: [GET]\n  allowedQueryParams: [f]\n  queryParamSchemas: {f: {enum: [a, b]}}\n  responseSchema: {properties: {email: {type: string}, topic: {type: string}}}\n  transforms:\n  - !<pseudonymize> {jsonPaths: ['$.email']}\n  - !<textDigest> {jsonPaths: ['$.topic']}\n";
    let shipped = [extends::Shipped { source: "tea", text: base }];
    for (lines, expected) in [
        ("dropFields: ['$.topic']", vec![]),
        ("queryParamSchemas: {f: {enum: [a]}}", vec![]),
        ("transforms: [!<redact> {jsonPaths: ['$.email']}]", vec![]),
        ("transforms: [!<redact> {jsonPaths: ['$.mail']}]", vec!["dead-transform"]),
    ] {
        let text = format!("extends: tea@1\noverrides:\n- pathTemplate: /a\n  {lines}\n");
        let resolved = extends::resolve("ours", &text, &shipped).unwrap_or_else(|it| panic!("{it}"));
        let found = check(&Subject {
            name: "ours",
            text: &text,
            resolved: &resolved,
            base: Some(base),
            connector: None,
            examples: None,
        });
        assert_eq!(
            found.iter().map(|it| it.code).collect::<Vec<_>>(),
            expected,
            "{lines}: {}",
            resolved.text
        );
    }
}
