//! The request side of one endpoint, compiled: nothing is parsed or compiled while a call waits.

use super::body::BodyRule;
use super::header::HeaderRule;
use super::parameter::Parameter;
use super::path::Path;
use super::query::{Query, QueryRule};
use super::refusal::{Check, Refusal};
use super::route::Route;
use crate::diagnostic::{Place, Report, Spanned, nearest};
use crate::doc;

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
/// Methods that an endpoint must list: one echoes our credential, the other opens a tunnel.
pub(crate) const ONLY_IF_LISTED: [&str; 2] = ["TRACE", "CONNECT"];

/// One endpoint, ready to judge calls.
pub(crate) struct Matcher {
    pub(super) place: Place,
    label: String,
    pub(super) route: Route,
    path_parameters: Vec<PathParameter>,
    /// In upper case; `None`: any.
    pub(super) methods: Option<Vec<String>>,
    pub(super) query: QueryRule,
    pub(super) headers: HeaderRule,
    pub(super) body: Option<BodyRule>,
}

struct PathParameter {
    name: String,
    /// `None`: the path has no such parameter, so that the endpoint matches nothing.
    group: Option<usize>,
    schema: Parameter,
}

/// A call as the rules see it.
pub(super) struct Target<'c> {
    /// In upper case.
    pub(super) method: &'c str,
    pub(super) path: &'c Path,
    pub(super) query: &'c Query,
    /// The query in its one spelling.
    pub(super) query_text: Option<&'c str>,
}

impl Matcher {
    pub(crate) fn compile(
        endpoint: &doc::Endpoint,
        shared_headers: &[Spanned<String>],
        report: &mut Report,
    ) -> Option<Matcher> {
        let route = Route::compile(endpoint, report);
        let query = QueryRule::compile(endpoint, report);
        let headers = HeaderRule::compile(shared_headers, &endpoint.allowed_request_headers, report);
        let body = endpoint.request_body.as_ref().map(|body| BodyRule::compile(body, report));
        let methods =
            endpoint.allowed_methods.as_ref().map(|methods| compile_methods(methods, endpoint.place, report));
        let route = route?;
        let path_parameters = endpoint
            .path_parameter_schemas
            .iter()
            .map(|(name, schema)| {
                let group = route.group(&name.value);
                if group.is_none() {
                    report_unknown_parameter(name, &route, report);
                }
                PathParameter { name: name.value.clone(), group, schema: Parameter::compile(schema, report) }
            })
            .collect();
        let written = endpoint.path_regex.as_ref().or(endpoint.path_template.as_ref())?;
        let label = written.value.clone();
        Some(Matcher { place: written.place, label, route, path_parameters, methods, query, headers, body })
    }

    /// The template or regex as written.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// Everything but the body, in the order path, method, path parameters, query.
    pub(super) fn admit(&self, target: &Target<'_>) -> Result<(), Refusal> {
        let subject = self.route.find(target.path, target.query_text);
        let subject = subject.ok_or(Refusal::of(Check::PathNotListed))?;
        if !self.allows_method(target.method) {
            let hint = self.methods.as_ref().map(|methods| format!("listed: {}", methods.join(", ")));
            return Err(Refusal::of(Check::MethodNotListed).hint(hint));
        }
        self.admit_path_parameters(target.path, &subject)?;
        self.query.admit(target.query)
    }

    /// Like [`Matcher::admit`], for a path whose tokens are reversed: parameter schemas speak of tokens.
    pub(super) fn answers(&self, target: &Target<'_>) -> bool {
        self.route.find(target.path, target.query_text).is_some()
            && self.allows_method(target.method)
            && self.query.admit(target.query).is_ok()
    }

    pub(super) fn allows_method(&self, method: &str) -> bool {
        match &self.methods {
            Some(methods) => methods.iter().any(|it| it == method),
            None => !ONLY_IF_LISTED.contains(&method),
        }
    }

    fn admit_path_parameters(&self, path: &Path, subject: &str) -> Result<(), Refusal> {
        if self.path_parameters.is_empty() {
            return Ok(());
        }
        // A regex that runs out of steps has shown nothing about the parameters.
        let groups = self.route.groups(subject).ok_or(Refusal::of(Check::PathNotListed))?;
        for parameter in &self.path_parameters {
            let text =
                parameter.group.map(|group| groups.range(group).map(|(start, end)| &subject[start..end]));
            let accepted = match text {
                None => false,
                Some(None) => true,
                Some(Some(text)) => match path.meeting_uuid(text) {
                    Some(uuid) => {
                        parameter.schema.accepts(uuid.spelled()) || parameter.schema.accepts(uuid.decoded())
                    }
                    None => parameter.schema.accepts(text),
                },
            };
            if !accepted {
                let subject = format!("the path parameter `{}`", parameter.name);
                return Err(Refusal::about(Check::PathParameterInvalid, subject));
            }
        }
        Ok(())
    }

    /// Paths, some with a query, that this endpoint probably answers.
    pub(super) fn sample_paths(&self) -> Vec<String> {
        self.route.samples(|name| {
            let parameter = self.path_parameters.iter().find(|it| it.name == name)?;
            Some(parameter.schema.samples().iter().map(String::as_str).collect())
        })
    }
}

fn compile_methods(written: &[Spanned<String>], place: Place, report: &mut Report) -> Vec<String> {
    if written.is_empty() {
        report
            .warning("endpoint-unreachable", place, "an empty `allowedMethods` allows no call")
            .suggest("list methods such as GET");
    }
    let compile = |method: &Spanned<String>| {
        let upper = method.value.trim().to_ascii_uppercase();
        if !METHODS.contains(&upper.as_str()) {
            let found = report.warning(
                "unknown-method",
                method.place,
                format!("`{}` is not a usual HTTP method", method.value),
            );
            if let Some(meant) = nearest(&upper, &METHODS) {
                found.suggest(format!("did you mean `{meant}`?"));
            }
        }
        upper
    };
    written.iter().map(compile).collect()
}

fn report_unknown_parameter(name: &Spanned<String>, route: &Route, report: &mut Report) {
    let names = route.names();
    let found = report.warning(
        "unknown-path-parameter",
        name.place,
        format!("the path has no parameter `{}`, so that the endpoint matches no call", name.value),
    );
    found.suggest(match nearest(&name.value, &names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "the path has no parameters; remove the schema".to_owned(),
        None => format!("parameters of the path: {}", names.join(", ")),
    });
}
