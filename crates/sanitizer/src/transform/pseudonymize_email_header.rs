//! `pseudonymizeEmailHeader`: an address list such as `To:` becomes a list of pseudonyms without names.

use vizard_pseudonym::HeaderEncoding;

use super::{Context, ENCODINGS, Example, wrong_kind};
use crate::diagnostic::Report;
use crate::json::Value;
use crate::node::Fields;

#[derive(Clone, Debug)]
pub(crate) struct PseudonymizeEmailHeader {
    encoding: HeaderEncoding,
}

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<PseudonymizeEmailHeader> {
    let written = fields.text("encoding", report);
    let encoding = match written.as_ref().map(|it| it.value.as_str()) {
        None | Some("URL_SAFE_TOKEN") => HeaderEncoding::UrlSafeToken,
        Some("JSON" | "URL_SAFE_HASH_ONLY") => HeaderEncoding::Json,
        Some(unknown) => {
            let place = written.as_ref().map_or(fields.place, |it| it.place);
            report
                .error("unknown-encoding", place, format!("there is no encoding `{unknown}`"))
                .suggest(format!("encodings: {}", ENCODINGS.join(", ")));
            return None;
        }
    };
    Some(PseudonymizeEmailHeader { encoding })
}

impl PseudonymizeEmailHeader {
    pub(super) fn apply<'v>(&self, value: Value<'v>, context: &mut Context<'_>) -> Value<'v> {
        let list = match value {
            Value::Null => return Value::Null,
            Value::String(text) => text,
            _ => return wrong_kind(context),
        };
        match context.keys.email_header(&list, self.encoding) {
            Some(pseudonyms) => {
                context.counts.pseudonymized += 1;
                Value::String(pseudonyms.into())
            }
            None => wrong_kind(context),
        }
    }
}

pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        about: "names go, addresses become tokens",
        rule: r#"!<pseudonymizeEmailHeader> {jsonPaths: ["$.to"]}"#,
        before: r#"{"to":"\"Alice A.\" <alice@acme.com>, Alice <alice+x@acme.com>"}"#,
        after: r#"{"to":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com,t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com"}"#,
    },
    Example {
        about: "what is not an address list becomes null",
        rule: r#"!<pseudonymizeEmailHeader> {jsonPaths: ["$.to"]}"#,
        before: r#"{"to":"Alice at acme"}"#,
        after: r#"{"to":null}"#,
    },
];
