//! The request to the source, built from what the rules let out and nothing else.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use url::{Origin, Url};
use vizard_sanitizer::Outbound;

use crate::error::Problem;

/// Where all requests go.
pub(crate) struct Base {
    text: String,
    /// `None` is of no URL, so that no request is sent.
    origin: Option<Origin>,
}

impl Base {
    /// `TARGET_HOST` with its scheme and base path, without a trailing slash.
    pub(crate) fn new(text: &str) -> Base {
        Base { text: text.to_owned(), origin: Url::parse(text).ok().map(|it| it.origin()) }
    }

    /// The host, as configured.
    pub(crate) fn host(&self) -> &str {
        let (_, rest) = self.text.split_once("://").unwrap_or(("", &self.text));
        rest.split('/').next().unwrap_or_default()
    }
}

/// Builds the request.
pub(crate) fn build(base: &Base, outbound: Outbound, user_agent: &str) -> Result<Request<Bytes>, Problem> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::from_bytes(outbound.method.as_bytes()).map_err(|_| Problem::Outbound)?;
    *request.uri_mut() = uri(base, &outbound.path, outbound.query.as_deref()).ok_or(Problem::Outbound)?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, value(user_agent)?);
    let mut replaced = Vec::new();
    for (name, text) in &outbound.headers {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| Problem::Outbound)?;
        if is_ours(&name) {
            continue;
        }
        if replaced.contains(&name) {
            headers.append(name, value(text)?);
        } else {
            headers.insert(name.clone(), value(text)?);
            replaced.push(name);
        }
    }
    headers.remove(CONTENT_TYPE);
    if let Some(body) = outbound.body {
        let content_type = outbound.content_type.as_deref().unwrap_or("application/json");
        headers.insert(CONTENT_TYPE, value(content_type)?);
        *request.body_mut() = body.into();
    }
    Ok(request)
}

/// The URL, if the client library will send it exactly as written: no segment swallowed, no host changed.
fn uri(base: &Base, path: &str, query: Option<&str>) -> Option<Uri> {
    let (mark, query) = query.filter(|it| !it.is_empty()).map_or(("", ""), |it| ("?", it));
    let text = [&base.text, path, mark, query].concat();
    let uri: Uri = text.parse().ok()?;
    let sent = Url::parse(&text).ok()?;
    let stays = path.starts_with('/')
        && sent.path() == uri.path()
        && sent.fragment().is_none()
        && Some(sent.origin()) == base.origin;
    stays.then_some(uri)
}

/// Never forwarded, whatever the rules list: they belong to this connection, or are what the caller
/// proves itself to this proxy with.
fn is_ours(name: &HeaderName) -> bool {
    let name = name.as_str();
    OURS.contains(&name)
        || ["x-psoxy-", "x-amz-", "x-goog-", "x-forwarded-", "proxy-"].iter().any(|it| name.starts_with(it))
}

const OURS: [&str; 14] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|_| Problem::Outbound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outbound(path: &str, query: Option<&str>, headers: &[(&str, &str)]) -> Outbound {
        Outbound {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            body: None,
            content_type: None,
        }
    }

    #[test]
    fn the_url_is_the_base_and_the_path_as_they_are() {
        let cases = [
            (
                "https://api.lumen-orchard.example",
                "/v2/users",
                Some("page_size=30"),
                "https://api.lumen-orchard.example/v2/users?page_size=30",
            ),
            (
                "https://api.lumen-orchard.example/base",
                "/v2/a%2Fb%3D%3D",
                None,
                "https://api.lumen-orchard.example/base/v2/a%2Fb%3D%3D",
            ),
            (
                "https://api.lumen-orchard.example",
                "/%252Fabc%253D%253D",
                Some(""),
                "https://api.lumen-orchard.example/%252Fabc%253D%253D",
            ),
            ("http://127.0.0.1:8080", "/", None, "http://127.0.0.1:8080/"),
        ];
        for (base, path, query, expected) in cases {
            let request = build(&Base::new(base), outbound(path, query, &[]), "agent").unwrap();
            assert_eq!(request.uri().to_string(), expected);
        }
    }

    #[test]
    fn refuses_a_url_that_would_be_sent_otherwise() {
        let cases = [
            "/a/../b",
            "/a/%2e%2e/b",
            "/a/./b",
            "/a\\b",
            "v2/users",
            ".evil.example/",
            "@evil.example/",
            ":99/",
            "/a b",
        ];
        for path in cases {
            let built =
                build(&Base::new("https://api.lumen-orchard.example"), outbound(path, None, &[]), "agent");
            assert!(matches!(built, Err(Problem::Outbound)), "{path}");
        }
    }

    #[test]
    fn the_rules_decide_on_headers_but_not_on_ours() {
        let sent = build(
            &Base::new("https://api.lumen-orchard.example"),
            outbound(
                "/",
                None,
                &[
                    ("Accept", "application/vnd.x+json"),
                    ("x-choice", "1"),
                    ("x-choice", "2"),
                    ("Authorization", "Bearer of the caller"),
                    ("Host", "evil.example"),
                    ("X-Amz-Security-Token", "x"),
                    ("X-Psoxy-TargetPath", "/x"),
                    ("content-type", "text/html"),
                ],
            ),
            "vizard",
        )
        .unwrap();
        let headers: Vec<_> =
            sent.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(
            headers,
            [
                ("accept", "application/vnd.x+json"),
                ("user-agent", "vizard"),
                ("x-choice", "1"),
                ("x-choice", "2")
            ]
        );
    }

    #[test]
    fn a_body_comes_with_its_content_type() {
        let body =
            Outbound { method: "DELETE".into(), body: Some(b"{}".to_vec()), ..outbound("/", None, &[]) };
        let sent = build(&Base::new("https://api.lumen-orchard.example"), body, "vizard").unwrap();
        assert_eq!(
            (sent.method().as_str(), sent.headers()[CONTENT_TYPE].to_str().unwrap(), &sent.body()[..]),
            ("DELETE", "application/json", &b"{}"[..])
        );
    }
}
