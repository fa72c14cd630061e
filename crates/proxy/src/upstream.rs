//! The source over the network: pooled HTTP/1.1 and HTTP/2 behind a real TLS floor, one deadline
//! for a whole exchange, and a body that is capped before and after decompression.

mod kind;
mod pieces;
pub(crate) mod redirect;
pub(crate) mod request;
mod room;

use std::fmt;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Request, Response};
use thiserror::Error;

use crate::gzip::{self, GzipError};
use crate::off_reactor::Cores;
use crate::ports::{Upstream, UpstreamError};
use pieces::Pieces;
use room::{Room, Rooms};

/// How to reach the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transport {
    /// The oldest TLS version that is spoken.
    pub tls: TlsFloor,
    /// The limit for making a connection, within the deadline of the exchange.
    pub connect: Duration,
    /// The limit for a body, as received and again once decompressed.
    pub body: usize,
    /// Plain HTTP to this machine is possible: for development only.
    pub loopback_http: bool,
}

/// The oldest TLS version that is spoken: a floor, not a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFloor {
    /// TLS 1.2 or 1.3.
    Tls12,
    /// TLS 1.3 only.
    Tls13,
}

/// The limit for a response body unless something else is configured.
pub const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

/// The network. One per process: connections are shared by all requests.
pub struct HttpUpstream {
    client: reqwest::Client,
    body: usize,
    loopback_http: bool,
    rooms: Rooms,
    cores: Cores,
}

/// The HTTP client could not be built, for example because this machine has no root certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the HTTP client could not be built; does this machine have root certificates?")]
pub struct TransportError;

impl HttpUpstream {
    /// Builds the client. No connection is made yet.
    pub fn new(transport: Transport) -> Result<HttpUpstream, TransportError> {
        let client = reqwest::Client::builder()
            .tls_version_min(match transport.tls {
                TlsFloor::Tls12 => reqwest::tls::Version::TLS_1_2,
                TlsFloor::Tls13 => reqwest::tls::Version::TLS_1_3,
            })
            .https_only(!transport.loopback_http)
            .connect_timeout(transport.connect)
            // Redirects are judged in `redirect`, where the credential is known.
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // The caller owns the pace.
            .retry(reqwest::retry::never())
            // No variable of the environment reroutes what carries a credential.
            .no_proxy()
            // A connection that slept, as in a frozen function, is not worth trying.
            .pool_idle_timeout(IDLE)
            // As many calls as go on at a time come back for the next: one beyond this makes its connection anew.
            .pool_max_idle_per_host(32)
            .tcp_keepalive(IDLE)
            .http2_keep_alive_interval(Duration::from_secs(10))
            .http2_keep_alive_timeout(Duration::from_secs(10))
            .http2_adaptive_window(true)
            .build()
            .map_err(|_| TransportError)?;
        let Transport { body, loopback_http, .. } = transport;
        Ok(HttpUpstream { client, body, loopback_http, rooms: Rooms::new(), cores: Cores::all() })
    }

    async fn exchange(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, UpstreamError> {
        self.check(request.uri())?;
        request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        let request = reqwest::Request::try_from(request).map_err(|_| UpstreamError::Request)?;
        let received = self.client.execute(request).await.map_err(|error| kind::of(&error))?;
        let status = received.status();
        let mut headers = received.headers().clone();
        let small = room::small(headers.contains_key(CONTENT_ENCODING));
        let (body, room) = self.read(received, small).await?;
        let body = decoded(body, &mut headers, self.body, &self.cores).await?;
        let mut response = Response::new(body);
        if let Some(room) = room {
            response.extensions_mut().insert(room);
        }
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    /// Plain HTTP never leaves this machine, whatever asks for it.
    fn check(&self, uri: &http::Uri) -> Result<(), UpstreamError> {
        match uri.scheme_str() {
            Some("https") => Ok(()),
            Some("http") if self.loopback_http && uri.host().is_some_and(is_loopback) => Ok(()),
            _ => Err(UpstreamError::Request),
        }
    }

    async fn read(
        &self,
        mut received: reqwest::Response,
        small: usize,
    ) -> Result<(Bytes, Option<Room>), UpstreamError> {
        let announced = usize::try_from(received.content_length().unwrap_or(0));
        let announced =
            announced.ok().filter(|length| *length <= self.body).ok_or(UpstreamError::TooLarge)?;
        let (mut pieces, mut room) = (Pieces::announced(announced), None);
        while let Some(piece) = received.chunk().await.map_err(|error| kind::of(&error))? {
            if pieces.len() + piece.len() > self.body {
                return Err(UpstreamError::TooLarge);
            }
            pieces.push(piece);
            if pieces.len() > small && room.is_none() {
                room = Some(self.rooms.enter().await);
            }
        }
        Ok((pieces.joined(), room))
    }
}

#[async_trait]
impl Upstream for HttpUpstream {
    async fn send(
        &self,
        request: Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, UpstreamError> {
        tokio::time::timeout_at(deadline.into(), self.exchange(request))
            .await
            .unwrap_or(Err(UpstreamError::ReadTimeout))
    }
}

impl fmt::Debug for HttpUpstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpUpstream")
    }
}

/// Undoes the content encoding, and the headers that spoke of it.
async fn decoded(
    body: Bytes,
    headers: &mut HeaderMap,
    limit: usize,
    cores: &Cores,
) -> Result<Bytes, UpstreamError> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        let text = value.to_str().map_err(|_| UpstreamError::Encoding)?;
        codings.extend(text.split(',').map(|it| it.trim().to_ascii_lowercase()));
    }
    codings.retain(|it| !it.is_empty() && it != "identity");
    let body = match codings.as_slice() {
        [] => body,
        [one] if one == "gzip" || one == "x-gzip" => {
            if body.is_empty() {
                body
            } else {
                gunzipped(body, limit, cores).await?
            }
        }
        _ => return Err(UpstreamError::Encoding),
    };
    for name in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    Ok(body)
}

/// Inflates a body within `limit`, off the reactor when it is large.
pub(crate) async fn gunzipped(body: Bytes, limit: usize, cores: &Cores) -> Result<Bytes, UpstreamError> {
    let gzip = cores.gzip();
    cores
        .run(gzip::likely_size(&body), move || gzip.decompress(&body, limit))
        .await
        .map_err(|_| UpstreamError::Encoding)?
        .map(Bytes::from)
        .map_err(|error| match error {
            GzipError::Malformed => UpstreamError::Encoding,
            GzipError::TooLarge | GzipError::Bomb => UpstreamError::TooLarge,
        })
}

/// An address literal of this machine; a name such as `localhost` may lead anywhere.
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

const IDLE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests;
