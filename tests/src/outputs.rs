//! Places for answers and a queue, in memory: what was put and sent can be looked at, and both fail when told to.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use vizard_proxy::ports::{Destinations, Object, ObjectStore, OutputError, Queue};

/// Opens `memory://NAME`.
#[derive(Debug, Default)]
pub struct Buckets {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Kept>,
    failure: Option<OutputError>,
    hangs: bool,
}

/// An object, decompressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its text.
    pub text: String,
    /// Its type.
    pub content_type: String,
    /// Its metadata.
    pub metadata: BTreeMap<String, String>,
}

impl Buckets {
    /// What was put, by URI.
    pub fn objects(&self) -> BTreeMap<String, Kept> {
        self.state.lock().unwrap().objects.clone()
    }

    /// From now on nothing can be put, or everything can.
    pub fn fail(&self, failure: Option<OutputError>) {
        self.state.lock().unwrap().failure = failure;
    }

    /// From now on putting takes for ever.
    pub fn hang(&self) {
        self.state.lock().unwrap().hangs = true;
    }
}

impl Destinations for Buckets {
    fn open(&self, uri: &str) -> Result<Arc<dyn ObjectStore>, &'static str> {
        let root = uri.strip_prefix("memory://").filter(|name| !name.is_empty()).ok_or("memory://NAME")?;
        Ok(Arc::new(Bucket { root: format!("memory://{root}/"), state: self.state.clone() }))
    }
}

#[derive(Debug)]
struct Bucket {
    root: String,
    state: Arc<Mutex<State>>,
}

#[async_trait]
impl ObjectStore for Bucket {
    async fn put(&self, key: &str, object: Object) -> Result<(), OutputError> {
        let hangs = self.state.lock().unwrap().hangs;
        if hangs {
            std::future::pending::<()>().await;
        }
        let mut state = self.state.lock().unwrap();
        if let Some(failure) = state.failure {
            return Err(failure);
        }
        let mut text = String::new();
        flate2::read::GzDecoder::new(&object.body[..]).read_to_string(&mut text).expect("it is gzip");
        let size: usize = object.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(size <= Object::METADATA_LIMIT, "no store takes {size} bytes of metadata");
        let metadata = object.metadata.into_iter().collect();
        state.objects.insert(self.location(key), Kept { text, content_type: object.content_type, metadata });
        Ok(())
    }

    fn location(&self, key: &str) -> String {
        format!("{}{key}", self.root)
    }
}

/// Keeps what is sent.
#[derive(Debug, Default)]
pub struct WaitingCalls {
    sent: Mutex<Vec<(String, String)>>,
    failure: Mutex<Option<OutputError>>,
}

impl WaitingCalls {
    /// Takes the messages and receipts that were sent.
    pub fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// From now on nothing can be sent, or everything can.
    pub fn fail(&self, failure: Option<OutputError>) {
        *self.failure.lock().unwrap() = failure;
    }
}

#[async_trait]
impl Queue for WaitingCalls {
    async fn send(&self, message: String, receipt: String) -> Result<(), OutputError> {
        match *self.failure.lock().unwrap() {
            Some(failure) => Err(failure),
            None => {
                self.sent.lock().unwrap().push((message, receipt));
                Ok(())
            }
        }
    }
}
