//! `redactExceptSubstringsMatchingRegexes`: of a text only the longest listed substring stays.

use super::{Context, Example, patterns, text, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;
use crate::regex::Pattern;

#[derive(Clone, Debug)]
pub(crate) struct RedactExceptSubstringsMatchingRegexes {
    exceptions: Vec<Pattern>,
}

pub(super) fn read(
    fields: &mut Fields,
    report: &mut Report,
) -> Option<RedactExceptSubstringsMatchingRegexes> {
    // The text before a match is lazy, so the leftmost start wins; a text with line breaks never matches.
    let exception = |source: &str| {
        Pattern::whole(source)?;
        Pattern::whole(&format!(".*?({source}).*?"))
    };
    patterns(fields, "exceptions", exception, report)
        .map(|exceptions| RedactExceptSubstringsMatchingRegexes { exceptions })
}

impl RedactExceptSubstringsMatchingRegexes {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        let mut longest = "";
        for exception in &self.exceptions {
            let Ok(groups) = exception.captures(&text) else { return wrong_kind(context) };
            let found =
                groups.and_then(|groups| groups.range(1)).map_or("", |(start, end)| &text[start..end]);
            if found.encode_utf16().count() > longest.encode_utf16().count() {
                longest = found;
            }
        }
        context.counts.rewritten += 1;
        Value::String(longest.to_owned().into())
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "keeps the ticket number",
        rule: r#"!<redactExceptSubstringsMatchingRegexes> {jsonPaths: ["$.title"], exceptions: ["[A-Z]+-\\d+"]}"#,
        before: r#"{"title":"OPS-42 call Ada"}"#,
        after: r#"{"title":"OPS-42"}"#,
    },
    Example {
        about: "no match leaves an empty text",
        rule: r#"!<redactExceptSubstringsMatchingRegexes> {jsonPaths: ["$.title"], exceptions: ["[A-Z]+-\\d+"]}"#,
        before: r#"{"title":"call Ada"}"#,
        after: r#"{"title":""}"#,
    },
];
