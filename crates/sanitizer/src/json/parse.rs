//! The strict parser: one value, or a sequence of them (concatenated JSON, NDJSON).

use std::borrow::Cow;
use std::collections::HashMap;

use super::scan::{Quoted, Scanner};
use super::{Member, Text, Value};
use crate::unsanitizable::{Reason, Unsanitizable};

/// Objects with more members than this find repeated names through a map.
const LINEAR_NAMES: usize = 16;

/// Parses exactly one value.
pub(crate) fn parse(body: &[u8]) -> Result<Value<'_>, Unsanitizable> {
    let mut documents = Documents::new(body)?;
    let value = documents.next().unwrap_or_else(|| Err(Unsanitizable::at(Reason::Syntax, body.len())))?;
    match documents.next() {
        None => Ok(value),
        Some(_) => Err(documents.scan.syntax()),
    }
}

/// The values of a body, one after the other. Stops after the first error.
pub(crate) struct Documents<'a> {
    scan: Scanner<'a>,
    failed: bool,
}

impl<'a> Documents<'a> {
    /// Checks that the body is UTF-8 and does not begin with a byte order mark.
    pub(crate) fn new(body: &'a [u8]) -> Result<Documents<'a>, Unsanitizable> {
        Ok(Documents { scan: Scanner::new(body)?, failed: false })
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<Value<'a>, Unsanitizable>;

    fn next(&mut self) -> Option<Self::Item> {
        self.scan.skip_space();
        if self.failed || self.scan.peek().is_none() {
            return None;
        }
        let result = document(&mut self.scan);
        self.failed = result.is_err();
        Some(result)
    }
}

/// One of a sequence of values.
pub(crate) fn document<'a>(scan: &mut Scanner<'a>) -> Result<Value<'a>, Unsanitizable> {
    let value = value(scan)?;
    scan.end_document(value.is_container() || matches!(value, Value::String(_)))?;
    Ok(value)
}

/// The value that begins at the scanner's place.
pub(crate) fn value<'a>(scan: &mut Scanner<'a>) -> Result<Value<'a>, Unsanitizable> {
    match scan.peek() {
        Some(b'{') => object(scan, &Interest::Whole, &mut false),
        Some(b'[') => array(scan),
        _ => scalar(scan),
    }
}

/// Which parts of a value are read; the rest is checked and skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Interest {
    /// Only that it is there: null stands for it.
    Presence,
    /// Everything.
    Whole,
    /// A scalar; of an array or object it cannot be told in time what will be there.
    Scalar,
    /// Of an object only these members; of a list nothing but that it is one; any scalar.
    Members(Vec<(String, Interest)>),
}

impl Interest {
    /// How many members are looked at, if that is known.
    fn names(&self) -> usize {
        match self {
            Interest::Members(members) => members.len(),
            Interest::Presence | Interest::Whole | Interest::Scalar => 0,
        }
    }

    /// What is of interest in the member that has this name, if anything is.
    #[inline]
    fn inside(&self, scan: &Scanner<'_>, name: Quoted) -> Option<&Interest> {
        let Interest::Members(members) = self else { return Some(&Interest::Whole) };
        let found = match name.escaped {
            false => {
                let written = &scan.text().as_bytes()[name.start..name.end];
                members.iter().find(|(it, _)| it.as_bytes() == written)
            }
            true => {
                let name = text(scan, name);
                members.iter().find(|(it, _)| **it == *name)
            }
        };
        found.map(|(_, inside)| inside)
    }
}

/// The value that begins at the scanner's place, as far as it is of interest. `blurred` is set when an array
/// or object stands where only a scalar can be told.
pub(crate) fn glimpse<'a>(
    scan: &mut Scanner<'a>,
    interest: &Interest,
    blurred: &mut bool,
) -> Result<Value<'a>, Unsanitizable> {
    match (scan.peek(), interest) {
        (_, Interest::Presence) => scan.skip_value().map(|()| Value::Null),
        (Some(b'{' | b'['), Interest::Scalar) => {
            *blurred = true;
            scan.skip_value().map(|()| Value::Null)
        }
        (Some(b'{'), _) => object(scan, interest, blurred),
        (Some(b'['), Interest::Members(_)) => scan.skip_value().map(|()| Value::Array(Vec::new())),
        (Some(b'['), _) => array(scan),
        _ => scalar(scan),
    }
}

