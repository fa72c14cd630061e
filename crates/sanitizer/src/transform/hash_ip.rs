//! `hashIp`: an IP address becomes a one-way token of its canonical text. Names are never looked up.

use vizard_pseudonym::Kind;

use super::{Context, Example, text, wrong_kind};
use crate::json::Value;

pub(super) fn apply<'v>(value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
    let text = match text(value, context) {
        Ok(text) => text,
        Err(answer) => return answer,
    };
    match context.keys.ip_token(&text, Kind::Hash) {
        Ok(Some(token)) => {
            context.counts.pseudonymized += 1;
            Value::String(token.into())
        }
        Ok(None) | Err(_) => wrong_kind(context),
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "every spelling of one address has one token",
        rule: r#"!<hashIp> {jsonPaths: ["$[*]"]}"#,
        before: r#"["::ffff:192.0.2.128","0:0:0:0:0:ffff:c000:0280","10.0.0.1"]"#,
        after: r#"["t~SUZ6xYqAE2gCw90EnrhS7ait6lh2xPKj2-SSQVm8o9A","t~SUZ6xYqAE2gCw90EnrhS7ait6lh2xPKj2-SSQVm8o9A","t~3BU4goNN07w3ofq8v5ig2enxSWj9xnAnPOThel4mHTk"]"#,
    },
    Example {
        about: "what is not an address becomes null",
        rule: r#"!<hashIp> {jsonPaths: ["$.ip"]}"#,
        before: r#"{"ip":"cafe"}"#,
        after: r#"{"ip":null}"#,
    },
];
