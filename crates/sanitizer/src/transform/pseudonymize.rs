//! `pseudonymize`: an identifier becomes its pseudonym; e-mail addresses are recognized and joined.

use vizard_pseudonym::{Kind, MissingKey, is_blank};

use super::{Context, Example, wrong_kind};
use crate::diagnostic::{Report, nearest};
use crate::json::{Value, java_text, write_string};
use crate::node::Fields;

#[derive(Clone, Debug)]
pub(crate) struct Pseudonymize {
    include_original: bool,
    include_reversible: bool,
    encoding: Encoding,
    /// Blank text is left as it is instead of becoming null.
    blank_stays: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    UrlSafeToken,
    Json,
    UrlSafeHashOnly,
}

/// The names of the encodings, which address lists share.
pub(crate) const ENCODINGS: [&str; 3] = ["URL_SAFE_TOKEN", "JSON", "URL_SAFE_HASH_ONLY"];

pub(super) fn read(fields: &mut Fields, report: &mut Report) -> Option<Pseudonymize> {
    let include_original = fields.flag("includeOriginal", report).unwrap_or(false);
    let include_reversible = fields.flag("includeReversible", report).unwrap_or(false);
    fields.ignored("onlyIfRegex", "every matched value is pseudonymized", report);
    let written = fields.text("encoding", report);
    let encoding = match written.as_ref().map(|it| it.value.as_str()) {
        None | Some("URL_SAFE_TOKEN") => Encoding::UrlSafeToken,
        Some("JSON") => Encoding::Json,
        Some("URL_SAFE_HASH_ONLY") => Encoding::UrlSafeHashOnly,
        Some(unknown) => {
            let place = written.as_ref().map_or(fields.place, |it| it.place);
            let found = report.error("unknown-encoding", place, format!("there is no encoding `{unknown}`"));
            found.suggest(match nearest(unknown, &ENCODINGS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("encodings: {}", ENCODINGS.join(", ")),
            });
            return None;
        }
    };
    let place = fields.key_place("includeOriginal").unwrap_or(fields.place);
    if include_original && encoding == Encoding::UrlSafeToken {
        report
            .error("original-in-token", place, "a token cannot hold the original value")
            .suggest("remove `includeOriginal`");
        return None;
    }
    if include_original && encoding == Encoding::Json {
        report.warning("keeps-original", place, "the original identifier leaves in clear text");
    }
    if include_original && encoding == Encoding::UrlSafeHashOnly {
        report.warning("ignored-key", place, "`includeOriginal` has no effect: only the hash leaves");
    }
    Some(Pseudonymize { include_original, include_reversible, encoding, blank_stays: false })
}

/// What record rules mean: tokens, and blank text stays.
pub(super) fn of_records() -> Pseudonymize {
    Pseudonymize {
        include_original: false,
        include_reversible: false,
        encoding: Encoding::UrlSafeToken,
        blank_stays: true,
    }
}

impl Pseudonymize {
    pub(super) fn is_reversible(&self) -> bool {
        self.include_reversible && self.encoding != Encoding::UrlSafeHashOnly
    }

    pub(super) fn apply<'v>(
        &self,
        value: Value<'v>,
        context: &mut Context<'_>,
    ) -> Result<Value<'v>, MissingKey> {
        let identifier = match value {
            Value::Null => return Ok(Value::Null),
            Value::String(text) if is_blank(&text) && self.blank_stays => return Ok(Value::String(text)),
            Value::String(text) if is_blank(&text) => return Ok(Value::Null),
            Value::String(text) => text,
            Value::Number(text) => java_text(&text).into_owned().into(),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Ok(wrong_kind(context)),
        };
        let mut pseudonym = String::new();
        self.append(&identifier, context, &mut pseudonym)?;
        Ok(Value::String(pseudonym.into()))
    }

    /// Appends what a text becomes, as JSON. The pseudonym is not built anywhere else.
    pub(crate) fn write(
        &self,
        identifier: &str,
        context: &mut Context<'_>,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        if is_blank(identifier) {
            match self.blank_stays {
                true => write_string(identifier, out),
                false => out.push_str("null"),
            }
            return Ok(());
        }
        if self.is_json(context) {
            let mut pseudonym = String::new();
            self.append(identifier, context, &mut pseudonym)?;
            write_string(&pseudonym, out);
            return Ok(());
        }
        // Tokens and hashes hold nothing that JSON escapes.
        out.push('"');
        self.append(identifier, context, out)?;
        out.push('"');
        Ok(())
    }

    /// Whether pseudonyms are JSON in text.
    fn is_json(&self, context: &Context<'_>) -> bool {
        let legacy = context.options.legacy_encoding && self.include_reversible;
        match self.encoding {
            Encoding::UrlSafeHashOnly => false,
            Encoding::UrlSafeToken => legacy,
            Encoding::Json => true,
        }
    }

    fn append(
        &self,
        identifier: &str,
        context: &mut Context<'_>,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        let keys = context.keys;
        if self.is_json(context) {
            out.push_str(&keys.json(identifier, self.include_reversible, self.include_original)?);
        } else if self.encoding == Encoding::UrlSafeHashOnly {
            out.push_str(&keys.hash_only(identifier));
        } else {
            let kind = if self.include_reversible { Kind::Reversible } else { Kind::Hash };
            keys.token_into(identifier, kind, out)?;
        }
        context.counts.pseudonymized += 1;
        Ok(())
    }
}

pub(super) const EXAMPLES: [Example; 5] = [
    Example {
        about: "an e-mail address keeps its domain; case and `+tag` do not matter",
        rule: r#"!<pseudonymize> {jsonPaths: ["$.email"]}"#,
        before: r#"{"email":"Alice+lists@acme.com"}"#,
        after: r#"{"email":"t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com"}"#,
    },
    Example {
        about: "reversible: the token can stand in a later call's path",
        rule: r#"!<pseudonymize> {jsonPaths: ["$.id"], includeReversible: true}"#,
        before: r#"{"id":12345}"#,
        after: r#"{"id":"p~r4ONZUfEyn9MUkcyDQkQ5MBNpdIerM24MasxFpuQBaGzFatT5PGvb7S57rNnHGwT"}"#,
    },
    Example {
        about: "the hash alone",
        rule: r#"!<pseudonymize> {jsonPaths: ["$.email"], encoding: URL_SAFE_HASH_ONLY}"#,
        before: r#"{"email":"alice@acme.com"}"#,
        after: r#"{"email":"UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk"}"#,
    },
    Example {
        about: "JSON text with the parts",
        rule: r#"!<pseudonymize> {jsonPaths: ["$.email"], encoding: JSON}"#,
        before: r#"{"email":"contoso@hotmail.com"}"#,
        after: r#"{"email":"{\"domain\":\"hotmail.com\",\"hash\":\"p55sgYXAXqQ5cPaiWD02wA8QGsHVGIZE4DoktSv_RIg\"}"}"#,
    },
    Example {
        about: "nothing to identify becomes null, and so does what is no identifier",
        rule: r#"!<pseudonymize> {jsonPaths: ["$.*"]}"#,
        before: r#"{"a":"","b":null,"c":true,"d":["x"]}"#,
        after: r#"{"a":null,"b":null,"c":null,"d":null}"#,
    },
];
