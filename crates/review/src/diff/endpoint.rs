//! An endpoint that is new, gone or in both files: what it lets out.

use vizard_sanitizer::outline::Endpoint;

use super::change::{Change, Direction};
use super::what::What;
use super::{augments, fields, inputs, open};
use crate::fates::{EndpointFates, Fate};
use crate::words;

/// How an endpoint is called: `GET /v2/users`.
pub(super) fn name(endpoint: &Endpoint) -> String {
    let methods = match &endpoint.methods {
        None => "any method".to_owned(),
        Some(listed) if listed.is_empty() => "no method".to_owned(),
        Some(listed) => {
            let listed: Vec<String> = listed.iter().map(|it| it.text.to_ascii_uppercase()).collect();
            listed.join(",")
        }
    };
    format!("{methods} {}", endpoint.path.text)
}

pub(super) fn added(fates: &EndpointFates<'_>) -> Change {
    let endpoint = fates.endpoint;
    let message = format!("the endpoint is new: {}", leaves(fates));
    Change::new(Direction::Grows, What::EndpointAdded, message)
        .of(&name(endpoint))
        .after(format!("`{}`", endpoint.path.text), endpoint.place)
}

pub(super) fn removed(fates: &EndpointFates<'_>) -> Change {
    let endpoint = fates.endpoint;
    Change::new(Direction::Shrinks, What::EndpointRemoved, "the endpoint is gone")
        .of(&name(endpoint))
        .before(format!("`{}`", endpoint.path.text), endpoint.place)
}

/// What leaves at an endpoint, in a few words.
fn leaves(fates: &EndpointFates<'_>) -> String {
    if fates.is_open {
        return "every field leaves that no transform names".to_owned();
    }
    let count = |of: &dyn Fn(Fate) -> bool| fates.fields.iter().filter(|it| of(it.worst().fate)).count();
    let clear = count(&|fate| fate.is_clear());
    let reversible = count(&|fate| fate == Fate::Reversible);
    let other = count(&|fate| matches!(fate, Fate::Pseudonymized | Fate::Digested));
    let parts =
        [(clear, "kept in whole or part"), (reversible, "reversible"), (other, "pseudonymized or digested")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, how)| format!("{count} {how}")).collect();
    match parts.is_empty() {
        true => "no field leaves".to_owned(),
        false => format!("fields leave: {}", words::listed(parts.into_iter(), "and")),
    }
}

/// What is different in the answers of an endpoint that both files have.
pub(super) fn response(old: &EndpointFates<'_>, new: &EndpointFates<'_>) -> Vec<Change> {
    if same(old.endpoint, new.endpoint) {
        return Vec::new();
    }
    let mut changes = augments::compare(old.endpoint, new.endpoint);
    match (old.is_open, new.is_open) {
        (false, false) => changes.extend(fields::compare(old, new, &changes)),
        (false, true) => changes.push(open::opened(old.endpoint, new.endpoint)),
        (true, false) => changes.extend(open::closed(old.endpoint, new)),
        (true, true) => changes.extend(open::compare(old.endpoint, new.endpoint)),
    }
    let asked = inputs::compare(old.endpoint, new.endpoint, &changes);
    changes.extend(asked);
    let name = name(new.endpoint);
    changes.into_iter().map(|change| change.of(&name)).collect()
}

/// Whether nothing but places and the spelling of requests differs.
fn same(old: &Endpoint, new: &Endpoint) -> bool {
    let fields = match (&old.fields, &new.fields) {
        (None, None) => true,
        (Some(was), Some(is)) => {
            was.len() == is.len()
                && was.iter().zip(is).all(|(was, is)| {
                    was.path == is.path
                        && was.kind == is.kind
                        && was.only_sometimes == is.only_sometimes
                        && was.when == is.when
                })
        }
        (None, Some(_)) | (Some(_), None) => false,
    };
    fields
        && augments::same_steps(&old.augments, &new.augments)
        && augments::same_steps(&old.steps, &new.steps)
}
