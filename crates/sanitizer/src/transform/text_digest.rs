//! `textDigest`: of a text only its length, its number of words and chosen keywords are told.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::{Context, Example, wrong_kind};
use crate::diagnostic::{Report, Spanned};
use crate::json::{self, Value, write_string};
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
        let mut out = String::from("{");
        let counts = self.count(text);
        if !counts.is_empty() {
            out.push_str("\"keywords\":{");
            for (i, (word, count)) in counts.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                write_string(word, &mut out);
                out.push_str(&format!(":{count}"));
            }
            out.push_str("},");
        }
        let length = text.encode_utf16().count();
        out.push_str(&format!("\"length\":{length},\"word_count\":{}}}", words(text)));
        out
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

/// Runs of anything but ASCII white space. A text of white space alone counts as one word, as the
/// reference counts it.
fn words(text: &str) -> usize {
    if text.is_empty() {
        return 0;
    }
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\u{B}' | '\u{C}' | '\r');
    let trimmed = text.trim_matches(|c| c <= ' ');
    trimmed.split(is_space).filter(|word| !word.is_empty()).count().max(1)
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

/// A path into JSON that stands in a text.
pub(crate) fn inner(path: &Spanned<String>, report: &mut Report) -> Option<Path> {
    report
        .warning("text-around-matches", path.place, "what this path does not reach leaves unchanged")
        .suggest("reach every member that could identify a person");
    crate::program::path(path, report)
}

impl TextDigest {
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
