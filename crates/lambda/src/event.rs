//! A call over HTTP as an event has it: of a function URL or an HTTP API (payload format 2.0), or of a REST API (1.0).
//!
//! The types of the events are those of `lambda_http`. What it makes of them is not used: it resolves dot segments
//! before any rule has seen them, adds the stage to the path, keeps one of several values of a header, and panics over
//! base64 that is none.

use std::net::IpAddr;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::COOKIE;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use lambda_http::aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use serde::Deserialize;
use serde_json::Value;
use vizard_proxy::allow_list::client_address;
use vizard_proxy::{Arrival, Client};

use crate::refuse::Refused;
use crate::target;

/// Which of the two payload formats an event is in, and its answer has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    V1,
    V2,
}

/// A call, and what the platform knows of it.
pub(crate) struct Call {
    pub(crate) request: Request<Bytes>,
    pub(crate) client: Client,
    /// The platform's own identifier of it.
    pub(crate) request_id: String,
}

impl Shape {
    /// Only the first format has the method at the top. What is of neither is answered in the second.
    pub(crate) fn of(text: &str) -> Shape {
        #[derive(Deserialize)]
        struct Top {
            #[serde(rename = "httpMethod")]
            method: Option<serde::de::IgnoredAny>,
        }
        match serde_json::from_str::<Top>(text) {
            Ok(Top { method: Some(_) }) => Shape::V1,
            Ok(Top { method: None }) | Err(_) => Shape::V2,
        }
    }
}

impl Call {
    /// Reads an event.
    pub(crate) fn read(text: &str, deadline: Instant) -> Result<Call, Refused> {
        let mut call = match Shape::of(text) {
            Shape::V1 => v1(serde_json::from_str(text).map_err(|_| Refused::Event)?)?,
            Shape::V2 => v2(serde_json::from_str(text).map_err(|_| Refused::Event)?)?,
        };
        // Only a caller who may want the answer later needs the event again.
        let message = call.request.headers().contains_key("prefer").then(|| message(text)).flatten();
        let request_id = Some(call.request_id.clone());
        call.request.extensions_mut().insert(Arrival { request_id, deadline: Some(deadline), message });
        Ok(call)
    }
}

fn v2(event: ApiGatewayV2httpRequest) -> Result<Call, Refused> {
    let context = event.request_context;
    let path = target::without_stage(event.raw_path.as_deref().unwrap_or("/"), context.stage.as_deref());
    let mut headers = event.headers;
    if let Some(cookies) = event.cookies.filter(|cookies| !cookies.is_empty()) {
        headers.insert(COOKIE, HeaderValue::from_str(&cookies.join("; ")).map_err(|_| Refused::Event)?);
    }
    Written {
        method: context.http.method,
        target: target::of(path, &target::without_signature(event.raw_query_string.as_deref().unwrap_or(""))),
        headers,
        body: event.body,
        base64: event.is_base64_encoded,
        source_ip: context.http.source_ip,
        request_id: context.request_id,
    }
    .read()
}

fn v1(event: ApiGatewayProxyRequest) -> Result<Call, Refused> {
    let context = event.request_context;
    let several = !event.multi_value_query_string_parameters.is_empty();
    let query =
        if several { event.multi_value_query_string_parameters } else { event.query_string_parameters };
    Written {
        method: event.http_method,
        target: target::of(event.path.as_deref().unwrap_or("/"), &target::query(query.iter())),
        headers: if event.multi_value_headers.is_empty() { event.headers } else { event.multi_value_headers },
        body: event.body,
        base64: event.is_base64_encoded,
        source_ip: context.identity.source_ip,
        request_id: context.request_id,
    }
    .read()
}

/// What both formats say, in other places.
struct Written {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Option<String>,
    base64: bool,
    source_ip: Option<String>,
    request_id: Option<String>,
}

impl Written {
    fn read(self) -> Result<Call, Refused> {
        let target: PathAndQuery = self.target.try_into().map_err(|_| Refused::Target)?;
        let body = match self.body {
            None => Bytes::new(),
            Some(body) if self.base64 => STANDARD.decode(body).map_err(|_| Refused::Base64)?.into(),
            Some(body) => Bytes::from(body),
        };
        let client = Client { address: address(self.source_ip.as_deref()), https: https(&self.headers) };
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = Uri::from(target);
        *request.headers_mut() = self.headers;
        Ok(Call { request, client, request_id: self.request_id.unwrap_or_default() })
    }
}

/// What the platform saw itself. What a caller says in `X-Forwarded-For` is not asked.
fn address(source_ip: Option<&str>) -> Option<IpAddr> {
    source_ip.and_then(client_address)
}

/// Gateways say it in a header that they write themselves.
fn https(headers: &HeaderMap) -> Option<bool> {
    let scheme = headers.get("x-forwarded-proto")?.to_str().ok()?;
    Some(scheme.trim().eq_ignore_ascii_case("https"))
}

/// The event as it is queued: without the credentials of its caller, which nobody needs again.
fn message(text: &str) -> Option<String> {
    let mut event: Value = serde_json::from_str(text).ok()?;
    for headers in ["headers", "multiValueHeaders"] {
        if let Some(headers) = event.get_mut(headers).and_then(Value::as_object_mut) {
            headers.retain(|name, _| !vizard_proxy::is_credential(name));
        }
    }
    for parameters in ["queryStringParameters", "multiValueQueryStringParameters"] {
        if let Some(parameters) = event.get_mut(parameters).and_then(Value::as_object_mut) {
            parameters.retain(|name, _| !target::is_of_signature(name));
        }
    }
    if let Some(Value::String(query)) = event.get_mut("rawQueryString") {
        *query = target::without_signature(query);
    }
    let event = event.as_object_mut()?;
    event.remove("cookies");
    if let Some(context) = event.get_mut("requestContext").and_then(Value::as_object_mut) {
        context.remove("authorizer");
        // Where a REST API has the caller's API key and access key; the address is judged again.
        if let Some(identity) = context.get_mut("identity").and_then(Value::as_object_mut) {
            identity.retain(|name, _| name == "sourceIp");
        }
    }
    serde_json::to_string(event).ok()
}

#[cfg(test)]
mod tests;
