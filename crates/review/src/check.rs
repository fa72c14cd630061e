//! What `vizard check` finds: everything the loader says, and what a reviewer would ask about the privacy of the rules.
//!
//! A lint is a question, not a verdict. Where the answer is known, an author writes it into the rule file:
//! `# vizard:allow CODE because REASON`, and the finding is listed with its reason from then on.

pub mod bulk;
pub mod catalogue;
mod found;

// What is looked at.
mod open;
mod probe;
mod reviewed;

// The lints, by theme.
mod beside;
mod breadth;
mod consistency;
mod entropy;
mod kept;
mod lone;
mod overlap;
mod recursion;
mod request;
mod reversible;
mod steps;
mod texts;

// What authors argue away.
mod settle;
mod suppress;

use vizard_sanitizer::extends::{self, Resolved};
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::trials::Example;
use vizard_sanitizer::{Diagnostics, Place, RuleSet};

use crate::fates;
use crate::finding::Finding;
use found::{File, Found, Raw};
use reviewed::Reviewed;

/// A rule file, and what stands beside it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'s> {
    /// The name of the file.
    pub name: &'s str,
    /// The text as written; comments in it may suppress.
    pub text: &'s str,
    /// What runs: the same text, unless the file extends shipped rules.
    pub resolved: &'s Resolved,
    /// The text of the rules that it extends; what that argues away stays argued away where nothing was changed.
    pub base: Option<&'s str>,
    /// What the connector needs, where it is known.
    pub connector: Option<&'s Connector<'s>>,
    /// The calls that are examples, where they are known.
    pub examples: Option<&'s Examples<'s>>,
}

/// What a connector needs of the source.
#[derive(Clone, Debug)]
pub struct Connector<'s> {
    /// The name of its file.
    pub file: &'s str,
    /// The text, to find the lines.
    pub text: &'s str,
    /// The permissions.
    pub scopes: Vec<Scope>,
}

/// A permission at the source.
#[derive(Clone, Debug)]
pub struct Scope {
    /// As the source calls it.
    pub name: String,
    /// The endpoints that need it, as the rules write them.
    pub endpoints: Vec<String>,
}

/// Calls with known answers.
#[derive(Clone, Copy, Debug)]
pub struct Examples<'s> {
    /// The name of their file.
    pub file: &'s str,
    /// The calls. Tokens in them are of the keys for tests: the salt `salt`, the encryption key `secret`.
    pub calls: &'s [Example],
}

/// Everything there is to say about a rule file, by place. What the author gave a reason for is among it.
///
/// ```
/// let rules = "
/// version: \"1.0\"
/// endpoints:
/// - pathTemplate: /v2/users
///   allowedMethods: [GET]
///   responseSchema: {properties: {total: {type: integer}}}
/// ";
/// let found = vizard_review::check::check_text("rules.yaml", rules);
/// let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
/// assert_eq!(codes, ["any-query"]);
/// ```
pub fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let resolved = subject.resolved;
    let is_derived = resolved.base.is_some();
    let mut written = Found::new(if is_derived { File::Written } else { File::Rules });
    resolved.warnings.iter().for_each(|it| written.loader(it));
    let suppressions = suppress::read(subject.text, &mut written);
    let mut found = Found::new(File::Rules);
    let base = subject.base.filter(|_| is_derived).and_then(|text| Base::read(&resolved.name, text));
    let before = base.as_ref().map(|it| &it.outline);
    let outline = lint(&resolved.name, &resolved.text, Some(subject), before, &mut found);
    found.all.append(&mut written.all);
    if let Some(outline) = &outline {
        let lines = settle::Lines::new(outline, &resolved.text);
        if is_derived {
            let (base, arguments) = base.map(|it| (it.outline, it.arguments)).unzip();
            let origins = settle::Origins::new(outline, base.as_ref(), &resolved.overrides, subject.text);
            settle::inherit(&lines, &origins, arguments.unwrap_or_default(), &mut found.all);
            settle::derived(suppressions, &lines, &origins, &mut found);
        } else {
            settle::settle(suppressions, &lines, &mut found);
        }
    }
    let labels: Vec<String> = outline
        .iter()
        .flat_map(|it| it.endpoints.iter().map(|endpoint| endpoint.path.text.clone()))
        .collect();
    told(subject, &labels, found.all)
}

/// The same for a file that extends nothing, with nothing beside it.
pub fn check_text(name: &str, text: &str) -> Vec<Finding> {
    match extends::resolve(name, text, &[]) {
        Ok(resolved) => {
            check(&Subject { name, text, resolved: &resolved, base: None, connector: None, examples: None })
        }
        Err(problems) => problems_of(&problems),
    }
}

/// What is wrong with a file that cannot be resolved or loaded.
pub fn problems_of(problems: &Diagnostics) -> Vec<Finding> {
    let mut found = Found::new(File::Written);
    problems.iter().for_each(|it| found.loader(it));
    found.all.into_iter().map(|raw| finding(raw, problems.file().to_owned(), &[], "")).collect()
}

