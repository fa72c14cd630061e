//! What becomes of each field that one of the two files lists.

use std::collections::{HashMap, HashSet};

use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Outline};

use super::change::{Change, Direction};
use super::judge::{self, Treated, Verdict};
use super::narrower::Relation;
use super::sequence;
use super::what::What;
use crate::fates::{self, EndpointFates, Fate, Fated};

/// Both files have a response schema here. `augments` is what is different about these.
pub(super) fn compare(old: &EndpointFates<'_>, new: &EndpointFates<'_>, augments: &[Change]) -> Vec<Change> {
    let recursive =
        |it: &EndpointFates<'_>| it.fields.iter().any(|it| matches!(it.field.kind, Kind::Again { .. }));
    if !recursive(old) && !recursive(new) {
        return compare_listed(old, new, augments);
    }
    // A definition within itself is listed once more in full, so that each of its fields can be compared.
    let (Some(was), Some(is)) = (unfolded(old.endpoint), unfolded(new.endpoint)) else {
        let message = "a definition contains itself in too many places to compare";
        return vec![Change::unproven(What::TreatmentChanged, message)];
    };
    let (was, is) = (alone(was), alone(is));
    let mut changes = compare_listed(&fates::of(&was)[0], &fates::of(&is)[0], augments);
    let (was, is) = (&was.endpoints[0], &is.endpoints[0]);
    let (was_idle, is_idle) = (idle(was), idle(is));
    // In deeper places they meet others, so that their order counts.
    let in_order = was_idle.is_empty() || sequence::only_appends(was, is);
    if was_idle != is_idle || !in_order {
        let message = "paths of transforms that reach only deeper places are others";
        changes.push(Change::unproven(What::TreatmentChanged, message));
    }
    changes
}

/// An outline of one endpoint.
pub(super) fn alone(endpoint: Endpoint) -> Outline {
    Outline { version: None, endpoints: vec![endpoint], headers: Vec::new(), definitions: Vec::new() }
}

/// Most places after a definition is listed once more.
const MOST: usize = 200_000;

/// The endpoint with each definition that contains itself listed once more; `None`: too much.
fn unfolded(endpoint: &Endpoint) -> Option<Endpoint> {
    let listed = endpoint.fields.as_deref().unwrap_or_default();
    let mut fields: Vec<Field> = Vec::with_capacity(listed.len());
    for field in listed {
        let Kind::Again { since, .. } = &field.kind else {
            fields.push(field.clone());
            continue;
        };
        let below = listed.iter().filter(|it| since.holds(&it.path) && !field.path.holds(&it.path));
        for inner in below.filter(|it| !matches!(it.kind, Kind::Again { .. })) {
            let mut path = field.path.clone();
            path.0.extend_from_slice(&inner.path.0[since.0.len()..]);
            fields.push(Field { path, ..inner.clone() });
        }
        if fields.len() > MOST {
            return None;
        }
    }
    Some(Endpoint { fields: Some(fields), ..endpoint.clone() })
}

/// The paths that reach nothing that is listed, with what happens there.
fn idle(endpoint: &Endpoint) -> Vec<String> {
    let listed = endpoint.fields.as_deref().unwrap_or_default();
    let mut idle = Vec::new();
    for step in &endpoint.steps {
        let reaches = |path: &&vizard_sanitizer::outline::StepPath| {
            let never = vizard_sanitizer::outline::Reach::Never;
            listed.iter().any(|field| path.reach(&field.path, field.kind == Kind::Object) != never)
        };
        let asks = step.condition.as_ref().map(|it| it.text.as_str());
        for path in step.paths.iter().filter(|path| !reaches(path)) {
            idle.push(format!("{} {} {:?} {asks:?}", path.written.text, step.name, step.settings));
        }
    }
    idle
}

/// The fields of one file by path, and the paths in the order of the file.
struct Listing<'f, 'o> {
    by_path: HashMap<&'f FieldPath, Vec<&'f Fated<'o>>>,
    order: Vec<&'f FieldPath>,
}

impl<'f, 'o> Listing<'f, 'o> {
    fn of(fates: &'f EndpointFates<'o>) -> Listing<'f, 'o> {
        let mut listing = Listing { by_path: HashMap::new(), order: Vec::new() };
        for field in &fates.fields {
            let fields = listing.by_path.entry(&field.field.path).or_default();
            if fields.is_empty() {
                listing.order.push(&field.field.path);
            }
            fields.push(field);
        }
        listing
    }
}

