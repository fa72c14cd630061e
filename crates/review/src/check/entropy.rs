//! Hashes that can be guessed by whoever gets hold of the salt: what has few possible values.

use vizard_sanitizer::outline::{Kind as Holds, Treatment};

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;
use crate::personal::{self, Kind, words};

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        for leaf in &judged.leaves {
            if matches!(leaf.worst(), Fate::Pseudonymized | Fate::Reversible) {
                hashed(judged, leaf, found);
            }
        }
    }
}

fn hashed(judged: &Judged<'_>, leaf: &Leaf<'_>, found: &mut Found) {
    let place = leaf.fated.worst().place;
    let path = leaf.shown();
    if let Some((what, is_sure)) = few(leaf) {
        let message = format!("`{path}` may be {what}: whoever has the salt can try all there are");
        let one = found.at("low-entropy-hashed", place, message);
        one.endpoint(judged.index)
            .field(path)
            .help(format!("{}, unless something is counted by it", leaf.unlisting()));
        // Made for addresses, with a salt of their own.
        let by_address = matches!(judged.treatment(leaf), Some(Treatment::HashIp | Treatment::EncryptIp));
        if !is_sure || by_address {
            one.doubtful();
        }
    } else if may_be_number(leaf) {
        let message = format!("`{path}` may be a short number: whoever has the salt can try all there are");
        found
            .at("short-number-hashed", place, message)
            .endpoint(judged.index)
            .field(path)
            .help(format!("guard the salt, or {}", leaf.unlisting()));
    }
}

/// What there are few of, and whether the field surely is that.
fn few(leaf: &Leaf<'_>) -> Option<(&'static str, bool)> {
    let looks = leaf.looks.as_ref()?;
    let own = words::split(leaf.fated.field.path.name().unwrap_or_default());
    match looks.what {
        Kind::Phone
        | Kind::OfficialNumber
        | Kind::Payment
        | Kind::Trait
        | Kind::Address
        | Kind::Location
        | Kind::IpAddress => Some((looks.what.words(), looks.is_strong())),
        Kind::PersonId if own.iter().any(|it| matches!(it.as_str(), "employee" | "staff" | "personnel")) => {
            Some(("the number of an employee", true))
        }
        Kind::Group if own.last().is_some_and(|it| it == looks.because) => Some((looks.what.words(), false)),
        Kind::PersonId
        | Kind::Group
        | Kind::Secret
        | Kind::Email
        | Kind::Name
        | Kind::Device
        | Kind::Picture
        | Kind::Url
        | Kind::FreeText => None,
    }
}

/// Numbers, and ids that may be numbers.
fn may_be_number(leaf: &Leaf<'_>) -> bool {
    match leaf.fated.field.kind {
        Holds::Integer | Holds::Number => true,
        Holds::Scalar => {
            let own = personal::names(&leaf.fated.field.path).next_back().map(words::split);
            let last = own.as_ref().and_then(|it| it.last());
            last.is_some_and(|it| matches!(it.as_str(), "id" | "number" | "no" | "pmi" | "pin" | "code"))
        }
        Holds::String
        | Holds::Boolean
        | Holds::Null
        | Holds::Constant(_)
        | Holds::Object
        | Holds::Array
        | Holds::Again { .. }
        | Holds::Digest => false,
    }
}
