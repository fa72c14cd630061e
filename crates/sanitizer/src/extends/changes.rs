//! Changes to a mapping of the base: what it says, what takes its place, what is added.

use crate::diagnostic::{Place, Spanned};
use crate::node::{Kind, Node};

/// The value of the key, unless absent or null.
pub(super) fn find<'n>(mapping: &'n Node, key: &str) -> Option<&'n Node> {
    let Kind::Mapping(entries) = &mapping.kind else { return None };
    entries.iter().find(|(name, _)| name.value == key).map(|(_, node)| node).filter(|node| !node.is_null())
}

pub(super) fn text<'n>(mapping: &'n Node, key: &str) -> Option<&'n str> {
    find(mapping, key).and_then(scalar)
}

/// What a list holds; `None`: the key is absent.
pub(super) fn items<'n>(mapping: &'n Node, key: &str) -> Option<&'n [Node]> {
    find(mapping, key).map(|node| match &node.kind {
        Kind::Sequence(items) => items.as_slice(),
        Kind::Scalar { .. } | Kind::Mapping(_) => &[],
    })
}

/// Whether a text is in the list, in any case.
pub(super) fn holds(items: &[Node], text: &str) -> bool {
    items.iter().any(|item| scalar(item).is_some_and(|it| it.eq_ignore_ascii_case(text)))
}

/// Puts the value in the place of the one that is there, or at the end.
pub(super) fn set(mapping: &mut Node, key: &str, value: Node) {
    let Kind::Mapping(entries) = &mut mapping.kind else { return };
    match entries.iter_mut().find(|(name, _)| name.value == key) {
        Some((_, there)) => *there = value,
        None => entries.push((Spanned { value: key.to_owned(), place: value.place }, value)),
    }
}

pub(super) fn remove(mapping: &mut Node, key: &str) {
    if let Kind::Mapping(entries) = &mut mapping.kind {
        entries.retain(|(name, _)| name.value != key);
    }
}

/// A list of these texts.
pub(super) fn list(texts: Vec<Spanned<String>>, place: Place) -> Node {
    Node::list(texts.into_iter().map(Node::text).collect(), place)
}

/// A mapping of one entry.
pub(super) fn pair(key: &str, value: Node) -> Node {
    let place = value.place;
    let key = Spanned { value: key.to_owned(), place };
    Node { place, tag: None, kind: Kind::Mapping(vec![(key, value)]) }
}

/// Adds to a list, which may be absent.
pub(super) fn append(mapping: &mut Node, key: &str, more: Vec<Node>) {
    let Some(place) = more.first().map(|it| it.place) else { return };
    let mut all = items(mapping, key).unwrap_or_default().to_vec();
    all.extend(more);
    set(mapping, key, Node::list(all, place));
}

/// Adds to a mapping, which may be absent. Where both have a key, the value is what `both` makes of the two.
pub(super) fn merge(
    mapping: &mut Node,
    key: &str,
    more: Vec<(Spanned<String>, Node)>,
    both: &mut dyn FnMut(Place, Node, Node) -> Node,
) {
    let Some(place) = more.first().map(|(name, _)| name.place) else { return };
    let nothing = || Node { place, tag: None, kind: Kind::Mapping(Vec::new()) };
    let mut merged = find(mapping, key).cloned().unwrap_or_else(nothing);
    for (name, node) in more {
        let node = match find(&merged, &name.value) {
            Some(there) => both(name.place, there.clone(), node),
            None => node,
        };
        set(&mut merged, &name.value, node);
    }
    set(mapping, key, merged);
}

/// Takes the schemas of parameters away that are none of these, in any case. One that must be there stays, or calls
/// without it would pass.
pub(super) fn withdraw(mapping: &mut Node, key: &str, names: &[Spanned<String>]) {
    let Some(mut schemas) = find(mapping, key).cloned() else { return };
    let Kind::Mapping(entries) = &mut schemas.kind else { return };
    let is_left = |name: &str| names.iter().any(|it| it.value.eq_ignore_ascii_case(name));
    entries.retain(|(name, schema)| is_left(&name.value) || requires(schema));
    if entries.is_empty() { remove(mapping, key) } else { set(mapping, key, schemas) }
}

/// Whether calls must have the parameter, as far as its schema may say so.
fn requires(schema: &Node) -> bool {
    let own = find(schema, "required");
    own.is_some_and(|it| !scalar(it).is_some_and(|text| text.eq_ignore_ascii_case("false")))
        || items(schema, "allOf").unwrap_or_default().iter().any(requires)
}

fn scalar(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar { text, .. } => Some(text),
        Kind::Sequence(_) | Kind::Mapping(_) => None,
    }
}
