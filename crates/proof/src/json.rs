//! The output as a tree: numbers as written, repeated names marked, places kept where they are known for nothing.

pub(crate) mod number;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Why an output cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON by RFC 8259, or not UTF-8.
    #[error("not JSON at line {line} column {column}")]
    NotJson {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// Beyond one of the bounds.
    #[error("beyond a bound of this check: {0}")]
    TooMuch(&'static str),
}

/// A value.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    /// The byte at which it begins, where that is known.
    pub(crate) at: Option<usize>,
    pub(crate) value: Value<'a>,
}

#[derive(Debug)]
pub(crate) enum Value<'a> {
    Null,
    Flag,
    /// As written.
    Number(String),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Vec<Member<'a>>),
}

#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) at: Option<usize>,
    pub(crate) name: Cow<'a, str>,
    /// Whether the name stood in the object before.
    pub(crate) repeated: bool,
    pub(crate) node: Node<'a>,
}

/// The documents of a body: one, several, or none.
pub(crate) fn read(body: &[u8]) -> Result<Vec<Node<'_>>, Unreadable> {
    if body.len() > LONGEST {
        return Err(Unreadable::TooMuch("a body of more than 256 MiB"));
    }
    let text = std::str::from_utf8(body).map_err(|error| not_json(body, error.valid_up_to()))?;
    let left = Bounds { values: Cell::new(VALUES), broken: Cell::new(None) };
    let mut json = serde_json::Deserializer::from_str(text);
    json.disable_recursion_limit();
    let mut documents = Vec::new();
    while json.end().is_err() {
        let seed = Seed { base: text, bounds: &left, depth: 0 };
        let document = seed.deserialize(&mut json);
        documents.push(document.map_err(|error| match left.broken.take() {
            Some(bound) => Unreadable::TooMuch(bound),
            None => Unreadable::NotJson { line: error.line(), column: error.column() },
        })?);
    }
    Ok(documents)
}

fn not_json(body: &[u8], at: usize) -> Unreadable {
    let before = &body[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = at - before.iter().rposition(|byte| *byte == b'\n').map_or(0, |it| it + 1) + 1;
    Unreadable::NotJson { line, column }
}

const LONGEST: usize = 256 * 1024 * 1024;
const VALUES: usize = 10_000_000;
/// What the proxy itself goes to.
pub(crate) const DEEPEST: usize = 1000;

struct Bounds {
    values: Cell<usize>,
    broken: Cell<Option<&'static str>>,
}

impl Bounds {
    fn break_at<E: serde::de::Error>(&self, bound: &'static str) -> E {
        self.broken.set(Some(bound));
        E::custom(bound)
    }
}

#[derive(Clone, Copy)]
struct Seed<'a, 'b> {
    base: &'a str,
    bounds: &'b Bounds,
    depth: usize,
}

impl<'a> Seed<'a, '_> {
    /// Where a text that was not copied begins, with its quote.
    fn place(&self, text: &str) -> Option<usize> {
        let begin = (text.as_ptr() as usize).checked_sub(self.base.as_ptr() as usize)?;
        (begin > 0 && begin <= self.base.len()).then(|| begin - 1)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEEPEST {
            return Err(self.bounds.break_at("nested deeper than 1000"));
        }
        Ok(Seed { depth: self.depth + 1, ..self })
    }
}

