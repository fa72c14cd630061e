//! The same field, treated in two ways: clear here and a pseudonym there tells which pseudonym is whose; reversible here
//! and one-way there cannot be joined.

use std::collections::BTreeMap;

use vizard_sanitizer::outline::Kind;

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::Fate;

/// What is done to all fields of one sort, in the order of the file.
#[derive(Default)]
struct Sort<'c> {
    clear: Vec<One<'c>>,
    one_way: Vec<One<'c>>,
    reversible: Vec<One<'c>>,
    digested: Vec<One<'c>>,
    limited: Vec<One<'c>>,
}

/// A field at an endpoint.
#[derive(Clone, Copy)]
struct One<'c> {
    judged: &'c Judged<'c>,
    leaf: &'c Leaf<'c>,
}

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    let mut sorts: BTreeMap<String, Sort<'_>> = BTreeMap::new();
    // Words that are limited are told apart by what they stand in: of a meeting more may be known than of a person.
    let mut narrow: BTreeMap<String, Sort<'_>> = BTreeMap::new();
    for judged in &reviewed.endpoints {
        for leaf in &judged.leaves {
            let field = leaf.fated.field;
            // A switch of the same name is another thing.
            if matches!(field.kind, Kind::Boolean | Kind::Null | Kind::Again { .. }) {
                continue;
            }
            let sort = || judged.sort(field);
            let one = One { judged, leaf };
            match leaf.worst() {
                Fate::Kept => {
                    sorts.entry(sort()).or_default().clear.push(one);
                    narrow.entry(judged.narrow_sort(field)).or_default().clear.push(one);
                }
                Fate::Limited => narrow.entry(judged.narrow_sort(field)).or_default().limited.push(one),
                Fate::Pseudonymized => sorts.entry(sort()).or_default().one_way.push(one),
                Fate::Reversible => sorts.entry(sort()).or_default().reversible.push(one),
                Fate::Digested if field.kind != Kind::Digest => {
                    sorts.entry(sort()).or_default().digested.push(one);
                }
                Fate::Dropped
                | Fate::Null
                | Fate::Constant
                | Fate::Digested
                | Fate::Partial
                | Fate::Original => {}
            }
        }
    }
    for sort in sorts.values().chain(narrow.values()) {
        clear(sort, found);
        mixed(sort, found);
    }
}

fn clear(sort: &Sort<'_>, found: &mut Found) {
    let hidden = sort.reversible.first().map(|it| (it, "a reversible pseudonym"));
    let hidden = hidden.or(sort.one_way.first().map(|it| (it, "a pseudonym")));
    let hidden = hidden.or(sort.digested.first().map(|it| (it, "a digest")));
    let hidden = hidden.or(sort.limited.first().map(|it| (it, "what a regex or a list keeps of it")));
    let Some((hidden, what)) = hidden else { return };
    for one in &sort.clear {
        let field = &one.leaf.fated.field.path;
        let message = format!(
            "`{field}` leaves in clear, and `{}` of `{}` as {what}",
            hidden.leaf.fated.field.path,
            hidden.judged.label()
        );
        found
            .at("inconsistent-treatment", one.leaf.fated.worst().place, message)
            .endpoint(one.judged.index)
            .field(field)
            .help("treat them alike, unless they are different things");
    }
}

fn mixed(sort: &Sort<'_>, found: &mut Found) {
    let (Some(one_way), Some(reversible)) = (sort.one_way.first(), sort.reversible.first()) else { return };
    // The fewer are the odd ones.
    let (odd, is, other, others) = if sort.one_way.len() <= sort.reversible.len() {
        (&sort.one_way, "one-way", reversible, "reversible")
    } else {
        (&sort.reversible, "reversible", one_way, "one-way")
    };
    for one in odd {
        let field = &one.leaf.fated.field.path;
        let message = format!(
            "`{field}` is {is}, and `{}` of `{}` is {others}: the two cannot be joined",
            other.leaf.fated.field.path,
            other.judged.label()
        );
        found
            .at("mixed-reversibility", one.leaf.fated.worst().place, message)
            .endpoint(one.judged.index)
            .field(field)
            .help("treat them alike");
    }
}
