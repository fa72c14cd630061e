//! Nodes to [`Schema`], with everything checked that the reference finds out only at request time.

use std::collections::HashMap;

use super::{Condition, Schema, Shape};
use crate::diagnostic::{Place, Report, Spanned, nearest};
use crate::node::{Fields, Node};

/// The types of response schemas.
pub(crate) const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "null", "object", "array"];

/// Reads a schema; `definitions` are those of the rule set.
pub(crate) fn read(node: Node, definitions: &[(Spanned<String>, Node)], report: &mut Report) -> Schema {
    let mut reader = Reader { schema: Schema::default(), definitions, named: HashMap::new() };
    reader.schema.root = reader.shape(node, report);
    reader.refuse_loops(report);
    reader.schema
}

struct Reader<'d> {
    schema: Schema,
    definitions: &'d [(Spanned<String>, Node)],
    /// Definitions that were read, or are being read, with the place of the first `$ref`.
    named: HashMap<String, (usize, Place)>,
}

impl Reader<'_> {
    fn add(&mut self, shape: Shape) -> usize {
        self.schema.shapes.push(shape);
        self.schema.shapes.len() - 1
    }

    fn shape(&mut self, node: Node, report: &mut Report) -> usize {
        let id = self.add(Shape::Pending);
        self.schema.shapes[id] = match Fields::open(node, "a response schema", report) {
            Some(mut fields) => {
                let shape = self.read_shape(&mut fields, report);
                fields.close(report);
                shape
            }
            None => Shape::Nothing,
        };
        id
    }

    fn read_shape(&mut self, fields: &mut Fields, report: &mut Report) -> Shape {
        for key in ["title", "required", "additionalProperties", "$schema"] {
            fields.ignored(key, "the schema lists what may leave and checks nothing else", report);
        }
        fields.ignored("format", "formats of responses are not checked", report);
        fields.ignored("definitions", "only the `definitions` at the top of the file are used", report);
        let place = fields.place;
        let reference = fields.text("$ref", report);
        let any_of = fields.list("anyOf", report);
        let condition = fields.take("if").or_else(|| fields.take("_if"));
        let then = fields.take("then").or_else(|| fields.take("_then"));
        let otherwise = fields.take("else").or_else(|| fields.take("_else"));
        let constant = match fields.word("const", report) {
            Some(text) => Some(text),
            None => fields.text("constant", report),
        };
        let kind = fields.word("type", report);
        let beside = ["properties", "items"].map(|key| fields.key_place(key));
        let properties = fields.map("properties", report);
        let items = fields.take("items");
        let decides =
            [("$ref", reference.is_some()), ("anyOf", any_of.is_some()), ("if", condition.is_some())];
        let decides =
            decides.into_iter().chain([("const", constant.is_some())]).find(|(_, present)| *present);
        if let (Some((key, _)), Some(place)) = (decides, beside.into_iter().flatten().next()) {
            report.warning("ignored-key", place, format!("beside `{key}` this has no effect"));
        }

        if let Some(reference) = reference {
            return self.reference(&reference, report);
        }
        if let Some(candidates) = any_of {
            return Shape::AnyOf(candidates.into_iter().map(|node| self.shape(node, report)).collect());
        }
        if let Some(condition) = condition {
            return self.conditional(condition, then, otherwise, place, report);
        }
        if then.is_some() || otherwise.is_some() {
            report.error("schema-condition", place, "`then` and `else` need an `if` beside them");
        }
        if let Some(constant) = constant {
            return Shape::Constant(constant.value);
        }
        let inferred = match (&properties, &items) {
            (Some(_), _) => Some("object"),
            (None, Some(_)) => Some("array"),
            (None, None) => None,
        };
        match kind.as_ref().map(|kind| kind.value.as_str()).or(inferred) {
            None => Shape::Scalar,
            Some("string") => Shape::String,
            Some("integer") => Shape::Integer,
            Some("number") => Shape::Number,
            Some("boolean") => Shape::Boolean,
            Some("null") => Shape::Nothing,
            Some("object") => Shape::Object(self.properties(properties.unwrap_or_default(), report)),
            Some("array") => match items {
                Some(items) => Shape::Array(self.shape(items, report)),
                None => {
                    report
                        .error("missing-key", place, "an array needs `items`")
                        .suggest("say what its elements are: `items: {type: string}`");
                    Shape::Nothing
                }
            },
            Some(unknown) => {
                let place = kind.as_ref().map_or(place, |kind| kind.place);
                let found = report.error("unknown-type", place, format!("there is no type `{unknown}`"));
                found.suggest(match nearest(unknown, &TYPES) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!("types: {}", TYPES.join(", ")),
                });
                Shape::Nothing
            }
        }
    }

    /// What is listed, but for names that only augments give.
    fn properties(
        &mut self,
        mut entries: Vec<(Spanned<String>, Node)>,
        report: &mut Report,
    ) -> Vec<(String, usize)> {
        entries.retain(|(name, _)| {
            let is_added = name.value.starts_with('+');
            if is_added {
                let message =
                    format!("`{}` has no effect: only what augments add has such a name", name.value);
                report
                    .warning("ignored-key", name.place, message)
                    .suggest("remove it; what an augment adds need not be listed");
            }
            !is_added
        });
        self.members(entries, report)
    }

    fn members(
        &mut self,
        entries: Vec<(Spanned<String>, Node)>,
        report: &mut Report,
    ) -> Vec<(String, usize)> {
        entries.into_iter().map(|(name, node)| (name.value, self.shape(node, report))).collect()
    }

    fn reference(&mut self, reference: &Spanned<String>, report: &mut Report) -> Shape {
        let Some(name) = reference.value.strip_prefix("#/definitions/") else {
            report
                .error("unknown-ref", reference.place, format!("`{}` refers to no schema", reference.value))
                .suggest("write `#/definitions/NAME` and define NAME at the top of the file");
            return Shape::Nothing;
        };
        if let Some((id, _)) = self.named.get(name) {
            return Shape::Same(*id);
        }
        let Some((_, node)) = self.definitions.iter().find(|(defined, _)| defined.value == name) else {
            let known: Vec<&str> = self.definitions.iter().map(|(name, _)| name.value.as_str()).collect();
            let found = report.error("unknown-ref", reference.place, format!("`{name}` is not defined"));
            found.suggest(match nearest(name, &known) {
                Some(meant) => format!("did you mean `#/definitions/{meant}`?"),
                None => "define it under `definitions` at the top of the file".to_owned(),
            });
            return Shape::Nothing;
        };
        // Registered before it is read, so that a definition may contain itself.
        let id = self.add(Shape::Pending);
        self.named.insert(name.to_owned(), (id, reference.place));
        let inner = self.shape(node.clone(), report);
        self.schema.shapes[id] = Shape::Same(inner);
        Shape::Same(id)
    }

    fn conditional(
        &mut self,
        condition: Node,
        then: Option<Node>,
        otherwise: Option<Node>,
        place: Place,
        report: &mut Report,
    ) -> Shape {
        let condition = self.condition(condition, report);
        let otherwise = otherwise.map(|node| self.condition(node, report));
        let Some(then) = then else {
            report.error("schema-condition", place, "`if` needs a `then` that lists what may leave");
            return Shape::Nothing;
        };
        let properties = Fields::open(then, "`then`", report).map(|mut fields| {
            fields.text("type", report);
            let properties = fields.map("properties", report).unwrap_or_default();
            fields.close(report);
            self.properties(properties, report)
        });
        let then = self.add(Shape::Object(properties.unwrap_or_default()));
        Shape::Conditional { condition, otherwise, then }
    }

    fn condition(&mut self, node: Node, report: &mut Report) -> Condition {
        let place = node.place;
        let Some(mut fields) = Fields::open(node, "a schema condition", report) else {
            return Condition(Vec::new());
        };
        fields.text("type", report);
        let properties = fields.map("properties", report).unwrap_or_default();
        fields.close(report);
        if properties.is_empty() {
            report
                .error("schema-condition", place, "a condition needs `properties`")
                .suggest("such as `properties: {kind: {const: user}}`");
        }
        Condition(self.members(properties, report))
    }

    /// `A: {$ref: A}` has no meaning, and neither has a longer loop without an object or array in it.
    fn refuse_loops(&mut self, report: &mut Report) {
        let mut broken = Vec::new();
        for (name, (start, place)) in &self.named {
            let mut seen = vec![*start];
            let mut at = *start;
            while let Shape::Same(next) = self.schema.shapes[at] {
                if seen.contains(&next) {
                    broken.push((name.clone(), *start, *place));
                    break;
                }
                seen.push(next);
                at = next;
            }
        }
        for (name, id, place) in broken {
            report.error("unknown-ref", place, format!("`{name}` refers only to itself"));
            self.schema.shapes[id] = Shape::Nothing;
        }
    }
}
