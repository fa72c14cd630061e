//! What the proxy asks of the world: secrets, the source, time, places to put answers. Each cloud and each test
//! brings its own.

mod files;

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use vizard_pseudonym::Secret;

pub use files::{
    FileError, FileForm, FileHead, FilePage, FilePlace, FileReader, FileStore, FileWriter, ListedFile,
};

/// Where keys and credentials are kept.
#[async_trait]
pub trait SecretStore: Send + Sync + Debug {
    /// The value under `name`. `None` is true absence only, never a read that failed.
    async fn read(&self, name: &str) -> Result<Option<Secret>, StoreError>;

    /// The values under many names, in their order. All or nothing: where one cannot be read, none is.
    async fn read_all(&self, names: &[String]) -> Result<Vec<Option<Secret>>, StoreError> {
        let mut values = Vec::with_capacity(names.len());
        for name in names {
            values.push(self.read(name).await?);
        }
        Ok(values)
    }

    /// The store of settings, which are no secrets, where that is another one.
    fn settings(&self) -> Option<&dyn SecretStore> {
        None
    }

    /// Announces what will be read in a moment. A store that remembers may ask for all of it at once; if that
    /// fails, the read that follows tells.
    async fn expect(&self, names: &[String]) {
        let _ = names;
    }

    /// What this store remembers is in doubt and is read anew.
    fn forget(&self) {}

    /// Makes `value` durable under `name`; [`StoreError::ReadOnly`] where that cannot be.
    async fn write(&self, name: &str, value: &Secret) -> Result<(), StoreError>;

    /// Takes the lease called `lease` for at most `ttl`; `None` while somebody else holds it.
    async fn acquire(&self, lease: &str, ttl: Duration) -> Result<Option<Lease>, StoreError>;

    /// Gives a lease back. One that has run out in the meantime is not an error.
    async fn release(&self, lease: Lease) -> Result<(), StoreError>;
}

/// The right to do one thing alone for a while. Only a store makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The name it was acquired under.
    pub name: String,
    /// What tells this holder from the next one.
    pub holder: String,
}

/// Why a secret store could not do what was asked. Names the secret, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store takes no writes.
    #[error("the secret store is read-only")]
    ReadOnly,
    /// The store refused this name to this caller.
    #[error("the secret store denies access to `{name}`")]
    Denied {
        /// The secret or lease asked for.
        name: String,
    },
    /// The store could not be reached or did not answer; another try may succeed.
    #[error("the secret store is not available: {reason}")]
    Unavailable {
        /// A constant or the system's words, free of values.
        reason: String,
    },
    /// A name that no secret of this store can have.
    #[error("`{name}` is no name for a secret")]
    Name {
        /// The name as asked.
        name: String,
    },
}

/// The other side of the proxy: the source's API and its token endpoint.
#[async_trait]
pub trait Upstream: Send + Sync + Debug {
    /// Sends `request` and reads the whole answer before `deadline`. The body comes back decompressed and capped.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<Bytes>, UpstreamError>;
}

/// Why there is no answer from upstream. Constant words only: addresses and texts of the wire stay out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// Nobody listens there.
    #[error("the connection was refused")]
    Refused,
    /// No connection before the connect limit.
    #[error("the connection was not made in time")]
    ConnectTimeout,
    /// Connected, and then no whole answer before the deadline.
    #[error("no whole answer came in time")]
    ReadTimeout,
    /// The host name has no address.
    #[error("the host name could not be resolved")]
    Name,
    /// No agreement on TLS, or a certificate that is not trusted.
    #[error("a secure connection could not be agreed")]
    Tls,
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke")]
    Broken,
    /// The answer is larger than the limit, before or after decompression.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is compressed in a way that cannot be read.
    #[error("the answer could not be decompressed")]
    Encoding,
    /// The source sent us to another origin, to plain HTTP, or in circles.
    #[error("the source redirects to where this proxy does not follow")]
    Redirect,
    /// The request as built cannot be sent.
    #[error("the request could not be built")]
    Request,
}

/// A place for answers that are not returned to the caller: a bucket, or a part of one.
#[async_trait]
pub trait ObjectStore: Send + Sync + Debug {
    /// Makes an object durable under `key`, in place of what is there.
    async fn put(&self, key: &str, object: Object) -> Result<(), OutputError>;

    /// Where others find what is put under `key`: a URI.
    fn location(&self, key: &str) -> String;
}

/// What is put: JSON, or lines of it, with what it is an answer to.
#[derive(Clone)]
pub struct Object {
    /// Compressed with gzip.
    pub body: Bytes,
    /// The type of what is compressed.
    pub content_type: String,
    /// Printable ASCII, no more than [`Object::METADATA_LIMIT`] bytes of names and values.
    pub metadata: Vec<(String, String)>,
}

