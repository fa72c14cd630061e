//! What is JSON, as an independent parser sees it.

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

/// Whether the body is a sequence of documents, with space after each that does not end itself.
///
/// The grammar alone, at any depth: surrogates need no partner here.
pub(super) fn is_json(body: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(body) else { return false };
    let mut documents = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    while let Some(document) = documents.next() {
        let (before, after) = body.split_at(documents.byte_offset());
        let ends_itself = before.ends_with(b"]") || before.ends_with(b"}") || before.ends_with(b"\"");
        if document.is_err() || !(ends_itself || after.is_empty() || after[0].is_ascii_whitespace()) {
            return false;
        }
    }
    true
}

/// The documents of the body. `None` where the parser gives up: surrogates without a partner, more than 127
/// levels, or a member with the name that it keeps for numbers.
pub(super) fn read(body: &[u8]) -> Option<Vec<Value>> {
    Deserializer::from_slice(body).into_iter().collect::<Result<_, _>>().ok()
}

/// Calls `look` with every member, at any depth.
pub(super) fn each_member(value: &Value, look: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_member(item, look)),
        Value::Object(members) => {
            for (name, value) in members {
                look(name, value);
                each_member(value, look);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_grammar_and_no_more() {
        for (body, expected) in [
            ("", true),
            (" \n", true),
            ("{}{}[1]\"a\"\"b\"1 2\ntrue", true),
            ("1[2]", false),
            ("null\"a\"", false),
            ("[1,]", false),
            ("\"\\ud800\"", true),
            ("\"\u{1}\"", false),
            ("01", false),
            ("\u{feff}1", false),
            ("1e99999", true),
        ] {
            assert_eq!(is_json(body.as_bytes()), expected, "{body}");
        }
        assert!(is_json(format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)).as_bytes()));
        assert!(!is_json(b"\"\xff\""));
    }
}