fn array<'a>(scan: &mut Scanner<'a>) -> Result<Value<'a>, Unsanitizable> {
    let mut items = Vec::new();
    scan.enter()?;
    scan.skip_space();
    if scan.peek() == Some(b']') {
        scan.leave();
        return Ok(Value::Array(items));
    }
    loop {
        items.push(value(scan)?);
        scan.skip_space();
        match scan.peek() {
            Some(b']') => {
                scan.leave();
                return Ok(Value::Array(items));
            }
            Some(b',') => scan.step(),
            _ => return Err(scan.syntax()),
        }
    }
}

fn object<'a>(
    scan: &mut Scanner<'a>,
    interest: &Interest,
    blurred: &mut bool,
) -> Result<Value<'a>, Unsanitizable> {
    let mut members: Vec<Member<'a>> = Vec::with_capacity(interest.names());
    let mut names = None;
    scan.enter()?;
    scan.skip_space();
    if scan.peek() == Some(b'}') {
        scan.leave();
        return Ok(Value::Object(members));
    }
    loop {
        let (name, _) = scan.name()?;
        match interest.inside(scan, name) {
            None => scan.skip_value()?,
            Some(inside) => {
                let name = text(scan, name);
                let value = glimpse(scan, inside, blurred)?;
                match position(&members, &mut names, &name) {
                    Some(first) => members[first].value = value,
                    None => members.push(Member { name, value, added: false }),
                }
            }
        }
        scan.skip_space();
        match scan.peek() {
            Some(b'}') => {
                scan.leave();
                // Small objects are many, and a vector begins with room for four.
                if members.len() < 4 && *interest == Interest::Whole {
                    members.shrink_to_fit();
                }
                return Ok(Value::Object(members));
            }
            Some(b',') => scan.step(),
            _ => return Err(scan.syntax()),
        }
    }
}

/// The scalar that begins at the scanner's place.
pub(crate) fn scalar<'a>(scan: &mut Scanner<'a>) -> Result<Value<'a>, Unsanitizable> {
    let first = scan.peek();
    Ok(match first {
        Some(b'"') => {
            let quoted = scan.text_value()?;
            Value::String(text(scan, quoted))
        }
        Some(b'-' | b'0'..=b'9') => Value::Number(Cow::Borrowed(scan.number()?)),
        _ => {
            scan.literal()?;
            match first {
                Some(b't') => Value::Bool(true),
                Some(b'f') => Value::Bool(false),
                _ => Value::Null,
            }
        }
    })
}

/// The text of a string that was just read.
fn text<'a>(scan: &Scanner<'a>, quoted: Quoted) -> Text<'a> {
    let written = &scan.text()[quoted.start..quoted.end];
    if !quoted.escaped {
        return written.into();
    }
    let mut text = String::with_capacity(written.len());
    scan.decode(quoted, &mut text);
    Text::spelled(text, written)
}

