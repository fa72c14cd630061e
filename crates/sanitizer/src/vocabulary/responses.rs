//! The keys of response schemas.

use super::{Key, Object, Value, optional, required};
use crate::schema;

const CONDITION_ABOUT: &str =
    "Where all members that it lists are there and none is ruled out, `then` says what leaves";
const THEN_ABOUT: &str =
    "What leaves where `if` or else `else` holds; where neither does, the object is ruled out";
const ELSE_ABOUT: &str = "Another condition, asked where `if` does not hold";
const OLDER: &str = "An older spelling of the same key without `_`";
const CHECKS_NOTHING: &str =
    "Accepted without effect: the schema lists what may leave and checks nothing else";

pub(super) const RESPONSE_SCHEMA: &[Key] = &[
    optional(
        "type",
        Value::OneOf(&schema::TYPES),
        "What the value must be, or else it becomes null; without a type any scalar stays, and `null` keeps nothing",
    ),
    optional(
        "properties",
        Value::Named(Object::ResponseSchema),
        "Schemas of the members that may leave, by name; implies `type: object`",
    ),
    optional(
        "items",
        Value::One(Object::ResponseSchema),
        "The schema of every element; implies `type: array`",
    ),
    optional(
        "$ref",
        Value::Text,
        "`#/definitions/NAME`: the definition at the top of the file, which may contain itself",
    ),
    optional(
        "anyOf",
        Value::List(Object::ResponseSchema),
        "The first candidate that no constant rules out decides",
    ),
    optional(
        "const",
        Value::TextOrNull,
        "A value with this text becomes empty text; any other rules the object out",
    ),
    optional("constant", Value::Text, "An older spelling of `const`"),
    optional("if", Value::One(Object::Condition), CONDITION_ABOUT),
    optional("then", Value::One(Object::Then), THEN_ABOUT),
    optional("else", Value::One(Object::Condition), ELSE_ABOUT),
    optional("_if", Value::One(Object::Condition), OLDER),
    optional("_then", Value::One(Object::Then), OLDER),
    optional("_else", Value::One(Object::Condition), OLDER),
    optional("title", Value::Ignored, CHECKS_NOTHING),
    optional("required", Value::Ignored, CHECKS_NOTHING),
    optional("additionalProperties", Value::Ignored, CHECKS_NOTHING),
    optional("$schema", Value::Ignored, CHECKS_NOTHING),
    optional("format", Value::Ignored, "Accepted without effect: formats of responses are not checked"),
    optional(
        "definitions",
        Value::Ignored,
        "Accepted without effect: only those at the top of the file are used",
    ),
];

const TYPE: Key = optional("type", Value::Text, "Always `object`");

pub(super) const CONDITION: &[Key] = &[
    TYPE,
    required(
        "properties",
        Value::Named(Object::ResponseSchema),
        "Members that must be there, such as `kind: {const: user}`",
    ),
];

pub(super) const THEN: &[Key] = &[
    TYPE,
    optional("properties", Value::Named(Object::ResponseSchema), "The members that may leave, by name"),
];
