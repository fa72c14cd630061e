//! The text of a description as a tree: JSON or YAML, with bounds.
//!
//! Descriptions come from somewhere else. They may be huge, deep, or made of aliases of aliases; each of these ends
//! the reading with a sentence.

use std::collections::HashMap;
use std::fmt;

use granit_parser::{Event, Parser, ScalarStyle};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::Unreadable;

/// Most bytes of a description.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Deepest nesting; `serde_json` stops there by itself.
const MAX_DEPTH: usize = 127;
/// Most values, those that aliases repeat included.
const MAX_NODES: usize = 5_000_000;
/// How `serde_json` passes on numbers as they are written.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads JSON if the text begins like it, else YAML.
pub(super) fn read(text: &str) -> Result<Value, Unreadable> {
    if text.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge("it is larger than 64 MiB"));
    }
    read_within(text, MAX_NODES)
}

fn read_within(text: &str, nodes: usize) -> Result<Value, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') { json(text, nodes) } else { yaml(text, nodes) }
}

fn json(text: &str, nodes: usize) -> Result<Value, Unreadable> {
    let mut left = nodes;
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Seed { left: &mut left }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value))
        .map_err(|error| error.to_string());
    match value {
        Ok(value) => Ok(value),
        Err(_) if left == 0 => Err(TOO_MANY),
        Err(error) => Err(Unreadable::Syntax("JSON", error)),
    }
}

const TOO_MANY: Unreadable = Unreadable::TooLarge("it holds more than 5 million values");

/// Builds a value and counts what it builds.
struct Seed<'c> {
    left: &'c mut usize,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(serde::de::Error::custom("too many values"));
        };
        *self.left = left;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, it: bool) -> Result<Value, E> {
        Ok(Value::Bool(it))
    }

    fn visit_i64<E>(self, it: i64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_u64<E>(self, it: u64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_f64<E>(self, it: f64) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_str<E>(self, it: &str) -> Result<Value, E> {
        Ok(Value::from(it))
    }

    fn visit_string<E>(self, it: String) -> Result<Value, E> {
        Ok(Value::String(it))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(Seed { left: &mut *self.left })? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(Seed { left: &mut *self.left })?;
            if name == NUMBER {
                return Ok(value.as_str().map_or(Value::Null, number));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

fn number(text: &str) -> Value {
    text.parse::<Number>().map_or_else(|_| Value::from(text), Value::Number)
}

fn yaml(text: &str, nodes: usize) -> Result<Value, Unreadable> {
    let mut builder = Builder { left: nodes, ..Builder::default() };
    for next in Parser::new_from_str(text) {
        let (event, span) = next.map_err(|error| {
            let (line, column) = (error.marker().line(), error.marker().col() + 1);
            Unreadable::Syntax("YAML", format!("{} at line {line} column {column}", error.info()))
        })?;
        match builder.take(event) {
            Ok(true) => {}
            Ok(false) => break,
            Err(Unreadable::Syntax(language, why)) => {
                return Err(Unreadable::Syntax(language, format!("{why} at line {}", span.start.line())));
            }
            Err(other) => return Err(other),
        }
    }
    builder.root.ok_or_else(|| Unreadable::Syntax("YAML", "the file is empty".to_owned()))
}

/// A collection that is being read.
struct Open {
    value: Value,
    anchor: usize,
    /// Of a mapping, the key that waits for its value.
    waiting: Option<String>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Value>,
    /// What has an anchor, with the number of its values.
    anchored: HashMap<usize, (Value, usize)>,
    left: usize,
    documents: usize,
}

impl Builder {
    /// Takes one event; `false` ends the reading.
    fn take(&mut self, event: Event<'_>) -> Result<bool, Unreadable> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                return Ok(self.documents == 1);
            }
            Event::Scalar(text, style, anchor, _) => {
                // A key is text, whatever it looks like: `200`, `null`, `yes`.
                let key = self.open.last().is_some_and(|it| it.value.is_object() && it.waiting.is_none());
                let plain = style == ScalarStyle::Plain && !key;
                let value = if plain { scalar(&text) } else { Value::String(text.into_owned()) };
                self.put(value, anchor, 1)?;
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Value::Array(Vec::new()), anchor)?,
            Event::MappingStart(_, anchor, _) => self.begin(Value::Object(Map::new()), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                let closed = self.open.pop().expect("the parser closes only what it opened");
                let size = if closed.anchor == 0 { 1 } else { size(&closed.value) };
                // Its parts have been counted one by one.
                self.left += size - 1;
                self.put(closed.value, closed.anchor, size)?;
            }
            Event::Alias(anchor) => {
                let known = self.anchored.get(&anchor);
                let (value, size) = known
                    .cloned()
                    .ok_or_else(|| Unreadable::Syntax("YAML", "an alias within itself".to_owned()))?;
                self.put(value, 0, size)?;
            }
            _ => {}
        }
        Ok(true)
    }

    fn begin(&mut self, value: Value, anchor: usize) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Unreadable::TooLarge("it is nested deeper than 127 levels"));
        }
        self.open.push(Open { value, anchor, waiting: None });
        Ok(())
    }

    fn put(&mut self, value: Value, anchor: usize, size: usize) -> Result<(), Unreadable> {
        // What has an anchor is kept twice.
        let copies = if anchor > 0 { 2 } else { 1 };
        self.left = self.left.checked_sub(size * copies).ok_or(TOO_MANY)?;
        if anchor > 0 {
            self.anchored.insert(anchor, (value.clone(), size));
        }
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut parent.value {
            Value::Array(list) => list.push(value),
            Value::Object(map) => match (parent.waiting.take(), value) {
                (Some(key), value) if key == "<<" => merge(map, value),
                (Some(key), value) => {
                    map.insert(key, value);
                }
                (None, Value::String(key)) => parent.waiting = Some(key),
                (None, _) => {
                    return Err(Unreadable::Syntax("YAML", "a key must be plain text".to_owned()));
                }
            },
            _ => unreachable!("scalars are never opened"),
        }
        Ok(())
    }
}

