//! Fields that leave as they are and look as if they should not.

use std::collections::BTreeSet;

use vizard_sanitizer::outline::{Kind as Holds, Part};

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;
use crate::personal::{Kind, Looks};

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        if judged.endpoint.schema.is_none() {
            found
                .at(
                    "no-response-schema",
                    judged.endpoint.path.place,
                    "every field leaves that no transform reaches, and so does whatever the source adds later",
                )
                .endpoint(judged.index)
                .help("list the fields that are needed in `responseSchema`");
        }
        let digests = beside_digests(judged);
        for leaf in &judged.leaves {
            any_scalar(judged, leaf, found);
            if let (Fate::Kept, Some(looks)) = (leaf.worst(), &leaf.looks) {
                kept(judged, leaf, looks, &digests, found);
            }
        }
    }
}

/// The objects in which a text is digested: what looks like another text there is likely to be one.
fn beside_digests<'j>(judged: &'j Judged<'_>) -> BTreeSet<&'j [Part]> {
    let digested =
        |leaf: &&Leaf<'_>| leaf.worst() == Fate::Digested && leaf.fated.field.kind != Holds::Digest;
    judged.leaves.iter().filter(digested).filter_map(|leaf| above(leaf)).collect()
}

/// The object in which a field stands.
pub(super) fn above<'j>(leaf: &'j Leaf<'_>) -> Option<&'j [Part]> {
    let parts = &leaf.fated.field.path.0;
    let name = parts.iter().rposition(|it| matches!(it, Part::Name(_)))?;
    parts.get(..name)
}

fn kept(judged: &Judged<'_>, leaf: &Leaf<'_>, looks: &Looks, digests: &BTreeSet<&[Part]>, found: &mut Found) {
    let when = if leaf.fated.outcomes.len() > 1 { " in some answers" } else { "" };
    let seems = if looks.is_strong() { "looks like" } else { "may be" };
    let path = leaf.shown();
    let message = format!("`{path}` {seems} {} and leaves in clear{when}", looks.what.words());
    let one = found.at(code(looks.what), leaf.fated.worst().place, message);
    one.endpoint(judged.index).field(path).help(help(looks.what).replace("do not list it", leaf.unlisting()));
    // Few people share a department; a group that an account or a tenant is holds everybody.
    let small = matches!(looks.because, "department" | "dept" | "division" | "employer" | "household");
    let text = looks.what == Kind::FreeText && above(leaf).is_some_and(|it| digests.contains(it));
    if !looks.is_strong() && !small && !text {
        one.doubtful();
    }
}

fn code(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret => "kept-secret",
        Kind::Email => "kept-email",
        Kind::Phone => "kept-phone",
        Kind::Name => "kept-name",
        Kind::PersonId => "kept-person-id",
        Kind::OfficialNumber => "kept-official-number",
        Kind::Payment => "kept-payment",
        Kind::Trait => "kept-trait",
        Kind::Address => "kept-address",
        Kind::Location => "kept-location",
        Kind::IpAddress => "kept-ip",
        Kind::Device => "kept-device",
        Kind::Picture => "kept-picture",
        Kind::Url => "kept-url",
        Kind::FreeText => "kept-free-text",
        Kind::Group => "kept-group",
    }
}

fn help(kind: Kind) -> &'static str {
    match kind {
        Kind::Secret | Kind::Picture | Kind::Url => "do not list it",
        Kind::Email | Kind::PersonId | Kind::Group => "name it in a `pseudonymize`, or do not list it",
        Kind::FreeText => "name it in a `textDigest`, or do not list it",
        Kind::IpAddress => "do not list it, or name it in a `hashIp`",
        Kind::Phone
        | Kind::Name
        | Kind::OfficialNumber
        | Kind::Payment
        | Kind::Trait
        | Kind::Address
        | Kind::Location
        | Kind::Device => "do not list it, unless it is something else than it looks like",
    }
}

/// No type is any text; where a transform takes care of it, that is as it should be.
fn any_scalar(judged: &Judged<'_>, leaf: &Leaf<'_>, found: &mut Found) {
    if leaf.is_listed() && leaf.fated.field.kind == Holds::Scalar && leaf.worst() == Fate::Kept {
        let path = &leaf.fated.field.path;
        found
            .at(
                "any-scalar",
                leaf.fated.worst().place,
                format!("`{path}` leaves whatever it holds, text too"),
            )
            .endpoint(judged.index)
            .field(path)
            .help("say its `type`");
    }
}
