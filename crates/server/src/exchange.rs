//! One request: is it one message of sound shape, is it the platform asking whether we live, and otherwise the
//! proxy's.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts as Head;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, Uri, Version};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use vizard_proxy::Proxy;

use crate::Limits;
use crate::hops;
use crate::refuse::Refused;

/// What all requests of one connection share.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) limits: Limits,
    pub(crate) peer: IpAddr,
    /// Set when a message with two lengths was seen on the connection.
    pub(crate) ambiguous: Arc<AtomicBool>,
}

impl Exchange {
    /// Answers one request.
    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let version = request.version();
        self.tell(request).await.unwrap_or_else(|refused| refused.response(version)).map(Full::new)
    }

    async fn tell(&self, request: Request<Incoming>) -> Result<Response<Bytes>, Refused> {
        let (mut head, body) = request.into_parts();
        if self.ambiguous.load(Ordering::Relaxed) {
            return Err(Refused::Framing);
        }
        sound(&head)?;
        if head.uri.path() == "/healthz" && matches!(head.method, Method::GET | Method::HEAD) {
            return Ok(alive());
        }
        head.uri = origin_form(head.uri);
        let client = hops::client(self.peer, &head.headers, self.limits.trusted_hops);
        // What a stranger sends is not collected first and refused then.
        let body = if self.proxy.admits(client) { self.read(body).await? } else { Bytes::new() };
        Ok(self.proxy.handle(Request::from_parts(head, body), client).await)
    }

    /// The whole body, which is never held beyond its limit.
    async fn read(&self, body: Incoming) -> Result<Bytes, Refused> {
        let limit = self.proxy.request_limit();
        if body.size_hint().lower() > limit as u64 {
            return Err(Refused::TooLarge(limit));
        }
        let whole = tokio::time::timeout(self.limits.body_wait, Limited::new(body, limit).collect()).await;
        let whole = whole.map_err(|_| Refused::BodyLate)?.map_err(|error| {
            if error.is::<LengthLimitError>() { Refused::TooLarge(limit) } else { Refused::BodyBroken }
        })?;
        Ok(whole.to_bytes())
    }
}

/// What the HTTP library leaves to us to refuse.
fn sound(head: &Head) -> Result<(), Refused> {
    if head.method == Method::CONNECT {
        return Err(Refused::Connect);
    }
    let hosts = head.headers.get_all(HOST).iter().count();
    if hosts > 1 || hosts == 0 && head.version == Version::HTTP_11 {
        return Err(Refused::Host);
    }
    Ok(())
}

/// The path and query of a target that names scheme and authority too, as HTTP/2 and clients of forward proxies
/// write it. We have one source: the authority chooses nothing.
fn origin_form(uri: Uri) -> Uri {
    let path = uri.into_parts().path_and_query.unwrap_or_else(|| PathAndQuery::from_static("/"));
    Uri::from(path)
}

/// That the program runs; not that it is configured well, which the proxy's own health check says.
fn alive() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"ok"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}