/// What `<<` stands for: members that are not there yet.
fn merge(map: &mut Map<String, Value>, value: Value) {
    match value {
        Value::Object(more) => {
            for (name, value) in more {
                map.entry(name).or_insert(value);
            }
        }
        Value::Array(several) => several.into_iter().filter(Value::is_object).for_each(|it| merge(map, it)),
        _ => {}
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(size).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(|it| 1 + size(it)).sum::<usize>(),
        _ => 1,
    }
}

/// A plain scalar of YAML 1.2.
fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || c == '-') => number(text),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_and_yaml_are_the_same_tree() {
        let expected = json!({"a": {"200": [1, -2.5, "x", null, true]}, "b": "", "c": {}});
        for text in [
            r#"{"a":{"200":[1,-2.5,"x",null,true]},"b":"","c":{}}"#,
            "\u{feff} {\"a\":{\"200\":[1,-2.5,\"x\",null,true]},\"b\":\"\",\"c\":{}}\n",
            "a:\n  200: [1, -2.5, x, null, true]\nb: ''\nc: {}\n",
            "---\na: {200: [1, -2.5, \"x\", ~, True]}\nb: ''\nc: {}\n---\nsecond: document\n",
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn anchors_and_merges_are_read() {
        let text = "x: &x {a: 1, b: 2}\ny: *x\nz: {<<: *x, b: 3}\nw: {b: 3, <<: [*x, {c: 4}]}";
        let expected = json!({
            "x": {"a": 1, "b": 2}, "y": {"a": 1, "b": 2}, "z": {"a": 1, "b": 3}, "w": {"b": 3, "a": 1, "c": 4},
        });
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let laughs: String = (1..12)
            .map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(",")))
            .collect();
        let deep = |open: &str, close: &str| format!("{}{}", open.repeat(200), close.repeat(200));
        for (text, why) in [
            (" ".repeat(MAX_BYTES + 1), "too large: it is larger than 64 MiB"),
            (format!("a0: &a0 [x]\n{laughs}"), "too large: it holds more than 5 million values"),
            (
                format!("{{\"a\":[{}]}}", vec!["0"; 10_000].join(",")),
                "too large: it holds more than 5 million values",
            ),
            (deep("[", "]"), "too large: it is nested deeper than 127 levels"),
            (deep("{\"a\":", "}"), "not valid JSON: recursion limit exceeded at line 1 column 636"),
            ("{\"a\":1,}".to_owned(), "not valid JSON: trailing comma at line 1 column 8"),
            ("{} x".to_owned(), "not valid JSON: trailing characters at line 1 column 4"),
            ("a: &x [*x]".to_owned(), "not valid YAML: an alias within itself at line 1"),
            ("? [a]\n: 1".to_owned(), "not valid YAML: a key must be plain text at line 1"),
            (String::new(), "not valid YAML: the file is empty"),
        ] {
            let start: String = text.chars().take(60).collect();
            let read = if text.len() > MAX_BYTES { read(&text) } else { read_within(&text, 10_000) };
            assert_eq!(read.unwrap_err().to_string(), why, "{start}");
        }
        assert!(read("a: [").unwrap_err().to_string().starts_with("not valid YAML: "));
    }
}
