//! `redactExceptSubstringsMatchingRegexes`: of a text only the longest listed substring stays.

use std::ops::Range;

use vizard_pseudonym::is_blank;

use super::{Context, Example, patterns, text, wrong_kind};
use crate::diagnostic::Report;
use crate::json::{Value, write_string};
use crate::node::Fields;
use crate::regex::{Pattern, Patterns, StepLimit};

#[derive(Clone, Debug)]
pub(crate) struct RedactExceptSubstringsMatchingRegexes {
    exceptions: Vec<Exception>,
}

#[derive(Clone, Debug)]
struct Exception {
    /// The regex with lazy dots around it, as the reference matches it against the whole text: so the leftmost
    /// start wins, and a text with line breaks around the match has none.
    whole: Pattern,
    /// The regex alone, which finds the same in a text of one line, and sooner.
    alone: Pattern,
}

pub(super) fn read(
    fields: &mut Fields,
    report: &mut Report,
) -> Option<RedactExceptSubstringsMatchingRegexes> {
    let exception = |patterns: &mut Patterns, source: &str| {
        patterns.whole(source)?;
        Ok(Exception { whole: patterns.whole(&format!(".*?({source}).*?"))?, alone: patterns.find(source)? })
    };
    patterns(fields, "exceptions", exception, report)
        .map(|exceptions| RedactExceptSubstringsMatchingRegexes { exceptions })
}

impl Exception {
    fn first(&self, text: &str) -> Result<Option<(usize, usize)>, StepLimit> {
        let breaks_lines = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        if text.bytes().all(|byte| (b' '..0x80).contains(&byte)) || !text.contains(breaks_lines) {
            return self.alone.first(text);
        }
        Ok(self.whole.captures(text)?.and_then(|groups| groups.range(1)))
    }
}

impl RedactExceptSubstringsMatchingRegexes {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        let Ok(longest) = self.longest(&text) else { return wrong_kind(context) };
        context.counts.rewritten += 1;
        Value::String(text.cut(longest))
    }

    /// Appends what a text becomes, as JSON.
    pub(super) fn write(&self, text: &str, context: &mut Context<'_>, out: &mut String) {
        match self.longest(text) {
            _ if is_blank(text) => write_string(text, out),
            Ok(longest) => {
                context.counts.rewritten += 1;
                write_string(&text[longest], out);
            }
            Err(StepLimit) => {
                wrong_kind(context);
                out.push_str("null");
            }
        }
    }

    fn longest(&self, text: &str) -> Result<Range<usize>, StepLimit> {
        let mut longest = 0..0;
        for exception in &self.exceptions {
            let found = exception.first(text)?.map_or(0..0, |(start, end)| start..end);
            let length = |range: &Range<usize>| text[range.clone()].encode_utf16().count();
            if longest.is_empty() || length(&found) > length(&longest) {
                longest = found;
            }
        }
        Ok(longest)
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
