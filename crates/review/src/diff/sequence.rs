//! The transforms as they run, one after the other: what a filter, position or condition asks is what those before it
//! have left, so their order decides.

use std::collections::HashSet;

use vizard_sanitizer::outline::{Endpoint, Step, Written};

use super::chain;
use super::change::Change;
use super::inputs;
use super::what::What;

/// What is done at once: a step with a condition, which is asked once for all its paths, or else one path of a step.
struct Unit<'o> {
    step: &'o Step,
    paths: Vec<&'o Written>,
}

impl<'o> Unit<'o> {
    fn is(&self, other: &Unit<'_>) -> bool {
        self.is_alike(other) && texts(&self.paths).eq(texts(&other.paths))
    }

    /// But for the paths.
    fn is_alike(&self, other: &Unit<'_>) -> bool {
        let condition = |it: &Unit<'_>| it.step.condition.as_ref().map(|it| it.text.clone());
        self.step.name == other.step.name
            && condition(self) == condition(other)
            && chain::settings(self.step).eq(chain::settings(other.step))
    }

    fn asking(&self) -> impl Iterator<Item = &'o Written> {
        let paths = self.paths.iter().copied().filter(|it| inputs::looks(&it.text));
        paths.chain(&self.step.condition)
    }
}

fn texts<'w>(written: &[&'w Written]) -> impl Iterator<Item = &'w str> {
    written.iter().map(|it| it.text.as_str())
}

fn units(endpoint: &Endpoint) -> Vec<Unit<'_>> {
    let mut all = Vec::new();
    for step in &endpoint.steps {
        let mut paths = step.paths.iter().map(|it| &it.written);
        match step.condition {
            Some(_) => all.push(Unit { step, paths: paths.collect() }),
            None => all.extend(paths.by_ref().map(|path| Unit { step, paths: vec![path] })),
        }
    }
    all
}

/// Whether the new file does all that the old one does, in the same way, and then perhaps more.
pub(super) fn only_appends(old: &Endpoint, new: &Endpoint) -> bool {
    appends(&units(old), &units(new))
}

fn appends(was: &[Unit<'_>], is: &[Unit<'_>]) -> bool {
    let Some((last, before)) = was.split_last() else { return true };
    let Some(new_last) = is.get(before.len()) else { return false };
    before.iter().zip(is).all(|(was, is)| was.is(is))
        && new_last.is_alike(last)
        && new_last.paths.len() >= last.paths.len()
        && texts(&last.paths).eq(texts(&new_last.paths[..last.paths.len()]))
}

