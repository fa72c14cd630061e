//! A transform or augment as it was written: what it does and where.

use super::Written;
use crate::diagnostic::{Place, Report, Spanned};
use crate::jsonpath::{self, Path};
use crate::node::{Kind, Node};
use crate::transform::NAMES;
use crate::transform::pseudonymize_regex_matches::leaves_only_separators;

/// A transform or an augment.
#[derive(Clone, Debug)]
pub struct Step {
    /// Where it begins.
    pub place: Place,
    /// As rule files spell it.
    pub name: &'static str,
    /// What it makes of a value.
    pub treatment: Treatment,
    /// All keys that say how, sorted by name, without those that say what is so anyway. A `delimiter` that is null is
    /// there without a text.
    pub settings: Vec<(String, Vec<String>)>,
    /// Where, in the order in which they are applied.
    pub paths: Vec<StepPath>,
    /// The filter that a document must satisfy for it to apply.
    pub condition: Option<Written>,
}

/// One path of a step.
#[derive(Clone, Debug)]
pub struct StepPath {
    /// As it was written.
    pub written: Written,
    /// More than one where quotes were closed too late.
    pub(super) readings: Vec<Path>,
}

/// What a transform makes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It goes, with its name.
    Redact,
    /// What the regexes match is cut out; the rest stays.
    CutMatches {
        /// Each cuts what it matches.
        regexes: Vec<String>,
    },
    /// Only these phrases stay.
    KeepPhrases {
        /// The phrases.
        phrases: Vec<String>,
    },
    /// Only what the regexes match stays.
    KeepMatches {
        /// Each keeps what it matches.
        regexes: Vec<String>,
    },
    /// Only words that a regex matches as a whole stay.
    KeepWords {
        /// The regexes.
        filters: Vec<String>,
    },
    /// It becomes a pseudonym.
    Pseudonymize {
        /// Whether the proxy turns it back in later calls.
        reversible: bool,
        /// Whether the original stands beside it.
        original: bool,
    },
    /// An address list becomes a list of pseudonyms.
    EmailHeader,
    /// What a regex matches becomes a pseudonym; the rest stays.
    PseudonymizeMatches {
        /// What is looked for.
        regex: String,
        /// Whether the proxy turns it back in later calls.
        reversible: bool,
        /// Whether all that the regex does not match are a few signs and spaces.
        leaves_nothing: bool,
    },
    /// It becomes a reversible token as it is; with a regex, only what that matches, and the rest stays.
    Tokenize {
        /// What of the value becomes the token.
        regex: Option<String>,
    },
    /// Only its length and number of words are told; with paths inside, the rest of a JSON text stays.
    Digest {
        /// The path within a JSON text, where there is one.
        inside: Option<String>,
    },
    /// An IP address becomes a one-way token.
    HashIp,
    /// An IP address becomes a reversible token.
    EncryptIp,
}

/// Reads a transform or augment; `None` when the loader reports it.
pub(super) fn read(node: &Node, report: &mut Report) -> Option<Step> {
    let Kind::Mapping(_) = &node.kind else { return None };
    let name = match &node.tag {
        Some(tag) => tag.value.clone(),
        None => text(node, "method")?.text,
    };
    let name = NAMES.into_iter().find(|it| *it == name)?;
    let paths = texts(node, "jsonPaths").into_iter().filter_map(|written| path(written, report)).collect();
    let condition = text(node, "applyOnlyWhen").filter(|it| !it.text.trim().is_empty());
    Some(Step {
        place: node.tag.as_ref().map_or(node.place, |tag| tag.place),
        name,
        treatment: treatment(name, node),
        settings: settings(node),
        paths,
        condition: condition.filter(|it| jsonpath::parse(&it.text).is_ok_and(|path| !path.is_definite())),
    })
}

fn path(written: Written, report: &mut Report) -> Option<StepPath> {
    let readings = jsonpath::parse(&written.text).ok().and_then(Path::with_lists_meant);
    if readings.is_none() {
        report.error("path-syntax", written.place, "not a path that can be read");
    }
    Some(StepPath { written, readings: readings? })
}

