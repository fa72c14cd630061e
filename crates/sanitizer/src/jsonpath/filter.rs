//! Conditions in brackets: `[?(@.type == 'x' && !(@.name =~ /re/i))]`.

use super::parse::segments;
use super::scan::Scan;
use super::select::Steps;
use super::{Path, Segment, Selector};
use crate::json::{self, Value};
use crate::regex::Pattern;

mod operators;

use operators::{Operator, holds};

const MAX_NESTING: usize = 50;

/// A compiled condition.
#[derive(Clone, Debug)]
pub(crate) enum Filter {
    Any(Vec<Filter>),
    All(Vec<Filter>),
    Not(Box<Filter>),
    /// A place that must exist, whatever it holds.
    Exists(Reference),
    Compare {
        left: Operand,
        operator: Operator,
        right: Operand,
    },
}

/// A path inside a condition.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// From `$` instead of `@`.
    pub(crate) root: bool,
    pub(crate) path: Path,
}

#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Reference(Reference),
    Literal(Value<'static>),
    Regex(Pattern),
}

/// The value that an operand has for one candidate.
pub(super) enum Found<'v> {
    Missing,
    One(&'v Value<'v>),
    /// What an indefinite path reached.
    Many(Vec<&'v Value<'v>>),
    Regex(&'v Pattern),
}

impl Filter {
    /// Whether the candidate satisfies the condition, also when that cannot be told: a filter usually
    /// selects what must be rewritten.
    pub(crate) fn accepts(&self, candidate: &Value<'_>, root: &Value<'_>, steps: &Steps) -> bool {
        steps.are_used_up() || self.holds(candidate, root, steps) != Some(false) || steps.are_used_up()
    }

    /// `None`: a regex gave up, or the steps are used up.
    fn holds(&self, candidate: &Value<'_>, root: &Value<'_>, steps: &Steps) -> Option<bool> {
        let decided_by = |parts: &[Filter], answer: bool| {
            let mut all = Some(!answer);
            for part in parts {
                match part.holds(candidate, root, steps) {
                    Some(it) if it == answer => return Some(answer),
                    Some(_) => {}
                    None => all = None,
                }
            }
            all
        };
        match self {
            Filter::Any(parts) => decided_by(parts, true),
            Filter::All(parts) => decided_by(parts, false),
            Filter::Not(part) => part.holds(candidate, root, steps).map(|it| !it),
            Filter::Exists(reference) => Some(match reference.path.is_definite() {
                true => reference.first(candidate, root, steps).is_some(),
                // An indefinite path always has a result, if only an empty list.
                false => true,
            }),
            Filter::Compare { left, operator, right } => {
                let (left, right) = (left.find(candidate, root, steps), right.find(candidate, root, steps));
                steps.take(operator.cost(&left, &right));
                if steps.are_used_up() { None } else { holds(*operator, &left, &right) }
            }
        }
    }
}

impl Reference {
    fn find<'v>(&self, candidate: &'v Value<'v>, root: &'v Value<'v>, steps: &Steps) -> Vec<&'v Value<'v>> {
        self.path.select_in(if self.root { root } else { candidate }, root, steps)
    }

    /// The first value that a definite path reaches; what most filters look at, so without a list of one.
    fn first<'v>(
        &self,
        candidate: &'v Value<'v>,
        root: &'v Value<'v>,
        steps: &Steps,
    ) -> Option<&'v Value<'v>> {
        let mut value = if self.root { root } else { candidate };
        for segment in &self.path.segments {
            let (Selector::Names(names), false) = (&segment.selector, segment.descend) else {
                return self.find(candidate, root, steps).first().copied();
            };
            let [name] = names.as_slice() else {
                return self.find(candidate, root, steps).first().copied();
            };
            let Value::Object(members) = value else { return None };
            steps.take(members.len() as u64 + 1);
            if steps.are_used_up() {
                return None;
            }
            value = members.iter().find(|member| *member.name == **name).map(|member| &member.value)?;
        }
        Some(value)
    }
}

impl Operand {
    fn find<'v>(&'v self, candidate: &'v Value<'v>, root: &'v Value<'v>, steps: &Steps) -> Found<'v> {
        match self {
            Operand::Literal(value) => Found::One(value),
            Operand::Regex(pattern) => Found::Regex(pattern),
            Operand::Reference(reference) => match reference.path.is_definite() {
                true => reference.first(candidate, root, steps).map_or(Found::Missing, Found::One),
                false => Found::Many(reference.find(candidate, root, steps)),
            },
        }
    }
}

/// After the `?`; stops before the closing bracket.
pub(super) fn parse(scan: &mut Scan<'_>) -> Result<Filter, String> {
    scan.skip_space();
    if scan.peek() == Some(']') || scan.peek() == Some(',') {
        return Err("a filter without a condition matches nothing".to_owned());
    }
    any(scan)
}

