//! Response schemas: the allow-list of fields.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problems;
use crate::rules::fields::Fields;
use crate::yaml::Node;

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) line: usize,
    pub(crate) form: Form,
}

/// What may leave at a place.
#[derive(Debug)]
pub(crate) enum Form {
    Object(BTreeMap<String, Schema>),
    List(Box<Schema>),
    Text,
    Number,
    Integer,
    Boolean,
    Null,
    /// Anything that holds nothing.
    Scalar,
    /// The empty text; another value rules the object out.
    Constant,
    Reference(String),
    /// Candidates; only the first so many can be chosen.
    AnyOf(Vec<Schema>, usize),
    /// What `then` lists, or nothing.
    Condition(BTreeMap<String, Schema>),
}

impl Schema {
    pub(crate) fn read(node: &Node, problems: &mut Problems) -> Schema {
        node.untagged(problems);
        let line = node.line;
        let mut fields = Fields::of(node, "a response schema", problems);
        fields.skip(&["title", "required", "additionalProperties", "$schema", "format", "definitions"]);
        let deciding = [["$ref", "$ref"], ["anyOf", "anyOf"], ["const", "constant"], ["if", "_if"]];
        let count = deciding.iter().filter(|names| names.iter().any(|it| fields.has(it))).count();
        if count > 1 {
            problems.tell(line, "more than one of $ref, anyOf, const and if beside each other");
        }
        let form = if let Some(node) = fields.take("$ref", problems) {
            let text = node.text("$ref", problems).unwrap_or_default();
            let name = text.strip_prefix("#/definitions/").unwrap_or_default();
            if name.is_empty() {
                problems.tell(node.line, "a $ref that does not lead to a definition");
            }
            fields.skip(&["type", "properties", "items"]);
            Form::Reference(name.to_owned())
        } else if let Some(node) = fields.take("anyOf", problems) {
            let all: Vec<_> =
                node.list("anyOf", problems).iter().map(|it| Schema::read(it, problems)).collect();
            if all.is_empty() {
                problems.tell(node.line, "anyOf without candidates");
            }
            fields.skip(&["type", "properties", "items"]);
            let count = all.len();
            Form::AnyOf(all, count)
        } else if let Some(node) = fields.take_either("const", "constant", problems) {
            node.text("const", problems);
            fields.skip(&["type", "properties", "items"]);
            Form::Constant
        } else if let Some(node) = fields.take_either("if", "_if", problems) {
            // What is asked is read for its mistakes only: the answer is no longer in the output.
            Schema::read(node, problems);
            if let Some(node) = fields.take_either("else", "_else", problems) {
                Schema::read(node, problems);
            }
            let then =
                fields.take_either("then", "_then", problems).map(|it| Schema::read(it, problems).form);
            fields.skip(&["type", "properties", "items"]);
            match then {
                Some(Form::Object(properties)) => Form::Condition(properties),
                _ => {
                    problems.tell(line, "an `if` without a `then` that lists properties");
                    Form::Null
                }
            }
        } else {
            plain(&mut fields, line, problems)
        };
        fields.end(problems);
        Schema { line, form }
    }

    /// Collects the names that it lists.
    pub(crate) fn names(&self, names: &mut BTreeSet<String>) {
        match &self.form {
            Form::Object(properties) | Form::Condition(properties) => {
                for (name, schema) in properties {
                    names.insert(name.clone());
                    schema.names(names);
                }
            }
            Form::List(items) => items.names(names),
            Form::AnyOf(all, _) => all.iter().for_each(|it| it.names(names)),
            Form::Text | Form::Number | Form::Integer | Form::Boolean | Form::Reference(_) => {}
            Form::Null | Form::Scalar | Form::Constant => {}
        }
    }

    /// Whether a constant in it may rule the value out.
    fn may_be_ruled_out(&self, definitions: &BTreeSet<String>) -> bool {
        match &self.form {
            Form::Constant | Form::Condition(_) => true,
            Form::Object(properties) => properties.values().any(|it| it.may_be_ruled_out(definitions)),
            Form::List(items) => items.may_be_ruled_out(definitions),
            Form::Reference(name) => definitions.contains(name),
            Form::AnyOf(all, _) => all.iter().all(|it| it.may_be_ruled_out(definitions)),
            Form::Text | Form::Number | Form::Integer | Form::Boolean | Form::Null | Form::Scalar => false,
        }
    }

