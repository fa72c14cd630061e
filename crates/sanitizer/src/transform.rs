//! The twelve transforms. Each is one file: what the author writes, its checks, what it does, examples.
//!
//! A transform gets a value and says what it becomes; `None` removes it. A value of a kind that the
//! transform is not meant for becomes null and is counted: rules never let through what they cannot judge.

mod encrypt_ip;
mod example;
mod filter_token_by_regex;
mod hash_ip;
mod pseudonymize;
mod pseudonymize_email_header;
pub(crate) mod pseudonymize_regex_matches;
mod redact;
mod redact_except_phrases;
mod redact_except_substrings_matching_regexes;
mod redact_regex_matches;
pub(crate) mod text_digest;
mod tokenize;

use vizard_pseudonym::{MissingKey, Pseudonymizer, is_blank};

use crate::Options;
use crate::automaton::Kind;
use crate::counts::Counts;
use crate::diagnostic::{Report, Spanned, nearest};
use crate::json::{Text, Value};
use crate::node::Fields;
use crate::regex::Patterns;

pub use example::{Example, examples};
pub(crate) use pseudonymize::ENCODINGS;
pub(crate) use text_digest::Keywords;

/// What a transform may use and must account to while it runs.
pub(crate) struct Context<'c> {
    pub(crate) keys: &'c Pseudonymizer,
    pub(crate) options: Options,
    pub(crate) counts: Counts,
    /// Bytes of text that transforms may still write.
    pub(crate) may_write: usize,
}

impl Context<'_> {
    /// Notes that a transform wrote so much text; `None` when that was too much.
    pub(crate) fn take_room(&mut self, bytes: usize) -> Option<()> {
        self.may_write = self.may_write.checked_sub(bytes)?;
        Some(())
    }
}

/// A transform, compiled.
#[derive(Clone, Debug)]
pub(crate) enum Transform {
    Redact,
    RedactRegexMatches(redact_regex_matches::RedactRegexMatches),
    RedactExceptPhrases(redact_except_phrases::RedactExceptPhrases),
    RedactExceptSubstringsMatchingRegexes(
        redact_except_substrings_matching_regexes::RedactExceptSubstringsMatchingRegexes,
    ),
    FilterTokenByRegex(filter_token_by_regex::FilterTokenByRegex),
    Pseudonymize(pseudonymize::Pseudonymize),
    PseudonymizeEmailHeader(pseudonymize_email_header::PseudonymizeEmailHeader),
    PseudonymizeRegexMatches(pseudonymize_regex_matches::PseudonymizeRegexMatches),
    Tokenize(tokenize::Tokenize),
    TextDigest(text_digest::TextDigest),
    HashIp,
    EncryptIp,
    /// What record rules call redact: the value becomes null, and its name stays.
    Erase,
}

/// The names as rule files spell them, in the order of the documentation.
pub(crate) const NAMES: [&str; 12] = [
    "redact",
    "redactRegexMatches",
    "redactExceptPhrases",
    "redactExceptSubstringsMatchingRegexes",
    "filterTokenByRegex",
    "pseudonymize",
    "pseudonymizeEmailHeader",
    "pseudonymizeRegexMatches",
    "tokenize",
    "textDigest",
    "hashIp",
    "encryptIp",
];

/// What a transform needs to be able to run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// `PSOXY_ENCRYPTION_KEY`, for reversible pseudonyms.
    pub encryption_key: bool,
    /// `ENCRYPTION_KEY_IP` or `PSOXY_ENCRYPTION_KEY`, for `encryptIp`.
    pub ip_encryption_key: bool,
}

impl Needs {
    /// What both need together.
    pub(crate) fn and(self, other: Needs) -> Needs {
        Needs {
            encryption_key: self.encryption_key || other.encryption_key,
            ip_encryption_key: self.ip_encryption_key || other.ip_encryption_key,
        }
    }
}

