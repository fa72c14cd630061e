//! `redactRegexMatches`: cuts every match of each regex out of a text; the rest stays.

use super::{Context, Example, patterns, text, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;
use crate::regex::{Pattern, Patterns};

#[derive(Clone, Debug)]
pub(crate) struct RedactRegexMatches {
    redactions: Vec<Pattern>,
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<RedactRegexMatches> {
    patterns(fields, "redactions", Patterns::find, report).map(|redactions| RedactRegexMatches { redactions })
}

impl RedactRegexMatches {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let mut text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        for pattern in &self.redactions {
            let mut kept = String::new();
            let mut at = 0;
            for found in pattern.matches(&text) {
                let Ok(groups) = found else { return wrong_kind(context) };
                let Some((start, end)) = groups.range(0) else { continue };
                kept.push_str(&text[at..start]);
                at = end;
            }
            if at == 0 {
                continue;
            }
            kept.push_str(&text[at..]);
            text = kept.into();
        }
        context.counts.rewritten += 1;
        Value::String(text)
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "cuts phone numbers out of a note",
        rule: r#"!<redactRegexMatches> {jsonPaths: ["$.note"], redactions: ["\\+?\\d[\\d -]{5,}\\d"]}"#,
        before: r#"{"note":"call +47 22 33 44 55 today"}"#,
        after: r#"{"note":"call  today"}"#,
    },
    Example {
        about: "a value that is not text becomes null",
        rule: r#"!<redactRegexMatches> {jsonPaths: ["$.note"], redactions: ["x"]}"#,
        before: r#"{"note":{"x":1}}"#,
        after: r#"{"note":null}"#,
    },
];
