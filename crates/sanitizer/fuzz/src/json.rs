//! Any bytes as the body of an answer, through every endpoint of a fixed rule file.

use std::sync::LazyLock;

use serde_json::Value;
use vizard_sanitizer::{Admitted, Call, Options, RuleSet, Unsanitizable};

use super::both::{KEYS, SALT, sanitize};
use super::oracle::{each_member, is_json, read};

/// What must hold of a document that an endpoint let out.
type Promise = fn(&Value);

/// The endpoints of `bodies.yaml`.
const ENDPOINTS: [(&str, Promise); 9] = [
    ("/plain", |_| {}),
    ("/schema", holds_nothing_that_is_not_listed),
    ("/descend", holds_no_address),
    ("/unions", |_| {}),
    ("/kinds", |_| {}),
    ("/escaped", holds_digests_for_notes),
    ("/filters", |_| {}),
    ("/conditions", |_| {}),
    ("/augments", |_| {}),
];

static RULES: LazyLock<RuleSet> = LazyLock::new(|| {
    let loaded = RuleSet::load("bodies.yaml", include_str!("bodies.yaml"));
    loaded.unwrap_or_else(|problems| panic!("{problems}")).rules
});

/// The strict tokenizer accepts what is JSON and nothing else, both executors agree, what leaves is JSON and
/// keeps the promises of its endpoint.
pub fn json(body: &[u8]) {
    for (path, promise) in ENDPOINTS {
        let admitted = admit(path);
        for (keys, legacy_encoding) in [(&KEYS, false), (&KEYS, true), (&SALT, false)] {
            match sanitize(&admitted, body, keys, Options { legacy_encoding }) {
                Ok(sanitized) => {
                    assert!(is_json(body), "{path}: read what is not JSON");
                    assert!(is_json(sanitized.body()), "{path}: wrote what is not JSON");
                    read(sanitized.body()).iter().flatten().for_each(promise);
                }
                Err(refusal) if refusal.code() == "encryption-key-missing" => {
                    assert!(
                        !keys.can_reverse() && ["/descend", "/kinds"].contains(&path),
                        "{path}: {refusal}"
                    );
                }
                Err(refusal) => assert_justified(&refusal, body),
            }
        }
    }
    assert_plain_keeps_everything(body);
}

/// Any bytes as documents among others that are almost the same: of what was understood before nothing is taken for granted.
pub fn alike(body: &[u8]) {
    if body.is_empty() || body.len() > 1_024 {
        return;
    }
    let mut other = body.to_vec();
    let sum: usize = body.iter().map(|byte| usize::from(*byte)).sum();
    other[sum % body.len()] = b"\" {}[]:,\\0a.-"[sum % 12];
    let mut many = [body, b"\n"].concat().repeat(6);
    let cut = if sum.is_multiple_of(5) { sum % other.len() } else { other.len() };
    for next in [&other, body, &other[..cut]] {
        many.extend_from_slice(next);
        many.push(b'\n');
    }
    many.resize(many.len() + 4_096, b' '); // worth while to look for what is alike
    for (path, promise) in ENDPOINTS {
        if let Ok(sanitized) = sanitize(&admit(path), &many, &KEYS, Options::default()) {
            read(sanitized.body()).iter().flatten().for_each(promise);
        }
    }
}

fn admit(path: &str) -> Admitted<'static> {
    let call = Call { method: "GET", path, query: None, content_type: None, headers: &[], body: b"" };
    RULES.admit(&call).expect("the endpoint is listed")
}

/// A refusal says what the body itself shows. Lengths are beyond what a fuzzer writes, but for numbers.
fn assert_justified(refusal: &Unsanitizable, body: &[u8]) {
    let at = refusal.offset();
    let rest = body.get(at..).expect("the offset is in the body");
    let is = match refusal.code() {
        "json-syntax" => !is_json(body),
        "json-utf8" => str::from_utf8(body).is_err_and(|error| error.valid_up_to() == at),
        "json-byte-order-mark" => at == 0 && body.starts_with("\u{feff}".as_bytes()),
        "json-lone-surrogate" => rest.starts_with(b"\\u") && read(body).is_none(),
        "json-depth" => matches!(rest[0], b'[' | b'{') && at >= 1_000,
        "json-number-length" => rest.iter().take_while(|it| b"+-.eE0123456789".contains(it)).count() > 1_000,
        "json-name-length" => rest.len() > 50_000,
        "json-string-length" => rest.len() > 20_000_000,
        other => panic!("no body gives {other}"),
    };
    assert!(is, "{refusal}");
}

/// Without schema and transforms the other parser reads the same before and after, and so do we.
fn assert_plain_keeps_everything(body: &[u8]) {
    let plain = |body: &[u8]| sanitize(&admit("/plain"), body, &KEYS, Options::default());
    let Ok(once) = plain(body) else { return };
    let text = |body: &[u8]| read(body).map(|all| all.iter().map(Value::to_string).collect::<Vec<_>>());
    assert_eq!(text(body), text(once.body()), "the other parser reads something else");
    let twice = plain(once.body()).expect("what was written can be read");
    assert_eq!(once.body(), twice.body(), "a second reading changes something");
}

fn holds_nothing_that_is_not_listed(document: &Value) {
    const LISTED: [&str; 14] = [
        "id", "count", "score", "on", "gone", "any", "tags", "people", "name", "email", "reports", "event",
        "at", "kind",
    ];
    each_member(document, &mut |name, value| {
        assert!(LISTED.contains(&name), "`{name}` is not listed");
        let text = value.as_str();
        assert!(
            name != "email" || value.is_null() || text.is_some_and(|it| it.starts_with("t~")),
            "in clear"
        );
    });
}

fn holds_no_address(document: &Value) {
    each_member(document, &mut |name, value| {
        assert!(!["email", "phone", "Phone", "s\u{e9}cret"].contains(&name), "`{name}` was to go");
        // The older encoding is an object as text.
        let is_token = |text: &str| text.starts_with("p~") || text.starts_with("{\"");
        assert!(name != "id" || value.is_null() || value.as_str().is_some_and(is_token), "in clear");
    });
}

fn holds_digests_for_notes(document: &Value) {
    let Value::Object(members) = document else { return };
    if let Some(note) = members.get("note").filter(|it| !it.is_null()) {
        let text = note.as_str().expect("a digest is a text");
        let digest: Value = serde_json::from_str(text).expect("a digest is JSON");
        assert!(digest["length"].is_number() && digest["word_count"].is_number(), "in clear");
    }
}
