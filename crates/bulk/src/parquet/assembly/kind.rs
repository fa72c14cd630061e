//! What stands at a place of all records, as it is learned from one after the other.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use serde_json::{Map, Value};

/// Lists and objects that are columns; what is deeper is text.
const MOST_DEPTH: usize = 16;

/// Whole numbers beyond this are not all told apart by a double.
const EXACT: u64 = 1 << 53;

/// What values at a place are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Kind {
    /// Null, wherever there are any.
    #[default]
    Nothing,
    Truth,
    /// Whole numbers of 64 bits; some of them beyond what a double tells apart.
    Whole {
        wide: bool,
    },
    Real,
    Text,
    List(Box<Kind>),
    Object(Members),
    /// Several of these: texts as they are, all else as the text of its JSON.
    Mixed,
}

/// The members of objects, in the order in which they first stood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Members {
    pub(super) all: Vec<(String, Kind)>,
    places: HashMap<String, usize, FxBuildHasher>,
    /// Columns below this, about.
    columns: usize,
}

impl Members {
    /// Learns from an object.
    pub(super) fn see(&mut self, object: &Map<String, Value>) {
        self.see_at(object, 0);
    }

    fn see_at(&mut self, object: &Map<String, Value>, depth: usize) {
        for (expected, (name, value)) in object.iter().enumerate() {
            // Mostly members stand where they stood before.
            let place = match self.all.get(expected) {
                Some((known, _)) if known == name => expected,
                _ => match self.places.get(name) {
                    Some(place) => *place,
                    None => {
                        self.places.insert(name.clone(), self.all.len());
                        self.all.push((name.clone(), Kind::Nothing));
                        self.columns += 1;
                        self.all.len() - 1
                    }
                },
            };
            let kind = &mut self.all[place].1;
            let before = kind.columns();
            kind.see(value, depth + 1);
            self.columns += kind.columns() - before.min(kind.columns());
        }
    }

    /// How many columns these members take, about.
    pub(super) fn columns(&self) -> usize {
        self.columns
    }
}

impl Kind {
    fn columns(&self) -> usize {
        match self {
            Kind::Object(members) => members.columns(),
            Kind::List(kind) => kind.columns(),
            _ => 0,
        }
    }

    fn see(&mut self, value: &Value, depth: usize) {
        let deeper = depth < MOST_DEPTH;
        match (&mut *self, value) {
            (_, Value::Null) | (Kind::Mixed, _) => {}
            (Kind::Object(members), Value::Object(object)) => members.see_at(object, depth),
            (Kind::List(kind), Value::Array(elements)) => {
                elements.iter().for_each(|it| kind.see(it, depth + 1))
            }
            (Kind::Nothing, Value::Object(object)) if deeper => {
                let mut members = Members::default();
                members.see_at(object, depth);
                *self = Kind::Object(members);
            }
            (Kind::Nothing, Value::Array(elements)) if deeper => {
                let mut kind = Kind::Nothing;
                elements.iter().for_each(|it| kind.see(it, depth + 1));
                *self = Kind::List(Box::new(kind));
            }
            (kind, value) => *self = std::mem::take(kind).with(scalar(value)),
        }
    }

    /// What values of both kinds are together.
    fn with(self, other: Kind) -> Kind {
        match (self, other) {
            (Kind::Nothing, it) | (it, Kind::Nothing) => it,
            (Kind::Truth, Kind::Truth) => Kind::Truth,
            (Kind::Text, Kind::Text) => Kind::Text,
            (Kind::Whole { wide: left }, Kind::Whole { wide: right }) => Kind::Whole { wide: left || right },
            (Kind::Real, Kind::Real | Kind::Whole { wide: false })
            | (Kind::Whole { wide: false }, Kind::Real) => Kind::Real,
            _ => Kind::Mixed,
        }
    }
}

fn scalar(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Nothing,
        Value::Bool(_) => Kind::Truth,
        Value::String(_) => Kind::Text,
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Kind::Whole { wide: whole.unsigned_abs() > EXACT },
            // Beyond 64 bits, digits are text.
            None if !number.as_str().contains(['.', 'e', 'E']) => Kind::Mixed,
            None if number.as_f64().is_some_and(f64::is_finite) => Kind::Real,
            None => Kind::Mixed,
        },
        Value::Array(_) | Value::Object(_) => Kind::Mixed,
    }
}
