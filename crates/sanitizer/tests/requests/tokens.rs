//! Reversible tokens in each part of a call.

use crate::{KEYS, call, line, outcome, rules, send};
use vizard_pseudonym::{KeyMaterial, Kind, Pseudonymizer, Settings};
use vizard_sanitizer::{Call, Cause};

const RULES: &str = r#"
allowedRequestHeaders: [X-User]
endpoints:
  - pathTemplate: /v2/users/me
    allowedMethods: [GET]
  - pathTemplate: /v2/users/{id}
    pathParameterSchemas: { id: { pattern: '\d+' } }
  - pathTemplate: /v2/users/{id}
    pathParameterSchemas: { id: { format: reversible-pseudonym } }
  - pathTemplate: /v2/users/{id}/meetings
  - pathRegex: '^/v2/regex/p~[a-zA-Z0-9_-]{43,}(\?.*)?$'
  - pathRegex: '^/v2/meetings/(?!summaries)[^/?]+$'
  - pathRegex: '^/v2/digits/(?:p~[a-zA-Z0-9_-]{43,}|\d+)$'
  - pathTemplate: /v2/search
"#;

fn token(identifier: &str) -> String {
    KEYS.opaque_token(identifier, Kind::Reversible).expect("the keys hold an encryption key")
}

#[test]
fn reverses_tokens_in_paths_as_one_segment() {
    let rules = rules(RULES);
    let nora = KEYS.token("Nora@lumen-orchard.example", Kind::Reversible).unwrap();
    let bare = token("Nora@lumen-orchard.example");
    let uuid = "/bCD12+/xyABCDEFGHIJkw==";
    let cases = [
        (format!("/v2/users/{bare}"), "GET /v2/users/Nora%40lumen-orchard.example"),
        (format!("/v2/users/{nora}/meetings"), "GET /v2/users/Nora%40lumen-orchard.example/meetings"),
        (
            format!("/v2/users/{}/meetings", nora.replace('@', "%40")),
            "GET /v2/users/Nora%40lumen-orchard.example/meetings",
        ),
        (
            format!("/v2/users/{}/meetings", nora.replace('~', "%7E")),
            "GET /v2/users/Nora%40lumen-orchard.example/meetings",
        ),
        (
            format!("/v2/users/{bare}@e~Ab_c-d/meetings"),
            "GET /v2/users/Nora%40lumen-orchard.example/meetings",
        ),
        (
            format!("/v2/users/{bare}@h~Ab_c-d/meetings"),
            "GET /v2/users/Nora%40lumen-orchard.example/meetings",
        ),
        (
            format!("/v2/users/{bare}%40h~Ab_c-d/meetings"),
            "GET /v2/users/Nora%40lumen-orchard.example/meetings",
        ),
        (
            format!("/v2/users/{}/meetings", token("a?b#c&d=e+f g")),
            "GET /v2/users/a%3Fb%23c%26d%3De%2Bf%20g/meetings",
        ),
        (format!("/v2/users/{}/meetings", token("100%")), "GET /v2/users/100%25/meetings"),
        (format!("/v2/users/{}/meetings", token("é;x")), "GET /v2/users/%C3%A9%3Bx/meetings"),
        (
            format!("/v2/users/{}/meetings", token(uuid)),
            "GET /v2/users/%252FbCD12%252B%252FxyABCDEFGHIJkw%253D%253D/meetings",
        ),
        (format!("/v2/users/{}/meetings", token("a/b")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("a\\b")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("a\nb")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("..")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token(".")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("..;x")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("%2e%2e")), "token-changes-path"),
        (format!("/v2/users/{}/meetings", token("../../v2/accounts?x=")), "token-changes-path"),
        // Another endpoint's path, or none's.
        (format!("/v2/users/{}", token("me")), "token-changes-endpoint"),
        (format!("/v2/meetings/{}", token("summaries")), "token-changes-endpoint"),
        (format!("/v2/meetings/{}", token("123")), "GET /v2/meetings/123"),
        (format!("/v2/digits/{}", token("123")), "GET /v2/digits/123"),
        (format!("/v2/digits/{}", token("abc")), "token-changes-endpoint"),
        // Schemas speak of the token, not of what it stands for.
        (format!("/v2/users/{}", token("123")), "GET /v2/users/123"),
        (format!("/v2/regex/{}", token("123")), "GET /v2/regex/123"),
        (format!("/v2/regex/{}", token("x/y")), "token-changes-path"),
        // One-way tokens stay.
        (format!("/v2/users/{}/meetings", KEYS.opaque_token("x", Kind::Hash).unwrap()), "as it came"),
    ];
    for (path, expected) in cases {
        let sent = format!("GET {path}");
        let expected = if expected == "as it came" { &sent } else { expected };
        assert_eq!(outcome(&rules, &call(&sent)), *expected, "{path}");
    }
}

