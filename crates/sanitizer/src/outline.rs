//! A rule file as a reviewer reads it: what each endpoint admits, lists and rewrites, with the places in the file.
//!
//! Nothing here runs on the way of a request, and nothing here decides: [`RuleSet`](crate::RuleSet) does. It tells
//! which fields a response schema lists, and which of them the paths of a transform reach.

mod field_path;
mod guard;
mod listed;
mod reach;
mod request;
mod step;

use crate::diagnostic::{Diagnostics, Place, Report, Spanned};
use crate::doc::{self, Document};
use crate::node::Node;

pub use field_path::{FieldPath, Part};
pub use listed::{Field, Kind};
pub use reach::Reach;
pub use request::{Accepts, Body, BodySchema, Parameter};
pub use step::{Step, StepPath, Treatment};

/// Something an author wrote, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// As it was written, without quotes.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

/// A whole rule file.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The key `version`.
    pub version: Option<Written>,
    /// In the order of the file, which is the order in which they are tried.
    pub endpoints: Vec<Endpoint>,
    /// Request headers that every endpoint forwards.
    pub headers: Vec<Written>,
    /// The names of the definitions.
    pub definitions: Vec<Written>,
}

/// One endpoint of a rule file.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Where it begins.
    pub place: Place,
    /// The template or regex that decides.
    pub path: Written,
    /// Whether `path` is a regex.
    pub is_regex: bool,
    /// `None`: any but TRACE and CONNECT.
    pub methods: Option<Vec<Written>>,
    /// `None`: any.
    pub query: Option<Vec<Written>>,
    /// Schemas of path parameters.
    pub path_schemas: Vec<Parameter>,
    /// Schemas of query parameters.
    pub query_schemas: Vec<Parameter>,
    /// Request headers forwarded, besides those of the whole file.
    pub headers: Vec<Written>,
    /// `None`: any JSON or form, where the method may have a body.
    pub body: Option<Body>,
    /// What the response schema lists, containers and leaves, in the order of the file. `None`: there is no schema,
    /// and everything passes to the transforms. What augments add is among it.
    pub fields: Option<Vec<Field>>,
    /// Where the response schema stands.
    pub schema: Option<Place>,
    /// What is added before the schema is applied.
    pub augments: Vec<Step>,
    /// The transforms, in the order in which they run.
    pub steps: Vec<Step>,
}

impl Outline {
    /// Reads a rule file that [`RuleSet::load`](crate::RuleSet::load) takes.
    ///
    /// ```
    /// use vizard_sanitizer::outline::Outline;
    ///
    /// let rules = "
    /// endpoints:
    /// - pathTemplate: /v2/users
    ///   responseSchema: {properties: {users: {items: {properties: {id: {type: string}}}}}}
    /// ";
    /// let outline = Outline::read("rules.yaml", rules).unwrap();
    /// let fields = outline.endpoints[0].fields.as_ref().unwrap();
    /// let leaves: Vec<String> = fields.iter().filter(|it| it.is_leaf()).map(|it| it.path.to_string()).collect();
    /// assert_eq!(leaves, ["$.users[*].id"]);
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong with the file, as far as its parts have to be read here; load it first to know everything. A
    /// schema with more than 100 000 places is one of the errors.
    pub fn read(name: &str, yaml: &str) -> Result<Outline, Diagnostics> {
        let mut report = Report::default();
        let outline = Document::read(yaml, &mut report).map(|document| of(&document, &mut report));
        match outline {
            Some(outline) if !report.has_errors() => Ok(outline),
            _ => Err(report.finish(name, yaml)),
        }
    }
}

fn of(document: &Document, report: &mut Report) -> Outline {
    Outline {
        version: document.version.as_ref().map(written),
        endpoints: document.endpoints.iter().filter_map(|it| endpoint(it, document, report)).collect(),
        headers: document.allowed_request_headers.iter().map(written).collect(),
        definitions: document.definitions.iter().map(|(name, _)| written(name)).collect(),
    }
}

fn endpoint(endpoint: &doc::Endpoint, document: &Document, report: &mut Report) -> Option<Endpoint> {
    let path = endpoint.path_regex.as_ref().or(endpoint.path_template.as_ref())?;
    let augments = steps(&endpoint.augments, report);
    let listed = |schema: &Node, report: &mut Report| {
        let mut fields = listed::read(schema, &document.definitions, report);
        listed::add_digests(&mut fields, &augments);
        fields
    };
    Some(Endpoint {
        place: endpoint.place,
        path: written(path),
        is_regex: endpoint.path_regex.is_some(),
        methods: endpoint.allowed_methods.as_ref().map(|it| it.iter().map(written).collect()),
        query: endpoint.allowed_query_params.as_ref().map(|it| it.iter().map(written).collect()),
        path_schemas: request::parameters(&endpoint.path_parameter_schemas),
        query_schemas: request::parameters(&endpoint.query_param_schemas),
        headers: endpoint.allowed_request_headers.iter().map(written).collect(),
        body: endpoint.request_body.as_ref().map(request::body),
        fields: endpoint.response_schema.as_ref().map(|schema| listed(schema, report)),
        schema: endpoint.response_schema.as_ref().map(|schema| schema.place),
        steps: steps(&endpoint.transforms, report),
        augments,
    })
}

fn steps(nodes: &[Node], report: &mut Report) -> Vec<Step> {
    nodes.iter().filter_map(|node| step::read(node, report)).collect()
}

fn written(it: &Spanned<String>) -> Written {
    Written { text: it.value.clone(), place: it.place }
}

#[cfg(test)]
mod tests;
