use serde_json::{Value, json};
use vizard_sanitizer::RuleSet;
use vizard_sanitizer::outline::Outline;

use super::{Coverage, Names, Options, Standing, compare, csv, findings, markdown, text};
use crate::finding::{Finding, Level};
use crate::openapi;

fn compared(rules: &str, description: &Value, options: &Options<'_>) -> Coverage {
    let set = RuleSet::load("rules.yaml", rules).unwrap_or_else(|found| panic!("{found}")).rules;
    let outline = Outline::read("rules.yaml", rules).unwrap();
    let description = openapi::read(&description.to_string()).unwrap();
    compare(Names { rules: "rules.yaml", spec: "api.json" }, &set, &outline, &description, options)
}

fn described(path: &str, schema: Value) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    json!({
        "openapi": "3.0.3",
        "info": {"title": "Lumen", "version": "7"},
        "servers": [{"url": "https://api.lumen.example/v1"}],
        "paths": {path: {"get": {"operationId": "one", "responses": {"200": {"content": content}}}}},
    })
}

fn rules(path: &str, properties: &str, transforms: &str) -> String {
    format!(
        "endpoints:\n- pathTemplate: {path}\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {{properties: {{{properties}}}}}\n  transforms: [{transforms}]\n"
    )
}

/// The fields of the first endpoint: `kept-personal $.a kept`.
fn rows(coverage: &Coverage) -> Vec<String> {
    let row = |it: &super::FieldCoverage| {
        let standing = serde_json::to_value(it.standing).unwrap();
        let nearest = it.nearest.as_ref().map(|it| format!(" near {it}")).unwrap_or_default();
        format!("{} {} {}{nearest}", standing.as_str().unwrap(), it.field, super::text::outcome(it))
    };
    coverage.endpoints[0].fields.iter().map(row).collect()
}

