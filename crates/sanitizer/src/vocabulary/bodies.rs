//! The keys of request bodies.

use super::{Key, Object, Value, optional};
use crate::{doc, request};

pub(super) const REQUEST_BODY: &[Key] = &[
    optional("required", Value::Flag, "Whether the body must not be blank"),
    optional(
        "content",
        Value::Named(Object::BodySchema),
        "Schemas by media type, such as `application/json`; a type that is not listed is refused, absent means any JSON or form",
    ),
];

pub(super) const BODY_SCHEMA: &[Key] = &[
    optional("type", Value::OneOf(&doc::TYPES), "What the value must be; a form is an object of strings"),
    optional("properties", Value::Named(Object::BodySchema), "Schemas of the members by name"),
    optional("required", Value::Texts, "Names of members that must be there"),
    optional("additionalProperties", Value::Flag, "`false` refuses members that `properties` does not list"),
    optional("items", Value::One(Object::BodySchema), "What every item of a list must be"),
    optional("pattern", Value::Text, "A regex that must match somewhere in the text"),
    optional("enumValues", Value::Texts, "The texts that pass"),
    optional(
        "format",
        Value::Usually(&request::FORMATS),
        "A reversible token (`p~…`) must stand somewhere in the text",
    ),
];
