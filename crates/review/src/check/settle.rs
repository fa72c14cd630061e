//! Findings and suppressions meet.

use std::collections::BTreeMap;

use vizard_sanitizer::Place;
use vizard_sanitizer::extends::Override;
use vizard_sanitizer::outline::Outline;

use super::found::{Found, Raw};
use super::suppress::{Reach, Suppression};

/// Where endpoints and definitions begin and end, in lines.
pub(super) struct Lines {
    /// By their first lines, the positions.
    endpoints: BTreeMap<u32, usize>,
    /// By their first lines, the first line that no longer belongs to them.
    definitions: BTreeMap<u32, u32>,
}

impl Lines {
    pub(super) fn new(outline: &Outline, text: &str) -> Lines {
        // As YAML has it: a carriage return alone ends a line too.
        let unified = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = unified.split('\n').collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let is_content = |line: &str| !matches!(line.trim_start().chars().next(), None | Some('#'));
        let end = |place: Place| {
            let below = lines.iter().enumerate().skip(place.line as usize);
            let mut next = below.filter(|(_, line)| is_content(line) && indent(line) < place.column as usize);
            next.next().map_or(u32::MAX, |(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX))
        };
        let endpoints = outline.endpoints.iter().map(|it| it.place.line);
        let definitions = outline.definitions.iter().map(|it| it.place);
        Lines {
            endpoints: endpoints.zip(0..).collect(),
            definitions: definitions.map(|it| (it.line, end(it))).collect(),
        }
    }

    /// Whether what begins at this line is what the finding is about, or holds it.
    fn hold(&self, line: u32, raw: &Raw) -> bool {
        let Some(place) = raw.place else { return false };
        let of_endpoint = |endpoint: &usize| match raw.endpoint {
            Some(own) => own == *endpoint,
            // The loader tells lines only.
            None => self.within(line, place.line),
        };
        place.line == line
            || self.endpoints.get(&line).is_some_and(of_endpoint)
            || self.definitions.get(&line).is_some_and(|end| (line..*end).contains(&place.line))
    }

    /// Whether a line is one of the endpoint's own that begins at another.
    fn within(&self, first: u32, line: u32) -> bool {
        let endpoint = self.endpoints.range(first + 1..).next().map(|(next, _)| *next);
        let definition = self.definitions.range(first + 1..).next().map(|(next, _)| *next);
        let next = endpoint.into_iter().chain(definition).min().unwrap_or(u32::MAX);
        (first..next).contains(&line)
    }
}

/// What an author said about one finding.
pub(super) struct Argument {
    key: Key,
    reason: String,
}

/// What a finding is about, independent of lines.
type Key = (&'static str, Option<String>, Option<String>, String);

fn key(outline: &Outline, raw: &Raw) -> Key {
    let label = raw.endpoint.and_then(|it| outline.endpoints.get(it)).map(|it| it.path.text.clone());
    (raw.code, label, raw.field.clone(), raw.message.clone())
}

/// Applies the suppressions of a file to what was found in it, and reports those that have nothing to suppress.
pub(super) fn settle(suppressions: Vec<Suppression>, lines: &Lines, found: &mut Found) {
    apply(suppressions, found, |suppression, raw| match suppression.reach {
        Reach::File => true,
        Reach::Line(line) => lines.hold(line, raw),
    });
}

/// The same for a file that extends another: a suppression within an override is about that endpoint.
pub(super) fn derived(
    suppressions: Vec<Suppression>,
    outline: &Outline,
    overrides: &[Override],
    found: &mut Found,
) {
    let about = |line: u32| {
        let mut above = overrides.iter().filter(|it| it.place.line <= line);
        above.next_back().map(|it| it.endpoint.as_str())
    };
    apply(suppressions, found, |suppression, raw| match suppression.reach {
        Reach::File => true,
        Reach::Line(line) => {
            let label = raw.endpoint.and_then(|it| outline.endpoints.get(it)).map(|it| it.path.text.as_str());
            label.is_some() && label == about(line)
        }
    });
}

fn apply(suppressions: Vec<Suppression>, found: &mut Found, covers: impl Fn(&Suppression, &Raw) -> bool) {
    for suppression in suppressions {
        let mut used = false;
        for raw in found.all.iter_mut().filter(|it| it.code == suppression.code && it.can_be_suppressed()) {
            if covers(&suppression, raw) {
                used = true;
                raw.suppressed.get_or_insert_with(|| suppression.reason.clone());
            }
        }
        if !used {
            let message = format!("there is no `{}` here to be allowed", suppression.code);
            found.at("suppression-unused", suppression.place, message).help("remove the comment");
        }
    }
}

/// What was argued away, so that it stays so in files that build on this one.
pub(super) fn arguments(outline: &Outline, all: Vec<Raw>) -> Vec<Argument> {
    let argument = |raw: Raw| Some(Argument { key: key(outline, &raw), reason: raw.suppressed.clone()? });
    all.into_iter().filter_map(argument).collect()
}

/// Takes over what the base argues away, where the finding is still the same.
pub(super) fn inherit(outline: &Outline, arguments: Vec<Argument>, all: &mut [Raw]) {
    let known: BTreeMap<Key, String> = arguments.into_iter().map(|it| (it.key, it.reason)).collect();
    for raw in all.iter_mut().filter(|it| it.can_be_suppressed()) {
        raw.suppressed = known.get(&key(outline, raw)).cloned();
    }
}
