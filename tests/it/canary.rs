//! Canaries: every string, number and key of every original is a marker, and no marker leaves, in whatever
//! spelling, but at the places listed in `tests/data/<source>-kept.txt`.
//!
//! That list is for review: it is all that a caller sees as the source wrote it. It holds when it is neither
//! too short (something new leaks) nor too long (something listed is no longer kept).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::{Call, Options, RuleSet};
use vizard_tests::canaries::{Canary, Kind, Plant, found, plant};
use vizard_tests::examples::Source;
use vizard_tests::keys;
use vizard_tests::repository::{assert_none, compare};

#[test]
fn markers_leave_only_where_the_list_says() {
    for source in Source::all() {
        let mut kept: BTreeMap<String, BTreeSet<(String, Kind)>> = BTreeMap::new();
        let mut planted = 0;
        for example in &source.examples {
            let original = source.original(example);
            let admitted = source.admit(example);
            for how in Plant::ALL {
                let (body, canaries) = plant(&original, how);
                let sanitized =
                    admitted.sanitize(body.as_bytes(), keys::pseudonymizer(), Options::default()).unwrap();
                // What goes into logs and headers is searched with the body.
                let output = format!(
                    "{}\n{sanitized:?} {:?} {:?} {admitted:?}",
                    std::str::from_utf8(sanitized.body()).unwrap(),
                    sanitized.warnings(),
                    sanitized.counts(),
                );
                planted += canaries.len();
                for Canary { path, kind, .. } in found(&canaries, &output) {
                    kept.entry(admitted.endpoint().to_owned()).or_default().insert((path, kind));
                }
            }
        }
        assert!(planted > 5000, "only {planted} markers were planted");
        let mut list = String::new();
        for (endpoint, places) in &kept {
            writeln!(list, "{endpoint}").unwrap();
            for (path, kind) in places {
                let kind = if *kind == Kind::Number { "number" } else { "text" };
                writeln!(list, "  {path}: {kind}").unwrap();
            }
        }
        assert!(!list.contains('*') && !list.contains("new_pii_field"), "an unknown member leaves:\n{list}");
        assert_none(
            &compare(&format!("tests/data/{}-kept.txt", source.name), &list)
                .err()
                .into_iter()
                .collect::<Vec<_>>(),
        );
    }
}

#[test]
fn nothing_sensitive_is_on_the_list() {
    for source in Source::all() {
        let list = vizard_tests::repository::text(&format!("tests/data/{}-kept.txt", source.name));
        let names =
            list.lines().filter_map(|line| line.strip_prefix("  ")?.split(':').next()?.rsplit('.').next());
        let found: BTreeSet<&str> = names.filter(|name| super::golden::SENSITIVE.contains(name)).collect();
        assert_eq!(found, BTreeSet::new(), "{}", source.name);
    }
}

/// With the spelling of before: reversible tokens as JSON text.
#[test]
fn the_legacy_encoding_keeps_nothing_more() {
    for source in Source::all() {
        for example in &source.examples {
            let (body, canaries) = plant(&source.original(example), Plant::Word);
            let admitted = source.admit(example);
            let run = |legacy_encoding| {
                let options = Options { legacy_encoding };
                let sanitized = admitted.sanitize(body.as_bytes(), keys::pseudonymizer(), options).unwrap();
                let output = String::from_utf8(sanitized.into_body()).unwrap();
                found(&canaries, &output).into_iter().map(|it| it.path).collect::<Vec<_>>()
            };
            assert_eq!(run(true), run(false), "{}", example.original);
        }
    }
}

/// Bodies that cannot be sanitized are refused in words that hold nothing of them.
#[test]
fn refusals_of_bodies_hold_no_marker() {
    for source in Source::all() {
        for example in &source.examples {
            let admitted = source.admit(example);
            let (body, canaries) = plant(&source.original(example), Plant::Word);
            let first = &canaries.iter().find(|it| it.kind == Kind::Text).unwrap().marker;
            let cut = body.len() * 2 / 3;
            let spoiled: Vec<Vec<u8>> = vec![
                body.as_bytes()[..cut].to_vec(),
                [&body.as_bytes()[..cut], b"\xff", &body.as_bytes()[cut..]].concat(),
                format!("{body},{body}").into_bytes(),
                body.replace(first, &format!("{first}\\ud800")).into_bytes(),
                body.replace(first, &format!("{first}\n")).into_bytes(),
                format!("<html>{body}</html>").into_bytes(),
            ];
            for body in spoiled {
                let refused =
                    admitted.sanitize(&body, keys::pseudonymizer(), Options::default()).unwrap_err();
                let output = format!("{refused} {refused:?} {}", refused.code());
                assert_eq!(found(&canaries, &output), [], "{}", example.original);
            }
        }
    }
}

