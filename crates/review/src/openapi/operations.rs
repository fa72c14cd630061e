//! The calls of a description, with their parameters and the bodies of their answers.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::notes::{At, Oddity, quoted};
use super::schema::{Walk, Walker, short};
use super::{Description, Kind, Operation, Parameter, ParameterPlace, Unreadable, example};

/// Most calls of a file.
const MAX_OPERATIONS: usize = 20_000;
/// Most steps of all ways to all fields of a file, which is what a description takes in memory.
const MAX_STEPS: usize = 5_000_000;
/// The methods that a path can have.
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

pub(super) fn read(root: &Value) -> Result<Description, Unreadable> {
    let language = language(root).ok_or(Unreadable::NotADescription)?;
    let info = root.get("info");
    let text = |key: &str| info.and_then(|it| it.get(key)).and_then(plain).unwrap_or_default();
    let mut reader = Reader {
        walker: Walker::new(root),
        steps: 0,
        operations: Vec::new(),
        prefix: prefix(root),
        is_swagger: root.get("swagger").is_some(),
    };
    reader.paths(root);
    Ok(Description {
        title: text("title"),
        version: text("version"),
        language,
        operations: reader.operations,
        notes: reader.walker.notes.into_list(),
    })
}

fn language(root: &Value) -> Option<String> {
    let known = |key: &str, name: &str| Some(format!("{name} {}", plain(root.get(key)?)?));
    known("swagger", "Swagger")
        .or_else(|| known("openapi", "OpenAPI"))
        .or_else(|| root.get("paths").filter(|it| it.is_object()).map(|_| "an unnamed version".to_owned()))
}

/// A scalar as text: `2.0` without quotes is a number in YAML.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => short(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What stands before every path: `basePath`, or the path of the first server.
fn prefix(root: &Value) -> Option<String> {
    match root.get("basePath").and_then(Value::as_str) {
        Some(base) => Some(base.trim_end_matches('/').to_owned()),
        None => server(root.get("servers")),
    }
}

/// The path of the first of these servers.
fn server(servers: Option<&Value>) -> Option<String> {
    let server = servers?.get(0)?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        if let Some(value) = variable.get("default").and_then(plain) {
            url = url.replace(&format!("{{{name}}}"), &value);
        }
    }
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None if url.starts_with("//") => url[2..].find('/').map_or("", |slash| &url[slash + 2..]),
        None => &url,
    };
    let path = path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    Some(if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") })
}

struct Reader<'v> {
    walker: Walker<'v>,
    operations: Vec<Operation>,
    /// Of all ways to all fields so far.
    steps: usize,
    /// Of the whole file.
    prefix: Option<String>,
    is_swagger: bool,
}

impl<'v> Reader<'v> {
    fn paths(&mut self, root: &'v Value) {
        let start = At::Start("");
        let at = start.then("paths");
        let Some(paths) = root.get("paths").and_then(Value::as_object) else {
            self.walker.notes.add(Oddity::WrongKind, &at, || "there is no mapping of paths".to_owned());
            return;
        };
        for (path, item) in paths {
            if path.starts_with("x-") {
                continue;
            }
            let at = at.then(path);
            match self.walker.resolve(item, &at) {
                Some((Value::Object(item), pointer)) => self.path(path, item, &At::Start(&pointer)),
                Some(_) => {
                    self.walker.notes.add(Oddity::WrongKind, &at, || "a path must be a mapping".to_owned())
                }
                None => {}
            }
        }
    }

    fn path(&mut self, written: &str, item: &'v Map<String, Value>, at: &At<'_>) {
        let path = self.tidy(written, at);
        let shared = item.get("parameters");
        for (key, operation) in item {
            let method = key.to_ascii_lowercase();
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let at = at.then(key);
            let Value::Object(operation) = operation else {
                self.walker.notes.add(Oddity::WrongKind, &at, || "a call must be a mapping".to_owned());
                continue;
            };
            if self.operations.len() >= MAX_OPERATIONS {
                self.walker
                    .notes
                    .add(Oddity::TooLarge, &at, || "more than 20000 calls; the rest is left out".to_owned());
                return;
            }
            let own = server(operation.get("servers")).or_else(|| server(item.get("servers")));
            let prefix = own.or_else(|| self.prefix.clone()).unwrap_or_default();
            self.operation(&method, (&prefix, &path), shared, operation, &at);
        }
    }

    /// The path without what does not belong to it.
    fn tidy<'p>(&mut self, written: &'p str, at: &At<'_>) -> Cow<'p, str> {
        let path = written.trim();
        let end = path.find(['?', '#']).unwrap_or(path.len());
        if end < path.len() {
            self.walker
                .notes
                .add(Oddity::PathOdd, at, || format!("{} is read without its query", quoted(written)));
        }
        let path = &path[..end];
        if path.starts_with('/') {
            return Cow::Borrowed(path);
        }
        self.walker
            .notes
            .add(Oddity::PathOdd, at, || format!("{} does not begin with a slash", quoted(written)));
        Cow::Owned(format!("/{path}"))
    }

    fn operation(
        &mut self,
        method: &str,
        (base, path): (&str, &str),
        shared: Option<&'v Value>,
        operation: &'v Map<String, Value>,
        at: &At<'_>,
    ) {
        let mut parameters = Vec::new();
        self.parameters(operation.get("parameters"), &mut parameters, &at.then("parameters"));
        self.parameters(shared, &mut parameters, &at.then("parameters"));
        let mut walk = Walk::new();
        let mut statuses = Vec::new();
        if self.steps < MAX_STEPS {
            statuses = self.responses(operation.get("responses"), &mut walk, &at.then("responses"));
        } else {
            walk.is_cut = true;
            self.walker.notes.add(Oddity::TooLarge, at, || {
                "the calls before this one have too many fields; those of this one are left out".to_owned()
            });
        }
        let is_cut = walk.is_cut;
        let fields = walk.spots.into_fields();
        self.steps += fields.iter().map(|it| it.path.0.len() + 1).sum::<usize>();
        self.operations.push(Operation {
            method: method.to_ascii_uppercase(),
            path: format!("{base}{path}"),
            base: base.to_owned(),
            id: operation.get("operationId").and_then(plain),
            summary: operation.get("summary").and_then(plain),
            parameters,
            statuses,
            is_cut,
            fields,
            pointer: at.pointer(),
        });
    }

