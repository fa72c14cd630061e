//! A call as it waits in the queue: JSON that says what HTTP said, so that it can be made again.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, PROXY_AUTHORIZATION, TRANSFER_ENCODING,
};
use http::request::Parts as Head;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use serde::{Deserialize, Serialize};
use vizard_proxy::Client;
use vizard_proxy::allow_list::client_address;

/// The message.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    path: String,
    query: Option<String>,
    http_method: String,
    /// Base64.
    body: Option<String>,
    client_ip: Option<String>,
    #[serde(default)]
    headers: BTreeMap<String, Values>,
    https: Option<bool>,
}

/// Others write a value alone where there is one.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

/// The message that a call becomes: without the credentials of its caller, which nobody needs again. `None` when it has
/// a header that is no text.
pub(crate) fn written(head: &Head, body: &Bytes, client: Client) -> Option<String> {
    let mut headers: BTreeMap<String, Values> = BTreeMap::new();
    for name in head.headers.keys().filter(|name| is_kept(name)) {
        let values = head.headers.get_all(name).iter().map(|value| value.to_str().ok().map(str::to_owned));
        headers.insert(name.as_str().to_owned(), Values::Several(values.collect::<Option<_>>()?));
    }
    let message = Message {
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        http_method: head.method.as_str().to_owned(),
        body: (!body.is_empty()).then(|| STANDARD.encode(body)),
        client_ip: client.address.map(|it| it.to_string()),
        headers,
        https: client.https,
    };
    serde_json::to_string(&message).ok()
}

/// The call that a message is, and who made it; `None` when it is none.
pub(crate) fn read(text: &[u8]) -> Option<(Request<Bytes>, Client)> {
    let message: Message = serde_json::from_slice(text).ok()?;
    let mut headers = HeaderMap::new();
    for (name, values) in message.headers {
        let name: HeaderName = name.parse().ok()?;
        let values = match values {
            Values::One(value) => vec![value],
            Values::Several(values) => values,
        };
        for value in values {
            headers.append(name.clone(), HeaderValue::try_from(value).ok()?);
        }
    }
    for name in GONE.iter().chain(&CREDENTIALS) {
        headers.remove(name);
    }
    let target = match message.query.filter(|it| !it.is_empty()) {
        Some(query) => format!("{}?{query}", message.path),
        None => message.path,
    };
    let target: PathAndQuery = Some(target).filter(|it| it.starts_with('/'))?.try_into().ok()?;
    let body = message.body.map(|it| STANDARD.decode(it)).transpose().ok()?.unwrap_or_default();
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = Method::from_bytes(message.http_method.as_bytes()).ok()?;
    *request.uri_mut() = Uri::from(target);
    *request.headers_mut() = headers;
    let address = message.client_ip.as_deref().and_then(client_address);
    Some((request, Client { address, https: message.https }))
}

fn is_kept(name: &HeaderName) -> bool {
    !vizard_proxy::is_credential(name.as_str()) && !CREDENTIALS.contains(name) && !GONE.contains(name)
}

/// Whoever reads the queue need not be able to call in the caller's name.
const CREDENTIALS: [HeaderName; 6] = [
    AUTHORIZATION,
    COOKIE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("x-goog-iap-jwt-assertion"),
    HeaderName::from_static("x-serverless-authorization"),
];

/// What was true of the connection alone.
const GONE: [HeaderName; 3] = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

#[cfg(test)]
mod tests {
    use super::*;

    fn call(headers: &[(&str, &str)], body: &str) -> (Head, Bytes) {
        let mut request = Request::post("/v2/users/x%2Fy?page_size=30&q=a%26b").body(()).unwrap();
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        (request.into_parts().0, Bytes::from(body.to_owned()))
    }

    #[test]
    fn a_call_is_written_without_credentials_and_read_as_it_was() {
        let headers = [
            ("Prefer", "respond-async"),
            ("X-Run", "7"),
            ("X-Run", "8"),
            ("Authorization", "Bearer secret"),
            ("X-Serverless-Authorization", "Bearer secret"),
            ("X-Goog-Iap-Jwt-Assertion", "secret"),
            ("X-Api-Key", "secret"),
            ("Cookie", "secret"),
            ("X-Forwarded-Authorization", "secret"),
            ("X-Gateway-Secret", "secret"),
            ("Content-Length", "4"),
        ];
        let (head, body) = call(&headers, "body");
        let client = Client { address: "2001:db8::7".parse().ok(), https: Some(true) };
        let text = written(&head, &body, client).unwrap();
        let expected = concat!(
            r#"{"path":"/v2/users/x%2Fy","query":"page_size=30&q=a%26b","httpMethod":"POST","body":"Ym9keQ==","#,
            r#""clientIp":"2001:db8::7","headers":{"prefer":["respond-async"],"x-run":["7","8"]},"https":true}"#,
        );
        assert_eq!(text, expected);
        let (request, who) = read(text.as_bytes()).unwrap();
        assert_eq!((request.method(), request.uri()), (&Method::POST, &head.uri));
        assert_eq!(request.body(), "body");
        assert_eq!((who.address, who.https), (client.address, client.https));
        let lines: Vec<_> =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        assert_eq!(lines, [("prefer", &b"respond-async"[..]), ("x-run", b"7"), ("x-run", b"8")]);
    }

    #[test]
    fn what_others_write_is_read_too() {
        let text = r#"{"path":"/v2/users","query":null,"httpMethod":"GET","body":null,"clientIp":"192.0.2.7",
            "headers":{"X-RUN":"7","AUTHORIZATION":["Bearer secret"]},"https":true,"more":1}"#;
        let (request, _) = read(text.as_bytes()).unwrap();
        assert_eq!(request.uri(), "/v2/users");
        assert_eq!(request.headers()["x-run"], "7");
        assert_eq!(request.headers().len(), 1);
    }

    #[test]
    fn what_is_no_call_is_none() {
        let good = r#"{"path":"/v2/users","httpMethod":"GET"}"#;
        assert!(read(good.as_bytes()).is_some());
        for (part, other) in [
            ("/v2/users", "v2/users"),
            ("/v2/users", "/v2/ users"),
            ("/v2/users", "http://lumen-orchard.example/v2/users"),
            ("GET", "GET /"),
            ("\"GET\"", "7"),
            ("\"GET\"", "\"GET\",\"body\":\"?\""),
            ("\"GET\"", "\"GET\",\"headers\":{\"a b\":\"c\"}"),
            ("\"GET\"", "\"GET\",\"headers\":{\"a\":\"b\\r\\nc: d\"}"),
        ] {
            assert!(read(good.replace(part, other).as_bytes()).is_none(), "{part} as {other}");
        }
        assert!(read(b"").is_none());
        let (mut head, body) = call(&[], "");
        head.headers.insert("x-run", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(written(&head, &body, Client::default()), None);
    }
}
