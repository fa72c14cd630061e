//! `tokenize`: a text, or the part of it that a regex names, becomes a reversible token, byte for byte.

use vizard_pseudonym::{Kind, MissingKey};

use super::{Context, Example, pattern, text, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;
use crate::regex::{Pattern, Patterns};

#[derive(Clone, Debug)]
pub(crate) struct Tokenize {
    /// Matches the whole value; its first group is what is tokenized.
    regex: Option<Pattern>,
}

/// How often the part may stand in one value: a letter that stands everywhere would grow it sixtyfold.
const MAX_OCCURRENCES: usize = 1_000;

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<Tokenize> {
    let Some(source) = fields.text("regex", report) else { return Some(Tokenize { regex: None }) };
    let regex = pattern(&source, &Patterns::whole, report)?;
    if regex.groups() == 0 {
        report
            .error("regex-group", source.place, "the regex has no group, so nothing would be tokenized")
            .suggest("put parentheses around the part to tokenize");
        return None;
    }
    Some(Tokenize { regex: Some(regex) })
}

/// The whole value.
pub(super) fn whole() -> Tokenize {
    Tokenize { regex: None }
}

impl Tokenize {
    pub(super) fn apply<'v>(
        &self,
        value: Value<'v>,
        context: &mut Context<'_>,
    ) -> Result<Value<'v>, MissingKey> {
        let text = match text(value, context) {
            Ok(text) => text,
            Err(answer) => return Ok(answer),
        };
        let part = match &self.regex {
            None => Some(&*text),
            Some(regex) => match regex.captures(&text) {
                Ok(Some(groups)) => groups.range(1).map(|(start, end)| &text[start..end]),
                _ => None,
            },
        };
        // A value the regex does not match might hold anything, so it does not pass.
        let Some(part) = part.filter(|part| !part.is_empty()) else { return Ok(wrong_kind(context)) };
        if text.matches(part).nth(MAX_OCCURRENCES).is_some() {
            return Ok(wrong_kind(context));
        }
        let token = context.keys.opaque_token(part, Kind::Reversible)?;
        context.counts.pseudonymized += 1;
        Ok(Value::String(text.replace(part, &token).into()))
    }
}

pub(super) const EXAMPLES: [Example; 3] = [
    Example {
        about: "the whole value",
        rule: r#"!<tokenize> {jsonPaths: ["$.cursor"]}"#,
        before: r#"{"cursor":"blah"}"#,
        after: r#"{"cursor":"p~nVPSMYD7ZO_ptGIMJ65TAFo5_vVVQQ2af5Bfg7bW0Jq9JIOXfBWhts_zA5Ns0r4m"}"#,
    },
    Example {
        about: "the identifier inside a link",
        rule: r#"!<tokenize> {jsonPaths: ["$.next"], regex: "https://api\\.example/users/([^/]+)/items"}"#,
        before: r#"{"next":"https://api.example/users/octocat/items"}"#,
        after: r#"{"next":"https://api.example/users/p~IAUEqSLLtP3EjjkzslH-S1ULJZRLQnH9hT54jiI1gbN_fPDYrPH3aBnAoR5-ec6f/items"}"#,
    },
    Example {
        about: "a link of another form becomes null",
        rule: r#"!<tokenize> {jsonPaths: ["$.next"], regex: "https://api\\.example/users/([^/]+)/items"}"#,
        before: r#"{"next":"https://other.example/octocat"}"#,
        after: r#"{"next":null}"#,
    },
];
