//! Listed types against described ones.

use vizard_sanitizer::outline;

use crate::openapi::Kind;

/// Whether any value that is described can pass as what is listed.
pub(super) fn fits(listed: &outline::Kind, described: &[Kind]) -> bool {
    described.is_empty() || described.iter().any(|kind| passes(listed, *kind))
}

/// The described kinds of values that become null, where others do not.
pub(super) fn nulls(listed: &outline::Kind, described: &[Kind]) -> Vec<&'static str> {
    let lost: Vec<Kind> = described.iter().copied().filter(|kind| !passes(listed, *kind)).collect();
    if lost.len() == described.len() { Vec::new() } else { lost.iter().map(|it| it.word()).collect() }
}

fn passes(listed: &outline::Kind, described: Kind) -> bool {
    if matches!(described, Kind::Any | Kind::Null) {
        return true;
    }
    match listed {
        outline::Kind::String => described == Kind::String,
        // Descriptions write `number` for counts, too.
        outline::Kind::Integer | outline::Kind::Number => matches!(described, Kind::Integer | Kind::Number),
        outline::Kind::Boolean => described == Kind::Boolean,
        outline::Kind::Scalar => !matches!(described, Kind::Object | Kind::Array),
        outline::Kind::Object => described == Kind::Object,
        outline::Kind::Array => described == Kind::Array,
        // Whatever stands there, the outcome is the same.
        outline::Kind::Null
        | outline::Kind::Constant(_)
        | outline::Kind::Again { .. }
        | outline::Kind::Digest => true,
    }
}
