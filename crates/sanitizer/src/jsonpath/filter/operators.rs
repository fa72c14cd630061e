//! What the comparison operators of filters mean, coercions included.

use std::collections::HashMap;

use super::super::scan::Scan;
use super::Found;
use crate::json::Value;
use crate::regex::{Pattern, StepLimit};

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

    /// How much work the comparison is.
    pub(super) fn cost(self, left: &Found<'_>, right: &Found<'_>) -> u64 {
        let weight = |found: &Found<'_>| match found {
            Found::One(Value::String(text)) => text.len() as u64 / 4,
            Found::One(Value::Array(all)) => all.len() as u64,
            Found::One(Value::Object(all)) => all.len() as u64,
            Found::Many(all) => all.len() as u64,
            Found::One(_) | Found::Missing | Found::Regex(_) => 0,
        };
        match self.takes_list() {
            true => (weight(left) + 1).saturating_mul(weight(right) + 1),
            false => weight(left) + weight(right),
        }
    }
}

/// Whether the comparison holds; `None` when a regex gave up.
pub(super) fn holds(operator: Operator, left: &Found<'_>, right: &Found<'_>) -> Option<bool> {
    let is_in = |value: &Found<'_>| items(right).is_some_and(|mut all| all.any(|one| equal_to(value, one)));
    let has = |value: &Value<'_>| items(right).is_some_and(|mut all| all.any(|one| equal(value, one)));
    Some(match operator {
        Operator::Equal => equal_found(left, right),
        Operator::NotEqual => !equal_found(left, right),
        Operator::SameKindEqual => same_kind(left, right) && equal_found(left, right),
        Operator::SameKindNotEqual => !(same_kind(left, right) && equal_found(left, right)),
        Operator::Less => compare(left, right).is_some_and(|it| it.is_lt()),
        Operator::LessOrEqual => compare(left, right).is_some_and(|it| it.is_le()),
        Operator::Greater => compare(left, right).is_some_and(|it| it.is_gt()),
        Operator::GreaterOrEqual => compare(left, right).is_some_and(|it| it.is_ge()),
        Operator::Matches => match (left, right) {
            (value, Found::Regex(pattern)) | (Found::Regex(pattern), value) => {
                return matches(value, pattern).ok();
            }
            _ => false,
        },
        Operator::In => is_in(left),
        Operator::NotIn => !is_in(left),
        Operator::SubsetOf => items(left).is_some_and(|mut all| all.all(has)),
        Operator::AnyOf => items(left).is_some_and(|mut all| all.any(has)),
        Operator::NoneOf => items(left).is_some_and(|mut all| !all.any(has)),
        Operator::AllOf => match (items(left), items(right)) {
            (Some(all), Some(mut wanted)) => wanted.all(|want| all.clone().any(|one| equal(one, want))),
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
            (left, right) => items(left).is_some_and(|mut all| all.any(|one| equal_to(right, one))),
        },
        Operator::Type => match (kind(left), right) {
            (Some(kind), Found::One(Value::String(name))) => kind.eq_ignore_ascii_case(name),
            _ => false,
        },
    })
}

/// The elements of a list, or everything that an indefinite path reached.
fn items<'f>(found: &'f Found<'f>) -> Option<impl Iterator<Item = &'f Value<'f>> + Clone> {
    let (values, reached): (&[Value<'f>], &[&'f Value<'f>]) = match found {
        Found::Many(all) => (&[], all),
        Found::One(Value::Array(all)) => (all, &[]),
        _ => return None,
    };
    Some(values.iter().chain(reached.iter().copied()))
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
                left.clone().count() == right.clone().count() && left.zip(right).all(|(a, b)| equal(a, b))
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
        (Value::String(a), Value::Number(b)) => **a == **b,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && {
                let others: HashMap<&str, &Value<'_>> = b.iter().map(|it| (&*it.name, &it.value)).collect();
                a.iter().all(|it| others.get(&*it.name).is_some_and(|other| equal(&it.value, other)))
            }
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

fn matches(value: &Found<'_>, pattern: &Pattern) -> Result<bool, StepLimit> {
    let one = |value: &Value<'_>| match value {
        Value::String(it) => pattern.try_match(it),
        Value::Number(it) => pattern.try_match(it),
        Value::Bool(it) => pattern.try_match(if *it { "true" } else { "false" }),
        _ => Ok(false),
    };
    let any = |all: &mut dyn Iterator<Item = &Value<'_>>| {
        all.map(one).find(|it| *it != Ok(false)).unwrap_or(Ok(false))
    };
    match value {
        Found::One(Value::Array(all)) => any(&mut all.iter()),
        Found::One(value) => one(value),
        Found::Many(all) => any(&mut all.iter().copied()),
        Found::Missing | Found::Regex(_) => Ok(false),
    }
}
