//! Made-up answers of an endpoint: every listed field, what is not listed beside it, and values of the wrong kind, with a
//! canary in every place that can hold one.

mod tree;

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use serde_json::{Map, Value};
use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Part};

use super::plant::{Canaries, Planted, Shape};
use tree::Tree;

/// A body with canaries in it.
#[derive(Debug)]
pub struct Document {
    /// What is special about it.
    pub what: &'static str,
    /// JSON.
    pub body: Value,
}

/// About how many canaries there are in the documents of an endpoint, for each field that it lists.
pub const FOR_EACH_FIELD: usize = 40;

/// How much the canaries for a field take: each remembers the steps to its place, and where lists are in lists there
/// are more of them.
pub fn weight(path: &FieldPath) -> usize {
    let lists = path.0.iter().filter(|part| matches!(part, Part::Element)).count();
    path.0.len().max(1) << lists.min(DEEP)
}

/// How values are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// As the schema lists them.
    Listed,
    /// Objects in the place of scalars, text in the place of all else.
    Nested,
    /// Lists in the place of scalars, no lists in the place of lists.
    Lists,
    /// Numbers in the place of text, text in the place of numbers, elements in the place of their list.
    Swapped,
}

/// All documents for an endpoint, by its position in the rule file. `also` are places that others say it answers with,
/// such as the API's own description.
pub fn documents(
    position: usize,
    endpoint: &Endpoint,
    also: &[Field],
    canaries: &mut Canaries,
) -> Vec<Document> {
    let root = Tree::of(endpoint, also);
    let asked = asked(endpoint);
    let mut made = Vec::new();
    let listed = Shape::TEXTS.into_iter().map(|shape| (Manner::Listed, shape, "fields as they are listed"));
    let odd = [
        (Manner::Nested, Shape::Name, "objects where scalars are listed"),
        (Manner::Nested, Shape::Email, "objects where scalars are listed"),
        (Manner::Lists, Shape::Text, "lists where scalars are listed"),
        (Manner::Lists, Shape::Email, "lists where scalars are listed"),
        (Manner::Swapped, Shape::Digits, "numbers where text is listed"),
    ];
    for (turn, (manner, shape, what)) in listed.chain(odd).enumerate() {
        let mut maker = Maker { position, manner, shape, turn, asked: &asked, canaries: &mut *canaries };
        made.push(Document { what, body: maker.value(&root, &FieldPath::ROOT) });
    }
    made
}

/// What filters and conditions ask of members: values by name, so that they are answered in both ways.
fn asked(endpoint: &Endpoint) -> BTreeMap<String, BTreeSet<String>> {
    let asks =
        Regex::new(r#"@\.([\w-]+)\s*(?:[!=]==?|=~|in)\s*\[?\s*(?:'([^']*)'|"([^"]*)"|(true|false|-?\d+))"#)
            .expect("a constant regex");
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for step in &endpoint.steps {
        let texts = step.paths.iter().map(|path| &path.written.text);
        for text in texts.chain(step.condition.iter().map(|it| &it.text)) {
            for found in asks.captures_iter(text) {
                let value = (2..=4).find_map(|group| found.get(group));
                let values = all.entry(found[1].to_owned()).or_default();
                values.extend(value.map(|it| it.as_str().to_owned()));
            }
        }
    }
    all
}

struct Maker<'m> {
    position: usize,
    manner: Manner,
    shape: Shape,
    turn: usize,
    asked: &'m BTreeMap<String, BTreeSet<String>>,
    canaries: &'m mut Canaries,
}

