//! A rule file as it was written: the request side read into types, the response side still as nodes.
//!
//! Response schemas, augments and transforms stay nodes here because each reads and compiles itself in
//! one place ([`crate::schema`], [`crate::augment`], [`crate::transform`]).

use crate::bulk;
use crate::diagnostic::{Place, Report, Spanned, nearest};
use crate::extends;
use crate::node::{self, Fields, Node};

/// The whole file.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) version: Option<Spanned<String>>,
    pub(crate) endpoints: Vec<Endpoint>,
    /// Request headers forwarded on every endpoint.
    pub(crate) allowed_request_headers: Vec<Spanned<String>>,
    /// Targets of `$ref: "#/definitions/…"`.
    pub(crate) definitions: Vec<(Spanned<String>, Node)>,
}

/// One allowed call and what happens to its response.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) place: Place,
    pub(crate) path_template: Option<Spanned<String>>,
    pub(crate) path_regex: Option<Spanned<String>>,
    pub(crate) path_parameter_schemas: Vec<(Spanned<String>, ParameterSchema)>,
    /// `None`: any; empty: none.
    pub(crate) allowed_query_params: Option<Vec<Spanned<String>>>,
    pub(crate) query_param_schemas: Vec<(Spanned<String>, ParameterSchema)>,
    /// `None`: any.
    pub(crate) allowed_methods: Option<Vec<Spanned<String>>>,
    /// `allowedRequestHeaders` and the older `allowedRequestHeadersToForward` together.
    pub(crate) allowed_request_headers: Vec<Spanned<String>>,
    pub(crate) request_body: Option<RequestBody>,
    pub(crate) response_schema: Option<Node>,
    pub(crate) augments: Vec<Node>,
    pub(crate) transforms: Vec<Node>,
}

/// What a path or query parameter may hold.
#[derive(Debug)]
pub(crate) struct ParameterSchema {
    pub(crate) place: Place,
    /// The key `type`.
    pub(crate) kind: Option<Spanned<String>>,
    pub(crate) format: Option<Spanned<String>>,
    pub(crate) pattern: Option<Spanned<String>>,
    /// The key `enum`.
    pub(crate) values: Option<Vec<Spanned<String>>>,
    pub(crate) any_of: Vec<ParameterSchema>,
    pub(crate) all_of: Vec<ParameterSchema>,
    /// Query parameters only.
    pub(crate) required: bool,
}

/// What a request may carry.
#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Media type to schema; `None` leaves the body unvalidated.
    pub(crate) content: Option<Vec<(Spanned<String>, BodySchema)>>,
}

/// JSON Schema (2020-12), the keywords that request bodies may use.
#[derive(Debug)]
pub(crate) struct BodySchema {
    pub(crate) place: Place,
    /// The key `type`.
    pub(crate) kind: Option<Spanned<String>>,
    pub(crate) format: Option<Spanned<String>>,
    pub(crate) pattern: Option<Spanned<String>>,
    pub(crate) properties: Option<Vec<(Spanned<String>, BodySchema)>>,
    pub(crate) items: Option<Box<BodySchema>>,
    pub(crate) required: Vec<Spanned<String>>,
    pub(crate) enum_values: Option<Vec<Spanned<String>>>,
    pub(crate) additional_properties: Option<bool>,
}

impl Document {
    /// Reads the text of a rule file; problems go to the report.
    pub(crate) fn read(text: &str, report: &mut Report) -> Option<Document> {
        let start = Place { line: 1, column: 1 };
        let Some(root) = node::parse(text, report) else {
            if !report.has_errors() {
                report.error("no-endpoints", start, "the file is empty");
            }
            return None;
        };
        Self::of(root, report)
    }

    /// Reads the nodes of a rule file; problems go to the report.
    pub(crate) fn of(root: Node, report: &mut Report) -> Option<Document> {
        let start = Place { line: 1, column: 1 };
        let mut fields = Fields::open(root, "the rule set", report)?;
        if let Some(place) = fields.key_place("extends") {
            report
                .error(
                    "extends-unresolved",
                    place,
                    "the file extends another, and is read as if it stood alone",
                )
                .suggest("load what `vizard resolve` prints");
            return None;
        }
        if let Some(place) = bulk::keys().find_map(|key| fields.key_place(key)) {
            report
                .error("not-api-rules", place, "this is a rule file for bulk files, not for an API")
                .suggest("API rules hold a list `endpoints`");
            return None;
        }
        let endpoints = fields.list("endpoints", report).unwrap_or_default();
        let endpoints = endpoints.into_iter().filter_map(|node| Endpoint::read(node, report)).collect();
        let allowed_request_headers = fields.texts("allowedRequestHeaders", report).unwrap_or_default();
        let definitions = fields.map("definitions", report).unwrap_or_default();
        let version = extends::read_version(&mut fields, report);
        fields.ignored("defaultScopeIdForSource", "scopes no longer take part in pseudonyms", report);
        let all = fields.key_place("allowAllEndpoints");
        if fields.flag("allowAllEndpoints", report) == Some(true) {
            report
                .error(
                    "allow-all",
                    all.unwrap_or(start),
                    "responses of unlisted endpoints would leave unsanitized",
                )
                .suggest("remove `allowAllEndpoints` and list each endpoint");
        }
        fields.close(report);
        Some(Document { version, endpoints, allowed_request_headers, definitions })
    }
}

