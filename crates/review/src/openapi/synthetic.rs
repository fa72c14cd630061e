//! Documents made from a description, in which every field occurs.

use serde_json::{Map, Value};
use vizard_sanitizer::outline::Part;

use super::{Field, Operation};

/// Most documents for one call.
const MAX_DOCUMENTS: usize = 64;
/// Most values of one document; beyond it, lists have one element and nothing stands twice.
const MAX_VALUES: usize = 20_000;
/// Elements of a list.
const ELEMENTS: usize = 2;

/// Documents in which every field of the call's answers occurs at least once. Where a place can hold several kinds
/// of values, the kinds are spread over elements and documents. Lists have two elements.
///
/// `value` makes the value of each leaf; it is asked once for every place where one is needed, so that no two values
/// need be alike. What it makes of a leaf that is an object or a list stands there as it is.
///
/// ```
/// use serde_json::json;
/// use vizard_review::openapi;
///
/// let text = r##"{"swagger": "2.0", "paths": {"/a": {"get": {"responses": {"200": {"schema":
///     {"properties": {"tags": {"items": {"type": "string"}}, "size": {"type": "integer"}}}}}}}}}"##;
/// let description = openapi::read(text).unwrap();
/// let mut next = 0;
/// let documents = openapi::synthetic(&description.operations[0], &mut |_| {
///     next += 1;
///     json!(next)
/// });
/// assert_eq!(documents, [json!({"tags": [1, 2], "size": 3})]);
/// ```
pub fn synthetic(operation: &Operation, value: &mut dyn FnMut(&Field) -> Value) -> Vec<Value> {
    let mut tree = Tree::of(&operation.fields);
    let mut documents = Vec::new();
    while documents.len() < MAX_DOCUMENTS && tree.wants(ROOT) {
        let mut left = MAX_VALUES;
        documents.push(tree.make(ROOT, value, &mut left));
    }
    documents
}

const ROOT: usize = 0;

/// The fields again as a tree, with what has been made so far.
struct Tree<'f> {
    spots: Vec<Spot<'f>>,
}

#[derive(Default)]
struct Spot<'f> {
    part: Option<&'f Part>,
    children: Vec<usize>,
    /// What can stand here, and whether it has stood here.
    choices: Vec<Choice<'f>>,
    /// Something here or below has not been made yet; corrected on the way up.
    wants: bool,
}

#[derive(Clone, Copy)]
struct Choice<'f> {
    what: What<'f>,
    is_made: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum What<'f> {
    Leaf(&'f Field),
    Members,
    Elements,
}

impl<'f> Tree<'f> {
    fn of(fields: &'f [Field]) -> Tree<'f> {
        let mut tree = Tree { spots: vec![Spot::default()] };
        // Fields come containers first, so the way to each is there; the last way is remembered.
        let mut way: Vec<usize> = vec![ROOT];
        for field in fields {
            let parts = &field.path.0;
            let same = |depth: usize, tree: &Tree<'f>| {
                way.get(depth + 1).is_some_and(|spot| tree.spots[*spot].part == Some(&parts[depth]))
            };
            let common = (0..parts.len()).take_while(|depth| same(*depth, &tree)).count();
            way.truncate(common + 1);
            for part in &parts[common..] {
                let new = tree.spots.len();
                tree.spots.push(Spot { part: Some(part), wants: true, ..Spot::default() });
                let parent = way[way.len() - 1];
                tree.spots[parent].children.push(new);
                way.push(new);
            }
            let spot = way[way.len() - 1];
            if field.is_leaf {
                tree.spots[spot].choices.push(Choice { what: What::Leaf(field), is_made: false });
            }
            tree.spots[spot].wants = true;
        }
        for spot in 0..tree.spots.len() {
            let is_element = |child: &usize| tree.spots[*child].part == Some(&Part::Element);
            let elements = tree.spots[spot].children.iter().any(is_element);
            let members = tree.spots[spot].children.iter().any(|child| !is_element(child));
            let mut containers = Vec::new();
            if members {
                containers.push(Choice { what: What::Members, is_made: false });
            }
            if elements {
                containers.push(Choice { what: What::Elements, is_made: false });
            }
            containers.append(&mut tree.spots[spot].choices);
            tree.spots[spot].choices = containers;
        }
        tree
    }

    fn wants(&self, spot: usize) -> bool {
        self.spots[spot].wants
    }

    /// Makes the value of one place, of a kind that has not been made yet if there is one.
    fn make(&mut self, spot: usize, value: &mut dyn FnMut(&Field) -> Value, left: &mut usize) -> Value {
        *left = left.saturating_sub(1);
        let choice =
            (0..self.spots[spot].choices.len()).find(|choice| self.is_wanted(spot, *choice)).unwrap_or(0);
        let Some(what) = self.spots[spot].choices.get(choice).map(|it| it.what) else {
            self.spots[spot].wants = false;
            return Value::Null;
        };
        self.spots[spot].choices[choice].is_made = true;
        let made = match what {
            What::Leaf(field) => value(field),
            What::Members => self.members(spot, value, left),
            What::Elements => self.elements(spot, value, left),
        };
        self.spots[spot].wants =
            (0..self.spots[spot].choices.len()).any(|choice| self.is_wanted(spot, choice));
        made
    }

    fn is_wanted(&self, spot: usize, choice: usize) -> bool {
        let spot = &self.spots[spot];
        let Choice { what, is_made } = spot.choices[choice];
        let below = |element: bool| {
            spot.children.iter().any(|child| {
                (self.spots[*child].part == Some(&Part::Element)) == element && self.spots[*child].wants
            })
        };
        !is_made
            || match what {
                What::Leaf(_) => false,
                What::Members => below(false),
                What::Elements => below(true),
            }
    }

    fn members(&mut self, spot: usize, value: &mut dyn FnMut(&Field) -> Value, left: &mut usize) -> Value {
        let mut members = Map::new();
        let children = self.spots[spot].children.clone();
        for child in children {
            match self.spots[child].part {
                Some(Part::Name(name)) => {
                    let made = self.make(child, value, left);
                    members.insert(name.clone(), made);
                }
                Some(Part::AnyName) => {
                    let many = if *left > 0 { ELEMENTS } else { 1 };
                    for index in 1..=many {
                        let name =
                            (index..).map(|it| format!("any_{it}")).find(|it| !members.contains_key(it));
                        let name = name.expect("there are more names than members");
                        let made = self.make(child, value, left);
                        members.insert(name, made);
                    }
                }
                Some(Part::Element) | None => {}
            }
        }
        Value::Object(members)
    }

    fn elements(&mut self, spot: usize, value: &mut dyn FnMut(&Field) -> Value, left: &mut usize) -> Value {
        let child =
            self.spots[spot].children.iter().copied().find(|it| self.spots[*it].part == Some(&Part::Element));
        let Some(child) = child else { return Value::Array(Vec::new()) };
        let many = if *left > 0 { ELEMENTS } else { 1 };
        Value::Array((0..many).map(|_| self.make(child, value, left)).collect())
    }
}
