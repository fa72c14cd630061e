//! Requests as events. The templates are in `tests/data/lambda-events`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::Call;

/// What a REST API makes of a call.
pub(super) fn rest_api(call: &Call, stage: &str, binary: bool) -> Value {
    let mut event = template(include_str!("../../../data/lambda-events/rest-api.json"));
    let (path, query) = call.path_and_query();
    let (resource, parameters) = match path {
        "/" => ("/", Value::Null),
        _ => ("/{proxy+}", json!({"proxy": path.trim_start_matches('/')})),
    };
    event["resource"] = resource.into();
    event["pathParameters"] = parameters;
    event["path"] = path.into();
    event["httpMethod"] = call.method.as_str().into();

    let mut all: Map<String, Value> = event["multiValueHeaders"].as_object().unwrap().clone();
    all["X-Forwarded-For"] = json!([forwarded_for(call)]);
    for (name, value) in &call.headers {
        if name.eq_ignore_ascii_case("x-forwarded-for") {
            continue;
        }
        let same = all.keys().find(|it| it.eq_ignore_ascii_case(name)).cloned();
        match same {
            // What the gateway sets itself is not for the caller to say.
            Some(same) if same.starts_with("X-Forwarded-") || same == "Host" => {}
            Some(same) => all[&same].as_array_mut().unwrap().push(value.as_str().into()),
            None => drop(all.insert(name.clone(), json!([value]))),
        }
    }
    event["headers"] = all.iter().map(|(name, values)| (name.clone(), last(values))).collect();
    event["multiValueHeaders"] = all.into();

    let query = decoded_query(query);
    if !query.is_empty() {
        let last = |values: &Vec<String>| Value::from(values.last().unwrap().as_str());
        event["queryStringParameters"] = query.iter().map(|(name, all)| (name.clone(), last(all))).collect();
        event["multiValueQueryStringParameters"] =
            query.into_iter().map(|(name, all)| (name, Value::from(all))).collect();
    }

    let context = &mut event["requestContext"];
    context["httpMethod"] = call.method.as_str().into();
    context["path"] = format!("/{stage}{path}").into();
    context["resourcePath"] = resource.into();
    context["stage"] = stage.into();
    context["requestId"] = unique_id().into();
    context["identity"]["sourceIp"] = call.client.as_str().into();
    context["identity"]["userAgent"] = call.all("user-agent").last().copied().into();

    if !call.body.is_empty() {
        event["isBase64Encoded"] = binary.into();
        event["body"] = if binary {
            STANDARD.encode(&call.body).into()
        } else {
            String::from_utf8_lossy(&call.body).into()
        };
    }
    event
}

/// What an HTTP API makes of a call.
pub(super) fn http_api(call: &Call, stage: &str) -> Value {
    let mut event = template(include_str!("../../../data/lambda-events/http-api.json"));
    let (path, query) = call.path_and_query();
    let decoded = percent_decoded(path);
    // It takes the decoded path for a target again.
    let decoded = decoded.split('?').next().unwrap_or_default();
    let path = if stage == "$default" { decoded.to_owned() } else { format!("/{stage}{decoded}") };
    event["requestContext"]["stage"] = stage.into();
    version_2(&mut event, call, &path, query);
    event
}

/// What a function URL makes of a call.
pub(super) fn function_url(call: &Call) -> Value {
    let mut event = template(include_str!("../../../data/lambda-events/function-url.json"));
    let (path, query) = call.path_and_query();
    version_2(&mut event, call, path, query);
    event
}

fn version_2(event: &mut Value, call: &Call, path: &str, query: &str) {
    event["rawPath"] = path.into();
    event["rawQueryString"] = query.into();
    let parameters = decoded_query(query);
    if !parameters.is_empty() {
        event["queryStringParameters"] =
            parameters.into_iter().map(|(name, all)| (name, Value::from(all.join(",")))).collect();
    }

    let mut joined: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, value) in &call.headers {
        joined.entry(name.to_lowercase()).or_default().push(value);
    }
    let cookies = joined.remove("cookie").unwrap_or_default();
    for own in ["host", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"] {
        joined.remove(own);
    }
    for (name, values) in joined {
        event["headers"][name] = values.join(",").into();
    }
    event["headers"]["x-forwarded-for"] = forwarded_for(call).into();
    if !cookies.is_empty() {
        event["cookies"] = cookies.iter().flat_map(|it| it.split("; ")).collect();
    }

    let context = &mut event["requestContext"];
    context["requestId"] = unique_id().into();
    context["http"]["method"] = call.method.as_str().into();
    context["http"]["path"] = path.into();
    context["http"]["sourceIp"] = call.client.as_str().into();
    context["http"]["userAgent"] = call.all("user-agent").last().copied().unwrap_or_default().into();

    if !call.body.is_empty() {
        event["headers"]["content-length"] = call.body.len().to_string().into();
        match std::str::from_utf8(&call.body) {
            Ok(text) if is_text(call) => event["body"] = text.into(),
            _ => {
                event["body"] = STANDARD.encode(&call.body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
    }
}

/// Forms are not, nor is a body without a type.
fn is_text(call: &Call) -> bool {
    let media_type = call.all("content-type").last().copied().unwrap_or_default().to_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let texts = ["application/json", "application/xml", "application/javascript"];
    call.all("content-encoding").is_empty()
        && (media_type.starts_with("text/") || texts.contains(&media_type))
}

/// What the caller claims, and then the address that is known.
fn forwarded_for(call: &Call) -> String {
    let mut hops = call.all("x-forwarded-for");
    hops.push(&call.client);
    hops.join(", ")
}

/// The parameters in the order of their first appearance, each with its values, decoded.
fn decoded_query(query: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let [name, value] = [name, value].map(|it| percent_decoded(&it.replace('+', " ")));
        match found.iter_mut().find(|(it, _)| *it == name) {
            Some((_, values)) => values.push(value),
            None => found.push((name, vec![value])),
        }
    }
    found
}

/// What is no code stays; what is no UTF-8 is replaced, as JSON must.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match (bytes[at], code) {
            (b'%', Some(code)) => {
                decoded.push(u8::from_str_radix(code, 16).expect("two hexadecimal digits"));
                at += 3;
            }
            (byte, _) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn last(values: &Value) -> Value {
    values.as_array().and_then(|all| all.last()).cloned().unwrap_or_default()
}

fn template(text: &str) -> Value {
    serde_json::from_str(text).expect("a template is JSON")
}

/// Objects are named after it.
fn unique_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("{:08x}-0000-4000-8000-{number:012x}", std::process::id())
}