pub(super) fn compare_listed(
    old: &EndpointFates<'_>,
    new: &EndpointFates<'_>,
    augments: &[Change],
) -> Vec<Change> {
    let (was, is) = (Listing::of(old), Listing::of(new));
    let mut changes = Vec::new();
    let mut conditions = Conditions::default();
    let mut added = Vec::new();
    for path in &is.order {
        let now = Treated::of(new, &is.by_path[path], path);
        match was.by_path.get(path) {
            None => {
                added.push(*path);
                changes.extend(field_added(path, &now, augments));
            }
            Some(before) => {
                let before = Treated::of(old, before, path);
                changes.extend(kind(path, &before, &now));
                changes.extend(treatment(path, &before, &now));
                conditions.compare(path, &before, &now);
            }
        }
    }
    for path in was.order.iter().filter(|path| !is.by_path.contains_key(*path)) {
        let before = Treated::of(old, &was.by_path[path], path);
        changes.extend(field_removed(path, &before, augments));
    }
    changes.extend(containers(old.endpoint, new.endpoint, &added));
    changes.extend(conditions.changes());
    changes
}

/// How a fate is told in a list of what leaves.
fn shown(fates: &[Fate]) -> String {
    fates.iter().map(|it| it.word()).collect::<Vec<_>>().join(" or ")
}

fn is_digest(treated: &Treated<'_, '_>) -> bool {
    treated.fields.iter().all(|it| it.field.kind == Kind::Digest)
}

fn field_added(path: &FieldPath, now: &Treated<'_, '_>, augments: &[Change]) -> Option<Change> {
    // What an augment adds was told of the augment.
    if is_digest(now) && augments.iter().any(|it| it.direction == Direction::Grows) {
        return None;
    }
    let fates = now.fates();
    let change = match fates[0] {
        Fate::Dropped => {
            Change::new(Direction::Neutral, What::FieldAdded, format!("{path} is listed now, and dropped"))
        }
        Fate::Null
        | Fate::Constant
        | Fate::Digested
        | Fate::Pseudonymized
        | Fate::Reversible
        | Fate::Limited
        | Fate::Partial
        | Fate::Original
        | Fate::Kept => Change::new(
            Direction::Grows,
            What::FieldAdded,
            format!("now also leaves: {path} ({})", shown(&fates)),
        ),
    };
    Some(change.at(path).after(now.words(), now.worst().place))
}

fn field_removed(path: &FieldPath, before: &Treated<'_, '_>, augments: &[Change]) -> Option<Change> {
    if is_digest(before) && !augments.is_empty() {
        return None;
    }
    let fates = before.fates();
    let change = if fates[0] == Fate::Dropped {
        Change::new(
            Direction::Neutral,
            What::FieldRemoved,
            format!("{path} was dropped, and is not listed now"),
        )
    } else {
        let message = format!("no longer leaves: {path} ({})", shown(&fates));
        Change::new(Direction::Shrinks, What::FieldRemoved, message)
    };
    Some(change.at(path).before(before.words(), before.worst().place))
}

fn treatment(path: &FieldPath, before: &Treated<'_, '_>, now: &Treated<'_, '_>) -> Option<Change> {
    let verdict = judge::judge(before, now);
    let what = judge::what(before, now, verdict);
    let (was, is) = (before.fates(), now.fates());
    let from_to = match was == is {
        true => format!("{path} is {} as before, by other means", shown(&is)),
        false => format!("{path} was {}, and is {} now", shown(&was), shown(&is)),
    };
    let change = match verdict {
        Verdict::Same => return None,
        Verdict::Neutral => Change::new(Direction::Neutral, what, from_to),
        Verdict::Shrinks => Change::new(Direction::Shrinks, what, from_to),
        Verdict::Grows => Change::new(Direction::Grows, what, from_to),
        Verdict::Unproven => Change::unproven(what, from_to),
    };
    let change = change.at(path);
    Some(change.before(before.words(), before.worst().place).after(now.words(), now.worst().place))
}

fn kind(path: &FieldPath, before: &Treated<'_, '_>, now: &Treated<'_, '_>) -> Option<Change> {
    let kinds =
        |it: &Treated<'_, '_>| -> Vec<Kind> { it.fields.iter().map(|it| it.field.kind.clone()).collect() };
    let (was, is) = (kinds(before), kinds(now));
    let within = |a: &[Kind], b: &[Kind]| a.iter().all(|a| b.iter().any(|b| kind_within(a, b)));
    if matches!(now.fates()[0], Fate::Dropped | Fate::Null) && now.fates() == before.fates() {
        return None;
    }
    let words = |kinds: &[Kind]| kinds.iter().map(Kind::word).collect::<Vec<_>>().join(" or ");
    let message = format!("{path} may hold {}, and held {} before", words(&is), words(&was));
    let change = match Relation::of(within(&is, &was), within(&was, &is)) {
        Relation::Same => return None,
        Relation::Narrower => Change::new(Direction::Shrinks, What::KindNarrowed, message),
        Relation::Wider => Change::new(Direction::Grows, What::KindWidened, message),
        Relation::Unknown => {
            Change { proven: false, ..Change::new(Direction::Grows, What::KindWidened, message) }
        }
    };
    let place = |it: &Treated<'_, '_>| it.fields[0].field.place;
    Some(change.at(path).before(words(&was), place(before)).after(words(&is), place(now)))
}