impl Object {
    /// Two kibibytes, which is what stores take.
    pub const METADATA_LIMIT: usize = 2048;
}

impl Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Object([secret])")
    }
}

/// Where calls wait that are answered later.
#[async_trait]
pub trait Queue: Send + Sync + Debug {
    /// Makes a message durable: the call, as the host of this proxy will find it, and its receipt.
    async fn send(&self, message: String, receipt: String) -> Result<(), OutputError>;
}

/// Why something could not be put or queued. Constant words only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// This program may not write there.
    #[error("access is denied")]
    Denied,
    /// There is no such bucket or queue.
    #[error("there is no such destination")]
    Absent,
    /// It is larger than the destination takes.
    #[error("it is larger than the destination takes")]
    TooLarge,
    /// The destination did not answer; another try may succeed.
    #[error("the destination is not available")]
    Unavailable,
}

/// The identity of the program itself, for which the platform it runs on vouches: a service account without a key.
#[async_trait]
pub trait Workload: Send + Sync + Debug {
    /// An access token with these scopes.
    async fn token(&self, scopes: &[String]) -> Result<WorkloadToken, WorkloadError>;

    /// The e-mail address of the account.
    async fn email(&self) -> Result<String, WorkloadError>;

    /// `claims`, a JSON object, as a JWT that is signed with RS256 in the name of the account.
    async fn sign(&self, claims: &str) -> Result<Secret, WorkloadError>;

    /// The token endpoint that takes such a JWT.
    fn token_endpoint(&self) -> http::Uri;
}

/// An access token of the platform.
#[derive(Debug, Clone)]
pub struct WorkloadToken {
    /// The token.
    pub value: Secret,
    /// How long it lasts at least.
    pub lifetime: Duration,
}

/// Why the platform does not vouch. Constant words only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkloadError {
    /// The program runs as nobody, or in a place that has no such accounts.
    #[error("this program has no service account of its own")]
    Absent,
    /// The account may not do that.
    #[error(
        "the service account of this program may not do that; to sign, it needs roles/iam.serviceAccountTokenCreator on itself"
    )]
    Denied,
    /// The platform did not answer; another try may succeed.
    #[error("the platform did not answer")]
    Unavailable,
    /// The platform answered with something else.
    #[error("the platform answered with what is neither a token nor a refusal")]
    Answer,
}

/// Opens the destinations that settings name.
pub trait Destinations: Send + Sync + Debug {
    /// The place that a URI names, or what was expected instead.
    fn open(&self, uri: &str) -> Result<Arc<dyn ObjectStore>, &'static str>;
}

/// A host that has no place to put answers.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDestinations;

impl Destinations for NoDestinations {
    fn open(&self, _uri: &str) -> Result<Arc<dyn ObjectStore>, &'static str> {
        Err("nothing: this host has no place to put answers")
    }
}

/// The only source of time and of randomness.
pub trait Clock: Send + Sync + Debug {
    /// Wall-clock time, for what other machines read.
    fn now(&self) -> SystemTime;

    /// Monotonic time, for deadlines.
    fn instant(&self) -> Instant;

    /// A duration drawn uniformly from `low..=high`.
    fn jitter(&self, low: Duration, high: Duration) -> Duration;

    /// A fresh unguessable identifier: a version 4 UUID in lower-case text.
    fn request_id(&self) -> String;
}

/// The machine's own clock and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }

    fn jitter(&self, low: Duration, high: Duration) -> Duration {
        let width = u64::try_from(high.saturating_sub(low).as_millis()).unwrap_or(u64::MAX);
        let mut bytes = [0; 8];
        fill(&mut bytes);
        low + Duration::from_millis(u64::from_le_bytes(bytes) % width.saturating_add(1).max(1))
    }

    fn request_id(&self) -> String {
        let mut bytes = [0; 16];
        fill(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (i, byte) in bytes.into_iter().enumerate() {
            if matches!(i, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0x0f] {
                text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        text
    }
}

fn fill(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the system's random source works");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_between_its_bounds_and_ids_are_fresh() {
        let (low, high) = (Duration::from_secs(60), Duration::from_secs(599));
        for _ in 0..200 {
            let drawn = SystemClock.jitter(low, high);
            assert!(low <= drawn && drawn <= high, "{drawn:?}");
        }
        assert_eq!(SystemClock.jitter(low, low), low);
        let id = SystemClock.request_id();
        let shape: String =
            id.chars().map(|it| if "0123456789abcdef".contains(it) { 'x' } else { it }).collect();
        assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        assert_eq!(id.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
        assert_ne!(id, SystemClock.request_id());
    }
}
