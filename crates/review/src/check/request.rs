//! What may be asked: methods, parameters, bodies and headers that nobody thought of.

use vizard_sanitizer::outline::{Accepts, BodySchema, Endpoint, FieldPath, Parameter, Part, Written};

use super::found::Found;
use super::probe;
use super::reviewed::{Judged, Reviewed};
use crate::personal::{self, Candidate, Kind, Value};
use crate::words;

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for header in &reviewed.outline.headers {
        credentials(header, None, found);
    }
    for judged in &reviewed.endpoints {
        methods(judged, found);
        query(judged, reviewed, found);
        path(judged, found);
        body(judged, found);
        for header in &judged.endpoint.headers {
            credentials(header, Some(judged.index), found);
        }
    }
}

fn methods(judged: &Judged<'_>, found: &mut Found) {
    if judged.endpoint.methods.is_none() {
        found
            .at("any-method", judged.endpoint.path.place, "any method may be used here, those that write too")
            .endpoint(judged.index)
            .help("write `allowedMethods: [\"GET\"]`");
    }
}

fn query(judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    let Some(listed) = &judged.endpoint.query else {
        found
            .at("any-query", judged.endpoint.path.place, "any query parameter may be sent here")
            .endpoint(judged.index)
            .help("list those that are needed in `allowedQueryParams`; `[]` for none");
        return;
    };
    for name in listed {
        let schemas: Vec<&Parameter> = schemas(&judged.endpoint.query_schemas, name).collect();
        for schema in &schemas {
            asks_for_secret(schema, judged, found);
        }
        if is_page_token(&name.text) {
            page_token(name, judged, reviewed, found);
        } else if schemas.iter().all(|it| takes_anything(&it.accepts)) || takes_all(name, judged, reviewed) {
            without_schema(name, judged, found);
        } else if telling(&name.text).is_some() && takes(name, probe::ADDRESS, judged, reviewed) {
            let message = format!("`{}` takes addresses in clear: a caller can ask who is known", name.text);
            found
                .at("query-parameter-without-schema", name.place, message)
                .endpoint(judged.index)
                .help("let its schema take pseudonyms and nothing else");
        }
    }
}

fn takes(name: &Written, value: &str, judged: &Judged<'_>, reviewed: &Reviewed<'_>) -> bool {
    probe::query_takes(reviewed, judged.index, &name.text, value)
}

/// Whether a schema lets through what has nothing in common.
fn takes_all(name: &Written, judged: &Judged<'_>, reviewed: &Reviewed<'_>) -> bool {
    [probe::ADDRESS, probe::TOKEN, "settings", "7"].iter().all(|it| takes(name, it, judged, reviewed))
}

fn schemas<'p>(all: &'p [Parameter], name: &Written) -> impl Iterator<Item = &'p Parameter> {
    all.iter().filter(move |it| it.name.text.eq_ignore_ascii_case(&name.text))
}

/// Whether a schema is there and checks nothing.
pub(super) fn takes_anything(accepts: &Accepts) -> bool {
    let kind = accepts.kind.as_deref();
    let no_kind = kind.is_none_or(|it| !matches!(it, "integer" | "number"));
    let any = |pattern: &str| matches!(pattern, ".*" | ".+" | "^.*$" | "^.+$" | "(.*)" | "(.+)");
    let no_pattern = accepts.pattern.as_deref().is_none_or(any);
    let inner_all = accepts.any_of.is_empty() || accepts.any_of.iter().any(takes_anything);
    no_kind
        && no_pattern
        && accepts.format.is_none()
        && accepts.values.is_none()
        && inner_all
        && accepts.all_of.iter().all(takes_anything)
}

fn without_schema(name: &Written, judged: &Judged<'_>, found: &mut Found) {
    let shown = &name.text;
    let endpoint = judged.index;
    let help = format!("say in `queryParamSchemas` what `{shown}` may hold");
    if let Some(why) = telling(shown) {
        let message = format!("`{shown}` takes any text: {why}");
        found.at("query-parameter-without-schema", name.place, message).endpoint(endpoint).help(help);
    } else {
        let message = format!("`{shown}` takes any text, pseudonyms included, which are turned back");
        found
            .at("query-parameter-without-schema", name.place, message)
            .endpoint(endpoint)
            .help(help)
            .doubtful();
    }
}

/// What a caller could do with a parameter of this name.
fn telling(name: &str) -> Option<String> {
    const SEARCHES: &[&str] = &["q", "query", "search", "filter", "keyword", "key", "term", "text", "match"];
    const SELECTS: &[&str] =
        &["include", "expand", "field", "select", "with", "embed", "prop", "attribute", "option"];
    let all = personal::words::split(name);
    if all.iter().any(|it| SELECTS.contains(&it.as_str())) {
        return Some("a caller can ask for fields that nobody reviewed".to_owned());
    }
    if all.iter().any(|it| SEARCHES.contains(&it.as_str())) {
        return Some("a caller can search for people by what is known of them".to_owned());
    }
    let path = FieldPath(vec![Part::Name(name.to_owned())]);
    let looks = personal::looks(&Candidate::new("", &path, Value::Any)).filter(|it| it.is_strong())?;
    Some(format!("a caller can ask whether {} is known there", looks.what.words()))
}

