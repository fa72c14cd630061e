//! What the comparison operators of filters mean, coercions included.

use super::super::scan::Scan;
use super::Found;
use crate::json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    SameKindEqual,
    SameKindNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    AllOf,
    Size,
    Empty,
    Contains,
    Type,
}

const SYMBOLS: [(&str, Operator); 9] = [
    ("===", Operator::SameKindEqual),
    ("!==", Operator::SameKindNotEqual),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("=~", Operator::Matches),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

const WORDS: [(&str, Operator); 11] = [
    ("in", Operator::In),
    ("nin", Operator::NotIn),
    ("subsetof", Operator::SubsetOf),
    ("anyof", Operator::AnyOf),
    ("noneof", Operator::NoneOf),
    ("all", Operator::AllOf),
    ("size", Operator::Size),
    ("sizeof", Operator::Size),
    ("empty", Operator::Empty),
    ("contains", Operator::Contains),
    ("type", Operator::Type),
];

impl Operator {
    pub(super) fn parse(scan: &mut Scan<'_>) -> Result<Operator, String> {
        if let Some((_, operator)) = SYMBOLS.iter().find(|(symbol, _)| scan.eat(symbol)) {
            return Ok(*operator);
        }
        let place = scan.place();
        let word = scan.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase();
        let found = WORDS.iter().find(|(name, _)| *name == word);
        found.map(|(_, operator)| *operator).ok_or_else(|| format!("expected an operator {place}"))
    }

    pub(super) fn takes_list(self) -> bool {
        use Operator::{AllOf, AnyOf, In, NoneOf, NotIn, SubsetOf};
        matches!(self, In | NotIn | SubsetOf | AnyOf | NoneOf | AllOf)
    }
}

/// Whether the comparison holds.
pub(super) fn holds(operator: Operator, left: &Found<'_>, right: &Found<'_>) -> bool {
    let is_in =
        |value: &Found<'_>| items(right).is_some_and(|all| all.iter().any(|one| equal_to(value, one)));
    let has = |value: &Value<'_>| items(right).is_some_and(|all| all.iter().any(|one| equal(value, one)));
    match operator {
        Operator::Equal => equal_found(left, right),
        Operator::NotEqual => !equal_found(left, right),
        Operator::SameKindEqual => same_kind(left, right) && equal_found(left, right),
        Operator::SameKindNotEqual => !(same_kind(left, right) && equal_found(left, right)),
        Operator::Less => compare(left, right).is_some_and(|it| it.is_lt()),
        Operator::LessOrEqual => compare(left, right).is_some_and(|it| it.is_le()),
        Operator::Greater => compare(left, right).is_some_and(|it| it.is_gt()),
        Operator::GreaterOrEqual => compare(left, right).is_some_and(|it| it.is_ge()),
        Operator::Matches => match (left, right) {
            (value, Found::Regex(pattern)) | (Found::Regex(pattern), value) => matches(value, pattern),
            _ => false,
        },
        Operator::In => is_in(left),
        Operator::NotIn => !is_in(left),
        Operator::SubsetOf => items(left).is_some_and(|all| all.iter().all(|one| has(one))),
        Operator::AnyOf => items(left).is_some_and(|all| all.iter().any(|one| has(one))),
        Operator::NoneOf => items(left).is_some_and(|all| !all.iter().any(|one| has(one))),
        Operator::AllOf => match (items(left), items(right)) {
            (Some(all), Some(wanted)) => wanted.iter().all(|want| all.iter().any(|one| equal(one, want))),
            _ => false,
        },
        Operator::Size => match (size(left), right) {
            (Some(size), Found::One(Value::Number(text))) => {
                text.parse::<f64>().is_ok_and(|wanted| wanted == size as f64)
            }
            _ => false,
        },
        Operator::Empty => match (size(left), right) {
            (Some(size), Found::One(Value::Bool(wanted))) => (size == 0) == *wanted,
            _ => false,
        },
        Operator::Contains => match (left, right) {
            (Found::One(Value::String(text)), Found::One(Value::String(part))) => text.contains(&**part),
            (left, right) => items(left).is_some_and(|all| all.iter().any(|one| equal_to(right, one))),
        },
        Operator::Type => match (kind(left), right) {
            (Some(kind), Found::One(Value::String(name))) => kind.eq_ignore_ascii_case(name),
            _ => false,
        },
    }
}

fn items<'f>(found: &'f Found<'f>) -> Option<Vec<&'f Value<'f>>> {
    match found {
        Found::Many(all) => Some(all.clone()),
        Found::One(Value::Array(all)) => Some(all.iter().collect()),
        _ => None,
    }
}

