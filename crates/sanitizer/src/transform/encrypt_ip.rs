//! `encryptIp`: an IP address becomes a reversible token of its canonical text.

use vizard_pseudonym::{Kind, MissingKey};

use super::{Context, Example, text, wrong_kind};
use crate::json::Value;

pub(super) fn apply<'v>(value: Value<'v>, context: &mut Context<'_>) -> Result<Value<'v>, MissingKey> {
    let text = match text(value, context) {
        Ok(text) => text,
        Err(answer) => return Ok(answer),
    };
    Ok(match context.keys.ip_token(&text, Kind::Reversible)? {
        Some(token) => {
            context.counts.pseudonymized += 1;
            Value::String(token.into())
        }
        None => wrong_kind(context),
    })
}

pub(super) const EXAMPLES: [Example; 1] = [Example {
    about: "the token can be reversed in a later call",
    rule: r#"!<encryptIp> {jsonPaths: ["$.ip"]}"#,
    before: r#"{"ip":"10.0.0.1"}"#,
    after: r#"{"ip":"p~3BU4goNN07w3ofq8v5ig2enxSWj9xnAnPOThel4mHTmrZBJVaY3CjxNEDJYfGEk_"}"#,
}];
