//! The keys at the top of a file, of endpoints and of their parameters.

use super::{Key, Object, Value, optional};
use crate::request;

pub(super) const VERSION: Key =
    optional("version", Value::Text, "The version of these rules as `MAJOR.MINOR`, in quotes: `\"1.0\"`");
pub(super) const DEFINITIONS: Key = optional(
    "definitions",
    Value::Named(Object::ResponseSchema),
    "Response schemas by name, for `$ref: \"#/definitions/NAME\"`",
);

pub(super) const RULE_FILE: &[Key] = &[
    optional(
        "endpoints",
        Value::List(Object::Endpoint),
        "The calls that are let through; without any, every call is refused",
    ),
    optional("allowedRequestHeaders", Value::Texts, "Names of headers that are forwarded at every endpoint"),
    DEFINITIONS,
    VERSION,
    optional(
        "defaultScopeIdForSource",
        Value::Ignored,
        "Accepted for compatibility and without effect: scopes no longer take part in pseudonyms",
    ),
    optional("allowAllEndpoints", Value::Flag, "Accepted for compatibility; only `false` can be used"),
];

pub(super) const ENDPOINT: &[Key] = &[
    optional("pathTemplate", Value::Text, "A path with parameters in braces, such as `/v2/users/{userId}`"),
    optional(
        "pathRegex",
        Value::Text,
        "A regex for the whole of the path, with `?` and the query behind it if there is one; prefer `pathTemplate`",
    ),
    optional(
        "pathParameterSchemas",
        Value::Named(Object::PathParameter),
        "Schemas by the name of the path parameter; one without a schema takes any value",
    ),
    optional("allowedMethods", Value::Texts, "The methods that pass; absent means any but TRACE and CONNECT"),
    optional(
        "allowedQueryParams",
        Value::Texts,
        "Names of the query parameters that pass; `[]` allows none, absent means any",
    ),
    optional(
        "queryParamSchemas",
        Value::Named(Object::QueryParameter),
        "Schemas by the name of the query parameter; one without a schema takes any value",
    ),
    optional("allowedRequestHeaders", Value::Texts, "Names of headers that are forwarded to the source"),
    optional(
        "allowedRequestHeadersToForward",
        Value::Texts,
        "The older name of `allowedRequestHeaders`; both are added up",
    ),
    optional(
        "requestBody",
        Value::One(Object::RequestBody),
        "What a call may carry; absent means any JSON or form",
    ),
    optional(
        "responseSchema",
        Value::One(Object::ResponseSchema),
        "The list of fields that may leave; absent means that every field passes to the transforms",
    ),
    optional(
        "augments",
        Value::List(Object::Augment),
        "Derived values that are put beside texts, before the schema and the transforms",
    ),
    optional(
        "transforms",
        Value::List(Object::Transform),
        "What becomes of the fields that are left, in this order",
    ),
];

const TYPE: Key = optional(
    "type",
    Value::Usually(&request::TYPES),
    "`integer` takes digits only, `number` what a floating-point number looks like, `string` anything",
);
const FORMAT: Key = optional(
    "format",
    Value::OneOf(&request::FORMATS),
    "One whole reversible token (`p~…`) without a domain",
);
const PATTERN: Key = optional("pattern", Value::Text, "A regex for the whole value");
const ENUM: Key = optional("enum", Value::Texts, "The values that pass, compared exactly");
const ANY_OF: &str = "Schemas of which one must pass";
const ALL_OF: &str = "Schemas that must all pass";

pub(super) const PATH_PARAMETER: &[Key] = &[
    TYPE,
    FORMAT,
    PATTERN,
    ENUM,
    optional("anyOf", Value::List(Object::PathParameter), ANY_OF),
    optional("allOf", Value::List(Object::PathParameter), ALL_OF),
];

pub(super) const QUERY_PARAMETER: &[Key] = &[
    TYPE,
    FORMAT,
    PATTERN,
    ENUM,
    optional("anyOf", Value::List(Object::QueryParameter), ANY_OF),
    optional("allOf", Value::List(Object::QueryParameter), ALL_OF),
    optional("required", Value::Flag, "Whether the parameter must be there with a value"),
];
