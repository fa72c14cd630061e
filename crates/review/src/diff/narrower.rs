//! Whether everything that one description admits is admitted by another, as far as that can be proven.
//!
//! `false` means "not proven", never "proven otherwise". Each of these is true of equal descriptions.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use vizard_sanitizer::outline::{Accepts, Body, BodySchema};

/// How two descriptions relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Same,
    /// The new one admits less.
    Narrower,
    /// The new one admits more.
    Wider,
    Unknown,
}

impl Relation {
    /// Of a proof in both directions.
    pub(super) fn of(new_within_old: bool, old_within_new: bool) -> Relation {
        match (new_within_old, old_within_new) {
            (true, true) => Relation::Same,
            (true, false) => Relation::Narrower,
            (false, true) => Relation::Wider,
            (false, false) => Relation::Unknown,
        }
    }
}

/// How much may be compared for one pair of descriptions; candidates within candidates multiply.
const MOST_STEPS: u32 = 20_000;

/// Whether each value that `a` accepts is accepted by `b`.
pub(super) fn accepts(a: &Accepts, b: &Accepts) -> bool {
    same(a, b) || accepts_within(a, b, &Cell::new(MOST_STEPS))
}

/// Whether both are written alike, wherever they stand.
fn same(a: &Accepts, b: &Accepts) -> bool {
    let all = |a: &[Accepts], b: &[Accepts]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    a.kind == b.kind
        && a.format == b.format
        && a.pattern == b.pattern
        && a.values == b.values
        && all(&a.any_of, &b.any_of)
        && all(&a.all_of, &b.all_of)
}

fn accepts_within(a: &Accepts, b: &Accepts, steps: &Cell<u32>) -> bool {
    let Some(left) = steps.get().checked_sub(1) else { return false };
    steps.set(left);
    // Each check of `b` must be implied by `a` itself or by one of those that must pass as well.
    let implied = |check: &dyn Fn(&Accepts) -> bool| check(a) || a.all_of.iter().any(check);
    implied(&|a| kind(a, b))
        && (b.format.is_none() || implied(&|a| a.format == b.format))
        && implied(&|a| pattern(a, b))
        && implied(&|a| values(a, b))
        && (b.any_of.is_empty() || implied(&|a| candidates(a, b, steps)))
        && b.all_of.iter().all(|part| accepts_within(a, part, steps) || within_part(a, part, steps))
}

fn within_part(a: &Accepts, part: &Accepts, steps: &Cell<u32>) -> bool {
    a.all_of.iter().any(|of| accepts_within(of, part, steps))
}

fn kind(a: &Accepts, b: &Accepts) -> bool {
    let digits = |values: &Vec<String>| {
        values.iter().all(|it| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit()))
    };
    match b.kind.as_deref() {
        None | Some("string") => true,
        Some("integer") if a.values.as_ref().is_some_and(digits) => true,
        Some("number") if a.kind.as_deref() == Some("integer") || a.values.as_ref().is_some_and(digits) => {
            true
        }
        kind => a.kind.as_deref() == kind,
    }
}

fn pattern(a: &Accepts, b: &Accepts) -> bool {
    let Some(pattern) = &b.pattern else { return true };
    if a.pattern.as_ref() == Some(pattern) {
        return true;
    }
    let Some(all) = alternatives(pattern) else { return false };
    match (&a.values, a.pattern.as_deref().and_then(alternatives)) {
        (Some(values), _) => values.iter().all(|it| all.contains(it)),
        (None, Some(some)) => some.is_subset(&all),
        (None, None) => false,
    }
}

fn values(a: &Accepts, b: &Accepts) -> bool {
    let Some(all) = &b.values else { return true };
    let all: HashSet<&str> = all.iter().map(String::as_str).collect();
    match (&a.values, a.pattern.as_deref().and_then(alternatives)) {
        (Some(values), _) => values.iter().all(|it| all.contains(it.as_str())),
        (None, Some(some)) => some.iter().all(|it| all.contains(it.as_str())),
        (None, None) => false,
    }
}

fn candidates(a: &Accepts, b: &Accepts, steps: &Cell<u32>) -> bool {
    let within = |one: &Accepts| b.any_of.iter().any(|other| accepts_within(one, other, steps));
    (!a.any_of.is_empty() && a.any_of.iter().all(within)) || within(a)
}

/// The texts that a regex for a whole text admits, where it is nothing but a list of them: `a|b`, `(?:a|b)`, `^a$`.
pub(super) fn alternatives(regex: &str) -> Option<HashSet<String>> {
    let mut inside = regex;
    if let Some(bare) = inside.strip_prefix('^').and_then(|it| it.strip_suffix('$'))
        && !bare.contains('|')
    {
        inside = bare;
    }
    if let Some(bare) = inside.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        inside = bare.strip_prefix("?:").unwrap_or(bare);
    }
    inside.split('|').map(literal).collect()
}

/// The text that a regex without any operator stands for.
fn literal(regex: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = regex.chars();
    while let Some(c) = rest.next() {
        text.push(match c {
            '\\' => rest.next().filter(|c| c.is_ascii_punctuation())?,
            '.' | '[' | ']' | '(' | ')' | '{' | '}' | '*' | '+' | '?' | '^' | '$' => return None,
            // Some regexes let these stand for something else with a flag; a flag needs parentheses.
            c => c,
        });
    }
    Some(text)
}

/// Whether each body that the first admits is admitted by the second; absent, any is.
pub(super) fn body(a: Option<&Body>, b: Option<&Body>) -> bool {
    let Some(b) = b else { return true };
    let Some(a) = a else { return b.content.is_none() && !b.required };
    let content = match (&a.content, &b.content) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => a.iter().all(|(media, schema)| {
            let mut same = b.iter().filter(|(other, _)| other.text.eq_ignore_ascii_case(&media.text));
            same.next().is_some_and(|(_, other)| body_schema(schema, other))
        }),
    };
    content && (a.required || !b.required)
}

fn body_schema(a: &BodySchema, b: &BodySchema) -> bool {
    let may_be = |kind: &str| a.kind.as_deref().is_none_or(|it| it == kind);
    let kind = match (a.kind.as_deref(), b.kind.as_deref()) {
        (_, None) | (Some("integer"), Some("number")) => true,
        (a, b) => a == b,
    };
    let values = match (&a.values, &b.values) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(a), Some(b)) => {
            let b: HashSet<&String> = b.iter().collect();
            a.iter().all(|it| b.contains(it))
        }
    };
    let text = !may_be("string")
        || ((b.pattern.is_none() || a.pattern == b.pattern) && (b.format.is_none() || a.format == b.format));
    let items = !may_be("array")
        || match (&a.items, &b.items) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => body_schema(a, b),
        };
    kind && values && text && items && (!may_be("object") || members(a, b))
}

fn members(a: &BodySchema, b: &BodySchema) -> bool {
    fn of(schema: &BodySchema) -> HashMap<&str, &BodySchema> {
        schema.properties.iter().flatten().map(|(name, schema)| (name.text.as_str(), schema)).collect()
    }
    let (ours, theirs) = (of(a), of(b));
    let closed = |schema: &BodySchema| schema.additional == Some(false);
    let listed = theirs.iter().all(|(name, b)| match ours.get(name) {
        Some(a) => body_schema(a, b),
        None => closed(a),
    });
    let unlisted = !closed(b) || (closed(a) && ours.keys().all(|name| theirs.contains_key(name)));
    let required: HashSet<&String> = a.required.iter().collect();
    listed && unlisted && b.required.iter().all(|name| required.contains(name))
}

#[cfg(test)]
mod tests;
