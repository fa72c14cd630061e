//! Running a schema over a tree.

use super::{Condition, Schema, Shape};
use crate::counts::Counts;
use crate::json::{Value, integral};

/// Look-ahead steps of `anyOf` and `if` per document. A body made to exhaust them loses the values in
/// question.
pub(crate) const LOOK_AHEAD: u32 = 20_000_000;

impl Schema {
    /// Reduces the value to what the schema lists. `false`: a constant ruled the whole document out, and
    /// the value is null now.
    pub(crate) fn project(&self, value: &mut Value<'_>, counts: &mut Counts) {
        if !self.project_at(self.root, value, counts, &mut LOOK_AHEAD.clone()) {
            Projection { schema: self, counts, steps: &mut 0 }.null(value);
        }
    }

    /// Reduces a value to what one shape lists. `false`: a constant ruled it out, and it must go.
    pub(crate) fn project_at(
        &self,
        shape: usize,
        value: &mut Value<'_>,
        counts: &mut Counts,
        steps: &mut u32,
    ) -> bool {
        Projection { schema: self, counts, steps }.shape(shape, value)
    }
}

struct Projection<'s> {
    schema: &'s Schema,
    counts: &'s mut Counts,
    steps: &'s mut u32,
}

impl Projection<'_> {
    /// `false`: ruled out by a constant; the value is in no particular state then.
    fn shape(&mut self, id: usize, value: &mut Value<'_>) -> bool {
        let schema = self.schema;
        match &schema.shapes[id] {
            Shape::Same(other) => return self.shape(*other, value),
            Shape::String => self.keep_if(matches!(value, Value::String(_)), value),
            Shape::Integer => {
                let whole = matches!(value, Value::Number(text) if integral(text));
                self.keep_if(whole, value);
            }
            Shape::Number => self.keep_if(matches!(value, Value::Number(_)), value),
            Shape::Boolean => self.keep_if(matches!(value, Value::Bool(_)), value),
            Shape::Pending | Shape::Nothing => self.null(value),
            Shape::Scalar => self.keep_if(!value.is_container(), value),
            Shape::Object(properties) => return self.object(properties, value),
            Shape::Array(items) => self.array(*items, value),
            Shape::AnyOf(candidates) => {
                // One that was chosen may be ruled out after all, when the steps end in between.
                let chosen = candidates.iter().find(|candidate| self.admits(**candidate, value));
                if !chosen.is_some_and(|candidate| self.shape(*candidate, value)) {
                    self.null(value);
                }
            }
            Shape::Constant(text) => {
                let equal = has_text(value, text);
                *value = Value::String("".into());
                return equal;
            }
            Shape::Conditional { condition, otherwise, then } => {
                let holds = self.holds(condition, value)
                    || otherwise.as_ref().is_some_and(|otherwise| self.holds(otherwise, value));
                return holds && self.shape(*then, value);
            }
        }
        true
    }

    fn object(&mut self, properties: &[(String, usize)], value: &mut Value<'_>) -> bool {
        let Value::Object(members) = value else {
            self.null(value);
            return true;
        };
        let before = members.len();
        let mut admitted = true;
        members.retain_mut(|member| {
            if member.added {
                return true;
            }
            match properties.iter().find(|(name, _)| **name == *member.name) {
                Some((_, id)) => {
                    admitted &= self.shape(*id, &mut member.value);
                    true
                }
                None => false,
            }
        });
        self.counts.removed += (before - members.len()) as u64;
        admitted
    }

    fn array(&mut self, items: usize, value: &mut Value<'_>) {
        let Value::Array(elements) = value else { return self.null(value) };
        let before = elements.len();
        elements.retain_mut(|element| self.shape(items, element) && *element != Value::Null);
        self.counts.removed += (before - elements.len()) as u64;
    }

    fn keep_if(&mut self, fits: bool, value: &mut Value<'_>) {
        if !fits {
            self.null(value);
        }
    }

    fn null(&mut self, value: &mut Value<'_>) {
        if *value != Value::Null {
            self.counts.nulled += 1;
            *value = Value::Null;
        }
    }

    /// Whether [`Self::shape`] would return `true`, without touching the value.
    fn admits(&mut self, id: usize, value: &Value<'_>) -> bool {
        let Some(left) = self.steps.checked_sub(1) else { return false };
        *self.steps = left;
        let schema = self.schema;
        match &schema.shapes[id] {
            Shape::Same(other) => self.admits(*other, value),
            Shape::Constant(text) => has_text(value, text),
            Shape::Object(properties) => match value {
                Value::Object(members) => members.iter().filter(|member| !member.added).all(|member| {
                    let listed = properties.iter().find(|(name, _)| **name == *member.name);
                    listed.is_none_or(|(_, id)| self.admits(*id, &member.value))
                }),
                _ => true,
            },
            Shape::Conditional { condition, otherwise, then } => {
                let holds = self.holds(condition, value)
                    || otherwise.as_ref().is_some_and(|otherwise| self.holds(otherwise, value));
                holds && self.admits(*then, value)
            }
            Shape::Pending
            | Shape::String
            | Shape::Integer
            | Shape::Number
            | Shape::Boolean
            | Shape::Nothing
            | Shape::Scalar
            | Shape::Array(_)
            | Shape::AnyOf(_) => true,
        }
    }

    fn holds(&mut self, condition: &Condition, value: &Value<'_>) -> bool {
        let Value::Object(members) = value else { return false };
        condition.0.iter().all(|(name, id)| {
            let member = members.iter().find(|member| **name == *member.name);
            member.is_some_and(|member| self.admits(*id, &member.value))
        })
    }
}

