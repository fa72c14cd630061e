//! Transforms: what becomes of the values at which places.

use crate::path::Path;
use crate::pattern::Pattern;
use crate::problem::Problems;
use crate::rules::fields::Fields;
use crate::yaml::{Node, Value};

/// A transform as written.
#[derive(Debug)]
pub(crate) struct Transform {
    pub(crate) line: usize,
    pub(crate) paths: Vec<Path>,
    /// Whether a condition decides that cannot be asked of the output.
    pub(crate) conditional: bool,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Redact,
    CutMatches(Vec<Pattern>),
    KeepPhrases(Vec<String>),
    KeepSubstring(Vec<Pattern>),
    KeepPieces(Split, Vec<Pattern>),
    Pseudonym { reversible: bool, encoding: Encoding, original: bool },
    AddressList { json: bool },
    PseudonymsInText { pattern: Pattern, reversible: bool },
    Tokenize(Option<Pattern>),
    Digest { keywords: Vec<String>, inside: Option<Vec<Path>> },
    HashIp,
    EncryptIp,
}

/// What a text is taken apart at.
#[derive(Debug)]
pub(crate) enum Split {
    /// White space, of which no piece has any.
    Blanks,
    /// Something else: pieces may hold white space.
    Other(Box<Pattern>),
    /// Nothing.
    Whole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Token,
    Json,
    Hash,
}

impl Transform {
    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<Transform> {
        let mut fields = Fields::of(node, "a transform", problems);
        let method = fields.take("method", problems).and_then(|it| it.text("method", problems));
        let name = match (node.tag.as_deref(), method) {
            (Some(tag), None) => tag,
            (None, Some(method)) => method,
            _ => {
                problems.tell(node.line, "a transform without one name");
                return None;
            }
        };
        fields.skip(&["fields"]);
        let paths = fields.take("jsonPaths", problems).map(|it| paths(it, problems)).unwrap_or_default();
        if paths.is_empty() {
            problems.tell(node.line, "a transform without jsonPaths");
        }
        let condition = fields.take("applyOnlyWhen", problems);
        let conditional = condition.is_some_and(|it| conditional(it, problems));
        let kind = kind(name, node, &mut fields, problems)?;
        fields.end(problems);
        Some(Transform { line: node.line, paths, conditional, kind })
    }
}

/// A list of paths.
pub(crate) fn paths(node: &Node, problems: &mut Problems) -> Vec<Path> {
    let mut all = Vec::new();
    for item in node.list("jsonPaths", problems) {
        all.extend(item.text("a path", problems).map(|it| path(it, item.line, problems)).unwrap_or_default());
    }
    all
}

fn path(text: &str, line: usize, problems: &mut Problems) -> Vec<Path> {
    Path::read(text).unwrap_or_else(|why| {
        problems.tell(line, why);
        Vec::new()
    })
}

fn conditional(node: &Node, problems: &mut Problems) -> bool {
    match node.text("applyOnlyWhen", problems) {
        Some(text) if !text.trim().is_empty() => {
            path(text, node.line, problems).iter().any(|it| !it.is_definite())
        }
        _ => {
            problems.tell(node.line, "a condition without a path");
            true
        }
    }
}

