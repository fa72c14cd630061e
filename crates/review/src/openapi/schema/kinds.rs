//! The kinds of values that the keywords of one schema speak of.

use serde_json::{Map, Value};

use crate::openapi::Kind;
use crate::openapi::notes::{At, Notes, Oddity, quoted};

/// What `type` says, and whether null is among it.
pub(super) fn named(schema: &Map<String, Value>, at: &At<'_>, notes: &mut Notes) -> (Vec<Kind>, bool) {
    let (mut kinds, mut nullable) = (Vec::new(), false);
    let written = schema.get("type");
    let words: &[Value] = match written {
        None | Some(Value::Null) => &[],
        Some(Value::Array(several)) => several,
        Some(one) => std::slice::from_ref(one),
    };
    for word in words {
        let Some(word) = word.as_str() else {
            notes.add(Oddity::WrongKind, &at.then("type"), || "`type` must be a text".to_owned());
            continue;
        };
        match word {
            "string" => kinds.push(Kind::String),
            "integer" => kinds.push(Kind::Integer),
            "number" => kinds.push(Kind::Number),
            "boolean" => kinds.push(Kind::Boolean),
            "object" => kinds.push(Kind::Object),
            "array" => kinds.push(Kind::Array),
            "null" => nullable = true,
            odd => {
                let meant = known(odd);
                notes.add(Oddity::TypeUnknown, &at.then("type"), || {
                    format!(
                        "no type is called {}; read as {}",
                        quoted(odd),
                        meant.unwrap_or(Kind::Any).word()
                    )
                });
                kinds.push(meant.unwrap_or(Kind::Any));
            }
        }
    }
    (kinds, nullable)
}

/// The kind that the keywords are about, with the keyword that says so.
pub(super) fn structure(schema: &Map<String, Value>) -> Option<(Kind, &'static str)> {
    for key in ["properties", "patternProperties", "additionalProperties"] {
        if schema.get(key).is_some_and(Value::is_object) {
            return Some((Kind::Object, key));
        }
    }
    for key in ["items", "prefixItems"] {
        if schema.get(key).is_some_and(|it| it.is_object() || it.is_array()) {
            return Some((Kind::Array, key));
        }
    }
    None
}

/// What somebody meant by a type that is none.
pub(super) fn known(word: &str) -> Option<Kind> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "string" | "str" | "text" | "date" | "datetime" | "date-time" | "timestamp" | "uuid" | "uri"
        | "url" | "email" | "enum" | "char" | "byte" | "binary" => Kind::String,
        "integer" | "int" | "int32" | "int64" | "long" | "short" => Kind::Integer,
        "number" | "float" | "double" | "decimal" => Kind::Number,
        "boolean" | "bool" => Kind::Boolean,
        "object" | "map" | "dict" | "dictionary" | "hash" => Kind::Object,
        "array" | "list" | "set" => Kind::Array,
        _ => return None,
    })
}

/// A value of a closed list as a word.
pub(super) fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
