//! Conditions and filters that ask a value which is no longer what it was: what they decide may change with it.

use std::collections::HashSet;

use vizard_sanitizer::outline::{Endpoint, Written};

use super::change::Change;
use super::what::What;

/// Most looks for a name in a filter; beyond it, every filter is taken to ask what has changed.
const MOST: usize = 10_000_000;

/// `changes` are those of the fields of this endpoint.
pub(super) fn compare(old: &Endpoint, new: &Endpoint, changes: &[Change]) -> Vec<Change> {
    let names: HashSet<&str> = changes
        .iter()
        .filter_map(|it| it.field.as_ref())
        .map(|path| path.name().unwrap_or_default())
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    let before: HashSet<&str> = asking(old).map(|it| it.text.as_str()).collect();
    let too_many = before.len().saturating_mul(names.len()) > MOST;
    let mut told = HashSet::new();
    let mut found = Vec::new();
    for written in asking(new) {
        // One that is new can only take away.
        if before.contains(written.text.as_str())
            && told.insert(written.text.as_str())
            && (too_many || asks_one_of(&written.text, &names))
        {
            let message =
                format!("`{}` asks a value that has changed, and may decide otherwise", written.text);
            let change = Change::unproven(What::ConditionInputChanged, message);
            found.push(change.after(format!("`{}`", written.text), written.place));
        }
    }
    found
}

/// The paths and conditions that look at values or positions.
pub(super) fn asking(endpoint: &Endpoint) -> impl Iterator<Item = &Written> {
    endpoint.steps.iter().flat_map(|step| {
        step.paths.iter().map(|path| &path.written).filter(|it| looks(&it.text)).chain(&step.condition)
    })
}

fn looks(path: &str) -> bool {
    path.contains("?(") || counts(path)
}

/// Whether it picks elements by position.
fn counts(path: &str) -> bool {
    path.match_indices('[').any(|(at, _)| {
        path[at + 1..].trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == ':')
    })
}

fn asks_one_of(path: &str, names: &HashSet<&str>) -> bool {
    let Some((_, filter)) = path.split_once("?(") else { return counts(path) };
    let unclear = counts(path)
        || filter.contains('*')
        || filter.contains("..")
        || filter.contains('\\')
        || filter.match_indices('@').any(|(at, _)| !filter[at + 1..].starts_with(['.', '[']));
    unclear || names.iter().any(|name| name.is_empty() || filter.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_filter_asks() {
        let asks = |path: &str| asks_one_of(path, &HashSet::from(["type"]));
        for (path, expected) in [
            ("$.users[?(@.type == 1)].id", true),
            ("$.users[?(@['type'] == 1)].id", true),
            ("$[?(@.kind == 'x')]", false),
            ("$.type[?(@.kind == 'x')]", false),
            ("$.tags[?(@ == 'x')]", true),
            ("$[?(@..kind)]", true),
            ("$.users[0].id", true),
            ("$.users[-1:].id", true),
        ] {
            assert_eq!(asks(path), expected, "{path}");
        }
        assert!(!looks("$.users[*]['a','b'].id"));
        assert!(looks("$.users[1:3].id") && looks("$.users[?(@.x)]"));
    }
}
