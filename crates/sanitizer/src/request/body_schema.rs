//! The part of JSON Schema 2020-12 that request-body rules may use.

use super::parameter::{compile_pattern, holds_token};
use crate::diagnostic::Report;
use crate::doc::BodySchema;
use crate::json::{Value, is_whole};
use crate::regex::{Pattern, Patterns};

/// A compiled schema; every keyword that is present must hold.
pub(super) struct Shape {
    kind: Option<Kind>,
    pattern: Option<Pattern>,
    /// A string must hold a reversible token.
    token: bool,
    /// The key `enumValues`.
    values: Option<Vec<String>>,
    properties: Vec<(String, Shape)>,
    required: Vec<String>,
    additional: bool,
    items: Option<Box<Shape>>,
}

#[derive(Clone, Copy)]
enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Null,
    Object,
    Array,
}

impl Kind {
    fn of(name: &str) -> Option<Kind> {
        Some(match name {
            "string" => Kind::String,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            "null" => Kind::Null,
            "object" => Kind::Object,
            "array" => Kind::Array,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Null => "null",
            Kind::Object => "object",
            Kind::Array => "array",
        }
    }

    fn fits(self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Kind::Integer, Value::Number(text)) => is_whole(text),
            (Kind::String, Value::String(_))
            | (Kind::Number, Value::Number(_))
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Null, Value::Null)
            | (Kind::Object, Value::Object(_))
            | (Kind::Array, Value::Array(_)) => true,
            _ => false,
        }
    }
}

impl Shape {
    /// Mistakes go to the report; the types are checked where the file is read.
    pub(super) fn compile(written: &BodySchema, report: &mut Report) -> Shape {
        let pattern = written.pattern.as_ref().and_then(|it| compile_pattern(it, Patterns::find, report));
        let token = written.format.as_ref().is_some_and(|format| {
            let known = matches!(format.value.as_str(), "pseudonym" | "reversible-pseudonym");
            if !known {
                let message = format!("values are not checked against the format `{}`", format.value);
                report
                    .warning("body-format-not-checked", format.place, message)
                    .suggest("describe the value with `pattern`");
            }
            known
        });
        let properties = written.properties.iter().flatten();
        Shape {
            kind: written.kind.as_ref().and_then(|kind| Kind::of(&kind.value)),
            pattern,
            token,
            values: written.enum_values.as_ref().map(|all| all.iter().map(|it| it.value.clone()).collect()),
            properties: properties
                .map(|(name, schema)| (name.value.clone(), Self::compile(schema, report)))
                .collect(),
            required: written.required.iter().map(|name| name.value.clone()).collect(),
            additional: written.additional_properties.unwrap_or(true),
            items: written.items.as_ref().map(|items| Box::new(Self::compile(items, report))),
        }
    }

    /// Why the value does not fit, in words of the rules only.
    pub(super) fn judge(&self, value: &Value<'_>) -> Result<(), String> {
        if let Some(kind) = self.kind
            && !kind.fits(value)
        {
            return Err(format!("type {} is expected", kind.name()));
        }
        if let Some(values) = &self.values
            && !matches!(value, Value::String(text) if values.iter().any(|it| **it == **text))
        {
            return Err("one of the listed values is expected".to_owned());
        }
        match value {
            Value::String(text) => self.judge_text(text),
            Value::Array(items) => match &self.items {
                Some(shape) => items
                    .iter()
                    .try_for_each(|item| shape.judge(item))
                    .map_err(|why| format!("an item: {why}")),
                None => Ok(()),
            },
            Value::Object(members) => self.judge_members(members),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn judge_text(&self, text: &str) -> Result<(), String> {
        if self.token && !holds_token(text) {
            return Err("a reversible token is expected".to_owned());
        }
        match &self.pattern {
            Some(pattern) if !pattern.is_match(text) => Err("the pattern does not match".to_owned()),
            _ => Ok(()),
        }
    }

    fn judge_members(&self, members: &[crate::json::Member<'_>]) -> Result<(), String> {
        for member in members {
            match self.properties.iter().find(|(name, _)| **name == *member.name) {
                Some((name, shape)) => {
                    shape.judge(&member.value).map_err(|why| format!("`{name}`: {why}"))?
                }
                None if self.additional => {}
                None => return Err("a member is not listed".to_owned()),
            }
        }
        match self.required.iter().find(|name| !members.iter().any(|member| *member.name == **name)) {
            Some(name) => Err(format!("`{name}` is required and absent")),
            None => Ok(()),
        }
    }
}