fn asks_for_secret(parameter: &Parameter, judged: &Judged<'_>, found: &mut Found) {
    let secret = |value: &&String| {
        let path = FieldPath(vec![Part::Name((*value).clone())]);
        let looks = personal::looks(&Candidate::new("", &path, Value::Text));
        looks.is_some_and(|it| it.is_strong() && it.what == Kind::Secret)
    };
    if let Some(value) = values(&parameter.accepts).into_iter().find(secret) {
        let message = format!("`{}` may ask for `{value}`, which looks like a secret", parameter.name.text);
        found
            .at("query-asks-for-secret", parameter.name.place, message)
            .endpoint(judged.index)
            .help("remove the value, unless the parameter asks for something else than a field");
    }
}

/// The words of a closed list; of several lists that must all agree, what is in each.
fn values(accepts: &Accepts) -> Vec<&String> {
    let lists: Vec<Vec<&String>> = accepts.all_of.iter().map(values).filter(|it| !it.is_empty()).collect();
    let common = |value: &&&String| lists.iter().all(|list| list.contains(*value));
    let agreed = lists.first().into_iter().flatten().filter(common).copied();
    let inner = accepts.any_of.iter().flat_map(values);
    accepts.values.iter().flatten().chain(inner).chain(agreed).collect()
}

/// Whether a name is that of a place in a list.
pub(super) fn is_page_token(name: &str) -> bool {
    let all = personal::words::split(name);
    let pages = |it: &String| matches!(it.as_str(), "page" | "next" | "previous" | "prev" | "continuation");
    let token = all.last().is_some_and(|it| matches!(it.as_str(), "token" | "cursor"));
    token && (all.iter().any(pages) || all.last().is_some_and(|it| it == "cursor"))
        || all.last().is_some_and(|it| it == "skiptoken")
}

fn page_token(name: &Written, judged: &Judged<'_>, reviewed: &Reviewed<'_>, found: &mut Found) {
    if probe::query_takes(reviewed, judged.index, &name.text, probe::TOKEN) {
        let message = format!(
            "`{}` takes pseudonyms: the proxy turns them back and sends them where no one expects a person",
            name.text
        );
        found
            .at("page-token-takes-pseudonym", name.place, message)
            .endpoint(judged.index)
            .help("write a schema without `~`, such as `{ pattern: '[^~\\s]*' }`");
    }
}

fn path(judged: &Judged<'_>, found: &mut Found) {
    if judged.endpoint.is_regex {
        return;
    }
    for name in words::parameters_of(judged.label()) {
        let mut named = judged.endpoint.path_schemas.iter().filter(|it| it.name.text == name);
        if named.all(|it| takes_anything(&it.accepts)) {
            let message = format!(
                "`{{{name}}}` takes any segment, such as `{}`: raw identifiers pass, and tell who exists",
                filled(judged.endpoint, name)
            );
            found
                .at("path-parameter-without-schema", judged.endpoint.path.place, message)
                .endpoint(judged.index)
                .help(format!("say in `pathParameterSchemas` what `{name}` may hold"));
        }
    }
}

/// The template with one parameter filled as nobody meant it.
fn filled(endpoint: &Endpoint, name: &str) -> String {
    let path =
        endpoint.path.text.replace(&format!("{{{name}}}"), "me").replace(&format!("{{{name}?}}"), "me");
    path.replace(['{', '}'], "").replace('?', "")
}

fn body(judged: &Judged<'_>, found: &mut Found) {
    let writes = |it: &&Written| {
        matches!(it.text.trim().to_ascii_uppercase().as_str(), "POST" | "PUT" | "PATCH" | "DELETE")
    };
    let content = judged.endpoint.body.as_ref().and_then(|it| it.content.as_ref());
    let method = judged.endpoint.methods.iter().flatten().find(writes);
    match (method, content) {
        (Some(method), None) => {
            let message = format!("{} is allowed with any body", method.text.trim().to_ascii_uppercase());
            found
                .at("write-without-body-schema", method.place, message)
                .endpoint(judged.index)
                .help("say in `requestBody` what may be sent");
        }
        (_, Some(content)) => {
            for (media, schema) in content {
                if is_open(schema) {
                    found
                        .at("open-body-schema", media.place, "members that are not listed may be sent too")
                        .endpoint(judged.index)
                        .help("write `additionalProperties: false`");
                }
            }
        }
        (None, None) => {}
    }
}

/// Whether members may be sent that nobody listed, at any depth.
fn is_open(schema: &BodySchema) -> bool {
    let properties = schema.properties.as_deref().unwrap_or_default();
    let is_object = schema.properties.is_some() || schema.kind.as_deref().is_none_or(|it| it == "object");
    let closed = schema.values.is_some() || schema.format.is_some() || schema.items.is_some();
    is_object && !closed && schema.additional != Some(false)
        || properties.iter().any(|(_, it)| it.properties.is_some() && is_open(it))
        || schema.items.as_ref().is_some_and(|it| it.properties.is_some() && is_open(it))
}

fn credentials(header: &Written, endpoint: Option<usize>, found: &mut Found) {
    let lower = header.text.trim().to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['-', '_']).collect();
    let carries = words.iter().any(|it| {
        matches!(
            *it,
            "authorization"
                | "cookie"
                | "token"
                | "secret"
                | "password"
                | "apikey"
                | "credential"
                | "signature"
        )
    }) || lower.ends_with("api-key")
        || lower.ends_with("access-key");
    // The loader says of this one that it is never sent on.
    if carries && lower != "proxy-authorization" {
        let message = format!("`{}` of a caller is sent on to the source", header.text.trim());
        let one = found.at("forwards-credentials", header.place, message);
        one.help("remove it: the proxy has its own credentials for the source");
        if let Some(endpoint) = endpoint {
            one.endpoint(endpoint);
        }
    }
}