fn kind(name: &str, node: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Option<Kind> {
    let kind = match name {
        "redact" => Kind::Redact,
        "redactRegexMatches" => Kind::CutMatches(patterns("redactions", node, fields, problems)),
        "redactExceptPhrases" => {
            let listed = required("allowedPhrases", node, fields, problems)?;
            Kind::KeepPhrases(listed.texts("a phrase", problems))
        }
        "redactExceptSubstringsMatchingRegexes" => {
            Kind::KeepSubstring(patterns("exceptions", node, fields, problems))
        }
        "filterTokenByRegex" => {
            let split = match fields.take_or_null("delimiter") {
                None => Split::Blanks,
                Some(Node { value: Value::Null, .. }) => Split::Whole,
                Some(delimiter) => match delimiter.text("delimiter", problems)? {
                    "\\s+" => Split::Blanks,
                    other => Split::Other(Box::new(pattern(other, delimiter.line, problems)?)),
                },
            };
            Kind::KeepPieces(split, patterns("filters", node, fields, problems))
        }
        "pseudonymize" => {
            fields.skip(&["onlyIfRegex"]);
            let reversible = flag("includeReversible", fields, problems);
            let original = flag("includeOriginal", fields, problems);
            let encoding = encoding(fields, problems);
            if original && encoding == Encoding::Token {
                problems.tell(node.line, "includeOriginal with URL_SAFE_TOKEN");
            }
            Kind::Pseudonym { reversible, encoding, original }
        }
        "pseudonymizeEmailHeader" => {
            Kind::AddressList { json: encoding(fields, problems) != Encoding::Token }
        }
        "pseudonymizeRegexMatches" => {
            let regex = required("regex", node, fields, problems)?;
            let pattern = pattern(regex.text("regex", problems)?, regex.line, problems)?;
            Kind::PseudonymsInText { pattern, reversible: flag("includeReversible", fields, problems) }
        }
        "tokenize" => match fields.take("regex", problems) {
            None => Kind::Tokenize(None),
            Some(regex) => {
                let pattern = pattern(regex.text("regex", problems)?, regex.line, problems)?;
                if pattern.groups == 0 {
                    problems.tell(regex.line, "a regex of tokenize without a group");
                }
                Kind::Tokenize(Some(pattern))
            }
        },
        "textDigest" => {
            let keywords = keywords(fields, problems);
            let escaped = flag("isJsonEscaped", fields, problems);
            let inner = fields.take("jsonPathToProcessWhenEscaped", problems);
            let inner = inner.map(|it| path(it.text("a path", problems).unwrap_or("$"), it.line, problems));
            Kind::Digest { keywords, inside: inner.filter(|_| escaped) }
        }
        "hashIp" => Kind::HashIp,
        "encryptIp" => Kind::EncryptIp,
        _ => {
            problems.tell(node.line, "a transform that this check does not know");
            return None;
        }
    };
    Some(kind)
}

fn required<'a>(
    key: &str,
    node: &Node,
    fields: &mut Fields<'a>,
    problems: &mut Problems,
) -> Option<&'a Node> {
    let found = fields.take(key, problems);
    if found.is_none() {
        problems.tell(node.line, format!("`{key}` is not there"));
    }
    found
}

fn flag(key: &str, fields: &mut Fields<'_>, problems: &mut Problems) -> bool {
    fields.take(key, problems).is_some_and(|it| it.flag(key, problems))
}

/// Keywords as they stand in a digest: in lower case.
pub(crate) fn keywords(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<String> {
    let listed = fields.take("keywords", problems).map(|it| it.texts("a keyword", problems));
    listed.unwrap_or_default().iter().map(|it| it.to_lowercase()).collect()
}

fn encoding(fields: &mut Fields<'_>, problems: &mut Problems) -> Encoding {
    let Some(node) = fields.take("encoding", problems) else { return Encoding::Token };
    match node.text("encoding", problems) {
        Some("URL_SAFE_TOKEN") | None => Encoding::Token,
        Some("JSON") => Encoding::Json,
        Some("URL_SAFE_HASH_ONLY") => Encoding::Hash,
        Some(_) => {
            problems.tell(node.line, "an encoding that this check does not know");
            Encoding::Token
        }
    }
}

fn patterns(key: &str, node: &Node, fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<Pattern> {
    let Some(listed) = required(key, node, fields, problems) else { return Vec::new() };
    let mut all = Vec::new();
    for item in listed.list(key, problems) {
        all.extend(item.text("a regex", problems).and_then(|it| pattern(it, item.line, problems)));
    }
    all
}

fn pattern(text: &str, line: usize, problems: &mut Problems) -> Option<Pattern> {
    Pattern::read(text).map_err(|why| problems.tell(line, why)).ok()
}
