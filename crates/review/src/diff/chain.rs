//! The transforms that a field passes through, in their order, in a form that can be compared.

use std::collections::HashSet;

use vizard_sanitizer::outline::{Endpoint, FieldPath, Part, Reach, Step, StepPath, Treatment};

use super::inputs;
use super::narrower::alternatives;

/// A transform that can change a field.
#[derive(Clone, Debug)]
pub(super) struct Touch<'o> {
    pub(super) step: &'o Step,
    reached: Vec<Reached<'o>>,
}

/// One of the places on the way to the field, itself included, that a transform reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reached<'o> {
    depth: usize,
    always: bool,
    /// The paths that reach it, as written and in their order; none where one of them reaches it always and the
    /// others change nothing more.
    by: Vec<&'o str>,
    /// Whether only the set of paths counts, as what is gone cannot go again.
    at_once: bool,
    condition: Option<&'o str>,
}

/// All transforms that can change the field.
pub(super) fn of<'o>(endpoint: &'o Endpoint, path: &FieldPath) -> Vec<Touch<'o>> {
    let touch = |step: &'o Step| {
        let reached: Vec<Reached<'o>> =
            (0..=path.0.len()).filter_map(|depth| reached(step, path, depth)).collect();
        (!reached.is_empty()).then_some(Touch { step, reached })
    };
    endpoint.steps.iter().filter_map(touch).collect()
}

fn reached<'o>(step: &'o Step, path: &FieldPath, depth: usize) -> Option<Reached<'o>> {
    let prefix = FieldPath(path.0[..depth].to_vec());
    let is_object = depth < path.0.len() && !matches!(path.0[depth], Part::Element);
    let reach = step.reach(&prefix, is_object);
    if reach == Reach::Never {
        return None;
    }
    let always = reach == Reach::Always;
    let reaches = |it: &&StepPath| it.reach(&prefix, is_object) != Reach::Never;
    let mut by: Vec<&str> = step.paths.iter().filter(reaches).map(|it| it.written.text.as_str()).collect();
    let at_once = step.treatment == Treatment::Redact && !by.iter().any(|it| inputs::counts(it));
    if at_once {
        by.sort_unstable();
        by.dedup();
    }
    if always && (at_once || by.len() == 1) {
        by.clear();
    }
    let condition = step.condition.as_ref().map(|it| it.text.as_str());
    Some(Reached { depth, always, by, at_once, condition })
}

impl Touch<'_> {
    pub(super) fn same(&self, other: &Touch<'_>) -> bool {
        self.same_treatment(other) && self.reached == other.reached
    }

    pub(super) fn same_treatment(&self, other: &Touch<'_>) -> bool {
        self.step.name == other.step.name && settings(self.step).eq(settings(other.step))
    }

    /// Whether it applies wherever the other does.
    pub(super) fn reaches_all_of(&self, other: &Touch<'_>) -> bool {
        other.reached.iter().all(|theirs| {
            let ours = self.reached.iter().find(|ours| ours.depth == theirs.depth);
            ours.is_some_and(|ours| ours.holds(theirs))
        })
    }
}

impl Reached<'_> {
    /// Whether the place is reached here wherever it is reached there, and as often.
    fn holds(&self, theirs: &Reached<'_>) -> bool {
        let once = theirs.at_once || theirs.by.len() <= 1;
        let paths = self.by == theirs.by || (once && theirs.by.iter().all(|it| self.by.contains(it)));
        (self.always && once) || (self.always >= theirs.always && self.condition == theirs.condition && paths)
    }
}

/// Keys that have no effect.
const IGNORED: [&str; 2] = ["onlyIfRegex", "outputSchema"];

/// What a step says about how, and nothing about where.
pub(super) fn settings(step: &Step) -> impl Iterator<Item = &(String, Vec<String>)> {
    step.settings.iter().filter(|(key, _)| !IGNORED.contains(&key.as_str()))
}

/// Whether of every value no more is left by the one than by the other. `false`: not proven.
pub(super) fn settings_within(a: &Step, b: &Step) -> bool {
    let of = |step: &Step, key: &str| {
        settings(step).find(|(known, _)| known == key).map(|(_, texts)| texts.clone())
    };
    let mut keys: Vec<&String> = settings(a).chain(settings(b)).map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    a.name == b.name
        && keys.into_iter().all(|key| {
            let (a, b) = (of(a, key), of(b, key));
            // A key that is not there differs from one without a text.
            a == b || setting_within(key, &a.unwrap_or_default(), &b.unwrap_or_default())
        })
}

fn setting_within(key: &str, a: &[String], b: &[String]) -> bool {
    match key {
        // Both as the engine spells them: phrases are found in any case of ASCII only.
        "allowedPhrases" => {
            spelled(a, str::to_ascii_lowercase).is_subset(&spelled(b, str::to_ascii_lowercase))
        }
        "keywords" => spelled(a, str::to_lowercase).is_subset(&spelled(b, str::to_lowercase)),
        "filters" => filters_within(a, b),
        // They cut one after the other, so only what comes last takes nothing away from the others.
        "redactions" => a.starts_with(b),
        // The longest match stays, so a regex that goes may have outdone another: only equal sets are sure.
        "exceptions" => a.iter().collect::<HashSet<_>>() == b.iter().collect::<HashSet<_>>(),
        "includeReversible" | "includeOriginal" => {
            let flag = |texts| spelled(texts, str::to_ascii_lowercase);
            a.is_empty() || (!b.is_empty() && flag(a) == flag(b))
        }
        "encoding" => a == ["URL_SAFE_HASH_ONLY"],
        _ => false,
    }
}

fn spelled(texts: &[String], one: impl Fn(&str) -> String) -> HashSet<String> {
    texts.iter().map(|it| one(it)).collect()
}

/// A word stays when a regex is the whole of it.
fn filters_within(a: &[String], b: &[String]) -> bool {
    let exact: HashSet<&String> = b.iter().collect();
    let listed: HashSet<String> = b.iter().filter_map(|it| alternatives(it)).flatten().collect();
    a.iter().all(|regex| {
        exact.contains(regex) || alternatives(regex).is_some_and(|texts| texts.is_subset(&listed))
    })
}

/// A step in a few words: `pseudonymize (encoding: JSON)`.
pub(super) fn said(step: &Step) -> String {
    let settings: Vec<String> =
        settings(step).map(|(key, texts)| format!("{key}: {}", said_texts(texts))).collect();
    let mut text = step.name.to_owned();
    if !settings.is_empty() {
        text.push_str(&format!(" ({})", shortened(&settings.join(", "), 160)));
    }
    if let Some(condition) = &step.condition {
        text.push_str(&format!(" when {}", shortened(&condition.text, 80)));
    }
    text
}

fn said_texts(texts: &[String]) -> String {
    if texts.is_empty() { "null".to_owned() } else { texts.join(" ") }
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}...", &text[..end]),
    }
}
