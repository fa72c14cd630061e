//! Responses of the function as answers to the caller.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use crate::wire::Reply;

/// What a REST API makes of a response. Without `binary` it passes base64 on as it is.
pub(super) fn rest_api(response: &Value, binary: bool) -> Reply {
    read(response, binary).unwrap_or_else(rest_api_failed)
}

/// What payload format 2.0 makes of a response; none if it is malformed.
pub(super) fn version_2(response: &Value) -> Option<Reply> {
    if response.get("statusCode").is_none() {
        // Then the response is the body.
        let body = response.as_str().map_or_else(|| response.to_string(), str::to_owned);
        return Some(plain(200, "application/json", body));
    }
    let mut reply = read(response, true)?;
    for cookie in response.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        reply.headers.append("set-cookie", HeaderValue::from_str(cookie.as_str()?).ok()?);
    }
    Some(reply)
}

fn read(response: &Value, binary: bool) -> Option<Reply> {
    let status = match &response["statusCode"] {
        Value::String(text) => text.parse().ok()?,
        number => number.as_u64()?,
    };
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        headers.insert(name.parse::<HeaderName>().ok()?, text(value)?);
    }
    for (name, values) in response["multiValueHeaders"].as_object().into_iter().flatten() {
        let name: HeaderName = name.parse().ok()?;
        headers.remove(&name);
        for value in values.as_array()? {
            headers.append(name.clone(), text(value)?);
        }
    }
    let body = match &response["body"] {
        Value::Null => Bytes::new(),
        Value::String(body) if binary && response["isBase64Encoded"] == true => {
            STANDARD.decode(body).ok()?.into()
        }
        Value::String(body) => body.clone().into(),
        _ => return None,
    };
    Some(Reply { status, headers, body })
}

fn text(value: &Value) -> Option<HeaderValue> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    // Bytes beyond ASCII are allowed in a header, if not wise.
    HeaderValue::from_bytes(text.as_bytes()).ok()
}

pub(super) fn rest_api_failed() -> Reply {
    plain(502, "application/json", r#"{"message": "Internal server error"}"#.to_owned())
}

pub(super) fn http_api_failed() -> Reply {
    plain(500, "application/json", r#"{"message":"Internal Server Error"}"#.to_owned())
}

pub(super) fn function_url_failed() -> Reply {
    plain(502, "application/json", "Internal Server Error".to_owned())
}

pub(super) fn function_url_throttled() -> Reply {
    plain(429, "application/json", r#"{"Reason":"ConcurrentInvocationLimitExceeded"}"#.to_owned())
}

fn plain(status: u16, media_type: &'static str, body: String) -> Reply {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static(media_type));
    Reply { status: StatusCode::from_u16(status).unwrap(), headers, body: body.into() }
}
