//! Percent signs in paths and queries.

use std::collections::BTreeMap;

/// What stands for itself in a segment of a path.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// One segment of a path.
pub(super) fn encoded(text: &str) -> String {
    let letter = |byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}

/// The text that was meant.
pub(super) fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let digits = (*first == b'%').then(|| after.get(..2).and_then(|it| std::str::from_utf8(it).ok()));
        match digits.flatten().and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The pairs of a query; of those with the same name the last.
pub(super) fn pairs(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter(|it| !it.is_empty());
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    };
    pairs.map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for text in ["20260301/a b", "é+%", "", "%zz", "plain-_.~"] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(encoded("a/b"), "a%2Fb");
        let expected =
            BTreeMap::from([("a b".to_owned(), "c/d".to_owned()), ("e".to_owned(), String::new())]);
        assert_eq!(pairs("a+b=c%2Fd&e"), expected);
    }
}