fn kind_within(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Again { since, .. }, Kind::Again { since: other, .. }) => since == other,
        (Kind::Null, _) | (Kind::Integer, Kind::Number) => true,
        (Kind::String | Kind::Integer | Kind::Number | Kind::Boolean | Kind::Constant(_), Kind::Scalar) => {
            true
        }
        (Kind::Constant(_), Kind::String) => true,
        (a, b) => a == b,
    }
}

/// Objects and lists that are new and in which no new field was told: how many there are can be seen now.
fn containers(old: &Endpoint, new: &Endpoint, added: &[&FieldPath]) -> Vec<Change> {
    fn of(endpoint: &Endpoint) -> impl Iterator<Item = &Field> {
        endpoint.fields.iter().flatten().filter(|it| !it.is_leaf())
    }
    let known: HashSet<&FieldPath> = of(old).map(|it| &it.path).collect();
    let mut told: HashSet<FieldPath> = HashSet::new();
    for path in added {
        for length in (0..path.0.len()).rev() {
            if !told.insert(FieldPath(path.0[..length].to_vec())) {
                break;
            }
        }
    }
    let mut seen = HashSet::new();
    let fresh =
        of(new).filter(|it| !known.contains(&it.path) && !told.contains(&it.path) && seen.insert(&it.path));
    let change = |field: &Field| {
        let message = format!("now also leaves: {} (that it is there)", field.path);
        Change::new(Direction::Grows, What::FieldAdded, message)
            .at(&field.path)
            .after(format!("empty {}", field.kind.word()), field.place)
    };
    let mut changes: Vec<Change> = fresh.map(change).collect();
    // What was seen of a list or object that is gone is less, if no field told so.
    let now: HashSet<&FieldPath> = new.fields.iter().flatten().map(|it| &it.path).collect();
    let leaves_below: HashSet<&FieldPath> =
        old.fields.iter().flatten().filter(|it| it.is_leaf()).map(|it| &it.path).collect();
    let mut above: HashSet<FieldPath> = HashSet::new();
    for leaf in leaves_below {
        for length in (0..leaf.0.len()).rev() {
            if !above.insert(FieldPath(leaf.0[..length].to_vec())) {
                break;
            }
        }
    }
    let mut seen = HashSet::new();
    for field in of(old).filter(|it| !now.contains(&it.path) && !above.contains(&it.path)) {
        if seen.insert(&field.path) {
            let message = format!("no longer leaves: {} (that it is there)", field.path);
            let change = Change::new(Direction::Shrinks, What::FieldRemoved, message).at(&field.path);
            changes.push(change.before(format!("empty {}", field.kind.word()), field.place));
        }
    }
    changes
}

/// Fields whose presence is decided by other constants than before, told together.
#[derive(Default)]
struct Conditions {
    more: Vec<Change>,
    less: Vec<Change>,
    unknown: Vec<Change>,
}

impl Conditions {
    fn compare(&mut self, path: &FieldPath, before: &Treated<'_, '_>, now: &Treated<'_, '_>) {
        let (was, is) = (when(before), when(now));
        let within = |a: &HashSet<&str>, b: &HashSet<&str>| b.is_empty() || (!a.is_empty() && a.is_subset(b));
        let said = |change: Change| {
            let text = |when: &HashSet<&str>| if when.is_empty() { "always" } else { "as constants decide" };
            let place = |it: &Treated<'_, '_>| it.fields[0].field.place;
            change.at(path).before(text(&was), place(before)).after(text(&is), place(now))
        };
        let what = What::SchemaConditionChanged;
        match Relation::of(within(&is, &was), within(&was, &is)) {
            Relation::Same => {}
            Relation::Narrower => {
                self.less.push(said(Change::new(
                    Direction::Shrinks,
                    what,
                    format!("{path} leaves in fewer answers"),
                )));
            }
            Relation::Wider => {
                self.more.push(said(Change::new(
                    Direction::Grows,
                    what,
                    format!("{path} leaves in more answers"),
                )));
            }
            Relation::Unknown => {
                self.unknown.push(said(Change::unproven(what, format!("{path} leaves in other answers"))));
            }
        }
    }

    fn changes(self) -> Vec<Change> {
        let first = |all: Vec<Change>| {
            let others = all.len().saturating_sub(1);
            let mut first = all.into_iter().next()?;
            if others > 0 {
                first.message.push_str(&format!(" (and so do {others} more)"));
            }
            Some(first)
        };
        [self.more, self.unknown, self.less].into_iter().filter_map(first).collect()
    }
}

/// The constants that decide; empty: none does.
fn when<'f>(treated: &'f Treated<'_, '_>) -> HashSet<&'f str> {
    if treated.fields.iter().any(|it| it.field.when.is_empty()) {
        return HashSet::new();
    }
    treated.fields.iter().flat_map(|it| &it.field.when).map(String::as_str).collect()
}