#[track_caller]
fn check(properties: &str, transforms: &str, schema: Value, expected: &[&str]) {
    let rules = rules("/v1/things/{id}", properties, transforms);
    let coverage = compared(&rules, &described("/things/{thing}", schema.clone()), &Options::default());
    assert_eq!(rows(&coverage), expected, "{properties} against {schema}");
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

#[test]
fn every_field_has_its_standing() {
    check(
        "a: {type: string}, email: {type: string}, owner_id: {type: string}",
        "!<pseudonymize> {jsonPaths: ['$.email']}",
        object(json!({
            "a": {"type": "string"}, "email": {"type": "string"}, "owner_id": {"type": "string"},
            "phone": {"type": "string"}, "title": {"type": "string"}, "z": {"type": "integer"},
        })),
        &[
            "kept-personal $.owner_id kept",
            "dropped-personal $.phone string",
            "dropped-personal $.title string",
            "both $.email pseudonymized",
            "both $.a kept",
            "dropped $.z integer",
        ],
    );
}

#[test]
fn types_are_compared() {
    for (listed, described, differ) in [
        ("string", json!({"type": "string"}), None),
        ("string", json!({"type": "integer"}), Some("null: listed as string, described as integer")),
        ("string", json!({}), None),
        ("integer", json!({"type": "number"}), None),
        ("number", json!({"type": "integer"}), None),
        ("integer", json!({"type": "string"}), Some("null: listed as integer, described as string")),
        ("boolean", json!({"type": "integer"}), Some("null: listed as boolean, described as integer")),
        ("string", json!({"type": "object"}), Some("null: listed as string, described as object")),
    ] {
        let outcome = differ.map_or("both $.x kept".to_owned(), |it| format!("type-differs $.x {it}"));
        check(&format!("x: {{type: {listed}}}"), "", object(json!({"x": described})), &[&outcome]);
    }
    check("x: {}", "", object(json!({"x": {"type": "boolean"}})), &["both $.x kept"]);
    let either = object(json!({"x": {"type": ["integer", "string"]}}));
    let rules = rules("/v1/a", "x: {type: string}", "");
    let coverage = compared(&rules, &described("/a", either), &Options::default());
    assert_eq!(rows(&coverage), ["both $.x kept"]);
    assert_eq!(coverage.endpoints[0].fields[0].null_where, ["integer"]);
    // What is below something of another type is told once.
    check(
        "x: {properties: {a: {type: string}, b: {type: string}}}",
        "",
        object(json!({"x": {"type": "string"}})),
        &["type-differs $.x null: listed as object, described as string", "dropped $.x string"],
    );
    check(
        "x: {items: {type: string}}",
        "",
        object(json!({"x": object(json!({"a": {"type": "integer"}}))})),
        &["type-differs $.x null: listed as array, described as object", "dropped $.x.a integer"],
    );
}

#[test]
fn what_is_not_described_may_be_misspelled() {
    check(
        "usr: {properties: {langauge: {type: string}, status: {type: string}, zzz: {type: string}}}",
        "",
        object(
            json!({"usr": object(json!({"language": {"type": "string"}})), "old": object(json!({"status": {"type": "string"}}))}),
        ),
        &[
            "not-described $.usr.langauge kept near $.usr.language",
            "not-described $.usr.status kept near $.old.status",
            "not-described $.usr.zzz kept",
            "dropped $.usr.language string",
            "dropped $.old.status string",
        ],
    );
    // Not described, and surely personal.
    check(
        "email: {type: string}",
        "",
        object(json!({"a": {"type": "integer"}})),
        &["kept-personal $.email kept", "dropped $.a integer"],
    );
}

#[test]
fn open_places_hold_what_is_listed_of_them() {
    check(
        "free: {properties: {a: {type: string}}}, map: {properties: {k: {type: integer}}}",
        "",
        object(json!({
            "free": {"type": "object"}, "map": {"type": "object", "additionalProperties": {"type": "integer"}},
            "any": {}, "members": {"type": "array"},
        })),
        &[
            "dropped-personal $.members array",
            "open $.free only what is listed of it leaves",
            "open $.free.a kept",
            "open $.map.k kept",
            "dropped $.map.* integer",
            "dropped $.any any",
        ],
    );
}

#[test]
fn recursion_is_met_on_both_sides() {
    let description = json!({
        "swagger": "2.0",
        "paths": {"/v1/tree": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/Node"}}}}}},
        "definitions": {"Node": {"type": "object", "properties": {
            "size": {"type": "integer"}, "kids": {"type": "array", "items": {"$ref": "#/definitions/Node"}},
        }}},
    });
    let rules = "endpoints:\n- pathTemplate: /v1/tree\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  responseSchema: {$ref: '#/definitions/N'}\ndefinitions: {N: {properties: {size: {type: integer}, kids: {items: {$ref: '#/definitions/N'}}}}}\n";
    let coverage = compared(rules, &description, &Options::default());
    assert_eq!(
        rows(&coverage),
        [
            "both $.size kept",
            "open $.kids[*] only what is listed of it leaves",
            "open $.kids[*].size kept",
            "open $.kids[*].kids[*].size kept",
        ]
    );
}

#[test]
fn without_a_response_schema_everything_leaves() {
    let rules = "endpoints:\n- pathTemplate: /v1/a\n  allowedMethods: [GET]\n  allowedQueryParams: []\n  transforms: [!<pseudonymize> {jsonPaths: ['$.email']}, !<redact> {jsonPaths: ['$..name']}]\n";
    let schema = object(
        json!({"email": {"type": "string"}, "phone": {"type": "string"}, "n": {"type": "integer"}, "u": object(json!({"name": {"type": "string"}}))}),
    );
    let coverage = compared(rules, &described("/a", schema), &Options::default());
    assert_eq!(
        rows(&coverage),
        [
            "kept-personal $.phone kept",
            "both $.email pseudonymized",
            "both $.u.name dropped",
            "both $.n kept",
        ]
    );
    assert!(coverage.endpoints[0].is_open);
    assert!(coverage.keeps_personal());
}

#[test]
fn what_looks_personal_is_told_without_a_description_too() {
    let rules = rules("/v1/a", "email: {type: string}, x: {type: string}", "");
    let nothing = json!({"openapi": "3.0.0", "paths": {}});
    let no_answer = json!({"openapi": "3.0.0", "paths": {"/v1/a": {"get": {"responses": {"204": {}}}}}});
    let any = described("/a", json!({"type": "object"}));
    for (description, expected, has_no_answer) in [
        (nothing, vec!["kept-personal $.email kept"], false),
        (no_answer, vec!["kept-personal $.email kept"], true),
        (any, vec!["kept-personal $.email kept", "open $.x kept"], true),
    ] {
        let coverage = compared(&rules, &description, &Options::default());
        assert_eq!(rows(&coverage), expected);
        assert_eq!(coverage.endpoints[0].has_no_answer, has_no_answer);
        assert!(coverage.keeps_personal());
    }
}

#[test]
fn calls_are_matched_by_method_and_path() {
    let call = |path: &str| json!({"responses": {"200": {"content": {"application/json": {"schema": object(json!({path: {"type": "string"}}))}}}}});
    let description = json!({"openapi": "3.1.0", "paths": {
        "/v1/users/{id}": {"get": call("one"), "patch": call("changed"), "delete": {"responses": {"204": {}}}},
        "/v1/users/me": {"get": call("me")},
        "/v1/reports/{year}": {"get": call("report")},
        "/v1/reports/latest": {"get": call("latest")},
        "/v1/Rooms/{roomId}": {"get": call("room"), "put": call("put")},
        "/v1/elsewhere": {"get": call("elsewhere")},
    }});
    for (endpoint, expected) in [
        ("pathTemplate: '/v1/users/{userId}'\n  allowedMethods: [get]", "GET /v1/users/{id}"),
        (
            "pathTemplate: '/v1/users/{userId}'\n  allowedMethods: [GET, PATCH]",
            "GET /v1/users/{id}, PATCH /v1/users/{id}",
        ),
        ("pathTemplate: '/v1/users/me'\n  allowedMethods: [GET]", "GET /v1/users/me"),
        ("pathTemplate: '/v1/users/you'\n  allowedMethods: [GET]", "GET /v1/users/{id}"),
        ("pathTemplate: '/v1/rooms/{roomId}'", "GET /v1/Rooms/{roomId}, PUT /v1/Rooms/{roomId}"),
        ("pathRegex: '/v1/reports/(?<year>20\\d{2})'\n  allowedMethods: [GET]", "GET /v1/reports/{year}"),
        ("pathTemplate: '/v1/nothing'\n  allowedMethods: [GET]", ""),
        ("pathTemplate: '/v1/elsewhere'\n  allowedMethods: [POST]", ""),
    ] {
        let rules = format!(
            "endpoints:\n- {endpoint}\n  allowedQueryParams: []\n  responseSchema: {{properties: {{one: {{type: string}}}}}}\n"
        );
        let coverage = compared(&rules, &description, &Options::default());
        let calls = &coverage.endpoints[0].calls;
        let calls: Vec<String> = calls.iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        assert_eq!(calls.join(", "), expected, "{endpoint}");
        assert_eq!(coverage.counts.other_calls, 9 - calls.len(), "{endpoint}");
    }
}

#[test]
fn another_base_path_can_be_given() {
    let rules = rules("/proxy/a", "x: {type: string}", "");
    let description = described("/a", object(json!({"x": {"type": "string"}})));
    for (base_path, found) in
        [(None, 0), (Some("/proxy"), 1), (Some("proxy/"), 1), (Some("/v1"), 0), (Some(""), 0)]
    {
        let coverage = compared(&rules, &description, &Options { base_path, ..Options::default() });
        assert_eq!(coverage.endpoints[0].calls.len(), found, "{base_path:?}");
    }
}

#[test]
fn what_the_author_argued_away_counts_no_more() {
    let rules = rules("/v1/a", "owner_id: {type: string}", "");
    let description = described("/a", object(json!({"owner_id": {"type": "string"}})));
    let argued = |code, suppressed: Option<&str>| Finding {
        level: Level::Warning,
        code,
        file: "rules.yaml".to_owned(),
        place: None,
        endpoint: Some("/v1/a".to_owned()),
        field: Some("$.owner_id".to_owned()),
        message: String::new(),
        help: None,
        suppressed: suppressed.map(str::to_owned),
    };
    for (finding, keeps) in [
        (argued("kept-person-id", None), true),
        (argued("any-scalar", Some("it is")), true),
        (argued("kept-person-id", Some("it is the owner of a room")), false),
    ] {
        let findings_of_check = [finding];
        let coverage =
            compared(&rules, &description, &Options { argued: &findings_of_check, ..Options::default() });
        assert_eq!(coverage.keeps_personal(), keeps);
        assert_eq!(findings(&coverage)[0].counts(), keeps);
    }
}

#[test]
fn what_an_earlier_description_did_not_have_is_new() {
    let rules = rules("/v1/a", "x: {type: string}, y: {type: string}", "");
    let field = || json!({"type": "string"});
    let old = described("/a", object(json!({"x": field(), "email": field()})));
    let now =
        described("/a", object(json!({"x": field(), "email": field(), "y": field(), "phone": field()})));
    let old = openapi::read(&old.to_string()).unwrap();
    let coverage = compared(&rules, &now, &Options { previous: Some(&old), ..Options::default() });
    let told: Vec<(&str, bool)> =
        coverage.endpoints[0].fields.iter().map(|it| (it.field.as_str(), it.is_new)).collect();
    assert_eq!(told, [("$.phone", true), ("$.email", false), ("$.y", true), ("$.x", false)]);
    assert_eq!((coverage.counts.dropped_personal, coverage.counts.new_personal), (2, 1));
    assert!(text(&coverage, false, false).contains("    $.phone  string  new  a telephone number (phone)\n"));
    // Without one, nothing is.
    assert_eq!(compared(&rules, &now, &Options::default()).counts.new_personal, 0);
}

/// One of everything.
fn everything() -> Coverage {
    let rules = "\
endpoints:
- pathTemplate: /v1/users/{userId}
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema:
    properties:
      id: {type: string}
      langauge: {type: string}
      size: {type: integer}
      created_by: {type: string}
      a_name_that_is_so_long_that_it_needs_a_line_alone: {type: string}
  transforms:
  - !<pseudonymize> {jsonPaths: ['$.id'], includeReversible: true}
- pathTemplate: /v1/rooms
  allowedMethods: [GET]
  allowedQueryParams: []
  responseSchema: {properties: {id: {type: string}}}
";
    let mut description = described(
        "/users/{id}",
        object(json!({
            "id": {"type": "string"}, "language": {"type": "string"}, "size": {"type": "string"},
            "created_by": {"type": "string"}, "phone_number": {"type": "string"}, "manager": {"$ref": "people.json#/Person"},
            "plan": {"type": "string"}, "a_name_that_is_so_long_that_it_needs_a_line_alone": {"type": "string"},
        })),
    );
    description["paths"]["/users"] = json!({"get": {"responses": {"200": {}}}});
    compared(rules, &description, &Options::default())
}

#[test]
fn text_is_for_people() {
    let coverage = everything();
    let sha256 = &coverage.sha256;
    let expected = format!(
        "\
rules.yaml
sha256 {sha256}
against api.json: Lumen 7 (OpenAPI 3.0.3)

GET /v1/users/{{userId}}  (line 2)
  described as GET /v1/users/{{id}}: one
  in clear, looks personal: 1
    $.created_by  kept  line 10  the id of a person (by)
  dropped, looks personal: 2
    $.phone_number  string  a telephone number (phone)
    $.manager       any     the id of a person (manager)
  types differ: 1
    $.size  null: listed as integer, described as string  line 9
  listed, not described: 1
    $.langauge  kept  line 8  did you mean $.language?
  described and listed: 2
    $.id  reversible  line 13
    $.a_name_that_is_so_long_that_it_needs_a_line_alone
      kept        line 11
  dropped: 2
    $.language, $.plan

GET /v1/rooms  (line 14)
  not described: nothing to compare with

1 call is described that no endpoint is for; `--all` lists them

odd in the description; `--all` tells where
  references to other files, not followed: 1 (fields may be missing)

2 endpoints, 1 described; 8 described fields: 3 leave (1 in clear look
personal), 4 dropped (2 look personal)
4 warnings
"
    );
    assert_eq!(text(&coverage, false, false), expected);
    let all = text(&coverage, true, true);
    assert!(all.contains("\u{1b}[31mkept\u{1b}[0m  line 10"), "{all}");
    assert!(all.contains("\n  GET /v1/users\n"), "{all}");
    assert!(all.contains("properties/manager:\n    `people.json#/Person` is not in this file\n"), "{all}");
}

/// The lines that count, after everything else.
fn counted(coverage: &Coverage) -> String {
    let text = text(coverage, false, false);
    let (_, last) = text.trim_end().rsplit_once("\n\n").unwrap();
    last.rsplit_once('\n').unwrap().0.replace('\n', " ")
}

#[test]
fn what_is_not_described_is_counted_apart() {
    let rules =
        rules("/v1/users", "total: {type: integer}, email: {type: string}, phone: {type: string}", "");
    let schema = |properties: Value| described("/users", object(properties));
    let nowhere = described("/rooms", object(json!({"total": {"type": "integer"}})));
    for (description, expected) in [
        (
            nowhere,
            "1 endpoint, 0 described; no described field to compare with; 2 undescribed fields in clear look personal",
        ),
        (
            schema(json!({"total": {"type": "integer"}, "email": {"type": "string"}})),
            "1 endpoint, 1 described; 2 described fields: 2 leave (1 in clear look personal), 0 dropped (0 look personal); 1 undescribed field in clear looks personal",
        ),
        (
            schema(
                json!({"total": {"type": "integer"}, "email": {"type": "string"}, "phone": {"type": "string"}}),
            ),
            "1 endpoint, 1 described; 3 described fields: 3 leave (2 in clear look personal), 0 dropped (0 look personal)",
        ),
    ] {
        assert_eq!(counted(&compared(&rules, &description, &Options::default())), expected);
    }
}

#[test]
fn tables_hold_everything() {
    let coverage = everything();
    let table = csv(&coverage);
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "methods,endpoint,field,standing,described,listed,outcome,line,looks,nearest,new",
            "GET,/v1/users/{userId},$.created_by,\"in clear, looks personal\",string,string,kept,10,the id of a person (by),,",
            "GET,/v1/users/{userId},$.phone_number,\"dropped, looks personal\",string,,string,,a telephone number (phone),,",
            "GET,/v1/users/{userId},$.manager,\"dropped, looks personal\",any,,any,,the id of a person (manager),,",
            "GET,/v1/users/{userId},$.size,types differ,string,integer,\"null: listed as integer, described as string\",9,,,",
            "GET,/v1/users/{userId},$.langauge,\"listed, not described\",,string,kept,8,,$.language,",
            "GET,/v1/users/{userId},$.id,described and listed,string,string,reversible,13,,,",
            "GET,/v1/users/{userId},$.a_name_that_is_so_long_that_it_needs_a_line_alone,described and listed,string,string,kept,11,,,",
            "GET,/v1/users/{userId},$.language,dropped,string,,string,,,,",
            "GET,/v1/users/{userId},$.plan,dropped,string,,string,,,,",
            "GET,/v1/rooms,,endpoint not described,,,,,,,",
            "GET,/v1/users,,no endpoint,,,,,,,",
            "",
        ]
    );
    let page = markdown(&coverage);
    assert!(page.contains("\n### Types differ: 1\n\n| field | | line | remarks |\n|---|---|---|---|\n| `$.size` | null: listed as integer, described as string | 9 |  |\n"), "{page}");
    assert!(page.contains("| `$.langauge` | kept | 8 | did you mean `$.language`? |\n"), "{page}");
    assert!(
        page.ends_with("\n## Odd in the description\n\n- references to other files, not followed: 1\n"),
        "{page}"
    );
    let json = serde_json::to_value(&coverage).unwrap();
    assert_eq!(json["counts"]["dropped_personal"], 2);
    assert_eq!(json["endpoints"][0]["fields"][0]["standing"], "kept-personal");
}

#[test]
fn findings_are_what_somebody_should_decide() {
    let told: Vec<String> = findings(&everything())
        .iter()
        .map(|it| {
            let at = it.place.map_or(String::new(), |it| format!("{}:{}", it.line, it.column));
            let parts = [
                it.code,
                &at,
                it.field.as_deref().unwrap_or("-"),
                &it.message,
                it.help.as_deref().unwrap_or("-"),
            ];
            parts.join(" | ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "field-not-described | 8:7 | $.langauge | the description does not know this field | did you mean `$.language`?",
            "field-type-differs | 9:7 | $.size | the rules list integer and the description says string: the value becomes null | look at an answer, and list the type that it has",
            "personal-field-kept | 10:7 | $.created_by | this looks like the id of a person (`by`) and leaves in clear | pseudonymize it, do not list it, or say in a comment why it may leave, as `vizard check` reads it",
            "endpoint-not-described | 14:17 | - | the description has no such call | compare the path with the description, or give its base with `--base-path`",
        ]
    );
    assert!(Standing::ALL.is_sorted());
}
