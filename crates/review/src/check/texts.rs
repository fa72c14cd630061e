//! Regexes that are to clean a text: those that cut only what somebody thought of, and those that keep too much.

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::outline::{Outline, Step, Treatment};
use vizard_sanitizer::{Call, Options, RuleSet};

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;
use crate::personal::Kind;

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        for leaf in &judged.leaves {
            by_regex(judged, leaf, found);
        }
    }
    loose(reviewed.outline, found);
}

/// What a `redactRegexMatches` does not match leaves; of the other transforms that do so the loader warns.
fn by_regex(judged: &Judged<'_>, leaf: &Leaf<'_>, found: &mut Found) {
    let cut = matches!(judged.treatment(leaf), Some(Treatment::CutMatches { .. }));
    let (true, Fate::Partial, Some(looks)) = (cut, leaf.worst(), &leaf.looks) else { return };
    let field = leaf.shown();
    let what = looks.what.words();
    let message = format!("`{field}` may be {what}, and all of it leaves that the regexes do not match");
    let instead = match looks.what {
        Kind::FreeText => "use `textDigest`",
        _ => "use `pseudonymize`",
    };
    found
        .at("free-text-by-regex", leaf.fated.worst().place, message)
        .endpoint(judged.index)
        .field(field)
        .help(format!("{instead}, or {}", leaf.unlisting()));
}

/// Texts as people write them. What a regex for harmless words keeps of these, it keeps of others.
const TEXTS: [(&str, &[&str]); 6] = [
    ("Ada Moss", &["Ada", "Moss"]),
    ("salary talk", &["salary", "talk"]),
    ("ada.moss@lumen-orchard.example", &["ada", "moss", "orchard"]),
    ("2026-11-21T09:15:00Z Ada Moss", &["Ada", "Moss"]),
    ("OPS-42: Ada Moss, Bo Birk", &["Ada", "Moss", "Bo Birk"]),
    ("4722334455", &["4722334455"]),
];

/// A step that keeps what regexes match.
struct Keeper<'o> {
    endpoint: usize,
    step: &'o Step,
    /// Its transform, for a rule file of our own.
    rule: String,
}

fn loose(outline: &Outline, found: &mut Found) {
    let mut keepers = Vec::new();
    for (endpoint, it) in outline.endpoints.iter().enumerate() {
        for step in &it.steps {
            keepers.extend(rule(step).map(|rule| Keeper { endpoint, step, rule }));
        }
    }
    let mut rules: Vec<&str> = keepers.iter().map(|it| it.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let kept = keeps(&rules);
    for keeper in &keepers {
        let kept = rules.binary_search(&keeper.rule.as_str()).ok().and_then(|at| kept.get(at)?.as_ref());
        if let Some((text, kept)) = kept {
            let message = format!("`{}` keeps `{kept}` of a text such as `{text}`", keeper.step.name);
            let one = found.at("keeps-by-loose-regex", keeper.step.place, message);
            one.endpoint(keeper.endpoint)
                .help("list the words that are harmless, or what a time or a number looks like");
            if text.bytes().all(|c| c.is_ascii_digit()) {
                one.doubtful();
            }
        }
    }
}

fn rule(step: &Step) -> Option<String> {
    let (name, key, regexes) = match &step.treatment {
        Treatment::KeepMatches { regexes } => {
            ("redactExceptSubstringsMatchingRegexes", "exceptions", regexes)
        }
        Treatment::KeepWords { filters } => ("filterTokenByRegex", "filters", filters),
        _ => return None,
    };
    // JSON is YAML.
    let regexes = serde_json::to_string(regexes).expect("a list of texts is JSON");
    Some(format!("!<{name}> {{jsonPaths: ['$[*]'], {key}: {regexes}}}"))
}

/// For each transform the first text of which it keeps something telling, and what.
fn keeps(rules: &[&str]) -> Vec<Option<(&'static str, &'static str)>> {
    let mut yaml = "endpoints:\n".to_owned();
    for (at, rule) in rules.iter().enumerate() {
        yaml.push_str(&format!("- pathTemplate: /{at}\n  transforms: [{rule}]\n"));
    }
    let Ok(loaded) = RuleSet::load("regexes", &yaml) else { return Vec::new() };
    let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    let texts: Vec<&str> = TEXTS.iter().map(|(text, _)| *text).collect();
    let body = serde_json::to_vec(&texts).expect("a list of texts is JSON");
    let of = |at: usize| {
        let path = format!("/{at}");
        let call = Call::bare("GET", &path, None);
        let sanitized = loaded.rules.admit(&call).ok()?.sanitize(&body, &keys, Options::default()).ok()?;
        let left: Vec<Option<String>> = serde_json::from_slice(sanitized.body()).ok()?;
        TEXTS.iter().zip(left).find_map(|((text, telling), left)| {
            let left = left?;
            telling.iter().find(|it| left.contains(**it)).map(|it| (*text, *it))
        })
    };
    (0..rules.len()).map(of).collect()
}