    fn parameters(&mut self, list: Option<&'v Value>, known: &mut Vec<Parameter>, at: &At<'_>) {
        for (index, written) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let Some((parameter, _)) = self.walker.resolve(written, &at.nth(index)) else { continue };
            let place = match parameter.get("in").and_then(Value::as_str) {
                Some("path") => ParameterPlace::Path,
                Some("query") => ParameterPlace::Query,
                Some("header" | "cookie") => ParameterPlace::Header,
                // Bodies are not read here.
                _ => continue,
            };
            let Some(name) = parameter.get("name").and_then(Value::as_str) else {
                self.walker
                    .notes
                    .add(Oddity::WrongKind, &at.nth(index), || "a parameter without a name".to_owned());
                continue;
            };
            if known.iter().any(|it| it.name == name && it.place == place) {
                continue;
            }
            let start = at.nth(index);
            let schema = match parameter.get("schema") {
                Some(schema) => self.walker.resolve(schema, &start.then("schema")).map(|(schema, _)| schema),
                None => Some(parameter),
            };
            known.push(of_schema(name, place, parameter, schema.unwrap_or(parameter)));
        }
    }

    /// Adds the JSON bodies of answers that say that all went well, and gives their statuses.
    fn responses(&mut self, responses: Option<&'v Value>, walk: &mut Walk, at: &At<'_>) -> Vec<String> {
        let Some(Value::Object(responses)) = responses else {
            self.walker.notes.add(Oddity::WrongKind, at, || "there is no mapping of answers".to_owned());
            return Vec::new();
        };
        let good = |status: &&String| status.starts_with('2');
        let mut wanted: Vec<&String> = responses.keys().filter(good).collect();
        if wanted.is_empty() {
            wanted = responses.keys().filter(|it| *it == "default").collect();
        }
        let mut statuses = Vec::new();
        for status in wanted {
            let at = at.then(status);
            let Some((response, pointer)) = self.walker.resolve(&responses[status], &at) else { continue };
            let at = At::Start(&pointer);
            if self.bodies(response, walk, &at) {
                statuses.push(status.clone());
            }
        }
        statuses
    }

    /// Whether the answer has a JSON body that is described.
    fn bodies(&mut self, response: &'v Value, walk: &mut Walk, at: &At<'_>) -> bool {
        if self.is_swagger {
            return self.swagger_body(response, walk, at);
        }
        let mut any = false;
        for (media, content) in response.get("content").and_then(Value::as_object).into_iter().flatten() {
            if !is_json(media) {
                continue;
            }
            let place = at.then("content");
            let Some((content, pointer)) = self.walker.resolve(content, &place.then(media)) else { continue };
            let at = At::Start(&pointer);
            if let Some(schema) = content.get("schema") {
                any = true;
                self.walker.add(schema, walk, &at.then("schema"));
            }
            if let Some(one) = content.get("example") {
                any = true;
                example::add(one, &mut walk.spots, &at.then("example"), &mut self.walker.notes);
            }
            for (name, one) in content.get("examples").and_then(Value::as_object).into_iter().flatten() {
                let place = at.then("examples");
                let Some((one, _)) = self.walker.resolve(one, &place.then(name)) else { continue };
                if let Some(value) = one.get("value") {
                    any = true;
                    example::add(value, &mut walk.spots, &place.then(name), &mut self.walker.notes);
                }
            }
        }
        any
    }

    fn swagger_body(&mut self, response: &'v Value, walk: &mut Walk, at: &At<'_>) -> bool {
        let mut any = false;
        if let Some(schema) = response.get("schema")
            && schema.get("type").and_then(Value::as_str) != Some("file")
        {
            any = true;
            self.walker.add(schema, walk, &at.then("schema"));
        }
        let place = at.then("examples");
        for (media, one) in response.get("examples").and_then(Value::as_object).into_iter().flatten() {
            if is_json(media) {
                any = true;
                example::add(one, &mut walk.spots, &place.then(media), &mut self.walker.notes);
            }
        }
        any
    }
}

/// Whether bodies of this media type are JSON: `application/json; charset=utf-8`, `application/scim+json`, `*/*`.
fn is_json(media: &str) -> bool {
    let media = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    matches!(
        media.as_str(),
        "application/json" | "text/json" | "*/*" | "application/*" | "application/x-ndjson"
    ) || media.ends_with("+json")
}

fn of_schema(name: &str, place: ParameterPlace, parameter: &Value, schema: &Value) -> Parameter {
    let kind = match schema.get("type") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).find(|it| *it != "null"),
        Some(one) => one.as_str(),
        None => None,
    };
    let kind = match kind {
        Some("string") => Kind::String,
        Some("integer") => Kind::Integer,
        Some("number") => Kind::Number,
        Some("boolean") => Kind::Boolean,
        Some("array") => Kind::Array,
        Some("object") => Kind::Object,
        Some(_) | None => Kind::Any,
    };
    let words =
        schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(plain).collect();
    Parameter {
        name: name.to_owned(),
        place,
        required: parameter.get("required") == Some(&Value::Bool(true)),
        kind,
        format: schema.get("format").and_then(plain),
        words,
    }
}
