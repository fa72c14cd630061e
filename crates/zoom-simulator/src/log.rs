//! What the simulator was asked, word for word, so that a test can see what a proxy sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// `GET`, `POST`, …
    pub method: String,
    /// The raw request target: path and query, still percent-encoded.
    pub target: String,
    /// Names in lower case, values as sent, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Recorded {
    /// The raw target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The latest requests, and how many there were.
#[derive(Debug, Default)]
pub(crate) struct Log {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    recent: VecDeque<Recorded>,
    by_path: BTreeMap<String, u64>,
    rest: u64,
    tokens: u64,
}

/// So many requests are kept whole, and so many paths counted apart.
const KEPT: usize = 10_000;

impl Log {
    pub(crate) fn record(&self, request: Recorded) {
        let mut state = self.lock();
        let path = request.path().to_owned();
        if path.starts_with("/v2/") {
            state.rest += 1;
            if state.by_path.len() < KEPT || state.by_path.contains_key(&path) {
                *state.by_path.entry(path).or_default() += 1;
            }
        } else if path == "/oauth/token" {
            state.tokens += 1;
        }
        if state.recent.len() == KEPT {
            state.recent.pop_front();
        }
        state.recent.push_back(request);
    }

    pub(crate) fn recent(&self) -> Vec<Recorded> {
        self.lock().recent.iter().cloned().collect()
    }

    pub(crate) fn by_path(&self) -> BTreeMap<String, u64> {
        self.lock().by_path.clone()
    }

    pub(crate) fn rest(&self) -> u64 {
        self.lock().rest
    }

    pub(crate) fn tokens(&self) -> u64 {
        self.lock().tokens
    }

    pub(crate) fn clear(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