fn treatment(name: &'static str, node: &Node) -> Treatment {
    let list = |key: &str| texts(node, key).into_iter().map(|it| it.text).collect::<Vec<_>>();
    let flag = |key: &str| text(node, key).is_some_and(|it| it.text.eq_ignore_ascii_case("true"));
    let word = |key: &str| text(node, key).map(|it| it.text).filter(|it| !it.trim().is_empty());
    let hash_only = word("encoding").is_some_and(|it| it == "URL_SAFE_HASH_ONLY");
    match name {
        "redact" => Treatment::Redact,
        "redactRegexMatches" => Treatment::CutMatches { regexes: list("redactions") },
        "redactExceptPhrases" => Treatment::KeepPhrases { phrases: list("allowedPhrases") },
        "redactExceptSubstringsMatchingRegexes" => Treatment::KeepMatches { regexes: list("exceptions") },
        "filterTokenByRegex" => Treatment::KeepWords { filters: list("filters") },
        "pseudonymize" => Treatment::Pseudonymize {
            reversible: flag("includeReversible") && !hash_only,
            original: flag("includeOriginal") && !hash_only,
        },
        "pseudonymizeEmailHeader" => Treatment::EmailHeader,
        "pseudonymizeRegexMatches" => {
            let regex = word("regex").unwrap_or_default();
            let leaves_nothing = leaves_only_separators(&regex);
            Treatment::PseudonymizeMatches { regex, reversible: flag("includeReversible"), leaves_nothing }
        }
        "tokenize" => Treatment::Tokenize { regex: word("regex") },
        "textDigest" => Treatment::Digest {
            inside: word("jsonPathToProcessWhenEscaped")
                .filter(|_| flag("isJsonEscaped"))
                .or_else(|| word("innerJsonPath")),
        },
        "hashIp" => Treatment::HashIp,
        "encryptIp" => Treatment::EncryptIp,
        unknown => unreachable!("`{unknown}` is not among the names"),
    }
}

/// Keys that say where, or which transform it is.
const ELSEWHERE: [&str; 3] = ["jsonPaths", "applyOnlyWhen", "method"];

/// Keys that are true or false, and false when nothing is said.
const FLAGS: [&str; 3] = ["includeOriginal", "includeReversible", "isJsonEscaped"];

fn settings(node: &Node) -> Vec<(String, Vec<String>)> {
    let Kind::Mapping(entries) = &node.kind else { return Vec::new() };
    let setting = |(key, value): &(Spanned<String>, Node)| {
        let name = key.value.as_str();
        let texts = match scalar(value) {
            _ if ELSEWHERE.contains(&name) => return None,
            // Without a delimiter a text is one piece, which is not what is so when nothing is said.
            _ if value.is_null() => return (name == "delimiter").then(|| (key.value.clone(), Vec::new())),
            Some(written) if FLAGS.contains(&name) && written.text.eq_ignore_ascii_case("false") => {
                return None;
            }
            Some(written) if name == "encoding" && written.text == "URL_SAFE_TOKEN" => return None,
            Some(written) => vec![written.text],
            None => texts(node, name).into_iter().map(|it| it.text).collect(),
        };
        (!texts.is_empty()).then(|| (key.value.clone(), texts))
    };
    let mut all: Vec<(String, Vec<String>)> = entries.iter().filter_map(setting).collect();
    all.sort_unstable();
    all
}

fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Kind::Mapping(entries) = &node.kind else { return None };
    entries.iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
}

fn text(node: &Node, key: &str) -> Option<Written> {
    child(node, key).filter(|node| !node.is_null()).and_then(scalar)
}

fn texts(node: &Node, key: &str) -> Vec<Written> {
    match child(node, key).map(|node| &node.kind) {
        Some(Kind::Sequence(items)) => items.iter().filter_map(scalar).collect(),
        _ => Vec::new(),
    }
}

fn scalar(node: &Node) -> Option<Written> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(Written { text: text.clone(), place: node.place }),
        Kind::Sequence(_) | Kind::Mapping(_) => None,
    }
}
