//! What rules do to each column, decided once for the file.

use vizard_sanitizer::bulk::{Leaf, Records, Rewrite, Segment, ValueKind};

use super::nodes::{Node, Shape};
use crate::failure::Failure;

/// What becomes of the values of a column.
#[derive(Clone, Debug)]
pub(super) enum Act<'r> {
    /// They leave as they are.
    Keep,
    /// They become null.
    Null,
    /// Lists become empty.
    Empty,
    /// They become other texts, or null.
    Rewrite(Box<Rewrite<'r>>),
    /// Something is done to the members of an object.
    Inside(Vec<Act<'r>>),
    /// Something is done to the elements of lists.
    Elements(Box<Act<'r>>),
    /// They leave as they are if rules keep all that is under each key, which is asked when the key is known.
    Entries(Vec<Way>),
}

/// A step on the way to a column, with names of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Name(String),
    Element,
}

/// A column that leaves: what is left of it, and what is done to that.
#[derive(Clone, Debug)]
pub(super) struct Place<'r> {
    /// Which of the columns of the file, from 0.
    pub(super) position: usize,
    pub(super) node: Node,
    pub(super) act: Act<'r>,
}

/// The columns that leave.
pub(super) fn places<'r>(records: &'r Records, roots: &[Node]) -> Result<Vec<Place<'r>>, Failure> {
    let mut places = Vec::new();
    for (position, root) in roots.iter().enumerate() {
        let mut way = vec![Way::Name(root.name().to_owned())];
        let place = place(records, root, &mut way).map_err(|failure| super::at_column(failure, position))?;
        if let Some((node, act)) = place {
            places.push(Place { position, node, act });
        }
    }
    Ok(places)
}

/// `None`: it goes.
fn place<'r>(
    records: &'r Records,
    node: &Node,
    way: &mut Vec<Way>,
) -> Result<Option<(Node, Act<'r>)>, Failure> {
    let leaf = ask(records, node, way);
    match (leaf, &node.shape) {
        (Leaf::Undecidable, _) => Err(undecidable()),
        (Leaf::Drop, _) => Ok(None),
        (Leaf::Null, _) => Ok(Some((node.clone(), Act::Null))),
        (Leaf::Rewrite(rewrite), Shape::Leaf { .. }) => {
            Ok(Some((node.clone(), Act::Rewrite(Box::new(rewrite)))))
        }
        // Nothing is made of lists and objects but null.
        (Leaf::Rewrite(_), _) => Ok(Some((node.clone(), Act::Null))),
        (Leaf::Keep, Shape::Leaf { .. }) => Ok(Some((node.clone(), Act::Keep))),
        (Leaf::Keep, Shape::Struct(children)) => {
            let (mut left, mut acts) = (Vec::new(), Vec::new());
            for child in children {
                way.push(Way::Name(child.name().to_owned()));
                let found = place(records, child, way)?;
                way.pop();
                if let Some((node, act)) = found {
                    left.push(node);
                    acts.push(act);
                }
            }
            // An object without members cannot be written.
            if left.is_empty() {
                return Ok(None);
            }
            let untouched = acts.iter().all(|it| matches!(it, Act::Keep)) && left.len() == children.len();
            let act = if untouched { Act::Keep } else { Act::Inside(acts) };
            Ok(Some((node.with_shape(Shape::Struct(left)), act)))
        }
        (Leaf::Keep, Shape::List(element)) => {
            way.push(Way::Element);
            let found = place(records, element, way)?;
            way.pop();
            Ok(Some(match found {
                None => (node.clone(), Act::Empty),
                Some((left, act)) => {
                    let act = if matches!(act, Act::Keep) { Act::Keep } else { Act::Elements(Box::new(act)) };
                    (node.with_shape(Shape::List(Box::new(left))), act)
                }
            }))
        }
        (Leaf::Keep, Shape::Map(..)) => Ok(Some((node.clone(), Act::Entries(way.clone())))),
    }
}

/// Whether rules keep all that may be at a place, which stands for the values of a map under a known key.
pub(super) fn keeps(records: &Records, node: &Node, way: &mut Vec<Way>) -> bool {
    if !matches!(ask(records, node, way), Leaf::Keep) {
        return false;
    }
    let mut under = |step, node: &Node| {
        way.push(step);
        let kept = keeps(records, node, way);
        way.pop();
        kept
    };
    match &node.shape {
        Shape::Leaf { .. } => true,
        Shape::Struct(children) => children.iter().all(|it| under(Way::Name(it.name().to_owned()), it)),
        Shape::List(element) => under(Way::Element, element),
        // Maps in maps are not looked into.
        Shape::Map(..) => false,
    }
}

fn ask<'r>(records: &'r Records, node: &Node, way: &[Way]) -> Leaf<'r> {
    let way: Vec<Segment<'_>> = way
        .iter()
        .map(|step| match step {
            Way::Name(name) => Segment::Name(name),
            Way::Element => Segment::Element,
        })
        .collect();
    records.leaf(&way, kind(node))
}

fn kind(node: &Node) -> ValueKind {
    match &node.shape {
        Shape::Leaf { form, .. } => form.kind(),
        Shape::Struct(_) | Shape::Map(..) => ValueKind::Object,
        Shape::List(_) => ValueKind::Array,
    }
}

fn undecidable() -> Failure {
    let message = "what becomes of this column depends on each record (a filter in a path, `anyOf` or `if`), and Parquet \
                   is sanitized column by column: name its place without a condition, or have it written as NDJSON";
    Failure::new("parquet-rule-undecidable", message)
}