/// Whether the text of a scalar is this one.
fn has_text(value: &Value<'_>, text: &str) -> bool {
    match value {
        Value::Null => text == "null",
        Value::Bool(true) => text == "true",
        Value::Bool(false) => text == "false",
        Value::Number(it) => *it == text,
        Value::String(it) => **it == *text,
        Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::counts::Counts;
    use crate::diagnostic::Report;
    use crate::json;
    use crate::{node, schema};

    fn projected(yaml: &str, document: &str) -> (String, Counts) {
        let mut report = Report::default();
        let node = node::parse(yaml, &mut report).unwrap();
        let schema = schema::read(node, &[], &mut report);
        assert!(!report.has_errors(), "{}", report.finish("schema", yaml));
        let mut value = json::parse(document.as_bytes()).unwrap();
        let mut counts = Counts::default();
        schema.project(&mut value, &mut counts);
        let mut out = String::new();
        json::write(&value, &mut out);
        (out, counts)
    }

    #[test]
    fn keeps_what_is_listed_and_of_its_type() {
        let kinds = "properties: {+s: {type: string}, s: {type: string}, i: {type: integer}, n: {type: number}, b: {type: boolean}, \
                     x: {type: 'null'}, any: {}, o: {properties: {k: {type: string}}}, a: {items: {type: integer}}, \
                     e: {type: object}}";
        for (document, expected) in [
            (r#"{"s":"t","i":3,"n":1.10,"b":true,"other":1}"#, r#"{"s":"t","i":3,"n":1.10,"b":true}"#),
            (
                r#"{"s":1,"i":"3","n":"1","b":"true","x":"y"}"#,
                r#"{"s":null,"i":null,"n":null,"b":null,"x":null}"#,
            ),
            (r#"{"i":3.7}"#, r#"{"i":null}"#),
            (r#"{"i":3.0}"#, r#"{"i":3.0}"#),
            (r#"{"i":123456789012345678901}"#, r#"{"i":null}"#),
            (r#"{"i":1e16}"#, r#"{"i":1e16}"#),
            (r#"{"i":3.000000000000000004722334455}"#, r#"{"i":null}"#),
            (r#"{"b":null}"#, r#"{"b":null}"#),
            (r#"{"any":"x"}"#, r#"{"any":"x"}"#),
            (r#"{"any":1e999}"#, r#"{"any":1e999}"#),
            (r#"{"any":{"x":1}}"#, r#"{"any":null}"#),
            (r#"{"o":{"k":"v","z":1}}"#, r#"{"o":{"k":"v"}}"#),
            (r#"{"o":["k"]}"#, r#"{"o":null}"#),
            (r#"{"a":[1,"x",null,2]}"#, r#"{"a":[1,2]}"#),
            (r#"{"a":{"0":1}}"#, r#"{"a":null}"#),
            (r#"{"e":{"k":1}}"#, r#"{"e":{}}"#),
            (r#"{"+s":"x"}"#, "{}"),
            (r#""text""#, "null"),
        ] {
            assert_eq!(projected(kinds, document).0, expected, "{document}");
        }
    }

    #[test]
    fn counts_what_it_did() {
        let (_, counts) = projected("properties: {a: {type: string}}", r#"{"a":1,"b":2,"c":{"d":3}}"#);
        assert_eq!(counts, Counts { removed: 2, nulled: 1, ..Counts::default() });
    }

    #[test]
    fn chooses_by_constants_and_conditions() {
        let any_of = "anyOf: [{properties: {kind: {const: a}, x: {type: integer}}}, \
                      {properties: {kind: {const: b}, y: {type: integer}}}]";
        let conditional = "{type: object, if: {properties: {kind: {const: a}}}, \
                           then: {properties: {x: {type: integer}}}, else: {properties: {kind: {const: b}}}}";
        for (schema, document, expected) in [
            (any_of, r#"{"kind":"a","x":1,"y":2}"#, r#"{"kind":"","x":1}"#),
            (any_of, r#"{"kind":"b","x":1,"y":2}"#, r#"{"kind":"","y":2}"#),
            (any_of, r#"{"kind":"c","x":1,"y":2}"#, "null"),
            (conditional, r#"{"kind":"a","x":1}"#, r#"{"x":1}"#),
            (conditional, r#"{"kind":"b","x":1}"#, r#"{"x":1}"#),
            (conditional, r#"{"kind":"c","x":1}"#, "null"),
            (conditional, r#"{"x":1}"#, "null"),
            ("{const: 5}", "5", r#""""#),
            ("{const: 5}", "6", "null"),
            ("{const: null}", "6", "null"),
            ("{type: null}", "6", "null"),
            ("{items: {properties: {k: {const: a}}}}", r#"[{"k":"a"},{"k":"b"}]"#, r#"[{"k":""}]"#),
        ] {
            assert_eq!(projected(schema, document).0, expected, "{schema} on {document}");
        }
    }
}
