//! `responseSchema`: the allow-list of fields. A projection, not a validation: what is not listed is
//! dropped, what has another type becomes null.

pub(crate) mod project;
mod read;

pub(crate) use read::{TYPES, read};

/// A compiled schema. Shapes refer to each other by index, so recursion is just an index that points back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) root: usize,
}

/// What one place may hold.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Being read; a `$ref` may already point here.
    Pending,
    /// Another shape, for `$ref`.
    Same(usize),
    String,
    /// A whole number that fits 64 bits.
    Integer,
    Number,
    Boolean,
    /// Never anything but null.
    Nothing,
    /// No type: any scalar.
    Scalar,
    Object(Vec<(String, usize)>),
    Array(usize),
    /// The first candidate that is not ruled out by a constant.
    AnyOf(Vec<usize>),
    /// Told only by its presence: a value with this text becomes "", any other rules the object out.
    Constant(String),
    Conditional {
        condition: Condition,
        otherwise: Option<Condition>,
        then: usize,
    },
}

/// Members that must be there and not be ruled out.
#[derive(Clone, Debug)]
pub(crate) struct Condition(Vec<(String, usize)>);
