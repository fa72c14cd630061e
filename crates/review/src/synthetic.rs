//! Invented answers of a source, made from what a rule file lists: what a value looks like before and after.

use serde_json::{Map, Number, Value};
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};
use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Part, Step, Treatment};

/// The keys of everything invented: salt `salt`, encryption key `secret`, as in the documented examples. No secret of a
/// deployment is needed to see what rules do.
pub fn keys() -> Pseudonymizer {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    Pseudonymizer::new(&keys, Settings::default())
}

/// An answer that holds every field that the endpoint lists, once, with one element in each list.
pub fn document(endpoint: &Endpoint) -> Value {
    let fields = endpoint.fields.as_deref().unwrap_or_default();
    let mut document = Value::Null;
    for field in fields {
        put(&mut document, &field.path.0, value(field, &endpoint.steps));
    }
    document
}

/// An answer that holds only this field, and what stands around it.
pub fn document_of(path: &FieldPath, value: Value) -> Value {
    let mut document = Value::Null;
    put(&mut document, &path.0, value);
    document
}

/// An invented value for a field, such as the source would send there.
pub fn value(field: &Field, steps: &[Step]) -> Value {
    let name = field.path.name().unwrap_or_default().to_ascii_lowercase();
    match &field.kind {
        Kind::Object => Value::Object(Map::new()),
        Kind::Array => Value::Array(Vec::new()),
        Kind::Boolean => Value::Bool(true),
        Kind::Integer => Value::Number(Number::from(integer(&name))),
        Kind::Number => Number::from_f64(4.5).map_or(Value::Null, Value::Number),
        Kind::Null | Kind::Again { .. } | Kind::Digest => Value::Null,
        Kind::Constant(text) => Value::String(text.clone()),
        Kind::String | Kind::Scalar => Value::String(text(&name, &field.path, steps)),
    }
}

fn integer(name: &str) -> u64 {
    match name {
        "id" | "pmi" | "meeting_id" => 4_152_673_809,
        _ if name.contains("size") => 30,
        _ => 3,
    }
}

/// A text of the sort that the name speaks of; where a transform keeps only some words, the first of them.
fn text(name: &str, path: &FieldPath, steps: &[Step]) -> String {
    let limiting = steps.iter().filter(|step| step.deciding(path, false).is_some());
    for step in limiting {
        let kept = match &step.treatment {
            Treatment::KeepWords { filters } => filters.iter().find_map(|it| plain_word(it)),
            Treatment::KeepPhrases { phrases } => phrases.first().map(String::as_str),
            _ => None,
        };
        if let Some(word) = kept {
            return word.to_owned();
        }
    }
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    let invented = if has(&["email", "mail", "alternative_hosts"]) {
        "Ada.Lind@lumen-orchard.example"
    } else if has(&["zone"]) {
        "Europe/Oslo"
    } else if has(&["pmi", "meeting_id", "meeting_number"]) {
        "4152673809"
    } else if has(&["_at", "time", "date"]) || matches!(name, "from" | "to") {
        "2026-11-03T09:14:27Z"
    } else if has(&["phone", "mobile", "fax"]) {
        "+47 22 33 44 55"
    } else if has(&["ip"]) && !has(&["description", "participant", "recipient", "transcript", "script"]) {
        "192.0.2.17"
    } else if has(&["url", "link"]) {
        "https://lumen-orchard.example/j/4152673809?pwd=open"
    } else if has(&["uuid"]) {
        "t2lVWpfoT02FpA8EcrHBQw=="
    } else if has(&["topic", "agenda", "title", "subject"]) {
        "Plan for the spring opening"
    } else if has(&["summary", "note", "text", "comment", "description", "content", "steps", "label"]) {
        "Ada and Bo agreed to call the grower."
    } else if has(&["dept", "department"]) {
        "Grafting"
    } else if has(&["manager", "host_name", "user_name", "display_name", "first_name", "last_name"]) {
        "Ada Lind"
    } else if has(&["token"]) {
        "w7587w4eiyfsudgf"
    } else if has(&["id", "key"]) {
        return identifier(name);
    } else if has(&["status"]) {
        "active"
    } else {
        "text"
    };
    invented.to_owned()
}

/// 22 letters and digits that differ from name to name.
fn identifier(name: &str) -> String {
    const SIGNS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let mut hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, fold);
    let sign = |at: u8| {
        hash = fold(hash, at);
        char::from(SIGNS[(hash >> 32) as usize % SIGNS.len()])
    };
    (0..22).map(sign).collect()
}

/// The first alternative of a regex such as `host|all|one`, if it is a word.
fn plain_word(regex: &str) -> Option<&str> {
    let first = regex.split('|').next()?;
    let is_word =
        !first.is_empty() && first.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    is_word.then_some(first)
}

/// Puts a value where the path leads, with what is needed on the way. What is there already stays.
fn put(at: &mut Value, path: &[Part], value: Value) {
    let Some((part, rest)) = path.split_first() else {
        if at.is_null() {
            *at = value;
        }
        return;
    };
    match part {
        Part::Element => {
            if at.is_null() {
                *at = Value::Array(Vec::new());
            }
            if let Value::Array(items) = at {
                if items.is_empty() {
                    items.push(Value::Null);
                }
                put(&mut items[0], rest, value);
            }
        }
        Part::Name(_) | Part::AnyName => {
            let name = if let Part::Name(name) = part { name.as_str() } else { "any" };
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            if let Value::Object(members) = at {
                put(members.entry(name).or_insert(Value::Null), rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vizard_sanitizer::outline::Outline;

    #[test]
    fn invents_an_answer_with_every_field() {
        let yaml = "endpoints:\n- pathTemplate: /x\n  responseSchema: {properties: {n: {type: integer}, u: {items: {properties: {email: {type: string}, role: {type: string}, on: {type: boolean}, k: {const: x}}}}, l: {items: {}}}}\n  transforms: [!<filterTokenByRegex> {jsonPaths: ['$..role'], filters: ['host|guest']}]\n";
        let outline = Outline::read("r", yaml).unwrap();
        assert_eq!(
            document(&outline.endpoints[0]).to_string(),
            r#"{"n":3,"u":[{"email":"Ada.Lind@lumen-orchard.example","role":"host","on":true,"k":"x"}],"l":["text"]}"#
        );
        let field = &outline.endpoints[0].fields.as_ref().unwrap()[4];
        assert_eq!(
            document_of(&field.path, value(field, &[])).to_string(),
            r#"{"u":[{"email":"Ada.Lind@lumen-orchard.example"}]}"#
        );
        assert_eq!([identifier("id"), identifier("host_id")].map(|it| it.len()), [22, 22]);
        assert_ne!(identifier("id"), identifier("host_id"));
    }
}
