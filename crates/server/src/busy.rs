//! How many requests are at work, and what becomes of one too many: it is turned away at once, which costs so little
//! that those at work hardly notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refuse::Refused;

/// The places of requests at work.
#[derive(Debug, Clone)]
pub(crate) struct Busy {
    places: Arc<Semaphore>,
    /// Since the last line of the log.
    turned_away: Arc<AtomicU64>,
}

impl Busy {
    /// So many places.
    pub(crate) fn new(places: usize) -> Busy {
        Busy { places: Arc::new(Semaphore::new(places)), turned_away: Arc::default() }
    }

    /// A place until it is dropped.
    pub(crate) fn enter(&self) -> Result<OwnedSemaphorePermit, Refused> {
        self.places.clone().try_acquire_owned().map_err(|_| {
            self.count();
            Refused::Overloaded
        })
    }

    /// One line a second for all that were turned away in it.
    pub(crate) fn count(&self) {
        if self.turned_away.fetch_add(1, Ordering::Relaxed) == 0 {
            let turned_away = self.turned_away.clone();
            tokio::spawn(async move {
                tokio::time::sleep(SUMMARY).await;
                let requests = turned_away.swap(0, Ordering::Relaxed);
                let (status, cause, code) = (503, "OVERLOADED", "overloaded");
                tracing::info!(target: "audit", status, cause, code, requests, "requests turned away");
            });
        }
    }
}

const SUMMARY: Duration = Duration::from_secs(1);
