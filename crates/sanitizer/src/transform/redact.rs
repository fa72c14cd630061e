//! `redact`: the value goes, with its name.

use super::Example;
use crate::json::Value;

pub(super) fn apply() -> Option<Value<'static>> {
    None
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "removes members and list elements",
        rule: r#"!<redact> {jsonPaths: ["$.name", "$.tags[0]"]}"#,
        before: r#"{"id":1,"name":"Ada","tags":["x","y"]}"#,
        after: r#"{"id":1,"tags":["y"]}"#,
    },
    Example {
        about: "at every depth, when either name is there",
        rule: r#"!<redact> {jsonPaths: ["$..['phone','fax']"]}"#,
        before: r#"{"phone":"1","home":{"fax":"2","city":"Oslo"}}"#,
        after: r#"{"home":{"city":"Oslo"}}"#,
    },
];
