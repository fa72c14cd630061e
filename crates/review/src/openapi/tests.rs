use std::fmt::Write;

use serde_json::{Value, json};
use vizard_sanitizer::outline::FieldPath;

use super::{Description, Field, Kind, Oddity, Unreadable, read, synthetic};

/// One field on one line: `$.a string/date? [x,y] (said)`.
fn line(field: &Field) -> String {
    let mut line = format!("{} {}", field.path, field.kind.word());
    if let Some(format) = &field.format {
        write!(line, "/{format}").unwrap();
    }
    for (is, mark) in [(field.nullable, "?"), (field.is_again, " again"), (field.only_in_example, " example")]
    {
        line.push_str(if is { mark } else { "" });
    }
    if !field.words.is_empty() {
        write!(line, " [{}]", field.words.join(",")).unwrap();
    }
    if let Some(description) = &field.description {
        write!(line, " ({description})").unwrap();
    }
    line
}

fn leaves(description: &Description) -> Vec<String> {
    description.operations[0].fields.iter().filter(|it| it.is_leaf).map(line).collect()
}

fn notes(description: &Description) -> Vec<String> {
    let line = |it: &super::Note| {
        let oddity = serde_json::to_value(it.oddity).unwrap();
        format!("{} {}: {}", oddity.as_str().unwrap(), it.pointer, it.message)
    };
    description.notes.iter().map(line).collect()
}

/// A description in 3.1 with one call, whose answer has this schema; `S` and `T` are components.
fn described(schema: &Value, components: &Value) -> Description {
    let content = json!({"application/json": {"schema": schema}});
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Lumen", "version": 1},
        "paths": {"/a": {"get": {"responses": {"200": {"content": content}}}}},
        "components": {"schemas": components},
    });
    read(&document.to_string()).unwrap()
}

#[track_caller]
fn check(schema: Value, expected: &[&str], odd: &[&str]) {
    let components = json!({
        "User": {"type": "object", "properties": {"id": {"type": "string"}, "boss": {"$ref": "#/components/schemas/User"}}},
        "a/b c": {"type": "integer"},
        "Text": {"type": "string", "format": "email", "description": "An address."},
        "Round": {"$ref": "#/components/schemas/Round"},
        "Page": {"type": "object", "properties": {"next": {"type": "string"}}},
    });
    let description = described(&schema, &components);
    assert_eq!(leaves(&description), expected, "{schema}");
    assert_eq!(notes(&description), odd, "{schema}");
}

#[test]
fn every_way_to_list_fields_is_read() {
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    check(
        object(json!({
            "s": {"type": "string", "format": "date", "description": " When\n it  was. "},
            "i": {"type": "integer"}, "n": {"type": "number"}, "b": {"type": "boolean"}, "o": {"type": "object"},
            "l": {"type": "array"}, "any": {}, "t": true, "never": false,
        })),
        &[
            "$.s string/date (When it was.)",
            "$.i integer",
            "$.n number",
            "$.b boolean",
            "$.o object",
            "$.l array",
            "$.any any",
            "$.t any",
        ],
        &[],
    );
    check(
        json!({"type": "array", "items": {"type": "array", "items": object(json!({"odd name": {"type": "string"}}))}}),
        &["$[*][*]['odd name'] string"],
        &[],
    );
    check(
        object(json!({
            "a": {"type": "string", "nullable": true}, "b": {"type": ["string", "null"]}, "c": {"type": ["string", "integer"]},
            "d": {"type": "null"}, "e": {"enum": ["x", null]}, "f": {"const": 7}, "g": {"type": "string", "enum": ["x", "y"]},
            "h": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "i": {"type": "string", "x-nullable": true},
        })),
        &[
            "$.a string?",
            "$.b string?",
            "$.c string",
            "$.c integer",
            "$.d null?",
            "$.e string? [x]",
            "$.f integer [7]",
            "$.g string [x,y]",
            "$.h string?",
            "$.i string?",
        ],
        &[],
    );
    check(
        object(json!({
            "map": {"type": "object", "additionalProperties": {"type": "string"}},
            "open": {"type": "object", "additionalProperties": true, "properties": {"known": {"type": "string"}}},
            "closed": {"type": "object", "additionalProperties": false, "properties": {"known": {"type": "string"}}},
            "pattern": {"type": "object", "patternProperties": {"^x-": {"type": "integer"}}},
            "tuple": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false},
        })),
        &[
            "$.map.* string",
            "$.open.known string",
            "$.open.* any",
            "$.closed.known string",
            "$.pattern.* integer",
            "$.tuple[*] string",
            "$.tuple[*] integer",
        ],
        &[],
    );
}

