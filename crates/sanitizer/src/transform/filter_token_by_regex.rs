//! `filterTokenByRegex`: splits a text and keeps the pieces that match a regex.

use super::{Context, Example, pattern, patterns, text, wrong_kind};
use crate::diagnostic::{Report, Spanned};
use crate::json::Value;
use crate::node::Fields;
use crate::regex::{Pattern, Patterns, StepLimit};

#[derive(Clone, Debug)]
pub(crate) struct FilterTokenByRegex {
    /// `None`: the text is one piece.
    delimiter: Option<Pattern>,
    filters: Vec<Pattern>,
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<FilterTokenByRegex> {
    let place = fields.place;
    let explicit_null = fields.is_null("delimiter");
    let delimiter = match fields.text("delimiter", report) {
        None if explicit_null => None,
        None => Some(pattern(&Spanned { value: r"\s+".to_owned(), place }, &Patterns::find, report)?),
        Some(source) => Some(pattern(&source, &Patterns::find, report)?),
    };
    let filters = patterns(fields, "filters", Patterns::whole, report)?;
    Some(FilterTokenByRegex { delimiter, filters })
}

impl FilterTokenByRegex {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return answer,
        };
        match self.keep(&text) {
            Err(StepLimit) => wrong_kind(context),
            Ok(kept) => {
                context.counts.rewritten += 1;
                let kept = kept.join(" ");
                match kept.trim_matches(|c| c <= ' ') {
                    "" => Value::Null,
                    kept => Value::String(kept.to_owned().into()),
                }
            }
        }
    }

    fn keep<'t>(&self, text: &'t str) -> Result<Vec<&'t str>, StepLimit> {
        let mut kept = Vec::new();
        for piece in self.split(text)? {
            for filter in &self.filters {
                if filter.try_match(piece)? {
                    kept.push(piece);
                    break;
                }
            }
        }
        Ok(kept)
    }

    /// As `String.split`: an empty piece at the start stays, empty ones at the end go.
    fn split<'t>(&self, text: &'t str) -> Result<Vec<&'t str>, StepLimit> {
        let Some(delimiter) = &self.delimiter else { return Ok(vec![text]) };
        let mut pieces = Vec::new();
        let mut at = 0;
        for found in delimiter.matches(text) {
            let Some((start, end)) = found?.range(0).filter(|(_, end)| *end > 0) else { continue };
            pieces.push(&text[at..start]);
            at = end;
        }
        pieces.push(&text[at..]);
        while pieces.last().is_some_and(|piece| piece.is_empty()) {
            pieces.pop();
        }
        Ok(pieces)
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "keeps the ticket numbers of a title",
        rule: r#"!<filterTokenByRegex> {jsonPaths: ["$.title"], filters: ["[A-Z]+-\\d+"]}"#,
        before: r#"{"title":"OPS-42 and OPS-7 for Ada"}"#,
        after: r#"{"title":"OPS-42 OPS-7"}"#,
    },
    Example {
        about: "nothing kept becomes null",
        rule: r#"!<filterTokenByRegex> {jsonPaths: ["$.title"], delimiter: ",", filters: ["ok"]}"#,
        before: r#"{"title":"Ada,Bo"}"#,
        after: r#"{"title":null}"#,
    },
];
