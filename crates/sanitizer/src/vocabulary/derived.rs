//! The keys of files that extend others.

use super::calls::{DEFINITIONS, VERSION};
use super::{Key, Object, Value, optional, required};

pub(super) const DERIVED_FILE: &[Key] = &[
    required("extends", Value::Text, "The shipped rules that this file narrows, such as `zoom@1`"),
    VERSION,
    optional(
        "allowWidening",
        Value::Text,
        "Why more may pass or leave than by the base, in words that a reviewer can judge",
    ),
    optional("overrides", Value::List(Object::Override), "What is different at endpoints of the base"),
    optional(
        "endpoints",
        Value::List(Object::Endpoint),
        "Endpoints that the base does not have; they need `allowWidening`",
    ),
    optional(
        "allowedRequestHeaders",
        Value::Texts,
        "Names of headers that are forwarded at every endpoint, instead of those of the base",
    ),
    DEFINITIONS,
];

pub(super) const OVERRIDE: &[Key] = &[
    optional("pathTemplate", Value::Text, "The endpoint that is meant, exactly as the base has it"),
    optional("pathRegex", Value::Text, "The endpoint that is meant, exactly as the base has it"),
    optional("removed", Value::Flag, "Whether the endpoint goes altogether"),
    optional("allowedMethods", Value::Texts, "The methods that pass, instead of those of the base"),
    optional(
        "allowedQueryParams",
        Value::Texts,
        "Names of the query parameters that pass, instead of those of the base",
    ),
    optional(
        "allowedRequestHeaders",
        Value::Texts,
        "Names of headers that are forwarded to the source, instead of those of the base",
    ),
    optional(
        "pathParameterSchemas",
        Value::Named(Object::PathParameter),
        "Schemas by the name of the path parameter, which must pass beside those of the base",
    ),
    optional(
        "queryParamSchemas",
        Value::Named(Object::QueryParameter),
        "Schemas by the name of the query parameter, which must pass beside those of the base",
    ),
    optional(
        "responseSchema",
        Value::One(Object::ResponseSchema),
        "The list of fields that may leave, instead of that of the base; it needs `allowWidening`",
    ),
    optional("transforms", Value::List(Object::Transform), "Applied after those of the base"),
    optional("dropFields", Value::SomeTexts, "Paths of fields that are removed, such as `$.users[*].dept`"),
];
