//! Google Cloud on loopback, in this process: the parts of it that the product talks to, on one port, over HTTP/1.1 and
//! HTTP/2 alike. Each test starts its own.
//!
//! It is written from Google's public documentation, not from what the product does: whoever calls needs a token that
//! this metadata server gave, and a role; checksums are checked; an etag that is stale is refused.

mod checksum;
pub mod faults;
pub mod iam;
pub mod issuer;
mod metadata;
pub mod pubsub;
pub mod push;
pub mod secret_manager;
pub mod status;
pub mod storage;
#[cfg(test)]
mod tests;
mod time;
mod uri;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::future::Ready;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::combinators::WithTrailers;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

pub use checksum::crc32c;

use faults::{Fault, Faults, Seen};
use iam::{Iam, Role};
use metadata::Metadata;
use pubsub::Topics;
use secret_manager::Secrets;
use storage::Objects;

/// The project of everything.
pub const PROJECT: &str = "lumen-orchard-vizard";
/// The same, as Google's answers call it.
pub const PROJECT_NUMBER: &str = "402718365914";
/// The service account that the program runs as.
pub const ACCOUNT: &str = "vizard-zoom@lumen-orchard-vizard.iam.gserviceaccount.com";

/// A running Google. Dropping it closes the port.
#[derive(Debug)]
pub struct Google {
    url: String,
    address: SocketAddr,
    parts: Arc<Parts>,
    accepting: AbortHandle,
}

#[derive(Debug)]
struct Parts {
    faults: Faults,
    iam: Iam,
    metadata: Metadata,
    secrets: Secrets,
    objects: Objects,
    topics: Topics,
    identities: Mutex<Identities>,
}

impl Google {
    /// Starts one whose project is empty and in which [`ACCOUNT`] may do everything.
    pub async fn start() -> Google {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("http://{address}");
        let parts = Arc::new(Parts {
            faults: Faults::default(),
            iam: Iam::default(),
            metadata: Metadata::of(ACCOUNT),
            secrets: Secrets::default(),
            objects: Objects::at(&url),
            topics: Topics::default(),
            identities: Mutex::new(Identities::default()),
        });
        parts.iam.grant(ACCOUNT, Role::Owner, None);
        let shared = parts.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let parts = shared.clone();
                let service = service_fn(move |request| {
                    let parts = parts.clone();
                    async move { answer(parts, request).await.map(crate::wire::Cut::of) }
                });
                tokio::spawn(async move {
                    let connections = auto::Builder::new(TokioExecutor::new());
                    // An error here is a caller that hung up, or a connection that was cut on purpose.
                    let _ = connections.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Google { url, address, parts, accepting: accepting.abort_handle() }
    }

    /// What `VIZARD_GOOGLE_ENDPOINT` should be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What `GCE_METADATA_HOST` should be.
    pub fn metadata_host(&self) -> String {
        self.address.to_string()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Grants [`ACCOUNT`] a role on one resource, by its name as in `projects/P/secrets/S`, or on the whole project.
    pub fn grant(&self, role: Role, resource: Option<&str>) {
        self.parts.iam.grant(ACCOUNT, role, resource);
    }

    /// From now on [`ACCOUNT`] may do nothing.
    pub fn revoke_all(&self) {
        self.parts.iam.revoke_all(ACCOUNT);
    }

    /// From now on tokens are good for so long.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.parts.metadata.set_lifetime(lifetime);
    }

    /// No token given so far is good any more.
    pub fn revoke_tokens(&self) {
        self.parts.metadata.revoke();
    }

    /// A token of somebody, for calls by hand.
    pub fn token_for(&self, account: &str) -> String {
        self.parts.metadata.token_for(account)
    }

    /// Decides who vouches for identities: makes a token of an account for an audience.
    pub fn vouch(&self, vouch: impl Fn(&str, &str) -> String + Send + Sync + 'static) {
        self.parts.identities.lock().unwrap().0 = Arc::new(vouch);
    }

    /// Fails the next calls of a kind, after those that were planned before. `u32::MAX` is always.
    pub fn plan(&self, kind: &str, times: u32, fault: Fault) {
        self.parts.faults.plan(kind, times, fault);
    }

    /// From now on all is well.
    pub fn clear(&self) {
        self.parts.faults.clear();
    }

    /// How often a kind of call came.
    pub fn count(&self, kind: &str) -> usize {
        self.counts().get(kind).copied().unwrap_or_default()
    }

    /// How often each kind of call came.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.parts.faults.counts()
    }

    /// All calls, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.parts.faults.seen()
    }

    /// Forgets the calls so far.
    pub fn forget(&self) {
        self.parts.faults.forget();
    }
}

impl Drop for Google {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Makes a token of an account for an audience.
type Vouch = dyn Fn(&str, &str) -> String + Send + Sync;

#[derive(Clone)]
struct Identities(Arc<Vouch>);

impl Default for Identities {
    fn default() -> Identities {
        Identities(Arc::new(|_, _| panic!("say with `vouch` who vouches for identities")))
    }
}

impl fmt::Debug for Identities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identities")
    }
}

/// A body, and the trailers of gRPC.
type Whole = WithTrailers<Full<Bytes>, Ready<Option<Result<HeaderMap, Infallible>>>>;

/// An error is how a connection is closed without an answer.
type Answered = Result<Response<Whole>, &'static str>;

async fn answer(parts: Arc<Parts>, request: Request<Incoming>) -> Answered {
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else { return Err("the caller hung up") };
    let request = Request::from_parts(head, body.to_bytes());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let kind = Metadata::kind(&path)
        .or_else(|| secret_manager::kind(&method, &path))
        .or_else(|| storage::kind(&method, &request))
        .or_else(|| pubsub::kind(&path))
        .unwrap_or("Unknown");
    parts.faults.answer(kind, request, |request| parts.answer(kind, &request)).await
}

impl Parts {
    fn answer(&self, kind: &str, request: &Request<Bytes>) -> Response<Whole> {
        let Some((part, _)) = kind.split_once('.') else {
            return answered(404, "text/html; charset=UTF-8", "<html>Error 404 (Not Found)!!1</html>");
        };
        if part == "Metadata" {
            let identities = self.identities.lock().unwrap().clone();
            return self.metadata.answer(request, |account, audience| identities.0(account, audience));
        }
        let answer = self.metadata.caller(request).and_then(|caller| {
            let may = |permission: &str, resource: &str, is_there: bool| {
                self.iam.allows(&caller, permission, resource, is_there)
            };
            match part {
                "SecretManager" => self.secrets.answer(kind, request, &may),
                "Storage" => self.objects.answer(kind, request, &may),
                _ => self.topics.answer(request, &may),
            }
        });
        answer.unwrap_or_else(|refusal| refusal.response(kind))
    }
}

/// Says whether the caller may: the permission, the resource, whether that is there.
type May<'a> = &'a dyn Fn(&str, &str, bool) -> bool;

fn whole(body: impl Into<Bytes>, trailers: Option<HeaderMap>) -> Whole {
    Full::new(body.into()).with_trailers(std::future::ready(trailers.map(Ok)))
}

fn answered(status: u16, media_type: &str, body: impl Into<Bytes>) -> Response<Whole> {
    let mut response = Response::new(whole(body, None));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("content-type", HeaderValue::from_str(media_type).unwrap());
    response
}
