//! The strict parser: one value, or a sequence of them (concatenated JSON, NDJSON).

use std::borrow::Cow;
use std::collections::HashMap;

use super::{MAX_DEPTH, MAX_NAME, MAX_NUMBER, MAX_STRING, Member, Value};
use crate::unsanitizable::{Reason, Unsanitizable};

/// Objects with more members than this find repeated names through a map.
const LINEAR_NAMES: usize = 16;

/// Parses exactly one value.
pub(crate) fn parse(body: &[u8]) -> Result<Value<'_>, Unsanitizable> {
    let mut documents = Documents::new(body)?;
    let value = documents.next().unwrap_or_else(|| Err(Unsanitizable::at(Reason::Syntax, body.len())))?;
    match documents.next() {
        None => Ok(value),
        Some(_) => Err(Unsanitizable::at(Reason::Syntax, documents.at)),
    }
}

/// The values of a body, one after the other. Stops after the first error.
pub(crate) struct Documents<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    failed: bool,
}

impl<'a> Documents<'a> {
    /// Checks that the body is UTF-8 and does not begin with a byte order mark.
    pub(crate) fn new(body: &'a [u8]) -> Result<Documents<'a>, Unsanitizable> {
        if body.starts_with(b"\xEF\xBB\xBF") {
            return Err(Unsanitizable::at(Reason::ByteOrderMark, 0));
        }
        match std::str::from_utf8(body) {
            Ok(text) => Ok(Documents { text, at: 0, depth: 0, failed: false }),
            Err(error) => Err(Unsanitizable::at(Reason::Utf8, error.valid_up_to())),
        }
    }
}

impl<'a> Iterator for Documents<'a> {
    type Item = Result<Value<'a>, Unsanitizable>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip_space();
        if self.failed || self.at == self.text.len() {
            return None;
        }
        let result = self.value().and_then(|value| self.separated(value));
        self.failed = result.is_err();
        Some(result)
    }
}

impl<'a> Documents<'a> {
    /// After a value that does not end itself (a number or a literal) space or the end must follow.
    fn separated(&self, value: Value<'a>) -> Result<Value<'a>, Unsanitizable> {
        let ends_itself = value.is_container() || matches!(value, Value::String(_));
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\n' | b'\r') => Ok(value),
            Some(_) if ends_itself => Ok(value),
            Some(_) => Err(self.syntax()),
        }
    }