/// Where this name stands already, without quadratic work on wide objects.
fn position<'a>(
    members: &[Member<'a>],
    names: &mut Option<HashMap<Text<'a>, usize>>,
    name: &str,
) -> Option<usize> {
    if members.len() < LINEAR_NAMES {
        return members.iter().position(|member| *member.name == *name);
    }
    let names = names.get_or_insert_default();
    for (at, member) in members.iter().enumerate().skip(names.len()) {
        names.insert(member.name.clone(), at);
    }
    names.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::super::{MAX_DEPTH, MAX_NAME, write};
    use super::*;

    fn round(text: &[u8]) -> Result<String, &'static str> {
        let value = parse(text).map_err(|error| error.code())?;
        let mut out = String::new();
        write(&value, &mut out);
        Ok(out)
    }

    #[test]
    fn keeps_values_as_they_came() {
        for (text, expected) in [
            (
                r#" { "b" : [ 1.10 , -0, 1E400, 1e-7 ], "a" : null } "#,
                r#"{"b":[1.10,-0,1E400,1e-7],"a":null}"#,
            ),
            (r#""\u00e9\ud83d\ude42\/\u0001\b\n\"\\""#, r#""\u00e9\ud83d\ude42\/\u0001\b\n\"\\""#),
            (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#),
            (r#"{"\u0061":1,"a":2}"#, r#"{"\u0061":2}"#),
            ("true", "true"),
            ("\"\u{7f}\"", "\"\u{7f}\""),
        ] {
            assert_eq!(round(text.as_bytes()).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn finds_repeated_names_in_wide_objects() {
        let members: Vec<String> = (0..100).map(|i| format!("\"k{}\":{i}", i % 40)).collect();
        let value = parse(format!("{{{}}}", members.join(",")).leak().as_bytes()).unwrap();
        let Value::Object(members) = value else { panic!("an object") };
        assert_eq!(members.len(), 40);
        assert_eq!(members[39].value, Value::Number("79".into()));
        assert_eq!(members[0].value, Value::Number("80".into()));
    }

    #[test]
    fn refuses_everything_the_grammar_forbids() {
        for (text, code) in [
            (&b"[1,]"[..], "json-syntax"),
            (b"[1 2]", "json-syntax"),
            (b"{\"a\" 1}", "json-syntax"),
            (b"{a:1}", "json-syntax"),
            (b"[01]", "json-syntax"),
            (b"[1.]", "json-syntax"),
            (b"[.5]", "json-syntax"),
            (b"[+1]", "json-syntax"),
            (b"[1e]", "json-syntax"),
            (b"[NaN]", "json-syntax"),
            (b"\"a\nb\"", "json-syntax"),
            (b"\"\\x\"", "json-syntax"),
            (b"\"\\u12g4\"", "json-syntax"),
            (b"\"abc", "json-syntax"),
            (b"[1", "json-syntax"),
            (b"nul", "json-syntax"),
            (b"", "json-syntax"),
            (b"1 2", "json-syntax"),
            (b"\"\\ud800\"", "json-lone-surrogate"),
            (b"\"\\udc00\\ud800\"", "json-lone-surrogate"),
            (b"\"\\ud800\\u0041\"", "json-lone-surrogate"),
            (b"\xEF\xBB\xBF{}", "json-byte-order-mark"),
            (b"\"\xFF\"", "json-utf8"),
        ] {
            assert_eq!(round(text), Err(code), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn bounds_depth_and_lengths() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(round(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(round(deep(MAX_DEPTH + 1).as_bytes()), Err("json-depth"));
        assert_eq!(round("[".repeat(100_000).as_bytes()), Err("json-depth"));
        assert_eq!(round("1".repeat(1_000_000).as_bytes()), Err("json-number-length"));
        assert_eq!(
            round(format!("{{\"{}\":1}}", "k".repeat(MAX_NAME + 1)).as_bytes()),
            Err("json-name-length")
        );
    }

    #[test]
    fn reads_a_sequence_of_values() {
        let read = |text: &str| -> Vec<Result<bool, &'static str>> {
            Documents::new(text.as_bytes())
                .unwrap()
                .map(|value| value.map(|value| value.is_container()).map_err(|error| error.code()))
                .collect()
        };
        assert_eq!(read("{}{}\n[]"), [Ok(true), Ok(true), Ok(true)]);
        assert_eq!(read("1 2\ttrue"), [Ok(false), Ok(false), Ok(false)]);
        assert_eq!(read("  "), []);
        assert_eq!(read("01"), [Err("json-syntax")]);
        assert_eq!(read("{}x{}"), [Ok(true), Err("json-syntax")]);
    }

    /// serde_json as the oracle: what it accepts we accept, and read alike; what we accept beyond it are
    /// only numbers it finds out of range.
    fn agrees_with_serde_json(text: &str) {
        let ours = parse(text.as_bytes());
        let theirs: Result<serde_json::Value, _> = serde_json::from_str(text);
        match (ours, theirs) {
            (Ok(value), Ok(theirs)) => {
                let mut out = String::new();
                write(&value, &mut out);
                let again: serde_json::Value = serde_json::from_str(&out).unwrap();
                assert_eq!(again, theirs, "{text}");
            }
            (Err(_), Err(_)) => {}
            (Ok(_), Err(error)) => {
                assert!(error.to_string().contains("out of range"), "accepted {text}: {error}")
            }
            (Err(error), Ok(_)) => panic!("refused {text}: {error}"),
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_like_serde_json(text in r#"[\[\]{},:" \\nu0-3a.eE+-]{0,24}"#) {
            agrees_with_serde_json(&text);
        }

        #[test]
        fn reads_well_formed_text_like_serde_json(
            name in r#"([a-c\\n"]|\\\\u00[0-7][0-9a-f]|\\\\ud83d\\\\ude4[0-9]|é){0,6}"#,
            number in r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?",
            space in "[ \t\r\n]{0,3}",
        ) {
            agrees_with_serde_json(&format!("{space}{{\"{name}\"{space}:{space}[{number},{space}\"{name}\"]}}{space}"));
        }
    }
}