impl<'a> DeserializeSeed<'a> for Seed<'a, '_> {
    type Value = Node<'a>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Node<'a>, D::Error> {
        match self.bounds.values.get().checked_sub(1) {
            Some(left) => self.bounds.values.set(left),
            None => return Err(self.bounds.break_at("more than ten million values")),
        }
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Seed<'a, '_> {
    type Value = Node<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node<'a>, E> {
        Ok(Node { at: None, value: Value::Null })
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node<'a>, E> {
        Ok(Node { at: None, value: Value::Flag })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'a>, E> {
        Ok(Node { at: None, value: Value::Number(number.to_string()) })
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'a>, E> {
        Ok(Node { at: None, value: Value::Number(number.to_string()) })
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Node<'a>, E> {
        Ok(Node { at: self.place(text), value: Value::Text(Cow::Borrowed(text)) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'a>, E> {
        Ok(Node { at: None, value: Value::Text(Cow::Owned(text.to_owned())) })
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<Node<'a>, A::Error> {
        let seed = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(seed)? {
            items.push(item);
        }
        Ok(Node { at: None, value: Value::List(items) })
    }

    fn visit_map<A: MapAccess<'a>>(self, mut object: A) -> Result<Node<'a>, A::Error> {
        let mut members: Vec<Member<'a>> = Vec::new();
        let mut names: HashSet<Cow<'a, str>> = HashSet::new();
        let mut seed = self;
        while let Some((at, name)) = object.next_key_seed(Name(self))? {
            if members.is_empty() && name == NUMBER {
                // The library hands out a number beyond 64 bits as an object with this one name. What was an object in
                // the output hands out its value otherwise, and stays one.
                match object.next_value_seed(Digits(self))? {
                    Maybe::Number(text) => return Ok(Node { at: None, value: Value::Number(text) }),
                    Maybe::Member(node) => {
                        names.insert(name.clone());
                        members.push(Member { at, name, repeated: false, node });
                        continue;
                    }
                }
            }
            if seed.depth == self.depth {
                seed = self.deeper()?;
            }
            let repeated = !names.insert(name.clone());
            let node = object.next_value_seed(seed)?;
            members.push(Member { at, name, repeated, node });
        }
        Ok(Node { at: None, value: Value::Object(members) })
    }
}

const NUMBER: &str = "$serde_json::private::Number";

struct Name<'a, 'b>(Seed<'a, 'b>);

impl<'a> DeserializeSeed<'a> for Name<'a, '_> {
    type Value = (Option<usize>, Cow<'a, str>);

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Name<'a, '_> {
    type Value = (Option<usize>, Cow<'a, str>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Self::Value, E> {
        Ok((self.0.place(text), Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok((None, Cow::Owned(text.to_owned())))
    }
}

/// What stands behind the name by which numbers are handed out.
struct Digits<'a, 'b>(Seed<'a, 'b>);

enum Maybe<'a> {
    Number(String),
    Member(Node<'a>),
}

impl<'a> DeserializeSeed<'a> for Digits<'a, '_> {
    type Value = Maybe<'a>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Maybe<'a>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Digits<'a, '_> {
    type Value = Maybe<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    /// Only numbers come as a text that is given away; texts of the output are borrowed or lent.
    fn visit_string<E>(self, text: String) -> Result<Maybe<'a>, E> {
        Ok(Maybe::Number(text))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'a str) -> Result<Maybe<'a>, E> {
        self.0.visit_borrowed_str(text).map(Maybe::Member)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Maybe<'a>, E> {
        self.0.visit_str(text).map(Maybe::Member)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Maybe<'a>, E> {
        self.0.visit_u64(number).map(Maybe::Member)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Maybe<'a>, E> {
        self.0.visit_i64(number).map(Maybe::Member)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Maybe<'a>, E> {
        self.0.visit_unit().map(Maybe::Member)
    }

    fn visit_bool<E: serde::de::Error>(self, flag: bool) -> Result<Maybe<'a>, E> {
        self.0.visit_bool(flag).map(Maybe::Member)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, list: A) -> Result<Maybe<'a>, A::Error> {
        self.0.deeper()?.visit_seq(list).map(Maybe::Member)
    }

    fn visit_map<A: MapAccess<'a>>(self, object: A) -> Result<Maybe<'a>, A::Error> {
        self.0.deeper()?.visit_map(object).map(Maybe::Member)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_repeated_names_and_keeps_numbers_and_places() {
        let documents = read(br#"{"a":1.50,"\u0061":"x","b":["y"]} [true,null]"#).unwrap();
        assert_eq!(documents.len(), 2);
        let Value::Object(members) = &documents[0].value else { panic!() };
        let seen: Vec<_> = members.iter().map(|it| (it.at, it.name.as_ref(), it.repeated)).collect();
        assert_eq!(seen, [(Some(1), "a", false), (None, "a", true), (Some(23), "b", false)]);
        assert!(matches!(&members[0].node.value, Value::Number(text) if text == "1.50"));
        assert_eq!(members[1].node.at, Some(19));
        assert!(matches!(&documents[1].value, Value::List(items) if items.len() == 2));
        assert!(read(b" \n").unwrap().is_empty());
    }

    #[test]
    fn an_object_that_looks_like_the_library_s_number_stays_an_object() {
        for value in ["\"12\"", "\"1\\u0032\"", "12", "null", "true", "[1]", "{\"a\":1}"] {
            let body = format!("{{\"$serde_json::private::Number\":{value},\"b\":2}}");
            let documents = read(body.as_bytes()).unwrap();
            assert!(matches!(&documents[0].value, Value::Object(it) if it.len() == 2), "{value}");
        }
    }

    #[test]
    fn says_where_the_body_is_not_json() {
        let cases: [(&[u8], usize, usize); 5] = [
            (b"{", 1, 1),
            (b"[1,\n2,]", 2, 3),
            (b"{}\n\xff", 2, 1),
            (b"\xef\xbb\xbf{}", 1, 1),
            (b"[\"\\ud800\"]", 1, 9),
        ];
        for (body, line, column) in cases {
            assert_eq!(read(body).unwrap_err(), Unreadable::NotJson { line, column }, "{body:?}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let deep = std::thread::Builder::new().stack_size(64 << 20); // debug frames are large
        let thread =
            deep.spawn(move || (read(nested(1000).as_bytes()).is_ok(), read(nested(1001).as_bytes()).err()));
        let (whole, beyond) = thread.unwrap().join().unwrap();
        assert!(whole);
        assert_eq!(beyond, Some(Unreadable::TooMuch("nested deeper than 1000")));
    }
}
