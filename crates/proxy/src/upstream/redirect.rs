//! Redirects, followed only as far as the credential may go: the same origin.

use std::time::Instant;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderName, Method, Request, Response, StatusCode, Uri};
use url::Url;

use crate::ports::{Upstream, UpstreamError};

/// Sends a request and, where `follow` says so, the requests that the source's redirects ask for.
pub(crate) async fn send(
    upstream: &dyn Upstream,
    mut request: Request<Bytes>,
    follow: bool,
    deadline: Instant,
) -> Result<Response<Bytes>, UpstreamError> {
    for _ in 0..=HOPS {
        let response = upstream.send(request.clone(), deadline).await?;
        if !follow {
            return Ok(response);
        }
        match next(&request, &response)? {
            Some(redirected) => request = redirected,
            None => return Ok(response),
        }
    }
    Err(UpstreamError::Redirect)
}

const HOPS: usize = 5;

/// The request that a response redirects to; `None` when it is no redirect.
fn next(
    request: &Request<Bytes>,
    response: &Response<Bytes>,
) -> Result<Option<Request<Bytes>>, UpstreamError> {
    let see_other = match response.status() {
        StatusCode::SEE_OTHER => true,
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => false,
        _ => return Ok(None),
    };
    let Some(location) = response.headers().get(LOCATION) else {
        return Ok(None);
    };
    let location = location.to_str().map_err(|_| UpstreamError::Redirect)?;
    let mut redirected = request.clone();
    *redirected.uri_mut() = same_origin(request.uri(), location).ok_or(UpstreamError::Redirect)?;
    let headers = redirected.headers_mut();
    for condition in CONDITIONS {
        headers.remove(condition); // they spoke of the other resource
    }
    if see_other {
        headers.remove(CONTENT_TYPE);
        headers.remove(CONTENT_LENGTH);
        *redirected.body_mut() = Bytes::new();
        if redirected.method() != Method::HEAD {
            *redirected.method_mut() = Method::GET;
        }
    }
    Ok(Some(redirected))
}

/// Where `location` leads from `current`, if scheme, host and port stay what they are.
fn same_origin(current: &Uri, location: &str) -> Option<Uri> {
    let current = Url::parse(&current.to_string()).ok()?;
    let mut next = current.join(location).ok()?;
    next.set_fragment(None);
    let stays = next.origin() == current.origin() && next.username().is_empty() && next.password().is_none();
    stays.then(|| next.as_str().parse().ok())?
}

const CONDITIONS: [HeaderName; 5] = [
    http::header::IF_MATCH,
    http::header::IF_NONE_MATCH,
    http::header::IF_MODIFIED_SINCE,
    http::header::IF_UNMODIFIED_SINCE,
    http::header::IF_RANGE,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn redirected(
        method: &str,
        status: u16,
        location: &str,
    ) -> Result<Option<(String, String, usize)>, UpstreamError> {
        let request = Request::builder()
            .method(method)
            .uri("https://api.lumen-orchard.example/v2/users?page_size=30")
            .header("authorization", "Bearer x")
            .header("if-none-match", "\"1\"")
            .body(Bytes::from_static(b"{}"))
            .unwrap();
        let response =
            Response::builder().status(status).header("location", location).body(Bytes::new()).unwrap();
        let next = next(&request, &response)?;
        Ok(next.map(|it| {
            assert!(it.headers().contains_key("authorization"), "{location}");
            assert!(!it.headers().contains_key("if-none-match"), "{location}");
            (it.method().to_string(), it.uri().to_string(), it.body().len())
        }))
    }

    #[test]
    fn follows_within_the_origin_with_the_method_rules() {
        let cases = [
            ("GET", 301, "/v3/users", "GET", "https://api.lumen-orchard.example/v3/users", 2),
            ("POST", 302, "/v3/users", "POST", "https://api.lumen-orchard.example/v3/users", 2),
            ("POST", 303, "/v3/users", "GET", "https://api.lumen-orchard.example/v3/users", 0),
            ("HEAD", 303, "/v3/users", "HEAD", "https://api.lumen-orchard.example/v3/users", 0),
            ("PATCH", 307, "me#top", "PATCH", "https://api.lumen-orchard.example/v2/me", 2),
            (
                "DELETE",
                308,
                "?page_size=9",
                "DELETE",
                "https://api.lumen-orchard.example/v2/users?page_size=9",
                2,
            ),
            (
                "GET",
                302,
                "https://api.lumen-orchard.example:443/v3",
                "GET",
                "https://api.lumen-orchard.example/v3",
                2,
            ),
        ];
        for (method, status, location, to_method, to, length) in cases {
            let expected = Some((to_method.to_owned(), to.to_owned(), length));
            assert_eq!(redirected(method, status, location), Ok(expected), "{status} {location}");
        }
    }

    #[test]
    fn refuses_to_leave_the_origin() {
        let cases = [
            "https://lumen-orchard.example/v2",
            "https://api.lumen-orchard.example.evil.example/",
            "http://api.lumen-orchard.example/v2",
            "https://api.lumen-orchard.example:8443/v2",
            "//files.lumen-orchard.example/x",
            "https://mira@api.lumen-orchard.example/v2",
            "https://:x@api.lumen-orchard.example/v2",
            "\\\\evil.example\\x",
            "ftp://api.lumen-orchard.example/",
            "https://",
        ];
        for location in cases {
            assert_eq!(redirected("GET", 302, location), Err(UpstreamError::Redirect), "{location}");
        }
    }

    #[test]
    fn other_answers_are_no_redirects() {
        for status in [200, 300, 304, 305, 404] {
            assert_eq!(redirected("GET", status, "https://evil.example/"), Ok(None), "{status}");
        }
        let request = Request::new(Bytes::new());
        let response = Response::builder().status(302).body(Bytes::new()).unwrap();
        assert!(next(&request, &response).unwrap().is_none());
    }
}
