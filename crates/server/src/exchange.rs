//! One request: is it one message of sound shape, is it the platform asking whether we live, may its caller call, is
//! there room for it, and otherwise the proxy's.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts as Head;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, Uri, Version};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use vizard_gcp::storage_event;
use vizard_proxy::Arrival;

use crate::Server;
use crate::busy::Busy;
use crate::hops;
use crate::pushed::{self, Pushed};
use crate::queued;
use crate::refuse::Refused;

/// What all requests of one connection share.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) server: Arc<Server>,
    pub(crate) busy: Busy,
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
        match head.uri.path().strip_prefix("/.vizard/") {
            None => self.call(head, body).await,
            Some("calls") => {
                let pushed = self.server.pushed.as_ref().ok_or(Refused::Path)?;
                self.queued_call(pushed, head, body).await
            }
            Some("events") => self.event(head, body).await,
            Some(_) => Err(Refused::Path),
        }
    }

    /// A call of the source's API.
    async fn call(&self, mut head: Head, body: Incoming) -> Result<Response<Bytes>, Refused> {
        let Server { proxy, callers, limits, pushed, files: _ } = &*self.server;
        // Strangers neither take a place nor have their bodies read.
        callers.admit(&head.headers).await?;
        let _place = self.busy.enter()?;
        let client = hops::client(self.peer, &head.headers, limits.trusted_hops);
        let body =
            if proxy.admits(client) { self.read(body, proxy.request_limit()).await? } else { Bytes::new() };
        if pushed.is_some() && vizard_proxy::is_preferred(&head.headers) {
            let message = queued::written(&head, &body, client);
            head.extensions.insert(Arrival { message, ..Arrival::default() });
        }
        Ok(proxy.handle(Request::from_parts(head, body), client).await)
    }

    /// A call that was queued and is to be answered now.
    async fn queued_call(
        &self,
        pushed: &Pushed,
        head: Head,
        body: Incoming,
    ) -> Result<Response<Bytes>, Refused> {
        if head.method != Method::POST {
            return Err(Refused::Method);
        }
        let arrived = Instant::now();
        pushed.admit(&head.headers).await?;
        let _place = self.busy.enter()?;
        let body = self.read(body, pushed::LIMIT).await?;
        pushed.perform(&self.server.proxy, &body, arrived).await
    }

    /// An event of the platform.
    async fn event(&self, head: Head, body: Incoming) -> Result<Response<Bytes>, Refused> {
        if head.method != Method::POST {
            return Err(Refused::Method);
        }
        let arrived = Instant::now();
        self.server.callers.admit(&head.headers).await?;
        let _place = self.busy.enter()?;
        let body = self.read(body, storage_event::LIMIT).await?;
        self.server.files.answer(&head, &body, arrived).await
    }

    /// The whole body, which is never held beyond its limit.
    async fn read(&self, body: Incoming, limit: usize) -> Result<Bytes, Refused> {
        if body.size_hint().lower() > limit as u64 {
            return Err(Refused::TooLarge(limit));
        }
        let whole = Limited::new(body, limit).collect();
        let whole = tokio::time::timeout(self.server.limits.body_wait, whole).await;
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
