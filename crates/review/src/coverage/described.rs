//! What the calls that an endpoint is for describe, place by place.

use std::collections::{HashMap, HashSet};

use vizard_sanitizer::outline::FieldPath;

use super::calls::Based;
use crate::openapi::{Field, Kind};
use crate::personal::{self, Candidate, Looks, Value};

/// One described place, whichever of the calls describes it.
pub(super) struct Described<'d> {
    pub(super) path: &'d FieldPath,
    pub(super) kinds: Vec<Kind>,
    pub(super) faces: Vec<&'d Field>,
}

impl Described<'_> {
    /// Whether a value can stand there of which no more is listed.
    pub(super) fn is_leaf(&self) -> bool {
        self.faces.iter().any(|it| it.is_leaf)
    }

    /// Whether members may stand there that are not listed.
    pub(super) fn is_open(&self) -> bool {
        self.faces.iter().any(|it| it.is_leaf && matches!(it.kind, Kind::Object | Kind::Array | Kind::Any))
    }

    /// Whether it is more than an answer of any kind.
    pub(super) fn says_something(&self) -> bool {
        *self.path != FieldPath::ROOT || !self.is_open()
    }

    pub(super) fn looks(&self, about: &str) -> Option<Looks> {
        let looks = self.faces.iter().filter(|it| it.is_leaf).filter_map(|face| {
            personal::looks(&Candidate {
                about,
                path: self.path,
                value: value(face.kind),
                closed: !face.words.is_empty(),
                format: face.format.as_deref(),
                description: face.description.as_deref(),
            })
        });
        looks.max_by_key(|it| it.strength)
    }
}

fn value(kind: Kind) -> Value {
    match kind {
        Kind::String => Value::Text,
        Kind::Integer | Kind::Number => Value::Number,
        Kind::Boolean | Kind::Null => Value::Switch,
        Kind::Object | Kind::Array => Value::Group,
        Kind::Any => Value::Any,
    }
}

/// The places of all calls together, in the order in which they come.
pub(super) fn described<'d>(operations: &[&Based<'d>]) -> Vec<Described<'d>> {
    let mut all: Vec<Described<'d>> = Vec::new();
    let mut known: HashMap<&FieldPath, usize> = HashMap::new();
    for field in operations.iter().flat_map(|it| &it.operation.fields) {
        let index = *known.entry(&field.path).or_insert(all.len());
        if index == all.len() {
            all.push(Described { path: &field.path, kinds: Vec::new(), faces: Vec::new() });
        }
        all[index].faces.push(field);
        if !all[index].kinds.contains(&field.kind) {
            all[index].kinds.push(field.kind);
        }
    }
    all
}

/// The places that some calls describe.
pub(super) fn paths<'d>(operations: impl Iterator<Item = &'d Based<'d>>) -> HashSet<&'d FieldPath> {
    operations.flat_map(|it| &it.operation.fields).map(|it| &it.path).collect()
}
