//! `redactExceptPhrases`: of a text only the listed phrases stay, as the text spells them.

use super::{Context, Example, text, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;
use crate::regex::{Pattern, Patterns};

#[derive(Clone, Debug)]
pub(crate) struct RedactExceptPhrases {
    /// In rule order.
    phrases: Vec<Pattern>,
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<RedactExceptPhrases> {
    let phrase = |patterns: &mut Patterns, phrase: &str| {
        patterns.find_ignore_case(&format!(r"\b({})[\s:]*\b", literal(phrase)))
    };
    super::patterns(fields, "allowedPhrases", phrase, report).map(|phrases| RedactExceptPhrases { phrases })
}

/// The phrase as a pattern that matches just it.
fn literal(phrase: &str) -> String {
    let mut pattern = String::with_capacity(phrase.len() * 2);
    for c in phrase.chars() {
        if c.is_ascii() && !c.is_ascii_alphanumeric() {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

impl RedactExceptPhrases {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        let mut kept = Vec::new();
        for phrase in &self.phrases {
            match phrase.captures(&text) {
                Ok(groups) => kept.extend(groups.and_then(|groups| groups.range(1))),
                Err(_) => return wrong_kind(context),
            }
        }
        context.counts.rewritten += 1;
        let kept: Vec<&str> = kept.into_iter().map(|(start, end)| &text[start..end]).collect();
        Value::String(kept.join(",").into())
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "keeps what kind of meeting it is and nothing else",
        rule: r#"!<redactExceptPhrases> {jsonPaths: ["$.title"], allowedPhrases: ["1:1", "stand-up", "retro"]}"#,
        before: r#"{"title":"Retro and Stand-Up with Ada Moss"}"#,
        after: r#"{"title":"Stand-Up,Retro"}"#,
    },
    Example {
        about: "nothing listed, nothing left",
        rule: r#"!<redactExceptPhrases> {jsonPaths: ["$.title"], allowedPhrases: ["retro"]}"#,
        before: r#"{"title":"Salary talk"}"#,
        after: r#"{"title":""}"#,
    },
];