#[test]
fn compositions_and_references_are_followed() {
    check(
        json!({"allOf": [{"$ref": "#/components/schemas/Page"}, {"properties": {"users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}}}]}),
        &["$.next string", "$.users[*].id string", "$.users[*].boss object again"],
        &[],
    );
    check(
        json!({"type": "object", "properties": {"x": {"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Page"}, {"type": "array", "items": {"type": "string"}}]}}}),
        &["$.x string", "$.x.next string", "$.x[*] string"],
        &[],
    );
    check(
        json!({"type": "object", "properties": {"x": {"allOf": [{"$ref": "#/components/schemas/Text"}], "description": "Of whom."}, "y": {"$ref": "#/components/schemas/Text", "description": "Other."}}}),
        &["$.x string/email (An address.)", "$.y string/email (An address.)"],
        &[],
    );
    check(
        json!({"if": {"properties": {"k": {"const": 1}}}, "then": {"properties": {"a": {"type": "string"}}}, "else": {"properties": {"b": {"type": "string"}}}}),
        &["$.a string", "$.b string"],
        &[],
    );
    check(json!({"$ref": "#/components/schemas/a~1b%20c"}), &["$ integer"], &[]);
    check(json!({"$ref": "#/components/schemas/Page/properties/next"}), &["$ string"], &[]);
    check(json!({"oneOf": [{"enum": ["a"]}, {"enum": ["b", "a"]}]}), &["$ string [a,b]"], &[]);
    check(json!({"oneOf": [{"enum": ["a"]}, {"type": "string"}]}), &["$ string"], &[]);
    check(json!({"enum": [1, "a", 2]}), &["$ integer", "$ string [1,a,2]"], &[]);
}

#[test]
fn what_is_wrong_is_read_as_meant_and_noted() {
    let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
    let at = |rest: &str, oddity: &str, message: &str| format!("{oddity} {root}{rest}: {message}");
    for (schema, expected, odd) in [
        (
            json!({"properties": {"a": {"type": "string"}}}),
            "$.a string",
            at("", "type-missing", "`properties` without a `type`"),
        ),
        (
            json!({"items": {"type": "string"}}),
            "$[*] string",
            at("", "type-missing", "`items` without a `type`"),
        ),
        (
            json!({"type": "array", "properties": {"a": {"type": "string"}}}),
            "$[*].a string",
            at("", "contradiction", "the type is `array`, but `properties` stands there"),
        ),
        (
            json!({"type": "string", "properties": {"a": {"type": "string"}}}),
            "$ string, $.a string",
            at("", "contradiction", "the type is `string`, but `properties` stands there"),
        ),
        (
            json!({"type": "Long"}),
            "$ integer",
            at("/type", "type-unknown", "no type is called `Long`; read as integer"),
        ),
        (
            json!({"type": "thing"}),
            "$ any",
            at("/type", "type-unknown", "no type is called `thing`; read as any"),
        ),
        (json!({"type": 7}), "$ any", at("/type", "wrong-kind", "`type` must be a text")),
        (json!([]), "$ any", at("", "wrong-kind", "this is no schema")),
        (json!("string"), "$ string", at("", "wrong-kind", "a text stands where a schema belongs")),
        (
            json!({"allOf": {"type": "string"}}),
            "$ string",
            at("/allOf", "wrong-kind", "`allOf` must be a list"),
        ),
        (
            json!({"type": "object", "properties": []}),
            "$ object",
            at("/properties", "wrong-kind", "`properties` must be a mapping"),
        ),
        (json!({"$ref": 7}), "$ any", at("/$ref", "wrong-kind", "`$ref` is no text")),
        (json!({"$ref": "#/nowhere"}), "$ any", at("", "reference-nowhere", "`#/nowhere` leads nowhere")),
        (json!({"$ref": "#anchor"}), "$ any", at("", "reference-nowhere", "`#anchor` leads nowhere")),
        (
            json!({"$ref": "#components/schemas/Text"}),
            "$ string/email (An address.)",
            at(
                "",
                "reference-malformed",
                "`#components/schemas/Text` is read as `#/components/schemas/Text`",
            ),
        ),
        (
            json!({"$ref": "Text"}),
            "$ string/email (An address.)",
            at("", "reference-malformed", "`Text` is read as `#/components/schemas/Text`"),
        ),
        (
            json!({"$ref": "other.yaml#/User"}),
            "$ any",
            at("", "external-reference", "`other.yaml#/User` is not in this file"),
        ),
        (json!({"$dynamicRef": "#x"}), "$ any", at("", "not-followed", "`$dynamicRef` is not followed")),
    ] {
        check(schema, &expected.split(", ").collect::<Vec<_>>(), &[&odd]);
    }
    check(json!({"$ref": "#/components/schemas/Round"}), &["$ object again"], &[]);
}

#[test]
fn examples_add_what_no_schema_lists() {
    let document = |media: Value| json!({"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": media}}}}}}});
    let at = "/paths/~1a/get/responses/200/content/application~1json";
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}, "m": {"additionalProperties": {"type": "integer"}, "type": "object"}}});
    for (media, expected, odd) in [
        (json!({"schema": schema, "example": {"a": "x", "m": {"k": 1}}}), "$.a string, $.m.* integer", None),
        (
            json!({"schema": schema, "example": {"a": 7, "b": [{"c": null, "d": 1.5}]}}),
            "$.a string, $.m.* integer, $.b[*].d number example",
            Some(format!(
                "example-disagrees {at}/example: the example has fields that no schema lists: `b`, `c`, `d`"
            )),
        ),
        (
            json!({"example": {"a": true}}),
            "$.a boolean example",
            Some(format!("example-only {at}/example: no schema stands beside this example")),
        ),
        (
            json!({"examples": {"one": {"value": "{\"a\": 1}"}, "prose": {"value": "It answers."}}}),
            "$.a integer example",
            Some(format!("example-only {at}/examples/one: no schema stands beside this example")),
        ),
    ] {
        let description = read(&document(media).to_string()).unwrap();
        assert_eq!(leaves(&description).join(", "), expected);
        assert_eq!(notes(&description), Vec::from_iter(odd));
    }
}