#[test]
fn reverses_tokens_in_queries_whatever_they_stand_for() {
    let rules = rules(RULES);
    for (identifier, value) in [
        ("Nora@lumen-orchard.example", "Nora%40lumen-orchard.example"),
        ("a&b=c#d?e/f", "a%26b%3Dc%23d%3Fe%2Ff"),
        ("../..", "..%2F.."),
        ("a+b c%20;", "a%2Bb%20c%2520%3B"),
        ("a\r\nb", "a%0D%0Ab"),
    ] {
        let sent = format!("GET /v2/search?who={}&n=1&{}=x", token(identifier), token(identifier));
        let expected = format!("GET /v2/search?who={value}&n=1&{}=x", token(identifier));
        assert_eq!(outcome(&rules, &call(&sent)), expected, "names keep their tokens");
    }
}

#[test]
fn reverses_tokens_in_bodies_and_headers() {
    let rules = rules(RULES);
    let nora = token("Nora \"Q\" & co/é");
    let forms = "application/x-www-form-urlencoded";
    for (content_type, body, expected) in [
        (
            None,
            format!(r#"{{"{nora}":["{nora}",{{"x":"to {nora}@b.example, too"}}],"n":1}}"#),
            format!(r#"{{"{nora}":["Nora \"Q\" & co/é",{{"x":"to Nora \"Q\" & co/é, too"}}],"n":1}}"#),
        ),
        (None, format!(r#"["{}"]"#, nora.replace('~', "\\u007e")), r#"["Nora \"Q\" & co/é"]"#.to_owned()),
        (Some(forms), format!("a={nora}&{nora}=b"), format!("a=Nora%20%22Q%22%20%26%20co%2F%C3%A9&{nora}=b")),
    ] {
        let call = Call { content_type, body: body.as_bytes(), ..call("POST /v2/search") };
        let (_, outbound) = send(&rules, &call, &KEYS).unwrap();
        assert_eq!(String::from_utf8(outbound.body.unwrap()).unwrap(), expected);
    }
    for (value, expected) in [
        (format!("for {nora}"), Ok("for Nora \"Q\" & co/é")),
        (token("a\r\nX-Admin: 1"), Err("header-invalid")),
        (format!("{}x", nora), Err("token-invalid")),
    ] {
        let headers = [("x-user", value.as_str())];
        let call = Call { headers: &headers, ..call("GET /v2/search") };
        let found = send(&rules, &call, &KEYS).map(|(_, outbound)| outbound.headers[0].1.clone());
        assert_eq!(found.as_deref().map_err(vizard_sanitizer::Refusal::code), expected);
    }
}

#[test]
fn refuses_tokens_that_were_tampered_with() {
    let rules = rules(RULES);
    let good = token("Nora@lumen-orchard.example");
    // Position 50 is in the ciphertext, 10 in the hash that doubles as the initialisation vector.
    for at in [10, 50] {
        let flipped = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
        let mut bad = good.clone();
        bad.replace_range(at..=at, flipped);
        let body = format!(r#"["{bad}"]"#);
        let headers = [("x-user", bad.as_str())];
        let lines =
            [format!("GET /v2/users/{bad}"), format!("GET /v2/search?q={bad}"), "POST /v2/search".to_owned()];
        for call in [
            call(&lines[0]),
            call(&lines[1]),
            Call { body: body.as_bytes(), ..call(&lines[2]) },
            Call { headers: &headers, ..call(&lines[2]) },
        ] {
            let refusal = send(&rules, &call, &KEYS).unwrap_err();
            assert_eq!((refusal.code(), refusal.cause()), ("token-invalid", Cause::TokenInvalid));
            assert!(!format!("{refusal} {refusal:?}").contains(&bad));
        }
    }
}

#[test]
fn needs_the_key_only_when_a_token_comes() {
    let rules = rules(RULES);
    let keyless = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    let sent = format!("GET /v2/search?q={}", token("x"));
    let refusal = send(&rules, &call(&sent), &keyless).unwrap_err();
    assert_eq!((refusal.code(), refusal.cause()), ("token-key-missing", Cause::FailedToBuildUrl));
    let (_, outbound) = send(&rules, &call("GET /v2/search?q=x"), &keyless).unwrap();
    assert_eq!(line(&outbound), "GET /v2/search?q=x");
}

#[test]
fn prints_no_identifier() {
    let rules = rules(RULES);
    let sent = format!("GET /v2/users/{}?q={}", token("canary"), token("canary"));
    let headers = [("X-User", "canary")];
    let call = Call { headers: &headers, ..call(&sent) };
    let admitted = rules.admit(&call).unwrap();
    let outbound = admitted.outbound(&KEYS).unwrap();
    assert!(outbound.path.contains("canary"));
    assert!(!format!("{admitted:?}{outbound:?}{call:?}").contains("canary"));
}