fn any(scan: &mut Scan<'_>) -> Result<Filter, String> {
    let mut parts = vec![all(scan)?];
    while scan.eat("||") {
        parts.push(all(scan)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
}

fn all(scan: &mut Scan<'_>) -> Result<Filter, String> {
    let mut parts = vec![one(scan)?];
    while scan.eat("&&") {
        parts.push(one(scan)?);
    }
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::All(parts) })
}

fn one(scan: &mut Scan<'_>) -> Result<Filter, String> {
    // Counted in the scan, because a path inside a filter may hold filters again.
    scan.nesting += 1;
    if scan.nesting > MAX_NESTING {
        return Err("the filter is nested too deep".to_owned());
    }
    scan.skip_space();
    let filter = if scan.eat("!") {
        Filter::Not(Box::new(one(scan)?))
    } else if scan.eat("(") {
        let inner = any(scan)?;
        scan.skip_space();
        scan.expect(")")?;
        inner
    } else {
        comparison(scan)?
    };
    scan.nesting -= 1;
    scan.skip_space();
    Ok(filter)
}

fn comparison(scan: &mut Scan<'_>) -> Result<Filter, String> {
    let left = operand(scan)?;
    scan.skip_space();
    if scan.peek().is_none_or(|c| matches!(c, ')' | ']' | '&' | '|')) {
        return match left {
            Operand::Reference(reference) => Ok(Filter::Exists(reference)),
            _ => Err(format!("a condition needs a path or a comparison {}", scan.place())),
        };
    }
    let operator = Operator::parse(scan)?;
    scan.skip_space();
    let right = operand(scan)?;
    let is_regex = |operand: &Operand| matches!(operand, Operand::Regex(_));
    if (operator == Operator::Matches) != (is_regex(&left) || is_regex(&right)) {
        return Err("`=~` compares a value with a regex such as /re/i".to_owned());
    }
    let is_list =
        |operand: &Operand| matches!(operand, Operand::Literal(Value::Array(_)) | Operand::Reference(_));
    if operator.takes_list() && !is_list(&right) {
        return Err("the right side must be a list such as ['a','b'], or a path".to_owned());
    }
    Ok(Filter::Compare { left, operator, right })
}

fn operand(scan: &mut Scan<'_>) -> Result<Operand, String> {
    scan.skip_space();
    match scan.peek() {
        Some(c @ ('@' | '$')) => {
            scan.next();
            let path = Path { segments: reference(scan)? };
            Ok(Operand::Reference(Reference { root: c == '$', path }))
        }
        Some('/') => regex(scan).map(Operand::Regex),
        Some(_) => literal(scan, 0).map(Operand::Literal),
        None => Err("a filter is not closed".to_owned()),
    }
}

fn reference(scan: &mut Scan<'_>) -> Result<Vec<Segment>, String> {
    segments(scan, |c| matches!(c, ' ' | ')' | ']' | ',' | '=' | '!' | '<' | '>' | '&' | '|' | '~'))
}

fn regex(scan: &mut Scan<'_>) -> Result<Pattern, String> {
    scan.next();
    let mut source = String::new();
    loop {
        match scan.next() {
            None => return Err("a regex is not closed".to_owned()),
            Some('/') => break,
            Some('\\') if scan.peek() == Some('/') => {
                scan.next();
                source.push('/');
            }
            Some('\\') => {
                source.push('\\');
                source.extend(scan.next());
            }
            Some(c) => source.push(c),
        }
    }
    let flags = scan.take_while(|c| c.is_ascii_alphabetic());
    Pattern::whole(&format!("(?{flags}){source}")).map_err(|why| format!("the regex is not valid: {why}"))
}

/// Quoted text, a number, `true`, `false`, `null`, or a list of them.
fn literal(scan: &mut Scan<'_>, depth: usize) -> Result<Value<'static>, String> {
    match scan.peek() {
        Some('\'' | '"') => Ok(Value::String(scan.quoted()?.into())),
        Some('[') if depth < MAX_NESTING => {
            scan.next();
            let mut items = Vec::new();
            scan.skip_space();
            while !scan.eat("]") {
                items.push(literal(scan, depth + 1)?);
                scan.skip_space();
                if !scan.eat(",") && scan.peek() != Some(']') {
                    return Err(format!("expected `,` or `]` {}", scan.place()));
                }
                scan.skip_space();
            }
            Ok(Value::Array(items))
        }
        _ => {
            let word = scan.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
            match json::parse(word.as_bytes()) {
                Ok(Value::Null) => Ok(Value::Null),
                Ok(Value::Bool(value)) => Ok(Value::Bool(value)),
                Ok(Value::Number(text)) => Ok(Value::Number(text.into_owned().into())),
                _ => Err(format!("expected a quoted text, a number or a path {}", scan.place())),
            }
        }
    }
}