fn size(found: &Found<'_>) -> Option<usize> {
    match found {
        Found::One(Value::String(text)) => Some(text.encode_utf16().count()),
        Found::One(Value::Array(all)) => Some(all.len()),
        Found::One(Value::Object(all)) => Some(all.len()),
        Found::Many(all) => Some(all.len()),
        _ => None,
    }
}

fn kind(found: &Found<'_>) -> Option<&'static str> {
    Some(match found {
        Found::One(Value::Null) => "null",
        Found::One(Value::Bool(_)) => "boolean",
        Found::One(Value::Number(_)) => "number",
        Found::One(Value::String(_)) => "string",
        Found::One(Value::Array(_)) | Found::Many(_) => "array",
        Found::One(Value::Object(_)) => "object",
        Found::Missing | Found::Regex(_) => return None,
    })
}

fn same_kind(left: &Found<'_>, right: &Found<'_>) -> bool {
    kind(left) == kind(right)
}

fn equal_found(left: &Found<'_>, right: &Found<'_>) -> bool {
    match (left, right) {
        (Found::Missing, Found::Missing) => true,
        (Found::One(left), Found::One(right)) => equal(left, right),
        (left, right) => match (items(left), items(right)) {
            (Some(left), Some(right)) => {
                left.len() == right.len() && left.iter().zip(&right).all(|(a, b)| equal(a, b))
            }
            _ => false,
        },
    }
}

fn equal_to(found: &Found<'_>, value: &Value<'_>) -> bool {
    equal_found(found, &Found::One(value))
}

/// Equality with the coercions of the dialect: text against number compares the text of the number when
/// the text stands left, and the number of the text when it stands right.
fn equal(left: &Value<'_>, right: &Value<'_>) -> bool {
    let number = |text: &str| text.trim().parse::<f64>().ok();
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || number(a) == number(b),
        (Value::Number(a), Value::String(b)) => number(a).is_some() && number(a) == number(b),
        (Value::String(a), Value::Number(b)) => a == b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let same = |member: &crate::json::Member<'_>| {
                b.iter().any(|other| other.name == member.name && equal(&member.value, &other.value))
            };
            a.len() == b.len() && a.iter().all(same)
        }
        (a, b) => a == b,
    }
}

/// Order of two numbers or two texts; nothing is coerced.
fn compare(left: &Found<'_>, right: &Found<'_>) -> Option<std::cmp::Ordering> {
    match (left, right) {
        (Found::One(Value::Number(a)), Found::One(Value::Number(b))) => {
            a.parse::<f64>().ok()?.partial_cmp(&b.parse::<f64>().ok()?)
        }
        (Found::One(Value::String(a)), Found::One(Value::String(b))) => Some(a.cmp(b)),
        _ => None,
    }
}

fn matches(value: &Found<'_>, pattern: &crate::regex::Pattern) -> bool {
    // Out of steps counts as a match: a filter usually selects what must be rewritten.
    let text = |text: &str| pattern.try_match(text).unwrap_or(true);
    let one = |value: &Value<'_>| match value {
        Value::String(it) | Value::Number(it) => text(it),
        Value::Bool(it) => text(if *it { "true" } else { "false" }),
        _ => false,
    };
    match value {
        Found::One(Value::Array(all)) => all.iter().any(one),
        Found::One(value) => one(value),
        Found::Many(all) => all.iter().any(|value| one(value)),
        Found::Missing | Found::Regex(_) => false,
    }
}