impl Maker<'_> {
    fn value(&mut self, tree: &Tree, path: &FieldPath) -> Value {
        let is_object = !tree.members.is_empty() || tree.kinds.contains(&Kind::Object);
        let is_list = tree.element.is_some() || tree.kinds.contains(&Kind::Array);
        match (is_object, is_list) {
            (true, true) if self.turn.is_multiple_of(2) => self.list(tree, path),
            (true, _) => self.object(tree, path),
            (false, true) => self.list(tree, path),
            (false, false) => self.scalar(tree, path),
        }
    }

    fn list(&mut self, tree: &Tree, path: &FieldPath) -> Value {
        let none = Tree::default();
        let element = tree.element.as_deref().unwrap_or(&none);
        let inner = path.then(Part::Element);
        match self.manner {
            Manner::Listed | Manner::Nested => {
                // Two of each would be many where lists are in lists.
                let depth = path.0.iter().filter(|part| matches!(part, Part::Element)).count();
                let count = if depth < DEEP { 2 } else { 1 };
                let mut items: Vec<Value> = (0..count).map(|_| self.value(element, &inner)).collect();
                items.push(Value::Array(vec![self.canary(self.shape, &inner.then(Part::Element))]));
                Value::Array(items)
            }
            // What belongs into elements, one step too high.
            Manner::Lists | Manner::Swapped => self.value(element, path),
        }
    }

    fn object(&mut self, tree: &Tree, path: &FieldPath) -> Value {
        // One step too deep, where something is around it.
        let listed = self.manner == Manner::Lists && *path != FieldPath::ROOT;
        let path = &if listed { path.then(Part::Element) } else { path.clone() };
        let mut members = Map::new();
        for (name, member) in &tree.members {
            let inner = path.then(Part::Name(name.clone()));
            let value = self.value(member, &inner);
            members.insert(name.clone(), value);
        }
        self.neighbours(tree, path, &mut members);
        let object = Value::Object(members);
        if listed { Value::Array(vec![self.unlisted(path), object]) } else { object }
    }

    /// Members that the schema does not list, under names that look personal, and one whose name is a canary.
    fn neighbours(&mut self, tree: &Tree, path: &FieldPath, members: &mut Map<String, Value>) {
        let beside: Vec<&str> =
            UNLISTED.into_iter().filter(|name| !tree.members.contains_key(*name)).collect();
        for offset in 0..beside.len().min(BESIDE) {
            let name = beside[(self.turn * BESIDE + offset) % beside.len()];
            let inner = path.then(Part::Name(name.to_owned()));
            let value = match offset {
                0 => self.canary(self.shape, &inner),
                1 => self.canary(Shape::Number, &inner),
                _ => self.unlisted(&inner),
            };
            members.insert(name.to_owned(), value);
        }
        let key = self.canaries.text(Shape::Key, self.position, Planted::Name(path.clone()));
        let value = self.canary(self.shape, &path.then(Part::AnyName));
        members.insert(key, value);
    }

    fn scalar(&mut self, tree: &Tree, path: &FieldPath) -> Value {
        match self.manner {
            Manner::Listed => self.listed(tree, path),
            Manner::Nested => self.unlisted(path),
            Manner::Lists => {
                let element = path.then(Part::Element);
                let inner = self.canary(self.shape, &element.then(Part::Element));
                Value::Array(vec![self.canary(self.shape, &element), Value::Array(vec![inner])])
            }
            Manner::Swapped => {
                let number = tree.kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number));
                self.canary(if number { Shape::Digits } else { Shape::Number }, path)
            }
        }
    }

    fn listed(&mut self, tree: &Tree, path: &FieldPath) -> Value {
        if let Some(values) = path.name().and_then(|name| self.asked.get(name))
            && let Some(value) = values.iter().nth(self.turn % (values.len() + 1))
        {
            return match value.as_str() {
                "true" | "false" => Value::Bool(value == "true"),
                _ => Value::String(value.clone()),
            };
        }
        let Some(kind) = tree.kinds.get(self.turn % tree.kinds.len().max(1)) else {
            return self.canary(self.shape, path);
        };
        match kind {
            Kind::Integer | Kind::Number => self.canary(Shape::Number, path),
            Kind::Boolean => Value::Bool(self.turn.is_multiple_of(2)),
            Kind::Constant(text) if !self.turn.is_multiple_of(3) => Value::String(text.clone()),
            Kind::Scalar if self.turn % 3 == 1 => self.canary(Shape::Number, path),
            Kind::String
            | Kind::Scalar
            | Kind::Constant(_)
            | Kind::Null
            | Kind::Object
            | Kind::Array
            | Kind::Again { .. }
            | Kind::Digest => self.canary(self.shape, path),
        }
    }

    /// Something deep that no schema lists.
    fn unlisted(&mut self, path: &FieldPath) -> Value {
        let (name, list) =
            (path.then(Part::Name("name".to_owned())), path.then(Part::Name("list".to_owned())));
        let key = self.canaries.text(Shape::Key, self.position, Planted::Name(path.clone()));
        let below = self.canary(self.shape, &path.then(Part::AnyName));
        let members = [
            ("name".to_owned(), self.canary(self.shape, &name)),
            ("list".to_owned(), Value::Array(vec![self.canary(Shape::Number, &list.then(Part::Element))])),
            (key, below),
        ];
        Value::Object(members.into_iter().collect())
    }

    fn canary(&mut self, shape: Shape, path: &FieldPath) -> Value {
        self.canaries.value(shape, self.position, Planted::Field(path.clone()))
    }
}

/// From here on lists have one element.
const DEEP: usize = 4;
/// Members beside the listed ones, in each object.
const BESIDE: usize = 3;
/// Names that sources give to what must not leave. `+` and `$` are how the engine and its paths begin theirs.
const UNLISTED: [&str; 24] = [
    "name",
    "email",
    "phone_number",
    "password",
    "join_url",
    "address",
    "host_key",
    "display_name",
    "manager",
    "birthday",
    "note",
    "id",
    "user_name",
    "start_url",
    "ip_address",
    "location",
    "topic",
    "custom_attributes",
    "passcode",
    "first_name",
    "+topic:textDigest",
    "$",
    "EMAIL",
    "e\u{301}mail",
];

#[cfg(test)]
mod tests;
