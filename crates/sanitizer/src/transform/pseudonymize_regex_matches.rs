//! `pseudonymizeRegexMatches`: the identifiers that a regex finds in a text become tokens; the text around
//! them stays. A text in which nothing is found becomes null.

use vizard_pseudonym::{Kind, MissingKey, is_blank};

use super::{Context, Example, pattern, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;
use crate::regex::{Pattern, Patterns};

#[derive(Clone, Debug)]
pub(crate) struct PseudonymizeRegexMatches {
    regex: Pattern,
    include_reversible: bool,
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<PseudonymizeRegexMatches> {
    let include_reversible = fields.flag("includeReversible", report).unwrap_or(false);
    let Some(source) = fields.text("regex", report) else {
        report.error("missing-key", fields.place, "`regex` is missing");
        return None;
    };
    let regex = pattern(&source, &Patterns::find, report)?;
    if !leaves_only_separators(&source.value) {
        report
            .warning("text-around-matches", source.place, "the text around a match leaves unchanged")
            .suggest("make the regex cover everything that could identify a person");
    }
    Some(PseudonymizeRegexMatches { regex, include_reversible })
}

/// Whether the regex is like `[^;,\\s]+`, so that all it does not match are a few signs and spaces.
pub(crate) fn leaves_only_separators(regex: &str) -> bool {
    let signs =
        regex.strip_prefix("[^").and_then(|rest| rest.strip_suffix("]+")).map(|it| it.replace("\\s", " "));
    signs.is_some_and(|signs| signs.chars().all(|c| " ,;:|/".contains(c)))
}

impl PseudonymizeRegexMatches {
    pub(super) fn is_reversible(&self) -> bool {
        self.include_reversible
    }

    pub(super) fn apply<'v>(
        &self,
        value: Value<'v>,
        context: &mut Context<'_>,
    ) -> Result<Value<'v>, MissingKey> {
        let text = match value {
            Value::Null => return Ok(Value::Null),
            Value::String(text) if is_blank(&text) => return Ok(Value::Null),
            Value::String(text) => text,
            _ => return Ok(wrong_kind(context)),
        };
        let kind = if self.include_reversible { Kind::Reversible } else { Kind::Hash };
        let mut replaced = String::with_capacity(text.len() + 64);
        let mut at = 0;
        for found in self.regex.matches(&text) {
            let Ok(groups) = found else { return Ok(wrong_kind(context)) };
            let target = if groups.len() > 1 { groups.range(1) } else { groups.range(0) };
            let Some((start, end)) = target else { continue };
            if end <= at || is_blank(&text[start..end]) {
                continue;
            }
            if start < at {
                // Looking ahead, the group reaches from one identifier into what follows it.
                return Ok(wrong_kind(context));
            }
            replaced.push_str(&text[at..start]);
            replaced.push_str(&context.keys.token(&text[start..end], kind)?);
            at = end;
        }
        if at == 0 {
            return Ok(Value::Null);
        }
        replaced.push_str(&text[at..]);
        context.counts.pseudonymized += 1;
        Ok(Value::String(replaced.into()))
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "mentions in a message",
        rule: r#"!<pseudonymizeRegexMatches> {jsonPaths: ["$.text"], regex: "@([\\w.-]+)"}"#,
        before: r#"{"text":"assigned to @alice and unassigned @bob"}"#,
        after: r#"{"text":"assigned to @t~3YAoyBkqpKrO4rk5ISA0dZSABykOBC7pEMmkL1L0HK4 and unassigned @t~kbEeZaASjfdRzw5DsaEMq4HoESgOdgoKQN3np2Gm_hY"}"#,
    },
    Example {
        about: "a text without a match becomes null",
        rule: r#"!<pseudonymizeRegexMatches> {jsonPaths: ["$.text"], regex: "blah:(.*)"}"#,
        before: r#"{"text":"nomatch"}"#,
        after: r#"{"text":null}"#,
    },
];

#[cfg(test)]
mod tests {
    use super::leaves_only_separators;

    #[test]
    fn knows_regexes_that_leave_only_separators() {
        for (regex, only) in [
            (r"[^;,\s]+", true),
            ("[^,]+", true),
            (r"[^\w]+", false),
            ("[^a]+", false),
            ("[^,]+x", false),
            ("@([^,]+)", false),
            ("[^,]*]+", false),
            (r"\S+", false),
        ] {
            assert_eq!(leaves_only_separators(regex), only, "{regex}");
        }
    }
}
