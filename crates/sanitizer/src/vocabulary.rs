//! Every key of the rule format with what it takes and what it is for, as editors and documents need it.
//!
//! The readers do not use this: loading a file looks nothing up here. The tests hold the two together: a key that a
//! reader asks for and that is not listed, or is listed as something else, fails them, and so does a listed key that no
//! reader asks for.

mod bodies;
mod calls;
mod derived;
mod responses;
mod transforms;

pub use transforms::{AUGMENTS, TRANSFORMS};

/// A mapping of the rule format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// The file itself.
    RuleFile,
    /// A file that extends another.
    DerivedFile,
    /// An item of its `overrides`.
    Override,
    /// An item of `endpoints`.
    Endpoint,
    /// A schema of a path parameter.
    PathParameter,
    /// A schema of a query parameter.
    QueryParameter,
    /// `requestBody`.
    RequestBody,
    /// A schema of request bodies.
    BodySchema,
    /// A schema of responses.
    ResponseSchema,
    /// `if` or `else` in a schema of responses.
    Condition,
    /// `then` in a schema of responses.
    Then,
    /// An item of `transforms`, which has the keys of its name as well: [`TRANSFORMS`].
    Transform,
    /// An item of `augments`, which has the keys of its name as well: [`AUGMENTS`].
    Augment,
}

/// One key of a mapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What may stand behind it.
    pub value: Value,
    /// Whether it must be there.
    pub required: bool,
    /// A sentence without its full stop.
    pub about: &'static str,
}

/// What may stand behind a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Any single value, read as text.
    Text,
    /// Any single value, of which null is one.
    TextOrNull,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// These words, or another that is taken with a warning.
    Usually(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A list of texts.
    Texts,
    /// A list of texts that holds at least one.
    SomeTexts,
    /// One such mapping.
    One(Object),
    /// A list of such mappings.
    List(Object),
    /// Such mappings by name.
    Named(Object),
    /// Anything; it has no effect and is warned about.
    Ignored,
}

/// A transform or augment with the keys that it has beside those of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name in its tag, or behind `method`.
    pub name: &'static str,
    /// A sentence without its full stop.
    pub about: &'static str,
    /// Its own keys.
    pub keys: &'static [Key],
}

impl Object {
    /// Every mapping, the outer ones first.
    pub const ALL: [Object; 13] = [
        Object::RuleFile,
        Object::DerivedFile,
        Object::Override,
        Object::Endpoint,
        Object::PathParameter,
        Object::QueryParameter,
        Object::RequestBody,
        Object::BodySchema,
        Object::ResponseSchema,
        Object::Condition,
        Object::Then,
        Object::Transform,
        Object::Augment,
    ];

    /// What it is, as messages of the loader name it.
    pub fn name(self) -> &'static str {
        match self {
            Object::RuleFile => "the rule set",
            Object::DerivedFile => "a rule file that extends another",
            Object::Override => "an override",
            Object::Endpoint => "an endpoint",
            Object::PathParameter | Object::QueryParameter => "a parameter schema",
            Object::RequestBody => "a request body",
            Object::BodySchema => "a request-body schema",
            Object::ResponseSchema => "a response schema",
            Object::Condition => "a schema condition",
            Object::Then => "`then`",
            Object::Transform => "a transform",
            Object::Augment => "an augment",
        }
    }

    /// What it is for: a sentence without its full stop.
    pub fn about(self) -> &'static str {
        match self {
            Object::RuleFile => {
                "Which calls may reach a source, and what of each answer may leave; what is not mentioned does not pass"
            }
            Object::DerivedFile => {
                "What is different from shipped rules; without a reason it may only narrow them"
            }
            Object::Override => "What is different at one endpoint of the base",
            Object::Endpoint => {
                "One kind of call that is let through, and what happens to its answers; the first one that admits a call has it"
            }
            Object::PathParameter => {
                "What a path parameter may hold; every check that is present must pass, and the value is judged percent-encoded"
            }
            Object::QueryParameter => {
                "What a query parameter may hold; every check that is present must pass, and one that is absent passes unless it is required"
            }
            Object::RequestBody => "What a call may carry; only JSON and forms in UTF-8 can be judged",
            Object::BodySchema => "What a body must be; every keyword is enforced",
            Object::ResponseSchema => {
                "The fields that may leave: what is not listed is dropped, what has another type becomes null"
            }
            Object::Condition => "Members that must be there, none of them ruled out by a constant",
            Object::Then => "The members that may leave where the condition holds",
            Object::Transform => {
                "What becomes of the values at some places; its name is its tag, as in `!<redact>`, or `method`"
            }
            Object::Augment => {
                "A value derived from a text and put beside it, before the schema drops the text; its name is its tag or `method`"
            }
        }
    }

    /// Its keys, in the order of the documentation.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Object::RuleFile => calls::RULE_FILE,
            Object::DerivedFile => derived::DERIVED_FILE,
            Object::Override => derived::OVERRIDE,
            Object::Endpoint => calls::ENDPOINT,
            Object::PathParameter => calls::PATH_PARAMETER,
            Object::QueryParameter => calls::QUERY_PARAMETER,
            Object::RequestBody => bodies::REQUEST_BODY,
            Object::BodySchema => bodies::BODY_SCHEMA,
            Object::ResponseSchema => responses::RESPONSE_SCHEMA,
            Object::Condition => responses::CONDITION,
            Object::Then => responses::THEN,
            Object::Transform => transforms::TRANSFORM,
            Object::Augment => transforms::AUGMENT,
        }
    }

    /// Keys of which at least one must be there; none: it does not matter.
    pub fn either(self) -> &'static [&'static str] {
        match self {
            Object::Endpoint | Object::Override => &["pathTemplate", "pathRegex"],
            _ => &[],
        }
    }
}

const fn optional(name: &'static str, value: Value, about: &'static str) -> Key {
    Key { name, value, required: false, about }
}

const fn required(name: &'static str, value: Value, about: &'static str) -> Key {
    Key { name, value, required: true, about }
}

#[cfg(test)]
mod tests;