/// What a caller sends comes back in no refusal, and in nothing that could be logged.
#[test]
fn refusals_of_calls_hold_no_marker() {
    let marker = "Zq00001Vkx";
    let other = keys::of("salt", "another key");
    let token = other.token("Zq00001Vkx", vizard_pseudonym::Kind::Reversible).unwrap();
    let source = Source::load("zoom");
    let rules = RuleSet::load("rules.yaml", WRITE_RULES).unwrap().rules;
    let call =
        Call { method: "GET", path: "/v2/users", query: None, content_type: None, headers: &[], body: b"" };
    let targets = [
        format!("/v2/{marker}"),
        format!("/{marker}/../users"),
        format!("/v2/users/{marker}%zz"),
        format!("/v2/users/{marker}%2fx"),
        format!("/v2/users/{marker}%00"),
        format!("/v2/users/{marker}@lumen-orchard.example"),
        format!("/v2/users/{token}"),
        format!("/v2/users?{marker}=1"),
        format!("/v2/users?status={marker}"),
        format!("/v2/users?status=active&status={marker}"),
        format!("/v2/users?{}", marker.repeat(1000)),
        format!("/v2/users/{}", marker.repeat(1000)),
        format!("/v2/users/{marker}/meetings"),
    ];
    let mut refusals = Vec::new();
    for target in &targets {
        let (path, query) =
            target.split_once('?').map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
        let refusal = match source.rules.admit(&Call { path, query, ..call }) {
            Ok(admitted) => {
                let text = format!("{admitted:?}");
                assert!(!text.contains(marker), "{text}");
                admitted.outbound(keys::pseudonymizer()).expect_err(target)
            }
            Err(refusal) => refusal,
        };
        refusals.push(refusal);
    }
    refusals.push(source.rules.admit(&Call { method: marker, ..call }).unwrap_err());
    for (content_type, body) in [
        ("application/json", format!("{{\"{marker}\":1}}")),
        ("application/json", format!("{{\"topic\":\"{marker}\"}}")),
        ("application/json", format!("{{\"topic\":{marker}}}")),
        ("application/x-www-form-urlencoded", format!("topic={marker}")),
        ("text/plain", marker.to_owned()),
        (marker, "{}".to_owned()),
    ] {
        let post = Call {
            method: "POST",
            path: "/v2/meetings",
            content_type: Some(content_type),
            body: body.as_bytes(),
            ..call
        };
        refusals.push(rules.admit(&post).expect_err(&body));
    }
    refusals.push(source.rules.admit(&Call { body: marker.as_bytes(), ..call }).unwrap_err());
    let canary = [Canary { marker: marker.to_owned(), path: String::new(), kind: Kind::Text }];
    for refusal in refusals {
        let output = format!("{refusal} {refusal:?} {}", refusal.code());
        assert_eq!(found(&canary, &output), [], "{output}");
    }
}

const WRITE_RULES: &str = "
endpoints:
- pathTemplate: /v2/meetings
  allowedMethods: [POST]
  allowedQueryParams: []
  requestBody:
    required: true
    content:
      application/json:
        type: object
        additionalProperties: false
        properties: {topic: {type: string, pattern: '^[a-z]+$'}}
  responseSchema: {properties: {id: {type: integer}}}
";

/// No public type prints a secret, a call or an original.
#[test]
fn debug_texts_hold_no_marker() {
    let marker = "Zq00001Vkx";
    let source = Source::load("zoom");
    let material = KeyMaterial {
        encryption_key: Some(vizard_pseudonym::Secret::new(marker)),
        domain_salt: Some(vizard_pseudonym::Secret::new(marker)),
        ..KeyMaterial::salted(marker)
    };
    let keys = Pseudonymizer::new(&material, Settings::default());
    let token = keys.token("Zq00001VkxAAAAAAAAAAAA", vizard_pseudonym::Kind::Reversible).unwrap();
    let path = format!("/v2/users/{token}");
    let headers = [("x-zm-note", marker)];
    let call =
        Call { method: "GET", path: &path, query: None, content_type: None, headers: &headers, body: b"" };
    let admitted = source.rules.admit(&call).unwrap();
    let outbound = admitted.outbound(&keys).unwrap();
    assert!(outbound.path.contains(marker), "the token was reversed");
    let body = format!("{{\"id\":\"{marker}\",\"timezone\":\"{marker}\"}}");
    let sanitized = admitted.sanitize(body.as_bytes(), &keys, Options::default()).unwrap();
    let address = format!("{marker} <{marker}@{marker}.example>");
    let mailbox = vizard_pseudonym::email::parse_mailbox(&address).unwrap();
    let failed = keys.reverse(&format!("{token}x")).unwrap_err();
    let rules = &source.rules;
    let output = format!(
        "{material:?} {keys:?} {call:?} {admitted:?} {outbound:?} {sanitized:?} {mailbox:?} {failed:?} {failed} {rules:?}"
    );
    let canary = [Canary { marker: marker.to_owned(), path: String::new(), kind: Kind::Text }];
    assert_eq!(found(&canary, &output), [], "{output}");
}