    fn value(&mut self) -> Result<Value<'a>, Unsanitizable> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::String(self.string(MAX_STRING, Reason::StringLength)?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(self.syntax()),
        }
    }

    fn nested(
        &mut self,
        inside: fn(&mut Self) -> Result<Value<'a>, Unsanitizable>,
    ) -> Result<Value<'a>, Unsanitizable> {
        if self.depth == MAX_DEPTH {
            return Err(Unsanitizable::at(Reason::Depth, self.at));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        let value = inside(self)?;
        self.at += 1;
        self.depth -= 1;
        Ok(value)
    }

    /// Stops at the closing bracket.
    fn array(&mut self) -> Result<Value<'a>, Unsanitizable> {
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            match self.peek() {
                Some(b']') => return Ok(Value::Array(items)),
                Some(b',') => self.step(),
                _ => return Err(self.syntax()),
            }
        }
    }

    /// Stops at the closing brace.
    fn object(&mut self) -> Result<Value<'a>, Unsanitizable> {
        let mut members: Vec<Member<'a>> = Vec::new();
        let mut names: HashMap<Cow<'a, str>, usize> = HashMap::new();
        if self.peek() == Some(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.syntax());
            }
            let name = self.string(MAX_NAME, Reason::NameLength)?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.syntax());
            }
            self.step();
            let value = self.value()?;
            match position(&members, &mut names, &name) {
                Some(first) => members[first].value = value,
                None => members.push(Member { name, value, added: false }),
            }
            self.skip_space();
            match self.peek() {
                Some(b'}') => {
                    // Small objects are many, and a vector begins with room for four.
                    if members.len() < 4 {
                        members.shrink_to_fit();
                    }
                    return Ok(Value::Object(members));
                }
                Some(b',') => self.step(),
                _ => return Err(self.syntax()),
            }
        }
    }

    fn literal(&mut self, word: &str, value: Value<'a>) -> Result<Value<'a>, Unsanitizable> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.syntax());
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value<'a>, Unsanitizable> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.syntax()),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        if self.at - start > MAX_NUMBER {
            return Err(Unsanitizable::at(Reason::NumberLength, start));
        }
        Ok(Value::Number(Cow::Borrowed(&self.text[start..self.at])))
    }

    fn some_digits(&mut self) -> Result<(), Unsanitizable> {
        match self.peek() {
            Some(b'0'..=b'9') => {
                self.digits();
                Ok(())
            }
            _ => Err(self.syntax()),
        }
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    fn string(&mut self, longest: usize, too_long: Reason) -> Result<Cow<'a, str>, Unsanitizable> {
        let open = self.at;
        self.at += 1;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut decoded: Option<String> = None;
        let mut copied = start;
        loop {
            match bytes.get(self.at) {
                None => return Err(self.syntax()),
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = decoded.get_or_insert_default();
                    text.push_str(&self.text[copied..self.at]);
                    let character = self.escape()?;
                    text.push(character);
                    copied = self.at;
                }
                Some(0..=0x1F) => return Err(self.syntax()),
                Some(_) => self.at += 1,
            }
            if self.at - start > longest {
                return Err(Unsanitizable::at(too_long, open));
            }
        }
        let rest = &self.text[copied..self.at];
        self.at += 1;
        Ok(match decoded {
            None => Cow::Borrowed(rest),
            Some(mut text) => {
                text.push_str(rest);
                Cow::Owned(text)
            }
        })
    }

    /// From the backslash to after the escape.
    fn escape(&mut self) -> Result<char, Unsanitizable> {
        let simple = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.syntax()),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, Unsanitizable> {
        let start = self.at;
        let alone = || Unsanitizable::at(Reason::LoneSurrogate, start);
        let first = self.code_unit()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or_else(alone);
        }
        if first >= 0xDC00 || !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
            return Err(alone());
        }
        let second = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(alone());
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or_else(alone)
    }

    /// `\uXXXX` at the current place.
    fn code_unit(&mut self) -> Result<u32, Unsanitizable> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6).ok_or_else(|| self.syntax())?;
        let mut unit = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16).ok_or_else(|| self.syntax())?;
            unit = unit * 16 + value;
        }
        self.at += 6;
        Ok(unit)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Over one character of structure and the space after it.
    fn step(&mut self) {
        self.at += 1;
        self.skip_space();
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn syntax(&self) -> Unsanitizable {
        Unsanitizable::at(Reason::Syntax, self.at)
    }
}

/// Where this name stands already, without quadratic work on wide objects.
fn position<'a>(
    members: &[Member<'a>],
    names: &mut HashMap<Cow<'a, str>, usize>,
    name: &str,
) -> Option<usize> {
    if members.len() < LINEAR_NAMES {
        return members.iter().position(|member| member.name == name);
    }
    for (at, member) in members.iter().enumerate().skip(names.len()) {
        names.insert(member.name.clone(), at);
    }
    names.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use super::*;

    fn round(text: &[u8]) -> Result<String, &'static str> {
        let value = parse(text).map_err(|error| error.code())?;
        let mut out = Vec::new();
        write(&value, &mut out);
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn keeps_values_as_they_came() {
        for (text, expected) in [
            (
                r#" { "b" : [ 1.10 , -0, 1E400, 1e-7 ], "a" : null } "#,
                r#"{"b":[1.10,-0,1E400,1e-7],"a":null}"#,
            ),
            (r#""\u00e9\ud83d\ude42\/\u0001\b\n\"\\""#, "\"é🙂/\\u0001\\b\\n\\\"\\\\\""),
            (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#),
            (r#"{"\u0061":1,"a":2}"#, r#"{"a":2}"#),
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
                let mut out = Vec::new();
                write(&value, &mut out);
                let again: serde_json::Value = serde_json::from_slice(&out).unwrap();
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
