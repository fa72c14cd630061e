//! Where a `$ref` leads.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::notes::{At, Notes, Oddity, quoted};

/// What a reference leads to, with its pointer.
pub(super) struct Target<'v> {
    pub(super) value: &'v Value,
    pub(super) pointer: String,
}

/// Where schemas stand by name, for references that give the name alone.
const HOMES: &[&str] = &["/definitions/", "/components/schemas/"];

/// Follows one reference. `None`, with a note, when it leads out of the file or nowhere.
pub(super) fn follow<'v>(
    root: &'v Value,
    reference: &str,
    at: &At<'_>,
    notes: &mut Notes,
) -> Option<Target<'v>> {
    let decoded = percent_decode_str(reference.trim()).decode_utf8().unwrap_or(Cow::Borrowed(reference));
    if let Some(pointer) = decoded.strip_prefix('#')
        && (pointer.is_empty() || pointer.starts_with('/'))
    {
        // A name with a percent sign in it is taken as it is, too.
        let plain = reference.strip_prefix('#').and_then(|it| target(root, it));
        if let Some(found) = target(root, pointer).or(plain) {
            return Some(found);
        }
        // An anchor or a definition that somebody forgot.
        notes.add(Oddity::ReferenceNowhere, at, || format!("{} leads nowhere", quoted(reference)));
        return None;
    }
    if let Some(meant) = meant(root, &decoded) {
        notes.add(Oddity::ReferenceMalformed, at, || {
            format!("{} is read as `#{}`", quoted(reference), meant.pointer)
        });
        return Some(meant);
    }
    if decoded.starts_with('#') {
        notes.add(Oddity::ReferenceNowhere, at, || format!("{} leads nowhere", quoted(reference)));
    } else {
        notes.add(Oddity::ExternalReference, at, || format!("{} is not in this file", quoted(reference)));
    }
    None
}

fn target<'v>(root: &'v Value, pointer: &str) -> Option<Target<'v>> {
    root.pointer(pointer).map(|value| Target { value, pointer: pointer.to_owned() })
}

/// What a reference without `#/` was meant for, if that is plain: `#definitions/User`, `definitions/User`, `User`.
fn meant<'v>(root: &'v Value, reference: &str) -> Option<Target<'v>> {
    let name = reference.trim_start_matches(['#', '/']);
    if name.is_empty() || reference.contains("://") {
        return None;
    }
    let of_whole = target(root, &format!("/{name}"));
    of_whole.or_else(|| {
        HOMES
            .iter()
            .find_map(|home| target(root, &format!("{home}{}", name.replace('~', "~0").replace('/', "~1"))))
    })
}