impl Transform {
    /// Reads the keys of the transform that a tag or `method:` names; unknown names are reported.
    pub(crate) fn read(
        name: &Spanned<String>,
        fields: &mut Fields,
        report: &mut Report,
    ) -> Option<Transform> {
        Some(match name.value.as_str() {
            "redact" => Transform::Redact,
            "redactRegexMatches" => {
                Transform::RedactRegexMatches(redact_regex_matches::read(fields, report)?)
            }
            "redactExceptPhrases" => {
                Transform::RedactExceptPhrases(redact_except_phrases::read(fields, report)?)
            }
            "redactExceptSubstringsMatchingRegexes" => Transform::RedactExceptSubstringsMatchingRegexes(
                redact_except_substrings_matching_regexes::read(fields, report)?,
            ),
            "filterTokenByRegex" => {
                Transform::FilterTokenByRegex(filter_token_by_regex::read(fields, report)?)
            }
            "pseudonymize" => Transform::Pseudonymize(pseudonymize::read(fields, report)?),
            "pseudonymizeEmailHeader" => {
                Transform::PseudonymizeEmailHeader(pseudonymize_email_header::read(fields, report)?)
            }
            "pseudonymizeRegexMatches" => {
                Transform::PseudonymizeRegexMatches(pseudonymize_regex_matches::read(fields, report)?)
            }
            "tokenize" => Transform::Tokenize(tokenize::read(fields, report)?),
            "textDigest" => Transform::TextDigest(text_digest::read(fields, report)?),
            "hashIp" => Transform::HashIp,
            "encryptIp" => Transform::EncryptIp,
            unknown => {
                let found = report.error(
                    "unknown-transform",
                    name.place,
                    format!("there is no transform `{unknown}`"),
                );
                found.suggest(match nearest(unknown, &NAMES) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("transforms: {}", NAMES.join(", ")),
                });
                return None;
            }
        })
    }

    /// What the value becomes; `None` removes it.
    pub(crate) fn apply<'v>(
        &self,
        value: Value<'v>,
        context: &mut Context<'_>,
    ) -> Result<Option<Value<'v>>, MissingKey> {
        Ok(match self {
            Transform::Redact => redact::apply(),
            Transform::RedactRegexMatches(it) => Some(it.apply(value, context)),
            Transform::RedactExceptPhrases(it) => Some(it.apply(value, context)),
            Transform::RedactExceptSubstringsMatchingRegexes(it) => Some(it.apply(value, context)),
            Transform::FilterTokenByRegex(it) => Some(it.apply(value, context)),
            Transform::Pseudonymize(it) => Some(it.apply(value, context)?),
            Transform::PseudonymizeEmailHeader(it) => Some(it.apply(value, context)),
            Transform::PseudonymizeRegexMatches(it) => Some(it.apply(value, context)?),
            Transform::Tokenize(it) => Some(it.apply(value, context)?),
            Transform::TextDigest(it) => Some(it.apply(value, context)),
            Transform::HashIp => Some(hash_ip::apply(value, context)),
            Transform::EncryptIp => Some(encrypt_ip::apply(value, context)?),
            Transform::Erase => {
                context.counts.removed += u64::from(value != Value::Null);
                Some(Value::Null)
            }
        })
    }

    /// Whether [`Self::write`] is there: for the transforms that responses are full of.
    pub(crate) fn can_write(&self) -> bool {
        match self {
            Transform::Pseudonymize(_) | Transform::RedactExceptSubstringsMatchingRegexes(_) => true,
            Transform::TextDigest(it) => it.can_write(),
            _ => false,
        }
    }

    /// Appends what a text becomes, as JSON, straight to a document.
    pub(crate) fn write(
        &self,
        text: &str,
        context: &mut Context<'_>,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        match self {
            Transform::Pseudonymize(it) => it.write(text, context, out)?,
            Transform::TextDigest(it) => it.write(text, context, out),
            Transform::RedactExceptSubstringsMatchingRegexes(it) => it.write(text, context, out),
            _ => unreachable!("asked before"),
        }
        Ok(())
    }

    /// Whether the transform removes what it matches, whatever it is.
    pub(crate) fn removes(&self) -> bool {
        matches!(self, Transform::Redact)
    }

    /// Whether the transform makes null of what it matches, whatever it is.
    pub(crate) fn erases(&self) -> bool {
        matches!(self, Transform::Erase)
    }

    /// As record rules say `pseudonymize`, `tokenize`, `redact` and `textDigest`; of keywords only the last takes some.
    pub(crate) fn of_records(name: &str, keywords: Keywords) -> Option<Transform> {
        Some(match name {
            "redact" => Transform::Erase,
            "pseudonymize" => Transform::Pseudonymize(pseudonymize::of_records()),
            "tokenize" => Transform::Tokenize(tokenize::whole()),
            "textDigest" | "textDigestKeywords" => Transform::TextDigest(text_digest::with(keywords)),
            _ => return None,
        })
    }

    /// The kind of what a transform of records makes of a value of a kind: text, or null.
    pub(crate) fn kind_of_records(&self, kind: Kind) -> Kind {
        match (self, kind) {
            (Transform::Pseudonymize(_), Kind::String | Kind::Number) => Kind::String,
            (Transform::Tokenize(_) | Transform::TextDigest(_), Kind::String) => Kind::String,
            _ => Kind::Null,
        }
    }

    /// What must be configured for this transform to work.
    pub(crate) fn needs(&self) -> Needs {
        Needs {
            encryption_key: match self {
                Transform::Pseudonymize(it) => it.is_reversible(),
                Transform::PseudonymizeRegexMatches(it) => it.is_reversible(),
                Transform::Tokenize(_) => true,
                _ => false,
            },
            ip_encryption_key: matches!(self, Transform::EncryptIp),
        }
    }
}