    /// Counts the candidates that can be chosen, and finds references that lead nowhere.
    fn settle(&mut self, names: &BTreeSet<String>, ruled_out: &BTreeSet<String>, problems: &mut Problems) {
        let line = self.line;
        match &mut self.form {
            Form::Object(properties) | Form::Condition(properties) => {
                properties.values_mut().for_each(|it| it.settle(names, ruled_out, problems));
            }
            Form::List(items) => items.settle(names, ruled_out, problems),
            Form::Reference(name) => {
                if !name.is_empty() && !names.contains(name) {
                    problems.tell(line, "a $ref to a definition that is not there");
                }
            }
            Form::AnyOf(all, count) => {
                let certain = all.iter().position(|it| !it.may_be_ruled_out(ruled_out));
                *count = certain.map_or(all.len(), |it| it + 1);
                all.iter_mut().for_each(|it| it.settle(names, ruled_out, problems));
            }
            Form::Text | Form::Number | Form::Integer | Form::Boolean => {}
            Form::Null | Form::Scalar | Form::Constant => {}
        }
    }

    /// The definitions that stand for this value itself, not for one below it.
    fn same_value<'a>(&'a self, found: &mut Vec<&'a str>) {
        match &self.form {
            Form::Reference(name) => found.push(name),
            Form::AnyOf(all, _) => all.iter().for_each(|it| it.same_value(found)),
            _ => {}
        }
    }
}

/// A schema that says what it is with `type`, `properties` or `items`.
fn plain(fields: &mut Fields<'_>, line: usize, problems: &mut Problems) -> Form {
    let kind = fields.take("type", problems).and_then(|it| it.text("type", problems)).map(str::to_owned);
    let properties = fields.take("properties", problems);
    let items = fields.take("items", problems);
    let kind = match (&kind, properties, items) {
        (Some(kind), _, _) => kind.as_str(),
        (None, Some(_), Some(_)) => {
            problems.tell(line, "properties and items without a type");
            "object"
        }
        (None, Some(_), None) => "object",
        (None, None, Some(_)) => "array",
        (None, None, None) => return Form::Scalar,
    };
    let mut listed = BTreeMap::new();
    if let Some(node) = properties {
        node.untagged(problems);
        for entry in node.entries("properties", problems) {
            listed.insert(entry.key.clone(), Schema::read(&entry.node, problems));
        }
    }
    let items = items.map(|it| Box::new(Schema::read(it, problems)));
    match (kind, items) {
        ("object", _) => Form::Object(listed),
        ("array", Some(items)) => Form::List(items),
        ("array", None) => {
            problems.tell(line, "an array without items");
            Form::Null
        }
        ("string", _) => Form::Text,
        ("number", _) => Form::Number,
        ("integer", _) => Form::Integer,
        ("boolean", _) => Form::Boolean,
        ("null", _) => Form::Null,
        _ => {
            problems.tell(line, "a type that this check does not know");
            Form::Null
        }
    }
}

/// Looks at what all schemas say of each other.
pub(crate) fn resolve<'a>(
    definitions: &mut BTreeMap<String, Schema>,
    schemas: impl Iterator<Item = &'a mut Schema>,
    problems: &mut Problems,
) {
    let names: BTreeSet<String> = definitions.keys().cloned().collect();
    // Grows until nothing new is found; each round finds one at least.
    let mut ruled_out = BTreeSet::new();
    loop {
        let found = definitions
            .iter()
            .filter(|(name, it)| !ruled_out.contains(*name) && it.may_be_ruled_out(&ruled_out));
        let found: Vec<String> = found.map(|(name, _)| name.clone()).collect();
        if found.is_empty() {
            break;
        }
        ruled_out.extend(found);
    }
    for (name, schema) in definitions.iter() {
        let (mut seen, mut next) = (BTreeSet::new(), Vec::new());
        schema.same_value(&mut next);
        while let Some(other) = next.pop() {
            if other == name {
                problems.tell(schema.line, "a definition that leads only to itself");
                break;
            }
            if seen.insert(other)
                && let Some(schema) = definitions.get(other)
            {
                schema.same_value(&mut next);
            }
        }
    }
    definitions.values_mut().for_each(|it| it.settle(&names, &ruled_out, problems));
    schemas.for_each(|it| it.settle(&names, &ruled_out, problems));
}
