//! A file that extends another, as it was written.

use crate::diagnostic::{Place, Report, Spanned};
use crate::node::{Fields, Kind, Node};

/// The whole file.
pub(super) struct Derived {
    /// Which rules, such as `zoom@1`.
    pub(super) extends: Spanned<String>,
    pub(super) version: Option<Spanned<String>>,
    /// Why the file may let out more than its base.
    pub(super) reason: Option<Spanned<String>>,
    pub(super) overrides: Vec<Override>,
    /// Endpoints that the base does not have.
    pub(super) endpoints: Vec<Node>,
    /// Response schemas for them.
    pub(super) definitions: Vec<(Spanned<String>, Node)>,
    /// The headers forwarded at every endpoint, instead of the base's.
    pub(super) headers: Option<Vec<Spanned<String>>>,
}

/// What is different at one endpoint of the base.
pub(super) struct Override {
    pub(super) place: Place,
    /// `pathTemplate` or `pathRegex` of the endpoint.
    pub(super) target: Spanned<String>,
    pub(super) removed: bool,
    pub(super) methods: Option<Vec<Spanned<String>>>,
    pub(super) query: Option<Vec<Spanned<String>>>,
    pub(super) headers: Option<Vec<Spanned<String>>>,
    pub(super) path_schemas: Vec<(Spanned<String>, Node)>,
    pub(super) query_schemas: Vec<(Spanned<String>, Node)>,
    pub(super) response_schema: Option<Node>,
    pub(super) transforms: Vec<Node>,
    pub(super) drop_fields: Option<Vec<Spanned<String>>>,
}

impl Derived {
    pub(super) fn read(root: Node, report: &mut Report) -> Option<Derived> {
        let mut fields = Fields::open(root, "a rule file that extends another", report)?;
        let place = fields.key_place("extends").unwrap_or(fields.place);
        let extends = fields.text("extends", report);
        let version = super::read_version(&mut fields, report);
        let reason = fields.text("allowWidening", report);
        if let Some(reason) = &reason
            && !is_reason(&reason.value)
        {
            report
                .error(
                    "widening-without-reason",
                    reason.place,
                    "`allowWidening` is not a reason that a reviewer can judge",
                )
                .suggest("say in a few words why more may pass or leave than by the base");
        }
        let overrides = fields.list("overrides", report).unwrap_or_default();
        if extends.is_none() {
            report
                .error("missing-key", place, "`extends` names no rules")
                .suggest("write it as `extends: zoom@1`");
        }
        let overrides = overrides.into_iter().filter_map(|node| Override::read(node, report)).collect();
        let endpoints = fields.list("endpoints", report).unwrap_or_default();
        let definitions = fields.map("definitions", report).unwrap_or_default();
        let headers = fields.texts("allowedRequestHeaders", report);
        fields.close(report);
        Some(Derived { extends: extends?, version, reason, overrides, endpoints, definitions, headers })
    }
}

/// Not blank, and more than a flag.
fn is_reason(text: &str) -> bool {
    text.trim().chars().count() >= 10
        && text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() > 1
}

/// Schemas by the names of parameters. What is none would stand in a file that nobody wrote, and not load there.
fn schemas(fields: &mut Fields, key: &'static str, report: &mut Report) -> Vec<(Spanned<String>, Node)> {
    let mut all = fields.map(key, report).unwrap_or_default();
    all.retain(|(name, node)| {
        let is_schema = matches!(node.kind, Kind::Mapping(_));
        if !is_schema {
            report
                .error("wrong-kind", name.place, format!("the schema of `{}` must be a mapping", name.value))
                .suggest("write what values must be, or leave the name out to keep the schema of the base");
        }
        is_schema
    });
    all
}

impl Override {
    fn read(node: Node, report: &mut Report) -> Option<Override> {
        let mut fields = Fields::open(node, "an override", report)?;
        let place = fields.place;
        let template = fields.text("pathTemplate", report);
        let regex = fields.text("pathRegex", report);
        let Some(target) = template.xor(regex) else {
            report
                .error("override-unknown", place, "the override does not say which endpoint it is for")
                .suggest("give `pathTemplate` or `pathRegex`, exactly as the base has it");
            return None;
        };
        let removed = fields.flag("removed", report).unwrap_or(false);
        let read = Override {
            place,
            target,
            removed,
            methods: fields.texts("allowedMethods", report),
            query: fields.texts("allowedQueryParams", report),
            headers: fields.texts("allowedRequestHeaders", report),
            path_schemas: schemas(&mut fields, "pathParameterSchemas", report),
            query_schemas: schemas(&mut fields, "queryParamSchemas", report),
            response_schema: fields.take("responseSchema"),
            transforms: fields.list("transforms", report).unwrap_or_default(),
            drop_fields: fields.texts("dropFields", report),
        };
        fields.close(report);
        let keys = read.keys();
        if removed && keys.len() > 1 {
            let message = format!("the endpoint is removed, so that `{}` has no effect", keys[1]);
            report.warning("ignored-key", place, message);
        }
        Some(read)
    }

    /// The keys it overrides.
    pub(super) fn keys(&self) -> Vec<&'static str> {
        let given = [
            ("removed", self.removed),
            ("allowedMethods", self.methods.is_some()),
            ("allowedQueryParams", self.query.is_some()),
            ("allowedRequestHeaders", self.headers.is_some()),
            ("pathParameterSchemas", !self.path_schemas.is_empty()),
            ("queryParamSchemas", !self.query_schemas.is_empty()),
            ("responseSchema", self.response_schema.is_some()),
            ("transforms", !self.transforms.is_empty()),
            ("dropFields", self.drop_fields.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }

    /// Whether other calls pass than by the base.
    pub(super) fn judges_calls(&self) -> bool {
        self.removed
            || self.methods.is_some()
            || self.query.is_some()
            || !self.path_schemas.is_empty()
            || !self.query_schemas.is_empty()
    }
}
