//! Room for large bodies: only so many are in memory at a time, from the moment they turn out to be
//! large until their answer is written. Small ones, which nearly all are, need none.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Debug, Clone)]
pub(super) struct Rooms(Arc<Semaphore>);

/// Goes along with a large body; dropped, it lets the next one in.
#[derive(Debug, Clone)]
pub(super) struct Room {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Rooms {
    pub(super) fn new() -> Rooms {
        Rooms(Arc::new(Semaphore::new(ROOMS)))
    }

    pub(super) async fn enter(&self) -> Room {
        let permit = self.0.clone().acquire_owned().await.expect("nobody closes the semaphore");
        Room { _permit: Arc::new(permit) }
    }
}

/// A body is small up to this size; a compressed one counts for as much as it may well become.
pub(super) fn small(compressed: bool) -> usize {
    if compressed { 64 * 1024 } else { 1024 * 1024 }
}

pub(super) const ROOMS: usize = 16;