/// What the same filter, position or condition finds may be something else where others run before it.
pub(super) fn compare(old: &Endpoint, new: &Endpoint) -> Option<Change> {
    let (was, is) = (units(old), units(new));
    if appends(&was, &is) {
        return None;
    }
    let begin = was.iter().zip(&is).take_while(|(was, is)| was.is(is)).count();
    let (old_rest, new_rest) = (&was[begin..], &is[begin..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(was, is)| was.is(is)).count();
    let changed: Vec<&Written> = old_rest[..old_rest.len() - end]
        .iter()
        .chain(&new_rest[..new_rest.len() - end])
        .flat_map(|unit| unit.paths.iter().copied())
        .collect();
    let asked = |units: &[Unit<'_>]| -> HashSet<String> {
        units.iter().flat_map(Unit::asking).map(|it| it.text.clone()).collect()
    };
    // What only one file asks is in no comparison taken to find the same.
    let mut both: HashSet<String> = asked(old_rest).intersection(&asked(&is)).cloned().collect();
    both.extend(asked(new_rest).intersection(&asked(&was)).cloned());
    if both.len().saturating_mul(changed.len()) <= MOST
        && !both.iter().any(|asks| changed.iter().any(|path| may_touch(&path.text, asks)))
    {
        return None;
    }
    let message = "transforms run in another order before a filter, position or condition is asked, which may find \
                   something else";
    let said = |units: &[Unit<'_>], or: &Endpoint| match units.first() {
        Some(unit) => (chain::said(unit.step), unit.step.place),
        None => ("nothing more".to_owned(), or.place),
    };
    let (before, after) = (said(old_rest, old), said(new_rest, new));
    let change = Change::unproven(What::ConditionInputChanged, message);
    Some(change.before(before.0, before.1).after(after.0, after.1))
}

/// Most pairs of a path and what is asked; beyond it, each is taken to touch each.
const MOST: usize = 1_000_000;

/// Whether what a transform does at a path may change what a filter or position finds; `false` only where it is sure.
fn may_touch(path: &str, asks: &str) -> bool {
    let Some((base, filter)) = asks.split_once('?') else { return true };
    // What stands behind the filter is reached, and asked nothing.
    let filter =
        filter.rsplit_once(']').filter(|_| !filter.contains('?')).map_or(filter, |(filter, _)| filter);
    let Some(path) = without_filter(path) else { return true };
    let path = path.as_str();
    let last = last_part(path);
    // A path to a member of one name changes what is asked of that name, or of what holds it.
    let plain = !path.contains("..")
        && !path.contains('\\')
        && path.matches('*').count() == path.matches("[*]").count();
    let named = words(last).next().is_some() && !inputs::counts(last);
    if !plain || !named || base.contains("..") || base.contains('\\') || inputs::is_unclear(asks, filter) {
        return true;
    }
    words(path).any(|name| filter.contains(name))
        || words(if base.contains('*') { path } else { last }).any(|name| base.contains(name))
}

/// The path without its filter, as what a filter asks is not changed; `None`: it has several.
fn without_filter(path: &str) -> Option<String> {
    let Some((base, rest)) = path.split_once('?') else { return Some(path.to_owned()) };
    let (_, tail) = rest.rsplit_once(']').filter(|_| !rest.contains('?'))?;
    Some(format!("{base}{tail}"))
}

/// What stands behind the last dot or bracket.
pub(super) fn last_part(path: &str) -> &str {
    path.rfind(['.', '[']).map_or(path, |at| &path[at..])
}

/// The names in a path, or at least a part of each.
pub(super) fn words(path: &str) -> impl Iterator<Item = &str> {
    path.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::may_touch;

    #[test]
    fn tells_what_cannot_touch_what_is_asked() {
        for (path, asks, expected) in [
            ("$.users[*].email", "$.users[?(@.type == 'x')].name", false),
            ("$.users[*].type", "$.users[?(@.type == 'x')].name", true),
            ("$.users[*]['a','type']", "$.users[?(@.type == 'x')].name", true),
            ("$.users[*]", "$.users[?(@.type == 'x')].name", true),
            ("$.users[0]", "$.users[?(@.type == 'x')].name", true),
            ("$.users", "$.users[?(@.type == 'x')].name", true),
            ("$.users[?(@.type == 'x')].name", "$.users[?(@.type == 'x')].name", false),
            ("$.users[?(@.name == 'x')].type", "$.users[?(@.type == 'x')].name", true),
            ("$.users[?(@.type == 'x')]", "$.users[?(@.type == 'x')].name", true),
            ("$.users[?(@.a)].type[?(@.b)].c", "$.users[?(@.type empty true)].name", true),
            ("$.m.k", "$[?(@.m empty false)]", true),
            ("$.m.k", "$[?(@.t == 'x')]", false),
            ("$..email", "$[?(@.t == 'x')]", true),
            ("$.*", "$[?(@.t == 'x')]", true),
            ("$.users[*].email", "$.users[0].email", true),
            ("$.users.email", "$.users[*].list[?(@.t == 'x')]", true),
            ("email", "$[?(@.t == 'x')]", false),
        ] {
            assert_eq!(may_touch(path, asks), expected, "{path} and {asks}");
        }
    }
}