impl Endpoint {
    fn read(node: Node, report: &mut Report) -> Option<Endpoint> {
        let mut fields = Fields::open(node, "an endpoint", report)?;
        let mut headers = fields.texts("allowedRequestHeaders", report).unwrap_or_default();
        headers.extend(fields.texts("allowedRequestHeadersToForward", report).unwrap_or_default());
        let endpoint = Endpoint {
            place: fields.place,
            path_template: fields.text("pathTemplate", report),
            path_regex: fields.text("pathRegex", report),
            path_parameter_schemas: parameters(&mut fields, "pathParameterSchemas", false, report),
            allowed_query_params: fields.texts("allowedQueryParams", report),
            query_param_schemas: parameters(&mut fields, "queryParamSchemas", true, report),
            allowed_methods: fields.texts("allowedMethods", report),
            allowed_request_headers: headers,
            request_body: fields.take("requestBody").and_then(|node| RequestBody::read(node, report)),
            response_schema: fields.take("responseSchema"),
            augments: fields.list("augments", report).unwrap_or_default(),
            transforms: fields.list("transforms", report).unwrap_or_default(),
        };
        fields.close(report);
        Some(endpoint)
    }
}

fn parameters(
    fields: &mut Fields,
    key: &'static str,
    query: bool,
    report: &mut Report,
) -> Vec<(Spanned<String>, ParameterSchema)> {
    let entries = fields.map(key, report).unwrap_or_default();
    entries
        .into_iter()
        .filter_map(|(name, node)| Some((name, ParameterSchema::read(node, query, report)?)))
        .collect()
}

impl ParameterSchema {
    fn read(node: Node, query: bool, report: &mut Report) -> Option<ParameterSchema> {
        let mut fields = Fields::open(node, "a parameter schema", report)?;
        let any_of = fields.list("anyOf", report).unwrap_or_default();
        let all_of = fields.list("allOf", report).unwrap_or_default();
        let mut schema = ParameterSchema {
            place: fields.place,
            kind: fields.text("type", report),
            format: fields.text("format", report),
            pattern: fields.text("pattern", report),
            values: fields.texts("enum", report),
            any_of: any_of.into_iter().filter_map(|node| Self::read(node, query, report)).collect(),
            all_of: all_of.into_iter().filter_map(|node| Self::read(node, query, report)).collect(),
            required: query && fields.flag("required", report).unwrap_or(false),
        };
        schema.required |= schema.all_of.iter().any(|one| one.required);
        fields.close(report);
        Some(schema)
    }
}

impl RequestBody {
    fn read(node: Node, report: &mut Report) -> Option<RequestBody> {
        let mut fields = Fields::open(node, "a request body", report)?;
        let content = fields.map("content", report).map(|entries| {
            let read = |(name, node)| Some((name, BodySchema::read(node, report)?));
            entries.into_iter().filter_map(read).collect()
        });
        let required = fields.flag("required", report).unwrap_or(false);
        let body = RequestBody { place: fields.place, required, content };
        fields.close(report);
        Some(body)
    }
}

/// The types of request-body schemas.
pub(crate) const TYPES: [&str; 7] = ["string", "integer", "number", "boolean", "null", "object", "array"];

impl BodySchema {
    fn read(node: Node, report: &mut Report) -> Option<BodySchema> {
        let mut fields = Fields::open(node, "a request-body schema", report)?;
        let kind = fields.text("type", report);
        if let Some(kind) = &kind
            && !TYPES.contains(&kind.value.as_str())
        {
            let found =
                report.error("unknown-type", kind.place, format!("there is no type `{}`", kind.value));
            found.suggest(match nearest(&kind.value, &TYPES) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("types: {}", TYPES.join(", ")),
            });
        }
        let properties = fields.map("properties", report).map(|entries| {
            let read = |(name, node)| Some((name, BodySchema::read(node, report)?));
            entries.into_iter().filter_map(read).collect()
        });
        let schema = BodySchema {
            place: fields.place,
            kind,
            format: fields.text("format", report),
            pattern: fields.text("pattern", report),
            properties,
            items: fields.take("items").and_then(|node| BodySchema::read(node, report)).map(Box::new),
            required: fields.texts("required", report).unwrap_or_default(),
            enum_values: fields.texts("enumValues", report),
            additional_properties: fields.flag("additionalProperties", report),
        };
        fields.close(report);
        Some(schema)
    }
}