#[test]
fn calls_have_paths_parameters_and_the_bodies_of_success() {
    let swagger = r##"
swagger: "2.0"
info: {title: Lumen, version: 1.50}
basePath: /v2/
parameters:
  size: {name: page_size, in: query, type: integer, enum: [10, 20]}
responses:
  Done: {description: done, schema: {$ref: "#/definitions/Done"}}
paths:
  x-internal: {}
  /lamps/{lampId}?full=true:
    parameters: [{$ref: "#/parameters/size"}, {name: lampId, in: path, type: string, required: true}]
    get:
      operationId: lamp
      summary: "  Tell\n  all "
      parameters: [{name: page_size, in: query, type: string}, {name: body, in: body, schema: {}}, {in: query}]
      responses:
        200: {$ref: "#/responses/Done"}
        201: {schema: {type: object, properties: {created: {type: boolean}}}}
        400: {schema: {type: object, properties: {error: {type: string}}}}
        default: {schema: {type: object, properties: {other: {type: string}}}}
    HEAD: {responses: {204: {description: nothing}}}
    delete: 7
  lamps:
    post: {responses: {default: {schema: {type: array, items: {type: string}}}}}
    get: {responses: {200: {schema: {type: file}}}}
definitions:
  Done: {type: object, properties: {done: {type: boolean}}}
"##;
    let description = read(swagger).unwrap();
    assert_eq!((description.title.as_str(), description.version.as_str()), ("Lumen", "1.50"));
    assert_eq!(description.language, "Swagger 2.0");
    let told: Vec<String> = description
        .operations
        .iter()
        .map(|it| {
            let parameters: Vec<String> = it
                .parameters
                .iter()
                .map(|it| format!("{:?} {} {}{}", it.place, it.name, it.kind.word(), it.words.join(",")))
                .collect();
            let fields: Vec<String> = it.fields.iter().filter(|it| it.is_leaf).map(line).collect();
            format!(
                "{} {} {:?} [{}] {:?} [{}]",
                it.method,
                it.path,
                it.summary,
                parameters.join("; "),
                it.statuses,
                fields.join("; ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "GET /v2/lamps/{lampId} Some(\"Tell all\") [Query page_size string; Path lampId string] [\"200\", \"201\"] [$.done boolean; $.created boolean]",
            "HEAD /v2/lamps/{lampId} None [Query page_size integer10,20; Path lampId string] [] []",
            "POST /v2/lamps None [] [\"default\"] [$[*] string]",
            "GET /v2/lamps None [] [] []",
        ]
    );
    assert_eq!(
        notes(&description),
        [
            "path-odd /paths/~1lamps~1{lampId}?full=true: `/lamps/{lampId}?full=true` is read without its query",
            "wrong-kind /paths/~1lamps~1{lampId}?full=true/get/parameters/2: a parameter without a name",
            "wrong-kind /paths/~1lamps~1{lampId}?full=true/delete: a call must be a mapping",
            "path-odd /paths/lamps: `lamps` does not begin with a slash",
        ]
    );
}

#[test]
fn paths_begin_with_the_path_of_the_server() {
    for (servers, expected) in [
        (json!([{"url": "https://api.lumen.example/v2/"}]), "/v2/a"),
        (json!([{"url": "https://api.lumen.example"}]), "/a"),
        (json!([{"url": "//api.lumen.example/v3"}]), "/v3/a"),
        (json!([{"url": "/v4"}]), "/v4/a"),
        (json!([{"url": "v5?x=1"}]), "/v5/a"),
        (
            json!([{"url": "https://{host}/{base}", "variables": {"base": {"default": "v6"}, "host": {"default": "h.example"}}}]),
            "/v6/a",
        ),
        (json!([]), "/a"),
        (json!(null), "/a"),
        (json!("https://x.example/v7"), "/a"),
    ] {
        let document = json!({"openapi": "3.0.0", "servers": servers, "paths": {"/a": {"get": {}}}});
        assert_eq!(read(&document.to_string()).unwrap().operations[0].path, expected, "{servers}");
    }
    let own = json!({"openapi": "3.0.0", "servers": [{"url": "/all"}], "paths": {"/a": {
        "servers": [{"url": "/item"}], "get": {"servers": [{"url": "/call"}]}, "put": {},
    }}});
    let paths: Vec<String> =
        read(&own.to_string()).unwrap().operations.into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["/call/a", "/item/a"]);
}

#[test]
fn other_files_are_refused_in_a_sentence() {
    for (text, why) in [
        ("[]", Unreadable::NotADescription),
        ("{}", Unreadable::NotADescription),
        ("endpoints: []", Unreadable::NotADescription),
        ("7", Unreadable::NotADescription),
        ("paths: []", Unreadable::NotADescription),
    ] {
        assert_eq!(read(text), Err(why), "{text}");
    }
    assert_eq!(read("openapi: 3.0.0").unwrap().notes[0].oddity, Oddity::WrongKind);
}

#[test]
fn what_grows_without_end_is_cut_and_noted() {
    // Each schema holds the next one twice.
    let doubling: Value = (0..40)
        .map(|i| {
            let next = format!("#/components/schemas/D{}", i + 1);
            (
                format!("D{i}"),
                json!({"type": "object", "properties": {"a": {"$ref": next}, "b": {"$ref": next}}}),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    let description = described(&json!({"$ref": "#/components/schemas/D0"}), &doubling);
    assert!(description.operations[0].is_cut);
    assert!(description.notes.iter().any(|it| it.oddity == Oddity::TooLarge));

    let chain: Value = (0..1000)
        .map(|i| (format!("C{i}"), json!({"allOf": [{"$ref": format!("#/components/schemas/C{}", i + 1)}]})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let description = described(&json!({"$ref": "#/components/schemas/C0"}), &chain);
    assert!(description.operations[0].is_cut);
}

#[test]
fn every_field_occurs_in_a_synthetic_document() {
    let components = json!({
        "Node": {"type": "object", "properties": {
            "name": {"type": "string"},
            "kids": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        }},
    });
    let schema = json!({"type": "object", "properties": {
        "tree": {"$ref": "#/components/schemas/Node"},
        "map": {"type": "object", "properties": {"any_1": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
        "either": {"oneOf": [
            {"type": "string"},
            {"type": "object", "properties": {"x": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "boolean"}}, {"type": "integer"}]}}},
        ]},
        "list": {"type": "array", "items": {"type": ["string", "integer", "boolean"]}},
        "nothing": {"type": "null"},
    }});
    let description = described(&schema, &components);
    let operation = &description.operations[0];
    let mut asked: Vec<(FieldPath, Kind)> = Vec::new();
    let documents = synthetic(operation, &mut |field| {
        asked.push((field.path.clone(), field.kind));
        json!(format!("<{}>", field.kind.word()))
    });
    for field in operation.fields.iter().filter(|it| it.is_leaf) {
        assert!(asked.contains(&(field.path.clone(), field.kind)), "{}", line(field));
    }
    let (tree, nothing) = (json!({"name": "<string>", "kids": ["<object>", "<object>"]}), json!("<null>"));
    let map = json!({"any_1": "<string>", "any_2": "<integer>", "any_3": "<integer>"});
    let document = |either: Value, list: Value| json!({"tree": tree, "map": map, "either": either, "list": list, "nothing": nothing});
    assert_eq!(
        documents,
        [
            document(json!({"x": ["<boolean>", "<boolean>"]}), json!(["<string>", "<integer>"])),
            document(json!({"x": "<string>"}), json!(["<boolean>", "<string>"])),
            document(json!({"x": "<integer>"}), json!(["<string>", "<string>"])),
            document(json!("<string>"), json!(["<string>", "<string>"])),
        ]
    );
}

#[test]
fn synthetic_documents_stay_bounded() {
    let mut schema = json!({"type": "string"});
    for _ in 0..30 {
        schema = json!({"type": "array", "items": schema});
    }
    let description = described(&schema, &json!({}));
    let mut values = 0;
    let documents = synthetic(&description.operations[0], &mut |_| {
        values += 1;
        json!(values)
    });
    assert_eq!(documents.len(), 1);
    assert!((1..40_000).contains(&values), "{values}");
}

/// Every way to a value below this one.
fn pointers(value: &Value, pointer: &str, all: &mut Vec<String>) {
    all.push(pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(member, &format!("{pointer}/{name}"), all);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                pointers(element, &format!("{pointer}/{index}"), all);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn whatever_stands_in_the_wrong_place_is_survived() {
    let whole: Value =
        serde_json::from_str(include_str!("../../../../tests/data/openapi/swagger-2.json")).unwrap();
    let mut all = Vec::new();
    pointers(&whole, "", &mut all);
    assert!(all.len() > 100);
    let intruders = [
        json!(null),
        json!(true),
        json!(-7.5),
        json!("#/definitions/Branch"),
        json!([[], {}]),
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#/definitions/Branch"}, {"$ref": "#/paths"}], "items": {"$ref": "#/definitions"}}),
    ];
    for pointer in all {
        for intruder in &intruders {
            let mut document = whole.clone();
            *document.pointer_mut(&pointer).unwrap() = intruder.clone();
            let Ok(description) = super::operations::read(&document) else { continue };
            for operation in &description.operations {
                let leaves = operation.fields.iter().filter(|it| it.is_leaf).count();
                let mut asked = std::collections::HashSet::new();
                synthetic(operation, &mut |field| {
                    asked.insert((field.path.clone(), field.kind));
                    json!(0)
                });
                assert_eq!(asked.len(), leaves, "{} {pointer} {intruder}", operation.pointer);
            }
        }
    }
}
