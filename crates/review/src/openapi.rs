//! A published description of an API, as far as its answers go: Swagger 2, OpenAPI 3.0 and 3.1, JSON or YAML.
//!
//! [`read`] tells which calls there are and which fields their answers have. It follows references within the file,
//! merges and unites compositions, and cuts recursion. Descriptions are written by hand and rarely quite right; what
//! is wrong is read as far as it makes sense, and a [`Note`] says where it stands.
//!
//! [`synthetic()`] makes documents out of a description, in which every field occurs.

mod example;
mod notes;
mod operations;
mod reference;
mod schema;
mod spots;
mod synthetic;
mod text;

use vizard_sanitizer::outline::FieldPath;

pub use notes::{Note, Oddity};
pub use synthetic::synthetic;
pub use text::MAX_BYTES;

/// What a description says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The title of the API.
    pub title: String,
    /// The version of the API, as its authors count.
    pub version: String,
    /// The language of the description, such as `Swagger 2.0`.
    pub language: String,
    /// In the order of the file.
    pub operations: Vec<Operation>,
    /// What is odd about it.
    pub notes: Vec<Note>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// In capitals.
    pub method: String,
    /// The path template with the path of the server in front: `/v2/users/{userId}`.
    pub path: String,
    /// The part of `path` that comes from the server or from `basePath`: `/v2`.
    pub base: String,
    /// The name that the description gives to it.
    pub id: Option<String>,
    /// What it does, in a line.
    pub summary: Option<String>,
    /// What can be asked for, but for bodies.
    pub parameters: Vec<Parameter>,
    /// The statuses whose JSON bodies `fields` describes: those that begin with 2, else `default`.
    pub statuses: Vec<String>,
    /// Every place in these bodies, containers before what they hold, in the order of the description. A place that
    /// can hold several kinds of values stands there once for each.
    pub fields: Vec<Field>,
    /// There was too much to list; the rest is not here.
    pub is_cut: bool,
    /// Where it stands in the file, as a JSON pointer.
    pub pointer: String,
}

/// One parameter of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it stands in the call.
    pub place: ParameterPlace,
    /// Whether the call needs it.
    pub required: bool,
    /// What its values are.
    pub kind: Kind,
    /// The format, such as `date`.
    pub format: Option<String>,
    /// The only values, if they are listed.
    pub words: Vec<String>,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterPlace {
    /// A segment of the path.
    Path,
    /// Behind the question mark.
    Query,
    /// A header, cookies included.
    Header,
}

/// One place in the answers of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The way to it.
    pub path: FieldPath,
    /// What its values are.
    pub kind: Kind,
    /// The format, such as `email`.
    pub format: Option<String>,
    /// The only values, if they are listed.
    pub words: Vec<String>,
    /// The beginning of what is said about it, on one line.
    pub description: Option<String>,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether nothing below it is listed: a scalar, or an object or a list of which no more is said.
    pub is_leaf: bool,
    /// It is an object like one around it; what is listed there is not listed here again.
    pub is_again: bool,
    /// No schema knows it: it was seen in an example.
    pub only_in_example: bool,
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Always null.
    Null,
    /// Members.
    Object,
    /// Elements.
    Array,
    /// The description does not say.
    Any,
}

impl Kind {
    /// As descriptions spell it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
            Kind::Null => "null",
            Kind::Object => "object",
            Kind::Array => "array",
            Kind::Any => "any",
        }
    }
}

/// Why a file is no description that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Beyond the bounds.
    TooLarge(&'static str),
    /// Neither JSON nor YAML; which of them it seemed to be, and why it is not.
    Syntax(&'static str, String),
    /// JSON or YAML, but of something else.
    NotADescription,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::TooLarge(why) => write!(out, "too large: {why}"),
            Unreadable::Syntax(language, why) => write!(out, "not valid {language}: {why}"),
            Unreadable::NotADescription => out.write_str(
                "not a description of an API: neither `swagger` nor `openapi` nor `paths` is in it",
            ),
        }
    }
}

impl std::error::Error for Unreadable {}

/// Reads a description.
///
/// ```
/// let text = "
/// openapi: 3.1.0
/// info: {title: Lumen, version: '7'}
/// servers: [{url: 'https://api.lumen.example/v2'}]
/// paths:
///   /users/{id}:
///     get:
///       responses:
///         200: {content: {application/json: {schema: {$ref: '#/components/schemas/User'}}}}
/// components:
///   schemas:
///     User: {type: object, properties: {id: {type: string}, tags: {type: array, items: {type: string}}}}
/// ";
/// let description = vizard_review::openapi::read(text).unwrap();
/// let call = &description.operations[0];
/// assert_eq!((call.method.as_str(), call.path.as_str()), ("GET", "/v2/users/{id}"));
/// let leaves: Vec<String> = call.fields.iter().filter(|it| it.is_leaf).map(|it| it.path.to_string()).collect();
/// assert_eq!(leaves, ["$.id", "$.tags[*]"]);
/// ```
///
/// # Errors
///
/// When the text is neither JSON nor YAML, is no description, or is beyond the bounds.
pub fn read(text: &str) -> Result<Description, Unreadable> {
    operations::read(&text::read(text)?)
}

#[cfg(test)]
mod tests;
