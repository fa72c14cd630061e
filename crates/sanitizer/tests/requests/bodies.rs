//! Request bodies.

use crate::{KEYS, call, rules, send};
use vizard_sanitizer::Call;

const RULES: &str = r#"
endpoints:
  - pathTemplate: /any
  - pathTemplate: /required
    requestBody: { required: true }
  - pathTemplate: /search
    requestBody:
      content:
        application/json:
          type: object
          required: [ids]
          additionalProperties: false
          properties:
            ids: { type: array, items: { type: string, format: pseudonym } }
            kind: { type: string, enumValues: [past, live] }
            size: { type: integer }
            name: { pattern: '^[a-z]+' }
            flags: { type: object, properties: { on: { type: boolean }, none: { type: 'null' } } }
        application/x-www-form-urlencoded:
          type: object
          required: [q]
          additionalProperties: false
          properties: { q: { pattern: '^\d+$' } }
  - pathTemplate: /empty
    requestBody: { content: {} }
  - pathTemplate: /vendor
    requestBody: { content: { Application/Vnd.X+JSON: { type: array } } }
"#;

#[test]
fn judges_bodies_and_writes_them_again() {
    let token = format!("p~{}", "A".repeat(43));
    let rules = rules(RULES);
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let cases: Vec<(&str, Option<&str>, String, &str)> = vec![
        ("/any", None, String::new(), ""),
        ("/any", None, "  \n".into(), ""),
        ("/any", None, r#" { "a" : [ 1.10, "é" ] } "#.into(), r#"{"a":[1.10,"é"]}"#),
        ("/any", Some("application/json; charset=UTF-8"), "[1]".into(), "[1]"),
        ("/any", Some("application/json; charset=utf-16"), "[1]".into(), "body-charset"),
        ("/any", Some("application/scim+json"), "[1]".into(), "[1]"),
        ("/any", Some("text/plain"), "x".into(), "body-content-type-not-listed"),
        ("/any", Some("application/json, text/plain"), "[1]".into(), "body-content-type-not-listed"),
        ("/any", Some("multipart/form-data"), "x".into(), "body-content-type-not-listed"),
        ("/any", Some("text/plain"), " ".into(), ""),
        ("/any", None, "{".into(), "body-not-json"),
        ("/any", None, "[1] [2]".into(), "body-not-json"),
        ("/any", None, r#"{"a":1,"a":2}"#.into(), r#"{"a":2}"#),
        ("/any", Some(form), "a=1&b=x+y&c=%26;d&e".into(), "a=1&b=x%20y&c=%26%3Bd&e"),
        ("/any", Some(form), "a=%ff".into(), "body-not-form"),
        ("/required", None, String::new(), "body-required"),
        ("/required", None, " ".into(), "body-required"),
        ("/required", None, "1".into(), "1"),
        ("/search", None, String::new(), ""),
        ("/search", Some(json), format!(r#"{{"ids":["{token}"]}}"#), "token-invalid"),
        ("/search", Some(json), format!(r#"{{"ids":["{token}","x"]}}"#), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[]}"#.into(), r#"{"ids":[]}"#),
        ("/search", Some("Application/JSON;v=1"), r#"{"ids":[]}"#.into(), r#"{"ids":[]}"#),
        ("/search", Some(json), "{}".into(), "body-invalid"),
        ("/search", Some(json), "[]".into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[1]}"#.into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[],"more":1}"#.into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[],"kind":"live"}"#.into(), r#"{"ids":[],"kind":"live"}"#),
        ("/search", Some(json), r#"{"ids":[],"kind":"dead"}"#.into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[],"size":2.0}"#.into(), r#"{"ids":[],"size":2.0}"#),
        ("/search", Some(json), r#"{"ids":[],"size":2.5}"#.into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[],"name":"abC"}"#.into(), r#"{"ids":[],"name":"abC"}"#),
        ("/search", Some(json), r#"{"ids":[],"name":"Abc"}"#.into(), "body-invalid"),
        ("/search", Some(json), r#"{"ids":[],"flags":{"on":"yes"}}"#.into(), "body-invalid"),
        (
            "/search",
            Some(json),
            r#"{"ids":[],"flags":{"on":true,"none":null,"x":1}}"#.into(),
            r#"{"ids":[],"flags":{"on":true,"none":null,"x":1}}"#,
        ),
        ("/search", Some(form), "q=12".into(), "q=12"),
        ("/search", Some(form), "q=12&q=x".into(), "body-invalid"),
        ("/search", Some(form), "r=12".into(), "body-invalid"),
        ("/search", Some("application/scim+json"), "{}".into(), "body-content-type-not-listed"),
        ("/empty", Some(json), "{}".into(), "body-content-type-not-listed"),
        ("/vendor", Some("application/vnd.x+json"), "[ ]".into(), "[]"),
        ("/vendor", Some("application/vnd.x+json"), "{}".into(), "body-invalid"),
    ];
    for (path, content_type, body, expected) in cases {
        let line = format!("POST {path}");
        let call = Call { content_type, body: body.as_bytes(), ..call(&line) };
        let found = match send(&rules, &call, &KEYS) {
            Ok((_, outbound)) => {
                assert_eq!(outbound.content_type.is_some(), outbound.body.is_some());
                String::from_utf8(outbound.body.unwrap_or_default()).unwrap()
            }
            Err(refusal) => refusal.code().to_owned(),
        };
        assert_eq!(found, expected, "{path} {content_type:?} {body}");
    }
}

#[test]
fn says_where_a_body_is_wrong_without_its_values() {
    let rules = rules(RULES);
    for (body, sentence) in [
        (r#"{"ids":["canary"]}"#, "`ids`: an item: a reversible token is expected"),
        (r#"{"ids":[],"canary":1}"#, "a member is not listed"),
        (r#"{"ids":[],"size":"canary"}"#, "`size`: type integer is expected"),
        (r#"{"size":1}"#, "`ids` is required and absent"),
        (r#"{"canary"}"#, "see byte 9"),
    ] {
        let refusal =
            rules.admit(&Call { body: body.as_bytes(), ..call("POST /search") }).map(|_| ()).unwrap_err();
        let shown = refusal.to_string();
        assert!(shown.ends_with(sentence) && !shown.contains("canary"), "{shown}");
    }
}
