//! Conditions and filters that ask a value which is no longer what it was: what they decide may change with it.

use std::collections::{HashMap, HashSet};

use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Part, Written};

use super::change::Change;
use super::what::What;
use super::{chain, sequence};

/// Most looks for a name in a filter; beyond it, every filter is taken to ask what has changed.
const MOST: usize = 10_000_000;

/// `changes` are those of the fields of this endpoint.
pub(super) fn compare(old: &Endpoint, new: &Endpoint, changes: &[Change]) -> Vec<Change> {
    let mut found = Vec::new();
    let mut names: HashSet<&str> =
        changes.iter().filter_map(|it| it.field.as_ref()).flat_map(names_of).collect();
    names.extend(listed_otherwise(old, new).into_iter().flat_map(names_of));
    // What nobody listed was there to be asked, and is not any more.
    let closed = old.fields.is_none() && new.fields.is_some();
    let hidden = hidden(old);
    let before: HashSet<&str> = asking(old).map(|it| it.text.as_str()).collect();
    let count = asking(new).count().max(before.len());
    let too_many = count.saturating_mul(names.len().max(hidden.len())) > MOST;
    let mut told = HashSet::new();
    for written in asking(new).filter(|it| told.insert(it.text.as_str())) {
        let asks =
            |names: &HashSet<&str>| !names.is_empty() && (too_many || asks_one_of(&written.text, names));
        let text = &written.text;
        let message = match before.contains(text.as_str()) {
            true if closed || asks(&names) => {
                format!("`{text}` asks a value that has changed, and may decide otherwise")
            }
            // What it takes away tells of what it asks.
            false if asks_by_filter(text) && asks(&hidden) => {
                format!("`{text}` asks a value that does not leave as it is")
            }
            true | false => continue,
        };
        let change = Change::unproven(What::ConditionInputChanged, message);
        found.push(change.after(format!("`{text}`"), written.place));
    }
    if found.is_empty() {
        found.extend(sequence::compare(old, new));
    }
    found
}

/// All names on the way to a place, as a filter may ask what holds it; an empty one where a name may be any.
fn names_of(path: &FieldPath) -> impl Iterator<Item = &str> {
    let named = |it: &&Part| matches!(it, Part::Name(_));
    let any = path.0.contains(&Part::AnyName) || !path.0.iter().any(|it| named(&it));
    let names = path.0.iter().filter_map(|part| match part {
        Part::Name(name) => Some(name.as_str()),
        Part::AnyName | Part::Element => None,
    });
    names.chain(any.then_some(""))
}

/// Places that hold other kinds of values than before, also where these are dropped after they were asked.
fn listed_otherwise<'o>(old: &'o Endpoint, new: &'o Endpoint) -> Vec<&'o FieldPath> {
    fn by_path(endpoint: &Endpoint) -> HashMap<&FieldPath, Vec<&Field>> {
        let mut all: HashMap<&FieldPath, Vec<&Field>> = HashMap::new();
        for field in endpoint.fields.iter().flatten() {
            all.entry(&field.path).or_default().push(field);
        }
        all
    }
    if old.fields.is_none() || new.fields.is_none() {
        return Vec::new();
    }
    let (was, is) = (by_path(old), by_path(new));
    let same = |was: &[&Field], is: &[&Field]| {
        let alike = |(a, b): (&&Field, &&Field)| {
            a.kind == b.kind && a.only_sometimes == b.only_sometimes && a.when == b.when
        };
        was.len() == is.len() && was.iter().zip(is).all(alike)
    };
    let changed = was.iter().filter(|(path, was)| is.get(*path).is_none_or(|is| !same(was, is)));
    let fresh = is.keys().filter(|path| !was.contains_key(*path));
    changed.map(|(path, _)| *path).chain(fresh.copied()).collect()
}

/// The names of fields that do not leave as they are.
fn hidden(endpoint: &Endpoint) -> HashSet<&str> {
    match &endpoint.fields {
        Some(listed) => {
            let leaves = listed.iter().filter(|it| it.is_leaf());
            let treated = leaves.filter(|it| !chain::of(endpoint, &it.path).is_empty());
            treated.filter_map(|it| it.path.name()).collect()
        }
        None => {
            let paths = endpoint.steps.iter().flat_map(|step| &step.paths);
            paths.flat_map(|it| sequence::words(sequence::last_part(&it.written.text))).collect()
        }
    }
}

/// The paths and conditions that look at values or positions.
pub(super) fn asking(endpoint: &Endpoint) -> impl Iterator<Item = &Written> {
    endpoint.steps.iter().flat_map(|step| {
        step.paths.iter().map(|path| &path.written).filter(|it| looks(&it.text)).chain(&step.condition)
    })
}

/// Whether it looks at values or positions.
pub(super) fn looks(path: &str) -> bool {
    asks_by_filter(path) || counts(path)
}

/// Whether it has a filter, which may stand without parentheses.
fn asks_by_filter(path: &str) -> bool {
    path.contains('?')
}

/// Whether it picks elements by position.
pub(super) fn counts(path: &str) -> bool {
    path.match_indices('[').any(|(at, _)| {
        path[at + 1..].trim_start().starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == ':')
    })
}

fn asks_one_of(path: &str, names: &HashSet<&str>) -> bool {
    let Some((_, filter)) = path.split_once('?') else { return counts(path) };
    is_unclear(path, filter) || names.iter().any(|name| name.is_empty() || filter.contains(name))
}

/// Whether it cannot be told by names what a filter asks.
pub(super) fn is_unclear(path: &str, filter: &str) -> bool {
    counts(path)
        || filter.contains('*')
        || filter.contains("..")
        || filter.contains('\\')
        || filter.match_indices('@').any(|(at, _)| !filter[at + 1..].starts_with(['.', '[']))
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
        assert!(looks("$.users[1:3].id") && looks("$.users[?(@.x)]") && looks("$.users[? @.x].id"));
        assert!(asks("$.users[?@.type == 1].id") && !asks("$.users[?@.kind == 1].id"));
    }
}
