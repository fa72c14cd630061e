//! The JSON path dialect of rule files: names, unions, `*`, `..`, indexes, slices and filters.
//!
//! Union semantics everywhere: `$..['a','b']` reaches an object that has only one of the two. A path holds
//! no state and is compiled once. What the dialect of the reference has and this one refuses (functions,
//! placeholders) is a diagnostic at load, because a path that silently matches nothing lets values out.

mod filter;
#[cfg(test)]
mod oracle;
mod parse;
pub(crate) mod places;
mod quoted;
mod scan;
pub(crate) mod select;

pub(crate) use parse::parse;
pub(crate) use quoted::is_slip;

pub(crate) use filter::{Filter, Operand, Reference};

/// A compiled path.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) segments: Vec<Segment>,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// After `..`: at any depth, the current value included.
    pub(crate) descend: bool,
    pub(crate) selector: Selector,
}

/// What a step picks.
#[derive(Clone, Debug)]
pub(crate) enum Selector {
    /// Members by name; more than one is a union.
    Names(Vec<String>),
    /// Every element of an array, every value of an object.
    Wildcard,
    /// Elements by position; negative ones count from the end.
    Indexes(Vec<i64>),
    /// Elements from `start` to before `end`.
    Slice { start: Option<i64>, end: Option<i64> },
    /// The elements of an array, or the object itself, that satisfy a condition.
    Filter(Box<Filter>),
}

impl Path {
    /// Whether the path names at most one place.
    pub(crate) fn is_definite(&self) -> bool {
        self.segments.iter().all(Segment::is_definite)
    }

    /// Every name that stands in a step of the path.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(|segment| match &segment.selector {
            Selector::Names(names) => names.iter().map(String::as_str),
            _ => [].iter().map(String::as_str),
        })
    }
}

impl Segment {
    pub(crate) fn is_definite(&self) -> bool {
        !self.descend
            && match &self.selector {
                Selector::Names(_) => true,
                Selector::Indexes(at) => at.len() == 1,
                Selector::Wildcard | Selector::Slice { .. } | Selector::Filter(_) => false,
            }
    }
}
