//! The request side of an endpoint, as it was written.

use super::{Written, written};
use crate::diagnostic::{Place, Spanned};
use crate::doc;

/// A parameter of the path or the query, and what it may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: Written,
    /// Whether a call without it is refused.
    pub required: bool,
    /// What it may hold.
    pub accepts: Accepts,
}

/// What a parameter may hold: every check that is there must pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepts {
    /// Where the schema begins.
    pub place: Place,
    /// The key `type`.
    pub kind: Option<String>,
    /// The key `format`.
    pub format: Option<String>,
    /// A regex for the whole value.
    pub pattern: Option<String>,
    /// The key `enum`.
    pub values: Option<Vec<String>>,
    /// Schemas of which one must pass.
    pub any_of: Vec<Accepts>,
    /// Schemas that must all pass.
    pub all_of: Vec<Accepts>,
}

/// What a request may carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Where it begins.
    pub place: Place,
    /// Whether a call without a body is refused.
    pub required: bool,
    /// By media type; `None`: any JSON or form.
    pub content: Option<Vec<(Written, BodySchema)>>,
}

/// What a request body may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodySchema {
    /// Where it begins.
    pub place: Place,
    /// The key `type`.
    pub kind: Option<String>,
    /// The key `format`.
    pub format: Option<String>,
    /// A regex that is found anywhere in a text.
    pub pattern: Option<String>,
    /// Members by name.
    pub properties: Option<Vec<(Written, BodySchema)>>,
    /// What each element of a list may hold.
    pub items: Option<Box<BodySchema>>,
    /// Members that must be there.
    pub required: Vec<String>,
    /// The key `enumValues`.
    pub values: Option<Vec<String>>,
    /// Whether members that are not listed may be there; absent, they may.
    pub additional: Option<bool>,
}

pub(super) fn parameters(schemas: &[(Spanned<String>, doc::ParameterSchema)]) -> Vec<Parameter> {
    let parameter = |(name, schema): &(Spanned<String>, doc::ParameterSchema)| Parameter {
        name: written(name),
        required: schema.required,
        accepts: accepts(schema),
    };
    schemas.iter().map(parameter).collect()
}

fn accepts(schema: &doc::ParameterSchema) -> Accepts {
    Accepts {
        place: schema.place,
        kind: text(&schema.kind),
        format: text(&schema.format),
        pattern: text(&schema.pattern),
        values: schema.values.as_ref().map(|it| texts(it)),
        any_of: schema.any_of.iter().map(accepts).collect(),
        all_of: schema.all_of.iter().map(accepts).collect(),
    }
}

pub(super) fn body(body: &doc::RequestBody) -> Body {
    let content = |content: &Vec<(Spanned<String>, doc::BodySchema)>| {
        content.iter().map(|(name, schema)| (written(name), body_schema(schema))).collect()
    };
    Body { place: body.place, required: body.required, content: body.content.as_ref().map(content) }
}

fn body_schema(schema: &doc::BodySchema) -> BodySchema {
    let properties = |it: &Vec<(Spanned<String>, doc::BodySchema)>| {
        it.iter().map(|(name, schema)| (written(name), body_schema(schema))).collect()
    };
    BodySchema {
        place: schema.place,
        kind: text(&schema.kind),
        format: text(&schema.format),
        pattern: text(&schema.pattern),
        properties: schema.properties.as_ref().map(properties),
        items: schema.items.as_ref().map(|it| Box::new(body_schema(it))),
        required: texts(&schema.required),
        values: schema.enum_values.as_ref().map(|it| texts(it)),
        additional: schema.additional_properties,
    }
}

fn text(it: &Option<Spanned<String>>) -> Option<String> {
    it.as_ref().map(|it| it.value.clone())
}

fn texts(all: &[Spanned<String>]) -> Vec<String> {
    all.iter().map(|it| it.value.clone()).collect()
}