/// The name of a transform or augment: its tag, or the property `method`.
pub(crate) fn name(
    tag: Option<Spanned<String>>,
    fields: &mut Fields,
    what: &str,
    report: &mut Report,
) -> Option<Spanned<String>> {
    let name = tag.or_else(|| fields.text("method", report));
    if name.is_none() {
        report
            .error("missing-key", fields.place, format!("{what} has no name"))
            .suggest("begin it with a tag such as `!<redact>`, or add `method: redact`");
    }
    name
}

/// The text of a string that is not blank. `Err` holds what the value becomes instead: blank text stays as
/// it is, every other kind becomes null.
fn text<'v>(value: Value<'v>, context: &mut Context<'_>) -> Result<Text<'v>, Value<'v>> {
    match value {
        Value::String(text) if is_blank(&text) => Err(Value::String(text)),
        Value::String(text) => Ok(text),
        Value::Null => Err(Value::Null),
        _ => Err(wrong_kind(context)),
    }
}

/// Null, and the count of it.
fn wrong_kind(context: &mut Context<'_>) -> Value<'static> {
    context.counts.nulled += 1;
    Value::Null
}

/// A list of regexes under `key`, which must be there; each that does not compile is reported.
fn patterns<P>(
    fields: &mut Fields,
    key: &'static str,
    compile: impl Fn(&mut Patterns, &str) -> Result<P, String>,
    report: &mut Report,
) -> Option<Vec<P>> {
    let place = fields.place;
    let Some(sources) = fields.texts(key, report) else {
        report.error("missing-key", place, format!("`{key}` is missing"));
        return None;
    };
    let compiled: Vec<P> = sources.iter().filter_map(|source| pattern(source, &compile, report)).collect();
    (compiled.len() == sources.len()).then_some(compiled)
}

fn pattern<P>(
    source: &Spanned<String>,
    compile: &impl Fn(&mut Patterns, &str) -> Result<P, String>,
    report: &mut Report,
) -> Option<P> {
    compile(&mut report.patterns, &source.value)
        .map_err(|why| {
            report.error("regex", source.place, format!("the regex is not valid: {why}"));
        })
        .ok()
}
