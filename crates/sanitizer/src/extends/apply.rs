//! The base with the overrides applied: what narrows is done, what widens needs a reason.

use super::changes::{append, holds, items, list, merge, pair, remove, set, text, withdraw};
use super::derived::{Derived, Override};
use super::{Widening, fall_through};
use crate::diagnostic::{Place, Report, Spanned, nearest};
use crate::node::Node;
use crate::request::ONLY_IF_LISTED;

/// What the base became.
pub(super) struct Applied {
    pub(super) root: Node,
    pub(super) overrides: Vec<super::Override>,
    pub(super) widened: Vec<Widening>,
}

pub(super) fn apply(derived: Derived, base: Node, report: &mut Report) -> Applied {
    let mut found = Found { reason: derived.reason.is_some(), widened: Vec::new(), report };
    let place = base.place;
    let mut root = base.clone();
    let shared = items(&base, "allowedRequestHeaders").unwrap_or_default();
    let mut endpoints = items(&base, "endpoints").unwrap_or_default().to_vec();
    let mut changes: Vec<Change> = Vec::new();
    let mut overrides = Vec::new();
    for one in derived.overrides {
        let Some(index) = target(&one.target, &endpoints, &changes, found.report) else { continue };
        let keys = one.keys();
        overrides.push(super::Override { place: one.place, endpoint: one.target.value.clone(), keys });
        changes.push(Change { index, place: one.place, removed: one.removed, judges: one.judges_calls() });
        if !one.removed {
            override_endpoint(one, &mut endpoints[index], shared, &mut found);
        }
    }
    let mut at = 0;
    endpoints.retain(|_| {
        at += 1;
        !changes.iter().any(|it| it.removed && it.index + 1 == at)
    });
    for endpoint in derived.endpoints {
        let label = text(&endpoint, "pathRegex").or(text(&endpoint, "pathTemplate")).unwrap_or_default();
        found.widens(endpoint.place, "the base does not have the endpoint", label);
        endpoints.push(endpoint);
    }
    set(&mut root, "endpoints", Node::list(endpoints, place));
    if let Some(headers) = derived.headers {
        found.unless_held(&headers, &[shared], "the base does not forward the header");
        set(&mut root, "allowedRequestHeaders", list(headers, place));
    }
    merge(&mut root, "definitions", derived.definitions, &mut |place, _, ours| {
        found
            .report
            .error("definition-exists", place, "the base has a definition of this name")
            .suggest("choose another name; endpoints of the base use theirs");
        ours
    });
    match derived.version {
        Some(version) => set(&mut root, "version", Node::text(version)),
        None => remove(&mut root, "version"),
    }
    fall_through::check(&base, &root, &changes, &mut found);
    Applied { root, overrides, widened: found.widened }
}

/// What an override does to one endpoint of the base.
pub(super) struct Change {
    /// Which, in the base.
    pub(super) index: usize,
    /// Where the override stands.
    pub(super) place: Place,
    pub(super) removed: bool,
    /// Whether other calls pass than by the base.
    pub(super) judges: bool,
}

/// What is found on the way.
pub(super) struct Found<'r> {
    /// Whether more may pass or leave than by the base.
    reason: bool,
    /// In the order of the file.
    widened: Vec<Widening>,
    pub(super) report: &'r mut Report,
}

impl Found<'_> {
    /// Notes what lets out more than the base, where there is a reason for it.
    pub(super) fn is_allowed(&mut self, place: Place, what: &str) -> bool {
        if self.reason {
            let at = self.widened.partition_point(|it| it.place <= place);
            self.widened.insert(at, Widening { place, what: what.to_owned() });
        }
        self.reason
    }

    fn widens(&mut self, place: Place, what: &str, name: &str) {
        let what = format!("{what} `{name}`");
        if !self.is_allowed(place, &what) {
            self.report.error("override-widens", place, what).suggest(
                "an override may only narrow; if it must be, say why as `allowWidening: \"…\"` at the top",
            );
        }
    }

    /// Every name widens that is in none of the lists.
    fn unless_held(&mut self, names: &[Spanned<String>], lists: &[&[Node]], what: &str) {
        for name in names {
            if !lists.iter().any(|list| holds(list, &name.value)) {
                self.widens(name.place, what, &name.value);
            }
        }
    }
}

/// The position of the endpoint of the base that is meant.
fn target(
    written: &Spanned<String>,
    endpoints: &[Node],
    before: &[Change],
    report: &mut Report,
) -> Option<usize> {
    let (mut meant, mut others, mut known) = (None, false, Vec::new());
    for (index, endpoint) in endpoints.iter().enumerate() {
        for path in ["pathTemplate", "pathRegex"] {
            let Some(path) = text(endpoint, path) else { continue };
            known.push(path);
            if path == written.value {
                others |= meant.is_some_and(|it| it != index);
                meant = Some(index);
            }
        }
    }
    if others {
        report
            .error("override-unknown", written.place, "several endpoints of the base have this path")
            .suggest("copy the rule file; endpoints that share a path cannot be overridden");
        return None;
    }
    if meant.is_none() {
        report.error("override-unknown", written.place, "the base has no endpoint of this path").suggest(
            match nearest(&written.value, &known) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "write `pathTemplate` or `pathRegex` exactly as the base has it".to_owned(),
            },
        );
    }
    if before.iter().any(|it| Some(it.index) == meant) {
        report
            .error("override-repeated", written.place, "the endpoint is overridden above already")
            .suggest("merge the two overrides");
        return None;
    }
    meant
}

fn override_endpoint(one: Override, endpoint: &mut Node, shared: &[Node], found: &mut Found<'_>) {
    let place = one.place;
    if let Some(methods) = one.methods {
        let what = "this endpoint of the base does not allow the method";
        match items(endpoint, "allowedMethods") {
            Some(known) => found.unless_held(&methods, &[known], what),
            None => {
                for method in &methods {
                    if ONLY_IF_LISTED.iter().any(|it| it.eq_ignore_ascii_case(method.value.trim())) {
                        found.widens(method.place, what, &method.value);
                    }
                }
            }
        }
        set(endpoint, "allowedMethods", list(methods, place));
    }
    if let Some(names) = one.query {
        if let Some(known) = items(endpoint, "allowedQueryParams") {
            found.unless_held(
                &names,
                &[known],
                "this endpoint of the base does not allow the query parameter",
            );
        }
        withdraw(endpoint, "queryParamSchemas", &names);
        set(endpoint, "allowedQueryParams", list(names, place));
    }
    if let Some(headers) = one.headers {
        let older = "allowedRequestHeadersToForward";
        let own = ["allowedRequestHeaders", older].map(|key| items(endpoint, key).unwrap_or_default());
        found.unless_held(
            &headers,
            &[shared, own[0], own[1]],
            "this endpoint of the base does not forward the header",
        );
        remove(endpoint, older);
        set(endpoint, "allowedRequestHeaders", list(headers, place));
    }
    let both = &mut |place, base, ours| pair("allOf", Node::list(vec![base, ours], place));
    merge(endpoint, "pathParameterSchemas", one.path_schemas, both);
    merge(endpoint, "queryParamSchemas", one.query_schemas, both);
    if let Some(schema) = one.response_schema {
        found.widens(schema.place, "this endpoint of the base has another", "responseSchema");
        set(endpoint, "responseSchema", schema);
    }
    append(endpoint, "transforms", one.transforms);
    if let Some(paths) = one.drop_fields {
        let tag = Some(Spanned { value: "redact".to_owned(), place });
        append(endpoint, "transforms", vec![Node { tag, ..pair("jsonPaths", list(paths, place)) }]);
    }
}
