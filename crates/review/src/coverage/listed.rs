//! What the rules make of the leaves that an endpoint lists; of one that lists none, of those that are described.

use std::collections::HashMap;

use vizard_sanitizer::Place;
use vizard_sanitizer::outline::{self, Endpoint, FieldPath, Outline};

use super::described::Described;
use crate::fates::{self, Fate};
use crate::openapi::Kind;

/// One leaf that the rules list.
pub(super) struct Listed {
    pub(super) path: FieldPath,
    pub(super) kind: outline::Kind,
    /// The most first.
    pub(super) fates: Vec<Fate>,
    pub(super) place: Place,
}

/// The leaves that an endpoint lists. Of one without a response schema these are the described ones, for all leave
/// that no transform reaches. `bare` is the file without its endpoints.
pub(super) fn listed(bare: &Outline, endpoint: &Endpoint, described: &[Described<'_>]) -> Vec<Listed> {
    let mut endpoint = endpoint.clone();
    if endpoint.fields.is_none() {
        endpoint.fields =
            Some(described.iter().filter(|it| it.is_leaf()).map(|it| as_listed(it, &endpoint)).collect());
    }
    let one = Outline { endpoints: vec![endpoint], ..bare.clone() };
    let fated = fates::of(&one);
    let mut all: Vec<Listed> = Vec::new();
    let mut known: HashMap<&FieldPath, usize> = HashMap::new();
    for it in fated.iter().flat_map(|it| &it.fields) {
        // A place that is listed with several kinds of values is one field; the most that becomes of any counts.
        if let Some(index) = known.get(&it.field.path) {
            let fates = &mut all[*index].fates;
            fates.extend(it.outcomes.iter().map(|it| it.fate));
            fates.sort_unstable_by(|a, b| b.cmp(a));
            fates.dedup();
            all[*index].kind = outline::Kind::Scalar;
            continue;
        }
        known.insert(&it.field.path, all.len());
        all.push(Listed {
            path: it.field.path.clone(),
            kind: it.field.kind.clone(),
            fates: it.outcomes.iter().map(|it| it.fate).collect(),
            place: it.worst().place,
        });
    }
    all
}

fn as_listed(described: &Described<'_>, endpoint: &Endpoint) -> outline::Field {
    let kind = match described.kinds.as_slice() {
        [Kind::String] => outline::Kind::String,
        [Kind::Integer] => outline::Kind::Integer,
        [Kind::Number] => outline::Kind::Number,
        [Kind::Boolean] => outline::Kind::Boolean,
        _ => outline::Kind::Scalar,
    };
    outline::Field {
        path: described.path.clone(),
        place: endpoint.place,
        kind,
        only_sometimes: false,
        when: Vec::new(),
    }
}
