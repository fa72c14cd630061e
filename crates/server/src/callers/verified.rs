//! Tokens that were found good, so that the next call with the same one costs next to nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sha2::{Digest, Sha256};

use super::keys::Keys;

/// By the hash of the token, for as long as the token is good and the keys are those that it was verified with.
#[derive(Debug, Default)]
pub(crate) struct Verified(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    by: Weak<Keys>,
    /// The end of each, in seconds of the epoch.
    until: HashMap<[u8; 32], u64>,
}

impl Verified {
    /// Whether this token was found good and still is.
    pub(crate) fn holds(&self, hash: &[u8; 32], keys: &Arc<Keys>, now: u64) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::ptr::eq(state.by.as_ptr(), Arc::as_ptr(keys))
            && state.until.get(hash).is_some_and(|it| now < *it)
    }

    /// Remembers a token that was verified with these keys.
    pub(crate) fn keep(&self, hash: [u8; 32], keys: &Arc<Keys>, until: u64, now: u64) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(state.by.as_ptr(), Arc::as_ptr(keys)) {
            *state = State { by: Arc::downgrade(keys), until: HashMap::new() };
        }
        if state.until.len() >= MOST {
            state.until.retain(|_, until| now < *until);
        }
        if state.until.len() >= MOST {
            state.until.clear();
        }
        state.until.insert(hash, until);
    }
}

/// What a token is known by.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Each takes about a hundred bytes.
const MOST: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_what_has_ended_what_other_keys_signed_and_what_is_too_much() {
        let set =
            br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let keys = || Arc::new(Keys::read(set).unwrap());
        let (mine, others, verified) = (keys(), keys(), Verified::default());
        verified.keep(hash("a"), &mine, 100, 0);
        let held = |token: &str, keys: &Arc<Keys>, now| verified.holds(&hash(token), keys, now);
        assert!(held("a", &mine, 99));
        assert!(!held("a", &mine, 100) && !held("b", &mine, 0) && !held("a", &others, 0));
        for number in 0..MOST + 10 {
            verified.keep(hash(&number.to_string()), &mine, 50, 0);
        }
        assert!(verified.0.lock().unwrap().until.len() <= MOST);
        assert!(held(&(MOST + 9).to_string(), &mine, 0));
        verified.keep(hash("c"), &others, 100, 0);
        assert!(held("c", &others, 0) && !held("3", &mine, 0));
    }
}
