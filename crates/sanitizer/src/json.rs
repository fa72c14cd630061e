//! JSON as a tree: strict RFC 8259 in, compact text out, numbers as the text they came in.
//!
//! Everything the grammar forbids is refused with its byte offset, so that no two readers of one body can
//! disagree about it. Bounds follow what the reference accepts: depth, number, name and string length.

mod number;
mod parse;
mod scan;
mod text;
mod vectors;
mod write;

use std::borrow::Cow;

pub(crate) use number::{integral, is_whole, java_text};
pub(crate) use parse::{Documents, Interest, document, glimpse, parse, scalar, value as parse_value};
pub(crate) use scan::Scanner;
pub(crate) use text::Text;
pub(crate) use vectors::{Head, Window};
pub(crate) use write::{write, write_anew, write_string};

/// Deepest nesting of arrays and objects.
pub(crate) const MAX_DEPTH: usize = 1_000;
/// Longest number, in characters.
pub(crate) const MAX_NUMBER: usize = 1_000;
/// Longest member name, in bytes.
pub(crate) const MAX_NAME: usize = 50_000;
/// Longest string, in bytes.
pub(crate) const MAX_STRING: usize = 20_000_000;

/// One JSON value; text without escapes borrows from the body.
#[derive(Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    /// The number exactly as it was written.
    Number(Cow<'a, str>),
    String(Text<'a>),
    Array(Vec<Value<'a>>),
    /// In source order. A name that came twice holds its last value at its first position.
    Object(Vec<Member<'a>>),
}

/// One member of an object.
#[derive(Clone, PartialEq)]
pub(crate) struct Member<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) value: Value<'a>,
    /// Put there by an augment of ours, not by the source.
    pub(crate) added: bool,
}

impl Value<'_> {
    pub(crate) fn is_container(&self) -> bool {
        matches!(self, Value::Array(_) | Value::Object(_))
    }

    /// How many scalars there are in it, itself included.
    pub(crate) fn scalars(&self) -> u64 {
        match self {
            Value::Array(items) => items.iter().map(Value::scalars).sum(),
            Value::Object(members) => members.iter().map(|member| member.value.scalars()).sum(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
        }
    }
}

// Values of the source do not print.
impl std::fmt::Debug for Value<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Value::Null => "null",
            Value::Bool(_) => "[boolean]",
            Value::Number(_) => "[number]",
            Value::String(_) => "[string]",
            Value::Array(_) => "[array]",
            Value::Object(_) => "[object]",
        })
    }
}

impl std::fmt::Debug for Member<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "[member]: {:?}", self.value)
    }
}
