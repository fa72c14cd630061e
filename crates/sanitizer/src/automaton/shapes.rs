//! What the schema says of a place, as far as the way to the place tells it.

use super::Kind;
use crate::schema::{Schema, Shape};

/// The schema at one place. Places that it treats alike are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Listed {
    /// There is no schema: everything.
    Everything,
    String,
    Integer,
    Number,
    Boolean,
    Nothing,
    Scalar,
    /// By the number of the shape, as below.
    Object(usize),
    Array(usize),
    /// What is listed depends on the value.
    LookAhead(usize),
}

/// Whether a value of some kind may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    /// If it is a whole number.
    IfWhole,
    /// It becomes null.
    Null,
}

impl Listed {
    /// `ruling_out` is what [`ruling_out`] says of the schema.
    pub(super) fn of(schema: &Schema, shape: usize, ruling_out: &[bool]) -> Listed {
        match &schema.shapes[shape] {
            Shape::Same(other) => Listed::of(schema, *other, ruling_out),
            Shape::String => Listed::String,
            Shape::Integer => Listed::Integer,
            Shape::Number => Listed::Number,
            Shape::Boolean => Listed::Boolean,
            Shape::Pending | Shape::Nothing => Listed::Nothing,
            Shape::Scalar => Listed::Scalar,
            Shape::Array(_) => Listed::Array(shape),
            Shape::Object(_) if !ruling_out[shape] => Listed::Object(shape),
            Shape::Object(_) | Shape::AnyOf(_) | Shape::Constant(_) | Shape::Conditional { .. } => {
                Listed::LookAhead(shape)
            }
        }
    }

    pub(super) fn fits(self, kind: Kind) -> Fit {
        let fits = match self {
            Listed::Everything | Listed::LookAhead(_) => true,
            Listed::String => kind == Kind::String,
            Listed::Integer if kind == Kind::Number => return Fit::IfWhole,
            Listed::Integer | Listed::Nothing => false,
            Listed::Number => kind == Kind::Number,
            Listed::Boolean => kind == Kind::Bool,
            Listed::Scalar => !kind.is_container(),
            Listed::Object(_) => kind == Kind::Object,
            Listed::Array(_) => kind == Kind::Array,
        };
        if fits { Fit::Fits } else { Fit::Null }
    }

    /// The number of the shape.
    pub(super) fn shape(self) -> Option<usize> {
        match self {
            Listed::Object(shape) | Listed::Array(shape) | Listed::LookAhead(shape) => Some(shape),
            _ => None,
        }
    }
}

/// Of each shape, whether some value would make a constant in it rule out what is around it.
pub(super) fn ruling_out(schema: &Schema) -> Vec<bool> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); schema.shapes.len()];
    let mut waiting = Vec::new();
    for (id, shape) in schema.shapes.iter().enumerate() {
        match shape {
            Shape::Same(other) => users[*other].push(id),
            Shape::Object(properties) => properties.iter().for_each(|(_, it)| users[*it].push(id)),
            Shape::Constant(_) | Shape::Conditional { .. } => waiting.push(id),
            // A list loses the element, and a choice chooses what is not ruled out.
            Shape::Array(_) | Shape::AnyOf(_) => {}
            Shape::Pending
            | Shape::String
            | Shape::Integer
            | Shape::Number
            | Shape::Boolean
            | Shape::Nothing
            | Shape::Scalar => {}
        }
    }
    let mut ruling_out = vec![false; schema.shapes.len()];
    while let Some(id) = waiting.pop() {
        if !std::mem::replace(&mut ruling_out[id], true) {
            waiting.extend(&users[id]);
        }
    }
    ruling_out
}
