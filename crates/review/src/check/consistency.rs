//! The same field, treated in two ways: clear here and a pseudonym there tells which pseudonym is whose; reversible here
//! and one-way there cannot be joined.

use std::collections::{BTreeMap, BTreeSet};

use vizard_sanitizer::outline::{FieldPath, Kind, Part};

use super::found::Found;
use super::kept;
use super::reviewed::{Judged, Leaf, Reviewed};
use crate::fates::{self, Fate};
use crate::personal::{self, words};

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
    for judged in reviewed.endpoints.iter().filter(|it| it.endpoint.fields.is_none()) {
        unnamed(judged, reviewed, found);
    }
}

/// What is hidden elsewhere of the same things, and no transform names where there is no schema.
fn unnamed(open: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    let mut known: BTreeSet<&str> = open.leaves.iter().filter_map(name).collect();
    let things = things(open);
    for other in reviewed.endpoints.iter().filter(|it| it.endpoint.fields.is_some()) {
        for leaf in other.leaves.iter().filter(|it| it.looks.is_some()) {
            let what = match leaf.worst() {
                Fate::Reversible => "a reversible pseudonym",
                Fate::Pseudonymized => "a pseudonym",
                Fate::Digested => "a digest",
                Fate::Dropped
                | Fate::Null
                | Fate::Constant
                | Fate::Limited
                | Fate::Partial
                | Fate::Original
                | Fate::Kept => continue,
            };
            let Some(around) = thing(other, leaf).and_then(|it| things.get(&it)) else { continue };
            let mut field = leaf.fated.field.clone();
            if let (Some(around), Some(name)) = (around, name(leaf)) {
                field.path = around.then(Part::Name(name.to_owned()));
            }
            let here = fates::of_field(open.endpoint, &field).worst().fate;
            if here == Fate::Kept && name(leaf).is_some_and(|it| known.insert(it)) {
                let message = format!(
                    "`{}` leaves in clear if it is there, and `{}` of `{}` as {what}",
                    field.path,
                    leaf.shown(),
                    other.label()
                );
                found
                    .at("inconsistent-treatment", open.endpoint.path.place, message)
                    .endpoint(open.index)
                    .field(field.path)
                    .help("list the fields that are needed in `responseSchema`");
            }
        }
    }
}

/// What the answers without a schema tell of, with the place of it as far as transforms name one.
fn things(open: &Judged<'_>) -> BTreeMap<String, Option<FieldPath>> {
    let mut things: BTreeMap<String, Option<FieldPath>> = BTreeMap::new();
    things.extend(noun(open.subject).map(|it| (it, None)));
    for leaf in &open.leaves {
        let around = kept::above(leaf).filter(|it| !it.is_empty()).map(|it| FieldPath(it.to_vec()));
        if let (Some(thing), Some(around)) = (thing(open, leaf), around) {
            things.entry(thing).or_default().get_or_insert(around);
        }
    }
    things
}

/// The thing that a field is of: what it stands in, or else what the whole answer is about.
fn thing(judged: &Judged<'_>, leaf: &Leaf<'_>) -> Option<String> {
    noun(personal::names(&leaf.fated.field.path).rev().nth(1).unwrap_or(judged.subject))
}

fn noun(name: &str) -> Option<String> {
    words::split(name).pop()
}

fn name<'c>(leaf: &Leaf<'c>) -> Option<&'c str> {
    leaf.fated.field.path.name()
}

fn clear(sort: &Sort<'_>, found: &mut Found) {
    let hidden = sort.reversible.first().map(|it| (it, "a reversible pseudonym"));
    let hidden = hidden.or(sort.one_way.first().map(|it| (it, "a pseudonym")));
    let hidden = hidden.or(sort.digested.first().map(|it| (it, "a digest")));
    let hidden = hidden.or(sort.limited.first().map(|it| (it, "what a regex or a list keeps of it")));
    let Some((hidden, what)) = hidden else { return };
    for one in &sort.clear {
        let field = one.leaf.shown();
        let message = format!(
            "`{field}` leaves in clear, and `{}` of `{}` as {what}",
            hidden.leaf.shown(),
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
        let field = one.leaf.shown();
        let message = format!(
            "`{field}` is {is}, and `{}` of `{}` is {others}: the two cannot be joined",
            other.leaf.shown(),
            other.judged.label()
        );
        found
            .at("mixed-reversibility", one.leaf.fated.worst().place, message)
            .endpoint(one.judged.index)
            .field(field)
            .help("treat them alike");
    }
}
