//! `textDigest`: of a text only its length, its number of words and chosen keywords are told.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt::Write;

use super::{Context, Example, wrong_kind};
use crate::diagnostic::{Report, Spanned};
use crate::json::{self, Value};
use crate::jsonpath::Path;
use crate::node::Fields;

#[derive(Clone, Debug)]
pub(crate) struct TextDigest {
    keywords: Keywords,
    /// Set when the values are JSON in text: the places inside to digest.
    inner: Option<Path>,
}

/// Lower-cased words that are counted by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keywords(BTreeSet<String>);

impl Keywords {
    pub(crate) fn read(fields: &mut Fields, report: &mut Report) -> Keywords {
        let words = fields.texts("keywords", report).unwrap_or_default();
        Keywords(words.into_iter().map(|word| word.value.to_lowercase()).collect())
    }

    /// The digest of a text, as the text of a JSON object with its keys in alphabetical order.
    pub(crate) fn digest(&self, text: &str) -> String {
        let mut out = String::new();
        self.push_digest(text, "\"", &mut out);
        out
    }

    /// Appends the digest, with what stands for a quote in it. Keywords that are found hold nothing to escape.
    fn push_digest(&self, text: &str, quote: &str, out: &mut String) {
        out.push('{');
        let counts = self.count(text);
        if !counts.is_empty() {
            push(out, &[quote, "keywords", quote, ":{"]);
            for (i, (word, count)) in counts.iter().enumerate() {
                push(out, &[if i > 0 { "," } else { "" }, quote, word, quote, ":"]);
                push_number(out, *count);
            }
            out.push_str("},");
        }
        push(out, &[quote, "length", quote, ":"]);
        push_number(out, if text.is_ascii() { text.len() } else { text.encode_utf16().count() });
        push(out, &[",", quote, "word_count", quote, ":"]);
        push_number(out, words(text));
        out.push('}');
    }

    fn count(&self, text: &str) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        if !self.0.is_empty() {
            for token in text.to_lowercase().split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
                if let Some(word) = self.0.get(token) {
                    *counts.entry(word.as_str()).or_default() += 1;
                }
            }
        }
        counts
    }
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

fn push_number(out: &mut String, number: usize) {
    write!(out, "{number}").expect("a String takes everything");
}

/// Runs of anything but ASCII white space, after characters up to the space were cut off at both ends. A text
/// of white space alone counts as one word, as the reference counts it.
fn words(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n' | 0x0B | 0x0C | b'\r');
    let mut words = 0;
    let mut after_space = true;
    for byte in text.trim_matches(|c| c <= ' ').bytes() {
        words += usize::from(after_space && !is_space(byte));
        after_space = is_space(byte);
    }
    words.max(1)
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<TextDigest> {
    let keywords = Keywords::read(fields, report);
    let escaped = fields.flag("isJsonEscaped", report).unwrap_or(false);
    if !escaped {
        fields.ignored("jsonPathToProcessWhenEscaped", "it needs `isJsonEscaped: true`", report);
    }
    let inner = fields.text("jsonPathToProcessWhenEscaped", report);
    let inner = match inner.filter(|path| !path.value.trim().is_empty()) {
        None => None,
        Some(path) => Some(self::inner(&path, report)?),
    };
    Some(TextDigest { keywords, inner })
}

/// Of a text as a whole.
pub(super) fn with(keywords: Keywords) -> TextDigest {
    TextDigest { keywords, inner: None }
}

/// A path into JSON that stands in a text.
pub(crate) fn inner(path: &Spanned<String>, report: &mut Report) -> Option<Path> {
    report
        .warning("text-around-matches", path.place, "what this path does not reach leaves unchanged")
        .suggest("reach every member that could identify a person");
    crate::program::path(path, report)
}

impl TextDigest {
    /// Whether a text is digested as a whole.
    pub(super) fn can_write(&self) -> bool {
        self.inner.is_none()
    }

    /// Appends what a text as a whole becomes, as JSON.
    pub(super) fn write(&self, text: &str, context: &mut Context<'_>, out: &mut String) {
        out.push('"');
        self.keywords.push_digest(text, "\\\"", out);
        out.push('"');
        context.counts.rewritten += 1;
    }

    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let text = match value {
            Value::Null => return Value::Null,
            Value::String(text) => text,
            _ => return wrong_kind(context),
        };
        let digest = match &self.inner {
            None => Some(self.keywords.digest(&text)),
            Some(path) => digest_inside(&text, path, &self.keywords),
        };
        let Some(digest) = digest else { return wrong_kind(context) };
        context.counts.rewritten += 1;
        Value::String(digest.into())
    }
}

/// JSON text in which everything the path reaches is replaced by its digest; what is not text there
/// becomes null. `None` when the text is not JSON.
pub(crate) fn digest_inside(text: &str, path: &Path, keywords: &Keywords) -> Option<String> {
    let mut document = json::parse(text.as_bytes()).ok()?;
    let selection = path.select(&document);
    selection.null_unfilterable(&mut document);
    let Ok(()) = selection.places.rewrite::<Infallible>(&mut document, |value| {
        *value = match value {
            Value::String(text) => Value::String(keywords.digest(text).into()),
            _ => Value::Null,
        };
        Ok(())
    });
    let mut out = String::new();
    json::write(&document, &mut out);
    Some(out)
}

pub(super) const EXAMPLES: [Example; 4] = [
    Example {
        about: "length in UTF-16 units and number of words",
        rule: r#"!<textDigest> {jsonPaths: ["$.text"]}"#,
        before: r#"{"text":"Hello world"}"#,
        after: r#"{"text":"{\"length\":11,\"word_count\":2}"}"#,
    },
    Example {
        about: "with the keywords that occur",
        rule: r#"!<textDigest> {jsonPaths: ["$.text"], keywords: ["Plan", "risk", "budget"]}"#,
        before: r#"{"text":"Plan B: the plan has a RISK 🙂"}"#,
        after: r#"{"text":"{\"keywords\":{\"plan\":2,\"risk\":1},\"length\":30,\"word_count\":8}"}"#,
    },
    Example {
        about: "an empty text is counted too",
        rule: r#"!<textDigest> {jsonPaths: ["$.text"]}"#,
        before: r#"{"text":""}"#,
        after: r#"{"text":"{\"length\":0,\"word_count\":0}"}"#,
    },
    Example {
        about: "JSON inside a text",
        rule: r#"!<textDigest> {jsonPaths: ["$.card"], isJsonEscaped: true, jsonPathToProcessWhenEscaped: "$..text"}"#,
        before: r#"{"card":"{\"type\":\"card\",\"text\":\"Hi Ada\"}"}"#,
        after: r#"{"card":"{\"type\":\"card\",\"text\":\"{\\\"length\\\":6,\\\"word_count\\\":2}\"}"}"#,
    },
];