/// Runs all lints on rules that stand alone. `None`: they do not load, and what is wrong has been found.
fn lint(
    name: &str,
    text: &str,
    subject: Option<&Subject<'_>>,
    base: Option<&Outline>,
    found: &mut Found,
) -> Option<Outline> {
    let loaded = match RuleSet::load(name, text) {
        Ok(loaded) => loaded,
        Err(problems) => {
            problems.iter().for_each(|it| found.loader(it));
            return None;
        }
    };
    loaded.warnings.iter().for_each(|it| found.loader(it));
    let outline = match Outline::read(name, text) {
        Ok(outline) => outline,
        Err(problems) => {
            problems.iter().for_each(|it| found.loader(it));
            return None;
        }
    };
    found.locate(&outline);
    let named = open::named(&outline);
    let reviewed = Reviewed::new(&loaded.rules, &outline, base, fates::of(&outline), &named);
    request::lint(&reviewed, found);
    breadth::lint(&reviewed, found);
    overlap::lint(&reviewed, found);
    kept::lint(&reviewed, found);
    lone::lint(&reviewed, found);
    steps::lint(&reviewed, found);
    texts::lint(&reviewed, found);
    entropy::lint(&reviewed, found);
    consistency::lint(&reviewed, found);
    reversible::lint(&reviewed, found);
    recursion::lint(&reviewed, found);
    if let Some(connector) = subject.and_then(|it| it.connector) {
        beside::scopes(&reviewed, connector, found);
    }
    if let Some(examples) = subject.and_then(|it| it.examples) {
        beside::examples(&reviewed, examples, found);
    }
    if subject.is_some_and(|it| it.resolved.base.is_none()) && outline.version.is_none() {
        found
            .at("no-version", Place { line: 1, column: 1 }, "the file says no version")
            .help("write `version: \"1.0\"` at the top, so that others can say which rules they mean");
    }
    Some(outline)
}

/// The rules that a file extends.
struct Base {
    outline: Outline,
    /// What they argue away themselves.
    arguments: Vec<settle::Argument>,
}

impl Base {
    fn read(name: &str, text: &str) -> Option<Base> {
        let mut found = Found::new(File::Rules);
        let suppressions = suppress::read(text, &mut found);
        let outline = lint(name, text, None, None, &mut found)?;
        let lines = settle::Lines::new(&outline, text);
        settle::settle(suppressions, &lines, &mut found);
        let arguments = settle::arguments(&lines, found.all);
        Some(Base { outline, arguments })
    }
}

/// In the order of files and places; what several endpoints or fields share is told once.
fn told(subject: &Subject<'_>, labels: &[String], mut all: Vec<Raw>) -> Vec<Finding> {
    let key = |it: &Raw| (it.file, it.place, it.code, it.level, it.suppressed.clone(), it.endpoint);
    all.sort_by_cached_key(|it| (key(it), it.message.clone()));
    let mut findings = Vec::new();
    let mut rest = all.into_iter().peekable();
    while let Some(first) = rest.next() {
        let same = |it: &Raw| {
            let place = |it: &Raw| (it.file, it.place, it.code, it.level, it.suppressed.clone());
            let of_fields = it.field.is_some() && first.field.is_some();
            place(it) == place(&first) && (of_fields || it.message == first.message)
        };
        let (mut endpoints, mut fields) = (Vec::new(), 0);
        while let Some(other) = rest.next_if(same) {
            if other.endpoint == first.endpoint {
                fields += usize::from(other.field != first.field);
            } else if !endpoints.contains(&other.endpoint) {
                endpoints.push(other.endpoint);
            }
        }
        let more = match (fields, endpoints.len()) {
            (0, 0) => String::new(),
            (0, endpoints) => format!("; so at {}", more(endpoints, "endpoint")),
            (fields, 0) => format!("; so do {}", more(fields, "field")),
            (fields, endpoints) => {
                format!("; so do {}, and at {}", more(fields, "field"), more(endpoints, "endpoint"))
            }
        };
        let file = match first.file {
            File::Written => subject.name,
            File::Rules => &subject.resolved.name,
            File::Connector => subject.connector.map_or("", |it| it.file),
            File::Examples => subject.examples.map_or("", |it| it.file),
        };
        findings.push(finding(first, file.to_owned(), labels, &more));
    }
    findings
}

fn more(number: usize, what: &str) -> String {
    format!("{number} more {what}{}", if number == 1 { "" } else { "s" })
}

fn finding(raw: Raw, file: String, labels: &[String], more: &str) -> Finding {
    Finding {
        level: raw.level,
        code: raw.code,
        file,
        place: raw.place,
        endpoint: raw.endpoint.and_then(|it| labels.get(it).cloned()),
        field: raw.field,
        message: format!("{}{more}", raw.message),
        help: raw.help,
        suppressed: raw.suppressed,
    }
}

/// The one of several names that a misspelled one probably meant: at most a third of its letters differ.
fn nearest<'n>(written: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const LONGEST: usize = 200;
    let length = written.chars().count();
    if length > LONGEST {
        return None;
    }
    let most = length.max(3) / 3;
    known
        .filter(|it| it.len() <= LONGEST * 2 && it.chars().count().abs_diff(length) <= most)
        .map(|it| (strsim::levenshtein(written, it), it))
        .filter(|(edits, _)| *edits <= most)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, it)| it)
}

#[cfg(test)]
mod tests;
